/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-clock.h"
#include "base/sr-progress.h"
#include "base/sr-secret.h"
#include "crypto/sr-kdf.h"
#include "repo/sr-blob.h"
#include "repo/sr-config.h"
#include "repo/sr-index.h"
#include "repo/sr-snapshot.h"
#include "repo/sr-tree.h"
#include "storage/sr-storage.h"

G_BEGIN_DECLS

/**
 * SrRepo:
 *
 * An open vault: storage, keys, config, and the index once it is loaded.
 *
 * Threads: after sr_repo_load_index() the functions that only read may be called from any thread.
 */
#define SR_TYPE_REPO (sr_repo_get_type ())
G_DECLARE_FINAL_TYPE (SrRepo, sr_repo, SR, REPO, GObject)

/**
 * sr_repo_create:
 * @database_chunks: (nullable): the default when %NULL
 * @params: (nullable): cost of the key; calibrated when %NULL
 *
 * Makes a new vault of version 2. Nothing is left behind if it fails but empty folders.
 */
SrRepo *sr_repo_create (SrStorage            *storage,
                        SrSecret             *password,
                        const SrChunkSizes   *database_chunks,
                        const SrScryptParams *params,
                        GCancellable         *cancellable,
                        GError              **error);
/* %SR_ERROR_NOT_FOUND if there is no vault, %SR_ERROR_WRONG_PASSWORD, %SR_ERROR_DAMAGED,
 * %SR_ERROR_UNSUPPORTED */
SrRepo *sr_repo_open (SrStorage    *storage,
                      SrSecret     *password,
                      GCancellable *cancellable,
                      GError      **error);

SrStorage      *sr_repo_get_storage (SrRepo *self);
const SrConfig *sr_repo_get_config (SrRepo *self);
/* The master key's sealer; copy it for use in a thread. */
SrSealer *sr_repo_get_sealer (SrRepo *self);
SrSecret *sr_repo_get_master_key (SrRepo *self);
/* Which key file opened it. */
const SrId            *sr_repo_get_key_id (SrRepo *self);
const SrChunkerTables *sr_repo_get_chunker_tables (SrRepo *self);
/* Time for locks and snapshots; %NULL (the default) is the system's. */
void     sr_repo_set_clock (SrRepo  *self,
                            SrClock *clock);
SrClock *sr_repo_get_clock (SrRepo *self);

/* %SR_ERROR_UNSUPPORTED for a vault of version 1, with a text that says how to upgrade it. Called
 * by everything that writes. */
gboolean sr_repo_check_writable (SrRepo  *self,
                                 GError **error);

/**
 * SrDamageFunc:
 *
 * A file of the vault that cannot be used, and why.
 */
typedef void (*SrDamageFunc) (SrFileType    type,
                              const SrId   *id,
                              const GError *error,
                              gpointer      user_data);

/**
 * sr_repo_load_index:
 * @damaged: (nullable): called (in the calling thread) for each index file that cannot be used;
 *   with %NULL the first one is an error
 *
 * Reads all index files on as many threads as there are cores. Snapshots to be worked on must be
 * listed *before* this. Calling it again loads anew.
 */
gboolean sr_repo_load_index (SrRepo       *self,
                             SrProgress   *progress,
                             SrDamageFunc  damaged,
                             gpointer      user_data,
                             GCancellable *cancellable,
                             GError      **error);
SrIndex *sr_repo_get_index (SrRepo *self);
/* Replaces the index (repair). Takes @index. */
void sr_repo_set_index (SrRepo  *self,
                        SrIndex *index);

/* Small files of the vault: SNAPSHOT, INDEX, LOCK. Any thread. */
gboolean sr_repo_save_unpacked (SrRepo       *self,
                                SrFileType    type,
                                gconstpointer json,
                                gsize         size,
                                SrId         *id,
                                GCancellable *cancellable,
                                GError      **error);
/* The file's digest is compared with its name. Returns: (transfer full) */
GBytes *sr_repo_load_unpacked (SrRepo       *self,
                               SrFileType    type,
                               const SrId   *id,
                               GCancellable *cancellable,
                               GError      **error);

/**
 * sr_repo_load_blob:
 * @codec: (nullable): of this thread; a temporary one is made when %NULL
 *
 * Reads one blob whole, trying each place the index knows until one is sound.
 * %SR_ERROR_NOT_FOUND if the index does not know it, %SR_ERROR_DAMAGED if no place is sound.
 *
 * Returns: (transfer full)
 */
GBytes *sr_repo_load_blob (SrRepo       *self,
                           SrBlobCodec  *codec,
                           SrBlobType    type,
                           const SrId   *id,
                           GCancellable *cancellable,
                           GError      **error);

/* Blobs whose sealed form is larger are read as a stream: a first pass authenticates, a second
 * decrypts, decompresses, and hashes. */
#define SR_BLOB_STREAM_SIZE (8 * 1024 * 1024)

/**
 * sr_repo_open_tree:
 *
 * A decoder over a tree blob. Large ones (see %SR_BLOB_STREAM_SIZE) are read as a stream; the
 * digest of the whole is then checked when the last node was handed out, so that a caller that
 * stops early has authenticated (MAC), but not hashed, what it got.
 *
 * Returns: (transfer full)
 */
SrTreeDecoder *sr_repo_open_tree (SrRepo       *self,
                                  SrBlobCodec  *codec,
                                  const SrId   *id,
                                  GCancellable *cancellable,
                                  GError      **error);

SrBlobCodec *sr_repo_new_codec (SrRepo       *self,
                                SrCompression compression);

/**
 * sr_repo_list_snapshots:
 * @damaged: (nullable): as with sr_repo_load_index()
 *
 * Returns: (transfer full) (element-type SrSnapshot): oldest first
 */
GPtrArray  *sr_repo_list_snapshots (SrRepo       *self,
                                    SrDamageFunc  damaged,
                                    gpointer      user_data,
                                    GCancellable *cancellable,
                                    GError      **error);
SrSnapshot *sr_repo_load_snapshot (SrRepo       *self,
                                   const SrId   *id,
                                   GCancellable *cancellable,
                                   GError      **error);
/* Writes @snapshot and sets its id. The commit point of a backup: everything it refers to must be
 * durable. */
gboolean sr_repo_save_snapshot (SrRepo       *self,
                                SrSnapshot   *snapshot,
                                GCancellable *cancellable,
                                GError      **error);

/**
 * SrSnapshotFilter:
 *
 * Members that are %NULL do not filter. A snapshot matches if its host is one of @hosts, it has all
 * tags of one of @tags (each a comma separated list, as with restic), and it has all @paths.
 */
typedef struct
{
  const char *const *hosts;
  const char *const *tags;
  const char *const *paths;
} SrSnapshotFilter;

gboolean sr_snapshot_matches (const SrSnapshot       *self,
                              const SrSnapshotFilter *filter);
/**
 * sr_repo_find_snapshot:
 * @snapshots: (element-type SrSnapshot): of sr_repo_list_snapshots()
 * @name: "latest" (of those that match @filter), or a prefix of an id
 *
 * Returns: (transfer none): %NULL with %SR_ERROR_NOT_FOUND, %SR_ERROR_DAMAGED if it is one whose
 *   file was met damaged by sr_repo_list_snapshots(), or %SR_ERROR_INVALID if several begin so
 */
const SrSnapshot *sr_repo_find_snapshot (SrRepo                 *self,
                                         GPtrArray              *snapshots,
                                         const char             *name,
                                         const SrSnapshotFilter *filter,
                                         GError                **error);
/**
 * sr_repo_choose_snapshots:
 * @names: (array zero-terminated=1) (nullable): as with sr_repo_find_snapshot(); %NULL or none for
 *   all that match @filter
 *
 * Returns: (transfer container) (element-type SrSnapshot): those of @snapshots, in their order
 */
GPtrArray *sr_repo_choose_snapshots (SrRepo                 *self,
                                     GPtrArray              *snapshots,
                                     const char *const      *names,
                                     const SrSnapshotFilter *filter,
                                     GError                **error);

G_END_DECLS
