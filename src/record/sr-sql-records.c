/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "record/sr-sql-records.h"
#include "record/sr-sql-text.h"
#include "record/sr-sql-webeenthere.h"

typedef enum
{
  STATE_STATEMENT, /* between statements, in no run */
  STATE_HEADER,    /* rows of the target begin: a run that is not handed out yet */
  STATE_ROW,       /* a row begins at the buffer's beginning */
  STATE_BEHIND,    /* a row is there and ends at row_size behind the buffer's beginning */
  STATE_EMPTY,     /* the text is read; tables without rows remain */
} State;

/**
 * SrSqlRecords:
 * @is_lines: the run comes from COPY
 * @is_set: the row comes from MySQL's SET and is all of its statement
 * @header: how the last INSERT began, up to its first bracket
 */
struct _SrSqlRecords
{
  SrRecordReader parent_instance;

  SrSqlText text;

  State         state;
  SrSqlTarget   target;
  SrCollection *run;
  SrSqlValues   values;
  SrSqlBareRow  bare_row;
  GByteArray   *header;
  guint64       number;
  gsize         row_size;
  guint         next_empty;
  gboolean      is_lines;
  gboolean      is_set;
  gboolean      is_decoded;
  gboolean      is_bare;
  gboolean      saved_backslash;
  char         *view;
};

G_DEFINE_FINAL_TYPE (SrSqlRecords, sr_sql_records, SR_TYPE_RECORD_READER)

static int
fail_row (SrSqlRecords *self,
          GError      **error)
{
  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
               "The SQL text ends at byte %" G_GUINT64_FORMAT " within record %" G_GUINT64_FORMAT
               " of table “%s”, which begins at byte %" G_GUINT64_FORMAT "; it is cut off",
               self->text.buffer.offset + self->text.buffer.end, self->text.n_records + 1,
               self->run->name, sr_sql_text_get_offset (&self->text));
  return -1;
}

/* DATETIME(3) loses its fraction in every record; told once a column. */
static void
note_fractions (SrSqlRecords *self)
{
  for (guint i = 0; self->is_bare && i < self->target.names->len; i++)
    {
      const SrColumn *column = sr_sql_target_get_column (&self->target, i);

      if (column != NULL && column->type == SR_COLUMN_TIMESTAMP && column->declared != NULL &&
          strchr (column->declared, '(') != NULL && strstr (column->declared, "(0)") == NULL)
        sr_record_reader_add_note (SR_RECORD_READER (self), SR_NOTE_LOST_FRACTION);
    }
}

/* The first rows of a statement follow: takes up where they go. */
static gboolean
take_header (SrSqlRecords *self,
             SrSqlHeader  *header,
             GError      **error)
{
  SrSqlTable *table = sr_sql_schema_get (self->text.schema, header->name, error);
  gsize       size = (gsize) (header->behind - sr_sql_text_get_begin (&self->text));

  if (table == NULL)
    return FALSE;
  /* Without a CREATE TABLE the list of names is all there is to know. */
  if (!table->is_made && header->names != NULL &&
      sr_collection_get_n_columns (table->collection) == 0)
    for (guint i = 0; i < header->names->len && !table->is_given; i++)
      sr_collection_add_column (table->collection, g_ptr_array_index (header->names, i),
                                SR_COLUMN_UNKNOWN);
  else if (table->is_view && header->names != NULL && !table->is_given &&
           sr_collection_get_n_columns (table->collection) == 0)
    for (guint i = 0; i < header->names->len; i++)
      sr_collection_add_column (table->collection, g_ptr_array_index (header->names, i),
                                SR_COLUMN_UNKNOWN);
  table->is_given = TRUE;
  sr_sql_target_set (&self->target, table->collection, g_steal_pointer (&header->names));
  self->is_lines = header->type == SR_SQL_HEADER_LINES;
  self->is_bare = self->text.dialect == SR_SQL_WEBEENTHERE;
  self->is_set = header->type == SR_SQL_HEADER_SET;
  g_byte_array_set_size (self->header, 0);
  if (!self->is_lines && !self->is_set)
    g_byte_array_append (self->header, (const guint8 *) sr_sql_text_get_begin (&self->text),
                         (guint) size);
  self->text.buffer.begin += size;
  return TRUE;
}

/* Reads on to the next statement with rows. Returns: 1 with the target set and the buffer at the
 * first row, 0 at the end of the text, -1 on errors */
static int
next_header (SrSqlRecords *self,
             GCancellable *cancellable,
             GError      **error)
{
  g_autofree char *rest = NULL;
  SrSqlHeader      header;
  gboolean         is_taken;
  int              more = sr_sql_text_next_header (&self->text, &header, cancellable, error);

  if (more <= 0)
    return more;
  is_taken = take_header (self, &header, error);
  sr_sql_header_clear (&header);
  if (!is_taken)
    return -1;
  /* Lines begin behind the statement's own line. */
  if (self->is_lines && !sr_sql_text_read_line (&self->text, &rest, cancellable, error))
    return -1;
  return 1;
}

/* Whether the statement at the buffer's beginning begins as the last INSERT did. Returns: 1 with
 * the buffer at its first row, 0 if not, -1 on errors */
static int
is_same_header (SrSqlRecords *self,
                GCancellable *cancellable,
                GError      **error)
{
  gsize size = self->header->len;

  if (size == 0)
    return 0;
  while (self->text.buffer.end - self->text.buffer.begin <= size && !self->text.buffer.eof)
    if (!sr_sql_text_fill (&self->text, cancellable, error))
      return -1;
  if (self->text.buffer.end - self->text.buffer.begin <= size ||
      memcmp (sr_sql_text_get_begin (&self->text), self->header->data, size) != 0 ||
      sr_sql_text_get_begin (&self->text)[size] != '(')
    return 0;
  self->text.buffer.begin += size;
  return 1;
}

/* Goes from behind a statement's last row to the next statement with rows. Returns: 1 if it is of
 * the same table, 0 if the run ends here, -1 on errors */
static int
next_statement (SrSqlRecords *self,
                GCancellable *cancellable,
                GError      **error)
{
  int more = sr_sql_text_skip_space (&self->text, cancellable, error);

  if (more < 0)
    return -1;
  if (more > 0)
    {
      more = is_same_header (self, cancellable, error);
      if (more == 0)
        more = next_header (self, cancellable, error);
    }
  if (more < 0)
    return -1;
  if (more > 0 && strcmp (self->target.collection->name, self->run->name) == 0)
    {
      self->state = STATE_ROW;
      return 1;
    }
  self->state = more > 0 ? STATE_HEADER : STATE_EMPTY;
  return 0;
}

/* Goes from behind a row to the next, in this statement or the next one. */
static int
go_behind_row (SrSqlRecords *self,
               GCancellable *cancellable,
               GError      **error)
{
  const char *p;
  SrSqlSpan   span;

  self->text.buffer.begin += self->row_size;
  self->row_size = 0;
  self->state = STATE_ROW;
  if (self->is_lines)
    return 1;
  for (;;)
    {
      span = sr_sql_text_get_span (&self->text);
      p = sr_sql_scan_space (&self->text.syntax, sr_sql_text_get_begin (&self->text), span);
      if (p != NULL && p < span.end && *p == ',')
        p = sr_sql_scan_space (&self->text.syntax, p + 1, span);
      if (p != NULL && p < span.end)
        break;
      if (span.eof)
        return sr_sql_text_fail (&self->text, error);
      if (!sr_sql_text_fill (&self->text, cancellable, error))
        return -1;
    }
  self->text.buffer.begin = (gsize) (p - self->text.buffer.data);
  if (*p == '(')
    return 1;
  /* The delimiter, or what MySQL and PostgreSQL may do on duplicate keys. */
  while ((p = sr_sql_scan_statement (&self->text.syntax, sr_sql_text_get_begin (&self->text),
                                     sr_sql_text_get_span (&self->text))) == NULL)
    {
      if (self->text.buffer.eof)
        return sr_sql_text_fail (&self->text, error);
      if (!sr_sql_text_fill (&self->text, cancellable, error))
        return -1;
    }
  sr_sql_text_note_tail (&self->text, (gsize) (p - sr_sql_text_get_begin (&self->text)));
  self->text.buffer.begin =
      (gsize) (p - self->text.buffer.data) + strlen (self->text.syntax.delimiter);
  return next_statement (self, cancellable, error);
}

/* The line of COPY at the buffer's beginning. Returns: 1, 0 at the end of the lines, -1 on
 * errors */
static int
find_line (SrSqlRecords *self,
           GCancellable *cancellable,
           GError      **error)
{
  const char *newline;
  gsize       size;

  while ((newline = memchr (sr_sql_text_get_begin (&self->text), '\n',
                            self->text.buffer.end - self->text.buffer.begin)) == NULL)
    {
      if (self->text.buffer.eof)
        return fail_row (self, error);
      if (!sr_sql_text_fill (&self->text, cancellable, error))
        return -1;
    }
  size = (gsize) (newline + 1 - sr_sql_text_get_begin (&self->text));
  if (size >= 3 && size <= 4 && memcmp (sr_sql_text_get_begin (&self->text), "\\.", 2) == 0)
    {
      self->text.buffer.begin += size;
      return 0;
    }
  self->row_size = size;
  return 1;
}

/* The row at the buffer's beginning. */
static int
find_row (SrSqlRecords *self,
          GCancellable *cancellable,
          GError      **error)
{
  for (;;)
    {
      gboolean    failed = FALSE;
      const char *begin = sr_sql_text_get_begin (&self->text);
      const char *behind;

      if (self->is_bare)
        behind = sr_sql_bare_row_scan (&self->bare_row, &self->target, begin,
                                       sr_sql_text_get_span (&self->text), &failed);
      else if (self->is_set)
        behind = sr_sql_scan_statement (&self->text.syntax, begin,
                                        sr_sql_text_get_span (&self->text));
      else
        behind = sr_sql_scan_group (&self->text.syntax, begin, sr_sql_text_get_span (&self->text));
      if (behind != NULL)
        {
          self->row_size = (gsize) (behind - begin);
          return 1;
        }
      if (failed)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                       "Record %" G_GUINT64_FORMAT " of table “%s” at byte %" G_GUINT64_FORMAT
                       " of the SQL text does not fit the columns of its table",
                       self->text.n_records + 1, self->run->name,
                       sr_sql_text_get_offset (&self->text));
          return -1;
        }
      if (self->text.buffer.eof)
        return fail_row (self, error);
      if (!sr_sql_text_fill (&self->text, cancellable, error))
        return -1;
    }
}

/* Goes to the next row of the run. Returns: 1 with the row at the buffer's beginning, 0, -1 */
static int
next_row (SrSqlRecords *self,
          GCancellable *cancellable,
          GError      **error)
{
  int more = 1;

  for (;;)
    {
      if (self->state == STATE_BEHIND)
        more = go_behind_row (self, cancellable, error);
      if (more <= 0 || self->state != STATE_ROW)
        return more > 0 ? 0 : more;
      if (!self->is_lines)
        more = find_row (self, cancellable, error);
      else
        {
          more = find_line (self, cancellable, error);
          if (more == 0)
            {
              more = next_statement (self, cancellable, error);
              if (more > 0)
                continue;
              return more;
            }
        }
      if (more > 0)
        {
          self->state = STATE_BEHIND;
          self->text.n_records++;
          if (self->is_bare)
            sr_sql_bare_row_add_notes (&self->bare_row, &self->target,
                                       sr_sql_text_get_begin (&self->text),
                                       SR_RECORD_READER (self));
        }
      return more;
    }
}

/* The next table that no row came of. */
static int
next_empty (SrSqlRecords  *self,
            SrCollection **collection)
{
  GPtrArray *tables = sr_sql_schema_get_tables (self->text.schema);

  while (self->next_empty < tables->len)
    {
      SrSqlTable *table = g_ptr_array_index (tables, self->next_empty++);

      if (table->is_given || !table->is_made)
        continue;
      table->is_given = TRUE;
      g_clear_pointer (&self->run, sr_collection_unref);
      self->run = sr_collection_ref (table->collection);
      self->text.table = self->run->name;
      *collection = self->run;
      return 1;
    }
  return 0;
}

static int
sr_sql_records_next_collection (SrRecordReader *reader,
                                SrCollection  **collection,
                                GCancellable   *cancellable,
                                GError        **error)
{
  SrSqlRecords *self = SR_SQL_RECORDS (reader);
  guint64       rest;
  int           more = 1;

  if ((self->state == STATE_ROW || self->state == STATE_BEHIND) &&
      !sr_record_reader_skip (reader, &rest, cancellable, error))
    return -1;
  if (self->state == STATE_STATEMENT)
    {
      more = next_header (self, cancellable, error);
      if (more < 0)
        return -1;
      self->state = more > 0 ? STATE_HEADER : STATE_EMPTY;
    }
  if (self->state == STATE_EMPTY)
    return next_empty (self, collection);
  g_clear_pointer (&self->run, sr_collection_unref);
  self->run = sr_collection_ref (self->target.collection);
  self->text.table = self->run->name;
  self->text.n_records = 0;
  self->row_size = 0;
  self->state = STATE_ROW;
  note_fractions (self);
  *collection = self->run;
  return 1;
}

static int
sr_sql_records_next (SrRecordReader *reader,
                     SrRecord       *record,
                     GCancellable   *cancellable,
                     GError        **error)
{
  SrSqlRecords *self = SR_SQL_RECORDS (reader);
  int           more = next_row (self, cancellable, error);

  if (more <= 0)
    return more;
  self->is_decoded = FALSE;
  record->number = self->text.n_records - 1;
  record->offset = sr_sql_text_get_offset (&self->text);
  record->raw = sr_sql_text_get_begin (&self->text);
  record->raw_size = self->row_size - (self->is_lines ? 1 : 0);
  return 1;
}

static gboolean
sr_sql_records_get_fields (SrRecordReader *reader,
                           SrRecord       *record,
                           GError        **error)
{
  SrSqlRecords *self = SR_SQL_RECORDS (reader);
  const char   *row = sr_sql_text_get_begin (&self->text);
  gboolean      ok = TRUE;

  if (!self->is_decoded)
    {
      if (self->is_bare)
        sr_sql_bare_row_decode (&self->bare_row, &self->target, row, &self->values);
      else if (self->is_set)
        ok = sr_sql_set_decode (&self->values, &self->text.syntax, &self->target, row,
                                self->row_size, error);
      else if (!self->is_lines)
        ok = sr_sql_insert_decode (&self->values, &self->text.syntax, &self->target, row,
                                   self->row_size, error);
      else
        ok = sr_sql_copy_decode (&self->values, &self->target, row, self->row_size - 1, error);
    }
  if (!ok)
    {
      g_prefix_error (error, "At byte %" G_GUINT64_FORMAT ": ",
                      sr_sql_text_get_offset (&self->text));
      return FALSE;
    }
  self->is_decoded = TRUE;
  sr_sql_values_finish (&self->values, &self->target, record);
  return TRUE;
}

static gboolean
sr_sql_records_skip (SrRecordReader *reader,
                     guint64        *count,
                     GCancellable   *cancellable,
                     GError        **error)
{
  SrSqlRecords *self = SR_SQL_RECORDS (reader);
  int           more = 0;

  *count = 0;
  while (self->state != STATE_EMPTY && self->state != STATE_HEADER &&
         (more = next_row (self, cancellable, error)) > 0)
    (*count)++;
  return more == 0;
}

static void
sr_sql_records_finalize (GObject *object)
{
  SrSqlRecords *self = SR_SQL_RECORDS (object);

  sr_sql_text_clear (&self->text);
  sr_sql_target_clear (&self->target);
  sr_sql_values_clear (&self->values);
  sr_sql_bare_row_clear (&self->bare_row);
  g_clear_pointer (&self->run, sr_collection_unref);
  g_byte_array_unref (self->header);
  G_OBJECT_CLASS (sr_sql_records_parent_class)->finalize (object);
}

static void
sr_sql_records_class_init (SrSqlRecordsClass *class)
{
  SrRecordReaderClass *reader_class = SR_RECORD_READER_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sr_sql_records_finalize;
  reader_class->next_collection = sr_sql_records_next_collection;
  reader_class->next = sr_sql_records_next;
  reader_class->get_fields = sr_sql_records_get_fields;
  reader_class->skip = sr_sql_records_skip;
}

static void
sr_sql_records_init (SrSqlRecords *self)
{
  self->header = g_byte_array_new ();
  sr_sql_values_init (&self->values, SR_RECORD_READER (self));
  sr_sql_bare_row_init (&self->bare_row);
}

SrRecordReader *
sr_sql_records_new (GInputStream *stream,
                    SrSqlDialect  dialect)
{
  SrSqlRecords *self = g_object_new (SR_TYPE_SQL_RECORDS, NULL);

  sr_sql_text_init (&self->text, SR_RECORD_READER (self), stream, dialect);
  return SR_RECORD_READER (self);
}

void
sr_sql_records_set_statement_func (SrSqlRecords      *self,
                                   SrSqlStatementFunc func,
                                   gpointer           user_data)
{
  self->text.statement_func = func;
  self->text.statement_data = user_data;
}

void
sr_sql_records_set_outline (SrSqlRecords       *self,
                            const SrSqlOutline *outline)
{
  sr_sql_schema_set_qualified (self->text.schema, outline->n_databases > 1);
  for (guint i = 0; i < outline->collections->len; i++)
    sr_sql_schema_add_known (self->text.schema, g_ptr_array_index (outline->collections, i));
}

SrSqlDialect
sr_sql_records_get_dialect (SrSqlRecords *self)
{
  return self->text.dialect;
}

const SrSqlFacts *
sr_sql_records_get_facts (SrSqlRecords *self)
{
  return &self->text.facts;
}

static SrSqlOutline *
make_outline (SrSqlSchema *schema)
{
  SrSqlOutline *outline = g_new0 (SrSqlOutline, 1);
  GPtrArray    *tables = sr_sql_schema_get_tables (schema);

  outline->n_databases = sr_sql_schema_get_n_databases (schema);
  outline->collections = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_collection_unref);
  for (guint i = 0; i < tables->len; i++)
    {
      SrSqlTable *table = g_ptr_array_index (tables, i);

      if (outline->n_databases > 1)
        {
          char *name = sr_sql_schema_qualify (schema, table->collection->name);

          g_free (table->collection->name);
          table->collection->name = name;
        }
      g_ptr_array_add (outline->collections, sr_collection_ref (table->collection));
    }
  return outline;
}

static SrSqlOutline *
read_outline (SrSqlRecords *self,
              GCancellable *cancellable,
              GError      **error)
{
  SrCollection *collection;
  int           more;

  while ((more = sr_record_reader_next_collection (SR_RECORD_READER (self), &collection,
                                                   cancellable, error)) > 0)
    ;
  return more == 0 ? make_outline (self->text.schema) : NULL;
}

SrSqlOutline *
sr_sql_prescan (GInputStream *stream,
                SrSqlDialect  dialect,
                GCancellable *cancellable,
                GError      **error)
{
  g_autoptr (SrRecordReader) first = sr_sql_records_new (stream, dialect);

  return read_outline (SR_SQL_RECORDS (first), cancellable, error);
}

void
sr_sql_outline_free (SrSqlOutline *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->collections);
  g_free (self);
}
