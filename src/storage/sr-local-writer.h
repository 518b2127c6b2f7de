/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "storage/sr-storage-local.h"

G_BEGIN_DECLS

/**
 * SrLocalWriter:
 *
 * A file of a local vault while it is written, under a temporary name.
 *
 * Threads: one at a time.
 */
typedef struct _SrLocalWriter SrLocalWriter;

/* @size_hint: large files are written past the page cache where the file system can */
SrLocalWriter *sr_local_writer_new (SrStorageLocal *storage,
                                    SrFileType      type,
                                    guint64         size_hint,
                                    GError        **error);
gboolean       sr_local_writer_append (SrLocalWriter *self,
                                       gconstpointer  data,
                                       gsize          size,
                                       GError       **error);
/* Gives the file its name, durably. */
gboolean sr_local_writer_commit (SrLocalWriter *self,
                                 const SrId    *id,
                                 GCancellable  *cancellable,
                                 GError       **error);
/* Removes the file if it got no name. */
void sr_local_writer_free (SrLocalWriter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrLocalWriter, sr_local_writer_free)

G_END_DECLS
