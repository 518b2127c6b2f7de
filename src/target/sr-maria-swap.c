/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-maria-swap.h"

#include <string.h>

#include "base/sr-error.h"
#include "target/sr-maria-catalogue.h"
#include "target/sr-maria-make.h"

/* What has to be made anew around the renaming. */
typedef struct
{
  SrMariaStage *stage;
  SrMaria      *maria;
  SrTarget     *step;
  GPtrArray    *triggers; /* (element-type SrMariaTrigger): of all tables */
  GPtrArray    *keys;     /* (element-type SrMariaForeignKey): that lead to the database */
} Swap;

/* Remembers what undoes a change, then makes it. */
static gboolean
prepare (Swap       *self,
         const char *undo,
         const char *only_if,
         GError    **error)
{
  return sr_maria_journal_push (self->stage->journal, self->maria,
                                sr_maria_statement_new (undo, only_if), error);
}

static gboolean
is_replaced (Swap       *self,
             const char *table)
{
  return sr_maria_stage_replaces (self->stage, table);
}

static gboolean
drop_trigger (Swap                 *self,
              const SrMariaTrigger *trigger,
              GError              **error)
{
  const char       *database = sr_maria_get_database (self->maria);
  g_autofree char  *in = sr_maria_literal (database);
  g_autofree char  *of = sr_maria_literal (trigger->name);
  g_autofree char  *quoted = sr_maria_quote_in (database, trigger->name);
  SrMariaStatement *undo = sr_maria_statement_new (trigger->create->sql, NULL);

  undo->only_if = g_strdup_printf ("SELECT COUNT(*) = 0 FROM information_schema.triggers WHERE "
                                   "trigger_schema = %s AND trigger_name = %s",
                                   in, of);
  undo->mode = g_strdup (trigger->create->mode);
  undo->charset = g_strdup (trigger->create->charset);
  undo->collation = g_strdup (trigger->create->collation);
  return sr_maria_journal_push (self->stage->journal, self->maria, undo, error) &&
         sr_target_step (self->step, "drop trigger", error) &&
         sr_maria_runf (self->maria, NULL, error, "DROP TRIGGER %s", quoted);
}

/* The last first, so that undoing makes them in their order. */
static gboolean
drop_triggers (Swap    *self,
               GError **error)
{
  for (guint i = self->triggers->len; i > 0; i--)
    {
      const SrMariaTrigger *trigger = g_ptr_array_index (self->triggers, i - 1);

      if (is_replaced (self, trigger->table) && !drop_trigger (self, trigger, error))
        return FALSE;
    }
  return TRUE;
}

/* What the backup has of the same name comes in their place. */
static gboolean
make_triggers (Swap    *self,
               GError **error)
{
  for (guint i = 0; i < self->triggers->len; i++)
    {
      const SrMariaTrigger *trigger = g_ptr_array_index (self->triggers, i);
      g_autofree char      *quoted =
          sr_maria_quote_in (sr_maria_get_database (self->maria), trigger->name);
      g_autofree char *undo = g_strdup_printf ("DROP TRIGGER IF EXISTS %s", quoted);

      if (!is_replaced (self, trigger->table) ||
          sr_maria_objects_find (self->stage->objects, self->maria, SR_MARIA_TRIGGER,
                                 trigger->name) != NULL)
        continue;
      if (!prepare (self, undo, NULL, error) ||
          !sr_target_step (self->step, "make trigger", error) ||
          !sr_maria_statement_run (trigger->create, self->maria, error))
        {
          g_prefix_error (error, "Making the trigger “%s” anew: ", trigger->name);
          return FALSE;
        }
    }
  return TRUE;
}

/* Whether a table that stays refers by it to one that is replaced. */
static gboolean
is_staying_key (Swap                    *self,
                const SrMariaForeignKey *key)
{
  const char *database = sr_maria_get_database (self->maria);

  return is_replaced (self, key->other_table) &&
         (strcmp (key->database, database) != 0 || !is_replaced (self, key->table));
}

/* The server makes an index by itself for a key that finds none, and makes it anew, under another
 * name, when the key is. Returns: (transfer full) (nullable): what gives it its name back; %NULL
 * with @error set, or if there is no such index */
static SrMariaStatement *
name_index (Swap                    *self,
            const SrMariaForeignKey *key,
            GError                 **error)
{
  g_autofree char      *in = sr_maria_literal (key->database);
  g_autofree char      *of = sr_maria_literal (key->table);
  g_autofree char      *quoted = sr_maria_quote_in (key->database, key->table);
  g_autofree char      *made = sr_maria_quote (key->name);
  g_autofree char      *made_text = sr_maria_literal (key->name);
  g_autofree char      *list = NULL;
  g_autofree char      *columns = NULL;
  g_autofree char      *name = NULL;
  g_autofree char      *name_text = NULL;
  g_autofree char      *sql = NULL;
  g_autofree char      *only_if = NULL;
  g_autoptr (MYSQL_RES) result = NULL;
  MYSQL_ROW             row;

  g_ptr_array_add (key->columns, NULL);
  list = g_strjoinv (",", (char **) key->columns->pdata);
  g_ptr_array_set_size (key->columns, (int) key->columns->len - 1);
  columns = sr_maria_literal (list);
  result = sr_maria_queryf (
      self->maria, NULL, error,
      "SELECT index_name FROM information_schema.statistics WHERE table_schema = %s AND table_name "
      "= %s GROUP BY index_name HAVING GROUP_CONCAT(column_name ORDER BY seq_in_index) = %s",
      in, of, columns);
  row = result != NULL ? mysql_fetch_row (result) : NULL;
  if (row == NULL || strcmp (row[0], key->name) == 0 || mysql_num_rows (result) > 1)
    return NULL;
  name = sr_maria_quote (row[0]);
  name_text = sr_maria_literal (row[0]);
  sql = g_strdup_printf ("ALTER TABLE %s RENAME INDEX %s TO %s", quoted, made, name);
  only_if =
      g_strdup_printf ("SELECT COALESCE(SUM(index_name = %s) > 0 AND SUM(index_name = %s) = 0,"
                       " 0) FROM information_schema.statistics WHERE table_schema = %s AND "
                       "table_name = %s",
                       made_text, name_text, in, of);
  return sr_maria_statement_new (sql, only_if);
}

/* What puts a key back once the old tables are: drops one that leads elsewhere, adds one that is
 * gone. Undone the last first. */
static gboolean
prepare_key (Swap                    *self,
             const SrMariaForeignKey *key,
             GError                 **error)
{
  g_autofree char *quoted = sr_maria_quote_in (key->database, key->table);
  g_autofree char *name = sr_maria_quote (key->name);
  g_autofree char *clause = sr_maria_foreign_key_to_sql (key);
  g_autofree char *in = sr_maria_literal (key->database);
  g_autofree char *of = sr_maria_literal (key->table);
  g_autofree char *called = sr_maria_literal (key->name);
  g_autofree char *other_in = sr_maria_literal (key->other_database);
  g_autofree char *other_of = sr_maria_literal (key->other_table);
  g_autofree char *add = g_strdup_printf ("ALTER TABLE %s %s", quoted, clause);
  g_autofree char *drop = g_strdup_printf ("ALTER TABLE %s DROP FOREIGN KEY %s", quoted, name);
  g_autofree char *if_gone = g_strdup_printf (
      "SELECT COUNT(*) = 0 FROM information_schema.referential_constraints WHERE "
      "constraint_schema = %s AND table_name = %s AND constraint_name = %s",
      in, of, called);
  g_autofree char *if_elsewhere = g_strdup_printf (
      "SELECT COUNT(*) FROM information_schema.key_column_usage WHERE table_schema = %s AND "
      "table_name = %s AND constraint_name = %s AND referenced_table_name IS NOT NULL AND NOT "
      "(referenced_table_schema = %s AND referenced_table_name = %s)",
      in, of, called, other_in, other_of);

  g_autoptr (GError) reason = NULL;
  SrMariaStatement  *index = name_index (self, key, &reason);

  if (reason != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  if (index != NULL &&
      !sr_maria_journal_push (self->stage->journal, self->maria, index, error))
    return FALSE;
  return prepare (self, add, if_gone, error) && prepare (self, drop, if_elsewhere, error);
}

static gboolean
prepare_keys (Swap    *self,
              GError **error)
{
  for (guint i = 0; i < self->keys->len; i++)
    if (is_staying_key (self, g_ptr_array_index (self->keys, i)) &&
        !prepare_key (self, g_ptr_array_index (self->keys, i), error))
      return FALSE;
  return TRUE;
}

/* Lets a key of a table that stays lead to the new table. */
static gboolean
mend_key (Swap                    *self,
          const SrMariaForeignKey *key,
          GError                 **error)
{
  g_autofree char             *quoted = sr_maria_quote_in (key->database, key->table);
  g_autofree char             *name = sr_maria_quote (key->name);
  g_autofree char             *clause = sr_maria_foreign_key_to_sql (key);
  g_autofree char             *other = sr_maria_quote_in (key->other_database, key->other_table);
  guint64                      orphans = 0;
  g_autoptr (SrMariaStatement) index = name_index (self, key, NULL);

  if (!sr_target_step (self->step, "drop foreign key", error) ||
      !sr_maria_runf (self->maria, NULL, error, "ALTER TABLE %s DROP FOREIGN KEY %s", quoted,
                      name) ||
      !sr_target_step (self->step, "add foreign key", error) ||
      !sr_maria_runf (self->maria, NULL, error, "ALTER TABLE %s %s", quoted, clause) ||
      (index != NULL && !sr_maria_statement_run (index, self->maria, error)) ||
      !sr_maria_count_orphans (self->maria, key, quoted, other, &orphans, NULL, error))
    {
      g_prefix_error (error, "Letting “%s” of the table %s lead to the restored table: ", key->name,
                      quoted);
      return FALSE;
    }
  if (orphans == 0)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
               "Records of %s refer to records of %s that are not in the backup (%" G_GUINT64_FORMAT
               "); restore both",
               quoted, other, orphans);
  return FALSE;
}

static gboolean
mend_keys (Swap    *self,
           GError **error)
{
  for (guint i = 0; i < self->keys->len; i++)
    if (is_staying_key (self, g_ptr_array_index (self->keys, i)) &&
        !mend_key (self, g_ptr_array_index (self->keys, i), error))
      return FALSE;
  return TRUE;
}

static void
append_move (GString    *sql,
             const char *from_database,
             const char *from,
             const char *to_database,
             const char *to)
{
  g_autofree char *left = sr_maria_quote_in (from_database, from);
  g_autofree char *right = sr_maria_quote_in (to_database, to);

  g_string_append_printf (sql, "%s%s TO %s", sql->len == 0 ? "RENAME TABLE " : ", ", left, right);
}

static gboolean
rename_tables (Swap         *self,
               GCancellable *cancellable,
               GError      **error)
{
  SrMariaStage       *stage = self->stage;
  const char         *database = sr_maria_get_database (self->maria);
  g_autoptr (GString) there = g_string_new (NULL);
  g_autoptr (GString) back = g_string_new (NULL);
  g_autofree char    *only_if = NULL;

  for (guint i = 0; i < stage->tables->len; i++)
    {
      const SrMariaTable *table = g_ptr_array_index (stage->tables, i);
      g_autofree char    *in = sr_maria_literal (stage->stage_database);
      g_autofree char    *of = sr_maria_literal (table->staged);

      if (table->is_left_out)
        continue;
      if (table->exists)
        append_move (there, database, table->name, stage->keep_database, table->kept);
      append_move (back, database, table->name, stage->stage_database, table->staged);
      if (only_if == NULL)
        only_if = g_strdup_printf ("SELECT COUNT(*) = 0 FROM information_schema.tables WHERE "
                                   "table_schema = %s AND table_name = %s",
                                   in, of);
    }
  for (guint i = 0; i < stage->tables->len; i++)
    {
      const SrMariaTable *table = g_ptr_array_index (stage->tables, i);

      if (table->is_left_out)
        continue;
      append_move (there, stage->stage_database, table->staged, database, table->name);
      if (table->exists)
        append_move (back, stage->keep_database, table->kept, database, table->name);
    }
  return only_if == NULL ||
         (prepare (self, back->str, only_if, error) &&
          sr_target_step (self->step, "rename", error) &&
          sr_maria_run (self->maria, there->str, cancellable, error));
}

/* Nothing that stays may lead to what will be discarded. */
static gboolean
check_keys (Swap    *self,
            GError **error)
{
  g_autofree char *keep = sr_maria_literal (self->stage->keep_database);
  g_autofree char *sql =
      self->stage->is_apart
          ? g_strdup_printf ("SELECT COUNT(*) FROM information_schema.key_column_usage WHERE "
                             "referenced_table_schema = %s AND table_schema <> %s",
                             keep, keep)
          : g_strdup_printf ("SELECT COUNT(*) FROM information_schema.key_column_usage WHERE "
                             "referenced_table_schema = %s AND LEFT(referenced_table_name, 25) = "
                             "'__strongroom_%s_old' AND LEFT(table_name, 25) <> "
                             "'__strongroom_%s_old'",
                             keep, self->stage->id, self->stage->id);
  guint64 count = 0;

  if (!sr_maria_query_number (self->maria, sql, &count, NULL, error))
    return FALSE;
  if (count == 0)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_FAILED,
               "%" G_GUINT64_FORMAT " foreign keys still lead to the old tables", count);
  return FALSE;
}

gboolean
sr_maria_swap (SrMariaStage *stage,
               SrTarget     *step,
               GCancellable *cancellable,
               GError      **error)
{
  const char           *database = sr_maria_get_database (stage->maria);
  g_autoptr (GPtrArray) triggers = sr_maria_list_triggers (stage->maria, cancellable, error);
  g_autoptr (GPtrArray) keys =
      triggers != NULL
          ? sr_maria_list_foreign_keys (stage->maria, database, TRUE, cancellable, error)
          : NULL;
  Swap self = { stage, stage->maria, step, triggers, keys };

  return keys != NULL && sr_maria_make_prepare (stage, step, error) &&
         drop_triggers (&self, error) && prepare_keys (&self, error) &&
         rename_tables (&self, cancellable, error) && mend_keys (&self, error) &&
         check_keys (&self, error) && sr_maria_make_defaults (stage, step, error) &&
         make_triggers (&self, error) && sr_maria_make_objects (stage, step, error) &&
         sr_target_step (step, "close journal", error) &&
         sr_maria_journal_set_done (stage->journal, stage->maria, TRUE, error);
}

static gboolean
contains (SrMaria    *maria,
          GPtrArray  *tables,
          const char *name)
{
  for (guint i = 0; i < tables->len; i++)
    if (sr_maria_same_table (maria, g_ptr_array_index (tables, i), name))
      return TRUE;
  return FALSE;
}

gboolean
sr_maria_swap_check (SrMaria      *maria,
                     GPtrArray    *tables,
                     GPtrArray    *problems,
                     GCancellable *cancellable,
                     GError      **error)
{
  g_autoptr (GPtrArray) triggers = sr_maria_list_triggers (maria, cancellable, error);
  g_autoptr (MYSQL_RES) user = NULL;
  gboolean              may = FALSE;
  MYSQL_ROW             row;

  if (triggers == NULL || !sr_maria_may_set_definer (maria, &may, error))
    return FALSE;
  user = sr_maria_query (maria, "SELECT CURRENT_USER()", cancellable, error);
  if (user == NULL)
    return FALSE;
  row = mysql_fetch_row (user);
  for (guint i = 0; i < triggers->len; i++)
    {
      const SrMariaTrigger *trigger = g_ptr_array_index (triggers, i);

      if (may || !contains (maria, tables, trigger->table) ||
          (row != NULL && g_strcmp0 (trigger->definer, row[0]) == 0))
        continue;
      g_ptr_array_add (problems,
                       g_strdup_printf ("the trigger “%s” on “%s” is of %s, and this user may not "
                                        "make it anew for another",
                                        trigger->name, trigger->table, trigger->definer));
    }
  return TRUE;
}
