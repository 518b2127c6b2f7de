/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "job/sr-report.h"
#include "repo/sr-repo.h"

G_BEGIN_DECLS

/**
 * SrRepairDepth:
 * @SR_REPAIR_ODD_PACKS: packs no index knows, or whose size is not what the index says
 * @SR_REPAIR_ALL_HEADERS: the header of every pack is compared with the index
 * @SR_REPAIR_ALL_DATA: every blob of every pack is opened and hashed as well
 *
 * How closely packs are looked at.
 */
typedef enum
{
  SR_REPAIR_ODD_PACKS,
  SR_REPAIR_ALL_HEADERS,
  SR_REPAIR_ALL_DATA,
} SrRepairDepth;

/**
 * SrRepairIndexResult:
 * @packs_read: headers read because no index knew the pack or knew it wrongly
 * @packs_gone: in the index but not in the vault; dropped from it
 * @packs_unreadable: header or blobs damaged; dropped from the index, reported
 * @blobs_salvaged: of unreadable packs that the index knew: blobs that are sound; in a new pack now
 */
typedef struct
{
  guint64 packs_read;
  guint64 packs_gone;
  guint64 packs_unreadable;
  guint64 blobs_salvaged;
  guint64 index_files_damaged;
  guint64 index_files_written;
} SrRepairIndexResult;

/* Makes the index agree with the packs, as far as @depth looks. What is sound in a damaged pack is
 * written to a new one; what is not is in no index afterwards, so that the next backup of the same
 * content stores it again. Damaged packs stay until prune removes them. Reports packs as "read",
 * "gone", "unreadable", and index files as "damaged", by their ids. Exclusive lock. */
gboolean sr_repair_index_run (SrRepo              *repo,
                              SrRepairDepth        depth,
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
  guint64 snapshots_lost;     /* not even the root is left, or the file itself is damaged */
  guint64 files_lost;         /* left out, or cut where a chunk is missing; each reported */
  guint64 dirs_lost;
} SrRepairSnapshotsResult;

/* Writes anew the snapshots that miss trees or chunks, without what is missing: what the index does
 * not know, and trees that cannot be read. Entries are reported as "cut" or "lost" by
 * "SNAPSHOT:/path". The damaged snapshots stay unless @forget. Exclusive lock. */
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
