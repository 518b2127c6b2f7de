/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-maria-object.h"

#include <string.h>

#include "base/sr-error.h"
#include "target/sr-maria-body.h"
#include "target/sr-maria-ddl.h"

/* @at: the token that is read; @head: "ALGORITHM=… SQL SECURITY …" */
typedef struct
{
  const SrMariaSurroundings *surroundings;
  SrMariaSyntax              syntax;
  char                      *plain;
  GArray                    *tokens;
  guint                      at;
  GString                   *head;
  SrMariaObject             *object;
} Parser;

static const struct
{
  const char *one;
  const char *many;
} kind_names[SR_MARIA_N_OBJECTS] = {
  [SR_MARIA_SEQUENCE] = { "sequence", "sequences" },
  [SR_MARIA_VALUE] = { "value of the sequence", "values of sequences" },
  [SR_MARIA_CHANGE] = { "keys and constraints of", "keys and constraints of" },
  [SR_MARIA_FUNCTION] = { "function", "functions" },
  [SR_MARIA_PROCEDURE] = { "procedure", "procedures" },
  [SR_MARIA_TRIGGER] = { "trigger", "triggers" },
  [SR_MARIA_VIEW] = { "view", "views" },
  [SR_MARIA_EVENT] = { "event", "events" },
};

/* What a sql_mode may be; @server: which of both knows it, 0: either */
static const struct
{
  const char *name;
  char        server;
} modes[] = {
  { "REAL_AS_FLOAT", 0 },
  { "PIPES_AS_CONCAT", 0 },
  { "ANSI_QUOTES", 0 },
  { "IGNORE_SPACE", 0 },
  { "ONLY_FULL_GROUP_BY", 0 },
  { "NO_UNSIGNED_SUBTRACTION", 0 },
  { "NO_DIR_IN_CREATE", 0 },
  { "ANSI", 0 },
  { "NO_AUTO_VALUE_ON_ZERO", 0 },
  { "NO_BACKSLASH_ESCAPES", 0 },
  { "STRICT_TRANS_TABLES", 0 },
  { "STRICT_ALL_TABLES", 0 },
  { "NO_ZERO_IN_DATE", 0 },
  { "NO_ZERO_DATE", 0 },
  { "ALLOW_INVALID_DATES", 0 },
  { "ERROR_FOR_DIVISION_BY_ZERO", 0 },
  { "TRADITIONAL", 0 },
  { "HIGH_NOT_PRECEDENCE", 0 },
  { "NO_ENGINE_SUBSTITUTION", 0 },
  { "PAD_CHAR_TO_FULL_LENGTH", 0 },
  { "NO_AUTO_CREATE_USER", 'm' },
  { "NO_TABLE_OPTIONS", 'm' },
  { "NO_FIELD_OPTIONS", 'm' },
  { "NO_KEY_OPTIONS", 'm' },
  { "ORACLE", 'm' },
  { "POSTGRESQL", 'm' },
  { "EMPTY_STRING_IS_NULL", 'm' },
  { "SIMULTANEOUS_ASSIGNMENT", 'm' },
  { "TIME_ROUND_FRACTIONAL", 'm' },
  { "TIME_TRUNCATE_FRACTIONAL", 's' },
};

const char *
sr_maria_object_kind_name (SrMariaObjectKind kind)
{
  return kind_names[kind].one;
}

const char *
sr_maria_object_kind_names (SrMariaObjectKind kind)
{
  return kind_names[kind].many;
}

void
sr_maria_object_free (SrMariaObject *self)
{
  g_free (self->name);
  g_free (self->table);
  g_free (self->definer);
  g_clear_pointer (&self->create, sr_maria_statement_free);
  g_clear_pointer (&self->needs, g_hash_table_unref);
  g_free (self);
}

static gboolean
refuse (GError    **error,
        const char *what)
{
  g_set_error_literal (error, SR_ERROR, SR_ERROR_REFUSED, what);
  return FALSE;
}

static const SrMariaToken *
token_at (const Parser *self,
          guint         i)
{
  return sr_maria_token_at (self->tokens, i);
}

static const SrMariaToken *
token (const Parser *self)
{
  return token_at (self, self->at);
}

static gboolean
is_word (const Parser *self,
         const char   *word)
{
  return sr_maria_token_is (token (self), word);
}

static gboolean
take_word (Parser     *self,
           const char *word)
{
  gboolean found = is_word (self, word);

  self->at += found;
  return found;
}

/* Adds the name of a sql_mode to those of the statement. */
static gboolean
add_mode (Parser     *self,
          const char *name,
          GString    *list,
          GError    **error)
{
  static const char *const with_quotes[] = { "ANSI_QUOTES", "ANSI", "ORACLE", "POSTGRESQL", NULL };
  g_autofree char         *upper = g_ascii_strup (name, -1);
  char                     server = self->surroundings->syntax.is_mariadb ? 'm' : 's';

  if (*upper == '\0')
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    if (strcmp (modes[i].name, upper) == 0)
      {
        self->syntax.ansi_quotes |= g_strv_contains (with_quotes, upper);
        self->syntax.no_backslash |= strcmp (upper, "NO_BACKSLASH_ESCAPES") == 0;
        if (modes[i].server == 0 || modes[i].server == server)
          g_string_append_printf (list, "%s%s", list->len > 0 ? "," : "", upper);
        return TRUE;
      }
  return refuse (error, "it was made under a sql_mode that is not known here");
}

/* Returns: (transfer full) */
static char *
read_modes (Parser     *self,
            const char *mode,
            GError    **error)
{
  g_autoptr (GString) list = g_string_new (NULL);
  g_auto (GStrv)      names = g_strsplit (mode != NULL ? mode : "", ",", -1);

  for (guint i = 0; names[i] != NULL; i++)
    if (!add_mode (self, g_strstrip (names[i]), list, error))
      return NULL;
  return g_string_free (g_steal_pointer (&list), FALSE);
}

static gboolean
is_plain_name (const char *name)
{
  return name[strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_")] == '\0';
}

/* Which bytes are letters must be the same for the server as it is here. */
static gboolean
check_charset (const SrTargetObject *object,
               GError              **error)
{
  static const char *const known[] = { "utf8", "utf8mb3", "utf8mb4", "latin1", NULL };

  if (object->is_changed)
    return refuse (error, "its text is not UTF-8");
  if (object->charset == NULL || g_strv_contains (known, object->charset))
    return TRUE;
  return (is_plain_name (object->charset) && g_str_is_ascii (object->statement)) ||
         refuse (error, "it was made in an encoding that is not taken from a backup");
}

static gboolean
check_time_zone (const char *zone,
                 GError    **error)
{
  if (zone == NULL || zone[strspn (zone, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_/+-:")] == '\0')
    return TRUE;
  return refuse (error, "its time zone is not one");
}

static SrMariaStatement *
read_settings (Parser               *self,
               const SrTargetObject *object,
               GError              **error)
{
  g_autofree char             *mode = read_modes (self, object->mode, error);
  const SrMariaSurroundings   *around = self->surroundings;
  const char                  *collation = object->collation;
  g_autoptr (SrMariaStatement) statement = NULL;

  if (mode == NULL || !check_charset (object, error) ||
      !check_time_zone (object->time_zone, error))
    return NULL;
  if (collation != NULL &&
      (!is_plain_name (collation) ||
       (around->collations != NULL && !g_hash_table_contains (around->collations, collation))))
    collation = NULL;
  statement = sr_maria_statement_new (NULL, NULL);
  statement->mode = g_steal_pointer (&mode);
  statement->charset = g_strdup (object->charset != NULL ? object->charset : "utf8mb4");
  statement->collation = g_strdup (collation != NULL ? collation : "utf8mb4_general_ci");
  return g_steal_pointer (&statement);
}

/* Reads name or database.name, which must be this one. Returns: (transfer full) (nullable) */
static char *
read_own_name (Parser  *self,
               GError **error)
{
  const SrMariaToken *first = token (self);

  if (!sr_maria_token_is_name (first))
    {
      refuse (error, "it has no name where one should be");
      return NULL;
    }
  self->at++;
  if (!sr_maria_token_is_sign (token (self), '.'))
    return g_strdup (first->word);
  self->at++;
  if (!sr_maria_token_is_name (token (self)))
    {
      refuse (error, "it has no name where one should be");
      return NULL;
    }
  if (strcmp (first->word, self->surroundings->database) != 0 &&
      g_strcmp0 (first->word, self->surroundings->source) != 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_REFUSED, "it belongs to the database “%.64s”",
                   first->word);
      return NULL;
    }
  return g_strdup (token_at (self, self->at++)->word);
}

/* DEFINER = name@host | CURRENT_USER[()] | role */
static gboolean
read_definer (Parser  *self,
              GError **error)
{
  const SrMariaToken *user;

  if (!sr_maria_token_is_sign (token (self), '='))
    return refuse (error, "its definer cannot be read");
  self->at++;
  user = token (self);
  if (user->type == SR_MARIA_TOKEN_SIGN || user->type == SR_MARIA_TOKEN_END)
    return refuse (error, "its definer cannot be read");
  self->at++;
  g_free (self->object->definer);
  self->object->definer = g_strdup (user->word);
  if (sr_maria_token_is_sign (token (self), '@'))
    {
      g_free (self->object->definer);
      self->object->definer = g_strdup_printf ("%s@%s", user->word,
                                               token_at (self, self->at + 1)->word);
      self->at += 2;
    }
  else if (sr_maria_token_is_sign (token (self), '('))
    self->at += 2;
  return TRUE;
}

/* ALGORITHM, DEFINER, SQL SECURITY: what stands before the kind. */
static gboolean
read_head (Parser  *self,
           GError **error)
{
  static const char *const algorithms[] = { "UNDEFINED", "MERGE", "TEMPTABLE", NULL };
  static const char *const securities[] = { "DEFINER", "INVOKER", NULL };

  while (TRUE)
    {
      if (take_word (self, "OR"))
        self->at++;
      else if (take_word (self, "DEFINER"))
        {
          if (!read_definer (self, error))
            return FALSE;
        }
      else if (take_word (self, "ALGORITHM"))
        {
          self->at++;
          if (!sr_maria_token_is_any (token (self), algorithms))
            return refuse (error, "its ALGORITHM is not known");
          g_string_append_printf (self->head, "ALGORITHM=%s ", token (self)->word);
          self->at++;
        }
      else if (take_word (self, "SQL"))
        {
          self->at++;
          if (!sr_maria_token_is_any (token (self), securities))
            return refuse (error, "its SQL SECURITY is not known");
          g_string_append_printf (self->head, "SQL SECURITY %s ", token (self)->word);
          self->at++;
        }
      else
        return TRUE;
    }
}

static void
skip_if_not_exists (Parser *self)
{
  if (is_word (self, "IF"))
    self->at += 3;
}

/* Reads the kind, the name and what comes to the text before that. @keyword: "VIEW" */
static gboolean
read_name (Parser     *self,
           const char *keyword,
           GError    **error)
{
  skip_if_not_exists (self);
  self->object->name = read_own_name (self, error);
  if (self->object->name == NULL)
    return FALSE;
  g_string_append_printf (self->head, "%s ", keyword);
  g_string_append_len (self->head, token_at (self, self->at - 1)->start,
                       token_at (self, self->at - 1)->end - token_at (self, self->at - 1)->start);
  return TRUE;
}

/* The rest of the text, looked at. */
static gboolean
finish_body (Parser  *self,
             GError **error)
{
  g_autofree char *body = sr_maria_body_check (self->tokens, self->at, self->surroundings,
                                               self->object->needs, error);
  const char      *behind = token_at (self, self->at - 1)->end;

  if (body == NULL)
    return FALSE;
  /* a routine's text is kept to the letter: no space comes where none was */
  if (behind < token (self)->start)
    g_string_append_len (self->head, behind, token (self)->start - behind);
  g_string_append (self->head, body);
  self->object->create->sql = g_strconcat ("CREATE ", self->head->str, NULL);
  return TRUE;
}

static gboolean
parse_view (Parser  *self,
            GError **error)
{
  static const char *const queries[] = { "SELECT", "WITH", NULL };
  guint                    i;

  self->object->kind = SR_MARIA_VIEW;
  if (!read_name (self, "VIEW", error))
    return FALSE;
  i = self->at;
  if (sr_maria_token_is_sign (token_at (self, i), '('))
    i = sr_maria_token_find_closing (self->tokens, i) + 1;
  if (!sr_maria_token_is (token_at (self, i), "AS") ||
      !(sr_maria_token_is_any (token_at (self, i + 1), queries) ||
        sr_maria_token_is_sign (token_at (self, i + 1), '(')))
    return refuse (error, "it is not a query");
  for (; i < self->tokens->len; i++)
    if (sr_maria_token_is_sign (token_at (self, i), ';') ||
        sr_maria_token_is (token_at (self, i), "INTO"))
      return refuse (error, "it does more than a query");
  return finish_body (self, error);
}

static gboolean
parse_trigger (Parser  *self,
               GError **error)
{
  static const char *const times[] = { "BEFORE", "AFTER", NULL };
  static const char *const actions[] = { "INSERT", "UPDATE", "DELETE", NULL };
  const SrMariaToken      *table;
  guint                    when;

  self->object->kind = SR_MARIA_TRIGGER;
  if (!read_name (self, "TRIGGER", error))
    return FALSE;
  when = self->at;
  if (!sr_maria_token_is_any (token_at (self, when), times) ||
      !sr_maria_token_is_any (token_at (self, when + 1), actions) ||
      !sr_maria_token_is (token_at (self, when + 2), "ON"))
    return refuse (error, "it is not of a form that is known");
  self->at = when + 3;
  self->object->table = read_own_name (self, error);
  if (self->object->table == NULL)
    return FALSE;
  table = token_at (self, self->at - 1);
  if (!is_word (self, "FOR") || !sr_maria_token_is (token_at (self, self->at + 1), "EACH") ||
      !sr_maria_token_is (token_at (self, self->at + 2), "ROW") ||
      token_at (self, self->at + 3)->type == SR_MARIA_TOKEN_END)
    return refuse (error, "it is not of a form that is known");
  g_string_append_len (self->head, token_at (self, when - 1)->end,
                       token_at (self, when + 2)->end - token_at (self, when - 1)->end);
  g_string_append_printf (self->head, " %.*s", (int) (table->end - table->start), table->start);
  return finish_body (self, error);
}

static gboolean
parse_routine (Parser           *self,
               SrMariaObjectKind kind,
               const char       *keyword,
               GError          **error)
{
  static const char *const oracle[] = { "AS", "IS", "RETURN", NULL };

  self->object->kind = kind;
  if (!read_name (self, keyword, error))
    return FALSE;
  if (!sr_maria_token_is_sign (token (self), '(') && !sr_maria_token_is_any (token (self), oracle))
    return refuse (error, "it has no body: it is code of a library outside of the database");
  return finish_body (self, error);
}

static gboolean
parse_event (Parser               *self,
             const SrTargetObject *object,
             GError              **error)
{
  self->object->kind = SR_MARIA_EVENT;
  if (!read_name (self, "EVENT", error))
    return FALSE;
  if (!is_word (self, "ON") || !sr_maria_token_is (token_at (self, self->at + 1), "SCHEDULE"))
    return refuse (error, "it is not of a form that is known");
  self->object->create->time_zone = g_strdup (object->time_zone);
  return finish_body (self, error);
}

static gboolean
parse_sequence (Parser  *self,
                GError **error)
{
  static const char *const words[] = {
    "START", "WITH", "INCREMENT", "BY", "MINVALUE", "MAXVALUE", "NO", "NOMINVALUE", "NOMAXVALUE",
    "CACHE", "NOCACHE", "CYCLE", "NOCYCLE", "ENGINE", "InnoDB", "MyISAM", "Aria", "COMMENT", NULL
  };

  self->object->kind = SR_MARIA_SEQUENCE;
  skip_if_not_exists (self);
  self->object->name = read_own_name (self, error);
  if (self->object->name == NULL)
    return FALSE;
  self->object->create->sql =
      g_strdup (token_at (self, self->at - 1)->end);
  for (; token (self)->type != SR_MARIA_TOKEN_END; self->at++)
    if (!sr_maria_token_is_any (token (self), words) &&
        !sr_maria_token_is_sign (token (self), '=') &&
        !sr_maria_token_is_sign (token (self), '-') &&
        token (self)->type != SR_MARIA_TOKEN_TEXT &&
        !g_ascii_isdigit (token (self)->word[0]))
      return refuse (error, "it is not of a form that is known");
  return TRUE;
}

/* SETVAL(name, n[, is_used[, round]]) */
static gboolean
parse_value (Parser  *self,
             GError **error)
{
  g_autoptr (GString) values = g_string_new (NULL);

  self->object->kind = SR_MARIA_VALUE;
  if (!take_word (self, "SETVAL") || !sr_maria_token_is_sign (token (self), '('))
    return refuse (error, "it is not of a form that is known");
  self->at++;
  self->object->name = read_own_name (self, error);
  if (self->object->name == NULL)
    return FALSE;
  while (sr_maria_token_is_sign (token (self), ','))
    {
      gboolean minus = sr_maria_token_is_sign (token_at (self, self->at + 1), '-');

      self->at += minus ? 2 : 1;
      g_string_append_printf (values, "%s%s%s", values->len > 0 ? ", " : "", minus ? "-" : "",
                              token (self)->word);
      if (!g_ascii_isdigit (token (self)->word[0]) || !is_plain_name (token (self)->word))
        return refuse (error, "it is not a number");
      self->at++;
    }
  if (values->len == 0 || !sr_maria_token_is_sign (token (self), ')') ||
      token_at (self, self->at + 1)->type != SR_MARIA_TOKEN_END)
    return refuse (error, "it is not of a form that is known");
  self->object->create->sql = g_strdup (values->str);
  return TRUE;
}

static char *
keep_name (const char *name,
           gpointer    user_data)
{
  return g_strdup (name);
}

static gboolean
parse_change (Parser               *self,
              const SrTargetObject *object,
              GError              **error)
{
  const char *const databases[] = { self->surroundings->database, self->surroundings->source,
                                    NULL };
  SrMariaDdlOptions options = { .name = "x",
                                .reference = keep_name,
                                .sequence = keep_name,
                                .syntax = self->syntax,
                                .databases = databases };
  g_autofree char  *sql = NULL;

  self->object->kind = SR_MARIA_CHANGE;
  self->object->name = g_strdup ("");
  self->object->table = g_strdup (object->table);
  if (object->table == NULL)
    return refuse (error, "it does not say of which table it is");
  sql = sr_maria_ddl_rewrite_change (self->plain, object->table, &options, error);
  self->object->create->sql = g_steal_pointer (&self->plain);
  return sql != NULL;
}

static gboolean
parse_create (Parser               *self,
              const SrTargetObject *object,
              GError              **error)
{
  if (object->kind == SR_TARGET_OBJECT_INDEX)
    return parse_change (self, object, error);
  if (!read_head (self, error))
    return FALSE;
  if (take_word (self, "VIEW"))
    return parse_view (self, error);
  if (take_word (self, "TRIGGER"))
    return parse_trigger (self, error);
  if (take_word (self, "PROCEDURE"))
    return parse_routine (self, SR_MARIA_PROCEDURE, "PROCEDURE", error);
  if (take_word (self, "FUNCTION"))
    return parse_routine (self, SR_MARIA_FUNCTION, "FUNCTION", error);
  if (take_word (self, "AGGREGATE") && take_word (self, "FUNCTION"))
    return parse_routine (self, SR_MARIA_FUNCTION, "AGGREGATE FUNCTION", error);
  if (take_word (self, "EVENT"))
    return parse_event (self, object, error);
  if (take_word (self, "SEQUENCE") && self->surroundings->syntax.is_mariadb)
    return parse_sequence (self, error);
  return refuse (error, "it is of a kind that is not made from a backup");
}

static gboolean
parse_statement (Parser               *self,
                 const SrTargetObject *object,
                 GError              **error)
{
  if (take_word (self, "CREATE"))
    return parse_create (self, object, error);
  if (is_word (self, "ALTER"))
    return parse_change (self, object, error);
  if (take_word (self, "DO") || take_word (self, "SELECT"))
    return parse_value (self, error);
  return refuse (error, "it is of a kind that is not made from a backup");
}

SrMariaObject *
sr_maria_object_parse (const SrTargetObject      *object,
                       const SrMariaSurroundings *surroundings,
                       GError                   **error)
{
  g_autoptr (SrMariaObject) made = g_new0 (SrMariaObject, 1);
  g_autoptr (GString)       head = g_string_new (NULL);
  g_autofree char          *plain = NULL;
  g_autoptr (GArray)        tokens = NULL;
  Parser                    self = { .surroundings = surroundings, .syntax = surroundings->syntax };
  gboolean                  done;

  made->needs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  made->create = read_settings (&self, object, error);
  if (made->create == NULL)
    return NULL;
  plain = sr_maria_text_to_plain (object->statement, &self.syntax, error);
  tokens = plain != NULL ? sr_maria_text_tokenize (plain, &self.syntax, error) : NULL;
  if (tokens == NULL)
    return NULL;
  self.plain = g_strdup (plain);
  self.tokens = tokens;
  self.head = head;
  self.object = made;
  done = parse_statement (&self, object, error);
  g_free (self.plain);
  return done ? g_steal_pointer (&made) : NULL;
}
