/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "sr-test-repo.h"

#include "crypto/sr-digest.h"

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
