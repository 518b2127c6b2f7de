/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "target/sr-maria-stage.h"

G_BEGIN_DECLS

/* Notes in the journal what puts back the views that are replaced. It comes before all else of a
 * swap, for it is undone last: views need tables and functions. */
gboolean sr_maria_make_prepare (SrMariaStage *stage,
                                SrTarget     *step,
                                GError      **error);
/* Lets columns that take numbers from a staged sequence take them from the one in its place. */
gboolean sr_maria_make_defaults (SrMariaStage *stage,
                                 SrTarget     *step,
                                 GError      **error);
/* Makes functions, procedures and triggers, then views, then events, behind the tables. */
gboolean sr_maria_make_objects (SrMariaStage *stage,
                                SrTarget     *step,
                                GError      **error);

G_END_DECLS
