/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include <string.h>

#include "archive/sr-rayerp-collections.h"
#include "base/sr-error.h"
#include "base/sr-json.h"
#include "base/sr-output-file.h"
#include "job/sr-convert-private.h"
#include "job/sr-convert-text.h"
#include "record/sr-record-writer.h"

#define LEVEL     6
#define FILE_MODE 0644

#define N_MODULES 6

typedef struct
{
  SrZipWriter    *zip;
  GOutputStream  *stream;
  SrRecordWriter *writer;
  gint64          now;
  guint64         n_entries;
} Target;

static int
rank_of (const char *name)
{
  for (guint i = 0; i < SR_RAYERP_N_COLLECTIONS; i++)
    if (strcmp (sr_rayerp_collections[i].name, name) == 0)
      return (int) i;
  return (int) SR_RAYERP_N_COLLECTIONS;
}

static int
compare_items (gconstpointer a,
               gconstpointer b)
{
  const SrConvertItem *left = *(const SrConvertItem *const *) a;
  const SrConvertItem *right = *(const SrConvertItem *const *) b;

  return rank_of (left->name) - rank_of (right->name);
}

/* Puts the items into its order, which is another reading unless they have it. Those that are not
 * its own stay behind, in the order of the source (the sort is stable). */
static void
sort_items (SrConvert *self)
{
  for (guint i = 1; i < self->items->len; i++)
    if (rank_of (((SrConvertItem *) self->items->pdata[i - 1])->name) >
        rank_of (((SrConvertItem *) self->items->pdata[i])->name))
      self->in_order = TRUE;
  g_ptr_array_sort (self->items, compare_items);
}

static gboolean
check_names (SrConvert *self,
             GError   **error)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      const char        *name = ((SrConvertItem *) self->items->pdata[i])->name;
      g_autofree char   *entry = g_strconcat (name, ".json", NULL);
      g_autoptr (GError) reason = NULL;

      if (strchr (name, '/') != NULL || !sr_guard_check_name (entry, &reason) ||
          strcmp (name, "backup-info") == 0)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                       "The collection “%s” cannot be an entry of a ZIP by its name; leave it out",
                       name);
          return FALSE;
        }
      if (rank_of (name) == (int) SR_RAYERP_N_COLLECTIONS)
        sr_convert_warn (self,
                         "RayERP has no collection “%s”: it is written as %s, which its own "
                         "programs pass over.",
                         name, entry);
    }
  return TRUE;
}

/* --- records ---------------------------------------------------------------------------------- */

static gboolean
begin_entry (SrConvert     *self,
             SrConvertItem *item,
             gpointer       user_data,
             GError       **error)
{
  Target          *target = user_data;
  g_autofree char *name = g_strconcat (item->name, ".json", NULL);

  target->stream = sr_zip_writer_add_stream (target->zip, name, target->now, FILE_MODE, error);
  if (target->stream == NULL)
    return FALSE;
  target->n_entries++;
  target->writer = sr_json_record_writer_new (target->stream, 2, 0);
  return sr_record_writer_begin (target->writer, item->written, self->cancellable, error);
}

static gboolean
put_record (SrConvert      *self,
            SrConvertItem  *item,
            const SrRecord *record,
            gpointer        user_data,
            GError        **error)
{
  return sr_record_writer_put (((Target *) user_data)->writer, record, self->cancellable, error);
}

static gboolean
end_entry (SrConvert     *self,
           SrConvertItem *item,
           gpointer       user_data,
           GError       **error)
{
  Target  *target = user_data;
  gboolean ok = sr_record_writer_end (target->writer, self->cancellable, error) &&
                sr_record_writer_finish (target->writer, self->cancellable, error) &&
                g_output_stream_close (target->stream, self->cancellable, error);

  g_clear_object (&target->writer);
  g_clear_object (&target->stream);
  return ok;
}

/* --- description ------------------------------------------------------------------------------ */

/* Adds the modules of which a collection is there. Returns: how many */
static guint
add_modules (SrConvert     *self,
             SrConvertText *text)
{
  const char *last = NULL;
  guint       count = 0;

  sr_convert_text_open (text, "modules", '[');
  for (guint i = 0; i < SR_RAYERP_N_COLLECTIONS; i++)
    {
      if (g_strcmp0 (sr_rayerp_collections[i].module, last) == 0 ||
          sr_convert_find_item (self, sr_rayerp_collections[i].name) == NULL)
        continue;
      last = sr_rayerp_collections[i].module;
      sr_convert_text_add_string (text, NULL, last);
      count++;
    }
  sr_convert_text_close (text, ']');
  return count;
}

static guint
count_modules (SrConvert *self)
{
  const char *last = NULL;
  guint       count = 0;

  for (guint i = 0; i < SR_RAYERP_N_COLLECTIONS; i++)
    if (g_strcmp0 (sr_rayerp_collections[i].module, last) != 0 &&
        sr_convert_find_item (self, sr_rayerp_collections[i].name) != NULL)
      {
        last = sr_rayerp_collections[i].module;
        count++;
      }
  return count;
}

static const char *
choose_type (SrConvert *self,
             guint64    n_uploads)
{
  if (self->items->len == 0)
    return "files";
  return n_uploads > 0 || count_modules (self) == N_MODULES ? "full" : "database";
}

static GBytes *
make_description (SrConvert *self,
                  guint64    n_uploads)
{
  g_autoptr (JsonObject) old = NULL;
  g_autoptr (GDateTime)  now = g_date_time_new_now_utc ();
  g_autofree char       *now_text = sr_convert_time_text (now);
  g_autofree char       *id = g_uuid_string_random ();
  SrConvertText          text;

  if (sr_backup_file_get_kind (self->file) == SR_BACKUP_RAYERP)
    old = sr_convert_read_description (self, "backup-info.json");
  if (old == NULL)
    old = json_object_new ();
  sr_convert_text_init (&text);
  sr_convert_text_add_string (&text, "backupId", sr_json_string_or (old, "backupId", id));
  sr_convert_text_add_string (&text, "backupDate", sr_json_string_or (old, "backupDate", now_text));
  sr_convert_text_add_string (&text, "version", "2.0.0");
  sr_convert_text_add_string (&text, "backupType", choose_type (self, n_uploads));
  add_modules (self, &text);
  sr_convert_text_add_bool (&text, "isEncrypted", FALSE);
  sr_convert_text_add_string (&text, "createdBy",
                              sr_json_string_or (old, "createdBy", "Strongroom"));
  sr_convert_text_open (&text, "totalRecords", '{');
  for (guint i = 0; i < self->items->len; i++)
    {
      const SrConvertItem *item = g_ptr_array_index (self->items, i);

      sr_convert_text_add_number (&text, item->name, item->put);
    }
  sr_convert_text_close (&text, '}');
  return sr_convert_text_finish (&text);
}

static gboolean
add_description (SrConvert *self,
                 Target    *target,
                 guint64    n_uploads,
                 GError   **error)
{
  g_autoptr (GBytes)       text = make_description (self, n_uploads);
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (text);

  target->n_entries++;
  return sr_zip_writer_add (target->zip, "backup-info.json", target->now, FILE_MODE, stream, NULL,
                            self->cancellable, error);
}

/* --- files ------------------------------------------------------------------------------------ */

static char *
place_upload (SrConvert              *self,
              const SrContainerEntry *entry,
              gpointer                user_data)
{
  return sr_convert_upload_name (self, entry->name);
}

static guint64
count_uploads (SrConvert *self)
{
  SrContainer *container = sr_backup_file_get_container (self->file);
  guint64      count = 0;

  if (container == NULL || self->options->collections != NULL)
    return 0;
  for (guint i = 0; i < sr_container_get_n_entries (container); i++)
    {
      const SrContainerEntry *entry = sr_container_get_entry (container, i);
      g_autofree char        *name = sr_convert_upload_name (self, entry->name);

      if (name != NULL && entry->type == SR_ENTRY_FILE)
        count++;
    }
  return count;
}

static gboolean
write_entries (SrConvert *self,
               Target    *target,
               guint64    n_uploads,
               GError   **error)
{
  static const SrConvertSink sink = { begin_entry, put_record, end_entry };

  if (!sr_convert_feed (self, &sink, target, error) ||
      !add_description (self, target, n_uploads, error))
    return FALSE;
  if (self->options->collections == NULL &&
      !sr_convert_put_files (self, target->zip, place_upload, NULL, &self->result->files, error))
    return FALSE;
  target->n_entries += self->result->files;
  return sr_zip_writer_finish (target->zip, self->cancellable, error);
}

/* Records, or at least files: a backup of files only is one too. */
static gboolean
plan_records (SrConvert *self,
              guint64    n_uploads,
              GError   **error)
{
  g_autoptr (GError) reason = NULL;

  if (!sr_convert_plan (self, FALSE, &reason) &&
      (n_uploads == 0 || !sr_error_is (reason, SR_ERROR_UNSUPPORTED)))
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  if (self->items->len > 0 || n_uploads > 0)
    {
      sort_items (self);
      return check_names (self, error);
    }
  g_set_error_literal (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                       "The backup holds neither records nor uploaded files, so that nothing is "
                       "left to write");
  return FALSE;
}

gboolean
sr_convert_to_rayerp (SrConvert *self,
                      GError   **error)
{
  guint64                  n_uploads = count_uploads (self);
  g_autoptr (SrOutputFile) output = NULL;
  g_autoptr (SrZipWriter)  zip = NULL;
  g_autofree char         *path = NULL;
  Target                   target = { .now = g_get_real_time () / G_USEC_PER_SEC };
  gboolean                 ok;

  if (!plan_records (self, n_uploads, error))
    return FALSE;
  output = sr_output_file_open (self->output, self->options->overwrite, 0600, error);
  if (output == NULL)
    return FALSE;
  zip = sr_zip_writer_new (sr_output_file_get_stream (output), LEVEL);
  target.zip = zip;
  ok = write_entries (self, &target, n_uploads, error);
  g_clear_object (&target.writer);
  g_clear_object (&target.stream);
  if (!ok)
    return FALSE;
  self->n_other_files =
      sr_convert_count_files (self) - MIN (n_uploads, sr_convert_count_files (self));
  path = g_strdup_printf ("/proc/self/fd/%d", sr_output_file_get_fd (output));
  return sr_convert_check_zip (self, sr_output_file_get_fd (output), target.n_entries, error) &&
         (self->items->len == 0 || sr_convert_check_records (self, path, error)) &&
         sr_output_file_commit (output, error);
}
