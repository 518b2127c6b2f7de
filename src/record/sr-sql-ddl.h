/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-record.h"
#include "record/sr-sql-lexer.h"

G_BEGIN_DECLS

/**
 * SrSqlTable:
 * @collection: as far as it is known by now; replaced, not changed, when more is learnt
 * @is_made: by a CREATE TABLE; else only by rows that came
 * @is_given: a run of it was handed out
 * @is_view: its rows are those of a view
 */
typedef struct
{
  SrCollection *collection;
  gboolean      is_made;
  gboolean      is_given;
  gboolean      is_view;
} SrSqlTable;

/**
 * SrSqlSchema:
 *
 * The tables of a text, by the statements that make them.
 */
typedef struct _SrSqlSchema SrSqlSchema;

SrSqlSchema *sr_sql_schema_new (SrSqlDialect dialect);
void         sr_sql_schema_free (SrSqlSchema *self);

/* The text is of several databases: their names stand before those of all tables. Without this,
 * which has to be known before, the first database's tables go without. */
void sr_sql_schema_set_qualified (SrSqlSchema *self,
                                  gboolean     is_qualified);
/* The text says, without a statement, that what follows is of @database: one dump begins, perhaps
 * behind another. */
void sr_sql_schema_begin_dump (SrSqlSchema *self,
                               const char  *database);
/* How many databases the text named by now; tables of none count as one. */
guint sr_sql_schema_get_n_databases (const SrSqlSchema *self);

/* With several databases: the name that a table has where all are qualified. Returns: (transfer
 * full) */
char *sr_sql_schema_qualify (const SrSqlSchema *self,
                             const char        *name);

/* What an earlier reading told: taken for a table of that name as soon as it is made. */
void sr_sql_schema_add_known (SrSqlSchema  *self,
                              SrCollection *collection);

/**
 * sr_sql_schema_read:
 * @text: a statement without its delimiter
 *
 * Takes up what a statement says of tables: CREATE TABLE, ALTER TABLE … ADD PRIMARY KEY, DROP,
 * CREATE TYPE … AS ENUM, CREATE VIEW, USE, SET search_path. All others are passed over.
 *
 * Returns: %FALSE with %SR_ERROR_INVALID if there are too many tables or columns
 */
gboolean sr_sql_schema_read (SrSqlSchema       *self,
                             const SrSqlSyntax *syntax,
                             const char        *text,
                             gsize              size,
                             GError           **error);

/* Reads `name`, `schema`.`name` or "name"; the name of its collection. Returns: behind it, %NULL if
 * the text ends or no name stands there */
const char *sr_sql_schema_scan_name (SrSqlSchema       *self,
                                     const SrSqlSyntax *syntax,
                                     const char        *p,
                                     SrSqlSpan          span,
                                     char             **name);

/* Returns: (transfer none): the table of that name, made if there is none; %NULL with @error set if
 *   there are too many */
SrSqlTable *sr_sql_schema_get (SrSqlSchema *self,
                               const char  *name,
                               GError     **error);
/* Whether rows of that table came by now. */
gboolean sr_sql_schema_has_rows (const SrSqlSchema *self,
                                 const char        *name);
/* In the order they were made. Returns: (transfer none) (element-type SrSqlTable) */
GPtrArray *sr_sql_schema_get_tables (SrSqlSchema *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrSqlSchema, sr_sql_schema_free)

G_END_DECLS
