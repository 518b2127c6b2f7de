/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "job/sr-job-restore-snapshot.h"
#include "sr-test-engine.h"
#include "sr-test-job.h"
#include "sr-test-sqlite.h"
#include "sr-test-util.h"

#include <glib/gstdio.h>

/* A snapshot of the shop, and where it goes. */
typedef struct
{
  SrTestShop shop;
  char      *snapshot;
  char      *folder;
} Fixture;

static void
set_up (Fixture      *self,
        gconstpointer data)
{
  sr_test_shop_set_up (&self->shop, data);
  sr_test_shop_add_big_file (&self->shop, "big");
  self->snapshot = sr_test_shop_back_up (&self->shop);
  self->folder = sr_test_shop_path (&self->shop, "restored");
}

static void
tear_down (Fixture      *self,
           gconstpointer data)
{
  g_free (self->snapshot);
  g_free (self->folder);
  sr_test_shop_tear_down (&self->shop, data);
}

static SrJob *
new_job (gpointer data)
{
  Fixture *self = data;

  return sr_job_restore_snapshot_new (self->shop.vault, self->snapshot, self->folder, NULL);
}

/* Where a file of the shop's folder lies after a restore. */
static char *
restored (Fixture    *self,
          const char *name)
{
  return g_build_filename (self->folder, self->shop.files, name, NULL);
}

static void
assert_file (Fixture    *self,
             const char *name,
             const char *expected)
{
  g_autofree char *path = restored (self, name);
  g_autofree char *text = NULL;

  if (expected == NULL)
    g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  else
    {
      g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
      g_assert_cmpstr (text, ==, expected);
    }
}

static void
test_done (Fixture      *self,
           gconstpointer data)
{
  g_autoptr (SrJob) job = sr_test_shop_run_noted (new_job (self), SR_JOB_DONE);
  const SrRun      *run = sr_job_get_run (job);
  g_autofree char  *database = g_build_filename (self->folder, "database", "shop.db", NULL);
  g_autofree char  *found =
      sr_test_sqlite_query (database, "SELECT count(*) FROM customers");

  assert_file (self, "a.txt", "alpha");
  assert_file (self, "sub/b.txt", "bravo");
  g_assert_cmpstr (found, ==, "3");
  g_assert_cmpstr (run->action, ==, "restore");
  g_assert_cmpstr (run->snapshot, ==, self->snapshot);
  g_assert_cmpstr (run->path, ==, self->folder);
  g_assert_cmpint (run->files, ==, 6);
  g_assert_cmpint (run->bytes, >, 3 * 1024 * 1024);
  g_assert_cmpstr (run->sentence, ==, "6 files restored; 0 were as they should be already.");
}

/* Once more: what is there already is said. */
static void
test_again (Fixture      *self,
            gconstpointer data)
{
  g_autoptr (SrJob) first = sr_test_shop_run_well (new_job (self));
  g_autofree char  *path = restored (self, "a.txt");
  g_autoptr (SrJob) job = NULL;

  g_assert_true (g_file_set_contents (path, "other", -1, NULL));
  job = sr_test_shop_run_noted (new_job (self), SR_JOB_DONE);
  assert_file (self, "a.txt", "alpha");
  g_assert_cmpstr (sr_job_get_run (job)->sentence, ==,
                   "1 file restored; 5 were as they should be already.");
  g_assert_cmpint (sr_job_get_run (job)->files, ==, 6);
}

static void
test_options (Fixture      *self,
              gconstpointer data)
{
  const char *const           includes[] = { "*.txt", NULL };
  SrJobRestoreSnapshotOptions options = { includes, SR_OVERWRITE_NEVER, FALSE };
  g_autofree char            *kept = restored (self, "a.txt");
  g_autofree char            *folder = g_path_get_dirname (kept);
  g_autoptr (SrJob)           job = NULL;

  sr_test_write_file (folder, "a.txt", "mine", 4);
  job = sr_test_shop_run_well (sr_job_restore_snapshot_new (self->shop.vault, "latest",
                                                            self->folder, &options));
  assert_file (self, "a.txt", "mine");
  assert_file (self, "sub/b.txt", "bravo");
  assert_file (self, "sub/c.log", NULL);
}

static void
test_delete (Fixture      *self,
             gconstpointer data)
{
  SrJobRestoreSnapshotOptions options = { .delete_extra = TRUE };
  g_autoptr (SrJob)           first = sr_test_shop_run_well (new_job (self));
  g_autofree char            *extra = restored (self, "extra");
  g_autoptr (SrJob)           job = NULL;

  g_assert_true (g_file_set_contents (extra, "extra", -1, NULL));
  job = sr_test_shop_run_well (sr_job_restore_snapshot_new (self->shop.vault, self->snapshot,
                                                            self->folder, &options));
  assert_file (self, "extra", NULL);
  assert_file (self, "a.txt", "alpha");
}

/* What is damaged is told and kept beside its place, the rest is restored. */
static void
test_damaged (Fixture      *self,
              gconstpointer data)
{
  g_autofree char  *pack = sr_test_shop_find_pack (&self->shop);
  g_autoptr (SrJob) job = NULL;
  g_autofree char  *log = NULL;

  sr_test_shop_damage (pack);
  job = sr_test_shop_run_noted (new_job (self), SR_JOB_INCOMPLETE);
  g_assert_error (sr_job_get_error (job), SR_ERROR, SR_ERROR_INCOMPLETE);
  assert_file (self, "a.txt", "alpha");
  assert_file (self, "big", NULL);
  log = sr_job_get_log_text (job);
  g_assert_nonnull (strstr (log, "big"));
  g_assert_nonnull (strstr (sr_job_get_run (job)->sentence, "1 could not be restored"));
}

/* A job that restored nothing has nothing to say of files. */
static void
test_no_snapshot (Fixture      *self,
                  gconstpointer data)
{
  g_autoptr (SrJob) job = sr_job_restore_snapshot_new (self->shop.vault, "0123456789",
                                                       self->folder, NULL);

  sr_test_shop_run_noted (job, SR_JOB_FAILED);
  g_assert_error (sr_job_get_error (job), SR_ERROR, SR_ERROR_NOT_FOUND);
  g_assert_null (sr_job_get_run (job)->sentence);
  g_assert_cmpint (sr_job_get_run (job)->files, ==, -1);
  g_assert_false (g_file_test (self->folder, G_FILE_TEST_EXISTS));
}

static void
test_no_vault (Fixture      *self,
               gconstpointer data)
{
  g_autofree char  *nowhere = sr_test_shop_path (&self->shop, "nowhere");
  g_autoptr (SrJob) job = sr_job_restore_snapshot_new (nowhere, "latest", self->folder, NULL);

  sr_test_shop_run_noted (job, SR_JOB_FAILED);
  g_assert_error (sr_job_get_error (job), SR_ERROR, SR_ERROR_NOT_FOUND);
  g_assert_false (g_file_test (nowhere, G_FILE_TEST_EXISTS));
}

/* A folder of the vault's own is no place to restore into. */
static void
test_into_vault (Fixture      *self,
                 gconstpointer data)
{
  g_autofree char  *inside = g_build_filename (self->shop.vault, "restored", NULL);
  g_autoptr (SrJob) job = sr_job_restore_snapshot_new (self->shop.vault, "latest", inside, NULL);

  sr_test_shop_run_noted (job, SR_JOB_FAILED);
  g_assert_error (sr_job_get_error (job), SR_ERROR, SR_ERROR_REFUSED);
  g_assert_false (g_file_test (inside, G_FILE_TEST_EXISTS));
}

static void
look (SrJob   *job,
      gboolean done,
      gpointer data)
{
  Fixture         *self = data;
  g_autofree char *path = restored (self, "a.txt");
  g_autofree char *text = NULL;

  /* a file that has its name is whole */
  if (g_file_get_contents (path, &text, NULL, NULL))
    g_assert_cmpstr (text, ==, "alpha");
  else
    g_assert_false (done);
}

static void
test_cancel_anywhere (Fixture      *self,
                      gconstpointer data)
{
  sr_test_shop_cancel_anywhere (&self->shop, new_job, look, self);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/job-restore-snapshot/done", test_done);
  ADD ("/job-restore-snapshot/again", test_again);
  ADD ("/job-restore-snapshot/options", test_options);
  ADD ("/job-restore-snapshot/delete", test_delete);
  ADD ("/job-restore-snapshot/damaged", test_damaged);
  ADD ("/job-restore-snapshot/no-snapshot", test_no_snapshot);
  ADD ("/job-restore-snapshot/no-vault", test_no_vault);
  ADD ("/job-restore-snapshot/into-vault", test_into_vault);
  ADD ("/job-restore-snapshot/cancel-anywhere", test_cancel_anywhere);
  return g_test_run ();
}
