/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-container.h"
#include "repo/sr-repo.h"

G_BEGIN_DECLS

/**
 * sr_snapshot_container_new:
 * @folder: in the snapshot, "/" for all of it; or one file
 *
 * A snapshot's files as a container, so that whatever reads backup files reads them too. The list
 * of entries is made at once; the index has been loaded. A reference of @repo is taken.
 *
 * Returns: (transfer full)
 */
SrContainer *sr_snapshot_container_new (SrRepo           *repo,
                                        const SrSnapshot *snapshot,
                                        const char       *folder,
                                        GCancellable     *cancellable,
                                        GError          **error);

G_END_DECLS
