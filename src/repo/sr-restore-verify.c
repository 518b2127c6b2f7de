/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "base/sr-worker.h"
#include "crypto/sr-digest.h"
#include "repo/sr-restore-run.h"

/* Two uses of one thing: to see whether an existing file is right already, and whether a restored
 * one is. */
typedef struct
{
  SrRestoreRun *run;
  gint          wanted; /* flags of the files to look at */
  gboolean      from_disk;
  gint          next; /* file, atomic */
} Pass;

typedef struct
{
  guint8 *data;
  gsize   room;
} Buffer;

static gboolean
read_at (int      fd,
         guint8  *data,
         gsize    size,
         guint64  offset,
         GError **error)
{
  while (size > 0)
    {
      ssize_t n = pread (fd, data, size, (off_t) offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        sr_set_error_errno (error, errno, "The file cannot be read");
      else if (n == 0)
        g_set_error_literal (error, SR_ERROR, SR_ERROR_DAMAGED, "The file is too short");
      if (n <= 0)
        return FALSE;
      data += n;
      offset += (guint64) n;
      size -= (gsize) n;
    }
  return TRUE;
}

static gboolean
chunk_is_right (SrRestoreRun       *run,
                int                 fd,
                const SrRestoreRef *ref,
                Buffer             *buffer,
                GError            **error)
{
  const SrIndexEntry *entry = sr_index_get_entry (sr_repo_get_index (run->repo), ref->entry);
  SrPackEntry         blob;
  gsize               size;
  SrId                id;

  sr_index_entry_to_pack_entry (entry, &blob);
  size = sr_pack_entry_get_plain_size (&blob);
  if (size > buffer->room)
    {
      g_free (buffer->data);
      buffer->data = g_malloc (size);
      buffer->room = size;
    }
  if (!read_at (fd, buffer->data, size, ref->offset, error))
    return FALSE;
  sr_sha256 (buffer->data, size, &id);
  if (sr_id_equal (&id, &entry->id))
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
               "The file differs from the snapshot at byte %" G_GUINT64_FORMAT, ref->offset);
  return FALSE;
}

static gboolean
content_is_right (Pass                *pass,
                  int                  fd,
                  const SrRestoreFile *file,
                  Buffer              *buffer,
                  GError             **error)
{
  SrRestoreRun *run = pass->run;
  struct stat   st;

  if (fstat (fd, &st) != 0 || !S_ISREG (st.st_mode) || (guint64) st.st_size != file->size)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_DAMAGED, "The file does not have its length");
      return FALSE;
    }
  if (pass->from_disk && fdatasync (fd) == 0)
    posix_fadvise (fd, 0, 0, POSIX_FADV_DONTNEED);
  for (guint32 i = 0; i < file->n_refs; i++)
    if (sr_check_cancelled (run->cancellable, error) ||
        !chunk_is_right (run, fd, sr_restore_plan_ref (run->plan, file->first_ref + i), buffer,
                         error))
      return FALSE;
  return TRUE;
}

static gboolean
file_is_right (Pass                *pass,
               const SrRestoreFile *file,
               Buffer              *buffer,
               GError             **error)
{
  SrRestoreTarget *target = pass->run->target;
  int              folder_fd = sr_restore_target_hold (target, file->folder, error);
  int              fd;
  gboolean         right;

  if (folder_fd < 0)
    return FALSE;
  fd = openat (folder_fd, file->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0)
    sr_set_error_errno (error, errno, "The file cannot be opened");
  sr_restore_target_release (target, file->folder);
  if (fd < 0)
    return FALSE;
  right = content_is_right (pass, fd, file, buffer, error);
  close (fd);
  return right;
}

static void
settle_compared (SrRestoreFile *file,
                 gboolean       right)
{
  if (right)
    g_atomic_int_or (&file->flags, SR_RESTORE_SAME);
}

static void
settle_verified (SrRestoreRun  *run,
                 SrRestoreFile *file,
                 GError        *reason)
{
  if (reason == NULL)
    {
      sr_restore_count (run, &run->stats->bytes_verified, file->size);
      return;
    }
  g_prefix_error (&reason, "After the restore: ");
  g_atomic_int_or (&file->flags, SR_RESTORE_FAILED);
  sr_restore_report_failed (run, file->folder, file->name, reason);
}

static gboolean
pass_member (gpointer data,
             guint    number,
             GError **error)
{
  Pass         *pass = data;
  SrRestoreRun *run = pass->run;
  Buffer        buffer = { 0 };
  gboolean      ok = TRUE;

  while (ok)
    {
      guint32        next = (guint32) g_atomic_int_add (&pass->next, 1);
      SrRestoreFile *file;
      GError        *reason = NULL;
      gboolean       right;

      if (next >= run->plan->files->len)
        break;
      file = sr_restore_plan_file (run->plan, next);
      if ((file->flags & pass->wanted) == 0 || (file->flags & SR_RESTORE_FAILED) != 0)
        continue;
      right = file_is_right (pass, file, &buffer, &reason);
      ok = !sr_check_cancelled (run->cancellable, error);
      if (!pass->from_disk)
        {
          settle_compared (file, right);
          g_clear_error (&reason);
        }
      else if (ok)
        settle_verified (run, file, g_steal_pointer (&reason));
      g_clear_error (&reason);
    }
  g_free (buffer.data);
  return ok;
}

static gboolean
run_pass (SrRestoreRun *run,
          gint          wanted,
          gboolean      from_disk,
          GError      **error)
{
  Pass pass = { .run = run, .wanted = wanted, .from_disk = from_disk };

  return sr_team_join (sr_team_start ("sr-compare", sr_worker_count (), pass_member, &pass), error);
}

gboolean
sr_restore_compare (SrRestoreRun *run,
                    GError      **error)
{
  for (guint32 i = 0; i < run->plan->files->len; i++)
    if ((sr_restore_plan_file (run->plan, i)->flags & SR_RESTORE_COMPARE) != 0)
      return run_pass (run, SR_RESTORE_COMPARE, FALSE, error);
  return TRUE;
}

gboolean
sr_restore_verify (SrRestoreRun *run,
                   GError      **error)
{
  return run_pass (run, SR_RESTORE_DONE, TRUE, error);
}
