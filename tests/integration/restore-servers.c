/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
/* What a restore wizard decides, against a real database server: with-postgres --tcp or
 * with-mariadb runs it. */
#include "config.h"

#include <string.h>

#include "gtk/model/sr-restore-model.h"
#include "gtk/model/sr-restore-run.h"
#include "job/sr-job-queue.h"
#include "sr-test-util.h"

typedef struct
{
  SrFileModel    *file;
  SrRestoreModel *model;
  SrJobQueue     *queue;
  SrRestoreRun   *run;
} Fixture;

static const char *
get_password (void)
{
  const char *password = g_getenv ("PGPASSWORD");

  return password != NULL ? password : g_getenv ("STRONGROOM_TEST_MARIADB_PASSWORD");
}

static void
set_target (Fixture *fixture)
{
  if (g_getenv ("PGHOST") != NULL)
    g_object_set (fixture->model, "where", (guint) SR_RESTORE_TO_POSTGRES, "host", "127.0.0.1",
                  "port", g_getenv ("PGPORT"), "user", g_getenv ("PGUSER"), "database",
                  g_getenv ("PGDATABASE"), NULL);
  else
    g_object_set (fixture->model, "where", (guint) SR_RESTORE_TO_MARIADB, "socket",
                  g_getenv ("STRONGROOM_TEST_MARIADB_SOCKET"), "user",
                  g_getenv ("STRONGROOM_TEST_MARIADB_USER"), "database",
                  g_getenv ("STRONGROOM_TEST_MARIADB_DATABASE"), NULL);
}

static void
set_password (Fixture    *fixture,
              const char *password)
{
  g_autoptr (SrSecret) secret = sr_secret_new_from (password, strlen (password));

  sr_restore_model_set_password (fixture->model, secret);
}

static void
check (Fixture    *fixture,
       const char *state)
{
  sr_restore_model_check (fixture->model);
  while (strcmp (sr_restore_model_get_checks_state (fixture->model), "running") == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (sr_restore_model_get_checks_state (fixture->model), ==, state);
}

static void
restore (Fixture    *fixture,
         const char *state)
{
  g_autoptr (SrRestoreChoice) choice = sr_restore_model_get_choice (fixture->model);
  g_autoptr (SrRestoreJob)    job = sr_restore_job_new (choice, "Restore");
  g_autofree char            *sentence = NULL;

  g_clear_object (&fixture->run);
  fixture->run = sr_restore_run_new (job, "the database");
  sr_job_queue_add (fixture->queue, SR_JOB (job));
  while (!sr_restore_run_has_ended (fixture->run))
    g_main_context_iteration (NULL, TRUE);
  g_object_get (fixture->run, "sentence", &sentence, NULL);
  g_test_message ("%s", sentence);
  g_assert_cmpstr (sr_restore_run_get_state (fixture->run), ==, state);
}

/* A wrong password, an empty database, one with tables, and back again. */
static void
test_all (void)
{
  Fixture          fixture = { 0 };
  char            *dir = sr_test_mkdir ();
  g_autofree char *sample =
      g_test_build_filename (G_TEST_DIST, "data", "samples", "lpgnexus-backup.json", NULL);
  g_autofree char *safety = g_build_filename (dir, "before.sql", NULL);
  g_autofree char *expected = NULL;
  g_autofree char *password = NULL;

  fixture.queue = sr_job_queue_new (NULL);
  fixture.file = sr_file_model_new ();
  sr_file_model_open (fixture.file, sample);
  while (!g_str_equal (sr_file_model_get_state (fixture.file), "ready") &&
         !g_str_equal (sr_file_model_get_state (fixture.file), "failed"))
    g_main_context_iteration (NULL, TRUE);
  fixture.model = sr_restore_model_new (fixture.file);
  set_target (&fixture);
  password = g_strdup (get_password ());
  g_unsetenv ("PGPASSWORD"); /* else the client takes it by itself */
  set_password (&fixture, "not it");
  check (&fixture, "failed");
  set_password (&fixture, password);
  check (&fixture, "passed");
  g_assert_false (sr_restore_model_loses (fixture.model));
  restore (&fixture, "done");
  sr_restore_run_close (fixture.run);
  while (sr_restore_job_can_undo (sr_restore_run_get_job (fixture.run)))
    g_main_context_iteration (NULL, FALSE);
  sr_restore_model_check_again (fixture.model);
  check (&fixture, "passed");
  g_assert_true (sr_restore_model_loses (fixture.model));
  restore (&fixture, "failed"); /* the name was not typed */
  g_object_get (fixture.model, "expected-name", &expected, NULL);
  g_object_set (fixture.model, "typed-name", expected, "safety", safety, NULL);
  restore (&fixture, "done");
  g_assert_true (g_file_test (safety, G_FILE_TEST_EXISTS));
  sr_restore_run_undo (fixture.run);
  while (!sr_restore_run_has_ended (fixture.run))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (sr_restore_run_get_state (fixture.run), ==, "undone");
  g_clear_object (&fixture.run);
  g_clear_object (&fixture.model);
  g_clear_object (&fixture.file);
  g_clear_object (&fixture.queue);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  sr_test_rmdir (dir);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/restore-servers/all", test_all);
  return g_test_run ();
}
