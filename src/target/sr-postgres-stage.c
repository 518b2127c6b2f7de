/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "crypto/sr-random.h"
#include "record/sr-sql-types.h"
#include "target/sr-postgres-objects.h"

#define PLAIN_TYPE "^[a-z][a-z0-9_ ]*(\\([0-9]+(, ?[0-9]+)?\\))?[a-z ]*(\\[[0-9]*\\])*$"

/* What a column of another system's becomes. What the backup declares goes into a statement only if
 * it is plainly a type. */
static char *
type_of (const SrColumn *column)
{
  g_autofree char *type = sr_sql_type_map (SR_SQL_POSTGRES, column, FALSE);

  return g_regex_match_simple (PLAIN_TYPE, type, G_REGEX_CASELESS | G_REGEX_DOLLAR_ENDONLY, 0)
             ? g_steal_pointer (&type)
             : g_strdup ("text");
}

/* CREATE TABLE from what the backup tells of a collection. Returns: (transfer full) */
static char *
make_table_sql (const char         *stage,
                const char         *name,
                const SrCollection *source)
{
  g_autofree char *table = sr_pg_quote_in (stage, name);
  GString         *sql = g_string_new (NULL);

  g_string_append_printf (sql, "CREATE TABLE %s (", table);
  for (guint i = 0; i < sr_collection_get_n_columns (source); i++)
    {
      const SrColumn  *column = sr_collection_get_column (source, i);
      g_autofree char *quoted = sr_pg_quote (column->name);
      g_autofree char *type = type_of (column);

      g_string_append_printf (sql, "%s%s %s%s", i > 0 ? ", " : "", quoted, type,
                              column->not_null ? " NOT NULL" : "");
    }
  for (guint i = 0; i < source->key->len; i++)
    {
      guint            place = g_array_index (source->key, guint, i);
      g_autofree char *quoted =
          sr_pg_quote (sr_collection_get_column (source, place)->name);

      g_string_append_printf (sql, "%s%s", i == 0 ? ", PRIMARY KEY (" : ", ", quoted);
    }
  g_string_append (sql, source->key->len > 0 ? "))" : ")");
  return g_string_free (sql, FALSE);
}

/* Defaults of the stage do not draw numbers from sequences of the real tables. */
static gboolean
detach_sequences (SrPostgresTarget *self,
                  SrPostgresGoal   *goal,
                  GError          **error)
{
  static const char sql[] =
      "SELECT pg_catalog.quote_ident (a.attname) FROM pg_catalog.pg_attrdef d"
      " JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum"
      " WHERE d.adrelid = $1::pg_catalog.oid AND a.attgenerated = ''"
      " AND pg_catalog.pg_get_expr (d.adbin, d.adrelid) LIKE 'nextval(%'";
  g_autofree char     *oid = g_strdup_printf ("%u", goal->stage->oid);
  const char          *params[] = { oid };
  g_autoptr (PGresult) result = sr_pg_query (self->pg, sql, params, 1, NULL, error);

  if (result == NULL)
    return FALSE;
  for (int i = 0; i < PQntuples (result); i++)
    {
      g_autofree char *name = g_strdup_printf ("strongroom_sequence_%u_%d", goal->stage->oid, i);
      g_autofree char *sequence = sr_pg_quote_in (self->stage, name);
      g_autofree char *literal = sr_pg_literal (sequence);
      g_autofree char *table = sr_pg_quote_in (self->stage, goal->name);
      g_autofree char *change = g_strdup_printf (
          "CREATE SEQUENCE %s; ALTER TABLE %s ALTER COLUMN %s SET DEFAULT"
          " pg_catalog.nextval (%s::pg_catalog.regclass)",
          sequence, table, PQgetvalue (result, i, 0), literal);

      if (!sr_pg_run (self->pg, change, NULL, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
stage_goal (SrPostgresTarget *self,
            SrPostgresGoal   *goal,
            GError          **error)
{
  g_autofree char *table = sr_pg_quote_in (self->stage, goal->name);
  g_autofree char *sql = NULL;
  const char      *why = NULL;

  if (goal->found->oid != 0)
    {
      g_autofree char *real = sr_pg_quote_in (goal->schema, goal->name);

      sql = g_strdup_printf ("CREATE UNLOGGED TABLE %s (LIKE %s INCLUDING ALL)", table, real);
    }
  else if ((why = sr_postgres_why_not_made (self, goal)) == NULL)
    sql = make_table_sql (self->stage, goal->name, goal->source);
  if (why != NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_REFUSED, "Table “%s” does not exist: %s", goal->name,
                   why);
      return FALSE;
    }
  if (!sr_postgres_run_step (self, "stage-table", sql, NULL, error))
    {
      g_prefix_error (error, "Table “%s” cannot be staged: ", goal->name);
      return FALSE;
    }
  goal->stage = sr_pg_table_load (self->pg, self->stage, goal->name, NULL, error);
  return goal->stage != NULL && (goal->found->oid == 0 || detach_sequences (self, goal, error));
}

/* Which table of the plan's schema a collection goes to; one that it does not know is made by its
 * columns. */
static gboolean
find_in_schema (SrPostgresTarget *self,
                SrPostgresGoal   *goal,
                GError          **error)
{
  GError *problem = NULL;
  char   *name = sr_pg_table_resolve (self->pg, self->stage,
                                      (const char *const *) goal->names, NULL, &problem);

  if (problem != NULL)
    {
      g_propagate_error (error, problem);
      return FALSE;
    }
  if (name != NULL)
    {
      g_free (goal->name);
      goal->name = name;
      goal->stage = sr_pg_table_load (self->pg, self->stage, name, NULL, error);
      return goal->stage != NULL;
    }
  if (sr_collection_get_n_columns (goal->source) > 0)
    return stage_goal (self, goal, error);
  if (goal->is_empty)
    {
      sr_postgres_leave_out (self, goal);
      return TRUE;
    }
  g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
               "The schema has no table for “%s”; leave it out", goal->source->name);
  return FALSE;
}

/* The tables of the plan's schema, which do not refer to each other while they are filled. */
static gboolean
stage_schema (SrPostgresTarget *self,
              GError          **error)
{
  g_autofree char *quoted = sr_pg_quote (self->stage);
  g_autofree char *literal = sr_pg_literal (self->stage);
  g_autofree char *path = g_strdup_printf ("SET LOCAL search_path = %s", quoted);
  g_autofree char *where = g_strdup_printf (
      "c.connamespace = (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname = %s)",
      literal);

  if (!sr_pg_run (self->pg, path, NULL, error) ||
      !sr_postgres_run_step (self, "stage-schema", self->schema_sql, NULL, error))
    return FALSE;
  self->made_by_schema = TRUE;
  self->stage_references = sr_pg_references_load (self->pg, where, NULL, error);
  if (self->stage_references == NULL ||
      !sr_pg_run (self->pg, "SET LOCAL search_path = ''", NULL, error))
    return FALSE;
  for (guint i = 0; i < self->stage_references->len; i++)
    {
      const SrPgReference *reference = self->stage_references->pdata[i];
      g_autofree char     *name = sr_pg_quote (reference->name);
      g_autofree char     *sql = g_strdup_printf ("ALTER TABLE %s DROP CONSTRAINT %s",
                                                  reference->from_table, name);

      if (!sr_pg_run (self->pg, sql, NULL, error))
        return FALSE;
    }
  for (guint i = self->goals->len; i > 0; i--)
    if (!find_in_schema (self, self->goals->pdata[i - 1], error))
      return FALSE;
  return TRUE;
}

static gboolean
make_stage (SrPostgresTarget *self,
            GCancellable     *cancellable,
            GError          **error)
{
  g_autofree char *quoted = sr_pg_quote (self->stage);
  g_autofree char *sql = g_strdup_printf ("CREATE SCHEMA %s", quoted);

  if (!sr_postgres_run_step (self, "make-stage", sql, NULL, error))
    return FALSE;
  if (sr_postgres_uses_schema (self))
    return stage_schema (self, error);
  for (guint i = 0; i < self->goals->len; i++)
    if (sr_check_cancelled (cancellable, error) ||
        (!sr_postgres_objects_make (self->objects, self->goals->pdata[i]) &&
         !stage_goal (self, self->goals->pdata[i], error)))
      return FALSE;
  return sr_postgres_make_before (self, error);
}

static gboolean
check_replace (SrPostgresTarget *self,
               GError          **error)
{
  for (guint i = 0; i < self->goals->len; i++)
    {
      const SrPostgresGoal *goal = self->goals->pdata[i];

      if (goal->found->oid != 0 && !self->replace)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_EXISTS,
                       "Table “%s” exists; have it replaced, or restore into another database",
                       goal->name);
          return FALSE;
        }
      if (goal->found->oid != 0 && goal->found->kind != 'r' && goal->found->kind != 'p')
        {
          g_set_error (error, SR_ERROR, SR_ERROR_REFUSED, "“%s” is a view, not a table",
                       goal->name);
          return FALSE;
        }
      if (goal->found->has_children)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                       "Other tables inherit from “%s”, which cannot be replaced then",
                       goal->name);
          return FALSE;
        }
    }
  return TRUE;
}

/* What a run that died left behind; nobody else restores, since the lock is ours. What it put into
 * place was complete. */
static gboolean
clean_up (SrPostgresTarget *self,
          GCancellable     *cancellable,
          GError          **error)
{
  g_autoptr (PGresult) found = sr_pg_query (
      self->pg,
      "SELECT pg_catalog.quote_ident (nspname) FROM pg_catalog.pg_namespace"
      " WHERE nspname ~ '^strongroom_(stage|keep)_[0-9a-f]{16}$'"
      " AND pg_catalog.pg_has_role (nspowner, 'USAGE')",
      NULL, 0, cancellable, error);

  if (found == NULL)
    return FALSE;
  for (int i = 0; i < PQntuples (found); i++)
    {
      g_autofree char *sql =
          g_strdup_printf ("DROP SCHEMA %s CASCADE", PQgetvalue (found, i, 0));

      if (!sr_postgres_run_step (self, "clean up", sql, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

/* One restore at a time. */
static gboolean
take_lock (SrPostgresTarget *self,
           GCancellable     *cancellable,
           GError          **error)
{
  gint64 taken;

  if (!sr_pg_query_number (self->pg,
                           "SELECT pg_catalog.pg_try_advisory_lock (" SR_POSTGRES_LOCK
                           ")::pg_catalog.int4",
                           &taken, cancellable, error))
    return FALSE;
  if (taken == 1)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_LOCKED,
               "Another restore into this database is running; wait for it");
  return FALSE;
}

gboolean
sr_postgres_begin (SrTarget           *target,
                   const SrTargetPlan *plan,
                   GCancellable       *cancellable,
                   GError            **error)
{
  SrPostgresTarget *self = SR_POSTGRES_TARGET (target);
  guint32           random[2];

  if (!sr_postgres_connect (self, cancellable, error) ||
      !sr_postgres_set_plan (self, plan, cancellable, error) || !check_replace (self, error) ||
      !take_lock (self, cancellable, error))
    return FALSE;
  if (!clean_up (self, cancellable, error))
    {
      (void) sr_pg_run (self->pg, "SELECT pg_catalog.pg_advisory_unlock_all ()", NULL, NULL);
      return FALSE;
    }
  sr_random_bytes (random, sizeof random);
  self->stage = g_strdup_printf ("strongroom_stage_%08x%08x", random[0], random[1]);
  self->made_by_schema = FALSE;
  self->verified = FALSE;
  if (sr_postgres_begin_transaction (self, error) && make_stage (self, cancellable, error) &&
      sr_postgres_run_step (self, "commit-stage", "COMMIT", NULL, error))
    {
      self->loader = sr_pg_loader_new (self->pg);
      return TRUE;
    }
  sr_postgres_roll_back (self);
  g_clear_pointer (&self->stage, g_free);
  g_clear_pointer (&self->stage_references, g_ptr_array_unref);
  (void) sr_pg_run (self->pg, "SELECT pg_catalog.pg_advisory_unlock_all ()", NULL, NULL);
  return FALSE;
}

static gboolean
count_goal (SrPostgresTarget *self,
            SrPostgresGoal   *goal,
            GCancellable     *cancellable,
            GError          **error)
{
  g_autofree char *table = sr_pg_quote_in (self->stage, goal->name);
  g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM %s", table);
  gint64           found = 0;

  if (!sr_pg_query_number (self->pg, sql, &found, cancellable, error))
    return FALSE;
  goal->staged = (guint64) found;
  if (goal->staged == goal->put)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
               "%" G_GUINT64_FORMAT " records of “%s” were handed over, but %" G_GUINT64_FORMAT
               " lie in the stage",
               goal->put, goal->source->name, goal->staged);
  return FALSE;
}

static SrPostgresGoal *
goal_of_oid (SrPostgresTarget *self,
             guint32           oid)
{
  for (guint i = 0; i < self->goals->len; i++)
    {
      SrPostgresGoal *goal = self->goals->pdata[i];

      if (oid != 0 && (goal->found->oid == oid || goal->stage->oid == oid))
        return goal;
    }
  return NULL;
}

/* "a.x = b.y AND …" and "a.x IS NOT NULL AND …" */
static char *
join_columns (const SrPgReference *reference)
{
  GString *sql = g_string_new (NULL);

  for (guint i = 0; reference->from_columns[i] != NULL; i++)
    g_string_append_printf (sql, "%sb.%s = a.%s", i > 0 ? " AND " : "", reference->to_columns[i],
                            reference->from_columns[i]);
  return g_string_free (sql, FALSE);
}

char *
sr_postgres_dangling_sql (const SrPgReference *reference,
                          const char          *to)
{
  g_autofree char *joined = join_columns (reference);
  GString         *sql = g_string_new (NULL);

  for (guint i = 0; reference->from_columns[i] != NULL; i++)
    g_string_append_printf (sql, "a.%s IS NOT NULL AND ", reference->from_columns[i]);
  g_string_append_printf (sql, "NOT EXISTS (SELECT 1 FROM %s b WHERE %s)", to, joined);
  return g_string_free (sql, FALSE);
}

/* Before anything is touched: that what the records refer to will be there. */
static gboolean
check_reference (SrPostgresTarget    *self,
                 const SrPgReference *reference,
                 GCancellable        *cancellable,
                 GError             **error)
{
  const SrPostgresGoal *from = goal_of_oid (self, reference->from);
  const SrPostgresGoal *to = goal_of_oid (self, reference->to);
  g_autofree char      *from_table = NULL;
  g_autofree char      *to_table = NULL;
  g_autofree char      *dangling = NULL;
  g_autofree char      *sql = NULL;
  g_autofree char      *columns = g_strjoinv (", ", reference->from_columns);
  g_autoptr (PGresult)  result = NULL;

  if (from == NULL || !reference->validated)
    return TRUE;
  from_table = sr_pg_quote_in (self->stage, from->name);
  to_table = to != NULL ? sr_pg_quote_in (self->stage, to->name) : g_strdup (reference->to_table);
  dangling = sr_postgres_dangling_sql (reference, to_table);
  sql = g_strdup_printf ("SELECT count(*), min (a.%s::pg_catalog.text) FROM %s a WHERE %s",
                         reference->from_columns[0], from_table, dangling);
  result = sr_pg_query (self->pg, sql, NULL, 0, cancellable, error);
  if (result == NULL)
    return FALSE;
  if (strcmp (PQgetvalue (result, 0, 0), "0") == 0)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
               "%s records of “%s” refer by %s to records of “%s” that %s (one to “%s”; foreign "
               "key “%s”)",
               PQgetvalue (result, 0, 0), from->source->name, columns,
               to != NULL ? to->source->name : reference->to_shown,
               to != NULL ? "the backup does not hold" : "are not in the database",
               PQgetvalue (result, 0, 1), reference->name);
  return FALSE;
}

static gboolean
check_references (SrPostgresTarget *self,
                  GPtrArray        *references,
                  GCancellable     *cancellable,
                  GError          **error)
{
  for (guint i = 0; i < references->len; i++)
    if (!check_reference (self, references->pdata[i], cancellable, error))
      return FALSE;
  return TRUE;
}

/* The foreign keys of the plan's schema come back, and its sequences go on where the records end.
 */
static gboolean
finish_schema (SrPostgresTarget *self,
               GError          **error)
{
  g_autofree char    *quoted = sr_pg_quote (self->stage);
  g_autoptr (GString) sql = g_string_new (NULL);

  g_string_append_printf (sql, "SET LOCAL search_path = %s;", quoted);
  for (guint i = 0; i < self->stage_references->len; i++)
    {
      const SrPgReference *reference = self->stage_references->pdata[i];
      g_autofree char     *name = sr_pg_quote (reference->name);

      g_string_append_printf (sql, "ALTER TABLE %s ADD CONSTRAINT %s %s;", reference->from_table,
                              name, reference->definition);
    }
  g_string_append (sql, "SET LOCAL search_path = ''; COMMIT");
  if (sr_postgres_begin_transaction (self, error) &&
      sr_postgres_run_step (self, "finish-schema", sql->str, NULL, error))
    {
      g_clear_pointer (&self->stage_references, g_ptr_array_unref);
      return TRUE;
    }
  sr_postgres_roll_back (self);
  return FALSE;
}

static gboolean
check_stage (SrPostgresTarget *self,
             GCancellable     *cancellable,
             GError          **error)
{
  g_autofree char      *oids = sr_postgres_get_oids (self);
  g_autofree char      *where = g_strdup_printf ("c.conrelid IN (%s)", oids);
  g_autoptr (GPtrArray) references =
      sr_pg_references_load (self->pg, where, cancellable, error);

  if (references == NULL || !check_references (self, references, cancellable, error))
    return FALSE;
  return self->stage_references == NULL ||
         (check_references (self, self->stage_references, cancellable, error) &&
          finish_schema (self, error));
}

GPtrArray *
sr_postgres_verify (SrTarget     *target,
                    GCancellable *cancellable,
                    GError      **error)
{
  SrPostgresTarget     *self = SR_POSTGRES_TARGET (target);
  g_autoptr (GPtrArray) counts =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sr_target_count_free);

  if (self->loader == NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_REFUSED, "The restore has not begun");
      return NULL;
    }
  if (!sr_target_step (target, "count", error) ||
      !sr_pg_loader_end (self->loader, cancellable, error))
    return NULL;
  for (guint i = 0; i < self->goals->len; i++)
    {
      SrPostgresGoal *goal = self->goals->pdata[i];

      if (!count_goal (self, goal, cancellable, error))
        return NULL;
      g_ptr_array_add (counts,
                       sr_target_count_new (goal->name, goal->put, goal->staged, goal->lost));
    }
  if (!sr_postgres_make_after (self, cancellable, error) ||
      !check_stage (self, cancellable, error))
    return NULL;
  self->verified = TRUE;
  return g_steal_pointer (&counts);
}
