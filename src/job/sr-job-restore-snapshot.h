/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "job/sr-job.h"
#include "repo/sr-restorer.h"

G_BEGIN_DECLS

#define SR_TYPE_JOB_RESTORE_SNAPSHOT (sr_job_restore_snapshot_get_type ())
G_DECLARE_FINAL_TYPE (SrJobRestoreSnapshot,
                      sr_job_restore_snapshot,
                      SR,
                      JOB_RESTORE_SNAPSHOT,
                      SrJob)

/**
 * SrJobRestoreSnapshotOptions:
 * @includes: (array zero-terminated=1) (nullable): restic's patterns; only what fits comes
 * @delete_extra: remove what is below restored folders and not in the snapshot
 */
typedef struct
{
  const char *const *includes;
  SrOverwrite        overwrite;
  gboolean           delete_extra;
} SrJobRestoreSnapshotOptions;

/**
 * sr_job_restore_snapshot_new:
 * @snapshot: "latest" or a prefix of an id; ":/folder" behind it restores that folder's content
 * @folder: where to; made if missing
 * @options: (nullable): copied
 *
 * Brings a snapshot's files back below a folder; every file is read again, compared, and on the
 * disk when the job is done. %SR_ERROR_INCOMPLETE if something of it is damaged.
 *
 * Returns: (transfer full)
 */
SrJob *sr_job_restore_snapshot_new (const char                        *vault,
                                    const char                        *snapshot,
                                    const char                        *folder,
                                    const SrJobRestoreSnapshotOptions *options);

G_END_DECLS
