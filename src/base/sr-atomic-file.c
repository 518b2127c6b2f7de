/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-base"

#include "config.h"

#include "base/sr-atomic-file.h"

#include "base/sr-error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_STEP ((gsize) 64 * 1024)

gboolean
sr_write_all (int           fd,
              gconstpointer data,
              gsize         size,
              GError      **error)
{
  const guint8 *rest = data;

  while (size > 0)
    {
      gssize written = write (fd, rest, size);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        {
          sr_set_error_errno (error, errno, "Writing %" G_GSIZE_FORMAT " bytes", size);
          return FALSE;
        }
      rest += written;
      size -= (gsize) written;
    }
  return TRUE;
}

/* The name of a file nobody else makes at the same moment, in the folder of @name. */
static int
open_temporary (int         dir_fd,
                const char *name,
                char      **temporary,
                GError    **error)
{
  const char *slash = strrchr (name, '/');
  int         folder_length = slash != NULL ? (int) (slash - name + 1) : 0;

  for (int attempt = 0; attempt < 100; attempt++)
    {
      g_autofree char *candidate =
          g_strdup_printf ("%.*s.sr-%08x%08x.tmp", folder_length, name,
                           g_random_int (), g_random_int ());
      int fd = openat (dir_fd, candidate,
                       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

      if (fd >= 0)
        {
          *temporary = g_steal_pointer (&candidate);
          return fd;
        }
      if (errno != EEXIST)
        break;
    }
  sr_set_error_errno (error, errno, "Making a temporary file beside “%s”", name);
  return -1;
}

/* Takes @fd. */
static gboolean
fill_and_close (int           fd,
                const char   *name,
                gconstpointer data,
                gsize         size,
                guint         mode,
                GError      **error)
{
  gboolean done = FALSE;
  int      saved;

  if (!sr_write_all (fd, data, size, error))
    g_prefix_error (error, "“%s”: ", name);
  else if (fchmod (fd, (mode_t) mode) != 0)
    sr_set_error_errno (error, errno, "Setting the permissions of “%s”", name);
  else if (fsync (fd) != 0)
    sr_set_error_errno (error, errno, "Syncing “%s”", name);
  else
    done = TRUE;
  if (close (fd) == 0 || !done)
    return done;
  saved = errno;
  sr_set_error_errno (error, saved, "Closing “%s”", name);
  return FALSE;
}

static gboolean
sync_folder_of (int         dir_fd,
                const char *name,
                GError    **error)
{
  const char      *slash = strrchr (name, '/');
  g_autofree char *folder = slash != NULL ? g_strndup (name, (gsize) (slash - name + 1))
                                          : g_strdup (".");
  int              fd = openat (dir_fd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean         done = TRUE;

  /* Some file systems cannot sync a folder and say EINVAL; they have nothing to sync then. */
  if (fd < 0 || (fsync (fd) != 0 && errno != EINVAL))
    {
      sr_set_error_errno (error, errno, "Syncing the folder of “%s”", name);
      done = FALSE;
    }
  if (fd >= 0)
    close (fd);
  return done;
}

gboolean
sr_atomic_file_write_at (int           dir_fd,
                         const char   *name,
                         gconstpointer data,
                         gsize         size,
                         guint         mode,
                         GError      **error)
{
  g_autofree char *temporary = NULL;
  int              fd = open_temporary (dir_fd, name, &temporary, error);

  if (fd < 0)
    return FALSE;
  if (!fill_and_close (fd, name, data, size, mode, error))
    {
      unlinkat (dir_fd, temporary, 0);
      return FALSE;
    }
  if (renameat (dir_fd, temporary, dir_fd, name) != 0)
    {
      sr_set_error_errno (error, errno, "Putting “%s” into place", name);
      unlinkat (dir_fd, temporary, 0);
      return FALSE;
    }
  return sync_folder_of (dir_fd, name, error);
}

/* Returns: (transfer full): content and a NUL; %NULL with @error set */
static guint8 *
read_up_to (int         fd,
            const char *name,
            gsize       max_size,
            gsize      *size,
            GError    **error)
{
  g_autofree guint8 *buffer = NULL;
  gsize              allocated = 0;
  gsize              filled = 0;
  gssize             n = 1;

  while (n != 0)
    {
      if (allocated - filled < 2)
        {
          allocated = allocated == 0 ? MIN (max_size, READ_STEP) + 2 : allocated * 2;
          buffer = g_realloc (buffer, allocated);
        }
      n = read (fd, buffer + filled, allocated - filled - 1);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          sr_set_error_errno (error, errno, "Reading “%s”", name);
          return NULL;
        }
      filled += (gsize) n;
      if (filled > max_size)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                       "“%s” is larger than the %" G_GSIZE_FORMAT " bytes it may have",
                       name, max_size);
          return NULL;
        }
    }
  buffer[filled] = '\0';
  *size = filled;
  return g_steal_pointer (&buffer);
}

GBytes *
sr_file_read_all (int         dir_fd,
                  const char *name,
                  gsize       max_size,
                  GError    **error)
{
  guint8 *content;
  gsize   size;
  int     fd = openat (dir_fd, name, O_RDONLY | O_NOCTTY | O_CLOEXEC);

  if (fd < 0)
    {
      sr_set_error_errno (error, errno, "Opening “%s”", name);
      return NULL;
    }
  content = read_up_to (fd, name, max_size, &size, error);
  close (fd);
  return content != NULL ? g_bytes_new_take (content, size) : NULL;
}
