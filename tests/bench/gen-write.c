/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "gen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

void
sr_gen_write (const SrGen  *self,
              const char   *name,
              gconstpointer data,
              gsize         size)
{
  g_autofree char *path = g_build_filename (self->dir, name, NULL);
  const char      *from = data;
  int              fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

  if (fd < 0 && errno == ENOENT)
    {
      g_autofree char *folder = g_path_get_dirname (path);

      g_mkdir_with_parents (folder, 0755);
      fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    }
  while (fd >= 0 && size > 0)
    {
      gssize n = write (fd, from, size);

      if (n <= 0)
        break;
      from += n;
      size -= (gsize) n;
    }
  if (fd < 0 || size > 0)
    {
      g_printerr ("%s: %s\n", path, g_strerror (errno));
      exit (1);
    }
  close (fd);
}
