/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SrWildmatch:
 *
 * A pattern of a gitignore file in git's wildcard language, made ready for matching: `?`, `*`,
 * brackets with ranges and named classes, backslash, and, where slashes count, `**`. Bytes, not
 * characters. Matching costs at most the product of both lengths.
 */
typedef struct _SrWildmatch SrWildmatch;

/**
 * sr_wildmatch_new:
 * @pattern: @length bytes, no NUL in it
 * @slashes_count: `*`, `?` and brackets match no slash, and `**` between slashes matches any number
 *   of folders
 *
 * Returns: (nullable): %NULL if @pattern is malformed, which matches nothing
 */
SrWildmatch *sr_wildmatch_new (const char *pattern,
                               gsize       length,
                               gboolean    slashes_count);
void         sr_wildmatch_free (SrWildmatch *self);
gboolean     sr_wildmatch_match (const SrWildmatch *self,
                                 const char        *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrWildmatch, sr_wildmatch_free)

G_END_DECLS
