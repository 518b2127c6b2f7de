/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-backup.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "base/sr-user.h"
#include "job/sr-backup-private.h"
#include "repo/sr-lock.h"

/* Space held back for forget and prune on a full disk: what a new index needs. */
#define MIN_RESERVE          ((guint64) 1024 * 1024)
#define MIN_FREE_OF_RESERVES 10

/* Shares of the progress. */
#define WEIGHT_PREPARE 2
#define WEIGHT_READ    95
#define WEIGHT_FINISH  3
#define WEIGHT_TOTAL   100

void
sr_backup_result_clear (SrBackupResult *self)
{
  g_clear_pointer (&self->snapshot, sr_snapshot_free);
  *self = (SrBackupResult){ 0 };
}

static void
virtual_file_free (gpointer data)
{
  SrVirtualFile *self = data;

  sr_entry_free (self->entry);
  sr_saved_file_unref (self->file);
  g_free (self);
}

/* -- the snapshot -- */

static SrTime
get_time (SrRepo *repo)
{
  gint64 ns = sr_clock_now_ns (sr_repo_get_clock (repo));
  SrTime time = { { ns / 1000000000, (long) (ns % 1000000000) }, 0 };

  time.offset = sr_time_local_offset (time.ts.tv_sec);
  return time;
}

static int
compare_paths (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static char **
make_paths (SrBackup *self)
{
  GPtrArray *paths = g_ptr_array_new ();

  if (self->walker != NULL)
    for (const char *const *path = sr_walker_get_targets (self->walker); *path != NULL; path++)
      g_ptr_array_add (paths, g_strdup (*path));
  sr_backup_append_named_paths (self->options, paths);
  g_ptr_array_sort (paths, compare_paths);
  g_ptr_array_add (paths, NULL);
  return (char **) g_ptr_array_free (paths, FALSE);
}

static SrSnapshot *
make_snapshot (SrBackup *self)
{
  const SrBackupOptions *options = self->options;
  SrSnapshot            *snapshot = sr_snapshot_new ();

  self->summary.backup_start = get_time (self->repo);
  snapshot->time = options->time != NULL ? *options->time : self->summary.backup_start;
  g_strfreev (snapshot->paths);
  snapshot->paths = make_paths (self);
  snapshot->hostname = g_strdup (options->host != NULL ? options->host : g_get_host_name ());
  snapshot->username = g_strdup (sr_get_user_name ());
  snapshot->uid = getuid ();
  snapshot->gid = getgid ();
  if (options->exclude_texts != NULL)
    {
      g_strfreev (snapshot->excludes);
      snapshot->excludes = g_strdupv ((char **) options->exclude_texts);
    }
  if (options->tags != NULL)
    {
      g_strfreev (snapshot->tags);
      snapshot->tags = g_strdupv ((char **) options->tags);
    }
  snapshot->program_version = g_strdup ("strongroom " SR_VERSION);
  return snapshot;
}

/* The newest of the same host and the same paths. */
static SrSnapshot *
find_newest (GPtrArray        *snapshots,
             const SrSnapshot *like)
{
  for (guint i = snapshots->len; i-- > 0;)
    {
      const SrSnapshot *candidate = g_ptr_array_index (snapshots, i);

      if (g_strcmp0 (candidate->hostname, like->hostname) == 0 &&
          g_strv_equal ((const char *const *) candidate->paths, (const char *const *) like->paths))
        return sr_snapshot_copy (candidate);
    }
  return NULL;
}

static void
ignore_damaged (SrFileType    type,
                const SrId   *id,
                const GError *error,
                gpointer      user_data)
{
  g_debug ("A snapshot is not considered as parent: %s", error->message);
}

/* @parent: (out): NULL if there is none. */
static gboolean
find_parent (SrBackup         *self,
             const SrSnapshot *like,
             SrSnapshot      **parent,
             GError          **error)
{
  g_autoptr (GPtrArray) snapshots = NULL;

  *parent = NULL;
  if (self->options->force)
    return TRUE;
  if (self->options->parent != NULL)
    {
      *parent = sr_repo_load_snapshot (self->repo, self->options->parent, self->cancellable, error);
      return *parent != NULL;
    }
  snapshots = sr_repo_list_snapshots (self->repo, ignore_damaged, NULL, self->cancellable, error);
  if (snapshots == NULL)
    return FALSE;
  *parent = find_newest (snapshots, like);
  return TRUE;
}

static void
fill_summary (SrBackup *self)
{
  SrSnapshotSummary *summary = &self->summary;
  SrTreeBuilderStats folders;
  SrSaverStats       stats;

  sr_tree_builder_get_stats (self->builder, &folders);
  sr_saver_get_stats (self->saver, &stats);
  summary->backup_end = get_time (self->repo);
  summary->dirs_new = folders.dirs_new;
  summary->dirs_changed = folders.dirs_changed;
  summary->dirs_unmodified = folders.dirs_unmodified;
  summary->data_blobs = stats.data_blobs;
  summary->tree_blobs = stats.tree_blobs;
  summary->data_added = stats.data_added;
  summary->data_added_packed = stats.data_added_packed;
  self->result->packs = stats.packs;
}

/* -- the source -- */

/* The vault is not backed up into itself. */
static void
find_vault (SrRepo          *repo,
            SrWalkerOptions *options)
{
  const char *location = sr_storage_get_location (sr_repo_get_storage (repo));
  struct stat info;

  if (location != NULL && g_str_has_prefix (location, "local:"))
    location += strlen ("local:");
  if (location == NULL || stat (location, &info) != 0 || !S_ISDIR (info.st_mode))
    return;
  options->skip_dev = info.st_dev;
  options->skip_ino = info.st_ino;
}

/* Whether there is something that does not come from the walker. */
static gboolean
has_other_source (const SrBackupOptions *options)
{
  return options->command != NULL || (options->sqlite != NULL && options->sqlite[0] != NULL);
}

SrWalker *
sr_backup_new_walker (SrBackup *self,
                      gboolean  tell,
                      GError  **error)
{
  const SrBackupOptions *options = self->options;
  SrWalkerOptions        how = { 0 };
  SrWalker              *walker;

  how.excludes = options->excludes;
  how.ignore_file = options->ignore_file;
  how.one_file_system = options->one_file_system;
  how.rules = options->rules;
  how.n_rules = options->n_rules;
  find_vault (self->repo, &how);
  walker = sr_walker_new (&how);
  for (const char *const *path = options->paths; *path != NULL; path++)
    {
      GError *reason = NULL;

      if (sr_walker_add_target (walker, *path, &reason))
        continue;
      if (!options->skip_missing)
        {
          g_propagate_error (error, reason);
          sr_walker_free (walker);
          return NULL;
        }
      if (tell)
        sr_backup_tell_failed (self, *path, "missing", reason);
      else
        g_error_free (reason);
    }
  return walker;
}

/* With the first reason, which stands for all. */
static gboolean
nothing_was_read (SrBackup *self,
                  GError  **error)
{
  g_propagate_prefixed_error (error, g_steal_pointer (&self->first_failure),
                              "Nothing of what is to be backed up can be read: ");
  return FALSE;
}

static gboolean
open_walker (SrBackup *self,
             GError  **error)
{
  const SrBackupOptions *options = self->options;

  if (options->paths != NULL && options->paths[0] != NULL)
    {
      self->walker = sr_backup_new_walker (self, TRUE, error);
      if (self->walker == NULL)
        return FALSE;
      if (sr_walker_get_targets (self->walker)[0] != NULL)
        return TRUE;
      g_clear_pointer (&self->walker, sr_walker_free);
      return has_other_source (options) || nothing_was_read (self, error);
    }
  if (has_other_source (options))
    return TRUE;
  g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                       "There is nothing to back up: name a folder, a file, a database or a "
                       "command");
  return FALSE;
}

/* -- the end -- */

static gboolean
add_size (const SrId *id,
          guint64     size,
          gpointer    user_data,
          GError    **error)
{
  *(guint64 *) user_data += size;
  return TRUE;
}

/* Never mind if it cannot be: the backup is good without it. */
static void
keep_reserve (SrBackup *self)
{
  SrStorage *storage = sr_repo_get_storage (self->repo);
  guint64    index_size = 0;
  guint64    reserve;
  guint64    free_space;

  if (!sr_storage_list (storage, SR_FILE_INDEX, add_size, &index_size, self->cancellable, NULL) ||
      !sr_storage_get_free_space (storage, &free_space, NULL))
    return;
  reserve = MAX (MIN_RESERVE, index_size + index_size / 4);
  if (free_space / MIN_FREE_OF_RESERVES >= reserve)
    sr_storage_set_reserve (storage, reserve, NULL);
}

/* So that whoever finds it in the vault later knows. */
static void
mark_incomplete (SrSnapshot *snapshot)
{
  g_autoptr (GStrvBuilder) tags = g_strv_builder_new ();

  for (char **tag = snapshot->tags; *tag != NULL; tag++)
    g_strv_builder_add (tags, *tag);
  g_strv_builder_add (tags, SR_BACKUP_INCOMPLETE_TAG);
  g_strfreev (snapshot->tags);
  snapshot->tags = g_strv_builder_end (tags);
}

static gboolean
commit (SrBackup   *self,
        SrSnapshot *snapshot,
        SrLock     *lock,
        GError    **error)
{
  if (!sr_tree_builder_finish (self->builder, &snapshot->tree, error) ||
      !sr_saver_finish (self->saver, FALSE, error))
    return FALSE;
  fill_summary (self);
  snapshot->has_summary = TRUE;
  snapshot->summary = self->summary;
  if (self->options->mark_incomplete && self->result->failed > 0)
    mark_incomplete (snapshot);
  if (self->options->dry_run)
    return TRUE;
  if (!sr_saver_check_packs (self->saver, self->cancellable, error) ||
      !sr_lock_check (lock, self->cancellable, error) ||
      !sr_repo_save_snapshot (self->repo, snapshot, self->cancellable, error))
    return FALSE;
  keep_reserve (self);
  return TRUE;
}

/* The parent's totals are a good guess; else they are counted while the work goes on. */
static gboolean
estimate (SrBackup         *self,
          const SrSnapshot *parent)
{
  gboolean knows = parent != NULL && parent->has_summary;

  sr_progress_set_totals (self->progress, knows ? parent->summary.total_bytes_processed : 0,
                          knows ? parent->summary.total_files_processed : 0, TRUE);
  return knows;
}

/* A snapshot without anything in it looks like a backup and is none. */
static gboolean
check_found (SrBackup *self,
             GError  **error)
{
  const SrBackupOptions *options = self->options;

  if (self->walker == NULL || has_other_source (options))
    return TRUE;
  if (options->skip_missing && self->n_read == 0 && self->first_failure != NULL)
    return nothing_was_read (self, error);
  if (sr_walker_has_found (self->walker))
    return TRUE;
  g_set_error_literal (error, SR_ERROR, SR_ERROR_REFUSED,
                       "The patterns leave out all that is named to be backed up; nothing was "
                       "stored");
  return FALSE;
}

static gboolean
read_sources (SrBackup *self,
              GError  **error)
{
  SrBackupCount *count = NULL;
  gboolean       ok;

  if (!sr_backup_save_named (self, error))
    return FALSE;
  if (!self->has_estimate)
    count = sr_backup_count_start (self);
  ok = sr_backup_walk (self, error);
  sr_backup_count_free (count);
  if (!ok || !check_found (self, error))
    return FALSE;
  sr_progress_set_totals (self->progress, self->summary.total_bytes_processed,
                          self->summary.total_files_processed, FALSE);
  sr_progress_finish (self->progress);
  return TRUE;
}

static gboolean
save (SrBackup   *self,
      SrSnapshot *snapshot,
      SrLock     *lock,
      SrProgress *progress,
      GError    **error)
{
  g_autoptr (SrProgress) finishing = NULL;

  self->saver = sr_saver_new (self->repo, self->options->compression, self->options->dry_run,
                              self->cancellable, error);
  if (self->saver == NULL)
    return FALSE;
  self->builder = sr_tree_builder_new (self->saver);
  if (!read_sources (self, error))
    return FALSE;
  finishing = sr_progress_step (progress, WEIGHT_FINISH, WEIGHT_TOTAL, "Finishing");
  /* what was read stays in sight */
  sr_progress_set_totals (finishing, self->summary.total_bytes_processed,
                          self->summary.total_files_processed, FALSE);
  sr_progress_add (finishing, self->summary.total_bytes_processed,
                   self->summary.total_files_processed);
  if (!commit (self, snapshot, lock, error))
    return FALSE;
  sr_progress_finish (finishing);
  return TRUE;
}

/* Snapshots are listed before the index is loaded: what they name is in it then. */
static gboolean
prepare (SrBackup   *self,
         SrSnapshot *snapshot,
         SrProgress *progress,
         GError    **error)
{
  g_autoptr (SrSnapshot) parent = NULL;
  g_autoptr (SrProgress) loading = NULL;

  if (!find_parent (self, snapshot, &parent, error))
    return FALSE;
  loading = sr_progress_step (progress, WEIGHT_PREPARE, WEIGHT_TOTAL, "Loading the index");
  if (!sr_repo_load_index (self->repo, loading, NULL, NULL, self->cancellable, error))
    return FALSE;
  sr_progress_finish (loading);
  self->progress = sr_progress_step (progress, WEIGHT_READ, WEIGHT_TOTAL, "Reading files");
  self->has_estimate = estimate (self, parent);
  if (parent != NULL)
    {
      snapshot->has_parent = TRUE;
      snapshot->parent = parent->id;
    }
  self->parent = sr_backup_parent_new (self->repo, parent != NULL ? &parent->tree : NULL,
                                       self->cancellable);
  return TRUE;
}

static gboolean
run_locked (SrBackup   *self,
            SrLock     *lock,
            SrProgress *progress,
            GError    **error)
{
  g_autoptr (SrSnapshot) snapshot = make_snapshot (self);

  if (!prepare (self, snapshot, progress, error))
    return FALSE;
  if (!save (self, snapshot, lock, progress, error))
    {
      /* whole packs are indexed, so that the next try need not store them again */
      if (self->saver != NULL)
        sr_saver_finish (self->saver, TRUE, NULL);
      return FALSE;
    }
  self->result->snapshot = g_steal_pointer (&snapshot);
  return TRUE;
}

static void
clear (SrBackup *self)
{
  sr_tree_builder_free (self->builder);
  g_clear_pointer (&self->saver, sr_saver_free);
  sr_backup_parent_free (self->parent);
  sr_walker_free (self->walker);
  g_ptr_array_unref (self->at_root);
  g_ptr_array_unref (self->databases);
  g_clear_pointer (&self->described, g_ptr_array_unref);
  g_clear_object (&self->progress);
  g_clear_error (&self->first_failure);
  g_mutex_clear (&self->database_open);
}

gboolean
sr_backup_run (SrRepo                *repo,
               const SrBackupOptions *options,
               SrBackupResult        *result,
               SrProgress            *progress,
               GCancellable          *cancellable,
               GError               **error)
{
  SrBackup           self = { 0 };
  g_autoptr (SrLock) lock = NULL;
  gboolean           ok;

  *result = (SrBackupResult){ 0 };
  self.repo = repo;
  self.options = options;
  self.result = result;
  self.cancellable = cancellable;
  self.at_root = g_ptr_array_new_with_free_func (virtual_file_free);
  self.databases = g_ptr_array_new_with_free_func (virtual_file_free);
  g_mutex_init (&self.database_open);
  ok = sr_repo_check_writable (repo, error) && open_walker (&self, error);
  if (ok)
    {
      lock = sr_lock_acquire (repo, FALSE, 0, cancellable, error);
      ok = lock != NULL && run_locked (&self, lock, progress, error);
    }
  clear (&self);
  return ok;
}
