/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrReportFunc:
 * @path: what it is about: a path of the source or in the snapshot, raw bytes
 * @action: a word: for backup "new", "changed", "unmodified", "failed", "database", or "changing"
 *   for a file that did so while it was read, or "missing" for one of the
 *   paths that were named; for copy "copied", "present" and "failed" and for forget "forgotten",
 *   with the id of the snapshot; for repair and restore see there
 * @error: (nullable): why; with what went wrong
 *
 * Something a person or a log may want to know while an operation runs. Called one at a time, from
 * the operation's threads.
 */
typedef void (*SrReportFunc) (const char   *path,
                              const char   *action,
                              guint64       size,
                              const GError *error,
                              gpointer      user_data);

G_END_DECLS
