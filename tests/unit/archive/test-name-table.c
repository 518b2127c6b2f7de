/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "archive/sr-name-table.h"

#define N 5000

static const char *
name_of (gconstpointer list,
         guint         index)
{
  return g_ptr_array_index ((GPtrArray *) list, index);
}

static void
test_find (void)
{
  g_autoptr (GPtrArray)   names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (SrNameTable) table = NULL;
  guint                   index;

  for (guint i = 0; i < N; i++)
    g_ptr_array_add (names, g_strdup_printf ("folder %u/file %u", i / 100, i));
  table = sr_name_table_new (N, name_of, names);
  g_assert_false (sr_name_table_find (table, "folder 0/file 0", &index));
  for (guint i = 0; i < N; i++)
    g_assert_false (sr_name_table_add (table, i));
  for (guint i = 0; i < N; i++)
    {
      g_assert_true (sr_name_table_find (table, g_ptr_array_index (names, i), &index));
      g_assert_cmpuint (index, ==, i);
    }
  g_assert_false (sr_name_table_find (table, "folder 0/file 1000", &index));
}

/* Unpacked in order, the last of one name is what remains. */
static void
test_twice (void)
{
  const char             *list[] = { "a", "b", "a" };
  g_autoptr (GPtrArray)   names = g_ptr_array_new ();
  g_autoptr (SrNameTable) table = NULL;
  guint                   index;

  for (guint i = 0; i < G_N_ELEMENTS (list); i++)
    g_ptr_array_add (names, (char *) list[i]);
  table = sr_name_table_new (names->len, name_of, names);
  g_assert_false (sr_name_table_add (table, 0));
  g_assert_false (sr_name_table_add (table, 1));
  g_assert_true (sr_name_table_add (table, 2));
  g_assert_true (sr_name_table_find (table, "a", &index));
  g_assert_cmpuint (index, ==, 2);
}

/* However many there are, a name that is not there is seen to be none. */
static void
test_sizes (void)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint n = 0; n < 70; n++)
    {
      g_autoptr (SrNameTable) table = sr_name_table_new (n, name_of, names);
      guint                   index = G_MAXUINT;

      for (guint i = 0; i < n; i++)
        g_assert_false (sr_name_table_add (table, i));
      g_assert_false (sr_name_table_find (table, "none", &index));
      g_assert_cmpuint (index, ==, G_MAXUINT);
      g_ptr_array_add (names, g_strdup_printf ("%u", n));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/name-table/find", test_find);
  g_test_add_func ("/name-table/twice", test_twice);
  g_test_add_func ("/name-table/sizes", test_sizes);
  return g_test_run ();
}
