/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-progress.h"
#include "job/sr-report.h"
#include "repo/sr-repo.h"
#include "source/sr-walker.h"

G_BEGIN_DECLS

/**
 * SrBackupDatabase:
 * @path: where it lies; @name: below database/ in the snapshot
 * @tables, @counts: (element-type utf8), (element-type guint64): how many records each has
 *
 * A database that was stored, as it is in the snapshot.
 */
typedef struct
{
  char      *path;
  char      *name;
  guint64    size;
  GPtrArray *tables;
  GArray    *counts;
} SrBackupDatabase;

/* @databases: (element-type SrBackupDatabase): stored already. Returns: (transfer full): what
 * becomes /strongroom.json in the snapshot; %NULL with @error ends the backup */
typedef char *(*SrBackupDescribeFunc) (GPtrArray *databases,
                                       gpointer   user_data,
                                       GError   **error);

/**
 * SrBackupOptions:
 * @paths: (array zero-terminated=1) (nullable): folders and files
 * @sqlite: (array zero-terminated=1) (nullable): SQLite databases, stored as /database/NAME
 * @command: (array zero-terminated=1) (nullable): its output is stored as /@command_name
 * @excludes: (nullable)
 * @exclude_texts: (array zero-terminated=1) (nullable): as given, for the snapshot's record
 * @databases_as_files: the walker does not treat SQLite databases specially
 * @temp_dir: (nullable): for copies of databases
 * @tags: (array zero-terminated=1) (nullable)
 * @host: (nullable): instead of the system's name
 * @time: (nullable): instead of now
 * @parent: (nullable): snapshot to compare with; %NULL: the newest of the same host and paths
 * @force: read everything, no parent
 * @rules: (nullable) (array length=n_rules): of single paths, instead of @ignore_file and
 *   @one_file_system
 * @skip_missing: one of @paths that cannot be looked at is reported as "missing", counts as failed,
 *   and is not among the snapshot's paths; the rest is stored. If nothing at all can be read, of
 *   these paths or below them, and there is no database and no command, that is the error of the
 *   backup, with the first reason.
 * @mark_incomplete: a snapshot that lacks something gets the tag %SR_BACKUP_INCOMPLETE_TAG
 * @describe: (nullable): gives the snapshot a description; the databases are counted for it
 */
typedef struct
{
  const char *const *paths;
  const char *const *sqlite;
  const char *const *command;
  const char        *command_name;
  SrPatternList     *excludes;
  const char *const *exclude_texts;
  const char        *ignore_file;
  gboolean           one_file_system;
  gboolean           databases_as_files;
  const char        *temp_dir;
  const char *const *tags;
  const char        *host;
  const SrTime      *time;
  const SrId        *parent;
  gboolean           force;
  gboolean           dry_run;
  SrCompression      compression;
  SrReportFunc       report;
  gpointer           user_data;

  const SrWalkerRules *rules;
  guint                n_rules;
  gboolean             skip_missing;
  gboolean             mark_incomplete;
  SrBackupDescribeFunc describe;
  gpointer             describe_data;
} SrBackupOptions;

#define SR_BACKUP_INCOMPLETE_TAG "incomplete"
/* The description, at the root of the snapshot. */
#define SR_BACKUP_DESCRIPTION "strongroom.json"

/**
 * SrBackupResult:
 * @snapshot: what was written; its id is all zero after a dry run
 * @failed: how many files or folders could not be read; each was reported
 */
typedef struct
{
  SrSnapshot *snapshot;
  guint64     failed;
  guint64     databases;
  guint64     packs;
} SrBackupResult;

void sr_backup_result_clear (SrBackupResult *self);

/**
 * sr_backup_run:
 *
 * Databases first, files second; then the index; then, if the lock still stands and all packs are
 * there, the snapshot. A database or command that ends badly means no snapshot (databases named
 * with @sqlite and @command) or a file reported as failed (databases the walker met).
 *
 * Returns: %TRUE if a snapshot was written (or would have been); @result->failed tells whether it
 *   lacks something
 */
gboolean sr_backup_run (SrRepo                *repo,
                        const SrBackupOptions *options,
                        SrBackupResult        *result,
                        SrProgress            *progress,
                        GCancellable          *cancellable,
                        GError               **error);

G_END_DECLS
