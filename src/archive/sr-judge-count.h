/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-backup-file-private.h"
#include "archive/sr-key-set.h"

G_BEGIN_DECLS

/* Of one collection. */
typedef struct
{
  char   *name;
  guint64 count;
  guint64 duplicates;
  char   *first_duplicate;
  guint64 keyless; /* without the key that the kind's records have */
} SrTally;

void sr_tally_free (SrTally *self);

/**
 * SrCount:
 *
 * What was found in records while they were read. One thread uses it at a time.
 */
struct _SrCount
{
  GPtrArray  *tallies; /* SrTally, in the order they came */
  GHashTable *by_name; /* to the same */
  guint64     n_records;
  guint64     n_hashes; /* of passwords */
  guint64     notes[SR_N_NOTES];
  gboolean    too_many_keys;
  GPtrArray  *errors; /* sentences */
  GPtrArray  *locked; /* likewise, of what could not be looked at */
  char       *none;   /* why there are no records */

  /* while reading */
  gssize     *pool; /* of @keys */
  SrKeySet   *keys; /* of the collection that is being read */
  SrTally    *current;
  GByteArray *key;
  guint64     n_bytes; /* of records, where they are known */
  guint64     n_told;  /* of them, to the progress */
};

/* @pool: see sr_key_set_new() */
SrCount *sr_count_new (gssize *pool);
void     sr_count_free (SrCount *self);
/* Adds one to what is found; one of the same name becomes larger. Takes @tally. */
void sr_count_take_tally (SrCount *self,
                          SrTally *tally);
/* Adds what was found in all, without tallies and errors. */
void sr_count_add_sums (SrCount       *self,
                        const SrCount *other);
/* Reads all records of @reader. @judge: of the thread that calls. */
gboolean sr_count_read (SrCount        *self,
                        SrJudge        *judge,
                        SrRecordReader *reader,
                        GError        **error);
/* Keeps the reason for a verdict. @collection: (nullable): it happened there; takes @reason.
 * Returns: %FALSE with @error if it is one to stop for */
gboolean sr_count_take_reason (SrCount    *self,
                               const char *collection,
                               GError     *reason,
                               GError    **error);
/* Whether a judgement stops for it. */
gboolean sr_count_is_fatal (const GError *reason);

/**
 * sr_count_read_parts:
 *
 * Reads the entries that collections have of their own, on all cores; damage in one does not hide
 * the others. Kinds whose @judge_record is called here keep what they find in references only.
 */
gboolean sr_count_read_parts (SrCount *self,
                              SrJudge *judge,
                              GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrCount, sr_count_free)

G_END_DECLS
