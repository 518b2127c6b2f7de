/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "base/sr-error.h"
#include "job/sr-vault.h"

gboolean
sr_vault_exists (const char   *location,
                 GCancellable *cancellable,
                 GError      **error)
{
  g_autoptr (SrStorage) storage = sr_storage_open (location, error);
  g_autoptr (GError)    why = NULL;
  guint64               size;

  if (storage == NULL)
    return FALSE;
  if (sr_storage_get_size (storage, SR_FILE_CONFIG, NULL, &size, cancellable, &why))
    return TRUE;
  if (!sr_error_is (why, SR_ERROR_NOT_FOUND))
    g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

SrRepo *
sr_vault_open (const char   *location,
               SrSecret     *password,
               GCancellable *cancellable,
               GError      **error)
{
  g_autoptr (SrStorage) storage = sr_storage_open (location, error);

  return storage != NULL ? sr_repo_open (storage, password, cancellable, error) : NULL;
}

SrRepo *
sr_vault_create (const char         *location,
                 SrSecret           *password,
                 const SrChunkSizes *database_chunks,
                 GCancellable       *cancellable,
                 GError            **error)
{
  g_autoptr (SrStorage) storage = sr_storage_open (location, error);

  if (storage == NULL)
    return NULL;
  return sr_repo_create (storage, password, database_chunks, NULL, cancellable, error);
}

gboolean
sr_vault_get_key_names (const char   *location,
                        GPtrArray   **names,
                        GCancellable *cancellable,
                        GError      **error)
{
  g_autoptr (SrStorage) storage = sr_storage_open (location, error);
  g_autoptr (GArray)    files = NULL;
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  char                  hex[SR_ID_HEX_SIZE];

  if (storage == NULL)
    return FALSE;
  files = sr_storage_list_all (storage, SR_FILE_KEY, cancellable, error);
  if (files == NULL)
    return FALSE;
  for (guint i = 0; i < files->len; i++)
    g_ptr_array_add (found,
                     g_strdup (sr_id_to_hex (&g_array_index (files, SrStorageFile, i).id, hex)));
  *names = g_steal_pointer (&found);
  return TRUE;
}
