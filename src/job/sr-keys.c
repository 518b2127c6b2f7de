/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-keys.h"

#include "base/sr-error.h"
#include "base/sr-user.h"
#include "repo/sr-lock.h"

#include <string.h>

typedef struct
{
  const char *name;
  guint       matches;
  SrId        id;
} Search;

gboolean
sr_keys_add (SrRepo       *repo,
             SrSecret     *password,
             SrId         *id,
             GCancellable *cancellable,
             GError      **error)
{
  g_autoptr (SrLock) lock = NULL;

  if (!sr_repo_check_writable (repo, error))
    return FALSE;
  lock = sr_lock_acquire (repo, FALSE, 0, cancellable, error);
  return lock != NULL &&
         sr_key_add (sr_repo_get_storage (repo), sr_repo_get_master_key (repo), password,
                     sr_get_user_name (), g_get_host_name (), NULL, id, cancellable, error);
}

static gboolean
match_key (const SrId *id,
           guint64     size,
           gpointer    data,
           GError    **error)
{
  Search *search = data;
  char    hex[SR_ID_HEX_SIZE];

  if (g_str_has_prefix (sr_id_to_hex (id, hex), search->name))
    {
      search->id = *id;
      search->matches++;
    }
  return TRUE;
}

static gboolean
find_key (SrStorage    *storage,
          const char   *name,
          SrId         *id,
          GCancellable *cancellable,
          GError      **error)
{
  Search search = { .name = name };

  if (*name == '\0')
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID, "No key is named");
      return FALSE;
    }
  if (!sr_storage_list (storage, SR_FILE_KEY, match_key, &search, cancellable, error))
    return FALSE;
  if (search.matches == 0)
    g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND, "There is no key %s in the vault", name);
  else if (search.matches > 1)
    g_set_error (error, SR_ERROR, SR_ERROR_INVALID, "Several keys begin with %s: give more digits",
                 name);
  *id = search.id;
  return search.matches == 1;
}

gboolean
sr_keys_remove (SrRepo       *repo,
                const char   *name,
                SrId         *id,
                GCancellable *cancellable,
                GError      **error)
{
  SrStorage         *storage = sr_repo_get_storage (repo);
  g_autoptr (SrLock) lock = NULL;

  if (!sr_repo_check_writable (repo, error) || !sr_storage_use_reserve (storage, error))
    return FALSE;
  lock = sr_lock_acquire (repo, TRUE, 0, cancellable, error);
  return lock != NULL && find_key (storage, name, id, cancellable, error) &&
         sr_lock_check (lock, cancellable, error) &&
         sr_key_remove (storage, id, sr_repo_get_key_id (repo), cancellable, error);
}

gboolean
sr_keys_change (SrRepo       *repo,
                SrSecret     *password,
                SrId         *id,
                GCancellable *cancellable,
                GError      **error)
{
  g_autoptr (SrLock) lock = NULL;

  if (!sr_repo_check_writable (repo, error))
    return FALSE;
  lock = sr_lock_acquire (repo, TRUE, 0, cancellable, error);
  return lock != NULL &&
         sr_key_change (sr_repo_get_storage (repo), sr_repo_get_master_key (repo),
                        sr_repo_get_key_id (repo), password, sr_get_user_name (),
                        g_get_host_name (), NULL, id, cancellable, error);
}
