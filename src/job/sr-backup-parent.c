/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-backup-parent.h"

#include <string.h>

typedef struct
{
  SrTreeDecoder *decoder; /* NULL: nothing to compare with, or at its end */
  SrNode         node;    /* the one read last */
  gboolean       has_node;
} Level;

struct _SrBackupParent
{
  SrRepo       *repo;
  SrBlobCodec  *codec;
  GCancellable *cancellable;
  GArray       *levels; /* of Level, innermost last */
};

static void
level_clear (gpointer data)
{
  Level *level = data;

  if (level->has_node)
    sr_node_clear (&level->node);
  g_clear_pointer (&level->decoder, sr_tree_decoder_free);
}

static void
push_level (SrBackupParent *self,
            const SrId     *tree)
{
  g_autoptr (GError) error = NULL;
  Level              level = { 0 };

  if (tree != NULL)
    {
      level.decoder = sr_repo_open_tree (self->repo, self->codec, tree, self->cancellable, &error);
      if (level.decoder == NULL)
        g_debug ("A folder of the parent snapshot cannot be read: %s", error->message);
    }
  g_array_append_val (self->levels, level);
}

SrBackupParent *
sr_backup_parent_new (SrRepo       *repo,
                      const SrId   *tree,
                      GCancellable *cancellable)
{
  SrBackupParent *self = g_new0 (SrBackupParent, 1);

  self->repo = g_object_ref (repo);
  g_set_object (&self->cancellable, cancellable);
  self->codec = sr_repo_new_codec (repo, SR_COMPRESSION_AUTO);
  self->levels = g_array_new (FALSE, FALSE, sizeof (Level));
  g_array_set_clear_func (self->levels, level_clear);
  push_level (self, tree);
  return self;
}

void
sr_backup_parent_free (SrBackupParent *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->levels);
  sr_blob_codec_free (self->codec);
  g_clear_object (&self->cancellable);
  g_object_unref (self->repo);
  g_free (self);
}

static gboolean
read_node (Level *level)
{
  g_autoptr (GError) error = NULL;
  int                answer;

  if (level->has_node)
    sr_node_clear (&level->node);
  level->has_node = FALSE;
  if (level->decoder == NULL)
    return FALSE;
  answer = sr_tree_decoder_next (level->decoder, &level->node, &error);
  if (answer < 0)
    g_debug ("The rest of a folder of the parent snapshot cannot be read: %s", error->message);
  if (answer <= 0)
    {
      g_clear_pointer (&level->decoder, sr_tree_decoder_free);
      return FALSE;
    }
  level->has_node = TRUE;
  return TRUE;
}

const SrNode *
sr_backup_parent_lookup (SrBackupParent *self,
                         const char     *name)
{
  Level *level = &g_array_index (self->levels, Level, self->levels->len - 1);
  int    order;

  if (!level->has_node && !read_node (level))
    return NULL;
  while ((order = strcmp (level->node.entry.name, name)) < 0)
    if (!read_node (level))
      return NULL;
  return order == 0 ? &level->node : NULL;
}

void
sr_backup_parent_enter (SrBackupParent *self,
                        const SrNode   *node)
{
  gboolean has_tree = node != NULL && node->entry.type == SR_ENTRY_DIR && node->has_subtree;
  SrId     tree;

  if (has_tree)
    tree = node->subtree;
  push_level (self, has_tree ? &tree : NULL);
}

void
sr_backup_parent_leave (SrBackupParent *self)
{
  g_return_if_fail (self->levels->len > 1);
  g_array_set_size (self->levels, self->levels->len - 1);
}
