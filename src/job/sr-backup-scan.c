/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include <string.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "base/sr-queue.h"
#include "job/sr-backup-private.h"
#include "record/sr-sqlite-check.h"

/* Items travel in batches: a lock for each would cost as much as the item. Files to read are open
 * already, so there are not too many of them on their way. */
#define BATCH_SIZE     128
#define MAX_BATCH_OPEN 32
#define N_BATCHES      5

/* A SQLite database has at least one page, and its head is this long. */
#define MIN_DATABASE_SIZE  512
#define DATABASE_HEAD_SIZE 100

typedef struct
{
  guint        n_items;
  guint        n_open;
  SrBackupItem items[BATCH_SIZE];
} Batch;

struct _SrBackupScan
{
  SrBackup *backup;
  Batch     batches[N_BATCHES];
  SrQueue  *spare;
  SrQueue  *filled;
  GThread  *thread;
  gint      stopped; /* atomic */

  /* the thread's */
  Batch   *filling;
  guint    depth; /* folders entered; 1 in the root */
  gboolean in_database_folder;
  guint    next_at_root;
  guint    next_database;

  /* the feeder's */
  Batch *reading;
  guint  next;
};

static void
item_clear (SrBackupItem *self)
{
  sr_entry_free (self->entry);
  g_free (self->path);
  sr_saved_file_unref (self->file);
  if (self->fd >= 0)
    close (self->fd);
  g_clear_error (&self->error);
  *self = (SrBackupItem){ .fd = -1 };
}

/* -- telling -- */

static void
send_batch (SrBackupScan *self)
{
  if (self->filling != NULL)
    sr_queue_push (self->filled, g_steal_pointer (&self->filling));
}

static void
tell (SrBackupScan *self,
      SrBackupItem *item)
{
  if (self->filling == NULL)
    {
      self->filling = sr_queue_pop (self->spare);
      self->filling->n_items = 0;
      self->filling->n_open = 0;
    }
  self->filling->items[self->filling->n_items++] = *item;
  self->filling->n_open += item->fd >= 0;
  if (self->filling->n_items == BATCH_SIZE || self->filling->n_open == MAX_BATCH_OPEN)
    send_batch (self);
}

static void
tell_failed (SrBackupScan *self,
             const char   *path,
             GError       *reason)
{
  SrBackupItem item = { .kind = SR_BACKUP_ITEM_FAILED, .fd = -1 };

  item.path = g_strdup (path);
  item.error = reason;
  tell (self, &item);
}

/* @entry: (transfer full) (nullable) */
static void
tell_enter (SrBackupScan *self,
            SrEntry      *entry,
            const SrNode *before)
{
  SrBackupItem item = { .kind = SR_BACKUP_ITEM_ENTER, .fd = -1 };

  item.entry = entry;
  item.has_previous = before != NULL && before->has_subtree;
  if (item.has_previous)
    item.previous = before->subtree;
  tell (self, &item);
  if (self->depth++ > 0)
    sr_backup_parent_enter (self->backup->parent, before);
}

static void
tell_leave (SrBackupScan *self)
{
  SrBackupItem item = { .kind = SR_BACKUP_ITEM_LEAVE, .fd = -1 };

  tell (self, &item);
  if (--self->depth > 0)
    sr_backup_parent_leave (self->backup->parent);
}

/* -- what is virtual -- */

static void
tell_virtual_file (SrBackupScan *self,
                   SrVirtualFile *virtual,
                   const char *folder)
{
  SrBackupItem  item = { .kind = SR_BACKUP_ITEM_ENTRY, .fd = -1, .is_virtual = TRUE };
  const SrNode *before = sr_backup_parent_lookup (self->backup->parent, virtual->entry->name);

  item.path = g_strconcat (folder, virtual->entry->name, NULL);
  item.is_known = before != NULL;
  item.entry = g_steal_pointer (&virtual->entry);
  item.file = g_steal_pointer (&virtual->file);
  tell (self, &item);
}

static gboolean
set_taken (const char *folder,
           const char *name,
           GError    **error)
{
  g_set_error (error, SR_ERROR, SR_ERROR_EXISTS,
               "%s%s is among the folders to back up, and a database or a command's output shall "
               "be stored under the same name; leave one of them out or rename it",
               folder, name);
  return FALSE;
}

static gboolean
tell_databases_before (SrBackupScan *self,
                       const char   *name,
                       GError      **error)
{
  const char *folder = "/" SR_BACKUP_DATABASE_FOLDER "/";
  GPtrArray  *databases = self->backup->databases;

  while (self->next_database < databases->len)
    {
      SrVirtualFile *virtual = g_ptr_array_index (databases, self->next_database);
      int order = name != NULL ? strcmp (virtual->entry->name, name) : -1;

      if (order > 0)
        return TRUE;
      if (order == 0)
        return set_taken (folder, name, error);
      self->next_database++;
      tell_virtual_file (self, virtual, folder);
    }
  return TRUE;
}

static gboolean
tell_database_folder (SrBackupScan *self,
                      SrVirtualFile *virtual,
                      GError **error)
{
  const SrNode *before = sr_backup_parent_lookup (self->backup->parent, virtual->entry->name);

  tell_enter (self, g_steal_pointer (&virtual->entry), before);
  if (!tell_databases_before (self, NULL, error))
    return FALSE;
  tell_leave (self);
  return TRUE;
}

static gboolean
tell_at_root_before (SrBackupScan *self,
                     const char   *name,
                     gboolean      is_folder,
                     GError      **error)
{
  GPtrArray *at_root = self->backup->at_root;

  while (self->next_at_root < at_root->len)
    {
      SrVirtualFile *virtual = g_ptr_array_index (at_root, self->next_at_root);
      gboolean both = is_folder && virtual->file == NULL;
      int      order = name != NULL ? strcmp (virtual->entry->name, name) : -1;

      if (order > 0)
        return TRUE;
      if (order == 0 && !both)
        return set_taken ("/", name, error);
      self->next_at_root++;
      if (order == 0)
        {
          /* a real folder of that name takes the databases in */
          self->in_database_folder = TRUE;
          return TRUE;
        }
      if (virtual->file != NULL)
        tell_virtual_file (self, virtual, "/");
      else if (!tell_database_folder (self, virtual, error))
        return FALSE;
    }
  return TRUE;
}

/* All that is virtual and comes before @name in the folder we are in (NULL: all that is left). */
static gboolean
tell_virtual_before (SrBackupScan *self,
                     const char   *name,
                     gboolean      is_folder,
                     GError      **error)
{
  if (self->depth == 1)
    return tell_at_root_before (self, name, is_folder, error);
  if (self->depth == 2 && self->in_database_folder)
    return tell_databases_before (self, name, error);
  return TRUE;
}

/* -- files -- */

static gboolean
is_same_time (const struct timespec *a,
              const struct timespec *b)
{
  return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static gboolean
is_unchanged (const SrWalkItem *found,
              const SrNode     *before)
{
  const SrEntry *now = found->entry;

  return before != NULL && !found->has_journal && before->entry.type == SR_ENTRY_FILE &&
         before->entry.size == now->size && before->entry.inode == now->inode &&
         is_same_time (&before->entry.mtime, &now->mtime) &&
         is_same_time (&before->entry.ctime, &now->ctime);
}

static gboolean
is_database (SrBackupScan  *self,
             const SrEntry *entry,
             int            fd)
{
  guint8 head[DATABASE_HEAD_SIZE];

  if (self->backup->options->databases_as_files || entry->size < MIN_DATABASE_SIZE)
    return FALSE;
  return pread (fd, head, sizeof head, 0) == sizeof head &&
         sr_sqlite_is_database (head, sizeof head);
}

static void
open_content (SrBackupScan *self,
              SrWalkItem   *found,
              SrBackupItem *item)
{
  SrWalker *walker = self->backup->walker;

  item->kind = SR_BACKUP_ITEM_READ;
  item->fd = sr_walker_open (walker, found->entry, &item->error);
  if (item->fd < 0)
    {
      item->fd = -1;
      item->kind = SR_BACKUP_ITEM_FAILED;
      return;
    }
  if (is_database (self, found->entry, item->fd))
    {
      /* before SQLite opens it: closing any descriptor of a file drops all locks that a process has
       * on it */
      close (item->fd);
      item->fd = -1;
      item->kind = SR_BACKUP_ITEM_DATABASE;
      sr_walker_skip_journals (walker);
    }
  item->entry = g_steal_pointer (&found->entry);
}

/* Whoever changes an extended attribute changes the time of change as well, and that is the same:
 * asking for them would cost as much as the rest of an unchanged file does. */
static void
take_xattrs (SrEntry       *entry,
             const SrEntry *before)
{
  for (guint i = 0; i < before->n_xattrs; i++)
    sr_entry_add_xattr (entry, before->xattrs[i].name, before->xattrs[i].value,
                        before->xattrs[i].value_size);
}

/* @item has the path; the entry is taken from @found if the file can be opened. One of several
 * names of a database waits until the feeder has copied it by another. */
static void
open_file (SrBackupScan *self,
           SrWalkItem   *found,
           SrBackupItem *item)
{
  GMutex *lock = found->entry->links > 1 ? &self->backup->database_open : NULL;

  if (lock != NULL)
    g_mutex_lock (lock);
  open_content (self, found, item);
  if (lock != NULL)
    g_mutex_unlock (lock);
}

static void
tell_file (SrBackupScan *self,
           SrWalkItem   *found,
           const SrNode *before)
{
  SrBackupItem item = { .kind = SR_BACKUP_ITEM_ENTRY, .fd = -1 };

  item.is_known = before != NULL;
  if (is_unchanged (found, before))
    item.file = sr_saver_reuse_content (self->backup->saver, before->content, before->n_content);
  item.is_unchanged = item.file != NULL;
  item.path = g_strdup (found->path);
  if (!item.is_unchanged)
    open_file (self, found, &item);
  else
    {
      take_xattrs (found->entry, &before->entry);
      item.entry = g_steal_pointer (&found->entry);
    }
  tell (self, &item);
}

/* -- the walk -- */

static gboolean
tell_entry (SrBackupScan *self,
            SrWalkItem   *found,
            GError      **error)
{
  SrBackupItem  item = { .kind = SR_BACKUP_ITEM_ENTRY, .fd = -1 };
  const SrNode *before;

  if (!tell_virtual_before (self, found->entry->name, FALSE, error))
    return FALSE;
  before = sr_backup_parent_lookup (self->backup->parent, found->entry->name);
  if (found->entry->type == SR_ENTRY_FILE)
    {
      tell_file (self, found, before);
      return TRUE;
    }
  item.entry = g_steal_pointer (&found->entry);
  tell (self, &item);
  return TRUE;
}

static gboolean
tell_folder (SrBackupScan *self,
             SrWalkItem   *found,
             GError      **error)
{
  const SrNode *before = NULL;

  if (found->entry != NULL)
    {
      if (!tell_virtual_before (self, found->entry->name, TRUE, error))
        return FALSE;
      before = sr_backup_parent_lookup (self->backup->parent, found->entry->name);
    }
  tell_enter (self, g_steal_pointer (&found->entry), before);
  return TRUE;
}

static gboolean
tell_end_of_folder (SrBackupScan *self,
                    GError      **error)
{
  if (!tell_virtual_before (self, NULL, FALSE, error))
    return FALSE;
  tell_leave (self);
  if (self->depth == 1)
    self->in_database_folder = FALSE;
  return TRUE;
}

static gboolean
tell_event (SrBackupScan *self,
            SrWalkEvent   event,
            SrWalkItem   *found,
            GError      **error)
{
  switch (event)
    {
    case SR_WALK_ENTER:
      return tell_folder (self, found, error);
    case SR_WALK_LEAVE:
      return tell_end_of_folder (self, error);
    case SR_WALK_ENTRY:
      return tell_entry (self, found, error);
    case SR_WALK_PROBLEM:
      tell_failed (self, found->path, g_steal_pointer (&found->problem));
      return TRUE;
    case SR_WALK_END:
    case SR_WALK_ERROR:
    default:
      return FALSE;
    }
}

static gboolean
walk (SrBackupScan *self,
      GError      **error)
{
  SrWalkItem  found = { 0 };
  SrWalkEvent event = SR_WALK_END;
  gboolean    ok = TRUE;

  while (ok && !g_atomic_int_get (&self->stopped))
    {
      event = sr_walker_next (self->backup->walker, &found, self->backup->cancellable, error);
      if (event == SR_WALK_END || event == SR_WALK_ERROR)
        break;
      ok = tell_event (self, event, &found, error);
    }
  sr_walk_item_clear (&found);
  return ok && event != SR_WALK_ERROR;
}

static gboolean
walk_nothing (SrBackupScan *self,
              GError      **error)
{
  tell_enter (self, NULL, NULL);
  return tell_end_of_folder (self, error);
}

static gpointer
run (gpointer user_data)
{
  SrBackupScan *self = user_data;
  SrBackupItem  last = { .kind = SR_BACKUP_ITEM_END, .fd = -1 };
  gboolean      ok;

  ok = self->backup->walker != NULL ? walk (self, &last.error) : walk_nothing (self, &last.error);
  if (!ok)
    last.kind = SR_BACKUP_ITEM_ERROR;
  tell (self, &last);
  send_batch (self);
  sr_queue_close (self->filled);
  return NULL;
}

/* -- the feeder's side -- */

SrBackupScan *
sr_backup_scan_start (SrBackup *backup)
{
  SrBackupScan *self = g_new0 (SrBackupScan, 1);

  self->backup = backup;
  self->spare = sr_queue_new (N_BATCHES);
  self->filled = sr_queue_new (N_BATCHES);
  for (guint i = 0; i < N_BATCHES; i++)
    sr_queue_push (self->spare, &self->batches[i]);
  self->thread = g_thread_new ("sr-scan", run, self);
  return self;
}

static void
clear_batch (Batch *batch)
{
  for (guint i = 0; i < batch->n_items; i++)
    item_clear (&batch->items[i]);
  batch->n_items = 0;
}

static void
give_batch_back (SrBackupScan *self)
{
  if (self->reading == NULL)
    return;
  clear_batch (self->reading);
  sr_queue_push (self->spare, g_steal_pointer (&self->reading));
}

SrBackupItem *
sr_backup_scan_next (SrBackupScan *self)
{
  if (self->reading == NULL || self->next == self->reading->n_items)
    {
      give_batch_back (self);
      self->reading = sr_queue_pop (self->filled);
      self->next = 0;
    }
  /* a descriptor is not kept longer than its file is read */
  else
    item_clear (&self->reading->items[self->next - 1]);
  return &self->reading->items[self->next++];
}

void
sr_backup_scan_free (SrBackupScan *self)
{
  if (self == NULL)
    return;
  g_atomic_int_set (&self->stopped, 1);
  do
    give_batch_back (self);
  while ((self->reading = sr_queue_pop (self->filled)) != NULL);
  g_thread_join (self->thread);
  sr_queue_free (self->spare);
  sr_queue_free (self->filled);
  g_free (self);
}
