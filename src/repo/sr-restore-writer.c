/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/sr-beneath.h"
#include "base/sr-error.h"
#include "repo/sr-restore-writer.h"

#define NEW_FILE_FLAGS (O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC)
/* Runs of zeros are left out in pieces of this size, which is what file systems can leave out. */
#define HOLE_SIZE ((gsize) 4096)

/* A file of several chunks while it grows. */
typedef struct
{
  guint32  number;
  int      fd; /* -1 while it is closed for want of descriptors */
  guint    writers;
  dev_t    device; /* of the file that was made; what is opened again must be the same */
  ino_t    inode;
  char     temp[SR_BENEATH_TEMP_SIZE];
  gboolean is_idle;
  GList    link; /* in idle while nobody writes */
} Active;

struct _SrRestoreWriter
{
  SrRestoreRun *run;
  guint         max_open;
  GMutex        lock;
  GHashTable   *active; /* number of file to Active; under lock, as all below */
  GQueue        idle;   /* open, oldest first */
  guint         n_open;
};

static void
active_free (gpointer data)
{
  Active *active = data;

  if (active->fd >= 0)
    close (active->fd);
  g_free (active);
}

SrRestoreWriter *
sr_restore_writer_new (SrRestoreRun *run)
{
  SrRestoreWriter *self = g_new0 (SrRestoreWriter, 1);

  self->run = run;
  self->max_open = sr_restore_max_open ();
  self->active = g_hash_table_new_full (NULL, NULL, NULL, active_free);
  g_mutex_init (&self->lock);
  return self;
}

static void
remove_unfinished (SrRestoreWriter *self,
                   const Active    *active)
{
  SrRestoreRun *run = self->run;
  guint32       folder = sr_restore_plan_file (run->plan, active->number)->folder;
  int           fd = sr_restore_target_hold (run->target, folder, NULL);

  if (fd < 0)
    return;
  if (unlinkat (fd, active->temp, 0) != 0)
    g_info ("The unfinished file %s could not be removed", active->temp);
  sr_restore_target_release (run->target, folder);
}

void
sr_restore_writer_free (SrRestoreWriter *self)
{
  GHashTableIter iter;
  gpointer       value;

  if (self == NULL)
    return;
  g_hash_table_iter_init (&iter, self->active);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    remove_unfinished (self, value);
  g_hash_table_unref (self->active);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static gboolean
is_zero (const guint8 *data,
         gsize         size)
{
  return data[0] == 0 && memcmp (data, data + 1, size - 1) == 0;
}

static gboolean
write_at (int           fd,
          const guint8 *data,
          gsize         size,
          guint64       offset,
          GError      **error)
{
  while (size > 0)
    {
      ssize_t written = pwrite (fd, data, size, (off_t) offset);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        {
          sr_set_error_errno (error, errno, "Its content cannot be written");
          return FALSE;
        }
      data += written;
      offset += (guint64) written;
      size -= (gsize) written;
    }
  return TRUE;
}

/* Writes what is not zero; the file has its full length already, so that the rest are holes. */
static gboolean
write_sparse (int           fd,
              const guint8 *data,
              gsize         size,
              guint64       offset,
              GError      **error)
{
  gsize start = 0;
  gsize at = 0;

  while (at < size)
    {
      gsize piece = MIN (HOLE_SIZE - (gsize) ((offset + at) % HOLE_SIZE), size - at);

      if (is_zero (data + at, piece))
        {
          if (!write_at (fd, data + start, at - start, offset + start, error))
            return FALSE;
          start = at + piece;
        }
      at += piece;
    }
  return write_at (fd, data + start, size - start, offset + start, error);
}

static gboolean
write_content (SrRestoreWriter *self,
               int              fd,
               const guint8    *data,
               gsize            size,
               guint64          offset,
               GError         **error)
{
  if (self->run->options->sparse)
    return write_sparse (fd, data, size, offset, error);
  return write_at (fd, data, size, offset, error);
}

static gboolean
set_length (int      fd,
            guint64  size,
            GError **error)
{
  if (ftruncate (fd, (off_t) size) == 0)
    return TRUE;
  sr_set_error_errno (error, errno, "Its length cannot be set");
  return FALSE;
}

/* @mode: rights from the beginning; those of others only where nobody else can get at it yet */
static int
open_new (int         folder_fd,
          const char *name,
          mode_t      mode,
          GError    **error)
{
  int fd = openat (folder_fd, name, NEW_FILE_FLAGS, mode);

  if (fd < 0)
    sr_set_error_errno (error, errno, "The file cannot be made in the target");
  return fd;
}

/* Some file systems tell only here that there was no room. */
static gboolean
close_file (int      fd,
            GError **error)
{
  if (close (fd) == 0 || errno == EINTR)
    return TRUE;
  sr_set_error_errno (error, errno, "Its content cannot be written");
  return FALSE;
}

/* What is replaced is gone after this, so the new must not vanish in a power failure. Closes @fd
 * only when it fails. */
static gboolean
sync_replacement (const SrRestoreFile *file,
                  int                  fd,
                  GError             **error)
{
  if ((file->flags & SR_RESTORE_REPLACES) == 0 || fdatasync (fd) == 0)
    return TRUE;
  sr_set_error_errno (error, errno, "Its content cannot be written");
  close (fd);
  return FALSE;
}

/* Metadata, close and the final name. @temp may be the final name itself. Closes @fd always. */
static gboolean
complete (SrRestoreWriter     *self,
          const SrRestoreFile *file,
          int                  folder_fd,
          int                  fd,
          const char          *temp,
          GError             **error)
{
  SrRestoreRun *run = self->run;
  GError       *meta_error = NULL;

  sr_restore_set_meta (fd, file->meta, run->owner, &meta_error);
  if (!sync_replacement (file, fd, error) || !close_file (fd, error) ||
      (temp != file->name &&
       !sr_restore_put_in_place (run, file->folder, folder_fd, temp, file->name,
                                 (file->flags & SR_RESTORE_REPLACES) != 0, error)))
    {
      g_clear_error (&meta_error);
      return FALSE;
    }
  sr_restore_report_meta (run, file->folder, file->name, meta_error);
  return TRUE;
}

static void
tell_done (SrRestoreWriter *self,
           SrRestoreFile   *file,
           const char      *action)
{
  SrRestoreRun *run = self->run;

  g_atomic_int_or (&file->flags, SR_RESTORE_DONE);
  sr_progress_set_current (run->progress, file->name);
  sr_progress_add (run->progress, 0, 1);
  sr_restore_report (run, file->folder, file->name, action, file->size, NULL);
}

static void
tell_restored (SrRestoreWriter *self,
               SrRestoreFile   *file)
{
  SrRestoreRun *run = self->run;

  sr_restore_count (run, &run->stats->files_restored, 1);
  sr_restore_count (run, &run->stats->bytes_restored, file->size);
  tell_done (self, file, (file->flags & SR_RESTORE_REPLACES) != 0 ? "updated" : "restored");
}

/* The end of a file's failure: either of the restore, or told. Takes @reason. */
static gboolean
settle (SrRestoreWriter *self,
        SrRestoreFile   *file,
        GError          *reason,
        GError         **error)
{
  g_atomic_int_or (&file->flags, SR_RESTORE_FAILED);
  if (sr_restore_is_fatal (reason))
    {
      GString *path = g_string_new (NULL);

      sr_restore_plan_append_path (self->run->plan, file->folder, path);
      g_prefix_error (&reason, "%s%s: ", path->str, file->name);
      g_string_free (path, TRUE);
      g_propagate_error (error, reason);
      return FALSE;
    }
  sr_restore_report_failed (self->run, file->folder, file->name, reason);
  return TRUE;
}

static gboolean
write_whole (SrRestoreWriter     *self,
             const SrRestoreFile *file,
             int                  folder_fd,
             const guint8        *data,
             gsize                size,
             GError             **error)
{
  char        buffer[SR_BENEATH_TEMP_SIZE];
  const char *name = file->name;
  mode_t      mode = 0600;
  int         fd;

  if ((file->flags & SR_RESTORE_REPLACES) != 0)
    name = sr_beneath_temp_name (buffer);
  /* A folder of ours is private until the end. */
  if (sr_restore_plan_folder (self->run->plan, file->folder)->fresh)
    mode = (mode_t) file->meta->mode & 0777;
  fd = open_new (folder_fd, name, mode, error);
  if (fd < 0)
    return FALSE;
  if ((self->run->options->sparse && !set_length (fd, size, error)) ||
      !write_content (self, fd, data, size, 0, error))
    {
      close (fd);
      unlinkat (folder_fd, name, 0);
      return FALSE;
    }
  if (complete (self, file, folder_fd, fd, name, error))
    return TRUE;
  unlinkat (folder_fd, name, 0);
  return FALSE;
}

/* A file of one chunk, or of none. */
static gboolean
put_whole (SrRestoreWriter *self,
           SrRestoreFile   *file,
           const guint8    *data,
           gsize            size,
           GError         **error)
{
  SrRestoreRun *run = self->run;
  GError       *reason = NULL;
  int           folder_fd = sr_restore_target_hold (run->target, file->folder, &reason);
  gboolean      ok;

  if (folder_fd < 0)
    return settle (self, file, reason, error);
  ok = write_whole (self, file, folder_fd, data, size, &reason);
  sr_restore_target_release (run->target, file->folder);
  if (!ok)
    return settle (self, file, reason, error);
  tell_restored (self, file);
  return TRUE;
}

static void
leave_idle (SrRestoreWriter *self,
            Active          *active)
{
  if (active->is_idle)
    g_queue_unlink (&self->idle, &active->link);
  active->is_idle = FALSE;
}

static void
close_idle (SrRestoreWriter *self)
{
  while (self->n_open > self->max_open && self->idle.length > 0)
    {
      Active *oldest = self->idle.head->data;

      leave_idle (self, oldest);
      close (oldest->fd);
      oldest->fd = -1;
      self->n_open--;
    }
}

static gboolean
make_active (SrRestoreWriter     *self,
             Active              *active,
             const SrRestoreFile *file,
             int                  folder_fd,
             GError             **error)
{
  struct stat st;

  active->fd = open_new (folder_fd, sr_beneath_temp_name (active->temp), 0600, error);
  if (active->fd < 0)
    return FALSE;
  self->n_open++;
  if (fstat (active->fd, &st) != 0)
    {
      sr_set_error_errno (error, errno, "The file cannot be looked at");
      return FALSE;
    }
  active->device = st.st_dev;
  active->inode = st.st_ino;
  return set_length (active->fd, file->size, error);
}

static gboolean
reopen_active (SrRestoreWriter *self,
               Active          *active,
               int              folder_fd,
               GError         **error)
{
  struct stat st;

  active->fd = openat (folder_fd, active->temp, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (active->fd < 0)
    {
      sr_set_error_errno (error, errno, "The unfinished file cannot be opened again");
      return FALSE;
    }
  self->n_open++;
  if (fstat (active->fd, &st) == 0 && st.st_dev == active->device && st.st_ino == active->inode)
    return TRUE;
  g_set_error_literal (error, SR_ERROR, SR_ERROR_REFUSED,
                       "Something else was put in the place of the unfinished file");
  return FALSE;
}

static gboolean
open_active (SrRestoreWriter     *self,
             Active              *active,
             const SrRestoreFile *file,
             GError             **error)
{
  SrRestoreTarget *target = self->run->target;
  int              folder_fd = sr_restore_target_hold (target, file->folder, error);
  gboolean         ok;

  if (folder_fd < 0)
    return FALSE;
  if (active->temp[0] == '\0')
    ok = make_active (self, active, file, folder_fd, error);
  else
    ok = reopen_active (self, active, folder_fd, error);
  sr_restore_target_release (target, file->folder);
  if (ok)
    return TRUE;
  if (active->fd >= 0)
    {
      close (active->fd);
      active->fd = -1;
      self->n_open--;
    }
  return FALSE;
}

/* Returns: the file open for writing until let_go(); %NULL with @error set */
static Active *
get_active (SrRestoreWriter *self,
            guint32          number,
            GError         **error)
{
  SrRestoreFile *file = sr_restore_plan_file (self->run->plan, number);
  Active        *active;

  g_mutex_lock (&self->lock);
  active = g_hash_table_lookup (self->active, GUINT_TO_POINTER (number));
  if (active == NULL)
    {
      active = g_new0 (Active, 1);
      active->number = number;
      active->fd = -1;
      active->link.data = active;
      g_hash_table_insert (self->active, GUINT_TO_POINTER (number), active);
    }
  if (active->fd < 0 && !open_active (self, active, file, error))
    active = NULL;
  else
    {
      leave_idle (self, active);
      active->writers++;
      close_idle (self);
    }
  g_mutex_unlock (&self->lock);
  return active;
}

static void
let_go (SrRestoreWriter *self,
        Active          *active)
{
  g_mutex_lock (&self->lock);
  if (--active->writers == 0)
    {
      g_queue_push_tail_link (&self->idle, &active->link);
      active->is_idle = TRUE;
      close_idle (self);
    }
  g_mutex_unlock (&self->lock);
}

/* Takes the file out of the table, open. Returns: (nullable): %NULL if it was never made */
static Active *
steal_active (SrRestoreWriter *self,
              guint32          number,
              GError         **error)
{
  SrRestoreFile *file = sr_restore_plan_file (self->run->plan, number);
  Active        *active;

  g_mutex_lock (&self->lock);
  active = g_hash_table_lookup (self->active, GUINT_TO_POINTER (number));
  if (active != NULL)
    {
      g_hash_table_steal (self->active, GUINT_TO_POINTER (number));
      leave_idle (self, active);
      if (active->fd < 0 && active->temp[0] != '\0')
        open_active (self, active, file, error);
      if (active->fd >= 0)
        self->n_open--;
    }
  g_mutex_unlock (&self->lock);
  return active;
}

/* Leaves what could be read beside where the file should be. */
static void
keep_incomplete (SrRestoreWriter     *self,
                 const SrRestoreFile *file,
                 int                  folder_fd,
                 const Active        *active,
                 GError             **reason)
{
  g_autofree char *name = g_strconcat (file->name, ".incomplete", NULL);

  if (active->temp[0] == '\0')
    return;
  if (sr_beneath_put_name (folder_fd, active->temp, name, FALSE, NULL))
    g_prefix_error (reason, "Kept in part as %s: ", name);
  else
    g_prefix_error (reason, "Kept in part as %s: ", active->temp);
}

static gboolean
finish_active (SrRestoreWriter *self,
               guint32          number,
               GError         **error)
{
  SrRestoreRun  *run = self->run;
  SrRestoreFile *file = sr_restore_plan_file (run->plan, number);
  GError        *reason = sr_restore_take_error (run, number);
  Active        *active = steal_active (self, number, reason == NULL ? &reason : NULL);
  int            folder_fd = sr_restore_target_hold (run->target, file->folder,
                                          reason == NULL ? &reason : NULL);

  if (active == NULL || folder_fd < 0)
    {
      g_clear_pointer (&active, active_free);
      if (folder_fd >= 0)
        sr_restore_target_release (run->target, file->folder);
      return settle (self, file, reason, error);
    }
  if (reason == NULL)
    {
      complete (self, file, folder_fd, active->fd, active->temp, &reason);
      active->fd = -1;
    }
  if (reason != NULL)
    keep_incomplete (self, file, folder_fd, active, &reason);
  sr_restore_target_release (run->target, file->folder);
  active_free (active);
  if (reason != NULL)
    return settle (self, file, reason, error);
  tell_restored (self, file);
  return TRUE;
}

static gboolean
count_down (SrRestoreWriter *self,
            guint32          number,
            GError         **error)
{
  SrRestoreFile *file = sr_restore_plan_file (self->run->plan, number);

  if (!g_atomic_int_dec_and_test (&file->pending))
    return TRUE;
  return finish_active (self, number, error);
}

gboolean
sr_restore_writer_put (SrRestoreWriter    *self,
                       const SrRestoreRef *ref,
                       const guint8       *data,
                       gsize               size,
                       GError            **error)
{
  SrRestoreFile *file = sr_restore_plan_file (self->run->plan, ref->file);
  GError        *reason = NULL;
  Active        *active;

  if (file->n_refs == 1 && (g_atomic_int_get (&file->flags) & SR_RESTORE_FAILED) == 0)
    return put_whole (self, file, data, size, error);
  active = get_active (self, ref->file, &reason);
  if (active != NULL)
    {
      write_content (self, active->fd, data, size, ref->offset, &reason);
      let_go (self, active);
    }
  if (reason != NULL && sr_restore_is_fatal (reason))
    return settle (self, file, reason, error);
  if (reason != NULL)
    sr_restore_file_failed (self->run, ref->file, reason);
  return count_down (self, ref->file, error);
}

gboolean
sr_restore_writer_lose (SrRestoreWriter    *self,
                        const SrRestoreRef *ref,
                        GError             *reason,
                        GError            **error)
{
  sr_restore_file_failed (self->run, ref->file, reason);
  return count_down (self, ref->file, error);
}

/* The content stands there already; only what is said about it is set. */
static gboolean
finish_same (SrRestoreWriter *self,
             SrRestoreFile   *file,
             GError         **error)
{
  SrRestoreRun *run = self->run;
  GError       *reason = NULL;
  int           folder_fd = sr_restore_target_hold (run->target, file->folder, &reason);
  int           fd;

  if (folder_fd < 0)
    return settle (self, file, reason, error);
  fd = openat (folder_fd, file->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0)
    sr_set_error_errno (&reason, errno, "The existing file cannot be opened");
  else
    {
      sr_restore_set_meta (fd, file->meta, run->owner, &reason);
      close (fd);
    }
  sr_restore_target_release (run->target, file->folder);
  sr_restore_report_meta (run, file->folder, file->name, reason);
  sr_restore_count (run, &run->stats->files_unchanged, 1);
  tell_done (self, file, "unchanged");
  return TRUE;
}

gboolean
sr_restore_writer_finish_bare (SrRestoreWriter *self,
                               guint32          number,
                               GError         **error)
{
  SrRestoreFile *file = sr_restore_plan_file (self->run->plan, number);

  if ((file->flags & SR_RESTORE_SAME) != 0)
    return finish_same (self, file, error);
  if ((file->flags & SR_RESTORE_FAILED) != 0)
    return settle (self, file, sr_restore_take_error (self->run, number), error);
  return put_whole (self, file, NULL, 0, error);
}
