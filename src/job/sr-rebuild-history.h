/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "job/sr-report.h"
#include "repo/sr-repo.h"
#include "state/sr-history.h"

G_BEGIN_DECLS

/**
 * SrRebuildOptions:
 * @vault: location of the vault, as it is recorded
 * @site, @site_name: (nullable): whose runs they are where the snapshot does not tell
 * @report: (nullable): told of each snapshot by its id: "added", "present", or "failed" with the
 *   error where its description cannot be read; it is added all the same, with what is known
 */
typedef struct
{
  const char  *vault;
  const char  *site;
  const char  *site_name;
  SrReportFunc report;
  gpointer     user_data;
} SrRebuildOptions;

/* @damaged: snapshots that cannot be read at all, or whose description cannot */
typedef struct
{
  guint snapshots;
  guint added;
  guint damaged;
} SrRebuildResult;

/**
 * sr_rebuild_history_run:
 *
 * Adds a run for each snapshot of the vault that the history has none of: when, how much, and, from
 * the snapshot's `strongroom.json`, counts, verdict, kind and site. A file that was imported is an
 * "import", the safety backup before a restore a "safety", everything else a "backup". Runs that
 * left no snapshot (checks, restores, failures) cannot be brought back. Done twice it adds nothing.
 * Takes a shared lock on the vault.
 */
gboolean sr_rebuild_history_run (SrHistory              *history,
                                 SrRepo                 *repo,
                                 const SrRebuildOptions *options,
                                 SrRebuildResult        *result,
                                 SrProgress             *progress,
                                 GCancellable           *cancellable,
                                 GError                **error);

G_END_DECLS
