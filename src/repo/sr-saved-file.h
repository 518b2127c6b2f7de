/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SrSavedFile:
 *
 * The content of one file on its way into a vault: a list of chunks, known whole once all of them
 * are through. A chunk is remembered as a number of 4 bytes; sr_saver_get_chunk() gives its id.
 *
 * Threads: any may ref and unref, the rest belongs to one at a time, but for what the saver's own
 * threads do.
 */
typedef struct _SrSavedFile SrSavedFile;

SrSavedFile *sr_saved_file_ref (SrSavedFile *self);
/* %NULL is ignored. */
void sr_saved_file_unref (SrSavedFile *self);
/* Whether all its chunks are through; cheap. */
gboolean sr_saved_file_is_complete (SrSavedFile *self);
/* Of a complete file. */
gsize sr_saved_file_get_n_chunks (SrSavedFile *self);

/* -- for the saver -- */

SrSavedFile *sr_saved_file_new (void);
/* One more chunk at the end, which is not through yet; adds a reference that
 * sr_saved_file_chunk_done() takes. Returns: where its number goes */
guint32 *sr_saved_file_add_chunk (SrSavedFile *self);
/* The chunk's number has been set. Any thread. */
void sr_saved_file_chunk_done (SrSavedFile *self);
/* No chunk is added any more. */
void sr_saved_file_close (SrSavedFile *self);
/* Number of chunk @i, which has been set. */
guint32 sr_saved_file_get_number (SrSavedFile *self,
                                  gsize        i);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrSavedFile, sr_saved_file_unref)

G_END_DECLS
