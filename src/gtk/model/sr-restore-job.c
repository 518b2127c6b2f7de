/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include "gtk/model/sr-restore-job.h"

#include <glib/gi18n-lib.h>

#include "gtk/model/sr-file-model.h"
#include "job/sr-restore-file.h"
#include "state/sr-keyring.h"

struct _SrRestoreJob
{
  SrJob parent_instance;

  SrRestoreChoice *choice; /* owned */

  /* the worker's until it ended; then of whoever undoes */
  SrTarget           *target; /* (nullable) owned */
  SrRestoreFileResult result;
  SrConvertResult     converted;
  GPtrArray          *no_warnings; /* owned */
  gboolean            undone;
};

G_DEFINE_FINAL_TYPE (SrRestoreJob, sr_restore_job, SR_TYPE_JOB)

/* --- password of the database
 * ------------------------------------------------------------------- */

static SrSecret *
find_password (SrRestoreJob *self,
               GCancellable *cancellable)
{
  g_autoptr (GError) ignored = NULL;
  SrSecret          *password = NULL;

  if (self->choice->password != NULL)
    return sr_secret_ref (self->choice->password);
  if (sr_target_wants_password (self->choice->location) &&
      sr_keyring_lookup (SR_KEYRING_DATABASE, self->choice->location, FALSE, &password, cancellable,
                         &ignored) == SR_KEYRING_DONE)
    sr_job_log (SR_JOB (self), SR_LOG_NOTE, _ ("The password of the database is the keyring's."));
  return password;
}

/* That it could not be kept is no reason to say that the restore failed. */
static void
keep_password (SrRestoreJob *self,
               GCancellable *cancellable)
{
  const SrRestoreChoice *choice = self->choice;
  g_autoptr (GError)     error = NULL;
  g_autofree char       *label = NULL;

  if (!choice->keep_password || choice->password == NULL)
    return;
  label = g_strdup_printf (_ ("Strongroom: %s"), choice->location);
  if (sr_keyring_store (SR_KEYRING_DATABASE, choice->location, label, choice->password, cancellable,
                        &error) == SR_KEYRING_DONE)
    sr_job_log (SR_JOB (self), SR_LOG_NOTE, _ ("The password was put into the keyring."));
  else
    sr_job_log (SR_JOB (self), SR_LOG_WARNING, _ ("The password was not put into the keyring: %s"),
                error->message);
}

/* --- into a target
 * ------------------------------------------------------------------------------ */

static void
log_preflight (SrRestoreJob *self)
{
  const SrPreflight *preflight = self->result.preflight;

  for (guint i = 0; preflight != NULL && i < preflight->rows->len; i++)
    {
      const SrPreflightRow *row = g_ptr_array_index (preflight->rows, i);
      SrLogLevel            level = !row->ok       ? SR_LOG_ERROR
                                    : row->warning ? SR_LOG_WARNING
                                                   : SR_LOG_DETAIL;

      sr_job_log (SR_JOB (self), level, "%s: %s", row->title, row->sentence);
    }
}

static void
note_counts (SrRestoreJob *self)
{
  g_autoptr (JsonObject) counts = json_object_new ();
  GPtrArray             *found = self->result.counts;
  gboolean               records;
  gint64                 sum = 0;

  for (guint i = 0; found != NULL && i < found->len; i++)
    {
      const SrTargetCount *one = g_ptr_array_index (found, i);

      sum += (gint64) one->staged;
      json_object_set_int_member (counts, one->name, (gint64) one->staged);
      sr_job_log (SR_JOB (self), SR_LOG_DETAIL,
                  "%s: %" G_GUINT64_FORMAT " / %" G_GUINT64_FORMAT, one->name, one->staged,
                  one->put);
    }
  records = self->choice->where != SR_RESTORE_TO_FOLDER;
  *(records ? &sr_job_edit_run (SR_JOB (self))->records : &sr_job_edit_run (SR_JOB (self))->files) =
      sum;
  sr_job_set_counts (SR_JOB (self), counts);
}

static gboolean
restore (SrRestoreJob *self,
         SrBackupFile *file,
         SrProgress   *progress,
         GCancellable *cancellable,
         GError      **error)
{
  const SrRestoreChoice *choice = self->choice;
  g_autoptr (SrSecret)   password = find_password (self, cancellable);
  SrRestoreFileOptions   options = {
      .collections = (const char *const *) choice->collections,
      .terms = (const char *const *) choice->terms,
      .files = (const char *const *) choice->files,
      .replace = choice->replace,
      .safety_file = choice->safety,
      .accept = choice->accept,
  };
  gboolean done;

  self->target = sr_target_open (choice->location, password, error);
  if (self->target == NULL)
    return FALSE;
  done = sr_restore_file_run (file, self->target, &options, &self->result, progress, cancellable,
                              error);
  if (self->result.verdict != NULL)
    sr_job_set_verdict (SR_JOB (self), self->result.verdict);
  log_preflight (self);
  if (!done)
    return FALSE;
  note_counts (self);
  if (self->result.safety != NULL)
    sr_job_log (SR_JOB (self), SR_LOG_NOTE, _ ("What was there is saved in %s."),
                self->result.safety);
  keep_password (self, cancellable);
  return TRUE;
}

/* --- into a new file
 * ---------------------------------------------------------------------------- */

static gboolean
convert (SrRestoreJob *self,
         SrBackupFile *file,
         SrProgress   *progress,
         GCancellable *cancellable,
         GError      **error)
{
  SrConvertOptions options = { .collections = (const char *const *) self->choice->collections };

  if (!sr_convert_run (file, self->choice->format, self->choice->location, &options,
                       &self->converted, progress, cancellable, error))
    return FALSE;
  for (guint i = 0; self->converted.warnings != NULL && i < self->converted.warnings->len; i++)
    sr_job_log (SR_JOB (self), SR_LOG_WARNING, "%s",
                (const char *) g_ptr_array_index (self->converted.warnings, i));
  sr_job_edit_run (SR_JOB (self))->records = (gint64) self->converted.records;
  sr_job_edit_run (SR_JOB (self))->files = (gint64) self->converted.files;
  return TRUE;
}

static gboolean
sr_restore_job_run (SrJob        *job,
                    SrProgress   *progress,
                    GCancellable *cancellable,
                    GError      **error)
{
  SrRestoreJob            *self = SR_RESTORE_JOB (job);
  g_autoptr (SrBackupFile) file = NULL;

  g_free (sr_job_edit_run (job)->path);
  sr_job_edit_run (job)->path = g_strdup (self->choice->path);
  file = sr_file_model_open_again (self->choice->path, self->choice->key, cancellable, error);
  if (file == NULL)
    return FALSE;
  sr_job_edit_run (job)->bytes = (gint64) sr_backup_file_get_size (file);
  if (self->choice->where == SR_RESTORE_TO_FILE)
    return convert (self, file, progress, cancellable, error);
  return restore (self, file, progress, cancellable, error);
}

/* --- object
 * ------------------------------------------------------------------------------------- */

static void
sr_restore_job_finalize (GObject *object)
{
  SrRestoreJob *self = SR_RESTORE_JOB (object);

  sr_restore_file_result_clear (&self->result);
  sr_convert_result_clear (&self->converted);
  g_clear_object (&self->target);
  g_ptr_array_unref (self->no_warnings);
  sr_restore_choice_unref (self->choice);
  G_OBJECT_CLASS (sr_restore_job_parent_class)->finalize (object);
}

static void
sr_restore_job_class_init (SrRestoreJobClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sr_restore_job_finalize;
  SR_JOB_CLASS (class)->run = sr_restore_job_run;
}

static void
sr_restore_job_init (SrRestoreJob *self)
{
  self->no_warnings = g_ptr_array_new ();
}

SrRestoreJob *
sr_restore_job_new (SrRestoreChoice *choice,
                    const char      *title)
{
  const char   *action = choice->where == SR_RESTORE_TO_FILE ? "convert" : "restore";
  SrRestoreJob *self = g_object_new (SR_TYPE_RESTORE_JOB, "action", action, "title", title, NULL);

  self->choice = sr_restore_choice_ref (choice);
  return self;
}

SrRestoreChoice *
sr_restore_job_get_choice (SrRestoreJob *self)
{
  return self->choice;
}

GPtrArray *
sr_restore_job_get_counts (SrRestoreJob *self)
{
  return self->result.counts;
}

const char *
sr_restore_job_get_safety (SrRestoreJob *self)
{
  return self->result.safety;
}

GPtrArray *
sr_restore_job_get_warnings (SrRestoreJob *self)
{
  return self->converted.warnings != NULL ? self->converted.warnings : self->no_warnings;
}

gboolean
sr_restore_job_can_undo (SrRestoreJob *self)
{
  return sr_job_has_ended (SR_JOB (self)) && self->result.swapped && !self->undone;
}

gboolean
sr_restore_job_undo (SrRestoreJob *self,
                     GError      **error)
{
  if (!sr_target_undo (self->target, error))
    return FALSE;
  self->undone = TRUE;
  return TRUE;
}

gboolean
sr_restore_job_discard (SrRestoreJob *self,
                        GError      **error)
{
  if (self->target == NULL || !self->result.swapped || self->undone)
    return TRUE;
  self->undone = TRUE; /* nothing is left that could be put back */
  return sr_target_discard (self->target, error);
}
