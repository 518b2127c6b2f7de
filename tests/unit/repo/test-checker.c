/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "repo/sr-checker.h"
#include "repo/sr-index-writer.h"
#include "sr-storage-fault.h"
#include "sr-test-repo.h"
#include "sr-test-util.h"
#include "sr-test-vault.h"

/* /a holds one chunk, /folder/b two, of which one is /a's; each in a pack of its own. */
typedef struct
{
  SrTestVault     *vault;
  SrId             chunks[2];
  SrId             packs[2];
  SrId             folder;
  SrId             root;
  SrId             tree_pack;
  SrCheckerOptions options;
  SrCheckerStats   stats;
  GPtrArray       *findings;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  g_autoptr (GString) tree = g_string_new (NULL);
  SrTestVault        *vault = fixture->vault = sr_test_vault_new ();

  for (guint i = 0; i < 2; i++)
    {
      fixture->chunks[i] =
          sr_test_vault_add (vault, SR_BLOB_DATA, i == 0 ? "chunk one" : "chunk two");
      fixture->packs[i] = sr_test_vault_end_pack (vault, SR_BLOB_DATA);
    }
  sr_test_tree_add_file (tree, "b", ",\"size\":18", fixture->chunks, 2);
  fixture->folder = sr_test_vault_add_tree (vault, tree);
  sr_test_tree_add_file (tree, "a", ",\"size\":9", fixture->chunks, 1);
  sr_test_tree_add_folder (tree, "folder", &fixture->folder);
  fixture->root = sr_test_vault_add_tree (vault, tree);
  fixture->tree_pack = sr_test_vault_end_pack (vault, SR_BLOB_TREE);
  sr_test_vault_commit (vault, &fixture->root);
  fixture->options.read_data = TRUE;
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_clear_pointer (&fixture->findings, g_ptr_array_unref);
  sr_test_vault_free (fixture->vault);
}

static void
check (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&fixture->findings, g_ptr_array_unref);
  sr_checker_run (fixture->vault->repo, &fixture->options, &fixture->stats, &fixture->findings,
                  NULL, NULL, &error);
  g_assert_no_error (error);
}

/* The only one of its kind. */
static const SrFinding *
find (Fixture      *fixture,
      SrFindingKind kind)
{
  const SrFinding *found = NULL;

  for (guint i = 0; i < fixture->findings->len; i++)
    {
      const SrFinding *finding = g_ptr_array_index (fixture->findings, i);

      if (finding->kind != kind)
        continue;
      g_assert_null (found);
      found = finding;
    }
  g_assert_nonnull (found);
  return found;
}

/* @paths: separated by spaces, without the snapshot */
static void
assert_affects (Fixture         *fixture,
                const SrFinding *finding,
                const char      *paths)
{
  g_auto (GStrv) wanted = g_strsplit (paths, " ", -1);
  char           hex[SR_ID_HEX_SIZE];

  sr_id_to_hex (&fixture->vault->snapshot->id, hex);
  g_assert_cmpuint (finding->snapshots->len, ==, 1);
  g_assert_true (sr_id_equal (&g_array_index (finding->snapshots, SrId, 0),
                              &fixture->vault->snapshot->id));
  g_assert_cmpuint (finding->n_paths, ==, g_strv_length (wanted));
  g_assert_cmpuint (finding->paths->len, ==, g_strv_length (wanted));
  for (guint i = 0; wanted[i] != NULL; i++)
    {
      g_autofree char *path = g_strdup_printf ("%.8s:%s", hex, wanted[i]);

      g_assert_true (g_ptr_array_find_with_equal_func (finding->paths, path, g_str_equal, NULL));
    }
}

static void
assert_names (const SrFinding *finding,
              SrFileType       type,
              const SrId      *id)
{
  char hex[SR_ID_HEX_SIZE];

  g_assert_cmpint (finding->type, ==, type);
  g_assert_true (sr_id_equal (&finding->id, id));
  g_assert_nonnull (strstr (finding->text, sr_id_to_hex (id, hex)));
}

typedef enum
{
  DELETE,
  CUT,
  FLIP,
  APPEND,
} Harm;

static void
harm (Fixture    *fixture,
      Harm        how,
      SrFileType  type,
      const SrId *id,
      gssize      where)
{
  SrStorageMemory   *files = fixture->vault->files;
  g_autoptr (GBytes) old = sr_storage_memory_peek (files, type, id);
  g_autoptr (GBytes) new = NULL;
  gsize   size = g_bytes_get_size (old);
  guint8 *data = g_malloc (size + 1);

  memcpy (data, g_bytes_get_data (old, NULL), size);
  data[size] = 'x';
  if (how == FLIP)
    data[where < 0 ? (gssize) size + where : where] ^= 16;
  new = g_bytes_new_take (data, how == CUT ? size / 2 : how == APPEND ? size + 1
                                                                      : size);
  sr_storage_memory_replace (files, type, id, how == DELETE ? NULL : new);
}

static void
test_sound (Fixture      *fixture,
            gconstpointer data)
{
  check (fixture);
  g_assert_cmpuint (fixture->findings->len, ==, 0);
  g_assert_cmpuint (fixture->stats.snapshots, ==, 1);
  g_assert_cmpuint (fixture->stats.trees, ==, 2);
  g_assert_cmpuint (fixture->stats.packs, ==, 3);
  g_assert_cmpuint (fixture->stats.packs_read, ==, 3);
  g_assert_cmpuint (fixture->stats.blobs, ==, 4);
  g_assert_cmpuint (fixture->stats.blobs_unused, ==, 0);
}

static void
test_flipped_chunk (Fixture      *fixture,
                    gconstpointer data)
{
  sr_test_vault_damage (fixture->vault, SR_BLOB_DATA, &fixture->chunks[1]);
  fixture->options.read_data = FALSE;
  check (fixture);
  g_assert_cmpuint (fixture->findings->len, ==, 0);
  fixture->options.read_data = TRUE;
  check (fixture);
  g_assert_cmpuint (fixture->findings->len, ==, 2);
  assert_names (find (fixture, SR_FINDING_DAMAGED_FILE), SR_FILE_PACK, &fixture->packs[1]);
  assert_affects (fixture, find (fixture, SR_FINDING_DAMAGED_FILE), "/folder/b");
  assert_names (find (fixture, SR_FINDING_DAMAGED_BLOB), SR_FILE_PACK, &fixture->chunks[1]);
  assert_affects (fixture, find (fixture, SR_FINDING_DAMAGED_BLOB), "/folder/b");
  g_assert_true (sr_finding_is_damage (find (fixture, SR_FINDING_DAMAGED_BLOB)));
}

static void
test_flipped_tree (Fixture      *fixture,
                   gconstpointer data)
{
  sr_test_vault_damage (fixture->vault, SR_BLOB_TREE, &fixture->folder);
  fixture->options.read_data = FALSE;
  check (fixture);
  g_assert_cmpuint (fixture->findings->len, ==, 1);
  assert_names (find (fixture, SR_FINDING_DAMAGED_BLOB), SR_FILE_PACK, &fixture->folder);
  assert_affects (fixture, find (fixture, SR_FINDING_DAMAGED_BLOB), "/folder");
}

static void
test_damaged_root (Fixture      *fixture,
                   gconstpointer data)
{
  sr_test_vault_damage (fixture->vault, SR_BLOB_TREE, &fixture->root);
  check (fixture);
  assert_affects (fixture, find (fixture, SR_FINDING_DAMAGED_BLOB), "/");
}

/* The header is not needed while there is the index, so only the file is damaged. */
static void
test_flipped_header (Fixture      *fixture,
                     gconstpointer data)
{
  const SrFinding *finding;

  for (gssize from_end = 1; from_end <= 50; from_end += 7)
    {
      harm (fixture, FLIP, SR_FILE_PACK, &fixture->packs[0], -from_end);
      check (fixture);
      g_assert_cmpuint (fixture->findings->len, ==, 1);
      finding = find (fixture, SR_FINDING_DAMAGED_FILE);
      assert_names (finding, SR_FILE_PACK, &fixture->packs[0]);
      g_assert_nonnull (strstr (finding->text, "header"));
      harm (fixture, FLIP, SR_FILE_PACK, &fixture->packs[0], -from_end);
    }
}

static void
test_pack_deleted (Fixture      *fixture,
                   gconstpointer data)
{
  harm (fixture, DELETE, SR_FILE_PACK, &fixture->packs[0], 0);
  for (guint reads = 0; reads < 2; reads++)
    {
      fixture->options.read_data = reads > 0;
      check (fixture);
      g_assert_cmpuint (fixture->findings->len, ==, 1);
      assert_names (find (fixture, SR_FINDING_MISSING_FILE), SR_FILE_PACK, &fixture->packs[0]);
      assert_affects (fixture, find (fixture, SR_FINDING_MISSING_FILE), "/a /folder/b");
    }
}

static void
test_pack_cut (Fixture      *fixture,
               gconstpointer data)
{
  harm (fixture, CUT, SR_FILE_PACK, &fixture->packs[0], 0);
  fixture->options.read_data = FALSE;
  check (fixture);
  g_assert_cmpuint (fixture->findings->len, ==, 1);
  assert_names (find (fixture, SR_FINDING_WRONG_SIZE), SR_FILE_PACK, &fixture->packs[0]);
  assert_affects (fixture, find (fixture, SR_FINDING_WRONG_SIZE), "/a /folder/b");
  fixture->options.read_data = TRUE;
  check (fixture);
  assert_names (find (fixture, SR_FINDING_WRONG_SIZE), SR_FILE_PACK, &fixture->packs[0]);
}

static void
test_pack_appended (Fixture      *fixture,
                    gconstpointer data)
{
  harm (fixture, APPEND, SR_FILE_PACK, &fixture->packs[0], 0);
  check (fixture);
  g_assert_cmpuint (fixture->findings->len, ==, 1);
  assert_names (find (fixture, SR_FINDING_WRONG_SIZE), SR_FILE_PACK, &fixture->packs[0]);
}

static void
test_index (Fixture      *fixture,
            gconstpointer data)
{
  static const Harm harms[] = { CUT, FLIP, APPEND };
  GBytes           *whole = sr_storage_memory_peek (fixture->vault->files, SR_FILE_INDEX,
                                                    &fixture->vault->index_id);

  for (guint i = 0; i < G_N_ELEMENTS (harms); i++)
    {
      harm (fixture, harms[i], SR_FILE_INDEX, &fixture->vault->index_id, 40);
      check (fixture);
      assert_names (find (fixture, SR_FINDING_DAMAGED_FILE), SR_FILE_INDEX,
                    &fixture->vault->index_id);
      assert_affects (fixture, find (fixture, SR_FINDING_MISSING_BLOB), "/");
      sr_storage_memory_replace (fixture->vault->files, SR_FILE_INDEX, &fixture->vault->index_id,
                                 whole);
    }
  g_bytes_unref (whole);
  harm (fixture, DELETE, SR_FILE_INDEX, &fixture->vault->index_id, 0);
  check (fixture);
  g_assert_cmpuint (fixture->findings->len, ==, 1 + 3);
  assert_affects (fixture, find (fixture, SR_FINDING_MISSING_BLOB), "/");
}

static void
test_snapshot (Fixture      *fixture,
               gconstpointer data)
{
  static const Harm harms[] = { CUT, FLIP, APPEND };
  const SrId       *id = &fixture->vault->snapshot->id;
  GBytes           *whole = sr_storage_memory_peek (fixture->vault->files, SR_FILE_SNAPSHOT, id);

  for (guint i = 0; i < G_N_ELEMENTS (harms); i++)
    {
      harm (fixture, harms[i], SR_FILE_SNAPSHOT, id, 40);
      check (fixture);
      g_assert_cmpuint (fixture->findings->len, ==, 1);
      assert_names (find (fixture, SR_FINDING_DAMAGED_FILE), SR_FILE_SNAPSHOT, id);
      g_assert_cmpuint (find (fixture, SR_FINDING_DAMAGED_FILE)->snapshots->len, ==, 1);
      g_assert_cmpuint (fixture->stats.blobs_unused, ==, 4);
      sr_storage_memory_replace (fixture->vault->files, SR_FILE_SNAPSHOT, id, whole);
    }
  g_bytes_unref (whole);
}

static void
test_key_and_config (Fixture      *fixture,
                     gconstpointer data)
{
  const SrId *key = sr_repo_get_key_id (fixture->vault->repo);

  harm (fixture, FLIP, SR_FILE_KEY, key, 9);
  check (fixture);
  g_assert_cmpuint (fixture->findings->len, ==, 1);
  assert_names (find (fixture, SR_FINDING_DAMAGED_FILE), SR_FILE_KEY, key);
  harm (fixture, FLIP, SR_FILE_KEY, key, 9);
  for (Harm how = DELETE; how <= APPEND; how++)
    {
      GBytes *whole = sr_storage_memory_peek (fixture->vault->files, SR_FILE_CONFIG, NULL);

      harm (fixture, how, SR_FILE_CONFIG, NULL, 20);
      check (fixture);
      g_assert_cmpuint (fixture->findings->len, ==, 1);
      g_assert_cmpint (find (fixture, SR_FINDING_DAMAGED_FILE)->type, ==, SR_FILE_CONFIG);
      sr_storage_memory_replace (fixture->vault->files, SR_FILE_CONFIG, NULL, whole);
      g_bytes_unref (whole);
    }
}

static void
test_lock (Fixture      *fixture,
           gconstpointer data)
{
  static const char  stale[] = "{\"time\":\"2001-01-01T00:00:00Z\",\"exclusive\":false,"
                               "\"hostname\":\"elsewhere\",\"username\":\"u\",\"pid\":1}";
  g_autoptr (GError) error = NULL;
  SrId               id;

  sr_repo_save_unpacked (fixture->vault->repo, SR_FILE_LOCK, stale, strlen (stale), &id, NULL,
                         &error);
  g_assert_no_error (error);
  check (fixture);
  g_assert_cmpuint (fixture->findings->len, ==, 1);
  assert_names (find (fixture, SR_FINDING_STALE_LOCK), SR_FILE_LOCK, &id);
  g_assert_false (sr_finding_is_damage (find (fixture, SR_FINDING_STALE_LOCK)));
  harm (fixture, FLIP, SR_FILE_LOCK, &id, 30);
  check (fixture);
  assert_names (find (fixture, SR_FINDING_DAMAGED_FILE), SR_FILE_LOCK, &id);
}

static void
test_missing_chunk (Fixture      *fixture,
                    gconstpointer data)
{
  g_autoptr (GString) tree = g_string_new (NULL);
  SrId                nowhere = { { 1, 2, 3 } };
  SrId                root;

  sr_test_tree_add_file (tree, "file", ",\"size\":9", &nowhere, 1);
  sr_test_tree_add_file (tree, "gone", ",\"size\":18", fixture->chunks, 2);
  root = sr_test_vault_add_tree (fixture->vault, tree);
  sr_test_vault_commit (fixture->vault, &root);
  check (fixture);
  g_assert_cmpuint (fixture->findings->len, ==, 1);
  assert_names (find (fixture, SR_FINDING_MISSING_BLOB), SR_FILE_PACK, &nowhere);
  assert_affects (fixture, find (fixture, SR_FINDING_MISSING_BLOB), "/file");
}

static void
test_odd_tree (Fixture      *fixture,
               gconstpointer data)
{
  g_autoptr (GString) tree = g_string_new (NULL);
  SrId                root;

  sr_test_tree_add (tree, "file", "file", ",\"content\":null");
  root = sr_test_vault_add_tree (fixture->vault, tree);
  sr_test_vault_commit (fixture->vault, &root);
  check (fixture);
  g_assert_cmpuint (fixture->findings->len, ==, 1);
  assert_names (find (fixture, SR_FINDING_DAMAGED_TREE), SR_FILE_PACK, &root);
  assert_affects (fixture, find (fixture, SR_FINDING_DAMAGED_TREE), "/");
}

/* A chunk that also lies elsewhere costs nobody anything, but the file is damaged all the same. */
static void
test_second_copy (Fixture      *fixture,
                  gconstpointer data)
{
  g_autoptr (GString) tree = g_string_new (NULL);
  const SrFinding    *finding;

  sr_test_vault_add (fixture->vault, SR_BLOB_DATA, "chunk two");
  sr_test_vault_add (fixture->vault, SR_BLOB_DATA, "something else");
  sr_test_vault_commit (fixture->vault, &fixture->root);
  harm (fixture, DELETE, SR_FILE_PACK, &fixture->packs[1], 0);
  check (fixture);
  g_assert_cmpuint (fixture->findings->len, ==, 1);
  finding = find (fixture, SR_FINDING_MISSING_FILE);
  g_assert_cmpuint (finding->n_paths, ==, 0);
  g_assert_cmpuint (finding->snapshots->len, ==, 0);
  g_assert_cmpuint (fixture->stats.blobs_unused, ==, 1);
}

/* Sound chunks of a damaged pack cost nobody anything, as soon as they were read. */
static void
test_partly_damaged_pack (Fixture      *fixture,
                          gconstpointer data)
{
  g_autoptr (GString) tree = g_string_new (NULL);
  SrId                good = sr_test_vault_add (fixture->vault, SR_BLOB_DATA, "good");
  SrId                bad = sr_test_vault_add (fixture->vault, SR_BLOB_DATA, "bad");
  SrId                root;

  sr_test_tree_add_file (tree, "bad", ",\"size\":3", &bad, 1);
  sr_test_tree_add_file (tree, "good", ",\"size\":4", &good, 1);
  root = sr_test_vault_add_tree (fixture->vault, tree);
  sr_test_vault_commit (fixture->vault, &root);
  sr_test_vault_damage (fixture->vault, SR_BLOB_DATA, &bad);
  check (fixture);
  g_assert_cmpuint (fixture->findings->len, ==, 2);
  assert_affects (fixture, find (fixture, SR_FINDING_DAMAGED_FILE), "/bad");
  assert_affects (fixture, find (fixture, SR_FINDING_DAMAGED_BLOB), "/bad");
}

static void
test_order (Fixture      *fixture,
            gconstpointer data)
{
  SrIndex                *index = sr_repo_get_index (fixture->vault->repo);
  g_autofree SrPackEntry *entries = NULL;
  gsize                   first;
  gsize                   count;
  guint32                 number;
  SrId                    orphan;
  SrPackEntry             entry;
  const char             *text = "nobody knows";

  sr_test_repo_write_pack (fixture->vault->repo, SR_BLOB_DATA, &text, 1, &orphan, &entry);
  g_assert_true (sr_index_find_pack (index, &fixture->tree_pack, &number));
  sr_index_get_pack_entries (index, number, &first, &count);
  entries = g_new (SrPackEntry, count);
  for (gsize i = 0; i < count; i++)
    sr_index_entry_to_pack_entry (sr_index_get_entry (index, first + i), &entries[i]);
  sr_test_repo_write_index (fixture->vault->repo, &fixture->tree_pack, entries, (guint) count,
                            NULL);
  check (fixture);
  g_assert_cmpuint (fixture->findings->len, ==, 2);
  assert_names (find (fixture, SR_FINDING_ORPHANED_PACK), SR_FILE_PACK, &orphan);
  assert_names (find (fixture, SR_FINDING_REPEATED_PACK), SR_FILE_PACK, &fixture->tree_pack);
  for (guint i = 0; i < fixture->findings->len; i++)
    g_assert_false (sr_finding_is_damage (g_ptr_array_index (fixture->findings, i)));
}

static void
test_subsets (Fixture      *fixture,
              gconstpointer data)
{
  guint n = fixture->packs[0].bytes[0];

  /* As restic counts: by the first byte of the name. */
  fixture->options.subset_total = 256;
  fixture->options.subset_part = n + 1;
  check (fixture);
  g_assert_cmpuint (fixture->stats.packs_read, ==,
                    1u + (fixture->packs[1].bytes[0] == n) + (fixture->tree_pack.bytes[0] == n));
  do
    n = (n + 1) % 256;
  while (n == fixture->packs[0].bytes[0] || n == fixture->packs[1].bytes[0] ||
         n == fixture->tree_pack.bytes[0]);
  fixture->options.subset_part = n + 1;
  check (fixture);
  g_assert_cmpuint (fixture->stats.packs_read, ==, 0);
  fixture->options.subset_total = 0;
  fixture->options.subset_bytes = 1;
  check (fixture);
  g_assert_cmpuint (fixture->stats.packs_read, ==, 1);
  fixture->options.subset_bytes = 0;
  fixture->options.subset_percent = 100;
  check (fixture);
  g_assert_cmpuint (fixture->stats.packs_read, ==, 3);
  fixture->options.subset_percent = 0.5;
  check (fixture);
  g_assert_cmpuint (fixture->stats.packs_read, ==, 1);
}

/* Numbers of the calls that read packs. Returns: (transfer full) */
static GArray *
calls_that_read_packs (SrStorageFault *fault)
{
  GArray          *calls = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autofree char *log = sr_storage_fault_dup_log (fault);
  g_auto (GStrv)   lines = g_strsplit (log, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      guint call = (guint) g_ascii_strtoull (lines[i], NULL, 10);

      if (strstr (lines[i], " read pack ") != NULL)
        g_array_append_val (calls, call);
    }
  return calls;
}

/* A read that goes wrong once is made once more. */
static void
test_transient_faults (Fixture      *fixture,
                       gconstpointer data)
{
  static const SrFault  faults[] = { SR_FAULT_FLIP, SR_FAULT_FAIL, SR_FAULT_CUT };
  g_autoptr (SrStorage) storage = sr_storage_fault_new (fixture->vault->storage);
  SrStorageFault       *fault = SR_STORAGE_FAULT (storage);
  g_autoptr (SrRepo)    repo = sr_test_repo_open (storage);
  g_autoptr (GArray)    calls = NULL;
  SrRepo               *direct = fixture->vault->repo;

  fixture->vault->repo = repo;
  sr_storage_fault_plan (fault, SR_FAULT_NONE, 0, SR_ERROR_IO);
  check (fixture);
  calls = calls_that_read_packs (fault);
  g_assert_cmpuint (calls->len, >, 5);
  for (guint i = 0; i < calls->len; i++)
    for (guint how = 0; how < G_N_ELEMENTS (faults); how++)
      {
        sr_storage_fault_plan (fault, faults[how], g_array_index (calls, guint, i), SR_ERROR_IO);
        check (fixture);
        g_assert_true (sr_storage_fault_was_reached (fault));
        g_assert_cmpuint (fixture->findings->len, ==, 0);
      }
  sr_storage_fault_plan (fault, SR_FAULT_FAIL_FROM, g_array_index (calls, guint, 0), SR_ERROR_IO);
  check (fixture);
  g_assert_cmpuint (fixture->findings->len, >, 0);
  fixture->vault->repo = direct;
}

static void
test_cancel (Fixture      *fixture,
             gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError)       error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (sr_checker_run (fixture->vault->repo, &fixture->options, &fixture->stats,
                                  &fixture->findings, NULL, cancellable, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
  g_assert_cmpuint (fixture->findings->len, ==, 0);
}

#define ADD(path, func) \
  g_test_add ("/repo/checker/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("sound", test_sound);
  ADD ("flipped-chunk", test_flipped_chunk);
  ADD ("flipped-tree", test_flipped_tree);
  ADD ("damaged-root", test_damaged_root);
  ADD ("flipped-header", test_flipped_header);
  ADD ("pack-deleted", test_pack_deleted);
  ADD ("pack-cut", test_pack_cut);
  ADD ("pack-appended", test_pack_appended);
  ADD ("index", test_index);
  ADD ("snapshot", test_snapshot);
  ADD ("key-and-config", test_key_and_config);
  ADD ("lock", test_lock);
  ADD ("missing-chunk", test_missing_chunk);
  ADD ("odd-tree", test_odd_tree);
  ADD ("second-copy", test_second_copy);
  ADD ("partly-damaged-pack", test_partly_damaged_pack);
  ADD ("order", test_order);
  ADD ("subsets", test_subsets);
  ADD ("transient-faults", test_transient_faults);
  ADD ("cancel", test_cancel);
  return g_test_run ();
}
