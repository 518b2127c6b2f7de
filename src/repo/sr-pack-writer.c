/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include "repo/sr-pack-writer.h"

#include "base/sr-error.h"
#include "crypto/sr-digest.h"

/* Offsets in a pack are 32 bits wide. */
#define MAX_PACK_SIZE G_MAXUINT32

struct _SrPackWriter
{
  SrStorage       *storage;
  GCancellable    *cancellable;
  SrStorageWriter *writer; /* NULL before the first byte */
  SrDigest        *digest;
  guint64          size;
};

SrPackWriter *
sr_pack_writer_new (SrStorage    *storage,
                    GCancellable *cancellable)
{
  SrPackWriter *self = g_new0 (SrPackWriter, 1);

  self->storage = g_object_ref (storage);
  g_set_object (&self->cancellable, cancellable);
  self->digest = sr_digest_new ();
  return self;
}

void
sr_pack_writer_free (SrPackWriter *self)
{
  if (self == NULL)
    return;
  sr_storage_writer_abort (self->writer);
  sr_digest_free (self->digest);
  g_clear_object (&self->cancellable);
  g_object_unref (self->storage);
  g_free (self);
}

gboolean
sr_pack_writer_append (SrPackWriter *self,
                       gconstpointer data,
                       gsize         size,
                       GError      **error)
{
  if (self->size + size > MAX_PACK_SIZE)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                           "A pack cannot hold more than 4 GiB");
      return FALSE;
    }
  if (self->writer == NULL)
    {
      self->writer = sr_storage_create (self->storage, SR_FILE_PACK, SR_PACK_TARGET_SIZE,
                                        self->cancellable, error);
      if (self->writer == NULL)
        return FALSE;
    }
  sr_digest_update (self->digest, data, size);
  self->size += size;
  return sr_storage_writer_append (self->writer, data, size, self->cancellable, error);
}

gboolean
sr_pack_writer_commit (SrPackWriter      *self,
                       const SrPackEntry *entries,
                       gsize              n_entries,
                       SrSealer          *sealer,
                       SrId              *id,
                       GError           **error)
{
  g_autoptr (GByteArray) header = g_byte_array_new ();

  sr_pack_header_encode (entries, n_entries, sealer, header);
  if (!sr_pack_writer_append (self, header->data, header->len, error))
    return FALSE;
  sr_digest_finish (self->digest, id);
  return sr_storage_writer_commit (g_steal_pointer (&self->writer), id, self->cancellable, error);
}
