/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "sr-test-vault.h"

#include "crypto/sr-digest.h"
#include "repo/sr-index-writer.h"
#include "sr-test-repo.h"

#include <string.h>

#define SNAPSHOT_SECONDS 1700000000

SrTestVault *
sr_test_vault_new (void)
{
  SrTestVault *self = g_new0 (SrTestVault, 1);

  self->storage = sr_storage_memory_new ();
  self->files = SR_STORAGE_MEMORY (self->storage);
  self->repo = sr_test_repo_create (self->storage);
  for (guint i = 0; i < 2; i++)
    self->waiting[i] = g_ptr_array_new_with_free_func (g_free);
  self->index = sr_index_writer_new ();
  return self;
}

void
sr_test_vault_free (SrTestVault *self)
{
  if (self == NULL)
    return;
  sr_index_writer_free (self->index);
  for (guint i = 0; i < 2; i++)
    g_ptr_array_unref (self->waiting[i]);
  g_clear_pointer (&self->snapshot, sr_snapshot_free);
  g_object_unref (self->repo);
  g_object_unref (self->storage);
  g_free (self);
}

SrId
sr_test_vault_add (SrTestVault *self,
                   SrBlobType   type,
                   const char  *text)
{
  SrId id;

  sr_sha256 (text, strlen (text), &id);
  g_ptr_array_add (self->waiting[type], g_strdup (text));
  return id;
}

SrId
sr_test_vault_end_pack (SrTestVault *self,
                        SrBlobType   type)
{
  GPtrArray              *blobs = self->waiting[type];
  g_autofree SrPackEntry *entries = g_new0 (SrPackEntry, blobs->len);
  SrId                    pack;

  g_assert_cmpuint (blobs->len, >, 0);
  sr_test_repo_write_pack (self->repo, type, (const char *const *) blobs->pdata, blobs->len, &pack,
                           entries);
  sr_index_writer_add_pack (self->index, &pack, entries, blobs->len);
  g_ptr_array_set_size (blobs, 0);
  return pack;
}

void
sr_test_vault_commit (SrTestVault *self,
                      const SrId  *root)
{
  g_autoptr (GString) json = NULL;
  g_autoptr (GError)  error = NULL;

  for (SrBlobType type = SR_BLOB_DATA; type <= SR_BLOB_TREE; type++)
    if (self->waiting[type]->len > 0)
      sr_test_vault_end_pack (self, type);
  json = sr_index_writer_take_json (self->index);
  sr_repo_save_unpacked (self->repo, SR_FILE_INDEX, json->str, json->len, &self->index_id, NULL,
                         &error);
  g_assert_no_error (error);
  g_clear_pointer (&self->snapshot, sr_snapshot_free);
  self->snapshot = sr_test_repo_write_snapshot (self->repo, root, SNAPSHOT_SECONDS, "host", "tag",
                                                "/data");
  sr_repo_load_index (self->repo, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

void
sr_test_vault_damage (SrTestVault *self,
                      SrBlobType   type,
                      const SrId  *id)
{
  SrIndex            *index = sr_repo_get_index (self->repo);
  const SrIndexEntry *entry = sr_index_lookup (index, type, id);
  const SrId         *pack;
  g_autoptr (GBytes)  old = NULL;
  g_autoptr (GBytes) new = NULL;
  guint8 *data;
  gsize   size;

  g_assert_nonnull (entry);
  pack = sr_index_get_pack_id (index, sr_index_entry_get_pack (entry));
  old = sr_storage_memory_peek (self->files, SR_FILE_PACK, pack);
  data = g_memdup2 (g_bytes_get_data (old, &size), g_bytes_get_size (old));
  data[entry->offset + entry->length / 2] ^= 4;
  new = g_bytes_new_take (data, size);
  sr_storage_memory_replace (self->files, SR_FILE_PACK, pack, new);
}

void
sr_test_tree_add (GString    *tree,
                  const char *name,
                  const char *type,
                  const char *more)
{
  if (tree->len > 0)
    g_string_append_c (tree, ',');
  g_string_append_printf (tree, "{\"name\":\"%s\",\"type\":\"%s\"", name, type);
  if (strstr (more, "\"mode\"") == NULL)
    g_string_append_printf (tree, ",\"mode\":%u", strcmp (type, "dir") == 0 ? 0755 : 0644);
  g_string_append_printf (tree,
                          ",\"mtime\":\"2020-01-02T03:04:05.000000006Z\""
                          ",\"atime\":\"2020-01-02T03:04:05Z\",\"ctime\":\"2020-01-02T03:04:05Z\""
                          ",\"uid\":0,\"gid\":0%s}",
                          more);
}

void
sr_test_tree_add_file (GString    *tree,
                       const char *name,
                       const char *more,
                       const SrId *chunks,
                       guint       n_chunks)
{
  g_autoptr (GString) members = g_string_new (more);
  char                hex[SR_ID_HEX_SIZE];

  g_string_append (members, ",\"content\":[");
  for (guint i = 0; i < n_chunks; i++)
    g_string_append_printf (members, "%s\"%s\"", i > 0 ? "," : "", sr_id_to_hex (&chunks[i], hex));
  g_string_append_c (members, ']');
  sr_test_tree_add (tree, name, "file", members->str);
}

void
sr_test_tree_add_folder (GString    *tree,
                         const char *name,
                         const SrId *subtree)
{
  char             hex[SR_ID_HEX_SIZE];
  g_autofree char *more = g_strdup_printf (",\"subtree\":\"%s\"", sr_id_to_hex (subtree, hex));

  sr_test_tree_add (tree, name, "dir", more);
}

SrId
sr_test_vault_add_tree (SrTestVault *self,
                        GString     *tree)
{
  g_autofree char *text = g_strdup_printf ("{\"nodes\":[%s]}\n", tree->str);

  g_string_truncate (tree, 0);
  return sr_test_vault_add (self, SR_BLOB_TREE, text);
}
