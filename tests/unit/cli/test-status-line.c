/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "cli/sr-status-line.h"

#include <string.h>

static void
assert_line (SrProgressState state,
             guint           columns,
             const char     *expected)
{
  g_autofree char *line = sr_status_line_format (&state, columns);

  g_assert_cmpstr (line, ==, expected);
  if (columns > 0)
    g_assert_cmpint (g_utf8_strlen (line, -1), <=, columns);
}

static void
test_format (void)
{
  SrProgressState state = { .estimating = TRUE, .seconds_left = -1.0 };

  assert_line (state, 0, "[  … ]");
  state.phase = (char *) "Reading files";
  state.items_done = 3;
  assert_line (state, 0, "[  … ]  Reading files  3");
  state.estimating = FALSE;
  state.fraction = 0.426;
  state.bytes_done = 1024;
  state.bytes_total = 2048;
  state.items_total = 10;
  state.bytes_per_second = 512.0;
  state.seconds_left = 125.0;
  state.current = (char *) "/srv/\x1b[2Jfile";
  assert_line (state, 0,
               "[ 43 %]  Reading files  1.00 KiB of 2.00 KiB  3/10  512 B/s  2:05 left  "
               "/srv/\\x1b[2Jfile");
  state.seconds_left = 3661.0;
  state.current = NULL;
  assert_line (state, 0,
               "[ 43 %]  Reading files  1.00 KiB of 2.00 KiB  3/10  512 B/s  1:01:01 left");
}

/* However narrow the terminal: one line, and the end of the path. */
static void
test_fits (void)
{
  SrProgressState state = { .fraction = 1.0, .phase = (char *) "Lesen", .seconds_left = -1.0 };

  state.current = (char *) "/srv/erp/ä/ö/ü.txt";
  assert_line (state, 40, "[100 %]  Lesen  /srv/erp/ä/ö/ü.txt");
  assert_line (state, 28, "[100 %]  Lesen  …p/ä/ö/ü.txt");
  assert_line (state, 24, "[100 %]  Lesen  …ö/ü.txt");
  assert_line (state, 20, "[100 %]  Lesen");
  assert_line (state, 10, "[100 %]  L");
  for (guint columns = 1; columns < 60; columns++)
    {
      g_autofree char *line = sr_status_line_format (&state, columns);

      g_assert_cmpint (g_utf8_strlen (line, -1), <=, columns);
      g_assert_true (g_utf8_validate (line, -1, NULL));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/status-line/format", test_format);
  g_test_add_func ("/cli/status-line/fits", test_fits);
  return g_test_run ();
}
