/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "job/sr-job.h"
#include "site/sr-retention.h"

G_BEGIN_DECLS

#define SR_TYPE_JOB_FORGET (sr_job_forget_get_type ())
G_DECLARE_FINAL_TYPE (SrJobForget, sr_job_forget, SR, JOB_FORGET, SrJob)

/**
 * sr_job_forget_new:
 * @snapshots: (array zero-terminated=1): ids
 *
 * Forgets these snapshots and gives the space of what only they needed back (prune).
 *
 * Returns: (transfer full)
 */
SrJob *sr_job_forget_new (const char        *vault,
                          const char *const *snapshots);
/* By rules, for each group of host and paths by itself. @policy is copied. Returns: (transfer full)
 */
SrJob *sr_job_forget_new_policy (const char              *vault,
                                 const SrRetentionPolicy *policy);

G_END_DECLS
