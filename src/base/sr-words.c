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

char *
sr_size_text (guint64 bytes)
{
  static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
  double                   value = (double) bytes / 1024.0;
  gsize                    unit = 0;

  if (bytes < 1024)
    return g_strdup_printf ("%u B", (guint) bytes);
  while (value >= 1023.5 && unit + 1 < G_N_ELEMENTS (units))
    {
      value /= 1024.0;
      unit++;
    }
  return g_strdup_printf ("%.*f %s", value < 9.995 ? 2 : value < 99.95 ? 1
                                                                       : 0,
                          value, units[unit]);
}
