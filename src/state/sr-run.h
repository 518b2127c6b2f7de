/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrRunState:
 * @SR_RUN_RUNNING: not ended yet, or the program died: see @SR_RUN_INTERRUPTED
 * @SR_RUN_DONE: did all it should
 * @SR_RUN_INCOMPLETE: done in part, what is missing is in the log
 * @SR_RUN_FAILED: did not do it; the error says why
 * @SR_RUN_CANCELLED: a person stopped it
 * @SR_RUN_INTERRUPTED: the process that ran it is gone and left no result
 */
typedef enum
{
  SR_RUN_RUNNING,
  SR_RUN_DONE,
  SR_RUN_INCOMPLETE,
  SR_RUN_FAILED,
  SR_RUN_CANCELLED,
  SR_RUN_INTERRUPTED,
} SrRunState;

/* "running", "done", … */
const char *sr_run_state_name (SrRunState state);
gboolean    sr_run_state_from_name (const char *name,
                                    SrRunState *state);

/**
 * SrRun:
 * @id: number in this history, from 1
 * @action: "backup", "restore", "verify", "import", "export", "forget", … : stable words
 * @site, @site_name: (nullable): as they were then
 * @started_ns, @ended_ns: since 1970 UTC; @ended_ns 0 while it runs. No two runs of a history have
 *   the same start: sr_history_begin() and sr_history_add() move it by nanoseconds
 * @vault: (nullable): location
 * @snapshot: (nullable): id as hexadecimal text, of what was written or read
 * @path: (nullable): backup file, or where a restore went
 * @bytes: looked at; @bytes_added: to the vault; @files, @records; -1 where nobody counted
 * @level: verdict, -1 if none was given
 * @sentence: (nullable): one line that says what came of it
 * @error: (nullable): with cause and remedy
 * @rebuilt: made from a vault's snapshots, so that only what they tell is known
 *
 * A finished job. The long parts (counts per collection, verdict, log) are fetched by themselves.
 */
typedef struct
{
  gint64     id;
  char      *action;
  SrRunState state;
  char      *site;
  char      *site_name;
  gint64     started_ns;
  gint64     ended_ns;
  char      *vault;
  char      *snapshot;
  char      *path;
  gint64     bytes;
  gint64     bytes_added;
  gint64     files;
  gint64     records;
  int        level;
  char      *sentence;
  char      *error;
  gboolean   rebuilt;
} SrRun;

/* Running, with nothing counted (-1) and no verdict. */
SrRun *sr_run_new (const char *action);
SrRun *sr_run_copy (const SrRun *self);
void   sr_run_free (SrRun *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrRun, sr_run_free)

G_END_DECLS
