/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-polynomial.h"

G_BEGIN_DECLS

/**
 * SrChunkSizes:
 * @min: no chunk but the last of a file is smaller, in bytes; at least 64
 * @bits: a cut is taken where the lowest @bits bits of the rolling hash are zero, so that a
 *   chunk is @min + 2^@bits bytes long on average
 * @max: no chunk is larger, in bytes
 */
typedef struct
{
  guint32 min;
  guint32 bits;
  guint32 max;
} SrChunkSizes;

/* 512 KiB, 20 bits, 8 MiB: what restic does; ordinary files */
extern const SrChunkSizes sr_chunk_sizes_files;
/* 4 KiB, 13 bits, 64 KiB: database content, unless the vault says otherwise */
extern const SrChunkSizes sr_chunk_sizes_database;

/* The largest chunk of any sizes: what the pipeline has room for. */
#define SR_CHUNK_MAX (8 * 1024 * 1024)

/* Returns: whether 64 <= min <= max <= %SR_CHUNK_MAX and 1 <= bits <= 23 */
gboolean sr_chunk_sizes_are_valid (const SrChunkSizes *self);

/**
 * SrChunkerTables:
 *
 * What one polynomial needs; made once a vault, then read by any number of chunkers in any thread.
 */
typedef struct
{
  guint64 out[256]; /* what a byte that leaves the window contributed */
  guint64 mod[256]; /* what reduces the hash after it was shifted by a byte */
} SrChunkerTables;

void sr_chunker_tables_init (SrChunkerTables *self,
                             SrPolynomial     polynomial);

/**
 * SrChunker:
 *
 * Content-defined chunking with restic's rolling hash (Rabin fingerprint, window of 64 bytes;
 * github.com/restic/chunker). Members are private.
 *
 * Threads: one thread at a time.
 */
typedef struct
{
  const SrChunkerTables *tables;
  SrChunkSizes           sizes;
  /* up to here no cut was found; 0 before the first look */
  gsize scanned;
} SrChunker;

/* Both arguments must outlive @self or be static. */
void sr_chunker_init (SrChunker             *self,
                      const SrChunkerTables *tables,
                      const SrChunkSizes    *sizes);

/**
 * sr_chunker_next:
 * @data: first byte of the current chunk
 * @size: bytes that are there, from @data on, contiguous; what an earlier call for this chunk
 *   showed, and more
 * @at_end: nothing follows after @size
 *
 * Where the current chunk ends. Bytes scanned by an earlier call for the same chunk are not
 * scanned again. When a length is returned, the next call is about the chunk that follows it.
 *
 * Returns: the length of the chunk, or 0 if more bytes are needed (never with @at_end and
 *   @size > 0, never with @size >= max)
 */
gsize sr_chunker_next (SrChunker    *self,
                       const guint8 *data,
                       gsize         size,
                       gboolean      at_end);

G_END_DECLS
