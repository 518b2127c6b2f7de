/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "job/sr-backup.h"
#include "repo/sr-repo.h"
#include "verdict/sr-verdict.h"

G_BEGIN_DECLS

/**
 * SrSnapshotJudgeOptions:
 * @read_data: read every byte, check databases and count their records against what the snapshot
 *   says; without it only what stands in the vault's index and folders, and a check tells that the
 *   data was not read
 * @just_stored: (nullable): what the backup that made it did; what it compared while storing
 *   counts then as looked at
 * @others: (nullable) (element-type SrSnapshot): of the vault; the newest ten before it of the same
 *   host and paths tell whether it is suddenly much smaller
 */
typedef struct
{
  gboolean              read_data;
  const SrBackupResult *just_stored;
  GPtrArray            *others;
} SrSnapshotJudgeOptions;

/**
 * sr_snapshot_judge:
 * @repo: with its index loaded after the snapshots were listed; the caller holds a lock
 * @collections: (out) (transfer full) (optional) (nullable) (element-type SrBackupCollection): what
 *   it says it holds, or what was counted
 *
 * A snapshot of a site, an imported backup file or anything else, judged.
 *
 * Returns: (transfer full): %NULL only if it was cancelled or the vault cannot be read any more
 */
SrVerdict *sr_snapshot_judge (SrRepo                       *repo,
                              const SrSnapshot             *snapshot,
                              const SrSnapshotJudgeOptions *options,
                              GPtrArray                   **collections,
                              SrProgress                   *progress,
                              GCancellable                 *cancellable,
                              GError                      **error);

G_END_DECLS
