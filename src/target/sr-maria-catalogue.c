/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-maria-catalogue.h"

#include <string.h>

#include "base/sr-error.h"

static void
free_trigger (gpointer data)
{
  SrMariaTrigger *self = data;

  g_free (self->name);
  g_free (self->table);
  g_free (self->definer);
  if (self->create != NULL)
    sr_maria_statement_free (self->create);
  g_free (self);
}

static void
free_foreign_key (gpointer data)
{
  SrMariaForeignKey *self = data;

  g_free (self->name);
  g_free (self->database);
  g_free (self->table);
  g_free (self->other_database);
  g_free (self->other_table);
  g_free (self->rules);
  g_ptr_array_unref (self->columns);
  g_ptr_array_unref (self->other_columns);
  g_free (self);
}

gboolean
sr_maria_find_table (SrMaria      *maria,
                     const char   *database,
                     const char   *table,
                     gboolean     *found,
                     gboolean     *is_view,
                     char        **engine,
                     GCancellable *cancellable,
                     GError      **error)
{
  g_autofree char      *in = sr_maria_literal (database);
  g_autofree char      *of = sr_maria_literal (table);
  g_autoptr (MYSQL_RES) result = sr_maria_queryf (
      maria, cancellable, error,
      "SELECT table_type, engine FROM information_schema.tables WHERE table_schema = %s AND "
      "table_name = %s",
      in, of);
  MYSQL_ROW row;

  if (result == NULL)
    return FALSE;
  row = mysql_fetch_row (result);
  *found = row != NULL;
  if (is_view != NULL)
    *is_view = row != NULL && g_strcmp0 (row[0], "VIEW") == 0;
  if (engine != NULL)
    *engine = row != NULL ? g_strdup (row[1]) : NULL;
  return TRUE;
}

char *
sr_maria_show_create_table (SrMaria      *maria,
                            const char   *database,
                            const char   *table,
                            GCancellable *cancellable,
                            GError      **error)
{
  g_autofree char      *quoted = sr_maria_quote_in (database, table);
  g_autoptr (MYSQL_RES) result =
      sr_maria_queryf (maria, cancellable, error, "SHOW CREATE TABLE %s", quoted);
  MYSQL_ROW row = result != NULL ? mysql_fetch_row (result) : NULL;

  if (row != NULL && row[1] != NULL)
    return g_strdup (row[1]);
  if (result != NULL)
    g_set_error (error, SR_ERROR, SR_ERROR_FAILED, "The server does not tell what makes %s",
                 quoted);
  return NULL;
}

/* Reads what makes a trigger, in the encoding that it was made in. */
static SrMariaStatement *
show_create_trigger (SrMaria    *maria,
                     const char *name,
                     const char *charset,
                     GError    **error)
{
  g_autofree char             *quoted = sr_maria_quote_in (sr_maria_get_database (maria), name);
  g_autofree char             *literal = sr_maria_literal (charset);
  g_autoptr (MYSQL_RES)        result = NULL;
  g_autoptr (SrMariaStatement) statement = NULL;
  MYSQL_ROW                    row;

  if (!sr_maria_runf (maria, NULL, error, "SET character_set_results = %s", literal))
    return NULL;
  result = sr_maria_queryf (maria, NULL, error, "SHOW CREATE TRIGGER %s", quoted);
  if (!sr_maria_run (maria, "SET character_set_results = utf8mb4", NULL,
                     result != NULL ? error : NULL) ||
      result == NULL)
    return NULL;
  row = mysql_fetch_row (result);
  if (row == NULL || row[1] == NULL || row[2] == NULL || row[3] == NULL || row[4] == NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_PERMISSION,
                   "The server does not tell what makes the trigger %s; the right TRIGGER is "
                   "missing",
                   quoted);
      return NULL;
    }
  statement = sr_maria_statement_new (row[2], NULL);
  statement->mode = g_strdup (row[1]);
  statement->charset = g_strdup (row[3]);
  statement->collation = g_strdup (row[4]);
  return g_steal_pointer (&statement);
}

GPtrArray *
sr_maria_list_triggers (SrMaria      *maria,
                        GCancellable *cancellable,
                        GError      **error)
{
  g_autoptr (GPtrArray) triggers = g_ptr_array_new_with_free_func (free_trigger);
  g_autoptr (MYSQL_RES) result = sr_maria_query (
      maria,
      "SELECT trigger_name, event_object_table, definer, character_set_client FROM "
      "information_schema.triggers WHERE trigger_schema = DATABASE() ORDER BY event_object_table, "
      "event_manipulation, action_timing, action_order",
      cancellable, error);
  MYSQL_ROW row;

  if (result == NULL)
    return NULL;
  while ((row = mysql_fetch_row (result)) != NULL)
    {
      SrMariaTrigger *trigger = g_new0 (SrMariaTrigger, 1);

      g_ptr_array_add (triggers, trigger);
      trigger->name = g_strdup (row[0]);
      trigger->table = g_strdup (row[1]);
      trigger->definer = g_strdup (row[2]);
      trigger->create = show_create_trigger (maria, row[0], row[3], error);
      if (trigger->create == NULL)
        return NULL;
    }
  return g_steal_pointer (&triggers);
}

gboolean
sr_maria_may_set_definer (SrMaria  *maria,
                          gboolean *may,
                          GError  **error)
{
  guint64 count = 0;

  if (!sr_maria_query_number (maria,
                              "SELECT COUNT(*) FROM information_schema.user_privileges WHERE "
                              "privilege_type IN ('SUPER', 'SET USER', 'SET_USER_ID', "
                              "'SET_ANY_DEFINER')",
                              &count, NULL, error))
    return FALSE;
  *may = count > 0;
  return TRUE;
}

/* A rule that is not written is RESTRICT; written while a table is altered it would become NO
 * ACTION, which does the same but reads otherwise. */
static char *
write_rules (const char *on_delete,
             const char *on_update)
{
  gboolean no_delete = g_strcmp0 (on_delete, "RESTRICT") == 0;
  gboolean no_update = g_strcmp0 (on_update, "RESTRICT") == 0;

  return g_strconcat (no_delete ? "" : " ON DELETE ", no_delete ? "" : on_delete,
                      no_update ? "" : " ON UPDATE ", no_update ? "" : on_update, NULL);
}

static SrMariaForeignKey *
new_foreign_key (MYSQL_ROW row)
{
  SrMariaForeignKey *self = g_new0 (SrMariaForeignKey, 1);

  self->name = g_strdup (row[0]);
  self->database = g_strdup (row[1]);
  self->table = g_strdup (row[2]);
  self->other_database = g_strdup (row[3]);
  self->other_table = g_strdup (row[4]);
  self->rules = write_rules (row[7], row[8]);
  self->columns = g_ptr_array_new_with_free_func (g_free);
  self->other_columns = g_ptr_array_new_with_free_func (g_free);
  return self;
}

GPtrArray *
sr_maria_list_foreign_keys (SrMaria      *maria,
                            const char   *database,
                            gboolean      other,
                            GCancellable *cancellable,
                            GError      **error)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (free_foreign_key);
  g_autofree char      *literal = sr_maria_literal (database);
  g_autoptr (MYSQL_RES) result = sr_maria_queryf (
      maria, cancellable, error,
      "SELECT k.constraint_name, k.table_schema, k.table_name, k.referenced_table_schema, "
      "k.referenced_table_name, k.column_name, k.referenced_column_name, r.delete_rule, "
      "r.update_rule FROM information_schema.key_column_usage k JOIN "
      "information_schema.referential_constraints r ON r.constraint_schema = k.constraint_schema "
      "AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name WHERE %s = %s AND "
      "k.referenced_table_name IS NOT NULL ORDER BY k.table_schema, k.table_name, "
      "k.constraint_name, k.ordinal_position",
      other ? "k.referenced_table_schema" : "k.table_schema", literal);
  SrMariaForeignKey *key = NULL;
  MYSQL_ROW          row;

  if (result == NULL)
    return NULL;
  while ((row = mysql_fetch_row (result)) != NULL)
    {
      if (key == NULL || strcmp (key->name, row[0]) != 0 || strcmp (key->table, row[2]) != 0 ||
          strcmp (key->database, row[1]) != 0)
        {
          key = new_foreign_key (row);
          g_ptr_array_add (keys, key);
        }
      g_ptr_array_add (key->columns, g_strdup (row[5]));
      g_ptr_array_add (key->other_columns, g_strdup (row[6]));
    }
  return g_steal_pointer (&keys);
}

gboolean
sr_maria_count_orphans (SrMaria                 *maria,
                        const SrMariaForeignKey *key,
                        const char              *table,
                        const char              *other,
                        guint64                 *count,
                        GCancellable            *cancellable,
                        GError                 **error)
{
  g_autoptr (GString) join = g_string_new (NULL);
  g_autoptr (GString) set = g_string_new (NULL);
  g_autofree char    *first = sr_maria_quote (g_ptr_array_index (key->other_columns, 0));
  g_autofree char    *sql = NULL;

  for (guint i = 0; i < key->columns->len; i++)
    {
      g_autofree char *left = sr_maria_quote (g_ptr_array_index (key->columns, i));
      g_autofree char *right = sr_maria_quote (g_ptr_array_index (key->other_columns, i));

      g_string_append_printf (join, "%sc.%s = p.%s", i > 0 ? " AND " : "", left, right);
      g_string_append_printf (set, "c.%s IS NOT NULL AND ", left);
    }
  sql = g_strdup_printf ("SELECT COUNT(*) FROM %s c LEFT JOIN %s p ON %s WHERE %s p.%s IS NULL",
                         table, other, join->str, set->str, first);
  return sr_maria_query_number (maria, sql, count, cancellable, error);
}

static char *
list_columns (GPtrArray *columns)
{
  GString *list = g_string_new (NULL);

  for (guint i = 0; i < columns->len; i++)
    {
      g_autofree char *quoted = sr_maria_quote (g_ptr_array_index (columns, i));

      g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", quoted);
    }
  return g_string_free (list, FALSE);
}

char *
sr_maria_foreign_key_to_sql (const SrMariaForeignKey *self)
{
  g_autofree char *name = sr_maria_quote (self->name);
  g_autofree char *other = sr_maria_quote_in (self->other_database, self->other_table);
  g_autofree char *columns = list_columns (self->columns);
  g_autofree char *other_columns = list_columns (self->other_columns);

  return g_strdup_printf ("ADD CONSTRAINT %s FOREIGN KEY (%s) REFERENCES %s (%s)%s", name, columns,
                          other, other_columns, self->rules);
}
