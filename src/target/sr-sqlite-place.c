/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-sqlite-place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "base/sr-leftover.h"

#define STAGE_FLAGS (O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC)
#define MAX_NAME    200
/* What is called so never was in use. From just before the exchange on it is called otherwise,
 * since it then may be what stood there. */
#define STAGE_KIND     "strongroom-stage"
#define SWAP_KIND      "strongroom-swap"
#define ATTRIBUTE_SIZE ((gsize) 65536)

static const char *const endings[] = { "-wal", "-journal", "-shm", NULL };

void
sr_sqlite_place_init (SrSqlitePlace *self,
                      SrTarget      *target)
{
  *self = (SrSqlitePlace){ .target = target, .dir_fd = -1 };
  self->moved = g_ptr_array_new_with_free_func (g_free);
}

void
sr_sqlite_place_clear (SrSqlitePlace *self)
{
  if (self->dir_fd >= 0)
    close (self->dir_fd);
  g_free (self->full_path);
  g_free (self->name);
  g_free (self->stage);
  g_ptr_array_unref (self->moved);
}

static gboolean
fail_errno (SrSqlitePlace *self,
            int            errnum,
            const char    *what,
            GError       **error)
{
  g_autofree char *shown = g_filename_display_name (self->full_path);

  sr_set_error_errno (error, errnum, "Database “%s”: %s", shown, what);
  return FALSE;
}

/* Without links; the last part need not exist. Returns: (transfer full) (nullable): errno is set */
static char *
resolve (const char *path)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *above = g_path_get_dirname (absolute);
  g_autofree char *last = g_path_get_basename (absolute);
  char            *real = realpath (absolute, NULL);
  char            *full = NULL;

  if (real != NULL)
    full = g_strdup (real);
  else if (errno == ENOENT && (real = realpath (above, NULL)) != NULL)
    full = g_build_filename (real, last, NULL);
  free (real);
  return full;
}

gboolean
sr_sqlite_place_find (SrSqlitePlace *self,
                      const char    *path,
                      GError       **error)
{
  g_autofree char *folder = NULL;

  if (self->dir_fd < 0)
    {
      g_clear_pointer (&self->full_path, g_free);
      g_clear_pointer (&self->name, g_free);
      self->full_path = resolve (path);
      if (self->full_path == NULL)
        {
          g_autofree char *shown = g_filename_display_name (path);

          sr_set_error_errno (error, errno,
                              "Database “%s”: the folder that it lies in must be there", shown);
          return FALSE;
        }
      self->name = g_path_get_basename (self->full_path);
      folder = g_path_get_dirname (self->full_path);
      if (!sr_entry_name_is_safe (self->name) || strlen (self->name) > MAX_NAME)
        return fail_errno (self, EINVAL, "that is no name for a file", error);
      self->dir_fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      if (self->dir_fd < 0)
        return fail_errno (self, errno, "its folder cannot be opened", error);
    }
  self->had_old = fstatat (self->dir_fd, self->name, &self->old, AT_SYMLINK_NOFOLLOW) == 0;
  if (!self->had_old && errno != ENOENT)
    return fail_errno (self, errno, "it cannot be looked at", error);
  if (!self->had_old || S_ISREG (self->old.st_mode))
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_REFUSED, "“%s” is no file", self->full_path);
  return FALSE;
}

GPtrArray *
sr_sqlite_place_find_leftovers (SrSqlitePlace *self)
{
  g_autofree char *stages = sr_leftover_make_prefix (".", self->name, STAGE_KIND);
  g_autofree char *swaps = sr_leftover_make_prefix (".", self->name, SWAP_KIND);
  GPtrArray       *names = g_ptr_array_new_with_free_func (g_free);

  sr_leftover_sweep (self->dir_fd, stages, NULL, names);
  sr_leftover_sweep (self->dir_fd, swaps, sr_leftover_keep, names);
  return names;
}

int
sr_sqlite_place_make_stage (SrSqlitePlace *self,
                            GError       **error)
{
  g_autofree char *prefix = sr_leftover_make_prefix (".", self->name, STAGE_KIND);
  int              fd;

  sr_leftover_sweep (self->dir_fd, prefix, sr_leftover_unlink, NULL);
  g_free (self->stage);
  self->stage = sr_leftover_make_name (prefix);
  fd = openat (self->dir_fd, self->stage, STAGE_FLAGS, 0600);
  if (fd >= 0)
    return fd;
  fail_errno (self, errno, "the stage beside it cannot be made", error);
  g_clear_pointer (&self->stage, g_free);
  return -1;
}

int
sr_sqlite_place_make_beside (SrSqlitePlace *self,
                             const char    *ending,
                             GError       **error)
{
  g_autofree char *name = g_strconcat (self->stage, ending, NULL);
  int              fd = openat (self->dir_fd, name, STAGE_FLAGS, 0600);

  if (fd < 0)
    fail_errno (self, errno, "a file beside the stage cannot be made", error);
  return fd;
}

/* Who may do what besides the owner, and what the person attached. Security labels are the
 * system's to give. */
static gboolean
copy_attributes (SrSqlitePlace *self,
                 int            to,
                 GError       **error)
{
  g_autofree char *names = g_malloc (ATTRIBUTE_SIZE);
  ssize_t          size = llistxattr (self->full_path, names, ATTRIBUTE_SIZE);

  for (const char *name = names; size > 0 && name < names + size; name += strlen (name) + 1)
    {
      g_autofree char *value = g_malloc (ATTRIBUTE_SIZE);
      ssize_t          length;

      if (!g_str_has_prefix (name, "user.") && strcmp (name, "system.posix_acl_access") != 0)
        continue;
      length = lgetxattr (self->full_path, name, value, ATTRIBUTE_SIZE);
      if (length >= 0 && fsetxattr (to, name, value, (size_t) length, 0) != 0)
        return fail_errno (self, errno, "its extended attributes cannot be copied", error);
    }
  return TRUE;
}

gboolean
sr_sqlite_place_copy_owner (SrSqlitePlace *self,
                            int            stage_fd,
                            GError       **error)
{
  struct stat now;

  if (!self->had_old)
    return TRUE;
  if (fstat (stage_fd, &now) != 0)
    return fail_errno (self, errno, "its stage cannot be looked at", error);
  if ((now.st_uid != self->old.st_uid || now.st_gid != self->old.st_gid) &&
      fchown (stage_fd, self->old.st_uid, self->old.st_gid) != 0)
    return fail_errno (self, errno, "the new file cannot be given the owner of the old one; run as "
                                    "that owner",
                       error);
  if (fchmod (stage_fd, self->old.st_mode & 07777) != 0)
    return fail_errno (self, errno, "the permissions cannot be set", error);
  /* By its path: opening and closing the file itself would drop SQLite's lock on it. */
  return copy_attributes (self, stage_fd, error);
}

static gboolean
rename_beside (SrSqlitePlace *self,
               const char    *from,
               const char    *to,
               const char    *ending,
               gboolean      *was_there,
               GError       **error)
{
  g_autofree char *from_name = g_strconcat (from, ending, NULL);
  g_autofree char *to_name = g_strconcat (to, ending, NULL);

  *was_there = renameat (self->dir_fd, from_name, self->dir_fd, to_name) == 0;
  return *was_there || errno == ENOENT ||
         fail_errno (self, errno, "a file beside it cannot be moved", error);
}

/* Moves back what was moved beside the stage. */
static gboolean
move_back (SrSqlitePlace *self,
           GError       **error)
{
  gboolean was_there;

  while (self->moved->len > 0)
    {
      const char *ending = self->moved->pdata[self->moved->len - 1];

      if (!rename_beside (self, self->stage, self->name, ending, &was_there, error))
        return FALSE;
      g_ptr_array_set_size (self->moved, (int) self->moved->len - 1);
    }
  return TRUE;
}

/* What SQLite left beside the name must be gone before another database has it: it would be taken
 * for that one's. It holds nothing that is not in the file, unless @keep says that it does. */
static gboolean
clear_beside (SrSqlitePlace *self,
              gboolean       keep,
              GError       **error)
{
  for (guint i = 0; endings[i] != NULL; i++)
    {
      g_autofree char *name = g_strconcat (self->name, endings[i], NULL);
      gboolean         was_there = FALSE;

      if (!sr_target_step (self->target, "clear-beside", error))
        return FALSE;
      if (keep && strcmp (endings[i], "-shm") != 0)
        {
          if (!rename_beside (self, self->name, self->stage, endings[i], &was_there, error))
            return FALSE;
          if (was_there)
            g_ptr_array_add (self->moved, g_strdup (endings[i]));
        }
      else if (unlinkat (self->dir_fd, name, 0) != 0 && errno != ENOENT)
        return fail_errno (self, errno, "a stale file beside it cannot be removed", error);
    }
  return fsync (self->dir_fd) == 0 || errno == EINVAL ||
         fail_errno (self, errno, "its folder cannot be written", error);
}

/* Where the file system cannot exchange two names: the old one gets a second name first, so that
 * there is a database under its name at any moment. */
static gboolean
exchange_by_link (SrSqlitePlace *self,
                  GError       **error)
{
  g_autofree char *aside = g_strconcat (self->stage, ".old", NULL);
  int              fd = self->dir_fd;

  if (linkat (fd, self->name, fd, aside, 0) != 0)
    return fail_errno (self, errno, "it cannot be kept; nothing was changed", error);
  if (renameat (fd, self->stage, fd, self->name) != 0)
    {
      fail_errno (self, errno, "it cannot be put into place; nothing was changed", error);
      unlinkat (fd, aside, 0);
      return FALSE;
    }
  return renameat (fd, aside, fd, self->stage) == 0 ||
         fail_errno (self, errno, "the old file cannot be given its name for undoing", error);
}

static gboolean
change_names (SrSqlitePlace *self,
              gboolean       back,
              GError       **error)
{
  const char *from = back && !self->had_old ? self->name : self->stage;
  const char *to = back && !self->had_old ? self->stage : self->name;
  int         fd = self->dir_fd;

  if (renameat2 (fd, from, fd, to, self->had_old ? RENAME_EXCHANGE : RENAME_NOREPLACE) == 0)
    return TRUE;
  if (errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP)
    return fail_errno (self, errno, "it cannot be put into place; nothing was changed", error);
  if (self->had_old)
    return exchange_by_link (self, error);
  if (linkat (fd, from, fd, to, 0) == 0 && unlinkat (fd, from, 0) == 0)
    return TRUE;
  return fail_errno (self, errno, "it cannot be put into place; nothing was changed", error);
}

static gboolean
change_and_sync (SrSqlitePlace *self,
                 gboolean       back,
                 const char    *step,
                 GError       **error)
{
  if (!change_names (self, back, error))
    return FALSE;
  if (sr_target_step (self->target, step, error) &&
      (fsync (self->dir_fd) == 0 || errno == EINVAL ||
       fail_errno (self, errno, "the new name cannot be written to the disk; it was taken back",
                   error)))
    return TRUE;
  change_names (self, !back, NULL);
  return FALSE;
}

static gboolean
is_same_old (SrSqlitePlace *self,
             GError       **error)
{
  struct stat now;
  gboolean    found = fstatat (self->dir_fd, self->name, &now, AT_SYMLINK_NOFOLLOW) == 0;

  if (found == self->had_old &&
      (!found || (now.st_dev == self->old.st_dev && now.st_ino == self->old.st_ino)))
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
               "Another program replaced “%s” meanwhile; nothing was changed. Begin anew",
               self->full_path);
  return FALSE;
}

/* What lies beside the stage is in it by now. */
static gboolean
rename_stage (SrSqlitePlace *self,
              GError       **error)
{
  g_autofree char *prefix = sr_leftover_make_prefix (".", self->name, SWAP_KIND);
  g_autofree char *name = sr_leftover_make_name (prefix);

  if (!sr_target_step (self->target, "rename-stage", error))
    return FALSE;
  for (guint i = 0; endings[i] != NULL; i++)
    {
      g_autofree char *beside = g_strconcat (self->stage, endings[i], NULL);

      unlinkat (self->dir_fd, beside, 0);
    }
  if (renameat (self->dir_fd, self->stage, self->dir_fd, name) != 0)
    return fail_errno (self, errno, "the stage beside it cannot be renamed", error);
  g_free (self->stage);
  self->stage = g_steal_pointer (&name);
  return TRUE;
}

gboolean
sr_sqlite_place_exchange (SrSqlitePlace *self,
                          gboolean       keep_beside,
                          GError       **error)
{
  if (!is_same_old (self, error))
    return FALSE;
  if (rename_stage (self, error) && clear_beside (self, keep_beside, error) &&
      sr_target_step (self->target, "exchange", error) &&
      change_and_sync (self, FALSE, "sync-exchange", error))
    return TRUE;
  move_back (self, NULL);
  return FALSE;
}

/* What the new database left beside the name goes the same way before; what the old one had comes
 * back after it. */
gboolean
sr_sqlite_place_exchange_back (SrSqlitePlace *self,
                               GError       **error)
{
  for (guint i = 0; endings[i] != NULL; i++)
    {
      g_autofree char *name = g_strconcat (self->name, endings[i], NULL);

      if (!sr_target_step (self->target, "clear-beside-back", error))
        return FALSE;
      if (unlinkat (self->dir_fd, name, 0) != 0 && errno != ENOENT)
        return fail_errno (self, errno, "a stale file beside it cannot be removed", error);
    }
  return sr_target_step (self->target, "exchange-back", error) &&
         change_and_sync (self, TRUE, "sync-exchange-back", error) && move_back (self, error);
}

gboolean
sr_sqlite_place_remove_stage (SrSqlitePlace *self,
                              GError       **error)
{
  if (self->stage == NULL)
    return TRUE;
  if (!sr_target_step (self->target, "remove-stage", error))
    return FALSE;
  for (guint i = 0; endings[i] != NULL; i++)
    {
      g_autofree char *name = g_strconcat (self->stage, endings[i], NULL);

      unlinkat (self->dir_fd, name, 0);
    }
  if (unlinkat (self->dir_fd, self->stage, 0) != 0 && errno != ENOENT)
    return fail_errno (self, errno, "the stage beside it cannot be removed", error);
  g_clear_pointer (&self->stage, g_free);
  g_ptr_array_set_size (self->moved, 0);
  return TRUE;
}
