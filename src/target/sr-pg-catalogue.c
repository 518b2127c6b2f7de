/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-pg-catalogue.h"

#include <string.h>

#include "base/sr-error.h"

/* Lists come as one text; no name holds this byte. */
#define SEPARATOR "\x01"

static const char TABLE_SQL[] =
    "SELECT c.oid, c.relkind, pg_catalog.pg_has_role (c.relowner, 'USAGE'),"
    " c.relkind = 'r' AND EXISTS (SELECT 1 FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid)"
    " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')";

/* A domain is what it is made of, down to the bottom. */
static const char COLUMNS_SQL[] =
    "WITH RECURSIVE base AS ("
    " SELECT a.attnum, t.oid, t.typtype, t.typbasetype, t.typtypmod, t.typelem, t.typlen,"
    "  a.atttypmod AS modifier"
    " FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid"
    " WHERE a.attrelid = $1::pg_catalog.oid AND a.attnum > 0 AND NOT a.attisdropped"
    " UNION ALL"
    " SELECT b.attnum, t.oid, t.typtype, t.typbasetype, t.typtypmod, t.typelem, t.typlen,"
    "  b.typtypmod"
    " FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.typbasetype WHERE b.typtype = 'd')"
    " SELECT a.attname, pg_catalog.format_type (a.atttypid, a.atttypmod), b.oid, b.modifier,"
    " b.typtype, coalesce (e.oid, 0), coalesce (e.typtype, 'b'), a.attnotnull,"
    " a.atthasdef OR a.attidentity <> '', a.attgenerated <> '',"
    " (SELECT pg_catalog.string_agg (l.enumlabel, '" SEPARATOR "' ORDER BY l.enumsortorder)"
    "  FROM pg_catalog.pg_enum l WHERE l.enumtypid IN (b.oid, e.oid))"
    " FROM base b"
    " JOIN pg_catalog.pg_attribute a ON a.attrelid = $1::pg_catalog.oid AND a.attnum = b.attnum"
    " LEFT JOIN pg_catalog.pg_type e ON e.oid = b.typelem AND b.typlen = -1 AND b.typtype = 'b'"
    " WHERE b.typtype <> 'd' ORDER BY a.attnum";

static const char REFERENCES_SQL[] =
    "SELECT c.conname, c.conrelid, c.confrelid,"
    " pg_catalog.format ('%%I.%%I', fn.nspname, f.relname),"
    " pg_catalog.format ('%%I.%%I', tn.nspname, t.relname), f.relname, t.relname,"
    " (SELECT pg_catalog.string_agg (pg_catalog.quote_ident (a.attname), '" SEPARATOR
    "' ORDER BY k.place)"
    "  FROM pg_catalog.unnest (c.conkey) WITH ORDINALITY k (number, place)"
    "  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number),"
    " (SELECT pg_catalog.string_agg (pg_catalog.quote_ident (a.attname), '" SEPARATOR
    "' ORDER BY k.place)"
    "  FROM pg_catalog.unnest (c.confkey) WITH ORDINALITY k (number, place)"
    "  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.number),"
    " pg_catalog.pg_get_constraintdef (c.oid), c.confdeltype, c.convalidated,"
    " pg_catalog.obj_description (c.oid, 'pg_constraint')"
    " FROM pg_catalog.pg_constraint c"
    " JOIN pg_catalog.pg_class f ON f.oid = c.conrelid"
    " JOIN pg_catalog.pg_namespace fn ON fn.oid = f.relnamespace"
    " JOIN pg_catalog.pg_class t ON t.oid = c.confrelid"
    " JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace"
    " WHERE c.contype = 'f' AND c.conparentid = 0 AND (%s) ORDER BY c.conrelid, c.conname";

void
sr_pg_table_free (SrPgTable *self)
{
  g_free (self->schema);
  g_free (self->name);
  g_ptr_array_unref (self->columns);
  g_free (self);
}

static gboolean
is_true (const PGresult *result,
         int             row,
         int             column)
{
  return PQgetvalue (result, row, column)[0] == 't';
}

static guint32
get_oid (const PGresult *result,
         int             row,
         int             column)
{
  return (guint32) g_ascii_strtoull (PQgetvalue (result, row, column), NULL, 10);
}

static char **
get_list (const PGresult *result,
          int             row,
          int             column)
{
  return PQgetisnull (result, row, column)
             ? NULL
             : g_strsplit (PQgetvalue (result, row, column), SEPARATOR, -1);
}

static void
add_column (SrPgTable      *self,
            const PGresult *result,
            int             row)
{
  SrPgColumn *column = g_new0 (SrPgColumn, 1);

  column->name = g_strdup (PQgetvalue (result, row, 0));
  column->type = g_strdup (PQgetvalue (result, row, 1));
  column->not_null = is_true (result, row, 7);
  column->has_default = is_true (result, row, 8);
  column->generated = is_true (result, row, 9);
  column->labels = get_list (result, row, 10);
  sr_pg_column_set_type (column, get_oid (result, row, 2),
                         (gint32) g_ascii_strtoll (PQgetvalue (result, row, 3), NULL, 10),
                         PQgetvalue (result, row, 4)[0], get_oid (result, row, 5),
                         PQgetvalue (result, row, 6)[0]);
  g_ptr_array_add (self->columns, column);
}

SrPgTable *
sr_pg_table_load (SrPg         *pg,
                  const char   *schema,
                  const char   *name,
                  GCancellable *cancellable,
                  GError      **error)
{
  g_autoptr (SrPgTable) self = g_new0 (SrPgTable, 1);
  const char           *params[] = { schema, name };
  g_autoptr (PGresult)  found = NULL;
  g_autoptr (PGresult)  columns = NULL;
  const char           *number;

  self->schema = g_strdup (schema);
  self->name = g_strdup (name);
  self->columns = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_pg_column_free);
  found = sr_pg_query (pg, TABLE_SQL, params, 2, cancellable, error);
  if (found == NULL)
    return NULL;
  if (PQntuples (found) == 0)
    return g_steal_pointer (&self);
  self->oid = get_oid (found, 0, 0);
  self->kind = PQgetvalue (found, 0, 1)[0];
  self->owned = is_true (found, 0, 2);
  self->has_children = is_true (found, 0, 3);
  number = PQgetvalue (found, 0, 0);
  columns = sr_pg_query (pg, COLUMNS_SQL, &number, 1, cancellable, error);
  if (columns == NULL)
    return NULL;
  for (int i = 0; i < PQntuples (columns); i++)
    add_column (self, columns, i);
  return g_steal_pointer (&self);
}

int
sr_pg_table_find_column (const SrPgTable *self,
                         const char      *name)
{
  int found = -1;

  for (guint i = 0; i < self->columns->len; i++)
    if (strcmp (((SrPgColumn *) self->columns->pdata[i])->name, name) == 0)
      return (int) i;
  for (guint i = 0; i < self->columns->len; i++)
    if (g_ascii_strcasecmp (((SrPgColumn *) self->columns->pdata[i])->name, name) == 0)
      {
        if (found >= 0)
          return -1;
        found = (int) i;
      }
  return found;
}

char *
sr_pg_table_resolve (SrPg              *pg,
                     const char        *schema,
                     const char *const *names,
                     GCancellable      *cancellable,
                     GError           **error)
{
  static const char sql[] =
      "SELECT c.relname FROM pg_catalog.pg_class c"
      " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
      " WHERE n.nspname = $1 AND pg_catalog.lower (c.relname) = pg_catalog.lower ($2)"
      " AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY c.relname <> $2, c.relname";

  for (guint i = 0; names[i] != NULL; i++)
    {
      const char          *params[] = { schema, names[i] };
      g_autoptr (PGresult) result = sr_pg_query (pg, sql, params, 2, cancellable, error);
      int                  n;

      if (result == NULL)
        return NULL;
      n = PQntuples (result);
      if (n == 1 || (n > 1 && strcmp (PQgetvalue (result, 0, 0), names[i]) == 0))
        return g_strdup (PQgetvalue (result, 0, 0));
    }
  return NULL;
}

static void
free_reference (gpointer data)
{
  SrPgReference *self = data;

  g_free (self->name);
  g_free (self->from_table);
  g_free (self->to_table);
  g_free (self->from_shown);
  g_free (self->to_shown);
  g_strfreev (self->from_columns);
  g_strfreev (self->to_columns);
  g_free (self->definition);
  g_free (self->comment);
  g_free (self);
}

GPtrArray *
sr_pg_references_load (SrPg         *pg,
                       const char   *where,
                       GCancellable *cancellable,
                       GError      **error)
{
  g_autoptr (GPtrArray) references = g_ptr_array_new_with_free_func (free_reference);
  g_autoptr (GString)   sql = g_string_new (REFERENCES_SQL);
  g_autoptr (PGresult)  result = NULL;

  g_string_replace (sql, "%%", "%", 0);
  g_string_replace (sql, "%s", where, 1);
  result = sr_pg_query (pg, sql->str, NULL, 0, cancellable, error);
  if (result == NULL)
    return NULL;
  for (int i = 0; i < PQntuples (result); i++)
    {
      SrPgReference *reference = g_new0 (SrPgReference, 1);

      reference->name = g_strdup (PQgetvalue (result, i, 0));
      reference->from = get_oid (result, i, 1);
      reference->to = get_oid (result, i, 2);
      reference->from_table = g_strdup (PQgetvalue (result, i, 3));
      reference->to_table = g_strdup (PQgetvalue (result, i, 4));
      reference->from_shown = g_strdup (PQgetvalue (result, i, 5));
      reference->to_shown = g_strdup (PQgetvalue (result, i, 6));
      reference->from_columns = get_list (result, i, 7);
      reference->to_columns = get_list (result, i, 8);
      reference->definition = g_strdup (PQgetvalue (result, i, 9));
      reference->on_delete = PQgetvalue (result, i, 10)[0];
      reference->validated = is_true (result, i, 11);
      reference->comment =
          PQgetisnull (result, i, 12) ? NULL : g_strdup (PQgetvalue (result, i, 12));
      g_ptr_array_add (references, reference);
    }
  return g_steal_pointer (&references);
}
