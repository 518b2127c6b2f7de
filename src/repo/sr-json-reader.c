/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "repo/sr-json-reader.h"

/* No number of sense has more digits. */
#define MAX_NUMBER 1024

typedef enum
{
  EXPECT_VALUE,
  EXPECT_VALUE_OR_END, /* just after [ */
  EXPECT_NAME,
  EXPECT_NAME_OR_END, /* just after { */
  EXPECT_COLON,
  EXPECT_COMMA_OR_END,
  EXPECT_NOTHING, /* the outermost value is complete */
  FAILED,
} Expectation;

struct _SrJsonReader
{
  /* the piece being read */
  const guint8 *piece;
  const guint8 *in;
  const guint8 *end;
  guint64       piece_offset;

  /* where more comes from; fill is NULL for memory and at the end */
  SrJsonFillFunc fill;
  gpointer       user_data;
  gpointer       owned;
  GDestroyNotify destroy_owned;

  /* text of the last token, with room for the NUL */
  char *text;
  gsize length;
  gsize allocated;

  /* one bit a level, the innermost lowest: set for objects */
  guint64     objects;
  guint       depth;
  Expectation expectation;
  SrJsonToken token;
};

SrJsonReader *
sr_json_reader_new (gconstpointer data,
                    gsize         size)
{
  SrJsonReader *self = g_new0 (SrJsonReader, 1);

  self->piece = data;
  self->in = data;
  self->end = self->in + size;
  self->allocated = 128;
  self->text = g_malloc0 (self->allocated);
  return self;
}

SrJsonReader *
sr_json_reader_new_stream (SrJsonFillFunc fill,
                           gpointer       user_data)
{
  SrJsonReader *self = sr_json_reader_new ("", 0);

  self->fill = fill;
  self->user_data = user_data;
  return self;
}

void
sr_json_reader_free (SrJsonReader *self)
{
  if (self == NULL)
    return;
  if (self->destroy_owned != NULL)
    self->destroy_owned (self->owned);
  g_free (self->text);
  g_free (self);
}

void
sr_json_reader_set_owned (SrJsonReader  *self,
                          gpointer       data,
                          GDestroyNotify destroy)
{
  self->owned = data;
  self->destroy_owned = destroy;
}

guint64
sr_json_reader_get_offset (SrJsonReader *self)
{
  return self->piece_offset + (guint64) (self->in - self->piece);
}

static gboolean
fail (SrJsonReader *self,
      const char   *what,
      GError      **error)
{
  self->expectation = FAILED;
  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
               "Not JSON at offset %" G_GUINT64_FORMAT ": %s", sr_json_reader_get_offset (self),
               what);
  return FALSE;
}

/* The piece is used up: gets the next. Returns: 1 if there is one, 0 at the end, -1 with
 * @error set */
static int
refill (SrJsonReader *self,
        GError      **error)
{
  gconstpointer data = NULL;
  gssize        size;

  if (self->fill == NULL)
    return 0;
  size = self->fill (self->user_data, &data, error);
  if (size < 0)
    {
      self->expectation = FAILED;
      return -1;
    }
  if (size == 0)
    {
      self->fill = NULL;
      return 0;
    }
  self->piece_offset += (guint64) (self->end - self->piece);
  self->piece = data;
  self->in = data;
  self->end = self->in + size;
  return 1;
}

/* For the inside of a token, where the end of the input is an error. */
static inline gboolean
ensure (SrJsonReader *self,
        GError      **error)
{
  int more;

  if (G_LIKELY (self->in < self->end))
    return TRUE;
  more = refill (self, error);
  if (more == 0)
    return fail (self, "it ends too early", error);
  return more > 0;
}

static gboolean
append (SrJsonReader *self,
        const void   *text,
        gsize         length,
        gsize         limit,
        GError      **error)
{
  if (length > limit - self->length)
    return fail (self, "a text or number is too long", error);
  if (self->length + length + 1 > self->allocated)
    {
      self->allocated = MAX (2 * self->allocated, self->length + length + 1);
      self->text = g_realloc (self->text, self->allocated);
    }
  memcpy (self->text + self->length, text, length);
  self->length += length;
  self->text[self->length] = '\0';
  return TRUE;
}

/* The first byte of a string that does not stand for itself: quote, backslash or control; @end
 * if there is none. */
static const guint8 *
find_special (const guint8 *in,
              const guint8 *end)
{
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
  const guint64 ones = G_GUINT64_CONSTANT (0x0101010101010101);
  const guint64 highs = ones << 7;

  /* Eight bytes at once. A borrow may mark bytes above a special one, never below, and the
   * lowest mark is what counts. */
  for (; end - in >= 8; in += 8)
    {
      guint64 word;
      guint64 quote;
      guint64 backslash;
      guint64 marks;

      memcpy (&word, in, sizeof word);
      quote = word ^ ones * '"';
      backslash = word ^ ones * '\\';
      marks = ((word - ones * ' ') & ~word) | ((quote - ones) & ~quote) |
              ((backslash - ones) & ~backslash);
      marks &= highs;
      if (marks != 0)
        return in + __builtin_ctzll (marks) / 8;
    }
#endif
  while (in < end && *in >= ' ' && *in != '"' && *in != '\\')
    in++;
  return in;
}

static gboolean
append_char (SrJsonReader *self,
             gunichar      c,
             GError      **error)
{
  char utf8[6];

  return append (self, utf8, (gsize) g_unichar_to_utf8 (c, utf8), SR_JSON_MAX_STRING, error);
}

/* A high surrogate was read and no low one followed. */
static inline gboolean
settle_surrogate (SrJsonReader *self,
                  guint32      *high,
                  GError      **error)
{
  if (G_LIKELY (*high == 0))
    return TRUE;
  *high = 0;
  return append_char (self, 0xfffd, error);
}

static gboolean
read_unicode_escape (SrJsonReader *self,
                     guint32      *high,
                     GError      **error)
{
  guint32 c = 0;

  for (int i = 0; i < 4; i++)
    {
      int digit;

      if (!ensure (self, error))
        return FALSE;
      digit = g_ascii_xdigit_value ((char) *self->in);
      if (digit < 0)
        return fail (self, "\\u without four hexadecimal digits", error);
      c = c << 4 | (guint32) digit;
      self->in++;
    }
  if (*high != 0 && c >= 0xdc00 && c < 0xe000)
    {
      c = 0x10000 + ((*high - 0xd800) << 10) + (c - 0xdc00);
      *high = 0;
    }
  if (!settle_surrogate (self, high, error))
    return FALSE;
  if (c >= 0xd800 && c < 0xdc00)
    {
      *high = c;
      return TRUE;
    }
  return append_char (self, c >= 0xdc00 && c < 0xe000 ? 0xfffd : c, error);
}

/* Behind a backslash. @high: a high surrogate that waits for its low one, or 0 */
static gboolean
read_escape (SrJsonReader *self,
             guint32      *high,
             GError      **error)
{
  static const char letters[] = "\"\\/bfnrt";
  static const char meanings[] = "\"\\/\b\f\n\r\t";
  const char       *letter;

  if (!ensure (self, error))
    return FALSE;
  if (*self->in == 'u')
    {
      self->in++;
      return read_unicode_escape (self, high, error);
    }
  letter = *self->in != '\0' ? strchr (letters, *self->in) : NULL;
  if (letter == NULL)
    return fail (self, "an unknown escape", error);
  self->in++;
  return settle_surrogate (self, high, error) &&
         append (self, &meanings[letter - letters], 1, SR_JSON_MAX_STRING, error);
}

/* Behind the opening quote. */
static gboolean
read_string (SrJsonReader *self,
             GError      **error)
{
  guint32 high = 0;

  self->length = 0;
  self->text[0] = '\0';
  for (;;)
    {
      const guint8 *run;

      if (!ensure (self, error))
        return FALSE;
      run = self->in;
      self->in = find_special (run, self->end);
      if (self->in > run &&
          (!settle_surrogate (self, &high, error) ||
           !append (self, run, (gsize) (self->in - run), SR_JSON_MAX_STRING, error)))
        return FALSE;
      if (self->in == self->end)
        continue;
      if (*self->in == '"')
        {
          self->in++;
          return settle_surrogate (self, &high, error);
        }
      if (*self->in != '\\')
        return fail (self, "a control character in a string", error);
      self->in++;
      if (!read_escape (self, &high, error))
        return FALSE;
    }
}

static const char *
pass_digits (const char *in)
{
  while (g_ascii_isdigit (*in))
    in++;
  return in;
}

static gboolean
is_number (const char *in)
{
  const char *digits;

  if (*in == '-')
    in++;
  digits = in;
  in = pass_digits (in);
  if (in == digits || (*digits == '0' && in - digits > 1))
    return FALSE;
  if (*in == '.')
    {
      digits = ++in;
      in = pass_digits (in);
      if (in == digits)
        return FALSE;
    }
  if (*in == 'e' || *in == 'E')
    {
      in++;
      if (*in == '+' || *in == '-')
        in++;
      digits = in;
      in = pass_digits (in);
      if (in == digits)
        return FALSE;
    }
  return *in == '\0';
}

static gboolean
is_number_byte (guint8 c)
{
  return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

static gboolean
read_number (SrJsonReader *self,
             GError      **error)
{
  self->length = 0;
  for (;;)
    {
      const guint8 *run = self->in;
      int           more;

      while (self->in < self->end && is_number_byte (*self->in))
        self->in++;
      if (!append (self, run, (gsize) (self->in - run), MAX_NUMBER, error))
        return FALSE;
      if (self->in < self->end)
        break;
      more = refill (self, error);
      if (more < 0)
        return FALSE;
      if (more == 0)
        break;
    }
  return is_number (self->text) || fail (self, "a malformed number", error);
}

static gboolean
read_word (SrJsonReader *self,
           const char   *word,
           GError      **error)
{
  for (; *word != '\0'; word++, self->in++)
    {
      if (!ensure (self, error))
        return FALSE;
      if (*self->in != (guint8) *word)
        return fail (self, "neither a value nor null, true or false", error);
    }
  return TRUE;
}

static inline gboolean
in_object (SrJsonReader *self)
{
  return (self->objects & 1) != 0;
}

static SrJsonToken
finish_value (SrJsonReader *self,
              SrJsonToken   token)
{
  self->expectation = self->depth > 0 ? EXPECT_COMMA_OR_END : EXPECT_NOTHING;
  self->token = token;
  return token;
}

static SrJsonToken
open_level (SrJsonReader *self,
            gboolean      is_object,
            GError      **error)
{
  if (self->depth == SR_JSON_MAX_DEPTH)
    {
      fail (self, "nested too deeply", error);
      return SR_JSON_ERROR;
    }
  self->in++;
  self->depth++;
  self->objects = self->objects << 1 | (is_object ? 1 : 0);
  self->expectation = is_object ? EXPECT_NAME_OR_END : EXPECT_VALUE_OR_END;
  self->token = is_object ? SR_JSON_OBJECT_BEGIN : SR_JSON_ARRAY_BEGIN;
  return self->token;
}

/* At a closing bracket that is known to be the right one. */
static SrJsonToken
close_level (SrJsonReader *self)
{
  SrJsonToken token = in_object (self) ? SR_JSON_OBJECT_END : SR_JSON_ARRAY_END;

  self->in++;
  self->depth--;
  self->objects >>= 1;
  return finish_value (self, token);
}

static SrJsonToken
read_value (SrJsonReader *self,
            GError      **error)
{
  switch (*self->in)
    {
    case '{':
      return open_level (self, TRUE, error);
    case '[':
      return open_level (self, FALSE, error);
    case '"':
      self->in++;
      return read_string (self, error) ? finish_value (self, SR_JSON_STRING) : SR_JSON_ERROR;
    case 't':
      return read_word (self, "true", error) ? finish_value (self, SR_JSON_TRUE) : SR_JSON_ERROR;
    case 'f':
      return read_word (self, "false", error) ? finish_value (self, SR_JSON_FALSE) : SR_JSON_ERROR;
    case 'n':
      return read_word (self, "null", error) ? finish_value (self, SR_JSON_NULL) : SR_JSON_ERROR;
    default:
      if (is_number_byte (*self->in))
        return read_number (self, error) ? finish_value (self, SR_JSON_NUMBER) : SR_JSON_ERROR;
      fail (self, "a value is missing", error);
      return SR_JSON_ERROR;
    }
}

static SrJsonToken
read_name (SrJsonReader *self,
           GError      **error)
{
  if (*self->in != '"')
    {
      fail (self, "a member's name is missing", error);
      return SR_JSON_ERROR;
    }
  self->in++;
  if (!read_string (self, error))
    return SR_JSON_ERROR;
  self->expectation = EXPECT_COLON;
  self->token = SR_JSON_NAME;
  return SR_JSON_NAME;
}

/* Passes over white space. Returns: 1 at a byte, 0 at the end, -1 with @error set */
static inline int
skip_white (SrJsonReader *self,
            GError      **error)
{
  for (;;)
    {
      while (self->in < self->end)
        {
          if (*self->in != ' ' && *self->in != '\n' && *self->in != '\r' && *self->in != '\t')
            return 1;
          self->in++;
        }
      int more = refill (self, error);

      if (more <= 0)
        return more;
    }
}

/* skip_white() inside the outermost value, where there must be more. */
static gboolean
find_byte (SrJsonReader *self,
           GError      **error)
{
  int more = skip_white (self, error);

  return more > 0 || (more == 0 && fail (self, "it ends too early", error));
}

/* Passes a comma or colon. @closed: (out): the level ends instead */
static gboolean
pass_punctuation (SrJsonReader *self,
                  gboolean     *closed,
                  GError      **error)
{
  *closed = FALSE;
  if (self->expectation == EXPECT_COLON)
    {
      if (*self->in != ':')
        return fail (self, "a colon is missing", error);
      self->expectation = EXPECT_VALUE;
    }
  else if (*self->in == (in_object (self) ? '}' : ']'))
    {
      *closed = TRUE;
      return TRUE;
    }
  else
    {
      if (*self->in != ',')
        return fail (self, "a comma is missing", error);
      self->expectation = in_object (self) ? EXPECT_NAME : EXPECT_VALUE;
    }
  self->in++;
  return find_byte (self, error);
}

SrJsonToken
sr_json_reader_next (SrJsonReader *self,
                     GError      **error)
{
  if (self->expectation == EXPECT_NOTHING)
    {
      int more = skip_white (self, error);

      self->token = more == 0 ? SR_JSON_END : SR_JSON_ERROR;
      if (more > 0)
        fail (self, "something follows the value", error);
      return self->token;
    }
  self->token = SR_JSON_ERROR;
  if (self->expectation == FAILED)
    {
      fail (self, "reading went on after an error", error);
      return SR_JSON_ERROR;
    }
  if (!find_byte (self, error))
    return SR_JSON_ERROR;
  if (self->expectation == EXPECT_COLON || self->expectation == EXPECT_COMMA_OR_END)
    {
      gboolean closed;

      if (!pass_punctuation (self, &closed, error))
        return SR_JSON_ERROR;
      if (closed)
        return close_level (self);
    }
  if (self->expectation == EXPECT_NAME_OR_END && *self->in == '}')
    return close_level (self);
  if (self->expectation == EXPECT_VALUE_OR_END && *self->in == ']')
    return close_level (self);
  if (self->expectation == EXPECT_NAME || self->expectation == EXPECT_NAME_OR_END)
    return read_name (self, error);
  return read_value (self, error);
}

const char *
sr_json_reader_get_text (SrJsonReader *self,
                         gsize        *length)
{
  if (length != NULL)
    *length = self->length;
  return self->text;
}

static gboolean
fail_number (SrJsonReader *self,
             const char   *what,
             GError      **error)
{
  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
               "%.40s before offset %" G_GUINT64_FORMAT " is not %s",
               self->token == SR_JSON_NUMBER ? self->text : "What stands",
               sr_json_reader_get_offset (self), what);
  return FALSE;
}

gboolean
sr_json_reader_get_uint64 (SrJsonReader *self,
                           guint64      *value,
                           GError      **error)
{
  guint64 result = 0;

  if (self->token != SR_JSON_NUMBER)
    return fail_number (self, "a number", error);
  for (const char *in = self->text; *in != '\0'; in++)
    if (!g_ascii_isdigit (*in) || __builtin_mul_overflow (result, 10, &result) ||
        __builtin_add_overflow (result, (guint64) (*in - '0'), &result))
      return fail_number (self, "a whole number of 64 bits without sign", error);
  *value = result;
  return TRUE;
}

gboolean
sr_json_reader_skip (SrJsonReader *self,
                     GError      **error)
{
  guint depth;

  if (self->token == SR_JSON_NAME && sr_json_reader_next (self, error) == SR_JSON_ERROR)
    return FALSE;
  if (self->token != SR_JSON_OBJECT_BEGIN && self->token != SR_JSON_ARRAY_BEGIN)
    return TRUE;
  depth = self->depth;
  while (self->depth >= depth)
    if (sr_json_reader_next (self, error) == SR_JSON_ERROR)
      return FALSE;
  return TRUE;
}

gboolean
sr_json_reader_expect (SrJsonReader *self,
                       SrJsonToken   token,
                       const char   *what,
                       GError      **error)
{
  SrJsonToken found = sr_json_reader_next (self, error);

  if (found == token)
    return TRUE;
  if (found != SR_JSON_ERROR)
    g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                 "%s is not what should stand before offset %" G_GUINT64_FORMAT, what,
                 sr_json_reader_get_offset (self));
  else
    g_prefix_error (error, "%s: ", what);
  return FALSE;
}

guint
sr_json_reader_get_depth (SrJsonReader *self)
{
  return self->depth;
}

gboolean
sr_json_reader_leave (SrJsonReader *self,
                      guint         depth,
                      GError      **error)
{
  while (self->depth > depth)
    if (sr_json_reader_next (self, error) == SR_JSON_ERROR)
      return FALSE;
  return TRUE;
}
