/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "gtk/model/sr-choice-item.h"
#include "gtk/model/sr-file-model.h"
#include "gtk/model/sr-row-item.h"
#include "sr-test-util.h"

#include <string.h>

#define POS_KEY "run-pos-backup-key"

static char *
find_sample (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "data", "samples", name, NULL);
}

static void
wait_for_end (SrFileModel *model)
{
  while (strcmp (sr_file_model_get_state (model), "opening") == 0 ||
         strcmp (sr_file_model_get_state (model), "judging") == 0)
    g_main_context_iteration (NULL, TRUE);
}

static SrFileModel *
open_sample (const char *name)
{
  g_autofree char *path = find_sample (name);
  SrFileModel     *model = sr_file_model_new ();

  sr_file_model_open (model, path);
  wait_for_end (model);
  return model;
}

/* Until the worker that was left behind let go of it. */
static void
release (SrFileModel *model)
{
  gpointer watched = model;

  g_object_add_weak_pointer (G_OBJECT (model), &watched);
  g_object_unref (model);
  while (watched != NULL)
    g_main_context_iteration (NULL, TRUE);
}

static char *
get_text (SrFileModel *model,
          const char  *property)
{
  char *text = NULL;

  g_object_get (model, property, &text, NULL);
  return text;
}

static void
assert_text (SrFileModel *model,
             const char  *property,
             const char  *expected)
{
  g_autofree char *text = get_text (model, property);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_complete (void)
{
  SrFileModel          *model = open_sample ("rayerp-full.zip");
  GListModel           *collections = sr_file_model_get_collections (model);
  g_autoptr (SrRowItem) check = NULL;
  g_autofree char      *command = NULL;
  g_autofree char      *path = find_sample ("rayerp-full.zip");
  g_autofree char      *expected = g_strdup_printf ("strongroomctl verify %s", path);
  double                largest = 0.0;

  g_assert_cmpstr (sr_file_model_get_state (model), ==, "ready");
  assert_text (model, "title", "RayERP backup (2.0.0)");
  assert_text (model, "name", "rayerp-full.zip");
  g_assert_nonnull (sr_file_model_get_verdict (model));
  g_assert_cmpuint (g_list_model_get_n_items (sr_file_model_get_checks (model)), >, 3);
  g_assert_cmpuint (g_list_model_get_n_items (sr_file_model_get_facts (model)), >, 3);
  g_assert_cmpuint (g_list_model_get_n_items (sr_file_model_get_entries (model)), >, 3);
  for (guint i = 0; i < g_list_model_get_n_items (collections); i++)
    {
      g_autoptr (SrChoiceItem) item = g_list_model_get_item (collections, i);

      largest = MAX (largest, sr_choice_item_get_fraction (item));
      g_assert_cmpint (sr_choice_item_get_number (item), >=, 0);
    }
  g_assert_cmpfloat (largest, ==, 1.0);
  check = g_list_model_get_item (sr_file_model_get_checks (model), 0);
  g_assert_cmpstr (sr_row_item_get_word (check), !=, "");
  g_assert_cmpstr (sr_row_item_get_icon_name (check), !=, "");
  g_assert_null (sr_file_model_get_reason (model, SR_FILE_RESTORE));
  g_assert_null (sr_file_model_get_reason (model, SR_FILE_RECORDS));
  command = sr_file_model_get_command (model, SR_FILE_VERIFY);
  g_assert_cmpstr (command, ==, expected);
  release (model);
}

static void
test_default_key (void)
{
  SrFileModel     *model = open_sample ("rayerp-full-encrypted.zip");
  g_autofree char *text = get_text (model, "encryption");

  g_assert_cmpstr (sr_file_model_get_state (model), ==, "ready");
  g_assert_nonnull (strstr (text, "built into the server"));
  g_assert_null (sr_file_model_get_key (model));
  release (model);
}

static void
give (SrFileModel *model,
      const char  *text)
{
  g_autoptr (SrSecret) key = sr_secret_new_from (text, strlen (text));

  g_assert_cmpstr (sr_file_model_get_state (model), ==, "key");
  sr_file_model_give_key (model, key);
  wait_for_end (model);
}

static void
test_key (void)
{
  SrFileModel     *model = open_sample ("pos-database-encrypted.backup");
  g_autofree char *hint = get_text (model, "key-hint");
  g_autofree char *command = NULL;
  gboolean         wrong = TRUE;

  g_assert_cmpstr (hint, !=, "");
  g_object_get (model, "key-is-wrong", &wrong, NULL);
  g_assert_false (wrong);
  give (model, "another");
  g_object_get (model, "key-is-wrong", &wrong, NULL);
  g_assert_true (wrong);
  give (model, POS_KEY);
  g_assert_cmpstr (sr_file_model_get_state (model), ==, "ready");
  g_assert_nonnull (sr_file_model_get_key (model));
  g_assert_null (sr_file_model_get_reason (model, SR_FILE_RESTORE));
  command = sr_file_model_get_command (model, SR_FILE_VERIFY);
  g_assert_nonnull (strstr (command, "--key-file KEYFILE"));
  g_assert_null (strstr (command, POS_KEY));
  release (model);
}

static void
test_without_key (void)
{
  SrFileModel *model = open_sample ("pos-database-encrypted.backup");

  sr_file_model_give_key (model, NULL);
  wait_for_end (model);
  g_assert_cmpstr (sr_file_model_get_state (model), ==, "ready");
  assert_text (model, "verdict-word", "Suspicious");
  g_assert_nonnull (sr_file_model_get_reason (model, SR_FILE_RESTORE));
  g_assert_nonnull (sr_file_model_get_reason (model, SR_FILE_IMPORT));
  {
    g_autoptr (SrSecret) key = sr_secret_new_from (POS_KEY, strlen (POS_KEY));

    sr_file_model_give_key (model, key);
    wait_for_end (model);
  }
  g_assert_cmpstr (sr_file_model_get_state (model), ==, "ready");
  g_assert_null (sr_file_model_get_reason (model, SR_FILE_RESTORE));
  release (model);
}

static void
test_no_backup (void)
{
  SrFileModel *model = open_sample ("README.md");

  g_assert_cmpstr (sr_file_model_get_state (model), ==, "ready");
  assert_text (model, "verdict-word", "Broken");
  assert_text (model, "verdict-css-class", "error");
  g_assert_nonnull (sr_file_model_get_reason (model, SR_FILE_RESTORE));
  release (model);
}

static void
test_missing (void)
{
  SrFileModel     *model = open_sample ("no-such-file");
  g_autofree char *error = get_text (model, "error");

  g_assert_cmpstr (sr_file_model_get_state (model), ==, "failed");
  g_assert_nonnull (strstr (error, "no-such-file"));
  release (model);
}

/* While it waits for a key, while it opens, and by opening another one. */
static void
test_cancelled (void)
{
  SrFileModel     *model = open_sample ("pos-database-encrypted.backup");
  g_autofree char *path = find_sample ("lpgnexus-backup.json");
  g_autofree char *other = find_sample ("pos-database-encrypted.backup");

  g_assert_cmpstr (sr_file_model_get_state (model), ==, "key");
  sr_file_model_cancel (model);
  g_assert_cmpstr (sr_file_model_get_state (model), ==, "failed");
  sr_file_model_open (model, path);
  sr_file_model_cancel (model);
  g_assert_cmpstr (sr_file_model_get_state (model), ==, "failed");
  sr_file_model_open (model, other);
  sr_file_model_open (model, path);
  wait_for_end (model);
  g_assert_cmpstr (sr_file_model_get_state (model), ==, "ready");
  assert_text (model, "name", "lpgnexus-backup.json");
  release (model);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file-model/complete", test_complete);
  g_test_add_func ("/file-model/default-key", test_default_key);
  g_test_add_func ("/file-model/key", test_key);
  g_test_add_func ("/file-model/without-key", test_without_key);
  g_test_add_func ("/file-model/no-backup", test_no_backup);
  g_test_add_func ("/file-model/missing", test_missing);
  g_test_add_func ("/file-model/cancelled", test_cancelled);
  return g_test_run ();
}
