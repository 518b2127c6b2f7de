/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-pg-token.h"

#include <string.h>

#define MAX_DEPTH 200

static void
clear_token (gpointer data)
{
  g_free (((SrPgToken *) data)->name);
}

static char *
fold (const SrSqlToken *token)
{
  g_autofree char *name = NULL;

  if (token->type != SR_SQL_TOKEN_WORD && token->type != SR_SQL_TOKEN_NAME)
    return NULL;
  name = sr_sql_token_to_name (token);
  return token->type == SR_SQL_TOKEN_WORD ? g_ascii_strdown (name, -1) : g_steal_pointer (&name);
}

static SrSqlSyntax
get_syntax (void)
{
  SrSqlSyntax syntax;

  sr_sql_syntax_init (&syntax, SR_SQL_POSTGRES);
  return syntax;
}

GArray *
sr_pg_tokens_new (const char *text)
{
  SrSqlSyntax        syntax = get_syntax ();
  SrSqlSpan          span = { text + strlen (text), TRUE };
  const char        *p = text;
  guint              depth = 0;
  g_autoptr (GArray) tokens = g_array_new (FALSE, TRUE, sizeof (SrPgToken));

  g_array_set_clear_func (tokens, clear_token);
  for (;;)
    {
      SrPgToken   made = { 0 };
      const char *behind = sr_sql_scan_token (&syntax, p, span, &made.token);

      if (behind == NULL)
        return NULL;
      if (made.token.type == SR_SQL_TOKEN_END)
        return g_steal_pointer (&tokens);
      if (made.token.start > p && tokens->len > 0)
        made.gap = memchr (p, '\n', (gsize) (made.token.start - p)) != NULL ? '\n' : ' ';
      if ((sr_sql_token_is_mark (&made.token, ')') || sr_sql_token_is_mark (&made.token, ']')) &&
          depth-- == 0)
        return NULL;
      made.depth = depth;
      if ((sr_sql_token_is_mark (&made.token, '(') || sr_sql_token_is_mark (&made.token, '[')) &&
          ++depth > MAX_DEPTH)
        return NULL;
      made.name = fold (&made.token);
      g_array_append_val (tokens, made);
      p = behind;
    }
}

static gboolean
is_mark_at (const GArray *tokens,
            guint         place,
            char          mark)
{
  return sr_sql_token_is_mark (&sr_pg_tokens_get (tokens, place)->token, mark);
}

/* What is written for the name at @place, which another follows behind a dot. */
static const char *
map_schema (const GArray *tokens,
            guint         place,
            SrPgMapFlags  flags,
            SrPgMapFunc   map,
            gpointer      user_data)
{
  const SrPgToken *schema = sr_pg_tokens_get (tokens, place);
  const SrPgToken *name = sr_pg_tokens_get (tokens, place + 2);

  if (schema->name == NULL || name->name == NULL || !is_mark_at (tokens, place + 1, '.') ||
      (place > 0 && is_mark_at (tokens, place - 1, '.')))
    return NULL;
  if (is_mark_at (tokens, place + 3, '('))
    flags |= SR_PG_MAP_CALL;
  return map (schema->name, name->name, flags, user_data);
}

/* The name in a string that becomes a regclass: 'public.bill_id_seq'. */
static gboolean
write_regclass (GString         *out,
                const SrPgToken *token,
                SrPgMapFunc      map,
                gpointer         user_data)
{
  g_autofree char   *content = sr_sql_token_to_name (&token->token);
  g_autoptr (GArray) tokens = NULL;
  g_autofree char   *written = NULL;

  if (token->token.start[0] != '\'')
    return FALSE;
  tokens = sr_pg_tokens_new (content);
  if (tokens == NULL || tokens->len != 3)
    return FALSE;
  written = sr_pg_tokens_write (tokens, tokens->len, tokens->len, NULL, map, user_data);
  g_string_append_c (out, '\'');
  for (const char *c = written; *c != '\0'; c++)
    g_string_append_printf (out, *c == '\'' ? "''" : "%c", *c);
  g_string_append_c (out, '\'');
  return TRUE;
}

/* A body in dollar quotes: all but names stays, comments too. */
static gboolean
write_body (GString         *out,
            const SrPgToken *token,
            SrPgMapFunc      map,
            gpointer         user_data)
{
  const char        *quote = memchr (token->token.start + 1, '$', token->token.size - 1);
  gsize              size = quote != NULL ? (gsize) (quote + 1 - token->token.start) : 0;
  g_autofree char   *body = NULL;
  g_autoptr (GArray) tokens = NULL;
  const char        *from;

  if (size < 2 || token->token.size < 2 * size)
    return FALSE;
  body = g_strndup (token->token.start + size, token->token.size - 2 * size);
  tokens = sr_pg_tokens_new (body);
  if (tokens == NULL)
    return FALSE;
  g_string_append_len (out, token->token.start, (gssize) size);
  from = body;
  for (guint i = 0; i < tokens->len; i++)
    {
      const SrPgToken *inner = sr_pg_tokens_get (tokens, i);
      const char      *mapped = map_schema (tokens, i, SR_PG_MAP_BODY, map, user_data);

      if (mapped == NULL)
        continue;
      g_string_append_len (out, from, inner->token.start - from);
      g_string_append (out, mapped);
      from = inner->token.start + inner->token.size;
    }
  g_string_append (out, from);
  g_string_append_len (out, token->token.start, (gssize) size);
  return TRUE;
}

static gboolean
becomes_regclass (const GArray *tokens,
                  guint         place)
{
  return is_mark_at (tokens, place + 1, ':') && is_mark_at (tokens, place + 2, ':') &&
         g_strcmp0 (sr_pg_tokens_get (tokens, place + 3)->name, "regclass") == 0;
}

char *
sr_pg_tokens_write (const GArray *tokens,
                    guint         end,
                    guint         home_at,
                    const char   *home,
                    SrPgMapFunc   map,
                    gpointer      user_data)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < MIN (end, tokens->len); i++)
    {
      const SrPgToken *token = sr_pg_tokens_get (tokens, i);
      const char      *mapped = map_schema (tokens, i, 0, map, user_data);

      if (token->gap != '\0')
        g_string_append_c (out, token->gap);
      if (i == home_at)
        g_string_append_printf (out, "%s.", home);
      if (mapped != NULL)
        g_string_append (out, mapped);
      else if (token->token.type != SR_SQL_TOKEN_STRING ||
               !(becomes_regclass (tokens, i)   ? write_regclass (out, token, map, user_data)
                 : token->token.start[0] == '$' ? write_body (out, token, map, user_data)
                                                : FALSE))
        g_string_append_len (out, token->token.start, (gssize) token->token.size);
    }
  return g_string_free (out, FALSE);
}
