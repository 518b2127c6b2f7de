/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-error.h"
#include "crypto/sr-digest.h"
#include "repo/sr-repo.h"
#include "sr-storage-fault.h"
#include "sr-storage-memory.h"
#include "sr-test-repo.h"
#include "sr-test-util.h"
#include "storage/sr-storage-local.h"

static void
test_create_and_open (void)
{
  g_autoptr (SrStorage) storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)    created = sr_test_repo_create (storage);
  g_autoptr (SrRepo)    opened = sr_test_repo_open (storage);
  const SrConfig       *config = sr_repo_get_config (opened);
  g_autoptr (GError)    error = NULL;

  g_assert_cmpuint (config->version, ==, 2);
  g_assert_true (sr_polynomial_is_valid (config->polynomial));
  g_assert_cmpmem (config, sizeof *config, sr_repo_get_config (created), sizeof *config);
  g_assert_cmpuint (config->database_chunks.min, ==, sr_chunk_sizes_database.min);
  g_assert_true (sr_secret_equal (sr_repo_get_master_key (created),
                                  sr_repo_get_master_key (opened)));
  g_assert_true (sr_id_equal (sr_repo_get_key_id (created), sr_repo_get_key_id (opened)));
  g_assert_true (sr_repo_check_writable (opened, &error));
  g_assert_cmpuint (sr_storage_memory_get_n_files (SR_STORAGE_MEMORY (storage), SR_FILE_KEY), ==,
                    1);
}

static void
test_create_refuses (void)
{
  g_autoptr (SrStorage) storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)    created = sr_test_repo_create (storage);
  g_autoptr (SrSecret)  password = sr_test_repo_password ();
  g_autoptr (SrRepo)    again = NULL;
  g_autoptr (GError)    error = NULL;

  again = sr_repo_create (storage, password, NULL, NULL, NULL, &error);
  g_assert_null (again);
  g_assert_error (error, SR_ERROR, SR_ERROR_EXISTS);
}

static void
test_open_refuses (void)
{
  g_autoptr (SrStorage) storage = sr_storage_memory_new ();
  g_autoptr (SrSecret)  wrong = sr_secret_new_from ("Test", 4);
  g_autoptr (SrSecret)  password = sr_test_repo_password ();
  g_autoptr (SrRepo)    created = NULL;
  g_autoptr (SrRepo)    opened = NULL;
  g_autoptr (GBytes)    config = NULL;
  g_autoptr (GError)    error = NULL;
  guint8               *damaged;
  gsize                 size;

  opened = sr_repo_open (storage, password, NULL, &error);
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
  g_clear_error (&error);
  created = sr_test_repo_create (storage);
  opened = sr_repo_open (storage, wrong, NULL, &error);
  g_assert_error (error, SR_ERROR, SR_ERROR_WRONG_PASSWORD);
  g_clear_error (&error);
  config = sr_storage_memory_peek (SR_STORAGE_MEMORY (storage), SR_FILE_CONFIG, NULL);
  damaged = g_bytes_unref_to_data (g_steal_pointer (&config), &size);
  damaged[size / 2] ^= 4;
  config = g_bytes_new_take (damaged, size);
  sr_storage_memory_replace (SR_STORAGE_MEMORY (storage), SR_FILE_CONFIG, NULL, config);
  opened = sr_repo_open (storage, password, NULL, &error);
  g_assert_null (opened);
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
}

/* Whatever fails while a vault is made: either it is there whole, or it can be made again. */
static void
test_create_with_faults (void)
{
  static const SrScryptParams cheap = { 16, 1, 1 };
  static const SrFault        faults[] = { SR_FAULT_FAIL, SR_FAULT_CUT, SR_FAULT_CUT_SILENTLY,
                                           SR_FAULT_FLIP };

  for (guint k = 0; k < G_N_ELEMENTS (faults); k++)
    for (guint call = 1;; call++)
      {
        g_autoptr (SrStorage) memory = sr_storage_memory_new ();
        g_autoptr (SrStorage) storage = sr_storage_fault_new (memory);
        g_autoptr (SrSecret)  password = sr_test_repo_password ();
        g_autoptr (SrRepo)    repo = NULL;
        g_autoptr (SrRepo)    again = NULL;
        g_autoptr (GError)    error = NULL;
        gboolean              reached;

        sr_storage_fault_plan (SR_STORAGE_FAULT (storage), faults[k], call, SR_ERROR_IO);
        repo = sr_repo_create (storage, password, NULL, &cheap, NULL, &error);
        reached = sr_storage_fault_was_reached (SR_STORAGE_FAULT (storage));
        if (repo != NULL)
          again = sr_test_repo_open (memory);
        else
          {
            g_assert_nonnull (error);
            g_assert_cmpuint (sr_storage_memory_get_n_bytes (SR_STORAGE_MEMORY (memory)), ==, 0);
          }
        if (!reached)
          break;
      }
}

static void
test_restic_vault (void)
{
  g_autofree char      *path = g_test_build_filename (G_TEST_DIST, "data", "restic-init",
                                                      "vault", NULL);
  g_autofree char      *from = g_test_build_filename (G_TEST_DIST, "data", "restic-init",
                                                      "password", NULL);
  g_autoptr (SrStorage) storage = sr_storage_local_new (path);
  g_autofree char      *text = NULL;
  g_autoptr (SrSecret)  password = NULL;
  g_autoptr (SrRepo)    repo = NULL;
  g_autoptr (GError)    error = NULL;

  g_assert_true (g_file_get_contents (from, &text, NULL, &error));
  g_strchomp (text);
  password = sr_secret_new_from (text, strlen (text));
  repo = sr_repo_open (storage, password, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sr_repo_get_config (repo)->polynomial, ==,
                    G_GUINT64_CONSTANT (0x2acc5c9f068d7b));
  g_assert_true (sr_repo_load_index (repo, NULL, NULL, NULL, NULL, &error));
  g_assert_cmpuint (sr_index_get_n_entries (sr_repo_get_index (repo)), ==, 0);
}

static void
test_unpacked (void)
{
  static const char     json[] = "{\"some\":\"json json json json json json json json\"}";
  g_autoptr (SrStorage) storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)    repo = sr_test_repo_create (storage);
  g_autoptr (GBytes)    loaded = NULL;
  g_autoptr (GBytes)    file = NULL;
  g_autoptr (GError)    error = NULL;
  SrId                  id;
  SrId                  found;

  g_assert_true (
      sr_repo_save_unpacked (repo, SR_FILE_INDEX, json, strlen (json), &id, NULL, &error));
  file = sr_storage_memory_peek (SR_STORAGE_MEMORY (storage), SR_FILE_INDEX, &id);
  sr_sha256 (g_bytes_get_data (file, NULL), g_bytes_get_size (file), &found);
  g_assert_true (sr_id_equal (&id, &found));
  loaded = sr_repo_load_unpacked (repo, SR_FILE_INDEX, &id, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (loaded, NULL), g_bytes_get_size (loaded), json, strlen (json));
  g_clear_pointer (&loaded, g_bytes_unref);

  /* a sound file under another's name */
  found.bytes[0] ^= 1;
  sr_storage_memory_replace (SR_STORAGE_MEMORY (storage), SR_FILE_INDEX, &found, file);
  loaded = sr_repo_load_unpacked (repo, SR_FILE_INDEX, &found, NULL, &error);
  g_assert_null (loaded);
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
}

#define N_PACKS 40

/* Packs of three data blobs, each in an index file of its own. */
static void
write_packs (SrRepo     *repo,
             SrId        packs[N_PACKS],
             SrPackEntry entries[N_PACKS][3],
             SrId        indexes[N_PACKS])
{
  for (guint i = 0; i < N_PACKS; i++)
    {
      g_autofree char  *a = g_strdup_printf ("blob a of pack %u", i);
      g_autofree char  *b = g_strnfill (500 + i, (char) ('a' + i % 26));
      g_autofree char  *c = g_strdup_printf ("blob c of pack %u", i);
      const char *const plains[] = { a, b, c };

      sr_test_repo_write_pack (repo, SR_BLOB_DATA, plains, 3, &packs[i], entries[i]);
      sr_test_repo_write_index (repo, &packs[i], entries[i], 3, &indexes[i]);
    }
}

static void
test_load_index (void)
{
  g_autoptr (SrStorage) storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)    repo = sr_test_repo_create (storage);
  g_autoptr (GError)    error = NULL;
  SrId                  packs[N_PACKS], indexes[N_PACKS];
  SrPackEntry           entries[N_PACKS][3];

  write_packs (repo, packs, entries, indexes);
  g_assert_true (sr_repo_load_index (repo, NULL, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (sr_index_get_n_packs (sr_repo_get_index (repo)), ==, N_PACKS);
  for (guint i = 0; i < N_PACKS; i++)
    for (guint k = 0; k < 3; k++)
      {
        g_autoptr (GBytes) blob = sr_repo_load_blob (repo, NULL, SR_BLOB_DATA, &entries[i][k].id,
                                                     NULL, &error);
        SrId               found;

        g_assert_no_error (error);
        sr_sha256 (g_bytes_get_data (blob, NULL), g_bytes_get_size (blob), &found);
        g_assert_true (sr_id_equal (&found, &entries[i][k].id));
      }
}

static void
count_damage (SrFileType    type,
              const SrId   *id,
              const GError *error,
              gpointer      user_data)
{
  g_assert_cmpint (type, ==, SR_FILE_INDEX);
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
  g_ptr_array_add (user_data, g_memdup2 (id, sizeof *id));
}

static void
damage_file_at (SrStorage  *storage,
                SrFileType  type,
                const SrId *id,
                gsize       offset)
{
  g_autoptr (GBytes) file = sr_storage_memory_peek (SR_STORAGE_MEMORY (storage), type, id);
  gsize              size;
  g_autofree guint8 *bytes = NULL;
  g_autoptr (GBytes) damaged = NULL;

  bytes = g_bytes_unref_to_data (g_steal_pointer (&file), &size);
  bytes[offset] ^= 1;
  damaged = g_bytes_new (bytes, size);
  sr_storage_memory_replace (SR_STORAGE_MEMORY (storage), type, id, damaged);
}

static void
damage_file (SrStorage  *storage,
             SrFileType  type,
             const SrId *id)
{
  damage_file_at (storage, type, id, 20);
}

static void
test_load_index_damaged (void)
{
  g_autoptr (SrStorage) storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)    repo = sr_test_repo_create (storage);
  g_autoptr (GPtrArray) damaged = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError)    error = NULL;
  SrId                  packs[N_PACKS], indexes[N_PACKS];
  SrPackEntry           entries[N_PACKS][3];

  write_packs (repo, packs, entries, indexes);
  damage_file (storage, SR_FILE_INDEX, &indexes[7]);
  g_assert_false (sr_repo_load_index (repo, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
  g_clear_error (&error);
  g_assert_true (sr_repo_load_index (repo, NULL, count_damage, damaged, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (damaged->len, ==, 1);
  g_assert_true (sr_id_equal (damaged->pdata[0], &indexes[7]));
  g_assert_cmpuint (sr_index_get_n_packs (sr_repo_get_index (repo)), ==, N_PACKS - 1);
  g_assert_null (sr_repo_load_blob (repo, NULL, SR_BLOB_DATA, &entries[7][0].id, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
}

static void
test_load_index_cancelled (void)
{
  g_autoptr (SrStorage)    storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)       repo = sr_test_repo_create (storage);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GPtrArray)    damaged = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError)       error = NULL;
  SrId                     packs[N_PACKS], indexes[N_PACKS];
  SrPackEntry              entries[N_PACKS][3];

  write_packs (repo, packs, entries, indexes);
  g_cancellable_cancel (cancellable);
  g_assert_false (sr_repo_load_index (repo, NULL, count_damage, damaged, cancellable, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
  g_assert_cmpuint (damaged->len, ==, 0);
}

/* A blob in three packs is found as long as one of them is sound. */
static void
test_load_blob_from_any_place (void)
{
  static const char *const plains[] = { "a blob", "another blob" };
  g_autoptr (SrStorage)    storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)       repo = sr_test_repo_create (storage);
  g_autoptr (GError)       error = NULL;
  SrId                     packs[3];
  SrPackEntry              entries[2];

  for (guint i = 0; i < 3; i++)
    {
      sr_test_repo_write_pack (repo, SR_BLOB_DATA, plains, 2, &packs[i], entries);
      sr_test_repo_write_index (repo, &packs[i], entries, 2, NULL);
    }
  g_assert_true (sr_repo_load_index (repo, NULL, NULL, NULL, NULL, &error));
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GBytes) blob = sr_repo_load_blob (repo, NULL, SR_BLOB_DATA, &entries[1].id, NULL,
                                                   &error);

      g_assert_no_error (error);
      g_assert_cmpmem (g_bytes_get_data (blob, NULL), g_bytes_get_size (blob), "another blob", 12);
      if (i == 0)
        sr_storage_memory_replace (SR_STORAGE_MEMORY (storage), SR_FILE_PACK, &packs[i], NULL);
      else
        {
          g_autoptr (GBytes) zeros = g_bytes_new_take (g_malloc0 (500), 500);

          sr_storage_memory_replace (SR_STORAGE_MEMORY (storage), SR_FILE_PACK, &packs[i], zeros);
        }
    }
  g_assert_null (sr_repo_load_blob (repo, NULL, SR_BLOB_DATA, &entries[1].id, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
  g_clear_error (&error);
  g_assert_null (sr_repo_load_blob (repo, NULL, SR_BLOB_TREE, &entries[1].id, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
}

static char *
make_tree (guint n_nodes)
{
  g_autoptr (SrTreeEncoder) encoder = sr_tree_encoder_new (NULL, 0, NULL);
  g_autoptr (GError)        error = NULL;

  for (guint i = 0; i < n_nodes; i++)
    {
      g_autofree char    *name = g_strdup_printf ("file%08u", i);
      g_autoptr (SrEntry) entry = sr_entry_new (name, SR_ENTRY_FILE);

      /* so that it does not compress well */
      sr_test_fill_random (i, &entry->inode, sizeof entry->inode);
      sr_test_fill_random (i + 1, &entry->size, sizeof entry->size);
      entry->size >>= 8;
      g_assert_true (sr_tree_encoder_begin (encoder, entry, &error));
      for (guint k = 0; k < 8; k++)
        {
          SrId id;

          sr_test_fill_random (i * 8 + k, &id, sizeof id);
          g_assert_true (sr_tree_encoder_add_content (encoder, &id, &error));
        }
      g_assert_true (sr_tree_encoder_end (encoder, NULL, &error));
    }
  g_assert_true (sr_tree_encoder_finish (encoder, &error));
  return g_strdup (sr_tree_encoder_get_buffer (encoder)->str);
}

/* Returns: nodes read; @error is what ended it */
static guint
count_nodes (SrRepo     *repo,
             const SrId *id,
             GError    **error)
{
  g_autoptr (SrTreeDecoder) decoder = sr_repo_open_tree (repo, NULL, id, NULL, error);
  guint                     n = 0;

  if (decoder == NULL)
    return 0;
  for (;; n++)
    {
      g_auto (SrNode) node = { 0 };

      if (sr_tree_decoder_next (decoder, &node, error) <= 0)
        return n;
      g_assert_cmpuint (node.n_content, ==, 8);
    }
}

static void
test_open_tree (void)
{
  static const guint sizes[] = { 0, 10, 40000 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (SrStorage) storage = sr_storage_memory_new ();
      g_autoptr (SrRepo)    repo = sr_test_repo_create (storage);
      g_autofree char      *tree = make_tree (sizes[i]);
      const char *const     plains[] = { tree };
      g_autoptr (GError)    error = NULL;
      SrId                  pack;
      SrPackEntry           entry;

      sr_test_repo_write_pack (repo, SR_BLOB_TREE, plains, 1, &pack, &entry);
      if (sizes[i] == 40000)
        g_assert_cmpuint (entry.length, >, SR_BLOB_STREAM_SIZE);
      sr_test_repo_write_index (repo, &pack, &entry, 1, NULL);
      g_assert_true (sr_repo_load_index (repo, NULL, NULL, NULL, NULL, &error));
      g_assert_cmpuint (count_nodes (repo, &entry.id, &error), ==, sizes[i]);
      g_assert_no_error (error);
      /* near the end: not even what stands before it comes out */
      damage_file_at (storage, SR_FILE_PACK, &pack, entry.length - SR_SEAL_MAC_SIZE - 3);
      g_assert_cmpuint (count_nodes (repo, &entry.id, &error), ==, 0);
      g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
    }
}

/* A large tree whose seal is sound, but whose size or digest is not what the index says: all of
 * its nodes come, and the end is an error. */
static void
test_open_tree_lies (void)
{
  g_autoptr (SrStorage) storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)    repo = sr_test_repo_create (storage);
  g_autofree char      *tree = make_tree (40000);
  const char *const     plains[] = { tree };
  SrId                  pack;
  SrPackEntry           entry;

  sr_test_repo_write_pack (repo, SR_BLOB_TREE, plains, 1, &pack, &entry);
  for (int i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;
      SrIndex           *index = sr_index_new ();
      SrPackEntry        lie = entry;

      if (i == 0)
        lie.id.bytes[5] ^= 1;
      else
        lie.plain_length += i == 1 ? 1u : -1u;
      g_assert_true (sr_index_add_pack (index, &pack, &lie, 1, &error));
      sr_repo_set_index (repo, index);
      g_assert_cmpuint (count_nodes (repo, &lie.id, &error), >, 30000);
      g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
    }
}

/* A large tree as version 1 of the format stores it: not compressed. */
static void
test_open_tree_uncompressed (void)
{
  g_autoptr (SrStorage)   storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)      repo = sr_test_repo_create (storage);
  g_autoptr (SrBlobCodec) codec = sr_blob_codec_new (sr_repo_get_sealer (repo), 1,
                                                     SR_COMPRESSION_AUTO);
  g_autofree char        *tree = make_tree (20000);
  g_autoptr (GBytes)      file = NULL;
  g_autoptr (GBytes)      cut = NULL;
  g_autoptr (GError)      error = NULL;
  SrIndex                *index = sr_index_new ();
  SrId                    pack = { { 7 } };
  SrPackEntry             entry = { .type = SR_BLOB_TREE };
  const guint8           *sealed;

  sr_sha256 (tree, strlen (tree), &entry.id);
  g_assert_true (sr_blob_codec_seal (codec, SR_BLOB_TREE, tree, strlen (tree), &entry.id, &sealed,
                                     &entry.length, &entry.plain_length, &error));
  g_assert_cmpuint (entry.plain_length, ==, 0);
  g_assert_cmpuint (entry.length, >, SR_BLOB_STREAM_SIZE);
  file = g_bytes_new (sealed, entry.length);
  sr_storage_memory_replace (SR_STORAGE_MEMORY (storage), SR_FILE_PACK, &pack, file);
  g_assert_true (sr_index_add_pack (index, &pack, &entry, 1, &error));
  sr_repo_set_index (repo, index);
  g_assert_cmpuint (count_nodes (repo, &entry.id, &error), ==, 20000);
  g_assert_no_error (error);
  cut = g_bytes_new_from_bytes (file, 0, entry.length - 1);
  sr_storage_memory_replace (SR_STORAGE_MEMORY (storage), SR_FILE_PACK, &pack, cut);
  g_assert_cmpuint (count_nodes (repo, &entry.id, &error), ==, 0);
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
}

/* A large tree in two packs: the second serves when the first is damaged. */
static void
test_open_tree_from_any_place (void)
{
  g_autoptr (SrStorage) storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)    repo = sr_test_repo_create (storage);
  g_autofree char      *tree = make_tree (40000);
  const char *const     plains[] = { tree };
  g_autoptr (GError)    error = NULL;
  SrId                  packs[2];
  SrPackEntry           entry;

  for (guint i = 0; i < 2; i++)
    {
      sr_test_repo_write_pack (repo, SR_BLOB_TREE, plains, 1, &packs[i], &entry);
      sr_test_repo_write_index (repo, &packs[i], &entry, 1, NULL);
    }
  g_assert_true (sr_repo_load_index (repo, NULL, NULL, NULL, NULL, &error));
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpuint (count_nodes (repo, &entry.id, &error), ==, 40000);
      g_assert_no_error (error);
      damage_file (storage, SR_FILE_PACK, &packs[i]);
    }
  g_assert_cmpuint (count_nodes (repo, &entry.id, &error), ==, 0);
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
}

/* A vault of version 1 is read, and refuses to be written. */
static void
test_version_1 (void)
{
  g_autoptr (SrStorage)  storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)     created = sr_test_repo_create (storage);
  SrConfig               config = *sr_repo_get_config (created);
  g_autoptr (SrSealer)   sealer = sr_sealer_copy (sr_repo_get_sealer (created));
  g_autoptr (GString)    json = NULL;
  g_autofree guint8     *sealed = NULL;
  g_autoptr (GBytes)     file = NULL;
  g_autoptr (SrRepo)     repo = NULL;
  g_autoptr (SrSnapshot) snapshot = sr_snapshot_new ();
  g_autoptr (GBytes)     loaded = NULL;
  g_autoptr (GError)     error = NULL;
  SrId                   id;

  config.version = 1;
  json = sr_config_encode (&config);
  sealed = g_malloc (json->len + SR_SEAL_OVERHEAD);
  sr_sealer_seal (sealer, json->str, json->len, sealed);
  file = g_bytes_new (sealed, json->len + SR_SEAL_OVERHEAD);
  sr_storage_memory_replace (SR_STORAGE_MEMORY (storage), SR_FILE_CONFIG, NULL, file);
  repo = sr_test_repo_open (storage);
  g_assert_cmpuint (sr_repo_get_config (repo)->version, ==, 1);
  g_assert_false (sr_repo_check_writable (repo, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_false (sr_repo_save_snapshot (repo, snapshot, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  /* but locks are written, as restic writes them there: plain JSON in the seal */
  g_assert_true (sr_repo_save_unpacked (repo, SR_FILE_LOCK, "{}", 2, &id, NULL, &error));
  loaded = sr_storage_memory_peek (SR_STORAGE_MEMORY (storage), SR_FILE_LOCK, &id);
  g_assert_cmpuint (g_bytes_get_size (loaded), ==, 2 + SR_SEAL_OVERHEAD);
}

static const SrSnapshotFilter no_filter = { NULL, NULL, NULL };

static void
test_snapshots (void)
{
  g_autoptr (SrStorage)  storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)     repo = sr_test_repo_create (storage);
  SrId                   tree = { { 1, 2, 3 } };
  g_autoptr (SrSnapshot) second = sr_test_repo_write_snapshot (repo, &tree, 2000, "a", "x,y", "/p");
  g_autoptr (SrSnapshot) first = sr_test_repo_write_snapshot (repo, &tree, 1000, "b", "", "/p,/q");
  g_autoptr (SrSnapshot) third = sr_test_repo_write_snapshot (repo, &tree, 3000, "b", "x", "/q");
  g_autoptr (GPtrArray)  list = NULL;
  g_autoptr (GError)     error = NULL;
  const char *const      hosts[] = { "c", "a", NULL };
  SrSnapshotFilter       filter = { .hosts = hosts };
  char                   hex[SR_ID_HEX_SIZE];

  list = sr_repo_list_snapshots (repo, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 3);
  g_assert_true (sr_id_equal (&((SrSnapshot *) list->pdata[0])->id, &first->id));
  g_assert_true (sr_id_equal (&((SrSnapshot *) list->pdata[1])->id, &second->id));
  g_assert_true (sr_id_equal (&((SrSnapshot *) list->pdata[2])->id, &third->id));

  g_assert_true (sr_repo_find_snapshot (repo, list, "latest", NULL, &error) == list->pdata[2]);
  g_assert_true (sr_repo_find_snapshot (repo, list, "latest", &no_filter, &error) ==
                 list->pdata[2]);
  g_assert_true (sr_repo_find_snapshot (repo, list, "latest", &filter, &error) == list->pdata[1]);
  g_assert_true (sr_repo_find_snapshot (repo, list, sr_id_to_hex (&first->id, hex), &filter,
                                        &error) == list->pdata[0]);
  hex[10] = '\0';
  g_assert_true (sr_repo_find_snapshot (repo, list, hex, NULL, &error) == list->pdata[0]);
  g_assert_null (sr_repo_find_snapshot (repo, list, "xyz", NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (sr_repo_find_snapshot (repo, list, "", NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
}

static void
test_choose_snapshots (void)
{
  g_autoptr (SrStorage)  storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)     repo = sr_test_repo_create (storage);
  SrId                   tree = { { 1, 2, 3 } };
  g_autoptr (SrSnapshot) first = sr_test_repo_write_snapshot (repo, &tree, 1000, "a", "", "/p");
  g_autoptr (SrSnapshot) second = sr_test_repo_write_snapshot (repo, &tree, 2000, "b", "", "/p");
  g_autoptr (GPtrArray)  list = sr_repo_list_snapshots (repo, NULL, NULL, NULL, NULL);
  g_autoptr (GPtrArray)  chosen = NULL;
  g_autoptr (GError)     error = NULL;
  const char *const      hosts[] = { "a", NULL };
  SrSnapshotFilter       filter = { .hosts = hosts };
  char                   hex[SR_ID_HEX_SIZE];
  const char            *names[] = { "latest", sr_id_to_hex (&first->id, hex), "latest", NULL };

  chosen = sr_repo_choose_snapshots (repo, list, names + 3, &filter, &error);
  g_assert_cmpuint (chosen->len, ==, 1);
  g_assert_true (chosen->pdata[0] == list->pdata[0]);
  g_clear_pointer (&chosen, g_ptr_array_unref);

  /* each once, oldest first, however they are named */
  chosen = sr_repo_choose_snapshots (repo, list, names, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (chosen->len, ==, 2);
  g_assert_true (chosen->pdata[0] == list->pdata[0]);

  names[0] = "xyz";
  g_assert_null (sr_repo_choose_snapshots (repo, list, names, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
}

static void
ignore_damage (SrFileType    type,
               const SrId   *id,
               const GError *why,
               gpointer      user_data)
{
}

/* One that is there but damaged is told from one that is not there. */
static void
test_find_damaged (void)
{
  g_autoptr (SrStorage)  storage = sr_storage_memory_new ();
  g_autoptr (SrRepo)     repo = sr_test_repo_create (storage);
  SrId                   tree = { { 1, 2, 3 } };
  g_autoptr (SrSnapshot) snapshot = sr_test_repo_write_snapshot (repo, &tree, 1000, "a", "", "/p");
  g_autoptr (GPtrArray)  list = NULL;
  g_autoptr (GError)     error = NULL;
  g_autoptr (GBytes)     content = NULL;
  char                   hex[SR_ID_HEX_SIZE];

  content = g_bytes_new_static ("no snapshot", 11);
  sr_storage_memory_replace (SR_STORAGE_MEMORY (storage), SR_FILE_SNAPSHOT, &snapshot->id, content);
  list = sr_repo_list_snapshots (repo, ignore_damage, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 0);
  sr_id_to_hex (&snapshot->id, hex);
  g_assert_null (sr_repo_find_snapshot (repo, list, hex, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
  g_assert_nonnull (strstr (error->message, hex));
  g_clear_error (&error);
  g_assert_null (sr_repo_find_snapshot (repo, list, "xyz", NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (sr_repo_find_snapshot (repo, list, "", NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
}

static void
test_ambiguous_prefix (void)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_snapshot_free);
  g_autoptr (GError)    error = NULL;

  for (guint i = 0; i < 2; i++)
    {
      SrSnapshot *snapshot = sr_snapshot_new ();

      snapshot->id.bytes[0] = 0xab;
      snapshot->id.bytes[31] = (guint8) i;
      g_ptr_array_add (list, snapshot);
    }
  g_assert_null (sr_repo_find_snapshot (NULL, list, "ab", NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
}

static void
test_filter (void)
{
  g_autoptr (SrSnapshot) snapshot = sr_snapshot_new ();
  const struct
  {
    const char *host;
    const char *tags[3];
    const char *path;
    gboolean    matches;
  } cases[] = {
    { "me", { NULL }, NULL, TRUE },
    { "you", { NULL }, NULL, FALSE },
    { NULL, { "x" }, NULL, TRUE },
    { NULL, { "x,y" }, NULL, TRUE },
    { NULL, { "x,z" }, NULL, FALSE },
    { NULL, { "x,z", "y" }, NULL, TRUE },
    { NULL, { "" }, NULL, FALSE },
    { NULL, { "xy" }, NULL, FALSE },
    { NULL, { NULL }, "/p", TRUE },
    { NULL, { NULL }, "/", FALSE },
    { "me", { "x" }, "/r", FALSE },
  };

  snapshot->hostname = g_strdup ("me");
  g_strfreev (snapshot->tags);
  snapshot->tags = g_strsplit ("x,y", ",", -1);
  g_strfreev (snapshot->paths);
  snapshot->paths = g_strsplit ("/p,/q", ",", -1);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *const hosts[] = { cases[i].host, NULL };
      const char *const paths[] = { cases[i].path, NULL };
      SrSnapshotFilter  filter = {
         cases[i].host != NULL ? hosts : NULL,
        cases[i].tags[0] != NULL ? cases[i].tags : NULL,
        cases[i].path != NULL ? paths : NULL,
      };

      g_assert_cmpint (sr_snapshot_matches (snapshot, &filter), ==, cases[i].matches);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/repo/create-and-open", test_create_and_open);
  g_test_add_func ("/repo/create-refuses", test_create_refuses);
  g_test_add_func ("/repo/open-refuses", test_open_refuses);
  g_test_add_func ("/repo/create-with-faults", test_create_with_faults);
  g_test_add_func ("/repo/restic-vault", test_restic_vault);
  g_test_add_func ("/repo/unpacked", test_unpacked);
  g_test_add_func ("/repo/load-index", test_load_index);
  g_test_add_func ("/repo/load-index-damaged", test_load_index_damaged);
  g_test_add_func ("/repo/load-index-cancelled", test_load_index_cancelled);
  g_test_add_func ("/repo/load-blob-from-any-place", test_load_blob_from_any_place);
  g_test_add_func ("/repo/open-tree", test_open_tree);
  g_test_add_func ("/repo/open-tree-lies", test_open_tree_lies);
  g_test_add_func ("/repo/open-tree-uncompressed", test_open_tree_uncompressed);
  g_test_add_func ("/repo/open-tree-from-any-place", test_open_tree_from_any_place);
  g_test_add_func ("/repo/version-1", test_version_1);
  g_test_add_func ("/repo/snapshots", test_snapshots);
  g_test_add_func ("/repo/choose-snapshots", test_choose_snapshots);
  g_test_add_func ("/repo/find-damaged", test_find_damaged);
  g_test_add_func ("/repo/ambiguous-prefix", test_ambiguous_prefix);
  g_test_add_func ("/repo/filter", test_filter);
  return g_test_run ();
}
