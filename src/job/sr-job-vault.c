/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-job-vault.h"

#include "base/sr-error.h"
#include "job/sr-job-private.h"
#include "job/sr-snapshot-container.h"
#include "job/sr-vault.h"
#include "state/sr-keyring.h"

#include <string.h>

/* What the keyring has told so far. */
typedef struct
{
  SrJob          *job;
  const char     *location;
  SrKeyringResult keyring;
  gboolean        was_wrong; /* its password did not fit */
  GCancellable   *cancellable;
} Opening;

/* --- the keyring
 * -------------------------------------------------------------------------------- */

/* Whether to go on looking. */
static gboolean
look_up_key (Opening    *self,
             const char *name,
             SrSecret  **password,
             GError    **error)
{
  g_autoptr (GError) reason = NULL;

  self->keyring =
      sr_keyring_lookup (SR_KEYRING_VAULT, name, sr_job_may_unlock_keyring (self->job), password,
                         self->cancellable, &reason);
  if (self->keyring == SR_KEYRING_NONE)
    return TRUE;
  if (reason != NULL && !sr_check_cancelled (self->cancellable, error) &&
      self->keyring != SR_KEYRING_UNSUPPORTED)
    sr_job_log (self->job, SR_LOG_NOTE, "The keyring was not used: %s", reason->message);
  return FALSE;
}

/* Returns: FALSE with @error if the vault cannot be asked for its keys, or it was cancelled */
static gboolean
ask_keyring (Opening   *self,
             SrSecret **password,
             GError   **error)
{
  g_autoptr (GPtrArray) names = NULL;

  *password = NULL;
  self->keyring = SR_KEYRING_UNAVAILABLE;
  if (!sr_job_may_use_keyring (self->job))
    return TRUE;
  if (!sr_vault_get_key_names (self->location, &names, self->cancellable, error))
    return FALSE;
  self->keyring = SR_KEYRING_NONE;
  for (guint i = 0; i < names->len; i++)
    if (!look_up_key (self, g_ptr_array_index (names, i), password, error))
      break;
  return !g_cancellable_is_cancelled (self->cancellable) ||
         !sr_check_cancelled (self->cancellable, error);
}

/* --- asking a person
 * ---------------------------------------------------------------------------- */

static const char *
explain_keyring (Opening *self)
{
  if (self->was_wrong)
    return "The password in the keyring does not open it any more.";
  switch (self->keyring)
    {
    case SR_KEYRING_LOCKED:
    case SR_KEYRING_DISMISSED:
      return "The keyring is locked: it may hold the password, but it was not opened.";
    case SR_KEYRING_UNAVAILABLE:
      return "There is no keyring that answers, so the password is asked for each time.";
    default:
      return "The keyring does not know it.";
    }
}

static SrSecret *
ask_person (Opening *self,
            guint    attempt,
            GError **error)
{
  g_autofree char *title = g_strdup_printf ("The password of the vault “%s” is needed",
                                            self->location);
  SrJobQuestion    question = {
       .id = (char *) "vault-password",
       .title = title,
       .text = (char *) (attempt > 0 ? "That password opens none of the vault's keys."
                                     : explain_keyring (self)),
       .destructive = -1,
       .is_secret = TRUE,
       .attempt = attempt,
       .subject = (char *) self->location,
  };
  g_autoptr (GError) reason = NULL;
  SrSecret          *password;

  password = sr_job_ask_secret (self->job, &question, self->cancellable, &reason);
  if (password != NULL)
    return password;
  if (reason != NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  else
    g_set_error (error, SR_ERROR, SR_ERROR_WRONG_PASSWORD,
                 "Without its password the vault “%s” cannot be opened", self->location);
  return NULL;
}

/* Only a keyring that is open can keep one. Whatever becomes of it, the vault is open. */
static void
offer_to_store (Opening  *self,
                SrRepo   *repo,
                SrSecret *password)
{
  char         *answers[] = { (char *) "Do Not Store", (char *) "Store", NULL };
  SrJobQuestion question = {
    .id = (char *) "store-password",
    .title = (char *) "Keep the password in the keyring?",
    .text = (char *) "Backups can then run without asking. Whoever can unlock your keyring can "
                     "open the vault.",
    .answers = answers,
    .destructive = -1,
    .subject = (char *) self->location,
  };
  g_autofree char   *label = g_strdup_printf ("Strongroom vault %s", self->location);
  g_autoptr (GError) error = NULL;
  char               hex[SR_ID_HEX_SIZE];

  if (self->keyring != SR_KEYRING_NONE && self->keyring != SR_KEYRING_DONE)
    return;
  if (sr_job_ask (self->job, &question, self->cancellable, NULL) != 1)
    return;
  if (sr_keyring_store (SR_KEYRING_VAULT, sr_id_to_hex (sr_repo_get_key_id (repo), hex), label,
                        password, self->cancellable, &error) != SR_KEYRING_DONE)
    sr_job_log (self->job, SR_LOG_WARNING, "The password was not put into the keyring: %s",
                error->message);
}

static SrRepo *
open_by_asking (Opening *self,
                GError **error)
{
  for (guint attempt = 0;; attempt++)
    {
      g_autoptr (SrSecret) password = ask_person (self, attempt, error);
      g_autoptr (GError)   reason = NULL;
      SrRepo              *repo;

      if (password == NULL)
        return NULL;
      repo = sr_vault_open (self->location, password, self->cancellable, &reason);
      if (repo != NULL)
        {
          offer_to_store (self, repo, password);
          return repo;
        }
      if (!sr_error_is (reason, SR_ERROR_WRONG_PASSWORD))
        {
          g_propagate_error (error, g_steal_pointer (&reason));
          return NULL;
        }
    }
}

static SrRepo *
open_unknown (Opening *self,
              GError **error)
{
  g_autoptr (SrSecret) password = NULL;
  g_autoptr (GError)   reason = NULL;
  SrRepo              *repo;

  if (!ask_keyring (self, &password, error))
    return NULL;
  if (password != NULL)
    {
      repo = sr_vault_open (self->location, password, self->cancellable, &reason);
      if (repo != NULL)
        return repo;
      if (!sr_error_is (reason, SR_ERROR_WRONG_PASSWORD))
        {
          g_propagate_error (error, g_steal_pointer (&reason));
          return NULL;
        }
      self->was_wrong = TRUE;
    }
  return open_by_asking (self, error);
}

SrRepo *
sr_job_open_vault (SrJob        *self,
                   const char   *location,
                   GCancellable *cancellable,
                   GError      **error)
{
  Opening            opening = { .job = self, .cancellable = cancellable };
  SrSecret          *known = location == NULL ? sr_job_get_vault_password (self) : NULL;
  g_autoptr (GError) reason = NULL;

  opening.location = location != NULL ? location : sr_job_get_vault (self);
  /* before anybody is asked for the password of what is not there */
  if (!sr_vault_exists (opening.location, cancellable, &reason))
    {
      if (reason != NULL)
        g_propagate_error (error, g_steal_pointer (&reason));
      else
        g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND,
                     "There is no vault at “%s”. If it lies on a drive, connect it and try again",
                     opening.location);
      return NULL;
    }
  if (known != NULL)
    return sr_vault_open (opening.location, known, cancellable, error);
  return open_unknown (&opening, error);
}

/* --- what is read
 * ------------------------------------------------------------------------------- */

SrJobInput *
sr_job_input_new_file (const char *path)
{
  SrJobInput *self = g_new0 (SrJobInput, 1);

  self->path = g_canonicalize_filename (path, NULL);
  return self;
}

SrJobInput *
sr_job_input_new_snapshot (const char *vault,
                           const char *snapshot)
{
  SrJobInput *self = g_new0 (SrJobInput, 1);

  self->vault = sr_job_make_vault_name (vault);
  self->snapshot = g_strdup (snapshot);
  return self;
}

SrJobInput *
sr_job_input_copy (const SrJobInput *self)
{
  SrJobInput *copy = g_new0 (SrJobInput, 1);

  copy->path = g_strdup (self->path);
  copy->vault = g_strdup (self->vault);
  copy->snapshot = g_strdup (self->snapshot);
  copy->folder = g_strdup (self->folder);
  return copy;
}

void
sr_job_input_free (SrJobInput *self)
{
  if (self == NULL)
    return;
  g_free (self->path);
  g_free (self->vault);
  g_free (self->snapshot);
  g_free (self->folder);
  g_free (self);
}

char *
sr_job_input_describe (const SrJobInput *self)
{
  if (self->path != NULL)
    return g_filename_display_basename (self->path);
  return g_strdup_printf ("snapshot %.8s", self->snapshot);
}

void
sr_job_opened_clear (SrJobOpened *self)
{
  g_clear_object (&self->file);
  g_clear_pointer (&self->snapshot, sr_snapshot_free);
  g_clear_pointer (&self->all, g_ptr_array_unref);
  g_clear_pointer (&self->lock, sr_lock_release);
  g_clear_object (&self->repo);
}

static void
note_damage (SrFileType    type,
             const SrId   *id,
             const GError *error,
             gpointer      user_data)
{
  sr_job_log (user_data, SR_LOG_WARNING, "%s", error->message);
}

void
sr_job_report (const char   *path,
               const char   *action,
               guint64       size,
               const GError *error,
               gpointer      user_data)
{
  SrJob           *self = user_data;
  g_autofree char *shown = NULL;

  if (strcmp (action, "unmodified") == 0)
    return;
  shown = g_filename_display_name (path);
  if (error != NULL)
    sr_job_log (self, SR_LOG_WARNING, "%s: %s (%s)", shown, error->message, action);
  else if (strcmp (action, "changing") == 0)
    sr_job_log (self, SR_LOG_WARNING, "%s changed while it was read", shown);
  else
    sr_job_log (self, SR_LOG_DETAIL, "%s: %s", action, shown);
}

void
sr_job_note_snapshot (SrJob            *self,
                      const SrSnapshot *snapshot)
{
  SrRun *run = sr_job_edit_run (self);
  char   hex[SR_ID_HEX_SIZE];

  g_free (run->snapshot);
  run->snapshot = g_strdup (sr_id_to_hex (&snapshot->id, hex));
  if (!snapshot->has_summary)
    return;
  run->bytes = (gint64) snapshot->summary.total_bytes_processed;
  run->files = (gint64) snapshot->summary.total_files_processed;
}

void
sr_job_note_collections (SrJob     *self,
                         GPtrArray *collections)
{
  g_autoptr (JsonObject) counts = json_object_new ();
  gint64                 records = 0;

  for (guint i = 0; i < collections->len; i++)
    {
      const SrBackupCollection *one = g_ptr_array_index (collections, i);

      if (one->count < 0)
        continue;
      json_object_set_int_member (counts, one->name, one->count);
      records += one->count;
    }
  if (json_object_get_size (counts) == 0)
    return;
  sr_job_edit_run (self)->records = records;
  sr_job_set_counts (self, counts);
}

gboolean
sr_job_open_snapshot (SrJob            *self,
                      const SrJobInput *input,
                      SrJobOpened      *opened,
                      GCancellable     *cancellable,
                      GError          **error)
{
  const SrSnapshot *found;
  gboolean          is_own = g_strcmp0 (input->vault, sr_job_get_vault (self)) == 0;

  opened->repo = sr_job_open_vault (self, is_own ? NULL : input->vault, cancellable, error);
  if (opened->repo == NULL)
    return FALSE;
  opened->lock = sr_lock_acquire (opened->repo, FALSE, 0, cancellable, error);
  if (opened->lock == NULL)
    return FALSE;
  opened->all = sr_repo_list_snapshots (opened->repo, note_damage, self, cancellable, error);
  if (opened->all == NULL ||
      !sr_repo_load_index (opened->repo, NULL, note_damage, self, cancellable, error))
    return FALSE;
  found = sr_repo_find_snapshot (opened->repo, opened->all, input->snapshot, NULL, error);
  if (found == NULL)
    return FALSE;
  opened->snapshot = sr_snapshot_copy (found);
  sr_job_note_snapshot (self, found);
  return TRUE;
}

typedef struct
{
  SrJob        *job;
  const char   *subject;
  GCancellable *cancellable;
} KeyAsking;

static SrSecret *
ask_key (const char *hint,
         guint       attempt,
         gpointer    user_data,
         GError    **error)
{
  KeyAsking         *self = user_data;
  g_autofree char   *title = g_strdup_printf ("The backup is encrypted: %s is needed", hint);
  g_autoptr (GError) reason = NULL;
  SrJobQuestion      question = {
         .id = (char *) "file-key",
         .title = title,
         .text = (char *) (attempt > 0 ? "That key does not fit."
                                       : "Without it only what is not encrypted can be read."),
         .destructive = -1,
         .is_secret = TRUE,
         .attempt = attempt,
         .subject = (char *) self->subject,
  };
  SrSecret *key = sr_job_ask_secret (self->job, &question, self->cancellable, &reason);

  /* where nobody can be asked, what is not encrypted is read all the same */
  if (reason != NULL && !sr_error_is (reason, SR_ERROR_WRONG_PASSWORD))
    g_propagate_error (error, g_steal_pointer (&reason));
  return key;
}

gboolean
sr_job_open_input (SrJob            *self,
                   const SrJobInput *input,
                   SrJobOpened      *opened,
                   GCancellable     *cancellable,
                   GError          **error)
{
  g_autofree char        *subject = sr_job_input_describe (input);
  g_autoptr (SrContainer) container = NULL;
  KeyAsking               asking = { self, subject, cancellable };
  SrBackupFileOptions     options = { .ask_key = ask_key, .user_data = &asking };

  if (input->path != NULL)
    {
      SrRun *run = sr_job_edit_run (self);

      if (run->path == NULL)
        run->path = g_strdup (input->path);
      opened->file = sr_backup_file_open (input->path, &options, cancellable, error);
      return opened->file != NULL;
    }
  if (!sr_job_open_snapshot (self, input, opened, cancellable, error))
    return FALSE;
  container = sr_snapshot_container_new (opened->repo, opened->snapshot,
                                         input->folder != NULL ? input->folder : "/", cancellable,
                                         error);
  if (container == NULL)
    return FALSE;
  opened->file = sr_backup_file_open_container (container, &options, cancellable, error);
  return opened->file != NULL;
}
