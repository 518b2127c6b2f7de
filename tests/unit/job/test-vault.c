/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-error.h"
#include "job/sr-vault.h"
#include "sr-test-repo.h"
#include "sr-test-util.h"
#include "storage/sr-storage-local.h"

static void
test_exists_and_open (void)
{
  char                 *dir = sr_test_mkdir ();
  g_autofree char      *path = g_build_filename (dir, "vault", NULL);
  g_autoptr (SrStorage) storage = sr_storage_local_new (path);
  g_autoptr (SrSecret)  password = sr_test_repo_password ();
  g_autoptr (SrRepo)    created = NULL;
  g_autoptr (SrRepo)    opened = NULL;
  g_autoptr (GPtrArray) names = NULL;
  g_autoptr (GError)    error = NULL;
  char                  hex[SR_ID_HEX_SIZE];

  g_assert_false (sr_vault_exists (path, NULL, &error));
  g_assert_no_error (error);
  opened = sr_vault_open (path, password, NULL, &error);
  g_assert_null (opened);
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
  g_clear_error (&error);
  created = sr_test_repo_create (storage);
  g_assert_true (sr_vault_exists (path, NULL, &error));
  opened = sr_vault_open (path, password, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (sr_vault_get_key_names (path, &names, NULL, &error));
  g_assert_cmpuint (names->len, ==, 1);
  g_assert_cmpstr (names->pdata[0], ==, sr_id_to_hex (sr_repo_get_key_id (opened), hex));
  sr_test_rmdir (dir);
}

static void
test_create (void)
{
  char                *dir = sr_test_mkdir ();
  g_autofree char     *path = g_build_filename (dir, "vault", NULL);
  g_autoptr (SrSecret) password = sr_test_repo_password ();
  g_autoptr (SrRepo)   created = NULL;
  g_autoptr (SrRepo)   again = NULL;
  g_autoptr (GError)   error = NULL;

  created = sr_vault_create (path, password, NULL, NULL, &error);
  g_assert_no_error (error);
  again = sr_vault_create (path, password, NULL, NULL, &error);
  g_assert_null (again);
  g_assert_error (error, SR_ERROR, SR_ERROR_EXISTS);
  sr_test_rmdir (dir);
}

static void
test_unknown_scheme (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (sr_vault_exists ("carrier-pigeon:/x", NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vault/exists-and-open", test_exists_and_open);
  g_test_add_func ("/vault/create", test_create);
  g_test_add_func ("/vault/unknown-scheme", test_unknown_scheme);
  return g_test_run ();
}
