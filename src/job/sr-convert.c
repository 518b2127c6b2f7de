/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-convert.h"

#include <sys/stat.h>

#include "base/sr-error.h"
#include "job/sr-convert-private.h"

typedef struct
{
  const char *name;
  gboolean    is_folder;
  gboolean (*run) (SrConvert *self,
                   GError   **error);
} Format;

static const Format formats[] = {
  [SR_CONVERT_RAYERP] = { "rayerp", FALSE, sr_convert_to_rayerp },
  [SR_CONVERT_POS] = { "pos", FALSE, sr_convert_to_pos },
  [SR_CONVERT_LPGNEXUS] = { "lpgnexus", FALSE, sr_convert_to_lpgnexus },
  [SR_CONVERT_MYSQL] = { "mysql", FALSE, sr_convert_to_sql },
  [SR_CONVERT_POSTGRES] = { "postgresql", FALSE, sr_convert_to_sql },
  [SR_CONVERT_SQLITE_SQL] = { "sqlite-sql", FALSE, sr_convert_to_sql },
  [SR_CONVERT_SQLITE] = { "sqlite", FALSE, sr_convert_to_sqlite },
  [SR_CONVERT_CSV] = { "csv", TRUE, sr_convert_to_folder },
  [SR_CONVERT_JSON] = { "json", TRUE, sr_convert_to_folder },
  [SR_CONVERT_ZIP] = { "zip", FALSE, sr_convert_to_zip },
};

const char *
sr_convert_format_name (SrConvertFormat format)
{
  return formats[format].name;
}

gboolean
sr_convert_format_from_name (const char      *name,
                             SrConvertFormat *format)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (g_strcmp0 (name, formats[i].name) == 0)
      {
        *format = (SrConvertFormat) i;
        return TRUE;
      }
  return FALSE;
}

char *
sr_convert_format_list (void)
{
  GString *list = g_string_new (formats[0].name);

  for (guint i = 1; i < G_N_ELEMENTS (formats); i++)
    g_string_append_printf (list, "%s%s", i + 1 < G_N_ELEMENTS (formats) ? ", " : " or ",
                            formats[i].name);
  return g_string_free (list, FALSE);
}

void
sr_convert_result_clear (SrConvertResult *self)
{
  g_clear_pointer (&self->warnings, g_ptr_array_unref);
  *self = (SrConvertResult){ 0 };
}

void
sr_convert_warn (SrConvert  *self,
                 const char *format,
                 ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (self->result->warnings, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

static void
item_free (gpointer data)
{
  SrConvertItem *item = data;

  g_clear_pointer (&item->collection, sr_collection_unref);
  g_clear_pointer (&item->written, sr_collection_unref);
  g_clear_pointer (&item->fields, sr_inference_free);
  g_free (item->name);
  g_free (item);
}

/* Before hours are spent: whether there is a place for what will come. */
static gboolean
check_output (const SrConvert *self,
              GError         **error)
{
  gboolean         is_folder = formats[self->format].is_folder;
  g_autofree char *shown = g_filename_display_name (self->output);
  struct stat      info;

  if (self->output[0] == '\0')
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID, "The output needs a name");
      return FALSE;
    }
  if (lstat (self->output, &info) != 0)
    return TRUE;
  if (is_folder ? !S_ISDIR (info.st_mode) : !S_ISREG (info.st_mode))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_EXISTS,
                   is_folder ? "“%s” is there and is no folder; choose another name"
                             : "“%s” is there and is no ordinary file, so that what is written "
                               "could not be read back; choose another name",
                   shown);
      return FALSE;
    }
  if (self->options->overwrite)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_EXISTS,
               "“%s” exists; choose another name, or allow that it is replaced", shown);
  return FALSE;
}

static gboolean
check_source (const SrConvert *self,
              GError         **error)
{
  const GError *reason = sr_backup_file_get_error (self->file);

  if (reason != NULL)
    {
      g_propagate_prefixed_error (error, g_error_copy (reason), "The backup cannot be converted: ");
      return FALSE;
    }
  if (sr_backup_file_get_kind (self->file) == SR_BACKUP_MONGODUMP &&
      self->format != SR_CONVERT_ZIP)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                           "An archive of mongodump cannot be converted: its records are read by "
                           "mongorestore only");
      return FALSE;
    }
  return TRUE;
}

gboolean
sr_convert_run (SrBackupFile           *file,
                SrConvertFormat         format,
                const char             *output,
                const SrConvertOptions *options,
                SrConvertResult        *result,
                SrProgress             *progress,
                GCancellable           *cancellable,
                GError                **error)
{
  static const SrConvertOptions default_options = { 0 };
  g_autoptr (GPtrArray)         items = g_ptr_array_new_with_free_func (item_free);
  SrConvert                     self = {
                        .file = file,
                        .format = format,
                        .output = output,
                        .options = options != NULL ? options : &default_options,
                        .result = result,
                        .progress = progress,
                        .cancellable = cancellable,
                        .items = items,
  };

  *result = (SrConvertResult){ .warnings = g_ptr_array_new_with_free_func (g_free) };
  if (!check_output (&self, error) || !check_source (&self, error))
    return FALSE;
  if (!formats[format].run (&self, error))
    {
      g_autofree char *shown = g_filename_display_name (output);

      sr_error_take_io (error, "Writing “%s”", shown);
      return FALSE;
    }
  sr_convert_tell (&self);
  sr_progress_finish (progress);
  return TRUE;
}
