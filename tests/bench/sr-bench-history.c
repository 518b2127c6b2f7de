/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* How long a history of many runs takes for what a page asks of it. Usage: sr-bench-history RUNS */

#include "config.h"

#include "sr-test-history.h"
#include "sr-test-util.h"
#include "state/sr-history.h"

#include <stdlib.h>

#define REPEATS 5

/* Best of some, in milliseconds. */
static void
measure (SrHistory         *history,
         const char        *what,
         const SrRunFilter *filter)
{
  gint64  rows_us = G_MAXINT64;
  gint64  count_us = G_MAXINT64;
  guint64 count = 0;

  for (int i = 0; i < REPEATS; i++)
    {
      g_autoptr (GPtrArray) runs = NULL;
      gint64                begun = g_get_monotonic_time ();

      runs = sr_history_query (history, filter, NULL, NULL);
      rows_us = MIN (rows_us, g_get_monotonic_time () - begun);
      begun = g_get_monotonic_time ();
      sr_history_count (history, filter, &count, NULL, NULL);
      count_us = MIN (count_us, g_get_monotonic_time () - begun);
    }
  g_print ("%-34s page %8.2f ms   count %8.2f ms (%" G_GUINT64_FORMAT ")\n", what,
           (double) rows_us / 1000, (double) count_us / 1000, count);
}

static void
measure_writing (SrHistory *history)
{
  gint64 begun = g_get_monotonic_time ();

  for (int i = 0; i < 100; i++)
    {
      g_autoptr (SrRun) run = sr_run_new ("backup");

      sr_history_begin (history, run, NULL);
      run->state = SR_RUN_DONE;
      sr_history_finish (history, run, NULL, NULL, "one line", NULL);
    }
  g_print ("%-34s each %8.2f ms\n", "begin and finish",
           (double) (g_get_monotonic_time () - begun) / 100000);
}

int
main (int    argc,
      char **argv)
{
  static const struct
  {
    const char *what;
    SrRunFilter filter;
  } rows[] = {
    { "all", { .state = -1, .limit = 100 } },
    { "all, behind the middle", { .state = -1, .limit = 100, .before_id = 50 } },
    { "site", { .state = -1, .limit = 100, .site = "site-3" } },
    { "site, action, failed",
      { .state = SR_RUN_FAILED, .limit = 100, .site = "site-0", .action = "verify" } },
    { "word of all logs", { .state = -1, .limit = 100, .text = "finished" } },
    { "three words of all logs", { .state = -1, .limit = 100, .text = "vault index snapshot" } },
    { "rare word", { .state = -1, .limit = 100, .text = "rareword" } },
    { "no such word", { .state = -1, .limit = 100, .text = "nosuchword" } },
    { "one letter", { .state = -1, .limit = 100, .text = "s" } },
    { "two letters", { .state = -1, .limit = 100, .text = "sc" } },
    { "five letters", { .state = -1, .limit = 100, .text = "finis" } },
    { "path", { .state = -1, .limit = 100, .text = "/srv/erp/uploads/97" } },
    { "number", { .state = -1, .limit = 100, .text = "1234" } },
    { "word of all logs, rare site+state",
      { .state = SR_RUN_FAILED, .limit = 100, .site = "site-1", .text = "finished" } },
  };
  char                 *folder = sr_test_mkdir ();
  g_autofree char      *path = g_build_filename (folder, "history.db", NULL);
  g_autoptr (SrHistory) history = sr_history_open (path, NULL, NULL);
  gint64                begun;

  sr_test_history_fill (path, argc > 1 ? (guint) atoi (argv[1]) : 100000);
  g_clear_object (&history);
  begun = g_get_monotonic_time ();
  history = sr_history_open (path, NULL, NULL);
  g_print ("%-34s      %8.2f ms\n", "open", (double) (g_get_monotonic_time () - begun) / 1000);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    measure (history, rows[i].what, &rows[i].filter);
  measure_writing (history);
  g_clear_object (&history);
  sr_test_rmdir (folder);
  return 0;
}
