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
 *   passed, and at the end; with %FALSE the caller gets the packs by sr_packer_take_packs().
 * @dry_run: nothing is stored. */
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
/* Packs that are durable. Any thread. */
guint64 sr_packer_get_n_packs (SrPacker *self);
/* What the blobs added so far occupy in packs, their header entries included. Any thread. */
guint64 sr_packer_get_bytes (SrPacker *self);
/* A pack made otherwise, durable already, that the index shall name. Any thread. */
gboolean sr_packer_add_pack (SrPacker          *self,
                             const SrId        *pack,
                             const SrPackEntry *entries,
                             gsize              n_entries,
                             GError           **error);
/**
 * sr_packer_check_packs:
 *
 * Whether all packs written through @self are still in the vault: another program's prune beside a
 * lost lock would have removed them. To be called after sr_packer_finish(). %SR_ERROR_DAMAGED if
 * one is gone.
 */
gboolean sr_packer_check_packs (SrPacker     *self,
                                GCancellable *cancellable,
                                GError      **error);

/* One finished pack. */
typedef struct
{
  SrId    id;
  GArray *entries; /* of SrPackEntry */
} SrPackedPack;

void sr_packed_pack_free (SrPackedPack *self);

/* Packs finished since the last call. Returns: (transfer full) (element-type SrPackedPack) */
GPtrArray *sr_packer_take_packs (SrPacker *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrPacker, sr_packer_free)

G_END_DECLS
