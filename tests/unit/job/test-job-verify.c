/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "job/sr-job-queue.h"
#include "job/sr-job-verify.h"
#include "sr-test-engine.h"
#include "sr-test-job.h"
#include "sr-test-sqlite.h"
#include "sr-test-util.h"

#include <glib/gstdio.h>

typedef struct
{
  SrTestShop shop;
  char      *snapshot;
} Fixture;

static void
set_up (Fixture      *self,
        gconstpointer data)
{
  sr_test_shop_set_up (&self->shop, data);
  sr_test_shop_add_big_file (&self->shop, "big");
  self->snapshot = sr_test_shop_back_up (&self->shop);
}

static void
tear_down (Fixture      *self,
           gconstpointer data)
{
  g_free (self->snapshot);
  sr_test_shop_tear_down (&self->shop, data);
}

static SrJob *
new_job (gpointer data)
{
  Fixture               *self = data;
  g_autoptr (SrJobInput) input = sr_job_input_new_snapshot (self->shop.vault, self->snapshot);

  return sr_job_verify_new (input, NULL);
}

static SrJob *
new_file_job (const char *sha256)
{
  g_autofree char       *path = g_test_build_filename (G_TEST_DIST, "data", "samples",
                                                       "lpgnexus-backup.json", NULL);
  g_autoptr (SrJobInput) input = sr_job_input_new_file (path);

  return sr_job_verify_new (input, sha256);
}

static void
assert_level (SrJob         *job,
              SrVerdictLevel level)
{
  g_autofree char *text = NULL;

  g_assert_nonnull (sr_job_get_verdict (job));
  text = sr_verdict_to_text (sr_job_get_verdict (job));
  if (sr_verdict_get_level (sr_job_get_verdict (job)) != level)
    g_test_message ("%s", text);
  g_assert_cmpint (sr_verdict_get_level (sr_job_get_verdict (job)), ==, level);
}

static void
assert_check (SrJob        *job,
              const char   *id,
              SrCheckResult result)
{
  const SrCheck *check = sr_verdict_find (sr_job_get_verdict (job), id);

  g_assert_nonnull (check);
  g_assert_cmpint (check->result, ==, result);
}

/* --- a snapshot
 * --------------------------------------------------------------------------------- */

static void
test_snapshot (Fixture      *self,
               gconstpointer data)
{
  g_autoptr (SrJob) job = sr_test_shop_run_noted (new_job (self), SR_JOB_DONE);
  const SrRun      *run = sr_job_get_run (job);

  assert_level (job, SR_VERDICT_COMPLETE);
  g_assert_cmpstr (run->action, ==, "verify");
  g_assert_cmpstr (run->snapshot, ==, self->snapshot);
  g_assert_cmpint (run->records, ==, 5);
  g_assert_cmpint (run->bytes, >, 0);
  g_assert_nonnull (run->sentence);
}

/* Damage is what the job is for: it is done, and the verdict says it. */
static void
test_snapshot_damaged (Fixture      *self,
                       gconstpointer data)
{
  g_autofree char  *pack = sr_test_shop_find_pack (&self->shop);
  g_autoptr (SrJob) job = NULL;

  sr_test_shop_damage (pack);
  job = sr_test_shop_run_noted (new_job (self), SR_JOB_DONE);
  assert_level (job, SR_VERDICT_BROKEN);
  assert_check (job, "snapshot.structure", SR_CHECK_PASSED);
}

static void
test_no_snapshot (Fixture      *self,
                  gconstpointer data)
{
  g_autoptr (SrJob) job = NULL;

  g_free (self->snapshot);
  self->snapshot = g_strdup ("0123456789");
  job = sr_test_shop_run_noted (new_job (self), SR_JOB_FAILED);
  g_assert_error (sr_job_get_error (job), SR_ERROR, SR_ERROR_NOT_FOUND);
  g_assert_null (sr_job_get_verdict (job));
}

/* One file of a snapshot as a backup by itself. */
static void
test_part (Fixture      *self,
           gconstpointer data)
{
  g_autoptr (SrJobInput) input = sr_job_input_new_snapshot (self->shop.vault, self->snapshot);
  g_autoptr (SrJob)      job = NULL;

  input->folder = g_strdup ("/database/shop.db");
  job = sr_test_shop_run_noted (sr_job_verify_new (input, NULL), SR_JOB_DONE);
  g_assert_cmpint (sr_job_get_run (job)->records, ==, 5);
  g_assert_cmpint (sr_verdict_get_level (sr_job_get_verdict (job)), >, SR_VERDICT_BROKEN);
}

static void
look (SrJob   *job,
      gboolean done,
      gpointer data)
{
  g_assert_cmpint (sr_job_get_verdict (job) != NULL, ==, done);
}

static void
test_cancel_anywhere (Fixture      *self,
                      gconstpointer data)
{
  sr_test_shop_cancel_anywhere (&self->shop, new_job, look, self);
}

/* --- a file
 * ------------------------------------------------------------------------------------- */

static void
test_file (Fixture      *self,
           gconstpointer data)
{
  g_autoptr (SrJob) job = sr_test_shop_run_noted (new_file_job (NULL), SR_JOB_DONE);
  const SrRun      *run = sr_job_get_run (job);

  g_assert_cmpint (sr_verdict_get_level (sr_job_get_verdict (job)), >, SR_VERDICT_BROKEN);
  g_assert_null (run->vault);
  g_assert_true (g_str_has_suffix (run->path, "lpgnexus-backup.json"));
  g_assert_cmpint (run->bytes, >, 0);
  g_assert_cmpint (run->records, >, 0);
}

static void
test_file_digest (Fixture      *self,
                  gconstpointer data)
{
  g_autofree char  *wrong = g_strnfill (64, '0');
  g_autoptr (SrJob) job = sr_test_shop_run_noted (new_file_job (wrong), SR_JOB_DONE);

  assert_level (job, SR_VERDICT_BROKEN);
}

static void
test_no_file (Fixture      *self,
              gconstpointer data)
{
  g_autofree char       *path = sr_test_shop_path (&self->shop, "nothing.zip");
  g_autoptr (SrJobInput) input = sr_job_input_new_file (path);
  g_autoptr (SrJob)      job = sr_job_verify_new (input, NULL);

  sr_test_shop_run_noted (job, SR_JOB_FAILED);
  g_assert_error (sr_job_get_error (job), SR_ERROR, SR_ERROR_NOT_FOUND);
  g_assert_null (sr_job_get_verdict (job));
}

static SrJob *
new_file_job_to_cancel (gpointer data)
{
  return new_file_job (NULL);
}

static void
test_cancel_file (Fixture      *self,
                  gconstpointer data)
{
  sr_test_shop_cancel_anywhere (&self->shop, new_file_job_to_cancel, look, self);
}

/* --- a vault
 * ------------------------------------------------------------------------------------ */

static void
test_vault (Fixture      *self,
            gconstpointer data)
{
  g_autoptr (SrJob) job = sr_job_verify_new_vault (self->shop.vault, TRUE);

  sr_test_shop_run_noted (job, SR_JOB_DONE);
  assert_level (job, SR_VERDICT_INTACT);
  assert_check (job, "vault.data", SR_CHECK_PASSED);
  g_assert_cmpint (sr_job_get_run (job)->bytes, >, 3 * 1024 * 1024);
}

/* What was not read is not called whole. */
static void
test_vault_structure (Fixture      *self,
                      gconstpointer data)
{
  g_autoptr (SrJob) job = sr_job_verify_new_vault (self->shop.vault, FALSE);

  sr_test_shop_run_noted (job, SR_JOB_DONE);
  assert_check (job, "vault.structure", SR_CHECK_PASSED);
  assert_check (job, "vault.data", SR_CHECK_NOT_MADE);
  assert_level (job, SR_VERDICT_SUSPICIOUS);
}

static void
test_vault_damaged (Fixture      *self,
                    gconstpointer data)
{
  g_autofree char  *pack = sr_test_shop_find_pack (&self->shop);
  g_autofree char  *name = g_path_get_basename (pack);
  g_autoptr (SrJob) job = sr_job_verify_new_vault (self->shop.vault, TRUE);
  g_autofree char  *log = NULL;

  sr_test_shop_damage (pack);
  sr_test_shop_run_noted (job, SR_JOB_DONE);
  assert_level (job, SR_VERDICT_BROKEN);
  log = sr_job_get_log_text (job);
  name[8] = '\0';
  g_assert_nonnull (strstr (log, name));
}

static void
test_vault_pack_gone (Fixture      *self,
                      gconstpointer data)
{
  g_autofree char  *pack = sr_test_shop_find_pack (&self->shop);
  g_autoptr (SrJob) job = sr_job_verify_new_vault (self->shop.vault, FALSE);

  g_unlink (pack);
  sr_test_shop_run_noted (job, SR_JOB_DONE);
  assert_level (job, SR_VERDICT_BROKEN);
  assert_check (job, "vault.structure", SR_CHECK_FAILED);
}

static SrJob *
new_vault_job_to_cancel (gpointer data)
{
  return sr_job_verify_new_vault (((Fixture *) data)->shop.vault, TRUE);
}

static void
test_cancel_vault (Fixture      *self,
                   gconstpointer data)
{
  sr_test_shop_cancel_anywhere (&self->shop, new_vault_job_to_cancel, look, self);
}

/* --- a history that fails
 * ----------------------------------------------------------------------- */

/* The table is gone before it begins, or while it asks for the password: the job is done all the
 * same, and says that it is not in the history. */
static void
fail_history (Fixture *self,
              gboolean before)
{
  g_autofree char       *path = sr_test_shop_path (&self->shop, "history.db");
  g_autoptr (GError)     error = NULL;
  g_autoptr (SrHistory)  history = sr_history_open (path, NULL, &error);
  g_autoptr (SrJobQueue) queue = sr_job_queue_new (history);
  g_autoptr (SrSecret)   password = sr_secret_new_from ("test", 4);
  g_autoptr (SrJob)      job = new_job (self);
  g_autofree char       *log = NULL;

  g_assert_no_error (error);
  sr_test_engine_set_keyring (SR_KEYRING_UNAVAILABLE, NULL);
  if (before)
    sr_test_sqlite_run (path, "ALTER TABLE run RENAME TO gone");
  sr_job_queue_add (queue, job);
  sr_test_job_wait_question (job);
  if (!before)
    sr_test_sqlite_run (path, "ALTER TABLE run RENAME TO gone");
  sr_job_answer (job, 0, password);
  sr_test_job_wait_end (job);
  g_assert_no_error (sr_job_get_error (job));
  g_assert_cmpint (sr_job_get_state (job), ==, SR_JOB_DONE);
  assert_level (job, SR_VERDICT_COMPLETE);
  log = sr_job_get_log_text (job);
  g_assert_nonnull (strstr (log, before ? "This run cannot be noted in the history"
                                        : "How this run ended cannot be noted in the history"));
}

static void
test_history_begin (Fixture      *self,
                    gconstpointer data)
{
  fail_history (self, TRUE);
}

static void
test_history_finish (Fixture      *self,
                     gconstpointer data)
{
  fail_history (self, FALSE);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/job-verify/snapshot", test_snapshot);
  ADD ("/job-verify/snapshot-damaged", test_snapshot_damaged);
  ADD ("/job-verify/no-snapshot", test_no_snapshot);
  ADD ("/job-verify/part", test_part);
  ADD ("/job-verify/cancel-anywhere", test_cancel_anywhere);
  ADD ("/job-verify/file", test_file);
  ADD ("/job-verify/file-digest", test_file_digest);
  ADD ("/job-verify/no-file", test_no_file);
  ADD ("/job-verify/cancel-file", test_cancel_file);
  ADD ("/job-verify/vault", test_vault);
  ADD ("/job-verify/vault-structure", test_vault_structure);
  ADD ("/job-verify/vault-damaged", test_vault_damaged);
  ADD ("/job-verify/vault-pack-gone", test_vault_pack_gone);
  ADD ("/job-verify/cancel-vault", test_cancel_vault);
  ADD ("/job-verify/history-begin", test_history_begin);
  ADD ("/job-verify/history-finish", test_history_finish);
  return g_test_run ();
}
