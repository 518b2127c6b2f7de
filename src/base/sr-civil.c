/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-base"

#include "config.h"

#include "base/sr-civil.h"

/* 400 years, an era, have so many days. Years begin in March here, so that the leap day is the last
 * one. After H. Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
#define ERA_YEARS 400
#define ERA_DAYS  146097
/* From 1 March of the year 0 to 1970-01-01. */
#define EPOCH_DAYS 719468

/* Rounds down, and not to zero. */
static gint64
divide (gint64  a,
        gint64  b,
        gint64 *rest)
{
  gint64 quotient = a / b;

  *rest = a % b;
  if (*rest < 0)
    {
      *rest += b;
      quotient--;
    }
  return quotient;
}

SrCivil
sr_civil_from_days (gint64 days)
{
  gint64 of_era;
  gint64 era = divide (days + EPOCH_DAYS, ERA_DAYS, &of_era);
  gint64 years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  gint64 of_year = of_era - (365 * years + years / 4 - years / 100);
  gint64 month = (5 * of_year + 2) / 153;

  return (SrCivil){
    .year = years + era * ERA_YEARS + (month >= 10 ? 1 : 0),
    .month = (int) (month < 10 ? month + 3 : month - 9),
    .day = (int) (of_year - (153 * month + 2) / 5 + 1),
  };
}

gint64
sr_civil_to_days (gint64 year,
                  gint64 month,
                  gint64 day)
{
  gint64 from_march;
  gint64 of_era;
  gint64 era;

  year += divide (month - 3, 12, &from_march);
  era = divide (year, ERA_YEARS, &of_era);
  return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + (153 * from_march + 2) / 5 +
         day - 1 - EPOCH_DAYS;
}

int
sr_civil_days_of_month (gint64 year,
                        int    month)
{
  static const guint8 days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
  gboolean            leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

  return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

gint64
sr_civil_split_seconds (gint64 seconds,
                        int   *second_of_day)
{
  gint64 rest;
  gint64 days = divide (seconds, SR_SECONDS_A_DAY, &rest);

  *second_of_day = (int) rest;
  return days;
}
