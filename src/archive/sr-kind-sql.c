/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <string.h>

#include "archive/sr-backup-file-private.h"
#include "archive/sr-chain-records.h"
#include "base/sr-error.h"
#include "record/sr-sql-records.h"

/* SQL dumps of any database, the webeenthere server's own writer included. A dump is one file,
 * perhaps compressed. */

static SrSqlDialect
get_dialect (SrBackupFile *file)
{
  return file->type == SR_HEAD_SQL ? sr_sql_guess_dialect (file->head, file->n_head) : SR_SQL_NONE;
}

static gboolean
sql_matches (SrBackupFile *file)
{
  return get_dialect (file) != SR_SQL_NONE;
}

static gboolean
webeenthere_matches (SrBackupFile *file)
{
  return get_dialect (file) == SR_SQL_WEBEENTHERE;
}

/* What follows @label in one of the comments at the top. Returns: (transfer full) (nullable) */
static char *
find_comment (SrBackupFile *file,
              const char   *label)
{
  const char *head = (const char *) file->head;
  const char *found = memmem (head, file->n_head, label, strlen (label));
  const char *end;

  if (found == NULL || (found != head && found[-1] != '\n'))
    return NULL;
  found += strlen (label);
  end = memchr (found, '\n', (gsize) (head + file->n_head - found));
  if (end == NULL || end - found > 200)
    return NULL;
  return g_strstrip (g_strndup (found, (gsize) (end - found)));
}

static gboolean
webeenthere_open (SrBackupFile *file,
                  GCancellable *cancellable,
                  GError      **error)
{
  g_autofree char *database = find_comment (file, "-- Database: ");

  file->created = find_comment (file, "-- Generated: ");
  file->type_name = g_strdup ("database");
  sr_backup_file_add_fact (file, "database", database);
  return TRUE;
}

static gboolean
sql_open (SrBackupFile *file,
          GCancellable *cancellable,
          GError      **error)
{
  static const char *const titles[] = {
    [SR_SQL_NONE] = "SQL dump",
    [SR_SQL_MYSQL] = "MariaDB or MySQL dump",
    [SR_SQL_POSTGRES] = "PostgreSQL dump",
    [SR_SQL_WEBEENTHERE] = "webeenthere dump",
    [SR_SQL_SQLITE] = "SQLite dump",
  };
  SrSqlDialect     dialect = get_dialect (file);
  g_autofree char *server = find_comment (file, "-- Dumped from database version ");
  g_autofree char *tool = find_comment (file, "-- Dumped by ");

  sr_backup_file_set_title (file, "%s", titles[dialect]);
  sr_backup_file_add_fact (file, "dialect", sr_sql_dialect_name (dialect));
  sr_backup_file_add_fact (file, "server", server);
  sr_backup_file_add_fact (file, "made by", tool);
  return TRUE;
}

/* Keys that stand behind the data, and whether there are several databases, are found by a pass
 * over the text; once is enough. A text that it cannot read to the end is told by whoever reads
 * records. */
static gboolean
find_outline (SrBackupFile *file,
              GCancellable *cancellable,
              GError      **error)
{
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GError)       reason = NULL;
  SrSqlDialect             dialect = get_dialect (file);

  if (file->data != NULL || (dialect != SR_SQL_MYSQL && dialect != SR_SQL_POSTGRES))
    return TRUE;
  stream = sr_container_open_entry (file->container, file->single, cancellable, error);
  if (stream == NULL)
    return FALSE;
  file->data = sr_sql_prescan (stream, dialect, cancellable, &reason);
  file->free_data = (GDestroyNotify) sr_sql_outline_free;
  if (reason == NULL || !sr_error_is (reason, SR_ERROR_CANCELLED))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

static SrRecordReader *
sql_read (SrBackupFile *file,
          const char   *collection,
          GCancellable *cancellable,
          GError      **error)
{
  g_autoptr (GInputStream) stream = NULL;
  SrRecordReader          *reader;

  if (!find_outline (file, cancellable, error))
    return NULL;
  stream = sr_container_open_entry (file->container, file->single, cancellable, error);
  if (stream == NULL)
    return NULL;
  reader = sr_sql_records_new (stream, get_dialect (file));
  if (file->data != NULL)
    sr_sql_records_set_outline (SR_SQL_RECORDS (reader), file->data);
  return sr_chain_records_filter (reader, collection);
}

static void
tell_changes (SrJudge          *judge,
              const SrSqlFacts *facts)
{
  if (facts->n_changes > 0)
    sr_verdict_add (judge->verdict, SR_CHECK_SQL_CHANGES, "Statements that are not read",
                    SR_ASPECT_COMPLETE, SR_CHECK_WARNING,
                    "%" G_GUINT64_FORMAT " %s data in a way that is not read (%s): the records are "
                    "those without it.",
                    facts->n_changes,
                    facts->n_changes == 1 ? "statement changes" : "statements change",
                    facts->changes);
}

static void
sql_judge_end (SrJudge        *judge,
               SrRecordReader *reader)
{
  const SrSqlFacts *facts = sr_sql_records_get_facts (SR_SQL_RECORDS (reader));

  if (facts->has_end)
    sr_verdict_add (judge->verdict, "sql.end", "End of the dump", SR_ASPECT_INTACT,
                    SR_CHECK_PASSED, "The dump ends with its end mark.");
  else if (facts->needs_end)
    sr_verdict_add (judge->verdict, "sql.end", "End of the dump", SR_ASPECT_INTACT,
                    SR_CHECK_FAILED, "The dump's end mark is missing: it is cut off.");
  else
    sr_verdict_add (judge->verdict, "sql.end", "End of the dump", SR_ASPECT_INTACT,
                    SR_CHECK_NOT_MADE,
                    "Dumps of this tool have no end mark, so that nobody can say whether this one "
                    "is whole.");
  tell_changes (judge, facts);
  sr_backup_file_add_fact (judge->file, "made by", facts->tool);
  sr_backup_file_add_fact (judge->file, "database", facts->database);
  sr_backup_file_add_fact (judge->file, "server", facts->server);
}

static gboolean
webeenthere_judge (SrJudge *judge,
                   GError **error)
{
  sr_verdict_add (judge->verdict, "webeenthere.dialect", "Form of the dump", SR_ASPECT_COMPLETE,
                  SR_CHECK_NOTICE,
                  "No database server accepts this dump as it stands, not even the one that it was "
                  "made of; it must be converted.");
  sr_verdict_add (judge->verdict, "webeenthere.scope", "What is never contained",
                  SR_ASPECT_COMPLETE, SR_CHECK_NOTICE,
                  "Triggers, routines, the text of views and uploaded files are in no dump of this "
                  "server.");
  return TRUE;
}

const SrKind sr_kind_sql = {
  .kind = SR_BACKUP_SQL,
  .name = "sql",
  .title = "SQL dump",
  .matches = sql_matches,
  .open = sql_open,
  .read = sql_read,
  .judge_end = sql_judge_end,
};

const SrKind sr_kind_webeenthere = {
  .kind = SR_BACKUP_WEBEENTHERE,
  .name = "webeenthere",
  .title = "webeenthere database dump",
  .matches = webeenthere_matches,
  .open = webeenthere_open,
  .read = sql_read,
  .judge = webeenthere_judge,
  .judge_end = sql_judge_end,
};
