/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-discover-private.h"

#include "site/sr-site-location.h"

#include <string.h>

static const struct
{
  const char   *scheme;
  SrFindingKind kind;
  const char   *canonical;
} schemes[] = {
  { "mysql", SR_FINDING_MYSQL, "mysql" },
  { "mysql2", SR_FINDING_MYSQL, "mysql" },
  { "mysqlx", SR_FINDING_MYSQL, "mysql" },
  { "mariadb", SR_FINDING_MARIADB, "mariadb" },
  { "postgres", SR_FINDING_POSTGRESQL, "postgresql" },
  { "postgresql", SR_FINDING_POSTGRESQL, "postgresql" },
  { "pgsql", SR_FINDING_POSTGRESQL, "postgresql" },
  { "cockroachdb", SR_FINDING_OTHER, "cockroachdb" },
  { "mongodb", SR_FINDING_MONGODB, "mongodb" },
  { "mongodb+srv", SR_FINDING_MONGODB, "mongodb+srv" },
  { "sqlserver", SR_FINDING_OTHER, "sqlserver" },
  { "mssql", SR_FINDING_OTHER, "sqlserver" },
  { "oracle", SR_FINDING_OTHER, "oracle" },
};

static const struct
{
  const char   *part;
  SrFindingKind kind;
} words[] = {
  { "mariadb", SR_FINDING_MARIADB },
  { "mysql", SR_FINDING_MYSQL },
  { "postgres", SR_FINDING_POSTGRESQL },
  { "pgsql", SR_FINDING_POSTGRESQL },
  { "mongo", SR_FINDING_MONGODB },
  { "sqlite", SR_FINDING_SQLITE },
  { "libsql", SR_FINDING_SQLITE },
};

int
sr_discover_kind_from_word (const char *word)
{
  g_autofree char *lower = g_ascii_strdown (word, -1);

  if (strcmp (lower, "pg") == 0)
    return SR_FINDING_POSTGRESQL;
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (strstr (lower, words[i].part) != NULL)
      return (int) words[i].kind;
  return -1;
}

/* "jdbc:mysql" and "postgresql+psycopg2" too. Returns: an index of the table, -1 if it is none */
static int
find_scheme (const char *value,
             gsize       length)
{
  g_autofree char *scheme = g_ascii_strdown (value, (gssize) length);
  const char      *name = g_str_has_prefix (scheme, "jdbc:") ? scheme + strlen ("jdbc:") : scheme;
  gsize            plain = strcspn (name, "+:");

  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (strcmp (name, schemes[i].scheme) == 0)
      return (int) i;
  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (strlen (schemes[i].scheme) == plain && strncmp (name, schemes[i].scheme, plain) == 0)
      return (int) i;
  return -1;
}

/* Hosts with their ports: names, addresses, "[…]", "," between them, "${NAME}". */
static gboolean
is_host (const char *text,
         gsize       length)
{
  gboolean in_port = FALSE;
  gboolean in_brackets = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      char c = text[i];

      if (c == '[' || c == ']')
        in_brackets = c == '[';
      else if (c == '$' && text[i + 1] == '{')
        for (; i < length && text[i] != '}'; i++)
          ;
      else if (c == ',')
        in_port = FALSE;
      else if (c == ':' && !in_brackets)
        in_port = TRUE;
      else if (in_port && !in_brackets ? !g_ascii_isdigit (c)
                                       : !g_ascii_isalnum (c) && strchr (".-_:%", c) == NULL)
        return FALSE;
    }
  return TRUE;
}

/* Of a database or a user: nothing that could end one part and begin another. */
static gboolean
is_plain_name (const char *text,
               gsize       length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && strchr ("._-%${}+~", text[i]) == NULL)
      return FALSE;
  return length > 0;
}

/**
 * append_rest:
 * @rest: behind "://"
 *
 * A password may hold an unescaped "/", "?", "#" or "@": what is in front of the last "@" is never
 * more than the user's name, which ends at the first character that no name has. Without an "@" a
 * port that is no number shows that something else was meant.
 */
static void
append_rest (GString    *location,
             const char *rest)
{
  const char *at = strrchr (rest, '@');
  const char *host = at != NULL ? at + 1 : rest;
  gsize       host_length = strcspn (host, "/?#;");
  gsize       user_length = at != NULL ? MIN ((gsize) (at - rest), strcspn (rest, ":/?#;@")) : 0;
  const char *name = host[host_length] == '/' ? host + host_length + 1 : "";
  gsize       name_length = strcspn (name, "?#;/");

  if (!is_host (host, host_length))
    return;
  if (user_length > 0 && is_plain_name (rest, user_length))
    g_string_append_printf (location, "%.*s@", (int) user_length, rest);
  g_string_append_len (location, host, (gssize) host_length);
  if (is_plain_name (name, name_length))
    g_string_append_printf (location, "/%.*s", (int) name_length, name);
}

gboolean
sr_discover_parse_url (const char    *value,
                       SrFindingKind *kind,
                       char         **location)
{
  const char *separator = strstr (value, "://");
  int         index = separator != NULL ? find_scheme (value, (gsize) (separator - value)) : -1;
  GString    *text;

  if (index < 0)
    return FALSE;
  *kind = schemes[index].kind;
  text = g_string_new (schemes[index].canonical);
  g_string_append (text, "://");
  append_rest (text, separator + 3);
  if (sr_location_has_password (text->str))
    {
      g_string_truncate (text, strlen (schemes[index].canonical));
      g_string_append (text, "://");
    }
  *location = g_string_free (text, FALSE);
  return TRUE;
}
