/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-job"

#include "config.h"

#include "job/sr-rebuild-history.h"

#include "base/sr-error.h"
#include "base/sr-json.h"
#include "repo/sr-lock.h"

#include <string.h>

#define RECORD_NAME  "strongroom.json"
#define SAFETY_TAG   "safety"
#define LOST_TAG     "incomplete"
#define MAX_RECORD   (16 * 1024 * 1024)
#define RECORD_DEPTH 16

#define NS_PER_S G_GINT64_CONSTANT (1000000000)

typedef struct
{
  SrHistory              *history;
  SrRepo                 *repo;
  const SrRebuildOptions *options;
  SrRebuildResult        *result;
  SrBlobCodec            *codec;
} Rebuild;

static gint64
get_ns (const SrTime *time)
{
  gint64 seconds = CLAMP ((gint64) time->ts.tv_sec, 0, G_MAXINT64 / NS_PER_S - 1);

  return seconds * NS_PER_S + time->ts.tv_nsec;
}

static gint64
clamp (guint64 number)
{
  return (gint64) MIN (number, (guint64) G_MAXINT64);
}

/* --- what a snapshot says of itself
 * -------------------------------------------------------------- */

/* @node: (out): the description in the root. Returns: 1, 0 if there is none, -1 with @error */
static int
find_record (Rebuild          *self,
             const SrSnapshot *snapshot,
             SrNode           *node,
             GCancellable     *cancellable,
             GError          **error)
{
  g_autoptr (SrTreeDecoder) decoder =
      sr_repo_open_tree (self->repo, self->codec, &snapshot->tree, cancellable, error);
  int got;

  if (decoder == NULL)
    return -1;
  while ((got = sr_tree_decoder_next (decoder, node, error)) > 0)
    {
      if (strcmp (node->entry.name, RECORD_NAME) == 0 && node->entry.type == SR_ENTRY_FILE)
        return 1;
      sr_node_clear (node);
    }
  return got;
}

static GString *
load_content (Rebuild      *self,
              const SrNode *node,
              GCancellable *cancellable,
              GError      **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < node->n_content; i++)
    {
      g_autoptr (GBytes) blob = sr_repo_load_blob (self->repo, self->codec, SR_BLOB_DATA,
                                                   &node->content[i], cancellable, error);

      if (blob == NULL)
        return NULL;
      if (text->len + g_bytes_get_size (blob) > MAX_RECORD)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED, "%s is larger than it can be",
                       RECORD_NAME);
          return NULL;
        }
      g_string_append_len (text, g_bytes_get_data (blob, NULL), (gssize) g_bytes_get_size (blob));
    }
  return g_steal_pointer (&text);
}

/* Returns: (transfer full) (nullable): without @error: there is no description */
static JsonObject *
load_record (Rebuild          *self,
             const SrSnapshot *snapshot,
             GCancellable     *cancellable,
             GError          **error)
{
  g_auto (SrNode)     node = { 0 };
  g_autoptr (GString) text = NULL;

  if (find_record (self, snapshot, &node, cancellable, error) <= 0)
    return NULL;
  text = load_content (self, &node, cancellable, error);
  return text != NULL
             ? sr_json_parse_object (text->str, text->len, MAX_RECORD, RECORD_DEPTH, error)
             : NULL;
}

/* {"customers": 12} or [{"name": "customers", "count": 12}] as the first. Returns: (transfer full)
 * (nullable) */
static JsonObject *
read_counts (JsonObject *record)
{
  JsonObject *counts = sr_json_object_or_null (record, "collections");
  JsonArray  *list = sr_json_array_or_null (record, "collections");
  JsonObject *made;

  if (counts != NULL)
    return json_object_ref (counts);
  if (list == NULL)
    return NULL;
  made = json_object_new ();
  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      JsonNode   *node = json_array_get_element (list, i);
      JsonObject *one = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char *name = one != NULL ? sr_json_string_or (one, "name", NULL) : NULL;
      gint64      count = one != NULL ? sr_json_int64_or (one, "count", -1) : -1;

      if (name != NULL && count >= 0)
        json_object_set_int_member (made, name, count);
    }
  return made;
}

/* Returns: their sum, -1 if there is none */
static gint64
sum_counts (JsonObject *counts)
{
  g_autoptr (GList) names = counts != NULL ? json_object_get_members (counts) : NULL;
  guint64           sum = 0;

  for (GList *l = names; l != NULL; l = l->next)
    sum += (guint64) MAX (sr_json_int64_or (counts, l->data, 0), 0);
  return names != NULL ? clamp (sum) : -1;
}

/* "site": {"id", "name"} or "site": "id" */
static void
read_site (SrRun      *run,
           JsonObject *record)
{
  JsonObject *site = sr_json_object_or_null (record, "site");
  const char *id = site != NULL ? sr_json_string_or (site, "id", NULL)
                                : sr_json_string_or (record, "site", NULL);

  if (id == NULL)
    return;
  g_free (run->site);
  g_free (run->site_name);
  run->site = g_strdup (id);
  run->site_name = g_strdup (site != NULL ? sr_json_string_or (site, "name", NULL)
                                          : sr_json_string_or (record, "site_name", NULL));
}

/* --- the run
 * ------------------------------------------------------------------------------------ */

static gboolean
has_tag (const SrSnapshot *snapshot,
         const char       *tag)
{
  return g_strv_contains ((const char *const *) snapshot->tags, tag);
}

/* An imported file lies below "/KIND", by which it is known. */
static const char *
get_action (const SrSnapshot *snapshot,
            JsonObject       *record)
{
  const char *kind = record != NULL ? sr_json_string_or (record, "kind", NULL) : NULL;
  const char *path = snapshot->paths[0];

  if (has_tag (snapshot, SAFETY_TAG))
    return "safety";
  if (kind != NULL && path != NULL && *path == '/' && strcmp (path + 1, kind) == 0)
    return "import";
  return "backup";
}

static void
fill_from_snapshot (SrRun            *run,
                    const SrSnapshot *snapshot)
{
  const SrSnapshotSummary *summary = &snapshot->summary;
  g_autofree char         *tags = g_strjoinv (", ", snapshot->tags);
  char                     hex[SR_ID_HEX_SIZE];

  run->state = has_tag (snapshot, LOST_TAG) ? SR_RUN_INCOMPLETE : SR_RUN_DONE;
  run->snapshot = g_strdup (sr_id_to_hex (&snapshot->id, hex));
  run->path = *snapshot->paths != NULL ? g_strjoinv (" ", snapshot->paths) : NULL;
  run->started_ns = get_ns (&snapshot->time);
  run->rebuilt = TRUE;
  if (snapshot->has_summary)
    {
      if (summary->backup_start.ts.tv_sec > 0)
        run->started_ns = get_ns (&summary->backup_start);
      run->ended_ns = get_ns (&summary->backup_end);
      run->files = clamp (summary->total_files_processed);
      run->bytes = clamp (summary->total_bytes_processed);
      run->bytes_added = clamp (summary->data_added_packed);
    }
  run->ended_ns = MAX (run->ended_ns, run->started_ns);
  run->sentence = g_strdup_printf ("Found in the vault: a snapshot of %s%s%s",
                                   snapshot->hostname != NULL ? snapshot->hostname : "no host",
                                   *tags != '\0' ? ", tags " : "", tags);
}

/* Returns: (transfer full) (nullable): the verdict of that day */
static SrVerdict *
fill_from_record (SrRun      *run,
                  JsonObject *record)
{
  JsonObject *object = sr_json_object_or_null (record, "verdict");
  SrVerdict  *verdict = object != NULL ? sr_verdict_from_json (object, NULL) : NULL;
  const char *name = sr_json_string_or (record, "name", NULL);

  read_site (run, record);
  if (name != NULL)
    {
      g_free (run->path);
      run->path = g_strdup (name);
    }
  /* the verdict has a sentence of its own */
  if (verdict != NULL)
    g_clear_pointer (&run->sentence, g_free);
  return verdict;
}

static void
report (Rebuild      *self,
        const SrRun  *run,
        const char   *action,
        const GError *error)
{
  if (self->options->report != NULL)
    self->options->report (run->snapshot, action, 0, error, self->options->user_data);
}

static gboolean
add_snapshot (Rebuild          *self,
              const SrSnapshot *snapshot,
              GCancellable     *cancellable,
              GError          **error)
{
  g_autoptr (GError)     why = NULL;
  g_autoptr (JsonObject) record = load_record (self, snapshot, cancellable, &why);
  g_autoptr (JsonObject) counts = record != NULL ? read_counts (record) : NULL;
  g_autoptr (SrVerdict)  verdict = NULL;
  g_autoptr (SrRun)      run = sr_run_new (get_action (snapshot, record));
  gboolean               added;

  if (sr_check_cancelled (cancellable, error))
    return FALSE;
  fill_from_snapshot (run, snapshot);
  run->vault = g_strdup (self->options->vault);
  run->site = g_strdup (self->options->site);
  run->site_name = g_strdup (self->options->site_name);
  if (record != NULL)
    verdict = fill_from_record (run, record);
  run->records = sum_counts (counts);
  if (!sr_history_add (self->history, run, verdict, counts, &added, error))
    return FALSE;
  self->result->snapshots++;
  self->result->added += added;
  self->result->damaged += why != NULL;
  if (why != NULL)
    report (self, run, "failed", why);
  report (self, run, added ? "added" : "present", NULL);
  return TRUE;
}

static void
count_damage (SrFileType    type,
              const SrId   *id,
              const GError *error,
              gpointer      user_data)
{
  Rebuild *self = user_data;
  char     hex[SR_ID_HEX_SIZE];

  self->result->damaged++;
  if (self->options->report != NULL)
    self->options->report (sr_id_to_hex (id, hex), "failed", 0, error, self->options->user_data);
}

static gboolean
add_all (Rebuild      *self,
         SrProgress   *progress,
         GCancellable *cancellable,
         GError      **error)
{
  g_autoptr (GPtrArray) snapshots =
      sr_repo_list_snapshots (self->repo, count_damage, self, cancellable, error);

  if (snapshots == NULL ||
      !sr_repo_load_index (self->repo, NULL, count_damage, self, cancellable, error))
    return FALSE;
  sr_progress_set_totals (progress, 0, snapshots->len, FALSE);
  for (guint i = 0; i < snapshots->len; i++)
    {
      if (!add_snapshot (self, snapshots->pdata[i], cancellable, error))
        return FALSE;
      sr_progress_add (progress, 0, 1);
    }
  return TRUE;
}

gboolean
sr_rebuild_history_run (SrHistory              *history,
                        SrRepo                 *repo,
                        const SrRebuildOptions *options,
                        SrRebuildResult        *result,
                        SrProgress             *progress,
                        GCancellable           *cancellable,
                        GError                **error)
{
  Rebuild  self = { history, repo, options, result, NULL };
  SrLock  *lock = sr_lock_acquire (repo, FALSE, 0, cancellable, error);
  gboolean done;

  memset (result, 0, sizeof *result);
  if (lock == NULL)
    return FALSE;
  self.codec = sr_repo_new_codec (repo, SR_COMPRESSION_AUTO);
  done = add_all (&self, progress, cancellable, error);
  sr_blob_codec_free (self.codec);
  sr_lock_release (lock);
  return done;
}
