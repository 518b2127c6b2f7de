/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "repo/sr-check-run.h"
#include "repo/sr-id-set.h"

/* Paths told for each finding. */
#define MAX_PATHS 1000
/* Folders with damage that are looked into for each snapshot; the same one may stand in many
 * places. */
#define MAX_FOLDERS 1000000

typedef struct
{
  guint32 child;
  guint32 parent;
} Edge;

/* Two walks. The first reads every tree once and learns which hold damage, themselves or somewhere
 * below. The second goes down only those, for each snapshot, and writes the paths down. */
typedef struct
{
  SrCheckRun  *run;
  SrBlobCodec *codec;
  SrIdSet     *trees;
  GArray      *edges;   /* Edge */
  GByteArray  *damaged; /* by number of tree: 1 if there is damage in it or below */
  /* second walk */
  const SrSnapshot *snapshot;
  GPtrArray        *pending; /* Step */
  GString          *path;
} Walk;

typedef struct
{
  SrId  tree;
  char *path; /* with a slash at the end */
} Step;

typedef void (*NodeFunc) (Walk         *walk,
                          guint32       tree,
                          const SrNode *node);

typedef void (*FindingFunc) (Walk      *walk,
                             SrFinding *finding);

static void
step_free (gpointer data)
{
  Step *step = data;

  g_free (step->path);
  g_free (step);
}

/* Findings that an entry's place is part of. */
static gboolean
place_is_damaged (SrCheckRun         *run,
                  const SrIndexEntry *entry,
                  SrFinding         **blob,
                  SrFinding         **pack)
{
  gpointer key = GUINT_TO_POINTER (sr_index_entry_get_pack (entry));

  *blob = g_hash_table_lookup (run->by_entry,
                               GSIZE_TO_POINTER (sr_index_get_entry_number (run->index, entry)));
  *pack = g_hash_table_lookup (run->by_pack, key);
  /* When all blobs of a damaged pack were read, those that are sound cost nothing. */
  if (*pack != NULL && *blob == NULL && g_hash_table_contains (run->exact, key))
    *pack = NULL;
  return *blob != NULL || *pack != NULL;
}

/* Whether no sound copy of the blob is known; calls @func (nullable) for every finding behind
 * it. */
static gboolean
blob_is_damaged (Walk       *walk,
                 SrBlobType  type,
                 const SrId *id,
                 FindingFunc func)
{
  SrCheckRun         *run = walk->run;
  const SrIndexEntry *entry = NULL;
  SrFinding          *missing = g_hash_table_lookup (run->missing[type], id);
  SrFinding          *blob;
  SrFinding          *pack;

  if (missing != NULL)
    {
      if (func != NULL)
        func (walk, missing);
      return TRUE;
    }
  while ((entry = sr_index_lookup_next (run->index, type, id, entry)) != NULL)
    if (!place_is_damaged (run, entry, &blob, &pack))
      return FALSE;
  while (func != NULL && (entry = sr_index_lookup_next (run->index, type, id, entry)) != NULL)
    {
      place_is_damaged (run, entry, &blob, &pack);
      if (blob != NULL)
        func (walk, blob);
      if (pack != NULL)
        func (walk, pack);
    }
  return TRUE;
}

static gboolean
node_is_damaged (Walk         *walk,
                 const SrNode *node,
                 FindingFunc   func)
{
  gboolean damaged = FALSE;

  for (gsize i = 0; i < node->n_content; i++)
    {
      damaged = blob_is_damaged (walk, SR_BLOB_DATA, &node->content[i], func) || damaged;
      if (damaged && func == NULL)
        return TRUE;
    }
  if (node->has_subtree)
    damaged = blob_is_damaged (walk, SR_BLOB_TREE, &node->subtree, func) || damaged;
  return damaged;
}

/* As far as it can be read; that it cannot is known already. */
static void
for_each_node (Walk       *walk,
               const SrId *tree,
               guint32     number,
               NodeFunc    func)
{
  g_autoptr (SrTreeDecoder) decoder = NULL;

  decoder = sr_repo_open_tree (walk->run->repo, walk->codec, tree, walk->run->cancellable, NULL);
  if (decoder == NULL)
    return;
  sr_tree_decoder_set_lenient (decoder, TRUE);
  while (TRUE)
    {
      g_auto (SrNode) node = { 0 };

      if (sr_tree_decoder_next (decoder, &node, NULL) <= 0)
        return;
      func (walk, number, &node);
    }
}

static guint32
add_tree (Walk       *walk,
          const SrId *id)
{
  const guint8 clean = 0;
  guint32      number;

  if (sr_id_set_add (walk->trees, id, &number))
    g_byte_array_append (walk->damaged, &clean, 1);
  return number;
}

static void
learn_node (Walk         *walk,
            guint32       tree,
            const SrNode *node)
{
  Edge edge;

  if (node_is_damaged (walk, node, NULL))
    walk->damaged->data[tree] = 1;
  if (!node->has_subtree)
    return;
  edge.child = add_tree (walk, &node->subtree);
  edge.parent = tree;
  g_array_append_val (walk->edges, edge);
}

/* From each tree with damage to all above it. Children have no fixed place before or after their
 * parents, so this goes round until nothing changes; rounds are as many as folders are deep. */
static void
spread (Walk *walk)
{
  gboolean changed = TRUE;

  while (changed)
    {
      changed = FALSE;
      for (guint i = walk->edges->len; i > 0; i--)
        {
          const Edge *edge = &g_array_index (walk->edges, Edge, i - 1);

          if (walk->damaged->data[edge->child] && !walk->damaged->data[edge->parent])
            changed = walk->damaged->data[edge->parent] = 1;
        }
    }
}

static gboolean
learn (Walk    *walk,
       GError **error)
{
  SrCheckRun *run = walk->run;

  for (guint i = 0; i < run->snapshots->len; i++)
    add_tree (walk, &((const SrSnapshot *) g_ptr_array_index (run->snapshots, i))->tree);
  for (guint32 i = 0; i < sr_id_set_get_size (walk->trees); i++)
    {
      if (sr_check_cancelled (run->cancellable, error))
        return FALSE;
      if (blob_is_damaged (walk, SR_BLOB_TREE, sr_id_set_get (walk->trees, i), NULL))
        walk->damaged->data[i] = 1;
      for_each_node (walk, sr_id_set_get (walk->trees, i), i, learn_node);
    }
  spread (walk);
  return TRUE;
}

static void
add_path (Walk      *walk,
          SrFinding *finding)
{
  GArray *snapshots = finding->snapshots;
  char    hex[SR_ID_HEX_SIZE];

  if (snapshots->len == 0 ||
      !sr_id_equal (&g_array_index (snapshots, SrId, snapshots->len - 1), &walk->snapshot->id))
    g_array_append_vals (snapshots, &walk->snapshot->id, 1);
  finding->n_paths++;
  if (finding->paths->len < MAX_PATHS)
    {
      g_autofree char *path = g_utf8_make_valid (walk->path->str, (gssize) walk->path->len);

      sr_id_to_hex (&walk->snapshot->id, hex);
      g_ptr_array_add (finding->paths, g_strdup_printf ("%.8s:%s", hex, path));
    }
}

static void
push_step (Walk       *walk,
           const SrId *tree,
           const char *path)
{
  Step *step = g_new (Step, 1);

  step->tree = *tree;
  step->path = g_strdup (path);
  g_ptr_array_add (walk->pending, step);
}

static void
tell_node (Walk         *walk,
           guint32       tree,
           const SrNode *node)
{
  gsize   length = walk->path->len;
  guint32 number;

  g_string_append (walk->path, node->entry.name);
  node_is_damaged (walk, node, add_path);
  if (node->has_subtree && sr_id_set_find (walk->trees, &node->subtree, &number) &&
      walk->damaged->data[number])
    {
      g_string_append_c (walk->path, '/');
      push_step (walk, &node->subtree, walk->path->str);
    }
  g_string_truncate (walk->path, length);
}

static gboolean
tell_snapshot (Walk    *walk,
               GError **error)
{
  const SrId *root = &walk->snapshot->tree;
  guint       folders = 0;
  guint32     number;

  if (!sr_id_set_find (walk->trees, root, &number) || !walk->damaged->data[number])
    return TRUE;
  g_string_assign (walk->path, "/");
  blob_is_damaged (walk, SR_BLOB_TREE, root, add_path);
  push_step (walk, root, "/");
  while (walk->pending->len > 0 && folders++ < MAX_FOLDERS)
    {
      Step *step = g_ptr_array_steal_index (walk->pending, walk->pending->len - 1);

      g_string_assign (walk->path, step->path);
      for_each_node (walk, &step->tree, 0, tell_node);
      step_free (step);
      if (sr_check_cancelled (walk->run->cancellable, error))
        return FALSE;
    }
  g_ptr_array_set_size (walk->pending, 0);
  return TRUE;
}

static gboolean
walk_all (Walk    *walk,
          GError **error)
{
  SrCheckRun *run = walk->run;

  if (!learn (walk, error))
    return FALSE;
  for (guint i = 0; i < run->snapshots->len; i++)
    {
      walk->snapshot = g_ptr_array_index (run->snapshots, i);
      if (!tell_snapshot (walk, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
sr_check_affected (SrCheckRun *run,
                   GError    **error)
{
  Walk     walk = { .run = run };
  gboolean ok;

  if (g_hash_table_size (run->by_entry) == 0 && g_hash_table_size (run->by_pack) == 0 &&
      g_hash_table_size (run->missing[SR_BLOB_DATA]) == 0 &&
      g_hash_table_size (run->missing[SR_BLOB_TREE]) == 0)
    return TRUE;
  walk.codec = sr_repo_new_codec (run->repo, SR_COMPRESSION_AUTO);
  walk.trees = sr_id_set_new ();
  walk.edges = g_array_new (FALSE, FALSE, sizeof (Edge));
  walk.damaged = g_byte_array_new ();
  walk.pending = g_ptr_array_new_with_free_func (step_free);
  walk.path = g_string_new (NULL);
  ok = walk_all (&walk, error);
  g_string_free (walk.path, TRUE);
  g_ptr_array_unref (walk.pending);
  g_byte_array_unref (walk.damaged);
  g_array_unref (walk.edges);
  sr_id_set_free (walk.trees);
  sr_blob_codec_free (walk.codec);
  return ok;
}
