/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "sr-test-repo.h"

#include "crypto/sr-digest.h"
#include "repo/sr-checker.h"
#include "repo/sr-saver.h"
#include "repo/sr-tree-builder.h"
#include "sr-test-util.h"

#include <string.h>

static const SrScryptParams cheap = { 16, 1, 1 };

SrSecret *
sr_test_repo_password (void)
{
  return sr_secret_new_from ("test", 4);
}

SrRepo *
sr_test_repo_create (SrStorage *storage)
{
  g_autoptr (SrSecret) password = sr_test_repo_password ();
  g_autoptr (GError)   error = NULL;
  SrRepo              *repo = sr_repo_create (storage, password, NULL, &cheap, NULL, &error);

  g_assert_no_error (error);
  return repo;
}

SrRepo *
sr_test_repo_open (SrStorage *storage)
{
  g_autoptr (SrSecret) password = sr_test_repo_password ();
  g_autoptr (GError)   error = NULL;
  SrRepo              *repo = sr_repo_open (storage, password, NULL, &error);

  g_assert_no_error (error);
  return repo;
}

void
sr_test_repo_write_pack (SrRepo            *repo,
                         SrBlobType         type,
                         const char *const *plains,
                         guint              n_blobs,
                         SrId              *pack,
                         SrPackEntry       *entries)
{
  g_autoptr (SrBlobCodec) codec = sr_repo_new_codec (repo, SR_COMPRESSION_AUTO);
  g_autoptr (SrSealer)    sealer = sr_sealer_copy (sr_repo_get_sealer (repo));
  g_autoptr (GByteArray)  file = g_byte_array_new ();
  g_autoptr (GError)      error = NULL;

  for (guint i = 0; i < n_blobs; i++)
    {
      const guint8 *sealed;

      memset (&entries[i], 0, sizeof entries[i]);
      sr_sha256 (plains[i], strlen (plains[i]), &entries[i].id);
      entries[i].type = type;
      entries[i].offset = file->len;
      g_assert_true (sr_blob_codec_seal (codec, type, plains[i], strlen (plains[i]),
                                         &entries[i].id, &sealed, &entries[i].length,
                                         &entries[i].plain_length, &error));
      g_assert_no_error (error);
      g_byte_array_append (file, sealed, entries[i].length);
    }
  sr_pack_header_encode (entries, n_blobs, sealer, file);
  sr_sha256 (file->data, file->len, pack);
  g_assert_true (sr_storage_write (sr_repo_get_storage (repo), SR_FILE_PACK, pack, file->data,
                                   file->len, NULL, &error));
  g_assert_no_error (error);
}

void
sr_test_repo_write_index (SrRepo            *repo,
                          const SrId        *pack,
                          const SrPackEntry *entries,
                          guint              n_entries,
                          SrId              *id)
{
  g_autoptr (SrIndexWriter) writer = sr_index_writer_new ();
  g_autoptr (GString)       json = NULL;
  g_autoptr (GError)        error = NULL;
  SrId                      ignored;

  sr_index_writer_add_pack (writer, pack, entries, n_entries);
  json = sr_index_writer_take_json (writer);
  g_assert_true (sr_repo_save_unpacked (repo, SR_FILE_INDEX, json->str, json->len,
                                        id != NULL ? id : &ignored, NULL, &error));
  g_assert_no_error (error);
}

SrSnapshot *
sr_test_repo_write_snapshot (SrRepo     *repo,
                             const SrId *tree,
                             gint64      seconds,
                             const char *hostname,
                             const char *tags,
                             const char *paths)
{
  SrSnapshot        *snapshot = sr_snapshot_new ();
  g_autoptr (GError) error = NULL;

  snapshot->time.ts.tv_sec = seconds;
  snapshot->tree = *tree;
  snapshot->hostname = g_strdup (hostname);
  g_strfreev (snapshot->tags);
  snapshot->tags = g_strsplit (tags, ",", -1);
  g_strfreev (snapshot->paths);
  snapshot->paths = g_strsplit (paths, ",", -1);
  g_assert_true (sr_repo_save_snapshot (repo, snapshot, NULL, &error));
  g_assert_no_error (error);
  return snapshot;
}

static SrEntry *
make_entry (const char *name,
            gsize       length,
            SrEntryType type)
{
  g_autofree char *copy = g_strndup (name, length);
  SrEntry         *entry = sr_entry_new (copy, type);

  entry->mode = type == SR_ENTRY_DIR ? 0755 : 0644;
  entry->mtime.tv_sec = 1600000000;
  entry->links = 1;
  return entry;
}

static void
add_file (SrSaver       *saver,
          SrTreeBuilder *builder,
          const char    *name,
          const char    *content)
{
  static const SrChunkSizes sizes = { 256, 8, 4096 };
  g_autoptr (GError)        error = NULL;
  SrEntry                  *entry = make_entry (name, strlen (name), SR_ENTRY_FILE);
  SrSavedFile              *file = sr_saver_begin_file (saver, &sizes, 0);

  entry->size = strlen (content);
  g_assert_true (sr_saver_write (saver, content, strlen (content), &error));
  g_assert_true (sr_saver_end_file (saver, NULL, &error));
  g_assert_true (sr_tree_builder_add (builder, entry, file, &error));
  g_assert_no_error (error);
}

static void
add_files (SrSaver           *saver,
           SrTreeBuilder     *builder,
           const char *const *files)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *folder = g_strdup ("");

  g_assert_true (sr_tree_builder_enter (builder, NULL, NULL, &error));
  for (; *files != NULL; files += 2)
    {
      const char *slash = strchr (files[0], '/');
      gsize       length = slash != NULL ? (gsize) (slash - files[0]) : 0;

      if (strlen (folder) != length || memcmp (folder, files[0], length) != 0)
        {
          if (*folder != '\0')
            g_assert_true (sr_tree_builder_leave (builder, &error));
          if (length > 0)
            g_assert_true (sr_tree_builder_enter (
                builder, make_entry (files[0], length, SR_ENTRY_DIR), NULL, &error));
          g_free (folder);
          folder = g_strndup (files[0], length);
        }
      add_file (saver, builder, slash != NULL ? slash + 1 : files[0], files[1]);
    }
  if (*folder != '\0')
    g_assert_true (sr_tree_builder_leave (builder, &error));
  g_assert_true (sr_tree_builder_leave (builder, &error));
  g_assert_no_error (error);
}

SrSnapshot *
sr_test_repo_backup (SrRepo            *repo,
                     gint64             seconds,
                     const char *const *files)
{
  g_autoptr (GError)        error = NULL;
  g_autoptr (SrSaver)       saver = NULL;
  g_autoptr (SrTreeBuilder) builder = NULL;
  SrId                      root;

  g_assert_true (sr_repo_load_index (repo, NULL, NULL, NULL, NULL, &error));
  saver = sr_saver_new (repo, SR_COMPRESSION_AUTO, FALSE, NULL, &error);
  g_assert_no_error (error);
  builder = sr_tree_builder_new (saver);
  add_files (saver, builder, files);
  g_assert_true (sr_tree_builder_finish (builder, &root, &error));
  g_assert_true (sr_saver_finish (saver, FALSE, &error));
  g_assert_no_error (error);
  return sr_test_repo_write_snapshot (repo, &root, seconds, "host", "tag", "/path");
}

char *
sr_test_repo_large_tree (guint       n,
                         const SrId *missing)
{
  g_autoptr (SrTreeEncoder) encoder = sr_tree_encoder_new (NULL, 0, NULL);
  g_autoptr (GError)        error = NULL;

  for (guint i = 0; i <= n; i++)
    {
      char                name[16];
      g_auto (SrNode)     node = { 0 };
      g_autoptr (SrEntry) entry = NULL;

      g_snprintf (name, sizeof name, "file%08u", i);
      entry = make_entry (name, strlen (name), SR_ENTRY_FILE);
      sr_test_fill_random (i, &entry->inode, sizeof entry->inode);
      if (i == n && missing == NULL)
        break;
      node.entry = *entry;
      if (i == n)
        {
          node.content = g_memdup2 (missing, sizeof *missing);
          node.n_content = 1;
        }
      g_assert_true (sr_tree_encoder_add (encoder, &node, &error));
      g_assert_no_error (error);
      memset (&node.entry, 0, sizeof node.entry);
    }
  g_assert_true (sr_tree_encoder_finish (encoder, &error));
  return g_strdup (sr_tree_encoder_get_buffer (encoder)->str);
}

char *
sr_test_repo_text (guint seed,
                   gsize size)
{
  char *text = g_malloc (size + 1);

  sr_test_fill_random (seed, text, size);
  for (gsize i = 0; i < size; i++)
    text[i] = (char) ('!' + (guint8) text[i] % 90);
  text[size] = '\0';
  return text;
}

void
sr_test_repo_check (SrStorage *storage)
{
  g_autoptr (SrRepo)    repo = sr_test_repo_open (storage);
  SrCheckerOptions      options = { .read_data = TRUE };
  SrCheckerStats        stats;
  g_autoptr (GPtrArray) findings = NULL;
  g_autoptr (GError)    error = NULL;

  g_assert_true (sr_checker_run (repo, &options, &stats, &findings, NULL, NULL, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < findings->len; i++)
    if (sr_finding_is_damage (findings->pdata[i]))
      g_error ("%s", ((SrFinding *) findings->pdata[i])->text);
}

void
sr_test_repo_damage_pack (SrStorageMemory *storage,
                          const SrId      *pack,
                          gsize            from_end,
                          gboolean         cut)
{
  g_autoptr (GBytes) bytes = sr_storage_memory_peek (storage, SR_FILE_PACK, pack);
  gsize              size = g_bytes_get_size (bytes);
  g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), size);
  g_autoptr (GBytes) damaged = NULL;

  copy[size - from_end] ^= 8;
  damaged = g_bytes_new (copy, cut ? size - from_end : size);
  sr_storage_memory_replace (storage, SR_FILE_PACK, pack, damaged);
}

static gboolean
note_file (const SrId *id,
           guint64     size,
           gpointer    user_data,
           GError    **error)
{
  g_array_append_val ((GArray *) user_data, *id);
  return TRUE;
}

void
sr_test_repo_replace_all (SrStorageMemory *storage,
                          SrFileType       type,
                          GBytes          *content)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SrId));

  g_assert_true (sr_storage_list (SR_STORAGE (storage), type, note_file, ids, NULL, NULL));
  for (guint i = 0; i < ids->len; i++)
    sr_storage_memory_replace (storage, type, &g_array_index (ids, SrId, i), content);
}
