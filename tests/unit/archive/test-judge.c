/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "sr-test-backup.h"
#include "sr-test-util.h"
#include "sr-test-zip.h"

#define N_COLLECTIONS 40

/* RayERP collections of many sizes, so that threads end in another order than they begin. @wrong:
 * CRC of the entry @bad is a lie */
static SrBackupFile *
make_many (guint    bad,
           gboolean broken)
{
  g_autoptr (SrTestZip) zip = sr_test_zip_new ();
  g_autoptr (GString)   totals = g_string_new ("{\"version\":\"2.0.0\",\"backupType\":\"database\","
                                                 "\"modules\":[\"none\"],\"totalRecords\":{");

  for (guint c = 0; c < N_COLLECTIONS; c++)
    {
      g_autoptr (GString) rows = g_string_new ("[");
      g_autofree char    *name = g_strdup_printf ("c%u.json", c);
      guint               n = 1 + c * 7919 % 1000;
      SrTestZipEntry      entry = { .name = name, .deflate = TRUE, .crc_xor = c == bad ? 1 : 0 };

      for (guint i = 0; i < n; i++)
        g_string_append_printf (rows, "%s{\"_id\":\"%u\",\"h\":\"%s\"}", i > 0 ? "," : "", i,
                                i == 0 ? "$2b$10$abcdefghijklmnopqrstuv" : "");
      g_string_append (rows, broken && c == bad ? "," : "]");
      g_string_append_printf (totals, "%s\"c%u\":%u", c > 0 ? "," : "", c, n);
      entry.content = rows->str;
      entry.size = rows->len;
      if (broken)
        entry.crc_xor = 0;
      sr_test_zip_add (zip, &entry);
    }
  g_string_append (totals, "}}");
  sr_test_zip_add_text (zip, "backup-info.json", totals->str);
  sr_test_zip_finish (zip, "");
  return sr_test_backup_bytes ("many.zip", zip->bytes->data, zip->bytes->len, NULL);
}

static SrVerdict *
judge (SrBackupFile         *file,
       const SrJudgeOptions *options)
{
  g_autoptr (GError) error = NULL;
  SrVerdict         *verdict = sr_backup_file_judge (file, options, NULL, NULL, &error);

  g_assert_no_error (error);
  return verdict;
}

static SrCheckResult
result_of (SrVerdict  *verdict,
           const char *id)
{
  const SrCheck *check = sr_verdict_find (verdict, id);

  g_assert_nonnull (check);
  return check->result;
}

/* What threads found is put together whole and in the order of the collections. */
static void
test_many (void)
{
  g_autoptr (SrBackupFile) file = make_many (G_MAXUINT, FALSE);
  g_autoptr (SrVerdict)    verdict = judge (file, NULL);
  GPtrArray               *collections = sr_backup_file_get_collections (file);
  g_autofree char         *sentence = NULL;

  g_assert_cmpint (result_of (verdict, "records.announced"), ==, SR_CHECK_PASSED);
  g_assert_cmpint (result_of (verdict, "zip.checksums"), ==, SR_CHECK_PASSED);
  g_assert_cmpuint (collections->len, ==, N_COLLECTIONS);
  for (guint i = 0; i < N_COLLECTIONS; i++)
    {
      const SrBackupCollection *collection = g_ptr_array_index (collections, i);
      g_autofree char          *name = g_strdup_printf ("c%u", i);

      g_assert_cmpstr (collection->name, ==, name);
      g_assert_cmpint (collection->count, ==, 1 + i * 7919 % 1000);
    }
  g_assert_nonnull (strstr (sr_verdict_find (verdict, "privacy.password-hashes")->sentence, "40 "));
}

/* Records that can be read do not hide that the checksum is wrong: it is told once, and as what it
 * is. */
static void
test_wrong_checksum (void)
{
  g_autoptr (SrBackupFile) file = make_many (17, FALSE);
  g_autoptr (SrVerdict)    verdict = judge (file, NULL);

  g_assert_cmpint (sr_verdict_get_level (verdict), ==, SR_VERDICT_BROKEN);
  g_assert_nonnull (strstr (sr_verdict_find (verdict, "zip.crc")->sentence, "c17.json"));
  g_assert_null (sr_verdict_find (verdict, "zip.checksums"));
  g_assert_nonnull (strstr (sr_verdict_find (verdict, "records.read")->sentence, "c17"));
}

/* An entry that is no JSON to its end is unfolded to its end all the same. */
static void
test_broken_records (void)
{
  g_autoptr (SrBackupFile) file = make_many (17, TRUE);
  g_autoptr (SrVerdict)    verdict = judge (file, NULL);

  g_assert_cmpint (result_of (verdict, "zip.checksums"), ==, SR_CHECK_PASSED);
  g_assert_cmpint (result_of (verdict, "records.read"), ==, SR_CHECK_FAILED);
  g_assert_cmpint (result_of (verdict, "records.announced"), ==, SR_CHECK_NOT_MADE);
}

static void
test_quick (void)
{
  SrJudgeOptions           quick = { .quick = TRUE };
  g_autoptr (SrBackupFile) file = make_many (17, FALSE);
  g_autoptr (SrVerdict)    verdict = judge (file, &quick);

  g_assert_cmpint (result_of (verdict, "container.read"), ==, SR_CHECK_NOT_MADE);
  g_assert_cmpint (result_of (verdict, "records.read"), ==, SR_CHECK_NOT_MADE);
  g_assert_null (sr_verdict_find (verdict, "zip.crc"));
}

static void
test_digest (void)
{
  SrJudgeOptions other = {
    .sha256 = "0000000000000000000000000000000000000000000000000000000000000000",
  };
  g_autoptr (SrBackupFile) file = make_many (G_MAXUINT, FALSE);
  g_autoptr (SrVerdict)    verdict = judge (file, &other);

  g_assert_cmpint (result_of (verdict, "file.digest"), ==, SR_CHECK_FAILED);
  g_assert_cmpint (sr_verdict_get_level (verdict), ==, SR_VERDICT_BROKEN);
}

static void
test_cancelled (void)
{
  g_autoptr (SrBackupFile) file = make_many (G_MAXUINT, FALSE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError)       error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (sr_backup_file_judge (file, NULL, NULL, cancellable, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
}

#define ROWS "{\"rows\": [{\"id\": 1}, {\"id\": 2}]}"

typedef void (*Change) (const char *dir,
                        const char *path);

static void
cut_off (const char *dir,
         const char *path)
{
  g_assert_cmpint (truncate (path, 10), ==, 0);
}

static void
go_on_writing (const char *dir,
               const char *path)
{
  sr_test_write_file (dir, "file.json", ROWS ROWS, 2 * strlen (ROWS));
}

static void
put_another_there (const char *dir,
                   const char *path)
{
  g_autofree char *other = g_build_filename (dir, "other", NULL);

  sr_test_write_file (dir, "other", ROWS, strlen (ROWS));
  g_assert_cmpint (g_rename (other, path), ==, 0);
}

/* Where a digest is given it is the checksum. A file that carries one itself is not said to lack
 * it. */
static void
test_no_checksum (void)
{
  static const char        other[] = "00112233445566778899aabbccddeeff"
                                     "00112233445566778899aabbccddeeff";
  SrJudgeOptions           options = { .sha256 = other };
  g_autoptr (SrBackupFile) plain = sr_test_backup_text ("rows.json", ROWS);
  g_autoptr (SrBackupFile) again = sr_test_backup_text ("rows.json", ROWS);
  g_autoptr (SrBackupFile) zip = sr_test_backup_zip ("rows.zip", "rows.json", ROWS, NULL);
  g_autoptr (SrVerdict)    without = judge (plain, NULL);
  g_autoptr (SrVerdict)    with = judge (again, &options);
  g_autoptr (SrVerdict)    packed = judge (zip, NULL);

  g_assert_nonnull (sr_verdict_find (without, SR_CHECK_NO_CHECKSUM));
  g_assert_null (sr_verdict_find (with, SR_CHECK_NO_CHECKSUM));
  g_assert_null (sr_verdict_find (packed, SR_CHECK_NO_CHECKSUM));
}

/* A file that somebody still writes gets no verdict. */
static void
test_changed (void)
{
  static const Change changes[] = { cut_off, go_on_writing, put_another_there, NULL };

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      char                    *dir = sr_test_mkdir ();
      g_autofree char         *path = g_build_filename (dir, "file.json", NULL);
      g_autoptr (GError)       error = NULL;
      g_autoptr (SrBackupFile) file = NULL;
      g_autoptr (SrVerdict)    verdict = NULL;

      sr_test_write_file (dir, "file.json", ROWS, strlen (ROWS));
      file = sr_backup_file_open (path, NULL, NULL, &error);
      g_assert_no_error (error);
      if (changes[i] != NULL)
        changes[i](dir, path);
      verdict = sr_backup_file_judge (file, NULL, NULL, NULL, &error);
      if (changes[i] != NULL)
        {
          g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
          g_assert_nonnull (strstr (error->message, "changed while it was read"));
        }
      g_assert_true ((verdict == NULL) == (changes[i] != NULL));
      sr_test_rmdir (dir);
    }
}

/* All of it by the end, and no step of it twice. */
static void
test_progress (void)
{
  g_autoptr (SrBackupFile) file = make_many (G_MAXUINT, FALSE);
  g_autoptr (SrProgress)   progress = sr_progress_new ();
  g_autoptr (SrVerdict)    verdict = NULL;
  g_autoptr (GError)       error = NULL;
  SrProgressState          state = { 0 };

  verdict = sr_backup_file_judge (file, NULL, progress, NULL, &error);
  g_assert_no_error (error);
  sr_progress_get_state (progress, &state);
  g_assert_cmpfloat (state.fraction, >, 0.999);
  sr_progress_state_clear (&state);
}

/* An entry that holds several collections is read once, and each is looked for in it. */
static void
test_shared_entry (void)
{
  g_autoptr (SrBackupFile) file = NULL;
  g_autoptr (SrVerdict)    verdict = NULL;

  file = sr_test_backup_zip (
      "a.zip", "strongroom.json",
      "{\"collections\":[{\"name\":\"a\",\"count\":1,\"entry\":\"database/all.json\"},"
      "{\"name\":\"b\",\"count\":2,\"entry\":\"database/all.json\"},"
      "{\"name\":\"gone\",\"count\":1,\"entry\":\"database/all.json\"}]}",
      "database/all.json", "{\"a\":[{\"id\":1}],\"b\":[{\"id\":1},{\"id\":2}]}", NULL);
  verdict = judge (file, NULL);
  g_assert_nonnull (strstr (sr_verdict_find (verdict, "records.read")->sentence, "“gone”"));
  g_assert_cmpint (((SrBackupCollection *) sr_backup_file_get_collections (file)->pdata[1])->count,
                   ==, 2);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/judge/many", test_many);
  g_test_add_func ("/judge/wrong-checksum", test_wrong_checksum);
  g_test_add_func ("/judge/broken-records", test_broken_records);
  g_test_add_func ("/judge/quick", test_quick);
  g_test_add_func ("/judge/digest", test_digest);
  g_test_add_func ("/judge/cancelled", test_cancelled);
  g_test_add_func ("/judge/no-checksum", test_no_checksum);
  g_test_add_func ("/judge/changed", test_changed);
  g_test_add_func ("/judge/progress", test_progress);
  g_test_add_func ("/judge/shared-entry", test_shared_entry);
  return g_test_run ();
}
