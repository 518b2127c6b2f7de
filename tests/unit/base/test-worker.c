/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-error.h"
#include "base/sr-worker.h"

typedef struct
{
  GMainLoop *loop;
  GThread   *main_thread;
  GError    *error;
  gboolean   result;
  guint      destroyed;
  gboolean   fail;
} Fixture;

static gboolean
work (gpointer      data,
      GCancellable *cancellable,
      GError      **error)
{
  Fixture *fixture = data;

  g_assert_true (g_thread_self () != fixture->main_thread);
  if (sr_check_cancelled (cancellable, error))
    return FALSE;
  if (fixture->fail)
    g_set_error_literal (error, SR_ERROR, SR_ERROR_DAMAGED, "as told");
  return !fixture->fail;
}

static void
destroyed (gpointer data)
{
  Fixture *fixture = data;

  g_assert_true (g_thread_self () == fixture->main_thread);
  fixture->destroyed++;
  g_main_loop_quit (fixture->loop);
}

static void
done (GObject      *source,
      GAsyncResult *result,
      gpointer      user_data)
{
  Fixture *fixture = user_data;

  g_assert_true (g_thread_self () == fixture->main_thread);
  g_assert_cmpuint (fixture->destroyed, ==, 0);
  fixture->result = sr_worker_run_finish (result, &fixture->error);
}

static void
run (Fixture      *fixture,
     GCancellable *cancellable)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  fixture->loop = loop;
  fixture->main_thread = g_thread_self ();
  sr_worker_run_async ("work", work, fixture, destroyed, cancellable, done, fixture);
  g_main_loop_run (loop);
  g_assert_cmpuint (fixture->destroyed, ==, 1);
}

static void
test_run (void)
{
  Fixture                  fine = { 0 };
  Fixture                  bad = { .fail = TRUE };
  Fixture                  cancelled = { 0 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  run (&fine, NULL);
  g_assert_no_error (fine.error);
  g_assert_true (fine.result);
  run (&bad, NULL);
  g_assert_true (sr_error_is (bad.error, SR_ERROR_DAMAGED));
  g_assert_false (bad.result);
  g_clear_error (&bad.error);
  g_cancellable_cancel (cancellable);
  run (&cancelled, cancellable);
  g_assert_true (sr_error_is (cancelled.error, SR_ERROR_CANCELLED));
  g_clear_error (&cancelled.error);
}

static void
test_count (void)
{
  g_assert_cmpuint (sr_worker_count (), >=, 1);
  g_assert_cmpuint (sr_worker_count (), <=, 64);
}

typedef struct
{
  gint  ran;
  guint failing; /* bits of the members that fail */
} TeamWork;

static gboolean
team_work (gpointer data,
           guint    member,
           GError **error)
{
  TeamWork *self = data;

  g_atomic_int_or (&self->ran, 1 << member);
  if (!(self->failing & (1u << member)))
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_IO, "member %u", member);
  return FALSE;
}

static void
test_team (void)
{
  g_autoptr (GError) error = NULL;
  TeamWork           good = { 0 };
  TeamWork           one = { .failing = 4 };
  TeamWork           all = { .failing = 255 };
  SrTeam            *team;

  g_assert_true (sr_team_join (sr_team_start ("team", 8, team_work, &good), &error));
  g_assert_no_error (error);
  g_assert_cmpint (good.ran, ==, 255);

  g_assert_false (sr_team_join (sr_team_start ("team", 8, team_work, &one), &error));
  g_assert_cmpint (one.ran, ==, 255);
  g_assert_true (sr_error_is (error, SR_ERROR_IO));
  g_assert_cmpstr (error->message, ==, "member 2");
  g_clear_error (&error);

  team = sr_team_start ("team", 8, team_work, &all);
  while (!sr_team_has_failed (team))
    g_thread_yield ();
  g_assert_false (sr_team_join (team, &error));
  g_assert_true (sr_error_is (error, SR_ERROR_IO));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/worker/run", test_run);
  g_test_add_func ("/base/worker/count", test_count);
  g_test_add_func ("/base/worker/team", test_team);
  return g_test_run ();
}
