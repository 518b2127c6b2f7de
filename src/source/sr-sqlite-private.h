/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>
#include <sqlite3.h>
#include <sys/stat.h>

G_BEGIN_DECLS

/**
 * SrSqliteFile:
 * @path: as the caller named it, for messages
 * @real_path: without symbolic links, as SQLite wants it
 * @status: of the file when it was looked at
 * @wal_mode: its header says so
 * @wal_size: bytes of the "-wal" beside it, 0 if there is none
 * @has_shm: a "-shm" lies beside it
 * @on_read_only_system: nothing can be changed there, by nobody
 *
 * A database as it lies on the disk.
 */
typedef struct
{
  char       *path;
  char       *real_path;
  struct stat status;
  gboolean    wal_mode;
  guint64     wal_size;
  gboolean    has_shm;
  gboolean    on_read_only_system;
} SrSqliteFile;

/* Fails with %SR_ERROR_UNSUPPORTED if it is no SQLite database. Nothing of it stays open. */
gboolean sr_sqlite_file_inspect (SrSqliteFile *self,
                                 const char   *path,
                                 GError      **error);
void     sr_sqlite_file_clear (SrSqliteFile *self);
/* Whether it is the same file with the same times as when it was looked at, and nothing that a
 * program would make which opens it lies beside it. */
gboolean sr_sqlite_file_is_untouched (const SrSqliteFile *self);

/* Lets others wait for how long a lock may last; in milliseconds. For tests. */
void sr_sqlite_set_patience (guint milliseconds);
/* Waits a moment before the next attempt to lock something. Returns: %FALSE if it is enough: too
 * long since @begin (monotonic microseconds), or cancelled */
gboolean sr_sqlite_wait (gint64        begin,
                         GCancellable *cancellable);

/**
 * sr_sqlite_rescue:
 * @dir: folder for what is temporary
 *
 * A transaction was cut off by a crash: SQLite would finish or roll it back in place, which changes
 * the source. So file and journal are copied, while a lock keeps others from doing the same, and
 * the copy is put in order.
 *
 * Returns: descriptor of the copy, which has no name any more, or -1 with @error set
 */
int sr_sqlite_rescue (const SrSqliteFile *file,
                      const char         *dir,
                      GCancellable       *cancellable,
                      GError            **error);

G_END_DECLS
