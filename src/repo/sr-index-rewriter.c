/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include "base/sr-error.h"
#include "repo/sr-index-batch.h"
#include "repo/sr-index-rewriter.h"

/* Files below this size are merged when there are many of them. */
#define SMALL_FILE (256 * 1024)
#define SMALL_MANY 10

typedef struct
{
  SrRepo        *repo;
  SrLock        *lock;
  SrDropPackFunc drop;
  gpointer       user_data;
  SrIndexBatch  *batch;
  SrIndexWriter *writer;
  GArray        *entries;  /* scratch: SrPackEntry of one pack */
  GArray        *obsolete; /* SrId of files whose content is in the writer */
  GCancellable  *cancellable;
} Rewriter;

/* Writes what has gathered, then removes the files it stands for. */
static gboolean
flush (Rewriter *self,
       GError  **error)
{
  GString *json = sr_index_writer_take_json (self->writer);

  if (json != NULL)
    {
      SrId     id;
      gboolean ok = sr_repo_save_unpacked (self->repo, SR_FILE_INDEX, json->str, json->len, &id,
                                           self->cancellable, error);

      g_string_free (json, TRUE);
      if (!ok)
        return FALSE;
    }
  if (self->obsolete->len > 0 && !sr_lock_check (self->lock, self->cancellable, error))
    return FALSE;
  for (guint i = 0; i < self->obsolete->len; i++)
    {
      g_autoptr (GError) local_error = NULL;

      if (sr_storage_remove (sr_repo_get_storage (self->repo), SR_FILE_INDEX,
                             &g_array_index (self->obsolete, SrId, i), self->cancellable,
                             &local_error) ||
          sr_error_is (local_error, SR_ERROR_NOT_FOUND))
        continue;
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  g_array_set_size (self->obsolete, 0);
  return TRUE;
}

static gboolean
add_pack (Rewriter          *self,
          const SrId        *pack,
          const SrPackEntry *entries,
          gsize              n_entries,
          GError           **error)
{
  sr_index_writer_add_pack (self->writer, pack, entries, n_entries);
  return sr_index_writer_get_n_blobs (self->writer) < SR_INDEX_FULL || flush (self, error);
}

static gboolean
load_file (Rewriter            *self,
           const SrStorageFile *file,
           GError             **error)
{
  g_autoptr (GBytes) json = sr_repo_load_unpacked (self->repo, SR_FILE_INDEX, &file->id,
                                                   self->cancellable, error);

  return json != NULL && sr_index_batch_parse (self->batch, g_bytes_get_data (json, NULL),
                                               g_bytes_get_size (json), error);
}

static gboolean
names_dropped_pack (Rewriter *self)
{
  guint                   n_packs;
  const SrIndexBatchPack *packs = sr_index_batch_get_packs (self->batch, &n_packs);

  for (guint i = 0; i < n_packs; i++)
    if (self->drop (&packs[i].id, self->user_data))
      return TRUE;
  return n_packs == 0;
}

static gboolean
rewrite_file (Rewriter            *self,
              const SrStorageFile *file,
              GError             **error)
{
  guint                   n_packs;
  const SrIndexBatchPack *packs = sr_index_batch_get_packs (self->batch, &n_packs);
  const SrIndexEntry     *entries = sr_index_batch_get_entries (self->batch);

  for (guint i = 0; i < n_packs; i++)
    {
      if (self->drop (&packs[i].id, self->user_data))
        continue;
      g_array_set_size (self->entries, packs[i].count);
      for (guint32 k = 0; k < packs[i].count; k++)
        sr_index_entry_to_pack_entry (&entries[packs[i].first + k],
                                      &g_array_index (self->entries, SrPackEntry, k));
      if (!add_pack (self, &packs[i].id, (gconstpointer) self->entries->data,
                     packs[i].count, error))
        return FALSE;
    }
  g_array_append_val (self->obsolete, file->id);
  return TRUE;
}

static guint
count_small (GArray *files)
{
  guint n = 0;

  for (guint i = 0; i < files->len; i++)
    if (g_array_index (files, SrStorageFile, i).size < SMALL_FILE)
      n++;
  return n;
}

static gboolean
rewrite_files (Rewriter   *self,
               GArray     *files,
               SrProgress *progress,
               GError    **error)
{
  gboolean merge = count_small (files) >= SMALL_MANY;

  for (guint i = 0; i < files->len; i++)
    {
      const SrStorageFile *file = &g_array_index (files, SrStorageFile, i);

      if (!load_file (self, file, error))
        {
          char hex[SR_ID_HEX_SIZE];

          g_prefix_error (error, "Index file %.16s: ", sr_id_to_hex (&file->id, hex));
          return FALSE;
        }
      if (((merge && file->size < SMALL_FILE) || names_dropped_pack (self)) &&
          !rewrite_file (self, file, error))
        return FALSE;
      sr_progress_add (progress, 0, 1);
    }
  return flush (self, error);
}

static gboolean
add_new_packs (Rewriter  *self,
               GPtrArray *packs,
               GError   **error)
{
  for (guint i = 0; packs != NULL && i < packs->len; i++)
    {
      const SrPackedPack *pack = g_ptr_array_index (packs, i);

      if (!add_pack (self, &pack->id, (gconstpointer) pack->entries->data,
                     pack->entries->len, error))
        return FALSE;
    }
  return flush (self, error);
}

gboolean
sr_rewrite_index (SrRepo        *repo,
                  SrLock        *lock,
                  SrDropPackFunc drop,
                  gpointer       user_data,
                  GPtrArray     *new_packs,
                  gboolean      *new_packs_named,
                  SrProgress    *progress,
                  GCancellable  *cancellable,
                  GError       **error)
{
  g_autoptr (GArray)        files = NULL;
  g_autoptr (SrIndexBatch)  batch = sr_index_batch_new ();
  g_autoptr (SrIndexWriter) writer = sr_index_writer_new ();
  g_autoptr (GArray)        entries = g_array_new (FALSE, FALSE, sizeof (SrPackEntry));
  g_autoptr (GArray)        obsolete = g_array_new (FALSE, FALSE, sizeof (SrId));
  Rewriter                  self = {
                     repo, lock, drop, user_data, batch, writer, entries, obsolete, cancellable
  };

  *new_packs_named = FALSE;
  files = sr_storage_list_all (sr_repo_get_storage (repo), SR_FILE_INDEX, cancellable, error);
  if (files == NULL)
    return FALSE;
  sr_progress_set_totals (progress, 0, files->len, FALSE);
  /* a file whose writing failed may be there all the same: the answer can get lost on its way */
  *new_packs_named = TRUE;
  return add_new_packs (&self, new_packs, error) && rewrite_files (&self, files, progress, error);
}
