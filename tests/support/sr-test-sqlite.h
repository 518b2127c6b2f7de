/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A SQLite database that stays open, as its program would hold it. */
typedef struct _SrTestSqlite SrTestSqlite;

/* Opens or makes the database at @path and runs @sql, which has to work. */
SrTestSqlite *sr_test_sqlite_open (const char *path,
                                   const char *sql);
void          sr_test_sqlite_close (SrTestSqlite *self);
/* open and close */
void sr_test_sqlite_run (const char *path,
                         const char *sql);
/* The first value of the first row of @sql's answer. Returns: (transfer full) */
char *sr_test_sqlite_query (const char *path,
                            const char *sql);

G_END_DECLS
