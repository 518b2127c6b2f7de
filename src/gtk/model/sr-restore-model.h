/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "gtk/model/sr-file-model.h"
#include "gtk/model/sr-restore-choice.h"

G_BEGIN_DECLS

#define SR_TYPE_RESTORE_MODEL (sr_restore_model_get_type ())
/**
 * SrRestoreModel:
 *
 * What is decided in the restore wizard, and what was found out about it. Texts are never %NULL.
 *
 * What: "what" (#SrRestoreWhat), "terms" (a search, as typed), "what-reason" (why it does not go
 * on; empty if it does), "collections" and "entries" (#GListModel of #SrChoiceItem).
 *
 * Where: "where" (#SrRestoreWhere), "path" (folder, SQLite file or new file), "format" (place in
 * #SrConvertFormat), "host", "port", "user", "database", "socket", "schema", "tls" (as sr_target
 * knows it), "keep-password"; "where-reason"; "host-error" and "password-error": what the last
 * check said of these fields.
 *
 * Checks: "checks" (#GListModel of #SrRowItem), "checks-state" ("none", "running", "passed",
 * "failed"), "checks-sentence", "progress" (#SrProgressModel).
 *
 * Loss: "losses" (#GListModel of #SrRowItem), "loses" (whether there is anything to lose),
 * "loss-sentence", "expected-name" (what must be typed), "typed-name", "safety" (file that what is
 * there is saved to), "accept" (also if the backup is broken), "needs-accept", "loss-reason".
 *
 * Threads: the main context in which it was made.
 */
G_DECLARE_FINAL_TYPE (SrRestoreModel, sr_restore_model, SR, RESTORE_MODEL, GObject)

SrRestoreModel *sr_restore_model_new (SrFileModel *file);
SrFileModel    *sr_restore_model_get_file (SrRestoreModel *self);

/* (nullable) (transfer none): why @what or @where cannot be chosen, in words; %NULL if it can */
const char *sr_restore_model_get_what_problem (SrRestoreModel *self,
                                               SrRestoreWhat   what);
const char *sr_restore_model_get_where_problem (SrRestoreModel *self,
                                                SrRestoreWhere  where);
/* If the place that is chosen cannot be, the first that can is chosen instead. */
void           sr_restore_model_leave_impossible (SrRestoreModel *self);
SrRestoreWhat  sr_restore_model_get_what (SrRestoreModel *self);
SrRestoreWhere sr_restore_model_get_where (SrRestoreModel *self);
/* @password: (nullable) */
void sr_restore_model_set_password (SrRestoreModel *self,
                                    SrSecret       *password);
/* For a person: "database shop on db.example". Returns: (transfer full) */
char *sr_restore_model_describe_target (SrRestoreModel *self);

/* Looks at the target anew, in the background, unless that was done for what is chosen now; what
 * runs for another choice is stopped. */
void sr_restore_model_check (SrRestoreModel *self);
/* The same even if nothing changed. */
void        sr_restore_model_check_again (SrRestoreModel *self);
void        sr_restore_model_stop_checking (SrRestoreModel *self);
const char *sr_restore_model_get_checks_state (SrRestoreModel *self);
GListModel *sr_restore_model_get_checks (SrRestoreModel *self);
GListModel *sr_restore_model_get_losses (SrRestoreModel *self);
GListModel *sr_restore_model_get_collections (SrRestoreModel *self);
GListModel *sr_restore_model_get_entries (SrRestoreModel *self);
gboolean    sr_restore_model_loses (SrRestoreModel *self);

/* (transfer full): what is chosen now; "replace" is set where the name was typed */
SrRestoreChoice *sr_restore_model_get_choice (SrRestoreModel *self);
/* Returns: (transfer full) */
char *sr_restore_model_get_command (SrRestoreModel *self);

G_END_DECLS
