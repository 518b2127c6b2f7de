/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>

#include "crypto/sr-random.h"

#define N_DRAWS 1000

static int
compare_16 (gconstpointer a,
            gconstpointer b)
{
  return memcmp (a, b, 16);
}

static void
assert_all_differ (guint8 *draws,
                   gsize   n)
{
  qsort (draws, n, 16, compare_16);
  for (gsize i = 1; i < n; i++)
    g_assert_cmpint (memcmp (draws + 16 * (i - 1), draws + 16 * i, 16), !=, 0);
}

static gpointer
draw_many (gpointer user_data)
{
  guint8 *draws = user_data;

  for (gsize i = 0; i < N_DRAWS; i++)
    sr_random_bytes (draws + 16 * i, 16);
  return NULL;
}

/* Two threads must not hand out the same block, and a block must not be handed out twice. */
static void
test_never_twice (void)
{
  g_autofree guint8 *draws = g_malloc0 (2 * N_DRAWS * 16);
  GThread           *other = g_thread_new ("random", draw_many, draws + N_DRAWS * 16);

  draw_many (draws);
  g_thread_join (other);
  assert_all_differ (draws, 2 * N_DRAWS);
}

/* Each byte of each size is filled: in 64 fills no byte stays zero, but with a chance of 2^-512. */
static void
test_fills_every_size (void)
{
  const gsize        sizes[] = { 1, 15, 16, 1023, 1024, 1025, 4096, 4097, 10000 };
  g_autofree guint8 *data = g_malloc (10001);
  g_autofree guint8 *seen = g_malloc (10001);

  for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      memset (seen, 0, 10001);
      for (guint i = 0; i < 64; i++)
        {
          memset (data, 0, 10001);
          sr_random_bytes (data, sizes[s]);
          g_assert_cmpint (data[sizes[s]], ==, 0);
          for (gsize k = 0; k < sizes[s]; k++)
            seen[k] |= data[k];
        }
      for (gsize k = 0; k < sizes[s]; k++)
        g_assert_cmpint (seen[k], !=, 0);
    }
}

static void
test_nothing (void)
{
  sr_random_bytes (NULL, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/random/never-twice", test_never_twice);
  g_test_add_func ("/random/fills", test_fills_every_size);
  g_test_add_func ("/random/nothing", test_nothing);
  return g_test_run ();
}
