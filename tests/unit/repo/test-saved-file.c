/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "repo/sr-saved-file.h"

/* Every number has a place of its own that never moves, whatever comes after it. */
static void
test_numbers (void)
{
  const guint             n = 500000;
  g_autoptr (SrSavedFile) file = sr_saved_file_new ();
  g_autofree guint32    **places = g_new (guint32 *, n);

  for (guint i = 0; i < n; i++)
    places[i] = sr_saved_file_add_chunk (file);
  for (guint i = n; i-- > 0;)
    {
      *places[i] = i * 7;
      sr_saved_file_chunk_done (file);
    }
  sr_saved_file_close (file);
  g_assert_true (sr_saved_file_is_complete (file));
  g_assert_cmpuint (sr_saved_file_get_n_chunks (file), ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (sr_saved_file_get_number (file, i), ==, i * 7);
}

static void
test_complete (void)
{
  g_autoptr (SrSavedFile) file = sr_saved_file_new ();

  g_assert_false (sr_saved_file_is_complete (file));
  *sr_saved_file_add_chunk (file) = 1;
  *sr_saved_file_add_chunk (file) = 2;
  sr_saved_file_chunk_done (file);
  sr_saved_file_close (file);
  g_assert_false (sr_saved_file_is_complete (file));
  sr_saved_file_chunk_done (file);
  g_assert_true (sr_saved_file_is_complete (file));
}

/* A chunk on its way keeps the file. */
static void
test_references (void)
{
  SrSavedFile *file = sr_saved_file_new ();
  guint32     *place = sr_saved_file_add_chunk (file);

  sr_saved_file_unref (sr_saved_file_ref (file));
  sr_saved_file_unref (file);
  *place = 3;
  sr_saved_file_chunk_done (file);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/saved-file/numbers", test_numbers);
  g_test_add_func ("/saved-file/complete", test_complete);
  g_test_add_func ("/saved-file/references", test_references);
  return g_test_run ();
}
