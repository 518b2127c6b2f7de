/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <math.h>
#include <string.h>

#include "base/sr-error.h"
#include "record/sr-json-cursor.h"
#include "record/sr-json-scanner.h"

#define REPLACEMENT      0xfffd
#define MAX_EXACT_DOUBLE 9007199254740992.0
/* JavaScript writes larger numbers with an exponent. */
#define MAX_WHOLE_DIGITS 21

gboolean
sr_json_cursor_fail (const SrJsonCursor *self,
                     const char         *what,
                     GError            **error)
{
  g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
               "This is no valid JSON: %s at byte %" G_GUINT64_FORMAT, what,
               self->offset + self->at);
  return FALSE;
}

static int
look (const SrJsonCursor *self)
{
  return self->at < self->size ? (guint8) self->text[self->at] : -1;
}

int
sr_json_cursor_peek (SrJsonCursor *self)
{
  for (; self->at < self->size; self->at++)
    {
      char c = self->text[self->at];

      if (c != ' ' && c != '\n' && c != '\r' && c != '\t')
        return (guint8) c;
    }
  return -1;
}

gboolean
sr_json_cursor_take (SrJsonCursor *self,
                     char          c,
                     const char   *otherwise,
                     GError      **error)
{
  if (sr_json_cursor_peek (self) != c)
    return sr_json_cursor_fail (self, otherwise, error);
  self->at++;
  return TRUE;
}

/* Four hexadecimal digits. Returns: -1 if they are none */
static int
read_unit (const char *text,
           gsize       size)
{
  int unit = 0;

  if (size < 4)
    return -1;
  for (guint i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (text[i]);

      if (digit < 0)
        return -1;
      unit = unit << 4 | digit;
    }
  return unit;
}

static gboolean
is_high (int unit)
{
  return unit >= 0xd800 && unit <= 0xdbff;
}

static gboolean
is_low (int unit)
{
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/* What the escape behind "\u" stands for. Returns: bytes it takes from @text, 0 if it is broken */
static gsize
read_code_point (const char *text,
                 gsize       size,
                 gunichar   *code)
{
  int unit = read_unit (text, size);
  int low;

  if (unit < 0)
    return 0;
  *code = is_high (unit) || is_low (unit) ? REPLACEMENT : (gunichar) unit;
  if (!is_high (unit) || size < 10 || text[4] != '\\' || text[5] != 'u')
    return 4;
  low = read_unit (text + 6, 4);
  if (!is_low (low))
    return 4;
  *code = 0x10000 + (((gunichar) unit - 0xd800) << 10) + ((gunichar) low - 0xdc00);
  return 10;
}

/* Behind the backslash. */
static gboolean
pass_escape (SrJsonCursor *self,
             GError      **error)
{
  int      c = look (self);
  gunichar code;
  gsize    taken;

  if (c <= 0 || strchr ("\"\\/bfnrtu", c) == NULL)
    return sr_json_cursor_fail (self, "an unknown escape", error);
  self->at++;
  if (c != 'u')
    return TRUE;
  taken = read_code_point (self->text + self->at, self->size - self->at, &code);
  if (taken == 0)
    return sr_json_cursor_fail (self, "a broken escape", error);
  if (code == 0)
    self->n_nul++;
  if (code == REPLACEMENT && read_unit (self->text + self->at, 4) != REPLACEMENT)
    self->n_halves++;
  self->at += taken;
  return TRUE;
}

gboolean
sr_json_cursor_pass_string (SrJsonCursor *self,
                            gboolean     *plain,
                            GError      **error)
{
  if (plain != NULL)
    *plain = TRUE;
  if (look (self) != '"')
    return sr_json_cursor_fail (self, "a text was expected", error);
  self->at++;
  for (;;)
    {
      int c;

      while (self->at < self->size && (guint8) self->text[self->at] >= ' ' &&
             self->text[self->at] != '"' && self->text[self->at] != '\\')
        self->at++;
      c = look (self);
      if (c < 0)
        return sr_json_cursor_fail (self, "a text without end", error);
      if (c < ' ')
        return sr_json_cursor_fail (self, "a control byte in a text", error);
      self->at++;
      if (c == '"')
        return TRUE;
      if (plain != NULL)
        *plain = FALSE;
      if (!pass_escape (self, error))
        return FALSE;
    }
}

/* A whole number that is exactly what JavaScript writes for the floating one nearest to it. */
static gboolean
looks_rounded (const char *digits,
               gsize       n)
{
  char   copy[MAX_WHOLE_DIGITS + 1];
  char   shortest[G_ASCII_DTOSTR_BUF_SIZE];
  double value;
  guint  n_given = 0;
  guint  n_shortest = 0;
  int    precision = 14;

  if (n < 16 || n > MAX_WHOLE_DIGITS)
    return FALSE;
  memcpy (copy, digits, n);
  copy[n] = '\0';
  value = g_ascii_strtod (copy, NULL);
  if (value < MAX_EXACT_DOUBLE)
    return FALSE;
  do
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%de", ++precision);
      g_ascii_formatd (shortest, sizeof shortest, format, value);
    }
  while (precision < 16 && g_ascii_strtod (shortest, NULL) != value);
  /* the digits before the exponent, then nothing but zeros */
  for (const char *s = shortest; *s != 'e'; s++)
    if (g_ascii_isdigit (*s))
      {
        if (n_shortest < n && copy[n_shortest] != *s)
          return FALSE;
        n_shortest++;
      }
  for (n_given = n_shortest; n_given < n; n_given++)
    if (copy[n_given] != '0')
      return FALSE;
  return TRUE;
}

static gsize
pass_digits (SrJsonCursor *self)
{
  gsize start = self->at;

  while (self->at < self->size && g_ascii_isdigit (self->text[self->at]))
    self->at++;
  return self->at - start;
}

static gboolean
pass_number (SrJsonCursor *self,
             GError      **error)
{
  gsize first;
  gsize n;
  int   c;

  if (look (self) == '-')
    self->at++;
  first = self->at;
  n = pass_digits (self);
  if (n == 0 || (n > 1 && self->text[first] == '0'))
    return sr_json_cursor_fail (self, "a broken number", error);
  c = look (self);
  if (c != '.' && c != 'e' && c != 'E')
    {
      if (n >= 16 && looks_rounded (self->text + first, n))
        self->n_rounded++;
      return TRUE;
    }
  if (c == '.')
    {
      self->at++;
      if (pass_digits (self) == 0)
        return sr_json_cursor_fail (self, "a broken number", error);
      c = look (self);
    }
  if (c != 'e' && c != 'E')
    return TRUE;
  self->at++;
  c = look (self);
  if (c == '+' || c == '-')
    self->at++;
  return pass_digits (self) > 0 || sr_json_cursor_fail (self, "a broken number", error);
}

static gboolean
pass_scalar (SrJsonCursor *self,
             GError      **error)
{
  static const char *const words[] = { "true", "false", "null" };
  int                      c = look (self);

  if (c == '"')
    return sr_json_cursor_pass_string (self, NULL, error);
  if (c == '-' || (c >= '0' && c <= '9'))
    return pass_number (self, error);
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      gsize n = strlen (words[i]);

      if (self->size - self->at < n || memcmp (self->text + self->at, words[i], n) != 0)
        continue;
      self->at += n;
      return TRUE;
    }
  return sr_json_cursor_fail (self, "a value was expected", error);
}

/* `"name":` of an object. */
static gboolean
pass_name (SrJsonCursor *self,
           GError      **error)
{
  sr_json_cursor_peek (self);
  return sr_json_cursor_pass_string (self, NULL, error) &&
         sr_json_cursor_take (self, ':', "a colon was expected", error);
}

/* Behind a value: closes what ends here, up to the next value or the end of the outermost. */
static gboolean
pass_ends (SrJsonCursor *self,
           const char   *closers,
           guint        *depth,
           GError      **error)
{
  while (*depth > 0)
    {
      int c = sr_json_cursor_peek (self);

      if (c == ',')
        {
          self->at++;
          return closers[*depth] == ']' || pass_name (self, error);
        }
      if (c != closers[*depth])
        return sr_json_cursor_fail (self, "a comma or a closing bracket was expected", error);
      self->at++;
      (*depth)--;
    }
  return TRUE;
}

gboolean
sr_json_cursor_pass_value (SrJsonCursor *self,
                           GError      **error)
{
  char  closers[SR_JSON_MAX_DEPTH + 1];
  guint depth = 0;

  do
    {
      int c = sr_json_cursor_peek (self);

      if (c != '{' && c != '[')
        {
          if (!pass_scalar (self, error) || !pass_ends (self, closers, &depth, error))
            return FALSE;
          continue;
        }
      if (depth == SR_JSON_MAX_DEPTH)
        return sr_json_cursor_fail (self, "too many levels", error);
      self->at++;
      closers[++depth] = (char) (c + 2);
      if (sr_json_cursor_peek (self) == closers[depth])
        {
          self->at++;
          depth--;
          if (!pass_ends (self, closers, &depth, error))
            return FALSE;
        }
      else if (c == '{' && !pass_name (self, error))
        return FALSE;
    }
  while (depth > 0);
  return TRUE;
}

static char
unescape (char c)
{
  switch (c)
    {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return c;
    }
}

gsize
sr_json_decode_string (const char *text,
                       gsize       size,
                       char       *to)
{
  gsize n = 0;
  gsize at = 0;

  while (at < size)
    {
      const char *backslash = memchr (text + at, '\\', size - at);
      gsize       run = backslash != NULL ? (gsize) (backslash - text) - at : size - at;
      gunichar    code;

      memmove (to + n, text + at, run);
      n += run;
      at += run + 1;
      if (at >= size)
        break;
      if (text[at] != 'u')
        {
          to[n++] = unescape (text[at++]);
          continue;
        }
      at++;
      at += read_code_point (text + at, size - at, &code);
      n += (gsize) g_unichar_to_utf8 (code, to + n);
    }
  return n;
}
