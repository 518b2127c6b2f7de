/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "base/sr-error.h"
#include "base/sr-output-file.h"
#include "job/sr-convert-private.h"
#include "record/sr-sql-record-writer.h"

static gboolean
begin_table (SrConvert     *self,
             SrConvertItem *item,
             gpointer       user_data,
             GError       **error)
{
  return sr_record_writer_begin (user_data, item->written, self->cancellable, error);
}

static gboolean
put_row (SrConvert      *self,
         SrConvertItem  *item,
         const SrRecord *record,
         gpointer        user_data,
         GError        **error)
{
  return sr_record_writer_put (user_data, record, self->cancellable, error);
}

static gboolean
end_table (SrConvert     *self,
           SrConvertItem *item,
           gpointer       user_data,
           GError       **error)
{
  return sr_record_writer_end (user_data, self->cancellable, error);
}

static SrSqlDialect
dialect_of (SrConvertFormat format)
{
  if (format == SR_CONVERT_MYSQL)
    return SR_SQL_MYSQL;
  return format == SR_CONVERT_POSTGRES ? SR_SQL_POSTGRES : SR_SQL_SQLITE;
}

/* Whose CREATE TABLE statements the backup holds. */
static SrSqlDialect
find_source (SrConvert *self)
{
  GPtrArray *facts = sr_backup_file_get_facts (self->file);

  switch ((int) sr_backup_file_get_kind (self->file))
    {
    case SR_BACKUP_WEBEENTHERE:
      return SR_SQL_WEBEENTHERE;
    case SR_BACKUP_POS:
    case SR_BACKUP_SQLITE:
      return SR_SQL_SQLITE;
    default:
      break;
    }
  for (guint i = 0; i + 1 < facts->len; i += 2)
    for (SrSqlDialect dialect = SR_SQL_MYSQL; dialect <= SR_SQL_SQLITE; dialect++)
      if (g_str_equal (facts->pdata[i], "dialect") &&
          g_str_equal (facts->pdata[i + 1], sr_sql_dialect_name (dialect)))
        return dialect;
  return SR_SQL_NONE;
}

/* A table cannot be without a column; records that are all empty objects have none. */
gboolean
sr_convert_plan_tables (SrConvert *self,
                        GError   **error)
{
  if (!sr_convert_plan (self, TRUE, error))
    return FALSE;
  for (guint i = self->items->len; i > 0; i--)
    {
      const SrConvertItem *item = g_ptr_array_index (self->items, i - 1);

      if (sr_collection_get_n_columns (item->written) > 0)
        continue;
      if (item->records > 0)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                       "The %" G_GUINT64_FORMAT
                       " records of “%s” have no fields, and a table needs a column; leave it out",
                       item->records, item->name);
          return FALSE;
        }
      sr_convert_warn (self,
                       "“%s” is empty and does not say which columns it has: no table is made.",
                       item->name);
      g_ptr_array_remove_index (self->items, i - 1);
    }
  self->n_other_files = sr_convert_count_files (self);
  if (self->items->len > 0)
    return TRUE;
  g_set_error_literal (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                       "The backup holds no records a table could be made of");
  return FALSE;
}

gboolean
sr_convert_to_sql (SrConvert *self,
                   GError   **error)
{
  static const SrConvertSink sink = { begin_table, put_row, end_table };
  g_autoptr (SrOutputFile)   output = NULL;
  g_autoptr (SrRecordWriter) writer = NULL;
  g_autofree char           *path = NULL;

  if (!sr_convert_plan_tables (self, error))
    return FALSE;
  output = sr_output_file_open (self->output, self->options->overwrite, 0600, error);
  if (output == NULL)
    return FALSE;
  writer = sr_sql_record_writer_new (sr_output_file_get_stream (output), dialect_of (self->format));
  /* with all tables there what refers to another finds it */
  if (self->options->collections == NULL)
    sr_sql_record_writer_set_source (SR_SQL_RECORD_WRITER (writer), find_source (self));
  path = g_strdup_printf ("/proc/self/fd/%d", sr_output_file_get_fd (output));
  return sr_convert_feed (self, &sink, writer, error) &&
         sr_record_writer_finish (writer, self->cancellable, error) &&
         sr_convert_check_records (self, path, error) && sr_output_file_commit (output, error);
}
