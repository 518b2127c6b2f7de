/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-error.h"
#include "job/sr-copy.h"
#include "sr-storage-fault.h"
#include "sr-storage-memory.h"
#include "sr-test-repo.h"

typedef struct
{
  SrStorage  *from_storage;
  SrStorage  *to_storage;
  SrRepo     *from;
  SrRepo     *to;
  SrSnapshot *first;
  SrSnapshot *second;
  GPtrArray  *reports; /* of "ACTION first|second" */
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  g_autofree char  *a = sr_test_repo_text (1, 20000);
  g_autofree char  *b = sr_test_repo_text (2, 3000);
  g_autofree char  *c = sr_test_repo_text (3, 700);
  const char *const first[] = { "a", a, "dir/b", b, NULL };
  const char *const second[] = { "a", a, "dir/b", b, "dir/c", c, "empty", "", NULL };

  fixture->from_storage = sr_storage_memory_new ();
  fixture->to_storage = sr_storage_memory_new ();
  fixture->from = sr_test_repo_create (fixture->from_storage);
  fixture->to = sr_test_repo_create (fixture->to_storage);
  fixture->first = sr_test_repo_backup (fixture->from, 1000, first);
  fixture->second = sr_test_repo_backup (fixture->from, 2000, second);
  fixture->reports = g_ptr_array_new_with_free_func (g_free);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_object_unref (fixture->from);
  g_object_unref (fixture->to);
  g_object_unref (fixture->from_storage);
  g_object_unref (fixture->to_storage);
  sr_snapshot_free (fixture->first);
  sr_snapshot_free (fixture->second);
  g_ptr_array_unref (fixture->reports);
}

static void
note (const char   *path,
      const char   *action,
      guint64       size,
      const GError *error,
      gpointer      user_data)
{
  Fixture *fixture = user_data;
  char     hex[SR_ID_HEX_SIZE];
  gboolean is_first = strcmp (path, sr_id_to_hex (&fixture->first->id, hex)) == 0;

  g_assert_cmpint (error != NULL, ==, strcmp (action, "failed") == 0);
  g_ptr_array_add (fixture->reports,
                   g_strdup_printf ("%s %s", action, is_first ? "first" : "second"));
}

static gboolean
run (Fixture           *fixture,
     const char *const *names,
     SrCopyResult      *result,
     GError           **error)
{
  g_autoptr (SrRepo) to = sr_test_repo_open (fixture->to_storage);

  g_ptr_array_set_size (fixture->reports, 0);
  return sr_copy_run (fixture->from, to, names, NULL, note, fixture, result, NULL, NULL, error);
}

static guint
count (SrStorage *storage,
       SrFileType type)
{
  return sr_storage_memory_get_n_files (SR_STORAGE_MEMORY (storage), type);
}

static void
test_all (Fixture      *fixture,
          gconstpointer data)
{
  g_autoptr (GPtrArray) copies = NULL;
  g_autoptr (GError)    error = NULL;
  SrCopyResult          result;
  const SrSnapshot     *copy;

  g_assert_true (run (fixture, NULL, &result, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (result.snapshots_copied, ==, 2);
  g_assert_cmpuint (result.blobs, ==, sr_index_get_n_entries (sr_repo_get_index (fixture->from)));
  g_assert_cmpuint (result.bytes, >, 20000);
  sr_test_repo_check (fixture->to_storage);
  copies = sr_repo_list_snapshots (fixture->to, NULL, NULL, NULL, &error);
  g_assert_cmpuint (copies->len, ==, 2);
  copy = copies->pdata[1];
  g_assert_true (copy->has_original);
  g_assert_true (sr_id_equal (&copy->original, &fixture->second->id));
  g_assert_true (sr_id_equal (&copy->tree, &fixture->second->tree));
  g_assert_false (copy->has_parent);
  g_assert_cmpstr (copy->hostname, ==, "host");
  g_assert_cmpuint (count (fixture->from_storage, SR_FILE_LOCK), ==, 0);
  g_assert_cmpuint (count (fixture->to_storage, SR_FILE_LOCK), ==, 0);
}

static void
test_again (Fixture      *fixture,
            gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  SrCopyResult       result;
  guint              n_packs;

  g_assert_true (run (fixture, NULL, &result, &error));
  n_packs = count (fixture->to_storage, SR_FILE_PACK);
  g_assert_true (run (fixture, NULL, &result, &error));
  g_assert_cmpuint (result.snapshots_copied, ==, 0);
  g_assert_cmpuint (result.snapshots_present, ==, 2);
  g_assert_cmpuint (result.blobs, ==, 0);
  g_assert_cmpuint (count (fixture->to_storage, SR_FILE_PACK), ==, n_packs);
  g_assert_cmpuint (count (fixture->to_storage, SR_FILE_SNAPSHOT), ==, 2);
}

/* And back: the copy is known as one. */
static void
test_there_and_back (Fixture      *fixture,
                     gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  SrCopyResult       result;

  g_assert_true (run (fixture, NULL, &result, &error));
  g_assert_true (sr_copy_run (fixture->to, fixture->from, NULL, NULL, NULL, NULL, &result, NULL,
                              NULL, &error));
  g_assert_cmpuint (result.snapshots_copied, ==, 0);
  g_assert_cmpuint (result.snapshots_present, ==, 2);
}

static void
test_named (Fixture      *fixture,
            gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  SrCopyResult       result;
  char               hex[SR_ID_HEX_SIZE];
  const char *const  first[] = { sr_id_to_hex (&fixture->first->id, hex), NULL };
  const char *const  latest[] = { "latest", NULL };
  const char *const  none[] = { "0123456789", NULL };
  guint64            blobs;

  g_assert_true (run (fixture, first, &result, &error));
  g_assert_cmpuint (result.snapshots_copied, ==, 1);
  g_assert_cmpstr (fixture->reports->pdata[0], ==, "copied first");
  blobs = result.blobs;
  g_assert_true (run (fixture, latest, &result, &error));
  g_assert_cmpuint (result.snapshots_copied, ==, 1);
  g_assert_cmpuint (result.blobs, <, blobs);
  sr_test_repo_check (fixture->to_storage);
  g_assert_false (run (fixture, none, &result, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
}

static void
test_same_vault (Fixture      *fixture,
                 gconstpointer data)
{
  g_autoptr (SrRepo) again = sr_test_repo_open (fixture->from_storage);
  g_autoptr (GError) error = NULL;
  SrCopyResult       result;

  g_assert_false (sr_copy_run (fixture->from, again, NULL, NULL, NULL, NULL, &result, NULL, NULL,
                               &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_REFUSED);
}

/* A chunk that only the second snapshot needs is damaged: the first is copied. */
static void
test_damaged_source (Fixture      *fixture,
                     gconstpointer data)
{
  SrIndex            *index = sr_repo_get_index (fixture->from);
  const SrIndexEntry *last = NULL;
  g_autoptr (GBytes)  pack = NULL;
  g_autoptr (GBytes)  damaged = NULL;
  g_autoptr (GError)  error = NULL;
  g_autofree guint8  *bytes = NULL;
  gsize               size;
  SrCopyResult        result;

  g_assert_true (sr_repo_load_index (fixture->from, NULL, NULL, NULL, NULL, &error));
  index = sr_repo_get_index (fixture->from);
  for (gsize i = 0; i < sr_index_get_n_entries (index); i++)
    {
      const SrIndexEntry *entry = sr_index_get_entry (index, i);

      /* the file of 700 bytes is one or two chunks, the only ones in packs of the second backup */
      if (sr_index_entry_get_type (entry) == SR_BLOB_DATA && entry->plain_length < 1000 &&
          sr_index_get_pack_size (index, sr_index_entry_get_pack (entry)) < 2000)
        last = entry;
    }
  g_assert_nonnull (last);
  pack = sr_storage_memory_peek (SR_STORAGE_MEMORY (fixture->from_storage), SR_FILE_PACK,
                                 sr_index_get_pack_id (index, sr_index_entry_get_pack (last)));
  bytes = g_memdup2 (g_bytes_get_data (pack, &size), g_bytes_get_size (pack));
  bytes[last->offset + 20] ^= 1;
  damaged = g_bytes_new (bytes, size);
  sr_storage_memory_replace (SR_STORAGE_MEMORY (fixture->from_storage), SR_FILE_PACK,
                             sr_index_get_pack_id (index, sr_index_entry_get_pack (last)), damaged);
  g_assert_false (run (fixture, NULL, &result, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INCOMPLETE);
  g_assert_cmpuint (result.snapshots_copied, ==, 1);
  g_assert_cmpuint (fixture->reports->len, ==, 2);
  g_assert_cmpstr (fixture->reports->pdata[0], ==, "copied first");
  g_assert_cmpstr (fixture->reports->pdata[1], ==, "failed second");
  sr_test_repo_check (fixture->to_storage);
}

/* A folder whose tree goes through as a stream. */
static void
test_large_tree (Fixture      *fixture,
                 gconstpointer data)
{
  g_autofree char       *tree = sr_test_repo_large_tree (180000, NULL);
  const char *const      plains[] = { tree };
  g_autoptr (SrSnapshot) snapshot = NULL;
  g_autoptr (GError)     error = NULL;
  SrPackEntry            entry;
  SrId                   pack;
  SrCopyResult           result;

  g_assert_cmpuint (strlen (tree), >, 33 * 1024 * 1024);
  sr_test_repo_write_pack (fixture->from, SR_BLOB_TREE, plains, 1, &pack, &entry);
  sr_test_repo_write_index (fixture->from, &pack, &entry, 1, NULL);
  snapshot = sr_test_repo_write_snapshot (fixture->from, &entry.id, 3000, "host", "tag", "/path");
  g_assert_true (run (fixture, NULL, &result, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (result.snapshots_copied, ==, 3);
  sr_test_repo_check (fixture->to_storage);
}

/* Whatever fails in the destination: a clear error, and what is there is sound. */
static void
test_faults (Fixture      *fixture,
             gconstpointer data)
{
  for (guint call = 1;; call++)
    {
      g_autoptr (SrStorage) memory =
          sr_storage_memory_clone (SR_STORAGE_MEMORY (fixture->to_storage));
      g_autoptr (SrStorage) fault = sr_storage_fault_new (memory);
      g_autoptr (SrRepo)    to = sr_test_repo_open (fault);
      g_autoptr (SrClock)   clock = sr_clock_new_fake (g_get_real_time () * 1000);
      g_autoptr (GError)    error = NULL;
      SrCopyResult          result;
      gboolean              ok;

      sr_repo_set_clock (to, clock);
      sr_repo_set_clock (fixture->from, clock);
      sr_storage_fault_plan (SR_STORAGE_FAULT (fault), SR_FAULT_FAIL, call, SR_ERROR_IO);
      ok = sr_copy_run (fixture->from, to, NULL, NULL, NULL, NULL, &result, NULL, NULL, &error);
      if (!ok)
        g_assert_nonnull (error);
      else
        g_assert_cmpuint (count (memory, SR_FILE_SNAPSHOT), ==, 2);
      sr_test_repo_check (memory);
      if (!sr_storage_fault_was_reached (SR_STORAGE_FAULT (fault)))
        {
          g_assert_true (ok);
          break;
        }
    }
}

static void
test_cancelled (Fixture      *fixture,
                gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError)       error = NULL;
  SrCopyResult             result;

  g_cancellable_cancel (cancellable);
  g_assert_false (sr_copy_run (fixture->from, fixture->to, NULL, NULL, NULL, NULL, &result, NULL,
                               cancellable, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
  g_assert_cmpuint (count (fixture->to_storage, SR_FILE_PACK), ==, 0);
}

#define ADD(path, func) \
  g_test_add ("/copy/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("all", test_all);
  ADD ("again", test_again);
  ADD ("there-and-back", test_there_and_back);
  ADD ("named", test_named);
  ADD ("same-vault", test_same_vault);
  ADD ("damaged-source", test_damaged_source);
  ADD ("large-tree", test_large_tree);
  ADD ("faults", test_faults);
  ADD ("cancelled", test_cancelled);
  return g_test_run ();
}
