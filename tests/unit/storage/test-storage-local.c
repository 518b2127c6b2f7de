/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "sr-test-storage.h"
#include "sr-test-util.h"
#include "storage/sr-storage-local-private.h"
#include "storage/sr-storage-local.h"

typedef struct
{
  char      *dir;
  char      *vault;
  SrStorage *storage;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->dir = sr_test_mkdir ();
  fixture->vault = g_build_filename (fixture->dir, "vault", NULL);
  fixture->storage = sr_storage_local_new (fixture->vault);
  sr_storage_prepare (fixture->storage, NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_object_unref (fixture->storage);
  g_free (fixture->vault);
  sr_test_rmdir (fixture->dir);
}

static char *
path_of (Fixture    *fixture,
         const char *folder,
         const SrId *id)
{
  char hex[SR_ID_HEX_SIZE];

  return g_build_filename (fixture->vault, folder, sr_id_to_hex (id, hex), NULL);
}

static char *
pack_path (Fixture    *fixture,
           const SrId *id)
{
  char folder[16];

  g_snprintf (folder, sizeof folder, "data/%02x", id->bytes[0]);
  return path_of (fixture, folder, id);
}

static void
assert_mode (const char *path,
             mode_t      mode)
{
  struct stat st;

  g_assert_cmpint (lstat (path, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 07777, ==, mode);
}

static guint
count_names (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir)   dir = g_dir_open (path, 0, &error);
  guint              n = 0;

  g_assert_no_error (error);
  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static gboolean
count_one (const SrId *id,
           guint64     size,
           gpointer    user_data,
           GError    **error)
{
  guint64 *sums = user_data;

  sums[0]++;
  sums[1] += size;
  return TRUE;
}

static void
assert_listed (SrStorage *storage,
               SrFileType type,
               guint64    files,
               guint64    bytes)
{
  g_autoptr (GError) error = NULL;
  guint64            sums[2] = { 0, 0 };

  sr_storage_list (storage, type, count_one, sums, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sums[0], ==, files);
  g_assert_cmpuint (sums[1], ==, bytes);
}

static void
test_layout (Fixture      *fixture,
             gconstpointer data)
{
  const char *const folders[] = { "keys", "data", "index", "snapshots",
                                  "locks", "data/00", "data/7f", "data/ff" };
  g_autofree char  *packs = g_build_filename (fixture->vault, "data", NULL);

  assert_mode (fixture->vault, 0700);
  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *path = g_build_filename (fixture->vault, folders[i], NULL);

      g_assert_true (g_file_test (path, G_FILE_TEST_IS_DIR));
      assert_mode (path, 0700);
    }
  g_assert_cmpuint (count_names (packs), ==, 256);
  g_assert_cmpuint (count_names (fixture->vault), ==, 5);
  g_assert_cmpstr (sr_storage_get_location (fixture->storage), ==, fixture->vault);
}

static void
test_each_type (Fixture      *fixture,
                gconstpointer data)
{
  const char *const folders[SR_N_FILE_TYPES] = {
    NULL, "keys", NULL, "index", "snapshots", "locks"
  };

  for (guint type = 0; type < SR_N_FILE_TYPES; type++)
    {
      SrId               id = sr_test_id (type);
      const SrId        *name = type == SR_FILE_CONFIG ? NULL : &id;
      g_autofree char   *path = NULL;
      g_autoptr (GError) error = NULL;
      guint64            size;

      assert_listed (fixture->storage, type, 0, 0);
      sr_test_storage_write (fixture->storage, type, name, "content", 7);
      sr_test_storage_assert_content (fixture->storage, type, name, "content", 7);
      assert_listed (fixture->storage, type, 1, 7);
      g_assert_true (sr_storage_get_size (fixture->storage, type, &id, &size, NULL, &error));
      g_assert_cmpuint (size, ==, 7);
      if (type == SR_FILE_CONFIG)
        path = g_build_filename (fixture->vault, "config", NULL);
      else
        path =
            type == SR_FILE_PACK ? pack_path (fixture, &id) : path_of (fixture, folders[type], &id);
      assert_mode (path, 0400);
      sr_storage_remove (fixture->storage, type, &id, NULL, &error);
      g_assert_no_error (error);
      g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
      assert_listed (fixture->storage, type, 0, 0);
    }
}

static void
touch (Fixture    *fixture,
       const char *name)
{
  sr_test_write_file (fixture->vault, name, "x", 1);
}

static void
test_only_ids_are_listed (Fixture      *fixture,
                          gconstpointer data)
{
  const char *const others[] = {
    "index/tmp-0123456789abcdef",
    "index/README",
    "index/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a",
    "index/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015add",
    "index/BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
    "index/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad-tmp-1234",
    "index/0000000000000000000000000000000000000000000000000000000000000000/x",
    "data/tmp-0123456789abcdef",
    "data/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "data/bb/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "data/zz/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  };
  g_autofree char *link =
      g_build_filename (fixture->vault, "index",
                        "1111111111111111111111111111111111111111111111111111111111111111", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    touch (fixture, others[i]);
  g_assert_cmpint (symlink ("README", link), ==, 0);
  assert_listed (fixture->storage, SR_FILE_INDEX, 0, 0);
  assert_listed (fixture->storage, SR_FILE_PACK, 0, 0);
  touch (fixture, "index/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  touch (fixture, "data/ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  assert_listed (fixture->storage, SR_FILE_INDEX, 1, 1);
  assert_listed (fixture->storage, SR_FILE_PACK, 1, 1);
}

static void
test_links_are_not_followed (Fixture      *fixture,
                             gconstpointer data)
{
  SrId               id = sr_test_id (1);
  g_autofree char   *path = path_of (fixture, "snapshots", &id);
  g_autoptr (GError) size_error = NULL;
  g_autoptr (GError) read_error = NULL;
  guint64            size;
  char               byte;

  touch (fixture, "elsewhere");
  g_assert_cmpint (symlink ("../elsewhere", path), ==, 0);
  g_assert_false (sr_storage_get_size (fixture->storage, SR_FILE_SNAPSHOT, &id, &size, NULL,
                                       &size_error));
  g_assert_error (size_error, SR_ERROR, SR_ERROR_DAMAGED);
  g_assert_false (sr_storage_read (fixture->storage, SR_FILE_SNAPSHOT, &id, 0, &byte, 1, NULL,
                                   &read_error));
  g_assert_error (read_error, SR_ERROR, SR_ERROR_IO);
}

static void
assert_no_vault (const char *path,
                 SrErrorCode code)
{
  g_autoptr (SrStorage) storage = sr_storage_local_new (path);
  SrId                  id = sr_test_id (1);
  guint64               sums[2];
  guint64               size;
  char                  byte;

  for (guint call = 0; call < 5; call++)
    {
      g_autoptr (GError) error = NULL;

      if (call == 0)
        g_assert_false (sr_storage_list (storage, SR_FILE_KEY, count_one, sums, NULL, &error));
      else if (call == 1)
        g_assert_false (sr_storage_get_size (storage, SR_FILE_KEY, &id, &size, NULL, &error));
      else if (call == 2)
        g_assert_false (sr_storage_read (storage, SR_FILE_KEY, &id, 0, &byte, 1, NULL, &error));
      else if (call == 3)
        g_assert_null (sr_storage_create (storage, SR_FILE_KEY, 0, NULL, &error));
      else
        g_assert_false (sr_storage_remove (storage, SR_FILE_KEY, &id, NULL, &error));
      g_assert_error (error, SR_ERROR, (int) code);
      g_assert_nonnull (strstr (error->message, path));
    }
}

static void
test_no_vault (Fixture      *fixture,
               gconstpointer data)
{
  g_autofree char *missing = g_build_filename (fixture->dir, "missing", NULL);
  g_autofree char *file = g_build_filename (fixture->vault, "file", NULL);

  touch (fixture, "file");
  assert_no_vault (missing, SR_ERROR_NOT_FOUND);
  assert_no_vault (file, SR_ERROR_IO);
}

static void
test_prepare (Fixture      *fixture,
              gconstpointer data)
{
  g_autofree char      *deep = g_build_filename (fixture->dir, "a", "b", "c", NULL);
  g_autofree char      *disk = g_build_filename (fixture->dir, "disk", NULL);
  g_autoptr (GError)    error = NULL;
  g_autoptr (SrStorage) deep_storage = sr_storage_local_new (deep);
  g_autoptr (SrStorage) disk_storage = sr_storage_local_new (disk);
  g_autoptr (SrStorage) dir_storage = sr_storage_local_new (fixture->dir);

  g_assert_true (sr_storage_prepare (deep_storage, NULL, &error));
  g_assert_no_error (error);
  assert_mode (deep, 0700);

  /* the top of a file system of its own is as good as empty */
  sr_test_write_file (disk, "lost+found/x", "", 0);
  g_assert_true (sr_storage_prepare (disk_storage, NULL, &error));
  g_assert_no_error (error);

  g_assert_false (sr_storage_prepare (dir_storage, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_EXISTS);
  g_assert_cmpuint (count_names (fixture->dir), ==, 3);
}

/* Somebody else's folder that looks a little like a vault is left as it is. */
static void
test_prepare_changes_nothing (Fixture      *fixture,
                              gconstpointer data)
{
  g_autofree char      *other = g_build_filename (fixture->dir, "other", NULL);
  g_autofree char      *packs = g_build_filename (other, "data", "ab", NULL);
  g_autoptr (GError)    error = NULL;
  g_autoptr (SrStorage) storage = sr_storage_local_new (other);

  g_assert_cmpint (g_mkdir_with_parents (packs, 0700), ==, 0);
  sr_test_write_file (other, "keys/notes", "x", 1);
  g_assert_false (sr_storage_prepare (storage, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_EXISTS);
  g_assert_true (g_file_test (packs, G_FILE_TEST_IS_DIR));
}

/* A vault whose making was cut off behind the key: what to do is told, and then it works. */
static void
test_prepare_after_cut_off (Fixture      *fixture,
                            gconstpointer data)
{
  g_autofree char      *other = g_build_filename (fixture->dir, "other", NULL);
  g_autofree char      *key = g_build_filename (other, "keys", "ab12", NULL);
  g_autofree char      *pack = g_build_filename (other, "data", "ab", "pack", NULL);
  g_autoptr (GError)    error = NULL;
  g_autoptr (SrStorage) storage = sr_storage_local_new (other);

  g_assert_true (sr_storage_prepare (storage, NULL, &error));
  sr_test_write_file (other, "keys/ab12", "x", 1);
  g_assert_false (sr_storage_prepare (storage, NULL, &error));
  g_assert_nonnull (strstr (error->message, "other/keys"));
  g_clear_error (&error);
  /* where there is more than a key, nobody is told to remove it */
  sr_test_write_file (other, "data/ab/pack", "x", 1);
  g_assert_false (sr_storage_prepare (storage, NULL, &error));
  g_assert_null (strstr (error->message, "remove"));
  g_clear_error (&error);
  g_assert_cmpint (g_unlink (pack), ==, 0);
  g_assert_cmpint (g_unlink (key), ==, 0);
  g_assert_true (sr_storage_prepare (storage, NULL, &error));
  g_assert_no_error (error);
}

/* Some ways of copying a vault leave empty folders out. */
static void
test_missing_folders (Fixture      *fixture,
                      gconstpointer data)
{
  SrId             id = sr_test_id (2);
  g_autofree char *path = pack_path (fixture, &id);
  g_autofree char *pack_folder = g_path_get_dirname (path);
  g_autofree char *data_folder = g_path_get_dirname (pack_folder);
  g_autofree char *index = g_build_filename (fixture->vault, "index", NULL);

  g_assert_cmpint (g_rmdir (pack_folder), ==, 0);
  g_assert_cmpint (g_rmdir (index), ==, 0);
  assert_listed (fixture->storage, SR_FILE_PACK, 0, 0);
  assert_listed (fixture->storage, SR_FILE_INDEX, 0, 0);
  sr_test_storage_write (fixture->storage, SR_FILE_PACK, &id, "x", 1);
  sr_test_storage_write (fixture->storage, SR_FILE_INDEX, &id, "x", 1);
  assert_mode (pack_folder, 0700);
  assert_mode (index, 0700);

  sr_test_rmdir (g_steal_pointer (&data_folder));
  assert_listed (fixture->storage, SR_FILE_PACK, 0, 0);
  sr_test_storage_write (fixture->storage, SR_FILE_PACK, &id, "x", 1);
  assert_listed (fixture->storage, SR_FILE_PACK, 1, 1);
}

/* But without the snapshots all else would look unused. */
static void
test_missing_snapshots (Fixture      *fixture,
                        gconstpointer data)
{
  SrId               id = sr_test_id (2);
  g_autofree char   *folder = g_build_filename (fixture->vault, "snapshots", NULL);
  g_autoptr (GError) error = NULL;
  guint64            sums[2] = { 0 };

  g_assert_cmpint (g_rmdir (folder), ==, 0);
  assert_listed (fixture->storage, SR_FILE_SNAPSHOT, 0, 0);
  sr_test_storage_write (fixture->storage, SR_FILE_INDEX, &id, "x", 1);
  g_assert_false (
      sr_storage_list (fixture->storage, SR_FILE_SNAPSHOT, count_one, sums, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
  sr_test_storage_write (fixture->storage, SR_FILE_SNAPSHOT, &id, "x", 1);
  assert_listed (fixture->storage, SR_FILE_SNAPSHOT, 1, 1);
}

static void
test_relative_path (Fixture      *fixture,
                    gconstpointer data)
{
  g_autofree char      *current = g_get_current_dir ();
  SrId                  id = sr_test_id (3);
  g_autoptr (SrStorage) storage = NULL;

  g_assert_cmpint (g_chdir (fixture->dir), ==, 0);
  storage = sr_storage_local_new ("vault");
  g_assert_cmpint (g_chdir (current), ==, 0);
  sr_test_storage_write (storage, SR_FILE_INDEX, &id, "x", 1);
  assert_listed (fixture->storage, SR_FILE_INDEX, 1, 1);
  g_assert_cmpstr (sr_storage_get_location (storage), ==, "vault");
}

/* Packs stay open after they were read; what happens to them on the disk must show all the same. */
static void
test_open_packs_follow_the_disk (Fixture      *fixture,
                                 gconstpointer data)
{
  SrId               id = sr_test_id (4);
  g_autofree char   *path = pack_path (fixture, &id);
  g_autoptr (GError) short_error = NULL;
  g_autoptr (GError) missing_error = NULL;
  char               byte;

  sr_test_storage_write (fixture->storage, SR_FILE_PACK, &id, "0123456789", 10);
  sr_test_storage_assert_content (fixture->storage, SR_FILE_PACK, &id, "0123456789", 10);
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  g_assert_cmpint (truncate (path, 5), ==, 0);
  g_assert_true (sr_storage_read (fixture->storage, SR_FILE_PACK, &id, 4, &byte, 1, NULL, NULL));
  g_assert_false (sr_storage_read (fixture->storage, SR_FILE_PACK, &id, 5, &byte, 1, NULL,
                                   &short_error));
  g_assert_error (short_error, SR_ERROR, SR_ERROR_DAMAGED);
  g_assert_nonnull (strstr (short_error->message, path));
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_false (sr_storage_read (fixture->storage, SR_FILE_PACK, &id, 0, &byte, 1, NULL,
                                   &missing_error));
  g_assert_error (missing_error, SR_ERROR, SR_ERROR_NOT_FOUND);
  sr_test_storage_write (fixture->storage, SR_FILE_PACK, &id, "abc", 3);
  sr_test_storage_assert_content (fixture->storage, SR_FILE_PACK, &id, "abc", 3);
}

/* More packs than are kept open. */
static void
test_many_packs (Fixture      *fixture,
                 gconstpointer data)
{
  for (guint round = 0; round < 2; round++)
    for (guint i = 0; i < 100; i++)
      {
        SrId id = sr_test_id (i);

        if (round == 0)
          sr_test_storage_write (fixture->storage, SR_FILE_PACK, &id, &i, sizeof i);
        sr_test_storage_assert_content (fixture->storage, SR_FILE_PACK, &id, &i, sizeof i);
      }
}

static void
test_abort_leaves_nothing (Fixture      *fixture,
                           gconstpointer data)
{
  const char *const folders[] = { "", "keys", "data", "index", "snapshots", "locks" };
  const guint       names[] = { 5, 0, 256, 0, 0, 0 };

  for (guint type = 0; type < SR_N_FILE_TYPES; type++)
    {
      g_autofree char   *path = g_build_filename (fixture->vault, folders[type], NULL);
      g_autoptr (GError) error = NULL;
      SrStorageWriter   *writer = sr_storage_create (fixture->storage, type, 0, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (count_names (path), ==, names[type] + 1);
      sr_storage_writer_abort (writer);
      g_assert_cmpuint (count_names (path), ==, names[type]);
    }
}

static void
test_clean (Fixture      *fixture,
            gconstpointer data)
{
  const char *const left_over[] = {
    "tmp-0", "keys/tmp-1", "data/tmp-2", "index/tmp-3", "snapshots/tmp-4", "locks/tmp-old",
    "data/ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad-tmp-1234"
  };
  const char *const kept[] = {
    "config", "reserve", "notes.txt", "data/template", "locks/tmp-new", "data/tmp-folder/x",
    "data/ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
  };
  g_autofree char      *old = g_build_filename (fixture->vault, "locks/tmp-old", NULL);
  g_autoptr (GError)    error = NULL;
  const struct timespec long_ago[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1000000000 } };

  for (gsize i = 0; i < G_N_ELEMENTS (left_over); i++)
    touch (fixture, left_over[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (kept); i++)
    touch (fixture, kept[i]);
  g_assert_cmpint (utimensat (AT_FDCWD, old, long_ago, 0), ==, 0);
  sr_storage_clean (fixture->storage, NULL, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (left_over); i++)
    {
      g_autofree char *path = g_build_filename (fixture->vault, left_over[i], NULL);

      g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (kept); i++)
    {
      g_autofree char *path = g_build_filename (fixture->vault, kept[i], NULL);

      g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
    }
}

static void
assert_reserve (Fixture *fixture,
                gint64   size)
{
  g_autofree char *path = g_build_filename (fixture->vault, "reserve", NULL);
  struct stat      st;

  if (size == 0)
    {
      g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
      return;
    }
  assert_mode (path, 0600);
  g_assert_cmpint (stat (path, &st), ==, 0);
  g_assert_cmpint (st.st_size, ==, size);
  g_assert_cmpint (st.st_blocks * 512, >=, size);
}

static void
test_reserve (Fixture      *fixture,
              gconstpointer data)
{
  const guint64      sizes[] = { 65536, 65536, 1048576, 8192, 0, 0, 4096 };
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      sr_storage_set_reserve (fixture->storage, sizes[i], &error);
      g_assert_no_error (error);
      assert_reserve (fixture, (gint64) sizes[i]);
    }
  /* with room left it is not touched */
  g_assert_true (sr_storage_use_reserve (fixture->storage, &error));
  sr_test_storage_write (fixture->storage, SR_FILE_CONFIG, NULL, "x", 1);
  assert_reserve (fixture, 4096);
}

static void
test_free_space (Fixture      *fixture,
                 gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint64            bytes = 0;

  g_assert_true (sr_storage_get_free_space (fixture->storage, &bytes, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (bytes, >, 0);
}

#define SKIPPED 77

/* Runs @func in a child, since it changes what the whole process is or sees. */
static void
run_in_child (Fixture    *fixture,
              const char *reason,
              int (*func) (Fixture *fixture))
{
  int   status;
  pid_t child = fork ();

  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    _exit (func (fixture));
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  if (WEXITSTATUS (status) == SKIPPED)
    g_test_skip (reason);
  else
    g_assert_cmpint (WEXITSTATUS (status), ==, 0);
}

static int
use_as_nobody (Fixture *fixture)
{
  g_autoptr (SrStorage) storage = sr_storage_local_new (fixture->vault);
  SrId                  id = sr_test_id (1);

  if (chmod (fixture->dir, 0755) != 0 || chmod (fixture->vault, 0755) != 0)
    return 1;
  if (geteuid () == 0 && seteuid (65534) != 0)
    return SKIPPED;
  for (guint call = 0; call < 3; call++)
    {
      g_autoptr (GError) error = NULL;
      guint64            sums[2];

      if (call == 0)
        g_assert_false (sr_storage_list (storage, SR_FILE_KEY, count_one, sums, NULL, &error));
      else if (call == 1)
        g_assert_null (sr_storage_create (storage, SR_FILE_PACK, 0, NULL, &error));
      else
        g_assert_false (sr_storage_remove (storage, SR_FILE_KEY, &id, NULL, &error));
      g_assert_error (error, SR_ERROR, SR_ERROR_PERMISSION);
    }
  return 0;
}

static void
test_permission (Fixture      *fixture,
                 gconstpointer data)
{
  if (geteuid () != 0)
    g_test_skip ("only root can be another user");
  else
    run_in_child (fixture, "cannot become another user", use_as_nobody);
}

static gboolean
mount_small_disk (const char *path,
                  const char *options)
{
  return unshare (CLONE_NEWNS) == 0 && mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
         mount ("tmpfs", path, "tmpfs", 0, options) == 0;
}

static void
fill_disk (const char *dir)
{
  g_autofree char *path = g_build_filename (dir, "filler", NULL);
  int              fd = open (path, O_WRONLY | O_CREAT, 0600);
  char             block[4096];

  memset (block, 'x', sizeof block);
  while (write (fd, block, sizeof block) > 0)
    ;
  close (fd);
}

static void
assert_no_space (GError     *error,
                 const char *location)
{
  g_assert_error (error, SR_ERROR, SR_ERROR_NO_SPACE);
  g_assert_nonnull (strstr (error->message, location));
}

/* A pack that is begun takes no more room from others than it has. */
static void
write_beside_open_pack (SrStorage *storage)
{
  const gsize        size = 600 * 1024;
  g_autofree guint8 *content = g_malloc0 (size);
  SrId               id = sr_test_id (100);
  g_autoptr (GError) error = NULL;
  SrStorageWriter   *writer;

  writer = sr_storage_create (storage, SR_FILE_PACK, 1024 * 1024, NULL, &error);
  g_assert_no_error (error);
  sr_storage_write (storage, SR_FILE_PACK, &id, content, size, NULL, &error);
  g_assert_no_error (error);
  sr_storage_writer_abort (writer);
  g_assert_true (sr_storage_remove (storage, SR_FILE_PACK, &id, NULL, &error));
}

static int
use_small_disk (Fixture *fixture)
{
  const gsize           size = 8 * 1024 * 1024;
  g_autofree guint8    *content = g_malloc0 (size);
  g_autofree char      *path = g_build_filename (fixture->dir, "disk", NULL);
  g_autofree char      *packs = g_build_filename (path, "data", NULL);
  g_autofree char      *reserve = g_build_filename (path, "reserve", NULL);
  g_autoptr (GError)    error = NULL;
  g_autoptr (SrStorage) storage = sr_storage_local_new (path);
  SrId                  id = sr_test_id (1);

  if (g_mkdir (path, 0700) != 0 || !mount_small_disk (path, "size=2m"))
    return SKIPPED;
  g_assert_true (sr_storage_prepare (storage, NULL, &error));
  g_assert_true (sr_storage_set_reserve (storage, 512 * 1024, &error));
  g_assert_no_error (error);
  write_beside_open_pack (storage);

  g_assert_false (sr_storage_write (storage, SR_FILE_PACK, &id, content, size, NULL, &error));
  assert_no_space (error, path);
  g_clear_error (&error);
  g_assert_cmpuint (count_names (packs), ==, 256);
  g_assert_false (sr_storage_set_reserve (storage, size, &error));
  assert_no_space (error, path);
  g_clear_error (&error);

  fill_disk (path);
  g_assert_false (sr_storage_write (storage, SR_FILE_INDEX, &id, "x", 1, NULL, &error));
  assert_no_space (error, path);
  g_clear_error (&error);
  g_assert_true (g_file_test (reserve, G_FILE_TEST_EXISTS));

  g_assert_true (sr_storage_use_reserve (storage, &error));
  g_assert_true (sr_storage_write (storage, SR_FILE_INDEX, &id, "x", 1, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (reserve, G_FILE_TEST_EXISTS));
  sr_test_storage_assert_content (storage, SR_FILE_INDEX, &id, "x", 1);
  /* it helps once */
  g_assert_false (sr_storage_write (storage, SR_FILE_PACK, &id, content, size, NULL, &error));
  assert_no_space (error, path);
  return 0;
}

/* Two threads that meet the full disk at the same time both find the room that one of them made. */
static void
test_shared_reserve (Fixture      *fixture,
                     gconstpointer data)
{
  SrStorageLocal    *local = SR_STORAGE_LOCAL (fixture->storage);
  g_autoptr (GError) error = NULL;
  gboolean           first = FALSE;
  gboolean           second = FALSE;

  g_assert_true (sr_storage_set_reserve (fixture->storage, 4096, &error));
  g_assert_false (sr_storage_local_free_reserve (local, ENOSPC, &first));
  g_assert_true (sr_storage_use_reserve (fixture->storage, &error));
  g_assert_false (sr_storage_local_free_reserve (local, EIO, &first));
  g_assert_true (sr_storage_local_free_reserve (local, ENOSPC, &first));
  errno = 0;
  g_assert_true (sr_storage_local_free_reserve (local, ENOSPC, &second));
  g_assert_cmpint (errno, ==, ENOSPC);
  g_assert_false (sr_storage_local_free_reserve (local, ENOSPC, &first));
  g_assert_false (sr_storage_local_free_reserve (local, ENOSPC, &second));
}

static void
test_full_disk (Fixture      *fixture,
                gconstpointer data)
{
  run_in_child (fixture, "a small file system cannot be mounted here", use_small_disk);
}

/* No inode is left: creating fails, not writing. */
static int
use_disk_without_inodes (Fixture *fixture)
{
  g_autofree char      *path = g_build_filename (fixture->dir, "disk", NULL);
  g_autoptr (GError)    error = NULL;
  g_autoptr (SrStorage) storage = sr_storage_local_new (path);
  SrId                  id = sr_test_id (1);

  if (g_mkdir (path, 0700) != 0 || !mount_small_disk (path, "size=2m,nr_inodes=263"))
    return SKIPPED;
  g_assert_true (sr_storage_prepare (storage, NULL, &error));
  g_assert_true (sr_storage_set_reserve (storage, 4096, &error));
  g_assert_no_error (error);
  g_assert_null (sr_storage_create (storage, SR_FILE_INDEX, 0, NULL, &error));
  assert_no_space (error, path);
  g_clear_error (&error);
  g_assert_true (sr_storage_use_reserve (storage, &error));
  g_assert_true (sr_storage_write (storage, SR_FILE_INDEX, &id, "x", 1, NULL, &error));
  g_assert_no_error (error);
  return 0;
}

static void
test_no_inodes (Fixture      *fixture,
                gconstpointer data)
{
  run_in_child (fixture, "a small file system cannot be mounted here", use_disk_without_inodes);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/storage-local/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("layout", test_layout);
  ADD ("each-type", test_each_type);
  ADD ("only-ids-are-listed", test_only_ids_are_listed);
  ADD ("links-are-not-followed", test_links_are_not_followed);
  ADD ("no-vault", test_no_vault);
  ADD ("prepare", test_prepare);
  ADD ("prepare-after-cut-off", test_prepare_after_cut_off);
  ADD ("prepare-changes-nothing", test_prepare_changes_nothing);
  ADD ("missing-folders", test_missing_folders);
  ADD ("missing-snapshots", test_missing_snapshots);
  ADD ("relative-path", test_relative_path);
  ADD ("open-packs-follow-the-disk", test_open_packs_follow_the_disk);
  ADD ("many-packs", test_many_packs);
  ADD ("abort-leaves-nothing", test_abort_leaves_nothing);
  ADD ("clean", test_clean);
  ADD ("reserve", test_reserve);
  ADD ("shared-reserve", test_shared_reserve);
  ADD ("free-space", test_free_space);
  ADD ("permission", test_permission);
  ADD ("full-disk", test_full_disk);
  ADD ("no-inodes", test_no_inodes);
#undef ADD
  return g_test_run ();
}
