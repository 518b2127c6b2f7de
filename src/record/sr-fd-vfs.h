/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/**
 * sr_fd_vfs_open:
 * @fd: a regular file, which needs no name; stays the caller's and must outlive @db
 * @flags: %SQLITE_OPEN_READONLY or %SQLITE_OPEN_READWRITE
 * @db: (out): to be closed with sqlite3_close() also after a failure
 *
 * Opens a database that only we know through its descriptor. There are no locks and no files beside
 * it: to be written, its journal must be off; read-only it is taken as immutable, so that one in
 * WAL mode can be read without a WAL.
 *
 * Returns: a result code of SQLite
 */
int sr_fd_vfs_open (int       fd,
                    int       flags,
                    sqlite3 **db);

G_END_DECLS
