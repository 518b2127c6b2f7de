/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include "sr-test-mariadb.h"

#include <gio/gio.h>

#include <string.h>

const char *
sr_test_mariadb_get (const char *name)
{
  g_autofree char *variable = g_strconcat ("STRONGROOM_TEST_MARIADB_", name, NULL);
  const char      *value = g_getenv (variable);

  if (value == NULL)
    g_error ("%s is not set; run this by tests/support/with-mariadb", variable);
  return value;
}

SrSecret *
sr_test_mariadb_password (void)
{
  const char *password = sr_test_mariadb_get ("PASSWORD");

  return sr_secret_new_from (password, strlen (password));
}

char *
sr_test_mariadb_location (const char *user)
{
  g_autofree char *socket = g_uri_escape_string (sr_test_mariadb_get ("SOCKET"), "/", FALSE);

  return g_strdup_printf ("mariadb://%s@/%s?socket=%s", user, sr_test_mariadb_get ("DATABASE"),
                          socket);
}

/* @argv: (transfer full): without the connection's arguments behind the program */
static char *
run_program (GPtrArray  *argv,
             const char *input,
             gsize       size)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
      G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GBytes)      bytes = g_bytes_new (input, size);
  g_autoptr (GBytes)      answer = NULL;
  g_autoptr (GBytes)      complaint = NULL;
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GError)      error = NULL;

  g_ptr_array_insert (argv, 1, g_strdup ("--no-defaults"));
  g_ptr_array_insert (argv, 2, g_strconcat ("--socket=", sr_test_mariadb_get ("SOCKET"), NULL));
  g_ptr_array_insert (argv, 3, g_strconcat ("--user=", sr_test_mariadb_get ("USER"), NULL));
  g_ptr_array_insert (argv, 4, g_strdup ("--default-character-set=utf8mb4"));
  g_ptr_array_add (argv, g_strdup (sr_test_mariadb_get ("DATABASE")));
  g_ptr_array_add (argv, NULL);
  g_subprocess_launcher_setenv (launcher, "MYSQL_PWD", sr_test_mariadb_get ("PASSWORD"), TRUE);
  child = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv->pdata, &error);
  g_assert_no_error (error);
  g_subprocess_communicate (child, bytes, NULL, &answer, &complaint, &error);
  g_assert_no_error (error);
  if (!g_subprocess_get_successful (child))
    g_error ("%s: %.*s", (char *) g_ptr_array_index (argv, 0),
             (int) g_bytes_get_size (complaint),
             (const char *) g_bytes_get_data (complaint, NULL));
  g_ptr_array_unref (argv);
  return g_strndup (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer));
}

static GPtrArray *
arguments (const char *first,
           ...)
{
  GPtrArray *argv = g_ptr_array_new_with_free_func (g_free);
  va_list    args;

  va_start (args, first);
  for (const char *part = first; part != NULL; part = va_arg (args, const char *))
    g_ptr_array_add (argv, g_strdup (part));
  va_end (args);
  return argv;
}

char *
sr_test_mariadb_run (const char *sql)
{
  return run_program (arguments ("mariadb", "--batch", "--skip-column-names", NULL), sql,
                      strlen (sql));
}

void
sr_test_mariadb_run_file (const char *path)
{
  g_autofree char   *text = NULL;
  g_autofree char   *answer = NULL;
  g_autoptr (GError) error = NULL;
  gsize              size;

  g_file_get_contents (path, &text, &size, &error);
  g_assert_no_error (error);
  answer = run_program (arguments ("mariadb", "--binary-mode", NULL), text, size);
}

char *
sr_test_mariadb_dump (void)
{
  return run_program (arguments ("mariadb-dump", "--single-transaction", "--routines", "--triggers",
                                 "--events", "--hex-blob", "--skip-dump-date", "--order-by-primary",
                                 NULL),
                      "", 0);
}

char *
sr_test_mariadb_state (void)
{
  g_autofree char *databases = sr_test_mariadb_run ("SHOW DATABASES");
  g_autofree char *dump = sr_test_mariadb_dump ();
  g_autofree char *list = sr_test_mariadb_run (
      "SET group_concat_max_len = 1000000; SELECT GROUP_CONCAT(CONCAT('`', table_name, '`') ORDER "
      "BY table_name) FROM information_schema.tables WHERE table_schema = DATABASE() AND "
      "table_type <> 'VIEW'");
  g_autofree char *sql = g_strdup_printf ("CHECKSUM TABLE %s", list);
  g_autofree char *sums = g_str_has_prefix (list, "NULL") ? g_strdup ("")
                                                          : sr_test_mariadb_run (sql);

  return g_strconcat (databases, dump, sums, NULL);
}

void
sr_test_mariadb_clear (void)
{
  const char      *database = sr_test_mariadb_get ("DATABASE");
  g_autofree char *sql = g_strdup_printf ("DROP DATABASE `%s`; CREATE DATABASE `%s` CHARACTER SET "
                                          "utf8mb4",
                                          database, database);
  g_autofree char *answer = sr_test_mariadb_run (sql);
}
