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

/* What is not compressed is decrypted and hashed again in pieces of this size: what the one makes
 * is still in the cache of the other. Scratch memory comes in multiples of it. */
#define PIECE_SIZE (64 * 1024)

/* Scratch memory larger than this is given back before the next blob; no chunk of restic's chunker
 * is larger. */
#define KEEP_SIZE (9 * 1024 * 1024)

/* The best that zstd can do: a block of 128 KiB in four bytes. What claims more is no frame. */
#define MAX_BLOCK_SIZE     (128 * 1024)
#define MIN_BLOCK_ENCODING 4

typedef struct
{
  guint8 *data;
  gsize   size;
} Scratch;

/* A blob of which all is done but the digest, which two get at once. */
typedef struct
{
  SrBlobTask   *task; /* NULL: the lane is free */
  gboolean      is_seal;
  SrDigest     *digest;
  const guint8 *data;   /* what is hashed next: */
  gsize         ready;  /* so many bytes */
  const guint8 *cipher; /* what is decrypted after that: */
  gsize         left;   /* so many bytes */
  SrSealer     *sealer; /* for that; made when first needed, as is the piece */
  guint8       *piece;  /* PIECE_SIZE bytes */
  Scratch       sealed; /* the blob sealed */
  Scratch       plain;  /* the blob opened, or checked */
} Lane;

struct _SrBlobCodec
{
  SrSealer     *sealer;
  guint         version;
  SrCompression compression;
  ZSTD_CCtx    *compressor;   /* made when first needed */
  ZSTD_DCtx    *decompressor; /* likewise */
  Scratch       frame;        /* of what was sealed, decrypted again to check it */
  Lane          lanes[SR_BLOB_LANES];
};

int
sr_compression_get_level (SrCompression compression)
{
  /* Level 3, which others take, is 1.3 to 1.6 times slower than level 1 and saves a few per cent of
   * large blobs of text, nothing of others. Above 12 older libraries had an error (format notes
   * 1.16). */
  static const int levels[] = {
    [SR_COMPRESSION_AUTO] = 1,
    [SR_COMPRESSION_FAST] = -1,
    [SR_COMPRESSION_MAX] = 11,
    [SR_COMPRESSION_OFF] = 1, /* of trees */
  };

  return levels[compression];
}

SrBlobCodec *
sr_blob_codec_new (SrSealer     *sealer,
                   guint         version,
                   SrCompression compression)
{
  SrBlobCodec *self = g_new0 (SrBlobCodec, 1);

  self->sealer = sr_sealer_copy (sealer);
  self->version = version;
  self->compression = compression;
  for (guint i = 0; i < SR_BLOB_LANES; i++)
    self->lanes[i].digest = sr_digest_new ();
  return self;
}

static void
lane_clear (Lane *lane)
{
  sr_digest_free (lane->digest);
  sr_sealer_free (lane->sealer);
  g_free (lane->piece);
  g_free (lane->sealed.data);
  g_free (lane->plain.data);
}

void
sr_blob_codec_free (SrBlobCodec *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < SR_BLOB_LANES; i++)
    lane_clear (&self->lanes[i]);
  sr_sealer_free (self->sealer);
  ZSTD_freeCCtx (self->compressor);
  ZSTD_freeDCtx (self->decompressor);
  g_free (self->frame.data);
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
      ZSTD_CCtx_setParameter (self->compressor, ZSTD_c_compressionLevel,
                              sr_compression_get_level (self->compression));
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

/* -- two digests at once -- */

static Lane *
lane_begin (SrBlobCodec *self,
            SrBlobTask  *task,
            gboolean     is_seal)
{
  Lane *lane = self->lanes;

  while (lane->task != NULL)
    lane++;
  g_assert (lane < self->lanes + SR_BLOB_LANES);
  lane->task = task;
  lane->is_seal = is_seal;
  lane->ready = 0;
  lane->left = 0;
  task->data = NULL;
  task->size = 0;
  task->error = NULL;
  sr_digest_reset (lane->digest);
  return lane;
}

/* Returns: whether there is anything to hash */
static gboolean
lane_fill (Lane *lane)
{
  if (lane->task == NULL)
    return FALSE;
  if (lane->ready == 0 && lane->left > 0)
    {
      lane->ready = MIN (PIECE_SIZE, lane->left);
      sr_sealer_decrypt_update (lane->sealer, lane->cipher, lane->ready, lane->piece);
      lane->data = lane->piece;
      lane->cipher += lane->ready;
      lane->left -= lane->ready;
    }
  return lane->ready > 0;
}

static void
lane_advance (Lane *lane,
              gsize size)
{
  lane->data += size;
  lane->ready -= size;
}

static void
set_faulty (SrBlobTask *task,
            const char *wrong)
{
  char hex[SR_ID_HEX_SIZE];

  g_set_error (&task->error, SR_ERROR, SR_ERROR_DAMAGED,
               "%s blob %s was just made and does not give its content again (%s); the memory or "
               "the processor of this computer is faulty",
               type_name (task->entry.type), sr_id_to_hex (&task->entry.id, hex), wrong);
}

static SrBlobTask *
lane_end (Lane *lane)
{
  SrBlobTask *task = g_steal_pointer (&lane->task);
  SrId        found;

  if (task->error != NULL)
    return task;
  sr_digest_finish (lane->digest, &found);
  if (sr_id_equal (&found, &task->entry.id))
    return task;
  if (lane->is_seal)
    set_faulty (task, "other bytes");
  else
    set_damaged (&task->error, task->entry.type, &task->entry.id,
                 "its content has another digest");
  return task;
}

gboolean
sr_blob_codec_is_busy (SrBlobCodec *self)
{
  for (guint i = 0; i < SR_BLOB_LANES; i++)
    if (self->lanes[i].task == NULL)
      return FALSE;
  return TRUE;
}

SrBlobTask *
sr_blob_codec_end (SrBlobCodec *self)
{
  Lane *a = &self->lanes[0];
  Lane *b = &self->lanes[1];

  while (a->task != NULL || b->task != NULL)
    {
      gboolean a_has = lane_fill (a);
      gboolean b_has = lane_fill (b);

      if (a->task != NULL && !a_has)
        return lane_end (a);
      if (b->task != NULL && !b_has)
        return lane_end (b);
      if (a_has && b_has)
        {
          gsize n = MIN (a->ready, b->ready);

          sr_digest_update_two (a->digest, a->data, n, b->digest, b->data, n);
          lane_advance (a, n);
          lane_advance (b, n);
        }
      else
        {
          Lane *only = a_has ? a : b;

          sr_digest_update (only->digest, only->data, only->ready);
          lane_advance (only, only->ready);
        }
    }
  return NULL;
}

void
sr_blob_codec_update_digest (SrBlobCodec  *self,
                             SrDigest     *digest,
                             gconstpointer data,
                             gsize         size)
{
  const guint8 *at = data;

  while (size > 0)
    {
      Lane *lane = lane_fill (&self->lanes[0]) ? &self->lanes[0] : &self->lanes[1];
      gsize n;

      if (!lane_fill (lane))
        {
          sr_digest_update (digest, at, size);
          return;
        }
      n = MIN (size, lane->ready);
      sr_digest_update_two (digest, at, n, lane->digest, lane->data, n);
      lane_advance (lane, n);
      at += n;
      size -= n;
    }
}

/* -- sealing -- */

/* Decrypts and decompresses an authenticated blob; in one go, which is quicker than the
 * decompressor's window.
 * Returns: (nullable): what is wrong */
static const char *
unfold_again (SrBlobCodec  *self,
              Lane         *lane,
              const guint8 *cipher,
              gsize         size,
              gsize         plain_size)
{
  gsize n;

  if (!scratch_reserve (&self->frame, size, NULL) ||
      !scratch_reserve (&lane->plain, plain_size, NULL))
    return "there is no memory to check it";
  sr_sealer_decrypt_update (self->sealer, cipher, size, self->frame.data);
  n = ZSTD_decompressDCtx (get_decompressor (self), lane->plain.data, plain_size, self->frame.data,
                           size);
  if (ZSTD_isError (n))
    return ZSTD_getErrorName (n);
  if (n != plain_size)
    return "it unfolds to less than it should";
  lane->data = lane->plain.data;
  lane->ready = plain_size;
  return NULL;
}

/* Opens what is going to be stored: does it give the blob again?
 * Returns: (nullable): what is wrong; else the lane has what it unfolds to, to be hashed */
static const char *
open_again (SrBlobCodec *self,
            Lane        *lane)
{
  const SrPackEntry *entry = &lane->task->entry;
  const guint8      *sealed = lane->sealed.data;
  const guint8      *cipher = sealed + SR_SEAL_IV_SIZE;
  gsize              size = entry->length - SR_SEAL_OVERHEAD;

  sr_sealer_auth_begin (self->sealer, sealed);
  sr_sealer_auth_update (self->sealer, cipher, size);
  if (!sr_sealer_auth_finish (self->sealer, cipher + size, NULL))
    return "its seal does not open";
  if (entry->plain_length != 0)
    {
      sr_sealer_decrypt_begin (self->sealer, sealed);
      return unfold_again (self, lane, cipher, size, entry->plain_length);
    }
  if (lane->sealer == NULL)
    {
      lane->sealer = sr_sealer_copy (self->sealer);
      lane->piece = g_malloc (PIECE_SIZE);
    }
  sr_sealer_decrypt_begin (lane->sealer, sealed);
  lane->cipher = cipher;
  lane->left = size;
  return NULL;
}

/* A gain of less than 1 % is not worth decompressing it at every restore. */
static gboolean
is_worth_it (gsize size,
             gsize compressed)
{
  return compressed + sizeof (guint32) + size / 128 < size;
}

/* Fills the lane's sealed blob, and the lengths of its entry. */
static gboolean
seal_blob (SrBlobCodec  *self,
           Lane         *lane,
           gconstpointer plain,
           gsize         size,
           GError      **error)
{
  SrPackEntry *entry = &lane->task->entry;
  gboolean     is_tree = entry->type == SR_BLOB_TREE;
  gboolean     wanted = self->version >= 2 && (is_tree || self->compression != SR_COMPRESSION_OFF);
  gsize        compressed = 0;
  guint8      *inner;

  if (size == 0 || size > G_MAXUINT32 - SR_SEAL_OVERHEAD ||
      ZSTD_compressBound (size) > G_MAXUINT32 - SR_SEAL_OVERHEAD)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "A blob cannot have %" G_GSIZE_FORMAT " bytes", size);
      return FALSE;
    }
  if (!scratch_reserve (&lane->sealed,
                        (wanted ? ZSTD_compressBound (size) : size) + SR_SEAL_OVERHEAD, error))
    return FALSE;
  inner = lane->sealed.data + SR_SEAL_IV_SIZE;
  if (wanted && (compressed = compress (self, plain, size, inner, error)) == 0)
    return FALSE;
  if (!is_tree && !is_worth_it (size, compressed))
    compressed = 0;
  if (compressed != 0)
    sr_sealer_seal (self->sealer, inner, compressed, lane->sealed.data);
  else
    sr_sealer_seal (self->sealer, plain, size, lane->sealed.data);
  entry->length = (guint32) ((compressed != 0 ? compressed : size) + SR_SEAL_OVERHEAD);
  entry->plain_length = compressed != 0 ? (guint32) size : 0;
  return TRUE;
}

void
sr_blob_codec_begin_seal (SrBlobCodec  *self,
                          SrBlobTask   *task,
                          gconstpointer plain,
                          gsize         size)
{
  Lane       *lane = lane_begin (self, task, TRUE);
  const char *wrong;

  if (!seal_blob (self, lane, plain, size, &task->error))
    return;
  task->data = lane->sealed.data;
  task->size = task->entry.length;
  wrong = open_again (self, lane);
  if (wrong != NULL)
    set_faulty (task, wrong);
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
  SrBlobTask task = { .entry = { .id = *id, .type = type } };

  sr_blob_codec_begin_seal (self, &task, plain, size);
  sr_blob_codec_end (self);
  if (task.error != NULL)
    {
      g_propagate_error (error, task.error);
      return FALSE;
    }
  *sealed = task.data;
  *length = task.entry.length;
  *plain_length = task.entry.plain_length;
  return TRUE;
}

/* -- opening -- */

/* Whether a frame of @compressed bytes can unfold to @size. */
static gboolean
is_plausible (gsize   compressed,
              guint64 size)
{
  return size / MAX_BLOCK_SIZE <= compressed / MIN_BLOCK_ENCODING;
}

/* Returns: (nullable): what is wrong, if no @error is set */
static const char *
decompress_blob (SrBlobCodec  *self,
                 Lane         *lane,
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
  if (!scratch_reserve (&lane->plain, plain_size, error))
    return NULL;
  n = ZSTD_decompressDCtx (get_decompressor (self), lane->plain.data, plain_size, frame, size);
  if (ZSTD_isError (n))
    return ZSTD_getErrorName (n);
  return n == plain_size ? NULL : "its size is not what the vault says";
}

/* The blob goes into the lane's scratch memory, so that @sealed is free for the next.
 * Returns: (nullable): what is wrong, if no @error is set */
static const char *
open_blob (SrBlobCodec *self,
           Lane        *lane,
           guint8      *sealed,
           GError     **error)
{
  const SrPackEntry *entry = &lane->task->entry;
  guint8            *inner = sealed + SR_SEAL_IV_SIZE;
  gsize              size;

  if (entry->length <= SR_SEAL_OVERHEAD)
    return "it is too short";
  size = entry->length - SR_SEAL_OVERHEAD;
  if (entry->plain_length == 0)
    {
      if (!scratch_reserve (&lane->plain, size, error))
        return NULL;
      inner = lane->plain.data;
    }
  if (!sr_sealer_open (self->sealer, sealed, entry->length, inner, NULL))
    return "its seal is broken";
  if (entry->plain_length == 0)
    {
      lane->ready = size;
      return NULL;
    }
  lane->ready = entry->plain_length;
  return decompress_blob (self, lane, inner, size, entry->plain_length, error);
}

void
sr_blob_codec_begin_open (SrBlobCodec *self,
                          SrBlobTask  *task,
                          guint8      *sealed)
{
  Lane       *lane = lane_begin (self, task, FALSE);
  const char *wrong = open_blob (self, lane, sealed, &task->error);

  if (wrong != NULL)
    set_damaged (&task->error, task->entry.type, &task->entry.id, wrong);
  if (task->error != NULL)
    {
      lane->ready = 0;
      return;
    }
  lane->data = lane->plain.data;
  task->data = lane->data;
  task->size = lane->ready;
}

gboolean
sr_blob_codec_open (SrBlobCodec       *self,
                    const SrPackEntry *entry,
                    guint8            *sealed,
                    const guint8     **plain,
                    gsize             *size,
                    GError           **error)
{
  SrBlobTask task = { .entry = *entry };

  sr_blob_codec_begin_open (self, &task, sealed);
  sr_blob_codec_end (self);
  if (task.error != NULL)
    {
      g_propagate_error (error, task.error);
      return FALSE;
    }
  *plain = task.data;
  *size = task.size;
  return TRUE;
}

/* -- files that are no packs -- */

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
