/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-error.h"
#include "sr-test-sqlite.h"
#include "sr-test-util.h"
#include "state/sr-history-db.h"
#include "state/sr-history.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOON (G_GINT64_CONSTANT (1795694400) * 1000000000)

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->folder = sr_test_mkdir ();
  fixture->path = g_build_filename (fixture->folder, "history.db", NULL);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_free (fixture->path);
  sr_test_rmdir (fixture->folder);
}

/* A history with @n backups. */
static void
make_history (const char *path,
              guint       n)
{
  g_autoptr (GError)    error = NULL;
  g_autoptr (SrHistory) history = sr_history_open (path, NULL, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SrRun) run = sr_run_new ("backup");

      run->started_ns = NOON + i;
      run->state = SR_RUN_DONE;
      run->snapshot = g_strdup_printf ("%064u", i);
      g_assert_true (sr_history_finish (history, run, NULL, NULL, "some log", &error));
      g_assert_no_error (error);
    }
}

static guint64
count_runs (const char *path)
{
  g_autoptr (GError)    error = NULL;
  g_autoptr (SrHistory) history = sr_history_open (path, NULL, &error);
  SrRunFilter           filter = SR_RUN_FILTER_INIT;
  guint64               count = 0;

  g_assert_no_error (error);
  g_assert_true (sr_history_count (history, &filter, &count, NULL, &error));
  g_assert_no_error (error);
  return count;
}

static void
assert_refused (const char *path,
                SrErrorCode code,
                const char *words)
{
  g_autoptr (GError)    error = NULL;
  g_autoptr (SrHistory) history = sr_history_open (path, NULL, &error);

  g_assert_null (history);
  g_assert_error (error, SR_ERROR, (int) code);
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” does not say “%s”", error->message, words);
}

static void
assert_number (const char *path,
               const char *sql,
               const char *expected)
{
  g_autofree char *answer = sr_test_sqlite_query (path, sql);

  g_assert_cmpstr (answer, ==, expected);
}

static void
test_new (Fixture      *fixture,
          gconstpointer data)
{
  make_history (fixture->path, 2);
  assert_number (fixture->path, "PRAGMA application_id", "1397909609");
  assert_number (fixture->path, "PRAGMA user_version", "1");
  assert_number (fixture->path, "PRAGMA journal_mode", "wal");
  g_assert_cmpuint (count_runs (fixture->path), ==, 2);
}

/* Every schema that was ever released is read by this version. */
static void
test_fixtures (Fixture      *fixture,
               gconstpointer data)
{
  for (guint number = 1; number <= sr_history_n_steps; number++)
    {
      g_autofree char *name = g_strdup_printf ("schema-%u.db", number);
      g_autofree char *from =
          g_test_build_filename (G_TEST_DIST, "data", "history", name, NULL);
      g_autofree char      *path = g_build_filename (fixture->folder, name, NULL);
      g_autofree char      *content = NULL;
      g_autofree char      *log = NULL;
      g_autoptr (GError)    error = NULL;
      g_autoptr (SrHistory) history = NULL;
      g_autoptr (GPtrArray) runs = NULL;
      SrRunFilter           filter = SR_RUN_FILTER_INIT;
      gsize                 size;

      g_assert_true (g_file_get_contents (from, &content, &size, &error));
      g_assert_true (g_file_set_contents (path, content, (gssize) size, &error));
      history = sr_history_open (path, NULL, &error);
      g_assert_no_error (error);
      filter.text = "invoices";
      runs = sr_history_query (history, &filter, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (runs->len, ==, 1);
      g_assert_cmpstr (((SrRun *) runs->pdata[0])->site, ==, "shop-7f3a2c");
      log = sr_history_get_log (history, 1, &error);
      g_assert_cmpstr (log, ==, "12 invoices were read");
    }
}

/* A step that was never released. */
#define WITH_COLOUR "ALTER TABLE run ADD COLUMN colour TEXT; UPDATE run SET colour = 'grey'"

/* @colour: the step from 1 to 2 */
static sqlite3 *
open_next (const char *path,
           const char *colour,
           GError    **error)
{
  SrHistoryStep steps[] = { sr_history_steps[0], colour };

  return sr_history_db_open (path, steps, G_N_ELEMENTS (steps), error);
}

static void
test_upgrade (Fixture      *fixture,
              gconstpointer data)
{
  g_autofree char   *kept = g_strconcat (fixture->path, ".schema-1", NULL);
  g_autoptr (GError) error = NULL;
  struct stat        st;
  sqlite3           *db;

  make_history (fixture->path, 3);
  db = open_next (fixture->path, WITH_COLOUR, &error);
  g_assert_no_error (error);
  sqlite3_close (db);
  assert_number (fixture->path, "PRAGMA user_version", "2");
  assert_number (fixture->path, "SELECT count (*) FROM run WHERE colour = 'grey'", "3");
  assert_number (kept, "PRAGMA user_version", "1");
  g_assert_cmpint (stat (kept, &st), ==, 0);
  g_assert_cmpuint (st.st_mode & 0777, ==, 0600);
  g_assert_cmpuint (count_runs (kept), ==, 3);
  /* which this version, the older, refuses and leaves alone */
  assert_refused (fixture->path, SR_ERROR_UNSUPPORTED, "newer version");
  assert_number (fixture->path, "PRAGMA user_version", "2");
}

/* A new file goes through all steps, with nothing to be kept. */
static void
test_upgrade_of_nothing (Fixture      *fixture,
                         gconstpointer data)
{
  g_autofree char   *kept = g_strconcat (fixture->path, ".schema-1", NULL);
  g_autoptr (GError) error = NULL;

  sqlite3_close (open_next (fixture->path, WITH_COLOUR, &error));
  g_assert_no_error (error);
  assert_number (fixture->path, "PRAGMA user_version", "2");
  g_assert_false (g_file_test (kept, G_FILE_TEST_EXISTS));
}

/* Half a step is none. */
static void
test_upgrade_fails (Fixture      *fixture,
                    gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  make_history (fixture->path, 3);
  g_assert_null (open_next (
      fixture->path, "ALTER TABLE run ADD COLUMN colour TEXT; DROP TABLE none_such", &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, "from schema 1 to 2"));
  assert_number (fixture->path, "PRAGMA user_version", "1");
  assert_number (fixture->path,
                 "SELECT count (*) FROM pragma_table_info ('run') WHERE name = 'colour'", "0");
  g_assert_cmpuint (count_runs (fixture->path), ==, 3);
}

static void
test_not_ours (Fixture      *fixture,
               gconstpointer data)
{
  sr_test_sqlite_run (fixture->path, "CREATE TABLE till (id); INSERT INTO till VALUES (1)");
  assert_refused (fixture->path, SR_ERROR_INVALID, "another program");
  assert_number (fixture->path, "SELECT count (*) FROM till", "1");
  assert_refused (fixture->folder, SR_ERROR_IO, fixture->folder);
}

/* Overwrites @size bytes at @at. */
static void
damage (const char *path,
        goffset     at,
        gsize       size)
{
  g_autofree char   *content = NULL;
  g_autoptr (GError) error = NULL;
  gsize              length;

  g_assert_true (g_file_get_contents (path, &content, &length, &error));
  g_assert_cmpuint (at + size, <=, length);
  memset (content + at, 0xa5, size);
  g_assert_true (g_file_set_contents (path, content, (gssize) length, &error));
}

static void
test_damaged (Fixture      *fixture,
              gconstpointer data)
{
  g_autofree char   *aside = NULL;
  g_autoptr (GError) error = NULL;

  make_history (fixture->path, 3);
  damage (fixture->path, 0, 100);
  assert_refused (fixture->path, SR_ERROR_DAMAGED, fixture->path);
  assert_refused (fixture->path, SR_ERROR_DAMAGED, "made anew from the vaults");
  aside = sr_history_set_aside (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_test (aside, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (count_runs (fixture->path), ==, 0);
  g_assert_null (sr_history_set_aside ("/nowhere/history.db", &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
}

static void
test_set_aside_twice (Fixture      *fixture,
                      gconstpointer data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  make_history (fixture->path, 1);
  first = sr_history_set_aside (fixture->path, NULL);
  make_history (fixture->path, 2);
  second = sr_history_set_aside (fixture->path, NULL);
  g_assert_cmpstr (first, !=, second);
  g_assert_cmpuint (count_runs (first), ==, 1);
  g_assert_cmpuint (count_runs (second), ==, 2);
}

/* Words without their texts, which only a look at the whole file shows. */
static void
test_check (Fixture      *fixture,
            gconstpointer data)
{
  g_autoptr (SrHistory) history = NULL;
  g_autoptr (GError)    error = NULL;

  make_history (fixture->path, 3);
  history = sr_history_open (fixture->path, NULL, &error);
  g_assert_true (sr_history_check (history, NULL, &error));
  g_assert_no_error (error);
  sr_test_sqlite_run (fixture->path, "UPDATE run_detail SET log = 'another' WHERE id = 2");
  g_assert_false (sr_history_check (history, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
}

/* Damage at every place is told as damage, or does no harm to what is read; it never crashes. */
static void
test_damaged_anywhere (Fixture      *fixture,
                       gconstpointer data)
{
  g_autofree char *whole = NULL;
  gsize            size;
  guint            n_told = 0;

  make_history (fixture->path, 40);
  g_assert_true (g_file_get_contents (fixture->path, &whole, &size, NULL));
  for (gsize at = 100; at + 64 <= size; at += 1021)
    {
      SrRunFilter           filter = SR_RUN_FILTER_INIT;
      g_autoptr (GError)    error = NULL;
      g_autoptr (SrHistory) history = NULL;
      g_autoptr (GPtrArray) runs = NULL;

      g_assert_true (g_file_set_contents (fixture->path, whole, (gssize) size, NULL));
      damage (fixture->path, (goffset) at, 64);
      history = sr_history_open (fixture->path, NULL, &error);
      filter.text = "log";
      if (history != NULL)
        runs = sr_history_query (history, &filter, NULL, &error);
      if (error != NULL)
        g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
      n_told += error != NULL;
    }
  g_assert_cmpuint (n_told, >, 10);
}

static void
test_tables_are_missing (Fixture      *fixture,
                         gconstpointer data)
{
  make_history (fixture->path, 1);
  sr_test_sqlite_run (fixture->path, "DROP TABLE run_owner");
  assert_refused (fixture->path, SR_ERROR_DAMAGED, "run_owner");
}

static void
test_cut_off (Fixture      *fixture,
              gconstpointer data)
{
  struct stat st;

  make_history (fixture->path, 40);
  g_assert_cmpint (stat (fixture->path, &st), ==, 0);
  g_assert_cmpint (truncate (fixture->path, st.st_size / 2), ==, 0);
  assert_refused (fixture->path, SR_ERROR_DAMAGED, "damaged");
}

static void
test_newer (Fixture      *fixture,
            gconstpointer data)
{
  make_history (fixture->path, 1);
  sr_test_sqlite_run (fixture->path, "PRAGMA user_version = 99");
  assert_refused (fixture->path, SR_ERROR_UNSUPPORTED, "schema 99");
}

static void
test_read_only (Fixture      *fixture,
                gconstpointer data)
{
  g_autofree char *below = g_build_filename (fixture->folder, "state", "history.db", NULL);

  if (geteuid () == 0 && seteuid (65534) != 0)
    {
      g_test_skip ("may not become another user");
      return;
    }
  if (geteuid () != 65534)
    g_assert_cmpint (chmod (fixture->folder, 0500), ==, 0);
  assert_refused (fixture->path, SR_ERROR_PERMISSION, fixture->path);
  assert_refused (below, SR_ERROR_PERMISSION, "state");
  if (geteuid () == 65534 && getuid () == 0)
    g_assert_cmpint (seteuid (0), ==, 0);
  chmod (fixture->folder, 0700);
}

/* The file may not grow any further: SQLite says the same as on a full disk. */
static void
test_disk_full (Fixture      *fixture,
                gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  sqlite3           *db;

  make_history (fixture->path, 1);
  db = sr_history_db_open (fixture->path, sr_history_steps, sr_history_n_steps, &error);
  g_assert_no_error (error);
  g_assert_true (sr_history_db_exec (db, "PRAGMA max_page_count = 60", &error));
  g_assert_false (sr_history_db_exec (
      db, "INSERT OR REPLACE INTO run_detail (id, log) VALUES (1, hex(zeroblob(1000000)))",
      &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NO_SPACE);
  sqlite3_close (db);
  g_assert_cmpuint (count_runs (fixture->path), ==, 1);
}

#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)

/* Makes the fixture of the newest schema; tests/data/history/README.md tells when. */
static int
make_fixture (const char *path)
{
  g_autoptr (GError)    error = NULL;
  g_autoptr (SrHistory) history = sr_history_open (path, NULL, &error);

  for (guint i = 0; history != NULL && error == NULL && i < 3; i++)
    {
      g_autoptr (SrRun) run = sr_run_new (i < 2 ? "backup" : "restore");

      run->started_ns = NOON + i;
      run->ended_ns = NOON + 60 + i;
      run->site = g_strdup (i == 0 ? "shop-7f3a2c" : "bakery-000000");
      run->state = i == 1 ? SR_RUN_FAILED : SR_RUN_DONE;
      run->error = g_strdup (i == 1 ? "The disk was full" : NULL);
      sr_history_finish (history, run, NULL, NULL, i == 0 ? "12 invoices were read" : NULL, &error);
    }
  return error == NULL ? 0 : 1;
}

int
main (int    argc,
      char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "--make-fixture"))
    return make_fixture (argv[2]);
  g_test_init (&argc, &argv, NULL);
  ADD ("/history-db/new", test_new);
  ADD ("/history-db/fixtures", test_fixtures);
  ADD ("/history-db/upgrade", test_upgrade);
  ADD ("/history-db/upgrade-of-nothing", test_upgrade_of_nothing);
  ADD ("/history-db/upgrade-fails", test_upgrade_fails);
  ADD ("/history-db/not-ours", test_not_ours);
  ADD ("/history-db/damaged", test_damaged);
  ADD ("/history-db/set-aside-twice", test_set_aside_twice);
  ADD ("/history-db/check", test_check);
  ADD ("/history-db/damaged-anywhere", test_damaged_anywhere);
  ADD ("/history-db/tables-are-missing", test_tables_are_missing);
  ADD ("/history-db/cut-off", test_cut_off);
  ADD ("/history-db/newer", test_newer);
  ADD ("/history-db/read-only", test_read_only);
  ADD ("/history-db/disk-full", test_disk_full);
  return g_test_run ();
}
