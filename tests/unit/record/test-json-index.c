/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "record/sr-json-index.h"

#include <string.h>

#define N_BLOCKS 6
#define SIZE     (N_BLOCKS * SR_JSON_BLOCK)

/* Byte by byte. */
static guint
index_simply (const guint8     *text,
              SrJsonIndexState *state,
              guint32          *positions)
{
  gboolean in_string = FALSE;
  gboolean escaped = FALSE;
  guint    n = 0;

  for (guint32 i = 0; i < SIZE; i++)
    {
      state->has_nul |= text[i] == 0;
      if (!in_string && text[i] != 0 && strchr ("[]{}", text[i]) != NULL)
        positions[n++] = i;
      if (text[i] == '"' && !escaped)
        in_string = !in_string;
      escaped = !escaped && text[i] == '\\';
    }
  state->in_string = in_string ? G_MAXUINT64 : 0;
  state->escaped = escaped;
  return n;
}

static void
check_kind (SrJsonIndexKind kind)
{
  /* much of what matters; bytes that differ from it by one bit; and few of anything else */
  static const char   letters[] = "\"\"\"\\\\\\\\[]{};[=}:, aZ\x02\x22\xdb\xfb\xdd\xa2\xdc\x7f";
  static const gsize  cuts[] = { N_BLOCKS, 1, 4 };
  g_autoptr (GRand)   rand = g_rand_new_with_seed (11);
  g_autofree guint32 *expected = g_new (guint32, SIZE + 4);
  g_autofree guint32 *found = g_new (guint32, SIZE + 4);

  for (guint round = 0; round < 20000; round++)
    {
      const gint32     n_letters = g_rand_int_range (rand, 2, sizeof letters);
      const gsize      cut = cuts[round % G_N_ELEMENTS (cuts)];
      guint8           text[SIZE];
      SrJsonIndexState simple = { 0 };
      SrJsonIndexState state = { 0 };
      guint            n;
      guint            n_expected;

      for (guint i = 0; i < SIZE; i++)
        text[i] = (guint8) letters[g_rand_int_range (rand, 0, n_letters)];
      if (round % 100 == 0)
        text[g_rand_int_range (rand, 0, SIZE)] = 0;
      n_expected = index_simply (text, &simple, expected);
      n = sr_json_index (kind, &state, text, cut, found);
      if (cut < N_BLOCKS)
        {
          guint more = sr_json_index (kind, &state, text + cut * SR_JSON_BLOCK, N_BLOCKS - cut,
                                      found + n);

          for (guint i = 0; i < more; i++)
            found[n + i] += (guint32) (cut * SR_JSON_BLOCK);
          n += more;
        }
      g_assert_cmpmem (found, n * sizeof *found, expected, n_expected * sizeof *expected);
      g_assert_cmpuint (state.in_string, ==, simple.in_string);
      g_assert_cmpuint (state.escaped, ==, simple.escaped);
      g_assert_true (state.has_nul == simple.has_nul);
    }
}

static void
test_kind (gconstpointer data)
{
  const SrJsonIndexKind kind = (SrJsonIndexKind) GPOINTER_TO_UINT (data);

  if (sr_json_index_has (kind))
    check_kind (kind);
  else
    g_test_skip ("this processor cannot do it");
}

static void
test_best (void)
{
  g_assert_true (sr_json_index_has (sr_json_index_best ()));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/json-index/portable", GUINT_TO_POINTER (SR_JSON_INDEX_PORTABLE),
                        test_kind);
  g_test_add_data_func ("/json-index/avx2", GUINT_TO_POINTER (SR_JSON_INDEX_AVX2), test_kind);
  g_test_add_func ("/json-index/best", test_best);
  return g_test_run ();
}
