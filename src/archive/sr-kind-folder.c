/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <string.h>

#include "archive/sr-backup-file-private.h"
#include "base/sr-error.h"

/* A folder that holds several backup files. It lists them as what it contains; judging opens and
 * judges each. */

#define MAX_LOOKED_AT 64

static gboolean
is_backup_type (SrHeadType type)
{
  switch ((int) type)
    {
    case SR_HEAD_ZIP:
    case SR_HEAD_ARCHIVE:
    case SR_HEAD_SQLITE:
    case SR_HEAD_MONGODUMP:
    case SR_HEAD_SQL:
    case SR_HEAD_PG_CUSTOM:
    case SR_HEAD_RANDOM:
    case SR_HEAD_JSON_OBJECT:
      return TRUE;
    default:
      return FALSE;
    }
}

static SrHeadType
look_at (SrBackupFile *file,
         guint         index)
{
  g_autofree guint8 *head = g_malloc (SR_HEAD_SIZE);
  gsize              size = SR_HEAD_SIZE;

  if (!sr_container_read_head (file->outer, index, head, &size, NULL, NULL))
    return SR_HEAD_BINARY;
  return sr_head_guess (head, size);
}

/* No folder in it, and at least half of the files look like backups; a few are looked at. */
static gboolean
collection_matches (SrBackupFile *file)
{
  guint n = sr_container_get_n_entries (file->outer);
  guint n_backups = 0;
  guint n_files = 0;

  if (file->fd >= 0 || SR_IS_ZIP_READER (file->outer))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      const SrContainerEntry *entry = sr_container_get_entry (file->outer, i);

      if (entry->type == SR_ENTRY_DIR || strchr (entry->name, '/') != NULL)
        return FALSE;
      if (entry->type != SR_ENTRY_FILE || n_files >= MAX_LOOKED_AT)
        continue;
      n_files++;
      n_backups += is_backup_type (look_at (file, i));
    }
  return n_backups > 0 && 2 * n_backups >= n_files;
}

static gboolean
collection_open (SrBackupFile *file,
                 GCancellable *cancellable,
                 GError      **error)
{
  guint            n = sr_container_get_n_entries (file->outer);
  g_autofree char *text = g_strdup_printf ("%u", n);
  g_autofree char *files = sr_verdict_counted (n, "file", "files");

  sr_backup_file_set_title (file, "folder of %s", files);
  sr_backup_file_add_fact (file, "files", text);
  return TRUE;
}

/* From the disk where it lies there, else spooled. */
static SrBackupFile *
open_one (SrJudge *judge,
          guint    index,
          GError **error)
{
  SrBackupFile            *file = judge->file;
  const SrContainerEntry  *entry = sr_container_get_entry (file->container, index);
  SrBackupFileOptions      options = { .limits = sr_guard_get_limits (file->guard),
                                       .temp_dir = file->temp_dir,
                                       .ask_key = file->ask_key,
                                       .user_data = file->user_data };
  g_autoptr (SrContainer)  container = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autofree char         *path = NULL;
  int                      fd;

  if (file->path != NULL)
    {
      path = g_build_filename (file->path, entry->name, NULL);
      return sr_backup_file_open (path, &options, judge->cancellable, error);
    }
  stream = sr_container_open_entry (file->container, index, judge->cancellable, error);
  if (stream == NULL)
    return NULL;
  fd = sr_spool_stream (stream, entry->name, file->guard, file->temp_dir, NULL, judge->cancellable,
                        error);
  if (fd < 0)
    return NULL;
  container = sr_backup_open_container (fd, entry->name, file->guard, judge->cancellable, error);
  if (container == NULL)
    return NULL;
  return sr_backup_file_open_container (container, &options, judge->cancellable, error);
}

static SrCheckResult
result_of (SrVerdictLevel level)
{
  switch (level)
    {
    case SR_VERDICT_BROKEN:
      return SR_CHECK_FAILED;
    case SR_VERDICT_SUSPICIOUS:
      return SR_CHECK_WARNING;
    default:
      return SR_CHECK_PASSED;
    }
}

static gboolean
judge_one (SrJudge *judge,
           guint    index,
           GError **error)
{
  SrJudgeOptions           options = { .quick = judge->options->quick };
  g_autofree char         *shown = NULL;
  g_autofree char         *id = NULL;
  g_autofree char         *sentence = NULL;
  g_autoptr (GError)       reason = NULL;
  g_autoptr (SrVerdict)    verdict = NULL;
  g_autoptr (SrBackupFile) one = open_one (judge, index, &reason);

  shown = sr_guard_show_name (sr_container_get_entry (judge->file->container, index)->name);
  id = g_strdup_printf ("file:%s", shown);
  if (one != NULL)
    verdict = sr_backup_file_judge (one, &options, judge->progress, judge->cancellable, &reason);
  if (verdict == NULL && sr_error_is (reason, SR_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  if (verdict == NULL)
    {
      sr_verdict_add (judge->verdict, id, shown, SR_ASPECT_INTACT, SR_CHECK_FAILED, "%s: %s.",
                      shown, reason->message);
      return TRUE;
    }
  sentence = sr_verdict_get_sentence (verdict);
  sr_verdict_add (judge->verdict, id, shown, SR_ASPECT_INTACT,
                  result_of (sr_verdict_get_level (verdict)), "%s (%s): %s: %s", shown,
                  sr_backup_file_get_title (one),
                  sr_verdict_level_name (sr_verdict_get_level (verdict)), sentence);
  return TRUE;
}

static gboolean
collection_judge (SrJudge *judge,
                  GError **error)
{
  guint n = sr_container_get_n_entries (judge->file->container);

  for (guint i = 0; i < n; i++)
    if (sr_container_get_entry (judge->file->container, i)->type == SR_ENTRY_FILE &&
        !judge_one (judge, i, error))
      return FALSE;
  return TRUE;
}

static SrRecordReader *
collection_read (SrBackupFile *file,
                 const char   *collection,
                 GCancellable *cancellable,
                 GError      **error)
{
  g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
               "This folder holds several backup files; open one of them");
  return NULL;
}

const SrKind sr_kind_collection = {
  .kind = SR_BACKUP_COLLECTION,
  .name = "collection",
  .title = "folder of backup files",
  .unread = TRUE,
  .matches = collection_matches,
  .open = collection_open,
  .read = collection_read,
  .judge = collection_judge,
};
