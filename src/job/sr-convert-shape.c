/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-convert-shape.h"

#include <string.h>

#include "record/sr-json-fields.h"
#include "record/sr-json-text.h"
#include "record/sr-sql-array.h"
#include "record/sr-value.h"

#define NS_IN_MS 1000000

/* A value made anew: its text lies in the scratch until that has stopped growing. */
typedef struct
{
  guint field;
  gsize offset;
} Fresh;

struct _SrConvertShape
{
  SrConvertShapeKind  kind;
  SrCollection       *source;
  SrCollection       *written;
  GHashTable         *places; /* of names in @written: place + 1 */
  SrJsonFields       *json;
  SrConvertShapeNotes notes;

  /* The record that was made last. */
  SrRecord record;
  GArray  *fields; /* SrField */
  GArray  *fresh;  /* Fresh */
  GString *scratch;
};

SrConvertShape *
sr_convert_shape_new (SrConvertShapeKind  kind,
                      const SrCollection *source,
                      const SrCollection *written)
{
  SrConvertShape *self = g_new0 (SrConvertShape, 1);
  guint           n = sr_collection_get_n_columns (written);

  self->kind = kind;
  self->source = sr_collection_ref ((SrCollection *) source);
  self->written = sr_collection_ref ((SrCollection *) written);
  self->places = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < n; i++)
    g_hash_table_insert (self->places, sr_collection_get_column (written, i)->name,
                         GUINT_TO_POINTER (i + 1));
  self->json = sr_json_fields_new ();
  self->fields = g_array_new (FALSE, FALSE, sizeof (SrField));
  self->fresh = g_array_new (FALSE, FALSE, sizeof (Fresh));
  self->scratch = g_string_new (NULL);
  return self;
}

void
sr_convert_shape_free (SrConvertShape *self)
{
  if (self == NULL)
    return;
  sr_collection_unref (self->source);
  sr_collection_unref (self->written);
  g_hash_table_unref (self->places);
  sr_json_fields_free (self->json);
  g_array_unref (self->fields);
  g_array_unref (self->fresh);
  g_string_free (self->scratch, TRUE);
  g_free (self);
}

const SrConvertShapeNotes *
sr_convert_shape_get_notes (const SrConvertShape *self)
{
  return &self->notes;
}

/* --- values made anew ------------------------------------------------------------------------- */

/* What was appended to the scratch since @start becomes the value of field @index. */
static void
set_fresh (SrConvertShape *self,
           guint           index,
           SrValueType     type,
           gsize           start)
{
  SrValue *value = &g_array_index (self->fields, SrField, index).value;
  Fresh    fresh = { index, start };

  value->type = type;
  value->size = self->scratch->len - start;
  g_string_append_c (self->scratch, '\0');
  g_array_append_val (self->fresh, fresh);
}

static void
point_at_fresh (SrConvertShape *self)
{
  for (guint i = 0; i < self->fresh->len; i++)
    {
      const Fresh *fresh = &g_array_index (self->fresh, Fresh, i);

      g_array_index (self->fields, SrField, fresh->field).value.data =
          self->scratch->str + fresh->offset;
    }
}

static gboolean
has_numbers (const SrColumn *column)
{
  static const char *const types[] = { "int", "numeric", "decimal", "real", "double", "float" };

  for (guint i = 0; column->declared != NULL && i < G_N_ELEMENTS (types); i++)
    if (strstr (column->declared, types[i]) != NULL)
      return TRUE;
  return FALSE;
}

/* --- to JSON ---------------------------------------------------------------------------------- */

static void
embed_array (SrConvertShape *self,
             guint           index,
             const SrColumn *column)
{
  const SrValue *value = &g_array_index (self->fields, SrField, index).value;
  gsize          start = self->scratch->len;

  if (sr_sql_array_to_json (value->data, value->size, has_numbers (column), self->scratch))
    set_fresh (self, index, SR_VALUE_JSON, start);
  else
    self->notes.bad_json++;
}

/* JSON text becomes what it says. */
static void
embed_json (SrConvertShape *self,
            guint           index)
{
  SrValue       *value = &g_array_index (self->fields, SrField, index).value;
  gsize          start = self->scratch->len;
  const SrField *fields;
  const char    *text = value->data;
  gsize          size = value->size;
  guint          n_fields;

  for (; size > 0 && g_ascii_isspace (*text); size--)
    text++;
  for (; size > 0 && g_ascii_isspace (text[size - 1]); size--)
    continue;
  if (size == 0 ||
      !sr_json_fields_parse (self->json, text, size, 0, NULL, &fields, &n_fields, NULL))
    {
      self->notes.bad_json++;
      return;
    }
  if (*text == '{' || *text == '[')
    {
      g_string_append_len (self->scratch, text, (gssize) size);
      set_fresh (self, index, SR_VALUE_JSON, start);
      return;
    }
  g_string_append_len (self->scratch, fields[0].value.data, (gssize) fields[0].value.size);
  set_fresh (self, index, fields[0].value.type, start);
}

static void
set_moment (SrConvertShape *self,
            guint           index)
{
  const SrValue        *value = &g_array_index (self->fields, SrField, index).value;
  gsize                 start = self->scratch->len;
  SrMoment              moment;
  gint64                ms;
  g_autoptr (GDateTime) when = NULL;
  g_autofree char      *text = NULL;

  if (!sr_value_get_moment (value, &moment) || moment.nanoseconds % NS_IN_MS != 0 ||
      !sr_moment_to_unix_ms (&moment, &ms))
    {
      self->notes.odd_dates++;
      return;
    }
  when = g_date_time_new_from_unix_utc (ms >= 0 ? ms / 1000 : (ms - 999) / 1000);
  if (when == NULL)
    {
      self->notes.odd_dates++;
      return;
    }
  text = g_date_time_format (when, "%Y-%m-%dT%H:%M:%S");
  g_string_append_printf (self->scratch, "%s.%03dZ", text, (int) (((ms % 1000) + 1000) % 1000));
  set_fresh (self, index, SR_VALUE_TEXT, start);
}

static gboolean
is_json_moment (const SrValue *value)
{
  return value->type == SR_VALUE_TEXT && value->size == strlen ("2026-11-20T05:18:05.591Z") &&
         value->data[10] == 'T' && value->data[value->size - 1] == 'Z';
}

/* @to: (nullable): the column it goes to, where the format has such */
static void
shape_for_json (SrConvertShape *self,
                guint           index,
                const SrColumn *from,
                const SrColumn *to)
{
  SrValue     *value = &g_array_index (self->fields, SrField, index).value;
  SrColumnType type = from != NULL ? from->type : SR_COLUMN_UNKNOWN;
  gboolean     truth;

  if (value->type == SR_VALUE_BYTES)
    self->notes.bytes++;
  if (to != NULL && type != SR_COLUMN_ARRAY && to->type != SR_COLUMN_UNKNOWN)
    type = to->type;
  if (type == SR_COLUMN_JSON && from != NULL && value->type == SR_VALUE_TEXT)
    embed_json (self, index);
  else if (type == SR_COLUMN_ARRAY && value->type == SR_VALUE_TEXT)
    embed_array (self, index, from);
  else if (type == SR_COLUMN_BOOLEAN && value->type == SR_VALUE_NUMBER &&
           sr_value_get_bool (value, &truth))
    *value = (SrValue){ SR_VALUE_BOOL, truth ? "true" : "false", truth ? 4 : 5 };
  else if (to != NULL && type == SR_COLUMN_TIMESTAMP && value->type != SR_VALUE_NULL &&
           !is_json_moment (value))
    set_moment (self, index);
}

/* --- to tables -------------------------------------------------------------------------------- */

static void
shape_for_table (SrConvertShape *self,
                 guint           index,
                 const SrColumn *to)
{
  SrValue         *value = &g_array_index (self->fields, SrField, index).value;
  gsize            start = self->scratch->len;
  g_autofree char *base64 = NULL;

  if (to->type != SR_COLUMN_JSON)
    return;
  switch (value->type)
    {
    case SR_VALUE_TEXT:
      sr_json_text_append_string (self->scratch, value->data, value->size);
      break;
    case SR_VALUE_BYTES:
      base64 = g_base64_encode ((const guchar *) value->data, value->size);
      sr_json_text_append_string (self->scratch, base64, strlen (base64));
      break;
    case SR_VALUE_BOOL:
    case SR_VALUE_NUMBER:
    case SR_VALUE_JSON:
      value->type = SR_VALUE_TEXT;
      return;
    default:
      return;
    }
  set_fresh (self, index, SR_VALUE_TEXT, start);
}

/* Numbers in a column of dates: what Prisma and JavaScript write into SQLite. */
static void
shape_for_server (SrConvertShape *self,
                  guint           index,
                  const SrColumn *column)
{
  const SrValue   *value = &g_array_index (self->fields, SrField, index).value;
  gsize            start = self->scratch->len;
  g_autofree char *text = NULL;
  SrMoment         moment;

  if (value->type != SR_VALUE_NUMBER || column == NULL ||
      (column->type != SR_COLUMN_TIMESTAMP && column->type != SR_COLUMN_DATE))
    return;
  if (!sr_value_get_moment (value, &moment))
    {
      self->notes.odd_dates++;
      return;
    }
  text = sr_moment_to_sql (&moment, FALSE);
  g_string_append (self->scratch, text);
  set_fresh (self, index, SR_VALUE_TEXT, start);
  self->notes.moments++;
}

/* --- records ---------------------------------------------------------------------------------- */

static int
find_place (const SrConvertShape *self,
            const char           *name,
            guint                 guess)
{
  if (guess < sr_collection_get_n_columns (self->written) &&
      strcmp (sr_collection_get_column (self->written, guess)->name, name) == 0)
    return (int) guess;
  return GPOINTER_TO_INT (g_hash_table_lookup (self->places, name)) - 1;
}

/* A field for each column, null where the record has none. */
static void
lay_out_table (SrConvertShape *self,
               const SrRecord *record)
{
  guint n = sr_collection_get_n_columns (self->written);

  g_array_set_size (self->fields, n);
  for (guint i = 0; i < n; i++)
    g_array_index (self->fields, SrField, i) =
        (SrField){ sr_collection_get_column (self->written, i)->name, { SR_VALUE_NULL, "", 0 } };
  for (guint i = 0; i < record->n_fields; i++)
    {
      int place = find_place (self, record->fields[i].name, i);

      if (place >= 0)
        g_array_index (self->fields, SrField, place).value = record->fields[i].value;
    }
  for (guint i = 0; i < n; i++)
    shape_for_table (self, i, sr_collection_get_column (self->written, i));
}

/* The fields that there are, the known ones first and in their order. */
static void
lay_out_ordered (SrConvertShape *self,
                 const SrRecord *record)
{
  guint n = sr_collection_get_n_columns (self->written);

  for (guint i = 0; i < n; i++)
    {
      const SrField *field =
          sr_record_find (record, sr_collection_get_column (self->written, i)->name);

      if (field != NULL)
        g_array_append_vals (self->fields, field, 1);
    }
  for (guint i = 0; i < record->n_fields; i++)
    if (find_place (self, record->fields[i].name, i) < 0)
      {
        g_array_append_vals (self->fields, &record->fields[i], 1);
        self->notes.unknown++;
      }
}

static const SrColumn *
source_column (const SrConvertShape *self,
               const char           *name,
               guint                 guess)
{
  int place = -1;

  if (self->source->columns == NULL)
    return NULL;
  if (guess < self->source->columns->len &&
      strcmp (sr_collection_get_column (self->source, guess)->name, name) == 0)
    place = (int) guess;
  else
    place = sr_collection_find_column (self->source, name);
  return place >= 0 ? sr_collection_get_column (self->source, (guint) place) : NULL;
}

static void
lay_out_json (SrConvertShape *self,
              const SrRecord *record)
{
  if (self->kind == SR_SHAPE_LPGNEXUS)
    lay_out_ordered (self, record);
  else
    g_array_append_vals (self->fields, record->fields, record->n_fields);
  for (guint i = 0; i < self->fields->len; i++)
    {
      const char *name = g_array_index (self->fields, SrField, i).name;
      int         place = self->kind == SR_SHAPE_LPGNEXUS ? find_place (self, name, i) : -1;

      shape_for_json (self, i, source_column (self, name, i),
                      place >= 0 ? sr_collection_get_column (self->written, (guint) place) : NULL);
    }
}

static void
lay_out_server (SrConvertShape *self,
                const SrRecord *record)
{
  g_array_append_vals (self->fields, record->fields, record->n_fields);
  for (guint i = 0; i < record->n_fields; i++)
    shape_for_server (self, i, source_column (self, record->fields[i].name, i));
}

/* JSON that stays as it is keeps its bytes. */
static gboolean
is_unchanged (const SrConvertShape *self,
              const SrRecord       *record)
{
  if (!record->is_json || self->fields->len != record->n_fields || self->fresh->len > 0)
    return FALSE;
  for (guint i = 0; i < record->n_fields; i++)
    {
      const SrField *field = &g_array_index (self->fields, SrField, i);

      if (strcmp (field->name, record->fields[i].name) != 0 ||
          field->value.data != record->fields[i].value.data ||
          field->value.type != record->fields[i].value.type)
        return FALSE;
    }
  return TRUE;
}

const SrRecord *
sr_convert_shape_apply (SrConvertShape *self,
                        const SrRecord *record)
{
  if (self->kind == SR_SHAPE_AS_IT_IS ||
      (self->kind == SR_SHAPE_TABLE && self->source->columns != NULL))
    return record;
  g_array_set_size (self->fields, 0);
  g_array_set_size (self->fresh, 0);
  g_string_truncate (self->scratch, 0);
  if (self->source->columns == NULL && self->kind <= SR_SHAPE_SERVER)
    lay_out_table (self, record);
  else if (self->kind == SR_SHAPE_SERVER)
    lay_out_server (self, record);
  else
    lay_out_json (self, record);
  if (self->kind > SR_SHAPE_SERVER && is_unchanged (self, record))
    return record;
  point_at_fresh (self);
  self->record = *record;
  self->record.raw = NULL;
  self->record.raw_size = 0;
  self->record.is_json = FALSE;
  self->record.fields = (gconstpointer) self->fields->data;
  self->record.n_fields = self->fields->len;
  return &self->record;
}
