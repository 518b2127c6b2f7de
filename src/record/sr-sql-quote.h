/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-sql-dialect.h"

G_BEGIN_DECLS

/* All append to @sql in the form of @dialect: MySQL, PostgreSQL or SQLite. */

void sr_sql_append_name (GString     *sql,
                         SrSqlDialect dialect,
                         const char  *name);
/* MySQL: with backslashes; SQLite: one with NUL bytes as a cast of bytes; PostgreSQL cannot hold
 * those. */
void sr_sql_append_text (GString     *sql,
                         SrSqlDialect dialect,
                         const char  *text,
                         gsize        size);
void sr_sql_append_bytes (GString      *sql,
                          SrSqlDialect  dialect,
                          gconstpointer data,
                          gsize         size);
/* A field of a line of COPY. */
void sr_sql_append_copy_text (GString    *sql,
                              const char *text,
                              gsize       size);
void sr_sql_append_copy_bytes (GString      *sql,
                               gconstpointer data,
                               gsize         size);

G_END_DECLS
