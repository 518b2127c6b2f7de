/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SR_SECONDS_A_DAY 86400

/**
 * SrCivil:
 * @year: may be 0 or negative: the year before 1 is 0
 * @month: 1 to 12
 * @day: 1 to 31
 *
 * A date in the Gregorian calendar, which is taken to have been in use for ever.
 *
 * Threads: any.
 */
typedef struct
{
  gint64 year;
  int    month;
  int    day;
} SrCivil;

/* The date @days after 1970-01-01; any that is within a thousand million years of it. */
SrCivil sr_civil_from_days (gint64 days);
/* Days since 1970-01-01. A @month or @day out of its range counts on from the ones before, as with
 * mktime(): day 0 is the last of the month before. */
gint64 sr_civil_to_days (gint64 year,
                         gint64 month,
                         gint64 day);
/* @month: 1 to 12. Returns: 28 to 31 */
int sr_civil_days_of_month (gint64 year,
                            int    month);
/* Days since 1970-01-01 of a point in time; @second_of_day: (out): 0 to 86399, also before 1970. */
gint64 sr_civil_split_seconds (gint64 seconds,
                               int   *second_of_day);

G_END_DECLS
