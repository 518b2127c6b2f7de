/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef void (*SrSqliteCountFunc) (const char *table,
                                   guint64     n_records,
                                   gpointer    user_data);

/**
 * sr_sqlite_count_tables:
 * @fd: a SQLite database that nobody changes; the descriptor stays the caller's
 * @func: told of each table, in order of name; views are none
 *
 * How many records each table has, without reading them. %SR_ERROR_DAMAGED with SQLite's words.
 */
gboolean sr_sqlite_count_tables (int               fd,
                                 SrSqliteCountFunc func,
                                 gpointer          user_data,
                                 GCancellable     *cancellable,
                                 GError          **error);

G_END_DECLS
