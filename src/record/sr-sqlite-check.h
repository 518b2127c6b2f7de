/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * sr_sqlite_is_database:
 * @head: the first bytes of a file
 *
 * Returns: whether it begins as a SQLite 3 database does ("SQLite format 3\0" and a plausible page
 *   size)
 */
gboolean sr_sqlite_is_database (gconstpointer head,
                                gsize         size);

/**
 * sr_sqlite_check:
 * @fd: a database
 * @path: (nullable): what it is a copy of, for messages
 *
 * `PRAGMA integrity_check`. What it says of values that break a rule of their table is passed over:
 * such a database is not damaged.
 *
 * Returns: whether all is in order; %SR_ERROR_DAMAGED with the first of SQLite's complaints
 */
gboolean sr_sqlite_check (int           fd,
                          const char   *path,
                          GCancellable *cancellable,
                          GError      **error);

G_END_DECLS
