/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

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

G_END_DECLS
