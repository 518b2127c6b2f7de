/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-pack.h"

G_BEGIN_DECLS

/**
 * SrBlobStream:
 *
 * Reads a blob that is too large for memory, in pieces.
 *
 * Threads: one thread at a time.
 */
typedef struct _SrBlobStream SrBlobStream;

/**
 * sr_blob_stream_open:
 * @sealer: is copied
 *
 * Reads the sealed blob once to authenticate it.
 *
 * Returns: (transfer full): %NULL with %SR_ERROR_DAMAGED if its seal is broken
 */
SrBlobStream *sr_blob_stream_open (SrStorage         *storage,
                                   SrSealer          *sealer,
                                   const SrId        *pack,
                                   const SrPackEntry *entry,
                                   GCancellable      *cancellable,
                                   GError           **error);
void          sr_blob_stream_free (SrBlobStream *self);
/**
 * sr_blob_stream_next:
 * @data: (out): the next piece of the blob, valid until the next call
 *
 * Reads it a second time. Size and digest of the whole are checked at the end.
 *
 * Returns: its size; 0 at the end of a sound blob; -1 with @error set
 */
gssize sr_blob_stream_next (SrBlobStream  *self,
                            gconstpointer *data,
                            GError       **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrBlobStream, sr_blob_stream_free)

G_END_DECLS
