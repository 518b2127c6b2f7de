/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-pg-loader.h"

#include <string.h>

#include "base/sr-error.h"

#define FLUSH_SIZE ((gsize) 256 * 1024)

struct _SrPgLoader
{
  SrPg *pg;

  const SrPgTable *table; /* (nullable): that is filled */
  char            *title;
  SrCollection    *collection;
  gboolean         typeless; /* the source declares no types */
  guint64          n_before; /* records of the collection before this COPY */
  guint64          n_lines;  /* of this COPY */
  gboolean         copying;
  gboolean         failed;
  GString         *lines; /* not sent yet */

  /* Columns of the record before: most name the same in the same order */
  GPtrArray *names;   /* (element-type utf8): of its fields */
  GArray    *columns; /* (element-type int): of each field, -1 for none */
};

SrPgLoader *
sr_pg_loader_new (SrPg *pg)
{
  SrPgLoader *self = g_new0 (SrPgLoader, 1);

  self->pg = pg;
  self->lines = g_string_sized_new (FLUSH_SIZE + 4096);
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->columns = g_array_new (FALSE, FALSE, sizeof (int));
  return self;
}

void
sr_pg_loader_free (SrPgLoader *self)
{
  if (self->copying)
    sr_pg_copy_abort (self->pg);
  g_clear_pointer (&self->collection, sr_collection_unref);
  g_string_free (self->lines, TRUE);
  g_ptr_array_unref (self->names);
  g_array_unref (self->columns);
  g_free (self->title);
  g_free (self);
}

static gboolean
is_typeless (const SrCollection *collection)
{
  for (guint i = 0; i < sr_collection_get_n_columns (collection); i++)
    if (sr_collection_get_column (collection, i)->declared != NULL)
      return FALSE;
  return TRUE;
}

gboolean
sr_pg_loader_begin (SrPgLoader         *self,
                    const SrPgTable    *table,
                    const SrCollection *collection,
                    guint64             first,
                    GCancellable       *cancellable,
                    GError            **error)
{
  if (!sr_pg_loader_end (self, cancellable, error))
    return FALSE;
  self->table = table;
  g_clear_pointer (&self->collection, sr_collection_unref);
  self->collection = sr_collection_ref ((SrCollection *) collection);
  self->typeless = is_typeless (collection);
  g_free (self->title);
  self->title = g_strdup (collection->name);
  self->n_before = first;
  self->n_lines = 0;
  g_ptr_array_set_size (self->names, 0);
  g_array_set_size (self->columns, 0);
  return TRUE;
}

static gboolean
flush (SrPgLoader *self,
       GError    **error)
{
  gboolean done = sr_pg_copy_put (self->pg, self->lines->str, self->lines->len, error);

  g_string_truncate (self->lines, 0);
  return done;
}

/* Which record a line of the COPY was, for a person. */
static void
name_record (SrPgLoader *self,
             guint64     line,
             GError    **error)
{
  if (line > 0)
    g_prefix_error (error, "Record %" G_GUINT64_FORMAT " of “%s”: ", self->n_before + line,
                    self->title);
  else
    g_prefix_error (error, "Records of “%s”: ", self->title);
}

gboolean
sr_pg_loader_end (SrPgLoader   *self,
                  GCancellable *cancellable,
                  GError      **error)
{
  guint64 line = 0;

  if (self->failed)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_FAILED, "A record before could not be stored");
      return FALSE;
    }
  if (!self->copying)
    return TRUE;
  self->copying = FALSE;
  if (!flush (self, error) || !sr_pg_copy_end (self->pg, &line, cancellable, error))
    {
      self->failed = TRUE;
      name_record (self, line, error);
      return FALSE;
    }
  self->n_before += self->n_lines;
  self->n_lines = 0;
  return TRUE;
}

static gboolean
has_same_names (SrPgLoader     *self,
                const SrRecord *record)
{
  if (record->n_fields != self->names->len)
    return FALSE;
  for (guint i = 0; i < record->n_fields; i++)
    if (strcmp (record->fields[i].name, self->names->pdata[i]) != 0)
      return FALSE;
  return TRUE;
}

/* Which column each field goes to; of a field named twice the last counts. */
static gboolean
map_fields (SrPgLoader     *self,
            const SrRecord *record,
            GError        **error)
{
  g_ptr_array_set_size (self->names, 0);
  g_array_set_size (self->columns, 0);
  for (guint i = 0; i < record->n_fields; i++)
    {
      const char *name = record->fields[i].name;
      int         column = sr_pg_table_find_column (self->table, name);

      for (guint k = 0; column >= 0 && k < self->columns->len; k++)
        {
          int *before = &g_array_index (self->columns, int, k);

          if (*before != column)
            continue;
          if (strcmp (self->names->pdata[k], name) != 0)
            {
              g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                           "“%s” and “%s” would go into the same column of table “%s”",
                           (char *) self->names->pdata[k], name, self->table->name);
              return FALSE;
            }
          *before = -2;
        }
      g_ptr_array_add (self->names, g_strdup (name));
      g_array_append_val (self->columns, column);
    }
  return TRUE;
}

static const SrPgColumn *
column_of (SrPgLoader *self,
           guint       field)
{
  int column = g_array_index (self->columns, int, field);

  return column >= 0 ? self->table->columns->pdata[column] : NULL;
}

static gboolean
begin_copy (SrPgLoader   *self,
            GCancellable *cancellable,
            GError      **error)
{
  g_autofree char    *table = sr_pg_quote_in (self->table->schema, self->table->name);
  g_autoptr (GString) sql = g_string_new (NULL);

  for (guint i = 0; i < self->columns->len; i++)
    {
      const SrPgColumn *column = column_of (self, i);

      if (column != NULL && !column->generated)
        {
          g_autofree char *quoted = sr_pg_quote (column->name);

          g_string_append_printf (sql, "%s%s", sql->len > 0 ? ", " : "", quoted);
        }
    }
  if (sql->len == 0)
    return TRUE;
  g_string_prepend (sql, " (");
  g_string_prepend (sql, table);
  g_string_prepend (sql, "COPY ");
  g_string_append (sql, ") FROM STDIN");
  self->copying = sr_pg_copy_begin (self->pg, sql->str, cancellable, error);
  return self->copying;
}

/* A record without any column: all defaults. */
static gboolean
insert_defaults (SrPgLoader   *self,
                 GCancellable *cancellable,
                 GError      **error)
{
  g_autofree char *table = sr_pg_quote_in (self->table->schema, self->table->name);
  g_autofree char *sql = g_strdup_printf ("INSERT INTO %s DEFAULT VALUES", table);

  if (!sr_pg_run (self->pg, sql, cancellable, error))
    {
      name_record (self, 1, error);
      return FALSE;
    }
  self->n_before++;
  return TRUE;
}

static gboolean
append_fields (SrPgLoader     *self,
               const SrRecord *record,
               GError        **error)
{
  gboolean first = TRUE;
  gboolean from_json = self->typeless && record->raw != NULL && record->raw[0] == '{';

  for (guint i = 0; i < record->n_fields; i++)
    {
      const SrPgColumn *column = column_of (self, i);
      const SrField    *field = &record->fields[i];

      if (g_array_index (self->columns, int, i) == -1 && field->value.type != SR_VALUE_NULL)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
                       "table “%s” has no column “%s”, so that its value would be lost; bring the "
                       "database's schema to the version the backup is from",
                       self->table->name, field->name);
          return FALSE;
        }
      if (column == NULL || column->generated)
        continue;
      if (!first)
        g_string_append_c (self->lines, '\t');
      first = FALSE;
      if (!sr_pg_column_append (column, &field->value, from_json, self->lines, error))
        return FALSE;
    }
  g_string_append_c (self->lines, '\n');
  return TRUE;
}

/* Names the record in an error of its own. */
static gboolean
fail_record (SrPgLoader     *self,
             const SrRecord *record,
             GError        **error)
{
  g_autofree char *key = sr_record_get_key_text (record, self->collection);

  self->failed = TRUE;
  g_prefix_error (error, "Record %" G_GUINT64_FORMAT " of “%s”%s%s%s: ",
                  self->n_before + self->n_lines + 1, self->title, key != NULL ? " (" : "",
                  key != NULL ? key : "", key != NULL ? ")" : "");
  return FALSE;
}

gboolean
sr_pg_loader_put (SrPgLoader     *self,
                  const SrRecord *record,
                  GCancellable   *cancellable,
                  GError        **error)
{
  gsize before;

  if (sr_check_cancelled (cancellable, error))
    return FALSE;
  if (!self->copying || !has_same_names (self, record))
    {
      if (!sr_pg_loader_end (self, cancellable, error))
        return FALSE;
      if (!map_fields (self, record, error))
        return fail_record (self, record, error);
      if (!begin_copy (self, cancellable, error))
        return FALSE;
    }
  before = self->lines->len;
  if (!append_fields (self, record, error))
    {
      g_string_truncate (self->lines, before);
      return fail_record (self, record, error);
    }
  if (!self->copying)
    {
      g_string_truncate (self->lines, before);
      return insert_defaults (self, cancellable, error);
    }
  self->n_lines++;
  return self->lines->len < FLUSH_SIZE || flush (self, error);
}
