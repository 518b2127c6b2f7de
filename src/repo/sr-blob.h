/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "crypto/sr-digest.h"
#include "crypto/sr-sealer.h"
#include "repo/sr-pack.h"

G_BEGIN_DECLS

/**
 * SrBlobCodec:
 *
 * From a blob to what lies in a pack and back: zstd, seal, and the check that what was made can be
 * read. Keeps contexts and scratch memory.
 *
 * Threads: one thread at a time; make one a thread.
 */
typedef struct _SrBlobCodec SrBlobCodec;

/**
 * SrCompression:
 * @SR_COMPRESSION_AUTO: zstd 1
 * @SR_COMPRESSION_FAST: zstd -1: for slow processors; text takes a third more space
 * @SR_COMPRESSION_MAX: zstd 11; slow
 * @SR_COMPRESSION_OFF: raw data blobs; trees are compressed all the same, as the format wants
 */
typedef enum
{
  SR_COMPRESSION_AUTO,
  SR_COMPRESSION_FAST,
  SR_COMPRESSION_MAX,
  SR_COMPRESSION_OFF,
} SrCompression;

/* Returns: the level of zstd; for %SR_COMPRESSION_OFF that of trees */
int sr_compression_get_level (SrCompression compression);

/* @version: of the repository; 1 knows no compression. @sealer is copied. */
SrBlobCodec *sr_blob_codec_new (SrSealer     *sealer,
                                guint         version,
                                SrCompression compression);
void         sr_blob_codec_free (SrBlobCodec *self);

/**
 * sr_blob_codec_seal:
 * @id: SHA-256 of the blob
 * @sealed: (out): where the sealed blob lies, owned by @self until the next call
 * @length: (out): its length
 * @plain_length: (out): @size if it was compressed, else 0
 *
 * Compresses (unless that gains nothing), seals, and then opens, decompresses and hashes what was
 * made, since engines have lost data for want of it. %SR_ERROR_DAMAGED if that does not give @id
 * again.
 */
gboolean sr_blob_codec_seal (SrBlobCodec   *self,
                             SrBlobType     type,
                             gconstpointer  plain,
                             gsize          size,
                             const SrId    *id,
                             const guint8 **sealed,
                             guint32       *length,
                             guint32       *plain_length,
                             GError       **error);

/**
 * sr_blob_codec_open:
 * @sealed: @entry->length bytes; overwritten
 * @plain: (out): the blob, owned by @self, valid until the next call
 *
 * %SR_ERROR_DAMAGED, naming the blob, if the MAC, the compression, the length or the digest is
 * wrong.
 */
gboolean sr_blob_codec_open (SrBlobCodec       *self,
                             const SrPackEntry *entry,
                             guint8            *sealed,
                             const guint8     **plain,
                             gsize             *size,
                             GError           **error);

/* So many blobs may be begun at a time. */
#define SR_BLOB_LANES 2

/**
 * SrBlobTask:
 * @entry: of a blob to open, all of it; of one to seal its id and type, the lengths are filled in
 * @data: (out): the blob opened, or sealed; owned by the codec, valid until the next is begun
 * @size: (out): its length
 * @error: (out): (nullable): as sr_blob_codec_open() and sr_blob_codec_seal() set it; the caller's
 *
 * Opening or sealing of one blob beside another: two are hashed in little more time than one.
 */
typedef struct
{
  SrPackEntry   entry;
  const guint8 *data;
  gsize         size;
  GError       *error;
} SrBlobTask;

/* The blobs below are begun, one each call, and ended in the order in which they are done. @task
 * must stay where it is until sr_blob_codec_end() returns it, @sealed and @plain are not needed any
 * more when these return. Not with %SR_BLOB_LANES under way, and no whole opening or sealing
 * (sr_blob_codec_open() and the like) with any. */
void sr_blob_codec_begin_open (SrBlobCodec *self,
                               SrBlobTask  *task,
                               guint8      *sealed);
void sr_blob_codec_begin_seal (SrBlobCodec  *self,
                               SrBlobTask   *task,
                               gconstpointer plain,
                               gsize         size);
/* Returns: whether one must be ended before another can begin */
gboolean sr_blob_codec_is_busy (SrBlobCodec *self);
/* Returns: (nullable): one that is done now; %NULL when none is under way */
SrBlobTask *sr_blob_codec_end (SrBlobCodec *self);
/* sr_digest_update(), and meanwhile a blob that is under way goes on. */
void sr_blob_codec_update_digest (SrBlobCodec  *self,
                                  SrDigest     *digest,
                                  gconstpointer data,
                                  gsize         size);

/* The "unpacked" form of index, snapshot and lock files: 0x02 and a zstd frame in version 2, plain
 * JSON in version 1; sealed.
 * Returns: (transfer full) */
GBytes *sr_blob_codec_seal_unpacked (SrBlobCodec  *self,
                                     gconstpointer json,
                                     gsize         size,
                                     GError      **error);
/* Returns: (transfer full): the JSON; %SR_ERROR_DAMAGED otherwise. @max_size bounds what it may
 *   unfold to. */
GBytes *sr_blob_codec_open_unpacked (SrBlobCodec  *self,
                                     gconstpointer sealed,
                                     gsize         size,
                                     gsize         max_size,
                                     GError      **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrBlobCodec, sr_blob_codec_free)

G_END_DECLS
