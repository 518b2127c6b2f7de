/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include <string.h>

#include "target/sr-postgres-objects.h"

#define SHOWN_NAMES 10

/* Names under a title, in the order in which titles first came. */
typedef struct
{
  GPtrArray  *titles;
  GHashTable *names; /* title → GPtrArray of utf8 */
} Groups;

static void
groups_init (Groups *self)
{
  self->titles = g_ptr_array_new_with_free_func (g_free);
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                       (GDestroyNotify) g_ptr_array_unref);
}

static void
groups_clear (Groups *self)
{
  g_hash_table_unref (self->names);
  g_ptr_array_unref (self->titles);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Groups, groups_clear)

static void
groups_add (Groups     *self,
            const char *title,
            const char *name)
{
  GPtrArray *names = g_hash_table_lookup (self->names, title);

  if (names == NULL)
    {
      char *key = g_strdup (title);

      names = g_ptr_array_new_with_free_func (g_free);
      g_ptr_array_add (self->titles, key);
      g_hash_table_insert (self->names, key, names);
    }
  if (!g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
    g_ptr_array_add (names, g_strdup (name));
}

/* "a, b and 3 more" */
static char *
join_names (const GPtrArray *names)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < MIN (names->len, SHOWN_NAMES); i++)
    g_string_append_printf (text, "%s%.200s", i > 0 ? ", " : "", (char *) names->pdata[i]);
  if (names->len > SHOWN_NAMES)
    g_string_append_printf (text, " and %u more", names->len - SHOWN_NAMES);
  return g_string_free (text, FALSE);
}

/* "views a, b; indexes c". Returns: (transfer full) (nullable) */
static char *
groups_join (const Groups *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->titles->len; i++)
    {
      g_autofree char *names =
          join_names (g_hash_table_lookup (self->names, self->titles->pdata[i]));

      g_string_append_printf (text, "%s%s %s", i > 0 ? "; " : "",
                              (char *) self->titles->pdata[i], names);
    }
  return g_string_free (text, text->len == 0);
}

static char *
pluralize (const char *what)
{
  return g_strconcat (what, strcmp (what, "index") == 0 ? "es" : "s", NULL);
}

/* Whether it is something of its own, not a detail of what is told anyway. */
static gboolean
is_told (const SrPgStatement *st)
{
  switch ((int) st->kind)
    {
    case SR_PG_STATEMENT_TYPE:
    case SR_PG_STATEMENT_SEQUENCE:
    case SR_PG_STATEMENT_CONSTRAINT:
    case SR_PG_STATEMENT_REFERENCE:
    case SR_PG_STATEMENT_INDEX:
    case SR_PG_STATEMENT_VIEW:
    case SR_PG_STATEMENT_MATERIALIZED:
    case SR_PG_STATEMENT_ROUTINE:
    case SR_PG_STATEMENT_TRIGGER:
      return TRUE;
    default:
      return FALSE;
    }
}

static char *
list_fate (const SrPostgresObjects *self,
           SrPostgresFate           from,
           SrPostgresFate           to)
{
  g_auto (Groups) groups;

  groups_init (&groups);
  for (guint i = 0; i < self->list->len; i++)
    {
      const SrPostgresObject *object = self->list->pdata[i];
      g_autofree char        *title = pluralize (object->statement->what);

      if (object->fate >= from && object->fate <= to && is_told (object->statement))
        groups_add (&groups, title, object->statement->name.name);
    }
  return groups_join (&groups);
}

/* One row for each reason. */
static void
tell_refused (const SrPostgresObjects *self,
              SrPreflight             *result)
{
  g_auto (Groups) groups;

  groups_init (&groups);
  for (guint i = 0; i < self->list->len; i++)
    {
      const SrPostgresObject *object = self->list->pdata[i];
      g_autofree char        *described = NULL;

      if (object->fate != SR_POSTGRES_REFUSED)
        continue;
      described = sr_postgres_object_describe (object);
      g_strdelimit (described, "\n\r\t", ' ');
      if (object->statement->kind == SR_PG_STATEMENT_TABLE)
        groups_add (&groups, object->why, "of the table all but columns, key and records");
      groups_add (&groups, object->why, described);
    }
  for (guint i = 0; i < groups.titles->len; i++)
    {
      const char      *why = groups.titles->pdata[i];
      g_autofree char *names = join_names (g_hash_table_lookup (groups.names, why));

      sr_preflight_add (result, "Not restored", TRUE, TRUE, "%s: %s.", names, why);
    }
}

static void
tell_definers (const SrPostgresObjects *self,
               const char              *user,
               SrPreflight             *result)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char      *joined = NULL;

  for (guint i = 0; i < self->list->len; i++)
    {
      const SrPostgresObject *object = self->list->pdata[i];

      if (object->statement->is_definer && object->fate >= SR_POSTGRES_BEFORE)
        g_ptr_array_add (names, object->statement->name.name);
    }
  if (names->len == 0)
    return;
  joined = join_names (names);
  sr_preflight_add (result, "Rights", TRUE, TRUE,
                    "Whoever calls these routines acts with the rights of “%s”, who restores them: "
                    "%s. Look at what they do.",
                    user, joined);
}

gboolean
sr_postgres_objects_tell (SrPostgresTarget *target,
                          SrPreflight      *result,
                          GCancellable     *cancellable,
                          GError          **error)
{
  const SrPostgresObjects *self = target->objects;
  g_autofree char         *made = list_fate (self, SR_POSTGRES_BEFORE, SR_POSTGRES_LATE);
  g_autofree char         *replaced =
      list_fate (self, SR_POSTGRES_REPLACED, SR_POSTGRES_REPLACED);
  g_autofree char     *stays = list_fate (self, SR_POSTGRES_STAYS, SR_POSTGRES_STAYS);
  g_autofree char     *unfilled = join_names (self->unfilled);
  g_autoptr (PGresult) user =
      sr_pg_query (target->pg, "SELECT current_user", NULL, 0, cancellable, error);

  if (user == NULL)
    return FALSE;
  result->replaces_objects = sr_postgres_objects_replace (self);
  if (made != NULL)
    sr_preflight_add (result, "Objects", TRUE, FALSE, "Made too: %s.", made);
  if (replaced != NULL)
    sr_preflight_add (result, "Objects", TRUE, TRUE, "Replaced: %s.", replaced);
  if (stays != NULL)
    sr_preflight_add (result, "Objects", TRUE, TRUE,
                      "In the database already, and left as they are: %s.", stays);
  if (self->unfilled->len > 0)
    sr_preflight_add (result, "Objects", TRUE, TRUE,
                      "These materialized views are not filled, since routines of the backup would "
                      "run with all rights of a superuser, or they belong to somebody else: %s. "
                      "REFRESH MATERIALIZED VIEW does it.",
                      unfilled);
  tell_definers (self, PQgetvalue (user, 0, 0), result);
  tell_refused (self, result);
  if (self->n_owners > 0)
    sr_preflight_add (
        result, "Not restored", TRUE, TRUE,
        "Owners, roles and rights: what is restored belongs to “%s”, and who else may "
        "use it has to be granted anew.",
        PQgetvalue (user, 0, 0));
  return TRUE;
}
