/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "record/sr-sql-dialect.h"

/* What a text has that is of that dialect, the surest first. */
static const struct
{
  const char  *text;
  SrSqlDialect dialect;
} signs[] = {
  { "-- Strongroom dump: mysql", SR_SQL_MYSQL },
  { "-- Strongroom dump: postgres", SR_SQL_POSTGRES },
  { "-- Strongroom dump: sqlite", SR_SQL_SQLITE },
  { "-- Webeenthere ", SR_SQL_WEBEENTHERE },
  { "-- Database Backup\n", SR_SQL_WEBEENTHERE },
  { "-- MySQL dump", SR_SQL_MYSQL },
  { "-- MariaDB dump", SR_SQL_MYSQL },
  { "-- PostgreSQL database", SR_SQL_POSTGRES },
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

SrSqlDialect
sr_sql_guess_dialect (gconstpointer head,
                      gsize         size)
{
  for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
    if (memmem (head, size, signs[i].text, strlen (signs[i].text)) != NULL)
      return signs[i].dialect;
  return SR_SQL_NONE;
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
