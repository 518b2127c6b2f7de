/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "gtk/model/sr-restore-run.h"
#include "gtk/model/sr-row-item.h"
#include "job/sr-job-queue.h"
#include "sr-test-util.h"

#include <string.h>

typedef struct
{
  char         *dir; /* owned */
  SrJobQueue   *queue;
  SrRestoreRun *run;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->dir = sr_test_mkdir ();
  fixture->queue = sr_job_queue_new (NULL);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_clear_object (&fixture->run);
  g_clear_object (&fixture->queue);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  sr_test_rmdir (fixture->dir);
}

static SrRestoreChoice *
make_choice (Fixture       *fixture,
             const char    *sample,
             SrRestoreWhere where,
             const char    *name)
{
  SrRestoreChoice *choice = sr_restore_choice_new ();
  const char      *scheme = where == SR_RESTORE_TO_SQLITE   ? "sqlite:"
                            : where == SR_RESTORE_TO_FOLDER ? "folder:"
                                                            : "";

  choice->path = g_test_build_filename (G_TEST_DIST, "data", "samples", sample, NULL);
  choice->where = where;
  choice->format = SR_CONVERT_JSON;
  choice->location = g_strdup_printf ("%s%s/%s", scheme, fixture->dir, name);
  return choice;
}

static void
start (Fixture         *fixture,
       SrRestoreChoice *choice)
{
  g_autoptr (SrRestoreJob) job = sr_restore_job_new (choice, "Restore");

  g_clear_object (&fixture->run);
  fixture->run = sr_restore_run_new (job, "the target");
  sr_job_queue_add (fixture->queue, SR_JOB (job));
  sr_restore_choice_unref (choice);
}

static void
wait_for_end (Fixture *fixture)
{
  while (!sr_restore_run_has_ended (fixture->run))
    g_main_context_iteration (NULL, TRUE);
}

static void
assert_state (Fixture    *fixture,
              const char *state)
{
  g_autofree char *sentence = NULL;

  wait_for_end (fixture);
  g_object_get (fixture->run, "sentence", &sentence, NULL);
  if (strcmp (sr_restore_run_get_state (fixture->run), state) != 0)
    g_test_message ("%s", sentence);
  g_assert_cmpstr (sr_restore_run_get_state (fixture->run), ==, state);
  g_assert_cmpstr (sentence, !=, "");
}

static gboolean
can_undo (Fixture *fixture)
{
  gboolean can = FALSE;

  g_object_get (fixture->run, "can-undo", &can, NULL);
  return can;
}

static void
test_sqlite (Fixture      *fixture,
             gconstpointer data)
{
  g_autofree char     *path = g_build_filename (fixture->dir, "new.db", NULL);
  g_autofree char     *report = NULL;
  g_autofree char     *json = NULL;
  g_autoptr (JsonNode) node = NULL;

  start (fixture, make_choice (fixture, "rayerp-full.zip", SR_RESTORE_TO_SQLITE, "new.db"));
  assert_state (fixture, "done");
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (g_list_model_get_n_items (sr_restore_run_get_counts (fixture->run)), >, 5);
  report = sr_restore_run_to_text (fixture->run);
  g_assert_nonnull (strstr (report, "employees: 40 records"));
  g_assert_nonnull (strstr (report, "strongroomctl restore-file"));
  json = sr_restore_run_to_json (fixture->run);
  node = json_from_string (json, NULL);
  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (node), "state"), ==,
                   "done");
  g_assert_true (can_undo (fixture));
  sr_restore_run_undo (fixture->run);
  assert_state (fixture, "undone");
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_false (can_undo (fixture));
}

static void
test_replace (Fixture      *fixture,
              gconstpointer data)
{
  SrRestoreChoice *choice =
      make_choice (fixture, "rayerp-full.zip", SR_RESTORE_TO_FOLDER, "shop");
  g_autofree char *old = g_build_filename (fixture->dir, "shop", "old.txt", NULL);
  g_autofree char *safety = g_build_filename (fixture->dir, "before.tar", NULL);

  sr_test_write_file (fixture->dir, "shop/old.txt", "old", 3);
  start (fixture, choice);
  assert_state (fixture, "failed");
  g_assert_true (g_file_test (old, G_FILE_TEST_EXISTS));
  choice = make_choice (fixture, "rayerp-full.zip", SR_RESTORE_TO_FOLDER, "shop");
  choice->replace = TRUE;
  choice->safety = g_strdup (safety);
  start (fixture, choice);
  assert_state (fixture, "done");
  g_assert_false (g_file_test (old, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (safety, G_FILE_TEST_EXISTS));
  sr_restore_run_undo (fixture->run);
  assert_state (fixture, "undone");
  g_assert_true (g_file_test (old, G_FILE_TEST_EXISTS));
}

static void
test_close (Fixture      *fixture,
            gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "new", NULL);

  start (fixture, make_choice (fixture, "rayerp-full.zip", SR_RESTORE_TO_FOLDER, "new"));
  assert_state (fixture, "done");
  sr_restore_run_close (fixture->run);
  while (sr_restore_job_can_undo (sr_restore_run_get_job (fixture->run)))
    g_main_context_iteration (NULL, FALSE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_DIR));
}

static void
test_wrong_key (Fixture      *fixture,
                gconstpointer data)
{
  SrRestoreChoice *choice = make_choice (fixture, "pos-database-encrypted.backup",
                                         SR_RESTORE_TO_SQLITE, "new.db");
  g_autofree char *path = g_build_filename (fixture->dir, "new.db", NULL);

  choice->key = sr_secret_new_from ("wrong", 5);
  start (fixture, choice);
  assert_state (fixture, "failed");
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  choice = make_choice (fixture, "pos-database-encrypted.backup", SR_RESTORE_TO_SQLITE, "new.db");
  choice->key = sr_secret_new_from ("run-pos-backup-key", 18);
  start (fixture, choice);
  assert_state (fixture, "done");
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_cancelled (Fixture      *fixture,
                gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "new.db", NULL);

  start (fixture, make_choice (fixture, "rayerp-full.zip", SR_RESTORE_TO_SQLITE, "new.db"));
  sr_restore_run_cancel (fixture->run);
  assert_state (fixture, "cancelled");
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_false (can_undo (fixture));
}

static void
test_file (Fixture      *fixture,
           gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "tables", NULL);

  start (fixture, make_choice (fixture, "rayerp-full.zip", SR_RESTORE_TO_FILE, "tables"));
  assert_state (fixture, "done");
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_DIR));
}

static void
on_saved (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (GError) error = NULL;

  *(int *) data = sr_restore_run_save_finish (result, &error) ? 1 : -1;
}

static void
test_save (Fixture      *fixture,
           gconstpointer data)
{
  static const char *const names[] = { "report.txt", "report.json", "none/report.txt" };

  start (fixture, make_choice (fixture, "rayerp-full.zip", SR_RESTORE_TO_FOLDER, "new"));
  assert_state (fixture, "done");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (fixture->dir, names[i], NULL);
      g_autofree char *text = NULL;
      int              saved = 0;

      sr_restore_run_save (fixture->run, path, on_saved, &saved);
      while (saved == 0)
        g_main_context_iteration (NULL, TRUE);
      g_assert_cmpint (saved, ==, i < 2 ? 1 : -1);
      if (i < 2)
        {
          g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
          g_assert_true (text[0] == (i == 1 ? '{' : 'R'));
        }
    }
}

int
main (int   argc,
      char *argv[])
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "/restore-run/sqlite", test_sqlite },
    { "/restore-run/replace", test_replace },
    { "/restore-run/close", test_close },
    { "/restore-run/wrong-key", test_wrong_key },
    { "/restore-run/cancelled", test_cancelled },
    { "/restore-run/file", test_file },
    { "/restore-run/save", test_save },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
