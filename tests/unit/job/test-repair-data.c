/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "crypto/sr-digest.h"
#include "job/sr-repair.h"
#include "sr-storage-memory.h"
#include "sr-test-repo.h"

static void
load (SrRepo *repo)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_repo_load_index (repo, NULL, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
}

static void
repair (SrRepo              *repo,
        SrRepairDepth        depth,
        SrRepairIndexResult *result)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_repair_index_run (repo, depth, FALSE, NULL, NULL, result, NULL, NULL, &error));
  g_assert_no_error (error);
}

/* A bit of one chunk has flipped: the header still says what the index says. The other chunks of
 * the pack are saved, and the next backup of the same file stores the lost one again, so that the
 * old snapshot is whole once more. */
static void
test_data_damaged (void)
{
  g_autoptr (SrStorage) storage = sr_storage_memory_new ();
  g_autofree char      *a = sr_test_repo_text (1, 9000);
  g_autofree char      *b = sr_test_repo_text (2, 200);
  const char *const     files[] = { "a", a, "dir/b", b, NULL };
  g_autoptr (SrRepo)    repo = sr_test_repo_create (storage);
  SrIndex              *index;
  SrRepairIndexResult   result;
  const SrIndexEntry   *entry;
  gsize                 first, count;
  guint32               pack;
  SrId                  id, pack_id;

  sr_snapshot_free (sr_test_repo_backup (repo, 1000, files));
  load (repo);
  index = sr_repo_get_index (repo);
  sr_sha256 (b, 200, &id);
  entry = sr_index_lookup (index, SR_BLOB_DATA, &id);
  g_assert_nonnull (entry);
  pack = sr_index_entry_get_pack (entry);
  pack_id = *sr_index_get_pack_id (index, pack);
  sr_index_get_pack_entries (index, pack, &first, &count);
  g_assert_cmpuint (count, >, 1);
  sr_test_repo_damage_pack (SR_STORAGE_MEMORY (storage), &pack_id,
                            sr_index_get_pack_size (index, pack) - entry->offset - 20, FALSE);
  repair (repo, SR_REPAIR_ALL_HEADERS, &result);
  g_assert_cmpuint (result.packs_unreadable, ==, 0);
  repair (repo, SR_REPAIR_ALL_DATA, &result);
  g_assert_cmpuint (result.packs_unreadable, ==, 1);
  g_assert_cmpuint (result.blobs_salvaged, ==, count - 1);
  g_assert_null (sr_index_lookup (sr_repo_get_index (repo), SR_BLOB_DATA, &id));
  sr_snapshot_free (sr_test_repo_backup (repo, 3000, files));
  sr_test_repo_check (storage);
  repair (repo, SR_REPAIR_ALL_DATA, &result);
  g_assert_cmpuint (result.packs_unreadable, ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/repair/index/data-damaged", test_data_damaged);
  return g_test_run ();
}
