/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-id.h"
#include "crypto/sr-sealer.h"
#include "storage/sr-storage.h"

G_BEGIN_DECLS

/**
 * SrBlobType:
 *
 * What a blob holds. A pack of ours holds one type only.
 */
typedef enum
{
  SR_BLOB_DATA = 0,
  SR_BLOB_TREE = 1,
} SrBlobType;

/* "data", "tree" */
const char *sr_blob_type_name (SrBlobType type);

/* A pack is closed when it has grown to this size in bytes (restic's default). */
#define SR_PACK_TARGET_SIZE (16 * 1024 * 1024)
/* The sealed header is not larger (format notes 1.4). */
#define SR_PACK_MAX_HEADER (16 * 1024 * 1024)

/**
 * SrPackEntry:
 * @offset: of the sealed blob in the pack, in bytes
 * @length: of the sealed blob
 * @plain_length: of the blob itself if it is compressed, else 0
 */
typedef struct
{
  SrId       id;
  SrBlobType type;
  guint32    offset;
  guint32    length;
  guint32    plain_length;
} SrPackEntry;

/* Size in bytes of the blob itself. */
static inline guint32
sr_pack_entry_get_plain_size (const SrPackEntry *self)
{
  return self->plain_length != 0 ? self->plain_length : self->length - SR_SEAL_OVERHEAD;
}

static inline gboolean
sr_pack_entry_equal (const SrPackEntry *a,
                     const SrPackEntry *b)
{
  return sr_id_equal (&a->id, &b->id) && a->type == b->type && a->offset == b->offset &&
         a->length == b->length && a->plain_length == b->plain_length;
}

/* Size of a pack with these entries: blobs, sealed header, length. */
guint64 sr_pack_size (const SrPackEntry *entries,
                      gsize              n_entries);
/* Sealed header and the four bytes of its length, as they stand at the end of a pack. Offsets are
 * implied by the order. */
void sr_pack_header_encode (const SrPackEntry *entries,
                            gsize              n_entries,
                            SrSealer          *sealer,
                            GByteArray        *out);
/* @header: opened header, without seal. @blobs_size: bytes of the pack before the header; must be
 *   used up exactly.
 * %SR_ERROR_DAMAGED otherwise. Returns: (transfer full) (element-type SrPackEntry) */
GArray *sr_pack_header_decode (gconstpointer header,
                               gsize         size,
                               guint64       blobs_size,
                               GError      **error);
/* Reads the header of the pack @id, whose file has @pack_size bytes. */
GArray *sr_pack_read_header (SrStorage    *storage,
                             const SrId   *id,
                             guint64       pack_size,
                             SrSealer     *sealer,
                             GCancellable *cancellable,
                             GError      **error);

G_END_DECLS
