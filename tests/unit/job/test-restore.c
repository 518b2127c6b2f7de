/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <string.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "job/sr-restore.h"
#include "repo/sr-lock.h"
#include "sr-test-repo.h"
#include "sr-test-util.h"
#include "sr-test-vault.h"
#include "storage/sr-storage-local.h"

typedef struct
{
  SrTestVault     *vault;
  char            *target;
  SrRestoreOptions options;
  SrRestoreResult  result;
  GString         *told;
  GError          *error;
} Fixture;

static void
note_report (const char   *path,
             const char   *action,
             guint64       size,
             const GError *error,
             gpointer      user_data)
{
  Fixture *fixture = user_data;

  g_string_append_printf (fixture->told, "%s %s\n", action, path);
}

/* /folder/inner and /outer */
static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  g_autoptr (GString) tree = g_string_new (NULL);
  SrTestVault        *vault = fixture->vault = sr_test_vault_new ();
  SrId                id = sr_test_vault_add (vault, SR_BLOB_DATA, "text");
  SrId                folder;
  SrId                root;

  sr_test_tree_add_file (tree, "inner", ",\"size\":4", &id, 1);
  folder = sr_test_vault_add_tree (vault, tree);
  sr_test_tree_add_folder (tree, "folder", &folder);
  sr_test_tree_add_file (tree, "outer", ",\"size\":4", &id, 1);
  root = sr_test_vault_add_tree (vault, tree);
  sr_test_vault_commit (vault, &root);
  fixture->target = sr_test_mkdir ();
  fixture->told = g_string_new (NULL);
  fixture->options.snapshot = "latest";
  fixture->options.target = fixture->target;
  fixture->options.report = note_report;
  fixture->options.user_data = fixture;
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  sr_restore_result_clear (&fixture->result);
  g_clear_error (&fixture->error);
  g_string_free (fixture->told, TRUE);
  sr_test_rmdir (fixture->target);
  sr_test_vault_free (fixture->vault);
}

static gboolean
restore (Fixture *fixture)
{
  sr_restore_result_clear (&fixture->result);
  g_clear_error (&fixture->error);
  g_string_truncate (fixture->told, 0);
  return sr_restore_run (fixture->vault->repo, &fixture->options, &fixture->result, NULL, NULL,
                         &fixture->error);
}

static gboolean
exists (Fixture    *fixture,
        const char *name)
{
  g_autofree char *path = g_build_filename (fixture->target, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
test_snapshots (Fixture      *fixture,
                gconstpointer data)
{
  char hex[SR_ID_HEX_SIZE];

  restore (fixture);
  g_assert_no_error (fixture->error);
  g_assert_true (sr_id_equal (&fixture->result.snapshot->id, &fixture->vault->snapshot->id));
  g_assert_true (exists (fixture, "folder/inner"));
  g_assert_nonnull (strstr (fixture->told->str, "restored /folder/inner\n"));
  sr_id_to_hex (&fixture->vault->snapshot->id, hex);
  hex[8] = '\0';
  fixture->options.snapshot = hex;
  g_assert_true (restore (fixture));
  fixture->options.snapshot = "latest:/folder";
  g_assert_true (restore (fixture));
  g_assert_true (exists (fixture, "inner"));
  fixture->options.snapshot = "latest:/nowhere";
  g_assert_false (restore (fixture));
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_NOT_FOUND);
  fixture->options.snapshot = "00000000";
  g_assert_false (restore (fixture));
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_NOT_FOUND);
}

static void
test_patterns (Fixture      *fixture,
               gconstpointer data)
{
  g_autoptr (SrPatternList) inner = sr_pattern_list_new ();
  g_autoptr (SrPatternList) folder = sr_pattern_list_new ();
  g_autoptr (GError)        error = NULL;

  sr_pattern_list_add (inner, "inner", &error);
  sr_pattern_list_add (folder, "/folder", &error);
  g_assert_no_error (error);
  fixture->options.excludes = folder;
  g_assert_true (restore (fixture));
  g_assert_true (exists (fixture, "outer"));
  g_assert_false (exists (fixture, "folder"));
  fixture->options.includes = inner;
  g_assert_false (restore (fixture));
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_INVALID);
  fixture->options.excludes = NULL;
  g_assert_true (restore (fixture));
  g_assert_true (exists (fixture, "folder/inner"));
  g_assert_cmpuint (fixture->result.stats.files_restored, ==, 1);
}

static void
test_lock (Fixture      *fixture,
           gconstpointer data)
{
  SrLock *lock = sr_lock_acquire (fixture->vault->repo, TRUE, 0, NULL, &fixture->error);

  g_assert_no_error (fixture->error);
  g_assert_false (restore (fixture));
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_LOCKED);
  g_assert_false (exists (fixture, "outer"));
  fixture->options.no_lock = TRUE;
  g_assert_true (restore (fixture));
  sr_lock_release (lock);
  fixture->options.no_lock = FALSE;
  g_assert_true (restore (fixture));
  g_assert_cmpuint (sr_storage_memory_get_n_files (fixture->vault->files, SR_FILE_LOCK), ==, 0);
}

/* A damaged snapshot or index file is no reason to withhold what does not need it. */
static void
test_damaged_vault_files (Fixture      *fixture,
                          gconstpointer data)
{
  g_autoptr (GBytes) junk = g_bytes_new_static ("junk", 4);
  SrStorageMemory   *files = fixture->vault->files;
  SrId               id = { { 9 } };
  char               hex[SR_ID_HEX_SIZE];

  sr_id_to_hex (&fixture->vault->snapshot->id, hex);
  sr_storage_memory_replace (files, SR_FILE_INDEX, &id, junk);
  g_assert_true (restore (fixture));
  g_assert_nonnull (strstr (fixture->told->str, "damaged index 09"));
  sr_storage_memory_replace (files, SR_FILE_SNAPSHOT, &id, junk);
  fixture->options.snapshot = hex;
  g_assert_true (restore (fixture));
  g_assert_nonnull (strstr (fixture->told->str, "damaged snapshot 09"));
  /* But the latest may be the damaged one. */
  fixture->options.snapshot = "latest";
  g_assert_false (restore (fixture));
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_INCOMPLETE);
  g_assert_cmpuint (fixture->result.stats.failed, ==, 0);
}

/* The vault of the fixture on a disk, where it can be destroyed. */
static void
test_target (Fixture      *fixture,
             gconstpointer data)
{
  g_autofree char      *place = sr_test_mkdir ();
  g_autofree char      *vault = g_build_filename (place, "vault", NULL);
  g_autofree char      *inside = g_build_filename (vault, "data", "new", NULL);
  g_autofree char      *beside = g_build_filename (place, "vault2", NULL);
  g_autofree char      *link = g_build_filename (fixture->target, "link", NULL);
  g_autoptr (SrStorage) storage = sr_storage_local_new (vault);
  SrRepo               *memory = fixture->vault->repo;

  fixture->vault->repo = sr_test_repo_create (storage);
  g_assert_cmpint (symlink (vault, link), ==, 0);
  for (guint i = 0; i < 3; i++)
    {
      fixture->options.target = i == 0 ? vault : i == 1 ? inside
                                                        : link;
      g_assert_false (restore (fixture));
      g_assert_error (fixture->error, SR_ERROR, SR_ERROR_REFUSED);
    }
  g_assert_false (g_file_test (inside, G_FILE_TEST_EXISTS));
  fixture->options.delete_extra = TRUE;
  fixture->options.target = place;
  g_assert_false (restore (fixture));
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_REFUSED);
  fixture->options.target = "/";
  g_assert_false (restore (fixture));
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_REFUSED);
  fixture->options.target = "";
  g_assert_false (restore (fixture));
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_INVALID);
  fixture->options.target = beside;
  g_assert_false (restore (fixture));
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_NOT_FOUND);
  g_object_unref (fixture->vault->repo);
  fixture->vault->repo = memory;
  sr_test_rmdir (g_steal_pointer (&place));
}

#define ADD(path, func) g_test_add ("/job/restore/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("snapshots", test_snapshots);
  ADD ("patterns", test_patterns);
  ADD ("lock", test_lock);
  ADD ("damaged-vault-files", test_damaged_vault_files);
  ADD ("target", test_target);
  return g_test_run ();
}
