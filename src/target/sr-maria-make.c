/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-maria-make.h"

#include <string.h>

#include "base/sr-error.h"

typedef struct
{
  SrMariaStage *stage;
  SrMaria      *maria;
  SrTarget     *step;
} Maker;

static gboolean
push (Maker                  *self,
      const SrMariaStatement *undo,
      GError                **error)
{
  return sr_maria_journal_push (self->stage->journal, self->maria, sr_maria_statement_copy (undo),
                                error);
}

static const char *
get_word (SrMariaObjectKind kind)
{
  static const char *const words[SR_MARIA_N_OBJECTS] = {
    [SR_MARIA_FUNCTION] = "FUNCTION",
    [SR_MARIA_PROCEDURE] = "PROCEDURE",
    [SR_MARIA_TRIGGER] = "TRIGGER",
    [SR_MARIA_VIEW] = "VIEW",
    [SR_MARIA_EVENT] = "EVENT",
  };

  return words[kind];
}

gboolean
sr_maria_make_prepare (SrMariaStage *stage,
                       SrTarget     *step,
                       GError      **error)
{
  Maker self = { stage, stage->maria, step };

  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < stage->objects->planned->len; i++)
      {
        const SrMariaPlanned  *planned = g_ptr_array_index (stage->objects->planned, i);
        const SrMariaExisting *old = planned->existing;

        if (old != NULL && old->kind == SR_MARIA_VIEW &&
            !push (&self, pass == 0 ? old->create : old->stand_in, error))
          return FALSE;
      }
  return TRUE;
}

static char *
drop_statement (Maker            *self,
                SrMariaObjectKind kind,
                const char       *name)
{
  g_autofree char *quoted = sr_maria_quote_in (sr_maria_get_database (self->maria), name);

  return g_strdup_printf ("DROP %s IF EXISTS %s", get_word (kind), quoted);
}

/* What undoes that something is made where nothing was. */
static gboolean
push_drop (Maker               *self,
           const SrMariaObject *object,
           GError             **error)
{
  g_autofree char             *sql = drop_statement (self, object->kind, object->name);
  g_autoptr (SrMariaStatement) undo = sr_maria_statement_new (sql, NULL);

  return push (self, undo, error);
}

/* Whether one statement takes the place of the old one; MySQL can that with views only. */
static gboolean
is_replacing (Maker                *self,
              const SrMariaPlanned *planned)
{
  return planned->existing != NULL &&
         (planned->object->kind == SR_MARIA_VIEW || sr_maria_is_mariadb (self->maria));
}

/* Notes how it is undone, and removes an old one that cannot be replaced. */
static gboolean
note_one (Maker                *self,
          const SrMariaPlanned *planned,
          GError              **error)
{
  const SrMariaExisting *old = planned->existing;
  g_autofree char       *drop = NULL;

  /* the views that are there were noted before all else */
  if (old != NULL && old->kind != SR_MARIA_VIEW && !push (self, old->create, error))
    return FALSE;
  if (is_replacing (self, planned))
    return TRUE;
  if (old != NULL)
    {
      drop = drop_statement (self, old->kind, old->name);
      if (!sr_target_step (self->step, "drop object", error) ||
          !sr_maria_run (self->maria, drop, NULL, error))
        return FALSE;
    }
  return push_drop (self, planned->object, error);
}

static gboolean
make_one (Maker                *self,
          const SrMariaPlanned *planned,
          GError              **error)
{
  const SrMariaStatement      *wanted = planned->object->create;
  g_autoptr (SrMariaStatement) create = sr_maria_statement_copy (wanted);

  if (is_replacing (self, planned))
    {
      g_free (create->sql);
      create->sql = g_strconcat ("CREATE OR REPLACE ", wanted->sql + strlen ("CREATE "), NULL);
    }
  return sr_target_step (self->step, "make object", error) &&
         sr_maria_statement_run (create, self->maria, error);
}

static gboolean
make_kind (Maker            *self,
           SrMariaObjectKind kind,
           GError          **error)
{
  for (guint i = 0; i < self->stage->objects->planned->len; i++)
    {
      const SrMariaPlanned *planned = g_ptr_array_index (self->stage->objects->planned, i);

      if (planned->object->kind == kind &&
          !(note_one (self, planned, error) && make_one (self, planned, error)))
        {
          g_prefix_error (error, "Making the %s “%s”: ", sr_maria_object_kind_name (kind),
                          planned->object->name);
          return FALSE;
        }
    }
  return TRUE;
}

/* One round over the views that wait for others. Returns: -1 if there is no sense in another
 * round, with @error set; else how many were made, with @error set if some were not */
static int
make_round (Maker     *self,
            GPtrArray *waiting,
            GError   **error)
{
  int   made = 0;
  guint i = 0;

  while (i < waiting->len)
    {
      const SrMariaPlanned *planned = g_ptr_array_index (waiting, i);
      g_autoptr (GError)    reason = NULL;

      if (make_one (self, planned, &reason))
        {
          g_ptr_array_remove_index (waiting, i);
          made++;
          continue;
        }
      g_prefix_error (&reason, "Making the view “%s”: ", planned->object->name);
      g_clear_error (error);
      if (!sr_error_is (reason, SR_ERROR_NOT_FOUND) && !sr_error_is (reason, SR_ERROR_FAILED))
        {
          g_propagate_error (error, g_steal_pointer (&reason));
          return -1;
        }
      g_propagate_error (error, g_steal_pointer (&reason));
      i++;
    }
  return made;
}

/* A dump has views by their names; each must come behind those that it needs. */
static gboolean
make_views (Maker   *self,
            GError **error)
{
  g_autoptr (GPtrArray) waiting = g_ptr_array_new ();

  for (guint i = 0; i < self->stage->objects->planned->len; i++)
    {
      SrMariaPlanned *planned = g_ptr_array_index (self->stage->objects->planned, i);

      if (planned->object->kind != SR_MARIA_VIEW)
        continue;
      g_ptr_array_add (waiting, planned);
      if (!note_one (self, planned, error))
        return FALSE;
    }
  while (waiting->len > 0)
    {
      g_autoptr (GError) reason = NULL;

      if (make_round (self, waiting, &reason) > 0)
        continue;
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  return TRUE;
}

gboolean
sr_maria_make_objects (SrMariaStage *stage,
                       SrTarget     *step,
                       GError      **error)
{
  Maker self = { stage, stage->maria, step };

  return make_kind (&self, SR_MARIA_FUNCTION, error) &&
         make_kind (&self, SR_MARIA_PROCEDURE, error) &&
         make_kind (&self, SR_MARIA_TRIGGER, error) && make_views (&self, error) &&
         make_kind (&self, SR_MARIA_EVENT, error);
}

/* Returns: (transfer full): @text with each @old replaced */
static char *
replace_all (const char *text,
             const char *old,
             const char *new)
{
  g_auto (GStrv) parts = g_strsplit (text, old, -1);

  return g_strjoinv (new, parts);
}

static gboolean
make_default (Maker    *self,
              MYSQL_ROW row,
              GError  **error)
{
  const char      *database = sr_maria_get_database (self->maria);
  g_autofree char *table = sr_maria_quote_in (database, row[0]);
  g_autofree char *column = sr_maria_quote (row[1]);
  g_autofree char *value = g_strdup (row[2]);

  for (guint i = 0; i < self->stage->tables->len; i++)
    {
      const SrMariaTable *sequence = g_ptr_array_index (self->stage->tables, i);
      g_autofree char    *staged =
          sr_maria_quote_in (self->stage->stage_database, sequence->staged);
      g_autofree char *placed = sr_maria_quote_in (database, sequence->name);
      char            *replaced;

      if (!sequence->is_sequence)
        continue;
      replaced = replace_all (value, staged, placed);
      g_free (value);
      value = replaced;
    }
  if (strcmp (value, row[2]) == 0)
    return TRUE;
  return sr_target_step (self->step, "set default", error) &&
         sr_maria_runf (self->maria, NULL, error, "ALTER TABLE %s ALTER COLUMN %s SET DEFAULT (%s)",
                        table, column, value);
}

gboolean
sr_maria_make_defaults (SrMariaStage *stage,
                        SrTarget     *step,
                        GError      **error)
{
  Maker                 self = { stage, stage->maria, step };
  g_autoptr (MYSQL_RES) result = NULL;
  gboolean              has_sequences = FALSE;
  MYSQL_ROW             row;

  for (guint i = 0; i < stage->tables->len; i++)
    has_sequences |= ((const SrMariaTable *) g_ptr_array_index (stage->tables, i))->is_sequence;
  if (!has_sequences)
    return TRUE;
  result = sr_maria_query (stage->maria,
                           "SELECT table_name, column_name, column_default FROM "
                           "information_schema.columns WHERE table_schema = DATABASE() AND "
                           "column_default LIKE '%nextval(%'",
                           NULL, error);
  if (result == NULL)
    return FALSE;
  while ((row = mysql_fetch_row (result)) != NULL)
    if (sr_maria_stage_replaces (stage, row[0]) && !make_default (&self, row, error))
      return FALSE;
  return TRUE;
}
