/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "job/sr-convert.h"
#include "job/sr-job-vault.h"

G_BEGIN_DECLS

#define SR_TYPE_JOB_EXPORT (sr_job_export_get_type ())
G_DECLARE_FINAL_TYPE (SrJobExport, sr_job_export, SR, JOB_EXPORT, SrJob)

/**
 * sr_job_export_new:
 * @input: a snapshot, or a backup file to be converted; copied
 * @output: file, or folder for the formats that are one
 * @options: (nullable): copied
 *
 * Writes a backup as a file of another format; see sr_convert_run().
 *
 * Returns: (transfer full)
 */
SrJob *sr_job_export_new (const SrJobInput       *input,
                          SrConvertFormat         format,
                          const char             *output,
                          const SrConvertOptions *options);

G_END_DECLS
