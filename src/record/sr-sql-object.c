/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include "record/sr-sql-object.h"

#include "record/sr-sql-lexer.h"

/* Words between CREATE and what is created. */
#define MAX_WORDS 40

typedef struct
{
  SrSqlSyntax syntax;
  SrSqlSpan   span;
  const char *at;
  SrSqlToken  token;
} Parser;

static const struct
{
  const char     *word;
  SrSqlObjectKind kind;
} words[] = {
  { "VIEW", SR_SQL_OBJECT_VIEW },
  { "TRIGGER", SR_SQL_OBJECT_TRIGGER },
  { "FUNCTION", SR_SQL_OBJECT_ROUTINE },
  { "PROCEDURE", SR_SQL_OBJECT_ROUTINE },
  { "AGGREGATE", SR_SQL_OBJECT_ROUTINE },
  { "PACKAGE", SR_SQL_OBJECT_ROUTINE },
  { "EVENT", SR_SQL_OBJECT_EVENT },
  { "INDEX", SR_SQL_OBJECT_INDEX },
  { "TYPE", SR_SQL_OBJECT_TYPE },
  { "DOMAIN", SR_SQL_OBJECT_TYPE },
  { "SEQUENCE", SR_SQL_OBJECT_SEQUENCE },
  { "EXTENSION", SR_SQL_OBJECT_OTHER },
  { "SCHEMA", SR_SQL_OBJECT_OTHER },
  { "POLICY", SR_SQL_OBJECT_OTHER },
  { "RULE", SR_SQL_OBJECT_OTHER },
  { "OPERATOR", SR_SQL_OBJECT_OTHER },
  { "CAST", SR_SQL_OBJECT_OTHER },
  { "COLLATION", SR_SQL_OBJECT_OTHER },
  { "STATISTICS", SR_SQL_OBJECT_OTHER },
  { "PUBLICATION", SR_SQL_OBJECT_OTHER },
  { "SUBSCRIPTION", SR_SQL_OBJECT_OTHER },
  { "SERVER", SR_SQL_OBJECT_OTHER },
};

const char *
sr_sql_object_kind_title (SrSqlObjectKind kind)
{
  static const char *const titles[] = {
    [SR_SQL_OBJECT_VIEW] = "views",
    [SR_SQL_OBJECT_TRIGGER] = "triggers",
    [SR_SQL_OBJECT_ROUTINE] = "routines",
    [SR_SQL_OBJECT_EVENT] = "events",
    [SR_SQL_OBJECT_INDEX] = "indexes",
    [SR_SQL_OBJECT_CONSTRAINT] = "constraints",
    [SR_SQL_OBJECT_TYPE] = "types",
    [SR_SQL_OBJECT_SEQUENCE] = "sequences",
    [SR_SQL_OBJECT_RIGHT] = "rights",
    [SR_SQL_OBJECT_COMMENT] = "comments",
    [SR_SQL_OBJECT_OTHER] = "others",
  };

  return titles[kind];
}

static gboolean
next (Parser *self)
{
  self->at = sr_sql_scan_token (&self->syntax, self->at, self->span, &self->token);
  if (self->at == NULL)
    self->at = self->span.end;
  return self->at < self->span.end || self->token.type != SR_SQL_TOKEN_END;
}

static gboolean
is_word (const Parser *self,
         const char   *word)
{
  return sr_sql_token_is (&self->token, word);
}

static gboolean
skip_words (Parser            *self,
            const char *const *list)
{
  while (self->token.type == SR_SQL_TOKEN_WORD)
    {
      gboolean found = FALSE;

      for (guint i = 0; list[i] != NULL && !found; i++)
        found = is_word (self, list[i]);
      if (!found)
        return TRUE;
      if (!next (self))
        return FALSE;
    }
  return TRUE;
}

/* "schema"."name": the last part. Returns: (transfer full) */
static char *
read_name (Parser *self)
{
  g_autofree char *name = NULL;

  while (self->token.type == SR_SQL_TOKEN_WORD || self->token.type == SR_SQL_TOKEN_NAME)
    {
      g_free (name);
      name = sr_sql_token_to_name (&self->token);
      if (!next (self) || !sr_sql_token_is_mark (&self->token, '.') || !next (self))
        break;
    }
  return name != NULL ? g_steal_pointer (&name) : g_strdup ("without a name");
}

static gboolean
parse_create (Parser          *self,
              SrSqlObjectKind *kind,
              char           **name)
{
  static const char *const passed[] = { "IF", "NOT", "EXISTS", "BODY",
                                        "ONLY", "CLASS", "CONCURRENTLY", NULL };

  for (guint i = 0; i < MAX_WORDS && next (self); i++)
    {
      if (is_word (self, "TABLE") || is_word (self, "DATABASE"))
        return FALSE;
      if (sr_sql_token_is_mark (&self->token, '('))
        break;
      for (guint k = 0; k < G_N_ELEMENTS (words); k++)
        if (is_word (self, words[k].word))
          {
            *kind = words[k].kind;
            if (!next (self) || !skip_words (self, passed))
              *name = g_strdup ("without a name");
            else
              *name = read_name (self);
            return TRUE;
          }
    }
  *kind = SR_SQL_OBJECT_OTHER;
  *name = g_strdup ("without a name");
  return TRUE;
}

/* ALTER TABLE … ADD CONSTRAINT, and what else changes a table that was made. */
static gboolean
parse_alter_table (Parser          *self,
                   SrSqlObjectKind *kind,
                   char           **name)
{
  static const char *const passed[] = { "IF", "EXISTS", "ONLY", NULL };
  g_autofree char         *table = NULL;

  if (!next (self) || !skip_words (self, passed))
    return FALSE;
  table = read_name (self);
  /* owners are those who restore */
  if (is_word (self, "OWNER") || is_word (self, "DISABLE") || is_word (self, "RENAME") ||
      (is_word (self, "ENABLE") && next (self) && is_word (self, "KEYS")))
    return FALSE;
  *kind = SR_SQL_OBJECT_OTHER;
  if (is_word (self, "ADD") && next (self))
    {
      *kind = SR_SQL_OBJECT_CONSTRAINT;
      if (is_word (self, "PRIMARY"))
        return FALSE;
      if (is_word (self, "CONSTRAINT") && next (self))
        {
          *name = read_name (self);
          if (!is_word (self, "PRIMARY"))
            return TRUE;
          g_clear_pointer (name, g_free);
          return FALSE;
        }
    }
  *name = g_strdup_printf ("of table %s", table);
  return TRUE;
}

static gboolean
parse_alter (Parser          *self,
             SrSqlObjectKind *kind,
             char           **name)
{
  if (!next (self) || is_word (self, "DATABASE"))
    return FALSE;
  if (is_word (self, "TABLE"))
    return parse_alter_table (self, kind, name);
  if (is_word (self, "DEFAULT"))
    {
      *kind = SR_SQL_OBJECT_RIGHT;
      *name = g_strdup ("default privileges");
      return TRUE;
    }
  /* of sequences, views and functions: owners, and what they belong to */
  return FALSE;
}

gboolean
sr_sql_object_parse (SrSqlDialect     dialect,
                     const char      *text,
                     gsize            size,
                     SrSqlObjectKind *kind,
                     char           **name)
{
  Parser self = { .span = { text + size, TRUE }, .at = text };

  *name = NULL;
  sr_sql_syntax_init (&self.syntax, dialect);
  if (!next (&self) || self.token.type != SR_SQL_TOKEN_WORD)
    return FALSE;
  if (is_word (&self, "CREATE"))
    return parse_create (&self, kind, name);
  if (is_word (&self, "ALTER"))
    return parse_alter (&self, kind, name);
  if (is_word (&self, "GRANT") || is_word (&self, "REVOKE"))
    *kind = SR_SQL_OBJECT_RIGHT;
  else if (is_word (&self, "COMMENT"))
    *kind = SR_SQL_OBJECT_COMMENT;
  else
    return FALSE;
  *name = g_strdup ("");
  return TRUE;
}
