/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-record-reader.h"
#include "record/sr-sql-dialect.h"
#include "record/sr-sql-facts.h"
#include "record/sr-sql-statement.h"

G_BEGIN_DECLS

#define SR_TYPE_SQL_RECORDS (sr_sql_records_get_type ())
G_DECLARE_FINAL_TYPE (SrSqlRecords, sr_sql_records, SR, SQL_RECORDS, SrRecordReader)

/**
 * sr_sql_records_new:
 *
 * Records of INSERT and COPY statements; columns and keys from CREATE TABLE (and ALTER TABLE … ADD
 * PRIMARY KEY). Statements that follow each other into one table are one run. A table with a CREATE
 * but no rows is an empty run; those come last. Values that columns of numbers, booleans, bytes and
 * bits hold are of that kind however the dialect writes them; bits are text of 0 and 1; JSON
 * columns are text. The text may hold NUL bytes. Memory: what the largest record takes, at most
 * 256 MiB; a larger one is %SR_ERROR_INVALID. A text that ends within a statement is
 * %SR_ERROR_DAMAGED with table, record and offset.
 *
 * What a record lost in webeenthere's export is noted as it passes; invalid UTF-8 and NUL bytes in
 * text only where fields are read.
 *
 * pg_dump names the keys behind the data: see sr_sql_prescan(). Of a text of several databases the
 * tables of all but the first are named "database.table"; with sr_sql_records_set_outline() of all.
 *
 * Returns: (transfer full)
 */
SrRecordReader *sr_sql_records_new (GInputStream *stream,
                                    SrSqlDialect  dialect);

/**
 * SrSqlOutline:
 * @collections: (element-type SrCollection): all tables with columns and keys, in the order they
 *   are made
 * @n_databases: named by USE or \connect
 *
 * What a text makes, from reading it once without looking at its records.
 */
typedef struct
{
  GPtrArray *collections;
  guint      n_databases;
} SrSqlOutline;

/* Reads @stream to its end, at the speed of counting. Returns: (transfer full) */
SrSqlOutline *sr_sql_prescan (GInputStream *stream,
                              SrSqlDialect  dialect,
                              GCancellable *cancellable,
                              GError      **error);
void          sr_sql_outline_free (SrSqlOutline *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrSqlOutline, sr_sql_outline_free)

/* Before the first collection: what a prescan of the same text found, so that keys which the text
 * names behind the data are there from the beginning. */
void sr_sql_records_set_outline (SrSqlRecords       *self,
                                 const SrSqlOutline *outline);

/* Called for each statement without records as it passes: tables, views, indexes, SETs. */
void sr_sql_records_set_statement_func (SrSqlRecords      *self,
                                        SrSqlStatementFunc func,
                                        gpointer           user_data);

SrSqlDialect sr_sql_records_get_dialect (SrSqlRecords *self);

/* What was seen until now; complete at the end. Returns: (transfer none) */
const SrSqlFacts *sr_sql_records_get_facts (SrSqlRecords *self);

G_END_DECLS
