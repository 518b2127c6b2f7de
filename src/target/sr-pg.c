/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-pg.h"

#include <poll.h>
#include <string.h>

#include "base/sr-error.h"

#define CONNECT_SECONDS 20

static const char SESSION[] =
    "SET client_min_messages = warning; SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD';"
    "SET IntervalStyle = 'iso_8601'; SET bytea_output = 'hex'; SET extra_float_digits = 3;"
    "SET standard_conforming_strings = on; SET row_security = off; SET statement_timeout = 0;"
    "SET idle_in_transaction_session_timeout = 0; SET search_path = ''";

struct _SrPg
{
  PGconn *connection;
  char   *schema;
};

static const struct
{
  const char *state; /* SQLSTATE or the class it begins with */
  SrErrorCode code;
} meanings[] = {
  { "08", SR_ERROR_NETWORK },
  { "22", SR_ERROR_INVALID },
  { "23", SR_ERROR_INVALID },
  { "25006", SR_ERROR_REFUSED },
  { "28", SR_ERROR_AUTH },
  { "3D000", SR_ERROR_NOT_FOUND },
  { "42501", SR_ERROR_PERMISSION },
  { "42P01", SR_ERROR_NOT_FOUND },
  { "42P07", SR_ERROR_EXISTS },
  { "40P01", SR_ERROR_LOCKED },
  { "55P03", SR_ERROR_LOCKED },
  { "55006", SR_ERROR_LOCKED },
  { "53100", SR_ERROR_NO_SPACE },
  { "53300", SR_ERROR_LOCKED },
  { "57014", SR_ERROR_CANCELLED },
  { "57P", SR_ERROR_NETWORK },
  { "0A", SR_ERROR_UNSUPPORTED },
  { "58", SR_ERROR_IO },
  { "XX001", SR_ERROR_DAMAGED },
  { "XX002", SR_ERROR_DAMAGED },
};

static SrErrorCode
meaning_of (const char *state)
{
  for (guint i = 0; state != NULL && i < G_N_ELEMENTS (meanings); i++)
    if (g_str_has_prefix (state, meanings[i].state))
      return meanings[i].code;
  return SR_ERROR_FAILED;
}

/* @result: (nullable): what the server answered */
static void
set_error (SrPg           *self,
           const PGresult *result,
           GError        **error)
{
  const char      *primary = PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY);
  const char      *detail = PQresultErrorField (result, PG_DIAG_MESSAGE_DETAIL);
  const char      *context = PQresultErrorField (result, PG_DIAG_CONTEXT);
  const char      *state = PQresultErrorField (result, PG_DIAG_SQLSTATE);
  g_autofree char *text = NULL;

  if (primary == NULL)
    {
      text = g_strstrip (g_utf8_make_valid (PQerrorMessage (self->connection), -1));
      g_set_error (error, SR_ERROR,
                   PQstatus (self->connection) == CONNECTION_BAD ? SR_ERROR_NETWORK
                                                                 : SR_ERROR_FAILED,
                   "PostgreSQL: %s", text);
      return;
    }
  {
    g_autofree char *whole =
        g_strdup_printf ("%s%s%s%s%s%s", primary, detail != NULL ? "; " : "",
                         detail != NULL ? detail : "", context != NULL ? " (" : "",
                         context != NULL ? context : "", context != NULL ? ")" : "");

    text = g_strdelimit (g_utf8_make_valid (whole, -1), "\n", ' ');
  }
  g_set_error (error, SR_ERROR, meaning_of (state), "PostgreSQL: %s", text);
}

/* Waits for the connection's socket. Returns: FALSE if cancelled or too late, with @error set */
static gboolean
wait_for_socket (SrPg         *self,
                 short         events,
                 gint64        deadline,
                 GCancellable *cancellable,
                 GError      **error)
{
  struct pollfd fds[2] = { { PQsocket (self->connection), events, 0 }, { -1, POLLIN, 0 } };
  GPollFD       watched;
  gboolean      watching = g_cancellable_make_pollfd (cancellable, &watched);
  int           timeout = -1;
  int           ready;

  if (watching)
    fds[1].fd = watched.fd;
  if (deadline > 0)
    timeout = (int) MAX ((deadline - g_get_monotonic_time ()) / 1000, 0);
  ready = poll (fds, 2, timeout);
  if (watching)
    g_cancellable_release_fd (cancellable);
  if (sr_check_cancelled (cancellable, error))
    return FALSE;
  if (ready == 0)
    g_set_error (error, SR_ERROR, SR_ERROR_TIMEOUT,
                 "The database server did not answer within %d seconds", CONNECT_SECONDS);
  return ready != 0;
}

/* libpq tells the state of a refused connection only within its words. */
static void
set_connect_error (SrPg    *self,
                   GError **error)
{
  g_autofree char *text =
      g_strstrip (g_utf8_make_valid (PQerrorMessage (self->connection), -1));
  g_autoptr (GRegex) regex =
      g_regex_new (":  ([0-9A-Z]{5}): ([^\\n]*)", G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  if (g_regex_match (regex, text, G_REGEX_MATCH_DEFAULT, &match))
    {
      g_autofree char *state = g_match_info_fetch (match, 1);
      g_autofree char *words = g_match_info_fetch (match, 2);

      g_set_error (error, SR_ERROR, meaning_of (state), "PostgreSQL does not let us in: %s", words);
      return;
    }
  g_set_error (error, SR_ERROR,
               PQconnectionNeedsPassword (self->connection) ? SR_ERROR_AUTH : SR_ERROR_NETWORK,
               "PostgreSQL cannot be reached: %s", text);
}

static gboolean
connect_to (SrPg                   *self,
            const SrTargetLocation *location,
            const char             *password,
            GCancellable           *cancellable,
            GError                **error)
{
  g_autofree char *port = location->port != 0 ? g_strdup_printf ("%u", location->port) : NULL;
  g_autofree char *folder = NULL;
  const char      *names[12] = { 0 };
  const char      *values[12] = { 0 };
  guint            n = 0;
  gint64           deadline = g_get_monotonic_time () + CONNECT_SECONDS * G_USEC_PER_SEC;
  const struct
  {
    const char *name;
    const char *value;
  } settings[] = {
    { "user", location->user },
    { "port", port },
    { "dbname", location->database },
    { "password", password },
    { "sslmode", location->tls },
    { "client_encoding", "UTF8" },
    { "application_name", "strongroom" },
    { "keepalives_idle", "60" },
  };
  PostgresPollingStatusType status = PGRES_POLLING_WRITING;

  if (location->socket != NULL && strstr (location->socket, "/.s.PGSQL.") != NULL)
    folder = g_path_get_dirname (location->socket);
  names[n] = "host";
  values[n++] = folder != NULL             ? folder
                : location->socket != NULL ? location->socket
                                           : location->host;
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      names[n] = settings[i].name;
      values[n++] = settings[i].value;
    }
  self->connection = PQconnectStartParams (names, values, 0);
  if (self->connection == NULL || PQstatus (self->connection) == CONNECTION_BAD)
    {
      set_connect_error (self, error);
      return FALSE;
    }
  PQsetErrorVerbosity (self->connection, PQERRORS_VERBOSE);
  while (status != PGRES_POLLING_OK)
    {
      if (!wait_for_socket (self, status == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline,
                            cancellable, error))
        return FALSE;
      status = PQconnectPoll (self->connection);
      if (status == PGRES_POLLING_FAILED)
        {
          set_connect_error (self, error);
          return FALSE;
        }
    }
  PQsetErrorVerbosity (self->connection, PQERRORS_DEFAULT);
  return TRUE;
}

static void
ignore_notice (void           *data,
               const PGresult *result)
{
}

static gboolean
set_up_session (SrPg                   *self,
                const SrTargetLocation *location,
                GCancellable           *cancellable,
                GError                **error)
{
  g_autoptr (PGresult) result = NULL;

  PQsetNoticeReceiver (self->connection, ignore_notice, NULL);
  result = sr_pg_query (self, "SELECT coalesce (current_schema (), 'public')", NULL, 0, cancellable,
                        error);
  if (result == NULL)
    return FALSE;
  self->schema = g_strdup (location->schema != NULL ? location->schema
                                                    : PQgetvalue (result, 0, 0));
  return sr_pg_run (self, SESSION, cancellable, error);
}

SrPg *
sr_pg_open (const SrTargetLocation *location,
            SrSecret               *password,
            GCancellable           *cancellable,
            GError                **error)
{
  g_autoptr (SrPg) self = g_new0 (SrPg, 1);
  g_autofree char *text =
      password != NULL
          ? g_strndup (sr_secret_get_data (password), sr_secret_get_size (password))
          : NULL;
  gboolean connected = connect_to (self, location, text, cancellable, error);

  if (text != NULL)
    sr_secret_wipe (text, strlen (text));
  if (connected && set_up_session (self, location, cancellable, error))
    return g_steal_pointer (&self);
  if (error != NULL && *error != NULL)
    {
      g_autofree char *shown = sr_target_location_to_display (location);

      g_prefix_error (error, "%s: ", shown);
    }
  return NULL;
}

void
sr_pg_free (SrPg *self)
{
  PQfinish (self->connection);
  g_free (self->schema);
  g_free (self);
}

int
sr_pg_get_version (const SrPg *self)
{
  return PQserverVersion (self->connection);
}

gboolean
sr_pg_is_encrypted (const SrPg *self)
{
  return PQsslInUse (self->connection) != 0;
}

const char *
sr_pg_get_schema (const SrPg *self)
{
  return self->schema;
}

static void
cancel_statement (SrPg *self)
{
  PGcancel *cancel = PQgetCancel (self->connection);
  char      words[256];

  if (cancel != NULL)
    (void) PQcancel (cancel, words, sizeof words);
  PQfreeCancel (cancel);
}

/* Takes all results of what was sent. Returns: (transfer full): the last, or the first bad one */
static PGresult *
collect (SrPg         *self,
         GCancellable *cancellable,
         GError      **error)
{
  g_autoptr (PGresult) kept = NULL;
  g_autoptr (GError)   cancelled = NULL;

  while (TRUE)
    {
      PGresult *next;

      while (PQisBusy (self->connection))
        {
          if (!wait_for_socket (self, POLLIN, 0, cancelled != NULL ? NULL : cancellable,
                                &cancelled))
            cancel_statement (self);
          if (!PQconsumeInput (self->connection))
            break;
        }
      next = PQgetResult (self->connection);
      if (next == NULL)
        break;
      if (kept == NULL || PQresultStatus (kept) != PGRES_FATAL_ERROR)
        {
          PQclear (kept);
          kept = next;
        }
      else
        PQclear (next);
      if (PQresultStatus (kept) == PGRES_COPY_IN || PQresultStatus (kept) == PGRES_COPY_OUT)
        break;
    }
  if (cancelled != NULL && (kept == NULL || PQresultStatus (kept) == PGRES_FATAL_ERROR))
    {
      g_propagate_error (error, g_steal_pointer (&cancelled));
      return NULL;
    }
  if (kept == NULL || PQresultStatus (kept) == PGRES_FATAL_ERROR ||
      PQresultStatus (kept) == PGRES_BAD_RESPONSE)
    {
      set_error (self, kept, error);
      return NULL;
    }
  return g_steal_pointer (&kept);
}

PGresult *
sr_pg_query (SrPg              *self,
             const char        *sql,
             const char *const *params,
             guint              n_params,
             GCancellable      *cancellable,
             GError           **error)
{
  if (sr_check_cancelled (cancellable, error))
    return NULL;
  if (!PQsendQueryParams (self->connection, sql, (int) n_params, NULL, params, NULL, NULL, 0))
    {
      set_error (self, NULL, error);
      return NULL;
    }
  return collect (self, cancellable, error);
}

gboolean
sr_pg_query_number (SrPg         *self,
                    const char   *sql,
                    gint64       *number,
                    GCancellable *cancellable,
                    GError      **error)
{
  g_autoptr (PGresult) result = sr_pg_query (self, sql, NULL, 0, cancellable, error);

  if (result == NULL)
    return FALSE;
  if (PQntuples (result) == 1 &&
      g_ascii_string_to_signed (PQgetvalue (result, 0, 0), 10, G_MININT64, G_MAXINT64, number,
                                NULL))
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_FAILED, "PostgreSQL did not answer with a number");
  return FALSE;
}

gboolean
sr_pg_run_counted (SrPg         *self,
                   const char   *sql,
                   guint64      *rows,
                   GCancellable *cancellable,
                   GError      **error)
{
  g_autoptr (PGresult) result = NULL;

  if (sr_check_cancelled (cancellable, error))
    return FALSE;
  if (!PQsendQuery (self->connection, sql))
    {
      set_error (self, NULL, error);
      return FALSE;
    }
  result = collect (self, cancellable, error);
  if (result == NULL)
    return FALSE;
  if (rows != NULL)
    *rows = g_ascii_strtoull (PQcmdTuples (result), NULL, 10);
  return TRUE;
}

gboolean
sr_pg_run (SrPg         *self,
           const char   *sql,
           GCancellable *cancellable,
           GError      **error)
{
  return sr_pg_run_counted (self, sql, NULL, cancellable, error);
}

gboolean
sr_pg_copy_begin (SrPg         *self,
                  const char   *sql,
                  GCancellable *cancellable,
                  GError      **error)
{
  g_autoptr (PGresult) result = sr_pg_query (self, sql, NULL, 0, cancellable, error);

  if (result == NULL)
    return FALSE;
  if (PQresultStatus (result) == PGRES_COPY_IN)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_FAILED, "PostgreSQL does not take the records");
  return FALSE;
}

gboolean
sr_pg_copy_put (SrPg       *self,
                const char *data,
                gsize       size,
                GError    **error)
{
  while (size > 0)
    {
      int step = (int) MIN (size, (gsize) 1 << 24);

      if (PQputCopyData (self->connection, data, step) != 1)
        {
          set_error (self, NULL, error);
          return FALSE;
        }
      data += step;
      size -= (gsize) step;
    }
  return TRUE;
}

/* "COPY Bill, line 17, column amount: …" */
static guint64
line_in (const PGresult *result)
{
  const char *context = PQresultErrorField (result, PG_DIAG_CONTEXT);
  const char *line = context != NULL ? strstr (context, ", line ") : NULL;

  return line != NULL ? g_ascii_strtoull (line + strlen (", line "), NULL, 10) : 0;
}

gboolean
sr_pg_copy_end (SrPg         *self,
                guint64      *line,
                GCancellable *cancellable,
                GError      **error)
{
  g_autoptr (PGresult) result G_GNUC_UNUSED = NULL;
  gboolean                    done = TRUE;
  PGresult                   *next;

  *line = 0;
  if (PQputCopyEnd (self->connection, NULL) != 1)
    {
      set_error (self, NULL, error);
      return FALSE;
    }
  while ((next = PQgetResult (self->connection)) != NULL)
    {
      if (done && PQresultStatus (next) != PGRES_COMMAND_OK)
        {
          set_error (self, next, error);
          *line = line_in (next);
          done = FALSE;
        }
      PQclear (next);
    }
  return done;
}

void
sr_pg_copy_abort (SrPg *self)
{
  PGresult *next;

  if (PQputCopyEnd (self->connection, "the restore was stopped") != 1)
    return;
  while ((next = PQgetResult (self->connection)) != NULL)
    PQclear (next);
}

static char *
wrap (const char *text,
      char        quote)
{
  GString *quoted = g_string_new (NULL);

  g_string_append_c (quoted, quote);
  for (const char *c = text; *c != '\0'; c++)
    {
      if (*c == quote)
        g_string_append_c (quoted, quote);
      g_string_append_c (quoted, *c);
    }
  g_string_append_c (quoted, quote);
  return g_string_free (quoted, FALSE);
}

char *
sr_pg_quote (const char *name)
{
  return wrap (name, '"');
}

char *
sr_pg_quote_in (const char *schema,
                const char *name)
{
  g_autofree char *left = sr_pg_quote (schema);
  g_autofree char *right = sr_pg_quote (name);

  return g_strconcat (left, ".", right, NULL);
}

char *
sr_pg_literal (const char *text)
{
  return wrap (text, '\'');
}
