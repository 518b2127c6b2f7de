/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-maria-ddl.h"

#include <string.h>

#include "base/sr-error.h"
#include "record/sr-sql-types.h"
#include "target/sr-maria.h"

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
/* Words that may not stand anywhere in a change of a table. */
static const char *const refused_changes[] = {
  "SELECT",
  "CONNECTION",
  "DIRECTORY",
  "ENGINE",
  "UNION",
  "TABLESPACE",
  "RENAME",
  "EXCHANGE",
  "IMPORT",
  "DISCARD",
  "CONVERT",
  "DROP",
  NULL,
};
static const char *const engines[] = { "InnoDB", "MyISAM", "Aria", "MEMORY", "RocksDB", NULL };

static gboolean
refuse (GError    **error,
        const char *what)
{
  g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
               "The definition of the table is not one that is run from a backup: %s", what);
  return FALSE;
}

/* @plain: (out) (transfer full): the text that the tokens lie in */
static GArray *
tokenize (const char          *ddl,
          const SrMariaSyntax *syntax,
          char               **plain,
          GError             **error)
{
  g_autoptr (GArray) tokens = NULL;

  *plain = sr_maria_text_to_plain (ddl, syntax, error);
  tokens = *plain != NULL ? sr_maria_text_tokenize (*plain, syntax, error) : NULL;
  for (guint i = 0; tokens != NULL && i < tokens->len; i++)
    if (sr_maria_token_is_sign (sr_maria_token_at (tokens, i), ';'))
      {
        refuse (error, "there is a second statement behind it");
        return NULL;
      }
  return g_steal_pointer (&tokens);
}

static const SrMariaToken *
token_at (GArray *tokens,
          guint   i)
{
  return sr_maria_token_at (tokens, i);
}

static gboolean
is_word (const SrMariaToken *token,
         const char         *word)
{
  return sr_maria_token_is (token, word);
}

static gboolean
is_sign (const SrMariaToken *token,
         char                sign)
{
  return sr_maria_token_is_sign (token, sign);
}

/* What a partition is for, which VALUES of another kind cannot be followed by. */
static gboolean
is_partition (GArray *tokens,
              guint   i)
{
  return is_word (token_at (tokens, i), "VALUES") &&
         ((is_word (token_at (tokens, i + 1), "LESS") &&
           is_word (token_at (tokens, i + 2), "THAN")) ||
          (is_word (token_at (tokens, i + 1), "IN") && is_sign (token_at (tokens, i + 2), '(')));
}

/* What stands behind the columns: options and partitions. */
static gboolean
check_options (GArray  *tokens,
               guint    i,
               GError **error)
{
  for (; token_at (tokens, i)->type != SR_MARIA_TOKEN_END; i++)
    {
      const SrMariaToken *token = token_at (tokens, i);

      if ((is_word (token, "WITH") && is_word (token_at (tokens, i + 1), "SYSTEM")) ||
          is_partition (tokens, i))
        continue;
      if (sr_maria_token_is_any (token, refused))
        return refuse (error, token->word);
      if (is_word (token, "ENGINE"))
        {
          i += is_sign (token_at (tokens, i + 1), '=') ? 2 : 1;
          if (!sr_maria_token_is_any (token_at (tokens, i), engines))
            return refuse (error, "its engine does not keep rows by itself");
        }
    }
  return TRUE;
}

/* Passes over a name, which may have its database before it. Returns: behind it; @i if there is
 * none */
static guint
pass_name (GArray *tokens,
           guint   i)
{
  if (!sr_maria_token_is_name (token_at (tokens, i)))
    return i;
  if (is_sign (token_at (tokens, i + 1), '.') && sr_maria_token_is_name (token_at (tokens, i + 2)))
    return i + 3;
  return i + 1;
}

/* Passes over CREATE TABLE [IF NOT EXISTS] name. Returns: the place of the opening bracket, 0 with
 * @error set */
static guint
find_columns (GArray  *tokens,
              GError **error)
{
  guint i = 2;

  if (is_word (token_at (tokens, 0), "CREATE") && is_word (token_at (tokens, 1), "TABLE"))
    {
      guint open;

      if (is_word (token_at (tokens, 2), "IF") && is_word (token_at (tokens, 3), "NOT") &&
          is_word (token_at (tokens, 4), "EXISTS"))
        i += 3;
      open = pass_name (tokens, i);
      if (open > i && is_sign (token_at (tokens, open), '('))
        return open;
    }
  refuse (error, "it does not begin with CREATE TABLE, a name and a bracket");
  return 0;
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

/* A definition on its way to another name. @copied: up to where it is written */
typedef struct
{
  GArray                  *tokens;
  const SrMariaDdlOptions *options;
  const char              *table;
  GString                 *sql;
  const char              *copied;
} Rewrite;

/* Replaces the name at token @i, if it is one of the database itself. Returns: the last token of
 * it; 0 with @error set if it is of another */
static guint
replace_name (Rewrite             *self,
              guint                i,
              SrMariaReferenceFunc func,
              GError             **error)
{
  const SrMariaDdlOptions *options = self->options;
  guint                    last = pass_name (self->tokens, i) - 1;
  const SrMariaToken      *token = token_at (self->tokens, i);
  g_autofree char         *other = NULL;

  if (last > i && options->databases == NULL)
    return last;
  if (last > i && !g_strv_contains (options->databases, token->word))
    {
      g_autofree char *what = g_strdup_printf ("it names the database “%s”", token->word);

      refuse (error, what);
      return 0;
    }
  other = func (token_at (self->tokens, last)->word, options->user_data);
  g_string_append_len (self->sql, self->copied, token->start - self->copied);
  self->copied = token_at (self->tokens, last)->end;
  sr_maria_text_append_name (self->sql, other, self->copied);
  return last;
}

/* nextval(`shop`.`numbers`). Returns: the place of the name, 0 if there is none */
static guint
find_sequence (Rewrite *self,
               guint    i)
{
  static const char *const functions[] = { "NEXTVAL", "LASTVAL", "SETVAL", NULL };
  GArray                  *tokens = self->tokens;

  if (self->options->sequence == NULL)
    return 0;
  if (sr_maria_token_is_any (token_at (tokens, i), functions) &&
      is_sign (token_at (tokens, i + 1), '('))
    i += 2;
  else if (is_word (token_at (tokens, i), "VALUE") && is_word (token_at (tokens, i + 1), "FOR"))
    i += 2;
  else
    return 0;
  return pass_name (tokens, i) > i ? i : 0;
}

/* Copies columns and keys. */
static gboolean
copy_definitions (Rewrite *self,
                  guint    from,
                  guint    to,
                  GError **error)
{
  GArray *tokens = self->tokens;

  for (guint i = from; i < to; i++)
    {
      const SrMariaToken *token = token_at (tokens, i);
      const SrMariaToken *next = token_at (tokens, i + 1);
      guint               sequence = find_sequence (self, i);

      if (is_word (token, "DIRECTORY") || is_word (token, "SELECT"))
        return refuse (error, token->word);
      if (is_word (token, "CONSTRAINT") && sr_maria_token_is_name (next) &&
          is_word (token_at (tokens, i + 2), "FOREIGN"))
        {
          g_string_append_len (self->sql, self->copied, token->start - self->copied);
          append_constraint (self->sql, next->word, self->table, self->options);
          self->copied = token_at (tokens, i + 2)->start;
        }
      else if (is_word (token, "REFERENCES") && pass_name (tokens, i + 1) > i + 1)
        i = replace_name (self, i + 1, self->options->reference, error);
      else if (sequence > 0)
        i = replace_name (self, sequence, self->options->sequence, error);
      if (i == 0)
        return FALSE;
    }
  g_string_append_len (self->sql, self->copied, token_at (tokens, to)->end - self->copied);
  return TRUE;
}

char *
sr_maria_ddl_rewrite (const char              *ddl,
                      const SrMariaDdlOptions *options,
                      GError                 **error)
{
  g_autofree char    *plain = NULL;
  g_autoptr (GArray)  tokens = tokenize (ddl, &options->syntax, &plain, error);
  g_autoptr (GString) sql = NULL;
  guint               open = tokens != NULL ? find_columns (tokens, error) : 0;
  guint               close;
  Rewrite             self = { tokens, options };

  if (open == 0)
    return NULL;
  close = sr_maria_token_find_closing (tokens, open);
  if (token_at (tokens, close)->type == SR_MARIA_TOKEN_END)
    {
      refuse (error, "a bracket is not closed");
      return NULL;
    }
  if (!check_options (tokens, close + 1, error))
    return NULL;
  sql = g_string_new ("CREATE TABLE ");
  g_string_append (sql, options->name);
  g_string_append_c (sql, ' ');
  self.table = token_at (tokens, open - 1)->word;
  self.sql = sql;
  self.copied = token_at (tokens, open)->start;
  if (!copy_definitions (&self, open, close, error))
    return NULL;
  g_string_append (sql, token_at (tokens, close)->end);
  return g_string_free (g_steal_pointer (&sql), FALSE);
}

/* Whether what is changed from token @i on is a key, a constraint, or what a column is. */
static gboolean
is_allowed_change (GArray *tokens,
                   guint   i)
{
  static const char *const added[] = { "PRIMARY", "UNIQUE", "KEY", "INDEX", "FULLTEXT",
                                       "SPATIAL", "CONSTRAINT", "FOREIGN", "CHECK", NULL };
  static const char *const changed[] = { "MODIFY", "CHANGE", "ALTER", "AUTO_INCREMENT", "COMMENT",
                                         NULL };

  if (is_word (token_at (tokens, i), "ADD"))
    return sr_maria_token_is_any (token_at (tokens, i + 1), added);
  return sr_maria_token_is_any (token_at (tokens, i), changed);
}

/* ALTER TABLE name change, …. Returns: the place of the first change, 0 with @error set */
static guint
check_alter (GArray  *tokens,
             GError **error)
{
  guint first = pass_name (tokens, 2);
  guint i = first;

  if (!is_word (token_at (tokens, 1), "TABLE") || first == 2)
    {
      refuse (error, "it does not begin with ALTER TABLE and a name");
      return 0;
    }
  while (token_at (tokens, i)->type != SR_MARIA_TOKEN_END)
    {
      if (!is_allowed_change (tokens, i))
        {
          refuse (error, "it does more than add keys and say more of columns");
          return 0;
        }
      for (; token_at (tokens, i)->type != SR_MARIA_TOKEN_END; i++)
        if (is_sign (token_at (tokens, i), '('))
          i = sr_maria_token_find_closing (tokens, i);
        else if (is_sign (token_at (tokens, i), ','))
          break;
      i += token_at (tokens, i)->type != SR_MARIA_TOKEN_END;
    }
  return first;
}

/* CREATE [UNIQUE] INDEX name [USING x] ON name (…). Returns: the place of the table's name, 0 with
 * @error set */
static guint
check_create_index (GArray  *tokens,
                    GError **error)
{
  static const char *const kinds[] = { "UNIQUE", "FULLTEXT", "SPATIAL", NULL };
  guint                    i = sr_maria_token_is_any (token_at (tokens, 1), kinds) ? 2 : 1;

  if (is_word (token_at (tokens, i), "INDEX") && sr_maria_token_is_name (token_at (tokens, i + 1)))
    {
      i += is_word (token_at (tokens, i + 2), "USING") ? 4 : 2;
      if (is_word (token_at (tokens, i), "ON") && pass_name (tokens, i + 1) > i + 1)
        return i + 1;
    }
  refuse (error, "it does not begin with CREATE INDEX, its name and a table");
  return 0;
}

char *
sr_maria_ddl_rewrite_change (const char              *sql,
                             const char              *table,
                             const SrMariaDdlOptions *options,
                             GError                 **error)
{
  g_autofree char    *plain = NULL;
  g_autoptr (GArray)  tokens = tokenize (sql, &options->syntax, &plain, error);
  g_autoptr (GString) changed = g_string_new (NULL);
  Rewrite             self = { tokens, options, table, changed, NULL };
  guint               i;

  if (tokens == NULL)
    return NULL;
  for (i = 0; i < tokens->len; i++)
    if (sr_maria_token_is_any (token_at (tokens, i), refused_changes))
      {
        refuse (error, token_at (tokens, i)->word);
        return NULL;
      }
  if (is_word (token_at (tokens, 0), "ALTER"))
    {
      i = check_alter (tokens, error);
      if (i == 0)
        return NULL;
      g_string_append_printf (changed, "ALTER TABLE %s ", options->name);
    }
  else
    {
      i = check_create_index (tokens, error);
      if (i == 0)
        return NULL;
      g_string_append_len (changed, plain, token_at (tokens, i)->start - plain);
      g_string_append_printf (changed, "%s ", options->name);
      i = pass_name (tokens, i);
    }
  self.copied = token_at (tokens, i)->start;
  return copy_definitions (&self, i, tokens->len - 1, error)
             ? g_string_free (g_steal_pointer (&changed), FALSE)
             : NULL;
}

gboolean
sr_maria_ddl_is_native (const char *ddl,
                        gboolean    is_mysql)
{
  const SrMariaSyntax any = { 0 };
  g_autofree char    *plain = NULL;
  g_autoptr (GArray)  tokens = tokenize (ddl, &any, &plain, NULL);
  guint               open = tokens != NULL ? find_columns (tokens, NULL) : 0;

  if (open == 0 || is_mysql)
    return open != 0;
  for (guint i = sr_maria_token_find_closing (tokens, open); i < tokens->len; i++)
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
