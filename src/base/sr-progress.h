/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-clock.h"
#include <gio/gio.h>

G_BEGIN_DECLS

#define SR_TYPE_PROGRESS (sr_progress_get_type ())
G_DECLARE_FINAL_TYPE (SrProgress, sr_progress, SR, PROGRESS, GObject)

/**
 * SrProgressState:
 * @fraction: 0.0 to 1.0 of the whole, never smaller than an earlier answer
 * @estimating: the totals are not known yet, so that @fraction is a guess
 * @bytes_done: bytes worked off; @bytes_total: 0 when unknown
 * @items_done: files, packs or records worked off; @items_total: 0 when unknown
 * @bytes_per_second: smoothed over the last seconds, 0.0 at the start
 * @seconds_left: of the step whose bytes these are; -1.0 when unknown
 * @current: (nullable): what is worked on now, valid UTF-8; free with g_free()
 * @phase: (nullable): name of the innermost running step; free with g_free()
 */
typedef struct
{
  double   fraction;
  gboolean estimating;
  guint64  bytes_done;
  guint64  bytes_total;
  guint64  items_done;
  guint64  items_total;
  double   bytes_per_second;
  double   seconds_left;
  char    *current;
  char    *phase;
} SrProgressState;

typedef void (*SrProgressFunc) (SrProgress *self, gpointer user_data);

/**
 * sr_progress_new:
 *
 * A root progress. Steps of it are made with sr_progress_step().
 *
 * Threads: every function may be called from any thread.
 */
SrProgress *sr_progress_new (void);
/* Another clock than the system's, for tests; of a root, before it is used. */
void sr_progress_set_clock (SrProgress *self,
                            SrClock    *clock);

/**
 * sr_progress_step:
 * @self: (nullable): parent; %NULL gives %NULL, which all functions accept and ignore
 * @weight: share of the parent's work, in units relative to @total_weight
 * @total_weight: sum of the weights of all steps of @self
 * @phase: what a person reads ("Reading files")
 *
 * Steps nest; a finished step counts whole, one that is dropped unfinished counts as far as it
 * came. A step with steps of its own goes by those, any other by its bytes, or by its items where
 * the bytes are not known. Byte and item counts of a step are its own; the root reports those of
 * the step that last reported.
 *
 * Returns: (transfer full) (nullable): the step
 */
SrProgress *sr_progress_step (SrProgress *self,
                              double      weight,
                              double      total_weight,
                              const char *phase);

/**
 * sr_progress_set_totals:
 * @bytes: what there is to do, 0 if unknown
 * @items: likewise
 * @estimating: the totals may still grow
 */
void sr_progress_set_totals (SrProgress *self,
                             guint64     bytes,
                             guint64     items,
                             gboolean    estimating);
void sr_progress_add (SrProgress *self,
                      guint64     bytes,
                      guint64     items);

/**
 * sr_progress_set_current:
 * @name: raw bytes; what is not UTF-8 is shown as U+FFFD. Cheap: one copy, no allocation.
 */
void sr_progress_set_current (SrProgress *self,
                              const char *name);
void sr_progress_finish (SrProgress *self);

/**
 * sr_progress_set_notify:
 * @func: called at most ten times a second, in the thread that reported, on the root; and once when
 *   the root finishes. Never by two threads at once, and not after that last call. It must not
 *   finish the root or set another one.
 */
void sr_progress_set_notify (SrProgress    *self,
                             SrProgressFunc func,
                             gpointer       user_data,
                             GDestroyNotify destroy);
/* Whether somebody is notified: what only serves the display need not be found out otherwise. */
gboolean sr_progress_is_watched (SrProgress *self);
void     sr_progress_get_state (SrProgress      *self,
                                SrProgressState *state);
void     sr_progress_state_clear (SrProgressState *state);

G_END_DECLS
