/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>
#include <sys/random.h>

#include "record/sr-canonical.h"
#include "record/sr-field-hasher.h"
#include "record/sr-siphash.h"
#include "record/sr-value.h"

#define MAX_DEPTH 512

/* What a hash is of. */
typedef enum
{
  OF_NAME = 1,
  OF_BYTES,
  OF_NULL,
  OF_BOOL,
  OF_NUMBER,
  OF_ODD_NUMBER,
  OF_TEXT,
  OF_BINARY,
  OF_LOST,
  OF_JSON,
  OF_BROKEN_JSON,
  OF_ARRAY,
  OF_ELEMENT,
  OF_OBJECT,
  OF_MEMBER,
} What;

struct _SrFieldHasher
{
  guint64  key[2];
  GString *number; /* scratch */
  GString *text;   /* scratch */
};

SrFieldHasher *
sr_field_hasher_new (void)
{
  SrFieldHasher *self = g_new0 (SrFieldHasher, 1);

  if (getrandom (self->key, sizeof self->key, 0) != sizeof self->key)
    for (guint i = 0; i < 2; i++)
      self->key[i] = (guint64) g_random_int () << 32 | g_random_int ();
  self->number = g_string_new (NULL);
  self->text = g_string_new (NULL);
  return self;
}

void
sr_field_hasher_free (SrFieldHasher *self)
{
  if (self == NULL)
    return;
  g_string_free (self->number, TRUE);
  g_string_free (self->text, TRUE);
  g_free (self);
}

void
sr_digest128_add (SrDigest128       *self,
                  const SrDigest128 *other)
{
  self->words[0] += other->words[0];
  self->words[1] += other->words[1];
}

/* @context: (nullable): what it stands in */
static void
hash (SrFieldHasher     *self,
      What               what,
      const SrDigest128 *context,
      gconstpointer      data,
      gsize              size,
      SrDigest128       *digest)
{
  guint64 head[3] = { what, 0, 0 };

  if (context != NULL)
    memcpy (head + 1, context->words, sizeof context->words);
  sr_siphash (self->key, head, G_N_ELEMENTS (head), data, size, digest->words);
}

void
sr_field_hasher_digest_bytes (SrFieldHasher *self,
                              gconstpointer  data,
                              gsize          size,
                              SrDigest128   *digest)
{
  hash (self, OF_BYTES, NULL, data, size, digest);
}

static void
pass_space (const char **at,
            const char  *end)
{
  while (*at < end && (**at == ' ' || **at == '\n' || **at == '\r' || **at == '\t'))
    (*at)++;
}

/* Hashes the string whose quote stands at @at. */
static gboolean
hash_string (SrFieldHasher *self,
             What           what,
             const char   **at,
             const char    *end,
             SrDigest128   *digest)
{
  const char *begin = *at + 1;
  const char *quote = begin;
  gboolean    escaped = FALSE;

  while (quote < end && *quote != '"')
    {
      if (*quote == '\\')
        {
          escaped = TRUE;
          quote++;
        }
      quote++;
    }
  if (quote >= end)
    return FALSE;
  *at = quote + 1;
  if (!escaped)
    {
      hash (self, what, NULL, begin, (gsize) (quote - begin), digest);
      return TRUE;
    }
  g_string_truncate (self->text, 0);
  if (!sr_canonical_unescape (self->text, begin, (gsize) (quote - begin)))
    return FALSE;
  hash (self, what, NULL, self->text->str, self->text->len, digest);
  return TRUE;
}

/* Hashes true, false, null or a number. */
static gboolean
hash_word (SrFieldHasher *self,
           const char   **at,
           const char    *end,
           SrDigest128   *digest)
{
  const char *begin = *at;
  gsize       size;

  while (*at < end && (g_ascii_isalnum (**at) || **at == '-' || **at == '+' || **at == '.'))
    (*at)++;
  size = (gsize) (*at - begin);
  if ((size == 4 && memcmp (begin, "true", 4) == 0) ||
      (size == 5 && memcmp (begin, "false", 5) == 0))
    hash (self, OF_BOOL, NULL, begin, size, digest);
  else if (size == 4 && memcmp (begin, "null", 4) == 0)
    hash (self, OF_NULL, NULL, NULL, 0, digest);
  else if (sr_canonical_number (self->number, begin, size, FALSE))
    hash (self, OF_NUMBER, NULL, self->number->str, self->number->len, digest);
  else
    return FALSE;
  return TRUE;
}

static gboolean hash_json (SrFieldHasher *self,
                           const char   **at,
                           const char    *end,
                           guint          depth,
                           SrDigest128   *digest);

/* Passes over the comma in front of another part, or the end. Returns: 1, 0 at the end, -1 */
static int
pass_comma (const char **at,
            const char  *end,
            char         close,
            guint64      n)
{
  pass_space (at, end);
  if (*at == end)
    return -1;
  if (**at == close)
    {
      (*at)++;
      return 0;
    }
  if (n == 0)
    return 1;
  if (**at != ',')
    return -1;
  (*at)++;
  pass_space (at, end);
  return 1;
}

static gboolean
hash_array (SrFieldHasher *self,
            const char   **at,
            const char    *end,
            guint          depth,
            SrDigest128   *digest)
{
  SrDigest128 chain = { { 0, 0 } };
  SrDigest128 element;
  guint64     n = 0;
  int         more;

  (*at)++;
  while ((more = pass_comma (at, end, ']', n)) > 0)
    {
      if (!hash_json (self, at, end, depth + 1, &element))
        return FALSE;
      hash (self, OF_ELEMENT, &chain, &element, sizeof element, &chain);
      n++;
    }
  hash (self, OF_ARRAY, &chain, &n, sizeof n, digest);
  return more == 0;
}

static gboolean
hash_object (SrFieldHasher *self,
             const char   **at,
             const char    *end,
             guint          depth,
             SrDigest128   *digest)
{
  SrDigest128 sum = { { 0, 0 } };
  SrDigest128 name;
  SrDigest128 value;
  guint64     n = 0;
  int         more;

  (*at)++;
  while ((more = pass_comma (at, end, '}', n)) > 0)
    {
      if (*at == end || **at != '"' || !hash_string (self, OF_NAME, at, end, &name))
        return FALSE;
      pass_space (at, end);
      if (*at == end || *(*at)++ != ':' || !hash_json (self, at, end, depth + 1, &value))
        return FALSE;
      hash (self, OF_MEMBER, &name, &value, sizeof value, &value);
      sr_digest128_add (&sum, &value);
      n++;
    }
  hash (self, OF_OBJECT, &sum, &n, sizeof n, digest);
  return more == 0;
}

static gboolean
hash_json (SrFieldHasher *self,
           const char   **at,
           const char    *end,
           guint          depth,
           SrDigest128   *digest)
{
  pass_space (at, end);
  if (*at == end || depth > MAX_DEPTH)
    return FALSE;
  switch (**at)
    {
    case '{':
      return hash_object (self, at, end, depth, digest);
    case '[':
      return hash_array (self, at, end, depth, digest);
    case '"':
      return hash_string (self, OF_TEXT, at, end, digest);
    default:
      return hash_word (self, at, end, digest);
    }
}

/* Hashes a text that is one array or object and nothing else. */
static gboolean
hash_whole_json (SrFieldHasher     *self,
                 const SrDigest128 *name,
                 const SrValue     *value,
                 SrDigest128       *digest)
{
  const char *at = value->data;
  const char *end = value->data + value->size;

  pass_space (&at, end);
  if (at == end || (*at != '{' && *at != '[') || !hash_json (self, &at, end, 0, digest))
    return FALSE;
  pass_space (&at, end);
  if (at != end)
    return FALSE;
  hash (self, OF_JSON, name, digest, sizeof *digest, digest);
  return TRUE;
}

static void
hash_number (SrFieldHasher     *self,
             const SrDigest128 *name,
             const SrValue     *value,
             SrDigest128       *digest)
{
  if (sr_canonical_number (self->number, value->data, value->size, TRUE))
    hash (self, OF_NUMBER, name, self->number->str, self->number->len, digest);
  else
    hash (self, OF_ODD_NUMBER, name, value->data, value->size, digest);
}

static void
hash_bool (SrFieldHasher     *self,
           const SrDigest128 *name,
           gboolean           value,
           SrDigest128       *digest)
{
  const SrValue number = { SR_VALUE_NUMBER, value ? "1" : "0", 1 };

  hash_number (self, name, &number, digest);
}

static void
hash_strictly (SrFieldHasher     *self,
               const SrDigest128 *name,
               const SrValue     *value,
               SrColumnType       type,
               SrDigest128       *digest)
{
  static const What whats[] = {
    [SR_VALUE_NULL] = OF_NULL,
    [SR_VALUE_BOOL] = OF_BOOL,
    [SR_VALUE_NUMBER] = OF_NUMBER,
    [SR_VALUE_TEXT] = OF_TEXT,
    [SR_VALUE_BYTES] = OF_BINARY,
    [SR_VALUE_JSON] = OF_BROKEN_JSON,
    [SR_VALUE_LOST] = OF_LOST,
  };

  if (value->type == SR_VALUE_NUMBER)
    hash_number (self, name, value, digest);
  else if ((value->type != SR_VALUE_JSON &&
            (value->type != SR_VALUE_TEXT || type != SR_COLUMN_JSON)) ||
           !hash_whole_json (self, name, value, digest))
    hash (self, whats[value->type], name, value->data, value->size, digest);
}

static gboolean
is_word (const SrValue *value,
         const char    *word)
{
  return value->size == strlen (word) && memcmp (value->data, word, value->size) == 0;
}

/* A date or time as its milliseconds since 1970, which is how some databases store it; what is less
 * than one stands behind. */
static gboolean
hash_moment (SrFieldHasher     *self,
             const SrDigest128 *name,
             const SrValue     *value,
             SrDigest128       *digest)
{
  SrMoment moment;
  guint32  rest;
  gint64   ms;
  char     text[24];

  /* Most texts are none. */
  if (value->size < 10 || value->size > 100 ||
      (!(g_ascii_isdigit (value->data[0]) && value->data[4] == '-') &&
       !(g_ascii_isupper (value->data[0]) && value->data[3] == ' ')) ||
      !sr_moment_parse (&moment, value->data, value->size))
    return FALSE;
  rest = moment.nanoseconds % 1000000;
  moment.nanoseconds -= rest;
  if (!sr_moment_to_unix_ms (&moment, &ms))
    return FALSE;
  g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, ms);
  if (!sr_canonical_number (self->number, text, strlen (text), FALSE))
    return FALSE;
  if (rest != 0)
    g_string_append_printf (self->number, "+%u", rest);
  hash (self, OF_NUMBER, name, self->number->str, self->number->len, digest);
  return TRUE;
}

/* Everything that is no null, bool, number or JSON as a text, and what the text says. */
static void
hash_text_loosely (SrFieldHasher     *self,
                   const SrDigest128 *name,
                   const SrValue     *value,
                   const SrDigest128 *strict,
                   SrDigest128       *digest)
{
  if (is_word (value, "true") || is_word (value, "false"))
    hash_bool (self, name, value->size == 4, digest);
  else if (sr_canonical_number (self->number, value->data, value->size, FALSE))
    hash (self, OF_NUMBER, name, self->number->str, self->number->len, digest);
  else if (hash_moment (self, name, value, digest) || hash_whole_json (self, name, value, digest))
    return;
  else if (value->type == SR_VALUE_TEXT)
    *digest = *strict;
  else
    hash (self, OF_TEXT, name, value->data, value->size, digest);
}

static void
hash_loosely (SrFieldHasher     *self,
              const SrDigest128 *name,
              const SrValue     *value,
              const SrDigest128 *strict,
              SrDigest128       *digest)
{
  switch (value->type)
    {
    case SR_VALUE_NULL:
      *digest = (SrDigest128){ { 0, 0 } };
      break;
    case SR_VALUE_NUMBER:
    case SR_VALUE_JSON:
      *digest = *strict;
      break;
    case SR_VALUE_BOOL:
    case SR_VALUE_TEXT:
    case SR_VALUE_BYTES:
    case SR_VALUE_LOST:
    default:
      hash_text_loosely (self, name, value, strict, digest);
      break;
    }
}

void
sr_field_hasher_digest (SrFieldHasher *self,
                        const SrField *field,
                        SrColumnType   type,
                        SrFieldDigest *digest)
{
  hash (self, OF_NAME, NULL, field->name, strlen (field->name), &digest->name);
  hash_strictly (self, &digest->name, &field->value, type, &digest->strict);
  hash_loosely (self, &digest->name, &field->value, &digest->strict, &digest->loose);
}
