/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <string.h>

#include "sr-test-backup.h"


#define CHECKS                       \
  "lpgnexus.scope complete notice\n" \
  "completeness complete not-made\n"

/* All collections empty but two. */
static char *
make_data (const char *users,
           const char *bills)
{
  return g_strdup_printf ("{\"customers\":[],\"cylinders\":[],\"cylinderTransactions\":[],"
                          "\"cylinderEntries\":[],\"expenses\":[],\"bills\":[%s],\"payments\":[],"
                          "\"paymentLogs\":[],\"inventoryItems\":[],\"dailyNotes\":[],"
                          "\"users\":[%s],\"otps\":[],\"systemSettings\":[]}",
                          bills, users);
}

#define USER "{\"id\":\"u\",\"email\":\"a@b.c\",\"role\":\"ADMIN\",\"status\":\"ACTIVE\"}"

static void
test_sample (void)
{
  sr_test_backup_expect (sr_test_backup_sample ("lpgnexus-backup.json", NULL),
                         "lpgnexus intact none\n"
                         "container.read intact passed\n"
                         "file.no-checksum intact notice\n" CHECKS
                         "lpgnexus.collections complete passed\n"
                         "lpgnexus.required complete passed\n"
                         "lpgnexus.values complete passed\n"
                         "lpgnexus.unique complete passed\n"
                         "lpgnexus.references complete passed\n"
                         "records.read intact passed\n"
                         "privacy.password-hashes privacy warning\n"
                         "privacy.otps privacy warning\n"
                         "customers=25 cylinders=40 cylinderTransactions=10 cylinderEntries=60 "
                         "expenses=1 bills=1 payments=1 paymentLogs=1 inventoryItems=1 "
                         "dailyNotes=1 users=4 otps=1 systemSettings=2");
}

static void
test_one (void)
{
  g_autofree char *sentence = NULL;

  sentence = sr_test_backup_sentence (sr_test_backup_sample ("lpgnexus-backup.json", NULL),
                                      "privacy.otps");
  g_assert_cmpstr (sentence, ==, "1 one-time code is in clear in it.");
}

/* The automatic backup's reply holds the backup as one text. */
static void
test_reply (void)
{
  g_autofree char *data = make_data (USER, "");
  g_autofree char *inner = g_strdup_printf ("{\"version\":\"1.0\",\"backupDate\":\"2026\","
                                            "\"data\":%s}",
                                            data);
  g_autofree char *escaped = g_strescape (inner, NULL);
  g_autofree char *reply =
      g_strdup_printf ("{\"success\":true,\"backupId\":\"b\",\"data\":\"%s\"}", escaped);
  g_autoptr (SrBackupFile) file = sr_test_backup_text ("reply.json", reply);
  g_autofree char         *sentence = NULL;

  g_assert_cmpstr (sr_backup_file_get_created (file), ==, "2026");
  sentence = sr_test_backup_sentence (g_steal_pointer (&file), "records.read");
  g_assert_cmpstr (sentence, ==, "1 record in 13 collections can be read to the end.");
}

static void
test_root (void)
{
  g_autofree char *data = make_data (USER, "");
  g_autofree char *sentence = sr_test_backup_sentence (sr_test_backup_text ("old.json", data),
                                                       "lpgnexus.collections");

  g_assert_nonnull (strstr (sentence, "13 collections"));
}

/* The server's own restore would then wipe all and lock everybody out. */
static void
test_no_users (void)
{
  g_autofree char *data = make_data ("", "");
  g_autofree char *sentence = sr_test_backup_sentence (sr_test_backup_text ("old.json", data),
                                                       "lpgnexus.users");

  g_assert_nonnull (strstr (sentence, "no users"));
}

static void
test_dangling (void)
{
  g_autofree char *data =
      make_data (USER, "{\"id\":\"b\",\"customerId\":\"nobody\",\"billStartDate\":\"2026\","
                       "\"billEndDate\":\"2026\",\"status\":\"PAID\"}");
  g_autofree char *sentence = sr_test_backup_sentence (sr_test_backup_text ("old.json", data),
                                                       "lpgnexus.references");

  g_assert_nonnull (strstr (sentence, "customers/nobody"));
}

static void
test_unknown_value (void)
{
  g_autofree char *data =
      make_data (USER, "{\"id\":\"b\",\"customerId\":null,\"billStartDate\":\"2026\","
                       "\"billEndDate\":\"2026\",\"status\":\"LOST\"}");
  g_autofree char *sentence = sr_test_backup_sentence (sr_test_backup_text ("old.json", data),
                                                       "lpgnexus.values");

  g_assert_nonnull (strstr (sentence, "status (bills b)"));
}

static void
test_cut (void)
{
  g_autofree char *data = make_data (USER, "");

  data[strlen (data) - 20] = '\0';
  sr_test_backup_expect (sr_test_backup_text ("cut.json", data),
                         "lpgnexus broken none\n"
                         "container.read intact passed\n"
                         "file.no-checksum intact notice\n" CHECKS "records.read intact failed\n"
                         "customers=0 cylinders=0 cylinderTransactions=0 cylinderEntries=0 "
                         "expenses=0 bills=0 payments=0 paymentLogs=0 inventoryItems=0 "
                         "dailyNotes=0 users=1 otps=0");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kind-lpgnexus/sample", test_sample);
  g_test_add_func ("/kind-lpgnexus/one", test_one);
  g_test_add_func ("/kind-lpgnexus/reply", test_reply);
  g_test_add_func ("/kind-lpgnexus/root", test_root);
  g_test_add_func ("/kind-lpgnexus/no-users", test_no_users);
  g_test_add_func ("/kind-lpgnexus/dangling", test_dangling);
  g_test_add_func ("/kind-lpgnexus/unknown-value", test_unknown_value);
  g_test_add_func ("/kind-lpgnexus/cut", test_cut);
  return g_test_run ();
}
