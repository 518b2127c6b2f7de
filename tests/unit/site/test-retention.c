/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "site/sr-retention.h"

#include <string.h>

#define NOW G_GINT64_CONSTANT (4000000000)

static const char *const no_tags[] = { NULL };
static const char *const tags_a[] = { "a", NULL };
static const char *const tags_a_b[] = { "b", "a", NULL };

/* "2026-01-31 23:59:59+0530", with " a" or " a,b" behind it for tags. */
static SrRetentionItem
item_from_text (const char *text)
{
  g_autofree char      *iso = g_strndup (text, 24);
  g_autoptr (GDateTime) time = NULL;
  SrRetentionItem       item = { 0 };

  iso[10] = 'T';
  time = g_date_time_new_from_iso8601 (iso, NULL);
  g_assert_nonnull (time);
  item.seconds = g_date_time_to_unix (time);
  item.offset = (int) (g_date_time_get_utc_offset (time) / G_USEC_PER_SEC);
  item.tags = g_str_has_suffix (text, " a,b") ? tags_a_b
              : g_str_has_suffix (text, " a") ? tags_a
                                              : no_tags;
  return item;
}

/* One line a snapshot: its reasons with ", " between, "-" if it goes. */
static char *
apply (const SrRetentionPolicy *policy,
       const char *const       *texts,
       gint64                   now)
{
  gsize                           n = g_strv_length ((char **) texts);
  GString                        *result = g_string_new (NULL);
  g_autofree SrRetentionItem     *items = g_new0 (SrRetentionItem, n);
  g_autofree SrRetentionDecision *decisions = g_new0 (SrRetentionDecision, n);

  for (gsize i = 0; i < n; i++)
    items[i] = item_from_text (texts[i]);
  sr_retention_apply (policy, items, n, now, decisions);
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *line = g_strjoinv (", ", decisions[i].reasons);

      g_assert_true (decisions[i].keep == (decisions[i].reasons[0] != NULL));
      g_string_append_printf (result, "%s\n", decisions[i].keep ? line : "-");
      sr_retention_decision_clear (&decisions[i]);
    }
  return g_string_free (result, FALSE);
}

typedef struct
{
  const char        *name;
  SrRetentionPolicy  policy;
  const char *const *texts;
  const char        *expected;
} Case;

#define TEXTS(...)      \
  (const char *const[]) \
  {                     \
    __VA_ARGS__, NULL   \
  }

static const char *const hours[] = {
  "2026-03-10 12:40:00+0000", "2026-03-10 12:20:00+0000 a", "2026-03-10 11:59:59+0000",
  "2026-03-09 23:00:00+0000 a,b", "2026-03-09 22:30:00+0000", "2026-03-02 10:00:00+0000", NULL
};

static const Case cases[] = {
  { "empty",
    { 0 },
    hours,
    "policy is empty\npolicy is empty\npolicy is empty\npolicy is empty\npolicy is empty\n"
    "policy is empty\n" },
  { "last", { .last = 2 }, hours, "last snapshot\nlast snapshot\n-\n-\n-\n-\n" },
  { "last-all",
    { .last = -1 },
    hours,
    "last snapshot\nlast snapshot\nlast snapshot\nlast snapshot\nlast snapshot\nlast snapshot\n" },
  { "hourly", { .hourly = 2 }, hours, "hourly snapshot\n-\nhourly snapshot\n-\n-\n-\n" },
  { "daily", { .daily = 2 }, hours, "daily snapshot\n-\n-\ndaily snapshot\n-\n-\n" },
  { "daily-all",
    { .daily = -1 },
    hours,
    "daily snapshot\n-\n-\ndaily snapshot\n-\ndaily snapshot\n" },
  { "counts-left-keep-the-oldest",
    { .monthly = 3 },
    hours,
    "monthly snapshot\n-\n-\n-\n-\noldest monthly snapshot\n" },
  { "weekly", { .weekly = 5 }, hours, "weekly snapshot\n-\n-\n-\n-\nweekly snapshot\n" },
  { "several",
    { .last = 1, .daily = 1, .yearly = 1 },
    hours,
    "last snapshot, daily snapshot, yearly snapshot\n-\n-\n-\n-\n-\n" },
  { "tag", { .tags = TEXTS ("a") }, hours, "-\nhas tags [a]\n-\nhas tags [a]\n-\n-\n" },
  { "tags", { .tags = TEXTS ("a, b", "c") }, hours, "-\n-\n-\nhas tags [a, b]\n-\n-\n" },
  { "untagged",
    { .tags = TEXTS ("") },
    hours,
    "has tags []\n-\nhas tags []\n-\nhas tags []\nhas tags []\n" },
  { "within",
    { .within = { .days = 1 } },
    hours,
    "within 1d\nwithin 1d\nwithin 1d\nwithin 1d\nwithin 1d\n-\n" },
  { "within-is-exclusive",
    { .within = { .hours = 1 } },
    TEXTS ("2026-03-10 12:00:00+0000", "2026-03-10 11:00:01+0000", "2026-03-10 11:00:00+0000"),
    "within 1h\nwithin 1h\n-\n" },
  { "within-hourly",
    { .within_hourly = { .hours = 2 } },
    hours,
    "hourly within 2h\n-\nhourly within 2h\n-\n-\n-\n" },
  { "within-keeps-the-oldest",
    { .within_yearly = { .years = 1 } },
    hours,
    "yearly within 1y\n-\n-\n-\n-\noldest yearly within 1y\n" },
  /* The 31st of a month that has none is the day after its end, as in Go. */
  { "within-month",
    { .within = { .months = 1 } },
    TEXTS ("2026-03-31 00:00:00+0000", "2026-03-03 00:00:01+0000", "2026-03-03 00:00:00+0000"),
    "within 1m\nwithin 1m\n-\n" },
  { "within-leap-year",
    { .within = { .years = 1 } },
    TEXTS ("2024-02-29 00:00:00+0000", "2023-03-01 00:00:01+0000", "2023-03-01 00:00:00+0000"),
    "within 1y\nwithin 1y\n-\n" },
  { "within-over-new-year",
    { .within = { 1, 14, 40, 25 } },
    TEXTS ("2026-01-15 00:00:00+0000", "2023-10-04 23:00:01+0000", "2023-10-04 23:00:00+0000"),
    "within 1y14m40d25h\nwithin 1y14m40d25h\n-\n" },
  { "iso-week-over-new-year",
    { .weekly = -1 },
    TEXTS ("2027-01-04 00:00:00+0000",
           "2027-01-03 23:59:59+0000",
           "2027-01-01 00:00:00+0000",
           "2026-12-28 00:00:00+0000",
           "2026-12-27 23:59:59+0000",
           "2026-12-21 00:00:00+0000",
           "2026-12-20 00:00:00+0000"),
    "weekly snapshot\nweekly snapshot\n-\n-\nweekly snapshot\n-\nweekly snapshot\n" },
  /* One moment's day is not the other's: each counts where it was made. */
  { "zones",
    { .daily = -1 },
    TEXTS ("2026-05-02 01:00:00+0530",
           "2026-05-01 19:00:00+0000",
           "2026-05-01 23:00:00+0530",
           "2026-04-30 23:59:59-0800",
           "2026-04-30 00:00:00+0000"),
    "daily snapshot\ndaily snapshot\n-\ndaily snapshot\noldest daily snapshot\n" },
  { "before-1970",
    { .daily = 2, .weekly = -1 },
    TEXTS ("1970-01-01 00:00:00+0000",
           "1969-12-31 23:59:59+0000",
           "1969-12-29 00:00:00+0000",
           "1969-12-28 00:00:00+0000"),
    "daily snapshot, weekly snapshot\ndaily snapshot\n-\nweekly snapshot\n" },
};

static void
test_case (gconstpointer data)
{
  const Case      *test = data;
  g_autofree char *result = apply (&test->policy, test->texts, NOW);

  g_assert_cmpstr (result, ==, test->expected);
}

/* A clock that was wrong once does not make everything old. */
static void
test_future (void)
{
  SrRetentionPolicy  policy = { .within = { .days = 1 } };
  SrRetentionItem    now = item_from_text ("2026-03-10 13:00:00+0000");
  g_autofree char   *one = NULL;
  g_autofree char   *all = NULL;
  const char *const *texts = TEXTS ("2036-01-01 00:00:00+0000", "2026-03-10 12:00:00+0000",
                                    "2026-03-09 12:00:01+0000", "2026-03-09 12:00:00+0000");

  one = apply (&policy, texts, now.seconds);
  g_assert_cmpstr (one, ==, "within 1d\nwithin 1d\nwithin 1d\n-\n");
  all = apply (&policy, texts, 0);
  g_assert_cmpstr (all, ==, "within 1d\nwithin 1d\nwithin 1d\nwithin 1d\n");
}

static void
test_nothing (void)
{
  SrRetentionPolicy policy = { .last = 1 };

  sr_retention_apply (&policy, NULL, 0, NOW, NULL);
}

static void
test_nanoseconds (void)
{
  SrRetentionPolicy   policy = { .within = { .hours = 1 } };
  SrRetentionDecision decisions[3];
  SrRetentionItem     items[3] = { { 7200, 500, 0, NULL },
                                   { 3600, 501, 0, NULL },
                                   { 3600, 500, 0, NULL } };

  sr_retention_apply (&policy, items, 3, NOW, decisions);
  g_assert_true (decisions[0].keep);
  g_assert_true (decisions[1].keep);
  g_assert_false (decisions[2].keep);
  for (guint i = 0; i < 3; i++)
    sr_retention_decision_clear (&decisions[i]);
}

/* Every day of eight hundred years has a number of its own, and months and years begin where GLib
 * says. */
static void
test_calendar (void)
{
  g_autoptr (GDateTime)           start = g_date_time_new_utc (1600, 1, 1, 12, 0, 0);
  SrRetentionPolicy               policy = { .monthly = -1 };
  gsize                           n = 800 * 366;
  g_autofree SrRetentionItem     *items = g_new0 (SrRetentionItem, n);
  g_autofree SrRetentionDecision *decisions = g_new0 (SrRetentionDecision, n);

  for (gsize i = 0; i < n; i++)
    items[i].seconds = g_date_time_to_unix (start) + (gint64) (n - i) * 86400;
  sr_retention_apply (&policy, items, n, G_MAXINT64, decisions);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (items[i].seconds + 86400);
      /* Going backwards in time, the first one met of a month is its last day. */
      gboolean expected = i == 0 || i == n - 1 || g_date_time_get_day_of_month (time) == 1;

      g_assert_cmpint (decisions[i].keep, ==, expected);
      sr_retention_decision_clear (&decisions[i]);
    }
}

static void
test_spans (void)
{
  static const char *const bad[] = { "", " ", "1", "d", "1x", "-1d", "1d2", "1 d", "d1", "1.5d",
                                     "1000001d", "99999999999999999999d" };
  static const char *const good[][2] = {
    { "1y5m7d2h", "1y5m7d2h" },
    { " 2h ", "2h" },
    { "7d1y", "1y7d" },
    { "0d", "" },
    { "1000000h", "1000000h" },
  };
  SrRetentionSpan span;

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (sr_retention_span_parse (bad[i], &span));
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autofree char *text = NULL;

      g_assert_true (sr_retention_span_parse (good[i][0], &span));
      text = sr_retention_span_format (&span);
      g_assert_cmpstr (text, ==, good[i][1]);
    }
}

static void
test_counts (void)
{
  static const char *const bad[] = { "", "-", "-2", "1x", "x", " 1", "1000001", "Unlimited" };
  int                      count;

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (sr_retention_count_parse (bad[i], &count));
  g_assert_true (sr_retention_count_parse ("7", &count));
  g_assert_cmpint (count, ==, 7);
  g_assert_true (sr_retention_count_parse ("0", &count));
  g_assert_cmpint (count, ==, 0);
  g_assert_true (sr_retention_count_parse ("-1", &count));
  g_assert_cmpint (count, ==, -1);
  g_assert_true (sr_retention_count_parse ("unlimited", &count));
  g_assert_cmpint (count, ==, -1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/site/retention/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/site/retention/future", test_future);
  g_test_add_func ("/site/retention/nothing", test_nothing);
  g_test_add_func ("/site/retention/nanoseconds", test_nanoseconds);
  g_test_add_func ("/site/retention/calendar", test_calendar);
  g_test_add_func ("/site/retention/spans", test_spans);
  g_test_add_func ("/site/retention/counts", test_counts);
  return g_test_run ();
}
