/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-job-restore-file.h"

#include "base/sr-error.h"
#include "base/sr-words.h"
#include "job/sr-job-private.h"
#include "job/sr-job-undo.h"
#include "state/sr-keyring.h"

struct _SrJobRestoreFile
{
  SrJob parent_instance;

  /* set when it is made */
  SrJobInput *input;
  char       *location;
  SrSecret   *target_password; /* (nullable) */
  char      **collections;
  char      **terms;
  char      **files;
  gboolean    replace;
  gboolean    accept;
  gboolean    dry_run;
  char       *safety_file;
  char       *safety_vault;

  /* the worker's until it ended */
  GCancellable       *cancellable; /* (nullable): while it runs; not owned */
  SrTarget           *target;      /* (nullable): given to the one who undoes */
  SrRestoreFileResult result;

  /* under lock */
  GMutex             lock;
  const SrPreflight *preflight; /* (nullable): of @result */
};

G_DEFINE_FINAL_TYPE (SrJobRestoreFile, sr_job_restore_file, SR_TYPE_JOB)

/* --- asking
 * ------------------------------------------------------------------------------------- */

static char *
say_amount (guint64  amount,
            gboolean in_bytes)
{
  return in_bytes ? sr_size_text (amount) : sr_counted (amount, "record", "records");
}

/* What is lost, a line each. Returns: (transfer full) (nullable): %NULL if nothing is */
static char *
describe_losses (const SrPreflight *preflight)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < preflight->losses->len; i++)
    {
      const SrTargetLoss *loss = g_ptr_array_index (preflight->losses, i);
      g_autofree char    *existing = say_amount (loss->existing, loss->in_bytes);
      g_autofree char    *incoming = loss->incoming >= 0
                                         ? say_amount ((guint64) loss->incoming, loss->in_bytes)
                                         : g_strdup ("an unknown amount");
      g_autofree char    *name = g_filename_display_name (loss->name);

      if (loss->existing > 0)
        g_string_append_printf (text, "%s: %s there now, %s to come\n", name, existing, incoming);
    }
  if (text->len == 0)
    return NULL;
  g_string_truncate (text, text->len - 1);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
note_preflight (SrJobRestoreFile  *self,
                const SrPreflight *preflight)
{
  g_mutex_lock (&self->lock);
  self->preflight = preflight;
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < preflight->rows->len; i++)
    {
      const SrPreflightRow *row = g_ptr_array_index (preflight->rows, i);

      sr_job_log (SR_JOB (self),
                  !row->ok       ? SR_LOG_ERROR
                  : row->warning ? SR_LOG_WARNING
                                 : SR_LOG_NOTE,
                  "%s: %s", row->title, row->sentence);
    }
}

static gboolean
confirm (const SrPreflight *preflight,
         SrVerdict         *verdict,
         gpointer           user_data,
         GError           **error)
{
  SrJobRestoreFile *self = user_data;
  char             *answers[] = { (char *) "Cancel", (char *) "Replace", NULL };
  g_autofree char  *losses = describe_losses (preflight);
  SrJobQuestion     question = {
        .id = (char *) "replace",
        .title = (char *) "Replace what is there?",
        .text = losses,
        .answers = answers,
        .safe = 0,
        .destructive = 1,
        .subject = self->location,
  };
  int answer;

  note_preflight (self, preflight);
  if (losses == NULL)
    return TRUE;
  answer = sr_job_ask (SR_JOB (self), &question, self->cancellable, error);
  if (answer == 0)
    g_set_error_literal (error, SR_ERROR, SR_ERROR_CANCELLED,
                         "Nothing was changed: what is there was not to be replaced");
  return answer == 1;
}

/* --- opening
 * ------------------------------------------------------------------------------------ */

static SrSecret *
ask_database_password (SrJobRestoreFile *self,
                       GError          **error)
{
  g_autofree char *title = g_strdup_printf ("The password of %s is needed", self->location);
  SrJobQuestion    question = {
       .id = (char *) "database-password",
       .title = title,
       .text = (char *) "Without one it is tried without a password.",
       .destructive = -1,
       .is_secret = TRUE,
       .subject = self->location,
  };

  return sr_job_ask_secret (SR_JOB (self), &question, self->cancellable, error);
}

static void
look_up_password (SrJobRestoreFile *self,
                  SrSecret        **password)
{
  SrJob             *job = SR_JOB (self);
  g_autoptr (GError) reason = NULL;

  if (!sr_job_may_use_keyring (job))
    return;
  (void) sr_keyring_lookup (SR_KEYRING_DATABASE, self->location, sr_job_may_unlock_keyring (job),
                            password, self->cancellable, &reason);
  if (reason != NULL)
    sr_job_log (job, SR_LOG_NOTE, "The keyring was not used: %s", reason->message);
}

static SrTarget *
open_target (SrJobRestoreFile *self,
             GError          **error)
{
  g_autoptr (SrSecret) password = NULL;
  g_autoptr (GError)   reason = NULL;

  if (self->target_password != NULL)
    password = sr_secret_ref (self->target_password);
  else if (sr_target_wants_password (self->location))
    {
      look_up_password (self, &password);
      if (password == NULL)
        password = ask_database_password (self, &reason);
      /* where nobody can be asked, the server may want none */
      if (reason != NULL && !sr_error_is (reason, SR_ERROR_WRONG_PASSWORD))
        {
          g_propagate_error (error, g_steal_pointer (&reason));
          return NULL;
        }
    }
  return sr_target_open (self->location, password, error);
}

/* The vault of the safety backup, which may be the one that is read. @repo: (out) (nullable) */
static gboolean
open_safety_vault (SrJobRestoreFile *self,
                   SrJobOpened      *opened,
                   SrRepo          **repo,
                   GCancellable     *cancellable,
                   GError          **error)
{
  *repo = NULL;
  if (self->safety_vault == NULL)
    return TRUE;
  if (opened->repo != NULL && g_strcmp0 (self->safety_vault, self->input->vault) == 0)
    *repo = g_object_ref (opened->repo);
  else
    *repo = sr_job_open_vault (SR_JOB (self), NULL, cancellable, error);
  return *repo != NULL;
}

/* --- the work
 * ----------------------------------------------------------------------------------- */

static void
note_result (SrJobRestoreFile *self)
{
  SrRun                 *run = sr_job_edit_run (SR_JOB (self));
  g_autoptr (JsonObject) counts = json_object_new ();
  g_autofree char       *records = NULL;
  guint64                total = 0;

  if (self->result.verdict != NULL)
    sr_job_set_verdict (SR_JOB (self), self->result.verdict);
  if (!self->result.swapped)
    return;
  for (guint i = 0; self->result.counts != NULL && i < self->result.counts->len; i++)
    {
      const SrTargetCount *count = g_ptr_array_index (self->result.counts, i);
      g_autofree char     *name = g_filename_display_name (count->name);

      json_object_set_int_member (counts, name, (gint64) count->staged);
      total += count->staged;
    }
  sr_job_set_counts (SR_JOB (self), counts);
  run->records = (gint64) total;
  records = sr_counted (total, "record or file", "records or files");
  run->sentence = g_strdup_printf ("%s restored into %s.", records, self->location);
  if (self->result.safety != NULL)
    sr_job_log (SR_JOB (self), SR_LOG_NOTE, "What was there is saved in %s", self->result.safety);
}

static gboolean
restore (SrJobRestoreFile *self,
         SrJobOpened      *opened,
         SrProgress       *progress,
         GCancellable     *cancellable,
         GError          **error)
{
  g_autoptr (SrRepo)   safety = NULL;
  SrRestoreFileOptions options = {
    .collections = (const char *const *) self->collections,
    .terms = (const char *const *) self->terms,
    .files = (const char *const *) self->files,
    .replace = self->replace,
    .safety_file = self->safety_file,
    .accept = self->accept,
    .dry_run = self->dry_run,
    .confirm = confirm,
    .user_data = self,
  };
  gboolean done;

  self->target = open_target (self, error);
  if (self->target == NULL || !open_safety_vault (self, opened, &safety, cancellable, error))
    return FALSE;
  options.safety_vault = safety;
  done = sr_restore_file_run (opened->file, self->target, &options, &self->result, progress,
                              cancellable, error);
  if (self->preflight == NULL && self->result.preflight != NULL)
    note_preflight (self, self->result.preflight);
  note_result (self);
  return done;
}

static gboolean
sr_job_restore_file_run (SrJob        *job,
                         SrProgress   *progress,
                         GCancellable *cancellable,
                         GError      **error)
{
  SrJobRestoreFile    *self = SR_JOB_RESTORE_FILE (job);
  g_auto (SrJobOpened) opened = { 0 };
  SrRun               *run = sr_job_edit_run (job);
  gboolean             done;

  self->cancellable = cancellable;
  run->path = g_strdup (self->location);
  done = sr_job_open_input (job, self->input, &opened, cancellable, error) &&
         restore (self, &opened, progress, cancellable, error);
  self->cancellable = NULL;
  /* without a swap there is nothing to undo; the stage is gone already */
  if (!self->result.swapped)
    g_clear_object (&self->target);
  return done;
}

/* --- afterwards
 * --------------------------------------------------------------------------------- */

const SrPreflight *
sr_job_restore_file_get_preflight (SrJobRestoreFile *self)
{
  const SrPreflight *preflight;

  g_mutex_lock (&self->lock);
  preflight = self->preflight;
  g_mutex_unlock (&self->lock);
  return preflight;
}

const SrRestoreFileResult *
sr_job_restore_file_get_result (SrJobRestoreFile *self)
{
  return sr_job_has_ended (SR_JOB (self)) ? &self->result : NULL;
}

gboolean
sr_job_restore_file_can_undo (SrJobRestoreFile *self)
{
  return sr_job_has_ended (SR_JOB (self)) && self->target != NULL;
}

SrJob *
sr_job_restore_file_undo (SrJobRestoreFile *self)
{
  SrJob *job;

  if (!sr_job_restore_file_can_undo (self))
    return NULL;
  job = sr_job_undo_new (g_steal_pointer (&self->target), self->location);
  sr_job_set_site (job, sr_job_get_site (SR_JOB (self)), sr_job_get_site_name (SR_JOB (self)));
  return job;
}

/* --- the object
 * --------------------------------------------------------------------------------- */

static void
sr_job_restore_file_finalize (GObject *object)
{
  SrJobRestoreFile *self = SR_JOB_RESTORE_FILE (object);

  if (self->target != NULL)
    sr_job_undo_forget (g_steal_pointer (&self->target));
  sr_job_input_free (self->input);
  g_free (self->location);
  g_clear_pointer (&self->target_password, sr_secret_unref);
  g_strfreev (self->collections);
  g_strfreev (self->terms);
  g_strfreev (self->files);
  g_free (self->safety_file);
  g_free (self->safety_vault);
  sr_restore_file_result_clear (&self->result);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (sr_job_restore_file_parent_class)->finalize (object);
}

static void
sr_job_restore_file_class_init (SrJobRestoreFileClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sr_job_restore_file_finalize;
  SR_JOB_CLASS (klass)->run = sr_job_restore_file_run;
}

static void
sr_job_restore_file_init (SrJobRestoreFile *self)
{
  g_mutex_init (&self->lock);
}

static void
copy_options (SrJobRestoreFile              *self,
              const SrJobRestoreFileOptions *options)
{
  if (options->target_password != NULL)
    self->target_password = sr_secret_ref (options->target_password);
  self->collections = g_strdupv ((char **) options->collections);
  self->terms = g_strdupv ((char **) options->terms);
  self->files = g_strdupv ((char **) options->files);
  self->replace = options->replace;
  self->accept = options->accept;
  self->dry_run = options->dry_run;
  self->safety_file = g_strdup (options->safety_file);
  self->safety_vault = sr_job_make_vault_name (options->safety_vault);
}

SrJob *
sr_job_restore_file_new (const SrJobInput              *input,
                         const char                    *target,
                         const SrJobRestoreFileOptions *options)
{
  g_autofree char  *shown = sr_job_input_describe (input);
  g_autofree char  *title = g_strdup_printf ("Restore of %s", shown);
  const char       *safety = options != NULL ? options->safety_vault : NULL;
  SrJobRestoreFile *self;

  self = g_object_new (SR_TYPE_JOB_RESTORE_FILE, "action", "restore", "title", title, "vault",
                       safety != NULL ? safety : input->vault, NULL);
  self->input = sr_job_input_copy (input);
  self->location = g_strdup (target);
  if (options != NULL)
    copy_options (self, options);
  return SR_JOB (self);
}
