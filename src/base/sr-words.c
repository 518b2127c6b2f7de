/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-base"

#include "config.h"

#include "base/sr-words.h"

char *
sr_counted (guint64     number,
            const char *one,
            const char *many)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT " %s", number, number == 1 ? one : many);
}
