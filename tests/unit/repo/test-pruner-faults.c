/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "sr-prunable.h"

static const SrPrunerOptions nothing_unused = { 0.0, TRUE, FALSE };

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
damage_pack (SrPrunable *self,
             const SrId *pack)
{
  g_autoptr (GBytes) content = sr_storage_memory_peek (self->files, SR_FILE_PACK, pack);
  g_autoptr (GBytes) damaged = NULL;
  gsize              size;
  guint8            *copy;

  copy = g_memdup2 (g_bytes_get_data (content, &size), g_bytes_get_size (content));
  for (gsize at = 100; at < size - 1000; at += 1000)
    copy[at] ^= 1;
  damaged = g_bytes_new_take (copy, size);
  sr_storage_memory_replace (self->files, SR_FILE_PACK, pack, damaged);
}

/* Whichever of the two places is lost or damaged, the other serves. */
static void
test_duplicate_mends (SrPrunable   *self,
                      gconstpointer data)
{
  SrId              duplicate = add_duplicate (self);
  const SrId *const places[] = { &self->packs[1], &duplicate };
  g_autoptr (SrStorage) template = sr_storage_memory_clone (self->files);

  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (SrRepo) repo = NULL;

      sr_storage_memory_restore (self->files, SR_STORAGE_MEMORY (template));
      if (i < 2)
        sr_storage_memory_replace (self->files, SR_FILE_PACK, places[i], NULL);
      else
        damage_pack (self, places[i - 2]);
      sr_prunable_prune_well (self, &nothing_unused);
      /* a whole pack is not read, so its damage stays */
      if (i < 3)
        repo = sr_prunable_assert_whole (self, 2);
    }
}

static void
assert_refuses (SrPrunable *self)
{
  guint64            before = sr_storage_memory_get_n_bytes (self->files);
  guint              packs = sr_storage_memory_get_n_files (self->files, SR_FILE_PACK);
  g_autoptr (GError) error = NULL;

  g_assert_false (sr_prunable_prune (self, &nothing_unused, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
  g_assert_nonnull (strstr (error->message, "Nothing was removed"));
  g_assert_cmpuint (sr_storage_memory_get_n_bytes (self->files), ==, before);
  g_assert_cmpuint (sr_storage_memory_get_n_files (self->files, SR_FILE_PACK), ==, packs);
}

static void
test_refuses (SrPrunable   *self,
              gconstpointer data)
{
  g_autoptr (SrStorage) template = sr_storage_memory_clone (self->files);
  g_autoptr (GBytes) bad = g_bytes_new_static ("bad", 3);

  for (guint i = 0; i < 6; i++)
    {
      sr_storage_memory_restore (self->files, SR_STORAGE_MEMORY (template));
      if (i == 0) /* a needed pack is missing */
        sr_storage_memory_replace (self->files, SR_FILE_PACK, &self->packs[0], NULL);
      else if (i == 1) /* or cut */
        sr_storage_memory_replace (self->files, SR_FILE_PACK, &self->packs[0], bad);
      else if (i == 2) /* a needed blob is in no index */
        sr_storage_memory_replace (self->files, SR_FILE_INDEX, &self->indexes[1], NULL);
      else if (i == 3) /* a needed tree is in no index */
        sr_storage_memory_replace (self->files, SR_FILE_INDEX, &self->indexes[0], NULL);
      else if (i == 4)
        sr_storage_memory_replace (self->files, SR_FILE_SNAPSHOT, &self->snapshots[0], bad);
      else
        sr_storage_memory_replace (self->files, SR_FILE_INDEX, &self->indexes[0], bad);
      assert_refuses (self);
    }
}

/* A pack that nobody needs may be missing, cut or damaged. */
static void
test_unneeded_damage (SrPrunable   *self,
                      gconstpointer data)
{
  g_autoptr (SrStorage) template = sr_storage_memory_clone (self->files);
  g_autoptr (GBytes) bad = g_bytes_new_static ("bad", 3);

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (SrRepo) repo = NULL;

      sr_storage_memory_restore (self->files, SR_STORAGE_MEMORY (template));
      sr_storage_memory_replace (self->files, SR_FILE_PACK, &self->packs[2],
                                 i == 0 ? NULL : bad);
      sr_prunable_prune_well (self, &nothing_unused);
      repo = sr_prunable_assert_tidy (self, 2);
    }
}

/* What must be repacked is damaged: nothing that was there may be lost. */
static void
test_damage_while_repacking (SrPrunable   *self,
                             gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  damage_pack (self, &self->packs[1]);
  g_assert_false (sr_prunable_prune (self, &nothing_unused, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
  for (guint i = 0; i < 4; i++)
    g_assert_true (sr_prunable_has_pack (self, &self->packs[i]));
  g_assert_cmpuint (sr_storage_memory_get_n_files (self->files, SR_FILE_PACK), ==, 4);
  g_assert_true (sr_prunable_has_index (self, &self->indexes[0]));
  g_assert_true (sr_prunable_has_index (self, &self->indexes[1]));
}

/* Every call fails in turn, alone or with all that follow (which is what a crash looks like).
 * Whatever happens the snapshots stay whole, and the next prune finishes the work. */
static void
sweep (SrPrunable *self,
       SrFault     fault,
       SrErrorCode code)
{
  g_autoptr (SrStorage) template = sr_storage_memory_clone (self->files);
  guint reached = 0;

  for (guint call = 1;; call++)
    {
      g_autoptr (SrRepo) whole = NULL;
      g_autoptr (SrRepo) tidy = NULL;
      g_autoptr (GError) error = NULL;
      gboolean           ok;

      sr_storage_memory_restore (self->files, SR_STORAGE_MEMORY (template));
      sr_storage_fault_plan (self->fault, fault, call, code);
      ok = sr_prunable_prune (self, &nothing_unused, &error);
      if (!sr_storage_fault_was_reached (self->fault))
        {
          g_assert_no_error (error);
          break;
        }
      reached++;
      if (!ok)
        g_assert_nonnull (error);
      sr_storage_fault_plan (self->fault, SR_FAULT_NONE, 0, 0);
      whole = sr_prunable_assert_whole (self, 2);
      sr_prunable_prune_well (self, &nothing_unused);
      tidy = sr_prunable_assert_tidy (self, 2);
      g_assert_cmpuint (sr_index_get_n_entries (sr_repo_get_index (tidy)), ==, 6);
    }
  sr_storage_memory_restore (self->files, SR_STORAGE_MEMORY (template));
  g_assert_cmpuint (reached, >, 30);
}

static void
test_fail_each_call (SrPrunable   *self,
                     gconstpointer data)
{
  sweep (self, SR_FAULT_FAIL, SR_ERROR_IO);
  sweep (self, SR_FAULT_FAIL_AFTER, SR_ERROR_NETWORK);
  sweep (self, SR_FAULT_CUT, SR_ERROR_IO);
}

static void
test_crash_at_each_call (SrPrunable   *self,
                         gconstpointer data)
{
  sweep (self, SR_FAULT_FAIL_FROM, SR_ERROR_IO);
}

static void
test_cancel_at_each_call (SrPrunable   *self,
                          gconstpointer data)
{
  sweep (self, SR_FAULT_FAIL_FROM, SR_ERROR_CANCELLED);
}

static void
test_cancelled_at_once (SrPrunable   *self,
                        gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError)       error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (sr_pruner_run (self->repo, self->lock, &nothing_unused, NULL,
                                 &self->stats, NULL, cancellable, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
  for (guint i = 0; i < 5; i++)
    g_assert_true (sr_prunable_has_pack (self, &self->packs[i]));
}

/* No byte is free, but for a reserve that holds an index file. */
static void
test_full_disk (SrPrunable   *self,
                gconstpointer data)
{
  g_autoptr (SrRepo) repo = NULL;

  /* so that what no index knows does not make room */
  sr_storage_memory_replace (self->files, SR_FILE_PACK, &self->packs[4], NULL);
  sr_storage_fault_limit_space (self->fault, 4000);
  g_assert_true (sr_storage_set_reserve (self->storage, 4000, NULL));
  sr_prunable_prune_well (self, &nothing_unused);
  repo = sr_prunable_assert_whole (self, 2);
  g_assert_false (sr_prunable_has_pack (self, &self->packs[2]));
  g_assert_cmpuint (self->stats.packs_no_room, ==, 2);
}

/* Room for one repacked pack at a time. */
static void
test_little_space (SrPrunable   *self,
                   gconstpointer data)
{
  const guint               chunks[] = { 400, 402, 404, 406, 408, 410 };
  g_autoptr (SrIndexWriter) writer = sr_index_writer_new ();
  g_autoptr (SrRepo)        repo = NULL;
  SrId                      tree;

  for (guint i = 400; i < 412; i += 2)
    {
      sr_prunable_put_chunk (self, i);
      sr_prunable_put_chunk (self, i + 1);
      sr_prunable_end_pack (self, writer);
    }
  tree = sr_prunable_put_tree (self, chunks, 6, FALSE);
  sr_prunable_end_pack (self, writer);
  sr_prunable_end_index (self, writer);
  sr_prunable_add_snapshot (self, &tree, 3000);
  /* beside the margin that is left free */
  sr_storage_fault_limit_space (self->fault, 1024 * 1024 + 3 * SR_PRUNABLE_CHUNK_SIZE / 2);
  sr_prunable_prune_well (self, &nothing_unused);
  repo = sr_prunable_assert_tidy (self, 3);
  g_assert_cmpuint (self->stats.bytes_unused_left, ==, 0);
  g_assert_cmpuint (sr_index_get_n_entries (sr_repo_get_index (repo)), ==, 13);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                           \
  g_test_add ("/pruner-faults/" name, SrPrunable, NULL, sr_prunable_set_up, func, \
              sr_prunable_tear_down)
  ADD ("duplicate-mends", test_duplicate_mends);
  ADD ("refuses", test_refuses);
  ADD ("unneeded-damage", test_unneeded_damage);
  ADD ("damage-while-repacking", test_damage_while_repacking);
  ADD ("fail-each-call", test_fail_each_call);
  ADD ("crash-at-each-call", test_crash_at_each_call);
  ADD ("cancel-at-each-call", test_cancel_at_each_call);
  ADD ("cancelled-at-once", test_cancelled_at_once);
  ADD ("full-disk", test_full_disk);
  ADD ("little-space", test_little_space);
#undef ADD
  return g_test_run ();
}
