/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-lock.h"

G_BEGIN_DECLS

/* Removes a lock file; one that is gone already is no error. */
gboolean sr_lock_remove_file (SrRepo       *repo,
                              const SrId   *id,
                              GCancellable *cancellable,
                              GError      **error);

G_END_DECLS
