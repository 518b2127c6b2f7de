/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-gtk"

#include "config.h"

#include "gtk/model/sr-restore-check.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "base/sr-worker.h"
#include "gtk/model/sr-file-model.h"
#include "gtk/model/sr-say.h"
#include "job/sr-restore-file.h"
#include "state/sr-keyring.h"

typedef struct
{
  SrRestoreChoice *choice;      /* owned */
  SrVerdict       *verdict;     /* (nullable) owned */
  SrProgress      *progress;    /* owned */
  GCancellable    *cancellable; /* owned */

  SrRestoreCheckRowFunc  on_row;
  SrRestoreCheckDoneFunc on_done;
  GObject               *owner; /* owned; for the main thread */

  SrPreflight *preflight; /* (nullable) owned: found by the worker */
} Check;

static void
check_free (gpointer data)
{
  Check *self = data;

  sr_restore_choice_unref (self->choice);
  g_clear_object (&self->verdict);
  g_clear_object (&self->progress);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->owner);
  g_clear_pointer (&self->preflight, sr_preflight_free);
  g_free (self);
}

/* --- a new file
 * --------------------------------------------------------------------------------- */

static gboolean
look_at_file (Check   *self,
              GError **error)
{
  const char      *path = self->choice->location;
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *shown = sr_say_name (path);
  g_autofree char *shown_folder = sr_say_name (folder);

  self->preflight = sr_preflight_new ();
  if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    sr_preflight_add (self->preflight, _ ("Folder"), FALSE, FALSE,
                      _ ("There is no folder “%s”. Choose one that is there."), shown_folder);
  else if (access (folder, W_OK | X_OK) != 0)
    sr_preflight_add (self->preflight, _ ("Folder"), FALSE, FALSE,
                      _ ("You may not write into “%s”. Choose another folder."), shown_folder);
  else
    sr_preflight_add (self->preflight, _ ("Folder"), TRUE, FALSE, _ ("“%s” can be written to."),
                      shown_folder);
  if (g_file_test (path, G_FILE_TEST_EXISTS) || g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    sr_preflight_add (self->preflight, _ ("Existing data"), FALSE, FALSE,
                      _ ("“%s” is there already and is not replaced. Choose another name."), shown);
  else
    sr_preflight_add (self->preflight, _ ("Existing data"), TRUE, FALSE,
                      _ ("Nothing stands there."));
  return TRUE;
}

/* --- a target
 * ----------------------------------------------------------------------------------- */

/* Returns: (transfer full) (nullable) */
static SrSecret *
find_password (Check *self)
{
  const char        *location = self->choice->location;
  g_autoptr (GError) ignored = NULL;
  SrSecret          *password = NULL;

  if (self->choice->password != NULL)
    return sr_secret_ref (self->choice->password);
  if (!sr_target_wants_password (location) ||
      sr_keyring_lookup (SR_KEYRING_DATABASE, location, FALSE, &password, self->cancellable,
                         &ignored) != SR_KEYRING_DONE)
    return NULL;
  return password;
}

static gboolean
look_at_target (Check   *self,
                GError **error)
{
  const SrRestoreChoice   *choice = self->choice;
  g_autoptr (SrSecret)     password = find_password (self);
  g_autoptr (SrTarget)     target = sr_target_open (choice->location, password, error);
  g_autoptr (SrBackupFile) file = NULL;
  SrRestoreFileResult      result = { 0 };
  SrRestoreFileOptions     options = {
        .collections = (const char *const *) choice->collections,
        .terms = (const char *const *) choice->terms,
        .files = (const char *const *) choice->files,
        .replace = TRUE,
        .safety_file = "asked for later",
        .accept = TRUE,
        .dry_run = TRUE,
        .judged = self->verdict,
  };
  gboolean ok;

  if (target == NULL)
    return FALSE;
  file = sr_file_model_open_again (choice->path, choice->key, self->cancellable, error);
  if (file == NULL)
    return FALSE;
  ok = sr_restore_file_run (file, target, &options, &result, self->progress, self->cancellable,
                            error);
  if (ok)
    self->preflight = g_steal_pointer (&result.preflight);
  sr_restore_file_result_clear (&result);
  return ok;
}

static gboolean
look (gpointer      data,
      GCancellable *cancellable,
      GError      **error)
{
  Check *self = data;

  return self->choice->where == SR_RESTORE_TO_FILE ? look_at_file (self, error)
                                                   : look_at_target (self, error);
}

/* --- what was found
 * ----------------------------------------------------------------------------- */

/* What kept it from looking, as the row of what it is about. */
static SrRowItem *
make_error_row (const GError *error)
{
  const char *title = C_ ("preflight", "Target");

  if (sr_error_is (error, SR_ERROR_AUTH))
    title = C_ ("preflight", "Password");
  else if (sr_error_is (error, SR_ERROR_NETWORK) || sr_error_is (error, SR_ERROR_TIMEOUT))
    title = C_ ("preflight", "Server");
  else if (sr_error_is (error, SR_ERROR_DAMAGED) || sr_error_is (error, SR_ERROR_WRONG_PASSWORD))
    title = C_ ("preflight", "Backup");
  return sr_row_item_new (title, error->message, C_ ("preflight", "In the way"),
                          "dialog-error-symbolic", "error");
}

static void
on_looked (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Check             *self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean           ok = sr_worker_run_finish (result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (!ok)
    {
      g_autoptr (SrRowItem) row = make_error_row (error);

      self->on_row (row, self->owner);
    }
  for (guint i = 0; ok && i < self->preflight->rows->len; i++)
    {
      g_autoptr (SrRowItem) row =
          sr_row_item_new_for_preflight (g_ptr_array_index (self->preflight->rows, i));

      self->on_row (row, self->owner);
    }
  self->on_done (ok ? self->preflight : NULL, error, self->owner);
}

void
sr_restore_check_run (SrRestoreChoice       *choice,
                      SrVerdict             *verdict,
                      SrProgress            *progress,
                      GCancellable          *cancellable,
                      SrRestoreCheckRowFunc  on_row,
                      SrRestoreCheckDoneFunc on_done,
                      GObject               *owner)
{
  Check *self = g_new0 (Check, 1);

  self->choice = sr_restore_choice_ref (choice);
  self->verdict = verdict != NULL ? g_object_ref (verdict) : NULL;
  self->progress = g_object_ref (progress);
  self->cancellable = g_object_ref (cancellable);
  self->on_row = on_row;
  self->on_done = on_done;
  self->owner = g_object_ref (owner);
  sr_worker_run_async ("preflight", look, self, check_free, cancellable, on_looked, self);
}
