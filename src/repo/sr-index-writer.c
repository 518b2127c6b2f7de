/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include "repo/sr-index-writer.h"

/* What a blob and a pack take in JSON, about. */
#define BLOB_TEXT_SIZE 150
#define PACK_TEXT_SIZE 90

typedef struct
{
  SrId  id;
  gsize count;
} Pack;

struct _SrIndexWriter
{
  GArray *packs;   /* of Pack */
  GArray *entries; /* of SrPackEntry, of one pack after the other */
};

SrIndexWriter *
sr_index_writer_new (void)
{
  SrIndexWriter *self = g_new0 (SrIndexWriter, 1);

  self->packs = g_array_new (FALSE, FALSE, sizeof (Pack));
  self->entries = g_array_new (FALSE, FALSE, sizeof (SrPackEntry));
  return self;
}

void
sr_index_writer_free (SrIndexWriter *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->packs);
  g_array_unref (self->entries);
  g_free (self);
}

void
sr_index_writer_add_pack (SrIndexWriter     *self,
                          const SrId        *pack,
                          const SrPackEntry *entries,
                          gsize              n_entries)
{
  Pack added = { *pack, n_entries };

  g_array_append_val (self->packs, added);
  g_array_append_vals (self->entries, entries, (guint) n_entries);
}

gsize
sr_index_writer_get_n_blobs (SrIndexWriter *self)
{
  return self->entries->len;
}

static void
append_id (GString    *json,
           const SrId *id)
{
  char hex[SR_ID_HEX_SIZE];

  g_string_append_len (json, sr_id_to_hex (id, hex), 2 * SR_ID_SIZE);
}

static void
append_number (GString    *json,
               const char *name,
               guint32     value)
{
  char  digits[10];
  guint n = sizeof digits;

  g_string_append (json, name);
  do
    digits[--n] = (char) ('0' + value % 10);
  while ((value /= 10) != 0);
  g_string_append_len (json, digits + n, (gssize) (sizeof digits - n));
}

static void
append_blob (GString           *json,
             const SrPackEntry *entry)
{
  g_string_append (json, "{\"id\":\"");
  append_id (json, &entry->id);
  g_string_append (json, "\",\"type\":\"");
  g_string_append (json, sr_blob_type_name (entry->type));
  append_number (json, "\",\"offset\":", entry->offset);
  append_number (json, ",\"length\":", entry->length);
  if (entry->plain_length != 0)
    append_number (json, ",\"uncompressed_length\":", entry->plain_length);
  g_string_append_c (json, '}');
}

GString *
sr_index_writer_take_json (SrIndexWriter *self)
{
  const SrPackEntry *entry = (gconstpointer) self->entries->data;
  GString           *json;

  if (self->packs->len == 0)
    return NULL;
  json = g_string_sized_new ((gsize) self->entries->len * BLOB_TEXT_SIZE +
                             (gsize) self->packs->len * PACK_TEXT_SIZE);
  g_string_append (json, "{\"packs\":[");
  for (guint i = 0; i < self->packs->len; i++)
    {
      const Pack *pack = &g_array_index (self->packs, Pack, i);

      g_string_append (json, i > 0 ? ",{\"id\":\"" : "{\"id\":\"");
      append_id (json, &pack->id);
      g_string_append (json, "\",\"blobs\":[");
      for (gsize k = 0; k < pack->count; k++, entry++)
        {
          if (k > 0)
            g_string_append_c (json, ',');
          append_blob (json, entry);
        }
      g_string_append (json, "]}");
    }
  g_string_append (json, "]}");
  g_array_set_size (self->packs, 0);
  g_array_set_size (self->entries, 0);
  return json;
}
