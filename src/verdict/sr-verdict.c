/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-verdict"

#include "config.h"

#include "verdict/sr-verdict.h"

static const char *const level_names[] = {
  [SR_VERDICT_BROKEN] = "broken",
  [SR_VERDICT_SUSPICIOUS] = "suspicious",
  [SR_VERDICT_INTACT] = "intact",
  [SR_VERDICT_COMPLETE] = "complete",
  [SR_VERDICT_PROVEN] = "proven",
};

const char *
sr_verdict_level_name (SrVerdictLevel level)
{
  return level_names[level];
}
