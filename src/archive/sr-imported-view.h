/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-container.h"
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* How large the description of a stored backup may be, in bytes. */
#define SR_IMPORT_RECORD_SIZE ((gsize) 4 * 1024 * 1024)
#define SR_IMPORT_RECORD_NAME "strongroom.json"

/**
 * sr_imported_view_new:
 * @container: a snapshot, or a folder that one was restored to
 * @record: (out) (transfer full) (nullable): what `strongroom.json` says of it
 *
 * A backup file that was imported lies in a snapshot in two folders, beside its description
 * (docs/vault-format.md). This shows it as it was: `database/X` and `files/X` as `X`.
 *
 * Returns: (transfer full) (nullable): %NULL if @container is no imported backup file, with @error
 *   set only if reading was cancelled
 */
SrContainer *sr_imported_view_new (SrContainer  *container,
                                   JsonObject  **record,
                                   GCancellable *cancellable,
                                   GError      **error);

G_END_DECLS
