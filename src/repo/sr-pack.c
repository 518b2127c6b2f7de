/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "repo/sr-pack.h"

/* Header entry (format notes 1.4): type, sealed length, plain length if compressed, id. */
#define PLAIN_ENTRY_SIZE      (1 + 4 + SR_ID_SIZE)
#define COMPRESSED_ENTRY_SIZE (1 + 4 + 4 + SR_ID_SIZE)

enum
{
  STORED_DATA = 0,
  STORED_TREE = 1,
  STORED_DATA_COMPRESSED = 2,
  STORED_TREE_COMPRESSED = 3,
};

/* Behind the header stands the length of its seal. */
#define LENGTH_SIZE 4
/* What is read of a pack's end at first: the headers of nearly all packs fit. */
#define EAGER_SIZE 16384

const char *
sr_blob_type_name (SrBlobType type)
{
  return type == SR_BLOB_TREE ? "tree" : "data";
}

static guint8 *
put_u32 (guint8 *out,
         guint32 value)
{
  value = GUINT32_TO_LE (value);
  memcpy (out, &value, sizeof value);
  return out + sizeof value;
}

static guint32
get_u32 (const guint8 *in)
{
  guint32 value;

  memcpy (&value, in, sizeof value);
  return GUINT32_FROM_LE (value);
}

static gsize
entry_size (const SrPackEntry *entry)
{
  return entry->plain_length != 0 ? COMPRESSED_ENTRY_SIZE : PLAIN_ENTRY_SIZE;
}

guint64
sr_pack_size (const SrPackEntry *entries,
              gsize              n_entries)
{
  guint64 size = SR_SEAL_OVERHEAD + LENGTH_SIZE;

  for (gsize i = 0; i < n_entries; i++)
    size += (guint64) entries[i].length + entry_size (&entries[i]);
  return size;
}

static guint8 *
put_entry (guint8            *out,
           const SrPackEntry *entry)
{
  gboolean compressed = entry->plain_length != 0;

  *out++ = (guint8) ((entry->type == SR_BLOB_TREE ? STORED_TREE : STORED_DATA) +
                     (compressed ? STORED_DATA_COMPRESSED : 0));
  out = put_u32 (out, entry->length);
  if (compressed)
    out = put_u32 (out, entry->plain_length);
  memcpy (out, entry->id.bytes, SR_ID_SIZE);
  return out + SR_ID_SIZE;
}

void
sr_pack_header_encode (const SrPackEntry *entries,
                       gsize              n_entries,
                       SrSealer          *sealer,
                       GByteArray        *out)
{
  guint   start = out->len;
  gsize   size = 0;
  guint8 *seal;
  guint8 *end;

  for (gsize i = 0; i < n_entries; i++)
    size += entry_size (&entries[i]);
  g_byte_array_set_size (out, (guint) (start + size + SR_SEAL_OVERHEAD + LENGTH_SIZE));
  seal = out->data + start;
  end = seal + SR_SEAL_IV_SIZE;
  for (gsize i = 0; i < n_entries; i++)
    end = put_entry (end, &entries[i]);
  sr_sealer_seal (sealer, seal + SR_SEAL_IV_SIZE, size, seal);
  put_u32 (seal + size + SR_SEAL_OVERHEAD, (guint32) (size + SR_SEAL_OVERHEAD));
}

/* Returns: bytes the entry occupies, 0 with @error set */
static gsize
get_entry (const guint8 *in,
           gsize         left,
           SrPackEntry  *entry,
           GError      **error)
{
  guint    stored = in[0];
  gboolean compressed = stored >= STORED_DATA_COMPRESSED;
  gsize    size = compressed ? COMPRESSED_ENTRY_SIZE : PLAIN_ENTRY_SIZE;

  if (stored > STORED_TREE_COMPRESSED)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                   "The header names a blob of the unknown type %u", stored);
      return 0;
    }
  if (left < size)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_DAMAGED,
                           "The header ends within an entry");
      return 0;
    }
  entry->type = stored % 2 == 1 ? SR_BLOB_TREE : SR_BLOB_DATA;
  entry->length = get_u32 (in + 1);
  entry->plain_length = compressed ? get_u32 (in + 5) : 0;
  memcpy (entry->id.bytes, in + size - SR_ID_SIZE, SR_ID_SIZE);
  /* no blob is empty; an index of such an entry would be refused as well */
  if (entry->length <= SR_SEAL_OVERHEAD || (compressed && entry->plain_length == 0))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                   "The header names a blob of the impossible length %u", entry->length);
      return 0;
    }
  return size;
}

GArray *
sr_pack_header_decode (gconstpointer header,
                       gsize         size,
                       guint64       blobs_size,
                       GError      **error)
{
  const guint8      *in = header;
  guint64            offset = 0;
  g_autoptr (GArray) entries = g_array_sized_new (FALSE, FALSE, sizeof (SrPackEntry),
                                                  (guint) MIN (size / PLAIN_ENTRY_SIZE,
                                                               SR_PACK_MAX_HEADER));

  if (size == 0)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_DAMAGED, "The header names no blob");
      return NULL;
    }
  while (size > 0)
    {
      SrPackEntry entry;
      gsize       used = get_entry (in, size, &entry, error);

      if (used == 0)
        return NULL;
      if (offset > G_MAXUINT32 || entry.length > blobs_size - offset)
        {
          g_set_error_literal (error, SR_ERROR, SR_ERROR_DAMAGED,
                               "The header names more bytes of blobs than the pack holds");
          return NULL;
        }
      entry.offset = (guint32) offset;
      offset += entry.length;
      g_array_append_val (entries, entry);
      in += used;
      size -= used;
    }
  if (offset != blobs_size)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                   "The header names blobs of %" G_GUINT64_FORMAT
                   " bytes where the pack holds %" G_GUINT64_FORMAT,
                   offset, blobs_size);
      return NULL;
    }
  return g_steal_pointer (&entries);
}

/* Bytes of the sealed header, from the four bytes behind it; 0 with @error set. */
static gsize
read_header_length (const guint8 *end,
                    guint64       pack_size,
                    GError      **error)
{
  guint32 length = get_u32 (end - LENGTH_SIZE);

  if (length >= SR_SEAL_OVERHEAD + PLAIN_ENTRY_SIZE && length <= SR_PACK_MAX_HEADER &&
      length <= pack_size - LENGTH_SIZE)
    return length;
  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
               "The header's length is given as %u bytes, which cannot be", length);
  return 0;
}

static GArray *
read_header (SrStorage    *storage,
             const SrId   *id,
             guint64       pack_size,
             SrSealer     *sealer,
             GCancellable *cancellable,
             GError      **error)
{
  gsize              have = (gsize) MIN (pack_size, EAGER_SIZE);
  gsize              length;
  g_autofree guint8 *tail = NULL;

  if (pack_size < SR_SEAL_OVERHEAD + PLAIN_ENTRY_SIZE + LENGTH_SIZE)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                   "Its %" G_GUINT64_FORMAT " bytes are too few for a pack", pack_size);
      return NULL;
    }
  tail = g_malloc (have);
  if (!sr_storage_read (storage, SR_FILE_PACK, id, pack_size - have, tail, have, cancellable,
                        error))
    return NULL;
  length = read_header_length (tail + have, pack_size, error);
  if (length == 0)
    return NULL;
  if (length + LENGTH_SIZE > have)
    {
      have = length + LENGTH_SIZE;
      g_free (tail);
      tail = g_malloc (have);
      if (!sr_storage_read (storage, SR_FILE_PACK, id, pack_size - have, tail, have, cancellable,
                            error))
        return NULL;
    }
  else
    memmove (tail, tail + have - LENGTH_SIZE - length, length);
  if (!sr_sealer_open (sealer, tail, length, tail + SR_SEAL_IV_SIZE, error))
    return NULL;
  return sr_pack_header_decode (tail + SR_SEAL_IV_SIZE, length - SR_SEAL_OVERHEAD,
                                pack_size - length - LENGTH_SIZE, error);
}

GArray *
sr_pack_read_header (SrStorage    *storage,
                     const SrId   *id,
                     guint64       pack_size,
                     SrSealer     *sealer,
                     GCancellable *cancellable,
                     GError      **error)
{
  char    hex[SR_ID_HEX_SIZE];
  GArray *entries = read_header (storage, id, pack_size, sealer, cancellable, error);

  if (entries == NULL)
    g_prefix_error (error, "Pack %s: ", sr_id_to_hex (id, hex));
  return entries;
}
