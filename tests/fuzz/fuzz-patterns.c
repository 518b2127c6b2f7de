/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* Exclude patterns and ignore files: all lines but the last are patterns, the last is a path. */

#include "config.h"

#include <string.h>

#include "source/sr-glob.h"
#include "source/sr-ignore.h"
#include "source/sr-pattern.h"
#include "sr-fuzz.h"

static void
match_patterns (char      **lines,
                guint       n_patterns,
                const char *path)
{
  g_autoptr (SrPatternList) patterns = sr_pattern_list_new ();
  gboolean                  below = FALSE;
  gboolean                  matches;

  for (guint i = 0; i < n_patterns; i++)
    sr_pattern_list_add (patterns, lines[i], NULL);
  matches = sr_pattern_list_match (patterns, path, &below);
  sr_fuzz_assert (sr_pattern_list_match (patterns, path, NULL) == matches);
  sr_fuzz_assert (!matches || !sr_pattern_list_is_empty (patterns));
}

static void
match_globs (char      **lines,
             guint       n_patterns,
             const char *name)
{
  for (guint i = 0; i < n_patterns; i++)
    if (sr_glob_match (lines[i], name, strlen (name)))
      sr_fuzz_assert (sr_glob_is_valid (lines[i]));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autofree char     *text = g_strndup ((const char *) data, size);
  g_auto (GStrv)       lines = NULL;
  g_autofree char     *path = NULL;
  g_autoptr (SrIgnore) ignore = NULL;
  guint                n;

  if (size > 4096)
    return 0;
  ignore = sr_ignore_new ((const char *) data, size);
  lines = g_strsplit (text, "\n", 100);
  n = g_strv_length (lines);
  if (n < 2)
    return 0;
  path = g_strconcat ("/", lines[n - 1], NULL);
  match_patterns (lines, n - 1, path);
  match_globs (lines, n - 1, lines[n - 1]);
  sr_ignore_match (ignore, lines[n - 1], FALSE);
  sr_ignore_match (ignore, lines[n - 1], TRUE);
  return 0;
}
