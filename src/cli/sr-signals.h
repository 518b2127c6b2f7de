/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * sr_signals_start:
 *
 * From now on SIGINT and SIGTERM cancel @cancellable and do nothing else, however often they come:
 * locks must still be removed. SIGHUP is ignored, since restic sends it to find out whether the
 * owner of a lock lives; SIGPIPE is, so that a reader who goes away is an error like others.
 *
 * To be called before other threads are started.
 */
void sr_signals_start (GCancellable *cancellable);
/* No signal cancels after this. */
void sr_signals_stop (void);

G_END_DECLS
