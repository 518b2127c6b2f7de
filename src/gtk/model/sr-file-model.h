/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-backup-file.h"
#include "gtk/model/sr-progress-model.h"

G_BEGIN_DECLS

/**
 * SrFileAction:
 *
 * What can be done with a backup file that is open.
 */
typedef enum
{
  SR_FILE_VERIFY,
  SR_FILE_RESTORE,
  SR_FILE_EXTRACT,
  SR_FILE_CONVERT,
  SR_FILE_IMPORT,
  SR_FILE_RECORDS,
  SR_N_FILE_ACTIONS,
} SrFileAction;

#define SR_TYPE_FILE_MODEL (sr_file_model_get_type ())
/**
 * SrFileModel:
 *
 * A backup file as the window shows it: opened and judged on a thread of its own. Read-only
 * properties, texts never %NULL:
 *   state           "empty", "opening", "key" (a key is asked for), "judging", "ready", "failed"
 *   view            what of it to show: "wait", "key", "content", "failed"
 *   name            of the file, for a person
 *   title           what it is: "RayERP backup (2.0.0)"
 *   summary         size and when it was made
 *   error           why it could not be opened, or why it cannot be used as what it is
 *   key-hint        which key is asked for
 *   key-is-wrong    the last key did not fit
 *   encryption      one sentence
 *   verdict-word, verdict-icon, verdict-css-class, verdict-sentence: empty while there is none
 *   progress        #SrProgressModel of opening and judging
 *   facts           #GListModel of #SrRowItem
 *   checks          #GListModel of #SrRowItem, those that tell of something first
 *   collections     #GListModel of #SrChoiceItem
 *   entries         #GListModel of #SrChoiceItem: the files inside
 *   restore-reason, extract-reason, convert-reason, import-reason, records-reason: why that cannot
 *     be done; empty if it can
 *
 * Threads: the main context in which it was made.
 */
G_DECLARE_FINAL_TYPE (SrFileModel, sr_file_model, SR, FILE_MODEL, GObject)

SrFileModel *sr_file_model_new (void);
/* Opens and judges another one; what was under way stops. */
void sr_file_model_open (SrFileModel *self,
                         const char  *path);
/* Stops; what was found until then stays, and it says that it was stopped. */
void sr_file_model_cancel (SrFileModel *self);
/* The answer while "key" is the state. @key: (nullable): go on without. Otherwise opens it again
 * with that key. */
void sr_file_model_give_key (SrFileModel *self,
                             SrSecret    *key);

/* "opening" and so on; see the property. */
const char *sr_file_model_get_state (SrFileModel *self);
/* (nullable): before the first sr_file_model_open() */
const char *sr_file_model_get_path (SrFileModel *self);
const char *sr_file_model_get_name (SrFileModel *self);
/* (nullable) (transfer none): once it is open */
SrVerdict *sr_file_model_get_verdict (SrFileModel *self);
/* (nullable) (transfer none): the key that was given and fits */
SrSecret *sr_file_model_get_key (SrFileModel *self);
/* Whether it is encrypted and no key that fits was given. */
gboolean         sr_file_model_is_locked (SrFileModel *self);
SrBackupKind     sr_file_model_get_kind (SrFileModel *self);
SrProgressModel *sr_file_model_get_progress (SrFileModel *self);
GListModel      *sr_file_model_get_facts (SrFileModel *self);
GListModel      *sr_file_model_get_checks (SrFileModel *self);
GListModel      *sr_file_model_get_collections (SrFileModel *self);
GListModel      *sr_file_model_get_entries (SrFileModel *self);
/* (nullable): why @action cannot be done, in words; %NULL if it can */
const char *sr_file_model_get_reason (SrFileModel *self,
                                      SrFileAction action);
/* The line of strongroomctl that does the same, for a shell; without secrets. Returns: (transfer
 * full) */
char *sr_file_model_get_command (SrFileModel *self,
                                 SrFileAction action);

/**
 * sr_file_model_open_again:
 * @path, @key: (nullable): of a model
 *
 * The file once more for a worker of its own: one #SrBackupFile is used by one thread. Blocks.
 *
 * Returns: (transfer full)
 */
SrBackupFile *sr_file_model_open_again (const char   *path,
                                        SrSecret     *key,
                                        GCancellable *cancellable,
                                        GError      **error);

G_END_DECLS
