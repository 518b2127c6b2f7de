/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-maria-column.h"

#include <string.h>

#include "base/sr-error.h"
#include "record/sr-value.h"

static const struct
{
  const char *type;
  SrMariaKind kind;
} kinds[] = {
  { "tinyint", SR_MARIA_INTEGER },
  { "smallint", SR_MARIA_INTEGER },
  { "mediumint", SR_MARIA_INTEGER },
  { "int", SR_MARIA_INTEGER },
  { "bigint", SR_MARIA_INTEGER },
  { "year", SR_MARIA_INTEGER },
  { "decimal", SR_MARIA_DECIMAL },
  { "float", SR_MARIA_FLOAT },
  { "double", SR_MARIA_FLOAT },
  { "bit", SR_MARIA_BIT },
  { "binary", SR_MARIA_BYTES },
  { "varbinary", SR_MARIA_BYTES },
  { "tinyblob", SR_MARIA_BYTES },
  { "blob", SR_MARIA_BYTES },
  { "mediumblob", SR_MARIA_BYTES },
  { "longblob", SR_MARIA_BYTES },
  { "date", SR_MARIA_DATE },
  { "datetime", SR_MARIA_DATETIME },
  { "timestamp", SR_MARIA_TIMESTAMP },
  { "time", SR_MARIA_TIME },
};

void
sr_maria_column_free (SrMariaColumn *self)
{
  g_free (self->name);
  g_free (self->type);
  g_free (self);
}

static void
free_column (gpointer data)
{
  sr_maria_column_free (data);
}

static SrMariaColumn *
read_column (MYSQL_ROW row)
{
  SrMariaColumn *self = g_new0 (SrMariaColumn, 1);
  const char    *extra = row[4] != NULL ? row[4] : "";
  const char    *places = row[5] != NULL ? row[5] : row[6];

  self->name = g_utf8_make_valid (row[0], -1);
  self->type = g_utf8_make_valid (row[2], -1);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (row[1], kinds[i].type) == 0)
      self->kind = kinds[i].kind;
  self->not_null = strcmp (row[3], "NO") == 0;
  self->generated = strstr (extra, "VIRTUAL GENERATED") != NULL ||
                    strstr (extra, "STORED GENERATED") != NULL ||
                    strstr (extra, "PERSISTENT") != NULL;
  self->places = places != NULL ? (guint) g_ascii_strtoull (places, NULL, 10) : 0;
  return self;
}

GPtrArray *
sr_maria_columns_read (SrMaria      *maria,
                       const char   *database,
                       const char   *table,
                       GCancellable *cancellable,
                       GError      **error)
{
  g_autoptr (GPtrArray) columns = g_ptr_array_new_with_free_func (free_column);
  g_autofree char      *in = sr_maria_literal (database);
  g_autofree char      *of = sr_maria_literal (table);
  g_autoptr (MYSQL_RES) result = sr_maria_queryf (
      maria, cancellable, error,
      "SELECT column_name, lower(data_type), column_type, is_nullable, upper(extra), "
      "datetime_precision, numeric_scale FROM information_schema.columns "
      "WHERE table_schema = %s AND table_name = %s ORDER BY ordinal_position",
      in, of);
  MYSQL_ROW row;

  if (result == NULL)
    return NULL;
  while ((row = mysql_fetch_row (result)) != NULL)
    g_ptr_array_add (columns, read_column (row));
  return g_steal_pointer (&columns);
}

static gboolean
refuse (const SrMariaColumn *self,
        const SrValue       *value,
        const char          *why,
        GError             **error)
{
  g_autofree char *shown = sr_value_to_display (value, 60);

  g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "“%s” does not fit into column “%s” (%s): %s",
               shown, self->name, self->type, why);
  return FALSE;
}

/* How many digits behind the point matter. */
static guint
count_places (const char *text,
              gsize       size)
{
  const char *point = memchr (text, '.', size);
  const char *end = text + size;
  const char *last = point;

  if (point == NULL)
    return 0;
  for (const char *c = point + 1; c < end && g_ascii_isdigit (*c); c++)
    if (*c != '0')
      last = c;
  return (guint) (last - point);
}

/* A whole or decimal number without an exponent; the server rounds those without a word. */
static gboolean
append_number (const SrMariaColumn *self,
               const SrValue       *value,
               GString             *sql,
               GError             **error)
{
  guint places = self->kind == SR_MARIA_DECIMAL ? self->places : 0;

  if (value->type == SR_VALUE_BOOL)
    {
      g_string_append (sql, value->data[0] == 't' ? "1" : "0");
      return TRUE;
    }
  if (value->type == SR_VALUE_TEXT && !sr_text_is_number (value->data, value->size))
    {
      gboolean flag;

      if (self->kind != SR_MARIA_INTEGER || !sr_value_get_bool (value, &flag))
        sr_maria_append_literal (sql, value->data, value->size);
      else
        g_string_append (sql, flag ? "1" : "0");
      return TRUE;
    }
  if (value->type != SR_VALUE_NUMBER && value->type != SR_VALUE_TEXT)
    return refuse (self, value, "it is no number", error);
  if (self->kind != SR_MARIA_FLOAT)
    {
      if (memchr (value->data, 'e', value->size) != NULL ||
          memchr (value->data, 'E', value->size) != NULL)
        return refuse (self, value, "a number with an exponent is not exact", error);
      if (count_places (value->data, value->size) > places)
        return refuse (self, value, "it has more decimal places than the column keeps", error);
    }
  g_string_append_len (sql, value->data, (gssize) value->size);
  return TRUE;
}

static gboolean
append_bits (const SrMariaColumn *self,
             const SrValue       *value,
             GString             *sql,
             GError             **error)
{
  if (value->size == 0 || value->size > 64 || strspn (value->data, "01") != value->size)
    return refuse (self, value, "these are no bits", error);
  g_string_append_printf (sql, "b'%s'", value->data);
  return TRUE;
}

static void
append_bytes (const SrValue *value,
              GString       *sql)
{
  static const char digits[] = "0123456789ABCDEF";
  gsize             at = sql->len + 2;

  g_string_append (sql, "x'");
  g_string_set_size (sql, at + value->size * 2);
  for (gsize i = 0; i < value->size; i++)
    {
      guint8 byte = (guint8) value->data[i];

      sql->str[at++] = digits[byte >> 4];
      sql->str[at++] = digits[byte & 15];
    }
  g_string_append_c (sql, '\'');
}

/* "Fri Nov 20 2026 …" */
static gboolean
is_javascript (const SrValue *value)
{
  return value->size > 0 && g_ascii_isalpha (value->data[0]);
}

static gboolean
append_moment (const SrMariaColumn *self,
               const SrValue       *value,
               SrMoment            *moment,
               GString             *sql,
               GError             **error)
{
  g_autofree char *text = NULL;
  gboolean         of_server = is_javascript (value);
  guint            unit = 1000000000;
  gint64           ms;

  if (self->kind == SR_MARIA_DATE)
    {
      if (moment->hour != 0 || moment->minute != 0 || moment->second != 0 ||
          moment->nanoseconds != 0)
        return refuse (self, value, "the column keeps no time of day", error);
      moment->has_time = FALSE;
    }
  if (self->kind == SR_MARIA_TIMESTAMP && moment->has_offset && !of_server)
    {
      guint32 nanoseconds = moment->nanoseconds;

      if (!sr_moment_to_unix_ms (moment, &ms))
        return refuse (self, value, "it is no moment", error);
      sr_moment_from_unix_ms (moment, ms);
      moment->nanoseconds = nanoseconds;
    }
  for (guint i = 0; i < MIN (self->places, 9); i++)
    unit /= 10;
  if (moment->nanoseconds % unit != 0)
    return refuse (self, value, "it has a finer fraction of a second", error);
  text = sr_moment_to_sql (moment, FALSE);
  if (self->kind == SR_MARIA_TIMESTAMP && of_server)
    g_string_append_printf (sql, "CONVERT_TZ('%s', @@global.time_zone, '+00:00')", text);
  else
    g_string_append_printf (sql, "'%s'", text);
  return TRUE;
}

gboolean
sr_maria_column_append (const SrMariaColumn *self,
                        const SrValue       *value,
                        GString             *sql,
                        guint64             *lost,
                        GError             **error)
{
  SrMoment moment;

  if (value->type == SR_VALUE_LOST && self->not_null)
    return refuse (self, value, "the export destroyed it, and the column must have a value", error);
  if (value->type == SR_VALUE_LOST)
    (*lost)++;
  if (value->type == SR_VALUE_LOST || value->type == SR_VALUE_NULL)
    {
      g_string_append (sql, "NULL");
      return TRUE;
    }
  if (value->type == SR_VALUE_BYTES)
    {
      append_bytes (value, sql);
      return TRUE;
    }
  switch (self->kind)
    {
    case SR_MARIA_INTEGER:
    case SR_MARIA_DECIMAL:
    case SR_MARIA_FLOAT:
      return append_number (self, value, sql, error);
    case SR_MARIA_BIT:
      if (value->type == SR_VALUE_TEXT)
        return append_bits (self, value, sql, error);
      return append_number (self, value, sql, error);
    case SR_MARIA_DATE:
    case SR_MARIA_DATETIME:
    case SR_MARIA_TIMESTAMP:
      if (sr_value_get_moment (value, &moment))
        return append_moment (self, value, &moment, sql, error);
      break;
    case SR_MARIA_BYTES:
    case SR_MARIA_TIME:
    case SR_MARIA_JSON:
    case SR_MARIA_OTHER:
    default:
      break;
    }
  sr_maria_append_literal (sql, value->data, value->size);
  return TRUE;
}
