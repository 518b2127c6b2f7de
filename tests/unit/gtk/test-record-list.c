/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "gtk/model/sr-record-list.h"
#include "sr-test-util.h"

#include <string.h>

#define N_RECORDS 20000

typedef struct
{
  char         *dir; /* owned */
  SrFileModel  *file;
  SrRecordList *list;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  g_autoptr (GString) text = g_string_new ("{\"customers\":[");
  g_autofree char    *path = NULL;

  fixture->dir = sr_test_mkdir ();
  path = g_build_filename (fixture->dir, "backup.json", NULL);
  for (guint i = 0; i < N_RECORDS; i++)
    g_string_append_printf (text, "%s{\"_id\":%u,\"name\":\"Customer %u\"}", i > 0 ? "," : "", i,
                            i);
  g_string_append (text, "]}");
  sr_test_write_file (fixture->dir, "backup.json", text->str, text->len);
  fixture->file = sr_file_model_new ();
  sr_file_model_open (fixture->file, path);
  while (strcmp (sr_file_model_get_state (fixture->file), "ready") != 0)
    g_main_context_iteration (NULL, TRUE);
  fixture->list = sr_record_list_new (fixture->file);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_object_unref (fixture->list);
  g_object_unref (fixture->file);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  sr_test_rmdir (fixture->dir);
}

static void
wait_for (Fixture    *fixture,
          const char *state)
{
  while (strcmp (sr_record_list_get_state (fixture->list), "reading") == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (sr_record_list_get_state (fixture->list), ==, state);
}

static void
assert_record (Fixture *fixture,
               guint    position,
               guint    number)
{
  g_autoptr (SrRecordItem) item =
      g_list_model_get_item (G_LIST_MODEL (fixture->list), position);
  g_autofree char *name = g_strdup_printf ("Customer %u", number);

  while (!sr_record_item_is_loaded (item))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (sr_record_item_get_text (item, 1), ==, name);
}

/* Far apart, and more pages than are kept. */
static void
test_places (Fixture      *fixture,
             gconstpointer data)
{
  g_autofree char *count = NULL;

  sr_record_list_show (fixture->list, "customers", NULL);
  wait_for (fixture, "ready");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->list)), ==, N_RECORDS);
  g_assert_cmpuint (sr_record_list_get_n_fields (fixture->list), ==, 2);
  g_object_get (fixture->list, "count", &count, NULL);
  g_assert_true (g_str_has_suffix (count, "records"));
  assert_record (fixture, N_RECORDS - 1, N_RECORDS - 1);
  for (guint i = 0; i < N_RECORDS; i += 100)
    assert_record (fixture, i, i);
  assert_record (fixture, 42, 42);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (fixture->list), N_RECORDS));
}

static void
test_search (Fixture      *fixture,
             gconstpointer data)
{
  sr_record_list_show (fixture->list, "customers", "name='Customer 1234'");
  wait_for (fixture, "ready");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->list)), ==, 1);
  assert_record (fixture, 0, 1234);
}

static void
test_refused (Fixture      *fixture,
              gconstpointer data)
{
  g_autofree char *error = NULL;

  sr_record_list_show (fixture->list, "customers", "it's");
  wait_for (fixture, "failed");
  g_object_get (fixture->list, "error", &error, NULL);
  g_assert_cmpstr (error, ==, "A quotation mark has no partner.");
  sr_record_list_show (fixture->list, "nobody", NULL);
  wait_for (fixture, "failed");
}

/* Another choice while one is being read. */
static void
test_another (Fixture      *fixture,
              gconstpointer data)
{
  sr_record_list_show (fixture->list, "customers", NULL);
  sr_record_list_show (fixture->list, "customers", "_id=7");
  wait_for (fixture, "ready");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->list)), ==, 1);
  assert_record (fixture, 0, 7);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/record-list/places", Fixture, NULL, set_up, test_places, tear_down);
  g_test_add ("/record-list/search", Fixture, NULL, set_up, test_search, tear_down);
  g_test_add ("/record-list/refused", Fixture, NULL, set_up, test_refused, tear_down);
  g_test_add ("/record-list/another", Fixture, NULL, set_up, test_another, tear_down);
  return g_test_run ();
}
