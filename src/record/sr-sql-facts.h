/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-sql-dialect.h"

G_BEGIN_DECLS

/**
 * SrSqlFacts:
 * @tool, @database, @server: (nullable): from the comments at the top: "mariadb-dump 10.19", …
 * @generated: (nullable): when, as it stands there
 * @has_end: the dump's own end marker was seen ("-- Dump completed", "-- PostgreSQL database dump
 *   complete", the last SET of webeenthere, COMMIT of sqlite3), and no statement behind it
 * @needs_end: this tool always writes one
 * @n_other: statements that are no records
 * @n_changes: statements that put, change or remove records and are not read as such
 * @changes: (nullable): the first of these: "UPDATE shop, DELETE FROM log"
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
  guint64  n_changes;
  char    *changes;
} SrSqlFacts;

void sr_sql_facts_clear (SrSqlFacts *self);
/* @text: a comment, from its first character on */
void sr_sql_facts_read_comment (SrSqlFacts  *self,
                                SrSqlDialect dialect,
                                const char  *text,
                                gsize        size);
/* The database that a comment of a MySQL dump's beginning names. Returns: (transfer full)
 * (nullable) */
char *sr_sql_facts_find_database (const char *text,
                                  gsize       size);
/* @what: (transfer full): what a statement does that is not read */
void sr_sql_facts_add_change (SrSqlFacts *self,
                              char       *what);
/* A statement that is no record; a marker before it was not the end. */
void sr_sql_facts_read_statement (SrSqlFacts  *self,
                                  SrSqlDialect dialect,
                                  const char  *text,
                                  gsize        size);

G_END_DECLS
