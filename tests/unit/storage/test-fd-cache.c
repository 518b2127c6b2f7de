/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "sr-test-util.h"
#include "storage/sr-fd-cache.h"

static SrId
make_id (guint8 first)
{
  SrId id = { { first } };

  return id;
}

static int
open_new_file (const char *dir,
               const char *name)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  int              fd;

  sr_test_write_file (dir, name, name, 1);
  fd = open (path, O_RDONLY | O_CLOEXEC);
  g_assert_cmpint (fd, >=, 0);
  return fd;
}

static gboolean
is_open (int fd)
{
  return fcntl (fd, F_GETFD) >= 0;
}

/* The one that was not used longest goes; a holder keeps it open all the same. */
static void
test_order (void)
{
  char      *dir = sr_test_mkdir ();
  SrFdCache *cache = sr_fd_cache_new (2);
  SrId       a = make_id ('a'), b = make_id ('b'), c = make_id ('c');
  int        fd_a = open_new_file (dir, "a");
  int        fd_b = open_new_file (dir, "b");
  int        fd_c = open_new_file (dir, "c");

  {
    g_autoptr (SrOpenFile) file_a = sr_fd_cache_add (cache, &a, fd_a);
    g_autoptr (SrOpenFile) file_b = sr_fd_cache_add (cache, &b, fd_b);
    g_autoptr (SrOpenFile) again = sr_fd_cache_get (cache, &a);
    g_autoptr (SrOpenFile) file_c = sr_fd_cache_add (cache, &c, fd_c);

    g_assert_true (again == file_a);
    g_assert_cmpint (again->fd, ==, fd_a);
    g_assert_null (sr_fd_cache_get (cache, &b));
    g_assert_true (is_open (fd_b));
  }
  g_assert_false (is_open (fd_b));
  g_assert_true (is_open (fd_a));
  g_assert_true (is_open (fd_c));
  sr_fd_cache_free (cache);
  g_assert_false (is_open (fd_a));
  g_assert_false (is_open (fd_c));
  sr_test_rmdir (dir);
}

/* Two threads may open the same file at once: the later one counts. */
static void
test_same_name_twice (void)
{
  char      *dir = sr_test_mkdir ();
  SrFdCache *cache = sr_fd_cache_new (2);
  SrId       a = make_id ('a');
  int        fd_1 = open_new_file (dir, "a");
  int        fd_2 = open_new_file (dir, "a");

  sr_open_file_unref (sr_fd_cache_add (cache, &a, fd_1));
  sr_open_file_unref (sr_fd_cache_add (cache, &a, fd_2));
  g_assert_false (is_open (fd_1));
  {
    g_autoptr (SrOpenFile) file = sr_fd_cache_get (cache, &a);

    g_assert_cmpint (file->fd, ==, fd_2);
  }
  sr_fd_cache_free (cache);
  sr_test_rmdir (dir);
}

static void
test_removed_file (void)
{
  char            *dir = sr_test_mkdir ();
  g_autofree char *path = g_build_filename (dir, "a", NULL);
  SrFdCache       *cache = sr_fd_cache_new (2);
  SrId             a = make_id ('a'), b = make_id ('b');
  int              fd_a = open_new_file (dir, "a");
  int              fd_b = open_new_file (dir, "b");

  sr_open_file_unref (sr_fd_cache_add (cache, &a, fd_a));
  sr_open_file_unref (sr_fd_cache_add (cache, &b, fd_b));
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_null (sr_fd_cache_get (cache, &a));
  g_assert_false (is_open (fd_a));
  sr_fd_cache_forget (cache, &b);
  sr_fd_cache_forget (cache, &b);
  g_assert_null (sr_fd_cache_get (cache, &b));
  g_assert_false (is_open (fd_b));
  sr_fd_cache_free (cache);
  sr_fd_cache_free (NULL);
  sr_test_rmdir (dir);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fd-cache/order", test_order);
  g_test_add_func ("/fd-cache/same-name-twice", test_same_name_twice);
  g_test_add_func ("/fd-cache/removed-file", test_removed_file);
  return g_test_run ();
}
