/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "job/sr-vault-place.h"
#include "job/sr-vault.h"
#include "sr-test-util.h"

typedef struct
{
  char *folder;
  char *source;
} Fixture;

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->folder = sr_test_mkdir ();
  sr_test_write_file (f->folder, "erp/uploads/one.txt", "one", 3);
  f->source = g_build_filename (f->folder, "erp", NULL);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  g_free (f->source);
  sr_test_rmdir (f->folder);
}

/* @name: below the fixture's folder */
static void
assert_place (Fixture         *f,
              const char      *name,
              SrVaultPlaceKind kind,
              const char      *words)
{
  const char *const  sources[] = { f->source, NULL };
  g_autofree char   *path = g_build_filename (f->folder, name, NULL);
  g_autoptr (GError) error = NULL;
  SrVaultPlace       place;

  g_assert_true (sr_vault_place_look (path, sources, &place, NULL, &error));
  g_assert_no_error (error);
  g_test_message ("%s: %s", name, place.sentence);
  g_assert_cmpint (place.kind, ==, kind);
  g_assert_nonnull (strstr (place.sentence, words));
  g_assert_cmpuint (place.total_bytes, >, 0);
  g_assert_cmpuint (place.free_bytes, <=, place.total_bytes);
  g_assert_cmpstr (place.same_device, ==, f->source);
  if (kind == SR_VAULT_PLACE_OCCUPIED)
    {
      g_assert_true (g_str_has_prefix (place.suggestion, path));
      g_assert_false (g_file_test (place.suggestion, G_FILE_TEST_EXISTS));
    }
  sr_vault_place_clear (&place);
}

static void
test_new (Fixture      *f,
          gconstpointer data)
{
  g_autofree char *empty = g_build_filename (f->folder, "empty", NULL);
  g_autofree char *formatted = g_build_filename (f->folder, "formatted/lost+found", NULL);

  g_assert_cmpint (g_mkdir_with_parents (empty, 0700), ==, 0);
  g_assert_cmpint (g_mkdir_with_parents (formatted, 0700), ==, 0);
  assert_place (f, "not/there/yet", SR_VAULT_PLACE_NEW, "is made");
  assert_place (f, "empty", SR_VAULT_PLACE_NEW, "empty");
  assert_place (f, "formatted", SR_VAULT_PLACE_NEW, "empty");
}

static void
test_occupied (Fixture      *f,
               gconstpointer data)
{
  sr_test_write_file (f->folder, "drive/photo.jpg", "x", 1);
  assert_place (f, "drive", SR_VAULT_PLACE_OCCUPIED, "strongroom-vault");
  sr_test_write_file (f->folder, "drive/strongroom-vault/other", "x", 1);
  assert_place (f, "drive", SR_VAULT_PLACE_OCCUPIED, "strongroom-vault-2");
}

static void
test_existing (Fixture      *f,
               gconstpointer data)
{
  g_autofree char     *path = g_build_filename (f->folder, "vault", NULL);
  g_autoptr (SrSecret) password = sr_secret_new_from ("secret", 6);
  g_autoptr (GError)   error = NULL;
  g_autoptr (SrRepo)   repo = sr_vault_create (path, password, NULL, NULL, &error);
  SrVaultPlace         place;

  g_assert_no_error (error);
  assert_place (f, "vault", SR_VAULT_PLACE_EXISTING, "password");
  g_assert_true (sr_vault_place_look (path, NULL, &place, NULL, &error));
  g_assert_cmpuint (place.n_keys, ==, 1);
  g_assert_null (place.same_device);
  sr_vault_place_clear (&place);
}

/* By its name, by what it holds, and through a link. */
static void
test_around_the_source (Fixture      *f,
                        gconstpointer data)
{
  g_autofree char *link = g_build_filename (f->folder, "link", NULL);

  g_assert_cmpint (symlink (f->source, link), ==, 0);
  assert_place (f, "erp", SR_VAULT_PLACE_UNUSABLE, "itself up");
  assert_place (f, "erp/backups/vault", SR_VAULT_PLACE_UNUSABLE, "outside");
  assert_place (f, "link/vault", SR_VAULT_PLACE_UNUSABLE, "outside");
  assert_place (f, ".", SR_VAULT_PLACE_UNUSABLE, "lies in this folder");
  assert_place (f, "erp2", SR_VAULT_PLACE_NEW, "made");
}

static void
test_unusable (Fixture      *f,
               gconstpointer data)
{
  g_autofree char *closed = g_build_filename (f->folder, "closed", NULL);

  sr_test_write_file (f->folder, "file", "x", 1);
  assert_place (f, "file", SR_VAULT_PLACE_UNUSABLE, "no folder");
  assert_place (f, "file/below", SR_VAULT_PLACE_UNUSABLE, "no folder");
  g_assert_cmpint (g_mkdir_with_parents (closed, 0755), ==, 0);
  g_assert_cmpint (chmod (f->folder, 0755), ==, 0);
  if (geteuid () == 0)
    g_assert_cmpint (seteuid (65534), ==, 0);
  else
    g_assert_cmpint (chmod (closed, 0555), ==, 0);
  assert_place (f, "closed", SR_VAULT_PLACE_UNUSABLE, "written");
  assert_place (f, "closed/below", SR_VAULT_PLACE_UNUSABLE, "cannot be made");
  if (getuid () == 0)
    g_assert_cmpint (seteuid (0), ==, 0);
  g_assert_cmpint (chmod (closed, 0755), ==, 0);
}

static void
test_errors (Fixture      *f,
             gconstpointer data)
{
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GError)       error = NULL;
  SrVaultPlace             place;

  g_assert_false (sr_vault_place_look ("s3:somewhere", NULL, &place, NULL, &error));
  g_assert_nonnull (error);
  sr_vault_place_clear (&place);
  g_clear_error (&error);
  g_cancellable_cancel (cancelled);
  g_assert_false (sr_vault_place_look (f->folder, NULL, &place, cancelled, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
  sr_vault_place_clear (&place);
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
    { "/vault-place/new", test_new },
    { "/vault-place/occupied", test_occupied },
    { "/vault-place/existing", test_existing },
    { "/vault-place/around-the-source", test_around_the_source },
    { "/vault-place/unusable", test_unusable },
    { "/vault-place/errors", test_errors },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
