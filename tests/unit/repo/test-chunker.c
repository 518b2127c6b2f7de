/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>

#include "repo/sr-chunker.h"
#include "sr-test-util.h"

/* The polynomial of the vault in tests/data/restic-init. */
#define POLYNOMIAL G_GUINT64_CONSTANT (0x2acc5c9f068d7b)

static const SrChunkSizes all_sizes[] = {
  { 64, 1, 64 },
  { 64, 4, 1024 },
  { 65, 8, 2000 },
  { 100, 7, 101 },
  { 1000, 10, 5000 },
  { 4 * 1024, 13, 64 * 1024 },
  { 8 * 1024, 14, 128 * 1024 },
  { 64 * 1024, 17, 1024 * 1024 },
  { 512 * 1024, 20, 8 * 1024 * 1024 },
};

/* A literal chunker, from the words of the format notes 1.8: the window starts as zeros, the byte 1
 * is slid in, the first min - 64 bytes of a chunk are passed over, and a cut is taken behind a byte
 * where the low bits of the hash are zero and the length is at least min, or where it is max. */
typedef struct
{
  guint64 hash;
  guint8  window[64];
  guint   position;
} Reference;

/* @value times x^8, plus @byte, mod the polynomial, bit by bit */
static guint64
shift_in (guint64 value,
          guint8  byte)
{
  value = value << 8 | byte;
  for (int bit = 61; bit >= 53; bit--)
    if (value >> bit & 1)
      value ^= POLYNOMIAL << (bit - 53);
  return value;
}

static void
reference_slide (Reference *self,
                 guint8     byte)
{
  static guint64  out[256];
  static gboolean has_out;

  for (guint b = 0; !has_out && b < 256; b++)
    {
      out[b] = shift_in (0, (guint8) b);
      for (int i = 0; i < 63; i++)
        out[b] = shift_in (out[b], 0);
    }
  has_out = TRUE;
  self->hash ^= out[self->window[self->position]];
  self->window[self->position] = byte;
  self->position = (self->position + 1) % 64;
  self->hash = shift_in (self->hash, byte);
}

static gsize
reference_next (const SrChunkSizes *sizes,
                const guint8       *data,
                gsize               size)
{
  Reference self = { 0 };
  guint64   mask = ((guint64) 1 << sizes->bits) - 1;

  reference_slide (&self, 1);
  for (gsize length = sizes->min - 64; length < size;)
    {
      reference_slide (&self, data[length++]);
      if (length >= sizes->min && ((self.hash & mask) == 0 || length >= sizes->max))
        return length;
    }
  return size;
}

/* Cuts @data whole and compares each chunk with the reference. Returns: how many chunks it gave */
static gsize
compare (const SrChunkSizes *sizes,
         const guint8       *data,
         gsize               size)
{
  SrChunkerTables tables;
  SrChunker       chunker;
  gsize           n = 0;

  sr_chunker_tables_init (&tables, POLYNOMIAL);
  sr_chunker_init (&chunker, &tables, sizes);
  for (gsize at = 0; at < size; n++)
    {
      gsize expected = reference_next (sizes, data + at, size - at);
      gsize length = sr_chunker_next (&chunker, data + at, size - at, TRUE);

      g_assert_cmpuint (length, ==, expected);
      at += length;
    }
  return n;
}

typedef enum
{
  RANDOM,
  ZEROS,
  ZERO_RUNS,
  TEXT,
  N_KINDS,
} Kind;

static guint8 *
make_data (Kind    kind,
           guint64 seed,
           gsize   size)
{
  guint8             *data = g_malloc0 (size + 200);
  g_autofree guint16 *numbers = g_new (guint16, 4096);
  gsize               at = 0;

  sr_test_fill_random (seed, numbers, 4096 * sizeof *numbers);
  if (kind == RANDOM)
    sr_test_fill_random (seed, data, size);
  for (guint i = 0; kind == ZERO_RUNS && at < size; i++)
    {
      gsize run = MIN (numbers[i % 4096] % 3000u, size - at);

      if (i % 2 == 0)
        sr_test_fill_random (seed + i, data + at, run);
      at += run;
    }
  for (guint i = 0; kind == TEXT && at < size; i++)
    at += (gsize) g_snprintf ((char *) data + at, 200,
                              "{\"_id\":%u,\"name\":\"Customer %u\",\"total\":%u.%02u},\n", i,
                              numbers[i % 4096] % 1000u, numbers[(i + 7) % 4096], i % 100);
  return data;
}

static void
test_reference (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (all_sizes); i++)
    for (int kind = 0; kind < N_KINDS; kind++)
      {
        gsize              size = CLAMP (all_sizes[i].max * 3, 200000, 6000000) + i;
        g_autofree guint8 *data = make_data (kind, i + 1, size);
        gsize              n = compare (&all_sizes[i], data, size);

        g_test_message ("%u/%u/%u, kind %d: %" G_GSIZE_FORMAT " chunks", all_sizes[i].min,
                        all_sizes[i].bits, all_sizes[i].max, kind, n);
        g_assert_cmpuint (n, >, 1);
      }
}

/* Every length of a file around the limits. */
static void
test_short_files (void)
{
  const SrChunkSizes sizes = { 70, 6, 200 };
  g_autofree guint8 *data = make_data (RANDOM, 99, 1000);

  for (gsize size = 1; size <= 1000; size++)
    compare (&sizes, data, size);
}

/* The same cuts, whatever is shown at a time. */
static void
test_piecewise (void)
{
  static const gsize steps[] = { 1, 63, 64, 65, 255, 256, 257, 1000, 4096, 65536, 1000003 };

  for (gsize s = 0; s < G_N_ELEMENTS (all_sizes); s++)
    for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
      {
        const SrChunkSizes *sizes = &all_sizes[s];
        gsize               step = MAX (steps[i], sizes->max / 2000);
        gsize               size = MIN (sizes->max * 2 + 777, 4000000);
        g_autofree guint8  *data = make_data (i % N_KINDS, s, size);
        SrChunkerTables     tables;
        SrChunker           chunker;
        gsize               shown = 0;

        sr_chunker_tables_init (&tables, POLYNOMIAL);
        sr_chunker_init (&chunker, &tables, sizes);
        for (gsize at = 0; at < size;)
          {
            gsize length;

            shown = CLAMP (shown, at, size);
            length = sr_chunker_next (&chunker, data + at, shown - at, shown == size);
            if (length == 0)
              {
                g_assert_cmpuint (shown, <, size);
                g_assert_cmpuint (shown - at, <, sizes->max);
                shown += step;
                continue;
              }
            g_assert_cmpuint (length, ==, reference_next (sizes, data + at, size - at));
            at += length;
          }
      }
}

/* Zeros hash to zero, so every chunk of them is as small as it may be. */
static void
test_zeros (void)
{
  g_autofree guint8 *data = g_malloc0 (4 * 512 * 1024);

  g_assert_cmpuint (compare (&sr_chunk_sizes_files, data, 4 * 512 * 1024), ==, 4);
}

/* Where stock restic cuts: the vault of tests/data/restic-init, into which the 20,000,000 bytes of
 * seed 20261120 were backed up. */
static void
test_restic_cuts (void)
{
  static const gsize expected[] = {
    1609409,
    1827088,
    527692,
    687891,
    991826,
    1809406,
    565293,
    571272,
    742453,
    942641,
    756068,
    881981,
    1890857,
    617305,
    856042,
    1880913,
    2841863,
  };
  const gsize        size = 20000000;
  g_autofree guint8 *data = make_data (RANDOM, 20261120, size);
  SrChunkerTables    tables;
  SrChunker          chunker;
  gsize              at = 0;

  sr_chunker_tables_init (&tables, POLYNOMIAL);
  sr_chunker_init (&chunker, &tables, &sr_chunk_sizes_files);
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      gsize length = sr_chunker_next (&chunker, data + at, size - at, TRUE);

      g_assert_cmpuint (length, ==, expected[i]);
      at += length;
    }
  g_assert_cmpuint (at, ==, size);
}

static void
test_sizes_valid (void)
{
  static const SrChunkSizes bad[] = {
    { 63, 13, 64 * 1024 },
    { 4096, 0, 64 * 1024 },
    { 4096, 24, 64 * 1024 },
    { 4096, 13, 4095 },
    { 4096, 13, SR_CHUNK_MAX + 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (all_sizes); i++)
    g_assert_true (sr_chunk_sizes_are_valid (&all_sizes[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (sr_chunk_sizes_are_valid (&bad[i]));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chunker/reference", test_reference);
  g_test_add_func ("/chunker/short-files", test_short_files);
  g_test_add_func ("/chunker/piecewise", test_piecewise);
  g_test_add_func ("/chunker/zeros", test_zeros);
  g_test_add_func ("/chunker/restic-cuts", test_restic_cuts);
  g_test_add_func ("/chunker/sizes-valid", test_sizes_valid);
  return g_test_run ();
}
