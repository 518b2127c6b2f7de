/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include "record/sr-sql-object.h"

#include "record/sr-sql-lexer.h"

/* Words between CREATE and what is created. */
#define MAX_WORDS 40

#define WITHOUT_NAME "without a name"

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
  { "FOREIGN", SR_SQL_OBJECT_OTHER },
  { "TABLE", SR_SQL_OBJECT_TABLE },
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
    [SR_SQL_OBJECT_TABLE] = "tables",
    [SR_SQL_OBJECT_KEY] = "primary keys",
    [SR_SQL_OBJECT_VALUE] = "values of sequences",
    [SR_SQL_OBJECT_OWNER] = "owners",
    [SR_SQL_OBJECT_REFRESH] = "rows of materialized views",
  };

  return titles[kind];
}

void
sr_sql_object_clear (SrSqlObject *self)
{
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->table, g_free);
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
  return name != NULL ? g_steal_pointer (&name) : g_strdup (WITHOUT_NAME);
}

/* The table behind the next ON: of an index, a trigger, a rule. Returns: (transfer full)
 * (nullable) */
static char *
read_table_behind_on (Parser *self)
{
  static const char *const passed[] = { "ONLY", NULL };

  for (guint i = 0; i < MAX_WORDS && self->token.type != SR_SQL_TOKEN_END; i++)
    {
      gboolean is_on = is_word (self, "ON");

      if (!next (self))
        return NULL;
      if (is_on)
        return skip_words (self, passed) ? read_name (self) : NULL;
    }
  return NULL;
}

static gboolean
parse_created (Parser         *self,
               SrSqlObjectKind kind,
               SrSqlObject    *object)
{
  static const char *const passed[] = { "IF", "NOT", "EXISTS", "BODY",
                                        "ONLY", "CLASS", "CONCURRENTLY", "TABLE", NULL };
  gboolean                 is_part = kind == SR_SQL_OBJECT_INDEX || kind == SR_SQL_OBJECT_TRIGGER ||
                     is_word (self, "POLICY");

  object->kind = kind;
  if (next (self) && skip_words (self, passed))
    object->name = read_name (self);
  else
    object->name = g_strdup (WITHOUT_NAME);
  if (is_part)
    object->table = read_table_behind_on (self);
  else if (kind == SR_SQL_OBJECT_TABLE)
    object->table = g_strdup (object->name);
  return TRUE;
}

static gboolean
parse_create (Parser      *self,
              SrSqlObject *object)
{
  for (guint i = 0; i < MAX_WORDS && next (self); i++)
    {
      if (is_word (self, "DATABASE"))
        return FALSE;
      if (sr_sql_token_is_mark (&self->token, '('))
        break;
      for (guint k = 0; k < G_N_ELEMENTS (words); k++)
        if (is_word (self, words[k].word))
          return parse_created (self, words[k].kind, object);
    }
  object->kind = SR_SQL_OBJECT_OTHER;
  object->name = g_strdup (WITHOUT_NAME);
  return TRUE;
}

/* ALTER TABLE … OWNER TO name */
static gboolean
parse_owner (Parser      *self,
             SrSqlObject *object)
{
  object->kind = SR_SQL_OBJECT_OWNER;
  object->name = next (self) && next (self) ? read_name (self) : g_strdup (WITHOUT_NAME);
  return TRUE;
}

/* PostgreSQL's ALTER TABLE … DISABLE TRIGGER name; the parser stays where it is. */
static gboolean
is_trigger_state (Parser      *self,
                  SrSqlObject *object)
{
  Parser ahead = *self;

  if (self->syntax.dialect != SR_SQL_POSTGRES ||
      (!is_word (self, "DISABLE") && !is_word (self, "ENABLE")))
    return FALSE;
  (void) next (&ahead);
  if (is_word (&ahead, "ALWAYS") || is_word (&ahead, "REPLICA"))
    (void) next (&ahead);
  if (!is_word (&ahead, "TRIGGER") || !next (&ahead))
    return FALSE;
  object->kind = SR_SQL_OBJECT_TRIGGER;
  object->name = read_name (&ahead);
  return TRUE;
}

/* ALTER TABLE … ADD CONSTRAINT, and what else changes a table that was made. */
static gboolean
parse_alter_table (Parser      *self,
                   SrSqlObject *object)
{
  static const char *const passed[] = { "IF", "EXISTS", "ONLY", NULL };

  if (!next (self) || !skip_words (self, passed))
    return FALSE;
  object->table = read_name (self);
  if (is_word (self, "OWNER"))
    return parse_owner (self, object);
  if (is_trigger_state (self, object))
    return TRUE;
  if (is_word (self, "DISABLE") || is_word (self, "RENAME") ||
      (is_word (self, "ENABLE") && next (self) && is_word (self, "KEYS")))
    return FALSE;
  object->kind = SR_SQL_OBJECT_OTHER;
  if (is_word (self, "ADD") && next (self))
    {
      object->kind = SR_SQL_OBJECT_CONSTRAINT;
      if (is_word (self, "CONSTRAINT") && next (self))
        object->name = read_name (self);
      if (is_word (self, "PRIMARY"))
        object->kind = SR_SQL_OBJECT_KEY;
    }
  if (object->name == NULL)
    object->name = g_strdup_printf ("of table %s", object->table);
  return TRUE;
}

static gboolean
parse_alter (Parser      *self,
             SrSqlObject *object)
{
  if (!next (self) || is_word (self, "DATABASE"))
    return FALSE;
  if (is_word (self, "TABLE"))
    return parse_alter_table (self, object);
  if (is_word (self, "DEFAULT"))
    {
      object->kind = SR_SQL_OBJECT_RIGHT;
      object->name = g_strdup ("default privileges");
      return TRUE;
    }
  object->kind = is_word (self, "SEQUENCE") ? SR_SQL_OBJECT_VALUE : SR_SQL_OBJECT_OTHER;
  while (next (self))
    {
      if (sr_sql_token_is_mark (&self->token, '('))
        {
          self->at = sr_sql_scan_group (&self->syntax, self->token.start, self->span);
          self->at = self->at != NULL ? self->at : self->span.end;
        }
      else if (is_word (self, "OWNER"))
        return parse_owner (self, object);
      else if (is_word (self, "OWNED"))
        break;
    }
  object->name = g_strdup ("");
  return object->kind == SR_SQL_OBJECT_VALUE;
}

/* REFRESH MATERIALIZED VIEW name */
static gboolean
parse_refresh (Parser      *self,
               SrSqlObject *object)
{
  object->kind = SR_SQL_OBJECT_REFRESH;
  object->name = next (self) && next (self) && next (self) ? read_name (self) : g_strdup ("");
  return TRUE;
}

/* SELECT pg_catalog.setval ('name', …); MariaDB: DO SETVAL(`name`, …), older ones with SELECT */
static gboolean
parse_setval (Parser      *self,
              SrSqlDialect dialect,
              SrSqlObject *object)
{
  g_autofree char *function = next (self) ? read_name (self) : NULL;

  if (function == NULL || g_ascii_strcasecmp (function, "setval") != 0)
    return FALSE;
  object->kind = SR_SQL_OBJECT_VALUE;
  object->name = dialect == SR_SQL_MYSQL && next (self) ? read_name (self) : g_strdup ("");
  return TRUE;
}

gboolean
sr_sql_object_parse (SrSqlDialect dialect,
                     const char  *text,
                     gsize        size,
                     SrSqlObject *object)
{
  Parser self = { .span = { text + size, TRUE }, .at = text };

  *object = (SrSqlObject){ SR_SQL_OBJECT_OTHER };
  sr_sql_syntax_init (&self.syntax, dialect);
  if (!next (&self) || self.token.type != SR_SQL_TOKEN_WORD)
    return FALSE;
  if (is_word (&self, "CREATE"))
    return parse_create (&self, object);
  if (is_word (&self, "ALTER"))
    return parse_alter (&self, object);
  if (is_word (&self, "REFRESH"))
    return parse_refresh (&self, object);
  if (is_word (&self, "SELECT") || is_word (&self, "DO"))
    return parse_setval (&self, dialect, object);
  if (is_word (&self, "GRANT") || is_word (&self, "REVOKE"))
    object->kind = SR_SQL_OBJECT_RIGHT;
  else if (is_word (&self, "COMMENT"))
    object->kind = SR_SQL_OBJECT_COMMENT;
  else
    return FALSE;
  object->name = g_strdup ("");
  return TRUE;
}
