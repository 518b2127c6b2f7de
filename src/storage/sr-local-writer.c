/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-storage"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "storage/sr-local-writer.h"
#include "storage/sr-storage-local-private.h"

/* What direct writing wants of addresses, offsets and lengths on every device of today. */
#define BLOCK_SIZE 4096

/* Smaller files go through the page cache: they are read again soon. */
#define MIN_DIRECT_SIZE (256 * 1024)

/* So many times the expected size must be free for it to be allocated at once. */
#define MIN_FREE_OF_SIZES 32

struct _SrLocalWriter
{
  SrStorageLocal *storage; /* not owned: the writer belongs to it */
  SrFileType      type;
  int             fd;
  char            temp_path[64]; /* empty once the file has its name */
  gboolean        direct;        /* O_DIRECT is on */
  gboolean        trim;          /* more may be allocated than the file's size */
  gboolean        used_reserve;  /* met a full disk and tried again */
  guint8         *buffer;        /* collects what is not yet a whole block; %NULL for small files */
  gsize           filled;
  guint64         written; /* bytes at the file's beginning that are handed to the system */
  guint64         size;
};

static int
open_temp (SrLocalWriter *self,
           int            root,
           const char    *path,
           int            flags)
{
  for (;;)
    {
      int fd =
          openat (root, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | flags, 0600);

      if (fd >= 0 || (errno != EINTR && !sr_storage_local_free_reserve (self->storage, errno,
                                                                        &self->used_reserve)))
        return fd;
    }
}

static gboolean
create_temp (SrLocalWriter *self,
             GError       **error)
{
  const char *folder = sr_local_path_type_folder (self->type);
  gboolean    made_folder = FALSE;
  int         root = sr_storage_local_get_root (self->storage, error);

  if (root < 0)
    return FALSE;
  for (;;)
    {
      g_snprintf (self->temp_path, sizeof self->temp_path, "%s/" SR_LOCAL_TEMP_PREFIX "%08x%08x",
                  folder, g_random_int (), g_random_int ());
      self->fd = open_temp (self, root, self->temp_path, self->direct ? O_DIRECT : 0);
      if (self->fd >= 0)
        return TRUE;
      if (errno == EINVAL && self->direct)
        {
          /* some file systems make the file before they find that they cannot */
          unlinkat (root, self->temp_path, 0);
          self->direct = FALSE;
        }
      else if (errno == ENOENT && !made_folder)
        {
          if (!sr_storage_local_make_folder (self->storage, folder, error))
            break;
          made_folder = TRUE;
        }
      else if (errno != EEXIST)
        {
          sr_storage_local_set_error (self->storage, errno, "create", self->temp_path, error);
          break;
        }
    }
  self->temp_path[0] = '\0';
  return FALSE;
}

/* One extent instead of many. Not where space is short: what comes may be much smaller than the
 * hint, and others may need the difference meanwhile. */
static void
preallocate (SrLocalWriter *self,
             guint64        size)
{
  struct statvfs st;

  if (fstatvfs (self->fd, &st) == 0 &&
      (guint64) st.f_bavail * st.f_frsize / MIN_FREE_OF_SIZES >= size)
    self->trim = fallocate (self->fd, FALLOC_FL_KEEP_SIZE, 0, (off_t) size) == 0;
}

SrLocalWriter *
sr_local_writer_new (SrStorageLocal *storage,
                     SrFileType      type,
                     guint64         size_hint,
                     GError        **error)
{
  g_autoptr (SrLocalWriter) self = g_new0 (SrLocalWriter, 1);

  self->storage = storage;
  self->type = type;
  self->fd = -1;
  if (size_hint >= MIN_DIRECT_SIZE)
    self->buffer = sr_storage_local_take_buffer (storage);
  self->direct = self->buffer != NULL;
  if (!create_temp (self, error))
    return NULL;
  if (self->buffer != NULL)
    preallocate (self, size_hint);
  return g_steal_pointer (&self);
}

static void
leave_direct (SrLocalWriter *self)
{
  int flags = fcntl (self->fd, F_GETFL);

  if (flags >= 0)
    fcntl (self->fd, F_SETFL, flags & ~O_DIRECT);
  self->direct = FALSE;
}

static gboolean
write_out (SrLocalWriter *self,
           const guint8  *data,
           gsize          size,
           GError       **error)
{
  while (size > 0)
    {
      gssize n = pwrite (self->fd, data, size, (off_t) self->written);
      int    errnum = n < 0 ? errno : EIO;

      if (n > 0)
        {
          data += n;
          size -= (gsize) n;
          self->written += (guint64) n;
        }
      else if (errnum == EINVAL && self->direct)
        {
          leave_direct (self);
        }
      else if (errnum != EINTR &&
               !sr_storage_local_free_reserve (self->storage, errnum, &self->used_reserve))
        {
          sr_storage_local_set_error (self->storage, errnum, "write", self->temp_path, error);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
append_buffered (SrLocalWriter *self,
                 const guint8  *data,
                 gsize          size,
                 GError       **error)
{
  while (size > 0)
    {
      gsize n = MIN (size, SR_LOCAL_BUFFER_SIZE - self->filled);

      /* whole blocks that lie well need no copy */
      if (self->filled == 0 && size >= SR_LOCAL_BUFFER_SIZE && (gsize) data % BLOCK_SIZE == 0)
        {
          n = size - size % BLOCK_SIZE;
          if (!write_out (self, data, n, error))
            return FALSE;
        }
      else
        {
          memcpy (self->buffer + self->filled, data, n);
          self->filled += n;
          if (self->filled == SR_LOCAL_BUFFER_SIZE)
            {
              self->filled = 0;
              if (!write_out (self, self->buffer, SR_LOCAL_BUFFER_SIZE, error))
                return FALSE;
            }
        }
      data += n;
      size -= n;
    }
  return TRUE;
}

gboolean
sr_local_writer_append (SrLocalWriter *self,
                        gconstpointer  data,
                        gsize          size,
                        GError       **error)
{
  self->size += size;
  return self->buffer != NULL ? append_buffered (self, data, size, error)
                              : write_out (self, data, size, error);
}

/* Direct writing knows whole blocks only: the last one is filled up, and the file cut to its size
 * afterwards. */
static gboolean
write_rest (SrLocalWriter *self,
            GError       **error)
{
  gsize size = self->filled;

  if (self->direct && size % BLOCK_SIZE != 0)
    {
      gsize padded = size + BLOCK_SIZE - size % BLOCK_SIZE;

      memset (self->buffer + size, 0, padded - size);
      size = padded;
      self->trim = TRUE;
    }
  self->filled = 0;
  if (!write_out (self, self->buffer, size, error))
    return FALSE;
  if (self->trim && ftruncate (self->fd, (off_t) self->size) != 0)
    {
      sr_storage_local_set_error (self->storage, errno, "cut to its size", self->temp_path, error);
      return FALSE;
    }
  return TRUE;
}

static gboolean
make_durable (SrLocalWriter *self,
              GError       **error)
{
  int result;

  /* file systems without modes (FAT, some network shares) refuse: the file is good all the same */
  if (fchmod (self->fd, 0400) != 0)
    g_debug ("Cannot make %s read-only: %s", self->temp_path, g_strerror (errno));
  do
    result = fsync (self->fd);
  while (result != 0 && errno == EINTR);
  if (result != 0)
    {
      sr_storage_local_set_error (self->storage, errno, "sync", self->temp_path, error);
      return FALSE;
    }
  return TRUE;
}

static int
rename_to (SrLocalWriter     *self,
           int                root,
           const SrLocalPath *path)
{
  for (;;)
    {
      int result = renameat2 (root, self->temp_path, root, path->file, RENAME_NOREPLACE);

      /* not every file system has the flag; names are made of the content, so the gap between the
       * two calls is harmless */
      if (result != 0 && (errno == EINVAL || errno == ENOSYS))
        {
          struct stat st;

          if (fstatat (root, path->file, &st, AT_SYMLINK_NOFOLLOW) == 0)
            errno = EEXIST;
          else
            result = renameat (root, self->temp_path, root, path->file);
        }
      if (result == 0 || (errno != EINTR && !sr_storage_local_free_reserve (self->storage, errno,
                                                                            &self->used_reserve)))
        return result;
    }
}

/* The name stands for the content, so a file of that name and size is the same one. */
static gboolean
accept_existing (SrLocalWriter     *self,
                 int                root,
                 const SrLocalPath *path,
                 GError           **error)
{
  struct stat st;

  if (self->type == SR_FILE_CONFIG)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_EXISTS, "There is a vault at %s already",
                   sr_storage_get_location (SR_STORAGE (self->storage)));
      return FALSE;
    }
  if (fstatat (root, path->file, &st, AT_SYMLINK_NOFOLLOW) != 0)
    {
      sr_storage_local_set_error (self->storage, errno, "look at", path->file, error);
      return FALSE;
    }
  if (!S_ISREG (st.st_mode) || (guint64) st.st_size != self->size)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                   "%s/%s is there already and is not what belongs there (%" G_GINT64_FORMAT
                   " bytes, not %" G_GUINT64_FORMAT "); move it away first",
                   sr_storage_get_location (SR_STORAGE (self->storage)), path->file,
                   (gint64) st.st_size, self->size);
      return FALSE;
    }
  unlinkat (root, self->temp_path, 0);
  return TRUE;
}

static gboolean
give_name (SrLocalWriter     *self,
           int                root,
           const SrLocalPath *path,
           gboolean          *existed,
           GError           **error)
{
  int result = rename_to (self, root, path);

  if (result != 0 && errno == ENOENT)
    {
      if (!sr_storage_local_make_folder (self->storage, path->folder, error))
        return FALSE;
      result = rename_to (self, root, path);
    }
  *existed = result != 0 && errno == EEXIST;
  if (*existed)
    return accept_existing (self, root, path, error);
  if (result != 0)
    {
      sr_storage_local_set_error (self->storage, errno, "give its name to", path->file, error);
      return FALSE;
    }
  return TRUE;
}

gboolean
sr_local_writer_commit (SrLocalWriter *self,
                        const SrId    *id,
                        GCancellable  *cancellable,
                        GError       **error)
{
  int         root = sr_storage_local_get_root (self->storage, error);
  gboolean    existed;
  SrLocalPath path;

  if (root < 0 || !write_rest (self, error) || !make_durable (self, error) ||
      sr_check_cancelled (cancellable, error))
    return FALSE;
  sr_local_path_init (&path, self->type, id);
  if (!give_name (self, root, &path, &existed, error))
    return FALSE;
  self->temp_path[0] = '\0';
  /* a lock has no meaning after a crash of the system */
  if (self->type == SR_FILE_LOCK ||
      sr_storage_local_sync_folder (self->storage, path.folder, error))
    return TRUE;
  if (!existed)
    unlinkat (root, path.file, 0);
  return FALSE;
}

void
sr_local_writer_free (SrLocalWriter *self)
{
  if (self == NULL)
    return;
  if (self->temp_path[0] != '\0')
    {
      int root = sr_storage_local_get_root (self->storage, NULL);

      if (root >= 0)
        unlinkat (root, self->temp_path, 0);
    }
  if (self->fd >= 0)
    close (self->fd);
  if (self->buffer != NULL)
    sr_storage_local_return_buffer (self->storage, self->buffer);
  g_free (self);
}
