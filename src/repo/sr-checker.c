/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "repo/sr-check-run.h"

static const char *const kind_names[] = {
  [SR_FINDING_DAMAGED_FILE] = "damaged-file",
  [SR_FINDING_MISSING_FILE] = "missing-file",
  [SR_FINDING_WRONG_SIZE] = "wrong-size",
  [SR_FINDING_MISSING_BLOB] = "missing-blob",
  [SR_FINDING_DAMAGED_BLOB] = "damaged-blob",
  [SR_FINDING_DAMAGED_TREE] = "damaged-tree",
  [SR_FINDING_ORPHANED_PACK] = "orphaned-pack",
  [SR_FINDING_REPEATED_PACK] = "repeated-pack",
  [SR_FINDING_MIXED_PACK] = "mixed-pack",
  [SR_FINDING_STALE_LOCK] = "stale-lock",
};

void
sr_finding_free (SrFinding *self)
{
  if (self == NULL)
    return;
  g_free (self->text);
  g_array_unref (self->snapshots);
  g_ptr_array_unref (self->paths);
  g_free (self);
}

const char *
sr_finding_kind_name (SrFindingKind kind)
{
  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (kind_names), NULL);
  return kind_names[kind];
}

gboolean
sr_finding_is_damage (const SrFinding *self)
{
  return self->kind < SR_FINDING_ORPHANED_PACK;
}

static SrFinding *
finding_new (SrFindingKind kind,
             const SrId   *id,
             char         *text)
{
  SrFinding *self = g_new0 (SrFinding, 1);

  self->kind = kind;
  if (id != NULL)
    self->id = *id;
  self->text = text;
  self->snapshots = g_array_new (FALSE, FALSE, sizeof (SrId));
  self->paths = g_ptr_array_new_with_free_func (g_free);
  return self;
}

SrFinding *
sr_check_add_file (SrCheckRun   *run,
                   SrFindingKind kind,
                   SrFileType    type,
                   const SrId   *id,
                   char         *text)
{
  SrFinding *finding = finding_new (kind, id, text);

  finding->type = type;
  g_mutex_lock (&run->lock);
  g_ptr_array_add (run->findings, finding);
  g_mutex_unlock (&run->lock);
  return finding;
}

void
sr_check_add_pack (SrCheckRun   *run,
                   SrFindingKind kind,
                   guint32       pack,
                   char         *text)
{
  gpointer   key = GUINT_TO_POINTER (pack);
  SrFinding *finding;

  g_mutex_lock (&run->lock);
  finding = g_hash_table_lookup (run->by_pack, key);
  if (finding != NULL)
    {
      char *both = g_strconcat (finding->text, " ", text, NULL);

      g_free (finding->text);
      g_free (text);
      finding->text = both;
    }
  else
    {
      finding = finding_new (kind, sr_index_get_pack_id (run->index, pack), text);
      finding->type = SR_FILE_PACK;
      g_ptr_array_add (run->findings, finding);
      g_hash_table_insert (run->by_pack, key, finding);
    }
  g_mutex_unlock (&run->lock);
}

void
sr_check_add_blob (SrCheckRun         *run,
                   SrFindingKind       kind,
                   const SrIndexEntry *entry,
                   const char         *reason)
{
  gpointer   key = GSIZE_TO_POINTER (sr_index_get_entry_number (run->index, entry));
  SrFinding *finding;
  char       pack[SR_ID_HEX_SIZE];

  g_mutex_lock (&run->lock);
  if (!g_hash_table_contains (run->by_entry, key))
    {
      const SrId *pack_id = sr_index_get_pack_id (run->index, sr_index_entry_get_pack (entry));

      finding = finding_new (kind, &entry->id,
                             g_strdup_printf ("%s (in pack %s). “repair index --read-data” takes "
                                              "it out, and a new backup of the same data brings it "
                                              "back.",
                                              reason, sr_id_to_hex (pack_id, pack)));
      finding->type = SR_FILE_PACK;
      finding->is_blob = TRUE;
      finding->pack = *pack_id;
      g_ptr_array_add (run->findings, finding);
      g_hash_table_insert (run->by_entry, key, finding);
    }
  g_mutex_unlock (&run->lock);
}

void
sr_check_add_missing (SrCheckRun *run,
                      SrBlobType  type,
                      const SrId *id)
{
  SrFinding *finding;
  char       hex[SR_ID_HEX_SIZE];

  g_mutex_lock (&run->lock);
  if (!g_hash_table_contains (run->missing[type], id))
    {
      finding = finding_new (SR_FINDING_MISSING_BLOB, id,
                             g_strdup_printf ("The %s blob %s is in no index file. If its pack is "
                                              "still there, “repair index” finds it again.",
                                              sr_blob_type_name (type), sr_id_to_hex (id, hex)));
      finding->type = SR_FILE_PACK;
      finding->is_blob = TRUE;
      g_ptr_array_add (run->findings, finding);
      g_hash_table_insert (run->missing[type], &finding->id, finding);
    }
  g_mutex_unlock (&run->lock);
}

static void
note_damaged (SrFileType    type,
              const SrId   *id,
              const GError *reason,
              gpointer      user_data)
{
  SrCheckRun *run = user_data;
  SrFinding  *finding;
  char        hex[SR_ID_HEX_SIZE];
  const char *what =
      type == SR_FILE_INDEX
          ? "“repair index” makes a new index from the packs"
          : "what it named cannot be restored unless a copy of this file is put back";

  finding = sr_check_add_file (run, SR_FINDING_DAMAGED_FILE, type, id,
                               g_strdup_printf ("The file %s/%s cannot be used: %s; %s.",
                                                type == SR_FILE_INDEX ? "index" : "snapshots",
                                                sr_id_to_hex (id, hex), reason->message, what));
  if (type == SR_FILE_SNAPSHOT)
    g_array_append_vals (finding->snapshots, id, 1);
}

/* Snapshots before the index: what a snapshot refers to is in the index by then. */
static gboolean
load (SrCheckRun *run,
      SrProgress *progress,
      GError    **error)
{
  run->snapshots = sr_repo_list_snapshots (run->repo, note_damaged, run, run->cancellable, error);
  if (run->snapshots == NULL ||
      !sr_repo_load_index (run->repo, progress, note_damaged, run, run->cancellable, error))
    return FALSE;
  run->index = sr_repo_get_index (run->repo);
  run->stats->snapshots = run->snapshots->len;
  run->stats->packs = sr_index_get_n_packs (run->index);
  run->stats->blobs = sr_index_get_n_entries (run->index);
  return TRUE;
}

static gboolean
run_check (SrCheckRun *run,
           SrProgress *progress,
           GError    **error)
{
  gboolean               reads = run->options->read_data;
  double                 total = reads ? 100 : 20;
  g_autoptr (SrProgress) loading = sr_progress_step (progress, 5, total, "Loading the index");
  g_autoptr (SrProgress) trees = NULL;
  g_autoptr (SrProgress) packs = NULL;

  if (!sr_check_small_files (run, error) ||
      !load (run, loading, error) ||
      !sr_check_repeated (run, error) ||
      !sr_check_pack_list (run, error))
    return FALSE;
  sr_progress_finish (loading);
  trees = sr_progress_step (progress, 15, total, "Checking folders");
  if (!sr_check_trees (run, trees, error))
    return FALSE;
  sr_progress_finish (trees);
  if (reads)
    {
      packs = sr_progress_step (progress, 80, total, "Reading packs");
      if (!sr_check_read_data (run, packs, error))
        return FALSE;
      sr_progress_finish (packs);
    }
  return sr_check_affected (run, error);
}

/* What costs data first, then by kind and id, so that the same damage is told in the same order. */
static int
compare_findings (gconstpointer a,
                  gconstpointer b)
{
  const SrFinding *first = *(SrFinding *const *) a;
  const SrFinding *second = *(SrFinding *const *) b;

  if (first->kind != second->kind)
    return first->kind < second->kind ? -1 : 1;
  if (first->type != second->type)
    return first->type < second->type ? -1 : 1;
  return sr_id_compare (&first->id, &second->id);
}

gboolean
sr_checker_run (SrRepo                 *repo,
                const SrCheckerOptions *options,
                SrCheckerStats         *stats,
                GPtrArray             **findings,
                SrProgress             *progress,
                GCancellable           *cancellable,
                GError                **error)
{
  SrCheckRun run = { .repo = repo, .options = options, .stats = stats, .cancellable = cancellable };
  gboolean   ok;

  memset (stats, 0, sizeof *stats);
  run.findings = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_finding_free);
  run.by_entry = g_hash_table_new (NULL, NULL);
  run.by_pack = g_hash_table_new (NULL, NULL);
  run.exact = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (run.missing); i++)
    run.missing[i] = g_hash_table_new (sr_id_hash, sr_id_equal_func);
  g_mutex_init (&run.lock);
  ok = run_check (&run, progress, error);
  g_mutex_clear (&run.lock);
  for (guint i = 0; i < G_N_ELEMENTS (run.missing); i++)
    g_hash_table_unref (run.missing[i]);
  g_hash_table_unref (run.exact);
  g_hash_table_unref (run.by_pack);
  g_hash_table_unref (run.by_entry);
  g_clear_pointer (&run.snapshots, g_ptr_array_unref);
  g_ptr_array_sort (run.findings, compare_findings);
  *findings = run.findings;
  if (ok)
    sr_progress_finish (progress);
  return ok;
}
