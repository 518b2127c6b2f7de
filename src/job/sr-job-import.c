/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-job-import.h"

#include "job/sr-import.h"
#include "job/sr-job-vault.h"

struct _SrJobImport
{
  SrJob parent_instance;

  SrJobInput *input;
  gboolean    accept;
};

G_DEFINE_FINAL_TYPE (SrJobImport, sr_job_import, SR_TYPE_JOB)

static void
note_result (SrJobImport          *self,
             SrBackupFile         *file,
             const SrBackupResult *result)
{
  SrJob *job = SR_JOB (self);

  sr_job_note_snapshot (job, result->snapshot);
  sr_job_edit_run (job)->bytes_added = (gint64) result->snapshot->summary.data_added_packed;
  sr_job_note_collections (job, sr_backup_file_get_collections (file));
}

static gboolean
sr_job_import_run (SrJob        *job,
                   SrProgress   *progress,
                   GCancellable *cancellable,
                   GError      **error)
{
  SrJobImport          *self = SR_JOB_IMPORT (job);
  g_auto (SrJobOpened)  opened = { 0 };
  g_autoptr (SrRepo)    repo = NULL;
  g_autoptr (SrVerdict) verdict = NULL;
  SrBackupResult        result = { 0 };
  SrImportOptions       options = {
          .path = self->input->path,
          .accept = self->accept,
          .report = sr_job_report,
          .user_data = job,
  };
  gboolean done;

  if (!sr_job_open_input (job, self->input, &opened, cancellable, error))
    return FALSE;
  repo = sr_job_open_vault (job, NULL, cancellable, error);
  if (repo == NULL)
    return FALSE;
  done = sr_import_run (repo, opened.file, &options, &result, &verdict, progress, cancellable,
                        error);
  if (verdict != NULL)
    sr_job_set_verdict (job, verdict);
  if (done)
    note_result (self, opened.file, &result);
  sr_backup_result_clear (&result);
  return done;
}

static void
sr_job_import_finalize (GObject *object)
{
  sr_job_input_free (SR_JOB_IMPORT (object)->input);
  G_OBJECT_CLASS (sr_job_import_parent_class)->finalize (object);
}

static void
sr_job_import_class_init (SrJobImportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sr_job_import_finalize;
  SR_JOB_CLASS (klass)->run = sr_job_import_run;
}

static void
sr_job_import_init (SrJobImport *self)
{
}

SrJob *
sr_job_import_new (const char *path,
                   const char *vault,
                   gboolean    accept)
{
  g_autofree char *shown = g_filename_display_basename (path);
  g_autofree char *title = g_strdup_printf ("Import of %s", shown);
  SrJobImport     *self = g_object_new (SR_TYPE_JOB_IMPORT, "action", "import", "title", title,
                                        "vault", vault, NULL);

  self->input = sr_job_input_new_file (path);
  self->accept = accept;
  return SR_JOB (self);
}
