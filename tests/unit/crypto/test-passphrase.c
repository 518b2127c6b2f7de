/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>

#include "crypto/sr-passphrase.h"

static char *
generate (guint n_words)
{
  g_autoptr (SrSecret) phrase = sr_passphrase_generate (n_words);

  return g_strndup (sr_secret_get_data (phrase), sr_secret_get_size (phrase));
}

static void
test_words (void)
{
  for (guint n = 1; n <= 64; n++)
    {
      g_autofree char *phrase = generate (n);
      g_auto (GStrv)   words = g_strsplit (phrase, "-", -1);

      g_assert_cmpuint (g_strv_length (words), ==, n);
      for (guint i = 0; i < n; i++)
        g_assert_true (g_regex_match_simple ("^([bdfghjklmnprstvz][aiou]){2}[bdfghjklmnprstvz]$",
                                             words[i], 0, 0));
    }
}

/* Of every place each letter turns up, and no phrase twice. */
static void
test_all_letters (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gboolean               letters[5][256] = { { FALSE } };

  for (guint i = 0; i < 2000; i++)
    {
      char *phrase = generate (2);

      for (guint k = 0; k < 5; k++)
        letters[k][(guchar) phrase[k]] = TRUE;
      g_assert_true (g_hash_table_add (seen, phrase));
    }
  for (guint k = 0; k < 5; k++)
    {
      guint n = 0;

      for (guint c = 0; c < 256; c++)
        n += letters[k][c];
      g_assert_cmpuint (n, ==, k % 2 == 0 ? 16 : 4);
    }
}

static void
test_estimate (void)
{
  static const struct
  {
    const char          *password;
    SrPassphraseStrength strength;
  } cases[] = {
    { "", SR_PASSPHRASE_NONE },
    { "a", SR_PASSPHRASE_WEAK },
    { "password", SR_PASSPHRASE_WEAK },
    { "Password123!", SR_PASSPHRASE_WEAK },
    { "Admin2026!!", SR_PASSPHRASE_WEAK },
    { "qwertzuiopasdfghjkl", SR_PASSPHRASE_WEAK },
    { "aaaaaaaaaaaaaaaaaaaaaaaaaaaa", SR_PASSPHRASE_WEAK },
    { "abcdefghijklmnopqrstuvwxyz", SR_PASSPHRASE_WEAK },
    { "12345678901234567890", SR_PASSPHRASE_WEAK },
    { "kx7kx7kx7kx7kx7kx7kx7", SR_PASSPHRASE_WEAK },
    { "elephants", SR_PASSPHRASE_WEAK },
    { "x7#Kq2", SR_PASSPHRASE_FAIR },
    { "x7#Kq2!m", SR_PASSPHRASE_GOOD },
    { "four horses ate the blue door", SR_PASSPHRASE_GOOD },
    { "x7#Kq2!mWz9p", SR_PASSPHRASE_STRONG },
    { "пароль-очень-длинный", SR_PASSPHRASE_STRONG },
    { "lusab-babod-gutih-tugad-musog-fipim", SR_PASSPHRASE_STRONG },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SrSecret) secret =
          sr_secret_new_from (cases[i].password, strlen (cases[i].password));
      double bits;

      SrPassphraseStrength strength = sr_passphrase_estimate (secret, &bits);

      g_test_message ("“%s”: %.1f bits", cases[i].password, bits);
      g_assert_cmpint (strength, ==, cases[i].strength);
      g_assert_cmpfloat (bits, >=, 0);
    }
}

/* Bytes that are no text, a zero among them, and a very long one. */
static void
test_odd (void)
{
  g_autoptr (SrSecret) zeros = sr_secret_new (40);
  g_autoptr (SrSecret) huge = sr_secret_new (3000);
  guint8              *data = sr_secret_get_writable (huge);

  g_assert_cmpint (sr_passphrase_estimate (zeros, NULL), ==, SR_PASSPHRASE_WEAK);
  for (guint i = 0; i < 3000; i++)
    data[i] = (guint8) (i * i * 31 >> 3);
  g_assert_cmpint (sr_passphrase_estimate (huge, NULL), ==, SR_PASSPHRASE_STRONG);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/passphrase/words", test_words);
  g_test_add_func ("/passphrase/all-letters", test_all_letters);
  g_test_add_func ("/passphrase/estimate", test_estimate);
  g_test_add_func ("/passphrase/odd", test_odd);
  return g_test_run ();
}
