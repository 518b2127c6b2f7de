/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "record/sr-sql-convert.h"

#include "record/sr-sql-array.h"
#include "record/sr-sql-quote.h"
#include "record/sr-value.h"

#define MAX_DEPTH 8

static gboolean
refuse (const char *what,
        GError    **error)
{
  g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED, "%s", what);
  return FALSE;
}

static gboolean
append_null (GString     *sql,
             SrSqlDialect dialect)
{
  g_string_append (sql, dialect == SR_SQL_POSTGRES ? "\\N" : "NULL");
  return TRUE;
}

static gboolean
append_bytes (GString      *sql,
              SrSqlDialect  dialect,
              gconstpointer data,
              gsize         size)
{
  if (dialect == SR_SQL_POSTGRES)
    sr_sql_append_copy_bytes (sql, data, size);
  else
    sr_sql_append_bytes (sql, dialect, data, size);
  return TRUE;
}

/* Whether it is UTF-8, NUL bytes aside. */
static gboolean
is_text (const char *text,
         gsize       size)
{
  while (size > 0)
    {
      const char *end;

      if (g_utf8_validate_len (text, size, &end))
        return TRUE;
      if (*end != '\0')
        return FALSE;
      size -= (gsize) (end + 1 - text);
      text = end + 1;
    }
  return TRUE;
}

static gboolean
append_text (GString     *sql,
             SrSqlDialect dialect,
             const char  *text,
             gsize        size,
             GError     **error)
{
  if (dialect == SR_SQL_POSTGRES && memchr (text, '\0', size) != NULL)
    return refuse ("text with a NUL byte, which PostgreSQL cannot hold", error);
  if (dialect != SR_SQL_SQLITE && !is_text (text, size))
    return refuse ("text that is not UTF-8", error);
  if (dialect == SR_SQL_POSTGRES)
    sr_sql_append_copy_text (sql, text, size);
  else
    sr_sql_append_text (sql, dialect, text, size);
  return TRUE;
}

/* What is left of a value that the export destroyed. */
static gboolean
append_lost (GString        *sql,
             SrSqlDialect    dialect,
             const SrColumn *column,
             const SrValue  *value,
             GError        **error)
{
  gboolean is_date = column->type == SR_COLUMN_DATE || column->type == SR_COLUMN_TIMESTAMP;

  if (column->type == SR_COLUMN_BYTES)
    return append_bytes (sql, dialect, value->data, value->size);
  if (!column->not_null)
    return append_null (sql, dialect);
  if (is_date && dialect == SR_SQL_MYSQL)
    {
      g_string_append (sql, column->type == SR_COLUMN_DATE ? "'0000-00-00'"
                                                           : "'0000-00-00 00:00:00'");
      return TRUE;
    }
  return refuse ("a value that the export destroyed, in a column that may not be null", error);
}

static gboolean
get_bool (const SrValue *value,
          gboolean      *is_true)
{
  static const char *const yes[] = { "true", "t", "1", "\001", "yes", "on", NULL };
  static const char *const no[] = { "false", "f", "0", "no", "off", NULL };

  *is_true = g_strv_contains (yes, value->data);
  return *is_true || g_strv_contains (no, value->data) ||
         (value->size == 1 && *value->data == '\0');
}

static gboolean
append_bool (GString       *sql,
             SrSqlDialect   dialect,
             const SrValue *value,
             GError       **error)
{
  gboolean is_true;

  if (value->type == SR_VALUE_NUMBER && dialect != SR_SQL_POSTGRES)
    {
      g_string_append_len (sql, value->data, (gssize) value->size);
      return TRUE;
    }
  if (!get_bool (value, &is_true))
    return refuse ("a value that is neither true nor false, in a column of such", error);
  g_string_append (sql, dialect == SR_SQL_POSTGRES ? (is_true ? "t" : "f") : (is_true ? "1" : "0"));
  return TRUE;
}

/* Whether a whole number has a place in 64 bits with a sign. */
static gboolean
is_int64 (const char *text,
          gsize       size)
{
  gint64 value;
  char   copy[24];

  if (size == 0 || size >= sizeof copy || memchr (text, '\0', size) != NULL)
    return FALSE;
  g_strlcpy (copy, text, size + 1);
  return g_ascii_string_to_signed (copy, 10, G_MININT64, G_MAXINT64, &value, NULL);
}

/* Digits before and behind the point have to have a place, else MySQL rounds. */
static gboolean
fits_mysql_decimal (const SrColumn *column,
                    const char     *text,
                    gsize           size)
{
  const char *point = memchr (text, '.', size);
  gboolean    is_bounded = column->declared != NULL && strchr (column->declared, '(') != NULL;

  if (is_bounded)
    return TRUE;
  if (memchr (text, 'e', size) != NULL || memchr (text, 'E', size) != NULL)
    return FALSE;
  return point == NULL ? size <= 35
                       : point - text <= 35 && (gsize) (text + size - point) <= 31;
}

static gboolean
append_number (GString        *sql,
               SrSqlDialect    dialect,
               const SrColumn *column,
               const SrValue  *value,
               GError        **error)
{
  if (value->type == SR_VALUE_BOOL)
    {
      g_string_append_c (sql, *value->data == 't' ? '1' : '0');
      return TRUE;
    }
  if (value->type != SR_VALUE_NUMBER)
    return append_text (sql, dialect, value->data, value->size, error);
  if (dialect == SR_SQL_MYSQL && column->type == SR_COLUMN_DECIMAL &&
      !fits_mysql_decimal (column, value->data, value->size))
    return refuse ("a number with more digits than MySQL's decimal(65,30) holds", error);
  /* Beyond 64 bits SQLite makes it a floating number; as text it stays what it is. */
  if (dialect == SR_SQL_SQLITE && column->type != SR_COLUMN_REAL &&
      !is_int64 (value->data, value->size))
    {
      if (column->type == SR_COLUMN_INTEGER && memchr (value->data, '.', value->size) == NULL &&
          (column->declared == NULL || strstr (column->declared, "unsigned") == NULL))
        return refuse ("a whole number beyond 64 bits, which SQLite cannot hold", error);
      return append_text (sql, dialect, value->data, value->size, error);
    }
  g_string_append_len (sql, value->data, (gssize) value->size);
  return TRUE;
}

/* MySQL's form, in UTC where an offset was written. What is no such time is the server's to
 * judge. */
static gboolean
append_mysql_timestamp (GString       *sql,
                        const SrValue *value,
                        GError       **error)
{
  g_autofree char *text = NULL;
  SrMoment         moment;

  if (!sr_moment_parse (&moment, value->data, value->size))
    return append_text (sql, SR_SQL_MYSQL, value->data, value->size, error);
  if (moment.has_offset)
    {
      guint32 nanoseconds = moment.nanoseconds;
      gint64  ms;

      moment.nanoseconds = 0;
      if (!sr_moment_to_unix_ms (&moment, &ms))
        return refuse ("a time that MySQL cannot hold", error);
      sr_moment_from_unix_ms (&moment, ms);
      moment.nanoseconds = nanoseconds;
    }
  text = sr_moment_to_sql (&moment, FALSE);
  return append_text (sql, SR_SQL_MYSQL, text, strlen (text), error);
}

static gboolean
append_date (GString        *sql,
             SrSqlDialect    dialect,
             const SrColumn *column,
             const SrValue  *value,
             GError        **error)
{
  if (dialect == SR_SQL_POSTGRES && g_str_has_prefix (value->data, "0000-00-00"))
    return refuse ("MySQL's date of zeros, which PostgreSQL cannot hold", error);
  if (dialect == SR_SQL_MYSQL && column->type == SR_COLUMN_TIMESTAMP)
    return append_mysql_timestamp (sql, value, error);
  /* SQLite's programs keep times as numbers too */
  if (dialect == SR_SQL_SQLITE && value->type == SR_VALUE_NUMBER)
    return append_number (sql, dialect, column, value, error);
  return append_text (sql, dialect, value->data, value->size, error);
}

static gboolean
append_bits (GString        *sql,
             SrSqlDialect    dialect,
             const SrColumn *column,
             const SrValue  *value,
             GError        **error)
{
  gboolean is_plain = strspn (value->data, "01") == value->size;

  if (dialect == SR_SQL_MYSQL && is_plain && value->size <= 64 && column->declared != NULL &&
      strstr (column->declared, "var") == NULL)
    {
      g_string_append_printf (sql, "b'%s'", value->data);
      return TRUE;
    }
  return append_text (sql, dialect, value->data, value->size, error);
}

static gboolean
append_array (GString       *sql,
              SrSqlDialect   dialect,
              const SrValue *value,
              GError       **error)
{
  g_autoptr (GString) json = g_string_new (NULL);

  if (dialect == SR_SQL_POSTGRES ||
      !sr_sql_array_to_json (value->data, value->size, FALSE, json))
    return append_text (sql, dialect, value->data, value->size, error);
  return append_text (sql, dialect, json->str, json->len, error);
}

gboolean
sr_sql_append_value (GString        *sql,
                     SrSqlDialect    dialect,
                     const SrColumn *column,
                     const SrValue  *value,
                     GError        **error)
{
  if (value == NULL || value->type == SR_VALUE_NULL)
    return append_null (sql, dialect);
  if (value->type == SR_VALUE_LOST)
    return append_lost (sql, dialect, column, value, error);
  switch (column->type)
    {
    case SR_COLUMN_BOOLEAN:
      return append_bool (sql, dialect, value, error);
    case SR_COLUMN_INTEGER:
    case SR_COLUMN_DECIMAL:
    case SR_COLUMN_REAL:
      return append_number (sql, dialect, column, value, error);
    case SR_COLUMN_BYTES:
    case SR_COLUMN_GEOMETRY:
      return append_bytes (sql, dialect, value->data, value->size);
    case SR_COLUMN_DATE:
    case SR_COLUMN_TIMESTAMP:
      return append_date (sql, dialect, column, value, error);
    case SR_COLUMN_BITS:
      return append_bits (sql, dialect, column, value, error);
    case SR_COLUMN_ARRAY:
      return append_array (sql, dialect, value, error);
    case SR_COLUMN_TIME:
    case SR_COLUMN_TEXT:
    case SR_COLUMN_JSON:
    case SR_COLUMN_ENUM:
      if (value->type == SR_VALUE_BYTES && dialect == SR_SQL_SQLITE)
        return append_bytes (sql, dialect, value->data, value->size);
      return append_text (sql, dialect, value->data, value->size, error);
    case SR_COLUMN_UNKNOWN:
    default:
      if (value->type == SR_VALUE_BYTES && dialect == SR_SQL_SQLITE)
        return append_bytes (sql, dialect, value->data, value->size);
      if (value->type == SR_VALUE_NUMBER && dialect == SR_SQL_SQLITE)
        return append_number (sql, dialect, column, value, error);
      return append_text (sql, dialect, value->data, value->size, error);
    }
}
