/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "job/sr-report.h"
#include "repo/sr-repo.h"

G_BEGIN_DECLS

typedef struct
{
  guint64 packs_read;       /* headers read because no index knew them or knew them wrongly */
  guint64 packs_gone;       /* in the index but not in the vault; dropped from it */
  guint64 packs_unreadable; /* header damaged; reported */
  guint64 index_files_damaged;
  guint64 index_files_written;
} SrRepairIndexResult;

/* Makes the index agree with the packs; @read_all reads every pack's header. Exclusive lock. */
gboolean sr_repair_index_run (SrRepo              *repo,
                              gboolean             read_all,
                              gboolean             dry_run,
                              SrReportFunc         report,
                              gpointer             user_data,
                              SrRepairIndexResult *result,
                              SrProgress          *progress,
                              GCancellable        *cancellable,
                              GError             **error);

typedef struct
{
  guint64 snapshots_sound;
  guint64 snapshots_repaired; /* written anew, tagged "repaired", with `original` */
  guint64 snapshots_lost;     /* not even the root is left */
  guint64 files_lost;         /* left out, or cut where a chunk is missing; each reported */
  guint64 dirs_lost;
} SrRepairSnapshotsResult;

/* Writes anew the snapshots that miss trees or chunks, without what is missing. The damaged ones
 * stay unless @forget. Exclusive lock. */
gboolean sr_repair_snapshots_run (SrRepo                  *repo,
                                  const char *const       *names,
                                  gboolean                 forget,
                                  gboolean                 dry_run,
                                  SrReportFunc             report,
                                  gpointer                 user_data,
                                  SrRepairSnapshotsResult *result,
                                  SrProgress              *progress,
                                  GCancellable            *cancellable,
                                  GError                 **error);

G_END_DECLS
