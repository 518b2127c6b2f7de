/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "record/sr-sql-facts.h"

/* Longer texts are none of a dump's own. */
#define MAX_TEXT 200

void
sr_sql_facts_clear (SrSqlFacts *self)
{
  g_clear_pointer (&self->tool, g_free);
  g_clear_pointer (&self->database, g_free);
  g_clear_pointer (&self->server, g_free);
  g_clear_pointer (&self->generated, g_free);
  g_clear_pointer (&self->changes, g_free);
}

/* If @text begins with @prefix, what follows up to the line's end; the first one found stays. */
static gboolean
take (const char *text,
      gsize       size,
      const char *prefix,
      char      **value)
{
  gsize length = strlen (prefix);

  if (size < length || memcmp (text, prefix, length) != 0)
    return FALSE;
  if (value != NULL && *value == NULL)
    {
      *value = g_utf8_make_valid (text + length, (gssize) MIN (size - length, MAX_TEXT));
      g_strstrip (*value);
    }
  return TRUE;
}

/* "-- Host: localhost    Database: shop" */
static void
take_mysql_database (SrSqlFacts *self,
                     const char *text,
                     gsize       size)
{
  static const char word[] = "Database: ";
  const char       *found = memmem (text, size, word, strlen (word));

  if (found != NULL && take (text, size, "-- Host: ", NULL))
    take (found, (gsize) (text + size - found), word, &self->database);
}

char *
sr_sql_facts_find_database (const char *text,
                            gsize       size)
{
  g_autofree char *other = NULL;
  SrSqlFacts       found = { 0 };

  take_mysql_database (&found, text, size);
  /* phpMyAdmin's */
  if (found.database == NULL && take (text, size, "-- Database: `", &other) &&
      g_str_has_suffix (other, "`"))
    found.database = g_strndup (other, strlen (other) - 1);
  if (found.database != NULL && *found.database == '\0')
    g_clear_pointer (&found.database, g_free);
  return found.database;
}

static void
read_mysql (SrSqlFacts *self,
            const char *text,
            gsize       size)
{
  g_autofree char *tool = NULL;

  if (take (text, size, "-- MySQL dump ", &tool) || take (text, size, "-- MariaDB dump ", &tool))
    {
      self->needs_end = TRUE;
      if (self->tool == NULL)
        self->tool = g_strconcat (text[4] == 'y' ? "mysqldump " : "mariadb-dump ", tool, NULL);
    }
  take_mysql_database (self, text, size);
  take (text, size, "-- Server version", &self->server);
  if (take (text, size, "-- Dump completed on ", &self->generated) ||
      take (text, size, "-- Dump completed", NULL))
    self->has_end = TRUE;
}

static void
read_postgres (SrSqlFacts *self,
               const char *text,
               gsize       size)
{
  if (take (text, size, "-- PostgreSQL database dump complete", NULL) ||
      take (text, size, "-- PostgreSQL database cluster dump complete", NULL))
    self->has_end = TRUE;
  else if (take (text, size, "-- PostgreSQL database ", NULL))
    self->needs_end = TRUE;
  take (text, size, "-- Dumped from database version ", &self->server);
  take (text, size, "-- Dumped by ", &self->tool);
  take (text, size, "-- Started on ", &self->generated);
}

static void
read_webeenthere (SrSqlFacts *self,
                  const char *text,
                  gsize       size)
{
  if (take (text, size, "-- Webeenthere ", NULL) && self->tool == NULL)
    {
      self->tool = g_strdup ("webeenthere");
      self->needs_end = TRUE;
    }
  take (text, size, "-- Generated: ", &self->generated);
  take (text, size, "-- Database: ", &self->database);
}

void
sr_sql_facts_read_comment (SrSqlFacts  *self,
                           SrSqlDialect dialect,
                           const char  *text,
                           gsize        size)
{
  if (take (text, size, "-- Strongroom dump", NULL) && self->tool == NULL)
    {
      self->tool = g_strdup ("Strongroom");
      self->needs_end = TRUE;
    }
  switch (dialect)
    {
    case SR_SQL_MYSQL:
      read_mysql (self, text, size);
      break;
    case SR_SQL_POSTGRES:
      read_postgres (self, text, size);
      break;
    case SR_SQL_WEBEENTHERE:
      read_webeenthere (self, text, size);
      break;
    case SR_SQL_SQLITE:
    case SR_SQL_NONE:
    default:
      break;
    }
}

void
sr_sql_facts_add_change (SrSqlFacts *self,
                         char       *what)
{
  g_autofree char *first = g_steal_pointer (&self->changes);
  g_autofree char *one = what;

  self->n_changes++;
  if (first == NULL)
    self->changes = g_steal_pointer (&one);
  else if (strlen (first) + strlen (one) > MAX_TEXT || strstr (first, one) != NULL)
    self->changes = g_steal_pointer (&first);
  else
    self->changes = g_strconcat (first, ", ", one, NULL);
}

void
sr_sql_facts_read_statement (SrSqlFacts  *self,
                             SrSqlDialect dialect,
                             const char  *text,
                             gsize        size)
{
  self->n_other++;
  self->has_end = FALSE;
  if (dialect == SR_SQL_WEBEENTHERE)
    self->has_end = take (text, size, "SET FOREIGN_KEY_CHECKS = 1", NULL);
  if (dialect != SR_SQL_SQLITE)
    return;
  self->has_end = take (text, size, "COMMIT", NULL);
  if (take (text, size, "BEGIN TRANSACTION", NULL))
    {
      self->needs_end = TRUE;
      if (self->tool == NULL)
        self->tool = g_strdup ("sqlite3");
    }
}
