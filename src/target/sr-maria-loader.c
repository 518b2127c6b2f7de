/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-maria-loader.h"

#include <string.h>

#include "base/sr-error.h"
#include "record/sr-json-text.h"
#include "target/sr-maria-column.h"

/* Bytes of a statement that is sent. */
#define STATEMENT_SIZE ((gsize) 1024 * 1024)

/* @end: of the record's values in the statement */
typedef struct
{
  gsize   end;
  guint64 number;
} Row;

struct _SrMariaLoader
{
  SrMaria        *maria; /* not owned */
  char           *name;
  GPtrArray      *columns; /* (element-type SrMariaColumn) */
  GHashTable     *by_name; /* lower-case name → place in columns, from 1 */
  const SrField **fields;  /* one for each column, of the record at hand */
  GString        *sql;
  gsize           head; /* bytes of sql before the first record */
  GArray         *rows; /* (element-type Row) */
  guint64         put;
  guint64         lost;
};

static gboolean
read_columns (SrMariaLoader *self,
              const char    *database,
              const char    *table,
              GCancellable  *cancellable,
              GError       **error)
{
  g_autofree char *quoted = sr_maria_quote_in (database, table);
  gboolean         first = TRUE;

  self->columns = sr_maria_columns_read (self->maria, database, table, cancellable, error);
  if (self->columns == NULL)
    return FALSE;
  self->fields = g_new0 (const SrField *, self->columns->len);
  g_string_append_printf (self->sql, "INSERT INTO %s (", quoted);
  for (guint i = 0; i < self->columns->len; i++)
    {
      const SrMariaColumn *column = g_ptr_array_index (self->columns, i);
      g_autofree char     *name = sr_maria_quote (column->name);

      g_hash_table_insert (self->by_name, g_utf8_strdown (column->name, -1),
                           GUINT_TO_POINTER (i + 1));
      if (column->generated)
        continue;
      g_string_append_printf (self->sql, "%s%s", first ? "" : ", ", name);
      first = FALSE;
    }
  g_string_append (self->sql, ") VALUES ");
  self->head = self->sql->len;
  return TRUE;
}

SrMariaLoader *
sr_maria_loader_new (SrMaria      *maria,
                     const char   *database,
                     const char   *table,
                     const char   *name,
                     GCancellable *cancellable,
                     GError      **error)
{
  g_autoptr (SrMariaLoader) self = g_new0 (SrMariaLoader, 1);

  self->maria = maria;
  self->name = g_strdup (name);
  self->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->sql = g_string_new (NULL);
  self->rows = g_array_new (FALSE, FALSE, sizeof (Row));
  if (!read_columns (self, database, table, cancellable, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
sr_maria_loader_set_inferred (SrMariaLoader      *self,
                              const SrCollection *collection)
{
  for (guint i = 0; i < sr_collection_get_n_columns (collection); i++)
    {
      const SrColumn  *column = sr_collection_get_column (collection, i);
      g_autofree char *lower = g_utf8_strdown (column->name, -1);
      guint            place = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_name, lower));

      if (place > 0 && column->type == SR_COLUMN_JSON && column->declared == NULL)
        ((SrMariaColumn *) g_ptr_array_index (self->columns, place - 1))->kind = SR_MARIA_JSON;
    }
}

void
sr_maria_loader_free (SrMariaLoader *self)
{
  g_free (self->name);
  g_clear_pointer (&self->columns, g_ptr_array_unref);
  g_hash_table_unref (self->by_name);
  g_free (self->fields);
  g_string_free (self->sql, TRUE);
  g_array_unref (self->rows);
  g_free (self);
}

static void
prefix_record (SrMariaLoader *self,
               guint64        number,
               GError       **error)
{
  g_prefix_error (error, "Record %" G_GUINT64_FORMAT " of “%s”: ", number + 1, self->name);
}

/* Finds the record that the server does not take, by sending them one by one. */
static void
name_record (SrMariaLoader *self,
             GError       **error)
{
  g_autoptr (GString) single = g_string_new_len (self->sql->str, (gssize) self->head);
  gsize               begin = self->head;

  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row         *row = &g_array_index (self->rows, Row, i);
      g_autoptr (GError) reason = NULL;

      g_string_truncate (single, self->head);
      g_string_append_len (single, self->sql->str + begin, (gssize) (row->end - begin));
      if (!sr_maria_run_strictly (self->maria, single->str, single->len, NULL, &reason))
        {
          g_clear_error (error);
          g_propagate_error (error, g_steal_pointer (&reason));
          prefix_record (self, row->number, error);
          return;
        }
      begin = row->end + 1;
    }
  g_prefix_error (error, "Records of “%s”: ", self->name);
}

gboolean
sr_maria_loader_flush (SrMariaLoader *self,
                       GCancellable  *cancellable,
                       GError       **error)
{
  g_autoptr (GError) reason = NULL;

  if (self->rows->len == 0)
    return TRUE;
  if (!sr_maria_run (self->maria, "START TRANSACTION", cancellable, error))
    return FALSE;
  if (sr_maria_run_strictly (self->maria, self->sql->str, self->sql->len, cancellable, &reason))
    {
      self->put += self->rows->len;
      g_array_set_size (self->rows, 0);
      g_string_truncate (self->sql, self->head);
      return sr_maria_run (self->maria, "COMMIT", NULL, error);
    }
  if (!sr_maria_is_gone (reason) && sr_maria_run (self->maria, "ROLLBACK", NULL, NULL) &&
      !sr_error_is (reason, SR_ERROR_CANCELLED))
    name_record (self, &reason);
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

/* Finds the field of each column. */
static gboolean
assign_fields (SrMariaLoader  *self,
               const SrRecord *record,
               GError        **error)
{
  memset (self->fields, 0, self->columns->len * sizeof *self->fields);
  for (guint i = 0; i < record->n_fields; i++)
    {
      const SrField       *field = &record->fields[i];
      const SrMariaColumn *column =
          i < self->columns->len ? g_ptr_array_index (self->columns, i) : NULL;
      guint place = i + 1;

      if (column == NULL || strcmp (column->name, field->name) != 0)
        {
          g_autofree char *lower = g_utf8_strdown (field->name, -1);

          place = GPOINTER_TO_UINT (g_hash_table_lookup (self->by_name, lower));
        }
      if (place == 0)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                       "the table has no column “%s” to put its value into", field->name);
          return FALSE;
        }
      self->fields[place - 1] = field;
    }
  return TRUE;
}

static void
append_json_string (SrMariaLoader *self,
                    const SrValue *value)
{
  g_autoptr (GString) json = g_string_new (NULL);

  sr_json_text_append_string (json, value->data, value->size);
  sr_maria_append_literal (self->sql, json->str, json->len);
}

static gboolean
append_record (SrMariaLoader  *self,
               const SrRecord *record,
               GError        **error)
{
  char separator = '(';

  if (!assign_fields (self, record, error))
    return FALSE;
  for (guint i = 0; i < self->columns->len; i++)
    {
      const SrMariaColumn *column = g_ptr_array_index (self->columns, i);

      if (column->generated)
        continue;
      g_string_append_c (self->sql, separator);
      separator = ',';
      if (self->fields[i] == NULL)
        g_string_append (self->sql, "DEFAULT");
      else if (column->kind == SR_MARIA_JSON && record->is_json &&
               self->fields[i]->value.type == SR_VALUE_TEXT)
        append_json_string (self, &self->fields[i]->value);
      else if (!sr_maria_column_append (column, &self->fields[i]->value, self->sql, &self->lost,
                                        error))
        return FALSE;
    }
  if (separator == '(')
    g_string_append_c (self->sql, '(');
  g_string_append_c (self->sql, ')');
  return TRUE;
}

gboolean
sr_maria_loader_put (SrMariaLoader  *self,
                     const SrRecord *record,
                     GCancellable   *cancellable,
                     GError        **error)
{
  gsize limit = sr_maria_get_max_statement (self->maria);
  gsize before = self->sql->len;
  gsize begin;
  Row   row = { 0, record->number };

  if (self->rows->len > 0)
    g_string_append_c (self->sql, ',');
  begin = self->sql->len;
  if (!append_record (self, record, error))
    {
      prefix_record (self, record->number, error);
      return FALSE;
    }
  if (self->sql->len > limit && self->rows->len > 0)
    {
      g_autofree char *values = g_memdup2 (self->sql->str + begin, self->sql->len - begin);
      gsize            size = self->sql->len - begin;

      g_string_truncate (self->sql, before);
      if (!sr_maria_loader_flush (self, cancellable, error))
        return FALSE;
      g_string_append_len (self->sql, values, (gssize) size);
    }
  if (self->sql->len > limit)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                   "it takes a statement of %" G_GSIZE_FORMAT
                   " bytes, and the server allows %" G_GSIZE_FORMAT
                   "; raise its max_allowed_packet",
                   self->sql->len, limit);
      prefix_record (self, record->number, error);
      return FALSE;
    }
  row.end = self->sql->len;
  g_array_append_val (self->rows, row);
  return self->sql->len < STATEMENT_SIZE || sr_maria_loader_flush (self, cancellable, error);
}

guint64
sr_maria_loader_get_put (const SrMariaLoader *self)
{
  return self->put;
}

guint64
sr_maria_loader_get_lost (const SrMariaLoader *self)
{
  return self->lost;
}
