/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include "record/sr-sql-session.h"

#include "record/sr-sql-lexer.h"

/* A dump saves a handful of settings under the same few names. */
#define MAX_SAVED 100

typedef struct
{
  SrSqlSession *session;
  SrSqlSyntax   syntax;
  SrSqlSpan     span;
  const char   *at;
  SrSqlToken    token;
} Parser;

void
sr_sql_session_init (SrSqlSession *self)
{
  *self =
      (SrSqlSession){ .saved = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free) };
}

void
sr_sql_session_clear (SrSqlSession *self)
{
  g_free (self->database);
  g_free (self->mode);
  g_free (self->charset);
  g_free (self->collation);
  g_free (self->time_zone);
  g_clear_pointer (&self->saved, g_hash_table_unref);
}

static gboolean
next (Parser *self)
{
  self->at = sr_sql_scan_token (&self->syntax, self->at, self->span, &self->token);
  if (self->at == NULL)
    {
      self->at = self->span.end;
      self->token = (SrSqlToken){ SR_SQL_TOKEN_END, self->span.end, 0 };
    }
  return self->token.type != SR_SQL_TOKEN_END;
}

static gboolean
is_word (const Parser *self,
         const char   *word)
{
  return sr_sql_token_is (&self->token, word);
}

static gboolean
is_mark (const Parser *self,
         char          mark)
{
  return sr_sql_token_is_mark (&self->token, mark);
}

/* Returns: (nullable): where a setting of that name is kept; %NULL: it does not matter here */
static char **
find_setting (SrSqlSession *self,
              const char   *name)
{
  if (g_ascii_strcasecmp (name, "sql_mode") == 0)
    return &self->mode;
  if (g_ascii_strcasecmp (name, "character_set_client") == 0)
    return &self->charset;
  if (g_ascii_strcasecmp (name, "collation_connection") == 0)
    return &self->collation;
  return g_ascii_strcasecmp (name, "time_zone") == 0 ? &self->time_zone : NULL;
}

static void
replace (char      **place,
         const char *value)
{
  char *copy = g_strdup (value);

  g_free (*place);
  *place = copy;
}

/* @n_ats: how many @ stood before the name. Returns: (transfer full) (nullable): what it holds */
static char *
look_up (Parser     *self,
         guint       n_ats,
         const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);
  char           **place = n_ats == 2 ? find_setting (self->session, name) : NULL;

  if (n_ats == 1)
    return g_strdup (g_hash_table_lookup (self->session->saved, lower));
  return g_strdup (place != NULL ? *place : NULL);
}

/* The lexer takes @ for a part of a word. */
static void
strip_ats (Parser *self,
           guint  *n_ats)
{
  while (self->token.size > 0 && *self->token.start == '@')
    {
      self->token.start++;
      self->token.size--;
      (*n_ats)++;
    }
}

/* @n_ats: (out): how many @ stood before it. The current token is behind it then. Returns:
 * (transfer full) (nullable) */
static char *
read_name (Parser *self,
           guint  *n_ats)
{
  char *name;

  *n_ats = 0;
  strip_ats (self, n_ats);
  if (self->token.size == 0)
    next (self);
  while (is_word (self, "SESSION") || is_word (self, "LOCAL"))
    if (!next (self) || (is_mark (self, '.') && !next (self)))
      return NULL;
  if ((self->token.type != SR_SQL_TOKEN_WORD && self->token.type != SR_SQL_TOKEN_NAME) ||
      self->token.size == 0)
    return NULL;
  name = sr_sql_token_to_name (&self->token);
  next (self);
  return name;
}

/* Returns: (transfer full) (nullable): the value from the current token on */
static char *
read_value (Parser *self)
{
  char *value;

  if (self->token.size > 0 && *self->token.start == '@')
    {
      guint            n_ats;
      g_autofree char *name = read_name (self, &n_ats);

      return name != NULL ? look_up (self, n_ats, name) : NULL;
    }
  if (self->token.type == SR_SQL_TOKEN_MARK || self->token.type == SR_SQL_TOKEN_END ||
      is_word (self, "DEFAULT") || is_word (self, "NULL"))
    return NULL;
  value = sr_sql_token_to_name (&self->token);
  next (self);
  return value;
}

/* SET NAMES name [COLLATE name] */
static void
read_names (Parser *self)
{
  g_autofree char *charset = next (self) ? read_value (self) : NULL;
  g_autofree char *collation = NULL;

  if (is_word (self, "COLLATE") && next (self))
    collation = read_value (self);
  replace (&self->session->charset, charset);
  replace (&self->session->collation, collation);
}

static void
assign (Parser     *self,
        guint       n_ats,
        const char *name,
        const char *value)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);
  char           **place = find_setting (self->session, name);

  if (n_ats == 1)
    {
      if (g_hash_table_size (self->session->saved) < MAX_SAVED)
        g_hash_table_insert (self->session->saved, g_steal_pointer (&lower), g_strdup (value));
    }
  else if (place != NULL)
    replace (place, value);
}

/* name = value, … */
static void
read_set (Parser *self)
{
  if (!next (self))
    return;
  if (is_word (self, "NAMES"))
    {
      read_names (self);
      return;
    }
  while (self->token.type != SR_SQL_TOKEN_END)
    {
      guint            n_ats;
      g_autofree char *name = read_name (self, &n_ats);
      g_autofree char *value = NULL;

      if (name == NULL || (is_mark (self, ':') && !next (self)) || !is_mark (self, '=') ||
          !next (self))
        return;
      value = read_value (self);
      assign (self, n_ats, name, value);
      if (!is_mark (self, ',') || !next (self))
        return;
    }
}

void
sr_sql_session_read (SrSqlSession *self,
                     const char   *text,
                     gsize         size)
{
  Parser parser = { .session = self, .span = { text + size, TRUE }, .at = text };

  sr_sql_syntax_init (&parser.syntax, SR_SQL_MYSQL);
  if (!next (&parser))
    return;
  if (is_word (&parser, "SET"))
    read_set (&parser);
  else if (is_word (&parser, "USE") && next (&parser))
    {
      g_autofree char *name = sr_sql_token_to_name (&parser.token);

      replace (&self->database, name);
    }
}
