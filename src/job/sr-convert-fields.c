/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-convert-fields.h"

#include <string.h>

#include "base/sr-error.h"
#include "record/sr-value.h"

/* A floating number of 64 bits tells so many digits apart, and no power of ten beyond. */
#define REAL_DIGITS 17
#define REAL_POWER  300

/* What the numbers of a field are. */
#define HAS_INTEGER 0x100u
#define HAS_REAL    0x200u
#define HAS_LARGE   0x400u /* whole, beyond 2^53 */
#define HAS_NO_REAL 0x800u /* more digits than a floating number has */
#define SEEN(type)  (1u << (type))
#define VALUE_TYPES 0xffu

typedef struct
{
  char *name;
  guint seen;
} Field;

struct _SrConvertFields
{
  GArray     *fields; /* Field */
  GHashTable *places; /* name to place + 1 */
};

static void
field_clear (gpointer data)
{
  g_free (((Field *) data)->name);
}

SrConvertFields *
sr_convert_fields_new (void)
{
  SrConvertFields *self = g_new0 (SrConvertFields, 1);

  self->fields = g_array_new (FALSE, FALSE, sizeof (Field));
  g_array_set_clear_func (self->fields, field_clear);
  self->places = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

void
sr_convert_fields_free (SrConvertFields *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->places);
  g_array_unref (self->fields);
  g_free (self);
}

guint
sr_convert_fields_get_n (const SrConvertFields *self)
{
  return self->fields->len;
}

int
sr_convert_fields_find (const SrConvertFields *self,
                        const char            *name,
                        guint                  guess)
{
  if (guess < self->fields->len &&
      strcmp (g_array_index (self->fields, Field, guess).name, name) == 0)
    return (int) guess;
  return GPOINTER_TO_INT (g_hash_table_lookup (self->places, name)) - 1;
}

/* Significant digits, and the power of ten as far as the exponent that is written tells it. */
static guint
look_at_number (const SrValue *value)
{
  const char *text = value->data;
  const char *exponent = memchr (text, 'e', value->size);
  gint64      whole;
  gint64      power;
  guint       digits = 0;
  guint       zeros = 0;

  if (sr_value_get_int64 (value, &whole))
    return ABS (whole) > (gint64) 1 << 53 || whole == G_MININT64 ? HAS_INTEGER | HAS_LARGE
                                                                 : HAS_INTEGER;
  if (exponent == NULL)
    exponent = memchr (text, 'E', value->size);
  for (const char *p = text; p < (exponent != NULL ? exponent : text + value->size); p++)
    {
      if (!g_ascii_isdigit (*p))
        continue;
      zeros = *p == '0' ? zeros + 1 : 0;
      if (digits > 0 || *p != '0')
        digits++;
    }
  power = exponent != NULL ? g_ascii_strtoll (exponent + 1, NULL, 10) : 0;
  if (digits - MIN (zeros, digits) > REAL_DIGITS || ABS (power) > REAL_POWER)
    return HAS_NO_REAL;
  return HAS_REAL;
}

static guint
look_at (const SrValue *value)
{
  if (value->type == SR_VALUE_NUMBER)
    return SEEN (SR_VALUE_NUMBER) | look_at_number (value);
  return SEEN (value->type);
}

gboolean
sr_convert_fields_see (SrConvertFields *self,
                       const SrRecord  *record,
                       GError         **error)
{
  for (guint i = 0; i < record->n_fields; i++)
    {
      const SrField *field = &record->fields[i];
      int            place = sr_convert_fields_find (self, field->name, i);

      if (place < 0 && self->fields->len == SR_CONVERT_MAX_FIELDS)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                       "Its records name more than %u different fields, which no table can hold; "
                       "a format of JSON can",
                       SR_CONVERT_MAX_FIELDS);
          return FALSE;
        }
      if (place < 0)
        {
          Field fresh = { g_strdup (field->name), 0 };

          place = (int) self->fields->len;
          g_array_append_val (self->fields, fresh);
          g_hash_table_insert (self->places, fresh.name, GINT_TO_POINTER (place + 1));
        }
      g_array_index (self->fields, Field, place).seen |= look_at (&field->value);
    }
  return TRUE;
}

static SrColumnType
choose_number (guint seen)
{
  if ((seen & (HAS_REAL | HAS_NO_REAL)) == 0)
    return SR_COLUMN_INTEGER;
  if ((seen & (HAS_NO_REAL | HAS_LARGE)) == 0)
    return SR_COLUMN_REAL;
  return SR_COLUMN_DECIMAL;
}

/* The one type that holds all that was seen; JSON text where they do not agree. */
static SrColumnType
choose (guint seen)
{
  guint types = seen & VALUE_TYPES & ~(SEEN (SR_VALUE_NULL) | SEEN (SR_VALUE_LOST));

  switch (types)
    {
    case 0:
    case SEEN (SR_VALUE_TEXT):
      return SR_COLUMN_TEXT;
    case SEEN (SR_VALUE_BOOL):
      return SR_COLUMN_BOOLEAN;
    case SEEN (SR_VALUE_NUMBER):
      return choose_number (seen);
    case SEEN (SR_VALUE_BYTES):
      return SR_COLUMN_BYTES;
    default:
      return SR_COLUMN_JSON;
    }
}

SrCollection *
sr_convert_fields_to_collection (const SrConvertFields *self,
                                 const char            *name)
{
  SrCollection *collection = sr_collection_new (name);

  for (guint i = 0; i < self->fields->len; i++)
    {
      const Field *field = &g_array_index (self->fields, Field, i);

      sr_collection_add_column (collection, field->name, choose (field->seen));
    }
  return collection;
}
