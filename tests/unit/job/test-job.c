/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "job/sr-job-log.h"
#include "job/sr-job-private.h"
#include "sr-test-job.h"

/* --- how a job ends
 * ----------------------------------------------------------------------------- */

static void
test_done (void)
{
  g_autoptr (SrTestJob) job = sr_test_job_new ("/srv/vault", NULL);
  g_autofree char      *text = NULL;
  const SrRun          *run;

  g_assert_cmpint (sr_job_get_state (SR_JOB (job)), ==, SR_JOB_NEW);
  g_assert_null (sr_job_get_run (SR_JOB (job)));
  g_assert_true (sr_job_start (SR_JOB (job), NULL));
  g_assert_false (sr_job_start (SR_JOB (job), NULL));
  sr_test_job_let (job, SR_TEST_JOB_END);
  sr_test_job_wait_end (SR_JOB (job));

  g_assert_cmpint (sr_job_get_state (SR_JOB (job)), ==, SR_JOB_DONE);
  g_assert_no_error (sr_job_get_error (SR_JOB (job)));
  run = sr_job_get_run (SR_JOB (job));
  g_assert_cmpstr (run->action, ==, "test");
  g_assert_cmpstr (run->vault, ==, "/srv/vault");
  g_assert_cmpstr (run->site, ==, "shop-1");
  g_assert_cmpstr (run->site_name, ==, "Shop");
  g_assert_cmpint (run->state, ==, SR_RUN_DONE);
  g_assert_cmpint (run->started_ns, >, 0);
  g_assert_cmpint (run->ended_ns, >=, run->started_ns);
  g_assert_cmpint (job->n_ended, ==, 1);
  text = sr_job_get_log_text (SR_JOB (job));
  g_assert_nonnull (strstr (text, "note: It began\n"));
  /* the work was not done on this thread */
  g_assert_true (job->worker != g_thread_self ());
}

static void
test_failed (gconstpointer data)
{
  SrErrorCode           code = (SrErrorCode) GPOINTER_TO_INT (data);
  g_autoptr (SrTestJob) job = sr_test_job_new (NULL, NULL);
  SrJobState            expected = code == SR_ERROR_INCOMPLETE  ? SR_JOB_INCOMPLETE
                                   : code == SR_ERROR_CANCELLED ? SR_JOB_CANCELLED
                                                                : SR_JOB_FAILED;

  job->code = code;
  sr_test_job_let (job, SR_TEST_JOB_FAIL);
  g_assert_true (sr_job_start (SR_JOB (job), NULL));
  sr_test_job_wait_end (SR_JOB (job));
  g_assert_cmpint (sr_job_get_state (SR_JOB (job)), ==, expected);
  g_assert_error (sr_job_get_error (SR_JOB (job)), SR_ERROR, (int) code);
  g_assert_cmpstr (sr_job_get_run (SR_JOB (job))->error, ==, "It went wrong");
}

static void
test_verdict (void)
{
  g_autoptr (SrTestJob) job = sr_test_job_new (NULL, NULL);

  job->gives_verdict = TRUE;
  sr_test_job_let (job, SR_TEST_JOB_END);
  g_assert_true (sr_job_start (SR_JOB (job), NULL));
  sr_test_job_wait_end (SR_JOB (job));
  g_assert_cmpint (sr_job_get_run (SR_JOB (job))->level, ==, SR_VERDICT_INTACT);
  g_assert_nonnull (sr_job_get_run (SR_JOB (job))->sentence);
  g_assert_nonnull (sr_job_get_verdict (SR_JOB (job)));
  g_assert_cmpint (json_object_get_int_member (sr_job_get_counts (SR_JOB (job)), "customers"), ==,
                   12);
}

/* --- cancelling
 * --------------------------------------------------------------------------------- */

static void
test_cancel_new (void)
{
  g_autoptr (SrTestJob) job = sr_test_job_new (NULL, NULL);

  sr_job_cancel (SR_JOB (job));
  g_assert_cmpint (sr_job_get_state (SR_JOB (job)), ==, SR_JOB_CANCELLED);
  g_assert_false (sr_job_start (SR_JOB (job), NULL));
  sr_test_job_wait_end (SR_JOB (job));
  sr_job_cancel (SR_JOB (job));
  g_assert_cmpint (job->n_ended, ==, 1);
  g_assert_null (job->worker);
}

static void
test_cancel_running (void)
{
  g_autoptr (SrTestJob) job = sr_test_job_new (NULL, NULL);

  g_assert_true (sr_job_start (SR_JOB (job), NULL));
  sr_test_job_wait_begun (job);
  sr_job_cancel (SR_JOB (job));
  sr_test_job_wait_end (SR_JOB (job));
  g_assert_cmpint (sr_job_get_state (SR_JOB (job)), ==, SR_JOB_CANCELLED);
  g_assert_cmpint (sr_job_get_run (SR_JOB (job))->state, ==, SR_RUN_CANCELLED);
}

/* A cancel that comes when all is done changes nothing. */
static void
test_cancel_late (void)
{
  g_autoptr (SrTestJob) job = sr_test_job_new (NULL, NULL);

  sr_test_job_let (job, SR_TEST_JOB_END);
  g_assert_true (sr_job_start (SR_JOB (job), NULL));
  sr_test_job_wait_end (SR_JOB (job));
  sr_job_cancel (SR_JOB (job));
  g_assert_cmpint (sr_job_get_state (SR_JOB (job)), ==, SR_JOB_DONE);
}

static void
test_cancel_asking (void)
{
  g_autoptr (SrTestJob) job = sr_test_job_new (NULL, NULL);

  sr_test_job_let (job, SR_TEST_JOB_ASK);
  g_assert_true (sr_job_start (SR_JOB (job), NULL));
  sr_test_job_wait_question (SR_JOB (job));
  sr_job_cancel (SR_JOB (job));
  sr_test_job_wait_end (SR_JOB (job));
  g_assert_cmpint (sr_job_get_state (SR_JOB (job)), ==, SR_JOB_CANCELLED);
  g_assert_null (sr_job_get_question (SR_JOB (job)));
  /* too late, and no harm */
  sr_job_answer (SR_JOB (job), 1, NULL);
}

/* --- questions
 * ---------------------------------------------------------------------------------- */

static void
test_ask (void)
{
  g_autoptr (SrTestJob) job = sr_test_job_new (NULL, NULL);
  const SrJobQuestion  *question;

  sr_test_job_let (job, SR_TEST_JOB_ASK);
  g_assert_true (sr_job_start (SR_JOB (job), NULL));
  question = sr_test_job_wait_question (SR_JOB (job));
  g_assert_cmpstr (question->id, ==, "replace");
  g_assert_cmpstr (question->answers[1], ==, "Replace");
  g_assert_cmpint (sr_job_get_state (SR_JOB (job)), ==, SR_JOB_RUNNING);
  sr_job_answer (SR_JOB (job), 1, NULL);
  g_assert_null (sr_job_get_question (SR_JOB (job)));
  /* answered twice: the first counts */
  sr_job_answer (SR_JOB (job), 0, NULL);
  sr_test_job_let (job, SR_TEST_JOB_END);
  sr_test_job_wait_end (SR_JOB (job));
  g_assert_cmpint (job->answer, ==, 1);
}

/* An answer that there is none of is the safe one. */
static void
test_ask_nonsense (void)
{
  g_autoptr (SrTestJob) job = sr_test_job_new (NULL, NULL);

  sr_test_job_let (job, SR_TEST_JOB_ASK);
  g_assert_true (sr_job_start (SR_JOB (job), NULL));
  sr_test_job_wait_question (SR_JOB (job));
  sr_job_answer (SR_JOB (job), 7, NULL);
  sr_test_job_let (job, SR_TEST_JOB_END);
  sr_test_job_wait_end (SR_JOB (job));
  g_assert_cmpint (job->answer, ==, 0);
}

static void
test_ask_secret (void)
{
  g_autoptr (SrTestJob) job = sr_test_job_new (NULL, NULL);
  g_autoptr (SrSecret)  secret = sr_secret_new_from ("geheim", 6);
  g_autofree char      *text = NULL;

  sr_test_job_let (job, SR_TEST_JOB_ASK_SECRET);
  g_assert_true (sr_job_start (SR_JOB (job), NULL));
  g_assert_true (sr_test_job_wait_question (SR_JOB (job))->is_secret);
  sr_job_answer (SR_JOB (job), 0, secret);
  sr_test_job_let (job, SR_TEST_JOB_END);
  sr_test_job_wait_end (SR_JOB (job));
  g_assert_true (sr_secret_equal (job->secret, secret));
  text = sr_job_get_log_text (SR_JOB (job));
  g_assert_null (strstr (text, "geheim"));
}

/* --- in the calling thread
 * ---------------------------------------------------------------------- */

static int
answer_here (SrJob               *self,
             const SrJobQuestion *question,
             SrSecret           **secret,
             gpointer             user_data)
{
  if (question->is_secret)
    *secret = sr_secret_new_from ("geheim", 6);
  return GPOINTER_TO_INT (user_data);
}

static void
test_here (void)
{
  g_autoptr (SrTestJob)  job = sr_test_job_new (NULL, NULL);
  g_autoptr (SrProgress) progress = sr_progress_new ();
  g_autoptr (GError)     error = NULL;
  SrProgressState        state;
  gboolean               ok;

  sr_test_job_let (job, SR_TEST_JOB_ASK);
  sr_test_job_let (job, SR_TEST_JOB_END);
  ok = sr_job_run_here (SR_JOB (job), NULL, answer_here, GINT_TO_POINTER (1), progress, NULL,
                        &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  g_assert_cmpint (job->answer, ==, 1);
  g_assert_true (job->worker == g_thread_self ());
  g_assert_cmpint (job->n_ended, ==, 1);
  sr_progress_get_state (progress, &state);
  g_assert_cmpfloat (state.fraction, ==, 1.0);
  sr_progress_state_clear (&state);
}

static void
test_here_nobody (void)
{
  g_autoptr (SrTestJob) job = sr_test_job_new (NULL, NULL);
  g_autoptr (SrTestJob) other = sr_test_job_new (NULL, NULL);
  g_autoptr (GError)    error = NULL;

  sr_test_job_let (job, SR_TEST_JOB_ASK);
  sr_test_job_let (job, SR_TEST_JOB_END);
  g_assert_true (sr_job_run_here (SR_JOB (job), NULL, NULL, NULL, NULL, NULL, &error));
  g_assert_cmpint (job->answer, ==, 0);

  sr_test_job_let (other, SR_TEST_JOB_ASK_SECRET);
  sr_test_job_let (other, SR_TEST_JOB_END);
  g_assert_false (sr_job_run_here (SR_JOB (other), NULL, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_WRONG_PASSWORD);
}

static void
test_here_cancelled (void)
{
  g_autoptr (SrTestJob)    job = sr_test_job_new (NULL, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError)       error = NULL;

  g_cancellable_cancel (cancellable);
  sr_test_job_let (job, SR_TEST_JOB_END);
  g_assert_false (sr_job_run_here (SR_JOB (job), NULL, NULL, NULL, NULL, cancellable, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
  g_assert_cmpint (sr_job_get_state (SR_JOB (job)), ==, SR_JOB_CANCELLED);
}

/* --- progress and log
 * --------------------------------------------------------------------------- */

static void
count_notify (GObject    *object,
              GParamSpec *pspec,
              gpointer    user_data)
{
  g_assert_true (g_main_context_is_owner (NULL));
  ++*(guint *) user_data;
}

/* However much is told, what is notified is little, in this thread, and the end is never missed. */
static void
test_progress (void)
{
  g_autoptr (SrTestJob) job = sr_test_job_new (NULL, NULL);
  g_autofree char      *phase = NULL;
  guint64               bytes;
  guint                 n_log;
  guint                 notified = 0;

  g_signal_connect (job, "notify::n-log", G_CALLBACK (count_notify), &notified);
  job->n_steps = 5000;
  sr_test_job_let (job, SR_TEST_JOB_WORK);
  sr_test_job_let (job, SR_TEST_JOB_END);
  g_assert_true (sr_job_start (SR_JOB (job), NULL));
  sr_test_job_wait_end (SR_JOB (job));
  g_object_get (job, "n-log", &n_log, "bytes-done", &bytes, NULL);
  g_assert_cmpuint (n_log, ==, 5001);
  g_assert_cmpuint (bytes, ==, 5000 * 10);
  g_assert_cmpuint (notified, >=, 1);
  g_assert_cmpuint (notified, <, 1000);
}

static void
test_log (void)
{
  g_autoptr (SrJobLog)  log = sr_job_log_new ();
  g_autoptr (GPtrArray) last = NULL;
  g_autofree char      *text = NULL;

  for (guint i = 0; i < SR_JOB_LOG_DETAILS_SIZE + 10; i++)
    sr_job_log_add (log, 0, SR_LOG_DETAIL, g_strdup ("a file"));
  g_assert_cmpuint (sr_job_log_get_size (log), ==, SR_JOB_LOG_DETAILS_SIZE);
  for (guint i = 0; i < 2; i++)
    sr_job_log_add (log, 1700000000 * (gint64) 1000000000, SR_LOG_ERROR, g_strdup ("bad \xff"));
  last = sr_job_log_get (log, SR_JOB_LOG_DETAILS_SIZE + 1);
  g_assert_cmpuint (last->len, ==, 1);
  g_assert_cmpstr (((SrLogEntry *) last->pdata[0])->text, ==, "bad \xef\xbf\xbd");
  text = sr_job_log_to_text (log);
  g_assert_nonnull (strstr (text, "2023-11-14T22:13:20Z error: bad \xef\xbf\xbd\n"));
  g_assert_true (g_str_has_suffix (text, "10 further entries were left out: there is no room for "
                                         "more\n"));
}

static void
test_vault_name (void)
{
  g_autoptr (SrTestJob) a = sr_test_job_new ("local:/srv//vault/", NULL);
  g_autoptr (SrTestJob) b = sr_test_job_new ("/srv/./vault", NULL);

  g_assert_cmpstr (sr_job_get_vault (SR_JOB (a)), ==, sr_job_get_vault (SR_JOB (b)));
}

/* Nobody waits for the end: the job goes away all the same. */
static void
test_dropped (void)
{
  GMainContext *context = g_main_context_new ();
  SrTestJob    *job;
  GWeakRef      weak;

  g_main_context_push_thread_default (context);
  job = sr_test_job_new (NULL, NULL);
  g_weak_ref_init (&weak, job);
  sr_test_job_let (job, SR_TEST_JOB_END);
  g_assert_true (sr_job_start (SR_JOB (job), NULL));
  g_object_unref (job);
  g_main_context_pop_thread_default (context);
  g_main_context_unref (context);
  sr_test_job_wait_gone (&weak);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job/done", test_done);
  g_test_add_data_func ("/job/failed", GINT_TO_POINTER (SR_ERROR_DAMAGED), test_failed);
  g_test_add_data_func ("/job/incomplete", GINT_TO_POINTER (SR_ERROR_INCOMPLETE), test_failed);
  g_test_add_data_func ("/job/cancelled", GINT_TO_POINTER (SR_ERROR_CANCELLED), test_failed);
  g_test_add_func ("/job/verdict", test_verdict);
  g_test_add_func ("/job/cancel/new", test_cancel_new);
  g_test_add_func ("/job/cancel/running", test_cancel_running);
  g_test_add_func ("/job/cancel/late", test_cancel_late);
  g_test_add_func ("/job/cancel/asking", test_cancel_asking);
  g_test_add_func ("/job/ask", test_ask);
  g_test_add_func ("/job/ask/nonsense", test_ask_nonsense);
  g_test_add_func ("/job/ask/secret", test_ask_secret);
  g_test_add_func ("/job/here", test_here);
  g_test_add_func ("/job/here/nobody", test_here_nobody);
  g_test_add_func ("/job/here/cancelled", test_here_cancelled);
  g_test_add_func ("/job/progress", test_progress);
  g_test_add_func ("/job/log", test_log);
  g_test_add_func ("/job/vault-name", test_vault_name);
  g_test_add_func ("/job/dropped", test_dropped);
  return g_test_run ();
}
