/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "record/sr-sql-dialect.h"

typedef struct
{
  const char  *text;
  SrSqlDialect dialect;
} Sign;

/* What dumping programs write about themselves. */
static const Sign headings[] = {
  { "-- Strongroom dump: mysql", SR_SQL_MYSQL },
  { "-- Strongroom dump: postgres", SR_SQL_POSTGRES },
  { "-- Strongroom dump: sqlite", SR_SQL_SQLITE },
  { "-- Webeenthere ", SR_SQL_WEBEENTHERE },
  { "-- Database Backup\n", SR_SQL_WEBEENTHERE },
  { "-- MySQL dump", SR_SQL_MYSQL },
  { "-- MariaDB dump", SR_SQL_MYSQL },
  { "-- PostgreSQL database", SR_SQL_POSTGRES },
};

/* What statements have that are of that dialect, the surest first. */
static const Sign signs[] = {
  { "BEGIN TRANSACTION;", SR_SQL_SQLITE },
  { "PRAGMA ", SR_SQL_SQLITE },
  { "FROM stdin;", SR_SQL_POSTGRES },
  { "pg_catalog", SR_SQL_POSTGRES },
  { "standard_conforming_strings", SR_SQL_POSTGRES },
  { "public.", SR_SQL_POSTGRES },
  { "/*!", SR_SQL_MYSQL },
  { "ENGINE=", SR_SQL_MYSQL },
  { "CREATE TABLE `", SR_SQL_MYSQL },
  { "INSERT INTO `", SR_SQL_MYSQL },
  { "DROP TABLE IF EXISTS `", SR_SQL_MYSQL },
  { "AUTOINCREMENT", SR_SQL_SQLITE },
  { "::", SR_SQL_POSTGRES },
  { "CREATE TABLE", SR_SQL_SQLITE },
  { "INSERT INTO", SR_SQL_SQLITE },
};

static SrSqlDialect
find_sign (const Sign   *list,
           guint         n,
           gconstpointer head,
           gsize         size)
{
  for (guint i = 0; i < n; i++)
    if (memmem (head, size, list[i].text, strlen (list[i].text)) != NULL)
      return list[i].dialect;
  return SR_SQL_NONE;
}

static gboolean
begins_line (const char *word,
             const char *head,
             gsize       size)
{
  const char *end = head + size;
  const char *found = head;

  while ((found = memmem (found, (gsize) (end - found), word, strlen (word))) != NULL)
    {
      if (found == head || found[-1] == '\n')
        return TRUE;
      found++;
    }
  return FALSE;
}

/* Whether a line begins as a statement does: the signs alone stand in many a text. */
static gboolean
has_statement (const char *head,
               gsize       size)
{
  static const char *const words[] = {
    "CREATE ",
    "INSERT ",
    "REPLACE ",
    "COPY ",
    "DROP ",
    "SET ",
    "ALTER ",
    "BEGIN",
    "PRAGMA ",
    "/*!",
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (begins_line (words[i], head, size))
      return TRUE;
  return FALSE;
}

SrSqlDialect
sr_sql_guess_dialect (gconstpointer head,
                      gsize         size)
{
  SrSqlDialect dialect = find_sign (headings, G_N_ELEMENTS (headings), head, size);

  if (dialect != SR_SQL_NONE || !has_statement (head, size))
    return dialect;
  return find_sign (signs, G_N_ELEMENTS (signs), head, size);
}

const char *
sr_sql_dialect_name (SrSqlDialect dialect)
{
  switch (dialect)
    {
    case SR_SQL_MYSQL:
      return "mysql";
    case SR_SQL_POSTGRES:
      return "postgres";
    case SR_SQL_WEBEENTHERE:
      return "webeenthere";
    case SR_SQL_SQLITE:
      return "sqlite";
    case SR_SQL_NONE:
    default:
      return "none";
    }
}
