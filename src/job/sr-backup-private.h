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
 * SrBackupItemKind:
 *
 * What the scan tells.
 */
typedef enum
{
  SR_BACKUP_ITEM_ENTER,
  SR_BACKUP_ITEM_LEAVE,
  SR_BACKUP_ITEM_ENTRY,    /* anything without content to read */
  SR_BACKUP_ITEM_READ,     /* a file, open */
  SR_BACKUP_ITEM_DATABASE, /* a file that begins as a SQLite database */
  SR_BACKUP_ITEM_FAILED,   /* could not be read, for the reason in @error */
  SR_BACKUP_ITEM_END,
  SR_BACKUP_ITEM_ERROR, /* the backup cannot go on, for the reason in @error */
} SrBackupItemKind;

/**
 * SrBackupItem:
 * @path: absolute, raw bytes; %NULL where it is not needed
 * @file: content that is known already
 * @fd: of a file to read, else -1
 * @is_known: the parent snapshot has an entry of this name
 * @is_unchanged: and its content is the same
 * @is_virtual: it has no place on disk
 * @has_previous: the parent snapshot has this folder's tree @previous
 */
typedef struct
{
  SrBackupItemKind kind;
  SrEntry         *entry;
  char            *path;
  SrSavedFile     *file;
  int              fd;
  gboolean         is_known;
  gboolean         is_unchanged;
  gboolean         is_virtual;
  gboolean         has_previous;
  SrId             previous;
  GError          *error;
} SrBackupItem;

/**
 * SrBackup:
 *
 * One backup while it runs; what the files of this job share.
 *
 * Threads: the saver's feeder, but for what the scan owns while it runs.
 */
typedef struct
{
  SrRepo                *repo;
  const SrBackupOptions *options;
  SrBackupResult        *result;
  SrProgress            *progress; /* of reading */
  GCancellable          *cancellable;

  SrSaver          *saver;
  SrTreeBuilder    *builder;
  SrSnapshotSummary summary;
  gboolean          has_estimate;
  guint64           n_read;        /* files that the walker found and that are stored */
  GError           *first_failure; /* (nullable): why something could not be read */

  /* held while SQLite has a database open: closing any other descriptor of the file, by whatever
   * name, would drop its locks */
  GMutex database_open;

  /* the scan's */
  SrBackupParent *parent;
  SrWalker       *walker; /* NULL without paths */
  /* what stands in the snapshot without a place on disk: (element-type SrVirtualFile), sorted */
  GPtrArray *at_root;
  GPtrArray *databases;

  /* (nullable) (element-type SrBackupDatabase): for the description */
  GPtrArray *described;
} SrBackup;

/* The folder of the snapshot that holds databases. */
#define SR_BACKUP_DATABASE_FOLDER "database"

/**
 * SrVirtualFile:
 * @file: %NULL for a folder
 *
 * A database or a command's output, stored already; it takes its place when the tree comes there.
 */
typedef struct
{
  SrEntry     *entry;
  SrSavedFile *file;
} SrVirtualFile;

/**
 * SrBackupScan:
 *
 * Walks through the source and the parent snapshot side by side, on a thread of its own, and tells
 * what there is in the order of the tree: what is unchanged, what is to be read and is open
 * already. So the file system, the parent's trees and the new ones are worked on at the same time.
 */
typedef struct _SrBackupScan SrBackupScan;

SrBackupScan *sr_backup_scan_start (SrBackup *backup);
/* Stops it, wherever it is. %NULL is ignored. */
void sr_backup_scan_free (SrBackupScan *self);
/* Returns: (transfer none): the next item, never %NULL, valid until the next call; after
 *   %SR_BACKUP_ITEM_END and %SR_BACKUP_ITEM_ERROR there is none */
SrBackupItem *sr_backup_scan_next (SrBackupScan *self);

/**
 * SrBackupCount:
 *
 * Finds out how much there is to do while it is being done, on a thread of its own with a walker of
 * its own: for a person who watches, when no parent snapshot gives an estimate.
 */
typedef struct _SrBackupCount SrBackupCount;

/* After the named databases are stored. Returns: (nullable): %NULL if nobody watches */
SrBackupCount *sr_backup_count_start (SrBackup *backup);
/* Stops it, wherever it is. %NULL is ignored. */
void sr_backup_count_free (SrBackupCount *self);

/* How reading a file went on. */
typedef enum
{
  SR_BACKUP_READ_DONE,
  SR_BACKUP_READ_FAILED, /* the file, reported by the caller */
  SR_BACKUP_READ_ERROR,  /* the whole backup */
} SrBackupRead;

/* Stores what @fd holds, from its position on, as one file. */
SrBackupRead sr_backup_read_fd (SrBackup           *self,
                                int                 fd,
                                const SrChunkSizes *sizes,
                                guint64             size_hint,
                                SrSavedFile       **file,
                                guint64            *size,
                                GError            **error);

/* The named databases and the command, in that order, before anything else. */
gboolean sr_backup_save_named (SrBackup *self,
                               GError  **error);
/* Paths under which they stand in the snapshot are appended to @paths. */
void sr_backup_append_named_paths (const SrBackupOptions *options,
                                   GPtrArray             *paths);
/* A database the walker met at @path. */
SrBackupRead sr_backup_save_met_database (SrBackup     *self,
                                          const char   *path,
                                          SrSavedFile **file,
                                          guint64      *size,
                                          GError      **error);

/* A database of which there is no sound copy, byte for byte: better than nothing when the disk
 * goes. */
SrBackupRead sr_backup_save_damaged_database (SrBackup     *self,
                                              const char   *path,
                                              SrSavedFile **file,
                                              guint64      *size,
                                              GError      **error);

/* A walker over the paths of the options. @tell: paths that are missing are reported. Returns:
 * (transfer full) */
SrWalker *sr_backup_new_walker (SrBackup *self,
                                gboolean  tell,
                                GError  **error);
/* Reports that @path could not be read; it counts as failed. @action: "failed" or "missing". Takes
 * @reason. */
void sr_backup_tell_failed (SrBackup   *self,
                            const char *path,
                            const char *action,
                            GError     *reason);
/* The tree, from the root's entering to its leaving. */
gboolean sr_backup_walk (SrBackup *self,
                         GError  **error);

G_END_DECLS
