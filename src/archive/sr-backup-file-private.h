/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <sys/stat.h>

#include "archive/sr-backup-file.h"
#include "archive/sr-containers.h"
#include "archive/sr-head.h"
#include "archive/sr-name-table.h"
#include "archive/sr-zip-reader.h"
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* JSON that describes a backup is small; what is larger describes none. */
#define SR_DESCRIPTION_SIZE  ((gsize) 4 * 1024 * 1024)
#define SR_DESCRIPTION_DEPTH 64

typedef struct _SrKind       SrKind;
typedef struct _SrJudge      SrJudge;
typedef struct _SrReferences SrReferences;
typedef struct _SrCount      SrCount;

struct _SrBackupFile
{
  GObject parent_instance;

  /* How it was opened. */
  SrGuard        *guard;
  char           *temp_dir;
  SrBackupKeyFunc ask_key;
  gpointer        user_data;
  char           *path; /* (nullable) */
  int             fd;   /* of the file; -1: a folder or container */
  struct stat     opened;
  guint64         size;

  /* What was found. */
  SrContainer *outer;      /* as it lies there */
  gboolean     imported;   /* unpacked and decrypted once, and stored so */
  char        *was_broken; /* (nullable): the reason, if it was broken when it was imported */
  SrHeadType   type;       /* of the file, or of the only entry */
  guint        single;     /* entry that is the only file, G_MAXUINT: there are several */
  guint8      *head;       /* (nullable): of that entry */
  gsize        n_head;
  SrNameTable *names; /* of the files in @container; made when asked for */

  /* What it is. */
  const SrKind      *kind;
  gpointer           data; /* the kind's own */
  GDestroyNotify     free_data;
  SrContainer       *container; /* what callers see */
  char              *title;
  char              *type_name;
  char              *created;
  GError            *error;
  SrBackupEncryption encryption;
  GPtrArray         *facts;
  GPtrArray         *collections; /* SrBackupCollection */

  /* What was found by reading. */
  GMutex     lock;     /* of what follows: several threads read entries */
  GPtrArray *problems; /* GPtrArray of sentences, one for each reader */
};

/**
 * SrKind:
 * @unread: @read only says why there are no records
 * @announces: its description tells how many records each collection has
 * @per_entry: each collection may have an entry of its own
 * @checksums: the format has checksums of its own, which reading compares
 * @key: (nullable): a member that every record of it has
 * @matches: whether it is this kind, from names of entries and first bytes; asked in the order of
 *   the table, the first that says yes is it
 * @open: finds out what is cheap; what keeps it from being used goes into @error of @self
 *   (sr_backup_file_fail()), %FALSE only to stop altogether
 * @read: (nullable): records; @collection: (nullable): only that one
 * @judge_begin: (nullable): before anything is read
 * @judge: (nullable): checks of this kind, after those of the container and before the records
 * @judge_collection: (nullable): told of each run of records
 * @judge_record: (nullable): told of each record while all are read; where each collection has an
 *   entry of its own by several threads, each with a judgement that has its own references
 * @judge_end: (nullable): when all were read
 *
 * How one kind of backup is handled.
 */
struct _SrKind
{
  SrBackupKind kind;
  const char  *name;
  const char  *title;
  gboolean     announces;
  gboolean     per_entry;
  gboolean     unread;
  gboolean     checksums;
  const char  *key;

  gboolean (*matches) (SrBackupFile *self);
  gboolean (*open) (SrBackupFile *self,
                    GCancellable *cancellable,
                    GError      **error);
  SrRecordReader *(*read) (SrBackupFile *self,
                           const char   *collection,
                           GCancellable *cancellable,
                           GError      **error);
  void (*judge_begin) (SrJudge *judge);
  gboolean (*judge) (SrJudge *judge,
                     GError **error);
  void (*judge_collection) (SrJudge            *judge,
                            const SrCollection *collection);
  gboolean (*judge_record) (SrJudge            *judge,
                            const SrCollection *collection,
                            SrRecordReader     *reader,
                            SrRecord           *record,
                            GError            **error);
  void (*judge_end) (SrJudge        *judge,
                     SrRecordReader *reader);
};

extern const SrKind sr_kind_rayerp;
extern const SrKind sr_kind_pos;
extern const SrKind sr_kind_pos_encrypted;
extern const SrKind sr_kind_lpgnexus;
extern const SrKind sr_kind_webeenthere;
extern const SrKind sr_kind_webeenthere_tar;
extern const SrKind sr_kind_strongroom;
extern const SrKind sr_kind_sql;
extern const SrKind sr_kind_sqlite;
extern const SrKind sr_kind_mongodump;
extern const SrKind sr_kind_json;
extern const SrKind sr_kind_csv;
extern const SrKind sr_kind_archive;
extern const SrKind sr_kind_collection;
extern const SrKind sr_kind_unknown;

/* --- what kinds are made with ----------------------------------------------------------------- */

/* The first reason stays. Takes @reason. */
void sr_backup_file_fail (SrBackupFile *self,
                          GError       *reason);
void sr_backup_file_set_title (SrBackupFile *self,
                               const char   *format,
                               ...) G_GNUC_PRINTF (2, 3);
/* @text: (nullable): then nothing is added */
void sr_backup_file_add_fact (SrBackupFile *self,
                              const char   *name,
                              const char   *text);
/* Returns: (transfer none): the new one; @name and @entry are copied */
SrBackupCollection *sr_backup_file_add_collection (SrBackupFile *self,
                                                   const char   *name,
                                                   gint64        count,
                                                   const char   *entry);
SrBackupCollection *sr_backup_file_find_collection (SrBackupFile *self,
                                                    const char   *name);
/* What callers see from now on. */
void sr_backup_file_set_container (SrBackupFile *self,
                                   SrContainer  *container);
/* The file @name in what callers see, or in @outer before that is set. */
gboolean sr_backup_file_find (SrBackupFile *self,
                              const char   *name,
                              guint        *index);
/* Reads an entry that describes the backup. Returns: (transfer full) (nullable): %NULL with @error
 * set if it is not there or no JSON object */
JsonObject *sr_backup_file_read_object (SrBackupFile *self,
                                        const char   *name,
                                        GCancellable *cancellable,
                                        GError      **error);
/* Whether it is damaged so that nothing of what it holds can be seen. */
gboolean sr_backup_file_is_closed (SrBackupFile *self);
/* A ZIP whose directory cannot be read, so that it is treated as a file. */
gboolean sr_backup_file_is_broken_zip (SrBackupFile *self);
/* What the first local header of a ZIP says. Returns: (transfer full) (nullable) */
char *sr_zip_local_name (gconstpointer head,
                         gsize         size);
/* The first bytes of an entry. Returns: %FALSE if it cannot be read */
gboolean sr_container_read_head (SrContainer  *container,
                                 guint         index,
                                 gpointer      buffer,
                                 gsize        *size,
                                 GCancellable *cancellable,
                                 GError      **error);

/**
 * sr_backup_file_find_key:
 * @default_key: of the server
 * @hint: what to ask for
 * @fits: says whether a key is it
 *
 * Tries the server's built-in key, then asks. Sets @encryption.
 *
 * Returns: 1 with @key (transfer full), 0 if there is none that fits, -1 to stop
 */
int sr_backup_file_find_key (SrBackupFile *self,
                             const char   *default_key,
                             const char   *hint,
                             gboolean (*fits) (SrBackupFile   *self,
                                               const SrSecret *key),
                             SrSecret **key,
                             GError   **error);

/**
 * sr_backup_open_container:
 * @fd: taken over
 *
 * Opens a file as the container that its first bytes say; any other as a container of one.
 * %SR_ERROR_DAMAGED and the like if it cannot be opened as that.
 */
SrContainer *sr_backup_open_container (int           fd,
                                       const char   *name,
                                       SrGuard      *guard,
                                       GCancellable *cancellable,
                                       GError      **error);

/* An entry as a file that can seek: itself where it is one, else spooled. Returns: descriptor, or
 * -1 */
int sr_backup_file_spool_entry (SrBackupFile *self,
                                guint         index,
                                GCancellable *cancellable,
                                GError      **error);
/* Records of an entry, by its content: JSON, SQL, SQLite or CSV. @name: of the collection, where
 * the entry does not tell. */
SrRecordReader *sr_backup_file_read_entry (SrBackupFile *self,
                                           guint         index,
                                           const char   *name,
                                           GCancellable *cancellable,
                                           GError      **error);
/* Records of all entries that collections name, one after the other. */
SrRecordReader *sr_backup_file_read_collections (SrBackupFile *self,
                                                 const char   *collection,
                                                 GCancellable *cancellable,
                                                 GError      **error);

/* --- judging ---------------------------------------------------------------------------------- */

/**
 * SrJudge:
 *
 * A judgement under way.
 */
struct _SrJudge
{
  SrBackupFile         *file;
  const SrJudgeOptions *options;
  SrVerdict            *verdict;
  SrProgress           *progress;
  GCancellable         *cancellable;
  gpointer              data; /* of the kind */
  GDestroyNotify        free_data;
  SrReferences         *references; /* (nullable): to files, being collected */
  SrCount              *count;      /* (nullable): what was found in records */
  gssize                key_pool;   /* see sr_key_set_new() */
};

/* How much of the work sr_judge_parts() is: 0.0, it is not to be called, to 1.0. */
double sr_judge_get_share_of_parts (SrJudge *self);
/* Reads the records of collections that have entries of their own, so that the container need not
 * unfold these again; sr_judge_records() tells of them. */
gboolean sr_judge_parts (SrJudge *self,
                         GError **error);
/* Container: ZIP findings and checksums, the end of other archives, or reading everything. */
gboolean sr_judge_container (SrJudge *self,
                             GError **error);
/* The same for a ZIP inside, under its name. */
gboolean sr_judge_zip (SrJudge     *self,
                       SrZipReader *zip,
                       const char  *name,
                       GError     **error);
/* Reads all records: counts, announced counts, keys twice, what the export destroyed, secrets. */
gboolean sr_judge_records (SrJudge *self,
                           GError **error);

G_END_DECLS
