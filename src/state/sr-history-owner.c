/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-state"

#include "config.h"

#include "base/sr-process-origin.h"
#include "state/sr-history-query.h"
#include "state/sr-history-write.h"

#define PURPOSE  "history"
#define SENTENCE "The program that ran this is gone; it left no result"

gboolean
sr_history_insert_owner (sqlite3     *db,
                         const SrRun *run,
                         GError     **error)
{
  g_auto (SrProcessOrigin)       self = { 0 };
  g_autoptr (SrHistoryStatement) statement = NULL;

  sr_process_origin_init_self (&self, PURPOSE);
  /* Who cannot be told apart later cannot be proven gone either: such a run stays as it is. */
  if (!self.is_known)
    return TRUE;
  statement = sr_history_db_prepare (
      db,
      "INSERT OR REPLACE INTO run_owner (id, host, machine, boot, pid_namespace, pid, start)"
      " VALUES (:id, :host, :machine, :boot, :namespace, :pid, :start)",
      error);
  if (statement == NULL)
    return FALSE;
  sr_history_db_bind_int (statement, ":id", run->id);
  sr_history_db_bind_text (statement, ":host", g_get_host_name ());
  sr_history_db_bind_text (statement, ":machine", self.machine);
  sr_history_db_bind_text (statement, ":boot", self.boot);
  sr_history_db_bind_int (statement, ":namespace", (gint64) self.pid_namespace);
  sr_history_db_bind_int (statement, ":pid", self.pid);
  sr_history_db_bind_int (statement, ":start", (gint64) self.start);
  return sr_history_db_run (statement, error);
}

static gboolean
is_gone (sqlite3_stmt          *row,
         const SrProcessOrigin *here)
{
  const char     *host = (const char *) sqlite3_column_text (row, 1);
  SrProcessOrigin owner = {
    .is_known = TRUE,
    .machine = (char *) sqlite3_column_text (row, 2),
    .boot = (char *) sqlite3_column_text (row, 3),
    .pid_namespace = (guint64) sqlite3_column_int64 (row, 4),
    .pid = sqlite3_column_int64 (row, 5),
    .start = (guint64) sqlite3_column_int64 (row, 6),
  };

  return g_strcmp0 (host, g_get_host_name ()) == 0 && owner.machine != NULL &&
         owner.boot != NULL && sr_process_origin_is_gone (&owner, here);
}

gboolean
sr_history_find_orphans (sqlite3 *db,
                         GArray **ids,
                         GError **error)
{
  g_auto (SrProcessOrigin)       here = { 0 };
  g_autoptr (GArray)             found = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (SrHistoryStatement) statement = sr_history_db_prepare (
      db,
      "SELECT run_owner.id, host, machine, boot, pid_namespace, pid, start"
      " FROM run CROSS JOIN run_owner ON run_owner.id = run.id WHERE run.state = 'running'",
      error);
  int got;

  if (statement == NULL)
    return FALSE;
  sr_process_origin_init_self (&here, PURPOSE);
  while ((got = sr_history_db_step (statement, error)) > 0)
    {
      gint64 id = sqlite3_column_int64 (statement, 0);

      if (is_gone (statement, &here))
        g_array_append_val (found, id);
    }
  if (got < 0)
    return FALSE;
  *ids = g_steal_pointer (&found);
  return TRUE;
}

static gboolean
end_one (sqlite3  *db,
         gint64    id,
         gint64    now_ns,
         gboolean *changed,
         GError  **error)
{
  g_autoptr (SrHistoryStatement) statement = sr_history_db_prepare (
      db,
      "SELECT " SR_HISTORY_COLUMNS " FROM run WHERE id = :id AND state = 'running'", error);
  g_autoptr (SrRun) run = NULL;
  int               got;

  if (statement == NULL)
    return FALSE;
  sr_history_db_bind_int (statement, ":id", id);
  got = sr_history_db_step (statement, error);
  run = got > 0 ? sr_history_read_run (statement, error) : NULL;
  if (run == NULL)
    return got == 0;
  run->state = SR_RUN_INTERRUPTED;
  /* When it died is not known, only when that was seen. */
  run->ended_ns = MAX (now_ns, run->started_ns);
  if (run->error == NULL)
    run->error = g_strdup (SENTENCE);
  g_clear_pointer (&statement, sqlite3_finalize);
  return sr_history_update (db, run, NULL, changed, error);
}

gboolean
sr_history_end_orphans (sqlite3 *db,
                        GArray  *ids,
                        gint64   now_ns,
                        guint   *n,
                        GError **error)
{
  *n = 0;
  for (guint i = 0; i < ids->len; i++)
    {
      gboolean changed = FALSE;

      if (!end_one (db, g_array_index (ids, gint64, i), now_ns, &changed, error))
        return FALSE;
      *n += changed;
    }
  return TRUE;
}
