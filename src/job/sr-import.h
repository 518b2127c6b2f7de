/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-backup-file.h"
#include "job/sr-backup.h"

G_BEGIN_DECLS

/**
 * SrImportOptions:
 * @path: (nullable): the file it came from, whose name and digest are recorded
 * @tags, @host, @time: as for a backup; @time: (nullable): when the backup was made; %NULL for now
 * @accept: store it although its verdict is broken: all that can be read
 */
typedef struct
{
  const char        *path;
  const char *const *tags;
  const char        *host;
  const SrTime      *time;
  gboolean           accept;
  gboolean           dry_run;
  SrCompression      compression;
  SrReportFunc       report;
  gpointer           user_data;
} SrImportOptions;

/**
 * sr_import_run:
 *
 * Stores a backup file in a vault, unpacked and decrypted, entry by entry, so that tomorrow's file
 * costs what changed: `strongroom.json` (kind, digest of the original, counts, verdict),
 * `database/…` (what holds records, cut finer) and `files/…`. The snapshot's layout is described in
 * docs/vault-format.md. The file is judged first, and what was judged is what is stored: an entry
 * whose content fails on the way means no snapshot, unless what is broken is accepted. Then what
 * can be read of it is stored as NAME.incomplete, @report is told, `strongroom.json` names it, and
 * the snapshot opens as a broken backup.
 *
 * @verdict: (out) (transfer full) (nullable)
 */
gboolean sr_import_run (SrRepo                *repo,
                        SrBackupFile          *file,
                        const SrImportOptions *options,
                        SrBackupResult        *result,
                        SrVerdict            **verdict,
                        SrProgress            *progress,
                        GCancellable          *cancellable,
                        GError               **error);

G_END_DECLS
