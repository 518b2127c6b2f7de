/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "record/sr-sql-literal.h"

#define MAX_NESTING 8

typedef struct
{
  GByteArray        *bytes;
  const SrSqlSyntax *syntax;
  const char        *end;
} Literal;

static gboolean read_expression (Literal     *self,
                                 const char **p,
                                 SrValueType *type,
                                 guint        depth);

static void
append (Literal    *self,
        const char *data,
        gsize       size)
{
  g_byte_array_append (self->bytes, (const guint8 *) data, (guint) size);
}

static void
append_byte (Literal *self,
             guint8   byte)
{
  g_byte_array_append (self->bytes, &byte, 1);
}

static const char *
skip_space (const Literal *self,
            const char    *p)
{
  p = sr_sql_scan_space (self->syntax, p, (SrSqlSpan){ self->end, TRUE });
  return p != NULL ? p : self->end;
}

/* @p: behind the backslash. Returns: behind the escape */
static const char *
append_mysql_escape (Literal    *self,
                     const char *p)
{
  switch (*p)
    {
    case '0':
      append_byte (self, '\0');
      break;
    case 'b':
      append_byte (self, '\b');
      break;
    case 'n':
      append_byte (self, '\n');
      break;
    case 'r':
      append_byte (self, '\r');
      break;
    case 't':
      append_byte (self, '\t');
      break;
    case 'Z':
      append_byte (self, 26);
      break;
    case '%':
    case '_':
      append_byte (self, '\\');
      append_byte (self, (guint8) *p);
      break;
    default:
      append_byte (self, (guint8) *p);
      break;
    }
  return p + 1;
}

/* The number of up to @max digits at @p. Returns: behind them */
static const char *
read_digits (const Literal *self,
             const char    *p,
             guint          base,
             guint          max,
             guint32       *value)
{
  *value = 0;
  for (guint i = 0; i < max && p < self->end && g_ascii_isxdigit (*p); i++)
    {
      guint digit = (guint) g_ascii_xdigit_value (*p);

      if (digit >= base)
        break;
      *value = *value * base + digit;
      p++;
    }
  return p;
}

static void
append_character (Literal *self,
                  guint32  character)
{
  char utf8[6];

  if (character > 0x10ffff || (character >= 0xd800 && character < 0xe000))
    character = 0xfffd;
  append (self, utf8, (gsize) g_unichar_to_utf8 (character, utf8));
}

/* As above, of E''. */
static const char *
append_postgres_escape (Literal    *self,
                        const char *p)
{
  static const char letters[] = "bfnrt";
  static const char controls[] = "\b\f\n\r\t";
  const char       *letter = *p != '\0' ? strchr (letters, *p) : NULL;
  guint32           value;

  if (letter != NULL)
    {
      append_byte (self, (guint8) controls[letter - letters]);
      return p + 1;
    }
  if (*p >= '0' && *p <= '7')
    {
      p = read_digits (self, p, 8, 3, &value);
      append_byte (self, (guint8) value);
      return p;
    }
  if (*p == 'x' && p + 1 < self->end && g_ascii_isxdigit (p[1]))
    {
      p = read_digits (self, p + 1, 16, 2, &value);
      append_byte (self, (guint8) value);
      return p;
    }
  if (*p == 'u' || *p == 'U')
    {
      p = read_digits (self, p + 1, 16, *p == 'u' ? 4 : 8, &value);
      append_character (self, value);
      return p;
    }
  append_byte (self, (guint8) *p);
  return p + 1;
}

/* @p: at the opening quote. Returns: behind the closing one */
static const char *
append_string (Literal    *self,
               const char *p,
               gboolean    backslash)
{
  char quote = *p++;

  for (;;)
    {
      const char *stop = p;

      while (stop < self->end && *stop != quote && (*stop != '\\' || !backslash))
        stop++;
      append (self, p, (gsize) (stop - p));
      p = stop + 1;
      if (p >= self->end)
        return self->end;
      if (*stop == '\\')
        p = self->syntax->dialect == SR_SQL_POSTGRES ? append_postgres_escape (self, p)
                                                     : append_mysql_escape (self, p);
      else if (*p != quote)
        return p;
      else
        {
          append_byte (self, (guint8) quote);
          p++;
        }
    }
}

/* @p: behind 0x or x'. Returns: behind the digits; %NULL if they are none */
static const char *
append_hex (Literal    *self,
            const char *p)
{
  const char *digits = p;

  while (p < self->end && g_ascii_isxdigit (*p))
    p++;
  if (p < self->end && *p != '\'' && !g_ascii_isspace (*p) && *p != ')' && *p != ',')
    return NULL;
  if ((p - digits) % 2 != 0)
    append_byte (self, (guint8) g_ascii_xdigit_value (*digits++));
  for (; digits + 1 < p; digits += 2)
    append_byte (self, (guint8) (g_ascii_xdigit_value (digits[0]) << 4 |
                                 g_ascii_xdigit_value (digits[1])));
  return p;
}

/* Digits of b'101' as bytes, the first filled up with zeros. */
static void
append_bits (Literal    *self,
             const char *digits,
             gsize       n)
{
  guint8 byte = 0;

  for (gsize i = 0; i < n; i++)
    {
      byte = (guint8) (byte << 1 | (digits[i] == '1' ? 1 : 0));
      if ((n - i - 1) % 8 == 0)
        {
          append_byte (self, byte);
          byte = 0;
        }
    }
}

/* x'…', b'…', E'…', N'…', _binary '…', U&'…' and $$…$$. Returns: behind it, %NULL if it is none */
static const char *
read_string (Literal     *self,
             const char  *p,
             SrValueType *type)
{
  const char *quote = p;
  gboolean    is_binary = FALSE;

  *type = SR_VALUE_TEXT;
  if (*p == '_' && self->syntax->dialect == SR_SQL_MYSQL)
    {
      while (quote < self->end && (g_ascii_isalnum (*quote) || *quote == '_'))
        quote++;
      is_binary = quote - p == 7 && g_ascii_strncasecmp (p, "_binary", 7) == 0;
      p = skip_space (self, quote);
      quote = p;
      *type = is_binary ? SR_VALUE_BYTES : SR_VALUE_TEXT;
      if (p == self->end)
        return NULL;
    }
  if (*quote == '\'' || (*quote == '"' && self->syntax->dialect == SR_SQL_MYSQL))
    return append_string (self, quote, self->syntax->backslash);
  if (quote + 1 >= self->end)
    return NULL;
  if (*quote == '0' && (quote[1] == 'x' || quote[1] == 'X'))
    {
      *type = p == quote && !is_binary ? SR_VALUE_BYTES : *type;
      return append_hex (self, quote + 2);
    }
  if (quote[1] != '\'')
    return NULL;
  switch (g_ascii_tolower (*quote))
    {
    case 'x':
      *type = SR_VALUE_BYTES;
      p = append_hex (self, quote + 2);
      return p != NULL && p < self->end ? p + 1 : NULL;
    case 'b':
      p = quote + 2;
      while (p < self->end && (*p == '0' || *p == '1'))
        p++;
      if (p == self->end || *p != '\'')
        return NULL;
      if (self->syntax->dialect == SR_SQL_POSTGRES)
        append (self, quote + 2, (gsize) (p - quote - 2));
      else
        append_bits (self, quote + 2, (gsize) (p - quote - 2));
      *type = self->syntax->dialect == SR_SQL_POSTGRES ? SR_VALUE_TEXT : SR_VALUE_BYTES;
      return p + 1;
    case 'e':
      return append_string (self, quote + 1, TRUE);
    case 'n':
      return append_string (self, quote + 1, self->syntax->backslash);
    default:
      return NULL;
    }
}

static const char *
read_dollar (Literal     *self,
             const char  *p,
             SrValueType *type)
{
  const char *tag_end = memchr (p + 1, '$', (gsize) (self->end - p - 1));
  const char *close;
  gsize       tag_size;

  if (tag_end == NULL)
    return NULL;
  tag_size = (gsize) (tag_end + 1 - p);
  close = memmem (tag_end + 1, (gsize) (self->end - tag_end - 1), p, tag_size);
  if (close == NULL)
    return NULL;
  append (self, tag_end + 1, (gsize) (close - tag_end - 1));
  *type = SR_VALUE_TEXT;
  return close + tag_size;
}

static gboolean
is_number_start (char c)
{
  return g_ascii_isdigit (c) || c == '-' || c == '+' || c == '.';
}

static const char *
read_number (Literal     *self,
             const char  *p,
             SrValueType *type)
{
  const char *start = p;

  while (p < self->end && (is_number_start (*p) || *p == 'e' || *p == 'E'))
    p++;
  append (self, start, (gsize) (p - start));
  *type = SR_VALUE_NUMBER;
  return p;
}

static const struct
{
  const char *word;
  SrValueType type;
  const char *data;
} constants[] = {
  { "NULL", SR_VALUE_NULL, "" },
  { "TRUE", SR_VALUE_BOOL, "true" },
  { "FALSE", SR_VALUE_BOOL, "false" },
};

static const char *
read_constant (Literal     *self,
               const char  *p,
               SrValueType *type)
{
  const char *word_end = p;

  while (word_end < self->end && (g_ascii_isalnum (*word_end) || *word_end == '_'))
    word_end++;
  for (guint i = 0; i < G_N_ELEMENTS (constants); i++)
    if (strlen (constants[i].word) == (gsize) (word_end - p) &&
        g_ascii_strncasecmp (p, constants[i].word, (gsize) (word_end - p)) == 0)
      {
        *type = constants[i].type;
        append (self, constants[i].data, strlen (constants[i].data));
        return word_end;
      }
  return NULL;
}

/* Replaces each @from in what was appended since @begin. */
static void
replace (Literal    *self,
         gsize       begin,
         const char *from,
         gsize       from_size,
         char        to)
{
  guint8 *data = self->bytes->data;
  gsize   write = begin;
  gsize   read = begin;

  if (from_size == 0)
    return;
  while (read < self->bytes->len)
    if (self->bytes->len - read >= from_size && memcmp (data + read, from, from_size) == 0)
      {
        data[write++] = (guint8) to;
        read += from_size;
      }
    else
      data[write++] = data[read++];
  g_byte_array_set_size (self->bytes, (guint) write);
}

static gboolean
expect (Literal     *self,
        const char **p,
        const char  *text)
{
  gsize size = strlen (text);

  *p = skip_space (self, *p);
  if ((gsize) (self->end - *p) < size || g_ascii_strncasecmp (*p, text, size) != 0)
    return FALSE;
  *p = skip_space (self, *p + size);
  return TRUE;
}

/* replace(text,'\n',char(10)): how sqlite3 writes text with line ends. */
static gboolean
read_replace (Literal     *self,
              const char **p,
              SrValueType *type,
              guint        depth)
{
  gsize            begin = self->bytes->len;
  gsize            middle;
  g_autofree char *from = NULL;
  gsize            from_size;
  SrValueType      from_type;
  guint32          code;

  if (!read_expression (self, p, type, depth + 1) || !expect (self, p, ","))
    return FALSE;
  middle = self->bytes->len;
  if (!read_expression (self, p, &from_type, depth + 1))
    return FALSE;
  from_size = self->bytes->len - middle;
  from = g_memdup2 (self->bytes->data + middle, from_size);
  g_byte_array_set_size (self->bytes, (guint) middle);
  if (!expect (self, p, ",") || !expect (self, p, "char("))
    return FALSE;
  *p = read_digits (self, *p, 10, 3, &code);
  if (!expect (self, p, ")") || !expect (self, p, ")") || code > 127)
    return FALSE;
  replace (self, begin, from, from_size, (char) code);
  return TRUE;
}

/* unistr('…\000a…'): how newer ones write it. */
static gboolean
read_unistr (Literal     *self,
             const char **p,
             SrValueType *type,
             guint        depth)
{
  gsize            begin = self->bytes->len;
  g_autofree char *text = NULL;
  const char      *from;
  Literal          inner = *self;

  if (!read_expression (self, p, type, depth + 1) || !expect (self, p, ")"))
    return FALSE;
  inner.end = (text = g_memdup2 (self->bytes->data + begin, self->bytes->len - begin)) +
              (self->bytes->len - begin);
  g_byte_array_set_size (self->bytes, (guint) begin);
  for (from = text; from < inner.end;)
    {
      guint       n = 4;
      guint32     code;
      const char *digits;

      if (*from != '\\' || from + 1 == inner.end)
        {
          append_byte (self, (guint8) *from++);
          continue;
        }
      from++;
      if (*from == '\\')
        {
          append_byte (self, (guint8) *from++);
          continue;
        }
      if (*from == 'u' || *from == 'U' || *from == '+')
        n = *from == 'u' ? 4 : *from == 'U' ? 8
                                            : 6;
      digits = g_ascii_isxdigit (*from) ? from : from + 1;
      from = read_digits (&inner, digits, 16, n, &code);
      append_character (self, code);
    }
  return TRUE;
}

static gboolean
read_cast (Literal     *self,
           const char **p,
           SrValueType *type,
           guint        depth)
{
  if (!read_expression (self, p, type, depth + 1) || !expect (self, p, "AS"))
    return FALSE;
  if (expect (self, p, "TEXT"))
    *type = SR_VALUE_TEXT;
  else if (expect (self, p, "BLOB"))
    *type = SR_VALUE_BYTES;
  else
    return FALSE;
  return expect (self, p, ")");
}

/* Reads a value at @p; what it appended is to be taken back if it fails. */
static gboolean
read_expression (Literal     *self,
                 const char **p,
                 SrValueType *type,
                 guint        depth)
{
  const char *behind = NULL;

  *p = skip_space (self, *p);
  if (*p == self->end || depth > MAX_NESTING)
    return FALSE;
  if (expect (self, p, "replace("))
    return read_replace (self, p, type, depth);
  if (expect (self, p, "unistr("))
    return read_unistr (self, p, type, depth);
  if (expect (self, p, "CAST("))
    return read_cast (self, p, type, depth);
  if (**p == '$')
    behind = read_dollar (self, *p, type);
  else
    behind = read_string (self, *p, type);
  if (behind == NULL && is_number_start (**p))
    behind = read_number (self, *p, type);
  if (behind == NULL)
    behind = read_constant (self, *p, type);
  if (behind == NULL)
    return FALSE;
  *p = behind;
  return TRUE;
}

/* DEFAULT for a column that the server computes: nothing of the record stands there. */
static gboolean
is_computed (const SrSqlValues *values,
             const SrSqlTarget *target,
             const char        *start,
             const char        *end)
{
  static const char word[] = "DEFAULT";
  const SrColumn   *column = sr_sql_target_get_column (target, values->fields->len);

  while (start < end && g_ascii_isspace (*start))
    start++;
  while (start < end && g_ascii_isspace (end[-1]))
    end--;
  return column != NULL && column->generated && (gsize) (end - start) == strlen (word) &&
         g_ascii_strncasecmp (start, word, strlen (word)) == 0;
}

void
sr_sql_literal_decode (SrSqlValues       *values,
                       const SrSqlSyntax *syntax,
                       const SrSqlTarget *target,
                       const char        *start,
                       const char        *end)
{
  gsize       begin = sr_sql_values_begin (values);
  Literal     self = { values->bytes, syntax, end };
  const char *p = start;
  SrValueType type = SR_VALUE_NULL;
  gboolean    is_read = read_expression (&self, &p, &type, 0);

  /* 'a' 'b' is one string; 'a'::type is that string. */
  while (is_read && (p = skip_space (&self, p)) < end && *p == '\'' && type == SR_VALUE_TEXT)
    p = append_string (&self, p, syntax->backslash);
  if (is_read && p < end && *p != ':')
    is_read = FALSE;
  if (!is_read)
    {
      g_byte_array_set_size (values->bytes, (guint) begin);
      type = SR_VALUE_NULL;
    }
  if (!is_read && !is_computed (values, target, start, end))
    {
      while (start < end && g_ascii_isspace (*start))
        start++;
      append (&self, start, (gsize) (end - start));
      type = SR_VALUE_LOST;
      sr_record_reader_add_note (values->reader, SR_NOTE_GUESSED);
    }
  sr_sql_values_end (values, target, syntax->dialect, type, begin);
}
