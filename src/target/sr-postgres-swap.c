/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "target/sr-pg-exchange.h"
#include "target/sr-postgres-late.h"
#include "target/sr-postgres-objects.h"

static void
add_kept (SrPostgresTarget *self,
          guint32           oid,
          const char       *real,
          const char       *columns)
{
  SrPostgresKept  *kept = g_new0 (SrPostgresKept, 1);
  g_autofree char *name = g_strdup_printf ("kept_%u", oid);

  kept->oid = oid;
  kept->real = g_strdup (real);
  kept->keep = sr_pg_quote_in (self->keep, name);
  kept->columns = g_strdup (columns);
  g_ptr_array_add (self->kept, kept);
}

/* Tables outside of the restore of which rows will go: those that refer to records that are not in
 * the stage, and what refers to them in turn. "0" if there are none. */
static char *
find_affected (SrPgExchange *swap,
               GError      **error)
{
  g_autofree char *where = g_strdup_printf (
      "c.confrelid IN (%s) AND c.conrelid NOT IN (%s) AND c.convalidated"
      " AND c.confdeltype IN ('c', 'n', 'd')",
      swap->oids, swap->oids);
  g_autoptr (GPtrArray) references =
      sr_pg_references_load (swap->target->pg, where, swap->cancellable, error);
  g_autoptr (GString) affected = g_string_new ("0");

  for (guint i = 0; references != NULL && i < references->len; i++)
    {
      const SrPgReference *reference = references->pdata[i];
      g_autofree char     *dangling = NULL;
      g_autofree char     *sql = NULL;
      gint64               rows = 0;

      for (guint k = 0; k < swap->tables->len; k++)
        if (g_array_index (swap->tables, SrPgExchangeTable, k).oid == reference->to)
          dangling = sr_postgres_dangling_sql (
              reference, g_array_index (swap->tables, SrPgExchangeTable, k).source);
      sql = g_strdup_printf ("SELECT count(*) FROM (SELECT 1 FROM %s a WHERE %s LIMIT 1) f",
                             reference->from_table, dangling);
      if (!sr_pg_query_number (swap->target->pg, sql, &rows, swap->cancellable, error))
        return NULL;
      if (rows > 0)
        g_string_append_printf (affected, ", %u", reference->from);
    }
  return references != NULL ? g_strdup (affected->str) : NULL;
}

/* What lies outside and loses rows is kept whole too. */
static gboolean
keep_affected (SrPgExchange *swap,
               GError      **error)
{
  g_autofree char     *first = find_affected (swap, error);
  g_autofree char     *sql = NULL;
  g_autoptr (PGresult) result = NULL;

  if (first == NULL)
    return FALSE;
  sql = g_strdup_printf (
      "WITH RECURSIVE touched AS ("
      " SELECT c.oid FROM pg_catalog.pg_class c WHERE c.oid IN (%s)"
      " UNION SELECT f.conrelid FROM pg_catalog.pg_constraint f"
      " JOIN touched t ON f.confrelid = t.oid"
      " WHERE f.contype = 'f' AND f.confdeltype IN ('c', 'n', 'd'))"
      " SELECT c.oid, n.nspname, c.relname FROM touched t"
      " JOIN pg_catalog.pg_class c ON c.oid = t.oid"
      " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid NOT IN (%s)",
      first, swap->oids);
  result = sr_pg_query (swap->target->pg, sql, NULL, 0, swap->cancellable, error);
  if (result == NULL)
    return FALSE;
  for (int i = 0; i < PQntuples (result); i++)
    {
      g_autoptr (SrPgTable) table = sr_pg_table_load (swap->target->pg, PQgetvalue (result, i, 1),
                                                      PQgetvalue (result, i, 2),
                                                      swap->cancellable, error);
      g_autofree char      *columns = NULL;
      g_autofree char      *real = NULL;

      if (table == NULL)
        return FALSE;
      columns = sr_postgres_stored_columns (table);
      real = sr_pg_quote_in (table->schema, table->name);
      add_kept (swap->target, table->oid, real, columns);
    }
  return TRUE;
}

static gboolean
keep_old_rows (SrPgExchange *swap,
               GError      **error)
{
  SrPostgresTarget *self = swap->target;
  g_autofree char  *quoted = sr_pg_quote (self->keep);

  g_ptr_array_set_size (self->kept, 0);
  for (guint i = 0; i < swap->tables->len; i++)
    {
      const SrPgExchangeTable *table = &g_array_index (swap->tables, SrPgExchangeTable, i);

      add_kept (self, table->oid, table->real, table->columns);
    }
  if (!keep_affected (swap, error) ||
      !sr_pg_exchange_run (swap, "make-keep", error, "CREATE SCHEMA %s", quoted))
    return FALSE;
  for (guint i = 0; i < self->kept->len; i++)
    {
      const SrPostgresKept *kept = self->kept->pdata[i];

      if (!sr_pg_exchange_run (swap, "keep", error, "LOCK TABLE %s IN ACCESS EXCLUSIVE MODE; "
                                                    "CREATE TABLE %s AS TABLE %s",
                               kept->real, kept->keep, kept->real))
        return FALSE;
    }
  return TRUE;
}

/* Sequences go on behind the highest number that came. A sequence made anew by RESTART belongs to
 * the transaction, so that what setval does to it is rolled back too. */
static gboolean
set_sequence (SrPgExchange *swap,
              const char   *sequence,
              const char   *last,
              gboolean      called,
              GError      **error)
{
  g_autofree char *literal = sr_pg_literal (sequence);

  return sr_pg_exchange_run (
      swap, "sequence", error,
      "ALTER SEQUENCE %s RESTART; SELECT pg_catalog.setval (%s::pg_catalog.regclass, %s,"
      " %s)",
      sequence, literal, last, called ? "true" : "false");
}

/* Remembers a sequence of a table that existed, for undoing. */
static gboolean
remember_sequence (SrPgExchange *swap,
                   const char   *sequence,
                   GError      **error)
{
  g_autofree char     *sql = g_strdup_printf ("SELECT last_value, is_called FROM %s", sequence);
  g_autoptr (PGresult) old =
      sr_pg_query (swap->target->pg, sql, NULL, 0, swap->cancellable, error);
  SrPostgresSequence *before;

  if (old == NULL)
    return FALSE;
  before = g_new0 (SrPostgresSequence, 1);
  before->name = g_strdup (sequence);
  before->last_value = g_strdup (PQgetvalue (old, 0, 0));
  before->is_called = PQgetvalue (old, 0, 1)[0] == 't';
  g_ptr_array_add (swap->target->sequences, before);
  return TRUE;
}

/* Sequences that exist get the values that the backup tells. */
static gboolean
set_values (SrPgExchange *swap,
            GError      **error)
{
  const SrPostgresObjects *objects = swap->target->objects;

  for (guint i = 0; objects != NULL && i < objects->list->len; i++)
    {
      const SrPostgresObject *object = objects->list->pdata[i];
      const SrPgStatement    *st = object->statement;
      g_autofree char        *name = NULL;
      g_autofree char        *value = NULL;
      g_autoptr (PGresult)    shown = NULL;

      if (object->fate != SR_POSTGRES_LATE || st->kind != SR_PG_STATEMENT_VALUE)
        continue;
      name = sr_pg_quote_in (sr_pg_get_schema (swap->target->pg), st->name.name);
      value = g_strdup_printf ("%" G_GINT64_FORMAT, st->value);
      shown = sr_pg_query (swap->target->pg, "SELECT $1::pg_catalog.regclass",
                           (const char *const *) &name, 1, swap->cancellable, error);
      if (shown == NULL || !remember_sequence (swap, name, error) ||
          !set_sequence (swap, name, value, st->is_called, error))
        return FALSE;
      g_hash_table_add (objects->valued, g_strdup (PQgetvalue (shown, 0, 0)));
    }
  return TRUE;
}

/* An empty table's numbers begin anew where nothing says otherwise. */
static gboolean
restart_sequence (SrPgExchange *swap,
                  const char   *sequence,
                  const char   *start,
                  gboolean      existed,
                  gboolean      has_value,
                  GError      **error)
{
  return !existed || has_value ||
         (remember_sequence (swap, sequence, error) &&
          set_sequence (swap, sequence, start, FALSE, error));
}

static gboolean
advance_sequence (SrPgExchange *swap,
                  const char   *table,
                  const char   *column,
                  const char   *sequence,
                  const char   *limit,
                  const char   *start,
                  gboolean      existed,
                  GError      **error)
{
  /* never below what the backup says */
  gboolean has_value =
      swap->target->objects != NULL &&
      (!existed || g_hash_table_contains (swap->target->objects->valued, sequence));
  g_autofree char *current =
      has_value ? g_strdup_printf ("(SELECT last_value FROM %s WHERE is_called)", sequence)
                : g_strdup ("NULL");
  /* least () passes over a null: without records it would be the limit */
  g_autofree char *sql = g_strdup_printf (
      "SELECT greatest (CASE WHEN max (%s) IS NOT NULL THEN least (max (%s), %s) END, %s),"
      " max (%s) IS NULL FROM %s",
      column, column, limit, current, column, table);
  g_autoptr (PGresult) max =
      sr_pg_query (swap->target->pg, sql, NULL, 0, swap->cancellable, error);

  if (max == NULL)
    return FALSE;
  if (PQgetisnull (max, 0, 0) && PQgetvalue (max, 0, 1)[0] == 't')
    return restart_sequence (swap, sequence, start, existed, has_value, error);
  if (PQgetisnull (max, 0, 0) || g_ascii_strtoll (PQgetvalue (max, 0, 0), NULL, 10) < 1)
    return TRUE;
  return (!existed || remember_sequence (swap, sequence, error)) &&
         set_sequence (swap, sequence, PQgetvalue (max, 0, 0), TRUE, error);
}

/* Those that belong to columns of one table. */
static gboolean
advance_sequences_of (SrPgExchange *swap,
                      guint32       oid,
                      const char   *table,
                      gboolean      existed,
                      GError      **error)
{
  g_autofree char *sql = g_strdup_printf (
      "SELECT pg_catalog.quote_ident (a.attname), s.seqrelid::pg_catalog.regclass, s.seqmax,"
      " s.seqstart FROM pg_catalog.pg_depend d"
      " JOIN pg_catalog.pg_sequence s ON s.seqrelid = d.objid AND s.seqincrement > 0"
      " JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid"
      " WHERE d.refobjid = %u AND d.deptype IN ('a', 'i')"
      " AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass"
      " AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass",
      oid);
  g_autoptr (PGresult) result =
      sr_pg_query (swap->target->pg, sql, NULL, 0, swap->cancellable, error);

  if (result == NULL)
    return FALSE;
  for (int i = 0; i < PQntuples (result); i++)
    if (!advance_sequence (swap, table, PQgetvalue (result, i, 0), PQgetvalue (result, i, 1),
                           PQgetvalue (result, i, 2), PQgetvalue (result, i, 3), existed, error))
      return FALSE;
  return TRUE;
}

static gboolean
advance_sequences (SrPgExchange *swap,
                   GError      **error)
{
  SrPostgresTarget *self = swap->target;

  g_ptr_array_set_size (self->sequences, 0);
  if (!set_values (swap, error))
    return FALSE;
  for (guint i = 0; i < self->goals->len; i++)
    {
      const SrPostgresGoal *goal = self->goals->pdata[i];
      gboolean              existed = goal->found->oid != 0;
      g_autofree char      *table =
          sr_pg_quote_in (existed ? goal->schema : self->stage, goal->name);

      if (!advance_sequences_of (swap, existed ? goal->found->oid : goal->stage->oid, table,
                                 existed, error))
        return FALSE;
    }
  return TRUE;
}

/* Routines first, since the types of their arguments are part of their names. Numbers, kinds,
 * quoted names and, of tables, bare names. */
static const char STAGED_SQL[] =
    "SELECT c.oid, CASE c.relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' WHEN 'm' THEN"
    " 'MATERIALIZED VIEW' ELSE 'TABLE' END, pg_catalog.quote_ident (c.relname), c.relname, 2"
    " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = %s AND c.relname NOT IN (%s) AND (c.relkind IN ('r', 'p', 'v', 'm') OR"
    "  c.relkind = 'S' AND c.relname NOT LIKE 'strongroom\\_sequence\\_%%' AND NOT EXISTS ("
    "  SELECT 1 FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i')"
    "  AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass))"
    " UNION ALL SELECT t.oid, 'TYPE', pg_catalog.quote_ident (t.typname), '', 3"
    " FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace"
    " LEFT JOIN pg_catalog.pg_class r ON r.oid = t.typrelid"
    " WHERE n.nspname = %s AND (t.typtype IN ('e', 'd') OR r.relkind = 'c')"
    " UNION ALL SELECT p.oid, 'ROUTINE', pg_catalog.quote_ident (p.proname) || '(' ||"
    "  pg_catalog.pg_get_function_identity_arguments (p.oid) || ')', '', 1"
    " FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace"
    " WHERE n.nspname = %s ORDER BY 5, 3";

static gboolean
move_one (SrPgExchange *swap,
          const char   *what,
          const char   *quoted,
          const char   *table,
          GError      **error)
{
  SrPostgresTarget *self = swap->target;
  const char       *schema = sr_pg_get_schema (self->pg);
  g_autofree char  *to = NULL;
  g_autofree char  *from = sr_pg_quote (self->stage);

  for (guint k = 0; k < self->goals->len; k++)
    if (strcmp (((SrPostgresGoal *) self->goals->pdata[k])->name, table) == 0)
      schema = ((SrPostgresGoal *) self->goals->pdata[k])->schema;
  to = sr_pg_quote (schema);
  if (!sr_pg_exchange_run (swap, "move", error, "ALTER %s %s.%s SET SCHEMA %s", what, from, quoted,
                           to))
    return FALSE;
  if (strcmp (what, "ROUTINE") != 0)
    g_ptr_array_add (self->made, g_strdup_printf ("%s %s.%s", what, to, quoted));
  return TRUE;
}

/* With the types of their arguments where they are now. */
static gboolean
name_routines (SrPgExchange   *swap,
               const PGresult *moved,
               GError        **error)
{
  for (int i = 0; i < PQntuples (moved); i++)
    {
      const char          *oid = PQgetvalue (moved, i, 0);
      g_autoptr (PGresult) name = NULL;

      if (strcmp (PQgetvalue (moved, i, 1), "ROUTINE") != 0)
        continue;
      name = sr_pg_query (swap->target->pg,
                          "SELECT $1::pg_catalog.oid::pg_catalog.regprocedure", &oid, 1,
                          swap->cancellable, error);
      if (name == NULL)
        return FALSE;
      g_ptr_array_add (swap->target->made,
                       g_strdup_printf ("ROUTINE %s", PQgetvalue (name, 0, 0)));
    }
  return TRUE;
}

/* What was made in the stage because it did not exist comes into its place. */
static gboolean
move_new (SrPgExchange *swap,
          GError      **error)
{
  SrPostgresTarget    *self = swap->target;
  g_autofree char     *stage = sr_pg_literal (self->stage);
  g_autoptr (GString)  old = g_string_new ("''");
  g_autofree char     *sql = NULL;
  g_autoptr (PGresult) result = NULL;

  g_ptr_array_set_size (self->made, 0);
  for (guint i = 0; i < self->goals->len; i++)
    {
      const SrPostgresGoal *goal = self->goals->pdata[i];
      g_autofree char      *literal = sr_pg_literal (goal->name);

      if (goal->found->oid != 0)
        g_string_append_printf (old, ", %s", literal);
    }
  sql = g_strdup_printf (STAGED_SQL, stage, old->str, stage, stage);
  result = sr_pg_query (self->pg, sql, NULL, 0, swap->cancellable, error);
  if (result == NULL)
    return FALSE;
  for (int i = 0; i < PQntuples (result); i++)
    if (!move_one (swap, PQgetvalue (result, i, 1), PQgetvalue (result, i, 2),
                   PQgetvalue (result, i, 3), error))
      return FALSE;
  return name_routines (swap, result, error);
}

static void
add_goals (SrPgExchange *swap)
{
  SrPostgresTarget *self = swap->target;

  for (guint i = 0; i < self->goals->len; i++)
    {
      const SrPostgresGoal *goal = self->goals->pdata[i];
      SrPgExchangeTable     table = { .oid = goal->found->oid };

      if (goal->found->oid == 0)
        continue;
      table.source = sr_pg_quote_in (self->stage, goal->name);
      table.columns = sr_postgres_stored_columns (goal->stage);
      table.expected = (gint64) goal->staged;
      g_array_append_val (swap->tables, table);
    }
}

/* The quoted names of the real tables, kept beside since the array only borrows them. */
static void
name_exchanges (SrPgExchange *swap,
                GPtrArray    *names)
{
  SrPostgresTarget *self = swap->target;
  guint             at = 0;

  for (guint i = 0; i < self->goals->len; i++)
    {
      const SrPostgresGoal *goal = self->goals->pdata[i];
      char                 *real;

      if (goal->found->oid == 0)
        continue;
      real = sr_pg_quote_in (goal->schema, goal->name);
      g_ptr_array_add (names, real);
      g_array_index (swap->tables, SrPgExchangeTable, at++).real = real;
    }
}

static gboolean
swap_in_transaction (SrPgExchange *swap,
                     GError      **error)
{
  return sr_pg_exchange_lock (swap, error) && keep_old_rows (swap, error) &&
         sr_pg_exchange_all (swap, TRUE, error) && advance_sequences (swap, error) &&
         move_new (swap, error) && sr_postgres_late_run (swap, error) &&
         sr_pg_exchange_count (swap, error) &&
         sr_pg_exchange_commit (swap, "commit-swap", error);
}

gboolean
sr_postgres_swap (SrTarget     *target,
                  GCancellable *cancellable,
                  GError      **error)
{
  SrPostgresTarget     *self = SR_POSTGRES_TARGET (target);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_auto (SrPgExchange) swap;

  sr_pg_exchange_init (&swap, self, cancellable);
  if (!self->verified || self->swapped)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
                   "What was staged has not been verified, so that it is not put into place");
      return FALSE;
    }
  add_goals (&swap);
  name_exchanges (&swap, names);
  sr_pg_exchange_set_oids (&swap);
  self->keep = g_strdup_printf ("strongroom_keep_%s", self->stage + strlen ("strongroom_stage_"));
  if (sr_postgres_begin_transaction (self, error) && swap_in_transaction (&swap, error))
    {
      self->swapped = TRUE;
      return TRUE;
    }
  g_clear_pointer (&self->keep, g_free);
  sr_postgres_roll_back (self);
  if (!swap.uncertain)
    g_prefix_error (error, "Nothing was changed. ");
  return FALSE;
}

/* DROP that only takes what nothing else needs. @done: (out): whether it went; if not, that is no
 * error, but told in @why. */
static gboolean
try_to_drop (SrPgExchange *swap,
             const char   *what,
             gboolean     *done,
             GError      **why,
             GError      **error)
{
  SrPg              *pg = swap->target->pg;
  g_autoptr (GError) problem = NULL;
  g_autofree char   *sql = g_strdup_printf ("DROP %s", what);

  if (!sr_target_step (SR_TARGET (swap->target), "remove-new", error) ||
      !sr_pg_run (pg, "SAVEPOINT removal", NULL, error))
    return FALSE;
  *done = sr_pg_run (pg, sql, NULL, &problem);
  if (*done)
    return sr_pg_run (pg, "RELEASE removal", NULL, error);
  if (sr_error_is (problem, SR_ERROR_NETWORK))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  g_clear_error (why);
  g_propagate_error (why, g_steal_pointer (&problem));
  return sr_pg_run (pg, "ROLLBACK TO removal", NULL, error);
}

/* Returns: (transfer full): all tables as one, since they refer to each other, and the rest */
static GPtrArray *
list_made (SrPostgresTarget *self)
{
  GPtrArray          *list = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) tables = g_string_new (NULL);

  for (guint i = 0; i < self->made->len; i++)
    {
      const char *what = self->made->pdata[i];

      if (g_str_has_prefix (what, "TABLE "))
        g_string_append_printf (tables, "%s%s", tables->len > 0 ? ", " : "TABLE ",
                                what + strlen ("TABLE "));
      else
        g_ptr_array_add (list, g_strdup (what));
    }
  if (tables->len > 0)
    g_ptr_array_add (list, g_strdup (tables->str));
  return list;
}

/* Again and again, from the last, until all is gone: what needs another goes before it. */
static gboolean
remove_made (SrPgExchange *swap,
             GError      **error)
{
  g_autoptr (GPtrArray) list = list_made (swap->target);
  g_autoptr (GError)    why = NULL;

  while (list->len > 0)
    {
      guint before = list->len;

      for (guint i = list->len; i > 0; i--)
        {
          gboolean done = FALSE;

          if (!try_to_drop (swap, list->pdata[i - 1], &done, &why, error))
            return FALSE;
          if (done)
            g_ptr_array_remove_index (list, i - 1);
        }
      if (list->len == before)
        {
          g_propagate_error (error, g_steal_pointer (&why));
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
reset_sequences (SrPgExchange *swap,
                 GError      **error)
{
  /* what was remembered first was there first */
  for (guint i = swap->target->sequences->len; i > 0; i--)
    {
      const SrPostgresSequence *sequence = swap->target->sequences->pdata[i - 1];

      if (!set_sequence (swap, sequence->name, sequence->last_value, sequence->is_called, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
sr_postgres_undo (SrTarget *target,
                  GError  **error)
{
  SrPostgresTarget     *self = SR_POSTGRES_TARGET (target);
  g_auto (SrPgExchange) swap;

  sr_pg_exchange_init (&swap, self, NULL);
  if (!self->swapped || self->keep == NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
                   "There is nothing to undo in this database");
      return FALSE;
    }
  for (guint i = 0; i < self->kept->len; i++)
    {
      const SrPostgresKept *kept = self->kept->pdata[i];
      SrPgExchangeTable     table = { kept->oid, kept->real, g_strdup (kept->keep),
                                      g_strdup (kept->columns), -1 };

      g_array_append_val (swap.tables, table);
    }
  sr_pg_exchange_set_oids (&swap);
  if (sr_postgres_begin_transaction (self, error) && sr_pg_exchange_lock (&swap, error) &&
      sr_postgres_late_take_back (&swap, error) && remove_made (&swap, error) &&
      sr_pg_exchange_all (&swap, FALSE, error) && reset_sequences (&swap, error) &&
      sr_postgres_late_refresh (&swap, FALSE, error) &&
      sr_pg_exchange_commit (&swap, "commit-undo", error))
    {
      self->swapped = FALSE;
      self->verified = FALSE;
      return TRUE;
    }
  sr_postgres_roll_back (self);
  if (!swap.uncertain)
    g_prefix_error (error, "Nothing was undone. ");
  return FALSE;
}
