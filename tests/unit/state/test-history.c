/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-error.h"
#include "sr-test-util.h"
#include "state/sr-history.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOON    (G_GINT64_CONSTANT (1795694400) * 1000000000)
#define MINUTE  (G_GINT64_CONSTANT (60) * 1000000000)
#define WRITERS 4
#define RUNS    25

static const char *program;

typedef struct
{
  char      *folder;
  char      *path;
  SrClock   *clock;
  SrHistory *history;
} Fixture;

static SrHistory *
open_history (const char *path,
              SrClock    *clock)
{
  g_autoptr (GError) error = NULL;
  SrHistory         *history = sr_history_open (path, clock, &error);

  g_assert_no_error (error);
  return history;
}

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->folder = sr_test_mkdir ();
  fixture->path = g_build_filename (fixture->folder, "state", "history.db", NULL);
  fixture->clock = sr_clock_new_fake (NOON);
  fixture->history = open_history (fixture->path, fixture->clock);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_clear_object (&fixture->history);
  sr_clock_unref (fixture->clock);
  g_free (fixture->path);
  sr_test_rmdir (fixture->folder);
}

/* A run of @site that ended; the clock goes on by a minute. */
static gint64
record (Fixture    *fixture,
        const char *site,
        const char *action,
        SrRunState  state,
        const char *sentence,
        const char *log)
{
  g_autoptr (SrRun)  run = sr_run_new (action);
  g_autoptr (GError) error = NULL;

  run->site = g_strdup (site);
  g_assert_true (sr_history_begin (fixture->history, run, &error));
  g_assert_no_error (error);
  sr_clock_advance (fixture->clock, MINUTE, MINUTE / 1000);
  run->state = state;
  run->sentence = g_strdup (sentence);
  g_assert_true (sr_history_finish (fixture->history, run, NULL, NULL, log, &error));
  g_assert_no_error (error);
  return run->id;
}

/* The ids that fit, as text: "3 1". */
static char *
find (SrHistory         *history,
      const SrRunFilter *filter)
{
  g_autoptr (GError)    error = NULL;
  g_autoptr (GPtrArray) runs = sr_history_query (history, filter, NULL, &error);
  GString              *ids = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < runs->len; i++)
    g_string_append_printf (ids, "%s%" G_GINT64_FORMAT, i > 0 ? " " : "",
                            ((SrRun *) runs->pdata[i])->id);
  return g_string_free (ids, FALSE);
}

static void
assert_found (SrHistory         *history,
              const SrRunFilter *filter,
              const char        *expected)
{
  g_autofree char   *found = find (history, filter);
  g_auto (GStrv)     ids = g_strsplit (expected, " ", -1);
  SrRunFilter        all = *filter;
  g_autoptr (GError) error = NULL;
  guint64            count;

  g_assert_cmpstr (found, ==, expected);
  if (filter->limit > 0 || filter->before_id > 0)
    return;
  g_assert_true (sr_history_count (history, &all, &count, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count, ==, g_strv_length (ids));
}

static void
assert_words (SrHistory  *history,
              const char *words,
              const char *expected)
{
  SrRunFilter filter = SR_RUN_FILTER_INIT;

  filter.text = words;
  assert_found (history, &filter, expected);
}

static SrVerdict *
make_verdict (void)
{
  SrVerdict *verdict = sr_verdict_new ();

  sr_verdict_add (verdict, "vault.bytes", "Bytes", SR_ASPECT_INTACT, SR_CHECK_PASSED,
                  "All %d are there", 12);
  sr_verdict_add (verdict, "records", "Records", SR_ASPECT_COMPLETE, SR_CHECK_WARNING,
                  "3 customers are missing");
  return verdict;
}

static void
test_round_trip (Fixture      *fixture,
                 gconstpointer data)
{
  g_autoptr (SrRun)      run = sr_run_new ("backup");
  g_autoptr (SrRun)      got = NULL;
  g_autoptr (SrVerdict)  verdict = make_verdict ();
  g_autoptr (SrVerdict)  got_verdict = NULL;
  g_autoptr (JsonObject) counts = json_object_new ();
  g_autoptr (JsonObject) got_counts = NULL;
  g_autofree char       *log = NULL;
  g_autoptr (GError)     error = NULL;

  json_object_set_int_member (counts, "customers", 12);
  run->site = g_strdup ("shop-7f3a2c");
  run->site_name = g_strdup ("Müller’s Shop");
  run->vault = g_strdup ("/mnt/vault \xff\xfe");
  g_assert_true (sr_history_begin (fixture->history, run, &error));
  g_assert_no_error (error);
  g_assert_cmpint (run->id, ==, 1);
  g_assert_cmpint (run->started_ns, ==, NOON);
  got = sr_history_get (fixture->history, 1, &error);
  g_assert_cmpint (got->state, ==, SR_RUN_RUNNING);
  g_assert_cmpint (got->ended_ns, ==, 0);
  g_assert_cmpint (got->level, ==, -1);
  g_clear_pointer (&got, sr_run_free);

  sr_clock_advance (fixture->clock, 5 * MINUTE, 5);
  run->state = SR_RUN_DONE;
  run->snapshot = g_strdup ("1a2b");
  run->bytes = G_MAXINT64;
  run->files = 7;
  g_assert_true (sr_history_finish (fixture->history, run, verdict, counts, "one\ntwo", &error));
  got = sr_history_get (fixture->history, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpint (got->state, ==, SR_RUN_DONE);
  g_assert_cmpint (got->ended_ns, ==, NOON + 5 * MINUTE);
  g_assert_cmpstr (got->site_name, ==, "Müller’s Shop");
  g_assert_cmpstr (got->vault, ==, "/mnt/vault \xff\xfe");
  g_assert_cmpstr (got->snapshot, ==, "1a2b");
  g_assert_cmpint (got->bytes, ==, G_MAXINT64);
  g_assert_cmpint (got->bytes_added, ==, -1);
  g_assert_cmpint (got->files, ==, 7);
  g_assert_cmpint (got->level, ==, SR_VERDICT_SUSPICIOUS);
  g_assert_cmpstr (got->sentence, ==, "Suspicious: 3 customers are missing");
  g_assert_false (got->rebuilt);
  got_verdict = sr_history_get_verdict (fixture->history, 1, &error);
  g_assert_cmpuint (sr_verdict_get_n_checks (got_verdict), ==, 2);
  got_counts = sr_history_get_counts (fixture->history, 1, &error);
  g_assert_cmpint (json_object_get_int_member (got_counts, "customers"), ==, 12);
  log = sr_history_get_log (fixture->history, 1, &error);
  g_assert_cmpstr (log, ==, "one\ntwo");
  g_assert_no_error (error);
}

static void
test_nothing_there (Fixture      *fixture,
                    gconstpointer data)
{
  SrRunFilter        filter = SR_RUN_FILTER_INIT;
  g_autoptr (GError) error = NULL;
  gint64             id = record (fixture, NULL, "verify", SR_RUN_FAILED, NULL, NULL);

  g_assert_null (sr_history_get_log (fixture->history, id, &error));
  g_assert_null (sr_history_get_counts (fixture->history, id, &error));
  g_assert_null (sr_history_get_verdict (fixture->history, id, &error));
  g_assert_no_error (error);
  g_assert_null (sr_history_get (fixture->history, 99, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
  g_clear_error (&error);
  filter.before_id = 99;
  g_assert_null (sr_history_query (fixture->history, &filter, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
}

static void
test_running_is_no_end (Fixture      *fixture,
                        gconstpointer data)
{
  g_autoptr (SrRun)  run = sr_run_new ("backup");
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_history_begin (fixture->history, run, NULL));
  g_assert_false (sr_history_finish (fixture->history, run, NULL, NULL, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
}

/* One whose beginning was not recorded is recorded at its end. */
static void
test_end_without_beginning (Fixture      *fixture,
                            gconstpointer data)
{
  SrRunFilter        filter = SR_RUN_FILTER_INIT;
  g_autoptr (SrRun)  run = sr_run_new ("backup");
  g_autoptr (GError) error = NULL;

  run->state = SR_RUN_DONE;
  run->started_ns = NOON;
  g_assert_true (sr_history_finish (fixture->history, run, NULL, NULL, "log", &error));
  g_assert_no_error (error);
  assert_found (fixture->history, &filter, "1");
  assert_words (fixture->history, "log", "1");
}

static void
test_filters (Fixture      *fixture,
              gconstpointer data)
{
  SrRunFilter filter = SR_RUN_FILTER_INIT;

  record (fixture, "a", "backup", SR_RUN_DONE, NULL, NULL);
  record (fixture, "b", "backup", SR_RUN_FAILED, NULL, NULL);
  record (fixture, "a", "verify", SR_RUN_DONE, NULL, NULL);
  record (fixture, "a", "backup", SR_RUN_FAILED, NULL, NULL);
  assert_found (fixture->history, &filter, "4 3 2 1");
  filter.site = "a";
  assert_found (fixture->history, &filter, "4 3 1");
  filter.action = "backup";
  assert_found (fixture->history, &filter, "4 1");
  filter.state = SR_RUN_FAILED;
  assert_found (fixture->history, &filter, "4");
  filter.site = NULL;
  assert_found (fixture->history, &filter, "4 2");
  filter.action = NULL;
  filter.state = -1;
  filter.since_ns = NOON + MINUTE;
  assert_found (fixture->history, &filter, "4 3 2");
  filter.until_ns = NOON + 3 * MINUTE;
  assert_found (fixture->history, &filter, "3 2");
}

static void
test_pages (Fixture      *fixture,
            gconstpointer data)
{
  SrRunFilter filter = SR_RUN_FILTER_INIT;

  for (int i = 0; i < 5; i++)
    record (fixture, "a", "backup", SR_RUN_DONE, "all well", NULL);
  filter.limit = 2;
  assert_found (fixture->history, &filter, "5 4");
  filter.before_id = 4;
  assert_found (fixture->history, &filter, "3 2");
  filter.before_id = 2;
  filter.text = "well";
  assert_found (fixture->history, &filter, "1");
  filter.before_id = 1;
  assert_found (fixture->history, &filter, "");
}

/* Same start, later number: still one after the other, and every page complete. */
static void
test_same_start (Fixture      *fixture,
                 gconstpointer data)
{
  SrRunFilter filter = SR_RUN_FILTER_INIT;

  for (int i = 0; i < 4; i++)
    {
      g_autoptr (SrRun) run = sr_run_new ("backup");

      run->started_ns = NOON;
      g_assert_true (sr_history_begin (fixture->history, run, NULL));
      g_assert_cmpint (run->started_ns, ==, NOON + i);
    }
  filter.limit = 3;
  assert_found (fixture->history, &filter, "4 3 2");
  filter.before_id = 2;
  assert_found (fixture->history, &filter, "1");
}

static void
test_words (Fixture      *fixture,
            gconstpointer data)
{
  SrHistory         *history = fixture->history;
  g_autoptr (SrRun)  run = sr_run_new ("restore");
  g_autoptr (GError) error = NULL;

  record (fixture, "shop-7f3a2c", "backup", SR_RUN_DONE, "Complete: 12 Invoices", "read café.db");
  record (fixture, "bakery-1", "backup", SR_RUN_FAILED, NULL,
          "file /var/lib/erp/data.db\n100% sure");
  run->path = g_strdup ("/home/anna/restored");
  run->error = g_strdup ("No space: “quoted\" text”");
  run->state = SR_RUN_FAILED;
  run->started_ns = NOON + 10 * MINUTE;
  g_assert_true (sr_history_finish (history, run, NULL, NULL, NULL, &error));
  assert_words (history, "invoices", "1");
  assert_words (history, "INV complete", "1");
  assert_words (history, "invoices bakery", "");
  assert_words (history, "voices", "");
  assert_words (history, "cafe", "1");
  assert_words (history, "CAFÉ", "1");
  assert_words (history, "shop-7f3a2c", "1");
  assert_words (history, "shop-7f3a", "1");
  assert_words (history, "/var/lib/erp", "2");
  assert_words (history, "erp/var", "");
  assert_words (history, "db", "2 1");
  assert_words (history, "anna space", "3");
  assert_words (history, "  ", "3 2 1");
  assert_words (history, "", "3 2 1");
  assert_words (history, "\"", "");
  assert_words (history, "-- ( * : ^ \"", "");
  assert_words (history, "quoted\"", "3");
  assert_words (history, "100%", "2");
  assert_words (history, "NOT db", "");
  assert_words (history, "about:db", "");
  assert_words (history, "\xff\xfe db", "2 1");
}

/* Words of a text that was replaced are gone. */
static void
test_words_follow (Fixture      *fixture,
                   gconstpointer data)
{
  g_autoptr (SrRun) run = sr_run_new ("backup");

  run->sentence = g_strdup ("beginning");
  g_assert_true (sr_history_begin (fixture->history, run, NULL));
  assert_words (fixture->history, "beginning", "1");
  g_free (run->sentence);
  run->sentence = g_strdup ("ending");
  run->state = SR_RUN_DONE;
  g_assert_true (sr_history_finish (fixture->history, run, NULL, NULL, "journal", NULL));
  assert_words (fixture->history, "beginning", "");
  assert_words (fixture->history, "ending journal", "1");
}

static void
test_long_log (Fixture      *fixture,
               gconstpointer data)
{
  g_autoptr (GString) text = g_string_new ("firstword ");
  g_autofree char    *log = NULL;
  gint64              id;

  while (text->len < SR_HISTORY_MAX_LOG + 1000000)
    g_string_append (text, "größer ");
  g_string_append (text, "lastword");
  id = record (fixture, NULL, "backup", SR_RUN_DONE, NULL, text->str);
  log = sr_history_get_log (fixture->history, id, NULL);
  g_assert_cmpuint (strlen (log), <=, SR_HISTORY_MAX_LOG);
  g_assert_cmpuint (strlen (log), >, SR_HISTORY_MAX_LOG - 200);
  g_assert_true (g_utf8_validate (log, -1, NULL));
  g_assert_true (g_str_has_prefix (log, "firstword "));
  g_assert_true (g_str_has_suffix (log, "lastword"));
  g_assert_nonnull (strstr (log, " bytes are left out here …]"));
  assert_words (fixture->history, "firstword lastword", "1");
}

static void
test_text_from_outside (Fixture      *fixture,
                        gconstpointer data)
{
  g_autofree char  *sentence = g_strnfill (1024 * 1024, 'x');
  gint64            id = record (fixture, NULL, "backup", SR_RUN_DONE, sentence, "bad \xff byte");
  g_autofree char  *log = sr_history_get_log (fixture->history, id, NULL);
  g_autoptr (SrRun) run = sr_history_get (fixture->history, id, NULL);

  g_assert_cmpuint (strlen (run->sentence), <=, 64 * 1024);
  g_assert_cmpstr (log, ==, "bad � byte");
}

static void
test_add (Fixture      *fixture,
          gconstpointer data)
{
  g_autoptr (SrVerdict) verdict = make_verdict ();
  g_autoptr (SrRun)     run = sr_run_new ("backup");
  g_autoptr (SrRun)     got = NULL;
  g_autoptr (GError)    error = NULL;
  SrRunFilter           filter = SR_RUN_FILTER_INIT;
  gboolean              added;

  record (fixture, "a", "backup", SR_RUN_DONE, NULL, NULL);
  run->state = SR_RUN_DONE;
  run->started_ns = NOON - 100 * MINUTE;
  run->ended_ns = NOON - 90 * MINUTE;
  run->snapshot = g_strdup ("aa");
  run->rebuilt = TRUE;
  g_assert_true (sr_history_add (fixture->history, run, verdict, NULL, &added, &error));
  g_assert_no_error (error);
  g_assert_true (added);
  g_assert_true (sr_history_add (fixture->history, run, verdict, NULL, &added, &error));
  g_assert_false (added);
  g_free (run->action);
  run->action = g_strdup ("import");
  g_assert_true (sr_history_add (fixture->history, run, NULL, NULL, &added, &error));
  g_assert_true (added);
  /* older runs stand behind, whenever they were added */
  assert_found (fixture->history, &filter, "1 3 2");
  got = sr_history_get (fixture->history, 2, &error);
  g_assert_true (got->rebuilt);
  g_assert_cmpint (got->level, ==, SR_VERDICT_SUSPICIOUS);
}

static void
test_version (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (SrHistory) other = open_history (fixture->path, fixture->clock);
  guint64               before = sr_history_get_version (fixture->history);
  g_autoptr (SrRun)     run = sr_run_new ("backup");

  g_assert_cmpuint (sr_history_get_version (other), ==, before);
  g_assert_true (sr_history_begin (other, run, NULL));
  g_assert_cmpuint (sr_history_get_version (fixture->history), >, before);
  before = sr_history_get_version (fixture->history);
  run->state = SR_RUN_CANCELLED;
  g_assert_true (sr_history_finish (other, run, NULL, NULL, NULL, NULL));
  g_assert_cmpuint (sr_history_get_version (fixture->history), >, before);
}

static void
test_cancelled (Fixture      *fixture,
                gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  SrRunFilter              filter = SR_RUN_FILTER_INIT;
  g_autoptr (GError)       error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (sr_history_query (fixture->history, &filter, cancellable, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
}

/* Another process of this program that does @what with the history. */
static GSubprocess *
spawn (const char *what,
       const char *path,
       const char *name)
{
  g_autoptr (GError) error = NULL;
  GSubprocess       *child =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                        program, what, path, name, NULL);

  g_assert_no_error (error);
  return child;
}

static void
test_two_programs (Fixture      *fixture,
                   gconstpointer data)
{
  GSubprocess       *children[WRITERS];
  SrRunFilter        filter = SR_RUN_FILTER_INIT;
  g_autoptr (GError) error = NULL;
  guint64            count;

  for (int i = 0; i < WRITERS; i++)
    {
      g_autofree char *site = g_strdup_printf ("site%d", i);

      children[i] = spawn ("--write", fixture->path, site);
    }
  for (int i = 0; i < WRITERS; i++)
    {
      g_assert_true (g_subprocess_wait_check (children[i], NULL, &error));
      g_assert_no_error (error);
      g_object_unref (children[i]);
    }
  for (int i = 0; i < WRITERS; i++)
    {
      g_autofree char *site = g_strdup_printf ("site%d", i);

      filter.site = site;
      filter.state = SR_RUN_DONE;
      filter.text = "written";
      g_assert_true (sr_history_count (fixture->history, &filter, &count, NULL, &error));
      g_assert_cmpuint (count, ==, RUNS);
    }
}

/* Four programs find no history and make it at once. */
static void
test_two_programs_begin (Fixture      *fixture,
                         gconstpointer data)
{
  g_autofree char   *path = g_build_filename (fixture->folder, "new", "history.db", NULL);
  GSubprocess       *children[WRITERS];
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < WRITERS; i++)
    children[i] = spawn ("--write", path, "new");
  for (int i = 0; i < WRITERS; i++)
    {
      g_assert_true (g_subprocess_wait_check (children[i], NULL, &error));
      g_assert_no_error (error);
      g_object_unref (children[i]);
    }
}

static void
test_interrupted (Fixture      *fixture,
                  gconstpointer data)
{
  g_autoptr (GSubprocess) child = spawn ("--begin", fixture->path, "shop");
  g_autoptr (SrRun)       mine = sr_run_new ("verify");
  g_autoptr (SrRun)       run = NULL;
  g_autoptr (GError)      error = NULL;
  char                    byte = 0;
  guint                   n;

  g_assert_true (sr_history_begin (fixture->history, mine, NULL));
  g_assert_cmpint (
      g_input_stream_read (g_subprocess_get_stdout_pipe (child), &byte, 1, NULL, &error), ==, 1);
  g_assert_true (sr_history_mark_interrupted (fixture->history, &n, &error));
  g_assert_cmpuint (n, ==, 0);
  g_subprocess_force_exit (child);
  g_assert_true (g_subprocess_wait (child, NULL, &error));
  g_object_unref (fixture->history);
  fixture->history = open_history (fixture->path, fixture->clock);
  run = sr_history_get (fixture->history, 2, &error);
  g_assert_no_error (error);
  g_assert_cmpint (run->state, ==, SR_RUN_INTERRUPTED);
  g_assert_cmpint (run->ended_ns, >=, run->started_ns);
  g_assert_nonnull (run->error);
  assert_words (fixture->history, "program gone", "2");
  /* ours lives */
  sr_run_free (g_steal_pointer (&run));
  run = sr_history_get (fixture->history, 1, &error);
  g_assert_cmpint (run->state, ==, SR_RUN_RUNNING);
}

static void
test_modes (Fixture      *fixture,
            gconstpointer data)
{
  g_autofree char *folder = g_path_get_dirname (fixture->path);
  g_autofree char *journal = g_strconcat (fixture->path, "-wal", NULL);
  struct stat      st;

  record (fixture, "a", "backup", SR_RUN_DONE, NULL, NULL);
  g_assert_cmpint (stat (folder, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 0777, ==, 0700);
  g_assert_cmpint (stat (fixture->path, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 0777, ==, 0600);
  g_assert_cmpint (stat (journal, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 0777, ==, 0600);
}

static void
test_state_names (void)
{
  SrRunState state;

  for (int i = SR_RUN_RUNNING; i <= SR_RUN_INTERRUPTED; i++)
    {
      g_assert_true (sr_run_state_from_name (sr_run_state_name ((SrRunState) i), &state));
      g_assert_cmpint (state, ==, i);
    }
  g_assert_false (sr_run_state_from_name ("else", &state));
  g_assert_false (sr_run_state_from_name (NULL, &state));
}

static int
write_runs (const char *path,
            const char *site)
{
  g_autoptr (GError)    error = NULL;
  g_autoptr (SrHistory) history = sr_history_open (path, NULL, &error);

  for (int i = 0; history != NULL && error == NULL && i < RUNS; i++)
    {
      g_autoptr (SrRun) run = sr_run_new ("backup");

      run->site = g_strdup (site);
      if (!sr_history_begin (history, run, &error))
        break;
      run->state = SR_RUN_DONE;
      sr_history_finish (history, run, NULL, NULL, "written", &error);
    }
  if (error != NULL)
    g_printerr ("%s\n", error->message);
  return error == NULL ? 0 : 1;
}

/* Begins a run, says so, and waits to be killed. */
static int
begin_run (const char *path,
           const char *site)
{
  g_autoptr (SrHistory) history = sr_history_open (path, NULL, NULL);
  g_autoptr (SrRun)     run = sr_run_new ("backup");
  char                  byte = '!';

  run->site = g_strdup (site);
  if (history == NULL || !sr_history_begin (history, run, NULL) || write (1, &byte, 1) != 1)
    return 1;
  while (read (0, &byte, 1) > 0)
    ;
  return 0;
}

#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  if (argc == 4 && g_str_equal (argv[1], "--write"))
    return write_runs (argv[2], argv[3]);
  if (argc == 4 && g_str_equal (argv[1], "--begin"))
    return begin_run (argv[2], argv[3]);
  program = argv[0];
  g_test_init (&argc, &argv, NULL);
  ADD ("/history/round-trip", test_round_trip);
  ADD ("/history/nothing-there", test_nothing_there);
  ADD ("/history/running-is-no-end", test_running_is_no_end);
  ADD ("/history/end-without-beginning", test_end_without_beginning);
  ADD ("/history/filters", test_filters);
  ADD ("/history/pages", test_pages);
  ADD ("/history/same-start", test_same_start);
  ADD ("/history/words", test_words);
  ADD ("/history/words-follow", test_words_follow);
  ADD ("/history/long-log", test_long_log);
  ADD ("/history/text-from-outside", test_text_from_outside);
  ADD ("/history/add", test_add);
  ADD ("/history/version", test_version);
  ADD ("/history/cancelled", test_cancelled);
  ADD ("/history/two-programs", test_two_programs);
  ADD ("/history/two-programs-begin", test_two_programs_begin);
  ADD ("/history/interrupted", test_interrupted);
  ADD ("/history/modes", test_modes);
  g_test_add_func ("/history/state-names", test_state_names);
  return g_test_run ();
}
