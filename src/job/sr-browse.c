/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-browse.h"

#include <string.h>

#include "base/sr-error.h"
#include "job/sr-browse-private.h"

/* An open folder on the way down. No recursion: hostile trees are deep. */
typedef struct
{
  SrTreeDecoder *decoder;
  gsize          path_length;
} Level;

static void
level_clear (gpointer data)
{
  sr_tree_decoder_free (((Level *) data)->decoder);
}

static gboolean
find_in_tree (SrRepo       *repo,
              const SrId   *tree,
              const char   *name,
              SrNode       *found,
              GCancellable *cancellable,
              GError      **error)
{
  g_autoptr (SrTreeDecoder) decoder = sr_repo_open_tree (repo, NULL, tree, cancellable, error);
  gboolean                  done = FALSE;
  int                       more;

  if (decoder == NULL)
    return FALSE;
  sr_tree_decoder_set_lenient (decoder, TRUE);
  /* To the end also when the name was found: only then is a large tree known to be genuine. */
  while (TRUE)
    {
      g_auto (SrNode) node = { 0 };

      more = sr_tree_decoder_next (decoder, &node, error);
      if (more <= 0)
        break;
      if (!done && strcmp (node.entry.name, name) == 0)
        {
          *found = node;
          memset (&node, 0, sizeof node);
          done = TRUE;
        }
    }
  if (more == 0 && done)
    return TRUE;
  if (done)
    sr_node_clear (found);
  if (more == 0)
    g_set_error_literal (error, SR_ERROR, SR_ERROR_NOT_FOUND, "no such entry");
  return FALSE;
}

gboolean
sr_browse_find (SrRepo       *repo,
                const SrId   *tree,
                const char   *path,
                SrNode       *node,
                gboolean     *is_root,
                char        **clean,
                GCancellable *cancellable,
                GError      **error)
{
  g_auto (GStrv)      names = g_strsplit (path, "/", -1);
  g_autoptr (GString) way = g_string_new (NULL);
  g_auto (SrNode)     last = { 0 };
  SrId                here = *tree;

  *is_root = TRUE;
  for (char **name = names; *name != NULL; name++)
    {
      if (**name == '\0')
        continue;
      if (!*is_root && !last.has_subtree)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND, "%s is no folder in the snapshot",
                       way->str);
          return FALSE;
        }
      g_string_append_printf (way, "/%s", *name);
      sr_node_clear (&last);
      *is_root = FALSE;
      if (!find_in_tree (repo, &here, *name, &last, cancellable, error))
        {
          g_prefix_error (error, "%s: ", way->str);
          return FALSE;
        }
      here = last.subtree;
    }
  if (!*is_root)
    {
      *node = last;
      memset (&last, 0, sizeof last);
    }
  *clean = g_strdup (*is_root ? "/" : way->str);
  return TRUE;
}

gboolean
sr_browse_go_on (const char        *path,
                 GError            *why,
                 SrBrowseDamageFunc damaged,
                 gpointer           user_data,
                 GError           **error)
{
  gboolean damage = sr_error_is (why, SR_ERROR_DAMAGED) || sr_error_is (why, SR_ERROR_NOT_FOUND);

  if (damaged == NULL || !damage)
    {
      g_propagate_prefixed_error (error, why, "%s: ", path);
      return FALSE;
    }
  damaged (path, why, user_data);
  g_error_free (why);
  return TRUE;
}

/* What list_below() goes on with. */
typedef struct
{
  SrRepo            *repo;
  GArray            *levels;
  GString           *path;
  SrBrowseFunc       func;
  SrBrowseDamageFunc damaged;
  gpointer           user_data;
  GCancellable      *cancellable;
} Listing;

static gboolean
go_on (Listing *self,
       GError  *why,
       GError **error)
{
  return sr_browse_go_on (self->path->len > 0 ? self->path->str : "/", why, self->damaged,
                          self->user_data, error);
}

static gboolean
push_level (Listing    *self,
            const SrId *tree,
            GError    **error)
{
  GError *why = NULL;
  Level   level;

  level.decoder = sr_repo_open_tree (self->repo, NULL, tree, self->cancellable, &why);
  if (level.decoder == NULL)
    return go_on (self, why, error);
  sr_tree_decoder_set_lenient (level.decoder, TRUE);
  level.path_length = self->path->len;
  g_array_append_val (self->levels, level);
  return TRUE;
}

/* The next entry of the innermost folder, or its end. */
static gboolean
take_entry (Listing *self,
            gboolean recursive,
            GError **error)
{
  g_auto (SrNode) node = { 0 };
  Level          *level = &g_array_index (self->levels, Level, self->levels->len - 1);
  GError         *why = NULL;
  int             more = sr_tree_decoder_next (level->decoder, &node, &why);

  g_string_truncate (self->path, level->path_length);
  if (more <= 0)
    {
      g_array_set_size (self->levels, self->levels->len - 1);
      return more == 0 || go_on (self, why, error);
    }
  g_string_append_printf (self->path, "/%s", node.entry.name);
  if (sr_check_cancelled (self->cancellable, error) ||
      !self->func (self->path->str, &node, self->user_data, error))
    return FALSE;
  return !recursive || !node.has_subtree || push_level (self, &node.subtree, error);
}

static gboolean
list_below (Listing    *self,
            const SrId *tree,
            gboolean    recursive,
            GError    **error)
{
  if (!push_level (self, tree, error))
    return FALSE;
  while (self->levels->len > 0)
    if (!take_entry (self, recursive, error))
      return FALSE;
  return TRUE;
}

gboolean
sr_browse_list (SrRepo            *repo,
                const SrId        *tree,
                const char        *folder,
                gboolean           recursive,
                SrBrowseFunc       func,
                SrBrowseDamageFunc damaged,
                gpointer           user_data,
                GCancellable      *cancellable,
                GError           **error)
{
  g_auto (SrNode)     node = { 0 };
  g_autofree char    *clean = NULL;
  g_autoptr (GString) path = NULL;
  g_autoptr (GArray)  levels = NULL;
  gboolean            is_root;

  if (!sr_browse_find (repo, tree, folder, &node, &is_root, &clean, cancellable, error))
    return FALSE;
  if (!is_root && !node.has_subtree)
    return func (clean, &node, user_data, error);
  path = g_string_new (is_root ? "" : clean);
  levels = g_array_new (FALSE, FALSE, sizeof (Level));
  g_array_set_clear_func (levels, level_clear);
  return list_below (&(Listing){ repo, levels, path, func, damaged, user_data, cancellable },
                     is_root ? tree : &node.subtree, recursive, error);
}
