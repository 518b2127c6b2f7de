/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "record/sr-sql-records.h"
#include "sr-test-records.h"

/* Reads @sql whole and in pieces, which has to give the same. Returns: its records, or the error's
 * text */
static char *
read_sql (SrSqlDialect dialect,
          const char  *sql,
          gsize        size)
{
  static const gsize steps[] = { 1, 2, 7, 1000000 };
  g_autofree char   *first = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr (GInputStream)   stream = sr_test_pieces_new (sql, size, steps[i]);
      g_autoptr (SrRecordReader) reader = sr_sql_records_new (stream, dialect);
      g_autoptr (GError)         error = NULL;
      g_autofree char           *text = sr_test_records_to_text (reader, &error);

      if (text == NULL)
        text = g_strdup (error->message);
      if (first == NULL)
        first = g_steal_pointer (&text);
      else
        g_assert_cmpstr (text, ==, first);
    }
  return g_steal_pointer (&first);
}

static void
check (SrSqlDialect dialect,
       const char  *sql,
       const char  *expected)
{
  g_autofree char *text = read_sql (dialect, sql, strlen (sql));

  g_assert_cmpstr (text, ==, expected);
}

static void
test_mysql_values (void)
{
  check (
      SR_SQL_MYSQL,
      "CREATE TABLE `t` (`id` int(11) NOT NULL, `a` text, `b` blob, `c` bit(4), `d` "
      "decimal(10,2) unsigned DEFAULT '1,2', PRIMARY KEY (`id`)) ENGINE=InnoDB;\n"
      "INSERT INTO `t` VALUES (1,'it''s \\'a\\' \\\\ \\n\\0;--',_binary "
      "'a\\0b',b'101',0.10),(-2,NULL,0x4a4B,'\005',.5),\n(3,_utf8mb4'x' 'y',x'00',NULL,"
      "'007.50');",
      "[t id]\n"
      "id=n1|a=tit's 'a' \\ \\012\\000;--|b=x610062|c=t0101|d=n0.10\n"
      "id=n-2|a=0|b=x4a4b|c=t0101|d=n0.5\n"
      "id=n3|a=txy|b=x00|c=0|d=n7.50\n");
}

static void
test_mysql_statements (void)
{
  check (SR_SQL_MYSQL,
         "/*M!999999\\- enable the sandbox mode */\n-- MySQL dump 10.13  Distrib 8.0\n# a;b'\n"
         "/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;\n"
         "CREATE TABLE `b` (`x` int, `y` int GENERATED ALWAYS AS (`x` * 2) VIRTUAL, `z` int);\n"
         "CREATE TABLE `e` (`x` int /* c; */, KEY `k` (`x`));\n"
         "LOCK TABLES `b` WRITE;\n/*!40000 ALTER TABLE `b` DISABLE KEYS */;\n"
         "INSERT IGNORE INTO `b` (`x`, `z`) VALUES (1,2);\nREPLACE INTO `b` (`z`) VALUES (7);\n"
         "INSERT INTO b VALUES (5,6) ON DUPLICATE KEY UPDATE x='(9,9)';\nUNLOCK TABLES;\n"
         "DELIMITER ;;\n/*!50003 CREATE*/ /*!50003 TRIGGER t BEFORE INSERT ON b FOR EACH ROW BEGIN "
         "INSERT INTO c VALUES (1); END */;;\nDELIMITER ;\n"
         "/*!50001 CREATE TABLE `v` (`a` tinyint NOT NULL) ENGINE=MyISAM */;\n"
         "/*!50001 DROP TABLE IF EXISTS `v`*/;\n/*!50001 CREATE ALGORITHM=UNDEFINED */\n"
         "/*!50001 VIEW `v` AS SELECT 1 */;\n-- Dump completed on 2026-11-20\n",
         "[b]\nx=n1|z=n2\nz=n7\nx=n5|z=n6\n[e]\n");
}

static void
test_mysql_no_backslash (void)
{
  check (SR_SQL_MYSQL,
         "SET SQL_MODE='ANSI,NO_BACKSLASH_ESCAPES';INSERT INTO t (a) VALUES ('\\'),('b');"
         "SET SQL_MODE='';INSERT INTO t (a) VALUES ('\\');');",
         "[t]\na=t\\\na=tb\na=t');\n");
}

static const char two_databases[] =
    "USE `a`;CREATE TABLE `t` (`i` int PRIMARY KEY);INSERT INTO `t` VALUES (1);"
    "USE `b`;CREATE TABLE `t` (`i` int);INSERT INTO `t` VALUES (2);";

/* Reads @sql as a backup file does: twice. */
static void
check_databases (SrSqlDialect dialect,
                 const char  *sql,
                 const char  *expected)
{
  g_autoptr (GInputStream)   first = sr_test_pieces_new (sql, strlen (sql), 10);
  g_autoptr (GInputStream)   second = sr_test_pieces_new (sql, strlen (sql), 10);
  g_autoptr (GError)         error = NULL;
  g_autoptr (SrSqlOutline)   outline = sr_sql_prescan (first, dialect, NULL, &error);
  g_autoptr (SrRecordReader) reader = sr_sql_records_new (second, dialect);
  g_autofree char           *text = NULL;

  g_assert_no_error (error);
  sr_sql_records_set_outline (SR_SQL_RECORDS (reader), outline);
  text = sr_test_records_to_text (reader, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_mysql_databases (void)
{
  check (SR_SQL_MYSQL, two_databases, "[t i]\ni=n1\n[b.t]\ni=n2\n");
  check_databases (SR_SQL_MYSQL, two_databases, "[a.t i]\ni=n1\n[b.t]\ni=n2\n");
}

#define TABLE     "CREATE TABLE `t` (`i` int);"
#define HEADER(x) "-- Host: localhost    Database: " x "\n"

/* Rows of another database's table of the same name are not this one's. */
static void
test_mysql_database_behind (void)
{
  const char *use = TABLE "INSERT INTO `t` VALUES (1);USE `b`;INSERT INTO `t` VALUES (2);";
  const char *two =
      HEADER ("a") TABLE "INSERT INTO t VALUES (1);" HEADER ("b") TABLE "INSERT INTO t VALUES (2);";

  check (SR_SQL_MYSQL, use, "[t]\ni=n1\n[b.t]\ncolumn1=n2\n");
  check_databases (SR_SQL_MYSQL, use, "[t]\ni=n1\n[b.t]\ncolumn1=n2\n");
  check (SR_SQL_MYSQL, two, "[t]\ni=n1\n[b.t]\ni=n2\n");
  check_databases (SR_SQL_MYSQL, two, "[a.t]\ni=n1\n[b.t]\ni=n2\n");
  check_databases (SR_SQL_MYSQL,
                   "-- Database: `a`\n" TABLE "USE c;" TABLE "INSERT INTO a.t VALUES (1);",
                   "[a.t]\ni=n1\n[c.t]\n");
  /* One and the same, however often it is named; or another one than the dump was made of. */
  check_databases (SR_SQL_MYSQL,
                   HEADER ("a") TABLE "INSERT INTO a.t VALUES (1);USE a;INSERT INTO t VALUES (2);",
                   "[t]\ni=n1\ni=n2\n");
  check_databases (SR_SQL_MYSQL, HEADER ("a") "USE b;" TABLE "INSERT INTO t VALUES (2);",
                   "[t]\ni=n2\n");
  check_databases (SR_SQL_MYSQL, HEADER ("") TABLE "INSERT INTO t VALUES (2);", "[t]\ni=n2\n");
  check_databases (SR_SQL_POSTGRES,
                   "CREATE TABLE t (i int);INSERT INTO t VALUES (1);\n\\connect b\n"
                   "CREATE TABLE t (i int);INSERT INTO t VALUES (2);\n",
                   "[t]\ni=n1\n[b.t]\ni=n2\n");
}

static const char pg_dump[] =
    "--\n-- PostgreSQL database dump\n--\n\n\\restrict abc\n\n"
    "SELECT pg_catalog.set_config('search_path', '', false);\n"
    "CREATE TYPE public.mood AS ENUM (\n    'a;b',\n    'c'\n);\n"
    "CREATE FUNCTION public.f() RETURNS void LANGUAGE plpgsql AS $_$ begin; 'x end; $_$;\n"
    "CREATE FUNCTION public.g() RETURNS void LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END;\n"
    "CREATE TABLE public.\"T\" (\n    id integer NOT NULL,\n    a text COLLATE \"C\",\n"
    "    t timestamp(3) without time zone DEFAULT now() NOT NULL,\n    y bytea, ok boolean,\n"
    "    m public.mood, n numeric(10,2),\n    CONSTRAINT c CHECK (((id > 0) AND (a <> "
    "')'::text)))\n"
    ");\n"
    "ALTER TABLE public.\"T\" ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (\n"
    "    SEQUENCE NAME public.s\n);\n"
    "CREATE TABLE other.e (x int);\n"
    "COPY public.\"T\" (id, a, t, y, ok, m, n) FROM stdin;\n"
    "1\ta\\tb\\\\c\\N\\r\t2026-11-20 05:13:38.123\t\\\\x0aFF\tt\ta;b\t1.50\n"
    "2\t\\N\t2026-11-20 05:13:38\t\\\\x\tf\t\\N\tNaN\n"
    "\\.\n\n"
    "SELECT pg_catalog.setval('public.s', 2, true);\n"
    "ALTER TABLE ONLY public.\"T\"\n    ADD CONSTRAINT p PRIMARY KEY (id);\n"
    "--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict abc\n";

static void
test_postgres (void)
{
  const char *records =
      "id=n1|a=ta\\011b\\cN\\015|t=t2026-11-20 05:13:38.123|y=x0aff|ok=btrue|m=ta;b"
      "|n=n1.50\n"
      "id=n2|a=0|t=t2026-11-20 05:13:38|y=x|ok=bfalse|m=0|n=tNaN\n[other.e]\n";
  g_autofree char           *expected = g_strconcat ("[T]\n", records, NULL);
  g_autofree char           *with_key = g_strconcat ("[T id]\n", records, NULL);
  g_autofree char           *text = NULL;
  g_autoptr (GInputStream)   first = sr_test_pieces_new (pg_dump, strlen (pg_dump), 10);
  g_autoptr (GInputStream)   second = sr_test_pieces_new (pg_dump, strlen (pg_dump), 10);
  g_autoptr (GError)         error = NULL;
  g_autoptr (SrSqlOutline)   outline = sr_sql_prescan (first, SR_SQL_POSTGRES, NULL, &error);
  g_autoptr (SrRecordReader) reader = sr_sql_records_new (second, SR_SQL_POSTGRES);

  g_assert_no_error (error);
  check (SR_SQL_POSTGRES, pg_dump, expected);
  sr_sql_records_set_outline (SR_SQL_RECORDS (reader), outline);
  text = sr_test_records_to_text (reader, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, with_key);
  g_assert_true (sr_sql_records_get_facts (SR_SQL_RECORDS (reader))->has_end);
  g_assert_true (sr_sql_records_get_facts (SR_SQL_RECORDS (reader))->needs_end);
}

static void
test_postgres_values (void)
{
  check (SR_SQL_POSTGRES,
         "CREATE TABLE public.t (a text, b bytea, c bit(3), d text[]);\n"
         "INSERT INTO public.t VALUES ('a\\', '\\x00ff', B'101', '{a,b}');\n"
         "INSERT INTO public.t VALUES (E'\\'\\t\\\\\\u00e9\\101', NULL, '111', $$x'$$);\n"
         "INSERT INTO public.t (a) VALUES ($q$;)$q$), ('x'::text), (now());\n",
         "[t]\na=ta\\|b=x00ff|c=t101|d=t{a,b}\na=t'\\011\\éA|b=0|c=t111|d=tx'\n"
         "a=t;)\na=tx\na=lnow()\n");
}

/* What plain values MySQL takes in other forms. */
static void
test_mysql_forms (void)
{
  check (SR_SQL_MYSQL,
         "CREATE TABLE `t` (`id` int, `s` text);\n"
         "INSERT INTO `t` SET id=2, `t`.`s` = 'a,(b;' ;\nREPLACE INTO `t` SET id=3, s=\"set\";\n"
         "INSERT INTO `t` SET s=_utf8mb4'x' 'y';\nINSERT INTO `t` SET id=UNIX_TIMESTAMP(1, 2);\n"
         "INSERT INTO t PARTITION (p0, p1) VALUES (6,'part');\n"
         "INSERT INTO t PARTITION (p0) (s) VALUES ('q');\n"
         "INSERT INTO `t`() VALUES (12,'empty');\n",
         "[t]\nid=n2|s=ta,(b;\nid=n3|s=tset\ns=txy\nid=lUNIX_TIMESTAMP(1, 2)\nid=n6|s=tpart\n"
         "s=tq\nid=n12|s=tempty\n");
  check (SR_SQL_MYSQL, "INSERT INTO `t` SET id=2, s='a",
         "The SQL text ends at byte 30 within the statement at byte 0; it is cut off");
}

/* Reads @sql and compares what of it is told as not read. */
static void
check_changes (SrSqlDialect dialect,
               const char  *sql,
               guint        n,
               const char  *expected)
{
  g_autoptr (GInputStream)   stream = sr_test_pieces_new (sql, strlen (sql), 3);
  g_autoptr (SrRecordReader) reader = sr_sql_records_new (stream, dialect);
  g_autoptr (GError)         error = NULL;
  g_autofree char           *text = sr_test_records_to_text (reader, &error);
  const SrSqlFacts          *facts = sr_sql_records_get_facts (SR_SQL_RECORDS (reader));

  g_assert_no_error (error);
  g_assert_cmpstr (facts->changes, ==, expected);
  g_assert_cmpuint (facts->n_changes, ==, n);
}

static void
test_changes (void)
{
  check_changes (SR_SQL_MYSQL,
                 "CREATE TABLE `t` (`id` int);TRUNCATE TABLE `t`;DELETE FROM `t`;"
                 "DROP TABLE IF EXISTS `t`;CREATE TABLE `t` (`id` int);"
                 "INSERT INTO `t` VALUES (1),(2);UNLOCK TABLES;DELIMITER ;;\n"
                 "CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW BEGIN UPDATE t SET id=1; END;;\n"
                 "DELIMITER ;\n",
                 0, NULL);
  check_changes (SR_SQL_MYSQL,
                 "INSERT INTO `t` (id) VALUES (1) ON DUPLICATE KEY UPDATE id=2;"
                 "INSERT INTO `a` SELECT 1;INSERT INTO `b` VALUES ();INSERT INTO c VALUES ROW(1);"
                 "INSERT INTO `d` SET a=1 ON DUPLICATE KEY UPDATE a=2;UPDATE a SET b=1;"
                 "UPDATE `a` SET b=2;DELETE FROM e WHERE a=1;",
                 8,
                 "INSERT INTO t … UPDATE, INSERT INTO a, INSERT INTO b, INSERT INTO c, INSERT INTO "
                 "d, UPDATE a, DELETE FROM e");
  check_changes (SR_SQL_MYSQL, "INSERT INTO `t` VALUES (1);TRUNCATE `t`;DROP TABLE `t`;", 2,
                 "TRUNCATE t, DROP TABLE t");
  check_changes (SR_SQL_POSTGRES,
                 "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING;COPY public.a (b) FROM stdin;\n"
                 "UPDATE\n\\.\nSELECT pg_catalog.setval('public.s', 2, true);"
                 "CREATE FUNCTION public.g() RETURNS void LANGUAGE sql AS $$ DELETE FROM t; $$;"
                 "UPDATE pg_catalog.pg_database SET datistemplate = false WHERE datname = 'a';\n"
                 "\\connect a\nUPDATE pg_catalog.pg_database SET datistemplate = false;",
                 0, NULL);
  check_changes (SR_SQL_POSTGRES,
                 "INSERT INTO public.t SELECT 5;COPY public.a FROM '/f';TRUNCATE a, b;"
                 "WITH x AS (DELETE FROM a RETURNING *) SELECT 1;WITH x AS (SELECT 1) SELECT 2;",
                 4, "INSERT INTO t, COPY a, TRUNCATE a, WITH … that changes data");
  check_changes (SR_SQL_POSTGRES,
                 "SELECT pg_catalog.lo_open('5', 131072);SELECT pg_catalog.lowrite(0, '\\x00');", 1,
                 "a large object");
  check_changes (SR_SQL_SQLITE,
                 "BEGIN TRANSACTION;CREATE TABLE t(a);INSERT INTO t VALUES(1);\n"
                 "DELETE FROM sqlite_sequence;\nINSERT INTO sqlite_sequence VALUES('t',1);\n"
                 "CREATE TRIGGER x AFTER INSERT ON t BEGIN DELETE FROM t; UPDATE t SET a=1; END;\n"
                 "COMMIT;\n",
                 0, NULL);
}

/* pg_dump --inserts and --column-inserts of identity and generated columns. */
static void
test_postgres_overriding (void)
{
  check (SR_SQL_POSTGRES,
         "CREATE TABLE public.a (id integer NOT NULL, s text,\n"
         "    g integer GENERATED ALWAYS AS ((id * 2)) STORED);\n"
         "INSERT INTO public.a OVERRIDING SYSTEM VALUE VALUES (1, 'x', DEFAULT);\n"
         "INSERT INTO public.a (id, s, g) OVERRIDING SYSTEM VALUE VALUES (2, 'y', default );\n"
         "INSERT INTO public.a (id, s) OVERRIDING USER VALUE VALUES (3, 'z');\n"
         "INSERT INTO public.a VALUES (4, DEFAULT, DEFAULT);\n",
         "[a]\nid=n1|s=tx|g=0\nid=n2|s=ty|g=0\nid=n3|s=tz\nid=n4|s=lDEFAULT|g=0\n");
}

static void
test_sqlite (void)
{
  check (SR_SQL_SQLITE,
         "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n"
         "CREATE TABLE t(id INTEGER PRIMARY KEY, [a b] TEXT, c BLOB, d REAL);\n"
         "INSERT INTO t VALUES(1,replace('x\\ny','\\n',char(10)),X'0aFF',1.5e+10);\n"
         "INSERT INTO t VALUES(2,unistr('a\\u000ab\\\\'),NULL,-3);\n"
         "INSERT INTO \"t\" VALUES(3,'a\\','','x');\n"
         "DELETE FROM sqlite_sequence;\nINSERT INTO sqlite_sequence VALUES('t',3);\n"
         "CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO t VALUES(9,'','',''); SELECT CASE 1 "
         "WHEN 1 THEN 2 END; END;\nCOMMIT;\n",
         "[t id]\nid=n1|a b=tx\\012y|c=x0aff|d=n1.5e+10\nid=n2|a b=ta\\012b\\|c=0|d=n-3\n"
         "id=n3|a b=ta\\|c=t|d=tx\n");
}

#define DATE "Fri Nov 20 2026 05:13:38 GMT+0800 (Philippine Standard Time)"

static void
test_webeenthere (void)
{
  check (SR_SQL_WEBEENTHERE,
         "-- Webeenthere Database Backup\n\nCREATE TABLE `t` (\n  `id` bigint(20) NOT NULL COMMENT "
         "'it\\'s',\n  `a` text,\n  `b` longblob,\n  `c` longblob,\n  `d` datetime(3),\n  `e` "
         "date,\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB;\n\n"
         "INSERT INTO `t` (`id`, `a`, `b`, `c`, `d`, `e`) VALUES\n"
         "(1, 'x\\', a, 'b', (1, 2), NULL, " DATE ", " DATE "),\n"
         "(9007199254740992, 'y''z', \xef\xbf\xbdPNG\r\n'\"\\, , Invalid Date, NULL);\n\n"
         "DROP TABLE IF EXISTS `v`;\n-- Table: v\nundefined;\n\nINSERT INTO `v` (`q`, `r`) VALUES\n"
         "(1, a'b, c);\n\nSET FOREIGN_KEY_CHECKS = 1;\n",
         "[t id]\n"
         "id=n1|a=tx\\|b=x61|c=x2762272c2028312c2032292c204e554c4c|d=t2026-11-20 "
         "05:13:38|e=t2026-11-20\n"
         "id=n9007199254740992|a=ty'z|b=l\xef\xbf\xbdPNG\\015\\012'\"\\|c=x|d=lInvalid Date|e=0\n"
         "[v]\nq=n1|r=ta'b, c\n");
}

static void
test_webeenthere_notes (void)
{
  static const char sql[] =
      "CREATE TABLE `t` (`i` bigint(20), `d` datetime(6), `b` blob, `g` point);\n"
      "INSERT INTO `t` (`i`, `d`, `b`, `g`) VALUES\n"
      "(9007199254740991, " DATE ", NULL, NULL),\n"
      "(-9007199254740994, Invalid Date, \xef\xbf\xbd, [object Object]);\n\n";
  g_autoptr (GInputStream)   stream = sr_test_pieces_new (sql, strlen (sql), 10);
  g_autoptr (SrRecordReader) reader = sr_sql_records_new (stream, SR_SQL_WEBEENTHERE);
  const guint64             *notes = sr_record_reader_get_notes (reader);
  SrCollection              *collection;
  guint64                    count;
  g_autoptr (GError)         error = NULL;

  sr_record_reader_next_collection (reader, &collection, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (sr_record_reader_skip (reader, &count, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count, ==, 2);
  g_assert_cmpuint (notes[SR_NOTE_ROUNDED], ==, 1);
  g_assert_cmpuint (notes[SR_NOTE_LOST_DATE], ==, 1);
  g_assert_cmpuint (notes[SR_NOTE_LOST_BYTES], ==, 2);
  g_assert_cmpuint (notes[SR_NOTE_LOST_FRACTION], ==, 1);
  g_assert_cmpuint (notes[SR_NOTE_GUESSED], ==, 1);
}

static void
test_truncated (void)
{
  check (
      SR_SQL_MYSQL, "INSERT INTO t (a) VALUES (1),(2,'x",
      "The SQL text ends at byte 34 within record 2 of table “t”, which begins at byte 29; it is "
      "cut off");
  check (SR_SQL_MYSQL, "INSERT INTO t (a) VALUES (1)",
         "The SQL text ends at byte 28 within the statement at byte 28, behind 1 records of table "
         "“t”; it is cut off");
  check (
      SR_SQL_POSTGRES, "COPY t (a) FROM stdin;\n1\n2",
      "The SQL text ends at byte 26 within record 2 of table “t”, which begins at byte 25; it is "
      "cut off");
  check (
      SR_SQL_POSTGRES, "COPY t (a) FROM stdin;\n1\n",
      "The SQL text ends at byte 25 within record 2 of table “t”, which begins at byte 25; it is "
      "cut off");
  check (SR_SQL_SQLITE, "BEGIN TRANSACTION;\nCREATE TABLE t(a",
         "The SQL text ends at byte 35 within the statement at byte 19; it is cut off");
  check (SR_SQL_MYSQL, "`a",
         "The SQL text ends at byte 2 within the statement at byte 0; it is cut off");
  check (SR_SQL_WEBEENTHERE, "", "");
  check (SR_SQL_WEBEENTHERE, "-- Database Backup\n", "");
}

/* Whatever the length of what there is, no more is read than that, and nothing is made up. */
static void
test_every_length (void)
{
  for (gsize size = 0; size < strlen (pg_dump); size += 11)
    {
      g_autofree char *text = read_sql (SR_SQL_POSTGRES, pg_dump, size);

      g_assert_nonnull (text);
    }
}

static void
assert_dialect (const char  *text,
                SrSqlDialect wanted)
{
  g_assert_cmpint (sr_sql_guess_dialect (text, strlen (text)), ==, wanted);
}

static void
test_dialect (void)
{
  assert_dialect ("", SR_SQL_NONE);
  assert_dialect ("-- MariaDB dump 10.19", SR_SQL_MYSQL);
  assert_dialect ("SET x = 1;\nSELECT pg_catalog.set_config('search_path', '', false);",
                  SR_SQL_POSTGRES);
  assert_dialect ("INSERT INTO `t` VALUES (1);", SR_SQL_MYSQL);
  assert_dialect ("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;", SR_SQL_SQLITE);
  assert_dialect ("root:*:19000:0:99999:7:::\ndaemon:*:19000::", SR_SQL_NONE);
  assert_dialect ("std::vector<int> public.field; /*! doc */", SR_SQL_NONE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sql-records/mysql/values", test_mysql_values);
  g_test_add_func ("/sql-records/mysql/statements", test_mysql_statements);
  g_test_add_func ("/sql-records/mysql/no-backslash", test_mysql_no_backslash);
  g_test_add_func ("/sql-records/mysql/databases", test_mysql_databases);
  g_test_add_func ("/sql-records/postgres/dump", test_postgres);
  g_test_add_func ("/sql-records/postgres/values", test_postgres_values);
  g_test_add_func ("/sql-records/postgres/overriding", test_postgres_overriding);
  g_test_add_func ("/sql-records/mysql/database-behind", test_mysql_database_behind);
  g_test_add_func ("/sql-records/mysql/forms", test_mysql_forms);
  g_test_add_func ("/sql-records/changes", test_changes);
  g_test_add_func ("/sql-records/sqlite", test_sqlite);
  g_test_add_func ("/sql-records/webeenthere/values", test_webeenthere);
  g_test_add_func ("/sql-records/webeenthere/notes", test_webeenthere_notes);
  g_test_add_func ("/sql-records/truncated", test_truncated);
  g_test_add_func ("/sql-records/every-length", test_every_length);
  g_test_add_func ("/sql-records/dialect", test_dialect);
  return g_test_run ();
}
