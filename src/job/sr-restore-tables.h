/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "job/sr-restore-file.h"

G_BEGIN_DECLS

/**
 * SrRestoreTables:
 *
 * The collections of a backup as the tables they become: found in one pass, which counts them and
 * infers columns where each record names its own fields.
 */
typedef struct _SrRestoreTables SrRestoreTables;

/* Whether @target takes records: any database but a SQLite file that is restored whole. */
gboolean sr_restore_tables_are_wanted (SrBackupFile               *file,
                                       SrTarget                   *target,
                                       const SrRestoreFileOptions *options);
/* @target: lives longer; @names: (nullable): only those; %SR_ERROR_NOT_FOUND if one is not there */
SrRestoreTables *sr_restore_tables_new (SrBackupFile      *file,
                                        SrTarget          *target,
                                        const char *const *names,
                                        SrProgress        *progress,
                                        GCancellable      *cancellable,
                                        GError           **error);
void             sr_restore_tables_free (SrRestoreTables *self);
guint64          sr_restore_tables_get_n_records (SrRestoreTables *self);
/* Returns: (transfer none) (nullable): the collection as it goes to the target; %NULL if it does
 * not */
const SrCollection *sr_restore_tables_find (SrRestoreTables *self,
                                            const char      *name);
/* Owned by @self. */
void sr_restore_tables_fill_plan (SrRestoreTables            *self,
                                  SrBackupFile               *file,
                                  SrTarget                   *target,
                                  const SrRestoreFileOptions *options,
                                  SrTargetPlan               *plan);

/* Objects that are not in the plan, since there are too many or they are too large. */
guint64 sr_restore_tables_get_n_lost (SrRestoreTables *self);
/* What the backup has besides tables and records: views, triggers, routines, indexes, rights.
 * Returns: (transfer full) (nullable): for a person; %NULL if it has nothing of that, or the
 * target makes them and tells itself what it does not */
char *sr_restore_tables_describe_others (SrRestoreTables *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrRestoreTables, sr_restore_tables_free)

G_END_DECLS
