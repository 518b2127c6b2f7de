/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-clock.h"
#include "state/sr-run.h"
#include "verdict/sr-verdict.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrRunFilter:
 *
 * All members but @state may be zero. @text: words that all must occur, in any case and with or
 * without accents, in site, vault, snapshot, path, sentence, error or log; the beginning of a word
 * is enough ("inv" finds "Invoices"), and "a-b" finds a and b side by side; @state: -1 for any;
 * @since_ns (included), @until_ns (not): of the start; @before_id: only runs older than that one in
 * the list's order (for the next page); @limit: 0 for all
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

/* In bytes. */
#define SR_HISTORY_MAX_LOG (4 * 1024 * 1024)

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
 * %SR_ERROR_DAMAGED, here or where the damage is met, and is left alone: sr_history_set_aside()
 * renames it, and it can be rebuilt. A folder that cannot be written gives %SR_ERROR_PERMISSION.
 *
 * Threads: any, one call at a time (an inner lock); blocks on disk.
 */
SrHistory *sr_history_open (const char *path,
                            SrClock    *clock,
                            GError    **error);
/* "…/strongroom/history.db". Returns: (transfer full) */
char *sr_history_get_default_path (void);
/* @path: (nullable): as for sr_history_open(). Returns: (transfer full): where the damaged file
 *   lies
 * now */
char *sr_history_set_aside (const char *path,
                            GError    **error);

/* Looks at the whole file, which takes seconds where it is large: %SR_ERROR_DAMAGED */
gboolean sr_history_check (SrHistory    *self,
                           GCancellable *cancellable,
                           GError      **error);

/* Records that @run began; sets its id. With this the run is seen even if the program dies. */
gboolean sr_history_begin (SrHistory *self,
                           SrRun     *run,
                           GError   **error);
/* Records how it ended: @run->state is no longer running. @verdict, @counts ({"customers": 12, …}),
 * @log: (nullable). Without @run->ended_ns it is now; the level is the verdict's, and so is the
 * sentence of a run without one. A log above %SR_HISTORY_MAX_LOG bytes loses its middle, and says
 * so there. */
gboolean sr_history_finish (SrHistory  *self,
                            SrRun      *run,
                            SrVerdict  *verdict,
                            JsonObject *counts,
                            const char *log,
                            GError    **error);
/* Looks for runs whose process is gone, as sr_history_open() does. @n: (out) (optional): how many
 * became interrupted */
gboolean sr_history_mark_interrupted (SrHistory *self,
                                      guint     *n,
                                      GError   **error);
/* Adds one that ended elsewhere (rebuilding); not again if there is one of the same action and
 * snapshot. @added: (out) (optional) */
gboolean sr_history_add (SrHistory  *self,
                         SrRun      *run,
                         SrVerdict  *verdict,
                         JsonObject *counts,
                         gboolean   *added,
                         GError    **error);
/* Newest first. @before_id that is not there: %SR_ERROR_NOT_FOUND. Returns: (transfer full)
 * (element-type SrRun) */
GPtrArray *sr_history_query (SrHistory         *self,
                             const SrRunFilter *filter,
                             GCancellable      *cancellable,
                             GError           **error);
/* How many fit, without reading them; @before_id and @limit do not matter. */
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
