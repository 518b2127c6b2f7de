/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-record.h"

G_BEGIN_DECLS

/* Equal for what is equal. Digests of one hasher can be compared with each other only. */
typedef struct
{
  guint64 words[2];
} SrDigest128;

/**
 * SrFieldDigest:
 * @name: of the field's name
 * @strict: of name and value: types count, only the way a number or JSON is written does not
 * @loose: of name and value as far as all kinds of source can say them
 *
 * Digests of a record's fields add up to the record's, whatever their order.
 */
typedef struct
{
  SrDigest128 name;
  SrDigest128 strict;
  SrDigest128 loose;
} SrFieldDigest;

/**
 * SrFieldHasher:
 *
 * Digests of values that are equal however they are written.
 *
 * Always: numbers go by their exact decimal value (1.0, 1 and 1e0; -0 and 0); of JSON inside a
 * field, white space, order of members and escapes do not count. The digests are keyed by random
 * bits of the hasher, so that nobody can prepare two records that pass for one.
 *
 * Loosely, for a table on one side and something else on the other: null is as good as no field at
 * all, true and false as 1 and 0 and as their names, a text that is a JSON number as that number,
 * one that is an array or object as that, and binary content and what an export destroyed as the
 * text of the same bytes. A text that is a date or time is as good as its milliseconds since 1970
 * (as UTC if it has no offset). Texts that are no JSON number stay texts: "007" is not 7.
 *
 * Threads: one at a time.
 */
typedef struct _SrFieldHasher SrFieldHasher;

SrFieldHasher *sr_field_hasher_new (void);
void           sr_field_hasher_free (SrFieldHasher *self);
/* @type: of the column; text in a column of JSON is taken as JSON. */
void sr_field_hasher_digest (SrFieldHasher *self,
                             const SrField *field,
                             SrColumnType   type,
                             SrFieldDigest *digest);
/* Of bytes as they are. */
void sr_field_hasher_digest_bytes (SrFieldHasher *self,
                                   gconstpointer  data,
                                   gsize          size,
                                   SrDigest128   *digest);
/* Adds one digest to another; in any order. */
void sr_digest128_add (SrDigest128       *self,
                       const SrDigest128 *other);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrFieldHasher, sr_field_hasher_free)

G_END_DECLS
