/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "record/sr-sql-types.h"

/* By the first word of the declaration, in lower case. */
static const struct
{
  const char  *word;
  SrColumnType type;
} words[] = {
  { "bigint", SR_COLUMN_INTEGER },
  { "bigserial", SR_COLUMN_INTEGER },
  { "binary", SR_COLUMN_BYTES },
  { "bit", SR_COLUMN_BITS },
  { "blob", SR_COLUMN_BYTES },
  { "bool", SR_COLUMN_BOOLEAN },
  { "boolean", SR_COLUMN_BOOLEAN },
  { "bytea", SR_COLUMN_BYTES },
  { "char", SR_COLUMN_TEXT },
  { "character", SR_COLUMN_TEXT },
  { "citext", SR_COLUMN_TEXT },
  { "clob", SR_COLUMN_TEXT },
  { "date", SR_COLUMN_DATE },
  { "datetime", SR_COLUMN_TIMESTAMP },
  { "dec", SR_COLUMN_DECIMAL },
  { "decimal", SR_COLUMN_DECIMAL },
  { "double", SR_COLUMN_REAL },
  { "enum", SR_COLUMN_ENUM },
  { "fixed", SR_COLUMN_DECIMAL },
  { "float", SR_COLUMN_REAL },
  { "geometry", SR_COLUMN_GEOMETRY },
  { "geometrycollection", SR_COLUMN_GEOMETRY },
  { "inet4", SR_COLUMN_TEXT },
  { "inet6", SR_COLUMN_TEXT },
  { "int", SR_COLUMN_INTEGER },
  { "int2", SR_COLUMN_INTEGER },
  { "int4", SR_COLUMN_INTEGER },
  { "int8", SR_COLUMN_INTEGER },
  { "integer", SR_COLUMN_INTEGER },
  { "json", SR_COLUMN_JSON },
  { "jsonb", SR_COLUMN_JSON },
  { "linestring", SR_COLUMN_GEOMETRY },
  { "long", SR_COLUMN_TEXT },
  { "longblob", SR_COLUMN_BYTES },
  { "longtext", SR_COLUMN_TEXT },
  { "mediumblob", SR_COLUMN_BYTES },
  { "mediumint", SR_COLUMN_INTEGER },
  { "mediumtext", SR_COLUMN_TEXT },
  { "multilinestring", SR_COLUMN_GEOMETRY },
  { "multipoint", SR_COLUMN_GEOMETRY },
  { "multipolygon", SR_COLUMN_GEOMETRY },
  { "name", SR_COLUMN_TEXT },
  { "national", SR_COLUMN_TEXT },
  { "nchar", SR_COLUMN_TEXT },
  { "number", SR_COLUMN_DECIMAL },
  { "numeric", SR_COLUMN_DECIMAL },
  { "nvarchar", SR_COLUMN_TEXT },
  { "oid", SR_COLUMN_INTEGER },
  { "point", SR_COLUMN_GEOMETRY },
  { "polygon", SR_COLUMN_GEOMETRY },
  { "real", SR_COLUMN_REAL },
  { "serial", SR_COLUMN_INTEGER },
  { "set", SR_COLUMN_ENUM },
  { "smallint", SR_COLUMN_INTEGER },
  { "smallserial", SR_COLUMN_INTEGER },
  { "text", SR_COLUMN_TEXT },
  { "time", SR_COLUMN_TIME },
  { "timestamp", SR_COLUMN_TIMESTAMP },
  { "timestamptz", SR_COLUMN_TIMESTAMP },
  { "timetz", SR_COLUMN_TIME },
  { "tinyblob", SR_COLUMN_BYTES },
  { "tinyint", SR_COLUMN_INTEGER },
  { "tinytext", SR_COLUMN_TEXT },
  { "uuid", SR_COLUMN_TEXT },
  { "varbinary", SR_COLUMN_BYTES },
  { "varbit", SR_COLUMN_BITS },
  { "varchar", SR_COLUMN_TEXT },
  { "year", SR_COLUMN_INTEGER },
};

static gboolean
starts_with (const char *declared,
             const char *words_of_type)
{
  return g_ascii_strncasecmp (declared, words_of_type, strlen (words_of_type)) == 0;
}

guint
sr_sql_type_get_size (const char *declared,
                      guint       missing)
{
  const char *bracket = declared != NULL ? strchr (declared, '(') : NULL;
  guint64     size;

  if (bracket == NULL || !g_ascii_isdigit (bracket[1]))
    return missing;
  size = g_ascii_strtoull (bracket + 1, NULL, 10);
  return size > G_MAXUINT ? missing : (guint) size;
}

SrColumnType
sr_sql_type_classify (SrSqlDialect dialect,
                      const char  *declared)
{
  gsize length;

  /* "pg_catalog.int4" */
  if (starts_with (declared, "pg_catalog."))
    declared += strlen ("pg_catalog.");
  length = strcspn (declared, " ([");
  if (strchr (declared, '[') != NULL && dialect == SR_SQL_POSTGRES)
    return SR_COLUMN_ARRAY;
  if (starts_with (declared, "tinyint(1)"))
    return SR_COLUMN_BOOLEAN;
  if (starts_with (declared, "character varying") || starts_with (declared, "double"))
    return starts_with (declared, "double") ? SR_COLUMN_REAL : SR_COLUMN_TEXT;
  if (starts_with (declared, "long varbinary"))
    return SR_COLUMN_BYTES;
  /* PostgreSQL's point and polygon are text, of the same words as MySQL's geometry. */
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strlen (words[i].word) == length && starts_with (declared, words[i].word))
      return dialect == SR_SQL_POSTGRES && words[i].type == SR_COLUMN_GEOMETRY ? SR_COLUMN_UNKNOWN
                                                                               : words[i].type;
  return SR_COLUMN_UNKNOWN;
}

const char *
sr_sql_type_get_labels (const char *declared)
{
  if (declared == NULL || !starts_with (declared, "enum("))
    return NULL;
  return declared + strlen ("enum");
}

static gboolean
is_unsigned (const char *declared)
{
  return strstr (declared, "unsigned") != NULL || strstr (declared, "UNSIGNED") != NULL;
}

static gboolean
is_any_of (const char        *declared,
           const char *const *list)
{
  gsize length = strcspn (declared, " (");

  for (guint i = 0; list[i] != NULL; i++)
    if (strlen (list[i]) == length && starts_with (declared, list[i]))
      return TRUE;
  return FALSE;
}

/* Bytes of a whole number's declaration; 9 for one that needs more than 64 bits. "int" alone is 64
 * bits wide in SQLite. */
static guint
get_integer_width (const char *declared)
{
  static const char *const two[] = { "smallint", "int2", "smallserial", "tinyint", "year", NULL };
  static const char *const four[] = { "mediumint", "int4", "serial", NULL };

  if (is_any_of (declared, two))
    return is_unsigned (declared) && !starts_with (declared, "tinyint") ? 4 : 2;
  if (is_any_of (declared, four))
    return 4;
  if (starts_with (declared, "int("))
    return is_unsigned (declared) ? 8 : 4;
  return starts_with (declared, "bigint") && is_unsigned (declared) ? 9 : 8;
}

static const char *
map_integer (SrSqlDialect target,
             const char  *declared)
{
  static const char *const names[][3] = {
    { "smallint", "smallint", "INTEGER" },
    { "int", "integer", "INTEGER" },
    { "bigint", "bigint", "INTEGER" },
    { "bigint unsigned", "numeric(20)", "TEXT" },
  };
  guint width = get_integer_width (declared);
  guint row = width == 2 ? 0 : width == 4 ? 1
                           : width == 8   ? 2
                                          : 3;

  return names[row][target == SR_SQL_MYSQL ? 0 : target == SR_SQL_POSTGRES ? 1
                                                                           : 2];
}

static char *
map_decimal (SrSqlDialect target,
             const char  *declared)
{
  guint       precision = sr_sql_type_get_size (declared, 0);
  const char *comma = strchr (declared, ',');
  guint64     scale = comma != NULL ? g_ascii_strtoull (comma + 1, NULL, 10) : 0;
  gboolean    fits_mysql = precision > 0 && precision <= 65 && scale <= 30 && scale <= precision;
  gboolean    fits_postgres = precision > 0 && precision <= 1000 && scale <= precision;

  /* A column of numbers would round in SQLite. */
  if (target == SR_SQL_SQLITE)
    return g_strdup ("TEXT");
  if (target == SR_SQL_MYSQL)
    return fits_mysql ? g_strdup_printf ("decimal(%u,%u)", precision, (guint) scale)
                      : g_strdup ("decimal(65,30)");
  return fits_postgres ? g_strdup_printf ("numeric(%u,%u)", precision, (guint) scale)
                       : g_strdup ("numeric");
}

static char *
map_text (SrSqlDialect target,
          const char  *declared,
          gboolean     in_key)
{
  guint size = sr_sql_type_get_size (declared, 0);

  if (target == SR_SQL_SQLITE)
    return g_strdup ("TEXT");
  if (g_ascii_strcasecmp (declared, "uuid") == 0)
    return g_strdup (target == SR_SQL_POSTGRES ? "uuid" : "varchar(36)");
  /* A row of MySQL holds 64 KiB of such columns. */
  if (target == SR_SQL_MYSQL && (size == 0 || size > 255))
    return g_strdup (in_key ? "varchar(255)" : "longtext");
  if (target == SR_SQL_MYSQL)
    return g_strdup_printf ("varchar(%u)", size);
  return size == 0 ? g_strdup ("text") : g_strdup_printf ("character varying(%u)", size);
}

static char *
map_enum (SrSqlDialect target,
          const char  *declared,
          gboolean     in_key)
{
  gboolean has_labels = starts_with (declared, "enum(") || starts_with (declared, "set(");

  if (target == SR_SQL_MYSQL && has_labels)
    return g_strdup (declared);
  return map_text (target, "text", in_key);
}

static const char *
map_timestamp (SrSqlDialect target,
               const char  *declared)
{
  gboolean has_zone =
      strstr (declared, "with time zone") != NULL || starts_with (declared, "timestamptz");

  if (target == SR_SQL_MYSQL)
    return g_ascii_strcasecmp (declared, "datetime") == 0 ? "datetime" : "datetime(6)";
  if (target == SR_SQL_SQLITE)
    return "DATETIME";
  return has_zone ? "timestamp with time zone" : "timestamp without time zone";
}

static char *
map_bits (SrSqlDialect target,
          const char  *declared)
{
  guint size = sr_sql_type_get_size (declared, starts_with (declared, "bit") ? 1 : 0);

  if (target == SR_SQL_POSTGRES && strstr (declared, "var") == NULL && size > 0)
    return g_strdup_printf ("bit(%u)", size);
  if (target == SR_SQL_POSTGRES)
    return g_strdup ("bit varying");
  if (target == SR_SQL_MYSQL && strstr (declared, "var") == NULL && size > 0 && size <= 64)
    return g_strdup_printf ("bit(%u)", size);
  return g_strdup (target == SR_SQL_MYSQL ? "longtext" : "TEXT");
}

/* Kinds whose names need no look at the declaration. */
static const char *
map_plain (SrSqlDialect target,
           SrColumnType type,
           gboolean     in_key)
{
  static const struct
  {
    SrColumnType type;
    const char  *mysql;
    const char  *postgres;
    const char  *sqlite;
  } names[] = {
    { SR_COLUMN_BOOLEAN, "tinyint(1)", "boolean", "BOOLEAN" },
    { SR_COLUMN_REAL, "double", "double precision", "REAL" },
    { SR_COLUMN_BYTES, "longblob", "bytea", "BLOB" },
    { SR_COLUMN_DATE, "date", "date", "DATE" },
    { SR_COLUMN_TIME, "time(6)", "time without time zone", "TIME" },
    { SR_COLUMN_JSON, "json", "jsonb", "JSON TEXT" },
    { SR_COLUMN_GEOMETRY, "geometry", "bytea", "BLOB" },
    { SR_COLUMN_ARRAY, "json", "jsonb", "JSON TEXT" },
    { SR_COLUMN_UNKNOWN, "longtext", "text", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i].type == type)
      {
        if (target == SR_SQL_MYSQL && in_key && type == SR_COLUMN_BYTES)
          return "varbinary(255)";
        if (target == SR_SQL_MYSQL && in_key && type == SR_COLUMN_UNKNOWN)
          return "varchar(255)";
        return target == SR_SQL_MYSQL      ? names[i].mysql
               : target == SR_SQL_POSTGRES ? names[i].postgres
                                           : names[i].sqlite;
      }
  return "text";
}

char *
sr_sql_type_map (SrSqlDialect    target,
                 const SrColumn *column,
                 gboolean        in_key)
{
  const char *declared = column->declared != NULL ? column->declared : "";

  switch (column->type)
    {
    case SR_COLUMN_INTEGER:
      return g_strdup (map_integer (target, declared));
    case SR_COLUMN_DECIMAL:
      return map_decimal (target, declared);
    case SR_COLUMN_TEXT:
      return map_text (target, declared, in_key);
    case SR_COLUMN_ENUM:
      return map_enum (target, declared, in_key);
    case SR_COLUMN_TIMESTAMP:
      return g_strdup (map_timestamp (target, declared));
    case SR_COLUMN_BITS:
      return map_bits (target, declared);
    case SR_COLUMN_ARRAY:
      /* Arrays of the database's own kinds stay arrays. */
      if (target == SR_SQL_POSTGRES && strchr (declared, '.') == NULL &&
          strchr (declared, '[') != NULL)
        return g_strdup (declared);
      return g_strdup (target == SR_SQL_POSTGRES ? "text"
                                                 : map_plain (target, column->type, FALSE));
    default:
      return g_strdup (map_plain (target, column->type, in_key));
    }
}
