/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-index-writer.h"
#include "repo/sr-pack.h"

G_BEGIN_DECLS

/**
 * SrIndex:
 *
 * Where every blob of a vault lies: 48 bytes an entry and 6 to 9 of table. Built once by loading,
 * then read by any number of threads; sr_index_add_pack() may not run beside readers.
 */
typedef struct _SrIndex SrIndex;

/* One of these is what an entry occupies in memory. */
typedef struct
{
  SrId    id;
  guint32 pack_and_type; /* number of the pack in the low 31 bits, %SrBlobType in the highest */
  guint32 offset;
  guint32 length;
  guint32 plain_length;
} SrIndexEntry;

G_STATIC_ASSERT (sizeof (SrIndexEntry) == 48);

#define SR_INDEX_ENTRY_TREE 0x80000000u /* in pack_and_type */

static inline SrBlobType
sr_index_entry_get_type (const SrIndexEntry *self)
{
  return self->pack_and_type >> 31 ? SR_BLOB_TREE : SR_BLOB_DATA;
}

static inline guint32
sr_index_entry_get_pack (const SrIndexEntry *self)
{
  return self->pack_and_type & 0x7fffffffu;
}

void sr_index_entry_to_pack_entry (const SrIndexEntry *self,
                                   SrPackEntry        *entry);

SrIndex *sr_index_new (void);
void     sr_index_free (SrIndex *self);

/* A pack with all its blobs. A pack already there is not added again (its entries must agree:
 * %SR_ERROR_DAMAGED). Entries stay in pack order and consecutive. */
gboolean sr_index_add_pack (SrIndex           *self,
                            const SrId        *pack,
                            const SrPackEntry *entries,
                            gsize              n_entries,
                            GError           **error);
/* Returns: (nullable): one place of the blob. When it lies in several packs, any of them. */
const SrIndexEntry *sr_index_lookup (SrIndex    *self,
                                     SrBlobType  type,
                                     const SrId *id);
/* All places, for damage: call with @previous %NULL first, then with the last answer, until
 * %NULL. */
const SrIndexEntry *sr_index_lookup_next (SrIndex            *self,
                                          SrBlobType          type,
                                          const SrId         *id,
                                          const SrIndexEntry *previous);
gsize               sr_index_get_n_entries (SrIndex *self);
/* Entry number @i; numbers are stable and dense. */
const SrIndexEntry *sr_index_get_entry (SrIndex *self,
                                        gsize    i);
gsize               sr_index_get_entry_number (SrIndex            *self,
                                               const SrIndexEntry *entry);
guint32             sr_index_get_n_packs (SrIndex *self);
/* How often a pack was added that was there already. */
guint32     sr_index_get_n_repeated (SrIndex *self);
const SrId *sr_index_get_pack_id (SrIndex *self,
                                  guint32  pack);
/* Entries of a pack are first .. first + count - 1 by number. */
void sr_index_get_pack_entries (SrIndex *self,
                                guint32  pack,
                                gsize   *first,
                                gsize   *count);
/* Size its file must have, computed from the entries. */
guint64 sr_index_get_pack_size (SrIndex *self,
                                guint32  pack);
/* Returns: whether there is such a pack; @pack: (out) its number */
gboolean sr_index_find_pack (SrIndex    *self,
                             const SrId *id,
                             guint32    *pack);

/* Loading many packs: between these two nothing can be looked up by blob, and the table is made
 * once, as large as it must be. */
void sr_index_begin_bulk (SrIndex *self);
void sr_index_end_bulk (SrIndex *self);

/* Codec of index files (format notes 1.5): an index file's JSON is parsed and added to @self.
 * Nothing is added if it is malformed. Packs that were already there from another file are
 * counted in @n_repeated (nullable). */
gboolean sr_index_decode (SrIndex      *self,
                          gconstpointer json,
                          gsize         size,
                          guint        *n_repeated,
                          GError      **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrIndex, sr_index_free)

G_END_DECLS
