/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-site"

#include "config.h"

#include "site/sr-site-location.h"

#include <gio/gio.h>
#include <string.h>

#define LOCAL "local:"

/* Parts of the names of parameters whose values are secrets. */
static const char *const secret_words[] = {
  "pass",
  "pwd",
  "secret",
  "token",
  "credential",
  "accesskey",
  "access_key",
  "access-key",
  "privatekey",
  "private_key",
  "apikey",
  "api_key",
  "sslkey",
  "signature",
};

gboolean
sr_location_has_scheme (const char *location)
{
  gsize n = 0;

  if (!g_ascii_isalpha (location[0]))
    return FALSE;
  while (g_ascii_isalnum (location[n]) || (location[n] != '\0' && strchr ("+.-", location[n])))
    n++;
  return location[n] == ':';
}

static gboolean
is_port (const char *text,
         gsize       length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isdigit (text[i]) && text[i] != ',')
      return FALSE;
  return TRUE;
}

/**
 * authority_has_password:
 * @rest: what follows "://"
 *
 * A password that holds a "/" or a "?" should be escaped; where it is not, the part before it looks
 * like a host with an odd port.
 */
static gboolean
authority_has_password (const char *rest)
{
  gsize       length = strcspn (rest, "/?#");
  const char *at = memchr (rest, '@', length) != NULL ? g_strrstr_len (rest, (gssize) length, "@")
                                                      : strrchr (rest, '@');
  const char *colon = memchr (rest, ':', length);

  if (at == NULL || colon == NULL || colon > at)
    return FALSE;
  if (at < rest + length)
    return at - colon > 1;
  /* "host:8000/a@b" and "[::1]:8000/a@b" are none. */
  if (rest[0] == '[')
    return FALSE;
  return !is_port (colon + 1, (gsize) (rest + length - colon - 1));
}

static gboolean
is_secret_name (const char *name,
                gsize       length)
{
  g_autofree char *plain = g_strndup (name, length);
  g_autofree char *unescaped = g_uri_unescape_string (plain, NULL);
  g_autofree char *lower = g_ascii_strdown (unescaped != NULL ? unescaped : plain, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (secret_words); i++)
    if (strstr (lower, secret_words[i]) != NULL)
      return TRUE;
  return FALSE;
}

/* "name=value" behind "?", "&" or ";", as in URLs and in the strings of some drivers. */
static gboolean
has_secret_parameter (const char *text)
{
  const char *begin = text;

  while (begin != NULL)
    {
      gsize       length = strcspn (begin, "?&; ");
      const char *equals = memchr (begin, '=', length);

      if (equals != NULL && equals + 1 < begin + length &&
          is_secret_name (begin, (gsize) (equals - begin)))
        return TRUE;
      begin = begin[length] != '\0' ? begin + length + 1 : NULL;
    }
  return FALSE;
}

gboolean
sr_location_has_password (const char *location)
{
  const char *authority;

  if (location[0] == '/' || g_str_has_prefix (location, LOCAL))
    return FALSE;
  authority = strstr (location, "://");
  if (authority != NULL)
    authority += 3;
  else if (sr_location_has_scheme (location)) /* "sftp:user@host:/path" */
    authority = strchr (location, ':') + 1;
  if (authority != NULL && authority_has_password (authority))
    return TRUE;
  return has_secret_parameter (location);
}

char *
sr_path_make_absolute (const char *path)
{
  char *absolute = g_canonicalize_filename (path, NULL);

  /* Two slashes in front are kept, since some systems give them a meaning; ours does not. */
  if (absolute[0] == '/' && absolute[1] == '/')
    memmove (absolute, absolute + 1, strlen (absolute));
  return absolute;
}

char *
sr_location_make_absolute (const char *location)
{
  g_autofree char *path = NULL;

  if (g_str_has_prefix (location, LOCAL))
    {
      path = sr_path_make_absolute (location + strlen (LOCAL));
      return g_strconcat (LOCAL, path, NULL);
    }
  return sr_location_has_scheme (location) ? g_strdup (location) : sr_path_make_absolute (location);
}
