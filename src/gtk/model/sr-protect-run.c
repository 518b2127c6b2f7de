/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include "gtk/model/sr-protect-run.h"

#include <glib/gi18n.h>

#include "base/sr-error.h"
#include "gtk/model/sr-progress-model.h"
#include "gtk/model/sr-say.h"
#include "job/sr-job-backup.h"

/* Texts, in the order of their properties. */
enum
{
  TEXT_PHASE,
  TEXT_CURRENT,
  TEXT_DETAIL,
  TEXT_HEADING,
  TEXT_SENTENCE,
  TEXT_NEXT_STEP,
  TEXT_ICON_NAME,
  TEXT_CSS_CLASS,
  TEXT_KEYRING_PROBLEM,
  TEXT_FILES,
  TEXT_RECORDS,
  TEXT_SIZE,
  TEXT_STORED,
  N_TEXTS,
};

static const char *const text_names[N_TEXTS] = {
  "phase",
  "current",
  "detail",
  "heading",
  "sentence",
  "next-step",
  "icon-name",
  "css-class",
  "keyring-problem",
  "files",
  "records",
  "size",
  "stored",
};

enum
{
  PROP_STAGE = 1,
  PROP_FRACTION,
  PROP_TEXTS,
  N_PROPS = PROP_TEXTS + N_TEXTS,
};

static GParamSpec *props[N_PROPS];

struct _SrProtectRun
{
  GObject        parent_instance;
  SrProtect     *protect;
  SrJobQueue    *queue;
  SrSiteList    *sites;
  SrProtectStage stage;
  double         fraction;
  char          *texts[N_TEXTS];
  GCancellable  *cancellable; /* of what comes before the job */
  SrSite        *site;        /* once saved */
  SrJob         *job;
};

G_DEFINE_FINAL_TYPE (SrProtectRun, sr_protect_run, G_TYPE_OBJECT)

static void
set_text (SrProtectRun *self,
          guint         which,
          const char   *text)
{
  if (g_strcmp0 (self->texts[which], text) == 0)
    return;
  g_free (self->texts[which]);
  self->texts[which] = g_strdup (text);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TEXTS + which]);
}

static void
set_stage (SrProtectRun  *self,
           SrProtectStage stage)
{
  if (self->stage == stage)
    return;
  self->stage = stage;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STAGE]);
}

static void
set_fraction (SrProtectRun *self,
              double        fraction)
{
  self->fraction = CLAMP (fraction, 0.0, 1.0);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FRACTION]);
}

/* --- failure ---------------------------------------------------------------------------------- */

static gboolean
is_stop (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
         g_error_matches (error, SR_ERROR, SR_ERROR_CANCELLED);
}

static const char *
next_step_for (const GError *error)
{
  if (g_error_matches (error, SR_ERROR, SR_ERROR_WRONG_PASSWORD))
    return _ ("Go back and type the password of this vault.");
  if (g_error_matches (error, SR_ERROR, SR_ERROR_PERMISSION))
    return _ ("Give your user the right to write there, or go back and choose another folder; "
              "then try again.");
  if (g_error_matches (error, SR_ERROR, SR_ERROR_NO_SPACE))
    return _ ("Make room there, or go back and choose another folder; then try again.");
  if (is_stop (error))
    return _ ("What was stored so far is used again when you try again.");
  return _ ("Mend the cause, then try again.");
}

static void
fail (SrProtectRun *self,
      const GError *error)
{
  gboolean is_cancelled = is_stop (error);

  g_object_freeze_notify (G_OBJECT (self));
  set_text (self, TEXT_HEADING,
            is_cancelled ? _ ("Stopped: There Is No Backup Yet") : _ ("There Is No Backup Yet"));
  set_text (self, TEXT_SENTENCE, is_cancelled ? _ ("You stopped it.") : error->message);
  set_text (self, TEXT_NEXT_STEP, next_step_for (error));
  set_text (self, TEXT_ICON_NAME, "strongroom-broken-symbolic");
  set_text (self, TEXT_CSS_CLASS, is_cancelled ? "warning" : "error");
  g_object_thaw_notify (G_OBJECT (self));
  /* last: who hears of it reads the rest */
  set_stage (self, SR_PROTECT_FAILED);
}

/* --- the backup ------------------------------------------------------------------------------- */

static char *
describe_amount (const SrProgressState *state)
{
  g_autofree char *amount = sr_progress_model_describe (state);
  g_autofree char *rate = sr_say_size ((guint64) MAX (state->bytes_per_second, 0.0));

  if (state->bytes_per_second < 1.0)
    return g_steal_pointer (&amount);
  /* TRANSLATORS: amount and time left of a backup, and how much there is a second: "12 MB of 40 MB
   * · about 3 minutes left · 2 MB/s" */
  return g_strdup_printf (_ ("%s · %s/s"), amount, rate);
}

static void
on_progress (SrProtectRun *self)
{
  SrProgressState  state;
  g_autofree char *amount = NULL;

  sr_job_get_progress (self->job, &state);
  amount = describe_amount (&state);
  set_text (self, TEXT_PHASE, state.phase != NULL ? state.phase : _ ("Waiting"));
  set_text (self, TEXT_CURRENT, state.current != NULL ? state.current : "");
  set_text (self, TEXT_DETAIL, amount);
  set_fraction (self, state.fraction);
  sr_progress_state_clear (&state);
}

static void
set_counts (SrProtectRun *self,
            const SrRun  *run)
{
  const gint64 numbers[] = { run->files, run->records };
  const gint64 sizes[] = { run->bytes, run->bytes_added };

  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *number = sr_say_number ((guint64) MAX (numbers[i], 0));
      g_autofree char *size = sr_say_size ((guint64) MAX (sizes[i], 0));

      set_text (self, TEXT_FILES + i, numbers[i] >= 0 ? number : "");
      set_text (self, TEXT_SIZE + i, sizes[i] >= 0 ? size : "");
    }
}

static void
set_verdict (SrProtectRun *self,
             SrVerdict    *verdict,
             const GError *error)
{
  SrVerdictLevel   level = sr_verdict_get_level (verdict);
  g_autofree char *sentence = sr_say_verdict (verdict);

  set_text (self, TEXT_SENTENCE, sentence);
  set_text (self, TEXT_ICON_NAME, sr_say_level_icon (level));
  if (error != NULL)
    {
      set_text (self, TEXT_HEADING, _ ("Backed Up, but Not All of It"));
      set_text (self, TEXT_SENTENCE, error->message);
      set_text (self, TEXT_NEXT_STEP, _ ("What is missing stands in the log of this run."));
      set_text (self, TEXT_CSS_CLASS, "warning");
      return;
    }
  if (level <= SR_VERDICT_SUSPICIOUS)
    set_text (self, TEXT_HEADING, _ ("There Is a Backup, but Do Not Rely on It"));
  else
    set_text (self, TEXT_HEADING, _ ("Your ERP Is Backed Up"));
  set_text (self, TEXT_CSS_CLASS, sr_say_level_css_class (level));
}

static void
on_ended (SrProtectRun *self)
{
  SrJobState    state = sr_job_get_state (self->job);
  const GError *error = sr_job_get_error (self->job);
  SrVerdict    *verdict = sr_job_get_verdict (self->job);

  if ((state != SR_JOB_DONE && state != SR_JOB_INCOMPLETE) || verdict == NULL)
    {
      g_autoptr (GError) unknown = NULL;

      if (error == NULL)
        unknown =
            g_error_new (SR_ERROR, SR_ERROR_FAILED, _ ("The backup did not end as it should"));
      fail (self, error != NULL ? error : unknown);
      return;
    }
  g_object_freeze_notify (G_OBJECT (self));
  set_fraction (self, 1.0);
  set_counts (self, sr_job_get_run (self->job));
  set_verdict (self, verdict, state == SR_JOB_INCOMPLETE ? error : NULL);
  g_object_thaw_notify (G_OBJECT (self));
  set_stage (self, SR_PROTECT_DONE);
}

static void
start_backup (SrProtectRun *self)
{
  static const char *const watched[] = { "phase", "current", "fraction", "bytes-done" };
  const SrVaultPlace      *place = sr_protect_get_place (self->protect);
  g_autoptr (SrJob)        job = sr_job_backup_new (self->site, place->path);

  sr_job_set_vault_password (job, sr_protect_get_password (self->protect));
  g_set_object (&self->job, job);
  for (guint i = 0; i < G_N_ELEMENTS (watched); i++)
    {
      g_autofree char *signal = g_strdup_printf ("notify::%s", watched[i]);

      g_signal_connect_object (job, signal, G_CALLBACK (on_progress), self, G_CONNECT_SWAPPED);
    }
  g_signal_connect_object (job, "ended", G_CALLBACK (on_ended), self, G_CONNECT_SWAPPED);
  set_stage (self, SR_PROTECT_RUNNING);
  sr_job_queue_add (self->queue, job);
}

/* --- before it -------------------------------------------------------------------------------- */

static void
on_finished (GObject      *object,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (SrProtectRun) self = data;
  g_autoptr (GError)       error = NULL;
  g_autofree char         *problem = NULL;

  self->site = sr_protect_finish_finish (self->protect, result, &problem, &error);
  if (self->site == NULL)
    {
      fail (self, error);
      return;
    }
  set_text (self, TEXT_KEYRING_PROBLEM, problem != NULL ? problem : "");
  sr_site_list_add (self->sites, self->site);
  if (g_cancellable_set_error_if_cancelled (self->cancellable, &error))
    fail (self, error);
  else
    start_backup (self);
}

void
sr_protect_run_start (SrProtectRun *self)
{
  if (self->stage != SR_PROTECT_READY && self->stage != SR_PROTECT_FAILED)
    return;
  set_text (self, TEXT_PHASE, _ ("Preparing the vault"));
  set_text (self, TEXT_CURRENT, "");
  set_text (self, TEXT_DETAIL, "");
  set_text (self, TEXT_NEXT_STEP, "");
  set_fraction (self, 0.0);
  if (self->site != NULL)
    {
      start_backup (self);
      return;
    }
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  set_stage (self, SR_PROTECT_PREPARING);
  sr_protect_finish_async (self->protect, self->cancellable, on_finished, g_object_ref (self));
}

void
sr_protect_run_cancel (SrProtectRun *self)
{
  if (self->stage == SR_PROTECT_PREPARING)
    g_cancellable_cancel (self->cancellable);
  else if (self->stage == SR_PROTECT_RUNNING)
    sr_job_cancel (self->job);
}

SrProtectStage
sr_protect_run_get_stage (SrProtectRun *self)
{
  return self->stage;
}

const char *
sr_protect_run_get_site_id (SrProtectRun *self)
{
  return self->site != NULL ? sr_site_get_id (self->site) : NULL;
}

/* --- the object ------------------------------------------------------------------------------- */

static void
sr_protect_run_get_property (GObject    *object,
                             guint       id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  SrProtectRun *self = SR_PROTECT_RUN (object);

  if (id == PROP_STAGE)
    g_value_set_uint (value, self->stage);
  else if (id == PROP_FRACTION)
    g_value_set_double (value, self->fraction);
  else if (id < N_PROPS)
    g_value_set_string (value, self->texts[id - PROP_TEXTS]);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
sr_protect_run_finalize (GObject *object)
{
  SrProtectRun *self = SR_PROTECT_RUN (object);

  g_clear_object (&self->job);
  g_clear_object (&self->site);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->sites);
  g_clear_object (&self->queue);
  g_clear_object (&self->protect);
  for (guint i = 0; i < N_TEXTS; i++)
    g_free (self->texts[i]);
  G_OBJECT_CLASS (sr_protect_run_parent_class)->finalize (object);
}

static void
sr_protect_run_class_init (SrProtectRunClass *klass)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = sr_protect_run_get_property;
  object_class->finalize = sr_protect_run_finalize;
  props[PROP_STAGE] =
      g_param_spec_uint ("stage", NULL, NULL, 0, SR_PROTECT_FAILED, SR_PROTECT_READY, flags);
  props[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0.0, 1.0, 0.0, flags);
  for (guint i = 0; i < N_TEXTS; i++)
    props[PROP_TEXTS + i] = g_param_spec_string (text_names[i], NULL, NULL, "", flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
sr_protect_run_init (SrProtectRun *self)
{
  for (guint i = 0; i < N_TEXTS; i++)
    self->texts[i] = g_strdup ("");
}

SrProtectRun *
sr_protect_run_new (SrProtect  *protect,
                    SrJobQueue *queue,
                    SrSiteList *sites)
{
  SrProtectRun *self = g_object_new (SR_TYPE_PROTECT_RUN, NULL);

  self->protect = g_object_ref (protect);
  self->queue = g_object_ref (queue);
  self->sites = g_object_ref (sites);
  return self;
}
