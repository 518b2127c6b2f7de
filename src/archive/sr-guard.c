/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include "archive/sr-guard.h"

const SrGuardLimits sr_guard_default_limits = {
  .max_entries = 1000000,
  .max_entry_size = (guint64) 1 << 40,
  .max_total = (guint64) 4 << 40,
  .max_ratio = 1100,
  .max_depth = 4,
};
