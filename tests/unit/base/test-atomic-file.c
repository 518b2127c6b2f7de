/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-atomic-file.h"
#include "base/sr-error.h"
#include "sr-test-util.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static guint
count_names (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint            n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
assert_content (int         dir_fd,
                const char *name,
                const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = sr_file_read_all (dir_fd, name, 1000, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                   expected, strlen (expected));
  g_assert_cmpint (((const char *) g_bytes_get_data (bytes, NULL))[strlen (expected)], ==, 0);
}

static void
test_write (void)
{
  char              *dir = sr_test_mkdir ();
  int                fd = open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  mode_t             old = umask (077);
  g_autoptr (GError) error = NULL;
  g_autofree char   *path = g_build_filename (dir, "sub", "file", NULL);
  struct stat        st;

  g_assert_true (sr_atomic_file_write_at (fd, "file", "one", 3, 0644, &error));
  g_assert_no_error (error);
  assert_content (fd, "file", "one");
  g_assert_cmpint (fstatat (fd, "file", &st, 0), ==, 0);
  g_assert_cmpint (st.st_mode & 07777, ==, 0644);
  g_assert_true (sr_atomic_file_write_at (fd, "file", NULL, 0, 0400, &error));
  g_assert_no_error (error);
  assert_content (fd, "file", "");
  g_assert_cmpint (fstatat (fd, "file", &st, 0), ==, 0);
  g_assert_cmpint (st.st_mode & 07777, ==, 0400);
  g_assert_cmpuint (count_names (dir), ==, 1);

  g_assert_cmpint (mkdirat (fd, "sub", 0700), ==, 0);
  g_assert_true (sr_atomic_file_write_at (AT_FDCWD, path, "two", 3, 0600, &error));
  g_assert_no_error (error);
  assert_content (AT_FDCWD, path, "two");
  umask (old);
  close (fd);
  sr_test_rmdir (dir);
}

/* What cannot be done leaves what was there, and nothing beside it. */
static void
test_write_fails (void)
{
  char              *dir = sr_test_mkdir ();
  int                fd = open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (mkdirat (fd, "folder", 0700), ==, 0);
  g_assert_false (sr_atomic_file_write_at (fd, "folder", "x", 1, 0600, &error));
  g_assert_true (sr_error_is (error, SR_ERROR_IO));
  g_clear_error (&error);
  g_assert_cmpuint (count_names (dir), ==, 1);

  g_assert_false (sr_atomic_file_write_at (fd, "missing/file", "x", 1, 0600, &error));
  g_assert_true (sr_error_is (error, SR_ERROR_NOT_FOUND));
  g_assert_nonnull (strstr (error->message, "missing/file"));
  close (fd);
  sr_test_rmdir (dir);
}

static void
test_write_full (void)
{
  g_autoptr (GError) error = NULL;
  int                fd = open ("/dev/full", O_WRONLY | O_CLOEXEC);

  if (fd < 0)
    {
      g_test_skip ("/dev/full is not there");
      return;
    }
  g_assert_false (sr_write_all (fd, "x", 1, &error));
  g_assert_true (sr_error_is (error, SR_ERROR_NO_SPACE));
  close (fd);
}

static void
test_read (void)
{
  char              *dir = sr_test_mkdir ();
  int                fd = open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree guint8 *big = g_malloc (300000);

  sr_test_fill_random (1, big, 300000);
  sr_test_write_file (dir, "big", big, 300000);
  bytes = sr_file_read_all (fd, "big", 300000, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), big, 300000);
  g_assert_null (sr_file_read_all (fd, "big", 299999, &error));
  g_assert_true (sr_error_is (error, SR_ERROR_INVALID));
  g_clear_error (&error);
  g_assert_null (sr_file_read_all (fd, "big", 0, &error));
  g_assert_true (sr_error_is (error, SR_ERROR_INVALID));
  g_clear_error (&error);
  g_assert_null (sr_file_read_all (fd, "none", 100, &error));
  g_assert_true (sr_error_is (error, SR_ERROR_NOT_FOUND));
  g_clear_error (&error);
  g_assert_null (sr_file_read_all (AT_FDCWD, dir, 100, &error));
  g_assert_true (sr_error_is (error, SR_ERROR_IO));
  close (fd);
  sr_test_rmdir (dir);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/atomic-file/write", test_write);
  g_test_add_func ("/base/atomic-file/write-fails", test_write_fails);
  g_test_add_func ("/base/atomic-file/write-full", test_write_full);
  g_test_add_func ("/base/atomic-file/read", test_read);
  return g_test_run ();
}
