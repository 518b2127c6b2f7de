/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-pg-column.h"

#include <string.h>

#include "base/sr-error.h"
#include "record/sr-value.h"
#include "target/sr-json-array.h"

#define MAX_DIMENSIONS 6

/* Fixed numbers of pg_type.dat. */
static const struct
{
  guint32  oid;
  SrPgKind kind;
  guint    bits;
} types[] = {
  { 16, SR_PG_BOOL, 0 },
  { 17, SR_PG_BYTEA, 0 },
  { 18, SR_PG_TEXT, 0 },
  { 19, SR_PG_TEXT, 0 },
  { 20, SR_PG_INT, 64 },
  { 21, SR_PG_INT, 16 },
  { 23, SR_PG_INT, 32 },
  { 25, SR_PG_TEXT, 0 },
  { 114, SR_PG_JSON, 0 },
  { 700, SR_PG_FLOAT, 0 },
  { 701, SR_PG_FLOAT, 0 },
  { 1042, SR_PG_TEXT, 0 },
  { 1043, SR_PG_TEXT, 0 },
  { 1082, SR_PG_DATE, 0 },
  { 1114, SR_PG_TIMESTAMP, 0 },
  { 1184, SR_PG_TIMESTAMPTZ, 0 },
  { 1560, SR_PG_BITS, 0 },
  { 1562, SR_PG_BITS, 0 },
  { 1700, SR_PG_NUMERIC, 0 },
  { 3802, SR_PG_JSON, 0 },
};

void
sr_pg_column_free (SrPgColumn *self)
{
  g_free (self->name);
  g_free (self->type);
  g_strfreev (self->labels);
  g_free (self);
}

static SrPgKind
kind_of (guint32 oid,
         char    type_class,
         guint  *bits)
{
  if (type_class == 'e')
    return SR_PG_ENUM;
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (types[i].oid == oid)
      {
        *bits = types[i].bits;
        return types[i].kind;
      }
  return SR_PG_OTHER;
}

void
sr_pg_column_set_type (SrPgColumn *self,
                       guint32     oid,
                       gint32      modifier,
                       char        type_class,
                       guint32     element_oid,
                       char        element_class)
{
  SrPgKind base;

  self->kind = kind_of (oid, type_class, &self->bits);
  if (element_oid != 0)
    {
      self->kind = SR_PG_ARRAY;
      self->element = kind_of (element_oid, element_class, &self->bits);
    }
  base = self->kind == SR_PG_ARRAY ? self->element : self->kind;
  self->places = -1;
  if (base == SR_PG_BITS && oid == 1560)
    self->bits = modifier > 0 ? (guint) modifier : 1;
  if (base == SR_PG_NUMERIC && modifier >= 4)
    {
      /* 11 bits of scale, signed since 15; the upper half holds the precision. */
      int scale = (modifier - 4) & 0x7ff;

      self->places = scale < 1024 ? scale : scale - 2048;
    }
  if (base == SR_PG_TIMESTAMP || base == SR_PG_TIMESTAMPTZ)
    self->places = modifier >= 0 && modifier <= 6 ? modifier : 6;
}

static gboolean
refuse (const SrPgColumn *self,
        const SrValue    *value,
        const char       *why,
        GError          **error)
{
  g_autofree char *shown = sr_value_to_display (value, 60);

  g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
               "Column “%s” (%s) cannot hold “%s”: %s", self->name, self->type, shown, why);
  return FALSE;
}

/* What COPY's text format escapes. */
static void
append_escaped (GString    *line,
                const char *text,
                gsize       size)
{
  const char *end = text + size;
  const char *plain = text;

  for (const char *c = text; c < end; c++)
    {
      char escape = 0;

      switch (*c)
        {
        case '\\':
          escape = '\\';
          break;
        case '\t':
          escape = 't';
          break;
        case '\n':
          escape = 'n';
          break;
        case '\r':
          escape = 'r';
          break;
        default:
          continue;
        }
      g_string_append_len (line, plain, c - plain);
      g_string_append_c (line, '\\');
      g_string_append_c (line, escape);
      plain = c + 1;
    }
  g_string_append_len (line, plain, end - plain);
}

static gboolean
append_text (const SrPgColumn *self,
             const SrValue    *value,
             GString          *line,
             GError          **error)
{
  if (memchr (value->data, '\0', value->size) != NULL)
    return refuse (self, value, "PostgreSQL keeps no text with NUL bytes", error);
  if (!g_utf8_validate_len (value->data, value->size, NULL))
    return refuse (self, value, "it is no valid UTF-8", error);
  append_escaped (line, value->data, value->size);
  return TRUE;
}

static gboolean
append_int (const SrPgColumn *self,
            const SrValue    *value,
            GString          *line,
            GError          **error)
{
  gint64   number;
  gint64   limit = self->bits == 64 ? G_MAXINT64 : (G_GINT64_CONSTANT (1) << (self->bits - 1)) - 1;
  gboolean truth;

  if (value->type == SR_VALUE_BOOL && sr_value_get_bool (value, &truth))
    number = truth;
  else if (!sr_value_get_int64 (value, &number))
    return refuse (self, value, "it is no whole number", error);
  if (number > limit || number < -limit - 1)
    return refuse (self, value, "it is out of range", error);
  g_string_append_printf (line, "%" G_GINT64_FORMAT, number);
  return TRUE;
}

/* How many decimal places a number has that are not zero; negative if it ends in zeros before the
 * point. G_MININT for zero. */
static int
count_places (const char *text,
              gsize       size)
{
  const char *end = text + size;
  int         places = 0;
  int         last = G_MININT; /* place of the last digit that is no zero */
  gboolean    fraction = FALSE;
  int         before = 0; /* digits before the point */
  int         last_before = -1;
  gint64      exponent = 0;

  for (const char *c = text; c < end; c++)
    {
      if (*c == '.')
        fraction = TRUE;
      else if (*c == 'e' || *c == 'E')
        {
          exponent = CLAMP (g_ascii_strtoll (c + 1, NULL, 10), -1000000, 1000000);
          break;
        }
      else if (g_ascii_isdigit (*c) && fraction)
        {
          places++;
          last = *c != '0' ? places : last;
        }
      else if (g_ascii_isdigit (*c))
        {
          before++;
          last_before = *c != '0' ? before : last_before;
        }
    }
  if (last == G_MININT && last_before >= 0)
    last = last_before - before;
  return last == G_MININT ? G_MININT : last - (int) exponent;
}

static gboolean
append_number (const SrPgColumn *self,
               const SrValue    *value,
               GString          *line,
               GError          **error)
{
  gboolean plain = value->type == SR_VALUE_NUMBER || value->type == SR_VALUE_TEXT;

  if (value->type == SR_VALUE_JSON)
    {
      g_autofree char *number = sr_value_get_mongo_number (value);

      if (number != NULL)
        {
          SrValue inner = { SR_VALUE_NUMBER, number, strlen (number) };

          return append_number (self, &inner, line, error);
        }
    }
  if (value->type == SR_VALUE_TEXT &&
      (g_ascii_strcasecmp (value->data, "NaN") == 0 ||
       g_ascii_strcasecmp (value->data, "Infinity") == 0 ||
       g_ascii_strcasecmp (value->data, "-Infinity") == 0))
    {
      g_string_append_len (line, value->data, (gssize) value->size);
      return TRUE;
    }
  if (!plain || !sr_text_is_number (value->data, value->size))
    return refuse (self, value, "it is no number", error);
  if (self->kind == SR_PG_NUMERIC && self->places != -1 &&
      count_places (value->data, value->size) > self->places)
    return refuse (self, value, "it would be rounded", error);
  g_string_append_len (line, value->data, (gssize) value->size);
  return TRUE;
}

static gboolean
append_bytes (const SrPgColumn *self,
              const SrValue    *value,
              GString          *line,
              GError          **error)
{
  static const char digits[] = "0123456789abcdef";
  const guint8     *bytes = (const guint8 *) value->data;

  if (value->type != SR_VALUE_BYTES && value->type != SR_VALUE_TEXT)
    return refuse (self, value, "it is no binary content", error);
  if (value->type == SR_VALUE_TEXT && g_str_has_prefix (value->data, "\\x"))
    return append_text (self, value, line, error);
  g_string_append (line, "\\\\x");
  for (gsize i = 0; i < value->size; i++)
    {
      g_string_append_c (line, digits[bytes[i] >> 4]);
      g_string_append_c (line, digits[bytes[i] & 15]);
    }
  return TRUE;
}

/* A bit field comes as "0101", as a number or as the bytes that hold it at their end. */
static gboolean
append_bits (const SrPgColumn *self,
             const SrValue    *value,
             GString          *line,
             GError          **error)
{
  g_autoptr (GString) bits = g_string_new (NULL);
  gint64              number = 0;
  gsize               spare;

  if (value->type == SR_VALUE_TEXT)
    return append_text (self, value, line, error);
  if (value->type == SR_VALUE_BYTES)
    for (gsize i = 0; i < value->size * 8; i++)
      g_string_append_c (bits, ((guint8) value->data[i / 8] >> (7 - i % 8)) & 1 ? '1' : '0');
  else if (sr_value_get_int64 (value, &number) && number >= 0)
    for (int i = 63; i >= 0; i--)
      g_string_append_c (bits, (number >> i) & 1 ? '1' : '0');
  else
    return refuse (self, value, "it is no bit field", error);
  spare = self->bits > 0 && bits->len > self->bits ? bits->len - self->bits : 0;
  if (strspn (bits->str, "0") < spare)
    return refuse (self, value, "it has more bits", error);
  for (gsize i = bits->len; i < self->bits; i++)
    g_string_append_c (line, '0');
  g_string_append (line, bits->str + spare);
  return TRUE;
}

static gboolean
append_moment (const SrPgColumn *self,
               const SrValue    *value,
               GString          *line,
               GError          **error)
{
  SrMoment         moment;
  guint32          unit = 1;
  g_autofree char *text = NULL;

  if (value->type == SR_VALUE_TEXT && (strcmp (value->data, "infinity") == 0 ||
                                       strcmp (value->data, "-infinity") == 0))
    {
      g_string_append (line, value->data);
      return TRUE;
    }
  if (!sr_value_get_moment (value, &moment))
    return refuse (self, value, "it is no date that can be understood", error);
  if (self->kind == SR_PG_DATE)
    {
      if (moment.has_time && (moment.hour | moment.minute | moment.second |
                              (int) moment.nanoseconds) != 0)
        return refuse (self, value, "its time would be lost", error);
      g_string_append_printf (line, "%04d-%02d-%02d", moment.year, moment.month, moment.day);
      return TRUE;
    }
  for (int i = self->places; i < 9; i++)
    unit *= 10;
  if (moment.nanoseconds % unit != 0)
    return refuse (self, value, "parts of a second would be lost", error);
  text = sr_moment_to_sql (&moment, self->kind == SR_PG_TIMESTAMPTZ);
  g_string_append (line, text);
  return TRUE;
}

static void
append_json_string (GString       *line,
                    const SrValue *value)
{
  g_autoptr (GString) json = g_string_new ("\"");

  for (gsize i = 0; i < value->size; i++)
    {
      guchar c = (guchar) value->data[i];

      if (c == '"' || c == '\\')
        g_string_append_printf (json, "\\%c", c);
      else if (c < 0x20)
        g_string_append_printf (json, "\\u%04x", c);
      else
        g_string_append_c (json, (char) c);
    }
  g_string_append_c (json, '"');
  append_escaped (line, json->str, json->len);
}

static gboolean
append_json (const SrPgColumn *self,
             const SrValue    *value,
             gboolean          from_json,
             GString          *line,
             GError          **error)
{
  if (value->type == SR_VALUE_BYTES)
    return refuse (self, value, "it is no JSON", error);
  if (value->type != SR_VALUE_TEXT || !from_json)
    return append_text (self, value, line, error);
  if (!g_utf8_validate_len (value->data, value->size, NULL))
    return refuse (self, value, "it is no valid UTF-8", error);
  append_json_string (line, value);
  return TRUE;
}

static gboolean
append_enum (const SrPgColumn *self,
             const SrValue    *value,
             GString          *line,
             GError          **error)
{
  g_autofree char *known = NULL;
  g_autofree char *why = NULL;

  if (self->labels != NULL && value->type == SR_VALUE_TEXT &&
      strlen (value->data) == value->size &&
      g_strv_contains ((const char *const *) self->labels, value->data))
    {
      append_escaped (line, value->data, value->size);
      return TRUE;
    }
  known = self->labels != NULL ? g_strjoinv (", ", self->labels) : g_strdup ("nothing");
  why = g_strdup_printf ("it allows %s", known);
  return refuse (self, value, why, error);
}

static gboolean append_array (const SrPgColumn *self,
                              const SrValue    *value,
                              guint             depth,
                              GString          *line,
                              GError          **error);

static gboolean
append_value (const SrPgColumn *self,
              SrPgKind          kind,
              const SrValue    *value,
              gboolean          from_json,
              GString          *line,
              GError          **error)
{
  SrPgColumn as_kind = *self;
  gboolean   truth;

  as_kind.kind = kind;
  switch (kind)
    {
    case SR_PG_BOOL:
      if (!sr_value_get_bool (value, &truth))
        return refuse (self, value, "it is neither true nor false", error);
      g_string_append_c (line, truth ? 't' : 'f');
      return TRUE;
    case SR_PG_INT:
      return append_int (&as_kind, value, line, error);
    case SR_PG_NUMERIC:
    case SR_PG_FLOAT:
      return append_number (&as_kind, value, line, error);
    case SR_PG_BYTEA:
      return append_bytes (&as_kind, value, line, error);
    case SR_PG_DATE:
    case SR_PG_TIMESTAMP:
    case SR_PG_TIMESTAMPTZ:
      return append_moment (&as_kind, value, line, error);
    case SR_PG_JSON:
      return append_json (&as_kind, value, from_json, line, error);
    case SR_PG_ENUM:
      return append_enum (&as_kind, value, line, error);
    case SR_PG_ARRAY:
      return append_array (&as_kind, value, 1, line, error);
    case SR_PG_BITS:
      return append_bits (&as_kind, value, line, error);
    case SR_PG_TEXT:
    case SR_PG_OTHER:
    default:
      if (value->type == SR_VALUE_BYTES)
        return refuse (self, value, "it is binary content", error);
      return append_text (self, value, line, error);
    }
}

/* An element in an array's own quotes, which lie within COPY's. */
static gboolean
append_element (const SrPgColumn *self,
                const SrValue    *element,
                guint             depth,
                GString          *line,
                GError          **error)
{
  g_autoptr (GString) inner = NULL;
  g_autofree char    *plain = NULL;

  if (element->type == SR_VALUE_NULL)
    {
      g_string_append (line, "NULL");
      return TRUE;
    }
  if (element->type == SR_VALUE_JSON && element->data[0] == '[' && self->element != SR_PG_JSON)
    return append_array (self, element, depth + 1, line, error);
  inner = g_string_new (NULL);
  if (!append_value (self, self->element, element, TRUE, inner, error))
    return FALSE;
  plain = g_strcompress (inner->str);
  inner = (g_string_free (inner, TRUE), g_string_new ("\""));
  for (const char *c = plain; *c != '\0'; c++)
    {
      if (*c == '"' || *c == '\\')
        g_string_append_c (inner, '\\');
      g_string_append_c (inner, *c);
    }
  g_string_append_c (inner, '"');
  append_escaped (line, inner->str, inner->len);
  return TRUE;
}

static gboolean
append_array (const SrPgColumn *self,
              const SrValue    *value,
              guint             depth,
              GString          *line,
              GError          **error)
{
  SrJsonArray      array;
  SrValue          element;
  int              more;
  gboolean         first = TRUE;
  g_autofree char *decoded = NULL;

  if (value->type == SR_VALUE_TEXT && (value->data[0] == '{'))
    return append_text (self, value, line, error);
  if (value->type != SR_VALUE_JSON && value->type != SR_VALUE_TEXT)
    return refuse (self, value, "it is no list", error);
  if (depth > MAX_DIMENSIONS)
    return refuse (self, value, "it has more than 6 dimensions", error);
  if (!sr_json_array_begin (&array, value->data, value->size))
    return refuse (self, value, "it is no list", error);
  g_string_append_c (line, '{');
  while ((more = sr_json_array_next (&array, &element, &decoded)) > 0)
    {
      if (!first)
        g_string_append_c (line, ',');
      first = FALSE;
      if (!append_element (self, &element, depth, line, error))
        return FALSE;
    }
  if (more < 0)
    return refuse (self, value, "it is no list in JSON", error);
  g_string_append_c (line, '}');
  return TRUE;
}

gboolean
sr_pg_column_append (const SrPgColumn *self,
                     const SrValue    *value,
                     gboolean          from_json,
                     GString          *line,
                     GError          **error)
{
  if (value->type == SR_VALUE_LOST && self->not_null)
    return refuse (self, value, "the export destroyed it, and the column allows no null", error);
  if (value->type == SR_VALUE_NULL || value->type == SR_VALUE_LOST)
    {
      g_string_append (line, "\\N");
      return TRUE;
    }
  return append_value (self, self->kind, value, from_json, line, error);
}
