/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "crypto/sr-digest.h"
#include "repo/sr-tree-builder.h"
#include "sr-storage-fault.h"
#include "sr-storage-memory.h"
#include "sr-test-repo.h"
#include "sr-test-util.h"

#include <string.h>

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

static SrEntry *
make_entry (const char *name,
            SrEntryType type)
{
  SrEntry *entry = sr_entry_new (name, type);

  entry->mode = type == SR_ENTRY_DIR ? 0755 : 0644;
  entry->mtime.tv_sec = 1700000000;
  entry->atime = entry->mtime;
  entry->ctime = entry->mtime;
  entry->inode = 77;
  entry->links = 1;
  return entry;
}

static SrSavedFile *
save_file (SrSaver            *saver,
           const SrChunkSizes *sizes,
           guint               seed,
           gsize               size)
{
  g_autofree guint8 *data = g_malloc (MAX (size, 1));
  g_autoptr (GError) error = NULL;
  SrSavedFile       *file = sr_saver_begin_file (saver, sizes, size);

  sr_test_fill_random (seed, data, size);
  g_assert_true (sr_saver_write (saver, data, size, &error));
  g_assert_true (sr_saver_end_file (saver, NULL, &error));
  g_assert_no_error (error);
  return file;
}

/* -- a tree of which all is checked -- */

static guint
build_level (SrTreeBuilder *builder,
             SrSaver       *saver,
             guint          depth,
             guint          n)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *name = g_strdup_printf ("%02u-name", i);
      SrEntry         *entry;

      if (i % 4 == 1 && depth > 0)
        {
          g_assert_true (sr_tree_builder_enter (builder, make_entry (name, SR_ENTRY_DIR), NULL,
                                                &error));
          n = build_level (builder, saver, depth - 1, n);
          g_assert_true (sr_tree_builder_leave (builder, &error));
          continue;
        }
      if (i % 4 == 2)
        {
          entry = make_entry (name, SR_ENTRY_SYMLINK);
          entry->link_target = g_strdup ("elsewhere");
          g_assert_true (sr_tree_builder_add (builder, entry, NULL, &error));
          continue;
        }
      entry = make_entry (name, SR_ENTRY_FILE);
      entry->size = n * 331 % 5000;
      g_assert_true (sr_tree_builder_add (
          builder, entry, save_file (saver, &sr_chunk_sizes_files, n, entry->size), &error));
      n++;
    }
  g_assert_no_error (error);
  return n;
}

static guint
check_file (SrRepo       *repo,
            const SrNode *node,
            guint         n)
{
  g_autofree guint8 *expected = g_malloc (MAX (node->entry.size, 1));
  g_autoptr (GBytes) blob = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (node->entry.size, ==, n * 331 % 5000);
  g_assert_cmpuint (node->n_content, ==, node->entry.size > 0);
  sr_test_fill_random (n, expected, node->entry.size);
  if (node->n_content > 0)
    {
      blob = sr_repo_load_blob (repo, NULL, SR_BLOB_DATA, &node->content[0], NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (g_bytes_get_data (blob, NULL), g_bytes_get_size (blob), expected,
                       node->entry.size);
    }
  return n + 1;
}

static guint
check_level (SrRepo     *repo,
             const SrId *tree,
             guint       depth,
             guint       n)
{
  g_autoptr (GError)        error = NULL;
  g_autoptr (SrTreeDecoder) decoder = sr_repo_open_tree (repo, NULL, tree, NULL, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *name = g_strdup_printf ("%02u-name", i);
      g_auto (SrNode)  node = { 0 };

      g_assert_cmpint (sr_tree_decoder_next (decoder, &node, &error), ==, 1);
      g_assert_cmpstr (node.entry.name, ==, name);
      if (i % 4 == 1 && depth > 0)
        {
          g_assert_true (node.has_subtree);
          n = check_level (repo, &node.subtree, depth - 1, n);
        }
      else if (i % 4 == 2)
        g_assert_cmpint (node.entry.type, ==, SR_ENTRY_SYMLINK);
      else
        n = check_file (repo, &node, n);
    }
  return n;
}

static void
test_nested (void)
{
  g_autoptr (SrStorage)     storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)        repo = create (storage);
  g_autoptr (SrRepo)        again = NULL;
  g_autoptr (GError)        error = NULL;
  g_autoptr (SrSaver)       saver = sr_saver_new (repo, SR_COMPRESSION_AUTO, FALSE, NULL, &error);
  g_autoptr (SrTreeBuilder) builder = sr_tree_builder_new (saver);
  SrTreeBuilderStats        stats;
  SrId                      root;
  guint                     n;

  g_assert_true (sr_tree_builder_enter (builder, NULL, NULL, &error));
  n = build_level (builder, saver, 5, 0);
  g_assert_true (sr_tree_builder_leave (builder, &error));
  g_assert_true (sr_tree_builder_finish (builder, &root, &error));
  g_assert_true (sr_saver_finish (saver, FALSE, &error));
  g_assert_no_error (error);
  sr_tree_builder_get_stats (builder, &stats);
  g_assert_cmpuint (stats.dirs_new, ==, 3 + 9 + 27 + 81 + 243);
  again = reopen (storage);
  g_assert_cmpuint (check_level (again, &root, 5, 0), ==, n);
}

/* -- deep -- */

static void
test_deep (void)
{
  const guint               depth = 3000;
  g_autoptr (SrStorage)     storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)        repo = create (storage);
  g_autoptr (SrRepo)        again = NULL;
  g_autoptr (GError)        error = NULL;
  g_autoptr (SrSaver)       saver = sr_saver_new (repo, SR_COMPRESSION_AUTO, FALSE, NULL, &error);
  g_autoptr (SrTreeBuilder) builder = sr_tree_builder_new (saver);
  SrId                      tree;

  g_assert_true (sr_tree_builder_enter (builder, NULL, NULL, &error));
  for (guint i = 0; i < depth; i++)
    g_assert_true (sr_tree_builder_enter (builder, make_entry ("d", SR_ENTRY_DIR), NULL, &error));
  for (guint i = 0; i <= depth; i++)
    g_assert_true (sr_tree_builder_leave (builder, &error));
  g_assert_true (sr_tree_builder_finish (builder, &tree, &error));
  g_assert_true (sr_saver_finish (saver, FALSE, &error));
  g_assert_no_error (error);
  again = reopen (storage);
  for (guint i = 0; i < depth; i++)
    {
      g_autoptr (SrTreeDecoder) decoder = sr_repo_open_tree (again, NULL, &tree, NULL, &error);
      g_auto (SrNode)           node = { 0 };

      g_assert_no_error (error);
      g_assert_cmpint (sr_tree_decoder_next (decoder, &node, &error), ==, 1);
      g_assert_true (node.has_subtree);
      tree = node.subtree;
    }
}

/* -- wide: a folder that becomes a stream has the id it would have as a whole -- */

#define WIDE 40000

static char *
wide_name (guint i)
{
  return g_strdup_printf ("a-rather-long-name-of-a-file-%08u.json", i);
}

static void
encode_whole (SrSaver    *saver,
              GPtrArray  *files,
              const SrId *folder,
              SrId       *id)
{
  SrTreeEncoder     *encoder = sr_tree_encoder_new (NULL, 0, NULL);
  g_autoptr (GError) error = NULL;
  GString           *buffer;

  for (guint i = 0; i < files->len; i++)
    {
      g_autofree char    *name = wide_name (i);
      g_autoptr (SrEntry) entry = make_entry (name, SR_ENTRY_FILE);
      SrSavedFile        *file = g_ptr_array_index (files, i);

      if (i == WIDE / 2)
        {
          g_autoptr (SrEntry) dir = make_entry (name, SR_ENTRY_DIR);

          g_assert_true (sr_tree_encoder_begin (encoder, dir, &error));
          g_assert_true (sr_tree_encoder_end (encoder, folder, &error));
          continue;
        }
      entry->size = 1 + i % 20;
      g_assert_true (sr_tree_encoder_begin (encoder, entry, &error));
      for (gsize k = 0; k < sr_saved_file_get_n_chunks (file); k++)
        sr_tree_encoder_add_content (encoder, sr_saver_get_chunk (saver, file, k), &error);
      g_assert_true (sr_tree_encoder_end (encoder, NULL, &error));
    }
  g_assert_true (sr_tree_encoder_finish (encoder, &error));
  g_assert_no_error (error);
  buffer = sr_tree_encoder_get_buffer (encoder);
  g_assert_cmpuint (buffer->len, >, 8 * 1024 * 1024);
  sr_sha256 (buffer->str, buffer->len, id);
  sr_tree_encoder_free (encoder);
}

static void
build_wide (SrTreeBuilder *builder,
            SrSaver       *saver,
            GPtrArray     *files)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_tree_builder_enter (builder, NULL, NULL, &error));
  for (guint i = 0; i < WIDE; i++)
    {
      g_autofree char *name = wide_name (i);
      SrEntry         *entry;
      SrSavedFile     *file;

      if (i == WIDE / 2)
        {
          g_assert_true (sr_tree_builder_enter (builder, make_entry (name, SR_ENTRY_DIR), NULL,
                                                &error));
          g_assert_true (sr_tree_builder_leave (builder, &error));
          g_ptr_array_add (files, NULL);
          continue;
        }
      entry = make_entry (name, SR_ENTRY_FILE);
      entry->size = 1 + i % 20;
      file = save_file (saver, &sr_chunk_sizes_files, i, entry->size);
      g_ptr_array_add (files, sr_saved_file_ref (file));
      g_assert_true (sr_tree_builder_add (builder, entry, file, &error));
    }
  g_assert_true (sr_tree_builder_leave (builder, &error));
  g_assert_no_error (error);
}

static void
unref_file (gpointer file)
{
  sr_saved_file_unref (file);
}

static void
test_wide (void)
{
  g_autoptr (SrStorage)     storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)        repo = create (storage);
  g_autoptr (SrRepo)        again = NULL;
  g_autoptr (GError)        error = NULL;
  g_autoptr (SrSaver)       saver = sr_saver_new (repo, SR_COMPRESSION_AUTO, FALSE, NULL, &error);
  g_autoptr (SrTreeBuilder) builder = sr_tree_builder_new (saver);
  g_autoptr (GPtrArray)     files = g_ptr_array_new_with_free_func (unref_file);
  g_autoptr (SrTreeDecoder) decoder = NULL;
  SrId                      empty;
  SrId                      expected;
  SrId                      root;
  guint                     n = 0;
  int                       answer = 1;

  build_wide (builder, saver, files);
  g_assert_true (sr_tree_builder_finish (builder, &root, &error));
  g_assert_true (sr_saver_finish (saver, FALSE, &error));
  g_assert_no_error (error);
  sr_sha256 ("{\"nodes\":[]}\n", 13, &empty);
  encode_whole (saver, files, &empty, &expected);
  g_assert_true (sr_id_equal (&root, &expected));
  again = reopen (storage);
  decoder = sr_repo_open_tree (again, NULL, &root, NULL, &error);
  g_assert_no_error (error);
  while (answer == 1)
    {
      g_auto (SrNode) node = { 0 };

      answer = sr_tree_decoder_next (decoder, &node, &error);
      g_assert_no_error (error);
      n += answer == 1;
    }
  g_assert_cmpuint (n, ==, WIDE);
}

/* One file of very many chunks makes one node that is larger than what is kept in memory. */
static void
test_many_chunks (void)
{
  static const SrChunkSizes sizes = { 64, 6, 512 };
  g_autoptr (SrStorage)     storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)        repo = create (storage);
  g_autoptr (SrRepo)        again = NULL;
  g_autoptr (GError)        error = NULL;
  g_autoptr (SrSaver)       saver = sr_saver_new (repo, SR_COMPRESSION_OFF, FALSE, NULL, &error);
  g_autoptr (SrTreeBuilder) builder = sr_tree_builder_new (saver);
  g_autoptr (SrTreeDecoder) decoder = NULL;
  g_auto (SrNode)           node = { 0 };
  SrSavedFile              *file = save_file (saver, &sizes, 3, 12000000);
  g_autoptr (SrSavedFile)   kept = sr_saved_file_ref (file);
  SrId                      root;

  g_assert_true (sr_tree_builder_enter (builder, NULL, NULL, &error));
  g_assert_true (sr_tree_builder_add (builder, make_entry ("dump", SR_ENTRY_FILE), file, &error));
  g_assert_true (sr_tree_builder_leave (builder, &error));
  g_assert_true (sr_tree_builder_finish (builder, &root, &error));
  g_assert_true (sr_saver_finish (saver, FALSE, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (sr_saved_file_get_n_chunks (kept), >, 80000);
  again = reopen (storage);
  decoder = sr_repo_open_tree (again, NULL, &root, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sr_tree_decoder_next (decoder, &node, &error), ==, 1);
  g_assert_cmpuint (node.n_content, ==, sr_saved_file_get_n_chunks (kept));
  for (gsize i = 0; i < node.n_content; i++)
    g_assert_true (sr_id_equal (&node.content[i], sr_saver_get_chunk (saver, kept, i)));
}

/* -- what goes wrong -- */

static void
test_wrong_order (void)
{
  g_autoptr (SrStorage)     storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)        repo = create (storage);
  g_autoptr (GError)        error = NULL;
  g_autoptr (SrSaver)       saver = sr_saver_new (repo, SR_COMPRESSION_AUTO, FALSE, NULL, &error);
  g_autoptr (SrTreeBuilder) builder = sr_tree_builder_new (saver);

  g_assert_true (sr_tree_builder_enter (builder, NULL, NULL, &error));
  g_assert_true (sr_tree_builder_add (builder, make_entry ("b", SR_ENTRY_FIFO), NULL, &error));
  g_assert_false (sr_tree_builder_add (builder, make_entry ("a", SR_ENTRY_FIFO), NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
}

/* Waiting for files that will never be complete ends with the reason. */
static void
test_fault (void)
{
  g_autoptr (SrStorage)     inner = sr_storage_memory_new ();
  g_autoptr (SrRepo)        made = sr_test_repo_create (inner);
  g_autoptr (SrStorage)     storage = sr_storage_fault_new (inner);
  g_autoptr (SrRepo)        repo = reopen (storage);
  g_autoptr (GError)        error = NULL;
  g_autoptr (SrSaver)       saver = sr_saver_new (repo, SR_COMPRESSION_OFF, FALSE, NULL, &error);
  g_autoptr (SrTreeBuilder) builder = sr_tree_builder_new (saver);
  gboolean                  ok = TRUE;
  SrId                      root;

  sr_storage_fault_plan (SR_STORAGE_FAULT (storage), SR_FAULT_FAIL_FROM, 2, SR_ERROR_IO);
  ok = sr_tree_builder_enter (builder, NULL, NULL, &error);
  for (guint i = 0; ok && i < 20; i++)
    {
      g_autofree char   *name = g_strdup_printf ("%02u", i);
      g_autofree guint8 *data = g_malloc (1000000);
      SrSavedFile       *file = sr_saver_begin_file (saver, &sr_chunk_sizes_files, 0);

      sr_test_fill_random (i, data, 1000000);
      ok = sr_saver_write (saver, data, 1000000, &error) &&
           sr_saver_end_file (saver, NULL, &error);
      if (ok)
        ok = sr_tree_builder_add (builder, make_entry (name, SR_ENTRY_FILE), file, &error);
      else
        sr_saved_file_unref (file);
    }
  ok = ok && sr_tree_builder_leave (builder, &error) &&
       sr_tree_builder_finish (builder, &root, &error) && sr_saver_finish (saver, FALSE, &error);
  g_assert_false (ok);
  g_assert_error (error, SR_ERROR, SR_ERROR_IO);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tree-builder/nested", test_nested);
  g_test_add_func ("/tree-builder/deep", test_deep);
  g_test_add_func ("/tree-builder/wide", test_wide);
  g_test_add_func ("/tree-builder/many-chunks", test_many_chunks);
  g_test_add_func ("/tree-builder/wrong-order", test_wrong_order);
  g_test_add_func ("/tree-builder/fault", test_fault);
  return g_test_run ();
}
