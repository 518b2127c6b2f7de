/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>

#include "archive/sr-guard.h"
#include "base/sr-error.h"

static const SrGuardLimits small_limits = {
  .max_entries = 3,
  .max_entry_size = (guint64) 100 << 20,
  .max_total = (guint64) 150 << 20,
  .max_ratio = 1100,
  .max_depth = 2,
};

static void
assert_refused (gboolean    result,
                GError    **error,
                const char *text)
{
  g_assert_false (result);
  g_assert_error (*error, SR_ERROR, SR_ERROR_REFUSED);
  g_assert_cmpstr ((*error)->message, ==, text);
  g_clear_error (error);
}

static void
test_defaults (void)
{
  g_autoptr (SrGuard) guard = sr_guard_new (NULL);
  g_autoptr (SrGuard) other = sr_guard_ref (guard);
  g_autoptr (GError)  error = NULL;

  g_assert_cmpuint (sr_guard_get_limits (other)->max_entries, ==, 1000000);
  g_assert_true (sr_guard_check_count (guard, 1000000, &error));
  g_assert_no_error (error);
  assert_refused (sr_guard_check_count (guard, 1000001, &error), &error,
                  "The container has 1000001 entries or more, the limit is 1000000; if the file is "
                  "to be trusted, raise it with --max-entries");
}

static void
test_count (void)
{
  g_autoptr (SrGuard) guard = sr_guard_new (&small_limits);
  g_autoptr (GError)  error = NULL;

  g_assert_true (sr_guard_check_count (guard, 3, &error));
  assert_refused (sr_guard_check_count (guard, 4, &error), &error,
                  "The container has 4 entries or more, the limit is 3; if the file is to be "
                  "trusted, raise it with --max-entries");
}

static void
test_entry_size (void)
{
  g_autoptr (SrGuard) guard = sr_guard_new (&small_limits);
  g_autoptr (GError)  error = NULL;

  g_assert_true (sr_guard_add (guard, "a/b", 10, (guint64) 100 << 20, 1 << 20, &error));
  assert_refused (sr_guard_add (guard, "a/b", 1, ((guint64) 100 << 20) + 1, 1 << 20, &error),
                  &error,
                  "The content of “a/b” goes beyond 100 MiB, which is the limit; if the "
                  "file is to be trusted, raise it with --max-entry-size");
}

static void
test_total (void)
{
  g_autoptr (SrGuard) guard = sr_guard_new (&small_limits);
  g_autoptr (GError)  error = NULL;

  g_assert_true (sr_guard_add (guard, "a", 100 << 20, 100 << 20, 50 << 20, &error));
  g_assert_true (sr_guard_add (guard, "b", 50 << 20, 50 << 20, 50 << 20, &error));
  assert_refused (sr_guard_add (guard, "c", 1, 1, 1, &error), &error,
                  "What was unfolded up to “c” goes beyond 150 MiB, which is the limit; if "
                  "the file is to be trusted, raise it with --max-total");
}

static void
test_ratio (void)
{
  g_autoptr (SrGuard) guard = sr_guard_new (&small_limits);
  g_autoptr (GError)  error = NULL;
  guint64             unpacked = (64 << 20) + 1;

  /* not judged before 64 MiB, nor where the packed size is not known */
  g_assert_true (sr_guard_add (guard, "zeros", 1, 64 << 20, 1, &error));
  g_assert_true (sr_guard_add (guard, "zeros", 1, unpacked, 0, &error));
  g_assert_true (sr_guard_add (guard, "zeros", 1, unpacked, 61009, &error));
  assert_refused (
      sr_guard_add (guard, "zeros", 1, unpacked, 61000, &error), &error,
      "“zeros” unfolds 59.6 KiB to 64.0 MiB, more than 1100 bytes for one, which is "
      "the limit; if the file is to be trusted, raise it with --max-ratio");
}

static void
test_depth (void)
{
  g_autoptr (SrGuard) guard = sr_guard_new (&small_limits);
  g_autoptr (GError)  error = NULL;

  g_assert_true (sr_guard_enter (guard, "1.zip", &error));
  g_assert_true (sr_guard_enter (guard, "2.zip", &error));
  assert_refused (sr_guard_enter (guard, "3.zip", &error), &error,
                  "“3.zip” lies deeper than 2 containers inside each other, which is the limit; if "
                  "the file is to be trusted, raise it with --max-depth");
  sr_guard_leave (guard);
  g_assert_true (sr_guard_enter (guard, "3.zip", &error));
  g_assert_no_error (error);
}

static void
assert_name_fault (const char *name,
                   const char *fault)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *text =
      g_strdup_printf ("The name “%s” %s: it is not written to disk", name, fault);
  assert_refused (sr_guard_check_name (name, &error), &error, text);
}

static void
test_names (void)
{
  const char        *good[] = { "a", "a/b", "a/b/", ".hidden", "a..b", "...",
                                "ä/ö", "ab:c", "1:2" };
  g_autofree char   *part = g_strnfill (255, 'x');
  g_autofree char   *long_part = g_strnfill (256, 'x');
  g_autofree char   *path = g_malloc0 (4097);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_assert_true (sr_guard_check_name (good[i], &error));
      g_assert_no_error (error);
    }
  g_assert_true (sr_guard_check_name (part, &error));
  assert_name_fault ("", "is empty");
  assert_name_fault ("/etc/passwd", "is absolute");
  assert_name_fault ("a//b", "has an empty part");
  assert_name_fault ("a/./b", "has “.” for a part");
  assert_name_fault (".", "has “.” for a part");
  assert_name_fault ("..", "leads upwards with “..”");
  assert_name_fault ("a/../../b", "leads upwards with “..”");
  assert_name_fault ("a/..", "leads upwards with “..”");
  assert_name_fault ("../", "leads upwards with “..”");
  assert_name_fault ("a\\..\\b", "has a backslash, which some programs take for a separator");
  assert_name_fault ("C:/x", "begins with a drive letter");
  g_assert_false (sr_guard_check_name (long_part, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_REFUSED);
  g_clear_error (&error);
  for (guint i = 0; i < 4096; i++)
    path[i] = i % 2 == 0 ? 'a' : '/';
  path[4095] = '\0';
  g_assert_true (sr_guard_check_name (path, &error));
  path[4095] = 'a';
  g_assert_false (sr_guard_check_name (path, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_REFUSED);
}

static void
test_shown (void)
{
  g_autofree char *plain = sr_guard_show_name ("ä b");
  g_autofree char *odd = sr_guard_show_name ("a\033[2J\n\377");
  g_autofree char *filled = g_strnfill (300, 'x');
  g_autofree char *cut = sr_guard_show_name (filled);

  g_assert_cmpstr (plain, ==, "ä b");
  g_assert_cmpstr (odd, ==, "a\357\277\275[2J\357\277\275\357\277\275");
  g_assert_cmpuint (strlen (cut), ==, 160 + strlen ("…"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/guard/defaults", test_defaults);
  g_test_add_func ("/guard/count", test_count);
  g_test_add_func ("/guard/entry-size", test_entry_size);
  g_test_add_func ("/guard/total", test_total);
  g_test_add_func ("/guard/ratio", test_ratio);
  g_test_add_func ("/guard/depth", test_depth);
  g_test_add_func ("/guard/names", test_names);
  g_test_add_func ("/guard/shown", test_shown);
  return g_test_run ();
}
