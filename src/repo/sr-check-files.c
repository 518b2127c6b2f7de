/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include "base/sr-error.h"
#include "crypto/sr-digest.h"
#include "repo/sr-check-run.h"
#include "repo/sr-id-set.h"
#include "repo/sr-index-batch.h"
#include "repo/sr-lock.h"

#define MAX_SMALL_FILE (1024 * 1024)

static GArray *
list_files (SrCheckRun *run,
            SrFileType  type,
            GError    **error)
{
  return sr_storage_list_all (sr_repo_get_storage (run->repo), type, run->cancellable, error);
}

/* Opened again and compared with what the vault was opened with. */
static gboolean
config_is_sound (SrCheckRun *run,
                 GBytes     *content,
                 GError    **error)
{
  g_autoptr (SrSealer) sealer = sr_sealer_copy (sr_repo_get_sealer (run->repo));
  gsize                size;
  const guint8        *sealed = g_bytes_get_data (content, &size);
  g_autofree guint8   *plain = NULL;
  SrConfig             config = { 0 };

  if (size < SR_SEAL_OVERHEAD)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_DAMAGED, "it is too short");
      return FALSE;
    }
  plain = g_malloc (size - SR_SEAL_OVERHEAD + 1);
  if (!sr_sealer_open (sealer, sealed, size, plain, error) ||
      !sr_config_decode (&config, plain, size - SR_SEAL_OVERHEAD, error))
    return FALSE;
  if (sr_id_equal (&config.id, &sr_repo_get_config (run->repo)->id))
    return TRUE;
  g_set_error_literal (error, SR_ERROR, SR_ERROR_DAMAGED, "it is of another vault");
  return FALSE;
}

static gboolean
check_config (SrCheckRun *run,
              GError    **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GBytes) content = NULL;

  content = sr_storage_read_all (sr_repo_get_storage (run->repo), SR_FILE_CONFIG, NULL,
                                 MAX_SMALL_FILE, run->cancellable, &reason);
  if (sr_check_cancelled (run->cancellable, error))
    return FALSE;
  if (content == NULL || !config_is_sound (run, content, &reason))
    sr_check_add_file (run, SR_FINDING_DAMAGED_FILE, SR_FILE_CONFIG, NULL,
                       g_strdup_printf ("The file config cannot be used: %s; put back a copy of "
                                        "it, without it the vault does not open.",
                                        reason->message));
  return TRUE;
}

static gboolean
check_keys (SrCheckRun *run,
            GError    **error)
{
  g_autoptr (GArray) files = list_files (run, SR_FILE_KEY, error);

  if (files == NULL)
    return FALSE;
  for (guint i = 0; i < files->len; i++)
    {
      const SrStorageFile *file = &g_array_index (files, SrStorageFile, i);
      g_autoptr (GError)   reason = NULL;
      g_autoptr (GBytes)   content = NULL;
      char                 hex[SR_ID_HEX_SIZE];
      SrId                 id;

      content = sr_storage_read_all (sr_repo_get_storage (run->repo), SR_FILE_KEY, &file->id,
                                     MAX_SMALL_FILE, run->cancellable, &reason);
      if (sr_check_cancelled (run->cancellable, error))
        return FALSE;
      if (content != NULL)
        {
          sr_sha256 (g_bytes_get_data (content, NULL), g_bytes_get_size (content), &id);
          if (sr_id_equal (&id, &file->id))
            continue;
        }
      sr_check_add_file (run, SR_FINDING_DAMAGED_FILE, SR_FILE_KEY, &file->id,
                         g_strdup_printf ("The file keys/%s cannot be used: %s; its password no "
                                          "longer opens the vault, add it again with “key add”.",
                                          sr_id_to_hex (&file->id, hex),
                                          reason != NULL ? reason->message
                                                         : "its content does not match its name"));
    }
  return TRUE;
}

static gboolean
check_locks (SrCheckRun *run,
             GError    **error)
{
  g_autoptr (GPtrArray) locks = sr_lock_list (run->repo, run->cancellable, error);

  if (locks == NULL)
    return FALSE;
  for (guint i = 0; i < locks->len; i++)
    {
      const SrLockInfo *lock = g_ptr_array_index (locks, i);
      char              hex[SR_ID_HEX_SIZE];

      sr_id_to_hex (&lock->id, hex);
      if (!lock->readable)
        sr_check_add_file (
            run, SR_FINDING_DAMAGED_FILE, SR_FILE_LOCK, &lock->id,
            g_strdup_printf ("The file locks/%s cannot be read; “unlock --all” removes it if no "
                             "other program works on the vault.",
                             hex));
      else if (lock->stale)
        sr_check_add_file (
            run, SR_FINDING_STALE_LOCK, SR_FILE_LOCK, &lock->id,
            g_strdup_printf ("The lock %s of %s@%s is left over; “unlock” removes it.", hex,
                             lock->username != NULL ? lock->username : "?",
                             lock->hostname != NULL ? lock->hostname : "?"));
    }
  return TRUE;
}

gboolean
sr_check_small_files (SrCheckRun *run,
                      GError    **error)
{
  return check_config (run, error) && check_keys (run, error) && check_locks (run, error);
}

static void
note_repeated (SrCheckRun   *run,
               SrIdSet      *seen,
               SrIdSet      *told,
               SrIndexBatch *batch)
{
  guint                   n_packs;
  const SrIndexBatchPack *packs = sr_index_batch_get_packs (batch, &n_packs);
  char                    hex[SR_ID_HEX_SIZE];
  guint32                 number;

  for (guint i = 0; i < n_packs; i++)
    if (!sr_id_set_add (seen, &packs[i].id, &number) &&
        sr_id_set_add (told, &packs[i].id, &number))
      sr_check_add_file (
          run, SR_FINDING_REPEATED_PACK, SR_FILE_PACK, &packs[i].id,
          g_strdup_printf ("The pack %s stands in more than one index file; “prune” mends that.",
                           sr_id_to_hex (&packs[i].id, hex)));
}

/* The index in memory no longer knows from which file it has something, so they are read again if
 * there is something to tell. */
gboolean
sr_check_repeated (SrCheckRun *run,
                   GError    **error)
{
  g_autoptr (GArray)  files = NULL;
  g_autoptr (SrIdSet) seen = sr_id_set_new ();
  g_autoptr (SrIdSet) told = sr_id_set_new ();
  SrIndexBatch       *batch;

  if (sr_index_get_n_repeated (run->index) == 0)
    return TRUE;
  files = list_files (run, SR_FILE_INDEX, error);
  if (files == NULL)
    return FALSE;
  batch = sr_index_batch_new ();
  for (guint i = 0; i < files->len && !g_cancellable_is_cancelled (run->cancellable); i++)
    {
      const SrStorageFile *file = &g_array_index (files, SrStorageFile, i);
      g_autoptr (GBytes)   json = NULL;

      /* What cannot be read was reported when the index was loaded. */
      json = sr_repo_load_unpacked (run->repo, SR_FILE_INDEX, &file->id, run->cancellable, NULL);
      if (json != NULL && sr_index_batch_parse (batch, g_bytes_get_data (json, NULL),
                                                g_bytes_get_size (json), NULL))
        note_repeated (run, seen, told, batch);
    }
  sr_index_batch_free (batch);
  return !sr_check_cancelled (run->cancellable, error);
}

static void
check_one_pack (SrCheckRun *run,
                guint32     pack,
                gboolean    there,
                guint64     size)
{
  guint64  wanted = sr_index_get_pack_size (run->index, pack);
  gboolean has[2] = { FALSE, FALSE };
  gsize    first;
  gsize    count;
  char     hex[SR_ID_HEX_SIZE];

  sr_id_to_hex (sr_index_get_pack_id (run->index, pack), hex);
  if (!there)
    sr_check_add_pack (run, SR_FINDING_MISSING_FILE, pack,
                       g_strdup_printf ("The pack data/%.2s/%s is not there; all that was in it is "
                                        "lost unless a copy of the file is put back.",
                                        hex, hex));
  else if (size != wanted)
    sr_check_add_pack (run, SR_FINDING_WRONG_SIZE, pack,
                       g_strdup_printf ("The pack data/%.2s/%s has %" G_GUINT64_FORMAT
                                        " bytes where the index says %" G_GUINT64_FORMAT ".",
                                        hex, hex, size, wanted));
  sr_index_get_pack_entries (run->index, pack, &first, &count);
  for (gsize i = first; i < first + count; i++)
    has[sr_index_entry_get_type (sr_index_get_entry (run->index, i))] = TRUE;
  if (has[0] && has[1])
    sr_check_add_file (
        run, SR_FINDING_MIXED_PACK, SR_FILE_PACK, sr_index_get_pack_id (run->index, pack),
        g_strdup_printf ("The pack data/%.2s/%s holds folders and data; “prune” takes them apart.",
                         hex, hex));
}

gboolean
sr_check_pack_list (SrCheckRun *run,
                    GError    **error)
{
  g_autoptr (GArray)  files = list_files (run, SR_FILE_PACK, error);
  guint32             n_packs = sr_index_get_n_packs (run->index);
  g_autofree guint64 *sizes = g_new0 (guint64, n_packs + 1);
  g_autofree guint8  *there = g_new0 (guint8, n_packs + 1);

  if (files == NULL)
    return FALSE;
  for (guint i = 0; i < files->len; i++)
    {
      const SrStorageFile *file = &g_array_index (files, SrStorageFile, i);
      char                 hex[SR_ID_HEX_SIZE];
      guint32              pack;

      if (sr_index_find_pack (run->index, &file->id, &pack))
        {
          there[pack] = TRUE;
          sizes[pack] = file->size;
          continue;
        }
      sr_id_to_hex (&file->id, hex);
      sr_check_add_file (
          run, SR_FINDING_ORPHANED_PACK, SR_FILE_PACK, &file->id,
          g_strdup_printf (
              "The pack data/%.2s/%s stands in no index file, as after an interrupted backup; "
              "“prune” removes it, or “repair index” takes it in if an index file was lost.",
              hex, hex));
    }
  for (guint32 i = 0; i < n_packs; i++)
    check_one_pack (run, i, there[i], sizes[i]);
  return TRUE;
}
