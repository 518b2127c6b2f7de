/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include "record/sr-inference.h"

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
  char   *name;
  guint   seen;
  guint64 n_present; /* records that have it, and not as null */
} Field;

struct _SrInference
{
  GArray     *fields; /* Field */
  GHashTable *places; /* name to place + 1 */
  guint64     n_records;
};

static void
field_clear (gpointer data)
{
  g_free (((Field *) data)->name);
}

SrInference *
sr_inference_new (void)
{
  SrInference *self = g_new0 (SrInference, 1);

  self->fields = g_array_new (FALSE, FALSE, sizeof (Field));
  g_array_set_clear_func (self->fields, field_clear);
  self->places = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

void
sr_inference_free (SrInference *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->places);
  g_array_unref (self->fields);
  g_free (self);
}

static int
find (const SrInference *self,
      const char        *name,
      guint              guess)
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

  if (exponent == NULL)
    exponent = memchr (text, 'E', value->size);
  /* one with an exponent is not taken for whole: not all databases would */
  if (exponent == NULL && sr_value_get_int64 (value, &whole))
    return ABS (whole) > (gint64) 1 << 53 || whole == G_MININT64 ? HAS_INTEGER | HAS_LARGE
                                                                 : HAS_INTEGER;
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
sr_inference_add (SrInference    *self,
                  const SrRecord *record,
                  GError        **error)
{
  self->n_records++;
  for (guint i = 0; i < record->n_fields; i++)
    {
      const SrField *field = &record->fields[i];
      Field         *known;
      int            place = find (self, field->name, i);

      if (place < 0 && self->fields->len == SR_INFERENCE_MAX_FIELDS)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                       "Its records name more than %u different fields, which no table can hold; "
                       "a format of JSON can",
                       SR_INFERENCE_MAX_FIELDS);
          return FALSE;
        }
      if (place < 0)
        {
          Field fresh = { g_strdup (field->name), 0, 0 };

          place = (int) self->fields->len;
          g_array_append_val (self->fields, fresh);
          g_hash_table_insert (self->places, fresh.name, GINT_TO_POINTER (place + 1));
        }
      known = &g_array_index (self->fields, Field, place);
      known->seen |= look_at (&field->value);
      if (field->value.type != SR_VALUE_NULL && field->value.type != SR_VALUE_LOST)
        known->n_present++;
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

static gboolean
is_always_there (const SrInference *self,
                 const Field       *field)
{
  return self->n_records > 0 && field->n_present == self->n_records;
}

static gboolean
add_key (const SrInference *self,
         SrCollection      *collection,
         const char        *name)
{
  int place = sr_collection_find_column (collection, name);

  if (place < 0 || !is_always_there (self, &g_array_index (self->fields, Field, place)))
    return FALSE;
  /* neither a document nor a wide text makes a key */
  if (sr_collection_get_column (collection, (guint) place)->type == SR_COLUMN_JSON ||
      sr_collection_get_column (collection, (guint) place)->type == SR_COLUMN_BYTES)
    return FALSE;
  sr_collection_add_key (collection, (guint) place);
  return TRUE;
}

SrCollection *
sr_inference_finish (const SrInference *self,
                     const char        *name,
                     gboolean           with_key)
{
  SrCollection *collection = sr_collection_new (name);

  for (guint i = 0; i < self->fields->len; i++)
    {
      const Field *field = &g_array_index (self->fields, Field, i);
      SrColumn    *column =
          sr_collection_add_column (collection, field->name, choose (field->seen));

      column->not_null = with_key && is_always_there (self, field);
    }
  if (with_key && !add_key (self, collection, "_id"))
    add_key (self, collection, "id");
  return collection;
}
