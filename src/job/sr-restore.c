/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-restore.h"

#include <stdlib.h>
#include <string.h>

#include "base/sr-error.h"
#include "repo/sr-lock.h"
#include "storage/sr-storage-local.h"

void
sr_restore_result_clear (SrRestoreResult *self)
{
  g_clear_pointer (&self->snapshot, sr_snapshot_free);
  *self = (SrRestoreResult){ 0 };
}

/* Where @path will lie, with all links resolved; what does not exist yet is appended as it is.
 * Returns: (transfer full) */
static char *
resolve (const char *path)
{
  g_autofree char    *known = g_canonicalize_filename (path, NULL);
  g_autoptr (GString) rest = g_string_new (NULL);

  while (TRUE)
    {
      char *real = realpath (known, NULL);
      char *slash = strrchr (known, '/');
      char *result;

      if (real == NULL && slash != NULL && known[1] != '\0')
        {
          g_string_prepend (rest, slash);
          *slash = '\0';
          if (slash == known)
            strcpy (known, "/");
          continue;
        }
      if (rest->len > 0 && g_strcmp0 (real, "/") == 0)
        result = g_strdup (rest->str);
      else
        result = g_strconcat (real != NULL ? real : known, rest->str, NULL);
      free (real);
      return result;
    }
}

static gboolean
is_at_or_below (const char *path,
                const char *folder)
{
  gsize length = strlen (folder);

  if (strcmp (folder, "/") == 0)
    return TRUE;
  return strncmp (path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/* A restore must never write into the vault it reads, nor delete it. */
static gboolean
target_is_safe (SrRepo                 *repo,
                const SrRestoreOptions *options,
                GError                **error)
{
  SrStorage       *storage = sr_repo_get_storage (repo);
  g_autofree char *target = NULL;
  g_autofree char *vault = NULL;

  if (options->target == NULL || options->target[0] == '\0')
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID, "No target folder was given");
      return FALSE;
    }
  target = resolve (options->target);
  if (options->delete_extra && strcmp (target, "/") == 0 && options->includes == NULL)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_REFUSED,
                           "Deleting what is not in the snapshot below / would destroy the system; "
                           "choose what to restore with --include");
      return FALSE;
    }
  if (!SR_IS_STORAGE_LOCAL (storage))
    return TRUE;
  vault = resolve (sr_storage_get_location (storage));
  if (is_at_or_below (target, vault) ||
      (options->delete_extra && is_at_or_below (vault, target)))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
                   "The vault lies in the target folder %s or holds it; choose another folder",
                   target);
      return FALSE;
    }
  return TRUE;
}

static gboolean
choose (const char *path,
        SrEntryType type,
        gboolean   *descend,
        gpointer    user_data)
{
  const SrRestoreOptions *options = user_data;
  gboolean                below = FALSE;
  gboolean                chosen;

  if (options->includes != NULL)
    {
      chosen = sr_pattern_list_match (options->includes, path, &below);
      *descend = chosen || below;
      return chosen;
    }
  chosen = !sr_pattern_list_match (options->excludes, path, NULL);
  *descend = chosen;
  return chosen;
}

static void
forward_report (const char   *path,
                const char   *action,
                guint64       size,
                const GError *error,
                gpointer      user_data)
{
  const SrRestoreOptions *options = user_data;

  options->report (path, action, size, error, options->user_data);
}

static gboolean
restore_tree (SrRepo                 *repo,
              const SrRestoreOptions *options,
              const char             *subfolder,
              SrRestoreResult        *result,
              SrProgress             *progress,
              GCancellable           *cancellable,
              GError                **error)
{
  SrRestorerOptions restorer = {
    .target = options->target,
    .subfolder = subfolder,
    .overwrite = options->overwrite,
    .delete_extra = options->delete_extra,
    .sparse = options->sparse,
    .verify = options->verify,
    .sync = options->sync,
    .dry_run = options->dry_run,
    .user_data = (gpointer) options,
  };

  if (options->includes != NULL || options->excludes != NULL)
    restorer.filter = choose;
  if (options->report != NULL)
    restorer.report = forward_report;
  return sr_restorer_run (repo, &result->snapshot->tree, &restorer, &result->stats, progress,
                          cancellable, error);
}

typedef struct
{
  const SrRestoreOptions *options;
  guint                   snapshots;
} Damage;

/* Told, but no reason to give up: what does not need the file can be restored. */
static void
note_damaged (SrFileType    type,
              const SrId   *id,
              const GError *error,
              gpointer      user_data)
{
  Damage          *damage = user_data;
  g_autofree char *name = NULL;
  char             hex[SR_ID_HEX_SIZE];

  if (type == SR_FILE_SNAPSHOT)
    damage->snapshots++;
  if (damage->options->report == NULL)
    return;
  name = g_strconcat (sr_file_type_name (type), " ", sr_id_to_hex (id, hex), NULL);
  damage->options->report (name, "damaged", 0, error, damage->options->user_data);
}

static gboolean
find_and_restore (SrRepo                 *repo,
                  const SrRestoreOptions *options,
                  SrRestoreResult        *result,
                  SrProgress             *progress,
                  GCancellable           *cancellable,
                  GError                **error)
{
  g_autoptr (GPtrArray)  snapshots = NULL;
  g_autoptr (SrProgress) loading = sr_progress_step (progress, 5, 100, "Loading the index");
  g_autoptr (SrProgress) writing = NULL;
  const char            *colon = strchr (options->snapshot, ':');
  g_autofree char       *name = NULL;
  const SrSnapshot      *snapshot;
  Damage                 damage = { options, 0 };

  name = colon != NULL ? g_strndup (options->snapshot, (gsize) (colon - options->snapshot))
                       : g_strdup (options->snapshot);
  snapshots = sr_repo_list_snapshots (repo, note_damaged, &damage, cancellable, error);
  if (snapshots == NULL)
    return FALSE;
  snapshot = sr_repo_find_snapshot (repo, snapshots, name, options->filter, error);
  if (snapshot == NULL)
    return FALSE;
  result->snapshot = sr_snapshot_copy (snapshot);
  if (!sr_repo_load_index (repo, loading, note_damaged, &damage, cancellable, error))
    return FALSE;
  sr_progress_finish (loading);
  writing = sr_progress_step (progress, 95, 100, "Restoring");
  if (!restore_tree (repo, options, colon != NULL ? colon + 1 : NULL, result, writing, cancellable,
                     error))
    return FALSE;
  if (damage.snapshots == 0 || strcmp (name, "latest") != 0)
    return TRUE;
  g_set_error_literal (
      error, SR_ERROR, SR_ERROR_INCOMPLETE,
      "All of this snapshot was restored, but a newer one may be among those that are damaged");
  return FALSE;
}

gboolean
sr_restore_run (SrRepo                 *repo,
                const SrRestoreOptions *options,
                SrRestoreResult        *result,
                SrProgress             *progress,
                GCancellable           *cancellable,
                GError                **error)
{
  g_autoptr (SrLock) lock = NULL;
  gboolean           ok;

  *result = (SrRestoreResult){ 0 };
  if (options->includes != NULL && options->excludes != NULL)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                           "Patterns to include and to exclude cannot be given together");
      return FALSE;
    }
  if (!target_is_safe (repo, options, error))
    return FALSE;
  if (!options->no_lock)
    {
      lock = sr_lock_acquire (repo, FALSE, 0, cancellable, error);
      if (lock == NULL)
        return FALSE;
    }
  ok = find_and_restore (repo, options, result, progress, cancellable, error);
  if (ok)
    sr_progress_finish (progress);
  return ok;
}
