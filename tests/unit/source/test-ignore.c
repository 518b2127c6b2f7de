/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "source/sr-ignore.h"
#include "source/sr-wildmatch.h"

#include <string.h>

/* @answer: '-' undecided, 'x' excluded, 'i' included; a path that ends in a slash is a folder. All
 * answers are git's (2.39). */
typedef struct
{
  const char *rules;
  const char *path;
  char        answer;
} Case;

static const Case cases[] = {
  { "", "a", '-' },
  { "a", "a", 'x' },
  { "a", "b/a", 'x' },
  { "a", "ab", '-' },
  { "/a", "a", 'x' },
  { "/a", "b/a", '-' },
  { "a/", "a", '-' },
  { "a/", "a/", 'x' },
  { "a/", "b/a/", 'x' },
  { "a/b", "a/b", 'x' },
  { "a/b", "c/a/b", '-' },
  { "**/a/b", "c/d/a/b", 'x' },
  { "**/a", "a", 'x' },
  { "a/**", "a/", '-' },
  { "a/**", "a/b", 'x' },
  { "a/**", "a/b/c", 'x' },
  { "a/**/b", "a/b", 'x' },
  { "a/**/b", "a/x/y/b", 'x' },
  { "a/**/b", "axb", '-' },
  { "a**b/c", "axxb/c", 'x' },
  { "a**b/c", "ax/xb/c", '-' },
  { "foo**/bar", "foo/bar", 'x' },
  { "foo**/bar", "foobar", 'x' },
  { "foo**/bar", "foox/y/bar", 'x' },
  { "*.o", "x/y.o", 'x' },
  { "*.o\n!y.o", "x/y.o", 'i' },
  { "!y.o\n*.o", "x/y.o", 'x' },
  { "*", "a", 'x' },
  { "/*", "a", 'x' },
  { "/*", "a/b", '-' },
  { "a?c", "abc", 'x' },
  { "a?c", "ac", '-' },
  { "x/a?c", "x/a/c", '-' },
  { "[a-c]", "b", 'x' },
  { "[!a-c]", "b", '-' },
  { "[^a-c]", "d", 'x' },
  { "[]a]", "]", 'x' },
  { "[a-]", "-", 'x' },
  { "[[:digit:]]", "7", 'x' },
  { "[[:digit:]]", "a", '-' },
  { "[[:nonsense:]]", "a", '-' },
  { "[[:digit]", ":", 'x' },
  { "[\\]]", "]", 'x' },
  { "[a", "[a", '-' },
  { "a\\", "a", '-' },
  { "\\!a", "!a", 'x' },
  { "\\#a", "#a", 'x' },
  { "#a", "#a", '-' },
  { "a ", "a", 'x' },
  { "a\\ ", "a ", 'x' },
  { "a\\ ", "a", '-' },
  { "a\t", "a", '-' },
  { "a\r\n", "a", 'x' },
  { "\xef\xbb\xbf"
    "a",
    "a", 'x' },
  { "!", "a", '-' },
  { "/", "a/", '-' },
  { "//", "a/", '-' },
  { "***", "a", 'x' },
  { "x/***", "x/y", 'x' },
  { "\xff", "\xff", 'x' },
  { "?", "\xc3\xa4", '-' },
};

static SrIgnoreAnswer
ask (const char *rules,
     const char *path)
{
  SrIgnore        *ignore = sr_ignore_new (rules, strlen (rules));
  gboolean         is_dir = g_str_has_suffix (path, "/");
  g_autofree char *bare = g_strndup (path, strlen (path) - (is_dir ? 1 : 0));
  SrIgnoreAnswer   answer = sr_ignore_match (ignore, bare, is_dir);

  sr_ignore_free (ignore);
  return answer;
}

static void
tell_case (const Case *self)
{
  g_autofree char *shown_rules = g_strescape (self->rules, NULL);
  g_autofree char *shown_path = g_strescape (self->path, NULL);

  g_test_message ("\"%s\": \"%s\"", shown_rules, shown_path);
}

static void
test_rules (void)
{
  static const char signs[] = {
    [SR_IGNORE_UNDECIDED] = '-', [SR_IGNORE_EXCLUDED] = 'x', [SR_IGNORE_INCLUDED] = 'i'
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      tell_case (&cases[i]);
      g_assert_cmpint (signs[ask (cases[i].rules, cases[i].path)], ==, cases[i].answer);
    }
}

/* More tokens than fit into the words on the stack, and stars that could be tried for ever. */
static void
test_effort (void)
{
  g_autoptr (GString)     pattern = g_string_new (NULL);
  g_autofree char        *text = g_strnfill (3000, 'a');
  g_autoptr (SrWildmatch) good = NULL;
  g_autoptr (SrWildmatch) bad = NULL;

  for (guint i = 0; i < 400; i++)
    g_string_append (pattern, "*a");
  good = sr_wildmatch_new (pattern->str, pattern->len, TRUE);
  g_assert_true (sr_wildmatch_match (good, text));
  g_string_append (pattern, "b");
  bad = sr_wildmatch_new (pattern->str, pattern->len, TRUE);
  g_assert_false (sr_wildmatch_match (bad, text));
}

static void
test_bytes (void)
{
  SrIgnore *ignore = sr_ignore_new ("a\0b\nc", 5);

  /* a NUL ends the line for git */
  g_assert_cmpint (sr_ignore_match (ignore, "a", FALSE), ==, SR_IGNORE_EXCLUDED);
  g_assert_cmpint (sr_ignore_match (ignore, "c", FALSE), ==, SR_IGNORE_EXCLUDED);
  sr_ignore_free (ignore);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ignore/rules", test_rules);
  g_test_add_func ("/ignore/effort", test_effort);
  g_test_add_func ("/ignore/bytes", test_bytes);
  return g_test_run ();
}
