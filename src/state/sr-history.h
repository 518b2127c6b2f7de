/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-clock.h"
#include "verdict/sr-verdict.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrRunState:
 * @SR_RUN_RUNNING: not ended yet, or the program died: see @SR_RUN_INTERRUPTED
 * @SR_RUN_DONE: did all it should
 * @SR_RUN_INCOMPLETE: done in part, what is missing is in the log
 * @SR_RUN_FAILED: did not do it; the error says why
 * @SR_RUN_CANCELLED: a person stopped it
 * @SR_RUN_INTERRUPTED: the process that ran it is gone and left no result
 */
typedef enum
{
  SR_RUN_RUNNING,
  SR_RUN_DONE,
  SR_RUN_INCOMPLETE,
  SR_RUN_FAILED,
  SR_RUN_CANCELLED,
  SR_RUN_INTERRUPTED,
} SrRunState;

/* "running", "done", … */
const char *sr_run_state_name (SrRunState state);
gboolean    sr_run_state_from_name (const char *name,
                                    SrRunState *state);

/**
 * SrRun:
 * @id: number in this history, from 1
 * @action: "backup", "restore", "verify", "import", "export", "forget", … : stable words
 * @site, @site_name: (nullable): as they were then
 * @started_ns, @ended_ns: since 1970 UTC; @ended_ns 0 while it runs
 * @vault: (nullable): location
 * @snapshot: (nullable): id as hexadecimal text, of what was written or read
 * @path: (nullable): backup file, or where a restore went
 * @bytes: looked at; @bytes_added: to the vault; @files, @records: -1 where nobody counted
 * @level: verdict, -1 if none was given
 * @sentence: (nullable): one line that says what came of it
 * @error: (nullable): with cause and remedy
 * @rebuilt: made from a vault's snapshots, so that only what they tell is known
 *
 * A finished job. The long parts (counts per collection, verdict, log) are fetched by themselves.
 */
typedef struct
{
  gint64     id;
  char      *action;
  SrRunState state;
  char      *site;
  char      *site_name;
  gint64     started_ns;
  gint64     ended_ns;
  char      *vault;
  char      *snapshot;
  char      *path;
  gint64     bytes;
  gint64     bytes_added;
  gint64     files;
  gint64     records;
  int        level;
  char      *sentence;
  char      *error;
  gboolean   rebuilt;
} SrRun;

SrRun *sr_run_new (const char *action);
void   sr_run_free (SrRun *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrRun, sr_run_free)

/**
 * SrRunFilter:
 *
 * All members may be zero. @text: words that all must occur, in any case, in site, path, sentence,
 * error or log; @state: -1 for any; @since_ns, @until_ns: of the start; @before_id: only runs
 * older than that one in the list's order (for the next page); @limit: 0 for all
 */
typedef struct
{
  const char *site;
  const char *action;
  int         state;
  const char *text;
  gint64      since_ns;
  gint64      until_ns;
  gint64      before_id;
  guint       limit;
} SrRunFilter;
#define SR_RUN_FILTER_INIT \
  {                        \
    .state = -1            \
  }

#define SR_TYPE_HISTORY (sr_history_get_type ())
G_DECLARE_FINAL_TYPE (SrHistory, sr_history, SR, HISTORY, GObject)

/**
 * sr_history_open:
 * @path: (nullable): %NULL: $XDG_STATE_HOME/strongroom/history.db (~/.local/state)
 * @clock: (nullable)
 *
 * The runs of all sites, in SQLite (numbered schema, older ones are brought up in one transaction
 * after a copy was kept; a newer one is refused: %SR_ERROR_UNSUPPORTED). Several programs may use
 * it at once. Runs whose process is gone become interrupted. A damaged file gives
 * %SR_ERROR_DAMAGED and is left alone: sr_history_set_aside() renames it, and it can be rebuilt.
 *
 * Threads: any, one call at a time (an inner lock); blocks on disk.
 */
SrHistory *sr_history_open (const char *path,
                            SrClock    *clock,
                            GError    **error);
/* Returns: (transfer full): where the damaged file lies now */
char *sr_history_set_aside (const char *path,
                            GError    **error);

/* Records that @run began; sets its id. With this the run is seen even if the program dies. */
gboolean sr_history_begin (SrHistory *self,
                           SrRun     *run,
                           GError   **error);
/* Records how it ended. @verdict, @counts ({"customers": 12, …}), @log: (nullable) */
gboolean sr_history_finish (SrHistory  *self,
                            SrRun      *run,
                            SrVerdict  *verdict,
                            JsonObject *counts,
                            const char *log,
                            GError    **error);
/* Adds one that ended elsewhere (rebuilding); not again if there is one of the same action and
 * snapshot. @added: (out) (optional) */
gboolean sr_history_add (SrHistory  *self,
                         SrRun      *run,
                         SrVerdict  *verdict,
                         JsonObject *counts,
                         gboolean   *added,
                         GError    **error);
/* Newest first. Returns: (transfer full) (element-type SrRun) */
GPtrArray *sr_history_query (SrHistory         *self,
                             const SrRunFilter *filter,
                             GCancellable      *cancellable,
                             GError           **error);
/* How many fit, without reading them. */
gboolean sr_history_count (SrHistory         *self,
                           const SrRunFilter *filter,
                           guint64           *count,
                           GCancellable      *cancellable,
                           GError           **error);
/* Returns: (transfer full): %SR_ERROR_NOT_FOUND if there is no such run */
SrRun *sr_history_get (SrHistory *self,
                       gint64     id,
                       GError   **error);
/* Returns: (transfer full) (nullable): without @error: there is none */
SrVerdict  *sr_history_get_verdict (SrHistory *self,
                                    gint64     id,
                                    GError   **error);
JsonObject *sr_history_get_counts (SrHistory *self,
                                   gint64     id,
                                   GError   **error);
char       *sr_history_get_log (SrHistory *self,
                                gint64     id,
                                GError   **error);
/* Grows with every write, of other programs too: whether a list must be read anew. */
guint64 sr_history_get_version (SrHistory *self);

G_END_DECLS
