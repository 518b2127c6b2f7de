/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "job/sr-forget.h"
#include "sr-storage-fault.h"
#include "sr-storage-memory.h"
#include "sr-test-repo.h"

#define DAY ((gint64) 86400)
#define NOW (20000 * DAY)

static const char *const trees[] = { "{\"nodes\":[]}\n", "{\"nodes\":[]} \n" };

typedef struct
{
  SrStorage      *files;
  SrStorageFault *storage;
  SrRepo         *repo;
  SrClock        *clock;
  SrId            trees[2];
  GPtrArray      *decisions;
  SrPrunerStats   stats;
} Fixture;

static void
add_snapshot (Fixture    *self,
              guint       tree,
              gint64      seconds,
              const char *host,
              const char *tags,
              const char *paths)
{
  sr_snapshot_free (
      sr_test_repo_write_snapshot (self->repo, &self->trees[tree], seconds, host, tags, paths));
}

/* Host "till": one a day over five days, the oldest of another tree; host "office": two. */
static void
set_up (Fixture      *self,
        gconstpointer data)
{
  self->files = sr_storage_memory_new ();
  self->storage = SR_STORAGE_FAULT (sr_storage_fault_new (self->files));
  self->repo = sr_test_repo_create (SR_STORAGE (self->storage));
  self->clock = sr_clock_new_fake (NOW * 1000000000);
  sr_repo_set_clock (self->repo, self->clock);
  for (guint i = 0; i < 2; i++)
    {
      SrPackEntry entry;
      SrId        pack;

      sr_test_repo_write_pack (self->repo, SR_BLOB_TREE, &trees[i], 1, &pack, &entry);
      sr_test_repo_write_index (self->repo, &pack, &entry, 1, NULL);
      self->trees[i] = entry.id;
    }
  for (guint i = 0; i < 5; i++)
    add_snapshot (self, i == 4 ? 1 : 0, NOW - 100 - i * DAY, "till", i == 3 ? "keep" : "", "/erp");
  add_snapshot (self, 0, NOW - 100, "office", "", "/b,/a");
  add_snapshot (self, 0, NOW - 100 - DAY, "office", "", "/a,/b");
}

static void
tear_down (Fixture      *self,
           gconstpointer data)
{
  g_clear_pointer (&self->decisions, g_ptr_array_unref);
  g_object_unref (self->repo);
  sr_clock_unref (self->clock);
  g_object_unref (self->storage);
  g_object_unref (self->files);
}

static guint
count (Fixture   *self,
       SrFileType type)
{
  return sr_storage_memory_get_n_files (SR_STORAGE_MEMORY (self->files), type);
}

static gboolean
forget (Fixture         *self,
        SrForgetOptions *options,
        GError         **error)
{
  g_clear_pointer (&self->decisions, g_ptr_array_unref);
  options->group_by_host = TRUE;
  options->group_by_paths = TRUE;
  return sr_forget_run (self->repo, options, &self->decisions, &self->stats, NULL, NULL, error);
}

static void
forget_well (Fixture         *self,
             SrForgetOptions *options)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (forget (self, options, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count (self, SR_FILE_LOCK), ==, 0);
}

/* A line for each decision: group, host, days ago, and the reasons. */
static void
assert_decisions (Fixture    *self,
                  const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < self->decisions->len; i++)
    {
      const SrForgetDecision *decision = self->decisions->pdata[i];
      g_autofree char        *reasons = g_strjoinv (", ", decision->reasons);

      g_assert_cmpint (decision->keep, ==, decision->reasons[0] != NULL);
      g_string_append_printf (text, "%u %s %" G_GINT64_FORMAT " %s\n", decision->group,
                              decision->snapshot->hostname,
                              (NOW - decision->snapshot->time.ts.tv_sec) / DAY, reasons);
    }
  g_assert_cmpstr (text->str, ==, expected);
}

static const char last_two[] = "0 office 0 last snapshot\n"
                               "0 office 1 last snapshot\n"
                               "1 till 0 last snapshot\n"
                               "1 till 1 last snapshot\n"
                               "1 till 2 \n"
                               "1 till 3 \n"
                               "1 till 4 \n";

static void
test_policy (Fixture      *self,
             gconstpointer data)
{
  SrRetentionPolicy policy = { .last = 2 };
  SrForgetOptions   options = { .policy = &policy };

  forget_well (self, &options);
  assert_decisions (self, last_two);
  g_assert_cmpuint (count (self, SR_FILE_SNAPSHOT), ==, 4);
  g_assert_cmpuint (count (self, SR_FILE_PACK), ==, 2);
}

static void
test_dry_run (Fixture      *self,
              gconstpointer data)
{
  SrRetentionPolicy policy = { .last = 2 };
  SrPrunerOptions   prune = { .max_unused_percent = 0 };
  SrForgetOptions   options = { .policy = &policy, .dry_run = TRUE };
  guint64           before = sr_storage_memory_get_n_bytes (SR_STORAGE_MEMORY (self->files));

  forget_well (self, &options);
  assert_decisions (self, last_two);
  options.prune = &prune;
  forget_well (self, &options);
  assert_decisions (self, last_two);
  g_assert_cmpuint (self->stats.packs_removed, ==, 1);
  g_assert_cmpuint (sr_storage_memory_get_n_bytes (SR_STORAGE_MEMORY (self->files)), ==, before);
}

static void
test_prune (Fixture      *self,
            gconstpointer data)
{
  SrRetentionPolicy policy = { .last = 2 };
  SrPrunerOptions   prune = { .max_unused_percent = 0 };
  SrForgetOptions   options = { .policy = &policy, .prune = &prune };

  forget_well (self, &options);
  g_assert_cmpuint (self->stats.packs_removed, ==, 1);
  g_assert_cmpuint (count (self, SR_FILE_PACK), ==, 1);
  /* nothing to forget: nothing to prune, and no lock */
  sr_storage_fault_plan (self->storage, SR_FAULT_NONE, 0, SR_ERROR_IO);
  forget_well (self, &options);
  g_assert_cmpuint (self->stats.packs_total, ==, 0);
}

static void
test_filter_and_tags (Fixture      *self,
                      gconstpointer data)
{
  const char *const hosts[] = { "till", NULL };
  const char *const tags[] = { "keep", NULL };
  SrSnapshotFilter  filter = { .hosts = hosts };
  SrRetentionPolicy policy = { .tags = tags };
  SrForgetOptions   options = { .policy = &policy, .filter = &filter };

  forget_well (self, &options);
  g_assert_cmpuint (self->decisions->len, ==, 5);
  g_assert_cmpuint (count (self, SR_FILE_SNAPSHOT), ==, 3);
}

static void
test_empty_policy (Fixture      *self,
                   gconstpointer data)
{
  SrRetentionPolicy  policy = { 0 };
  SrForgetOptions    options = { .policy = &policy };
  g_autoptr (GError) error = NULL;

  forget_well (self, &options);
  g_assert_cmpuint (count (self, SR_FILE_SNAPSHOT), ==, 7);
  options.policy = NULL;
  g_assert_false (forget (self, &options, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
}

static void
test_refused (Fixture      *self,
              gconstpointer data)
{
  const char *const  tags[] = { "keep", NULL };
  SrRetentionPolicy  policy = { .tags = tags };
  SrForgetOptions    options = { .policy = &policy };
  g_autoptr (GError) error = NULL;

  /* "office" has no such snapshot */
  g_assert_false (forget (self, &options, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, "office"));
  g_assert_null (self->decisions);
  g_assert_cmpuint (count (self, SR_FILE_SNAPSHOT), ==, 7);
  g_assert_cmpuint (count (self, SR_FILE_LOCK), ==, 0);
}

static void
test_by_id (Fixture      *self,
            gconstpointer data)
{
  SrRetentionPolicy  policy = { .last = 1 };
  SrForgetOptions    options = { .policy = &policy, .dry_run = TRUE };
  char               hex[SR_ID_HEX_SIZE];
  char               all[SR_ID_HEX_SIZE];
  const char        *names[] = { hex, all, NULL };
  g_autoptr (GError) error = NULL;

  forget_well (self, &options);
  sr_id_to_hex (&((SrForgetDecision *) self->decisions->pdata[3])->snapshot->id, hex);
  g_strlcpy (all, hex, sizeof all);
  hex[12] = '\0';
  options = (SrForgetOptions){ .snapshots = names };
  forget_well (self, &options);
  assert_decisions (self, "0 till 1 \n");
  g_assert_cmpuint (count (self, SR_FILE_SNAPSHOT), ==, 6);
  g_assert_false (forget (self, &options, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
}

/* It stands in the way of pruning until it is forgotten, so it must be possible to name it. */
static void
test_damaged (Fixture      *self,
              gconstpointer data)
{
  SrId               id;
  char               hex[SR_ID_HEX_SIZE];
  const char        *names[] = { hex, NULL };
  SrRetentionPolicy  policy = { .last = 1 };
  SrForgetOptions    options = { .policy = &policy };
  g_autoptr (GBytes) junk = g_bytes_new_static ("junk", 4);
  g_autoptr (GError) error = NULL;

  memset (&id, 0xab, sizeof id);
  sr_storage_memory_replace (SR_STORAGE_MEMORY (self->files), SR_FILE_SNAPSHOT, &id, junk);
  g_assert_false (forget (self, &options, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
  g_assert_cmpuint (count (self, SR_FILE_SNAPSHOT), ==, 8);
  sr_id_to_hex (&id, hex);
  options = (SrForgetOptions){ .snapshots = names };
  forget_well (self, &options);
  g_assert_cmpuint (count (self, SR_FILE_SNAPSHOT), ==, 7);
}

static void
test_locked (Fixture      *self,
             gconstpointer data)
{
  SrRetentionPolicy  policy = { .last = 2 };
  SrForgetOptions    options = { .policy = &policy };
  g_autoptr (GError) error = NULL;
  SrLock            *lock = sr_lock_acquire (self->repo, FALSE, 0, NULL, &error);

  g_assert_no_error (error);
  g_assert_false (forget (self, &options, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_LOCKED);
  g_assert_cmpuint (count (self, SR_FILE_SNAPSHOT), ==, 7);
  g_clear_error (&error);
  /* looking is allowed */
  options.dry_run = TRUE;
  g_assert_true (forget (self, &options, &error));
  sr_lock_release (lock);
}

static void
test_full_disk (Fixture      *self,
                gconstpointer data)
{
  SrRetentionPolicy  policy = { .last = 2 };
  SrPrunerOptions    prune = { .max_unused_percent = 0 };
  SrForgetOptions    options = { .policy = &policy, .prune = &prune };
  g_autoptr (GError) error = NULL;

  sr_storage_fault_limit_space (self->storage, 100000);
  g_assert_true (sr_storage_set_reserve (SR_STORAGE (self->storage), 100000, &error));
  g_assert_no_error (error);
  forget_well (self, &options);
  g_assert_cmpuint (count (self, SR_FILE_PACK), ==, 1);
}

/* Whatever call fails: the error is clear, no snapshot is gone that was to be kept, and a second
 * attempt does the rest. */
static void
test_faults (Fixture      *self,
             gconstpointer data)
{
  SrRetentionPolicy policy = { .last = 2 };
  SrPrunerOptions   prune = { .max_unused_percent = 0 };
  SrForgetOptions   options = { .policy = &policy, .prune = &prune };
  SrStorageMemory  *files = SR_STORAGE_MEMORY (self->files);
  SrStorage        *before = sr_storage_memory_clone (files);
  gboolean          reached = TRUE;

  for (guint call = 1; reached; call++)
    {
      g_autoptr (GError) error = NULL;
      gboolean           good;

      sr_storage_memory_restore (files, SR_STORAGE_MEMORY (before));
      sr_storage_fault_plan (self->storage, SR_FAULT_FAIL, call, SR_ERROR_IO);
      good = forget (self, &options, &error);
      reached = sr_storage_fault_was_reached (self->storage);
      sr_storage_fault_plan (self->storage, SR_FAULT_NONE, 0, SR_ERROR_IO);
      if (!good)
        g_assert_nonnull (error);
      g_assert_cmpuint (count (self, SR_FILE_SNAPSHOT), >=, 4);
      sr_lock_remove_stale (self->repo, TRUE, NULL, NULL, NULL);
      g_assert_true (forget (self, &options, NULL));
      g_assert_cmpuint (count (self, SR_FILE_SNAPSHOT), ==, 4);
    }
  g_object_unref (before);
}

static void
test_prune_alone (Fixture      *self,
                  gconstpointer data)
{
  SrPrunerOptions    prune = { .max_unused_percent = 0, .dry_run = TRUE };
  SrRetentionPolicy  policy = { .last = 2 };
  SrForgetOptions    options = { .policy = &policy };
  g_autoptr (GError) error = NULL;

  forget_well (self, &options);
  g_assert_true (sr_prune_run (self->repo, &prune, &self->stats, NULL, NULL, &error));
  g_assert_cmpuint (count (self, SR_FILE_PACK), ==, 2);
  prune.dry_run = FALSE;
  g_assert_true (sr_prune_run (self->repo, &prune, &self->stats, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count (self, SR_FILE_PACK), ==, 1);
  g_assert_cmpuint (count (self, SR_FILE_LOCK), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/forget/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("policy", test_policy);
  ADD ("dry-run", test_dry_run);
  ADD ("prune", test_prune);
  ADD ("filter-and-tags", test_filter_and_tags);
  ADD ("empty-policy", test_empty_policy);
  ADD ("refused", test_refused);
  ADD ("by-id", test_by_id);
  ADD ("damaged", test_damaged);
  ADD ("locked", test_locked);
  ADD ("full-disk", test_full_disk);
  ADD ("faults", test_faults);
  ADD ("prune-alone", test_prune_alone);
#undef ADD
  return g_test_run ();
}
