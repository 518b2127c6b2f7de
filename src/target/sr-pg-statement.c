/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-pg-statement.h"

#include <string.h>

#include "target/sr-pg-body.h"
#include "target/sr-pg-routine.h"

static const char UNKNOWN_FORM[] = "it is written in a form that is not known";

void
sr_pg_statement_free (SrPgStatement *self)
{
  if (self == NULL)
    return;
  for (SrPgName *name = &self->name; name != NULL;
       name = name == &self->name ? &self->table : name == &self->table ? &self->to
                                                                        : NULL)
    {
      g_free (name->schema);
      g_free (name->name);
    }
  g_free (self->comment_on);
  g_clear_pointer (&self->tokens, g_array_unref);
  g_free (self->text);
  g_free (self);
}

gboolean
sr_pg_statement_refuse (SrPgStatement *self,
                        const char    *why)
{
  if (self->refused == NULL)
    self->refused = why;
  return FALSE;
}

static gboolean
refuse_form (SrPgCursor *c)
{
  return sr_pg_statement_refuse (c->statement, UNKNOWN_FORM);
}

/* Whether the rest holds a comma outside of brackets, so that something follows what was looked
 * at. */
static gboolean
has_more_actions (const SrPgCursor *c)
{
  for (guint i = c->at; i < c->statement->tokens->len; i++)
    {
      const SrPgToken *token = sr_pg_tokens_get (c->statement->tokens, i);

      if (token->depth == 0 && sr_sql_token_is_mark (&token->token, ','))
        return TRUE;
    }
  return FALSE;
}

static gboolean
rest_has (const SrPgCursor *c,
          const char       *word)
{
  for (guint i = c->at; i < c->statement->tokens->len; i++)
    if (sr_sql_token_is (&sr_pg_tokens_get (c->statement->tokens, i)->token, word))
      return TRUE;
  return FALSE;
}

static gboolean
take_rest (SrPgCursor *c)
{
  c->at = c->statement->tokens->len;
  return TRUE;
}

static gboolean
need_end (SrPgCursor *c)
{
  return sr_pg_cursor_is_end (c) || refuse_form (c);
}

static gboolean
parse_type (SrPgCursor *c)
{
  c->statement->kind = SR_PG_STATEMENT_TYPE;
  c->statement->what = "type";
  if (!sr_pg_cursor_accept_name (c, &c->statement->name))
    return refuse_form (c);
  if (!sr_pg_cursor_accept (c, "AS"))
    return sr_pg_statement_refuse (c->statement, "only enumerations, domains and composite types "
                                                 "are restored");
  if (sr_pg_cursor_accept (c, "ENUM"))
    {
      for (guint i = 1; i < c->statement->tokens->len - c->at; i++)
        {
          const SrPgToken *token = sr_pg_cursor_get (c, i);

          if (token->token.type != SR_SQL_TOKEN_STRING &&
              !sr_sql_token_is_mark (&token->token, ',') &&
              !sr_sql_token_is_mark (&token->token, ')'))
            return refuse_form (c);
        }
    }
  else if (sr_pg_cursor_is (c, "RANGE"))
    return sr_pg_statement_refuse (c->statement, "range types are not restored");
  return sr_pg_cursor_accept_group (c) ? need_end (c) : refuse_form (c);
}

static gboolean
parse_domain (SrPgCursor *c)
{
  c->statement->kind = SR_PG_STATEMENT_TYPE;
  c->statement->what = "type";
  return sr_pg_cursor_accept_name (c, &c->statement->name) ? take_rest (c) : refuse_form (c);
}

/* Names, numbers and signs only. */
static gboolean
parse_sequence_options (SrPgCursor *c)
{
  while (!sr_pg_cursor_is_end (c))
    {
      const SrPgToken *token = sr_pg_cursor_get (c, 0);

      if (token->name == NULL && !sr_pg_cursor_is_mark (c, '-') && !sr_pg_cursor_is_mark (c, '.'))
        return refuse_form (c);
      c->at++;
    }
  return TRUE;
}

static gboolean
parse_sequence (SrPgCursor *c)
{
  c->statement->kind = SR_PG_STATEMENT_SEQUENCE;
  c->statement->what = "sequence";
  (void) sr_pg_cursor_accept (c, "IF NOT EXISTS");
  return sr_pg_cursor_accept_name (c, &c->statement->name) ? parse_sequence_options (c)
                                                           : refuse_form (c);
}

/* What stands between the brackets of a table: columns and constraints. */
static gboolean
check_table_items (SrPgCursor *c)
{
  for (guint i = 1; c->at + i < c->statement->tokens->len; i++)
    {
      const SrPgToken *token = sr_pg_cursor_get (c, i);
      const SrPgToken *before = sr_pg_cursor_get (c, i - 1);
      gboolean         begins = token->depth == 1 && (sr_sql_token_is_mark (&before->token, ',') ||
                                              sr_sql_token_is_mark (&before->token, '('));

      if (token->depth == 0)
        break;
      if (begins && sr_sql_token_is (&token->token, "LIKE"))
        return sr_pg_statement_refuse (c->statement, "it is made like another table");
      if (sr_sql_token_is (&token->token, "REFERENCES"))
        return sr_pg_statement_refuse (c->statement,
                                       "it refers to other tables before they are filled");
    }
  return TRUE;
}

static gboolean
parse_table (SrPgCursor *c)
{
  c->statement->kind = SR_PG_STATEMENT_TABLE;
  c->statement->what = "table";
  (void) sr_pg_cursor_accept (c, "IF NOT EXISTS");
  if (!sr_pg_cursor_accept_name (c, &c->statement->name) || !sr_pg_cursor_is_mark (c, '('))
    return refuse_form (c);
  if (!check_table_items (c))
    return FALSE;
  if (!sr_pg_cursor_accept_group (c))
    return refuse_form (c);
  if (sr_pg_cursor_is (c, "PARTITION") || sr_pg_cursor_is (c, "INHERITS"))
    return sr_pg_statement_refuse (c->statement, "partitions and inheritance are not restored");
  if (sr_pg_cursor_accept (c, "WITH") && !sr_pg_cursor_accept_group (c))
    return refuse_form (c);
  return need_end (c);
}

static gboolean
parse_index (SrPgCursor *c)
{
  c->statement->kind = SR_PG_STATEMENT_INDEX;
  c->statement->what = "index";
  (void) sr_pg_cursor_accept (c, "IF NOT EXISTS");
  if (!sr_pg_cursor_accept_name (c, &c->statement->name) || c->statement->name.schema != NULL ||
      !sr_pg_cursor_accept (c, "ON"))
    return refuse_form (c);
  (void) sr_pg_cursor_accept (c, "ONLY");
  if (!sr_pg_cursor_accept_name (c, &c->statement->table))
    return refuse_form (c);
  if (sr_pg_cursor_accept (c, "USING") && !sr_pg_cursor_accept_name (c, NULL))
    return refuse_form (c);
  if (!sr_pg_cursor_accept_group (c))
    return refuse_form (c);
  if (sr_pg_cursor_accept (c, "INCLUDE") && !sr_pg_cursor_accept_group (c))
    return refuse_form (c);
  if (!sr_pg_cursor_accept (c, "NULLS NOT DISTINCT"))
    (void) sr_pg_cursor_accept (c, "NULLS DISTINCT");
  if (sr_pg_cursor_accept (c, "WITH") && !sr_pg_cursor_accept_group (c))
    return refuse_form (c);
  return sr_pg_cursor_accept (c, "WHERE") ? take_rest (c) : need_end (c);
}

static gboolean
begins_query (const SrPgCursor *c)
{
  return sr_pg_cursor_is (c, "SELECT") || sr_pg_cursor_is (c, "WITH") ||
         sr_pg_cursor_is (c, "VALUES") || sr_pg_cursor_is_mark (c, '(');
}

static gboolean
parse_view (SrPgCursor       *c,
            SrPgStatementKind kind)
{
  c->statement->kind = kind;
  c->statement->what = kind == SR_PG_STATEMENT_VIEW ? "view" : "materialized view";
  (void) sr_pg_cursor_accept (c, "IF NOT EXISTS");
  if (!sr_pg_cursor_accept_name (c, &c->statement->name))
    return refuse_form (c);
  if (sr_pg_cursor_is_mark (c, '('))
    (void) sr_pg_cursor_accept_group (c);
  if (sr_pg_cursor_accept (c, "WITH") && !sr_pg_cursor_accept_group (c))
    return refuse_form (c);
  return sr_pg_cursor_accept (c, "AS") && begins_query (c) ? take_rest (c) : refuse_form (c);
}

/* It is made without rows and gets them once all tables have theirs. */
static gboolean
parse_materialized (SrPgCursor *c)
{
  SrPgStatement *self = c->statement;
  SrPgCursor     tail = { self, 0 };

  if (!parse_view (c, SR_PG_STATEMENT_MATERIALIZED))
    return FALSE;
  self->with_data = TRUE;
  tail.at = self->end > 3 ? self->end - 3 : 0;
  if (sr_pg_cursor_accept (&tail, "WITH NO DATA"))
    {
      self->with_data = FALSE;
      self->end -= 3;
      return TRUE;
    }
  tail.at = self->end > 2 ? self->end - 2 : 0;
  if (sr_pg_cursor_accept (&tail, "WITH DATA"))
    self->end -= 2;
  return TRUE;
}

static gboolean
parse_refresh (SrPgCursor *c)
{
  c->statement->kind = SR_PG_STATEMENT_REFRESH;
  c->statement->what = "materialized view";
  if (!sr_pg_cursor_accept (c, "MATERIALIZED VIEW") ||
      !sr_pg_cursor_accept_name (c, &c->statement->name))
    return refuse_form (c);
  if (sr_pg_cursor_accept (c, "WITH NO DATA"))
    c->statement->kind = SR_PG_STATEMENT_NOTHING;
  (void) sr_pg_cursor_accept (c, "WITH DATA");
  return need_end (c);
}

static gboolean
parse_trigger (SrPgCursor *c)
{
  c->statement->kind = SR_PG_STATEMENT_TRIGGER;
  c->statement->what = "trigger";
  if (!sr_pg_cursor_accept_name (c, &c->statement->name) || c->statement->name.schema != NULL)
    return refuse_form (c);
  while (!sr_pg_cursor_is_end (c) && !sr_pg_cursor_is (c, "ON"))
    c->at++;
  if (!sr_pg_cursor_accept (c, "ON") || !sr_pg_cursor_accept_name (c, &c->statement->table))
    return refuse_form (c);
  while (!sr_pg_cursor_is_end (c) &&
         (sr_pg_cursor_get (c, 0)->depth > 0 || !sr_pg_cursor_is (c, "EXECUTE")))
    c->at++;
  if (!sr_pg_cursor_accept (c, "EXECUTE FUNCTION") && !sr_pg_cursor_accept (c, "EXECUTE PROCEDURE"))
    return refuse_form (c);
  if (!sr_pg_cursor_accept_name (c, &c->statement->to) || !sr_pg_cursor_accept_group (c))
    return refuse_form (c);
  return need_end (c);
}

static gboolean
parse_create (SrPgCursor *c)
{
  SrPgStatement *self = c->statement;

  (void) sr_pg_cursor_accept (c, "OR REPLACE");
  if (sr_pg_cursor_accept (c, "TYPE"))
    return parse_type (c);
  if (sr_pg_cursor_accept (c, "DOMAIN"))
    return parse_domain (c);
  if (sr_pg_cursor_accept (c, "SEQUENCE"))
    return parse_sequence (c);
  if (sr_pg_cursor_accept (c, "TABLE") || sr_pg_cursor_accept (c, "UNLOGGED TABLE"))
    return parse_table (c);
  if (sr_pg_cursor_accept (c, "INDEX") || sr_pg_cursor_accept (c, "UNIQUE INDEX"))
    return parse_index (c);
  if (sr_pg_cursor_accept (c, "VIEW"))
    return parse_view (c, SR_PG_STATEMENT_VIEW);
  if (sr_pg_cursor_accept (c, "MATERIALIZED VIEW"))
    return parse_materialized (c);
  if (sr_pg_cursor_accept (c, "TRIGGER") || sr_pg_cursor_accept (c, "CONSTRAINT TRIGGER"))
    return parse_trigger (c);
  if (sr_pg_cursor_accept (c, "FUNCTION"))
    return sr_pg_routine_parse (c, FALSE);
  if (sr_pg_cursor_accept (c, "PROCEDURE"))
    return sr_pg_routine_parse (c, TRUE);
  if (sr_pg_cursor_accept (c, "SCHEMA"))
    {
      self->kind = SR_PG_STATEMENT_SCHEMA;
      return sr_pg_cursor_accept_name (c, &self->name) || refuse_form (c);
    }
  if (sr_pg_cursor_accept (c, "EXTENSION"))
    {
      self->kind = SR_PG_STATEMENT_EXTENSION;
      self->what = "extension";
      (void) sr_pg_cursor_accept (c, "IF NOT EXISTS");
      return sr_pg_cursor_accept_name (c, &self->name) || refuse_form (c);
    }
  return sr_pg_statement_refuse (self, "nothing of this kind is restored");
}

static gboolean
parse_constraint (SrPgCursor *c)
{
  SrPgStatement *self = c->statement;

  self->kind = SR_PG_STATEMENT_CONSTRAINT;
  self->what = "constraint";
  if (sr_pg_cursor_accept (c, "CONSTRAINT") &&
      (!sr_pg_cursor_accept_name (c, &self->name) || self->name.schema != NULL))
    return refuse_form (c);
  if (has_more_actions (c))
    return refuse_form (c);
  self->is_primary = sr_pg_cursor_is (c, "PRIMARY");
  if (sr_pg_cursor_accept (c, "FOREIGN KEY"))
    {
      self->kind = SR_PG_STATEMENT_REFERENCE;
      self->what = "foreign key";
      if (!sr_pg_cursor_accept_group (c) || !sr_pg_cursor_accept (c, "REFERENCES") ||
          !sr_pg_cursor_accept_name (c, &self->to))
        return refuse_form (c);
      return take_rest (c);
    }
  if (!sr_pg_cursor_accept (c, "PRIMARY KEY") && !sr_pg_cursor_accept (c, "UNIQUE") &&
      !sr_pg_cursor_accept (c, "CHECK") && !sr_pg_cursor_accept (c, "EXCLUDE"))
    return refuse_form (c);
  return take_rest (c);
}

static gboolean
parse_column (SrPgCursor *c)
{
  SrPgStatement *self = c->statement;

  self->kind = SR_PG_STATEMENT_COLUMN;
  self->what = "default";
  (void) sr_pg_cursor_accept (c, "COLUMN");
  if (!sr_pg_cursor_accept_name (c, &self->name) || self->name.schema != NULL ||
      has_more_actions (c))
    return refuse_form (c);
  if (sr_pg_cursor_accept (c, "SET DEFAULT"))
    return take_rest (c);
  if (sr_pg_cursor_accept (c, "SET NOT NULL"))
    return need_end (c);
  if (sr_pg_cursor_accept (c, "SET STATISTICS"))
    return parse_sequence_options (c);
  if (sr_pg_cursor_accept (c, "SET STORAGE"))
    return sr_pg_cursor_accept_name (c, NULL) ? need_end (c) : refuse_form (c);
  if (!sr_pg_cursor_accept (c, "ADD GENERATED ALWAYS AS IDENTITY") &&
      !sr_pg_cursor_accept (c, "ADD GENERATED BY DEFAULT AS IDENTITY"))
    return refuse_form (c);
  if (sr_pg_cursor_is_mark (c, '(') && !sr_pg_cursor_accept_group (c))
    return refuse_form (c);
  return need_end (c);
}

static gboolean
parse_trigger_state (SrPgCursor *c)
{
  c->statement->kind = SR_PG_STATEMENT_TRIGGER_STATE;
  c->statement->what = "trigger";
  if (sr_pg_cursor_is (c, "ALL") || sr_pg_cursor_is (c, "USER") ||
      !sr_pg_cursor_accept_name (c, &c->statement->name) || c->statement->name.schema != NULL)
    return refuse_form (c);
  return need_end (c);
}

static gboolean
parse_alter_table (SrPgCursor *c)
{
  SrPgStatement *self = c->statement;

  self->what = "table";
  (void) sr_pg_cursor_accept (c, "IF EXISTS");
  (void) sr_pg_cursor_accept (c, "ONLY");
  if (!sr_pg_cursor_accept_name (c, &self->table))
    return refuse_form (c);
  self->name.name = g_strdup (self->table.name);
  self->name.schema = g_strdup (self->table.schema);
  if (sr_pg_cursor_accept (c, "OWNER"))
    {
      self->kind = SR_PG_STATEMENT_OWNER;
      return TRUE;
    }
  if (sr_pg_cursor_accept (c, "ENABLE TRIGGER") || sr_pg_cursor_accept (c, "DISABLE TRIGGER") ||
      sr_pg_cursor_accept (c, "ENABLE ALWAYS TRIGGER") ||
      sr_pg_cursor_accept (c, "ENABLE REPLICA TRIGGER"))
    return parse_trigger_state (c);
  if (rest_has (c, "SECURITY"))
    return sr_pg_statement_refuse (self, "row level security belongs to roles, which are not "
                                         "restored");
  if (sr_pg_cursor_accept (c, "CLUSTER") || sr_pg_cursor_accept (c, "REPLICA"))
    {
      self->kind = SR_PG_STATEMENT_NOTHING;
      return TRUE;
    }
  if (sr_pg_cursor_is (c, "ATTACH") || sr_pg_cursor_is (c, "INHERIT"))
    return sr_pg_statement_refuse (self, "partitions and inheritance are not restored");
  if (sr_pg_cursor_accept (c, "ADD"))
    return parse_constraint (c);
  return sr_pg_cursor_accept (c, "ALTER") ? parse_column (c) : refuse_form (c);
}

static gboolean
parse_alter (SrPgCursor *c)
{
  SrPgStatement *self = c->statement;

  if (sr_pg_cursor_accept (c, "TABLE"))
    return parse_alter_table (c);
  if (sr_pg_cursor_accept (c, "DEFAULT PRIVILEGES") || rest_has (c, "OWNER"))
    {
      self->kind = SR_PG_STATEMENT_OWNER;
      return TRUE;
    }
  if (!sr_pg_cursor_accept (c, "SEQUENCE") || !sr_pg_cursor_accept_name (c, &self->name) ||
      !sr_pg_cursor_accept (c, "OWNED BY"))
    return sr_pg_statement_refuse (self, "nothing of this kind is restored");
  self->kind = SR_PG_STATEMENT_OWNED;
  self->what = "sequence";
  if (sr_pg_cursor_accept (c, "NONE"))
    return need_end (c);
  /* table.column or schema.table.column */
  if (sr_sql_token_is_mark (&sr_pg_cursor_get (c, 3)->token, '.'))
    {
      self->to.schema = g_strdup (sr_pg_cursor_get (c, 0)->name);
      c->at += 2;
    }
  self->to.name = g_strdup (sr_pg_cursor_get (c, 0)->name);
  return g_strcmp0 (self->to.name, "public") != 0 && sr_pg_cursor_accept_name (c, NULL)
             ? need_end (c)
             : refuse_form (c);
}

/* SELECT pg_catalog.setval ('name', number, true) */
static gboolean
parse_select (SrPgCursor *c)
{
  SrPgStatement     *self = c->statement;
  g_autoptr (GArray) inner = NULL;
  g_autofree char   *content = NULL;
  const SrPgToken   *number;
  SrPgName           function = { 0 };
  gboolean           is_negative;
  gboolean           is_setval = sr_pg_cursor_accept_name (c, &function) &&
                       strcmp (function.name, "setval") == 0;

  g_free (function.schema);
  g_free (function.name);
  if (!is_setval)
    {
      self->kind = SR_PG_STATEMENT_NOTHING;
      return TRUE;
    }
  self->kind = SR_PG_STATEMENT_VALUE;
  self->what = "sequence";
  if (!sr_pg_cursor_accept_mark (c, '(') || sr_pg_cursor_get (c, 0)->token.start[0] != '\'')
    return refuse_form (c);
  content = sr_sql_token_to_name (&sr_pg_cursor_get (c, 0)->token);
  inner = sr_pg_tokens_new (content);
  if (inner == NULL || (inner->len != 1 && inner->len != 3) ||
      sr_pg_tokens_get (inner, inner->len - 1)->name == NULL)
    return refuse_form (c);
  self->name.name = g_strdup (sr_pg_tokens_get (inner, inner->len - 1)->name);
  if (inner->len == 3)
    self->name.schema = g_strdup (sr_pg_tokens_get (inner, 0)->name);
  c->at++;
  if (!sr_pg_cursor_accept_mark (c, ','))
    return refuse_form (c);
  is_negative = sr_pg_cursor_accept_mark (c, '-');
  number = sr_pg_cursor_get (c, 0);
  if (number->name == NULL || !g_ascii_string_to_signed (number->name, 10, 0, G_MAXINT64,
                                                         &self->value, NULL))
    return refuse_form (c);
  if (is_negative)
    self->value = -self->value;
  c->at++;
  self->is_called = TRUE;
  if (sr_pg_cursor_accept_mark (c, ','))
    {
      self->is_called = sr_pg_cursor_accept (c, "true");
      if (!self->is_called && !sr_pg_cursor_accept (c, "false"))
        return refuse_form (c);
    }
  return sr_pg_cursor_accept_mark (c, ')') ? need_end (c) : refuse_form (c);
}

/* schema.table.column or table.column */
static gboolean
parse_comment_on_column (SrPgCursor *c)
{
  SrPgStatement *self = c->statement;

  if (sr_sql_token_is_mark (&sr_pg_cursor_get (c, 3)->token, '.'))
    {
      self->table.schema = g_strdup (sr_pg_cursor_get (c, 0)->name);
      c->at += 2;
    }
  self->table.name = g_strdup (sr_pg_cursor_get (c, 0)->name);
  self->name.name = g_strdup (sr_pg_cursor_get (c, 2)->name);
  /* what would be written for the name of a schema is not to be written for a table's */
  return self->table.name != NULL && strcmp (self->table.name, "public") != 0 &&
         sr_pg_cursor_accept_name (c, NULL);
}

static gboolean
parse_comment_target (SrPgCursor *c)
{
  static const char *const plain[] = { "TABLE", "VIEW", "MATERIALIZED VIEW", "SEQUENCE", "INDEX",
                                       "TYPE", "DOMAIN", NULL };
  static const char *const routines[] = { "FUNCTION", "PROCEDURE", NULL };
  static const char *const parts[] = { "CONSTRAINT", "TRIGGER", NULL };
  SrPgStatement           *self = c->statement;

  for (guint i = 0; plain[i] != NULL; i++)
    if (sr_pg_cursor_accept (c, plain[i]))
      {
        self->comment_on = g_strdup (plain[i]);
        return sr_pg_cursor_accept_name (c, &self->name);
      }
  for (guint i = 0; routines[i] != NULL; i++)
    if (sr_pg_cursor_accept (c, routines[i]))
      {
        self->comment_on = g_strdup ("FUNCTION");
        return sr_pg_cursor_accept_name (c, &self->name) && sr_pg_cursor_accept_group (c);
      }
  for (guint i = 0; parts[i] != NULL; i++)
    if (sr_pg_cursor_accept (c, parts[i]))
      {
        self->comment_on = g_strdup (parts[i]);
        return sr_pg_cursor_accept_name (c, &self->name) && sr_pg_cursor_accept (c, "ON") &&
               sr_pg_cursor_accept_name (c, &self->table);
      }
  if (!sr_pg_cursor_accept (c, "COLUMN"))
    return FALSE;
  self->comment_on = g_strdup ("COLUMN");
  return parse_comment_on_column (c);
}

static gboolean
parse_comment (SrPgCursor *c)
{
  SrPgStatement *self = c->statement;

  self->what = "comment";
  if (!sr_pg_cursor_accept (c, "ON"))
    return refuse_form (c);
  if (sr_pg_cursor_is (c, "EXTENSION") || sr_pg_cursor_is (c, "SCHEMA") ||
      sr_pg_cursor_is (c, "DATABASE"))
    {
      self->kind = SR_PG_STATEMENT_NOTHING;
      return TRUE;
    }
  self->kind = SR_PG_STATEMENT_COMMENT;
  if (!parse_comment_target (c))
    return sr_pg_statement_refuse (self, "nothing of this kind is restored");
  if (!sr_pg_cursor_accept (c, "IS") ||
      (!sr_pg_cursor_accept_string (c) && !sr_pg_cursor_accept (c, "NULL")))
    return refuse_form (c);
  return need_end (c);
}

static gboolean
parse (SrPgCursor *c)
{
  if (sr_pg_cursor_accept (c, "CREATE"))
    return parse_create (c);
  if (sr_pg_cursor_accept (c, "ALTER"))
    return parse_alter (c);
  if (sr_pg_cursor_accept (c, "COMMENT"))
    return parse_comment (c);
  if (sr_pg_cursor_accept (c, "SELECT"))
    return parse_select (c);
  if (sr_pg_cursor_accept (c, "REFRESH"))
    return parse_refresh (c);
  if (sr_pg_cursor_accept (c, "GRANT") || sr_pg_cursor_accept (c, "REVOKE"))
    {
      c->statement->kind = SR_PG_STATEMENT_OWNER;
      return TRUE;
    }
  return sr_pg_statement_refuse (c->statement, "nothing of this kind is restored");
}

/* What no accepted form may hold anywhere. */
static const char *
find_forbidden (const SrPgStatement *self)
{
  for (guint i = 0; i < self->tokens->len; i++)
    {
      const SrPgToken *token = sr_pg_tokens_get (self->tokens, i);
      const SrPgToken *next = sr_pg_tokens_get (self->tokens, i + 1);
      gboolean         is_word = token->token.type == SR_SQL_TOKEN_WORD;

      if (sr_sql_token_is_mark (&token->token, '\\') ||
          (sr_sql_token_is_mark (&token->token, ';') && !self->has_body))
        return "it holds more than one statement";
      if (is_word && token->token.size > 1 &&
          memchr (token->token.start, '@', token->token.size) != NULL)
        return UNKNOWN_FORM;
      if (is_word && strcmp (token->name, "u") == 0 && next->gap == '\0' &&
          sr_sql_token_is_mark (&next->token, '&'))
        return UNKNOWN_FORM;
      if (is_word && strcmp (token->name, "tablespace") == 0)
        return "tablespaces are not restored";
      if (token->name != NULL && sr_sql_token_is_mark (&next->token, '(') &&
          sr_pg_body_reaches_outside (token->name))
        return "it calls a function that reaches outside of the data";
      if (token->name != NULL && sr_pg_body_is_secret (token->name))
        return "it reads what the server keeps to itself";
    }
  return NULL;
}

SrPgStatement *
sr_pg_statement_parse (const char *text)
{
  SrPgStatement *self = g_new0 (SrPgStatement, 1);
  SrPgCursor     cursor = { self, 0 };

  self->kind = SR_PG_STATEMENT_OTHER;
  self->what = "statement";
  self->text = g_strdup (text);
  self->tokens = sr_pg_tokens_new (self->text);
  if (self->tokens == NULL)
    {
      self->tokens = g_array_new (FALSE, TRUE, sizeof (SrPgToken));
      self->refused = UNKNOWN_FORM;
      return self;
    }
  self->end = self->tokens->len;
  (void) parse (&cursor);
  if (self->refused == NULL && self->kind != SR_PG_STATEMENT_VALUE &&
      self->kind < SR_PG_STATEMENT_OWNER)
    self->refused = find_forbidden (self);
  return self;
}

gboolean
sr_pg_statement_mentions (const SrPgStatement *self,
                          const char          *name)
{
  for (guint i = 0; i < self->tokens->len; i++)
    {
      const SrPgToken *token = sr_pg_tokens_get (self->tokens, i);

      if (i != self->name.place && g_strcmp0 (token->name, name) == 0)
        return TRUE;
      /* nextval ('name'::regclass) */
      if (token->token.type == SR_SQL_TOKEN_STRING &&
          g_strstr_len (token->token.start, (gssize) token->token.size, name) != NULL)
        return TRUE;
    }
  return FALSE;
}

char *
sr_pg_statement_write (const SrPgStatement *self,
                       const char          *home,
                       SrPgMapFunc          map,
                       gpointer             user_data)
{
  gboolean is_made_here =
      self->name.schema == NULL &&
      (self->kind == SR_PG_STATEMENT_TYPE || self->kind == SR_PG_STATEMENT_TABLE ||
       self->kind == SR_PG_STATEMENT_SEQUENCE || self->kind == SR_PG_STATEMENT_VIEW ||
       self->kind == SR_PG_STATEMENT_MATERIALIZED || self->kind == SR_PG_STATEMENT_ROUTINE);

  return sr_pg_tokens_write (self->tokens, self->end,
                             is_made_here ? self->name.place : self->tokens->len, home, map,
                             user_data);
}
