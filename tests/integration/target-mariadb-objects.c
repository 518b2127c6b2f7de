/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* Restores views, triggers, routines, events, sequences and keys into a real server, from dumps
 * that its own program writes; run by with-mariadb. */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "job/sr-restore-file.h"
#include "sr-test-mariadb.h"
#include "sr-test-util.h"

#define VICTIM "--victim"

static const char SHOP[] =
    "SET NAMES utf8mb4;"
    "CREATE SEQUENCE numbers START WITH 100 INCREMENT BY 5 MINVALUE 1 MAXVALUE 100000 CACHE 10 "
    "CYCLE;"
    "CREATE TABLE customers (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(40) NOT NULL DEFAULT"
    " 'nobody; -- ', email VARCHAR(60) DEFAULT (CONCAT('a','@b')), since DATETIME DEFAULT"
    " CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, UNIQUE KEY by_name (name), KEY by_mail"
    " (email(10)), CONSTRAINT named CHECK (name <> '')) AUTO_INCREMENT=500;"
    "CREATE TABLE bills (id INT AUTO_INCREMENT PRIMARY KEY, customer INT, total DECIMAL(12,2) CHECK"
    " (total > -1000), tax DECIMAL(12,2) GENERATED ALWAYS AS (total / 5) STORED, twice "
    "DECIMAL(12,2)"
    " AS (total * 2) VIRTUAL, CONSTRAINT of_customer FOREIGN KEY (customer) REFERENCES customers "
    "(id)"
    " ON DELETE CASCADE);"
    "CREATE TABLE tickets (id INT PRIMARY KEY DEFAULT (NEXTVAL(numbers)), t TEXT);"
    "CREATE TABLE log (n INT AUTO_INCREMENT PRIMARY KEY, what VARCHAR(90));"
    "INSERT INTO customers VALUES (1, 'Ana', 'a@b', NULL), (2, 'Bo', 'x', NULL);"
    "INSERT INTO bills (customer, total) VALUES (1, 10), (2, 7);"
    "INSERT INTO tickets (t) VALUES ('first');"
    "CREATE FUNCTION tax_of (x DECIMAL(12,2)) RETURNS DECIMAL(12,2) DETERMINISTIC SQL SECURITY "
    "INVOKER"
    " COMMENT 'it''s' RETURN x / 5;"
    "CREATE VIEW z_base AS SELECT c.name AS name, SUM(b.total) AS due, tax_of(SUM(b.total)) AS tax "
    "FROM"
    " customers c JOIN bills b ON b.customer = c.id GROUP BY c.name;"
    "CREATE SQL SECURITY INVOKER VIEW a_due AS SELECT name, due FROM z_base WHERE due > 0;"
    "CREATE VIEW few AS SELECT id, name FROM customers WHERE id < 100 WITH CASCADED CHECK OPTION;"
    "\nDELIMITER ;;\n"
    "CREATE TRIGGER first BEFORE INSERT ON bills FOR EACH ROW BEGIN SET NEW.total = "
    "ABS(NEW.total); /* "
    "why; */ IF NEW.total > 5 THEN SET @x = 'é;;'; END IF; END\n;;\n"
    "CREATE TRIGGER told AFTER DELETE ON customers FOR EACH ROW INSERT INTO log (what) VALUES"
    " (CONCAT('gone: é ', OLD.name));;\n"
    "CREATE PROCEDURE forget (IN who INT, OUT n INT) MODIFIES SQL DATA\nBEGIN\n  DECLARE EXIT "
    "HANDLER"
    " FOR SQLEXCEPTION ROLLBACK;\n  DELETE FROM customers WHERE id = who; SELECT COUNT(*) INTO n "
    "FROM"
    " customers;\nEND;;\n"
    "CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2026-01-01 00:00:00' ON COMPLETION "
    "PRESERVE"
    " DISABLE COMMENT 'c' DO BEGIN DELETE FROM log WHERE n < 5; END;;\n"
    "SET sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT';;\n"
    "CREATE PROCEDURE ansi () BEGIN SELECT \"id\" || 'x' FROM \"customers\"; END;;\n"
    "DELIMITER ;\n";

/* Everything that the dump has is another one now. */
static const char CHANGES[] =
    "SET NAMES utf8mb4;"
    "INSERT INTO bills (customer, total) VALUES (1, 99); DELETE FROM tickets; DO SETVAL(numbers, "
    "900);"
    "CREATE OR REPLACE VIEW z_base AS SELECT name FROM customers;"
    "CREATE OR REPLACE VIEW a_due AS SELECT name AS other FROM z_base;"
    "DROP VIEW few;"
    "DROP FUNCTION tax_of; CREATE FUNCTION tax_of (y INT) RETURNS INT RETURN 7;"
    "GRANT EXECUTE ON FUNCTION tax_of TO shopkeeper@localhost;"
    "DROP PROCEDURE forget;"
    "DROP TRIGGER told; CREATE TRIGGER told BEFORE UPDATE ON bills FOR EACH ROW SET NEW.total = 1;"
    "ALTER EVENT nightly COMMENT 'changed';"
    "ALTER TABLE customers DROP CONSTRAINT named, DROP KEY by_mail";

typedef enum
{
  FAIL, /* the step fails */
  CUT,  /* the connection is cut before the step */
  DIE,  /* the process is killed before the step */
} Harm;

/* @at: which step, from 1, of those from the verification on; 0: none */
typedef struct
{
  Harm     harm;
  guint    at;
  guint    n;
  gboolean is_staged;
  char     last[40];
} Fault;

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

  g_assert_cmpstr (g_strchomp (answer), ==, expected);
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

static void
cut_connections (void)
{
  g_autofree char *kills = sr_test_mariadb_run (
      "SELECT GROUP_CONCAT(CONCAT('KILL ', id) SEPARATOR ';') FROM information_schema.processlist "
      "WHERE id <> CONNECTION_ID() AND user NOT IN ('system user', 'event_scheduler')");

  if (!g_str_has_prefix (kills, "NULL"))
    run (kills);
}

static gboolean
do_harm (const char *step,
         gpointer    data,
         GError    **error)
{
  Fault *fault = data;

  fault->is_staged |= strcmp (step, "verify") == 0 || strcmp (step, "make sequence") == 0;
  if (!fault->is_staged || strcmp (step, "put record") == 0)
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
  g_autofree char     *location = sr_test_mariadb_location (sr_test_mariadb_get (user));
  g_autoptr (SrSecret) password = sr_test_mariadb_password ();
  g_autoptr (GError)   error = NULL;
  SrTarget            *target = sr_target_open (location, password, &error);

  g_assert_no_error (error);
  return target;
}

/* @only: (nullable): the one table that is chosen; @told: (out) (optional) (transfer full): the
 * rows of the preflight */
static gboolean
restore (SrTarget   *target,
         const char *path,
         const char *only,
         gboolean    replace,
         char      **told,
         GError    **error)
{
  const char *const        chosen[] = { only, NULL };
  g_autofree char         *safety = g_strconcat (path, ".before", NULL);
  g_autoptr (SrProgress)   progress = sr_progress_new ();
  g_autoptr (SrBackupFile) file = sr_backup_file_open (path, NULL, NULL, error);
  g_autoptr (GString)      rows = g_string_new (NULL);
  SrRestoreFileOptions     options = { .collections = chosen,
                                       .replace = replace,
                                       .safety_file = safety };
  SrRestoreFileResult      result = { 0 };
  gboolean                 done;

  if (file == NULL)
    return FALSE;
  g_unlink (safety);
  done = sr_restore_file_run (file, target, &options, &result, progress, NULL, error);
  for (guint i = 0; result.preflight != NULL && i < result.preflight->rows->len; i++)
    {
      const SrPreflightRow *row = g_ptr_array_index (result.preflight->rows, i);

      g_string_append_printf (rows, "%s: %s\n", row->title, row->sentence);
    }
  sr_restore_file_result_clear (&result);
  if (told != NULL)
    *told = g_strdup (rows->str);
  return done;
}

static char *
write_dump (const char *folder,
            const char *dump)
{
  sr_test_write_file (folder, "dump.sql", dump, strlen (dump));
  return g_build_filename (folder, "dump.sql", NULL);
}

static void
restore_well (const char *user,
              const char *path,
              const char *only,
              gboolean    replace,
              char      **told)
{
  g_autoptr (SrTarget) target = open_target (user);
  g_autoptr (GError)   error = NULL;

  restore (target, path, only, replace, told, &error);
  g_assert_no_error (error);
  sr_target_discard (target, &error);
  g_assert_no_error (error);
}

/* An empty database gets all, and what it dumps then is the same. */
static void
test_empty (gconstpointer user)
{
  char            *folder = sr_test_mkdir ();
  g_autofree char *dump = NULL;
  g_autofree char *path = NULL;
  g_autofree char *after = NULL;
  g_autofree char *told = NULL;

  sr_test_mariadb_clear ();
  run (SHOP);
  dump = sr_test_mariadb_dump ();
  path = write_dump (folder, dump);
  sr_test_mariadb_clear ();
  restore_well (user, path, NULL, FALSE, &told);
  after = sr_test_mariadb_dump ();
  g_test_message ("%s", told);
  if (strcmp (user, "USER") == 0)
    assert_same ("restored", after, dump);
  g_assert_nonnull (strstr (told, "views a_due, few, z_base"));
  g_assert_nonnull (strstr (told, "strongroom@localhost"));
  g_assert_null (strstr (told, "Not restored"));
  assert_answer (
      "SELECT due FROM a_due WHERE name = 'Ana'; INSERT INTO tickets (t) VALUES ('next');"
      " SELECT id FROM tickets WHERE t = 'next'; SELECT COUNT(*) FROM"
      " information_schema.referential_constraints WHERE constraint_schema = DATABASE()",
      "10.00\n150\n1");
  sr_test_rmdir (folder);
}

/* The shop belongs to @user, for only what is one's own can be put back without being a
 * superuser. */
static char *
set_up (const char *user,
        const char *folder)
{
  g_autofree char *first = NULL;
  g_autofree char *path = NULL;
  g_autofree char *dump = NULL;
  g_autofree char *changes = NULL;

  sr_test_mariadb_clear ();
  run (SHOP);
  if (strcmp (user, "USER") != 0)
    {
      first = sr_test_mariadb_dump ();
      path = write_dump (folder, first);
      sr_test_mariadb_clear ();
      restore_well (user, path, NULL, FALSE, NULL);
    }
  dump = sr_test_mariadb_dump ();
  g_free (path);
  path = write_dump (folder, dump);
  if (strcmp (user, "USER") == 0)
    run (CHANGES);
  else
    run ("DELETE FROM bills; DO SETVAL(numbers, 900); DROP PROCEDURE forget; DROP TRIGGER told");
  return g_steal_pointer (&path);
}

static void
test_over (gconstpointer user)
{
  char                *folder = sr_test_mkdir ();
  g_autofree char     *path = set_up (user, folder);
  g_autofree char     *dump = NULL;
  g_autofree char     *before = sr_test_mariadb_state ();
  g_autofree char     *after = NULL;
  g_autofree char     *undone = NULL;
  g_autofree char     *told = NULL;
  g_autoptr (SrTarget) target = open_target (user);
  g_autoptr (GError)   error = NULL;

  g_file_get_contents (path, &dump, NULL, &error);
  g_assert_no_error (error);
  restore (target, path, NULL, TRUE, &told, &error);
  g_assert_no_error (error);
  g_test_message ("%s", told);
  after = sr_test_mariadb_dump ();
  if (strcmp (user, "USER") == 0)
    {
      assert_same ("restored", after, dump);
      g_assert_nonnull (strstr (told, "Replaced: sequences numbers; functions tax_of"));
      g_assert_nonnull (strstr (told, "Made: procedures forget; views few"));
    }
  sr_target_undo (target, &error);
  g_assert_no_error (error);
  sr_target_discard (target, &error);
  g_assert_no_error (error);
  undone = sr_test_mariadb_state ();
  assert_same ("undone", undone, before);
  if (strcmp (user, "USER") == 0)
    assert_answer ("SELECT COUNT(*) FROM mysql.procs_priv WHERE routine_name = 'tax_of'", "1");
  sr_test_rmdir (folder);
}

/* What was saved first puts back what was there. */
static void
test_safety (void)
{
  char            *folder = sr_test_mkdir ();
  g_autofree char *path = set_up ("USER", folder);
  g_autofree char *safety = g_strconcat (path, ".before", NULL);
  g_autofree char *kept = g_build_filename (folder, "kept.sql", NULL);
  g_autofree char *told = NULL;

  restore_well ("USER", path, NULL, TRUE, NULL);
  assert_answer ("SELECT tax FROM z_base WHERE name = 'Ana'", "2.00");
  g_assert_cmpint (g_rename (safety, kept), ==, 0);
  restore_well ("USER", kept, NULL, TRUE, &told);
  g_test_message ("%s", told);
  assert_answer ("SELECT COUNT(*) FROM bills; SELECT COUNT(other) FROM a_due; SELECT tax_of(1);"
                 " SELECT event_comment FROM information_schema.events; SELECT NEXTVAL(numbers)",
                 "3\n2\n7\nchanged\n905");
  sr_test_rmdir (folder);
}

/* Without being told to, nothing that exists is replaced. */
static void
test_stays (void)
{
  char            *folder = sr_test_mkdir ();
  g_autofree char *path = set_up ("USER", folder);
  g_autofree char *told = NULL;

  sr_test_mariadb_clear ();
  run ("CREATE VIEW few AS SELECT 1 AS mine; CREATE TABLE a_due (mine INT);"
       " CREATE PROCEDURE ansi () SELECT 'mine'");
  restore_well ("USER", path, NULL, FALSE, &told);
  g_test_message ("%s", told);
  g_assert_nonnull (strstr (told, "the view “few”: there is one already"));
  g_assert_nonnull (strstr (told, "the procedure “ansi”: there is one already"));
  g_assert_nonnull (strstr (told, "the view “a_due”: there is a table or view of that name"));
  assert_answer ("SELECT mine FROM few; SELECT COUNT(*) FROM z_base; CALL ansi()", "1\n2\nmine");
  sr_test_rmdir (folder);
}

/* Chosen tables come with what is a part of them, and nothing else. */
static void
test_some (void)
{
  char            *folder = sr_test_mkdir ();
  g_autofree char *path = set_up ("USER", folder);
  g_autofree char *told = NULL;

  sr_test_mariadb_clear ();
  restore_well ("USER", path, "customers", FALSE, &told);
  g_assert_nonnull (strstr (told, "Made: triggers told\n"));
  restore_well ("USER", path, "tickets", FALSE, &told);
  g_test_message ("%s", told);
  assert_answer (
      "SELECT COUNT(*) FROM information_schema.triggers WHERE trigger_schema = DATABASE();"
      " SELECT COUNT(*) FROM information_schema.views WHERE table_schema = DATABASE();"
      " SELECT COUNT(*) FROM information_schema.routines WHERE routine_schema = DATABASE();"
      " INSERT INTO tickets (t) VALUES ('next'); SELECT id FROM tickets WHERE t = 'next'",
      "1\n0\n0\n150");
  sr_test_rmdir (folder);
}

/* As other programs than mysqldump write them: keys behind the records, no order, no marks; and
 * what must not come. */
static void
test_changes (void)
{
  static const char dump[] =
      "-- MySQL dump\nSET SQL_MODE = \"NO_AUTO_VALUE_ON_ZERO\";\n"
      "CREATE TABLE `y` (`a` int(11) NOT NULL, `b` int(11) DEFAULT NULL) ENGINE=InnoDB;\n"
      "CREATE TABLE `x` (`a` int(11) NOT NULL) ENGINE=InnoDB;\n"
      "INSERT INTO `y` (`a`, `b`) VALUES (0, 1), (7, NULL);\nINSERT INTO `x` (`a`) VALUES (1);\n"
      "CREATE VIEW `wrong` AS SELECT * FROM `mysql`.`user`;\n"
      "CREATE VIEW `needs_wrong` AS SELECT * FROM `wrong`;\n"
      "CREATE EVENT `bad` ON SCHEDULE EVERY 1 SECOND DO GRANT ALL ON *.* TO me;\n"
      "ALTER TABLE `x` ADD PRIMARY KEY (`a`), ADD CONSTRAINT `c` CHECK (`a` > 0);\n"
      "ALTER TABLE `y` ADD PRIMARY KEY (`a`), ADD KEY `by_b` (`b`);\n"
      "CREATE UNIQUE INDEX `u` ON `y` (`b`);\n"
      "ALTER TABLE `y` MODIFY `a` int(11) NOT NULL AUTO_INCREMENT, AUTO_INCREMENT=40;\n"
      "ALTER TABLE `y` ADD CONSTRAINT `to_x` FOREIGN KEY (`b`) REFERENCES `x` (`a`) ON DELETE SET "
      "NULL, ADD KEY `by_both` (`a`, `b`);\n"
      "GRANT ALL ON *.* TO me;\n-- Dump completed\n";
  char            *folder = sr_test_mkdir ();
  g_autofree char *path = write_dump (folder, dump);
  g_autofree char *told = NULL;

  sr_test_mariadb_clear ();
  restore_well ("USER", path, NULL, FALSE, &told);
  g_test_message ("%s", told);
  assert_answer (
      "SELECT CONCAT(column_name, extra) FROM information_schema.columns WHERE table_schema ="
      " DATABASE() AND table_name = 'y' AND column_key = 'PRI'; SELECT auto_increment FROM"
      " information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'y';"
      " SELECT GROUP_CONCAT(DISTINCT index_name ORDER BY 1) FROM"
      " information_schema.statistics WHERE table_schema = DATABASE() AND table_name = 'y';"
      " SELECT COUNT(*) FROM information_schema.check_constraints WHERE constraint_schema ="
      " DATABASE(); SELECT CONCAT(constraint_name, referenced_table_name) FROM"
      " information_schema.referential_constraints WHERE constraint_schema = DATABASE();"
      " SELECT GROUP_CONCAT(a ORDER BY a) FROM y",
      "aauto_increment\n40\nby_b,by_both,PRIMARY,u\n1\nto_xx\n0,7");
  g_assert_nonnull (strstr (told, "the view “wrong”: it names the database “mysql”"));
  g_assert_nonnull (strstr (told, "the view “needs_wrong”: it needs “wrong”"));
  g_assert_nonnull (strstr (told, "the event “bad”: it says GRANT"));
  g_assert_nonnull (strstr (told, "the right “”: it is of a kind"));
  sr_test_rmdir (folder);
}

/* What the next run does before its own work. */
static void
recover (const char *user)
{
  g_autoptr (SrTarget) target = open_target (user);
  g_autoptr (GError)   error = NULL;
  SrTargetPlan         plan = { .replace = TRUE };

  sr_target_begin (target, &plan, NULL, &error);
  g_assert_no_error (error);
  sr_target_discard (target, &error);
  g_assert_no_error (error);
}

/* The program's other face: restores what stands in a file, and dies at a step if it comes to it.
 * @arguments: user, step, file */
static int
be_victim (char **arguments)
{
  g_autoptr (SrTarget) target = open_target (arguments[0]);
  g_autoptr (GError)   error = NULL;
  Fault                fault = { .harm = DIE };

  fault.at = (guint) g_ascii_strtoull (arguments[1], NULL, 10);
  sr_target_set_fault_func (target, do_harm, &fault);
  if (restore (target, arguments[2], NULL, TRUE, NULL, &error))
    return 0;
  g_printerr ("%s\n", error->message);
  return 1;
}

/* Returns: whether there was a step at which it died */
static gboolean
restore_and_die (const char *user,
                 const char *path,
                 guint       at)
{
  g_autofree char        *step = g_strdup_printf ("%u", at);
  g_autoptr (GError)      error = NULL;
  g_autoptr (GSubprocess) victim = g_subprocess_new (
      G_SUBPROCESS_FLAGS_NONE, &error, "/proc/self/exe", VICTIM, user, step, path, NULL);

  g_assert_no_error (error);
  g_subprocess_wait (victim, NULL, &error);
  g_assert_no_error (error);
  if (g_subprocess_get_if_exited (victim))
    {
      g_assert_cmpint (g_subprocess_get_exit_status (victim), ==, 0);
      return FALSE;
    }
  g_assert_cmpint (g_subprocess_get_term_sig (victim), ==, SIGKILL);
  return TRUE;
}

/* Returns: whether there was a step to harm */
static gboolean
harm_once (const char *user,
           const char *path,
           Fault      *fault)
{
  g_autoptr (SrTarget) target = NULL;
  g_autoptr (GError)   error = NULL;
  gboolean             done;

  if (fault->harm == DIE)
    {
      done = !restore_and_die (user, path, fault->at);
      recover (user);
      return !done;
    }
  target = open_target (user);
  sr_target_set_fault_func (target, do_harm, fault);
  done = restore (target, path, NULL, TRUE, NULL, &error);
  if (fault->n < fault->at)
    {
      g_assert_no_error (error);
      return FALSE;
    }
  g_assert_false (done);
  g_test_message ("%u %s: %s", fault->at, fault->last, error->message);
  fault->at = 0;
  g_clear_object (&target);
  if (fault->harm == CUT)
    recover (user);
  return TRUE;
}

static void
harm_every_step (const char *user,
                 Harm        harm)
{
  char            *folder = sr_test_mkdir ();
  g_autofree char *path = set_up (user, folder);
  g_autofree char *before = sr_test_mariadb_state ();
  gboolean         harmed = TRUE;
  guint            n = 0;

  while (harmed)
    {
      Fault fault = { .harm = harm, .at = ++n };

      harmed = harm_once (user, path, &fault);
      if (harmed)
        {
          g_autofree char *after = sr_test_mariadb_state ();
          g_autofree char *context = g_strdup_printf ("step %u (%s)", n, fault.last);

          assert_same (context, after, before);
        }
    }
  g_assert_cmpuint (n, >, 12);
  sr_test_rmdir (folder);
}

static void
test_fail (gconstpointer user)
{
  harm_every_step (user, FAIL);
}

static void
test_cut (gconstpointer user)
{
  harm_every_step (user, CUT);
}

static void
test_die (gconstpointer user)
{
  harm_every_step (user, DIE);
}

int
main (int    argc,
      char **argv)
{
  if (argc == 5 && strcmp (argv[1], VICTIM) == 0)
    return be_victim (argv + 2);
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/mariadb-objects/restore/empty-apart", "USER", test_empty);
  g_test_add_data_func ("/mariadb-objects/restore/empty-beside", "PLAIN_USER", test_empty);
  g_test_add_data_func ("/mariadb-objects/restore/over-apart", "USER", test_over);
  g_test_add_data_func ("/mariadb-objects/restore/over-beside", "PLAIN_USER", test_over);
  g_test_add_func ("/mariadb-objects/restore/safety", test_safety);
  g_test_add_func ("/mariadb-objects/restore/stays", test_stays);
  g_test_add_func ("/mariadb-objects/restore/some", test_some);
  g_test_add_func ("/mariadb-objects/restore/changes", test_changes);
  g_test_add_data_func ("/mariadb-objects/fail/apart", "USER", test_fail);
  g_test_add_data_func ("/mariadb-objects/fail/beside", "PLAIN_USER", test_fail);
  g_test_add_data_func ("/mariadb-objects/cut/apart", "USER", test_cut);
  g_test_add_data_func ("/mariadb-objects/die/apart", "USER", test_die);
  return g_test_run ();
}
