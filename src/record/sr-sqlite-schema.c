/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include "record/sr-sqlite-schema.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "record/sr-fd-vfs.h"
#include "record/sr-sqlite-check.h"
#include "record/sr-sqlite-error.h"

#define MAX_TABLES     20000
#define MAX_SQL        (1024 * 1024)
#define MAX_OPERATIONS 250000
#define MAX_LIKE       5000
#define HEADER_SIZE    100

typedef struct
{
  int option;
  int value;
} Setting;

static const Setting switches[] = {
  { SQLITE_DBCONFIG_DEFENSIVE, 1 },
  { SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
  { SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
  { SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
  { SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0 },
};

static const Setting limits[] = {
  { SQLITE_LIMIT_LENGTH, SR_SQLITE_MAX_ROW },
  { SQLITE_LIMIT_SQL_LENGTH, MAX_SQL },
  { SQLITE_LIMIT_VDBE_OP, MAX_OPERATIONS },
  { SQLITE_LIMIT_LIKE_PATTERN_LENGTH, MAX_LIKE },
  { SQLITE_LIMIT_ATTACHED, 0 },
  { SQLITE_LIMIT_TRIGGER_DEPTH, 1 },
  { SQLITE_LIMIT_WORKER_THREADS, 0 },
};

/* Temporary files are not to be had: what outgrows the cache fails, so that memory is bounded. */
static const char pragmas[] = "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;"
                              "PRAGMA temp_store = FILE; PRAGMA cache_size = -8192";

typedef struct
{
  const char  *part;
  SrColumnType type;
} TypeName;

/* The first that stands in a declaration tells. */
static const TypeName type_names[] = {
  { "bool", SR_COLUMN_BOOLEAN },
  { "timestamp", SR_COLUMN_TIMESTAMP },
  { "datetime", SR_COLUMN_TIMESTAMP },
  { "date", SR_COLUMN_DATE },
  { "time", SR_COLUMN_TIME },
  { "json", SR_COLUMN_JSON },
  { "enum", SR_COLUMN_ENUM },
  { "point", SR_COLUMN_GEOMETRY },
  { "geometry", SR_COLUMN_GEOMETRY },
  { "int", SR_COLUMN_INTEGER },
  { "serial", SR_COLUMN_INTEGER },
  { "blob", SR_COLUMN_BYTES },
  { "binary", SR_COLUMN_BYTES },
  { "bytea", SR_COLUMN_BYTES },
  { "char", SR_COLUMN_TEXT },
  { "clob", SR_COLUMN_TEXT },
  { "text", SR_COLUMN_TEXT },
  { "string", SR_COLUMN_TEXT },
  { "uuid", SR_COLUMN_TEXT },
  { "real", SR_COLUMN_REAL },
  { "floa", SR_COLUMN_REAL },
  { "doub", SR_COLUMN_REAL },
  { "dec", SR_COLUMN_DECIMAL },
  { "num", SR_COLUMN_DECIMAL },
  { "money", SR_COLUMN_DECIMAL },
};

SrColumnType
sr_sqlite_column_type (const char *declared)
{
  g_autofree char *lower = g_ascii_strdown (declared != NULL ? declared : "", -1);

  for (gsize i = 0; i < G_N_ELEMENTS (type_names); i++)
    if (strstr (lower, type_names[i].part) != NULL)
      return type_names[i].type;
  return SR_COLUMN_UNKNOWN;
}

static int
allow_reading (gpointer    data,
               int         action,
               const char *first,
               const char *second,
               const char *database,
               const char *trigger)
{
  switch (action)
    {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
      return SQLITE_OK;
    case SQLITE_FUNCTION:
      return g_strcmp0 (second, "load_extension") != 0 ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_PRAGMA:
      return g_strcmp0 (first, "table_xinfo") == 0 || g_strcmp0 (first, "encoding") == 0
                 ? SQLITE_OK
                 : SQLITE_DENY;
    default:
      return SQLITE_DENY;
    }
}

static int
harden (sqlite3 *db)
{
  static const char *kept_modules[] = { "json_each", "json_tree", NULL };
  int                code = SQLITE_OK;

  for (gsize i = 0; i < G_N_ELEMENTS (switches) && code == SQLITE_OK; i++)
    code = sqlite3_db_config (db, switches[i].option, switches[i].value, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
    sqlite3_limit (db, limits[i].option, limits[i].value);
  if (code == SQLITE_OK)
    code = sqlite3_exec (db, pragmas, NULL, NULL, NULL);
  if (code == SQLITE_OK)
    code = sqlite3_drop_modules (db, kept_modules);
  if (code == SQLITE_OK)
    code = sqlite3_set_authorizer (db, allow_reading, NULL);
  return code;
}

static gboolean
check_head (int      fd,
            GError **error)
{
  guint8  head[HEADER_SIZE];
  ssize_t n;

  do
    n = pread (fd, head, sizeof head, 0);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    {
      sr_set_error_errno (error, errno, "cannot read the database");
      return FALSE;
    }
  if (sr_sqlite_is_database (head, (gsize) n))
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
               "it does not begin as a SQLite database does: it is encrypted, or something else; "
               "let the program that knows its key export it");
  return FALSE;
}

sqlite3 *
sr_sqlite_open_untrusted (int      fd,
                          GError **error)
{
  sqlite3 *db = NULL;
  int      code;

  if (!check_head (fd, error))
    return NULL;
  code = sr_fd_vfs_open (fd, SQLITE_OPEN_READONLY, &db);
  if (code == SQLITE_OK)
    code = harden (db);
  if (code == SQLITE_OK)
    return db;
  sr_sqlite_set_error (error, code, db, NULL);
  sqlite3_close (db);
  return NULL;
}

static void
table_free (gpointer data)
{
  SrSqliteTable *table = data;

  sr_collection_unref (table->collection);
  g_free (table->quoted);
  g_free (table);
}

static char *
quote (const char *name)
{
  GString *quoted = g_string_new ("\"");

  for (const char *at = name; *at != '\0'; at++)
    {
      if (*at == '"')
        g_string_append_c (quoted, '"');
      g_string_append_c (quoted, *at);
    }
  return g_string_free (g_string_append_c (quoted, '"'), FALSE);
}

static const char *
column_text (sqlite3_stmt *statement,
             int           column)
{
  const char *text = (const char *) sqlite3_column_text (statement, column);

  return text != NULL ? text : "";
}

/* One row of the answer: cid, name, type, notnull, dflt_value, pk, hidden. */
static void
add_column (SrCollection *collection,
            sqlite3_stmt *statement,
            GArray       *key)
{
  g_autofree char *name = g_utf8_make_valid (column_text (statement, 1), -1);
  const char      *declared = column_text (statement, 2);
  int              key_place = sqlite3_column_int (statement, 5);
  int              hidden = sqlite3_column_int (statement, 6);
  guint            place = sr_collection_get_n_columns (collection);
  SrColumn        *column;

  if (hidden == 1)
    return;
  column = sr_collection_add_column (collection, name, sr_sqlite_column_type (declared));
  column->declared = declared[0] != '\0' ? g_utf8_make_valid (declared, -1) : NULL;
  column->not_null = sqlite3_column_int (statement, 3) != 0;
  column->generated = hidden == 2 || hidden == 3;
  if (key_place <= 0 || key_place > sqlite3_limit (sqlite3_db_handle (statement),
                                                   SQLITE_LIMIT_COLUMN, -1))
    return;
  if (key->len < (guint) key_place)
    g_array_set_size (key, (guint) key_place);
  g_array_index (key, guint, key_place - 1) = place + 1;
}

static int
read_columns (sqlite3       *db,
              SrSqliteTable *table)
{
  g_autofree char   *question = g_strdup_printf ("PRAGMA table_xinfo(%s)", table->quoted);
  g_autoptr (GArray) key = g_array_new (FALSE, TRUE, sizeof (guint));
  sqlite3_stmt      *statement = NULL;
  int                code = sqlite3_prepare_v2 (db, question, -1, &statement, NULL);

  if (code != SQLITE_OK)
    return code;
  while ((code = sqlite3_step (statement)) == SQLITE_ROW)
    add_column (table->collection, statement, key);
  code = sqlite3_finalize (statement);
  for (guint i = 0; i < key->len; i++)
    if (g_array_index (key, guint, i) > 0)
      sr_collection_add_key (table->collection, g_array_index (key, guint, i) - 1);
  if (code == SQLITE_OK && sr_collection_get_n_columns (table->collection) == 0)
    code = SQLITE_ERROR;
  return code;
}

/* One row of the schema: name, type, sql, rootpage. */
static SrSqliteTable *
make_table (sqlite3_stmt *statement)
{
  SrSqliteTable   *table = g_new0 (SrSqliteTable, 1);
  g_autofree char *name = g_utf8_make_valid (column_text (statement, 0), -1);
  const char      *sql = column_text (statement, 2);

  table->collection = sr_collection_new (name);
  table->collection->ddl = sql[0] != '\0' ? g_utf8_make_valid (sql, -1) : NULL;
  table->quoted = quote (column_text (statement, 0));
  table->is_view = strcmp (column_text (statement, 1), "view") == 0;
  table->collection->is_view = table->is_view;
  return table;
}

/* Takes @table over. */
static int
add_table (sqlite3       *db,
           SrSqliteTable *table,
           GPtrArray     *tables,
           GPtrArray     *problems)
{
  int code = read_columns (db, table);

  if (code == SQLITE_OK)
    {
      g_ptr_array_add (tables, table);
      return SQLITE_OK;
    }
  if (table->is_view && (code & 0xff) != SQLITE_CORRUPT && (code & 0xff) != SQLITE_NOMEM)
    {
      g_autofree char *words = g_utf8_make_valid (sqlite3_errmsg (db), -1);

      g_ptr_array_add (problems, g_strdup_printf ("The view “%s” was left out: %s.",
                                                  table->collection->name, words));
      code = SQLITE_OK;
    }
  table_free (table);
  return code;
}

static int
read_tables (sqlite3      *db,
             sqlite3_stmt *statement,
             GPtrArray    *tables,
             GPtrArray    *problems)
{
  int code;

  while ((code = sqlite3_step (statement)) == SQLITE_ROW)
    {
      SrSqliteTable *table = make_table (statement);

      if (tables->len + problems->len >= MAX_TABLES)
        {
          table_free (table);
          return SQLITE_TOOBIG;
        }
      if (!table->is_view && sqlite3_column_int64 (statement, 3) == 0)
        {
          g_ptr_array_add (
              problems,
              g_strdup_printf (
                  "The virtual table “%s” was left out; what it stores lies in tables of its own.",
                  table->collection->name));
          table_free (table);
          continue;
        }
      code = add_table (db, table, tables, problems);
      if (code != SQLITE_OK)
        return code;
    }
  return code == SQLITE_DONE ? SQLITE_OK : code;
}

GPtrArray *
sr_sqlite_read_schema (sqlite3   *db,
                       GPtrArray *problems,
                       GError   **error)
{
  g_autoptr (GPtrArray) tables = g_ptr_array_new_with_free_func (table_free);
  sqlite3_stmt         *statement = NULL;
  int                   code;

  code = sqlite3_prepare_v2 (db,
                             "SELECT name, type, sql, rootpage FROM sqlite_schema"
                             " WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%'"
                             " ESCAPE '\\' ORDER BY type, name",
                             -1, &statement, NULL);
  if (code == SQLITE_OK)
    code = read_tables (db, statement, tables, problems);
  if (code != SQLITE_OK)
    sr_sqlite_set_error (error, code, db, NULL);
  sqlite3_finalize (statement);
  return code == SQLITE_OK ? g_steal_pointer (&tables) : NULL;
}
