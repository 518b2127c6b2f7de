/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-progress.h"
#include "base/sr-secret.h"
#include "state/sr-history.h"

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * SrJobState:
 *
 * A job is new, then waits in a queue, runs, may ask (it goes on running state-wise: see the
 * property "question"), and ends in one of the last four.
 */
typedef enum
{
  SR_JOB_NEW,
  SR_JOB_WAITING,
  SR_JOB_RUNNING,
  SR_JOB_DONE,
  SR_JOB_INCOMPLETE,
  SR_JOB_FAILED,
  SR_JOB_CANCELLED,
} SrJobState;

#define SR_TYPE_JOB_STATE (sr_job_state_get_type ())
GType sr_job_state_get_type (void);

/* @SR_LOG_DETAIL: for the details page only */
typedef enum
{
  SR_LOG_DETAIL,
  SR_LOG_NOTE,
  SR_LOG_WARNING,
  SR_LOG_ERROR,
} SrLogLevel;

typedef struct
{
  gint64     time_ns;
  SrLogLevel level;
  char      *text;
} SrLogEntry;

void sr_log_entry_free (SrLogEntry *self);
/* "detail", "note", "warning", "error" */
const char *sr_log_level_name (SrLogLevel level);

/**
 * SrJobQuestion:
 * @id: stable name: "vault-password", "store-password", "file-key", "replace"
 * @title, @text: for a person
 * @answers: (array zero-terminated=1): labels of buttons; for a secret: none
 * @safe: index of the answer that loses nothing; taken where nobody can be asked
 * @destructive: index of the answer that loses something, -1 if none
 * @is_secret: a password or key is asked for
 * @attempt: from 0; later ones mean that the last answer was wrong
 * @subject: (nullable): whose secret: location of the vault, path of the file
 */
typedef struct
{
  char    *id;
  char    *title;
  char    *text;
  char   **answers;
  int      safe;
  int      destructive;
  gboolean is_secret;
  guint    attempt;
  char    *subject;
} SrJobQuestion;

/* Returns: (transfer full) */
SrJobQuestion *sr_job_question_copy (const SrJobQuestion *self);
void           sr_job_question_free (SrJobQuestion *self);

#define SR_TYPE_JOB (sr_job_get_type ())
G_DECLARE_DERIVABLE_TYPE (SrJob, sr_job, SR, JOB, GObject)

/**
 * SrJobClass:
 * @run: the work, synchronous, on a worker thread; reports through @progress, sr_job_log() and the
 *   sr_job_set_…() functions below. %FALSE with %SR_ERROR_INCOMPLETE: done in part.
 *
 * One running operation, for the window and the command line alike. One class a file.
 */
struct _SrJobClass
{
  GObjectClass parent_class;

  gboolean (*run) (SrJob *self, SrProgress *progress, GCancellable *cancellable, GError **error);
};

/* Properties, all notified in the main context in which the job was made (at most ten times a
 * second; state and question at once): "state" (#SrJobState), "title", "phase", "current",
 * "fraction", "estimating", "bytes-done", "bytes-total", "items-done", "items-total",
 * "bytes-per-second", "seconds-left", "question" (pointer to a #SrJobQuestion, %NULL when nothing
 * is asked), "n-log". Set when it is made: "action", "title", "vault", "site", "site-name".
 * Signal "ended": once, in that context, after "state" says how. What functions answer may be newer
 * than what was notified last, never older.
 *
 * Without a mark a function is for the thread of that context. A job that was started is kept alive
 * until it ended. */

/* "backup", "restore": what history calls it */
const char *sr_job_get_action (SrJob *self);
const char *sr_job_get_title (SrJob *self);
/* (nullable): location of the vault it writes to or holds, in one spelling ("local:" and "//" are
 * gone): the queue runs one such at a time */
const char *sr_job_get_vault (SrJob *self);
/* Whose run it is; before it is started. (nullable) */
void sr_job_set_site (SrJob      *self,
                      const char *site,
                      const char *site_name);
/* (nullable): id of the site it belongs to */
const char *sr_job_get_site (SrJob *self);
const char *sr_job_get_site_name (SrJob *self);
/* Any thread. */
SrJobState sr_job_get_state (SrJob *self);
gboolean   sr_job_has_ended (SrJob *self);
/* The newest state of its progress; sr_progress_state_clear() it. Any thread. */
void sr_job_get_progress (SrJob           *self,
                          SrProgressState *state);
/* (nullable) (transfer none): once it ended */
const GError *sr_job_get_error (SrJob *self);
SrVerdict    *sr_job_get_verdict (SrJob *self);
/* What history keeps of it, filled as it is known. (transfer none); once it ended */
const SrRun *sr_job_get_run (SrJob *self);
/* Counts per collection, (nullable) (transfer none); once it ended */
JsonObject *sr_job_get_counts (SrJob *self);
/* (transfer full) (element-type SrLogEntry): from entry @first on. Any thread. The log is bounded
 * (20,000 entries, details stop at three quarters); what came after that is counted, and the text
 * says so. */
GPtrArray *sr_job_get_log (SrJob *self,
                           guint  first);
char      *sr_job_get_log_text (SrJob *self);
/* Any thread. One that was not started ends at once and never runs (history does not hear of it),
 * a running one ends as soon as it can. */
void sr_job_cancel (SrJob *self);
/* Password of the vault, if it is known: nobody is asked then. Before it is started. */
void sr_job_set_vault_password (SrJob    *self,
                                SrSecret *password);

/* Whether the keyring may be asked for passwords, and whether the person may be asked to unlock it;
 * both unless told otherwise. Before it is started. */
void sr_job_set_keyring (SrJob   *self,
                         gboolean may_use,
                         gboolean may_unlock);

/* (nullable) (transfer none): what is asked now; stays valid until "question" is notified again */
const SrJobQuestion *sr_job_get_question (SrJob *self);
/* Answers it; nothing happens if nothing is asked any more. @answer: an index, anything else is the
 * safe one. @secret: (nullable): %NULL with a question for a secret: go on without */
void sr_job_answer (SrJob    *self,
                    int       answer,
                    SrSecret *secret);

/**
 * SrJobAskFunc:
 * @secret: (out) (transfer full) (nullable): for a secret; %NULL: go on without
 *
 * Returns: index of the answer (any number from 0 on for a secret); -1: nobody can be asked, so
 *   that the safe answer is taken and a secret refused
 */
typedef int (*SrJobAskFunc) (SrJob               *self,
                             const SrJobQuestion *question,
                             SrSecret           **secret,
                             gpointer             user_data);
/**
 * sr_job_run_here:
 * @history: (nullable): recorded there
 * @ask: (nullable): called in this thread; without it the safe answer is taken, and a secret is
 *   refused with %SR_ERROR_WRONG_PASSWORD
 * @progress: (nullable): reported there instead of a progress of the job's own
 *
 * Runs it in the calling thread, as the command line does. Properties are notified and "ended" is
 * emitted there too; no main loop is needed.
 *
 * Returns: %FALSE with its error, which is %SR_ERROR_INCOMPLETE when it was done in part
 */
gboolean sr_job_run_here (SrJob        *self,
                          SrHistory    *history,
                          SrJobAskFunc  ask,
                          gpointer      user_data,
                          SrProgress   *progress,
                          GCancellable *cancellable,
                          GError      **error);

/* For implementations, on the worker. */

/* Any thread. */
void sr_job_log (SrJob      *self,
                 SrLogLevel  level,
                 const char *format,
                 ...) G_GNUC_PRINTF (3, 4);
/* Blocks until answered; @question is copied. Returns: index of the answer; -1 with @error if
 * cancelled */
int sr_job_ask (SrJob               *self,
                const SrJobQuestion *question,
                GCancellable        *cancellable,
                GError             **error);
/* Returns: (transfer full) (nullable): %NULL without @error: the person goes on without */
SrSecret *sr_job_ask_secret (SrJob               *self,
                             const SrJobQuestion *question,
                             GCancellable        *cancellable,
                             GError             **error);
/* Returns: (transfer none) (nullable) */
SrSecret *sr_job_get_vault_password (SrJob *self);
gboolean  sr_job_may_use_keyring (SrJob *self);
gboolean  sr_job_may_unlock_keyring (SrJob *self);
/* The run's record, to be filled by the implementation while it runs; what it leaves out of site,
 * vault, level and sentence comes by itself. */
SrRun *sr_job_edit_run (SrJob *self);
void   sr_job_set_verdict (SrJob     *self,
                           SrVerdict *verdict);
void   sr_job_set_counts (SrJob      *self,
                          JsonObject *counts);

G_END_DECLS
