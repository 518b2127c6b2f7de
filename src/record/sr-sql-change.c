/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "record/sr-sql-change.h"

/* Longer names are shown by their beginning. */
#define MAX_NAME 60

/* A statement that is being looked at. */
typedef struct
{
  SrSqlSchema       *schema;
  const SrSqlSyntax *syntax;
  SrSqlSpan          span;
  const char        *p;
  SrSqlToken         token;
} Statement;

static gboolean
next (Statement *self)
{
  self->p = sr_sql_scan_token (self->syntax, self->p, self->span, &self->token);
  if (self->p != NULL && self->token.type != SR_SQL_TOKEN_END)
    return TRUE;
  self->p = self->span.end;
  self->token = (SrSqlToken){ SR_SQL_TOKEN_END, self->span.end, 0 };
  return FALSE;
}

static gboolean
is_any_word (const SrSqlToken  *token,
             const char *const *list)
{
  for (guint i = 0; list[i] != NULL; i++)
    if (sr_sql_token_is (token, list[i]))
      return TRUE;
  return FALSE;
}

/* Whether one of the words stands in what follows, outside of quotes. */
static gboolean
has_any_word (Statement         *self,
              const char *const *list)
{
  while (next (self))
    if (is_any_word (&self->token, list))
      return TRUE;
  return FALSE;
}

/* The name of the table, behind words that may stand before it. Returns: (transfer full)
 * (nullable) */
static char *
read_name (Statement *self)
{
  static const char *const before[] = { "INTO", "FROM", "TABLE", "ONLY", "IGNORE", "LOW_PRIORITY",
                                        "DELAYED", "HIGH_PRIORITY", "QUICK", "IF", "EXISTS", "OR",
                                        "REPLACE", "ABORT", "FAIL", "ROLLBACK", NULL };
  const char              *start;
  const char              *behind;
  char                    *name = NULL;

  do
    {
      start = self->p;
      next (self);
    }
  while (is_any_word (&self->token, before));
  behind = sr_sql_schema_scan_name (self->schema, self->syntax, start, self->span, &name);
  self->p = behind != NULL ? behind : self->token.start;
  return name;
}

/* Tables of the system's own; pg_dumpall marks databases as templates in one. */
static gboolean
is_foreign (const Statement *self,
            const char      *name)
{
  if (name == NULL)
    return FALSE;
  if (self->syntax->dialect == SR_SQL_SQLITE)
    return g_str_has_prefix (name, "sqlite_");
  return self->syntax->dialect == SR_SQL_POSTGRES && strstr (name, "pg_catalog.pg_") != NULL;
}

static char *
describe (const char *verb,
          const char *name)
{
  g_autofree char *shown = NULL;

  if (name == NULL)
    return g_strdup (verb);
  if (g_utf8_strlen (name, -1) <= MAX_NAME)
    return g_strconcat (verb, " ", name, NULL);
  shown = g_utf8_substring (name, 0, MAX_NAME);
  return g_strconcat (verb, " ", shown, "…", NULL);
}

/* TRUNCATE, DELETE or DROP of all of one table does nothing where nothing came before. */
static char *
describe_removal (Statement  *self,
                  const char *verb)
{
  g_autofree char *name = read_name (self);

  if (is_foreign (self, name) ||
      (name != NULL && !next (self) && !sr_sql_schema_has_rows (self->schema, name)))
    return NULL;
  return describe (verb, name);
}

static char *
describe_change (Statement  *self,
                 const char *verb)
{
  g_autofree char *name = read_name (self);

  return is_foreign (self, name) ? NULL : describe (verb, name);
}

/* DROP of anything else, and of tables without rows, is of no interest. */
static char *
describe_drop (Statement *self)
{
  g_autofree char *name = NULL;

  next (self);
  if (!sr_sql_token_is (&self->token, "TABLE"))
    return NULL;
  name = read_name (self);
  return name != NULL && sr_sql_schema_has_rows (self->schema, name) ? describe ("DROP TABLE", name)
                                                                     : NULL;
}

/* COPY from elsewhere than the text. */
static char *
describe_copy (Statement *self)
{
  static const char *const from[] = { "FROM", NULL };
  g_autofree char         *name = read_name (self);

  return name != NULL && has_any_word (self, from) ? describe ("COPY", name) : NULL;
}

/* pg_dump writes the bytes of large objects as calls of functions. */
static char *
describe_select (Statement *self)
{
  static const char *const writers[] = { "lowrite", "lo_put", "lo_from_bytea", NULL };

  for (guint i = 0; i < 3 && next (self); i++)
    if (is_any_word (&self->token, writers))
      return g_strdup ("a large object");
  return NULL;
}

char *
sr_sql_change_describe (SrSqlSchema       *schema,
                        const SrSqlSyntax *syntax,
                        const char        *text,
                        gsize              size)
{
  static const char *const changes[] = { "INSERT", "UPDATE", "DELETE", "MERGE", NULL };
  Statement                self = { schema, syntax, { text + size, TRUE }, text, { 0 } };

  do
    next (&self);
  while (sr_sql_token_is_mark (&self.token, '('));
  if (sr_sql_token_is (&self.token, "INSERT"))
    return describe_change (&self, "INSERT INTO");
  if (sr_sql_token_is (&self.token, "REPLACE"))
    return describe_change (&self, "REPLACE INTO");
  if (sr_sql_token_is (&self.token, "UPDATE"))
    return describe_change (&self, "UPDATE");
  if (sr_sql_token_is (&self.token, "MERGE"))
    return describe_change (&self, "MERGE INTO");
  if (sr_sql_token_is (&self.token, "DELETE"))
    return describe_removal (&self, "DELETE FROM");
  if (sr_sql_token_is (&self.token, "TRUNCATE"))
    return describe_removal (&self, "TRUNCATE");
  if (sr_sql_token_is (&self.token, "DROP"))
    return describe_drop (&self);
  if (sr_sql_token_is (&self.token, "COPY") && syntax->dialect == SR_SQL_POSTGRES)
    return describe_copy (&self);
  if (sr_sql_token_is (&self.token, "SELECT") && syntax->dialect == SR_SQL_POSTGRES)
    return describe_select (&self);
  if (sr_sql_token_is (&self.token, "LOAD") && syntax->dialect == SR_SQL_MYSQL)
    return g_strdup ("LOAD DATA");
  if (sr_sql_token_is (&self.token, "WITH") && has_any_word (&self, changes))
    return g_strdup ("WITH … that changes data");
  return NULL;
}

gboolean
sr_sql_change_is_in_tail (const SrSqlSyntax *syntax,
                          const char        *text,
                          gsize              size)
{
  static const char *const changes[] = { "UPDATE", NULL };
  Statement                self = { NULL, syntax, { text + size, TRUE }, text, { 0 } };

  return size > 0 && has_any_word (&self, changes);
}
