/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-record.h"

G_BEGIN_DECLS

/* Different names of fields in one collection; no table has more columns. */
#define SR_INFERENCE_MAX_FIELDS 10000

/**
 * SrInference:
 *
 * Finds the columns of a collection whose records name their own fields, so that they can become
 * rows of a table: each is of the one type that holds all its values exactly. Dates stay text as
 * they are written; numbers that no floating one holds are decimals; fields of mixed type are JSON.
 */
typedef struct _SrInference SrInference;

SrInference *sr_inference_new (void);
void         sr_inference_free (SrInference *self);
/* @record: with its fields. %SR_ERROR_UNSUPPORTED if there are too many names */
gboolean sr_inference_add (SrInference    *self,
                           const SrRecord *record,
                           GError        **error);
/**
 * sr_inference_finish:
 * @with_key: columns that every record has are not null, and `_id`, else `id`, is the key if it is
 *   one of those
 *
 * Returns: (transfer full): the collection @name with columns in the order in which they were first
 *   seen
 */
SrCollection *sr_inference_finish (const SrInference *self,
                                   const char        *name,
                                   gboolean           with_key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrInference, sr_inference_free)

G_END_DECLS
