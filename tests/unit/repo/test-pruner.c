/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "sr-prunable.h"

static const SrPrunerOptions nothing_unused = { 0.0, TRUE, FALSE };
static const SrPrunerOptions any_unused = { 100.0, TRUE, FALSE };

static void
test_everything_unused_goes (SrPrunable   *self,
                             gconstpointer data)
{
  guint64            before = sr_storage_memory_get_n_bytes (self->files);
  g_autoptr (SrRepo) repo = NULL;
  guint64            freed;

  sr_prunable_prune_well (self, &nothing_unused);
  repo = sr_prunable_assert_tidy (self, 2);
  g_assert_true (sr_prunable_has_pack (self, &self->packs[0]));
  for (guint i = 1; i < 5; i++)
    g_assert_false (sr_prunable_has_pack (self, &self->packs[i]));
  g_assert_cmpuint (sr_index_get_n_entries (sr_repo_get_index (repo)), ==, 6);

  g_assert_cmpuint (self->stats.packs_total, ==, 5);
  g_assert_cmpuint (self->stats.packs_kept, ==, 1);
  g_assert_cmpuint (self->stats.packs_removed, ==, 1);
  g_assert_cmpuint (self->stats.packs_repacked, ==, 2);
  g_assert_cmpuint (self->stats.packs_unknown, ==, 1);
  g_assert_cmpuint (self->stats.blobs_used, ==, 6);
  g_assert_cmpuint (self->stats.blobs_unused, ==, 5);
  g_assert_cmpuint (self->stats.blobs_duplicate, ==, 0);
  g_assert_cmpuint (self->stats.bytes_unused_left, ==, 0);
  freed = before - sr_storage_memory_get_n_bytes (self->files);
  g_assert_cmpuint (freed, >, 5 * SR_PRUNABLE_CHUNK_SIZE);
  /* but for the index files and the ends of packs */
  g_assert_cmpuint (self->stats.bytes_freed, >, freed - 2000);
  g_assert_cmpuint (self->stats.bytes_freed, <, freed + 2000);

  /* now there is nothing left to do */
  sr_prunable_prune_well (self, &nothing_unused);
  g_assert_cmpuint (self->stats.packs_kept, ==, self->stats.packs_total);
  g_assert_cmpuint (self->stats.bytes_freed, ==, 0);
}

static void
test_tolerated (SrPrunable   *self,
                gconstpointer data)
{
  g_autoptr (SrRepo) repo = NULL;

  sr_prunable_prune_well (self, &any_unused);
  repo = sr_prunable_assert_tidy (self, 2);
  g_assert_true (sr_prunable_has_pack (self, &self->packs[0]));
  g_assert_true (sr_prunable_has_pack (self, &self->packs[1]));
  g_assert_false (sr_prunable_has_pack (self, &self->packs[2]));
  g_assert_false (sr_prunable_has_pack (self, &self->packs[3])); /* trees always */
  g_assert_cmpuint (self->stats.bytes_unused_left, >, 2 * SR_PRUNABLE_CHUNK_SIZE);
}

/* 2 of 6 chunks are unused and lie in one pack: tolerated from a third on. */
static void
test_percentage (SrPrunable   *self,
                 gconstpointer data)
{
  const SrPrunerOptions little = { 30.0, TRUE, TRUE };
  const SrPrunerOptions enough = { 36.0, TRUE, TRUE };

  sr_prunable_prune_well (self, &little);
  g_assert_cmpuint (self->stats.packs_repacked, ==, 2);
  g_assert_cmpuint (self->stats.bytes_unused_left, ==, 0);
  sr_prunable_prune_well (self, &enough);
  g_assert_cmpuint (self->stats.packs_repacked, ==, 1);
  g_assert_cmpuint (self->stats.bytes_unused_left, >, 2 * SR_PRUNABLE_CHUNK_SIZE);
}

static void
test_dry_run (SrPrunable   *self,
              gconstpointer data)
{
  SrPrunerOptions options = { 0.0, TRUE, TRUE };
  guint64         before = sr_storage_memory_get_n_bytes (self->files);
  SrPrunerStats   planned;

  sr_prunable_prune_well (self, &options);
  planned = self->stats;
  g_assert_cmpuint (sr_storage_memory_get_n_bytes (self->files), ==, before);
  for (guint i = 0; i < 5; i++)
    g_assert_true (sr_prunable_has_pack (self, &self->packs[i]));
  options.dry_run = FALSE;
  sr_prunable_prune_well (self, &options);
  g_assert_cmpmem (&planned, sizeof planned, &self->stats, sizeof self->stats);
}

static void
test_ignored_snapshots (SrPrunable   *self,
                        gconstpointer data)
{
  const SrPrunerOptions options = { 0.0, TRUE, TRUE };
  g_autoptr (GArray)    ignored = g_array_new (FALSE, FALSE, sizeof (SrId));
  g_autoptr (GError)    error = NULL;

  g_array_append_val (ignored, self->snapshots[0]);
  g_assert_true (sr_pruner_run (self->repo, self->lock, &options, ignored, &self->stats,
                                NULL, NULL, &error));
  /* chunks 2 and 3, and a tree */
  g_assert_cmpuint (self->stats.blobs_used, ==, 3);
  g_array_append_val (ignored, self->snapshots[1]);
  g_assert_true (sr_pruner_run (self->repo, self->lock, &options, ignored, &self->stats,
                                NULL, NULL, &error));
  g_assert_cmpuint (self->stats.blobs_used, ==, 0);
  g_assert_cmpuint (self->stats.packs_removed, ==, 4);
}

static void
test_no_snapshots (SrPrunable   *self,
                   gconstpointer data)
{
  g_autoptr (SrRepo) repo = NULL;

  for (guint i = 0; i < 2; i++)
    sr_storage_memory_replace (self->files, SR_FILE_SNAPSHOT, &self->snapshots[i], NULL);
  sr_prunable_prune_well (self, &any_unused);
  repo = sr_prunable_assert_tidy (self, 0);
  g_assert_cmpuint (sr_storage_memory_get_n_files (self->files, SR_FILE_PACK), ==, 0);
  g_assert_cmpuint (sr_storage_memory_get_n_files (self->files, SR_FILE_INDEX), ==, 0);
}

/* A file of the index in which nothing changes stays. */
static void
test_index_files_kept (SrPrunable   *self,
                       gconstpointer data)
{
  g_autoptr (SrIndexWriter) writer = sr_index_writer_new ();
  g_autoptr (SrRepo)        repo = NULL;
  const guint               chunks[] = { 200 };
  SrId                      tree, index;

  sr_prunable_put_chunk (self, 200);
  sr_prunable_end_pack (self, writer);
  tree = sr_prunable_put_tree (self, chunks, 1, FALSE);
  sr_prunable_end_pack (self, writer);
  index = sr_prunable_end_index (self, writer);
  sr_prunable_add_snapshot (self, &tree, 3000);
  sr_prunable_prune_well (self, &nothing_unused);
  repo = sr_prunable_assert_tidy (self, 3);
  g_assert_true (sr_prunable_has_index (self, &index));
  g_assert_false (sr_prunable_has_index (self, &self->indexes[0]));
  g_assert_false (sr_prunable_has_index (self, &self->indexes[1]));
}

/* Ten backups of one small file each. */
static void
add_small_backups (SrPrunable *self,
                   guint       n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SrIndexWriter) writer = sr_index_writer_new ();
      const guint               chunks[] = { 300 + i };
      SrId                      tree;

      sr_prunable_put_chunk (self, 300 + i);
      sr_prunable_end_pack (self, writer);
      tree = sr_prunable_put_tree (self, chunks, 1, FALSE);
      sr_prunable_end_pack (self, writer);
      sr_prunable_end_index (self, writer);
      sr_prunable_add_snapshot (self, &tree, 1000 + i);
    }
}

static void
test_small_packs_merge (SrPrunable   *self,
                        gconstpointer data)
{
  const SrPrunerOptions without = { 5.0, FALSE, FALSE };
  const SrPrunerOptions with = { 5.0, TRUE, FALSE };
  g_autoptr (SrRepo)    repo = NULL;

  add_small_backups (self, 10);
  sr_prunable_prune_well (self, &without);
  g_assert_cmpuint (self->stats.packs_kept, ==, 20);
  sr_prunable_prune_well (self, &with);
  g_assert_cmpuint (self->stats.packs_repacked, ==, 20);
  repo = sr_prunable_assert_tidy (self, 10);
  /* two data packs at a time, and one of trees */
  g_assert_cmpuint (sr_storage_memory_get_n_files (self->files, SR_FILE_PACK), <=, 3);
  g_assert_cmpuint (sr_storage_memory_get_n_files (self->files, SR_FILE_INDEX), <=, 2);
}

static void
test_few_small_packs_stay (SrPrunable   *self,
                           gconstpointer data)
{
  add_small_backups (self, 9);
  sr_prunable_prune_well (self, &nothing_unused);
  g_assert_cmpuint (self->stats.packs_kept, ==, 18);
  g_assert_cmpuint (sr_storage_memory_get_n_files (self->files, SR_FILE_INDEX), ==, 9);
}

static void
assert_pure_and_compressed (SrRepo *repo)
{
  SrIndex *index = sr_repo_get_index (repo);

  for (guint32 pack = 0; pack < sr_index_get_n_packs (index); pack++)
    {
      gsize first, count;

      sr_index_get_pack_entries (index, pack, &first, &count);
      for (gsize i = first; i < first + count; i++)
        {
          const SrIndexEntry *entry = sr_index_get_entry (index, i);

          g_assert_cmpint (sr_index_entry_get_type (entry), ==,
                           sr_index_entry_get_type (sr_index_get_entry (index, first)));
          if (sr_index_entry_get_type (entry) == SR_BLOB_TREE)
            g_assert_cmpuint (entry->plain_length, >, 0);
        }
    }
}

static void
test_unfit_packs (SrPrunable   *self,
                  gconstpointer data)
{
  const guint               chunks[] = { 0, 1 };
  g_autoptr (SrIndexWriter) writer = sr_index_writer_new ();
  g_autoptr (SrRepo)        repo = NULL;
  SrId                      mixed_tree, raw_tree;

  sr_prunable_put_chunk (self, 0);
  mixed_tree = sr_prunable_put_tree (self, chunks, 1, FALSE);
  sr_prunable_end_pack (self, writer);
  raw_tree = sr_prunable_put_tree (self, chunks, 2, TRUE);
  sr_prunable_end_pack (self, writer);
  sr_prunable_put_chunk (self, 1);
  sr_prunable_end_pack (self, writer);
  sr_prunable_end_index (self, writer);
  sr_prunable_add_snapshot (self, &mixed_tree, 1000);
  sr_prunable_add_snapshot (self, &raw_tree, 2000);
  sr_prunable_prune_well (self, &any_unused);
  g_assert_cmpuint (self->stats.packs_repacked, ==, 2);
  g_assert_cmpuint (self->stats.packs_kept, ==, 1);
  repo = sr_prunable_assert_tidy (self, 2);
  assert_pure_and_compressed (repo);
}

/* Chunk 3 lies in two packs. */
static SrId
add_duplicate (SrPrunable *self)
{
  g_autoptr (SrIndexWriter) writer = sr_index_writer_new ();
  SrId                      pack;

  sr_prunable_put_chunk (self, 3);
  pack = sr_prunable_end_pack (self, writer);
  sr_prunable_end_index (self, writer);
  return pack;
}

static void
test_duplicates (SrPrunable   *self,
                 gconstpointer data)
{
  g_autoptr (SrRepo) repo = NULL;

  add_duplicate (self);
  sr_prunable_prune_well (self, &nothing_unused);
  g_assert_cmpuint (self->stats.blobs_duplicate, ==, 1);
  g_assert_cmpuint (self->stats.blobs_used, ==, 6);
  repo = sr_prunable_assert_tidy (self, 2);
  g_assert_cmpuint (sr_index_get_n_entries (sr_repo_get_index (repo)), ==, 6);
}

static void
test_version_1_is_left_alone (SrPrunable   *self,
                              gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  ((SrConfig *) sr_repo_get_config (self->repo))->version = 1;
  g_assert_false (sr_prunable_prune (self, &nothing_unused, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) \
  g_test_add ("/pruner/" name, SrPrunable, NULL, sr_prunable_set_up, func, sr_prunable_tear_down)
#define ADD_EMPTY(name, func)                                                    \
  g_test_add ("/pruner/" name, SrPrunable, NULL, sr_prunable_set_up_empty, func, \
              sr_prunable_tear_down)
  ADD ("everything-unused-goes", test_everything_unused_goes);
  ADD ("tolerated", test_tolerated);
  ADD ("percentage", test_percentage);
  ADD ("dry-run", test_dry_run);
  ADD ("ignored-snapshots", test_ignored_snapshots);
  ADD ("no-snapshots", test_no_snapshots);
  ADD ("index-files-kept", test_index_files_kept);
  ADD_EMPTY ("small-packs-merge", test_small_packs_merge);
  ADD_EMPTY ("few-small-packs-stay", test_few_small_packs_stay);
  ADD_EMPTY ("unfit-packs", test_unfit_packs);
  ADD ("duplicates", test_duplicates);
  ADD ("version-1", test_version_1_is_left_alone);
#undef ADD
#undef ADD_EMPTY
  return g_test_run ();
}
