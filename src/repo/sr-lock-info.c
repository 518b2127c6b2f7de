/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include "base/sr-error.h"
#include "repo/sr-lock-owner.h"
#include "repo/sr-lock-private.h"

#define STALE_NS (30 * 60 * G_GINT64_CONSTANT (1000000000))

void
sr_lock_info_free (SrLockInfo *self)
{
  if (self == NULL)
    return;
  g_free (self->hostname);
  g_free (self->username);
  g_free (self);
}

/* Returns: 1 after a member, 0 at the object's end, -1 with @error set */
static int
read_member (SrJsonReader *reader,
             SrLockInfo   *info,
             SrLockOwner  *owner,
             GError      **error)
{
  int      more = sr_json_reader_next_member (reader, error);
  guint64  pid;
  gboolean ok;

  if (more <= 0)
    return more;
  if (sr_json_reader_text_is (reader, "time"))
    ok = sr_json_reader_read_time (reader, "time", &info->time, error);
  else if (sr_json_reader_text_is (reader, "exclusive"))
    ok = sr_json_reader_read_boolean (reader, "exclusive", &info->exclusive, error);
  else if (sr_json_reader_text_is (reader, "hostname"))
    ok = sr_json_reader_read_string (reader, "hostname", &info->hostname, error);
  else if (sr_json_reader_text_is (reader, "username"))
    ok = sr_json_reader_read_string (reader, "username", &info->username, error);
  else if (sr_json_reader_text_is (reader, "pid"))
    {
      ok = sr_json_reader_read_uint64 (reader, "pid", G_MAXINT64, &pid, error);
      info->pid = (gint64) pid;
    }
  else if (sr_json_reader_text_is (reader, "strongroom"))
    ok = sr_lock_owner_read_origin (owner, reader, error);
  else
    ok = sr_json_reader_skip (reader, error);
  return ok ? 1 : -1;
}

static gboolean
decode (SrRepo     *repo,
        SrLockInfo *info,
        GBytes     *json,
        GError    **error)
{
  gsize                    size;
  gconstpointer            data = g_bytes_get_data (json, &size);
  g_autoptr (SrJsonReader) reader = sr_json_reader_new (data, size);
  g_auto (SrLockOwner)     owner = { 0 };
  gint64                   age;
  int                      more;

  if (!sr_json_reader_expect (reader, SR_JSON_OBJECT_BEGIN, "a lock", error))
    return FALSE;
  while ((more = read_member (reader, info, &owner, error)) > 0)
    ;
  if (more < 0)
    return FALSE;
  owner.hostname = g_strdup (info->hostname);
  owner.origin.pid = info->pid;
  info->readable = TRUE;
  info->owner_dead = sr_lock_owner_is_dead (&owner, &info->time);
  age = sr_clock_now_ns (sr_repo_get_clock (repo)) / 1000000000 - (gint64) info->time.ts.tv_sec;
  info->stale = info->owner_dead || age > STALE_NS / 1000000000;
  return TRUE;
}

/* A damaged file gives an info that is not readable; %SR_ERROR_NOT_FOUND if the lock was given up
 * meanwhile. */
static SrLockInfo *
load_info (SrRepo       *repo,
           const SrId   *id,
           GCancellable *cancellable,
           GError      **error)
{
  SrLockInfo        *info;
  g_autoptr (GError) why = NULL;
  g_autoptr (GBytes) json = NULL;

  json = sr_repo_load_unpacked (repo, SR_FILE_LOCK, id, cancellable, &why);
  info = g_new0 (SrLockInfo, 1);
  info->id = *id;
  if (json != NULL && decode (repo, info, json, &why))
    return info;
  if (sr_error_is (why, SR_ERROR_DAMAGED))
    {
      info->readable = FALSE;
      return info;
    }
  sr_lock_info_free (info);
  g_propagate_error (error, g_steal_pointer (&why));
  return NULL;
}

static GArray *
list_files (SrRepo       *repo,
            GCancellable *cancellable,
            GError      **error)
{
  return sr_storage_list_all (sr_repo_get_storage (repo), SR_FILE_LOCK, cancellable, error);
}

static int
compare_infos (gconstpointer a,
               gconstpointer b)
{
  const SrLockInfo *x = *(const SrLockInfo *const *) a;
  const SrLockInfo *y = *(const SrLockInfo *const *) b;

  if (x->time.ts.tv_sec != y->time.ts.tv_sec)
    return x->time.ts.tv_sec < y->time.ts.tv_sec ? -1 : 1;
  return sr_id_compare (&x->id, &y->id);
}

GPtrArray *
sr_lock_list (SrRepo       *repo,
              GCancellable *cancellable,
              GError      **error)
{
  g_autoptr (GArray)    files = list_files (repo, cancellable, error);
  g_autoptr (GPtrArray) infos = NULL;

  if (files == NULL)
    return NULL;
  infos = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_lock_info_free);
  for (guint i = 0; i < files->len; i++)
    {
      const SrStorageFile *file = &g_array_index (files, SrStorageFile, i);
      g_autoptr (GError)   why = NULL;
      SrLockInfo          *info;

      if (file->size == 0)
        continue;
      info = load_info (repo, &file->id, cancellable, &why);
      if (info != NULL)
        g_ptr_array_add (infos, info);
      else if (!sr_error_is (why, SR_ERROR_NOT_FOUND)) /* else given up since it was listed */
        {
          g_propagate_error (error, g_steal_pointer (&why));
          return NULL;
        }
    }
  g_ptr_array_sort (infos, compare_infos);
  return g_steal_pointer (&infos);
}

gboolean
sr_lock_remove_file (SrRepo       *repo,
                     const SrId   *id,
                     GCancellable *cancellable,
                     GError      **error)
{
  g_autoptr (GError) why = NULL;

  if (sr_storage_remove (sr_repo_get_storage (repo), SR_FILE_LOCK, id, cancellable, &why) ||
      sr_error_is (why, SR_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&why));
  return FALSE;
}

static gboolean
remove_all (SrRepo       *repo,
            guint        *n_removed,
            GCancellable *cancellable,
            GError      **error)
{
  g_autoptr (GArray) files = list_files (repo, cancellable, error);

  if (files == NULL)
    return FALSE;
  for (guint i = 0; i < files->len; i++)
    {
      const SrId *id = &g_array_index (files, SrStorageFile, i).id;

      if (!sr_lock_remove_file (repo, id, cancellable, error))
        return FALSE;
      (*n_removed)++;
    }
  return TRUE;
}

gboolean
sr_lock_remove_stale (SrRepo       *repo,
                      gboolean      all,
                      guint        *n_removed,
                      GCancellable *cancellable,
                      GError      **error)
{
  g_autoptr (GPtrArray) infos = NULL;
  guint                 ignored;

  if (n_removed == NULL)
    n_removed = &ignored;
  *n_removed = 0;
  if (all)
    return remove_all (repo, n_removed, cancellable, error);
  infos = sr_lock_list (repo, cancellable, error);
  if (infos == NULL)
    return FALSE;
  for (guint i = 0; i < infos->len; i++)
    {
      const SrLockInfo *info = infos->pdata[i];

      if (!info->stale)
        continue;
      if (!sr_lock_remove_file (repo, &info->id, cancellable, error))
        return FALSE;
      (*n_removed)++;
    }
  return TRUE;
}
