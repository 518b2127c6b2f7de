/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-record-reader.h"

G_BEGIN_DECLS

/**
 * SrSearch:
 *
 * What records are asked for: all terms must fit. "text" anywhere in a record without regard to
 * case; "field=value", "field!=value", "field~text", "field<value", "field>value" (numbers and
 * dates by value, and never more or less than what is none). "field=" asks for what is empty, null
 * or absent.
 */
typedef struct _SrSearch SrSearch;

SrSearch *sr_search_new (const char *const *terms,
                         GError           **error);
void      sr_search_free (SrSearch *self);
/* Reads the record's fields if it has to. Returns: 1 if it fits, 0 if not, -1 with @error set */
int sr_search_match (SrSearch       *self,
                     SrRecordReader *reader,
                     SrRecord       *record,
                     GError        **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrSearch, sr_search_free)

G_END_DECLS
