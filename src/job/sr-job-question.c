/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-job-private.h"

#include "base/sr-error.h"

SrJobQuestion *
sr_job_question_copy (const SrJobQuestion *self)
{
  SrJobQuestion *copy = g_memdup2 (self, sizeof *self);

  copy->id = g_strdup (self->id);
  copy->title = g_strdup (self->title);
  copy->text = g_strdup (self->text);
  copy->answers = g_strdupv (self->answers);
  copy->subject = g_strdup (self->subject);
  return copy;
}

void
sr_job_question_free (SrJobQuestion *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->title);
  g_free (self->text);
  g_strfreev (self->answers);
  g_free (self->subject);
  g_free (self);
}

static void
wake (GCancellable *cancellable,
      gpointer      user_data)
{
  SrJobPrivate *priv = sr_job_get_private (user_data);

  g_mutex_lock (&priv->lock);
  g_cond_broadcast (&priv->answered);
  g_mutex_unlock (&priv->lock);
}

/* Asks, blocks, and takes the question away again. Returns: -1 with @error if cancelled */
static int
ask_and_wait (SrJob               *self,
              const SrJobQuestion *question,
              SrSecret           **secret,
              GCancellable        *cancellable,
              GError             **error)
{
  SrJobPrivate *priv = sr_job_get_private (self);
  gulong        handler = 0;
  int           answer = -1;

  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (wake), self, NULL);
  g_mutex_lock (&priv->lock);
  priv->question = sr_job_question_copy (question);
  priv->question_serial++;
  priv->has_answer = FALSE;
  sr_job_schedule (self, TRUE);
  while (!priv->has_answer && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait (&priv->answered, &priv->lock);
  if (priv->has_answer)
    {
      answer = MAX (priv->answer, 0);
      *secret = g_steal_pointer (&priv->secret);
    }
  g_clear_pointer (&priv->question, sr_job_question_free);
  sr_job_schedule (self, TRUE);
  g_mutex_unlock (&priv->lock);
  g_cancellable_disconnect (cancellable, handler);
  if (answer >= 0 && !sr_check_cancelled (cancellable, error))
    return answer;
  g_clear_pointer (secret, sr_secret_unref);
  if (answer < 0)
    (void) sr_check_cancelled (cancellable, error);
  return -1;
}

static int
choose_answer (const SrJobQuestion *question,
               int                  answer)
{
  int n = question->answers != NULL ? (int) g_strv_length (question->answers) : 0;

  return answer >= 0 && answer < n ? answer : question->safe;
}

int
sr_job_ask (SrJob               *self,
            const SrJobQuestion *question,
            GCancellable        *cancellable,
            GError             **error)
{
  SrJobPrivate        *priv = sr_job_get_private (self);
  g_autoptr (SrSecret) secret = NULL;
  int                  answer;

  if (sr_check_cancelled (cancellable, error))
    return -1;
  if (!priv->is_here)
    answer = ask_and_wait (self, question, &secret, cancellable, error);
  else
    answer = priv->ask != NULL ? MAX (priv->ask (self, question, &secret, priv->ask_data), -1) : -1;
  if ((!priv->is_here && answer < 0) || sr_check_cancelled (cancellable, error))
    return -1;
  answer = choose_answer (question, answer);
  sr_job_log (self, SR_LOG_NOTE, "Asked: %s Answer: %s", question->title,
              question->answers != NULL ? question->answers[answer] : "-");
  return answer;
}

SrSecret *
sr_job_ask_secret (SrJob               *self,
                   const SrJobQuestion *question,
                   GCancellable        *cancellable,
                   GError             **error)
{
  SrJobPrivate *priv = sr_job_get_private (self);
  SrSecret     *secret = NULL;
  int           answer = -1;

  if (sr_check_cancelled (cancellable, error))
    return NULL;
  if (!priv->is_here)
    return ask_and_wait (self, question, &secret, cancellable, error) >= 0 ? secret : NULL;
  if (priv->ask != NULL)
    answer = priv->ask (self, question, &secret, priv->ask_data);
  if (answer >= 0 && !sr_check_cancelled (cancellable, error))
    return secret;
  g_clear_pointer (&secret, sr_secret_unref);
  if (answer < 0 && !sr_check_cancelled (cancellable, error))
    g_set_error (error, SR_ERROR, SR_ERROR_WRONG_PASSWORD, "%s, and nobody can be asked",
                 question->title);
  return NULL;
}

const SrJobQuestion *
sr_job_get_question (SrJob *self)
{
  SrJobPrivate *priv = sr_job_get_private (self);

  return priv->shown_is_answered ? NULL : priv->shown_question;
}

void
sr_job_answer (SrJob    *self,
               int       answer,
               SrSecret *secret)
{
  SrJobPrivate *priv = sr_job_get_private (self);

  g_return_if_fail (SR_IS_JOB (self));
  if (sr_job_get_question (self) == NULL)
    return;
  /* it stays where it is until the next delivery: the caller may look at it still */
  priv->shown_is_answered = TRUE;
  g_mutex_lock (&priv->lock);
  if (priv->question != NULL && priv->question_serial == priv->shown.question && !priv->has_answer)
    {
      priv->has_answer = TRUE;
      priv->answer = choose_answer (priv->question, answer);
      priv->secret = secret != NULL ? sr_secret_ref (secret) : NULL;
      g_cond_broadcast (&priv->answered);
    }
  g_mutex_unlock (&priv->lock);
  g_object_notify (G_OBJECT (self), "question");
}
