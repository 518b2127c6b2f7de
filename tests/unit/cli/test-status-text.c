/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "cli/sr-status-text.h"

#include <string.h>

#define HOUR (G_GINT64_CONSTANT (3600) * 1000000000)

static SrSiteStatus *
make_status (const char *site,
             const char *name,
             SrHealth    health,
             const char *reason)
{
  SrSiteStatus *status = g_new0 (SrSiteStatus, 1);

  status->site = g_strdup (site);
  status->name = g_strdup (name);
  status->health = health;
  status->age_ns = -1;
  status->vaults = g_ptr_array_new ();
  status->reasons = g_ptr_array_new_with_free_func (g_free);
  if (reason != NULL)
    g_ptr_array_add (status->reasons, g_strdup (reason));
  return status;
}

static void
add_good (SrSiteStatus *status)
{
  status->last_good = sr_run_new ("backup");
  status->last_good->level = SR_VERDICT_COMPLETE;
  status->last_good->bytes = 1234;
  status->last_good->started_ns = G_GINT64_CONSTANT (1795694400) * 1000000000;
  status->age_ns = 3 * HOUR;
}

static GPtrArray *
make_list (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) sr_site_status_free);
}

static void
test_nagios (void)
{
  g_autoptr (GPtrArray) list = make_list ();
  g_autofree char      *none = sr_status_to_nagios (list, 26 * HOUR, 50 * HOUR);
  g_autofree char      *one = NULL;
  g_autofree char      *two = NULL;

  g_assert_cmpstr (none, ==, "STRONGROOM UNKNOWN - no site is set up\n");
  g_ptr_array_add (list, make_status ("shop-1", "Shop", SR_HEALTH_OK, NULL));
  add_good (list->pdata[0]);
  one = sr_status_to_nagios (list, 26 * HOUR, 50 * HOUR);
  g_assert_cmpstr (one, ==,
                   "STRONGROOM OK - Shop: backed up 3 hours ago, complete |"
                   " 'shop-1_age'=10800s;93600;180000;0 'shop-1_size'=1234B;;;0\n"
                   "OK: Shop: backed up 3 hours ago, complete\n");
  g_ptr_array_add (list, make_status ("bad'=| -2", "Bar | “x”\nSTRONGROOM OK",
                                      SR_HEALTH_CRITICAL, "pipe | and\nline"));
  two = sr_status_to_nagios (list, 26 * HOUR, 50 * HOUR);
  g_assert_cmpstr (two, ==,
                   "STRONGROOM CRITICAL - Bar / “x”\\nSTRONGROOM OK: never backed up, "
                   "pipe / and\\nline |"
                   " 'shop-1_age'=10800s;93600;180000;0 'shop-1_size'=1234B;;;0"
                   " 'bad____-2_age'=U\n"
                   "OK: Shop: backed up 3 hours ago, complete\n"
                   "CRITICAL: Bar / “x”\\nSTRONGROOM OK: never backed up; pipe / and\\nline\n");
  g_assert_cmpint (sr_status_get_health (list), ==, SR_HEALTH_CRITICAL);
}

static void
test_nagios_unknown (void)
{
  g_autofree char *text = sr_status_to_nagios_unknown ("a | b\nc");

  g_assert_cmpstr (text, ==, "STRONGROOM UNKNOWN - a / b\\nc\n");
}

/* The labels are what a person typed. */
static void
test_prometheus (void)
{
  g_autoptr (GPtrArray) list = make_list ();
  g_autofree char      *text = NULL;

  g_ptr_array_add (list, make_status ("shop-1", "a\\b\"c\nd \xff", SR_HEALTH_WARNING, "why"));
  add_good (list->pdata[0]);
  text = sr_status_to_prometheus (list);
  g_assert_nonnull (strstr (text, "strongroom_sites 1\n"));
  g_assert_nonnull (strstr (
      text, "strongroom_site_status{site=\"shop-1\",name=\"a\\\\b\\\"c\\nd �\"} 1\n"));
  g_assert_nonnull (
      strstr (text, "strongroom_site_last_good_backup_timestamp_seconds{site=\"shop-1\","));
  g_assert_nonnull (strstr (text, "} 1795694400\n"));
  g_assert_nonnull (strstr (text, "} 10800\n"));
  g_assert_null (strstr (text, "strongroom_site_last_good_backup_records{"));
}

static void
test_json (void)
{
  g_autoptr (GPtrArray) list = make_list ();
  g_autoptr (JsonNode)  node = NULL;
  g_autofree char      *text = NULL;

  g_ptr_array_add (list, make_status ("s", "\xff", SR_HEALTH_WARNING, "why"));
  node = sr_status_to_json (list);
  text = json_to_string (node, FALSE);
  g_assert_cmpstr (text, ==,
                   "{\"status\":\"warning\",\"sites\":[{\"site\":\"s\",\"name\":\"�\","
                   "\"status\":\"warning\",\"reasons\":[\"why\"],\"age_seconds\":null,"
                   "\"last_good\":null,\"last_failure\":null,\"last_run\":null,\"vaults\":[]}]}");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/status-text/nagios", test_nagios);
  g_test_add_func ("/status-text/nagios-unknown", test_nagios_unknown);
  g_test_add_func ("/status-text/prometheus", test_prometheus);
  g_test_add_func ("/status-text/json", test_json);
  return g_test_run ();
}
