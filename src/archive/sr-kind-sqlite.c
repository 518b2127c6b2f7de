/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/sr-chain-records.h"
#include "archive/sr-kind-sqlite.h"
#include "base/sr-error.h"
#include "record/sr-table-records.h"

/* Of the file header: how it is written and read; 2 is a write-ahead log. */
#define WRITE_VERSION_AT 18
#define WAL_VERSION      2

static gboolean
sqlite_matches (SrBackupFile *file)
{
  return file->type == SR_HEAD_SQLITE;
}

static SrRecordReader *
sqlite_read (SrBackupFile *file,
             const char   *collection,
             GCancellable *cancellable,
             GError      **error)
{
  SrRecordReader *reader;

  reader = sr_backup_file_read_entry (file, file->single, "database", cancellable, error);
  return reader != NULL ? sr_chain_records_filter (reader, collection) : NULL;
}

/* A file beside the database in the container, or beside it on the disk. */
static gboolean
is_beside (SrBackupFile *file,
           const char   *name,
           const char   *ending)
{
  g_autofree char *inside = g_strconcat (name, ending, NULL);
  g_autofree char *outside = file->path != NULL ? g_strconcat (file->path, ending, NULL) : NULL;
  struct stat      st;
  guint            index;

  if (sr_backup_file_find (file, inside, &index))
    return sr_container_get_entry (file->container, index)->size != 0;
  return outside != NULL && sr_file_container_get_fd (file->container) >= 0 &&
         stat (outside, &st) == 0 && st.st_size > 0;
}

static void
judge_beside (SrJudge      *judge,
              const char   *name,
              const guint8 *header)
{
  SrBackupFile *file = judge->file;
  const char   *id = "sqlite.journal";
  const char   *title = "Changes beside the database";

  if (is_beside (file, name, "-journal"))
    sr_verdict_add (judge->verdict, id, title, SR_ASPECT_INTACT, SR_CHECK_WARNING,
                    "A rollback journal lies beside “%s”: it was copied in the middle of a change. "
                    "Only with the journal is it whole.",
                    name);
  else if (is_beside (file, name, "-wal"))
    sr_verdict_add (judge->verdict, id, title, SR_ASPECT_COMPLETE, SR_CHECK_WARNING,
                    "A write-ahead log lies beside “%s”: the last changes stand there and not in "
                    "the database. They were not looked at.",
                    name);
  else if (header[WRITE_VERSION_AT] == WAL_VERSION)
    sr_verdict_add (judge->verdict, id, title, SR_ASPECT_COMPLETE, SR_CHECK_WARNING,
                    "“%s” is used with a write-ahead log, which is not in the backup; the last "
                    "changes before it may be missing.",
                    name);
}

static gboolean
judge_integrity (SrJudge *judge,
                 int      fd,
                 GError **error)
{
  g_autoptr (GError) reason = NULL;

  if (sr_sqlite_records_check (fd, judge->cancellable, &reason))
    sr_verdict_add (judge->verdict, "sqlite.integrity", "Integrity of the database",
                    SR_ASPECT_INTACT, SR_CHECK_PASSED, "SQLite finds nothing wrong with it.");
  else if (sr_error_is (reason, SR_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  else
    sr_verdict_add (judge->verdict, "sqlite.integrity", "Integrity of the database",
                    SR_ASPECT_INTACT, SR_CHECK_FAILED, "%s.", reason->message);
  return TRUE;
}

gboolean
sr_judge_sqlite (SrJudge *judge,
                 guint    index,
                 GError **error)
{
  SrBackupFile      *file = judge->file;
  const char        *name = sr_container_get_entry (file->container, index)->name;
  g_autoptr (GError) reason = NULL;
  guint8             header[100] = { 0 };
  gssize             n;
  int                fd;
  gboolean           ok;

  if (judge->options->quick)
    return TRUE;
  fd = sr_backup_file_spool_entry (file, index, judge->cancellable, &reason);
  if (fd < 0 && !sr_error_is (reason, SR_ERROR_DAMAGED))
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  if (fd < 0)
    {
      sr_verdict_add (judge->verdict, "sqlite.integrity", "Integrity of the database",
                      SR_ASPECT_INTACT, SR_CHECK_FAILED, "%s.", reason->message);
      return TRUE;
    }
  n = pread (fd, header, sizeof header, 0);
  if (n == sizeof header)
    judge_beside (judge, name, header);
  ok = judge_integrity (judge, fd, error);
  close (fd);
  return ok;
}

static gboolean
sqlite_judge (SrJudge *judge,
              GError **error)
{
  return sr_judge_sqlite (judge, judge->file->single, error);
}

const SrKind sr_kind_sqlite = {
  .kind = SR_BACKUP_SQLITE,
  .name = "sqlite",
  .title = "SQLite database",
  .matches = sqlite_matches,
  .read = sqlite_read,
  .judge = sqlite_judge,
};
