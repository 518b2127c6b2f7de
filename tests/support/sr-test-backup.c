/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <string.h>

#include "sr-test-backup.h"
#include "sr-test-util.h"
#include "sr-test-zip.h"

static SrSecret *
give_key (const char *hint,
          guint       attempt,
          gpointer    user_data,
          GError    **error)
{
  const char *key = user_data;

  return attempt == 0 && key != NULL ? sr_secret_new_from (key, strlen (key)) : NULL;
}

static SrBackupFile *
open_path (const char *path,
           const char *key)
{
  SrBackupFileOptions options = { .ask_key = give_key, .user_data = (gpointer) key };
  g_autoptr (GError)  error = NULL;
  SrBackupFile       *file = sr_backup_file_open (path, &options, NULL, &error);

  g_assert_no_error (error);
  return file;
}

SrBackupFile *
sr_test_backup_sample (const char *name,
                       const char *key)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "samples", name, NULL);

  return open_path (path, key);
}

SrBackupFile *
sr_test_backup_bytes (const char   *name,
                      gconstpointer data,
                      gsize         size,
                      const char   *key)
{
  char            *folder = sr_test_mkdir ();
  g_autofree char *path = g_build_filename (folder, name, NULL);
  SrBackupFile    *file;

  sr_test_write_file (folder, name, data, size);
  file = open_path (path, key);
  sr_test_rmdir (folder);
  return file;
}

SrBackupFile *
sr_test_backup_text (const char *name,
                     const char *text)
{
  return sr_test_backup_bytes (name, text, strlen (text), NULL);
}

SrBackupFile *
sr_test_backup_zip (const char *name,
                    const char *first,
                    ...)
{
  g_autoptr (SrTestZip) zip = sr_test_zip_new ();
  va_list               arguments;

  va_start (arguments, first);
  for (const char *entry = first; entry != NULL; entry = va_arg (arguments, const char *))
    sr_test_zip_add_text (zip, entry, va_arg (arguments, const char *));
  va_end (arguments);
  sr_test_zip_finish (zip, "");
  return sr_test_backup_bytes (name, zip->bytes->data, zip->bytes->len, NULL);
}

static SrVerdict *
judge (SrBackupFile *file)
{
  g_autoptr (GError) error = NULL;
  SrVerdict         *verdict = sr_backup_file_judge (file, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return verdict;
}

static char *
describe (SrBackupFile *file,
          SrVerdict    *verdict)
{
  static const char *const encryptions[] = { "none", "claimed", "default", "key", "locked" };
  GPtrArray               *collections = sr_backup_file_get_collections (file);
  GString                 *out = g_string_new (NULL);

  g_string_append_printf (out, "%s %s %s\n", sr_backup_kind_name (sr_backup_file_get_kind (file)),
                          sr_verdict_level_name (sr_verdict_get_level (verdict)),
                          encryptions[sr_backup_file_get_encryption (file)]);
  for (guint i = 0; i < sr_verdict_get_n_checks (verdict); i++)
    {
      const SrCheck *check = sr_verdict_get_check (verdict, i);

      g_string_append_printf (out, "%s %s %s\n", check->id, sr_check_aspect_name (check->aspect),
                              sr_check_result_name (check->result));
    }
  for (guint i = 0; i < collections->len; i++)
    {
      const SrBackupCollection *collection = g_ptr_array_index (collections, i);

      g_string_append_printf (out, "%s%s=%" G_GINT64_FORMAT, i > 0 ? " " : "", collection->name,
                              collection->count);
    }
  return g_string_free (out, FALSE);
}

void
sr_test_backup_expect (SrBackupFile *file,
                       const char   *expected)
{
  g_autoptr (SrBackupFile) owned = file;
  g_autoptr (SrVerdict)    verdict = judge (file);
  g_autofree char         *found = describe (file, verdict);

  g_assert_cmpstr (found, ==, expected);
}

char *
sr_test_backup_sentence (SrBackupFile *file,
                         const char   *id)
{
  g_autoptr (SrBackupFile) owned = file;
  g_autoptr (SrVerdict)    verdict = judge (file);
  const SrCheck           *check = sr_verdict_find (verdict, id);

  return check != NULL ? g_strdup (check->sentence) : NULL;
}
