/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <string.h>

#include "repo/sr-json-writer.h"

static const char digits[] = "0123456789abcdef";

/* Bytes of the UTF-8 character at @text, its code point in @c; 0 where the bytes are not UTF-8 (RFC
 * 3629: no surrogates, no longer form than needed, nothing above U+10FFFF). */
static gsize
decode_utf8 (const guint8 *text,
             gsize         left,
             gunichar     *c)
{
  static const gunichar least[] = { 0, 0, 0x80, 0x800, 0x10000 };
  gsize                 length;

  if (text[0] < 0x80)
    {
      *c = text[0];
      return 1;
    }
  if (text[0] < 0xc2 || text[0] > 0xf4)
    return 0;
  length = text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3
                                               : 4;
  if (length > left)
    return 0;
  *c = text[0] & (0x7fu >> length);
  for (gsize i = 1; i < length; i++)
    {
      if ((text[i] & 0xc0) != 0x80)
        return 0;
      *c = *c << 6 | (text[i] & 0x3fu);
    }
  if (*c < least[length] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000))
    return 0;
  return length;
}

static void
append_hex (GString *out,
            guint    value,
            int      n_digits)
{
  for (int shift = 4 * (n_digits - 1); shift >= 0; shift -= 4)
    g_string_append_c (out, digits[value >> shift & 15]);
}

static void
append_json_ascii (GString *out,
                   guint8   c)
{
  g_string_append_c (out, '\\');
  switch (c)
    {
    case '"':
    case '\\':
      g_string_append_c (out, (char) c);
      break;
    case '\n':
      g_string_append_c (out, 'n');
      break;
    case '\r':
      g_string_append_c (out, 'r');
      break;
    case '\t':
      g_string_append_c (out, 't');
      break;
    default:
      g_string_append_c (out, 'u');
      append_hex (out, c, 4);
    }
}

/* Whether an ASCII character stands for itself in Go's JSON. */
static gboolean
is_plain_ascii (guint8 c)
{
  return c >= 0x20 && c < 0x80 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&';
}

/* One character that is not plain ASCII. Returns: bytes used */
static gsize
append_json_special (GString      *out,
                     const guint8 *text,
                     gsize         left)
{
  gunichar c;
  gsize    length;

  if (text[0] < 0x80)
    {
      append_json_ascii (out, text[0]);
      return 1;
    }
  length = decode_utf8 (text, left, &c);
  if (length == 0)
    {
      g_string_append (out, "\\ufffd");
      return 1;
    }
  if (c == 0x2028 || c == 0x2029)
    {
      g_string_append (out, "\\u");
      append_hex (out, c, 4);
    }
  else
    g_string_append_len (out, (const char *) text, (gssize) length);
  return length;
}

void
sr_json_append_string (GString    *out,
                       const char *text,
                       gssize      length)
{
  const guint8 *in = (const guint8 *) text;
  const guint8 *end = in + (length < 0 ? strlen (text) : (gsize) length);

  g_string_append_c (out, '"');
  while (in < end)
    {
      const guint8 *run = in;

      while (in < end && is_plain_ascii (*in))
        in++;
      g_string_append_len (out, (const char *) run, in - run);
      if (in < end)
        in += append_json_special (out, in, (gsize) (end - in));
    }
  g_string_append_c (out, '"');
}

/* Go's strconv.IsPrint: letters, marks, numbers, punctuation, symbols, and the ASCII space. */
static gboolean
is_printable (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return FALSE;
    case G_UNICODE_SPACE_SEPARATOR:
      return c == ' ';
    default:
      return TRUE;
    }
}

/* The letters of the escapes \a \b \t \n \v \f \r, in the order of their codes from 7 on. */
static const char control_letters[] = "abtnvfr";

static void
append_go_escape (GString *out,
                  gunichar c)
{
  g_string_append_c (out, '\\');
  if (c == '"' || c == '\\')
    g_string_append_c (out, (char) c);
  else if (c >= 7 && c <= 13)
    g_string_append_c (out, control_letters[c - 7]);
  else if (c < ' ' || c == 0x7f)
    {
      g_string_append_c (out, 'x');
      append_hex (out, c, 2);
    }
  else
    {
      g_string_append_c (out, c < 0x10000 ? 'u' : 'U');
      append_hex (out, c, c < 0x10000 ? 4 : 8);
    }
}

static gsize
append_go_multibyte (GString      *out,
                     const guint8 *text,
                     gsize         left)
{
  gunichar c;
  gsize    length = decode_utf8 (text, left, &c);

  if (length == 0)
    {
      g_string_append (out, "\\x");
      append_hex (out, text[0], 2);
      return 1;
    }
  if (is_printable (c))
    g_string_append_len (out, (const char *) text, (gssize) length);
  else
    append_go_escape (out, c);
  return length;
}

void
sr_go_quote (GString    *out,
             const char *name)
{
  const guint8 *in = (const guint8 *) name;
  const guint8 *end = in + strlen (name);

  while (in < end)
    {
      const guint8 *run = in;

      while (in < end && *in >= ' ' && *in < 0x7f && *in != '"' && *in != '\\')
        in++;
      g_string_append_len (out, (const char *) run, in - run);
      if (in == end)
        return;
      if (*in < 0x80)
        append_go_escape (out, *in++);
      else
        in += append_go_multibyte (out, in, (gsize) (end - in));
    }
}

/* @n_digits digits of base @base (8 or 16). Returns: whether they are there */
static gboolean
read_digits (const char *text,
             const char *end,
             int         n_digits,
             guint       base,
             guint32    *value)
{
  *value = 0;
  if (end - text < n_digits)
    return FALSE;
  for (int i = 0; i < n_digits; i++)
    {
      int digit = g_ascii_xdigit_value (text[i]);

      if (digit < 0 || digit >= (int) base)
        return FALSE;
      *value = *value * base + (guint) digit;
    }
  return TRUE;
}

/* \x, \ooo: one byte; \u, \U: a character. @text is at the letter. Returns: bytes used, 0 if
 * malformed */
static gsize
unquote_numeric (GString    *out,
                 const char *text,
                 const char *end)
{
  guint32 value;

  switch (*text)
    {
    case 'x':
      if (!read_digits (text + 1, end, 2, 16, &value) || value == 0)
        return 0;
      g_string_append_c (out, (char) value);
      return 3;
    case 'u':
    case 'U':
      if (!read_digits (text + 1, end, *text == 'u' ? 4 : 8, 16, &value) || value == 0 ||
          !g_unichar_validate (value))
        return 0;
      g_string_append_unichar (out, value);
      return *text == 'u' ? 5 : 9;
    default:
      if (!read_digits (text, end, 3, 8, &value) || value == 0 || value > 255)
        return 0;
      g_string_append_c (out, (char) value);
      return 3;
    }
}

static gsize
unquote_escape (GString    *out,
                const char *text,
                const char *end)
{
  const char *control;

  if (text == end)
    return 0;
  if (*text == '"' || *text == '\\')
    {
      g_string_append_c (out, *text);
      return 1;
    }
  control = *text != '\0' ? strchr (control_letters, *text) : NULL;
  if (control == NULL)
    return unquote_numeric (out, text, end);
  g_string_append_c (out, (char) (7 + (control - control_letters)));
  return 1;
}

/* The first byte that is escaped, or may not stand in a quoted text. */
static const char *
find_quoted_special (const char *in,
                     const char *end)
{
  while (in < end && *in != '\\' && *in != '"' && *in != '\n' && *in != '\0')
    in++;
  return in;
}

char *
sr_go_unquote (const char *quoted,
               gsize       length)
{
  const char         *in = quoted;
  const char         *end = quoted + length;
  const char         *special = find_quoted_special (in, end);
  g_autoptr (GString) out = NULL;

  if (special == end)
    return g_strndup (quoted, length);
  out = g_string_sized_new (length + 1);
  for (; special < end; special = find_quoted_special (in, end))
    {
      gsize escape;

      g_string_append_len (out, in, special - in);
      escape = *special == '\\' ? unquote_escape (out, special + 1, end) : 0;
      if (escape == 0)
        return NULL;
      in = special + 1 + escape;
    }
  g_string_append_len (out, in, end - in);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

void
sr_json_append_base64 (GString      *out,
                       gconstpointer data,
                       gsize         size)
{
  gsize start = out->len + 1;
  int   state = 0;
  int   save = 0;
  gsize used;

  g_string_append_c (out, '"');
  g_string_set_size (out, start + (size / 3 + 1) * 4 + 4);
  used = g_base64_encode_step (data, size, FALSE, out->str + start, &state, &save);
  used += g_base64_encode_close (FALSE, out->str + start + used, &state, &save);
  g_string_truncate (out, start + used);
  g_string_append_c (out, '"');
}
