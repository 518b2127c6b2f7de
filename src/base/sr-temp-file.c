/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-base"

#include "config.h"

#include "base/sr-temp-file.h"

#include "base/sr-error.h"
#include "base/sr-words.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* What is left free for others. */
#define ROOM_FOR_OTHERS (32 * 1024 * 1024)

static int
open_named (const char *dir)
{
  g_autofree char *path = g_build_filename (dir, ".strongroom-XXXXXX", NULL);
  int              fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);

  if (fd >= 0)
    unlink (path);
  return fd;
}

int
sr_temp_file_open (const char *dir,
                   GError    **error)
{
  int fd = open (dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

  /* file systems that know no such files say so in different ways */
  if (fd < 0 && errno != EACCES && errno != EROFS && errno != ENOENT && errno != ENOSPC)
    fd = open_named (dir);
  if (fd < 0)
    {
      int              errnum = errno;
      g_autofree char *shown = g_filename_display_name (dir);

      sr_set_error_errno (error, errnum, "Making a temporary file in “%s”", shown);
    }
  return fd;
}

static gboolean
has_room (const char *dir,
          guint64     size,
          GError    **error)
{
  struct statvfs   status;
  g_autofree char *shown = NULL;
  g_autofree char *needed = NULL;
  g_autofree char *found = NULL;
  guint64          room;

  /* a file system that does not tell is tried */
  if (statvfs (dir, &status) != 0 || status.f_blocks == 0)
    return TRUE;
  room = (guint64) status.f_bavail * status.f_frsize;
  if (room >= size && room - size >= ROOM_FOR_OTHERS)
    return TRUE;
  shown = g_filename_display_name (dir);
  needed = sr_size_text (size + ROOM_FOR_OTHERS);
  found = sr_size_text (room);
  g_set_error (error, SR_ERROR, SR_ERROR_NO_SPACE,
               "A temporary copy needs %s in “%s”, where %s are free; make room there or name "
               "another folder for temporary files",
               needed, shown, found);
  return FALSE;
}

static gboolean
is_usable (const char *dir,
           guint64     size,
           GError    **error)
{
  int fd = sr_temp_file_open (dir, error);

  if (fd < 0)
    return FALSE;
  close (fd);
  return has_room (dir, size, error);
}

const char *
sr_temp_file_choose_dir (const char *const *dirs,
                         guint64            size,
                         GError           **error)
{
  g_autoptr (GError) best = NULL;

  for (guint i = 0; dirs[i] != NULL; i++)
    {
      g_autoptr (GError) reason = NULL;

      if (is_usable (dirs[i], size, &reason))
        return dirs[i];
      /* a folder that is too full says more than one that may not be written to */
      if (best == NULL || (sr_error_is (reason, SR_ERROR_NO_SPACE) &&
                           !sr_error_is (best, SR_ERROR_NO_SPACE)))
        {
          g_clear_error (&best);
          best = g_steal_pointer (&reason);
        }
    }
  g_propagate_error (error, g_steal_pointer (&best));
  return NULL;
}
