/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-progress.h"
#include "record/sr-record-reader.h"

G_BEGIN_DECLS

typedef enum
{
  SR_RECORD_ADDED,
  SR_RECORD_REMOVED,
  SR_RECORD_CHANGED,
} SrRecordChange;

/* @old_text, @new_text: (nullable): for a person, valid UTF-8; %NULL where the field is absent */
typedef struct
{
  const char *name;
  const char *old_text;
  const char *new_text;
} SrFieldChange;

/**
 * SrCompareFunc:
 * @key: (nullable): for a person; %NULL for records without one, which only come and go
 * @fields: (nullable) (array length=n_fields): which differ, if they were asked for
 */
typedef gboolean (*SrCompareFunc) (const char          *collection,
                                   SrRecordChange       change,
                                   const char          *key,
                                   const SrFieldChange *fields,
                                   guint                n_fields,
                                   gpointer             user_data,
                                   GError             **error);

/**
 * SrCollectionChanges:
 * @only_in_old, @only_in_new: the other side has no collection of that name
 * @by_digest: records have no key: a changed one counts as one removed and one added
 * @duplicates: keys that stand twice or more on a side, of both sides together; their records are
 *   compared in order
 */
typedef struct
{
  char    *name;
  guint64  added;
  guint64  removed;
  guint64  changed;
  guint64  same;
  guint64  duplicates;
  gboolean by_digest;
  gboolean only_in_old;
  gboolean only_in_new;
} SrCollectionChanges;

/**
 * SrCompareOptions:
 * @temp_dir: (nullable): where sorting spills to; %NULL: the system's
 * @memory: bytes to sort in, 0 for the default of 32 MiB
 * @with_fields: which fields of a changed record differ; keeps the beginning of each value while
 *   sorting (not for a record whose fields come to more than 1 MiB so)
 * @func: (nullable): told of each difference, collection by collection, in order of key
 */
typedef struct
{
  const char   *temp_dir;
  gsize         memory;
  gboolean      with_fields;
  SrCompareFunc func;
  gpointer      user_data;
} SrCompareOptions;

/**
 * sr_compare_records:
 *
 * Compares two backups by the keys of their records (see sr_record_get_key()), field by field, not
 * byte by byte: order of members, white space and the way a number or text is written are no
 * change. Where both sides declare the same columns, or none, types count; else only what both
 * kinds of source can say (see #SrFieldHasher), so that a JSON export is comparable with a table.
 * Both are read once; what does not fit into memory is sorted in unlinked private files. Of records
 * digests of 128 bits with a random key are kept: that two which differ pass for the same has a
 * probability of 2⁻¹²⁸, and nobody can bring it about.
 *
 * Returns: (transfer full) (element-type SrCollectionChanges): by name
 */
GPtrArray *sr_compare_records (SrRecordReader         *old_reader,
                               SrRecordReader         *new_reader,
                               const SrCompareOptions *options,
                               SrProgress             *progress,
                               GCancellable           *cancellable,
                               GError                **error);
void       sr_collection_changes_free (SrCollectionChanges *self);

G_END_DECLS
