/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "job/sr-job-log.h"
#include "job/sr-job.h"

G_BEGIN_DECLS

/* What the files of the job itself share, and what the queue does to one. */

/* What was notified last, so that only what changed is notified again. */
typedef struct
{
  SrJobState      state;
  SrProgressState progress;
  guint           n_log;
  guint64         question; /* serial of it, 0 for none */
} SrJobShown;

/**
 * SrJobPrivate:
 *
 * Members grouped by who may touch them.
 */
typedef struct
{
  /* set when it is made or before it is started */
  char         *action;
  char         *title;
  char         *vault;
  char         *site;
  char         *site_name;
  SrSecret     *vault_password; /* (nullable) */
  gboolean      may_use_keyring;
  gboolean      may_unlock;
  GMainContext *context; /* until there is a source */
  GCancellable *cancellable;
  SrProgress   *progress;
  SrJobLog     *log;

  /* the worker's until it ended, then read by all */
  SrHistory  *history; /* (nullable) */
  SrRun      *run;
  SrVerdict  *verdict; /* (nullable) */
  JsonObject *counts;  /* (nullable) */
  GError     *error;   /* (nullable) */

  /* of sr_job_run_here(): the calling thread's */
  gboolean     is_here;
  SrJobAskFunc ask;
  gpointer     ask_data;

  /* under lock */
  GMutex         lock;
  GCond          answered;
  SrJobState     state;
  gboolean       started;
  GSource       *source;          /* (nullable): delivers in the context; keeps the job */
  gint64         due_us;          /* when it is to deliver; -1: not at all */
  gint64         delivered_us;    /* when it did so last */
  SrJobQuestion *question;        /* (nullable): asked now */
  guint64        question_serial; /* of it, counts from 1 */
  gboolean       has_answer;
  int            answer;
  SrSecret      *secret; /* (nullable) */

  /* the context's thread's */
  SrJobShown     shown;
  SrJobQuestion *shown_question; /* (nullable) */
  gboolean       shown_is_answered;
  gboolean       has_emitted_end;
} SrJobPrivate;

SrJobPrivate *sr_job_get_private (SrJob *self);

static inline gboolean
sr_job_state_is_end (SrJobState state)
{
  return state >= SR_JOB_DONE;
}

/* One spelling of a vault's location (nullable), without looking at the disk. Returns: (transfer
 * full) (nullable) */
char *sr_job_make_vault_name (const char *location);

/* Notifies what has changed, in the context's thread; emits "ended" once. */
void sr_job_show (SrJob *self);
/* sr_job_show() in the context's thread, soon or @at_once. The lock is held. */
void sr_job_schedule (SrJob   *self,
                      gboolean at_once);
/* The same soon, without the lock. */
void sr_job_schedule_soon (SrJob *self);

/* Returns: FALSE if it is not new any more */
gboolean sr_job_wait (SrJob *self);
/* Starts it on a thread of its own. A reference of @history (nullable) is taken. Returns: FALSE if
 * it was started before or has ended */
gboolean sr_job_start (SrJob     *self,
                       SrHistory *history);

G_END_DECLS
