/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes that are looked at in one go. */
#define SR_JSON_BLOCK 64

/**
 * SrJsonIndexState:
 * @in_string: all ones inside a string, else 0
 * @escaped: 1 if the next byte stands behind a backslash that counts
 * @has_nul: a NUL byte was seen, anywhere
 *
 * Carried from one call to the next; all zero where a text begins.
 */
typedef struct
{
  guint64  in_string;
  guint64  escaped;
  gboolean has_nul;
} SrJsonIndexState;

/* The ways to do it; both give the same. With AVX-512 it was no faster than with AVX2. */
typedef enum
{
  SR_JSON_INDEX_PORTABLE,
  SR_JSON_INDEX_AVX2,
  SR_N_JSON_INDEXES,
} SrJsonIndexKind;

/* Whether this processor has what @kind needs. */
gboolean        sr_json_index_has (SrJsonIndexKind kind);
SrJsonIndexKind sr_json_index_best (void);

/**
 * sr_json_index:
 * @data: (array): @n_blocks times %SR_JSON_BLOCK bytes
 * @positions: (out caller-allocates): room for a number for each byte and four more
 *
 * Finds the brackets of JSON that stand outside of strings, as the first stage of simdjson does
 * (Langdale and Lemire, "Parsing Gigabytes of JSON per Second", 2019, section 3.1): without a
 * branch that depends on the text but for backslashes.
 *
 * Returns: how many; the first of @positions that are theirs, counted from @data
 */
guint sr_json_index (SrJsonIndexKind   kind,
                     SrJsonIndexState *state,
                     const guint8     *data,
                     gsize             n_blocks,
                     guint32          *positions);

G_END_DECLS
