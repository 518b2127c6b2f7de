/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "sr-test-snapshot.h"

#include <string.h>

static gboolean
find_node (SrRepo     *repo,
           const SrId *tree,
           const char *name,
           SrNode     *node)
{
  g_autoptr (GError)        error = NULL;
  g_autoptr (SrTreeDecoder) decoder = sr_repo_open_tree (repo, NULL, tree, NULL, &error);
  int                       answer;

  g_assert_no_error (error);
  while ((answer = sr_tree_decoder_next (decoder, node, &error)) == 1)
    {
      if (strcmp (node->entry.name, name) == 0)
        return TRUE;
      sr_node_clear (node);
    }
  g_assert_no_error (error);
  return FALSE;
}

gboolean
sr_test_snapshot_look_up (SrRepo     *repo,
                          const SrId *root,
                          const char *path,
                          SrNode     *node)
{
  g_auto (GStrv) parts = g_strsplit (path + 1, "/", -1);
  SrId           tree = *root;

  for (guint i = 0; parts[i] != NULL; i++)
    {
      if (!find_node (repo, &tree, parts[i], node))
        return FALSE;
      if (parts[i + 1] == NULL)
        return TRUE;
      g_assert_true (node->has_subtree);
      tree = node->subtree;
      sr_node_clear (node);
    }
  return FALSE;
}

GBytes *
sr_test_snapshot_read (SrRepo     *repo,
                       const SrId *root,
                       const char *path)
{
  GByteArray     *content = g_byte_array_new ();
  g_auto (SrNode) node = { 0 };

  g_assert_true (sr_test_snapshot_look_up (repo, root, path, &node));
  g_assert_cmpint (node.entry.type, ==, SR_ENTRY_FILE);
  for (gsize i = 0; i < node.n_content; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) blob = NULL;

      blob = sr_repo_load_blob (repo, NULL, SR_BLOB_DATA, &node.content[i], NULL, &error);
      g_assert_no_error (error);
      g_byte_array_append (content, g_bytes_get_data (blob, NULL), (guint) g_bytes_get_size (blob));
    }
  g_assert_cmpuint (content->len, ==, node.entry.size);
  return g_byte_array_free_to_bytes (content);
}

void
sr_test_snapshot_assert_text (SrRepo     *repo,
                              const SrId *root,
                              const char *folder,
                              const char *name,
                              const char *text)
{
  g_autofree char   *path = g_strconcat (folder, "/", name, NULL);
  g_autoptr (GBytes) content = sr_test_snapshot_read (repo, root, path);

  g_assert_cmpmem (g_bytes_get_data (content, NULL), g_bytes_get_size (content), text,
                   strlen (text));
}

gboolean
sr_test_snapshot_has (SrRepo     *repo,
                      const SrId *root,
                      const char *folder,
                      const char *name)
{
  g_autofree char *path = g_strconcat (folder, "/", name, NULL);
  g_auto (SrNode)  node = { 0 };

  return sr_test_snapshot_look_up (repo, root, path, &node);
}
