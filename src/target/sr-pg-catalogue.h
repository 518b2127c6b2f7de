/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "target/sr-pg-column.h"
#include "target/sr-pg.h"

G_BEGIN_DECLS

/**
 * SrPgTable:
 * @oid: number in pg_class, 0 if there is no such table
 * @kind: 'r' table, 'p' partitioned; what else pg_class knows is no table
 * @owned: whether we may do what only its owner may
 * @has_children: other tables inherit from it
 * @columns: (element-type SrPgColumn)
 *
 * A table as the catalogue tells it.
 */
typedef struct
{
  guint32    oid;
  char      *schema;
  char      *name;
  char       kind;
  gboolean   owned;
  gboolean   has_children;
  GPtrArray *columns;
} SrPgTable;

/* Returns: (transfer full): with @oid 0 if it does not exist */
SrPgTable *sr_pg_table_load (SrPg         *pg,
                             const char   *schema,
                             const char   *name,
                             GCancellable *cancellable,
                             GError      **error);
void       sr_pg_table_free (SrPgTable *self);
/* Exactly so, else the only one that differs in case. Returns: its place, or -1 */
int sr_pg_table_find_column (const SrPgTable *self,
                             const char      *name);

/**
 * sr_pg_table_resolve:
 * @names: (array zero-terminated=1): in order of preference
 *
 * Looks for a table or view by each name exactly, then without regard to case where only one fits.
 *
 * Returns: (transfer full) (nullable): its name in the catalogue; %NULL without @error if there is
 *   none
 */
char *sr_pg_table_resolve (SrPg              *pg,
                           const char        *schema,
                           const char *const *names,
                           GCancellable      *cancellable,
                           GError           **error);

/**
 * SrPgReference:
 * @name: of the constraint
 * @from, @to: oids of the table that refers and of the one referred to
 * @from_table, @to_table: quoted with their schemas, for statements
 * @from_shown, @to_shown: bare names, for a person
 * @from_columns, @to_columns: quoted, in the constraint's order
 * @definition: what stands behind ADD CONSTRAINT name
 * @on_delete: 'a' no action, 'r' restrict, 'c' cascade, 'n' set null, 'd' set default
 * @comment: (nullable)
 *
 * A foreign key.
 */
typedef struct
{
  char    *name;
  guint32  from;
  guint32  to;
  char    *from_table;
  char    *to_table;
  char    *from_shown;
  char    *to_shown;
  char   **from_columns;
  char   **to_columns;
  char    *definition;
  char     on_delete;
  gboolean validated;
  char    *comment;
} SrPgReference;

/**
 * sr_pg_references_load:
 * @where: condition over pg_constraint as `c`
 *
 * Returns: (transfer full) (element-type SrPgReference): foreign keys in a stable order; those that
 *   a partition has from its parent are left out
 */
GPtrArray *sr_pg_references_load (SrPg         *pg,
                                  const char   *where,
                                  GCancellable *cancellable,
                                  GError      **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrPgTable, sr_pg_table_free)

G_END_DECLS
