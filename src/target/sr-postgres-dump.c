/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "base/sr-process.h"
#include "target/sr-dump-child.h"
#include "target/sr-postgres-private.h"

#define END_MARKER "-- PostgreSQL database dump complete"

/* Wipes what a password was copied into. */
static void
wipe_strv (char **texts)
{
  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    sr_secret_wipe (texts[i], strlen (texts[i]));
  g_strfreev (texts);
}

/* Major version of a pg_dump, 0 if it is none. */
static guint
ask_version (const char   *program,
             GCancellable *cancellable)
{
  const char           *argv[] = { program, "--version", NULL };
  g_autoptr (SrProcess) process = sr_process_spawn (argv, NULL, SR_PROCESS_STDOUT_PIPE, NULL);
  char                  text[256] = "";
  gssize                size = 0;
  gssize                n;
  const char           *number;

  if (process == NULL)
    return 0;
  while (size < (gssize) sizeof text - 1 &&
         (n = sr_process_read (process, text + size, sizeof text - 1 - (gsize) size, cancellable,
                               NULL)) > 0)
    size += n;
  if (!sr_process_wait (process, cancellable, NULL) || !g_str_has_prefix (text, "pg_dump "))
    return 0;
  number = strpbrk (text, "0123456789");
  return number != NULL ? (guint) g_ascii_strtoull (number, NULL, 10) : 0;
}

/* A client must not be older than its server. Debian keeps each version in a folder of its own.
 * Returns: (transfer full) */
static char *
find_pg_dump (guint         server,
              GCancellable *cancellable,
              GError      **error)
{
  guint path_version;

  for (guint version = server; version < server + 10; version++)
    {
      g_autofree char *debian = g_strdup_printf ("/usr/lib/postgresql/%u/bin/pg_dump", version);
      g_autofree char *fedora = g_strdup_printf ("/usr/pgsql-%u/bin/pg_dump", version);

      if (g_file_test (debian, G_FILE_TEST_IS_EXECUTABLE) &&
          ask_version (debian, cancellable) >= server)
        return g_steal_pointer (&debian);
      if (g_file_test (fedora, G_FILE_TEST_IS_EXECUTABLE) &&
          ask_version (fedora, cancellable) >= server)
        return g_steal_pointer (&fedora);
    }
  path_version = ask_version ("pg_dump", cancellable);
  if (path_version >= server)
    return g_strdup ("pg_dump");
  if (sr_check_cancelled (cancellable, error))
    return NULL;
  if (path_version == 0)
    g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                 "The safety backup needs “pg_dump” of version %u or newer, which is not "
                 "installed; install PostgreSQL's client programs",
                 server);
  else
    g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                 "The safety backup needs “pg_dump” of version %u or newer; the one installed has "
                 "%u",
                 server, path_version);
  return NULL;
}

static void
add_variable (GPtrArray  *environment,
              const char *name,
              const char *value)
{
  if (value != NULL)
    g_ptr_array_add (environment, g_strconcat (name, "=", value, NULL));
}

/* What leads a client of PostgreSQL to our database. The password goes this way too: nobody but us
 * and root can read a process's environment. Returns: (transfer full), to be wiped */
static char **
make_environment (SrPostgresTarget *self)
{
  const SrTargetLocation *location = self->location;
  GPtrArray              *environment = g_ptr_array_new ();
  g_autofree char        *folder = NULL;
  g_autofree char        *port = NULL;

  if (location->port != 0)
    port = g_strdup_printf ("%u", location->port);
  if (location->socket != NULL && strstr (location->socket, "/.s.PGSQL.") != NULL)
    folder = g_path_get_dirname (location->socket);
  add_variable (environment, "PGHOST",
                folder != NULL             ? folder
                : location->socket != NULL ? location->socket
                                           : location->host);
  add_variable (environment, "PGPORT", port);
  add_variable (environment, "PGUSER", location->user);
  add_variable (environment, "PGDATABASE", location->database);
  add_variable (environment, "PGSSLMODE", location->tls);
  add_variable (environment, "PGCLIENTENCODING", "UTF8");
  add_variable (environment, "PGAPPNAME", "strongroom");
  if (self->password != NULL)
    {
      char *password = g_strndup (sr_secret_get_data (self->password),
                                  sr_secret_get_size (self->password));

      add_variable (environment, "PGPASSWORD", password);
      sr_secret_wipe (password, strlen (password));
      g_free (password);
    }
  g_ptr_array_add (environment, NULL);
  return (char **) g_ptr_array_free (environment, FALSE);
}

/* The tables that a restore may change: those of the plan, and those whose rows may go with a
 * record that they refer to. Quoted names. */
static GPtrArray *
list_tables (SrPostgresTarget *self,
             GCancellable     *cancellable,
             GError          **error)
{
  g_autofree char *oids = sr_postgres_get_oids (self);
  g_autofree char *sql = g_strdup_printf (
      "WITH RECURSIVE touched AS ("
      " SELECT c.oid FROM pg_catalog.pg_class c WHERE c.oid IN (%s)"
      " UNION SELECT f.conrelid FROM pg_catalog.pg_constraint f"
      " JOIN touched t ON f.confrelid = t.oid"
      " WHERE f.contype = 'f' AND f.confdeltype IN ('c', 'n', 'd'))"
      " SELECT pg_catalog.format ('%%I.%%I', n.nspname, c.relname) FROM touched t"
      " JOIN pg_catalog.pg_class c ON c.oid = t.oid"
      " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ORDER BY 1",
      oids);
  g_autoptr (PGresult) result = sr_pg_query (self->pg, sql, NULL, 0, cancellable, error);
  GPtrArray           *tables;

  if (result == NULL)
    return NULL;
  tables = g_ptr_array_new_with_free_func (g_free);
  for (int i = 0; i < PQntuples (result); i++)
    g_ptr_array_add (tables, g_strdup (PQgetvalue (result, i, 0)));
  return tables;
}

gboolean
sr_postgres_back_up (SrTarget      *target,
                     GOutputStream *stream,
                     guint64       *written,
                     GCancellable  *cancellable,
                     GError       **error)
{
  SrPostgresTarget     *self = SR_POSTGRES_TARGET (target);
  g_autoptr (GPtrArray) tables = NULL;
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  g_autofree char      *program = NULL;
  char                **environment;
  gint64                others = 0;
  gboolean              done;

  *written = 0;
  if (self->goals == NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
                   "What is to be saved is not known before the preflight");
      return FALSE;
    }
  tables = list_tables (self, cancellable, error);
  if (tables == NULL)
    return FALSE;
  if (tables->len == 0)
    return TRUE;
  if (!sr_pg_query_number (self->pg,
                           "SELECT count(*) FROM pg_catalog.pg_class c"
                           " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                           " WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema'"
                           " AND n.nspname !~ '^pg_'",
                           &others, cancellable, error))
    return FALSE;
  program = find_pg_dump ((guint) sr_pg_get_version (self->pg) / 10000, cancellable, error);
  if (program == NULL)
    return FALSE;
  g_ptr_array_add (argv, g_strdup (program));
  g_ptr_array_add (argv, g_strdup ("--no-password"));
  g_ptr_array_add (argv, g_strdup ("--format=plain"));
  g_ptr_array_add (argv, g_strdup ("--clean"));
  g_ptr_array_add (argv, g_strdup ("--if-exists"));
  for (guint i = 0; others > (gint64) tables->len && i < tables->len; i++)
    g_ptr_array_add (argv, g_strconcat ("--table=", tables->pdata[i], NULL));
  g_ptr_array_add (argv, NULL);
  environment = make_environment (self);
  done = sr_dump_child_run ((const char *const *) argv->pdata,
                            (const char *const *) environment, END_MARKER, stream, written,
                            cancellable, error);
  wipe_strv (environment);
  return done;
}
