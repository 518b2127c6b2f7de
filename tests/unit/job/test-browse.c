/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "job/sr-browse-private.h"
#include "sr-test-util.h"
#include "sr-test-vault.h"

typedef struct
{
  SrTestVault *vault;
  SrId         chunks[2];
  SrId         old_root;
  SrId         new_root;
  GString     *told;
  GError      *error;
} Fixture;

#define LINK ",\"inode\":5,\"device_id\":2,\"links\":2"

/* old: /a (file) /d/x /d/y /gone/z /kind (file) /l (link)
 * new: /a (mode)  /d/x /d/y (content) /kind (folder)/new /l (other target) */
static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  g_autoptr (GString) tree = g_string_new (NULL);
  SrTestVault        *vault = fixture->vault = sr_test_vault_new ();
  SrId               *chunks = fixture->chunks;
  SrId                folder;
  SrId                gone;

  chunks[0] = sr_test_vault_add (vault, SR_BLOB_DATA, "one ");
  chunks[1] = sr_test_vault_add (vault, SR_BLOB_DATA, "two");
  sr_test_tree_add_file (tree, "x", ",\"size\":4" LINK, chunks, 1);
  sr_test_tree_add_file (tree, "y", ",\"size\":7", chunks, 2);
  folder = sr_test_vault_add_tree (vault, tree);
  sr_test_tree_add_file (tree, "z", ",\"size\":4" LINK, chunks, 1);
  gone = sr_test_vault_add_tree (vault, tree);
  sr_test_tree_add_file (tree, "a", ",\"size\":4", chunks, 1);
  sr_test_tree_add_folder (tree, "d", &folder);
  sr_test_tree_add_folder (tree, "gone", &gone);
  sr_test_tree_add_file (tree, "kind", "", NULL, 0);
  sr_test_tree_add (tree, "l", "symlink", ",\"linktarget\":\"here\"");
  fixture->old_root = sr_test_vault_add_tree (vault, tree);
  sr_test_tree_add_file (tree, "x", ",\"size\":4" LINK, chunks, 1);
  sr_test_tree_add_file (tree, "y", ",\"size\":4", chunks, 1);
  folder = sr_test_vault_add_tree (vault, tree);
  sr_test_tree_add_file (tree, "new", ",\"size\":4", chunks, 1);
  gone = sr_test_vault_add_tree (vault, tree);
  sr_test_tree_add_file (tree, "a", ",\"size\":4,\"mode\":448", chunks, 1);
  sr_test_tree_add_folder (tree, "d", &folder);
  sr_test_tree_add_folder (tree, "kind", &gone);
  sr_test_tree_add (tree, "l", "symlink", ",\"linktarget\":\"there\"");
  fixture->new_root = sr_test_vault_add_tree (vault, tree);
  sr_test_vault_commit (vault, &fixture->old_root);
  fixture->told = g_string_new (NULL);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_clear_error (&fixture->error);
  g_string_free (fixture->told, TRUE);
  sr_test_vault_free (fixture->vault);
}

static gboolean
note_node (const char   *path,
           const SrNode *node,
           gpointer      user_data,
           GError      **error)
{
  g_string_append_printf (((Fixture *) user_data)->told, "%s ", path);
  return TRUE;
}

static void
assert_list (Fixture    *fixture,
             const char *folder,
             gboolean    recursive,
             const char *wanted)
{
  g_string_truncate (fixture->told, 0);
  sr_browse_list (fixture->vault->repo, &fixture->old_root, folder, recursive, note_node, NULL,
                  fixture, NULL, &fixture->error);
  g_assert_no_error (fixture->error);
  g_assert_cmpstr (fixture->told->str, ==, wanted);
}

static void
test_list (Fixture      *fixture,
           gconstpointer data)
{
  assert_list (fixture, "/", FALSE, "/a /d /gone /kind /l ");
  assert_list (fixture, "/", TRUE, "/a /d /d/x /d/y /gone /gone/z /kind /l ");
  assert_list (fixture, "//d/", TRUE, "/d/x /d/y ");
  assert_list (fixture, "/d//y", FALSE, "/d/y ");
  for (guint i = 0; i < 2; i++)
    {
      g_assert_false (sr_browse_list (fixture->vault->repo, &fixture->old_root,
                                      i == 0 ? "/d/none" : "/a/x", FALSE, note_node, NULL, fixture,
                                      NULL, &fixture->error));
      g_assert_error (fixture->error, SR_ERROR, SR_ERROR_NOT_FOUND);
      g_clear_error (&fixture->error);
    }
}

static gboolean
note_diff (const char   *path,
           SrDiffKind    kind,
           const SrNode *old_node,
           const SrNode *new_node,
           gpointer      user_data,
           GError      **error)
{
  g_assert_true ((old_node == NULL) == (kind == SR_DIFF_ADDED));
  g_assert_true ((new_node == NULL) == (kind == SR_DIFF_REMOVED));
  g_string_append_printf (((Fixture *) user_data)->told, "%c%s ", "+-MUT"[kind], path);
  return TRUE;
}

static void
assert_diff (Fixture    *fixture,
             const SrId *old_root,
             const SrId *new_root,
             gboolean    metadata,
             const char *wanted)
{
  g_string_truncate (fixture->told, 0);
  sr_browse_diff (fixture->vault->repo, old_root, new_root, metadata, note_diff, fixture, NULL,
                  &fixture->error);
  g_assert_no_error (fixture->error);
  g_assert_cmpstr (fixture->told->str, ==, wanted);
}

static void
test_diff (Fixture      *fixture,
           gconstpointer data)
{
  assert_diff (fixture, &fixture->old_root, &fixture->new_root, FALSE,
               "M/d/y -/gone -/gone/z T/kind +/kind/new M/l ");
  assert_diff (fixture, &fixture->old_root, &fixture->new_root, TRUE,
               "U/a M/d/y -/gone -/gone/z T/kind +/kind/new M/l ");
  assert_diff (fixture, &fixture->new_root, &fixture->old_root, FALSE,
               "M/d/y +/gone +/gone/z T/kind -/kind/new M/l ");
  assert_diff (fixture, &fixture->new_root, &fixture->new_root, TRUE, "");
}

/* Returns: (transfer full): all that was written to @fd, which is closed */
static GBytes *
take_content (int fd)
{
  struct stat st;
  char       *data;

  g_assert_cmpint (fstat (fd, &st), ==, 0);
  data = g_malloc ((gsize) st.st_size + 1);
  g_assert_cmpint (pread (fd, data, (gsize) st.st_size, 0), ==, st.st_size);
  close (fd);
  return g_bytes_new_take (data, (gsize) st.st_size);
}

static void
test_dump (Fixture      *fixture,
           gconstpointer data)
{
  g_autoptr (GBytes) content = NULL;
  int                fd = memfd_create ("dump", MFD_CLOEXEC);

  sr_browse_dump (fixture->vault->repo, &fixture->old_root, "/d/y", fd, NULL, NULL,
                  &fixture->error);
  g_assert_no_error (fixture->error);
  g_assert_false (sr_browse_dump (fixture->vault->repo, &fixture->old_root, "/d", fd, NULL, NULL,
                                  &fixture->error));
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_INVALID);
  g_clear_error (&fixture->error);
  sr_test_vault_damage (fixture->vault, SR_BLOB_DATA, &fixture->chunks[1]);
  g_assert_false (sr_browse_dump (fixture->vault->repo, &fixture->old_root, "/d/y", fd, NULL, NULL,
                                  &fixture->error));
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_DAMAGED);
  content = take_content (fd);
  g_assert_cmpmem (g_bytes_get_data (content, NULL), 7, "one two", 7);
}

static GBytes *
make_tar (Fixture    *fixture,
          const SrId *root,
          const char *path)
{
  int fd = memfd_create ("tar", MFD_CLOEXEC);

  sr_browse_dump_tar (fixture->vault->repo, root, path, fd, NULL, NULL, &fixture->error);
  g_assert_no_error (fixture->error);
  return take_content (fd);
}

/* What tar itself makes of it; "-" where there is no tar. */
static char *
extract (GBytes     *archive,
         const char *target)
{
  g_autofree char   *file = g_build_filename (target, "archive.tar", NULL);
  g_autofree char   *errors = NULL;
  char              *output = NULL;
  g_autoptr (GError) error = NULL;
  gint               status = 0;
  const char *const  argv[] = { "tar", "-xvpf", file, "-C", target, NULL };

  g_file_set_contents (file, g_bytes_get_data (archive, NULL), (gssize) g_bytes_get_size (archive),
                       &error);
  g_assert_no_error (error);
  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, &errors,
                     &status, &error))
    return g_strdup ("-");
  if (status != 0)
    g_test_message ("tar: %s", errors);
  g_assert_cmpint (status, ==, 0);
  return output;
}

static void
test_tar (Fixture      *fixture,
          gconstpointer data)
{
  char              *target = sr_test_mkdir ();
  g_autofree char   *first = g_build_filename (target, "d", "x", NULL);
  g_autofree char   *second = g_build_filename (target, "gone", "z", NULL);
  g_autofree char   *output = NULL;
  g_autofree char   *content = NULL;
  g_autoptr (GBytes) archive = make_tar (fixture, &fixture->old_root, "/");
  struct stat        st[2];

  g_assert_cmpuint (g_bytes_get_size (archive) % 512, ==, 0);
  output = extract (archive, target);
  if (strcmp (output, "-") == 0)
    {
      g_test_skip ("tar is not installed");
      sr_test_rmdir (target);
      return;
    }
  g_assert_cmpstr (output, ==, "a\nd/\nd/x\nd/y\ngone/\ngone/z\nkind\nl\n");
  g_assert_cmpint (stat (first, &st[0]), ==, 0);
  g_assert_cmpint (stat (second, &st[1]), ==, 0);
  g_assert_cmpuint (st[0].st_ino, ==, st[1].st_ino);
  g_assert_cmpint (st[0].st_mtim.tv_sec, ==, 1577934245);
  g_assert_cmpint (st[0].st_mtim.tv_nsec, ==, 6);
  g_assert_true (g_file_get_contents (first, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "one ");
  sr_test_rmdir (target);
}

/* Names longer than the header has room for, not UTF-8, with line feeds; large numbers. */
static void
test_tar_odd (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (GString) tree = g_string_new (NULL);
  g_autofree char    *name = g_strnfill (200, 'n');
  g_autofree char    *long_link = g_strdup_printf (",\"linktarget\":\"%s\"", name);
  g_autofree char    *wanted = NULL;
  g_autofree char    *output = NULL;
  g_autofree char    *found = NULL;
  g_autoptr (GBytes)  archive = NULL;
  char               *target = sr_test_mkdir ();
  g_autofree char    *link = g_build_filename (target, "o-link", NULL);
  SrId                root;

  sr_test_tree_add_file (tree, "bad\\\\xff", "", fixture->chunks, 1);
  sr_test_tree_add_file (tree, "line\\\\nfeed", ",\"uid\":3000000000", fixture->chunks, 2);
  sr_test_tree_add_file (tree, name, "", fixture->chunks, 1);
  sr_test_tree_add (tree, "o-link", "symlink", long_link);
  sr_test_tree_add (tree, "socket", "socket", "");
  root = sr_test_vault_add_tree (fixture->vault, tree);
  sr_test_vault_commit (fixture->vault, &root);
  archive = make_tar (fixture, &root, "/");
  output = extract (archive, target);
  if (strcmp (output, "-") != 0)
    {
      wanted = g_strdup_printf ("bad\\377\nline\\nfeed\n%s\no-link\n", name);
      g_assert_cmpstr (output, ==, wanted);
      found = g_file_read_link (link, NULL);
      g_assert_cmpstr (found, ==, name);
    }
  g_assert_nonnull (memmem (g_bytes_get_data (archive, NULL), g_bytes_get_size (archive),
                            "18 uid=3000000000\n", 18));
  sr_test_rmdir (target);
}

static void
test_stats (Fixture      *fixture,
            gconstpointer data)
{
  g_autoptr (GPtrArray) snapshots = g_ptr_array_new ();
  SrVaultStats          stats;

  g_ptr_array_add (snapshots, fixture->vault->snapshot);
  sr_browse_stats (fixture->vault->repo, snapshots, &stats, NULL, NULL, NULL, NULL,
                   &fixture->error);
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (stats.snapshots, ==, 1);
  g_assert_cmpuint (stats.files, ==, 5);
  /* One of the two names of a file counts. */
  g_assert_cmpuint (stats.restore_size, ==, 4 + 4 + 7);
  g_assert_cmpuint (stats.blobs, ==, 2 + 3);
  g_assert_cmpuint (stats.unpacked_size, >, 7);
  g_assert_cmpuint (stats.stored_size, >, 0);
  g_assert_cmpuint (stats.vault_size, ==, sr_storage_memory_get_n_bytes (fixture->vault->files));
}

static void
note_damage (const char   *path,
             const GError *why,
             gpointer      user_data)
{
  g_assert_error (why, SR_ERROR, SR_ERROR_DAMAGED);
  g_string_append_printf (((Fixture *) user_data)->told, "!%s ", path);
}

/* The tree of the folder @name at the root of the old snapshot. */
static SrId
find_subtree (Fixture    *fixture,
              const char *name)
{
  g_auto (SrNode)  node = { 0 };
  g_autofree char *clean = NULL;
  gboolean         is_root;

  g_assert_true (sr_browse_find (fixture->vault->repo, &fixture->old_root, name, &node, &is_root,
                                 &clean, NULL, &fixture->error));
  g_assert_no_error (fixture->error);
  return node.subtree;
}

/* Behind what cannot be read it goes on, if somebody wants to know. */
static void
test_damaged_folder (Fixture      *fixture,
                     gconstpointer data)
{
  g_autoptr (GPtrArray) snapshots = g_ptr_array_new ();
  SrId                  folder = find_subtree (fixture, "/d");
  g_autofree char      *wanted = NULL;
  SrVaultStats          stats;
  char                  hex[SR_ID_HEX_SIZE];

  sr_test_vault_damage (fixture->vault, SR_BLOB_TREE, &folder);
  g_assert_false (sr_browse_list (fixture->vault->repo, &fixture->old_root, "/", TRUE, note_node,
                                  NULL, fixture, NULL, &fixture->error));
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_DAMAGED);
  g_assert_true (g_str_has_prefix (fixture->error->message, "/d: "));
  g_clear_error (&fixture->error);
  g_string_truncate (fixture->told, 0);
  g_assert_true (sr_browse_list (fixture->vault->repo, &fixture->old_root, "/", TRUE, note_node,
                                 note_damage, fixture, NULL, &fixture->error));
  g_assert_no_error (fixture->error);
  g_assert_cmpstr (fixture->told->str, ==, "/a /d !/d /gone /gone/z /kind /l ");

  g_string_truncate (fixture->told, 0);
  g_ptr_array_add (snapshots, fixture->vault->snapshot);
  g_assert_false (sr_browse_stats (fixture->vault->repo, snapshots, &stats, NULL, NULL, NULL, NULL,
                                   &fixture->error));
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_DAMAGED);
  g_clear_error (&fixture->error);
  g_assert_true (sr_browse_stats (fixture->vault->repo, snapshots, &stats, note_damage, fixture,
                                  NULL, NULL, &fixture->error));
  g_assert_no_error (fixture->error);
  wanted = g_strdup_printf ("!%.8s:/d ", sr_id_to_hex (&fixture->vault->snapshot->id, hex));
  g_assert_cmpstr (fixture->told->str, ==, wanted);
  g_assert_cmpuint (stats.snapshots, ==, 1);
  g_assert_cmpuint (stats.files, ==, 3);
  g_assert_cmpuint (stats.vault_size, >, 0);
}

/* A file that lacks a chunk is named. */
static void
test_stats_missing_chunk (Fixture      *fixture,
                          gconstpointer data)
{
  g_autoptr (GPtrArray) snapshots = g_ptr_array_new ();
  g_autoptr (GString)   tree = g_string_new (NULL);
  g_autofree char      *wanted = NULL;
  SrId                  unknown = { { 9 } };
  SrId                  root;
  SrVaultStats          stats;
  char                  hex[SR_ID_HEX_SIZE];

  sr_test_tree_add_file (tree, "lacking", "", &unknown, 1);
  root = sr_test_vault_add_tree (fixture->vault, tree);
  sr_test_vault_commit (fixture->vault, &root);
  g_ptr_array_add (snapshots, fixture->vault->snapshot);
  g_assert_true (sr_browse_stats (fixture->vault->repo, snapshots, &stats, note_damage, fixture,
                                  NULL, NULL, &fixture->error));
  wanted = g_strdup_printf ("!%.8s:/lacking ", sr_id_to_hex (&fixture->vault->snapshot->id, hex));
  g_assert_cmpstr (fixture->told->str, ==, wanted);
  g_assert_cmpuint (stats.files, ==, 1);
}

#define ADD(path, func) g_test_add ("/job/browse/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("list", test_list);
  ADD ("diff", test_diff);
  ADD ("dump", test_dump);
  ADD ("tar", test_tar);
  ADD ("tar-odd", test_tar_odd);
  ADD ("stats", test_stats);
  ADD ("damaged-folder", test_damaged_folder);
  ADD ("stats-missing-chunk", test_stats_missing_chunk);
  return g_test_run ();
}
