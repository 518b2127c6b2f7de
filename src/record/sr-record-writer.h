/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-record-reader.h"
#include "record/sr-sql-records.h"

G_BEGIN_DECLS

#define SR_TYPE_RECORD_WRITER (sr_record_writer_get_type ())
G_DECLARE_DERIVABLE_TYPE (SrRecordWriter, sr_record_writer, SR, RECORD_WRITER, GObject)

/**
 * SrRecordWriterClass:
 *
 * How records are written in a format. Output is buffered; flushed by @finish.
 */
struct _SrRecordWriterClass
{
  GObjectClass parent_class;

  gboolean (*begin) (SrRecordWriter     *self,
                     const SrCollection *collection,
                     GCancellable       *cancellable,
                     GError            **error);
  gboolean (*put) (SrRecordWriter *self,
                   const SrRecord *record,
                   GCancellable   *cancellable,
                   GError        **error);
  gboolean (*end) (SrRecordWriter *self,
                   GCancellable   *cancellable,
                   GError        **error);
  gboolean (*finish) (SrRecordWriter *self,
                      GCancellable   *cancellable,
                      GError        **error);
};

/* A collection begins; the one before has ended. */
gboolean sr_record_writer_begin (SrRecordWriter     *self,
                                 const SrCollection *collection,
                                 GCancellable       *cancellable,
                                 GError            **error);
/* @record: with its fields */
gboolean sr_record_writer_put (SrRecordWriter *self,
                               const SrRecord *record,
                               GCancellable   *cancellable,
                               GError        **error);
gboolean sr_record_writer_end (SrRecordWriter *self,
                               GCancellable   *cancellable,
                               GError        **error);
gboolean sr_record_writer_finish (SrRecordWriter *self,
                                  GCancellable   *cancellable,
                                  GError        **error);

/**
 * sr_json_record_writer_new:
 * @indent: 2: as `JSON.stringify (x, null, 2)` writes it, 0: one record a line
 * @base_indent: spaces at the front of each line but the first, for an array that stands behind its
 *   name inside a larger text
 *
 * Each collection as one JSON array, without a line feed behind it. A record that comes from JSON
 * (@is_json) is written with the bytes of its values unchanged but for white space; who changes its
 * fields must say it is none. Bytes: base64. Numbers as they stand; what is no number in JSON
 * becomes text. Texts that are no UTF-8 get U+FFFD. Whatever else goes to @stream may be written
 * there once sr_record_writer_end() returned: nothing is held back then.
 *
 * Returns: (transfer full)
 */
SrRecordWriter *sr_json_record_writer_new (GOutputStream *stream,
                                           guint          indent,
                                           guint          base_indent);
/**
 * sr_csv_record_writer_new:
 * @names: (nullable): all fields that occur, for collections without columns; otherwise they are
 *   the columns
 *
 * One collection as RFC 4180 with a heading line, UTF-8, LF. Null and what is absent is an empty
 * unquoted field. Text is quoted where it could be taken for something else: empty, like a number,
 * true or false. Bytes: base64. A field that has no column is %SR_ERROR_INVALID.
 *
 * Returns: (transfer full)
 */
SrRecordWriter *sr_csv_record_writer_new (GOutputStream     *stream,
                                          const char *const *names);
/**
 * sr_sql_record_writer_new:
 * @dialect: MySQL, PostgreSQL or SQLite
 *
 * A dump that the client of that database reads: DROP, CREATE TABLE (types carried over from the
 * source's), rows in statements of bounded size, an end marker. What the dialect cannot hold fails
 * with the record named; nothing is silently cut.
 *
 * Returns: (transfer full)
 */
SrRecordWriter *sr_sql_record_writer_new (GOutputStream *stream,
                                          SrSqlDialect   dialect);

G_END_DECLS
