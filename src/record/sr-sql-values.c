/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "record/sr-sql-types.h"
#include "record/sr-sql-values.h"

#define MAX_BITS 4096

void
sr_sql_target_clear (SrSqlTarget *self)
{
  g_clear_pointer (&self->collection, sr_collection_unref);
  g_clear_pointer (&self->names, g_ptr_array_unref);
  g_clear_pointer (&self->columns, g_array_unref);
}

static void
find_columns (SrSqlTarget *self)
{
  guint n_columns = sr_collection_get_n_columns (self->collection);

  g_array_set_size (self->columns, 0);
  for (guint i = 0; i < self->names->len; i++)
    {
      const char *name = g_ptr_array_index (self->names, i);
      int         place = (int) i;

      /* Mostly the list is in the table's order. */
      if (i >= n_columns ||
          strcmp (sr_collection_get_column (self->collection, i)->name, name) != 0)
        place = sr_collection_find_column (self->collection, name);
      g_array_append_val (self->columns, place);
    }
}

void
sr_sql_target_set (SrSqlTarget  *self,
                   SrCollection *collection,
                   GPtrArray    *names)
{
  sr_collection_ref (collection);
  sr_sql_target_clear (self);
  self->collection = collection;
  self->columns = g_array_new (FALSE, FALSE, sizeof (int));
  if (names == NULL)
    {
      names = g_ptr_array_new_with_free_func (g_free);
      for (guint i = 0; i < sr_collection_get_n_columns (collection); i++)
        g_ptr_array_add (names, g_strdup (sr_collection_get_column (collection, i)->name));
    }
  self->names = names;
  find_columns (self);
}

static guint
count_generated (const SrCollection *collection)
{
  guint n = 0;

  for (guint i = 0; i < sr_collection_get_n_columns (collection); i++)
    n += sr_collection_get_column (collection, i)->generated ? 1 : 0;
  return n;
}

static void
drop_generated (SrSqlTarget *self)
{
  for (guint i = self->names->len; i-- > 0;)
    {
      const SrColumn *column = sr_sql_target_get_column (self, i);

      if (column != NULL && column->generated)
        g_ptr_array_remove_index (self->names, i);
    }
  find_columns (self);
}

gboolean
sr_sql_target_fit (SrSqlTarget *self,
                   guint        n_values)
{
  if (G_LIKELY (self->names->len == n_values))
    return TRUE;
  if (self->names->len == 0 && sr_collection_get_n_columns (self->collection) == 0)
    {
      for (guint i = 0; i < n_values; i++)
        g_ptr_array_add (self->names, g_strdup_printf ("column%u", i + 1));
      find_columns (self);
      return TRUE;
    }
  if (self->names->len != sr_collection_get_n_columns (self->collection) ||
      self->names->len - count_generated (self->collection) != n_values)
    return FALSE;
  drop_generated (self);
  return TRUE;
}

const SrColumn *
sr_sql_target_get_column (const SrSqlTarget *self,
                          guint              value)
{
  int place;

  if (value >= self->columns->len)
    return NULL;
  place = g_array_index (self->columns, int, value);
  return place >= 0 ? sr_collection_get_column (self->collection, (guint) place) : NULL;
}

void
sr_sql_values_init (SrSqlValues    *self,
                    SrRecordReader *reader)
{
  self->fields = g_array_new (FALSE, FALSE, sizeof (SrField));
  self->bytes = g_byte_array_new ();
  self->reader = reader;
}

void
sr_sql_values_clear (SrSqlValues *self)
{
  g_clear_pointer (&self->fields, g_array_unref);
  g_clear_pointer (&self->bytes, g_byte_array_unref);
}

void
sr_sql_values_reset (SrSqlValues *self)
{
  g_array_set_size (self->fields, 0);
  g_byte_array_set_size (self->bytes, 0);
}

gsize
sr_sql_values_begin (SrSqlValues *self)
{
  return self->bytes->len;
}

/* Whether @text is a number as JSON allows it but for a sign or zeros in front. */
static gboolean
is_number (const char *text,
           gsize       size)
{
  const char *end = text + size;
  gboolean    has_digit = FALSE;

  if (text < end && *text == '-')
    text++;
  while (text < end && g_ascii_isdigit (*text))
    text++, has_digit = TRUE;
  if (!has_digit)
    return FALSE;
  if (text + 1 < end && *text == '.' && g_ascii_isdigit (text[1]))
    for (text++; text < end && g_ascii_isdigit (*text); text++)
      ;
  if (text < end && (*text == 'e' || *text == 'E'))
    {
      text++;
      if (text < end && (*text == '-' || *text == '+'))
        text++;
      if (text == end)
        return FALSE;
      while (text < end && g_ascii_isdigit (*text))
        text++;
    }
  return text == end;
}

/* "007" and ".5" are numbers in SQL; a number here is written as JSON writes it. */
static gboolean
normalize_number (GByteArray *bytes,
                  gsize       begin)
{
  gsize sign;
  gsize zeros = 0;

  if (bytes->len > begin && bytes->data[begin] == '+')
    g_byte_array_remove_index (bytes, (guint) begin);
  sign = bytes->len > begin && bytes->data[begin] == '-' ? 1 : 0;
  if (bytes->len > begin + sign && bytes->data[begin + sign] == '.')
    {
      g_byte_array_set_size (bytes, bytes->len + 1);
      memmove (bytes->data + begin + sign + 1, bytes->data + begin + sign,
               bytes->len - 1 - begin - sign);
      bytes->data[begin + sign] = '0';
    }
  if (bytes->len > begin && bytes->data[bytes->len - 1] == '.')
    g_byte_array_set_size (bytes, bytes->len - 1);
  if (!is_number ((const char *) bytes->data + begin, bytes->len - begin))
    return FALSE;
  while (begin + sign + zeros + 1 < bytes->len && bytes->data[begin + sign + zeros] == '0' &&
         g_ascii_isdigit ((char) bytes->data[begin + sign + zeros + 1]))
    zeros++;
  if (zeros > 0)
    g_byte_array_remove_range (bytes, (guint) (begin + sign), (guint) zeros);
  return TRUE;
}

/* "\x6162" as PostgreSQL writes bytes. */
static gboolean
decode_postgres_bytes (GByteArray *bytes,
                       gsize       begin)
{
  guint8 *to = bytes->data + begin;
  gsize   size = bytes->len - begin;

  if (size < 2 || size % 2 != 0 || to[0] != '\\' || to[1] != 'x')
    return FALSE;
  for (gsize i = 2; i < size; i++)
    if (!g_ascii_isxdigit ((char) to[i]))
      return FALSE;
  for (gsize i = 2; i < size; i += 2)
    to[i / 2 - 1] = (guint8) (g_ascii_xdigit_value ((char) to[i]) << 4 |
                              g_ascii_xdigit_value ((char) to[i + 1]));
  g_byte_array_set_size (bytes, (guint) (begin + size / 2 - 1));
  return TRUE;
}

/* Bytes of a BIT column become its digits. */
static void
spread_bits (GByteArray *bytes,
             gsize       begin)
{
  gsize              size = bytes->len - begin;
  g_autofree guint8 *copy = g_memdup2 (bytes->data + begin, size);

  g_byte_array_set_size (bytes, (guint) (begin + size * 8));
  for (gsize i = 0; i < size * 8; i++)
    bytes->data[begin + i] = (copy[i / 8] >> (7 - i % 8) & 1) != 0 ? '1' : '0';
}

/* As many digits as the column is wide. */
static void
fit_bits (GByteArray *bytes,
          gsize       begin,
          guint       width)
{
  gsize size = bytes->len - begin;

  if (width == 0 || width > MAX_BITS || size == width)
    return;
  if (size > width)
    {
      if (strspn ((const char *) bytes->data + begin, "0") >= size - width)
        g_byte_array_remove_range (bytes, (guint) begin, (guint) (size - width));
      return;
    }
  g_byte_array_set_size (bytes, (guint) (begin + width));
  memmove (bytes->data + begin + width - size, bytes->data + begin, size);
  memset (bytes->data + begin, '0', width - size);
}

static SrValueType
apply_bits (GByteArray     *bytes,
            gsize           begin,
            const SrColumn *column,
            SrSqlDialect    dialect,
            SrValueType     type)
{
  gsize    size = bytes->len - begin;
  gboolean is_varying = g_strcmp0 (column->declared, "varbit") == 0 ||
                        strstr (column->declared, "varying") != NULL;

  if (type == SR_VALUE_BYTES || (type == SR_VALUE_TEXT && dialect != SR_SQL_POSTGRES))
    {
      if (size > MAX_BITS / 8)
        return type;
      spread_bits (bytes, begin);
    }
  g_byte_array_append (bytes, (const guint8 *) "", 1);
  g_byte_array_set_size (bytes, bytes->len - 1);
  if (!is_varying)
    fit_bits (bytes, begin, sr_sql_type_get_size (column->declared, 1));
  return SR_VALUE_TEXT;
}

/* What the column makes of a value that was written as text. */
static SrValueType
apply_column (GByteArray     *bytes,
              gsize           begin,
              const SrColumn *column,
              SrSqlDialect    dialect,
              SrValueType     type)
{
  const char *text = (const char *) bytes->data + begin;
  gsize       size = bytes->len - begin;

  if (column->type == SR_COLUMN_BITS && type != SR_VALUE_NULL && type != SR_VALUE_LOST &&
      type != SR_VALUE_NUMBER)
    return apply_bits (bytes, begin, column, dialect, type);
  if (type != SR_VALUE_TEXT)
    return type;
  switch (column->type)
    {
    case SR_COLUMN_INTEGER:
    case SR_COLUMN_DECIMAL:
    case SR_COLUMN_REAL:
      return is_number (text, size) && normalize_number (bytes, begin) ? SR_VALUE_NUMBER : type;
    case SR_COLUMN_BOOLEAN:
      if (dialect != SR_SQL_POSTGRES || size != 1 || (*text != 't' && *text != 'f'))
        return type;
      g_byte_array_set_size (bytes, (guint) begin);
      if (*text == 't')
        g_byte_array_append (bytes, (const guint8 *) "true", 4);
      else
        g_byte_array_append (bytes, (const guint8 *) "false", 5);
      return SR_VALUE_BOOL;
    case SR_COLUMN_BYTES:
      if (dialect == SR_SQL_POSTGRES)
        return decode_postgres_bytes (bytes, begin) ? SR_VALUE_BYTES : type;
      return dialect == SR_SQL_SQLITE ? type : SR_VALUE_BYTES;
    case SR_COLUMN_GEOMETRY:
      return dialect == SR_SQL_MYSQL ? SR_VALUE_BYTES : type;
    default:
      return type;
    }
}

static void
note_text (SrSqlValues *self,
           gsize        begin)
{
  const char *text = (const char *) self->bytes->data + begin;
  gsize       size = self->bytes->len - begin;

  if (size == 0)
    return;
  if (memchr (text, '\0', size) != NULL)
    sr_record_reader_add_note (self->reader, SR_NOTE_NUL);
  if (!g_utf8_validate_len (text, size, NULL) && memchr (text, '\0', size) == NULL)
    sr_record_reader_add_note (self->reader, SR_NOTE_INVALID_UTF8);
}

void
sr_sql_values_end (SrSqlValues       *self,
                   const SrSqlTarget *target,
                   SrSqlDialect       dialect,
                   SrValueType        type,
                   gsize              begin)
{
  const SrColumn *column = sr_sql_target_get_column (target, self->fields->len);
  SrField         field = { NULL, { SR_VALUE_NULL, NULL, 0 } };

  if (type == SR_VALUE_NUMBER && !normalize_number (self->bytes, begin))
    type = SR_VALUE_TEXT;
  if (column != NULL)
    type = apply_column (self->bytes, begin, column, dialect, type);
  if (type == SR_VALUE_TEXT)
    note_text (self, begin);
  field.value.type = type;
  field.value.size = self->bytes->len - begin;
  g_byte_array_append (self->bytes, (const guint8 *) "", 1);
  g_array_append_val (self->fields, field);
}

void
sr_sql_values_finish (SrSqlValues       *self,
                      const SrSqlTarget *target,
                      SrRecord          *record)
{
  const char *data = (const char *) self->bytes->data;

  for (guint i = 0; i < self->fields->len; i++)
    {
      SrField *field = &g_array_index (self->fields, SrField, i);

      field->name = g_ptr_array_index (target->names, i);
      field->value.data = data;
      data += field->value.size + 1;
    }
  record->fields = (const SrField *) (gpointer) self->fields->data;
  record->n_fields = self->fields->len;
}
