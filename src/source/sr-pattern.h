/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrPatternList:
 *
 * restic's exclude patterns: shell wildcards per path component (`*`, `?`, `[a-z]`, `[^a]`,
 * backslash), `**` for any number of components, a pattern without a leading slash matches at any
 * depth, a leading `!` takes back an earlier match; only in files `$VAR` is replaced and white
 * space around a line cut off. Compared byte by byte.
 *
 * Threads: matching from several threads at once is fine while nothing is added.
 */
typedef struct _SrPatternList SrPatternList;

SrPatternList *sr_pattern_list_new (void);
void           sr_pattern_list_free (SrPatternList *self);
/* %SR_ERROR_INVALID, quoting the pattern, if it is malformed. An empty one is ignored. */
gboolean sr_pattern_list_add (SrPatternList *self,
                              const char    *pattern,
                              GError       **error);
/* A file of patterns, one a line; empty lines and lines that begin with # are skipped; environment
 * variables are expanded, $$ is a dollar sign. */
gboolean sr_pattern_list_add_file (SrPatternList *self,
                                   const char    *path,
                                   GError       **error);
gboolean sr_pattern_list_is_empty (SrPatternList *self);

/**
 * sr_pattern_list_match:
 * @path: absolute path, raw bytes
 * @child_may_match: (out) (nullable): whether something below @path could match (for include
 *   filters)
 *
 * Returns: whether the last pattern that applies to @path or to one of the folders above it
 *   matches, as in restic
 */
gboolean sr_pattern_list_match (SrPatternList *self,
                                const char    *path,
                                gboolean      *child_may_match);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrPatternList, sr_pattern_list_free)

G_END_DECLS
