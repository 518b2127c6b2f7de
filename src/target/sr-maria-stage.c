/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-maria-stage.h"

#include <string.h>

#include "base/sr-error.h"
#include "target/sr-maria-catalogue.h"
#include "target/sr-maria-ddl.h"

#define JOURNAL "__strongroom_journal"
#define MARK    "__strongroom_"
/* Characters of a name. */
#define MAX_NAME 64
/* Of the id: so many hexadecimal digits. */
#define ID_SIZE 8

static void
free_table (gpointer data)
{
  SrMariaTable *table = data;

  g_free (table->name);
  g_free (table->staged);
  g_free (table->kept);
  g_clear_pointer (&table->loader, sr_maria_loader_free);
  g_free (table);
}

/* What names of stages of this database begin with. A long name of a database is cut, and its
 * digest tells it from others. */
static char *
get_base (SrMaria *maria)
{
  const char      *database = sr_maria_get_database (maria);
  g_autofree char *digest = NULL;
  g_autofree char *cut = NULL;

  if (g_utf8_strlen (database, -1) <= MAX_NAME - 28)
    return g_strdup (database);
  digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, database, -1);
  cut = g_utf8_substring (database, 0, MAX_NAME - 28 - 13);
  return g_strdup_printf ("%s_%.12s", cut, digest);
}

static SrMariaStage *
stage_new (SrMaria    *maria,
           const char *id,
           gboolean    is_apart)
{
  SrMariaStage    *self = g_new0 (SrMariaStage, 1);
  const char      *database = sr_maria_get_database (maria);
  g_autofree char *base = get_base (maria);
  g_autofree char *name = NULL;
  g_autofree char *quoted = NULL;

  self->maria = maria;
  self->id = g_strdup (id);
  self->is_apart = is_apart;
  self->stage_database = is_apart ? g_strdup_printf ("%s" MARK "stage_%s", base, id)
                                  : g_strdup (database);
  self->keep_database = is_apart ? g_strdup_printf ("%s" MARK "keep_%s", base, id)
                                 : g_strdup (database);
  self->tables = g_ptr_array_new_with_free_func (free_table);
  self->by_collection = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  name = is_apart ? g_strdup (JOURNAL) : g_strdup_printf (MARK "%s_journal", id);
  quoted = sr_maria_quote_in (self->stage_database, name);
  self->journal = sr_maria_journal_new (quoted);
  return self;
}

void
sr_maria_stage_free (SrMariaStage *self)
{
  g_free (self->id);
  g_free (self->stage_database);
  g_free (self->keep_database);
  g_free (self->source);
  g_ptr_array_unref (self->tables);
  g_hash_table_unref (self->by_collection);
  sr_maria_journal_free (self->journal);
  g_clear_pointer (&self->objects, sr_maria_objects_free);
  g_free (self);
}

SrMariaTable *
sr_maria_stage_find (SrMariaStage *self,
                     const char   *collection)
{
  return g_hash_table_lookup (self->by_collection, collection);
}

static SrMariaTable *
find_table (SrMariaStage *self,
            const char   *name)
{
  for (guint i = 0; i < self->tables->len; i++)
    {
      SrMariaTable *table = g_ptr_array_index (self->tables, i);

      if (sr_maria_same_table (self->maria, table->name, name))
        return table;
    }
  return NULL;
}

gboolean
sr_maria_stage_replaces (SrMariaStage *self,
                         const char   *name)
{
  SrMariaTable *table = find_table (self, name);

  return table != NULL && !table->is_left_out;
}

/* Where a foreign key of a staged table leads: to the staged table, else to the one that stays. */
static char *
refer (const char *name,
       gpointer    user_data)
{
  SrMariaStage *self = user_data;
  SrMariaTable *table = find_table (self, name);

  return table != NULL && !table->is_left_out
             ? sr_maria_quote_in (self->stage_database, table->staged)
             : sr_maria_quote_in (sr_maria_get_database (self->maria), name);
}

/* Where a default takes its numbers from: from the staged sequence, else from the one that
 * stays. */
static char *
refer_sequence (const char *name,
                gpointer    user_data)
{
  SrMariaStage *self = user_data;
  SrMariaTable *table = find_table (self, name);

  return table != NULL && table->is_sequence
             ? sr_maria_quote_in (self->stage_database, table->staged)
             : sr_maria_quote_in (sr_maria_get_database (self->maria), name);
}

static gboolean
is_view_text (const char *ddl)
{
  return ddl != NULL && g_str_has_prefix (ddl, "CREATE") && strstr (ddl, " VIEW ") != NULL &&
         strstr (ddl, "CREATE TABLE") == NULL;
}

static void
name_places (SrMariaStage *self,
             SrMariaTable *table)
{
  table->staged = self->is_apart
                      ? g_strdup (table->name)
                      : g_strdup_printf (MARK "%s_new_%u", self->id, self->tables->len);
  table->kept = self->is_apart ? g_strdup (table->name)
                               : g_strdup_printf (MARK "%s_old_%u", self->id, self->tables->len);
}

static gboolean
add_table (SrMariaStage        *self,
           const SrTargetTable *wanted,
           gboolean             replace,
           GCancellable        *cancellable,
           GError             **error)
{
  const char   *name = wanted->table != NULL ? wanted->table : wanted->collection->name;
  SrMariaTable *table = find_table (self, name);

  if (table == NULL)
    {
      table = g_new0 (SrMariaTable, 1);
      g_ptr_array_add (self->tables, table);
      table->name = g_strdup (name);
      if (!sr_maria_find_table (self->maria, sr_maria_get_database (self->maria), name,
                                &table->exists, &table->is_left_out, NULL, cancellable, error))
        return FALSE;
      table->is_left_out = table->is_left_out || wanted->collection->is_view ||
                           is_view_text (wanted->collection->ddl) ||
                           (!table->exists && sr_target_table_is_empty (wanted));
      if (table->exists && !table->is_left_out && !replace)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_EXISTS,
                       "The table “%s” exists already and is not to be replaced", name);
          return FALSE;
        }
      name_places (self, table);
    }
  g_hash_table_insert (self->by_collection, g_strdup (wanted->collection->name), table);
  return TRUE;
}

/* A sequence is made like a table, beside the old one, and moves with the tables. */
static gboolean
make_sequence (SrMariaStage         *self,
               const SrMariaPlanned *planned,
               SrTarget             *step,
               GError              **error)
{
  SrMariaTable         *table = g_new0 (SrMariaTable, 1);
  const SrMariaPlanned *value =
      sr_maria_objects_find (self->objects, self->maria, SR_MARIA_VALUE, planned->object->name);
  g_autofree char *name = NULL;

  g_ptr_array_add (self->tables, table);
  table->name = g_strdup (planned->existing != NULL ? planned->existing->name
                                                    : planned->object->name);
  table->exists = planned->existing != NULL;
  table->is_sequence = TRUE;
  name_places (self, table);
  name = sr_maria_quote_in (self->stage_database, table->staged);
  if (sr_target_step (step, "make sequence", error) &&
      sr_maria_runf (self->maria, NULL, error, "CREATE SEQUENCE %s %s", name,
                     planned->object->create->sql) &&
      (value == NULL || sr_maria_runf (self->maria, NULL, error, "DO SETVAL(%s, %s)", name,
                                       value->object->create->sql)))
    return TRUE;
  g_prefix_error (error, "Making the sequence “%s”: ", table->name);
  return FALSE;
}

static gboolean
make_sequences (SrMariaStage *self,
                SrTarget     *step,
                GError      **error)
{
  for (guint i = 0; i < self->objects->planned->len; i++)
    {
      const SrMariaPlanned *planned = g_ptr_array_index (self->objects->planned, i);

      if (planned->object->kind == SR_MARIA_SEQUENCE &&
          !make_sequence (self, planned, step, error))
        return FALSE;
    }
  return TRUE;
}

/* @databases: names that mean this one; filled by the caller */
static SrMariaDdlOptions
make_options (SrMariaStage      *self,
              const char        *name,
              const char *const *databases)
{
  return (SrMariaDdlOptions){
    .name = name,
    .constraint_suffix = self->is_apart ? NULL : self->id,
    .reference = refer,
    .sequence = refer_sequence,
    .user_data = self,
    .syntax = { .version = sr_maria_get_version (self->maria),
                .is_mariadb = sr_maria_is_mariadb (self->maria) },
    .databases = databases,
  };
}

static gboolean
make_table (SrMariaStage        *self,
            SrMariaTable        *table,
            const SrTargetTable *wanted,
            GCancellable        *cancellable,
            GError             **error)
{
  const SrCollection *collection = wanted->collection;
  const char *const   databases[] = { sr_maria_get_database (self->maria), self->source, NULL };
  g_autofree char    *name = sr_maria_quote_in (self->stage_database, table->staged);
  g_autofree char    *existing = NULL;
  g_autofree char    *sql = NULL;
  gboolean            is_inferred = FALSE;
  SrMariaDdlOptions   options = make_options (self, name, databases);

  if (collection->ddl != NULL && sr_maria_ddl_is_native (collection->ddl, self->is_mysql))
    sql = sr_maria_ddl_rewrite (collection->ddl, &options, error);
  else if (table->exists)
    {
      existing = sr_maria_show_create_table (self->maria, sr_maria_get_database (self->maria),
                                             table->name, cancellable, error);
      options.databases = NULL;
      sql = existing != NULL ? sr_maria_ddl_rewrite (existing, &options, error) : NULL;
    }
  else
    {
      is_inferred = TRUE;
      sql = sr_maria_ddl_from_columns (collection, name, error);
    }
  if (sql == NULL || !sr_maria_run (self->maria, sql, cancellable, error))
    {
      g_prefix_error (error, "Making the table “%s”: ", table->name);
      return FALSE;
    }
  table->loader = sr_maria_loader_new (self->maria, self->stage_database, table->staged,
                                       table->name, cancellable, error);
  if (table->loader != NULL && is_inferred)
    sr_maria_loader_set_inferred (table->loader, collection);
  return table->loader != NULL;
}

static gboolean
make_database (SrMaria    *maria,
               const char *name,
               GError    **error)
{
  g_autofree char *quoted = sr_maria_quote (name);

  return sr_maria_runf (maria, NULL, error, "CREATE DATABASE %s CHARACTER SET utf8mb4", quoted);
}

/* Makes databases for stage and kept tables, or finds out that only the database itself will do. */
static SrMariaStage *
make_place (SrMaria  *maria,
            SrTarget *step,
            GError  **error)
{
  g_autofree char         *id = g_strdup_printf ("%08x", g_random_int ());
  g_autoptr (SrMariaStage) self = stage_new (maria, id, TRUE);
  g_autoptr (GError)       reason = NULL;

  if (!sr_target_step (step, "make stage", error))
    return NULL;
  if (!make_database (maria, self->stage_database, &reason))
    {
      if (!sr_error_is (reason, SR_ERROR_PERMISSION))
        {
          g_propagate_error (error, g_steal_pointer (&reason));
          return NULL;
        }
      sr_maria_stage_free (self);
      self = stage_new (maria, id, FALSE);
    }
  if (sr_target_step (step, "make journal", error) &&
      (!self->is_apart || make_database (maria, self->keep_database, error)) &&
      sr_maria_journal_create (self->journal, maria, error))
    return g_steal_pointer (&self);
  sr_maria_stage_drop (self, NULL);
  return NULL;
}

SrMariaStage *
sr_maria_stage_new (SrMaria            *maria,
                    const SrTargetPlan *plan,
                    SrTarget           *step,
                    GCancellable       *cancellable,
                    GError            **error)
{
  g_autoptr (SrMariaStage) self = make_place (maria, step, error);
  gboolean                 done = self != NULL;

  if (done)
    {
      self->source = g_strdup (plan->database);
      self->is_mysql = plan->dialect == SR_SQL_MYSQL;
      self->objects = sr_maria_objects_new (maria, plan, cancellable, error);
      done = self->objects != NULL && make_sequences (self, step, error);
    }
  for (guint i = 0; done && i < plan->n_tables; i++)
    done = add_table (self, &plan->tables[i], plan->replace, cancellable, error);
  for (guint i = 0; done && i < plan->n_tables; i++)
    {
      SrMariaTable *table = sr_maria_stage_find (self, plan->tables[i].collection->name);

      if (!table->is_left_out && table->loader == NULL)
        done = sr_target_step (step, "make table", error) &&
               make_table (self, table, &plan->tables[i], cancellable, error);
    }
  if (self != NULL && !done)
    sr_maria_stage_drop (self, NULL);
  return done ? g_steal_pointer (&self) : NULL;
}

/* Drops all tables of the database whose names begin like that. */
static gboolean
drop_tables (SrMaria    *maria,
             const char *prefix,
             GError    **error)
{
  g_autofree char      *literal = sr_maria_literal (prefix);
  g_autoptr (MYSQL_RES) result = sr_maria_queryf (
      maria, NULL, error,
      "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND "
      "LEFT(table_name, %u) = %s ORDER BY table_name LIKE '%%\\_journal'",
      (guint) strlen (prefix), literal);
  MYSQL_ROW row;

  if (result == NULL)
    return FALSE;
  while ((row = mysql_fetch_row (result)) != NULL)
    {
      g_autofree char *quoted = sr_maria_quote_in (sr_maria_get_database (maria), row[0]);

      if (!sr_maria_runf (maria, NULL, error, "DROP TABLE IF EXISTS %s", quoted))
        return FALSE;
    }
  return TRUE;
}

gboolean
sr_maria_stage_drop (SrMariaStage *self,
                     GError      **error)
{
  g_autofree char *stage = sr_maria_quote (self->stage_database);
  g_autofree char *keep = sr_maria_quote (self->keep_database);
  g_autofree char *prefix = NULL;

  if (self->is_apart)
    return sr_maria_runf (self->maria, NULL, error, "DROP DATABASE IF EXISTS %s", keep) &&
           sr_maria_runf (self->maria, NULL, error, "DROP DATABASE IF EXISTS %s", stage);
  prefix = g_strdup_printf (MARK "%s_", self->id);
  return drop_tables (self->maria, prefix, error);
}

static gboolean
is_id (const char *text)
{
  return strlen (text) == ID_SIZE && strspn (text, "0123456789abcdef") == ID_SIZE;
}

static gboolean
recover_one (SrMaria    *maria,
             const char *id,
             gboolean    is_apart,
             GError    **error)
{
  g_autoptr (SrMariaStage) self = stage_new (maria, id, is_apart);
  g_autofree char         *journal =
      is_apart ? g_strdup (JOURNAL) : g_strdup_printf (MARK "%s_journal", id);
  gboolean has_journal = FALSE;

  g_message ("Cleaning up after a restore that did not end: %s", self->stage_database);
  if (!sr_maria_find_table (maria, self->stage_database, journal, &has_journal, NULL, NULL, NULL,
                            error) ||
      (has_journal && !sr_maria_journal_recover (self->journal, maria, error)))
    {
      g_prefix_error (error, "Undoing what a restore that did not end left in “%s” and “%s”: ",
                      self->stage_database, self->keep_database);
      return FALSE;
    }
  return sr_maria_stage_drop (self, error);
}

/* @query: gives names of which the ids are the part from @skip characters on */
static gboolean
recover_named (SrMaria    *maria,
               const char *query,
               gsize       skip,
               gboolean    is_apart,
               GError    **error)
{
  g_autoptr (MYSQL_RES) result = sr_maria_query (maria, query, NULL, error);
  MYSQL_ROW             row;

  if (result == NULL)
    return FALSE;
  while ((row = mysql_fetch_row (result)) != NULL)
    {
      g_autofree char *id = strlen (row[0]) >= skip + ID_SIZE
                                ? g_strndup (row[0] + skip, ID_SIZE)
                                : g_strdup ("");

      if (is_id (id) && !recover_one (maria, id, is_apart, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
sr_maria_stage_recover (SrMaria *maria,
                        GError **error)
{
  static const char *const kinds[] = { "stage_", "keep_" };
  g_autofree char         *base = get_base (maria);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *prefix = g_strconcat (base, MARK, kinds[i], NULL);
      g_autofree char *literal = sr_maria_literal (prefix);
      g_autofree char *query = g_strdup_printf (
          "SELECT schema_name FROM information_schema.schemata WHERE LEFT(schema_name, %ld) = %s",
          g_utf8_strlen (prefix, -1), literal);

      if (!recover_named (maria, query, strlen (prefix), TRUE, error))
        return FALSE;
    }
  return recover_named (maria,
                        "SELECT DISTINCT LEFT(table_name, 21) FROM information_schema.tables WHERE "
                        "table_schema = DATABASE() AND LEFT(table_name, 13) = '" MARK "'",
                        strlen (MARK), FALSE, error);
}

/* Keys of what is staged must find their records in what will be there, and those of tables that
 * stay in what is staged. */
static gboolean
check_key (SrMariaStage            *self,
           const SrMariaForeignKey *key,
           const char              *other_database,
           const char              *other_table,
           GCancellable            *cancellable,
           GError                 **error)
{
  g_autofree char *table = sr_maria_quote_in (key->database, key->table);
  g_autofree char *other = sr_maria_quote_in (other_database, other_table);
  guint64          orphans = 0;

  if (!sr_maria_count_orphans (self->maria, key, table, other, &orphans, cancellable, error))
    {
      g_prefix_error (error, "Foreign key “%s”: ", key->name);
      return FALSE;
    }
  if (orphans == 0)
    return TRUE;
  g_set_error (
      error, SR_ERROR, SR_ERROR_DAMAGED,
      "Records of %s refer by “%s” to records of %s that would not be there (%" G_GUINT64_FORMAT
      "); restore what belongs together, or all tables",
      table, key->name, other, orphans);
  return FALSE;
}

static gboolean
is_staged_name (SrMariaStage *self,
                const char   *name)
{
  for (guint i = 0; i < self->tables->len; i++)
    if (sr_maria_same_table (self->maria,
                             ((SrMariaTable *) g_ptr_array_index (self->tables, i))->staged, name))
      return TRUE;
  return FALSE;
}

static gboolean
check_keys (SrMariaStage *self,
            GCancellable *cancellable,
            GError      **error)
{
  const char           *database = sr_maria_get_database (self->maria);
  g_autoptr (GPtrArray) staged =
      sr_maria_list_foreign_keys (self->maria, self->stage_database, FALSE, cancellable, error);
  g_autoptr (GPtrArray) staying = NULL;

  if (staged == NULL)
    return FALSE;
  for (guint i = 0; i < staged->len; i++)
    {
      const SrMariaForeignKey *key = g_ptr_array_index (staged, i);

      if (is_staged_name (self, key->table) &&
          !check_key (self, key, key->other_database, key->other_table, cancellable, error))
        return FALSE;
    }
  staying = sr_maria_list_foreign_keys (self->maria, database, TRUE, cancellable, error);
  if (staying == NULL)
    return FALSE;
  for (guint i = 0; i < staying->len; i++)
    {
      const SrMariaForeignKey *key = g_ptr_array_index (staying, i);
      SrMariaTable            *table = find_table (self, key->other_table);

      if (table == NULL || table->is_left_out ||
          (strcmp (key->database, database) == 0 && find_table (self, key->table) != NULL))
        continue;
      if (!check_key (self, key, self->stage_database, table->staged, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_table (SrMariaStage *self,
             SrMariaTable *table,
             GCancellable *cancellable,
             GError      **error)
{
  g_autofree char      *quoted = sr_maria_quote_in (self->stage_database, table->staged);
  g_autoptr (MYSQL_RES) result =
      sr_maria_queryf (self->maria, cancellable, error, "CHECK TABLE %s", quoted);
  MYSQL_ROW row;

  if (result == NULL)
    return FALSE;
  while ((row = mysql_fetch_row (result)) != NULL)
    if (g_strcmp0 (row[2], "error") == 0 || g_strcmp0 (row[2], "Error") == 0)
      {
        g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED, "The server says of “%s”: %s", table->name,
                     row[3]);
        return FALSE;
      }
  return TRUE;
}

static gboolean
add_change (SrMariaStage        *self,
            const SrMariaObject *object,
            GError             **error)
{
  SrMariaTable     *table = find_table (self, object->table);
  const char *const databases[] = { sr_maria_get_database (self->maria), self->source, NULL };
  g_autofree char  *name = NULL;
  g_autofree char  *sql = NULL;
  SrMariaDdlOptions options;

  if (table == NULL || table->is_left_out)
    return TRUE;
  name = sr_maria_quote_in (self->stage_database, table->staged);
  options = make_options (self, name, databases);
  sql = sr_maria_ddl_rewrite_change (object->create->sql, table->name, &options, error);
  if (sql != NULL && sr_maria_run (self->maria, sql, NULL, error))
    return TRUE;
  g_prefix_error (error, "Adding keys and constraints to “%s”: ", table->name);
  return FALSE;
}

/* Keys, constraints and more of columns, which some dumps add behind the records. */
static gboolean
add_changes (SrMariaStage *self,
             GCancellable *cancellable,
             GError      **error)
{
  for (guint i = 0; i < self->tables->len; i++)
    {
      SrMariaTable *table = g_ptr_array_index (self->tables, i);

      if (table->loader != NULL && !sr_maria_loader_flush (table->loader, cancellable, error))
        return FALSE;
    }
  for (guint i = 0; i < self->objects->planned->len; i++)
    {
      const SrMariaPlanned *planned = g_ptr_array_index (self->objects->planned, i);

      if (planned->object->kind == SR_MARIA_CHANGE && !add_change (self, planned->object, error))
        return FALSE;
    }
  return TRUE;
}

GPtrArray *
sr_maria_stage_verify (SrMariaStage *self,
                       GCancellable *cancellable,
                       GError      **error)
{
  g_autoptr (GPtrArray) counts =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sr_target_count_free);

  if (!add_changes (self, cancellable, error))
    return NULL;
  for (guint i = 0; i < self->tables->len; i++)
    {
      SrMariaTable    *table = g_ptr_array_index (self->tables, i);
      g_autofree char *quoted = sr_maria_quote_in (self->stage_database, table->staged);
      g_autofree char *sql = g_strdup_printf ("SELECT COUNT(*) FROM %s", quoted);
      guint64          staged = 0;
      guint64          put;

      if (table->loader == NULL)
        continue;
      if (!check_table (self, table, cancellable, error) ||
          !sr_maria_query_number (self->maria, sql, &staged, cancellable, error))
        return NULL;
      put = sr_maria_loader_get_put (table->loader);
      g_ptr_array_add (counts, sr_target_count_new (table->name, put, staged,
                                                    sr_maria_loader_get_lost (table->loader)));
      if (put == staged)
        continue;
      g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                   "%" G_GUINT64_FORMAT " records went into “%s”, but %" G_GUINT64_FORMAT
                   " are there",
                   put, table->name, staged);
      return NULL;
    }
  return check_keys (self, cancellable, error) ? g_steal_pointer (&counts) : NULL;
}
