/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "job/sr-job.h"

G_BEGIN_DECLS

#define SR_TYPE_JOB_REBUILD_HISTORY (sr_job_rebuild_history_get_type ())
G_DECLARE_FINAL_TYPE (
    SrJobRebuildHistory,
    sr_job_rebuild_history,
    SR,
    JOB_REBUILD_HISTORY,
    SrJob)

/**
 * sr_job_rebuild_history_new:
 * @history: to which runs are added; a damaged one was set aside before
 * @site, @site_name: (nullable): whose runs they are where a snapshot does not tell
 *
 * Adds a run for each snapshot of the vault that the history has none of; see
 * sr_rebuild_history_run(). What cannot be read ends it as incomplete.
 *
 * Returns: (transfer full)
 */
SrJob *sr_job_rebuild_history_new (SrHistory  *history,
                                   const char *vault,
                                   const char *site,
                                   const char *site_name);

G_END_DECLS
