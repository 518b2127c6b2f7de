/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <string.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "repo/sr-restore-run.h"

/* The folder @name of the tree @tree. Returns: %FALSE with @error */
static gboolean
find_subtree (SrRestoreRun *run,
              SrId         *tree,
              const char   *name,
              GError      **error)
{
  g_autoptr (SrTreeDecoder) decoder = NULL;

  decoder = sr_repo_open_tree (run->repo, NULL, tree, run->cancellable, error);
  if (decoder == NULL)
    return FALSE;
  sr_tree_decoder_set_lenient (decoder, TRUE);
  while (TRUE)
    {
      g_auto (SrNode) node = { 0 };
      int             more = sr_tree_decoder_next (decoder, &node, error);

      if (more < 0)
        return FALSE;
      if (more == 0 || (strcmp (node.entry.name, name) == 0 && !node.has_subtree))
        {
          g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND,
                       "The snapshot has no folder %s", run->options->subfolder);
          return FALSE;
        }
      if (strcmp (node.entry.name, name) == 0)
        {
          *tree = node.subtree;
          return TRUE;
        }
    }
}

static gboolean
find_subfolder (SrRestoreRun *run,
                SrId         *tree,
                GError      **error)
{
  g_auto (GStrv) names = NULL;

  if (run->options->subfolder == NULL)
    return TRUE;
  names = g_strsplit (run->options->subfolder, "/", -1);
  for (char **name = names; *name != NULL; name++)
    if (**name != '\0' && !find_subtree (run, tree, *name, error))
      return FALSE;
  return TRUE;
}

static void
set_totals (SrRestoreRun *run)
{
  guint64 bytes = 0;

  for (guint32 i = 0; i < run->plan->files->len; i++)
    {
      const SrRestoreFile *file = sr_restore_plan_file (run->plan, i);

      if ((file->flags & SR_RESTORE_SAME) == 0)
        bytes += file->size;
    }
  sr_progress_set_totals (run->progress, bytes, run->plan->files->len, FALSE);
}

/* What would happen, without doing it. */
static void
tell_only (SrRestoreRun *run)
{
  for (guint32 i = 0; i < run->plan->files->len; i++)
    {
      SrRestoreFile *file = sr_restore_plan_file (run->plan, i);
      gboolean       same = (file->flags & SR_RESTORE_SAME) != 0;

      if ((file->flags & SR_RESTORE_FAILED) != 0)
        {
          sr_restore_report_failed (run, file->folder, file->name, sr_restore_take_error (run, i));
          continue;
        }
      run->stats->files_restored += same ? 0 : 1;
      run->stats->files_unchanged += same ? 1 : 0;
      run->stats->bytes_restored += same ? 0 : file->size;
      sr_restore_report (run, file->folder, file->name,
                         same                                       ? "unchanged"
                         : (file->flags & SR_RESTORE_REPLACES) != 0 ? "updated"
                                                                    : "restored",
                         file->size, NULL);
    }
  for (guint i = 0; i < run->plan->others->len; i++)
    {
      const SrRestoreOther *other = &g_array_index (run->plan->others, SrRestoreOther, i);

      run->stats->others++;
      sr_restore_report (run, other->folder, other->name,
                         other->replaces ? "updated" : "restored", 0, NULL);
    }
}

/* Deepest first: a folder gets its times after all that is in it, and may lose the rights to write
 * only then. The number of a folder is larger than that of the one above it. */
static void
set_folder_meta (SrRestoreRun *run)
{
  for (guint32 i = run->plan->folders->len; i > 1; i--)
    {
      const SrRestoreFolder *folder = sr_restore_plan_folder (run->plan, i - 1);
      GError                *reason = NULL;
      int                    fd;

      if (folder->meta == NULL || folder->missing)
        continue;
      fd = sr_restore_target_hold (run->target, i - 1, &reason);
      if (fd < 0)
        {
          sr_restore_report_failed (run, folder->parent, folder->name, reason);
          continue;
        }
      sr_restore_set_meta (fd, folder->meta, run->owner, &reason);
      sr_restore_target_release (run->target, i - 1);
      sr_restore_report_meta (run, folder->parent, folder->name, reason);
    }
}

static gboolean
write_all (SrRestoreRun *run,
           GError      **error)
{
  const SrRestorerOptions *options = run->options;

  if (!sr_restore_fetch (run, error) ||
      !sr_restore_make_others (run, error))
    return FALSE;
  if (options->delete_extra && !sr_restore_delete_extras (run, error))
    return FALSE;
  if (options->verify && !sr_restore_verify (run, error))
    return FALSE;
  return TRUE;
}

static gboolean
run_restore (SrRestoreRun *run,
             const SrId   *root,
             GError      **error)
{
  const SrRestorerOptions *options = run->options;
  SrId                     tree = *root;
  gboolean                 missing;
  gboolean                 ok;
  guint32                  number;

  if (!find_subfolder (run, &tree, error))
    return FALSE;
  run->target =
      sr_restore_target_new (run->plan, options->target, options->dry_run, &missing, error);
  if (run->target == NULL)
    return FALSE;
  number = sr_restore_plan_add_folder (run->plan, 0, "", NULL);
  sr_restore_plan_folder (run->plan, number)->missing = missing;
  if (!sr_restore_walk (run, &tree, error) ||
      !sr_restore_compare (run, error))
    return FALSE;
  set_totals (run);
  if (options->dry_run)
    {
      tell_only (run);
      return !options->delete_extra || sr_restore_delete_extras (run, error);
    }
  sr_restore_plan_sort (run->plan);
  ok = write_all (run, error);
  /* Also after a failure: what is there by then gets the rights it should have. */
  set_folder_meta (run);
  return ok && (!options->sync || sr_restore_target_sync (run->target, error));
}

gboolean
sr_restorer_run (SrRepo                  *repo,
                 const SrId              *tree,
                 const SrRestorerOptions *options,
                 SrRestorerStats         *stats,
                 SrProgress              *progress,
                 GCancellable            *cancellable,
                 GError                 **error)
{
  g_autoptr (SrRestorePlan) plan = sr_restore_plan_new ();
  SrRestoreRun              run = {
                 .repo = repo,
                 .options = options,
                 .plan = plan,
                 .progress = progress,
                 .cancellable = cancellable,
                 .stats = stats,
  };
  gboolean ok;

  memset (stats, 0, sizeof *stats);
  run.owner = geteuid () == 0;
  run.errors = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_error_free);
  g_mutex_init (&run.lock);
  ok = run_restore (&run, tree, error);
  sr_restore_target_free (run.target);
  g_hash_table_unref (run.errors);
  g_mutex_clear (&run.lock);
  if (!ok)
    return FALSE;
  sr_progress_finish (progress);
  if (stats->failed > 0)
    g_set_error (error, SR_ERROR, SR_ERROR_INCOMPLETE,
                 "%" G_GUINT64_FORMAT " %s could not be restored whole; all others were",
                 stats->failed, stats->failed == 1 ? "entry" : "entries");
  else if (run.lacks_metadata)
    g_set_error (error, SR_ERROR, SR_ERROR_INCOMPLETE,
                 "All content was restored, but owner, mode, time or attributes of "
                 "%" G_GUINT64_FORMAT " %s could not be set",
                 stats->metadata_failed, stats->metadata_failed == 1 ? "entry" : "entries");
  return stats->failed == 0 && !run.lacks_metadata;
}
