/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "job/sr-backup-parent.h"
#include "job/sr-backup.h"
#include "repo/sr-saver.h"
#include "repo/sr-tree-builder.h"
#include "source/sr-sqlite.h"
#include "source/sr-walker.h"

G_BEGIN_DECLS

/**
 * SrBackup:
 *
 * One backup while it runs; what the files of this job share.
 *
 * Threads: one thread, the saver's feeder.
 */
typedef struct
{
  SrRepo                *repo;
  const SrBackupOptions *options;
  SrBackupResult        *result;
  SrProgress            *progress; /* of reading */
  GCancellable          *cancellable;

  SrSaver        *saver;
  SrTreeBuilder  *builder;
  SrBackupParent *parent;
  SrWalker       *walker; /* NULL without paths */
  guint           depth;  /* folders entered; 1 in the root */
  gboolean        in_database_folder;

  /* what stands in the snapshot without a place on disk: (element-type SrVirtualFile), sorted */
  GPtrArray *at_root;
  GPtrArray *databases;
  guint      next_at_root;
  guint      next_database;

  SrSnapshotSummary summary;
} SrBackup;

/* The folder of the snapshot that holds databases. */
#define SR_BACKUP_DATABASE_FOLDER "database"

/**
 * SrVirtualFile:
 *
 * A database or a command's output, stored already; it takes its place when the tree comes there.
 */
typedef struct
{
  SrEntry     *entry;
  SrSavedFile *file;
} SrVirtualFile;

/* How reading a file went on. */
typedef enum
{
  SR_BACKUP_READ_DONE,
  SR_BACKUP_READ_DATABASE, /* it begins as a database; nothing was taken */
  SR_BACKUP_READ_FAILED,   /* the file, reported by the caller */
  SR_BACKUP_READ_ERROR,    /* the whole backup */
} SrBackupRead;

void sr_backup_report (SrBackup     *self,
                       const char   *path,
                       const char   *action,
                       guint64       size,
                       const GError *error);
/* A file or folder that could not be read. Takes @reason. */
void sr_backup_report_failed (SrBackup   *self,
                              const char *path,
                              GError     *reason);
/* Hands an entry to the tree. Takes both. */
gboolean sr_backup_add (SrBackup    *self,
                        SrEntry     *entry,
                        SrSavedFile *file,
                        GError     **error);
/* Counts a file that was read and tells what it was: "new" or "changed", or @action. */
void sr_backup_count_file (SrBackup      *self,
                           const char    *path,
                           const SrEntry *entry,
                           const SrNode  *before,
                           const char    *action);

/* Stores what @fd holds, from its position on, as one file. */
SrBackupRead sr_backup_read_fd (SrBackup           *self,
                                int                 fd,
                                const SrChunkSizes *sizes,
                                guint64             size_hint,
                                gboolean            look_for_database,
                                SrSavedFile       **file,
                                guint64            *size,
                                GError            **error);

/* The named databases and the command, in that order, before anything else. */
gboolean sr_backup_save_named (SrBackup *self,
                               GError  **error);
/* Paths under which they stand in the snapshot are appended to @paths. */
void sr_backup_append_named_paths (const SrBackupOptions *options,
                                   GPtrArray             *paths);
/* A database the walker met at @path. @saved: (out): whether it was; else it was reported */
gboolean sr_backup_save_met_database (SrBackup     *self,
                                      const char   *path,
                                      SrSavedFile **file,
                                      guint64      *size,
                                      gboolean     *saved,
                                      GError      **error);
/* All that is virtual and comes before @name in the folder we are in (%NULL: all that is left).
 * %SR_ERROR_EXISTS if something real has its name. */
gboolean sr_backup_add_virtual (SrBackup   *self,
                                const char *name,
                                gboolean    is_folder,
                                GError    **error);

/* The tree, from the root's entering to its leaving. */
gboolean sr_backup_walk (SrBackup *self,
                         GError  **error);

G_END_DECLS
