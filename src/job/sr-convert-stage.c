/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-convert-stage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "base/sr-leftover.h"
#include "target/sr-folder-tree.h"

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

struct _SrConvertStage
{
  char *output; /* absolute */
  char *shown;
  char *name; /* last part of @output */
  char *path;
  char *stage; /* last part of @path */
  int   parent_fd;
  int   fd;
};

static gboolean
fail (const SrConvertStage *self,
      const char           *what,
      GError              **error)
{
  int errnum = errno;

  if (errnum == EEXIST || errnum == ENOTEMPTY)
    g_set_error (error, SR_ERROR, SR_ERROR_EXISTS,
                 "“%s” exists; choose another name, or allow that it is replaced", self->shown);
  else
    sr_set_error_errno (error, errnum, "“%s”: %s", self->shown, what);
  return FALSE;
}

static gboolean
remove_leftover (int         folder_fd,
                 const char *name)
{
  return sr_folder_tree_remove (folder_fd, name, NULL);
}

SrConvertStage *
sr_convert_stage_new (const char *output,
                      GError    **error)
{
  g_autoptr (SrConvertStage) self = g_new0 (SrConvertStage, 1);
  g_autofree char           *folder = NULL;
  g_autofree char           *prefix = NULL;

  self->parent_fd = self->fd = -1;
  self->output = g_canonicalize_filename (output, NULL);
  self->shown = g_filename_display_name (output);
  self->name = g_path_get_basename (self->output);
  folder = g_path_get_dirname (self->output);
  self->parent_fd = open (folder, FOLDER_FLAGS);
  if (self->parent_fd < 0)
    {
      fail (self, "the folder that it lies in cannot be opened", error);
      return NULL;
    }
  prefix = sr_leftover_make_prefix (".", self->name, "partial");
  sr_leftover_clean (self->parent_fd, prefix, remove_leftover, self->shown);
  self->stage = sr_leftover_make_name (prefix);
  if (mkdirat (self->parent_fd, self->stage, 0700) != 0)
    {
      fail (self, "a folder beside it cannot be made", error);
      g_clear_pointer (&self->stage, g_free);
      return NULL;
    }
  self->path = g_build_filename (folder, self->stage, NULL);
  self->fd = openat (self->parent_fd, self->stage, FOLDER_FLAGS | O_NOFOLLOW);
  if (self->fd < 0)
    {
      fail (self, "the folder beside it cannot be opened", error);
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
sr_convert_stage_free (SrConvertStage *self)
{
  if (self == NULL)
    return;
  if (self->stage != NULL)
    (void) sr_folder_tree_remove (self->parent_fd, self->stage, NULL);
  if (self->fd >= 0)
    close (self->fd);
  if (self->parent_fd >= 0)
    close (self->parent_fd);
  g_free (self->output);
  g_free (self->shown);
  g_free (self->name);
  g_free (self->path);
  g_free (self->stage);
  g_free (self);
}

char *
sr_convert_stage_get_path (SrConvertStage *self,
                           const char     *name)
{
  return name != NULL ? g_build_filename (self->path, name, NULL) : g_strdup (self->path);
}

int
sr_convert_stage_create (SrConvertStage *self,
                         const char     *name,
                         GError        **error)
{
  int fd = openat (self->fd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

  if (fd < 0)
    {
      int              errnum = errno;
      g_autofree char *shown = g_filename_display_name (name);

      sr_set_error_errno (error, errnum, "Making the file “%s” for “%s”", shown, self->shown);
    }
  return fd;
}

static gboolean
sync_parent (const SrConvertStage *self,
             GError              **error)
{
  return fsync (self->parent_fd) == 0 || fail (self, "its folder cannot be synced", error);
}

/* Renaming never replaces what came meanwhile, where the file system can do that. */
static gboolean
rename_new (int         from_fd,
            const char *from,
            int         to_fd,
            const char *to)
{
  struct stat info;

  if (renameat2 (from_fd, from, to_fd, to, RENAME_NOREPLACE) == 0)
    return TRUE;
  if (errno != EINVAL && errno != ENOSYS)
    return FALSE;
  if (fstatat (to_fd, to, &info, AT_SYMLINK_NOFOLLOW) == 0)
    {
      errno = EEXIST;
      return FALSE;
    }
  return renameat (from_fd, from, to_fd, to) == 0;
}

static gboolean
sync_file (const SrConvertStage *self,
           const char           *name,
           GError              **error)
{
  int      fd = openat (self->fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  gboolean ok = fd >= 0 && fchmod (fd, 0600) == 0 && fsync (fd) == 0;

  if (!ok)
    fail (self, "what was written cannot be synced", error);
  if (fd >= 0)
    close (fd);
  return ok;
}

gboolean
sr_convert_stage_put_file (SrConvertStage *self,
                           const char     *name,
                           gboolean        overwrite,
                           GError        **error)
{
  gboolean ok;

  if (!sync_file (self, name, error))
    return FALSE;
  if (overwrite)
    ok = renameat (self->fd, name, self->parent_fd, self->name) == 0;
  else
    ok = rename_new (self->fd, name, self->parent_fd, self->name);
  if (!ok)
    return fail (self, "what was written cannot be put there", error);
  return sync_parent (self, error);
}

static gboolean
is_replaceable (const SrConvertStage *self,
                const char           *suffix,
                GError              **error)
{
  g_autoptr (GDir) dir = g_dir_open (self->output, 0, error);
  const char      *name;

  if (dir == NULL)
    return FALSE;
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->output, name, NULL);
      g_autofree char *shown = NULL;
      struct stat      info;

      if (g_str_has_suffix (name, suffix) && lstat (path, &info) == 0 && S_ISREG (info.st_mode))
        continue;
      shown = g_filename_display_name (name);
      g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
                   "“%s” is not replaced, since it holds “%s” besides files of records; choose "
                   "another folder",
                   self->shown, shown);
      return FALSE;
    }
  return TRUE;
}

gboolean
sr_convert_stage_put_folder (SrConvertStage *self,
                             const char     *suffix,
                             gboolean        overwrite,
                             GError        **error)
{
  struct stat info;

  if (fsync (self->fd) != 0)
    return fail (self, "the new folder cannot be synced", error);
  if (fstatat (self->parent_fd, self->name, &info, AT_SYMLINK_NOFOLLOW) != 0)
    {
      if (!rename_new (self->parent_fd, self->stage, self->parent_fd, self->name))
        return fail (self, "the new folder cannot be put there", error);
      g_clear_pointer (&self->stage, g_free);
      return sync_parent (self, error);
    }
  if (!overwrite)
    {
      errno = EEXIST;
      return fail (self, "", error);
    }
  if (!is_replaceable (self, suffix, error))
    return FALSE;
  /* the old one is then what is removed */
  if (renameat2 (self->parent_fd, self->stage, self->parent_fd, self->name, RENAME_EXCHANGE) != 0)
    return fail (self, "the new folder cannot take its place in one step; choose another name",
                 error);
  return sync_parent (self, error);
}
