/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "job/sr-browse-private.h"

typedef struct
{
  SrRepo       *repo;
  SrIndex      *index;
  SrVaultStats *stats;
  guint32      *used;    /* a bit for each entry of the index */
  GHashTable   *links;   /* of this snapshot: "device:inode" of files with several names */
  GArray       *pending; /* of Folder: of this snapshot */

  SrBrowseDamageFunc damaged; /* nullable */
  gpointer           user_data;
} Walk;

typedef struct
{
  SrId  tree;
  char *path;
} Folder;

static void
folder_clear (gpointer data)
{
  g_free (((Folder *) data)->path);
}

/* Returns: whether the index has it */
static gboolean
use_blob (Walk       *walk,
          SrBlobType  type,
          const SrId *id)
{
  const SrIndexEntry *entry = sr_index_lookup (walk->index, type, id);
  SrPackEntry         blob;
  gsize               number;

  if (entry == NULL)
    return FALSE;
  number = sr_index_get_entry_number (walk->index, entry);
  if ((walk->used[number / 32] & (1u << (number % 32))) != 0)
    return TRUE;
  walk->used[number / 32] |= 1u << (number % 32);
  sr_index_entry_to_pack_entry (entry, &blob);
  walk->stats->blobs++;
  walk->stats->unpacked_size += sr_pack_entry_get_plain_size (&blob);
  walk->stats->stored_size += entry->length;
  return TRUE;
}

/* The further names of a file take no space when it is restored. */
static gboolean
is_further_name (Walk         *walk,
                 const SrNode *node)
{
  char *key;

  if (node->entry.links < 2 || node->entry.inode == 0)
    return FALSE;
  key = g_strdup_printf ("%" G_GINT64_MODIFIER "x:%" G_GINT64_MODIFIER "x", node->entry.device_id,
                         node->entry.inode);
  return !g_hash_table_add (walk->links, key);
}

static void
push_folder (Walk       *walk,
             const SrId *tree,
             char       *path)
{
  Folder folder = { *tree, path };

  g_array_append_val (walk->pending, folder);
}

static gboolean
use_content (Walk         *walk,
             const char   *folder,
             const SrNode *node,
             GError      **error)
{
  g_autofree char *path = NULL;
  gsize            missing = 0;

  for (gsize i = 0; i < node->n_content; i++)
    if (!use_blob (walk, SR_BLOB_DATA, &node->content[i]))
      missing++;
  if (missing == 0)
    return TRUE;
  path = g_strdup_printf ("%s/%s", folder, node->entry.name);
  return sr_browse_go_on (path,
                          g_error_new (SR_ERROR, SR_ERROR_DAMAGED,
                                       "%" G_GSIZE_FORMAT " of its %" G_GSIZE_FORMAT
                                       " chunks are in no index",
                                       missing, node->n_content),
                          walk->damaged, walk->user_data, error);
}

static gboolean
use_node (Walk         *walk,
          const char   *folder,
          const SrNode *node,
          GError      **error)
{
  if (!use_content (walk, folder, node, error))
    return FALSE;
  if (node->entry.type == SR_ENTRY_FILE)
    {
      walk->stats->files++;
      if (!is_further_name (walk, node))
        walk->stats->restore_size += node->entry.size;
    }
  if (node->has_subtree)
    push_folder (walk, &node->subtree, g_strdup_printf ("%s/%s", folder, node->entry.name));
  return TRUE;
}

/* What cannot be read of @folder is told. */
static gboolean
use_folder (Walk         *walk,
            const Folder *folder,
            GCancellable *cancellable,
            GError      **error)
{
  g_autoptr (SrTreeDecoder) decoder = NULL;
  GError                   *why = NULL;
  int                       more = -1;

  use_blob (walk, SR_BLOB_TREE, &folder->tree);
  decoder = sr_repo_open_tree (walk->repo, NULL, &folder->tree, cancellable, &why);
  if (decoder != NULL)
    sr_tree_decoder_set_lenient (decoder, TRUE);
  while (decoder != NULL)
    {
      g_auto (SrNode) node = { 0 };

      more = sr_tree_decoder_next (decoder, &node, &why);
      if (more <= 0)
        break;
      if (!use_node (walk, folder->path, &node, error))
        return FALSE;
    }
  return more == 0 ||
         sr_browse_go_on (folder->path, why, walk->damaged, walk->user_data, error);
}

static gboolean
use_snapshot (Walk             *walk,
              const SrSnapshot *snapshot,
              GCancellable     *cancellable,
              GError          **error)
{
  char hex[SR_ID_HEX_SIZE];

  g_hash_table_remove_all (walk->links);
  push_folder (walk, &snapshot->tree,
               g_strdup_printf ("%.8s:", sr_id_to_hex (&snapshot->id, hex)));
  while (walk->pending->len > 0)
    {
      Folder                folder = g_array_index (walk->pending, Folder, walk->pending->len - 1);
      g_autofree char *path G_GNUC_UNUSED = g_steal_pointer (&g_array_index (walk->pending, Folder,
                                                                             walk->pending->len - 1)
                                                                  .path);

      g_array_set_size (walk->pending, walk->pending->len - 1);
      if (sr_check_cancelled (cancellable, error) ||
          !use_folder (walk, &folder, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_file_size (const SrId *id,
               guint64     size,
               gpointer    user_data,
               GError    **error)
{
  *(guint64 *) user_data += size;
  return TRUE;
}

static gboolean
add_vault_size (SrStorage    *storage,
                guint64      *size,
                GCancellable *cancellable,
                GError      **error)
{
  guint64 config = 0;

  if (!sr_storage_get_size (storage, SR_FILE_CONFIG, NULL, &config, cancellable, error))
    return FALSE;
  *size = config;
  for (SrFileType type = SR_FILE_CONFIG + 1; type < SR_N_FILE_TYPES; type++)
    if (!sr_storage_list (storage, type, add_file_size, size, cancellable, error))
      return FALSE;
  return TRUE;
}

static gboolean
walk_all (Walk         *walk,
          GPtrArray    *snapshots,
          SrProgress   *progress,
          GCancellable *cancellable,
          GError      **error)
{
  sr_progress_set_totals (progress, 0, snapshots->len, FALSE);
  for (guint i = 0; i < snapshots->len; i++)
    {
      if (!use_snapshot (walk, g_ptr_array_index (snapshots, i), cancellable, error))
        return FALSE;
      walk->stats->snapshots++;
      sr_progress_add (progress, 0, 1);
    }
  return TRUE;
}

gboolean
sr_browse_stats (SrRepo            *repo,
                 GPtrArray         *snapshots,
                 SrVaultStats      *stats,
                 SrBrowseDamageFunc damaged,
                 gpointer           user_data,
                 SrProgress        *progress,
                 GCancellable      *cancellable,
                 GError           **error)
{
  Walk     walk = { .repo = repo,
                    .index = sr_repo_get_index (repo),
                    .stats = stats,
                    .damaged = damaged,
                    .user_data = user_data };
  gboolean ok;

  memset (stats, 0, sizeof *stats);
  walk.used = g_new0 (guint32, sr_index_get_n_entries (walk.index) / 32 + 1);
  walk.links = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  walk.pending = g_array_new (FALSE, FALSE, sizeof (Folder));
  g_array_set_clear_func (walk.pending, folder_clear);
  ok = walk_all (&walk, snapshots, progress, cancellable, error) &&
       add_vault_size (sr_repo_get_storage (repo), &stats->vault_size, cancellable, error);
  g_array_unref (walk.pending);
  g_hash_table_unref (walk.links);
  g_free (walk.used);
  return ok;
}
