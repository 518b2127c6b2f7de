/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "job/sr-site-status.h"
#include "sr-test-util.h"

#include <string.h>

#define NOON (G_GINT64_CONSTANT (1795694400) * 1000000000)
#define HOUR (G_GINT64_CONSTANT (3600) * 1000000000)

typedef struct
{
  char      *folder;
  SrClock   *clock;
  SrHistory *history;
  SrSite    *site;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  g_autofree char   *path = NULL;
  g_autofree char   *vault = NULL;
  g_autoptr (GError) error = NULL;

  fixture->folder = sr_test_mkdir ();
  path = g_build_filename (fixture->folder, "history.db", NULL);
  vault = g_build_filename (fixture->folder, "vault", NULL);
  fixture->clock = sr_clock_new_fake (NOON);
  fixture->history = sr_history_open (path, fixture->clock, &error);
  g_assert_no_error (error);
  fixture->site = sr_site_new ("Shop");
  sr_site_add_vault (fixture->site, vault);
  sr_test_write_file (fixture->folder, "vault/config", "x", 1);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_clear_object (&fixture->history);
  g_clear_object (&fixture->site);
  sr_clock_unref (fixture->clock);
  sr_test_rmdir (fixture->folder);
}

/* A run that began @hours ago. */
static void
record (Fixture    *fixture,
        gint64      hours,
        const char *action,
        SrRunState  state,
        int         level)
{
  g_autoptr (SrRun)  run = sr_run_new (action);
  g_autoptr (GError) error = NULL;

  run->site = g_strdup (sr_site_get_id (fixture->site));
  run->state = state;
  run->level = level;
  run->started_ns = NOON - hours * HOUR;
  run->error = g_strdup (state == SR_RUN_FAILED ? "The disk is full" : NULL);
  g_assert_true (sr_history_finish (fixture->history, run, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
}

static void
assert_status (Fixture    *fixture,
               SrHealth    health,
               gint64      age_hours,
               const char *reason)
{
  g_autoptr (GError)       error = NULL;
  g_autoptr (SrSiteStatus) status =
      sr_site_status_read (fixture->history, fixture->site, fixture->clock, SR_STATUS_WARN_AGE_NS,
                           SR_STATUS_CRITICAL_AGE_NS, NULL, &error);
  const char *first;

  g_assert_no_error (error);
  first = status->reasons->len > 0 ? status->reasons->pdata[0] : NULL;
  g_assert_cmpstr (sr_health_name (status->health), ==, sr_health_name (health));
  g_assert_cmpint (status->age_ns, ==, age_hours >= 0 ? age_hours * HOUR : -1);
  if (reason == NULL)
    g_assert_cmpstr (first, ==, NULL);
  else if (first == NULL || strstr (first, reason) == NULL)
    g_error ("“%s” does not say “%s”", first != NULL ? first : "", reason);
}

static void
test_ages (Fixture      *fixture,
           gconstpointer data)
{
  assert_status (fixture, SR_HEALTH_CRITICAL, -1, "no good backup yet");
  record (fixture, 50, "backup", SR_RUN_DONE, -1);
  assert_status (fixture, SR_HEALTH_CRITICAL, 50, "2 days old");
  record (fixture, 49, "backup", SR_RUN_DONE, SR_VERDICT_INTACT);
  assert_status (fixture, SR_HEALTH_WARNING, 49, "2 days old");
  record (fixture, 26, "backup", SR_RUN_DONE, SR_VERDICT_PROVEN);
  assert_status (fixture, SR_HEALTH_WARNING, 26, "26 hours old");
  record (fixture, 25, "backup", SR_RUN_DONE, SR_VERDICT_COMPLETE);
  assert_status (fixture, SR_HEALTH_OK, 25, NULL);
  /* what is no backup makes none younger */
  record (fixture, 1, "verify", SR_RUN_DONE, SR_VERDICT_COMPLETE);
  assert_status (fixture, SR_HEALTH_OK, 25, NULL);
}

static void
test_what_is_good (Fixture      *fixture,
                   gconstpointer data)
{
  record (fixture, 10, "backup", SR_RUN_DONE, SR_VERDICT_COMPLETE);
  record (fixture, 9, "backup", SR_RUN_CANCELLED, -1);
  assert_status (fixture, SR_HEALTH_OK, 10, NULL);
  record (fixture, 8, "backup", SR_RUN_INCOMPLETE, -1);
  assert_status (fixture, SR_HEALTH_WARNING, 10, "incomplete");
  record (fixture, 7, "backup", SR_RUN_DONE, SR_VERDICT_SUSPICIOUS);
  assert_status (fixture, SR_HEALTH_WARNING, 10, "suspicious");
  record (fixture, 6, "backup", SR_RUN_DONE, SR_VERDICT_BROKEN);
  assert_status (fixture, SR_HEALTH_WARNING, 10, "broken");
  record (fixture, 5, "backup", SR_RUN_FAILED, -1);
  assert_status (fixture, SR_HEALTH_WARNING, 10, "failed: The disk is full");
  record (fixture, 4, "backup", SR_RUN_INTERRUPTED, -1);
  assert_status (fixture, SR_HEALTH_WARNING, 10, "interrupted");
  /* a good one mends all */
  record (fixture, 3, "backup", SR_RUN_DONE, -1);
  assert_status (fixture, SR_HEALTH_OK, 3, NULL);
}

/* The good one lies behind more failures than are read at once. */
static void
test_many_failures (Fixture      *fixture,
                    gconstpointer data)
{
  record (fixture, 1000, "backup", SR_RUN_DONE, -1);
  for (gint64 i = 0; i < 250; i++)
    record (fixture, 500 - i, "backup", SR_RUN_FAILED, -1);
  assert_status (fixture, SR_HEALTH_CRITICAL, 1000, "41 days old");
}

static void
test_vaults (Fixture      *fixture,
             gconstpointer data)
{
  record (fixture, 1, "backup", SR_RUN_DONE, -1);
  sr_site_add_vault (fixture->site, "/nowhere/at/all");
  assert_status (fixture, SR_HEALTH_WARNING, 1, "cannot be reached");
  sr_site_remove_vault (fixture->site, "/nowhere/at/all");
  assert_status (fixture, SR_HEALTH_OK, 1, NULL);
  while (sr_site_get_vaults (fixture->site)->len > 0)
    {
      const SrSiteVault *first = sr_site_get_vaults (fixture->site)->pdata[0];
      g_autofree char   *location = g_strdup (first->location);

      sr_site_remove_vault (fixture->site, location);
    }
  assert_status (fixture, SR_HEALTH_WARNING, 1, "has no vault");
}

/* However good the backups are, they do not hold all of the site. */
static void
test_not_protected (Fixture      *fixture,
                    gconstpointer data)
{
  record (fixture, 1, "backup", SR_RUN_DONE, SR_VERDICT_COMPLETE);
  sr_site_add_source (fixture->site, SR_SOURCE_FOLDER, "/srv/shop/uploads");
  assert_status (fixture, SR_HEALTH_OK, 1, NULL);
  sr_site_add_source (fixture->site, SR_SOURCE_OTHER, "postgresql://localhost/shop");
  assert_status (fixture, SR_HEALTH_WARNING, 1,
                 "Not protected: “postgresql://localhost/shop” (other)");
}

/* The weightiest comes first. */
static void
test_order (Fixture      *fixture,
            gconstpointer data)
{
  sr_site_add_vault (fixture->site, "/nowhere/at/all");
  record (fixture, 27, "backup", SR_RUN_DONE, -1);
  assert_status (fixture, SR_HEALTH_WARNING, 27, "27 hours old");
  record (fixture, 1, "backup", SR_RUN_FAILED, -1);
  assert_status (fixture, SR_HEALTH_WARNING, 27, "27 hours old");
}

static void
test_words (void)
{
  static const struct
  {
    gint64      ns;
    const char *text;
  } rows[] = {
    { -5, "less than a minute" },
    { HOUR / 60, "1 minute" },
    { 2 * HOUR - 1, "119 minutes" },
    { 2 * HOUR, "2 hours" },
    { 48 * HOUR - 1, "47 hours" },
    { 48 * HOUR, "2 days" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = sr_status_describe_age (rows[i].ns);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
  g_assert_cmpint (sr_health_worse (SR_HEALTH_UNKNOWN, SR_HEALTH_WARNING), ==, SR_HEALTH_WARNING);
  g_assert_cmpint (sr_health_worse (SR_HEALTH_OK, SR_HEALTH_UNKNOWN), ==, SR_HEALTH_UNKNOWN);
  g_assert_cmpint (sr_health_worse (SR_HEALTH_WARNING, SR_HEALTH_CRITICAL), ==, SR_HEALTH_CRITICAL);
}

#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/site-status/ages", test_ages);
  ADD ("/site-status/what-is-good", test_what_is_good);
  ADD ("/site-status/many-failures", test_many_failures);
  ADD ("/site-status/vaults", test_vaults);
  ADD ("/site-status/not-protected", test_not_protected);
  ADD ("/site-status/order", test_order);
  g_test_add_func ("/site-status/words", test_words);
  return g_test_run ();
}
