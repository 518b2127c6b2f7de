/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-error.h"
#include "record/sr-sqlite-check.h"
#include "source/sr-sqlite-private.h"
#include "source/sr-sqlite.h"
#include "sr-test-util.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct
{
  char *dir;
  char *path;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->dir = sr_test_mkdir ();
  fixture->path = g_build_filename (fixture->dir, "shop.db", NULL);
  sr_sqlite_set_patience (30000);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  sr_test_rmdir (fixture->dir);
  g_free (fixture->path);
}

static void
run (sqlite3    *db,
     const char *sql)
{
  char *message = NULL;
  int   code = sqlite3_exec (db, sql, NULL, NULL, &message);

  if (code != SQLITE_OK)
    g_error ("%s: %s", sql, message);
}

static sqlite3 *
open_db (const char *path)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 30000);
  run (db, "PRAGMA synchronous = OFF");
  return db;
}

static gint64
ask (sqlite3    *db,
     const char *sql)
{
  sqlite3_stmt *statement = NULL;
  gint64        number;

  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  number = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return number;
}

/* Money moves between two tables; together they always hold 100,000. */
static void
make_accounts (sqlite3 *db)
{
  run (db, "CREATE TABLE cash (id INTEGER PRIMARY KEY, amount INT NOT NULL);"
           "CREATE TABLE bank (id INTEGER PRIMARY KEY, amount INT NOT NULL, note TEXT);"
           "CREATE INDEX bank_amount ON bank (amount);"
           "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
           "  INSERT INTO cash SELECT i, 50 FROM n;"
           "INSERT INTO bank SELECT id, 50, hex (randomblob (200)) FROM cash;");
}

static void
move_money (sqlite3 *db,
            guint    i)
{
  g_autofree char *sql = NULL;

  sql = g_strdup_printf ("BEGIN IMMEDIATE;"
                         "UPDATE cash SET amount = amount - 1 WHERE id = %u;"
                         "UPDATE bank SET amount = amount + 1, note = hex (randomblob (200))"
                         "  WHERE id = %u;"
                         "COMMIT;",
                         i % 1000 + 1, (i * 7) % 1000 + 1);
  run (db, sql);
}

static void
make_database (const char *path,
               const char *journal_mode)
{
  sqlite3         *db = open_db (path);
  g_autofree char *sql = g_strdup_printf ("PRAGMA journal_mode = %s", journal_mode);

  run (db, sql);
  make_accounts (db);
  sqlite3_close (db);
}

static char *
digest (const char *path)
{
  g_autofree char *content = NULL;
  gsize            size;

  if (!g_file_get_contents (path, &content, &size, NULL))
    return g_strdup ("none");
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *) content, size);
}

/* Writes what the copy holds to a file and opens that. */
static sqlite3 *
open_copy (SrSqliteCopy *copy,
           const char   *dir)
{
  g_autofree char *path = g_build_filename (dir, "restored.db", NULL);
  g_autofree char *content = g_malloc (sr_sqlite_copy_get_size (copy));
  gsize            size = sr_sqlite_copy_get_size (copy);

  g_assert_cmpint (read (sr_sqlite_copy_get_fd (copy), content, size), ==, size);
  sr_test_write_file (dir, "restored.db", content, size);
  return open_db (path);
}

/* A copy that has been found sound. */
static SrSqliteCopy *
make_copy (const char   *path,
           const char   *temp_dir,
           GCancellable *cancellable,
           GError      **error)
{
  g_autoptr (SrSqliteCopy) copy = sr_sqlite_copy_new (path, temp_dir, cancellable, error);

  if (copy == NULL || !sr_sqlite_copy_finish (copy, error))
    return NULL;
  g_assert_true (sr_sqlite_copy_finish (copy, error));
  return g_steal_pointer (&copy);
}

static void
assert_copy (Fixture *fixture,
             gint64   moved)
{
  g_autoptr (GError) error = NULL;
  SrSqliteCopy      *copy = make_copy (fixture->path, NULL, NULL, &error);
  sqlite3           *db;

  g_assert_no_error (error);
  g_assert_nonnull (copy);
  db = open_copy (copy, fixture->dir);
  g_assert_cmpint (ask (db, "SELECT count(*) FROM pragma_integrity_check WHERE"
                            " integrity_check = 'ok'"),
                   ==, 1);
  g_assert_cmpint (ask (db, "SELECT (SELECT sum (amount) FROM cash) +"
                            " (SELECT sum (amount) FROM bank)"),
                   ==, 100000);
  if (moved >= 0)
    g_assert_cmpint (ask (db, "SELECT sum (amount) FROM bank"), ==, 50000 + moved);
  sqlite3_close (db);
  sr_sqlite_copy_free (copy);
}

static void
assert_refused (Fixture    *fixture,
                SrErrorCode code,
                const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (make_copy (fixture->path, NULL, NULL, &error));
  g_assert_error (error, SR_ERROR, (int) code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, words));
  g_assert_nonnull (strstr (error->message, "shop.db"));
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  const char *const *left = a;
  const char *const *right = b;

  return strcmp (*left, *right);
}

/* Only @names lie in the folder. */
static void
assert_folder (Fixture    *fixture,
               const char *names)
{
  g_autoptr (GDir)      dir = g_dir_open (fixture->dir, 0, NULL);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  g_autofree char      *joined = NULL;
  const char           *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (found, g_strdup (name));
  g_ptr_array_sort (found, compare_names);
  g_ptr_array_add (found, NULL);
  joined = g_strjoinv (" ", (char **) found->pdata);
  g_assert_cmpstr (joined, ==, names);
}

static void
test_is_database (void)
{
  guint8 head[100] = "SQLite format 3";

  head[16] = 0x10;
  g_assert_true (sr_sqlite_is_database (head, 100));
  g_assert_false (sr_sqlite_is_database (head, 99));
  head[16] = 0;
  head[17] = 1;
  g_assert_true (sr_sqlite_is_database (head, 100));
  head[17] = 2;
  g_assert_false (sr_sqlite_is_database (head, 100));
  head[16] = 0x10;
  g_assert_false (sr_sqlite_is_database (head, 100));
  head[17] = 0;
  head[15] = '.';
  g_assert_false (sr_sqlite_is_database (head, 100));
}

static void
test_plain (Fixture      *fixture,
            gconstpointer data)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  make_database (fixture->path, data);
  before = digest (fixture->path);
  assert_copy (fixture, 0);
  after = digest (fixture->path);
  g_assert_cmpstr (before, ==, after);
}

/* With all that is in the database in one file, the copy is that file. */
static void
test_identical (Fixture      *fixture,
                gconstpointer data)
{
  struct timespec    old[2] = { { 1000000000, 0 }, { 1000000000, 0 } };
  g_autoptr (GError) error = NULL;
  g_autofree char   *content = NULL;
  g_autofree char   *copied = NULL;
  SrSqliteCopy      *copy;
  sqlite3           *db;
  gsize              size;

  make_database (fixture->path, data);
  db = open_db (fixture->path);
  run (db, "CREATE TABLE large AS SELECT randomblob (3000000) AS content");
  sqlite3_close (db);
  g_assert_cmpint (utimensat (AT_FDCWD, fixture->path, old, 0), ==, 0);
  copy = make_copy (fixture->path, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (fixture->path, &content, &size, NULL));
  g_assert_cmpuint (sr_sqlite_copy_get_size (copy), ==, size);
  copied = g_malloc (size);
  g_assert_cmpint (read (sr_sqlite_copy_get_fd (copy), copied, size), ==, size);
  g_assert_true (memcmp (copied, content, size) == 0);
  sr_sqlite_copy_free (copy);
}

/* Nobody has it open: nothing is left beside it. */
static void
test_wal_at_rest (Fixture      *fixture,
                  gconstpointer data)
{
  struct timespec    old[2] = { { 1000000000, 0 }, { 1000000000, 0 } };
  g_autoptr (GError) error = NULL;
  SrSqliteCopy      *copy;

  make_database (fixture->path, "wal");
  g_assert_cmpint (utimensat (AT_FDCWD, fixture->path, old, 0), ==, 0);
  copy = make_copy (fixture->path, NULL, NULL, &error);
  g_assert_no_error (error);
  assert_folder (fixture, "shop.db");
  sr_sqlite_copy_free (copy);
  assert_copy (fixture, 0);
}

/* What a program has committed to the WAL is in the copy, and stays in the WAL. */
static void
test_wal_in_use (Fixture      *fixture,
                 gconstpointer data)
{
  g_autofree char *wal = g_strconcat (fixture->path, "-wal", NULL);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *wal_before = NULL;
  g_autofree char *wal_after = NULL;
  int              status;
  pid_t            child;

  make_database (fixture->path, "wal");
  child = fork ();
  if (child == 0)
    {
      sqlite3 *db = open_db (fixture->path);

      for (guint i = 0; i < 20; i++)
        move_money (db, i);
      _exit (0); /* without closing it, as a crash would */
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  before = digest (fixture->path);
  wal_before = digest (wal);
  g_assert_cmpstr (wal_before, !=, "none");
  assert_copy (fixture, 20);
  after = digest (fixture->path);
  wal_after = digest (wal);
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpstr (wal_before, ==, wal_after);
}

static pid_t
start_writer (const char *path)
{
  int     ready[2];
  char    byte;
  pid_t   child;
  ssize_t n;

  g_assert_cmpint (pipe (ready), ==, 0);
  child = fork ();
  if (child == 0)
    {
      sqlite3 *db = open_db (path);

      for (guint i = 0;; i++)
        {
          move_money (db, i);
          if (i == 10 && write (ready[1], "x", 1) != 1)
            _exit (1);
        }
    }
  close (ready[1]);
  n = read (ready[0], &byte, 1);
  close (ready[0]);
  g_assert_cmpint (n, ==, 1);
  return child;
}

static void
test_busy_writer (Fixture      *fixture,
                  gconstpointer data)
{
  int   status;
  pid_t child;

  make_database (fixture->path, data);
  child = start_writer (fixture->path);
  for (guint i = 0; i < 10; i++)
    assert_copy (fixture, -1);
  kill (child, SIGKILL);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status));
  assert_copy (fixture, -1);
}

/* A child that dies in the middle of a transaction which has reached the file. */
static void
make_hot_journal (const char *path)
{
  int   status;
  pid_t child = fork ();

  if (child == 0)
    {
      sqlite3 *db = open_db (path);

      run (db, "PRAGMA cache_size = 5; BEGIN IMMEDIATE;"
               "UPDATE cash SET amount = amount - 7;"
               "UPDATE bank SET note = hex (randomblob (200));");
      sqlite3_db_cacheflush (db);
      _exit (0);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
}

static void
test_hot_journal (Fixture      *fixture,
                  gconstpointer data)
{
  g_autofree char *journal = g_strconcat (fixture->path, "-journal", NULL);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  make_database (fixture->path, "delete");
  make_hot_journal (fixture->path);
  g_assert_true (g_file_test (journal, G_FILE_TEST_EXISTS));
  before = digest (fixture->path);
  assert_copy (fixture, 0);
  after = digest (fixture->path);
  g_assert_cmpstr (before, ==, after);
  assert_folder (fixture, "restored.db shop.db shop.db-journal");
}

static void
test_locked (Fixture      *fixture,
             gconstpointer data)
{
  int   ready[2];
  char  byte;
  int   status;
  pid_t child;

  make_database (fixture->path, data);
  g_assert_cmpint (pipe (ready), ==, 0);
  child = fork ();
  if (child == 0)
    {
      sqlite3 *db = open_db (fixture->path);

      run (db, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; UPDATE cash SET amount = 1");
      if (write (ready[1], "x", 1) == 1)
        pause ();
      _exit (1);
    }
  g_assert_cmpint (read (ready[0], &byte, 1), ==, 1);
  sr_sqlite_set_patience (100);
  assert_refused (fixture, SR_ERROR_LOCKED, "locked");
  kill (child, SIGKILL);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  close (ready[0]);
  close (ready[1]);
  assert_copy (fixture, 0);
}

static void
test_no_database (Fixture      *fixture,
                  gconstpointer data)
{
  g_autofree char   *content = g_malloc (8192);
  g_autoptr (GError) error = NULL;

  g_assert_null (make_copy (fixture->path, NULL, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
  sr_test_write_file (fixture->dir, "shop.db", "", 0);
  assert_refused (fixture, SR_ERROR_UNSUPPORTED, "empty");
  sr_test_fill_random (1, content, 8192);
  sr_test_write_file (fixture->dir, "shop.db", content, 8192);
  assert_refused (fixture, SR_ERROR_UNSUPPORTED, "encrypted");
  /* the magic, and random bytes behind it */
  memcpy (content, "SQLite format 3\0\x10\0", 18);
  sr_test_write_file (fixture->dir, "shop.db", content, 8192);
  assert_refused (fixture, SR_ERROR_UNSUPPORTED, "encrypted");
}

static void
test_folder (Fixture      *fixture,
             gconstpointer data)
{
  g_assert_cmpint (g_mkdir (fixture->path, 0700), ==, 0);
  assert_refused (fixture, SR_ERROR_UNSUPPORTED, "no regular file");
}

static void
overwrite (const char *path,
           gsize       offset,
           gsize       size)
{
  g_autofree char *content = g_malloc (size);
  int              fd = g_open (path, O_WRONLY | O_CLOEXEC, 0);

  sr_test_fill_random (7, content, size);
  g_assert_cmpint (pwrite (fd, content, size, (off_t) offset), ==, size);
  close (fd);
}

static void
test_damaged (Fixture      *fixture,
              gconstpointer data)
{
  make_database (fixture->path, "delete");
  overwrite (fixture->path, 40960, 4096);
  assert_refused (fixture, SR_ERROR_DAMAGED, "damaged");
}

/* Cut off in the middle: the header still counts all pages. */
static void
test_truncated (Fixture      *fixture,
                gconstpointer data)
{
  make_database (fixture->path, "delete");
  g_assert_cmpint (truncate (fixture->path, 40960), ==, 0);
  assert_refused (fixture, SR_ERROR_DAMAGED, "damaged");
}

/* Sound, but its rows break rules, or follow an order that only its program knows. */
static void
test_strange_but_sound (Fixture      *fixture,
                        gconstpointer data)
{
  sqlite3           *db;
  g_autoptr (GError) error = NULL;
  SrSqliteCopy      *copy;

  make_database (fixture->path, "delete");
  db = open_db (fixture->path);
  run (db, "PRAGMA ignore_check_constraints = ON;"
           "CREATE TABLE t (a INT CHECK (a > 0), b INT, c TEXT);"
           "INSERT INTO t VALUES (-1, NULL, 'x');"
           "PRAGMA writable_schema = ON;"
           "UPDATE sqlite_schema SET sql = 'CREATE TABLE t (a INT CHECK (own (a)), b INT NOT NULL,"
           " c TEXT COLLATE german)' WHERE name = 't';");
  sqlite3_close (db);
  copy = make_copy (fixture->path, NULL, NULL, &error);
  g_assert_no_error (error);
  sr_sqlite_copy_free (copy);
}

static void
test_unknown_order (Fixture      *fixture,
                    gconstpointer data)
{
  sqlite3           *db;
  g_autoptr (GError) error = NULL;
  SrSqliteCopy      *copy;

  make_database (fixture->path, "delete");
  db = open_db (fixture->path);
  run (db, "CREATE TABLE t (a TEXT); CREATE INDEX i ON t (a); INSERT INTO t VALUES ('x'), ('y');"
           "PRAGMA writable_schema = ON;"
           "UPDATE sqlite_schema SET sql = 'CREATE INDEX i ON t (a COLLATE german)'"
           " WHERE name = 'i';");
  sqlite3_close (db);
  copy = make_copy (fixture->path, NULL, NULL, &error);
  g_assert_no_error (error);
  sr_sqlite_copy_free (copy);
  overwrite (fixture->path, 40960, 4096);
  assert_refused (fixture, SR_ERROR_DAMAGED, "damaged");
}

static void
test_page_sizes (Fixture      *fixture,
                 gconstpointer data)
{
  for (guint size = 512; size <= 65536; size *= 2)
    {
      g_autofree char *sql = g_strdup_printf ("PRAGMA page_size = %u", size);
      sqlite3         *db = open_db (fixture->path);

      run (db, sql);
      make_accounts (db);
      sqlite3_close (db);
      assert_copy (fixture, 0);
      g_assert_cmpint (g_remove (fixture->path), ==, 0);
    }
}

/* What is read without locks counts only if nobody came meanwhile. */
static void
test_untouched (Fixture      *fixture,
                gconstpointer data)
{
  g_autofree char   *shm = g_strconcat (fixture->path, "-shm", NULL);
  SrSqliteFile       file = { 0 };
  struct timespec    times[2] = { { 5, 0 }, { 5, 0 } };
  g_autoptr (GError) error = NULL;

  make_database (fixture->path, "wal");
  g_assert_true (sr_sqlite_file_inspect (&file, fixture->path, &error));
  g_assert_true (file.wal_mode);
  g_assert_false (file.has_shm);
  g_assert_cmpuint (file.wal_size, ==, 0);
  g_assert_true (sr_sqlite_file_is_untouched (&file));
  sr_test_write_file (fixture->dir, "shop.db-shm", "x", 1);
  g_assert_false (sr_sqlite_file_is_untouched (&file));
  g_assert_cmpint (g_remove (shm), ==, 0);
  g_assert_true (sr_sqlite_file_is_untouched (&file));
  sr_test_write_file (fixture->dir, "shop.db-wal", "x", 1);
  g_assert_false (sr_sqlite_file_is_untouched (&file));
  sr_test_write_file (fixture->dir, "shop.db-wal", "", 0);
  g_assert_true (sr_sqlite_file_is_untouched (&file));
  g_assert_cmpint (utimensat (AT_FDCWD, fixture->path, times, 0), ==, 0);
  g_assert_false (sr_sqlite_file_is_untouched (&file));
  sr_sqlite_file_clear (&file);
}

static void
test_odd_name (Fixture      *fixture,
               gconstpointer data)
{
  g_free (fixture->path);
  fixture->path = g_build_filename (fixture->dir, "50% \xff?mode=memory&x#y'\"shop.db", NULL);
  make_database (fixture->path, data);
  assert_copy (fixture, 0);
}

static void
test_link (Fixture      *fixture,
           gconstpointer data)
{
  g_autofree char *real = g_build_filename (fixture->dir, "real.db", NULL);

  make_database (real, "wal");
  g_assert_cmpint (symlink ("real.db", fixture->path), ==, 0);
  assert_copy (fixture, 0);
}

static void
test_cancelled (Fixture      *fixture,
                gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError)       error = NULL;

  make_database (fixture->path, "delete");
  g_cancellable_cancel (cancellable);
  g_assert_null (make_copy (fixture->path, NULL, cancellable, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
}

/* Cancelled or thrown away while it is being checked. */
static void
test_not_waited_for (Fixture      *fixture,
                     gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError)       error = NULL;
  SrSqliteCopy            *copy;

  make_database (fixture->path, "delete");
  copy = sr_sqlite_copy_new (fixture->path, NULL, cancellable, &error);
  g_assert_no_error (error);
  sr_sqlite_copy_free (copy);
  copy = sr_sqlite_copy_new (fixture->path, NULL, cancellable, &error);
  g_assert_no_error (error);
  g_cancellable_cancel (cancellable);
  if (!sr_sqlite_copy_finish (copy, &error))
    g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
  sr_sqlite_copy_free (copy);
}

static void
test_temp_dir (Fixture      *fixture,
               gconstpointer data)
{
  g_autofree char   *missing = g_build_filename (fixture->dir, "missing", NULL);
  g_autoptr (GError) error = NULL;
  SrSqliteCopy      *copy;

  make_database (fixture->path, "delete");
  g_assert_null (make_copy (fixture->path, missing, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, missing));
  g_clear_error (&error);
  copy = make_copy (fixture->path, g_get_tmp_dir (), NULL, &error);
  g_assert_no_error (error);
  sr_sqlite_copy_free (copy);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func, data) g_test_add ("/sqlite/" name, Fixture, data, set_up, func, tear_down)
  g_test_add_func ("/sqlite/is-database", test_is_database);
  ADD ("plain", test_plain, "delete");
  ADD ("plain-persist", test_plain, "persist");
  ADD ("plain-wal", test_plain, "wal");
  ADD ("identical", test_identical, "delete");
  ADD ("identical-wal", test_identical, "wal");
  ADD ("wal-at-rest", test_wal_at_rest, NULL);
  ADD ("wal-in-use", test_wal_in_use, NULL);
  ADD ("busy-writer", test_busy_writer, "delete");
  ADD ("busy-writer-wal", test_busy_writer, "wal");
  ADD ("hot-journal", test_hot_journal, NULL);
  ADD ("locked", test_locked, "delete");
  ADD ("locked-wal", test_locked, "wal");
  ADD ("no-database", test_no_database, NULL);
  ADD ("folder", test_folder, NULL);
  ADD ("damaged", test_damaged, NULL);
  ADD ("truncated", test_truncated, NULL);
  ADD ("strange-but-sound", test_strange_but_sound, NULL);
  ADD ("unknown-order", test_unknown_order, NULL);
  ADD ("page-sizes", test_page_sizes, NULL);
  ADD ("untouched", test_untouched, NULL);
  ADD ("odd-name", test_odd_name, "delete");
  ADD ("odd-name-wal", test_odd_name, "wal");
  ADD ("link", test_link, NULL);
  ADD ("cancelled", test_cancelled, NULL);
  ADD ("not-waited-for", test_not_waited_for, NULL);
  ADD ("temp-dir", test_temp_dir, NULL);
#undef ADD
  return g_test_run ();
}
