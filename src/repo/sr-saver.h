/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-repo.h"

G_BEGIN_DECLS

/**
 * SrSaver:
 *
 * Brings data into a vault: chunker, digest, known?, zstd, seal, check, pack, storage, on as many
 * threads as there are cores, in bounded memory. One thread (the feeder) calls it; a failure of any
 * stage comes out at the feeder's next call.
 *
 * Threads: all functions belong to the feeder's thread.
 */
typedef struct _SrSaver SrSaver;

/**
 * SrSavedFile:
 *
 * The content of one file on its way: known whole once all its chunks are through.
 */
typedef struct _SrSavedFile SrSavedFile;

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
 * Only one file is open at a time. Small files are gathered into jobs of about a megabyte.
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
 * be called. */
void sr_saver_drop_file (SrSaver *self);

/* Content known from a parent snapshot. Returns: (transfer full) (nullable): %NULL if a blob is
 * missing in the index, then read the file */
SrSavedFile *sr_saver_reuse_content (SrSaver    *self,
                                     const SrId *content,
                                     gsize       n_content);
SrSavedFile *sr_saved_file_ref (SrSavedFile *file);
void         sr_saved_file_unref (SrSavedFile *file);
/* Whether all its chunks are through; cheap. */
gboolean sr_saved_file_is_complete (SrSavedFile *file);
/* Only when complete. */
gsize       sr_saved_file_get_n_chunks (SrSavedFile *file);
const SrId *sr_saved_file_get_chunk (SrSaver     *self,
                                     SrSavedFile *file,
                                     gsize        i);
/* Waits until @file is complete (jobs gathered so far are sent on). */
gboolean sr_saver_wait_file (SrSaver     *self,
                             SrSavedFile *file,
                             GError     **error);

/* Stores a blob that is whole in memory; @plain is copied. Its id is known at once. */
gboolean sr_saver_add_tree (SrSaver      *self,
                            gconstpointer plain,
                            gsize         size,
                            SrId         *id,
                            GError      **error);
/* A tree blob too large for memory: compressed as it comes, its id known at the end. */
gboolean sr_saver_stream_begin (SrSaver *self,
                                GError **error);
gboolean sr_saver_stream_append (SrSaver      *self,
                                 gconstpointer plain,
                                 gsize         size,
                                 GError      **error);
gboolean sr_saver_stream_end (SrSaver *self,
                              SrId    *id,
                              GError **error);

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
void     sr_saver_get_stats (SrSaver      *self,
                             SrSaverStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrSaver, sr_saver_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrSavedFile, sr_saved_file_unref)

G_END_DECLS
