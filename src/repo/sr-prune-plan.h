/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-pruner.h"

G_BEGIN_DECLS

/**
 * SrPruneAction:
 * @SR_PRUNE_KEEP: the pack stays
 * @SR_PRUNE_REMOVE: nothing in it is needed
 * @SR_PRUNE_REPACK: what is needed of it goes into other packs
 * @SR_PRUNE_DONE: it is gone, or on its way: no index shall name it any more
 */
typedef enum
{
  SR_PRUNE_KEEP,
  SR_PRUNE_REMOVE,
  SR_PRUNE_REPACK,
  SR_PRUNE_DONE,
} SrPruneAction;

/**
 * SrPrunePlan:
 * @used: a bit for each entry number of the index: this place of a blob is kept. Of a blob in
 *   several packs only one is.
 * @actions: an #SrPruneAction for each pack number of the index
 * @sizes: of the pack files, in bytes, by pack number; 0 if there is no file
 * @unknown: (element-type SrId): packs no index names
 *
 * What is to be done with every pack.
 */
typedef struct
{
  guint8       *used;
  guint8       *actions;
  guint64      *sizes;
  GArray       *unknown;
  SrPrunerStats stats;
} SrPrunePlan;

/**
 * sr_prune_plan_new:
 * @used: (transfer full): of sr_used_blobs()
 *
 * Looks which packs are there and decides. %SR_ERROR_DAMAGED if one that is needed is not, or has
 * the wrong size.
 */
SrPrunePlan *sr_prune_plan_new (SrRepo                *repo,
                                guint8                *used,
                                const SrPrunerOptions *options,
                                GCancellable          *cancellable,
                                GError               **error);
void         sr_prune_plan_free (SrPrunePlan *self);

/* Bytes of what is needed in a pack, as they will lie in another. */
guint64 sr_prune_plan_get_used_bytes (SrPrunePlan *self,
                                      SrIndex     *index,
                                      guint32      pack);

static inline gboolean
sr_prune_plan_keeps (const SrPrunePlan *self,
                     gsize              entry_number)
{
  return (self->used[entry_number / 8] >> (entry_number % 8) & 1) != 0;
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrPrunePlan, sr_prune_plan_free)

G_END_DECLS
