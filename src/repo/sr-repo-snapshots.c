/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "repo/sr-repo-private.h"

SrSnapshot *
sr_repo_load_snapshot (SrRepo       *self,
                       const SrId   *id,
                       GCancellable *cancellable,
                       GError      **error)
{
  g_autoptr (GBytes) json = NULL;
  SrSnapshot        *snapshot;
  gconstpointer      data;
  gsize              size;
  char               hex[SR_ID_HEX_SIZE];

  json = sr_repo_load_unpacked (self, SR_FILE_SNAPSHOT, id, cancellable, error);
  if (json == NULL)
    return NULL;
  data = g_bytes_get_data (json, &size);
  snapshot = sr_snapshot_decode (id, data, size, error);
  if (snapshot == NULL)
    g_prefix_error (error, "Snapshot %s cannot be used: ", sr_id_to_hex (id, hex));
  return snapshot;
}

gboolean
sr_repo_save_snapshot (SrRepo       *self,
                       SrSnapshot   *snapshot,
                       GCancellable *cancellable,
                       GError      **error)
{
  g_autoptr (GString) json = sr_snapshot_encode (snapshot);

  return sr_repo_check_writable (self, error) &&
         sr_repo_save_unpacked (self, SR_FILE_SNAPSHOT, json->str, json->len, &snapshot->id,
                                cancellable, error);
}

static int
compare_snapshots (gconstpointer a,
                   gconstpointer b)
{
  const SrSnapshot      *x = *(const SrSnapshot *const *) a;
  const SrSnapshot      *y = *(const SrSnapshot *const *) b;
  const struct timespec *s = &x->time.ts;
  const struct timespec *t = &y->time.ts;

  if (s->tv_sec != t->tv_sec)
    return s->tv_sec < t->tv_sec ? -1 : 1;
  if (s->tv_nsec != t->tv_nsec)
    return s->tv_nsec < t->tv_nsec ? -1 : 1;
  return sr_id_compare (&x->id, &y->id);
}

static void
remember_damaged (SrRepo       *self,
                  const SrId   *id,
                  const GError *why)
{
  g_mutex_lock (&self->lock);
  if (id == NULL)
    g_array_set_size (self->damaged_snapshots, 0);
  else if (sr_error_is (why, SR_ERROR_DAMAGED))
    g_array_append_vals (self->damaged_snapshots, id, 1);
  g_mutex_unlock (&self->lock);
}

/* Returns: whether @name begins the id of one that was met damaged; @hex: (out): its id */
static gboolean
is_damaged (SrRepo     *self,
            const char *name,
            char        hex[SR_ID_HEX_SIZE])
{
  gboolean found = FALSE;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->damaged_snapshots->len && !found; i++)
    found = *name != '\0' &&
            g_str_has_prefix (
                sr_id_to_hex (&g_array_index (self->damaged_snapshots, SrId, i), hex), name);
  g_mutex_unlock (&self->lock);
  return found;
}

GPtrArray *
sr_repo_list_snapshots (SrRepo       *self,
                        SrDamageFunc  damaged,
                        gpointer      user_data,
                        GCancellable *cancellable,
                        GError      **error)
{
  g_autoptr (GArray)    files = sr_storage_list_all (self->storage, SR_FILE_SNAPSHOT, cancellable,
                                                     error);
  g_autoptr (GPtrArray) snapshots = NULL;

  if (files == NULL)
    return NULL;
  remember_damaged (self, NULL, NULL);
  snapshots = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_snapshot_free);
  for (guint i = 0; i < files->len; i++)
    {
      const SrId *id = &g_array_index (files, SrStorageFile, i).id;
      GError     *why = NULL;
      SrSnapshot *snapshot = sr_repo_load_snapshot (self, id, cancellable, &why);

      if (snapshot != NULL)
        {
          g_ptr_array_add (snapshots, snapshot);
          continue;
        }
      remember_damaged (self, id, why);
      if (!sr_repo_report_damage (SR_FILE_SNAPSHOT, id, why, damaged, user_data, error))
        return NULL;
    }
  g_ptr_array_sort (snapshots, compare_snapshots);
  return g_steal_pointer (&snapshots);
}

static gboolean
has_text (char      **list,
          const char *text,
          gsize       length)
{
  for (; *list != NULL; list++)
    if (strlen (*list) == length && memcmp (*list, text, length) == 0)
      return TRUE;
  return FALSE;
}

/* @wanted: comma separated; the empty list is of snapshots without tags, as with restic */
static gboolean
has_tags (char      **tags,
          const char *wanted)
{
  if (*wanted == '\0')
    return *tags == NULL;
  for (;;)
    {
      const char *end = strchrnul (wanted, ',');

      if (!has_text (tags, wanted, (gsize) (end - wanted)))
        return FALSE;
      if (*end == '\0')
        return TRUE;
      wanted = end + 1;
    }
}

static gboolean
matches_tags (const SrSnapshot  *self,
              const char *const *tags)
{
  for (; *tags != NULL; tags++)
    if (has_tags (self->tags, *tags))
      return TRUE;
  return FALSE;
}

gboolean
sr_snapshot_matches (const SrSnapshot       *self,
                     const SrSnapshotFilter *filter)
{
  const char *hostname = self->hostname != NULL ? self->hostname : "";

  if (filter == NULL)
    return TRUE;
  if (filter->hosts != NULL && !g_strv_contains (filter->hosts, hostname))
    return FALSE;
  if (filter->tags != NULL && !matches_tags (self, filter->tags))
    return FALSE;
  for (const char *const *path = filter->paths; path != NULL && *path != NULL; path++)
    if (!has_text (self->paths, *path, strlen (*path)))
      return FALSE;
  return TRUE;
}

static const SrSnapshot *
find_latest (GPtrArray              *snapshots,
             const SrSnapshotFilter *filter,
             GError                **error)
{
  for (guint i = snapshots->len; i > 0; i--)
    if (sr_snapshot_matches (snapshots->pdata[i - 1], filter))
      return snapshots->pdata[i - 1];
  g_set_error_literal (error, SR_ERROR, SR_ERROR_NOT_FOUND,
                       snapshots->len > 0 ? "No snapshot matches" : "The vault has no snapshots");
  return NULL;
}

static void
set_not_found (SrRepo     *self,
               const char *name,
               GError    **error)
{
  char hex[SR_ID_HEX_SIZE];

  if (is_damaged (self, name, hex))
    g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                 "The file of snapshot %s is damaged: nothing can be read from it", hex);
  else
    g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND, "There is no snapshot %s in the vault", name);
}

const SrSnapshot *
sr_repo_find_snapshot (SrRepo                 *self,
                       GPtrArray              *snapshots,
                       const char             *name,
                       const SrSnapshotFilter *filter,
                       GError                **error)
{
  const SrSnapshot *found = NULL;

  if (strcmp (name, "latest") == 0)
    return find_latest (snapshots, filter, error);
  for (guint i = 0; i < snapshots->len; i++)
    {
      const SrSnapshot *snapshot = snapshots->pdata[i];
      char              hex[SR_ID_HEX_SIZE];

      if (*name == '\0' || !g_str_has_prefix (sr_id_to_hex (&snapshot->id, hex), name))
        continue;
      if (found != NULL)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                       "Several snapshots begin with %s: give more digits", name);
          return NULL;
        }
      found = snapshot;
    }
  if (found == NULL)
    set_not_found (self, name, error);
  return found;
}

GPtrArray *
sr_repo_choose_snapshots (SrRepo                 *self,
                          GPtrArray              *snapshots,
                          const char *const      *names,
                          const SrSnapshotFilter *filter,
                          GError                **error)
{
  g_autoptr (GHashTable) named = g_hash_table_new (NULL, NULL);
  GPtrArray             *chosen;
  gboolean               by_name = names != NULL && names[0] != NULL;

  for (gsize i = 0; by_name && names[i] != NULL; i++)
    {
      gpointer found = (gpointer) sr_repo_find_snapshot (self, snapshots, names[i], filter, error);

      if (found == NULL)
        return NULL;
      g_hash_table_add (named, found);
    }
  chosen = g_ptr_array_new ();
  for (guint i = 0; i < snapshots->len; i++)
    {
      SrSnapshot *snapshot = snapshots->pdata[i];

      if (by_name ? g_hash_table_contains (named, snapshot)
                  : sr_snapshot_matches (snapshot, filter))
        g_ptr_array_add (chosen, snapshot);
    }
  return chosen;
}
