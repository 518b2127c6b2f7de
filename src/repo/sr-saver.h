/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-packer.h"
#include "repo/sr-saved-file.h"

G_BEGIN_DECLS

/**
 * SrSaver:
 *
 * Brings data into a vault: chunker, digest, known?, zstd, seal, check, pack, storage, on as many
 * threads as there are cores, in bounded memory. One thread (the feeder) calls it; a failure of any
 * stage comes out at the feeder's next call.
 *
 * Threads: all functions belong to the feeder's thread, but sr_saver_reuse_content() may be called
 * from any.
 */
typedef struct _SrSaver SrSaver;

typedef struct
{
  guint64 data_blobs;        /* new ones */
  guint64 tree_blobs;        /* new ones */
  guint64 data_added;        /* bytes of new blobs, before compression */
  guint64 data_added_packed; /* what they occupy in packs */
  guint64 packs;
} SrSaverStats;

/* @repo: index loaded, shared lock held by the caller. @dry_run: everything but storing. */
SrSaver *sr_saver_new (SrRepo       *repo,
                       SrCompression compression,
                       gboolean      dry_run,
                       GCancellable *cancellable,
                       GError      **error);
/* Throws away what is not finished; what is in packs stays for prune or a second try. */
void sr_saver_free (SrSaver *self);

/**
 * sr_saver_begin_file:
 * @sizes: how to cut, must outlive the file
 * @size_hint: expected size in bytes, 0 if unknown
 *
 * Only one file is open at a time. Small files are gathered into jobs of a few megabytes.
 */
SrSavedFile *sr_saver_begin_file (SrSaver            *self,
                                  const SrChunkSizes *sizes,
                                  guint64             size_hint);
/* Where to put the next bytes of the open file. Returns: (transfer none): room for *@size bytes, at
 * least 64 KiB; %NULL with @error set when a stage has failed or it was cancelled. Blocks while the
 * pipeline is full. */
gpointer sr_saver_get_buffer (SrSaver *self,
                              gsize   *size,
                              GError **error);
/* @size bytes of that buffer were filled. */
gboolean sr_saver_commit_buffer (SrSaver *self,
                                 gsize    size,
                                 GError **error);
/* get_buffer, copy, commit_buffer */
gboolean sr_saver_write (SrSaver      *self,
                         gconstpointer data,
                         gsize         size,
                         GError      **error);
/* The open file is complete. @size: (out) (nullable): bytes it had. */
gboolean sr_saver_end_file (SrSaver *self,
                            guint64 *size,
                            GError **error);
/* The open file could not be read to its end: it is dropped, and sr_saved_file_unref() still has to
 * be called. Chunks that are through already stay in the vault, named by nothing. */
void sr_saver_drop_file (SrSaver *self);

/* Content known from a parent snapshot. Returns: (transfer full) (nullable): %NULL if a blob is
 * missing in the index, then read the file */
SrSavedFile *sr_saver_reuse_content (SrSaver    *self,
                                     const SrId *content,
                                     gsize       n_content);
/* Id of chunk @i of a complete file. */
const SrId *sr_saver_get_chunk (SrSaver     *self,
                                SrSavedFile *file,
                                gsize        i);
/* Waits until @file is complete (jobs gathered so far are sent on). */
gboolean sr_saver_wait_file (SrSaver     *self,
                             SrSavedFile *file,
                             GError     **error);

/* Stores a tree that is whole in memory; @plain is copied. Its id is known at once. No file may be
 * open. See sr-saver-stream.h for trees that are not whole in memory. */
gboolean sr_saver_add_tree (SrSaver      *self,
                            gconstpointer plain,
                            gsize         size,
                            SrId         *id,
                            GError      **error);

/**
 * sr_saver_finish:
 *
 * Waits for everything, closes the packs, and writes the index. When it returns %TRUE all that was
 * saved is durable and a snapshot may name it. After a failure or cancellation call it with
 * @give_up: what is already in whole packs is then indexed, so that the next try need not store it
 * again.
 */
gboolean sr_saver_finish (SrSaver *self,
                          gboolean give_up,
                          GError **error);
/* What has been done so far. */
void sr_saver_get_stats (SrSaver      *self,
                         SrSaverStats *stats);
/* See sr_packer_check_packs(); after sr_saver_finish(). */
gboolean sr_saver_check_packs (SrSaver      *self,
                               GCancellable *cancellable,
                               GError      **error);

/* -- for trees that are stored as a stream -- */

SrRepo       *sr_saver_get_repo (SrSaver *self);
SrPacker     *sr_saver_get_packer (SrSaver *self);
SrCompression sr_saver_get_compression (SrSaver *self);
gboolean      sr_saver_is_dry_run (SrSaver *self);
GCancellable *sr_saver_get_cancellable (SrSaver *self);
/* Returns: whether the tree is new, so that the caller has to store it */
gboolean sr_saver_claim_tree (SrSaver    *self,
                              const SrId *id,
                              guint32    *number);
/* The tree claimed has been stored. */
void sr_saver_count_tree (SrSaver           *self,
                          const SrPackEntry *entry);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrSaver, sr_saver_free)

G_END_DECLS
