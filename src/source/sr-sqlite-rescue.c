/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-source"

#include "config.h"

#include "source/sr-sqlite-private.h"

#include "base/sr-atomic-file.h"
#include "base/sr-error.h"
#include "record/sr-sqlite-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* The bytes SQLite locks (os.h): a writer that waits, one that prepares, and those that read. */
#define PENDING_BYTE  0x40000000
#define RESERVED_BYTE (PENDING_BYTE + 1)
#define SHARED_FIRST  (PENDING_BYTE + 2)
#define SHARED_SIZE   510
#define COPY_SIZE     (1024 * 1024)
#define WAIT_US       (50 * 1000)
#define PATIENCE_MS   (30 * 1000)
#define DATABASE_NAME "database"

static const char *const suffixes[] = { "", "-journal", "-wal", "-shm" };

static guint patience_ms = PATIENCE_MS;

void
sr_sqlite_set_patience (guint milliseconds)
{
  patience_ms = milliseconds;
}

gboolean
sr_sqlite_wait (gint64        begin,
                GCancellable *cancellable)
{
  if (g_cancellable_is_cancelled (cancellable) ||
      g_get_monotonic_time () - begin > (gint64) patience_ms * 1000)
    return FALSE;
  g_usleep (WAIT_US);
  return TRUE;
}

static gboolean
is_locked_by_writer (int fd)
{
  struct flock lock = {
    .l_type = F_RDLCK,
    .l_whence = SEEK_SET,
    .l_start = PENDING_BYTE,
    .l_len = RESERVED_BYTE - PENDING_BYTE + 1,
  };

  return fcntl (fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

/* Locks @fd as a reader does. Lasts until it is closed. */
static gboolean
lock_shared (const SrSqliteFile *file,
             int                 fd,
             GCancellable       *cancellable,
             GError            **error)
{
  gint64       begin = g_get_monotonic_time ();
  struct flock lock = {
    .l_type = F_RDLCK,
    .l_whence = SEEK_SET,
    .l_start = SHARED_FIRST,
    .l_len = SHARED_SIZE,
  };

  while (is_locked_by_writer (fd) || fcntl (fd, F_OFD_SETLK, &lock) != 0)
    {
      if (sr_check_cancelled (cancellable, error))
        return FALSE;
      if (!sr_sqlite_wait (begin, cancellable))
        {
          sr_sqlite_set_error (error, SQLITE_BUSY, NULL, file->path);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
copy_bytes (int           from,
            int           to,
            GCancellable *cancellable,
            GError      **error)
{
  g_autofree char *buffer = g_malloc (COPY_SIZE);

  while (TRUE)
    {
      ssize_t n = read (from, buffer, COPY_SIZE);

      if (sr_check_cancelled (cancellable, error))
        return FALSE;
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          sr_set_error_errno (error, errno, "Reading");
          return FALSE;
        }
      if (n == 0)
        return TRUE;
      if (!sr_write_all (to, buffer, (gsize) n, error))
        return FALSE;
    }
}

/* Copies @from to a new file @name in @dir. */
static gboolean
copy_to (int           from,
         const char   *dir,
         const char   *name,
         GCancellable *cancellable,
         GError      **error)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  int              to = g_open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  gboolean         good;

  if (to < 0)
    {
      sr_set_error_errno (error, errno, "Making “%s”", path);
      return FALSE;
    }
  good = copy_bytes (from, to, cancellable, error);
  close (to);
  return good;
}

static gboolean
copy_beside (const SrSqliteFile *file,
             const char         *suffix,
             const char         *dir,
             GCancellable       *cancellable,
             GError            **error)
{
  g_autofree char *path = g_strconcat (file->real_path, suffix, NULL);
  g_autofree char *name = g_strconcat (DATABASE_NAME, suffix, NULL);
  int              fd = g_open (path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
  gboolean         good;

  if (fd < 0)
    {
      sr_set_error_errno (error, errno, "Opening “%s”", path);
      return FALSE;
    }
  good = copy_to (fd, dir, name, cancellable, error);
  close (fd);
  return good;
}

/* Both files, while nobody may put the database in order in place. */
static gboolean
copy_both (const SrSqliteFile *file,
           const char         *dir,
           GCancellable       *cancellable,
           GError            **error)
{
  const char *suffix = file->wal_mode ? "-wal" : "-journal";
  int         fd = g_open (file->real_path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
  gboolean    good;

  if (fd < 0)
    {
      sr_set_error_errno (error, errno, "Opening “%s”", file->real_path);
      return FALSE;
    }
  good = lock_shared (file, fd, cancellable, error) &&
         copy_to (fd, dir, DATABASE_NAME, cancellable, error) &&
         copy_beside (file, suffix, dir, cancellable, error);
  close (fd);
  return good;
}

/* SQLite itself finishes or rolls back what the journal holds. */
static gboolean
put_in_order (const SrSqliteFile *file,
              const char         *path,
              GError            **error)
{
  sqlite3    *db = NULL;
  const char *orders = "PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = OFF; "
                       "BEGIN IMMEDIATE; COMMIT; PRAGMA wal_checkpoint(TRUNCATE)";
  int         code = sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);

  if (code == SQLITE_OK)
    code = sqlite3_exec (db, orders, NULL, NULL, NULL);
  if (code != SQLITE_OK)
    sr_sqlite_set_error (error, code, db, file->path);
  sqlite3_close (db);
  return code == SQLITE_OK;
}

static void
remove_all (const char *dir)
{
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path = g_strconcat (dir, "/" DATABASE_NAME, suffixes[i], NULL);

      g_unlink (path);
    }
  g_rmdir (dir);
}

int
sr_sqlite_rescue (const SrSqliteFile *file,
                  const char         *dir,
                  GCancellable       *cancellable,
                  GError            **error)
{
  g_autofree char *private_dir = g_build_filename (dir, ".strongroom-XXXXXX", NULL);
  g_autofree char *path = NULL;
  int              fd = -1;

  if (g_mkdtemp (private_dir) == NULL)
    {
      sr_set_error_errno (error, errno, "Making a temporary folder in “%s”", dir);
      return -1;
    }
  path = g_build_filename (private_dir, DATABASE_NAME, NULL);
  if (copy_both (file, private_dir, cancellable, error) && put_in_order (file, path, error))
    {
      fd = g_open (path, O_RDWR | O_CLOEXEC, 0);
      if (fd < 0)
        sr_set_error_errno (error, errno, "Opening “%s”", path);
    }
  remove_all (private_dir);
  return fd;
}
