/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-error.h"
#include "crypto/sr-digest.h"
#include "job/sr-repair.h"
#include "repo/sr-lock.h"
#include "sr-storage-fault.h"
#include "sr-storage-memory.h"
#include "sr-test-repo.h"

/* A vault with two snapshots; the second adds dir/c. */
typedef struct
{
  SrStorage  *storage;
  SrClock    *clock;
  SrSnapshot *first;
  SrSnapshot *second;
  GPtrArray  *reports; /* of "ACTION PATH" */
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  g_autofree char   *a = sr_test_repo_text (1, 9000);
  g_autofree char   *b = sr_test_repo_text (2, 200);
  g_autofree char   *c = sr_test_repo_text (3, 150);
  const char *const  first[] = { "a", a, "dir/b", b, NULL };
  const char *const  second[] = { "a", a, "dir/b", b, "dir/c", c, "dir/d", b, NULL };
  g_autoptr (SrRepo) repo = NULL;

  fixture->storage = sr_storage_memory_new ();
  fixture->clock = sr_clock_new_fake (g_get_real_time () * 1000);
  repo = sr_test_repo_create (fixture->storage);
  fixture->first = sr_test_repo_backup (repo, 1000, first);
  fixture->second = sr_test_repo_backup (repo, 2000, second);
  fixture->reports = g_ptr_array_new_with_free_func (g_free);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_object_unref (fixture->storage);
  sr_clock_unref (fixture->clock);
  sr_snapshot_free (fixture->first);
  sr_snapshot_free (fixture->second);
  g_ptr_array_unref (fixture->reports);
}

static SrStorageMemory *
memory (Fixture *fixture)
{
  return SR_STORAGE_MEMORY (fixture->storage);
}

static void
note (const char   *path,
      const char   *action,
      guint64       size,
      const GError *error,
      gpointer      user_data)
{
  g_ptr_array_add (user_data, g_strdup_printf ("%s %s", action, path));
}

static SrRepo *
open_repo (Fixture   *fixture,
           SrStorage *storage)
{
  SrRepo *repo = sr_test_repo_open (storage);

  sr_repo_set_clock (repo, fixture->clock);
  return repo;
}

static SrRepo *
load (Fixture *fixture)
{
  SrRepo            *repo = open_repo (fixture, fixture->storage);
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_repo_load_index (repo, NULL, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  return repo;
}

static void
repair_index (Fixture             *fixture,
              SrRepairDepth        depth,
              SrRepairIndexResult *result)
{
  g_autoptr (SrRepo) repo = open_repo (fixture, fixture->storage);
  g_autoptr (GError) error = NULL;

  g_ptr_array_set_size (fixture->reports, 0);
  g_assert_true (sr_repair_index_run (repo, depth, FALSE, note, fixture->reports, result, NULL,
                                      NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (sr_storage_memory_get_n_files (memory (fixture), SR_FILE_LOCK), ==, 0);
}

/* Where the only chunk or tree with that content lies. */
static void
find_blob (Fixture    *fixture,
           SrBlobType  type,
           const SrId *id,
           SrId       *pack,
           guint32    *offset)
{
  g_autoptr (SrRepo)  repo = load (fixture);
  const SrIndexEntry *entry = sr_index_lookup (sr_repo_get_index (repo), type, id);

  g_assert_nonnull (entry);
  *pack = *sr_index_get_pack_id (sr_repo_get_index (repo), sr_index_entry_get_pack (entry));
  *offset = entry->offset;
}

/* The pack with dir/c, which only the second backup wrote. */
static void
find_c (Fixture *fixture,
        SrId    *pack)
{
  g_autofree char *c = sr_test_repo_text (3, 150);
  SrId             id;
  guint32          offset;

  sr_sha256 (c, 150, &id);
  find_blob (fixture, SR_BLOB_DATA, &id, pack, &offset);
}

static void
remove_pack (Fixture    *fixture,
             const SrId *pack)
{
  sr_storage_memory_replace (memory (fixture), SR_FILE_PACK, pack, NULL);
}

static void
test_index_sound (Fixture      *fixture,
                  gconstpointer data)
{
  guint64             before = sr_storage_memory_get_n_bytes (memory (fixture));
  SrRepairIndexResult result;

  for (guint depth = SR_REPAIR_ODD_PACKS; depth <= SR_REPAIR_ALL_DATA; depth++)
    {
      repair_index (fixture, (SrRepairDepth) depth, &result);
      g_assert_cmpuint (result.packs_read, ==, 0);
      g_assert_cmpuint (result.index_files_written, ==, 0);
      g_assert_cmpuint (fixture->reports->len, ==, 0);
      g_assert_cmpuint (sr_storage_memory_get_n_bytes (memory (fixture)), ==, before);
    }
}

static void
test_index_gone (Fixture      *fixture,
                 gconstpointer data)
{
  SrRepairIndexResult result;
  guint               n_packs = sr_storage_memory_get_n_files (memory (fixture), SR_FILE_PACK);

  sr_test_repo_replace_all (memory (fixture), SR_FILE_INDEX, NULL);
  repair_index (fixture, SR_REPAIR_ODD_PACKS, &result);
  g_assert_cmpuint (result.packs_read, ==, n_packs);
  g_assert_cmpuint (result.index_files_written, ==, 1);
  sr_test_repo_check (fixture->storage);
}

static void
test_index_damaged (Fixture      *fixture,
                    gconstpointer data)
{
  g_autoptr (GBytes)  rubbish = g_bytes_new_static ("rubbish that is long enough to be sealed", 40);
  guint               n = sr_storage_memory_get_n_files (memory (fixture), SR_FILE_INDEX);
  SrRepairIndexResult result;

  sr_test_repo_replace_all (memory (fixture), SR_FILE_INDEX, rubbish);
  repair_index (fixture, SR_REPAIR_ODD_PACKS, &result);
  g_assert_cmpuint (result.index_files_damaged, ==, n);
  sr_test_repo_check (fixture->storage);
}

/* Two index files tell different things about a pack: the pack decides. */
static void
test_index_disputed (Fixture      *fixture,
                     gconstpointer data)
{
  g_autoptr (SrRepo)  repo = load (fixture);
  SrIndex            *index = sr_repo_get_index (repo);
  SrId                pack;
  guint32             number;
  SrRepairIndexResult result;

  find_c (fixture, &pack);
  g_assert_true (sr_index_find_pack (index, &pack, &number));
  for (guint lie = 1; lie <= 3; lie++)
    {
      gsize       first, count;
      SrPackEntry entry;

      sr_index_get_pack_entries (index, number, &first, &count);
      sr_index_entry_to_pack_entry (sr_index_get_entry (index, first), &entry);
      entry.length -= lie;
      sr_test_repo_write_index (repo, &pack, &entry, 1, NULL);
    }
  repair_index (fixture, SR_REPAIR_ODD_PACKS, &result);
  g_assert_cmpuint (result.packs_read, >=, 1);
  g_assert_cmpuint (result.index_files_damaged, ==, 0);
  sr_test_repo_check (fixture->storage);
}

static void
test_pack_gone (Fixture      *fixture,
                gconstpointer data)
{
  SrId                pack;
  SrRepairIndexResult result;
  g_autoptr (SrRepo)  repo = NULL;

  find_c (fixture, &pack);
  remove_pack (fixture, &pack);
  repair_index (fixture, SR_REPAIR_ODD_PACKS, &result);
  g_assert_cmpuint (result.packs_gone, ==, 1);
  g_assert_cmpuint (fixture->reports->len, ==, 1);
  g_assert_true (g_str_has_prefix (fixture->reports->pdata[0], "gone "));
  repo = load (fixture);
  g_assert_false (sr_index_find_pack (sr_repo_get_index (repo), &pack, NULL));
}

/* The header is damaged, the blobs are not. Only a reading of all headers finds a flipped bit; that
 * a pack is too short is seen at once. */
static void
test_header_damaged (Fixture      *fixture,
                     gconstpointer data)
{
  gboolean            cut = GPOINTER_TO_INT (data);
  SrId                pack;
  SrRepairIndexResult result;
  g_autoptr (SrRepo)  repo = NULL;

  find_c (fixture, &pack);
  sr_test_repo_damage_pack (memory (fixture), &pack, 10, cut);
  if (!cut)
    {
      repair_index (fixture, SR_REPAIR_ODD_PACKS, &result);
      g_assert_cmpuint (result.packs_unreadable, ==, 0);
    }
  repair_index (fixture, cut ? SR_REPAIR_ODD_PACKS : SR_REPAIR_ALL_HEADERS, &result);
  g_assert_cmpuint (result.packs_unreadable, ==, 1);
  g_assert_cmpuint (result.blobs_salvaged, ==, 1);
  repo = load (fixture);
  g_assert_false (sr_index_find_pack (sr_repo_get_index (repo), &pack, NULL));
  sr_test_repo_check (fixture->storage);
}

static void
test_index_dry_run (Fixture      *fixture,
                    gconstpointer data)
{
  g_autoptr (SrRepo)  repo = open_repo (fixture, fixture->storage);
  g_autoptr (GError)  error = NULL;
  SrId                pack;
  SrRepairIndexResult result;
  guint64             before;

  find_c (fixture, &pack);
  sr_test_repo_damage_pack (memory (fixture), &pack, 10, TRUE);
  before = sr_storage_memory_get_n_bytes (memory (fixture));
  g_assert_true (sr_repair_index_run (repo, SR_REPAIR_ALL_HEADERS, TRUE, NULL, NULL, &result,
                                      NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (result.packs_unreadable, ==, 1);
  g_assert_cmpuint (sr_storage_memory_get_n_bytes (memory (fixture)), ==, before);
}

/* Whatever fails, once or from then on: an error, and a second run puts it right. */
static gboolean
try_index_fault (Fixture *fixture,
                 SrFault  kind,
                 guint    call)
{
  g_autoptr (SrStorage) copy = sr_storage_memory_clone (memory (fixture));
  g_autoptr (SrStorage) fault = sr_storage_fault_new (copy);
  g_autoptr (SrRepo)    repo = open_repo (fixture, fault);
  g_autoptr (SrRepo)    again = open_repo (fixture, copy);
  g_autoptr (GError)    error = NULL;
  SrRepairIndexResult   result;
  gboolean              ok;

  sr_storage_fault_plan (SR_STORAGE_FAULT (fault), kind, call, SR_ERROR_NETWORK);
  ok = sr_repair_index_run (repo, SR_REPAIR_ALL_HEADERS, FALSE, NULL, NULL, &result, NULL, NULL,
                            &error);
  g_assert_cmpint (ok, ==, error == NULL);
  g_clear_error (&error);
  g_assert_true (sr_lock_remove_stale (again, TRUE, NULL, NULL, &error));
  g_assert_true (sr_repair_index_run (again, SR_REPAIR_ALL_HEADERS, FALSE, NULL, NULL, &result,
                                      NULL, NULL, &error));
  g_assert_no_error (error);
  sr_test_repo_check (copy);
  return sr_storage_fault_was_reached (SR_STORAGE_FAULT (fault));
}

static void
test_index_faults (Fixture      *fixture,
                   gconstpointer data)
{
  SrId pack;

  find_c (fixture, &pack);
  sr_test_repo_damage_pack (memory (fixture), &pack, 10, TRUE);
  for (guint call = 1; try_index_fault (fixture, SR_FAULT_FAIL, call); call++)
    ;
  for (guint call = 1; try_index_fault (fixture, SR_FAULT_FAIL_FROM, call); call++)
    ;
}

static gboolean
repair_snapshots (Fixture                 *fixture,
                  const char *const       *names,
                  gboolean                 forget,
                  gboolean                 dry_run,
                  SrRepairSnapshotsResult *result,
                  GError                 **error)
{
  g_autoptr (SrRepo) repo = open_repo (fixture, fixture->storage);

  g_ptr_array_set_size (fixture->reports, 0);
  return sr_repair_snapshots_run (repo, names, forget, dry_run, note, fixture->reports, result,
                                  NULL, NULL, error);
}

static void
lose_c (Fixture *fixture)
{
  SrRepairIndexResult result;
  SrId                pack;

  find_c (fixture, &pack);
  remove_pack (fixture, &pack);
  repair_index (fixture, SR_REPAIR_ODD_PACKS, &result);
}

static void
check_report (Fixture    *fixture,
              guint       i,
              const char *action,
              const char *path)
{
  const char *line = g_ptr_array_index (fixture->reports, i);

  g_assert_true (g_str_has_prefix (line, action));
  g_assert_true (g_str_has_suffix (line, path));
}

static void
test_snapshots_sound (Fixture      *fixture,
                      gconstpointer data)
{
  guint64                 before = sr_storage_memory_get_n_bytes (memory (fixture));
  g_autoptr (GError)      error = NULL;
  SrRepairSnapshotsResult result;

  g_assert_true (repair_snapshots (fixture, NULL, TRUE, FALSE, &result, &error));
  g_assert_cmpuint (result.snapshots_sound, ==, 2);
  g_assert_cmpuint (sr_storage_memory_get_n_bytes (memory (fixture)), ==, before);
}

static void
test_file_lost (Fixture      *fixture,
                gconstpointer data)
{
  g_autoptr (GError)      error = NULL;
  g_autoptr (SrRepo)      repo = NULL;
  g_autoptr (GPtrArray)   snapshots = NULL;
  const SrSnapshot       *repaired;
  SrRepairSnapshotsResult result;

  lose_c (fixture);
  g_assert_true (repair_snapshots (fixture, NULL, FALSE, TRUE, &result, &error));
  g_assert_cmpuint (sr_storage_memory_get_n_files (memory (fixture), SR_FILE_SNAPSHOT), ==, 2);
  for (int i = 0; i < 2; i++)
    {
      g_assert_true (repair_snapshots (fixture, NULL, FALSE, FALSE, &result, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (result.snapshots_repaired, ==, 1);
      g_assert_cmpuint (result.files_lost, ==, 1);
      g_assert_cmpuint (fixture->reports->len, ==, 1);
      check_report (fixture, 0, "lost ", ":/dir/c");
      /* a second run finds what the first has written */
      g_assert_cmpuint (sr_storage_memory_get_n_files (memory (fixture), SR_FILE_SNAPSHOT), ==, 3);
    }
  g_assert_true (repair_snapshots (fixture, NULL, TRUE, FALSE, &result, &error));
  g_assert_cmpuint (sr_storage_memory_get_n_files (memory (fixture), SR_FILE_SNAPSHOT), ==, 2);
  sr_test_repo_check (fixture->storage);
  repo = load (fixture);
  snapshots = sr_repo_list_snapshots (repo, NULL, NULL, NULL, &error);
  repaired = snapshots->pdata[1];
  g_assert_true (repaired->has_original);
  g_assert_true (sr_id_equal (&repaired->original, &fixture->second->id));
  g_assert_cmpstr (repaired->tags[0], ==, "tag");
  g_assert_cmpstr (repaired->tags[1], ==, "repaired");
  g_assert_cmpint (repaired->time.ts.tv_sec, ==, 2000);
}

/* The file of @before, in the newest snapshot, lacks its second chunk and no more. */
static void
check_cut_file (SrRepo       *repo,
                const SrNode *before)
{
  g_autoptr (SrTreeDecoder) decoder = NULL;
  g_autoptr (GPtrArray)     snapshots = NULL;
  g_auto (SrNode)           node = { 0 };
  g_autoptr (GError)        error = NULL;
  guint64                   size = 0;

  g_assert_true (sr_repo_load_index (repo, NULL, NULL, NULL, NULL, &error));
  snapshots = sr_repo_list_snapshots (repo, NULL, NULL, NULL, &error);
  decoder = sr_repo_open_tree (repo, NULL, &((SrSnapshot *) snapshots->pdata[1])->tree, NULL,
                               &error);
  g_assert_cmpint (sr_tree_decoder_next (decoder, &node, &error), ==, 1);
  g_assert_cmpuint (node.n_content, ==, before->n_content - 1);
  g_assert_true (sr_id_equal (&node.content[0], &before->content[0]));
  g_assert_true (sr_id_equal (&node.content[1], &before->content[2]));
  for (gsize i = 0; i < node.n_content; i++)
    {
      g_autoptr (GBytes) blob = sr_repo_load_blob (repo, NULL, SR_BLOB_DATA, &node.content[i], NULL,
                                                   &error);

      g_assert_no_error (error);
      size += g_bytes_get_size (blob);
    }
  g_assert_cmpuint (node.entry.size, ==, size);
}

/* A file of many chunks, of which one is missing. */
static void
test_file_cut (Fixture      *fixture,
               gconstpointer data)
{
  g_autoptr (SrRepo)        repo = load (fixture);
  g_autoptr (SrTreeDecoder) decoder = NULL;
  g_auto (SrNode)           node = { 0 };
  g_autoptr (GError)        error = NULL;
  SrRepairSnapshotsResult   result;
  SrIndex                  *old = sr_repo_get_index (repo);
  g_autoptr (SrIndexWriter) writer = sr_index_writer_new ();
  g_autoptr (GString)       json = NULL;
  SrId                      id;

  decoder = sr_repo_open_tree (repo, NULL, &fixture->first->tree, NULL, &error);
  g_assert_cmpint (sr_tree_decoder_next (decoder, &node, &error), ==, 1);
  g_assert_cmpuint (node.n_content, >, 3);
  /* an index without that one chunk */
  for (guint32 i = 0; i < sr_index_get_n_packs (old); i++)
    {
      g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (SrPackEntry));
      gsize              first, count;

      sr_index_get_pack_entries (old, i, &first, &count);
      for (gsize k = first; k < first + count; k++)
        {
          SrPackEntry entry;

          sr_index_entry_to_pack_entry (sr_index_get_entry (old, k), &entry);
          if (!sr_id_equal (&entry.id, &node.content[1]))
            g_array_append_val (entries, entry);
        }
      sr_index_writer_add_pack (writer, sr_index_get_pack_id (old, i),
                                (const SrPackEntry *) entries->data, entries->len);
    }
  sr_test_repo_replace_all (memory (fixture), SR_FILE_INDEX, NULL);
  json = sr_index_writer_take_json (writer);
  g_assert_true (sr_repo_save_unpacked (repo, SR_FILE_INDEX, json->str, json->len, &id, NULL,
                                        &error));
  g_assert_true (repair_snapshots (fixture, NULL, TRUE, FALSE, &result, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (result.snapshots_repaired, ==, 2);
  g_assert_cmpuint (result.files_lost, ==, 2);
  check_report (fixture, 0, "cut ", ":/a");
  check_report (fixture, 1, "cut ", ":/a");
  check_cut_file (repo, &node);
}

/* The tree of "dir" in the second snapshot, or the root. */
static void
lose_tree (Fixture    *fixture,
           const SrId *tree)
{
  g_autoptr (SrRepo) repo = load (fixture);
  g_autoptr (GBytes) blob = NULL;
  SrId               pack;
  guint32            offset;
  g_autoptr (GBytes) file = NULL;
  g_autofree guint8 *bytes = NULL;
  g_autoptr (GBytes) damaged = NULL;
  gsize              size;

  find_blob (fixture, SR_BLOB_TREE, tree, &pack, &offset);
  file = sr_storage_memory_peek (memory (fixture), SR_FILE_PACK, &pack);
  bytes = g_memdup2 (g_bytes_get_data (file, &size), g_bytes_get_size (file));
  bytes[offset + 20] ^= 1;
  damaged = g_bytes_new (bytes, size);
  sr_storage_memory_replace (memory (fixture), SR_FILE_PACK, &pack, damaged);
}

static void
find_dir (Fixture          *fixture,
          const SrSnapshot *snapshot,
          SrId             *tree)
{
  g_autoptr (SrRepo)        repo = load (fixture);
  g_autoptr (SrTreeDecoder) decoder = NULL;
  g_autoptr (GError)        error = NULL;

  decoder = sr_repo_open_tree (repo, NULL, &snapshot->tree, NULL, &error);
  g_assert_no_error (error);
  for (;;)
    {
      g_auto (SrNode) node = { 0 };

      g_assert_cmpint (sr_tree_decoder_next (decoder, &node, &error), ==, 1);
      if (node.has_subtree)
        {
          *tree = node.subtree;
          return;
        }
    }
}

static void
test_folder_lost (Fixture      *fixture,
                  gconstpointer data)
{
  g_autoptr (GError)      error = NULL;
  SrRepairSnapshotsResult result;
  SrId                    dir;

  find_dir (fixture, fixture->second, &dir);
  lose_tree (fixture, &dir);
  g_assert_true (repair_snapshots (fixture, NULL, TRUE, FALSE, &result, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (result.snapshots_sound, ==, 1);
  g_assert_cmpuint (result.snapshots_repaired, ==, 1);
  g_assert_cmpuint (result.dirs_lost, ==, 1);
  check_report (fixture, 0, "lost ", ":/dir");
  g_assert_cmpuint (sr_storage_memory_get_n_files (memory (fixture), SR_FILE_SNAPSHOT), ==, 2);
}

static void
test_root_lost (Fixture      *fixture,
                gconstpointer data)
{
  g_autoptr (GError)      error = NULL;
  SrRepairSnapshotsResult result;

  lose_tree (fixture, &fixture->first->tree);
  g_assert_true (repair_snapshots (fixture, NULL, FALSE, FALSE, &result, &error));
  g_assert_cmpuint (result.snapshots_lost, ==, 1);
  g_assert_cmpuint (result.snapshots_sound, ==, 1);
  g_assert_cmpuint (sr_storage_memory_get_n_files (memory (fixture), SR_FILE_SNAPSHOT), ==, 2);
  g_assert_true (repair_snapshots (fixture, NULL, TRUE, FALSE, &result, &error));
  g_assert_cmpuint (sr_storage_memory_get_n_files (memory (fixture), SR_FILE_SNAPSHOT), ==, 1);
}

static void
test_only_named (Fixture      *fixture,
                 gconstpointer data)
{
  g_autoptr (GError)      error = NULL;
  SrRepairSnapshotsResult result;
  char                    hex[SR_ID_HEX_SIZE];
  const char *const       names[] = { sr_id_to_hex (&fixture->first->id, hex), NULL };

  lose_c (fixture);
  g_assert_true (repair_snapshots (fixture, names, TRUE, FALSE, &result, &error));
  g_assert_cmpuint (result.snapshots_sound, ==, 1);
  g_assert_cmpuint (result.snapshots_repaired, ==, 0);
}

static void
test_damaged_snapshot_file (Fixture      *fixture,
                            gconstpointer data)
{
  g_autoptr (GBytes)      rubbish = g_bytes_new_static ("no snapshot, no snapshot, none", 30);
  g_autoptr (GError)      error = NULL;
  SrRepairSnapshotsResult result;

  sr_storage_memory_replace (memory (fixture), SR_FILE_SNAPSHOT, &fixture->first->id, rubbish);
  g_assert_true (repair_snapshots (fixture, NULL, TRUE, FALSE, &result, &error));
  g_assert_cmpuint (result.snapshots_lost, ==, 1);
  g_assert_cmpuint (result.snapshots_sound, ==, 1);
  g_assert_cmpuint (sr_storage_memory_get_n_files (memory (fixture), SR_FILE_SNAPSHOT), ==, 2);
}

/* With an index that cannot be read whole, sound snapshots would look damaged. */
static void
test_damaged_index_first (Fixture      *fixture,
                          gconstpointer data)
{
  g_autoptr (GBytes)      rubbish = g_bytes_new_static ("rubbish that is long enough", 27);
  g_autoptr (GError)      error = NULL;
  SrRepairSnapshotsResult result;

  sr_test_repo_replace_all (memory (fixture), SR_FILE_INDEX, rubbish);
  g_assert_false (repair_snapshots (fixture, NULL, TRUE, FALSE, &result, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
  g_assert_cmpuint (sr_storage_memory_get_n_files (memory (fixture), SR_FILE_SNAPSHOT), ==, 2);
}

/* A tree in no order, as other writers leave them, and with a name twice. */
static void
test_unsorted_tree (Fixture      *fixture,
                    gconstpointer data)
{
  g_autoptr (SrRepo)        repo = load (fixture);
  g_autoptr (GString)       tree = g_string_new ("{\"nodes\":[");
  g_autoptr (SrSnapshot)    snapshot = NULL;
  g_autoptr (GPtrArray)     snapshots = NULL;
  g_autoptr (SrTreeDecoder) decoder = NULL;
  g_autoptr (GError)        error = NULL;
  static const char        *names[] = { "z", "b", "q", "b" };
  static const char        *expected[] = { "b", "z" };
  SrId                      missing = { { 1 } };
  char                      hex[SR_ID_HEX_SIZE];
  const char               *plains[1];
  SrPackEntry               entry;
  SrId                      pack;
  SrRepairSnapshotsResult   result;

  for (guint i = 0; i < 4; i++)
    g_string_append_printf (
        tree, "%s{\"name\":\"%s\",\"type\":\"file\",\"mode\":420,\"content\":[%s%s%s]}",
        i > 0 ? "," : "", names[i], i == 2 ? "\"" : "", i == 2 ? sr_id_to_hex (&missing, hex) : "",
        i == 2 ? "\"" : "");
  g_string_append (tree, "]}\n");
  plains[0] = tree->str;
  sr_test_repo_write_pack (repo, SR_BLOB_TREE, plains, 1, &pack, &entry);
  sr_test_repo_write_index (repo, &pack, &entry, 1, NULL);
  snapshot = sr_test_repo_write_snapshot (repo, &entry.id, 3000, "host", "tag", "/path");
  g_assert_true (repair_snapshots (fixture, NULL, TRUE, FALSE, &result, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (result.snapshots_repaired, ==, 1);
  check_report (fixture, 0, "lost ", ":/q");
  g_assert_true (sr_repo_load_index (repo, NULL, NULL, NULL, NULL, &error));
  snapshots = sr_repo_list_snapshots (repo, NULL, NULL, NULL, &error);
  g_assert_cmpuint (snapshots->len, ==, 3);
  decoder =
      sr_repo_open_tree (repo, NULL, &((SrSnapshot *) snapshots->pdata[2])->tree, NULL, &error);
  for (guint i = 0; i < 3; i++)
    {
      g_auto (SrNode) node = { 0 };

      g_assert_cmpint (sr_tree_decoder_next (decoder, &node, &error), ==, i < 2);
      if (i < 2)
        g_assert_cmpstr (node.entry.name, ==, expected[i]);
    }
}

/* A folder whose new tree goes through as a stream. */
static void
test_large_tree (Fixture      *fixture,
                 gconstpointer data)
{
  g_autoptr (SrRepo)        repo = load (fixture);
  SrId                      missing = { { 1 } };
  g_autofree char          *tree = sr_test_repo_large_tree (30000, &missing);
  const char *const         plains[] = { tree };
  g_autoptr (SrSnapshot)    snapshot = NULL;
  g_autoptr (GPtrArray)     snapshots = NULL;
  g_autoptr (SrTreeDecoder) decoder = NULL;
  g_autoptr (GError)        error = NULL;
  SrPackEntry               entry;
  SrId                      pack;
  SrRepairSnapshotsResult   result;
  guint                     n = 0;
  int                       more;

  g_assert_cmpuint (strlen (tree), >, 5 * 1024 * 1024);
  sr_test_repo_write_pack (repo, SR_BLOB_TREE, plains, 1, &pack, &entry);
  sr_test_repo_write_index (repo, &pack, &entry, 1, NULL);
  snapshot = sr_test_repo_write_snapshot (repo, &entry.id, 3000, "host", "tag", "/path");
  g_assert_true (repair_snapshots (fixture, NULL, TRUE, FALSE, &result, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (result.files_lost, ==, 1);
  check_report (fixture, 0, "lost ", ":/file00030000");
  sr_test_repo_check (fixture->storage);
  g_assert_true (sr_repo_load_index (repo, NULL, NULL, NULL, NULL, &error));
  snapshots = sr_repo_list_snapshots (repo, NULL, NULL, NULL, &error);
  decoder = sr_repo_open_tree (repo, NULL, &((SrSnapshot *) snapshots->pdata[2])->tree, NULL,
                               &error);
  do
    {
      g_auto (SrNode) node = { 0 };

      more = sr_tree_decoder_next (decoder, &node, &error);
      n += more > 0;
    }
  while (more > 0);
  g_assert_cmpint (more, ==, 0);
  g_assert_cmpuint (n, ==, 30000);
}

static guint
count_snapshots (SrStorage *storage)
{
  return sr_storage_memory_get_n_files (SR_STORAGE_MEMORY (storage), SR_FILE_SNAPSHOT);
}

static void
test_snapshots_faults (Fixture      *fixture,
                       gconstpointer data)
{
  lose_c (fixture);
  for (guint call = 1;; call++)
    {
      g_autoptr (SrStorage)   copy = sr_storage_memory_clone (memory (fixture));
      g_autoptr (SrStorage)   fault = sr_storage_fault_new (copy);
      g_autoptr (SrRepo)      repo = open_repo (fixture, fault);
      g_autoptr (SrRepo)      again = open_repo (fixture, copy);
      g_autoptr (GError)      error = NULL;
      SrRepairSnapshotsResult result;
      gboolean                ok;

      sr_storage_fault_plan (SR_STORAGE_FAULT (fault), SR_FAULT_FAIL, call, SR_ERROR_NETWORK);
      ok = sr_repair_snapshots_run (repo, NULL, TRUE, FALSE, NULL, NULL, &result, NULL, NULL,
                                    &error);
      g_assert_cmpint (ok, ==, error == NULL);
      g_clear_error (&error);
      g_assert_cmpuint (count_snapshots (copy),
                        >=, 2);
      g_assert_true (sr_repair_snapshots_run (again, NULL, TRUE, FALSE, NULL, NULL, &result, NULL,
                                              NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (count_snapshots (copy),
                        ==, 2);
      sr_test_repo_check (copy);
      if (!sr_storage_fault_was_reached (SR_STORAGE_FAULT (fault)))
        {
          g_assert_true (ok);
          break;
        }
    }
}

#define ADD_WITH(path, data, func) \
  g_test_add ("/repair/" path, Fixture, data, set_up, func, tear_down)
#define ADD(path, func) ADD_WITH (path, NULL, func)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("index/sound", test_index_sound);
  ADD ("index/gone", test_index_gone);
  ADD ("index/damaged", test_index_damaged);
  ADD ("index/disputed", test_index_disputed);
  ADD ("index/pack-gone", test_pack_gone);
  ADD_WITH ("index/header-damaged", GINT_TO_POINTER (FALSE), test_header_damaged);
  ADD_WITH ("index/header-cut", GINT_TO_POINTER (TRUE), test_header_damaged);
  ADD ("index/dry-run", test_index_dry_run);
  ADD ("index/faults", test_index_faults);
  ADD ("snapshots/sound", test_snapshots_sound);
  ADD ("snapshots/file-lost", test_file_lost);
  ADD ("snapshots/file-cut", test_file_cut);
  ADD ("snapshots/folder-lost", test_folder_lost);
  ADD ("snapshots/root-lost", test_root_lost);
  ADD ("snapshots/only-named", test_only_named);
  ADD ("snapshots/damaged-snapshot-file", test_damaged_snapshot_file);
  ADD ("snapshots/damaged-index-first", test_damaged_index_first);
  ADD ("snapshots/unsorted-tree", test_unsorted_tree);
  ADD ("snapshots/large-tree", test_large_tree);
  ADD ("snapshots/faults", test_snapshots_faults);
  return g_test_run ();
}
