/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "target/sr-postgres-objects.h"

/* What lies in the stage and needs something that neither lies there nor in the target's schema nor
 * is PostgreSQL's own or an extension's. */
static const char OUTSIDE_SQL[] =
    "WITH d AS MATERIALIZED ("
    " SELECT classid, objid, objsubid, refclassid, refobjid, refobjsubid FROM pg_catalog.pg_depend"
    " WHERE deptype <> 'p' AND objid >= 16384 AND refobjid >= 16384),"
    " named AS (SELECT d.*, coalesce (i.schema, a.object_names[1]) AS home"
    "  FROM d, LATERAL pg_catalog.pg_identify_object (d.classid, d.objid, d.objsubid) i,"
    "  LATERAL pg_catalog.pg_identify_object_as_address (d.classid, d.objid, d.objsubid) a),"
    " staged AS (SELECT n.*, i.type, coalesce (i.schema, a.object_names[1]) AS away FROM named n,"
    "  LATERAL pg_catalog.pg_identify_object (n.refclassid, n.refobjid, n.refobjsubid) i,"
    "  LATERAL pg_catalog.pg_identify_object_as_address (n.refclassid, n.refobjid, n.refobjsubid) a"
    "  WHERE n.home = $1)"
    " SELECT pg_catalog.pg_describe_object (s.classid, s.objid, s.objsubid),"
    " pg_catalog.pg_describe_object (s.refclassid, s.refobjid, s.refobjsubid) FROM staged s"
    " WHERE s.away NOT IN ($1, $2, 'pg_catalog', 'information_schema')"
    " AND s.type NOT IN ('schema', 'extension', 'language', 'access method', 'role')"
    " AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend e WHERE e.classid = s.refclassid"
    "  AND e.objid = s.refobjid AND e.deptype = 'e') LIMIT 1";

static gboolean
set_session (SrPostgresTarget *self,
             GError          **error)
{
  g_autofree char *home = sr_pg_quote (sr_pg_get_schema (self->pg));
  g_autofree char *stage = sr_pg_quote (self->stage);
  g_autofree char *sql = g_strdup_printf ("SET LOCAL check_function_bodies = off;"
                                          "SET LOCAL search_path = %s, %s",
                                          home, stage);

  return sr_pg_run (self->pg, sql, NULL, error);
}

static char *
write_value (SrPostgresTarget    *self,
             const SrPgStatement *st)
{
  g_autofree char *sequence = sr_pg_quote_in (self->stage, st->name.name);
  g_autofree char *literal = sr_pg_literal (sequence);

  /* none, where it is not there */
  return g_strdup_printf ("SELECT pg_catalog.setval (pg_catalog.to_regclass (%s), %" G_GINT64_FORMAT
                          ", %s)",
                          literal, st->value, st->is_called ? "true" : "false");
}

static gboolean
run_object (SrPostgresTarget       *self,
            const SrPostgresObject *object,
            GCancellable           *cancellable,
            GError                **error)
{
  const SrPgStatement *st = object->statement;
  g_autofree char     *written = st->kind == SR_PG_STATEMENT_VALUE
                                     ? write_value (self, st)
                                     : sr_postgres_objects_write (self, st, TRUE);
  g_autofree char     *sql = g_strconcat (
          written, st->kind == SR_PG_STATEMENT_MATERIALIZED ? " WITH NO DATA" : NULL, NULL);
  g_autofree char     *described = NULL;
  g_autoptr (PGresult) result = NULL;

  /* as a query: the server takes one statement only */
  if (sr_target_step (SR_TARGET (self), "object", error) &&
      (result = sr_pg_query (self->pg, sql, NULL, 0, cancellable, error)) != NULL)
    return TRUE;
  described = sr_postgres_object_describe (object);
  g_prefix_error (error, "The %s cannot be made: ", described);
  return FALSE;
}

/* The table that a statement made, for the records that go into it. */
static gboolean
take_table (SrPostgresTarget    *self,
            const SrPgStatement *st,
            GError             **error)
{
  for (guint i = 0; i < self->goals->len; i++)
    {
      SrPostgresGoal *goal = self->goals->pdata[i];

      if (strcmp (goal->source->name, st->name.name) != 0)
        continue;
      g_clear_pointer (&goal->stage, sr_pg_table_free);
      goal->stage = sr_pg_table_load (self->pg, self->stage, goal->name, NULL, error);
      return goal->stage != NULL;
    }
  return TRUE;
}

gboolean
sr_postgres_make_before (SrPostgresTarget *self,
                         GError          **error)
{
  if (self->objects == NULL)
    return TRUE;
  if (!set_session (self, error))
    return FALSE;
  for (guint i = 0; i < self->objects->list->len; i++)
    {
      const SrPostgresObject *object = self->objects->list->pdata[i];

      if (object->fate == SR_POSTGRES_BEFORE && !run_object (self, object, NULL, error))
        return FALSE;
    }
  /* once all columns have their defaults */
  for (guint i = 0; i < self->objects->list->len; i++)
    {
      const SrPostgresObject *object = self->objects->list->pdata[i];

      if (object->fate == SR_POSTGRES_BEFORE &&
          object->statement->kind == SR_PG_STATEMENT_TABLE &&
          !take_table (self, object->statement, error))
        return FALSE;
    }
  return sr_pg_run (self->pg, "SET LOCAL search_path = ''", NULL, error);
}

/* Whatever a statement said: nothing reaches into another schema. */
static gboolean
check_inside (SrPostgresTarget *self,
              GCancellable     *cancellable,
              GError          **error)
{
  const char          *params[] = { self->stage, sr_pg_get_schema (self->pg) };
  g_autoptr (PGresult) found =
      sr_pg_query (self->pg, OUTSIDE_SQL, params, 2, cancellable, error);

  if (found == NULL)
    return FALSE;
  if (PQntuples (found) == 0)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
               "The backup's %s uses %s, which lies outside of the schema that is restored into",
               PQgetvalue (found, 0, 0), PQgetvalue (found, 0, 1));
  return FALSE;
}

static gboolean
make_after (SrPostgresTarget *self,
            GCancellable     *cancellable,
            GError          **error)
{
  for (guint i = 0; i < self->objects->list->len; i++)
    {
      const SrPostgresObject *object = self->objects->list->pdata[i];

      if (object->fate == SR_POSTGRES_AFTER && !run_object (self, object, cancellable, error))
        return FALSE;
    }
  return sr_pg_run (self->pg, "SET LOCAL search_path = ''", NULL, error) &&
         check_inside (self, cancellable, error) &&
         sr_postgres_run_step (self, "commit-objects", "COMMIT", NULL, error);
}

gboolean
sr_postgres_make_after (SrPostgresTarget *self,
                        GCancellable     *cancellable,
                        GError          **error)
{
  if (self->objects == NULL)
    return TRUE;
  if (sr_postgres_begin_transaction (self, error) && set_session (self, error) &&
      make_after (self, cancellable, error))
    return TRUE;
  sr_postgres_roll_back (self);
  return FALSE;
}
