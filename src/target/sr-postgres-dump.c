/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "base/sr-process.h"
#include "target/sr-dump-child.h"
#include "target/sr-postgres-objects.h"

#define END_MARKER "-- PostgreSQL database dump complete"

/* What pg_dump says first, so that the whole is taken for what it is. */
#define HEAD                                                                      \
  "--\n-- PostgreSQL database dump\n--\n\n"                                       \
  "-- Types and routines that the tables below need, where they are missing.\n\n" \
  "SET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n"        \
  "SET check_function_bodies = false;\n\n"

/* Types of the columns of tables, and what those are made of; a type is older than what it is in.
 * pg_dump leaves them out where it dumps chosen tables. */
static const char TYPES_SQL[] =
    "WITH RECURSIVE needed AS ("
    " SELECT a.atttypid AS oid FROM pg_catalog.pg_attribute a"
    " WHERE a.attrelid IN (%s) AND a.attnum > 0 AND NOT a.attisdropped"
    " UNION SELECT x.oid FROM needed n JOIN pg_catalog.pg_type t ON t.oid = n.oid,"
    " LATERAL (SELECT t.typelem AS oid UNION ALL SELECT t.typbasetype UNION ALL"
    "  SELECT a.atttypid FROM pg_catalog.pg_attribute a WHERE t.typtype = 'c'"
    "  AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) x)"
    " SELECT pg_catalog.format ('%%I.%%I', s.nspname, t.typname), CASE t.typtype"
    " WHEN 'e' THEN 'CREATE TYPE ' || pg_catalog.format ('%%I.%%I', s.nspname, t.typname) ||"
    "  ' AS ENUM (' || (SELECT pg_catalog.string_agg (pg_catalog.quote_literal (l.enumlabel), ', '"
    "  ORDER BY l.enumsortorder) FROM pg_catalog.pg_enum l WHERE l.enumtypid = t.oid) || ')'"
    " WHEN 'd' THEN 'CREATE DOMAIN ' || pg_catalog.format ('%%I.%%I', s.nspname, t.typname) ||"
    "  ' AS ' || pg_catalog.format_type (t.typbasetype, t.typtypmod)"
    "  || coalesce (' DEFAULT ' || t.typdefault, '')"
    "  || CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END"
    "  || coalesce ((SELECT pg_catalog.string_agg (pg_catalog.format (' CONSTRAINT %%I %%s',"
    "  k.conname, pg_catalog.pg_get_constraintdef (k.oid)), '' ORDER BY k.conname)"
    "  FROM pg_catalog.pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c'), '')"
    " ELSE 'CREATE TYPE ' || pg_catalog.format ('%%I.%%I', s.nspname, t.typname) || ' AS (' ||"
    "  (SELECT pg_catalog.string_agg (pg_catalog.format ('%%I %%s', a.attname,"
    "  pg_catalog.format_type (a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum)"
    "  FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0"
    "  AND NOT a.attisdropped) || ')' END"
    " FROM needed n JOIN pg_catalog.pg_type t ON t.oid = n.oid"
    " JOIN pg_catalog.pg_namespace s ON s.oid = t.typnamespace"
    " LEFT JOIN pg_catalog.pg_class r ON r.oid = t.typrelid"
    " WHERE (t.typtype IN ('e', 'd') OR r.relkind = 'c') AND s.nspname <> 'pg_catalog'"
    " AND s.nspname <> 'information_schema' AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d"
    "  WHERE d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.objid = t.oid"
    "  AND d.deptype = 'e') ORDER BY t.oid";

/* Routines that triggers of tables call. */
static const char ROUTINES_SQL[] =
    "SELECT pg_catalog.pg_get_functiondef (p.oid) FROM pg_catalog.pg_proc p"
    " JOIN pg_catalog.pg_namespace s ON s.oid = p.pronamespace"
    " JOIN pg_catalog.pg_language l ON l.oid = p.prolang AND l.lanname IN ('sql', 'plpgsql')"
    " WHERE s.nspname <> 'pg_catalog' AND p.oid IN (SELECT t.tgfoid FROM pg_catalog.pg_trigger t"
    "  WHERE t.tgrelid IN (%s) AND NOT t.tgisinternal) AND NOT EXISTS ("
    "  SELECT 1 FROM pg_catalog.pg_depend d WHERE d.classid ="
    "  'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid AND d.deptype = 'e')"
    " ORDER BY p.oid";

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

/* In a form that psql runs anywhere, and that we read too. */
static void
append_type (GString    *text,
             const char *name,
             const char *definition)
{
  g_autofree char *literal = sr_pg_literal (name);

  g_string_append_printf (text,
                          "SELECT pg_catalog.to_regtype(%s) IS NULL AS strongroom_missing;\n"
                          "\\gset\n\\if :strongroom_missing\n%s;\n\\endif\n\n",
                          literal, definition);
}

/* What a dump of chosen tables lacks. @oids: of those tables. Returns: (transfer full)
 * (nullable) */
static char *
make_needed (SrPostgresTarget *self,
             const char       *oids,
             GCancellable     *cancellable,
             GError          **error)
{
  g_autoptr (GString)  sql = g_string_new (NULL);
  g_autoptr (PGresult) types = NULL;
  g_autoptr (PGresult) routines = NULL;
  GString             *text;

  g_string_printf (sql, TYPES_SQL, oids);
  types = sr_pg_query (self->pg, sql->str, NULL, 0, cancellable, error);
  g_string_printf (sql, ROUTINES_SQL, oids);
  if (types == NULL)
    return NULL;
  routines = sr_pg_query (self->pg, sql->str, NULL, 0, cancellable, error);
  if (routines == NULL)
    return NULL;
  text = g_string_new (PQntuples (types) + PQntuples (routines) > 0 ? HEAD : "");
  for (int i = 0; i < PQntuples (types); i++)
    append_type (text, PQgetvalue (types, i, 0), PQgetvalue (types, i, 1));
  for (int i = 0; i < PQntuples (routines); i++)
    g_string_append_printf (text, "%s;\n\n", PQgetvalue (routines, i, 0));
  return g_string_free (text, FALSE);
}

static gboolean
write_needed (SrPostgresTarget *self,
              const GPtrArray  *tables,
              GOutputStream    *stream,
              gsize            *size,
              GCancellable     *cancellable,
              GError          **error)
{
  g_autoptr (GString) oids = g_string_new ("0");
  g_autofree char    *text = NULL;

  for (guint i = 0; i < tables->len; i++)
    {
      g_autofree char *literal = sr_pg_literal (tables->pdata[i]);

      g_string_append_printf (oids, ", pg_catalog.to_regclass (%s)::pg_catalog.oid", literal);
    }
  text = make_needed (self, oids->str, cancellable, error);
  return text != NULL &&
         g_output_stream_write_all (stream, text, strlen (text), size, cancellable, error);
}

/* Sequences that exist and get another value. Returns: how many */
static guint
add_sequences (SrPostgresTarget *self,
               GPtrArray        *names)
{
  guint n = 0;

  for (guint i = 0; self->objects != NULL && i < self->objects->list->len; i++)
    {
      const SrPostgresObject *object = self->objects->list->pdata[i];

      if (object->fate != SR_POSTGRES_LATE || object->statement->kind != SR_PG_STATEMENT_VALUE)
        continue;
      g_ptr_array_add (names, sr_pg_quote_in (sr_pg_get_schema (self->pg),
                                              object->statement->name.name));
      n++;
    }
  return n;
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

/* How many tables there are besides those of PostgreSQL itself. */
static gboolean
count_tables (SrPostgresTarget *self,
              gint64           *n,
              GCancellable     *cancellable,
              GError          **error)
{
  return sr_pg_query_number (self->pg,
                             "SELECT count(*) FROM pg_catalog.pg_class c"
                             " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                             " WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema'"
                             " AND n.nspname !~ '^pg_'",
                             n, cancellable, error);
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
  guint                 n_tables;
  guint                 n_sequences;
  gboolean              whole;
  gint64                others = 0;
  gsize                 needed = 0;
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
  n_tables = tables->len;
  n_sequences = add_sequences (self, tables);
  /* only a dump of all has what is replaced with what that needs and what is said of it */
  whole = self->objects != NULL && sr_postgres_objects_replace (self->objects);
  if (n_tables + n_sequences == 0 && !whole)
    return TRUE;
  if (!count_tables (self, &others, cancellable, error))
    return FALSE;
  program = find_pg_dump ((guint) sr_pg_get_version (self->pg) / 10000, cancellable, error);
  if (program == NULL)
    return FALSE;
  g_ptr_array_add (argv, g_strdup (program));
  g_ptr_array_add (argv, g_strdup ("--no-password"));
  g_ptr_array_add (argv, g_strdup ("--format=plain"));
  g_ptr_array_add (argv, g_strdup ("--clean"));
  g_ptr_array_add (argv, g_strdup ("--if-exists"));
  if (!whole && (n_tables == 0 || others > (gint64) n_tables))
    {
      for (guint i = 0; i < tables->len; i++)
        g_ptr_array_add (argv, g_strconcat ("--table=", tables->pdata[i], NULL));
      if (!write_needed (self, tables, stream, &needed, cancellable, error))
        return FALSE;
    }
  g_ptr_array_add (argv, NULL);
  environment = make_environment (self);
  done = sr_dump_child_run ((const char *const *) argv->pdata,
                            (const char *const *) environment, END_MARKER, stream, written,
                            cancellable, error);
  wipe_strv (environment);
  *written += needed;
  return done;
}
