/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-lock.h"
#include "repo/sr-packer.h"

G_BEGIN_DECLS

/* Returns: whether no index shall name the pack any more */
typedef gboolean (*SrDropPackFunc) (const SrId *pack,
                                    gpointer    user_data);

/**
 * sr_rewrite_index:
 * @new_packs: (nullable) (element-type SrPackedPack): packs to name
 * @new_packs_named: (out): whether index files may name some of them already, also set on failure:
 *   they must not be removed then
 * @progress: counts index files
 *
 * Replaces the index files that name packs to be dropped, each only after what it names beside
 * those is in a new one; the other files stay. Many small files become one. Needs room for about
 * one index file more than there are. Exclusive lock.
 */
gboolean sr_rewrite_index (SrRepo        *repo,
                           SrLock        *lock,
                           SrDropPackFunc drop,
                           gpointer       user_data,
                           GPtrArray     *new_packs,
                           gboolean      *new_packs_named,
                           SrProgress    *progress,
                           GCancellable  *cancellable,
                           GError       **error);

G_END_DECLS
