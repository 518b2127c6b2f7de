/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include "repo/sr-saver-stream.h"

#include <zstd.h>

#include "base/sr-error.h"
#include "crypto/sr-digest.h"
#include "repo/sr-pack-writer.h"

#define PIECE_SIZE ((gsize) 64 * 1024)
/* What is smaller when sealed goes into a pack with others. */
#define HELD_SIZE ((gsize) 2 * 1024 * 1024)

struct _SrSaverStream
{
  SrSaver   *saver;
  SrDigest  *digest;
  ZSTD_CCtx *compressor;
  SrSealer  *sealer;
  guint8    *piece; /* PIECE_SIZE: of the frame, then of the seal */
  guint64    plain_size;
  guint64    sealed_size;

  /* where the seal goes: held until it is too large, then into a pack of its own */
  GByteArray   *held;
  SrPackWriter *writer;

  /* the check of what was made, as it is made */
  SrSealer  *opener;
  ZSTD_DCtx *decompressor;
  SrDigest  *found;
  guint8    *opened;   /* PIECE_SIZE: decrypted */
  guint8    *unfolded; /* PIECE_SIZE: decompressed */
};

static void
must_have (gconstpointer memory)
{
  if (memory == NULL)
    g_error ("There is no memory for a compressor");
}

SrSaverStream *
sr_saver_stream_new (SrSaver *saver)
{
  SrSaverStream *self = g_new0 (SrSaverStream, 1);
  SrSealer      *sealer = sr_repo_get_sealer (sr_saver_get_repo (saver));
  int            level = sr_compression_get_level (sr_saver_get_compression (saver));
  guint8         iv[SR_SEAL_IV_SIZE];

  self->saver = saver;
  self->digest = sr_digest_new ();
  self->found = sr_digest_new ();
  self->compressor = ZSTD_createCCtx ();
  self->decompressor = ZSTD_createDCtx ();
  must_have (self->compressor);
  must_have (self->decompressor);
  ZSTD_CCtx_setParameter (self->compressor, ZSTD_c_compressionLevel, level);
  self->piece = g_malloc (3 * PIECE_SIZE);
  self->opened = self->piece + PIECE_SIZE;
  self->unfolded = self->opened + PIECE_SIZE;
  self->sealer = sr_sealer_copy (sealer);
  self->opener = sr_sealer_copy (sealer);
  sr_sealer_seal_begin (self->sealer, iv);
  sr_sealer_auth_begin (self->opener, iv);
  sr_sealer_decrypt_begin (self->opener, iv);
  self->held = g_byte_array_sized_new (HELD_SIZE + PIECE_SIZE + SR_SEAL_OVERHEAD);
  g_byte_array_append (self->held, iv, sizeof iv);
  self->sealed_size = sizeof iv;
  return self;
}

void
sr_saver_stream_free (SrSaverStream *self)
{
  if (self == NULL)
    return;
  sr_pack_writer_free (self->writer);
  g_clear_pointer (&self->held, g_byte_array_unref);
  ZSTD_freeCCtx (self->compressor);
  ZSTD_freeDCtx (self->decompressor);
  sr_digest_free (self->digest);
  sr_digest_free (self->found);
  sr_sealer_free (self->sealer);
  sr_sealer_free (self->opener);
  g_free (self->piece);
  g_free (self);
}

/* -- out -- */

/* The held part is too large for a pack with others. */
static gboolean
begin_pack (SrSaverStream *self,
            GError       **error)
{
  g_autoptr (GByteArray) held = g_steal_pointer (&self->held);

  if (sr_saver_is_dry_run (self->saver))
    return TRUE;
  self->writer = sr_pack_writer_new (sr_repo_get_storage (sr_saver_get_repo (self->saver)),
                                     sr_saver_get_cancellable (self->saver));
  return sr_pack_writer_append (self->writer, held->data, held->len, error);
}

static gboolean
put_sealed (SrSaverStream *self,
            const guint8  *data,
            gsize          size,
            GError       **error)
{
  self->sealed_size += size;
  if (self->held != NULL)
    {
      g_byte_array_append (self->held, data, (guint) size);
      return self->held->len < HELD_SIZE || begin_pack (self, error);
    }
  return self->writer == NULL || sr_pack_writer_append (self->writer, data, size, error);
}

static gboolean
set_faulty (GError **error)
{
  g_set_error_literal (error, SR_ERROR, SR_ERROR_DAMAGED,
                       "A folder's list gives other bytes after it was compressed and sealed; the "
                       "memory or the processor of this computer is faulty");
  return FALSE;
}

/* Opens again what was just sealed. */
static gboolean
check_sealed (SrSaverStream *self,
              const guint8  *data,
              gsize          size,
              GError       **error)
{
  ZSTD_inBuffer  in = { self->opened, size, 0 };
  ZSTD_outBuffer out = { self->unfolded, PIECE_SIZE, PIECE_SIZE };

  sr_sealer_auth_update (self->opener, data, size);
  sr_sealer_decrypt_update (self->opener, data, size, self->opened);
  /* a full output may mean that more is ready, even when all input is in */
  while (in.pos < in.size || out.pos == out.size)
    {
      out.pos = 0;
      if (ZSTD_isError (ZSTD_decompressStream (self->decompressor, &out, &in)))
        return set_faulty (error);
      sr_digest_update (self->found, self->unfolded, out.pos);
    }
  return TRUE;
}

/* -- in -- */

static gboolean
compress (SrSaverStream    *self,
          ZSTD_inBuffer    *in,
          ZSTD_EndDirective directive,
          GError          **error)
{
  gsize left;

  do
    {
      ZSTD_outBuffer out = { self->piece, PIECE_SIZE, 0 };

      left = ZSTD_compressStream2 (self->compressor, &out, in, directive);
      if (ZSTD_isError (left))
        {
          g_set_error (error, SR_ERROR, SR_ERROR_FAILED, "A folder's list cannot be compressed: %s",
                       ZSTD_getErrorName (left));
          return FALSE;
        }
      if (out.pos == 0)
        continue;
      sr_sealer_seal_update (self->sealer, self->piece, out.pos, self->piece);
      if (!check_sealed (self, self->piece, out.pos, error) ||
          !put_sealed (self, self->piece, out.pos, error))
        return FALSE;
    }
  while (directive == ZSTD_e_end ? left != 0 : in->pos < in->size);
  return TRUE;
}

gboolean
sr_saver_stream_append (SrSaverStream *self,
                        gconstpointer  plain,
                        gsize          size,
                        GError       **error)
{
  ZSTD_inBuffer in = { plain, size, 0 };

  self->plain_size += size;
  /* lengths in packs and indexes are 32 bits wide */
  if (self->plain_size > G_MAXUINT32)
    {
      g_set_error_literal (
          error, SR_ERROR, SR_ERROR_UNSUPPORTED,
          "A folder's list, or the list of one file's chunks, is larger than 4 GiB, "
          "which the vault's format cannot hold");
      return FALSE;
    }
  if (sr_check_cancelled (sr_saver_get_cancellable (self->saver), error))
    return FALSE;
  sr_digest_update (self->digest, plain, size);
  return compress (self, &in, ZSTD_e_continue, error);
}

static gboolean
finish_seal (SrSaverStream *self,
             SrId          *id,
             GError       **error)
{
  ZSTD_inBuffer in = { NULL, 0, 0 };
  guint8        mac[SR_SEAL_MAC_SIZE];
  SrId          found;

  if (!compress (self, &in, ZSTD_e_end, error))
    return FALSE;
  sr_sealer_seal_finish (self->sealer, mac);
  sr_digest_finish (self->digest, id);
  sr_digest_finish (self->found, &found);
  if (!sr_sealer_auth_finish (self->opener, mac, NULL) || !sr_id_equal (id, &found))
    return set_faulty (error);
  return put_sealed (self, mac, sizeof mac, error);
}

static gboolean
store (SrSaverStream     *self,
       const SrPackEntry *entry,
       GError           **error)
{
  SrPacker *packer = sr_saver_get_packer (self->saver);
  SrSealer *sealer = self->sealer;
  SrId      pack;

  if (self->held != NULL)
    return sr_packer_add (packer, SR_BLOB_TREE, &entry->id, self->held->data, entry->length,
                          entry->plain_length, error);
  if (self->writer == NULL)
    return TRUE;
  return sr_pack_writer_commit (self->writer, entry, 1, sealer, &pack, error) &&
         sr_packer_add_pack (packer, &pack, entry, 1, error);
}

gboolean
sr_saver_stream_end (SrSaverStream *self,
                     SrId          *id,
                     GError       **error)
{
  SrPackEntry entry = { .type = SR_BLOB_TREE };
  guint32     number;

  if (!finish_seal (self, id, error))
    return FALSE;
  if (!sr_saver_claim_tree (self->saver, id, &number))
    return TRUE;
  entry.id = *id;
  entry.length = (guint32) self->sealed_size;
  entry.plain_length = (guint32) self->plain_size;
  if (self->sealed_size > G_MAXUINT32)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_UNSUPPORTED, "A folder's list is too large");
      return FALSE;
    }
  sr_saver_count_tree (self->saver, &entry);
  return store (self, &entry, error);
}
