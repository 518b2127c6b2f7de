/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/sr-error.h"
#include "repo/sr-index-batch.h"
#include "repo/sr-json-reader.h"

struct _SrIndexBatch
{
  GArray *packs;   /* of SrIndexBatchPack */
  GArray *entries; /* of SrIndexEntry */
};

/* Where the quick parser stands. Behind the last byte no byte may be read. */
typedef struct
{
  const char *at;
  const char *end;
} Cursor;

SrIndexBatch *
sr_index_batch_new (void)
{
  SrIndexBatch *self = g_new0 (SrIndexBatch, 1);

  self->packs = g_array_new (FALSE, FALSE, sizeof (SrIndexBatchPack));
  self->entries = g_array_new (FALSE, FALSE, sizeof (SrIndexEntry));
  return self;
}

void
sr_index_batch_free (SrIndexBatch *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->packs);
  g_array_unref (self->entries);
  g_free (self);
}

const SrIndexBatchPack *
sr_index_batch_get_packs (SrIndexBatch *self,
                          guint        *n_packs)
{
  *n_packs = self->packs->len;
  return (gconstpointer) self->packs->data;
}

const SrIndexEntry *
sr_index_batch_get_entries (SrIndexBatch *self)
{
  return (gconstpointer) self->entries->data;
}

static void
clear (SrIndexBatch *self)
{
  g_array_set_size (self->packs, 0);
  g_array_set_size (self->entries, 0);
}

/* The quick parser: members in the order in which restic and we write them, no white space. What it
 * does not know it leaves to the general parser. */

static inline gboolean
take (Cursor     *cursor,
      const char *text,
      gsize       length)
{
  if ((gsize) (cursor->end - cursor->at) < length || memcmp (cursor->at, text, length) != 0)
    return FALSE;
  cursor->at += length;
  return TRUE;
}

#define TAKE(cursor, literal) take (cursor, literal, sizeof (literal) - 1)

#define BAD 0x80

#define BAD4  BAD, BAD, BAD, BAD
#define BAD16 BAD4, BAD4, BAD4, BAD4

/* Values of hexadecimal digits in lower case. */
static const guint8 digit_values[256] = {
  BAD16, BAD16, BAD16,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, BAD, BAD, BAD4,
  BAD16, BAD16,
  BAD, 10, 11, 12, 13, 14, 15, BAD, BAD4, BAD4,
  BAD16, BAD16, BAD16, BAD16, BAD16, BAD16, BAD16, BAD16, BAD16
};

static inline gboolean
take_id (Cursor *cursor,
         SrId   *id)
{
  const guint8 *hex = (const guint8 *) cursor->at;
  guint8        wrong = 0;

  if (cursor->end - cursor->at < 2 * SR_ID_SIZE)
    return FALSE;
  for (guint i = 0; i < SR_ID_SIZE; i++)
    {
      guint8 high = digit_values[hex[2 * i]];
      guint8 low = digit_values[hex[2 * i + 1]];

      wrong |= high | low;
      id->bytes[i] = (guint8) (high << 4 | low);
    }
  cursor->at += 2 * SR_ID_SIZE;
  return (wrong & BAD) == 0;
}

static inline gboolean
take_u32 (Cursor  *cursor,
          guint32 *value)
{
  const char *start = cursor->at;
  guint64     n = 0;

  while (cursor->at < cursor->end && g_ascii_isdigit (*cursor->at) && n <= G_MAXUINT32)
    n = n * 10 + (guint64) (*cursor->at++ - '0');
  *value = (guint32) n;
  return cursor->at != start && n <= G_MAXUINT32;
}

static inline gboolean
take_blob (Cursor       *cursor,
           SrIndexEntry *entry)
{
  if (!TAKE (cursor, "{\"id\":\"") || !take_id (cursor, &entry->id) ||
      !TAKE (cursor, "\",\"type\":\""))
    return FALSE;
  if (TAKE (cursor, "data\",\"offset\":"))
    entry->pack_and_type = 0;
  else if (TAKE (cursor, "tree\",\"offset\":"))
    entry->pack_and_type = SR_INDEX_ENTRY_TREE;
  else
    return FALSE;
  if (!take_u32 (cursor, &entry->offset) || !TAKE (cursor, ",\"length\":") ||
      !take_u32 (cursor, &entry->length))
    return FALSE;
  entry->plain_length = 0;
  if (TAKE (cursor, ",\"uncompressed_length\":") && !take_u32 (cursor, &entry->plain_length))
    return FALSE;
  return TAKE (cursor, "}");
}

static gboolean
take_pack (SrIndexBatch *self,
           Cursor       *cursor)
{
  SrIndexBatchPack pack = { .first = self->entries->len };

  if (!TAKE (cursor, "{\"id\":\"") || !take_id (cursor, &pack.id) ||
      !TAKE (cursor, "\",\"blobs\":["))
    return FALSE;
  do
    {
      SrIndexEntry entry;

      if (!take_blob (cursor, &entry))
        return FALSE;
      g_array_append_val (self->entries, entry);
    }
  while (TAKE (cursor, ","));
  pack.count = self->entries->len - pack.first;
  g_array_append_val (self->packs, pack);
  return TAKE (cursor, "]}");
}

static gboolean
parse_quickly (SrIndexBatch *self,
               const char   *json,
               gsize         size)
{
  Cursor cursor = { json, json + size };

  if (!TAKE (&cursor, "{\"packs\":["))
    return FALSE;
  do
    if (!take_pack (self, &cursor))
      return FALSE;
  while (TAKE (&cursor, ","));
  if (!TAKE (&cursor, "]}"))
    return FALSE;
  (void) TAKE (&cursor, "\n");
  return cursor.at == cursor.end;
}

/* The general parser: any order, any white space, unknown members. */

static gboolean
fail (GError    **error,
      const char *what)
{
  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED, "The index is malformed: %s", what);
  return FALSE;
}

static gboolean
read_id (SrJsonReader *reader,
         SrId         *id,
         GError      **error)
{
  const char *text;
  gsize       length;

  if (!sr_json_reader_expect (reader, SR_JSON_STRING, "an id", error))
    return FALSE;
  text = sr_json_reader_get_text (reader, &length);
  return sr_id_from_hex (id, text, length) || fail (error, "an id is not 64 hexadecimal digits");
}

static gboolean
read_u32 (SrJsonReader *reader,
          guint32      *value,
          GError      **error)
{
  guint64 n;

  if (!sr_json_reader_expect (reader, SR_JSON_NUMBER, "a number", error) ||
      !sr_json_reader_get_uint64 (reader, &n, error))
    return FALSE;
  *value = (guint32) n;
  return n <= G_MAXUINT32 || fail (error, "a number is too large");
}

static gboolean
read_type (SrJsonReader *reader,
           SrIndexEntry *entry,
           GError      **error)
{
  const char *text;
  gsize       length;

  if (!sr_json_reader_expect (reader, SR_JSON_STRING, "a type", error))
    return FALSE;
  text = sr_json_reader_get_text (reader, &length);
  if (length == 4 && memcmp (text, "tree", 4) == 0)
    entry->pack_and_type = SR_INDEX_ENTRY_TREE;
  else if (length != 4 || memcmp (text, "data", 4) != 0)
    return fail (error, "a blob has an unknown type");
  return TRUE;
}

/* The members of a blob that were found. */
enum
{
  HAS_ID = 1,
  HAS_TYPE = 2,
  HAS_OFFSET = 4,
  HAS_LENGTH = 8,
  HAS_ALL = 15,
};

static gboolean
read_blob_member (SrJsonReader *reader,
                  SrIndexEntry *entry,
                  guint        *found,
                  GError      **error)
{
  gsize       length;
  const char *name = sr_json_reader_get_text (reader, &length);

  if (strcmp (name, "id") == 0)
    {
      *found |= HAS_ID;
      return read_id (reader, &entry->id, error);
    }
  if (strcmp (name, "type") == 0)
    {
      *found |= HAS_TYPE;
      return read_type (reader, entry, error);
    }
  if (strcmp (name, "offset") == 0)
    {
      *found |= HAS_OFFSET;
      return read_u32 (reader, &entry->offset, error);
    }
  if (strcmp (name, "length") == 0)
    {
      *found |= HAS_LENGTH;
      return read_u32 (reader, &entry->length, error);
    }
  if (strcmp (name, "uncompressed_length") == 0)
    return read_u32 (reader, &entry->plain_length, error);
  return sr_json_reader_skip (reader, error);
}

/* Behind the brace that opens a blob. */
static gboolean
read_blob (SrIndexBatch *self,
           SrJsonReader *reader,
           GError      **error)
{
  SrIndexEntry entry = { 0 };
  guint        found = 0;
  SrJsonToken  token;

  while ((token = sr_json_reader_next (reader, error)) == SR_JSON_NAME)
    if (!read_blob_member (reader, &entry, &found, error))
      return FALSE;
  if (token == SR_JSON_ERROR)
    return FALSE;
  if (found != HAS_ALL)
    return fail (error, "a blob lacks id, type, offset or length");
  g_array_append_val (self->entries, entry);
  return TRUE;
}

/* What stands in a list, or null. @read_item is called behind each opening brace. */
static gboolean
read_objects (SrIndexBatch *self,
              SrJsonReader *reader,
              gboolean (*read_item) (SrIndexBatch *, SrJsonReader *, GError **),
              GError **error)
{
  SrJsonToken token = sr_json_reader_next (reader, error);

  if (token == SR_JSON_NULL)
    return TRUE;
  if (token != SR_JSON_ARRAY_BEGIN)
    return token != SR_JSON_ERROR && fail (error, "a list is missing");
  while ((token = sr_json_reader_next (reader, error)) == SR_JSON_OBJECT_BEGIN)
    if (!read_item (self, reader, error))
      return FALSE;
  if (token == SR_JSON_ARRAY_END)
    return TRUE;
  return token != SR_JSON_ERROR && fail (error, "a list holds something else than objects");
}

static gboolean
read_pack (SrIndexBatch *self,
           SrJsonReader *reader,
           GError      **error)
{
  SrIndexBatchPack pack = { .first = self->entries->len };
  gboolean         has_id = FALSE;
  SrJsonToken      token;

  while ((token = sr_json_reader_next (reader, error)) == SR_JSON_NAME)
    {
      gsize       length;
      const char *name = sr_json_reader_get_text (reader, &length);
      gboolean    ok;

      if (strcmp (name, "id") == 0)
        ok = has_id = read_id (reader, &pack.id, error);
      else if (strcmp (name, "blobs") == 0)
        ok = read_objects (self, reader, read_blob, error);
      else
        ok = sr_json_reader_skip (reader, error);
      if (!ok)
        return FALSE;
    }
  if (token == SR_JSON_ERROR)
    return FALSE;
  if (!has_id)
    return fail (error, "a pack has no id");
  pack.count = self->entries->len - pack.first;
  g_array_append_val (self->packs, pack);
  return TRUE;
}

static gboolean
parse_generally (SrIndexBatch *self,
                 gconstpointer json,
                 gsize         size,
                 GError      **error)
{
  g_autoptr (SrJsonReader) reader = sr_json_reader_new (json, size);
  gboolean                 has_packs = FALSE;
  SrJsonToken              token;

  if (!sr_json_reader_expect (reader, SR_JSON_OBJECT_BEGIN, "an index", error))
    return FALSE;
  while ((token = sr_json_reader_next (reader, error)) == SR_JSON_NAME)
    {
      gsize length;

      if (strcmp (sr_json_reader_get_text (reader, &length), "packs") == 0)
        {
          has_packs = TRUE;
          if (!read_objects (self, reader, read_pack, error))
            return FALSE;
        }
      else if (!sr_json_reader_skip (reader, error))
        return FALSE;
    }
  if (token == SR_JSON_ERROR || !sr_json_reader_expect (reader, SR_JSON_END, "the end", error))
    return FALSE;
  return has_packs || fail (error, "it has no list of packs");
}

static int
compare_offsets (gconstpointer a,
                 gconstpointer b)
{
  const SrIndexEntry *x = a;
  const SrIndexEntry *y = b;

  return (x->offset > y->offset) - (x->offset < y->offset);
}

static gboolean
is_sorted (const SrIndexEntry *entries,
           guint32             n)
{
  for (guint32 i = 1; i < n; i++)
    if (entries[i].offset < entries[i - 1].offset)
      return FALSE;
  return TRUE;
}

/* restic lists the blobs of a pack in no order. */
static gboolean
check_pack (SrIndexBatch           *self,
            const SrIndexBatchPack *pack,
            GError                **error)
{
  SrIndexEntry *entries = &g_array_index (self->entries, SrIndexEntry, pack->first);
  guint64       end = 0;

  if (!is_sorted (entries, pack->count))
    qsort (entries, pack->count, sizeof *entries, compare_offsets);
  for (guint32 i = 0; i < pack->count; i++)
    {
      gboolean overlaps = entries[i].offset < end;

      end = (guint64) entries[i].offset + entries[i].length;
      if (overlaps || entries[i].length <= SR_SEAL_OVERHEAD || end > G_MAXUINT32)
        {
          char hex[SR_ID_HEX_SIZE];

          g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                       "The index is malformed: blobs of pack %s overlap or are impossible",
                       sr_id_to_hex (&pack->id, hex));
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
sr_index_batch_parse (SrIndexBatch *self,
                      gconstpointer json,
                      gsize         size,
                      GError      **error)
{
  clear (self);
  if (!parse_quickly (self, json, size))
    {
      clear (self);
      if (!parse_generally (self, json, size, error))
        return FALSE;
    }
  for (guint i = 0; i < self->packs->len; i++)
    if (!check_pack (self, &g_array_index (self->packs, SrIndexBatchPack, i), error))
      return FALSE;
  return TRUE;
}
