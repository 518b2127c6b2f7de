/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-error.h"
#include "cli/sr-text.h"

#include <string.h>

static void
test_counts (void)
{
  g_autofree char *zero = sr_text_count (0);
  g_autofree char *hundreds = sr_text_count (999);
  g_autofree char *thousand = sr_text_count (1000);
  g_autofree char *many = sr_text_count (1234567890);

  g_autofree char *one = sr_text_counted (1, "file", "files");
  g_autofree char *more = sr_text_counted (1234, "file", "files");

  g_assert_cmpstr (one, ==, "1 file");
  g_assert_cmpstr (more, ==, "1,234 files");
  g_assert_cmpstr (zero, ==, "0");
  g_assert_cmpstr (hundreds, ==, "999");
  g_assert_cmpstr (thousand, ==, "1,000");
  g_assert_cmpstr (many, ==, "1,234,567,890");
}

/* What a name contains never reaches the terminal as a command. */
static void
test_names (void)
{
  static const char *const cases[][2] = {
    { "/a/b c", "/a/b c" },
    { "ä☃", "ä☃" },
    { "a\nb\tc\rd", "a\\nb\\tc\\rd" },
    { "\x1b[31mred\x07", "\\x1b[31mred\\x07" },
    { "\x7f", "\\x7f" },
    { "\xc2\x9b", "\\x9b" },
    { "caf\xe9", "caf\xef\xbf\xbd" },
    { "exe.\xe2\x80\xaegpj", "exe.\\u202egpj" },
    { "a\xe2\x80\xa8z", "a\\u2028z" },
    { "", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *shown = sr_text_name (cases[i][0]);

      g_assert_cmpstr (shown, ==, cases[i][1]);
    }
}

/* Messages may have several lines, but nothing else that a terminal obeys. */
static void
test_messages (void)
{
  g_autofree char *shown = sr_text_message ("said:\n\tred\x1b[31m\r\n");

  g_assert_cmpstr (shown, ==, "said:\n\tred\\x1b[31m\\r\n");
}

static void
test_modes (void)
{
  static const struct
  {
    guint32     mode;
    const char *text;
  } cases[] = {
    { 0, "----------" },
    { 0755, "-rwxr-xr-x" },
    { 0640, "-rw-r-----" },
    { 07777, "-rwsrwsrwt" },
    { 07000, "---S--S--T" },
  };
  g_autofree char *folder = sr_text_mode ('d', 0700);

  g_assert_cmpstr (folder, ==, "drwx------");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = sr_text_mode ('-', cases[i].mode);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_parse_size (void)
{
  static const char *const bad[] = { "", "x", "-1", "1X", "1K2", "K", "1KiBB", "nan", "inf", " 1",
                                     "99999999999E", "0x10q" };
  static const struct
  {
    const char *text;
    guint64     bytes;
  } good[] = {
    { "0", 0 },
    { "512", 512 },
    { "512B", 512 },
    { "10K", 10240 },
    { "10k", 10240 },
    { "1.5M", 1572864 },
    { "2GiB", G_GUINT64_CONSTANT (2) << 30 },
    { "1TB", G_GUINT64_CONSTANT (1) << 40 },
  };
  guint64 bytes;

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_false (sr_text_parse_size (bad[i], &bytes, &error));
      g_assert_true (sr_error_is (error, SR_ERROR_INVALID));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_assert_true (sr_text_parse_size (good[i].text, &bytes, NULL));
      g_assert_cmpuint (bytes, ==, good[i].bytes);
    }
}

static void
test_parse_percent (void)
{
  static const char *const bad[] = { "", "%", "5", "-1%", "101%", "5%%", "nan%", "x%", "5 %" };
  double                   percent;

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (sr_text_parse_percent (bad[i], &percent, &error));
      g_assert_true (sr_error_is (error, SR_ERROR_INVALID));
    }
  g_assert_true (sr_text_parse_percent ("0%", &percent, NULL));
  g_assert_cmpfloat (percent, ==, 0.0);
  g_assert_true (sr_text_parse_percent ("2.5%", &percent, NULL));
  g_assert_cmpfloat (percent, ==, 2.5);
  g_assert_true (sr_text_parse_percent ("unlimited", &percent, NULL));
  g_assert_cmpfloat (percent, ==, 100.0);
}

static void
test_times (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *text = NULL;
  SrTime             time;

  /* The tests run in this zone; see main(). */
  g_assert_true (sr_text_parse_time ("2026-01-31 23:59:59", &time, &error));
  g_assert_no_error (error);
  g_assert_cmpint (time.offset, ==, 19800);
  g_assert_cmpint (time.ts.tv_sec, ==, 1769884199);
  text = sr_text_time (&time);
  g_assert_cmpstr (text, ==, "2026-01-31 23:59:59");
  g_assert_true (sr_text_parse_time ("2026-01-31T23:59:59.25Z", &time, &error));
  g_assert_cmpint (time.offset, ==, 0);
  g_assert_cmpint (time.ts.tv_nsec, ==, 250000000);
  g_assert_false (sr_text_parse_time ("yesterday", &time, &error));
  g_assert_true (sr_error_is (error, SR_ERROR_INVALID));
}

static void
test_lists (void)
{
  const char *const lists[] = { "a, b", "", ",c,", NULL };
  g_auto (GStrv)    words = sr_text_split_lists (lists);

  g_assert_cmpuint (g_strv_length (words), ==, 3);
  g_assert_cmpstr (words[0], ==, "a");
  g_assert_cmpstr (words[1], ==, "b");
  g_assert_cmpstr (words[2], ==, "c");
  g_assert_null (sr_text_split_lists (NULL));
}

static void
test_snapshot (void)
{
  static const char *const cases[][3] = {
    { "latest", "latest", NULL },
    { "1a2b:/srv/erp", "1a2b", "/srv/erp" },
    { "1a2b:srv", "1a2b", "/srv" },
    { "1a2b:", "1a2b", "/" },
    { "1a2b:/a:b", "1a2b", "/a:b" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *snapshot = NULL;
      g_autofree char *folder = NULL;

      sr_text_split_snapshot (cases[i][0], &snapshot, &folder);
      g_assert_cmpstr (snapshot, ==, cases[i][1]);
      g_assert_cmpstr (folder, ==, cases[i][2]);
    }
}

static void
test_table (void)
{
  g_autoptr (SrTable) table = sr_table_new ("Name", ">Size", "Path", NULL);
  g_autofree char    *text = NULL;
  g_autofree char    *bare = NULL;

  sr_table_add (table, g_strdup ("ä"), g_strdup ("1"), g_strdup ("/a"));
  sr_table_add (table, g_strdup ("longer"), g_strdup ("1000"), g_strdup (""));
  text = sr_table_format (table, TRUE);
  g_assert_cmpstr (text, ==,
                   "Name    Size  Path\n"
                   "ä          1  /a\n"
                   "longer  1000\n");
  bare = sr_table_format (table, FALSE);
  g_assert_true (g_str_has_prefix (bare, "ä          1  /a\n"));
}

int
main (int   argc,
      char *argv[])
{
  g_setenv ("TZ", "TST-5:30", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/text/counts", test_counts);
  g_test_add_func ("/cli/text/names", test_names);
  g_test_add_func ("/cli/text/messages", test_messages);
  g_test_add_func ("/cli/text/modes", test_modes);
  g_test_add_func ("/cli/text/parse-size", test_parse_size);
  g_test_add_func ("/cli/text/parse-percent", test_parse_percent);
  g_test_add_func ("/cli/text/times", test_times);
  g_test_add_func ("/cli/text/lists", test_lists);
  g_test_add_func ("/cli/text/snapshot", test_snapshot);
  g_test_add_func ("/cli/text/table", test_table);
  return g_test_run ();
}
