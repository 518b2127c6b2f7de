/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <string.h>

#include "sr-test-backup.h"


#define INFO                                                                               \
  "{\"backupId\":\"1\",\"backupDate\":\"2026-11-20T05:18:05.591Z\",\"version\":\"2.0.0\"," \
  "\"backupType\":\"%s\",\"modules\":[\"contacts\"],\"isEncrypted\":%s,\"totalRecords\":{" \
  "\"contacts\":%d},\"createdBy\":\"Root\"}"

/* Of one module, with its description as it is said to be. */
static SrBackupFile *
make_backup (const char *type,
             const char *encrypted,
             int         announced,
             const char *contacts)
{
  g_autofree char *info = g_strdup_printf (INFO, type, encrypted, announced);

  return sr_test_backup_zip ("a.zip", "contacts.json", contacts, "backup-info.json", info,
                             "uploads/tea cup.png", "picture", NULL);
}

static void
test_full (void)
{
  sr_test_backup_expect (sr_test_backup_sample ("rayerp-full.zip", NULL),
                         "rayerp complete none\n"
                         "zip.checksums intact passed\n"
                         "rayerp.collections complete passed\n"
                         "rayerp.passwords complete notice\n"
                         "rayerp.scope complete notice\n"
                         "records.references complete passed\n"
                         "records.read intact passed\n"
                         "records.announced complete passed\n"
                         "employees=40 attendance=300 leaves=1 projects=1 tasks=1 budgets=1 "
                         "accounts=1 transactions=1 invoices=1 payments=1 expenses=1 contacts=2 "
                         "users=1 roles=11 departments=1 settings=1 activityLogs=0 chats=1");
}

static void
test_encrypted (void)
{
  sr_test_backup_expect (sr_test_backup_sample ("rayerp-full-encrypted.zip", NULL),
                         "rayerp complete default\n"
                         "encryption.default-key privacy warning\n"
                         "zip.checksums intact passed\n"
                         "encryption.files privacy notice\n"
                         "rayerp.collections complete passed\n"
                         "rayerp.passwords complete notice\n"
                         "rayerp.scope complete notice\n"
                         "records.references complete passed\n"
                         "records.read intact passed\n"
                         "records.announced complete passed\n"
                         "employees=40 attendance=300 leaves=1 users=1 roles=11");
}

static void
test_modules (void)
{
  sr_test_backup_expect (sr_test_backup_sample ("rayerp-two-modules.zip", NULL),
                         "rayerp complete none\n"
                         "zip.checksums intact passed\n"
                         "rayerp.collections complete passed\n"
                         "rayerp.scope complete notice\n"
                         "rayerp.modules complete notice\n"
                         "records.read intact passed\n"
                         "records.announced complete passed\n"
                         "budgets=1 accounts=1 transactions=1 invoices=1 payments=1 expenses=1 "
                         "contacts=2");
}

/* Not one record: 0 of what was promised. */
static void
test_incremental (void)
{
  sr_test_backup_expect (sr_test_backup_sample ("rayerp-incremental.zip", NULL),
                         "rayerp suspicious none\n"
                         "zip.checksums intact passed\n"
                         "rayerp.shell complete failed\n"
                         "records.read intact passed\n");
}

static void
test_references (void)
{
  g_autofree char *there = NULL;
  g_autofree char *gone = NULL;

  there = sr_test_backup_sentence (
      make_backup ("full", "false", 1, "[{\"_id\":\"1\",\"image\":\"/uploads/tea%20cup.png\"}]"),
      "records.references");
  g_assert_nonnull (strstr (there, "1 of 1"));
  gone = sr_test_backup_sentence (
      make_backup ("full", "false", 1, "[{\"_id\":\"1\",\"image\":\"/uploads/milk.png\"}]"),
      "records.references");
  g_assert_nonnull (strstr (gone, "uploads/milk.png"));
}

/* Neither could be put back where it was. */
static void
test_keyless (void)
{
  g_autofree char *sentence = sr_test_backup_sentence (
      make_backup ("partial", "false", 5,
                   "[{\"_id\":\"1\"},{\"id\":\"2\"},7,{\"a\":1,\"_id\":\"3\"},{}]"),
      "records.keyless");

  g_assert_cmpstr (sentence, ==,
                   "Records have no “_id” or are no objects at all: 3 of 5 in contacts.");
}

static void
test_claims (void)
{
  sr_test_backup_expect (make_backup ("partial", "true", 2, "[{\"_id\":\"1\"},{\"_id\":\"2\"}]"),
                         "rayerp complete claimed\n"
                         "zip.checksums intact passed\n"
                         "encryption.claim privacy warning\n"
                         "rayerp.collections complete passed\n"
                         "rayerp.scope complete notice\n"
                         "records.references complete passed\n"
                         "records.read intact passed\n"
                         "records.announced complete passed\n"
                         "contacts=2");
}

static void
test_announced (void)
{
  sr_test_backup_expect (make_backup ("database", "false", 3, "[{\"_id\":\"1\"},{\"_id\":\"1\"}]"),
                         "rayerp suspicious none\n"
                         "zip.checksums intact passed\n"
                         "rayerp.collections complete passed\n"
                         "rayerp.scope complete notice\n"
                         "records.read intact passed\n"
                         "records.announced complete failed\n"
                         "records.duplicates complete warning\n"
                         "contacts=2");
}

static void
test_broken_json (void)
{
  sr_test_backup_expect (make_backup ("database", "false", 2, "[{\"_id\":\"1\"},{\"_id\":"),
                         "rayerp broken none\n"
                         "zip.checksums intact passed\n"
                         "rayerp.collections complete passed\n"
                         "rayerp.scope complete notice\n"
                         "records.read intact failed\n"
                         "records.announced complete not-made\n"
                         "contacts=1");
}

/* A collection that is an object with an array of another name holds none of its own. */
static void
test_other_shape (void)
{
  g_autofree char *sentence = NULL;

  sentence = sr_test_backup_sentence (
      make_backup ("database", "false", 1, "{\"people\":[{\"_id\":\"1\"}]}"), "records.read");
  g_assert_nonnull (strstr (sentence, "no collection “contacts”"));
}

/* The first generation counts activity logs under another name than their entry has. */
static void
test_first_generation (void)
{
  g_autoptr (SrBackupFile) file = NULL;

  file = sr_test_backup_zip ("v1.zip", "activity-logs.json", "[{\"_id\":\"1\"}]",
                             "backup-info.json",
                             "{\"version\":\"1.0.0\",\"totalRecords\":{\"activityLogs\":1}}", NULL);
  g_assert_cmpstr (sr_backup_file_get_type_name (file), ==, "full");
  g_assert_cmpuint (sr_backup_file_get_collections (file)->len, ==, 1);
  sr_test_backup_expect (g_steal_pointer (&file),
                         "rayerp suspicious none\n"
                         "zip.checksums intact passed\n"
                         "rayerp.collections complete warning\n"
                         "rayerp.scope complete notice\n"
                         "records.references complete passed\n"
                         "records.read intact passed\n"
                         "records.announced complete passed\n"
                         "activityLogs=1");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kind-rayerp/full", test_full);
  g_test_add_func ("/kind-rayerp/encrypted", test_encrypted);
  g_test_add_func ("/kind-rayerp/modules", test_modules);
  g_test_add_func ("/kind-rayerp/incremental", test_incremental);
  g_test_add_func ("/kind-rayerp/references", test_references);
  g_test_add_func ("/kind-rayerp/claims", test_claims);
  g_test_add_func ("/kind-rayerp/keyless", test_keyless);
  g_test_add_func ("/kind-rayerp/announced", test_announced);
  g_test_add_func ("/kind-rayerp/broken-json", test_broken_json);
  g_test_add_func ("/kind-rayerp/other-shape", test_other_shape);
  g_test_add_func ("/kind-rayerp/first-generation", test_first_generation);
  return g_test_run ();
}
