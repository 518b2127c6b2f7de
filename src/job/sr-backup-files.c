/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "job/sr-backup-private.h"

/* Read at a time: what the chunker looks at next is then still in the processor's cache. */
#define READ_SIZE ((gsize) 1024 * 1024)
/* A SQLite database has at least one page. */
#define MIN_DATABASE_SIZE 512

/* -- reading -- */

static gssize
read_some (int      fd,
           gpointer buffer,
           gsize    size)
{
  gssize n;

  do
    n = read (fd, buffer, size);
  while (n < 0 && errno == EINTR);
  return n;
}

/* @expected: bytes the file should have; one more is asked for, so that a file that is as large as
 * it said is known to have ended without another call. */
static SrBackupRead
read_content (SrBackup *self,
              int       fd,
              guint64   expected,
              gboolean  look_for_database,
              GError  **error)
{
  guint64 done = 0;

  while (TRUE)
    {
      gsize   room;
      gssize  n;
      guint8 *buffer = sr_saver_get_buffer (self->saver, &room, error);

      if (buffer == NULL)
        return SR_BACKUP_READ_ERROR;
      room = MIN (room, READ_SIZE);
      if (done <= expected)
        room = (gsize) MIN (room, expected - done + 1);
      n = read_some (fd, buffer, room);
      if (n < 0)
        {
          sr_set_error_errno (error, errno,
                              "The file cannot be read from byte %" G_GUINT64_FORMAT " on", done);
          return SR_BACKUP_READ_FAILED;
        }
      if (n == 0)
        return SR_BACKUP_READ_DONE;
      if (done == 0 && look_for_database && sr_sqlite_is_database (buffer, (gsize) n))
        return SR_BACKUP_READ_DATABASE;
      if (!sr_saver_commit_buffer (self->saver, (gsize) n, error))
        return SR_BACKUP_READ_ERROR;
      done += (guint64) n;
      sr_progress_add (self->progress, (guint64) n, 0);
      if ((gsize) n < room && done >= expected)
        return SR_BACKUP_READ_DONE;
    }
}

SrBackupRead
sr_backup_read_fd (SrBackup           *self,
                   int                 fd,
                   const SrChunkSizes *sizes,
                   guint64             size_hint,
                   gboolean            look_for_database,
                   SrSavedFile       **file,
                   guint64            *size,
                   GError            **error)
{
  SrBackupRead read;

  if (size_hint > READ_SIZE)
    posix_fadvise (fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  *file = sr_saver_begin_file (self->saver, sizes, size_hint);
  read = read_content (self, fd, size_hint, look_for_database, error);
  if (read != SR_BACKUP_READ_DONE)
    sr_saver_drop_file (self->saver);
  else if (!sr_saver_end_file (self->saver, size, error))
    read = SR_BACKUP_READ_ERROR;
  if (read != SR_BACKUP_READ_DONE)
    g_clear_pointer (file, sr_saved_file_unref);
  return read;
}

/* -- telling -- */

void
sr_backup_report (SrBackup     *self,
                  const char   *path,
                  const char   *action,
                  guint64       size,
                  const GError *error)
{
  if (self->options->report != NULL)
    self->options->report (path, action, size, error, self->options->user_data);
}

void
sr_backup_report_failed (SrBackup   *self,
                         const char *path,
                         GError     *reason)
{
  self->result->failed++;
  sr_backup_report (self, path, "failed", 0, reason);
  g_error_free (reason);
}

void
sr_backup_count_file (SrBackup      *self,
                      const char    *path,
                      const SrEntry *entry,
                      const SrNode  *before,
                      const char    *action)
{
  if (before == NULL)
    self->summary.files_new++;
  else
    self->summary.files_changed++;
  self->summary.total_files_processed++;
  self->summary.total_bytes_processed += entry->size;
  if (action == NULL)
    action = before == NULL ? "new" : "changed";
  sr_backup_report (self, path, action, entry->size, NULL);
}

/* Access times would make every tree that was read a new one. */
gboolean
sr_backup_add (SrBackup    *self,
               SrEntry     *entry,
               SrSavedFile *file,
               GError     **error)
{
  entry->atime = entry->mtime;
  return sr_tree_builder_add (self->builder, entry, file, error);
}

/* -- files -- */

static gboolean
is_same_time (const struct timespec *a,
              const struct timespec *b)
{
  return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static gboolean
is_unchanged (const SrWalkItem *item,
              const SrNode     *before)
{
  const SrEntry *now = item->entry;

  return before != NULL && !item->has_journal && before->entry.type == SR_ENTRY_FILE &&
         before->entry.size == now->size && before->entry.inode == now->inode &&
         is_same_time (&before->entry.mtime, &now->mtime) &&
         is_same_time (&before->entry.ctime, &now->ctime);
}

static gboolean
add_unchanged (SrBackup    *self,
               SrWalkItem  *item,
               SrSavedFile *file,
               GError     **error)
{
  g_autoptr (GError) reason = NULL;
  guint64            size = item->entry->size;

  if (!sr_walker_load_xattrs (self->walker, item->entry, &reason))
    sr_backup_report_failed (self, item->path, g_steal_pointer (&reason));
  self->summary.files_unmodified++;
  self->summary.total_files_processed++;
  self->summary.total_bytes_processed += size;
  sr_progress_add (self->progress, size, 1);
  sr_backup_report (self, item->path, "unmodified", size, NULL);
  return sr_backup_add (self, g_steal_pointer (&item->entry), file, error);
}

static void
report_size (SrBackup   *self,
             SrWalkItem *item,
             guint64     size)
{
  g_autoptr (GError) reason = NULL;

  reason = g_error_new (SR_ERROR, SR_ERROR_INCOMPLETE,
                        "The file changed while it was read: it had %" G_GUINT64_FORMAT
                        " bytes, of which or beyond which %" G_GUINT64_FORMAT " were stored",
                        item->entry->size, size);
  sr_backup_report (self, item->path, "changing", size, reason);
}

static gboolean
add_database (SrBackup     *self,
              SrWalkItem   *item,
              const SrNode *before,
              GError      **error)
{
  SrSavedFile *file = NULL;
  gboolean     saved;

  if (!sr_backup_save_met_database (self, item->path, &file, &item->entry->size, &saved, error))
    return FALSE;
  if (!saved)
    return TRUE;
  sr_walker_skip_journals (self->walker);
  sr_progress_add (self->progress, 0, 1);
  sr_backup_count_file (self, item->path, item->entry, before, "database");
  return sr_backup_add (self, g_steal_pointer (&item->entry), file, error);
}

static gboolean
add_content (SrBackup     *self,
             SrWalkItem   *item,
             const SrNode *before,
             SrSavedFile  *file,
             guint64       size,
             GError      **error)
{
  if (size != item->entry->size)
    report_size (self, item, size);
  item->entry->size = size;
  sr_progress_add (self->progress, 0, 1);
  sr_backup_count_file (self, item->path, item->entry, before, NULL);
  return sr_backup_add (self, g_steal_pointer (&item->entry), file, error);
}

static gboolean
save_file (SrBackup     *self,
           SrWalkItem   *item,
           const SrNode *before,
           GError      **error)
{
  g_autoptr (GError) reason = NULL;
  SrSavedFile       *file = NULL;
  SrBackupRead       read;
  guint64            size = 0;
  gboolean           look;
  int                fd = sr_walker_open (self->walker, item->entry, &reason);

  if (fd < 0)
    {
      sr_backup_report_failed (self, item->path, g_steal_pointer (&reason));
      return TRUE;
    }
  look = !self->options->databases_as_files && item->entry->size >= MIN_DATABASE_SIZE;
  read = sr_backup_read_fd (self, fd, &sr_chunk_sizes_files, item->entry->size, look, &file, &size,
                            &reason);
  /* before SQLite opens it: closing any descriptor of a file drops all locks a process has on it */
  close (fd);
  switch (read)
    {
    case SR_BACKUP_READ_DONE:
      return add_content (self, item, before, file, size, error);
    case SR_BACKUP_READ_DATABASE:
      return add_database (self, item, before, error);
    case SR_BACKUP_READ_FAILED:
      sr_backup_report_failed (self, item->path, g_steal_pointer (&reason));
      return TRUE;
    case SR_BACKUP_READ_ERROR:
    default:
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
}

/* -- the walk -- */

static gboolean
handle_entry (SrBackup   *self,
              SrWalkItem *item,
              GError    **error)
{
  const SrNode *before;
  SrSavedFile  *file = NULL;

  if (!sr_backup_add_virtual (self, item->entry->name, FALSE, error))
    return FALSE;
  before = sr_backup_parent_lookup (self->parent, item->entry->name);
  if (item->entry->type != SR_ENTRY_FILE)
    return sr_backup_add (self, g_steal_pointer (&item->entry), NULL, error);
  sr_progress_set_current (self->progress, item->path);
  if (is_unchanged (item, before))
    file = sr_saver_reuse_content (self->saver, before->content, before->n_content);
  if (file != NULL)
    return add_unchanged (self, item, file, error);
  return save_file (self, item, before, error);
}

static gboolean
handle_enter (SrBackup   *self,
              SrWalkItem *item,
              GError    **error)
{
  const SrNode *before = NULL;
  gboolean      known;

  if (item->entry != NULL)
    {
      if (!sr_backup_add_virtual (self, item->entry->name, TRUE, error))
        return FALSE;
      before = sr_backup_parent_lookup (self->parent, item->entry->name);
      item->entry->atime = item->entry->mtime;
    }
  known = before != NULL && before->has_subtree;
  if (!sr_tree_builder_enter (self->builder, g_steal_pointer (&item->entry),
                              known ? &before->subtree : NULL, error))
    return FALSE;
  if (self->depth++ > 0)
    sr_backup_parent_enter (self->parent, before);
  return TRUE;
}

static gboolean
handle_leave (SrBackup *self,
              GError  **error)
{
  if (!sr_backup_add_virtual (self, NULL, FALSE, error) ||
      !sr_tree_builder_leave (self->builder, error))
    return FALSE;
  if (--self->depth > 0)
    sr_backup_parent_leave (self->parent);
  if (self->depth == 1)
    self->in_database_folder = FALSE;
  return TRUE;
}

static gboolean
handle_event (SrBackup   *self,
              SrWalkEvent event,
              SrWalkItem *item,
              GError    **error)
{
  switch (event)
    {
    case SR_WALK_ENTER:
      return handle_enter (self, item, error);
    case SR_WALK_LEAVE:
      return handle_leave (self, error);
    case SR_WALK_ENTRY:
      return handle_entry (self, item, error);
    case SR_WALK_PROBLEM:
      sr_backup_report_failed (self, item->path, g_steal_pointer (&item->problem));
      return TRUE;
    case SR_WALK_END:
    case SR_WALK_ERROR:
    default:
      return FALSE;
    }
}

static gboolean
walk_nothing (SrBackup *self,
              GError  **error)
{
  SrWalkItem item = { 0 };

  return handle_enter (self, &item, error) && handle_leave (self, error);
}

gboolean
sr_backup_walk (SrBackup *self,
                GError  **error)
{
  SrWalkItem  item = { 0 };
  SrWalkEvent event = SR_WALK_END;
  gboolean    ok = TRUE;

  if (self->walker == NULL)
    return walk_nothing (self, error);
  while (ok)
    {
      event = sr_walker_next (self->walker, &item, self->cancellable, error);
      if (event == SR_WALK_END || event == SR_WALK_ERROR)
        break;
      ok = handle_event (self, event, &item, error);
    }
  sr_walk_item_clear (&item);
  return ok && event == SR_WALK_END;
}
