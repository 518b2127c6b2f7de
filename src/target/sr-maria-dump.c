/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-maria-dump.h"

#include <string.h>

#include "base/sr-error.h"
#include "base/sr-process.h"
#include "target/sr-dump-child.h"

static const char *const mariadb_programs[] = { "mariadb-dump", "mysqldump" };
static const char *const mysql_programs[] = { "mysqldump", "mariadb-dump" };

/* Returns: (transfer full) (nullable): the first line of what it says of itself */
static char *
ask_version (const char *program)
{
  const char           *argv[] = { program, "--no-defaults", "--version", NULL };
  char                  answer[512];
  gsize                 size = 0;
  gssize                n;
  g_autoptr (SrProcess) process = sr_process_spawn (argv, NULL, SR_PROCESS_STDOUT_PIPE, NULL);

  if (process == NULL)
    return NULL;
  while (size < sizeof answer - 1 &&
         (n = sr_process_read (process, answer + size, sizeof answer - 1 - size, NULL, NULL)) > 0)
    size += (gsize) n;
  if (!sr_process_wait (process, NULL, NULL))
    return NULL;
  answer[size] = '\0';
  answer[strcspn (answer, "\n")] = '\0';
  return strstr (answer, "Ver ") != NULL ? g_utf8_make_valid (answer, -1) : NULL;
}

char *
sr_maria_dump_find (gboolean     is_mariadb,
                    const char **program,
                    GError     **error)
{
  const char *const *programs = is_mariadb ? mariadb_programs : mysql_programs;

  for (guint i = 0; i < G_N_ELEMENTS (mariadb_programs); i++)
    {
      g_autofree char *version = ask_version (programs[i]);

      *program = programs[i];
      if (version != NULL)
        return g_steal_pointer (&version);
    }
  g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
               "Neither mariadb-dump nor mysqldump is installed, which make the safety backup; "
               "install the client of MariaDB");
  return NULL;
}

static void
add (GPtrArray  *argv,
     const char *format,
     ...) G_GNUC_PRINTF (2, 3);

static void
add (GPtrArray  *argv,
     const char *format,
     ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (argv, g_strdup_vprintf (format, args));
  va_end (args);
}

static void
add_connection (GPtrArray              *argv,
                const SrTargetLocation *location,
                gboolean                is_mysql_program)
{
  gboolean local = sr_target_location_is_local (location);

  if (location->user != NULL)
    add (argv, "--user=%s", location->user);
  if (location->socket != NULL)
    add (argv, "--socket=%s", location->socket);
  else if (location->host != NULL)
    {
      add (argv, "--host=%s", location->host);
      add (argv, "--protocol=tcp");
    }
  if (location->port != 0)
    add (argv, "--port=%u", location->port);
  if (location->socket != NULL || g_strcmp0 (location->tls, "off") == 0 ||
      (local && location->tls == NULL))
    return;
  if (is_mysql_program)
    add (argv, "--ssl-mode=%s",
         g_strcmp0 (location->tls, "require") == 0 ? "REQUIRED" : "VERIFY_IDENTITY");
  else
    {
      add (argv, "--ssl");
      if (g_strcmp0 (location->tls, "require") != 0)
        add (argv, "--ssl-verify-server-cert");
    }
}

gboolean
sr_maria_dump (const SrTargetLocation *location,
               SrSecret               *password,
               GPtrArray              *tables,
               gboolean                with_routines,
               gboolean                is_mariadb,
               GOutputStream          *stream,
               guint64                *written,
               GCancellable           *cancellable,
               GError                **error)
{
  const char           *program = NULL;
  g_autofree char      *version = sr_maria_dump_find (is_mariadb, &program, error);
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  g_autofree char      *variable = NULL;
  const char           *environment[2] = { NULL, NULL };
  gboolean              done;

  if (version == NULL)
    return FALSE;
  add (argv, "%s", program);
  add (argv, "--no-defaults");
  add_connection (argv, location, strstr (version, "MariaDB") == NULL);
  add (argv, "--default-character-set=utf8mb4");
  add (argv, "--single-transaction");
  add (argv, "--quick");
  add (argv, "--hex-blob");
  add (argv, "--triggers");
  if (with_routines)
    {
      add (argv, "--routines");
      add (argv, "--events");
    }
  if (strstr (version, "MariaDB") == NULL)
    add (argv, "--set-gtid-purged=OFF");
  add (argv, "--");
  add (argv, "%s", location->database);
  for (guint i = 0; i < tables->len; i++)
    add (argv, "%s", (const char *) g_ptr_array_index (tables, i));
  g_ptr_array_add (argv, NULL);
  if (password != NULL)
    variable = g_strdup_printf ("MYSQL_PWD=%.*s", (int) sr_secret_get_size (password),
                                (const char *) sr_secret_get_data (password));
  environment[0] = variable;
  done = sr_dump_child_run ((const char *const *) argv->pdata, environment, "-- Dump completed",
                            stream, written, cancellable, error);
  if (variable != NULL)
    sr_secret_wipe (variable, strlen (variable));
  return done;
}
