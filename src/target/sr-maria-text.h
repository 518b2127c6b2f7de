/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SrMariaSyntax:
 * @version: of the server, 101119 for 10.11.19; 0: text for any version counts
 * @ansi_quotes: "name" is a name
 * @no_backslash: a backslash in a string is one
 *
 * How the server that will get a text reads it.
 */
typedef struct
{
  gulong   version;
  gboolean is_mariadb;
  gboolean ansi_quotes;
  gboolean no_backslash;
} SrMariaSyntax;

typedef enum
{
  SR_MARIA_TOKEN_END,
  SR_MARIA_TOKEN_WORD, /* a number too */
  SR_MARIA_TOKEN_NAME, /* in backticks, or in double quotes where these are for names */
  SR_MARIA_TOKEN_TEXT, /* in quotes */
  SR_MARIA_TOKEN_SIGN, /* one other character */
} SrMariaTokenType;

/* @start, @end: in the text; @word: of a name without what quotes it */
typedef struct
{
  SrMariaTokenType type;
  const char      *start;
  const char      *end;
  char            *word;
} SrMariaToken;

/**
 * sr_maria_text_to_plain:
 * @sql: one statement; it may begin within a comment for a version, for whoever found it may have
 *   taken the mark for space
 *
 * The text without the marks of comments that are for some versions only: what is in them counts or
 * is left out as @syntax says. Other comments stay. What comes out means the same to every server,
 * so that none reads it other than those who look at it here.
 *
 * Returns: (transfer full): %SR_ERROR_REFUSED if a quote or comment does not end
 */
char *sr_maria_text_to_plain (const char          *sql,
                              const SrMariaSyntax *syntax,
                              GError             **error);
/* @plain: lives longer. Returns: (transfer full) (element-type SrMariaToken): without comments; the
 * last is the end */
GArray *sr_maria_text_tokenize (const char          *plain,
                                const SrMariaSyntax *syntax,
                                GError             **error);

/* Beyond the end there is the end. */
const SrMariaToken *sr_maria_token_at (GArray *tokens,
                                       guint   i);
gboolean            sr_maria_token_is (const SrMariaToken *self,
                                       const char         *word);
gboolean            sr_maria_token_is_any (const SrMariaToken *self,
                                           const char *const  *words);
gboolean            sr_maria_token_is_sign (const SrMariaToken *self,
                                            char                sign);
/* Whether it can be the name of something. */
gboolean sr_maria_token_is_name (const SrMariaToken *self);
/* Appends @quoted in place of something that stood between other text; quotes that touch would be
 * read as one that is doubled. @behind: what comes next */
void sr_maria_text_append_name (GString    *text,
                                const char *quoted,
                                const char *behind);
/* The bracket that closes the one at @i, or the end. */
guint sr_maria_token_find_closing (GArray *tokens,
                                   guint   i);

G_END_DECLS
