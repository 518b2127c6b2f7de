/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "sr-test-job.h"

#define PATIENCE_US     (G_USEC_PER_SEC * 120)
#define TICK_MS         10
#define CANCEL_ROUND_US 2000

G_DEFINE_FINAL_TYPE (SrTestJob, sr_test_job, SR_TYPE_JOB)

static gboolean
work (SrTestJob    *self,
      SrProgress   *progress,
      GCancellable *cancellable,
      GError      **error)
{
  g_autoptr (SrProgress) step = sr_progress_step (progress, 1, 1, "Working");

  sr_progress_set_totals (step, self->n_steps * (guint64) 10, 0, FALSE);
  for (guint i = 0; i < self->n_steps; i++)
    {
      if (sr_check_cancelled (cancellable, error))
        return FALSE;
      sr_progress_add (step, 10, 0);
      sr_job_log (SR_JOB (self), SR_LOG_DETAIL, "Step %u", i);
    }
  return TRUE;
}

static gboolean
ask (SrTestJob    *self,
     GCancellable *cancellable,
     GError      **error)
{
  char         *answers[] = { (char *) "Keep", (char *) "Replace", NULL };
  SrJobQuestion question = {
    .id = (char *) "replace",
    .title = (char *) "Replace what is there?",
    .answers = answers,
    .safe = 0,
    .destructive = 1,
  };

  self->answer = sr_job_ask (SR_JOB (self), &question, cancellable, error);
  return self->answer >= 0;
}

static gboolean
ask_secret (SrTestJob    *self,
            GCancellable *cancellable,
            GError      **error)
{
  g_autoptr (GError) reason = NULL;
  SrJobQuestion      question = {
         .id = (char *) "vault-password",
         .title = (char *) "The password is wanted",
         .destructive = -1,
         .is_secret = TRUE,
  };

  self->secret = sr_job_ask_secret (SR_JOB (self), &question, cancellable, &reason);
  if (reason == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

/* The next order; NULL when cancelled. */
static gpointer
wait_for_order (SrTestJob    *self,
                GCancellable *cancellable,
                GError      **error)
{
  gpointer order = NULL;

  while (order == NULL)
    {
      if (sr_check_cancelled (cancellable, error))
        return NULL;
      order = g_async_queue_timeout_pop (self->orders, CANCEL_ROUND_US);
    }
  return order;
}

static gboolean
obey (SrTestJob    *self,
      SrTestJobStep step,
      SrProgress   *progress,
      GCancellable *cancellable,
      GError      **error)
{
  switch (step)
    {
    case SR_TEST_JOB_WORK:
      return work (self, progress, cancellable, error);
    case SR_TEST_JOB_ASK:
      return ask (self, cancellable, error);
    case SR_TEST_JOB_ASK_SECRET:
      return ask_secret (self, cancellable, error);
    case SR_TEST_JOB_FAIL:
      g_set_error_literal (error, SR_ERROR, (int) self->code, "It went wrong");
      return FALSE;
    default:
      return TRUE;
    }
}

static void
give_verdict (SrTestJob *self)
{
  g_autoptr (SrVerdict)  verdict = sr_verdict_new ();
  g_autoptr (JsonObject) counts = json_object_new ();

  sr_verdict_add (verdict, "test", "Test", SR_ASPECT_INTACT, SR_CHECK_PASSED, "All is well.");
  json_object_set_int_member (counts, "customers", 12);
  sr_job_set_verdict (SR_JOB (self), verdict);
  sr_job_set_counts (SR_JOB (self), counts);
}

static gboolean
sr_test_job_run (SrJob        *job,
                 SrProgress   *progress,
                 GCancellable *cancellable,
                 GError      **error)
{
  SrTestJob *self = SR_TEST_JOB (job);
  gpointer   order;

  self->worker = g_thread_self ();
  sr_job_log (job, SR_LOG_NOTE, "It began");
  g_mutex_lock (&self->lock);
  self->has_begun = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  if (self->gives_verdict)
    give_verdict (self);
  do
    {
      order = wait_for_order (self, cancellable, error);
      if (order == NULL ||
          !obey (self, (SrTestJobStep) GPOINTER_TO_INT (order), progress, cancellable, error))
        return FALSE;
    }
  while (GPOINTER_TO_INT (order) != SR_TEST_JOB_END);
  return TRUE;
}

static void
sr_test_job_finalize (GObject *object)
{
  SrTestJob *self = SR_TEST_JOB (object);

  g_clear_pointer (&self->secret, sr_secret_unref);
  g_async_queue_unref (self->orders);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (sr_test_job_parent_class)->finalize (object);
}

static void
sr_test_job_class_init (SrTestJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sr_test_job_finalize;
  SR_JOB_CLASS (klass)->run = sr_test_job_run;
}

static void
count_end (SrTestJob *self)
{
  g_assert_true (sr_job_has_ended (SR_JOB (self)));
  self->n_ended++;
}

static void
sr_test_job_init (SrTestJob *self)
{
  self->orders = g_async_queue_new ();
  self->answer = -1;
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  g_signal_connect (self, "ended", G_CALLBACK (count_end), NULL);
}

SrTestJob *
sr_test_job_new (const char *vault,
                 const char *site)
{
  return g_object_new (SR_TYPE_TEST_JOB, "action", "test", "title", "Test", "vault", vault, "site",
                       site != NULL ? site : "shop-1", "site-name", "Shop", NULL);
}

void
sr_test_job_let (SrTestJob    *self,
                 SrTestJobStep step)
{
  g_async_queue_push (self->orders, GINT_TO_POINTER (step));
}

void
sr_test_job_wait_begun (SrTestJob *self)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;

  g_mutex_lock (&self->lock);
  while (!self->has_begun)
    g_assert_true (g_cond_wait_until (&self->changed, &self->lock, end));
  g_mutex_unlock (&self->lock);
}

/* --- waiting
 * ------------------------------------------------------------------------------------ */

static gboolean
keep_ticking (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

void
sr_test_job_wait_for (gboolean (*ready) (gpointer data),
                      gpointer data)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;
  guint  tick = g_timeout_add (TICK_MS, keep_ticking, NULL);

  while (!ready (data))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (tick);
}

static void
note_end (SrJob    *job,
          gboolean *ended)
{
  *ended = TRUE;
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *) data;
}

/* The signal, not the state: that may be ahead. */
void
sr_test_job_wait_end (SrJob *job)
{
  gboolean ended = FALSE;
  gulong   handler = g_signal_connect (job, "ended", G_CALLBACK (note_end), &ended);

  sr_test_job_wait_for (is_true, &ended);
  g_signal_handler_disconnect (job, handler);
}

static gboolean
has_question (gpointer data)
{
  return sr_job_get_question (data) != NULL;
}

const SrJobQuestion *
sr_test_job_wait_question (SrJob *job)
{
  sr_test_job_wait_for (has_question, job);
  return sr_job_get_question (job);
}

static gboolean
is_gone (gpointer data)
{
  g_autoptr (GObject) object = g_weak_ref_get (data);

  return object == NULL;
}

void
sr_test_job_wait_gone (GWeakRef *weak)
{
  sr_test_job_wait_for (is_gone, weak);
  g_weak_ref_clear (weak);
}
