/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-civil.h"

#include <locale.h>

typedef struct
{
  gint64 days;
  gint64 year;
  int    month;
  int    day;
} Case;

static const Case cases[] = {
  { 0, 1970, 1, 1 },
  { -1, 1969, 12, 31 },
  { 59, 1970, 3, 1 },
  { 11016, 2000, 2, 29 },
  { 11017, 2000, 3, 1 },
  { 11322, 2000, 12, 31 },
  { -25509, 1900, 2, 28 },
  { -25508, 1900, 3, 1 },
  { 20777, 2026, 11, 20 },
  { 2932896, 9999, 12, 31 },
  { -719162, 1, 1, 1 },
  { -719163, 0, 12, 31 },
  { -719468, 0, 3, 1 },
  { -719469, 0, 2, 29 },
  { -719529, -1, 12, 31 },
};

static void
test_known (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SrCivil date = sr_civil_from_days (cases[i].days);

      g_test_message ("%" G_GINT64_FORMAT, cases[i].days);
      g_assert_cmpint (date.year, ==, cases[i].year);
      g_assert_cmpint (date.month, ==, cases[i].month);
      g_assert_cmpint (date.day, ==, cases[i].day);
      g_assert_cmpint (sr_civil_to_days (date.year, date.month, date.day), ==, cases[i].days);
    }
}

/* Every day of five eras follows the one before it, there and back. */
static void
test_each_day (void)
{
  gint64  first = sr_civil_to_days (-400, 1, 1);
  gint64  last = sr_civil_to_days (1600, 1, 1);
  SrCivil before = sr_civil_from_days (first - 1);

  g_assert_cmpint (last - first, ==, 5 * 146097);
  for (gint64 days = first; days < last; days++)
    {
      SrCivil  date = sr_civil_from_days (days);
      gboolean new_month = before.day == sr_civil_days_of_month (before.year, before.month);
      gboolean new_year = new_month && before.month == 12;

      g_assert_cmpint (date.day, ==, new_month ? 1 : before.day + 1);
      g_assert_cmpint (date.month, ==, new_year ? 1 : before.month + (new_month ? 1 : 0));
      g_assert_cmpint (date.year, ==, before.year + (new_year ? 1 : 0));
      g_assert_cmpint (sr_civil_to_days (date.year, date.month, date.day), ==, days);
      before = date;
    }
}

static void
test_months (void)
{
  for (int year = 1; year < 2500; year++)
    for (int month = 1; month <= 12; month++)
      g_assert_cmpint (sr_civil_days_of_month (year, month), ==,
                       g_date_get_days_in_month ((GDateMonth) month, (GDateYear) year));
}

/* What is out of range counts on. */
static void
test_beyond (void)
{
  g_assert_cmpint (sr_civil_to_days (2026, 13, 1), ==, sr_civil_to_days (2027, 1, 1));
  g_assert_cmpint (sr_civil_to_days (2026, 0, 1), ==, sr_civil_to_days (2025, 12, 1));
  g_assert_cmpint (sr_civil_to_days (2026, -25, 1), ==, sr_civil_to_days (2023, 11, 1));
  g_assert_cmpint (sr_civil_to_days (2024, 3, 0), ==, sr_civil_to_days (2024, 2, 29));
  g_assert_cmpint (sr_civil_to_days (2024, 2, 31), ==, sr_civil_to_days (2024, 3, 2));
  g_assert_cmpint (sr_civil_to_days (2024, 1, -365), ==, sr_civil_to_days (2022, 12, 31));
}

static void
test_seconds (void)
{
  int second;

  g_assert_cmpint (sr_civil_split_seconds (0, &second), ==, 0);
  g_assert_cmpint (second, ==, 0);
  g_assert_cmpint (sr_civil_split_seconds (-1, &second), ==, -1);
  g_assert_cmpint (second, ==, 86399);
  g_assert_cmpint (sr_civil_split_seconds (-86400, &second), ==, -1);
  g_assert_cmpint (second, ==, 0);
  g_assert_cmpint (sr_civil_split_seconds (86400 + 5, &second), ==, 1);
  g_assert_cmpint (second, ==, 5);
  /* the ends of what can be told */
  g_assert_cmpint (sr_civil_split_seconds (G_MAXINT64, &second), ==, G_MAXINT64 / 86400);
  g_assert_cmpint (sr_civil_split_seconds (G_MININT64, &second), ==, G_MININT64 / 86400 - 1);
}

int
main (int    argc,
      char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/civil/known", test_known);
  g_test_add_func ("/civil/each-day", test_each_day);
  g_test_add_func ("/civil/months", test_months);
  g_test_add_func ("/civil/beyond", test_beyond);
  g_test_add_func ("/civil/seconds", test_seconds);
  return g_test_run ();
}
