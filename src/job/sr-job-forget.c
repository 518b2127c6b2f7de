/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-job-forget.h"

#include "base/sr-words.h"
#include "job/sr-forget.h"
#include "job/sr-job-vault.h"

/* How much of a vault may stay unused rather than be written anew; restic's default. */
#define MAX_UNUSED_PERCENT 5.0

struct _SrJobForget
{
  SrJob parent_instance;

  char            **snapshots; /* (nullable) */
  SrRetentionPolicy policy;
  char            **tags; /* (nullable): of the policy */
  guint             n_forgotten;
};

G_DEFINE_FINAL_TYPE (SrJobForget, sr_job_forget, SR_TYPE_JOB)

/* At once: what is forgotten stays so, whatever becomes of the rest. */
static void
note_forgotten (const char   *id,
                const char   *action,
                guint64       size,
                const GError *error,
                gpointer      user_data)
{
  SrJobForget *self = user_data;

  self->n_forgotten++;
  sr_job_log (SR_JOB (self), SR_LOG_NOTE, "Forgotten: snapshot %.8s", id);
}

static void
note_result (SrJobForget         *self,
             const SrPrunerStats *stats,
             gboolean             done)
{
  g_autofree char *counted = sr_counted (self->n_forgotten, "snapshot", "snapshots");
  g_autofree char *freed = sr_size_text (stats->bytes_freed);
  SrRun           *run = sr_job_edit_run (SR_JOB (self));

  if (self->n_forgotten > 0 && done)
    run->sentence = g_strdup_printf ("%s forgotten, %s freed.", counted, freed);
  else if (self->n_forgotten > 0)
    run->sentence = g_strdup_printf ("%s forgotten; the space was not freed.", counted);
  else if (done)
    run->sentence = g_strdup ("No snapshot was to be forgotten.");
}

static gboolean
sr_job_forget_run (SrJob        *job,
                   SrProgress   *progress,
                   GCancellable *cancellable,
                   GError      **error)
{
  SrJobForget          *self = SR_JOB_FORGET (job);
  g_autoptr (SrRepo)    repo = sr_job_open_vault (job, NULL, cancellable, error);
  g_autoptr (GPtrArray) decisions = NULL;
  SrPrunerOptions       prune = { .max_unused_percent = MAX_UNUSED_PERCENT };
  SrPrunerStats         stats = { 0 };
  SrForgetOptions       options = {
          .snapshots = (const char *const *) self->snapshots,
          .policy = self->snapshots == NULL ? &self->policy : NULL,
          .group_by_host = TRUE,
          .group_by_paths = TRUE,
          .prune = &prune,
          .report = note_forgotten,
          .user_data = self,
  };
  gboolean done;

  if (repo == NULL)
    return FALSE;
  done = sr_forget_run (repo, &options, &decisions, &stats, progress, cancellable, error);
  note_result (self, &stats, done);
  return done;
}

static void
sr_job_forget_finalize (GObject *object)
{
  g_strfreev (SR_JOB_FORGET (object)->snapshots);
  g_strfreev (SR_JOB_FORGET (object)->tags);
  G_OBJECT_CLASS (sr_job_forget_parent_class)->finalize (object);
}

static void
sr_job_forget_class_init (SrJobForgetClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sr_job_forget_finalize;
  SR_JOB_CLASS (klass)->run = sr_job_forget_run;
}

static void
sr_job_forget_init (SrJobForget *self)
{
}

static SrJobForget *
new_job (const char *vault)
{
  return g_object_new (SR_TYPE_JOB_FORGET, "action", "forget", "title",
                       "Forgetting old snapshots", "vault", vault, NULL);
}

SrJob *
sr_job_forget_new (const char        *vault,
                   const char *const *snapshots)
{
  SrJobForget *self = new_job (vault);

  self->snapshots = g_strdupv ((char **) snapshots);
  return SR_JOB (self);
}

SrJob *
sr_job_forget_new_policy (const char              *vault,
                          const SrRetentionPolicy *policy)
{
  SrJobForget *self = new_job (vault);

  self->policy = *policy;
  self->tags = g_strdupv ((char **) policy->tags);
  self->policy.tags = (const char *const *) self->tags;
  return SR_JOB (self);
}
