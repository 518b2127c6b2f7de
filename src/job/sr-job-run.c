/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-job-private.h"

#include "base/sr-error.h"

#define DELIVERY_INTERVAL_US 100000

/* --- telling the context's thread
 * --------------------------------------------------------------- */

static gboolean
deliver (gpointer user_data)
{
  g_autoptr (SrJob) self = g_object_ref (SR_JOB (user_data));
  SrJobPrivate     *priv = sr_job_get_private (self);

  g_mutex_lock (&priv->lock);
  priv->due_us = -1;
  priv->delivered_us = g_get_monotonic_time ();
  g_source_set_ready_time (priv->source, -1);
  g_mutex_unlock (&priv->lock);

  sr_job_show (self);
  if (!priv->has_emitted_end)
    return G_SOURCE_CONTINUE;
  g_mutex_lock (&priv->lock);
  g_clear_pointer (&priv->source, g_source_unref);
  g_mutex_unlock (&priv->lock);
  return G_SOURCE_REMOVE;
}

static gboolean
dispatch (GSource    *source,
          GSourceFunc func,
          gpointer    user_data)
{
  return func (user_data);
}

/* Called with the lock held. */
static void
attach_source (SrJob *self)
{
  static GSourceFuncs funcs = { .dispatch = dispatch };
  SrJobPrivate       *priv = sr_job_get_private (self);

  if (priv->source != NULL || priv->is_here)
    return;
  priv->source = g_source_new (&funcs, sizeof (GSource));
  priv->due_us = -1;
  g_source_set_static_name (priv->source, "job");
  g_source_set_callback (priv->source, deliver, g_object_ref (self), g_object_unref);
  g_source_attach (priv->source, priv->context);
  /* the context keeps the source and that the job: it must not keep the context */
  g_clear_pointer (&priv->context, g_main_context_unref);
}

/* Called with the lock held. */
void
sr_job_schedule (SrJob   *self,
                 gboolean at_once)
{
  SrJobPrivate *priv = sr_job_get_private (self);
  gint64        due;

  if (priv->source == NULL)
    return;
  due = at_once ? 0 : priv->delivered_us + DELIVERY_INTERVAL_US;
  if (priv->due_us >= 0 && priv->due_us <= due)
    return;
  priv->due_us = due;
  g_source_set_ready_time (priv->source, due);
}

void
sr_job_schedule_soon (SrJob *self)
{
  SrJobPrivate *priv = sr_job_get_private (self);

  g_mutex_lock (&priv->lock);
  sr_job_schedule (self, FALSE);
  g_mutex_unlock (&priv->lock);
}

static void
progress_changed (SrProgress *progress,
                  gpointer    user_data)
{
  sr_job_schedule_soon (user_data);
}

/* --- running
 * ------------------------------------------------------------------------------------ */

static SrJobState
state_from_result (gboolean      ok,
                   const GError *error)
{
  if (ok)
    return SR_JOB_DONE;
  if (sr_error_is (error, SR_ERROR_CANCELLED) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return SR_JOB_CANCELLED;
  return sr_error_is (error, SR_ERROR_INCOMPLETE) ? SR_JOB_INCOMPLETE : SR_JOB_FAILED;
}

static SrRunState
run_state_from_state (SrJobState state)
{
  switch (state)
    {
    case SR_JOB_DONE:
      return SR_RUN_DONE;
    case SR_JOB_INCOMPLETE:
      return SR_RUN_INCOMPLETE;
    case SR_JOB_CANCELLED:
      return SR_RUN_CANCELLED;
    default:
      return SR_RUN_FAILED;
    }
}

static void
set_if_unset (char      **member,
              const char *text)
{
  if (*member == NULL)
    *member = g_strdup (text);
}

static void
begin_run (SrJob *self)
{
  SrJobPrivate      *priv = sr_job_get_private (self);
  g_autoptr (GError) error = NULL;
  SrRun             *run = priv->run;

  run->started_ns = sr_clock_now_ns (NULL);
  set_if_unset (&run->site, priv->site);
  set_if_unset (&run->site_name, priv->site_name);
  set_if_unset (&run->vault, priv->vault);
  if (priv->history != NULL && !sr_history_begin (priv->history, run, &error))
    {
      sr_job_log (self, SR_LOG_WARNING, "This run cannot be noted in the history: %s",
                  error->message);
      g_clear_object (&priv->history);
    }
}

static void
end_run (SrJob     *self,
         SrJobState state)
{
  SrJobPrivate      *priv = sr_job_get_private (self);
  g_autoptr (GError) error = NULL;
  g_autofree char   *log = NULL;
  SrRun             *run = priv->run;

  run->ended_ns = sr_clock_now_ns (NULL);
  run->state = run_state_from_state (state);
  if (priv->error != NULL)
    {
      g_free (run->error);
      run->error = g_strdup (priv->error->message);
      sr_job_log (self, state == SR_JOB_FAILED ? SR_LOG_ERROR : SR_LOG_WARNING, "%s",
                  priv->error->message);
    }
  if (priv->verdict != NULL)
    {
      run->level = (int) sr_verdict_get_level (priv->verdict);
      if (run->sentence == NULL)
        run->sentence = sr_verdict_get_sentence (priv->verdict);
    }
  if (priv->history == NULL)
    return;
  log = sr_job_log_to_text (priv->log);
  if (!sr_history_finish (priv->history, run, priv->verdict, priv->counts, log, &error))
    sr_job_log (self, SR_LOG_WARNING, "How this run ended cannot be noted in the history: %s",
                error->message);
}

/* The whole of it, on the thread that works. */
static SrJobState
perform (SrJob        *self,
         GCancellable *cancellable)
{
  SrJobPrivate      *priv = sr_job_get_private (self);
  g_autoptr (GError) error = NULL;
  SrJobState         state;
  gboolean           ok;

  begin_run (self);
  ok = !sr_check_cancelled (cancellable, &error) &&
       SR_JOB_GET_CLASS (self)->run (self, priv->progress, cancellable, &error);
  if (!ok && error == NULL)
    error = g_error_new_literal (SR_ERROR, SR_ERROR_FAILED, "The job failed without a reason");
  state = state_from_result (ok, error);
  priv->error = g_steal_pointer (&error);
  if (state == SR_JOB_DONE || state == SR_JOB_INCOMPLETE)
    sr_progress_finish (priv->progress);
  end_run (self, state);
  g_clear_object (&priv->history);
  return state;
}

static void
set_state (SrJob     *self,
           SrJobState state)
{
  SrJobPrivate *priv = sr_job_get_private (self);

  g_mutex_lock (&priv->lock);
  priv->state = state;
  sr_job_schedule (self, TRUE);
  g_mutex_unlock (&priv->lock);
}

static gpointer
run_worker (gpointer user_data)
{
  g_autoptr (SrJob) self = user_data;
  SrJobPrivate     *priv = sr_job_get_private (self);
  SrJobState        state;

  sr_progress_set_notify (priv->progress, progress_changed, self, NULL);
  state = perform (self, priv->cancellable);
  /* threads of the operation are gone, so that nothing is told after the end */
  sr_progress_set_notify (priv->progress, NULL, NULL, NULL);
  set_state (self, state);
  return NULL;
}

gboolean
sr_job_wait (SrJob *self)
{
  SrJobPrivate *priv = sr_job_get_private (self);
  gboolean      is_new;

  g_mutex_lock (&priv->lock);
  is_new = priv->state == SR_JOB_NEW;
  if (is_new)
    {
      priv->state = SR_JOB_WAITING;
      attach_source (self);
      sr_job_schedule (self, TRUE);
    }
  g_mutex_unlock (&priv->lock);
  return is_new;
}

/* Takes the right to run it, which is given once. */
static gboolean
take_start (SrJob   *self,
            gboolean is_here)
{
  SrJobPrivate *priv = sr_job_get_private (self);
  gboolean      may_start;

  g_mutex_lock (&priv->lock);
  may_start = !priv->started && !sr_job_state_is_end (priv->state);
  if (may_start)
    {
      priv->started = TRUE;
      priv->is_here = is_here;
      priv->state = SR_JOB_RUNNING;
      attach_source (self);
      sr_job_schedule (self, TRUE);
    }
  g_mutex_unlock (&priv->lock);
  return may_start;
}

gboolean
sr_job_start (SrJob     *self,
              SrHistory *history)
{
  SrJobPrivate *priv = sr_job_get_private (self);
  GThread      *thread;

  if (!take_start (self, FALSE))
    return FALSE;
  priv->history = history != NULL ? g_object_ref (history) : NULL;
  thread = g_thread_new (priv->action, run_worker, g_object_ref (self));
  g_thread_unref (thread);
  return TRUE;
}

static void
cancel_too (GCancellable *cancellable,
            gpointer      user_data)
{
  g_cancellable_cancel (user_data);
}

gboolean
sr_job_run_here (SrJob        *self,
                 SrHistory    *history,
                 SrJobAskFunc  ask,
                 gpointer      user_data,
                 SrProgress   *progress,
                 GCancellable *cancellable,
                 GError      **error)
{
  SrJobPrivate *priv = sr_job_get_private (self);
  SrJobState    state;
  gulong        handler = 0;

  g_return_val_if_fail (SR_IS_JOB (self), FALSE);
  if (!take_start (self, TRUE))
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_CANCELLED, "The job was cancelled");
      return FALSE;
    }
  g_object_ref (self);
  priv->ask = ask;
  priv->ask_data = user_data;
  priv->history = history != NULL ? g_object_ref (history) : NULL;
  if (progress != NULL)
    g_set_object (&priv->progress, progress);
  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (cancel_too),
                                     g_object_ref (priv->cancellable), g_object_unref);
  sr_job_show (self);
  state = perform (self, priv->cancellable);
  g_cancellable_disconnect (cancellable, handler);
  set_state (self, state);
  sr_job_show (self);
  if (state != SR_JOB_DONE)
    g_propagate_error (error, g_error_copy (priv->error));
  g_object_unref (self);
  return state == SR_JOB_DONE;
}

void
sr_job_cancel (SrJob *self)
{
  SrJobPrivate *priv = sr_job_get_private (self);

  g_return_if_fail (SR_IS_JOB (self));
  g_mutex_lock (&priv->lock);
  if (!priv->started && !sr_job_state_is_end (priv->state))
    {
      priv->state = SR_JOB_CANCELLED;
      priv->error = g_error_new_literal (SR_ERROR, SR_ERROR_CANCELLED,
                                         "It was cancelled before it began");
      priv->run->state = SR_RUN_CANCELLED;
      attach_source (self);
      sr_job_schedule (self, TRUE);
    }
  g_mutex_unlock (&priv->lock);
  g_cancellable_cancel (priv->cancellable);
}
