/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-queue.h"

#define N_ITEMS   20000
#define N_THREADS 4

static void
test_order (void)
{
  g_autoptr (SrQueue) queue = sr_queue_new (3);

  for (guint round = 0; round < 5; round++)
    {
      g_assert_true (sr_queue_push (queue, GUINT_TO_POINTER (1)));
      g_assert_true (sr_queue_push (queue, GUINT_TO_POINTER (2)));
      g_assert_cmpuint (GPOINTER_TO_UINT (sr_queue_pop (queue)), ==, 1);
      g_assert_true (sr_queue_push (queue, GUINT_TO_POINTER (3)));
      g_assert_true (sr_queue_push (queue, GUINT_TO_POINTER (4)));
      g_assert_cmpuint (GPOINTER_TO_UINT (sr_queue_pop (queue)), ==, 2);
      g_assert_cmpuint (GPOINTER_TO_UINT (sr_queue_pop (queue)), ==, 3);
      g_assert_cmpuint (GPOINTER_TO_UINT (sr_queue_pop (queue)), ==, 4);
    }
}

static void
test_close (void)
{
  g_autoptr (SrQueue) queue = sr_queue_new (2);

  g_assert_true (sr_queue_push (queue, GUINT_TO_POINTER (1)));
  g_assert_true (sr_queue_push (queue, GUINT_TO_POINTER (2)));
  sr_queue_close (queue);
  sr_queue_close (queue);
  g_assert_false (sr_queue_push (queue, GUINT_TO_POINTER (3)));
  g_assert_cmpuint (GPOINTER_TO_UINT (sr_queue_pop (queue)), ==, 1);
  g_assert_cmpuint (GPOINTER_TO_UINT (sr_queue_pop (queue)), ==, 2);
  g_assert_null (sr_queue_pop (queue));
}

static gpointer
push_one (gpointer queue)
{
  return GINT_TO_POINTER (sr_queue_push (queue, GUINT_TO_POINTER (9)));
}

static gpointer
pop_one (gpointer queue)
{
  return sr_queue_pop (queue);
}

/* Those who wait, on either side, are woken by the close. */
static void
test_close_wakes (void)
{
  g_autoptr (SrQueue) full = sr_queue_new (1);
  g_autoptr (SrQueue) empty = sr_queue_new (1);
  GThread            *pusher;
  GThread            *poppers[2];

  g_assert_true (sr_queue_push (full, GUINT_TO_POINTER (1)));
  pusher = g_thread_new ("pusher", push_one, full);
  for (guint i = 0; i < 2; i++)
    poppers[i] = g_thread_new ("popper", pop_one, empty);
  sr_queue_close (full);
  sr_queue_close (empty);
  g_assert_false (GPOINTER_TO_INT (g_thread_join (pusher)));
  for (guint i = 0; i < 2; i++)
    g_assert_null (g_thread_join (poppers[i]));
}

static gpointer
produce (gpointer queue)
{
  for (guint i = 1; i <= N_ITEMS; i++)
    g_assert_true (sr_queue_push (queue, GUINT_TO_POINTER (i)));
  return NULL;
}

static gpointer
consume (gpointer queue)
{
  guint64 *sum = g_new0 (guint64, 1);
  gpointer item;

  while ((item = sr_queue_pop (queue)) != NULL)
    *sum += GPOINTER_TO_UINT (item);
  return sum;
}

static void
test_threads (void)
{
  g_autoptr (SrQueue) queue = sr_queue_new (5);
  GThread            *producers[N_THREADS];
  GThread            *consumers[N_THREADS];
  guint64             sum = 0;

  for (guint i = 0; i < N_THREADS; i++)
    {
      producers[i] = g_thread_new ("produce", produce, queue);
      consumers[i] = g_thread_new ("consume", consume, queue);
    }
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (producers[i]);
  sr_queue_close (queue);
  for (guint i = 0; i < N_THREADS; i++)
    {
      g_autofree guint64 *part = g_thread_join (consumers[i]);

      sum += *part;
    }
  g_assert_cmpuint (sum, ==, (guint64) N_THREADS * N_ITEMS * (N_ITEMS + 1) / 2);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/queue/order", test_order);
  g_test_add_func ("/base/queue/close", test_close);
  g_test_add_func ("/base/queue/close-wakes", test_close_wakes);
  g_test_add_func ("/base/queue/threads", test_threads);
  return g_test_run ();
}
