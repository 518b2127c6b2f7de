/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "job/sr-job-queue.h"
#include "job/sr-job-restore-file.h"
#include "sr-test-engine.h"
#include "sr-test-job.h"
#include "sr-test-sqlite.h"
#include "sr-test-util.h"

#include <glib/gstdio.h>

static char *
count_customers (const char *path)
{
  return sr_test_sqlite_query (path, "SELECT count(*) FROM customers");
}

static void
assert_customers (const char *path,
                  const char *expected)
{
  g_autofree char *found = count_customers (path);

  g_assert_cmpstr (found, ==, expected);
}

/* A copy of the shop's database as the backup, and one customer less where it goes. */
typedef struct
{
  SrTestShop  shop;
  char       *backup;
  char       *location;
  char       *safety;
  SrJobInput *input;
} Fixture;

static void
set_up (Fixture      *self,
        gconstpointer data)
{
  g_autoptr (GFile) from = NULL;
  g_autoptr (GFile) to = NULL;

  sr_test_shop_set_up (&self->shop, data);
  self->backup = sr_test_shop_path (&self->shop, "backup.db");
  self->safety = sr_test_shop_path (&self->shop, "before.db");
  self->location = g_strconcat ("sqlite:", self->shop.database, NULL);
  from = g_file_new_for_path (self->shop.database);
  to = g_file_new_for_path (self->backup);
  g_assert_true (g_file_copy (from, to, G_FILE_COPY_NONE, NULL, NULL, NULL, NULL));
  sr_test_sqlite_run (self->shop.database, "DELETE FROM customers WHERE id = 2");
  self->input = sr_job_input_new_file (self->backup);
}

static void
tear_down (Fixture      *self,
           gconstpointer data)
{
  sr_job_input_free (self->input);
  g_free (self->backup);
  g_free (self->safety);
  g_free (self->location);
  sr_test_shop_tear_down (&self->shop, data);
}

static SrJob *
new_job (Fixture *self)
{
  SrJobRestoreFileOptions options = { .replace = TRUE, .safety_file = self->safety };

  return sr_job_restore_file_new (self->input, self->location, &options);
}

/* Up to the question. */
static SrJob *
start (Fixture    *self,
       SrJobQueue *queue)
{
  SrJob *job = new_job (self);

  sr_test_engine_forbid_here (TRUE);
  sr_job_queue_add (queue, job);
  sr_test_job_wait_question (job);
  return job;
}

static void
end (SrJob     *job,
     SrJobState state)
{
  sr_test_job_wait_end (job);
  sr_test_engine_forbid_here (FALSE);
  if (state == SR_JOB_DONE)
    g_assert_no_error (sr_job_get_error (job));
  g_assert_cmpint (sr_job_get_state (job), ==, state);
}

static void
test_undo (Fixture      *self,
           gconstpointer data)
{
  g_autoptr (SrJobQueue) queue = sr_job_queue_new (NULL);
  g_autoptr (SrJob)      job = start (self, queue);
  g_autoptr (SrJob)      undo = NULL;
  const SrJobQuestion   *question = sr_job_get_question (job);

  g_assert_cmpstr (question->id, ==, "replace");
  g_assert_cmpint (question->destructive, ==, 1);
  g_assert_nonnull (sr_job_restore_file_get_preflight (SR_JOB_RESTORE_FILE (job)));
  g_assert_false (sr_job_restore_file_can_undo (SR_JOB_RESTORE_FILE (job)));
  sr_job_answer (job, 1, NULL);
  end (job, SR_JOB_DONE);
  assert_customers (self->shop.database, "3");
  assert_customers (self->safety, "2");
  g_assert_cmpstr (sr_job_get_run (job)->path, ==, self->location);
  g_assert_nonnull (sr_job_get_verdict (job));
  g_assert_true (sr_job_restore_file_can_undo (SR_JOB_RESTORE_FILE (job)));

  undo = sr_job_restore_file_undo (SR_JOB_RESTORE_FILE (job));
  g_assert_null (sr_job_restore_file_undo (SR_JOB_RESTORE_FILE (job)));
  sr_test_shop_run_well (undo);
  g_assert_cmpstr (sr_job_get_action (undo), ==, "undo");
  assert_customers (self->shop.database, "2");
}

static void
test_refused (Fixture      *self,
              gconstpointer data)
{
  g_autoptr (SrJobQueue) queue = sr_job_queue_new (NULL);
  g_autoptr (SrJob)      job = start (self, queue);

  sr_job_answer (job, 0, NULL);
  end (job, SR_JOB_CANCELLED);
  assert_customers (self->shop.database, "2");
  g_assert_false (sr_job_restore_file_can_undo (SR_JOB_RESTORE_FILE (job)));
  g_assert_null (sr_job_restore_file_undo (SR_JOB_RESTORE_FILE (job)));
}

/* Nobody can be asked: the safe answer. */
static void
test_nobody (Fixture      *self,
             gconstpointer data)
{
  g_autoptr (SrJob)  job = new_job (self);
  g_autoptr (GError) error = NULL;

  g_assert_false (sr_job_run_here (job, NULL, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
  assert_customers (self->shop.database, "2");
}

static void
test_broken (Fixture      *self,
             gconstpointer data)
{
  g_autoptr (SrJob) job = NULL;

  g_assert_true (g_file_set_contents (self->backup, "PK\003\004 no more", -1, NULL));
  job = sr_test_shop_run (new_job (self));
  g_assert_cmpint (sr_job_get_state (job), ==, SR_JOB_FAILED);
  g_assert_error (sr_job_get_error (job), SR_ERROR, SR_ERROR_DAMAGED);
  assert_customers (self->shop.database, "2");
}

/* A new place: nothing is lost, so nothing is asked. */
static void
test_new_place (Fixture      *self,
                gconstpointer data)
{
  g_autofree char  *path = sr_test_shop_path (&self->shop, "new.db");
  g_autofree char  *location = g_strconcat ("sqlite:", path, NULL);
  g_autoptr (SrJob) job =
      sr_test_shop_run_well (sr_job_restore_file_new (self->input, location, NULL));

  assert_customers (path, "3");
  g_assert_true (sr_job_restore_file_can_undo (SR_JOB_RESTORE_FILE (job)));
}

/* Cancelled at every call of the engine: the old or the new, whole. */
static void
test_cancel_anywhere (Fixture      *self,
                      gconstpointer data)
{
  g_autoptr (SrJobQueue) queue = sr_job_queue_new (NULL);
  SrJobState             state = SR_JOB_CANCELLED;

  for (guint n = 1; state == SR_JOB_CANCELLED && n < 100; n++)
    {
      g_autoptr (SrJob) job = new_job (self);

      sr_test_engine_cancel_at (job, n);
      sr_test_engine_forbid_here (TRUE);
      sr_job_queue_add (queue, job);
      while (!sr_job_has_ended (job))
        {
          if (sr_job_get_question (job) != NULL)
            sr_job_answer (job, 1, NULL);
          g_main_context_iteration (NULL, FALSE);
        }
      sr_test_engine_forbid_here (FALSE);
      sr_test_engine_cancel_at (NULL, 0);
      state = sr_job_get_state (job);
      assert_customers (self->shop.database, state == SR_JOB_CANCELLED ? "2" : "3");
      g_assert_true (state == SR_JOB_CANCELLED || state == SR_JOB_DONE);
      g_remove (self->safety);
    }
  g_assert_cmpint (state, ==, SR_JOB_DONE);
}

/* From a snapshot of the site: the database file comes out of it. */
static void
test_from_snapshot (Fixture      *self,
                    gconstpointer data)
{
  g_autofree char       *id = sr_test_shop_back_up (&self->shop);
  g_autoptr (SrJobInput) input = sr_job_input_new_snapshot (self->shop.vault, id);
  g_autofree char       *path = sr_test_shop_path (&self->shop, "new.db");
  g_autofree char       *location = g_strconcat ("sqlite:", path, NULL);
  g_autoptr (SrJob)      job = NULL;

  input->folder = g_strdup ("/database/shop.db");
  job = sr_test_shop_run_well (sr_job_restore_file_new (input, location, NULL));
  assert_customers (path, "2");
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/job-restore-file/undo", test_undo);
  ADD ("/job-restore-file/refused", test_refused);
  ADD ("/job-restore-file/nobody", test_nobody);
  ADD ("/job-restore-file/broken", test_broken);
  ADD ("/job-restore-file/new-place", test_new_place);
  ADD ("/job-restore-file/cancel-anywhere", test_cancel_anywhere);
  ADD ("/job-restore-file/from-snapshot", test_from_snapshot);
  return g_test_run ();
}
