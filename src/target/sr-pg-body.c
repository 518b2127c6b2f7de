/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-pg-body.h"

#include <string.h>

static const char UNKNOWN_FORM[] = "its body is written in a form that is not known";
static const char REACHES[] = "its body says what reaches the server's files, sessions, roles or "
                              "settings, or makes routines";
static const char DYNAMIC[] = "its body runs statements that it puts together itself";

/* Functions of the server that reach outside of the data: its files, its sessions, its settings, or
 * SQL in a string. */
static const char *const reaching[] = {
  "pg_",
  "lo_",
  "dblink",
  "query_to_",
  "cursor_to_",
  "table_to_",
  "schema_to_",
  "database_to_",
  "ts_stat",
  "ts_rewrite",
  "set_config",
  "binary_upgrade_",
  "postgres_fdw_",
  "xpath_table",
  "crosstab",
  "connectby",
  "adminpack",
  "plperl_",
  "plpgsql_",
  "inet_server",
  "inet_client",
  "currtid",
  "txid_",
  "brin_",
  "gin_clean",
};

static const char *const harmless[] = { "pg_typeof", "pg_column_size", "pg_size_pretty",
                                        "pg_size_bytes", "pg_get_serial_sequence",
                                        "pg_trigger_depth", "pg_advisory_xact_lock", "txid_current",
                                        "inet_client_addr", "inet_client_port", NULL };

static const char *const secret[] = { "pg_authid", "pg_shadow", "pg_auth_members",
                                      "pg_user_mapping", "pg_user_mappings", "pg_hba_file_rules",
                                      "pg_ident_file_mappings", "pg_file_settings", "pg_settings",
                                      "pg_db_role_setting", "pg_largeobject", "pg_stat_activity",
                                      "pg_stat_ssl", "pg_stat_replication", "pg_subscription",
                                      "pg_foreign_server", "pg_proc", "pg_config", NULL };

/* Words that are refused wherever they stand, but behind a dot. */
static const char *const refused[] = { "copy", "grant", "revoke",
                                       "authorization", "tablespace", NULL };
/* Words that are refused where a statement begins. */
static const char *const refused_statements[] = { "reassign", "vacuum", "checkpoint", "listen",
                                                  "unlisten", "notify", "load", "discard",
                                                  "cluster", "reindex", "reset", "security",
                                                  "import", "comment", NULL };

/* What may be made, changed or dropped while a body runs. */
static const char *const made[] = { "or", "replace", "temp", "temporary", "local", "global",
                                    "unlogged", "unique", "table", "index", "sequence", NULL };
static const char *const altered[] = { "table", "index", "sequence", "column", NULL };
static const char *const dropped[] = { "table", "index", "sequence", "column", "constraint",
                                       "default", "not", "identity", "expression", "if", NULL };
/* Behind these a statement begins. */
static const char *const openers[] = { "begin", "then", "else", "loop", "atomic", NULL };

gboolean
sr_pg_body_reaches_outside (const char *function)
{
  if (g_strv_contains (harmless, function))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (reaching); i++)
    if (g_str_has_prefix (function, reaching[i]))
      return TRUE;
  return FALSE;
}

gboolean
sr_pg_body_is_secret (const char *relation)
{
  return g_strv_contains (secret, relation);
}

static gboolean
is_any (const GArray      *tokens,
        guint              place,
        const char *const *words)
{
  const SrPgToken *token = sr_pg_tokens_get (tokens, place);

  return token->token.type == SR_SQL_TOKEN_WORD && g_strv_contains (words, token->name);
}

static gboolean
is_word (const GArray *tokens,
         guint         place,
         const char   *word)
{
  const SrPgToken *token = sr_pg_tokens_get (tokens, place);

  return token->token.type == SR_SQL_TOKEN_WORD && strcmp (token->name, word) == 0;
}

static gboolean
is_mark (const GArray *tokens,
         guint         place,
         char          mark)
{
  return sr_sql_token_is_mark (&sr_pg_tokens_get (tokens, place)->token, mark);
}

static gboolean
begins_statement (const GArray *tokens,
                  guint         from,
                  guint         place)
{
  return place == from || is_mark (tokens, place - 1, ';') || is_mark (tokens, place - 1, '>') ||
         is_any (tokens, place - 1, openers);
}

/* SET of the server's settings, not of a column. */
static gboolean
changes_setting (const GArray *tokens,
                 guint         from,
                 guint         place)
{
  static const char *const kinds[] = { "role", "session", "local", NULL };

  return is_word (tokens, place, "set") && !is_word (tokens, place + 1, "constraints") &&
         (begins_statement (tokens, from, place) ||
          (is_any (tokens, place + 1, kinds) && !is_mark (tokens, place + 2, '=')));
}

/* CREATE, ALTER and DROP of other things than tables and what belongs to them. */
static gboolean
makes_others (const GArray *tokens,
              guint         from,
              guint         place)
{
  static const char *const of_column[] = { "set", "type", "drop", "add", NULL };

  if (is_word (tokens, place, "alter"))
    return !is_any (tokens, place + 1, altered) &&
           /* ALTER TABLE t ALTER a SET … */
           (begins_statement (tokens, from, place) || !is_any (tokens, place + 2, of_column));
  if (is_word (tokens, place, "drop"))
    return !is_any (tokens, place + 1, dropped);
  if (!is_word (tokens, place, "create"))
    return FALSE;
  while (is_any (tokens, place + 1, made))
    place++;
  return !is_word (tokens, place, "table") && !is_word (tokens, place, "index") &&
         !is_word (tokens, place, "sequence");
}

static gboolean
runs_text (const GArray *tokens,
           guint         from,
           guint         place)
{
  return is_word (tokens, place, "execute") ||
         ((is_word (tokens, place, "prepare") || is_word (tokens, place, "do")) &&
          begins_statement (tokens, from, place));
}

static const char *
check_word (const GArray *tokens,
            guint         from,
            guint         place)
{
  const SrPgToken *token = sr_pg_tokens_get (tokens, place);

  if ((token->token.size > 1 && memchr (token->token.start, '@', token->token.size) != NULL) ||
      (strcmp (token->name, "u") == 0 && is_mark (tokens, place + 1, '&') &&
       sr_pg_tokens_get (tokens, place + 1)->gap == '\0'))
    return UNKNOWN_FORM;
  if (place > from && is_mark (tokens, place - 1, '.'))
    return NULL;
  if (runs_text (tokens, from, place))
    return DYNAMIC;
  return is_any (tokens, place, refused) || changes_setting (tokens, from, place) ||
                 makes_others (tokens, from, place) ||
                 (is_any (tokens, place, refused_statements) &&
                  begins_statement (tokens, from, place))
             ? REACHES
             : NULL;
}

const char *
sr_pg_body_check (const GArray *tokens,
                  guint         from)
{
  for (guint i = from; i < tokens->len; i++)
    {
      const SrPgToken *token = sr_pg_tokens_get (tokens, i);
      const char      *why = NULL;

      if (sr_sql_token_is_mark (&token->token, '\\'))
        return UNKNOWN_FORM;
      if (token->name == NULL)
        continue;
      if ((is_mark (tokens, i + 1, '(') && sr_pg_body_reaches_outside (token->name)) ||
          sr_pg_body_is_secret (token->name))
        return REACHES;
      if (token->token.type == SR_SQL_TOKEN_WORD &&
          (why = check_word (tokens, from, i)) != NULL)
        return why;
    }
  return NULL;
}

/* Returns: (transfer full) (nullable): NULL if it has escapes or cannot be read */
static char *
read_string (const SrSqlToken *string)
{
  const char *behind;
  gsize       tag;

  if (string->start[0] == '\'')
    return sr_sql_token_to_name (string);
  if (string->start[0] != '$')
    return NULL;
  behind = memchr (string->start + 1, '$', string->size - 1);
  tag = behind != NULL ? (gsize) (behind - string->start) + 1 : 0;
  return tag > 0 && string->size >= 2 * tag
             ? g_strndup (string->start + tag, string->size - 2 * tag)
             : NULL;
}

/* Whether the server may end a comment elsewhere than we do: it lets comments lie within each
 * other, and a carriage return end a line. Strings are looked at too, which may refuse too much. */
static gboolean
hides_text (const char *text)
{
  const char *start = text;

  for (const char *p = strchr (text, '\r'); p != NULL; p = strchr (p + 1, '\r'))
    if (p[1] != '\n')
      return TRUE;
  while ((start = strstr (start, "/*")) != NULL)
    {
      const char *end = strstr (start + 2, "*/");
      const char *inner = strstr (start + 2, "/*");

      if (end == NULL || (inner != NULL && inner < end))
        return TRUE;
      start = end + 2;
    }
  return FALSE;
}

const char *
sr_pg_body_check_string (const SrPgToken *string)
{
  g_autofree char   *text = read_string (&string->token);
  g_autoptr (GArray) tokens =
      text != NULL && !hides_text (text) ? sr_pg_tokens_new (text) : NULL;

  return tokens != NULL ? sr_pg_body_check (tokens, 0) : UNKNOWN_FORM;
}
