/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-pack.h"

G_BEGIN_DECLS

/**
 * SrIndexWriter:
 *
 * Gathers packs for one index file.
 */
typedef struct _SrIndexWriter SrIndexWriter;

/* A file is full at this many blobs: half of what restic puts into one, since the whole file is in
 * memory twice while it is written. */
#define SR_INDEX_FULL 25000

SrIndexWriter *sr_index_writer_new (void);
void           sr_index_writer_free (SrIndexWriter *self);
void           sr_index_writer_add_pack (SrIndexWriter     *self,
                                         const SrId        *pack,
                                         const SrPackEntry *entries,
                                         gsize              n_entries);
gsize          sr_index_writer_get_n_blobs (SrIndexWriter *self);
/* The JSON of all packs added; @self is empty again after it. Returns: (transfer full) (nullable):
 * %NULL when nothing was added */
GString *sr_index_writer_take_json (SrIndexWriter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrIndexWriter, sr_index_writer_free)

G_END_DECLS
