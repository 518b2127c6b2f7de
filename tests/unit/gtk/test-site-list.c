/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include "gtk/model/sr-site-list.h"
#include "sr-test-util.h"
#include "state/sr-history.h"

typedef struct
{
  char        *scratch;
  char        *history;
  SrSiteStore *store;
  GListStore  *items;
  SrSiteList  *list;
} Fixture;

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  g_autofree char *folder = NULL;

  f->scratch = sr_test_mkdir ();
  f->history = g_build_filename (f->scratch, "history.db", NULL);
  folder = g_build_filename (f->scratch, "sites", NULL);
  f->store = sr_site_store_new (folder);
  f->items = g_list_store_new (SR_TYPE_SITE_ITEM);
  f->list = sr_site_list_new (f->items, folder, f->history);
}

static void
wait_until_read (Fixture *f)
{
  while (sr_site_list_is_busy (f->list))
    g_main_context_iteration (NULL, TRUE);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  wait_until_read (f);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (f->list);
  g_object_unref (f->items);
  g_object_unref (f->store);
  g_free (f->history);
  sr_test_rmdir (f->scratch);
}

static SrSite *
save_site (Fixture    *f,
           const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrSite) site = sr_site_new (name);

  sr_site_add_source (site, SR_SOURCE_FOLDER, f->scratch);
  sr_site_set_environment (site, "test");
  g_assert_true (sr_site_store_save (f->store, site, &error));
  g_assert_no_error (error);
  return g_steal_pointer (&site);
}

static SrSiteItem *
get_item (Fixture *f,
          guint    position)
{
  g_autoptr (SrSiteItem) item = g_list_model_get_item (G_LIST_MODEL (f->items), position);

  return item; /* the list keeps it */
}

static void
wait_for (Fixture *f,
          guint    n)
{
  while (g_list_model_get_n_items (G_LIST_MODEL (f->items)) != n)
    g_main_context_iteration (NULL, TRUE);
}

/* What comes and goes in the folder comes and goes in the list; what others put there stays. */
static void
test_follows (Fixture      *f,
              gconstpointer data)
{
  g_autoptr (GError)     error = NULL;
  g_autoptr (SrSiteItem) other = sr_site_item_new ("other", "Other");
  g_autoptr (SrSite)     depot = NULL, shop = NULL;

  g_list_store_append (f->items, other);
  shop = save_site (f, "Shop");
  depot = save_site (f, "Depot");
  sr_site_list_reload (f->list);
  wait_for (f, 3);
  wait_until_read (f);
  g_assert_cmpstr (sr_site_item_get_name (get_item (f, 0)), ==, "Depot");
  g_assert_cmpstr (sr_site_item_get_environment (get_item (f, 0)), ==, "Test");
  g_assert_cmpstr (sr_site_item_get_state (get_item (f, 0)), ==, "Never backed up");

  g_assert_true (sr_site_store_remove (f->store, depot, &error));
  g_assert_no_error (error);
  wait_for (f, 2); /* the folder is watched */
  g_assert_cmpstr (sr_site_item_get_name (get_item (f, 0)), ==, "Other");
}

static void
add_backup (Fixture *f,
            SrSite  *site)
{
  g_autoptr (GError)    error = NULL;
  g_autoptr (SrHistory) history = sr_history_open (f->history, NULL, &error);
  g_autoptr (SrRun)     run = sr_run_new ("backup");

  g_assert_no_error (error);
  run->site = g_strdup (sr_site_get_id (site));
  g_assert_true (sr_history_begin (history, run, &error));
  run->state = SR_RUN_DONE;
  g_assert_true (sr_history_finish (history, run, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
}

static void
test_state (Fixture      *f,
            gconstpointer data)
{
  g_autoptr (SrSite) site = save_site (f, "Shop");

  sr_site_list_add (f->list, site);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->items)), ==, 1);
  g_assert_cmpstr (sr_site_item_get_state (get_item (f, 0)), ==, "Never backed up");
  add_backup (f, site);
  sr_site_list_reload (f->list);
  wait_until_read (f);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->items)), ==, 1);
  g_assert_cmpstr (sr_site_item_get_state (get_item (f, 0)), ==, "Backed up just now");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) \
  g_test_add ("/site-list/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("follows", test_follows);
  ADD ("state", test_state);
#undef ADD
  return g_test_run ();
}
