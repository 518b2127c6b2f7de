/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-record-reader.h"

G_BEGIN_DECLS

/**
 * SrSqlDialect:
 * @SR_SQL_MYSQL: mysqldump, mariadb-dump and what is like them: backslash escapes, `names`
 * @SR_SQL_POSTGRES: pg_dump's plain format: COPY … FROM stdin and INSERT, "names", E'' and $$
 * @SR_SQL_WEBEENTHERE: that server's own writer: '' doubled and nothing else escaped, dates as bare
 *   JavaScript text, binary content bare and through U+FFFD; no server reads it
 * @SR_SQL_SQLITE: sqlite3's .dump
 */
typedef enum
{
  SR_SQL_NONE,
  SR_SQL_MYSQL,
  SR_SQL_POSTGRES,
  SR_SQL_WEBEENTHERE,
  SR_SQL_SQLITE,
} SrSqlDialect;

/* What the first bytes of a text look like (a few KiB are enough). */
SrSqlDialect sr_sql_guess_dialect (gconstpointer head,
                                   gsize         size);
/* "mysql", "postgres", "webeenthere", "sqlite", "none" */
const char *sr_sql_dialect_name (SrSqlDialect dialect);

#define SR_TYPE_SQL_RECORDS (sr_sql_records_get_type ())
G_DECLARE_FINAL_TYPE (SrSqlRecords, sr_sql_records, SR, SQL_RECORDS, SrRecordReader)

/**
 * sr_sql_records_new:
 *
 * Records of INSERT and COPY statements; columns and keys from CREATE TABLE (and ALTER TABLE … ADD
 * PRIMARY KEY). A table with a CREATE but no rows is an empty run. The text may hold NUL bytes.
 *
 * Returns: (transfer full)
 */
SrRecordReader *sr_sql_records_new (GInputStream *stream,
                                    SrSqlDialect  dialect);

/* @text: one statement that is neither INSERT, COPY nor CREATE TABLE, without its semicolon */
typedef gboolean (*SrSqlStatementFunc) (const char *text,
                                        gsize       size,
                                        gpointer    user_data,
                                        GError    **error);

/* Called for each other statement as it passes: views, triggers, indexes, SETs. */
void sr_sql_records_set_statement_func (SrSqlRecords      *self,
                                        SrSqlStatementFunc func,
                                        gpointer           user_data);

/**
 * SrSqlFacts:
 * @tool, @database, @server: (nullable): from the comments at the top: "mariadb-dump 10.19", …
 * @generated: (nullable): when, as it stands there
 * @has_end: the dump's own end marker was seen ("-- Dump completed", "-- PostgreSQL database dump
 *   complete", the last SET of webeenthere)
 * @needs_end: this tool always writes one
 * @n_other: statements that are no records, by the first word: not kept
 */
typedef struct
{
  char    *tool;
  char    *database;
  char    *server;
  char    *generated;
  gboolean has_end;
  gboolean needs_end;
  guint64  n_other;
} SrSqlFacts;

/* What was seen until now; complete at the end. Returns: (transfer none) */
const SrSqlFacts *sr_sql_records_get_facts (SrSqlRecords *self);

G_END_DECLS
