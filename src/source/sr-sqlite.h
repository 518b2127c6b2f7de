/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-progress.h"

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
 * SrSqliteCopy:
 *
 * A sound copy of a SQLite database taken while others may write to it.
 */
typedef struct _SrSqliteCopy SrSqliteCopy;

/**
 * sr_sqlite_copy_new:
 * @path: the database
 * @temp_dir: (nullable): where the copy is made; %NULL: beside the database, and if that folder is
 *   not writable, in the system's temporary folder
 *
 * Online backup in one step (so that a busy writer cannot make it start again for ever) into a
 * private file that has no name, then `PRAGMA integrity_check` on the copy. The source is opened
 * read-only and not changed (a WAL database needs its -shm, which SQLite may make).
 * %SR_ERROR_LOCKED if it stays locked for 30 seconds, %SR_ERROR_DAMAGED with SQLite's words if it
 * is malformed or fails the check,
 * %SR_ERROR_UNSUPPORTED if it is encrypted or no SQLite database, %SR_ERROR_NO_SPACE naming the
 * folder.
 */
SrSqliteCopy *sr_sqlite_copy_new (const char   *path,
                                  const char   *temp_dir,
                                  SrProgress   *progress,
                                  GCancellable *cancellable,
                                  GError      **error);
void          sr_sqlite_copy_free (SrSqliteCopy *self);
/* Descriptor positioned at the start; owned by @self. */
int     sr_sqlite_copy_get_fd (SrSqliteCopy *self);
guint64 sr_sqlite_copy_get_size (SrSqliteCopy *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrSqliteCopy, sr_sqlite_copy_free)

G_END_DECLS
