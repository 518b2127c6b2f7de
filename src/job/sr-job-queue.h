/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "job/sr-job.h"

G_BEGIN_DECLS

#define SR_TYPE_JOB_QUEUE (sr_job_queue_get_type ())
G_DECLARE_FINAL_TYPE (SrJobQueue, sr_job_queue, SR, JOB_QUEUE, GObject)

/**
 * sr_job_queue_new:
 * @history: (nullable): every job is recorded there, from its start
 *
 * A GListModel of #SrJob, oldest first. A job starts as soon as no other one of the same vault
 * runs and fewer than four run in all; each runs on a thread of its own. Ended jobs stay until
 * sr_job_queue_forget(). Properties: "n-active" (running or waiting).
 * Signal "job-ended" (SrJob).
 *
 * Threads: the main context in which it was made.
 */
SrJobQueue *sr_job_queue_new (SrHistory *history);
/* Takes a reference. */
void sr_job_queue_add (SrJobQueue *self,
                       SrJob      *job);
void sr_job_queue_forget (SrJobQueue *self,
                          SrJob      *job);
/* Jobs of the site that run or wait; (nullable) @site for all. */
guint sr_job_queue_count_active (SrJobQueue *self,
                                 const char *site);
void  sr_job_queue_cancel_all (SrJobQueue *self);

G_END_DECLS
