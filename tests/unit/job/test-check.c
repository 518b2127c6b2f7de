/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-error.h"
#include "job/sr-check.h"
#include "repo/sr-lock.h"
#include "sr-test-util.h"
#include "sr-test-vault.h"

static SrTestVault *
make_vault (void)
{
  SrTestVault        *vault = sr_test_vault_new ();
  g_autoptr (GString) tree = g_string_new (NULL);
  SrId                id = sr_test_vault_add (vault, SR_BLOB_DATA, "text");
  SrId                root;

  sr_test_tree_add_file (tree, "file", ",\"size\":4", &id, 1);
  root = sr_test_vault_add_tree (vault, tree);
  sr_test_vault_commit (vault, &root);
  return vault;
}

static void
test_lock (void)
{
  g_autoptr (SrTestVault) vault = make_vault ();
  g_autoptr (SrLock)      lock = NULL;
  g_autoptr (GPtrArray)   findings = NULL;
  g_autoptr (GError)      error = NULL;
  SrCheckOptions          options = { 0 };
  SrCheckerStats          stats;

  lock = sr_lock_acquire (vault->repo, FALSE, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (sr_check_run (vault->repo, &options, &stats, &findings, NULL, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_LOCKED);
  g_assert_cmpuint (findings->len, ==, 0);
  g_clear_pointer (&findings, g_ptr_array_unref);
  g_clear_error (&error);
  options.no_lock = TRUE;
  g_assert_true (sr_check_run (vault->repo, &options, &stats, &findings, NULL, NULL, &error));
  g_clear_pointer (&findings, g_ptr_array_unref);
  g_clear_pointer (&lock, sr_lock_release);
  options.no_lock = FALSE;
  g_assert_true (sr_check_run (vault->repo, &options, &stats, &findings, NULL, NULL, &error));
  g_assert_cmpuint (findings->len, ==, 0);
  g_assert_cmpuint (stats.snapshots, ==, 1);
  g_assert_cmpuint (sr_storage_memory_get_n_files (vault->files, SR_FILE_LOCK), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job/check/lock", test_lock);
  return g_test_run ();
}
