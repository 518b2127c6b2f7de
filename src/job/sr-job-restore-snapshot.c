/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-job-restore-snapshot.h"

#include "base/sr-error.h"
#include "base/sr-words.h"
#include "job/sr-job-vault.h"
#include "job/sr-restore.h"

struct _SrJobRestoreSnapshot
{
  SrJob parent_instance;

  char       *snapshot;
  char       *folder;
  char      **includes; /* (nullable) */
  SrOverwrite overwrite;
  gboolean    delete_extra;
};

G_DEFINE_FINAL_TYPE (SrJobRestoreSnapshot, sr_job_restore_snapshot, SR_TYPE_JOB)

/* Also of one that ended early, once there was a snapshot. */
static void
note_result (SrJobRestoreSnapshot  *self,
             const SrRestoreResult *result)
{
  const SrRestorerStats *stats = &result->stats;
  SrRun                 *run = sr_job_edit_run (SR_JOB (self));
  g_autofree char       *files = sr_counted (stats->files_restored, "file", "files");
  g_autofree char       *unchanged = sr_counted (stats->files_unchanged, "was", "were");

  g_autofree char *failed = NULL;

  if (result->snapshot == NULL)
    return;
  sr_job_note_snapshot (SR_JOB (self), result->snapshot);
  run->bytes = (gint64) stats->bytes_restored;
  run->files = (gint64) (stats->files_restored + stats->files_unchanged);
  if (stats->failed > 0)
    failed = g_strdup_printf (" %" G_GUINT64_FORMAT " could not be restored.", stats->failed);
  run->sentence = g_strdup_printf ("%s restored; %s as they should be already.%s", files, unchanged,
                                   failed != NULL ? failed : "");
}

static gboolean
sr_job_restore_snapshot_run (SrJob        *job,
                             SrProgress   *progress,
                             GCancellable *cancellable,
                             GError      **error)
{
  SrJobRestoreSnapshot     *self = SR_JOB_RESTORE_SNAPSHOT (job);
  g_autoptr (SrRepo)        repo = NULL;
  g_autoptr (SrPatternList) includes = NULL;
  SrRestoreResult           result = { 0 };
  SrRestoreOptions          options = {
             .snapshot = self->snapshot,
             .target = self->folder,
             .overwrite = self->overwrite,
             .delete_extra = self->delete_extra,
             .verify = TRUE,
             .sync = TRUE,
             .report = sr_job_report,
             .user_data = job,
  };
  gboolean done;

  if (self->includes != NULL && self->includes[0] != NULL)
    includes = sr_pattern_list_new ();
  for (char **pattern = self->includes; includes != NULL && *pattern != NULL; pattern++)
    if (!sr_pattern_list_add (includes, *pattern, error))
      return FALSE;
  options.includes = includes;
  sr_job_edit_run (job)->path = g_strdup (self->folder);
  repo = sr_job_open_vault (job, NULL, cancellable, error);
  if (repo == NULL)
    return FALSE;
  done = sr_restore_run (repo, &options, &result, progress, cancellable, error);
  note_result (self, &result);
  sr_restore_result_clear (&result);
  return done;
}

static void
sr_job_restore_snapshot_finalize (GObject *object)
{
  SrJobRestoreSnapshot *self = SR_JOB_RESTORE_SNAPSHOT (object);

  g_free (self->snapshot);
  g_free (self->folder);
  g_strfreev (self->includes);
  G_OBJECT_CLASS (sr_job_restore_snapshot_parent_class)->finalize (object);
}

static void
sr_job_restore_snapshot_class_init (SrJobRestoreSnapshotClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sr_job_restore_snapshot_finalize;
  SR_JOB_CLASS (klass)->run = sr_job_restore_snapshot_run;
}

static void
sr_job_restore_snapshot_init (SrJobRestoreSnapshot *self)
{
}

SrJob *
sr_job_restore_snapshot_new (const char                        *vault,
                             const char                        *snapshot,
                             const char                        *folder,
                             const SrJobRestoreSnapshotOptions *options)
{
  g_autofree char      *shown = g_filename_display_basename (folder);
  g_autofree char      *title = g_strdup_printf ("Restore into “%s”", shown);
  SrJobRestoreSnapshot *self = g_object_new (SR_TYPE_JOB_RESTORE_SNAPSHOT, "action", "restore",
                                             "title", title, "vault", vault, NULL);

  self->snapshot = g_strdup (snapshot);
  self->folder = g_canonicalize_filename (folder, NULL);
  if (options != NULL)
    {
      self->includes = g_strdupv ((char **) options->includes);
      self->overwrite = options->overwrite;
      self->delete_extra = options->delete_extra;
    }
  return SR_JOB (self);
}
