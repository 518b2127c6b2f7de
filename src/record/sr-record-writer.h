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
 * @base_indent: spaces before everything, for an array inside a larger text
 *
 * Each collection as one JSON array. A record that comes from JSON is written with the bytes of its
 * values unchanged but for white space. Bytes: base64. Numbers as they stand.
 *
 * Returns: (transfer full)
 */
SrRecordWriter *sr_json_record_writer_new (GOutputStream *stream,
                                           guint          indent,
                                           guint          base_indent);
/* RFC 4180 with a heading line, UTF-8, LF; records that name their own fields need @names: all that
 * occur. Null is an empty unquoted field, empty text is quoted. Returns: (transfer full) */
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
