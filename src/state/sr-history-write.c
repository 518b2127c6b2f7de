/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-state"

#include "config.h"

#include <string.h>

#include "state/sr-history-write.h"
#include "verdict/sr-verdict.h"

/* What a job or a server says in one line or a few; the whole is in the log. */
#define MAX_SENTENCE (64 * 1024)
#define MAX_NAME     (16 * 1024)

char *
sr_history_cut_text (const char *text,
                     gsize       max)
{
  g_autofree char *valid = text != NULL ? g_utf8_make_valid (text, -1) : NULL;
  gsize            size = valid != NULL ? strlen (valid) : 0;
  gsize            half = (max - 128) / 2;
  const char      *head_end;
  const char      *tail;

  if (size <= max)
    return g_steal_pointer (&valid);
  /* Whole characters only. */
  head_end = g_utf8_find_prev_char (valid, valid + half + 1);
  tail = g_utf8_find_next_char (valid + size - half - 1, NULL);
  return g_strdup_printf ("%.*s\n[… %" G_GSIZE_FORMAT " bytes are left out here …]\n%s",
                          (int) (head_end - valid), valid, (gsize) (tail - head_end), tail);
}

static void
bind_cut (sqlite3_stmt *statement,
          const char   *name,
          const char   *text)
{
  g_autofree char *cut = sr_history_cut_text (text, MAX_SENTENCE);

  sr_history_db_bind_text (statement, name, cut);
}

/* Names of files stay the bytes they are; nothing opens one this long. */
static void
bind_name (sqlite3_stmt *statement,
           const char   *name,
           const char   *value)
{
  g_autofree char *cut =
      value != NULL && strlen (value) > MAX_NAME ? sr_history_cut_text (value, MAX_NAME) : NULL;

  sr_history_db_bind_text (statement, name, cut != NULL ? cut : value);
}

static void
bind_run (sqlite3_stmt *statement,
          const SrRun  *run)
{
  gboolean has_level = run->level >= SR_VERDICT_BROKEN && run->level <= SR_VERDICT_PROVEN;

  sr_history_db_bind_int (statement, ":started", run->started_ns);
  sr_history_db_bind_int (statement, ":ended", run->ended_ns);
  sr_history_db_bind_text (statement, ":action", run->action);
  sr_history_db_bind_text (statement, ":state", sr_run_state_name (run->state));
  bind_name (statement, ":site", run->site);
  bind_cut (statement, ":site_name", run->site_name);
  bind_name (statement, ":vault", run->vault);
  bind_name (statement, ":snapshot", run->snapshot);
  bind_name (statement, ":path", run->path);
  sr_history_db_bind_int (statement, ":bytes", run->bytes);
  sr_history_db_bind_int (statement, ":bytes_added", run->bytes_added);
  sr_history_db_bind_int (statement, ":files", run->files);
  sr_history_db_bind_int (statement, ":records", run->records);
  sr_history_db_bind_text (statement, ":level",
                           has_level ? sr_verdict_level_name ((SrVerdictLevel) run->level) : NULL);
  bind_cut (statement, ":sentence", run->sentence);
  bind_cut (statement, ":error", run->error);
  sr_history_db_bind_int (statement, ":rebuilt", run->rebuilt != FALSE);
}

/* Prepares, binds :id and runs. */
static gboolean
run_with_id (sqlite3    *db,
             const char *sql,
             gint64      id,
             GError    **error)
{
  g_autoptr (SrHistoryStatement) statement = sr_history_db_prepare (db, sql, error);

  if (statement == NULL)
    return FALSE;
  sr_history_db_bind_int (statement, ":id", id);
  return sr_history_db_run (statement, error);
}

/* The words that were indexed have to be told again to be taken out (FTS5, external content), so
 * this comes before the texts are changed. */
static gboolean
remove_words (sqlite3 *db,
              gint64   id,
              GError **error)
{
  return run_with_id (db,
                      "INSERT INTO run_words (run_words, rowid, about, log)"
                      " SELECT 'delete', started_ns, about, log FROM run_text WHERE id = :id",
                      id, error);
}

static gboolean
add_words (sqlite3 *db,
           gint64   id,
           GError **error)
{
  return run_with_id (db,
                      "INSERT INTO run_words (rowid, about, log)"
                      " SELECT started_ns, about, log FROM run_text WHERE id = :id",
                      id, error);
}

static gboolean
write_detail (sqlite3           *db,
              gint64             id,
              const SrRunDetail *detail,
              GError           **error)
{
  g_autoptr (SrHistoryStatement) statement = NULL;

  if (detail == NULL || (detail->verdict == NULL && detail->counts == NULL && detail->log == NULL))
    return TRUE;
  statement = sr_history_db_prepare (db,
                                     "INSERT OR REPLACE INTO run_detail (id, verdict, counts, log)"
                                     " VALUES (:id, :verdict, :counts, :log)",
                                     error);
  if (statement == NULL)
    return FALSE;
  sr_history_db_bind_int (statement, ":id", id);
  sr_history_db_bind_text (statement, ":verdict", detail->verdict);
  sr_history_db_bind_text (statement, ":counts", detail->counts);
  sr_history_db_bind_text (statement, ":log", detail->log);
  return sr_history_db_run (statement, error);
}

/* Moves @started_ns behind the runs that stand there already. */
static gboolean
find_free_start (sqlite3 *db,
                 gint64  *started_ns,
                 GError **error)
{
  g_autoptr (SrHistoryStatement) statement =
      sr_history_db_prepare (db, "SELECT 1 FROM run WHERE started_ns = :started", error);
  int got;

  if (statement == NULL)
    return FALSE;
  for (;;)
    {
      sqlite3_reset (statement);
      sr_history_db_bind_int (statement, ":started", *started_ns);
      got = sr_history_db_step (statement, error);
      if (got <= 0)
        return got == 0;
      (*started_ns)++;
    }
}

gboolean
sr_history_insert (sqlite3           *db,
                   SrRun             *run,
                   const SrRunDetail *detail,
                   GError           **error)
{
  g_autoptr (SrHistoryStatement) statement = NULL;

  if (!find_free_start (db, &run->started_ns, error))
    return FALSE;
  statement = sr_history_db_prepare (
      db,
      "INSERT INTO run (started_ns, ended_ns, action, state, site, site_name, vault, snapshot,"
      " path, bytes, bytes_added, files, records, level, sentence, error, rebuilt)"
      " VALUES (:started, :ended, :action, :state, :site, :site_name, :vault, :snapshot,"
      " :path, :bytes, :bytes_added, :files, :records, :level, :sentence, :error, :rebuilt)",
      error);
  if (statement == NULL)
    return FALSE;
  bind_run (statement, run);
  if (!sr_history_db_run (statement, error))
    return FALSE;
  run->id = sqlite3_last_insert_rowid (db);
  return write_detail (db, run->id, detail, error) && add_words (db, run->id, error);
}

static gboolean
update_row (sqlite3     *db,
            const SrRun *run,
            gboolean    *found,
            GError     **error)
{
  g_autoptr (SrHistoryStatement) statement = sr_history_db_prepare (
      db,
      "UPDATE run SET ended_ns = :ended, action = :action, state = :state, site = :site,"
      " site_name = :site_name, vault = :vault, snapshot = :snapshot, path = :path,"
      " bytes = :bytes, bytes_added = :bytes_added, files = :files, records = :records,"
      " level = :level, sentence = :sentence, error = :error, rebuilt = :rebuilt"
      " WHERE id = :id AND started_ns = :started",
      error);

  if (statement == NULL)
    return FALSE;
  bind_run (statement, run);
  sr_history_db_bind_int (statement, ":id", run->id);
  if (!sr_history_db_run (statement, error))
    return FALSE;
  *found = sqlite3_changes (db) > 0;
  return TRUE;
}

/* Whether it is there, before its words are taken out. */
static gboolean
is_there (sqlite3     *db,
          const SrRun *run,
          gboolean    *found,
          GError     **error)
{
  g_autoptr (SrHistoryStatement) statement = sr_history_db_prepare (
      db, "SELECT 1 FROM run WHERE id = :id AND started_ns = :started", error);
  int got;

  if (statement == NULL)
    return FALSE;
  sr_history_db_bind_int (statement, ":id", run->id);
  sr_history_db_bind_int (statement, ":started", run->started_ns);
  got = sr_history_db_step (statement, error);
  *found = got > 0;
  return got >= 0;
}

gboolean
sr_history_update (sqlite3           *db,
                   const SrRun       *run,
                   const SrRunDetail *detail,
                   gboolean          *found,
                   GError           **error)
{
  if (!is_there (db, run, found, error))
    return FALSE;
  if (!*found)
    return TRUE;
  return remove_words (db, run->id, error) && update_row (db, run, found, error) &&
         write_detail (db, run->id, detail, error) && add_words (db, run->id, error) &&
         run_with_id (db, "DELETE FROM run_owner WHERE id = :id", run->id, error);
}

gboolean
sr_history_find_same (sqlite3     *db,
                      const SrRun *run,
                      gboolean    *found,
                      GError     **error)
{
  g_autoptr (SrHistoryStatement) statement = NULL;
  int                            got;

  *found = FALSE;
  if (run->snapshot == NULL)
    return TRUE;
  statement = sr_history_db_prepare (
      db, "SELECT 1 FROM run WHERE snapshot = :snapshot AND action = :action LIMIT 1", error);
  if (statement == NULL)
    return FALSE;
  sr_history_db_bind_text (statement, ":snapshot", run->snapshot);
  sr_history_db_bind_text (statement, ":action", run->action);
  got = sr_history_db_step (statement, error);
  *found = got > 0;
  return got >= 0;
}

gboolean
sr_history_count_change (sqlite3 *db,
                         GError **error)
{
  return sr_history_db_exec (db, "UPDATE change SET number = number + 1", error);
}
