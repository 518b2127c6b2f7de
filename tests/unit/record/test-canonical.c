/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <string.h>

#include "record/sr-canonical.h"

/* @expected: (nullable): %NULL where it is no number */
static void
assert_number (const char *text,
               gboolean    lenient,
               const char *expected)
{
  g_autoptr (GString) number = g_string_new ("left over");
  gboolean            is_number = sr_canonical_number (number, text, strlen (text), lenient);

  if (is_number != (expected != NULL))
    g_error ("“%s” is%s a number", text, is_number ? "" : " not");
  if (is_number)
    g_assert_cmpstr (number->str, ==, expected);
}

static void
test_number (void)
{
  static const char *const same[][2] = {
    { "0", "0" },
    { "-0", "0" },
    { "0.000", "0" },
    { "0e99", "0" },
    { "1", "1e0" },
    { "1.0", "1e0" },
    { "1e0", "1e0" },
    { "10e-1", "1e0" },
    { "0.1e1", "1e0" },
    { "100", "1e2" },
    { "1e2", "1e2" },
    { "1E+002", "1e2" },
    { "-12.50", "-125e-1" },
    { "0.05", "5e-2" },
    { "9007199254740993", "9007199254740993e0" },
    { "9007199254740993.00", "9007199254740993e0" },
    { "1e999999999999999", "1e999999999999999" },
    { "101", "101e0" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (same); i++)
    {
      assert_number (same[i][0], FALSE, same[i][1]);
      assert_number (same[i][0], TRUE, same[i][1]);
    }
}

static void
test_lenient_number (void)
{
  static const char *const same[][2] = {
    { "+7", "7e0" },
    { "007", "7e0" },
    { ".5", "5e-1" },
    { "5.", "5e0" },
    { "-00.50", "-5e-1" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (same); i++)
    {
      assert_number (same[i][0], FALSE, NULL);
      assert_number (same[i][0], TRUE, same[i][1]);
    }
}

static void
test_no_number (void)
{
  static const char *const texts[] = {
    "",
    "-",
    "+",
    ".",
    "e5",
    "1e",
    "1e+",
    "1 ",
    " 1",
    "0x10",
    "1.2.3",
    "NaN",
    "Infinity",
    "1e1e1",
    "--1",
    "1e1234567890123456",
    "-e",
    ".e1",
    "1,5",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      assert_number (texts[i], FALSE, NULL);
      assert_number (texts[i], TRUE, NULL);
    }
}

static void
assert_text (const char *text,
             const char *expected,
             gssize      size)
{
  g_autoptr (GString) out = g_string_new ("x");

  g_assert_true (sr_canonical_unescape (out, text, strlen (text)));
  g_assert_cmpmem (out->str + 1, out->len - 1, expected,
                   (size >= 0 ? (gsize) size : strlen (expected)));
}

static void
test_unescape (void)
{
  assert_text ("", "", -1);
  assert_text ("plain Zoë", "plain Zoë", -1);
  assert_text ("\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t", -1);
  assert_text ("a\\u00e9\\u20ACz", "a\303\251\342\202\254z", -1);
  assert_text ("\\ud83d\\ude00!", "\360\237\230\200!", -1);
  assert_text ("\\u0000", "\0", 1);
  assert_text ("\\ud83d", "\355\240\275", -1);
  assert_text ("\\ud83d\\u0041", "\355\240\275A", -1);
}

static void
test_bad_escapes (void)
{
  static const char *const texts[] = { "\\", "a\\", "\\x", "\\u", "\\u12", "\\u12g4", "\\U0041" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GString) out = g_string_new (NULL);

      g_assert_false (sr_canonical_unescape (out, texts[i], strlen (texts[i])));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/canonical/number", test_number);
  g_test_add_func ("/canonical/lenient-number", test_lenient_number);
  g_test_add_func ("/canonical/no-number", test_no_number);
  g_test_add_func ("/canonical/unescape", test_unescape);
  g_test_add_func ("/canonical/bad-escapes", test_bad_escapes);
  return g_test_run ();
}
