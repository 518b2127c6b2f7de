/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "site/sr-site-store.h"

#include "base/sr-error.h"
#include "sr-test-util.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define N_ROUNDS 20

static const char *program;

static char *
path_of (SrSiteStore *store,
         SrSite      *site)
{
  g_autofree char *name = g_strconcat (sr_site_get_id (site), ".json", NULL);

  return g_build_filename (sr_site_store_get_folder (store), name, NULL);
}

static char *
read_text (const char *path)
{
  g_autoptr (GError) error = NULL;
  char              *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static SrSite *
store_new_site (SrSiteStore *store,
                const char  *name)
{
  g_autoptr (GError) error = NULL;
  SrSite            *site = sr_site_new (name);

  g_assert_true (sr_site_store_save (store, site, &error));
  g_assert_no_error (error);
  return site;
}

static void
assert_mode (const char *path,
             mode_t      mode)
{
  struct stat st;

  g_assert_cmpint (stat (path, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 07777, ==, mode);
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint            n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
test_empty (void)
{
  char                   *dir = sr_test_mkdir ();
  g_autofree char        *folder = g_build_filename (dir, "config", "sites", NULL);
  g_autoptr (SrSiteStore) store = sr_site_store_new (folder);
  g_autoptr (GError)      error = NULL;
  g_autoptr (GPtrArray)   sites = sr_site_store_list (store, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (sites->len, ==, 0);
  g_assert_null (sr_site_store_find (store, "shop", &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
  sr_test_rmdir (dir);
}

static void
test_default_folder (void)
{
  g_autoptr (SrSiteStore) store = sr_site_store_new (NULL);
  g_autofree char        *expected =
      g_build_filename (g_get_user_config_dir (), "strongroom", "sites", NULL);

  g_assert_cmpstr (sr_site_store_get_folder (store), ==, expected);
}

static void
test_save_and_find (void)
{
  char                   *dir = sr_test_mkdir ();
  g_autofree char        *above = g_build_filename (dir, "strongroom", NULL);
  g_autofree char        *folder = g_build_filename (above, "sites", NULL);
  g_autoptr (SrSiteStore) store = sr_site_store_new (folder);
  g_autoptr (SrSite)      site = store_new_site (store, "Caf\xc3\xa9");
  g_autoptr (SrSite)      other = store_new_site (store, "Bakery");
  g_autofree char        *path = path_of (store, site);
  g_autoptr (GPtrArray)   sites = NULL;
  g_autoptr (SrSite)      by_name = NULL;
  g_autoptr (SrSite)      by_id = NULL;
  g_autoptr (GError)      error = NULL;

  assert_mode (path, 0600);
  assert_mode (folder, 0700);
  assert_mode (above, 0700);
  sites = sr_site_store_list (store, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sites->len, ==, 2);
  g_assert_cmpstr (sr_site_get_name (sites->pdata[0]), ==, "Bakery");
  by_name = sr_site_store_find (store, " Cafe\xcc\x81", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sr_site_get_id (by_name), ==, sr_site_get_id (site));
  by_id = sr_site_store_find (store, sr_site_get_id (site), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sr_site_get_name (by_id), ==, "Caf\xc3\xa9");
  sr_test_rmdir (dir);
}

static void
test_rename_keeps_file (void)
{
  char                   *dir = sr_test_mkdir ();
  g_autoptr (SrSiteStore) store = sr_site_store_new (dir);
  g_autoptr (SrSite)      site = store_new_site (store, "Shop");
  g_autofree char        *path = path_of (store, site);
  g_autofree char        *before = read_text (path);
  g_autofree char        *same = NULL;
  g_autofree char        *after = NULL;
  g_autoptr (GError)      error = NULL;

  g_assert_true (sr_site_store_save (store, site, &error));
  same = read_text (path);
  g_assert_cmpstr (same, ==, before);
  sr_site_set_name (site, "Shop North");
  g_assert_true (sr_site_store_save (store, site, &error));
  g_assert_no_error (error);
  after = read_text (path);
  g_assert_nonnull (strstr (after, "Shop North"));
  g_assert_true (g_str_has_suffix (after, "}\n"));
  g_assert_cmpuint (count_files (dir), ==, 2); /* and the lock */
  sr_test_rmdir (dir);
}

static void
test_same_name (void)
{
  char                   *dir = sr_test_mkdir ();
  g_autoptr (SrSiteStore) store = sr_site_store_new (dir);
  g_autoptr (SrSite)      a = store_new_site (store, "Shop");
  g_autoptr (SrSite)      b = store_new_site (store, "Shop");
  g_autoptr (GError)      error = NULL;

  g_assert_null (sr_site_store_find (store, "Shop", &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, sr_site_get_id (a)));
  g_assert_nonnull (strstr (error->message, sr_site_get_id (b)));
  sr_test_rmdir (dir);
}

/* The case of letters does not matter where it is clear which one is meant. */
static void
test_other_case (void)
{
  char                   *dir = sr_test_mkdir ();
  g_autoptr (SrSiteStore) store = sr_site_store_new (dir);
  g_autoptr (SrSite)      a = store_new_site (store, "Caf\xc3\xa9 Shop");
  g_autoptr (SrSite)      b = NULL;
  g_autoptr (SrSite)      found = NULL;
  g_autoptr (SrSite)      exact = NULL;
  g_autoptr (GError)      error = NULL;

  found = sr_site_store_find (store, "CAF\xc3\x89 shop", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sr_site_get_id (found), ==, sr_site_get_id (a));
  b = store_new_site (store, "caf\xc3\xa9 shop");
  exact = sr_site_store_find (store, "caf\xc3\xa9 shop", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sr_site_get_id (exact), ==, sr_site_get_id (b));
  g_assert_null (sr_site_store_find (store, "CAF\xc3\x89 SHOP", &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
  sr_test_rmdir (dir);
}

/* Somebody else wrote, removed or damaged the file meanwhile. */
static void
test_changed_elsewhere (void)
{
  char                   *dir = sr_test_mkdir ();
  g_autoptr (SrSiteStore) store = sr_site_store_new (dir);
  g_autoptr (SrSiteStore) elsewhere = sr_site_store_new (dir);
  g_autoptr (SrSite)      mine = store_new_site (store, "Shop");
  g_autoptr (SrSite)      theirs = NULL;
  g_autoptr (GError)      error = NULL;
  g_autofree char        *path = path_of (store, mine);
  g_autofree char        *text = NULL;

  theirs = sr_site_store_find (elsewhere, "Shop", &error);
  g_assert_no_error (error);
  sr_site_set_environment (theirs, "test");
  g_assert_true (sr_site_store_save (elsewhere, theirs, &error));
  sr_site_set_name (mine, "Mine");
  g_assert_false (sr_site_store_save (store, mine, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_LOCKED);
  g_clear_error (&error);
  g_assert_false (sr_site_store_remove (store, mine, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_LOCKED);
  g_clear_error (&error);
  text = read_text (path);
  g_assert_nonnull (strstr (text, "\"test\""));

  g_assert_true (sr_site_store_remove (elsewhere, theirs, &error));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_false (sr_site_store_save (store, mine, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_LOCKED);
  g_clear_error (&error);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  sr_test_rmdir (dir);
}

static void
test_new_over_existing (void)
{
  char                   *dir = sr_test_mkdir ();
  g_autoptr (SrSiteStore) store = sr_site_store_new (dir);
  g_autoptr (SrSite)      site = sr_site_new ("Shop");
  g_autofree char        *path = path_of (store, site);
  g_autofree char        *text = NULL;
  g_autoptr (GError)      error = NULL;

  g_assert_true (g_file_set_contents (path, "mine", -1, NULL));
  g_assert_false (sr_site_store_save (store, site, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_false (sr_site_store_remove (store, site, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
  text = read_text (path);
  g_assert_cmpstr (text, ==, "mine");
  sr_test_rmdir (dir);
}

static void
note_damage (const char   *path,
             const GError *why,
             gpointer      user_data)
{
  g_autofree char *base = g_path_get_basename (path);

  g_string_append_printf (user_data, "%s:%s\n", base, sr_error_code_name (why->code));
  g_assert_nonnull (strstr (why->message, base));
}

static const char good_text[] = "{\"format\":1,\"name\":\"Good\"}";

static void
test_damaged (void)
{
  char                   *dir = sr_test_mkdir ();
  g_autoptr (SrSiteStore) store = sr_site_store_new (dir);
  g_autofree char        *large = g_strnfill (1024 * 1024 + 1, ' ');
  g_autofree char        *pipe_path = g_build_filename (dir, "pipe.json", NULL);
  g_autofree char        *folder_path = g_build_filename (dir, "folder.json", NULL);
  g_autofree char        *link_path = g_build_filename (dir, "dangling.json", NULL);
  g_autofree char        *cut_path = g_build_filename (dir, "cut.json", NULL);
  g_autofree char        *cut = NULL;
  g_autoptr (GString)     damage = g_string_new (NULL);
  g_autoptr (GPtrArray)   sites = NULL;
  g_autoptr (GError)      error = NULL;

  memcpy (large, good_text, strlen (good_text));
  sr_test_write_file (dir, "good.json", good_text, strlen (good_text));
  sr_test_write_file (dir, "large.json", large, strlen (large));
  sr_test_write_file (dir, "cut.json", good_text, strlen (good_text) - 1);
  sr_test_write_file (dir, "empty.json", "", 0);
  sr_test_write_file (dir, "newer.json", "{\"format\":2}", 12);
  sr_test_write_file (dir, "odd name.json", good_text, strlen (good_text));
  sr_test_write_file (dir, ".hidden.json", "", 0);
  sr_test_write_file (dir, "readme.txt", "", 0);
  g_assert_cmpint (mkfifo (pipe_path, 0600), ==, 0);
  g_assert_cmpint (mkdir (folder_path, 0700), ==, 0);
  g_assert_cmpint (symlink ("nowhere", link_path), ==, 0);
  sites = sr_site_store_list (store, note_damage, damage, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sites->len, ==, 1);
  for (int i = 0; i < 7; i++)
    {
      static const char *const expected[] = {
        "large.json:damaged\n", "cut.json:damaged\n", "empty.json:damaged\n",
        "newer.json:unsupported\n", "odd name.json:damaged\n", "pipe.json:damaged\n",
        "folder.json:damaged\n"
      };

      if (strstr (damage->str, expected[i]) == NULL)
        g_error ("%s lacks %s", damage->str, expected[i]);
    }
  g_assert_null (strstr (damage->str, "hidden"));

  g_assert_null (sr_site_store_find (store, "cut", &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
  g_clear_error (&error);
  g_assert_null (sr_site_store_find (store, "Nobody here", &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "cannot"));
  cut = read_text (cut_path);
  g_assert_cmpuint (strlen (cut), ==, strlen (good_text) - 1);
  sr_test_rmdir (dir);
}

static void
test_never_outside (void)
{
  char                   *dir = sr_test_mkdir ();
  g_autofree char        *folder = g_build_filename (dir, "sites", NULL);
  g_autofree char        *absolute = g_build_filename (dir, "outside", NULL);
  g_autoptr (SrSiteStore) store = sr_site_store_new (folder);
  const char *const       names[] = { "../outside", "..", ".", "", absolute, "sites/../../x" };

  sr_test_write_file (dir, "outside.json", good_text, strlen (good_text));
  sr_test_write_file (folder, "inside.json", good_text, strlen (good_text));
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (sr_site_store_find (store, names[i], &error));
      g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
    }
  sr_test_rmdir (dir);
}

static void
test_invalid_is_not_saved (void)
{
  char                   *dir = sr_test_mkdir ();
  g_autoptr (SrSiteStore) store = sr_site_store_new (dir);
  g_autoptr (SrSite)      site = sr_site_new ("Shop");
  g_autoptr (SrSite)      large = sr_site_new ("Large");
  g_autoptr (GError)      error = NULL;
  SrSiteSource           *source = sr_site_add_source (large, SR_SOURCE_FOLDER, "/srv");

  sr_site_add_vault (site, "rest:https://u:hush@host/");
  g_assert_false (sr_site_store_save (store, site, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
  g_clear_error (&error);
  source->excludes = g_new0 (char *, 2);
  source->excludes[0] = g_strnfill (1024 * 1024, 'x');
  g_assert_false (sr_site_store_save (store, large, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "1 MiB"));
  g_assert_cmpuint (count_files (dir), ==, 0);
  sr_test_rmdir (dir);
}

/* Whether the process that waits for it may not write is seen in test_two_programs(). */
static void
test_read_only (void)
{
  char                   *dir = sr_test_mkdir ();
  g_autoptr (SrSiteStore) store = sr_site_store_new (dir);
  g_autoptr (SrSite)      site = store_new_site (store, "Shop");
  g_autoptr (GError)      error = NULL;
  g_autofree char        *path = path_of (store, site);
  g_autofree char        *before = read_text (path);
  g_autofree char        *after = NULL;
  gboolean                is_root = geteuid () == 0;

  if (is_root && (chown (dir, 65534, 65534) != 0 || chown (path, 65534, 65534) != 0))
    g_error ("chown: %s", g_strerror (errno));
  g_assert_cmpint (chmod (dir, 0500), ==, 0);
  if (is_root)
    g_assert_cmpint (seteuid (65534), ==, 0);
  sr_site_set_name (site, "Changed");
  g_assert_false (sr_site_store_save (store, site, &error));
  if (is_root)
    g_assert_cmpint (seteuid (0), ==, 0);
  g_assert_error (error, SR_ERROR, SR_ERROR_PERMISSION);
  g_assert_cmpint (chmod (dir, 0700), ==, 0);
  after = read_text (path);
  g_assert_cmpstr (after, ==, before);
  sr_test_rmdir (dir);
}

/* What the other process does: adds sources, one a time, and reads again when it came second. */
static int
write_rounds (const char *folder,
              const char *word)
{
  g_autoptr (SrSiteStore) store = sr_site_store_new (folder);

  for (int i = 0; i < N_ROUNDS;)
    {
      g_autofree char   *location = g_strdup_printf ("/srv/%s-%d", word, i);
      g_autoptr (GError) error = NULL;
      g_autoptr (SrSite) site = sr_site_store_find (store, "Shop", &error);

      if (site == NULL)
        g_error ("%s", error->message);
      sr_site_add_source (site, SR_SOURCE_FOLDER, location);
      if (sr_site_store_save (store, site, &error))
        i++;
      else if (!sr_error_is (error, SR_ERROR_LOCKED))
        g_error ("%s", error->message);
    }
  return 0;
}

static void
test_two_programs (void)
{
  char                    *dir = sr_test_mkdir ();
  g_autoptr (SrSiteStore)  store = sr_site_store_new (dir);
  g_autoptr (SrSite)       site = store_new_site (store, "Shop");
  g_autoptr (SrSite)       after = NULL;
  g_autoptr (GError)       error = NULL;
  static const char *const words[] = { "left", "right" };
  GSubprocess             *children[2];

  for (int i = 0; i < 2; i++)
    {
      children[i] = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, program, "--write", dir,
                                      words[i], NULL);
      g_assert_no_error (error);
    }
  for (int i = 0; i < 2; i++)
    {
      g_subprocess_wait_check (children[i], NULL, &error);
      g_assert_no_error (error);
      g_object_unref (children[i]);
    }
  after = sr_site_store_find (store, "Shop", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sr_site_get_sources (after)->len, ==, 2 * N_ROUNDS);
  g_assert_cmpuint (count_files (dir), ==, 2);
  sr_test_rmdir (dir);
}

int
main (int   argc,
      char *argv[])
{
  if (argc == 4 && strcmp (argv[1], "--write") == 0)
    return write_rounds (argv[2], argv[3]);
  program = argv[0];
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/site-store/empty", test_empty);
  g_test_add_func ("/site-store/default-folder", test_default_folder);
  g_test_add_func ("/site-store/save-and-find", test_save_and_find);
  g_test_add_func ("/site-store/rename-keeps-file", test_rename_keeps_file);
  g_test_add_func ("/site-store/same-name", test_same_name);
  g_test_add_func ("/site-store/other-case", test_other_case);
  g_test_add_func ("/site-store/changed-elsewhere", test_changed_elsewhere);
  g_test_add_func ("/site-store/new-over-existing", test_new_over_existing);
  g_test_add_func ("/site-store/damaged", test_damaged);
  g_test_add_func ("/site-store/never-outside", test_never_outside);
  g_test_add_func ("/site-store/invalid-is-not-saved", test_invalid_is_not_saved);
  g_test_add_func ("/site-store/read-only", test_read_only);
  g_test_add_func ("/site-store/two-programs", test_two_programs);
  return g_test_run ();
}
