/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <string.h>

#include "archive/sr-backup-file-private.h"
#include "archive/sr-chain-records.h"
#include "archive/sr-json-head.h"
#include "archive/sr-kind-json.h"

/* JSON and CSV of nobody in particular: a file of collections, or files that are one each. */

/* A short object that tells of a failure and holds no collection. */
gboolean
sr_json_is_error_reply (SrBackupFile *file)
{
  g_autoptr (GPtrArray) members = NULL;
  const SrJsonMember   *success;
  const SrJsonMember   *message;

  if (file->type != SR_HEAD_JSON_OBJECT || file->n_head == SR_HEAD_SIZE)
    return FALSE;
  members = sr_json_head_scan ((const char *) file->head, file->n_head);
  for (guint i = 0; i < members->len; i++)
    if (((const SrJsonMember *) g_ptr_array_index (members, i))->type == '[')
      return FALSE;
  success = sr_json_head_find (members, "success");
  message = sr_json_head_find (members, "error");
  if (message == NULL)
    message = sr_json_head_find (members, "message");
  return (success != NULL && success->type == 'f') || message != NULL;
}

static char *
collection_of (const char *entry)
{
  g_autofree char *base = g_path_get_basename (entry);
  char            *dot = strrchr (base, '.');

  if (dot != NULL && dot != base)
    *dot = '\0';
  return g_steal_pointer (&base);
}

/* Whether all files end like that; a container of several, none of another kind. */
static gboolean
all_end_with (SrBackupFile *file,
              const char   *ending)
{
  guint n = sr_container_get_n_entries (file->outer);
  guint n_files = 0;

  for (guint i = 0; i < n; i++)
    {
      const SrContainerEntry *entry = sr_container_get_entry (file->outer, i);

      if (entry->type == SR_ENTRY_DIR)
        continue;
      if (entry->type != SR_ENTRY_FILE || !g_str_has_suffix (entry->name, ending))
        return FALSE;
      n_files++;
    }
  return n_files > 0;
}

static gboolean
json_matches (SrBackupFile *file)
{
  if (file->single != G_MAXUINT)
    return (file->type == SR_HEAD_JSON_ARRAY || file->type == SR_HEAD_JSON_OBJECT) &&
           !sr_json_is_error_reply (file);
  return all_end_with (file, ".json");
}

static gboolean
csv_matches (SrBackupFile *file)
{
  /* a heading of one name looks like any text */
  if (file->single != G_MAXUINT)
    return file->type == SR_HEAD_CSV ||
           (file->type == SR_HEAD_TEXT && all_end_with (file, ".csv"));
  return all_end_with (file, ".csv");
}

static gboolean
list_entries (SrBackupFile *file,
              GCancellable *cancellable,
              GError      **error)
{
  guint n = sr_container_get_n_entries (file->outer);

  for (guint i = 0; i < n && file->single == G_MAXUINT; i++)
    {
      const SrContainerEntry *entry = sr_container_get_entry (file->outer, i);
      g_autofree char        *name = collection_of (entry->name);

      if (entry->type == SR_ENTRY_FILE)
        sr_backup_file_add_collection (file, name, -1, entry->name);
    }
  return TRUE;
}

static SrRecordReader *
text_read (SrBackupFile *file,
           const char   *collection,
           GCancellable *cancellable,
           GError      **error)
{
  g_autofree char *name = NULL;
  SrRecordReader  *reader;

  if (file->single == G_MAXUINT)
    return sr_backup_file_read_collections (file, collection, cancellable, error);
  name = collection_of (sr_container_get_entry (file->container, file->single)->name);
  reader = sr_backup_file_read_entry (file, file->single, name, cancellable, error);
  return reader != NULL ? sr_chain_records_filter (reader, collection) : NULL;
}

const SrKind sr_kind_json = {
  .kind = SR_BACKUP_JSON,
  .name = "json",
  .title = "JSON collections",
  .per_entry = TRUE,
  .matches = json_matches,
  .open = list_entries,
  .read = text_read,
};

const SrKind sr_kind_csv = {
  .kind = SR_BACKUP_CSV,
  .name = "csv",
  .title = "CSV",
  .per_entry = TRUE,
  .matches = csv_matches,
  .open = list_entries,
  .read = text_read,
};
