/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-pg-routine.h"

#include <string.h>

#include "target/sr-pg-body.h"

static const char UNKNOWN_OPTION[] = "it has an option that is not known";

/* Key words behind which an option of a routine begins. */
static const char *const options[] = {
  "LANGUAGE", "AS", "IMMUTABLE", "STABLE", "VOLATILE", "STRICT", "CALLED", "RETURNS",
  "PARALLEL", "COST", "ROWS", "SECURITY", "EXTERNAL", "SET", "RETURN", "BEGIN",
  "LEAKPROOF", "WINDOW", "SUPPORT", "TRANSFORM", "NOT", NULL
};

/* Settings that a routine may make for itself. */
static const char *const settings[] = {
  "search_path", "datestyle", "intervalstyle", "timezone", "statement_timeout", "lock_timeout",
  "work_mem", "client_min_messages", "extra_float_digits", NULL
};

static gboolean
begins_option (const SrPgCursor *c)
{
  for (guint i = 0; options[i] != NULL; i++)
    if (sr_pg_cursor_is (c, options[i]))
      return TRUE;
  return FALSE;
}

static gboolean
skip_to_option (SrPgCursor *c)
{
  guint before = c->at;

  while (!sr_pg_cursor_is_end (c) && !begins_option (c))
    if (!sr_pg_cursor_accept_group (c))
      c->at++;
  return c->at > before;
}

static gboolean
parse_language (SrPgCursor *c)
{
  const char *name = sr_pg_cursor_get (c, 0)->name;

  if (name == NULL || (strcmp (name, "sql") != 0 && strcmp (name, "plpgsql") != 0))
    return sr_pg_statement_refuse (c->statement, "only the languages sql and plpgsql are restored");
  c->at++;
  return TRUE;
}

static gboolean
parse_setting (SrPgCursor *c)
{
  const char *name = sr_pg_cursor_get (c, 0)->name;

  if (name == NULL || !g_strv_contains (settings, name))
    return sr_pg_statement_refuse (c->statement, "it changes a setting of the server");
  c->at++;
  if (!sr_pg_cursor_accept (c, "TO") && !sr_pg_cursor_accept_mark (c, '='))
    return sr_pg_statement_refuse (c->statement, UNKNOWN_OPTION);
  return skip_to_option (c);
}

/* AS 'text'; another string behind it would name a file. */
static gboolean
parse_text (SrPgCursor *c)
{
  const SrPgToken *text = sr_pg_cursor_get (c, 0);
  const char      *why;

  c->statement->has_body = TRUE;
  if (!sr_pg_cursor_accept_string (c))
    return FALSE;
  why = sr_pg_body_check_string (text);
  if (why != NULL)
    return sr_pg_statement_refuse (c->statement, why);
  return !sr_pg_cursor_is_mark (c, ',');
}

/* The rest of the statement is SQL that the server looks at as it is made. */
static gboolean
parse_inline (SrPgCursor *c)
{
  const char *why = sr_pg_body_check (c->statement->tokens, c->at);

  if (why != NULL)
    return sr_pg_statement_refuse (c->statement, why);
  c->statement->has_body = TRUE;
  c->at = c->statement->tokens->len;
  return TRUE;
}

static gboolean
parse_security (SrPgCursor *c)
{
  c->statement->is_definer = sr_pg_cursor_accept (c, "DEFINER");
  return c->statement->is_definer || sr_pg_cursor_accept (c, "INVOKER");
}

static gboolean
parse_option (SrPgCursor *c)
{
  static const char *const plain[] = { "IMMUTABLE", "STABLE", "VOLATILE", "STRICT",
                                       "CALLED ON NULL INPUT", "RETURNS NULL ON NULL INPUT",
                                       "NOT LEAKPROOF", NULL };
  static const char *const valued[] = { "PARALLEL", "COST", "ROWS", NULL };

  for (guint i = 0; plain[i] != NULL; i++)
    if (sr_pg_cursor_accept (c, plain[i]))
      return TRUE;
  for (guint i = 0; valued[i] != NULL; i++)
    if (sr_pg_cursor_accept (c, valued[i]))
      return skip_to_option (c) || sr_pg_cursor_is_end (c);
  (void) sr_pg_cursor_accept (c, "EXTERNAL");
  if (sr_pg_cursor_accept (c, "SECURITY"))
    return parse_security (c);
  if (sr_pg_cursor_accept (c, "LANGUAGE"))
    return parse_language (c);
  if (sr_pg_cursor_accept (c, "SET"))
    return parse_setting (c);
  if (sr_pg_cursor_accept (c, "AS"))
    return parse_text (c);
  if (sr_pg_cursor_accept (c, "RETURN") || sr_pg_cursor_accept (c, "BEGIN ATOMIC"))
    return parse_inline (c);
  return sr_pg_cursor_accept (c, "RETURNS") && skip_to_option (c);
}

gboolean
sr_pg_routine_parse (SrPgCursor *c,
                     gboolean    is_procedure)
{
  SrPgStatement *self = c->statement;

  self->kind = SR_PG_STATEMENT_ROUTINE;
  self->what = "routine";
  self->is_procedure = is_procedure;
  if (!sr_pg_cursor_accept_name (c, &self->name) || !sr_pg_cursor_accept_group (c))
    return sr_pg_statement_refuse (self, UNKNOWN_OPTION);
  while (!sr_pg_cursor_is_end (c))
    if (!parse_option (c))
      return sr_pg_statement_refuse (self, UNKNOWN_OPTION);
  return self->has_body || sr_pg_statement_refuse (self, UNKNOWN_OPTION);
}
