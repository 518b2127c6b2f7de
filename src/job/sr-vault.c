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

static gboolean
append_name (const SrId *id,
             guint64     size,
             gpointer    user_data,
             GError    **error)
{
  char hex[SR_ID_HEX_SIZE];

  g_ptr_array_add (user_data, g_strdup (sr_id_to_hex (id, hex)));
  return TRUE;
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

gboolean
sr_vault_get_key_names (const char   *location,
                        GPtrArray   **names,
                        GCancellable *cancellable,
                        GError      **error)
{
  g_autoptr (SrStorage) storage = sr_storage_open (location, error);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);

  if (storage == NULL || !sr_storage_list (storage, SR_FILE_KEY, append_name, found, cancellable,
                                           error))
    return FALSE;
  g_ptr_array_sort (found, compare_names);
  *names = g_steal_pointer (&found);
  return TRUE;
}
