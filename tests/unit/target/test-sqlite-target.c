/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <gio/gio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "record/sr-json-records.h"
#include "sr-test-sqlite.h"
#include "sr-test-util.h"
#include "target/sr-sqlite-target.h"

#define OLD                                                                                  \
  "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, half AS (id / 2), at DATETIME);"       \
  "CREATE TABLE child (id INTEGER PRIMARY KEY, t INTEGER REFERENCES t);"                     \
  "CREATE TABLE other (a); INSERT INTO other VALUES ('kept');"                               \
  "INSERT INTO t (id, name) VALUES (1, 'one'), (2, 'two'); INSERT INTO child VALUES (1, 1);" \
  "CREATE TRIGGER no BEFORE INSERT ON t BEGIN SELECT RAISE (ABORT, 'ran'); END;"

#define NEW "CREATE TABLE n (a); INSERT INTO n VALUES (5)"

#define VICTIM "--victim"

typedef struct
{
  guint       calls;
  guint       fail_at; /* 0: never */
  const char *failed;
} Faults;

typedef struct
{
  char *dir;
  char *path;
} Fixture;

static gboolean
fail_step (const char *step,
           gpointer    user_data,
           GError    **error)
{
  Faults *faults = user_data;

  faults->calls++;
  if (faults->calls != faults->fail_at)
    return TRUE;
  faults->failed = step;
  g_set_error (error, SR_ERROR, SR_ERROR_FAILED, "made to fail at %s", step);
  return FALSE;
}

static void
fixture_set_up (Fixture      *fixture,
                gconstpointer data)
{
  fixture->dir = sr_test_mkdir ();
  fixture->path = g_build_filename (fixture->dir, "pos.db", NULL);
}

static void
fixture_tear_down (Fixture      *fixture,
                   gconstpointer data)
{
  sr_test_rmdir (fixture->dir);
  g_free (fixture->path);
}

/* A database as a backup holds it. */
static GBytes *
make_backup (Fixture    *fixture,
             const char *sql)
{
  g_autofree char *path = g_build_filename (fixture->dir, "backup.db", NULL);
  char            *bytes = NULL;
  gsize            size = 0;

  sr_test_sqlite_run (path, sql);
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  g_assert_cmpint (unlink (path), ==, 0);
  return g_bytes_new_take (bytes, size);
}

static gboolean
put (SrTarget   *target,
     const char *name,
     GBytes     *content,
     GError    **error)
{
  SrContainerEntry         entry = { .name = (char *) name, .mtime = G_MININT64 };
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (content);

  return sr_target_put_file (target, &entry, stream, NULL, error);
}

static gboolean
run_file (SrTarget *target,
          GBytes   *content,
          GError  **error)
{
  SrTargetPlan          plan = { .replace = TRUE };
  g_autoptr (GPtrArray) counts = NULL;

  return sr_target_begin (target, &plan, NULL, error) &&
         put (target, "database/backup.db", content, error) &&
         (counts = sr_target_verify (target, NULL, error)) != NULL &&
         sr_target_swap (target, NULL, error);
}

/* Columns as the job finds them out for collections that do not tell. */
static SrCollection *
make_collection (const char        *name,
                 const char *const *columns)
{
  SrCollection *collection = sr_collection_new (name);

  for (guint i = 0; columns[i] != NULL; i++)
    sr_collection_add_column (collection, columns[i], SR_COLUMN_UNKNOWN);
  return collection;
}

#define RECORDS                                                                     \
  "{\"t\": [{\"id\": 7, \"NAME\": \"seven\", \"half\": 99, \"at\": 1763615351001}," \
  " {\"id\": 8, \"name\": 12345678901234567890.5, \"at\": null, \"gone\": null}],"  \
  " \"child\": [{\"id\": 3, \"t\": 8}], \"made\": [{\"a\": 0.10, \"b\": [1], \"c\": true}]}"

static gboolean
run_records (SrTarget   *target,
             const char *json,
             gboolean    replace,
             GError    **error)
{
  static const char *const columns[] = { "a", "b", "c", NULL };
  g_autoptr (SrCollection) t = make_collection ("t", columns + 3);
  g_autoptr (SrCollection) child = make_collection ("child", columns + 3);
  g_autoptr (SrCollection) made = make_collection ("made", columns);
  SrTargetTable            tables[] = {
               { .collection = t },
               { .collection = child },
               { .collection = made },
  };
  SrTargetPlan             plan = { tables, G_N_ELEMENTS (tables), .replace = replace };
  g_autoptr (GInputStream) stream =
      g_memory_input_stream_new_from_data (json, (gssize) strlen (json), NULL);
  g_autoptr (SrRecordReader) reader = sr_json_records_new (stream, "x");
  g_autoptr (GPtrArray)      counts = NULL;
  SrCollection              *collection;
  SrRecord                   record;

  if (!sr_target_begin (target, &plan, NULL, error))
    return FALSE;
  while (sr_record_reader_next_collection (reader, &collection, NULL, NULL) > 0)
    {
      if (!sr_target_begin_collection (target, collection, NULL, error))
        return FALSE;
      while (sr_record_reader_next (reader, &record, NULL, NULL) > 0)
        {
          g_assert_true (sr_record_reader_get_fields (reader, &record, NULL));
          if (!sr_target_put_record (target, &record, NULL, error))
            return FALSE;
        }
    }
  counts = sr_target_verify (target, NULL, error);
  return counts != NULL && sr_target_swap (target, NULL, error);
}

static void
assert_query (Fixture    *fixture,
              const char *sql,
              const char *expected)
{
  g_autofree char *found = sr_test_sqlite_query (fixture->path, sql);

  g_assert_cmpstr (found, ==, expected);
}

static guint
count_files (Fixture *fixture)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->dir, 0, NULL);
  guint            n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
test_new (Fixture      *fixture,
          gconstpointer data)
{
  g_autoptr (SrTarget)      target = sr_sqlite_target_new (fixture->path);
  g_autoptr (GBytes)        backup = make_backup (fixture, NEW);
  g_autoptr (SrPreflight)   preflight = sr_preflight_new ();
  g_autoptr (GOutputStream) saved = g_memory_output_stream_new_resizable ();
  g_autoptr (GError)        error = NULL;
  SrTargetPlan              plan = { 0 };
  guint64                   written = 1;

  /* Left by a database that is gone: would be taken for the new one's. */
  sr_test_write_file (fixture->dir, "pos.db-journal", "stale", 5);
  g_assert_true (sr_target_preflight (target, &plan, preflight, NULL, &error));
  g_assert_true (sr_preflight_is_ok (preflight));
  g_assert_true (sr_target_back_up (target, saved, &written, NULL, &error));
  g_assert_cmpuint (written, ==, 0);
  g_assert_true (run_file (target, backup, &error));
  g_assert_no_error (error);
  assert_query (fixture, "SELECT a FROM n", "5");
  g_assert_true (sr_target_undo (target, &error));
  g_assert_true (sr_target_discard (target, &error));
  g_assert_cmpuint (count_files (fixture), ==, 1);
}

static void
test_owner (Fixture      *fixture,
            gconstpointer data)
{
  g_autoptr (SrTarget) target = sr_sqlite_target_new (fixture->path);
  g_autoptr (GBytes)   backup = make_backup (fixture, "CREATE TABLE n (a)");
  g_autoptr (GError)   error = NULL;
  struct stat          before;
  struct stat          after;

  sr_test_sqlite_run (fixture->path, OLD);
  g_assert_cmpint (chmod (fixture->path, 0640), ==, 0);
  if (geteuid () == 0)
    g_assert_cmpint (chown (fixture->path, 12, 34), ==, 0);
  g_assert_cmpint (stat (fixture->path, &before), ==, 0);
  g_assert_true (run_file (target, backup, &error));
  g_assert_no_error (error);
  g_assert_cmpint (stat (fixture->path, &after), ==, 0);
  g_assert_cmpuint (after.st_ino, !=, before.st_ino);
  g_assert_cmpuint (after.st_uid, ==, before.st_uid);
  g_assert_cmpuint (after.st_gid, ==, before.st_gid);
  g_assert_cmpuint (after.st_mode, ==, before.st_mode);
  g_assert_true (sr_target_discard (target, &error));
  g_assert_cmpuint (count_files (fixture), ==, 1);
}

/* What stood in the old one's WAL is in the safety copy, and nothing of it gets into the new
 * one. */
static void
test_wal (Fixture      *fixture,
          gconstpointer data)
{
  g_autoptr (SrTarget) target = sr_sqlite_target_new (fixture->path);
  g_autoptr (GBytes)   backup = make_backup (
        fixture, "PRAGMA journal_mode = WAL; CREATE TABLE n (a); INSERT INTO n VALUES (5)");
  g_autoptr (GOutputStream) saved = g_memory_output_stream_new_resizable ();
  g_autofree char          *live = g_build_filename (fixture->dir, "live.db", NULL);
  g_autofree char          *live_wal = g_build_filename (fixture->dir, "live.db-wal", NULL);
  g_autofree char          *wal = NULL;
  g_autofree char          *bytes = NULL;
  g_autofree char          *copy = g_build_filename (fixture->dir, "copy", NULL);
  g_autofree char          *count = NULL;
  g_autoptr (GError)        error = NULL;
  SrTestSqlite             *open;
  gsize                     size = 0;
  guint64                   written = 0;

  open = sr_test_sqlite_open (
      live, "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;" OLD);
  g_assert_true (g_file_get_contents (live, &bytes, &size, NULL));
  sr_test_write_file (fixture->dir, "pos.db", bytes, size);
  g_assert_true (g_file_get_contents (live_wal, &wal, &size, NULL));
  sr_test_write_file (fixture->dir, "pos.db-wal", wal, size);
  sr_test_write_file (fixture->dir, "pos.db-shm", "stale", 5);
  sr_test_sqlite_close (open);
  g_assert_true (sr_target_back_up (target, saved, &written, NULL, &error));
  g_assert_no_error (error);
  sr_test_write_file (fixture->dir, "copy",
                      g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (saved)), written);
  count = sr_test_sqlite_query (copy, "SELECT count(*) FROM t");
  g_assert_cmpstr (count, ==, "2");
  g_assert_true (run_file (target, backup, &error));
  g_assert_no_error (error);
  assert_query (fixture, "SELECT group_concat(name) FROM sqlite_master", "n");
  g_assert_true (sr_target_undo (target, &error));
  g_assert_no_error (error);
  assert_query (fixture, "SELECT count(*) FROM t", "2");
  g_assert_true (sr_target_discard (target, &error));
}

/* A backup that consists of a database and its WAL. */
static void
test_put_wal (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (SrTarget)    target = sr_sqlite_target_new (fixture->path);
  g_autofree char        *live = g_build_filename (fixture->dir, "live.db", NULL);
  g_autofree char        *live_wal = g_build_filename (fixture->dir, "live.db-wal", NULL);
  g_autoptr (GMappedFile) main_file = NULL;
  g_autoptr (GMappedFile) wal_file = NULL;
  g_autoptr (GBytes)      main_bytes = NULL;
  g_autoptr (GBytes)      wal_bytes = NULL;
  g_autoptr (GPtrArray)   counts = NULL;
  g_autoptr (GError)      error = NULL;
  SrTargetPlan            plan = { .replace = TRUE };
  SrTestSqlite           *open = sr_test_sqlite_open (
                live, "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;" OLD);
  char *text;
  gsize size;

  g_assert_true (g_file_get_contents (live_wal, &text, &size, NULL));
  wal_bytes = g_bytes_new_take (text, size);
  g_assert_true (g_file_get_contents (live, &text, &size, NULL));
  main_bytes = g_bytes_new_take (text, size);
  sr_test_sqlite_close (open);
  g_assert_true (sr_target_begin (target, &plan, NULL, &error));
  g_assert_true (put (target, "live.db-wal", wal_bytes, &error));
  g_assert_true (put (target, "live.db", main_bytes, &error));
  counts = sr_target_verify (target, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (sr_target_swap (target, NULL, &error));
  assert_query (fixture, "SELECT count(*) FROM t", "2");
  g_assert_true (sr_target_discard (target, NULL));
}

static void
test_refused (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (SrTarget) target = sr_sqlite_target_new (fixture->path);
  g_autoptr (GBytes)   backup = make_backup (fixture, "CREATE TABLE n (a)");
  g_autoptr (GBytes)   text = g_bytes_new_static ("no database", 11);
  g_autoptr (GBytes)   cut = g_bytes_new_from_bytes (backup, 0, 4200);
  g_autoptr (GError)   error = NULL;
  SrTargetPlan         plan = { 0 };
  SrTestSqlite        *open;

  sr_test_sqlite_run (fixture->path, OLD);
  g_assert_false (sr_target_begin (target, &plan, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_false (run_file (target, text, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_true (sr_target_discard (target, NULL));
  g_assert_false (run_file (target, cut, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
  g_clear_error (&error);
  g_assert_true (sr_target_discard (target, NULL));
  open = sr_test_sqlite_open (fixture->path, "BEGIN IMMEDIATE");
  g_assert_false (run_file (target, backup, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_LOCKED);
  g_clear_error (&error);
  sr_test_sqlite_close (open);
  g_assert_true (sr_target_discard (target, NULL));
  assert_query (fixture, "SELECT count(*) FROM t", "2");
  g_assert_cmpuint (count_files (fixture), ==, 1);
}

/* What is no database any more is replaced too, and kept with its WAL. */
static void
test_damaged (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (SrTarget) target = sr_sqlite_target_new (fixture->path);
  g_autoptr (GBytes)   backup = make_backup (fixture, NEW);
  g_autofree char     *wal = g_strconcat (fixture->path, "-wal", NULL);
  g_autofree char     *kept = NULL;
  g_autoptr (GError)   error = NULL;

  sr_test_write_file (fixture->dir, "pos.db", "rubbish rubbish", 15);
  sr_test_write_file (fixture->dir, "pos.db-wal", "more", 4);
  g_assert_true (run_file (target, backup, &error));
  g_assert_no_error (error);
  assert_query (fixture, "SELECT a FROM n", "5");
  g_assert_true (sr_target_undo (target, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (wal, &kept, NULL, NULL));
  g_assert_cmpstr (kept, ==, "more");
  g_assert_true (sr_target_discard (target, NULL));
  g_assert_cmpuint (count_files (fixture), ==, 2);
}

static void
test_records (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (SrTarget) target = sr_sqlite_target_new (fixture->path);
  g_autofree char     *sql = g_strdup_printf ("PRAGMA journal_mode = %s;" OLD, (const char *) data);
  g_autoptr (GError)   error = NULL;

  sr_test_sqlite_run (fixture->path, sql);
  g_assert_true (run_records (target, RECORDS, TRUE, &error));
  g_assert_no_error (error);
  assert_query (fixture, "SELECT group_concat(id || '=' || name || '=' || half) FROM t",
                "7=seven=3,8=12345678901234567890.5=4");
  assert_query (fixture, "SELECT at || typeof(at) FROM t WHERE id = 7", "1763615351001integer");
  assert_query (fixture, "SELECT a || typeof(a) || b || c FROM made", "0.1real[1]1");
  assert_query (fixture, "SELECT a FROM other", "kept");
  assert_query (fixture, "PRAGMA journal_mode", data);
  assert_query (fixture, "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'", "1");
  g_assert_true (sr_target_undo (target, &error));
  g_assert_no_error (error);
  assert_query (fixture, "SELECT group_concat(name) FROM t", "one,two");
  g_assert_true (sr_target_discard (target, NULL));
}

static void
test_bad_records (Fixture      *fixture,
                  gconstpointer data)
{
  static const struct
  {
    const char *json;
    const char *words;
  } cases[] = {
    { "{\"t\": [{\"id\": 1}, {\"id\": 1}]}", "Record 2 of “t” (1): SQLite: UNIQUE" },
    { "{\"t\": [{\"id\": 1, \"lost\": 5}]}", "no column “lost”" },
    { "{\"child\": [{\"id\": 1, \"t\": 50}]}", "one of “child” (row 1) to “t”" },
    { "{\"t\": [{\"name\": 1, \"NAME\": 5}]}", "same column" },
    { "{\"unknown\": []}", "not part of the restore" },
  };
  g_autofree char *before = NULL;
  gsize            before_size = 0;

  sr_test_sqlite_run (fixture->path, OLD);
  g_assert_true (g_file_get_contents (fixture->path, &before, &before_size, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SrTarget) target = sr_sqlite_target_new (fixture->path);
      g_autofree char     *after = NULL;
      gsize                after_size = 0;
      g_autoptr (GError)   error = NULL;

      g_assert_false (run_records (target, cases[i].json, TRUE, &error));
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, cases[i].words));
      g_clear_object (&target);
      g_assert_true (g_file_get_contents (fixture->path, &after, &after_size, NULL));
      g_assert_cmpmem (after, after_size, before, before_size);
      g_assert_cmpuint (count_files (fixture), ==, 1);
    }
  {
    g_autoptr (SrTarget) target = sr_sqlite_target_new (fixture->path);
    g_autoptr (GError)   error = NULL;

    g_assert_false (run_records (target, RECORDS, FALSE, &error));
    g_assert_error (error, SR_ERROR, SR_ERROR_EXISTS);
  }
}

/* Every step is made to fail in turn: byte for byte what it was. */
static void
test_every_step (Fixture      *fixture,
                 gconstpointer data)
{
  gboolean           records = data != NULL;
  g_autoptr (GBytes) backup = make_backup (fixture, "CREATE TABLE n (a)");
  g_autofree char   *before = NULL;
  gsize              before_size = 0;
  gboolean           passed = FALSE;
  guint              n = 0;

  sr_test_sqlite_run (fixture->path, OLD);
  g_assert_true (g_file_get_contents (fixture->path, &before, &before_size, NULL));
  while (!passed)
    {
      g_autoptr (SrTarget) target = sr_sqlite_target_new (fixture->path);
      g_autofree char     *after = NULL;
      gsize                after_size = 0;
      g_autoptr (GError)   error = NULL;
      Faults               faults = { 0, ++n, NULL };

      sr_target_set_fault_func (target, fail_step, &faults);
      passed = (records ? run_records (target, RECORDS, TRUE, &error)
                        : run_file (target, backup, &error)) &&
               sr_target_undo (target, &error) && sr_target_discard (target, &error);
      g_assert_true (passed == (faults.failed == NULL));
      sr_target_set_fault_func (target, NULL, NULL);
      if (!passed && strstr (faults.failed, "-back") != NULL)
        {
          g_clear_error (&error);
          g_assert_true (sr_target_undo (target, &error));
          g_assert_no_error (error);
        }
      g_assert_true (sr_target_discard (target, NULL));
      g_assert_true (g_file_get_contents (fixture->path, &after, &after_size, NULL));
      g_assert_cmpmem (after, after_size, before, before_size);
      g_assert_cmpuint (count_files (fixture), ==, 1);
    }
  g_assert_cmpuint (n, >, 12);
}

static gboolean
die_at_step (const char *step,
             gpointer    user_data,
             GError    **error)
{
  Faults *faults = user_data;

  if (++faults->calls == faults->fail_at)
    kill (getpid (), SIGKILL);
  return TRUE;
}

/* The program's other face: restores as a verb does, and dies at a step if it comes to it.
 * @arguments: what, step, database, backup */
static int
be_victim (char **arguments)
{
  g_autoptr (SrTarget) target = sr_sqlite_target_new (arguments[2]);
  g_autoptr (GBytes)   backup = NULL;
  g_autoptr (GError)   error = NULL;
  Faults               faults = { 0 };
  char                *bytes = NULL;
  gsize                size = 0;

  faults.fail_at = (guint) g_ascii_strtoull (arguments[1], NULL, 10);
  if (!g_file_get_contents (arguments[3], &bytes, &size, &error))
    return 2;
  backup = g_bytes_new_take (bytes, size);
  sr_target_set_fault_func (target, die_at_step, &faults);
  if ((strcmp (arguments[0], "records") == 0 ? run_records (target, RECORDS, TRUE, &error)
                                             : run_file (target, backup, &error)) &&
      sr_target_discard (target, &error))
    return 0;
  g_printerr ("%s\n", error->message);
  return 1;
}

/* In a process of its own. Returns: whether it came to the step */
static gboolean
restore_and_die (Fixture    *fixture,
                 const char *what,
                 guint       at,
                 const char *backup)
{
  g_autofree char        *step = g_strdup_printf ("%u", at);
  g_autoptr (GError)      error = NULL;
  g_autoptr (GSubprocess) victim =
      g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, "/proc/self/exe", VICTIM, what, step,
                        fixture->path, backup, NULL);

  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait (victim, NULL, &error));
  if (!g_subprocess_get_if_exited (victim))
    {
      g_assert_cmpint (g_subprocess_get_term_sig (victim), ==, SIGKILL);
      return TRUE;
    }
  g_assert_cmpint (g_subprocess_get_exit_status (victim), ==, 0);
  return FALSE;
}

/* Returns: whether it is the old one; or else it is the new one */
static gboolean
is_old (const char *path)
{
  g_autofree char *check = sr_test_sqlite_query (path, "PRAGMA integrity_check");
  g_autofree char *names = sr_test_sqlite_query (
      path, "SELECT group_concat(name) FROM sqlite_master WHERE name <> 'no'");
  gboolean old = strcmp (names, "t,child,other") == 0;

  g_assert_cmpstr (check, ==, "ok");
  if (old)
    {
      g_autofree char *found = sr_test_sqlite_query (path, "SELECT count(*) FROM t WHERE id = 2");
      g_autofree char *kept = sr_test_sqlite_query (path, "SELECT a FROM other");

      old = strcmp (found, "1") == 0;
      g_assert_cmpstr (kept, ==, "kept");
    }
  else
    g_assert_true (strcmp (names, "n") == 0 || strcmp (names, "t,child,other,made") == 0);
  return old;
}

/* What the next run does before its own work, and what it tells. Returns: (transfer full)
 * (nullable): the name of what it leaves, since it may be what stood there */
static char *
recover (Fixture *fixture)
{
  g_autoptr (SrTarget)    target = sr_sqlite_target_new (fixture->path);
  g_autoptr (SrPreflight) preflight = sr_preflight_new ();
  g_autoptr (GError)      error = NULL;
  g_autoptr (GDir)        dir = NULL;
  SrTargetPlan            plan = { .replace = TRUE };
  guint                   n_told = 0;
  char                   *left = NULL;
  const char             *name;

  g_assert_true (sr_target_preflight (target, &plan, preflight, NULL, &error));
  g_assert_true (sr_preflight_is_ok (preflight));
  g_assert_true (sr_target_begin (target, &plan, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (sr_target_discard (target, &error));
  dir = g_dir_open (fixture->dir, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (strcmp (name, "pos.db") != 0)
      {
        g_assert_null (left);
        left = g_strdup (name);
      }
  for (guint i = 0; i < preflight->rows->len; i++)
    {
      const SrPreflightRow *row = g_ptr_array_index (preflight->rows, i);

      if (strcmp (row->title, "Left over") != 0)
        continue;
      n_told++;
      g_assert_nonnull (left);
      g_assert_nonnull (strstr (row->sentence, left));
    }
  g_assert_cmpuint (n_told, ==, left != NULL ? 1 : 0);
  return left;
}

/* Killed at every step: the one or the other is there whole, what was only staged goes with the
 * next run, and what was replaced is never lost. */
static void
test_kill_every_step (Fixture      *fixture,
                      gconstpointer data)
{
  g_autoptr (GBytes) content = make_backup (fixture, NEW);
  char              *folder = sr_test_mkdir ();
  g_autofree char   *backup = g_build_filename (folder, "backup.db", NULL);
  guint              n_old = 0;
  guint              n_new = 0;
  guint              n_cleaned = 0;
  guint              n = 0;
  gboolean           died = TRUE;

  sr_test_write_file (folder, "backup.db", g_bytes_get_data (content, NULL),
                      g_bytes_get_size (content));
  while (died)
    {
      g_autofree char *left = NULL;
      gboolean         old;

      (void) unlink (fixture->path);
      sr_test_sqlite_run (fixture->path, OLD);
      died = restore_and_die (fixture, data, ++n, backup);
      old = is_old (fixture->path);
      g_assert_true (old || n_old > 0);
      n_old += old;
      n_new += died && !old;
      n_cleaned += count_files (fixture) > 1;
      left = recover (fixture);
      n_cleaned -= left != NULL;
      if (!died || left == NULL)
        {
          g_assert_true (died ? old : !old);
          continue;
        }
      {
        g_autofree char *path = g_build_filename (fixture->dir, left, NULL);

        g_assert_true (is_old (path) != old);
        g_assert_cmpint (unlink (path), ==, 0);
      }
    }
  g_assert_cmpuint (n_old, >, 6);
  g_assert_cmpuint (n_new, >=, 2);
  g_assert_cmpuint (n_cleaned, >, 2);
  sr_test_rmdir (folder);
}

int
main (int   argc,
      char *argv[])
{
  if (argc == 6 && strcmp (argv[1], VICTIM) == 0)
    return be_victim (argv + 2);
  g_test_init (&argc, &argv, NULL);
#define ADD(path, data, func) \
  g_test_add (path, Fixture, data, fixture_set_up, func, fixture_tear_down)
  ADD ("/sqlite-target/new", NULL, test_new);
  ADD ("/sqlite-target/owner", NULL, test_owner);
  ADD ("/sqlite-target/wal", NULL, test_wal);
  ADD ("/sqlite-target/put-wal", NULL, test_put_wal);
  ADD ("/sqlite-target/refused", NULL, test_refused);
  ADD ("/sqlite-target/damaged", NULL, test_damaged);
  ADD ("/sqlite-target/records/delete", "delete", test_records);
  ADD ("/sqlite-target/records/wal", "wal", test_records);
  ADD ("/sqlite-target/bad-records", NULL, test_bad_records);
  ADD ("/sqlite-target/every-step/file", NULL, test_every_step);
  ADD ("/sqlite-target/every-step/records", "records", test_every_step);
  ADD ("/sqlite-target/kill-every-step/file", "file", test_kill_every_step);
  ADD ("/sqlite-target/kill-every-step/records", "records", test_kill_every_step);
  return g_test_run ();
}
