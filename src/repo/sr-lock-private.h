/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-lock.h"

G_BEGIN_DECLS

/* Reads one lock. A damaged file gives an info that is not readable; %SR_ERROR_NOT_FOUND if it was
 * given up meanwhile. Returns: (transfer full) */
SrLockInfo *sr_lock_info_load (SrRepo       *repo,
                               const SrId   *id,
                               GCancellable *cancellable,
                               GError      **error);
/* Removes a lock file; one that is gone already is no error. */
gboolean sr_lock_remove_file (SrRepo       *repo,
                              const SrId   *id,
                              GCancellable *cancellable,
                              GError      **error);

G_END_DECLS
