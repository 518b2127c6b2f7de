/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "job/sr-job-vault.h"
#include "job/sr-restore-file.h"

G_BEGIN_DECLS

#define SR_TYPE_JOB_RESTORE_FILE (sr_job_restore_file_get_type ())
G_DECLARE_FINAL_TYPE (SrJobRestoreFile, sr_job_restore_file, SR, JOB_RESTORE_FILE, SrJob)

/**
 * SrJobRestoreFileOptions:
 * @target_password: (nullable): of a database server; without it the keyring is asked, then a
 *   person ("database-password")
 * @collections, @terms, @files, @replace, @accept, @dry_run: as in #SrRestoreFileOptions
 * @safety_file, @safety_vault: (nullable): where what exists is saved first: a file or the location
 *   of a vault
 */
typedef struct
{
  SrSecret          *target_password;
  const char *const *collections;
  const char *const *terms;
  const char *const *files;
  gboolean           replace;
  gboolean           accept;
  gboolean           dry_run;
  const char        *safety_file;
  const char        *safety_vault;
} SrJobRestoreFileOptions;

/**
 * sr_job_restore_file_new:
 * @input: copied
 * @target: as for sr_target_open()
 * @options: (nullable): copied
 *
 * Restores a backup in the order of sr_restore_file_run(). If something would be replaced, the
 * question "replace" is asked when all checks were made: sr_job_restore_file_get_preflight() has
 * them then. What was replaced can be put back as long as the job lives; when it goes, what was
 * kept for that is removed on a thread of its own.
 *
 * Returns: (transfer full)
 */
SrJob *sr_job_restore_file_new (const SrJobInput              *input,
                                const char                    *target,
                                const SrJobRestoreFileOptions *options);

/* (nullable) (transfer none): the checks, from the question on or once it ended. */
const SrPreflight *sr_job_restore_file_get_preflight (SrJobRestoreFile *self);
/* Once it ended; members may be NULL. */
const SrRestoreFileResult *sr_job_restore_file_get_result (SrJobRestoreFile *self);
/* Whether there is something to be undone, and nobody has undone or kept it. */
gboolean sr_job_restore_file_can_undo (SrJobRestoreFile *self);
/* A job that puts back what was there before; %NULL if it cannot be. It may be asked for once.
 * Returns: (transfer full) (nullable) */
SrJob *sr_job_restore_file_undo (SrJobRestoreFile *self);

G_END_DECLS
