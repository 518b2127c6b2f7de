/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <string.h>

#include "repo/sr-chunker.h"

const SrChunkSizes sr_chunk_sizes_files = { 512 * 1024, 20, 8 * 1024 * 1024 };
const SrChunkSizes sr_chunk_sizes_database = { 4 * 1024, 13, 64 * 1024 };

#define WINDOW   64
#define MAX_BITS 23
/* The byte of the hash that is shifted out. */
#define TOP_SHIFT (SR_POLYNOMIAL_DEGREE - 8)

/* A hash can only be computed byte after byte, and each step waits for the one before. But it
 * depends on no more than the 64 bytes before it, so four stretches of a block are hashed at the
 * same time, each from its own beginning; the processor then works on four steps at once. */
#define LANES     4
#define MAX_LANE  8192
#define TINY_LANE 64

/* The lanes of a block: where each begins, and its hash. */
typedef struct
{
  const guint8 *in[LANES];
  guint64       hash[LANES];
} Lanes;

gboolean
sr_chunk_sizes_are_valid (const SrChunkSizes *self)
{
  return self->min >= WINDOW && self->min <= self->max && self->max <= SR_CHUNK_MAX &&
         self->bits >= 1 && self->bits <= MAX_BITS;
}

void
sr_chunker_tables_init (SrChunkerTables *self,
                        SrPolynomial     polynomial)
{
  for (guint64 byte = 0; byte < 256; byte++)
    {
      guint64 shifted = byte << SR_POLYNOMIAL_DEGREE;

      self->mod[byte] = sr_polynomial_mod (polynomial, shifted) | shifted;
    }
  for (guint64 byte = 0; byte < 256; byte++)
    {
      guint64 hash = byte;

      for (int i = 0; i < WINDOW; i++)
        hash = hash << 8 ^ self->mod[hash >> TOP_SHIFT];
      self->out[byte] = hash;
    }
}

void
sr_chunker_init (SrChunker             *self,
                 const SrChunkerTables *tables,
                 const SrChunkSizes    *sizes)
{
  self->tables = tables;
  self->sizes = *sizes;
  self->scanned = 0;
}

/* The hash after one more byte; the first windowful needs no more. */
static inline guint64
append (const SrChunkerTables *tables,
        guint64                hash,
        guint8                 byte)
{
  return (hash << 8 | byte) ^ tables->mod[hash >> TOP_SHIFT];
}

/* Moves the window of @hash one byte on, to the byte at @in. */
static inline guint64
slide (const SrChunkerTables *tables,
       guint64                hash,
       const guint8          *in)
{
  guint64 ready = (hash << 8 | in[0]) ^ tables->out[in[-WINDOW]];

  /* Last, since this is what takes longest. */
  return ready ^ tables->mod[hash >> TOP_SHIFT];
}

/* The hash of the window that ends before @end. */
static guint64
hash_window (const SrChunkerTables *tables,
             const guint8          *end)
{
  guint64 hash = 0;

  for (const guint8 *in = end - WINDOW; in < end; in++)
    hash = append (tables, hash, *in);
  return hash;
}

/* Four lanes of @size bytes each, one behind the other. */
static void
lanes_init (Lanes                 *self,
            const SrChunkerTables *tables,
            const guint8          *in,
            gsize                  size)
{
  guint64 hash[LANES] = { 0 };

  for (guint lane = 0; lane < LANES; lane++)
    self->in[lane] = in + lane * size;
  for (int i = -WINDOW; i < 0; i++)
    for (guint lane = 0; lane < LANES; lane++)
      hash[lane] = append (tables, hash[lane], self->in[lane][i]);
  memcpy (self->hash, hash, sizeof hash);
}

/* Steps through the first @count lanes, from their byte @i to @size, until one of them has a cut.
 * Compiled once for each @count, with all in registers. Returns: how many bytes were passed */
static G_ALWAYS_INLINE inline gsize
lanes_run (Lanes                 *self,
           const SrChunkerTables *tables,
           guint32                mask,
           const guint            count,
           gsize                  i,
           gsize                  size)
{
  const guint8 *in_a = self->in[0];
  const guint8 *in_b = self->in[1];
  const guint8 *in_c = self->in[2];
  const guint8 *in_d = self->in[3];
  guint64       a = self->hash[0];
  guint64       b = self->hash[1];
  guint64       c = self->hash[2];
  guint64       d = self->hash[3];

  while (i < size)
    {
      a = slide (tables, a, in_a + i);
      if (count > 1)
        b = slide (tables, b, in_b + i);
      if (count > 2)
        c = slide (tables, c, in_c + i);
      if (count > 3)
        d = slide (tables, d, in_d + i);
      i++;
      if ((a & mask) == 0 || (count > 1 && (b & mask) == 0) || (count > 2 && (c & mask) == 0) ||
          (count > 3 && (d & mask) == 0))
        break;
    }
  self->hash[0] = a;
  self->hash[1] = b;
  self->hash[2] = c;
  self->hash[3] = d;
  return i;
}

/* A lane may have a cut behind its byte @i. What is left of the lanes before it comes first; the
 * lanes behind it are no longer of interest. */
static G_GNUC_NO_INLINE gsize
lanes_finish (Lanes                 *self,
              const SrChunkerTables *tables,
              guint32                mask,
              gsize                  i,
              gsize                  size)
{
  guint count = LANES;
  gsize best = 0;

  for (;;)
    {
      guint hit = 0;

      while (hit < count && (self->hash[hit] & mask) != 0)
        hit++;
      if (hit < count)
        {
          best = hit * size + i;
          count = hit;
        }
      if (count == 0 || i == size)
        return best;
      if (count == 3)
        i = lanes_run (self, tables, mask, 3, i, size);
      else if (count == 2)
        i = lanes_run (self, tables, mask, 2, i, size);
      else
        i = lanes_run (self, tables, mask, 1, i, size);
    }
}

/* Behind how many of the 4 * @size bytes at @in the first cut is, 0 if there is none. */
static G_GNUC_NO_INLINE gsize
scan_block (const SrChunkerTables *tables,
            guint32                mask,
            const guint8          *in,
            gsize                  size)
{
  Lanes lanes;
  gsize i;

  lanes_init (&lanes, tables, in, size);
  i = lanes_run (&lanes, tables, mask, LANES, 0, size);
  for (guint lane = 0; lane < LANES; lane++)
    if ((lanes.hash[lane] & mask) == 0)
      return lanes_finish (&lanes, tables, mask, i, size);
  return 0;
}

/* As scan_block(), for a few bytes. */
static gsize
scan_rest (const SrChunkerTables *tables,
           guint32                mask,
           const guint8          *in,
           gsize                  size)
{
  guint64 hash = hash_window (tables, in);

  for (gsize i = 0; i < size; i++)
    {
      hash = slide (tables, hash, in + i);
      if ((hash & mask) == 0)
        return i + 1;
    }
  return 0;
}

/* A cut is where these bits of the hash are zero. */
static guint32
get_mask (SrChunker *self)
{
  return ((guint32) 1 << self->sizes.bits) - 1;
}

/* The first cut in (@from, @to], 0 if there is none. */
static gsize
find_cut (SrChunker    *self,
          const guint8 *data,
          gsize         from,
          gsize         to)
{
  guint32 mask = get_mask (self);
  /* Longer lanes are begun less often, but more is hashed in vain behind a cut. */
  gsize lane = CLAMP (mask / 16, TINY_LANE, MAX_LANE);
  gsize found;

  while (to - from >= LANES * TINY_LANE)
    {
      gsize size = MIN (lane, (to - from) / LANES);

      found = scan_block (self->tables, mask, data + from, size);
      if (found > 0)
        return from + found;
      from += LANES * size;
    }
  found = scan_rest (self->tables, mask, data + from, to - from);
  return found > 0 ? from + found : 0;
}

gsize
sr_chunker_next (SrChunker    *self,
                 const guint8 *data,
                 gsize         size,
                 gboolean      at_end)
{
  gsize min = self->sizes.min;
  gsize limit = MIN (size, self->sizes.max);
  gsize cut = 0;

  if (limit >= min && self->scanned < min)
    {
      if ((hash_window (self->tables, data + min) & get_mask (self)) == 0)
        cut = min;
      self->scanned = min;
    }
  if (cut == 0 && limit > self->scanned && self->scanned >= min)
    cut = find_cut (self, data, self->scanned, limit);
  if (cut == 0 && (limit == self->sizes.max || at_end))
    cut = limit;
  self->scanned = cut > 0 ? 0 : MAX (self->scanned, limit);
  return cut;
}
