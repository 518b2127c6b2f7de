/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "record/sr-sql-ddl.h"
#include "record/sr-sql-types.h"

#define MAX_TABLES  100000
#define MAX_COLUMNS 4096

struct _SrSqlSchema
{
  SrSqlDialect dialect;
  GHashTable  *by_name;
  GPtrArray   *tables;
  GHashTable  *known;
  GHashTable  *enums;
  GHashTable  *databases;
  char        *first_database; /* "": tables came before any was named */
  char        *told_database;  /* of the tables before any statement names one */
  char        *database;
  char        *search_path;
  gboolean     is_qualified;
  gboolean     has_unnamed; /* tables came before any statement named a database */
};

/* A statement that is being read. */
typedef struct
{
  SrSqlSchema       *schema;
  const SrSqlSyntax *syntax;
  SrSqlSpan          span;
  const char        *p;
  SrSqlToken         token;
} Parser;

static void
free_table (gpointer data)
{
  SrSqlTable *table = data;

  sr_collection_unref (table->collection);
  g_free (table);
}

SrSqlSchema *
sr_sql_schema_new (SrSqlDialect dialect)
{
  SrSqlSchema *self = g_new0 (SrSqlSchema, 1);

  self->dialect = dialect;
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->tables = g_ptr_array_new_with_free_func (free_table);
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                       (GDestroyNotify) sr_collection_unref);
  self->enums = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->databases = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
sr_sql_schema_free (SrSqlSchema *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_name);
  g_hash_table_unref (self->known);
  g_hash_table_unref (self->enums);
  g_hash_table_unref (self->databases);
  g_ptr_array_unref (self->tables);
  g_free (self->first_database);
  g_free (self->told_database);
  g_free (self->database);
  g_free (self->search_path);
  g_free (self);
}

void
sr_sql_schema_set_qualified (SrSqlSchema *self,
                             gboolean     is_qualified)
{
  self->is_qualified = is_qualified;
}

guint
sr_sql_schema_get_n_databases (const SrSqlSchema *self)
{
  return g_hash_table_size (self->databases);
}

char *
sr_sql_schema_qualify (const SrSqlSchema *self,
                       const char        *name)
{
  GHashTableIter iter;
  gpointer       database;

  g_hash_table_iter_init (&iter, self->databases);
  while (g_hash_table_iter_next (&iter, &database, NULL))
    {
      gsize length = strlen (database);

      if (strncmp (name, database, length) == 0 && name[length] == '.')
        return g_strdup (name);
    }
  if (self->first_database == NULL || *self->first_database == '\0')
    return g_strdup (name);
  return g_strconcat (self->first_database, ".", name, NULL);
}

void
sr_sql_schema_add_known (SrSqlSchema  *self,
                         SrCollection *collection)
{
  g_hash_table_replace (self->known, collection->name, sr_collection_ref (collection));
}

GPtrArray *
sr_sql_schema_get_tables (SrSqlSchema *self)
{
  return self->tables;
}

static void
set_collection (SrSqlSchema  *self,
                SrSqlTable   *table,
                SrCollection *collection)
{
  g_hash_table_steal (self->by_name, table->collection->name);
  sr_collection_unref (table->collection);
  table->collection = collection;
  g_hash_table_insert (self->by_name, collection->name, table);
}

SrSqlTable *
sr_sql_schema_get (SrSqlSchema *self,
                   const char  *name,
                   GError     **error)
{
  SrSqlTable   *table = g_hash_table_lookup (self->by_name, name);
  SrCollection *known = g_hash_table_lookup (self->known, name);

  if (table != NULL)
    return table;
  if (self->tables->len >= MAX_TABLES)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "The SQL text names more than %d tables; it is damaged or not what it seems",
                   MAX_TABLES);
      return NULL;
    }
  self->has_unnamed |= self->database == NULL;
  table = g_new0 (SrSqlTable, 1);
  table->collection = known != NULL ? sr_collection_ref (known) : sr_collection_new (name);
  g_ptr_array_add (self->tables, table);
  g_hash_table_insert (self->by_name, table->collection->name, table);
  return table;
}

gboolean
sr_sql_schema_has_rows (const SrSqlSchema *self,
                        const char        *name)
{
  const SrSqlTable *table = g_hash_table_lookup (self->by_name, name);

  return table != NULL && table->is_given;
}

static gboolean
next (Parser *self)
{
  self->p = sr_sql_scan_token (self->syntax, self->p, self->span, &self->token);
  if (self->p != NULL && self->token.type != SR_SQL_TOKEN_END)
    return TRUE;
  self->p = self->span.end;
  self->token = (SrSqlToken){ SR_SQL_TOKEN_END, self->span.end, 0 };
  return FALSE;
}

static gboolean
is_word (const Parser *self,
         const char   *word)
{
  return sr_sql_token_is (&self->token, word);
}

static gboolean
is_any_word (const Parser      *self,
             const char *const *list)
{
  for (guint i = 0; list[i] != NULL; i++)
    if (is_word (self, list[i]))
      return TRUE;
  return FALSE;
}

static gboolean
is_mark (const Parser *self,
         char          mark)
{
  return sr_sql_token_is_mark (&self->token, mark);
}

/* Passes over a bracket that is the current token, and all within. */
static void
skip_group (Parser *self)
{
  const char *behind = sr_sql_scan_group (self->syntax, self->token.start, self->span);

  self->p = behind != NULL ? behind : self->span.end;
}

/* Whether the name of @database stands before those of its tables. */
static gboolean
shows_database (const SrSqlSchema *self,
                const char        *database)
{
  const char *first = self->first_database != NULL ? self->first_database : self->told_database;

  if (database == NULL)
    return FALSE;
  return self->is_qualified || g_strcmp0 (database, first) != 0;
}

/* @outer: (nullable): the schema, in MySQL the database */
static char *
join_names (SrSqlSchema *self,
            const char  *outer,
            const char  *name)
{
  g_autofree char *inner = NULL;

  if (self->dialect == SR_SQL_SQLITE)
    return g_strdup (name);
  if (self->dialect != SR_SQL_POSTGRES)
    {
      outer = outer != NULL ? outer : self->database;
      outer = outer != NULL ? outer : self->told_database;
      return shows_database (self, outer) ? g_strconcat (outer, ".", name, NULL) : g_strdup (name);
    }
  if (outer != NULL && strcmp (outer, "public") != 0)
    inner = g_strconcat (outer, ".", name, NULL);
  else
    inner = g_strdup (name);
  if (!shows_database (self, self->database))
    return g_steal_pointer (&inner);
  return g_strconcat (self->database, ".", inner, NULL);
}

const char *
sr_sql_schema_scan_name (SrSqlSchema       *self,
                         const SrSqlSyntax *syntax,
                         const char        *p,
                         SrSqlSpan          span,
                         char             **name)
{
  g_autofree char *outer = NULL;
  g_autofree char *inner = NULL;
  SrSqlToken       token;

  *name = NULL;
  for (;;)
    {
      p = sr_sql_scan_token (syntax, p, span, &token);
      if (p == NULL || token.type == SR_SQL_TOKEN_END || token.type == SR_SQL_TOKEN_MARK)
        return NULL;
      g_free (outer);
      outer = g_steal_pointer (&inner);
      inner = sr_sql_token_to_name (&token);
      if (p == span.end && !span.eof)
        return NULL;
      if (p == span.end || *p != '.')
        break;
      p++;
    }
  *name = join_names (self, outer != NULL ? outer : self->search_path, inner);
  return p;
}

static gboolean
scan_name (Parser *self,
           char  **name)
{
  const char *behind =
      sr_sql_schema_scan_name (self->schema, self->syntax, self->p, self->span, name);

  if (behind == NULL)
    return FALSE;
  self->p = behind;
  return TRUE;
}

/* The list of names in a bracket that is the current token, as places of columns. */
static void
read_key (Parser       *self,
          SrCollection *collection)
{
  guint depth = 1;

  g_array_set_size (collection->key, 0);
  while (depth > 0 && next (self))
    {
      if (is_mark (self, '('))
        depth++;
      else if (is_mark (self, ')'))
        depth--;
      else if (depth == 1 && self->token.type != SR_SQL_TOKEN_MARK && !is_word (self, "ASC") &&
               !is_word (self, "DESC") && !is_word (self, "COLLATE"))
        {
          g_autofree char *name = sr_sql_token_to_name (&self->token);
          int              column = sr_collection_find_column (collection, name);

          if (column >= 0)
            sr_collection_add_key (collection, (guint) column);
        }
    }
}

/* Goes behind the comma or bracket that ends the current item of a list. Returns: whether another
 * follows */
static gboolean
skip_item (Parser *self)
{
  while (!is_mark (self, ',') && !is_mark (self, ')'))
    {
      if (is_mark (self, '('))
        skip_group (self);
      if (!next (self))
        return FALSE;
    }
  return is_mark (self, ',');
}

static gboolean
is_table_constraint (const Parser *self)
{
  static const char *const any[] = { "CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", NULL };
  static const char *const mysql[] = { "KEY", "INDEX", "FULLTEXT", "SPATIAL", "PERIOD", NULL };
  static const char *const postgres[] = { "EXCLUDE", "LIKE", NULL };

  if (is_any_word (self, any))
    return TRUE;
  return is_any_word (self, self->schema->dialect == SR_SQL_POSTGRES ? postgres : mysql) &&
         self->schema->dialect != SR_SQL_SQLITE;
}

/* The current token begins a constraint. */
static gboolean
read_constraint (Parser       *self,
                 SrCollection *collection)
{
  gboolean is_primary = FALSE;

  while (self->token.type != SR_SQL_TOKEN_END && !is_mark (self, ',') && !is_mark (self, ')'))
    {
      is_primary |= is_word (self, "PRIMARY");
      if (is_mark (self, '(') && is_primary)
        {
          read_key (self, collection);
          is_primary = FALSE;
        }
      else if (is_mark (self, '('))
        skip_group (self);
      if (!next (self))
        return FALSE;
    }
  return is_mark (self, ',');
}

static const char *const modifiers[] = {
  "NOT",
  "NULL",
  "DEFAULT",
  "PRIMARY",
  "UNIQUE",
  "AUTO_INCREMENT",
  "GENERATED",
  "AS",
  "COMMENT",
  "CHECK",
  "REFERENCES",
  "COLLATE",
  "CHARACTER",
  "CHARSET",
  "ON",
  "CONSTRAINT",
  "VIRTUAL",
  "STORED",
  "VISIBLE",
  "PERSISTENT",
  "INVISIBLE",
  "KEY",
  "COLUMN_FORMAT",
  "STORAGE",
  "REF_SYSTEM_ID",
  "COMPRESSED",
  "WITHOUT",
  "SRID",
  "OPTIONS",
  "COMPRESSION",
  NULL,
};

/* Whether the current token ends the declaration of a type, which @so_far begins. */
static gboolean
ends_type (const Parser *self,
           const char   *so_far)
{
  if (self->token.type == SR_SQL_TOKEN_END || is_mark (self, ',') || is_mark (self, ')'))
    return TRUE;
  if (*so_far == '\0')
    return is_any_word (self, modifiers) && !is_word (self, "CHARACTER");
  /* "time without time zone", but MariaDB's WITHOUT SYSTEM VERSIONING */
  if (is_word (self, "WITHOUT"))
    return g_ascii_strncasecmp (so_far, "time", 4) != 0;
  return is_any_word (self, modifiers);
}

/* Reads the type from the current token on. Returns: (transfer full): as it stands, one space
 * between its words */
static char *
read_type (Parser *self)
{
  g_autoptr (GString) type = g_string_new (NULL);
  const char         *end = NULL;

  while (!ends_type (self, type->str))
    {
      if (end != NULL && end != self->token.start)
        g_string_append_c (type, ' ');
      if (is_mark (self, '('))
        {
          const char *start = self->token.start;

          skip_group (self);
          g_string_append_len (type, start, self->p - start);
        }
      else
        g_string_append_len (type, self->token.start, (gssize) self->token.size);
      end = self->p;
      next (self);
    }
  return g_utf8_make_valid (type->str, (gssize) type->len);
}

static SrColumnType
classify (SrSqlSchema *self,
          const char  *declared)
{
  SrColumnType type = sr_sql_type_classify (self->dialect, declared);

  if (type == SR_COLUMN_UNKNOWN && g_hash_table_contains (self->enums, declared))
    return SR_COLUMN_ENUM;
  return type;
}

/* What stands behind a column's type. Returns: whether another item follows */
static gboolean
read_modifiers (Parser       *self,
                SrCollection *collection)
{
  guint     place = collection->columns->len - 1;
  SrColumn *column = &g_array_index (collection->columns, SrColumn, place);
  gboolean  after_not = FALSE;

  while (self->token.type != SR_SQL_TOKEN_END && !is_mark (self, ',') && !is_mark (self, ')'))
    {
      if (is_mark (self, '('))
        skip_group (self);
      else if (is_word (self, "NULL") && after_not)
        column->not_null = TRUE;
      else if (is_word (self, "PRIMARY"))
        {
          g_array_set_size (collection->key, 0);
          sr_collection_add_key (collection, place);
        }
      else if (is_word (self, "AS"))
        column->generated = TRUE;
      else if (is_word (self, "IDENTITY"))
        column->generated = FALSE;
      after_not = is_word (self, "NOT");
      if (!next (self))
        return FALSE;
    }
  return is_mark (self, ',');
}

/* The current token begins a column. */
static gboolean
read_column (Parser       *self,
             SrCollection *collection)
{
  g_autofree char *name = sr_sql_token_to_name (&self->token);
  SrColumn        *column;

  if (!next (self))
    return FALSE;
  column = sr_collection_add_column (collection, name, SR_COLUMN_UNKNOWN);
  column->declared = read_type (self);
  column->type = classify (self->schema, column->declared);
  return read_modifiers (self, collection);
}

/* The bracket with columns and constraints is the current token. */
static gboolean
read_columns (Parser       *self,
              SrCollection *collection,
              GError      **error)
{
  gboolean more = next (self) && !is_mark (self, ')');

  while (more)
    {
      if (is_table_constraint (self))
        more = read_constraint (self, collection);
      else if (self->token.type == SR_SQL_TOKEN_MARK)
        more = skip_item (self);
      else
        more = read_column (self, collection);
      if (sr_collection_get_n_columns (collection) > MAX_COLUMNS)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "Table “%s” has more than %d columns",
                       collection->name, MAX_COLUMNS);
          return FALSE;
        }
      more = more && next (self);
    }
  return TRUE;
}

/* IF NOT EXISTS, IF EXISTS, ONLY. @p stays before what is none of them. */
static void
skip_conditions (Parser *self)
{
  static const char *const conditions[] = { "IF", "NOT", "EXISTS", "ONLY", NULL };
  const char              *before;

  do
    {
      before = self->p;
      next (self);
    }
  while (is_any_word (self, conditions));
  self->p = before;
}

/* What an earlier reading knows and this statement does not tell: the key. */
static void
add_known_key (SrSqlSchema  *self,
               SrCollection *collection)
{
  SrCollection *known = g_hash_table_lookup (self->known, collection->name);

  if (known == NULL || collection->key->len > 0 ||
      sr_collection_get_n_columns (known) != sr_collection_get_n_columns (collection))
    return;
  for (guint i = 0; i < known->key->len; i++)
    sr_collection_add_key (collection, g_array_index (known->key, guint, i));
}

static gboolean
read_create_table (Parser     *self,
                   const char *text,
                   gsize       size,
                   GError    **error)
{
  g_autofree char         *name = NULL;
  g_autoptr (SrCollection) collection = NULL;
  SrSqlTable              *table;

  skip_conditions (self);
  if (!scan_name (self, &name) || !next (self))
    return TRUE;
  collection = sr_collection_new (name);
  /* A bracket with a query in it is no list of columns. */
  if (is_mark (self, '(') && !read_columns (self, collection, error))
    return FALSE;
  add_known_key (self->schema, collection);
  collection->ddl = g_utf8_make_valid (text, (gssize) size);
  table = sr_sql_schema_get (self->schema, name, error);
  if (table == NULL)
    return FALSE;
  table->is_made = TRUE;
  table->is_view = FALSE;
  set_collection (self->schema, table, g_steal_pointer (&collection));
  return TRUE;
}

static SrCollection *
copy_collection (const SrCollection *self)
{
  SrCollection *copy = sr_collection_new (self->name);

  copy->is_view = self->is_view;
  copy->ddl = g_strdup (self->ddl);
  for (guint i = 0; i < sr_collection_get_n_columns (self); i++)
    {
      const SrColumn *column = sr_collection_get_column (self, i);
      SrColumn       *made = sr_collection_add_column (copy, column->name, column->type);

      made->declared = g_strdup (column->declared);
      made->not_null = column->not_null;
      made->generated = column->generated;
    }
  return copy;
}

/* ALTER TABLE … ADD [CONSTRAINT …] PRIMARY KEY (…). Others say nothing of interest. */
static gboolean
read_alter_table (Parser *self)
{
  g_autofree char *name = NULL;
  SrSqlTable      *table;
  gboolean         is_add = FALSE;

  skip_conditions (self);
  if (!scan_name (self, &name))
    return TRUE;
  table = g_hash_table_lookup (self->schema->by_name, name);
  if (table == NULL || sr_collection_get_n_columns (table->collection) == 0)
    return TRUE;
  while (next (self) && !is_word (self, "PRIMARY"))
    {
      is_add |= is_word (self, "ADD");
      if (is_mark (self, '('))
        skip_group (self);
    }
  if (is_add && next (self) && is_word (self, "KEY") && next (self) && is_mark (self, '('))
    {
      SrCollection *copy = copy_collection (table->collection);

      read_key (self, copy);
      set_collection (self->schema, table, copy);
    }
  return TRUE;
}

/* Forgets a table that no run was handed out of, as mysqldump does with the stand-in of a view. */
static void
drop_table (SrSqlSchema *self,
            const char  *name)
{
  SrSqlTable *table = g_hash_table_lookup (self->by_name, name);

  if (table == NULL || table->is_given)
    return;
  g_hash_table_remove (self->by_name, name);
  g_ptr_array_remove (self->tables, table);
}

static void
read_drop (Parser *self)
{
  g_autofree char *name = NULL;

  skip_conditions (self);
  if (scan_name (self, &name))
    drop_table (self->schema, name);
}

/* CREATE TYPE name AS ENUM (…) */
static void
read_create_type (Parser *self)
{
  const char *start;

  next (self);
  start = self->token.start;
  while (!is_word (self, "AS") && next (self))
    ;
  if (is_word (self, "AS"))
    {
      g_autofree char *declared = g_strndup (start, (gsize) (self->token.start - start));

      if (next (self) && is_word (self, "ENUM"))
        g_hash_table_add (self->schema->enums, g_strdup (g_strstrip (declared)));
    }
}

/* CREATE [words] TABLE, VIEW or TYPE */
static gboolean
read_create (Parser     *self,
             const char *text,
             gsize       size,
             GError    **error)
{
  for (guint i = 0; i < 16 && next (self); i++)
    {
      if (is_word (self, "TABLE"))
        return read_create_table (self, text, size, error);
      if (is_word (self, "TRIGGER") || is_word (self, "FUNCTION") || is_word (self, "INDEX") ||
          is_word (self, "PROCEDURE") || is_word (self, "SEQUENCE") || is_word (self, "DATABASE"))
        return TRUE;
      if (is_word (self, "VIEW"))
        {
          read_drop (self);
          return TRUE;
        }
      if (is_word (self, "TYPE"))
        {
          read_create_type (self);
          return TRUE;
        }
    }
  return TRUE;
}

static void
use_database (SrSqlSchema *self,
              const char  *name)
{
  g_free (self->database);
  self->database = g_strdup (name);
  if (self->first_database == NULL && self->has_unnamed)
    {
      self->first_database = g_strdup (self->told_database != NULL ? self->told_database : "");
      g_hash_table_add (self->databases, g_strdup (self->first_database));
    }
  if (self->first_database == NULL)
    self->first_database = g_strdup (name);
  g_hash_table_add (self->databases, g_strdup (name));
  g_clear_pointer (&self->search_path, g_free);
}

void
sr_sql_schema_begin_dump (SrSqlSchema *self,
                          const char  *database)
{
  if (self->database != NULL || self->has_unnamed)
    use_database (self, database);
  else
    {
      g_free (self->told_database);
      self->told_database = g_strdup (database);
    }
}

/* SET search_path = name, …: older pg_dump names tables without their schema. */
static void
read_set (Parser *self)
{
  if (self->schema->dialect != SR_SQL_POSTGRES || !next (self) || !is_word (self, "search_path"))
    return;
  next (self);
  if (!next (self))
    return;
  g_free (self->schema->search_path);
  self->schema->search_path = sr_sql_token_to_name (&self->token);
}

gboolean
sr_sql_schema_read (SrSqlSchema       *self,
                    const SrSqlSyntax *syntax,
                    const char        *text,
                    gsize              size,
                    GError           **error)
{
  Parser parser = { self, syntax, { text + size, TRUE }, text, { 0 } };

  if (!next (&parser))
    return TRUE;
  if (is_word (&parser, "CREATE"))
    return read_create (&parser, parser.token.start,
                        (gsize) (text + size - parser.token.start), error);
  if (is_word (&parser, "ALTER") && next (&parser) && is_word (&parser, "TABLE"))
    return read_alter_table (&parser);
  if (is_word (&parser, "DROP") && next (&parser) &&
      (is_word (&parser, "TABLE") || is_word (&parser, "VIEW")))
    read_drop (&parser);
  else if (is_word (&parser, "USE") && next (&parser))
    {
      g_autofree char *name = sr_sql_token_to_name (&parser.token);

      use_database (self, name);
    }
  else if (is_word (&parser, "SET"))
    read_set (&parser);
  return TRUE;
}
