/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* Restores into a real server; run by with-mariadb. */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "record/sr-sql-records.h"
#include "sr-test-mariadb.h"
#include "target/sr-target.h"
#include "sr-test-util.h"

#define VICTIM "--victim"

static const char SHOP[] =
    "SET NAMES utf8mb4;"
    "CREATE TABLE customers (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(40) NOT NULL,"
    " seen TIMESTAMP(3) NULL, UNIQUE KEY by_name (name));"
    "CREATE TABLE bills (id INT AUTO_INCREMENT PRIMARY KEY, customer INT, total DECIMAL(12,2),"
    " tax DECIMAL(12,2) GENERATED ALWAYS AS (total / 5) STORED,"
    " CONSTRAINT of_customer FOREIGN KEY (customer) REFERENCES customers (id) ON DELETE CASCADE,"
    " FOREIGN KEY (customer) REFERENCES customers (id));"
    "CREATE TABLE notes (id INT PRIMARY KEY, customer INT, KEY (customer), CONSTRAINT noted FOREIGN"
    " KEY (customer) REFERENCES customers (id) ON UPDATE CASCADE);"
    "CREATE TABLE log (n INT AUTO_INCREMENT PRIMARY KEY, what VARCHAR(90));"
    "CREATE VIEW dues AS SELECT name, SUM(total) AS due FROM customers JOIN bills ON"
    " bills.customer = customers.id GROUP BY name;"
    "CREATE TRIGGER first BEFORE INSERT ON bills FOR EACH ROW SET NEW.total = ABS(NEW.total);"
    "CREATE TRIGGER after_it BEFORE INSERT ON bills FOR EACH ROW SET NEW.customer ="
    " IFNULL(NEW.customer, 1);"
    "CREATE TRIGGER told AFTER DELETE ON customers FOR EACH ROW INSERT INTO log (what) VALUES"
    " (CONCAT('gone: é ', OLD.name));"
    "CREATE PROCEDURE forget (who INT) DELETE FROM customers WHERE id = who;"
    "INSERT INTO customers VALUES (0+1, 'Ana', '2026-11-20 05:13:38.250'), (2, 'O''Neil \\\\ \\n',"
    " NULL), (3, 'Zoë 😀', '2026-03-01 00:00:00');"
    "INSERT INTO bills (customer, total) VALUES (1, 10.00), (1, 0.10), (2, -7.25);"
    "INSERT INTO notes VALUES (1, 1), (2, 3);";

static const char CHANGES[] = "DELETE FROM bills WHERE total < 5; INSERT INTO customers VALUES"
                              " (9, 'New', NULL); UPDATE customers SET name = 'Anna' WHERE id = 1;"
                              " INSERT INTO log (what) VALUES ('changed')";

/* A column of each type, with what is at the edges of it. */
static const char TYPES[] =
    "SET NAMES utf8mb4, sql_mode = 'NO_AUTO_VALUE_ON_ZERO';"
    "CREATE TABLE kinds (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, t TINYINT, s SMALLINT"
    " UNSIGNED, m MEDIUMINT, i INT ZEROFILL, d DECIMAL(65,30), f FLOAT, g DOUBLE, b1 BIT(1),"
    " b BIT(64), da DATE, dt DATETIME(6), dz DATETIME, ts TIMESTAMP(6) NULL, ti TIME(3), y YEAR,"
    " c CHAR(5), v VARCHAR(50) CHARACTER SET latin1, bi BINARY(4), vb VARBINARY(9), bl LONGBLOB,"
    " tx LONGTEXT, e ENUM('a','b''c','é'), st SET('x','y','z'), j JSON, p POINT, u UUID, n INET6,"
    " gv INT AS (t + 1) VIRTUAL, gs INT AS (t * 2) PERSISTENT, KEY (gs), FULLTEXT (tx),"
    " CHECK (t <> 99)) COMMENT='it''s; -- a \\\\ comment';"
    "INSERT INTO kinds (id, t, s, m, i, d, f, g, b1, b, da, dt, dz, ts, ti, y, c, v, bi, vb, bl, "
    "tx,"
    " e, st, j, p, u, n) VALUES (0, -128, 65535, -8388608, 7,"
    " '12345678901234567890123456789012345.123456789012345678901234567890', 0.1,"
    " 1.7976931348623157e308, b'1', ~0, '0000-00-00', '9999-12-31 23:59:59.999999',"
    " '0000-00-00 00:00:00', '2026-03-29 01:30:00.000001', '-838:59:59.999', 1901, 'ab', 'é\\\\',"
    " x'00FF27', x'00275C0A1A', x'000102FF5C27', CONCAT('a\\0b\\r\\n\\Z''\"\\\\%_', '😀'), 'é', "
    "'x,z',"
    " '{\"a\": [1, \"\\\\u00e9\"]}', POINT(1.5, -2), UUID(), '::1'),"
    " (18446744073709551614, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "
    "NULL,"
    " NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),"
    " (3, 1, 0, 0, 0, 0.1, 1e-30, 5e-324, b'0', 0, '2024-02-29', '1000-01-01', '2026-11-20 "
    "05:13:38',"
    " NULL, '00:00:00', 2155, '', '', '', '', '', '', 'a', '', '[]', NULL, NULL, NULL);"
    "CREATE TABLE parts (n INT, y INT) PARTITION BY RANGE (y) (PARTITION p0 VALUES LESS THAN (10),"
    " PARTITION p1 VALUES LESS THAN MAXVALUE); INSERT INTO parts VALUES (1, 1), (2, 20);"
    "CREATE TABLE lists (n INT, c CHAR(1)) PARTITION BY LIST COLUMNS (c) (PARTITION a VALUES IN"
    " ('x', 'y'), PARTITION b DEFAULT); INSERT INTO lists VALUES (1, 'x'), (2, 'z');"
    "CREATE TABLE many (n INT PRIMARY KEY, t VARCHAR(300), w TIMESTAMP DEFAULT CURRENT_TIMESTAMP);"
    "INSERT INTO many SELECT seq, CONCAT(seq, REPEAT(CHAR(64 + seq % 50), seq % 300)), "
    "'2026-01-01' +"
    " INTERVAL seq MINUTE FROM seq_1_to_10000";

typedef enum
{
  FAIL, /* the step fails */
  CUT,  /* the connection is cut before the step */
  DIE,  /* the process is killed before the step */
} Harm;

typedef struct
{
  Harm  harm;
  guint at; /* which step, from 1; 0: none */
  guint n;
  guint n_records;
  char  last[40];
} Fault;

static void
cut_connections (void)
{
  g_autofree char *sql = g_strdup_printf (
      "SELECT GROUP_CONCAT(CONCAT('KILL ', id) SEPARATOR ';') FROM information_schema.processlist "
      "WHERE id <> CONNECTION_ID() AND user <> 'system user'");
  g_autofree char *kills = sr_test_mariadb_run (sql);

  if (!g_str_has_prefix (kills, "NULL"))
    g_free (sr_test_mariadb_run (kills));
}

static gboolean
do_harm (const char *step,
         gpointer    data,
         GError    **error)
{
  Fault *fault = data;

  /* One record is as good as another. */
  if (strcmp (step, "put record") == 0 && fault->n_records++ != 3)
    return TRUE;
  fault->n++;
  g_strlcpy (fault->last, step, sizeof fault->last);
  if (fault->n != fault->at)
    return TRUE;
  if (fault->harm == DIE)
    kill (getpid (), SIGKILL);
  if (fault->harm == CUT)
    cut_connections ();
  if (fault->harm != FAIL)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_IO, "made to fail");
  return FALSE;
}

static SrTarget *
open_target (const char *user)
{
  g_autofree char     *location = sr_test_mariadb_location (user);
  g_autoptr (SrSecret) password = sr_test_mariadb_password ();
  g_autoptr (GError)   error = NULL;
  SrTarget            *target = sr_target_open (location, password, &error);

  g_assert_no_error (error);
  return target;
}

/* What a dump holds, for a plan. @only: (nullable): names of tables, parted by commas */
static SrTargetTable *
plan_tables (const SrSqlOutline *outline,
             const char         *only,
             guint              *n_tables)
{
  SrTargetTable *tables = g_new0 (SrTargetTable, outline->collections->len);
  g_auto (GStrv) names = only != NULL ? g_strsplit (only, ",", -1) : NULL;

  *n_tables = 0;
  for (guint i = 0; i < outline->collections->len; i++)
    {
      const SrCollection *collection = g_ptr_array_index (outline->collections, i);

      if (names == NULL || g_strv_contains ((const char *const *) names, collection->name))
        tables[(*n_tables)++] =
            (SrTargetTable){ .collection = collection, .n_records = -1 };
    }
  return tables;
}

static gboolean
put_all (SrTarget            *target,
         SrRecordReader      *reader,
         const SrTargetTable *tables,
         guint                n_tables,
         GError             **error)
{
  SrCollection *collection;
  int           more;

  while ((more = sr_record_reader_next_collection (reader, &collection, NULL, error)) > 0)
    {
      SrRecord record;
      gboolean wanted = FALSE;

      for (guint i = 0; i < n_tables; i++)
        wanted = wanted || strcmp (tables[i].collection->name, collection->name) == 0;
      if (!wanted)
        continue;
      if (!sr_target_begin_collection (target, collection, NULL, error))
        return FALSE;
      while ((more = sr_record_reader_next (reader, &record, NULL, error)) > 0)
        if (!sr_record_reader_get_fields (reader, &record, error) ||
            !sr_target_put_record (target, &record, NULL, error))
          return FALSE;
      if (more < 0)
        return FALSE;
    }
  return more == 0;
}

static GInputStream *
stream_over (const char *data,
             gsize       size)
{
  return g_memory_input_stream_new_from_data (data, (gssize) size, NULL);
}

/* What the last restore said before it began, a sentence a line. */
static char *said;

/* Everything up to the swap, and with it. */
static gboolean
restore (SrTarget    *target,
         const char  *dump,
         gsize        size,
         SrSqlDialect dialect,
         const char  *only,
         GError     **error)
{
  g_autoptr (GInputStream)   first = stream_over (dump, size);
  g_autoptr (GInputStream)   second = stream_over (dump, size);
  g_autoptr (SrSqlOutline)   outline = sr_sql_prescan (first, dialect, NULL, error);
  g_autoptr (SrRecordReader) reader = sr_sql_records_new (second, dialect);
  g_autoptr (SrPreflight)    preflight = sr_preflight_new ();
  g_autoptr (GOutputStream)  saved = g_memory_output_stream_new_resizable ();
  g_autoptr (GPtrArray)      counts = NULL;
  g_autofree SrTargetTable  *tables = NULL;
  SrTargetPlan               plan = { .replace = TRUE };
  g_autoptr (GString)        text = g_string_new (NULL);
  guint64                    written;

  g_assert_nonnull (outline);
  sr_sql_records_set_outline (SR_SQL_RECORDS (reader), outline);
  tables = plan_tables (outline, only, &plan.n_tables);
  plan.tables = tables;
  if (!sr_target_preflight (target, &plan, preflight, NULL, error))
    return FALSE;
  for (guint i = 0; i < preflight->rows->len; i++)
    {
      const SrPreflightRow *row = g_ptr_array_index (preflight->rows, i);

      g_test_message ("%s%s: %s", row->ok ? "" : "NOT OK ", row->title, row->sentence);
      g_string_append_printf (text, "%s%s\n", row->ok ? "" : "NOT OK ", row->sentence);
    }
  g_free (said);
  said = g_string_free (g_steal_pointer (&text), FALSE);
  if (!sr_target_back_up (target, saved, &written, NULL, error) ||
      !sr_target_begin (target, &plan, NULL, error) ||
      !put_all (target, reader, tables, plan.n_tables, error))
    return FALSE;
  g_assert_true (sr_preflight_is_ok (preflight));
  counts = sr_target_verify (target, NULL, error);
  return counts != NULL && sr_target_swap (target, NULL, error);
}

static void
run (const char *sql)
{
  g_free (sr_test_mariadb_run (sql));
}

static void
assert_answer (const char *sql,
               const char *expected)
{
  g_autofree char *answer = sr_test_mariadb_run (sql);

  g_strchomp (answer);
  g_assert_cmpstr (answer, ==, expected);
}

/* Tells where texts differ, for they are long. */
static void
assert_same (const char *context,
             const char *found,
             const char *expected)
{
  gsize at = 0;

  if (strcmp (found, expected) == 0)
    return;
  while (found[at] == expected[at])
    at++;
  while (at > 0 && found[at - 1] != '\n')
    at--;
  g_error ("%s: found “%.300s”, not “%.300s”", context, found + at, expected + at);
}

/* @user: of the variables. Sets up the shop, and gives a dump of it; then changes it. */
static char *
set_up (const char *user)
{
  char *dump;

  sr_test_mariadb_clear ();
  run (SHOP);
  if (strcmp (user, "PLAIN_USER") == 0)
    {
      run ("DROP TRIGGER first; DROP TRIGGER after_it; DROP TRIGGER told");
    }
  dump = sr_test_mariadb_dump ();
  run (CHANGES);
  return dump;
}

/* Without what is no table's: comments and settings. */
static void
test_whole (gconstpointer data)
{
  const char          *user = data;
  g_autofree char     *dump = set_up (user);
  g_autofree char     *before = sr_test_mariadb_state ();
  g_autofree char     *after = NULL;
  g_autofree char     *undone = NULL;
  g_autoptr (SrTarget) target = open_target (sr_test_mariadb_get (user));
  g_autoptr (GError)   error = NULL;

  restore (target, dump, strlen (dump), SR_SQL_MYSQL, NULL, &error);
  g_assert_no_error (error);
  after = sr_test_mariadb_dump ();
  if (strcmp (user, "USER") == 0)
    assert_same ("restored", after, dump);
  assert_answer ("SELECT due FROM dues WHERE name = 'Ana'", "10.10");
  sr_target_undo (target, &error);
  g_assert_no_error (error);
  sr_target_discard (target, &error);
  g_assert_no_error (error);
  undone = sr_test_mariadb_state ();
  assert_same ("undone", undone, before);
}

/* Foreign keys of tables that stay lead to the restored ones. */
static void
test_some (gconstpointer data)
{
  const char          *user = data;
  g_autofree char     *dump = set_up (user);
  g_autofree char     *before = sr_test_mariadb_state ();
  g_autofree char     *undone = NULL;
  g_autoptr (SrTarget) target = open_target (sr_test_mariadb_get (user));
  g_autoptr (GError)   error = NULL;

  restore (target, dump, strlen (dump), SR_SQL_MYSQL, "customers", &error);
  g_assert_no_error (error);
  assert_answer ("SELECT name FROM customers WHERE id = 1; SELECT COUNT(*) FROM bills; SELECT "
                 "GROUP_CONCAT(DISTINCT CONCAT(unique_constraint_schema, '.', "
                 "referenced_table_name)) FROM information_schema.referential_constraints WHERE "
                 "constraint_schema = 'shop'",
                 "Ana\n2\nshop.customers");
  sr_target_undo (target, &error);
  g_assert_no_error (error);
  sr_target_discard (target, &error);
  g_assert_no_error (error);
  undone = sr_test_mariadb_state ();
  assert_same ("undone", undone, before);
}

/* The program's other face: restores what stands in a file, and dies at a step if it comes to it.
 * @arguments: user, names of tables, step, file */
static int
be_victim (char **arguments)
{
  g_autoptr (SrTarget) target = open_target (sr_test_mariadb_get (arguments[0]));
  g_autofree char     *dump = NULL;
  g_autoptr (GError)   error = NULL;
  gsize                size;
  Fault                fault = { .harm = DIE };

  fault.at = (guint) g_ascii_strtoull (arguments[2], NULL, 10);
  sr_target_set_fault_func (target, do_harm, &fault);
  if (g_file_get_contents (arguments[3], &dump, &size, &error) &&
      restore (target, dump, size, SR_SQL_MYSQL, arguments[1], &error))
    return 0;
  g_printerr ("%s\n", error->message);
  return 1;
}

/* In a process of its own, which is killed at a step: not in a fork of this one, which has other
 * threads. */
static void
restore_and_die (const char *user,
                 const char *dump,
                 const char *only,
                 Fault      *fault)
{
  char                   *folder = sr_test_mkdir ();
  g_autofree char        *path = g_build_filename (folder, "dump.sql", NULL);
  g_autofree char        *step = g_strdup_printf ("%u", fault->at);
  g_autoptr (GSubprocess) victim = NULL;
  g_autoptr (GError)      error = NULL;

  sr_test_write_file (folder, "dump.sql", dump, strlen (dump));
  victim = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, "/proc/self/exe", VICTIM, user, only,
                             step, path, NULL);
  g_assert_no_error (error);
  g_subprocess_wait (victim, NULL, &error);
  g_assert_no_error (error);
  if (g_subprocess_get_if_exited (victim))
    {
      g_assert_cmpint (g_subprocess_get_exit_status (victim), ==, 0);
      fault->n = 0;
    }
  else
    {
      g_assert_cmpint (g_subprocess_get_term_sig (victim), ==, SIGKILL);
      fault->n = fault->at;
    }
  sr_test_rmdir (folder);
}

/* What the next run does before its own work. */
static void
recover (const char *user)
{
  g_autoptr (SrTarget) target = open_target (sr_test_mariadb_get (user));
  g_autoptr (GError)   error = NULL;
  SrTargetPlan         plan = { .replace = TRUE };

  sr_target_begin (target, &plan, NULL, &error);
  g_assert_no_error (error);
  sr_target_discard (target, &error);
  g_assert_no_error (error);
}

/* Returns: whether there was a step to fail */
static gboolean
fail_once (const char *user,
           const char *dump,
           const char *only,
           Fault      *fault)
{
  g_autoptr (SrTarget) target = NULL;
  g_autoptr (GError)   error = NULL;
  gboolean             done;

  if (fault->harm == DIE)
    {
      restore_and_die (user, dump, only, fault);
      if (fault->n < fault->at)
        return FALSE;
      recover (user);
      return TRUE;
    }
  target = open_target (sr_test_mariadb_get (user));
  sr_target_set_fault_func (target, do_harm, fault);
  done = restore (target, dump, strlen (dump), SR_SQL_MYSQL, only, &error);
  if (fault->n < fault->at)
    {
      g_assert_no_error (error);
      fault->at = 0;
      sr_target_discard (target, &error);
      g_assert_no_error (error);
      return FALSE;
    }
  g_assert_false (done);
  g_assert_nonnull (error);
  g_test_message ("%u %s: %s", fault->at, fault->last, error->message);
  fault->at = 0;
  g_clear_error (&error);
  if (fault->harm == FAIL)
    {
      sr_target_discard (target, &error);
      g_assert_no_error (error);
    }
  g_clear_object (&target);
  if (fault->harm == CUT)
    recover (user);
  return TRUE;
}

static void
fail_every_step (const char *user,
                 Harm        harm,
                 const char *only)
{
  g_autofree char *dump = set_up (user);
  g_autofree char *before = sr_test_mariadb_state ();
  guint            n = 0;
  gboolean         failed = TRUE;

  while (failed)
    {
      Fault fault = { .harm = harm, .at = ++n };

      failed = fail_once (user, dump, only, &fault);
      if (failed)
        {
          g_autofree char *after = sr_test_mariadb_state ();
          g_autofree char *context = g_strdup_printf ("step %u (%s)", n, fault.last);

          assert_same (context, after, before);
        }
    }
  g_assert_cmpuint (n, >, 8);
  if (harm == DIE)
    recover (user);
}

static void
test_fail (gconstpointer data)
{
  fail_every_step (data, FAIL, NULL);
  fail_every_step (data, FAIL, "customers,log");
}

static void
test_cut (gconstpointer data)
{
  fail_every_step (data, CUT, "customers,log");
}

static void
test_die (gconstpointer data)
{
  fail_every_step (data, DIE, "customers,log");
}

static void
test_two_at_a_time (void)
{
  g_autofree char     *dump = set_up ("USER");
  g_autoptr (SrTarget) first = open_target (sr_test_mariadb_get ("USER"));
  g_autoptr (SrTarget) second = open_target (sr_test_mariadb_get ("USER"));
  g_autoptr (GError)   error = NULL;

  restore (first, dump, strlen (dump), SR_SQL_MYSQL, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (restore (second, dump, strlen (dump), SR_SQL_MYSQL, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_LOCKED);
  g_clear_error (&error);
  sr_target_discard (first, &error);
  g_assert_no_error (error);
}

static void
test_types (void)
{
  g_autofree char     *dump = NULL;
  g_autofree char     *after = NULL;
  g_autofree char     *before = NULL;
  g_autofree char     *undone = NULL;
  g_autoptr (SrTarget) target = open_target (sr_test_mariadb_get ("USER"));
  g_autoptr (GError)   error = NULL;

  sr_test_mariadb_clear ();
  run (TYPES);
  dump = sr_test_mariadb_dump ();
  run ("DELETE FROM kinds WHERE id < 5; ALTER TABLE many DROP COLUMN w; DELETE FROM many WHERE n > "
       "5000");
  before = sr_test_mariadb_state ();
  restore (target, dump, strlen (dump), SR_SQL_MYSQL, NULL, &error);
  g_assert_no_error (error);
  after = sr_test_mariadb_dump ();
  assert_same ("restored", after, dump);
  sr_target_undo (target, &error);
  g_assert_no_error (error);
  sr_target_discard (target, &error);
  g_assert_no_error (error);
  undone = sr_test_mariadb_state ();
  assert_same ("undone", undone, before);
}

/* What does not fit is named with its record, and nothing is changed. */
static void
test_misfits (void)
{
  static const struct
  {
    const char *value;
    const char *words;
  } misfits[] = {
    { "(1, 'toolong', 1, NULL)", "column 'v'" },
    { "(1, 'ok', 1.005, NULL)", "decimal places" },
    { "(1, 'ok', 99999, NULL)", "Out of range" },
    { "(1, 'ok', 1, '2026-02-30')", "Incorrect date" },
    { "(1, 'ok', 1, '2026-02-03 10:00:00')", "no time of day" },
    { "(1, 'ok', 1, NULL), (1, 'ok', 1, NULL)", "Duplicate" },
    { "(1.5, 'ok', 1, NULL)", "decimal places" },
  };
  g_autofree char *before = NULL;

  sr_test_mariadb_clear ();
  run (
      "CREATE TABLE few (n INT PRIMARY KEY, v VARCHAR(3), d DECIMAL(5,2), w DATE); INSERT INTO few "
      "VALUES (5, 'old', 0, NULL)");
  before = sr_test_mariadb_state ();
  for (guint i = 0; i < G_N_ELEMENTS (misfits); i++)
    {
      g_autofree char *dump = g_strdup_printf (
          "-- MariaDB dump\nCREATE TABLE `few` (`n` int PRIMARY KEY, `v` varchar(3), `d` "
          "decimal(5,2), `w` date) ENGINE=InnoDB;\nINSERT INTO `few` VALUES (0,'a',0,NULL),%s;\n"
          "-- Dump completed\n",
          misfits[i].value);
      g_autofree char     *after = NULL;
      g_autoptr (SrTarget) target = open_target (sr_test_mariadb_get ("USER"));
      g_autoptr (GError)   error = NULL;

      g_assert_false (restore (target, dump, strlen (dump), SR_SQL_MYSQL, NULL, &error));
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, misfits[i].words));
      g_assert_nonnull (strstr (error->message, "Record "));
      g_clear_object (&target);
      after = sr_test_mariadb_state ();
      assert_same (misfits[i].value, after, before);
    }
}

/* A dump of another server's own writer, which no server reads, into an empty database and again
 * over what it made. */
static void
test_webeenthere (void)
{
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "data", "samples", "webeenthere-database.sql", NULL);
  g_autofree char   *dump = NULL;
  gsize              size;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &dump, &size, &error);
  g_assert_no_error (error);
  sr_test_mariadb_clear ();
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (SrTarget) target = open_target (sr_test_mariadb_get ("USER"));

      restore (target, dump, size, SR_SQL_WEBEENTHERE, NULL, &error);
      g_assert_no_error (error);
      assert_answer (
          "SELECT COUNT(*) FROM activity_logs; SELECT timestamp FROM activity_logs WHERE "
          "id = 1",
          "10\n2026-11-20 05:13:38");
      sr_target_discard (target, &error);
      g_assert_no_error (error);
      run ("UPDATE activity_logs SET action = 'changed'");
    }
}

/* What a restore takes with it is said before it. */
static void
test_said (gconstpointer data)
{
  const char          *user = data;
  gboolean             is_apart = strcmp (user, "USER") == 0;
  g_autofree char     *dump = NULL;
  g_autoptr (SrTarget) target = open_target (sr_test_mariadb_get (user));
  g_autoptr (GError)   error = NULL;

  sr_test_mariadb_clear ();
  run ("CREATE TABLE a (n INT PRIMARY KEY) WITH SYSTEM VERSIONING; CREATE TABLE b (n INT,"
       " CONSTRAINT b_a FOREIGN KEY (n) REFERENCES a (n)); INSERT INTO a VALUES (1)");
  dump = sr_test_mariadb_dump ();
  restore (target, dump, strlen (dump), SR_SQL_MYSQL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (said, "“a” is system-versioned"));
  g_assert_null (strstr (said, "“b” is system-versioned"));
  g_assert_cmpint (strstr (said, "foreign keys get other names") == NULL, ==, is_apart);
  sr_target_discard (target, &error);
  g_assert_no_error (error);
}

static void
add (const char   *name,
     const char   *user,
     GTestDataFunc func)
{
  g_autofree char *path =
      g_strdup_printf ("/target-mariadb/%s%s", name, user[0] == 'U' ? "apart" : "beside");

  g_test_add_data_func (path, user, func);
}

int
main (int    argc,
      char **argv)
{
  static const char *const users[] = { "USER", "PLAIN_USER" };

  if (argc == 6 && strcmp (argv[1], VICTIM) == 0)
    return be_victim (argv + 2);
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (users); i++)
    {
      add ("restore/whole-", users[i], test_whole);
      add ("restore/some-", users[i], test_some);
      add ("restore/said-", users[i], test_said);
      add ("fail/", users[i], test_fail);
      add ("cut/", users[i], test_cut);
      add ("die/", users[i], test_die);
    }
  g_test_add_func ("/target-mariadb/restore/two-at-a-time", test_two_at_a_time);
  g_test_add_func ("/target-mariadb/restore/types", test_types);
  g_test_add_func ("/target-mariadb/restore/misfits", test_misfits);
  g_test_add_func ("/target-mariadb/restore/webeenthere", test_webeenthere);
  return g_test_run ();
}
