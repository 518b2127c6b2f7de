/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "record/sr-sql-lexer.h"

/* What scanners stop at. */
enum
{
  STOP_QUOTE = 1,
  STOP_BRACKET = 2,
  STOP_COMMENT = 4,
  STOP_COMMA = 8,
  STOP_DELIMITER = 16,
};

static const guint8 stops[256] = {
  ['\''] = STOP_QUOTE,
  ['"'] = STOP_QUOTE,
  ['`'] = STOP_QUOTE,
  ['$'] = STOP_QUOTE,
  ['('] = STOP_BRACKET,
  [')'] = STOP_BRACKET,
  ['-'] = STOP_COMMENT,
  ['#'] = STOP_COMMENT,
  ['/'] = STOP_COMMENT,
  [','] = STOP_COMMA,
  [';'] = STOP_DELIMITER,
};

void
sr_sql_syntax_init (SrSqlSyntax *self,
                    SrSqlDialect dialect)
{
  /* webeenthere's rows have none, but its CREATE TABLE is the server's own text. */
  *self = (SrSqlSyntax){ .dialect = dialect,
                         .backslash = dialect == SR_SQL_MYSQL || dialect == SR_SQL_WEBEENTHERE };
  self->delimiter[0] = ';';
}

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

static gboolean
is_word (char c)
{
  return g_ascii_isalnum (c) || c == '_' || c == '$' || c == '@' || c == '.' || (guchar) c >= 0x80;
}

static gboolean
has_backticks (const SrSqlSyntax *syntax)
{
  return syntax->dialect != SR_SQL_POSTGRES;
}

static gboolean
is_mysql (const SrSqlSyntax *syntax)
{
  return syntax->dialect == SR_SQL_MYSQL || syntax->dialect == SR_SQL_WEBEENTHERE;
}

/* Behind the end of the line. A comment may end with the text. */
static const char *
scan_line (const char *p,
           SrSqlSpan   span)
{
  const char *newline = memchr (p, '\n', (gsize) (span.end - p));

  if (newline != NULL)
    return newline + 1;
  return span.eof ? span.end : NULL;
}

/* @p: at slash and star */
static const char *
scan_block_comment (const SrSqlSyntax *syntax,
                    const char        *p,
                    SrSqlSpan          span,
                    gboolean          *is_mark)
{
  const char *end;
  const char *digits = NULL;

  /* The first bytes tell whether its text counts. */
  if (span.end - p < 12 && !span.eof)
    return NULL;
  if (is_mysql (syntax) && span.end - p >= 3 && p[2] == '!')
    digits = p + 3;
  else if (is_mysql (syntax) && span.end - p >= 4 && p[2] == 'M' && p[3] == '!')
    digits = p + 4;
  if (digits != NULL)
    {
      const char *q = digits;

      while (q < span.end && q - digits < 6 && g_ascii_isdigit (*q))
        q++;
      /* No server has this version: what stands there is for the client. */
      if (q - digits < 6 || strncmp (digits, "999999", 6) != 0)
        {
          *is_mark = TRUE;
          return q;
        }
    }
  end = memmem (p + 2, (gsize) (span.end - p - 2), "*/", 2);
  return end != NULL ? end + 2 : NULL;
}

const char *
sr_sql_scan_comment (const SrSqlSyntax *syntax,
                     const char        *p,
                     SrSqlSpan          span,
                     gboolean          *is_mark)
{
  gboolean alone = p + 1 >= span.end;

  *is_mark = FALSE;
  if (p >= span.end)
    return p;
  if (*p == '#' && is_mysql (syntax))
    return scan_line (p, span);
  if (*p != '-' && *p != '/' && *p != '*')
    return p;
  if (alone)
    return span.eof ? p : NULL;
  if (*p == '-' && p[1] == '-')
    {
      if (syntax->dialect == SR_SQL_MYSQL && p + 2 >= span.end && !span.eof)
        return NULL;
      if (syntax->dialect == SR_SQL_MYSQL && p + 2 < span.end && !is_space (p[2]))
        return p;
      return scan_line (p, span);
    }
  if (*p == '/' && p[1] == '*')
    return scan_block_comment (syntax, p, span, is_mark);
  if (*p == '*' && p[1] == '/' && is_mysql (syntax))
    {
      *is_mark = TRUE;
      return p + 2;
    }
  return p;
}

const char *
sr_sql_scan_space (const SrSqlSyntax *syntax,
                   const char        *p,
                   SrSqlSpan          span)
{
  for (;;)
    {
      const char *behind;
      gboolean    is_mark;

      while (p < span.end && is_space (*p))
        p++;
      if (p == span.end)
        return span.eof ? p : NULL;
      behind = sr_sql_scan_comment (syntax, p, span, &is_mark);
      if (behind == NULL || behind == p)
        return behind;
      p = behind;
    }
}

/* To the next quote or backslash. */
static const char *
find_quote_or_backslash (const char *p,
                         const char *end,
                         char        quote)
{
  while (end - p >= 8)
    {
      for (guint i = 0; i < 8; i++)
        if (p[i] == quote || p[i] == '\\')
          return p + i;
      p += 8;
    }
  while (p < end && *p != quote && *p != '\\')
    p++;
  return p;
}

const char *
sr_sql_scan_quoted (const char *p,
                    SrSqlSpan   span,
                    char        quote,
                    gboolean    backslash)
{
  for (;;)
    {
      if (backslash)
        p = find_quote_or_backslash (p, span.end, quote);
      else
        p = memchr (p, quote, (gsize) (span.end - p));
      if (p == NULL || p == span.end)
        return NULL;
      if (*p == '\\' && backslash)
        {
          if (span.end - p < 2)
            return NULL;
          p += 2;
          continue;
        }
      if (p + 1 == span.end)
        return span.eof ? p + 1 : NULL;
      if (p[1] != quote)
        return p + 1;
      p += 2;
    }
}

/* @p: at a dollar. Returns: behind the closing $tag$, @p + 1 if it opens none */
static const char *
scan_dollar (const char *p,
             SrSqlSpan   span)
{
  const char *tag_end = p + 1;
  const char *close;
  gsize       tag_size;

  while (tag_end < span.end && tag_end - p < 64 &&
         (g_ascii_isalnum (*tag_end) || *tag_end == '_' || (guchar) *tag_end >= 0x80))
    tag_end++;
  if (tag_end == span.end)
    return span.eof ? p + 1 : NULL;
  if (*tag_end != '$' || g_ascii_isdigit (p[1]))
    return p + 1;
  tag_end++;
  tag_size = (gsize) (tag_end - p);
  close = memmem (tag_end, (gsize) (span.end - tag_end), p, tag_size);
  return close != NULL ? close + tag_size : NULL;
}

/* Whether what stands before a quote is PostgreSQL's E. */
static gboolean
has_escape_prefix (const char *start,
                   const char *quote)
{
  return quote > start && (quote[-1] == 'E' || quote[-1] == 'e') &&
         (quote - 1 == start || !is_word (quote[-2]));
}

/* @p: at a quote of any kind. @start: of what is scanned. Returns: behind what it encloses */
static const char *
scan_any_quote (const SrSqlSyntax *syntax,
                const char        *start,
                const char        *p,
                SrSqlSpan          span)
{
  gboolean backslash = syntax->backslash;

  switch (*p)
    {
    case '\'':
      if (syntax->dialect == SR_SQL_POSTGRES && has_escape_prefix (start, p))
        backslash = TRUE;
      return sr_sql_scan_quoted (p + 1, span, '\'', backslash);
    case '"':
      return sr_sql_scan_quoted (p + 1, span, '"',
                                 backslash && syntax->dialect != SR_SQL_POSTGRES);
    case '`':
      return has_backticks (syntax) ? sr_sql_scan_quoted (p + 1, span, '`', FALSE) : p + 1;
    default:
      if (syntax->dialect != SR_SQL_POSTGRES || (p > start && is_word (p[-1])))
        return p + 1;
      return scan_dollar (p, span);
    }
}

/* Passes over the quote or comment at @p, or over that character alone. */
static const char *
scan_stop (const SrSqlSyntax *syntax,
           const char        *start,
           const char        *p,
           SrSqlSpan          span)
{
  const char *behind;
  gboolean    is_mark;

  if (stops[(guchar) *p] == STOP_QUOTE)
    return scan_any_quote (syntax, start, p, span);
  behind = sr_sql_scan_comment (syntax, p, span, &is_mark);
  return behind == p ? p + 1 : behind;
}

const char *
sr_sql_scan_group (const SrSqlSyntax *syntax,
                   const char        *p,
                   SrSqlSpan          span)
{
  const char *start = p;
  guint       depth = 0;

  while (p != NULL && p < span.end)
    {
      guint8 stop = stops[(guchar) *p];

      if ((stop & (STOP_QUOTE | STOP_BRACKET | STOP_COMMENT)) == 0)
        p++;
      else if (*p == '\'' && syntax->dialect != SR_SQL_POSTGRES)
        p = sr_sql_scan_quoted (p + 1, span, '\'', syntax->backslash);
      else if (stop != STOP_BRACKET)
        p = scan_stop (syntax, start, p, span);
      else if (*p++ == '(')
        depth++;
      else if (--depth == 0)
        return p;
    }
  return NULL;
}

const char *
sr_sql_scan_value (const SrSqlSyntax *syntax,
                   const char        *p,
                   SrSqlSpan          span)
{
  const char *start = p;

  while (p != NULL && p < span.end)
    {
      guint8 stop = stops[(guchar) *p];

      if (stop == 0 || stop == STOP_DELIMITER)
        p++;
      else if (stop == STOP_COMMA || *p == ')')
        return p;
      else if (*p == '(')
        p = sr_sql_scan_group (syntax, p, span);
      else
        p = scan_stop (syntax, start, p, span);
    }
  return NULL;
}

gboolean
sr_sql_text_has (const char *text,
                 gsize       size,
                 const char *word)
{
  gsize length = strlen (word);

  for (gsize i = 0; i + length <= size; i++)
    if (g_ascii_strncasecmp (text + i, word, length) == 0)
      return TRUE;
  return FALSE;
}

/* Whether the statement up to its first semicolon at @p opens a body of statements. */
static gboolean
opens_body (const SrSqlSyntax *syntax,
            const char        *start,
            const char        *p)
{
  gsize size = (gsize) (p - start);

  if (size < 8 || g_ascii_strncasecmp (start, "CREATE", 6) != 0)
    return FALSE;
  if (syntax->dialect == SR_SQL_SQLITE)
    return sr_sql_text_has (start, MIN (size, 64), " TRIGGER ");
  return syntax->dialect == SR_SQL_POSTGRES &&
         sr_sql_text_has (start, MIN (size, 65536), "BEGIN ATOMIC");
}

/* Whether the semicolon at @p is the one behind a body of statements, which ends with "; END;". */
static gboolean
ends_body (const char *start,
           const char *p)
{
  while (p > start && is_space (p[-1]))
    p--;
  if (p - start < 4 || g_ascii_strncasecmp (p - 3, "END", 3) != 0)
    return FALSE;
  p -= 3;
  while (p > start && is_space (p[-1]))
    p--;
  return p > start && p[-1] == ';';
}

/* Whether the delimiter stands at @p: 1, 0, or -1 if the text is too short to tell. */
static int
is_delimiter (const SrSqlSyntax *syntax,
              const char        *p,
              SrSqlSpan          span)
{
  gsize length = strlen (syntax->delimiter);

  if (*p != syntax->delimiter[0])
    return 0;
  if ((gsize) (span.end - p) < length)
    return span.eof ? 0 : -1;
  return memcmp (p, syntax->delimiter, length) == 0;
}

const char *
sr_sql_scan_statement (const SrSqlSyntax *syntax,
                       const char        *p,
                       SrSqlSpan          span)
{
  const char *start = p;
  gboolean    is_first = TRUE;
  gboolean    has_body = FALSE;

  while (p != NULL && p < span.end)
    {
      int is_end = is_delimiter (syntax, p, span);

      if (is_end < 0)
        return NULL;
      if (is_end > 0)
        {
          has_body = is_first ? opens_body (syntax, start, p) : has_body;
          is_first = FALSE;
          if (!has_body || ends_body (start, p))
            return p;
        }
      if ((stops[(guchar) *p] & (STOP_QUOTE | STOP_COMMENT)) != 0)
        p = scan_stop (syntax, start, p, span);
      else
        p++;
    }
  return NULL;
}

/* Behind a name, a number or a key word; a string follows without space after the likes of E. */
static const char *
scan_word (const SrSqlSyntax *syntax,
           const char        *p,
           SrSqlSpan          span,
           SrSqlToken        *token)
{
  const char *start = p;

  while (p < span.end && is_word (*p) && *p != '.')
    p++;
  if (p == span.end && !span.eof)
    return NULL;
  token->type = SR_SQL_TOKEN_WORD;
  if (p < span.end && *p == '\'')
    {
      token->type = SR_SQL_TOKEN_STRING;
      return scan_any_quote (syntax, start, p, span);
    }
  return p;
}

const char *
sr_sql_scan_token (const SrSqlSyntax *syntax,
                   const char        *p,
                   SrSqlSpan          span,
                   SrSqlToken        *token)
{
  p = sr_sql_scan_space (syntax, p, span);
  if (p == NULL)
    return NULL;
  *token = (SrSqlToken){ SR_SQL_TOKEN_END, p, 0 };
  if (p == span.end)
    return p;
  if (*p == '\'')
    {
      token->type = SR_SQL_TOKEN_STRING;
      p = scan_any_quote (syntax, p, p, span);
    }
  else if (*p == '"' || (*p == '`' && has_backticks (syntax)))
    {
      token->type = SR_SQL_TOKEN_NAME;
      p = scan_any_quote (syntax, p, p, span);
    }
  else if (*p == '[' && syntax->dialect == SR_SQL_SQLITE)
    {
      token->type = SR_SQL_TOKEN_NAME;
      p = memchr (p, ']', (gsize) (span.end - p));
      p = p != NULL ? p + 1 : NULL;
    }
  else if (*p == '$' && syntax->dialect == SR_SQL_POSTGRES)
    {
      token->type = SR_SQL_TOKEN_STRING;
      p = scan_any_quote (syntax, p, p, span);
    }
  else if (is_word (*p) && *p != '.')
    p = scan_word (syntax, p, span, token);
  else
    {
      token->type = SR_SQL_TOKEN_MARK;
      p++;
    }
  if (p != NULL)
    token->size = (gsize) (p - token->start);
  return p;
}

gboolean
sr_sql_token_is (const SrSqlToken *self,
                 const char       *word)
{
  return self->type == SR_SQL_TOKEN_WORD && strlen (word) == self->size &&
         g_ascii_strncasecmp (self->start, word, self->size) == 0;
}

gboolean
sr_sql_token_is_mark (const SrSqlToken *self,
                      char              mark)
{
  return self->type == SR_SQL_TOKEN_MARK && *self->start == mark;
}

char *
sr_sql_token_to_name (const SrSqlToken *self)
{
  g_autoptr (GString) name = g_string_new (NULL);
  char                close;

  if (self->type == SR_SQL_TOKEN_WORD || self->size < 2)
    return g_utf8_make_valid (self->start, (gssize) self->size);
  close = self->start[self->size - 1];
  for (gsize i = 1; i + 1 < self->size; i++)
    {
      g_string_append_c (name, self->start[i]);
      if (self->start[i] == close && close != ']' && self->start[i + 1] == close)
        i++;
    }
  return g_utf8_make_valid (name->str, (gssize) name->len);
}
