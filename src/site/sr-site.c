/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-site"

#include "config.h"

#include "site/sr-site-private.h"

#include "site/sr-site-location.h"

#include <string.h>

#define MAX_ID         64
#define MAX_ID_OF_NAME 40

G_DEFINE_FINAL_TYPE (SrSite, sr_site, G_TYPE_OBJECT)

SrSourceKind
sr_source_kind_from_name (const char *name)
{
  if (strcmp (name, "folder") == 0)
    return SR_SOURCE_FOLDER;
  return strcmp (name, "sqlite") == 0 ? SR_SOURCE_SQLITE : SR_SOURCE_OTHER;
}

SrSiteSource *
sr_site_source_new (SrSourceKind kind,
                    const char  *kind_name)
{
  SrSiteSource *self = g_new0 (SrSiteSource, 1);

  self->kind = kind;
  self->kind_name = g_strdup (kind_name);
  return self;
}

void
sr_site_source_free (SrSiteSource *self)
{
  g_free (self->kind_name);
  g_free (self->location);
  g_strfreev (self->excludes);
  g_free (self->ignore_file);
  g_clear_pointer (&self->unknown, json_object_unref);
  g_free (self);
}

void
sr_site_vault_free (SrSiteVault *self)
{
  g_free (self->location);
  g_free (self->added);
  g_clear_pointer (&self->unknown, json_object_unref);
  g_free (self);
}

void
sr_site_file_free (SrSiteFile *self)
{
  g_free (self->path);
  g_free (self->added);
  g_clear_pointer (&self->unknown, json_object_unref);
  g_free (self);
}

static void
sr_site_finalize (GObject *object)
{
  SrSite *self = SR_SITE (object);

  g_free (self->id);
  g_free (self->name);
  g_free (self->environment);
  g_ptr_array_unref (self->sources);
  g_ptr_array_unref (self->vaults);
  g_ptr_array_unref (self->files);
  g_clear_pointer (&self->unknown, json_object_unref);
  g_free (self->revision);
  G_OBJECT_CLASS (sr_site_parent_class)->finalize (object);
}

static void
sr_site_class_init (SrSiteClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sr_site_finalize;
}

static void
sr_site_init (SrSite *self)
{
  self->environment = g_strdup ("production");
  self->sources = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_site_source_free);
  self->vaults = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_site_vault_free);
  self->files = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_site_file_free);
}

gboolean
sr_site_id_is_valid (const char *id)
{
  gsize length = 0;

  for (; id[length] != '\0'; length++)
    if (!g_ascii_isalnum (id[length]) && (length == 0 || strchr ("-_", id[length]) == NULL))
      return FALSE;
  return length > 0 && length <= MAX_ID;
}

/* "Café Süd (neu)" gives "cafe-sud-neu"; "店" gives "site". */
static char *
make_id (const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  g_autofree char *ascii = g_str_to_ascii (valid, "C");
  GString         *id = g_string_new (NULL);

  for (const char *at = ascii; *at != '\0' && id->len < MAX_ID_OF_NAME; at++)
    if (g_ascii_isalnum (*at))
      g_string_append_c (id, g_ascii_tolower (*at));
    else if (id->len > 0 && id->str[id->len - 1] != '-')
      g_string_append_c (id, '-');
  if (id->len > 0 && id->str[id->len - 1] == '-')
    g_string_truncate (id, id->len - 1);
  if (id->len == 0)
    g_string_append (id, "site");
  g_string_append_printf (id, "-%06x", g_random_int () & 0xffffff);
  return g_string_free (id, FALSE);
}

SrSite *
sr_site_new_with_id (const char *id)
{
  SrSite *self = g_object_new (SR_TYPE_SITE, NULL);

  self->id = g_strdup (id);
  self->name = g_strdup ("");
  return self;
}

SrSite *
sr_site_new (const char *name)
{
  g_autofree char *id = make_id (name);
  SrSite          *self = sr_site_new_with_id (id);

  sr_site_set_name (self, name);
  return self;
}

const char *
sr_site_get_id (SrSite *self)
{
  return self->id;
}

const char *
sr_site_get_name (SrSite *self)
{
  return self->name;
}

/* In one form, so that a name that is typed is the one that was typed elsewhere. What is no UTF-8
 * stays for sr_site_validate() to refuse. */
void
sr_site_set_name (SrSite     *self,
                  const char *name)
{
  char *composed = g_utf8_normalize (name, -1, G_NORMALIZE_DEFAULT_COMPOSE);

  g_free (self->name);
  self->name = composed != NULL ? g_strstrip (composed) : g_strdup (name);
}

const char *
sr_site_get_environment (SrSite *self)
{
  return self->environment;
}

void
sr_site_set_environment (SrSite     *self,
                         const char *environment)
{
  g_free (self->environment);
  self->environment = g_strdup (environment);
}

GPtrArray *
sr_site_get_sources (SrSite *self)
{
  return self->sources;
}

GPtrArray *
sr_site_get_vaults (SrSite *self)
{
  return self->vaults;
}

GPtrArray *
sr_site_get_files (SrSite *self)
{
  return self->files;
}

/* UTC, as it stands in the file */
static char *
now_text (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();

  return g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ");
}

static gboolean
find_source (SrSite     *self,
             const char *location,
             guint      *index)
{
  for (*index = 0; *index < self->sources->len; (*index)++)
    if (strcmp (((SrSiteSource *) self->sources->pdata[*index])->location, location) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
find_vault (SrSite     *self,
            const char *location,
            guint      *index)
{
  for (*index = 0; *index < self->vaults->len; (*index)++)
    if (strcmp (((SrSiteVault *) self->vaults->pdata[*index])->location, location) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
find_file (SrSite     *self,
           const char *path,
           guint      *index)
{
  for (*index = 0; *index < self->files->len; (*index)++)
    if (strcmp (((SrSiteFile *) self->files->pdata[*index])->path, path) == 0)
      return TRUE;
  return FALSE;
}

SrSiteSource *
sr_site_add_source (SrSite      *self,
                    SrSourceKind kind,
                    const char  *location)
{
  static const char *const names[] = { "folder", "sqlite", "other" };
  g_autofree char         *absolute = kind == SR_SOURCE_OTHER ? g_strdup (location)
                                                              : sr_path_make_absolute (location);
  SrSiteSource            *source;
  guint                    index;

  if (find_source (self, absolute, &index))
    return self->sources->pdata[index];
  source = sr_site_source_new (kind, names[kind]);
  source->location = g_steal_pointer (&absolute);
  g_ptr_array_add (self->sources, source);
  return source;
}

SrSiteVault *
sr_site_add_vault (SrSite     *self,
                   const char *location)
{
  g_autofree char *absolute = sr_location_make_absolute (location);
  SrSiteVault     *vault;
  guint            index;

  if (find_vault (self, absolute, &index))
    return self->vaults->pdata[index];
  vault = g_new0 (SrSiteVault, 1);
  vault->location = g_steal_pointer (&absolute);
  vault->added = now_text ();
  g_ptr_array_add (self->vaults, vault);
  return vault;
}

SrSiteFile *
sr_site_add_file (SrSite     *self,
                  const char *path)
{
  g_autofree char *absolute = sr_path_make_absolute (path);
  SrSiteFile      *file;
  guint            index;

  if (find_file (self, absolute, &index))
    return self->files->pdata[index];
  file = g_new0 (SrSiteFile, 1);
  file->path = g_steal_pointer (&absolute);
  file->added = now_text ();
  g_ptr_array_add (self->files, file);
  return file;
}

/* As it stands there first: it may be a URL, or a path that was written by hand. */
gboolean
sr_site_remove_source (SrSite     *self,
                       const char *location)
{
  g_autofree char *absolute = sr_path_make_absolute (location);
  guint            index;

  if (!find_source (self, location, &index) && !find_source (self, absolute, &index))
    return FALSE;
  g_ptr_array_remove_index (self->sources, index);
  return TRUE;
}

gboolean
sr_site_remove_vault (SrSite     *self,
                      const char *location)
{
  g_autofree char *absolute = sr_location_make_absolute (location);
  guint            index;

  if (!find_vault (self, location, &index) && !find_vault (self, absolute, &index))
    return FALSE;
  g_ptr_array_remove_index (self->vaults, index);
  return TRUE;
}

gboolean
sr_site_remove_file (SrSite     *self,
                     const char *path)
{
  g_autofree char *absolute = sr_path_make_absolute (path);
  guint            index;

  if (!find_file (self, path, &index) && !find_file (self, absolute, &index))
    return FALSE;
  g_ptr_array_remove_index (self->files, index);
  return TRUE;
}
