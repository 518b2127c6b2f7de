/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* What of a backup that nobody trusts may go to a server, and in which words. */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "target/sr-maria-ddl.h"
#include "target/sr-maria-object.h"

static SrMariaObject *
parse (const SrTargetObject *object,
       GError              **error)
{
  g_autoptr (GHashTable) others = g_hash_table_new (g_str_hash, g_str_equal);
  SrMariaSurroundings    around = { .syntax = { .version = 101119, .is_mariadb = TRUE },
                                    .database = "shop",
                                    .source = "old",
                                    .others = others };

  g_hash_table_add (others, (gpointer) "mysql");
  g_hash_table_add (others, (gpointer) "erp");
  g_hash_table_add (others, (gpointer) "1db");
  return sr_maria_object_parse (object, &around, error);
}

/* What a statement becomes. */
static void
assert_made (const char *statement,
             const char *expected)
{
  SrTargetObject            object = { SR_TARGET_OBJECT_OTHER, "x", NULL, statement };
  g_autoptr (GError)        error = NULL;
  g_autoptr (SrMariaObject) made = parse (&object, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (made->create->sql, ==, expected);
}

static void
assert_refused_in (const char *mode,
                   const char *statement,
                   const char *words)
{
  SrTargetObject object = {
    .kind = SR_TARGET_OBJECT_OTHER, .name = "x", .statement = statement, .mode = mode
  };
  g_autoptr (GError)        error = NULL;
  g_autoptr (SrMariaObject) made = NULL;

  if (g_str_has_prefix (statement, "CREATE INDEX") || g_str_has_prefix (statement, "ALTER"))
    {
      object.kind = SR_TARGET_OBJECT_INDEX;
      object.table = "x";
    }
  made = parse (&object, &error);
  if (made != NULL)
    g_error ("“%s” became “%s”", statement, made->create->sql);
  g_assert_error (error, SR_ERROR, SR_ERROR_REFUSED);
  if (strstr (error->message, words) == NULL)
    g_error ("“%s”: “%s”, not “%s”", statement, error->message, words);
}

static void
assert_refused (const char *statement,
                const char *words)
{
  assert_refused_in (NULL, statement, words);
}

/* As mysqldump and mariadb-dump write them; the reader has taken the first mark already. */
static void
test_forms (void)
{
  assert_made (
      "CREATE*/ /*!50017 DEFINER=`a`@`%`*/ /*!50003 TRIGGER told AFTER DELETE ON x FOR EACH "
      "ROW SET @a = 1 \n*/",
      "CREATE TRIGGER told AFTER DELETE ON x FOR EACH ROW SET @a = 1");
  assert_made ("CREATE ALGORITHM=UNDEFINED */\n/*!50013 DEFINER=`a`@`h` SQL SECURITY INVOKER "
               "*/\n/*!50001 VIEW `v` AS select `t`.`a` AS `a` from `t` */\n/*!50002 WITH CASCADED "
               "CHECK OPTION */",
               "CREATE ALGORITHM=UNDEFINED SQL SECURITY INVOKER VIEW `v` AS select `t`.`a` AS `a` "
               "from `t`  \n  WITH CASCADED CHECK OPTION");
  assert_made (
      "CREATE DEFINER=`a`@`h` FUNCTION `f`(x INT) RETURNS int(11)\n    COMMENT 'it''s; GRANT'"
      "\nRETURN x /* why */ + 1",
      "CREATE FUNCTION `f`(x INT) RETURNS int(11)\n    COMMENT 'it''s; GRANT'\nRETURN x /* "
      "why */ + 1");
  assert_made (
      "CREATE OR REPLACE DEFINER=CURRENT_USER() PROCEDURE IF NOT EXISTS `shop`.`p`() BEGIN "
      "SELECT 1; SELECT 'a;b'; END",
      "CREATE PROCEDURE `p`() BEGIN SELECT 1; SELECT 'a;b'; END");
  assert_made ("CREATE*/ /*!50117 DEFINER=`a`@`h`*/ /*!50106 EVENT `e` ON SCHEDULE EVERY 1 DAY DO "
               "DELETE FROM log */",
               "CREATE EVENT `e` ON SCHEDULE EVERY 1 DAY DO DELETE FROM log");
  assert_made (
      "CREATE PROCEDURE p() BEGIN SHOW WARNINGS; SHOW TABLES LIKE 'a%'; SELECT @@SQL_MODE, "
      "`benchmark`, t.`get_lock` FROM t; END",
      "CREATE PROCEDURE p() BEGIN SHOW WARNINGS; SHOW TABLES LIKE 'a%'; SELECT @@SQL_MODE, "
      "`benchmark`, t.`get_lock` FROM t; END");
  assert_made ("CREATE SEQUENCE `s` start with 100 minvalue -1 cache 10 cycle ENGINE=InnoDB",
               " start with 100 minvalue -1 cache 10 cycle ENGINE=InnoDB");
  assert_made ("DO SETVAL(`s`, -150, 0)", "-150, 0");
  assert_made ("SELECT SETVAL(`old`.`s`, 7)", "7");
}

/* Who made it is left out, and remembered. */
static void
test_definer (void)
{
  static const char         text[] = "CREATE DEFINER=\"root\"@\"%\" PROCEDURE \"p\"() SELECT \"a\"";
  static const char         mode[] = "ANSI_QUOTES,PIPES_AS_CONCAT,TIME_TRUNCATE_FRACTIONAL";
  SrTargetObject            object = { .statement = text,
                                       .mode = mode,
                                       .charset = "latin1",
                                       .collation = "latin1_swedish_ci" };
  g_autoptr (GError)        error = NULL;
  g_autoptr (SrMariaObject) made = parse (&object, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (made->definer, ==, "root@%");
  g_assert_cmpstr (made->name, ==, "p");
  g_assert_cmpstr (made->create->sql, ==, "CREATE PROCEDURE \"p\"() SELECT \"a\"");
  g_assert_cmpstr (made->create->mode, ==, "ANSI_QUOTES,PIPES_AS_CONCAT");
  g_assert_cmpstr (made->create->charset, ==, "latin1");
  g_assert_cmpstr (made->create->collation, ==, "latin1_swedish_ci");
}

/* The database may have another name now. */
static void
test_names (void)
{
  assert_made (
      "CREATE VIEW old.v AS select `old`.`t`.`a` from `old`.`t` join (`old`.`u` join w) where "
      "`old`.`f`(t.a) and old.t.b",
      "CREATE VIEW v AS select `shop`.`t`.`a` from `shop`.`t` join (`shop`.`u` join w) where "
      "`shop`.`f`(t.a) and `shop`.t.b");
  assert_made ("CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW BEGIN FETCH c INTO NEW.a; SELECT "
               "b.c INTO NEW.d FROM b; END",
               "CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW BEGIN FETCH c INTO NEW.a; SELECT "
               "b.c INTO NEW.d FROM b; END");
  /* a table or alias called as the database was */
  assert_made ("CREATE VIEW v AS select old.a, trim(leading 'x' from old.b) from t old, u order by "
               "old.a, u.b",
               "CREATE VIEW v AS select old.a, trim(leading 'x' from old.b) from t old, u order by "
               "old.a, u.b");
  assert_made (
      "CREATE VIEW v AS select extract(year from t.d), nextval(old.s), 1.5, t.* from t",
      "CREATE VIEW v AS select extract(year from t.d), nextval(`shop`.s), 1.5, t.* from t");
  assert_made (
      "CREATE TRIGGER old.a BEFORE UPDATE ON `old`.`t` FOR EACH ROW UPDATE old.u SET u.a = "
      "NEW.a",
      "CREATE TRIGGER a BEFORE UPDATE ON `t` FOR EACH ROW UPDATE `shop`.u SET u.a = NEW.a");
  assert_made (
      "CREATE PROCEDURE p() BEGIN INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE t.a = "
      "1, t.b = 2; DELETE t FROM t, u USING t; CALL old.q(); SET @a.b = 1; END",
      "CREATE PROCEDURE p() BEGIN INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE t.a = "
      "1, t.b = 2; DELETE t FROM t, u USING t; CALL `shop`.q(); SET @a.b = 1; END");
}

static void
test_other_databases (void)
{
  static const char *const statements[] = {
    "CREATE VIEW v AS select * from mysql.user",
    "CREATE VIEW v AS select * from t, mysql . user",
    "CREATE VIEW v AS select * from (t join `mysql`.`user`)",
    "CREATE VIEW v AS select * from elsewhere.t",
    "CREATE VIEW v AS select `elsewhere`.`t`.`a` from t",
    "CREATE VIEW v AS select elsewhere.f(1)",
    "CREATE VIEW v AS select elsewhere.t.* from t",
    "CREATE VIEW v AS select 1 from 1db.t",
    "CREATE VIEW mysql.v AS select 1",
    "CREATE TRIGGER t BEFORE INSERT ON mysql.user FOR EACH ROW SET @a = 1",
    "CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW INSERT mysql.user VALUES (1)",
    "CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW REPLACE mysql.user SELECT 1",
    "CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW UPDATE LOW_PRIORITY erp.x SET a = 1",
    "CREATE PROCEDURE p() DELETE x, elsewhere.y FROM x, z",
    "CREATE PROCEDURE p() DELETE FROM elsewhere.y",
    "CREATE PROCEDURE p() BEGIN DELETE y FROM x USING elsewhere.y; END",
    "CREATE PROCEDURE p() TRUNCATE elsewhere.y",
    "CREATE PROCEDURE p() DROP TABLE x, erp.y",
    "CREATE PROCEDURE p() DROP TABLE IF EXISTS elsewhere.y",
    "CREATE PROCEDURE p() ALTER TABLE elsewhere.y ADD a INT",
    "CREATE PROCEDURE p() HANDLER mysql.user OPEN",
    "CREATE PROCEDURE p() CALL elsewhere.q()",
    "CREATE PROCEDURE p() SELECT a FROM t AS mysql; SELECT 1 FROM t WHERE a IN (SELECT mysql.user)",
    "CREATE EVENT elsewhere.e ON SCHEDULE EVERY 1 DAY DO SELECT 1",
    "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO INSERT INTO elsewhere.t VALUES (1)",
    "CREATE FUNCTION f() RETURNS INT RETURN nextval(elsewhere.s)",
    "CREATE SEQUENCE mysql.s",
    "DO SETVAL(elsewhere.s, 1)",
    "ALTER TABLE x ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES elsewhere.y (a)",
    "ALTER TABLE x ALTER a SET DEFAULT (nextval(elsewhere.s))",
  };

  for (guint i = 0; i < G_N_ELEMENTS (statements); i++)
    assert_refused (statements[i], "database");
}

static void
test_reach (void)
{
  static const char *const bodies[] = {
    "LOAD DATA INFILE '/etc/passwd' INTO TABLE t",
    "SELECT 1 INTO OUTFILE '/tmp/x'",
    "SELECT 1 INTO DUMPFILE '/tmp/x'",
    "SELECT LOAD_FILE('/etc/passwd')",
    "SELECT `load_file`('/etc/passwd')",
    "SELECT `Load_File` ('/etc/passwd')",
    "SELECT sys_exec('id')",
    "SELECT `sys_exec`('id')",
    "SELECT `benchmark`(1000000000, 1)",
    "SELECT get_lock('x', 9)",
    "SELECT `get_lock`('x', 9)",
    "SELECT `master_pos_wait`('x', 4)",
    "SET @x = 1, @@session.sql_log_bin = 0",
    "SET @x = 1, @@session.`sql_log_bin` = 0",
    "SET @x = 1, @@`sql_log_bin` = 0",
    "SET @x = 1, `sql_log_bin` = 0",
    "SET @x = 1, sql_log_bin = 0",
    "SET @x = 1, @@local . sql_log_off = 1",
    "SET @x = 1, @@session.gtid_next = 'AUTOMATIC'",
    "SHOW GRANTS",
    "SHOW PROCESSLIST",
    "SHOW FULL PROCESSLIST",
    "SHOW TABLES FROM elsewhere",
    "SHOW FULL TABLES IN elsewhere",
    "SHOW COLUMNS FROM t FROM elsewhere",
    "BEGIN SELECT 1; SHOW DATABASES; END",
    "INSTALL PLUGIN x SONAME 'x.so'",
    "INSTALL SONAME 'x'",
    "UNINSTALL PLUGIN x",
    "GRANT ALL ON *.* TO x",
    "REVOKE ALL ON *.* FROM x",
    "SET GLOBAL general_log = 1",
    "SET @@GLOBAL.general_log = 1",
    "SET @@global . general_log = 1",
    "SET PERSIST x = 1",
    "SET PASSWORD = 'x'",
    "SET PASSWORD FOR x = 'x'",
    "SET DEFAULT ROLE x",
    "SET ROLE x",
    "SET sql_log_bin = 0",
    "PREPARE s FROM 'GRANT ALL'",
    "EXECUTE IMMEDIATE CONCAT('GR', 'ANT')",
    "BEGIN EXECUTE s; END",
    "CREATE USER x",
    "CREATE OR REPLACE USER x",
    "CREATE DEFINER = root@localhost PROCEDURE q() SELECT 1",
    "CREATE DATABASE x",
    "CREATE FUNCTION x RETURNS STRING SONAME 'x.so'",
    "CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'x')",
    "CREATE TABLE x (a INT) ENGINE=FEDERATED",
    "CREATE TABLE x (a INT) ENGINE = CONNECT",
    "CREATE TABLE x (a INT) DATA DIRECTORY='/tmp'",
    "CREATE TABLE x (a INT) CONNECTION='mysql://x'",
    "ALTER USER x IDENTIFIED BY 'x'",
    "ALTER EVENT e ENABLE",
    "DROP USER x",
    "DROP DATABASE shop",
    "RENAME USER x TO y",
    "FLUSH PRIVILEGES",
    "RESET MASTER",
    "KILL 1",
    "SHUTDOWN",
    "PURGE BINARY LOGS TO 'x'",
    "CHANGE MASTER TO MASTER_HOST = 'x'",
    "START SLAVE",
    "STOP ALL SLAVES",
    "BINLOG 'x'",
    "SELECT $$a$$",
    "BEGIN /*!50000 GRANT */ ALL ON *.* TO x; END",
    "BEGIN /*M!100000 GRANT ALL ON *.* TO x; */ END",
    "BEGIN SELECT 1; gRaNt ALL ON *.* TO x; END",
    "BEGIN SELECT 1; -- x\nGRANT ALL ON *.* TO x; END",
    "BEGIN SELECT 1; # x\nGRANT ALL ON *.* TO x; END",
    "BEGIN SELECT 1- -1; GRANT/**/ALL ON *.* TO x; END",
    "BEGIN SELECT 'a\\'b'; GRANT ALL ON *.* TO x; END",
    "BEGIN SELECT \"a\\\"b\"; GRANT ALL ON *.* TO x; END",
    "BEGIN SELECT 'a''b'; GRANT ALL ON *.* TO `x`; END",
    "BEGIN SELECT `a``b`; GRANT ALL ON *.* TO `x`; END",
    "BEGIN /*!99999 ' */ SELECT 1; GRANT ALL ON *.* TO x; /*!99999 ' */ END",
    "BEGIN /*!60000 ' */ SELECT 1; GRANT ALL ON *.* TO x; /*!60000 ' */ END",
    "BEGIN /* ' */ SELECT 1; GRANT ALL ON *.* TO x; /* ' */ END",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      const char      *words = strstr (bodies[i], "ENGINE") != NULL   ? "of the engine"
                               : strchr (bodies[i], '$') != NULL      ? "quotes"
                               : g_str_has_prefix (bodies[i], "CREA") ? "it "
                                                                      : "reaches beyond";
      g_autofree char *procedure = g_strconcat ("CREATE PROCEDURE p() ", bodies[i], NULL);
      g_autofree char *trigger = g_strconcat (
          "CREATE*/ /*!50003 TRIGGER t BEFORE INSERT ON x FOR EACH ROW ", bodies[i], " */", NULL);
      g_autofree char *event =
          g_strconcat ("CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO ", bodies[i], NULL);

      assert_refused (procedure, words);
      assert_refused (trigger, words);
      assert_refused (event, words);
    }
}

/* Which quotes are strings depends on the settings that the server will read them with. */
static void
test_modes (void)
{
  assert_refused_in ("NO_BACKSLASH_ESCAPES",
                     "CREATE PROCEDURE p() BEGIN SELECT 'a\\'; GRANT ALL ON *.* TO x; SELECT 'b'; "
                     "END",
                     "GRANT");
  assert_refused_in ("ANSI_QUOTES",
                     "CREATE PROCEDURE p() BEGIN SELECT \"a\\\"; GRANT ALL ON *.* TO x; SELECT "
                     "\"b\"; END",
                     "GRANT");
  assert_refused_in ("ORACLE", "CREATE PROCEDURE p() SELECT 1 FROM \"mysql\".\"user\"", "database");
  assert_refused_in ("ansi", "CREATE VIEW v AS SELECT 1 FROM \"elsewhere\".\"t\"", "database");
  assert_refused_in ("ANSI_QUOTES", "CREATE VIEW v AS SELECT \"load_file\"('/etc/passwd')",
                     "load_file");
  assert_refused_in ("MSSQL", "CREATE PROCEDURE p() SELECT 1", "sql_mode");
  assert_refused_in ("ANSI_QUOTES'; DROP DATABASE shop; --", "CREATE PROCEDURE p() SELECT 1",
                     "sql_mode");
}

static void
test_other_forms (void)
{
  assert_refused ("", "");
  assert_refused ("CREATE", "");
  assert_refused ("CREATE USER x", "kind");
  assert_refused ("GRANT ALL ON *.* TO x", "kind");
  assert_refused ("CREATE TABLE x (a INT)", "kind");
  assert_refused ("CREATE PACKAGE p AS END", "kind");
  assert_refused ("CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'x')", "kind");
  assert_refused ("CREATE FUNCTION f RETURNS STRING SONAME 'x.so'", "library");
  assert_refused ("CREATE AGGREGATE FUNCTION f RETURNS INTEGER SONAME 'x.so'", "library");
  assert_refused ("CREATE VIEW v AS select 1; DROP TABLE x", "query");
  assert_refused ("CREATE VIEW v AS select 1 into @a", "query");
  assert_refused ("CREATE VIEW v AS DELETE FROM x", "query");
  assert_refused ("CREATE VIEW v", "query");
  assert_refused ("CREATE VIEW AS select 1", "");
  assert_refused ("CREATE DEFINER VIEW v AS select 1", "definer");
  assert_refused ("CREATE SQL SECURITY ROOT VIEW v AS select 1", "SECURITY");
  assert_refused ("CREATE TRIGGER t BEFORE INSERT OR UPDATE ON x FOR EACH ROW SET @a = 1", "form");
  assert_refused ("CREATE TRIGGER t BEFORE INSERT ON x FOR EACH STATEMENT SET @a = 1", "form");
  assert_refused ("CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW", "form");
  assert_refused ("CREATE SEQUENCE s; DROP TABLE x", "form");
  assert_refused ("CREATE SEQUENCE s AS SELECT 1", "form");
  assert_refused ("DO SETVAL(s, SLEEP(9))", "");
  assert_refused ("DO SETVAL(s, 1), SLEEP(9)", "");
  assert_refused ("SELECT SETVAL(s, 1) INTO OUTFILE 'x'", "");
  assert_refused ("SELECT 1", "");
  assert_refused ("CREATE VIEW v AS select 'x", "end");
  assert_refused ("CREATE VIEW v AS select 1 /* x", "end");
  assert_refused ("CREATE VIEW v AS select 1 /*!50000 x", "end");
  assert_refused ("CREATE VIEW v AS select 1 */ */", "begin");
  assert_refused ("CREATE VIEW v AS select 1 --\177 ' \n, 2 -- '", "minus signs");
}

static void
test_settings (void)
{
  SrTargetObject     object = { .statement = "CREATE VIEW v AS select 'é'", .charset = "gbk" };
  g_autoptr (GError) error = NULL;

  g_assert_null (parse (&object, &error));
  g_assert_nonnull (strstr (error->message, "encoding"));
  g_clear_error (&error);
  object.charset = "utf8mb4'";
  g_assert_null (parse (&object, &error));
  g_clear_error (&error);
  object.charset = NULL;
  object.is_changed = TRUE;
  g_assert_null (parse (&object, &error));
  g_assert_nonnull (strstr (error->message, "UTF-8"));
  g_clear_error (&error);
  object.is_changed = FALSE;
  object.time_zone = "x'; SELECT 1";
  g_assert_null (parse (&object, &error));
  g_clear_error (&error);
}

static void
test_deep (void)
{
  g_autoptr (GString) text = g_string_new ("CREATE VIEW v AS select ");

  for (guint i = 0; i < 100000; i++)
    g_string_append_c (text, '(');
  assert_refused (text->str, "deep");
}

static void
test_changes (void)
{
  static const char *const refused[] = {
    "ALTER TABLE x RENAME TO y",
    "ALTER TABLE x ENGINE=FEDERATED",
    "ALTER TABLE x ADD KEY (a) ENGINE=FEDERATED CONNECTION='mysql://x'",
    "ALTER TABLE x AUTO_INCREMENT=5 DATA DIRECTORY='/tmp'",
    "ALTER TABLE x DROP COLUMN a",
    "ALTER TABLE x ADD KEY (a), DROP COLUMN b",
    "ALTER TABLE x ADD CONSTRAINT c CHECK ((SELECT 1) > 0)",
    "ALTER TABLE x ADD KEY (a); DROP TABLE y",
    "ALTER TABLE x DISCARD TABLESPACE",
    "ALTER TABLE",
    "ALTER USER x",
    "CREATE INDEX i ON",
    "CREATE INDEX ON x (a)",
  };

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    assert_refused (refused[i], "");
}

static char *
refer (const char *name,
       gpointer    user_data)
{
  return g_strdup_printf ("`stage`.`%s`", name);
}

/* A definition means to the server what it means here. */
static void
test_tables (void)
{
  static const char *const databases[] = { "shop", "old", NULL };
  SrMariaDdlOptions        options = { .name = "`stage`.`x`",
                                       .reference = refer,
                                       .sequence = refer,
                                       .syntax = { 101119, TRUE },
                                       .databases = databases };
  g_autoptr (GError)       error = NULL;
  g_autofree char         *sql = NULL;
  g_autofree char         *changed = NULL;

  sql = sr_maria_ddl_rewrite (
      "CREATE TABLE `x` (`a` int DEFAULT nextval(`old`.`s`) /*!80023 INVISIBLE */, CONSTRAINT `k` "
      "FOREIGN KEY (`a`) REFERENCES `y` (`a`), CHECK (`a` > 1)) ENGINE=InnoDB WITH SYSTEM "
      "VERSIONING /*!50100 PARTITION BY HASH (`a`) */",
      &options, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (
      sql, ==,
      "CREATE TABLE `stage`.`x` (`a` int DEFAULT nextval(`stage`.`s`)  , CONSTRAINT `k` "
      "FOREIGN KEY (`a`) REFERENCES `stage`.`y` (`a`), CHECK (`a` > 1)) ENGINE=InnoDB "
      "WITH SYSTEM VERSIONING   PARTITION BY HASH (`a`)");
  changed = sr_maria_ddl_rewrite_change (
      "ALTER TABLE `x` ADD PRIMARY KEY (`a`), ADD UNIQUE KEY `u` (`b`), MODIFY `a` int NOT NULL "
      "AUTO_INCREMENT, AUTO_INCREMENT=9, ADD CONSTRAINT `c` FOREIGN KEY (`b`) REFERENCES `y` (`a`)",
      "x", &options, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (
      changed, ==,
      "ALTER TABLE `stage`.`x` ADD PRIMARY KEY (`a`), ADD UNIQUE KEY `u` (`b`), MODIFY "
      "`a` int NOT NULL AUTO_INCREMENT, AUTO_INCREMENT=9, ADD CONSTRAINT `c` FOREIGN "
      "KEY (`b`) REFERENCES `stage`.`y` (`a`)");
  g_assert_null (sr_maria_ddl_rewrite ("CREATE TABLE `x` (`a` int COMMENT /*!99999 ' */ 'b') "
                                       "ENGINE=InnoDB SELECT * FROM mysql.user /*!99999 ' */",
                                       &options, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_null (sr_maria_ddl_rewrite ("CREATE TABLE `x` (`a` int REFERENCES `erp`.`y` (`a`)) "
                                       "ENGINE=InnoDB",
                                       &options, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_REFUSED);
}

static void
test_partitions (void)
{
  static const char *const databases[] = { "shop", NULL };
  static const char *const made[] = {
    "PARTITION BY RANGE (`y`) (PARTITION `p0` VALUES LESS THAN (10) ENGINE = InnoDB, PARTITION "
    "`p1` "
    "VALUES LESS THAN MAXVALUE ENGINE = InnoDB)",
    "PARTITION BY LIST  COLUMNS(`c`) (PARTITION `p0` VALUES IN ('a','values') ENGINE = InnoDB, "
    "PARTITION `p1` DEFAULT ENGINE = InnoDB)",
    "PARTITION BY KEY (`y`) PARTITIONS 4",
  };
  static const char *const refused[] = {
    "VALUES (1, 2)",
    "IGNORE VALUES (1, 2)",
    "PARTITION BY RANGE (`y`) (PARTITION `p` VALUES LESS THAN (1) ENGINE = FEDERATED)",
    "PARTITION BY RANGE (`y`) (PARTITION `p` VALUES LESS THAN (1) DATA DIRECTORY = '/tmp')",
    "PARTITION BY RANGE (`y`) (PARTITION `p` VALUES LESS THAN ((SELECT 1)) ENGINE = InnoDB)",
    "PARTITION BY RANGE (`y`) (PARTITION `p` VALUES LESS THAN (1)) SELECT 1",
    "PARTITION BY RANGE (`y`) (PARTITION `p` VALUES LESS THAN (1)) VALUES (1)",
  };
  SrMariaDdlOptions options = { .name = "`stage`.`x`",
                                .reference = refer,
                                .sequence = refer,
                                .syntax = { 101119, TRUE },
                                .databases = databases };

  for (guint i = 0; i < G_N_ELEMENTS (made) + G_N_ELEMENTS (refused); i++)
    {
      gboolean         is_made = i < G_N_ELEMENTS (made);
      const char      *tail = is_made ? made[i] : refused[i - G_N_ELEMENTS (made)];
      g_autofree char *ddl =
          g_strconcat ("CREATE TABLE `x` (`y` int) ENGINE=InnoDB\n ", tail, NULL);
      g_autoptr (GError) error = NULL;
      g_autofree char   *sql = sr_maria_ddl_rewrite (ddl, &options, &error);

      if (is_made)
        {
          g_assert_no_error (error);
          g_assert_true (g_str_has_suffix (sql, tail));
        }
      else
        g_assert_error (error, SR_ERROR, SR_ERROR_REFUSED);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/maria-object/forms", test_forms);
  g_test_add_func ("/maria-object/definer", test_definer);
  g_test_add_func ("/maria-object/names", test_names);
  g_test_add_func ("/maria-object/other-databases", test_other_databases);
  g_test_add_func ("/maria-object/reach", test_reach);
  g_test_add_func ("/maria-object/modes", test_modes);
  g_test_add_func ("/maria-object/other-forms", test_other_forms);
  g_test_add_func ("/maria-object/settings", test_settings);
  g_test_add_func ("/maria-object/deep", test_deep);
  g_test_add_func ("/maria-object/changes", test_changes);
  g_test_add_func ("/maria-object/tables", test_tables);
  g_test_add_func ("/maria-object/partitions", test_partitions);
  return g_test_run ();
}
