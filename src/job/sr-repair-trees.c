/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "job/sr-repair-trees.h"
#include "repo/sr-id-set.h"
#include "crypto/sr-digest.h"
#include "repo/sr-saver-stream.h"

/* Deeper folders than a path can name. */
#define MAX_DEPTH 2048
/* A tree larger than this is written as a stream. */
#define STREAM_SIZE (4 * 1024 * 1024)

struct _SrTreeRepair
{
  SrRepo                  *repo;
  SrSaver                 *saver; /* NULL: only the ids are wanted */
  SrReportFunc             report;
  gpointer                 user_data;
  SrRepairSnapshotsResult *result;
  GCancellable            *cancellable;
  SrBlobCodec             *codec;
  GString                 *path; /* of what is looked at */
  guint                    depth;

  SrIdSet *sound;    /* trees that need nothing */
  SrIdSet *lost;     /* trees that cannot be read */
  SrIdSet *repaired; /* trees that were written anew; by number: */
  GArray  *instead;  /* of SrId */
};

/* What came out of one node. */
typedef enum
{
  NODE_SAME,
  NODE_CHANGED,
  NODE_GONE,
} NodeFate;

/* A tree on its way into the vault: in memory until it is too large for that. */
typedef struct
{
  SrTreeRepair  *repair;
  SrTreeEncoder *encoder;
  SrSaverStream *stream;
  SrDigest      *digest; /* instead of it, when nothing is to be stored */
} Writing;

static gboolean repair_tree (SrTreeRepair *self,
                             const SrId   *id,
                             SrTreeState  *state,
                             SrId         *repaired,
                             GError      **error);

SrTreeRepair *
sr_tree_repair_new (SrRepo                  *repo,
                    SrSaver                 *saver,
                    SrReportFunc             report,
                    gpointer                 user_data,
                    SrRepairSnapshotsResult *result,
                    GCancellable            *cancellable)
{
  SrTreeRepair *self = g_new0 (SrTreeRepair, 1);

  self->repo = repo;
  self->saver = saver;
  self->report = report;
  self->user_data = user_data;
  self->result = result;
  self->cancellable = cancellable;
  self->codec = sr_repo_new_codec (repo, SR_COMPRESSION_AUTO);
  self->path = g_string_new (NULL);
  self->sound = sr_id_set_new ();
  self->lost = sr_id_set_new ();
  self->repaired = sr_id_set_new ();
  self->instead = g_array_new (FALSE, FALSE, sizeof (SrId));
  return self;
}

void
sr_tree_repair_free (SrTreeRepair *self)
{
  if (self == NULL)
    return;
  sr_blob_codec_free (self->codec);
  g_string_free (self->path, TRUE);
  sr_id_set_free (self->sound);
  sr_id_set_free (self->lost);
  sr_id_set_free (self->repaired);
  g_array_unref (self->instead);
  g_free (self);
}

static void
report (SrTreeRepair *self,
        const char   *name,
        const char   *action,
        guint64       size,
        const GError *why)
{
  gsize length = self->path->len;

  if (self->report == NULL)
    return;
  if (name != NULL)
    g_string_append_printf (self->path, "/%s", name);
  self->report (self->path->str, action, size, why, self->user_data);
  g_string_truncate (self->path, length);
}

static gboolean
is_damage (const GError *why)
{
  return sr_error_is (why, SR_ERROR_DAMAGED) || sr_error_is (why, SR_ERROR_NOT_FOUND);
}

/* Takes the chunks out that no index knows. Does not report: a tree may be read twice. */
static NodeFate
repair_content (SrTreeRepair *self,
                SrNode       *node)
{
  SrIndex *index = sr_repo_get_index (self->repo);
  gsize    kept = 0;
  guint64  size = 0;

  for (gsize i = 0; i < node->n_content; i++)
    {
      const SrIndexEntry *entry = sr_index_lookup (index, SR_BLOB_DATA, &node->content[i]);
      SrPackEntry         place;

      if (entry == NULL)
        continue;
      sr_index_entry_to_pack_entry (entry, &place);
      size += sr_pack_entry_get_plain_size (&place);
      node->content[kept++] = node->content[i];
    }
  if (kept == node->n_content)
    return NODE_SAME;
  node->n_content = kept;
  node->entry.size = size;
  return kept > 0 ? NODE_CHANGED : NODE_GONE;
}

static gboolean
add_tree (SrTreeRepair  *self,
          const GString *text,
          SrId          *id,
          GError       **error)
{
  if (self->saver != NULL)
    return sr_saver_add_tree (self->saver, text->str, text->len, id, error);
  sr_sha256 (text->str, text->len, id);
  return TRUE;
}

/* A tree without entries. */
static gboolean
save_empty (SrTreeRepair *self,
            SrId         *id,
            GError      **error)
{
  g_autoptr (SrTreeEncoder) encoder = sr_tree_encoder_new (NULL, 0, NULL);

  return sr_tree_encoder_finish (encoder, error) &&
         add_tree (self, sr_tree_encoder_get_buffer (encoder), id, error);
}

static gboolean
repair_folder (SrTreeRepair *self,
               SrNode       *node,
               NodeFate     *fate,
               GError      **error)
{
  gsize       length = self->path->len;
  SrTreeState state;
  gboolean    ok;
  SrId        instead;

  *fate = NODE_SAME;
  if (!node->has_subtree)
    return TRUE;
  g_string_append_printf (self->path, "/%s", node->entry.name);
  ok = repair_tree (self, &node->subtree, &state, &instead, error);
  g_string_truncate (self->path, length);
  if (!ok || state == SR_TREE_SOUND)
    return ok;
  *fate = NODE_CHANGED;
  if (state == SR_TREE_LOST && !save_empty (self, &instead, error))
    return FALSE;
  node->subtree = instead;
  return TRUE;
}

static gboolean
repair_node (SrTreeRepair *self,
             SrNode       *node,
             NodeFate     *fate,
             GError      **error)
{
  *fate = NODE_SAME;
  if (node->entry.type == SR_ENTRY_DIR)
    return repair_folder (self, node, fate, error);
  if (node->entry.type == SR_ENTRY_FILE)
    *fate = repair_content (self, node);
  return TRUE;
}

/* What the first reading of a tree tells. */
typedef struct
{
  gboolean changed;
  gboolean sorted;
  GError  *unreadable;
} Survey;

static void
count_lost (SrTreeRepair *self,
            const char   *name,
            NodeFate      fate,
            guint64       size,
            const GError *why)
{
  self->result->files_lost++;
  report (self, name, fate == NODE_CHANGED ? "cut" : "lost", size, why);
}

static gboolean
survey_node (SrTreeRepair *self,
             SrNode       *node,
             Survey       *survey,
             char        **last_name,
             GError      **error)
{
  NodeFate fate;

  if (*last_name != NULL && strcmp (node->entry.name, *last_name) <= 0)
    survey->sorted = FALSE;
  g_free (*last_name);
  *last_name = g_strdup (node->entry.name);
  if (!repair_node (self, node, &fate, error))
    return FALSE;
  if (fate == NODE_SAME)
    return TRUE;
  survey->changed = TRUE;
  if (node->entry.type == SR_ENTRY_FILE)
    count_lost (self, node->entry.name, fate, node->entry.size, NULL);
  return TRUE;
}

/* Reads the tree and all below it. Returns: %FALSE with @error for what is not damage */
static gboolean
survey_tree (SrTreeRepair  *self,
             SrTreeDecoder *decoder,
             Survey        *survey,
             GError       **error)
{
  g_autofree char *last_name = NULL;

  for (;;)
    {
      g_auto (SrNode)    node = { 0 };
      g_autoptr (GError) why = NULL;
      int                more = sr_tree_decoder_next (decoder, &node, &why);

      if (more == 0)
        return TRUE;
      if (sr_check_cancelled (self->cancellable, error))
        return FALSE;
      if (more > 0)
        {
          if (!survey_node (self, &node, survey, &last_name, error))
            return FALSE;
          continue;
        }
      if (!is_damage (why))
        {
          g_propagate_error (error, g_steal_pointer (&why));
          return FALSE;
        }
      if (!sr_tree_decoder_can_continue (decoder))
        {
          survey->unreadable = g_steal_pointer (&why);
          return TRUE;
        }
      survey->changed = TRUE;
      count_lost (self, NULL, NODE_GONE, 0, why);
    }
}

static gboolean
store_part (Writing       *self,
            const GString *part,
            GError       **error)
{
  if (self->repair->saver == NULL)
    {
      if (self->digest == NULL)
        self->digest = sr_digest_new ();
      sr_digest_update (self->digest, part->str, part->len);
      return TRUE;
    }
  if (self->stream == NULL)
    self->stream = sr_saver_stream_new (self->repair->saver);
  return sr_saver_stream_append (self->stream, part->str, part->len, error);
}

static gboolean
flush (GString *buffer,
       gpointer user_data,
       GError **error)
{
  Writing *writing = user_data;

  if (!store_part (writing, buffer, error))
    return FALSE;
  g_string_truncate (buffer, 0);
  return TRUE;
}

static gboolean
finish_writing (Writing *self,
                SrId    *id,
                GError **error)
{
  GString *rest = sr_tree_encoder_get_buffer (self->encoder);

  if (!sr_tree_encoder_finish (self->encoder, error))
    return FALSE;
  if (self->stream == NULL && self->digest == NULL)
    return add_tree (self->repair, rest, id, error);
  if (!flush (rest, self, error))
    return FALSE;
  if (self->stream != NULL)
    return sr_saver_stream_end (self->stream, id, error);
  sr_digest_finish (self->digest, id);
  return TRUE;
}

static gboolean
write_sorted (SrTreeRepair  *self,
              SrTreeDecoder *decoder,
              Writing       *writing,
              GError       **error)
{
  for (;;)
    {
      g_auto (SrNode)    node = { 0 };
      g_autoptr (GError) why = NULL;
      int                more = sr_tree_decoder_next (decoder, &node, &why);
      NodeFate           fate;

      if (more == 0)
        return TRUE;
      if (more < 0)
        {
          if (sr_tree_decoder_can_continue (decoder))
            continue;
          g_propagate_error (error, g_steal_pointer (&why));
          return FALSE;
        }
      if (!repair_node (self, &node, &fate, error))
        return FALSE;
      if (fate != NODE_GONE && !sr_tree_encoder_add (writing->encoder, &node, error))
        return FALSE;
    }
}

static void
node_free (gpointer data)
{
  sr_node_clear (data);
  g_free (data);
}

static int
compare_nodes (gconstpointer a,
               gconstpointer b)
{
  const SrNode *x = *(const SrNode *const *) a;
  const SrNode *y = *(const SrNode *const *) b;

  return strcmp (x->entry.name, y->entry.name);
}

/* Trees of other writers may be in any order; they are not large. The first of two entries with one
 * name stays. */
static gboolean
write_unsorted (SrTreeRepair  *self,
                SrTreeDecoder *decoder,
                Writing       *writing,
                GError       **error)
{
  g_autoptr (GPtrArray) nodes = g_ptr_array_new_with_free_func (node_free);
  const char           *last_name = NULL;
  int                   more;

  do
    {
      g_autoptr (GError) why = NULL;
      SrNode            *node = g_new0 (SrNode, 1);

      more = sr_tree_decoder_next (decoder, node, &why);
      if (more > 0)
        g_ptr_array_add (nodes, node);
      else
        g_free (node);
      if (more < 0 && !sr_tree_decoder_can_continue (decoder))
        {
          g_propagate_error (error, g_steal_pointer (&why));
          return FALSE;
        }
    }
  while (more != 0);
  g_ptr_array_sort (nodes, compare_nodes);
  for (guint i = 0; i < nodes->len; i++)
    {
      SrNode  *node = nodes->pdata[i];
      NodeFate fate;

      if (last_name != NULL && strcmp (last_name, node->entry.name) == 0)
        continue;
      last_name = node->entry.name;
      if (!repair_node (self, node, &fate, error))
        return FALSE;
      if (fate != NODE_GONE && !sr_tree_encoder_add (writing->encoder, node, error))
        return FALSE;
    }
  return TRUE;
}

/* The second reading. All trees below have been repaired, so nothing is reported again. */
static gboolean
write_anew (SrTreeRepair *self,
            const SrId   *id,
            gboolean      sorted,
            SrId         *repaired,
            GError      **error)
{
  g_autoptr (SrTreeDecoder) decoder = NULL;
  Writing                   writing = { .repair = self };
  gboolean                  ok;

  decoder = sr_repo_open_tree (self->repo, self->codec, id, self->cancellable, error);
  if (decoder == NULL)
    return FALSE;
  sr_tree_decoder_set_lenient (decoder, TRUE);
  writing.encoder = sr_tree_encoder_new (flush, STREAM_SIZE, &writing);
  ok = (sorted ? write_sorted : write_unsorted) (self, decoder, &writing, error) &&
       finish_writing (&writing, repaired, error);
  sr_tree_encoder_free (writing.encoder);
  sr_saver_stream_free (writing.stream);
  sr_digest_free (writing.digest);
  return ok;
}

static void
lose (SrTreeRepair *self,
      const SrId   *id,
      const GError *why,
      SrTreeState  *state)
{
  *state = SR_TREE_LOST;
  self->result->dirs_lost++;
  sr_id_set_add (self->lost, id, NULL);
  report (self, NULL, "lost", 0, why);
}

static gboolean
look_at_tree (SrTreeRepair *self,
              const SrId   *id,
              SrTreeState  *state,
              SrId         *repaired,
              GError      **error)
{
  g_autoptr (SrTreeDecoder) decoder = NULL;
  g_autoptr (GError)        why = NULL;
  g_autoptr (GError)        unreadable = NULL;
  Survey                    survey = { .sorted = TRUE };
  gboolean                  ok;

  decoder = sr_repo_open_tree (self->repo, self->codec, id, self->cancellable, &why);
  if (decoder == NULL)
    {
      if (is_damage (why))
        {
          lose (self, id, why, state);
          return TRUE;
        }
      g_propagate_error (error, g_steal_pointer (&why));
      return FALSE;
    }
  sr_tree_decoder_set_lenient (decoder, TRUE);
  ok = survey_tree (self, decoder, &survey, error);
  unreadable = survey.unreadable;
  if (!ok)
    return FALSE;
  if (unreadable != NULL)
    {
      lose (self, id, unreadable, state);
      return TRUE;
    }
  if (!survey.changed)
    {
      *state = SR_TREE_SOUND;
      sr_id_set_add (self->sound, id, NULL);
      return TRUE;
    }
  *state = SR_TREE_REPAIRED;
  if (!write_anew (self, id, survey.sorted, repaired, error))
    return FALSE;
  sr_id_set_add (self->repaired, id, NULL);
  g_array_append_val (self->instead, *repaired);
  return TRUE;
}

static gboolean
repair_tree (SrTreeRepair *self,
             const SrId   *id,
             SrTreeState  *state,
             SrId         *repaired,
             GError      **error)
{
  guint32  number;
  gboolean ok;

  *state = SR_TREE_SOUND;
  if (sr_id_set_find (self->sound, id, NULL))
    return TRUE;
  *state = SR_TREE_LOST;
  if (sr_id_set_find (self->lost, id, NULL))
    return TRUE;
  *state = SR_TREE_REPAIRED;
  if (sr_id_set_find (self->repaired, id, &number))
    {
      *repaired = g_array_index (self->instead, SrId, number);
      return TRUE;
    }
  if (self->depth >= MAX_DEPTH)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED, "Folders lie deeper than %u levels",
                   MAX_DEPTH);
      return FALSE;
    }
  self->depth++;
  ok = look_at_tree (self, id, state, repaired, error);
  self->depth--;
  return ok;
}

gboolean
sr_tree_repair_run (SrTreeRepair *self,
                    const SrId   *tree,
                    const char   *prefix,
                    SrTreeState  *state,
                    SrId         *repaired,
                    GError      **error)
{
  g_string_assign (self->path, prefix);
  return repair_tree (self, tree, state, repaired, error);
}
