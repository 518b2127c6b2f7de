/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "record/sr-canonical.h"

#define MAX_EXPONENT_DIGITS 15

/* Appends a run of digits, without zeros in front of the first other one. */
static gsize
take_digits (GString     *number,
             gsize        first,
             const char **at,
             const char  *end)
{
  const char *begin = *at;

  while (*at < end && g_ascii_isdigit (**at))
    {
      if (**at != '0' || number->len > first)
        g_string_append_c (number, **at);
      (*at)++;
    }
  return (gsize) (*at - begin);
}

/* Returns: %FALSE if there are no digits, or too many */
static gboolean
take_exponent (const char **at,
               const char  *end,
               gint64      *exponent)
{
  gboolean    negative = FALSE;
  const char *begin;

  if (*at < end && (**at == '+' || **at == '-'))
    negative = *(*at)++ == '-';
  begin = *at;
  while (*at < end && **at == '0')
    (*at)++;
  *exponent = 0;
  for (guint n = 0; *at < end && g_ascii_isdigit (**at); n++, (*at)++)
    {
      if (n == MAX_EXPONENT_DIGITS)
        return FALSE;
      *exponent = *exponent * 10 + (**at - '0');
    }
  if (negative)
    *exponent = -*exponent;
  return *at > begin;
}

gboolean
sr_canonical_number (GString    *number,
                     const char *text,
                     gsize       size,
                     gboolean    lenient)
{
  const char *at = text;
  const char *end = text + size;
  gint64      exponent = 0;
  gsize       first;
  gsize       n_whole;
  gsize       n_places = 0;
  gboolean    has_point = FALSE;

  g_string_truncate (number, 0);
  if (at < end && (*at == '-' || (lenient && *at == '+')))
    {
      if (*at == '-')
        g_string_append_c (number, '-');
      at++;
    }
  first = number->len;
  n_whole = take_digits (number, first, &at, end);
  if (!lenient && n_whole > 1 && *(at - n_whole) == '0')
    return FALSE;
  if (at < end && *at == '.')
    {
      has_point = TRUE;
      at++;
      n_places = take_digits (number, first, &at, end);
    }
  if (lenient ? n_whole + n_places == 0 : n_whole == 0 || (has_point && n_places == 0))
    return FALSE;
  if (at < end && (*at == 'e' || *at == 'E'))
    {
      at++;
      if (!take_exponent (&at, end, &exponent))
        return FALSE;
    }
  if (at != end)
    return FALSE;
  exponent -= (gint64) n_places;
  for (; number->len > first && number->str[number->len - 1] == '0'; exponent++)
    g_string_truncate (number, number->len - 1);
  if (number->len > first)
    g_string_append_printf (number, "e%" G_GINT64_FORMAT, exponent);
  else
    g_string_assign (number, "0");
  return TRUE;
}

/* Reads the four digits behind "\u". */
static gboolean
take_unit (const char **at,
           const char  *end,
           gunichar    *unit)
{
  if (end - *at < 4)
    return FALSE;
  *unit = 0;
  for (guint i = 0; i < 4; i++, (*at)++)
    {
      int digit = g_ascii_xdigit_value (**at);

      if (digit < 0)
        return FALSE;
      *unit = *unit << 4 | (gunichar) digit;
    }
  return TRUE;
}

static void
append_character (GString *out,
                  gunichar character)
{
  char bytes[6];

  g_string_append_len (out, bytes, g_unichar_to_utf8 (character, bytes));
}

static gboolean
append_unit (GString     *out,
             const char **at,
             const char  *end)
{
  const char *second = *at;
  gunichar    high;
  gunichar    low;

  if (!take_unit (at, end, &high))
    return FALSE;
  second = *at + 2;
  if (high >= 0xd800 && high < 0xdc00 && end - *at >= 6 && memcmp (*at, "\\u", 2) == 0 &&
      take_unit (&second, end, &low) && low >= 0xdc00 && low < 0xe000)
    {
      *at = second;
      high = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
    }
  append_character (out, high);
  return TRUE;
}

gboolean
sr_canonical_unescape (GString    *out,
                       const char *text,
                       gsize       size)
{
  static const char letters[] = "\"\\/bfnrt";
  static const char meanings[] = "\"\\/\b\f\n\r\t";
  const char       *at = text;
  const char       *end = text + size;

  while (at < end)
    {
      const char *next = memchr (at, '\\', (gsize) (end - at));
      const char *letter;

      if (next == NULL)
        next = end;
      g_string_append_len (out, at, next - at);
      at = next + 1;
      if (next == end)
        break;
      if (at == end)
        return FALSE;
      letter = *at != '\0' ? strchr (letters, *at) : NULL;
      if (*at == 'u')
        {
          at++;
          if (!append_unit (out, &at, end))
            return FALSE;
          continue;
        }
      if (letter == NULL)
        return FALSE;
      g_string_append_c (out, meanings[letter - letters]);
      at++;
    }
  return TRUE;
}
