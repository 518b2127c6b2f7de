/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "job/sr-snapshot-container.h"
#include "sr-test-util.h"
#include "sr-test-vault.h"

typedef struct
{
  SrTestVault *vault;
  SrId         chunk;
} Fixture;

/* /top/a (two chunks) /top/d/x (empty) /top/l (link) */
static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  g_autoptr (GString) tree = g_string_new (NULL);
  SrTestVault        *vault = fixture->vault = sr_test_vault_new ();
  SrId                chunks[2];
  SrId                folder;
  SrId                root;

  chunks[0] = sr_test_vault_add (vault, SR_BLOB_DATA, "one ");
  chunks[1] = sr_test_vault_add (vault, SR_BLOB_DATA, "two");
  sr_test_tree_add_file (tree, "x", ",\"size\":0", NULL, 0);
  folder = sr_test_vault_add_tree (vault, tree);
  sr_test_tree_add_file (tree, "a", ",\"size\":7", chunks, 2);
  sr_test_tree_add_folder (tree, "d", &folder);
  sr_test_tree_add (tree, "l", "symlink", ",\"linktarget\":\"a\"");
  folder = sr_test_vault_add_tree (vault, tree);
  sr_test_tree_add_folder (tree, "top", &folder);
  root = sr_test_vault_add_tree (vault, tree);
  sr_test_vault_commit (vault, &root);
  fixture->chunk = chunks[1];
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  sr_test_vault_free (fixture->vault);
}

static SrContainer *
make (Fixture    *fixture,
      const char *folder)
{
  g_autoptr (GError) error = NULL;
  SrContainer       *container;

  container = sr_snapshot_container_new (fixture->vault->repo, fixture->vault->snapshot, folder,
                                         NULL, &error);
  g_assert_no_error (error);
  return container;
}

static void
assert_names (SrContainer *container,
              const char  *wanted)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < sr_container_get_n_entries (container); i++)
    g_string_append_printf (names, "%s ", sr_container_get_entry (container, i)->name);
  g_assert_cmpstr (names->str, ==, wanted);
}

static void
assert_content (SrContainer *container,
                const char  *name,
                const char  *wanted)
{
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GBytes)       content = NULL;
  g_autoptr (GError)       error = NULL;
  guint                    index;

  g_assert_true (sr_container_find (container, name, &index));
  stream = sr_container_open_entry (container, index, NULL, &error);
  g_assert_no_error (error);
  content = sr_stream_read_all (stream, 1000, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (content, NULL), g_bytes_get_size (content), wanted,
                   strlen (wanted));
}

static void
test_all (Fixture      *fixture,
          gconstpointer data)
{
  g_autoptr (SrContainer) container = make (fixture, "/");
  guint                   index;

  assert_names (container, "top top/a top/d top/d/x top/l ");
  assert_content (container, "top/a", "one two");
  assert_content (container, "top/d/x", "");
  g_assert_false (sr_container_find (container, "top/l", &index));
  g_assert_cmpstr (sr_container_get_entry (container, 4)->link_target, ==, "a");
  g_assert_cmpuint (sr_container_get_entry (container, 1)->size, ==, 7);
}

static void
test_below (Fixture      *fixture,
            gconstpointer data)
{
  g_autoptr (SrContainer) folder = make (fixture, "/top/");
  g_autoptr (SrContainer) file = make (fixture, "/top/a");

  assert_names (folder, "a d d/x l ");
  assert_content (folder, "a", "one two");
  assert_names (file, "a ");
  assert_content (file, "a", "one two");
}

static void
test_absent (Fixture      *fixture,
             gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (sr_snapshot_container_new (fixture->vault->repo, fixture->vault->snapshot, "/none",
                                            NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
}

/* What cannot be read any more is an error of the stream, not an end. */
static void
test_damaged (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (SrContainer)  container = make (fixture, "/top");
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GError)       error = NULL;
  guint                    index;

  g_assert_true (sr_container_find (container, "a", &index));
  sr_test_vault_damage (fixture->vault, SR_BLOB_DATA, &fixture->chunk);
  stream = sr_container_open_entry (container, index, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (sr_stream_read_all (stream, 1000, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/snapshot-container/all", test_all);
  ADD ("/snapshot-container/below", test_below);
  ADD ("/snapshot-container/absent", test_absent);
  ADD ("/snapshot-container/damaged", test_damaged);
  return g_test_run ();
}
