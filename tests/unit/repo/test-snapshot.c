/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "repo/sr-snapshot.h"

#define A_ID "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B_ID "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C_ID "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

/* The shape in which restic 0.19 writes it. */
static const char full[] =
    "{\"time\":\"2026-08-20T21:05:00.123456789+02:00\",\"parent\":\"" A_ID "\",\"tree\":\"" B_ID
    "\",\"paths\":[\"/srv/a\",\"/srv/\\u003cb\\u003e\"],\"hostname\":\"shop\","
    "\"username\":\"root\",\"uid\":1000,\"gid\":100,\"excludes\":[\"*.tmp\"],\"tags\":[\"erp:x\","
    "\"kind:db\"],"
    "\"original\":\"" C_ID "\",\"program_version\":\"strongroom 0.1.0\",\"summary\":{"
    "\"backup_start\":\"2026-08-20T21:05:00Z\",\"backup_end\":\"2026-08-20T21:06:00.5Z\","
    "\"files_new\":1,\"files_changed\":2,\"files_unmodified\":3,\"dirs_new\":4,\"dirs_changed\":5,"
    "\"dirs_unmodified\":6,\"data_blobs\":7,\"tree_blobs\":8,\"data_added\":9,"
    "\"data_added_packed\":10,\"total_files_processed\":11,"
    "\"total_bytes_processed\":18446744073709551615}}";

static const char least[] =
    "{\"time\":\"1970-01-01T00:00:00Z\",\"tree\":\"" B_ID "\",\"paths\":[]}";

static SrSnapshot *
decode (const char *json,
        GError    **error)
{
  SrId id;

  memset (&id, 0x5a, sizeof id);
  return sr_snapshot_decode (&id, json, strlen (json), error);
}

static void
test_full (void)
{
  g_autoptr (GError)     error = NULL;
  g_autoptr (SrSnapshot) snapshot = decode (full, &error);
  g_autoptr (SrSnapshot) copy = NULL;
  g_autoptr (GString)    again = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (snapshot->id.bytes[0], ==, 0x5a);
  g_assert_cmpint (snapshot->time.ts.tv_sec, ==, 1787252700);
  g_assert_cmpint (snapshot->time.ts.tv_nsec, ==, 123456789);
  g_assert_cmpint (snapshot->time.offset, ==, 7200);
  g_assert_true (snapshot->has_parent && snapshot->has_original && snapshot->has_summary);
  g_assert_cmpstr (snapshot->paths[1], ==, "/srv/<b>");
  g_assert_cmpstr (snapshot->hostname, ==, "shop");
  g_assert_cmpuint (snapshot->uid, ==, 1000);
  g_assert_cmpstr (snapshot->excludes[0], ==, "*.tmp");
  g_assert_cmpstr (snapshot->tags[1], ==, "kind:db");
  g_assert_cmpuint (snapshot->summary.files_new, ==, 1);
  g_assert_cmpuint (snapshot->summary.total_bytes_processed, ==, G_MAXUINT64);
  copy = sr_snapshot_copy (snapshot);
  g_clear_pointer (&snapshot, sr_snapshot_free);
  again = sr_snapshot_encode (copy);
  g_assert_cmpstr (again->str, ==, full);
}

static void
test_least (void)
{
  g_autoptr (GError)     error = NULL;
  g_autoptr (SrSnapshot) snapshot = decode (least, &error);
  g_autoptr (GString)    again = NULL;

  g_assert_no_error (error);
  g_assert_false (snapshot->has_parent || snapshot->has_original || snapshot->has_summary);
  g_assert_null (snapshot->hostname);
  g_assert_null (snapshot->tags[0]);
  again = sr_snapshot_encode (snapshot);
  g_assert_cmpstr (again->str, ==, least);
}

static void
test_tolerates (void)
{
  static const char *const good[] = {
    "{\"time\":\"1970-01-01T00:00:00Z\",\"tree\":\"" B_ID "\",\"paths\":null}",
    "{\"tags\":null,\"excludes\":null,\"paths\":[],\"parent\":null,\"original\":null,"
    "\"summary\":null,\"hostname\":null,\"uid\":null,\"tree\":\"" B_ID
    "\",\"time\":\"1970-01-01T00:00:00Z\"}",
    "{\"x\":[{\"tree\":1}],\"time\":\"1970-01-01T00:00:00Z\",\"tree\":\"" B_ID
    "\",\"paths\":[],\"y\":true}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError)     error = NULL;
      g_autoptr (SrSnapshot) snapshot = decode (good[i], &error);
      g_autoptr (GString)    again = NULL;

      g_assert_no_error (error);
      again = sr_snapshot_encode (snapshot);
      g_assert_cmpstr (again->str, ==, least);
    }
}

static void
test_refuses (void)
{
  static const char *const bad[] = {
    "",
    "null",
    "{}",
    "{\"tree\":\"" B_ID "\"}",
    "{\"time\":\"1970-01-01T00:00:00Z\"}",
    "{\"time\":\"1970-01-01T00:00:00Z\",\"tree\":null}",
    "{\"time\":\"1970-01-01T00:00:00Z\",\"tree\":\"12\"}",
    "{\"time\":\"today\",\"tree\":\"" B_ID "\"}",
    "{\"time\":\"1970-01-01T00:00:00Z\",\"tree\":\"" B_ID "\"} {}",
    "{\"time\":\"1970-01-01T00:00:00Z\",\"tree\":\"" B_ID "\",\"paths\":[1]}",
    "{\"time\":\"1970-01-01T00:00:00Z\",\"tree\":\"" B_ID "\",\"paths\":[\"a\\u0000b\"]}",
    "{\"time\":\"1970-01-01T00:00:00Z\",\"tree\":\"" B_ID "\",\"uid\":-1}",
    "{\"time\":\"1970-01-01T00:00:00Z\",\"tree\":\"" B_ID "\",\"uid\":4294967296}",
    "{\"time\":\"1970-01-01T00:00:00Z\",\"tree\":\"" B_ID "\",\"parent\":\"\"}",
    "{\"time\":\"1970-01-01T00:00:00Z\",\"tree\":\"" B_ID "\",\"summary\":[]}",
    "{\"time\":\"1970-01-01T00:00:00Z\",\"tree\":\"" B_ID "\",\"summary\":{\"files_new\":-1}}",
    "{\"time\":\"1970-01-01T00:00:00Z\",\"tree\":\"" B_ID "\",\"summary\":{\"backup_end\":1}}",
    "{\"time\":\"1970-01-01T00:00:00Z\",\"tree\":\"" B_ID "\",\"summary\":{",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError)     error = NULL;
      g_autoptr (SrSnapshot) snapshot = decode (bad[i], &error);

      g_test_message ("%s", bad[i]);
      g_assert_null (snapshot);
      g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
    }
}

/* Any prefix of a snapshot is an error, never a crash. */
static void
test_truncated (void)
{
  for (gsize size = 0; size < strlen (full); size++)
    {
      g_autofree char       *part = g_memdup2 (full, size + 1);
      g_autoptr (GError)     error = NULL;
      g_autoptr (SrSnapshot) snapshot = NULL;
      SrId                   id = { { 0 } };

      snapshot = sr_snapshot_decode (&id, part, size, &error);
      g_assert_null (snapshot);
      g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/snapshot/full", test_full);
  g_test_add_func ("/snapshot/least", test_least);
  g_test_add_func ("/snapshot/tolerates", test_tolerates);
  g_test_add_func ("/snapshot/refuses", test_refuses);
  g_test_add_func ("/snapshot/truncated", test_truncated);
  return g_test_run ();
}
