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
  SrSqlObjectKind  kind = SR_SQL_OBJECT_OTHER;
  g_autofree char *name = NULL;
  gboolean         found = sr_sql_object_parse (dialect, text, strlen (text), &kind, &name);

  g_assert_cmpint (found, ==, title != NULL);
  g_assert_cmpstr (name, ==, wanted);
  if (found)
    g_assert_cmpstr (sr_sql_object_kind_title (kind), ==, title);
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
  assert_object (my, "CREATE TABLE `x` (a int)", NULL, NULL);
  assert_object (my, "/*!50001 DROP VIEW IF EXISTS `dues`*/", NULL, NULL);
  assert_object (my, "SET @saved = 1", NULL, NULL);
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
  assert_object (pg, "ALTER TABLE ONLY public.x ADD CONSTRAINT x_pkey PRIMARY KEY (a)", NULL, NULL);
  assert_object (pg, "ALTER TABLE ONLY public.x ALTER COLUMN id SET DEFAULT nextval('a')", "others",
                 "of table x");
  assert_object (pg, "ALTER TABLE public.x ENABLE ROW LEVEL SECURITY", "others", "of table x");
  assert_object (pg, "ALTER TABLE public.x OWNER TO me", NULL, NULL);
  assert_object (pg, "CREATE FUNCTION public.f() RETURNS trigger AS $$begin end$$", "routines",
                 "f");
  assert_object (pg, "GRANT ALL ON TABLE x TO y", "rights", "");
  assert_object (pg, "COMMENT ON TABLE x IS 'y'", "comments", "");
  assert_object (pg, "SELECT pg_catalog.set_config('search_path', '', false)", NULL, NULL);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sql-object/mysql", test_mysql);
  g_test_add_func ("/sql-object/postgres", test_postgres);
  return g_test_run ();
}
