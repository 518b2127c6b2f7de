/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-record.h"

G_BEGIN_DECLS

/* Different names of fields in one collection; no table has more columns. */
#define SR_CONVERT_MAX_FIELDS 10000

/**
 * SrConvertFields:
 *
 * What the records of a collection without columns name, in the order it comes first, and which
 * type of column holds all values of each name exactly.
 */
typedef struct _SrConvertFields SrConvertFields;

SrConvertFields *sr_convert_fields_new (void);
void             sr_convert_fields_free (SrConvertFields *self);
/* @record: with its fields. %SR_ERROR_UNSUPPORTED if there are too many names */
gboolean sr_convert_fields_see (SrConvertFields *self,
                                const SrRecord  *record,
                                GError         **error);
guint    sr_convert_fields_get_n (const SrConvertFields *self);
/* Returns: its place, or -1. @guess: where it probably is */
int sr_convert_fields_find (const SrConvertFields *self,
                            const char            *name,
                            guint                  guess);
/* Returns: (transfer full): the collection @name with these as its columns, without a key */
SrCollection *sr_convert_fields_to_collection (const SrConvertFields *self,
                                               const char            *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrConvertFields, sr_convert_fields_free)

G_END_DECLS
