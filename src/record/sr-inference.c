/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include "record/sr-inference.h"

#include "record/sr-value.h"

#include <string.h>

/* What has been seen in a field: bits. */
enum
{
  SEEN_BOOL = 1 << 0,
  SEEN_INTEGER = 1 << 1,
  SEEN_DECIMAL = 1 << 2,
  SEEN_REAL = 1 << 3,
  SEEN_TEXT = 1 << 4,
  SEEN_JSON = 1 << 5,
  SEEN_BYTES = 1 << 6,
};

typedef struct
{
  char   *name;
  guint   seen;
  guint64 n_present; /* records that have it, and not as null */
} Field;

struct _SrInference
{
  char       *name;
  guint64     n_records;
  GPtrArray  *fields;
  GHashTable *by_name; /* names owned by the fields */
};

static void
field_free (gpointer data)
{
  Field *self = data;

  g_free (self->name);
  g_free (self);
}

SrInference *
sr_inference_new (const char *name)
{
  SrInference *self = g_new0 (SrInference, 1);

  self->name = g_strdup (name);
  self->fields = g_ptr_array_new_with_free_func (field_free);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

void
sr_inference_free (SrInference *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->fields);
  g_free (self->name);
  g_free (self);
}

static guint
look_at_number (const SrValue *value)
{
  gint64 number;

  if (memchr (value->data, 'e', value->size) != NULL ||
      memchr (value->data, 'E', value->size) != NULL)
    return SEEN_REAL;
  return sr_value_get_int64 (value, &number) ? SEEN_INTEGER : SEEN_DECIMAL;
}

static guint
look_at (const SrValue *value)
{
  switch (value->type)
    {
    case SR_VALUE_NULL:
      return 0;
    case SR_VALUE_BOOL:
      return SEEN_BOOL;
    case SR_VALUE_NUMBER:
      return look_at_number (value);
    case SR_VALUE_JSON:
      return SEEN_JSON;
    case SR_VALUE_BYTES:
      return SEEN_BYTES;
    case SR_VALUE_TEXT:
    case SR_VALUE_LOST:
    default:
      return SEEN_TEXT;
    }
}

void
sr_inference_add (SrInference    *self,
                  const SrRecord *record)
{
  self->n_records++;
  for (guint i = 0; i < record->n_fields; i++)
    {
      const SrField *value = &record->fields[i];
      Field         *field = g_hash_table_lookup (self->by_name, value->name);

      if (field == NULL)
        {
          field = g_new0 (Field, 1);
          field->name = g_strdup (value->name);
          g_ptr_array_add (self->fields, field);
          g_hash_table_insert (self->by_name, field->name, field);
        }
      field->seen |= look_at (&value->value);
      if (value->value.type != SR_VALUE_NULL)
        field->n_present++;
    }
}

static SrColumnType
choose_type (guint seen)
{
  const guint numbers = SEEN_INTEGER | SEEN_DECIMAL | SEEN_REAL;

  if ((seen & SEEN_BYTES) != 0)
    return SR_COLUMN_BYTES;
  if (seen == SEEN_BOOL)
    return SR_COLUMN_BOOLEAN;
  if (seen == SEEN_JSON)
    return SR_COLUMN_JSON;
  if (seen == SEEN_INTEGER)
    return SR_COLUMN_INTEGER;
  if (seen != 0 && (seen & ~numbers) == 0)
    return (seen & SEEN_REAL) != 0 ? SR_COLUMN_REAL : SR_COLUMN_DECIMAL;
  return SR_COLUMN_TEXT;
}

static gboolean
add_key (SrInference  *self,
         SrCollection *collection,
         const char   *name)
{
  int          place = sr_collection_find_column (collection, name);
  const Field *field;

  if (place < 0)
    return FALSE;
  field = g_ptr_array_index (self->fields, (guint) place);
  /* neither a document nor a wide text makes a key */
  if (field->n_present != self->n_records || (field->seen & (SEEN_JSON | SEEN_BYTES)) != 0)
    return FALSE;
  sr_collection_add_key (collection, (guint) place);
  return TRUE;
}

SrCollection *
sr_inference_finish (SrInference *self)
{
  SrCollection *collection = sr_collection_new (self->name);

  for (guint i = 0; i < self->fields->len; i++)
    {
      const Field *field = g_ptr_array_index (self->fields, i);
      SrColumn    *column =
          sr_collection_add_column (collection, field->name, choose_type (field->seen));

      column->not_null = self->n_records > 0 && field->n_present == self->n_records;
    }
  if (!add_key (self, collection, "_id"))
    add_key (self, collection, "id");
  return collection;
}
