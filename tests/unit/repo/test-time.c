/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>

#include "repo/sr-time.h"

typedef struct
{
  gint64      seconds;
  long        nanoseconds;
  int         offset;
  const char *text;
} Sample;

/* What Go's Time.MarshalJSON and restic's fixTime give. */
static const Sample samples[] = {
  { 0, 0, 0, "1970-01-01T00:00:00Z" },
  { 0, 500000000, 0, "1970-01-01T00:00:00.5Z" },
  { 0, 1, 0, "1970-01-01T00:00:00.000000001Z" },
  { 1709164800, 120000000, 0, "2024-02-29T00:00:00.12Z" },
  { 1709164799, 999999999, 7200, "2024-02-29T01:59:59.999999999+02:00" },
  { 1000000000, 0, -12600, "2001-09-08T22:16:40-03:30" },
  { -1, 0, 0, "1969-12-31T23:59:59Z" },
  { -2208988800, 0, 0, "1900-01-01T00:00:00Z" },
  { -62135596800, 0, 0, "0001-01-01T00:00:00Z" },
  { -62167219200, 0, 0, "0000-01-01T00:00:00Z" },
  { 253402300799, 0, 0, "9999-12-31T23:59:59Z" },
  { 4102444800, 0, 50400, "2100-01-01T14:00:00+14:00" },
};

static void
test_append (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_autoptr (GString) out = g_string_new (NULL);
      SrTime              time = { { samples[i].seconds, samples[i].nanoseconds },
                                   samples[i].offset };

      sr_time_append (out, &time);
      g_assert_cmpstr (out->str, ==, samples[i].text);
    }
}

static void
test_parse (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      SrTime time;

      g_assert_true (sr_time_parse (samples[i].text, strlen (samples[i].text), &time));
      g_assert_cmpint (time.ts.tv_sec, ==, samples[i].seconds);
      g_assert_cmpint (time.ts.tv_nsec, ==, samples[i].nanoseconds);
      g_assert_cmpint (time.offset, ==, samples[i].offset);
    }
}

static void
test_parse_refuses (void)
{
  static const char *const broken[] = {
    "",
    "2024",
    "2024-02-30T00:00:00Z",
    "2023-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2024-00-01T00:00:00Z",
    "2024-13-01T00:00:00Z",
    "2024-01-00T00:00:00Z",
    "2024-01-01 00:00:00Z",
    "2024-01-01T24:00:00Z",
    "2024-01-01T00:60:00Z",
    "2024-01-01T00:00:60Z",
    "2024-01-01T00:00:00",
    "2024-01-01T00:00:00.Z",
    "2024-01-01T00:00:00,5Z",
    "2024-01-01T00:00:00+0100",
    "2024-01-01T00:00:00+24:00",
    "2024-01-01T00:00:00+01:60",
    "2024-01-01T00:00:00Z ",
    "-024-01-01T00:00:00Z",
    "10000-01-01T00:00:00Z",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      SrTime time;

      if (sr_time_parse (broken[i], strlen (broken[i]), &time))
        g_error ("“%s” was taken for a time", broken[i]);
    }
}

static void
test_fraction_cut (void)
{
  static const char text[] = "2024-01-01T00:00:00.1234567899Z";
  SrTime            time;

  g_assert_true (sr_time_parse (text, strlen (text), &time));
  g_assert_cmpint (time.ts.tv_nsec, ==, 123456789);
}

static void
test_years_clamped (void)
{
  static const Sample far[] = {
    /* 29 February of the year 10000: the year 9999 has none */
    { 253402300800 + 59 * 86400, 0, 0, "9999-03-01T00:00:00Z" },
    { 253402300800 + 58 * 86400 + 3661, 7, 0, "9999-02-28T01:01:01.000000007Z" },
    /* a leap year before the year 0, and the day before */
    { -62167219200 - 86400, 0, 0, "0000-12-31T00:00:00Z" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (far); i++)
    {
      g_autoptr (GString) out = g_string_new (NULL);
      SrTime              time = { { far[i].seconds, far[i].nanoseconds }, 0 };

      sr_time_append (out, &time);
      g_assert_cmpstr (out->str, ==, far[i].text);
    }
}

static void
test_extremes (void)
{
  static const gint64 seconds[] = { G_MAXINT64, G_MININT64, G_MAXINT64 - 86400, 1LL << 56 };

  for (gsize i = 0; i < G_N_ELEMENTS (seconds); i++)
    {
      g_autoptr (GString) out = g_string_new (NULL);
      struct timespec     ts = { seconds[i], 0 };
      SrTime              time;

      sr_time_append_local (out, &ts);
      g_assert_true (sr_time_parse (out->str, out->len, &time));
    }
}

/* The day offset of every hour for a hundred years, forth and back through the calendar. */
static void
test_round_trip (void)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (gint64 seconds = -3000000000; seconds < 6000000000; seconds += 3600 * 7 + 13)
    {
      struct timespec ts = { seconds, (long) (seconds & 0xfffff) };
      SrTime          time;

      g_string_truncate (out, 0);
      sr_time_append_local (out, &ts);
      g_assert_true (sr_time_parse (out->str, out->len, &time));
      g_assert_cmpint (time.ts.tv_sec, ==, seconds);
      g_assert_cmpint (time.ts.tv_nsec, ==, ts.tv_nsec);
    }
}

static void
assert_system_offset (gint64 seconds)
{
  time_t    t = (time_t) seconds;
  struct tm tm;

  g_assert_nonnull (localtime_r (&t, &tm));
  g_assert_cmpint (sr_time_local_offset (seconds), ==, tm.tm_gmtoff);
  g_assert_cmpint (sr_time_local_offset (seconds), ==, tm.tm_gmtoff);
}

/* The offset that is remembered equals the system's around each change of summer time, from both
 * sides. */
static void
test_local_offset (void)
{
  for (gint64 seconds = 1000000000; seconds < 1100000000; seconds += 1799)
    assert_system_offset (seconds);
  for (gint64 seconds = 1100000000; seconds > 1000000000; seconds -= 1799)
    assert_system_offset (seconds);
}

/* Berlin before 1893 was 53 minutes and 28 seconds ahead: the text has 53 minutes, the instant
 * must not change. */
static void
test_odd_zone (void)
{
  g_autoptr (GString) out = g_string_new (NULL);
  SrTime              time = { { -2500000000, 0 }, 53 * 60 + 28 };
  SrTime              again;

  sr_time_append (out, &time);
  g_assert_cmpstr (out->str, ==, "1890-10-11T20:26:20+00:53");
  g_assert_true (sr_time_parse (out->str, out->len, &again));
  g_assert_cmpint (again.ts.tv_sec, ==, -2500000000);
}

int
main (int   argc,
      char *argv[])
{
  g_setenv ("TZ", "Europe/Berlin", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/time/append", test_append);
  g_test_add_func ("/time/parse", test_parse);
  g_test_add_func ("/time/parse-refuses", test_parse_refuses);
  g_test_add_func ("/time/fraction-cut", test_fraction_cut);
  g_test_add_func ("/time/years-clamped", test_years_clamped);
  g_test_add_func ("/time/extremes", test_extremes);
  g_test_add_func ("/time/round-trip", test_round_trip);
  g_test_add_func ("/time/local-offset", test_local_offset);
  g_test_add_func ("/time/odd-zone", test_odd_zone);
  return g_test_run ();
}
