/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-record.h"

G_BEGIN_DECLS

/**
 * SrJsonArray:
 *
 * Walks over the elements of a JSON array; numbers stay as they are written. On the stack; nothing
 * to free.
 */
typedef struct
{
  const char *at;
  const char *end;
  gboolean    first;
} SrJsonArray;

/* @text: must outlive @self. Returns: whether it begins as an array does */
gboolean sr_json_array_begin (SrJsonArray *self,
                              const char  *text,
                              gsize        size);
/* @decoded: (inout): memory for @element, freed and replaced with each call, for the caller to free
 * at the end. Returns: 1, 0 at the clean end, -1 if the text is no JSON array */
int sr_json_array_next (SrJsonArray *self,
                        SrValue     *element,
                        char       **decoded);

G_END_DECLS
