/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "gtk/model/sr-choice-item.h"
#include "gtk/model/sr-restore-model.h"
#include "gtk/model/sr-row-item.h"
#include "sr-test-util.h"

#include <string.h>

typedef struct
{
  char           *dir; /* owned */
  SrFileModel    *file;
  SrRestoreModel *model;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer sample)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "samples", sample, NULL);

  fixture->dir = sr_test_mkdir ();
  fixture->file = sr_file_model_new ();
  sr_file_model_open (fixture->file, path);
  while (strcmp (sr_file_model_get_state (fixture->file), "ready") != 0)
    g_main_context_iteration (NULL, TRUE);
  fixture->model = sr_restore_model_new (fixture->file);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer sample)
{
  gpointer watched = fixture->model;

  g_object_add_weak_pointer (G_OBJECT (fixture->model), &watched);
  g_object_unref (fixture->model);
  while (watched != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (fixture->file);
  sr_test_rmdir (fixture->dir);
}

static void
assert_text (Fixture    *fixture,
             const char *property,
             const char *expected)
{
  g_autofree char *text = NULL;

  g_object_get (fixture->model, property, &text, NULL);
  g_assert_cmpstr (text, ==, expected);
}

static void
assert_says (Fixture    *fixture,
             const char *property,
             const char *part)
{
  g_autofree char *text = NULL;

  g_object_get (fixture->model, property, &text, NULL);
  g_assert_nonnull (strstr (text, part));
}

static void
choose (GListModel *list,
        const char *name)
{
  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (SrChoiceItem) item = g_list_model_get_item (list, i);

      if (strcmp (sr_choice_item_get_raw (item), name) == 0)
        {
          sr_choice_item_set_chosen (item, TRUE);
          return;
        }
    }
  g_assert_not_reached ();
}

static void
check (Fixture *fixture)
{
  sr_restore_model_check (fixture->model);
  while (strcmp (sr_restore_model_get_checks_state (fixture->model), "running") == 0)
    g_main_context_iteration (NULL, TRUE);
}

static char *
set_path (Fixture       *fixture,
          SrRestoreWhere where,
          const char    *name)
{
  char *path = g_build_filename (fixture->dir, name, NULL);

  g_object_set (fixture->model, "where", (guint) where, "path", path, NULL);
  assert_text (fixture, "where-reason", "");
  return path;
}

static void
test_what (Fixture      *fixture,
           gconstpointer sample)
{
  g_autoptr (SrRestoreChoice) choice = NULL;

  assert_text (fixture, "what-reason", "");
  g_object_set (fixture->model, "what", (guint) SR_RESTORE_COLLECTIONS, NULL);
  assert_text (fixture, "what-reason", "Choose at least one collection.");
  g_assert_nonnull (sr_restore_model_get_where_problem (fixture->model, SR_RESTORE_TO_FOLDER));
  choose (sr_restore_model_get_collections (fixture->model), "contacts");
  assert_text (fixture, "what-reason", "");
  g_object_set (fixture->model, "what", (guint) SR_RESTORE_RECORDS, NULL);
  g_object_set (fixture->model, "terms", "name='x", NULL);
  assert_text (fixture, "what-reason", "A quotation mark has no partner.");
  g_object_set (fixture->model, "terms", "name='x y' z", NULL);
  assert_text (fixture, "what-reason", "");
  choice = sr_restore_model_get_choice (fixture->model);
  g_assert_cmpstr (choice->collections[0], ==, "contacts");
  g_assert_cmpstr (choice->terms[0], ==, "name=x y");
  g_assert_cmpstr (choice->terms[1], ==, "z");
  g_assert_nonnull (sr_restore_model_get_where_problem (fixture->model, SR_RESTORE_TO_FILE));
  g_object_set (fixture->model, "what", (guint) SR_RESTORE_FILES, NULL);
  g_assert_nonnull (sr_restore_model_get_where_problem (fixture->model, SR_RESTORE_TO_SQLITE));
  g_assert_null (sr_restore_model_get_where_problem (fixture->model, SR_RESTORE_TO_FOLDER));
}

static void
test_where (Fixture      *fixture,
            gconstpointer sample)
{
  g_autofree char *command = NULL;

  assert_text (fixture, "where-reason", "Choose a folder.");
  g_object_set (fixture->model, "path", "here", NULL);
  assert_says (fixture, "where-reason", "whole path");
  g_object_set (fixture->model, "where", (guint) SR_RESTORE_TO_POSTGRES, NULL);
  assert_text (fixture, "where-reason", "Name the database.");
  g_object_set (fixture->model, "database", "shop", "host", "db", "port", "x", NULL);
  assert_says (fixture, "where-reason", "65535");
  g_object_set (fixture->model, "port", "5433", "user", "erp", NULL);
  assert_text (fixture, "where-reason", "");
  command = sr_restore_model_get_command (fixture->model);
  g_assert_nonnull (strstr (command,
                            "--into postgresql://erp@db:5433/shop"));
}

static void
test_new (Fixture      *fixture,
          gconstpointer sample)
{
  g_autofree char *path = set_path (fixture, SR_RESTORE_TO_SQLITE, "new.db");

  check (fixture);
  g_assert_cmpstr (sr_restore_model_get_checks_state (fixture->model), ==, "passed");
  g_assert_cmpuint (g_list_model_get_n_items (sr_restore_model_get_checks (fixture->model)), >, 2);
  g_assert_false (sr_restore_model_loses (fixture->model));
  assert_text (fixture, "loss-reason", "");
  assert_says (fixture, "loss-sentence", "Nothing is lost");
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_existing (Fixture      *fixture,
               gconstpointer sample)
{
  g_autofree char            *path = set_path (fixture, SR_RESTORE_TO_FOLDER, "shop");
  g_autofree char            *safety = NULL;
  g_autoptr (SrRestoreChoice) choice = NULL;

  sr_test_write_file (path, "old.txt", "old", 3);
  check (fixture);
  g_assert_cmpstr (sr_restore_model_get_checks_state (fixture->model), ==, "passed");
  g_assert_true (sr_restore_model_loses (fixture->model));
  assert_text (fixture, "expected-name", "shop");
  assert_text (fixture, "loss-reason", "Type the name to confirm.");
  choice = sr_restore_model_get_choice (fixture->model);
  g_assert_false (choice->replace);
  g_clear_pointer (&choice, sr_restore_choice_unref);
  g_object_get (fixture->model, "safety", &safety, NULL);
  g_assert_true (g_str_has_prefix (safety, fixture->dir));
  g_assert_true (g_str_has_suffix (safety, ".tar"));
  g_object_set (fixture->model, "typed-name", "shop", NULL);
  assert_text (fixture, "loss-reason", "");
  choice = sr_restore_model_get_choice (fixture->model);
  g_assert_true (choice->replace);
  g_assert_cmpstr (choice->safety, ==, safety);
  g_object_set (fixture->model, "safety", "", NULL);
  assert_says (fixture, "loss-reason", "saved to first");
  /* not again for the same choice */
  sr_restore_model_check (fixture->model);
  g_assert_cmpstr (sr_restore_model_get_checks_state (fixture->model), ==, "passed");
}

static void
test_in_the_way (Fixture      *fixture,
                 gconstpointer sample)
{
  g_autofree char *path = set_path (fixture, SR_RESTORE_TO_SQLITE, "none/new.db");
  gboolean         red = FALSE;

  check (fixture);
  g_assert_cmpstr (sr_restore_model_get_checks_state (fixture->model), ==, "failed");
  assert_says (fixture, "checks-sentence", "Nothing was changed");
  for (guint i = 0; i < g_list_model_get_n_items (sr_restore_model_get_checks (fixture->model));
       i++)
    {
      g_autoptr (SrRowItem) row =
          g_list_model_get_item (sr_restore_model_get_checks (fixture->model), i);

      red |= strcmp (sr_row_item_get_css_class (row), "error") == 0;
    }
  g_assert_true (red);
  assert_says (fixture, "loss-reason", "not passed");
}

static void
test_server (Fixture      *fixture,
             gconstpointer sample)
{
  if (!SR_HAVE_LIBPQ)
    {
      g_test_skip ("built without PostgreSQL");
      return;
    }
  g_object_set (fixture->model, "where", (guint) SR_RESTORE_TO_POSTGRES, "host", "127.0.0.1",
                "port", "1", "database", "d", NULL);
  check (fixture);
  g_assert_cmpstr (sr_restore_model_get_checks_state (fixture->model), ==, "failed");
}

static void
test_stopped (Fixture      *fixture,
              gconstpointer sample)
{
  g_autofree char *path = set_path (fixture, SR_RESTORE_TO_FOLDER, "new");
  g_autofree char *other = NULL;

  sr_restore_model_check (fixture->model);
  sr_restore_model_stop_checking (fixture->model);
  g_assert_cmpstr (sr_restore_model_get_checks_state (fixture->model), ==, "none");
  sr_restore_model_check (fixture->model);
  other = set_path (fixture, SR_RESTORE_TO_SQLITE, "new.db");
  check (fixture);
  g_assert_cmpstr (sr_restore_model_get_checks_state (fixture->model), ==, "passed");
  assert_says (fixture, "loss-sentence", "new.db");
}

static void
test_file (Fixture      *fixture,
           gconstpointer sample)
{
  g_autofree char *path = set_path (fixture, SR_RESTORE_TO_FILE, "new.zip");

  check (fixture);
  g_assert_cmpstr (sr_restore_model_get_checks_state (fixture->model), ==, "passed");
  sr_test_write_file (fixture->dir, "new.zip", "x", 1);
  sr_restore_model_check_again (fixture->model);
  check (fixture);
  g_assert_cmpstr (sr_restore_model_get_checks_state (fixture->model), ==, "failed");
}

static void
test_broken (Fixture      *fixture,
             gconstpointer sample)
{
  gboolean needs = FALSE;

  g_object_get (fixture->model, "needs-accept", &needs, NULL);
  g_assert_true (needs);
}

int
main (int   argc,
      char *argv[])
{
  static const struct
  {
    const char *path;
    const char *sample;
    void (*func) (Fixture *fixture, gconstpointer sample);
  } tests[] = {
    { "/restore-model/what", "rayerp-full.zip", test_what },
    { "/restore-model/where", "rayerp-full.zip", test_where },
    { "/restore-model/new", "lpgnexus-backup.json", test_new },
    { "/restore-model/existing", "rayerp-full.zip", test_existing },
    { "/restore-model/in-the-way", "rayerp-full.zip", test_in_the_way },
    { "/restore-model/server", "rayerp-full.zip", test_server },
    { "/restore-model/stopped", "rayerp-full.zip", test_stopped },
    { "/restore-model/file", "rayerp-full.zip", test_file },
    { "/restore-model/broken", "README.md", test_broken },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, tests[i].sample, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
