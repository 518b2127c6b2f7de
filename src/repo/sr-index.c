/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "repo/sr-index-batch.h"

/* Entries and packs lie in segments that never move: growing copies nothing, and pointers stay. */
#define ENTRY_SEGMENT_BITS 14
#define PACK_SEGMENT_BITS  12
#define FIRST_SLOTS        1024u
/* Numbers of entries are 32 bits, and so are those of the slots, of which a sixth stays free. */
#define MAX_ENTRIES (G_MAXUINT32 / 6 * 5)
#define MAX_PACKS   0x7fffffffu

#define NOT_FOUND G_MAXUINT32

typedef struct
{
  SrId    id;
  guint32 first;
  guint32 count;
} Pack;

/* Open addressing. Beside the number of what is in a slot stands one byte of its hash (0: free), so
 * that a look-up reads only memory of what it looks for, and rarely of anything else. */
typedef struct
{
  guint32 *numbers;
  guint8  *tags;
  guint32  n_slots;
} Table;

struct _SrIndex
{
  GPtrArray *entries; /* of SrIndexEntry[] */
  guint32    n_entries;
  Table      entry_table;
  gboolean   bulk;  /* entry_table is not kept */
  GPtrArray *packs; /* of Pack[] */
  guint32    n_packs;
  guint32    n_repeated; /* packs that were added again */
  Table      pack_table;
};

static void
table_init (Table  *self,
            guint32 n_slots)
{
  self->n_slots = n_slots;
  self->numbers = g_new (guint32, n_slots);
  self->tags = g_new0 (guint8, n_slots);
}

static void
table_clear (Table *self)
{
  g_clear_pointer (&self->numbers, g_free);
  g_clear_pointer (&self->tags, g_free);
  self->n_slots = 0;
}

static inline guint32
table_first_slot (const Table *self,
                  guint64      hash)
{
  return (guint32) ((hash >> 32) * self->n_slots >> 32);
}

static inline guint32
table_next_slot (const Table *self,
                 guint32      slot)
{
  return slot + 1 == self->n_slots ? 0 : slot + 1;
}

static inline guint8
tag_of (guint64 hash)
{
  return MAX ((guint8) hash, 1);
}

static void
table_insert (Table  *self,
              guint64 hash,
              guint32 number)
{
  guint32 slot = table_first_slot (self, hash);

  while (self->tags[slot] != 0)
    slot = table_next_slot (self, slot);
  self->tags[slot] = tag_of (hash);
  self->numbers[slot] = number;
}

/* Five of six slots may be used. */
static gboolean
table_is_full (const Table *self,
               guint32      n)
{
  return n >= self->n_slots / 6 * 5;
}

/* By half each time: 6 to 9 bytes a number. */
static guint32
table_next_size (const Table *self)
{
  return (guint32) MIN (self->n_slots + (guint64) self->n_slots / 2, G_MAXUINT32);
}

static inline SrIndexEntry *
entry_at (SrIndex *self,
          guint32  i)
{
  SrIndexEntry *segment = g_ptr_array_index (self->entries, i >> ENTRY_SEGMENT_BITS);

  return segment + (i & ((1u << ENTRY_SEGMENT_BITS) - 1));
}

static inline Pack *
pack_at (SrIndex *self,
         guint32  i)
{
  Pack *segment = g_ptr_array_index (self->packs, i >> PACK_SEGMENT_BITS);

  return segment + (i & ((1u << PACK_SEGMENT_BITS) - 1));
}

SrIndex *
sr_index_new (void)
{
  SrIndex *self = g_new0 (SrIndex, 1);

  self->entries = g_ptr_array_new_with_free_func (g_free);
  self->packs = g_ptr_array_new_with_free_func (g_free);
  table_init (&self->entry_table, FIRST_SLOTS);
  table_init (&self->pack_table, FIRST_SLOTS);
  return self;
}

void
sr_index_free (SrIndex *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->entries);
  g_ptr_array_unref (self->packs);
  table_clear (&self->entry_table);
  table_clear (&self->pack_table);
  g_free (self);
}

void
sr_index_entry_to_pack_entry (const SrIndexEntry *self,
                              SrPackEntry        *entry)
{
  entry->id = self->id;
  entry->type = sr_index_entry_get_type (self);
  entry->offset = self->offset;
  entry->length = self->length;
  entry->plain_length = self->plain_length;
}

static void
rebuild_entry_table (SrIndex *self,
                     guint32  n_slots)
{
  table_clear (&self->entry_table);
  table_init (&self->entry_table, n_slots);
  for (guint32 i = 0; i < self->n_entries; i++)
    table_insert (&self->entry_table, sr_id_hash64 (&entry_at (self, i)->id), i);
}

static void
rebuild_pack_table (SrIndex *self,
                    guint32  n_slots)
{
  table_clear (&self->pack_table);
  table_init (&self->pack_table, n_slots);
  for (guint32 i = 0; i < self->n_packs; i++)
    table_insert (&self->pack_table, sr_id_hash64 (&pack_at (self, i)->id), i);
}

void
sr_index_begin_bulk (SrIndex *self)
{
  self->bulk = TRUE;
  table_clear (&self->entry_table);
}

void
sr_index_end_bulk (SrIndex *self)
{
  guint64 n_slots = MAX ((guint64) self->n_entries / 20 * 25 + 64, FIRST_SLOTS);

  if (!self->bulk)
    return;
  self->bulk = FALSE;
  rebuild_entry_table (self, (guint32) MIN (n_slots, G_MAXUINT32));
}

static void
append_entry (SrIndex            *self,
              const SrIndexEntry *entry,
              guint32             pack)
{
  SrIndexEntry *copy;

  if (self->n_entries >> ENTRY_SEGMENT_BITS == self->entries->len)
    g_ptr_array_add (self->entries, g_new (SrIndexEntry, 1u << ENTRY_SEGMENT_BITS));
  copy = entry_at (self, self->n_entries);
  *copy = *entry;
  copy->pack_and_type = (entry->pack_and_type & SR_INDEX_ENTRY_TREE) | pack;
  if (!self->bulk)
    {
      if (table_is_full (&self->entry_table, self->n_entries))
        rebuild_entry_table (self, table_next_size (&self->entry_table));
      table_insert (&self->entry_table, sr_id_hash64 (&entry->id), self->n_entries);
    }
  self->n_entries++;
}

static guint32
append_pack (SrIndex    *self,
             const SrId *id,
             guint32     count)
{
  guint32 number = self->n_packs;
  Pack   *pack;

  if (number >> PACK_SEGMENT_BITS == self->packs->len)
    g_ptr_array_add (self->packs, g_new (Pack, 1u << PACK_SEGMENT_BITS));
  pack = pack_at (self, number);
  pack->id = *id;
  pack->first = self->n_entries;
  pack->count = count;
  if (table_is_full (&self->pack_table, number))
    rebuild_pack_table (self, table_next_size (&self->pack_table));
  table_insert (&self->pack_table, sr_id_hash64 (id), number);
  self->n_packs++;
  return number;
}

static gboolean
check_room (SrIndex *self,
            gsize    n_entries,
            GError **error)
{
  if (n_entries <= MAX_ENTRIES - self->n_entries && self->n_packs < MAX_PACKS)
    return TRUE;
  g_set_error_literal (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                       "The vault holds more blobs than this version can keep track of");
  return FALSE;
}

static gboolean
same_place (const SrIndexEntry *a,
            const SrIndexEntry *b)
{
  return a->offset == b->offset && a->length == b->length && a->plain_length == b->plain_length &&
         sr_index_entry_get_type (a) == sr_index_entry_get_type (b) && sr_id_equal (&a->id, &b->id);
}

static gboolean
check_same (SrIndex            *self,
            guint32             number,
            const SrIndexEntry *entries,
            guint32             count,
            GError            **error)
{
  const Pack *pack = pack_at (self, number);
  gboolean    same = pack->count == count;
  char        hex[SR_ID_HEX_SIZE];

  for (guint32 i = 0; i < count && same; i++)
    same = same_place (entry_at (self, pack->first + i), &entries[i]);
  if (!same)
    g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                 "Two indexes disagree about what pack %s holds; “repair index” reads it again",
                 sr_id_to_hex (&pack->id, hex));
  return same;
}

/* @entries in the order of their offsets. */
static gboolean
add_pack (SrIndex            *self,
          const SrId         *id,
          const SrIndexEntry *entries,
          guint32             count,
          guint              *n_repeated,
          GError            **error)
{
  guint32 number;

  if (sr_index_find_pack (self, id, &number))
    {
      self->n_repeated++;
      if (n_repeated != NULL)
        (*n_repeated)++;
      return check_same (self, number, entries, count, error);
    }
  if (!check_room (self, count, error))
    return FALSE;
  number = append_pack (self, id, count);
  for (guint32 i = 0; i < count; i++)
    append_entry (self, &entries[i], number);
  return TRUE;
}

gboolean
sr_index_add_pack (SrIndex           *self,
                   const SrId        *pack,
                   const SrPackEntry *entries,
                   gsize              n_entries,
                   GError           **error)
{
  g_autofree SrIndexEntry *copies = NULL;

  if (!check_room (self, n_entries, error))
    return FALSE;
  copies = g_new (SrIndexEntry, MAX (n_entries, 1));
  for (gsize i = 0; i < n_entries; i++)
    {
      copies[i].id = entries[i].id;
      copies[i].pack_and_type = entries[i].type == SR_BLOB_TREE ? SR_INDEX_ENTRY_TREE : 0;
      copies[i].offset = entries[i].offset;
      copies[i].length = entries[i].length;
      copies[i].plain_length = entries[i].plain_length;
    }
  return add_pack (self, pack, copies, (guint32) n_entries, NULL, error);
}

gboolean
sr_index_add_batch (SrIndex      *self,
                    SrIndexBatch *batch,
                    guint        *n_repeated,
                    GError      **error)
{
  const SrIndexEntry     *entries = sr_index_batch_get_entries (batch);
  guint                   n_packs;
  const SrIndexBatchPack *packs = sr_index_batch_get_packs (batch, &n_packs);

  for (guint i = 0; i < n_packs; i++)
    if (!add_pack (self, &packs[i].id, entries + packs[i].first, packs[i].count, n_repeated, error))
      return FALSE;
  return TRUE;
}

gboolean
sr_index_decode (SrIndex      *self,
                 gconstpointer json,
                 gsize         size,
                 guint        *n_repeated,
                 GError      **error)
{
  g_autoptr (SrIndexBatch) batch = sr_index_batch_new ();

  return sr_index_batch_parse (batch, json, size, error) &&
         sr_index_add_batch (self, batch, n_repeated, error);
}

/* Returns: the entry in @slot or the next one after it that is of the blob, or %NULL */
static const SrIndexEntry *
find_from (SrIndex    *self,
           guint32     slot,
           SrBlobType  type,
           const SrId *id)
{
  const Table *table = &self->entry_table;
  guint8       tag = tag_of (sr_id_hash64 (id));

  for (; table->tags[slot] != 0; slot = table_next_slot (table, slot))
    {
      const SrIndexEntry *entry;

      if (table->tags[slot] != tag)
        continue;
      entry = entry_at (self, table->numbers[slot]);
      if (sr_id_equal (&entry->id, id) && sr_index_entry_get_type (entry) == type)
        return entry;
    }
  return NULL;
}

const SrIndexEntry *
sr_index_lookup (SrIndex    *self,
                 SrBlobType  type,
                 const SrId *id)
{
  g_return_val_if_fail (!self->bulk, NULL);

  return find_from (self, table_first_slot (&self->entry_table, sr_id_hash64 (id)), type, id);
}

const SrIndexEntry *
sr_index_lookup_next (SrIndex            *self,
                      SrBlobType          type,
                      const SrId         *id,
                      const SrIndexEntry *previous)
{
  const Table *table = &self->entry_table;
  guint32      slot = table_first_slot (table, sr_id_hash64 (id));

  if (previous == NULL)
    return sr_index_lookup (self, type, id);
  for (; table->tags[slot] != 0; slot = table_next_slot (table, slot))
    if (entry_at (self, table->numbers[slot]) == previous)
      return find_from (self, table_next_slot (table, slot), type, id);
  return NULL;
}

gsize
sr_index_get_n_entries (SrIndex *self)
{
  return self->n_entries;
}

const SrIndexEntry *
sr_index_get_entry (SrIndex *self,
                    gsize    i)
{
  g_return_val_if_fail (i < self->n_entries, NULL);

  return entry_at (self, (guint32) i);
}

gsize
sr_index_get_entry_number (SrIndex            *self,
                           const SrIndexEntry *entry)
{
  const Pack *pack = pack_at (self, sr_index_entry_get_pack (entry));
  guint32     last = (pack->first + pack->count - 1) >> ENTRY_SEGMENT_BITS;

  for (guint32 i = pack->first >> ENTRY_SEGMENT_BITS; i <= last; i++)
    {
      const SrIndexEntry *segment = g_ptr_array_index (self->entries, i);

      if (entry >= segment && entry < segment + (1u << ENTRY_SEGMENT_BITS))
        return ((gsize) i << ENTRY_SEGMENT_BITS) + (gsize) (entry - segment);
    }
  g_return_val_if_reached (0);
}

guint32
sr_index_get_n_packs (SrIndex *self)
{
  return self->n_packs;
}

guint32
sr_index_get_n_repeated (SrIndex *self)
{
  return self->n_repeated;
}

const SrId *
sr_index_get_pack_id (SrIndex *self,
                      guint32  pack)
{
  g_return_val_if_fail (pack < self->n_packs, NULL);

  return &pack_at (self, pack)->id;
}

void
sr_index_get_pack_entries (SrIndex *self,
                           guint32  pack,
                           gsize   *first,
                           gsize   *count)
{
  g_return_if_fail (pack < self->n_packs);

  *first = pack_at (self, pack)->first;
  *count = pack_at (self, pack)->count;
}

guint64
sr_index_get_pack_size (SrIndex *self,
                        guint32  pack)
{
  gsize   first;
  gsize   count;
  guint64 empty = sr_pack_size (NULL, 0);
  guint64 size = empty;

  g_return_val_if_fail (pack < self->n_packs, 0);

  sr_index_get_pack_entries (self, pack, &first, &count);
  for (gsize i = first; i < first + count; i++)
    {
      SrPackEntry entry;

      sr_index_entry_to_pack_entry (entry_at (self, (guint32) i), &entry);
      size += sr_pack_size (&entry, 1) - empty;
    }
  return size;
}

gboolean
sr_index_find_pack (SrIndex    *self,
                    const SrId *id,
                    guint32    *pack)
{
  const Table *table = &self->pack_table;
  guint64      hash = sr_id_hash64 (id);
  guint8       tag = tag_of (hash);

  for (guint32 slot = table_first_slot (table, hash); table->tags[slot] != 0;
       slot = table_next_slot (table, slot))
    if (table->tags[slot] == tag && sr_id_equal (&pack_at (self, table->numbers[slot])->id, id))
      {
        if (pack != NULL)
          *pack = table->numbers[slot];
        return TRUE;
      }
  return FALSE;
}
