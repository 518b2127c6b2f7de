/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include "base/sr-error.h"
#include "repo/sr-index-rewriter.h"
#include "repo/sr-prune-plan.h"
#include "repo/sr-repacker.h"

/* So often the lock is looked at while files are removed. */
#define REMOVALS_A_CHECK 64

/* What an entry takes in an index file, compressed and sealed, at most; and what is left free. */
#define INDEX_BYTES_A_BLOB 100
#define SPACE_MARGIN       (1024 * 1024)

typedef struct
{
  SrRepo       *repo;
  SrStorage    *storage;
  SrLock       *lock;
  SrIndex      *index;
  SrPrunePlan  *plan;
  SrProgress   *progress; /* of all that changes the vault */
  GCancellable *cancellable;
} Pruner;

/* A cancelled operation needs no words about what went wrong. */
static void
explain (GError    **error,
         const char *text)
{
  if (error != NULL && !sr_error_is (*error, SR_ERROR_CANCELLED))
    g_prefix_error (error, "%s ", text);
}

static gboolean
is_ignored (GArray     *ignored,
            const SrId *id)
{
  for (guint i = 0; ignored != NULL && i < ignored->len; i++)
    if (sr_id_equal (&g_array_index (ignored, SrId, i), id))
      return TRUE;
  return FALSE;
}

static GPtrArray *
list_snapshots (SrRepo       *repo,
                GArray       *ignored,
                GCancellable *cancellable,
                GError      **error)
{
  GPtrArray *snapshots = sr_repo_list_snapshots (repo, NULL, NULL, cancellable, error);

  if (snapshots == NULL)
    {
      explain (error, "Nothing was removed, since a snapshot cannot be read.");
      return NULL;
    }
  for (guint i = snapshots->len; i-- > 0;)
    if (is_ignored (ignored, &((const SrSnapshot *) g_ptr_array_index (snapshots, i))->id))
      g_ptr_array_remove_index (snapshots, i);
  return snapshots;
}

/* Reads only. Snapshots are listed before the index is loaded, so that each one's blobs are in
 * it. */
static SrPrunePlan *
make_plan (SrRepo                *repo,
           const SrPrunerOptions *options,
           GArray                *ignored,
           SrProgress            *progress,
           GCancellable          *cancellable,
           GError               **error)
{
  g_autoptr (GPtrArray)  snapshots = NULL;
  g_autoptr (SrProgress) loading = sr_progress_step (progress, 1, 4, "Loading the index");
  g_autoptr (SrProgress) walking = sr_progress_step (progress, 3, 4, "Looking for what is needed");
  guint8                *used = NULL;

  snapshots = list_snapshots (repo, ignored, cancellable, error);
  if (snapshots == NULL)
    return NULL;
  if (!sr_repo_load_index (repo, loading, NULL, NULL, cancellable, error))
    {
      explain (error, "Nothing was removed, since the index cannot be read.");
      return NULL;
    }
  sr_progress_finish (loading);
  if (!sr_used_blobs (repo, snapshots, &used, walking, cancellable, error))
    {
      explain (error, "Nothing was removed.");
      return NULL;
    }
  sr_progress_finish (walking);
  return sr_prune_plan_new (repo, used, options, cancellable, error);
}

/* A file that is gone already is as good as removed. */
static gboolean
remove_pack (Pruner     *self,
             const SrId *id,
             guint      *n_removed,
             GError    **error)
{
  g_autoptr (GError) local_error = NULL;

  if ((*n_removed)++ % REMOVALS_A_CHECK == 0 &&
      !sr_lock_check (self->lock, self->cancellable, error))
    return FALSE;
  if (sr_storage_remove (self->storage, SR_FILE_PACK, id, self->cancellable, &local_error) ||
      sr_error_is (local_error, SR_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
remove_unknown (Pruner     *self,
                SrProgress *progress,
                GError    **error)
{
  guint n_removed = 0;

  sr_progress_set_totals (progress, 0, self->plan->unknown->len, FALSE);
  for (guint i = 0; i < self->plan->unknown->len; i++)
    {
      if (!remove_pack (self, &g_array_index (self->plan->unknown, SrId, i), &n_removed, error))
        return FALSE;
      sr_progress_add (progress, 0, 1);
    }
  return sr_storage_clean (self->storage, self->cancellable, error);
}

static gboolean
drop_pack (const SrId *id,
           gpointer    user_data)
{
  Pruner *self = user_data;
  guint32 pack;

  return sr_index_find_pack (self->index, id, &pack) && self->plan->actions[pack] == SR_PRUNE_DONE;
}

/* Packs that were written, but that no index names, are of no use to anyone. */
static void
remove_new_packs (Pruner    *self,
                  GPtrArray *packs)
{
  for (guint i = 0; i < packs->len; i++)
    {
      const SrPackedPack *pack = g_ptr_array_index (packs, i);

      sr_storage_remove (self->storage, SR_FILE_PACK, &pack->id, NULL, NULL);
    }
}

static gboolean
copy_needed (Pruner     *self,
             GArray     *packs,
             GPtrArray **new_packs,
             SrProgress *progress,
             GError    **error)
{
  g_autoptr (SrPacker) packer = sr_packer_new (self->repo, FALSE, FALSE, self->cancellable);
  gboolean             ok;

  ok = sr_repack (self->repo, self->plan, packs, packer, progress, self->cancellable, error);
  if (ok)
    ok = sr_packer_finish (packer, FALSE, error);
  if (!ok)
    sr_packer_finish (packer, TRUE, NULL);
  *new_packs = sr_packer_take_packs (packer);
  if (ok)
    return TRUE;
  remove_new_packs (self, *new_packs);
  g_clear_pointer (new_packs, g_ptr_array_unref);
  return FALSE;
}

/* Copies what is needed of @repack into new packs, lets no index name the packs @repack and @remove
 * any more, and removes them. */
static gboolean
replace_packs (Pruner     *self,
               GArray     *repack,
               GArray     *remove,
               SrProgress *progress,
               GError    **error)
{
  g_autoptr (GPtrArray)  new_packs = NULL;
  g_autoptr (SrProgress) copying = sr_progress_step (progress, 8, 10, "Repacking");
  g_autoptr (SrProgress) indexing = sr_progress_step (progress, 1, 10, "Writing the index");
  g_autoptr (SrProgress) removing = sr_progress_step (progress, 1, 10, "Removing");
  GArray                *gone[2] = { repack, remove };
  gboolean               named;
  guint                  n_removed = 0;

  if (!copy_needed (self, repack, &new_packs, copying, error))
    return FALSE;
  sr_progress_finish (copying);
  for (guint k = 0; k < G_N_ELEMENTS (gone); k++)
    for (guint i = 0; i < gone[k]->len; i++)
      self->plan->actions[g_array_index (gone[k], guint32, i)] = SR_PRUNE_DONE;
  if (!sr_rewrite_index (self->repo, self->lock, drop_pack, self, new_packs, &named, indexing,
                         self->cancellable, error))
    {
      if (!named)
        remove_new_packs (self, new_packs);
      return FALSE;
    }
  sr_progress_finish (indexing);
  sr_progress_set_totals (removing, 0, repack->len + remove->len, FALSE);
  for (guint k = 0; k < G_N_ELEMENTS (gone); k++)
    for (guint i = 0; i < gone[k]->len; i++)
      {
        guint32 pack = g_array_index (gone[k], guint32, i);

        if (!remove_pack (self, sr_index_get_pack_id (self->index, pack), &n_removed, error))
          return FALSE;
        sr_progress_add (removing, 0, 1);
      }
  sr_progress_finish (removing);
  return TRUE;
}

static GArray *
collect_packs (Pruner       *self,
               SrPruneAction action)
{
  GArray *packs = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint32 pack = 0; pack < sr_index_get_n_packs (self->index); pack++)
    if (self->plan->actions[pack] == action)
      g_array_append_val (packs, pack);
  return packs;
}

/* How many bytes new packs may have. */
static guint64
get_room (Pruner *self)
{
  guint64 free_space;

  if (!sr_storage_get_free_space (self->storage, &free_space, NULL))
    return G_MAXUINT64;
  return free_space > SPACE_MARGIN ? free_space - SPACE_MARGIN : 0;
}

/* What new packs and an index for what is needed of @pack take, roughly. */
static guint64
get_need (Pruner *self,
          guint32 pack)
{
  gsize first, count;

  sr_index_get_pack_entries (self->index, pack, &first, &count);
  return sr_prune_plan_get_used_bytes (self->plan, self->index, pack) +
         (guint64) count * INDEX_BYTES_A_BLOB;
}

/* Takes packs from the end of @packs as long as there is room for what is needed of them.
 * Returns: (transfer full) */
static GArray *
take_batch (Pruner *self,
            GArray *packs)
{
  GArray *batch = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint64 room = get_room (self);
  guint64 need = 0;

  while (packs->len > 0)
    {
      guint32 pack = g_array_index (packs, guint32, packs->len - 1);

      need += get_need (self, pack);
      if (need > room)
        break;
      g_array_append_val (batch, pack);
      g_array_set_size (packs, packs->len - 1);
    }
  return batch;
}

/* Forgets to repack what there is no room for; the next prune will. */
static void
give_up_repacking (Pruner *self,
                   GArray *packs)
{
  SrPrunerStats *stats = &self->plan->stats;

  stats->packs_no_room = packs->len;
  for (guint i = 0; i < packs->len; i++)
    {
      guint32 pack = g_array_index (packs, guint32, i);
      guint64 used = sr_prune_plan_get_used_bytes (self->plan, self->index, pack);
      guint64 size = self->plan->sizes[pack];

      stats->packs_repacked--;
      stats->packs_kept++;
      stats->bytes_repacked -= used;
      stats->bytes_freed -= MIN (stats->bytes_freed, size - MIN (size, used));
      stats->bytes_unused_left += size - MIN (size, used);
    }
}

static gboolean
repack_in_rounds (Pruner     *self,
                  GArray     *packs,
                  SrProgress *progress,
                  GError    **error)
{
  guint total = packs->len;

  while (packs->len > 0)
    {
      g_autoptr (GArray)     batch = take_batch (self, packs);
      g_autoptr (GArray)     none = g_array_new (FALSE, FALSE, sizeof (guint32));
      g_autoptr (SrProgress) round = sr_progress_step (progress, batch->len, total, "Repacking");
      g_autoptr (GError)     local_error = NULL;

      if (batch->len > 0 && replace_packs (self, batch, none, round, &local_error))
        continue;
      if (local_error != NULL && !sr_error_is (local_error, SR_ERROR_NO_SPACE))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      g_array_append_vals (packs, batch->data, batch->len);
      break;
    }
  give_up_repacking (self, packs);
  return TRUE;
}

/* With room for all it goes in one pass. Else what is wholly unused goes first, then as much as
 * fits is repacked at a time. */
static gboolean
carry_out (Pruner  *self,
           GError **error)
{
  g_autoptr (GArray)     remove = collect_packs (self, SR_PRUNE_REMOVE);
  g_autoptr (GArray)     repack = collect_packs (self, SR_PRUNE_REPACK);
  g_autoptr (GArray)     none = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (SrProgress) unknown = sr_progress_step (self->progress, 1, 20, "Removing");
  g_autoptr (SrProgress) removing = NULL;
  g_autoptr (SrProgress) repacking = NULL;
  guint64                need = 0;

  if (!remove_unknown (self, unknown, error))
    return FALSE;
  sr_progress_finish (unknown);
  if (remove->len + repack->len == 0)
    return TRUE;
  for (guint i = 0; i < repack->len; i++)
    need += get_need (self, g_array_index (repack, guint32, i));
  if (need <= get_room (self))
    return replace_packs (self, repack, remove, self->progress, error);
  removing = sr_progress_step (self->progress, 4, 20, "Removing");
  repacking = sr_progress_step (self->progress, 15, 20, "Repacking");
  return (remove->len == 0 || replace_packs (self, none, remove, removing, error)) &&
         repack_in_rounds (self, repack, repacking, error);
}

gboolean
sr_pruner_run (SrRepo                *repo,
               SrLock                *lock,
               const SrPrunerOptions *options,
               GArray                *ignore_snapshots,
               SrPrunerStats         *stats,
               SrProgress            *progress,
               GCancellable          *cancellable,
               GError               **error)
{
  SrStorage              *storage = sr_repo_get_storage (repo);
  g_autoptr (SrPrunePlan) plan = NULL;
  g_autoptr (SrProgress)  planning = sr_progress_step (progress, 1, 2, "Planning");
  g_autoptr (SrProgress)  doing = sr_progress_step (progress, 1, 2, "Pruning");
  Pruner                  self = { repo, storage, lock, NULL, NULL, doing, cancellable };
  gboolean                ok = TRUE;

  if (!options->dry_run &&
      (!sr_repo_check_writable (repo, error) || !sr_storage_use_reserve (storage, error)))
    return FALSE;
  plan = make_plan (repo, options, ignore_snapshots, planning, cancellable, error);
  if (plan == NULL)
    return FALSE;
  sr_progress_finish (planning);
  self.plan = plan;
  self.index = sr_repo_get_index (repo);
  if (!options->dry_run)
    ok = carry_out (&self, error);
  if (!ok)
    explain (error, "The prune is not finished; the vault is sound, and the next one goes on.");
  *stats = plan->stats;
  if (ok)
    sr_progress_finish (doing);
  return ok;
}
