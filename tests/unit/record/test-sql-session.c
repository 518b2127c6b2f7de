/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>

#include "record/sr-sql-session.h"

static void
pass (SrSqlSession *session,
      const char   *text)
{
  sr_sql_session_read (session, text, strlen (text));
}

/* As mysqldump does it around each trigger. */
static void
test_saved (void)
{
  g_auto (SrSqlSession) session;

  sr_sql_session_init (&session);
  pass (&session, "SET NAMES utf8mb4 */");
  pass (&session, "SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */");
  g_assert_cmpstr (session.charset, ==, "utf8mb4");
  g_assert_cmpstr (session.collation, ==, NULL);
  g_assert_cmpstr (session.mode, ==, "NO_AUTO_VALUE_ON_ZERO");
  pass (&session, "SET @saved_cs_client      = @@character_set_client */");
  pass (&session, "SET @saved_sql_mode       = @@sql_mode */");
  pass (&session, "SET character_set_client  = latin1 */");
  pass (&session, "SET collation_connection  = latin1_swedish_ci */");
  pass (&session, "SET sql_mode              = 'ANSI_QUOTES,PIPES_AS_CONCAT' */");
  pass (&session, "/*!50003 SET time_zone             = '+05:45' */");
  g_assert_cmpstr (session.charset, ==, "latin1");
  g_assert_cmpstr (session.collation, ==, "latin1_swedish_ci");
  g_assert_cmpstr (session.mode, ==, "ANSI_QUOTES,PIPES_AS_CONCAT");
  g_assert_cmpstr (session.time_zone, ==, "+05:45");
  pass (&session, "SET sql_mode              = @saved_sql_mode */");
  pass (&session, "SET character_set_client  = @saved_cs_client */");
  g_assert_cmpstr (session.mode, ==, "NO_AUTO_VALUE_ON_ZERO");
  g_assert_cmpstr (session.charset, ==, "utf8mb4");
  pass (&session, "SET SQL_MODE=@OLD_SQL_MODE");
  g_assert_cmpstr (session.mode, ==, NULL);
}

static void
test_forms (void)
{
  g_auto (SrSqlSession) session;

  sr_sql_session_init (&session);
  pass (&session, "USE `a``b`");
  g_assert_cmpstr (session.database, ==, "a`b");
  pass (&session, "set SESSION sql_mode := \"ANSI\"");
  g_assert_cmpstr (session.mode, ==, "ANSI");
  pass (&session, "SET @@session.time_zone = SYSTEM");
  g_assert_cmpstr (session.time_zone, ==, "SYSTEM");
  pass (&session, "SET NAMES 'utf8' COLLATE utf8_bin");
  g_assert_cmpstr (session.collation, ==, "utf8_bin");
  pass (&session, "SET sql_mode = DEFAULT");
  g_assert_cmpstr (session.mode, ==, NULL);
}

static void
test_nonsense (void)
{
  static const char *const texts[] = {
    "",
    "SET",
    "SET @",
    "SET @@",
    "SET @@session.",
    "SET sql_mode",
    "SET sql_mode =",
    "SET = 1",
    "USE",
    "SET a = b = c",
    "SET sql_mode = 'x",
    "SET @a = @a, @b = @",
    "SELECT 1",
    "SET NAMES",
    "SET sql_mode = @never",
  };
  g_auto (SrSqlSession) session;

  sr_sql_session_init (&session);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    pass (&session, texts[i]);
  g_assert_cmpstr (session.database, ==, NULL);
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *text = g_strdup_printf ("SET @v%u = 'x'", i);

      pass (&session, text);
    }
  g_assert_cmpuint (g_hash_table_size (session.saved), <=, 100);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sql-session/saved", test_saved);
  g_test_add_func ("/sql-session/forms", test_forms);
  g_test_add_func ("/sql-session/nonsense", test_nonsense);
  return g_test_run ();
}
