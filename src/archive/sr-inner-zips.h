/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-backup-file-private.h"

G_BEGIN_DECLS

/**
 * SrInnerZip:
 * @name: entry it lies in
 * @zip: (nullable): %NULL if it cannot be opened
 * @reason: (nullable): why not
 *
 * A ZIP inside another container.
 */
typedef struct
{
  char        *name;
  SrZipReader *zip;
  char        *reason;
} SrInnerZip;

/**
 * sr_backup_file_show_inner_zips:
 * @names: (array zero-terminated=1): entries that may be ZIPs
 *
 * Opens them, spooled, and makes callers see each as a folder of its name.
 *
 * Returns: (transfer full) (nullable) (element-type SrInnerZip): %NULL with @error set to stop
 */
GPtrArray *sr_backup_file_show_inner_zips (SrBackupFile      *self,
                                           const char *const *names,
                                           GCancellable      *cancellable,
                                           GError           **error);
/* Checks them all. */
gboolean sr_judge_inner_zips (SrJudge   *judge,
                              GPtrArray *zips,
                              GError   **error);
/* Returns: (nullable) (transfer none) */
const SrInnerZip *sr_inner_zips_find (GPtrArray  *zips,
                                      const char *name);

G_END_DECLS
