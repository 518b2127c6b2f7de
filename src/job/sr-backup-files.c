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
                   SrSavedFile       **file,
                   guint64            *size,
                   GError            **error)
{
  SrBackupRead read;

  if (size_hint > READ_SIZE)
    posix_fadvise (fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  *file = sr_saver_begin_file (self->saver, sizes, size_hint);
  read = read_content (self, fd, size_hint, error);
  if (read != SR_BACKUP_READ_DONE)
    sr_saver_drop_file (self->saver);
  else if (!sr_saver_end_file (self->saver, size, error))
    read = SR_BACKUP_READ_ERROR;
  if (read != SR_BACKUP_READ_DONE)
    g_clear_pointer (file, sr_saved_file_unref);
  return read;
}

/* -- telling -- */

static void
report (SrBackup     *self,
        const char   *path,
        const char   *action,
        guint64       size,
        const GError *error)
{
  if (self->options->report != NULL)
    self->options->report (path, action, size, error, self->options->user_data);
}

void
sr_backup_tell_failed (SrBackup   *self,
                       const char *path,
                       const char *action,
                       GError     *reason)
{
  self->result->failed++;
  report (self, path, action, 0, reason);
  if (self->first_failure == NULL)
    self->first_failure = reason;
  else
    g_error_free (reason);
}

/* A file or folder that could not be read. Takes @reason. */
static void
report_failed (SrBackup   *self,
               const char *path,
               GError     *reason)
{
  sr_backup_tell_failed (self, path, "failed", reason);
}

/* Access times would make every tree that was read a new one. */
static gboolean
add (SrBackup     *self,
     SrBackupItem *item,
     GError      **error)
{
  item->entry->atime = item->entry->mtime;
  return sr_tree_builder_add (self->builder, g_steal_pointer (&item->entry),
                              g_steal_pointer (&item->file), error);
}

/* Counts a regular file, tells what it was, and hands it to the tree. @action: (nullable) */
static gboolean
add_file (SrBackup     *self,
          SrBackupItem *item,
          const char   *action,
          GError      **error)
{
  guint64 size = item->entry->size;

  if (item->is_unchanged)
    self->summary.files_unmodified++;
  else if (item->is_known)
    self->summary.files_changed++;
  else
    self->summary.files_new++;
  self->summary.total_files_processed++;
  self->n_read += !item->is_virtual;
  self->summary.total_bytes_processed += size;
  if (action == NULL)
    action = item->is_unchanged ? "unmodified" : item->is_known ? "changed"
                                                                : "new";
  report (self, item->path, action, size, NULL);
  return add (self, item, error);
}

/* -- items of the scan -- */

static gboolean
handle_entry (SrBackup     *self,
              SrBackupItem *item,
              GError      **error)
{
  if (item->entry->type != SR_ENTRY_FILE)
    return add (self, item, error);
  if (!item->is_virtual)
    sr_progress_add (self->progress, item->entry->size, 1);
  return add_file (self, item, item->is_virtual ? "database" : NULL, error);
}

static void
report_size (SrBackup     *self,
             SrBackupItem *item,
             guint64       size)
{
  g_autoptr (GError) reason = NULL;

  reason = g_error_new (SR_ERROR, SR_ERROR_INCOMPLETE,
                        "The file changed while it was read: %" G_GUINT64_FORMAT
                        " bytes were announced and %" G_GUINT64_FORMAT " were stored",
                        item->entry->size, size);
  report (self, item->path, "changing", size, reason);
}

/* Stored as it lies, and reported all the same. Without a ctime it is never taken as unchanged, so
 * that every backup says it again. */
static SrBackupRead
keep_damaged_database (SrBackup     *self,
                       SrBackupItem *item,
                       guint64      *size,
                       GError      **reason)
{
  g_autoptr (GError) why = NULL;
  SrBackupRead       read = sr_backup_save_damaged_database (self, item->path, &item->file, size,
                                                             &why);

  if (read == SR_BACKUP_READ_DONE)
    {
      g_prefix_error (reason, "Stored byte for byte as it lies, not as a sound copy: ");
      report_failed (self, item->path, g_steal_pointer (reason));
      item->entry->ctime = (struct timespec){ 0 };
    }
  else if (read == SR_BACKUP_READ_ERROR)
    {
      g_clear_error (reason);
      g_propagate_error (reason, g_steal_pointer (&why));
    }
  return read;
}

static gboolean
handle_content (SrBackup     *self,
                SrBackupItem *item,
                GError      **error)
{
  gboolean     is_database = item->kind == SR_BACKUP_ITEM_DATABASE;
  GError      *reason = NULL;
  guint64      size = 0;
  SrBackupRead read;

  sr_progress_set_current (self->progress, item->path);
  if (is_database)
    read = sr_backup_save_met_database (self, item->path, &item->file, &size, &reason);
  else
    read = sr_backup_read_fd (self, item->fd, &sr_chunk_sizes_files, item->entry->size,
                              &item->file, &size, &reason);
  if (is_database && read == SR_BACKUP_READ_FAILED && sr_error_is (reason, SR_ERROR_DAMAGED))
    {
      is_database = FALSE;
      read = keep_damaged_database (self, item, &size, &reason);
    }
  if (read == SR_BACKUP_READ_ERROR)
    {
      g_propagate_error (error, reason);
      return FALSE;
    }
  if (read == SR_BACKUP_READ_FAILED)
    {
      report_failed (self, item->path, reason);
      return TRUE;
    }
  if (is_database)
    self->result->databases++;
  else if (size != item->entry->size)
    report_size (self, item, size);
  item->entry->size = size;
  sr_progress_add (self->progress, 0, 1);
  return add_file (self, item, is_database ? "database" : NULL, error);
}

static gboolean
handle_enter (SrBackup     *self,
              SrBackupItem *item,
              GError      **error)
{
  if (item->entry != NULL)
    item->entry->atime = item->entry->mtime;
  return sr_tree_builder_enter (self->builder, g_steal_pointer (&item->entry),
                                item->has_previous ? &item->previous : NULL, error);
}

static gboolean
handle_item (SrBackup     *self,
             SrBackupItem *item,
             GError      **error)
{
  switch (item->kind)
    {
    case SR_BACKUP_ITEM_ENTER:
      return handle_enter (self, item, error);
    case SR_BACKUP_ITEM_LEAVE:
      return sr_tree_builder_leave (self->builder, error);
    case SR_BACKUP_ITEM_ENTRY:
      return handle_entry (self, item, error);
    case SR_BACKUP_ITEM_READ:
    case SR_BACKUP_ITEM_DATABASE:
      return handle_content (self, item, error);
    case SR_BACKUP_ITEM_FAILED:
      report_failed (self, item->path, g_steal_pointer (&item->error));
      return TRUE;
    case SR_BACKUP_ITEM_ERROR:
      g_propagate_error (error, g_steal_pointer (&item->error));
      return FALSE;
    case SR_BACKUP_ITEM_END:
    default:
      return TRUE;
    }
}

gboolean
sr_backup_walk (SrBackup *self,
                GError  **error)
{
  SrBackupScan *scan = sr_backup_scan_start (self);
  SrBackupItem *item;
  gboolean      ok;

  do
    {
      item = sr_backup_scan_next (scan);
      ok = handle_item (self, item, error);
    }
  while (ok && item->kind != SR_BACKUP_ITEM_END);
  sr_backup_scan_free (scan);
  return ok;
}
