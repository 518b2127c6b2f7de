/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include "base/sr-error.h"
#include "base/sr-worker.h"
#include "repo/sr-index-batch.h"
#include "repo/sr-repo-private.h"

/* A file that could not be used. */
typedef struct
{
  SrId    id;
  GError *error;
} Damage;

typedef struct
{
  SrRepo       *repo;
  GArray       *files; /* of SrStorageFile */
  GCancellable *cancellable;
  SrProgress   *progress;
  gboolean      tolerant;
  gint          next;    /* atomic: file to be read next */
  gint          stopped; /* atomic */

  GMutex   lock;
  SrIndex *index;   /* under lock */
  GArray  *damages; /* of Damage; under lock */
} Loading;

static void
damage_clear (Damage *self)
{
  g_clear_error (&self->error);
}

static gboolean
load_file (Loading      *self,
           const SrId   *id,
           SrIndexBatch *batch,
           GError      **error)
{
  g_autoptr (GBytes) json = NULL;
  gconstpointer      data;
  gsize              size;
  gboolean           ok;

  json = sr_repo_load_unpacked (self->repo, SR_FILE_INDEX, id, self->cancellable, error);
  if (json == NULL)
    return FALSE;
  data = g_bytes_get_data (json, &size);
  ok = sr_index_batch_parse (batch, data, size, error);
  if (ok)
    {
      g_mutex_lock (&self->lock);
      ok = sr_index_add_batch (self->index, batch, NULL, error);
      g_mutex_unlock (&self->lock);
    }
  if (!ok)
    {
      char hex[SR_ID_HEX_SIZE];

      g_prefix_error (error, "Index file %s cannot be used: ", sr_id_to_hex (id, hex));
    }
  return ok;
}

/* Runs on each core until no file is left. */
static gboolean
load_files (gpointer data,
            guint    member,
            GError **error)
{
  Loading                 *self = data;
  g_autoptr (SrIndexBatch) batch = sr_index_batch_new ();

  while (!g_atomic_int_get (&self->stopped))
    {
      guint  i = (guint) g_atomic_int_add (&self->next, 1);
      Damage damage = { 0 };

      if (i >= self->files->len)
        break;
      damage.id = g_array_index (self->files, SrStorageFile, i).id;
      if (!load_file (self, &damage.id, batch, &damage.error))
        {
          if (!self->tolerant || sr_error_is (damage.error, SR_ERROR_CANCELLED))
            g_atomic_int_set (&self->stopped, TRUE);
          g_mutex_lock (&self->lock);
          g_array_append_val (self->damages, damage);
          g_mutex_unlock (&self->lock);
        }
      sr_progress_add (self->progress, 0, 1);
    }
  return TRUE;
}

static gboolean
report_damages (Loading     *self,
                SrDamageFunc damaged,
                gpointer     user_data,
                GError     **error)
{
  for (guint i = 0; i < self->damages->len; i++)
    {
      Damage *damage = &g_array_index (self->damages, Damage, i);

      if (!sr_repo_report_damage (SR_FILE_INDEX, &damage->id, g_steal_pointer (&damage->error),
                                  damaged, user_data, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
sr_repo_load_index (SrRepo       *self,
                    SrProgress   *progress,
                    SrDamageFunc  damaged,
                    gpointer      user_data,
                    GCancellable *cancellable,
                    GError      **error)
{
  g_autoptr (GArray)  files = sr_storage_list_all (self->storage, SR_FILE_INDEX, cancellable,
                                                   error);
  g_autoptr (SrIndex) index = sr_index_new ();
  g_autoptr (GArray)  damages = g_array_new (FALSE, FALSE, sizeof (Damage));
  Loading             loading = {
                .repo = self,
                .files = files,
                .cancellable = cancellable,
                .progress = progress,
                .tolerant = damaged != NULL,
                .index = index,
                .damages = damages,
  };
  gboolean ok;

  if (files == NULL)
    return FALSE;
  g_array_set_clear_func (damages, (GDestroyNotify) damage_clear);
  g_mutex_init (&loading.lock);
  sr_progress_set_totals (progress, 0, files->len, FALSE);
  sr_index_begin_bulk (index);
  if (files->len > 1)
    ok = sr_team_join (sr_team_start ("index", MIN (sr_worker_count (), files->len), load_files,
                                      &loading),
                       error);
  else
    ok = load_files (&loading, 0, error);
  sr_index_end_bulk (index);
  g_mutex_clear (&loading.lock);
  if (!ok || !report_damages (&loading, damaged, user_data, error) ||
      sr_check_cancelled (cancellable, error))
    return FALSE;
  sr_repo_set_index (self, g_steal_pointer (&index));
  return TRUE;
}
