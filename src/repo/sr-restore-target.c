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

/* A folder that its owner, we, may not enter or write is opened up; its mode is set at the end. */
static gboolean
take_existing (int         parent_fd,
               const char *name,
               GError    **error)
{
  struct stat st;
  int         fd;

  if (fstatat (parent_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR (st.st_mode) &&
      st.st_uid == geteuid () && (st.st_mode & 0700) != 0700)
    fchmodat (parent_fd, name, (st.st_mode & 07777) | 0700, AT_SYMLINK_NOFOLLOW);
  fd = openat (parent_fd, name, FOLDER_FLAGS);
  if (fd < 0)
    {
      sr_set_error_errno (error, errno, "The folder %s cannot be opened in the target", name);
      return FALSE;
    }
  close (fd);
  return TRUE;
}

gboolean
sr_restore_make_folder (int         parent_fd,
                        const char *name,
                        gboolean    replace,
                        gboolean   *fresh,
                        GError    **error)
{
  struct stat st;

  *fresh = TRUE;
  if (mkdirat (parent_fd, name, 0700) == 0)
    return TRUE;
  *fresh = FALSE;
  if (errno != EEXIST)
    {
      sr_set_error_errno (error, errno, "The folder %s cannot be made in the target", name);
      return FALSE;
    }
  if (fstatat (parent_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0 || S_ISDIR (st.st_mode))
    return take_existing (parent_fd, name, error);
  if (!replace)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_EXISTS,
                   "%s is no folder in the target, and existing files are to stay", name);
      return FALSE;
    }
  *fresh = TRUE;
  if (unlinkat (parent_fd, name, 0) == 0 && mkdirat (parent_fd, name, 0700) == 0)
    return TRUE;
  sr_set_error_errno (error, errno, "The folder %s cannot replace what stands in the target", name);
  return FALSE;
}

const char *
sr_restore_temp_name (char buffer[64])
{
  g_snprintf (buffer, 64, ".strongroom-%08x%08x.incomplete", g_random_int (), g_random_int ());
  return buffer;
}

/* Where the file system cannot do it in one call: a second name and the first one away, or, where
 * there are no hard links either, a look before. */
static int
name_in_steps (int         parent_fd,
               const char *temp,
               const char *name)
{
  struct stat st;

  if (linkat (parent_fd, temp, parent_fd, name, 0) == 0)
    return unlinkat (parent_fd, temp, 0);
  if (errno == EEXIST)
    return -1;
  if (fstatat (parent_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
    {
      errno = EEXIST;
      return -1;
    }
  return renameat (parent_fd, temp, parent_fd, name);
}

static gboolean
name_without_replacing (int         parent_fd,
                        const char *temp,
                        const char *name,
                        GError    **error)
{
  if (renameat2 (parent_fd, temp, parent_fd, name, RENAME_NOREPLACE) == 0)
    return TRUE;
  if ((errno == EINVAL || errno == ENOSYS) && name_in_steps (parent_fd, temp, name) == 0)
    return TRUE;
  sr_set_error_errno (error, errno, "%s cannot be put in its place", name);
  return FALSE;
}

gboolean
sr_restore_put_name (int         parent_fd,
                     const char *temp,
                     const char *name,
                     gboolean    replace,
                     GError    **error)
{
  if (!replace)
    return name_without_replacing (parent_fd, temp, name, error);
  if (renameat (parent_fd, temp, parent_fd, name) == 0)
    {
      /* Two names of one file: the kernel then leaves both. */
      unlinkat (parent_fd, temp, 0);
      return TRUE;
    }
  if (errno == EISDIR && unlinkat (parent_fd, name, AT_REMOVEDIR) == 0 &&
      renameat (parent_fd, temp, parent_fd, name) == 0)
    return TRUE;
  if (errno == ENOTEMPTY || errno == EEXIST)
    g_set_error (error, SR_ERROR, SR_ERROR_EXISTS,
                 "%s is a folder with content in the target; it is only removed if extra files are "
                 "to be deleted",
                 name);
  else
    sr_set_error_errno (error, errno, "%s cannot be put in its place", name);
  return FALSE;
}
