/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/sr-zip-reader.h"
#include "base/sr-error.h"
#include "job/sr-convert-private.h"

/* Returns: (transfer full) (nullable): records by the name of their collection */
static GHashTable *
count_records (SrConvert    *self,
               SrBackupFile *file,
               GError      **error)
{
  g_autoptr (SrRecordReader) reader = NULL;
  g_autoptr (GHashTable)     counts = NULL;
  SrCollection              *collection;
  int                        more;

  counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  reader = sr_backup_file_read (file, NULL, self->cancellable, error);
  if (reader == NULL)
    return NULL;
  while ((more = sr_record_reader_next_collection (reader, &collection, self->cancellable,
                                                   error)) > 0)
    {
      guint64 *total = g_hash_table_lookup (counts, collection->name);
      guint64  count;

      if (total == NULL)
        {
          total = g_new0 (guint64, 1);
          g_hash_table_insert (counts, g_strdup (collection->name), total);
        }
      if (!sr_record_reader_skip (reader, &count, self->cancellable, error))
        return NULL;
      *total += count;
    }
  return more == 0 ? g_steal_pointer (&counts) : NULL;
}

static gboolean
compare_counts (SrConvert  *self,
                GHashTable *counts,
                GError    **error)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      const SrConvertItem *item = g_ptr_array_index (self->items, i);
      const guint64       *found = g_hash_table_lookup (counts, item->name);

      if (found != NULL && *found == item->put)
        continue;
      g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                   "“%s” was written with %" G_GUINT64_FORMAT
                   " records, and is read back with %" G_GUINT64_FORMAT,
                   item->name, item->put, found != NULL ? *found : 0);
      return FALSE;
    }
  if (g_hash_table_size (counts) == self->items->len)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
               "%u collections were written, and %u are read back", self->items->len,
               g_hash_table_size (counts));
  return FALSE;
}

gboolean
sr_convert_check_records (SrConvert  *self,
                          const char *path,
                          GError    **error)
{
  g_autoptr (SrProgress)   step = sr_progress_step (self->progress, 1, 4, "Reading it back");
  g_autoptr (SrBackupFile) file = NULL;
  g_autoptr (GHashTable)   counts = NULL;
  gboolean                 ok = FALSE;

  file = sr_backup_file_open (path, NULL, self->cancellable, error);
  if (file != NULL && sr_backup_file_get_error (file) != NULL)
    g_propagate_error (error, g_error_copy (sr_backup_file_get_error (file)));
  else if (file != NULL)
    {
      counts = count_records (self, file, error);
      ok = counts != NULL && compare_counts (self, counts, error);
    }
  if (!ok)
    g_prefix_error (error, "Reading back what was written: ");
  sr_progress_finish (step);
  return ok;
}

/* --- ZIP -------------------------------------------------------------------------------------- */

static void
note_finding (SrZipFinding finding,
              guint        index,
              const char  *sentence,
              gpointer     user_data)
{
  GString *first = user_data;

  if (first->len == 0)
    g_string_assign (first, sentence);
}

static SrZipReader *
open_zip (int      fd,
          GError **error)
{
  g_autoptr (SrGuard) guard = sr_guard_new (NULL);
  struct stat         info;
  int                 copy = fcntl (fd, F_DUPFD_CLOEXEC, 0);

  if (copy >= 0 && fstat (copy, &info) == 0)
    return sr_zip_reader_new (copy, 0, (guint64) info.st_size, guard, error);
  sr_set_error_errno (error, errno, "Looking at what was written");
  if (copy >= 0)
    close (copy);
  return NULL;
}

static gboolean
verify_zip (SrConvert *self,
            int        fd,
            guint64    n_files,
            GError   **error)
{
  g_autoptr (SrZipReader) zip = open_zip (fd, error);
  g_autoptr (GString)     finding = g_string_new (NULL);
  guint64                 found = 0;

  if (zip == NULL ||
      !sr_zip_reader_verify (zip, note_finding, finding, NULL, self->cancellable, error))
    return FALSE;
  for (guint i = 0; i < sr_container_get_n_entries (SR_CONTAINER (zip)); i++)
    if (sr_container_get_entry (SR_CONTAINER (zip), i)->type == SR_ENTRY_FILE)
      found++;
  if (finding->len > 0)
    g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED, "%s", finding->str);
  else if (found != n_files)
    g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                 "%" G_GUINT64_FORMAT " entries were written, and %" G_GUINT64_FORMAT
                 " are in the ZIP",
                 n_files, found);
  else
    return TRUE;
  return FALSE;
}

gboolean
sr_convert_check_zip (SrConvert *self,
                      int        fd,
                      guint64    n_files,
                      GError   **error)
{
  if (verify_zip (self, fd, n_files, error))
    return TRUE;
  g_prefix_error (error, "Reading back what was written: ");
  return FALSE;
}
