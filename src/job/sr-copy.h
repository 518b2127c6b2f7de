/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "job/sr-report.h"
#include "repo/sr-repo.h"

G_BEGIN_DECLS

/**
 * SrCopyResult:
 *
 * What was done; blobs and bytes are those the destination did not have.
 */
typedef struct
{
  guint64 snapshots_copied;
  guint64 snapshots_present;
  guint64 blobs;
  guint64 bytes;
} SrCopyResult;

/**
 * sr_copy_run:
 * @names: (array zero-terminated=1) (nullable): "latest" or prefixes of ids; %NULL for all that
 *   match @filter
 *
 * Copies snapshots from vault to vault. Each blob is opened and checked, then sealed anew with the
 * other vault's key. A copy carries `original`, so that a second run leaves it out.
 */
gboolean sr_copy_run (SrRepo                 *from,
                      SrRepo                 *to,
                      const char *const      *names,
                      const SrSnapshotFilter *filter,
                      SrReportFunc            report,
                      gpointer                user_data,
                      SrCopyResult           *result,
                      SrProgress             *progress,
                      GCancellable           *cancellable,
                      GError                **error);

G_END_DECLS
