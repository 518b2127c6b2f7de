/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <unistd.h>

#include "base/sr-user.h"

static void
test_known (void)
{
  g_assert_cmpstr (sr_get_user_name (), ==, g_get_user_name ());
}

/* In a process of its own, since the name is looked up once. */
static void
test_unknown (void)
{
  if (!g_test_subprocess ())
    {
      if (getuid () != 0)
        {
          g_test_skip ("only root can become a user who has no name");
          return;
        }
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
      g_test_trap_assert_passed ();
      g_test_trap_assert_stderr_unmatched ("*getpwuid*");
      return;
    }
  g_assert_cmpint (setuid (54321), ==, 0);
  g_assert_cmpstr (sr_get_user_name (), ==, "54321");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/user/known", test_known);
  g_test_add_func ("/user/unknown", test_unknown);
  return g_test_run ();
}
