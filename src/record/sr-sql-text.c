/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "record/sr-sql-change.h"
#include "record/sr-sql-text.h"

void
sr_sql_text_init (SrSqlText      *self,
                  SrRecordReader *reader,
                  GInputStream   *stream,
                  SrSqlDialect    dialect)
{
  *self = (SrSqlText){ .reader = reader, .dialect = dialect };
  self->schema = sr_sql_schema_new (dialect);
  sr_sql_syntax_init (&self->syntax, dialect);
  self->saved_backslash = self->syntax.backslash;
  sr_sql_buffer_init (&self->buffer, stream);
}

void
sr_sql_text_clear (SrSqlText *self)
{
  sr_sql_buffer_clear (&self->buffer);
  g_clear_pointer (&self->schema, sr_sql_schema_free);
  sr_sql_facts_clear (&self->facts);
  g_clear_pointer (&self->view, g_free);
}

SrSqlSpan
sr_sql_text_get_span (SrSqlText *self)
{
  return (SrSqlSpan){ self->buffer.data + self->buffer.end, self->buffer.eof };
}

const char *
sr_sql_text_get_begin (SrSqlText *self)
{
  return self->buffer.data + self->buffer.begin;
}

guint64
sr_sql_text_get_offset (SrSqlText *self)
{
  return self->buffer.offset + self->buffer.begin;
}

gboolean
sr_sql_text_fill (SrSqlText    *self,
                  GCancellable *cancellable,
                  GError      **error)
{
  return sr_sql_buffer_fill (&self->buffer, cancellable, error);
}

int
sr_sql_text_fail (SrSqlText *self,
                  GError   **error)
{
  if (self->table != NULL)
    g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                 "The SQL text ends at byte %" G_GUINT64_FORMAT
                 " within the statement at byte %" G_GUINT64_FORMAT ", behind %" G_GUINT64_FORMAT
                 " records of table “%s”; it is cut off",
                 self->buffer.offset + self->buffer.end, sr_sql_text_get_offset (self),
                 self->n_records, self->table);
  else
    g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                 "The SQL text ends at byte %" G_GUINT64_FORMAT
                 " within the statement at byte %" G_GUINT64_FORMAT "; it is cut off",
                 self->buffer.offset + self->buffer.end, sr_sql_text_get_offset (self));
  return -1;
}

static void
read_database (SrSqlText  *self,
               const char *text,
               gsize       size)
{
  g_autofree char *database = sr_sql_facts_find_database (text, size);

  if (database != NULL)
    sr_sql_schema_begin_dump (self->schema, database);
}

static void
read_comment (SrSqlText  *self,
              const char *text,
              gsize       size)
{
  static const char table[] = "-- Table: ";

  while (size > 0 && (text[size - 1] == '\n' || text[size - 1] == '\r'))
    size--;
  sr_sql_facts_read_comment (&self->facts, self->dialect, text, size);
  if (self->dialect == SR_SQL_MYSQL)
    read_database (self, text, size);
  if (self->dialect != SR_SQL_WEBEENTHERE || size <= strlen (table) ||
      memcmp (text, table, strlen (table)) != 0)
    return;
  g_free (self->view);
  self->view = g_utf8_make_valid (text + strlen (table), (gssize) (size - strlen (table)));
}

int
sr_sql_text_skip_space (SrSqlText    *self,
                        GCancellable *cancellable,
                        GError      **error)
{
  for (;;)
    {
      const char *p = sr_sql_text_get_begin (self);
      SrSqlSpan   span = sr_sql_text_get_span (self);
      const char *behind;
      gboolean    is_mark;

      while (p < span.end && g_ascii_isspace (*p))
        p++;
      self->buffer.begin = (gsize) (p - self->buffer.data);
      if (p < span.end)
        {
          behind = sr_sql_scan_comment (&self->syntax, p, span, &is_mark);
          if (behind == p)
            return 1;
          if (behind != NULL)
            {
              if (!is_mark)
                read_comment (self, p, (gsize) (behind - p));
              self->buffer.begin = (gsize) (behind - self->buffer.data);
              continue;
            }
        }
      if (span.eof)
        return p == span.end ? 0 : sr_sql_text_fail (self, error);
      if (!sr_sql_text_fill (self, cancellable, error))
        return -1;
    }
}

gboolean
sr_sql_text_read_line (SrSqlText    *self,
                       char        **line,
                       GCancellable *cancellable,
                       GError      **error)
{
  const char *newline;

  while ((newline = memchr (sr_sql_text_get_begin (self), '\n',
                            self->buffer.end - self->buffer.begin)) == NULL &&
         !self->buffer.eof)
    if (!sr_sql_text_fill (self, cancellable, error))
      return FALSE;
  if (newline == NULL)
    newline = self->buffer.data + self->buffer.end;
  *line = g_utf8_make_valid (sr_sql_text_get_begin (self), newline - sr_sql_text_get_begin (self));
  g_strstrip (*line);
  self->buffer.begin = MIN ((gsize) (newline + 1 - self->buffer.data), self->buffer.end);
  return TRUE;
}

/* DELIMITER of the mysql client, and the \commands of psql. Returns: 1 if one was there, 0 if not,
 * -1 on errors */
static int
read_client_command (SrSqlText    *self,
                     GCancellable *cancellable,
                     GError      **error)
{
  static const char word[] = "DELIMITER ";
  static const char connect[] = "\\connect ";
  g_autofree char  *line = NULL;
  char              first = *sr_sql_text_get_begin (self);
  gboolean          is_psql = self->dialect == SR_SQL_POSTGRES && first == '\\';

  if (!is_psql && (self->dialect != SR_SQL_MYSQL || g_ascii_tolower (first) != 'd'))
    return 0;
  while (self->buffer.end - self->buffer.begin < strlen (word) && !self->buffer.eof)
    if (!sr_sql_text_fill (self, cancellable, error))
      return -1;
  if (!is_psql && (self->buffer.end - self->buffer.begin < strlen (word) ||
                   g_ascii_strncasecmp (sr_sql_text_get_begin (self), word, strlen (word)) != 0))
    return 0;
  if (!sr_sql_text_read_line (self, &line, cancellable, error))
    return -1;
  if (!is_psql)
    g_strlcpy (self->syntax.delimiter, g_strchug (line + strlen (word)),
               sizeof self->syntax.delimiter);
  if (self->syntax.delimiter[0] == '\0')
    self->syntax.delimiter[0] = ';';
  if (is_psql && g_str_has_prefix (line, connect))
    {
      g_autofree char *use = g_strconcat ("USE ", line + strlen (connect), NULL);

      return sr_sql_schema_read (self->schema, &self->syntax, use, strlen (use), error) ? 1 : -1;
    }
  return 1;
}

/* Settings of the session that change how what follows is read. */
static void
read_settings (SrSqlText  *self,
               const char *text,
               gsize       size)
{
  gsize head = MIN (size, 4096);

  if (head < 4 || (g_ascii_strncasecmp (text, "SET", 3) != 0))
    return;
  if (self->dialect == SR_SQL_POSTGRES &&
      sr_sql_text_has (text, head, "standard_conforming_strings"))
    self->syntax.backslash = sr_sql_text_has (text, head, "off");
  if (self->dialect != SR_SQL_MYSQL || !sr_sql_text_has (text, head, "SQL_MODE"))
    return;
  if (sr_sql_text_has (text, head, "NO_BACKSLASH_ESCAPES"))
    {
      self->saved_backslash = self->syntax.backslash;
      self->syntax.backslash = FALSE;
    }
  else if (memchr (text, '\'', head) != NULL)
    {
      self->saved_backslash = self->syntax.backslash;
      self->syntax.backslash = TRUE;
    }
  else if (sr_sql_text_has (text, head, "=@") || sr_sql_text_has (text, head, "= @"))
    self->syntax.backslash = self->saved_backslash;
}

/* webeenthere writes the rows of a view as a table's, and for what makes it "undefined". */
static gboolean
read_view (SrSqlText *self,
           GError   **error)
{
  SrSqlTable *table;

  if (self->view == NULL)
    return TRUE;
  sr_record_reader_add_note (self->reader, SR_NOTE_VIEW);
  table = sr_sql_schema_get (self->schema, self->view, error);
  if (table == NULL)
    return FALSE;
  table->is_view = TRUE;
  table->is_made = TRUE;
  table->collection->is_view = TRUE;
  return TRUE;
}

void
sr_sql_text_note_tail (SrSqlText *self,
                       gsize      size)
{
  const char *text = sr_sql_text_get_begin (self);

  if (sr_sql_change_is_in_tail (&self->syntax, text, size))
    sr_sql_facts_add_change (&self->facts, g_strdup_printf ("INSERT INTO %s … UPDATE",
                                                            self->table));
}

static void
note_change (SrSqlText  *self,
             const char *text,
             gsize       size)
{
  char *what = sr_sql_change_describe (self->schema, &self->syntax, text, size);

  if (what != NULL)
    sr_sql_facts_add_change (&self->facts, what);
}

static gboolean
read_other (SrSqlText  *self,
            const char *text,
            gsize       size,
            GError    **error)
{
  while (size > 0 && g_ascii_isspace (text[size - 1]))
    size--;
  if (size == 0)
    return TRUE;
  sr_sql_facts_read_statement (&self->facts, self->dialect, text, size);
  read_settings (self, text, size);
  note_change (self, text, size);
  if (self->dialect == SR_SQL_WEBEENTHERE && size == 9 && memcmp (text, "undefined", 9) == 0)
    return read_view (self, error);
  if (!sr_sql_schema_read (self->schema, &self->syntax, text, size, error))
    return FALSE;
  return self->statement_func == NULL ||
         self->statement_func (text, size, self->statement_data, error);
}

/* sqlite3 writes rows of its own tables, which are none of the user's. */
static gboolean
is_system_table (SrSqlText  *self,
                 const char *name)
{
  return self->dialect == SR_SQL_SQLITE && g_str_has_prefix (name, "sqlite_");
}

/* Reads one statement at the buffer's beginning that is not INSERT or COPY. */
static int
read_whole_statement (SrSqlText    *self,
                      GCancellable *cancellable,
                      GError      **error)
{
  const char *end;
  gsize       size;

  while ((end = sr_sql_scan_statement (&self->syntax, sr_sql_text_get_begin (self),
                                       sr_sql_text_get_span (self))) == NULL)
    {
      if (self->buffer.eof)
        return sr_sql_text_fail (self, error);
      if (!sr_sql_text_fill (self, cancellable, error))
        return -1;
    }
  size = (gsize) (end - sr_sql_text_get_begin (self));
  if (!read_other (self, sr_sql_text_get_begin (self), size, error))
    return -1;
  self->buffer.begin += size + strlen (self->syntax.delimiter);
  return 1;
}

int
sr_sql_text_next_header (SrSqlText    *self,
                         SrSqlHeader  *header,
                         GCancellable *cancellable,
                         GError      **error)
{
  for (;;)
    {
      int more = sr_sql_text_skip_space (self, cancellable, error);

      if (more <= 0)
        return more;
      more = read_client_command (self, cancellable, error);
      if (more < 0)
        return -1;
      if (more > 0)
        continue;
      sr_sql_header_read (header, self->schema, &self->syntax, sr_sql_text_get_begin (self),
                          sr_sql_text_get_span (self));
      if (header->type == SR_SQL_HEADER_MORE)
        {
          if (!sr_sql_text_fill (self, cancellable, error))
            return -1;
          continue;
        }
      if (header->type != SR_SQL_HEADER_NONE && !is_system_table (self, header->name))
        {
          self->facts.has_end = FALSE;
          return 1;
        }
      sr_sql_header_clear (header);
      if (read_whole_statement (self, cancellable, error) < 0)
        return -1;
    }
}
