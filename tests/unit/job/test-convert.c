/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/sr-error.h"
#include "base/sr-secret.h"
#include "job/sr-convert.h"
#include "record/sr-compare.h"
#include "target/sr-target.h"
#include "sr-test-util.h"

/* An empty collection without columns can be no table. */
#define NO_LOGS "activityLogs< "
/* Contacts of the sample do not all have the same fields, which a table cannot tell from null. */
#define ABSENT "contacts +0 -0 ~2 "

/* What the server's export left of a picture becomes bytes again, and is no longer marked. */
#define LOST "users +0 -0 ~1 "

typedef struct
{
  char *dir;
} Fixture;

static void
fixture_set_up (Fixture      *fixture,
                gconstpointer data)
{
  fixture->dir = sr_test_mkdir ();
}

static void
fixture_tear_down (Fixture      *fixture,
                   gconstpointer data)
{
  sr_test_rmdir (fixture->dir);
}

static SrSecret *
give_key (const char *hint,
          guint       attempt,
          gpointer    user_data,
          GError    **error)
{
  static const char key[] = "run-pos-backup-key";

  return attempt == 0 ? sr_secret_new_from (key, strlen (key)) : NULL;
}

static SrBackupFile *
open_file (const char *path)
{
  SrBackupFileOptions options = { .ask_key = give_key };
  g_autoptr (GError)  error = NULL;
  SrBackupFile       *file = sr_backup_file_open (path, &options, NULL, &error);

  g_assert_no_error (error);
  return file;
}

static char *
sample (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "data", "samples", name, NULL);
}

/* What is not there yet in this build. */
static gboolean
can_make_databases (void)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (SrTarget) target = sr_target_open ("sqlite:/nowhere/x.db", NULL, &error);

  if (target != NULL)
    return TRUE;
  g_test_skip (error->message);
  return FALSE;
}

/* Returns: (transfer full): path of the output */
static char *
convert (Fixture           *fixture,
         const char        *from,
         const char        *to,
         SrConvertFormat    format,
         const char *const *collections,
         SrConvertResult   *result)
{
  SrConvertOptions         options = { .collections = collections };
  g_autoptr (SrBackupFile) file = open_file (from);
  g_autoptr (GError)       error = NULL;
  char                    *path = g_build_filename (fixture->dir, to, NULL);

  sr_convert_run (file, format, path, &options, result, NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < result->warnings->len; i++)
    g_test_message ("%s: %s", sr_convert_format_name (format),
                    (const char *) result->warnings->pdata[i]);
  return path;
}

static gboolean
note_change (const char          *collection,
             SrRecordChange       change,
             const char          *key,
             const SrFieldChange *fields,
             guint                n_fields,
             gpointer             user_data,
             GError             **error)
{
  guint *n_told = user_data;

  for (guint i = 0; i < n_fields && ++*n_told < 10; i++)
    g_test_message ("%s %s: %s: %s -> %s", collection, key, fields[i].name, fields[i].old_text,
                    fields[i].new_text);
  return TRUE;
}

/* All differences: "name +added -removed ~changed" and "name<" or "name>" for a collection that
 * only one side has. */
static char *
compare (const char *old_path,
         const char *new_path)
{
  guint                      n_told = 0;
  g_autoptr (SrBackupFile)   old_file = open_file (old_path);
  g_autoptr (SrBackupFile)   new_file = open_file (new_path);
  g_autoptr (GError)         error = NULL;
  g_autoptr (SrRecordReader) old_reader = sr_backup_file_read (old_file, NULL, NULL, &error);
  g_autoptr (SrRecordReader) new_reader = sr_backup_file_read (new_file, NULL, NULL, &error);
  SrCompareOptions           options = { .with_fields = TRUE,
                                         .func = note_change,
                                         .user_data = &n_told };
  g_autoptr (GPtrArray)      changes = NULL;
  GString                   *text = g_string_new (NULL);

  g_assert_no_error (error);
  changes = sr_compare_records (old_reader, new_reader, &options, NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < changes->len; i++)
    {
      const SrCollectionChanges *one = changes->pdata[i];

      if (one->only_in_old || one->only_in_new)
        g_string_append_printf (text, "%s%s ", one->name, one->only_in_old ? "<" : ">");
      else if (one->added + one->removed + one->changed > 0)
        g_string_append_printf (text, "%s +%d -%d ~%d ", one->name, (int) one->added,
                                (int) one->removed, (int) one->changed);
    }
  return g_string_free (text, FALSE);
}

/* @back: what it is converted to then, the same as @format for nothing; @there, @both: what differs
 * from the sample after one and after both */
typedef struct
{
  const char     *name;
  const char     *sample;
  SrConvertFormat format;
  const char     *suffix;
  SrConvertFormat back;
  const char     *there;
  const char     *both;
  gboolean        needs_database;
} Trip;

static const Trip trips[] = {
  { "rayerp", "rayerp-full.zip", SR_CONVERT_RAYERP, ".zip", SR_CONVERT_JSON, "", "" },
  { "rayerp-encrypted", "rayerp-full-encrypted.zip", SR_CONVERT_RAYERP, ".zip", SR_CONVERT_JSON, "",
    "" },
  { "rayerp-modules", "rayerp-two-modules.zip", SR_CONVERT_JSON, "", SR_CONVERT_RAYERP, "", "" },
  { "rayerp-csv", "rayerp-full.zip", SR_CONVERT_CSV, "", SR_CONVERT_CSV, NO_LOGS, "" },
  { "rayerp-mysql", "rayerp-full.zip", SR_CONVERT_MYSQL, ".sql", SR_CONVERT_RAYERP, NO_LOGS,
    NO_LOGS ABSENT },
  { "rayerp-postgresql", "rayerp-full.zip", SR_CONVERT_POSTGRES, ".sql", SR_CONVERT_RAYERP, NO_LOGS,
    NO_LOGS ABSENT },
  { "rayerp-sqlite-sql", "rayerp-full.zip", SR_CONVERT_SQLITE_SQL, ".sql", SR_CONVERT_RAYERP,
    NO_LOGS, NO_LOGS ABSENT },
  { "rayerp-sqlite", "rayerp-full.zip", SR_CONVERT_SQLITE, ".db", SR_CONVERT_RAYERP, NO_LOGS,
    NO_LOGS ABSENT },
  { "rayerp-pos", "rayerp-full.zip", SR_CONVERT_POS, ".backup", SR_CONVERT_RAYERP, NO_LOGS,
    NO_LOGS ABSENT, TRUE },
  { "lpgnexus", "lpgnexus-backup.json", SR_CONVERT_LPGNEXUS, ".json", SR_CONVERT_JSON, "", "" },
  { "lpgnexus-rayerp", "lpgnexus-backup.json", SR_CONVERT_RAYERP, ".zip", SR_CONVERT_LPGNEXUS, "",
    "" },
  { "lpgnexus-csv", "lpgnexus-backup.json", SR_CONVERT_CSV, "", SR_CONVERT_CSV, "", "" },
  { "lpgnexus-mysql", "lpgnexus-backup.json", SR_CONVERT_MYSQL, ".sql", SR_CONVERT_LPGNEXUS, "",
    "" },
  { "lpgnexus-postgresql", "lpgnexus-backup.json", SR_CONVERT_POSTGRES, ".sql",
    SR_CONVERT_LPGNEXUS, "", "" },
  { "lpgnexus-sqlite-sql", "lpgnexus-backup.json", SR_CONVERT_SQLITE_SQL, ".sql",
    SR_CONVERT_LPGNEXUS, "", "" },
  { "lpgnexus-sqlite", "lpgnexus-backup.json", SR_CONVERT_SQLITE, ".db", SR_CONVERT_LPGNEXUS, "",
    "" },
  { "pos", "pos-database.backup", SR_CONVERT_POS, ".backup", SR_CONVERT_JSON, "", "" },
  { "pos-encrypted", "pos-database-encrypted.backup", SR_CONVERT_POS, ".backup",
    SR_CONVERT_SQLITE_SQL, "", "" },
  { "pos-sqlite-sql", "pos-database.backup", SR_CONVERT_SQLITE_SQL, ".sql", SR_CONVERT_JSON, "",
    "" },
  { "pos-sqlite", "pos-database.backup", SR_CONVERT_SQLITE, ".db", SR_CONVERT_POS, "", "" },
  { "pos-json", "pos-database.backup", SR_CONVERT_JSON, "", SR_CONVERT_JSON, "", "" },
  { "pos-csv", "pos-database.backup", SR_CONVERT_CSV, "", SR_CONVERT_CSV, "", "" },
  { "pos-mysql", "pos-database.backup", SR_CONVERT_MYSQL, ".sql", SR_CONVERT_JSON, "", "" },
  { "pos-postgresql", "pos-database.backup", SR_CONVERT_POSTGRES, ".sql", SR_CONVERT_JSON, "", "" },
  { "webeenthere-json", "webeenthere-database.sql", SR_CONVERT_JSON, "", SR_CONVERT_JSON, "", "" },
  { "webeenthere-csv", "webeenthere-database.sql", SR_CONVERT_CSV, "", SR_CONVERT_CSV, "", "" },
  { "webeenthere-mysql", "webeenthere-database.sql", SR_CONVERT_MYSQL, ".sql",
    SR_CONVERT_SQLITE_SQL, LOST, "" },
  { "webeenthere-sqlite", "webeenthere-database.sql", SR_CONVERT_SQLITE, ".db", SR_CONVERT_MYSQL,
    "", "" },
  { "webeenthere-sqlite-sql", "webeenthere-database.sql", SR_CONVERT_SQLITE_SQL, ".sql",
    SR_CONVERT_MYSQL, "", "" },
};

static void
test_trip (Fixture      *fixture,
           gconstpointer data)
{
  const Trip      *trip = data;
  SrConvertResult  result;
  g_autofree char *from = sample (trip->sample);
  g_autofree char *name = g_strconcat ("there", trip->suffix, NULL);
  g_autofree char *there = NULL;
  g_autofree char *difference = NULL;
  g_autofree char *back = NULL;
  guint64          records;

  if ((trip->needs_database || trip->format == SR_CONVERT_SQLITE) && !can_make_databases ())
    return;
  there = convert (fixture, from, name, trip->format, NULL, &result);
  difference = compare (from, there);
  records = result.records;
  g_assert_cmpstr (difference, ==, trip->there);
  g_assert_cmpuint (records, >, 0);
  sr_convert_result_clear (&result);
  if (trip->back == trip->format)
    return;
  back = convert (fixture, there, "back", trip->back, NULL, &result);
  g_free (difference);
  difference = compare (from, back);
  g_assert_cmpstr (difference, ==, trip->both);
  g_assert_cmpuint (result.records, ==, records);
  sr_convert_result_clear (&result);
}

/* --- what is written -------------------------------------------------------------------------- */

static void
assert_error (Fixture           *fixture,
              const char        *from,
              const char        *to,
              SrConvertFormat    format,
              const char *const *collections,
              GCancellable      *cancellable,
              SrErrorCode        code,
              const char        *part)
{
  SrConvertOptions         options = { .collections = collections };
  g_autoptr (SrBackupFile) file = open_file (from);
  g_autoptr (GError)       error = NULL;
  g_autofree char         *path = g_build_filename (fixture->dir, to, NULL);
  SrConvertResult          result;

  g_assert_false (sr_convert_run (file, format, path, &options, &result, NULL, cancellable,
                                  &error));
  g_assert_error (error, SR_ERROR, (int) code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, part));
  sr_convert_result_clear (&result);
}

/* Neither a result nor anything half done. */
static void
assert_names (Fixture    *fixture,
              const char *wanted)
{
  g_autoptr (GDir)    dir = g_dir_open (fixture->dir, 0, NULL);
  g_autoptr (GString) names = g_string_new (NULL);
  const char         *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    g_string_append_printf (names, "%s ", name);
  g_assert_cmpstr (names->str, ==, wanted);
}

static void
assert_mode (const char *path,
             guint       mode)
{
  GStatBuf info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, mode);
}

static void
assert_entry (const char *path,
              const char *name,
              const char *wanted)
{
  g_autoptr (SrBackupFile) file = open_file (path);
  SrContainer             *container = sr_backup_file_get_container (file);
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GBytes)       content = NULL;
  g_autoptr (GError)       error = NULL;
  guint                    index;

  g_assert_true (sr_container_find (container, name, &index));
  stream = sr_container_open_entry (container, index, NULL, &error);
  g_assert_no_error (error);
  content = sr_stream_read_all (stream, 100000, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (content, NULL), g_bytes_get_size (content), wanted,
                   strlen (wanted));
}

static void
test_files (Fixture      *fixture,
            gconstpointer data)
{
  SrConvertResult  result;
  g_autofree char *from = sample ("rayerp-full.zip");
  g_autofree char *path = convert (fixture, from, "out.zip", SR_CONVERT_RAYERP, NULL, &result);

  g_assert_cmpuint (result.collections, ==, 18);
  g_assert_cmpuint (result.files, ==, 2);
  g_assert_cmpuint (result.lost, ==, 0);
  g_assert_cmpuint (result.warnings->len, ==, 0);
  assert_mode (path, 0600);
  assert_entry (path, "public-uploads/avatars/p.png", "\x89PNG\r\n\x1a\nxx");
  sr_convert_result_clear (&result);
  assert_names (fixture, "out.zip ");
}

/* What is written is what the server itself writes, byte for byte. */
static void
test_same_bytes (Fixture      *fixture,
                 gconstpointer data)
{
  SrConvertResult  result;
  g_autofree char *from = sample ("lpgnexus-backup.json");
  g_autofree char *path = convert (fixture, from, "out.json", SR_CONVERT_LPGNEXUS, NULL, &result);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gsize            before_size;
  gsize            after_size;

  g_assert_true (g_file_get_contents (from, &before, &before_size, NULL));
  g_assert_true (g_file_get_contents (path, &after, &after_size, NULL));
  g_assert_cmpmem (before, before_size, after, after_size);
  g_assert_cmpuint (result.warnings->len, ==, 0);
  sr_convert_result_clear (&result);
}

static void
test_chosen (Fixture      *fixture,
             gconstpointer data)
{
  static const char *const two[] = { "contacts", "roles", NULL };
  static const char *const none[] = { "nonsense", NULL };
  SrConvertResult          result;
  g_autofree char         *from = sample ("rayerp-full.zip");
  g_autofree char         *path = convert (fixture, from, "csv", SR_CONVERT_CSV, two, &result);
  g_autofree char         *contacts = g_build_filename (path, "contacts.csv", NULL);
  g_autofree char         *users = g_build_filename (path, "users.csv", NULL);

  g_assert_cmpuint (result.collections, ==, 2);
  g_assert_cmpuint (result.records, ==, 13);
  assert_mode (path, 0700);
  assert_mode (contacts, 0600);
  g_assert_false (g_file_test (users, G_FILE_TEST_EXISTS));
  sr_convert_result_clear (&result);
  assert_error (fixture, from, "x", SR_CONVERT_CSV, none, NULL, SR_ERROR_NOT_FOUND, "“nonsense”");
  assert_error (fixture, from, "x", SR_CONVERT_ZIP, two, NULL, SR_ERROR_UNSUPPORTED, "as they are");
  assert_names (fixture, "csv ");
}

static void
test_refused (Fixture      *fixture,
              gconstpointer data)
{
  g_autofree char         *rayerp = sample ("rayerp-full.zip");
  g_autofree char         *empty = sample ("rayerp-incremental.zip");
  g_autofree char         *files = sample ("webeenthere-full.tar.gz");
  g_autofree char         *webeenthere = sample ("webeenthere-database.sql");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  assert_error (fixture, rayerp, "x", SR_CONVERT_LPGNEXUS, NULL, NULL, SR_ERROR_UNSUPPORTED,
                "“employees”");
  assert_error (fixture, empty, "x", SR_CONVERT_RAYERP, NULL, NULL, SR_ERROR_UNSUPPORTED,
                "neither records nor uploaded files");
  assert_error (fixture, files, "x", SR_CONVERT_MYSQL, NULL, NULL, SR_ERROR_UNSUPPORTED, "");
  assert_error (fixture, webeenthere, "x", SR_CONVERT_POSTGRES, NULL, NULL, SR_ERROR_UNSUPPORTED,
                "“support_messages”");
  g_cancellable_cancel (cancellable);
  for (guint i = 0; i <= SR_CONVERT_ZIP; i++)
    if (i != SR_CONVERT_LPGNEXUS)
      assert_error (fixture, rayerp, "x", (SrConvertFormat) i, NULL, cancellable,
                    SR_ERROR_CANCELLED, "");
  assert_names (fixture, "");
}

static void
test_exists (Fixture      *fixture,
             gconstpointer data)
{
  SrConvertOptions         options = { .overwrite = TRUE };
  SrConvertResult          result;
  g_autofree char         *from = sample ("rayerp-two-modules.zip");
  g_autofree char         *path = convert (fixture, from, "out", SR_CONVERT_JSON, NULL, &result);
  g_autoptr (SrBackupFile) file = open_file (from);
  g_autoptr (GError)       error = NULL;

  sr_convert_result_clear (&result);
  assert_error (fixture, from, "out", SR_CONVERT_JSON, NULL, NULL, SR_ERROR_EXISTS, "out");
  assert_error (fixture, from, "out", SR_CONVERT_ZIP, NULL, NULL, SR_ERROR_EXISTS, "out");
  g_assert_true (sr_convert_run (file, SR_CONVERT_JSON, path, &options, &result, NULL, NULL,
                                 &error));
  g_assert_no_error (error);
  sr_convert_result_clear (&result);
  sr_test_write_file (path, "letter.txt", "keep", 4);
  g_assert_false (sr_convert_run (file, SR_CONVERT_JSON, path, &options, &result, NULL, NULL,
                                  &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, "letter.txt"));
  sr_convert_result_clear (&result);
  assert_names (fixture, "out ");
}

static void
test_zip (Fixture      *fixture,
          gconstpointer data)
{
  SrConvertResult  result;
  g_autofree char *from = sample ("webeenthere-full.tar.gz");
  g_autofree char *path = convert (fixture, from, "out.zip", SR_CONVERT_ZIP, NULL, &result);

  g_assert_cmpuint (result.files, ==, 7);
  assert_entry (path, "database.sql", "-- Database Backup\n");
  assert_entry (path, "uploads/media/ñandú dir/foto 日本.png", "img");
  sr_convert_result_clear (&result);
}

/* The files that another server's backup holds come along. */
static void
test_uploads (Fixture      *fixture,
              gconstpointer data)
{
  SrConvertResult  result;
  g_autofree char *from = sample ("webeenthere-full.tar.gz");
  g_autofree char *rayerp = NULL;
  g_autofree char *pos = NULL;

  rayerp = convert (fixture, from, "out.zip", SR_CONVERT_RAYERP, NULL, &result);
  g_assert_cmpuint (result.files, ==, 2);
  g_assert_cmpuint (result.records, ==, 0);
  assert_entry (rayerp, "uploads/media/ñandú dir/foto 日本.png", "img");
  sr_convert_result_clear (&result);
  pos = convert (fixture, rayerp, "out.backup", SR_CONVERT_POS, NULL, &result);
  g_assert_cmpuint (result.files, ==, 2);
  assert_entry (pos, "files.zip/uploads/media/ñandú dir/foto 日本.png", "img");
  sr_convert_result_clear (&result);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (trips); i++)
    {
      g_autofree char *path = g_strconcat ("/convert/trip/", trips[i].name, NULL);

      g_test_add (path, Fixture, &trips[i], fixture_set_up, test_trip, fixture_tear_down);
    }
  g_test_add ("/convert/files", Fixture, NULL, fixture_set_up, test_files, fixture_tear_down);
  g_test_add ("/convert/same-bytes", Fixture, NULL, fixture_set_up, test_same_bytes,
              fixture_tear_down);
  g_test_add ("/convert/chosen", Fixture, NULL, fixture_set_up, test_chosen, fixture_tear_down);
  g_test_add ("/convert/refused", Fixture, NULL, fixture_set_up, test_refused, fixture_tear_down);
  g_test_add ("/convert/exists", Fixture, NULL, fixture_set_up, test_exists, fixture_tear_down);
  g_test_add ("/convert/zip", Fixture, NULL, fixture_set_up, test_zip, fixture_tear_down);
  g_test_add ("/convert/uploads", Fixture, NULL, fixture_set_up, test_uploads, fixture_tear_down);
  return g_test_run ();
}
