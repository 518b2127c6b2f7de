/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-restore-run.h"

G_BEGIN_DECLS

/**
 * SrRestoreWriter:
 *
 * Writes the files of a restore. A file of one chunk is made in one go; a larger one, and one that
 * replaces another, grows under a temporary name and gets its own when it is whole. What cannot be
 * made whole is kept beside it as "NAME.incomplete", with zeros where nothing could be read.
 *
 * Threads: all functions may be called from any thread.
 */
typedef struct _SrRestoreWriter SrRestoreWriter;

SrRestoreWriter *sr_restore_writer_new (SrRestoreRun *run);
/* Removes what is unfinished. */
void sr_restore_writer_free (SrRestoreWriter *self);

/**
 * sr_restore_writer_put:
 *
 * One chunk at its place. Failures of a single file are reported; only what ends the restore
 * (see sr_restore_is_fatal()) is returned.
 */
gboolean sr_restore_writer_put (SrRestoreWriter    *self,
                                const SrRestoreRef *ref,
                                const guint8       *data,
                                gsize               size,
                                GError            **error);
/* A chunk that cannot be had. Takes @reason. */
gboolean sr_restore_writer_lose (SrRestoreWriter    *self,
                                 const SrRestoreRef *ref,
                                 GError             *reason,
                                 GError            **error);
/* A file without chunks to fetch: an empty one, one of which nothing is known, or one whose content
 * is right already. */
gboolean sr_restore_writer_finish_bare (SrRestoreWriter *self,
                                        guint32          number,
                                        GError         **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrRestoreWriter, sr_restore_writer_free)

G_END_DECLS
