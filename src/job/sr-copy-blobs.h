/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-progress.h"
#include "repo/sr-repo.h"

G_BEGIN_DECLS

/**
 * sr_copy_blobs:
 * @used: a bit for each entry of @from's index, as sr_used_blobs() gives them
 * @n_blobs: (inout): counts what was copied
 * @n_bytes: (inout): counts what that occupies in packs
 *
 * Brings those of the blobs that the index of @to does not know into @to. Each is opened, hashed
 * and sealed anew. All is durable and indexed when it returns %TRUE; after a failure whole packs
 * are indexed, so that the next try need not copy them again. The index loaded in @to stays as it
 * is.
 */
gboolean sr_copy_blobs (SrRepo       *from,
                        SrRepo       *to,
                        const guint8 *used,
                        guint64      *n_blobs,
                        guint64      *n_bytes,
                        SrProgress   *progress,
                        GCancellable *cancellable,
                        GError      **error);

G_END_DECLS
