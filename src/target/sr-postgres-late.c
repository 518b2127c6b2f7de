/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-postgres-late.h"

#include <string.h>

#include "base/sr-error.h"
#include "target/sr-postgres-objects.h"

/* What there is of that name, so that a difference shows. */
static const char VIEW_SQL[] =
    "SELECT c.oid, 'CREATE OR REPLACE VIEW ' || pg_catalog.format ('%I.%I', n.nspname, c.relname)"
    " || coalesce (' WITH (' || pg_catalog.array_to_string (c.reloptions, ', ') || ')', '')"
    " || ' AS ' || pg_catalog.pg_get_viewdef (c.oid)"
    " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind = 'v'";
static const char ROUTINE_SQL[] =
    "SELECT p.oid, pg_catalog.pg_get_functiondef (p.oid)"
    " FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace"
    " WHERE n.nspname = $1 AND p.proname = $2 AND p.prokind IN ('f', 'p') ORDER BY p.oid";

/* Returns: (transfer full): numbers and definitions of what exists */
static PGresult *
load_definitions (SrPostgresTarget       *self,
                  const SrPostgresObject *object,
                  GCancellable           *cancellable,
                  GError                **error)
{
  const char *params[] = { sr_pg_get_schema (self->pg), object->statement->name.name };

  return sr_pg_query (
      self->pg, object->statement->kind == SR_PG_STATEMENT_VIEW ? VIEW_SQL : ROUTINE_SQL, params, 2,
      cancellable, error);
}

static gboolean
is_same (const PGresult *a,
         const PGresult *b)
{
  if (PQntuples (a) != PQntuples (b))
    return FALSE;
  for (int i = 0; i < PQntuples (a); i++)
    if (strcmp (PQgetvalue (a, i, 0), PQgetvalue (b, i, 0)) != 0 ||
        strcmp (PQgetvalue (a, i, 1), PQgetvalue (b, i, 1)) != 0)
      return FALSE;
  return TRUE;
}

/* CREATE as CREATE OR REPLACE. */
static char *
write_replacement (SrPostgresTarget       *self,
                   const SrPostgresObject *object)
{
  g_autofree char *sql = sr_postgres_objects_write (self, object->statement, FALSE);

  if (sr_sql_token_is (&sr_pg_tokens_get (object->statement->tokens, 1)->token, "OR"))
    return g_steal_pointer (&sql);
  return g_strconcat ("CREATE OR REPLACE", sql + strlen ("CREATE"), NULL);
}

static gboolean
run_one (SrPg         *pg,
         const char   *sql,
         GCancellable *cancellable,
         GError      **error)
{
  /* as a query: the server takes one statement only */
  g_autoptr (PGresult) result = sr_pg_query (pg, sql, NULL, 0, cancellable, error);

  return result != NULL;
}

/* Names without a schema are the target's own here, and here only: definitions are to have them. */
static gboolean
run_at_home (SrPg         *pg,
             const char   *sql,
             GCancellable *cancellable,
             GError      **error)
{
  g_autofree char *home = sr_pg_quote (sr_pg_get_schema (pg));
  g_autofree char *path = g_strdup_printf ("SET LOCAL search_path = %s", home);

  return sr_pg_run (pg, path, cancellable, error) && run_one (pg, sql, cancellable, error) &&
         sr_pg_run (pg, "SET LOCAL search_path = ''", cancellable, error);
}

static gboolean
is_fatal (const GError *problem)
{
  return sr_error_is (problem, SR_ERROR_NETWORK) || sr_error_is (problem, SR_ERROR_CANCELLED);
}

static gboolean
try_one (SrPostgresTarget *self,
         SrPostgresObject *object,
         GCancellable     *cancellable,
         GError          **error)
{
  g_autofree char     *sql = write_replacement (self, object);
  g_autoptr (GError)   problem = NULL;
  g_autoptr (PGresult) before = load_definitions (self, object, cancellable, error);
  g_autoptr (PGresult) after = NULL;

  if (before == NULL || !sr_pg_run (self->pg, "SAVEPOINT one", cancellable, error))
    return FALSE;
  if (run_at_home (self->pg, sql, cancellable, &problem))
    {
      after = load_definitions (self, object, cancellable, error);
      if (after == NULL)
        return FALSE;
      if (is_same (before, after))
        object->fate = SR_POSTGRES_IGNORED;
      return sr_pg_run (self->pg, "RELEASE one", cancellable, error);
    }
  if (is_fatal (problem))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  object->fate = SR_POSTGRES_REFUSED;
  object->why = g_strdup_printf ("the one in the database stays (%s)", problem->message);
  return sr_pg_run (self->pg, "ROLLBACK TO one", cancellable, error);
}

/* One that belongs to somebody else is not ours to fill. */
static gboolean
check_refreshed (SrPostgresTarget *self,
                 GCancellable     *cancellable,
                 GError          **error)
{
  static const char sql[] =
      "SELECT 1 FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass ($1)"
      " AND NOT pg_catalog.pg_has_role (c.relowner, 'USAGE')";
  SrPostgresObjects *objects = self->objects;

  for (guint i = objects->refreshed->len; i > 0; i--)
    {
      const char          *name = objects->refreshed->pdata[i - 1];
      g_autoptr (PGresult) others = sr_pg_query (self->pg, sql, &name, 1, cancellable, error);

      if (others == NULL)
        return FALSE;
      if (PQntuples (others) > 0)
        g_ptr_array_add (objects->unfilled,
                         g_ptr_array_steal_index (objects->refreshed, i - 1));
    }
  return TRUE;
}

gboolean
sr_postgres_late_try (SrPostgresTarget *self,
                      GCancellable     *cancellable,
                      GError          **error)
{
  gboolean begun = FALSE;
  gboolean ok = check_refreshed (self, cancellable, error);

  for (guint i = 0; ok && i < self->objects->list->len; i++)
    {
      SrPostgresObject *object = self->objects->list->pdata[i];

      if (object->fate != SR_POSTGRES_REPLACED)
        continue;
      if (!begun)
        ok = sr_postgres_begin_transaction (self, error) &&
             sr_pg_run (self->pg, "SET LOCAL check_function_bodies = off", cancellable, error);
      begun = TRUE;
      ok = ok && try_one (self, object, cancellable, error);
    }
  if (begun)
    sr_postgres_roll_back (self);
  return ok;
}

static void
add_undo (SrPgExchange *swap,
          char         *sql)
{
  g_ptr_array_add (swap->target->objects->undo, sql);
}

static gboolean
run_object (SrPgExchange           *swap,
            const SrPostgresObject *object,
            const char             *sql,
            GError                **error)
{
  g_autofree char *described = NULL;

  if (sr_target_step (SR_TARGET (swap->target), "object", error) &&
      run_at_home (swap->target->pg, sql, swap->cancellable, error))
    return TRUE;
  described = sr_postgres_object_describe (object);
  g_prefix_error (error, "The %s cannot be made: ", described);
  return FALSE;
}

static gboolean
replace (SrPgExchange           *swap,
         const SrPostgresObject *object,
         GError                **error)
{
  SrPostgresTarget    *self = swap->target;
  g_autofree char     *sql = write_replacement (self, object);
  g_autoptr (PGresult) before = load_definitions (self, object, swap->cancellable, error);
  g_autoptr (PGresult) after = NULL;

  if (before == NULL || !run_object (swap, object, sql, error))
    return FALSE;
  for (int i = 0; i < PQntuples (before); i++)
    add_undo (swap, g_strdup (PQgetvalue (before, i, 1)));
  after = load_definitions (self, object, swap->cancellable, error);
  if (after == NULL)
    return FALSE;
  for (int i = 0; i < PQntuples (after); i++)
    {
      gboolean existed = FALSE;

      for (int k = 0; k < PQntuples (before); k++)
        existed |= strcmp (PQgetvalue (before, k, 0), PQgetvalue (after, i, 0)) == 0;
      /* another of the same name, with other arguments */
      if (!existed)
        add_undo (swap, g_strdup_printf ("DO $$BEGIN EXECUTE 'DROP ROUTINE ' ||"
                                         " %s::pg_catalog.oid::pg_catalog.regprocedure; END$$",
                                         PQgetvalue (after, i, 0)));
    }
  return TRUE;
}

/* How a part of a table that the swap made goes again. Returns: (nullable) */
static char *
write_removal (SrPostgresTarget    *self,
               const SrPgStatement *st)
{
  const char      *schema = sr_pg_get_schema (self->pg);
  g_autofree char *name = sr_pg_quote (st->name.name);
  g_autofree char *table = NULL;

  if (st->kind == SR_PG_STATEMENT_INDEX)
    {
      g_autofree char *index = sr_pg_quote_in (schema, st->name.name);

      return g_strdup_printf ("DROP INDEX %s", index);
    }
  if (st->kind != SR_PG_STATEMENT_TRIGGER && st->kind != SR_PG_STATEMENT_CONSTRAINT &&
      st->kind != SR_PG_STATEMENT_REFERENCE)
    return NULL;
  table = sr_pg_quote_in (schema, st->table.name);
  return st->kind == SR_PG_STATEMENT_TRIGGER
             ? g_strdup_printf ("DROP TRIGGER %s ON %s", name, table)
             : g_strdup_printf ("ALTER TABLE %s DROP CONSTRAINT %s", table, name);
}

static gboolean
make_late (SrPgExchange           *swap,
           const SrPostgresObject *object,
           GError                **error)
{
  g_autofree char *sql = sr_postgres_objects_write (swap->target, object->statement, FALSE);
  char            *removal;

  if (!run_object (swap, object, sql, error))
    return FALSE;
  removal = write_removal (swap->target, object->statement);
  if (removal != NULL)
    add_undo (swap, removal);
  return TRUE;
}

gboolean
sr_postgres_late_run (SrPgExchange *swap,
                      GError      **error)
{
  SrPostgresObjects *objects = swap->target->objects;

  if (objects == NULL)
    return TRUE;
  g_ptr_array_set_size (objects->undo, 0);
  if (!sr_pg_run (swap->target->pg, "SET LOCAL check_function_bodies = off", swap->cancellable,
                  error))
    return FALSE;
  for (guint i = 0; i < objects->list->len; i++)
    {
      const SrPostgresObject *object = objects->list->pdata[i];
      gboolean                done = TRUE;

      if (object->fate == SR_POSTGRES_REPLACED)
        done = replace (swap, object, error);
      else if (object->fate == SR_POSTGRES_LATE &&
               object->statement->kind != SR_PG_STATEMENT_VALUE)
        done = make_late (swap, object, error);
      if (!done)
        return FALSE;
    }
  return sr_postgres_late_refresh (swap, TRUE, error);
}

gboolean
sr_postgres_late_take_back (SrPgExchange *undo,
                            GError      **error)
{
  SrPostgresObjects *objects = undo->target->objects;

  if (objects == NULL)
    return TRUE;
  if (objects->undo->len > 0 &&
      !sr_pg_run (undo->target->pg, "SET LOCAL check_function_bodies = off", NULL, error))
    return FALSE;
  for (guint i = objects->undo->len; i > 0; i--)
    if (!sr_target_step (SR_TARGET (undo->target), "take-back", error) ||
        !run_one (undo->target->pg, objects->undo->pdata[i - 1], NULL, error))
      return FALSE;
  return TRUE;
}

gboolean
sr_postgres_late_refresh (SrPgExchange *exchange,
                          gboolean      new_too,
                          GError      **error)
{
  SrPostgresTarget  *self = exchange->target;
  SrPostgresObjects *objects = self->objects;

  for (guint i = 0; objects != NULL && i < objects->refreshed->len; i++)
    {
      const char          *name = objects->refreshed->pdata[i];
      g_autoptr (PGresult) there = sr_pg_query (
          self->pg, "SELECT 1 WHERE pg_catalog.to_regclass ($1) IS NOT NULL", &name, 1,
          exchange->cancellable, error);

      if (there == NULL)
        return FALSE;
      if ((new_too || PQntuples (there) > 0) &&
          !sr_pg_exchange_run (exchange, "refresh", error, "REFRESH MATERIALIZED VIEW %s", name))
        {
          g_prefix_error (error, "The materialized view %s cannot be filled: ", name);
          return FALSE;
        }
    }
  return TRUE;
}
