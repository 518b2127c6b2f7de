/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "target/sr-pg-catalogue.h"
#include "target/sr-pg-loader.h"
#include "target/sr-postgres-target.h"

G_BEGIN_DECLS

/* What a transaction-wide advisory lock of one restore at a time is taken on: "Strong" */
#define SR_POSTGRES_LOCK "91663862721127"

/**
 * SrPostgresGoal:
 * @source: as the backup calls and describes it
 * @names: (array zero-terminated=1): what the target may call it
 * @schema, @name: what it calls it, or will
 * @found: as it exists there; its oid is 0 if it does not
 * @stage: (nullable): as it was made in the stage
 * @n_records: of the plan, -1 if it does not know
 * @is_empty: nothing says what the table would be, and nothing goes into it
 * @put: records handed over; @staged: counted
 *
 * One table that is restored.
 */
typedef struct
{
  SrCollection *source;
  char        **names;
  char         *schema;
  char         *name;
  SrPgTable    *found;
  SrPgTable    *stage;
  gint64        n_records;
  gboolean      is_empty;
  guint64       put;
  guint64       lost; /* values that are null now */
  guint64       staged;
} SrPostgresGoal;

/* @real: quoted; @keep: quoted, a copy of its rows from before the swap; @columns: quoted list of
 * those that are stored */
typedef struct
{
  guint32 oid;
  char   *real;
  char   *keep;
  char   *columns;
} SrPostgresKept;

/* @name: as regclass writes it */
typedef struct
{
  char    *name;
  char    *last_value;
  gboolean is_called;
} SrPostgresSequence;

typedef struct _SrPostgresObjects SrPostgresObjects;

struct _SrPostgresTarget
{
  SrTarget parent_instance;

  SrTargetLocation *location;
  SrSecret         *password;
  SrPg             *pg; /* (nullable) until it is connected */

  /* What the plan said */
  GPtrArray *goals;    /* (nullable) (element-type SrPostgresGoal) */
  GPtrArray *left_out; /* (nullable) (element-type utf8): collections that no table is made for */
  char      *schema_sql;
  gboolean   replace;
  guint64    expected_bytes;

  SrPostgresObjects *objects; /* (nullable): what else the backup has */

  /* From begin on */
  char           *stage;            /* (nullable): schema */
  gboolean        made_by_schema;   /* tables of the stage come from @schema_sql */
  GPtrArray      *stage_references; /* (nullable): of those tables, dropped while they are filled */
  SrPgLoader     *loader;           /* (nullable) */
  SrPostgresGoal *current;          /* (nullable): goal of the collection that began */
  gboolean        verified;

  /* From the swap on */
  gboolean   swapped;
  char      *keep;      /* (nullable): schema */
  GPtrArray *kept;      /* (element-type SrPostgresKept) */
  GPtrArray *sequences; /* (element-type SrPostgresSequence): as they were */
  GPtrArray *made;      /* (element-type utf8): statements that remove what was made */
};

void sr_postgres_objects_free (SrPostgresObjects *self);

/* Connects if that has not happened. */
gboolean sr_postgres_connect (SrPostgresTarget *self,
                              GCancellable     *cancellable,
                              GError          **error);
/* Takes the plan over and looks each table up. */
gboolean sr_postgres_set_plan (SrPostgresTarget   *self,
                               const SrTargetPlan *plan,
                               GCancellable       *cancellable,
                               GError            **error);
/* Whether nothing of the plan exists and its schema says how to make it. */
gboolean sr_postgres_uses_schema (SrPostgresTarget *self);
/* A collection of which nobody knows what the table would be is no goal any more. */
void sr_postgres_leave_out (SrPostgresTarget *self,
                            SrPostgresGoal   *goal);
/* Why a table that does not exist cannot be made, or %NULL. */
const char *sr_postgres_why_not_made (SrPostgresTarget     *self,
                                      const SrPostgresGoal *goal);
/* A step that tests can fail, and the statements of it. */
gboolean sr_postgres_run_step (SrPostgresTarget *self,
                               const char       *step,
                               const char       *sql,
                               GCancellable     *cancellable,
                               GError          **error);
gboolean sr_postgres_begin_transaction (SrPostgresTarget *self,
                                        GError          **error);
/* Best effort; whatever the server says, the transaction is over. */
void sr_postgres_roll_back (SrPostgresTarget *self);
/* "1, 2, 3": numbers of the existing tables of the plan; "0" if there are none. Returns: (transfer
 * full) */
char *sr_postgres_get_oids (SrPostgresTarget *self);
/* Columns that hold values of their own, quoted, with commas. Returns: (transfer full) */
char *sr_postgres_stored_columns (const SrPgTable *table);

/* Condition that a row `a` refers to nothing in @to, a quoted table. Returns: (transfer full) */
char *sr_postgres_dangling_sql (const SrPgReference *reference,
                                const char          *to);

/* The class's functions; what they do is told there. */
gboolean   sr_postgres_preflight (SrTarget           *target,
                                  const SrTargetPlan *plan,
                                  SrPreflight        *result,
                                  GCancellable       *cancellable,
                                  GError            **error);
gboolean   sr_postgres_back_up (SrTarget      *target,
                                GOutputStream *stream,
                                guint64       *written,
                                GCancellable  *cancellable,
                                GError       **error);
gboolean   sr_postgres_begin (SrTarget           *target,
                              const SrTargetPlan *plan,
                              GCancellable       *cancellable,
                              GError            **error);
GPtrArray *sr_postgres_verify (SrTarget     *target,
                               GCancellable *cancellable,
                               GError      **error);
gboolean   sr_postgres_swap (SrTarget     *target,
                             GCancellable *cancellable,
                             GError      **error);
gboolean   sr_postgres_undo (SrTarget *target,
                             GError  **error);

G_END_DECLS
