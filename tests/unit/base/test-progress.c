/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-progress.h"

#include <math.h>

#define TENTH_US 100000

typedef struct
{
  SrClock    *clock;
  SrProgress *root;
  guint       calls;
} Fixture;

static void
count_call (SrProgress *progress,
            gpointer    user_data)
{
  Fixture *fixture = user_data;

  g_assert_true (progress == fixture->root);
  fixture->calls++;
}

static void
set_up (Fixture      *fixture,
        gconstpointer unused)
{
  fixture->clock = sr_clock_new_fake (0);
  fixture->root = sr_progress_new ();
  sr_progress_set_clock (fixture->root, fixture->clock);
  sr_progress_set_notify (fixture->root, count_call, fixture, NULL);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer unused)
{
  g_clear_object (&fixture->root);
  g_clear_pointer (&fixture->clock, sr_clock_unref);
}

static double
fraction (SrProgress *progress)
{
  SrProgressState state;
  double          result;

  sr_progress_get_state (progress, &state);
  result = state.fraction;
  sr_progress_state_clear (&state);
  return result;
}

#define assert_near(a, b) g_assert_cmpfloat_with_epsilon (a, b, 1e-9)

static void
test_null (void)
{
  SrProgressState state;

  g_assert_null (sr_progress_step (NULL, 1, 2, "nothing"));
  sr_progress_set_totals (NULL, 1, 1, FALSE);
  sr_progress_add (NULL, 1, 1);
  sr_progress_set_current (NULL, "x");
  sr_progress_finish (NULL);
  sr_progress_set_notify (NULL, NULL, NULL, NULL);
  sr_progress_get_state (NULL, &state);
  assert_near (state.fraction, 0.0);
  assert_near (state.seconds_left, -1.0);
  sr_progress_state_clear (&state);
}

static void
test_nested (Fixture      *fixture,
             gconstpointer unused)
{
  g_autoptr (SrProgress) one = sr_progress_step (fixture->root, 1, 4, "one");
  g_autoptr (SrProgress) two = NULL;
  g_autoptr (SrProgress) inner = NULL;
  SrProgressState        state;

  sr_progress_set_totals (one, 0, 10, FALSE);
  sr_progress_add (one, 0, 5);
  assert_near (fraction (fixture->root), 0.125);
  sr_progress_finish (one);
  assert_near (fraction (fixture->root), 0.25);
  sr_progress_finish (one);
  assert_near (fraction (fixture->root), 0.25);

  two = sr_progress_step (fixture->root, 3, 4, "two");
  inner = sr_progress_step (two, 1, 2, "inner");
  sr_progress_set_totals (inner, 100, 7, FALSE);
  sr_progress_add (inner, 50, 1);
  assert_near (fraction (two), 0.25);
  assert_near (fraction (fixture->root), 0.25 + 0.75 * 0.25);

  sr_progress_get_state (fixture->root, &state);
  g_assert_cmpstr (state.phase, ==, "inner");
  g_assert_cmpuint (state.bytes_done, ==, 50);
  g_assert_cmpuint (state.bytes_total, ==, 100);
  g_assert_cmpuint (state.items_done, ==, 1);
  g_assert_cmpuint (state.items_total, ==, 7);
  g_assert_false (state.estimating);
  sr_progress_state_clear (&state);

  /* Dropped half-way: what it did stays done, and its counts are those last heard of. */
  g_clear_object (&inner);
  assert_near (fraction (fixture->root), 0.25 + 0.75 * 0.25);
  sr_progress_get_state (fixture->root, &state);
  g_assert_cmpuint (state.bytes_done, ==, 50);
  g_assert_cmpstr (state.phase, ==, "two");
  sr_progress_state_clear (&state);
  sr_progress_finish (two);
  assert_near (fraction (fixture->root), 1.0);
}

static void
test_never_backwards (Fixture      *fixture,
                      gconstpointer unused)
{
  sr_progress_set_totals (fixture->root, 100, 0, TRUE);
  sr_progress_add (fixture->root, 80, 0);
  assert_near (fraction (fixture->root), 0.8);
  sr_progress_set_totals (fixture->root, 1000, 0, TRUE);
  assert_near (fraction (fixture->root), 0.8);
  sr_progress_add (fixture->root, 820, 0);
  assert_near (fraction (fixture->root), 0.9);
  sr_progress_add (fixture->root, 5000, 0);
  assert_near (fraction (fixture->root), 1.0);
}

static void
test_estimating (Fixture      *fixture,
                 gconstpointer unused)
{
  g_autoptr (SrProgress) step = NULL;
  SrProgressState        state;

  sr_progress_get_state (fixture->root, &state);
  g_assert_true (state.estimating);
  sr_progress_state_clear (&state);
  step = sr_progress_step (fixture->root, 1, 1, NULL);
  sr_progress_set_totals (step, 10, 0, TRUE);
  sr_progress_get_state (fixture->root, &state);
  g_assert_true (state.estimating);
  sr_progress_state_clear (&state);
  sr_progress_set_totals (step, 10, 0, FALSE);
  sr_progress_get_state (fixture->root, &state);
  g_assert_false (state.estimating);
  g_assert_null (state.phase);
  sr_progress_state_clear (&state);
}

/* A million reports within a second: at most ten notifications, and one more at the end. */
static void
test_notify (Fixture      *fixture,
             gconstpointer unused)
{
  sr_progress_set_totals (fixture->root, 1000000, 0, FALSE);
  g_assert_cmpuint (fixture->calls, ==, 1);
  for (guint i = 0; i < 1000; i++)
    {
      for (guint j = 0; j < 1000; j++)
        sr_progress_add (fixture->root, 1, 1);
      sr_clock_advance (fixture->clock, 0, 999);
    }
  g_assert_cmpuint (fixture->calls, ==, 10);
  sr_progress_finish (fixture->root);
  g_assert_cmpuint (fixture->calls, ==, 11);
  sr_progress_finish (fixture->root);
  sr_clock_advance (fixture->clock, 0, 10 * TENTH_US);
  sr_progress_add (fixture->root, 1, 1);
  g_assert_cmpuint (fixture->calls, ==, 11);
}

static void
test_rate (Fixture      *fixture,
           gconstpointer unused)
{
  SrProgressState state = { 0 };

  sr_progress_set_totals (fixture->root, 100000, 0, FALSE);
  sr_progress_get_state (fixture->root, &state);
  assert_near (state.bytes_per_second, 0.0);
  assert_near (state.seconds_left, -1.0);
  for (guint i = 0; i < 10; i++)
    {
      sr_progress_state_clear (&state);
      sr_progress_add (fixture->root, 1000, 0);
      sr_clock_advance (fixture->clock, 0, TENTH_US);
      sr_progress_get_state (fixture->root, &state);
    }
  g_assert_cmpfloat_with_epsilon (state.bytes_per_second, 10000.0, 1.0);
  g_assert_cmpfloat_with_epsilon (state.seconds_left, 9.0, 0.01);
  sr_progress_state_clear (&state);
}

static void
test_current (Fixture      *fixture,
              gconstpointer unused)
{
  g_autofree char *endless = g_strnfill (20000, 'x');
  SrProgressState  state;

  sr_progress_get_state (fixture->root, &state);
  g_assert_null (state.current);
  sr_progress_state_clear (&state);
  sr_progress_set_current (fixture->root, "first");
  sr_progress_set_current (fixture->root, "caf\xe9");
  sr_progress_get_state (fixture->root, &state);
  g_assert_cmpstr (state.current, ==, "caf\xef\xbf\xbd");
  sr_progress_state_clear (&state);
  sr_progress_set_current (fixture->root, endless);
  sr_progress_get_state (fixture->root, &state);
  g_assert_true (g_str_has_prefix (endless, state.current));
  sr_progress_state_clear (&state);
}

#define N_THREADS 4
#define N_REPORTS 50000

static gpointer
report (gpointer root)
{
  g_autoptr (SrProgress) step = sr_progress_step (root, 1, N_THREADS, "part");

  sr_progress_set_totals (step, N_REPORTS, N_REPORTS, FALSE);
  for (guint i = 0; i < N_REPORTS; i++)
    {
      sr_progress_set_current (step, "name");
      sr_progress_add (step, 1, 1);
    }
  sr_progress_finish (step);
  return NULL;
}

static void
read_state (SrProgress *progress,
            gpointer    user_data)
{
  double *last = user_data;
  double  now = fraction (progress);

  g_assert_cmpfloat (now, >=, *last);
  *last = now;
}

/* The callback is never run by two threads, so that it needs no lock of its own. */
static void
test_threads (void)
{
  g_autoptr (SrProgress) root = sr_progress_new ();
  GThread               *threads[N_THREADS];
  double                 last = 0.0;

  sr_progress_set_notify (root, read_state, &last, NULL);
  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("report", report, root);
  while (fraction (root) < 1.0 - 1e-9)
    g_thread_yield ();
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  sr_progress_finish (root);
  assert_near (last, 1.0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/progress/null", test_null);
  g_test_add ("/base/progress/nested", Fixture, NULL, set_up, test_nested, tear_down);
  g_test_add ("/base/progress/never-backwards", Fixture, NULL, set_up, test_never_backwards,
              tear_down);
  g_test_add ("/base/progress/estimating", Fixture, NULL, set_up, test_estimating, tear_down);
  g_test_add ("/base/progress/notify", Fixture, NULL, set_up, test_notify, tear_down);
  g_test_add ("/base/progress/rate", Fixture, NULL, set_up, test_rate, tear_down);
  g_test_add ("/base/progress/current", Fixture, NULL, set_up, test_current, tear_down);
  g_test_add_func ("/base/progress/threads", test_threads);
  return g_test_run ();
}
