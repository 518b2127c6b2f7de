/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>

#include "crypto/sr-digest.h"
#include "sr-prunable.h"
#include "sr-test-repo.h"
#include "sr-test-util.h"

#define CHUNK_SIZE SR_PRUNABLE_CHUNK_SIZE

static GBytes *
make_chunk (guint seed)
{
  guint8 *data = g_malloc (CHUNK_SIZE);

  sr_test_fill_random (seed, data, CHUNK_SIZE);
  return g_bytes_new_take (data, CHUNK_SIZE);
}

static SrId
id_of (GBytes *blob)
{
  SrId id;

  sr_sha256 (g_bytes_get_data (blob, NULL), g_bytes_get_size (blob), &id);
  return id;
}

static SrId
chunk_id (guint seed)
{
  g_autoptr (GBytes) chunk = make_chunk (seed);

  return id_of (chunk);
}

/* A folder with a file of one chunk for each of @chunks. */
static GBytes *
make_tree (const guint *chunks,
           guint        n_chunks)
{
  SrTreeEncoder     *encoder = sr_tree_encoder_new (NULL, 0, NULL);
  g_autoptr (GError) error = NULL;
  GBytes            *blob;

  for (guint i = 0; i < n_chunks; i++)
    {
      g_autofree char    *name = g_strdup_printf ("file%03u", i);
      g_autoptr (SrEntry) entry = sr_entry_new (name, SR_ENTRY_FILE);
      SrId                id = chunk_id (chunks[i]);
      SrNode              node = { .content = &id, .n_content = 1 };

      entry->size = CHUNK_SIZE;
      node.entry = *entry;
      g_assert_true (sr_tree_encoder_add (encoder, &node, &error));
      g_assert_no_error (error);
    }
  g_assert_true (sr_tree_encoder_finish (encoder, &error));
  blob = g_bytes_new (sr_tree_encoder_get_buffer (encoder)->str,
                      sr_tree_encoder_get_buffer (encoder)->len);
  sr_tree_encoder_free (encoder);
  return blob;
}

/* Adds a blob to the pack that is being made. @raw: not compressed, whatever it is */
static void
put (SrPrunable *self,
     SrBlobType  type,
     GBytes     *blob,
     gboolean    raw)
{
  SrPackEntry entry = { .id = id_of (blob), .type = type, .offset = self->pack->len };
  gsize       size = g_bytes_get_size (blob);

  if (raw)
    {
      entry.length = (guint32) size + SR_SEAL_OVERHEAD;
      g_byte_array_set_size (self->pack, entry.offset + entry.length);
      sr_sealer_seal (sr_repo_get_sealer (self->repo), g_bytes_get_data (blob, NULL), size,
                      self->pack->data + entry.offset);
    }
  else
    {
      g_autoptr (SrBlobCodec) codec = sr_repo_new_codec (self->repo, SR_COMPRESSION_AUTO);
      g_autoptr (GError)      error = NULL;
      const guint8           *sealed;

      g_assert_true (sr_blob_codec_seal (codec, type, g_bytes_get_data (blob, NULL), size,
                                         &entry.id, &sealed, &entry.length, &entry.plain_length,
                                         &error));
      g_byte_array_append (self->pack, sealed, entry.length);
    }
  g_array_append_val (self->entries, entry);
}

void
sr_prunable_put_chunk (SrPrunable *self,
                       guint       seed)
{
  g_autoptr (GBytes) chunk = make_chunk (seed);

  put (self, SR_BLOB_DATA, chunk, FALSE);
}

SrId
sr_prunable_put_tree (SrPrunable  *self,
                      const guint *chunks,
                      guint        n_chunks,
                      gboolean     raw)
{
  g_autoptr (GBytes) tree = make_tree (chunks, n_chunks);

  put (self, SR_BLOB_TREE, tree, raw);
  return id_of (tree);
}

/* Stores the pack. @writer: (nullable): of the index file that names it */
SrId
sr_prunable_end_pack (SrPrunable    *self,
                      SrIndexWriter *writer)
{
  g_autoptr (GError) error = NULL;
  SrId               id;

  sr_pack_header_encode ((SrPackEntry *) self->entries->data, self->entries->len,
                         sr_repo_get_sealer (self->repo), self->pack);
  sr_sha256 (self->pack->data, self->pack->len, &id);
  sr_storage_write (self->memory, SR_FILE_PACK, &id, self->pack->data, self->pack->len,
                    NULL, &error);
  g_assert_no_error (error);
  if (writer != NULL)
    sr_index_writer_add_pack (writer, &id, (SrPackEntry *) self->entries->data,
                              self->entries->len);
  g_byte_array_set_size (self->pack, 0);
  g_array_set_size (self->entries, 0);
  return id;
}

SrId
sr_prunable_end_index (SrPrunable    *self,
                       SrIndexWriter *writer)
{
  GString           *json = sr_index_writer_take_json (writer);
  g_autoptr (GError) error = NULL;
  SrId               id;

  sr_repo_save_unpacked (self->repo, SR_FILE_INDEX, json->str, json->len, &id, NULL, &error);
  g_assert_no_error (error);
  g_string_free (json, TRUE);
  return id;
}

SrId
sr_prunable_add_snapshot (SrPrunable *self,
                          const SrId *tree,
                          gint64      seconds)
{
  g_autoptr (SrSnapshot) snapshot = sr_test_repo_write_snapshot (self->repo, tree, seconds,
                                                                 "host", "tag", "/srv");

  return snapshot->id;
}

static void
fill_vault (SrPrunable *self)
{
  const guint               chunks_a[] = { 0, 1, 2 };
  const guint               chunks_b[] = { 2, 3 };
  const guint               chunks_c[] = { 100, 102 };
  g_autoptr (SrIndexWriter) writer = sr_index_writer_new ();
  SrId                      tree_a, tree_b;

  for (guint i = 0; i < 3; i++)
    sr_prunable_put_chunk (self, i);
  self->packs[0] = sr_prunable_end_pack (self, writer);
  tree_a = sr_prunable_put_tree (self, chunks_a, 3, FALSE);
  sr_prunable_put_tree (self, chunks_c, 2, FALSE);
  tree_b = sr_prunable_put_tree (self, chunks_b, 2, FALSE);
  self->packs[3] = sr_prunable_end_pack (self, writer);
  self->indexes[0] = sr_prunable_end_index (self, writer);
  sr_prunable_put_chunk (self, 100);
  sr_prunable_put_chunk (self, 3);
  sr_prunable_put_chunk (self, 101);
  self->packs[1] = sr_prunable_end_pack (self, writer);
  sr_prunable_put_chunk (self, 102);
  sr_prunable_put_chunk (self, 103);
  self->packs[2] = sr_prunable_end_pack (self, writer);
  self->indexes[1] = sr_prunable_end_index (self, writer);
  sr_prunable_put_chunk (self, 104);
  self->packs[4] = sr_prunable_end_pack (self, NULL);
  self->snapshots[0] = sr_prunable_add_snapshot (self, &tree_a, 1000);
  self->snapshots[1] = sr_prunable_add_snapshot (self, &tree_b, 2000);
}

void
sr_prunable_set_up_empty (SrPrunable   *self,
                          gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->memory = sr_storage_memory_new ();
  self->files = SR_STORAGE_MEMORY (self->memory);
  self->storage = sr_storage_fault_new (self->memory);
  self->fault = SR_STORAGE_FAULT (self->storage);
  self->repo = sr_test_repo_create (self->storage);
  self->pack = g_byte_array_new ();
  self->entries = g_array_new (FALSE, FALSE, sizeof (SrPackEntry));
  self->lock = sr_lock_acquire (self->repo, TRUE, 0, NULL, &error);
  g_assert_no_error (error);
}

void
sr_prunable_set_up (SrPrunable   *self,
                    gconstpointer data)
{
  sr_prunable_set_up_empty (self, data);
  fill_vault (self);
}

void
sr_prunable_tear_down (SrPrunable   *self,
                       gconstpointer data)
{
  sr_storage_fault_plan (self->fault, SR_FAULT_NONE, 0, 0);
  sr_lock_release (self->lock);
  g_array_unref (self->entries);
  g_byte_array_unref (self->pack);
  g_object_unref (self->repo);
  g_object_unref (self->storage);
  g_object_unref (self->memory);
}

gboolean
sr_prunable_prune (SrPrunable            *self,
                   const SrPrunerOptions *options,
                   GError               **error)
{
  memset (&self->stats, 0, sizeof self->stats);
  return sr_pruner_run (self->repo, self->lock, options, NULL, &self->stats, NULL, NULL,
                        error);
}

void
sr_prunable_prune_well (SrPrunable            *self,
                        const SrPrunerOptions *options)
{
  g_autoptr (GError) error = NULL;

  sr_prunable_prune (self, options, &error);
  g_assert_no_error (error);
}

gboolean
sr_prunable_has_pack (SrPrunable *self,
                      const SrId *id)
{
  g_autoptr (GBytes) content = sr_storage_memory_peek (self->files, SR_FILE_PACK, id);

  return content != NULL;
}

gboolean
sr_prunable_has_index (SrPrunable *self,
                       const SrId *id)
{
  g_autoptr (GBytes) content = sr_storage_memory_peek (self->files, SR_FILE_INDEX, id);

  return content != NULL;
}

/* Opens the vault as another process would, and reads every blob its snapshots need. Returns: that
 * index, for a closer look */
SrRepo *
sr_prunable_assert_whole (SrPrunable *self,
                          guint       n_snapshots)
{
  g_autoptr (SrRepo)    repo = sr_test_repo_open (self->memory);
  g_autoptr (GError)    error = NULL;
  g_autoptr (GPtrArray) snapshots = NULL;
  g_autofree guint8    *used = NULL;
  SrIndex              *index;

  snapshots = sr_repo_list_snapshots (repo, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (snapshots->len, ==, n_snapshots);
  sr_repo_load_index (repo, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  index = sr_repo_get_index (repo);
  for (guint32 pack = 0; pack < sr_index_get_n_packs (index); pack++)
    g_assert_true (sr_prunable_has_pack (self, sr_index_get_pack_id (index, pack)));
  sr_used_blobs (repo, snapshots, &used, NULL, NULL, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < sr_index_get_n_entries (index); i++)
    if (used[i / 8] >> (i % 8) & 1)
      {
        const SrIndexEntry *entry = sr_index_get_entry (index, i);
        g_autoptr (GBytes)  blob = sr_repo_load_blob (repo, NULL, sr_index_entry_get_type (entry),
                                                      &entry->id, NULL, &error);

        g_assert_no_error (error);
      }
  return g_steal_pointer (&repo);
}

SrRepo *
sr_prunable_assert_tidy (SrPrunable *self,
                         guint       n_snapshots)
{
  SrRepo  *repo = sr_prunable_assert_whole (self, n_snapshots);
  SrIndex *index = sr_repo_get_index (repo);
  guint32  n_packs = sr_index_get_n_packs (index);

  g_assert_cmpuint (sr_storage_memory_get_n_files (self->files, SR_FILE_PACK), ==, n_packs);
  for (guint32 pack = 0; pack < n_packs; pack++)
    g_assert_true (sr_prunable_has_pack (self, sr_index_get_pack_id (index, pack)));
  return repo;
}
