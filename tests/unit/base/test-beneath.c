/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sr-beneath.h"
#include "base/sr-error.h"
#include "sr-test-util.h"

typedef struct
{
  char   *path;
  int     fd;
  GError *error;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->path = sr_test_mkdir ();
  fixture->fd = open (fixture->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_clear_error (&fixture->error);
  close (fixture->fd);
  sr_test_rmdir (fixture->path);
}

static void
write_text (Fixture    *fixture,
            const char *name)
{
  sr_test_write_file (fixture->path, name, name, strlen (name));
}

/* What the file @name holds, which is the name it was written under. */
static void
assert_is (Fixture    *fixture,
           const char *name,
           const char *wanted)
{
  g_autofree char *path = g_build_filename (fixture->path, name, NULL);
  g_autofree char *content = NULL;

  g_file_get_contents (path, &content, NULL, NULL);
  g_assert_cmpstr (content, ==, wanted);
}

static void
test_open (Fixture      *fixture,
           gconstpointer data)
{
  int fd;

  write_text (fixture, "a/b/c");
  fd = sr_beneath_open_folder (fixture->fd, "a/b", &fixture->error);
  g_assert_no_error (fixture->error);
  g_assert_cmpint (faccessat (fd, "c", F_OK, 0), ==, 0);
  close (fd);
  fd = sr_beneath_open_file (fixture->fd, "a/b/c", &fixture->error);
  g_assert_no_error (fixture->error);
  close (fd);
  g_assert_cmpint (sr_beneath_open_file (fixture->fd, "a/b", &fixture->error), ==, -1);
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_INVALID);
}

/* Neither by a link on the way or at its end nor by a name that climbs. */
static void
test_open_stays_inside (Fixture      *fixture,
                        gconstpointer data)
{
  const char *const ways[] = { "link/passwd", "a/passwd", "a/../a/f", "/etc/passwd", "a//f",
                               "a/./f", "" };

  write_text (fixture, "a/f");
  g_assert_cmpint (symlinkat ("/etc", fixture->fd, "link"), ==, 0);
  g_assert_cmpint (symlinkat ("/etc/passwd", fixture->fd, "a/passwd"), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_assert_cmpint (sr_beneath_open_file (fixture->fd, ways[i], &fixture->error), ==, -1);
      g_assert_nonnull (fixture->error);
      g_clear_error (&fixture->error);
    }
  g_assert_cmpint (sr_beneath_open_folder (fixture->fd, "link", &fixture->error), ==, -1);
}

static void
test_folder_in_place_of (Fixture      *fixture,
                         gconstpointer data)
{
  gboolean    fresh;
  struct stat st;

  g_assert_cmpint (symlinkat ("/", fixture->fd, "link"), ==, 0);
  g_assert_false (sr_beneath_make_folder (fixture->fd, "link", FALSE, &fresh, &fixture->error));
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_EXISTS);
  g_clear_error (&fixture->error);
  g_assert_true (sr_beneath_make_folder (fixture->fd, "link", TRUE, &fresh, &fixture->error));
  g_assert_true (fresh);
  g_assert_cmpint (fstatat (fixture->fd, "link", &st, AT_SYMLINK_NOFOLLOW), ==, 0);
  g_assert_true (S_ISDIR (st.st_mode));
}

static void
test_put_name (Fixture      *fixture,
               gconstpointer data)
{
  write_text (fixture, "temp");
  write_text (fixture, "there");
  g_assert_false (sr_beneath_put_name (fixture->fd, "temp", "there", FALSE, &fixture->error));
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_EXISTS);
  g_clear_error (&fixture->error);
  assert_is (fixture, "there", "there");
  g_assert_true (sr_beneath_put_name (fixture->fd, "temp", "new", FALSE, &fixture->error));
  assert_is (fixture, "new", "temp");
  g_assert_true (sr_beneath_put_name (fixture->fd, "new", "there", TRUE, &fixture->error));
  assert_is (fixture, "there", "temp");
  assert_is (fixture, "new", NULL);
}

/* A second name of the same file: rename() leaves both, so that the temporary one would stay. */
static void
test_put_name_of_same_file (Fixture      *fixture,
                            gconstpointer data)
{
  write_text (fixture, "one");
  g_assert_cmpint (linkat (fixture->fd, "one", fixture->fd, "temp", 0), ==, 0);
  g_assert_true (sr_beneath_put_name (fixture->fd, "temp", "one", TRUE, &fixture->error));
  assert_is (fixture, "one", "one");
  assert_is (fixture, "temp", NULL);
}

static void
test_put_name_over_folder (Fixture      *fixture,
                           gconstpointer data)
{
  write_text (fixture, "temp");
  g_assert_cmpint (mkdirat (fixture->fd, "folder", 0700), ==, 0);
  write_text (fixture, "folder/kept");
  g_assert_false (sr_beneath_put_name (fixture->fd, "temp", "folder", TRUE, &fixture->error));
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_EXISTS);
  g_clear_error (&fixture->error);
  g_assert_cmpint (unlinkat (fixture->fd, "folder/kept", 0), ==, 0);
  g_assert_true (sr_beneath_put_name (fixture->fd, "temp", "folder", TRUE, &fixture->error));
  assert_is (fixture, "folder", "temp");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/beneath/open", Fixture, NULL, set_up, test_open, tear_down);
  g_test_add ("/beneath/stays-inside", Fixture, NULL, set_up, test_open_stays_inside, tear_down);
  g_test_add ("/beneath/folder-in-place-of", Fixture, NULL, set_up, test_folder_in_place_of,
              tear_down);
  g_test_add ("/beneath/put-name", Fixture, NULL, set_up, test_put_name, tear_down);
  g_test_add ("/beneath/put-name-of-same-file", Fixture, NULL, set_up, test_put_name_of_same_file,
              tear_down);
  g_test_add ("/beneath/put-name-over-folder", Fixture, NULL, set_up, test_put_name_over_folder,
              tear_down);
  return g_test_run ();
}
