/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-maria-text.h"

#include <string.h>

#include "base/sr-error.h"

/* Digits of a version in a comment, and what MariaDB takes for those of MySQL alone. */
#define MIN_DIGITS  5
#define MAX_DIGITS  6
#define FIRST_MYSQL 50700
#define LAST_MYSQL  99999

/* @depth: comments for versions around @at; @is_within: the text may begin in one */
typedef struct
{
  const SrMariaSyntax *syntax;
  const char          *at;
  guint                depth;
  gboolean             is_within;
} Scanner;

static gboolean
refuse (GError    **error,
        const char *what)
{
  g_set_error (error, SR_ERROR, SR_ERROR_REFUSED, "%s", what);
  return FALSE;
}

static gboolean
is_quote (char c)
{
  return c == '\'' || c == '"' || c == '`';
}

/* Returns: (nullable): behind the quote that closes the one at @p */
static const char *
pass_quoted (const SrMariaSyntax *syntax,
             const char          *p)
{
  char     quote = *p++;
  gboolean escapes = !syntax->no_backslash && quote != '`' &&
                     (quote != '"' || !syntax->ansi_quotes);

  for (; *p != '\0'; p++)
    {
      if (escapes && *p == '\\' && p[1] != '\0')
        p++;
      else if (*p == quote && p[1] == quote)
        p++;
      else if (*p == quote)
        return p + 1;
    }
  return NULL;
}

static gboolean
is_line_comment (const char *p)
{
  return *p == '#' || (p[0] == '-' && p[1] == '-' && (guchar) p[2] <= ' ');
}

/* What servers take for space, for the beginning of a comment, or for nothing at all. */
static gboolean
is_odd (char c)
{
  return g_ascii_iscntrl (c) && c != '\n' && c != '\r' && c != '\t';
}

static gboolean
is_mark (const char *p)
{
  return g_str_has_prefix (p, "/*!") || g_str_has_prefix (p, "/*M!");
}

/* Returns: (nullable): behind the comment at @p, which is no mark; @p itself if there is none */
static const char *
pass_comment (const char *p)
{
  const char *end;

  if (is_line_comment (p))
    return p + strcspn (p, "\n");
  if (p[0] != '/' || p[1] != '*')
    return p;
  end = strstr (p + 2, "*/");
  return end != NULL ? end + 2 : NULL;
}

/* Returns: (nullable): behind a comment for another version, in which others may stand; what it
 * holds is not looked at, not even quotes */
static const char *
pass_other_version (const char *p)
{
  guint depth = 1;

  while (*p != '\0')
    {
      if (p[0] == '*' && p[1] == '/')
        {
          p += 2;
          if (--depth == 0)
            return p;
        }
      else if (p[0] == '/' && p[1] == '*')
        {
          p += 2;
          depth++;
        }
      else
        p++;
    }
  return NULL;
}

/* Passes over the beginning of a comment for a version. Returns: whether what follows counts */
static gboolean
read_mark (const SrMariaSyntax *syntax,
           const char         **at)
{
  gboolean is_maria_only = (*at)[2] == 'M';
  gsize    n_digits = 0;
  guint64  version = 0;

  *at += is_maria_only ? 4 : 3;
  while (n_digits < MAX_DIGITS && g_ascii_isdigit ((*at)[n_digits]))
    n_digits++;
  if (n_digits >= MIN_DIGITS)
    {
      g_autofree char *digits = g_strndup (*at, n_digits);

      version = g_ascii_strtoull (digits, NULL, 10);
      *at += n_digits;
    }
  if (syntax->version == 0)
    return TRUE;
  if (is_maria_only && !syntax->is_mariadb)
    return FALSE;
  if (version > syntax->version)
    return FALSE;
  return !syntax->is_mariadb || is_maria_only || version < FIRST_MYSQL || version > LAST_MYSQL;
}

/* At a comment for a version, or at the end of one. */
static gboolean
pass_mark (Scanner *self,
           GError **error)
{
  if (*self->at == '*')
    {
      if (self->depth == 0 && !self->is_within)
        return refuse (error, "a comment ends that did not begin");
      self->is_within = self->is_within && self->depth > 0;
      self->depth -= self->depth > 0;
      self->at += 2;
      return TRUE;
    }
  if (read_mark (self->syntax, &self->at))
    self->depth++;
  else
    self->at = pass_other_version (self->at);
  return self->at != NULL || refuse (error, "a comment does not end");
}

char *
sr_maria_text_to_plain (const char          *sql,
                        const SrMariaSyntax *syntax,
                        GError             **error)
{
  g_autoptr (GString) plain = g_string_new (NULL);
  Scanner             self = { syntax, sql, 0, TRUE };

  while (*self.at != '\0')
    {
      const char *start = self.at;

      if (is_mark (start) || (start[0] == '*' && start[1] == '/'))
        {
          if (!pass_mark (&self, error))
            return NULL;
          g_string_append_c (plain, ' ');
          continue;
        }
      if (is_odd (*start))
        {
          refuse (error, "it holds control characters");
          return NULL;
        }
      if (start[0] == '-' && start[1] == '-' && !is_line_comment (start))
        {
          /* would begin a comment as soon as a space came behind them */
          refuse (error, "two minus signs stand together in it");
          return NULL;
        }
      if (is_quote (*start))
        self.at = pass_quoted (syntax, start);
      else
        {
          self.at = pass_comment (start);
          if (self.at == start)
            self.at++;
        }
      if (self.at == NULL)
        {
          refuse (error, "a quote or comment does not end");
          return NULL;
        }
      g_string_append_len (plain, start, self.at - start);
    }
  if (self.depth > 0)
    {
      refuse (error, "a comment does not end");
      return NULL;
    }
  return g_strstrip (g_string_free (g_steal_pointer (&plain), FALSE));
}

static void
clear_token (gpointer data)
{
  g_free (((SrMariaToken *) data)->word);
}

static gboolean
is_word_byte (char c)
{
  return g_ascii_isalnum (c) || c == '_' || c == '$' || (guchar) c >= 0x80;
}

/* Returns: (transfer full): what stands between the quotes */
static char *
unquote (const SrMariaSyntax *syntax,
         const char          *start,
         const char          *end)
{
  GString *word = g_string_new (NULL);
  char     quote = *start;
  gboolean escapes = !syntax->no_backslash && quote != '`' &&
                     (quote != '"' || !syntax->ansi_quotes);

  for (const char *p = start + 1; p < end - 1; p++)
    {
      if ((escapes && *p == '\\') || *p == quote)
        p++;
      g_string_append_c (word, *p);
    }
  return g_string_free (word, FALSE);
}

static gboolean
read_token (const char          *p,
            const SrMariaSyntax *syntax,
            SrMariaToken        *token,
            GError             **error)
{
  token->start = p;
  if (is_quote (*p))
    {
      gboolean is_name = *p == '`' || (*p == '"' && syntax->ansi_quotes);

      token->type = is_name ? SR_MARIA_TOKEN_NAME : SR_MARIA_TOKEN_TEXT;
      token->end = pass_quoted (syntax, p);
      if (token->end == NULL)
        return refuse (error, "a quote does not end");
      token->word = unquote (syntax, p, token->end);
      return TRUE;
    }
  token->type = SR_MARIA_TOKEN_WORD;
  while (is_word_byte (*p))
    p++;
  if (p == token->start)
    {
      token->type = *p != '\0' ? SR_MARIA_TOKEN_SIGN : SR_MARIA_TOKEN_END;
      p += *p != '\0';
    }
  token->end = p;
  token->word = g_strndup (token->start, (gsize) (p - token->start));
  return TRUE;
}

GArray *
sr_maria_text_tokenize (const char          *plain,
                        const SrMariaSyntax *syntax,
                        GError             **error)
{
  g_autoptr (GArray) tokens = g_array_new (FALSE, FALSE, sizeof (SrMariaToken));
  const char        *p = plain;

  g_array_set_clear_func (tokens, clear_token);
  while (TRUE)
    {
      SrMariaToken token = { SR_MARIA_TOKEN_END, NULL, NULL, NULL };
      const char  *behind;

      while (g_ascii_isspace (*p))
        p++;
      behind = is_mark (p) ? NULL : pass_comment (p);
      if (behind == NULL)
        {
          refuse (error, "a comment does not end");
          return NULL;
        }
      if (behind != p)
        {
          p = behind;
          continue;
        }
      if (!read_token (p, syntax, &token, error))
        return NULL;
      g_array_append_val (tokens, token);
      p = token.end;
      if (token.type == SR_MARIA_TOKEN_END)
        return g_steal_pointer (&tokens);
    }
}

const SrMariaToken *
sr_maria_token_at (GArray *tokens,
                   guint   i)
{
  return &g_array_index (tokens, SrMariaToken, MIN (i, tokens->len - 1));
}

gboolean
sr_maria_token_is (const SrMariaToken *self,
                   const char         *word)
{
  return self->type == SR_MARIA_TOKEN_WORD && g_ascii_strcasecmp (self->word, word) == 0;
}

gboolean
sr_maria_token_is_any (const SrMariaToken *self,
                       const char *const  *words)
{
  for (guint i = 0; words[i] != NULL; i++)
    if (sr_maria_token_is (self, words[i]))
      return TRUE;
  return FALSE;
}

gboolean
sr_maria_token_is_sign (const SrMariaToken *self,
                        char                sign)
{
  return self->type == SR_MARIA_TOKEN_SIGN && self->word[0] == sign;
}

gboolean
sr_maria_token_is_name (const SrMariaToken *self)
{
  return self->type == SR_MARIA_TOKEN_NAME ||
         (self->type == SR_MARIA_TOKEN_WORD && !g_ascii_isdigit (self->word[0]));
}

guint
sr_maria_token_find_closing (GArray *tokens,
                             guint   i)
{
  guint depth = 0;

  for (; sr_maria_token_at (tokens, i)->type != SR_MARIA_TOKEN_END; i++)
    {
      if (sr_maria_token_is_sign (sr_maria_token_at (tokens, i), '('))
        depth++;
      else if (sr_maria_token_is_sign (sr_maria_token_at (tokens, i), ')') && --depth == 0)
        break;
    }
  return i;
}

void
sr_maria_text_append_name (GString    *text,
                           const char *quoted,
                           const char *behind)
{
  if (text->len > 0 && is_quote (text->str[text->len - 1]))
    g_string_append_c (text, ' ');
  g_string_append (text, quoted);
  if (is_quote (*behind))
    g_string_append_c (text, ' ');
}
