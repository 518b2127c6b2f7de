/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "record/sr-json-fields.h"
#include "record/sr-record.h"
#include "record/sr-value.h"

#define MAX_TEXT_CHARS 100
/* An ObjectId or a number as an object. */
#define MAX_ENCODED 1200

/* Parts of a key begin with one of these: so numbers sort before texts, and by value. */
enum
{
  TAG_NEGATIVE = 1,
  TAG_WHOLE = 2,
  TAG_TEXT = 3,
};

static void
append_byte (GByteArray *key,
             guint8      byte)
{
  g_byte_array_append (key, &byte, 1);
}

/* A whole number as it is usually written; "007" is a text. */
static gboolean
is_whole (const char *text,
          gsize       size)
{
  const gsize sign = size > 0 && text[0] == '-' ? 1 : 0;

  if (size == sign || size - sign > G_MAXUINT8)
    return FALSE;
  for (gsize i = sign; i < size; i++)
    if (!g_ascii_isdigit (text[i]))
      return FALSE;
  return text[sign] != '0' || size == 1;
}

/* First how many digits there are; of a negative one all turned round, so that more comes first. */
static void
append_whole (GByteArray *key,
              const char *text,
              gsize       size)
{
  const gboolean negative = text[0] == '-';
  const guint8   turn = negative ? 0xff : 0;

  text += negative ? 1 : 0;
  size -= negative ? 1 : 0;
  append_byte (key, negative ? TAG_NEGATIVE : TAG_WHOLE);
  append_byte (key, (guint8) size ^ turn);
  for (gsize i = 0; i < size; i++)
    append_byte (key, (guint8) text[i] ^ turn);
}

/* A NUL within is followed by 255, the one at the end is not. */
static void
append_text (GByteArray *key,
             const char *text,
             gsize       size)
{
  append_byte (key, TAG_TEXT);
  while (size > 0)
    {
      const char *nul = memchr (text, '\0', size);
      const gsize run = nul != NULL ? (gsize) (nul - text) : size;

      g_byte_array_append (key, (const guint8 *) text, (guint) run);
      text += run;
      size -= run;
      if (nul == NULL)
        break;
      g_byte_array_append (key, (const guint8 *) "\0\xff", 2);
      text++;
      size--;
    }
  g_byte_array_append (key, (const guint8 *) "\0\0", 2);
}

static void
append_either (GByteArray *key,
               const char *text,
               gsize       size)
{
  if (is_whole (text, size))
    append_whole (key, text, size);
  else
    append_text (key, text, size);
}

static void
append_number (GByteArray *key,
               const char *text,
               gsize       size)
{
  g_autofree char *normal = sr_number_normalize (text, size);

  if (normal != NULL)
    append_either (key, normal, strlen (normal));
  else
    append_text (key, text, size);
}

/* Returns: (transfer full) (nullable): what `{"$oid":"…"}` holds */
static char *
get_object_id (const SrValue *value)
{
  g_autoptr (SrJsonFields) parser = NULL;
  const SrField           *fields;
  guint                    n;

  if (value->size > MAX_ENCODED)
    return NULL;
  parser = sr_json_fields_new ();
  if (!sr_json_fields_parse (parser, value->data, value->size, 0, NULL, &fields, &n, NULL) ||
      n != 1 || fields[0].value.type != SR_VALUE_TEXT || strcmp (fields[0].name, "$oid") != 0)
    return NULL;
  return g_strdup (fields[0].value.data);
}

/* JSON text without the white space between its parts. */
static void
append_json (GByteArray    *key,
             const SrValue *value)
{
  g_autofree char *number = sr_value_get_mongo_number (value);
  g_autofree char *id = number == NULL ? get_object_id (value) : NULL;
  g_autofree char *packed = NULL;
  gsize            n = 0;
  gboolean         in_string = FALSE;

  if (number != NULL)
    {
      append_number (key, number, strlen (number));
      return;
    }
  if (id != NULL)
    {
      append_either (key, id, strlen (id));
      return;
    }
  packed = g_malloc (value->size + 1);
  for (gsize i = 0; i < value->size; i++)
    {
      const char c = value->data[i];

      if (!in_string && memchr (" \t\r\n", c, 4) != NULL)
        continue;
      packed[n++] = c;
      if (in_string && c == '\\' && i + 1 < value->size)
        packed[n++] = value->data[++i];
      else if (c == '"')
        in_string = !in_string;
    }
  append_text (key, packed, n);
}

static gboolean
append_value (GByteArray    *key,
              const SrValue *value)
{
  switch (value->type)
    {
    case SR_VALUE_NULL:
      return FALSE;
    case SR_VALUE_NUMBER:
      append_number (key, value->data, value->size);
      return TRUE;
    case SR_VALUE_JSON:
      append_json (key, value);
      return TRUE;
    case SR_VALUE_BOOL:
    case SR_VALUE_TEXT:
    case SR_VALUE_BYTES:
    case SR_VALUE_LOST:
    default:
      append_either (key, value->data, value->size);
      return TRUE;
    }
}

static const SrField *
find_part (const SrRecord     *self,
           const SrCollection *collection,
           guint               part)
{
  const guint place = g_array_index (collection->key, guint, part);
  const char *name;

  if (place >= sr_collection_get_n_columns (collection))
    return NULL;
  name = sr_collection_get_column (collection, place)->name;
  if (place < self->n_fields && strcmp (self->fields[place].name, name) == 0)
    return &self->fields[place];
  return sr_record_find (self, name);
}

/* Calls for each part of the key. Returns: how many; 0 if one is missing or null */
static guint
find_parts (const SrRecord     *self,
            const SrCollection *collection,
            GPtrArray          *parts)
{
  const SrField *field;

  for (guint i = 0; i < collection->key->len; i++)
    {
      field = find_part (self, collection, i);
      if (field == NULL || field->value.type == SR_VALUE_NULL)
        return 0;
      g_ptr_array_add (parts, (gpointer) field);
    }
  if (parts->len > 0)
    return parts->len;
  field = sr_record_find (self, "_id");
  if (field == NULL || field->value.type == SR_VALUE_NULL)
    field = sr_record_find (self, "id");
  if (field == NULL || field->value.type == SR_VALUE_NULL)
    return 0;
  g_ptr_array_add (parts, (gpointer) field);
  return 1;
}

gboolean
sr_record_get_key (const SrRecord     *self,
                   const SrCollection *collection,
                   GByteArray         *key)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new ();

  g_byte_array_set_size (key, 0);
  if (find_parts (self, collection, parts) == 0)
    return FALSE;
  for (guint i = 0; i < parts->len; i++)
    if (!append_value (key, &((const SrField *) g_ptr_array_index (parts, i))->value))
      return FALSE;
  return TRUE;
}

char *
sr_record_get_key_text (const SrRecord     *self,
                        const SrCollection *collection)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new ();
  g_autoptr (GString)   text = g_string_new (NULL);
  SrValue               whole = { .type = SR_VALUE_TEXT };

  if (find_parts (self, collection, parts) == 0)
    return NULL;
  for (guint i = 0; i < parts->len; i++)
    {
      const SrField   *field = g_ptr_array_index (parts, i);
      g_autofree char *part = sr_value_to_display (&field->value, MAX_TEXT_CHARS);

      if (i > 0)
        g_string_append_c (text, '/');
      g_string_append (text, part);
    }
  whole.data = text->str;
  whole.size = text->len;
  return sr_value_to_display (&whole, MAX_TEXT_CHARS);
}
