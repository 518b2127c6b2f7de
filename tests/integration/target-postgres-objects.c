/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* Restores what a dump of PostgreSQL has besides tables and records, into a real server. pg_dump
 * makes the dumps and tells what came of them. */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "job/sr-restore-file.h"
#include "sr-test-util.h"

#include "postgres-server.h"

#define KEEPER "keeper"

static char       *folder;
static const char *superuser;

typedef struct
{
  SrTarget           *target;
  SrRestoreFileResult result;
} Restored;

static void
restored_clear (Restored *self)
{
  sr_restore_file_result_clear (&self->result);
  g_clear_object (&self->target);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Restored, restored_clear)

static char *
read_rich (void)
{
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "data", "postgres-objects.sql", NULL);
  g_autoptr (GError) error = NULL;
  char              *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

/* Returns: (transfer full): path */
static char *
write_dump (const char *text)
{
  static guint n;
  char        *path = g_strdup_printf ("%s/dump-%u.sql", folder, n++);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static char *
dump (const char *database)
{
  g_autofree char *text = describe (database);

  return write_dump (text);
}

static gboolean
restore_with (Restored                   *restored,
              const char                 *database,
              const char                 *path,
              const SrRestoreFileOptions *how,
              Faults                     *faults,
              GError                    **error)
{
  static guint             n_safety;
  g_autoptr (SrBackupFile) file = sr_backup_file_open (path, NULL, NULL, error);
  g_autofree char         *safety = g_strdup_printf ("%s/safety-%u.sql", folder, n_safety++);
  SrRestoreFileOptions     options = *how;

  g_assert_nonnull (file);
  options.safety_file = safety;
  restored->target = open_target (database);
  sr_target_set_fault_func (restored->target, faults != NULL ? fail_step : NULL, faults);
  return sr_restore_file_run (file, restored->target, &options, &restored->result, NULL, NULL,
                              error);
}

static void
restore (Restored   *restored,
         const char *database,
         const char *path,
         gboolean    replace)
{
  SrRestoreFileOptions options = { .replace = replace };
  g_autoptr (GError)   error = NULL;
  gboolean             done = restore_with (restored, database, path, &options, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (done);
}

static gboolean
has_row (const Restored *restored,
         const char     *title,
         const char     *words)
{
  const SrPreflight *preflight = restored->result.preflight;

  for (guint i = 0; i < preflight->rows->len; i++)
    {
      const SrPreflightRow *row = preflight->rows->pdata[i];

      if (strcmp (row->title, title) == 0 && strstr (row->sentence, words) != NULL)
        return TRUE;
    }
  return FALSE;
}

static void
undo (Restored *restored)
{
  g_autoptr (GError) error = NULL;
  gboolean           undone = sr_target_undo (restored->target, &error);

  g_assert_no_error (error);
  g_assert_true (undone);
  g_assert_true (sr_target_discard (restored->target, &error));
  g_assert_no_error (error);
}

static void
assert_no_schemas (const char *database)
{
  assert_query (database, "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'strongroom%'",
                "0");
}

static void
test_empty (void)
{
  g_autofree char  *text = read_rich ();
  g_autofree char  *source = make_database (text);
  g_autofree char  *wanted = describe (source);
  g_autofree char  *path = dump (source);
  g_autofree char  *database = make_database (NULL);
  g_autofree char  *before = describe (database);
  g_auto (Restored) first = { 0 };
  g_auto (Restored) again = { 0 };

  restore (&first, database, path, FALSE);
  assert_query (database, "SELECT n, n2 FROM m_total ORDER BY customer", "2|4\n1|2");
  assert_query (database, "SELECT s FROM m_over", "3");
  assert_query (database, "SELECT nextval ('loose_seq'), nextval ('invoice_id_seq')", "15|130");
  g_assert_true (has_row (&first, "Rights", "rows_of"));
  g_assert_true (has_row (&first, "Not restored", "Owners"));
  undo (&first);
  assert_unchanged (database, before);
  restore (&again, database, path, FALSE);
  g_assert_true (sr_target_discard (again.target, NULL));
  assert_unchanged (database, wanted);
}

/* What somebody did to the database since. */
static const char CHANGED[] =
    "CREATE OR REPLACE VIEW v_over AS SELECT v.id, v.name FROM v_customer v WHERE v.id > 0;"
    "CREATE OR REPLACE FUNCTION calm () RETURNS trigger LANGUAGE plpgsql"
    " AS 'BEGIN RETURN OLD; END';"
    "DROP TRIGGER touch ON customer; DROP INDEX invoice_number;"
    "ALTER TABLE customer DROP CONSTRAINT customer_name_key;"
    "ALTER TABLE invoice DROP CONSTRAINT invoice_parent_fkey; DROP TABLE \"Line Item\";"
    "DROP MATERIALIZED VIEW m_over; UPDATE customer SET last = NULL;"
    "UPDATE invoice SET total = 99; DELETE FROM invoice WHERE id = 120;"
    "SELECT setval ('loose_seq', 1000); SELECT setval ('customer_id_seq', 70);"
    "REFRESH MATERIALIZED VIEW m_total;";

static void
test_existing (void)
{
  g_autofree char  *text = read_rich ();
  g_autofree char  *database = make_database (text);
  g_autofree char  *wanted = describe (database);
  g_autofree char  *path = dump (database);
  g_autofree char  *before = NULL;
  g_auto (Restored) restored = { 0 };

  run_sql (database, CHANGED);
  run_sql (database, "CREATE VIEW mine AS SELECT * FROM v_over; GRANT SELECT ON v_over TO PUBLIC");
  before = describe (database);
  restore (&restored, database, path, TRUE);
  g_assert_true (has_row (&restored, "Objects", "Replaced: routines calm; views v_over."));
  g_assert_true (has_row (&restored, "Objects", "indexes invoice_number"));
  assert_query (database, "SELECT count(*) FROM m_total", "2");
  assert_query (database, "SELECT count(*) FROM mine", "1");
  undo (&restored);
  assert_unchanged (database, before);
  assert_no_schemas (database);
  restored_clear (&restored);
  run_sql (database, "DROP VIEW mine; REVOKE SELECT ON v_over FROM PUBLIC");
  restore (&restored, database, path, TRUE);
  g_assert_true (sr_target_discard (restored.target, NULL));
  assert_unchanged (database, wanted);
}

/* Without being told to replace, what exists stays as it is. */
static void
test_stays (void)
{
  g_autofree char *source =
      make_database ("CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (id int, m mood);"
                     "CREATE VIEW v AS SELECT 1 AS one; CREATE FUNCTION f () RETURNS int LANGUAGE "
                     "sql AS 'SELECT 1'");
  g_autofree char *path = dump (source);
  g_autofree char *database = make_database (
      "CREATE TYPE mood AS ENUM ('a', 'b'); CREATE VIEW v AS SELECT 2 AS one;"
      "CREATE FUNCTION f () RETURNS text LANGUAGE sql AS $$SELECT 'x'$$");
  g_autofree char  *before = describe (database);
  g_auto (Restored) kept = { 0 };
  g_auto (Restored) replaced = { 0 };

  restore (&kept, database, path, FALSE);
  g_assert_true (has_row (&kept, "Objects", "left as they are: types mood; routines f; views v"));
  assert_query (database, "SELECT one, f () FROM v", "2|x");
  undo (&kept);
  assert_unchanged (database, before);
  restore (&replaced, database, path, TRUE);
  /* another result cannot be put in its place */
  g_assert_true (has_row (&replaced, "Not restored", "routine “f”: the one in the database stays"));
  assert_query (database, "SELECT one, f () FROM v", "1|x");
  undo (&replaced);
  assert_unchanged (database, before);
}

static const char SMALL[] =
    "CREATE TYPE mood AS ENUM ('new', 'paid'); CREATE SEQUENCE loose;"
    "CREATE FUNCTION touch () RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
    "CREATE TABLE a (id serial PRIMARY KEY, feel mood DEFAULT 'new', n int DEFAULT nextval "
    "('loose'),"
    " CONSTRAINT small CHECK (n < 100));"
    "CREATE TABLE b (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int REFERENCES a);"
    "CREATE INDEX b_a ON b (a); CREATE VIEW v AS SELECT id, feel FROM a;"
    "CREATE MATERIALIZED VIEW m AS SELECT count(*) AS n FROM b;"
    "CREATE TRIGGER touch BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION touch ();"
    "COMMENT ON VIEW v IS 'v'; COMMENT ON TRIGGER touch ON a IS 't';"
    "INSERT INTO a (feel) VALUES ('new'), ('paid'); INSERT INTO b (a) VALUES (1), (2), (2);"
    "REFRESH MATERIALIZED VIEW m;";

static void
fail_every_step (const char *change,
                 gboolean    replace)
{
  g_autofree char     *source = make_database (SMALL);
  g_autofree char     *wanted = describe (source);
  g_autofree char     *path = dump (source);
  g_autofree char     *database = make_database (replace ? SMALL : NULL);
  g_autofree char     *before = NULL;
  SrRestoreFileOptions options = { .replace = replace };
  gboolean             passed = FALSE;
  guint                n = 0;

  if (change != NULL)
    run_sql (database, change);
  before = describe (database);
  while (!passed)
    {
      g_auto (Restored)  restored = { 0 };
      g_autoptr (GError) error = NULL;
      Faults             faults = { 0, ++n, NULL };

      passed = restore_with (&restored, database, path, &options, &faults, &error) &&
               sr_target_undo (restored.target, &error) &&
               sr_target_discard (restored.target, &error);
      g_assert_true (passed == (faults.failed == NULL));
      sr_target_set_fault_func (restored.target, NULL, NULL);
      g_test_message ("%u: %s", n, faults.failed);
      if (error != NULL && strstr (error->message, "undone") != NULL)
        {
          if (change == NULL)
            g_assert_cmpstr (describe (database), !=, before);
          g_assert_true (sr_target_undo (restored.target, NULL));
        }
      g_assert_true (sr_target_discard (restored.target, NULL));
      assert_unchanged (database, before);
    }
  g_assert_cmpuint (n, >, 30);
  {
    g_auto (Restored) restored = { 0 };

    restore (&restored, database, path, replace);
    g_assert_true (sr_target_discard (restored.target, NULL));
    assert_unchanged (database, wanted);
  }
}

static void
test_every_step_empty (void)
{
  fail_every_step (NULL, FALSE);
}

static void
test_every_step_existing (void)
{
  fail_every_step (
      "DROP TRIGGER touch ON a; DROP INDEX b_a; ALTER TABLE b DROP CONSTRAINT b_a_fkey;"
      "UPDATE a SET n = 5;"
      "CREATE OR REPLACE VIEW v AS SELECT id, feel FROM a WHERE id = 1;"
      "CREATE OR REPLACE FUNCTION touch () RETURNS trigger LANGUAGE plpgsql"
      " AS 'BEGIN RETURN OLD; END'; SELECT setval ('loose', 50)",
      TRUE);
}

/* Only what depends on nothing else comes with chosen tables. */
static void
test_chosen (void)
{
  static const char *const b[] = { "b", NULL };
  static const char *const a[] = { "a", NULL };
  SrRestoreFileOptions     only_b = { .collections = b };
  SrRestoreFileOptions     only_a = { .collections = a };
  g_autofree char         *source = make_database (SMALL);
  g_autofree char         *path = dump (source);
  g_autofree char         *database = make_database (NULL);
  g_autofree char         *before = describe (database);
  g_auto (Restored)        second = { 0 };
  g_auto (Restored)        first = { 0 };
  g_autoptr (GError)       error = NULL;

  g_assert_true (restore_with (&second, database, path, &only_b, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (has_row (&second, "Not restored",
                          "foreign key “b_a_fkey” of “b”: the table “a” that it refers to is not"));
  assert_query (database,
                "SELECT string_agg (relname, ',' ORDER BY relname) FROM pg_class WHERE"
                " relnamespace = 'public'::regnamespace",
                "b,b_a,b_id_seq,b_pkey");
  undo (&second);
  assert_unchanged (database, before);
  (void) restore_with (&first, database, path, &only_a, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (has_row (&first, "Not restored", "the routine “touch” that it calls"));
  assert_query (database, "SELECT feel, n FROM a ORDER BY id", "new|1\npaid|2");
  assert_query (database, "SELECT nextval ('loose'), nextval ('a_id_seq')", "3|3");
}

/* Into a schema of another name. */
static void
test_schema (void)
{
  g_autofree char  *source = make_database (SMALL);
  g_autofree char  *path = dump (source);
  g_autofree char  *database = make_database ("CREATE SCHEMA erp");
  g_autofree char  *setting = g_strdup_printf ("ALTER DATABASE %s SET search_path = erp",
                                               database);
  g_auto (Restored) restored = { 0 };

  run_sql (database, setting);
  restore (&restored, database, path, FALSE);
  assert_query (database, "SELECT (SELECT count(*) FROM erp.v), (SELECT n FROM erp.m)", "2|3");
  assert_query (database,
                "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace", "0");
  undo (&restored);
  assert_query (database, "SELECT count(*) FROM pg_class WHERE relnamespace = 'erp'::regnamespace",
                "0");
}

/* What a dump says that nobody may do, beside a table that comes. */
static void
test_hostile (void)
{
  static const char text[] =
      "-- PostgreSQL database dump\n"
      "CREATE SCHEMA secret;\nCREATE TABLE public.t (id integer);\n"
      "CREATE TABLE public.u (id integer DEFAULT length(pg_read_file('/etc/passwd')));\n"
      "CREATE FUNCTION public.run() RETURNS integer LANGUAGE plpgsql AS"
      " $$BEGIN CREATE TABLE public.ran (); RETURN 1; END$$;\n"
      "CREATE FUNCTION public.c() RETURNS integer LANGUAGE c AS 'x', 'y';\n"
      "CREATE VIEW public.v AS SELECT * FROM secret.things;\n"
      "CREATE MATERIALIZED VIEW public.m AS SELECT public.run() WITH NO DATA;\n"
      "CREATE VIEW public.w AS SELECT public.c();\n"
      "DO $$BEGIN CREATE TABLE public.done (); END$$;\n"
      "SET ROLE nobody;\nCREATE ROLE them SUPERUSER;\n"
      "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION public.run();\n"
      "COPY public.t (id) FROM stdin;\n1\n\\.\n\n"
      "COPY public.u (id) FROM stdin;\n2\n\\.\n\n"
      "ALTER TABLE public.t ADD CONSTRAINT k CHECK (public.run() > 0);\n"
      "REFRESH MATERIALIZED VIEW public.m;\n"
      "--\n-- PostgreSQL database dump complete\n--\n";
  g_autofree char  *path = write_dump (text);
  g_autofree char  *user = g_strdup (g_getenv ("PGUSER"));
  g_autofree char  *database = NULL;
  g_auto (Restored) restored = { 0 };

  g_setenv ("PGUSER", superuser, TRUE);
  database = make_database ("CREATE SCHEMA secret; CREATE TABLE secret.things (id int)");
  restore (&restored, database, path, FALSE);
  g_assert_true (has_row (&restored, "Not restored", "only the languages sql and plpgsql"));
  g_assert_true (has_row (&restored, "Not restored", "it lies in schema “secret” or uses it"));
  g_assert_true (has_row (&restored, "Not restored", "reaches outside of the data"));
  g_assert_true (has_row (&restored, "Not restored", "needs “c”"));
  g_assert_true (has_row (&restored, "Not restored", "with all rights of a superuser"));
  g_assert_true (has_row (&restored, "Objects", "not filled"));
  assert_query (database,
                "SELECT string_agg (relname, ',' ORDER BY relname) FROM pg_class WHERE"
                " relnamespace = 'public'::regnamespace",
                "m,t,u");
  assert_query (database, "SELECT (SELECT id FROM t), (SELECT id FROM u)", "1|2");
  assert_query (database, "SELECT count(*) FROM pg_constraint WHERE conname = 'k'", "0");
  assert_query (database, "SELECT count(*) FROM pg_event_trigger", "0");
  g_setenv ("PGUSER", user, TRUE);
}

/* Routines that the words of their bodies speak against, and, as a superuser, those that act with
 * the rights of whoever restores. */
static void
test_bodies (void)
{
  static const char text[] =
      "-- PostgreSQL database dump\n"
      "CREATE TABLE public.t (id integer);\nCOPY public.t (id) FROM stdin;\n1\n\\.\n\n"
      "CREATE FUNCTION public.tf() RETURNS trigger LANGUAGE plpgsql AS"
      " $$ BEGIN COPY (SELECT 1) TO PROGRAM 'true'; RETURN NEW; END $$;\n"
      "CREATE TRIGGER tr BEFORE INSERT ON public.t FOR EACH ROW EXECUTE FUNCTION public.tf();\n"
      "CREATE FUNCTION public.g() RETURNS text LANGUAGE sql AS $$ SELECT pg_read_file('x') $$;\n"
      "CREATE FUNCTION public.e() RETURNS int LANGUAGE plpgsql AS"
      " $$ BEGIN EXECUTE 'SELECT 1'; RETURN 1; END $$;\n"
      "CREATE VIEW public.vg AS SELECT public.g() AS x;\n"
      "CREATE VIEW public.vs AS SELECT * FROM pg_catalog.pg_shadow;\n"
      "CREATE FUNCTION public.good() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;\n"
      "CREATE FUNCTION public.definer() RETURNS int LANGUAGE sql SECURITY DEFINER"
      " AS $$ SELECT 1 $$;\n"
      "--\n-- PostgreSQL database dump complete\n--\n";
  g_autofree char *path = write_dump (text);
  g_autofree char *user = g_strdup (g_getenv ("PGUSER"));

  for (guint n = 0; n < 2; n++)
    {
      g_autofree char  *database = NULL;
      g_auto (Restored) restored = { 0 };

      g_setenv ("PGUSER", n == 0 ? user : superuser, TRUE);
      database = make_database (NULL);
      restore (&restored, database, path, FALSE);
      g_assert_true (sr_target_discard (restored.target, NULL));
      g_assert_true (has_row (&restored, "Not restored", "reaches the server's files"));
      g_assert_true (has_row (&restored, "Not restored", "puts together itself"));
      g_assert_true (has_row (&restored, "Not restored", "needs “tf”"));
      g_assert_true (has_row (&restored, "Not restored", "keeps to itself"));
      g_assert_true (has_row (&restored, "Not restored", "all rights of a superuser") == (n == 1));
      assert_query (database,
                    "SELECT string_agg (proname, ',' ORDER BY proname) FROM pg_proc WHERE"
                    " pronamespace = 'public'::regnamespace",
                    n == 0 ? "definer,good" : "good");
      assert_query (database, "SELECT count(*) FROM pg_trigger", "0");
      assert_query (database,
                    "SELECT count(*) FROM pg_class WHERE relkind = 'v' AND"
                    " relnamespace = 'public'::regnamespace",
                    "0");
    }
  g_setenv ("PGUSER", user, TRUE);
}

/* A reference that no list of names showed is found by the server. */
static void
test_outside (void)
{
  static const char text[] =
      "-- PostgreSQL database dump\n"
      "CREATE TABLE public.t (id integer);\n"
      "CREATE VIEW public.v AS SELECT * FROM secret.things;\n"
      "COPY public.t (id) FROM stdin;\n1\n\\.\n\n"
      "--\n-- PostgreSQL database dump complete\n--\n";
  SrRestoreFileOptions options = { 0 };
  g_autofree char     *path = write_dump (text);
  g_autofree char     *database =
      make_database ("CREATE SCHEMA secret; CREATE TABLE secret.things (id int)");
  g_autofree char   *before = describe (database);
  g_auto (Restored)  restored = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (restore_with (&restored, database, path, &options, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, "view"));
  assert_unchanged (database, before);
}

/* What is saved of chosen tables can be put back where nothing is, by psql and by us. */
static void
test_safety (void)
{
  static const char *const a[] = { "a", NULL };
  static const char        types[] =
      "CREATE DOMAIN code AS text NOT NULL CHECK (VALUE <> 'it''s'); CREATE TYPE pair AS (x code, "
      "y mood);"
      "ALTER TABLE a ADD COLUMN pairs pair[]; UPDATE a SET pairs = ARRAY[ROW ('k', 'new')::pair];";
  SrRestoreFileOptions only_a = { .collections = a, .replace = TRUE };
  g_autofree char     *database = make_database (SMALL);
  g_autofree char     *path = dump (database);
  g_autofree char     *empty = make_database (NULL);
  g_autofree char     *other = make_database (NULL);
  g_autofree char     *saved = NULL;
  g_autoptr (GError)   error = NULL;
  g_auto (Restored)    restored = { 0 };
  g_auto (Restored)    back = { 0 };

  run_sql (database, types);
  (void) restore_with (&restored, database, path, &only_a, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (restored.result.safety);
  g_file_get_contents (restored.result.safety, &saved, NULL, &error);
  g_assert_no_error (error);
  run_sql (empty, "CREATE TYPE mood AS ENUM ('new', 'paid'); CREATE SEQUENCE loose");
  run_sql (empty, saved);
  assert_query (empty, "SELECT id, feel, pairs FROM a ORDER BY id",
                "1|new|{\"(k,new)\"}\n2|paid|{\"(k,new)\"}");
  run_sql (other, "CREATE SEQUENCE loose");
  restore (&back, other, restored.result.safety, FALSE);
  assert_query (other, "SELECT id, feel, pairs FROM a ORDER BY id",
                "1|new|{\"(k,new)\"}\n2|paid|{\"(k,new)\"}");
  assert_query (other, "SELECT count(*) FROM pg_trigger WHERE tgname = 'touch'", "1");
}

/* What is replaced is saved, whoever refers to the tables. */
static void
test_safety_replaced (void)
{
  static const char before[] =
      "CREATE FUNCTION f () RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE SEQUENCE loose;"
      "CREATE TABLE t (i int PRIMARY KEY); INSERT INTO t VALUES (1);"
      "CREATE VIEW v AS SELECT f () AS x; COMMENT ON FUNCTION f () IS 'first';";
  static const char since[] =
      "CREATE OR REPLACE FUNCTION f () RETURNS int LANGUAGE sql AS 'SELECT 2';"
      "CREATE OR REPLACE VIEW v AS SELECT f () + 10 AS x; SELECT setval ('loose', 40);"
      "COMMENT ON FUNCTION f () IS 'second'; INSERT INTO t VALUES (2);"
      "CREATE TABLE other (o int REFERENCES t); INSERT INTO other VALUES (1);";
  g_autofree char  *database = make_database (before);
  g_autofree char  *path = dump (database);
  g_autofree char  *wanted = NULL;
  g_auto (Restored) restored = { 0 };
  g_auto (Restored) back = { 0 };

  run_sql (database, since);
  wanted = describe (database);
  restore (&restored, database, path, TRUE);
  g_assert_true (sr_target_discard (restored.target, NULL));
  assert_query (database, "SELECT f (), x FROM v", "1|1");
  restore (&back, database, restored.result.safety, TRUE);
  g_assert_true (sr_target_discard (back.target, NULL));
  assert_query (database, "SELECT f (), x FROM v", "2|12");
  assert_unchanged (database, wanted);
}

/* The same where none of its tables is there. */
static void
test_safety_no_tables (void)
{
  g_autofree char *source = make_database (
      "CREATE FUNCTION f () RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (i int);");
  g_autofree char *path = dump (source);
  g_autofree char *database =
      make_database ("CREATE FUNCTION f () RETURNS int LANGUAGE sql AS 'SELECT 2'");
  g_autofree char   *saved = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (Restored)  restored = { 0 };

  restore (&restored, database, path, TRUE);
  g_assert_nonnull (restored.result.safety);
  g_file_get_contents (restored.result.safety, &saved, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (sr_target_discard (restored.target, NULL));
  assert_query (database, "SELECT f ()", "1");
  run_sql (database, saved);
  assert_query (database, "SELECT f ()", "2");
}

/* The numbers of tables without a record begin where the backup says. */
static void
assert_numbers (const char *database)
{
  assert_query (database,
                "INSERT INTO s DEFAULT VALUES; INSERT INTO i DEFAULT VALUES; INSERT INTO d DEFAULT"
                " VALUES; INSERT INTO c DEFAULT VALUES; INSERT INTO f DEFAULT VALUES;"
                "SELECT (SELECT id FROM s), (SELECT id FROM i), (SELECT id FROM d),"
                " (SELECT id FROM c), (SELECT max (id) FROM f)",
                "1|1|1|8|3");
}

static void
test_empty_tables (void)
{
  static const char tables[] =
      "CREATE TABLE s (id serial PRIMARY KEY, a int);"
      "CREATE TABLE i (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int);"
      "CREATE TABLE d (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, a int);"
      "CREATE TABLE c (id smallserial PRIMARY KEY, a int); SELECT setval ('c_id_seq', 7);"
      "CREATE TABLE f (id serial PRIMARY KEY, a int); INSERT INTO f (a) VALUES (1), (1);";
  static const char *const chosen[] = { "s", "i", "d", "c", "f", NULL };
  SrRestoreFileOptions     only = { .collections = chosen, .replace = TRUE };
  g_autofree char         *source = make_database (tables);
  g_autofree char         *path = dump (source);
  g_autofree char         *user = g_strdup (g_getenv ("PGUSER"));

  for (guint n = 0; n < 6; n++)
    {
      g_autofree char   *database = NULL;
      g_auto (Restored)  restored = { 0 };
      g_autoptr (GError) error = NULL;

      g_setenv ("PGUSER", n % 2 == 0 ? user : superuser, TRUE);
      database = make_database (n < 2 ? NULL : tables);
      if (n >= 2)
        run_sql (database, "INSERT INTO s (a) VALUES (1), (2); INSERT INTO i (a) VALUES (1)");
      if (n < 4)
        restore (&restored, database, path, n >= 2);
      else
        g_assert_true (restore_with (&restored, database, path, &only, NULL, &error));
      g_assert_no_error (error);
      g_assert_true (sr_target_discard (restored.target, NULL));
      assert_numbers (database);
    }
  g_setenv ("PGUSER", user, TRUE);
}

/* A backup that does not say how far numbers went. */
static void
test_empty_untold (void)
{
  static const char text[] = "-- PostgreSQL database dump\n"
                             "CREATE TABLE public.s (id integer NOT NULL, a integer);\n"
                             "COPY public.s (id, a) FROM stdin;\n\\.\n\n"
                             "--\n-- PostgreSQL database dump complete\n--\n";
  g_autofree char  *path = write_dump (text);
  g_autofree char  *database =
      make_database ("CREATE TABLE s (id serial PRIMARY KEY, a int); INSERT INTO s (a) VALUES (1)");
  g_autofree char  *before = describe (database);
  g_auto (Restored) restored = { 0 };

  restore (&restored, database, path, TRUE);
  assert_query (database, "SELECT last_value, is_called FROM s_id_seq", "1|f");
  undo (&restored);
  assert_unchanged (database, before);
}

/* A restore that was killed leaves nothing to the next. */
static void
test_left_behind (void)
{
  g_autofree char *source = make_database (SMALL);
  g_autofree char *path = dump (source);
  g_autofree char *wanted = describe (source);
  g_autofree char *database = make_database (
      "CREATE SCHEMA strongroom_stage_0123456789abcdef;"
      "CREATE TABLE strongroom_stage_0123456789abcdef.a (id int);"
      "CREATE SCHEMA strongroom_keep_0123456789abcdef; CREATE SCHEMA strongroom_stage_mine");
  g_auto (Restored) restored = { 0 };

  restore (&restored, database, path, FALSE);
  g_assert_true (has_row (&restored, "Leftovers", "strongroom_stage_0123456789abcdef"));
  g_assert_true (sr_target_discard (restored.target, NULL));
  assert_query (
      database,
      "SELECT string_agg (nspname, ',') FROM pg_namespace WHERE nspname LIKE 'strongroom%'",
      "strongroom_stage_mine");
  run_sql (database, "DROP SCHEMA strongroom_stage_mine");
  assert_unchanged (database, wanted);
}

int
main (int   argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  if (g_getenv ("PGHOST") == NULL)
    {
      g_print ("1..0 # SKIP run it by tests/support/with-postgres\n");
      return 0;
    }
  folder = sr_test_mkdir ();
  superuser = g_strdup (g_getenv ("PGUSER"));
  run_sql (g_getenv ("PGDATABASE"), "CREATE ROLE " KEEPER " LOGIN CREATEDB");
  g_setenv ("PGUSER", KEEPER, TRUE);
  g_test_add_func ("/postgres-objects/empty", test_empty);
  g_test_add_func ("/postgres-objects/existing", test_existing);
  g_test_add_func ("/postgres-objects/stays", test_stays);
  g_test_add_func ("/postgres-objects/chosen", test_chosen);
  g_test_add_func ("/postgres-objects/schema", test_schema);
  g_test_add_func ("/postgres-objects/hostile", test_hostile);
  g_test_add_func ("/postgres-objects/bodies", test_bodies);
  g_test_add_func ("/postgres-objects/outside", test_outside);
  g_test_add_func ("/postgres-objects/safety", test_safety);
  g_test_add_func ("/postgres-objects/safety-replaced", test_safety_replaced);
  g_test_add_func ("/postgres-objects/safety-no-tables", test_safety_no_tables);
  g_test_add_func ("/postgres-objects/empty-tables", test_empty_tables);
  g_test_add_func ("/postgres-objects/empty-untold", test_empty_untold);
  g_test_add_func ("/postgres-objects/left-behind", test_left_behind);
  g_test_add_func ("/postgres-objects/every-step/empty", test_every_step_empty);
  g_test_add_func ("/postgres-objects/every-step/existing", test_every_step_existing);
  status = g_test_run ();
  sr_test_rmdir (folder);
  return status;
}
