/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "job/sr-repair.h"
#include "repo/sr-saver.h"

G_BEGIN_DECLS

/**
 * SrTreeRepair:
 *
 * Writes trees anew without what the vault no longer holds. Each tree is looked at once, however
 * many snapshots share it.
 *
 * Threads: one thread at a time.
 */
typedef struct _SrTreeRepair SrTreeRepair;

typedef enum
{
  SR_TREE_SOUND,
  SR_TREE_REPAIRED,
  SR_TREE_LOST,
} SrTreeState;

/* @saver: takes the new trees. @result: files and folders lost are counted in it. */
SrTreeRepair *sr_tree_repair_new (SrRepo                  *repo,
                                  SrSaver                 *saver,
                                  SrReportFunc             report,
                                  gpointer                 user_data,
                                  SrRepairSnapshotsResult *result,
                                  GCancellable            *cancellable);
void          sr_tree_repair_free (SrTreeRepair *self);

/**
 * sr_tree_repair_run:
 * @prefix: what is put before the paths in reports
 * @repaired: (out): the tree to be used instead, with %SR_TREE_REPAIRED
 *
 * Files that miss a chunk are cut together from what is left, or left out if nothing is; a folder
 * whose tree is lost stays as an empty one. Each is reported as "cut" or "lost".
 */
gboolean sr_tree_repair_run (SrTreeRepair *self,
                             const SrId   *tree,
                             const char   *prefix,
                             SrTreeState  *state,
                             SrId         *repaired,
                             GError      **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrTreeRepair, sr_tree_repair_free)

G_END_DECLS
