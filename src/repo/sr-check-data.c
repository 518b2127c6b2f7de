/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include "base/sr-error.h"
#include "base/sr-worker.h"
#include "repo/sr-check-pack.h"

typedef struct
{
  SrCheckRun *run;
  SrProgress *progress;
  GArray     *packs; /* guint32: numbers of those to read */
  gint        next;  /* atomic */
} Reading;

/* Around this many bytes of random packs, at least one. */
static void
choose_random (SrCheckRun *run,
               GArray     *packs,
               guint64     bytes)
{
  guint64 chosen = 0;
  guint   n = 0;

  while (n < packs->len && (n == 0 || chosen < bytes))
    {
      guint    other = (guint) g_random_int_range ((gint32) n, (gint32) packs->len);
      guint32 *here = &g_array_index (packs, guint32, n);
      guint32 *there = &g_array_index (packs, guint32, other);
      guint32  swap = *here;

      *here = *there;
      *there = swap;
      chosen += sr_index_get_pack_size (run->index, *here);
      n++;
    }
  g_array_set_size (packs, n);
}

static gboolean
in_part (SrCheckRun *run,
         guint32     pack)
{
  const SrCheckerOptions *options = run->options;

  return options->subset_total == 0 ||
         sr_index_get_pack_id (run->index, pack)->bytes[0] % options->subset_total ==
             options->subset_part - 1;
}

/* Returns: (transfer full): numbers of the packs to read; missing ones are known to be */
static GArray *
choose_packs (SrCheckRun *run)
{
  const SrCheckerOptions *options = run->options;
  GArray                 *packs = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint64                 total = 0;

  for (guint32 i = 0; i < sr_index_get_n_packs (run->index); i++)
    {
      const SrFinding *finding = g_hash_table_lookup (run->by_pack, GUINT_TO_POINTER (i));

      if ((finding != NULL && finding->kind == SR_FINDING_MISSING_FILE) || !in_part (run, i))
        continue;
      total += sr_index_get_pack_size (run->index, i);
      g_array_append_val (packs, i);
    }
  if (options->subset_bytes > 0)
    choose_random (run, packs, options->subset_bytes);
  else if (options->subset_percent > 0)
    choose_random (run, packs, (guint64) ((double) total * options->subset_percent / 100));
  return packs;
}

static void
report_pack (SrCheckRun              *run,
             guint32                  pack,
             const SrCheckPackResult *result)
{
  const SrId *id = sr_index_get_pack_id (run->index, pack);
  char        hex[SR_ID_HEX_SIZE];

  sr_id_to_hex (id, hex);
  for (guint i = 0; i < result->bad->len; i++)
    {
      const SrCheckBad *bad = &g_array_index (result->bad, SrCheckBad, i);

      sr_check_add_blob (run, SR_FINDING_DAMAGED_BLOB, bad->entry, bad->reason);
    }
  g_mutex_lock (&run->lock);
  if (result->bytes > 0)
    g_hash_table_add (run->exact, GUINT_TO_POINTER (pack));
  run->stats->packs_read++;
  run->stats->bytes_read += result->bytes;
  g_mutex_unlock (&run->lock);
  if (result->file_error == NULL && result->bad->len == 0)
    return;
  sr_check_add_pack (
      run, SR_FINDING_DAMAGED_FILE, pack,
      g_strdup_printf (
          "The pack data/%.2s/%s is damaged: %s; %u of its blobs cannot be read.", hex, hex,
          result->file_error != NULL ? result->file_error : "its blobs are not what was written",
          result->bad->len));
}

/* A pack that fails is read once more: what a bad cable or memory did may not happen again. */
static gboolean
read_member (gpointer data,
             guint    member,
             GError **error)
{
  Reading     *reading = data;
  SrCheckRun  *run = reading->run;
  SrCheckPack *reader = sr_check_pack_new (run);
  gboolean     ok = TRUE;

  while (ok)
    {
      guint             next = (guint) g_atomic_int_add (&reading->next, 1);
      SrCheckPackResult result;
      guint32           pack;

      if (next >= reading->packs->len)
        break;
      pack = g_array_index (reading->packs, guint32, next);
      ok = sr_check_pack_read (reader, pack, &result, error);
      if (ok && (result.file_error != NULL || result.bad->len > 0))
        {
          sr_check_pack_result_clear (&result);
          ok = sr_check_pack_read (reader, pack, &result, error);
        }
      if (ok)
        report_pack (run, pack, &result);
      sr_progress_add (reading->progress, result.bytes, 1);
      sr_check_pack_result_clear (&result);
    }
  sr_check_pack_free (reader);
  return ok;
}

gboolean
sr_check_read_data (SrCheckRun *run,
                    SrProgress *progress,
                    GError    **error)
{
  g_autoptr (GArray) packs = choose_packs (run);
  Reading            reading = { .run = run, .progress = progress, .packs = packs };
  guint64            bytes = 0;

  for (guint i = 0; i < packs->len; i++)
    bytes += sr_index_get_pack_size (run->index, g_array_index (packs, guint32, i));
  sr_progress_set_totals (progress, bytes, packs->len, FALSE);
  return sr_team_join (sr_team_start ("sr-check", sr_worker_count (), read_member, &reading),
                       error);
}
