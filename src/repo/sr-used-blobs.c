/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include "base/sr-error.h"
#include "repo/sr-pruner.h"

typedef struct
{
  SrRepo       *repo;
  SrIndex      *index;
  SrBlobCodec  *codec;
  guint8       *used;
  GArray       *pending; /* entry numbers (guint32) of trees that are marked but not read */
  SrProgress   *progress;
  GCancellable *cancellable;
} Walk;

static gboolean
is_marked (const Walk *walk,
           gsize       number)
{
  return (walk->used[number / 8] >> (number % 8) & 1) != 0;
}

/* Marks all places of a blob. Returns: its first place, whose bit tells in @seen whether it was
 * marked before; NULL if no index knows it */
static const SrIndexEntry *
mark (Walk       *walk,
      SrBlobType  type,
      const SrId *id,
      gboolean   *seen)
{
  const SrIndexEntry *first = sr_index_lookup_next (walk->index, type, id, NULL);

  *seen = first != NULL && is_marked (walk, sr_index_get_entry_number (walk->index, first));
  if (first == NULL || *seen)
    return first;
  for (const SrIndexEntry *place = first; place != NULL;
       place = sr_index_lookup_next (walk->index, type, id, place))
    {
      gsize number = sr_index_get_entry_number (walk->index, place);

      walk->used[number / 8] |= (guint8) (1u << (number % 8));
    }
  return first;
}

static gboolean
mark_tree (Walk       *walk,
           const SrId *id,
           GError    **error)
{
  gboolean            seen;
  const SrIndexEntry *entry = mark (walk, SR_BLOB_TREE, id, &seen);
  char                hex[SR_ID_HEX_SIZE];

  if (entry == NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED, "No index knows the tree %s",
                   sr_id_to_hex (id, hex));
      return FALSE;
    }
  if (!seen)
    {
      guint32 number = (guint32) sr_index_get_entry_number (walk->index, entry);

      g_array_append_val (walk->pending, number);
    }
  return TRUE;
}

static gboolean
mark_node (Walk         *walk,
           const SrNode *node,
           GError      **error)
{
  for (gsize i = 0; i < node->n_content; i++)
    {
      gboolean seen;
      char     hex[SR_ID_HEX_SIZE];

      if (mark (walk, SR_BLOB_DATA, &node->content[i], &seen) != NULL)
        continue;
      g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED, "No index knows the chunk %s of the file %s",
                   sr_id_to_hex (&node->content[i], hex), node->entry.name);
      return FALSE;
    }
  return !node->has_subtree || mark_tree (walk, &node->subtree, error);
}

static gboolean
read_tree (Walk       *walk,
           const SrId *id,
           GError    **error)
{
  g_autoptr (SrTreeDecoder) decoder = NULL;
  int                       result = 1;

  decoder = sr_repo_open_tree (walk->repo, walk->codec, id, walk->cancellable, error);
  if (decoder == NULL)
    return FALSE;
  sr_tree_decoder_set_lenient (decoder, TRUE);
  while (result == 1)
    {
      g_auto (SrNode) node = { 0 };

      result = sr_tree_decoder_next (decoder, &node, error);
      if (result == 1 && !mark_node (walk, &node, error))
        result = -1;
    }
  return result == 0;
}

static gboolean
walk_snapshot (Walk             *walk,
               const SrSnapshot *snapshot,
               GError          **error)
{
  char hex[SR_ID_HEX_SIZE];

  if (!mark_tree (walk, &snapshot->tree, error))
    return FALSE;
  while (walk->pending->len > 0)
    {
      guint32             number = g_array_index (walk->pending, guint32, walk->pending->len - 1);
      const SrIndexEntry *entry = sr_index_get_entry (walk->index, number);

      g_array_set_size (walk->pending, walk->pending->len - 1);
      if (sr_check_cancelled (walk->cancellable, error))
        return FALSE;
      if (!read_tree (walk, &entry->id, error))
        {
          g_prefix_error (error, "Tree %.16s: ", sr_id_to_hex (&entry->id, hex));
          return FALSE;
        }
      sr_progress_add (walk->progress, 0, 1);
    }
  return TRUE;
}

gboolean
sr_used_blobs (SrRepo       *repo,
               GPtrArray    *snapshots,
               guint8      **used,
               SrProgress   *progress,
               GCancellable *cancellable,
               GError      **error)
{
  SrIndex                *index = sr_repo_get_index (repo);
  g_autofree guint8      *bits = g_malloc0 (sr_index_get_n_entries (index) / 8 + 1);
  g_autoptr (SrBlobCodec) codec = sr_repo_new_codec (repo, SR_COMPRESSION_AUTO);
  g_autoptr (GArray)      pending = g_array_new (FALSE, FALSE, sizeof (guint32));
  Walk                    walk = { repo, index, codec, bits, pending, progress, cancellable };

  g_return_val_if_fail (sr_index_get_n_entries (index) <= G_MAXUINT32, FALSE);
  /* how many trees there are nobody knows */
  sr_progress_set_totals (progress, 0, 0, TRUE);
  for (guint i = 0; i < snapshots->len; i++)
    {
      const SrSnapshot *snapshot = g_ptr_array_index (snapshots, i);
      char              hex[SR_ID_HEX_SIZE];

      if (!walk_snapshot (&walk, snapshot, error))
        {
          g_prefix_error (error, "Snapshot %.8s is not whole. ", sr_id_to_hex (&snapshot->id, hex));
          return FALSE;
        }
    }
  *used = g_steal_pointer (&bits);
  return TRUE;
}
