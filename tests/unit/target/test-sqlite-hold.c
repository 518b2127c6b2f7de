/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "sr-test-sqlite.h"
#include "sr-test-util.h"
#include "target/sr-sqlite-hold.h"

static gboolean
append (gconstpointer data,
        gsize         size,
        gpointer      user_data,
        GError      **error)
{
  g_byte_array_append (user_data, data, (guint) size);
  return TRUE;
}

static void
assert_whole (SrSqliteHold *hold,
              const char   *dir,
              const char   *count)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char       *copy = g_build_filename (dir, "copy", NULL);
  g_autofree char       *found = NULL;
  g_autoptr (GError)     error = NULL;

  g_assert_true (sr_sqlite_hold_read (hold, append, bytes, NULL, &error));
  g_assert_no_error (error);
  sr_test_write_file (dir, "copy", bytes->data, bytes->len);
  found = sr_test_sqlite_query (copy, "SELECT count(*) FROM t");
  g_assert_cmpstr (found, ==, count);
}

/* Nobody else gets in, and what is read is all there is, a WAL included. */
static void
test_locks (gconstpointer data)
{
  const char        *mode = data;
  char              *dir = sr_test_mkdir ();
  g_autofree char   *path = g_build_filename (dir, "db", NULL);
  g_autofree char   *sql = g_strdup_printf ("PRAGMA journal_mode = %s; CREATE TABLE t (a);"
                                              "INSERT INTO t VALUES (1), (2)",
                                            mode);
  g_autoptr (GError) error = NULL;

  sr_test_sqlite_run (path, sql);
  {
    g_autoptr (SrSqliteHold) hold = sr_sqlite_hold_new (path, &error);
    g_autoptr (SrSqliteHold) second = NULL;

    g_assert_no_error (error);
    g_assert_false (sr_sqlite_hold_is_damaged (hold));
    assert_whole (hold, dir, "2");
    second = sr_sqlite_hold_new (path, &error);
    g_assert_null (second);
    g_assert_error (error, SR_ERROR, SR_ERROR_LOCKED);
    g_clear_error (&error);
  }
  sr_test_sqlite_run (path, "INSERT INTO t VALUES (3)");
  sr_test_rmdir (dir);
}

/* What was committed only in the WAL is in the file once it is held. */
static void
test_leftover (void)
{
  char                    *dir = sr_test_mkdir ();
  g_autofree char         *path = g_build_filename (dir, "db", NULL);
  g_autofree char         *wal = g_build_filename (dir, "db-wal", NULL);
  g_autofree char         *crashed = g_build_filename (dir, "crashed", NULL);
  g_autofree char         *bytes = NULL;
  gsize                    size = 0;
  g_autoptr (GError)       error = NULL;
  g_autoptr (SrSqliteHold) hold = NULL;
  SrTestSqlite            *open = sr_test_sqlite_open (
                 path, "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;"
                                  "CREATE TABLE t (a);"
                                  "INSERT INTO t VALUES (1), (2)");

  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  sr_test_write_file (dir, "crashed", bytes, size);
  g_clear_pointer (&bytes, g_free);
  g_assert_true (g_file_get_contents (wal, &bytes, &size, NULL));
  g_assert_cmpuint (size, >, 0);
  sr_test_write_file (dir, "crashed-wal", bytes, size);
  sr_test_sqlite_close (open);
  hold = sr_sqlite_hold_new (crashed, &error);
  g_assert_no_error (error);
  assert_whole (hold, dir, "2");
  sr_test_rmdir (dir);
}

/* When the hold ends its name may be another file's: nothing beside it is touched. */
static void
test_end (gconstpointer data)
{
  const char        *mode = data;
  static const char *endings[] = { "db", "db-wal", "db-journal", "db-shm" };
  char              *dir = sr_test_mkdir ();
  g_autofree char   *path = g_build_filename (dir, "db", NULL);
  g_autofree char   *sql =
      g_strconcat ("PRAGMA journal_mode = ", mode, "; CREATE TABLE t (a)", NULL);
  g_autoptr (SrSqliteHold) hold = NULL;
  g_autoptr (GError)       error = NULL;

  sr_test_sqlite_run (path, sql);
  hold = sr_sqlite_hold_new (path, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *name = g_build_filename (dir, endings[i], NULL);

      unlink (name);
      sr_test_write_file (dir, endings[i], "another's", 9);
    }
  g_clear_pointer (&hold, sr_sqlite_hold_free);
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *name = g_build_filename (dir, endings[i], NULL);
      g_autofree char *content = NULL;

      g_assert_true (g_file_get_contents (name, &content, NULL, NULL));
      g_assert_cmpstr (content, ==, "another's");
    }
  sr_test_rmdir (dir);
}

/* One that only keeps it open holds no lock in rollback mode, but is seen. */
static void
test_other_process (void)
{
  char                    *dir = sr_test_mkdir ();
  g_autofree char         *path = g_build_filename (dir, "db", NULL);
  g_autofree char         *words = NULL;
  g_autoptr (SrSqliteHold) hold = NULL;
  g_autoptr (GError)       error = NULL;
  int                      pipes[2];
  char                     byte;
  pid_t                    child;

  sr_test_sqlite_run (path, "CREATE TABLE t (a)");
  g_assert_cmpint (pipe (pipes), ==, 0);
  child = fork ();
  if (child == 0)
    {
      sr_test_sqlite_open (path, "SELECT * FROM t");
      (void) !write (pipes[1], "x", 1);
      pause ();
      _exit (0);
    }
  g_assert_cmpint (read (pipes[0], &byte, 1), ==, 1);
  hold = sr_sqlite_hold_new (path, &error);
  g_assert_null (hold);
  g_assert_error (error, SR_ERROR, SR_ERROR_LOCKED);
  words = g_strdup_printf ("(process %d)", (int) child);
  g_assert_nonnull (strstr (error->message, words));
  kill (child, SIGKILL);
  waitpid (child, NULL, 0);
  close (pipes[0]);
  close (pipes[1]);
  sr_test_rmdir (dir);
}

static void
test_damaged (void)
{
  char                    *dir = sr_test_mkdir ();
  g_autofree char         *path = g_build_filename (dir, "db", NULL);
  g_autoptr (SrSqliteHold) hold = NULL;
  g_autoptr (GByteArray)   bytes = g_byte_array_new ();
  g_autoptr (GError)       error = NULL;
  char                     text[4096];

  memset (text, 'x', sizeof text);
  sr_test_write_file (dir, "db", text, sizeof text);
  hold = sr_sqlite_hold_new (path, &error);
  g_assert_no_error (error);
  g_assert_true (sr_sqlite_hold_is_damaged (hold));
  g_assert_true (sr_sqlite_hold_read (hold, append, bytes, NULL, &error));
  g_assert_cmpmem (bytes->data, bytes->len, text, sizeof text);
  sr_test_rmdir (dir);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/sqlite-hold/locks/wal", "WAL", test_locks);
  g_test_add_data_func ("/sqlite-hold/locks/delete", "DELETE", test_locks);
  g_test_add_data_func ("/sqlite-hold/locks/persist", "PERSIST", test_locks);
  g_test_add_func ("/sqlite-hold/leftover", test_leftover);
  g_test_add_data_func ("/sqlite-hold/end/wal", "WAL", test_end);
  g_test_add_data_func ("/sqlite-hold/end/delete", "DELETE", test_end);
  g_test_add_data_func ("/sqlite-hold/end/truncate", "TRUNCATE", test_end);
  g_test_add_func ("/sqlite-hold/other-process", test_other_process);
  g_test_add_func ("/sqlite-hold/damaged", test_damaged);
  return g_test_run ();
}
