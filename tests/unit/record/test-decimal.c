/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "record/sr-decimal.h"

#include <string.h>

/* Adds what is in @numbers, with spaces between. */
static char *
sum (const char *numbers)
{
  g_autoptr (SrDecimal) decimal = sr_decimal_new ();
  g_auto (GStrv)        texts = g_strsplit (numbers, " ", -1);

  for (guint i = 0; texts[i] != NULL; i++)
    g_assert_true (sr_decimal_add (decimal, texts[i], strlen (texts[i])));
  return sr_decimal_to_text (decimal);
}

static void
test_sums (void)
{
  static const char *const cases[][2] = {
    { "0", "0" },
    { "-0", "0" },
    { "0.00", "0.00" },
    { "0e99999", "0" },
    { "0.1 0.2", "0.3" },
    { "1234.5 0.50", "1235.00" },
    { "1 -3", "-2" },
    { "0.5 -0.75", "-0.25" },
    { "-0.05 0.05", "0.00" },
    { "999999999 1", "1000000000" },
    { "999999999999999999.999999999 0.000000001", "1000000000000000000.000000000" },
    { "1000000000 -0.000000001", "999999999.999999999" },
    { "9007199254740993 1", "9007199254740994" },
    { "1e3 1.5e-3", "1000.0015" },
    { "12.50e1 1E+2", "225.0" },
    { "1e999 1", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *result = sum (cases[i][0]);

      g_test_message ("%s", cases[i][0]);
      if (cases[i][1] != NULL)
        g_assert_cmpstr (result, ==, cases[i][1]);
      else
        g_assert_cmpuint (strlen (result), ==, 1000);
    }
}

static void
test_refused (void)
{
  static const char *const texts[] = {
    "", "-", "+1", "01", ".5", "1.", "1e", "1e+", "0x1", "NaN", " 1", "1 ", "1e1001", "1e-1001",
    "1e99999999999999999999"
  };
  g_autoptr (SrDecimal) decimal = sr_decimal_new ();
  g_autofree char      *many = g_strnfill (1001, '7');
  g_autofree char      *result = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_test_message ("%s", texts[i]);
      g_assert_false (sr_decimal_add (decimal, texts[i], strlen (texts[i])));
    }
  g_assert_false (sr_decimal_add (decimal, many, 1001));
  g_assert_true (sr_decimal_add (decimal, many, 1000));
  g_assert_true (sr_decimal_subtract (decimal, many, 1000));
  g_assert_cmpint (sr_decimal_get_sign (decimal), ==, 0);
  result = sr_decimal_to_text (decimal);
  g_assert_cmpstr (result, ==, "0");
}

/* Against sums of whole hundredths. */
static void
test_random (void)
{
  g_autoptr (GRand)     rand = g_rand_new_with_seed (7);
  g_autoptr (SrDecimal) decimal = sr_decimal_new ();
  gint64                cents = 0;

  g_assert_true (sr_decimal_add (decimal, "0.00", 4));
  for (guint i = 0; i < 20000; i++)
    {
      gint64           value = g_rand_int_range (rand, -1000000000, 1000000000);
      g_autofree char *text = g_strdup_printf ("%s%" G_GINT64_FORMAT ".%02d", value < 0 ? "-" : "",
                                               ABS (value) / 100, (int) (ABS (value) % 100));
      g_autofree char *expected = NULL;
      g_autofree char *result = NULL;

      g_assert_true (sr_decimal_add (decimal, text, strlen (text)));
      cents += value;
      expected = g_strdup_printf ("%s%" G_GINT64_FORMAT ".%02d", cents < 0 ? "-" : "",
                                  ABS (cents) / 100, (int) (ABS (cents) % 100));
      result = sr_decimal_to_text (decimal);
      g_assert_cmpstr (result, ==, expected);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/decimal/sums", test_sums);
  g_test_add_func ("/decimal/refused", test_refused);
  g_test_add_func ("/decimal/random", test_random);
  return g_test_run ();
}
