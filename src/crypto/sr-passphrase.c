/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-crypto"

#include "config.h"

#include "crypto/sr-passphrase.h"

#include <math.h>
#include <string.h>

#include "crypto/sr-random.h"

#define MAX_WORDS    64
#define WORD_LETTERS 5

/* Of one letter in ordinary words, after Shannon's experiments on English text. */
#define BITS_OF_WORD_LETTER 2.0
/* What a character adds that only goes on with what stands before it. */
#define BITS_OF_RUN 0.5

static const char CONSONANTS[] = "bdfghjklmnprstvz";
static const char VOWELS[] = "aiou";

SrSecret *
sr_passphrase_generate (guint n_words)
{
  SrSecret *phrase;
  char     *at;
  guint16   draws[MAX_WORDS];

  g_return_val_if_fail (n_words > 0 && n_words <= MAX_WORDS, NULL);
  sr_random_bytes (draws, n_words * sizeof draws[0]);
  phrase = sr_secret_new (n_words * (WORD_LETTERS + 1) - 1);
  at = sr_secret_get_writable (phrase);
  for (guint i = 0; i < n_words; i++)
    {
      guint draw = draws[i];

      if (i > 0)
        *at++ = '-';
      *at++ = CONSONANTS[draw >> 12];
      *at++ = VOWELS[draw >> 10 & 3];
      *at++ = CONSONANTS[draw >> 6 & 15];
      *at++ = VOWELS[draw >> 4 & 3];
      *at++ = CONSONANTS[draw & 15];
    }
  sr_secret_wipe (draws, sizeof draws);
  return phrase;
}

/* How many characters somebody who guesses has to think of. */
static double
count_alphabet (const guint8 *data,
                gsize         size)
{
  gboolean lower = FALSE;
  gboolean upper = FALSE;
  gboolean digit = FALSE;
  gboolean other = FALSE;
  gboolean wide = FALSE;

  for (gsize i = 0; i < size; i++)
    {
      lower |= g_ascii_islower (data[i]);
      upper |= g_ascii_isupper (data[i]);
      digit |= g_ascii_isdigit (data[i]);
      other |= data[i] < 128 && !g_ascii_isalnum (data[i]);
      wide |= data[i] >= 128;
    }
  return lower * 26 + upper * 26 + digit * 10 + other * 33 + wide * 64;
}

static gboolean
are_neighbours (guint8 a,
                guint8 b)
{
  static const char *const rows[] = { "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop",
                                      "yxcvbnm" };
  char                     forward[3] = { (char) g_ascii_tolower ((char) a),
                                          (char) g_ascii_tolower ((char) b), '\0' };
  char                     backward[3] = { forward[1], forward[0], '\0' };
  gboolean                 found = FALSE;

  if (a == 0 || b == 0)
    return a == b;
  for (guint i = 0; i < G_N_ELEMENTS (rows) && !found; i++)
    found = strstr (rows[i], forward) != NULL || strstr (rows[i], backward) != NULL;
  sr_secret_wipe (forward, sizeof forward);
  sr_secret_wipe (backward, sizeof backward);
  return found;
}

/* Whether what stands at @i only goes on with what was there. */
static gboolean
goes_on (const guint8 *data,
         gsize         i)
{
  if (i == 0)
    return FALSE;
  if (data[i] == data[i - 1] || are_neighbours (data[i - 1], data[i]))
    return TRUE;
  if (g_ascii_isalnum (data[i]) && (data[i] == data[i - 1] + 1 || data[i] + 1 == data[i - 1]))
    return TRUE;
  /* what was written before, again: "passpass" */
  for (gsize step = 2; step <= i && i + 1 >= 2 * step; step++)
    if (memcmp (data + i + 1 - step, data + i + 1 - 2 * step, step) == 0)
      return TRUE;
  return FALSE;
}

/* Whether it is one of those that are tried first, with or without something behind. */
static gboolean
begins_as_everybody (const guint8 *data,
                     gsize         size)
{
  static const char *const common[] = { "admin", "backup", "changeme", "default", "letmein",
                                        "master", "monkey", "passw", "root", "secret",
                                        "server", "test", "welcome", "strongroom" };

  for (guint i = 0; i < G_N_ELEMENTS (common); i++)
    {
      gsize length = strlen (common[i]);

      if (size >= length && size < length + 9 &&
          g_ascii_strncasecmp ((const char *) data, common[i], length) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_plain_words (const guint8 *data,
                gsize         size)
{
  gsize run = 0;

  for (gsize i = 0; i < size; i++)
    {
      gboolean letter = g_ascii_isalpha (data[i]);

      if (!letter && data[i] != ' ')
        return FALSE;
      run = letter ? run + 1 : 0;
      if (run > 14)
        return FALSE;
    }
  return TRUE;
}

SrPassphraseStrength
sr_passphrase_estimate (const SrSecret *password,
                        double         *bits)
{
  const guint8 *data = sr_secret_get_data (password);
  gsize         size = sr_secret_get_size (password);
  double        each;
  double        sum = 0;

  if (bits != NULL)
    *bits = 0;
  if (size == 0)
    return SR_PASSPHRASE_NONE;
  each = log2 (count_alphabet (data, size));
  if (is_plain_words (data, size))
    each = MIN (each, BITS_OF_WORD_LETTER);
  for (gsize i = 0; i < size; i++)
    sum += goes_on (data, i) ? BITS_OF_RUN : each;
  if (begins_as_everybody (data, size))
    sum = MIN (sum, 20);
  if (bits != NULL)
    *bits = sum;
  if (sum < 36)
    return SR_PASSPHRASE_WEAK;
  if (sum < 50)
    return SR_PASSPHRASE_FAIR;
  return sum < 70 ? SR_PASSPHRASE_GOOD : SR_PASSPHRASE_STRONG;
}
