/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <unistd.h>

#include "archive/sr-containers.h"
#include "base/sr-atomic-file.h"
#include "base/sr-error.h"
#include "base/sr-temp-file.h"

#define PIECE ((gsize) 256 * 1024)

static const char *
choose_dir (const char *temp_dir,
            GError    **error)
{
  const char *const given[] = { temp_dir, NULL };
  const char       *variable = g_getenv ("TMPDIR");
  const char *const usual[] = { variable != NULL ? variable : "/var/tmp", "/var/tmp", "/tmp",
                                NULL };

  return sr_temp_file_choose_dir (temp_dir != NULL ? given : usual, 0, error);
}

static gboolean
write_all (int           fd,
           const guint8 *data,
           gsize         size,
           const char   *name,
           GError      **error)
{
  if (sr_write_all (fd, data, size, error))
    return TRUE;
  g_prefix_error (error, "Making a temporary copy of “%s”: ", name);
  return FALSE;
}

static gboolean
copy_all (GInputStream *stream,
          int           fd,
          const char   *name,
          SrGuard      *guard,
          guint64      *size,
          GCancellable *cancellable,
          GError      **error)
{
  g_autofree guint8 *piece = g_malloc (PIECE);
  gssize             n;

  while ((n = g_input_stream_read (stream, piece, PIECE, cancellable, error)) > 0)
    {
      *size += (guint64) n;
      if (!sr_guard_add (guard, name, (guint64) n, *size, 0, error) ||
          !write_all (fd, piece, (gsize) n, name, error))
        return FALSE;
    }
  return n == 0;
}

int
sr_spool_stream (GInputStream *stream,
                 const char   *name,
                 SrGuard      *guard,
                 const char   *temp_dir,
                 guint64      *size,
                 GCancellable *cancellable,
                 GError      **error)
{
  g_autofree char *shown = g_filename_display_name (name);
  const char      *dir = choose_dir (temp_dir, error);
  guint64          copied = 0;
  int              fd = dir != NULL ? sr_temp_file_open (dir, error) : -1;

  if (fd < 0)
    return -1;
  if (!copy_all (stream, fd, shown, guard, &copied, cancellable, error) || lseek (fd, 0, SEEK_SET))
    {
      close (fd);
      return -1;
    }
  if (size != NULL)
    *size = copied;
  return fd;
}
