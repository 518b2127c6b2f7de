/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "record/sr-record.h"
#include "target/sr-maria.h"

G_BEGIN_DECLS

/**
 * SrMariaLoader:
 *
 * Fills one table with statements of many records. Whatever the server would change about a value
 * is an error that names the record.
 *
 * Threads: one at a time.
 */
typedef struct _SrMariaLoader SrMariaLoader;

/* @name: of the table, for errors */
SrMariaLoader *sr_maria_loader_new (SrMaria      *maria,
                                    const char   *database,
                                    const char   *table,
                                    const char   *name,
                                    GCancellable *cancellable,
                                    GError      **error);
/* The table was made from @collection, of which nothing declares types: text in its columns of JSON
 * is a JSON string where the record itself is JSON. */
void     sr_maria_loader_set_inferred (SrMariaLoader      *self,
                                       const SrCollection *collection);
void     sr_maria_loader_free (SrMariaLoader *self);
gboolean sr_maria_loader_put (SrMariaLoader  *self,
                              const SrRecord *record,
                              GCancellable   *cancellable,
                              GError        **error);
/* Sends what is held back. */
gboolean sr_maria_loader_flush (SrMariaLoader *self,
                                GCancellable  *cancellable,
                                GError       **error);
guint64  sr_maria_loader_get_put (const SrMariaLoader *self);
/* Values that the export destroyed and that are NULL now. */
guint64 sr_maria_loader_get_lost (const SrMariaLoader *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrMariaLoader, sr_maria_loader_free)

G_END_DECLS
