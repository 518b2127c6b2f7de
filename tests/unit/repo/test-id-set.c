/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-worker.h"
#include "repo/sr-id-set.h"
#include "sr-test-util.h"

#define N_IDS     50000
#define N_THREADS 4

static void
make_id (guint i,
         SrId *id)
{
  sr_test_fill_random (i, id, sizeof *id);
}

static void
test_add_and_find (void)
{
  g_autoptr (SrIdSet) set = sr_id_set_new ();
  SrId                id;
  guint32             number;

  make_id (0, &id);
  g_assert_false (sr_id_set_find (set, &id, &number));
  for (guint i = 0; i < N_IDS; i++)
    {
      make_id (i, &id);
      g_assert_true (sr_id_set_add (set, &id, &number));
      g_assert_cmpuint (number, ==, i);
    }
  g_assert_cmpuint (sr_id_set_get_size (set), ==, N_IDS);
  for (guint i = 0; i < N_IDS; i++)
    {
      make_id (i, &id);
      number = G_MAXUINT32;
      g_assert_true (sr_id_set_find (set, &id, &number));
      g_assert_cmpuint (number, ==, i);
      g_assert_true (sr_id_equal (sr_id_set_get (set, i), &id));
      g_assert_false (sr_id_set_add (set, &id, NULL));
    }
  make_id (N_IDS, &id);
  g_assert_false (sr_id_set_find (set, &id, NULL));
  g_assert_cmpuint (sr_id_set_get_size (set), ==, N_IDS);
}

/* Ids that all belong in the same slot. */
static void
test_collisions (void)
{
  g_autoptr (SrIdSet) set = sr_id_set_new ();
  SrId                id = { { 0 } };
  guint32             number;

  memset (id.bytes + 8, 0xff, 8);
  for (guint i = 0; i < 600; i++)
    {
      id.bytes[0] = (guint8) i;
      id.bytes[1] = (guint8) (i >> 8);
      g_assert_true (sr_id_set_add (set, &id, &number));
      g_assert_cmpuint (number, ==, i);
    }
  id.bytes[0] = 7;
  id.bytes[1] = 1;
  g_assert_true (sr_id_set_find (set, &id, &number));
  g_assert_cmpuint (number, ==, 256 + 7);
}

typedef struct
{
  SrIdSet *set;
  gint     n_new;
} Shared;

static gboolean
add_all (gpointer data,
         guint    member,
         GError **error)
{
  Shared *shared = data;

  for (guint i = 0; i < N_IDS; i++)
    {
      SrId    id;
      guint32 number;

      make_id ((i + member * 7919) % N_IDS, &id);
      if (sr_id_set_add (shared->set, &id, &number))
        g_atomic_int_inc (&shared->n_new);
      g_assert_true (sr_id_equal (sr_id_set_get (shared->set, number), &id));
    }
  return TRUE;
}

static void
test_threads (void)
{
  g_autoptr (SrIdSet) set = sr_id_set_new ();
  g_autoptr (GError)  error = NULL;
  Shared              shared = { set, 0 };

  g_assert_true (sr_team_join (sr_team_start ("ids", N_THREADS, add_all, &shared), &error));
  g_assert_no_error (error);
  g_assert_cmpint (shared.n_new, ==, N_IDS);
  g_assert_cmpuint (sr_id_set_get_size (set), ==, N_IDS);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/id-set/add-and-find", test_add_and_find);
  g_test_add_func ("/id-set/collisions", test_collisions);
  g_test_add_func ("/id-set/threads", test_threads);
  return g_test_run ();
}
