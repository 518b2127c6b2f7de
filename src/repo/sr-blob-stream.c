/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <zstd.h>

#include "base/sr-error.h"
#include "crypto/sr-digest.h"
#include "repo/sr-blob-stream.h"

/* How much is read from storage at a time, and how much is decompressed at a time. */
#define READ_SIZE   (1024 * 1024)
#define UNFOLD_SIZE (256 * 1024)

struct _SrBlobStream
{
  SrStorage    *storage;
  SrSealer     *sealer;
  SrId          pack;
  SrPackEntry   entry;
  GCancellable *cancellable;

  guint8       *buffer;       /* of READ_SIZE */
  guint64       at;           /* in the pack: next byte to be read */
  guint64       end;          /* where the MAC begins */
  guint64       left;         /* bytes of the blob not handed out yet */
  ZSTD_DCtx    *decompressor; /* NULL if it is not compressed */
  guint8       *unfolded;     /* of UNFOLD_SIZE */
  ZSTD_inBuffer in;
  gboolean      frame_ended;
  gboolean      done;
  SrDigest     *digest;
};

void
sr_blob_stream_free (SrBlobStream *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->storage);
  sr_sealer_free (self->sealer);
  g_clear_object (&self->cancellable);
  g_free (self->buffer);
  ZSTD_freeDCtx (self->decompressor);
  g_free (self->unfolded);
  sr_digest_free (self->digest);
  g_free (self);
}

/* Returns: -1 */
static gssize
set_damaged (SrBlobStream *self,
             const char   *what,
             GError      **error)
{
  char hex[SR_ID_HEX_SIZE];

  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED, "The %s blob %s is damaged: %s",
               sr_blob_type_name (self->entry.type), sr_id_to_hex (&self->entry.id, hex), what);
  return -1;
}

/* Reads the next piece of ciphertext into the buffer. Returns: its size, 0 at the end, -1 */
static gssize
read_piece (SrBlobStream *self,
            GError      **error)
{
  gsize n = (gsize) MIN (READ_SIZE, self->end - self->at);

  if (n > 0 && !sr_storage_read (self->storage, SR_FILE_PACK, &self->pack, self->at, self->buffer,
                                 n, self->cancellable, error))
    return -1;
  self->at += n;
  return (gssize) n;
}

static gboolean
authenticate (SrBlobStream *self,
              GError      **error)
{
  guint8 iv[SR_SEAL_IV_SIZE];
  guint8 mac[SR_SEAL_MAC_SIZE];
  gssize n;

  if (!sr_storage_read (self->storage, SR_FILE_PACK, &self->pack, self->entry.offset, iv,
                        sizeof iv, self->cancellable, error))
    return FALSE;
  sr_sealer_auth_begin (self->sealer, iv);
  while ((n = read_piece (self, error)) > 0)
    sr_sealer_auth_update (self->sealer, self->buffer, (gsize) n);
  if (n < 0 || !sr_storage_read (self->storage, SR_FILE_PACK, &self->pack, self->end, mac,
                                 sizeof mac, self->cancellable, error))
    return FALSE;
  if (!sr_sealer_auth_finish (self->sealer, mac, NULL))
    return set_damaged (self, "its seal is broken", error) == 0;
  self->at = (guint64) self->entry.offset + SR_SEAL_IV_SIZE;
  sr_sealer_decrypt_begin (self->sealer, iv);
  return TRUE;
}

static void
prepare_decompressor (SrBlobStream *self)
{
  self->decompressor = ZSTD_createDCtx ();
  if (self->decompressor == NULL)
    g_error ("There is no memory for a decompressor");
  self->unfolded = g_malloc (UNFOLD_SIZE);
}

SrBlobStream *
sr_blob_stream_open (SrStorage         *storage,
                     SrSealer          *sealer,
                     const SrId        *pack,
                     const SrPackEntry *entry,
                     GCancellable      *cancellable,
                     GError           **error)
{
  g_autoptr (SrBlobStream) self = g_new0 (SrBlobStream, 1);

  self->storage = g_object_ref (storage);
  self->sealer = sr_sealer_copy (sealer);
  self->pack = *pack;
  self->entry = *entry;
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->buffer = g_malloc (READ_SIZE);
  self->digest = sr_digest_new ();
  if (entry->length <= SR_SEAL_OVERHEAD)
    {
      set_damaged (self, "it is too short", error);
      return NULL;
    }
  self->at = (guint64) entry->offset + SR_SEAL_IV_SIZE;
  self->end = (guint64) entry->offset + entry->length - SR_SEAL_MAC_SIZE;
  self->left = sr_pack_entry_get_plain_size (entry);
  if (!authenticate (self, error))
    return NULL;
  if (entry->plain_length != 0)
    prepare_decompressor (self);
  return g_steal_pointer (&self);
}

static gssize
read_and_decrypt (SrBlobStream *self,
                  GError      **error)
{
  gssize n = read_piece (self, error);

  if (n > 0)
    sr_sealer_decrypt_update (self->sealer, self->buffer, (gsize) n, self->buffer);
  return n;
}

/* Returns: bytes in unfolded, 0 when nothing more comes, -1 */
static gssize
unfold (SrBlobStream *self,
        GError      **error)
{
  ZSTD_outBuffer out = { self->unfolded, UNFOLD_SIZE, 0 };

  while (out.pos == 0)
    {
      gsize  had = self->in.size - self->in.pos;
      gssize n;
      gsize  result;

      if (had == 0)
        {
          n = read_and_decrypt (self, error);
          if (n < 0)
            return -1;
          self->in = (ZSTD_inBuffer){ self->buffer, (gsize) n, 0 };
          had = (gsize) n;
        }
      if (self->frame_ended)
        return had == 0 ? 0 : set_damaged (self, "bytes follow the compressed frame", error);
      result = ZSTD_decompressStream (self->decompressor, &out, &self->in);
      if (ZSTD_isError (result))
        return set_damaged (self, ZSTD_getErrorName (result), error);
      self->frame_ended = result == 0;
      if (had == 0 && out.pos == 0 && !self->frame_ended)
        return set_damaged (self, "the compressed frame is cut short", error);
    }
  return (gssize) out.pos;
}

static gssize
check_whole (SrBlobStream *self,
             GError      **error)
{
  SrId found;

  if (self->left != 0)
    return set_damaged (self, "it unfolds to less than it should", error);
  sr_digest_finish (self->digest, &found);
  if (!sr_id_equal (&found, &self->entry.id))
    return set_damaged (self, "its content has another digest", error);
  self->done = TRUE;
  return 0;
}

gssize
sr_blob_stream_next (SrBlobStream  *self,
                     gconstpointer *data,
                     GError       **error)
{
  gssize n;

  if (self->done)
    return 0;
  if (self->decompressor != NULL)
    n = unfold (self, error);
  else
    n = read_and_decrypt (self, error);
  if (n < 0)
    return -1;
  if (n == 0)
    return check_whole (self, error);
  if ((guint64) n > self->left)
    return set_damaged (self, "it unfolds to more than it should", error);
  self->left -= (guint64) n;
  *data = self->decompressor != NULL ? self->unfolded : self->buffer;
  sr_digest_update (self->digest, *data, (gsize) n);
  return n;
}
