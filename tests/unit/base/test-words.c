/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-words.h"

static void
test_counted (void)
{
  g_autofree char *none = sr_counted (0, "file", "files");
  g_autofree char *one = sr_counted (1, "file", "files");
  g_autofree char *many = sr_counted (G_MAXUINT64, "file", "files");

  g_assert_cmpstr (none, ==, "0 files");
  g_assert_cmpstr (one, ==, "1 file");
  g_assert_cmpstr (many, ==, "18446744073709551615 files");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/words/counted", test_counted);
  return g_test_run ();
}
