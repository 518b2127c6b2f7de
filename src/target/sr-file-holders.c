/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-file-holders.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean
holds (const char        *process,
       const struct stat *file)
{
  g_autofree char *folder = g_build_filename ("/proc", process, "fd", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char      *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *link = g_build_filename (folder, name, NULL);
      struct stat      info;

      if (stat (link, &info) == 0 && info.st_dev == file->st_dev && info.st_ino == file->st_ino)
        return TRUE;
    }
  return FALSE;
}

char *
sr_file_find_holder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc", 0, NULL);
  g_autofree char *own = g_strdup_printf ("%d", (int) getpid ());
  struct stat      file;
  const char      *name;

  if (stat (path, &file) != 0)
    return NULL;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_ascii_isdigit (name[0]) && strcmp (name, own) != 0 && holds (name, &file))
      {
        g_autofree char *comm = g_build_filename ("/proc", name, "comm", NULL);
        g_autofree char *program = NULL;
        g_autofree char *shown = NULL;

        if (g_file_get_contents (comm, &program, NULL, NULL))
          shown = g_utf8_make_valid (g_strchomp (program), -1);
        return g_strdup_printf ("%s (process %s)", shown != NULL ? shown : "a program", name);
      }
  return NULL;
}
