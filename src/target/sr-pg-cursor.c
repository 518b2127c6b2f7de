/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-pg-cursor.h"

const SrPgToken *
sr_pg_cursor_get (const SrPgCursor *c,
                  guint             ahead)
{
  return sr_pg_tokens_get (c->statement->tokens, c->at + ahead);
}

gboolean
sr_pg_cursor_is (const SrPgCursor *c,
                 const char       *word)
{
  return sr_sql_token_is (&sr_pg_cursor_get (c, 0)->token, word);
}

gboolean
sr_pg_cursor_is_mark (const SrPgCursor *c,
                      char              mark)
{
  return sr_sql_token_is_mark (&sr_pg_cursor_get (c, 0)->token, mark);
}

gboolean
sr_pg_cursor_is_end (const SrPgCursor *c)
{
  return c->at >= c->statement->tokens->len;
}

gboolean
sr_pg_cursor_accept (SrPgCursor *c,
                     const char *words)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);
  guint          n = g_strv_length (list);

  for (guint i = 0; i < n; i++)
    if (!sr_sql_token_is (&sr_pg_cursor_get (c, i)->token, list[i]))
      return FALSE;
  c->at += n;
  return TRUE;
}

gboolean
sr_pg_cursor_accept_mark (SrPgCursor *c,
                          char        mark)
{
  if (!sr_pg_cursor_is_mark (c, mark))
    return FALSE;
  c->at++;
  return TRUE;
}

gboolean
sr_pg_cursor_accept_string (SrPgCursor *c)
{
  if (sr_pg_cursor_get (c, 0)->token.type != SR_SQL_TOKEN_STRING)
    return FALSE;
  c->at++;
  return TRUE;
}

gboolean
sr_pg_cursor_accept_group (SrPgCursor *c)
{
  guint depth = sr_pg_cursor_get (c, 0)->depth;

  if (!sr_pg_cursor_is_mark (c, '('))
    return FALSE;
  do
    c->at++;
  while (!sr_pg_cursor_is_end (c) &&
         (sr_pg_cursor_get (c, 0)->depth > depth || !sr_pg_cursor_is_mark (c, ')')));
  if (sr_pg_cursor_is_end (c))
    return FALSE;
  c->at++;
  return TRUE;
}

gboolean
sr_pg_cursor_accept_name (SrPgCursor *c,
                          SrPgName   *name)
{
  guint n = 0;

  if (sr_pg_cursor_get (c, 0)->name == NULL)
    return FALSE;
  while (sr_sql_token_is_mark (&sr_pg_cursor_get (c, 2 * n + 1)->token, '.') &&
         sr_pg_cursor_get (c, 2 * n + 2)->name != NULL)
    n++;
  if (n > 1)
    return FALSE;
  if (name != NULL)
    {
      g_free (name->schema);
      g_free (name->name);
      name->schema = n == 1 ? g_strdup (sr_pg_cursor_get (c, 0)->name) : NULL;
      name->name = g_strdup (sr_pg_cursor_get (c, 2 * n)->name);
      name->place = c->at + 2 * n;
    }
  c->at += 2 * n + 1;
  return TRUE;
}
