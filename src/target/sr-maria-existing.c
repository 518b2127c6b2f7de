/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-maria-existing.h"

#include <string.h>

#include "base/sr-error.h"

/* What SHOW CREATE calls a kind, and in which columns it gives what; 0: not at all. */
static const struct
{
  const char *word;
  guint       sql;
  guint       mode;
  guint       time_zone;
  guint       charset;
  guint       collation;
} shown[SR_MARIA_N_OBJECTS] = {
  [SR_MARIA_FUNCTION] = { "FUNCTION", 2, 1, 0, 3, 4 },
  [SR_MARIA_PROCEDURE] = { "PROCEDURE", 2, 1, 0, 3, 4 },
  [SR_MARIA_EVENT] = { "EVENT", 3, 1, 2, 4, 5 },
  [SR_MARIA_VIEW] = { "VIEW", 1, 0, 0, 2, 3 },
};

void
sr_maria_existing_free (SrMariaExisting *self)
{
  g_free (self->name);
  g_free (self->definer);
  g_free (self->charset);
  g_clear_pointer (&self->create, sr_maria_statement_free);
  g_clear_pointer (&self->stand_in, sr_maria_statement_free);
  g_free (self);
}

static void
free_existing (gpointer data)
{
  sr_maria_existing_free (data);
}

GPtrArray *
sr_maria_existing_list (SrMaria      *maria,
                        GCancellable *cancellable,
                        GError      **error)
{
  static const char query[] =
      "SELECT 'v', table_name, definer, character_set_client FROM information_schema.views WHERE "
      "table_schema = DATABASE() UNION ALL "
      "SELECT IF(routine_type = 'FUNCTION', 'f', 'p'), routine_name, definer, character_set_client "
      "FROM information_schema.routines WHERE routine_schema = DATABASE() AND routine_type IN "
      "('FUNCTION', 'PROCEDURE') UNION ALL "
      "SELECT 'e', event_name, definer, character_set_client FROM information_schema.events WHERE "
      "event_schema = DATABASE() UNION ALL "
      "SELECT 's', table_name, NULL, NULL FROM information_schema.tables WHERE table_schema = "
      "DATABASE() AND table_type = 'SEQUENCE'";
  static const SrMariaObjectKind kinds[128] = { ['v'] = SR_MARIA_VIEW,
                                                ['f'] = SR_MARIA_FUNCTION,
                                                ['p'] = SR_MARIA_PROCEDURE,
                                                ['e'] = SR_MARIA_EVENT,
                                                ['s'] = SR_MARIA_SEQUENCE };
  g_autoptr (GPtrArray)          list = g_ptr_array_new_with_free_func (free_existing);
  g_autoptr (MYSQL_RES)          result = sr_maria_query (maria, query, cancellable, error);
  MYSQL_ROW                      row;

  if (result == NULL)
    return NULL;
  while ((row = mysql_fetch_row (result)) != NULL)
    {
      SrMariaExisting *existing = g_new0 (SrMariaExisting, 1);

      existing->kind = kinds[row[0][0] & 127];
      existing->name = g_strdup (row[1]);
      existing->definer = g_strdup (row[2]);
      existing->charset = g_strdup (row[3]);
      g_ptr_array_add (list, existing);
    }
  return g_steal_pointer (&list);
}

/* What a statement does when it finds the old one: MariaDB keeps the rights on it then. */
static char *
make_replacing (const char *sql)
{
  return g_strconcat ("CREATE OR REPLACE ", sql + strlen ("CREATE "), NULL);
}

static gboolean
take_row (SrMariaExisting *self,
          SrMaria         *maria,
          MYSQL_ROW        row,
          GError         **error)
{
  guint    kind = self->kind;
  gboolean replaces = kind == SR_MARIA_VIEW || sr_maria_is_mariadb (maria);
  char    *sql;

  if (row == NULL || row[shown[kind].sql] == NULL ||
      !g_str_has_prefix (row[shown[kind].sql], "CREATE "))
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_REFUSED,
                           "there is one, and the server does not tell this user what makes it");
      return FALSE;
    }
  sql = replaces ? make_replacing (row[shown[kind].sql]) : g_strdup (row[shown[kind].sql]);
  self->create = sr_maria_statement_new (NULL, NULL);
  self->create->sql = sql;
  self->create->charset = g_strdup (row[shown[kind].charset]);
  self->create->collation = g_strdup (row[shown[kind].collation]);
  if (shown[kind].mode > 0)
    self->create->mode = g_strdup (row[shown[kind].mode]);
  if (shown[kind].time_zone > 0)
    self->create->time_zone = g_strdup (row[shown[kind].time_zone]);
  return TRUE;
}

/* In the encoding that it was made in. */
static gboolean
show (SrMariaExisting *self,
      SrMaria         *maria,
      GError         **error)
{
  g_autofree char *quoted = sr_maria_quote_in (sr_maria_get_database (maria), self->name);
  g_autofree char *charset =
      sr_maria_literal (self->charset != NULL ? self->charset : "utf8mb4");
  g_autoptr (MYSQL_RES) result = NULL;
  g_autoptr (GError)    reason = NULL;

  if (!sr_maria_runf (maria, NULL, error, "SET character_set_results = %s", charset))
    return FALSE;
  result = sr_maria_queryf (maria, NULL, &reason, "SHOW CREATE %s %s", shown[self->kind].word,
                            quoted);
  if (!sr_maria_run (maria, "SET character_set_results = utf8mb4", NULL, error))
    return FALSE;
  if (result != NULL)
    return take_row (self, maria, mysql_fetch_row (result), error);
  if (sr_maria_is_gone (reason) || sr_error_is (reason, SR_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  g_set_error (error, SR_ERROR, SR_ERROR_REFUSED, "there is one that cannot be read (%s)",
               reason->message);
  return FALSE;
}

/* What tells one state of a view from another. Returns: (transfer full): a query for one row */
static char *
write_state (SrMariaExisting *self,
             SrMaria         *maria)
{
  g_autofree char *in = sr_maria_literal (sr_maria_get_database (maria));
  g_autofree char *of = sr_maria_literal (self->name);

  return g_strdup_printf ("SELECT SHA2(CONCAT_WS('|', view_definition, check_option, definer, "
                          "security_type, character_set_client, collation_connection), 256) FROM "
                          "information_schema.views WHERE table_schema = %s AND table_name = %s",
                          in, of);
}

/* Returns: (transfer full): "SELECT NULL AS `a`, …" */
static char *
write_columns (SrMariaExisting *self,
               SrMaria         *maria,
               GError         **error)
{
  g_autofree char      *in = sr_maria_literal (sr_maria_get_database (maria));
  g_autofree char      *of = sr_maria_literal (self->name);
  g_autoptr (GString)   sql = g_string_new ("SELECT ");
  g_autoptr (MYSQL_RES) result = sr_maria_queryf (
      maria, NULL, error,
      "SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = "
      "%s ORDER BY ordinal_position",
      in, of);
  MYSQL_ROW row;
  gboolean  found = FALSE;

  if (result == NULL)
    return NULL;
  for (; (row = mysql_fetch_row (result)) != NULL; found = TRUE)
    {
      g_autofree char *column = sr_maria_quote (row[0]);

      g_string_append_printf (sql, "%sNULL AS %s", found ? ", " : "", column);
    }
  if (found)
    return g_string_free (g_steal_pointer (&sql), FALSE);
  g_set_error_literal (error, SR_ERROR, SR_ERROR_REFUSED,
                       "there is one that is broken and could not be put back; drop it first");
  return NULL;
}

/* A broken view cannot be made again, and what others need of it must be there before they are. */
static gboolean
read_view (SrMariaExisting *self,
           SrMaria         *maria,
           GError         **error)
{
  g_autofree char      *quoted = sr_maria_quote_in (sr_maria_get_database (maria), self->name);
  g_autofree char      *state = write_state (self, maria);
  g_autofree char      *columns = write_columns (self, maria, error);
  g_autofree char      *literal = NULL;
  g_autofree char      *make = NULL;
  g_autoptr (MYSQL_RES) probe = NULL;
  g_autoptr (MYSQL_RES) result = NULL;
  g_autoptr (GError)    reason = NULL;
  MYSQL_ROW             row;

  if (columns == NULL)
    return FALSE;
  probe = sr_maria_queryf (maria, NULL, &reason, "SELECT * FROM %s LIMIT 0", quoted);
  if (probe == NULL && (sr_maria_is_gone (reason) || sr_error_is (reason, SR_ERROR_CANCELLED)))
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  if (probe == NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
                   "there is one that is broken and could not be put back (%s); drop it first",
                   reason->message);
      return FALSE;
    }
  result = sr_maria_query (maria, state, NULL, error);
  row = result != NULL ? mysql_fetch_row (result) : NULL;
  if (result == NULL)
    return FALSE;
  literal = sr_maria_literal (row != NULL && row[0] != NULL ? row[0] : "");
  self->create->only_if = g_strdup_printf ("SELECT COALESCE((%s), '') <> %s", state, literal);
  make = g_strdup_printf ("CREATE OR REPLACE VIEW %s AS %s", quoted, columns);
  self->stand_in = sr_maria_statement_new (make, self->create->only_if);
  return TRUE;
}

gboolean
sr_maria_existing_read (SrMariaExisting *self,
                        SrMaria         *maria,
                        GError         **error)
{
  if (self->kind == SR_MARIA_SEQUENCE || self->create != NULL)
    return TRUE;
  return show (self, maria, error) &&
         (self->kind != SR_MARIA_VIEW || read_view (self, maria, error));
}
