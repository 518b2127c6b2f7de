/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "job/sr-job.h"

G_BEGIN_DECLS

/* How many entries are kept; details stop earlier, so that what matters finds room after a million
 * files. */
#define SR_JOB_LOG_SIZE         20000
#define SR_JOB_LOG_DETAILS_SIZE 15000

/**
 * SrJobLog:
 *
 * What a job tells, in memory that is bounded. Keeps the first entries and counts the rest.
 *
 * Threads: any.
 */
typedef struct _SrJobLog SrJobLog;

SrJobLog *sr_job_log_new (void);
void      sr_job_log_free (SrJobLog *self);
/* Takes @text, of which invalid UTF-8 is replaced. */
void  sr_job_log_add (SrJobLog  *self,
                      gint64     time_ns,
                      SrLogLevel level,
                      char      *text);
guint sr_job_log_get_size (SrJobLog *self);
/* Copies, from entry @first on. Returns: (transfer full) (element-type SrLogEntry) */
GPtrArray *sr_job_log_get (SrJobLog *self,
                           guint     first);
/* A line an entry, in UTC. Returns: (transfer full) */
char *sr_job_log_to_text (SrJobLog *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrJobLog, sr_job_log_free)

G_END_DECLS
