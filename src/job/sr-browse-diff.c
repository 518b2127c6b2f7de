/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "job/sr-browse.h"

/* A pair of folders that are read side by side; one of them may be missing. */
typedef struct
{
  SrTreeDecoder *decoder[2];
  SrNode         node[2]; /* the next of each */
  gboolean       have[2];
  gsize          path_length;
} Level;

typedef struct
{
  SrRepo       *repo;
  gboolean      metadata;
  SrDiffFunc    func;
  gpointer      user_data;
  GCancellable *cancellable;
  GString      *path;
  GArray       *levels; /* Level; a stack */
} Diff;

static void
level_clear (gpointer data)
{
  Level *level = data;

  for (guint i = 0; i < 2; i++)
    {
      sr_tree_decoder_free (level->decoder[i]);
      sr_node_clear (&level->node[i]);
    }
}

static gboolean
advance (Diff    *diff,
         Level   *level,
         guint    side,
         GError **error)
{
  int more;

  sr_node_clear (&level->node[side]);
  if (level->decoder[side] == NULL)
    return TRUE;
  more = sr_tree_decoder_next (level->decoder[side], &level->node[side], error);
  level->have[side] = more > 0;
  if (more < 0)
    g_prefix_error (error, "%s/: ", diff->path->str);
  return more >= 0;
}

/* @trees: (nullable) each */
static gboolean
push_level (Diff       *diff,
            const SrId *old_tree,
            const SrId *new_tree,
            GError    **error)
{
  const SrId *trees[2] = { old_tree, new_tree };
  Level       level = { .path_length = diff->path->len };

  for (guint i = 0; i < 2; i++)
    {
      if (trees[i] == NULL)
        continue;
      level.decoder[i] = sr_repo_open_tree (diff->repo, NULL, trees[i], diff->cancellable, error);
      if (level.decoder[i] == NULL || !advance (diff, &level, i, error))
        {
          g_prefix_error (error, "%s: ", diff->path->len > 0 ? diff->path->str : "/");
          level_clear (&level);
          return FALSE;
        }
    }
  g_array_append_val (diff->levels, level);
  return TRUE;
}

static gboolean
same_content (const SrNode *a,
              const SrNode *b)
{
  if (a->entry.type == SR_ENTRY_FILE)
    return a->n_content == b->n_content &&
           (a->n_content == 0 ||
            memcmp (a->content, b->content, a->n_content * sizeof *a->content) == 0);
  return g_strcmp0 (a->entry.link_target, b->entry.link_target) == 0 &&
         a->entry.device == b->entry.device;
}

static gboolean
same_xattrs (const SrEntry *a,
             const SrEntry *b)
{
  if (a->n_xattrs != b->n_xattrs)
    return FALSE;
  for (guint i = 0; i < a->n_xattrs; i++)
    if (strcmp (a->xattrs[i].name, b->xattrs[i].name) != 0 ||
        a->xattrs[i].value_size != b->xattrs[i].value_size ||
        (a->xattrs[i].value_size > 0 &&
         memcmp (a->xattrs[i].value, b->xattrs[i].value, a->xattrs[i].value_size) != 0))
      return FALSE;
  return TRUE;
}

/* What a person set; not what the file system counts. */
static gboolean
same_metadata (const SrEntry *a,
               const SrEntry *b)
{
  return a->mode == b->mode && a->uid == b->uid && a->gid == b->gid &&
         a->mtime.tv_sec == b->mtime.tv_sec && a->mtime.tv_nsec == b->mtime.tv_nsec &&
         g_strcmp0 (a->user, b->user) == 0 && g_strcmp0 (a->group, b->group) == 0 &&
         same_xattrs (a, b);
}

/* Tells how a pair differs, if it does. */
static gboolean
tell (Diff         *diff,
      const SrNode *old_node,
      const SrNode *new_node,
      GError      **error)
{
  SrDiffKind kind;

  if (old_node == NULL)
    kind = SR_DIFF_ADDED;
  else if (new_node == NULL)
    kind = SR_DIFF_REMOVED;
  else if (old_node->entry.type != new_node->entry.type)
    kind = SR_DIFF_TYPE;
  else if (!same_content (old_node, new_node))
    kind = SR_DIFF_CONTENT;
  else if (diff->metadata && !same_metadata (&old_node->entry, &new_node->entry))
    kind = SR_DIFF_METADATA;
  else
    return TRUE;
  return diff->func (diff->path->str, kind, old_node, new_node, diff->user_data, error);
}

static gboolean
descend (Diff         *diff,
         const SrNode *old_node,
         const SrNode *new_node,
         GError      **error)
{
  const SrId *old_tree = old_node != NULL && old_node->has_subtree ? &old_node->subtree : NULL;
  const SrId *new_tree = new_node != NULL && new_node->has_subtree ? &new_node->subtree : NULL;

  if (old_tree == NULL && new_tree == NULL)
    return TRUE;
  if (old_tree != NULL && new_tree != NULL && sr_id_equal (old_tree, new_tree))
    return TRUE;
  return push_level (diff, old_tree, new_tree, error);
}

/* One name of the folder that is open last. */
static gboolean
step (Diff    *diff,
      GError **error)
{
  Level   *level = &g_array_index (diff->levels, Level, diff->levels->len - 1);
  SrNode   nodes[2] = { 0 };
  gboolean takes[2];
  int      order = 0;
  gboolean ok = TRUE;

  g_string_truncate (diff->path, level->path_length);
  if (!level->have[0] && !level->have[1])
    {
      g_array_set_size (diff->levels, diff->levels->len - 1);
      return TRUE;
    }
  if (level->have[0] && level->have[1])
    order = strcmp (level->node[0].entry.name, level->node[1].entry.name);
  takes[0] = level->have[0] && order <= 0;
  takes[1] = level->have[1] && order >= 0;
  /* Taken out before the next is read, and before a level is pushed, which may move this one. */
  for (guint i = 0; ok && i < 2; i++)
    if (takes[i])
      {
        nodes[i] = level->node[i];
        memset (&level->node[i], 0, sizeof level->node[i]);
        ok = advance (diff, level, i, error);
      }
  if (ok)
    {
      const SrNode *old_node = takes[0] ? &nodes[0] : NULL;
      const SrNode *new_node = takes[1] ? &nodes[1] : NULL;

      g_string_append_printf (diff->path, "/%s",
                              old_node != NULL ? old_node->entry.name : new_node->entry.name);
      ok = tell (diff, old_node, new_node, error) && descend (diff, old_node, new_node, error);
    }
  sr_node_clear (&nodes[0]);
  sr_node_clear (&nodes[1]);
  return ok;
}

gboolean
sr_browse_diff (SrRepo       *repo,
                const SrId   *old_tree,
                const SrId   *new_tree,
                gboolean      metadata,
                SrDiffFunc    func,
                gpointer      user_data,
                GCancellable *cancellable,
                GError      **error)
{
  g_autoptr (GArray)  levels = g_array_new (FALSE, FALSE, sizeof (Level));
  g_autoptr (GString) path = g_string_new (NULL);
  Diff                diff = {
                   .repo = repo,
                   .metadata = metadata,
                   .func = func,
                   .user_data = user_data,
                   .cancellable = cancellable,
                   .path = path,
                   .levels = levels,
  };

  if (sr_id_equal (old_tree, new_tree))
    return TRUE;
  g_array_set_clear_func (levels, level_clear);
  if (!push_level (&diff, old_tree, new_tree, error))
    return FALSE;
  while (levels->len > 0)
    if (sr_check_cancelled (cancellable, error) || !step (&diff, error))
      return FALSE;
  return TRUE;
}
