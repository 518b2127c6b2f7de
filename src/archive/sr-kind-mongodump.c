/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include "archive/sr-backup-file-private.h"
#include "archive/sr-mongodump.h"
#include "base/sr-error.h"

static gboolean
mongodump_matches (SrBackupFile *file)
{
  return file->type == SR_HEAD_MONGODUMP;
}

static gboolean
is_fatal (const GError *reason)
{
  return sr_error_is (reason, SR_ERROR_CANCELLED) || sr_error_is (reason, SR_ERROR_REFUSED);
}

static SrMongodump *
open_dump (SrBackupFile *file,
           SrContainer  *container,
           GCancellable *cancellable,
           GError      **error)
{
  g_autoptr (GInputStream) stream = NULL;

  stream = sr_container_open_entry (container, file->single, cancellable, error);
  return stream != NULL ? sr_mongodump_new (stream, cancellable, error) : NULL;
}

static gboolean
mongodump_open (SrBackupFile *file,
                GCancellable *cancellable,
                GError      **error)
{
  g_autoptr (GError)      reason = NULL;
  g_autoptr (SrMongodump) dump = open_dump (file, file->outer, cancellable, &reason);

  if (dump == NULL && is_fatal (reason))
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  if (dump == NULL)
    {
      sr_backup_file_fail (file, g_steal_pointer (&reason));
      return TRUE;
    }
  sr_backup_file_add_fact (file, "server", sr_mongodump_get_server_version (dump));
  sr_backup_file_add_fact (file, "made by", sr_mongodump_get_tool_version (dump));
  for (guint i = 0; i < sr_mongodump_get_namespaces (dump)->len; i++)
    {
      const SrMongoNamespace *namespace;

      namespace = g_ptr_array_index (sr_mongodump_get_namespaces (dump), i);
      sr_backup_file_add_collection (file, namespace->name, -1, NULL);
    }
  return TRUE;
}

static void
tell_namespaces (SrJudge     *judge,
                 SrMongodump *dump)
{
  GPtrArray *namespaces = sr_mongodump_get_namespaces (dump);
  guint64    n_documents = 0;
  guint      n_bad = 0;
  guint      n_open = 0;

  for (guint i = 0; i < namespaces->len; i++)
    {
      const SrMongoNamespace *namespace = g_ptr_array_index (namespaces, i);
      SrBackupCollection *known = sr_backup_file_find_collection (judge->file, namespace->name);

      if (known == NULL)
        known = sr_backup_file_add_collection (judge->file, namespace->name, 0, NULL);
      known->count = (gint64) namespace->count;
      n_documents += namespace->count;
      n_bad += namespace->has_end && !namespace->good_crc;
      n_open += !namespace->has_end;
    }
  if (n_bad > 0)
    sr_verdict_add (judge->verdict, "mongodump.crc", "Checksums", SR_ASPECT_INTACT, SR_CHECK_FAILED,
                    "Not every collection is what its checksum says, %u of %u are not.", n_bad,
                    namespaces->len);
  else if (n_open > 0)
    sr_verdict_add (judge->verdict, "mongodump.crc", "Checksums", SR_ASPECT_INTACT,
                    SR_CHECK_NOT_MADE, "Not every collection has its checksum, %u of %u have none.",
                    n_open, namespaces->len);
  else
    sr_verdict_add (
        judge->verdict, "mongodump.crc", "Checksums", SR_ASPECT_INTACT, SR_CHECK_PASSED,
        "The checksum of every collection is right; documents in all: %" G_GUINT64_FORMAT ".",
        n_documents);
  if (n_open > 0)
    sr_verdict_add (judge->verdict, "mongodump.end", "Ends of collections", SR_ASPECT_INTACT,
                    SR_CHECK_FAILED, "Not every collection comes to its end, %u of %u do not.",
                    n_open, namespaces->len);
  else
    sr_verdict_add (judge->verdict, "mongodump.end", "Ends of collections", SR_ASPECT_COMPLETE,
                    SR_CHECK_PASSED, "Every collection comes to its end.");
}

static gboolean
mongodump_judge (SrJudge *judge,
                 GError **error)
{
  g_autoptr (GError)      reason = NULL;
  g_autoptr (SrMongodump) dump = NULL;

  if (judge->options->quick || judge->file->error != NULL)
    return TRUE;
  dump = open_dump (judge->file, judge->file->container, judge->cancellable, &reason);
  if (dump == NULL || !sr_mongodump_walk (dump, judge->cancellable, &reason))
    {
      if (is_fatal (reason))
        {
          g_propagate_error (error, g_steal_pointer (&reason));
          return FALSE;
        }
      sr_verdict_add (judge->verdict, "mongodump.blocks", "Blocks", SR_ASPECT_INTACT,
                      SR_CHECK_FAILED, "%s.", reason->message);
    }
  if (dump != NULL)
    tell_namespaces (judge, dump);
  sr_verdict_add (judge->verdict, "privacy.whole-database", "Secrets", SR_ASPECT_PRIVACY,
                  SR_CHECK_NOTICE,
                  "A mongodump holds whole databases, password hashes of users included.");
  return TRUE;
}

static SrRecordReader *
mongodump_read (SrBackupFile *file,
                const char   *collection,
                GCancellable *cancellable,
                GError      **error)
{
  g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
               "Records of a mongodump archive are not read: it is listed and checked only; "
               "mongorestore restores it");
  return NULL;
}

const SrKind sr_kind_mongodump = {
  .kind = SR_BACKUP_MONGODUMP,
  .name = "mongodump",
  .checksums = TRUE,
  .title = "mongodump archive",
  .unread = TRUE,
  .matches = mongodump_matches,
  .open = mongodump_open,
  .read = mongodump_read,
  .judge = mongodump_judge,
};
