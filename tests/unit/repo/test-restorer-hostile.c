/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/sr-error.h"
#include "repo/sr-restorer.h"
#include "sr-test-util.h"
#include "sr-test-vault.h"

/* Snapshots made to do harm, and targets that do not stand still. */

typedef struct
{
  SrTestVault      *vault;
  GString          *tree;
  char             *base;    /* holds the two others */
  char             *outside; /* where nothing may appear */
  char             *target;
  SrRestorerOptions options;
  SrRestorerStats   stats;
  GCancellable     *cancellable;
  guint             reports;
  GError           *error;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->vault = sr_test_vault_new ();
  fixture->tree = g_string_new (NULL);
  fixture->base = sr_test_mkdir ();
  fixture->outside = g_build_filename (fixture->base, "outside", NULL);
  fixture->target = g_build_filename (fixture->base, "target", NULL);
  g_assert_cmpint (g_mkdir (fixture->outside, 0755), ==, 0);
  fixture->cancellable = g_cancellable_new ();
  fixture->options.target = fixture->target;
  fixture->options.user_data = fixture;
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_clear_error (&fixture->error);
  g_object_unref (fixture->cancellable);
  g_free (fixture->outside);
  g_free (fixture->target);
  sr_test_rmdir (fixture->base);
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
          const char *name)
{
  SrId id = chunk (fixture, name);

  sr_test_tree_add_file (fixture->tree, name, "", &id, 1);
}

static void
commit (Fixture *fixture)
{
  SrId root = sr_test_vault_add_tree (fixture->vault, fixture->tree);

  sr_test_vault_commit (fixture->vault, &root);
}

static gboolean
restore (Fixture *fixture)
{
  g_clear_error (&fixture->error);
  return sr_restorer_run (fixture->vault->repo, &fixture->vault->snapshot->tree, &fixture->options,
                          &fixture->stats, NULL, fixture->cancellable, &fixture->error);
}

static guint
count_entries (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint            n = 0;

  g_assert_nonnull (dir);
  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
assert_nothing_outside (Fixture *fixture)
{
  g_assert_cmpuint (count_entries (fixture->outside), ==, 0);
  g_assert_cmpuint (count_entries (fixture->base), <=, 2);
}

static gboolean
in_target (Fixture    *fixture,
           const char *name)
{
  g_autofree char *path = g_build_filename (fixture->target, name, NULL);

  return g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

static void
test_names (Fixture      *fixture,
            gconstpointer data)
{
  static const char *const names[] = {
    "..",
    ".",
    "",
    "../outside/x",
    "/etc/strongroom",
    "a/b",
    "x\\u0000y",
    "..\\u002foutside\\u002fx",
  };
  SrId good;

  add_file (fixture, "inside");
  good = sr_test_vault_add_tree (fixture->vault, fixture->tree);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      SrId             id = chunk (fixture, "harm");
      SrId             bad;
      g_autofree char *folder = g_strdup_printf ("f%zu", i);

      g_string_truncate (fixture->tree, 0);
      sr_test_tree_add_file (fixture->tree, names[i], "", &id, 1);
      bad = sr_test_vault_add_tree (fixture->vault, fixture->tree);
      sr_test_tree_add_folder (fixture->tree, names[i], &good);
      sr_test_tree_add_folder (fixture->tree, folder, &bad);
      commit (fixture);
      g_assert_false (restore (fixture));
      g_assert_error (fixture->error, SR_ERROR, SR_ERROR_INCOMPLETE);
      assert_nothing_outside (fixture);
      g_assert_false (g_file_test ("/etc/strongroom", G_FILE_TEST_EXISTS));
    }
}

/* One entry that means nothing costs neither the others nor what lies in the target. */
static void
test_one_bad_entry (Fixture      *fixture,
                    gconstpointer data)
{
  g_autofree char *kept = g_build_filename (fixture->target, "kept", NULL);

  add_file (fixture, "a");
  sr_test_tree_add (fixture->tree, "b", "irregular", "");
  sr_test_tree_add (fixture->tree, "c", "fifo", ",\"uid\":-1");
  add_file (fixture, "d");
  commit (fixture);
  g_assert_cmpint (g_mkdir (fixture->target, 0700), ==, 0);
  g_assert_true (g_file_set_contents (kept, "kept", -1, NULL));
  fixture->options.delete_extra = TRUE;
  g_assert_false (restore (fixture));
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_INCOMPLETE);
  g_assert_cmpuint (fixture->stats.failed, ==, 2);
  g_assert_true (in_target (fixture, "a"));
  g_assert_true (in_target (fixture, "d"));
  g_assert_true (in_target (fixture, "kept"));
}

/* A link first, then a folder of the same name with a file in it: the file must not go through. */
static void
test_link_and_folder (Fixture      *fixture,
                      gconstpointer data)
{
  g_autofree char *more = g_strdup_printf (",\"linktarget\":\"%s\"", fixture->outside);
  SrId             folder;

  add_file (fixture, "file");
  folder = sr_test_vault_add_tree (fixture->vault, fixture->tree);
  sr_test_tree_add (fixture->tree, "x", "symlink", more);
  sr_test_tree_add_folder (fixture->tree, "x", &folder);
  sr_test_tree_add (fixture->tree, "x", "symlink", more);
  commit (fixture);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_false (restore (fixture));
      g_assert_error (fixture->error, SR_ERROR, SR_ERROR_INCOMPLETE);
      assert_nothing_outside (fixture);
      g_assert_true (in_target (fixture, "x/file"));
    }
}

static void
test_same_name_twice (Fixture      *fixture,
                      gconstpointer data)
{
  SrId parts[2] = { chunk (fixture, "a"), chunk (fixture, "b") };

  add_file (fixture, "x");
  add_file (fixture, "x");
  sr_test_tree_add_file (fixture->tree, "x", "", parts, 2);
  commit (fixture);
  g_assert_false (restore (fixture));
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_INCOMPLETE);
  g_assert_cmpuint (fixture->stats.failed, ==, 2);
  g_assert_cmpuint (fixture->stats.files_restored, ==, 1);
}

/* Deeper than a path may be, than descriptors there are, and than a stack would hold. */
static void
test_deep (Fixture      *fixture,
           gconstpointer data)
{
  enum
  {
    DEPTH = 3000,
  };
  SrId tree;
  int  fd;

  add_file (fixture, "bottom");
  tree = sr_test_vault_add_tree (fixture->vault, fixture->tree);
  for (guint i = 0; i < DEPTH; i++)
    {
      sr_test_tree_add_folder (fixture->tree, "d", &tree);
      tree = sr_test_vault_add_tree (fixture->vault, fixture->tree);
    }
  sr_test_vault_commit (fixture->vault, &tree);
  restore (fixture);
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (fixture->stats.dirs, ==, DEPTH);
  fd = open (fixture->target, O_RDONLY | O_DIRECTORY);
  for (guint i = 0; i < DEPTH; i++)
    {
      int below = openat (fd, "d", O_RDONLY | O_DIRECTORY);

      g_assert_cmpint (below, >=, 0);
      close (fd);
      fd = below;
    }
  g_assert_cmpint (faccessat (fd, "bottom", R_OK, 0), ==, 0);
  /* From the bottom up, for no path reaches down there. */
  unlinkat (fd, "bottom", 0);
  for (guint i = 0; i < DEPTH; i++)
    {
      int above = openat (fd, "..", O_RDONLY | O_DIRECTORY);

      g_assert_cmpint (unlinkat (above, "d", AT_REMOVEDIR), ==, 0);
      close (fd);
      fd = above;
    }
  close (fd);
}

static void
limit_descriptors (struct rlimit *old,
                   rlim_t         n)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, old), ==, 0);
  limit = *old;
  limit.rlim_cur = n;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
}

/* More folders and more half-written files than descriptors. */
static void
test_few_descriptors (Fixture      *fixture,
                      gconstpointer data)
{
  enum
  {
    FOLDERS = 150,
  };
  SrId          parts[FOLDERS][2];
  SrId          folders[FOLDERS];
  struct rlimit old;

  for (guint part = 0; part < 2; part++)
    {
      for (guint i = 0; i < FOLDERS; i++)
        {
          g_autofree char *text = g_strdup_printf ("part %u of %u;", part, i);

          parts[i][part] = chunk (fixture, text);
        }
      sr_test_vault_end_pack (fixture->vault, SR_BLOB_DATA);
    }
  for (guint i = 0; i < FOLDERS; i++)
    {
      sr_test_tree_add_file (fixture->tree, "file", "", parts[i], 2);
      folders[i] = sr_test_vault_add_tree (fixture->vault, fixture->tree);
    }
  for (guint i = 0; i < FOLDERS; i++)
    {
      g_autofree char *name = g_strdup_printf ("%03u", i);

      sr_test_tree_add_folder (fixture->tree, name, &folders[i]);
    }
  commit (fixture);
  limit_descriptors (&old, 64);
  restore (fixture);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &old), ==, 0);
  g_assert_no_error (fixture->error);
  for (guint i = 0; i < FOLDERS; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%03u/file", fixture->target, i);
      g_autofree char *wanted = g_strdup_printf ("part 0 of %u;part 1 of %u;", i, i);
      g_autofree char *content = NULL;

      g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
      g_assert_cmpstr (content, ==, wanted);
    }
}

/* As soon as something was restored, every folder becomes a link that leads out. */
static void
swap_folders (const char   *path,
              const char   *action,
              guint64       size,
              const GError *error,
              gpointer      user_data)
{
  Fixture *fixture = user_data;

  if (fixture->reports++ > 0)
    return;
  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *folder = g_strdup_printf ("%s/%03u", fixture->target, i);
      g_autofree char *moved = g_strdup_printf ("%s/moved%03u", fixture->target, i);

      if (rename (folder, moved) == 0)
        g_assert_cmpint (symlink (fixture->outside, folder), ==, 0);
    }
}

static void
test_swapped_folders (Fixture      *fixture,
                      gconstpointer data)
{
  SrId          folders[60];
  struct rlimit old;

  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *name = g_strdup_printf ("file%03u", i);

      add_file (fixture, name);
      folders[i] = sr_test_vault_add_tree (fixture->vault, fixture->tree);
    }
  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *name = g_strdup_printf ("%03u", i);

      sr_test_tree_add_folder (fixture->tree, name, &folders[i]);
    }
  commit (fixture);
  fixture->options.report = swap_folders;
  limit_descriptors (&old, 64);
  g_assert_false (restore (fixture));
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &old), ==, 0);
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_INCOMPLETE);
  g_assert_cmpuint (fixture->stats.failed, >, 0);
  assert_nothing_outside (fixture);
}

static void
cancel (const char   *path,
        const char   *action,
        guint64       size,
        const GError *error,
        gpointer      user_data)
{
  g_cancellable_cancel (((Fixture *) user_data)->cancellable);
}

static char *
name_of (guint i)
{
  return i < 3 ? g_strdup_printf ("%c", 'a' + (char) i) : g_strdup_printf ("file%03u", i);
}

/* More packs than there are threads, so that some are left when the first file is told. */
#define N_PACKS 100

static void
test_cancel (Fixture      *fixture,
             gconstpointer data)
{
  SrId parts[2] = { chunk (fixture, "first"), chunk (fixture, "second") };
  SrId more[2];

  add_file (fixture, "a");
  more[0] = parts[0];
  sr_test_vault_end_pack (fixture->vault, SR_BLOB_DATA);
  more[1] = chunk (fixture, "second pack");
  sr_test_tree_add_file (fixture->tree, "b", "", parts, 2);
  sr_test_tree_add_file (fixture->tree, "c", "", more, 2);
  for (guint i = 3; i < N_PACKS; i++)
    {
      g_autofree char *name = name_of (i);

      sr_test_vault_end_pack (fixture->vault, SR_BLOB_DATA);
      add_file (fixture, name);
    }
  commit (fixture);
  fixture->options.report = cancel;
  g_assert_false (restore (fixture));
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_CANCELLED);
  /* What is there is whole, and nothing half-written is left. */
  for (guint i = 0; i < N_PACKS; i++)
    {
      g_autofree char *name = name_of (i);

      if (in_target (fixture, name))
        fixture->stats.files_restored--;
    }
  g_assert_cmpuint (fixture->stats.files_restored, ==, 0);
  g_assert_cmpuint (count_entries (fixture->target), <=, N_PACKS);
}

/* In a mount namespace of its own; exits with 77 where that is not allowed. */
static void
fill_small_disk (Fixture *fixture)
{
  g_autofree char *text = g_strnfill (200000, 'x');
  SrId             parts[2] = { chunk (fixture, text), chunk (fixture, "end") };

  add_file (fixture, "a");
  sr_test_tree_add_file (fixture->tree, "b", "", parts, 2);
  sr_test_tree_add_file (fixture->tree, "c", "", parts, 1);
  commit (fixture);
  g_assert_cmpint (g_mkdir (fixture->target, 0700), ==, 0);
  if (unshare (CLONE_NEWNS) != 0 || mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
      mount ("none", fixture->target, "tmpfs", 0, "size=64k") != 0)
    _exit (77);
  g_assert_false (restore (fixture));
  g_assert_error (fixture->error, SR_ERROR, SR_ERROR_NO_SPACE);
  g_assert_false (in_target (fixture, "b"));
  g_assert_false (in_target (fixture, "c"));
  g_assert_cmpuint (count_entries (fixture->target), <=, 1);
  umount (fixture->target);
}

static void
test_no_space (Fixture      *fixture,
               gconstpointer data)
{
  if (g_test_subprocess ())
    {
      fill_small_disk (fixture);
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  if (!g_test_trap_has_passed ())
    {
      if (geteuid () != 0)
        {
          g_test_skip ("a small disk needs the right to mount");
          return;
        }
      g_test_trap_assert_passed ();
    }
}

#define ADD(path, func) \
  g_test_add ("/repo/restorer-hostile/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("names", test_names);
  ADD ("one-bad-entry", test_one_bad_entry);
  ADD ("link-and-folder", test_link_and_folder);
  ADD ("same-name-twice", test_same_name_twice);
  ADD ("deep", test_deep);
  ADD ("few-descriptors", test_few_descriptors);
  ADD ("swapped-folders", test_swapped_folders);
  ADD ("cancel", test_cancel);
  ADD ("no-space", test_no_space);
  return g_test_run ();
}
