/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "target/sr-maria-journal.h"
#include "target/sr-maria-loader.h"
#include "target/sr-maria-objects.h"
#include "target/sr-target.h"

G_BEGIN_DECLS

/**
 * SrMariaTable:
 * @name: as the database calls it
 * @staged, @kept: what it is called in the stage, and among what a swap keeps
 * @exists: stands in the database already
 * @is_left_out: takes no records: it is a view, or nobody knows what the table would be
 * @is_sequence: is none: it only moves as tables do
 */
typedef struct
{
  char          *name;
  char          *staged;
  char          *kept;
  gboolean       exists;
  gboolean       is_left_out;
  gboolean       is_sequence;
  SrMariaLoader *loader;
  guint64        skipped;
} SrMariaTable;

/**
 * SrMariaStage:
 * @id: of this run, random
 * @stage_database, @keep_database: where new tables are filled and old ones are kept: databases of
 *   their own, `DATABASE__strongroom_stage_ID` and `…_keep_ID`, or, where none can be made, the
 *   database itself with tables called `__strongroom_ID_…`
 * @source: (nullable): what the backup calls the database
 * @is_mysql: the backup is a dump of MySQL or MariaDB
 * @tables: (element-type SrMariaTable)
 * @objects: (nullable): what is made besides; %NULL: of a run that died
 */
typedef struct
{
  SrMaria        *maria;
  char           *id;
  char           *stage_database;
  char           *keep_database;
  char           *source;
  gboolean        is_mysql;
  gboolean        is_apart;
  GPtrArray      *tables;
  GHashTable     *by_collection;
  SrMariaJournal *journal;
  SrMariaObjects *objects;
} SrMariaStage;

/**
 * sr_maria_stage_new:
 * @step: for sr_target_step()
 *
 * Makes empty tables for what @plan says. On failure nothing of them is left.
 */
SrMariaStage *sr_maria_stage_new (SrMaria            *maria,
                                  const SrTargetPlan *plan,
                                  SrTarget           *step,
                                  GCancellable       *cancellable,
                                  GError            **error);
void          sr_maria_stage_free (SrMariaStage *self);
/* Returns: (nullable) (transfer none) */
SrMariaTable *sr_maria_stage_find (SrMariaStage *self,
                                   const char   *collection);
gboolean      sr_maria_stage_replaces (SrMariaStage *self,
                                       const char   *table);
/* Adds the keys that statements of their own add, then counts, and looks whether what refers to
 * other tables finds it there. */
GPtrArray *sr_maria_stage_verify (SrMariaStage *self,
                                  GCancellable *cancellable,
                                  GError      **error);
/* Removes stage and kept tables. */
gboolean sr_maria_stage_drop (SrMariaStage *self,
                              GError      **error);
/* Undoes and removes what runs that died left behind. Only while holding the lock of the database.
 */
gboolean sr_maria_stage_recover (SrMaria *maria,
                                 GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrMariaStage, sr_maria_stage_free)

G_END_DECLS
