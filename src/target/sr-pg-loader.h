/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "target/sr-pg-catalogue.h"

G_BEGIN_DECLS

/**
 * SrPgLoader:
 *
 * Records into one table after the other by COPY. A column that a record does not name gets its
 * default; a value that the table has no column for is an error, a null without one is none.
 *
 * Threads: one at a time.
 */
typedef struct _SrPgLoader SrPgLoader;

SrPgLoader *sr_pg_loader_new (SrPg *pg);
void        sr_pg_loader_free (SrPgLoader *self);
/* @table: must live as long as it is filled; @title: for messages; @first: records that it got
 * before */
gboolean sr_pg_loader_begin (SrPgLoader         *self,
                             const SrPgTable    *table,
                             const SrCollection *collection,
                             guint64             first,
                             GCancellable       *cancellable,
                             GError            **error);
gboolean sr_pg_loader_put (SrPgLoader     *self,
                           const SrRecord *record,
                           GCancellable   *cancellable,
                           GError        **error);
/* What was put lies in the table. */
gboolean sr_pg_loader_end (SrPgLoader   *self,
                           GCancellable *cancellable,
                           GError      **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrPgLoader, sr_pg_loader_free)

G_END_DECLS
