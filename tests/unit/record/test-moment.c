/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "record/sr-value.h"

#include <string.h>

static void
test_parse (void)
{
  static const char *const cases[][2] = {
    { "2026-11-20", "2026-11-20" },
    { "2026-11-20 05:13", "2026-11-20 05:13:00" },
    { "2026-11-20T05:13:38.250Z", "2026-11-20 05:13:38.25+00:00" },
    { "2026-11-20 05:13:38.123456+08", "2026-11-20 05:13:38.123456+08:00" },
    { "2026-11-20T05:13:38-0330", "2026-11-20 05:13:38-03:30" },
    { "2026-11-20T05:13:38.12345678900", "2026-11-20 05:13:38.123456789" },
    { "2024-02-29T00:00:00", "2024-02-29 00:00:00" },
    { "Fri Nov 20 2026 05:13:38 GMT+0800 (Philippine Standard Time)",
      "2026-11-20 05:13:38+08:00" },
    { "Thu Jan 01 1970 00:00:00 GMT+0000", "1970-01-01 00:00:00+00:00" },
    { "Invalid Date", NULL },
    { "0000-00-00", NULL },
    { "2026-02-29", NULL },
    { "2026-13-01", NULL },
    { "2026-11-20T24:00:00", NULL },
    { "2026-11-20T05:13:38+24:00", NULL },
    { "2026-11-20T05:13:38.", NULL },
    { "2026-11-20T05:13:38.1234567891", NULL },
    { "2026-11-20T", NULL },
    { "2026-11-20 ", NULL },
    { "20261120", NULL },
    { "2026-11-200", NULL },
    { "Fri Nov 20 2026 05:13:38 GMT+0800 (", NULL },
    { "Fri Nox 20 2026 05:13:38 GMT+0800 (X)", NULL },
    { "", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SrMoment         moment;
      gboolean         good = sr_moment_parse (&moment, cases[i][0], strlen (cases[i][0]));
      g_autofree char *sql = good ? sr_moment_to_sql (&moment, TRUE) : NULL;

      g_test_message ("%s", cases[i][0]);
      g_assert_cmpstr (sql, ==, cases[i][1]);
    }
}

/* Against GLib's calendar. */
static void
test_unix (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

  for (guint i = 0; i < 5000; i++)
    {
      const gint64          seconds = (gint64) g_rand_double_range (rand, -60e9, 250e9);
      g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);
      g_autofree char      *expected = g_date_time_format (time, "%m-%d %H:%M:%S.5+00:00");
      g_autofree char      *year = g_strdup_printf ("%04d-%s", g_date_time_get_year (time),
                                                    expected);
      g_autofree char      *sql = NULL;
      SrMoment              moment;
      gint64                ms;

      sr_moment_from_unix_ms (&moment, seconds * 1000 + 500);
      sql = sr_moment_to_sql (&moment, TRUE);
      g_assert_cmpstr (sql, ==, year);
      g_assert_true (sr_moment_to_unix_ms (&moment, &ms));
      g_assert_cmpint (ms, ==, seconds * 1000 + 500);
    }
}

static void
test_compare (void)
{
  /* in order of time, two and two the same */
  static const char *const texts[] = {
    "2026-11-19",
    "2026-11-20T00:00:00.1+08:00",
    "2026-11-19T16:00:00.1Z",
    "2026-11-20",
    "2026-11-20 00:00:00",
    "2026-11-20T00:00:00.000000001",
  };
  SrMoment moments[G_N_ELEMENTS (texts)];
  gint64   ms;

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_true (sr_moment_parse (&moments[i], texts[i], strlen (texts[i])));
  g_assert_cmpint (sr_moment_compare (&moments[0], &moments[1]), <, 0);
  g_assert_cmpint (sr_moment_compare (&moments[1], &moments[2]), ==, 0);
  g_assert_cmpint (sr_moment_compare (&moments[2], &moments[3]), <, 0);
  g_assert_cmpint (sr_moment_compare (&moments[3], &moments[4]), ==, 0);
  g_assert_cmpint (sr_moment_compare (&moments[5], &moments[4]), >, 0);
  g_assert_false (sr_moment_to_unix_ms (&moments[5], &ms));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/moment/parse", test_parse);
  g_test_add_func ("/moment/unix", test_unix);
  g_test_add_func ("/moment/compare", test_compare);
  return g_test_run ();
}
