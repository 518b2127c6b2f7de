/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-error.h"
#include "job/sr-job.h"

#include <string.h>

G_BEGIN_DECLS

/**
 * SrTestJobStep:
 *
 * What a test job does next. Without orders it waits for one, or for being cancelled.
 */
typedef enum
{
  SR_TEST_JOB_NOTHING, /* as a mark only: that the one before is over */
  SR_TEST_JOB_WORK,    /* n_steps steps of ten bytes, each with an entry in the log */
  SR_TEST_JOB_ASK,
  SR_TEST_JOB_ASK_SECRET,
  SR_TEST_JOB_END,
  SR_TEST_JOB_FAIL, /* with @code */
} SrTestJobStep;

#define SR_TYPE_TEST_JOB (sr_test_job_get_type ())
G_DECLARE_FINAL_TYPE (SrTestJob, sr_test_job, SR, TEST_JOB, SrJob)

/* Members are set before it starts or read when it has ended; @n_ended counts the signal. */
struct _SrTestJob
{
  SrJob parent_instance;

  SrErrorCode  code;
  guint        n_steps;
  gboolean     gives_verdict;
  int          answer;
  SrSecret    *secret;
  GThread     *worker; /* compared, never followed */
  guint        n_ended;
  GAsyncQueue *orders;
  GMutex       lock;
  GCond        changed;
  gboolean     has_begun; /* under lock */
};

/* A job without an engine, that does as it is told. @vault, @site: (nullable) */
SrTestJob *sr_test_job_new (const char *vault,
                            const char *site);
void       sr_test_job_let (SrTestJob    *self,
                            SrTestJobStep step);
/* Waits until its worker runs, without the main context. */
void sr_test_job_wait_begun (SrTestJob *self);

/* The following iterate the default main context until it is so, and fail after two minutes. */
void                 sr_test_job_wait_end (SrJob *job);
const SrJobQuestion *sr_test_job_wait_question (SrJob *job);
void                 sr_test_job_wait_gone (GWeakRef *weak);
/* @ready: whether it is so */
void sr_test_job_wait_for (gboolean (*ready) (gpointer data),
                           gpointer data);

G_END_DECLS
