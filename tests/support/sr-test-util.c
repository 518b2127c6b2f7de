/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "sr-test-util.h"

#include <ftw.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

char *
sr_test_mkdir (void)
{
  g_autoptr (GError) error = NULL;
  char              *path = g_dir_make_tmp ("strongroom-test-XXXXXX", &error);

  g_assert_no_error (error);
  return path;
}

static int
remove_one (const char        *path,
            const struct stat *st,
            int                type,
            struct FTW        *ftw)
{
  if (type == FTW_DNR || type == FTW_D)
    chmod (path, 0700);
  return remove (path);
}

void
sr_test_rmdir (char *path)
{
  nftw (path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
  g_free (path);
}

void
sr_test_fill_random (guint64  seed,
                     gpointer data,
                     gsize    size)
{
  guint8 *out = data;

  for (gsize i = 0; i < size; i += 8)
    {
      guint64 z = (seed += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));

      z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
      z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
      z ^= z >> 31;
      memcpy (out + i, &z, MIN (8, size - i));
    }
}

void
sr_test_write_file (const char   *dir,
                    const char   *name,
                    gconstpointer data,
                    gsize         size)
{
  g_autofree char   *path = g_build_filename (dir, name, NULL);
  g_autofree char   *parent = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (parent, 0755), ==, 0);
  g_file_set_contents (path, data, (gssize) size, &error);
  g_assert_no_error (error);
}
