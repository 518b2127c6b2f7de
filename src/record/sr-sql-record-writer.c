/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "record/sr-record-writer.h"
#include "record/sr-sql-convert.h"
#include "record/sr-sql-quote.h"
#include "record/sr-sql-record-writer.h"
#include "record/sr-sql-types.h"

/* Of one statement, unless a single row is larger. */
#define STATEMENT_SIZE      ((gsize) 1 << 20)
#define MYSQL_NAME_CHARS    64
#define POSTGRES_NAME_BYTES 63

/**
 * SrSqlRecordWriter:
 * @source: whose DDL the collections carry, %SR_SQL_NONE: it is not used
 * @columns: (element-type guint): those of the collection that are written
 * @made: (element-type utf8): tables whose CREATE was written
 * @sql: what is not yet in the stream
 * @statement: where in @sql the statement with rows begins
 */
struct _SrSqlRecordWriter
{
  SrRecordWriter parent_instance;

  GOutputStream *stream;
  SrSqlDialect   dialect;
  SrSqlDialect   source;
  SrCollection  *collection;
  GArray        *columns;
  GHashTable    *made;
  GString       *sql;
  GString       *row;
  gsize          statement;
  gboolean       is_begun;
  gboolean       is_verbatim;
  gboolean       has_rows;
};

G_DEFINE_FINAL_TYPE (SrSqlRecordWriter, sr_sql_record_writer, SR_TYPE_RECORD_WRITER)

static gboolean
flush (SrSqlRecordWriter *self,
       GCancellable      *cancellable,
       GError           **error)
{
  if (!g_output_stream_write_all (self->stream, self->sql->str, self->sql->len, NULL, cancellable,
                                  error))
    return FALSE;
  g_string_truncate (self->sql, 0);
  return TRUE;
}

static void
append_head (SrSqlRecordWriter *self)
{
  if (self->is_begun)
    return;
  self->is_begun = TRUE;
  g_string_append_printf (self->sql, "-- Strongroom dump: %s\n\n",
                          sr_sql_dialect_name (self->dialect));
  switch (self->dialect)
    {
    case SR_SQL_MYSQL:
      g_string_append (self->sql, "SET NAMES utf8mb4;\n"
                                  "SET @OLD_SQL_MODE=@@SQL_MODE, "
                                  "SQL_MODE='NO_AUTO_VALUE_ON_ZERO,STRICT_ALL_TABLES';\n"
                                  "SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, "
                                  "FOREIGN_KEY_CHECKS=0;\n"
                                  "SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0;\n");
      /* mysqldump writes TIMESTAMP columns in UTC. */
      if (self->source == SR_SQL_MYSQL)
        g_string_append (self->sql, "SET @OLD_TIME_ZONE=@@TIME_ZONE, TIME_ZONE='+00:00';\n");
      break;
    case SR_SQL_POSTGRES:
      g_string_append (self->sql, "SET client_encoding = 'UTF8';\n"
                                  "SET standard_conforming_strings = on;\n"
                                  "SET client_min_messages = warning;\n"
                                  "BEGIN;\n");
      break;
    default:
      g_string_append (self->sql, "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n");
    }
}

static gboolean
check_name (SrSqlRecordWriter *self,
            const char        *name,
            GError           **error)
{
  gboolean fits = *name != '\0';

  if (self->dialect == SR_SQL_MYSQL)
    fits = fits && g_utf8_strlen (name, -1) <= MYSQL_NAME_CHARS;
  else if (self->dialect == SR_SQL_POSTGRES)
    fits = fits && strlen (name) <= POSTGRES_NAME_BYTES;
  if (!fits)
    g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                 "“%s” is empty or too long for the name of a table or column", name);
  return fits;
}

static gboolean
is_in_key (const SrCollection *collection,
           guint               column)
{
  for (guint i = 0; i < collection->key->len; i++)
    if (g_array_index (collection->key, guint, i) == column)
      return TRUE;
  return FALSE;
}

static void
append_column (SrSqlRecordWriter *self,
               guint              i)
{
  const SrColumn  *column = sr_collection_get_column (self->collection, i);
  gboolean         in_key = is_in_key (self->collection, i);
  g_autofree char *type = sr_sql_type_map (self->dialect, column, in_key);
  const char      *labels = sr_sql_type_get_labels (column->declared);

  g_string_append (self->sql, i > 0 ? ",\n  " : "\n  ");
  sr_sql_append_name (self->sql, self->dialect, column->name);
  if (*type != '\0')
    g_string_append_printf (self->sql, " %s", type);
  /* What the source computes is an ordinary column here. */
  if ((column->not_null || in_key) && !column->generated)
    g_string_append (self->sql, " NOT NULL");
  if (labels != NULL && self->dialect != SR_SQL_MYSQL)
    {
      g_string_append (self->sql, " CHECK (");
      sr_sql_append_name (self->sql, self->dialect, column->name);
      g_string_append_printf (self->sql, " IN %s)", labels);
    }
}

static void
append_create (SrSqlRecordWriter *self)
{
  const SrCollection *collection = self->collection;

  g_string_append (self->sql, "\nDROP TABLE IF EXISTS ");
  sr_sql_append_name (self->sql, self->dialect, collection->name);
  g_string_append (self->sql, ";\n");
  if (self->is_verbatim)
    {
      g_string_append_printf (self->sql, "%s;\n", collection->ddl);
      return;
    }
  g_string_append (self->sql, "CREATE TABLE ");
  sr_sql_append_name (self->sql, self->dialect, collection->name);
  g_string_append (self->sql, " (");
  for (guint i = 0; i < sr_collection_get_n_columns (collection); i++)
    append_column (self, i);
  for (guint i = 0; i < collection->key->len; i++)
    {
      guint column = g_array_index (collection->key, guint, i);

      g_string_append (self->sql, i == 0 ? ",\n  PRIMARY KEY (" : ", ");
      sr_sql_append_name (self->sql, self->dialect,
                          sr_collection_get_column (collection, column)->name);
    }
  g_string_append (self->sql, collection->key->len > 0 ? ")\n)" : "\n)");
  g_string_append (self->sql,
                   self->dialect == SR_SQL_MYSQL ? " DEFAULT CHARSET=utf8mb4;\n" : ";\n");
}

/* Whether the DDL can be taken as it stands: of the same family, and for the table's own name. */
static gboolean
is_verbatim (SrSqlRecordWriter  *self,
             const SrCollection *collection)
{
  if (collection->ddl == NULL || sr_collection_get_n_columns (collection) == 0 ||
      strchr (collection->name, '.') != NULL)
    return FALSE;
  if (self->dialect == SR_SQL_MYSQL)
    return self->source == SR_SQL_MYSQL || self->source == SR_SQL_WEBEENTHERE;
  return self->dialect == SR_SQL_SQLITE && self->source == SR_SQL_SQLITE;
}

static gboolean
sr_sql_record_writer_begin (SrRecordWriter     *writer,
                            const SrCollection *collection,
                            GCancellable       *cancellable,
                            GError            **error)
{
  SrSqlRecordWriter *self = SR_SQL_RECORD_WRITER (writer);
  guint              n = sr_collection_get_n_columns (collection);

  append_head (self);
  if (!check_name (self, collection->name, error))
    return FALSE;
  if (n == 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                   "Collection “%s” has no columns, which a table must have", collection->name);
      return FALSE;
    }
  g_clear_pointer (&self->collection, sr_collection_unref);
  self->collection = sr_collection_ref ((SrCollection *) collection);
  self->is_verbatim = is_verbatim (self, collection);
  self->has_rows = FALSE;
  g_array_set_size (self->columns, 0);
  for (guint i = 0; i < n; i++)
    {
      const SrColumn *column = sr_collection_get_column (collection, i);

      if (!check_name (self, column->name, error))
        return FALSE;
      if (!self->is_verbatim || !column->generated)
        g_array_append_val (self->columns, i);
    }
  if (g_hash_table_add (self->made, g_strdup (collection->name)))
    append_create (self);
  if (self->dialect == SR_SQL_MYSQL)
    g_string_append (self->sql, "START TRANSACTION;\n");
  return flush (self, cancellable, error);
}

static void
append_header (SrSqlRecordWriter *self)
{
  gboolean is_copy = self->dialect == SR_SQL_POSTGRES;

  self->statement = self->sql->len;
  g_string_append (self->sql, is_copy ? "COPY " : "INSERT INTO ");
  sr_sql_append_name (self->sql, self->dialect, self->collection->name);
  for (guint i = 0; i < self->columns->len; i++)
    {
      guint column = g_array_index (self->columns, guint, i);

      g_string_append (self->sql, i == 0 ? " (" : ", ");
      sr_sql_append_name (self->sql, self->dialect,
                          sr_collection_get_column (self->collection, column)->name);
    }
  g_string_append (self->sql, is_copy ? ") FROM stdin;\n" : ") VALUES\n");
}

/* The value of a column; mostly the record's fields are in the columns' order. */
static const SrValue *
find_value (const SrRecord *record,
            const SrColumn *column,
            guint           guess,
            guint          *n_found)
{
  const SrField *field;

  if (guess < record->n_fields && strcmp (record->fields[guess].name, column->name) == 0)
    field = &record->fields[guess];
  else
    field = sr_record_find (record, column->name);
  if (field == NULL)
    return NULL;
  (*n_found)++;
  return &field->value;
}

static gboolean
check_all_found (SrSqlRecordWriter *self,
                 const SrRecord    *record,
                 GError           **error)
{
  for (guint i = 0; i < record->n_fields; i++)
    {
      const char *name = record->fields[i].name;

      if (sr_collection_find_column (self->collection, name) < 0)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                       "field “%s”, for which table “%s” has "
                       "no column",
                       name, self->collection->name);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
append_row (SrSqlRecordWriter *self,
            const SrRecord    *record,
            GError           **error)
{
  gboolean is_copy = self->dialect == SR_SQL_POSTGRES;
  guint    n_found = 0;

  g_string_truncate (self->row, 0);
  for (guint i = 0; i < self->columns->len; i++)
    {
      const SrColumn *column = sr_collection_get_column (
          self->collection, g_array_index (self->columns, guint, i));
      const SrValue *value = find_value (record, column, i, &n_found);

      g_string_append (self->row, i == 0 ? (is_copy ? "" : "(") : (is_copy ? "\t" : ","));
      if (!sr_sql_append_value (self->row, self->dialect, column, value, error))
        {
          g_prefix_error (error, "column “%s”: ", column->name);
          return FALSE;
        }
    }
  g_string_append (self->row, is_copy ? "\n" : ")");
  return n_found == record->n_fields || check_all_found (self, record, error);
}

static void
append_end_of_rows (SrSqlRecordWriter *self)
{
  if (self->has_rows)
    g_string_append (self->sql, self->dialect == SR_SQL_POSTGRES ? "\\.\n" : ";\n");
  self->has_rows = FALSE;
}

static gboolean
sr_sql_record_writer_put (SrRecordWriter *writer,
                          const SrRecord *record,
                          GCancellable   *cancellable,
                          GError        **error)
{
  SrSqlRecordWriter *self = SR_SQL_RECORD_WRITER (writer);

  if (!append_row (self, record, error))
    {
      g_autofree char *key = sr_record_get_key_text (record, self->collection);

      g_prefix_error (error,
                      "Record %" G_GUINT64_FORMAT " (%s) of “%s” cannot be written as SQL for %s: ",
                      record->number + 1, key != NULL ? key : "without a key",
                      self->collection->name, sr_sql_dialect_name (self->dialect));
      return FALSE;
    }
  if (self->has_rows && self->sql->len + self->row->len + 3 > STATEMENT_SIZE)
    {
      append_end_of_rows (self);
      if (!flush (self, cancellable, error))
        return FALSE;
    }
  if (!self->has_rows)
    append_header (self);
  else if (self->dialect != SR_SQL_POSTGRES)
    g_string_append (self->sql, ",\n");
  self->has_rows = TRUE;
  g_string_append_len (self->sql, self->row->str, (gssize) self->row->len);
  return TRUE;
}

static gboolean
sr_sql_record_writer_end (SrRecordWriter *writer,
                          GCancellable   *cancellable,
                          GError        **error)
{
  SrSqlRecordWriter *self = SR_SQL_RECORD_WRITER (writer);

  append_end_of_rows (self);
  if (self->dialect == SR_SQL_MYSQL)
    g_string_append (self->sql, "COMMIT;\n");
  return flush (self, cancellable, error);
}

static gboolean
sr_sql_record_writer_finish (SrRecordWriter *writer,
                             GCancellable   *cancellable,
                             GError        **error)
{
  SrSqlRecordWriter *self = SR_SQL_RECORD_WRITER (writer);

  append_head (self);
  switch (self->dialect)
    {
    case SR_SQL_MYSQL:
      if (self->source == SR_SQL_MYSQL)
        g_string_append (self->sql, "\nSET TIME_ZONE=@OLD_TIME_ZONE;");
      g_string_append (self->sql, "\nSET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS;\n"
                                  "SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS;\n"
                                  "SET SQL_MODE=@OLD_SQL_MODE;\n-- Dump completed\n");
      break;
    case SR_SQL_POSTGRES:
      g_string_append (self->sql, "\nCOMMIT;\n-- PostgreSQL database dump complete\n");
      break;
    default:
      g_string_append (self->sql, "\nCOMMIT;\n");
    }
  return flush (self, cancellable, error) &&
         g_output_stream_flush (self->stream, cancellable, error);
}

static void
sr_sql_record_writer_finalize (GObject *object)
{
  SrSqlRecordWriter *self = SR_SQL_RECORD_WRITER (object);

  g_clear_object (&self->stream);
  g_clear_pointer (&self->collection, sr_collection_unref);
  g_array_unref (self->columns);
  g_hash_table_unref (self->made);
  g_string_free (self->sql, TRUE);
  g_string_free (self->row, TRUE);
  G_OBJECT_CLASS (sr_sql_record_writer_parent_class)->finalize (object);
}

static void
sr_sql_record_writer_class_init (SrSqlRecordWriterClass *class)
{
  SrRecordWriterClass *writer_class = SR_RECORD_WRITER_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sr_sql_record_writer_finalize;
  writer_class->begin = sr_sql_record_writer_begin;
  writer_class->put = sr_sql_record_writer_put;
  writer_class->end = sr_sql_record_writer_end;
  writer_class->finish = sr_sql_record_writer_finish;
}

static void
sr_sql_record_writer_init (SrSqlRecordWriter *self)
{
  self->columns = g_array_new (FALSE, FALSE, sizeof (guint));
  self->made = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->sql = g_string_new (NULL);
  self->row = g_string_new (NULL);
}

SrRecordWriter *
sr_sql_record_writer_new (GOutputStream *stream,
                          SrSqlDialect   dialect)
{
  SrSqlRecordWriter *self = g_object_new (SR_TYPE_SQL_RECORD_WRITER, NULL);

  self->stream = g_object_ref (stream);
  self->dialect = dialect;
  return SR_RECORD_WRITER (self);
}

void
sr_sql_record_writer_set_source (SrSqlRecordWriter *self,
                                 SrSqlDialect       source)
{
  self->source = source;
}
