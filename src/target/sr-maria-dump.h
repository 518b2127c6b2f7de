/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-secret.h"
#include "target/sr-target-location.h"

G_BEGIN_DECLS

/**
 * sr_maria_dump:
 * @tables: (element-type utf8): which; empty: the whole database
 * @with_routines: also routines and events, which must all be readable then
 * @is_mariadb: which program is looked for first
 *
 * Writes what `mariadb-dump` or `mysqldump` writes, in one consistent view of the database. The
 * password reaches it by its environment.
 */
gboolean sr_maria_dump (const SrTargetLocation *location,
                        SrSecret               *password,
                        GPtrArray              *tables,
                        gboolean                with_routines,
                        gboolean                is_mariadb,
                        GOutputStream          *stream,
                        guint64                *written,
                        GCancellable           *cancellable,
                        GError                **error);
/* Returns: (transfer full): "mariadb-dump  Ver 10.19 …", or %NULL with %SR_ERROR_UNSUPPORTED;
 * @program: (out) (transfer none) */
char *sr_maria_dump_find (gboolean     is_mariadb,
                          const char **program,
                          GError     **error);

G_END_DECLS
