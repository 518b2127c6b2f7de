/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-site"

#include "config.h"

#include "site/sr-site-private.h"

#include "base/sr-error.h"
#include "base/sr-json.h"

#include <string.h>

static const char *const site_members[] = {
  "format", "name", "environment", "sources", "vaults", "files", NULL
};
static const char *const folder_members[] = {
  "kind", "location", "location_raw", "excludes", "ignore_file", "one_file_system", NULL
};
static const char *const other_members[] = { "kind", "location", "location_raw", NULL };
static const char *const vault_members[] = { "location", "location_raw", "added", NULL };
static const char *const file_members[] = { "path", "path_raw", "added", NULL };

/* Returns: (transfer full) (nullable): what @known does not name */
static JsonObject *
collect_unknown (JsonObject        *object,
                 const char *const *known)
{
  g_autoptr (GList) members = json_object_get_members (object);
  JsonObject       *unknown = NULL;

  for (GList *at = members; at != NULL; at = at->next)
    {
      if (g_strv_contains (known, at->data))
        continue;
      if (unknown == NULL)
        unknown = json_object_new ();
      json_object_set_member (unknown, at->data, json_object_dup_member (object, at->data));
    }
  return unknown;
}

static void
put_unknown (JsonObject *object,
             JsonObject *unknown)
{
  g_autoptr (GList) members = unknown != NULL ? json_object_get_members (unknown) : NULL;

  for (GList *at = members; at != NULL; at = at->next)
    if (!json_object_has_member (object, at->data))
      json_object_set_member (object, at->data, json_object_dup_member (unknown, at->data));
}

/* --- reading --------------------------------------------------------------------------------- */

/* @value: (out) (transfer full) (nullable): %NULL if there is no such member */
static gboolean
take_optional (JsonObject *object,
               const char *member,
               char      **value,
               GError    **error)
{
  const char *text = NULL;

  if (!json_object_has_member (object, member))
    return TRUE;
  if (!sr_json_get_string (object, member, &text, error))
    return FALSE;
  *value = g_strdup (text);
  return TRUE;
}

/**
 * take_path:
 *
 * A path is any bytes but JSON is UTF-8: where the two differ the path stands in MEMBER_raw as
 * base64, and MEMBER is only for people.
 */
static gboolean
take_path (JsonObject *object,
           const char *member,
           char      **path,
           GError    **error)
{
  g_autofree char   *raw_member = g_strconcat (member, "_raw", NULL);
  g_autofree char   *raw = NULL;
  g_autofree guint8 *bytes = NULL;
  const char        *text;
  gsize              size = 0;

  if (!sr_json_get_string (object, member, &text, error) ||
      !take_optional (object, raw_member, &raw, error))
    return FALSE;
  if (raw == NULL)
    {
      *path = g_strdup (text);
      return TRUE;
    }
  bytes = g_base64_decode (raw, &size);
  if (size == 0 || memchr (bytes, '\0', size) != NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "“%s” is not the base64 of a path; correct or remove it", raw_member);
      return FALSE;
    }
  *path = g_strndup ((const char *) bytes, size);
  return TRUE;
}

static gboolean
take_excludes (JsonObject   *object,
               SrSiteSource *source,
               GError      **error)
{
  g_autoptr (GStrvBuilder) patterns = g_strv_builder_new ();
  JsonArray               *array;

  if (!json_object_has_member (object, "excludes"))
    return TRUE;
  if (!sr_json_get_array (object, "excludes", &array, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                       "“excludes[%u]” is no text; put the pattern in quotation marks", i);
          return FALSE;
        }
      g_strv_builder_add (patterns, json_node_get_string (node));
    }
  if (json_array_get_length (array) > 0)
    source->excludes = g_strv_builder_end (patterns);
  return TRUE;
}

static gboolean
take_source (SrSite     *self,
             JsonObject *object,
             GError    **error)
{
  const char   *kind;
  SrSiteSource *source;

  if (!sr_json_get_string (object, "kind", &kind, error))
    return FALSE;
  source = sr_site_source_new (sr_source_kind_from_name (kind), kind);
  g_ptr_array_add (self->sources, source);
  if (!take_path (object, "location", &source->location, error))
    return FALSE;
  if (source->kind == SR_SOURCE_OTHER)
    {
      source->unknown = collect_unknown (object, other_members);
      return TRUE;
    }
  source->unknown = collect_unknown (object, folder_members);
  if (json_object_has_member (object, "one_file_system") &&
      !sr_json_get_bool (object, "one_file_system", &source->one_file_system, error))
    return FALSE;
  return take_excludes (object, source, error) &&
         take_optional (object, "ignore_file", &source->ignore_file, error);
}

static gboolean
take_vault (SrSite     *self,
            JsonObject *object,
            GError    **error)
{
  SrSiteVault *vault = g_new0 (SrSiteVault, 1);

  g_ptr_array_add (self->vaults, vault);
  vault->unknown = collect_unknown (object, vault_members);
  return take_path (object, "location", &vault->location, error) &&
         take_optional (object, "added", &vault->added, error);
}

static gboolean
take_file (SrSite     *self,
           JsonObject *object,
           GError    **error)
{
  SrSiteFile *file = g_new0 (SrSiteFile, 1);

  g_ptr_array_add (self->files, file);
  file->unknown = collect_unknown (object, file_members);
  return take_path (object, "path", &file->path, error) &&
         take_optional (object, "added", &file->added, error);
}

typedef gboolean (*TakeFunc) (SrSite     *self,
                              JsonObject *object,
                              GError    **error);

/* @member may be absent: there is nothing of that kind then. */
static gboolean
take_list (SrSite     *self,
           JsonObject *object,
           const char *member,
           TakeFunc    take,
           GError    **error)
{
  JsonArray *array;

  if (!json_object_has_member (object, member))
    return TRUE;
  if (!sr_json_get_array (object, member, &array, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_OBJECT (node))
        {
          g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "“%s[%u]” is no object", member, i);
          return FALSE;
        }
      if (!take (self, json_node_get_object (node), error))
        {
          g_prefix_error (error, "“%s[%u]”: ", member, i);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
check_format (JsonObject *object,
              GError    **error)
{
  gint64 format;

  if (!sr_json_get_int64 (object, "format", &format, error))
    return FALSE;
  if (format < 1)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID, "“format” must be 1");
      return FALSE;
    }
  if (format <= SR_SITE_FORMAT)
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
               "“format” is %" G_GINT64_FORMAT ", and this program knows formats up to %d: a newer "
               "Strongroom wrote it; use that one",
               format, SR_SITE_FORMAT);
  return FALSE;
}

SrSite *
sr_site_from_json (JsonObject *object,
                   const char *id,
                   GError    **error)
{
  g_autoptr (SrSite) self = sr_site_new_with_id (id);
  g_autofree char   *environment = NULL;
  const char        *name;

  if (!check_format (object, error) || !sr_json_get_string (object, "name", &name, error) ||
      !take_optional (object, "environment", &environment, error))
    return NULL;
  sr_site_set_name (self, name);
  if (environment != NULL)
    sr_site_set_environment (self, environment);
  if (!take_list (self, object, "sources", take_source, error) ||
      !take_list (self, object, "vaults", take_vault, error) ||
      !take_list (self, object, "files", take_file, error))
    return NULL;
  self->unknown = collect_unknown (object, site_members);
  return sr_site_validate (self, error) ? g_steal_pointer (&self) : NULL;
}

/* --- writing --------------------------------------------------------------------------------- */

static void
put_path (JsonObject *object,
          const char *member,
          const char *path)
{
  g_autofree char *shown = g_utf8_make_valid (path, -1);
  g_autofree char *raw_member = NULL;
  g_autofree char *raw = NULL;

  json_object_set_string_member (object, member, shown);
  if (strcmp (shown, path) == 0)
    return;
  raw_member = g_strconcat (member, "_raw", NULL);
  raw = g_base64_encode ((const guint8 *) path, strlen (path));
  json_object_set_string_member (object, raw_member, raw);
}

static JsonObject *
source_to_json (const SrSiteSource *source)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "kind", source->kind_name);
  put_path (object, "location", source->location);
  if (source->excludes != NULL && source->excludes[0] != NULL)
    {
      JsonArray *array = json_array_new ();

      for (gsize i = 0; source->excludes[i] != NULL; i++)
        json_array_add_string_element (array, source->excludes[i]);
      json_object_set_array_member (object, "excludes", array);
    }
  if (source->ignore_file != NULL)
    json_object_set_string_member (object, "ignore_file", source->ignore_file);
  if (source->one_file_system)
    json_object_set_boolean_member (object, "one_file_system", TRUE);
  put_unknown (object, source->unknown);
  return object;
}

static JsonObject *
place_to_json (const char *member,
               const char *path,
               const char *added,
               JsonObject *unknown)
{
  JsonObject *object = json_object_new ();

  put_path (object, member, path);
  if (added != NULL)
    json_object_set_string_member (object, "added", added);
  put_unknown (object, unknown);
  return object;
}

JsonNode *
sr_site_to_json (SrSite *self)
{
  JsonObject *object = json_object_new ();
  JsonArray  *sources = json_array_new ();
  JsonArray  *vaults = json_array_new ();
  JsonArray  *files = json_array_new ();
  JsonNode   *node;

  json_object_set_int_member (object, "format", SR_SITE_FORMAT);
  json_object_set_string_member (object, "name", self->name);
  json_object_set_string_member (object, "environment", self->environment);
  for (guint i = 0; i < self->sources->len; i++)
    json_array_add_object_element (sources, source_to_json (g_ptr_array_index (self->sources, i)));
  json_object_set_array_member (object, "sources", sources);
  for (guint i = 0; i < self->vaults->len; i++)
    {
      const SrSiteVault *vault = g_ptr_array_index (self->vaults, i);

      json_array_add_object_element (
          vaults, place_to_json ("location", vault->location, vault->added, vault->unknown));
    }
  json_object_set_array_member (object, "vaults", vaults);
  for (guint i = 0; i < self->files->len; i++)
    {
      const SrSiteFile *file = g_ptr_array_index (self->files, i);

      json_array_add_object_element (
          files, place_to_json ("path", file->path, file->added, file->unknown));
    }
  json_object_set_array_member (object, "files", files);
  put_unknown (object, self->unknown);
  node = json_node_init_object (json_node_alloc (), object);
  json_object_unref (object);
  return node;
}
