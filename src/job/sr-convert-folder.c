/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include <errno.h>
#include <gio/gunixoutputstream.h>
#include <string.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "job/sr-convert-private.h"
#include "job/sr-convert-stage.h"
#include "record/sr-record-writer.h"

/* A file name has 255 bytes; some are left for the ending. */
#define MAX_NAME 240

typedef struct
{
  SrConvertStage *stage;
  const char     *suffix;
  int             fd;
  GOutputStream  *stream;
  SrRecordWriter *writer;
} Target;

/* What cannot stand in a file's name is written as %XX. Returns: (transfer full) */
static char *
file_name (const char *collection)
{
  GString *name = g_string_new (NULL);

  for (const char *p = collection; *p != '\0'; p++)
    if (*p == '/' || *p == '\\' || *p == '%' || (guchar) *p < 0x20 || *p == 0x7f ||
        (*p == '.' && p == collection))
      g_string_append_printf (name, "%%%02X", (guchar) *p);
    else
      g_string_append_c (name, *p);
  return g_string_free (name, FALSE);
}

static gboolean
name_items (SrConvert *self,
            GError   **error)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      SrConvertItem   *item = g_ptr_array_index (self->items, i);
      g_autofree char *name = file_name (item->collection->name);

      if (name[0] == '\0' || strlen (name) > MAX_NAME)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                       "No file can have the name of the collection “%s”; leave it out",
                       item->collection->name);
          return FALSE;
        }
      if (strcmp (name, item->name) != 0)
        sr_convert_warn (self, "The file of “%s” is named “%s”.", item->collection->name, name);
      g_free (item->name);
      item->name = g_steal_pointer (&name);
    }
  return TRUE;
}

static SrRecordWriter *
make_writer (SrConvert           *self,
             const SrConvertItem *item,
             GOutputStream       *stream)
{
  g_autoptr (GPtrArray) names = NULL;

  if (self->format == SR_CONVERT_JSON)
    return sr_json_record_writer_new (stream, 2, 0);
  if (item->collection->columns != NULL)
    return sr_csv_record_writer_new (stream, NULL);
  names = g_ptr_array_new ();
  for (guint i = 0; i < sr_collection_get_n_columns (item->written); i++)
    g_ptr_array_add (names, sr_collection_get_column (item->written, i)->name);
  g_ptr_array_add (names, NULL);
  return sr_csv_record_writer_new (stream, (const char *const *) names->pdata);
}

static gboolean
begin_file (SrConvert     *self,
            SrConvertItem *item,
            gpointer       user_data,
            GError       **error)
{
  Target          *target = user_data;
  g_autofree char *name = g_strconcat (item->name, target->suffix, NULL);

  target->fd = sr_convert_stage_create (target->stage, name, error);
  if (target->fd < 0)
    return FALSE;
  target->stream = g_unix_output_stream_new (target->fd, FALSE);
  target->writer = make_writer (self, item, target->stream);
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

static void
close_file (Target *target)
{
  g_clear_object (&target->writer);
  g_clear_object (&target->stream);
  if (target->fd >= 0)
    close (target->fd);
  target->fd = -1;
}

static gboolean
end_file (SrConvert     *self,
          SrConvertItem *item,
          gpointer       user_data,
          GError       **error)
{
  Target  *target = user_data;
  gboolean ok = sr_record_writer_end (target->writer, self->cancellable, error) &&
                sr_record_writer_finish (target->writer, self->cancellable, error);

  if (ok && fsync (target->fd) != 0)
    {
      sr_set_error_errno (error, errno, "Syncing the file of “%s”", item->collection->name);
      ok = FALSE;
    }
  close_file (target);
  return ok;
}

static gboolean
plan (SrConvert *self,
      GError   **error)
{
  if (self->format == SR_CONVERT_CSV)
    return sr_convert_plan_tables (self, error);
  if (!sr_convert_plan (self, FALSE, error))
    return FALSE;
  self->n_other_files = sr_convert_count_files (self);
  if (self->items->len > 0)
    return TRUE;
  g_set_error_literal (error, SR_ERROR, SR_ERROR_UNSUPPORTED, "The backup holds no records");
  return FALSE;
}

gboolean
sr_convert_to_folder (SrConvert *self,
                      GError   **error)
{
  static const SrConvertSink sink = { begin_file, put_record, end_file };
  g_autoptr (SrConvertStage) stage = NULL;
  g_autofree char           *path = NULL;
  Target                     target = {
                        .suffix = self->format == SR_CONVERT_CSV ? ".csv" : ".json",
                        .fd = -1,
  };
  gboolean ok;

  if (!plan (self, error) || !name_items (self, error))
    return FALSE;
  stage = sr_convert_stage_new (self->output, error);
  if (stage == NULL)
    return FALSE;
  target.stage = stage;
  ok = sr_convert_feed (self, &sink, &target, error);
  close_file (&target);
  path = sr_convert_stage_get_path (stage, NULL);
  return ok && sr_convert_check_records (self, path, error) &&
         sr_convert_stage_put_folder (stage, target.suffix, self->options->overwrite, error);
}
