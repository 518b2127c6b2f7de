/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/sr-beneath.h"
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
  g_assert_true (sr_beneath_make_folder (fixture->fd, "a", FALSE, &fresh, &fixture->error));
  g_assert_true (fresh);
  g_assert_true (sr_beneath_make_folder (fixture->fd, "a", FALSE, &fresh, &fixture->error));
  g_assert_false (fresh);
  fd = sr_restore_target_hold (fixture->target, a, &fixture->error);
  g_assert_no_error (fixture->error);
  g_assert_true (sr_beneath_make_folder (fd, "b", FALSE, &fresh, &fixture->error));
  g_assert_cmpint (sr_restore_target_hold (fixture->target, a, NULL), ==, fd);
  sr_restore_target_release (fixture->target, a);
  sr_restore_target_release (fixture->target, a);
  g_assert_cmpint (sr_restore_target_hold (fixture->target, b, &fixture->error), >=, 0);
  sr_restore_target_release (fixture->target, b);
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
  g_test_add_func ("/repo/restore-target/dry-run", test_dry_run);
  return g_test_run ();
}
