/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>
#include <time.h>

G_BEGIN_DECLS

/**
 * SrTime:
 * @ts: seconds and nanoseconds since 1970 UTC
 * @offset: what the zone adds to UTC, in seconds
 *
 * A point in time with the zone it is told in.
 */
typedef struct
{
  struct timespec ts;
  int             offset;
} SrTime;

/* RFC3339Nano as Go prints it: zeros at the end of the fraction trimmed, "Z" for UTC; years clamped
 * to 0..9999. */
void sr_time_append (GString      *out,
                     const SrTime *time);
/* With the system's own zone at that moment (cached a thread; called a lot). */
void sr_time_append_local (GString               *out,
                           const struct timespec *ts);
/* Returns: whether @text is a time in RFC 3339; fractions beyond nanoseconds are cut */
gboolean sr_time_parse (const char *text,
                        gsize       length,
                        SrTime     *time);
/* Offset of the local zone at @seconds. */
int sr_time_local_offset (gint64 seconds);

G_END_DECLS
