/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/sr-error.h"
#include "repo/sr-restorer.h"
#include "sr-storage-fault.h"
#include "sr-test-repo.h"
#include "sr-test-util.h"
#include "sr-test-vault.h"

typedef struct
{
  SrTestVault      *vault;
  GString          *tree;
  char             *target;
  SrRestorerOptions options;
  SrRestorerStats   stats;
  GHashTable       *told; /* path to what was told of it last */
  GError           *error;
} Fixture;

static void
note_report (const char   *path,
             const char   *action,
             guint64       size,
             const GError *error,
             gpointer      user_data)
{
  Fixture *fixture = user_data;

  g_assert_true ((error != NULL) ==
                 (strcmp (action, "failed") == 0 || strcmp (action, "metadata") == 0));
  g_hash_table_insert (fixture->told, g_strdup (path), g_strdup (action));
}

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->vault = sr_test_vault_new ();
  fixture->tree = g_string_new (NULL);
  fixture->target = sr_test_mkdir ();
  fixture->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  fixture->options.target = fixture->target;
  fixture->options.report = note_report;
  fixture->options.user_data = fixture;
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_clear_error (&fixture->error);
  g_hash_table_unref (fixture->told);
  sr_test_rmdir (fixture->target);
  g_string_free (fixture->tree, TRUE);
  sr_test_vault_free (fixture->vault);
}

static SrId
chunk (Fixture    *fixture,
       const char *text)
{
  return sr_test_vault_add (fixture->vault, SR_BLOB_DATA, text);
}

static void
add_file (Fixture    *fixture,
          const char *name,
          const char *text)
{
  SrId             id = chunk (fixture, text);
  g_autofree char *more = g_strdup_printf (",\"size\":%zu", strlen (text));

  sr_test_tree_add_file (fixture->tree, name, more, &id, 1);
}

static SrId
end_tree (Fixture *fixture)
{
  return sr_test_vault_add_tree (fixture->vault, fixture->tree);
}

/* The tree so far is the root. */
static void
commit (Fixture *fixture)
{
  SrId root = end_tree (fixture);

  sr_test_vault_commit (fixture->vault, &root);
}

static gboolean
restore (Fixture *fixture)
{
  g_clear_error (&fixture->error);
  g_hash_table_remove_all (fixture->told);
  return sr_restorer_run (fixture->vault->repo, &fixture->vault->snapshot->tree, &fixture->options,
                          &fixture->stats, NULL, NULL, &fixture->error);
}

static void
restore_well (Fixture *fixture)
{
  restore (fixture);
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (fixture->stats.failed, ==, 0);
}

static void
restore_in_part (Fixture *fixture,
                 guint    failed)
{
  g_assert_false (restore (fixture));
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_INCOMPLETE);
  g_assert_cmpuint (fixture->stats.failed, ==, failed);
}

static char *
path_of (Fixture    *fixture,
         const char *name)
{
  return g_build_filename (fixture->target, name, NULL);
}

static gboolean
exists (Fixture    *fixture,
        const char *name)
{
  g_autofree char *path = path_of (fixture, name);
  struct stat      st;

  return lstat (path, &st) == 0;
}

static struct stat
look_at (Fixture    *fixture,
         const char *name)
{
  g_autofree char *path = path_of (fixture, name);
  struct stat      st;

  g_assert_cmpint (lstat (path, &st), ==, 0);
  return st;
}

static void
assert_content (Fixture    *fixture,
                const char *name,
                const char *wanted)
{
  g_autofree char   *path = path_of (fixture, name);
  g_autofree char   *content = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &content, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (content, ==, wanted);
}

static void
assert_told (Fixture    *fixture,
             const char *path,
             const char *action)
{
  g_assert_cmpstr (g_hash_table_lookup (fixture->told, path), ==, action);
}

static guint
count_entries (Fixture *fixture)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->target, 0, NULL);
  guint            n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
test_whole (Fixture      *fixture,
            gconstpointer data)
{
  SrId chunks[3] = {
    chunk (fixture, "one "),
    chunk (fixture, "two "),
    chunk (fixture, "three"),
  };
  SrId        folder;
  struct stat st;
  char        target[8] = "";

  g_autofree char *link = path_of (fixture, "link");

  sr_test_tree_add_file (fixture->tree, "deep", ",\"size\":13,\"mode\":384", chunks, 3);
  folder = end_tree (fixture);
  sr_test_tree_add_file (fixture->tree, "empty", "", NULL, 0);
  sr_test_tree_add (fixture->tree, "fifo", "fifo", "");
  sr_test_tree_add_folder (fixture->tree, "folder", &folder);
  sr_test_tree_add_file (fixture->tree, "hard1", ",\"inode\":7,\"links\":2,\"device_id\":1", chunks,
                         1);
  sr_test_tree_add_file (fixture->tree, "hard2", ",\"inode\":7,\"links\":2,\"device_id\":1", chunks,
                         1);
  sr_test_tree_add_file (fixture->tree, "hard3", ",\"inode\":7,\"links\":2,\"device_id\":1",
                         chunks + 1, 1);
  sr_test_tree_add (fixture->tree, "link", "symlink", ",\"linktarget\":\"../x\"");
  commit (fixture);
  fixture->options.verify = TRUE;
  restore_well (fixture);
  assert_content (fixture, "folder/deep", "one two three");
  assert_content (fixture, "empty", "");
  assert_content (fixture, "hard2", "one ");
  /* Same inode, other content: a snapshot that was put together from several disks. */
  assert_content (fixture, "hard3", "two ");
  g_assert_cmpuint (look_at (fixture, "hard1").st_ino, ==, look_at (fixture, "hard2").st_ino);
  g_assert_cmpuint (look_at (fixture, "hard1").st_ino, !=, look_at (fixture, "hard3").st_ino);
  g_assert_true (S_ISFIFO (look_at (fixture, "fifo").st_mode));
  g_assert_cmpint (readlink (link, target, sizeof target - 1), ==, 4);
  g_assert_cmpstr (target, ==, "../x");
  st = look_at (fixture, "folder/deep");
  g_assert_cmpuint (st.st_mode & 07777, ==, 0600);
  st = look_at (fixture, "folder");
  g_assert_cmpuint (st.st_mode & 07777, ==, 0755);
  g_assert_cmpint (st.st_mtim.tv_sec, ==, 1577934245);
  g_assert_cmpint (st.st_mtim.tv_nsec, ==, 6);
  g_assert_cmpuint (fixture->stats.files_restored, ==, 4);
  g_assert_cmpuint (fixture->stats.others, ==, 3);
  g_assert_cmpuint (fixture->stats.bytes_restored, ==, 21);
  g_assert_cmpuint (fixture->stats.bytes_verified, ==, 21);
  assert_told (fixture, "/folder/deep", "restored");
}

static void
test_xattrs (Fixture      *fixture,
             gconstpointer data)
{
  g_autofree char *path = path_of (fixture, "file");
  SrId             id = chunk (fixture, "text");
  char             value[8] = "";

  sr_test_tree_add_file (
      fixture->tree, "file",
      ",\"extended_attributes\":[{"
      "\"name\":\"user.strongroom\",\"value\":\"YWI=\"}]",
      &id, 1);
  commit (fixture);
  restore (fixture);
  if (fixture->stats.metadata_failed > 0)
    {
      assert_content (fixture, "file", "text");
      g_test_skip ("the temporary folder's file system has no extended attributes");
      return;
    }
  g_assert_no_error (fixture->error);
  g_assert_cmpint (getxattr (path, "user.strongroom", value, sizeof value), ==, 2);
  g_assert_cmpstr (value, ==, "ab");
}

/* What is whole but lacks an attribute is told apart from what is not whole; and an attribute the
 * target has no notion of is nobody's fault. */
static void
test_impossible_xattrs (Fixture      *fixture,
                        gconstpointer data)
{
  g_autofree char *name = g_strnfill (300, 'n');
  g_autofree char *more = NULL;
  SrId             id = chunk (fixture, "text");

  sr_test_tree_add_file (fixture->tree, "file",
                         ",\"extended_attributes\":[{\"name\":\"no-such.kind\",\"value\":\"\"}]",
                         &id, 1);
  commit (fixture);
  restore_well (fixture);
  g_assert_cmpuint (fixture->stats.metadata_failed, ==, 1);
  more = g_strdup_printf (",\"extended_attributes\":[{\"name\":\"user.%s\",\"value\":\"\"}]", name);
  sr_test_tree_add_file (fixture->tree, "file", more, &id, 1);
  commit (fixture);
  restore_in_part (fixture, 0);
  g_assert_cmpuint (fixture->stats.metadata_failed, ==, 1);
  assert_content (fixture, "file", "text");
}

static void
test_damaged_chunks (Fixture      *fixture,
                     gconstpointer data)
{
  SrId parts[3] = { chunk (fixture, "aaaa"), chunk (fixture, "bbbb"), chunk (fixture, "cccc") };
  SrId lone = chunk (fixture, "lone");

  sr_test_tree_add_file (fixture->tree, "large", ",\"size\":12", parts, 3);
  sr_test_tree_add_file (fixture->tree, "small", ",\"size\":4", &lone, 1);
  add_file (fixture, "whole", "whole");
  commit (fixture);
  sr_test_vault_damage (fixture->vault, SR_BLOB_DATA, &parts[1]);
  sr_test_vault_damage (fixture->vault, SR_BLOB_DATA, &lone);
  restore_in_part (fixture, 2);
  assert_told (fixture, "/large", "failed");
  assert_told (fixture, "/small", "failed");
  assert_told (fixture, "/whole", "restored");
  assert_content (fixture, "whole", "whole");
  g_assert_false (exists (fixture, "large"));
  g_assert_false (exists (fixture, "small"));
  g_assert_cmpint (look_at (fixture, "large.incomplete").st_size, ==, 12);
  assert_content (fixture, "large.incomplete", "aaaa");
  g_assert_cmpuint (count_entries (fixture), ==, 2);
}

static void
test_missing_chunk (Fixture      *fixture,
                    gconstpointer data)
{
  SrId  parts[3] = { chunk (fixture, "aaaa"), { { 7 } }, chunk (fixture, "cccc") };
  char *path = path_of (fixture, "large.incomplete");
  char *content;
  gsize size;

  sr_test_tree_add_file (fixture->tree, "large", ",\"size\":13", parts, 3);
  sr_test_tree_add_file (fixture->tree, "small", ",\"size\":5", &parts[1], 1);
  commit (fixture);
  restore_in_part (fixture, 2);
  g_file_get_contents (path, &content, &size, NULL);
  g_assert_cmpmem (content, size, "aaaa\0\0\0\0\0cccc", 13);
  g_assert_cmpuint (count_entries (fixture), ==, 1);
  g_free (content);
  g_free (path);
}

static void
test_damaged_tree (Fixture      *fixture,
                   gconstpointer data)
{
  SrId good;
  SrId bad;

  add_file (fixture, "inside", "inside");
  good = end_tree (fixture);
  add_file (fixture, "lost", "lost");
  bad = end_tree (fixture);
  sr_test_tree_add_folder (fixture->tree, "bad", &bad);
  sr_test_tree_add_folder (fixture->tree, "good", &good);
  commit (fixture);
  sr_test_vault_damage (fixture->vault, SR_BLOB_TREE, &bad);
  restore_in_part (fixture, 1);
  assert_told (fixture, "/bad", "failed");
  assert_content (fixture, "good/inside", "inside");
}

/* A chunk in two packs is read from the sound one. */
static void
test_second_copy (Fixture      *fixture,
                  gconstpointer data)
{
  SrId id = chunk (fixture, "text");

  sr_test_vault_end_pack (fixture->vault, SR_BLOB_DATA);
  chunk (fixture, "text");
  sr_test_tree_add_file (fixture->tree, "file", ",\"size\":4", &id, 1);
  commit (fixture);
  sr_test_vault_damage (fixture->vault, SR_BLOB_DATA, &id);
  restore_well (fixture);
  assert_content (fixture, "file", "text");
}

static void
write_existing (Fixture    *fixture,
                const char *name,
                const char *content,
                gint64      seconds)
{
  g_autofree char *path = path_of (fixture, name);
  struct timespec  times[2] = { { .tv_sec = seconds }, { .tv_sec = seconds, .tv_nsec = 6 } };

  sr_test_write_file (fixture->target, name, content, strlen (content));
  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
}

#define SAME_TIME 1577934245

static void
test_overwrite (Fixture      *fixture,
                gconstpointer data)
{
  static const struct
  {
    SrOverwrite rule;
    const char *content;
    gint64      seconds;
    const char *told;
    const char *result;
  } cases[] = {
    { SR_OVERWRITE_ALWAYS, "old!", SAME_TIME, "updated", "text" },
    { SR_OVERWRITE_ALWAYS, "longer", SAME_TIME + 9, "updated", "text" },
    { SR_OVERWRITE_ALWAYS, "text", SAME_TIME + 9, "unchanged", "text" },
    { SR_OVERWRITE_IF_CHANGED, "old!", SAME_TIME, "unchanged", "old!" },
    { SR_OVERWRITE_IF_CHANGED, "old!", SAME_TIME + 9, "updated", "text" },
    { SR_OVERWRITE_IF_CHANGED, "longer", SAME_TIME, "updated", "text" },
    { SR_OVERWRITE_IF_NEWER, "old!", SAME_TIME, "skipped", "old!" },
    { SR_OVERWRITE_IF_NEWER, "old!", SAME_TIME + 9, "skipped", "old!" },
    { SR_OVERWRITE_IF_NEWER, "old!", SAME_TIME - 9, "updated", "text" },
    { SR_OVERWRITE_NEVER, "old!", SAME_TIME - 9, "skipped", "old!" },
  };

  add_file (fixture, "file", "text");
  commit (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      write_existing (fixture, "file", cases[i].content, cases[i].seconds);
      fixture->options.overwrite = cases[i].rule;
      fixture->options.dry_run = TRUE;
      restore_well (fixture);
      assert_told (fixture, "/file", cases[i].told);
      assert_content (fixture, "file", cases[i].content);
      fixture->options.dry_run = FALSE;
      restore_well (fixture);
      g_test_message ("case %" G_GSIZE_FORMAT, i);
      assert_told (fixture, "/file", cases[i].told);
      assert_content (fixture, "file", cases[i].result);
      g_assert_cmpuint (count_entries (fixture), ==, 1);
    }
}

static void
test_old_stays_if_new_is_not_whole (Fixture      *fixture,
                                    gconstpointer data)
{
  SrId parts[2] = { chunk (fixture, "aaaa"), chunk (fixture, "bbbb") };

  sr_test_tree_add_file (fixture->tree, "large", ",\"size\":8", parts, 2);
  sr_test_tree_add_file (fixture->tree, "small", ",\"size\":4", parts, 1);
  commit (fixture);
  sr_test_vault_damage (fixture->vault, SR_BLOB_DATA, &parts[0]);
  write_existing (fixture, "large", "old large", 1);
  write_existing (fixture, "small", "old small", 1);
  restore_in_part (fixture, 2);
  assert_content (fixture, "large", "old large");
  assert_content (fixture, "small", "old small");
}

static void
test_other_types_in_the_way (Fixture      *fixture,
                             gconstpointer data)
{
  g_autofree char *outside = sr_test_mkdir ();
  g_autofree char *as_link = path_of (fixture, "b-folder");
  g_autofree char *file_link = path_of (fixture, "c-file");
  g_autofree char *full = path_of (fixture, "d-file");
  g_autofree char *hollow = path_of (fixture, "e-file");
  g_autofree char *victim = g_build_filename (outside, "victim", NULL);
  g_autofree char *content = NULL;
  SrId             folder;

  sr_test_write_file (outside, "victim", "mine", 4);
  add_file (fixture, "victim", "from the snapshot");
  folder = end_tree (fixture);
  sr_test_tree_add_folder (fixture->tree, "a-folder", &folder);
  sr_test_tree_add_folder (fixture->tree, "b-folder", &folder);
  add_file (fixture, "c-file", "c");
  add_file (fixture, "d-file", "d");
  add_file (fixture, "e-file", "e");
  sr_test_tree_add (fixture->tree, "f-link", "symlink", ",\"linktarget\":\"a\"");
  commit (fixture);
  write_existing (fixture, "a-folder", "a file", 1);
  g_assert_cmpint (symlink (outside, as_link), ==, 0);
  g_assert_cmpint (symlink (victim, file_link), ==, 0);
  sr_test_write_file (full, "kept", "kept", 4);
  write_existing (fixture, "f-link/kept", "kept", 1);
  g_assert_cmpint (g_mkdir (hollow, 0700), ==, 0);
  restore_in_part (fixture, 2);
  assert_told (fixture, "/d-file", "failed");
  assert_told (fixture, "/f-link", "failed");
  assert_content (fixture, "a-folder/victim", "from the snapshot");
  assert_content (fixture, "b-folder/victim", "from the snapshot");
  assert_content (fixture, "c-file", "c");
  assert_content (fixture, "d-file/kept", "kept");
  assert_content (fixture, "e-file", "e");
  g_assert_true (g_file_get_contents (victim, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "mine");
  fixture->options.delete_extra = TRUE;
  restore_well (fixture);
  assert_content (fixture, "d-file", "d");
  g_assert_true (S_ISLNK (look_at (fixture, "f-link").st_mode));
  sr_test_rmdir (g_steal_pointer (&outside));
}

static gboolean
keep_logs (const char *path,
           SrEntryType type,
           gboolean   *descend,
           gpointer    user_data)
{
  *descend = TRUE;
  return !g_str_has_suffix (path, ".log");
}

static void
test_delete_extra (Fixture      *fixture,
                   gconstpointer data)
{
  SrId folder;

  add_file (fixture, "wanted", "wanted");
  folder = end_tree (fixture);
  sr_test_tree_add_folder (fixture->tree, "folder", &folder);
  commit (fixture);
  write_existing (fixture, "folder/extra", "x", 1);
  write_existing (fixture, "folder/sub/extra", "x", 1);
  write_existing (fixture, "folder/sub2/kept.log", "x", 1);
  write_existing (fixture, "folder/sub2/extra", "x", 1);
  write_existing (fixture, "folder/kept.log", "x", 1);
  restore_well (fixture);
  g_assert_cmpuint (fixture->stats.files_deleted, ==, 0);
  fixture->options.delete_extra = TRUE;
  fixture->options.filter = keep_logs;
  fixture->options.dry_run = TRUE;
  restore_well (fixture);
  g_assert_true (exists (fixture, "folder/extra"));
  assert_told (fixture, "/folder/extra", "deleted");
  fixture->options.dry_run = FALSE;
  restore_well (fixture);
  g_assert_cmpuint (fixture->stats.files_deleted, ==, 4);
  g_assert_true (exists (fixture, "folder/wanted"));
  g_assert_true (exists (fixture, "folder/kept.log"));
  g_assert_true (exists (fixture, "folder/sub2/kept.log"));
  g_assert_false (exists (fixture, "folder/sub2/extra"));
  g_assert_false (exists (fixture, "folder/extra"));
  g_assert_false (exists (fixture, "folder/sub"));
}

/* What a damaged tree does not tell may well be in the snapshot. */
static void
test_delete_nothing_below_damage (Fixture      *fixture,
                                  gconstpointer data)
{
  SrId folder;

  add_file (fixture, "wanted", "wanted");
  folder = end_tree (fixture);
  sr_test_tree_add_folder (fixture->tree, "folder", &folder);
  commit (fixture);
  write_existing (fixture, "folder/extra", "x", 1);
  sr_test_vault_damage (fixture->vault, SR_BLOB_TREE, &folder);
  fixture->options.delete_extra = TRUE;
  restore_in_part (fixture, 1);
  g_assert_true (exists (fixture, "folder/extra"));
}

static gboolean
only_one (const char *path,
          SrEntryType type,
          gboolean   *descend,
          gpointer    user_data)
{
  *descend = type == SR_ENTRY_DIR;
  return strcmp (path, "/folder/chosen") == 0;
}

static void
test_filter_and_subfolder (Fixture      *fixture,
                           gconstpointer data)
{
  SrId folder;

  add_file (fixture, "chosen", "chosen");
  add_file (fixture, "other", "other");
  folder = end_tree (fixture);
  sr_test_tree_add_folder (fixture->tree, "folder", &folder);
  sr_test_tree_add_folder (fixture->tree, "unwanted", &folder);
  commit (fixture);
  fixture->options.filter = only_one;
  restore_well (fixture);
  assert_content (fixture, "folder/chosen", "chosen");
  g_assert_false (exists (fixture, "folder/other"));
  /* Nothing in it was chosen, though it might have been. */
  g_assert_false (exists (fixture, "unwanted"));
  g_assert_cmpuint (fixture->stats.dirs, ==, 1);
  g_assert_cmpint (look_at (fixture, "folder").st_mtim.tv_sec, ==, SAME_TIME);
  fixture->options.dry_run = TRUE;
  restore_well (fixture);
  g_assert_cmpuint (fixture->stats.files_unchanged, ==, 1);
  fixture->options.dry_run = FALSE;
  fixture->options.filter = NULL;
  fixture->options.subfolder = "/folder/";
  restore_well (fixture);
  assert_content (fixture, "other", "other");
  g_assert_false (exists (fixture, "unwanted"));
  fixture->options.subfolder = "folder/chosen";
  g_assert_false (restore (fixture));
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_NOT_FOUND);
}

static void
test_dry_run (Fixture      *fixture,
              gconstpointer data)
{
  g_autofree char *target = path_of (fixture, "not/there");
  SrId             folder;

  add_file (fixture, "file", "file");
  folder = end_tree (fixture);
  sr_test_tree_add_folder (fixture->tree, "folder", &folder);
  commit (fixture);
  fixture->options.dry_run = TRUE;
  fixture->options.target = target;
  restore_well (fixture);
  assert_told (fixture, "/folder/file", "restored");
  g_assert_cmpuint (fixture->stats.files_restored, ==, 1);
  g_assert_cmpuint (count_entries (fixture), ==, 0);
}

static void
test_sparse (Fixture      *fixture,
             gconstpointer data)
{
  g_autoptr (GString) text = g_string_new (NULL);
  SrId                zeros[2];
  char               *path = path_of (fixture, "sparse");
  char               *content;
  gsize               size;

  /* Content without holes; the holes themselves are looked for with stock restic's vaults. */
  for (guint i = 0; i < 20000; i++)
    g_string_append_c (text, 'x');
  zeros[0] = chunk (fixture, text->str);
  zeros[1] = chunk (fixture, "end");
  sr_test_tree_add_file (fixture->tree, "sparse", ",\"size\":20003", zeros, 2);
  commit (fixture);
  fixture->options.sparse = TRUE;
  restore_well (fixture);
  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  g_assert_cmpuint (size, ==, 20003);
  g_assert_cmpstr (content + 20000, ==, "end");
  g_free (content);
  g_free (path);
}

static void
tamper (const char   *path,
        const char   *action,
        guint64       size,
        const GError *error,
        gpointer      user_data)
{
  Fixture *fixture = user_data;

  if (strcmp (action, "restored") == 0 && strcmp (path, "/victim") == 0)
    sr_test_write_file (fixture->target, "victim", "other", 5);
  note_report (path, action, size, error, user_data);
}

static void
test_verify_finds (Fixture      *fixture,
                   gconstpointer data)
{
  add_file (fixture, "fine", "fine!");
  add_file (fixture, "victim", "wrote");
  commit (fixture);
  fixture->options.verify = TRUE;
  fixture->options.report = tamper;
  restore_in_part (fixture, 1);
  assert_told (fixture, "/victim", "failed");
  g_assert_cmpuint (fixture->stats.bytes_verified, ==, 5);
}

/* Whatever call of the storage fails once: what was restored is right, and what was not is told. */
static void
test_transient_faults (Fixture      *fixture,
                       gconstpointer data)
{
  static const SrFault  faults[] = { SR_FAULT_FLIP, SR_FAULT_FAIL, SR_FAULT_CUT };
  g_autoptr (SrStorage) storage = sr_storage_fault_new (fixture->vault->storage);
  SrStorageFault       *fault = SR_STORAGE_FAULT (storage);
  SrRepo               *direct = fixture->vault->repo;
  SrId                  parts[2] = { chunk (fixture, "aaaa"), chunk (fixture, "bbbb") };
  SrId                  folder;
  guint                 n_calls;

  sr_test_tree_add_file (fixture->tree, "large", ",\"size\":8", parts, 2);
  folder = end_tree (fixture);
  sr_test_tree_add_folder (fixture->tree, "folder", &folder);
  add_file (fixture, "small", "small");
  commit (fixture);
  fixture->vault->repo = sr_test_repo_open (storage);
  sr_repo_load_index (fixture->vault->repo, NULL, NULL, NULL, NULL, &fixture->error);
  g_assert_no_error (fixture->error);
  sr_storage_fault_plan (fault, SR_FAULT_NONE, 0, SR_ERROR_IO);
  restore_well (fixture);
  n_calls = sr_storage_fault_get_n_calls (fault);
  g_assert_cmpuint (n_calls, >, 2);
  for (guint call = 1; call <= n_calls; call++)
    for (guint how = 0; how < G_N_ELEMENTS (faults); how++)
      {
        sr_test_rmdir (g_strdup (fixture->target));
        sr_storage_fault_plan (fault, faults[how], call, SR_ERROR_IO);
        if (restore (fixture))
          {
            assert_content (fixture, "folder/large", "aaaabbbb");
            assert_content (fixture, "small", "small");
            continue;
          }
        /* Trees are not read twice. */
        g_assert_error (fixture->error, SR_ERROR, SR_ERROR_INCOMPLETE);
        g_assert_cmpuint (fixture->stats.failed, ==, 1);
        g_assert_false (exists (fixture, "folder/large"));
      }
  g_object_unref (fixture->vault->repo);
  fixture->vault->repo = direct;
}

static int sync_errno;
static int sync_calls;

/* Stands before that of the C library. */
int
syncfs (int fd)
{
  g_assert_cmpint (fcntl (fd, F_GETFD), >=, 0);
  sync_calls++;
  errno = sync_errno;
  return sync_errno == 0 ? 0 : -1;
}

static void
test_sync (Fixture      *fixture,
           gconstpointer data)
{
  add_file (fixture, "file", "content");
  commit (fixture);
  sync_calls = 0;
  restore_well (fixture);
  g_assert_cmpint (sync_calls, ==, 0);
  fixture->options.sync = TRUE;
  restore_well (fixture);
  g_assert_cmpint (sync_calls, ==, 1);
  sync_errno = ENOSPC;
  g_assert_false (restore (fixture));
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_NO_SPACE);
  sync_errno = EIO;
  g_assert_false (restore (fixture));
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_IO);
  assert_content (fixture, "file", "content");
  fixture->options.dry_run = TRUE;
  restore_well (fixture);
  g_assert_cmpint (sync_calls, ==, 3);
  sync_errno = 0;
}

#define ADD(path, func) \
  g_test_add ("/repo/restorer/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("whole", test_whole);
  ADD ("xattrs", test_xattrs);
  ADD ("impossible-xattrs", test_impossible_xattrs);
  ADD ("damaged-chunks", test_damaged_chunks);
  ADD ("missing-chunk", test_missing_chunk);
  ADD ("damaged-tree", test_damaged_tree);
  ADD ("second-copy", test_second_copy);
  ADD ("overwrite", test_overwrite);
  ADD ("old-stays-if-new-is-not-whole", test_old_stays_if_new_is_not_whole);
  ADD ("other-types-in-the-way", test_other_types_in_the_way);
  ADD ("delete-extra", test_delete_extra);
  ADD ("delete-nothing-below-damage", test_delete_nothing_below_damage);
  ADD ("filter-and-subfolder", test_filter_and_subfolder);
  ADD ("dry-run", test_dry_run);
  ADD ("sparse", test_sparse);
  ADD ("verify-finds", test_verify_finds);
  ADD ("transient-faults", test_transient_faults);
  ADD ("sync", test_sync);
  return g_test_run ();
}
