/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "base/sr-atomic-file.h"
#include "base/sr-error.h"
#include "job/sr-browse-private.h"

gboolean
sr_browse_read (SrRepo           *repo,
                const char       *path,
                const SrNode     *node,
                SrBrowseChunkFunc func,
                gpointer          user_data,
                SrProgress       *progress,
                GCancellable     *cancellable,
                GError          **error)
{
  g_autoptr (SrBlobCodec) codec = sr_repo_new_codec (repo, SR_COMPRESSION_AUTO);

  for (gsize i = 0; i < node->n_content; i++)
    {
      g_autoptr (GBytes) chunk = NULL;

      chunk = sr_repo_load_blob (repo, codec, SR_BLOB_DATA, &node->content[i], cancellable, error);
      if (chunk == NULL)
        {
          g_prefix_error (error, "%s: ", path);
          return FALSE;
        }
      if (!func (g_bytes_get_data (chunk, NULL), g_bytes_get_size (chunk), user_data, error))
        return FALSE;
      sr_progress_add (progress, g_bytes_get_size (chunk), 0);
    }
  sr_progress_add (progress, 0, 1);
  return TRUE;
}

gboolean
sr_browse_get_size (SrRepo       *repo,
                    const char   *path,
                    const SrNode *node,
                    guint64      *size,
                    GError      **error)
{
  SrIndex *index = sr_repo_get_index (repo);
  char     hex[SR_ID_HEX_SIZE];

  *size = 0;
  for (gsize i = 0; i < node->n_content; i++)
    {
      const SrIndexEntry *entry = sr_index_lookup (index, SR_BLOB_DATA, &node->content[i]);
      SrPackEntry         blob;

      if (entry == NULL)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                       "%s: its chunk %s is in no index of the vault", path,
                       sr_id_to_hex (&node->content[i], hex));
          return FALSE;
        }
      sr_index_entry_to_pack_entry (entry, &blob);
      *size += sr_pack_entry_get_plain_size (&blob);
    }
  return TRUE;
}

static gboolean
write_chunk (gconstpointer data,
             gsize         size,
             gpointer      user_data,
             GError      **error)
{
  return sr_write_all (*(const int *) user_data, data, size, error);
}

gboolean
sr_browse_dump (SrRepo       *repo,
                const SrId   *tree,
                const char   *path,
                int           fd,
                SrProgress   *progress,
                GCancellable *cancellable,
                GError      **error)
{
  g_auto (SrNode)  node = { 0 };
  g_autofree char *clean = NULL;
  gboolean         is_root;
  guint64          size;

  if (!sr_browse_find (repo, tree, path, &node, &is_root, &clean, cancellable, error))
    return FALSE;
  if (is_root || node.entry.type != SR_ENTRY_FILE)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "%s is not a file; only files and folders can be written out", clean);
      return FALSE;
    }
  if (!sr_browse_get_size (repo, clean, &node, &size, error))
    return FALSE;
  sr_progress_set_totals (progress, size, 1, FALSE);
  return sr_browse_read (repo, clean, &node, write_chunk, &fd, progress, cancellable, error);
}
