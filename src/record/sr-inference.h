/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-record.h"

G_BEGIN_DECLS

/**
 * SrInference:
 *
 * Finds the columns of a collection whose records name their own fields, so that they can become
 * rows of a table. Nothing is made narrower than its values: dates stay text as they are written,
 * whole numbers beyond 64 bits are decimals, and what is now a number, now a text, is text.
 */
typedef struct _SrInference SrInference;

SrInference *sr_inference_new (const char *name);
void         sr_inference_free (SrInference *self);
/* @record: with its fields */
void sr_inference_add (SrInference    *self,
                       const SrRecord *record);
/**
 * sr_inference_finish:
 *
 * Columns come in the order in which they were first seen; one is not null if every record has it.
 * `_id`, else `id`, is the key if every record has it.
 *
 * Returns: (transfer full): a collection of the same name with columns
 */
SrCollection *sr_inference_finish (SrInference *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrInference, sr_inference_free)

G_END_DECLS
