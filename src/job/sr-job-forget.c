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
};

G_DEFINE_FINAL_TYPE (SrJobForget, sr_job_forget, SR_TYPE_JOB)

static guint
note_decisions (SrJobForget *self,
                GPtrArray   *decisions)
{
  guint n = 0;

  for (guint i = 0; i < decisions->len; i++)
    {
      const SrForgetDecision *one = g_ptr_array_index (decisions, i);
      char                    hex[SR_ID_HEX_SIZE];

      if (one->keep)
        continue;
      n++;
      sr_job_log (SR_JOB (self), SR_LOG_NOTE, "Forgotten: snapshot %.8s",
                  sr_id_to_hex (&one->snapshot->id, hex));
    }
  return n;
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
  g_autofree char      *counted = NULL;
  g_autofree char      *freed = NULL;
  SrPrunerOptions       prune = { .max_unused_percent = MAX_UNUSED_PERCENT };
  SrPrunerStats         stats = { 0 };
  SrForgetOptions       options = {
          .snapshots = (const char *const *) self->snapshots,
          .policy = self->snapshots == NULL ? &self->policy : NULL,
          .group_by_host = TRUE,
          .group_by_paths = TRUE,
          .prune = &prune,
  };
  gboolean done;

  if (repo == NULL)
    return FALSE;
  done = sr_forget_run (repo, &options, &decisions, &stats, progress, cancellable, error);
  if (decisions != NULL)
    counted = sr_counted (note_decisions (self, decisions), "snapshot", "snapshots");
  if (!done)
    return FALSE;
  freed = sr_size_text (stats.bytes_freed);
  sr_job_edit_run (job)->sentence =
      g_strdup_printf ("%s forgotten, %s freed.", counted != NULL ? counted : "Nothing", freed);
  return TRUE;
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
