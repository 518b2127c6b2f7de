/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "job/sr-job-vault.h"

G_BEGIN_DECLS

#define SR_TYPE_JOB_VERIFY (sr_job_verify_get_type ())
G_DECLARE_FINAL_TYPE (SrJobVerify, sr_job_verify, SR, JOB_VERIFY, SrJob)

/**
 * sr_job_verify_new:
 * @input: a backup file or a snapshot; copied
 * @sha256: (nullable): digest that the file should have
 *
 * Reads every byte of a backup and judges it. The job is done whatever the verdict is: see
 * sr_job_get_verdict().
 *
 * Returns: (transfer full)
 */
SrJob *sr_job_verify_new (const SrJobInput *input,
                          const char       *sha256);
/* A whole vault: its structure, and with @read_data every byte. Returns: (transfer full) */
SrJob *sr_job_verify_new_vault (const char *vault,
                                gboolean    read_data);

G_END_DECLS
