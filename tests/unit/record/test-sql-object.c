/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <string.h>

#include "record/sr-sql-object.h"

static void
assert_object (SrSqlDialect dialect,
               const char  *text,
               const char  *title,
               const char  *wanted)
{
  g_auto (SrSqlObject) object;
  gboolean             found = sr_sql_object_parse (dialect, text, strlen (text), &object);

  g_assert_cmpint (found, ==, title != NULL);
  if (found)
    {
      g_assert_cmpstr (object.name, ==, wanted);
      g_assert_cmpstr (sr_sql_object_kind_title (object.kind), ==, title);
    }
}

static void
assert_table (SrSqlDialect dialect,
              const char  *text,
              const char  *wanted)
{
  g_auto (SrSqlObject) object;

  g_assert_true (sr_sql_object_parse (dialect, text, strlen (text), &object));
  g_assert_cmpstr (object.table, ==, wanted);
}

static void
test_mysql (void)
{
  const SrSqlDialect my = SR_SQL_MYSQL;

  assert_object (my, "/*!50001 CREATE VIEW `du``es` AS SELECT 1 AS `name` */", "views", "du`es");
  assert_object (my,
                 "/*!50001 CREATE ALGORITHM=UNDEFINED */\n/*!50013 DEFINER=`a`@`b` SQL SECURITY "
                 "DEFINER */\n/*!50001 VIEW `dues` AS select 1 */",
                 "views", "dues");
  assert_object (my,
                 "/*!50003 CREATE*/ /*!50017 DEFINER=`view`@`%`*/ /*!50003 TRIGGER told AFTER "
                 "DELETE ON x FOR EACH ROW SET @a = 1 */",
                 "triggers", "told");
  assert_object (my, "CREATE DEFINER=`a`@`b` PROCEDURE `forget`(who INT) DELETE FROM x", "routines",
                 "forget");
  assert_object (my, "/*!50106 CREATE*/ /*!50117 DEFINER=`a`@`b`*/ /*!50106 EVENT IF NOT EXISTS e1"
                     " ON SCHEDULE EVERY 1 DAY DO SET @a = 1 */",
                 "events", "e1");
  assert_object (my, "/*!40000 ALTER TABLE `x` DISABLE KEYS */", NULL, NULL);
  assert_object (my, "/*!40000 ALTER TABLE `x` ENABLE KEYS */", NULL, NULL);
  assert_object (my, "CREATE TABLE `x` (a int)", "tables", "x");
  assert_object (my, "/*!50001 DROP VIEW IF EXISTS `dues`*/", NULL, NULL);
  assert_object (my, "SET @saved = 1", NULL, NULL);
  assert_object (my, "DO SETVAL(`s 1`, 150, 0)", "values of sequences", "s 1");
  assert_object (my, "SELECT SETVAL(`shop`.`s`, 150, 0)", "values of sequences", "s");
  assert_object (my, "DO SLEEP(1)", NULL, NULL);
  assert_object (my, "ALTER TABLE `x` ADD PRIMARY KEY (`id`), ADD KEY `k` (`a`)", "primary keys",
                 "of table x");
  assert_object (my, "", NULL, NULL);
  assert_object (my, "CREATE", "others", "without a name");
  assert_object (my, "CREATE VIEW", "views", "without a name");
}

static void
test_postgres (void)
{
  const SrSqlDialect pg = SR_SQL_POSTGRES;

  assert_object (pg, "CREATE TYPE public.mood AS ENUM ('a')", "types", "mood");
  assert_object (pg, "CREATE UNIQUE INDEX \"By Name\" ON public.x USING btree (a)", "indexes",
                 "By Name");
  assert_object (pg, "CREATE MATERIALIZED VIEW public.m AS SELECT 1", "views", "m");
  assert_object (pg, "CREATE SEQUENCE public.x_id_seq START WITH 1", "sequences", "x_id_seq");
  assert_object (pg, "ALTER TABLE ONLY public.x ADD CONSTRAINT x_fk FOREIGN KEY (a) REFERENCES y",
                 "constraints", "x_fk");
  assert_object (pg, "ALTER TABLE ONLY public.x ADD CONSTRAINT x_pkey PRIMARY KEY (a)",
                 "primary keys", "x_pkey");
  assert_object (pg, "ALTER TABLE ONLY public.x ALTER COLUMN id SET DEFAULT nextval('a')", "others",
                 "of table x");
  assert_object (pg, "ALTER TABLE public.x ENABLE ROW LEVEL SECURITY", "others", "of table x");
  assert_object (pg, "ALTER TABLE public.x OWNER TO me", "owners", "me");
  assert_object (pg, "ALTER FUNCTION public.f(a integer) OWNER TO \"You\"", "owners", "You");
  assert_object (pg, "ALTER SEQUENCE public.s OWNED BY public.x.id", "values of sequences", "");
  assert_object (pg, "ALTER SEQUENCE public.s OWNER TO me", "owners", "me");
  assert_object (pg, "SELECT pg_catalog.setval('public.s', 7, true)", "values of sequences", "");
  assert_object (pg, "ALTER TABLE public.x DISABLE TRIGGER t", "triggers", "t");
  assert_object (pg, "ALTER TABLE public.x ENABLE ALWAYS TRIGGER t", "triggers", "t");
  assert_object (pg, "REFRESH MATERIALIZED VIEW public.m", "rows of materialized views", "m");
  assert_object (pg, "CREATE UNLOGGED TABLE public.x (a integer)", "tables", "x");
  assert_object (pg, "CREATE FOREIGN TABLE public.x (a integer)", "others", "x");
  assert_object (pg, "ALTER VIEW public.v ALTER COLUMN a SET DEFAULT 1", NULL, NULL);
  assert_object (pg, "CREATE FUNCTION public.f() RETURNS trigger AS $$begin end$$", "routines",
                 "f");
  assert_object (pg, "GRANT ALL ON TABLE x TO y", "rights", "");
  assert_object (pg, "COMMENT ON TABLE x IS 'y'", "comments", "");
  assert_object (pg, "SELECT pg_catalog.set_config('search_path', '', false)", NULL, NULL);
}

static void
test_parts (void)
{
  const SrSqlDialect pg = SR_SQL_POSTGRES;

  assert_table (pg, "CREATE INDEX i ON ONLY public.\"T on\" USING btree (a)", "T on");
  assert_table (pg, "CREATE TRIGGER t BEFORE UPDATE OF a, b ON public.x EXECUTE FUNCTION f ()",
                "x");
  assert_table (pg, "CREATE POLICY p ON public.x", "x");
  assert_table (pg, "ALTER TABLE ONLY public.x ADD CONSTRAINT c CHECK (a > 1)", "x");
  assert_table (pg, "CREATE TABLE public.x (a integer)", "x");
  assert_table (pg, "CREATE VIEW public.v AS SELECT 1 FROM a JOIN b ON true", NULL);
  assert_table (pg, "CREATE INDEX i ON", NULL);
  assert_table (SR_SQL_MYSQL,
                "/*!50003 CREATE*/ /*!50017 DEFINER=`view`@`%`*/ /*!50003 TRIGGER told AFTER "
                "DELETE ON `x` FOR EACH ROW SET @a = 1 */",
                "x");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sql-object/mysql", test_mysql);
  g_test_add_func ("/sql-object/postgres", test_postgres);
  g_test_add_func ("/sql-object/parts", test_parts);
  return g_test_run ();
}
