/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-error.h"
#include "base/sr-json.h"
#include "sr-test-history.h"
#include "sr-test-util.h"
#include "state/sr-history-export.h"

#include <string.h>

#define NOON (G_GINT64_CONSTANT (1795694400) * 1000000000)

typedef struct
{
  char      *folder;
  char      *path;
  SrHistory *history;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = sr_test_mkdir ();
  fixture->path = g_build_filename (fixture->folder, "history.db", NULL);
  fixture->history = sr_history_open (fixture->path, NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_clear_object (&fixture->history);
  g_free (fixture->path);
  sr_test_rmdir (fixture->folder);
}

static char *
export_all (SrHistory      *history,
            SrHistoryFormat format,
            guint           limit,
            guint64        *n)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (GError)        error = NULL;
  SrRunFilter               filter = SR_RUN_FILTER_INIT;

  filter.limit = limit;
  g_assert_true (sr_history_export (history, &filter, format, stream, n, NULL, &error));
  g_assert_no_error (error);
  return g_strndup (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (stream)),
                    g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (stream)));
}

static void
add_run (SrHistory  *history,
         const char *site,
         const char *sentence)
{
  g_autoptr (SrRun)  run = sr_run_new ("backup");
  g_autoptr (GError) error = NULL;

  run->state = SR_RUN_DONE;
  run->started_ns = NOON;
  run->ended_ns = NOON + 1;
  run->site = g_strdup (site);
  run->sentence = g_strdup (sentence);
  run->bytes = 7;
  g_assert_true (sr_history_finish (history, run, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
}

#define HEADING                                                                               \
  "id,started,ended,action,state,site,site_name,vault,snapshot,path,bytes,bytes_added,files," \
  "records,verdict,sentence,error,rebuilt\r\n"
#define LINE(site, sentence)                                                             \
  "1,2026-11-26T12:00:00Z,2026-11-26T12:00:00Z,backup,done," site ",,,,,7,,,,," sentence \
  ",,false\r\n"

/* A spreadsheet must not run what a server or a file name says. */
static void
test_csv (Fixture      *fixture,
          gconstpointer data)
{
  static const struct
  {
    const char *sentence;
    const char *cell;
  } rows[] = {
    { "plain", "plain" },
    { "a,b", "\"a,b\"" },
    { "a;b", "\"a;b\"" },
    { "say \"so\"", "\"say \"\"so\"\"\"" },
    { "two\nlines", "\"two\nlines\"" },
    { "=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\"" },
    { "+1", "\"'+1\"" },
    { "-1", "\"'-1\"" },
    { "@sum", "\"'@sum\"" },
    { "\t=1", "\"'\t=1\"" },
    { "\r=1", "\"'\r=1\"" },
    { "1-1", "1-1" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *expected = NULL;
      g_autofree char *got = NULL;

      tear_down (fixture, NULL);
      set_up (fixture, NULL);
      add_run (fixture->history, "s", rows[i].sentence);
      got = export_all (fixture->history, SR_HISTORY_CSV, 0, NULL);
      expected = g_strdup_printf (HEADING LINE ("s", "%s"), rows[i].cell);
      /* the day depends on the constant alone */
      g_assert_cmpstr (strstr (got, ",backup,"), ==, strstr (expected, ",backup,"));
      g_assert_true (g_str_has_prefix (got, HEADING));
    }
}

static void
test_json (Fixture      *fixture,
           gconstpointer data)
{
  g_autofree char     *text = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GError)   error = NULL;
  JsonObject          *run;
  guint64              n;

  add_run (fixture->history, "bad \xff name", "=1");
  text = export_all (fixture->history, SR_HISTORY_JSON, 0, &n);
  g_assert_cmpuint (n, ==, 1);
  node = sr_json_parse (text, strlen (text), 1 << 20, 8, &error);
  g_assert_no_error (error);
  run = json_array_get_object_element (json_node_get_array (node), 0);
  g_assert_cmpstr (json_object_get_string_member (run, "site"), ==, "bad � name");
  g_assert_cmpstr (json_object_get_string_member (run, "sentence"), ==, "=1");
  g_assert_cmpint (json_object_get_int_member (run, "bytes"), ==, 7);
  g_assert_true (json_object_get_null_member (run, "records"));
  g_assert_true (json_object_get_null_member (run, "verdict"));
}

static void
test_nothing (Fixture      *fixture,
              gconstpointer data)
{
  g_autofree char *csv = export_all (fixture->history, SR_HISTORY_CSV, 0, NULL);
  g_autofree char *json = export_all (fixture->history, SR_HISTORY_JSON, 0, NULL);

  g_assert_cmpstr (csv, ==, HEADING);
  g_assert_cmpstr (json, ==, "[]\n");
}

/* Several pages, and limits at and around their borders. */
static void
test_pages (Fixture      *fixture,
            gconstpointer data)
{
  static const guint limits[] = { 0, 1, 499, 500, 501, 1000, 1200, 5000 };

  sr_test_history_fill (fixture->path, 1200);
  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      guint64              n;
      g_autofree char     *text = export_all (fixture->history, SR_HISTORY_JSON, limits[i], &n);
      g_autoptr (JsonNode) node = sr_json_parse (text, strlen (text), 1 << 24, 8, NULL);
      JsonArray           *runs = json_node_get_array (node);
      guint                expected = limits[i] == 0 ? 1200 : MIN (limits[i], 1200);

      g_assert_cmpuint (n, ==, expected);
      g_assert_cmpuint (json_array_get_length (runs), ==, expected);
      for (guint j = 0; j < expected; j++)
        g_assert_cmpint (
            json_object_get_int_member (json_array_get_object_element (runs, j), "id"), ==,
            1200 - j);
    }
}

#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/history-export/csv", test_csv);
  ADD ("/history-export/json", test_json);
  ADD ("/history-export/nothing", test_nothing);
  ADD ("/history-export/pages", test_pages);
  return g_test_run ();
}
