/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-zip-writer.h"

G_BEGIN_DECLS

#define SR_TYPE_ZIP_ENTRY_STREAM (sr_zip_entry_stream_get_type ())
G_DECLARE_FINAL_TYPE (SrZipEntryStream, sr_zip_entry_stream, SR, ZIP_ENTRY_STREAM, GOutputStream)

/* What sr_zip_writer_add_stream() hands out. */
SrZipEntryStream *sr_zip_entry_stream_new (SrZipWriter *writer);
/* The writer went on: writing to it is an error from now on. */
void sr_zip_entry_stream_detach (SrZipEntryStream *self);

/* For the stream: content of the entry that is open, and its end. */
gboolean sr_zip_writer_feed (SrZipWriter  *self,
                             gconstpointer data,
                             gsize         size,
                             GCancellable *cancellable,
                             GError      **error);
gboolean sr_zip_writer_end_entry (SrZipWriter  *self,
                                  GCancellable *cancellable,
                                  GError      **error);

G_END_DECLS
