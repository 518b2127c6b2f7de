/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "job/sr-job-import.h"
#include "job/sr-job-queue.h"
#include "job/sr-job-verify.h"
#include "sr-test-engine.h"
#include "sr-test-job.h"
#include "sr-test-util.h"

#include <glib/gstdio.h>

#define KEY "run-pos-backup-key"

typedef struct
{
  SrTestShop shop;
  char      *backup;
} Fixture;

static char *
sample (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "data", "samples", name, NULL);
}

static void
set_up (Fixture      *self,
        gconstpointer data)
{
  sr_test_shop_set_up (&self->shop, data);
  self->backup = sample ("rayerp-full.zip");
}

static void
tear_down (Fixture      *self,
           gconstpointer data)
{
  g_free (self->backup);
  sr_test_shop_tear_down (&self->shop, data);
}

static SrJob *
new_job (gpointer data)
{
  Fixture *self = data;

  return sr_job_import_new (self->backup, self->shop.vault, FALSE);
}

/* Another file as the backup: the sample with a byte flipped. */
static void
damage (Fixture *self)
{
  g_autoptr (GFile)  from = g_file_new_for_path (self->backup);
  g_autofree char   *path = sr_test_shop_path (&self->shop, "damaged.zip");
  g_autoptr (GFile)  to = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;

  g_file_copy (from, to, G_FILE_COPY_NONE, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_chmod (path, 0600);
  sr_test_shop_damage (path);
  g_free (self->backup);
  self->backup = g_steal_pointer (&path);
}

static void
test_done (Fixture      *self,
           gconstpointer data)
{
  g_autoptr (SrJob)      job = sr_test_shop_run_noted (new_job (self), SR_JOB_DONE);
  const SrRun           *run = sr_job_get_run (job);
  g_autoptr (SrJobInput) input = NULL;
  g_autoptr (SrJob)      verify = NULL;

  g_assert_cmpuint (sr_test_shop_count_snapshots (&self->shop), ==, 1);
  g_assert_cmpstr (run->action, ==, "import");
  g_assert_cmpstr (run->path, ==, self->backup);
  g_assert_cmpuint (strlen (run->snapshot), ==, 64);
  g_assert_cmpint (run->bytes, >, 0);
  g_assert_cmpint (run->bytes_added, >, 0);
  g_assert_cmpint (run->files, >, 0);
  g_assert_cmpint (run->records, >, 0);
  g_assert_nonnull (run->sentence);
  g_assert_nonnull (sr_job_get_counts (job));
  g_assert_nonnull (sr_job_get_verdict (job));
  g_assert_cmpint (sr_verdict_get_level (sr_job_get_verdict (job)), >, SR_VERDICT_BROKEN);

  /* what is in the vault is what was in the file */
  input = sr_job_input_new_snapshot (self->shop.vault, run->snapshot);
  verify = sr_test_shop_run_well (sr_job_verify_new (input, NULL));
  g_assert_cmpint (sr_job_get_run (verify)->records, ==, run->records);
  g_assert_cmpint (sr_verdict_get_level (sr_job_get_verdict (verify)), ==,
                   sr_verdict_get_level (sr_job_get_verdict (job)));
}

static void
test_broken (Fixture      *self,
             gconstpointer data)
{
  g_autoptr (SrJob) job = NULL;

  damage (self);
  job = sr_test_shop_run_noted (new_job (self), SR_JOB_FAILED);
  g_assert_error (sr_job_get_error (job), SR_ERROR, SR_ERROR_DAMAGED);
  g_assert_cmpint (sr_verdict_get_level (sr_job_get_verdict (job)), ==, SR_VERDICT_BROKEN);
  g_assert_cmpuint (sr_test_shop_count_snapshots (&self->shop), ==, 0);
  g_assert_null (sr_job_get_run (job)->snapshot);
}

/* Stored as far as it can be read, and said to be less than the backup was. */
static void
test_accepted (Fixture      *self,
               gconstpointer data)
{
  g_autoptr (SrJob) job = NULL;
  g_autofree char  *log = NULL;

  damage (self);
  job = sr_job_import_new (self->backup, self->shop.vault, TRUE);
  sr_test_shop_run_noted (job, SR_JOB_DONE);
  g_assert_cmpint (sr_verdict_get_level (sr_job_get_verdict (job)), ==, SR_VERDICT_BROKEN);
  g_assert_cmpuint (sr_test_shop_count_snapshots (&self->shop), ==, 1);
  log = sr_job_get_log_text (job);
  g_assert_nonnull (strstr (log, "failed"));
}

/* An empty file has no entry that could be lost: only what was found at the import tells. */
static void
test_accepted_opens_as_broken (Fixture      *self,
                               gconstpointer data)
{
  g_autofree char       *path = sr_test_shop_path (&self->shop, "empty.sql");
  g_autoptr (SrJob)      job = NULL;
  g_autoptr (SrJob)      verify = NULL;
  g_autoptr (SrJobInput) input = NULL;
  const SrCheck         *check;

  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  job = sr_job_import_new (path, self->shop.vault, TRUE);
  sr_test_shop_run_noted (job, SR_JOB_DONE);
  input = sr_job_input_new_snapshot (self->shop.vault, sr_job_get_run (job)->snapshot);
  verify = sr_job_verify_new (input, NULL);
  sr_test_shop_run_noted (verify, SR_JOB_DONE);
  g_assert_cmpint (sr_verdict_get_level (sr_job_get_verdict (verify)), ==, SR_VERDICT_BROKEN);
  check = sr_verdict_find (sr_job_get_verdict (verify), "import.verdict");
  g_assert_nonnull (strstr (check->sentence, "broken when it was imported"));
}

static void
test_no_file (Fixture      *self,
              gconstpointer data)
{
  g_autoptr (SrJob) job = NULL;

  g_free (self->backup);
  self->backup = sr_test_shop_path (&self->shop, "nothing.zip");
  job = sr_test_shop_run_noted (new_job (self), SR_JOB_FAILED);
  g_assert_error (sr_job_get_error (job), SR_ERROR, SR_ERROR_NOT_FOUND);
  g_assert_cmpstr (sr_job_get_run (job)->path, ==, self->backup);
}

/* A key that nobody gives: what cannot be read is not stored. */
static void
test_locked (Fixture      *self,
             gconstpointer data)
{
  g_autoptr (SrJob)    job = NULL;
  g_autoptr (GError)   error = NULL;
  g_autoptr (SrSecret) password = sr_secret_new_from ("test", 4);

  g_free (self->backup);
  self->backup = sample ("pos-database-encrypted.backup");
  job = new_job (self);
  sr_job_set_vault_password (job, password);
  g_assert_false (sr_job_run_here (job, NULL, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_WRONG_PASSWORD);
  g_assert_cmpuint (sr_test_shop_count_snapshots (&self->shop), ==, 0);
}

static void
test_key (Fixture      *self,
          gconstpointer data)
{
  g_autoptr (SrJobQueue) queue = sr_job_queue_new (NULL);
  g_autoptr (SrSecret)   key = sr_secret_new_from (KEY, strlen (KEY));
  g_autoptr (SrJob)      job = NULL;
  const SrJobQuestion   *question;

  g_free (self->backup);
  self->backup = sample ("pos-database-encrypted.backup");
  job = new_job (self);
  sr_job_queue_add (queue, job);
  question = sr_test_job_wait_question (job);
  g_assert_cmpstr (question->id, ==, "file-key");
  g_assert_true (question->is_secret);
  sr_job_answer (job, 0, key);
  sr_test_job_wait_end (job);
  g_assert_no_error (sr_job_get_error (job));
  g_assert_cmpuint (sr_test_shop_count_snapshots (&self->shop), ==, 1);
  g_assert_cmpint (sr_job_get_run (job)->records, >, 0);
}

typedef struct
{
  Fixture *fixture;
  guint    n_done;
} Cancelling;

static SrJob *
new_job_to_cancel (gpointer data)
{
  return new_job (((Cancelling *) data)->fixture);
}

/* No half of a snapshot. */
static void
look (SrJob   *job,
      gboolean done,
      gpointer data)
{
  Cancelling *self = data;

  self->n_done += done;
  g_assert_cmpuint (sr_test_shop_count_snapshots (&self->fixture->shop), ==, self->n_done);
}

static void
test_cancel_anywhere (Fixture      *self,
                      gconstpointer data)
{
  Cancelling cancelling = { self, 0 };

  sr_test_shop_cancel_anywhere (&self->shop, new_job_to_cancel, look, &cancelling);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/job-import/done", test_done);
  ADD ("/job-import/broken", test_broken);
  ADD ("/job-import/accepted-opens-as-broken", test_accepted_opens_as_broken);
  ADD ("/job-import/accepted", test_accepted);
  ADD ("/job-import/no-file", test_no_file);
  ADD ("/job-import/locked", test_locked);
  ADD ("/job-import/key", test_key);
  ADD ("/job-import/cancel-anywhere", test_cancel_anywhere);
  return g_test_run ();
}
