/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-target"

#include "config.h"

#include "target/sr-target-location.h"

#include <string.h>

#include "base/sr-error.h"

static const struct
{
  const char    *scheme;
  SrLocationKind kind;
} servers[] = {
  { "postgresql://", SR_LOCATION_POSTGRES },
  { "postgres://", SR_LOCATION_POSTGRES },
  { "mariadb://", SR_LOCATION_MARIADB },
  { "mysql://", SR_LOCATION_MARIADB },
};

void
sr_target_location_free (SrTargetLocation *self)
{
  g_free (self->path);
  g_free (self->user);
  g_free (self->host);
  g_free (self->socket);
  g_free (self->database);
  g_free (self->schema);
  g_free (self->tls);
  g_free (self);
}

SrTargetLocation *
sr_target_location_copy (const SrTargetLocation *self)
{
  SrTargetLocation *copy = g_new0 (SrTargetLocation, 1);

  copy->kind = self->kind;
  copy->path = g_strdup (self->path);
  copy->user = g_strdup (self->user);
  copy->host = g_strdup (self->host);
  copy->port = self->port;
  copy->socket = g_strdup (self->socket);
  copy->database = g_strdup (self->database);
  copy->schema = g_strdup (self->schema);
  copy->tls = g_strdup (self->tls);
  return copy;
}

/* Texts end up in errors and in the environment of child processes. */
static gboolean
is_plain_text (const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      return FALSE;
  return g_utf8_validate (text, -1, NULL);
}

/* Returns: (transfer full) (nullable): the text without its percent escapes */
static char *
unescape (const char *text,
          gssize      size)
{
  g_autofree char *part = size < 0 ? g_strdup (text) : g_strndup (text, (gsize) size);
  g_autofree char *plain = g_uri_unescape_string (part, NULL);

  return plain != NULL && is_plain_text (plain) ? g_steal_pointer (&plain) : NULL;
}

static gboolean
set_option (SrTargetLocation *self,
            const char       *name,
            char             *value)
{
  static const char *const hows[] = { "require", "verify-ca", "verify-full", NULL };
  gboolean                 off = self->kind == SR_LOCATION_MARIADB && strcmp (value, "off") == 0;
  char                   **place = NULL;

  if (strcmp (name, "socket") == 0)
    place = &self->socket;
  else if (strcmp (name, "schema") == 0 && self->kind == SR_LOCATION_POSTGRES)
    place = &self->schema;
  else if (strcmp (name, "tls") == 0 && (off || g_strv_contains (hows, value)))
    place = &self->tls;
  if (place == NULL || *place != NULL || value[0] == '\0')
    return FALSE;
  *place = g_strdup (value);
  return TRUE;
}

static gboolean
parse_options (SrTargetLocation *self,
               const char       *query,
               GError          **error)
{
  g_auto (GStrv) options = g_strsplit (query, "&", -1);

  for (guint i = 0; options[i] != NULL; i++)
    {
      char            *equals = strchr (options[i], '=');
      g_autofree char *value = equals != NULL ? unescape (equals + 1, -1) : NULL;

      if (equals != NULL)
        *equals = '\0';
      if (g_str_has_prefix (options[i], "pass") || g_str_has_prefix (options[i], "pwd"))
        {
          g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
                       "A password does not belong into a location, where others see it; it is "
                       "asked for");
          return FALSE;
        }
      if (value == NULL || !set_option (self, options[i], value))
        {
          g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                       "A location may end in ?socket=PATH, tls=require, tls=verify-ca or "
                       "tls=verify-full%s, joined by “&”, each once and not empty",
                       self->kind == SR_LOCATION_POSTGRES ? ", schema=NAME" : "");
          return FALSE;
        }
    }
  return TRUE;
}

/* "HOST", "HOST:PORT", "[::1]:PORT" or nothing. */
static gboolean
parse_host (SrTargetLocation *self,
            const char       *text,
            gsize             size,
            GError          **error)
{
  const char *end = text + size;
  const char *host_end = end;
  const char *colon = NULL;
  guint64     port = 0;

  if (size > 0 && *text == '[')
    {
      const char *bracket = memchr (text, ']', size);

      text++;
      host_end = bracket != NULL ? bracket : text;
      colon = bracket != NULL && bracket + 1 < end ? bracket + 1 : NULL;
      if (bracket == NULL || (colon != NULL && *colon != ':'))
        host_end = text;
    }
  else if ((colon = memchr (text, ':', size)) != NULL)
    host_end = colon;
  if (colon != NULL)
    {
      g_autofree char *number = g_strndup (colon + 1, (gsize) (end - colon - 1));

      if (!g_ascii_string_to_unsigned (number, 10, 1, 65535, &port, NULL))
        {
          g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                       "The port of a location is a number from 1 to 65535");
          return FALSE;
        }
    }
  self->port = (guint) port;
  if (host_end == text && size == 0)
    return TRUE;
  self->host = unescape (text, host_end - text);
  if (self->host != NULL && self->host[0] != '\0')
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
               "The location names no host that can be understood");
  return FALSE;
}

/* USER@, with the last “@” before the first slash as its end. */
static gboolean
parse_user (SrTargetLocation *self,
            const char       *text,
            const char       *at,
            GError          **error)
{
  if (memchr (text, ':', (gsize) (at - text)) != NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
                   "A password does not belong into a location, where others see it; leave “:…” "
                   "behind the user out, it is asked for");
      return FALSE;
    }
  self->user = unescape (text, at - text);
  if (self->user != NULL && self->user[0] != '\0')
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
               "The location names no user that can be understood before “@”");
  return FALSE;
}

static gboolean
parse_server (SrTargetLocation *self,
              const char       *text,
              GError          **error)
{
  const char *query = strchr (text, '?');
  const char *end = query != NULL ? query : text + strlen (text);
  const char *slash = memchr (text, '/', (gsize) (end - text));
  const char *at;

  /* A slash or a question mark in a password would end the host too early. */
  if (strchr (end, '@') != NULL || (slash != NULL && strchr (slash, '@') != NULL))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_REFUSED,
                   "“@” may only stand behind the user of a location; write it as %%40 elsewhere, "
                   "and leave a password out: it is asked for");
      return FALSE;
    }
  if (slash == NULL || slash + 1 == end)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "The location of a database server is SCHEME://USER@HOST[:PORT]/DATABASE; the "
                   "database is missing");
      return FALSE;
    }
  at = g_strrstr_len (text, slash - text, "@");
  if (at != NULL && !parse_user (self, text, at, error))
    return FALSE;
  text = at != NULL ? at + 1 : text;
  if (!parse_host (self, text, (gsize) (slash - text), error))
    return FALSE;
  self->database = unescape (slash + 1, end - slash - 1);
  if (self->database == NULL || strchr (self->database, '/') != NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "The location names no database that can be understood behind the host");
      return FALSE;
    }
  return query == NULL || parse_options (self, query + 1, error);
}

SrTargetLocation *
sr_target_location_parse (const char *text,
                          GError    **error)
{
  g_autoptr (SrTargetLocation) self = g_new0 (SrTargetLocation, 1);

  for (guint i = 0; i < G_N_ELEMENTS (servers); i++)
    if (g_str_has_prefix (text, servers[i].scheme))
      {
        self->kind = servers[i].kind;
        return parse_server (self, text + strlen (servers[i].scheme), error)
                   ? g_steal_pointer (&self)
                   : NULL;
      }
  if (strstr (text, "://") != NULL && text[0] != '/' && text[0] != '.' &&
      !g_str_has_prefix (text, "folder:") && !g_str_has_prefix (text, "sqlite:"))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                   "A restore goes to a folder, sqlite:PATH, mariadb://…, mysql://… or "
                   "postgresql://…; that location is none of these");
      return NULL;
    }
  if (g_str_has_prefix (text, "sqlite:"))
    {
      self->kind = SR_LOCATION_SQLITE;
      text += strlen ("sqlite:");
    }
  else if (g_str_has_prefix (text, "folder:"))
    text += strlen ("folder:");
  if (text[0] == '\0')
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "The location names no path");
      return NULL;
    }
  self->path = g_strdup (text);
  return g_steal_pointer (&self);
}

char *
sr_target_location_to_display (const SrTargetLocation *self)
{
  g_autofree char *shown = self->path != NULL ? g_filename_display_name (self->path) : NULL;

  switch (self->kind)
    {
    case SR_LOCATION_FOLDER:
      return g_strdup_printf ("folder “%s”", shown);
    case SR_LOCATION_SQLITE:
      return g_strdup_printf ("database “%s”", shown);
    case SR_LOCATION_MARIADB:
    case SR_LOCATION_POSTGRES:
    default:
      break;
    }
  if (self->host == NULL)
    return g_strdup_printf ("database “%s” on this computer", self->database);
  return self->port == 0
             ? g_strdup_printf ("database “%s” on %s", self->database, self->host)
             : g_strdup_printf ("database “%s” on %s:%u", self->database, self->host, self->port);
}

gboolean
sr_target_location_is_local (const SrTargetLocation *self)
{
  g_autoptr (GInetAddress) address = NULL;

  if (self->path != NULL || self->socket != NULL || self->host == NULL ||
      self->host[0] == '/' || g_ascii_strcasecmp (self->host, "localhost") == 0)
    return TRUE;
  address = g_inet_address_new_from_string (self->host);
  return address != NULL && g_inet_address_get_is_loopback (address);
}
