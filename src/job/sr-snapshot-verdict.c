/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-snapshot-verdict.h"

#include "archive/sr-backup-file.h"
#include "base/sr-error.h"
#include "base/sr-words.h"
#include "job/sr-snapshot-container.h"
#include "repo/sr-pruner.h"

#include <stdlib.h>
#include <string.h>

/* With how many earlier ones its size is compared, and from which share of theirs on it is well. */
#define N_COMPARED     10
#define SMALLEST_SHARE 0.5

/* Shares of the progress. */
#define WEIGHT_STRUCTURE 10
#define WEIGHT_CONTENT   90
#define WEIGHT_TOTAL     100

typedef struct
{
  SrRepo                       *repo;
  const SrSnapshot             *snapshot;
  const SrSnapshotJudgeOptions *options;
  SrVerdict                    *verdict;
  GCancellable                 *cancellable;
} Judging;

/* What ends the judging and is no finding. */
static gboolean
is_fatal (const GError *reason)
{
  return sr_error_is (reason, SR_ERROR_CANCELLED) || sr_error_is (reason, SR_ERROR_NETWORK) ||
         sr_error_is (reason, SR_ERROR_TIMEOUT);
}

/* --- structure
 * ---------------------------------------------------------------------------------- */

static int
compare_file (gconstpointer a,
              gconstpointer b)
{
  return memcmp (&((const SrStorageFile *) a)->id, &((const SrStorageFile *) b)->id, sizeof (SrId));
}

/* A byte for each pack of the index: whether its file is there and as long as it must be. */
static guint8 *
find_good_packs (Judging *self,
                 GError **error)
{
  SrIndex           *index = sr_repo_get_index (self->repo);
  guint32            n = sr_index_get_n_packs (index);
  g_autofree guint8 *good = g_malloc0 (MAX (n, 1));
  g_autoptr (GArray) files = NULL;

  files = sr_storage_list_all (sr_repo_get_storage (self->repo), SR_FILE_PACK, self->cancellable,
                               error);
  if (files == NULL)
    return NULL;
  for (guint32 i = 0; i < n; i++)
    {
      SrStorageFile        wanted = { *sr_index_get_pack_id (index, i), 0 };
      const SrStorageFile *found =
          bsearch (&wanted, files->data, files->len, sizeof wanted, compare_file);

      good[i] = found != NULL && found->size == sr_index_get_pack_size (index, i);
    }
  return g_steal_pointer (&good);
}

static gboolean
has_good_place (SrIndex            *index,
                const guint8       *good,
                const SrIndexEntry *entry)
{
  SrBlobType type = sr_index_entry_get_type (entry);

  for (const SrIndexEntry *place = sr_index_lookup_next (index, type, &entry->id, NULL);
       place != NULL; place = sr_index_lookup_next (index, type, &entry->id, place))
    if (good[sr_index_entry_get_pack (place)])
      return TRUE;
  return FALSE;
}

/* Counts packs that are needed and parts that have no place left. */
static void
count_places (Judging      *self,
              const guint8 *used,
              const guint8 *good,
              guint64      *n_packs,
              guint64      *n_lost)
{
  SrIndex           *index = sr_repo_get_index (self->repo);
  g_autofree guint8 *seen = g_malloc0 (MAX (sr_index_get_n_packs (index), 1));

  *n_packs = 0;
  *n_lost = 0;
  for (gsize i = 0; i < sr_index_get_n_entries (index); i++)
    {
      const SrIndexEntry *entry = sr_index_get_entry (index, i);
      guint32             pack = sr_index_entry_get_pack (entry);

      if ((used[i / 8] >> (i % 8) & 1) == 0)
        continue;
      *n_packs += seen[pack] == 0;
      seen[pack] = 1;
      *n_lost += !good[pack] && !has_good_place (index, good, entry);
    }
}

static gboolean
judge_structure (Judging    *self,
                 SrProgress *progress,
                 GError    **error)
{
  static const char *const id = "snapshot.structure";
  static const char *const title = "Folders and parts";
  g_autoptr (GPtrArray)    list = g_ptr_array_new ();
  g_autofree guint8       *used = NULL;
  g_autofree guint8       *good = find_good_packs (self, error);
  g_autofree char         *packs = NULL;
  g_autoptr (GError)       reason = NULL;
  guint64                  n_packs;
  guint64                  n_lost;

  if (good == NULL)
    return FALSE;
  g_ptr_array_add (list, (gpointer) self->snapshot);
  if (!sr_used_blobs (self->repo, list, &used, progress, self->cancellable, &reason))
    {
      if (is_fatal (reason))
        {
          g_propagate_error (error, g_steal_pointer (&reason));
          return FALSE;
        }
      sr_verdict_add (self->verdict, id, title, SR_ASPECT_INTACT, SR_CHECK_FAILED, "%s.",
                      reason->message);
      return TRUE;
    }
  count_places (self, used, good, &n_packs, &n_lost);
  packs = sr_verdict_counted (n_packs, "pack", "packs");
  if (n_lost == 0)
    sr_verdict_add (self->verdict, id, title, SR_ASPECT_INTACT, SR_CHECK_PASSED,
                    "All its folders can be read, and all its parts lie in %s of the right size.",
                    packs);
  else
    {
      g_autofree char *lost = sr_verdict_counted (n_lost, "part of it is", "parts of it are");

      sr_verdict_add (self->verdict, id, title, SR_ASPECT_INTACT, SR_CHECK_FAILED,
                      "%s in packs that are missing or cut off.", lost);
    }
  return TRUE;
}

/* --- what it should hold
 * ------------------------------------------------------------------------ */

static gboolean
has_tag (const SrSnapshot *snapshot,
         const char       *tag)
{
  return g_strv_contains ((const char *const *) snapshot->tags, tag);
}

/* Only backups of sites are marked when something could not be read. */
static void
judge_marks (Judging *self,
             gboolean is_site)
{
  if (has_tag (self->snapshot, SR_BACKUP_INCOMPLETE_TAG))
    sr_verdict_add (self->verdict, "snapshot.read", "Reading what is backed up", SR_ASPECT_COMPLETE,
                    SR_CHECK_WARNING,
                    "Something could not be read when it was made; the log of that run names it.");
  else if (is_site)
    sr_verdict_add (self->verdict, "snapshot.read", "Reading what is backed up", SR_ASPECT_COMPLETE,
                    SR_CHECK_PASSED, "All that was to be backed up could be read.");
}

static int
compare_size (gconstpointer a,
              gconstpointer b)
{
  guint64 first = *(const guint64 *) a;
  guint64 second = *(const guint64 *) b;

  return (first > second) - (first < second);
}

static gboolean
is_earlier_of_the_same (const SrSnapshot *self,
                        const SrSnapshot *other)
{
  return other->has_summary && g_strcmp0 (self->hostname, other->hostname) == 0 &&
         !sr_id_equal (&self->id, &other->id) &&
         g_strv_equal ((const char *const *) self->paths, (const char *const *) other->paths) &&
         other->time.ts.tv_sec <= self->time.ts.tv_sec;
}

/* A shop does not lose half of its records in a night. */
static void
judge_size (Judging *self)
{
  g_autoptr (GArray) sizes = g_array_new (FALSE, FALSE, sizeof (guint64));
  GPtrArray         *others = self->options->others;
  guint64            size = self->snapshot->summary.total_bytes_processed;
  guint64            usual;
  g_autofree char   *shown = sr_size_text (size);
  g_autofree char   *shown_usual = NULL;

  if (others == NULL || !self->snapshot->has_summary)
    return;
  for (guint i = others->len; i-- > 0 && sizes->len < N_COMPARED;)
    {
      const SrSnapshot *other = g_ptr_array_index (others, i);

      if (is_earlier_of_the_same (self->snapshot, other))
        g_array_append_val (sizes, other->summary.total_bytes_processed);
    }
  if (sizes->len == 0)
    return;
  g_array_sort (sizes, compare_size);
  usual = g_array_index (sizes, guint64, sizes->len / 2);
  shown_usual = sr_size_text (usual);
  if ((double) size < (double) usual * SMALLEST_SHARE)
    sr_verdict_add (self->verdict, "snapshot.size", "Size", SR_ASPECT_COMPLETE, SR_CHECK_WARNING,
                    "It holds %s, those before it held about %s: look whether something is "
                    "missing.",
                    shown, shown_usual);
  else
    sr_verdict_add (self->verdict, "snapshot.size", "Size", SR_ASPECT_COMPLETE, SR_CHECK_NOTICE,
                    "It holds %s, those before it held about %s.", shown, shown_usual);
}

/* --- content
 * ------------------------------------------------------------------------------------ */

static void
collection_free (gpointer data)
{
  SrBackupCollection *self = data;

  g_free (self->name);
  g_free (self->entry);
  g_free (self);
}

static GPtrArray *
copy_collections (SrBackupFile *file)
{
  GPtrArray *from = sr_backup_file_get_collections (file);
  GPtrArray *to = g_ptr_array_new_with_free_func (collection_free);

  for (guint i = 0; i < from->len; i++)
    {
      const SrBackupCollection *one = g_ptr_array_index (from, i);
      SrBackupCollection       *copy = g_new0 (SrBackupCollection, 1);

      copy->name = g_strdup (one->name);
      copy->entry = g_strdup (one->entry);
      copy->count = one->count;
      g_ptr_array_add (to, copy);
    }
  return to;
}

static void
merge (SrVerdict *to,
       SrVerdict *from)
{
  const SrCheck *check;

  for (guint i = 0; (check = sr_verdict_get_check (from, i)) != NULL; i++)
    sr_verdict_add (to, check->id, check->title, check->aspect, check->result, "%s",
                    check->sentence);
}

/* What it says it holds; with @records, how many in all. */
static void
judge_as_stored (Judging      *self,
                 SrBackupFile *file)
{
  const SrSnapshotSummary *sum = &self->snapshot->summary;
  GPtrArray               *collections = sr_backup_file_get_collections (file);
  g_autofree char         *added = sr_size_text (sum->data_added);
  guint64                  n_records = 0;
  guint                    n = 0;

  sr_verdict_add (self->verdict, "snapshot.data", "Data", SR_ASPECT_INTACT, SR_CHECK_PASSED,
                  "What is new in it (%s) was opened again and compared as it was stored. What the "
                  "vault had already was not read again: a verification does that.",
                  added);
  for (guint i = 0; i < collections->len; i++)
    {
      const SrBackupCollection *one = g_ptr_array_index (collections, i);

      n += one->count >= 0;
      n_records += (guint64) MAX (one->count, 0);
    }
  if (n > 0)
    {
      g_autofree char *tables = sr_verdict_counted (n, "collection", "collections");
      g_autofree char *records = sr_verdict_counted (n_records, "record", "records");

      sr_verdict_add (self->verdict, "snapshot.records", "Records", SR_ASPECT_COMPLETE,
                      SR_CHECK_PASSED, "%s with %s were counted in what was stored.", tables,
                      records);
    }
}

static gboolean
judge_content (Judging    *self,
               GPtrArray **collections,
               SrProgress *progress,
               GError    **error)
{
  SrJudgeOptions           how = { .quick = !self->options->read_data };
  g_autoptr (SrContainer)  container = NULL;
  g_autoptr (SrBackupFile) file = NULL;
  g_autoptr (SrVerdict)    inner = NULL;

  container =
      sr_snapshot_container_new (self->repo, self->snapshot, "/", self->cancellable, error);
  if (container == NULL)
    return FALSE;
  file = sr_backup_file_open_container (container, NULL, self->cancellable, error);
  if (file == NULL)
    return FALSE;
  judge_marks (self, sr_backup_file_get_kind (file) == SR_BACKUP_STRONGROOM);
  if (self->options->just_stored != NULL)
    judge_as_stored (self, file);
  else
    {
      inner = sr_backup_file_judge (file, &how, progress, self->cancellable, error);
      if (inner == NULL)
        return FALSE;
      merge (self->verdict, inner);
      if (how.quick)
        sr_verdict_add (self->verdict, "snapshot.data", "Data", SR_ASPECT_INTACT,
                        SR_CHECK_NOT_MADE, "Its data was not read; a verification does that.");
    }
  *collections = copy_collections (file);
  return TRUE;
}

SrVerdict *
sr_snapshot_judge (SrRepo                       *repo,
                   const SrSnapshot             *snapshot,
                   const SrSnapshotJudgeOptions *options,
                   GPtrArray                   **collections,
                   SrProgress                   *progress,
                   GCancellable                 *cancellable,
                   GError                      **error)
{
  g_autoptr (SrVerdict)  verdict = sr_verdict_new ();
  g_autoptr (GPtrArray)  found = NULL;
  g_autoptr (SrProgress) structure = NULL;
  g_autoptr (SrProgress) content = NULL;
  g_autoptr (GError)     reason = NULL;
  Judging                self = { repo, snapshot, options, verdict, cancellable };

  if (collections != NULL)
    *collections = NULL;
  structure = sr_progress_step (progress, WEIGHT_STRUCTURE, WEIGHT_TOTAL, "Looking at its folders");
  if (!judge_structure (&self, structure, error))
    return NULL;
  sr_progress_finish (structure);
  judge_size (&self);
  content = sr_progress_step (progress, WEIGHT_CONTENT, WEIGHT_TOTAL, "Looking at its content");
  if (!judge_content (&self, &found, content, &reason))
    {
      if (is_fatal (reason))
        {
          g_propagate_error (error, g_steal_pointer (&reason));
          return NULL;
        }
      sr_verdict_add (verdict, "snapshot.content", "Content", SR_ASPECT_INTACT, SR_CHECK_FAILED,
                      "%s.", reason->message);
    }
  sr_progress_finish (content);
  if (collections != NULL)
    *collections = g_steal_pointer (&found);
  return g_steal_pointer (&verdict);
}
