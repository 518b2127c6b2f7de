/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-job-rebuild-history.h"

#include "base/sr-error.h"
#include "base/sr-words.h"
#include "job/sr-job-vault.h"
#include "job/sr-rebuild-history.h"

struct _SrJobRebuildHistory
{
  SrJob parent_instance;

  SrHistory *history;
};

G_DEFINE_FINAL_TYPE (SrJobRebuildHistory, sr_job_rebuild_history, SR_TYPE_JOB)

static void
log_snapshot (const char   *path,
              const char   *action,
              guint64       size,
              const GError *error,
              gpointer      user_data)
{
  if (error != NULL)
    sr_job_log (user_data, SR_LOG_WARNING, "Snapshot %.8s: %s", path, error->message);
  else
    sr_job_log (user_data, SR_LOG_DETAIL, "Snapshot %.8s: %s", path, action);
}

static gboolean
sr_job_rebuild_history_run (SrJob        *job,
                            SrProgress   *progress,
                            GCancellable *cancellable,
                            GError      **error)
{
  SrJobRebuildHistory *self = SR_JOB_REBUILD_HISTORY (job);
  g_autoptr (SrRepo)   repo = sr_job_open_vault (job, NULL, cancellable, error);
  g_autofree char     *counted = NULL;
  g_autofree char     *looked_at = NULL;
  SrRebuildResult      result = { 0 };
  SrRebuildOptions     options = {
        .vault = sr_job_get_vault (job),
        .site = sr_job_get_site (job),
        .site_name = sr_job_get_site_name (job),
        .report = log_snapshot,
        .user_data = job,
  };

  if (repo == NULL || !sr_rebuild_history_run (self->history, repo, &options, &result, progress,
                                               cancellable, error))
    return FALSE;
  counted = sr_counted (result.added, "run", "runs");
  looked_at = sr_counted (result.snapshots, "snapshot", "snapshots");
  sr_job_edit_run (job)->sentence =
      g_strdup_printf ("%s added, from %s.", counted, looked_at);
  if (result.damaged == 0)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_INCOMPLETE,
               "%u files of the vault could not be read; the log names them. Check the vault",
               result.damaged);
  return FALSE;
}

static void
sr_job_rebuild_history_finalize (GObject *object)
{
  g_clear_object (&SR_JOB_REBUILD_HISTORY (object)->history);
  G_OBJECT_CLASS (sr_job_rebuild_history_parent_class)->finalize (object);
}

static void
sr_job_rebuild_history_class_init (SrJobRebuildHistoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sr_job_rebuild_history_finalize;
  SR_JOB_CLASS (klass)->run = sr_job_rebuild_history_run;
}

static void
sr_job_rebuild_history_init (SrJobRebuildHistory *self)
{
}

SrJob *
sr_job_rebuild_history_new (SrHistory  *history,
                            const char *vault,
                            const char *site,
                            const char *site_name)
{
  SrJobRebuildHistory *self =
      g_object_new (SR_TYPE_JOB_REBUILD_HISTORY, "action", "rebuild-history", "title",
                    "Rebuilding the history", "vault", vault, "site", site, "site-name", site_name,
                    NULL);

  self->history = g_object_ref (history);
  return SR_JOB (self);
}
