/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-sql-dialect.h"

G_BEGIN_DECLS

#define SR_SQL_MAX_DELIMITER 15

/**
 * SrSqlSyntax:
 * @backslash: a backslash in a plain string escapes
 * @delimiter: what ends a statement
 *
 * How a text is read right now; statements of the text itself can change it.
 */
typedef struct
{
  SrSqlDialect dialect;
  gboolean     backslash;
  char         delimiter[SR_SQL_MAX_DELIMITER + 1];
} SrSqlSyntax;

/**
 * SrSqlSpan:
 * @eof: nothing comes behind @end
 *
 * Text to scan. All functions below take a place in it and return the place behind what they were
 * asked for, or %NULL if that is not within the text: there is more to read, or, with @eof, the
 * text is cut off.
 */
typedef struct
{
  const char *end;
  gboolean    eof;
} SrSqlSpan;

typedef enum
{
  SR_SQL_TOKEN_END,    /* of the text */
  SR_SQL_TOKEN_WORD,   /* key word, plain name or number */
  SR_SQL_TOKEN_NAME,   /* quoted name; a string in double quotes too */
  SR_SQL_TOKEN_STRING, /* with its quotes and what stands before them */
  SR_SQL_TOKEN_MARK,   /* one other character */
} SrSqlTokenType;

/* @start, @size: as it stands in the text */
typedef struct
{
  SrSqlTokenType type;
  const char    *start;
  gsize          size;
} SrSqlToken;

void sr_sql_syntax_init (SrSqlSyntax *self,
                         SrSqlDialect dialect);

/* Passes over white space, comments and the marks of MySQL's conditional comments, whose text
 * counts. */
const char *sr_sql_scan_space (const SrSqlSyntax *syntax,
                               const char        *p,
                               SrSqlSpan          span);
/* Passes over one comment, or one mark of a conditional comment. Returns: @p if there is none */
const char *sr_sql_scan_comment (const SrSqlSyntax *syntax,
                                 const char        *p,
                                 SrSqlSpan          span,
                                 gboolean          *is_mark);
/* @p: behind the opening quote. Returns: behind the closing one */
const char *sr_sql_scan_quoted (const char *p,
                                SrSqlSpan   span,
                                char        quote,
                                gboolean    backslash);
/* @p: at an opening bracket. Returns: behind the bracket that closes it */
const char *sr_sql_scan_group (const SrSqlSyntax *syntax,
                               const char        *p,
                               SrSqlSpan          span);
/* @p: where a value of a row begins. Returns: the comma or bracket behind it */
const char *sr_sql_scan_value (const SrSqlSyntax *syntax,
                               const char        *p,
                               SrSqlSpan          span);
/* Passes over the rest of a statement. Returns: its delimiter */
const char *sr_sql_scan_statement (const SrSqlSyntax *syntax,
                                   const char        *p,
                                   SrSqlSpan          span);
/* The next token, behind space. Returns: behind it, %NULL as above */
const char *sr_sql_scan_token (const SrSqlSyntax *syntax,
                               const char        *p,
                               SrSqlSpan          span,
                               SrSqlToken        *token);

gboolean sr_sql_token_is (const SrSqlToken *self,
                          const char       *word);
gboolean sr_sql_token_is_mark (const SrSqlToken *self,
                               char              mark);
/* Returns: (transfer full): the name a token gives, valid UTF-8 */
char *sr_sql_token_to_name (const SrSqlToken *self);

/* Whether @text holds @word, without regard to the case of ASCII letters. */
gboolean sr_sql_text_has (const char *text,
                          gsize       size,
                          const char *word);

G_END_DECLS
