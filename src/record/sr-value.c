/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "record/sr-json-fields.h"
#include "record/sr-value.h"

#define MAX_DIGITS 1000
/* No encoding of a number is longer. */
#define MAX_ENCODED 1200
/* In March 1973; smaller numbers hardly are milliseconds. */
#define MIN_MS G_GINT64_CONSTANT (100000000000)
/* The years 1 to 9999. */
#define FIRST_MS (-G_GINT64_CONSTANT (62135596800000))
#define LAST_MS  G_GINT64_CONSTANT (253402300799999)

static gboolean
is_word (const SrValue     *value,
         const char *const *words)
{
  for (; *words != NULL; words++)
    if (strlen (*words) == value->size &&
        g_ascii_strncasecmp (*words, value->data, value->size) == 0)
      return TRUE;
  return FALSE;
}

gboolean
sr_value_get_bool (const SrValue *self,
                   gboolean      *value)
{
  static const char *const yes[] = { "true", "t", "yes", "y", "on", "1", "\x01", NULL };
  static const char *const no[] = { "false", "f", "no", "n", "off", "0", NULL };

  if (self->type == SR_VALUE_NULL || self->type == SR_VALUE_JSON || self->type == SR_VALUE_LOST)
    return FALSE;
  *value = is_word (self, yes);
  /* bytes: a bit field */
  return *value || is_word (self, no) ||
         (self->type == SR_VALUE_BYTES && self->size == 1 && self->data[0] == '\0');
}

gboolean
sr_value_get_int64 (const SrValue *self,
                    gint64        *value)
{
  g_autofree char *number = NULL;

  if (self->type == SR_VALUE_JSON)
    {
      g_autofree char *encoded = sr_value_get_mongo_number (self);

      number = encoded != NULL ? sr_number_normalize (encoded, strlen (encoded)) : NULL;
    }
  else if (self->type == SR_VALUE_NUMBER || self->type == SR_VALUE_TEXT)
    number = sr_number_normalize (self->data, self->size);
  return number != NULL &&
         g_ascii_string_to_signed (number, 10, G_MININT64, G_MAXINT64, value, NULL);
}

gboolean
sr_value_get_moment (const SrValue *self,
                     SrMoment      *moment)
{
  gint64 number;

  if (self->type == SR_VALUE_TEXT)
    return sr_moment_parse (moment, self->data, self->size);
  if (self->type != SR_VALUE_NUMBER || !sr_value_get_int64 (self, &number))
    return FALSE;
  if (number > -MIN_MS && number < MIN_MS)
    number *= 1000;
  if (number < FIRST_MS || number > LAST_MS)
    return FALSE;
  sr_moment_from_unix_ms (moment, number);
  return TRUE;
}

static gsize
count_digits (const char *text,
              const char *end)
{
  const char *c = text;

  while (c < end && g_ascii_isdigit (*c))
    c++;
  return (gsize) (c - text);
}

gboolean
sr_text_is_number (const char *text,
                   gsize       size)
{
  const char *c = text;
  const char *end = text + size;
  gsize       n;

  if (c < end && *c == '-')
    c++;
  n = count_digits (c, end);
  if (n == 0 || (n > 1 && *c == '0'))
    return FALSE;
  c += n;
  if (c < end && *c == '.')
    {
      n = count_digits (++c, end);
      if (n == 0)
        return FALSE;
      c += n;
    }
  if (c == end)
    return TRUE;
  if (*c != 'e' && *c != 'E')
    return FALSE;
  c++;
  if (c < end && (*c == '+' || *c == '-'))
    c++;
  n = count_digits (c, end);
  return n > 0 && c + n == end;
}

/* Puts the point at @n_whole of @digits, which have no zero at either end. */
static char *
write_number (const char *digits,
              gint        n_digits,
              gint        n_whole,
              gboolean    negative)
{
  GString *out = g_string_new (negative ? "-" : "");

  if (n_whole <= 0)
    g_string_append_c (out, '0');
  for (gint i = 0; i < n_whole; i++)
    g_string_append_c (out, i < n_digits ? digits[i] : '0');
  if (n_whole < n_digits)
    g_string_append_c (out, '.');
  for (gint i = MIN (n_whole, 0); i < 0; i++)
    g_string_append_c (out, '0');
  if (n_whole < n_digits)
    g_string_append_len (out, digits + MAX (n_whole, 0), n_digits - MAX (n_whole, 0));
  return g_string_free (out, FALSE);
}

char *
sr_number_normalize (const char *text,
                     gsize       size)
{
  const char *end = text + size;
  const char *c = text;
  char        digits[MAX_DIGITS];
  gboolean    negative;
  gboolean    behind_point = FALSE;
  gint        n_digits = 0;
  gint        n_whole = 0;

  if (!sr_text_is_number (text, size))
    return NULL;
  negative = *c == '-';
  for (c += negative ? 1 : 0; c < end && *c != 'e' && *c != 'E'; c++)
    {
      if (*c == '.')
        behind_point = TRUE;
      else if (*c == '0' && n_digits == 0)
        n_whole -= behind_point ? 1 : 0;
      else if (n_digits == MAX_DIGITS)
        return NULL;
      else
        {
          digits[n_digits++] = *c;
          n_whole += behind_point ? 0 : 1;
        }
    }
  while (n_digits > 0 && digits[n_digits - 1] == '0')
    n_digits--;
  if (n_digits == 0)
    return g_strdup ("0");
  if (c < end)
    {
      g_autofree char *exponent = g_strndup (c + 1, (gsize) (end - c - 1));

      n_whole += (gint) CLAMP (g_ascii_strtoll (exponent, NULL, 10), -10000, 10000);
    }
  if (ABS (n_whole) > MAX_DIGITS || n_digits - n_whole > MAX_DIGITS)
    return NULL;
  return write_number (digits, n_digits, n_whole, negative);
}

static const SrField *
find (const SrField *fields,
      guint          n,
      const char    *name)
{
  for (guint i = 0; i < n; i++)
    if (strcmp (fields[i].name, name) == 0)
      return &fields[i];
  return NULL;
}

static gboolean
get_half (const SrField *field,
          gint64        *half)
{
  return field != NULL && field->value.type == SR_VALUE_NUMBER &&
         g_ascii_string_to_signed (field->value.data, 10, G_MININT32, G_MAXUINT32, half, NULL);
}

/* The driver's Long: two halves of 32 bits. */
static char *
join_halves (const SrField *fields,
             guint          n)
{
  const SrField *sign = find (fields, n, "unsigned");
  gint64         low;
  gint64         high;
  guint64        whole;

  if (n != 3 || sign == NULL || sign->value.type != SR_VALUE_BOOL ||
      !get_half (find (fields, n, "low"), &low) || !get_half (find (fields, n, "high"), &high))
    return NULL;
  whole = (guint64) (guint32) high << 32 | (guint32) low;
  if (strcmp (sign->value.data, "true") == 0)
    return g_strdup_printf ("%" G_GUINT64_FORMAT, whole);
  return g_strdup_printf ("%" G_GINT64_FORMAT, (gint64) whole);
}

char *
sr_value_get_mongo_number (const SrValue *self)
{
  static const char *const names[] = { "$numberDecimal", "$numberLong", "$numberInt",
                                       "$numberDouble" };
  g_autoptr (SrJsonFields) parser = NULL;
  const SrField           *fields;
  guint                    n;

  if (self->type != SR_VALUE_JSON || self->size > MAX_ENCODED || self->data[0] != '{')
    return NULL;
  parser = sr_json_fields_new ();
  if (!sr_json_fields_parse (parser, self->data, self->size, 0, NULL, &fields, &n, NULL))
    return NULL;
  if (n == 3)
    return join_halves (fields, n);
  if (n != 1 || fields[0].value.type != SR_VALUE_TEXT ||
      !sr_text_is_number (fields[0].value.data, fields[0].value.size))
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (fields[0].name, names[i]) == 0)
      return g_strdup (fields[0].value.data);
  return NULL;
}

/* What would move the cursor, turn the writing round, or not be seen at all. */
static void
append_visible (GString *out,
                gunichar c)
{
  static const char letters[] = "abtnvfr";

  if (c >= 7 && c <= 13)
    g_string_append_printf (out, "\\%c", letters[c - 7]);
  else if (c < 0x20 || (c >= 0x7f && c < 0xa0))
    g_string_append_printf (out, "\\x%02x", c);
  else if (g_unichar_type (c) == G_UNICODE_FORMAT || c == 0x2028 || c == 0x2029)
    g_string_append_printf (out, "\\u%04x", c);
  else
    g_string_append_unichar (out, c);
}

static char *
show_bytes (const SrValue *value,
            guint          max_chars)
{
  GString    *out = g_string_new ("0x");
  const gsize shown = max_chars >= 4 ? MIN (value->size, (max_chars - 3) / 2) : 0;

  for (gsize i = 0; i < shown; i++)
    g_string_append_printf (out, "%02x", (guint8) value->data[i]);
  if (shown < value->size)
    g_string_append (out, "…");
  return g_string_free (out, FALSE);
}

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

void
sr_json_append_compact (GString    *out,
                        const char *text,
                        gsize       size,
                        gsize       limit)
{
  const gsize begin = out->len;
  gboolean    in_text = FALSE;
  gsize       from = 0;
  gsize       at;

  for (at = 0; at < size && out->len - begin + at - from < limit; at++)
    {
      if (in_text && text[at] == '\\')
        at++;
      else if (text[at] == '"')
        in_text = !in_text;
      else if (!in_text && is_space (text[at]))
        {
          g_string_append_len (out, text + from, (gssize) (at - from));
          from = at + 1;
        }
    }
  at = MIN (at, size);
  if (at > from)
    g_string_append_len (out, text + from, (gssize) (at - from));
}

char *
sr_value_to_display (const SrValue *self,
                     guint          max_chars)
{
  /* a character has up to four bytes, and one more is looked at to know that there is more */
  const gsize         limit = ((gsize) max_chars + 1) * 4;
  g_autoptr (GString) compact = NULL;
  g_autofree char    *valid = NULL;
  GString            *out;
  guint               n = 0;

  if (max_chars == 0)
    return g_strdup ("");
  if (self->type == SR_VALUE_NULL)
    return g_strndup ("null", max_chars);
  if (self->type == SR_VALUE_BYTES && max_chars > 1)
    return show_bytes (self, max_chars);
  out = g_string_new (NULL);
  if (self->type == SR_VALUE_JSON)
    {
      compact = g_string_new (NULL);
      sr_json_append_compact (compact, self->data, self->size, limit);
    }
  valid = compact != NULL ? g_utf8_make_valid (compact->str, (gssize) MIN (compact->len, limit))
                          : g_utf8_make_valid (self->data, (gssize) MIN (self->size, limit));
  for (const char *c = valid; *c != '\0'; c = g_utf8_next_char (c))
    {
      const gsize before = out->len;

      append_visible (out, g_utf8_get_char (c));
      n += (guint) g_utf8_strlen (out->str + before, -1);
      if (n < max_chars || (n == max_chars && *g_utf8_next_char (c) == '\0'))
        continue;
      g_string_truncate (out,
                         (gsize) (g_utf8_offset_to_pointer (out->str, max_chars - 1) - out->str));
      g_string_append (out, "…");
      break;
    }
  return g_string_free (out, FALSE);
}
