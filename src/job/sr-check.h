/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-checker.h"

G_BEGIN_DECLS

typedef struct
{
  SrCheckerOptions checker;
  gboolean         no_lock;
} SrCheckOptions;

/* Takes an exclusive lock (none with @no_lock), checks, and reports; see sr_checker_run(). */
gboolean sr_check_run (SrRepo               *repo,
                       const SrCheckOptions *options,
                       SrCheckerStats       *stats,
                       GPtrArray           **findings,
                       SrProgress           *progress,
                       GCancellable         *cancellable,
                       GError              **error);

G_END_DECLS
