/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include "postgres-server.h"

#include <string.h>

#include "base/sr-error.h"

static guint n_databases;

gboolean
fail_step (const char *step,
           gpointer    user_data,
           GError    **error)
{
  Faults *faults = user_data;

  faults->calls++;
  if (faults->calls != faults->fail_at)
    return TRUE;
  faults->failed = step;
  g_set_error (error, SR_ERROR, SR_ERROR_FAILED, "made to fail at %s", step);
  return FALSE;
}

/* Runs a client program. Returns: (transfer full): what it wrote */
static char *
run_client (const char *const *argv,
            const char        *input)
{
  g_autoptr (GError)      error = NULL;
  g_autoptr (GSubprocess) child = g_subprocess_newv (
      argv, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  char *output = NULL;

  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (child, input, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (child));
  return output;
}

char *
query (const char *database,
       const char *sql)
{
  const char *argv[] = {
    "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", "-", NULL
  };

  return g_strchomp (run_client (argv, sql));
}

void
assert_query (const char *database,
              const char *sql,
              const char *expected)
{
  g_autofree char *found = query (database, sql);

  g_assert_cmpstr (found, ==, expected);
}

void
run_sql (const char *database,
         const char *sql)
{
  g_free (query (database, sql));
}

/* Everything in the database, without the lines that are different each time. */
char *
describe (const char *database)
{
  const char      *argv[] = { "pg_dump", "-d", database, NULL };
  g_autofree char *dump = run_client (argv, NULL);
  g_auto (GStrv)   lines = g_strsplit (dump, "\n", -1);
  GString         *kept = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    if (!g_str_has_prefix (lines[i], "\\restrict") && !g_str_has_prefix (lines[i], "\\unrestrict"))
      g_string_append_printf (kept, "%s\n", lines[i]);
  return g_string_free (kept, FALSE);
}

void
assert_unchanged (const char *database,
                  const char *before)
{
  g_autofree char *after = describe (database);

  g_assert_cmpstr (after, ==, before);
}

char *
make_database (const char *sql)
{
  char            *name = g_strdup_printf ("test_%u", ++n_databases);
  g_autofree char *create = g_strdup_printf ("CREATE DATABASE %s", name);

  run_sql (g_getenv ("PGDATABASE"), create);
  if (sql != NULL)
    run_sql (name, sql);
  return name;
}

char *
location_of (const char *database)
{
  const char *host = g_getenv ("PGHOST");

  return host[0] == '/' ? g_strdup_printf ("postgresql://%s@/%s?socket=%s", g_getenv ("PGUSER"),
                                           database, host)
                        : g_strdup_printf ("postgresql://%s@%s:%s/%s", g_getenv ("PGUSER"), host,
                                           g_getenv ("PGPORT"), database);
}

SrTarget *
open_target (const char *database)
{
  g_autofree char   *location = location_of (database);
  g_autoptr (GError) error = NULL;
  SrTarget          *target = sr_target_open (location, NULL, &error);

  g_assert_no_error (error);
  return target;
}
