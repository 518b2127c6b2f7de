/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <string.h>
#include <zstd.h>

#include "base/sr-error.h"
#include "crypto/sr-digest.h"
#include "repo/sr-blob.h"

/* First byte of a compressed "unpacked" file (format notes 1.3). */
#define UNPACKED_ZSTD 2

/* Decrypting, decompressing and hashing in pieces of this size keeps what one makes in the cache of
 * the next. */
#define PIECE_SIZE (64 * 1024)

/* Scratch memory larger than this is given back before the next blob; no chunk of restic's chunker
 * is larger. */
#define KEEP_SIZE (9 * 1024 * 1024)

/* The best that zstd can do: a block of 128 KiB in four bytes. What claims more is no frame. */
#define MAX_BLOCK_SIZE     (128 * 1024)
#define MIN_BLOCK_ENCODING 4

/* Level 3, which others take, is 1.3 to 1.6 times slower than level 1 and saves a few per cent of
 * large blobs of text, nothing of others. Above 12 older libraries had an error (format notes
 * 1.16). */
static const int levels[] = {
  [SR_COMPRESSION_AUTO] = 1,
  [SR_COMPRESSION_FAST] = -1,
  [SR_COMPRESSION_MAX] = 11,
  [SR_COMPRESSION_OFF] = 1, /* of trees */
};

typedef struct
{
  guint8 *data;
  gsize   size;
} Scratch;

struct _SrBlobCodec
{
  SrSealer     *sealer;
  guint         version;
  SrCompression compression;
  ZSTD_CCtx    *compressor;   /* made when first needed */
  ZSTD_DCtx    *decompressor; /* likewise */
  SrDigest     *digest;
  Scratch       sealed; /* of the last blob sealed */
  Scratch       frame;  /* of that, decrypted again to check it */
  Scratch       plain;  /* of the last blob opened, or checked */
  guint8       *piece;  /* PIECE_SIZE bytes, to check what is not compressed */
};

SrBlobCodec *
sr_blob_codec_new (SrSealer     *sealer,
                   guint         version,
                   SrCompression compression)
{
  SrBlobCodec *self = g_new0 (SrBlobCodec, 1);

  self->sealer = sr_sealer_copy (sealer);
  self->version = version;
  self->compression = compression;
  self->digest = sr_digest_new ();
  return self;
}

void
sr_blob_codec_free (SrBlobCodec *self)
{
  if (self == NULL)
    return;
  sr_sealer_free (self->sealer);
  sr_digest_free (self->digest);
  ZSTD_freeCCtx (self->compressor);
  ZSTD_freeDCtx (self->decompressor);
  g_free (self->sealed.data);
  g_free (self->plain.data);
  g_free (self->frame.data);
  g_free (self->piece);
  g_free (self);
}

/* The content is not kept. */
static gboolean
scratch_reserve (Scratch *self,
                 gsize    size,
                 GError **error)
{
  if (self->size >= size && (self->size <= KEEP_SIZE || size > KEEP_SIZE))
    return TRUE;
  g_free (self->data);
  self->size = (size + PIECE_SIZE - 1) / PIECE_SIZE * PIECE_SIZE;
  self->data = g_try_malloc (self->size);
  if (self->data == NULL)
    {
      self->size = 0;
      g_set_error (error, SR_ERROR, SR_ERROR_FAILED,
                   "There is no memory for a blob of %" G_GSIZE_FORMAT " bytes", size);
      return FALSE;
    }
  return TRUE;
}

static ZSTD_DCtx *
get_decompressor (SrBlobCodec *self)
{
  if (self->decompressor == NULL)
    {
      self->decompressor = ZSTD_createDCtx ();
      if (self->decompressor == NULL)
        g_error ("There is no memory for a decompressor");
    }
  return self->decompressor;
}

static ZSTD_CCtx *
get_compressor (SrBlobCodec *self)
{
  if (self->compressor == NULL)
    {
      self->compressor = ZSTD_createCCtx ();
      if (self->compressor == NULL)
        g_error ("There is no memory for a compressor");
      ZSTD_CCtx_setParameter (self->compressor, ZSTD_c_compressionLevel, levels[self->compression]);
    }
  return self->compressor;
}

/* Compresses into @out, which has room for ZSTD_compressBound() bytes. Returns: 0 with @error set
 * if that fails */
static gsize
compress (SrBlobCodec  *self,
          gconstpointer plain,
          gsize         size,
          guint8       *out,
          GError      **error)
{
  gsize n = ZSTD_compress2 (get_compressor (self), out, ZSTD_compressBound (size), plain, size);

  if (ZSTD_isError (n))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_FAILED,
                   "A blob of %" G_GSIZE_FORMAT " bytes cannot be compressed: %s", size,
                   ZSTD_getErrorName (n));
      return 0;
    }
  return n;
}

static const char *
type_name (SrBlobType type)
{
  return type == SR_BLOB_TREE ? "Tree" : "Data";
}

static gboolean
set_damaged (GError    **error,
             SrBlobType  type,
             const SrId *id,
             const char *what)
{
  char hex[SR_ID_HEX_SIZE];

  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED, "%s blob %s is damaged: %s", type_name (type),
               sr_id_to_hex (id, hex), what);
  return FALSE;
}

/* Decrypts and hashes an authenticated blob piece by piece: what one makes is still in the cache of
 * the next. */
static void
digest_raw (SrBlobCodec  *self,
            const guint8 *cipher,
            gsize         size,
            SrId         *found)
{
  if (self->piece == NULL)
    self->piece = g_malloc (PIECE_SIZE);
  sr_digest_reset (self->digest);
  for (gsize i = 0; i < size; i += PIECE_SIZE)
    {
      gsize n = MIN (PIECE_SIZE, size - i);

      sr_sealer_decrypt_update (self->sealer, cipher + i, n, self->piece);
      sr_digest_update (self->digest, self->piece, n);
    }
  sr_digest_finish (self->digest, found);
}

/* Decrypts, decompresses and hashes an authenticated blob; in one go, which is quicker than the
 * decompressor's window.
 * Returns: (nullable): what is wrong */
static const char *
digest_compressed (SrBlobCodec  *self,
                   const guint8 *cipher,
                   gsize         size,
                   gsize         plain_size,
                   SrId         *found)
{
  gsize n;

  if (!scratch_reserve (&self->frame, size, NULL) ||
      !scratch_reserve (&self->plain, plain_size, NULL))
    return "there is no memory to check it";
  sr_sealer_decrypt_update (self->sealer, cipher, size, self->frame.data);
  n = ZSTD_decompressDCtx (get_decompressor (self), self->plain.data, plain_size, self->frame.data,
                           size);
  if (ZSTD_isError (n))
    return ZSTD_getErrorName (n);
  if (n != plain_size)
    return "it unfolds to less than it should";
  sr_sha256 (self->plain.data, plain_size, found);
  return NULL;
}

/* Returns: (nullable): what is wrong; @found: (out): the digest of what the sealed bytes unfold to
 * */
static const char *
open_and_digest (SrBlobCodec  *self,
                 const guint8 *sealed,
                 gsize         length,
                 gsize         plain_size,
                 gboolean      compressed,
                 SrId         *found)
{
  const guint8 *cipher = sealed + SR_SEAL_IV_SIZE;
  gsize         size = length - SR_SEAL_OVERHEAD;

  sr_sealer_auth_begin (self->sealer, sealed);
  sr_sealer_auth_update (self->sealer, cipher, size);
  if (!sr_sealer_auth_finish (self->sealer, sealed + length - SR_SEAL_MAC_SIZE, NULL))
    return "its seal does not open";
  sr_sealer_decrypt_begin (self->sealer, sealed);
  if (compressed)
    return digest_compressed (self, cipher, size, plain_size, found);
  digest_raw (self, cipher, size, found);
  return NULL;
}

/* Whether the bytes that are going to be stored give the blob again. */
static gboolean
verify_sealed (SrBlobCodec  *self,
               SrBlobType    type,
               const guint8 *sealed,
               gsize         length,
               gsize         plain_size,
               gboolean      compressed,
               const SrId   *id,
               GError      **error)
{
  const char *wrong;
  SrId        found;
  char        hex[SR_ID_HEX_SIZE];

  wrong = open_and_digest (self, sealed, length, plain_size, compressed, &found);
  if (wrong == NULL && sr_id_equal (&found, id))
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
               "%s blob %s was just made and does not give its content again (%s); the memory or "
               "the processor of this computer is faulty",
               type_name (type), sr_id_to_hex (id, hex), wrong != NULL ? wrong : "other bytes");
  return FALSE;
}

/* A gain of less than 1 % is not worth decompressing it at every restore. */
static gboolean
is_worth_it (gsize size,
             gsize compressed)
{
  return compressed + sizeof (guint32) + size / 128 < size;
}

gboolean
sr_blob_codec_seal (SrBlobCodec   *self,
                    SrBlobType     type,
                    gconstpointer  plain,
                    gsize          size,
                    const SrId    *id,
                    const guint8 **sealed,
                    guint32       *length,
                    guint32       *plain_length,
                    GError       **error)
{
  gboolean wanted =
      self->version >= 2 && (type == SR_BLOB_TREE || self->compression != SR_COMPRESSION_OFF);
  gsize   compressed = 0;
  guint8 *inner;

  if (size == 0 || size > G_MAXUINT32 - SR_SEAL_OVERHEAD ||
      ZSTD_compressBound (size) > G_MAXUINT32 - SR_SEAL_OVERHEAD)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "A blob cannot have %" G_GSIZE_FORMAT " bytes", size);
      return FALSE;
    }
  if (!scratch_reserve (&self->sealed,
                        (wanted ? ZSTD_compressBound (size) : size) + SR_SEAL_OVERHEAD, error))
    return FALSE;
  inner = self->sealed.data + SR_SEAL_IV_SIZE;
  if (wanted && (compressed = compress (self, plain, size, inner, error)) == 0)
    return FALSE;
  if (type != SR_BLOB_TREE && !is_worth_it (size, compressed))
    compressed = 0;
  if (compressed != 0)
    sr_sealer_seal (self->sealer, inner, compressed, self->sealed.data);
  else
    sr_sealer_seal (self->sealer, plain, size, self->sealed.data);
  *length = (guint32) ((compressed != 0 ? compressed : size) + SR_SEAL_OVERHEAD);
  *plain_length = compressed != 0 ? (guint32) size : 0;
  *sealed = self->sealed.data;
  return verify_sealed (self, type, self->sealed.data, *length, size, compressed != 0, id, error);
}

/* Whether a frame of @compressed bytes can unfold to @size. */
static gboolean
is_plausible (gsize   compressed,
              guint64 size)
{
  return size / MAX_BLOCK_SIZE <= compressed / MIN_BLOCK_ENCODING;
}

/* Returns: (nullable): what is wrong */
static const char *
decompress_blob (SrBlobCodec  *self,
                 gconstpointer frame,
                 gsize         size,
                 gsize         plain_size,
                 GError      **error)
{
  unsigned long long announced = ZSTD_getFrameContentSize (frame, size);
  gsize              n;

  if (announced == ZSTD_CONTENTSIZE_ERROR)
    return "it is not compressed as the vault says";
  if ((announced != ZSTD_CONTENTSIZE_UNKNOWN && announced != plain_size) ||
      !is_plausible (size, plain_size))
    return "its size is not what the vault says";
  if (!scratch_reserve (&self->plain, plain_size, error))
    return "";
  n = ZSTD_decompressDCtx (get_decompressor (self), self->plain.data, plain_size, frame, size);
  if (ZSTD_isError (n))
    return ZSTD_getErrorName (n);
  return n == plain_size ? NULL : "its size is not what the vault says";
}

gboolean
sr_blob_codec_open (SrBlobCodec       *self,
                    const SrPackEntry *entry,
                    guint8            *sealed,
                    const guint8     **plain,
                    gsize             *size,
                    GError           **error)
{
  guint8 *inner = sealed + SR_SEAL_IV_SIZE;
  SrId    found;

  if (entry->length <= SR_SEAL_OVERHEAD)
    return set_damaged (error, entry->type, &entry->id, "it is too short");
  if (!sr_sealer_open (self->sealer, sealed, entry->length, inner, NULL))
    return set_damaged (error, entry->type, &entry->id, "its seal is broken");
  *plain = inner;
  *size = entry->length - SR_SEAL_OVERHEAD;
  if (entry->plain_length != 0)
    {
      g_autoptr (GError) no_memory = NULL;
      const char        *wrong;

      wrong = decompress_blob (self, inner, *size, entry->plain_length, &no_memory);

      if (no_memory != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&no_memory));
          return FALSE;
        }
      if (wrong != NULL)
        return set_damaged (error, entry->type, &entry->id, wrong);
      *plain = self->plain.data;
      *size = entry->plain_length;
    }
  sr_sha256 (*plain, *size, &found);
  if (!sr_id_equal (&found, &entry->id))
    return set_damaged (error, entry->type, &entry->id, "its content has another digest");
  return TRUE;
}

/* Decompresses a frame that does not tell its size, growing as it unfolds. */
static GBytes *
unfold_unknown (SrBlobCodec  *self,
                gconstpointer frame,
                gsize         size,
                gsize         max_size,
                GError      **error)
{
  g_autoptr (GByteArray) result = g_byte_array_new ();
  ZSTD_inBuffer          in = { frame, size, 0 };
  gsize                  n = 1;

  ZSTD_DCtx_reset (get_decompressor (self), ZSTD_reset_session_only);
  while (n != 0 && result->len <= max_size)
    {
      guint          had = result->len;
      ZSTD_outBuffer out = { NULL, PIECE_SIZE, 0 };

      g_byte_array_set_size (result, had + PIECE_SIZE);
      out.dst = result->data + had;
      n = ZSTD_decompressStream (self->decompressor, &out, &in);
      g_byte_array_set_size (result, had + (guint) out.pos);
      if (ZSTD_isError (n) || (n != 0 && out.pos == 0 && in.pos == in.size))
        break;
    }
  if (n != 0 || in.pos != in.size || result->len > max_size)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_DAMAGED,
                           "The file cannot be decompressed, or is far too large");
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&result));
}

static GBytes *
unfold (SrBlobCodec  *self,
        gconstpointer frame,
        gsize         size,
        gsize         max_size,
        GError      **error)
{
  unsigned long long announced = ZSTD_getFrameContentSize (frame, size);
  g_autofree guint8 *plain = NULL;
  gsize              n;

  if (announced == ZSTD_CONTENTSIZE_UNKNOWN)
    return unfold_unknown (self, frame, size, MIN (max_size, G_MAXUINT / 2), error);
  if (announced == ZSTD_CONTENTSIZE_ERROR || announced > max_size ||
      !is_plausible (size, announced))
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_DAMAGED,
                           "The file is not compressed as it says, or is far too large");
      return NULL;
    }
  plain = g_malloc (MAX (announced, 1));
  n = ZSTD_decompressDCtx (get_decompressor (self), plain, announced, frame, size);
  if (ZSTD_isError (n) || n != announced)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_DAMAGED, "The file cannot be decompressed");
      return NULL;
    }
  return g_bytes_new_take (g_steal_pointer (&plain), n);
}

GBytes *
sr_blob_codec_open_unpacked (SrBlobCodec  *self,
                             gconstpointer sealed,
                             gsize         size,
                             gsize         max_size,
                             GError      **error)
{
  g_autofree guint8 *plain = NULL;
  gsize              n;

  if (size <= SR_SEAL_OVERHEAD || size - SR_SEAL_OVERHEAD - 1 > ZSTD_compressBound (max_size))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                   "A file of %" G_GSIZE_FORMAT " bytes cannot be what it should", size);
      return NULL;
    }
  n = size - SR_SEAL_OVERHEAD;
  plain = g_malloc (n);
  if (!sr_sealer_open (self->sealer, sealed, size, plain, error))
    return NULL;
  if ((plain[0] == '{' || plain[0] == '[') && n <= max_size)
    return g_bytes_new_take (g_steal_pointer (&plain), n);
  if (plain[0] == UNPACKED_ZSTD && self->version >= 2)
    return unfold (self, plain + 1, n - 1, max_size, error);
  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
               "The file of %" G_GSIZE_FORMAT
               " bytes begins with byte 0x%02x: it has no known form or is far too large",
               n, plain[0]);
  return NULL;
}

GBytes *
sr_blob_codec_seal_unpacked (SrBlobCodec  *self,
                             gconstpointer json,
                             gsize         size,
                             GError      **error)
{
  g_autofree guint8 *sealed = NULL;
  g_autoptr (GBytes) opened = NULL;
  guint8            *inner;
  gsize              n;

  sealed = g_malloc (ZSTD_compressBound (size) + 1 + SR_SEAL_OVERHEAD);
  inner = sealed + SR_SEAL_IV_SIZE;
  if (self->version < 2)
    {
      memcpy (inner, json, size);
      n = size;
    }
  else
    {
      inner[0] = UNPACKED_ZSTD;
      n = compress (self, json, size, inner + 1, error);
      if (n == 0)
        return NULL;
      n++;
    }
  sr_sealer_seal (self->sealer, inner, n, sealed);
  n += SR_SEAL_OVERHEAD;
  opened = sr_blob_codec_open_unpacked (self, sealed, n, MAX (size, 1), error);
  if (opened == NULL || g_bytes_get_size (opened) != size ||
      memcmp (g_bytes_get_data (opened, NULL), json, size) != 0)
    {
      g_clear_error (error);
      g_set_error_literal (error, SR_ERROR, SR_ERROR_DAMAGED,
                           "A file just sealed gives other bytes when it is opened; the memory or "
                           "the processor of this computer is faulty");
      return NULL;
    }
  return g_bytes_new_take (g_realloc (g_steal_pointer (&sealed), n), n);
}
