/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-source"

#include "config.h"

#include "source/sr-sqlite-private.h"

#include "base/sr-error.h"
#include "record/sr-sqlite-check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Source: "Database File Format", section 1.3, sqlite.org. */
#define HEADER_SIZE   100
#define WRITE_VERSION 18
#define READ_VERSION  19

/* SQLite takes no longer path (os_unix.c), and appends "-journal". */
#define PATH_LENGTH_MAX (512 - 8)

static gboolean
check_header (SrSqliteFile *self,
              const guint8 *head,
              gsize         size,
              GError      **error)
{
  g_autofree char *shown = g_filename_display_name (self->path);

  self->wal_mode = FALSE;
  if (self->status.st_size == 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                   "“%s” is empty: it is no SQLite database yet", shown);
      return FALSE;
    }
  if (!sr_sqlite_is_database (head, size))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                   "“%s” does not begin as a SQLite database does: it is encrypted, or something "
                   "else; let the program that knows its key export it",
                   shown);
      return FALSE;
    }
  self->wal_mode = head[WRITE_VERSION] == 2 || head[READ_VERSION] == 2;
  return TRUE;
}

static gboolean
read_header (SrSqliteFile *self,
             int           fd,
             GError      **error)
{
  guint8           head[HEADER_SIZE];
  g_autofree char *shown = g_filename_display_name (self->path);
  ssize_t          size;

  if (fstat (fd, &self->status) != 0)
    {
      sr_set_error_errno (error, errno, "Reading “%s”", shown);
      return FALSE;
    }
  if (!S_ISREG (self->status.st_mode))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED, "“%s” is no regular file", shown);
      return FALSE;
    }
  size = pread (fd, head, sizeof head, 0);
  if (size < 0)
    {
      sr_set_error_errno (error, errno, "Reading “%s”", shown);
      return FALSE;
    }
  return check_header (self, head, (gsize) size, error);
}

static gboolean
stat_beside (const SrSqliteFile *self,
             const char         *suffix,
             struct stat        *status)
{
  g_autofree char *path = g_strconcat (self->real_path, suffix, NULL);

  return stat (path, status) == 0;
}

static gboolean
resolve (SrSqliteFile *self,
         GError      **error)
{
  g_autofree char *shown = g_filename_display_name (self->path);

  self->real_path = realpath (self->path, NULL);
  if (self->real_path == NULL && errno != ENAMETOOLONG)
    {
      sr_set_error_errno (error, errno, "Opening “%s”", shown);
      return FALSE;
    }
  if (self->real_path == NULL || strlen (self->real_path) > PATH_LENGTH_MAX)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                   "The path of the database “%s” is longer than SQLite allows (%d bytes)", shown,
                   PATH_LENGTH_MAX);
      return FALSE;
    }
  return TRUE;
}

gboolean
sr_sqlite_file_inspect (SrSqliteFile *self,
                        const char   *path,
                        GError      **error)
{
  struct stat    beside;
  struct statvfs system;
  gboolean       good;
  int            fd;

  memset (self, 0, sizeof *self);
  self->path = g_strdup (path);
  if (!resolve (self, error))
    return FALSE;
  fd = open (self->real_path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0)
    {
      int              errnum = errno;
      g_autofree char *shown = g_filename_display_name (path);

      sr_set_error_errno (error, errnum, "Opening “%s”", shown);
      return FALSE;
    }
  good = read_header (self, fd, error);
  self->on_read_only_system = fstatvfs (fd, &system) == 0 && (system.f_flag & ST_RDONLY) != 0;
  close (fd);
  if (stat_beside (self, "-wal", &beside))
    self->wal_size = (guint64) beside.st_size;
  self->has_shm = stat_beside (self, "-shm", &beside);
  return good;
}

void
sr_sqlite_file_clear (SrSqliteFile *self)
{
  g_clear_pointer (&self->path, g_free);
  free (self->real_path);
  self->real_path = NULL;
}

gboolean
sr_sqlite_file_is_untouched (const SrSqliteFile *self)
{
  struct stat now;

  if (stat (self->real_path, &now) != 0)
    return FALSE;
  if (now.st_ino != self->status.st_ino || now.st_dev != self->status.st_dev ||
      now.st_size != self->status.st_size)
    return FALSE;
  if (memcmp (&now.st_mtim, &self->status.st_mtim, sizeof now.st_mtim) != 0 ||
      memcmp (&now.st_ctim, &self->status.st_ctim, sizeof now.st_ctim) != 0)
    return FALSE;
  if (self->on_read_only_system)
    return TRUE;
  if (stat_beside (self, "-wal", &now) && (guint64) now.st_size != self->wal_size)
    return FALSE;
  return !stat_beside (self, "-shm", &now);
}
