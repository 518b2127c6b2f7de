/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-state"

#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "base/sr-json.h"
#include "state/sr-history-query.h"
#include "state/sr-history-write.h"
#include "state/sr-history.h"

/* JSON of a verdict or of counts; a site with more collections than fit here has none kept. */
#define MAX_JSON   (4 * 1024 * 1024)
#define JSON_DEPTH 8

/* So many steps of SQLite's machine between two looks at the cancellable. */
#define CANCEL_STEPS 10000

struct _SrHistory
{
  GObject parent_instance;

  GMutex   lock;
  sqlite3 *db;
  SrClock *clock; /* (nullable) */
  guint64  version;
};

G_DEFINE_FINAL_TYPE (SrHistory, sr_history, G_TYPE_OBJECT)

static void
sr_history_finalize (GObject *object)
{
  SrHistory *self = SR_HISTORY (object);

  sqlite3_close_v2 (self->db);
  g_clear_pointer (&self->clock, sr_clock_unref);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (sr_history_parent_class)->finalize (object);
}

static void
sr_history_class_init (SrHistoryClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sr_history_finalize;
}

static void
sr_history_init (SrHistory *self)
{
  g_mutex_init (&self->lock);
}

char *
sr_history_get_default_path (void)
{
  return g_build_filename (g_get_user_state_dir (), "strongroom", "history.db", NULL);
}

/* A file whose number is right and whose tables are not has lost something. */
static gboolean
check_tables (sqlite3 *db,
              GError **error)
{
  static const char *const needed[] = {
    "SELECT " SR_HISTORY_COLUMNS " FROM run ORDER BY started_ns DESC LIMIT 1",
    "SELECT id, verdict, counts, log FROM run_detail LIMIT 1",
    "SELECT id, host, machine, boot, pid_namespace, pid, start FROM run_owner LIMIT 1",
    "SELECT id, about, log FROM run_text WHERE id = 0",
    "SELECT rowid FROM run_words LIMIT 1",
    "SELECT number FROM change WHERE only = 1",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (needed); i++)
    {
      g_autoptr (SrHistoryStatement) statement = sr_history_db_prepare (db, needed[i], error);

      if (statement == NULL || sr_history_db_step (statement, error) < 0)
        {
          if (error != NULL && sr_error_is (*error, SR_ERROR_FAILED))
            (*error)->code = SR_ERROR_DAMAGED;
          return FALSE;
        }
    }
  return TRUE;
}

SrHistory *
sr_history_open (const char *path,
                 SrClock    *clock,
                 GError    **error)
{
  g_autofree char      *standard = path == NULL ? sr_history_get_default_path () : NULL;
  g_autoptr (SrHistory) self = g_object_new (SR_TYPE_HISTORY, NULL);
  g_autoptr (GError)    local = NULL;

  self->clock = clock != NULL ? sr_clock_ref (clock) : NULL;
  self->db = sr_history_db_open (path != NULL ? path : standard, sr_history_steps,
                                 sr_history_n_steps, error);
  if (self->db == NULL)
    return NULL;
  if (!check_tables (self->db, &local) || !sr_history_mark_interrupted (self, NULL, &local))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  return g_steal_pointer (&self);
}

/* Moves what lies beside the database along: without its journal it is worth less. */
static gboolean
move_beside (const char *path,
             const char *to,
             const char *suffix,
             GError    **error)
{
  g_autofree char *from = g_strconcat (path, suffix, NULL);
  g_autofree char *target = g_strconcat (to, suffix, NULL);

  if (rename (from, target) == 0 || errno == ENOENT)
    return TRUE;
  sr_set_error_errno (error, errno, "Setting aside “%s”", from);
  return FALSE;
}

char *
sr_history_set_aside (const char *path,
                      GError    **error)
{
  g_autofree char      *standard = path == NULL ? sr_history_get_default_path () : NULL;
  const char           *from = path != NULL ? path : standard;
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char      *stamp = g_date_time_format (now, "%Y%m%dT%H%M%SZ");
  g_autofree char      *to = g_strdup_printf ("%s.damaged-%s", from, stamp);

  for (guint n = 2; g_file_test (to, G_FILE_TEST_EXISTS); n++)
    {
      g_free (to);
      to = g_strdup_printf ("%s.damaged-%s-%u", from, stamp, n);
    }
  if (!g_file_test (from, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND, "There is no history “%s”", from);
      return NULL;
    }
  /* The journal first: a database that is gone leaves none that a new one would take for its
   * own. */
  if (!move_beside (from, to, "-wal", error) || !move_beside (from, to, "-shm", error) ||
      !move_beside (from, to, "", error))
    return NULL;
  return g_steal_pointer (&to);
}

static int
is_cancelled (void *data)
{
  return g_cancellable_is_cancelled (data) ? 1 : 0;
}

static void
begin_call (SrHistory    *self,
            GCancellable *cancellable)
{
  g_mutex_lock (&self->lock);
  if (cancellable != NULL)
    sqlite3_progress_handler (self->db, CANCEL_STEPS, is_cancelled, cancellable);
}

static void
end_call (SrHistory *self)
{
  sqlite3_progress_handler (self->db, 0, NULL, NULL);
  g_mutex_unlock (&self->lock);
}

/* @found: (out) (transfer full) (nullable): what SQLite says, %NULL if all is well */
static gboolean
check_file (sqlite3 *db,
            char   **found,
            GError **error)
{
  g_autoptr (SrHistoryStatement) statement =
      sr_history_db_prepare (db, "PRAGMA quick_check (1)", error);
  const char *text;

  if (statement == NULL || sr_history_db_step (statement, error) < 0)
    return FALSE;
  text = (const char *) sqlite3_column_text (statement, 0);
  *found = g_strcmp0 (text, "ok") != 0 ? g_strdup (text) : NULL;
  /* The words, against the texts they were taken from. */
  return *found != NULL ||
         sr_history_db_exec (
             db, "INSERT INTO run_words (run_words, rank) VALUES ('integrity-check', 1)", error);
}

gboolean
sr_history_check (SrHistory    *self,
                  GCancellable *cancellable,
                  GError      **error)
{
  g_autofree char *found = NULL;
  gboolean         done;

  begin_call (self, cancellable);
  done = check_file (self->db, &found, error);
  end_call (self);
  if (found != NULL)
    g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                 "The history is damaged; it can be made anew from the vaults (SQLite says: %s)",
                 found);
  return done && found == NULL;
}

static gboolean
begin_writing (SrHistory *self,
               GError   **error)
{
  g_mutex_lock (&self->lock);
  if (sr_history_db_exec (self->db, "BEGIN IMMEDIATE", error))
    return TRUE;
  g_mutex_unlock (&self->lock);
  return FALSE;
}

static gboolean
end_writing (SrHistory *self,
             gboolean   done,
             GError   **error)
{
  done = done && sr_history_count_change (self->db, error) &&
         sr_history_db_exec (self->db, "COMMIT", error);
  /* SQLite has done so itself after some errors, and then says there is nothing to roll back. */
  if (!done)
    sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
  g_mutex_unlock (&self->lock);
  return done;
}

gboolean
sr_history_begin (SrHistory *self,
                  SrRun     *run,
                  GError   **error)
{
  gboolean done;

  run->state = SR_RUN_RUNNING;
  if (run->started_ns == 0)
    run->started_ns = sr_clock_now_ns (self->clock);
  if (!begin_writing (self, error))
    return FALSE;
  done = sr_history_insert (self->db, run, NULL, error) &&
         sr_history_insert_owner (self->db, run, error);
  return end_writing (self, done, error);
}

/* Returns: (transfer full) (nullable): NULL for one that is too large */
static char *
make_json (JsonNode *node)
{
  g_autofree char *text = json_to_string (node, FALSE);

  return strlen (text) <= MAX_JSON ? g_steal_pointer (&text) : NULL;
}

static char *
make_counts (JsonObject *counts)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);

  json_node_set_object (node, counts);
  return make_json (node);
}

/* Fills in what follows from the verdict and the clock. */
static void
complete_run (SrHistory *self,
              SrRun     *run,
              SrVerdict *verdict)
{
  if (run->ended_ns == 0)
    run->ended_ns = MAX (sr_clock_now_ns (self->clock), run->started_ns);
  if (verdict == NULL)
    return;
  run->level = (int) sr_verdict_get_level (verdict);
  if (run->sentence == NULL)
    run->sentence = sr_verdict_get_sentence (verdict);
}

/* What does not fit is told in the log. */
static char *
make_log (const char *log,
          gboolean    lost_verdict,
          gboolean    lost_counts)
{
  g_autofree char *cut = sr_history_cut_text (log, SR_HISTORY_MAX_LOG);

  if (!lost_verdict && !lost_counts)
    return g_steal_pointer (&cut);
  return g_strdup_printf (
      "%s%s%s%s", cut != NULL ? cut : "", cut != NULL ? "\n" : "",
      lost_verdict ? "The verdict is too long to be kept here with its checks.\n" : "",
      lost_counts ? "The counts are too many to be kept here.\n" : "");
}

typedef struct
{
  char *verdict;
  char *counts;
  char *log;
} Texts;

static void
texts_init (Texts      *self,
            SrVerdict  *verdict,
            JsonObject *counts,
            const char *log)
{
  g_autoptr (JsonNode) node = verdict != NULL ? sr_verdict_to_json (verdict) : NULL;

  self->verdict = node != NULL ? make_json (node) : NULL;
  self->counts = counts != NULL ? make_counts (counts) : NULL;
  self->log = make_log (log, node != NULL && self->verdict == NULL,
                        counts != NULL && self->counts == NULL);
}

static void
texts_clear (Texts *self)
{
  g_free (self->verdict);
  g_free (self->counts);
  g_free (self->log);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Texts, texts_clear)

gboolean
sr_history_finish (SrHistory  *self,
                   SrRun      *run,
                   SrVerdict  *verdict,
                   JsonObject *counts,
                   const char *log,
                   GError    **error)
{
  g_auto (Texts) texts = { 0 };
  SrRunDetail    detail;
  gboolean       found = FALSE;
  gboolean       done;

  if (run->state == SR_RUN_RUNNING)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_INVALID,
                           "A run that ended needs a state that says how");
      return FALSE;
    }
  complete_run (self, run, verdict);
  texts_init (&texts, verdict, counts, log);
  detail = (SrRunDetail){ texts.verdict, texts.counts, texts.log };
  if (!begin_writing (self, error))
    return FALSE;
  done = sr_history_update (self->db, run, &detail, &found, error);
  /* Its beginning could not be recorded, or the file was made anew meanwhile. */
  if (done && !found)
    done = sr_history_insert (self->db, run, &detail, error);
  return end_writing (self, done, error);
}

gboolean
sr_history_add (SrHistory  *self,
                SrRun      *run,
                SrVerdict  *verdict,
                JsonObject *counts,
                gboolean   *added,
                GError    **error)
{
  g_auto (Texts) texts = { 0 };
  SrRunDetail    detail;
  gboolean       found = FALSE;
  gboolean       done;

  complete_run (self, run, verdict);
  texts_init (&texts, verdict, counts, NULL);
  detail = (SrRunDetail){ texts.verdict, texts.counts, texts.log };
  if (!begin_writing (self, error))
    return FALSE;
  done = sr_history_find_same (self->db, run, &found, error) &&
         (found || sr_history_insert (self->db, run, &detail, error));
  if (added != NULL)
    *added = done && !found;
  return end_writing (self, done, error);
}

gboolean
sr_history_mark_interrupted (SrHistory *self,
                             guint     *n,
                             GError   **error)
{
  g_autoptr (GArray) ids = NULL;
  guint              changed = 0;
  gboolean           done;

  if (n != NULL)
    *n = 0;
  begin_call (self, NULL);
  done = sr_history_find_orphans (self->db, &ids, error);
  end_call (self);
  if (!done || ids->len == 0)
    return done;
  if (!begin_writing (self, error))
    return FALSE;
  done = sr_history_end_orphans (self->db, ids, sr_clock_now_ns (self->clock), &changed, error);
  if (n != NULL)
    *n = changed;
  return end_writing (self, done, error);
}

static GPtrArray *
read_rows (sqlite3_stmt *statement,
           GError      **error)
{
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_run_free);
  int                   got;

  while ((got = sr_history_db_step (statement, error)) > 0)
    {
      SrRun *run = sr_history_read_run (statement, error);

      if (run == NULL)
        return NULL;
      g_ptr_array_add (runs, run);
    }
  return got == 0 ? g_steal_pointer (&runs) : NULL;
}

GPtrArray *
sr_history_query (SrHistory         *self,
                  const SrRunFilter *filter,
                  GCancellable      *cancellable,
                  GError           **error)
{
  GPtrArray    *runs = NULL;
  sqlite3_stmt *statement;

  if (sr_check_cancelled (cancellable, error))
    return NULL;
  begin_call (self, cancellable);
  statement = sr_history_prepare_query (self->db, filter, SR_HISTORY_ROWS, error);
  if (statement != NULL)
    runs = read_rows (statement, error);
  sqlite3_finalize (statement);
  end_call (self);
  return runs;
}

gboolean
sr_history_count (SrHistory         *self,
                  const SrRunFilter *filter,
                  guint64           *count,
                  GCancellable      *cancellable,
                  GError           **error)
{
  int           got = -1;
  sqlite3_stmt *statement;

  if (sr_check_cancelled (cancellable, error))
    return FALSE;
  begin_call (self, cancellable);
  statement = sr_history_prepare_query (self->db, filter, SR_HISTORY_COUNT, error);
  if (statement != NULL)
    got = sr_history_db_step (statement, error);
  if (got >= 0)
    *count = (guint64) sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  end_call (self);
  return got >= 0;
}

static void
set_missing (GError **error,
             gint64   id)
{
  g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND,
               "There is no run %" G_GINT64_FORMAT " in the history", id);
}

SrRun *
sr_history_get (SrHistory *self,
                gint64     id,
                GError   **error)
{
  SrRun        *run = NULL;
  int           got = -1;
  sqlite3_stmt *statement;

  begin_call (self, NULL);
  statement = sr_history_db_prepare (
      self->db, "SELECT " SR_HISTORY_COLUMNS " FROM run WHERE id = :id", error);
  if (statement != NULL)
    {
      sr_history_db_bind_int (statement, ":id", id);
      got = sr_history_db_step (statement, error);
    }
  if (got > 0)
    run = sr_history_read_run (statement, error);
  else if (got == 0)
    set_missing (error, id);
  sqlite3_finalize (statement);
  end_call (self);
  return run;
}

/* @sql: one text of run_detail by :id. Returns: (transfer full) (nullable) */
static char *
get_detail (SrHistory  *self,
            const char *sql,
            gint64      id,
            GError    **error)
{
  char         *text = NULL;
  sqlite3_stmt *statement;

  begin_call (self, NULL);
  statement = sr_history_db_prepare (self->db, sql, error);
  if (statement != NULL)
    {
      sr_history_db_bind_int (statement, ":id", id);
      if (sr_history_db_step (statement, error) > 0)
        text = g_strdup ((const char *) sqlite3_column_text (statement, 0));
    }
  sqlite3_finalize (statement);
  end_call (self);
  return text;
}

static JsonObject *
get_object (SrHistory  *self,
            const char *sql,
            gint64      id,
            GError    **error)
{
  g_autofree char   *text = get_detail (self, sql, id, error);
  JsonObject        *object;
  g_autoptr (GError) local = NULL;

  if (text == NULL)
    return NULL;
  object = sr_json_parse_object (text, strlen (text), MAX_JSON, JSON_DEPTH, &local);
  if (object == NULL)
    g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                 "The history is damaged at run %" G_GINT64_FORMAT ": %s", id, local->message);
  return object;
}

SrVerdict *
sr_history_get_verdict (SrHistory *self,
                        gint64     id,
                        GError   **error)
{
  g_autoptr (JsonObject) object =
      get_object (self, "SELECT verdict FROM run_detail WHERE id = :id", id, error);

  return object != NULL ? sr_verdict_from_json (object, error) : NULL;
}

JsonObject *
sr_history_get_counts (SrHistory *self,
                       gint64     id,
                       GError   **error)
{
  return get_object (self, "SELECT counts FROM run_detail WHERE id = :id", id, error);
}

char *
sr_history_get_log (SrHistory *self,
                    gint64     id,
                    GError   **error)
{
  return get_detail (self, "SELECT log FROM run_detail WHERE id = :id", id, error);
}

guint64
sr_history_get_version (SrHistory *self)
{
  gint64 number;

  begin_call (self, NULL);
  if (sr_history_db_get_int (self->db, "SELECT number FROM change WHERE only = 1", &number, NULL))
    self->version = (guint64) number;
  end_call (self);
  return self->version;
}
