/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "job/sr-convert-private.h"
#include "record/sr-sql-records.h"

/* Statements of a dump that make more than tables, counted so that nobody misses them silently. */
typedef struct
{
  const char *word;
  const char *title;
  guint64     count;
} OtherStatement;

static gboolean
count_statement (const char *text,
                 gsize       size,
                 gpointer    user_data,
                 GError    **error)
{
  OtherStatement  *others = user_data;
  g_autofree char *head = g_ascii_strup (text, (gssize) MIN (size, 200));

  if (strstr (head, "CREATE") == NULL || g_str_has_prefix (head, "CREATE TABLE"))
    return TRUE;
  for (OtherStatement *other = others; other->word != NULL; other++)
    if (strstr (head, other->word) != NULL)
      {
        other->count++;
        break;
      }
  return TRUE;
}

static void
tell_statements (SrConvert            *self,
                 const OtherStatement *others)
{
  for (; others->word != NULL; others++)
    if (others->count > 0)
      sr_convert_warn (self,
                       "%" G_GUINT64_FORMAT " %s of the dump: not carried over; records alone are "
                       "converted.",
                       others->count, others->title);
}

SrConvertItem *
sr_convert_find_item (SrConvert  *self,
                      const char *name)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      SrConvertItem *item = g_ptr_array_index (self->items, i);

      if (strcmp (item->collection->name, name) == 0)
        return item;
    }
  return NULL;
}

static gboolean
is_wanted (const SrConvert *self,
           const char      *name)
{
  return self->options->collections == NULL ||
         g_strv_contains (self->options->collections, name);
}

/* Returns: (transfer none) (nullable): %NULL if it is left out */
static SrConvertItem *
get_item (SrConvert    *self,
          GHashTable   *views,
          SrCollection *collection)
{
  SrConvertItem *item;

  if (!is_wanted (self, collection->name))
    return NULL;
  /* its rows would become a table that lies beside those they come from */
  if (collection->is_view)
    {
      if (g_hash_table_add (views, g_strdup (collection->name)))
        sr_convert_warn (self,
                         "“%s” is a view: it is left out, since its rows are those of tables%s.",
                         collection->name,
                         collection->ddl == NULL
                             ? " and its statement is not in the backup"
                             : "; it has to be made anew");
      return NULL;
    }
  item = sr_convert_find_item (self, collection->name);
  if (item == NULL)
    {
      item = g_new0 (SrConvertItem, 1);
      item->collection = sr_collection_ref (collection);
      item->written = sr_collection_ref (collection);
      item->name = g_strdup (collection->name);
      g_ptr_array_add (self->items, item);
    }
  item->runs++;
  if (item->runs > 1)
    self->in_order = TRUE;
  return item;
}

static gboolean
see_records (SrConvert      *self,
             SrRecordReader *reader,
             SrConvertItem  *item,
             GError        **error)
{
  SrRecord record;
  int      more;

  if (item->fields == NULL)
    item->fields = sr_inference_new ();
  while ((more = sr_record_reader_next (reader, &record, self->cancellable, error)) > 0)
    {
      item->records++;
      if (!sr_record_reader_get_fields (reader, &record, error) ||
          !sr_inference_add (item->fields, &record, error))
        {
          g_prefix_error (error, "Record %" G_GUINT64_FORMAT ": ", record.number + 1);
          return FALSE;
        }
    }
  return more == 0;
}

static gboolean
look_at_run (SrConvert      *self,
             SrRecordReader *reader,
             SrConvertItem  *item,
             gboolean        with_fields,
             GError        **error)
{
  guint64  count = 0;
  gboolean ok;

  if (item != NULL && with_fields && item->collection->columns == NULL)
    ok = see_records (self, reader, item, error);
  else
    ok = sr_record_reader_skip (reader, &count, self->cancellable, error);
  if (item != NULL)
    {
      item->records += count;
      if (!ok)
        g_prefix_error (error, "Reading “%s”: ", item->collection->name);
    }
  return ok;
}

static gboolean
check_wanted (SrConvert  *self,
              GHashTable *views,
              GError    **error)
{
  for (guint i = 0; self->options->collections != NULL && self->options->collections[i] != NULL;
       i++)
    {
      const char *name = self->options->collections[i];

      if (sr_convert_find_item (self, name) != NULL)
        continue;
      g_set_error (error, SR_ERROR,
                   g_hash_table_contains (views, name) ? SR_ERROR_UNSUPPORTED : SR_ERROR_NOT_FOUND,
                   g_hash_table_contains (views, name)
                       ? "“%s” is a view; convert the tables its rows come from"
                       : "There is no collection “%s” in the backup",
                   name);
      return FALSE;
    }
  return TRUE;
}

static void
settle (SrConvert *self,
        gboolean   with_fields)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      SrConvertItem *item = g_ptr_array_index (self->items, i);

      if (!with_fields || item->fields == NULL)
        continue;
      sr_collection_unref (item->written);
      item->written = sr_inference_finish (item->fields, item->name, FALSE);
    }
}

gboolean
sr_convert_plan (SrConvert *self,
                 gboolean   with_fields,
                 GError   **error)
{
  OtherStatement others[] = {
    { " VIEW ", "views", 0 },
    { " TRIGGER ", "triggers", 0 },
    { " PROCEDURE ", "procedures", 0 },
    { " FUNCTION ", "functions", 0 },
    { " EVENT ", "events", 0 },
    { NULL, NULL, 0 },
  };
  g_autoptr (SrRecordReader) reader = NULL;
  g_autoptr (SrProgress)     step = sr_progress_step (self->progress, 1, 4, "Looking at records");
  g_autoptr (GHashTable)     views = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  SrCollection              *collection;
  int                        more;

  reader = sr_backup_file_read (self->file, NULL, self->cancellable, error);
  if (reader == NULL)
    return FALSE;
  if (SR_IS_SQL_RECORDS (reader))
    sr_sql_records_set_statement_func (SR_SQL_RECORDS (reader), count_statement, others);
  while ((more = sr_record_reader_next_collection (reader, &collection, self->cancellable,
                                                   error)) > 0)
    {
      SrConvertItem *item = get_item (self, views, collection);

      sr_progress_set_current (step, collection->name);
      if (!look_at_run (self, reader, item, with_fields, error))
        return FALSE;
    }
  if (more < 0 || !check_wanted (self, views, error))
    return FALSE;
  settle (self, with_fields);
  tell_statements (self, others);
  sr_progress_finish (step);
  return TRUE;
}
