/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-pg-exchange.h"

#include <string.h>

#include "base/sr-error.h"

static void
clear_exchange (gpointer data)
{
  SrPgExchangeTable *table = data;

  g_free (table->source);
  g_free (table->columns);
}

void
sr_pg_exchange_init (SrPgExchange     *self,
                     SrPostgresTarget *target,
                     GCancellable     *cancellable)
{
  *self = (SrPgExchange){ target, cancellable };
  self->tables = g_array_new (FALSE, TRUE, sizeof (SrPgExchangeTable));
  g_array_set_clear_func (self->tables, clear_exchange);
  self->restore = g_string_new (NULL);
}

void
sr_pg_exchange_clear (SrPgExchange *self)
{
  g_array_unref (self->tables);
  g_clear_pointer (&self->references, g_ptr_array_unref);
  g_string_free (self->restore, TRUE);
  g_free (self->oids);
}

void
sr_pg_exchange_set_oids (SrPgExchange *self)
{
  GString *text = g_string_new ("0");

  for (guint i = 0; i < self->tables->len; i++)
    g_string_append_printf (text, ", %u", g_array_index (self->tables, SrPgExchangeTable, i).oid);
  g_free (self->oids);
  self->oids = g_string_free (text, FALSE);
}

gboolean
sr_pg_exchange_run (SrPgExchange *self,
                    const char   *step,
                    GError      **error,
                    const char   *format,
                    ...)
{
  g_autofree char *sql = NULL;
  va_list          args;

  va_start (args, format);
  sql = g_strdup_vprintf (format, args);
  va_end (args);
  return sr_postgres_run_step (self->target, step, sql, self->cancellable, error);
}

gboolean
sr_pg_exchange_lock (SrPgExchange *self,
                     GError      **error)
{
  g_autofree char *sql = g_strdup_printf (
      "SELECT pg_catalog.string_agg (pg_catalog.format ('%%I.%%I', n.nspname, c.relname), ', '"
      " ORDER BY c.oid) FROM pg_catalog.pg_class c"
      " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
      " WHERE c.oid IN (%s) OR c.oid IN (SELECT f.conrelid FROM pg_catalog.pg_constraint f"
      " WHERE f.contype = 'f' AND f.confrelid IN (%s))",
      self->oids, self->oids);
  g_autoptr (PGresult) result =
      sr_pg_query (self->target->pg, sql, NULL, 0, self->cancellable, error);

  if (result == NULL)
    return FALSE;
  if (PQgetisnull (result, 0, 0))
    return TRUE;
  if (sr_pg_exchange_run (self, "lock", error, "LOCK TABLE %s IN ACCESS EXCLUSIVE MODE",
                          PQgetvalue (result, 0, 0)))
    return TRUE;
  g_prefix_error (error, "The tables are in use; stop the programs that use them: ");
  return FALSE;
}

static gboolean
disable_triggers (SrPgExchange *self,
                  GError      **error)
{
  g_autofree char *sql = g_strdup_printf (
      "SELECT pg_catalog.format ('%%I.%%I', n.nspname, c.relname),"
      " pg_catalog.quote_ident (t.tgname), t.tgenabled FROM pg_catalog.pg_trigger t"
      " JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid"
      " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
      " WHERE t.tgrelid IN (%s) AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')",
      self->oids);
  g_autoptr (PGresult) result =
      sr_pg_query (self->target->pg, sql, NULL, 0, self->cancellable, error);

  if (result == NULL)
    return FALSE;
  for (int i = 0; i < PQntuples (result); i++)
    {
      const char *table = PQgetvalue (result, i, 0);
      const char *trigger = PQgetvalue (result, i, 1);

      if (!sr_pg_exchange_run (self, "disable-trigger", error, "ALTER TABLE %s DISABLE TRIGGER %s",
                               table, trigger))
        return FALSE;
      g_string_append_printf (self->restore, "ALTER TABLE %s ENABLE %sTRIGGER %s;", table,
                              PQgetvalue (result, i, 2)[0] == 'A' ? "ALWAYS " : "", trigger);
    }
  return TRUE;
}

static gboolean
drop_references (SrPgExchange *self,
                 GError      **error)
{
  g_autofree char *where = g_strdup_printf ("c.confrelid IN (%s)", self->oids);

  self->references = sr_pg_references_load (self->target->pg, where, self->cancellable, error);
  if (self->references == NULL)
    return FALSE;
  for (guint i = 0; i < self->references->len; i++)
    {
      const SrPgReference *reference = self->references->pdata[i];
      g_autofree char     *name = sr_pg_quote (reference->name);

      if (!sr_pg_exchange_run (self, "drop-reference", error, "ALTER TABLE %s DROP CONSTRAINT %s",
                               reference->from_table, name))
        return FALSE;
    }
  return TRUE;
}

/* Checks each against all rows. */
static gboolean
add_references (SrPgExchange *self,
                GError      **error)
{
  for (guint i = 0; i < self->references->len; i++)
    {
      const SrPgReference *reference = self->references->pdata[i];
      g_autofree char     *name = sr_pg_quote (reference->name);
      g_autofree char     *comment =
          reference->comment != NULL ? sr_pg_literal (reference->comment) : NULL;

      if (!sr_pg_exchange_run (self, "add-reference", error, "ALTER TABLE %s ADD CONSTRAINT %s %s",
                               reference->from_table, name, reference->definition))
        {
          g_prefix_error (error, "Records of “%s” refer to records of “%s” that are not there: ",
                          reference->from_shown, reference->to_shown);
          return FALSE;
        }
      if (comment != NULL &&
          !sr_pg_exchange_run (self, "add-reference", error, "COMMENT ON CONSTRAINT %s ON %s IS %s",
                               name, reference->from_table, comment))
        return FALSE;
    }
  return TRUE;
}

static gboolean
exchange_rows (SrPgExchange *self,
               GError      **error)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < self->tables->len; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "",
                            g_array_index (self->tables, SrPgExchangeTable, i).real);
  if (names->len > 0 && !sr_pg_exchange_run (self, "empty", error, "TRUNCATE %s", names->str))
    return FALSE;
  for (guint i = 0; i < self->tables->len; i++)
    {
      const SrPgExchangeTable *table = &g_array_index (self->tables, SrPgExchangeTable, i);
      g_autofree char         *sql =
          g_strdup_printf ("INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %s",
                           table->real, table->columns, table->columns, table->source);
      guint64 rows = 0;

      if (table->columns[0] == '\0')
        continue;
      if (!sr_target_step (SR_TARGET (self->target), "fill", error) ||
          !sr_pg_run_counted (self->target->pg, sql, &rows, self->cancellable, error))
        {
          g_prefix_error (error, "Table %s: ", table->real);
          return FALSE;
        }
      if (table->expected >= 0 && rows != (guint64) table->expected)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                       "Table %s took %" G_GUINT64_FORMAT " of %" G_GINT64_FORMAT
                       " records; a rule or trigger of the database kept the rest",
                       table->real, rows, table->expected);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
is_exchanged (SrPgExchange *self,
              guint32       oid)
{
  for (guint i = 0; i < self->tables->len; i++)
    if (g_array_index (self->tables, SrPgExchangeTable, i).oid == oid)
      return TRUE;
  return FALSE;
}

/* Rows of tables outside of the restore that refer to a record that is gone share its fate as
 * their foreign key says. */
static gboolean
follow_rules (SrPgExchange *self,
              GError      **error)
{
  for (guint i = 0; i < self->references->len; i++)
    {
      const SrPgReference *reference = self->references->pdata[i];
      g_autofree char     *dangling = NULL;
      g_autoptr (GString)  set = g_string_new (NULL);

      if (is_exchanged (self, reference->from) || !reference->validated ||
          strchr ("cnd", reference->on_delete) == NULL)
        continue;
      dangling = sr_postgres_dangling_sql (reference, reference->to_table);
      for (guint k = 0; reference->from_columns[k] != NULL; k++)
        g_string_append_printf (set, "%s%s = %s", k > 0 ? ", " : "", reference->from_columns[k],
                                reference->on_delete == 'n' ? "NULL" : "DEFAULT");
      if (reference->on_delete == 'c'
              ? !sr_pg_exchange_run (self, "follow-rule", error, "DELETE FROM %s a WHERE %s",
                                     reference->from_table, dangling)
              : !sr_pg_exchange_run (self, "follow-rule", error, "UPDATE %s a SET %s WHERE %s",
                                     reference->from_table, set->str, dangling))
        return FALSE;
    }
  return TRUE;
}

gboolean
sr_pg_exchange_count (SrPgExchange *self,
                      GError      **error)
{
  for (guint i = 0; i < self->tables->len; i++)
    {
      const SrPgExchangeTable *table = &g_array_index (self->tables, SrPgExchangeTable, i);
      g_autofree char         *sql = g_strdup_printf ("SELECT count(*) FROM %s", table->real);
      gint64                   found = 0;

      if (table->expected < 0)
        continue;
      if (!sr_pg_query_number (self->target->pg, sql, &found, self->cancellable, error))
        return FALSE;
      if (found != table->expected)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                       "Table %s would hold %" G_GINT64_FORMAT
                       " records instead of %" G_GINT64_FORMAT,
                       table->real, found, table->expected);
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
sr_pg_exchange_all (SrPgExchange *self,
                    gboolean      forward,
                    GError      **error)
{
  return disable_triggers (self, error) && drop_references (self, error) &&
         exchange_rows (self, error) && (!forward || follow_rules (self, error)) &&
         add_references (self, error);
}

/* The one moment that decides. Where the connection breaks in it, the server is asked anew whether
 * it happened. */
gboolean
sr_pg_exchange_commit (SrPgExchange *self,
                       const char   *step,
                       GError      **error)
{
  SrPostgresTarget    *target = self->target;
  g_autoptr (GError)   problem = NULL;
  g_autoptr (PGresult) id = sr_pg_query (
      target->pg, "SELECT pg_catalog.txid_current ()", NULL, 0, self->cancellable, error);
  g_autoptr (PGresult) state = NULL;
  g_autoptr (SrPg)     other = NULL;
  const char          *params[1];

  if (self->restore->len > 0 &&
      !sr_pg_exchange_run (self, "enable-triggers", error, "%s", self->restore->str))
    return FALSE;
  if (id == NULL || !sr_target_step (SR_TARGET (target), step, error))
    return FALSE;
  if (sr_pg_run (target->pg, "COMMIT", NULL, &problem))
    return TRUE;
  if (!sr_error_is (problem, SR_ERROR_NETWORK))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  params[0] = PQgetvalue (id, 0, 0);
  other = sr_pg_open (target->location, target->password, NULL, NULL);
  if (other != NULL)
    state = sr_pg_query (other, "SELECT pg_catalog.txid_status ($1::pg_catalog.int8)", params, 1,
                         NULL, NULL);
  if (state == NULL)
    {
      self->uncertain = TRUE;
      g_propagate_prefixed_error (
          error, g_steal_pointer (&problem),
          "The connection broke in the moment of the change, and it cannot be asked whether it "
          "took place; look at the data: ");
      return FALSE;
    }
  sr_pg_free (target->pg);
  target->pg = g_steal_pointer (&other);
  if (g_strcmp0 (PQgetvalue (state, 0, 0), "committed") == 0)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}
