/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-maria-body.h"

#include <string.h>

#include "base/sr-error.h"

/* Of brackets: more would be nobody's view. */
#define MAX_DEPTH 500

/* A pair of brackets, or what is outside of all. @has_select: a query stands in it; @is_list: names
 * of tables may follow a comma; @expects: the next name is that of a table or routine */
typedef struct
{
  gboolean has_select;
  gboolean is_list;
  gboolean expects;
} Level;

typedef struct
{
  GArray                    *tokens;
  const SrMariaSurroundings *surroundings;
  GHashTable                *needs;
  GArray                    *levels; /* (element-type Level) */
  GString                   *text;
  const char                *copied;
} Body;

static const char *const refused[] = {
  "LOAD",
  "OUTFILE",
  "DUMPFILE",
  "LOAD_FILE",
  "INSTALL",
  "UNINSTALL",
  "SONAME",
  "GRANT",
  "REVOKE",
  "PREPARE",
  "EXECUTE",
  "IMMEDIATE",
  "SHUTDOWN",
  "KILL",
  "PURGE",
  "GLOBAL",
  "PERSIST",
  "PERSIST_ONLY",
  "BINLOG",
  "FLUSH",
  "SQL_LOG_BIN",
  "SQL_LOG_OFF",
  "PLUGIN",
  "CONNECTION",
  "FEDERATED",
  "TABLESPACE",
  NULL,
};

/* Functions that reach beyond, or hold the server up, with whatever quotes they are called. */
static const char *const refused_calls[] = {
  "LOAD_FILE",
  "SYS_EXEC",
  "SYS_EVAL",
  "SYS_GET",
  "SYS_SET",
  "BENCHMARK",
  "GET_LOCK",
  "RELEASE_ALL_LOCKS",
  "MASTER_POS_WAIT",
  "MASTER_GTID_WAIT",
  "SOURCE_POS_WAIT",
  "WAIT_FOR_EXECUTED_GTID_SET",
  NULL,
};

/* Settings that keep what is done out of the server's own records, and whose they are. */
static const char *const refused_settings[] = {
  "SQL_LOG_BIN",
  "SQL_LOG_OFF",
  "GLOBAL",
  "PERSIST",
  "PERSIST_ONLY",
  "SKIP_REPLICATION",
  "WSREP_ON",
  "GTID_NEXT",
  NULL,
};

static const char *const refused_logs[] = { "SQL_LOG_BIN", "SQL_LOG_OFF", NULL };

/* Words that are refused before one of some others only; NULL: before any. */
static const struct
{
  const char *word;
  const char *behind[16];
} refused_pairs[] = {
  { "RESET", { "MASTER", "SLAVE", "REPLICA", "QUERY", "BINARY", NULL } },
  { "START", { "SLAVE", "REPLICA", "ALL", "GROUP_REPLICATION", NULL } },
  { "STOP", { "SLAVE", "REPLICA", "ALL", "GROUP_REPLICATION", NULL } },
  { "CHANGE", { "MASTER", "REPLICATION", NULL } },
  { "SET", { "PASSWORD", "ROLE", "DEFAULT", "RESOURCE", NULL } },
  { "RENAME", { "USER", NULL } },
  { "BACKUP", { "STAGE", "LOCK", "UNLOCK", NULL } },
  { "LOCK", { "INSTANCE", NULL } },
  { "IMPORT", { "TABLE", NULL } },
  { "CLONE", { "LOCAL", "INSTANCE", NULL } },
  { "DATA", { "DIRECTORY", NULL } },
  { "INDEX", { "DIRECTORY", NULL } },
  { "ALTER",
    { "USER", "ROLE", "SERVER", "DATABASE", "SCHEMA", "FUNCTION", "PROCEDURE", "EVENT", "DEFINER",
      "VIEW", "SQL", "ALGORITHM", "INSTANCE", "LOGFILE", "RESOURCE", NULL } },
  { "DROP",
    { "USER", "ROLE", "SERVER", "DATABASE", "SCHEMA", "FUNCTION", "PROCEDURE", "EVENT", "TRIGGER",
      "PACKAGE", "LOGFILE", "RESOURCE", "SPATIAL", NULL } },
};

static const char *const engines[] = { "InnoDB", "MyISAM", "Aria", "MEMORY", "RocksDB", NULL };

static gboolean
refuse (GError    **error,
        const char *format,
        ...) G_GNUC_PRINTF (2, 3);

static gboolean
refuse (GError    **error,
        const char *format,
        ...)
{
  g_autofree char *text = NULL;
  va_list          args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, SR_ERROR, SR_ERROR_REFUSED, text);
  return FALSE;
}

static const SrMariaToken *
token_at (const Body *self,
          guint       i)
{
  return sr_maria_token_at (self->tokens, i);
}

static gboolean
is_word (const Body *self,
         guint       i,
         const char *word)
{
  return sr_maria_token_is (token_at (self, i), word);
}

static gboolean
is_sign (const Body *self,
         guint       i,
         char        sign)
{
  return sr_maria_token_is_sign (token_at (self, i), sign);
}

static Level *
top (Body *self)
{
  return &g_array_index (self->levels, Level, self->levels->len - 1);
}

/* Only what keeps tables inside of this database may be made while a body runs. */
static gboolean
check_create (const Body *self,
              guint       i,
              GError    **error)
{
  static const char *const passed[] = { "OR", "REPLACE", "TEMPORARY", "UNIQUE",
                                        "FULLTEXT", "SPATIAL", NULL };

  do
    i++;
  while (sr_maria_token_is_any (token_at (self, i), passed));
  return is_word (self, i, "TABLE") || is_word (self, i, "INDEX") ||
         is_word (self, i, "SEQUENCE") ||
         refuse (error, "it makes other things than tables when it runs (CREATE %.40s)",
                 token_at (self, i)->word);
}

static gboolean
check_engine (const Body *self,
              guint       i,
              GError    **error)
{
  i += is_sign (self, i + 1, '=') ? 2 : 1;
  return token_at (self, i)->type == SR_MARIA_TOKEN_SIGN ||
         sr_maria_token_is_any (token_at (self, i), engines) ||
         refuse (error, "it makes tables of the engine “%.40s”", token_at (self, i)->word);
}

/* Of what SHOW tells, only what is of the own database or of the statement before. */
static gboolean
check_show (const Body *self,
            guint       i,
            GError    **error)
{
  static const char *const own[] = { "WARNINGS", "ERRORS", "COUNT", NULL };
  static const char *const from[] = { "FROM", "IN", NULL };
  guint                    what = i + (is_word (self, i + 1, "FULL") ? 2 : 1);

  return sr_maria_token_is_any (token_at (self, i + 1), own) ||
         (is_word (self, what, "TABLES") &&
          !sr_maria_token_is_any (token_at (self, what + 1), from)) ||
         refuse (error, "it says SHOW %.40s, which reaches beyond its database",
                 token_at (self, i + 1)->word);
}

static gboolean
check_word (const Body *self,
            guint       i,
            GError    **error)
{
  const SrMariaToken *token = token_at (self, i);

  if (token->word[0] == '$')
    return refuse (error, "it has quotes that not all servers know");
  if (sr_maria_token_is_any (token, refused))
    return refuse (error, "it says %s, which reaches beyond its database", token->word);
  for (guint k = 0; k < G_N_ELEMENTS (refused_pairs); k++)
    if (is_word (self, i, refused_pairs[k].word) &&
        sr_maria_token_is_any (token_at (self, i + 1), refused_pairs[k].behind))
      return refuse (error, "it says %s %s, which reaches beyond its database", token->word,
                     token_at (self, i + 1)->word);
  if (is_word (self, i, "CREATE"))
    return check_create (self, i, error);
  if (is_word (self, i, "SHOW"))
    return check_show (self, i, error);
  return !is_word (self, i, "ENGINE") || check_engine (self, i, error);
}

/* Takes up what a key word says of the names behind it. Returns: whether it is one after which a
 * table is still, or newly, expected */
static gboolean
read_word (Body *self,
           guint i)
{
  static const char *const passed[] = { "LOW_PRIORITY", "HIGH_PRIORITY", "DELAYED", "QUICK",
                                        "IGNORE", "ONLY", "LATERAL", "IF",
                                        "NOT", "EXISTS", NULL };
  static const char *const starts[] = { "CALL", "TABLE", "TABLES", "SEQUENCE",
                                        "REFERENCES", "DESCRIBE", NULL };
  static const char *const lists[] = { "JOIN", "STRAIGHT_JOIN", "USING", NULL };
  static const char *const ends[] = { "WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "SET",
                                      "UNION", "VALUES", "WINDOW", "DUPLICATE", NULL };
  static const char *const no_update[] = { "KEY", "FOR", "ON", NULL };
  const SrMariaToken      *token = token_at (self, i);
  Level                   *level = top (self);
  gboolean                 calls = is_sign (self, i + 1, '(');

  if (sr_maria_token_is (token, "SELECT"))
    *level = (Level){ .has_select = TRUE };
  else if (sr_maria_token_is (token, "DELETE"))
    *level = (Level){ TRUE, TRUE, TRUE };
  else if ((sr_maria_token_is (token, "INSERT") || sr_maria_token_is (token, "REPLACE")) && !calls)
    *level = (Level){ .expects = TRUE };
  else if ((sr_maria_token_is (token, "FROM") && level->has_select) ||
           sr_maria_token_is_any (token, lists) ||
           (sr_maria_token_is (token, "UPDATE") && i > 0 &&
            !sr_maria_token_is_any (token_at (self, i - 1), no_update)))
    level->is_list = level->expects = TRUE;
  else if (sr_maria_token_is_any (token, starts) ||
           (sr_maria_token_is (token, "TRUNCATE") && !calls) ||
           (sr_maria_token_is (token, "INTO") && !level->has_select) ||
           (sr_maria_token_is (token, "FOR") && i > 0 && is_word (self, i - 1, "VALUE")))
    level->expects = TRUE;
  else if (sr_maria_token_is_any (token, ends))
    level->is_list = level->expects = FALSE;
  else
    return level->expects && sr_maria_token_is_any (token, passed);
  return TRUE;
}

/* Returns: FALSE if there are too many brackets */
static gboolean
read_sign (Body    *self,
           guint    i,
           GError **error)
{
  static const char *const sequences[] = { "NEXTVAL", "LASTVAL", "SETVAL", NULL };
  Level                   *level = top (self);

  if (is_sign (self, i, '('))
    {
      gboolean expects = level->expects ||
                         (i > 0 && sr_maria_token_is_any (token_at (self, i - 1), sequences));
      Level inner = { .is_list = level->expects, .expects = expects };

      if (self->levels->len > MAX_DEPTH)
        return refuse (error, "its brackets are too deep");
      level->expects = FALSE;
      g_array_append_val (self->levels, inner);
    }
  else if (is_sign (self, i, ')'))
    {
      if (self->levels->len > 1)
        g_array_set_size (self->levels, self->levels->len - 1);
      top (self)->expects = FALSE;
    }
  else if (is_sign (self, i, ';'))
    *level = (Level){ 0 };
  else
    level->expects = is_sign (self, i, ',') && level->is_list;
  return TRUE;
}

/* How many names, parted by dots, stand at @i; an asterisk is one. */
static guint
count_parts (const Body *self,
             guint       i)
{
  guint n = 1;

  while (is_sign (self, i + 2 * n - 1, '.') &&
         (token_at (self, i + 2 * n)->type == SR_MARIA_TOKEN_NAME ||
          token_at (self, i + 2 * n)->type == SR_MARIA_TOKEN_WORD ||
          is_sign (self, i + 2 * n, '*')))
    n++;
  return n;
}

static gboolean
is_number (const char *word)
{
  return word[strspn (word, "0123456789")] == '\0';
}

static gboolean
means_database (const Body *self,
                const char *name)
{
  return strcmp (name, self->surroundings->database) == 0 ||
         g_strcmp0 (name, self->surroundings->source) == 0;
}

static void
add_need (Body       *self,
          const char *name)
{
  g_hash_table_add (self->needs, g_utf8_strdown (name, -1));
}

/* Lets a name with its database lead to the one all goes to. */
static gboolean
write_database (Body    *self,
                guint    i,
                GError **error)
{
  const SrMariaToken *token = token_at (self, i);
  g_autofree char    *quoted = NULL;

  if (!means_database (self, token->word))
    return refuse (error, "it names the database “%.64s”", token->word);
  if (strcmp (token->word, self->surroundings->database) == 0)
    return TRUE;
  quoted = sr_maria_quote (self->surroundings->database);
  g_string_append_len (self->text, self->copied, token->start - self->copied);
  sr_maria_text_append_name (self->text, quoted, token->end);
  self->copied = token->end;
  return TRUE;
}

static gboolean
is_listed (const char        *name,
           const char *const *list)
{
  for (guint i = 0; list[i] != NULL; i++)
    if (g_ascii_strcasecmp (name, list[i]) == 0)
      return TRUE;
  return FALSE;
}

/* Quotes around a name change nothing of what it means. @i, @last: the ends of the name */
static gboolean
check_parts (const Body *self,
             guint       i,
             guint       last,
             GError    **error)
{
  gboolean calls = is_sign (self, last + 1, '(');
  gboolean is_setting = i > 1 && is_sign (self, i - 1, '@') && is_sign (self, i - 2, '@');

  if (calls && is_listed (token_at (self, last)->word, refused_calls))
    return refuse (error, "it calls %s, which reaches beyond its database",
                   token_at (self, last)->word);
  if (!is_setting && (i != last || token_at (self, i)->type != SR_MARIA_TOKEN_NAME))
    return TRUE;
  for (; i <= last; i += 2)
    if (is_listed (token_at (self, i)->word, is_setting ? refused_settings : refused_logs))
      return refuse (error, "it says %s, which reaches beyond its database",
                     token_at (self, i)->word);
  return TRUE;
}

/* Returns: the last token of the name at @i; 0 with @error set */
static guint
read_name (Body    *self,
           guint    i,
           GError **error)
{
  static const char *const rows[] = { "NEW", "OLD", NULL };
  guint                    n = count_parts (self, i);
  guint                    last = i + 2 * (n - 1);
  gboolean                 calls = is_sign (self, last + 1, '(');
  const SrMariaToken      *token = token_at (self, i);
  gboolean                 is_row = n == 2 && sr_maria_token_is_any (token, rows) &&
                    !means_database (self, token->word);
  gboolean         is_object = (top (self)->expects && !is_row) || calls;
  g_autofree char *lower = g_utf8_strdown (token->word, -1);

  if (is_number (token->word) && token->type == SR_MARIA_TOKEN_WORD)
    return i;
  if (!check_parts (self, i, last, error))
    return 0;
  if (n > 2 || (n == 2 && is_object))
    {
      if (!write_database (self, i, error))
        return 0;
    }
  else if (n == 2 && g_hash_table_contains (self->surroundings->others, lower))
    {
      refuse (error, "it names “%.64s”, which is another database", token->word);
      return 0;
    }
  if (n > 1 && is_object)
    add_need (self, token_at (self, i + 2)->word);
  else if (n == 1 && is_object)
    add_need (self, token->word);
  top (self)->expects = FALSE;
  return last;
}

/* Returns: the last token of what begins at @i, 0 with @error set */
static guint
read_one (Body    *self,
          guint    i,
          GError **error)
{
  const SrMariaToken *token = token_at (self, i);

  if (token->type == SR_MARIA_TOKEN_TEXT)
    {
      top (self)->expects = FALSE;
      return i;
    }
  if (token->type == SR_MARIA_TOKEN_SIGN)
    return read_sign (self, i, error) ? i : 0;
  /* a variable: its name may have dots */
  if (i > 0 && is_sign (self, i - 1, '@'))
    {
      guint last = i + 2 * (count_parts (self, i) - 1);

      if (sr_maria_token_is_any (token, refused))
        return check_word (self, i, error) ? i : 0;
      return check_parts (self, i, last, error) ? last : 0;
    }
  if (token->type == SR_MARIA_TOKEN_WORD)
    {
      if (!check_word (self, i, error))
        return 0;
      if (!is_sign (self, i + 1, '.') && read_word (self, i))
        return i;
    }
  return read_name (self, i, error);
}

char *
sr_maria_body_check (GArray                    *tokens,
                     guint                      from,
                     const SrMariaSurroundings *surroundings,
                     GHashTable                *needs,
                     GError                   **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GArray)  levels = g_array_new (FALSE, TRUE, sizeof (Level));
  Body                self = { tokens, surroundings, needs, levels, text, NULL };
  guint               end = tokens->len - 1;

  while (end > from && sr_maria_token_is_sign (sr_maria_token_at (tokens, end - 1), ';'))
    end--;
  if (end <= from)
    {
      refuse (error, "it is empty");
      return NULL;
    }
  g_array_set_size (levels, 1);
  self.copied = sr_maria_token_at (tokens, from)->start;
  for (guint i = from; i < end; i++)
    {
      i = read_one (&self, i, error);
      if (i == 0)
        return NULL;
    }
  g_string_append_len (text, self.copied, sr_maria_token_at (tokens, end - 1)->end - self.copied);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
