/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-saver.h"

G_BEGIN_DECLS

/**
 * SrSaverStream:
 *
 * A tree blob that is too large for memory: hashed, compressed, sealed, checked and written as it
 * comes. What stays small goes into a pack with others, what does not becomes a pack of its own.
 *
 * Threads: the feeder's thread of the saver. Any number may be open at a time.
 */
typedef struct _SrSaverStream SrSaverStream;

SrSaverStream *sr_saver_stream_new (SrSaver *saver);
/* Throws away what did not come to its end. */
void     sr_saver_stream_free (SrSaverStream *self);
gboolean sr_saver_stream_append (SrSaverStream *self,
                                 gconstpointer  plain,
                                 gsize          size,
                                 GError       **error);
/* @id: (out): of the tree, which is stored, or was there already. Once only. */
gboolean sr_saver_stream_end (SrSaverStream *self,
                              SrId          *id,
                              GError       **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrSaverStream, sr_saver_stream_free)

G_END_DECLS
