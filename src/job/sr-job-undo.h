/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "job/sr-job.h"
#include "target/sr-target.h"

G_BEGIN_DECLS

#define SR_TYPE_JOB_UNDO (sr_job_undo_get_type ())
G_DECLARE_FINAL_TYPE (SrJobUndo, sr_job_undo, SR, JOB_UNDO, SrJob)

/* Puts back what a restore replaced. @target: (transfer full): after its swap; @location: for the
 * history. A job that is dropped before it ran removes what was kept. Returns: (transfer full) */
SrJob *sr_job_undo_new (SrTarget   *target,
                        const char *location);
/* Nobody will undo it: what was kept for that is removed, on a thread of its own. @target:
 * (transfer full) */
void sr_job_undo_forget (SrTarget *target);

G_END_DECLS
