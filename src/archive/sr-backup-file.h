/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-guard.h"
#include "base/sr-progress.h"
#include "base/sr-secret.h"
#include "record/sr-record-reader.h"
#include "verdict/sr-verdict.h"

G_BEGIN_DECLS

/**
 * SrBackupKind:
 *
 * What a backup file is, told by its content.
 */
typedef enum
{
  SR_BACKUP_RAYERP,          /* ZIP of JSON collections and upload folders */
  SR_BACKUP_POS,             /* .backup: ZIP of ZIPs and a SQLite file */
  SR_BACKUP_LPGNEXUS,        /* JSON */
  SR_BACKUP_WEBEENTHERE,     /* SQL dump in its own dialect */
  SR_BACKUP_WEBEENTHERE_TAR, /* tar.gz of files */
  SR_BACKUP_STRONGROOM,      /* strongroom.json, database/, files/: a snapshot of a site */
  SR_BACKUP_SQL,             /* mysqldump, mariadb-dump, pg_dump, sqlite3 .dump */
  SR_BACKUP_SQLITE,
  SR_BACKUP_MONGODUMP,  /* mongodump --archive, plain or gzip */
  SR_BACKUP_JSON,       /* JSON collections of nobody in particular */
  SR_BACKUP_CSV,        /* a CSV file or a folder of them */
  SR_BACKUP_ARCHIVE,    /* any archive or folder */
  SR_BACKUP_COLLECTION, /* a folder that holds several backup files */
  SR_BACKUP_UNKNOWN,    /* a file that is nothing we know */
} SrBackupKind;

/* "rayerp", "pos", "lpgnexus", "webeenthere", … : stable, for --json */
const char *sr_backup_kind_name (SrBackupKind kind);

/**
 * SrBackupKeyFunc:
 * @hint: what key is asked for: "the server's BACKUP_ENCRYPTION_KEY"
 * @attempt: from 0; each later one means that the last key was wrong
 *
 * Returns: (transfer full) (nullable): the key; %NULL with @error unset: go on without, so that
 *   only what is not encrypted is seen
 */
typedef SrSecret *(*SrBackupKeyFunc) (const char *hint,
                                      guint       attempt,
                                      gpointer    user_data,
                                      GError    **error);

/**
 * SrBackupFileOptions:
 * @limits: (nullable): %NULL: the default
 * @temp_dir: (nullable): for spooling
 * @ask_key: (nullable): asked after the known default keys failed
 */
typedef struct
{
  const SrGuardLimits *limits;
  const char          *temp_dir;
  SrBackupKeyFunc      ask_key;
  gpointer             user_data;
} SrBackupFileOptions;

#define SR_TYPE_BACKUP_FILE (sr_backup_file_get_type ())
G_DECLARE_FINAL_TYPE (SrBackupFile, sr_backup_file, SR, BACKUP_FILE, GObject)

/**
 * sr_backup_file_open:
 * @path: a file or folder
 * @options: (nullable)
 *
 * Opens whatever it is, by content and not by name, and finds out what is in it as far as that is
 * cheap (no whole pass over the data). A file that is nothing we know opens too, as
 * %SR_BACKUP_UNKNOWN; one that cannot be read as what its first bytes say opens as that kind with
 * the reason in sr_backup_file_get_error(), so that a verdict can be had of it.
 *
 * Returns: (transfer full): %NULL only if it cannot be read at all, the guard said stop, or it was
 *   cancelled
 */
SrBackupFile *sr_backup_file_open (const char                *path,
                                   const SrBackupFileOptions *options,
                                   GCancellable              *cancellable,
                                   GError                   **error);
/* The same for what lies in a container already: a snapshot, an unpacked backup. A reference of
 * @container is taken. */
SrBackupFile *sr_backup_file_open_container (SrContainer               *container,
                                             const SrBackupFileOptions *options,
                                             GCancellable              *cancellable,
                                             GError                   **error);

SrBackupKind sr_backup_file_get_kind (SrBackupFile *self);
/* For a person: "RayERP backup (2.0.0)", "PostgreSQL dump". */
const char *sr_backup_file_get_title (SrBackupFile *self);
/* (nullable): what the server calls it: "full", "database", "incremental", "partial" */
const char *sr_backup_file_get_type_name (SrBackupFile *self);
/* (nullable): when it says it was made, as it stands there */
const char *sr_backup_file_get_created (SrBackupFile *self);
/* (nullable): why it cannot be used as what it is */
const GError *sr_backup_file_get_error (SrBackupFile *self);
/* What records that were read until now left out or broke off, and why, a sentence each: views of a
 * database that cannot be computed, virtual tables. Not to be called while a reader is at work.
 * Returns: (transfer full) (element-type utf8): each sentence once */
GPtrArray *sr_backup_file_get_left_out (SrBackupFile *self);
/* Bytes of the file; of a folder: of all in it. */
guint64 sr_backup_file_get_size (SrBackupFile *self);

/* Whether the file is still the one that was opened, as far as size, time and name tell; to be
 * asked after the last reading and before anything is made of it. Folders and containers pass. */
gboolean sr_backup_file_check_unchanged (SrBackupFile *self,
                                         GError      **error);

typedef enum
{
  SR_ENCRYPTION_NONE,
  SR_ENCRYPTION_CLAIMED, /* it says so, and is not */
  SR_ENCRYPTION_DEFAULT, /* opened with the server's built-in key */
  SR_ENCRYPTION_KEY,     /* opened with the key that was given */
  SR_ENCRYPTION_LOCKED,  /* no key fitted, or none was given */
} SrBackupEncryption;
SrBackupEncryption sr_backup_file_get_encryption (SrBackupFile *self);

/* Further facts as (name, text) pairs for a person and --json: version, created by, database name.
 * Returns: (transfer none) (element-type utf8): name, text, name, text … */
GPtrArray *sr_backup_file_get_facts (SrBackupFile *self);

/* What is inside as entries, decrypted; inner ZIPs of a POS backup appear as folders
 * ("files.zip/…").
 * Returns: (transfer none) (nullable): %NULL if nothing of it can be opened */
SrContainer *sr_backup_file_get_container (SrBackupFile *self);

/**
 * SrBackupCollection:
 * @count: announced number of records, -1 if none is
 * @entry: (nullable): the container's entry it lies in
 *
 * What collections there are without reading the records, where the format tells; complete after
 * sr_backup_file_judge() or a whole pass of a reader.
 */
typedef struct
{
  char  *name;
  gint64 count;
  char  *entry;
} SrBackupCollection;

/* Returns: (transfer none) (element-type SrBackupCollection) */
GPtrArray *sr_backup_file_get_collections (SrBackupFile *self);

/**
 * sr_backup_file_read:
 * @collection: (nullable): only that one
 *
 * Returns: (transfer full): its records; %SR_ERROR_NOT_FOUND if there is no such collection,
 *   %SR_ERROR_UNSUPPORTED if this kind has no records we can read (the text says why),
 *   %SR_ERROR_WRONG_PASSWORD if they are encrypted and no key fits
 */
SrRecordReader *sr_backup_file_read (SrBackupFile *self,
                                     const char   *collection,
                                     GCancellable *cancellable,
                                     GError      **error);

/**
 * SrJudgeOptions:
 * @sha256: (nullable): lower-case hexadecimal digest the file should have
 * @quick: do not read the content, only what stands in headers; checks that need it are then not
 *   made
 */
typedef struct
{
  const char *sha256;
  gboolean    quick;
} SrJudgeOptions;

/**
 * sr_backup_file_judge:
 *
 * Looks at every byte: container, CRCs, digests, clean end; counts records against what is
 * announced; and what is known to go wrong in this ERP's backups. Never says more than was looked
 * at. Afterwards the collections' counts are those found.
 *
 * Returns: (transfer full): %NULL only if cancelled or the file cannot be read any more, or changed
 *   meanwhile
 */
SrVerdict *sr_backup_file_judge (SrBackupFile         *self,
                                 const SrJudgeOptions *options,
                                 SrProgress           *progress,
                                 GCancellable         *cancellable,
                                 GError              **error);

G_END_DECLS
