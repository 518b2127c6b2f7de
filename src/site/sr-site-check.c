/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-site"

#include "config.h"

#include "site/sr-site-private.h"

#include "base/sr-error.h"
#include "site/sr-site-location.h"

#include <string.h>

#define MAX_NAME        200 /* characters */
#define MAX_ENVIRONMENT 32
#define MAX_LOCATION    4096 /* bytes, as PATH_MAX */

/* What fails is always the content of a member. @index: -1 for a member of the site itself */
static gboolean
refuse (const char *list,
        int         index,
        const char *member,
        GError    **error,
        const char *why)
{
  if (index < 0)
    g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "“%s” %s", member, why);
  else
    g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "“%s[%d].%s” %s", list, index, member, why);
  return FALSE;
}

/* Would not be seen, or would change how the text around it looks. */
static gboolean
is_hidden_character (gunichar c)
{
  return g_unichar_iscntrl (c) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
         c == 0x2028 || c == 0x2029 || c == 0xfeff;
}

static gboolean
check_name (SrSite  *self,
            GError **error)
{
  gboolean visible = FALSE;

  if (!g_utf8_validate (self->name, -1, NULL))
    return refuse (NULL, -1, "name", error, "is no UTF-8; type it anew");
  for (const char *at = self->name; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (is_hidden_character (c))
        return refuse (NULL, -1, "name", error,
                       "holds a character that cannot be seen (a line break, say); leave it out");
      visible = visible || (g_unichar_isgraph (c) && !g_unichar_iszerowidth (c));
    }
  if (!visible)
    return refuse (NULL, -1, "name", error, "is empty; say what you call this installation");
  if (g_utf8_strlen (self->name, -1) > MAX_NAME)
    return refuse (NULL, -1, "name", error, "has more than 200 characters; choose a shorter one");
  return TRUE;
}

static gboolean
check_environment (SrSite  *self,
                   GError **error)
{
  const char *at = self->environment;
  gboolean    right = at[0] != '\0' && g_utf8_validate (at, -1, NULL) &&
                   g_utf8_strlen (at, -1) <= MAX_ENVIRONMENT;

  for (; right && *at != '\0'; at = g_utf8_next_char (at))
    right = g_unichar_isalnum (g_utf8_get_char (at)) || g_unichar_ismark (g_utf8_get_char (at)) ||
            *at == '-' || *at == '_';
  if (right)
    return TRUE;
  return refuse (NULL, -1, "environment", error,
                 "must be one word of at most 32 letters, digits, “-” and “_”, for example "
                 "“production”, “staging”, “test” or “development”");
}

static gboolean
check_path (const char *list,
            int         index,
            const char *member,
            const char *path,
            GError    **error)
{
  if (path[0] != '/')
    return refuse (list, index, member, error,
                   "must be an absolute path, one that begins with “/”");
  if (strlen (path) >= MAX_LOCATION)
    return refuse (list, index, member, error, "is longer than a path can be");
  return TRUE;
}

/* The text is not repeated: there is a secret in it. */
static gboolean
check_secret (const char *list,
              int         index,
              const char *location,
              GError    **error)
{
  if (strlen (location) >= MAX_LOCATION)
    return refuse (list, index, "location", error, "is longer than 4095 bytes");
  if (!sr_location_has_password (location))
    return TRUE;
  return refuse (list, index, "location", error,
                 "holds a password; leave it out: it is asked for and kept in the keyring");
}

static gboolean
check_vault (SrSiteVault *vault,
             int          index,
             GError     **error)
{
  const char *path = g_str_has_prefix (vault->location, "local:") ? vault->location + 6
                                                                  : vault->location;

  if (vault->location[0] == '\0')
    return refuse ("vaults", index, "location", error, "is empty; name a folder");
  if ((path != vault->location || !sr_location_has_scheme (path)) &&
      !check_path ("vaults", index, "location", path, error))
    return FALSE;
  return check_secret ("vaults", index, vault->location, error);
}

static gboolean
check_excludes (SrSiteSource *source,
                int           index,
                GError      **error)
{
  for (gsize i = 0; source->excludes != NULL && source->excludes[i] != NULL; i++)
    {
      if (source->excludes[i][0] == '\0')
        return refuse ("sources", index, "excludes", error, "holds an empty pattern; remove it");
      if (!g_utf8_validate (source->excludes[i], -1, NULL))
        return refuse ("sources", index, "excludes", error,
                       "holds a pattern that is no UTF-8; put “?” for the odd bytes");
    }
  if (source->ignore_file == NULL)
    return TRUE;
  if (source->ignore_file[0] == '\0' || strchr (source->ignore_file, '/') != NULL ||
      !g_utf8_validate (source->ignore_file, -1, NULL))
    return refuse ("sources", index, "ignore_file", error,
                   "must be the name of a file without a folder, for example “.gitignore”");
  return TRUE;
}

static gboolean
check_source (SrSiteSource *source,
              int           index,
              GError      **error)
{
  if (source->kind_name[0] == '\0' || !g_utf8_validate (source->kind_name, -1, NULL))
    return refuse ("sources", index, "kind", error, "is no word; it is “folder” or “sqlite”");
  if (source->kind == SR_SOURCE_OTHER)
    {
      if (!g_utf8_validate (source->location, -1, NULL))
        return refuse ("sources", index, "location", error, "is no UTF-8");
      return check_secret ("sources", index, source->location, error);
    }
  if (!check_path ("sources", index, "location", source->location, error))
    return FALSE;
  if (source->kind == SR_SOURCE_SQLITE &&
      (source->excludes != NULL || source->ignore_file != NULL || source->one_file_system))
    return refuse ("sources", index, "kind", error,
                   "is “sqlite”, of which nothing can be left out; remove “excludes”, "
                   "“ignore_file” and “one_file_system”");
  return check_excludes (source, index, error);
}

static gboolean
check_added (const char *list,
             int         index,
             const char *added,
             GError    **error)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = NULL;

  if (added == NULL)
    return TRUE;
  time = g_utf8_validate (added, -1, NULL) ? g_date_time_new_from_iso8601 (added, utc) : NULL;
  if (time != NULL)
    return TRUE;
  return refuse (list, index, "added", error,
                 "is no time like “2026-11-20T14:15:00Z”; correct or remove it");
}

/* @seen: the locations before it */
static gboolean
check_first (GHashTable *seen,
             const char *list,
             int         index,
             const char *member,
             const char *location,
             GError    **error)
{
  if (g_hash_table_add (seen, (gpointer) location))
    return TRUE;
  return refuse (list, index, member, error, "is there already; remove one of the two");
}

static gboolean
check_sources (SrSite  *self,
               GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->sources->len; i++)
    {
      SrSiteSource *source = g_ptr_array_index (self->sources, i);

      if (!check_source (source, (int) i, error) ||
          !check_first (seen, "sources", (int) i, "location", source->location, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_vaults (SrSite  *self,
              GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->vaults->len; i++)
    {
      SrSiteVault *vault = g_ptr_array_index (self->vaults, i);

      if (!check_vault (vault, (int) i, error) ||
          !check_added ("vaults", (int) i, vault->added, error) ||
          !check_first (seen, "vaults", (int) i, "location", vault->location, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_files (SrSite  *self,
             GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->files->len; i++)
    {
      SrSiteFile *file = g_ptr_array_index (self->files, i);

      if (!check_path ("files", (int) i, "path", file->path, error) ||
          !check_added ("files", (int) i, file->added, error) ||
          !check_first (seen, "files", (int) i, "path", file->path, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
sr_site_validate (SrSite  *self,
                  GError **error)
{
  if (!sr_site_id_is_valid (self->id))
    return refuse (NULL, -1, "id", error,
                   "must be 1 to 64 letters, digits, “-” and “_”; rename the file");
  return check_name (self, error) && check_environment (self, error) &&
         check_sources (self, error) && check_vaults (self, error) && check_files (self, error);
}
