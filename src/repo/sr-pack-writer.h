/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-pack.h"

G_BEGIN_DECLS

/**
 * SrPackWriter:
 *
 * One pack on its way into storage, from front to back; its name is computed as it goes.
 *
 * Threads: one thread at a time.
 */
typedef struct _SrPackWriter SrPackWriter;

/* Nothing is made in @storage before the first byte is appended. */
SrPackWriter *sr_pack_writer_new (SrStorage    *storage,
                                  GCancellable *cancellable);
/* Throws away what has been written. %NULL is ignored. */
void     sr_pack_writer_free (SrPackWriter *self);
gboolean sr_pack_writer_append (SrPackWriter *self,
                                gconstpointer data,
                                gsize         size,
                                GError      **error);
/**
 * sr_pack_writer_commit:
 * @entries: what the appended bytes hold, in their order
 * @sealer: seals the header
 * @id: (out): the pack's name
 *
 * Writes the header and gives the pack its name; it is durable when %TRUE is returned. Nothing but
 * sr_pack_writer_free() may be called afterwards.
 */
gboolean sr_pack_writer_commit (SrPackWriter      *self,
                                const SrPackEntry *entries,
                                gsize              n_entries,
                                SrSealer          *sealer,
                                SrId              *id,
                                GError           **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrPackWriter, sr_pack_writer_free)

G_END_DECLS
