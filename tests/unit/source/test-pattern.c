/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-error.h"
#include "source/sr-pattern.h"
#include "sr-test-util.h"

#include <string.h>

/* @patterns: separated by spaces */
typedef struct
{
  const char *patterns;
  const char *path;
  gboolean    matches;
  gboolean    child;
} Case;

/* What restic 0.14 answers: its own test cases, and some found by comparing with it. */
static const Case cases[] = {
  { "*.go", "/foo/bar/test.go", TRUE, TRUE },
  { "*.c", "/foo/bar/test.go", FALSE, TRUE },
  { "*", "/foo", TRUE, TRUE },
  { "/*", "/foo", TRUE, TRUE },
  { "foo", "/user/foo/bar", TRUE, TRUE },
  { "/foo", "/foo/bar", TRUE, TRUE },
  { "/foo", "/user/foo", FALSE, FALSE },
  { "foo/bar", "/user/foo/bar/test.go", TRUE, TRUE },
  { "foo/*", "/user/foo", FALSE, TRUE },
  { "/foo/*/test.*", "/foo/bar/test.go", TRUE, TRUE },
  { "/foo/*/bar/test.*", "/foo/bar/test.go", FALSE, FALSE },
  { "/foo/*/baz", "/foo/bar", FALSE, TRUE },
  { "/foo/bar", "/foo", FALSE, TRUE },
  { "/foo/bar", "/", FALSE, TRUE },
  { "/foo/bar", "/other", FALSE, FALSE },
  { "/foo/**/test.*", "/foo/bar/baz/test.go", TRUE, TRUE },
  { "/foo/**/test.*", "/foo/test.go", TRUE, TRUE },
  { "/foo/**", "/foo", TRUE, TRUE },
  { "/foo/**/x", "/foo/a/b", FALSE, TRUE },
  { "/foo/**/x", "/bar/a/b", FALSE, FALSE },
  { "**/test.go", "/foo/test.go", TRUE, TRUE },
  { "foo/**/bar", "/x/foo/a/b/bar/y", TRUE, TRUE },
  { "foo/**/bar/**/test.go", "/home/user/foo/bar/test.go", TRUE, TRUE },
  { "**", "/foo", TRUE, TRUE },
  { "**/**", "/foo", TRUE, TRUE },
  { "/**/*", "/foo", TRUE, TRUE },
  { "/**/foo/**/?", "/foo/b", FALSE, TRUE },
  { "/**/foo/**/?", "/foo/b/c", TRUE, TRUE },
  { "user/*/test.go", "/home/user/stuff/test.go", TRUE, TRUE },
  { "/", "/foo", TRUE, TRUE },
  { "./foo/", "/a/foo", TRUE, TRUE },
  { "foo/../bar", "/a/bar", TRUE, TRUE },
  { "/../foo", "/foo", TRUE, TRUE },
  { "../foo", "/foo", FALSE, TRUE },
  { "foo//bar", "/foo/bar", TRUE, TRUE },
  { "ab", "/abc", FALSE, TRUE },
  { "[a-c]*", "/bcd", TRUE, TRUE },
  { "\\*", "/*", TRUE, TRUE },
  { "\\!x", "/!x", TRUE, TRUE },
  { "*.txt !keep.txt", "/a/keep.txt", FALSE, FALSE },
  { "*.txt !keep.txt", "/a/other.txt", TRUE, TRUE },
  { "*.txt !keep.txt keep.txt", "/a/keep.txt", TRUE, TRUE },
  { "!keep.txt *.txt", "/a/keep.txt", TRUE, TRUE },
  { "!keep.txt", "/a/keep.txt", FALSE, FALSE },
  { "/a/* !/a/b", "/a/b/c", FALSE, FALSE },
  { "/a/* !/a/b", "/a/c", TRUE, TRUE },
};

static void
test_match (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SrPatternList     *list = sr_pattern_list_new ();
      g_auto (GStrv)     patterns = g_strsplit (cases[i].patterns, " ", -1);
      g_autoptr (GError) error = NULL;
      gboolean           child;

      for (guint j = 0; patterns[j] != NULL; j++)
        g_assert_true (sr_pattern_list_add (list, patterns[j], &error));
      g_test_message ("%s: %s", cases[i].patterns, cases[i].path);
      g_assert_cmpint (sr_pattern_list_match (list, cases[i].path, &child), ==, cases[i].matches);
      g_assert_cmpint (child, ==, cases[i].child);
      g_assert_cmpint (sr_pattern_list_match (list, cases[i].path, NULL), ==, cases[i].matches);
      sr_pattern_list_free (list);
    }
}

static void
test_bytes (void)
{
  g_autoptr (SrPatternList) list = sr_pattern_list_new ();
  g_autoptr (GError)        error = NULL;

  g_assert_true (sr_pattern_list_is_empty (list));
  g_assert_true (sr_pattern_list_add (list, "*.TXT", &error));
  g_assert_true (sr_pattern_list_add (list, "\xc3\x84hre", &error));
  g_assert_true (sr_pattern_list_add (list, "!a.TXT", &error));
  g_assert_false (sr_pattern_list_is_empty (list));
  g_assert_true (sr_pattern_list_match (list, "/x/b.TXT", NULL));
  g_assert_false (sr_pattern_list_match (list, "/x/b.Txt", NULL));
  g_assert_false (sr_pattern_list_match (list, "/x/a.TXT", NULL));
  g_assert_true (sr_pattern_list_match (list, "/\xc3\x84hre/\xff", NULL));
  g_assert_false (sr_pattern_list_match (list, "/\xc3\xa4hre", NULL));
}

static void
test_malformed (void)
{
  SrPatternList     *list = sr_pattern_list_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (sr_pattern_list_add (list, "a/[b", &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "a/[b"));
  g_clear_error (&error);
  /* a slash ends a bracket's component */
  g_assert_false (sr_pattern_list_add (list, "[a/b]", &error));
  g_clear_error (&error);
  g_assert_false (sr_pattern_list_add (list, "!x\xff\\", &error));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_true (sr_pattern_list_add (list, "", NULL));
  g_assert_true (sr_pattern_list_is_empty (list));
  sr_pattern_list_free (list);
}

static gboolean
add_text (SrPatternList *list,
          const char    *dir,
          const char    *text,
          gsize          size,
          GError       **error)
{
  g_autofree char *path = g_build_filename (dir, "patterns", NULL);

  sr_test_write_file (dir, "patterns", text, size);
  return sr_pattern_list_add_file (list, path, error);
}

static void
test_file (void)
{
  static const char  text[] = "\xef\xbb\xbf# comment\r\n\n  *.tmp \t\r\n"
                              "$SR_TEST_DIR/cache\n${SR_TEST_DIR}x\ncost$$\na$\n"
                              "\xc2\xa0nbsp\xc2\xa0\n"
                              "b$(\nc${}d\n${SR_TEST_UNSET}e\n!keep.tmp";
  static const char  utf16[] = "\xff\xfe*\0.\0o\0\n\0";
  char              *dir = sr_test_mkdir ();
  SrPatternList     *list = sr_pattern_list_new ();
  g_autoptr (GError) error = NULL;
  const char *const  matching[] = { "/a.tmp", "/x/y/cache/z", "/x/yx", "/cost$", "/a$",
                                    "/nbsp", "/b$(", "/cd", "/e", "/a.o" };

  g_setenv ("SR_TEST_DIR", "/x/y", TRUE);
  g_unsetenv ("SR_TEST_UNSET");
  g_assert_true (add_text (list, dir, text, sizeof text - 1, &error));
  g_assert_no_error (error);
  g_assert_true (add_text (list, dir, utf16, sizeof utf16 - 1, &error));
  for (guint i = 0; i < G_N_ELEMENTS (matching); i++)
    {
      g_test_message ("%s", matching[i]);
      g_assert_true (sr_pattern_list_match (list, matching[i], NULL));
    }
  g_assert_false (sr_pattern_list_match (list, "/keep.tmp", NULL));
  g_assert_false (sr_pattern_list_match (list, "/comment", NULL));
  g_assert_false (add_text (list, dir, "good\nbad[\n", 10, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "ine 2 "));
  g_clear_error (&error);
  g_assert_false (add_text (list, dir, "a\0b", 3, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (sr_pattern_list_add_file (list, "/nowhere/at/all", &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
  sr_pattern_list_free (list);
  sr_test_rmdir (dir);
}

/* Many "**" and a deep path. */
static void
test_effort (void)
{
  SrPatternList      *list = sr_pattern_list_new ();
  g_autoptr (GString) pattern = g_string_new (NULL);
  g_autoptr (GString) path = g_string_new (NULL);

  for (guint i = 0; i < 20; i++)
    g_string_append (pattern, "/**/a*");
  g_string_append (pattern, "/b");
  for (guint i = 0; i < 500; i++)
    g_string_append (path, "/aaaa");
  g_assert_true (sr_pattern_list_add (list, pattern->str, NULL));
  g_assert_false (sr_pattern_list_match (list, path->str, NULL));
  g_string_append (path, "/b");
  g_assert_true (sr_pattern_list_match (list, path->str, NULL));
  sr_pattern_list_free (list);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pattern/match", test_match);
  g_test_add_func ("/pattern/bytes", test_bytes);
  g_test_add_func ("/pattern/malformed", test_malformed);
  g_test_add_func ("/pattern/file", test_file);
  g_test_add_func ("/pattern/effort", test_effort);
  return g_test_run ();
}
