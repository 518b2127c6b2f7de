/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-folder-tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sr-error.h"

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

static gboolean
is_dot (const char *name)
{
  return strcmp (name, ".") == 0 || strcmp (name, "..") == 0;
}

/* Returns: (nullable): the folder opened for listing; @error set */
static DIR *
open_folder (int         dir_fd,
             const char *name,
             GError    **error)
{
  g_autofree char *shown = NULL;
  int              fd = openat (dir_fd, name, FOLDER_FLAGS);
  DIR             *dir = fd >= 0 ? fdopendir (fd) : NULL;
  int              saved = errno;

  if (dir != NULL)
    return dir;
  if (fd >= 0)
    close (fd);
  shown = g_filename_display_name (name);
  sr_set_error_errno (error, saved, "The folder “%s” cannot be read", shown);
  return NULL;
}

static gboolean
remove_content (DIR     *dir,
                GError **error)
{
  struct dirent *entry;

  while (errno = 0, (entry = readdir (dir)) != NULL)
    if (!is_dot (entry->d_name) && !sr_folder_tree_remove (dirfd (dir), entry->d_name, error))
      return FALSE;
  if (errno == 0)
    return TRUE;
  sr_set_error_errno (error, errno, "Listing a folder that is to be removed");
  return FALSE;
}

gboolean
sr_folder_tree_remove (int         dir_fd,
                       const char *name,
                       GError    **error)
{
  g_autofree char *shown = NULL;
  DIR             *dir;
  gboolean         removed;

  if (unlinkat (dir_fd, name, 0) == 0 || errno == ENOENT)
    return TRUE;
  if (errno == EISDIR || errno == EPERM)
    {
      /* A folder its owner may not write in. */
      struct stat info;

      if (fstatat (dir_fd, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR (info.st_mode) &&
          (info.st_mode & 0700) != 0700)
        (void) fchmodat (dir_fd, name, (info.st_mode & 07777) | 0700, 0);
      dir = open_folder (dir_fd, name, error);
      if (dir == NULL)
        return FALSE;
      removed = remove_content (dir, error);
      closedir (dir);
      if (!removed)
        return FALSE;
      if (unlinkat (dir_fd, name, AT_REMOVEDIR) == 0)
        return TRUE;
    }
  shown = g_filename_display_name (name);
  sr_set_error_errno (error, errno, "“%s” cannot be removed", shown);
  return FALSE;
}

gboolean
sr_folder_tree_measure (int           dir_fd,
                        const char   *name,
                        guint64      *files,
                        guint64      *bytes,
                        GCancellable *cancellable,
                        GError      **error)
{
  DIR           *dir = open_folder (dir_fd, name, error);
  gboolean       going = TRUE;
  struct dirent *entry;

  if (dir == NULL)
    return FALSE;
  while (going && (entry = readdir (dir)) != NULL)
    {
      struct stat info;

      if (is_dot (entry->d_name) ||
          fstatat (dirfd (dir), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        continue;
      if (S_ISDIR (info.st_mode))
        going = !sr_check_cancelled (cancellable, error) &&
                sr_folder_tree_measure (dirfd (dir), entry->d_name, files, bytes, cancellable,
                                        error);
      else
        {
          *files += 1;
          *bytes += S_ISREG (info.st_mode) ? (guint64) info.st_size : 0;
        }
    }
  closedir (dir);
  return going;
}
