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
