/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "sr-test-history.h"
#include "sr-test-util.h"
#include "state/sr-history-query.h"

#include <string.h>

#define MANY 20000

/* Bits of a combination of filters. */
enum
{
  BY_SITE = 1,
  BY_ACTION = 2,
  BY_STATE = 4,
  BY_TEXT = 8,
  BY_SINCE = 16,
  BY_UNTIL = 32,
  BEHIND = 64,
  COMBINATIONS = 128,
};

static SrRunFilter
make_filter (guint bits)
{
  SrRunFilter filter = SR_RUN_FILTER_INIT;

  filter.site = bits & BY_SITE ? "site-9" : NULL;
  filter.action = bits & BY_ACTION ? "backup" : NULL;
  filter.state = bits & BY_STATE ? SR_RUN_DONE : -1;
  filter.text = bits & BY_TEXT ? "finished" : NULL;
  filter.since_ns = bits & BY_SINCE ? SR_TEST_HISTORY_FIRST + 1000 * SR_TEST_HISTORY_STEP : 0;
  filter.until_ns = bits & BY_UNTIL ? SR_TEST_HISTORY_FIRST + 19000 * SR_TEST_HISTORY_STEP : 0;
  filter.before_id = bits & BEHIND ? 10000 : 0;
  filter.limit = 50;
  return filter;
}

/* What the filter of @bits has to find, counted by hand. */
static guint
count_expected (guint    bits,
                gboolean with_before)
{
  guint n = 0;

  for (guint i = 1; i <= MANY; i++)
    n += !((bits & BY_SITE && i % 10 != 9) || (bits & BY_ACTION && i % 10 == 0) ||
           (bits & BY_STATE && i % 100 == 0) || (bits & BY_SINCE && i <= 1000) ||
           (bits & BY_UNTIL && i > 19000) || (with_before && i >= 10000));
  return n;
}

/* Returns: (transfer full): the plan, a line a step */
static char *
explain (sqlite3    *db,
         const char *sql)
{
  g_autofree char               *question = g_strconcat ("EXPLAIN QUERY PLAN ", sql, NULL);
  g_autoptr (GError)             error = NULL;
  g_autoptr (SrHistoryStatement) statement = sr_history_db_prepare (db, question, &error);
  GString                       *plan = g_string_new (NULL);

  g_assert_no_error (error);
  while (sr_history_db_step (statement, &error) > 0)
    g_string_append_printf (plan, "%s\n", (const char *) sqlite3_column_text (statement, 3));
  g_assert_no_error (error);
  return g_string_free (plan, FALSE);
}

/* The list without a filter is read along the index of starts, and counting it reads an index
 * alone. Everything else has to be found. */
static void
assert_plan (const char     *plan,
             guint           bits,
             SrHistoryWanted wanted)
{
  gboolean is_all = (bits & (COMBINATIONS - 1)) == 0;
  gboolean is_fine = strstr (plan, "TEMP B-TREE") == NULL;

  if (bits & BY_TEXT)
    is_fine = is_fine && strstr (plan, "SCAN run_words VIRTUAL TABLE INDEX") != NULL &&
              strstr (plan, ":M") != NULL;
  if (is_all)
    is_fine = is_fine && strstr (plan, wanted == SR_HISTORY_ROWS
                                           ? "SCAN run USING INDEX sqlite_autoindex_run_1\n"
                                           : "SCAN run USING COVERING INDEX") != NULL;
  else
    is_fine = is_fine && strstr (plan, "SCAN run\n") == NULL &&
              strstr (plan, "SCAN run USING") == NULL;
  if (!is_fine)
    g_error ("A plan that reads all runs, filter %u:\n%s", bits, plan);
}

static void
test_plans (void)
{
  char              *folder = sr_test_mkdir ();
  g_autofree char   *path = g_build_filename (folder, "history.db", NULL);
  g_autoptr (GError) error = NULL;
  sqlite3           *db = sr_history_db_open (path, sr_history_steps, sr_history_n_steps, &error);

  g_assert_no_error (error);
  for (guint bits = 0; bits < COMBINATIONS; bits++)
    for (int wanted = SR_HISTORY_ROWS; wanted <= SR_HISTORY_COUNT; wanted++)
      {
        SrRunFilter      filter = make_filter (bits);
        gboolean         has_before = bits & BEHIND && wanted == SR_HISTORY_ROWS;
        g_autofree char *sql = NULL;
        g_autofree char *plan = NULL;

        if (bits & BEHIND && wanted == SR_HISTORY_COUNT)
          continue;
        sql = sr_history_make_sql (&filter, has_before, (SrHistoryWanted) wanted);
        plan = explain (db, sql);
        assert_plan (plan, bits, (SrHistoryWanted) wanted);
      }
  sqlite3_close (db);
  sr_test_rmdir (folder);
}

/* Of the two conditions that an index could serve both are: sites and actions together, etc. */
static void
test_plans_use_pairs (void)
{
  static const guint pairs[] = { BY_SITE | BY_ACTION, BY_SITE | BY_STATE, BY_ACTION | BY_STATE };
  char              *folder = sr_test_mkdir ();
  g_autofree char   *path = g_build_filename (folder, "history.db", NULL);
  sqlite3           *db = sr_history_db_open (path, sr_history_steps, sr_history_n_steps, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      SrRunFilter      filter = make_filter (pairs[i]);
      g_autofree char *sql = sr_history_make_sql (&filter, FALSE, SR_HISTORY_ROWS);
      g_autofree char *plan = explain (db, sql);

      if (strstr (plan, "=? AND ") == NULL)
        g_error ("Only one condition is served by an index, filter %u:\n%s", pairs[i], plan);
    }
  sqlite3_close (db);
  sr_test_rmdir (folder);
}

static void
check_rows (GPtrArray *runs,
            guint      bits)
{
  gint64 last = G_MAXINT64;

  for (guint i = 0; i < runs->len; i++)
    {
      const SrRun *run = runs->pdata[i];

      g_assert_cmpint (run->started_ns, <, last);
      last = run->started_ns;
      g_assert_true (!(bits & BY_SITE) || g_str_equal (run->site, "site-9"));
      g_assert_true (!(bits & BY_ACTION) || g_str_equal (run->action, "backup"));
      g_assert_true (!(bits & BY_STATE) || run->state == SR_RUN_DONE);
      g_assert_true (!(bits & BEHIND) || run->id < 10000);
    }
}

static void
test_many (void)
{
  char                 *folder = sr_test_mkdir ();
  g_autofree char      *path = g_build_filename (folder, "history.db", NULL);
  g_autoptr (GError)    error = NULL;
  g_autoptr (SrHistory) history = sr_history_open (path, NULL, &error);

  g_assert_no_error (error);
  sr_test_history_fill (path, MANY);
  for (guint bits = 0; bits < COMBINATIONS; bits++)
    {
      SrRunFilter           filter = make_filter (bits);
      g_autoptr (GPtrArray) runs = sr_history_query (history, &filter, NULL, &error);
      guint64               count;

      g_assert_no_error (error);
      g_assert_cmpuint (runs->len, ==, MIN (50, count_expected (bits, bits & BEHIND)));
      check_rows (runs, bits);
      g_assert_true (sr_history_count (history, &filter, &count, NULL, &error));
      g_assert_cmpuint (count, ==, count_expected (bits, FALSE));
    }
  g_clear_object (&history);
  sr_test_rmdir (folder);
}

static void
test_match (void)
{
  static const struct
  {
    const char *text;
    const char *match;
  } rows[] = {
    { "one", "\"one\"*" },
    { " One\ttwo\n", "\"One\"* \"two\"*" },
    { "a\"b", "\"a\"\"b\"*" },
    { "NOT", "\"NOT\"*" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *match = sr_history_make_match (rows[i].text);

      g_assert_cmpstr (match, ==, rows[i].match);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/history-query/plans", test_plans);
  g_test_add_func ("/history-query/plans-use-pairs", test_plans_use_pairs);
  g_test_add_func ("/history-query/many", test_many);
  g_test_add_func ("/history-query/match", test_match);
  return g_test_run ();
}
