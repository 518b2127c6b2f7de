/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-postgres-objects.h"

#include <string.h>

static void
free_object (gpointer data)
{
  SrPostgresObject *self = data;

  sr_pg_statement_free (self->statement);
  g_free (self->why);
  g_free (self);
}

static GHashTable *
new_set (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

SrPostgresObjects *
sr_postgres_objects_new (const SrTargetPlan *plan)
{
  SrPostgresObjects *self = g_new0 (SrPostgresObjects, 1);

  self->list = g_ptr_array_new_with_free_func (free_object);
  self->there = new_set ();
  self->made = new_set ();
  self->made_routines = new_set ();
  self->valued = new_set ();
  self->refreshed = g_ptr_array_new_with_free_func (g_free);
  self->unfilled = g_ptr_array_new_with_free_func (g_free);
  self->undo = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < plan->n_objects; i++)
    {
      SrPostgresObject *object = g_new0 (SrPostgresObject, 1);

      object->statement = sr_pg_statement_parse (plan->objects[i].statement);
      g_ptr_array_add (self->list, object);
    }
  return self;
}

void
sr_postgres_objects_free (SrPostgresObjects *self)
{
  g_ptr_array_unref (self->list);
  g_hash_table_unref (self->there);
  g_hash_table_unref (self->made);
  g_hash_table_unref (self->made_routines);
  g_hash_table_unref (self->valued);
  g_ptr_array_unref (self->refreshed);
  g_ptr_array_unref (self->unfilled);
  g_ptr_array_unref (self->undo);
  g_free (self);
}

static char *
make_key (char        kind,
          const char *name,
          const char *part)
{
  return g_strdup_printf ("%c%s%s%s", kind, name, part != NULL ? "\x01" : "",
                          part != NULL ? part : "");
}

void
sr_postgres_objects_add (SrPostgresObjects *self,
                         char               kind,
                         const char        *name,
                         const char        *part)
{
  g_hash_table_add (self->there, make_key (kind, name, part));
}

gboolean
sr_postgres_objects_have (const SrPostgresObjects *self,
                          char                     kind,
                          const char              *name,
                          const char              *part)
{
  g_autofree char *key = make_key (kind, name, part);

  return g_hash_table_contains (self->there, key);
}

gboolean
sr_postgres_objects_make (const SrPostgresObjects *self,
                          const SrPostgresGoal    *goal)
{
  for (guint i = 0; self != NULL && i < self->list->len; i++)
    {
      const SrPostgresObject *object = self->list->pdata[i];

      if (object->statement->kind == SR_PG_STATEMENT_TABLE &&
          object->fate == SR_POSTGRES_BEFORE &&
          strcmp (object->statement->name.name, goal->source->name) == 0)
        return TRUE;
    }
  return FALSE;
}

typedef struct
{
  const SrPostgresObjects *objects;
  const char              *home;
  const char              *stage; /* (nullable) */
  gboolean                 is_elsewhere;
} Mapping;

static const char *
map_name (const char  *schema,
          const char  *name,
          SrPgMapFlags flags,
          gpointer     user_data)
{
  const Mapping *m = user_data;

  if (strcmp (schema, SR_POSTGRES_HOME) != 0)
    return NULL;
  if ((flags & SR_PG_MAP_BODY) != 0)
    return m->is_elsewhere ? m->home : NULL;
  if (m->stage == NULL)
    return m->home;
  if (g_hash_table_contains (m->objects->made, name))
    return m->stage;
  return (flags & SR_PG_MAP_CALL) != 0 && g_hash_table_contains (m->objects->made_routines, name) &&
                 !sr_postgres_objects_have (m->objects, 'r', name, NULL)
             ? m->stage
             : m->home;
}

char *
sr_postgres_objects_write (SrPostgresTarget    *target,
                           const SrPgStatement *statement,
                           gboolean             in_stage)
{
  g_autofree char *home = sr_pg_quote (sr_pg_get_schema (target->pg));
  g_autofree char *stage = in_stage ? sr_pg_quote (target->stage) : NULL;
  Mapping          mapping = { target->objects, home, stage,
                               strcmp (sr_pg_get_schema (target->pg), SR_POSTGRES_HOME) != 0 };

  return sr_pg_statement_write (statement, in_stage ? stage : home, map_name, &mapping);
}

gboolean
sr_postgres_objects_replace (const SrPostgresObjects *self)
{
  for (guint i = 0; i < self->list->len; i++)
    if (((SrPostgresObject *) self->list->pdata[i])->fate == SR_POSTGRES_REPLACED)
      return TRUE;
  return FALSE;
}

char *
sr_postgres_object_describe (const SrPostgresObject *self)
{
  const SrPgStatement *st = self->statement;

  if (st->name.name == NULL)
    return g_strdup_printf ("%.60s", st->text);
  return st->table.name != NULL && strcmp (st->table.name, st->name.name) != 0
             ? g_strdup_printf ("%s “%s” of “%s”", st->what, st->name.name, st->table.name)
             : g_strdup_printf ("%s “%s”", st->what, st->name.name);
}
