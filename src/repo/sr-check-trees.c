/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include "base/sr-error.h"
#include "base/sr-worker.h"
#include "repo/sr-check-run.h"

/* Trees still to be read are shared by the workers; each marks what it meets in a common set of
 * bits, so that every tree is read once. */
typedef struct
{
  SrCheckRun *run;
  SrProgress *progress;
  gint       *seen; /* a bit for each entry of the index, atomic */
  GMutex      lock;
  GCond       more;
  GArray     *pending; /* guint32: entries; under lock, as all below */
  guint       busy;    /* workers that may still add to it */
  gboolean    stop;
} Walk;

static gboolean
mark (Walk *walk,
      gsize entry)
{
  gint bit = (gint) (1u << (entry % 32));

  return (g_atomic_int_or ((guint *) &walk->seen[entry / 32], (guint) bit) & (guint) bit) == 0;
}

static void
add_tree (Walk       *walk,
          const SrId *id)
{
  SrCheckRun         *run = walk->run;
  const SrIndexEntry *entry = sr_index_lookup (run->index, SR_BLOB_TREE, id);
  guint32             number;

  if (entry == NULL)
    {
      sr_check_add_missing (run, SR_BLOB_TREE, id);
      return;
    }
  number = (guint32) sr_index_get_entry_number (run->index, entry);
  if (!mark (walk, number))
    return;
  g_mutex_lock (&walk->lock);
  g_array_append_val (walk->pending, number);
  g_cond_signal (&walk->more);
  g_mutex_unlock (&walk->lock);
}

static void
check_node (Walk         *walk,
            const SrNode *node)
{
  SrCheckRun *run = walk->run;

  for (gsize i = 0; i < node->n_content; i++)
    {
      const SrIndexEntry *entry = sr_index_lookup (run->index, SR_BLOB_DATA, &node->content[i]);

      if (entry == NULL)
        sr_check_add_missing (run, SR_BLOB_DATA, &node->content[i]);
      else
        mark (walk, sr_index_get_entry_number (run->index, entry));
    }
  if (node->has_subtree)
    add_tree (walk, &node->subtree);
}

/* Returns: %FALSE with @error if the tree could not be read to its end; @decoded: (out): whether it
 * could be opened at all */
static gboolean
read_tree (Walk        *walk,
           SrBlobCodec *codec,
           const SrId  *id,
           gboolean    *decoded,
           GError     **error)
{
  SrCheckRun               *run = walk->run;
  g_autoptr (SrTreeDecoder) decoder = NULL;

  decoder = sr_repo_open_tree (run->repo, codec, id, run->cancellable, error);
  *decoded = decoder != NULL;
  if (decoder == NULL)
    return FALSE;
  /* Order helps to find a name; what is out of order can be restored all the same. */
  sr_tree_decoder_set_lenient (decoder, TRUE);
  while (TRUE)
    {
      g_auto (SrNode) node = { 0 };
      int             more = sr_tree_decoder_next (decoder, &node, error);

      if (more <= 0)
        return more == 0;
      if (node.entry.type == SR_ENTRY_DIR && !node.has_subtree)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED, "The folder %s has no content",
                       node.entry.name);
          return FALSE;
        }
      check_node (walk, &node);
    }
}

static gboolean
check_tree (Walk        *walk,
            SrBlobCodec *codec,
            guint32      number,
            GError     **error)
{
  SrCheckRun         *run = walk->run;
  const SrIndexEntry *entry = sr_index_get_entry (run->index, number);
  g_autoptr (GError)  reason = NULL;
  g_autofree char    *text = NULL;
  gboolean            decoded;
  char                hex[SR_ID_HEX_SIZE];

  sr_progress_add (walk->progress, 0, 1);
  /* Once more if it fails: what a bad cable or memory did may not happen again. */
  for (guint i = 0; i < 2; i++)
    {
      g_clear_error (&reason);
      if (read_tree (walk, codec, &entry->id, &decoded, &reason))
        return TRUE;
      if (sr_check_cancelled (run->cancellable, error))
        return FALSE;
    }
  text = g_strdup_printf ("The folder in the tree blob %s cannot be read: %s",
                          sr_id_to_hex (&entry->id, hex), reason->message);
  sr_check_add_blob (run, decoded ? SR_FINDING_DAMAGED_TREE : SR_FINDING_DAMAGED_BLOB, entry, text);
  return TRUE;
}

/* Returns: whether there is one; %FALSE when all is done or somebody failed */
static gboolean
take_tree (Walk    *walk,
           guint32 *number)
{
  gboolean got = FALSE;

  g_mutex_lock (&walk->lock);
  walk->busy--;
  while (walk->pending->len == 0 && walk->busy > 0 && !walk->stop)
    g_cond_wait (&walk->more, &walk->lock);
  if (walk->pending->len > 0 && !walk->stop)
    {
      *number = g_array_index (walk->pending, guint32, walk->pending->len - 1);
      g_array_set_size (walk->pending, walk->pending->len - 1);
      walk->busy++;
      got = TRUE;
    }
  else
    g_cond_broadcast (&walk->more);
  g_mutex_unlock (&walk->lock);
  return got;
}

static gboolean
walk_member (gpointer data,
             guint    member,
             GError **error)
{
  Walk                   *walk = data;
  g_autoptr (SrBlobCodec) codec = sr_repo_new_codec (walk->run->repo, SR_COMPRESSION_AUTO);
  guint32                 number;
  guint64                 trees = 0;
  gboolean                ok = TRUE;

  while (ok && take_tree (walk, &number))
    {
      ok = !sr_check_cancelled (walk->run->cancellable, error) &&
           check_tree (walk, codec, number, error);
      trees++;
    }
  g_mutex_lock (&walk->lock);
  walk->run->stats->trees += trees;
  if (!ok)
    {
      walk->stop = TRUE;
      walk->busy--;
      g_cond_broadcast (&walk->more);
    }
  g_mutex_unlock (&walk->lock);
  return ok;
}

/* A blob that lies in two places is used if either place is marked. */
static guint64
count_unused (Walk *walk)
{
  SrIndex *index = walk->run->index;
  gsize    n = sr_index_get_n_entries (index);
  guint64  unused = 0;

  for (gsize i = 0; i < n; i++)
    {
      const SrIndexEntry *entry = sr_index_get_entry (index, i);
      const SrIndexEntry *other;
      gsize               number;

      if ((walk->seen[i / 32] & (gint) (1u << (i % 32))) != 0)
        continue;
      other = sr_index_lookup (index, sr_index_entry_get_type (entry), &entry->id);
      number = sr_index_get_entry_number (index, other);
      if ((walk->seen[number / 32] & (gint) (1u << (number % 32))) == 0)
        unused++;
    }
  return unused;
}

gboolean
sr_check_trees (SrCheckRun *run,
                SrProgress *progress,
                GError    **error)
{
  g_autoptr (GArray) pending = g_array_new (FALSE, FALSE, sizeof (guint32));
  gsize              n_entries = sr_index_get_n_entries (run->index);
  g_autofree gint   *seen = g_new0 (gint, n_entries / 32 + 1);
  Walk               walk = { .run = run, .progress = progress, .seen = seen, .pending = pending };
  guint              workers = sr_worker_count ();
  gboolean           ok;

  g_mutex_init (&walk.lock);
  g_cond_init (&walk.more);
  for (guint i = 0; i < run->snapshots->len; i++)
    add_tree (&walk, &((const SrSnapshot *) g_ptr_array_index (run->snapshots, i))->tree);
  walk.busy = workers;
  ok = sr_team_join (sr_team_start ("sr-check", workers, walk_member, &walk), error);
  g_cond_clear (&walk.more);
  g_mutex_clear (&walk.lock);
  if (ok)
    run->stats->blobs_unused = count_unused (&walk);
  return ok;
}
