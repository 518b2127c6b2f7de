/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <string.h>

#include "archive/sr-containers.h"
#include "archive/sr-imported-view.h"
#include "base/sr-error.h"
#include "base/sr-json.h"

#define MAX_DEPTH 64

/* Returns: (transfer full) (nullable): %NULL if there is none, or it is no object */
static JsonObject *
read_record (SrContainer  *container,
             GCancellable *cancellable)
{
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GBytes)       bytes = NULL;
  guint                    index;

  if (!sr_container_find (container, SR_IMPORT_RECORD_NAME, &index))
    return NULL;
  stream = sr_container_open_entry (container, index, cancellable, NULL);
  if (stream != NULL)
    bytes = sr_stream_read_all (stream, SR_IMPORT_RECORD_SIZE, cancellable, NULL);
  if (bytes == NULL)
    return NULL;
  return sr_json_parse_object (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                               SR_IMPORT_RECORD_SIZE, MAX_DEPTH, NULL);
}

/* Returns: (nullable): the name it had in the backup file */
static const char *
original_name (const char *name)
{
  static const char *const folders[] = { "database/", "files/" };

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    if (g_str_has_prefix (name, folders[i]) && name[strlen (folders[i])] != '\0')
      return name + strlen (folders[i]);
  return NULL;
}

SrContainer *
sr_imported_view_new (SrContainer  *container,
                      JsonObject  **record,
                      GCancellable *cancellable,
                      GError      **error)
{
  g_autoptr (JsonObject) object = read_record (container, cancellable);
  SrContainer           *view;
  guint                  n = sr_container_get_n_entries (container);

  *record = NULL;
  if (sr_check_cancelled (cancellable, error))
    return NULL;
  /* a site's own snapshot has sources, an imported file has the kind it was */
  if (object == NULL || sr_json_string_or (object, "kind", NULL) == NULL)
    return NULL;
  view = sr_view_container_new (sr_container_get_title (container));
  for (guint i = 0; i < n; i++)
    {
      const SrContainerEntry *entry = sr_container_get_entry (container, i);
      const char             *name = original_name (entry->name);

      if (name == NULL)
        continue;
      if (entry->type == SR_ENTRY_DIR)
        sr_view_container_add_folder (view, name);
      else
        sr_view_container_add (view, name, container, i, NULL, FALSE);
    }
  *record = g_steal_pointer (&object);
  return view;
}
