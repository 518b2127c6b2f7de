/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-lock.h"
#include "repo/sr-repo.h"

G_BEGIN_DECLS

/**
 * SrPrunerOptions:
 * @max_unused_percent: how much of the vault may stay unused rather than be repacked; restic's
 *   default is 5.0
 * @repack_small: merge packs that are far smaller than the target when there are ten or more
 */
typedef struct
{
  double   max_unused_percent;
  gboolean repack_small;
  gboolean dry_run;
} SrPrunerOptions;

/* Counts and bytes (as they lie in the packs). */
typedef struct
{
  guint64 blobs_used;
  guint64 blobs_unused;
  guint64 blobs_duplicate;
  guint64 bytes_used;
  guint64 bytes_unused;
  guint64 packs_total;
  guint64 packs_kept;
  guint64 packs_removed; /* wholly unused */
  guint64 packs_repacked;
  guint64 packs_unknown; /* in no index; removed */
  guint64 bytes_repacked;
  guint64 bytes_freed; /* of the disk, in the end */
  guint64 bytes_unused_left;
  guint64 packs_no_room; /* that were not repacked, since the disk is too full; among the kept */
} SrPrunerStats;

/**
 * sr_pruner_run:
 * @lock: an exclusive lock on @repo
 * @ignore_snapshots: (nullable) (element-type SrId): treated as if they were gone (for a dry run of
 *   forget + prune)
 *
 * Removes what no snapshot needs. Order: packs no index knows; repacked packs written; new index
 * written; old index files removed; packs removed (format notes 1.10). Each step leaves a sound
 * vault. Refuses (%SR_ERROR_DAMAGED) to start when a needed blob is not in the index, a needed pack
 * is missing or of the wrong size, or a snapshot or tree cannot be read. On a full disk wholly
 * unused packs go first, and the reserve is used; what cannot be repacked for want of room is left
 * for the next time. The index that is loaded in @repo is out of date afterwards.
 */
gboolean sr_pruner_run (SrRepo                *repo,
                        SrLock                *lock,
                        const SrPrunerOptions *options,
                        GArray                *ignore_snapshots,
                        SrPrunerStats         *stats,
                        SrProgress            *progress,
                        GCancellable          *cancellable,
                        GError               **error);

/**
 * sr_used_blobs:
 * @snapshots: (element-type SrSnapshot)
 * @used: (out) (transfer full): a bit for each entry number of the index (bit i % 8 of byte i / 8)
 *
 * Marks every place of every blob the snapshots need, walking each tree once. %SR_ERROR_DAMAGED
 * naming the first tree or blob that is missing.
 */
gboolean sr_used_blobs (SrRepo       *repo,
                        GPtrArray    *snapshots,
                        guint8      **used,
                        SrProgress   *progress,
                        GCancellable *cancellable,
                        GError      **error);

G_END_DECLS
