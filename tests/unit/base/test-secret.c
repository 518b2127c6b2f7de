/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-secret.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static void
test_content (void)
{
  g_autoptr (SrSecret) empty = sr_secret_new (0);
  g_autoptr (SrSecret) blank = sr_secret_new (10000);
  g_autoptr (SrSecret) word = sr_secret_new_from ("word", 4);
  const guint8        *bytes = sr_secret_get_data (blank);

  g_assert_cmpuint (sr_secret_get_size (empty), ==, 0);
  g_assert_nonnull (sr_secret_get_data (empty));
  g_assert_cmpuint (sr_secret_get_size (blank), ==, 10000);
  for (gsize i = 0; i < 10000; i++)
    g_assert_cmpint (bytes[i], ==, 0);
  g_assert_cmpmem (sr_secret_get_data (word), sr_secret_get_size (word), "word", 4);
  memset (sr_secret_get_writable (blank), 7, 10000);
  g_assert_cmpint (bytes[9999], ==, 7);
  sr_secret_unref (sr_secret_ref (word));
  g_assert_cmpmem (sr_secret_get_data (word), sr_secret_get_size (word), "word", 4);
  sr_secret_unref (NULL);
}

static void
test_equal (void)
{
  g_autoptr (SrSecret) a = sr_secret_new_from ("aaaa", 4);
  g_autoptr (SrSecret) same = sr_secret_new_from ("aaaa", 4);
  g_autoptr (SrSecret) last = sr_secret_new_from ("aaab", 4);
  g_autoptr (SrSecret) first = sr_secret_new_from ("baaa", 4);
  g_autoptr (SrSecret) shorter = sr_secret_new_from ("aaa", 3);
  g_autoptr (SrSecret) empty = sr_secret_new_from (NULL, 0);

  g_assert_true (sr_secret_equal (a, a));
  g_assert_true (sr_secret_equal (a, same));
  g_assert_true (sr_secret_equal (empty, empty));
  g_assert_false (sr_secret_equal (a, last));
  g_assert_false (sr_secret_equal (a, first));
  g_assert_false (sr_secret_equal (a, shorter));
  g_assert_false (sr_secret_equal (a, empty));
}

static void
test_wipe (void)
{
  char password[] = "password";

  sr_secret_wipe (password, sizeof password);
  for (gsize i = 0; i < sizeof password; i++)
    g_assert_cmpint (password[i], ==, 0);
  sr_secret_wipe (NULL, 0);
}

/* The kernel tells of each mapping whether it is locked ("lo") and left out of dumps ("dd"). */
static void
test_kept_out_of_dumps (void)
{
  g_autoptr (SrSecret) secret = sr_secret_new_from ("word", 4);
  g_autofree char     *maps = NULL;
  g_autofree char     *start = g_strdup_printf ("\n%lx-", (gulong) sr_secret_get_data (secret));
  const char          *mine;
  const char          *flags;

  if (!g_file_get_contents ("/proc/self/smaps", &maps, NULL, NULL))
    {
      g_test_skip ("the system does not show its mappings");
      return;
    }
  mine = strstr (maps, start);
  g_assert_nonnull (mine);
  flags = strstr (mine, "VmFlags:");
  g_assert_nonnull (flags);
  g_assert_nonnull (g_strstr_len (flags, strcspn (flags, "\n"), " dd"));
}

static void
test_without_locked_memory (void)
{
  if (g_test_subprocess ())
    {
      struct rlimit        none = { 0, 0 };
      g_autoptr (SrSecret) secret = NULL;

      g_assert_cmpint (setrlimit (RLIMIT_MEMLOCK, &none), ==, 0);
      secret = sr_secret_new_from ("word", 4);
      g_assert_cmpmem (sr_secret_get_data (secret), sr_secret_get_size (secret), "word", 4);
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/secret/content", test_content);
  g_test_add_func ("/base/secret/equal", test_equal);
  g_test_add_func ("/base/secret/wipe", test_wipe);
  g_test_add_func ("/base/secret/kept-out-of-dumps", test_kept_out_of_dumps);
  g_test_add_func ("/base/secret/without-locked-memory", test_without_locked_memory);
  return g_test_run ();
}
