/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-repo.h"

G_BEGIN_DECLS

/**
 * SrPacker:
 *
 * Puts sealed blobs into packs, packs into storage, and their entries into index files: the writing
 * end of backup, copy, prune and repair. Packs are written as they grow, on threads of their own;
 * two data packs are open at a time and a blob goes into one of them at random, so that pack
 * boundaries tell less of chunk lengths (format notes 1.4).
 *
 * Threads: sr_packer_add() may be called from any thread; the rest belongs to one.
 */
typedef struct _SrPacker SrPacker;

/* @write_index: index files are written when %SR_INDEX_FULL blobs have gathered or ten minutes have
 *   passed, and at the end;
 * with %FALSE the caller gets the packs by sr_packer_take_packs(). @dry_run: nothing is stored. */
SrPacker *sr_packer_new (SrRepo       *repo,
                         gboolean      write_index,
                         gboolean      dry_run,
                         GCancellable *cancellable);
/* Throws open packs away. */
void sr_packer_free (SrPacker *self);
/* @sealed is copied. Blocks while the writers are behind. */
gboolean sr_packer_add (SrPacker     *self,
                        SrBlobType    type,
                        const SrId   *id,
                        gconstpointer sealed,
                        guint32       length,
                        guint32       plain_length,
                        GError      **error);
/* Closes all open packs (or with @give_up throws them away), waits until they are durable, and
 * writes the rest of the index. */
gboolean sr_packer_finish (SrPacker *self,
                           gboolean  give_up,
                           GError  **error);
guint64  sr_packer_get_n_packs (SrPacker *self);
guint64  sr_packer_get_bytes (SrPacker *self);

/* One finished pack. */
typedef struct
{
  SrId    id;
  GArray *entries; /* of SrPackEntry */
} SrPackedPack;

/* Packs finished since the last call. Returns: (transfer full) (element-type SrPackedPack) */
GPtrArray *sr_packer_take_packs (SrPacker *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrPacker, sr_packer_free)

G_END_DECLS
