/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <string.h>

#include "archive/sr-backup-file-private.h"
#include "base/sr-error.h"
#include "base/sr-json.h"

/* A snapshot of a site, or a backup file that was imported: `strongroom.json` describes it,
 * `database/` holds what has records, `files/` all else. Of the description are read here:
 *
 *   "kind", "type", "created": texts;
 *   "sources": [{"location", "stored"}]: what was to be backed up, and whether it was;
 *   "collections": {NAME: COUNT} or [{"name", "count", "entry"}], "entry" being the path of the
 *   entry it lies in.
 *
 * Without a list each entry below `database/` is a collection by its name, as far as it is text of
 * one. */

#define DESCRIPTION "strongroom.json"
#define DATABASE    "database/"

static gboolean
strongroom_matches (SrBackupFile *file)
{
  guint index;

  return sr_backup_file_find (file, DESCRIPTION, &index);
}

static char *
collection_of (const char *entry)
{
  g_autofree char *base = g_path_get_basename (entry);
  char            *dot = strrchr (base, '.');

  if (dot != NULL && dot != base)
    *dot = '\0';
  return g_steal_pointer (&base);
}

/* The entry below database/ that bears the collection's name. Returns: (nullable) */
static const char *
find_entry (SrBackupFile *file,
            const char   *collection)
{
  guint n = sr_container_get_n_entries (file->outer);

  for (guint i = 0; i < n; i++)
    {
      const SrContainerEntry *entry = sr_container_get_entry (file->outer, i);
      g_autofree char        *name = NULL;

      if (entry->type != SR_ENTRY_FILE || !g_str_has_prefix (entry->name, DATABASE))
        continue;
      name = collection_of (entry->name);
      if (strcmp (name, collection) == 0)
        return entry->name;
    }
  return NULL;
}

static void
read_counts (SrBackupFile *file,
             JsonObject   *counts)
{
  g_autoptr (GList) names = json_object_get_members (counts);

  for (GList *l = names; l != NULL; l = l->next)
    sr_backup_file_add_collection (file, l->data, sr_json_int64_or (counts, l->data, -1),
                                   find_entry (file, l->data));
}

static void
read_list (SrBackupFile *file,
           JsonArray    *list)
{
  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      JsonNode   *node = json_array_get_element (list, i);
      JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char *name = object != NULL ? sr_json_string_or (object, "name", NULL) : NULL;
      const char *entry = object != NULL ? sr_json_string_or (object, "entry", NULL) : NULL;

      if (name != NULL)
        sr_backup_file_add_collection (file, name, sr_json_int64_or (object, "count", -1),
                                       entry != NULL ? entry : find_entry (file, name));
    }
}

/* What lies below database/ and no collection names. */
static void
list_others (SrBackupFile *file)
{
  guint n = sr_container_get_n_entries (file->outer);

  for (guint i = 0; i < n; i++)
    {
      const SrContainerEntry *entry = sr_container_get_entry (file->outer, i);
      gboolean                known = FALSE;

      if (entry->type != SR_ENTRY_FILE || !g_str_has_prefix (entry->name, DATABASE))
        continue;
      for (guint c = 0; c < file->collections->len && !known; c++)
        {
          const SrBackupCollection *collection = g_ptr_array_index (file->collections, c);

          known = g_strcmp0 (collection->entry, entry->name) == 0;
        }
      if (!known)
        {
          g_autofree char *name = collection_of (entry->name);

          sr_backup_file_add_collection (file, name, -1, entry->name);
        }
    }
}

/* "“mongodb://…”, …": of the site, but not stored. Returns: (transfer full) (nullable) */
static char *
list_absent (JsonArray *sources)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; sources != NULL && i < json_array_get_length (sources); i++)
    {
      JsonNode        *node = json_array_get_element (sources, i);
      JsonObject      *one = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      g_autofree char *location = NULL;

      if (one == NULL || sr_json_bool_or (one, "stored", TRUE))
        continue;
      location = sr_guard_show_name (sr_json_string_or (one, "location", "?"));
      g_string_append_printf (text, "%s“%s”", text->len > 0 ? ", " : "", location);
    }
  return g_string_free (text, text->len == 0);
}

static gboolean
strongroom_open (SrBackupFile *file,
                 GCancellable *cancellable,
                 GError      **error)
{
  g_autoptr (GError)     reason = NULL;
  g_autoptr (JsonObject) object = NULL;

  object = sr_backup_file_read_object (file, DESCRIPTION, cancellable, &reason);
  if (object == NULL)
    {
      if (sr_error_is (reason, SR_ERROR_CANCELLED) || sr_error_is (reason, SR_ERROR_REFUSED))
        {
          g_propagate_error (error, g_steal_pointer (&reason));
          return FALSE;
        }
      sr_backup_file_fail (file, g_steal_pointer (&reason));
      return TRUE;
    }
  file->type_name = g_strdup (sr_json_string_or (object, "type", NULL));
  file->created = g_strdup (sr_json_string_or (object, "created", NULL));
  sr_backup_file_add_fact (file, "kind", sr_json_string_or (object, "kind", NULL));
  sr_backup_file_add_fact (file, "name", sr_json_string_or (object, "name", NULL));
  sr_backup_file_add_fact (file, "sha256", sr_json_string_or (object, "sha256", NULL));
  if (sr_json_object_or_null (object, "collections") != NULL)
    read_counts (file, sr_json_object_or_null (object, "collections"));
  else if (sr_json_array_or_null (object, "collections") != NULL)
    read_list (file, sr_json_array_or_null (object, "collections"));
  list_others (file);
  file->data = list_absent (sr_json_array_or_null (object, "sources"));
  file->free_data = g_free;
  return TRUE;
}

static gboolean
strongroom_judge (SrJudge *judge,
                  GError **error)
{
  const char *absent = judge->file->data;

  if (absent != NULL)
    sr_verdict_add (judge->verdict, "site.sources", "Sources", SR_ASPECT_COMPLETE,
                    SR_CHECK_NOT_MADE, "Of the site, %s was not stored when it was made.", absent);
  return TRUE;
}

const SrKind sr_kind_strongroom = {
  .kind = SR_BACKUP_STRONGROOM,
  .name = "strongroom",
  .title = "Strongroom backup",
  .per_entry = TRUE,
  .matches = strongroom_matches,
  .open = strongroom_open,
  .judge = strongroom_judge,
  .read = sr_backup_file_read_collections,
};
