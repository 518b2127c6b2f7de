/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-clock.h"
#include "base/sr-error.h"

#define START G_GINT64_CONSTANT (1700000000123456789)
#define HOUR  (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

static void
test_fake (void)
{
  g_autoptr (SrClock) clock = sr_clock_new_fake (START);
  g_autoptr (SrClock) second = sr_clock_ref (clock);
  g_autoptr (GError)  error = NULL;
  gint64              monotonic = sr_clock_monotonic_us (clock);

  g_assert_cmpint (sr_clock_now_ns (clock), ==, START);
  sr_clock_advance (second, -1000, 5);
  g_assert_cmpint (sr_clock_now_ns (clock), ==, START - 1000);
  g_assert_cmpint (sr_clock_monotonic_us (clock), ==, monotonic + 5);
  g_assert_true (sr_clock_sleep (clock, HOUR, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (sr_clock_monotonic_us (clock), ==, monotonic + 5 + HOUR);
  g_assert_cmpint (sr_clock_now_ns (clock), ==,
                   START - 1000 + G_GINT64_CONSTANT (3600000000000));
}

static void
test_system (void)
{
  gint64             before = g_get_real_time ();
  gint64             now = sr_clock_now_ns (NULL) / 1000;
  gint64             a = sr_clock_monotonic_us (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (now, >=, before - 1000);
  g_assert_cmpint (now, <=, g_get_real_time () + 1000);
  g_assert_true (sr_clock_sleep (NULL, 1000, NULL, &error));
  g_assert_true (sr_clock_sleep (NULL, -1, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (sr_clock_monotonic_us (NULL), >=, a + 1000);
  g_assert_null (sr_clock_ref (NULL));
  sr_clock_unref (NULL);
}

static gpointer
cancel_it (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return NULL;
}

/* A day's sleep that ends only because it is cancelled. */
static void
test_cancel (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (SrClock)      clock = sr_clock_new_fake (START);
  g_autoptr (GError)       error = NULL;
  GThread                 *thread = g_thread_new ("cancel", cancel_it, cancellable);

  g_assert_false (sr_clock_sleep (NULL, 24 * HOUR, cancellable, &error));
  g_assert_true (sr_error_is (error, SR_ERROR_CANCELLED));
  g_thread_join (thread);
  g_clear_error (&error);
  g_assert_false (sr_clock_sleep (clock, 1, cancellable, &error));
  g_assert_true (sr_error_is (error, SR_ERROR_CANCELLED));
  g_assert_cmpint (sr_clock_now_ns (clock), ==, START);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/clock/fake", test_fake);
  g_test_add_func ("/base/clock/system", test_system);
  g_test_add_func ("/base/clock/cancel", test_cancel);
  return g_test_run ();
}
