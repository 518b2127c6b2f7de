/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <string.h>

#include "archive/sr-key-set.h"


static void
add_all (SrKeySet *set,
         guint     n)
{
  for (guint i = 0; i < n; i++)
    g_assert_true (sr_key_set_add (set, &i, sizeof i));
}

static void
test_twice (void)
{
  gssize               pool = SR_KEY_POOL;
  g_autoptr (SrKeySet) set = sr_key_set_new (&pool);

  add_all (set, 100000);
  for (guint i = 0; i < 100000; i++)
    g_assert_false (sr_key_set_add (set, &i, sizeof i));
  g_assert_false (sr_key_set_is_full (set));
}

/* Room for one that grows is not there for the other, and comes back. */
static void
test_pool (void)
{
  gssize    pool = 1 << 15;
  SrKeySet *first = sr_key_set_new (&pool);
  SrKeySet *second = sr_key_set_new (&pool);
  guint     zero = 0;

  add_all (first, 12000);
  g_assert_false (sr_key_set_is_full (first));
  g_assert_cmpint (pool, <, 1 << 15);
  add_all (second, 12000);
  g_assert_true (sr_key_set_is_full (second));
  g_assert_false (sr_key_set_add (second, &zero, sizeof zero));
  sr_key_set_free (first);
  sr_key_set_free (second);
  g_assert_cmpint (pool, ==, 1 << 15);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/key-set/twice", test_twice);
  g_test_add_func ("/key-set/pool", test_pool);
  return g_test_run ();
}
