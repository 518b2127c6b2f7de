/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <string.h>

#include "target/sr-pg-statement.h"

static const char *
to_stage (const char  *schema,
          const char  *name,
          SrPgMapFlags flags,
          gpointer     user_data)
{
  if (strcmp (schema, "public") != 0)
    return NULL;
  if ((flags & SR_PG_MAP_BODY) != 0)
    return "\"home\"";
  return strcmp (name, "old") == 0 ? "\"home\"" : "\"stage\"";
}

static void
assert_written (const char       *text,
                SrPgStatementKind kind,
                const char       *wanted)
{
  g_autoptr (SrPgStatement) statement = sr_pg_statement_parse (text);
  g_autofree char          *written = NULL;

  g_assert_cmpstr (statement->refused, ==, NULL);
  g_assert_cmpint (statement->kind, ==, kind);
  written = sr_pg_statement_write (statement, "\"stage\"", to_stage, NULL);
  g_assert_cmpstr (written, ==, wanted);
}

static void
test_write (void)
{
  assert_written ("CREATE TYPE public.mood AS ENUM (\n    'a;',\n    'it''s'\n)",
                  SR_PG_STATEMENT_TYPE,
                  "CREATE TYPE \"stage\".mood AS ENUM (\n'a;',\n'it''s'\n)");
  assert_written ("CREATE DOMAIN code AS text CHECK (VALUE ~ '^[A-Z]$'::text)",
                  SR_PG_STATEMENT_TYPE,
                  "CREATE DOMAIN \"stage\".code AS text CHECK (VALUE ~ '^[A-Z]$'::text)");
  assert_written ("CREATE TABLE PUBLIC.x (id integer DEFAULT nextval('public.s'::regclass) NOT NULL"
                  " /* a ; comment */, feel public.mood)",
                  SR_PG_STATEMENT_TABLE,
                  "CREATE TABLE \"stage\".x (id integer DEFAULT nextval('\"stage\".s'::regclass)"
                  " NOT NULL , feel \"stage\".mood)");
  assert_written (
      "CREATE VIEW public.v AS SELECT old.id, 'public.x' AS t FROM public.old, public.x",
      SR_PG_STATEMENT_VIEW,
      "CREATE VIEW \"stage\".v AS SELECT old.id, 'public.x' AS t FROM \"home\".old,"
      " \"stage\".x");
  assert_written ("CREATE MATERIALIZED VIEW public.m AS SELECT 1 WITH NO DATA",
                  SR_PG_STATEMENT_MATERIALIZED,
                  "CREATE MATERIALIZED VIEW \"stage\".m AS SELECT 1");
  assert_written ("CREATE FUNCTION public.f(a public.mood) RETURNS integer\n    LANGUAGE sql\n"
                  "    AS $_$-- the public.x;\nSELECT 'public.x', public.g ($1)$_$",
                  SR_PG_STATEMENT_ROUTINE,
                  "CREATE FUNCTION \"stage\".f(a \"stage\".mood) RETURNS integer\nLANGUAGE sql\n"
                  "AS $_$-- the public.x;\nSELECT 'public.x', \"home\".g ($1)$_$");
  assert_written ("CREATE INDEX i ON public.x USING btree (lower(name) DESC)",
                  SR_PG_STATEMENT_INDEX,
                  "CREATE INDEX i ON \"stage\".x USING btree (lower(name) DESC)");
  assert_written ("ALTER TABLE ONLY public.x ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES"
                  " public.old(id) ON DELETE CASCADE",
                  SR_PG_STATEMENT_REFERENCE,
                  "ALTER TABLE ONLY \"stage\".x ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES"
                  " \"home\".old(id) ON DELETE CASCADE");
}

static void
test_parts (void)
{
  g_autoptr (SrPgStatement) trigger = sr_pg_statement_parse (
      "CREATE TRIGGER t BEFORE UPDATE OF a ON public.\"X y\" FOR EACH ROW WHEN ((new.a > 1))"
      " EXECUTE FUNCTION public.f('on')");
  g_autoptr (SrPgStatement) value =
      sr_pg_statement_parse ("SELECT pg_catalog.setval('public.\"My seq\"', -7, false)");
  g_autoptr (SrPgStatement) comment =
      sr_pg_statement_parse ("COMMENT ON COLUMN public.x.\"a\" IS 'it''s; \\ '");
  g_autoptr (SrPgStatement) definer = sr_pg_statement_parse (
      "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path TO"
      " 'public' AS 'BEGIN END'");

  g_assert_cmpstr (trigger->name.name, ==, "t");
  g_assert_cmpstr (trigger->table.name, ==, "X y");
  g_assert_cmpstr (trigger->table.schema, ==, "public");
  g_assert_cmpstr (trigger->to.name, ==, "f");
  g_assert_cmpstr (value->name.name, ==, "My seq");
  g_assert_cmpint (value->value, ==, -7);
  g_assert_false (value->is_called);
  g_assert_cmpstr (comment->comment_on, ==, "COLUMN");
  g_assert_cmpstr (comment->table.name, ==, "x");
  g_assert_cmpstr (comment->name.name, ==, "a");
  g_assert_cmpstr (definer->refused, ==, NULL);
  g_assert_true (definer->is_definer);
}

/* None of these comes near a server. */
static void
test_hostile (void)
{
  static const char *const texts[] = {
    "",
    "COPY public.x FROM PROGRAM 'id'",
    "COPY public.x TO '/tmp/x'",
    "DO $$BEGIN EXECUTE 'DROP TABLE x'; END$$",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION postgres",
    "ALTER SYSTEM SET archive_command = 'id'",
    "ALTER ROLE me SUPERUSER",
    "CREATE ROLE me",
    "CREATE EXTENSION",
    "CREATE LANGUAGE plpythonu",
    "CREATE EVENT TRIGGER t ON ddl_command_end EXECUTE FUNCTION f()",
    "CREATE RULE r AS ON INSERT TO x DO INSTEAD NOTHING",
    "CREATE POLICY p ON x",
    "CREATE SERVER s FOREIGN DATA WRAPPER w",
    "CREATE FOREIGN TABLE t (a int) SERVER s",
    "CREATE CAST (text AS int) WITH INOUT",
    "CREATE OPERATOR + (FUNCTION = f)",
    "CREATE AGGREGATE a (int) (SFUNC = f, STYPE = int)",
    "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p",
    "CREATE TEMPORARY TABLE t (a int)",
    "CREATE TABLE a.b.c (a int)",
    "CREATE TABLE t AS SELECT 1",
    "CREATE TABLE t (a int) TABLESPACE x",
    "CREATE TABLE t (a int) INHERITS (u)",
    "CREATE TABLE t (LIKE pg_authid)",
    "CREATE TABLE t (a int REFERENCES u)",
    "CREATE TABLE t (a int); DROP TABLE u",
    "CREATE TABLE t (a int",
    "CREATE TABLE t (a int))",
    "CREATE TABLE t (a text DEFAULT pg_read_file('/etc/passwd'))",
    "CREATE TABLE t (a text DEFAULT \"pg_read_file\" ('/etc/passwd'))",
    "CREATE TABLE t (a text DEFAULT pg_catalog . pg_read_file /* x */ ('/etc/passwd'))",
    "CREATE TABLE t (a int, CHECK (1 < @pg_stat_file('x')))",
    "CREATE TABLE t (a text DEFAULT U&\"\\0070g_read_file\"('x'))",
    "CREATE VIEW v AS DELETE FROM x RETURNING *",
    "CREATE VIEW v AS SELECT lo_export(1, '/tmp/x')",
    "CREATE VIEW v AS SELECT query_to_xml('COPY x TO PROGRAM ''id''', true, true, '')",
    "CREATE VIEW v AS SELECT * FROM dblink('x', 'y') AS t(a int)",
    "CREATE MATERIALIZED VIEW v AS SELECT set_config('role', 'postgres', false)",
    "CREATE MATERIALIZED VIEW v AS SELECT 1; SELECT 2",
    "CREATE RECURSIVE VIEW v (a) AS SELECT 1",
    "CREATE INDEX CONCURRENTLY i ON x (a)",
    "CREATE INDEX ON x (a)",
    "CREATE INDEX i ON x (pg_terminate_backend(a))",
    "CREATE INDEX i ON x (a) TABLESPACE t",
    "CREATE FUNCTION f() RETURNS int LANGUAGE c AS '/tmp/x.so', 'f'",
    "CREATE FUNCTION f() RETURNS int LANGUAGE plpythonu AS 'return 1'",
    "CREATE FUNCTION f() RETURNS int LANGUAGE internal AS 'int4abs'",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'a', 'b'",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql LEAKPROOF AS 'SELECT 1'",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET role TO 'postgres' AS 'SELECT 1'",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET session_authorization = x AS 'SELECT 1'",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql SUPPORT g AS 'SELECT 1'",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; DROP TABLE x",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS E'SELECT pg_r\\145ad_file(1)'",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT ''x'",
    "CREATE VIEW v AS SELECT rolpassword FROM pg_authid",
    "CREATE VIEW v AS SELECT * FROM pg_catalog.\"pg_shadow\"",
    "CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW EXECUTE FUNCTION f(); DROP TABLE x",
    "CREATE TRIGGER t BEFORE INSERT ON x",
    "ALTER TABLE x ADD CONSTRAINT c CHECK (true), DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE x ADD COLUMN b int",
    "ALTER TABLE x ADD CONSTRAINT p PRIMARY KEY USING INDEX i TABLESPACE t",
    "ALTER TABLE x ALTER COLUMN a TYPE text USING pg_read_file(a)",
    "ALTER TABLE x ALTER COLUMN a SET DEFAULT 1, ALTER COLUMN b DROP DEFAULT",
    "ALTER TABLE x ALTER COLUMN a SET DEFAULT pg_ls_dir('/')",
    "ALTER TABLE x DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE x DISABLE TRIGGER ALL",
    "ALTER TABLE x DISABLE TRIGGER t; DROP TABLE y",
    "ALTER TABLE x SET SCHEMA y",
    "ALTER TABLE x RENAME TO y",
    "ALTER FUNCTION f() SECURITY DEFINER",
    "ALTER SEQUENCE s RESTART",
    "ALTER DATABASE d SET search_path = x",
    "COMMENT ON TABLE x IS 'a' || 'b'",
    "COMMENT ON ROLE x IS 'a'",
    "SELECT pg_catalog.setval('s', (SELECT 1))",
    "SELECT setval(pg_read_file('x'), 1)",
    "SELECT setval('s', 99999999999999999999)",
    "REFRESH MATERIALIZED VIEW m; DROP TABLE x",
    "DROP TABLE x",
    "TRUNCATE x",
    "CREATE TABLE t (a text DEFAULT $a$ $b$)",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (SrPgStatement) statement = sr_pg_statement_parse (texts[i]);

      g_test_message ("%s: %s", texts[i], statement->refused);
      g_assert_nonnull (statement->refused);
    }
}

/* What a routine may do when it runs, and what not. */
static void
assert_body (const char *body,
             guint       n_forms,
             gboolean    is_refused)
{
  g_autofree char *escaped = NULL;
  g_auto (GStrv)   parts = g_strsplit (body, "'", -1);

  escaped = g_strjoinv ("''", parts);
  for (guint i = 0; i < n_forms; i++)
    {
      g_autofree char *text =
          i == 0   ? g_strdup_printf ("CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS '%s'",
                                      escaped)
          : i == 1 ? g_strdup_printf (
                         "CREATE FUNCTION f() RETURNS int AS $_$%s$_$ LANGUAGE plpgsql", body)
          : i == 2
              ? g_strdup_printf ("CREATE PROCEDURE f() LANGUAGE sql AS $$BEGIN %s $$", body)
              : g_strdup_printf ("CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC %s;"
                                 " END",
                                 body);
      g_autoptr (SrPgStatement) statement = sr_pg_statement_parse (text);

      g_test_message ("%s: %s", text, statement->refused);
      g_assert_true ((statement->refused != NULL) == is_refused);
    }
}

static void
test_bodies (void)
{
  static const char *const refused[] = {
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_catalog . \"pg_read_file\" /* x */ ('/etc/passwd')",
    "SELECT U&\"pg_re\\0061d_file\"('/etc/passwd')",
    "PERFORM lo_export(1, '/tmp/x')",
    "SELECT 1 # pg_read_file('x')::int",
    "SELECT 1 --\n+ pg_read_file('x')::int",
    "SELECT '\\', pg_read_file('x'), '\\'",
    "SELECT E'\\'', pg_read_file('x'), E'\\''",
    "SELECT /* /* */ 1 */ pg_read_file('x')",
    "SELECT x$a$, pg_read_file('x'), y$a$",
    "SELECT $\u00e9$ ' $\u00e9$, pg_read_file('x') /* ' */",
    "SELECT e'\\'', pg_read_file('x'), e'\\''",
    "SELECT xe'\\', pg_read_file('x'), xe'\\'",
    "SELECT u&'\\', pg_read_file('x'), u&'\\'",
    "SELECT b'\\', pg_read_file('x'), b'\\'",
    "SELECT 'a'\n'\\', pg_read_file('x'), '\\'",
    "SELECT e'a'\n'\\'', pg_read_file('x'), '\\'' '",
    "SELECT \"a\\\", pg_read_file('x'), \"a\\\"",
    "SELECT [1], pg_read_file('x')",
    "SELECT `, pg_read_file('x'), `",
    "SELECT $a$ $b$ $a$, pg_read_file('x')",
    "PERFORM set_config('role', 'x', false)",
    "COPY (SELECT 1) TO PROGRAM 'id'",
    "copy t TO '/tmp/x'",
    "EXECUTE 'DROP SCHEMA ' || x",
    "RETURN QUERY EXECUTE q",
    "OPEN c FOR EXECUTE 'SELECT 1'",
    "PREPARE p AS SELECT 1",
    "DO 'BEGIN END'",
    "SET ROLE postgres",
    "SET LOCAL search_path TO other",
    "SET work_mem = 1",
    "IF a THEN SET x = 1; END IF",
    "<<here>> SET x = 1",
    "RESET ROLE",
    "SET SESSION AUTHORIZATION DEFAULT",
    "ALTER ROLE me SUPERUSER",
    "ALTER ROLE type SUPERUSER",
    "ALTER SYSTEM SET archive_command = 'id'",
    "ALTER FUNCTION f() SECURITY DEFINER",
    "GRANT ALL ON t TO PUBLIC",
    "CREATE USER x",
    "CREATE OR REPLACE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE EXTENSION dblink",
    "DROP SCHEMA other CASCADE",
    "LOAD 'x'",
    "SELECT query_to_xml('SELECT 1', true, true, '')",
    "SELECT rolpassword FROM pg_authid",
    "SELECT passwd FROM pg_catalog.\"pg_shadow\"",
    "SELECT pg_terminate_backend(1)",
  };
  /* the server and we may not see the same comments; where statements are written anew, without
   * their comments, that is no matter */
  static const char *const hiding[] = {
    "SELECT /* /* */ ' */ pg_read_file( 'x' ) /* ' */",
    "SELECT '/*', /* /* */ ' */ pg_read_file( 'x' ) /* ' */",
    "SELECT 1 -- \r, pg_read_file('x')",
  };
  static const char *const made[] = {
    "SELECT 1 -- a\r\n /* b */ /* c */",
    "SELECT 'COPY t TO PROGRAM', \"copy\" FROM t /* EXECUTE */",
    "UPDATE t SET role = 1, \"local\" = 2 WHERE load = new.copy",
    "INSERT INTO t VALUES (1) ON CONFLICT (i) DO UPDATE SET a = 2",
    "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING",
    "CREATE TEMP TABLE x (a int)",
    "CREATE UNIQUE INDEX i ON x (a)",
    "ALTER TABLE x ALTER a SET DEFAULT 1",
    "DROP TABLE IF EXISTS x",
    "SELECT pg_typeof(1), nextval('s'), txid_current()",
    "SELECT set, notify, reset FROM t",
  };

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    assert_body (refused[i], 4, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (made); i++)
    assert_body (made[i], 4, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (hiding); i++)
    assert_body (hiding[i], 3, TRUE);
}

/* What is in no way run, and not worth a word. */
static void
test_nothing (void)
{
  static const struct
  {
    const char       *text;
    SrPgStatementKind kind;
  } cases[] = {
    { "SELECT pg_catalog.set_config('search_path', '', false)", SR_PG_STATEMENT_NOTHING },
    { "SELECT pg_read_file('x')", SR_PG_STATEMENT_NOTHING },
    { "ALTER TABLE public.x OWNER TO me", SR_PG_STATEMENT_OWNER },
    { "ALTER FUNCTION public.f(a integer) OWNER TO me", SR_PG_STATEMENT_OWNER },
    { "GRANT ALL ON x TO PUBLIC", SR_PG_STATEMENT_OWNER },
    { "ALTER DEFAULT PRIVILEGES FOR ROLE me GRANT ALL ON TABLES TO you", SR_PG_STATEMENT_OWNER },
    { "COMMENT ON EXTENSION plpgsql IS 'x'", SR_PG_STATEMENT_NOTHING },
    { "CREATE SCHEMA erp", SR_PG_STATEMENT_SCHEMA },
    { "CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public", SR_PG_STATEMENT_EXTENSION },
    { "ALTER TABLE x CLUSTER ON i", SR_PG_STATEMENT_NOTHING },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SrPgStatement) statement = sr_pg_statement_parse (cases[i].text);

      g_assert_cmpint (statement->kind, ==, cases[i].kind);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pg-statement/write", test_write);
  g_test_add_func ("/pg-statement/parts", test_parts);
  g_test_add_func ("/pg-statement/hostile", test_hostile);
  g_test_add_func ("/pg-statement/bodies", test_bodies);
  g_test_add_func ("/pg-statement/nothing", test_nothing);
  return g_test_run ();
}
