/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "base/sr-error.h"
#include "job/sr-repair-trees.h"
#include "repo/sr-lock.h"

#define TAG "repaired"

/* A snapshot that is not sound. */
typedef struct
{
  const SrSnapshot *snapshot;
  gboolean          lost;
  SrId              tree; /* to be used instead, unless lost */
} Damaged;

typedef struct
{
  SrRepo                  *repo;
  SrLock                  *lock;
  gboolean                 forget;
  gboolean                 dry_run;
  SrReportFunc             report;
  gpointer                 user_data;
  SrRepairSnapshotsResult *result;
  GCancellable            *cancellable;

  GPtrArray *snapshots; /* all of the vault */
  GArray    *damaged;   /* of Damaged */
} Repair;

static gboolean
look_at_snapshot (Repair           *self,
                  SrTreeRepair     *trees,
                  const SrSnapshot *snapshot,
                  GError          **error)
{
  Damaged          damaged = { .snapshot = snapshot };
  char             hex[SR_ID_HEX_SIZE];
  g_autofree char *prefix = g_strdup_printf ("%.8s:", sr_id_to_hex (&snapshot->id, hex));
  SrTreeState      state;

  if (!sr_tree_repair_run (trees, &snapshot->tree, prefix, &state, &damaged.tree, error))
    return FALSE;
  if (state == SR_TREE_SOUND)
    {
      self->result->snapshots_sound++;
      return TRUE;
    }
  damaged.lost = state == SR_TREE_LOST;
  if (damaged.lost)
    self->result->snapshots_lost++;
  else
    self->result->snapshots_repaired++;
  g_array_append_val (self->damaged, damaged);
  return TRUE;
}

static gboolean
look_at_all (Repair     *self,
             GPtrArray  *selected,
             SrSaver    *saver,
             SrProgress *progress,
             GError    **error)
{
  g_autoptr (SrTreeRepair) trees = NULL;

  trees = sr_tree_repair_new (self->repo, saver, self->report, self->user_data, self->result,
                              self->cancellable);
  sr_progress_set_totals (progress, 0, selected->len, FALSE);
  for (guint i = 0; i < selected->len; i++)
    {
      if (!look_at_snapshot (self, trees, selected->pdata[i], error))
        return FALSE;
      sr_progress_add (progress, 0, 1);
    }
  return TRUE;
}

/* A run before this one, without @forget, may have written it. */
static gboolean
is_written (Repair        *self,
            const Damaged *damaged)
{
  for (guint i = 0; i < self->snapshots->len; i++)
    {
      const SrSnapshot *other = self->snapshots->pdata[i];

      if (other->has_original && sr_id_equal (&other->original, &damaged->snapshot->id) &&
          sr_id_equal (&other->tree, &damaged->tree))
        return TRUE;
    }
  return FALSE;
}

static void
add_tag (SrSnapshot *snapshot)
{
  g_autoptr (GStrvBuilder) tags = g_strv_builder_new ();

  if (g_strv_contains ((const char *const *) snapshot->tags, TAG))
    return;
  g_strv_builder_addv (tags, (const char **) snapshot->tags);
  g_strv_builder_add (tags, TAG);
  g_strfreev (snapshot->tags);
  snapshot->tags = g_strv_builder_end (tags);
}

static gboolean
write_repaired (Repair        *self,
                const Damaged *damaged,
                GError       **error)
{
  g_autoptr (SrSnapshot) snapshot = NULL;

  if (is_written (self, damaged))
    return TRUE;
  snapshot = sr_snapshot_copy (damaged->snapshot);
  snapshot->tree = damaged->tree;
  snapshot->original = damaged->snapshot->id;
  snapshot->has_original = TRUE;
  add_tag (snapshot);
  return sr_repo_save_snapshot (self->repo, snapshot, self->cancellable, error);
}

static gboolean
remove_damaged (Repair  *self,
                GError **error)
{
  if (!sr_lock_check (self->lock, self->cancellable, error))
    return FALSE;
  for (guint i = 0; i < self->damaged->len; i++)
    if (!sr_storage_remove (sr_repo_get_storage (self->repo), SR_FILE_SNAPSHOT,
                            &g_array_index (self->damaged, Damaged, i).snapshot->id,
                            self->cancellable, error))
      return FALSE;
  return TRUE;
}

/* The repaired ones are there before a damaged one goes. */
static gboolean
write_snapshots (Repair  *self,
                 GError **error)
{
  if (!sr_lock_check (self->lock, self->cancellable, error))
    return FALSE;
  for (guint i = 0; i < self->damaged->len; i++)
    {
      const Damaged *damaged = &g_array_index (self->damaged, Damaged, i);

      if (!damaged->lost && !write_repaired (self, damaged, error))
        return FALSE;
    }
  return !self->forget || remove_damaged (self, error);
}

static gboolean
repair_with (Repair     *self,
             GPtrArray  *selected,
             SrSaver    *saver,
             SrProgress *progress,
             GError    **error)
{
  if (!look_at_all (self, selected, saver, progress, error))
    return FALSE;
  if (self->damaged->len == 0 || self->dry_run)
    return TRUE;
  return sr_saver_finish (saver, FALSE, error) &&
         sr_saver_check_packs (saver, self->cancellable, error) && write_snapshots (self, error);
}

/* A snapshot's own file is damaged: there is nothing to repair it from. */
static void
note_unreadable (SrFileType    type,
                 const SrId   *id,
                 const GError *why,
                 gpointer      user_data)
{
  Repair *self = user_data;
  char    hex[SR_ID_HEX_SIZE];

  self->result->snapshots_lost++;
  if (self->report != NULL)
    self->report (sr_id_to_hex (id, hex), "lost", 0, why, self->user_data);
}

/* Snapshots are listed before the index is loaded. A damaged index would make sound snapshots look
 * damaged. */
static gboolean
repair_locked (Repair            *self,
               const char *const *names,
               SrProgress        *progress,
               GError           **error)
{
  g_autoptr (SrProgress) loading = sr_progress_step (progress, 1, 10, "Loading the index");
  g_autoptr (SrProgress) looking = sr_progress_step (progress, 9, 10, "Looking at snapshots");
  g_autoptr (GPtrArray)  selected = NULL;
  g_autoptr (SrSaver)    saver = NULL;

  self->snapshots = sr_repo_list_snapshots (self->repo, note_unreadable, self, self->cancellable,
                                            error);
  if (self->snapshots == NULL)
    return FALSE;
  selected = sr_repo_choose_snapshots (self->repo, self->snapshots, names, NULL, error);
  if (selected == NULL)
    return FALSE;
  if (!sr_repo_load_index (self->repo, loading, NULL, NULL, self->cancellable, error))
    {
      g_prefix_error (error, "Repair the index first. ");
      return FALSE;
    }
  sr_progress_finish (loading);
  if (!self->dry_run)
    {
      saver = sr_saver_new (self->repo, SR_COMPRESSION_AUTO, FALSE, self->cancellable, error);
      if (saver == NULL)
        return FALSE;
    }
  if (repair_with (self, selected, saver, looking, error))
    return TRUE;
  if (saver != NULL)
    (void) sr_saver_finish (saver, TRUE, NULL);
  return FALSE;
}

gboolean
sr_repair_snapshots_run (SrRepo                  *repo,
                         const char *const       *names,
                         gboolean                 forget,
                         gboolean                 dry_run,
                         SrReportFunc             report,
                         gpointer                 user_data,
                         SrRepairSnapshotsResult *result,
                         SrProgress              *progress,
                         GCancellable            *cancellable,
                         GError                 **error)
{
  g_autoptr (SrLock) lock = NULL;
  g_autoptr (GArray) damaged = g_array_new (FALSE, FALSE, sizeof (Damaged));
  Repair             self = {
                .repo = repo,
                .forget = forget,
                .dry_run = dry_run,
                .report = report,
                .user_data = user_data,
                .result = result,
                .cancellable = cancellable,
                .damaged = damaged,
  };
  gboolean ok;

  *result = (SrRepairSnapshotsResult){ 0 };
  if (!dry_run && !sr_repo_check_writable (repo, error))
    return FALSE;
  self.lock = lock = sr_lock_acquire (repo, TRUE, 0, cancellable, error);
  if (lock == NULL)
    return FALSE;
  ok = repair_locked (&self, names, progress, error);
  g_clear_pointer (&self.snapshots, g_ptr_array_unref);
  return ok;
}
