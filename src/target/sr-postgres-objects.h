/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "target/sr-pg-statement.h"
#include "target/sr-postgres-private.h"

G_BEGIN_DECLS

/* Where pg_dump says what it dumps lies, unless somebody made schemas. */
#define SR_POSTGRES_HOME "public"

/**
 * SrPostgresFate:
 * @SR_POSTGRES_IGNORED: nothing happens and nothing is told
 * @SR_POSTGRES_REFUSED: it is not restored, and told why
 * @SR_POSTGRES_STAYS: the database has one of that name, which stays
 * @SR_POSTGRES_BEFORE: made in the stage before its tables are filled
 * @SR_POSTGRES_AFTER: made in the stage after that
 * @SR_POSTGRES_LATE: made within the swap, on what exists
 * @SR_POSTGRES_REPLACED: takes the place of one that exists, within the swap
 */
typedef enum
{
  SR_POSTGRES_IGNORED,
  SR_POSTGRES_REFUSED,
  SR_POSTGRES_STAYS,
  SR_POSTGRES_BEFORE,
  SR_POSTGRES_AFTER,
  SR_POSTGRES_LATE,
  SR_POSTGRES_REPLACED,
} SrPostgresFate;

/* @why: (nullable): of what is refused */
typedef struct
{
  SrPgStatement *statement;
  SrPostgresFate fate;
  char          *why;
} SrPostgresObject;

/**
 * SrPostgresObjects:
 * @list: (element-type SrPostgresObject): in the backup's order
 * @there: what the target's schema has; see sr_postgres_objects_have()
 * @made: names of relations and types that are made in the stage
 * @made_routines: names of routines that are made in the stage
 * @valued: sequences that got the value the backup tells, as regclass writes them
 * @refreshed: quoted names of materialized views that get their rows within the swap
 * @unfilled: those that do not, though the backup has rows
 * @n_owners: statements about owners and rights
 * @undo: (element-type utf8): statements that take back what the swap changed, the last first
 *
 * What a backup has besides tables and records, and what becomes of it here.
 */
struct _SrPostgresObjects
{
  GPtrArray  *list;
  GHashTable *there;
  GHashTable *made;
  GHashTable *made_routines;
  GHashTable *valued;
  GPtrArray  *refreshed;
  GPtrArray  *unfilled; /* (element-type utf8): materialized views that are not */
  GPtrArray  *undo;
  guint       n_owners;
  gboolean    is_super;
};

SrPostgresObjects *sr_postgres_objects_new (const SrTargetPlan *plan);
/* Decides what becomes of each; after the goals are known. */
gboolean sr_postgres_objects_settle (SrPostgresTarget   *target,
                                     const SrTargetPlan *plan,
                                     GCancellable       *cancellable,
                                     GError            **error);
/* @kind: 'r' relation, 't' type, 'f' routine, 'c' constraint, 'g' trigger, 'p' primary key, 'x'
 * extension; @part: (nullable): of table @name */
gboolean sr_postgres_objects_have (const SrPostgresObjects *self,
                                   char                     kind,
                                   const char              *name,
                                   const char              *part);
void     sr_postgres_objects_add (SrPostgresObjects *self,
                                  char               kind,
                                  const char        *name,
                                  const char        *part);
/* Whether the restore puts views or routines in the place of others. */
gboolean sr_postgres_objects_replace (const SrPostgresObjects *self);
/* Whether a goal's table is made by the backup's own statement. */
gboolean sr_postgres_objects_make (const SrPostgresObjects *self,
                                   const SrPostgresGoal    *goal);
/* The statement as it goes to the server: in the stage, or within the swap. Returns: (transfer
 * full) */
char *sr_postgres_objects_write (SrPostgresTarget    *target,
                                 const SrPgStatement *statement,
                                 gboolean             in_stage);
/* "view “dues”", for errors. Returns: (transfer full) */
char *sr_postgres_object_describe (const SrPostgresObject *self);

/* Rows of the preflight. */
gboolean sr_postgres_objects_tell (SrPostgresTarget *target,
                                   SrPreflight      *result,
                                   GCancellable     *cancellable,
                                   GError          **error);

/* Within the transaction that makes the stage: all that comes before the records. */
gboolean sr_postgres_make_before (SrPostgresTarget *target,
                                  GError          **error);
/* A transaction of its own: all that comes behind them. */
gboolean sr_postgres_make_after (SrPostgresTarget *target,
                                 GCancellable     *cancellable,
                                 GError          **error);

G_END_DECLS
