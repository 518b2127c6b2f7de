/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-index.h"

G_BEGIN_DECLS

/**
 * SrIndexBatch:
 *
 * What one index file says, parsed and checked, on its way into an #SrIndex. Keeps its memory, so
 * that a thread can parse one file after the other.
 *
 * Threads: one thread at a time.
 */
typedef struct _SrIndexBatch SrIndexBatch;

/* Blobs @first .. @first + @count - 1 of the batch lie in this pack. */
typedef struct
{
  SrId    id;
  guint32 first;
  guint32 count;
} SrIndexBatchPack;

SrIndexBatch *sr_index_batch_new (void);
void          sr_index_batch_free (SrIndexBatch *self);

/* Replaces what was in @self by what @json says. Blobs of a pack are then in the order of their
 * offsets and do not overlap. %SR_ERROR_DAMAGED otherwise. */
gboolean sr_index_batch_parse (SrIndexBatch *self,
                               gconstpointer json,
                               gsize         size,
                               GError      **error);

const SrIndexBatchPack *sr_index_batch_get_packs (SrIndexBatch *self,
                                                  guint        *n_packs);
/* All blobs; the number of the pack in them means nothing. */
const SrIndexEntry *sr_index_batch_get_entries (SrIndexBatch *self);

/* Adds the batch to @self; see sr_index_decode(). */
gboolean sr_index_add_batch (SrIndex      *self,
                             SrIndexBatch *batch,
                             guint        *n_repeated,
                             GError      **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrIndexBatch, sr_index_batch_free)

G_END_DECLS
