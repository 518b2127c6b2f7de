/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-mariadb-target.h"

#include "base/sr-error.h"
#include "target/sr-maria-catalogue.h"
#include "target/sr-maria-dump.h"
#include "target/sr-maria-preflight.h"
#include "target/sr-maria-swap.h"

/* How long another restore may take to end. */
#define LOCK_SECONDS 3

typedef enum
{
  STATE_IDLE,
  STATE_STAGED,
  STATE_SWAPPED,
  STATE_BROKEN, /* neither old nor new; what is kept must not be thrown away */
} State;

struct _SrMariadbTarget
{
  SrTarget          parent_instance;
  SrTargetLocation *location;
  SrSecret         *password;          /* (nullable) */
  SrMaria          *maria;             /* (nullable) */
  SrMariaStage     *stage;             /* (nullable) */
  SrMariaTable     *current;           /* (nullable): in stage */
  GPtrArray        *replaced;          /* (element-type utf8): tables that will be replaced */
  gboolean          replaces_routines; /* or events */
  gboolean          holds_lock;
  State             state;
};

G_DEFINE_FINAL_TYPE (SrMariadbTarget, sr_mariadb_target, SR_TYPE_TARGET)

static gboolean
ensure_connected (SrMariadbTarget *self,
                  GCancellable    *cancellable,
                  GError         **error)
{
  if (self->maria == NULL)
    self->maria = sr_maria_open (self->location, self->password, cancellable, error);
  return self->maria != NULL;
}

/* Returns: (transfer full): "GET_LOCK('…'" without what follows */
static char *
name_lock (SrMariadbTarget *self,
           const char      *function)
{
  g_autofree char *digest = g_compute_checksum_for_string (
      G_CHECKSUM_SHA256, sr_maria_get_database (self->maria), -1);

  return g_strdup_printf ("%s('strongroom-%.40s'", function, digest);
}

/* One restore into a database at a time. The server lets go when the connection ends, of which it
 * hears with some delay. */
static gboolean
take_lock (SrMariadbTarget *self,
           GError         **error)
{
  g_autofree char *call = name_lock (self, "GET_LOCK");
  g_autofree char *sql = g_strdup_printf ("SELECT %s, %d)", call, LOCK_SECONDS);
  guint64          taken = 0;

  if (self->holds_lock)
    return TRUE;
  if (!sr_maria_query_number (self->maria, sql, &taken, NULL, error))
    return FALSE;
  self->holds_lock = taken != 0;
  if (!self->holds_lock)
    g_set_error (error, SR_ERROR, SR_ERROR_LOCKED,
                 "Another restore into this database is under way; wait until it has ended");
  return self->holds_lock;
}

static void
let_go (SrMariadbTarget *self)
{
  g_autofree char *call = name_lock (self, "RELEASE_LOCK");

  (void) sr_maria_runf (self->maria, NULL, NULL, "DO %s)", call);
  self->holds_lock = FALSE;
}

/* Remembers which tables there are to be saved. */
static gboolean
note_replaced (SrMariadbTarget    *self,
               const SrTargetPlan *plan,
               GCancellable       *cancellable,
               GError            **error)
{
  g_ptr_array_set_size (self->replaced, 0);
  for (guint i = 0; i < plan->n_tables; i++)
    {
      const char *name = plan->tables[i].table != NULL ? plan->tables[i].table
                                                       : plan->tables[i].collection->name;
      gboolean    found = FALSE;
      gboolean    is_view = FALSE;

      if (!sr_maria_find_table (self->maria, sr_maria_get_database (self->maria), name, &found,
                                &is_view, NULL, cancellable, error))
        return FALSE;
      if (found && !is_view)
        g_ptr_array_add (self->replaced, g_strdup (name));
    }
  return TRUE;
}

/* What is replaced besides tables is saved too. */
static void
note_replaced_objects (SrMariadbTarget      *self,
                       const SrMariaObjects *objects)
{
  self->replaces_routines = FALSE;
  for (guint i = 0; i < objects->planned->len; i++)
    {
      const SrMariaPlanned *planned = g_ptr_array_index (objects->planned, i);

      if (planned->existing == NULL)
        continue;
      if (planned->existing->kind == SR_MARIA_VIEW || planned->existing->kind == SR_MARIA_SEQUENCE)
        g_ptr_array_add (self->replaced, g_strdup (planned->existing->name));
      else
        self->replaces_routines = TRUE;
    }
}

/* Looks at the database, to which there is a connection. */
static gboolean
look (SrMariadbTarget    *self,
      const SrTargetPlan *plan,
      SrPreflight        *result,
      GCancellable       *cancellable,
      GError            **error)
{
  g_autoptr (SrMariaObjects) objects = NULL;

  if (!note_replaced (self, plan, cancellable, error))
    return FALSE;
  objects = sr_maria_objects_new (self->maria, plan, cancellable, error);
  if (objects == NULL)
    return FALSE;
  note_replaced_objects (self, objects);
  return sr_maria_preflight (self->maria, plan, objects, result, cancellable, error);
}

static gboolean
preflight (SrTarget           *target,
           const SrTargetPlan *plan,
           SrPreflight        *result,
           GCancellable       *cancellable,
           GError            **error)
{
  SrMariadbTarget   *self = SR_MARIADB_TARGET (target);
  g_autofree char   *shown = sr_target_location_to_display (self->location);
  g_autoptr (GError) reason = NULL;

  if (!ensure_connected (self, cancellable, &reason))
    {
      if (sr_error_is (reason, SR_ERROR_CANCELLED))
        {
          g_propagate_error (error, g_steal_pointer (&reason));
          return FALSE;
        }
      sr_preflight_add (result, "Server", FALSE, FALSE, "%s", reason->message);
      return TRUE;
    }
  sr_preflight_add (result, "Server", TRUE,
                    !sr_target_location_is_local (self->location) &&
                        !sr_maria_is_encrypted (self->maria),
                    "%s, %s", shown,
                    sr_maria_is_encrypted (self->maria) ? "encrypted" : "not encrypted");
  return look (self, plan, result, cancellable, error);
}

/* @whole: (out): every table of the database is replaced, so that all of it is saved; @readable:
 * (out): the routines too, which a restore does not touch */
static gboolean
is_whole (SrMariadbTarget *self,
          gboolean        *whole,
          gboolean        *readable,
          GCancellable    *cancellable,
          GError         **error)
{
  guint64 count = 0;
  guint64 hidden = 0;

  if (!sr_maria_query_number (self->maria,
                              "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = "
                              "DATABASE() AND table_type <> 'VIEW'",
                              &count, cancellable, error) ||
      !sr_maria_query_number (self->maria,
                              "SELECT COUNT(*) FROM information_schema.routines WHERE "
                              "routine_schema = DATABASE() AND routine_definition IS NULL",
                              &hidden, cancellable, error))
    return FALSE;
  *whole = count <= self->replaced->len;
  *readable = hidden == 0;
  return TRUE;
}

static gboolean
back_up (SrTarget      *target,
         GOutputStream *stream,
         guint64       *written,
         GCancellable  *cancellable,
         GError       **error)
{
  SrMariadbTarget      *self = SR_MARIADB_TARGET (target);
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  gboolean              whole = FALSE;
  gboolean              readable = FALSE;

  *written = 0;
  if (self->replaced->len == 0 && !self->replaces_routines)
    return TRUE;
  return ensure_connected (self, cancellable, error) &&
         is_whole (self, &whole, &readable, cancellable, error) &&
         sr_maria_dump (self->location, self->password, whole ? none : self->replaced,
                        self->replaces_routines || (whole && readable),
                        sr_maria_is_mariadb (self->maria), stream, written, cancellable, error);
}

static const char *
get_back_up_suffix (SrTarget *target)
{
  return ".sql";
}

static gboolean
begin (SrTarget           *target,
       const SrTargetPlan *plan,
       GCancellable       *cancellable,
       GError            **error)
{
  SrMariadbTarget *self = SR_MARIADB_TARGET (target);

  if (self->state != STATE_IDLE)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "A restore into this database has begun already");
      return FALSE;
    }
  if (!ensure_connected (self, cancellable, error) || !take_lock (self, error) ||
      !sr_target_step (target, "clean up", error) || !sr_maria_stage_recover (self->maria, error))
    return FALSE;
  self->stage = sr_maria_stage_new (self->maria, plan, target, cancellable, error);
  if (self->stage == NULL)
    return FALSE;
  self->state = STATE_STAGED;
  return TRUE;
}

static gboolean
refuse_state (GError **error)
{
  g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "Nothing is staged that could be restored");
  return FALSE;
}

static gboolean
begin_collection (SrTarget           *target,
                  const SrCollection *collection,
                  GCancellable       *cancellable,
                  GError            **error)
{
  SrMariadbTarget *self = SR_MARIADB_TARGET (target);

  if (self->state != STATE_STAGED)
    return refuse_state (error);
  if (self->current != NULL && self->current->loader != NULL &&
      !sr_maria_loader_flush (self->current->loader, cancellable, error))
    return FALSE;
  self->current = sr_maria_stage_find (self->stage, collection->name);
  if (self->current != NULL)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "The plan of the restore does not name “%s”",
               collection->name);
  return FALSE;
}

static gboolean
put_record (SrTarget       *target,
            const SrRecord *record,
            GCancellable   *cancellable,
            GError        **error)
{
  SrMariadbTarget *self = SR_MARIADB_TARGET (target);

  if (self->state != STATE_STAGED || self->current == NULL)
    return refuse_state (error);
  if (self->current->loader == NULL)
    {
      self->current->skipped++;
      return TRUE;
    }
  return sr_target_step (target, "put record", error) &&
         sr_maria_loader_put (self->current->loader, record, cancellable, error);
}

static GPtrArray *
verify (SrTarget     *target,
        GCancellable *cancellable,
        GError      **error)
{
  SrMariadbTarget *self = SR_MARIADB_TARGET (target);

  if (self->state != STATE_STAGED)
    {
      refuse_state (error);
      return NULL;
    }
  return sr_target_step (target, "verify", error)
             ? sr_maria_stage_verify (self->stage, cancellable, error)
             : NULL;
}

/* Undoes what the journal knows of, over a new connection if the old one broke. */
static gboolean
revert (SrMariadbTarget *self,
        GError         **error)
{
  g_autoptr (GError) reason = NULL;

  if (sr_maria_run (self->maria, "DO 1", NULL, &reason) ||
      !sr_maria_is_gone (reason))
    return sr_maria_journal_revert (self->stage->journal, self->maria, error);
  g_clear_pointer (&self->maria, sr_maria_free);
  self->holds_lock = FALSE;
  if (!ensure_connected (self, NULL, error) || !take_lock (self, error))
    return FALSE;
  self->stage->maria = self->maria;
  return sr_maria_journal_revert (self->stage->journal, self->maria, error);
}

static void
tell_broken (SrMariadbTarget *self,
             GError         **error)
{
  self->state = STATE_BROKEN;
  g_prefix_error (
      error,
      "THE DATABASE IS NEITHER AS IT WAS NOR AS IT SHALL BE. What was there lies in the "
      "database “%s”, and the next restore tries again to put it back. ",
      self->stage->keep_database);
}

static gboolean
swap (SrTarget     *target,
      GCancellable *cancellable,
      GError      **error)
{
  SrMariadbTarget   *self = SR_MARIADB_TARGET (target);
  g_autoptr (GError) reason = NULL;

  if (self->state != STATE_STAGED)
    return refuse_state (error);
  if (sr_maria_swap (self->stage, target, cancellable, &reason))
    {
      self->state = STATE_SWAPPED;
      return TRUE;
    }
  if (!revert (self, error))
    {
      g_prefix_error (error, "%s; and undoing it failed: ", reason->message);
      tell_broken (self, error);
      return FALSE;
    }
  g_propagate_prefixed_error (error, g_steal_pointer (&reason),
                              "Nothing was changed in the database: ");
  return FALSE;
}

static gboolean
undo (SrTarget *target,
      GError  **error)
{
  SrMariadbTarget *self = SR_MARIADB_TARGET (target);

  if (self->state != STATE_SWAPPED)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "There is no restore to be undone");
      return FALSE;
    }
  if (!sr_target_step (target, "undo", error) ||
      !sr_maria_journal_set_done (self->stage->journal, self->maria, FALSE, error))
    return FALSE;
  if (!revert (self, error))
    {
      tell_broken (self, error);
      return FALSE;
    }
  self->state = STATE_STAGED;
  return TRUE;
}

static gboolean
discard (SrTarget *target,
         GError  **error)
{
  SrMariadbTarget *self = SR_MARIADB_TARGET (target);

  if (self->stage == NULL)
    return TRUE;
  if (self->state == STATE_BROKEN)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
                   "What “%s” holds is the only copy of the tables as they were, and is kept",
                   self->stage->keep_database);
      return FALSE;
    }
  if (!sr_target_step (target, "discard", error) || !sr_maria_stage_drop (self->stage, error))
    return FALSE;
  let_go (self);
  self->current = NULL;
  g_clear_pointer (&self->stage, sr_maria_stage_free);
  self->state = STATE_IDLE;
  return TRUE;
}

static void
sr_mariadb_target_finalize (GObject *object)
{
  SrMariadbTarget *self = SR_MARIADB_TARGET (object);

  if (self->stage != NULL && self->state == STATE_STAGED)
    sr_maria_stage_drop (self->stage, NULL);
  g_clear_pointer (&self->stage, sr_maria_stage_free);
  g_clear_pointer (&self->maria, sr_maria_free);
  sr_target_location_free (self->location);
  g_clear_pointer (&self->password, sr_secret_unref);
  g_ptr_array_unref (self->replaced);
  G_OBJECT_CLASS (sr_mariadb_target_parent_class)->finalize (object);
}

static void
sr_mariadb_target_class_init (SrMariadbTargetClass *class)
{
  SrTargetClass *target_class = SR_TARGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sr_mariadb_target_finalize;
  target_class->object_dialect = SR_SQL_MYSQL;
  target_class->preflight = preflight;
  target_class->back_up = back_up;
  target_class->begin = begin;
  target_class->begin_collection = begin_collection;
  target_class->put_record = put_record;
  target_class->verify = verify;
  target_class->swap = swap;
  target_class->undo = undo;
  target_class->discard = discard;
  target_class->get_back_up_suffix = get_back_up_suffix;
}

static void
sr_mariadb_target_init (SrMariadbTarget *self)
{
  self->replaced = g_ptr_array_new_with_free_func (g_free);
}

SrTarget *
sr_mariadb_target_new (const SrTargetLocation *location,
                       SrSecret               *password)
{
  SrMariadbTarget *self = g_object_new (SR_TYPE_MARIADB_TARGET, NULL);

  self->location = sr_target_location_copy (location);
  self->password = password != NULL ? sr_secret_ref (password) : NULL;
  return SR_TARGET (self);
}
