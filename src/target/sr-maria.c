/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-maria.h"

#include <errmsg.h>
#include <mysqld_error.h>
#include <string.h>

#include "base/sr-error.h"

#define CONNECT_SECONDS 20
#define LARGEST_PACKET  (1UL << 30)

static const char *const session[] = {
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,"
  "ERROR_FOR_DIVISION_BY_ZERO'",
  "SET SESSION time_zone = '+00:00', autocommit = 1, foreign_key_checks = 0, sql_notes = 1, "
  "unique_checks = 1, wait_timeout = 604800, net_write_timeout = 3600, net_read_timeout = 3600, "
  "lock_wait_timeout = 60, sql_quote_show_create = 1, group_concat_max_len = 1048576",
};

struct _SrMaria
{
  MYSQL   *mysql;
  char    *database;
  gsize    max_statement;
  gboolean folds_names;
  gboolean is_mariadb;
};

static const struct
{
  guint       number;
  SrErrorCode code;
} meanings[] = {
  { ER_ACCESS_DENIED_ERROR, SR_ERROR_AUTH },
  { ER_DBACCESS_DENIED_ERROR, SR_ERROR_PERMISSION },
  { ER_TABLEACCESS_DENIED_ERROR, SR_ERROR_PERMISSION },
  { ER_COLUMNACCESS_DENIED_ERROR, SR_ERROR_PERMISSION },
  { ER_SPECIFIC_ACCESS_DENIED_ERROR, SR_ERROR_PERMISSION },
  { ER_PROCACCESS_DENIED_ERROR, SR_ERROR_PERMISSION },
  { ER_BINLOG_CREATE_ROUTINE_NEED_SUPER, SR_ERROR_PERMISSION },
  { ER_BAD_DB_ERROR, SR_ERROR_NOT_FOUND },
  { ER_NO_SUCH_TABLE, SR_ERROR_NOT_FOUND },
  { ER_TABLE_EXISTS_ERROR, SR_ERROR_EXISTS },
  { ER_DB_CREATE_EXISTS, SR_ERROR_EXISTS },
  { ER_LOCK_WAIT_TIMEOUT, SR_ERROR_LOCKED },
  { ER_LOCK_DEADLOCK, SR_ERROR_LOCKED },
  { ER_CON_COUNT_ERROR, SR_ERROR_LOCKED },
  { ER_TOO_MANY_USER_CONNECTIONS, SR_ERROR_LOCKED },
  { ER_DISK_FULL, SR_ERROR_NO_SPACE },
  { ER_RECORD_FILE_FULL, SR_ERROR_NO_SPACE },
  { ER_OPTION_PREVENTS_STATEMENT, SR_ERROR_REFUSED },
  { ER_QUERY_INTERRUPTED, SR_ERROR_CANCELLED },
  { ER_SERVER_SHUTDOWN, SR_ERROR_NETWORK },
  { ER_CRASHED_ON_USAGE, SR_ERROR_DAMAGED },
  { ER_NET_PACKET_TOO_LARGE, SR_ERROR_UNSUPPORTED },
};

static SrErrorCode
meaning_of (guint       number,
            const char *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (meanings); i++)
    if (meanings[i].number == number)
      return meanings[i].code;
  if (number >= CR_MIN_ERROR && number <= CR_MAX_ERROR)
    return SR_ERROR_NETWORK;
  if (g_str_has_prefix (state, "22") || g_str_has_prefix (state, "23"))
    return SR_ERROR_INVALID;
  return g_str_has_prefix (state, "08") ? SR_ERROR_NETWORK : SR_ERROR_FAILED;
}

static void
set_error (SrMaria *self,
           GError **error)
{
  g_autofree char *text = g_utf8_make_valid (mysql_error (self->mysql), -1);

  g_set_error (error, SR_ERROR,
               meaning_of (mysql_errno (self->mysql), mysql_sqlstate (self->mysql)), "%s: %s",
               self->is_mariadb ? "MariaDB" : "The database server", text);
}

gboolean
sr_maria_is_gone (const GError *error)
{
  return sr_error_is (error, SR_ERROR_NETWORK);
}

static void
set_tls (SrMaria                *self,
         const SrTargetLocation *location)
{
  gboolean local = sr_target_location_is_local (location);
  gboolean off = g_strcmp0 (location->tls, "off") == 0 || (local && location->tls == NULL);
  my_bool  verify = !off && g_strcmp0 (location->tls, "require") != 0;
  my_bool  enforce = !off;

  mysql_options (self->mysql, MYSQL_OPT_SSL_ENFORCE, &enforce);
  mysql_options (self->mysql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
}

static gboolean
connect_to (SrMaria                *self,
            const SrTargetLocation *location,
            const char             *password,
            GError                **error)
{
  const unsigned int timeout = CONNECT_SECONDS;
  const unsigned int no_files = 0;
  const gsize        packet = LARGEST_PACKET;
  unsigned int       protocol = location->socket != NULL || location->host == NULL
                                    ? MYSQL_PROTOCOL_SOCKET
                                    : MYSQL_PROTOCOL_TCP;

  self->mysql = mysql_init (NULL);
  if (self->mysql == NULL)
    g_error ("out of memory");
  mysql_options (self->mysql, MYSQL_OPT_CONNECT_TIMEOUT, &timeout);
  mysql_options (self->mysql, MYSQL_OPT_LOCAL_INFILE, &no_files);
  mysql_options (self->mysql, MYSQL_OPT_PROTOCOL, &protocol);
  mysql_options (self->mysql, MYSQL_OPT_MAX_ALLOWED_PACKET, &packet);
  mysql_options (self->mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  mysql_optionsv (self->mysql, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", "strongroom");
  if (location->socket == NULL)
    set_tls (self, location);
  if (mysql_real_connect (self->mysql, location->socket != NULL ? NULL : location->host,
                          location->user, password, location->database, location->port,
                          location->socket, 0) != NULL)
    return TRUE;
  set_error (self, error);
  if (mysql_errno (self->mysql) == CR_SSL_CONNECTION_ERROR)
    g_prefix_error (error, "No trusted encrypted connection (?tls=require does without the "
                           "certificate's name, ?tls=off without encryption): ");
  return FALSE;
}

static gboolean
set_up_session (SrMaria      *self,
                GCancellable *cancellable,
                GError      **error)
{
  guint64 packet = 0;
  guint64 folding = 0;

  self->is_mariadb = strstr (mysql_get_server_info (self->mysql), "MariaDB") != NULL;
  for (guint i = 0; i < G_N_ELEMENTS (session); i++)
    if (!sr_maria_run (self, session[i], cancellable, error))
      return FALSE;
  if (!sr_maria_query_number (self, "SELECT @@max_allowed_packet", &packet, cancellable, error) ||
      !sr_maria_query_number (self, "SELECT @@lower_case_table_names", &folding, cancellable,
                              error))
    return FALSE;
  self->max_statement = (gsize) CLAMP (packet, 4096, LARGEST_PACKET) - 1024;
  self->folds_names = folding != 0;
  return TRUE;
}

static gpointer
initialize_library (gpointer data)
{
  return GINT_TO_POINTER (mysql_library_init (0, NULL, NULL) == 0);
}

SrMaria *
sr_maria_open (const SrTargetLocation *location,
               SrSecret               *password,
               GCancellable           *cancellable,
               GError                **error)
{
  static GOnce        once = G_ONCE_INIT;
  g_autoptr (SrMaria) self = g_new0 (SrMaria, 1);
  g_autofree char    *text = NULL;
  g_autofree char    *shown = sr_target_location_to_display (location);
  gboolean            connected;

  g_once (&once, initialize_library, NULL);
  if (sr_check_cancelled (cancellable, error))
    return NULL;
  self->database = g_strdup (location->database);
  self->is_mariadb = TRUE;
  if (password != NULL)
    text = g_strndup (sr_secret_get_data (password), sr_secret_get_size (password));
  connected = connect_to (self, location, text, error);
  if (text != NULL)
    sr_secret_wipe (text, strlen (text));
  if (connected && set_up_session (self, cancellable, error))
    return g_steal_pointer (&self);
  g_prefix_error (error, "%s: ", shown);
  return NULL;
}

void
sr_maria_free (SrMaria *self)
{
  if (self->mysql != NULL)
    mysql_close (self->mysql);
  g_free (self->database);
  g_free (self);
}

gboolean
sr_maria_is_mariadb (const SrMaria *self)
{
  return self->is_mariadb;
}

gulong
sr_maria_get_version (const SrMaria *self)
{
  return mysql_get_server_version (self->mysql);
}

const char *
sr_maria_get_version_text (const SrMaria *self)
{
  return mysql_get_server_info (self->mysql);
}

const char *
sr_maria_get_database (const SrMaria *self)
{
  return self->database;
}

gboolean
sr_maria_is_encrypted (const SrMaria *self)
{
  return mysql_get_ssl_cipher (self->mysql) != NULL;
}

gsize
sr_maria_get_max_statement (const SrMaria *self)
{
  return self->max_statement;
}

gboolean
sr_maria_folds_names (const SrMaria *self)
{
  return self->folds_names;
}

gboolean
sr_maria_same_table (const SrMaria *self,
                     const char    *a,
                     const char    *b)
{
  g_autofree char *left = NULL;
  g_autofree char *right = NULL;

  if (!self->folds_names)
    return strcmp (a, b) == 0;
  left = g_utf8_strdown (a, -1);
  right = g_utf8_strdown (b, -1);
  return strcmp (left, right) == 0;
}

static gboolean
run_sized (SrMaria      *self,
           const char   *sql,
           gsize         size,
           GCancellable *cancellable,
           GError      **error)
{
  if (sr_check_cancelled (cancellable, error))
    return FALSE;
  if (mysql_real_query (self->mysql, sql, size) == 0)
    return TRUE;
  set_error (self, error);
  return FALSE;
}

gboolean
sr_maria_run (SrMaria      *self,
              const char   *sql,
              GCancellable *cancellable,
              GError      **error)
{
  if (!run_sized (self, sql, strlen (sql), cancellable, error))
    return FALSE;
  mysql_free_result (mysql_store_result (self->mysql));
  return TRUE;
}

gboolean
sr_maria_runf (SrMaria      *self,
               GCancellable *cancellable,
               GError      **error,
               const char   *format,
               ...)
{
  g_autofree char *sql = NULL;
  va_list          args;

  va_start (args, format);
  sql = g_strdup_vprintf (format, args);
  va_end (args);
  return sr_maria_run (self, sql, cancellable, error);
}

gboolean
sr_maria_run_strictly (SrMaria      *self,
                       const char   *sql,
                       gsize         size,
                       GCancellable *cancellable,
                       GError      **error)
{
  g_autoptr (MYSQL_RES) warnings = NULL;
  MYSQL_ROW             row;

  if (!run_sized (self, sql, size, cancellable, error))
    return FALSE;
  if (mysql_warning_count (self->mysql) == 0)
    return TRUE;
  warnings = sr_maria_query (self, "SHOW WARNINGS LIMIT 1", NULL, error);
  if (warnings == NULL)
    return FALSE;
  row = mysql_fetch_row (warnings);
  g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "The database server would change it: %s",
               row != NULL && row[2] != NULL ? row[2] : "it does not say how");
  return FALSE;
}

MYSQL_RES *
sr_maria_query (SrMaria      *self,
                const char   *sql,
                GCancellable *cancellable,
                GError      **error)
{
  g_autoptr (MYSQL_RES) result = NULL;

  if (!run_sized (self, sql, strlen (sql), cancellable, error))
    return NULL;
  result = mysql_store_result (self->mysql);
  if (result == NULL && mysql_errno (self->mysql) != 0)
    set_error (self, error);
  else if (result == NULL)
    g_set_error (error, SR_ERROR, SR_ERROR_FAILED, "The database server gave no answer");
  return g_steal_pointer (&result);
}

MYSQL_RES *
sr_maria_queryf (SrMaria      *self,
                 GCancellable *cancellable,
                 GError      **error,
                 const char   *format,
                 ...)
{
  g_autofree char *sql = NULL;
  va_list          args;

  va_start (args, format);
  sql = g_strdup_vprintf (format, args);
  va_end (args);
  return sr_maria_query (self, sql, cancellable, error);
}

gboolean
sr_maria_query_number (SrMaria      *self,
                       const char   *sql,
                       guint64      *number,
                       GCancellable *cancellable,
                       GError      **error)
{
  g_autoptr (MYSQL_RES) result = sr_maria_query (self, sql, cancellable, error);
  MYSQL_ROW             row;

  if (result == NULL)
    return FALSE;
  row = mysql_fetch_row (result);
  *number = 0;
  if (row != NULL && mysql_num_fields (result) == 1 &&
      (row[0] == NULL || g_ascii_string_to_unsigned (row[0], 10, 0, G_MAXUINT64, number, NULL)))
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_FAILED,
               "The database server did not answer with a number");
  return FALSE;
}

char *
sr_maria_quote (const char *name)
{
  GString *quoted = g_string_new ("`");

  for (const char *c = name; *c != '\0'; c++)
    {
      if (*c == '`')
        g_string_append_c (quoted, '`');
      g_string_append_c (quoted, *c);
    }
  g_string_append_c (quoted, '`');
  return g_string_free (quoted, FALSE);
}

char *
sr_maria_quote_in (const char *database,
                   const char *name)
{
  g_autofree char *left = sr_maria_quote (database);
  g_autofree char *right = sr_maria_quote (name);

  return g_strconcat (left, ".", right, NULL);
}

void
sr_maria_append_literal (GString    *sql,
                         const char *text,
                         gsize       size)
{
  const char *plain = text;
  const char *end = text + size;

  g_string_append_c (sql, '\'');
  for (const char *c = text; c < end; c++)
    if (*c == '\'' || *c == '\\' || *c == '\0' || *c == '\n' || *c == '\r' || *c == '\x1a')
      {
        g_string_append_len (sql, plain, c - plain);
        g_string_append_c (sql, '\\');
        g_string_append_c (sql, *c == '\0'     ? '0'
                                : *c == '\n'   ? 'n'
                                : *c == '\r'   ? 'r'
                                : *c == '\x1a' ? 'Z'
                                               : *c);
        plain = c + 1;
      }
  g_string_append_len (sql, plain, end - plain);
  g_string_append_c (sql, '\'');
}

char *
sr_maria_literal (const char *text)
{
  GString *sql = g_string_new (NULL);

  sr_maria_append_literal (sql, text, strlen (text));
  return g_string_free (sql, FALSE);
}
