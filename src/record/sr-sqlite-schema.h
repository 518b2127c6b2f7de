/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-record.h"

#include <sqlite3.h>

G_BEGIN_DECLS

/* Longest value, and longest row, that is read; 64 MiB. */
#define SR_SQLITE_MAX_ROW (64 * 1024 * 1024)

/**
 * SrSqliteTable:
 * @collection: name, columns, key and the statement that makes it
 * @quoted: its name as a statement needs it
 * @is_view: a view computes its rows, which can fail without any damage
 */
typedef struct
{
  SrCollection *collection;
  char         *quoted;
  gboolean      is_view;
} SrSqliteTable;

/**
 * sr_sqlite_open_untrusted:
 * @fd: a file that claims to be a database; must outlive the connection
 *
 * Opens it so that nothing in it can do more than be read: no extension, no virtual table, no
 * trigger, no function with a side effect, no statement but SELECT; what is too long or too deep is
 * refused, and what does not fit into the cache fails.
 *
 * Returns: to be closed with sqlite3_close(), or %NULL with @error set
 */
sqlite3 *sr_sqlite_open_untrusted (int      fd,
                                   GError **error);

/**
 * sr_sqlite_read_schema:
 * @problems: (element-type utf8): gets a sentence for each thing left out
 *
 * Returns: (transfer full) (element-type SrSqliteTable): tables in order of name, then views
 */
GPtrArray *sr_sqlite_read_schema (sqlite3   *db,
                                  GPtrArray *problems,
                                  GError   **error);

/* What a column holds by the type its declaration names, which may be %NULL or nonsense. */
SrColumnType sr_sqlite_column_type (const char *declared);

G_END_DECLS
