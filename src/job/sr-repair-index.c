/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "base/sr-worker.h"
#include "job/sr-repair.h"
#include "repo/sr-checker.h"
#include "repo/sr-id-set.h"
#include "repo/sr-index-batch.h"
#include "repo/sr-index-rewriter.h"
#include "repo/sr-lock.h"

/* A pack in the vault. */
typedef struct
{
  SrId    id;
  guint64 size;
} PackFile;

typedef struct
{
  SrRepo              *repo;
  SrStorage           *storage;
  SrLock              *lock;
  SrRepairDepth        depth;
  gboolean             dry_run;
  SrReportFunc         report;
  gpointer             user_data;
  SrRepairIndexResult *result;
  GCancellable        *cancellable;

  GArray     *damaged_files; /* of SrId: index files that say nothing */
  SrIdSet    *disputed;      /* packs about which index files disagree */
  guint8     *present;       /* a bit for each pack of the index */
  GArray     *to_read;       /* of PackFile */
  SrIdSet    *dropped;       /* packs whose entries in the index files have to go */
  SrProgress *reading;

  GMutex     guard;
  guint      next;      /* position in to_read; under guard */
  GPtrArray *new_packs; /* of SrPackedPack; under guard */
  GArray    *salvage;   /* of guint32: packs of the index whose header is damaged; under guard */
} Repair;

static void
report (Repair       *self,
        const SrId   *id,
        const char   *action,
        guint64       size,
        const GError *why)
{
  char hex[SR_ID_HEX_SIZE];

  if (self->report != NULL)
    self->report (sr_id_to_hex (id, hex), action, size, why, self->user_data);
}

/* An index file that can be parsed after all disagrees with another about a pack: the packs
 * themselves decide. */
static void
note_damaged_index (SrFileType    type,
                    const SrId   *id,
                    const GError *why,
                    gpointer      user_data)
{
  Repair                  *self = user_data;
  g_autoptr (SrIndexBatch) batch = sr_index_batch_new ();
  g_autoptr (GBytes)       json = NULL;
  const SrIndexBatchPack  *packs;
  guint                    n_packs;

  report (self, id, "damaged", 0, why);
  json = sr_repo_load_unpacked (self->repo, SR_FILE_INDEX, id, self->cancellable, NULL);
  if (json == NULL || !sr_index_batch_parse (batch, g_bytes_get_data (json, NULL),
                                             g_bytes_get_size (json), NULL))
    {
      self->result->index_files_damaged++;
      g_array_append_val (self->damaged_files, *id);
      return;
    }
  packs = sr_index_batch_get_packs (batch, &n_packs);
  for (guint i = 0; i < n_packs; i++)
    sr_id_set_add (self->disputed, &packs[i].id, NULL);
}

static gboolean
note_pack (const SrId *id,
           guint64     size,
           gpointer    user_data,
           GError    **error)
{
  Repair  *self = user_data;
  SrIndex *index = sr_repo_get_index (self->repo);
  PackFile file = { *id, size };
  guint32  pack;
  gboolean known = sr_index_find_pack (index, id, &pack);

  if (known)
    self->present[pack / 8] |= (guint8) (1u << pack % 8);
  if (!known || self->depth >= SR_REPAIR_ALL_HEADERS ||
      sr_index_get_pack_size (index, pack) != size ||
      sr_id_set_find (self->disputed, id, NULL))
    g_array_append_val (self->to_read, file);
  return TRUE;
}

static void
drop_missing (Repair *self)
{
  SrIndex *index = sr_repo_get_index (self->repo);

  for (guint32 i = 0; i < sr_index_get_n_packs (index); i++)
    if ((self->present[i / 8] & (1u << i % 8)) == 0)
      {
        self->result->packs_gone++;
        report (self, sr_index_get_pack_id (index, i), "gone", 0, NULL);
        sr_id_set_add (self->dropped, sr_index_get_pack_id (index, i), NULL);
      }
}

/* Whether the index says of pack number @pack what its header says. */
static gboolean
agrees (SrIndex *index,
        guint32  pack,
        GArray  *entries)
{
  gsize first;
  gsize count;

  sr_index_get_pack_entries (index, pack, &first, &count);
  if (count != entries->len)
    return FALSE;
  for (gsize i = 0; i < count; i++)
    {
      SrPackEntry known;

      sr_index_entry_to_pack_entry (sr_index_get_entry (index, first + i), &known);
      if (!sr_pack_entry_equal (&known, &g_array_index (entries, SrPackEntry, i)))
        return FALSE;
    }
  return TRUE;
}

/* Under guard. @entries: (transfer full) (nullable): %NULL if the header is damaged */
static void
take_result (Repair         *self,
             const PackFile *file,
             GArray         *entries,
             const GError   *why)
{
  SrIndex      *index = sr_repo_get_index (self->repo);
  SrPackedPack *new_pack;
  guint32       pack;
  gboolean      known = sr_index_find_pack (index, &file->id, &pack);

  if (entries == NULL)
    {
      self->result->packs_unreadable++;
      report (self, &file->id, "unreadable", file->size, why);
      if (known)
        g_array_append_val (self->salvage, pack);
    }
  else if (known && agrees (index, pack, entries) &&
           !sr_id_set_find (self->disputed, &file->id, NULL))
    {
      g_array_unref (entries);
      return;
    }
  else
    {
      self->result->packs_read++;
      report (self, &file->id, "read", file->size, NULL);
      new_pack = g_new (SrPackedPack, 1);
      new_pack->id = file->id;
      new_pack->entries = entries;
      g_ptr_array_add (self->new_packs, new_pack);
    }
  sr_id_set_add (self->dropped, &file->id, NULL);
}

static gboolean
is_damage (const GError *why)
{
  return sr_error_is (why, SR_ERROR_DAMAGED) || sr_error_is (why, SR_ERROR_IO);
}

/* A second try, so that one failed read does not cost a pack. */
static GArray *
read_header (Repair         *self,
             const PackFile *file,
             SrSealer       *sealer,
             GError        **error)
{
  GArray *entries = sr_pack_read_header (self->storage, &file->id, file->size, sealer,
                                         self->cancellable, NULL);

  if (entries != NULL)
    return entries;
  return sr_pack_read_header (self->storage, &file->id, file->size, sealer, self->cancellable,
                              error);
}

/* Runs on each core until no header is left. */
static gboolean
read_headers (gpointer data,
              guint    member,
              GError **error)
{
  Repair              *self = data;
  g_autoptr (SrSealer) sealer = sr_sealer_copy (sr_repo_get_sealer (self->repo));

  for (;;)
    {
      const PackFile    *file = NULL;
      GArray            *entries;
      g_autoptr (GError) why = NULL;

      g_mutex_lock (&self->guard);
      if (self->next < self->to_read->len)
        file = &g_array_index (self->to_read, PackFile, self->next++);
      g_mutex_unlock (&self->guard);
      if (file == NULL)
        return TRUE;
      if (sr_check_cancelled (self->cancellable, error))
        return FALSE;
      entries = read_header (self, file, sealer, &why);
      if (entries == NULL && !is_damage (why))
        {
          g_propagate_error (error, g_steal_pointer (&why));
          return FALSE;
        }
      g_mutex_lock (&self->guard);
      take_result (self, file, entries, why);
      g_mutex_unlock (&self->guard);
      sr_progress_add (self->reading, 0, 1);
    }
}

static gboolean
read_all_headers (Repair  *self,
                  GError **error)
{
  guint n_threads = MIN (sr_worker_count (), self->to_read->len);

  sr_progress_set_totals (self->reading, 0, self->to_read->len, FALSE);
  if (n_threads == 0)
    return TRUE;
  return sr_team_join (sr_team_start ("headers", n_threads, read_headers, self), error);
}

/* A pack whose header is sound and whose content is not. */
static void
take_damaged_pack (Repair          *self,
                   const SrFinding *finding)
{
  g_autoptr (GError) why = g_error_new_literal (SR_ERROR, SR_ERROR_DAMAGED, finding->text);
  SrIndex           *index = sr_repo_get_index (self->repo);
  guint32            pack;

  if (!sr_index_find_pack (index, &finding->id, &pack) ||
      !sr_id_set_add (self->dropped, &finding->id, NULL))
    return;
  self->result->packs_unreadable++;
  report (self, &finding->id, "unreadable", sr_index_get_pack_size (index, pack), why);
  g_array_append_val (self->salvage, pack);
}

/* Before the index is loaded for the repair, since the check loads one of its own.
 * Returns: (transfer full) (element-type SrFinding) */
static GPtrArray *
read_all_data (Repair     *self,
               SrProgress *progress,
               GError    **error)
{
  const SrCheckerOptions options = { .read_data = TRUE };
  g_autoptr (GPtrArray)  findings = NULL;
  SrCheckerStats         stats;

  if (!sr_checker_run (self->repo, &options, &stats, &findings, progress, self->cancellable, error))
    return NULL;
  return g_steal_pointer (&findings);
}

/* Here only what the check found in packs counts. */
static void
take_damaged_packs (Repair    *self,
                    GPtrArray *findings)
{
  for (guint i = 0; i < findings->len; i++)
    {
      const SrFinding *finding = findings->pdata[i];

      if (finding->kind == SR_FINDING_DAMAGED_FILE && finding->type == SR_FILE_PACK)
        take_damaged_pack (self, finding);
    }
}

/* Whether the blob lies in a pack that stays as well. */
static gboolean
is_elsewhere (Repair             *self,
              const SrIndexEntry *entry)
{
  SrIndex            *index = sr_repo_get_index (self->repo);
  SrBlobType          type = sr_index_entry_get_type (entry);
  const SrIndexEntry *place = NULL;

  while ((place = sr_index_lookup_next (index, type, &entry->id, place)) != NULL)
    {
      guint32 pack = sr_index_entry_get_pack (place);

      if (!sr_id_set_find (self->dropped, sr_index_get_pack_id (index, pack), NULL))
        return TRUE;
    }
  return FALSE;
}

/* A second try as with headers. */
static gboolean
read_blob (Repair             *self,
           const SrIndexEntry *at,
           guint8             *sealed,
           GError            **error)
{
  const SrId *pack = sr_index_get_pack_id (sr_repo_get_index (self->repo),
                                           sr_index_entry_get_pack (at));

  return sr_storage_read (self->storage, SR_FILE_PACK, pack, at->offset, sealed, at->length,
                          self->cancellable, NULL) ||
         sr_storage_read (self->storage, SR_FILE_PACK, pack, at->offset, sealed, at->length,
                          self->cancellable, error);
}

static gboolean
salvage_blob (Repair             *self,
              SrPacker           *packer,
              SrBlobCodec        *codec,
              const SrIndexEntry *at,
              GError            **error)
{
  g_autofree guint8 *sealed = g_malloc (at->length);
  g_autofree guint8 *scratch = NULL;
  g_autoptr (GError) why = NULL;
  const guint8      *plain;
  gsize              size;
  SrPackEntry        entry;

  if (!read_blob (self, at, sealed, &why))
    {
      if (is_damage (why))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&why));
      return FALSE;
    }
  scratch = g_memdup2 (sealed, at->length);
  sr_index_entry_to_pack_entry (at, &entry);
  if (!sr_blob_codec_open (codec, &entry, scratch, &plain, &size, NULL))
    return TRUE;
  if (!sr_packer_add (packer, entry.type, &entry.id, sealed, entry.length, entry.plain_length,
                      error))
    return FALSE;
  self->result->blobs_salvaged++;
  return TRUE;
}

static gboolean
salvage_packs (Repair   *self,
               SrPacker *packer,
               GError  **error)
{
  SrIndex                *index = sr_repo_get_index (self->repo);
  g_autoptr (SrBlobCodec) codec = sr_repo_new_codec (self->repo, SR_COMPRESSION_AUTO);

  for (guint i = 0; i < self->salvage->len; i++)
    {
      gsize first;
      gsize count;

      sr_index_get_pack_entries (index, g_array_index (self->salvage, guint32, i), &first, &count);
      for (gsize k = first; k < first + count; k++)
        if (!is_elsewhere (self, sr_index_get_entry (index, k)) &&
            !salvage_blob (self, packer, codec, sr_index_get_entry (index, k), error))
          return FALSE;
    }
  return TRUE;
}

/* What the index knows of packs with a damaged header may be sound all the same. */
static gboolean
salvage (Repair  *self,
         GError **error)
{
  g_autoptr (SrPacker) packer = NULL;

  if (self->salvage->len == 0)
    return TRUE;
  packer = sr_packer_new (self->repo, FALSE, self->dry_run, self->cancellable);
  if (!salvage_packs (self, packer, error) || !sr_packer_finish (packer, FALSE, error))
    return FALSE;
  g_ptr_array_extend_and_steal (self->new_packs, sr_packer_take_packs (packer));
  return TRUE;
}

static gboolean
is_dropped (const SrId *pack,
            gpointer    user_data)
{
  Repair *self = user_data;

  return sr_id_set_find (self->dropped, pack, NULL);
}

static gboolean
note_id (const SrId *id,
         guint64     size,
         gpointer    user_data,
         GError    **error)
{
  sr_id_set_add (user_data, id, NULL);
  return TRUE;
}

static gboolean
remove_damaged_files (Repair  *self,
                      GError **error)
{
  if (!sr_lock_check (self->lock, self->cancellable, error))
    return FALSE;
  for (guint i = 0; i < self->damaged_files->len; i++)
    {
      g_autoptr (GError) why = NULL;

      if (sr_storage_remove (self->storage, SR_FILE_INDEX,
                             &g_array_index (self->damaged_files, SrId, i), self->cancellable,
                             &why) ||
          sr_error_is (why, SR_ERROR_NOT_FOUND))
        continue;
      g_propagate_error (error, g_steal_pointer (&why));
      return FALSE;
    }
  return TRUE;
}

/* A damaged index file says nothing, so its removal takes nothing away. New entries are durable
 * before old ones go. */
static gboolean
write_index (Repair     *self,
             SrProgress *progress,
             GError    **error)
{
  g_autoptr (SrIdSet) files = sr_id_set_new ();
  gboolean            safe;
  guint32             n_before;

  if (self->damaged_files->len == 0 && self->new_packs->len == 0 &&
      sr_id_set_get_size (self->dropped) == 0)
    return TRUE;
  if (!remove_damaged_files (self, error) ||
      !sr_storage_list (self->storage, SR_FILE_INDEX, note_id, files, self->cancellable, error))
    return FALSE;
  n_before = sr_id_set_get_size (files);
  if (!sr_rewrite_index (self->repo, self->lock, is_dropped, self, self->new_packs, &safe, progress,
                         self->cancellable, error) ||
      !sr_storage_list (self->storage, SR_FILE_INDEX, note_id, files, self->cancellable, error))
    return FALSE;
  self->result->index_files_written = sr_id_set_get_size (files) - n_before;
  return TRUE;
}

static gboolean
repair_locked (Repair     *self,
               SrProgress *progress,
               GError    **error)
{
  gboolean               all_data = self->depth >= SR_REPAIR_ALL_DATA;
  double                 total = all_data ? 100 : 10;
  g_autoptr (SrProgress) checking = NULL;
  g_autoptr (SrProgress) loading = NULL;
  g_autoptr (SrProgress) reading = NULL;
  g_autoptr (SrProgress) writing = NULL;
  g_autoptr (GPtrArray)  findings = NULL;

  if (all_data)
    {
      checking = sr_progress_step (progress, total - 10, total, "Checking all data");
      findings = read_all_data (self, checking, error);
      if (findings == NULL)
        return FALSE;
      sr_progress_finish (checking);
    }
  loading = sr_progress_step (progress, 1, total, "Loading the index");
  reading = sr_progress_step (progress, 7, total, "Reading packs");
  writing = sr_progress_step (progress, 2, total, "Writing the index");
  if (!sr_repo_load_index (self->repo, loading, note_damaged_index, self, self->cancellable, error))
    return FALSE;
  sr_progress_finish (loading);
  self->present = g_malloc0 (sr_index_get_n_packs (sr_repo_get_index (self->repo)) / 8 + 1);
  if (!sr_storage_list (self->storage, SR_FILE_PACK, note_pack, self, self->cancellable, error))
    return FALSE;
  drop_missing (self);
  self->reading = reading;
  if (!read_all_headers (self, error))
    return FALSE;
  if (findings != NULL)
    take_damaged_packs (self, findings);
  if (!salvage (self, error))
    return FALSE;
  sr_progress_finish (reading);
  if (self->dry_run)
    return TRUE;
  if (!write_index (self, writing, error))
    return FALSE;
  sr_progress_finish (writing);
  return sr_repo_load_index (self->repo, NULL, NULL, NULL, self->cancellable, error);
}

gboolean
sr_repair_index_run (SrRepo              *repo,
                     SrRepairDepth        depth,
                     gboolean             dry_run,
                     SrReportFunc         report_func,
                     gpointer             user_data,
                     SrRepairIndexResult *result,
                     SrProgress          *progress,
                     GCancellable        *cancellable,
                     GError             **error)
{
  g_autoptr (GArray)    damaged_files = g_array_new (FALSE, FALSE, sizeof (SrId));
  g_autoptr (SrIdSet)   disputed = sr_id_set_new ();
  g_autoptr (GArray)    to_read = g_array_new (FALSE, FALSE, sizeof (PackFile));
  g_autoptr (SrIdSet)   dropped = sr_id_set_new ();
  g_autoptr (GPtrArray) new_packs = NULL;
  g_autoptr (GArray)    salvaged = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (SrLock)    lock = NULL;
  gboolean              ok;
  Repair                self = { repo, sr_repo_get_storage (repo), NULL, depth, dry_run,
                                 report_func, user_data, result, cancellable, damaged_files,
                                 disputed, NULL, to_read, dropped };

  *result = (SrRepairIndexResult){ 0 };
  if (!dry_run && !sr_repo_check_writable (repo, error))
    return FALSE;
  self.lock = lock = sr_lock_acquire (repo, TRUE, 0, cancellable, error);
  if (lock == NULL)
    return FALSE;
  new_packs = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_packed_pack_free);
  self.new_packs = new_packs;
  self.salvage = salvaged;
  g_mutex_init (&self.guard);
  ok = repair_locked (&self, progress, error);
  g_mutex_clear (&self.guard);
  g_free (self.present);
  return ok;
}
