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
#include "sr-test-util.h"
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

static SrId
make_id (guint64 seed)
{
  SrId id;

  sr_test_fill_random (seed, &id, sizeof id);
  return id;
}

static void
write_file (SrStorage    *storage,
            SrFileType    type,
            const SrId   *id,
            gconstpointer data,
            gsize         size)
{
  g_autoptr (GError) error = NULL;

  sr_storage_write (storage, type, id, data, size, NULL, &error);
  g_assert_no_error (error);
}

static void
assert_content (SrStorage    *storage,
                SrFileType    type,
                const SrId   *id,
                gconstpointer data,
                gsize         size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = sr_storage_read_all (storage, type, id, G_MAXSIZE, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), data, size);
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
  const char *const folders[] = { "keys", "data", "index", "snapshots", "locks", "data/00", "data/7f", "data/ff" };
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
  const char *const folders[SR_N_FILE_TYPES] = { NULL, "keys", NULL, "index", "snapshots", "locks" };

  for (guint type = 0; type < SR_N_FILE_TYPES; type++)
    {
      SrId               id = make_id (type);
      g_autofree char   *path = NULL;
      g_autoptr (GError) error = NULL;
      guint64            size;

      assert_listed (fixture->storage, type, 0, 0);
      write_file (fixture->storage, type, type == SR_FILE_CONFIG ? NULL : &id, "content", 7);
      assert_content (fixture->storage, type, type == SR_FILE_CONFIG ? NULL : &id, "content", 7);
      assert_listed (fixture->storage, type, 1, 7);
      g_assert_true (sr_storage_get_size (fixture->storage, type, &id, &size, NULL, &error));
      g_assert_cmpuint (size, ==, 7);
      if (type == SR_FILE_CONFIG)
        path = g_build_filename (fixture->vault, "config", NULL);
      else
        path = type == SR_FILE_PACK ? pack_path (fixture, &id) : path_of (fixture, folders[type], &id);
      assert_mode (path, 0400);
      sr_storage_remove (fixture->storage, type, &id, NULL, &error);
      g_assert_no_error (error);
      g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
      assert_listed (fixture->storage, type, 0, 0);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/storage-local/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("layout", test_layout);
  ADD ("each-type", test_each_type);
#undef ADD
  return g_test_run ();
}
