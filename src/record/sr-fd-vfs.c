/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include "record/sr-fd-vfs.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define VFS_NAME    "strongroom-fd"
#define NAME_PREFIX "fd-"
#define NAME_SIZE   32

typedef struct
{
  sqlite3_file base;
  int          fd;
  gboolean     read_only;
} FdFile;

static int
fd_close (sqlite3_file *file)
{
  return SQLITE_OK;
}

static int
fd_read (sqlite3_file *file,
         void         *buffer,
         int           size,
         sqlite3_int64 offset)
{
  FdFile *self = (FdFile *) file;
  char   *at = buffer;
  size_t  left = (size_t) size;

  while (left > 0)
    {
      ssize_t n = pread (self->fd, at, left, offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return SQLITE_IOERR_READ;
      if (n == 0)
        {
          memset (at, 0, left);
          return SQLITE_IOERR_SHORT_READ;
        }
      at += n;
      left -= (size_t) n;
      offset += n;
    }
  return SQLITE_OK;
}

static int
fd_write (sqlite3_file *file,
          const void   *buffer,
          int           size,
          sqlite3_int64 offset)
{
  FdFile     *self = (FdFile *) file;
  const char *at = buffer;
  size_t      left = (size_t) size;

  while (left > 0)
    {
      ssize_t n = pwrite (self->fd, at, left, offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return errno == ENOSPC || errno == EDQUOT ? SQLITE_FULL : SQLITE_IOERR_WRITE;
      at += n;
      left -= (size_t) n;
      offset += n;
    }
  return SQLITE_OK;
}

static int
fd_truncate (sqlite3_file *file,
             sqlite3_int64 size)
{
  return ftruncate (((FdFile *) file)->fd, size) == 0 ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

static int
fd_sync (sqlite3_file *file,
         int           flags)
{
  return SQLITE_OK;
}

static int
fd_size (sqlite3_file  *file,
         sqlite3_int64 *size)
{
  struct stat status;

  if (fstat (((FdFile *) file)->fd, &status) != 0)
    return SQLITE_IOERR_FSTAT;
  *size = status.st_size;
  return SQLITE_OK;
}

static int
fd_lock (sqlite3_file *file,
         int           level)
{
  return SQLITE_OK;
}

static int
fd_check_lock (sqlite3_file *file,
               int          *locked)
{
  *locked = 0;
  return SQLITE_OK;
}

static int
fd_control (sqlite3_file *file,
            int           operation,
            void         *argument)
{
  return SQLITE_NOTFOUND;
}

static int
fd_sector_size (sqlite3_file *file)
{
  return 4096;
}

static int
fd_characteristics (sqlite3_file *file)
{
  return ((FdFile *) file)->read_only ? SQLITE_IOCAP_IMMUTABLE : 0;
}

static const sqlite3_io_methods fd_methods = {
  .iVersion = 1,
  .xClose = fd_close,
  .xRead = fd_read,
  .xWrite = fd_write,
  .xTruncate = fd_truncate,
  .xSync = fd_sync,
  .xFileSize = fd_size,
  .xLock = fd_lock,
  .xUnlock = fd_lock,
  .xCheckReservedLock = fd_check_lock,
  .xFileControl = fd_control,
  .xSectorSize = fd_sector_size,
  .xDeviceCharacteristics = fd_characteristics,
};

static int
vfs_open (sqlite3_vfs  *vfs,
          const char   *name,
          sqlite3_file *file,
          int           flags,
          int          *out_flags)
{
  FdFile *self = (FdFile *) file;

  self->base.pMethods = NULL;
  if (!(flags & SQLITE_OPEN_MAIN_DB) || name == NULL || !g_str_has_prefix (name, NAME_PREFIX))
    return SQLITE_CANTOPEN;
  self->fd = (int) g_ascii_strtoll (name + strlen (NAME_PREFIX), NULL, 10);
  self->read_only = (flags & SQLITE_OPEN_READONLY) != 0;
  self->base.pMethods = &fd_methods;
  if (out_flags != NULL)
    *out_flags = flags;
  return SQLITE_OK;
}

static int
vfs_delete (sqlite3_vfs *vfs,
            const char  *name,
            int          sync_folder)
{
  return SQLITE_OK;
}

/* Nothing lies beside the file. */
static int
vfs_access (sqlite3_vfs *vfs,
            const char  *name,
            int          flags,
            int         *result)
{
  *result = 0;
  return SQLITE_OK;
}

static int
vfs_full_path (sqlite3_vfs *vfs,
               const char  *name,
               int          size,
               char        *full)
{
  return g_strlcpy (full, name, (gsize) size) < (gsize) size ? SQLITE_OK : SQLITE_CANTOPEN;
}

static int
vfs_randomness (sqlite3_vfs *vfs,
                int          size,
                char        *out)
{
  sqlite3_vfs *system_vfs = vfs->pAppData;

  return system_vfs->xRandomness (system_vfs, size, out);
}

static int
vfs_sleep (sqlite3_vfs *vfs,
           int          microseconds)
{
  sqlite3_vfs *system_vfs = vfs->pAppData;

  return system_vfs->xSleep (system_vfs, microseconds);
}

static int
vfs_time (sqlite3_vfs *vfs,
          double      *julian_day)
{
  sqlite3_vfs *system_vfs = vfs->pAppData;

  return system_vfs->xCurrentTime (system_vfs, julian_day);
}

static int
vfs_last_error (sqlite3_vfs *vfs,
                int          size,
                char        *message)
{
  return errno;
}

static int
register_vfs (void)
{
  static sqlite3_vfs vfs = {
    .iVersion = 1,
    .szOsFile = sizeof (FdFile),
    .mxPathname = NAME_SIZE,
    .zName = VFS_NAME,
    .xOpen = vfs_open,
    .xDelete = vfs_delete,
    .xAccess = vfs_access,
    .xFullPathname = vfs_full_path,
    .xRandomness = vfs_randomness,
    .xSleep = vfs_sleep,
    .xCurrentTime = vfs_time,
    .xGetLastError = vfs_last_error,
  };

  vfs.pAppData = sqlite3_vfs_find (NULL);
  return sqlite3_vfs_register (&vfs, 0);
}

int
sr_fd_vfs_open (int       fd,
                int       flags,
                sqlite3 **db)
{
  static gsize once = 0;
  char         name[NAME_SIZE];

  *db = NULL;
  if (g_once_init_enter (&once))
    g_once_init_leave (&once, register_vfs () == SQLITE_OK ? 1 : 2);
  if (once != 1)
    return SQLITE_NOMEM;
  g_snprintf (name, sizeof name, NAME_PREFIX "%d", fd);
  return sqlite3_open_v2 (name, db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE,
                          VFS_NAME);
}
