/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-backup-file.h"
#include "job/sr-job.h"
#include "repo/sr-lock.h"
#include "repo/sr-repo.h"

G_BEGIN_DECLS

/**
 * sr_job_open_vault:
 * @location: (nullable): %NULL for the job's own vault
 *
 * Opens a vault on the worker. The password is the one the job was given (of its own vault), else
 * the keyring's, else it is asked for ("vault-password") until it fits; one that was asked for is
 * then offered to the keyring ("store-password"). A locked keyring is no empty one: the question
 * says so. Somebody who goes on without a password ends the job: %SR_ERROR_WRONG_PASSWORD.
 *
 * Returns: (transfer full)
 */
SrRepo *sr_job_open_vault (SrJob        *self,
                           const char   *location,
                           GCancellable *cancellable,
                           GError      **error);

/**
 * SrJobInput:
 * @path: (nullable): a backup file or a folder
 * @vault, @snapshot: (nullable): or a snapshot, "latest" or the beginning of its id
 * @folder: (nullable): in the snapshot, or one file of it; %NULL for all
 *
 * A backup that a job reads, wherever it lies.
 */
typedef struct
{
  char *path;
  char *vault;
  char *snapshot;
  char *folder;
} SrJobInput;

/* Returns: (transfer full) */
SrJobInput *sr_job_input_new_file (const char *path);
SrJobInput *sr_job_input_new_snapshot (const char *vault,
                                       const char *snapshot);
SrJobInput *sr_job_input_copy (const SrJobInput *self);
void        sr_job_input_free (SrJobInput *self);
/* "backup.zip" or "snapshot 1a2b3c4d". Returns: (transfer full) */
char *sr_job_input_describe (const SrJobInput *self);

/**
 * SrJobOpened:
 *
 * An input that is open: what it keeps alive, and what keeps its snapshot from being pruned.
 */
typedef struct
{
  SrRepo       *repo;     /* (nullable): of a snapshot, its index loaded */
  SrLock       *lock;     /* (nullable) */
  GPtrArray    *all;      /* (nullable) (element-type SrSnapshot): oldest first */
  SrSnapshot   *snapshot; /* (nullable) */
  SrBackupFile *file;     /* (nullable): opened as a backup file, if that was wanted */
} SrJobOpened;

/* Notes path, vault and snapshot in the run. Keys of encrypted backups are asked for ("file-key").
 * @opened: to be cleared in any case */
gboolean sr_job_open_input (SrJob            *self,
                            const SrJobInput *input,
                            SrJobOpened      *opened,
                            GCancellable     *cancellable,
                            GError          **error);
/* Without opening the snapshot as a backup file. */
gboolean sr_job_open_snapshot (SrJob            *self,
                               const SrJobInput *input,
                               SrJobOpened      *opened,
                               GCancellable     *cancellable,
                               GError          **error);
void     sr_job_opened_clear (SrJobOpened *self);

/* A SrReportFunc whose user data is the job: into the log. */
void sr_job_report (const char   *path,
                    const char   *action,
                    guint64       size,
                    const GError *error,
                    gpointer      user_data);
/* What a snapshot has to say, into the run's record. */
void sr_job_note_snapshot (SrJob            *self,
                           const SrSnapshot *snapshot);
/* (element-type SrBackupCollection) as counts of the run. */
void sr_job_note_collections (SrJob     *self,
                              GPtrArray *collections);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SrJobOpened, sr_job_opened_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrJobInput, sr_job_input_free)

G_END_DECLS
