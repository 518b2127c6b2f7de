/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include <string.h>
#include <sys/statvfs.h>

#include "base/sr-error.h"
#include "target/sr-postgres-objects.h"
#include "base/sr-words.h"

#define OLDEST_VERSION 120000

static gboolean
check_server (SrPostgresTarget *self,
              SrPreflight      *result,
              GCancellable     *cancellable,
              GError          **error)
{
  g_autofree char     *shown = sr_target_location_to_display (self->location);
  g_autoptr (PGresult) answer = sr_pg_query (
      self->pg,
      "SELECT current_user, pg_catalog.current_setting ('server_version'),"
      " pg_catalog.pg_is_in_recovery (), pg_catalog.current_setting ('server_encoding'),"
      " pg_catalog.has_database_privilege (current_database (), 'CREATE'),"
      " pg_catalog.current_setting ('default_transaction_read_only')",
      NULL, 0, cancellable, error);
  const char *encoding;

  if (answer == NULL)
    return FALSE;
  sr_preflight_add (result, "Server", TRUE, FALSE, "The %s answers; we are “%s”.", shown,
                    PQgetvalue (answer, 0, 0));
  if (!sr_pg_is_encrypted (self->pg) && !sr_target_location_is_local (self->location))
    sr_preflight_add (result, "Encryption", TRUE, TRUE,
                      "The connection is not encrypted; who listens on the way reads every record. "
                      "“?tls=verify-full” behind the location insists on encryption.");
  sr_preflight_add (result, "Version", sr_pg_get_version (self->pg) >= OLDEST_VERSION, FALSE,
                    "PostgreSQL %s%s", PQgetvalue (answer, 0, 1),
                    sr_pg_get_version (self->pg) >= OLDEST_VERSION
                        ? "."
                        : "; 12 or newer is needed.");
  encoding = PQgetvalue (answer, 0, 3);
  sr_preflight_add (result, "Encoding", strcmp (encoding, "UTF8") == 0, FALSE,
                    "The database keeps text as %s%s", encoding,
                    strcmp (encoding, "UTF8") == 0 ? "." : "; only UTF8 holds every record.");
  if (PQgetvalue (answer, 0, 2)[0] == 't' || strcmp (PQgetvalue (answer, 0, 5), "on") == 0)
    sr_preflight_add (result, "Rights", FALSE, FALSE,
                      "The server is read-only (a standby, or set so); restore into its primary.");
  else if (PQgetvalue (answer, 0, 4)[0] != 't')
    sr_preflight_add (result, "Rights", FALSE, FALSE,
                      "“%s” may not make schemas in this database, which the stage needs: GRANT "
                      "CREATE ON DATABASE gives that right.",
                      PQgetvalue (answer, 0, 0));
  else
    sr_preflight_add (result, "Rights", TRUE, FALSE, "Schemas may be made in this database.");
  return TRUE;
}

/* Free bytes where the server keeps its data, if that is a folder we see and it says which. */
static gboolean
ask_free_space (SrPostgresTarget *self,
                guint64          *available)
{
  g_autoptr (PGresult) folder = NULL;
  struct statvfs       info;

  if (!sr_target_location_is_local (self->location))
    return FALSE;
  folder = sr_pg_query (self->pg, "SELECT pg_catalog.current_setting ('data_directory')", NULL, 0,
                        NULL, NULL);
  if (folder == NULL || statvfs (PQgetvalue (folder, 0, 0), &info) != 0)
    return FALSE;
  *available = (guint64) info.f_bavail * info.f_frsize;
  return TRUE;
}

/* The stage and what is kept for undoing lie beside the tables until they are discarded. */
static gboolean
check_space (SrPostgresTarget *self,
             SrPreflight      *result,
             GCancellable     *cancellable,
             GError          **error)
{
  g_autofree char *oids = sr_postgres_get_oids (self);
  g_autofree char *sql = g_strdup_printf (
      "SELECT coalesce (sum (pg_catalog.pg_total_relation_size (c.oid)), 0)"
      " FROM pg_catalog.pg_class c WHERE c.oid IN (%s)",
      oids);
  gint64           existing = 0;
  guint64          available = 0;
  guint64          needed;
  g_autofree char *needed_text = NULL;
  g_autofree char *available_text = NULL;

  if (!sr_pg_query_number (self->pg, sql, &existing, cancellable, error))
    return FALSE;
  needed = (guint64) existing + 3 * self->expected_bytes;
  needed_text = sr_size_text (needed);
  if (!ask_free_space (self, &available))
    {
      sr_preflight_add (result, "Space", TRUE, TRUE,
                        "The server does not tell how much space is free; about %s are needed "
                        "meanwhile.",
                        needed_text);
      return TRUE;
    }
  available_text = sr_size_text (available);
  sr_preflight_add (result, "Space", available > needed, FALSE,
                    "About %s are needed meanwhile, %s are free.", needed_text, available_text);
  return TRUE;
}

static gboolean
check_existing (SrPostgresTarget     *self,
                const SrPostgresGoal *goal,
                SrPreflight          *result,
                GCancellable         *cancellable,
                GError              **error)
{
  g_autofree char *table = sr_pg_quote_in (goal->schema, goal->name);
  g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM %s", table);
  gint64           rows = 0;

  if (goal->found->kind != 'r' && goal->found->kind != 'p')
    sr_preflight_add (result, "Existing data", FALSE, FALSE,
                      "“%s” is no table but a view or a foreign table.", goal->name);
  else if (goal->found->has_children)
    sr_preflight_add (result, "Existing data", FALSE, FALSE,
                      "Other tables inherit from “%s”, which cannot be replaced then.",
                      goal->name);
  else if (!goal->found->owned)
    sr_preflight_add (result, "Rights", FALSE, FALSE,
                      "Only the owner of table “%s” may replace its rows, and we are not: connect "
                      "as its owner.",
                      goal->name);
  else if (!sr_pg_query_number (self->pg, sql, &rows, cancellable, error))
    return FALSE;
  else
    {
      g_autofree char *records = sr_counted ((guint64) rows, "record", "records");

      sr_preflight_add (result, "Existing data", self->replace, rows > 0, "Table “%s” holds %s%s",
                        goal->name, records,
                        self->replace ? "; they are replaced."
                                      : "; it must be allowed that they are replaced.");
      if (self->replace)
        sr_preflight_add_loss (result, goal->name, (guint64) rows, goal->n_records);
    }
  return TRUE;
}

/* Columns of the backup that the table lacks, and the other way round, as far as the backup names
 * its columns beforehand. */
static void
check_columns (const SrPostgresGoal *goal,
               SrPreflight          *result)
{
  guint n = sr_collection_get_n_columns (goal->source);

  for (guint i = 0; i < n; i++)
    {
      const SrColumn *column = sr_collection_get_column (goal->source, i);

      if (sr_pg_table_find_column (goal->found, column->name) < 0)
        sr_preflight_add (result, "Columns", !column->not_null, TRUE,
                          "Table “%s” has no column “%s”%s", goal->name, column->name,
                          column->not_null
                              ? ", whose values would be lost."
                              : "; the restore stops should a record have a value for it.");
    }
  for (guint i = 0; n > 0 && i < goal->found->columns->len; i++)
    {
      const SrPgColumn *column = goal->found->columns->pdata[i];

      if (!column->generated && sr_collection_find_column (goal->source, column->name) < 0)
        sr_preflight_add (result, "Columns", !column->not_null || column->has_default, TRUE,
                          "The backup has no column “%s” of table “%s”; it %s.", column->name,
                          goal->name,
                          column->has_default ? "gets its default"
                          : column->not_null  ? "must not be empty, so that records have no place"
                                              : "stays empty");
    }
}

static void
check_missing (SrPostgresTarget     *self,
               const SrPostgresGoal *goal,
               SrPreflight          *result)
{
  const char *why = sr_postgres_why_not_made (self, goal);

  sr_preflight_add (result, "Tables", why == NULL, FALSE,
                    "Table “%s” does not exist%s%s.", goal->name, why != NULL ? ": " : " and is ",
                    why != NULL ? why : "made");
}

/* Tables outside of the restore that refer to it, and what becomes of their rows. */
static gboolean
check_outside (SrPostgresTarget *self,
               SrPreflight      *result,
               GCancellable     *cancellable,
               GError          **error)
{
  g_autofree char *oids = sr_postgres_get_oids (self);
  g_autofree char *where =
      g_strdup_printf ("c.confrelid IN (%s) AND c.conrelid NOT IN (%s)", oids, oids);
  g_autoptr (GPtrArray) references =
      sr_pg_references_load (self->pg, where, cancellable, error);

  if (references == NULL)
    return FALSE;
  for (guint i = 0; i < references->len; i++)
    {
      const SrPgReference *reference = references->pdata[i];
      g_autofree char     *sql =
          g_strdup_printf ("SELECT count(*) FROM %s WHERE %s IS NOT NULL", reference->from_table,
                           reference->from_columns[0]);
      g_autofree char *records = NULL;
      gint64           rows = 0;
      const char      *fate;

      if (!sr_pg_query_number (self->pg, sql, &rows, cancellable, error))
        return FALSE;
      if (rows == 0)
        continue;
      records = sr_counted ((guint64) rows, "record", "records");
      switch (reference->on_delete)
        {
        case 'c':
          fate = "is deleted with it";
          break;
        case 'n':
          fate = "keeps its place but no longer refers to it";
          break;
        case 'd':
          fate = "gets the default for it";
          break;
        default:
          fate = "stops the restore";
          break;
        }
      sr_preflight_add (result, "References", TRUE, TRUE,
                        "%s of “%s”, which is not restored, refer to “%s”. They stay; one whose "
                        "record the backup does not hold %s (foreign key “%s”).",
                        records, reference->from_shown, reference->to_shown, fate, reference->name);
    }
  return TRUE;
}

static gboolean
check_triggers (SrPostgresTarget *self,
                SrPreflight      *result,
                GCancellable     *cancellable,
                GError          **error)
{
  g_autofree char *oids = sr_postgres_get_oids (self);
  g_autofree char *sql = g_strdup_printf (
      "SELECT pg_catalog.string_agg (t.tgname || ' (' || c.relname || ')', ', ' ORDER BY c.relname,"
      " t.tgname) FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid"
      " WHERE t.tgrelid IN (%s) AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')",
      oids);
  g_autoptr (PGresult) found = sr_pg_query (self->pg, sql, NULL, 0, cancellable, error);

  if (found == NULL)
    return FALSE;
  if (!PQgetisnull (found, 0, 0))
    sr_preflight_add (result, "Triggers", TRUE, TRUE,
                      "These triggers do not run for the records that come: %s.",
                      PQgetvalue (found, 0, 0));
  return TRUE;
}

static gboolean
check_leftovers (SrPostgresTarget *self,
                 SrPreflight      *result,
                 GCancellable     *cancellable,
                 GError          **error)
{
  g_autoptr (PGresult) found = sr_pg_query (
      self->pg,
      "SELECT pg_catalog.string_agg (nspname, ', ' ORDER BY nspname) FROM pg_catalog.pg_namespace"
      " WHERE nspname LIKE 'strongroom\\_stage\\_%' OR nspname LIKE 'strongroom\\_keep\\_%'",
      NULL, 0, cancellable, error);

  if (found == NULL)
    return FALSE;
  if (!PQgetisnull (found, 0, 0))
    sr_preflight_add (result, "Leftovers", TRUE, TRUE,
                      "An interrupted restore left these schemas, or one is running: %s. If none "
                      "is, they are removed as this one begins.",
                      PQgetvalue (found, 0, 0));
  return TRUE;
}

static gboolean
check_tables (SrPostgresTarget *self,
              SrPreflight      *result,
              GCancellable     *cancellable,
              GError          **error)
{
  for (guint i = 0; i < self->goals->len; i++)
    {
      const SrPostgresGoal *goal = self->goals->pdata[i];

      if (goal->found->oid == 0)
        check_missing (self, goal, result);
      else if (!check_existing (self, goal, result, cancellable, error))
        return FALSE;
      else
        check_columns (goal, result);
    }
  for (guint i = 0; i < self->left_out->len; i++)
    sr_preflight_add (result, "Tables", TRUE, TRUE,
                      "“%s” is left out: it has no records in the backup, which does not tell its "
                      "columns, and there is no such table here.",
                      (char *) self->left_out->pdata[i]);
  return TRUE;
}

gboolean
sr_postgres_preflight (SrTarget           *target,
                       const SrTargetPlan *plan,
                       SrPreflight        *result,
                       GCancellable       *cancellable,
                       GError            **error)
{
  SrPostgresTarget  *self = SR_POSTGRES_TARGET (target);
  g_autoptr (GError) problem = NULL;

  if (!sr_postgres_connect (self, cancellable, &problem))
    {
      if (sr_error_is (problem, SR_ERROR_CANCELLED) || sr_error_is (problem, SR_ERROR_AUTH))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      sr_preflight_add (result, "Server", FALSE, FALSE, "%s.", problem->message);
      return TRUE;
    }
  if (!check_server (self, result, cancellable, error))
    return FALSE;
  if (!sr_postgres_set_plan (self, plan, cancellable, &problem))
    {
      if (!sr_error_is (problem, SR_ERROR_UNSUPPORTED))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      sr_preflight_add (result, "Tables", FALSE, FALSE, "%s.", problem->message);
      return TRUE;
    }
  return check_space (self, result, cancellable, error) &&
         check_tables (self, result, cancellable, error) &&
         check_outside (self, result, cancellable, error) &&
         check_triggers (self, result, cancellable, error) &&
         check_leftovers (self, result, cancellable, error) &&
         (self->objects == NULL || sr_postgres_objects_tell (self, result, cancellable, error));
}
