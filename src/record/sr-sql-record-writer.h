/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-record-writer.h"

G_BEGIN_DECLS

#define SR_TYPE_SQL_RECORD_WRITER (sr_sql_record_writer_get_type ())
G_DECLARE_FINAL_TYPE (SrSqlRecordWriter,
                      sr_sql_record_writer,
                      SR,
                      SQL_RECORD_WRITER,
                      SrRecordWriter)

/**
 * sr_sql_record_writer_set_source:
 * @source: of the collections' DDL
 *
 * With this, before the first collection, CREATE TABLE is written as the source has it where the
 * writer's dialect is of the same family (MySQL from MySQL or webeenthere, SQLite from SQLite):
 * with its defaults, indexes and foreign keys. Without it, or from another family, it is made from
 * columns, types and the key alone. It is text from outside: not for a server whose person did not
 * choose the file.
 */
void sr_sql_record_writer_set_source (SrSqlRecordWriter *self,
                                      SrSqlDialect       source);

G_END_DECLS
