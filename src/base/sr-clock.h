/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrClock:
 *
 * Where time comes from, so that tests can move it. %NULL stands for the system's clock everywhere.
 *
 * Threads: all functions may be called from any thread.
 */
typedef struct _SrClock SrClock;

/* A clock that stands still at @unix_ns until it is moved; sleeping on it advances it at once. */
SrClock *sr_clock_new_fake (gint64 unix_ns);
SrClock *sr_clock_ref (SrClock *self);
void     sr_clock_unref (SrClock *self);
/* Moves a fake clock; wall clock and monotonic clock separately, as a suspended laptop does. */
void sr_clock_advance (SrClock *self,
                       gint64   wall_ns,
                       gint64   monotonic_us);

/* Nanoseconds since 1970-01-01 UTC. */
gint64 sr_clock_now_ns (SrClock *self);
/* Microseconds that never run backwards. */
gint64 sr_clock_monotonic_us (SrClock *self);

/**
 * sr_clock_sleep:
 *
 * Returns: %FALSE with %SR_ERROR_CANCELLED as soon as @cancellable is cancelled
 */
gboolean sr_clock_sleep (SrClock      *self,
                         gint64        us,
                         GCancellable *cancellable,
                         GError      **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrClock, sr_clock_unref)

G_END_DECLS
