/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "source/sr-glob.h"

#include <string.h>

typedef struct
{
  const char *pattern;
  const char *name;
  gboolean    matches;
} Case;

/* The cases of Go's path/filepath, and some of bytes that are no UTF-8. */
static const Case cases[] = {
  { "abc", "abc", TRUE },
  { "*", "abc", TRUE },
  { "*c", "abc", TRUE },
  { "a*", "a", TRUE },
  { "a*", "abc", TRUE },
  { "a*", "ab/c", FALSE },
  { "a*/b", "abc/b", TRUE },
  { "a*/b", "a/c/b", FALSE },
  { "a*b*c*d*e*/f", "axbxcxdxe/f", TRUE },
  { "a*b*c*d*e*/f", "axbxcxdxexxx/f", TRUE },
  { "a*b*c*d*e*/f", "axbxcxdxe/xxx/f", FALSE },
  { "a*b*c*d*e*/f", "axbxcxdxexxx/fff", FALSE },
  { "a*b?c*x", "abxbbxdbxebxczzx", TRUE },
  { "a*b?c*x", "abxbbxdbxebxczzy", FALSE },
  { "ab[c]", "abc", TRUE },
  { "ab[b-d]", "abc", TRUE },
  { "ab[e-g]", "abc", FALSE },
  { "ab[^c]", "abc", FALSE },
  { "ab[^b-d]", "abc", FALSE },
  { "ab[^e-g]", "abc", TRUE },
  { "a\\*b", "a*b", TRUE },
  { "a\\*b", "ab", FALSE },
  { "a?b", "a\xe2\x98\xba"
           "b",
    TRUE },
  { "a[^a]b", "a\xe2\x98\xba"
              "b",
    TRUE },
  { "a???b", "a\xe2\x98\xba"
             "b",
    FALSE },
  { "a[^a][^a][^a]b", "a\xe2\x98\xba"
                      "b",
    FALSE },
  { "[a-\xce\xb6]*", "\xce\xb1", TRUE },
  { "*[a-\xce\xb6]", "A", FALSE },
  { "a?b", "a/b", FALSE },
  { "a*b", "a/b", FALSE },
  { "[\\]a]", "]", TRUE },
  { "[\\-]", "-", TRUE },
  { "[x\\-]", "x", TRUE },
  { "[x\\-]", "-", TRUE },
  { "[x\\-]", "z", FALSE },
  { "[\\-x]", "x", TRUE },
  { "[\\-x]", "a", FALSE },
  { "*x", "xxx", TRUE },
  { "", "", TRUE },
  { "", "a", FALSE },
  { "*", "", TRUE },
  { "?", "", FALSE },
  { "?", "\xff", TRUE },
  { "??", "\xff\xfe", TRUE },
  { "[^a]", "\xff", TRUE },
  { "a\xff", "a\xff", TRUE },
  { "a]b", "a]b", TRUE },
};

static const char *const malformed[] = {
  "[]a]",
  "[-]",
  "[x-]",
  "[-x]",
  "[a-b-c]",
  "[",
  "[^",
  "[^bc",
  "a[",
  "\\",
  "a\\",
  "[a-\\",
  "[\xff]",
  "*[",
  "x*[a-]y*",
};

static void
tell_case (const char *pattern,
           const char *name)
{
  g_autofree char *shown_pattern = g_strescape (pattern, NULL);
  g_autofree char *shown_name = g_strescape (name, NULL);

  g_test_message ("\"%s\": \"%s\"", shown_pattern, shown_name);
}

static void
test_match (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      tell_case (cases[i].pattern, cases[i].name);
      g_assert_true (sr_glob_is_valid (cases[i].pattern));
      g_assert_cmpint (sr_glob_match (cases[i].pattern, cases[i].name, strlen (cases[i].name)), ==,
                       cases[i].matches);
    }
}

static void
test_malformed (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (malformed); i++)
    {
      tell_case (malformed[i], "");
      g_assert_false (sr_glob_is_valid (malformed[i]));
      g_assert_false (sr_glob_match (malformed[i], "a", 1));
      g_assert_false (sr_glob_match (malformed[i], "", 0));
    }
}

/* Would take for ever if every star tried every place. */
static void
test_many_stars (void)
{
  g_autoptr (GString) pattern = g_string_new (NULL);
  g_autofree char    *name = g_strnfill (2000, 'a');

  for (guint i = 0; i < 100; i++)
    g_string_append (pattern, "*a");
  g_assert_true (sr_glob_match (pattern->str, name, 2000));
  g_string_append (pattern, "b");
  g_assert_false (sr_glob_match (pattern->str, name, 2000));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/glob/match", test_match);
  g_test_add_func ("/glob/malformed", test_malformed);
  g_test_add_func ("/glob/many-stars", test_many_stars);
  return g_test_run ();
}
