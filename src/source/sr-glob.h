/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * sr_glob_is_valid:
 * @pattern: for one path component
 *
 * Returns: whether @pattern is well formed: brackets closed, ranges complete, no backslash at the
 *   end
 */
gboolean sr_glob_is_valid (const char *pattern);

/**
 * sr_glob_match:
 * @pattern: for one path component: `*`, `?`, `[a-z]`, `[^a]`, backslash. A malformed one matches
 *   nothing.
 * @name: the component, @name_length bytes, need not end in NUL
 *
 * As path/filepath.Match() of Go's standard library, which restic's patterns are made of: `?` and
 * brackets take one UTF-8 character, or one byte where there is none. Costs at most the product of
 * both lengths.
 */
gboolean sr_glob_match (const char *pattern,
                        const char *name,
                        gsize       name_length);

G_END_DECLS
