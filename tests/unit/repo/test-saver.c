/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "crypto/sr-digest.h"
#include "repo/sr-saver-slab.h"
#include "repo/sr-saver-stream.h"
#include "repo/sr-saver.h"
#include "sr-storage-fault.h"
#include "sr-storage-memory.h"
#include "sr-test-repo.h"
#include "sr-test-util.h"

#include <string.h>

static const SrChunkSizes small_sizes = { 256, 8, 4096 };

static SrRepo *
reopen (SrStorage *storage)
{
  g_autoptr (GError) error = NULL;
  SrRepo            *repo = sr_test_repo_open (storage);

  sr_repo_load_index (repo, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return repo;
}

static SrRepo *
create (SrStorage *storage)
{
  g_autoptr (SrRepo) repo = sr_test_repo_create (storage);

  return reopen (storage);
}

static GBytes *
make_content (guint seed,
              gsize size)
{
  guint8 *data = g_malloc (MAX (size, 1));

  sr_test_fill_random (seed, data, size);
  return g_bytes_new_take (data, size);
}

/* Feeds @content in pieces whose sizes depend on @pattern. */
static SrSavedFile *
feed (SrSaver            *saver,
      const SrChunkSizes *sizes,
      GBytes             *content,
      guint               pattern,
      gboolean            hint,
      GError            **error)
{
  gsize                   size;
  const guint8           *data = g_bytes_get_data (content, &size);
  g_autoptr (SrSavedFile) file = sr_saver_begin_file (saver, sizes, hint ? size : 0);
  guint64                 stored;
  gsize                   left = size;

  for (guint i = 0; left > 0; i++)
    {
      gsize n = 1 + (pattern * 2654435761u + i * 40503u) % (pattern % 3 == 0 ? 700 : 300000);

      n = MIN (n, left);
      if (!sr_saver_write (saver, data, n, error))
        {
          sr_saver_drop_file (saver);
          return NULL;
        }
      data += n;
      left -= n;
    }
  if (!sr_saver_end_file (saver, &stored, error))
    return NULL;
  g_assert_cmpuint (stored, ==, size);
  return g_steal_pointer (&file);
}

/* Ids are asked of the saver that saved, contents of a vault opened anew. */
static void
assert_file (SrSaver     *saver,
             SrRepo      *again,
             SrSavedFile *file,
             GBytes      *content)
{
  g_autoptr (GByteArray) found = g_byte_array_new ();

  g_assert_true (sr_saved_file_is_complete (file));
  for (gsize i = 0; i < sr_saved_file_get_n_chunks (file); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) blob = NULL;

      blob = sr_repo_load_blob (again, NULL, SR_BLOB_DATA, sr_saver_get_chunk (saver, file, i),
                                NULL, &error);
      g_assert_no_error (error);
      g_byte_array_append (found, g_bytes_get_data (blob, NULL), (guint) g_bytes_get_size (blob));
    }
  g_assert_cmpmem (found->data, found->len, g_bytes_get_data (content, NULL),
                   g_bytes_get_size (content));
}

/* -- patterns -- */

static gsize
size_of (guint i)
{
  static const gsize sizes[] = { 0, 1, 255, 256, 257, 4096, 65536, 524288, 524289, 1048576 };

  if (i < G_N_ELEMENTS (sizes))
    return sizes[i];
  return i % 23 == 0 ? 9000000 + i : i % 7 == 0 ? 700000 + i * 1001
                                                : i * 7919 % 20000;
}

static void
test_patterns (gconstpointer user_data)
{
  const SrChunkSizes   *sizes = user_data;
  g_autoptr (SrStorage) storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)    repo = create (storage);
  g_autoptr (SrRepo)    again = NULL;
  g_autoptr (SrSaver)   saver = NULL;
  g_autoptr (GError)    error = NULL;
  SrSavedFile          *files[120];

  saver = sr_saver_new (repo, SR_COMPRESSION_AUTO, FALSE, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (GBytes) content = make_content (i, size_of (i));

      files[i] = feed (saver, sizes, content, i, i % 2 == 0, &error);
      g_assert_no_error (error);
    }
  g_assert_true (sr_saver_finish (saver, FALSE, &error));
  g_assert_no_error (error);
  g_assert_true (sr_saver_check_packs (saver, NULL, &error));
  again = reopen (storage);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (GBytes) content = make_content (i, size_of (i));

      assert_file (saver, again, files[i], content);
      sr_saved_file_unref (files[i]);
    }
}

/* How a file is fed makes no difference to its chunks, and the second time nothing is stored. */
static void
test_dedup (void)
{
  g_autoptr (SrStorage)   storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)      repo = create (storage);
  g_autoptr (SrRepo)      again = NULL;
  g_autoptr (GBytes)      content = make_content (5, 20000000);
  g_autoptr (GError)      error = NULL;
  g_autoptr (SrSaver)     saver = NULL;
  g_autoptr (SrSavedFile) first = NULL;
  g_autoptr (SrSavedFile) second = NULL;
  g_autoptr (SrSavedFile) third = NULL;
  SrSaverStats            stats;

  saver = sr_saver_new (repo, SR_COMPRESSION_AUTO, FALSE, NULL, &error);
  first = feed (saver, &sr_chunk_sizes_files, content, 1, TRUE, &error);
  second = feed (saver, &sr_chunk_sizes_files, content, 2, FALSE, &error);
  g_assert_true (sr_saver_finish (saver, FALSE, &error));
  g_assert_cmpuint (sr_saved_file_get_n_chunks (first), >, 5);
  g_assert_cmpuint (sr_saved_file_get_n_chunks (first), ==, sr_saved_file_get_n_chunks (second));
  for (gsize i = 0; i < sr_saved_file_get_n_chunks (first); i++)
    g_assert_true (sr_id_equal (sr_saver_get_chunk (saver, first, i),
                                sr_saver_get_chunk (saver, second, i)));
  sr_saver_get_stats (saver, &stats);
  g_assert_cmpuint (stats.data_blobs, ==, sr_saved_file_get_n_chunks (first));
  g_assert_cmpuint (stats.data_added, ==, 20000000);
  g_assert_cmpuint (stats.data_added_packed, >=, 20000000);
  g_clear_pointer (&saver, sr_saver_free);

  again = reopen (storage);
  saver = sr_saver_new (again, SR_COMPRESSION_AUTO, FALSE, NULL, &error);
  third = feed (saver, &sr_chunk_sizes_files, content, 3, TRUE, &error);
  g_assert_true (sr_saver_wait_file (saver, third, &error));
  g_assert_true (sr_saver_finish (saver, FALSE, &error));
  assert_file (saver, again, third, content);
  sr_saver_get_stats (saver, &stats);
  g_assert_cmpuint (stats.data_blobs, ==, 0);
  g_assert_cmpuint (stats.packs, ==, 0);
}

static void
test_reuse (void)
{
  g_autoptr (SrStorage)   storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)      repo = create (storage);
  g_autoptr (SrRepo)      again = NULL;
  g_autoptr (GBytes)      content = make_content (6, 300000);
  g_autoptr (GError)      error = NULL;
  g_autoptr (SrSaver)     saver = NULL;
  g_autoptr (SrSavedFile) file = NULL;
  g_autoptr (SrSavedFile) same = NULL;
  g_autoptr (GArray)      ids = g_array_new (FALSE, FALSE, sizeof (SrId));

  saver = sr_saver_new (repo, SR_COMPRESSION_AUTO, FALSE, NULL, &error);
  file = feed (saver, &small_sizes, content, 1, TRUE, &error);
  g_assert_true (sr_saver_finish (saver, FALSE, &error));
  for (gsize i = 0; i < sr_saved_file_get_n_chunks (file); i++)
    g_array_append_vals (ids, sr_saver_get_chunk (saver, file, i), 1);
  g_clear_pointer (&saver, sr_saver_free);

  again = reopen (storage);
  saver = sr_saver_new (again, SR_COMPRESSION_AUTO, FALSE, NULL, &error);
  same = sr_saver_reuse_content (saver, (const SrId *) (void *) ids->data, ids->len);
  g_assert_nonnull (same);
  assert_file (saver, again, same, content);
  g_array_index (ids, SrId, ids->len / 2).bytes[3] ^= 1;
  g_assert_null (sr_saver_reuse_content (saver, (const SrId *) (void *) ids->data, ids->len));
}

/* A file that breaks off leaves the others alone. */
static void
test_drop (void)
{
  g_autoptr (SrStorage)   storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)      repo = create (storage);
  g_autoptr (SrRepo)      again = NULL;
  g_autoptr (GBytes)      content = make_content (7, 3000000);
  g_autoptr (GError)      error = NULL;
  g_autoptr (SrSaver)     saver = NULL;
  g_autoptr (SrSavedFile) before = NULL;
  g_autoptr (SrSavedFile) dropped = NULL;
  g_autoptr (SrSavedFile) after = NULL;

  saver = sr_saver_new (repo, SR_COMPRESSION_AUTO, FALSE, NULL, &error);
  before = feed (saver, &sr_chunk_sizes_files, content, 1, TRUE, &error);
  dropped = sr_saver_begin_file (saver, &sr_chunk_sizes_files, 10);
  g_assert_true (sr_saver_write (saver, "0123456789", 10, &error));
  sr_saver_drop_file (saver);
  after = feed (saver, &small_sizes, content, 2, TRUE, &error);
  g_assert_true (sr_saver_finish (saver, FALSE, &error));
  again = reopen (storage);
  assert_file (saver, again, before, content);
  assert_file (saver, again, after, content);
}

/* The same bytes as file and as tree are two blobs. */
static void
test_tree_and_data (void)
{
  g_autoptr (SrStorage)   storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)      repo = create (storage);
  g_autoptr (SrRepo)      again = NULL;
  g_autoptr (GBytes)      content = g_bytes_new_static ("{\"nodes\":[]}\n", 13);
  g_autoptr (GBytes)      tree = NULL;
  g_autoptr (GError)      error = NULL;
  g_autoptr (SrSaver)     saver = NULL;
  g_autoptr (SrSavedFile) file = NULL;
  SrSaverStats            stats;
  SrId                    id;

  saver = sr_saver_new (repo, SR_COMPRESSION_AUTO, FALSE, NULL, &error);
  g_assert_true (sr_saver_add_tree (saver, "{\"nodes\":[]}\n", 13, &id, &error));
  file = feed (saver, &sr_chunk_sizes_files, content, 1, TRUE, &error);
  g_assert_true (sr_saver_add_tree (saver, "{\"nodes\":[]}\n", 13, &id, &error));
  g_assert_true (sr_saver_finish (saver, FALSE, &error));
  sr_saver_get_stats (saver, &stats);
  g_assert_cmpuint (stats.data_blobs, ==, 1);
  g_assert_cmpuint (stats.tree_blobs, ==, 1);
  again = reopen (storage);
  tree = sr_repo_load_blob (again, NULL, SR_BLOB_TREE, &id, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (tree, content));
  assert_file (saver, again, file, content);
}

/* -- streams -- */

/* Text that compresses to a third or so, different everywhere. */
static GString *
make_tree (gsize size)
{
  GString *text = g_string_sized_new (size + 100);

  for (guint i = 0; text->len < size; i++)
    g_string_append_printf (text, "{\"name\":\"%u\",\"value\":\"%08x%08x\"},", i, i * 2654435761u,
                            i * 40503u + 12345);
  return text;
}

static void
test_stream (gconstpointer user_data)
{
  g_autoptr (SrStorage)     storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)        repo = create (storage);
  g_autoptr (SrRepo)        again = NULL;
  g_autoptr (GError)        error = NULL;
  g_autoptr (SrSaver)       saver = NULL;
  g_autoptr (SrSaverStream) outer = NULL;
  g_autoptr (GBytes)        found = NULL;
  GString                  *text = make_tree (GPOINTER_TO_SIZE (user_data));
  SrSaverStats              stats;
  SrId                      expected;
  SrId                      id;

  sr_sha256 (text->str, text->len, &expected);
  saver = sr_saver_new (repo, SR_COMPRESSION_AUTO, FALSE, NULL, &error);
  outer = sr_saver_stream_new (saver);
  /* twice: whole and in pieces; the second one is known by then */
  g_assert_true (sr_saver_add_tree (saver, text->str, text->len, &id, &error));
  g_assert_true (sr_id_equal (&id, &expected));
  for (gsize i = 0; i < text->len; i += 99991)
    g_assert_true (sr_saver_stream_append (outer, text->str + i, MIN (99991, text->len - i),
                                           &error));
  g_assert_true (sr_saver_stream_end (outer, &id, &error));
  g_assert_no_error (error);
  g_assert_true (sr_id_equal (&id, &expected));
  g_assert_true (sr_saver_finish (saver, FALSE, &error));
  sr_saver_get_stats (saver, &stats);
  g_assert_cmpuint (stats.tree_blobs, ==, 1);
  g_assert_cmpuint (stats.packs, ==, 1);
  again = reopen (storage);
  found = sr_repo_load_blob (again, NULL, SR_BLOB_TREE, &id, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (found, NULL), g_bytes_get_size (found), text->str, text->len);
  g_string_free (text, TRUE);
}

static void
test_stream_abandoned (void)
{
  g_autoptr (SrStorage) storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)    repo = create (storage);
  g_autoptr (GError)    error = NULL;
  g_autoptr (SrSaver)   saver = sr_saver_new (repo, SR_COMPRESSION_AUTO, FALSE, NULL, &error);
  SrSaverStream        *stream = sr_saver_stream_new (saver);
  GString              *text = make_tree (30000000);

  g_assert_true (sr_saver_stream_append (stream, text->str, text->len, &error));
  sr_saver_stream_free (stream);
  g_string_free (text, TRUE);
  g_assert_true (sr_saver_finish (saver, FALSE, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (sr_storage_memory_get_n_files (SR_STORAGE_MEMORY (storage), SR_FILE_PACK), ==,
                    0);
}

/* -- faults -- */

static gboolean
save_some (SrRepo       *repo,
           gboolean      dry_run,
           GCancellable *cancellable,
           GError      **error)
{
  g_autoptr (SrSaver) saver = sr_saver_new (repo, SR_COMPRESSION_OFF, dry_run, cancellable, error);
  gboolean            ok = saver != NULL;
  SrId                id;

  for (guint i = 0; ok && i < 12; i++)
    {
      g_autoptr (GBytes)      content = make_content (i, i < 6 ? 4000000 : 5000);
      g_autoptr (SrSavedFile) file = NULL;
      g_autofree char        *tree = g_strdup_printf ("{\"nodes\":[%u]}\n", i);

      file = feed (saver, &sr_chunk_sizes_files, content, i, TRUE, error);
      ok = file != NULL && (i != 8 || sr_saver_wait_file (saver, file, error)) &&
           sr_saver_add_tree (saver, tree, strlen (tree), &id, error);
    }
  ok = ok && sr_saver_finish (saver, FALSE, error);
  if (!ok && saver != NULL)
    sr_saver_finish (saver, TRUE, NULL);
  return ok;
}

static void
assert_sound (SrStorage *storage)
{
  g_autoptr (SrRepo) repo = reopen (storage);
  SrIndex           *index = sr_repo_get_index (repo);

  for (gsize i = 0; i < sr_index_get_n_entries (index); i++)
    {
      const SrIndexEntry *entry = sr_index_get_entry (index, i);
      g_autoptr (GError)  error = NULL;
      g_autoptr (GBytes)  blob = NULL;

      blob = sr_repo_load_blob (repo, NULL, sr_index_entry_get_type (entry), &entry->id, NULL,
                                &error);
      g_assert_no_error (error);
    }
}

static void
test_faults (gconstpointer user_data)
{
  SrFault fault = (SrFault) GPOINTER_TO_INT (user_data);

  for (guint call = 1;; call++)
    {
      g_autoptr (SrStorage) inner = sr_storage_memory_new ();
      g_autoptr (SrRepo)    made = sr_test_repo_create (inner);
      g_autoptr (SrStorage) storage = sr_storage_fault_new (inner);
      g_autoptr (SrRepo)    repo = reopen (storage);
      g_autoptr (GError)    error = NULL;
      gboolean              ok;

      sr_storage_fault_plan (SR_STORAGE_FAULT (storage), fault, call, SR_ERROR_IO);
      ok = save_some (repo, FALSE, NULL, &error);
      assert_sound (inner);
      if (!sr_storage_fault_was_reached (SR_STORAGE_FAULT (storage)))
        {
          g_assert_no_error (error);
          g_assert_cmpuint (call, >, 10);
          return;
        }
      g_assert_false (ok);
      g_assert_error (error, SR_ERROR, SR_ERROR_IO);
    }
}

static gpointer
cancel_after (gpointer user_data)
{
  g_usleep (g_random_int_range (0, 40000));
  g_cancellable_cancel (user_data);
  return NULL;
}

/* No hang and a sound vault, whenever it comes. */
static void
test_cancel_any_time (void)
{
  for (guint round = 0; round < 25; round++)
    {
      g_autoptr (SrStorage)    storage = sr_storage_memory_new ();
      g_autoptr (SrRepo)       repo = create (storage);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError)       error = NULL;
      GThread                 *thread = g_thread_new ("cancel", cancel_after, cancellable);

      if (!save_some (repo, FALSE, cancellable, &error))
        g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
      g_thread_join (thread);
      assert_sound (storage);
    }
}

static void
test_dry_run (void)
{
  g_autoptr (SrStorage) storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)    repo = create (storage);
  g_autoptr (GError)    error = NULL;
  guint64               before = sr_storage_memory_get_n_bytes (SR_STORAGE_MEMORY (storage));

  g_assert_true (save_some (repo, TRUE, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (sr_storage_memory_get_n_bytes (SR_STORAGE_MEMORY (storage)), ==, before);
}

/* Freed in the middle of everything. */
static void
test_free_early (void)
{
  g_autoptr (SrStorage)   storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)      repo = create (storage);
  g_autoptr (GError)      error = NULL;
  g_autoptr (GBytes)      content = make_content (1, 5000000);
  g_autoptr (SrSavedFile) whole = NULL;
  g_autoptr (SrSavedFile) open = NULL;
  SrSaver                *saver = sr_saver_new (repo, SR_COMPRESSION_AUTO, FALSE, NULL, &error);

  whole = feed (saver, &sr_chunk_sizes_files, content, 4, TRUE, &error);
  open = sr_saver_begin_file (saver, &sr_chunk_sizes_files, 0);
  g_assert_true (sr_saver_write (saver, "abc", 3, &error));
  sr_saver_free (saver);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/saver/patterns/files", &sr_chunk_sizes_files, test_patterns);
  g_test_add_data_func ("/saver/patterns/database", &sr_chunk_sizes_database, test_patterns);
  g_test_add_func ("/saver/dedup", test_dedup);
  g_test_add_func ("/saver/reuse", test_reuse);
  g_test_add_func ("/saver/drop", test_drop);
  g_test_add_func ("/saver/tree-and-data", test_tree_and_data);
  g_test_add_data_func ("/saver/stream/small", GSIZE_TO_POINTER (100), test_stream);
  g_test_add_data_func ("/saver/stream/held", GSIZE_TO_POINTER (6000000), test_stream);
  g_test_add_data_func ("/saver/stream/own-pack", GSIZE_TO_POINTER (40000000), test_stream);
  g_test_add_func ("/saver/stream/abandoned", test_stream_abandoned);
  g_test_add_data_func ("/saver/faults/fail", GINT_TO_POINTER (SR_FAULT_FAIL), test_faults);
  g_test_add_data_func ("/saver/faults/fail-from", GINT_TO_POINTER (SR_FAULT_FAIL_FROM),
                        test_faults);
  g_test_add_func ("/saver/cancel-any-time", test_cancel_any_time);
  g_test_add_func ("/saver/dry-run", test_dry_run);
  g_test_add_func ("/saver/free-early", test_free_early);
  return g_test_run ();
}
