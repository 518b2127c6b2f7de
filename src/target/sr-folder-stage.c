/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-folder-stage.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sr-atomic-file.h"
#include "base/sr-beneath.h"
#include "base/sr-error.h"
#include "crypto/sr-digest.h"

#define STEP_SIZE    ((gsize) 256 * 1024)
#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define FILE_FLAGS   (O_NOFOLLOW | O_CLOEXEC | O_NOCTTY)

typedef struct
{
  guint64 size;
  SrId    digest;
} Written;

struct _SrFolderStage
{
  int         fd;
  GHashTable *files;       /* name to Written */
  char       *folder_name; /* of the file before, "" for the stage itself */
  int         folder_fd;   /* -1 if that is the stage itself */
  SrDigest   *digest;
  guint8     *buffer;
};

SrFolderStage *
sr_folder_stage_new (int fd)
{
  SrFolderStage *self = g_new0 (SrFolderStage, 1);

  self->fd = fd;
  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->folder_name = g_strdup ("");
  self->folder_fd = -1;
  self->digest = sr_digest_new ();
  self->buffer = g_malloc (STEP_SIZE);
  return self;
}

void
sr_folder_stage_free (SrFolderStage *self)
{
  if (self->folder_fd >= 0)
    close (self->folder_fd);
  g_hash_table_unref (self->files);
  g_free (self->folder_name);
  sr_digest_free (self->digest);
  g_free (self->buffer);
  g_free (self);
}

guint
sr_folder_stage_get_n_files (SrFolderStage *self)
{
  return g_hash_table_size (self->files);
}

static gboolean
check_name (const char *name,
            GError    **error)
{
  g_auto (GStrv) parts = g_strsplit (name, "/", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    if (!sr_entry_name_is_safe (parts[i]))
      {
        g_autofree char *shown = g_filename_display_name (name);

        g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
                     "The name “%s” may lead out of the folder or cannot be one; it is not "
                     "written",
                     shown);
        return FALSE;
      }
  if (parts[0] != NULL)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_REFUSED, "A file without a name is not written");
  return FALSE;
}

/* Makes what is missing of @folder ("a/b") and opens the last. Returns: a descriptor, or -1 with
 * errno set */
static int
make_folders (int         top_fd,
              const char *folder)
{
  g_auto (GStrv) parts = g_strsplit (folder, "/", -1);
  int            at = fcntl (top_fd, F_DUPFD_CLOEXEC, 0);

  for (guint i = 0; at >= 0 && parts[i] != NULL; i++)
    {
      int next = mkdirat (at, parts[i], 0777) == 0 || errno == EEXIST
                     ? openat (at, parts[i], FOLDER_FLAGS)
                     : -1;
      int saved = errno;

      close (at);
      at = next;
      errno = saved;
    }
  return at;
}

/* The folder of @name, kept open for the next file. Returns: its descriptor, which stays ours, or
 * -1 with @error set */
static int
enter_folder (SrFolderStage *self,
              const char    *name,
              const char   **base,
              GError       **error)
{
  const char      *slash = strrchr (name, '/');
  g_autofree char *folder = slash != NULL ? g_strndup (name, (gsize) (slash - name)) : NULL;
  int              fd;

  *base = slash != NULL ? slash + 1 : name;
  if (folder == NULL)
    return self->fd;
  if (self->folder_fd >= 0 && strcmp (folder, self->folder_name) == 0)
    return self->folder_fd;
  fd = make_folders (self->fd, folder);
  if (fd < 0)
    {
      int              saved = errno;
      g_autofree char *shown = g_filename_display_name (folder);

      sr_set_error_errno (error, saved, "The folder “%s” cannot be made in the stage", shown);
      return -1;
    }
  if (self->folder_fd >= 0)
    close (self->folder_fd);
  self->folder_fd = fd;
  g_free (self->folder_name);
  self->folder_name = g_steal_pointer (&folder);
  return fd;
}

static gboolean
copy_content (SrFolderStage *self,
              int            fd,
              GInputStream  *content,
              Written       *written,
              GCancellable  *cancellable,
              GError       **error)
{
  gssize n;

  written->size = 0;
  sr_digest_reset (self->digest);
  while ((n = g_input_stream_read (content, self->buffer, STEP_SIZE, cancellable, error)) > 0)
    {
      if (!sr_write_all (fd, self->buffer, (gsize) n, error))
        return FALSE;
      sr_digest_update (self->digest, self->buffer, (gsize) n);
      written->size += (guint64) n;
    }
  sr_digest_finish (self->digest, &written->digest);
  return n == 0;
}

/* Permissions without those that lend a user's rights to others, readable for us; and the time. */
static gboolean
set_metadata (int                     fd,
              const SrContainerEntry *entry,
              GError                **error)
{
  struct timespec times[2] = { { 0, UTIME_NOW }, { entry->mtime, 0 } };

  if ((entry->mode != 0 && fchmod (fd, (entry->mode & 0777) | 0400) != 0) ||
      (entry->mtime != G_MININT64 && futimens (fd, times) != 0 && errno != EINVAL))
    {
      sr_set_error_errno (error, errno, "Setting permissions and time");
      return FALSE;
    }
  return TRUE;
}

static gboolean
put_content (SrFolderStage          *self,
             int                     dir_fd,
             const char             *base,
             const SrContainerEntry *entry,
             GInputStream           *content,
             GCancellable           *cancellable,
             GError                **error)
{
  g_autofree Written *written = g_new0 (Written, 1);
  int                 fd = -1;
  gboolean            done;

  if (unlinkat (dir_fd, base, 0) == 0 || errno == ENOENT)
    fd = openat (dir_fd, base, O_WRONLY | O_CREAT | O_EXCL | FILE_FLAGS, 0666);
  if (fd < 0)
    {
      sr_set_error_errno (error, errno, "It cannot be made in the stage");
      return FALSE;
    }
  done = copy_content (self, fd, content, written, cancellable, error) &&
         set_metadata (fd, entry, error);
  if (close (fd) != 0 && done)
    {
      sr_set_error_errno (error, errno, "It cannot be written");
      done = FALSE;
    }
  if (done)
    g_hash_table_replace (self->files, g_strdup (entry->name), g_steal_pointer (&written));
  return done;
}

gboolean
sr_folder_stage_put (SrFolderStage          *self,
                     const SrContainerEntry *entry,
                     GInputStream           *content,
                     GCancellable           *cancellable,
                     GError                **error)
{
  g_autofree char *shown = g_filename_display_name (entry->name);
  g_autofree char *inside = NULL;
  const char      *base;
  int              fd;

  if (entry->type == SR_ENTRY_DIR)
    {
      gsize size = strlen (entry->name);

      while (size > 0 && entry->name[size - 1] == '/')
        size--;
      inside = g_strdup_printf ("%.*s/x", (int) size, entry->name);
      return check_name (inside, error) && enter_folder (self, inside, &base, error) >= 0;
    }
  if (entry->type != SR_ENTRY_FILE || content == NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                   "“%s” is no file but a %s, which is not written into a folder", shown,
                   sr_entry_type_name (entry->type));
      return FALSE;
    }
  if (!check_name (entry->name, error))
    return FALSE;
  fd = enter_folder (self, entry->name, &base, error);
  if (fd < 0)
    return FALSE;
  if (put_content (self, fd, base, entry, content, cancellable, error))
    return TRUE;
  g_prefix_error (error, "File “%s”: ", shown);
  return FALSE;
}

/* Returns: 1 if it is what was written, 0 if not, -1 with @error set */
static int
compare_file (SrFolderStage *self,
              int            fd,
              const Written *written,
              GCancellable  *cancellable,
              GError       **error)
{
  guint64 size = 0;
  SrId    digest;
  gssize  n;

  /* From the disk, not from memory, where the system lets us. */
  (void) posix_fadvise (fd, 0, 0, POSIX_FADV_DONTNEED);
  sr_digest_reset (self->digest);
  while ((n = read (fd, self->buffer, STEP_SIZE)) != 0)
    {
      if (sr_check_cancelled (cancellable, error))
        return -1;
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          sr_set_error_errno (error, errno, "Reading it again");
          return -1;
        }
      sr_digest_update (self->digest, self->buffer, (gsize) n);
      size += (guint64) n;
    }
  sr_digest_finish (self->digest, &digest);
  return size == written->size && memcmp (&digest, &written->digest, sizeof digest) == 0;
}

static gboolean
verify_file (SrFolderStage *self,
             const char    *name,
             const Written *written,
             GCancellable  *cancellable,
             GError       **error)
{
  g_autofree char *shown = g_filename_display_name (name);
  int              fd = sr_beneath_open_file (self->fd, name, error);
  int              same;

  if (fd < 0)
    return FALSE;
  same = compare_file (self, fd, written, cancellable, error);
  close (fd);
  if (same < 0)
    g_prefix_error (error, "File “%s”: ", shown);
  else if (same == 0)
    g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                 "File “%s” reads otherwise than it was written; the disk or another program "
                 "changed it",
                 shown);
  return same > 0;
}

gboolean
sr_folder_stage_verify (SrFolderStage *self,
                        GCancellable  *cancellable,
                        GError       **error)
{
  GHashTableIter iter;
  gpointer       name;
  gpointer       written;

  if (syncfs (self->fd) != 0)
    {
      sr_set_error_errno (error, errno, "Writing the stage to the disk");
      return FALSE;
    }
  g_hash_table_iter_init (&iter, self->files);
  while (g_hash_table_iter_next (&iter, &name, &written))
    if (!verify_file (self, name, written, cancellable, error))
      return FALSE;
  return TRUE;
}
