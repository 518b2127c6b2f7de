/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-sqlite-loader.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "record/sr-fd-vfs.h"
#include "record/sr-sql-types.h"
#include "record/sr-sqlite-error.h"
#include "record/sr-value.h"

/* Source: "Database File Format", section 1.3, sqlite.org: read and write version, 2 for WAL. */
#define VERSIONS_OFFSET 18

static const char FIND_SQL[] =
    "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view')"
    " AND name = ?1 COLLATE NOCASE";

/* @name: (nullable): of its table; %NULL if it has none since there is nothing to put into it */
typedef struct
{
  SrCollection *source;
  char         *name;
  GPtrArray    *columns;   /* (element-type utf8): that may be written */
  GPtrArray    *generated; /* (element-type utf8) */
  guint64       put;
  guint64       lost; /* values that are NULL now */
} Goal;

struct _SrSqliteLoader
{
  int        fd;
  sqlite3   *db;
  gboolean   was_wal;
  gint64     violations; /* of foreign keys, before */
  GPtrArray *goals;

  Goal         *current;
  sqlite3_stmt *insert; /* (nullable) for records of @names */
  GPtrArray    *names;  /* (element-type utf8): fields of the record before */
  GArray       *places; /* (element-type int): parameter of each field, 0 for none */
};

static void
free_goal (gpointer data)
{
  Goal *goal = data;

  sr_collection_unref (goal->source);
  g_ptr_array_unref (goal->columns);
  g_ptr_array_unref (goal->generated);
  g_free (goal->name);
  g_free (goal);
}

void
sr_sqlite_loader_free (SrSqliteLoader *self)
{
  sqlite3_finalize (self->insert);
  sqlite3_close (self->db);
  g_ptr_array_unref (self->goals);
  g_ptr_array_unref (self->names);
  g_array_unref (self->places);
  g_free (self);
}

static gboolean
fail (SrSqliteLoader *self,
      int             code,
      GError        **error)
{
  g_set_error (error, SR_ERROR,
               (code & 0xff) == SQLITE_FULL         ? SR_ERROR_NO_SPACE
               : (code & 0xff) == SQLITE_CONSTRAINT ? SR_ERROR_INVALID
               : (code & 0xff) == SQLITE_CORRUPT    ? SR_ERROR_DAMAGED
                                                    : SR_ERROR_FAILED,
               "SQLite: %s", sqlite3_errmsg (self->db));
  return FALSE;
}

static gboolean
run (SrSqliteLoader *self,
     const char     *sql,
     GError        **error)
{
  int code = sqlite3_exec (self->db, sql, NULL, NULL, NULL);

  return code == SQLITE_OK || fail (self, code, error);
}

static gboolean
ask_number (SrSqliteLoader *self,
            const char     *sql,
            gint64         *number,
            GError        **error)
{
  sqlite3_stmt *statement = NULL;
  int           code = sqlite3_prepare_v2 (self->db, sql, -1, &statement, NULL);

  *number = 0;
  if (code == SQLITE_OK && (code = sqlite3_step (statement)) == SQLITE_ROW)
    *number = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return code == SQLITE_ROW || fail (self, code, error);
}

static char *
quote (const char *name)
{
  char *quoted = sqlite3_mprintf ("\"%w\"", name);
  char *copy = g_strdup (quoted);

  sqlite3_free (quoted);
  return copy;
}

/* By descriptor there is no place for a WAL: the header says so meanwhile. */
static gboolean
set_wal (SrSqliteLoader *self,
         gboolean        wal,
         GError        **error)
{
  guint8 versions[2] = { wal ? 2 : 1, wal ? 2 : 1 };

  if (pwrite (self->fd, versions, sizeof versions, VERSIONS_OFFSET) == sizeof versions)
    return TRUE;
  sr_set_error_errno (error, errno, "Writing the stage of the database");
  return FALSE;
}

static gboolean
open_stage (SrSqliteLoader *self,
            GError        **error)
{
  guint8      versions[2] = { 0, 0 };
  struct stat info;
  int         code;
  gint64      ignored;

  if (fstat (self->fd, &info) != 0 ||
      (info.st_size > 0 && pread (self->fd, versions, 2, VERSIONS_OFFSET) != 2))
    {
      sr_set_error_errno (error, errno, "Reading the stage of the database");
      return FALSE;
    }
  self->was_wal = versions[0] == 2;
  if (self->was_wal && !set_wal (self, FALSE, error))
    return FALSE;
  code = sr_fd_vfs_open (self->fd, SQLITE_OPEN_READWRITE, &self->db);
  if (code != SQLITE_OK)
    return fail (self, code, error);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_limit (self->db, SQLITE_LIMIT_ATTACHED, 0);
  return ask_number (self, "SELECT 1", &ignored, error) &&
         run (self, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN", error);
}

/* The table of that name without regard to case, as SQLite looks for it. Returns: FALSE with @error
 * set if it is a view */
static gboolean
find_table (SrSqliteLoader *self,
            const char     *wanted,
            char          **name,
            GError        **error)
{
  sqlite3_stmt *statement = NULL;
  int           code = sqlite3_prepare_v2 (self->db, FIND_SQL, -1, &statement, NULL);
  gboolean      is_view = FALSE;

  *name = NULL;
  if (code == SQLITE_OK)
    sqlite3_bind_text (statement, 1, wanted, -1, SQLITE_TRANSIENT);
  if (code == SQLITE_OK && (code = sqlite3_step (statement)) == SQLITE_ROW)
    {
      *name = g_strdup ((const char *) sqlite3_column_text (statement, 0));
      is_view = strcmp ((const char *) sqlite3_column_text (statement, 1), "view") == 0;
    }
  sqlite3_finalize (statement);
  if (code != SQLITE_ROW && code != SQLITE_DONE)
    return fail (self, code, error);
  if (is_view)
    g_set_error (error, SR_ERROR, SR_ERROR_REFUSED, "“%s” is a view, not a table", wanted);
  return !is_view;
}

/* CREATE TABLE from what the backup tells. Returns: (transfer full) */
static char *
make_table_sql (const char         *name,
                const SrCollection *source)
{
  g_autofree char *table = quote (name);
  GString         *sql = g_string_new (NULL);

  g_string_append_printf (sql, "CREATE TABLE %s (", table);
  for (guint i = 0; i < sr_collection_get_n_columns (source); i++)
    {
      const SrColumn  *column = sr_collection_get_column (source, i);
      g_autofree char *quoted = quote (column->name);
      g_autofree char *type = sr_sql_type_map (SR_SQL_SQLITE, column, FALSE);

      g_string_append_printf (sql, "%s%s %s%s", i > 0 ? ", " : "", quoted, type,
                              column->not_null ? " NOT NULL" : "");
    }
  for (guint i = 0; i < source->key->len; i++)
    {
      guint            place = g_array_index (source->key, guint, i);
      g_autofree char *quoted = quote (sr_collection_get_column (source, place)->name);

      g_string_append_printf (sql, "%s%s", i == 0 ? ", PRIMARY KEY (" : ", ", quoted);
    }
  g_string_append (sql, source->key->len > 0 ? "))" : ")");
  return g_string_free (sql, FALSE);
}

/* One CREATE TABLE that SQLite understands and that makes the table of that name. */
static gboolean
try_own_statement (SrSqliteLoader *self,
                   const Goal     *goal,
                   const char     *wanted)
{
  sqlite3_stmt    *statement = NULL;
  const char      *rest = NULL;
  g_autofree char *name = NULL;
  gboolean         done;

  if (goal->source->ddl == NULL || strcmp (wanted, goal->source->name) != 0 ||
      g_ascii_strncasecmp (goal->source->ddl, "CREATE TABLE", 12) != 0)
    return FALSE;
  done = sqlite3_exec (self->db, "SAVEPOINT made", NULL, NULL, NULL) == SQLITE_OK &&
         sqlite3_prepare_v2 (self->db, goal->source->ddl, -1, &statement, &rest) == SQLITE_OK &&
         rest[strspn (rest, " \t\r\n;")] == '\0' && sqlite3_step (statement) == SQLITE_DONE;
  sqlite3_finalize (statement);
  done = done && find_table (self, wanted, &name, NULL) && g_strcmp0 (name, wanted) == 0;
  sqlite3_exec (self->db, done ? "RELEASE made" : "ROLLBACK TO made; RELEASE made", NULL, NULL,
                NULL);
  return done;
}

static gboolean
read_columns (SrSqliteLoader *self,
              Goal           *goal,
              GError        **error)
{
  sqlite3_stmt *statement = NULL;
  int           code = sqlite3_prepare_v2 (self->db,
                                           "SELECT name, hidden FROM pragma_table_xinfo (?1)", -1,
                                           &statement, NULL);

  if (code == SQLITE_OK)
    sqlite3_bind_text (statement, 1, goal->name, -1, SQLITE_TRANSIENT);
  while (code == SQLITE_OK || code == SQLITE_ROW)
    {
      code = sqlite3_step (statement);
      if (code == SQLITE_ROW)
        g_ptr_array_add (sqlite3_column_int (statement, 1) == 0 ? goal->columns : goal->generated,
                         g_strdup ((const char *) sqlite3_column_text (statement, 0)));
    }
  sqlite3_finalize (statement);
  return code == SQLITE_DONE || fail (self, code, error);
}

static gboolean
prepare_goal (SrSqliteLoader      *self,
              const SrTargetTable *table,
              gboolean             replace,
              GError             **error)
{
  const char      *wanted = table->table != NULL ? table->table : table->collection->name;
  Goal            *goal = g_new0 (Goal, 1);
  g_autofree char *sql = NULL;

  goal->source = sr_collection_ref ((SrCollection *) table->collection);
  goal->columns = g_ptr_array_new_with_free_func (g_free);
  goal->generated = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->goals, goal);
  if (!find_table (self, wanted, &goal->name, error))
    return FALSE;
  if (goal->name != NULL && !replace)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_EXISTS,
                   "Table “%s” exists; have it replaced, or restore into another file", wanted);
      return FALSE;
    }
  if (goal->name != NULL)
    {
      g_autofree char *quoted = quote (goal->name);

      sql = g_strdup_printf ("DELETE FROM %s", quoted);
    }
  else if (sr_collection_get_n_columns (goal->source) == 0)
    return TRUE;
  else
    {
      goal->name = g_strdup (wanted);
      if (!try_own_statement (self, goal, wanted))
        sql = make_table_sql (wanted, goal->source);
    }
  if (sql != NULL && !run (self, sql, error))
    {
      g_prefix_error (error, "Table “%s”: ", wanted);
      return FALSE;
    }
  return read_columns (self, goal, error);
}

SrSqliteLoader *
sr_sqlite_loader_new (int                 fd,
                      const SrTargetPlan *plan,
                      GError            **error)
{
  g_autoptr (SrSqliteLoader) self = g_new0 (SrSqliteLoader, 1);

  self->fd = fd;
  self->goals = g_ptr_array_new_with_free_func (free_goal);
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->places = g_array_new (FALSE, FALSE, sizeof (int));
  if (!open_stage (self, error) ||
      !ask_number (self, "SELECT count(*) FROM pragma_foreign_key_check", &self->violations,
                   error))
    return NULL;
  for (guint i = 0; i < plan->n_tables; i++)
    if (!prepare_goal (self, &plan->tables[i], plan->replace, error))
      return NULL;
  return g_steal_pointer (&self);
}

gboolean
sr_sqlite_loader_begin (SrSqliteLoader     *self,
                        const SrCollection *collection,
                        GError            **error)
{
  self->current = NULL;
  g_clear_pointer (&self->insert, sqlite3_finalize);
  for (guint i = 0; i < self->goals->len; i++)
    {
      Goal *goal = self->goals->pdata[i];

      if (strcmp (goal->source->name, collection->name) == 0)
        self->current = goal;
    }
  if (self->current != NULL)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_REFUSED, "“%s” is not part of the restore that began",
               collection->name);
  return FALSE;
}

static int
find_name (GPtrArray  *names,
           const char *name)
{
  for (guint i = 0; i < names->len; i++)
    if (g_ascii_strcasecmp (names->pdata[i], name) == 0)
      return (int) i;
  return -1;
}

static gboolean
has_same_names (SrSqliteLoader *self,
                const SrRecord *record)
{
  if (self->insert == NULL || record->n_fields != self->names->len)
    return FALSE;
  for (guint i = 0; i < record->n_fields; i++)
    if (strcmp (record->fields[i].name, self->names->pdata[i]) != 0)
      return FALSE;
  return TRUE;
}

/* Which parameter each field goes to; of a field named twice the last counts, since it is bound
 * last. */
static gboolean
map_fields (SrSqliteLoader *self,
            const SrRecord *record,
            GPtrArray      *used,
            GError        **error)
{
  g_ptr_array_set_size (self->names, 0);
  g_array_set_size (self->places, 0);
  for (guint i = 0; i < record->n_fields; i++)
    {
      const char *name = record->fields[i].name;
      int         column = find_name (self->current->columns, name);
      int         place = 0;

      if (column >= 0)
        {
          const char *real = self->current->columns->pdata[column];
          int         same = find_name (self->names, name);

          place = find_name (used, real) + 1;
          if (place > 0 && same >= 0 && strcmp (self->names->pdata[same], name) != 0)
            {
              g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                           "“%s” and “%s” would go into the same column of table “%s”",
                           (char *) self->names->pdata[same], name, self->current->name);
              return FALSE;
            }
          if (place == 0)
            {
              g_ptr_array_add (used, (gpointer) real);
              place = (int) used->len;
            }
        }
      else if (find_name (self->current->generated, name) >= 0)
        place = -1;
      g_ptr_array_add (self->names, g_strdup (name));
      g_array_append_val (self->places, place);
    }
  return TRUE;
}

static gboolean
prepare_insert (SrSqliteLoader *self,
                const SrRecord *record,
                GError        **error)
{
  g_autoptr (GPtrArray) used = g_ptr_array_new ();
  g_autofree char      *table = quote (self->current->name);
  g_autoptr (GString)   sql = g_string_new (NULL);
  int                   code;

  g_clear_pointer (&self->insert, sqlite3_finalize);
  if (!map_fields (self, record, used, error))
    return FALSE;
  g_string_append_printf (sql, "INSERT INTO %s ", table);
  for (guint i = 0; i < used->len; i++)
    {
      g_autofree char *quoted = quote (used->pdata[i]);

      g_string_append_printf (sql, "%s%s", i == 0 ? "(" : ", ", quoted);
    }
  for (guint i = 0; i < used->len; i++)
    g_string_append_printf (sql, "%s?%u", i == 0 ? ") VALUES (" : ", ", i + 1);
  g_string_append (sql, used->len > 0 ? ")" : "DEFAULT VALUES");
  code = sqlite3_prepare_v2 (self->db, sql->str, -1, &self->insert, NULL);
  return code == SQLITE_OK || fail (self, code, error);
}

static gboolean
is_same_number (const char *a,
                const char *b)
{
  g_autofree char *left = sr_number_normalize (a, strlen (a));
  g_autofree char *right = sr_number_normalize (b, strlen (b));

  return left != NULL && g_strcmp0 (left, right) == 0;
}

/* As a whole number, as a floating one where that says the same, else as it is written: nothing is
 * rounded. */
static int
bind_number (sqlite3_stmt  *statement,
             int            place,
             const SrValue *value)
{
  static const char *const formats[] = { "%.15g", "%.16g", "%.17g" };
  gint64                   whole;
  double                   number;
  char                     text[G_ASCII_DTOSTR_BUF_SIZE];

  if (strpbrk (value->data, ".eE") == NULL && sr_value_get_int64 (value, &whole))
    return sqlite3_bind_int64 (statement, place, whole);
  number = g_ascii_strtod (value->data, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_ascii_formatd (text, sizeof text, formats[i], number);
      if (is_same_number (text, value->data))
        return sqlite3_bind_double (statement, place, number);
    }
  return sqlite3_bind_text64 (statement, place, value->data, value->size, SQLITE_STATIC,
                              SQLITE_UTF8);
}

/* Of a picture the bytes that are left are better than none; of a date or an object nothing is. */
static gboolean
is_nothing_left (const SrValue *value)
{
  return value->type == SR_VALUE_LOST && (strcmp (value->data, "Invalid Date") == 0 ||
                                          g_str_has_prefix (value->data, "[object "));
}

static int
bind_lost (sqlite3_stmt  *statement,
           int            place,
           const SrValue *value)
{
  if (is_nothing_left (value))
    return sqlite3_bind_null (statement, place);
  return sqlite3_bind_blob64 (statement, place, value->data, value->size, SQLITE_STATIC);
}

static int
bind_value (sqlite3_stmt  *statement,
            int            place,
            const SrValue *value)
{
  switch (value->type)
    {
    case SR_VALUE_BOOL:
      return sqlite3_bind_int (statement, place, strcmp (value->data, "true") == 0);
    case SR_VALUE_NUMBER:
      return bind_number (statement, place, value);
    case SR_VALUE_BYTES:
      return sqlite3_bind_blob64 (statement, place, value->data, value->size, SQLITE_STATIC);
    case SR_VALUE_TEXT:
    case SR_VALUE_JSON:
      return sqlite3_bind_text64 (statement, place, value->data, value->size, SQLITE_STATIC,
                                  SQLITE_UTF8);
    case SR_VALUE_LOST:
      return bind_lost (statement, place, value);
    case SR_VALUE_NULL:
    default:
      return sqlite3_bind_null (statement, place);
    }
}

static gboolean
bind_record (SrSqliteLoader *self,
             const SrRecord *record,
             GError        **error)
{
  for (guint i = 0; i < record->n_fields; i++)
    {
      const SrField *field = &record->fields[i];
      int            place = g_array_index (self->places, int, i);
      int            code;

      if (place == 0 && field->value.type != SR_VALUE_NULL)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
                       "table “%s” has no column “%s”, so that its value would be lost",
                       self->current->name, field->name);
          return FALSE;
        }
      if (place <= 0)
        continue;
      code = bind_value (self->insert, place, &field->value);
      if (code != SQLITE_OK)
        return fail (self, code, error);
      self->current->lost += is_nothing_left (&field->value);
    }
  return TRUE;
}

static gboolean
insert_record (SrSqliteLoader *self,
               const SrRecord *record,
               GError        **error)
{
  int code;

  if (self->current->name == NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                   "the backup does not tell the columns, and there is no such table");
      return FALSE;
    }
  if (!has_same_names (self, record) && !prepare_insert (self, record, error))
    return FALSE;
  if (!bind_record (self, record, error))
    return FALSE;
  code = sqlite3_step (self->insert);
  if (code != SQLITE_DONE)
    fail (self, code, error);
  sqlite3_reset (self->insert);
  sqlite3_clear_bindings (self->insert);
  return code == SQLITE_DONE;
}

gboolean
sr_sqlite_loader_put (SrSqliteLoader *self,
                      const SrRecord *record,
                      GError        **error)
{
  g_autofree char *key = NULL;

  if (self->current == NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_REFUSED, "No collection has begun");
      return FALSE;
    }
  if (insert_record (self, record, error))
    {
      self->current->put++;
      return TRUE;
    }
  key = sr_record_get_key_text (record, self->current->source);
  g_prefix_error (error, "Record %" G_GUINT64_FORMAT " of “%s”%s%s%s: ", self->current->put + 1,
                  self->current->source->name, key != NULL ? " (" : "", key != NULL ? key : "",
                  key != NULL ? ")" : "");
  return FALSE;
}

static gboolean
count_goal (SrSqliteLoader *self,
            const Goal     *goal,
            GPtrArray      *counts,
            GError        **error)
{
  g_autofree char *table = goal->name != NULL ? quote (goal->name) : NULL;
  g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM %s", table);
  gint64           found = 0;

  if (table != NULL && !ask_number (self, sql, &found, error))
    return FALSE;
  if ((guint64) found != goal->put)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                   "%" G_GUINT64_FORMAT " records of “%s” were handed over, but %" G_GINT64_FORMAT
                   " lie in the stage",
                   goal->put, goal->source->name, found);
      return FALSE;
    }
  g_ptr_array_add (counts, sr_target_count_new (goal->name != NULL ? goal->name
                                                                   : goal->source->name,
                                                goal->put, (guint64) found, goal->lost));
  return TRUE;
}

static gboolean
check_references (SrSqliteLoader *self,
                  GError        **error)
{
  gint64        now = 0;
  sqlite3_stmt *statement = NULL;
  int           code;

  if (!ask_number (self, "SELECT count(*) FROM pragma_foreign_key_check", &now, error))
    return FALSE;
  if (now <= self->violations)
    return TRUE;
  code = sqlite3_prepare_v2 (self->db, "SELECT \"table\", rowid, parent FROM"
                                       " pragma_foreign_key_check LIMIT 1",
                             -1, &statement, NULL);
  if (code == SQLITE_OK && sqlite3_step (statement) == SQLITE_ROW)
    g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                 "Records refer to others that would not be there (%" G_GINT64_FORMAT "), one of "
                 "“%s” (row %s) to “%s”; restore those too",
                 now - self->violations, (const char *) sqlite3_column_text (statement, 0),
                 (const char *) sqlite3_column_text (statement, 1),
                 (const char *) sqlite3_column_text (statement, 2));
  else
    fail (self, code, error);
  sqlite3_finalize (statement);
  return FALSE;
}

GPtrArray *
sr_sqlite_loader_finish (SrSqliteLoader *self,
                         GCancellable   *cancellable,
                         GError        **error)
{
  g_autoptr (GPtrArray) counts =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sr_target_count_free);
  int code;

  self->current = NULL;
  g_clear_pointer (&self->insert, sqlite3_finalize);
  for (guint i = 0; i < self->goals->len; i++)
    if (sr_check_cancelled (cancellable, error) ||
        !count_goal (self, self->goals->pdata[i], counts, error))
      return NULL;
  if (!check_references (self, error) || !run (self, "COMMIT", error))
    return NULL;
  code = sqlite3_close (self->db);
  if (code != SQLITE_OK)
    {
      fail (self, code, error);
      return NULL;
    }
  self->db = NULL;
  return !self->was_wal || set_wal (self, TRUE, error) ? g_steal_pointer (&counts) : NULL;
}
