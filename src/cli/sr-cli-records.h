/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-backup-file.h"
#include "cli/sr-cli.h"

G_BEGIN_DECLS

/**
 * SrRecordSink:
 *
 * Where chosen records go: standard output or a file, as JSON or CSV. JSON of one collection is an
 * array; of several, an object with an array a collection.
 */
typedef struct _SrRecordSink SrRecordSink;

/* @collection: (nullable): the only one; needed for CSV, whose heading is found by a first pass
 *   over
 * @file. @output: (nullable): written beside and renamed into place by sr_record_sink_finish() */
SrRecordSink *sr_record_sink_new (SrCli        *cli,
                                  SrBackupFile *file,
                                  const char   *collection,
                                  const char   *format,
                                  const char   *output,
                                  gboolean      overwrite,
                                  GError      **error);
void          sr_record_sink_free (SrRecordSink *self);
/* A collection is read: of one that was asked for by name there is something in the file even if no
 * record of it fits. */
gboolean sr_record_sink_enter (SrRecordSink       *self,
                               const SrCollection *collection,
                               GCancellable       *cancellable,
                               GError            **error);
gboolean sr_record_sink_put (SrRecordSink       *self,
                             const SrCollection *collection,
                             const SrRecord     *record,
                             GCancellable       *cancellable,
                             GError            **error);
gboolean sr_record_sink_finish (SrRecordSink *self,
                                GCancellable *cancellable,
                                GError      **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrRecordSink, sr_record_sink_free)

G_END_DECLS
