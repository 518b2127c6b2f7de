/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-storage"

#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "storage/sr-fd-cache.h"
#include "storage/sr-local-writer.h"
#include "storage/sr-storage-local-private.h"

#define MAX_OPEN_PACKS   32
#define MAX_IDLE_BUFFERS 4
#define BUFFER_ALIGNMENT 4096

/* From this size on the system is told what will be read, so that a cold disk sees it all. */
#define MIN_ANNOUNCED_SIZE (512 * 1024)

/* As old as restic lets a lock become: a temporary file of a lock that is younger may belong to
 * someone. */
#define STALE_LOCK_SECONDS (30 * 60)

#define RESERVE "reserve"

struct _SrStorageLocal
{
  SrStorage parent_instance;

  char      *path;  /* absolute */
  SrFdCache *packs; /* thread-safe by itself */

  GMutex     lock;
  int        root;           /* -1 until first used; written under lock, read atomically */
  GPtrArray *buffers;        /* idle ones; under lock */
  gboolean   reserve_usable; /* under lock */
  gboolean   reserve_freed;  /* under lock */
};

G_DEFINE_FINAL_TYPE (SrStorageLocal, sr_storage_local, SR_TYPE_STORAGE)

/* Returns: %FALSE with @error set to stop */
typedef gboolean (*VisitFunc) (SrStorageLocal *self,
                               int             folder,
                               const char     *name,
                               gpointer        user_data,
                               GError        **error);

void
sr_storage_local_set_error (SrStorageLocal *self,
                            int             errnum,
                            const char     *what,
                            const char     *path,
                            GError        **error)
{
  const char *location = sr_storage_get_location (SR_STORAGE (self));

  if (sr_error_code_from_errno (errnum) == SR_ERROR_NO_SPACE)
    g_set_error (error, SR_ERROR, SR_ERROR_NO_SPACE,
                 "The disk or quota of the vault at %s is full: cannot %s %s: %s. "
                 "Free space there, or forget old snapshots and prune",
                 location, what, path, g_strerror (errnum));
  else
    sr_set_error_errno (error, errnum, "Cannot %s %s/%s", what, location, path);
}

int
sr_storage_local_get_root (SrStorageLocal *self,
                           GError        **error)
{
  g_autoptr (GMutexLocker) locker = NULL;
  int                      root = g_atomic_int_get (&self->root);

  if (root >= 0)
    return root;
  locker = g_mutex_locker_new (&self->lock);
  if (self->root < 0)
    {
      root = open (self->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      if (root < 0)
        sr_set_error_errno (error, errno, "Cannot open the vault's folder %s",
                            sr_storage_get_location (SR_STORAGE (self)));
      g_atomic_int_set (&self->root, root);
    }
  return self->root;
}

static int
sync_fd (int fd)
{
  int result;

  do
    result = fsync (fd);
  while (result != 0 && errno == EINTR);
  /* what cannot sync a folder (some network shares) says so in one of these ways */
  if (result != 0 && (errno == EINVAL || errno == ENOTSUP || errno == ENOSYS))
    return 0;
  return result;
}

gboolean
sr_storage_local_sync_folder (SrStorageLocal *self,
                              const char     *path,
                              GError        **error)
{
  int      root = sr_storage_local_get_root (self, error);
  int      fd;
  gboolean ok;

  if (root < 0)
    return FALSE;
  fd = openat (root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ok = fd >= 0 && sync_fd (fd) == 0;
  if (!ok)
    sr_storage_local_set_error (self, errno, "sync", path, error);
  if (fd >= 0)
    close (fd);
  return ok;
}

gboolean
sr_storage_local_make_folder (SrStorageLocal *self,
                              const char     *path,
                              GError        **error)
{
  g_autofree char *parent = g_path_get_dirname (path);
  int              root = sr_storage_local_get_root (self, error);
  gboolean         retried = FALSE;
  int              result;

  if (root < 0)
    return FALSE;
  do
    result = mkdirat (root, path, 0700);
  while (result != 0 && (errno == EINTR || sr_storage_local_free_reserve (self, errno, &retried)));
  if (result != 0 && errno != EEXIST)
    {
      sr_storage_local_set_error (self, errno, "make", path, error);
      return FALSE;
    }
  return sr_storage_local_sync_folder (self, parent, error);
}

guint8 *
sr_storage_local_take_buffer (SrStorageLocal *self)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);
  void                           *buffer = NULL;

  if (self->buffers->len > 0)
    return g_ptr_array_steal_index_fast (self->buffers, self->buffers->len - 1);
  if (posix_memalign (&buffer, BUFFER_ALIGNMENT, SR_LOCAL_BUFFER_SIZE) != 0)
    return NULL;
  return buffer;
}

void
sr_storage_local_return_buffer (SrStorageLocal *self,
                                guint8         *buffer)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->lock);

  if (self->buffers->len < MAX_IDLE_BUFFERS)
    g_ptr_array_add (self->buffers, buffer);
  else
    free (buffer);
}

/* A key is not removed here: another program may be making a vault with it at this moment. */
static void
set_in_use (SrStorageLocal *self,
            gboolean        has_keys,
            GError        **error)
{
  const char *location = sr_storage_get_location (SR_STORAGE (self));

  if (has_keys)
    g_set_error (
        error, SR_ERROR, SR_ERROR_EXISTS,
        "The folder %s holds a key but no vault: the making of one was cut off, or goes on "
        "just now. If no other program is at it, remove what is in %s/%s and try again",
        location, location, sr_local_path_type_folder (SR_FILE_KEY));
  else
    g_set_error (error, SR_ERROR, SR_ERROR_EXISTS,
                 "The folder %s is not empty: a new vault needs a folder of its own", location);
}

static gboolean
sr_storage_local_prepare (SrStorage    *storage,
                          GCancellable *cancellable,
                          GError      **error)
{
  SrStorageLocal *self = SR_STORAGE_LOCAL (storage);
  gboolean        has_keys;
  int             root;

  if (sr_check_cancelled (cancellable, error))
    return FALSE;
  if (g_mkdir_with_parents (self->path, 0700) != 0)
    {
      sr_set_error_errno (error, errno, "Cannot make the vault's folder %s",
                          sr_storage_get_location (storage));
      return FALSE;
    }
  root = sr_storage_local_get_root (self, error);
  if (root < 0)
    return FALSE;
  if (!sr_local_layout_is_unused (root, &has_keys))
    {
      set_in_use (self, has_keys, error);
      return FALSE;
    }
  if (!sr_local_layout_make (self, root, error) || !sr_storage_local_sync_folder (self, ".", error))
    return FALSE;
  /* its own entry too, as far as the folder above may be read */
  sr_storage_local_sync_folder (self, "..", NULL);
  return TRUE;
}

static gboolean
visit_folder (SrStorageLocal *self,
              const char     *path,
              VisitFunc       func,
              gpointer        user_data,
              GCancellable   *cancellable,
              GError        **error)
{
  int            root = sr_storage_local_get_root (self, error);
  int            fd;
  DIR           *dir;
  struct dirent *entry;
  gboolean       ok = TRUE;

  if (root < 0)
    return FALSE;
  fd = openat (root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT)
    return TRUE;
  dir = fd >= 0 ? fdopendir (fd) : NULL;
  if (dir == NULL)
    {
      sr_storage_local_set_error (self, errno, "list", path, error);
      if (fd >= 0)
        close (fd);
      return FALSE;
    }
  while (ok && (errno = 0, entry = readdir (dir)) != NULL)
    ok = !sr_check_cancelled (cancellable, error) &&
         func (self, fd, entry->d_name, user_data, error);
  if (ok && errno != 0)
    {
      sr_storage_local_set_error (self, errno, "list", path, error);
      ok = FALSE;
    }
  closedir (dir);
  return ok;
}

typedef struct
{
  SrFileType        type;
  int               pack_folder; /* first byte the names of packs must have; -1 for other types */
  SrStorageListFunc func;
  gpointer          user_data;
} Listing;

static gboolean
list_one (SrStorageLocal *self,
          int             folder,
          const char     *name,
          gpointer        user_data,
          GError        **error)
{
  Listing    *listing = user_data;
  struct stat st;
  SrId        id;

  if (!sr_id_from_hex (&id, name, strlen (name)))
    return TRUE;
  if (listing->pack_folder >= 0 && id.bytes[0] != listing->pack_folder)
    return TRUE;
  if (fstatat (folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
    {
      if (errno == ENOENT)
        return TRUE;
      sr_storage_local_set_error (self, errno, "look at", name, error);
      return FALSE;
    }
  return !S_ISREG (st.st_mode) ||
         listing->func (&id, (guint64) st.st_size, listing->user_data, error);
}

static gboolean
list_config (SrStorage    *storage,
             Listing      *listing,
             GCancellable *cancellable,
             GError      **error)
{
  static const SrId  no_id;
  g_autoptr (GError) local_error = NULL;
  guint64            size;

  if (sr_storage_get_size (storage, SR_FILE_CONFIG, NULL, &size, cancellable, &local_error))
    return listing->func (&no_id, size, listing->user_data, error);
  if (sr_error_is (local_error, SR_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
count_one (const SrId *id,
           guint64     size,
           gpointer    user_data,
           GError    **error)
{
  (*(guint *) user_data)++;
  return TRUE;
}

/* A copy of a vault may lack folders that were empty. One with an index had snapshots, as good as
 * always: taken for none, all that is in the vault would be taken for unused. */
static gboolean
check_snapshot_folder (SrStorageLocal *self,
                       GCancellable   *cancellable,
                       GError        **error)
{
  const char *folder = sr_local_path_type_folder (SR_FILE_SNAPSHOT);
  int         root = sr_storage_local_get_root (self, error);
  guint       n_indexes = 0;
  Listing     listing = { SR_FILE_INDEX, -1, count_one, &n_indexes };

  if (root < 0)
    return FALSE;
  if (faccessat (root, folder, F_OK, 0) == 0 || errno != ENOENT)
    return TRUE;
  if (!visit_folder (self, sr_local_path_type_folder (SR_FILE_INDEX), list_one, &listing,
                     cancellable, error))
    return FALSE;
  if (n_indexes == 0)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
               "The vault's folder “%s” is gone, and with it the list of all that was backed up. "
               "Put it back; only if the vault had no snapshots, make it anew, empty",
               folder);
  return FALSE;
}

static gboolean
sr_storage_local_list (SrStorage        *storage,
                       SrFileType        type,
                       SrStorageListFunc func,
                       gpointer          user_data,
                       GCancellable     *cancellable,
                       GError          **error)
{
  SrStorageLocal *self = SR_STORAGE_LOCAL (storage);
  Listing         listing = { type, -1, func, user_data };

  if (sr_storage_local_get_root (self, error) < 0)
    return FALSE;
  if (type == SR_FILE_CONFIG)
    return list_config (storage, &listing, cancellable, error);
  if (type == SR_FILE_SNAPSHOT && !check_snapshot_folder (self, cancellable, error))
    return FALSE;
  if (type != SR_FILE_PACK)
    return visit_folder (self, sr_local_path_type_folder (type), list_one, &listing, cancellable,
                         error);
  for (int i = 0; i < SR_LOCAL_N_PACK_FOLDERS; i++)
    {
      char path[16];

      g_snprintf (path, sizeof path, "data/%02x", i);
      listing.pack_folder = i;
      if (!visit_folder (self, path, list_one, &listing, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
sr_storage_local_get_size (SrStorage    *storage,
                           SrFileType    type,
                           const SrId   *id,
                           guint64      *size,
                           GCancellable *cancellable,
                           GError      **error)
{
  SrStorageLocal *self = SR_STORAGE_LOCAL (storage);
  int             root = sr_storage_local_get_root (self, error);
  SrLocalPath     path;
  struct stat     st;

  if (root < 0 || sr_check_cancelled (cancellable, error))
    return FALSE;
  sr_local_path_init (&path, type, id);
  if (fstatat (root, path.file, &st, AT_SYMLINK_NOFOLLOW) != 0)
    {
      sr_storage_local_set_error (self, errno, "look at", path.file, error);
      return FALSE;
    }
  if (!S_ISREG (st.st_mode))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED, "%s/%s is not a file",
                   sr_storage_get_location (storage), path.file);
      return FALSE;
    }
  *size = (guint64) st.st_size;
  return TRUE;
}

static SrOpenFile *
open_file (SrStorageLocal    *self,
           SrFileType         type,
           const SrId        *id,
           const SrLocalPath *path,
           GError           **error)
{
  int root = sr_storage_local_get_root (self, error);
  int fd;

  if (root < 0)
    return NULL;
  do
    fd = openat (root, path->file, O_RDONLY | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  while (fd < 0 && errno == EINTR);
  if (fd < 0)
    {
      sr_storage_local_set_error (self, errno, "open", path->file, error);
      return NULL;
    }
  if (type == SR_FILE_PACK)
    return sr_fd_cache_add (self->packs, id, fd);
  return sr_open_file_new (fd);
}

static gboolean
sr_storage_local_read (SrStorage    *storage,
                       SrFileType    type,
                       const SrId   *id,
                       guint64       offset,
                       gpointer      buffer,
                       gsize         size,
                       GCancellable *cancellable,
                       GError      **error)
{
  SrStorageLocal        *self = SR_STORAGE_LOCAL (storage);
  g_autoptr (SrOpenFile) file = NULL;
  SrLocalPath            path;
  gsize                  done = 0;

  if (sr_check_cancelled (cancellable, error))
    return FALSE;
  if (type == SR_FILE_PACK)
    file = sr_fd_cache_get (self->packs, id);
  sr_local_path_init (&path, type, id);
  if (file == NULL)
    file = open_file (self, type, id, &path, error);
  if (file == NULL)
    return FALSE;
  if (size >= MIN_ANNOUNCED_SIZE)
    posix_fadvise (file->fd, (off_t) offset, (off_t) size, POSIX_FADV_WILLNEED);
  while (done < size)
    {
      gssize n = offset > G_MAXINT64 - size ? 0
                                            : pread (file->fd, (guint8 *) buffer + done,
                                                     size - done, (off_t) (offset + done));

      if (n == 0)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                       "%s/%s is too short: it has no %" G_GSIZE_FORMAT
                       " bytes at %" G_GUINT64_FORMAT,
                       sr_storage_get_location (storage), path.file, size, offset);
          return FALSE;
        }
      if (n < 0 && errno != EINTR)
        {
          sr_storage_local_set_error (self, errno, "read", path.file, error);
          return FALSE;
        }
      done += (gsize) MAX (n, 0);
    }
  return TRUE;
}

static gboolean
sr_storage_local_writer_open (SrStorage       *storage,
                              SrStorageWriter *writer,
                              guint64          size_hint,
                              GCancellable    *cancellable,
                              GError         **error)
{
  if (sr_check_cancelled (cancellable, error))
    return FALSE;
  writer->driver = sr_local_writer_new (SR_STORAGE_LOCAL (storage), writer->type, size_hint, error);
  return writer->driver != NULL;
}

static gboolean
sr_storage_local_writer_append (SrStorage       *storage,
                                SrStorageWriter *writer,
                                gconstpointer    data,
                                gsize            size,
                                GCancellable    *cancellable,
                                GError         **error)
{
  return !sr_check_cancelled (cancellable, error) &&
         sr_local_writer_append (writer->driver, data, size, error);
}

static gboolean
sr_storage_local_writer_close (SrStorage       *storage,
                               SrStorageWriter *writer,
                               const SrId      *id,
                               GCancellable    *cancellable,
                               GError         **error)
{
  g_autoptr (SrLocalWriter) local_writer = g_steal_pointer (&writer->driver);

  return id == NULL || sr_local_writer_commit (local_writer, id, cancellable, error);
}

static gboolean
sr_storage_local_remove (SrStorage    *storage,
                         SrFileType    type,
                         const SrId   *id,
                         GCancellable *cancellable,
                         GError      **error)
{
  SrStorageLocal *self = SR_STORAGE_LOCAL (storage);
  int             root = sr_storage_local_get_root (self, error);
  SrLocalPath     path;

  if (root < 0 || sr_check_cancelled (cancellable, error))
    return FALSE;
  if (type == SR_FILE_PACK)
    sr_fd_cache_forget (self->packs, id);
  sr_local_path_init (&path, type, id);
  if (unlinkat (root, path.file, 0) != 0)
    {
      sr_storage_local_set_error (self, errno, "remove", path.file, error);
      return FALSE;
    }
  /* That an index or a snapshot is gone must be known for sure before what it refers to goes; a
   * pack or a lock that comes back after a crash harms nobody. */
  return type == SR_FILE_PACK || type == SR_FILE_LOCK ||
         sr_storage_local_sync_folder (self, path.folder, error);
}

static gboolean
sr_storage_local_get_free_space (SrStorage *storage,
                                 guint64   *bytes,
                                 GError   **error)
{
  int            root = sr_storage_local_get_root (SR_STORAGE_LOCAL (storage), error);
  struct statvfs st;

  if (root < 0)
    return FALSE;
  if (fstatvfs (root, &st) != 0)
    {
      sr_storage_local_set_error (SR_STORAGE_LOCAL (storage), errno, "tell the free space of", "",
                                  error);
      return FALSE;
    }
  *bytes = (guint64) st.f_bavail * st.f_frsize;
  return TRUE;
}

/* Called with the lock held. */
static void
give_up_reserve (SrStorageLocal *self,
                 int             root)
{
  self->reserve_usable = FALSE;
  if (unlinkat (root, RESERVE, 0) != 0)
    return;
  g_info ("The vault's disk is full: its reserve is used");
  /* some file systems free the blocks only when the removal is on the disk */
  sync_fd (root);
  self->reserve_freed = TRUE;
}

gboolean
sr_storage_local_free_reserve (SrStorageLocal *self,
                               int             errnum,
                               gboolean       *retried)
{
  int root = g_atomic_int_get (&self->root);

  if (root < 0 || *retried || (errnum != ENOSPC && errnum != EDQUOT))
    return FALSE;
  g_mutex_lock (&self->lock);
  if (self->reserve_usable)
    give_up_reserve (self, root);
  /* Threads that write at the same time meet the full disk together; the room is for all. */
  *retried = self->reserve_freed;
  g_mutex_unlock (&self->lock);
  /* The caller goes on with its failure; what was done here, waiting included, may have set it. */
  errno = errnum;
  return *retried;
}

static gboolean
sr_storage_local_set_reserve (SrStorage *storage,
                              guint64    bytes,
                              GError   **error)
{
  SrStorageLocal          *self = SR_STORAGE_LOCAL (storage);
  int                      root = sr_storage_local_get_root (self, error);
  g_autoptr (GMutexLocker) locker = NULL;
  int                      errnum;
  int                      fd;

  if (root < 0)
    return FALSE;
  locker = g_mutex_locker_new (&self->lock);
  self->reserve_usable = FALSE;
  if (bytes == 0 || bytes > G_MAXINT64)
    {
      if (unlinkat (root, RESERVE, 0) == 0 || errno == ENOENT)
        return TRUE;
      sr_storage_local_set_error (self, errno, "remove", RESERVE, error);
      return FALSE;
    }
  fd = openat (root, RESERVE, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  errnum = fd >= 0 ? sr_local_reserve_resize (fd, bytes) : errno;
  if (errnum != 0)
    sr_storage_local_set_error (self, errnum, "hold space back in", RESERVE, error);
  if (fd >= 0)
    close (fd);
  return errnum == 0;
}

static gboolean
sr_storage_local_use_reserve (SrStorage *storage,
                              GError   **error)
{
  SrStorageLocal          *self = SR_STORAGE_LOCAL (storage);
  g_autoptr (GMutexLocker) locker = NULL;

  if (sr_storage_local_get_root (self, error) < 0)
    return FALSE;
  locker = g_mutex_locker_new (&self->lock);
  self->reserve_usable = TRUE;
  return TRUE;
}

/* Our own temporary names, and restic's: the id, "-tmp-" and a number. */
static gboolean
is_temp_name (const char *name)
{
  const gsize digits = SR_ID_HEX_SIZE - 1;
  SrId        id;

  if (g_str_has_prefix (name, SR_LOCAL_TEMP_PREFIX))
    return TRUE;
  return strlen (name) > digits && sr_id_from_hex (&id, name, digits) &&
         g_str_has_prefix (name + digits, "-tmp-");
}

static gboolean
clean_one (SrStorageLocal *self,
           int             folder,
           const char     *name,
           gpointer        user_data,
           GError        **error)
{
  const time_t *older_than = user_data;
  struct stat   st;

  if (!is_temp_name (name) || fstatat (folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
    return TRUE;
  if (!S_ISREG (st.st_mode) || (older_than != NULL && st.st_mtime >= *older_than))
    return TRUE;
  if (unlinkat (folder, name, 0) != 0 && errno != ENOENT)
    {
      sr_storage_local_set_error (self, errno, "remove", name, error);
      return FALSE;
    }
  return TRUE;
}

static gboolean
sr_storage_local_clean (SrStorage    *storage,
                        GCancellable *cancellable,
                        GError      **error)
{
  SrStorageLocal *self = SR_STORAGE_LOCAL (storage);
  time_t          stale = time (NULL) - STALE_LOCK_SECONDS;

  for (guint type = 0; type < SR_N_FILE_TYPES; type++)
    if (!visit_folder (self, sr_local_path_type_folder (type), clean_one,
                       type == SR_FILE_LOCK ? &stale : NULL, cancellable, error))
      return FALSE;
  for (guint i = 0; i < SR_LOCAL_N_PACK_FOLDERS; i++)
    {
      char path[16];

      g_snprintf (path, sizeof path, "data/%02x", i);
      if (!visit_folder (self, path, clean_one, NULL, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

static void
sr_storage_local_constructed (GObject *object)
{
  SrStorageLocal *self = SR_STORAGE_LOCAL (object);
  const char     *location = sr_storage_get_location (SR_STORAGE (self));

  G_OBJECT_CLASS (sr_storage_local_parent_class)->constructed (object);
  if (g_path_is_absolute (location))
    {
      self->path = g_strdup (location);
    }
  else
    {
      g_autofree char *current = g_get_current_dir ();

      self->path = g_build_filename (current, location, NULL);
    }
}

static void
sr_storage_local_finalize (GObject *object)
{
  SrStorageLocal *self = SR_STORAGE_LOCAL (object);

  if (self->root >= 0)
    close (self->root);
  sr_fd_cache_free (self->packs);
  g_ptr_array_unref (self->buffers);
  g_mutex_clear (&self->lock);
  g_free (self->path);
  G_OBJECT_CLASS (sr_storage_local_parent_class)->finalize (object);
}

static void
sr_storage_local_class_init (SrStorageLocalClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  SrStorageClass *storage_class = SR_STORAGE_CLASS (klass);

  object_class->constructed = sr_storage_local_constructed;
  object_class->finalize = sr_storage_local_finalize;
  storage_class->list = sr_storage_local_list;
  storage_class->get_size = sr_storage_local_get_size;
  storage_class->read = sr_storage_local_read;
  storage_class->writer_open = sr_storage_local_writer_open;
  storage_class->writer_append = sr_storage_local_writer_append;
  storage_class->writer_close = sr_storage_local_writer_close;
  storage_class->remove = sr_storage_local_remove;
  storage_class->prepare = sr_storage_local_prepare;
  storage_class->get_free_space = sr_storage_local_get_free_space;
  storage_class->set_reserve = sr_storage_local_set_reserve;
  storage_class->use_reserve = sr_storage_local_use_reserve;
  storage_class->clean = sr_storage_local_clean;
}

static void
sr_storage_local_init (SrStorageLocal *self)
{
  g_mutex_init (&self->lock);
  self->root = -1;
  self->packs = sr_fd_cache_new (MAX_OPEN_PACKS);
  self->buffers = g_ptr_array_new_with_free_func (free);
}

SrStorage *
sr_storage_local_new (const char *path)
{
  return g_object_new (SR_TYPE_STORAGE_LOCAL, "location", path, NULL);
}
