/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-backup-file.h"
#include "repo/sr-repo.h"
#include "target/sr-target.h"

G_BEGIN_DECLS

/**
 * SrRestoreFileOptions:
 * @collections: (array zero-terminated=1) (nullable): only those
 * @terms: (array zero-terminated=1) (nullable): only records that fit, see sr_search_new()
 * @files: (array zero-terminated=1) (nullable): only these entries, for folders and SQLite files
 * @replace: what exists may be replaced
 * @safety_file: (nullable): where what exists is saved first
 * @safety_vault: (nullable): or here, as a snapshot tagged "safety"
 * @accept: restore although the verdict is broken
 * @dry_run: stop after the preflight
 * @judged: (nullable): the verdict, if the file was judged a moment ago; of use for a dry run
 * @confirm: (nullable): shown the preflight before anything is changed; FALSE with @error stops
 */
typedef struct
{
  const char *const *collections;
  const char *const *terms;
  const char *const *files;
  gboolean           replace;
  const char        *safety_file;
  SrRepo            *safety_vault;
  gboolean           accept;
  gboolean           dry_run;
  SrVerdict         *judged;
  gboolean (*confirm) (const SrPreflight *preflight,
                       SrVerdict         *verdict,
                       gpointer           user_data,
                       GError           **error);
  gpointer user_data;
} SrRestoreFileOptions;

/* @counts: (nullable) (element-type SrTargetCount); @safety: (nullable): where what was there lies;
 * @swapped: the restore took place; sr_target_undo() takes it back as long as the target lives */
typedef struct
{
  SrVerdict   *verdict;
  SrPreflight *preflight;
  GPtrArray   *counts;
  char        *safety;
  SrId         safety_snapshot;
  guint64      safety_size;
  gboolean     swapped;
} SrRestoreFileResult;

void sr_restore_file_result_clear (SrRestoreFileResult *self);

/**
 * sr_restore_file_run:
 *
 * Restores a backup file: inspect, preflight, confirm, safety backup, stage beside, verify by
 * counting, swap in one step. If something exists that would be replaced, there must be a place for
 * the safety backup: %SR_ERROR_REFUSED. A failure before the swap leaves the target as it was.
 */
gboolean sr_restore_file_run (SrBackupFile               *file,
                              SrTarget                   *target,
                              const SrRestoreFileOptions *options,
                              SrRestoreFileResult        *result,
                              SrProgress                 *progress,
                              GCancellable               *cancellable,
                              GError                    **error);

G_END_DECLS
