/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "repo/sr-restore-target.h"

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

typedef struct
{
  guint32 folder;
  int     fd;
  guint   holders;
  GList   link; /* in idle while nobody holds it */
} Slot;

struct _SrRestoreTarget
{
  const SrRestorePlan *plan;
  int                  root_fd;
  guint                max_open;
  GMutex               lock;
  GHashTable          *slots; /* number of folder to Slot; under lock, as all below */
  GQueue               idle;  /* oldest first */
};

guint
sr_restore_max_open (void)
{
  struct rlimit limit = { 1024, 1024 };

  getrlimit (RLIMIT_NOFILE, &limit);
  return (guint) CLAMP (limit.rlim_cur / 4, 8, 256);
}

static void
slot_free (gpointer data)
{
  Slot *slot = data;

  close (slot->fd);
  g_free (slot);
}

SrRestoreTarget *
sr_restore_target_new (const SrRestorePlan *plan,
                       const char          *path,
                       gboolean             dry_run,
                       gboolean            *missing,
                       GError             **error)
{
  SrRestoreTarget *self;
  int              fd;

  *missing = FALSE;
  if (!dry_run && g_mkdir_with_parents (path, 0700) != 0)
    {
      sr_set_error_errno (error, errno, "The target folder %s cannot be made", path);
      return NULL;
    }
  fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  *missing = fd < 0 && errno == ENOENT && dry_run;
  if (fd < 0 && !*missing)
    {
      sr_set_error_errno (error, errno, "The target folder %s cannot be opened", path);
      return NULL;
    }
  self = g_new0 (SrRestoreTarget, 1);
  self->plan = plan;
  self->root_fd = fd;
  self->max_open = sr_restore_max_open ();
  self->slots = g_hash_table_new_full (NULL, NULL, NULL, slot_free);
  g_mutex_init (&self->lock);
  return self;
}

void
sr_restore_target_free (SrRestoreTarget *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->slots);
  if (self->root_fd >= 0)
    close (self->root_fd);
  g_mutex_clear (&self->lock);
  g_free (self);
}

gboolean
sr_restore_target_sync (SrRestoreTarget *self,
                        GError         **error)
{
  if (syncfs (self->root_fd) == 0)
    return TRUE;
  sr_set_error_errno (error, errno,
                      "All was restored, but not all of it could be written to the disk; look "
                      "after the disk and restore again");
  return FALSE;
}

static Slot *
find_slot (SrRestoreTarget *self,
           guint32          folder)
{
  return g_hash_table_lookup (self->slots, GUINT_TO_POINTER (folder));
}

static Slot *
add_slot (SrRestoreTarget *self,
          guint32          folder,
          int              fd)
{
  Slot *slot = g_new0 (Slot, 1);

  slot->folder = folder;
  slot->fd = fd;
  slot->link.data = slot;
  g_hash_table_insert (self->slots, GUINT_TO_POINTER (folder), slot);
  g_queue_push_tail_link (&self->idle, &slot->link);
  return slot;
}

static void
close_oldest (SrRestoreTarget *self,
              const Slot      *but)
{
  while (g_hash_table_size (self->slots) > self->max_open && self->idle.length > 0)
    {
      Slot *slot = self->idle.head->data;

      if (slot == but)
        return;
      g_queue_unlink (&self->idle, &slot->link);
      g_hash_table_remove (self->slots, GUINT_TO_POINTER (slot->folder));
    }
}

static Slot *
open_below (SrRestoreTarget *self,
            int              parent_fd,
            guint32          folder,
            GError         **error)
{
  const char *name = sr_restore_plan_folder (self->plan, folder)->name;
  Slot       *slot;
  int         fd = openat (parent_fd, name, FOLDER_FLAGS);

  if (fd < 0)
    {
      sr_set_error_errno (error, errno, "The folder %s cannot be opened in the target", name);
      return NULL;
    }
  slot = add_slot (self, folder, fd);
  close_oldest (self, slot);
  return slot;
}

/* From the nearest open folder above it, down step by step. The way may be longer than a path may
 * be, and longer than what is kept open. */
static Slot *
open_folder (SrRestoreTarget *self,
             guint32          folder,
             GError         **error)
{
  g_autoptr (GArray) way = g_array_new (FALSE, FALSE, sizeof folder);
  Slot              *slot = NULL;
  int                fd = self->root_fd;

  for (; folder != 0; folder = sr_restore_plan_folder (self->plan, folder)->parent)
    {
      Slot *above = find_slot (self, folder);

      if (above != NULL)
        {
          fd = above->fd;
          break;
        }
      g_array_append_val (way, folder);
    }
  for (guint i = way->len; i > 0; i--)
    {
      slot = open_below (self, fd, g_array_index (way, guint32, i - 1), error);
      if (slot == NULL)
        return NULL;
      fd = slot->fd;
    }
  return slot;
}

int
sr_restore_target_hold (SrRestoreTarget *self,
                        guint32          folder,
                        GError         **error)
{
  Slot *slot;
  int   fd = -1;

  if (folder == 0)
    return self->root_fd;
  g_mutex_lock (&self->lock);
  slot = find_slot (self, folder);
  if (slot == NULL)
    slot = open_folder (self, folder, error);
  if (slot != NULL)
    {
      if (slot->holders++ == 0)
        g_queue_unlink (&self->idle, &slot->link);
      fd = slot->fd;
    }
  g_mutex_unlock (&self->lock);
  return fd;
}

void
sr_restore_target_release (SrRestoreTarget *self,
                           guint32          folder)
{
  Slot *slot;

  if (folder == 0)
    return;
  g_mutex_lock (&self->lock);
  slot = find_slot (self, folder);
  if (--slot->holders == 0)
    {
      g_queue_push_tail_link (&self->idle, &slot->link);
      close_oldest (self, NULL);
    }
  g_mutex_unlock (&self->lock);
}
