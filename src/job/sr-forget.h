/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "job/sr-report.h"
#include "repo/sr-pruner.h"
#include "site/sr-retention.h"

G_BEGIN_DECLS

/**
 * SrForgetOptions:
 * @snapshots: (array zero-terminated=1) (nullable): ids to forget, instead of a policy
 * @policy: (nullable)
 * @group_by_host, @group_by_paths, @group_by_tags: the policy is applied to each group by itself;
 *   restic's default is host and paths
 * @prune: (nullable): prune afterwards, if something was forgotten
 * @report: (nullable): "forgotten" with the id of each snapshot that was removed, as soon as it was
 */
typedef struct
{
  const char *const       *snapshots;
  const SrRetentionPolicy *policy;
  const SrSnapshotFilter  *filter;
  gboolean                 group_by_host;
  gboolean                 group_by_paths;
  gboolean                 group_by_tags;
  gboolean                 dry_run;
  const SrPrunerOptions   *prune;
  SrReportFunc             report;
  gpointer                 user_data;
} SrForgetOptions;

/**
 * SrForgetDecision:
 * @group: number of its group, from 0
 * @reasons: (array zero-terminated=1): why it is kept; empty when it is not
 */
typedef struct
{
  SrSnapshot *snapshot;
  guint       group;
  gboolean    keep;
  char      **reasons;
} SrForgetDecision;

void sr_forget_decision_free (SrForgetDecision *self);

/**
 * sr_forget_run:
 * @decisions: (out) (transfer full) (element-type SrForgetDecision): every snapshot looked at, by
 *   group, newest first
 * @prune_stats: (nullable) (out)
 *
 * %SR_ERROR_REFUSED for a policy that would keep nothing of a group, with how to forget by id
 * instead.
 */
gboolean sr_forget_run (SrRepo                *repo,
                        const SrForgetOptions *options,
                        GPtrArray            **decisions,
                        SrPrunerStats         *prune_stats,
                        SrProgress            *progress,
                        GCancellable          *cancellable,
                        GError               **error);
/* Exclusive lock, then sr_pruner_run(). */
gboolean sr_prune_run (SrRepo                *repo,
                       const SrPrunerOptions *options,
                       SrPrunerStats         *stats,
                       SrProgress            *progress,
                       GCancellable          *cancellable,
                       GError               **error);

G_END_DECLS
