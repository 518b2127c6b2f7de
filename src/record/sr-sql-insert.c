/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "record/sr-sql-insert.h"
#include "record/sr-sql-literal.h"

#define MAX_NAMES 4096

void
sr_sql_header_clear (SrSqlHeader *self)
{
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->names, g_ptr_array_unref);
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

/* The names in a bracket; @p: behind the opening one. Returns: behind the closing one; sets
 * @is_list to whether it was a list of names */
static const char *
read_names (SrSqlHeader       *self,
            const SrSqlSyntax *syntax,
            const char        *p,
            SrSqlSpan          span,
            gboolean          *is_list)
{
  SrSqlToken token;

  *is_list = FALSE;
  self->names = g_ptr_array_new_with_free_func (g_free);
  for (;;)
    {
      p = sr_sql_scan_token (syntax, p, span, &token);
      if (p == NULL)
        return NULL;
      /* MySQL's empty list means all columns. */
      *is_list = self->names->len == 0 && sr_sql_token_is_mark (&token, ')') &&
                 syntax->dialect == SR_SQL_MYSQL;
      if (*is_list)
        g_clear_pointer (&self->names, g_ptr_array_unref);
      if (*is_list)
        return p;
      if ((token.type != SR_SQL_TOKEN_NAME && token.type != SR_SQL_TOKEN_WORD) ||
          self->names->len >= MAX_NAMES)
        return p;
      g_ptr_array_add (self->names, sr_sql_token_to_name (&token));
      p = sr_sql_scan_token (syntax, p, span, &token);
      if (p == NULL)
        return NULL;
      *is_list = sr_sql_token_is_mark (&token, ')');
      if (!sr_sql_token_is_mark (&token, ','))
        return p;
    }
}

/* INSERT or REPLACE with what may stand before INTO. Returns: behind INTO, or %NULL with the type
 * set */
static const char *
read_verb (SrSqlHeader       *self,
           const SrSqlSyntax *syntax,
           const char        *p,
           SrSqlSpan          span)
{
  static const char *const between[] = { "IGNORE", "LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY",
                                         "OR", "REPLACE", "ABORT", "FAIL",
                                         "ROLLBACK", NULL };
  SrSqlToken               token;
  const char              *before = p;

  do
    {
      before = p;
      p = sr_sql_scan_token (syntax, p, span, &token);
      if (p == NULL)
        return NULL;
    }
  while (is_any_word (&token, between));
  if (sr_sql_token_is (&token, "INTO"))
    return p;
  /* MySQL can do without. */
  return token.type == SR_SQL_TOKEN_NAME || token.type == SR_SQL_TOKEN_WORD ? before : NULL;
}

/* MySQL's PARTITION (name, …) behind the table; @p: behind the word. Returns: behind the bracket */
static const char *
skip_partitions (const SrSqlSyntax *syntax,
                 const char        *p,
                 SrSqlSpan          span)
{
  SrSqlToken token;

  if (sr_sql_scan_token (syntax, p, span, &token) == NULL)
    return NULL;
  return sr_sql_token_is_mark (&token, '(') ? sr_sql_scan_group (syntax, token.start, span) : p;
}

static const char *
read_table_and_names (SrSqlHeader       *self,
                      SrSqlSchema       *schema,
                      const SrSqlSyntax *syntax,
                      const char        *p,
                      SrSqlSpan          span)
{
  SrSqlToken  token;
  const char *behind;
  gboolean    is_list;

  p = sr_sql_schema_scan_name (schema, syntax, p, span, &self->name);
  if (p == NULL)
    return NULL;
  behind = sr_sql_scan_token (syntax, p, span, &token);
  if (behind != NULL && sr_sql_token_is (&token, "PARTITION") && syntax->dialect == SR_SQL_MYSQL)
    {
      p = skip_partitions (syntax, behind, span);
      behind = p != NULL ? sr_sql_scan_token (syntax, p, span, &token) : NULL;
    }
  if (behind == NULL || !sr_sql_token_is_mark (&token, '('))
    return behind != NULL ? p : NULL;
  p = read_names (self, syntax, behind, span, &is_list);
  if (p != NULL && !is_list)
    self->type = SR_SQL_HEADER_NONE;
  return p;
}

/* PostgreSQL's OVERRIDING SYSTEM VALUE or OVERRIDING USER VALUE, whose last word is not the one
 * that MySQL takes for VALUES. Returns: behind @token, which is the word behind all of it */
static const char *
read_overriding (const SrSqlSyntax *syntax,
                 const char        *p,
                 SrSqlSpan          span,
                 SrSqlToken        *token)
{
  p = sr_sql_scan_token (syntax, p, span, token);
  if (p == NULL || !sr_sql_token_is (token, "OVERRIDING"))
    return p;
  for (guint i = 0; i < 3 && p != NULL; i++)
    p = sr_sql_scan_token (syntax, p, span, token);
  return p;
}

/* Reads name = value up to the comma behind it or the end of @span, the statement's. What may stand
 * behind all values is none. @value, @end: (out): the value; @p: goes to the next name. Returns:
 * %FALSE if it is something else */
static gboolean
scan_assignment (const SrSqlSyntax *syntax,
                 const char       **p,
                 SrSqlSpan          span,
                 SrSqlToken        *name,
                 const char       **value,
                 const char       **end)
{
  static const char *const behind[] = { "ON", "AS", "SELECT", NULL };
  SrSqlToken               token = { SR_SQL_TOKEN_MARK, NULL, 0 };

  do
    {
      *p = sr_sql_scan_token (syntax, *p, span, name);
      if (*p == NULL || (name->type != SR_SQL_TOKEN_WORD && name->type != SR_SQL_TOKEN_NAME))
        return FALSE;
      *p = sr_sql_scan_token (syntax, *p, span, &token);
    }
  while (*p != NULL && sr_sql_token_is_mark (&token, '.'));
  if (*p == NULL || !sr_sql_token_is_mark (&token, '='))
    return FALSE;
  *value = *p;
  for (guint n = 0;; n++)
    {
      *p = sr_sql_scan_token (syntax, *p, span, &token);
      if (*p != NULL && sr_sql_token_is_mark (&token, '('))
        *p = sr_sql_scan_group (syntax, token.start, span);
      if (*p == NULL || is_any_word (&token, behind))
        return FALSE;
      *end = token.start;
      if (token.type == SR_SQL_TOKEN_END || sr_sql_token_is_mark (&token, ','))
        return n > 0;
    }
}

/* MySQL's INSERT … SET; @p: behind SET. All of it has to be there to know the names. */
static void
read_set (SrSqlHeader       *self,
          const SrSqlSyntax *syntax,
          const char        *p,
          SrSqlSpan          span)
{
  const char *stop = sr_sql_scan_statement (syntax, p, span);
  SrSqlSpan   statement = { stop, TRUE };

  if (stop == NULL)
    return;
  self->type = SR_SQL_HEADER_NONE;
  self->behind = p;
  self->names = g_ptr_array_new_with_free_func (g_free);
  while (p < stop)
    {
      SrSqlToken  name;
      const char *value;
      const char *end;

      if (self->names->len >= MAX_NAMES ||
          !scan_assignment (syntax, &p, statement, &name, &value, &end))
        return;
      g_ptr_array_add (self->names, sr_sql_token_to_name (&name));
    }
  if (self->names->len > 0)
    self->type = SR_SQL_HEADER_SET;
}

/* @p: behind VALUES. A row of nothing but defaults is none that could be read. */
static void
read_first_row (SrSqlHeader       *self,
                const SrSqlSyntax *syntax,
                const char        *p,
                SrSqlSpan          span)
{
  const char *inner;

  p = sr_sql_scan_space (syntax, p, span);
  if (p == NULL || (p == span.end && !span.eof))
    return;
  inner = p < span.end && *p == '(' ? sr_sql_scan_space (syntax, p + 1, span) : p;
  if (inner == NULL || (inner == span.end && !span.eof))
    return;
  self->behind = p;
  self->type = inner > p && (inner == span.end || *inner != ')') ? SR_SQL_HEADER_ROWS
                                                                 : SR_SQL_HEADER_NONE;
}

static void
read_insert (SrSqlHeader       *self,
             SrSqlSchema       *schema,
             const SrSqlSyntax *syntax,
             const char        *p,
             SrSqlSpan          span)
{
  SrSqlToken token;

  p = read_verb (self, syntax, p, span);
  if (p != NULL)
    p = read_table_and_names (self, schema, syntax, p, span);
  if (p == NULL || self->type == SR_SQL_HEADER_NONE)
    return;
  p = read_overriding (syntax, p, span, &token);
  if (p == NULL)
    return;
  if (sr_sql_token_is (&token, "VALUES") || sr_sql_token_is (&token, "VALUE"))
    read_first_row (self, syntax, p, span);
  else if (sr_sql_token_is (&token, "SET") && self->names == NULL &&
           syntax->dialect == SR_SQL_MYSQL)
    read_set (self, syntax, p, span);
  else
    self->type = SR_SQL_HEADER_NONE;
}

static void
read_copy (SrSqlHeader       *self,
           SrSqlSchema       *schema,
           const SrSqlSyntax *syntax,
           const char        *p,
           SrSqlSpan          span)
{
  SrSqlToken from;
  SrSqlToken where;

  p = read_table_and_names (self, schema, syntax, p, span);
  if (p == NULL || self->type == SR_SQL_HEADER_NONE)
    return;
  p = sr_sql_scan_token (syntax, p, span, &from);
  if (p != NULL)
    p = sr_sql_scan_token (syntax, p, span, &where);
  if (p == NULL)
    return;
  self->type = SR_SQL_HEADER_NONE;
  if (!sr_sql_token_is (&from, "FROM") || !sr_sql_token_is (&where, "stdin"))
    return;
  self->type = SR_SQL_HEADER_LINES;
  self->behind = p;
}

void
sr_sql_header_read (SrSqlHeader       *self,
                    SrSqlSchema       *schema,
                    const SrSqlSyntax *syntax,
                    const char        *p,
                    SrSqlSpan          span)
{
  SrSqlToken token;

  *self = (SrSqlHeader){ .type = SR_SQL_HEADER_MORE };
  p = sr_sql_scan_token (syntax, p, span, &token);
  if (p != NULL &&
      (sr_sql_token_is (&token, "INSERT") || sr_sql_token_is (&token, "REPLACE")))
    read_insert (self, schema, syntax, p, span);
  else if (p != NULL && sr_sql_token_is (&token, "COPY") && syntax->dialect == SR_SQL_POSTGRES)
    read_copy (self, schema, syntax, p, span);
  else if (p != NULL)
    self->type = SR_SQL_HEADER_NONE;
  /* What is cut off or malformed is no list of rows; the whole text is there to tell. */
  if (self->type == SR_SQL_HEADER_MORE && span.eof)
    self->type = SR_SQL_HEADER_NONE;
  if (self->type == SR_SQL_HEADER_MORE || self->type == SR_SQL_HEADER_NONE)
    sr_sql_header_clear (self);
}

static gboolean
check_count (SrSqlValues *values,
             SrSqlTarget *target,
             guint        n,
             GError     **error)
{
  if (sr_sql_target_fit (target, n))
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
               "A record of table “%s” has %u values for %u columns", target->collection->name, n,
               target->names->len);
  return FALSE;
}

static guint
count_values (const SrSqlSyntax *syntax,
              const char        *p,
              SrSqlSpan          span)
{
  guint n = 0;

  for (;;)
    {
      p = sr_sql_scan_value (syntax, p, span);
      if (p == NULL)
        return n;
      n++;
      if (*p++ == ')')
        return n;
    }
}

gboolean
sr_sql_insert_decode (SrSqlValues       *values,
                      const SrSqlSyntax *syntax,
                      SrSqlTarget       *target,
                      const char        *row,
                      gsize              size,
                      GError           **error)
{
  SrSqlSpan   span = { row + size, TRUE };
  const char *p = row + 1;
  guint       n = 0;

  sr_sql_values_reset (values);
  /* Names must be there before the values. */
  if (target->names->len == 0 &&
      !check_count (values, target, count_values (syntax, p, span), error))
    return FALSE;
  for (;;)
    {
      const char *end = sr_sql_scan_value (syntax, p, span);

      if (end == NULL || n > MAX_NAMES)
        break;
      n++;
      sr_sql_literal_decode (values, syntax, target, p, end);
      p = end + 1;
      if (*end == ')')
        break;
    }
  if (target->names->len != n)
    {
      if (!check_count (values, target, n, error))
        return FALSE;
      /* Columns moved: once more by the right ones. */
      return sr_sql_insert_decode (values, syntax, target, row, size, error);
    }
  return TRUE;
}

gboolean
sr_sql_set_decode (SrSqlValues       *values,
                   const SrSqlSyntax *syntax,
                   SrSqlTarget       *target,
                   const char        *row,
                   gsize              size,
                   GError           **error)
{
  SrSqlSpan   span = { row + size, TRUE };
  const char *p = row;
  guint       n = 0;

  sr_sql_values_reset (values);
  while (p != NULL && p < span.end && n < target->names->len)
    {
      SrSqlToken  name;
      const char *value;
      const char *end;

      if (!scan_assignment (syntax, &p, span, &name, &value, &end))
        break;
      sr_sql_literal_decode (values, syntax, target, value, end);
      n++;
    }
  return check_count (values, target, n, error);
}

/* Decodes COPY's escapes of one field. */
static void
append_copy_text (GByteArray *bytes,
                  const char *p,
                  const char *end)
{
  static const char letters[] = "bfnrtv";
  static const char controls[] = "\b\f\n\r\t\v";

  while (p < end)
    {
      const char *backslash = memchr (p, '\\', (gsize) (end - p));
      const char *stop = backslash != NULL && backslash + 1 < end ? backslash : end;
      guint8      c;

      g_byte_array_append (bytes, (const guint8 *) p, (guint) (stop - p));
      if (stop == end)
        return;
      p = stop + 1;
      c = (guint8) *p++;
      if (strchr (letters, c) != NULL && c != '\0')
        c = (guint8) controls[strchr (letters, c) - letters];
      else if (c >= '0' && c <= '7')
        {
          guint value = c - '0';

          for (guint i = 0; i < 2 && p < end && *p >= '0' && *p <= '7'; i++)
            value = value * 8 + (guint) (*p++ - '0');
          c = (guint8) value;
        }
      else if (c == 'x' && p < end && g_ascii_isxdigit (*p))
        {
          guint value = (guint) g_ascii_xdigit_value (*p++);

          if (p < end && g_ascii_isxdigit (*p))
            value = value * 16 + (guint) g_ascii_xdigit_value (*p++);
          c = (guint8) value;
        }
      g_byte_array_append (bytes, &c, 1);
    }
}

gboolean
sr_sql_copy_decode (SrSqlValues *values,
                    SrSqlTarget *target,
                    const char  *line,
                    gsize        size,
                    GError     **error)
{
  const char *end = line + size;
  const char *p = line;
  guint       n = 1;

  sr_sql_values_reset (values);
  for (const char *tab = p; (tab = memchr (tab, '\t', (gsize) (end - tab))) != NULL; tab++)
    n++;
  /* A table without columns has empty lines. */
  if (size == 0 && target->names->len == 0)
    return TRUE;
  if (!check_count (values, target, n, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      const char *tab = memchr (p, '\t', (gsize) (end - p));
      const char *stop = tab != NULL ? tab : end;
      gsize       begin = sr_sql_values_begin (values);
      gboolean    is_null = stop - p == 2 && p[0] == '\\' && p[1] == 'N';

      if (!is_null)
        append_copy_text (values->bytes, p, stop);
      sr_sql_values_end (values, target, SR_SQL_POSTGRES,
                         is_null ? SR_VALUE_NULL : SR_VALUE_TEXT, begin);
      p = stop + 1;
    }
  return TRUE;
}
