/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <string.h>

#include "archive/sr-bson.h"
#include "base/sr-error.h"

#define HEADER        4
#define MIN_DOCUMENT  5
#define SIZE_UNKNOWN  G_MAXSIZE
#define OBJECT_ID     12
#define DECIMAL128    16
#define LENGTH_PREFIX 4

static int
fail (const char *what,
      GError    **error)
{
  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED, "A BSON document is damaged: %s", what);
  return -1;
}

static guint32
get_u32 (const guint8 *at)
{
  guint32 value;

  memcpy (&value, at, sizeof value);
  return GUINT32_FROM_LE (value);
}

gboolean
sr_bson_iter_init (SrBsonIter   *self,
                   gconstpointer document,
                   gsize         size,
                   GError      **error)
{
  const guint8 *bytes = document;

  if (size < MIN_DOCUMENT || get_u32 (bytes) != size || bytes[size - 1] != 0)
    {
      fail ("its length is not what it says", error);
      return FALSE;
    }
  self->at = bytes + HEADER;
  self->end = bytes + size - 1;
  return TRUE;
}

/* Two C strings. Returns: their bytes, %SIZE_UNKNOWN if they do not end */
static gsize
size_of_regex (const guint8 *at,
               gsize         left)
{
  const guint8 *first = memchr (at, 0, left);
  const guint8 *second;

  if (first == NULL)
    return SIZE_UNKNOWN;
  second = memchr (first + 1, 0, left - (gsize) (first + 1 - at));
  return second != NULL ? (gsize) (second + 1 - at) : SIZE_UNKNOWN;
}

/* Bytes of a value, its own length included. */
static gsize
size_of_value (guint8        type,
               const guint8 *at,
               gsize         left)
{
  guint32 length = left >= LENGTH_PREFIX ? get_u32 (at) : 0;

  switch (type)
    {
    case 0x06: /* undefined */
    case 0x0a: /* null */
    case 0x7f: /* greatest key */
    case 0xff: /* least key */
      return 0;
    case 0x08:
      return 1;
    case 0x10:
      return 4;
    case 0x01: /* double */
    case 0x09: /* date */
    case 0x11: /* timestamp */
    case 0x12:
      return 8;
    case 0x07:
      return OBJECT_ID;
    case 0x13:
      return DECIMAL128;
    case 0x0b:
      return size_of_regex (at, left);
    case 0x02: /* string */
    case 0x0d: /* code */
    case 0x0e: /* symbol */
      return length >= 1 ? (gsize) length + LENGTH_PREFIX : SIZE_UNKNOWN;
    case 0x0c: /* pointer */
      return length >= 1 ? (gsize) length + LENGTH_PREFIX + OBJECT_ID : SIZE_UNKNOWN;
    case 0x05: /* binary, with a subtype */
      return (gsize) length + LENGTH_PREFIX + 1;
    case 0x03: /* document */
    case 0x04: /* array */
    case 0x0f: /* code with scope */
      return length >= MIN_DOCUMENT ? length : SIZE_UNKNOWN;
    default:
      return SIZE_UNKNOWN;
    }
}

int
sr_bson_iter_next (SrBsonIter    *self,
                   SrBsonElement *element,
                   GError       **error)
{
  const guint8 *name_end;
  gsize         size;

  if (self->at == self->end)
    return 0;
  element->type = *self->at++;
  name_end = memchr (self->at, 0, (gsize) (self->end - self->at));
  if (name_end == NULL)
    return fail ("a name does not end", error);
  element->name = (const char *) self->at;
  self->at = name_end + 1;
  size = size_of_value (element->type, self->at, (gsize) (self->end - self->at));
  if (size > (gsize) (self->end - self->at))
    return fail ("a value goes beyond its end, or is of an unknown type", error);
  element->data = self->at;
  element->size = size;
  self->at += size;
  if (element->type == SR_BSON_STRING)
    {
      element->data += LENGTH_PREFIX;
      element->size -= LENGTH_PREFIX + 1;
      if (element->data[element->size] != 0)
        return fail ("a text does not end", error);
    }
  return 1;
}

gint64
sr_bson_get_int (const SrBsonElement *self,
                 gint64               fallback)
{
  gint64 value;

  if (self->type == SR_BSON_INT32)
    return (gint32) get_u32 (self->data);
  if (self->type != SR_BSON_INT64)
    return fallback;
  memcpy (&value, self->data, sizeof value);
  return GINT64_FROM_LE (value);
}

gboolean
sr_bson_get_bool (const SrBsonElement *self)
{
  return self->type == SR_BSON_BOOL && *self->data != 0;
}

char *
sr_bson_get_string (const SrBsonElement *self)
{
  if (self->type != SR_BSON_STRING)
    return NULL;
  return g_utf8_make_valid ((const char *) self->data, (gssize) self->size);
}
