/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "target/sr-target.h"

G_BEGIN_DECLS

/**
 * SrSqliteLoader:
 *
 * Records into the tables of a database file that only we know, by its descriptor.
 *
 * Threads: one at a time.
 */
typedef struct _SrSqliteLoader SrSqliteLoader;

/**
 * sr_sqlite_loader_new:
 * @fd: a private file: empty, or a copy of a database; must outlive it
 *
 * Empties the tables of @plan and makes those that do not exist: by the statement of their source
 * where SQLite understands it, else by their columns.
 *
 * Returns: (transfer full)
 */
SrSqliteLoader *sr_sqlite_loader_new (int                 fd,
                                      const SrTargetPlan *plan,
                                      GError            **error);
void            sr_sqlite_loader_free (SrSqliteLoader *self);
gboolean        sr_sqlite_loader_begin (SrSqliteLoader     *self,
                                        const SrCollection *collection,
                                        GError            **error);
gboolean        sr_sqlite_loader_put (SrSqliteLoader *self,
                                      const SrRecord *record,
                                      GError        **error);
/* Counts, looks whether what records refer to is there, and finishes the file. Returns: (transfer
 * full) (element-type SrTargetCount) */
GPtrArray *sr_sqlite_loader_finish (SrSqliteLoader *self,
                                    GCancellable   *cancellable,
                                    GError        **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrSqliteLoader, sr_sqlite_loader_free)

G_END_DECLS
