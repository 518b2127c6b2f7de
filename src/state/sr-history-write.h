/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "state/sr-history-db.h"
#include "state/sr-history.h"

G_BEGIN_DECLS

/* What a run has beside its row; all (nullable). */
typedef struct
{
  const char *verdict;
  const char *counts;
  const char *log;
} SrRunDetail;

/* All of these run inside a transaction that the caller holds. */

/* Adds @run as it is, with a start of its own and the next id, which it gets. @detail:
 * (nullable) */
gboolean sr_history_insert (sqlite3           *db,
                            SrRun             *run,
                            const SrRunDetail *detail,
                            GError           **error);
/* @found: (out): whether it was there to be updated */
gboolean sr_history_update (sqlite3           *db,
                            const SrRun       *run,
                            const SrRunDetail *detail,
                            gboolean          *found,
                            GError           **error);
/* @found: (out): whether there is one of the same action and snapshot */
gboolean sr_history_find_same (sqlite3     *db,
                               const SrRun *run,
                               gboolean    *found,
                               GError     **error);
/* Remembers that this process runs it. */
gboolean sr_history_insert_owner (sqlite3     *db,
                                  const SrRun *run,
                                  GError     **error);
/* Whether a run is marked as running whose process is gone; reads only. */
gboolean sr_history_find_orphans (sqlite3 *db,
                                  GArray **ids,
                                  GError **error);
/* @ids: (element-type gint64): those of them that still run become interrupted at @now_ns */
gboolean sr_history_end_orphans (sqlite3 *db,
                                 GArray  *ids,
                                 gint64   now_ns,
                                 guint   *n,
                                 GError **error);
/* That something was written. */
gboolean sr_history_count_change (sqlite3 *db,
                                  GError **error);

/**
 * sr_history_cut_text:
 * @max: in bytes, at least 256
 *
 * Returns: (transfer full) (nullable): @text as UTF-8; one that is longer without its middle, with
 *   a line in its place that says how much is missing
 */
char *sr_history_cut_text (const char *text,
                           gsize       max);

G_END_DECLS
