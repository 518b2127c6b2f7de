/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/model/sr-restore-choice.h"
#include "job/sr-job.h"

G_BEGIN_DECLS

#define SR_TYPE_RESTORE_JOB (sr_restore_job_get_type ())
/**
 * SrRestoreJob:
 *
 * The restore that a wizard decided on: into a target, or as a new file in another format. What was
 * there before can be put back as long as the job lives.
 */
G_DECLARE_FINAL_TYPE (SrRestoreJob, sr_restore_job, SR, RESTORE_JOB, SrJob)

SrRestoreJob *sr_restore_job_new (SrRestoreChoice *choice,
                                  const char      *title);
/* (transfer none) */
SrRestoreChoice *sr_restore_job_get_choice (SrRestoreJob *self);

/* Once it ended. (element-type SrTargetCount) (nullable): as counted in the target */
GPtrArray *sr_restore_job_get_counts (SrRestoreJob *self);
/* (nullable): where what was there lies */
const char *sr_restore_job_get_safety (SrRestoreJob *self);
/* (element-type utf8): what another format could not hold; empty for a target */
GPtrArray *sr_restore_job_get_warnings (SrRestoreJob *self);
/* Whether sr_restore_job_undo() can put back what was there. */
gboolean sr_restore_job_can_undo (SrRestoreJob *self);

/* Puts back what was there. Blocks: a worker's. */
gboolean sr_restore_job_undo (SrRestoreJob *self,
                              GError      **error);
/* Lets go of what was kept for that. Blocks: a worker's. */
gboolean sr_restore_job_discard (SrRestoreJob *self,
                                 GError      **error);

G_END_DECLS
