/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * sr_dump_child_run:
 * @argv: (array zero-terminated=1): the dump program and its arguments, without secrets
 * @environment: (nullable) (array zero-terminated=1): see sr_process_spawn()
 * @end_marker: (nullable): what the last lines of a whole dump say
 * @written: (out): bytes
 *
 * Streams what a dump program writes. It counts only if the program ends with status 0 and
 * @end_marker stands in the last 4 KiB.
 */
gboolean sr_dump_child_run (const char *const *argv,
                            const char *const *environment,
                            const char        *end_marker,
                            GOutputStream     *stream,
                            guint64           *written,
                            GCancellable      *cancellable,
                            GError           **error);

G_END_DECLS
