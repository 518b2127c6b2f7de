/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-maria-journal.h"

#include <string.h>

struct _SrMariaJournal
{
  char      *table;
  GPtrArray *entries; /* (element-type SrMariaStatement) */
};

SrMariaStatement *
sr_maria_statement_new (const char *sql,
                        const char *only_if)
{
  SrMariaStatement *self = g_new0 (SrMariaStatement, 1);

  self->sql = g_strdup (sql);
  self->only_if = g_strdup (only_if);
  return self;
}

SrMariaStatement *
sr_maria_statement_copy (const SrMariaStatement *self)
{
  SrMariaStatement *copy = sr_maria_statement_new (self->sql, self->only_if);

  copy->mode = g_strdup (self->mode);
  copy->charset = g_strdup (self->charset);
  copy->collation = g_strdup (self->collation);
  copy->time_zone = g_strdup (self->time_zone);
  return copy;
}

void
sr_maria_statement_free (SrMariaStatement *self)
{
  g_free (self->sql);
  g_free (self->only_if);
  g_free (self->mode);
  g_free (self->charset);
  g_free (self->collation);
  g_free (self->time_zone);
  g_free (self);
}

static void
free_statement (gpointer data)
{
  sr_maria_statement_free (data);
}

/* Runs it with the settings that it was made with, which become part of a trigger or view. */
static gboolean
run_with_settings (const SrMariaStatement *self,
                   SrMaria                *maria,
                   GError                **error)
{
  g_autofree char *mode = sr_maria_literal (self->mode != NULL ? self->mode : "");
  g_autofree char *charset = sr_maria_literal (self->charset);
  g_autofree char *collation = sr_maria_literal (self->collation);
  g_autofree char *zone = sr_maria_literal (self->time_zone != NULL ? self->time_zone : "+00:00");
  gboolean         done;

  if (!sr_maria_run (maria, "SET @sr_mode = @@session.sql_mode", NULL, error) ||
      !sr_maria_runf (maria, NULL, error,
                      "SET SESSION sql_mode = %s, time_zone = %s, collation_connection = %s, "
                      "character_set_client = %s",
                      mode, zone, collation, charset))
    return FALSE;
  done = sr_maria_run (maria, self->sql, NULL, error);
  return sr_maria_run (maria,
                       "SET SESSION sql_mode = @sr_mode, character_set_client = utf8mb4, "
                       "collation_connection = utf8mb4_general_ci, time_zone = '+00:00'",
                       NULL, done ? error : NULL) &&
         done;
}

gboolean
sr_maria_statement_run (const SrMariaStatement *self,
                        SrMaria                *maria,
                        GError                **error)
{
  guint64 wanted = 1;

  if (self->only_if != NULL &&
      !sr_maria_query_number (maria, self->only_if, &wanted, NULL, error))
    return FALSE;
  if (wanted == 0)
    return TRUE;
  if (self->charset != NULL && self->collation != NULL)
    return run_with_settings (self, maria, error);
  return sr_maria_run (maria, self->sql, NULL, error);
}

SrMariaJournal *
sr_maria_journal_new (const char *table)
{
  SrMariaJournal *self = g_new0 (SrMariaJournal, 1);

  self->table = g_strdup (table);
  self->entries = g_ptr_array_new_with_free_func (free_statement);
  return self;
}

void
sr_maria_journal_free (SrMariaJournal *self)
{
  g_free (self->table);
  g_ptr_array_unref (self->entries);
  g_free (self);
}

gboolean
sr_maria_journal_create (SrMariaJournal *self,
                         SrMaria        *maria,
                         GError        **error)
{
  return sr_maria_runf (maria, NULL, error,
                        "CREATE TABLE %s (n INT UNSIGNED NOT NULL PRIMARY KEY, done BOOL NOT NULL, "
                        "statement LONGBLOB NOT NULL, only_if LONGBLOB, mode LONGBLOB, "
                        "charset LONGBLOB, collation_name LONGBLOB, time_zone LONGBLOB) "
                        "ENGINE=InnoDB",
                        self->table);
}

static void
append_text (GString    *sql,
             const char *text)
{
  g_string_append (sql, ", ");
  if (text == NULL)
    {
      g_string_append (sql, "NULL");
      return;
    }
  g_string_append (sql, "_binary ");
  sr_maria_append_literal (sql, text, strlen (text));
}

gboolean
sr_maria_journal_push (SrMariaJournal   *self,
                       SrMaria          *maria,
                       SrMariaStatement *statement,
                       GError          **error)
{
  g_autoptr (GString) sql = g_string_new (NULL);

  g_ptr_array_add (self->entries, statement);
  g_string_append_printf (sql, "INSERT INTO %s VALUES (%u, FALSE", self->table,
                          self->entries->len);
  append_text (sql, statement->sql);
  append_text (sql, statement->only_if);
  append_text (sql, statement->mode);
  append_text (sql, statement->charset);
  append_text (sql, statement->collation);
  append_text (sql, statement->time_zone);
  g_string_append_c (sql, ')');
  if (sr_maria_run (maria, sql->str, NULL, error))
    return TRUE;
  g_ptr_array_set_size (self->entries, (int) self->entries->len - 1);
  return FALSE;
}

gboolean
sr_maria_journal_set_done (SrMariaJournal *self,
                           SrMaria        *maria,
                           gboolean        done,
                           GError        **error)
{
  return sr_maria_runf (maria, NULL, error, "UPDATE %s SET done = %d", self->table, done ? 1 : 0);
}

gboolean
sr_maria_journal_revert (SrMariaJournal *self,
                         SrMaria        *maria,
                         GError        **error)
{
  for (guint i = self->entries->len; i > 0; i--)
    if (!sr_maria_statement_run (g_ptr_array_index (self->entries, i - 1), maria, error))
      return FALSE;
  if (!sr_maria_runf (maria, NULL, error, "DELETE FROM %s", self->table))
    return FALSE;
  g_ptr_array_set_size (self->entries, 0);
  return TRUE;
}

gboolean
sr_maria_journal_recover (SrMariaJournal *self,
                          SrMaria        *maria,
                          GError        **error)
{
  g_autoptr (MYSQL_RES) result = sr_maria_queryf (
      maria, NULL, error,
      "SELECT statement, only_if, mode, charset, collation_name, time_zone FROM %s WHERE NOT done "
      "ORDER BY n",
      self->table);
  MYSQL_ROW row;

  if (result == NULL)
    return FALSE;
  while ((row = mysql_fetch_row (result)) != NULL)
    {
      SrMariaStatement *statement = sr_maria_statement_new (row[0], row[1]);

      statement->mode = g_strdup (row[2]);
      statement->charset = g_strdup (row[3]);
      statement->collation = g_strdup (row[4]);
      statement->time_zone = g_strdup (row[5]);
      g_ptr_array_add (self->entries, statement);
    }
  return sr_maria_journal_revert (self, maria, error);
}
