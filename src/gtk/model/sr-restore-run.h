/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/model/sr-restore-job.h"

G_BEGIN_DECLS

#define SR_TYPE_RESTORE_RUN (sr_restore_run_get_type ())
/**
 * SrRestoreRun:
 *
 * A restore from its start to its report. Read-only properties, texts never %NULL:
 *   state       "running", "done", "failed", "cancelled", "undoing", "undone"
 *   title       "Restored", "Not Restored"
 *   sentence    what came of it, with cause and next step
 *   icon-name, css-class: of the state
 *   fraction, phase, current, detail: how far it is
 *   log         text
 *   counts      #GListModel of #SrRowItem
 *   can-undo    whether what was there can be put back
 *   undo-error  why that did not work
 *
 * Threads: the main context in which it was made.
 */
G_DECLARE_FINAL_TYPE (SrRestoreRun, sr_restore_run, SR, RESTORE_RUN, GObject)

/* Follows @job, which somebody else starts. @target: as a person knows it */
SrRestoreRun *sr_restore_run_new (SrRestoreJob *job,
                                  const char   *target);
SrRestoreJob *sr_restore_run_get_job (SrRestoreRun *self);
const char   *sr_restore_run_get_state (SrRestoreRun *self);
gboolean      sr_restore_run_has_ended (SrRestoreRun *self);
GListModel   *sr_restore_run_get_counts (SrRestoreRun *self);
void          sr_restore_run_cancel (SrRestoreRun *self);
/* Puts back what was there, in the background: "undoing", then "undone". */
void sr_restore_run_undo (SrRestoreRun *self);
/* Lets go of what was kept for undoing, in the background; the report is over. */
void sr_restore_run_close (SrRestoreRun *self);

/* The report, to be saved. Returns: (transfer full) */
char *sr_restore_run_to_text (SrRestoreRun *self);
char *sr_restore_run_to_json (SrRestoreRun *self);
/* Saves it in the background: JSON if @path ends so, else text. */
void     sr_restore_run_save (SrRestoreRun       *self,
                              const char         *path,
                              GAsyncReadyCallback callback,
                              gpointer            user_data);
gboolean sr_restore_run_save_finish (GAsyncResult *result,
                                     GError      **error);

G_END_DECLS
