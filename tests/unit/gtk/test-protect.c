/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "gtk/model/sr-protect.h"
#include "job/sr-vault.h"
#include "sr-test-util.h"

typedef struct
{
  char        *folder;
  char        *project;
  char        *place;
  SrSiteStore *store;
  SrProtect   *protect;
} Fixture;

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  static const char settings[] = "DATABASE_URL=postgresql://shop:hush@localhost/shop\n";
  g_autofree char  *sites = NULL;

  f->folder = sr_test_mkdir ();
  f->project = g_build_filename (f->folder, "corner-shop", NULL);
  f->place = g_build_filename (f->folder, "vault", NULL);
  sr_test_write_file (f->project, ".env", settings, strlen (settings));
  sr_test_write_file (f->project, "public/uploads/a.png", "picture", 7);
  sites = g_build_filename (f->folder, "sites", NULL);
  f->store = sr_site_store_new (sites);
  f->protect = sr_protect_new (f->store);
  g_object_set (f->protect, "keep-password", FALSE, NULL);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  /* what runs on a worker holds it a little longer */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (f->protect);
  g_object_unref (f->store);
  g_free (f->project);
  g_free (f->place);
  sr_test_rmdir (f->folder);
}

static void
take_result (GObject      *object,
             GAsyncResult *result,
             gpointer      data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
wait_until_idle (Fixture *f)
{
  gboolean busy = TRUE;

  while (busy)
    {
      g_object_get (f->protect, "busy", &busy, NULL);
      if (busy)
        g_main_context_iteration (NULL, TRUE);
    }
}

static gboolean
look (Fixture    *f,
      const char *path,
      GError    **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sr_protect_look_async (f->protect, path, NULL, take_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  wait_until_idle (f);
  return sr_protect_look_finish (f->protect, result, error);
}

static SrSite *
finish (Fixture *f,
        GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sr_protect_finish_async (f->protect, NULL, take_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  wait_until_idle (f);
  return sr_protect_finish_finish (f->protect, result, NULL, error);
}

static void
set_password (Fixture    *f,
              const char *text)
{
  g_autoptr (SrSecret) password = sr_secret_new_from (text, strlen (text));

  sr_protect_set_password (f->protect, password);
}

static gboolean
get (Fixture    *f,
     const char *property)
{
  gboolean value;

  g_object_get (f->protect, property, &value, NULL);
  return value;
}

static SrProtectSource *
get_source (Fixture *f,
            guint    index)
{
  g_autoptr (SrProtectSource) source =
      g_list_model_get_item (sr_protect_get_sources (f->protect), index);

  return source;
}

/* A database that cannot be a source yet is shown with the reason, and cannot be chosen. */
static void
test_look (Fixture      *f,
           gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *name = NULL;
  GListModel        *sources = sr_protect_get_sources (f->protect);
  guint              n_chosen;

  g_assert_true (look (f, f->project, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (g_list_model_get_n_items (sources), ==, 2);
  g_assert_nonnull (strstr (sr_protect_source_get_location (get_source (f, 0)), "postgresql"));
  g_assert_null (strstr (sr_protect_source_get_location (get_source (f, 0)), "hush"));
  g_assert_cmpstr (sr_protect_source_get_reason (get_source (f, 0)), !=, "");
  sr_protect_source_set_chosen (get_source (f, 0), TRUE);
  g_assert_false (sr_protect_source_get_chosen (get_source (f, 0)));
  g_assert_true (sr_protect_source_get_chosen (get_source (f, 1)));
  g_object_get (f->protect, "n-chosen", &n_chosen, "name", &name, NULL);
  g_assert_cmpuint (n_chosen, ==, 1);
  g_assert_cmpstr (name, ==, "corner-shop");
  /* again: nothing twice */
  g_assert_true (look (f, f->project, &error));
  g_assert_cmpuint (g_list_model_get_n_items (sources), ==, 2);
}

static void
test_look_fails (Fixture      *f,
                 gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *missing = g_build_filename (f->folder, "missing", NULL);

  g_assert_false (look (f, missing, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
  g_assert_false (get (f, "busy"));
}

/* Where nothing is found the folder itself is the source. */
static void
test_plain_folder (Fixture      *f,
                   gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *plain = g_build_filename (f->folder, "papers", NULL);

  sr_test_write_file (plain, "note.txt", "x", 1);
  g_assert_true (look (f, plain, &error));
  g_assert_cmpuint (g_list_model_get_n_items (sr_protect_get_sources (f->protect)), ==, 1);
  g_assert_cmpstr (sr_protect_source_get_path (get_source (f, 0)), ==, plain);
}

/* The place is judged by what is chosen: changing the sources changes the sentence. */
static void
test_place (Fixture      *f,
            gconstpointer data)
{
  g_autofree char *inside = g_build_filename (f->project, "backup", NULL);
  g_autofree char *warning = NULL;

  sr_protect_add_folder (f->protect, f->project);
  sr_protect_set_place (f->protect, inside);
  g_assert_false (get (f, "place-ready"));
  wait_until_idle (f);
  g_assert_false (get (f, "place-ready"));
  sr_protect_source_set_chosen (get_source (f, 0), FALSE);
  wait_until_idle (f);
  g_assert_true (get (f, "place-ready"));
  sr_protect_source_set_chosen (get_source (f, 0), TRUE);
  sr_protect_set_place (f->protect, inside);
  sr_protect_set_place (f->protect, f->place);
  wait_until_idle (f);
  g_assert_true (get (f, "place-ready"));
  g_object_get (f->protect, "place-warning", &warning, NULL);
  g_assert_nonnull (strstr (warning, f->project));
}

static void
test_password (Fixture      *f,
               gconstpointer data)
{
  SrSecret *phrase;

  g_assert_false (get (f, "password-ready"));
  set_password (f, "1234");
  g_assert_false (get (f, "password-ready"));
  phrase = sr_protect_generate_password (f->protect);
  g_assert_true (sr_protect_get_password (f->protect) == phrase);
  g_assert_true (get (f, "password-ready"));
  sr_protect_set_password (f->protect, NULL);
  g_assert_false (get (f, "password-ready"));
}

static void
test_finish (Fixture      *f,
             gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrSite) site = NULL;
  g_autoptr (SrSite) found = NULL;
  g_autoptr (SrRepo) repo = NULL;

  g_assert_null (finish (f, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
  g_clear_error (&error);
  sr_protect_add_folder (f->protect, f->project);
  sr_protect_set_place (f->protect, f->place);
  sr_protect_generate_password (f->protect);
  wait_until_idle (f);
  site = finish (f, &error);
  g_assert_no_error (error);
  found = sr_site_store_find (f->store, "corner-shop", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sr_site_get_id (found), ==, sr_site_get_id (site));
  g_assert_cmpuint (sr_site_get_sources (found)->len, ==, 1);
  g_assert_cmpuint (sr_site_get_vaults (found)->len, ==, 1);
  repo = sr_vault_open (f->place, sr_protect_get_password (f->protect), NULL, &error);
  g_assert_no_error (error);
}

/* A vault that is there: any password may be typed, only the right one opens it, and without it
 * nothing is saved. */
static void
test_existing (Fixture      *f,
               gconstpointer data)
{
  g_autoptr (SrSecret)  right = sr_secret_new_from ("1234", 4);
  g_autoptr (GError)    error = NULL;
  g_autoptr (SrRepo)    repo = sr_vault_create (f->place, right, NULL, NULL, &error);
  g_autoptr (GPtrArray) sites = NULL;
  g_autoptr (SrSite)    site = NULL;

  g_assert_no_error (error);
  sr_protect_add_folder (f->protect, f->project);
  sr_protect_set_place (f->protect, f->place);
  wait_until_idle (f);
  set_password (f, "wrong");
  g_assert_true (get (f, "password-ready"));
  g_assert_null (finish (f, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_WRONG_PASSWORD);
  g_clear_error (&error);
  sites = sr_site_store_list (f->store, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sites->len, ==, 0);
  set_password (f, "1234");
  site = finish (f, &error);
  g_assert_no_error (error);
}

int
main (int    argc,
      char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *, gconstpointer);
  } tests[] = {
    { "/protect/look", test_look },
    { "/protect/look-fails", test_look_fails },
    { "/protect/plain-folder", test_plain_folder },
    { "/protect/place", test_place },
    { "/protect/password", test_password },
    { "/protect/finish", test_finish },
    { "/protect/existing", test_existing },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
