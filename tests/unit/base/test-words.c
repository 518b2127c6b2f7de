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

static void
test_sizes (void)
{
  static const struct
  {
    guint64     bytes;
    const char *text;
  } cases[] = {
    { 0, "0 B" },
    { 1, "1 B" },
    { 1023, "1023 B" },
    { 1024, "1.00 KiB" },
    { 1536, "1.50 KiB" },
    { 10 * 1024, "10.0 KiB" },
    { 1023 * 1024, "1023 KiB" },
    { 1024 * 1024 - 1, "1.00 MiB" },
    { G_GUINT64_CONSTANT (3) << 30, "3.00 GiB" },
    { G_MAXUINT64, "16.0 EiB" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = sr_size_text (cases[i].bytes);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/words/counted", test_counted);
  g_test_add_func ("/words/sizes", test_sizes);
  return g_test_run ();
}
