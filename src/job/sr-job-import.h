/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "job/sr-job.h"

G_BEGIN_DECLS

#define SR_TYPE_JOB_IMPORT (sr_job_import_get_type ())
G_DECLARE_FINAL_TYPE (SrJobImport, sr_job_import, SR, JOB_IMPORT, SrJob)

/* Stores a backup file in a vault, unpacked; see sr_import_run(). @accept: although its verdict is
 * broken. Returns: (transfer full) */
SrJob *sr_job_import_new (const char *path,
                          const char *vault,
                          gboolean    accept);

G_END_DECLS
