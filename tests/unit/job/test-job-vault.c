/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "job/sr-job-backup.h"
#include "job/sr-job-queue.h"
#include "sr-test-engine.h"
#include "sr-test-job.h"

static SrJob *
start (SrTestShop *shop,
       SrJobQueue *queue)
{
  SrJob *job = sr_job_backup_new (shop->site, shop->vault);

  sr_test_engine_forbid_here (TRUE);
  sr_job_queue_add (queue, job);
  return job;
}

static void
answer (SrJob      *job,
        const char *password)
{
  g_autoptr (SrSecret) secret =
      password != NULL ? sr_secret_new_from (password, strlen (password)) : NULL;

  sr_job_answer (job, 0, secret);
}

static void
end (SrJob     *job,
     SrJobState state)
{
  sr_test_job_wait_end (job);
  sr_test_engine_forbid_here (FALSE);
  g_assert_cmpint (sr_job_get_state (job), ==, state);
}

/* The keyring does not know it: asked until it fits, then offered to the keyring. */
static void
test_asked (SrTestShop   *shop,
            gconstpointer data)
{
  g_autoptr (SrJobQueue) queue = sr_job_queue_new (NULL);
  g_autoptr (SrJob)      job = NULL;
  const SrJobQuestion   *question;
  g_autofree char       *log = NULL;

  sr_test_engine_set_keyring (SR_KEYRING_NONE, NULL);
  job = start (shop, queue);
  question = sr_test_job_wait_question (job);
  g_assert_cmpstr (question->id, ==, "vault-password");
  g_assert_cmpstr (question->subject, ==, shop->vault);
  g_assert_true (question->is_secret);
  g_assert_cmpuint (question->attempt, ==, 0);
  answer (job, "wrong");
  question = sr_test_job_wait_question (job);
  g_assert_cmpuint (question->attempt, ==, 1);
  answer (job, "test");
  question = sr_test_job_wait_question (job);
  g_assert_cmpstr (question->id, ==, "store-password");
  g_assert_cmpint (question->safe, ==, 0);
  sr_job_answer (job, 1, NULL);
  end (job, SR_JOB_DONE);
  g_assert_cmpuint (sr_secret_get_size (sr_test_engine_get_stored ()), ==, 4);
  log = sr_job_get_log_text (job);
  g_assert_null (strstr (log, "wrong\n"));
}

static void
test_not_stored (SrTestShop   *shop,
                 gconstpointer data)
{
  g_autoptr (SrJobQueue) queue = sr_job_queue_new (NULL);
  g_autoptr (SrJob)      job = NULL;

  sr_test_engine_set_keyring (SR_KEYRING_NONE, NULL);
  job = start (shop, queue);
  sr_test_job_wait_question (job);
  answer (job, "test");
  sr_test_job_wait_question (job);
  sr_job_answer (job, 0, NULL);
  end (job, SR_JOB_DONE);
  g_assert_null (sr_test_engine_get_stored ());
}

/* A locked keyring is not an empty one: that is said, and nothing is offered to it. */
static void
test_locked (SrTestShop   *shop,
             gconstpointer data)
{
  g_autoptr (SrJobQueue) queue = sr_job_queue_new (NULL);
  g_autoptr (SrJob)      job = NULL;

  sr_test_engine_set_keyring (SR_KEYRING_DISMISSED, NULL);
  job = start (shop, queue);
  g_assert_nonnull (strstr (sr_test_job_wait_question (job)->text, "locked"));
  answer (job, "test");
  end (job, SR_JOB_DONE);
  g_assert_null (sr_test_engine_get_stored ());
}

/* The keyring's password is out of date: asked for, and the new one offered. */
static void
test_outdated (SrTestShop   *shop,
               gconstpointer data)
{
  g_autoptr (SrJobQueue) queue = sr_job_queue_new (NULL);
  g_autoptr (SrJob)      job = NULL;

  sr_test_engine_set_keyring (SR_KEYRING_DONE, "old");
  job = start (shop, queue);
  g_assert_nonnull (strstr (sr_test_job_wait_question (job)->text, "any more"));
  answer (job, "test");
  g_assert_cmpstr (sr_test_job_wait_question (job)->id, ==, "store-password");
  sr_job_answer (job, 1, NULL);
  end (job, SR_JOB_DONE);
  g_assert_nonnull (sr_test_engine_get_stored ());
}

static void
test_without (SrTestShop   *shop,
              gconstpointer data)
{
  g_autoptr (SrJobQueue) queue = sr_job_queue_new (NULL);
  g_autoptr (SrJob)      job = NULL;

  sr_test_engine_set_keyring (SR_KEYRING_NONE, NULL);
  job = start (shop, queue);
  sr_test_job_wait_question (job);
  answer (job, NULL);
  end (job, SR_JOB_FAILED);
  g_assert_error (sr_job_get_error (job), SR_ERROR, SR_ERROR_WRONG_PASSWORD);
  g_assert_cmpuint (sr_test_shop_count_snapshots (shop), ==, 0);
}

static void
test_cancelled (SrTestShop   *shop,
                gconstpointer data)
{
  g_autoptr (SrJobQueue) queue = sr_job_queue_new (NULL);
  g_autoptr (SrJob)      job = NULL;

  sr_test_engine_set_keyring (SR_KEYRING_NONE, NULL);
  job = start (shop, queue);
  sr_test_job_wait_question (job);
  sr_job_queue_cancel_all (queue);
  end (job, SR_JOB_CANCELLED);
}

/* Who knows the password is not asked, and the keyring is left alone. */
static void
test_given (SrTestShop   *shop,
            gconstpointer data)
{
  g_autoptr (SrSecret) right = sr_secret_new_from ("test", 4);
  g_autoptr (SrSecret) wrong = sr_secret_new_from ("nope", 4);
  g_autoptr (SrJob)    job = sr_job_backup_new (shop->site, shop->vault);
  g_autoptr (SrJob)    other = sr_job_backup_new (shop->site, shop->vault);
  g_autoptr (GError)   error = NULL;

  sr_test_engine_set_keyring (SR_KEYRING_UNAVAILABLE, NULL);
  sr_job_set_vault_password (job, right);
  sr_test_shop_run_well (job);
  sr_job_set_vault_password (other, wrong);
  g_assert_false (sr_job_run_here (other, NULL, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_WRONG_PASSWORD);
}

#define ADD(path, func) \
  g_test_add (path, SrTestShop, NULL, sr_test_shop_set_up, func, sr_test_shop_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/job-vault/asked", test_asked);
  ADD ("/job-vault/not-stored", test_not_stored);
  ADD ("/job-vault/locked", test_locked);
  ADD ("/job-vault/outdated", test_outdated);
  ADD ("/job-vault/without", test_without);
  ADD ("/job-vault/cancelled", test_cancelled);
  ADD ("/job-vault/given", test_given);
  return g_test_run ();
}
