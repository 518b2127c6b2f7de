/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-progress.h"
#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrZipWriter:
 *
 * Writes a ZIP on all cores: entries below 4 MiB are deflated whole by libdeflate, each on its own
 * thread; a larger one is cut into blocks of 1 MiB that libdeflate packs side by side and that are
 * joined to one deflate stream; each is unfolded again on the way. CRC and sizes stand in the local
 * headers of the former, and in a data descriptor of 64 bits behind the latter; ZIP64 where needed;
 * names in UTF-8 with bit 11. Entries come out in the order they were added, and the same input
 * gives the same file. The first failure of a stream, and a cancel, end it: every later call fails
 * with the same error, and what was written is no ZIP.
 *
 * Threads: one at a time; the streams are read and written by that one.
 */
typedef struct _SrZipWriter SrZipWriter;

/* @level: 1 (fast) to 12 (small); 6 is what ERPs are served best with. @stream: need not seek; a
 * reference is taken */
SrZipWriter *sr_zip_writer_new (GOutputStream *stream,
                                guint          level);
void         sr_zip_writer_free (SrZipWriter *self);
/* @mtime: seconds since 1970. @content: (nullable): read to its end; %NULL for a folder, whose name
 * ends with "/" */
gboolean sr_zip_writer_add (SrZipWriter  *self,
                            const char   *name,
                            gint64        mtime,
                            guint32       mode,
                            GInputStream *content,
                            SrProgress   *progress,
                            GCancellable *cancellable,
                            GError      **error);
/* For content that is made as it is written: a stream to write to, valid until the next call of
 * the writer. Returns: (transfer full) */
GOutputStream *sr_zip_writer_add_stream (SrZipWriter *self,
                                         const char  *name,
                                         gint64       mtime,
                                         guint32      mode,
                                         GError     **error);
/* Waits for all entries and writes the central directory. */
gboolean sr_zip_writer_finish (SrZipWriter  *self,
                               GCancellable *cancellable,
                               GError      **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrZipWriter, sr_zip_writer_free)

G_END_DECLS
