/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "job/sr-job-queue.h"
#include "sr-test-job.h"

static SrTestJob *
add (SrJobQueue *queue,
     const char *vault,
     const char *site)
{
  SrTestJob *job = sr_test_job_new (vault, site);

  sr_job_queue_add (queue, SR_JOB (job));
  return job;
}

static void
assert_state (SrTestJob *job,
              SrJobState state)
{
  g_assert_cmpint (sr_job_get_state (SR_JOB (job)), ==, state);
}

static void
finish (SrTestJob *job)
{
  sr_test_job_let (job, SR_TEST_JOB_END);
  sr_test_job_wait_end (SR_JOB (job));
}

static void
count_signal (GObject *object,
              gpointer job,
              guint   *count)
{
  ++*count;
}

static void
test_one_per_vault (void)
{
  g_autoptr (SrJobQueue) queue = sr_job_queue_new (NULL);
  g_autoptr (SrTestJob)  first = add (queue, "/srv/a", NULL);
  g_autoptr (SrTestJob)  second = add (queue, "local:/srv/a/", NULL);
  g_autoptr (SrTestJob)  other = add (queue, "/srv/b", NULL);
  g_autoptr (SrTestJob)  none = add (queue, NULL, NULL);
  guint                  ended = 0;

  g_signal_connect (queue, "job-ended", G_CALLBACK (count_signal), &ended);
  assert_state (first, SR_JOB_RUNNING);
  assert_state (second, SR_JOB_WAITING);
  assert_state (other, SR_JOB_RUNNING);
  assert_state (none, SR_JOB_RUNNING);
  g_assert_cmpuint (sr_job_queue_count_active (queue, NULL), ==, 4);
  finish (first);
  assert_state (second, SR_JOB_RUNNING);
  finish (second);
  finish (other);
  finish (none);
  g_assert_cmpuint (ended, ==, 4);
  g_assert_cmpuint (sr_job_queue_count_active (queue, NULL), ==, 0);
}

static void
test_four_in_all (void)
{
  g_autoptr (SrJobQueue) queue = sr_job_queue_new (NULL);
  SrTestJob             *jobs[6];
  guint                  n_active;

  for (guint i = 0; i < G_N_ELEMENTS (jobs); i++)
    jobs[i] = add (queue, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (jobs); i++)
    assert_state (jobs[i], i < 4 ? SR_JOB_RUNNING : SR_JOB_WAITING);
  finish (jobs[2]);
  assert_state (jobs[4], SR_JOB_RUNNING);
  assert_state (jobs[5], SR_JOB_WAITING);
  g_object_get (queue, "n-active", &n_active, NULL);
  g_assert_cmpuint (n_active, ==, 5);
  for (guint i = 0; i < G_N_ELEMENTS (jobs); i++)
    {
      if (i != 2)
        finish (jobs[i]);
      g_object_unref (jobs[i]);
    }
}

static void
test_list (void)
{
  g_autoptr (SrJobQueue) queue = sr_job_queue_new (NULL);
  g_autoptr (SrTestJob)  first = add (queue, NULL, "shop-1");
  g_autoptr (SrTestJob)  second = add (queue, NULL, "shop-2");
  g_autoptr (SrJob)      item = NULL;
  GListModel            *list = G_LIST_MODEL (queue);

  g_assert_true (g_list_model_get_item_type (list) == SR_TYPE_JOB);
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 2);
  g_assert_cmpuint (sr_job_queue_count_active (queue, "shop-2"), ==, 1);
  /* what runs is not forgotten */
  sr_job_queue_forget (queue, SR_JOB (first));
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 2);
  finish (first);
  sr_job_queue_forget (queue, SR_JOB (first));
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 1);
  item = g_list_model_get_item (list, 0);
  g_assert_true (item == SR_JOB (second));
  g_assert_null (g_list_model_get_item (list, 1));
  finish (second);
}

static void
test_cancel_waiting (void)
{
  g_autoptr (SrJobQueue) queue = sr_job_queue_new (NULL);
  g_autoptr (SrTestJob)  first = add (queue, "/srv/a", NULL);
  g_autoptr (SrTestJob)  second = add (queue, "/srv/a", NULL);
  g_autoptr (SrTestJob)  third = add (queue, "/srv/a", NULL);

  sr_job_cancel (SR_JOB (second));
  assert_state (second, SR_JOB_CANCELLED);
  sr_test_job_wait_end (SR_JOB (second));
  assert_state (third, SR_JOB_WAITING);
  finish (first);
  assert_state (third, SR_JOB_RUNNING);
  g_assert_null (second->worker);
  finish (third);
}

static gboolean
is_idle (gpointer data)
{
  return sr_job_queue_count_active (data, NULL) == 0;
}

static void
test_cancel_all (void)
{
  g_autoptr (SrJobQueue) queue = sr_job_queue_new (NULL);
  g_autoptr (SrTestJob)  first = add (queue, "/srv/a", NULL);
  g_autoptr (SrTestJob)  second = add (queue, "/srv/a", NULL);

  sr_test_job_wait_begun (first);
  sr_job_queue_cancel_all (queue);
  assert_state (second, SR_JOB_CANCELLED);
  sr_test_job_wait_for (is_idle, queue);
  assert_state (first, SR_JOB_CANCELLED);
  g_assert_null (second->worker);
}

/* Nobody is waited for, and nothing stays behind. */
static void
test_dispose (void)
{
  SrJobQueue *queue = sr_job_queue_new (NULL);
  SrTestJob  *first = add (queue, "/srv/a", NULL);
  SrTestJob  *second = add (queue, "/srv/a", NULL);
  GWeakRef    weak[3];

  sr_test_job_let (first, SR_TEST_JOB_ASK);
  sr_test_job_wait_question (SR_JOB (first));
  g_weak_ref_init (&weak[0], queue);
  g_weak_ref_init (&weak[1], first);
  g_weak_ref_init (&weak[2], second);
  g_object_unref (first);
  g_object_unref (second);
  g_object_unref (queue);
  g_assert_null (g_weak_ref_get (&weak[0]));
  for (guint i = 0; i < G_N_ELEMENTS (weak); i++)
    sr_test_job_wait_gone (&weak[i]);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job-queue/one-per-vault", test_one_per_vault);
  g_test_add_func ("/job-queue/four-in-all", test_four_in_all);
  g_test_add_func ("/job-queue/list", test_list);
  g_test_add_func ("/job-queue/cancel-waiting", test_cancel_waiting);
  g_test_add_func ("/job-queue/cancel-all", test_cancel_all);
  g_test_add_func ("/job-queue/dispose", test_dispose);
  return g_test_run ();
}
