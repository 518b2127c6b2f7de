/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "job/sr-report.h"
#include "repo/sr-restorer.h"
#include "source/sr-pattern.h"

G_BEGIN_DECLS

/**
 * SrRestoreOptions:
 * @snapshot: "latest" or a prefix of an id; ":/folder" behind it restores the content of that
 *   folder, as with restic
 * @includes, @excludes: (nullable): at most one of them; matched against the paths below ":/folder"
 * @report: besides what #SrRestoreReportFunc tells, "damaged" with the name of a file of the vault
 *   ("snapshot ID", "index ID") that could not be used
 */
typedef struct
{
  const char             *snapshot;
  const SrSnapshotFilter *filter;
  const char             *target;
  SrPatternList          *includes;
  SrPatternList          *excludes;
  SrOverwrite             overwrite;
  gboolean                delete_extra;
  gboolean                sparse;
  gboolean                verify;
  gboolean                sync; /* return only when all is on the disk */
  gboolean                dry_run;
  gboolean                no_lock;
  SrReportFunc            report;
  gpointer                user_data;
} SrRestoreOptions;

typedef struct
{
  SrSnapshot     *snapshot;
  SrRestorerStats stats;
} SrRestoreResult;

void sr_restore_result_clear (SrRestoreResult *self);
/* See sr_restorer_run() for the answer. */
gboolean sr_restore_run (SrRepo                 *repo,
                         const SrRestoreOptions *options,
                         SrRestoreResult        *result,
                         SrProgress             *progress,
                         GCancellable           *cancellable,
                         GError                **error);

G_END_DECLS
