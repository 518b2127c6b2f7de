/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-sql-buffer.h"
#include "record/sr-sql-facts.h"
#include "record/sr-sql-insert.h"
#include "record/sr-sql-statement.h"

G_BEGIN_DECLS

/**
 * SrSqlText:
 * @table, @n_records: (nullable): the run that goes on, and its records until now, for errors
 * @saved_backslash: the setting before the text changed it
 * @view: (nullable): the name in webeenthere's last "-- Table:"
 *
 * A text of statements on its way: what is between the rows.
 */
typedef struct
{
  SrRecordReader    *reader;
  SrSqlDialect       dialect;
  SrSqlSyntax        syntax;
  SrSqlBuffer        buffer;
  SrSqlSchema       *schema;
  SrSqlFacts         facts;
  SrSqlStatementFunc statement_func;
  gpointer           statement_data;
  const char        *table;
  guint64            n_records;
  gboolean           saved_backslash;
  char              *view;
} SrSqlText;

void sr_sql_text_init (SrSqlText      *self,
                       SrRecordReader *reader,
                       GInputStream   *stream,
                       SrSqlDialect    dialect);
void sr_sql_text_clear (SrSqlText *self);

SrSqlSpan   sr_sql_text_get_span (SrSqlText *self);
const char *sr_sql_text_get_begin (SrSqlText *self);
/* Of what is at the buffer's beginning, in the stream. */
guint64  sr_sql_text_get_offset (SrSqlText *self);
gboolean sr_sql_text_fill (SrSqlText    *self,
                           GCancellable *cancellable,
                           GError      **error);
/* Sets the error of a text that ends within a statement. Returns: -1 */
int sr_sql_text_fail (SrSqlText *self,
                      GError   **error);

/* Gives up space and comments at the buffer's beginning. Returns: 1 if something else stands there
 * now, 0 at the end of the text, -1 with @error set */
int sr_sql_text_skip_space (SrSqlText    *self,
                            GCancellable *cancellable,
                            GError      **error);
/* What stands at the buffer's beginning, behind the last row of a statement, up to its end. */
void sr_sql_text_note_tail (SrSqlText *self,
                            gsize      size);
/* Goes behind the line at the buffer's beginning. @line: (transfer full): its text */
gboolean sr_sql_text_read_line (SrSqlText    *self,
                                char        **line,
                                GCancellable *cancellable,
                                GError      **error);

/**
 * sr_sql_text_next_header:
 * @header: (out): to be cleared by the caller if 1 is returned
 *
 * Reads on to the next statement with rows, taking up what others say. The statement is still at
 * the buffer's beginning.
 *
 * Returns: 1, 0 at the end of the text, -1 with @error set
 */
int sr_sql_text_next_header (SrSqlText    *self,
                             SrSqlHeader  *header,
                             GCancellable *cancellable,
                             GError      **error);

G_END_DECLS
