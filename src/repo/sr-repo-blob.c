/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "repo/sr-blob-stream.h"
#include "repo/sr-repo-private.h"

static void
set_not_found (GError    **error,
               SrBlobType  type,
               const SrId *id)
{
  char hex[SR_ID_HEX_SIZE];

  g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND,
               "The index does not know the %s blob %s; “repair index” looks for it in the packs",
               sr_blob_type_name (type), sr_id_to_hex (id, hex));
}

/* Whether another place may be better than the one that gave @why. */
static gboolean
is_of_this_place (const GError *why)
{
  return !sr_error_is (why, SR_ERROR_CANCELLED);
}

/* Adds the pack to what is wrong, unless an earlier place has told already. */
static void
keep_first (GError    **first,
            GError     *why,
            const SrId *pack)
{
  char hex[SR_ID_HEX_SIZE];

  if (*first != NULL)
    {
      g_error_free (why);
      return;
    }
  /* That the pack is gone is damage of the vault: the blob was known. */
  if (sr_error_is (why, SR_ERROR_NOT_FOUND))
    why->code = SR_ERROR_DAMAGED;
  g_prefix_error (&why, "Pack %s: ", sr_id_to_hex (pack, hex));
  *first = why;
}

/* Returns: (transfer full): the blob, read from one place */
static GBytes *
load_from (SrRepo             *self,
           SrBlobCodec        *codec,
           const SrIndexEntry *place,
           GCancellable       *cancellable,
           GError            **error)
{
  const SrId        *pack = sr_index_get_pack_id (self->index, sr_index_entry_get_pack (place));
  g_autofree guint8 *sealed = g_try_malloc (place->length);
  const guint8      *plain;
  gsize              size;
  SrPackEntry        entry;

  if (sealed == NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_FAILED, "There is no memory for a blob of %u bytes",
                   place->length);
      return NULL;
    }
  sr_index_entry_to_pack_entry (place, &entry);
  if (!sr_storage_read (self->storage, SR_FILE_PACK, pack, place->offset, sealed, place->length,
                        cancellable, error) ||
      !sr_blob_codec_open (codec, &entry, sealed, &plain, &size, error))
    return NULL;
  return g_bytes_new (plain, size);
}

static GBytes *
load_from_any (SrRepo       *self,
               SrBlobCodec  *codec,
               SrBlobType    type,
               const SrId   *id,
               GCancellable *cancellable,
               GError      **error)
{
  g_autoptr (GError)  first = NULL;
  const SrIndexEntry *place = NULL;

  while ((place = sr_index_lookup_next (self->index, type, id, place)) != NULL)
    {
      GError *why = NULL;
      GBytes *blob = load_from (self, codec, place, cancellable, &why);

      if (blob != NULL)
        return blob;
      if (!is_of_this_place (why))
        {
          g_propagate_error (error, why);
          return NULL;
        }
      keep_first (&first, why, sr_index_get_pack_id (self->index, sr_index_entry_get_pack (place)));
    }
  if (first != NULL)
    g_propagate_error (error, g_steal_pointer (&first));
  else
    set_not_found (error, type, id);
  return NULL;
}

GBytes *
sr_repo_load_blob (SrRepo       *self,
                   SrBlobCodec  *codec,
                   SrBlobType    type,
                   const SrId   *id,
                   GCancellable *cancellable,
                   GError      **error)
{
  SrBlobCodec *own;
  GBytes      *blob;

  if (codec != NULL)
    return load_from_any (self, codec, type, id, cancellable, error);
  own = sr_repo_take_codec (self);
  blob = load_from_any (self, own, type, id, cancellable, error);
  sr_repo_give_codec (self, own);
  return blob;
}

/* Returns: whether a place of the blob is too large to be read whole */
static gboolean
is_large (SrRepo     *self,
          const SrId *id)
{
  const SrIndexEntry *place = NULL;

  while ((place = sr_index_lookup_next (self->index, SR_BLOB_TREE, id, place)) != NULL)
    if (place->length > SR_BLOB_STREAM_SIZE || place->plain_length > 4 * SR_BLOB_STREAM_SIZE)
      return TRUE;
  return FALSE;
}

static gssize
fill_from_stream (gpointer       user_data,
                  gconstpointer *data,
                  GError       **error)
{
  return sr_blob_stream_next (user_data, data, error);
}

/* The first place whose seal is sound. */
static SrTreeDecoder *
open_large_tree (SrRepo       *self,
                 const SrId   *id,
                 GCancellable *cancellable,
                 GError      **error)
{
  g_autoptr (GError)  first = NULL;
  const SrIndexEntry *place = NULL;

  while ((place = sr_index_lookup_next (self->index, SR_BLOB_TREE, id, place)) != NULL)
    {
      const SrId   *pack = sr_index_get_pack_id (self->index, sr_index_entry_get_pack (place));
      GError       *why = NULL;
      SrPackEntry   entry;
      SrBlobStream *stream;

      sr_index_entry_to_pack_entry (place, &entry);
      stream = sr_blob_stream_open (self->storage, self->sealer, pack, &entry, cancellable, &why);
      if (stream != NULL)
        {
          SrJsonReader *reader = sr_json_reader_new_stream (fill_from_stream, stream);

          sr_json_reader_set_owned (reader, stream, (GDestroyNotify) sr_blob_stream_free);
          return sr_tree_decoder_new (reader);
        }
      if (!is_of_this_place (why))
        {
          g_propagate_error (error, why);
          return NULL;
        }
      keep_first (&first, why, pack);
    }
  g_propagate_error (error, g_steal_pointer (&first));
  return NULL;
}

SrTreeDecoder *
sr_repo_open_tree (SrRepo       *self,
                   SrBlobCodec  *codec,
                   const SrId   *id,
                   GCancellable *cancellable,
                   GError      **error)
{
  SrJsonReader *reader;
  GBytes       *blob;
  gconstpointer data;
  gsize         size;

  if (is_large (self, id))
    return open_large_tree (self, id, cancellable, error);
  blob = sr_repo_load_blob (self, codec, SR_BLOB_TREE, id, cancellable, error);
  if (blob == NULL)
    return NULL;
  data = g_bytes_get_data (blob, &size);
  reader = sr_json_reader_new (data, size);
  sr_json_reader_set_owned (reader, blob, (GDestroyNotify) g_bytes_unref);
  return sr_tree_decoder_new (reader);
}
