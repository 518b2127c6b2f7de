/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-state"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "state/sr-history-query.h"
#include "verdict/sr-verdict.h"

/* More words than a person types; each costs a search. */
#define MAX_WORDS 32

/* Places in SR_HISTORY_COLUMNS. */
enum
{
  COLUMN_ID,
  COLUMN_STARTED,
  COLUMN_ENDED,
  COLUMN_ACTION,
  COLUMN_STATE,
  COLUMN_SITE,
  COLUMN_SITE_NAME,
  COLUMN_VAULT,
  COLUMN_SNAPSHOT,
  COLUMN_PATH,
  COLUMN_BYTES,
  COLUMN_BYTES_ADDED,
  COLUMN_FILES,
  COLUMN_RECORDS,
  COLUMN_LEVEL,
  COLUMN_SENTENCE,
  COLUMN_ERROR,
  COLUMN_REBUILT,
};

static gboolean
is_searched (const SrRunFilter *filter)
{
  return filter->text != NULL && filter->text[strspn (filter->text, " \t\r\n")] != '\0';
}

char *
sr_history_make_match (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_auto (GStrv)   words = g_strsplit_set (valid, " \t\r\n", -1);
  GString         *match = g_string_new (NULL);
  guint            n = 0;

  for (gsize i = 0; words[i] != NULL && n < MAX_WORDS; i++)
    {
      if (*words[i] == '\0')
        continue;
      g_string_append (match, n++ > 0 ? " \"" : "\"");
      for (const char *at = words[i]; *at != '\0'; at++)
        if (*at == '"')
          g_string_append (match, "\"\"");
        else
          g_string_append_c (match, *at);
      g_string_append (match, "\"*");
    }
  return g_string_free (match, FALSE);
}

static void
append_condition (GString    *sql,
                  gboolean    wanted,
                  const char *condition)
{
  if (!wanted)
    return;
  g_string_append (sql, strstr (sql->str, " WHERE ") != NULL ? " AND " : " WHERE ");
  g_string_append (sql, condition);
}

char *
sr_history_make_sql (const SrRunFilter *filter,
                     gboolean           has_before,
                     SrHistoryWanted    wanted)
{
  gboolean    by_words = is_searched (filter);
  const char *start = by_words ? "run_words.rowid" : "run.started_ns";
  gboolean    needs_run = wanted == SR_HISTORY_ROWS || filter->site != NULL ||
                       filter->action != NULL || filter->state >= 0;
  GString *sql = g_string_new ("SELECT ");

  g_string_append (sql, wanted == SR_HISTORY_COUNT ? "count(*)" : SR_HISTORY_COLUMNS);
  g_string_append (sql, by_words ? " FROM run_words" : " FROM run");
  /* CROSS: the words come first and in order, the run of each is then looked up. */
  if (by_words && needs_run)
    g_string_append (sql, " CROSS JOIN run ON run.started_ns = run_words.rowid");
  append_condition (sql, by_words, "run_words MATCH :match");
  append_condition (sql, filter->site != NULL, "run.site = :site");
  append_condition (sql, filter->action != NULL, "run.action = :action");
  append_condition (sql, filter->state >= 0, "run.state = :state");
  append_condition (sql, filter->since_ns != 0,
                    by_words ? "run_words.rowid >= :since" : "run.started_ns >= :since");
  append_condition (sql, filter->until_ns != 0,
                    by_words ? "run_words.rowid < :until" : "run.started_ns < :until");
  append_condition (sql, has_before,
                    by_words ? "run_words.rowid < :before" : "run.started_ns < :before");
  if (wanted == SR_HISTORY_ROWS)
    g_string_append_printf (sql, " ORDER BY %s DESC", start);
  if (wanted == SR_HISTORY_ROWS && filter->limit > 0)
    g_string_append_printf (sql, " LIMIT %u", filter->limit);
  return g_string_free (sql, FALSE);
}

/* @before: (out): start of the last run of the page before */
static gboolean
find_before (sqlite3 *db,
             gint64   id,
             gint64  *before,
             GError **error)
{
  g_autoptr (SrHistoryStatement) statement =
      sr_history_db_prepare (db, "SELECT started_ns FROM run WHERE id = :id", error);
  int got;

  if (statement == NULL)
    return FALSE;
  sr_history_db_bind_int (statement, ":id", id);
  got = sr_history_db_step (statement, error);
  if (got > 0)
    *before = sqlite3_column_int64 (statement, 0);
  if (got == 0)
    g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND,
                 "There is no run %" G_GINT64_FORMAT " in the history", id);
  return got > 0;
}

sqlite3_stmt *
sr_history_prepare_query (sqlite3           *db,
                          const SrRunFilter *filter,
                          SrHistoryWanted    wanted,
                          GError           **error)
{
  gboolean         has_before = wanted == SR_HISTORY_ROWS && filter->before_id != 0;
  g_autofree char *match = is_searched (filter) ? sr_history_make_match (filter->text) : NULL;
  g_autofree char *sql = NULL;
  gint64           before = 0;
  sqlite3_stmt    *statement;

  if (has_before && !find_before (db, filter->before_id, &before, error))
    return NULL;
  sql = sr_history_make_sql (filter, has_before, wanted);
  statement = sr_history_db_prepare (db, sql, error);
  if (statement == NULL)
    return NULL;
  if (match != NULL)
    sr_history_db_bind_text (statement, ":match", match);
  if (filter->site != NULL)
    sr_history_db_bind_text (statement, ":site", filter->site);
  if (filter->action != NULL)
    sr_history_db_bind_text (statement, ":action", filter->action);
  if (filter->state >= 0)
    sr_history_db_bind_text (statement, ":state", sr_run_state_name ((SrRunState) filter->state));
  if (filter->since_ns != 0)
    sr_history_db_bind_int (statement, ":since", filter->since_ns);
  if (filter->until_ns != 0)
    sr_history_db_bind_int (statement, ":until", filter->until_ns);
  if (has_before)
    sr_history_db_bind_int (statement, ":before", before);
  return statement;
}

static char *
dup_text (sqlite3_stmt *statement,
          int           column)
{
  return g_strdup ((const char *) sqlite3_column_text (statement, column));
}

static gboolean
read_words (SrRun        *run,
            sqlite3_stmt *statement)
{
  const char    *level = (const char *) sqlite3_column_text (statement, COLUMN_LEVEL);
  const char    *state = (const char *) sqlite3_column_text (statement, COLUMN_STATE);
  SrVerdictLevel found;

  if (level != NULL && !sr_verdict_level_from_name (level, &found))
    return FALSE;
  run->level = level != NULL ? (int) found : -1;
  return sr_run_state_from_name (state, &run->state);
}

SrRun *
sr_history_read_run (sqlite3_stmt *statement,
                     GError      **error)
{
  const char       *action = (const char *) sqlite3_column_text (statement, COLUMN_ACTION);
  g_autoptr (SrRun) run = sr_run_new (action != NULL ? action : "");

  run->id = sqlite3_column_int64 (statement, COLUMN_ID);
  run->started_ns = sqlite3_column_int64 (statement, COLUMN_STARTED);
  run->ended_ns = sqlite3_column_int64 (statement, COLUMN_ENDED);
  run->site = dup_text (statement, COLUMN_SITE);
  run->site_name = dup_text (statement, COLUMN_SITE_NAME);
  run->vault = dup_text (statement, COLUMN_VAULT);
  run->snapshot = dup_text (statement, COLUMN_SNAPSHOT);
  run->path = dup_text (statement, COLUMN_PATH);
  run->bytes = sqlite3_column_int64 (statement, COLUMN_BYTES);
  run->bytes_added = sqlite3_column_int64 (statement, COLUMN_BYTES_ADDED);
  run->files = sqlite3_column_int64 (statement, COLUMN_FILES);
  run->records = sqlite3_column_int64 (statement, COLUMN_RECORDS);
  run->sentence = dup_text (statement, COLUMN_SENTENCE);
  run->error = dup_text (statement, COLUMN_ERROR);
  run->rebuilt = sqlite3_column_int (statement, COLUMN_REBUILT) != 0;
  if (read_words (run, statement))
    return g_steal_pointer (&run);
  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
               "The history is damaged: run %" G_GINT64_FORMAT " has a state or a verdict that was "
               "never written",
               run->id);
  return NULL;
}
