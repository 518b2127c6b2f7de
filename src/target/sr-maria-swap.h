/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "target/sr-maria-stage.h"

G_BEGIN_DECLS

/**
 * sr_maria_swap:
 * @step: for sr_target_step()
 *
 * One RENAME TABLE moves what is there to what is kept, and the staged tables into its place. The
 * server lets no table with triggers into another database and lets foreign keys of tables that
 * stay follow the old one, so triggers are dropped before it and made anew after it, and such keys
 * are made anew. Each change can be undone from the stage's journal, which the caller does if this
 * fails.
 */
gboolean sr_maria_swap (SrMariaStage *stage,
                        SrTarget     *step,
                        GCancellable *cancellable,
                        GError      **error);
/* What would be in the way of it. @problems: (element-type utf8): gets a sentence for each */
gboolean sr_maria_swap_check (SrMaria      *maria,
                              GPtrArray    *tables,
                              GPtrArray    *problems,
                              GCancellable *cancellable,
                              GError      **error);

G_END_DECLS
