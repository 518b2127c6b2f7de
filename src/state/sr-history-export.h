/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "state/sr-history.h"

G_BEGIN_DECLS

typedef enum
{
  SR_HISTORY_CSV,
  SR_HISTORY_JSON,
} SrHistoryFormat;

/**
 * sr_run_to_json:
 *
 * "id", "started", "ended" (RFC 3339, UTC), "action", "state", "site", "site_name", "vault",
 * "snapshot", "path", "bytes", "bytes_added", "files", "records", "verdict", "sentence", "error",
 * "rebuilt"; what is not known is null. Names that are not UTF-8 are shown with U+FFFD.
 *
 * Returns: (transfer full): an object
 */
JsonNode *sr_run_to_json (const SrRun *run);

/**
 * sr_history_export:
 * @stream: flushed, not closed
 * @n: (out) (optional): how many were written
 *
 * Writes the runs that fit, newest first, page by page, so that the memory it takes does not depend
 * on how many there are: as CSV (RFC 4180, UTF-8, a heading line with the names of
 * sr_run_to_json()), or as one JSON array. In CSV a text that a spreadsheet would take for a
 * formula (it begins with =, +, -, @, a tab or a carriage return) gets an apostrophe in front.
 */
gboolean sr_history_export (SrHistory         *self,
                            const SrRunFilter *filter,
                            SrHistoryFormat    format,
                            GOutputStream     *stream,
                            guint64           *n,
                            GCancellable      *cancellable,
                            GError           **error);

G_END_DECLS
