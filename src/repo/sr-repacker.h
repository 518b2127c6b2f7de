/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-packer.h"
#include "repo/sr-prune-plan.h"

G_BEGIN_DECLS

/**
 * sr_repack:
 * @packs: (element-type guint32): numbers of packs
 *
 * Hands what @plan keeps of @packs to @packer, on as many threads as there are cores. Every blob is
 * opened and hashed first; a damaged one is taken from another place if there is one. Trees that
 * are not compressed are, as version 2 wants.
 */
gboolean sr_repack (SrRepo            *repo,
                    const SrPrunePlan *plan,
                    GArray            *packs,
                    SrPacker          *packer,
                    SrProgress        *progress,
                    GCancellable      *cancellable,
                    GError           **error);

G_END_DECLS
