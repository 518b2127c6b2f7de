/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-backup-private.h"

/* Totals are told anew after so many files. */
#define TELL_EVERY 512

struct _SrBackupCount
{
  SrWalker     *walker;
  SrProgress   *progress;
  GCancellable *stop;
  GThread      *thread;
  guint64       bytes;
  guint64       items;
};

/* What cannot be seen is not counted; the scan tells of it. */
static gpointer
run (gpointer user_data)
{
  SrBackupCount *self = user_data;
  SrWalkItem     found = { 0 };
  SrWalkEvent    event;

  while ((event = sr_walker_next (self->walker, &found, self->stop, NULL)) != SR_WALK_END &&
         event != SR_WALK_ERROR)
    {
      if (event != SR_WALK_ENTRY || found.entry->type != SR_ENTRY_FILE)
        continue;
      self->bytes += found.entry->size;
      if (++self->items % TELL_EVERY == 0)
        sr_progress_set_totals (self->progress, self->bytes, self->items, TRUE);
    }
  sr_walk_item_clear (&found);
  if (event == SR_WALK_END)
    sr_progress_set_totals (self->progress, self->bytes, self->items, FALSE);
  return NULL;
}

static void
add_virtual (SrBackupCount *self,
             GPtrArray     *files)
{
  for (guint i = 0; i < files->len; i++)
    {
      const SrVirtualFile *virtual = g_ptr_array_index (files, i);

      if (virtual->file == NULL)
        continue;
      self->bytes += virtual->entry->size;
      self->items++;
    }
}

SrBackupCount *
sr_backup_count_start (SrBackup *backup)
{
  SrBackupCount *self;
  SrWalker      *walker;

  if (backup->walker == NULL || !sr_progress_is_watched (backup->progress))
    return NULL;
  walker = sr_backup_new_walker (backup, FALSE, NULL);
  if (walker == NULL)
    return NULL;
  self = g_new0 (SrBackupCount, 1);
  self->walker = walker;
  self->progress = g_object_ref (backup->progress);
  self->stop = g_cancellable_new ();
  add_virtual (self, backup->at_root);
  add_virtual (self, backup->databases);
  self->thread = g_thread_new ("sr-count", run, self);
  return self;
}

void
sr_backup_count_free (SrBackupCount *self)
{
  if (self == NULL)
    return;
  g_cancellable_cancel (self->stop);
  g_thread_join (self->thread);
  sr_walker_free (self->walker);
  g_object_unref (self->progress);
  g_object_unref (self->stop);
  g_free (self);
}
