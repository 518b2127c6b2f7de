/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-postgres-objects.h"

#include <string.h>

#include "target/sr-postgres-late.h"

typedef struct
{
  SrPostgresTarget   *target;
  SrPostgresObjects  *objects;
  const SrTargetPlan *plan;
  GHashTable         *schemas; /* others than SR_POSTGRES_HOME that the backup makes something in */
  GHashTable         *lacking; /* names of what is not restored and not there */
  gboolean            seen_part;
} Settling;

static GHashTable *
new_set (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* What the schema has that the target lies in. */
static gboolean
load_there (Settling     *s,
            GCancellable *cancellable,
            GError      **error)
{
  static const char sql[] =
      "SELECT 'r' || c.relkind::pg_catalog.text, c.relname::pg_catalog.text, NULL::pg_catalog.text "
      "FROM pg_catalog.pg_class c"
      " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1"
      " UNION ALL SELECT 't', t.typname, NULL FROM pg_catalog.pg_type t"
      " JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname = $1"
      " UNION ALL SELECT 'f', p.proname, NULL FROM pg_catalog.pg_proc p"
      " JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = $1"
      " UNION ALL SELECT 'c', r.relname, k.conname FROM pg_catalog.pg_constraint k"
      " JOIN pg_catalog.pg_class r ON r.oid = k.conrelid"
      " JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace WHERE n.nspname = $1"
      " UNION ALL SELECT 'p', r.relname, NULL FROM pg_catalog.pg_constraint k"
      " JOIN pg_catalog.pg_class r ON r.oid = k.conrelid"
      " JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace"
      " WHERE n.nspname = $1 AND k.contype = 'p'"
      " UNION ALL SELECT 'g', r.relname, t.tgname FROM pg_catalog.pg_trigger t"
      " JOIN pg_catalog.pg_class r ON r.oid = t.tgrelid"
      " JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace"
      " WHERE n.nspname = $1 AND NOT t.tgisinternal"
      " UNION ALL SELECT 'x', e.extname, NULL FROM pg_catalog.pg_extension e";
  const char          *schema = sr_pg_get_schema (s->target->pg);
  g_autoptr (PGresult) result = sr_pg_query (s->target->pg, sql, &schema, 1, cancellable, error);
  g_autoptr (PGresult) super = NULL;

  if (result == NULL)
    return FALSE;
  for (int i = 0; i < PQntuples (result); i++)
    {
      const char *kind = PQgetvalue (result, i, 0);
      const char *name = PQgetvalue (result, i, 1);
      const char *part = PQgetisnull (result, i, 2) ? NULL : PQgetvalue (result, i, 2);

      sr_postgres_objects_add (s->objects, kind[0], name, part);
      /* and by its own kind: 'v' view, 'm' materialized view, 'S' sequence */
      if (kind[1] != '\0')
        sr_postgres_objects_add (s->objects, kind[1], name, "");
    }
  super = sr_pg_query (s->target->pg,
                       "SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user",
                       NULL, 0, cancellable, error);
  if (super == NULL)
    return FALSE;
  s->objects->is_super = PQntuples (super) == 1 && PQgetvalue (super, 0, 0)[0] == 't';
  return TRUE;
}

static gboolean
has_relation (const Settling *s,
              char            kind,
              const char     *name)
{
  return sr_postgres_objects_have (s->objects, kind, name, "");
}

static SrPostgresGoal *
find_goal (const Settling *s,
           const char     *name)
{
  for (guint i = 0; i < s->target->goals->len; i++)
    {
      SrPostgresGoal *goal = s->target->goals->pdata[i];

      if (strcmp (goal->source->name, name) == 0)
        return goal;
    }
  return NULL;
}

static void
refuse (SrPostgresObject *object,
        const char       *format,
        ...) G_GNUC_PRINTF (2, 3);

static void
refuse (SrPostgresObject *object,
        const char       *format,
        ...)
{
  va_list args;

  va_start (args, format);
  g_free (object->why);
  object->why = g_strdup_vprintf (format, args);
  va_end (args);
  object->fate = SR_POSTGRES_REFUSED;
}

static gboolean
is_made (const Settling *s,
         const char     *name)
{
  return g_hash_table_contains (s->objects->made, name);
}

static void
will_make (Settling         *s,
           SrPostgresObject *object,
           gboolean          in_order)
{
  object->fate = in_order && s->seen_part ? SR_POSTGRES_AFTER : SR_POSTGRES_BEFORE;
  g_hash_table_add (s->objects->made, g_strdup (object->statement->name.name));
}

/* The sequences that come with columns: (SEQUENCE NAME public.bill_id_seq …) */
static void
note_identities (Settling            *s,
                 const SrPgStatement *st)
{
  for (guint i = 0; i + 2 < st->tokens->len; i++)
    {
      guint at = i + 2;

      if (!sr_sql_token_is (&sr_pg_tokens_get (st->tokens, i)->token, "SEQUENCE") ||
          !sr_sql_token_is (&sr_pg_tokens_get (st->tokens, i + 1)->token, "NAME"))
        continue;
      if (sr_sql_token_is_mark (&sr_pg_tokens_get (st->tokens, at + 1)->token, '.'))
        at += 2;
      if (sr_pg_tokens_get (st->tokens, at)->name != NULL)
        g_hash_table_add (s->objects->made, g_strdup (sr_pg_tokens_get (st->tokens, at)->name));
    }
}

/* Types, sequences and tables. */
static void
settle_plain (Settling         *s,
              SrPostgresObject *object)
{
  const SrPgStatement  *st = object->statement;
  const char           *name = st->name.name;
  const SrPostgresGoal *goal;

  if (st->kind != SR_PG_STATEMENT_TABLE)
    {
      if (sr_postgres_objects_have (s->objects, 't', name, NULL) ||
          sr_postgres_objects_have (s->objects, 'r', name, NULL))
        object->fate = SR_POSTGRES_STAYS;
      else
        will_make (s, object, FALSE);
      return;
    }
  goal = find_goal (s, name);
  if (goal == NULL || goal->found->oid != 0)
    return;
  will_make (s, object, FALSE);
  note_identities (s, st);
}

static void
add_refresh (Settling   *s,
             const char *name)
{
  g_autofree char *quoted = sr_pg_quote_in (sr_pg_get_schema (s->target->pg), name);

  if (!g_ptr_array_find_with_equal_func (s->objects->refreshed, quoted, g_str_equal, NULL))
    g_ptr_array_add (s->objects->refreshed, g_steal_pointer (&quoted));
}

/* pg_dump makes a view twice where it stands in a circle: the last is the true one. */
static void
forget_placeholder (Settling   *s,
                    const char *name)
{
  for (guint i = 0; i < s->objects->list->len; i++)
    {
      SrPostgresObject *other = s->objects->list->pdata[i];

      if (other->statement->kind == SR_PG_STATEMENT_VIEW &&
          other->fate == SR_POSTGRES_REPLACED && strcmp (other->statement->name.name, name) == 0)
        other->fate = SR_POSTGRES_IGNORED;
    }
}

static void
settle_view (Settling         *s,
             SrPostgresObject *object)
{
  const SrPgStatement *st = object->statement;
  const char          *name = st->name.name;
  gboolean             is_plain = st->kind == SR_PG_STATEMENT_VIEW;

  if (s->plan->some_tables)
    return;
  if (is_made (s, name))
    object->fate = SR_POSTGRES_AFTER; /* the true text of one that had to be made early */
  else if (!sr_postgres_objects_have (s->objects, 'r', name, NULL))
    will_make (s, object, TRUE);
  else if (!has_relation (s, is_plain ? 'v' : 'm', name))
    refuse (object, "the database has something else of that name");
  else
    {
      forget_placeholder (s, name);
      object->fate = is_plain && s->plan->replace ? SR_POSTGRES_REPLACED : SR_POSTGRES_STAYS;
    }
  if (!is_plain && st->with_data && (is_made (s, name) || s->plan->replace))
    add_refresh (s, name);
}

static void
settle_routine (Settling         *s,
                SrPostgresObject *object)
{
  const char *name = object->statement->name.name;

  if (s->plan->some_tables)
    return;
  if (s->objects->is_super && object->statement->is_definer)
    {
      refuse (object, "whoever calls it would act with all rights of a superuser; restore as an "
                      "ordinary user");
      return;
    }
  if (sr_postgres_objects_have (s->objects, 'f', name, NULL))
    {
      object->fate = s->plan->replace ? SR_POSTGRES_REPLACED : SR_POSTGRES_STAYS;
      return;
    }
  object->fate = SR_POSTGRES_BEFORE;
  g_hash_table_add (s->objects->made_routines, g_strdup (name));
}

static gboolean
has_part (const Settling      *s,
          const SrPgStatement *st)
{
  const char *table = st->table.name;

  switch ((int) st->kind)
    {
    case SR_PG_STATEMENT_INDEX:
      return sr_postgres_objects_have (s->objects, 'r', st->name.name, NULL);
    case SR_PG_STATEMENT_TRIGGER:
      return sr_postgres_objects_have (s->objects, 'g', table, st->name.name);
    default:
      return (st->is_primary && sr_postgres_objects_have (s->objects, 'p', table, NULL)) ||
             (st->name.name != NULL &&
              sr_postgres_objects_have (s->objects, 'c', table, st->name.name));
    }
}

/* A part of a table or view that exists: what it lacks is made once it has its rows. */
static void
settle_part_of_existing (Settling         *s,
                         SrPostgresObject *object)
{
  const SrPgStatement *st = object->statement;

  if (st->kind == SR_PG_STATEMENT_COLUMN || st->kind == SR_PG_STATEMENT_TRIGGER_STATE ||
      has_part (s, st))
    return;
  if (st->name.place == 0)
    refuse (object, "it has no name by which it could be taken back");
  else
    object->fate = SR_POSTGRES_LATE;
}

static void
settle_reference (Settling         *s,
                  SrPostgresObject *object,
                  gboolean          from_new)
{
  const SrPgStatement *st = object->statement;
  gboolean             to_new = is_made (s, st->to.name);
  gboolean             to_there = sr_postgres_objects_have (s->objects, 'r', st->to.name, NULL);

  if (!to_new && !to_there)
    refuse (object, "the table “%s” that it refers to is not restored and does not exist",
            st->to.name);
  else if (s->plan->some_records)
    refuse (object, "only some records were chosen, so that it might not hold");
  else if (from_new && to_new)
    object->fate = SR_POSTGRES_AFTER;
  else if (from_new)
    object->fate = SR_POSTGRES_LATE;
  else
    settle_part_of_existing (s, object);
}

static gboolean
is_restored_here (const Settling *s,
                  const char     *table)
{
  return find_goal (s, table) != NULL ||
         (!s->plan->some_tables && s->plan->replace &&
          (has_relation (s, 'v', table) || has_relation (s, 'm', table)));
}

/* Constraints, indexes, triggers, defaults. */
static void
settle_part (Settling         *s,
             SrPostgresObject *object)
{
  const SrPgStatement *st = object->statement;
  const char          *table = st->table.name;
  gboolean             is_new = is_made (s, table);

  if (st->kind != SR_PG_STATEMENT_COLUMN)
    s->seen_part = TRUE;
  if (!is_new && !is_restored_here (s, table))
    {
      if (!s->plan->some_tables)
        refuse (object, "“%s” is not restored", table);
      return;
    }
  if (st->kind == SR_PG_STATEMENT_TRIGGER &&
      !g_hash_table_contains (s->objects->made_routines, st->to.name) &&
      !sr_postgres_objects_have (s->objects, 'f', st->to.name, NULL))
    refuse (object, "the routine “%s” that it calls is not restored and does not exist",
            st->to.name);
  else if (st->kind == SR_PG_STATEMENT_REFERENCE)
    settle_reference (s, object, is_new);
  else if (!is_new)
    settle_part_of_existing (s, object);
  else
    object->fate =
        st->kind == SR_PG_STATEMENT_COLUMN ? SR_POSTGRES_BEFORE : SR_POSTGRES_AFTER;
  if (object->fate == SR_POSTGRES_BEFORE)
    note_identities (s, st);
  if (object->fate == SR_POSTGRES_AFTER && st->kind == SR_PG_STATEMENT_INDEX)
    g_hash_table_add (s->objects->made, g_strdup (st->name.name));
}

/* Whether a sequence comes with a column of a table that is restored. */
static gboolean
belongs_to_goal (const Settling *s,
                 const char     *sequence)
{
  for (guint i = 0; i < s->objects->list->len; i++)
    {
      const SrPgStatement *st = ((SrPostgresObject *) s->objects->list->pdata[i])->statement;

      if (st->kind == SR_PG_STATEMENT_OWNED && st->to.name != NULL &&
          g_strcmp0 (st->name.name, sequence) == 0 && find_goal (s, st->to.name) != NULL)
        return TRUE;
      if (st->kind == SR_PG_STATEMENT_COLUMN && find_goal (s, st->table.name) != NULL &&
          sr_pg_statement_mentions (st, "generated") && sr_pg_statement_mentions (st, sequence))
        return TRUE;
    }
  return FALSE;
}

static void
settle_value (Settling         *s,
              SrPostgresObject *object)
{
  const SrPgStatement *st = object->statement;

  if (!sr_postgres_objects_have (s->objects, 'r', st->name.name, NULL))
    object->fate = SR_POSTGRES_AFTER;
  else if (has_relation (s, 'S', st->name.name) && s->plan->replace &&
           (!s->plan->some_tables || belongs_to_goal (s, st->name.name)))
    object->fate = SR_POSTGRES_LATE;
}

/* Whether the constraint of a comment is added by a statement of its own, with its own fate. */
static gboolean
is_of_statement (const Settling      *s,
                 const SrPgStatement *comment)
{
  for (guint i = 0; i < s->objects->list->len; i++)
    {
      const SrPgStatement *st = ((SrPostgresObject *) s->objects->list->pdata[i])->statement;

      if ((st->kind == SR_PG_STATEMENT_CONSTRAINT || st->kind == SR_PG_STATEMENT_REFERENCE) &&
          g_strcmp0 (st->name.name, comment->name.name) == 0 &&
          g_strcmp0 (st->table.name, comment->table.name) == 0)
        return TRUE;
    }
  return FALSE;
}

/* What a comment is on. Returns: the fate of that */
static SrPostgresFate
find_fate (const Settling      *s,
           const SrPgStatement *comment)
{
  gboolean is_part = strcmp (comment->comment_on, "CONSTRAINT") == 0 ||
                     strcmp (comment->comment_on, "TRIGGER") == 0;

  /* constraints may stand in the table itself */
  if (strcmp (comment->comment_on, "COLUMN") == 0 ||
      (strcmp (comment->comment_on, "CONSTRAINT") == 0 && is_made (s, comment->table.name) &&
       !is_of_statement (s, comment)))
    return is_made (s, comment->table.name) ? SR_POSTGRES_AFTER : SR_POSTGRES_IGNORED;
  for (guint i = 0; i < s->objects->list->len; i++)
    {
      const SrPostgresObject *other = s->objects->list->pdata[i];
      const SrPgStatement    *st = other->statement;
      gboolean                fits =
          is_part ? st->kind == SR_PG_STATEMENT_CONSTRAINT ||
                        st->kind == SR_PG_STATEMENT_REFERENCE || st->kind == SR_PG_STATEMENT_TRIGGER
                                 : st->kind != SR_PG_STATEMENT_COMMENT &&
                        (st->kind == SR_PG_STATEMENT_ROUTINE) ==
                            (strcmp (comment->comment_on, "FUNCTION") == 0);

      if (fits && other->fate >= SR_POSTGRES_BEFORE &&
          g_strcmp0 (st->name.name, comment->name.name) == 0 &&
          (!is_part || g_strcmp0 (st->table.name, comment->table.name) == 0))
        return other->fate;
    }
  return SR_POSTGRES_IGNORED;
}

static void
settle_comment (Settling         *s,
                SrPostgresObject *object)
{
  switch (find_fate (s, object->statement))
    {
    case SR_POSTGRES_BEFORE:
    case SR_POSTGRES_AFTER:
      object->fate = SR_POSTGRES_AFTER;
      break;
    case SR_POSTGRES_LATE:
      object->fate = SR_POSTGRES_LATE;
      break;
    default:
      break;
    }
}

/* The state of a trigger matters only if the trigger is made. */
static void
settle_trigger_state (Settling         *s,
                      SrPostgresObject *object)
{
  for (guint i = 0; i < s->objects->list->len; i++)
    {
      const SrPostgresObject *other = s->objects->list->pdata[i];
      const SrPgStatement    *st = other->statement;

      if (st->kind == SR_PG_STATEMENT_TRIGGER &&
          g_strcmp0 (st->name.name, object->statement->name.name) == 0 &&
          g_strcmp0 (st->table.name, object->statement->table.name) == 0 &&
          other->fate >= SR_POSTGRES_BEFORE)
        object->fate = other->fate;
    }
}

static void
settle_owned (Settling         *s,
              SrPostgresObject *object)
{
  if (is_made (s, object->statement->name.name) && object->statement->to.name != NULL &&
      is_made (s, object->statement->to.name))
    object->fate = SR_POSTGRES_BEFORE;
}

static void
settle_one (Settling         *s,
            SrPostgresObject *object)
{
  const SrPgStatement *st = object->statement;

  switch (st->kind)
    {
    case SR_PG_STATEMENT_TYPE:
    case SR_PG_STATEMENT_SEQUENCE:
    case SR_PG_STATEMENT_TABLE:
      settle_plain (s, object);
      break;
    case SR_PG_STATEMENT_VIEW:
    case SR_PG_STATEMENT_MATERIALIZED:
      settle_view (s, object);
      break;
    case SR_PG_STATEMENT_ROUTINE:
      settle_routine (s, object);
      break;
    case SR_PG_STATEMENT_COLUMN:
    case SR_PG_STATEMENT_CONSTRAINT:
    case SR_PG_STATEMENT_REFERENCE:
    case SR_PG_STATEMENT_INDEX:
    case SR_PG_STATEMENT_TRIGGER:
      settle_part (s, object);
      break;
    case SR_PG_STATEMENT_TRIGGER_STATE:
      settle_trigger_state (s, object);
      break;
    case SR_PG_STATEMENT_OWNED:
      settle_owned (s, object);
      break;
    case SR_PG_STATEMENT_VALUE:
      settle_value (s, object);
      break;
    case SR_PG_STATEMENT_REFRESH:
      if (is_made (s, st->name.name) || (s->plan->replace && has_relation (s, 'm', st->name.name)))
        add_refresh (s, st->name.name);
      break;
    case SR_PG_STATEMENT_COMMENT:
      settle_comment (s, object);
      break;
    case SR_PG_STATEMENT_EXTENSION:
      if (!sr_postgres_objects_have (s->objects, 'x', st->name.name, NULL))
        refuse (object, "it is not in this database; CREATE EXTENSION adds it");
      break;
    case SR_PG_STATEMENT_OWNER:
      s->objects->n_owners++;
      break;
    case SR_PG_STATEMENT_SCHEMA:
    case SR_PG_STATEMENT_NOTHING:
    case SR_PG_STATEMENT_OTHER:
    default:
      break;
    }
}

static gboolean
is_home (const char *schema)
{
  return schema == NULL || strcmp (schema, SR_POSTGRES_HOME) == 0;
}

/* A schema of the backup, other than the one that is restored, that the statement reaches into.
 * Returns: (nullable) */
static const char *
find_other_schema (const Settling      *s,
                   const SrPgStatement *st)
{
  const SrPgName *names[] = { &st->name, &st->table, &st->to };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (!is_home (names[i]->schema))
      return names[i]->schema;
  for (guint i = 0; i < st->tokens->len; i++)
    {
      const SrPgToken *token = sr_pg_tokens_get (st->tokens, i);

      if (token->name != NULL && g_hash_table_contains (s->schemas, token->name) &&
          sr_sql_token_is_mark (&sr_pg_tokens_get (st->tokens, i + 1)->token, '.'))
        return token->name;
    }
  return NULL;
}

/* Something it needs that is neither restored nor there. Returns: (nullable) */
static const char *
find_lacking (const Settling      *s,
              const SrPgStatement *st)
{
  for (guint i = 0; i < st->tokens->len; i++)
    {
      const SrPgToken *token = sr_pg_tokens_get (st->tokens, i);

      if (token->name != NULL && i != st->name.place && i > 0 &&
          sr_sql_token_is_mark (&sr_pg_tokens_get (st->tokens, i - 1)->token, '.') &&
          g_hash_table_contains (s->lacking, token->name))
        return token->name;
    }
  return NULL;
}

static gboolean
is_needed_by_others (SrPgStatementKind kind)
{
  return kind == SR_PG_STATEMENT_TYPE || kind == SR_PG_STATEMENT_SEQUENCE ||
         kind == SR_PG_STATEMENT_VIEW || kind == SR_PG_STATEMENT_MATERIALIZED ||
         kind == SR_PG_STATEMENT_ROUTINE;
}

/* A table that cannot be made as the backup says is made of its columns. */
static void
note_refused (Settling         *s,
              SrPostgresObject *object)
{
  const SrPgStatement *st = object->statement;

  if (st->kind == SR_PG_STATEMENT_TABLE)
    {
      const SrPostgresGoal *goal = find_goal (s, st->name.name);

      if (goal == NULL || goal->found->oid != 0)
        object->fate = SR_POSTGRES_IGNORED;
      else
        g_hash_table_add (s->objects->made, g_strdup (st->name.name));
    }
  else if (is_needed_by_others (st->kind) && st->name.name != NULL &&
           !sr_postgres_objects_have (s->objects, 'r', st->name.name, NULL) &&
           !sr_postgres_objects_have (s->objects, 't', st->name.name, NULL) &&
           !sr_postgres_objects_have (s->objects, 'f', st->name.name, NULL))
    g_hash_table_add (s->lacking, g_strdup (st->name.name));
  if (s->plan->some_tables && st->kind != SR_PG_STATEMENT_TABLE &&
      (st->table.name == NULL || find_goal (s, st->table.name) == NULL))
    object->fate = SR_POSTGRES_IGNORED;
}

static void
settle_all (Settling *s)
{
  for (guint i = 0; i < s->objects->list->len; i++)
    {
      SrPostgresObject    *object = s->objects->list->pdata[i];
      const SrPgStatement *st = object->statement;
      const char          *other = NULL;
      const char          *lacking = NULL;

      if (st->kind == SR_PG_STATEMENT_NOTHING || st->kind == SR_PG_STATEMENT_SCHEMA ||
          st->kind == SR_PG_STATEMENT_OWNER || st->kind == SR_PG_STATEMENT_EXTENSION)
        {
          settle_one (s, object);
          continue;
        }
      if (st->refused != NULL)
        refuse (object, "%s", st->refused);
      else if ((other = find_other_schema (s, st)) != NULL)
        refuse (object, "it lies in schema “%s” or uses it", other);
      else if ((lacking = find_lacking (s, st)) != NULL)
        refuse (object, "it needs “%s”, which is not restored", lacking);
      else
        settle_one (s, object);
      if (object->fate == SR_POSTGRES_REFUSED)
        note_refused (s, object);
    }
}

/* With chosen tables only the types and sequences that those need. */
static void
drop_unneeded (Settling *s)
{
  for (guint i = s->objects->list->len; i > 0; i--)
    {
      SrPostgresObject    *object = s->objects->list->pdata[i - 1];
      const SrPgStatement *st = object->statement;
      gboolean             needed = FALSE;

      if (st->kind != SR_PG_STATEMENT_TYPE && st->kind != SR_PG_STATEMENT_SEQUENCE)
        continue;
      for (guint k = 0; k < s->objects->list->len && !needed; k++)
        {
          const SrPostgresObject *other = s->objects->list->pdata[k];

          needed = other != object && other->fate >= SR_POSTGRES_BEFORE &&
                   (other->statement->kind == SR_PG_STATEMENT_TABLE ||
                    other->statement->kind == SR_PG_STATEMENT_COLUMN ||
                    other->statement->kind == SR_PG_STATEMENT_OWNED ||
                    other->statement->kind == SR_PG_STATEMENT_TYPE) &&
                   sr_pg_statement_mentions (other->statement, st->name.name);
        }
      if (needed)
        continue;
      if (object->fate == SR_POSTGRES_BEFORE)
        g_hash_table_remove (s->objects->made, st->name.name);
      object->fate = SR_POSTGRES_IGNORED;
    }
}

static gboolean
mentions_any (const SrPgStatement *st,
              GHashTable          *names)
{
  for (guint i = 0; i < st->tokens->len; i++)
    {
      const SrPgToken *token = sr_pg_tokens_get (st->tokens, i);

      if (i != st->name.place && i != st->table.place && token->name != NULL &&
          g_hash_table_contains (names, token->name))
        return TRUE;
    }
  return FALSE;
}

/* As a superuser nothing runs that came with the backup: what would call one of its routines while
 * it is made is not made. */
static void
keep_routines_from_running (Settling *s)
{
  static const char      why[] = "a routine of the backup would run with all rights of a superuser;"
                                 " restore as an ordinary user";
  g_autoptr (GHashTable) tainted = new_set ();

  for (guint i = 0; s->objects->is_super && i < s->objects->list->len; i++)
    {
      SrPostgresObject    *object = s->objects->list->pdata[i];
      const SrPgStatement *st = object->statement;

      if (object->fate < SR_POSTGRES_BEFORE)
        continue;
      if (st->kind == SR_PG_STATEMENT_ROUTINE)
        g_hash_table_add (tainted, g_strdup (st->name.name));
      else if (st->kind == SR_PG_STATEMENT_TRIGGER || st->kind == SR_PG_STATEMENT_COMMENT ||
               st->kind == SR_PG_STATEMENT_REFERENCE || !mentions_any (st, tainted))
        continue;
      else if (st->kind == SR_PG_STATEMENT_VIEW || st->kind == SR_PG_STATEMENT_MATERIALIZED)
        g_hash_table_add (tainted, g_strdup (st->name.name));
      else
        {
          refuse (object, "%s", why);
          note_refused (s, object);
        }
    }
  for (guint i = s->objects->refreshed->len; i > 0; i--)
    {
      GHashTableIter iter;
      gpointer       name;

      g_hash_table_iter_init (&iter, tainted);
      while (g_hash_table_iter_next (&iter, &name, NULL))
        {
          g_autofree char *quoted = sr_pg_quote_in (sr_pg_get_schema (s->target->pg), name);

          if (strcmp (quoted, s->objects->refreshed->pdata[i - 1]) == 0)
            {
              g_ptr_array_add (s->objects->unfilled, g_strdup (name));
              g_ptr_array_remove_index (s->objects->refreshed, i - 1);
              break;
            }
        }
    }
}

/* A table that is made of its columns has its primary key with them. */
static void
drop_keys (Settling *s)
{
  for (guint i = 0; i < s->objects->list->len; i++)
    {
      SrPostgresObject     *object = s->objects->list->pdata[i];
      const SrPostgresGoal *goal;

      if (object->fate != SR_POSTGRES_AFTER || !object->statement->is_primary)
        continue;
      goal = find_goal (s, object->statement->table.name);
      if (goal != NULL && !sr_postgres_objects_make (s->objects, goal))
        object->fate = SR_POSTGRES_IGNORED;
    }
}

static void
collect_schemas (Settling *s)
{
  for (guint i = 0; i < s->objects->list->len; i++)
    {
      const SrPgStatement *st = ((SrPostgresObject *) s->objects->list->pdata[i])->statement;

      if (!is_home (st->name.schema))
        g_hash_table_add (s->schemas, g_strdup (st->name.schema));
      if (st->kind == SR_PG_STATEMENT_SCHEMA && st->name.name != NULL && !is_home (st->name.name))
        g_hash_table_add (s->schemas, g_strdup (st->name.name));
    }
  g_hash_table_remove (s->schemas, "pg_catalog");
}

gboolean
sr_postgres_objects_settle (SrPostgresTarget   *target,
                            const SrTargetPlan *plan,
                            GCancellable       *cancellable,
                            GError            **error)
{
  g_autoptr (GHashTable) schemas = new_set ();
  g_autoptr (GHashTable) lacking = new_set ();
  Settling               s = { target, target->objects, plan, schemas, lacking, FALSE };

  if (!load_there (&s, cancellable, error))
    return FALSE;
  collect_schemas (&s);
  settle_all (&s);
  if (plan->some_tables)
    drop_unneeded (&s);
  keep_routines_from_running (&s);
  drop_keys (&s);
  return sr_postgres_late_try (target, cancellable, error);
}
