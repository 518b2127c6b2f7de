/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-maria-objects.h"

#include <string.h>

#include "base/sr-error.h"
#include "target/sr-maria-catalogue.h"

/* Names and reasons that a row of the preflight tells. */
#define SHOWN 20

typedef struct
{
  SrMariaObjects     *objects;
  SrMaria            *maria;
  const SrTargetPlan *plan;
  SrMariaSurroundings around;
  GPtrArray          *triggers;   /* (element-type SrMariaTrigger) */
  GHashTable         *last_views; /* name → place in the plan, of the last of its name, from 1 */
  GHashTable         *not_made;   /* (element-type utf8): lower-case names */
  char               *user;       /* who restores, "user@host" */
  gboolean            may_be_others;
  GCancellable       *cancellable;
} Chooser;

static void
free_planned (gpointer data)
{
  SrMariaPlanned *self = data;

  sr_maria_object_free (self->object);
  g_free (self);
}

void
sr_maria_objects_free (SrMariaObjects *self)
{
  g_ptr_array_unref (self->planned);
  g_ptr_array_unref (self->refused);
  g_clear_pointer (&self->existing, g_ptr_array_unref);
  g_hash_table_unref (self->definers);
  g_free (self);
}

static void
refuse (Chooser    *self,
        const char *what,
        const char *name,
        const char *reason)
{
  g_autofree char *lower = g_utf8_strdown (name, -1);

  g_hash_table_add (self->not_made, g_steal_pointer (&lower));
  g_ptr_array_add (self->objects->refused,
                   g_strdup_printf ("the %s “%.100s”: %s", what, name, reason));
}

/* Returns: (transfer full) (nullable) (element-type utf8): the first column, in lower case */
static GHashTable *
ask_names (Chooser    *self,
           const char *query,
           GError    **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (MYSQL_RES)  result = sr_maria_query (self->maria, query, self->cancellable, error);
  MYSQL_ROW              row;

  if (result == NULL)
    return NULL;
  while ((row = mysql_fetch_row (result)) != NULL)
    g_hash_table_add (names, g_utf8_strdown (row[0], -1));
  return g_steal_pointer (&names);
}

static gboolean
ask_user (Chooser *self,
          GError **error)
{
  g_autoptr (MYSQL_RES) result =
      sr_maria_query (self->maria, "SELECT CURRENT_USER()", self->cancellable, error);
  MYSQL_ROW row = result != NULL ? mysql_fetch_row (result) : NULL;

  if (result == NULL)
    return FALSE;
  self->user = g_strdup (row != NULL ? row[0] : "");
  return sr_maria_may_set_definer (self->maria, &self->may_be_others, error);
}

static gboolean
look_around (Chooser *self,
             GError **error)
{
  static const char *const systems[] = { "mysql", "information_schema", "performance_schema",
                                         "sys" };

  self->around.syntax.version = sr_maria_get_version (self->maria);
  self->around.syntax.is_mariadb = sr_maria_is_mariadb (self->maria);
  self->around.database = sr_maria_get_database (self->maria);
  self->around.source = self->plan->database;
  self->around.others = ask_names (self,
                                   "SELECT schema_name FROM information_schema.schemata WHERE "
                                   "schema_name <> DATABASE()",
                                   error);
  if (self->around.others == NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (systems); i++)
    g_hash_table_add (self->around.others, g_strdup (systems[i]));
  self->around.collations =
      ask_names (self, "SELECT collation_name FROM information_schema.collations", error);
  self->objects->existing = self->around.collations != NULL
                                ? sr_maria_existing_list (self->maria, self->cancellable, error)
                                : NULL;
  self->triggers = self->objects->existing != NULL
                       ? sr_maria_list_triggers (self->maria, self->cancellable, error)
                       : NULL;
  return self->triggers != NULL && ask_user (self, error);
}

static void
clear_chooser (Chooser *self)
{
  g_clear_pointer (&self->around.others, g_hash_table_unref);
  g_clear_pointer (&self->around.collations, g_hash_table_unref);
  g_clear_pointer (&self->triggers, g_ptr_array_unref);
  g_clear_pointer (&self->last_views, g_hash_table_unref);
  g_clear_pointer (&self->not_made, g_hash_table_unref);
  g_free (self->user);
}

static const char *
get_table (const SrTargetTable *table)
{
  return table->table != NULL ? table->table : table->collection->name;
}

static gboolean
is_restored_table (Chooser    *self,
                   const char *name)
{
  for (guint i = 0; i < self->plan->n_tables; i++)
    if (sr_maria_same_table (self->maria, get_table (&self->plan->tables[i]), name))
      return TRUE;
  return FALSE;
}

/* Whether a chosen table takes its numbers from that sequence. */
static gboolean
is_used_sequence (Chooser    *self,
                  const char *name)
{
  g_autofree char *quoted = sr_maria_quote (name);

  for (guint i = 0; i < self->plan->n_tables; i++)
    {
      const char *ddl = self->plan->tables[i].collection->ddl;

      if (ddl != NULL && strstr (ddl, quoted) != NULL && strstr (ddl, "nextval") != NULL)
        return TRUE;
    }
  return FALSE;
}

/* Where only some tables were chosen, only what is a part of them comes. */
static gboolean
is_chosen (Chooser             *self,
           const SrMariaObject *object)
{
  if (object->kind == SR_MARIA_TRIGGER || object->kind == SR_MARIA_CHANGE)
    return is_restored_table (self, object->table);
  if (!self->plan->some_tables)
    return TRUE;
  return (object->kind == SR_MARIA_SEQUENCE || object->kind == SR_MARIA_VALUE) &&
         is_used_sequence (self, object->name);
}

/* The names of routines and events do not tell upper from lower case. */
static gboolean
is_same_name (SrMaria          *maria,
              SrMariaObjectKind kind,
              const char       *a,
              const char       *b)
{
  g_autofree char *left = NULL;
  g_autofree char *right = NULL;

  if (kind != SR_MARIA_FUNCTION && kind != SR_MARIA_PROCEDURE && kind != SR_MARIA_EVENT)
    return sr_maria_same_table (maria, a, b);
  left = g_utf8_strdown (a, -1);
  right = g_utf8_strdown (b, -1);
  return strcmp (left, right) == 0;
}

static SrMariaExisting *
find_existing (Chooser             *self,
               const SrMariaObject *object)
{
  for (guint i = 0; i < self->objects->existing->len; i++)
    {
      SrMariaExisting *existing = g_ptr_array_index (self->objects->existing, i);

      if (existing->kind == object->kind &&
          is_same_name (self->maria, object->kind, existing->name, object->name))
        return existing;
    }
  return NULL;
}

/* Something of another kind may have its name. Returns: -1 with @error set; @reason: (out): why not
 */
static int
check_place (Chooser             *self,
             const SrMariaObject *object,
             const char         **reason,
             GError             **error)
{
  gboolean found = FALSE;
  gboolean is_view = FALSE;

  for (guint i = 0; object->kind == SR_MARIA_TRIGGER && i < self->triggers->len; i++)
    {
      const SrMariaTrigger *trigger = g_ptr_array_index (self->triggers, i);

      if (sr_maria_same_table (self->maria, trigger->name, object->name) &&
          !is_restored_table (self, trigger->table))
        *reason = "a table that stays has one of that name";
    }
  if (object->kind != SR_MARIA_VIEW && object->kind != SR_MARIA_SEQUENCE)
    return *reason == NULL;
  if (!sr_maria_find_table (self->maria, self->around.database, object->name, &found, &is_view,
                            NULL, self->cancellable, error))
    return -1;
  if (find_existing (self, object) == NULL && found)
    *reason = "there is a table or view of that name";
  else if (is_restored_table (self, object->name))
    *reason = "the backup has a table of that name too";
  return *reason == NULL;
}

/* Whether the server knows the time zone of an event. */
static int
check_time_zone (Chooser             *self,
                 const SrMariaObject *object,
                 const char         **reason,
                 GError             **error)
{
  const char      *zone = object->create != NULL ? object->create->time_zone : NULL;
  g_autofree char *literal = NULL;
  g_autofree char *query = NULL;
  guint64          known = 0;

  if (zone == NULL || strcmp (zone, "SYSTEM") == 0)
    return TRUE;
  literal = sr_maria_literal (zone);
  query = g_strdup_printf (
      "SELECT CONVERT_TZ('2026-01-01 00:00:00', '+00:00', %s) IS NOT NULL", literal);
  if (!sr_maria_query_number (self->maria, query, &known, self->cancellable, error))
    return -1;
  if (known == 0)
    *reason = "the server does not know its time zone";
  return known != 0;
}

/* Returns: whether @existing may be replaced, and put back; -1 with @error set */
static int
check_existing (Chooser         *self,
                SrMariaExisting *existing,
                char           **reason,
                GError         **error)
{
  g_autoptr (GError) refusal = NULL;

  if (existing == NULL)
    return TRUE;
  if (!self->plan->replace || self->plan->some_tables)
    *reason = g_strdup ("there is one already, which stays");
  else if (existing->definer != NULL && !self->may_be_others &&
           strcmp (existing->definer, self->user) != 0)
    *reason = g_strdup_printf ("there is one of %s, which this user could not put back",
                               existing->definer);
  else if (sr_maria_existing_read (existing, self->maria, &refusal))
    return TRUE;
  else if (sr_error_is (refusal, SR_ERROR_REFUSED))
    *reason = g_strdup (refusal->message);
  else
    {
      g_propagate_error (error, g_steal_pointer (&refusal));
      return -1;
    }
  return FALSE;
}

/* A value is nothing without its sequence. */
static gboolean
has_sequence (Chooser             *self,
              const SrMariaObject *object)
{
  return object->kind != SR_MARIA_VALUE ||
         sr_maria_objects_find (self->objects, self->maria, SR_MARIA_SEQUENCE, object->name) !=
             NULL;
}

static gboolean
is_there_trigger (Chooser             *self,
                  const SrMariaObject *object)
{
  for (guint i = 0; object->kind == SR_MARIA_TRIGGER && i < self->triggers->len; i++)
    if (sr_maria_same_table (self->maria,
                             ((SrMariaTrigger *) g_ptr_array_index (self->triggers, i))->name,
                             object->name))
      return TRUE;
  return FALSE;
}

/* Of two of a name the last counts, as it does for whoever runs the dump. */
static void
forget_same (Chooser             *self,
             const SrMariaObject *object)
{
  const SrMariaPlanned *planned =
      sr_maria_objects_find (self->objects, self->maria, object->kind, object->name);

  if (planned != NULL && object->kind != SR_MARIA_CHANGE && object->kind != SR_MARIA_VALUE)
    g_ptr_array_remove (self->objects->planned, (gpointer) planned);
}

static gboolean
add_object (Chooser       *self,
            SrMariaObject *object, /* (transfer full) */
            GError       **error)
{
  g_autoptr (SrMariaObject) owned = object;
  SrMariaPlanned           *planned;
  SrMariaExisting          *existing = find_existing (self, object);
  const char               *reason = NULL;
  g_autofree char          *long_reason = NULL;
  int                       fits;

  if (!is_chosen (self, object) || !has_sequence (self, object))
    return TRUE;
  fits = check_place (self, object, &reason, error);
  fits = fits > 0 ? check_time_zone (self, object, &reason, error) : fits;
  fits = fits > 0 ? check_existing (self, existing, &long_reason, error) : fits;
  if (fits < 0)
    return FALSE;
  if (fits == 0)
    {
      refuse (self, sr_maria_object_kind_name (object->kind), object->name,
              reason != NULL ? reason : long_reason);
      return TRUE;
    }
  forget_same (self, object);
  if (object->definer != NULL)
    g_hash_table_add (self->objects->definers, g_strdup (object->definer));
  planned = g_new0 (SrMariaPlanned, 1);
  planned->object = g_steal_pointer (&owned);
  planned->existing = existing;
  planned->replaces = existing != NULL || is_there_trigger (self, planned->object);
  g_ptr_array_add (self->objects->planned, planned);
  return TRUE;
}

/* "view", as far as it is known of what could not be read. */
static const char *
name_kind (const SrTargetObject *object)
{
  static const char *const names[SR_N_TARGET_OBJECTS] = {
    [SR_TARGET_OBJECT_VIEW] = "view",
    [SR_TARGET_OBJECT_ROUTINE] = "routine",
    [SR_TARGET_OBJECT_TRIGGER] = "trigger",
    [SR_TARGET_OBJECT_EVENT] = "event",
    [SR_TARGET_OBJECT_SEQUENCE] = "sequence",
    [SR_TARGET_OBJECT_INDEX] = "index",
    [SR_TARGET_OBJECT_CONSTRAINT] = "constraint",
    [SR_TARGET_OBJECT_RIGHT] = "right",
  };

  return names[object->kind] != NULL ? names[object->kind] : "statement";
}

/* What was not chosen is not missed. */
static gboolean
is_wanted (Chooser              *self,
           const SrTargetObject *object,
           guint                 place)
{
  gboolean is_part = object->table != NULL && *object->table != '\0';

  if (object->kind == SR_TARGET_OBJECT_TABLE || object->kind == SR_TARGET_OBJECT_OWNER ||
      object->kind == SR_TARGET_OBJECT_COMMENT)
    return FALSE;
  if (is_part && !is_restored_table (self, object->table))
    return FALSE;
  /* before a view there is another of its name, with the same columns, for those that need it */
  if (object->kind == SR_TARGET_OBJECT_VIEW &&
      GPOINTER_TO_UINT (g_hash_table_lookup (self->last_views, object->name)) != place + 1)
    return FALSE;
  return is_part || !self->plan->some_tables || object->kind == SR_TARGET_OBJECT_SEQUENCE;
}

static gboolean
take_object (Chooser              *self,
             const SrTargetObject *object,
             GError              **error)
{
  g_autoptr (GError) reason = NULL;
  SrMariaObject     *made;

  if (object->database != NULL && g_strcmp0 (object->database, self->plan->database) != 0)
    {
      refuse (self, name_kind (object), object->name, "it belongs to another database");
      return TRUE;
    }
  made = sr_maria_object_parse (object, &self->around, &reason);
  if (made != NULL)
    return add_object (self, made, error);
  refuse (self, name_kind (object), object->name, reason->message);
  return TRUE;
}

/* What needs something that is not restored, and is not there either, is not restored. */
static gboolean
drop_dependents (Chooser *self)
{
  gboolean dropped = FALSE;

  for (guint i = self->objects->planned->len; i > 0; i--)
    {
      const SrMariaPlanned *planned = g_ptr_array_index (self->objects->planned, i - 1);
      const SrMariaObject  *object = planned->object;
      GHashTableIter        iter;
      gpointer              need;

      if (object->kind != SR_MARIA_VIEW)
        continue;
      g_hash_table_iter_init (&iter, object->needs);
      while (g_hash_table_iter_next (&iter, &need, NULL))
        if (g_hash_table_contains (self->not_made, need))
          {
            g_autofree char *reason = g_strdup_printf ("it needs “%s”, which is not restored",
                                                       (const char *) need);

            refuse (self, "view", object->name, reason);
            g_ptr_array_remove_index (self->objects->planned, i - 1);
            dropped = TRUE;
            break;
          }
    }
  return dropped;
}

/* Names that are there anyway are no reason. */
static void
forget_existing (Chooser *self)
{
  for (guint i = 0; i < self->objects->existing->len; i++)
    {
      const SrMariaExisting *existing = g_ptr_array_index (self->objects->existing, i);
      g_autofree char       *lower = g_utf8_strdown (existing->name, -1);

      g_hash_table_remove (self->not_made, lower);
    }
  for (guint i = 0; i < self->plan->n_tables; i++)
    {
      g_autofree char *lower = g_utf8_strdown (get_table (&self->plan->tables[i]), -1);

      g_hash_table_remove (self->not_made, lower);
    }
}

static int
compare_kinds (gconstpointer a,
               gconstpointer b)
{
  const SrMariaPlanned *left = *(SrMariaPlanned *const *) a;
  const SrMariaPlanned *right = *(SrMariaPlanned *const *) b;

  return (int) left->object->kind - (int) right->object->kind;
}

static gboolean
choose (Chooser *self,
        GError **error)
{
  const SrTargetPlan *plan = self->plan;

  for (guint i = 0; i < plan->n_objects; i++)
    if (plan->objects[i].kind == SR_TARGET_OBJECT_VIEW)
      g_hash_table_insert (self->last_views, (gpointer) plan->objects[i].name,
                           GUINT_TO_POINTER (i + 1));
  for (guint i = 0; i < plan->n_objects; i++)
    if (is_wanted (self, &plan->objects[i], i) && !take_object (self, &plan->objects[i], error))
      return FALSE;
  forget_existing (self);
  while (drop_dependents (self))
    ;
  g_ptr_array_sort (self->objects->planned, compare_kinds);
  return TRUE;
}

SrMariaObjects *
sr_maria_objects_new (SrMaria            *maria,
                      const SrTargetPlan *plan,
                      GCancellable       *cancellable,
                      GError            **error)
{
  g_autoptr (SrMariaObjects) self = g_new0 (SrMariaObjects, 1);
  Chooser                    chooser = { self, maria, plan };
  gboolean                   done;

  self->planned = g_ptr_array_new_with_free_func (free_planned);
  self->refused = g_ptr_array_new_with_free_func (g_free);
  self->definers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (plan->n_objects == 0)
    return g_steal_pointer (&self);
  chooser.cancellable = cancellable;
  chooser.last_views = g_hash_table_new (g_str_hash, g_str_equal);
  chooser.not_made = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  done = look_around (&chooser, error) && choose (&chooser, error);
  clear_chooser (&chooser);
  return done ? g_steal_pointer (&self) : NULL;
}

const SrMariaPlanned *
sr_maria_objects_find (SrMariaObjects   *self,
                       SrMaria          *maria,
                       SrMariaObjectKind kind,
                       const char       *name)
{
  for (guint i = 0; i < self->planned->len; i++)
    {
      const SrMariaPlanned *planned = g_ptr_array_index (self->planned, i);

      if (planned->object->kind == kind && is_same_name (maria, kind, planned->object->name, name))
        return planned;
    }
  return NULL;
}

/* Returns: (transfer full) (element-type utf8): what is planned of that kind, each once */
static GPtrArray *
name_planned (const SrMariaObjects *self,
              SrMariaObjectKind     kind,
              gboolean              replacing)
{
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; i < self->planned->len; i++)
    {
      const SrMariaPlanned *planned = g_ptr_array_index (self->planned, i);
      const SrMariaObject  *object = planned->object;
      const char           *name = kind == SR_MARIA_CHANGE ? object->table : object->name;

      if (object->kind == kind && planned->replaces == replacing &&
          !g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
        g_ptr_array_add (names, (gpointer) name);
    }
  return names;
}

/* "views a, b; triggers c". Returns: (transfer full) (nullable) */
static char *
list_planned (const SrMariaObjects *self,
              gboolean              replacing)
{
  GString *text = g_string_new (NULL);

  for (guint kind = 0; kind < SR_MARIA_N_OBJECTS; kind++)
    {
      g_autoptr (GPtrArray) names = name_planned (self, kind, replacing);

      if (names->len == 0 || kind == SR_MARIA_VALUE)
        continue;
      g_string_append_printf (text, "%s%s", text->len > 0 ? "; " : "",
                              sr_maria_object_kind_names (kind));
      for (guint i = 0; i < MIN (names->len, SHOWN); i++)
        g_string_append_printf (text, "%s %.100s", i > 0 ? "," : "",
                                (const char *) g_ptr_array_index (names, i));
      if (names->len > SHOWN)
        g_string_append_printf (text, " and %u more", names->len - SHOWN);
    }
  return g_string_free (text, text->len == 0);
}

static void
tell_definers (const SrMariaObjects *self,
               SrPreflight          *result)
{
  g_autoptr (GString) names = g_string_new (NULL);
  GHashTableIter      iter;
  gpointer            name;
  guint               n = 0;

  g_hash_table_iter_init (&iter, self->definers);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (n++ < SHOWN)
      g_string_append_printf (names, "%s%.100s", n > 1 ? ", " : "", (const char *) name);
  if (n > 0)
    sr_preflight_add (result, "Definer", TRUE, TRUE,
                      "What the backup made for %s is made for the user who restores: where it "
                      "says SQL SECURITY DEFINER it then runs with that user's rights",
                      names->str);
}

static void
tell_refused (const SrMariaObjects *self,
              SrPreflight          *result)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < MIN (self->refused->len, SHOWN); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "; " : "",
                            (const char *) g_ptr_array_index (self->refused, i));
  if (self->refused->len > SHOWN)
    g_string_append_printf (text, "; and %u more", self->refused->len - SHOWN);
  if (text->len > 0)
    sr_preflight_add (result, "Not restored", TRUE, TRUE, "%s", text->str);
}

void
sr_maria_objects_tell (const SrMariaObjects *self,
                       SrPreflight          *result)
{
  g_autofree char *made = list_planned (self, FALSE);
  g_autofree char *replaced = list_planned (self, TRUE);

  if (made != NULL)
    sr_preflight_add (result, "Besides tables", TRUE, FALSE, "Made: %s", made);
  if (replaced != NULL)
    sr_preflight_add (result, "Besides tables", TRUE, TRUE, "Replaced: %s", replaced);
  tell_definers (self, result);
  tell_refused (self, result);
}

gboolean
sr_maria_objects_replace (const SrMariaObjects *self)
{
  for (guint i = 0; i < self->planned->len; i++)
    if (((const SrMariaPlanned *) g_ptr_array_index (self->planned, i))->replaces)
      return TRUE;
  return FALSE;
}
