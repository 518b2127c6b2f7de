/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "repo/sr-restore-target.h"
#include "sr-test-util.h"

typedef struct
{
  SrRestorePlan   *plan;
  SrRestoreTarget *target;
  char            *path;
  int              fd; /* of the target */
  GError          *error;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  gboolean missing;

  fixture->path = sr_test_mkdir ();
  fixture->plan = sr_restore_plan_new ();
  sr_restore_plan_add_folder (fixture->plan, 0, "", NULL);
  fixture->target = sr_restore_target_new (fixture->plan, fixture->path, FALSE, &missing,
                                           &fixture->error);
  g_assert_no_error (fixture->error);
  fixture->fd = sr_restore_target_hold (fixture->target, 0, NULL);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_clear_error (&fixture->error);
  sr_restore_target_free (fixture->target);
  sr_restore_plan_free (fixture->plan);
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
test_folders (Fixture      *fixture,
              gconstpointer data)
{
  gboolean fresh;
  guint32  a = sr_restore_plan_add_folder (fixture->plan, 0, "a", NULL);
  guint32  b = sr_restore_plan_add_folder (fixture->plan, a, "b", NULL);
  int      fd;

  g_assert_cmpint (sr_restore_target_hold (fixture->target, b, &fixture->error), ==, -1);
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_NOT_FOUND);
  g_clear_error (&fixture->error);
  g_assert_true (sr_restore_make_folder (fixture->fd, "a", FALSE, &fresh, &fixture->error));
  g_assert_true (fresh);
  g_assert_true (sr_restore_make_folder (fixture->fd, "a", FALSE, &fresh, &fixture->error));
  g_assert_false (fresh);
  fd = sr_restore_target_hold (fixture->target, a, &fixture->error);
  g_assert_no_error (fixture->error);
  g_assert_true (sr_restore_make_folder (fd, "b", FALSE, &fresh, &fixture->error));
  g_assert_cmpint (sr_restore_target_hold (fixture->target, a, NULL), ==, fd);
  sr_restore_target_release (fixture->target, a);
  sr_restore_target_release (fixture->target, a);
  g_assert_cmpint (sr_restore_target_hold (fixture->target, b, &fixture->error), >=, 0);
  sr_restore_target_release (fixture->target, b);
}

static void
test_folder_in_place_of (Fixture      *fixture,
                         gconstpointer data)
{
  gboolean    fresh;
  struct stat st;

  g_assert_cmpint (symlinkat ("/", fixture->fd, "link"), ==, 0);
  g_assert_false (sr_restore_make_folder (fixture->fd, "link", FALSE, &fresh, &fixture->error));
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_EXISTS);
  g_clear_error (&fixture->error);
  g_assert_true (sr_restore_make_folder (fixture->fd, "link", TRUE, &fresh, &fixture->error));
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
  g_assert_false (sr_restore_put_name (fixture->fd, "temp", "there", FALSE, &fixture->error));
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_EXISTS);
  g_clear_error (&fixture->error);
  assert_is (fixture, "there", "there");
  g_assert_true (sr_restore_put_name (fixture->fd, "temp", "new", FALSE, &fixture->error));
  assert_is (fixture, "new", "temp");
  g_assert_true (sr_restore_put_name (fixture->fd, "new", "there", TRUE, &fixture->error));
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
  g_assert_true (sr_restore_put_name (fixture->fd, "temp", "one", TRUE, &fixture->error));
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
  g_assert_false (sr_restore_put_name (fixture->fd, "temp", "folder", TRUE, &fixture->error));
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_EXISTS);
  g_clear_error (&fixture->error);
  g_assert_cmpint (unlinkat (fixture->fd, "folder/kept", 0), ==, 0);
  g_assert_true (sr_restore_put_name (fixture->fd, "temp", "folder", TRUE, &fixture->error));
  assert_is (fixture, "folder", "temp");
}

static void
test_dry_run (void)
{
  g_autoptr (SrRestorePlan) plan = sr_restore_plan_new ();
  g_autoptr (GError)        error = NULL;
  char                     *base = sr_test_mkdir ();
  g_autofree char          *path = g_build_filename (base, "not", "there", NULL);
  gboolean                  missing;
  SrRestoreTarget          *target = sr_restore_target_new (plan, path, TRUE, &missing, &error);

  g_assert_no_error (error);
  g_assert_true (missing);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  sr_restore_target_free (target);
  target = sr_restore_target_new (plan, path, FALSE, &missing, &error);
  g_assert_no_error (error);
  g_assert_false (missing);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_DIR));
  sr_restore_target_free (target);
  sr_test_rmdir (base);
}

#define ADD(path, func) \
  g_test_add ("/repo/restore-target/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("folders", test_folders);
  ADD ("folder-in-place-of", test_folder_in_place_of);
  ADD ("put-name", test_put_name);
  ADD ("put-name-of-same-file", test_put_name_of_same_file);
  ADD ("put-name-over-folder", test_put_name_over_folder);
  g_test_add_func ("/repo/restore-target/dry-run", test_dry_run);
  return g_test_run ();
}
