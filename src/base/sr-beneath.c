/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-base"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sr-beneath.h"
#include "base/sr-entry.h"
#include "base/sr-error.h"
#include "base/sr-leftover.h"

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define TEMP_PREFIX  ".strongroom-temp-"

/* Takes @fd and gives the folder @name in it. */
static int
step_down (int         fd,
           const char *name,
           GError    **error)
{
  int below = -1;

  if (!sr_entry_name_is_safe (name))
    errno = EINVAL;
  else
    below = openat (fd, name, FOLDER_FLAGS);
  if (below < 0)
    {
      int              errnum = errno;
      g_autofree char *shown = g_filename_display_name (name);

      sr_set_error_errno (error, errnum, "Opening the folder “%s”", shown);
    }
  close (fd);
  return below;
}

int
sr_beneath_open_folder (int         root_fd,
                        const char *path,
                        GError    **error)
{
  g_auto (GStrv) names = g_strsplit (path, "/", -1);
  int            fd = fcntl (root_fd, F_DUPFD_CLOEXEC, 3);

  if (fd < 0)
    {
      sr_set_error_errno (error, errno, "Opening a folder");
      return -1;
    }
  for (guint i = 0; names[i] != NULL && fd >= 0; i++)
    fd = step_down (fd, names[i], error);
  return fd;
}

static gboolean
is_regular (int         fd,
            const char *path,
            GError    **error)
{
  g_autofree char *shown = NULL;
  struct stat      st;

  if (fstat (fd, &st) == 0 && S_ISREG (st.st_mode))
    return TRUE;
  shown = g_filename_display_name (path);
  g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "“%s” is no regular file", shown);
  return FALSE;
}

int
sr_beneath_open_file (int         root_fd,
                      const char *path,
                      GError    **error)
{
  const char      *slash = strrchr (path, '/');
  const char      *name = slash != NULL ? slash + 1 : path;
  g_autofree char *parent = g_strndup (path, slash != NULL ? (gsize) (slash - path) : 0);
  int              parent_fd = sr_beneath_open_folder (root_fd, parent, error);
  int              fd = -1;

  if (parent_fd < 0)
    return -1;
  if (!sr_entry_name_is_safe (name))
    errno = EINVAL;
  else
    fd = openat (parent_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0)
    {
      int              errnum = errno;
      g_autofree char *shown = g_filename_display_name (path);

      sr_set_error_errno (error, errnum, "Opening “%s”", shown);
    }
  close (parent_fd);
  if (fd >= 0 && !is_regular (fd, path, error))
    {
      close (fd);
      return -1;
    }
  return fd;
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
sr_beneath_make_folder (int         parent_fd,
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
sr_beneath_temp_name (char buffer[SR_BENEATH_TEMP_SIZE])
{
  g_autofree char *name = sr_leftover_make_name (TEMP_PREFIX);

  g_snprintf (buffer, SR_BENEATH_TEMP_SIZE, "%s.incomplete", name);
  return buffer;
}

void
sr_beneath_clean (int         folder_fd,
                  const char *shown)
{
  sr_leftover_clean (folder_fd, TEMP_PREFIX, sr_leftover_unlink, shown);
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
sr_beneath_put_name (int         parent_fd,
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
