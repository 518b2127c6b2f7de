/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-maria-ddl.h"

#include <string.h>

#include "base/sr-error.h"
#include "record/sr-sql-types.h"
#include "target/sr-maria.h"

typedef enum
{
  TOKEN_END,
  TOKEN_WORD,
  TOKEN_NAME, /* in backticks */
  TOKEN_TEXT, /* in quotes */
  TOKEN_SIGN,
} TokenType;

/* @word: of a name without its backticks */
typedef struct
{
  TokenType   type;
  const char *start;
  const char *end;
  char       *word;
} Token;

typedef struct
{
  const char *at;
  GArray     *tokens;
  GError    **error;
} Lexer;

/* Words that may not stand outside of brackets behind the columns. */
static const char *const refused[] = {
  "AS",
  "SELECT",
  "WITH",
  "TABLE",
  "VALUES",
  "UNION",
  "CONNECTION",
  "DIRECTORY",
  "FILE_NAME",
  "TABLESPACE",
  "IGNORE",
  "REPLACE",
  "LIKE",
  NULL,
};
static const char *const engines[] = { "InnoDB", "MyISAM", "Aria", "MEMORY", "RocksDB", NULL };

static void
clear_token (gpointer data)
{
  g_free (((Token *) data)->word);
}

static gboolean
refuse (GError    **error,
        const char *what)
{
  g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
               "The definition of the table is not one that is run from a backup: %s", what);
  return FALSE;
}

/* What stands in quotes that are doubled, or, but for names, escaped by backslashes. */
static gboolean
take_quoted (Lexer *self,
             Token *token)
{
  g_autoptr (GString) word = g_string_new (NULL);
  char                quote = *self->at++;

  for (; *self->at != '\0'; self->at++)
    {
      if (*self->at == '\\' && quote != '`' && self->at[1] != '\0')
        self->at++;
      else if (*self->at == quote && self->at[1] == quote)
        self->at++;
      else if (*self->at == quote)
        {
          self->at++;
          token->type = quote == '`' ? TOKEN_NAME : TOKEN_TEXT;
          token->end = self->at;
          token->word = g_string_free (g_steal_pointer (&word), FALSE);
          g_array_append_val (self->tokens, *token);
          return TRUE;
        }
      g_string_append_c (word, *self->at);
    }
  return refuse (self->error, "a quote is not closed");
}

static gboolean
is_word_byte (char c)
{
  return g_ascii_isalnum (c) || c == '_' || c == '$' || (guchar) c >= 0x80;
}

/* Passes over white space and the marks of comments that only say for which version they are. */
static gboolean
pass_space (Lexer *self)
{
  while (TRUE)
    {
      if (g_ascii_isspace (*self->at))
        self->at++;
      else if (g_str_has_prefix (self->at, "/*!"))
        for (self->at += 3; g_ascii_isdigit (*self->at);)
          self->at++;
      else if (g_str_has_prefix (self->at, "*/"))
        self->at += 2;
      else if (g_str_has_prefix (self->at, "/*") || g_str_has_prefix (self->at, "--") ||
               *self->at == '#')
        return refuse (self->error, "it holds a comment");
      else if (*self->at == ';')
        return refuse (self->error, "there is a second statement behind it");
      else
        return TRUE;
    }
}

/* Returns: (transfer full): the tokens, the last of which is the end */
static GArray *
tokenize (const char *ddl,
          GError    **error)
{
  g_autoptr (GArray) tokens = g_array_new (FALSE, FALSE, sizeof (Token));
  Lexer              self = { ddl, tokens, error };

  g_array_set_clear_func (tokens, clear_token);
  while (TRUE)
    {
      Token token = { TOKEN_END, NULL, NULL, NULL };

      if (!pass_space (&self))
        return NULL;
      token.start = self.at;
      token.end = self.at;
      if (*self.at == '`' || *self.at == '\'' || *self.at == '"')
        {
          if (!take_quoted (&self, &token))
            return NULL;
          continue;
        }
      if (is_word_byte (*self.at))
        {
          while (is_word_byte (*self.at))
            self.at++;
          token.type = TOKEN_WORD;
        }
      else if (*self.at != '\0')
        {
          self.at++;
          token.type = TOKEN_SIGN;
        }
      token.end = self.at;
      token.word = g_strndup (token.start, (gsize) (token.end - token.start));
      g_array_append_val (tokens, token);
      if (token.type == TOKEN_END)
        return g_steal_pointer (&tokens);
    }
}

static const Token *
token_at (GArray *tokens,
          guint   i)
{
  return &g_array_index (tokens, Token, MIN (i, tokens->len - 1));
}

static gboolean
is_word (const Token *token,
         const char  *word)
{
  return token->type == TOKEN_WORD && g_ascii_strcasecmp (token->word, word) == 0;
}

static gboolean
is_sign (const Token *token,
         char         sign)
{
  return token->type == TOKEN_SIGN && token->word[0] == sign;
}

static gboolean
is_in (const char        *word,
       const char *const *words)
{
  for (guint i = 0; words[i] != NULL; i++)
    if (g_ascii_strcasecmp (word, words[i]) == 0)
      return TRUE;
  return FALSE;
}

/* What stands behind the columns: options and partitions. */
static gboolean
check_options (GArray  *tokens,
               guint    i,
               GError **error)
{
  for (; token_at (tokens, i)->type != TOKEN_END; i++)
    {
      const Token *token = token_at (tokens, i);

      if (token->type == TOKEN_WORD && is_in (token->word, refused))
        return refuse (error, token->word);
      if (is_word (token, "ENGINE"))
        {
          i += is_sign (token_at (tokens, i + 1), '=') ? 2 : 1;
          if (!is_in (token_at (tokens, i)->word, engines))
            return refuse (error, "its engine does not keep rows by itself");
        }
    }
  return TRUE;
}

/* Passes over CREATE TABLE [IF NOT EXISTS] name. Returns: the place of the opening bracket, 0 with
 * @error set; @name: (out): the place of the last part of the name */
static guint
find_columns (GArray  *tokens,
              GError **error)
{
  guint i = 2;

  if (is_word (token_at (tokens, 0), "CREATE") && is_word (token_at (tokens, 1), "TABLE"))
    {
      if (is_word (token_at (tokens, 2), "IF") && is_word (token_at (tokens, 3), "NOT") &&
          is_word (token_at (tokens, 4), "EXISTS"))
        i += 3;
      if (token_at (tokens, i)->type == TOKEN_NAME && is_sign (token_at (tokens, i + 1), '('))
        return i + 1;
    }
  refuse (error, "it does not begin with CREATE TABLE, a name and a bracket");
  return 0;
}

static guint
find_closing (GArray *tokens,
              guint   i)
{
  guint depth = 0;

  for (; token_at (tokens, i)->type != TOKEN_END; i++)
    {
      if (is_sign (token_at (tokens, i), '('))
        depth++;
      else if (is_sign (token_at (tokens, i), ')') && --depth == 0)
        break;
    }
  return i;
}

/* "bill_ibfk_3": made by the server for a table "bill" */
static gboolean
is_automatic (const char *constraint,
              const char *table)
{
  gsize size = strlen (table);

  return strncmp (constraint, table, size) == 0 &&
         g_str_has_prefix (constraint + size, "_ibfk_");
}

/* Appends the name of a foreign key. */
static void
append_constraint (GString                 *sql,
                   const char              *constraint,
                   const char              *table,
                   const SrMariaDdlOptions *options)
{
  const char      *marker = strstr (constraint, "__sr_");
  g_autofree char *plain = marker != NULL ? g_strndup (constraint, (gsize) (marker - constraint))
                                          : g_strdup (constraint);
  g_autofree char *name = NULL;
  g_autofree char *quoted = NULL;

  if (is_automatic (constraint, table))
    return;
  if (options->constraint_suffix == NULL)
    name = g_strdup (constraint);
  else
    name = g_strdup_printf ("%.48s__sr_%s", plain, options->constraint_suffix);
  quoted = sr_maria_quote (name);
  g_string_append_printf (sql, "CONSTRAINT %s ", quoted);
}

/* Copies columns and keys from the opening bracket to the closing one. */
static gboolean
copy_columns (GString                 *sql,
              GArray                  *tokens,
              guint                    open,
              guint                    close,
              const SrMariaDdlOptions *options,
              GError                 **error)
{
  const char *table = token_at (tokens, open - 1)->word;
  const char *copied = token_at (tokens, open)->start;

  for (guint i = open; i < close; i++)
    {
      const Token *token = token_at (tokens, i);
      const Token *next = token_at (tokens, i + 1);

      if (is_word (token, "DIRECTORY") || is_word (token, "SELECT"))
        return refuse (error, token->word);
      if (is_word (token, "CONSTRAINT") && next->type == TOKEN_NAME &&
          is_word (token_at (tokens, i + 2), "FOREIGN"))
        {
          g_string_append_len (sql, copied, token->start - copied);
          append_constraint (sql, next->word, table, options);
          copied = token_at (tokens, i + 2)->start;
        }
      else if (is_word (token, "REFERENCES") && next->type == TOKEN_NAME &&
               !is_sign (token_at (tokens, i + 2), '.'))
        {
          g_autofree char *other = options->reference (next->word, options->user_data);

          g_string_append_len (sql, copied, next->start - copied);
          g_string_append (sql, other);
          copied = next->end;
        }
    }
  g_string_append_len (sql, copied, token_at (tokens, close)->end - copied);
  return TRUE;
}

char *
sr_maria_ddl_rewrite (const char              *ddl,
                      const SrMariaDdlOptions *options,
                      GError                 **error)
{
  g_autoptr (GArray)  tokens = tokenize (ddl, error);
  g_autoptr (GString) sql = NULL;
  guint               open = tokens != NULL ? find_columns (tokens, error) : 0;
  guint               close;

  if (open == 0)
    return NULL;
  close = find_closing (tokens, open);
  if (token_at (tokens, close)->type == TOKEN_END)
    {
      refuse (error, "a bracket is not closed");
      return NULL;
    }
  if (!check_options (tokens, close + 1, error))
    return NULL;
  sql = g_string_new ("CREATE TABLE ");
  g_string_append (sql, options->name);
  g_string_append_c (sql, ' ');
  if (!copy_columns (sql, tokens, open, close, options, error))
    return NULL;
  g_string_append (sql, token_at (tokens, close)->end);
  return g_string_free (g_steal_pointer (&sql), FALSE);
}

gboolean
sr_maria_ddl_is_native (const char *ddl)
{
  g_autoptr (GArray) tokens = tokenize (ddl, NULL);
  guint              open = tokens != NULL ? find_columns (tokens, NULL) : 0;

  if (open == 0)
    return FALSE;
  for (guint i = find_closing (tokens, open); i < tokens->len; i++)
    if (is_word (token_at (tokens, i), "ENGINE"))
      return TRUE;
  return FALSE;
}

char *
sr_maria_ddl_from_columns (const SrCollection *collection,
                           const char         *name,
                           GError            **error)
{
  g_autoptr (GString)    sql = g_string_new (NULL);
  g_autoptr (GHashTable) keys = g_hash_table_new (NULL, NULL);
  guint                  n_columns = sr_collection_get_n_columns (collection);

  if (n_columns == 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                   "There is no table for “%s”, and the backup does not tell its columns; make the "
                   "table first",
                   collection->name);
      return NULL;
    }
  for (guint i = 0; collection->key != NULL && i < collection->key->len; i++)
    g_hash_table_add (keys, GUINT_TO_POINTER (g_array_index (collection->key, guint, i) + 1));
  g_string_append_printf (sql, "CREATE TABLE %s (\n", name);
  for (guint i = 0; i < n_columns; i++)
    {
      const SrColumn  *column = sr_collection_get_column (collection, i);
      gboolean         in_key = g_hash_table_contains (keys, GUINT_TO_POINTER (i + 1));
      g_autofree char *quoted = sr_maria_quote (column->name);
      /* another system's datetime keeps fractions of a second */
      g_autofree char *type = column->type == SR_COLUMN_TIMESTAMP
                                  ? g_strdup ("datetime(6)")
                                  : sr_sql_type_map (SR_SQL_MYSQL, column, in_key);

      g_string_append_printf (sql, "%s  %s %s%s", i > 0 ? ",\n" : "", quoted, type,
                              in_key || column->not_null ? " NOT NULL" : " NULL");
    }
  for (guint i = 0; collection->key != NULL && i < collection->key->len; i++)
    {
      guint            place = g_array_index (collection->key, guint, i);
      g_autofree char *quoted =
          sr_maria_quote (sr_collection_get_column (collection, place)->name);

      g_string_append_printf (sql, "%s%s", i == 0 ? ",\n  PRIMARY KEY (" : ", ", quoted);
    }
  if (g_hash_table_size (keys) > 0)
    g_string_append_c (sql, ')');
  g_string_append (sql, "\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin");
  return g_string_free (g_steal_pointer (&sql), FALSE);
}
