/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-job.h"

#include "job/sr-job-private.h"

#include <string.h>

typedef enum
{
  PROP_ACTION = 1,
  PROP_TITLE,
  PROP_VAULT,
  PROP_SITE,
  PROP_SITE_NAME,
  PROP_STATE,
  PROP_PHASE,
  PROP_CURRENT,
  PROP_FRACTION,
  PROP_ESTIMATING,
  PROP_BYTES_DONE,
  PROP_BYTES_TOTAL,
  PROP_ITEMS_DONE,
  PROP_ITEMS_TOTAL,
  PROP_BYTES_PER_SECOND,
  PROP_SECONDS_LEFT,
  PROP_QUESTION,
  PROP_N_LOG,
  N_PROPS,
} Property;

static GParamSpec *props[N_PROPS];
static guint       ended_signal;

G_DEFINE_ENUM_TYPE (SrJobState,
                    sr_job_state,
                    G_DEFINE_ENUM_VALUE (SR_JOB_NEW, "new"),
                    G_DEFINE_ENUM_VALUE (SR_JOB_WAITING, "waiting"),
                    G_DEFINE_ENUM_VALUE (SR_JOB_RUNNING, "running"),
                    G_DEFINE_ENUM_VALUE (SR_JOB_DONE, "done"),
                    G_DEFINE_ENUM_VALUE (SR_JOB_INCOMPLETE, "incomplete"),
                    G_DEFINE_ENUM_VALUE (SR_JOB_FAILED, "failed"),
                    G_DEFINE_ENUM_VALUE (SR_JOB_CANCELLED, "cancelled"))
G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (SrJob, sr_job, G_TYPE_OBJECT)

SrJobPrivate *
sr_job_get_private (SrJob *self)
{
  return sr_job_get_instance_private (self);
}

char *
sr_job_make_vault_name (const char *location)
{
  if (location == NULL)
    return NULL;
  if (g_str_has_prefix (location, "local:"))
    location += strlen ("local:");
  return g_canonicalize_filename (location, NULL);
}

/* --- telling the context's thread
 * --------------------------------------------------------------- */

static void
notify_progress (SrJob                 *self,
                 const SrProgressState *old,
                 const SrProgressState *now)
{
  GObject *object = G_OBJECT (self);

  if (g_strcmp0 (old->phase, now->phase) != 0)
    g_object_notify_by_pspec (object, props[PROP_PHASE]);
  if (g_strcmp0 (old->current, now->current) != 0)
    g_object_notify_by_pspec (object, props[PROP_CURRENT]);
  if (old->fraction != now->fraction)
    g_object_notify_by_pspec (object, props[PROP_FRACTION]);
  if (old->estimating != now->estimating)
    g_object_notify_by_pspec (object, props[PROP_ESTIMATING]);
  if (old->bytes_done != now->bytes_done)
    g_object_notify_by_pspec (object, props[PROP_BYTES_DONE]);
  if (old->bytes_total != now->bytes_total)
    g_object_notify_by_pspec (object, props[PROP_BYTES_TOTAL]);
  if (old->items_done != now->items_done)
    g_object_notify_by_pspec (object, props[PROP_ITEMS_DONE]);
  if (old->items_total != now->items_total)
    g_object_notify_by_pspec (object, props[PROP_ITEMS_TOTAL]);
  if (old->bytes_per_second != now->bytes_per_second)
    g_object_notify_by_pspec (object, props[PROP_BYTES_PER_SECOND]);
  if (old->seconds_left != now->seconds_left)
    g_object_notify_by_pspec (object, props[PROP_SECONDS_LEFT]);
}

void
sr_job_show (SrJob *self)
{
  SrJobPrivate   *priv = sr_job_get_private (self);
  SrProgressState old = priv->shown.progress;
  SrJobQuestion  *old_question = NULL;
  SrJobQuestion  *question = NULL;
  SrJobState      state;
  guint64         serial;
  guint           n_log = sr_job_log_get_size (priv->log);

  g_mutex_lock (&priv->lock);
  state = priv->state;
  serial = priv->question != NULL ? priv->question_serial : 0;
  if (serial != 0 && serial != priv->shown.question)
    question = sr_job_question_copy (priv->question);
  g_mutex_unlock (&priv->lock);

  g_object_freeze_notify (G_OBJECT (self));
  sr_progress_get_state (priv->progress, &priv->shown.progress);
  notify_progress (self, &old, &priv->shown.progress);
  sr_progress_state_clear (&old);
  if (n_log != priv->shown.n_log)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_LOG]);
  priv->shown.n_log = n_log;
  if (serial != priv->shown.question)
    {
      /* a copy: the worker's may be gone while a handler looks at it */
      old_question = priv->shown_question;
      priv->shown_question = question;
      priv->shown.question = serial;
      priv->shown_is_answered = FALSE;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_QUESTION]);
    }
  if (state != priv->shown.state)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
  priv->shown.state = state;
  g_object_thaw_notify (G_OBJECT (self));
  sr_job_question_free (old_question);

  if (sr_job_state_is_end (state) && !priv->has_emitted_end)
    {
      priv->has_emitted_end = TRUE;
      g_signal_emit (self, ended_signal, 0);
    }
}

/* --- facts
 * -------------------------------------------------------------------------------------- */

const char *
sr_job_get_action (SrJob *self)
{
  return sr_job_get_private (self)->action;
}

const char *
sr_job_get_title (SrJob *self)
{
  return sr_job_get_private (self)->title;
}

const char *
sr_job_get_vault (SrJob *self)
{
  return sr_job_get_private (self)->vault;
}

void
sr_job_set_site (SrJob      *self,
                 const char *site,
                 const char *site_name)
{
  SrJobPrivate *priv = sr_job_get_private (self);

  g_return_if_fail (sr_job_get_state (self) <= SR_JOB_WAITING);
  g_free (priv->site);
  g_free (priv->site_name);
  priv->site = g_strdup (site);
  priv->site_name = g_strdup (site_name);
}

const char *
sr_job_get_site (SrJob *self)
{
  return sr_job_get_private (self)->site;
}

const char *
sr_job_get_site_name (SrJob *self)
{
  return sr_job_get_private (self)->site_name;
}

SrJobState
sr_job_get_state (SrJob *self)
{
  SrJobPrivate *priv = sr_job_get_private (self);
  SrJobState    state;

  g_mutex_lock (&priv->lock);
  state = priv->state;
  g_mutex_unlock (&priv->lock);
  return state;
}

gboolean
sr_job_has_ended (SrJob *self)
{
  return sr_job_state_is_end (sr_job_get_state (self));
}

void
sr_job_get_progress (SrJob           *self,
                     SrProgressState *state)
{
  sr_progress_get_state (sr_job_get_private (self)->progress, state);
}

const GError *
sr_job_get_error (SrJob *self)
{
  return sr_job_has_ended (self) ? sr_job_get_private (self)->error : NULL;
}

SrVerdict *
sr_job_get_verdict (SrJob *self)
{
  return sr_job_has_ended (self) ? sr_job_get_private (self)->verdict : NULL;
}

const SrRun *
sr_job_get_run (SrJob *self)
{
  return sr_job_has_ended (self) ? sr_job_get_private (self)->run : NULL;
}

JsonObject *
sr_job_get_counts (SrJob *self)
{
  return sr_job_has_ended (self) ? sr_job_get_private (self)->counts : NULL;
}

GPtrArray *
sr_job_get_log (SrJob *self,
                guint  first)
{
  return sr_job_log_get (sr_job_get_private (self)->log, first);
}

char *
sr_job_get_log_text (SrJob *self)
{
  return sr_job_log_to_text (sr_job_get_private (self)->log);
}

void
sr_job_set_vault_password (SrJob    *self,
                           SrSecret *password)
{
  SrJobPrivate *priv = sr_job_get_private (self);

  g_return_if_fail (sr_job_get_state (self) <= SR_JOB_WAITING);
  g_clear_pointer (&priv->vault_password, sr_secret_unref);
  priv->vault_password = password != NULL ? sr_secret_ref (password) : NULL;
}

void
sr_job_set_keyring (SrJob   *self,
                    gboolean may_use,
                    gboolean may_unlock)
{
  SrJobPrivate *priv = sr_job_get_private (self);

  g_return_if_fail (sr_job_get_state (self) <= SR_JOB_WAITING);
  priv->may_use_keyring = may_use;
  priv->may_unlock = may_unlock;
}

gboolean
sr_job_may_use_keyring (SrJob *self)
{
  return sr_job_get_private (self)->may_use_keyring;
}

gboolean
sr_job_may_unlock_keyring (SrJob *self)
{
  return sr_job_get_private (self)->may_unlock;
}

SrSecret *
sr_job_get_vault_password (SrJob *self)
{
  return sr_job_get_private (self)->vault_password;
}

/* --- for implementations
 * ------------------------------------------------------------------------ */

void
sr_job_log (SrJob      *self,
            SrLogLevel  level,
            const char *format,
            ...)
{
  SrJobPrivate *priv = sr_job_get_private (self);
  va_list       arguments;
  char         *text;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  sr_job_log_add (priv->log, sr_clock_now_ns (NULL), level, text);
  sr_job_schedule_soon (self);
}

SrRun *
sr_job_edit_run (SrJob *self)
{
  return sr_job_get_private (self)->run;
}

void
sr_job_set_verdict (SrJob     *self,
                    SrVerdict *verdict)
{
  g_set_object (&sr_job_get_private (self)->verdict, verdict);
}

void
sr_job_set_counts (SrJob      *self,
                   JsonObject *counts)
{
  SrJobPrivate *priv = sr_job_get_private (self);

  g_clear_pointer (&priv->counts, json_object_unref);
  priv->counts = counts != NULL ? json_object_ref (counts) : NULL;
}

/* --- the object
 * --------------------------------------------------------------------------------- */

static void
sr_job_get_property (GObject    *object,
                     guint       id,
                     GValue     *value,
                     GParamSpec *pspec)
{
  SrJob                 *self = SR_JOB (object);
  SrJobPrivate          *priv = sr_job_get_private (self);
  const SrProgressState *progress = &priv->shown.progress;

  switch ((Property) id)
    {
    case PROP_ACTION:
      g_value_set_string (value, priv->action);
      break;
    case PROP_TITLE:
      g_value_set_string (value, priv->title);
      break;
    case PROP_VAULT:
      g_value_set_string (value, priv->vault);
      break;
    case PROP_SITE:
      g_value_set_string (value, priv->site);
      break;
    case PROP_SITE_NAME:
      g_value_set_string (value, priv->site_name);
      break;
    case PROP_STATE:
      g_value_set_enum (value, sr_job_get_state (self));
      break;
    case PROP_PHASE:
      g_value_set_string (value, progress->phase);
      break;
    case PROP_CURRENT:
      g_value_set_string (value, progress->current);
      break;
    case PROP_FRACTION:
      g_value_set_double (value, progress->fraction);
      break;
    case PROP_ESTIMATING:
      g_value_set_boolean (value, progress->estimating);
      break;
    case PROP_BYTES_DONE:
      g_value_set_uint64 (value, progress->bytes_done);
      break;
    case PROP_BYTES_TOTAL:
      g_value_set_uint64 (value, progress->bytes_total);
      break;
    case PROP_ITEMS_DONE:
      g_value_set_uint64 (value, progress->items_done);
      break;
    case PROP_ITEMS_TOTAL:
      g_value_set_uint64 (value, progress->items_total);
      break;
    case PROP_BYTES_PER_SECOND:
      g_value_set_double (value, progress->bytes_per_second);
      break;
    case PROP_SECONDS_LEFT:
      g_value_set_double (value, progress->seconds_left);
      break;
    case PROP_QUESTION:
      g_value_set_pointer (value, (gpointer) sr_job_get_question (self));
      break;
    case PROP_N_LOG:
      g_value_set_uint (value, priv->shown.n_log);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sr_job_set_property (GObject      *object,
                     guint         id,
                     const GValue *value,
                     GParamSpec   *pspec)
{
  SrJobPrivate *priv = sr_job_get_private (SR_JOB (object));

  switch ((Property) id)
    {
    case PROP_ACTION:
      priv->action = g_value_dup_string (value);
      priv->run = sr_run_new (priv->action);
      break;
    case PROP_TITLE:
      priv->title = g_value_dup_string (value);
      break;
    case PROP_VAULT:
      priv->vault = sr_job_make_vault_name (g_value_get_string (value));
      break;
    case PROP_SITE:
      priv->site = g_value_dup_string (value);
      break;
    case PROP_SITE_NAME:
      priv->site_name = g_value_dup_string (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sr_job_finalize (GObject *object)
{
  SrJobPrivate *priv = sr_job_get_private (SR_JOB (object));

  sr_progress_state_clear (&priv->shown.progress);
  sr_job_question_free (priv->shown_question);
  sr_job_question_free (priv->question);
  g_clear_pointer (&priv->secret, sr_secret_unref);
  g_clear_pointer (&priv->vault_password, sr_secret_unref);
  g_clear_pointer (&priv->source, g_source_unref);
  g_clear_pointer (&priv->context, g_main_context_unref);
  g_clear_object (&priv->cancellable);
  g_clear_object (&priv->progress);
  g_clear_object (&priv->history);
  g_clear_object (&priv->verdict);
  g_clear_pointer (&priv->counts, json_object_unref);
  g_clear_pointer (&priv->run, sr_run_free);
  g_clear_pointer (&priv->log, sr_job_log_free);
  g_clear_error (&priv->error);
  g_free (priv->action);
  g_free (priv->title);
  g_free (priv->vault);
  g_free (priv->site);
  g_free (priv->site_name);
  g_cond_clear (&priv->answered);
  g_mutex_clear (&priv->lock);
  G_OBJECT_CLASS (sr_job_parent_class)->finalize (object);
}

static GParamSpec *
string_property (const char *name,
                 gboolean    is_given)
{
  return g_param_spec_string (name, NULL, NULL, NULL,
                              (is_given ? G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY
                                        : G_PARAM_READABLE) |
                                  G_PARAM_STATIC_STRINGS);
}

static void
install_progress_properties (void)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  props[PROP_PHASE] = string_property ("phase", FALSE);
  props[PROP_CURRENT] = string_property ("current", FALSE);
  props[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0.0, 1.0, 0.0, flags);
  props[PROP_ESTIMATING] = g_param_spec_boolean ("estimating", NULL, NULL, FALSE, flags);
  props[PROP_BYTES_DONE] =
      g_param_spec_uint64 ("bytes-done", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  props[PROP_BYTES_TOTAL] =
      g_param_spec_uint64 ("bytes-total", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  props[PROP_ITEMS_DONE] =
      g_param_spec_uint64 ("items-done", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  props[PROP_ITEMS_TOTAL] =
      g_param_spec_uint64 ("items-total", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  props[PROP_BYTES_PER_SECOND] =
      g_param_spec_double ("bytes-per-second", NULL, NULL, 0.0, G_MAXDOUBLE, 0.0, flags);
  props[PROP_SECONDS_LEFT] =
      g_param_spec_double ("seconds-left", NULL, NULL, -1.0, G_MAXDOUBLE, -1.0, flags);
}

static void
sr_job_class_init (SrJobClass *klass)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = sr_job_get_property;
  object_class->set_property = sr_job_set_property;
  object_class->finalize = sr_job_finalize;

  props[PROP_ACTION] = string_property ("action", TRUE);
  props[PROP_TITLE] = string_property ("title", TRUE);
  props[PROP_VAULT] = string_property ("vault", TRUE);
  props[PROP_SITE] = string_property ("site", TRUE);
  props[PROP_SITE_NAME] = string_property ("site-name", TRUE);
  props[PROP_STATE] =
      g_param_spec_enum ("state", NULL, NULL, SR_TYPE_JOB_STATE, SR_JOB_NEW, flags);
  props[PROP_QUESTION] = g_param_spec_pointer ("question", NULL, NULL, flags);
  props[PROP_N_LOG] = g_param_spec_uint ("n-log", NULL, NULL, 0, G_MAXUINT, 0, flags);
  install_progress_properties ();
  g_object_class_install_properties (object_class, N_PROPS, props);

  ended_signal = g_signal_new ("ended", SR_TYPE_JOB, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 0);
}

static void
sr_job_init (SrJob *self)
{
  SrJobPrivate *priv = sr_job_get_private (self);

  g_mutex_init (&priv->lock);
  g_cond_init (&priv->answered);
  priv->context = g_main_context_ref_thread_default ();
  priv->cancellable = g_cancellable_new ();
  priv->progress = sr_progress_new ();
  priv->log = sr_job_log_new ();
  priv->due_us = -1;
  priv->shown.progress.seconds_left = -1.0;
  priv->may_use_keyring = TRUE;
  priv->may_unlock = TRUE;
}
