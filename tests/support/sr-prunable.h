/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-pruner.h"
#include "sr-storage-fault.h"
#include "sr-storage-memory.h"

G_BEGIN_DECLS

/* Of random bytes, so that it keeps its size when compressed. */
#define SR_PRUNABLE_CHUNK_SIZE 40000

/**
 * SrPrunable:
 *
 * A vault in memory behind a storage that can do harm. Its packs, by default:
 * 0: chunks 0, 1, 2, all needed; 1: chunk 3, needed, and 100, 101, not; 2: chunks 102, 103, not
 * needed; 3: the trees of both snapshots and one more; and one no index names.
 */
typedef struct
{
  SrStorage       *memory;
  SrStorage       *storage;
  SrStorageMemory *files;
  SrStorageFault  *fault;
  SrRepo          *repo;
  SrLock          *lock;
  GByteArray      *pack;    /* the one that is being made */
  GArray          *entries; /* of it */
  SrId             packs[5];
  SrId             indexes[2];
  SrId             snapshots[2];
  SrPrunerStats    stats;
} SrPrunable;


/* For g_test_add(): the vault above, one without packs, and the end of either. */
void sr_prunable_set_up (SrPrunable *self, gconstpointer data);
void sr_prunable_set_up_empty (SrPrunable *self, gconstpointer data);
void sr_prunable_tear_down (SrPrunable *self, gconstpointer data);
/* A pack is made by putting blobs and ending it; @writer (nullable) gathers the index file that
 * names it. Chunk @seed has content that depends on the number only. */
void     sr_prunable_put_chunk (SrPrunable *self, guint seed);
SrId     sr_prunable_put_tree (SrPrunable *self, const guint *chunks, guint n_chunks, gboolean raw);
SrId     sr_prunable_end_pack (SrPrunable *self, SrIndexWriter *writer);
SrId     sr_prunable_end_index (SrPrunable *self, SrIndexWriter *writer);
SrId     sr_prunable_add_snapshot (SrPrunable *self, const SrId *tree, gint64 seconds);
gboolean sr_prunable_prune (SrPrunable *self, const SrPrunerOptions *options, GError **error);
void     sr_prunable_prune_well (SrPrunable *self, const SrPrunerOptions *options);
gboolean sr_prunable_has_pack (SrPrunable *self, const SrId *id);
gboolean sr_prunable_has_index (SrPrunable *self, const SrId *id);

/* Opens the vault as another process would, and reads every blob its snapshots need.
 * Returns: (transfer full): with its index loaded, for a closer look */
SrRepo *sr_prunable_assert_whole (SrPrunable *self, guint n_snapshots);
/* Besides: every pack is in the index, and there. Returns: (transfer full) */
SrRepo *sr_prunable_assert_tidy (SrPrunable *self, guint n_snapshots);

G_END_DECLS
