/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "sr-storage-fault.h"
#include "sr-storage-memory.h"
#include "sr-test-storage.h"
#include "sr-test-util.h"
#include "storage/sr-storage-local.h"

/* What every driver owes to its callers, run over each of them. */

typedef enum
{
  DRIVER_LOCAL,
  DRIVER_MEMORY,
  DRIVER_FAULT,
} Driver;

typedef struct
{
  char      *dir;
  SrStorage *storage;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  g_autoptr (SrStorage) inner = NULL;
  g_autoptr (GError)    error = NULL;

  fixture->dir = sr_test_mkdir ();
  switch ((Driver) GPOINTER_TO_INT (data))
    {
    case DRIVER_LOCAL:
      fixture->storage = sr_storage_local_new (fixture->dir);
      break;

    case DRIVER_MEMORY:
      fixture->storage = sr_storage_memory_new ();
      break;

    case DRIVER_FAULT:
      inner = sr_storage_memory_new ();
      fixture->storage = sr_storage_fault_new (inner);
      break;
    }
  sr_storage_prepare (fixture->storage, NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_object_unref (fixture->storage);
  sr_test_rmdir (fixture->dir);
}

static void
assert_missing (SrStorage  *storage,
                SrFileType  type,
                const SrId *id)
{
  g_autoptr (GError) size_error = NULL;
  g_autoptr (GError) read_error = NULL;
  g_autoptr (GError) remove_error = NULL;
  guint64            size;
  char               byte;

  g_assert_false (sr_storage_get_size (storage, type, id, &size, NULL, &size_error));
  g_assert_error (size_error, SR_ERROR, SR_ERROR_NOT_FOUND);
  g_assert_false (sr_storage_read (storage, type, id, 0, &byte, 1, NULL, &read_error));
  g_assert_error (read_error, SR_ERROR, SR_ERROR_NOT_FOUND);
  g_assert_false (sr_storage_remove (storage, type, id, NULL, &remove_error));
  g_assert_error (remove_error, SR_ERROR, SR_ERROR_NOT_FOUND);
}

static gboolean
collect_one (const SrId *id,
             guint64     size,
             gpointer    user_data,
             GError    **error)
{
  GHashTable *found = user_data;

  g_assert_true (g_hash_table_insert (found, g_memdup2 (id, sizeof *id), GSIZE_TO_POINTER (size)));
  return TRUE;
}

static GHashTable *
list_files (SrStorage *storage,
            SrFileType type)
{
  GHashTable        *found = g_hash_table_new_full (sr_id_hash, sr_id_equal_func, g_free, NULL);
  g_autoptr (GError) error = NULL;

  sr_storage_list (storage, type, collect_one, found, NULL, &error);
  g_assert_no_error (error);
  return found;
}

static void
test_each_type (Fixture      *fixture,
                gconstpointer data)
{
  SrId id = sr_test_id (1);

  for (guint type = 0; type < SR_N_FILE_TYPES; type++)
    {
      const SrId        *name = type == SR_FILE_CONFIG ? NULL : &id;
      g_autoptr (GError) error = NULL;

      assert_missing (fixture->storage, type, name);
      sr_test_storage_write (fixture->storage, type, name, sr_file_type_name (type), 3);
    }
  for (guint type = 0; type < SR_N_FILE_TYPES; type++)
    {
      const SrId            *name = type == SR_FILE_CONFIG ? NULL : &id;
      g_autoptr (GError)     error = NULL;
      g_autoptr (GHashTable) before = list_files (fixture->storage, type);
      g_autoptr (GHashTable) after = NULL;
      guint64                size;

      sr_test_storage_assert_content (fixture->storage, type, name, sr_file_type_name (type), 3);
      g_assert_true (sr_storage_get_size (fixture->storage, type, name, &size, NULL, &error));
      g_assert_cmpuint (size, ==, 3);
      g_assert_cmpuint (g_hash_table_size (before), ==, 1);
      if (type != SR_FILE_CONFIG)
        g_assert_cmpuint (GPOINTER_TO_SIZE (g_hash_table_lookup (before, &id)), ==, 3);
      sr_storage_remove (fixture->storage, type, name, NULL, &error);
      g_assert_no_error (error);
      assert_missing (fixture->storage, type, name);
      after = list_files (fixture->storage, type);
      g_assert_cmpuint (g_hash_table_size (after), ==, 0);
    }
}

static void
test_sizes (Fixture      *fixture,
            gconstpointer data)
{
  const gsize block = 4096, buffer = 1024 * 1024;
  const gsize sizes[] = {
    0, 1, block - 1, block, block + 1, 256 * 1024 - 1,
    256 * 1024, buffer - 1, buffer, buffer + 1, 3 * buffer + 12345
  };
  g_autofree guint8 *content = g_malloc (4 * buffer);

  sr_test_fill_random (2, content, 4 * buffer);
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      SrId id = sr_test_id (i);

      sr_test_storage_write (fixture->storage, SR_FILE_PACK, &id, content, sizes[i]);
      sr_test_storage_assert_content (fixture->storage, SR_FILE_PACK, &id, content, sizes[i]);
    }
}

/* Pieces of every alignment, with a hint that is right, too small, too large or missing. */
static void
test_pieces (Fixture      *fixture,
             gconstpointer data)
{
  const guint64      hints[] = { 0, 1, 600 * 1024, 2500001, 16 * 1024 * 1024, G_MAXUINT64 };
  const gsize        size = 2500001;
  g_autofree guint8 *content = g_malloc (size);

  sr_test_fill_random (3, content, size);
  for (gsize i = 0; i < G_N_ELEMENTS (hints); i++)
    {
      SrId               id = sr_test_id (i);
      g_autoptr (GError) error = NULL;
      SrStorageWriter   *writer =
          sr_storage_create (fixture->storage, SR_FILE_PACK, hints[i], NULL, &error);
      gsize step = 1;

      g_assert_no_error (error);
      for (gsize at = 0; at < size; step = step * 2 + 1)
        {
          gsize n = MIN (step, size - at);

          g_assert_true (sr_storage_writer_append (writer, content + at, n, NULL, &error));
          at += n;
        }
      g_assert_true (sr_storage_writer_commit (writer, &id, NULL, &error));
      sr_test_storage_assert_content (fixture->storage, SR_FILE_PACK, &id, content, size);
    }
}

static void
test_ranges (Fixture      *fixture,
             gconstpointer data)
{
  SrId   id = sr_test_id (4);
  guint8 content[1000], buffer[1000];
  const struct
  {
    guint64  offset;
    gsize    size;
    gboolean ok;
  } ranges[] = {
    { 0, 1000, TRUE },
    { 0, 0, TRUE },
    { 1000, 0, TRUE },
    { 999, 1, TRUE },
    { 17, 500, TRUE },
    { 0, 1001, FALSE },
    { 1000, 1, FALSE },
    { 999, 2, FALSE },
    { 5000, 1, FALSE },
    { G_MAXINT64, 1, FALSE },
    { G_MAXUINT64, 1, FALSE },
  };

  sr_test_fill_random (4, content, sizeof content);
  sr_test_storage_write (fixture->storage, SR_FILE_PACK, &id, content, sizeof content);
  for (gsize i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      g_autoptr (GError) error = NULL;
      guint8             room[1002];
      gboolean           ok;

      ok = sr_storage_read (fixture->storage, SR_FILE_PACK, &id, ranges[i].offset, room,
                            ranges[i].size, NULL, &error);

      if (ranges[i].ok)
        {
          g_assert_no_error (error);
          g_assert_cmpmem (room, ranges[i].size, content + ranges[i].offset, ranges[i].size);
        }
      else
        {
          g_assert_false (ok);
          g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
        }
    }
  g_assert_true (
      sr_storage_read (fixture->storage, SR_FILE_PACK, &id, 0, buffer, sizeof buffer, NULL, NULL));
}

static void
test_read_all_is_bounded (Fixture      *fixture,
                          gconstpointer data)
{
  SrId               id = sr_test_id (5);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) exact = NULL;

  sr_test_storage_write (fixture->storage, SR_FILE_INDEX, &id, "0123456789", 10);
  exact = sr_storage_read_all (fixture->storage, SR_FILE_INDEX, &id, 10, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (sr_storage_read_all (fixture->storage, SR_FILE_INDEX, &id, 9, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
}

static void
test_unseen_before_commit (Fixture      *fixture,
                           gconstpointer data)
{
  SrId                   id = sr_test_id (6);
  g_autoptr (GError)     error = NULL;
  g_autoptr (GHashTable) before = NULL;
  SrStorageWriter       *writer;

  writer = sr_storage_create (fixture->storage, SR_FILE_PACK, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (sr_storage_writer_append (writer, "data", 4, NULL, &error));
  before = list_files (fixture->storage, SR_FILE_PACK);
  g_assert_cmpuint (g_hash_table_size (before), ==, 0);
  assert_missing (fixture->storage, SR_FILE_PACK, &id);
  g_assert_true (sr_storage_writer_commit (writer, &id, NULL, &error));
  sr_test_storage_assert_content (fixture->storage, SR_FILE_PACK, &id, "data", 4);
}

static void
test_abort (Fixture      *fixture,
            gconstpointer data)
{
  for (guint type = 0; type < SR_N_FILE_TYPES; type++)
    {
      g_autoptr (GError) error = NULL;
      SrStorageWriter   *writer =
          sr_storage_create (fixture->storage, type, 1024 * 1024, NULL, &error);
      g_autoptr (GHashTable) after = NULL;

      g_assert_no_error (error);
      g_assert_true (sr_storage_writer_append (writer, "data", 4, NULL, &error));
      sr_storage_writer_abort (writer);
      after = list_files (fixture->storage, type);
      g_assert_cmpuint (g_hash_table_size (after), ==, 0);
    }
  sr_storage_writer_abort (NULL);
}

static void
test_name_taken (Fixture      *fixture,
                 gconstpointer data)
{
  SrId                   id = sr_test_id (7);
  g_autoptr (GError)     error = NULL;
  g_autoptr (GError)     config_error = NULL;
  g_autoptr (GHashTable) listed = NULL;

  sr_test_storage_write (fixture->storage, SR_FILE_PACK, &id, "first", 5);
  sr_test_storage_write (fixture->storage, SR_FILE_PACK, &id, "other", 5);
  sr_test_storage_assert_content (fixture->storage, SR_FILE_PACK, &id, "first", 5);
  g_assert_false (
      sr_storage_write (fixture->storage, SR_FILE_PACK, &id, "longer", 6, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
  sr_test_storage_assert_content (fixture->storage, SR_FILE_PACK, &id, "first", 5);
  listed = list_files (fixture->storage, SR_FILE_PACK);
  g_assert_cmpuint (g_hash_table_size (listed), ==, 1);

  sr_test_storage_write (fixture->storage, SR_FILE_CONFIG, NULL, "first", 5);
  g_assert_false (
      sr_storage_write (fixture->storage, SR_FILE_CONFIG, NULL, "other", 5, NULL, &config_error));
  g_assert_error (config_error, SR_ERROR, SR_ERROR_EXISTS);
  sr_test_storage_assert_content (fixture->storage, SR_FILE_CONFIG, NULL, "first", 5);
}

static void
test_prepare_twice (Fixture      *fixture,
                    gconstpointer data)
{
  SrId               id = sr_test_id (8);
  g_autoptr (GError) error = NULL;

  /* an attempt that got no further than this may be repeated */
  g_assert_true (sr_storage_prepare (fixture->storage, NULL, &error));
  g_assert_no_error (error);
  sr_test_storage_write (fixture->storage, SR_FILE_KEY, &id, "key", 3);
  g_assert_false (sr_storage_prepare (fixture->storage, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_EXISTS);
  sr_test_storage_assert_content (fixture->storage, SR_FILE_KEY, &id, "key", 3);
}

static gboolean
stop_at_once (const SrId *id,
              guint64     size,
              gpointer    user_data,
              GError    **error)
{
  guint *calls = user_data;

  (*calls)++;
  g_set_error_literal (error, SR_ERROR, SR_ERROR_REFUSED, "enough");
  return FALSE;
}

static void
test_list_stops (Fixture      *fixture,
                 gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint              calls = 0;

  for (guint i = 0; i < 5; i++)
    {
      SrId id = sr_test_id (i);

      sr_test_storage_write (fixture->storage, SR_FILE_PACK, &id, "x", 1);
    }
  g_assert_false (
      sr_storage_list (fixture->storage, SR_FILE_PACK, stop_at_once, &calls, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_REFUSED);
  g_assert_cmpuint (calls, ==, 1);
}

static void
test_list_all (Fixture      *fixture,
               gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) files = NULL;

  for (guint i = 7; i-- > 0;)
    {
      SrId id = sr_test_id (i);

      sr_test_storage_write (fixture->storage, SR_FILE_PACK, &id, "seven b", i);
    }
  files = sr_storage_list_all (fixture->storage, SR_FILE_PACK, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (files->len, ==, 7);
  for (guint i = 0; i < files->len; i++)
    {
      const SrStorageFile *file = &g_array_index (files, SrStorageFile, i);
      SrId                 id = sr_test_id ((guint) file->size);

      g_assert_true (sr_id_equal (&file->id, &id));
      g_assert_true (i == 0 || sr_id_compare (&file->id, &file[-1].id) > 0);
    }
}

typedef struct
{
  SrStorage  *storage;
  SrFileType  type;
  GHashTable *found;
} Removal;

static gboolean
remove_one (const SrId *id,
            guint64     size,
            gpointer    user_data,
            GError    **error)
{
  Removal *removal = user_data;

  return sr_storage_remove (removal->storage, removal->type, id, NULL, error);
}

static void
test_remove_while_listing (Fixture      *fixture,
                           gconstpointer data)
{
  g_autoptr (GError)     error = NULL;
  g_autoptr (GHashTable) left = NULL;
  Removal                removal = { fixture->storage, SR_FILE_SNAPSHOT, NULL };

  for (guint i = 0; i < 20; i++)
    {
      SrId id = sr_test_id (i);

      sr_test_storage_write (fixture->storage, SR_FILE_SNAPSHOT, &id, "x", 1);
    }
  g_assert_true (
      sr_storage_list (fixture->storage, SR_FILE_SNAPSHOT, remove_one, &removal, NULL, &error));
  g_assert_no_error (error);
  left = list_files (fixture->storage, SR_FILE_SNAPSHOT);
  g_assert_cmpuint (g_hash_table_size (left), ==, 0);
}

static void
test_cancelled (Fixture      *fixture,
                gconstpointer data)
{
  SrId                     id = sr_test_id (9);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GHashTable)   listed = NULL;
  g_autoptr (GError)       error = NULL;
  SrStorageWriter         *writer;
  guint64                  size;
  guint                    calls = 0;

  sr_test_storage_write (fixture->storage, SR_FILE_PACK, &id, "x", 1);
  writer = sr_storage_create (fixture->storage, SR_FILE_PACK, 0, cancellable, &error);
  g_assert_no_error (error);
  g_cancellable_cancel (cancellable);
  g_assert_false (sr_storage_writer_append (writer, "y", 1, cancellable, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
  g_clear_error (&error);
  id.bytes[0]++;
  g_assert_false (sr_storage_writer_commit (writer, &id, cancellable, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
  g_clear_error (&error);
  id.bytes[0]--;
  g_assert_null (sr_storage_create (fixture->storage, SR_FILE_PACK, 0, cancellable, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (
      sr_storage_get_size (fixture->storage, SR_FILE_PACK, &id, &size, cancellable, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (sr_storage_remove (fixture->storage, SR_FILE_PACK, &id, cancellable, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (
      sr_storage_list (fixture->storage, SR_FILE_PACK, stop_at_once, &calls, cancellable, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
  listed = list_files (fixture->storage, SR_FILE_PACK);
  g_assert_cmpuint (g_hash_table_size (listed), ==, 1);
}

#define N_THREADS      4
#define FILES_A_THREAD 30

typedef struct
{
  SrStorage *storage;
  guint      number;
} Worker;

static gpointer
write_and_read (gpointer user_data)
{
  Worker            *worker = user_data;
  const gsize        size = 300 * 1024;
  g_autofree guint8 *content = g_malloc (size);

  for (guint i = 0; i < FILES_A_THREAD; i++)
    {
      guint64 seed = worker->number * 1000 + i;
      SrId    id = sr_test_id (seed);
      SrId    shared = sr_test_id (50000 + i);

      sr_test_fill_random (seed, content, size);
      sr_test_storage_write (worker->storage, SR_FILE_PACK, &id, content, size - i);
      sr_test_storage_assert_content (worker->storage, SR_FILE_PACK, &id, content, size - i);
      /* all threads want this name at the same time */
      sr_test_storage_write (worker->storage, SR_FILE_PACK, &shared, "shared", 6);
      sr_test_storage_assert_content (worker->storage, SR_FILE_PACK, &shared, "shared", 6);
    }
  return NULL;
}

static void
test_threads (Fixture      *fixture,
              gconstpointer data)
{
  GThread               *threads[N_THREADS];
  Worker                 workers[N_THREADS];
  g_autoptr (GHashTable) listed = NULL;

  for (guint i = 0; i < N_THREADS; i++)
    {
      workers[i] = (Worker){ fixture->storage, i };
      threads[i] = g_thread_new ("storage", write_and_read, &workers[i]);
    }
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  listed = list_files (fixture->storage, SR_FILE_PACK);
  g_assert_cmpuint (g_hash_table_size (listed), ==, N_THREADS * FILES_A_THREAD + FILES_A_THREAD);
}

static void
test_locations (void)
{
  const char *const paths[] = {
    "local:/srv/vault", "/srv/vault", "vault", "./a:b", "c:d", "/s3:x"
  };
  const char *const locations[] = { "/srv/vault", "/srv/vault", "vault", "./a:b", "c:d", "/s3:x" };
  const char *const others[] = {
    "s3:bucket",
    "sftp:host:/srv",
    "rest:http://host/",
    "https://host/",
    "loca:x",
    "locally:x",
  };
  const char *const empty[] = { "", "local:" };

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GError)    error = NULL;
      g_autoptr (SrStorage) storage = sr_storage_open (paths[i], &error);

      g_assert_no_error (error);
      g_assert_cmpstr (sr_storage_get_location (storage), ==, locations[i]);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (sr_storage_open (others[i], &error));
      g_assert_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (empty); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (sr_storage_open (empty[i], &error));
      g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
    }
}

static void
add_tests (const char *driver_name,
           Driver      driver)
{
  const struct
  {
    const char *name;
    void (*func) (Fixture *, gconstpointer);
  } tests[] = { { "each-type", test_each_type },
                { "sizes", test_sizes },
                { "pieces", test_pieces },
                { "ranges", test_ranges },
                { "read-all-is-bounded", test_read_all_is_bounded },
                { "unseen-before-commit", test_unseen_before_commit },
                { "abort", test_abort },
                { "name-taken", test_name_taken },
                { "prepare-twice", test_prepare_twice },
                { "list-all", test_list_all },
                { "list-stops", test_list_stops },
                { "remove-while-listing", test_remove_while_listing },
                { "cancelled", test_cancelled },
                { "threads", test_threads } };

  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strdup_printf ("/storage/%s/%s", driver_name, tests[i].name);

      g_test_add (path, Fixture, GINT_TO_POINTER (driver), set_up, tests[i].func, tear_down);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add_tests ("local", DRIVER_LOCAL);
  add_tests ("memory", DRIVER_MEMORY);
  add_tests ("fault", DRIVER_FAULT);
  g_test_add_func ("/storage/locations", test_locations);
  return g_test_run ();
}
