/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <string.h>
#include <sys/stat.h>

#include "archive/sr-kind-pos.h"
#include "archive/sr-legacy-stream.h"
#include "base/sr-error.h"
#include "crypto/sr-legacy-cipher.h"

#define DEFAULT_KEY "default-key-change-in-production"
#define KEY_HINT    "the POS server's BACKUP_ENCRYPTION_KEY"
/* Random bytes that old releases put in front and never use. */
#define DECORATION 16

/* An encrypted POS backup: no magic, no version, nothing that tells but that it cannot be told from
 * noise. Once it is open it is a POS backup like any other. */
static gboolean
encrypted_matches (SrBackupFile *file)
{
  return file->type == SR_HEAD_RANDOM && sr_file_container_get_fd (file->outer) >= 0 &&
         file->n_head >= DECORATION + 2 * SR_LEGACY_BLOCK;
}

/* The first block of what is encrypted must be that of a ZIP. */
static gboolean
key_fits (SrBackupFile   *file,
          const SrSecret *key)
{
  g_autoptr (SrLegacyCipher) cipher = sr_legacy_cipher_new (key, FALSE);
  guint8                     clear[3 * SR_LEGACY_BLOCK];
  gsize                      n;

  n = sr_legacy_cipher_update (cipher, file->head + DECORATION, 2 * SR_LEGACY_BLOCK, clear);
  return n >= 4 && (memcmp (clear, "PK\003\004", 4) == 0 || memcmp (clear, "PK\005\006", 4) == 0);
}

/* Into a private file. Returns: descriptor, or -1 */
static int
decrypt (SrBackupFile   *file,
         const SrSecret *key,
         guint64        *size,
         GCancellable   *cancellable,
         GError        **error)
{
  g_autoptr (GInputStream) sealed = NULL;
  g_autoptr (GInputStream) clear = NULL;

  sealed = sr_container_open_entry (file->outer, file->single, cancellable, error);
  if (sealed == NULL || g_input_stream_skip (sealed, DECORATION, cancellable, error) < 0)
    return -1;
  clear = sr_legacy_stream_new (sealed, "backup", key, FALSE);
  return sr_spool_stream (clear, "backup", file->guard, file->temp_dir, size, cancellable, error);
}

static gboolean
open_decrypted (SrBackupFile   *file,
                const SrSecret *key,
                GCancellable   *cancellable,
                GError        **error)
{
  g_autoptr (GError) reason = NULL;
  SrZipReader       *zip = NULL;
  guint64            size = 0;
  int                fd = decrypt (file, key, &size, cancellable, &reason);

  if (fd >= 0)
    zip = sr_zip_reader_new (fd, 0, size, file->guard, &reason);
  if (zip == NULL && !sr_error_is (reason, SR_ERROR_DAMAGED) &&
      !sr_error_is (reason, SR_ERROR_INVALID))
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  if (zip == NULL)
    {
      sr_backup_file_fail (file, g_error_new (SR_ERROR, SR_ERROR_DAMAGED,
                                              "The key is the right one, but the backup is cut off "
                                              "or its end is damaged%s%s",
                                              fd >= 0 ? ": " : "",
                                              fd >= 0 ? reason->message : ""));
      return TRUE;
    }
  g_set_object (&file->outer, SR_CONTAINER (zip));
  g_object_unref (zip);
  g_clear_pointer (&file->names, sr_name_table_free);
  file->single = G_MAXUINT;
  return sr_pos_open (file, cancellable, error);
}

static gboolean
encrypted_open (SrBackupFile *file,
                GCancellable *cancellable,
                GError      **error)
{
  g_autoptr (SrSecret) key = NULL;
  int                  found;

  found = sr_backup_file_find_key (file, DEFAULT_KEY, KEY_HINT, key_fits, &key, error);
  if (found < 0)
    return FALSE;
  if (found > 0)
    {
      file->kind = &sr_kind_pos;
      return open_decrypted (file, key, cancellable, error);
    }
  if (file->size % SR_LEGACY_BLOCK != 0)
    {
      file->kind = &sr_kind_unknown;
      file->encryption = SR_ENCRYPTION_NONE;
      sr_backup_file_set_title (file, "no backup (unreadable data)");
      sr_backup_file_fail (file,
                           g_error_new (SR_ERROR, SR_ERROR_INVALID,
                                        "It is encrypted or otherwise unreadable data; its "
                                        "length is not that of a whole encrypted POS backup"));
      return TRUE;
    }
  sr_backup_file_set_title (file, "encrypted data, perhaps a POS backup");
  sr_backup_file_fail (file,
                       g_error_new (SR_ERROR, SR_ERROR_WRONG_PASSWORD,
                                    "It may be an encrypted POS backup, for which no key that "
                                    "fits was given; without %s nobody can tell that from "
                                    "damage or from any other data",
                                    KEY_HINT));
  return TRUE;
}

static SrRecordReader *
encrypted_read (SrBackupFile *file,
                const char   *collection,
                GCancellable *cancellable,
                GError      **error)
{
  g_set_error (error, SR_ERROR, SR_ERROR_WRONG_PASSWORD,
               "The backup is encrypted, and no key that fits was given");
  return NULL;
}

const SrKind sr_kind_pos_encrypted = {
  .kind = SR_BACKUP_POS,
  .name = "pos",
  .title = "POS backup",
  .matches = encrypted_matches,
  .open = encrypted_open,
  .read = encrypted_read,
};
