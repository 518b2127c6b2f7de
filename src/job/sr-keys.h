/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-key.h"
#include "repo/sr-repo.h"

G_BEGIN_DECLS

/* Passwords of a vault. Each takes the lock restic takes for it (exclusive for what deletes). */

gboolean sr_keys_add (SrRepo       *repo,
                      SrSecret     *password,
                      SrId         *id,
                      GCancellable *cancellable,
                      GError      **error);
/* @name: prefix of a key's id. %SR_ERROR_REFUSED for the key in use and for the last one. */
gboolean sr_keys_remove (SrRepo       *repo,
                         const char   *name,
                         SrId         *id,
                         GCancellable *cancellable,
                         GError      **error);
/* New key first, opened to see that it works, then the one in use is removed. */
gboolean sr_keys_change (SrRepo       *repo,
                         SrSecret     *password,
                         SrId         *id,
                         GCancellable *cancellable,
                         GError      **error);

G_END_DECLS
