/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-progress.h"

G_BEGIN_DECLS

#define SR_TYPE_PROGRESS_MODEL (sr_progress_model_get_type ())
/**
 * SrProgressModel:
 *
 * How far a piece of work is that runs on a thread of its own, for bindings. Read-only properties:
 *   running    whether something is
 *   fraction   0.0 to 1.0
 *   phase      what is being done; empty at first
 *   current    the file or collection worked on
 *   detail     "12 MB of 40 MB · about 3 minutes left"
 *
 * Threads: the main context in which it was made.
 */
G_DECLARE_FINAL_TYPE (SrProgressModel, sr_progress_model, SR, PROGRESS_MODEL, GObject)

SrProgressModel *sr_progress_model_new (void);
/* Begins anew. Returns: (transfer full): to be handed to the worker */
SrProgress *sr_progress_model_start (SrProgressModel *self);
/* What is still on its way from that worker is passed over. */
void     sr_progress_model_stop (SrProgressModel *self);
gboolean sr_progress_model_is_running (SrProgressModel *self);

/* "12 MB of 40 MB · about 3 minutes left". Returns: (transfer full): may be empty */
char *sr_progress_model_describe (const SrProgressState *state);

G_END_DECLS
