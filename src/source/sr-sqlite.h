/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrSqliteCopy:
 *
 * A copy of a SQLite database taken while others may write to it. It is checked on a thread of its
 * own while it is read, and counts only if sr_sqlite_copy_finish() finds it sound.
 */
typedef struct _SrSqliteCopy SrSqliteCopy;

/**
 * sr_sqlite_copy_new:
 * @path: the database
 * @temp_dir: (nullable): where the copy is made; %NULL: beside the database, and if that folder is
 *   not writable, in the system's temporary folder
 *
 * Online backup under one read transaction (so that a busy writer cannot make it start again for
 * ever) into a private file that has no name; then `PRAGMA integrity_check` on the copy begins. The
 * source is opened read-only and not changed: one at rest in WAL mode is read without its -shm, a
 * journal that a crash left is rolled back in a private copy of both. Only where a program has it
 * open in WAL mode, SQLite may make a -shm.
 *
 * %SR_ERROR_LOCKED if it stays locked for 30 seconds, %SR_ERROR_DAMAGED with SQLite's words if it
 * is malformed, %SR_ERROR_UNSUPPORTED if it is encrypted or no SQLite database, %SR_ERROR_NO_SPACE
 * naming the folder.
 *
 * Locking: the file is opened and closed, which drops all locks that this process holds on it: a
 * database that the process has open itself must not be copied in it.
 */
SrSqliteCopy *sr_sqlite_copy_new (const char   *path,
                                  const char   *temp_dir,
                                  GCancellable *cancellable,
                                  GError      **error);
void          sr_sqlite_copy_free (SrSqliteCopy *self);
/* Waits for the check. Returns: whether the copy is sound; %SR_ERROR_DAMAGED with SQLite's words */
gboolean sr_sqlite_copy_finish (SrSqliteCopy *self,
                                GError      **error);
/* Descriptor positioned at the start; owned by @self. */
int     sr_sqlite_copy_get_fd (SrSqliteCopy *self);
guint64 sr_sqlite_copy_get_size (SrSqliteCopy *self);

/**
 * sr_sqlite_probe:
 * @n_tables: (out): as its schema tells; 0 also where only a rescued copy could be read
 *
 * Whether a copy could be begun: opens the database as that does, reads its schema and closes it.
 * The errors are those of sr_sqlite_copy_new().
 */
gboolean sr_sqlite_probe (const char   *path,
                          guint64      *n_tables,
                          GCancellable *cancellable,
                          GError      **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrSqliteCopy, sr_sqlite_copy_free)

G_END_DECLS
