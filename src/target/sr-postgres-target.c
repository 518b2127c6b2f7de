/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "target/sr-postgres-objects.h"

/* Longer names are cut by the server without a word. */
#define MAX_NAME 63

G_DEFINE_FINAL_TYPE (SrPostgresTarget, sr_postgres_target, SR_TYPE_TARGET)

static void
free_goal (gpointer data)
{
  SrPostgresGoal *goal = data;

  sr_collection_unref (goal->source);
  g_strfreev (goal->names);
  g_free (goal->schema);
  g_free (goal->name);
  g_clear_pointer (&goal->found, sr_pg_table_free);
  g_clear_pointer (&goal->stage, sr_pg_table_free);
  g_free (goal);
}

static void
free_kept (gpointer data)
{
  SrPostgresKept *kept = data;

  g_free (kept->real);
  g_free (kept->keep);
  g_free (kept->columns);
  g_free (kept);
}

static void
free_sequence (gpointer data)
{
  SrPostgresSequence *sequence = data;

  g_free (sequence->name);
  g_free (sequence->last_value);
  g_free (sequence);
}

gboolean
sr_postgres_connect (SrPostgresTarget *self,
                     GCancellable     *cancellable,
                     GError          **error)
{
  if (self->pg == NULL)
    self->pg = sr_pg_open (self->location, self->password, cancellable, error);
  return self->pg != NULL;
}

gboolean
sr_postgres_run_step (SrPostgresTarget *self,
                      const char       *step,
                      const char       *sql,
                      GCancellable     *cancellable,
                      GError          **error)
{
  return sr_target_step (SR_TARGET (self), step, error) &&
         sr_pg_run (self->pg, sql, cancellable, error);
}

gboolean
sr_postgres_begin_transaction (SrPostgresTarget *self,
                               GError          **error)
{
  return sr_pg_run (self->pg,
                    "BEGIN; SET LOCAL lock_timeout = '15s'; SET LOCAL synchronous_commit = on;"
                    "SET CONSTRAINTS ALL IMMEDIATE",
                    NULL, error);
}

void
sr_postgres_roll_back (SrPostgresTarget *self)
{
  g_autoptr (GError) error = NULL;

  if (!sr_pg_run (self->pg, "ROLLBACK", NULL, &error))
    g_debug ("rolling back: %s", error->message);
}

char *
sr_postgres_get_oids (SrPostgresTarget *self)
{
  GString *text = g_string_new ("0");

  for (guint i = 0; i < self->goals->len; i++)
    {
      const SrPostgresGoal *goal = self->goals->pdata[i];

      if (goal->found->oid != 0)
        g_string_append_printf (text, ", %u", goal->found->oid);
    }
  return g_string_free (text, FALSE);
}

char *
sr_postgres_stored_columns (const SrPgTable *table)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < table->columns->len; i++)
    {
      const SrPgColumn *column = table->columns->pdata[i];
      g_autofree char  *quoted = NULL;

      if (column->generated)
        continue;
      quoted = sr_pg_quote (column->name);
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", quoted);
    }
  return g_string_free (text, FALSE);
}

gboolean
sr_postgres_uses_schema (SrPostgresTarget *self)
{
  for (guint i = 0; i < self->goals->len; i++)
    if (((SrPostgresGoal *) self->goals->pdata[i])->found->oid != 0)
      return FALSE;
  return self->schema_sql != NULL && self->goals->len > 0;
}

void
sr_postgres_leave_out (SrPostgresTarget *self,
                       SrPostgresGoal   *goal)
{
  g_ptr_array_add (self->left_out, g_strdup (goal->source->name));
  g_ptr_array_remove (self->goals, goal);
}

const char *
sr_postgres_why_not_made (SrPostgresTarget     *self,
                          const SrPostgresGoal *goal)
{
  if (sr_postgres_uses_schema (self))
    return NULL;
  if (sr_collection_get_n_columns (goal->source) == 0)
    return "the backup does not tell its columns; let the ERP make its tables first";
  if (strlen (goal->name) > MAX_NAME)
    return "its name is too long for PostgreSQL";
  return NULL;
}

static gboolean
schema_exists (SrPostgresTarget *self,
               const char       *name,
               gboolean         *exists,
               GCancellable     *cancellable,
               GError          **error)
{
  g_autoptr (PGresult) result =
      sr_pg_query (self->pg, "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", &name, 1,
                   cancellable, error);

  *exists = result != NULL && PQntuples (result) > 0;
  return result != NULL;
}

/* "schema.table", where there is such a schema. */
static gboolean
look_into_named_schema (SrPostgresTarget *self,
                        SrPostgresGoal   *goal,
                        GCancellable     *cancellable,
                        GError          **error)
{
  const char      *dot = strchr (goal->names[0], '.');
  g_autofree char *schema = dot != NULL ? g_strndup (goal->names[0], (gsize) (dot - goal->names[0]))
                                        : NULL;
  const char      *names[] = { dot != NULL ? dot + 1 : "", NULL };
  gboolean         exists = FALSE;
  GError          *problem = NULL;

  if (dot == NULL || dot[1] == '\0' || dot == goal->names[0])
    return TRUE;
  if (!schema_exists (self, schema, &exists, cancellable, error))
    return FALSE;
  if (!exists)
    return TRUE;
  g_free (goal->schema);
  goal->schema = g_steal_pointer (&schema);
  goal->name = sr_pg_table_resolve (self->pg, goal->schema, names, cancellable, &problem);
  if (goal->name == NULL && problem == NULL)
    goal->name = g_strdup (names[0]);
  if (problem != NULL)
    g_propagate_error (error, problem);
  return goal->name != NULL;
}

static gboolean
look_up_goal (SrPostgresTarget *self,
              SrPostgresGoal   *goal,
              GCancellable     *cancellable,
              GError          **error)
{
  GError *problem = NULL;

  goal->schema = g_strdup (sr_pg_get_schema (self->pg));
  goal->name = sr_pg_table_resolve (self->pg, goal->schema, (const char *const *) goal->names,
                                    cancellable, &problem);
  if (problem != NULL)
    {
      g_propagate_error (error, problem);
      return FALSE;
    }
  if (goal->name == NULL && !look_into_named_schema (self, goal, cancellable, error))
    return FALSE;
  if (goal->name == NULL)
    goal->name = g_strdup (goal->names[0]);
  goal->found = sr_pg_table_load (self->pg, goal->schema, goal->name, cancellable, error);
  return goal->found != NULL;
}

/* In the stage tables go by their bare names. */
static gboolean
check_unique (SrPostgresTarget     *self,
              const SrPostgresGoal *goal,
              GError              **error)
{
  for (guint i = 0; i < self->goals->len; i++)
    {
      const SrPostgresGoal *other = self->goals->pdata[i];

      if (other != goal && strcmp (other->name, goal->name) == 0)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                       "“%s” and “%s” would both go into a table “%s”; restore them one by one",
                       other->source->name, goal->source->name, goal->name);
          return FALSE;
        }
    }
  return TRUE;
}

static SrPostgresGoal *
new_goal (const SrTargetTable *table)
{
  SrPostgresGoal *goal = g_new0 (SrPostgresGoal, 1);
  GPtrArray      *names = g_ptr_array_new ();

  goal->source = sr_collection_ref ((SrCollection *) table->collection);
  goal->n_records = table->n_records;
  goal->is_empty = sr_target_table_is_empty (table);
  g_ptr_array_add (names,
                   g_strdup (table->table != NULL ? table->table : table->collection->name));
  for (guint i = 0; table->aliases != NULL && table->aliases[i] != NULL; i++)
    g_ptr_array_add (names, g_strdup (table->aliases[i]));
  g_ptr_array_add (names, NULL);
  goal->names = (char **) g_ptr_array_free (names, FALSE);
  return goal;
}

gboolean
sr_postgres_set_plan (SrPostgresTarget   *self,
                      const SrTargetPlan *plan,
                      GCancellable       *cancellable,
                      GError            **error)
{
  if (self->stage != NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_EXISTS,
                   "A restore into this database has begun already");
      return FALSE;
    }
  g_clear_pointer (&self->goals, g_ptr_array_unref);
  self->goals = g_ptr_array_new_with_free_func (free_goal);
  g_clear_pointer (&self->left_out, g_ptr_array_unref);
  self->left_out = g_ptr_array_new_with_free_func (g_free);
  g_free (self->schema_sql);
  self->schema_sql = g_strdup (plan->schema);
  self->replace = plan->replace;
  self->expected_bytes = plan->expected_bytes;
  for (guint i = 0; i < plan->n_tables; i++)
    {
      SrPostgresGoal *goal = new_goal (&plan->tables[i]);

      g_ptr_array_add (self->goals, goal);
      if (!look_up_goal (self, goal, cancellable, error) || !check_unique (self, goal, error))
        return FALSE;
    }
  for (guint i = self->goals->len; i > 0 && !sr_postgres_uses_schema (self); i--)
    {
      SrPostgresGoal *goal = self->goals->pdata[i - 1];

      if (goal->found->oid == 0 && goal->is_empty)
        sr_postgres_leave_out (self, goal);
    }
  g_clear_pointer (&self->objects, sr_postgres_objects_free);
  if (plan->n_objects == 0)
    return TRUE;
  self->objects = sr_postgres_objects_new (plan);
  return sr_postgres_objects_settle (self, plan, cancellable, error);
}

static SrPostgresGoal *
find_goal (SrPostgresTarget *self,
           const char       *collection)
{
  for (guint i = 0; self->goals != NULL && i < self->goals->len; i++)
    {
      SrPostgresGoal *goal = self->goals->pdata[i];

      if (strcmp (goal->source->name, collection) == 0)
        return goal;
    }
  return NULL;
}

static gboolean
sr_postgres_target_begin_collection (SrTarget           *target,
                                     const SrCollection *collection,
                                     GCancellable       *cancellable,
                                     GError            **error)
{
  SrPostgresTarget *self = SR_POSTGRES_TARGET (target);
  SrPostgresGoal   *goal = find_goal (self, collection->name);

  if (self->loader != NULL && goal == NULL &&
      g_ptr_array_find_with_equal_func (self->left_out, collection->name, g_str_equal, NULL))
    {
      self->current = NULL;
      return TRUE;
    }
  if (self->loader == NULL || goal == NULL || goal->stage == NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
                   "“%s” is not part of the restore that began", collection->name);
      return FALSE;
    }
  if (!sr_target_step (target, "fill-stage", error) ||
      !sr_pg_loader_begin (self->loader, goal->stage, collection, goal->put, cancellable, error))
    return FALSE;
  self->current = goal;
  self->verified = FALSE;
  return TRUE;
}

static gboolean
sr_postgres_target_put_record (SrTarget       *target,
                               const SrRecord *record,
                               GCancellable   *cancellable,
                               GError        **error)
{
  SrPostgresTarget *self = SR_POSTGRES_TARGET (target);

  if (self->current == NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_REFUSED, "No collection has begun");
      return FALSE;
    }
  if (!sr_pg_loader_put (self->loader, record, cancellable, error))
    return FALSE;
  self->current->put++;
  for (guint i = 0; i < record->n_fields; i++)
    self->current->lost += record->fields[i].value.type == SR_VALUE_LOST;
  return TRUE;
}

static gboolean
drop_schema (SrPostgresTarget *self,
             const char       *step,
             char            **schema,
             GError          **error)
{
  g_autofree char *quoted = NULL;
  g_autofree char *sql = NULL;

  if (*schema == NULL)
    return TRUE;
  quoted = sr_pg_quote (*schema);
  sql = g_strdup_printf ("DROP SCHEMA IF EXISTS %s CASCADE", quoted);
  if (!sr_postgres_run_step (self, step, sql, NULL, error))
    {
      g_prefix_error (error, "The schema “%s” is left in the database: ", *schema);
      return FALSE;
    }
  g_clear_pointer (schema, g_free);
  return TRUE;
}

static gboolean
sr_postgres_target_discard (SrTarget *target,
                            GError  **error)
{
  SrPostgresTarget *self = SR_POSTGRES_TARGET (target);

  g_clear_pointer (&self->loader, sr_pg_loader_free);
  self->current = NULL;
  if (self->pg == NULL)
    return TRUE;
  if (!drop_schema (self, "drop-stage", &self->stage, error) ||
      !drop_schema (self, "drop-keep", &self->keep, error))
    return FALSE;
  (void) sr_pg_run (self->pg, "SELECT pg_catalog.pg_advisory_unlock_all ()", NULL, NULL);
  self->swapped = FALSE;
  return TRUE;
}

static const char *
sr_postgres_target_get_back_up_suffix (SrTarget *target)
{
  return ".sql";
}

static void
sr_postgres_target_finalize (GObject *object)
{
  SrPostgresTarget  *self = SR_POSTGRES_TARGET (object);
  g_autoptr (GError) error = NULL;

  /* What never came into place goes; what was kept for undoing can no longer be used by us. */
  sr_target_set_fault_func (SR_TARGET (self), NULL, NULL);
  if (!sr_postgres_target_discard (SR_TARGET (self), &error))
    g_debug ("cleaning up: %s", error->message);
  g_clear_pointer (&self->pg, sr_pg_free);
  g_clear_pointer (&self->goals, g_ptr_array_unref);
  g_clear_pointer (&self->left_out, g_ptr_array_unref);
  g_clear_pointer (&self->objects, sr_postgres_objects_free);
  g_clear_pointer (&self->stage_references, g_ptr_array_unref);
  g_ptr_array_unref (self->kept);
  g_ptr_array_unref (self->sequences);
  g_ptr_array_unref (self->made);
  g_clear_pointer (&self->password, sr_secret_unref);
  sr_target_location_free (self->location);
  g_free (self->schema_sql);
  g_free (self->stage);
  g_free (self->keep);
  G_OBJECT_CLASS (sr_postgres_target_parent_class)->finalize (object);
}

static void
sr_postgres_target_class_init (SrPostgresTargetClass *class)
{
  SrTargetClass *target_class = SR_TARGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sr_postgres_target_finalize;
  target_class->object_dialect = SR_SQL_POSTGRES;
  target_class->preflight = sr_postgres_preflight;
  target_class->back_up = sr_postgres_back_up;
  target_class->begin = sr_postgres_begin;
  target_class->begin_collection = sr_postgres_target_begin_collection;
  target_class->put_record = sr_postgres_target_put_record;
  target_class->verify = sr_postgres_verify;
  target_class->swap = sr_postgres_swap;
  target_class->undo = sr_postgres_undo;
  target_class->discard = sr_postgres_target_discard;
  target_class->get_back_up_suffix = sr_postgres_target_get_back_up_suffix;
}

static void
sr_postgres_target_init (SrPostgresTarget *self)
{
  self->kept = g_ptr_array_new_with_free_func (free_kept);
  self->sequences = g_ptr_array_new_with_free_func (free_sequence);
  self->made = g_ptr_array_new_with_free_func (g_free);
}

SrTarget *
sr_postgres_target_new (const SrTargetLocation *location,
                        SrSecret               *password)
{
  SrPostgresTarget *self = g_object_new (SR_TYPE_POSTGRES_TARGET, NULL);

  self->location = sr_target_location_copy (location);
  self->password = password != NULL ? sr_secret_ref (password) : NULL;
  return SR_TARGET (self);
}
