/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <stdlib.h>

#include "base/sr-error.h"
#include "repo/sr-prune-plan.h"

/* A pack is small below 80 % of the size that 3 % of the packs do not reach, or of 4 MiB; merging
 * is worth it for ten of them. */
#define SMALL_PERCENTILE 3
#define SMALL_MINIMUM    (4 * 1024 * 1024)
#define SMALL_PERCENT    80
#define SMALL_MANY       10

typedef struct
{
  guint64  used_bytes;
  guint64  unused_bytes;
  guint32  used_blobs;
  guint8   types;    /* bit 0: it has data, bit 1: trees */
  gboolean raw_tree; /* a tree that is not compressed */
} PackUse;

typedef struct
{
  SrIndex               *index;
  const SrPrunerOptions *options;
  guint                  version;
  SrPrunePlan           *plan;
  PackUse               *packs;
} Planner;

/* What the blob takes in a pack, with its part of the header. */
static guint64
entry_cost (const SrIndexEntry *entry)
{
  SrPackEntry place;

  sr_index_entry_to_pack_entry (entry, &place);
  return sr_pack_size (&place, 1) - sr_pack_size (NULL, 0);
}

static void
set_bit (guint8 *bits,
         gsize   number)
{
  bits[number / 8] |= (guint8) (1u << (number % 8));
}

static void
clear_bit (guint8 *bits,
           gsize   number)
{
  bits[number / 8] &= (guint8) ~(1u << (number % 8));
}

static gboolean
get_bit (const guint8 *bits,
         gsize         number)
{
  return (bits[number / 8] >> (number % 8) & 1) != 0;
}

static gboolean
note_pack (const SrId *id,
           guint64     size,
           gpointer    user_data,
           GError    **error)
{
  Planner *planner = user_data;
  guint32  pack;

  if (sr_index_find_pack (planner->index, id, &pack))
    {
      planner->plan->sizes[pack] = size;
      return TRUE;
    }
  g_array_append_val (planner->plan->unknown, *id);
  planner->plan->stats.packs_unknown++;
  planner->plan->stats.bytes_freed += size;
  return TRUE;
}

static gboolean
is_sound (Planner *planner,
          guint32  pack)
{
  return planner->plan->sizes[pack] == sr_index_get_pack_size (planner->index, pack);
}

static gboolean
has_other_places (Planner            *planner,
                  const SrIndexEntry *entry)
{
  SrBlobType          type = sr_index_entry_get_type (entry);
  const SrIndexEntry *first = sr_index_lookup_next (planner->index, type, &entry->id, NULL);

  return first != entry || sr_index_lookup_next (planner->index, type, &entry->id, first) != NULL;
}

static void
count_used (Planner            *planner,
            const SrIndexEntry *entry)
{
  PackUse *use = &planner->packs[sr_index_entry_get_pack (entry)];

  use->used_bytes += entry_cost (entry);
  use->used_blobs++;
}

/* Whether @place is to be kept rather than @other: in a sound pack first, then where more is needed
 * anyway. */
static gboolean
is_better (Planner            *planner,
           const SrIndexEntry *place,
           const SrIndexEntry *other)
{
  guint32  pack = sr_index_entry_get_pack (place);
  guint32  other_pack = sr_index_entry_get_pack (other);
  gboolean sound = is_sound (planner, pack);

  if (sound != is_sound (planner, other_pack))
    return sound;
  return planner->packs[pack].used_bytes > planner->packs[other_pack].used_bytes;
}

/* Keeps one place of a blob that has several. */
static void
choose_place (Planner            *planner,
              guint8             *several,
              const SrIndexEntry *entry)
{
  SrBlobType          type = sr_index_entry_get_type (entry);
  const SrIndexEntry *best = entry;
  const SrIndexEntry *place = NULL;

  while ((place = sr_index_lookup_next (planner->index, type, &entry->id, place)) != NULL)
    if (place != best && is_better (planner, place, best))
      best = place;
  while ((place = sr_index_lookup_next (planner->index, type, &entry->id, place)) != NULL)
    {
      gsize number = sr_index_get_entry_number (planner->index, place);

      clear_bit (several, number);
      if (place == best)
        continue;
      clear_bit (planner->plan->used, number);
      planner->plan->stats.blobs_duplicate++;
    }
  count_used (planner, best);
}

static void
choose_places (Planner *planner)
{
  gsize              n = sr_index_get_n_entries (planner->index);
  g_autofree guint8 *several = g_malloc0 (n / 8 + 1);

  for (gsize i = 0; i < n; i++)
    if (get_bit (planner->plan->used, i))
      {
        const SrIndexEntry *entry = sr_index_get_entry (planner->index, i);

        if (has_other_places (planner, entry))
          set_bit (several, i);
        else
          count_used (planner, entry);
      }
  for (gsize i = 0; i < n; i++)
    if (get_bit (several, i))
      choose_place (planner, several, sr_index_get_entry (planner->index, i));
}

static void
count_unused (Planner *planner)
{
  SrPrunerStats *stats = &planner->plan->stats;
  gsize          n = sr_index_get_n_entries (planner->index);

  for (gsize i = 0; i < n; i++)
    {
      const SrIndexEntry *entry = sr_index_get_entry (planner->index, i);
      PackUse            *use = &planner->packs[sr_index_entry_get_pack (entry)];
      gboolean            tree = sr_index_entry_get_type (entry) == SR_BLOB_TREE;

      use->types |= tree ? 2 : 1;
      use->raw_tree |= tree && entry->plain_length == 0;
      if (get_bit (planner->plan->used, i))
        {
          stats->blobs_used++;
          stats->bytes_used += entry_cost (entry);
        }
      else
        {
          use->unused_bytes += entry_cost (entry);
          stats->blobs_unused++;
          stats->bytes_unused += entry_cost (entry);
        }
    }
  stats->blobs_unused -= stats->blobs_duplicate;
}

static gboolean
check_needed (Planner *planner,
              GError **error)
{
  for (guint32 pack = 0; pack < sr_index_get_n_packs (planner->index); pack++)
    {
      guint64 size = planner->plan->sizes[pack];
      char    hex[SR_ID_HEX_SIZE];

      if (planner->packs[pack].used_blobs == 0 || is_sound (planner, pack))
        continue;
      sr_id_to_hex (sr_index_get_pack_id (planner->index, pack), hex);
      if (size == 0)
        g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                     "The pack %s, which snapshots need, is missing. Nothing was removed; “check” "
                     "tells which files are affected",
                     hex);
      else
        g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                     "The pack %s, which snapshots need, has %" G_GUINT64_FORMAT
                     " bytes instead of %" G_GUINT64_FORMAT ". Nothing was removed; “check” tells "
                     "which files are affected",
                     hex, size, sr_index_get_pack_size (planner->index, pack));
      return FALSE;
    }
  return TRUE;
}

static int
compare_sizes (gconstpointer a,
               gconstpointer b)
{
  guint64 x = *(const guint64 *) a;
  guint64 y = *(const guint64 *) b;

  return (x > y) - (x < y);
}

static guint64
small_threshold (Planner *planner)
{
  guint32             n = sr_index_get_n_packs (planner->index);
  g_autofree guint64 *sorted = g_memdup2 (planner->plan->sizes, (n + 1) * sizeof *sorted);
  guint64             percentile;

  qsort (sorted, n, sizeof *sorted, compare_sizes);
  percentile = n > 0 ? sorted[(guint64) n * SMALL_PERCENTILE / 100] : 0;
  return MAX (percentile, SMALL_MINIMUM) / 100 * SMALL_PERCENT;
}

/* Packs that are wholly needed, but small: merged when there are many of a type. */
static void
plan_small (Planner *planner)
{
  guint32 n = sr_index_get_n_packs (planner->index);
  guint64 threshold = small_threshold (planner);
  guint   count[4] = { 0 };

  for (guint round = 0; round < 2; round++)
    for (guint32 pack = 0; pack < n; pack++)
      {
        PackUse *use = &planner->packs[pack];

        if (planner->plan->actions[pack] != SR_PRUNE_KEEP || use->unused_bytes > 0 ||
            planner->plan->sizes[pack] >= threshold)
          continue;
        if (round == 0)
          count[use->types]++;
        else if (count[use->types] >= SMALL_MANY)
          planner->plan->actions[pack] = SR_PRUNE_REPACK;
      }
}

typedef struct
{
  guint32 pack;
  guint64 used;
  guint64 unused;
} Candidate;

/* What frees most for the bytes that must be copied comes first. */
static int
compare_gain (gconstpointer a,
              gconstpointer b)
{
  const Candidate *x = a;
  const Candidate *y = b;
  double           gain_x = (double) x->unused / (double) MAX (x->used, 1);
  double           gain_y = (double) y->unused / (double) MAX (y->used, 1);

  return (gain_x < gain_y) - (gain_x > gain_y);
}

static void
repack_until_tolerable (Planner *planner,
                        GArray  *candidates,
                        guint64  unused)
{
  double percent = CLAMP (planner->options->max_unused_percent, 0.0, 100.0);
  double used = (double) planner->plan->stats.bytes_used;
  double tolerable = percent >= 100.0 ? (double) G_MAXUINT64 : used * percent / (100.0 - percent);

  g_array_sort (candidates, compare_gain);
  for (guint i = 0; i < candidates->len && (double) unused > tolerable; i++)
    {
      const Candidate *candidate = &g_array_index (candidates, Candidate, i);

      planner->plan->actions[candidate->pack] = SR_PRUNE_REPACK;
      unused -= candidate->unused;
    }
}

static void
decide (Planner *planner)
{
  g_autoptr (GArray) candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));
  guint64            unused = 0;

  for (guint32 pack = 0; pack < sr_index_get_n_packs (planner->index); pack++)
    {
      const PackUse *use = &planner->packs[pack];
      Candidate      candidate = { pack, use->used_bytes, use->unused_bytes };
      gboolean       unfit = use->types == 3 || (use->raw_tree && planner->version >= 2);

      if (use->used_blobs == 0)
        {
          planner->plan->actions[pack] = SR_PRUNE_REMOVE;
        }
      else if (unfit || (use->unused_bytes > 0 && use->types == 2))
        {
          planner->plan->actions[pack] = SR_PRUNE_REPACK;
        }
      else if (use->unused_bytes > 0)
        {
          g_array_append_val (candidates, candidate);
          unused += use->unused_bytes;
        }
    }
  repack_until_tolerable (planner, candidates, unused);
  if (planner->options->repack_small)
    plan_small (planner);
}

static void
sum_up (Planner *planner)
{
  SrPrunerStats *stats = &planner->plan->stats;

  stats->packs_total = sr_index_get_n_packs (planner->index) + stats->packs_unknown;
  for (guint32 pack = 0; pack < sr_index_get_n_packs (planner->index); pack++)
    {
      const PackUse *use = &planner->packs[pack];

      if (planner->plan->actions[pack] == SR_PRUNE_REMOVE)
        {
          stats->packs_removed++;
          stats->bytes_freed += planner->plan->sizes[pack];
        }
      else if (planner->plan->actions[pack] == SR_PRUNE_REPACK)
        {
          stats->packs_repacked++;
          stats->bytes_repacked += use->used_bytes;
          stats->bytes_freed += use->unused_bytes;
        }
      else
        {
          stats->packs_kept++;
          stats->bytes_unused_left += use->unused_bytes;
        }
    }
}

SrPrunePlan *
sr_prune_plan_new (SrRepo                *repo,
                   guint8                *used,
                   const SrPrunerOptions *options,
                   GCancellable          *cancellable,
                   GError               **error)
{
  g_autoptr (SrPrunePlan) self = g_new0 (SrPrunePlan, 1);
  SrIndex                *index = sr_repo_get_index (repo);
  guint32                 n_packs = sr_index_get_n_packs (index);
  g_autofree PackUse     *packs = g_new0 (PackUse, n_packs + 1);
  guint                   version = sr_repo_get_config (repo)->version;
  Planner                 planner = { index, options, version, self, packs };

  self->used = used;
  self->actions = g_new0 (guint8, n_packs + 1);
  self->sizes = g_new0 (guint64, n_packs + 1);
  self->unknown = g_array_new (FALSE, FALSE, sizeof (SrId));
  if (!sr_storage_list (sr_repo_get_storage (repo), SR_FILE_PACK, note_pack, &planner, cancellable,
                        error))
    return NULL;
  choose_places (&planner);
  count_unused (&planner);
  if (!check_needed (&planner, error))
    return NULL;
  decide (&planner);
  sum_up (&planner);
  return g_steal_pointer (&self);
}

void
sr_prune_plan_free (SrPrunePlan *self)
{
  if (self == NULL)
    return;
  g_free (self->used);
  g_free (self->actions);
  g_free (self->sizes);
  g_clear_pointer (&self->unknown, g_array_unref);
  g_free (self);
}

guint64
sr_prune_plan_get_used_bytes (SrPrunePlan *self,
                              SrIndex     *index,
                              guint32      pack)
{
  guint64 bytes = 0;
  gsize   first, count;

  sr_index_get_pack_entries (index, pack, &first, &count);
  for (gsize i = first; i < first + count; i++)
    if (sr_prune_plan_keeps (self, i))
      bytes += entry_cost (sr_index_get_entry (index, i));
  return bytes;
}
