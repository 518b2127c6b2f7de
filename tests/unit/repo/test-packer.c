/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-worker.h"
#include "crypto/sr-digest.h"
#include "repo/sr-packer.h"
#include "sr-storage-fault.h"
#include "sr-storage-memory.h"
#include "sr-test-repo.h"
#include "sr-test-util.h"

#include <string.h>

#define N_THREADS 4

/* A blob whose content depends on its number only. */
static GBytes *
make_blob (guint number,
           gsize size)
{
  guint8 *data = g_malloc (size);

  sr_test_fill_random (number, data, size);
  return g_bytes_new_take (data, size);
}

static gboolean
add_blob (SrPacker    *packer,
          SrBlobCodec *codec,
          SrBlobType   type,
          GBytes      *blob,
          GError     **error)
{
  const guint8 *sealed;
  guint32       length;
  guint32       plain_length;
  gsize         size;
  gconstpointer data = g_bytes_get_data (blob, &size);
  SrId          id;

  sr_sha256 (data, size, &id);
  g_assert_true (sr_blob_codec_seal (codec, type, data, size, &id, &sealed, &length, &plain_length,
                                     error));
  return sr_packer_add (packer, type, &id, sealed, length, plain_length, error);
}

static void
assert_blob (SrRepo    *repo,
             SrBlobType type,
             GBytes    *blob)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) found = NULL;
  SrId               id;

  sr_sha256 (g_bytes_get_data (blob, NULL), g_bytes_get_size (blob), &id);
  found = sr_repo_load_blob (repo, NULL, type, &id, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (found, blob));
}

static SrRepo *
reopen (SrStorage *storage)
{
  g_autoptr (GError) error = NULL;
  SrRepo            *repo = sr_test_repo_open (storage);

  sr_repo_load_index (repo, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return repo;
}

/* -- several threads at once -- */

typedef struct
{
  SrRepo   *repo;
  SrPacker *packer;
} Adding;

static gsize
size_of (guint number)
{
  return number % 50 == 0 ? 3000000 + number : 1 + number * 7919 % 40000;
}

static gboolean
add_some (gpointer data,
          guint    member,
          GError **error)
{
  Adding                 *adding = data;
  g_autoptr (SrBlobCodec) codec = sr_repo_new_codec (adding->repo, SR_COMPRESSION_AUTO);

  for (guint i = member; i < 400; i += N_THREADS)
    {
      g_autoptr (GBytes) blob = make_blob (i, size_of (i));

      if (!add_blob (adding->packer, codec, i % 5 == 1 ? SR_BLOB_TREE : SR_BLOB_DATA, blob, error))
        return FALSE;
    }
  return TRUE;
}

static void
assert_packs_of_one_type (SrRepo *repo)
{
  SrIndex *index = sr_repo_get_index (repo);

  for (guint32 pack = 0; pack < sr_index_get_n_packs (index); pack++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GArray) entries = NULL;
      SrStorage         *storage = sr_repo_get_storage (repo);
      guint64            size;

      g_assert_true (sr_storage_get_size (storage, SR_FILE_PACK,
                                          sr_index_get_pack_id (index, pack), &size, NULL, &error));
      g_assert_cmpuint (size, ==, sr_index_get_pack_size (index, pack));
      entries = sr_pack_read_header (storage, sr_index_get_pack_id (index, pack), size,
                                     sr_repo_get_sealer (repo), NULL, &error);
      g_assert_no_error (error);
      for (guint i = 1; i < entries->len; i++)
        g_assert_cmpint (g_array_index (entries, SrPackEntry, i).type, ==,
                         g_array_index (entries, SrPackEntry, 0).type);
    }
}

static void
test_threads (void)
{
  g_autoptr (SrStorage) storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)    repo = sr_test_repo_create (storage);
  g_autoptr (SrRepo)    again = NULL;
  g_autoptr (SrPacker)  packer = sr_packer_new (repo, TRUE, FALSE, NULL);
  g_autoptr (GError)    error = NULL;
  Adding                adding = { repo, packer };

  sr_team_join (sr_team_start ("adding", N_THREADS, add_some, &adding), &error);
  g_assert_no_error (error);
  g_assert_true (sr_packer_finish (packer, FALSE, &error));
  g_assert_no_error (error);
  g_assert_true (sr_packer_check_packs (packer, NULL, &error));
  g_assert_cmpuint (sr_packer_get_n_packs (packer), ==,
                    sr_storage_memory_get_n_files (SR_STORAGE_MEMORY (storage), SR_FILE_PACK));
  again = reopen (storage);
  g_assert_cmpuint (sr_index_get_n_entries (sr_repo_get_index (again)), ==, 400);
  for (guint i = 0; i < 400; i++)
    {
      g_autoptr (GBytes) blob = make_blob (i, size_of (i));

      assert_blob (again, i % 5 == 1 ? SR_BLOB_TREE : SR_BLOB_DATA, blob);
    }
  assert_packs_of_one_type (again);
}

/* -- limits -- */

/* Rests of two open packs become one, a pack ends near its target, tiny blobs close it early. */
static void
test_pack_sizes (void)
{
  g_autoptr (SrStorage)   storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)      repo = sr_test_repo_create (storage);
  g_autoptr (SrRepo)      again = NULL;
  g_autoptr (SrPacker)    packer = sr_packer_new (repo, TRUE, FALSE, NULL);
  g_autoptr (SrBlobCodec) codec = sr_repo_new_codec (repo, SR_COMPRESSION_AUTO);
  g_autoptr (GError)      error = NULL;

  for (guint i = 0; i < 40; i++)
    {
      g_autoptr (GBytes) blob = make_blob (i, 10000);

      g_assert_true (add_blob (packer, codec, SR_BLOB_DATA, blob, &error));
    }
  g_assert_true (sr_packer_finish (packer, FALSE, &error));
  g_assert_cmpuint (sr_packer_get_n_packs (packer), ==, 1);
  g_clear_pointer (&packer, sr_packer_free);
  again = reopen (storage);
  for (guint i = 0; i < 40; i++)
    {
      g_autoptr (GBytes) blob = make_blob (i, 10000);

      assert_blob (again, SR_BLOB_DATA, blob);
    }

  packer = sr_packer_new (repo, TRUE, FALSE, NULL);
  for (guint i = 100; i < 130; i++)
    {
      g_autoptr (GBytes) blob = make_blob (i, 2000000);

      g_assert_true (add_blob (packer, codec, SR_BLOB_DATA, blob, &error));
    }
  g_assert_true (sr_packer_finish (packer, FALSE, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (sr_packer_get_n_packs (packer), >=, 3);
  g_assert_cmpuint (sr_packer_get_n_packs (packer), <=, 5);
  g_assert_cmpuint (sr_packer_get_bytes (packer), >, 30 * 2000000);
}

static void
test_tiny_blobs (void)
{
  g_autoptr (SrStorage) storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)    repo = sr_test_repo_create (storage);
  g_autoptr (SrRepo)    again = NULL;
  g_autoptr (SrPacker)  packer = sr_packer_new (repo, TRUE, FALSE, NULL);
  g_autoptr (GError)    error = NULL;
  const guint           n = 120000;
  guint8                sealed[SR_SEAL_OVERHEAD + 1] = { 0 };

  for (guint i = 0; i < n; i++)
    {
      SrId id;

      sr_sha256 (&i, sizeof i, &id);
      g_assert_true (sr_packer_add (packer, SR_BLOB_DATA, &id, sealed, sizeof sealed, 0, &error));
    }
  g_assert_true (sr_packer_finish (packer, FALSE, &error));
  g_assert_no_error (error);
  again = reopen (storage);
  g_assert_cmpuint (sr_index_get_n_entries (sr_repo_get_index (again)), ==, n);
  for (guint32 i = 0; i < sr_index_get_n_packs (sr_repo_get_index (again)); i++)
    {
      gsize first;
      gsize count;

      sr_index_get_pack_entries (sr_repo_get_index (again), i, &first, &count);
      g_assert_cmpuint (count, <=, 50000);
    }
  g_assert_cmpuint (sr_storage_memory_get_n_files (SR_STORAGE_MEMORY (storage), SR_FILE_INDEX), >=,
                    2);
}

/* -- without index, dry, given up -- */

static void
test_take_packs (void)
{
  g_autoptr (SrStorage)   storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)      repo = sr_test_repo_create (storage);
  g_autoptr (SrPacker)    packer = sr_packer_new (repo, FALSE, FALSE, NULL);
  g_autoptr (SrBlobCodec) codec = sr_repo_new_codec (repo, SR_COMPRESSION_AUTO);
  g_autoptr (GPtrArray)   packs = NULL;
  g_autoptr (GPtrArray)   rest = NULL;
  g_autoptr (GBytes)      blob = make_blob (1, 5000);
  g_autoptr (GError)      error = NULL;
  SrPackedPack           *pack;

  g_assert_true (add_blob (packer, codec, SR_BLOB_TREE, blob, &error));
  g_assert_true (sr_packer_finish (packer, FALSE, &error));
  packs = sr_packer_take_packs (packer);
  g_assert_cmpuint (packs->len, ==, 1);
  pack = g_ptr_array_index (packs, 0);
  g_assert_cmpuint (pack->entries->len, ==, 1);
  g_assert_cmpint (g_array_index (pack->entries, SrPackEntry, 0).type, ==, SR_BLOB_TREE);
  rest = sr_packer_take_packs (packer);
  g_assert_cmpuint (rest->len, ==, 0);
  g_assert_cmpuint (sr_storage_memory_get_n_files (SR_STORAGE_MEMORY (storage), SR_FILE_INDEX), ==,
                    0);
}

static void
test_dry_run (void)
{
  g_autoptr (SrStorage)   storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)      repo = sr_test_repo_create (storage);
  g_autoptr (SrPacker)    packer = sr_packer_new (repo, TRUE, TRUE, NULL);
  g_autoptr (SrBlobCodec) codec = sr_repo_new_codec (repo, SR_COMPRESSION_AUTO);
  g_autoptr (GBytes)      blob = make_blob (1, 5000);
  g_autoptr (GError)      error = NULL;

  g_assert_true (add_blob (packer, codec, SR_BLOB_DATA, blob, &error));
  g_assert_true (sr_packer_finish (packer, FALSE, &error));
  g_assert_cmpuint (sr_packer_get_bytes (packer), >, 5000);
  g_assert_cmpuint (sr_storage_memory_get_n_files (SR_STORAGE_MEMORY (storage), SR_FILE_PACK), ==,
                    0);
  g_assert_cmpuint (sr_storage_memory_get_n_files (SR_STORAGE_MEMORY (storage), SR_FILE_INDEX), ==,
                    0);
}

/* Whole packs are indexed, open ones are thrown away. */
static void
test_give_up (void)
{
  g_autoptr (SrStorage)   storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)      repo = sr_test_repo_create (storage);
  g_autoptr (SrRepo)      again = NULL;
  g_autoptr (SrPacker)    packer = sr_packer_new (repo, TRUE, FALSE, NULL);
  g_autoptr (SrBlobCodec) codec = sr_repo_new_codec (repo, SR_COMPRESSION_AUTO);
  g_autoptr (GError)      error = NULL;
  gsize                   indexed;

  for (guint i = 0; i < 25; i++)
    {
      g_autoptr (GBytes) blob = make_blob (i, 2000000);

      g_assert_true (add_blob (packer, codec, SR_BLOB_DATA, blob, &error));
    }
  g_assert_true (sr_packer_finish (packer, TRUE, &error));
  g_assert_no_error (error);
  again = reopen (storage);
  indexed = sr_index_get_n_entries (sr_repo_get_index (again));
  g_assert_cmpuint (indexed, >=, 9);
  g_assert_cmpuint (indexed, <, 25);
  g_assert_cmpuint (sr_index_get_n_packs (sr_repo_get_index (again)), ==,
                    sr_storage_memory_get_n_files (SR_STORAGE_MEMORY (storage), SR_FILE_PACK));
}

static void
test_pack_gone (void)
{
  g_autoptr (SrStorage)   storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)      repo = sr_test_repo_create (storage);
  g_autoptr (SrBlobCodec) codec = sr_repo_new_codec (repo, SR_COMPRESSION_AUTO);
  g_autoptr (SrPacker)    packer = sr_packer_new (repo, TRUE, FALSE, NULL);
  g_autoptr (SrRepo)      again = NULL;
  g_autoptr (GBytes)      blob = make_blob (1, 5000);
  g_autoptr (GError)      error = NULL;

  g_assert_true (add_blob (packer, codec, SR_BLOB_DATA, blob, &error));
  g_assert_true (sr_packer_finish (packer, FALSE, &error));
  again = reopen (storage);
  sr_storage_memory_replace (SR_STORAGE_MEMORY (storage), SR_FILE_PACK,
                             sr_index_get_pack_id (sr_repo_get_index (again), 0), NULL);
  g_assert_false (sr_packer_check_packs (packer, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
}

/* -- faults -- */

static gboolean
fill (SrRepo       *repo,
      GCancellable *cancellable,
      GError      **error)
{
  g_autoptr (SrPacker)    packer = sr_packer_new (repo, TRUE, FALSE, cancellable);
  g_autoptr (SrBlobCodec) codec = sr_repo_new_codec (repo, SR_COMPRESSION_OFF);

  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (GBytes) blob = make_blob (i, 1900000);

      if (!add_blob (packer, codec, SR_BLOB_DATA, blob, error))
        {
          sr_packer_finish (packer, TRUE, NULL);
          return FALSE;
        }
    }
  if (sr_packer_finish (packer, FALSE, error))
    return TRUE;
  sr_packer_finish (packer, TRUE, NULL);
  return FALSE;
}

/* Whatever call fails: an error, no hang, and the index names nothing that is not there. */
static void
test_faults (gconstpointer user_data)
{
  SrFault fault = (SrFault) GPOINTER_TO_INT (user_data);

  for (guint call = 1;; call++)
    {
      g_autoptr (SrStorage) inner = sr_storage_memory_new ();
      g_autoptr (SrRepo)    made = sr_test_repo_create (inner);
      g_autoptr (SrStorage) storage = sr_storage_fault_new (inner);
      g_autoptr (SrRepo)    repo = sr_test_repo_open (storage);
      g_autoptr (SrRepo)    again = NULL;
      g_autoptr (GError)    error = NULL;
      gboolean              ok;

      sr_storage_fault_plan (SR_STORAGE_FAULT (storage), fault, call, SR_ERROR_NO_SPACE);
      ok = fill (repo, NULL, &error);
      if (!sr_storage_fault_was_reached (SR_STORAGE_FAULT (storage)))
        {
          g_assert_no_error (error);
          g_assert_cmpuint (call, >, 10);
          return;
        }
      g_assert_false (ok);
      g_assert_error (error, SR_ERROR, SR_ERROR_NO_SPACE);
      again = reopen (inner);
      for (guint32 i = 0; i < sr_index_get_n_packs (sr_repo_get_index (again)); i++)
        {
          guint64 size;

          g_assert_true (sr_storage_get_size (inner, SR_FILE_PACK,
                                              sr_index_get_pack_id (sr_repo_get_index (again), i),
                                              &size, NULL, NULL));
        }
    }
}

static void
test_cancelled (void)
{
  g_autoptr (SrStorage)    storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)       repo = sr_test_repo_create (storage);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError)       error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (fill (repo, cancellable, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/packer/threads", test_threads);
  g_test_add_func ("/packer/pack-sizes", test_pack_sizes);
  g_test_add_func ("/packer/tiny-blobs", test_tiny_blobs);
  g_test_add_func ("/packer/take-packs", test_take_packs);
  g_test_add_func ("/packer/dry-run", test_dry_run);
  g_test_add_func ("/packer/give-up", test_give_up);
  g_test_add_func ("/packer/pack-gone", test_pack_gone);
  g_test_add_data_func ("/packer/faults/fail", GINT_TO_POINTER (SR_FAULT_FAIL), test_faults);
  g_test_add_data_func ("/packer/faults/fail-from", GINT_TO_POINTER (SR_FAULT_FAIL_FROM),
                        test_faults);
  g_test_add_data_func ("/packer/faults/cut", GINT_TO_POINTER (SR_FAULT_CUT), test_faults);
  g_test_add_func ("/packer/cancelled", test_cancelled);
  return g_test_run ();
}
