/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/**
 * sr_sqlite_set_error:
 * @code: result code of SQLite, extended or not
 * @db: (nullable): connection it came from, for its own words
 * @path: (nullable): the database, as a person knows it
 *
 * Sets the error of ours that tells what @code means for a backup.
 */
void sr_sqlite_set_error (GError    **error,
                          int         code,
                          sqlite3    *db,
                          const char *path);

G_END_DECLS
