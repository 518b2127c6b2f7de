/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "state/sr-history-db.h"
#include "state/sr-history.h"

G_BEGIN_DECLS

/* What is asked of the runs that fit. */
typedef enum
{
  SR_HISTORY_ROWS,
  SR_HISTORY_COUNT,
} SrHistoryWanted;

/* Columns of a row for sr_history_read_run(). */
#define SR_HISTORY_COLUMNS                                                                  \
  "run.id, run.started_ns, run.ended_ns, run.action, run.state, run.site, run.site_name, "  \
  "run.vault, run.snapshot, run.path, run.bytes, run.bytes_added, run.files, run.records, " \
  "run.level, run.sentence, run.error, run.rebuilt"

/* @text: with a word in it. Returns: (transfer full): its words as FTS5 wants them; signs alone are
 * passed over beside words, and find nothing without */
char *sr_history_make_match (const char *text);

/**
 * sr_history_make_sql:
 * @has_before: a page behind the first
 *
 * One statement for each combination of filters, so that each has the index that fits: rows come
 * out of it in the list's order, without sorting.
 *
 * Returns: (transfer full)
 */
char *sr_history_make_sql (const SrRunFilter *filter,
                           gboolean           has_before,
                           SrHistoryWanted    wanted);

/**
 * sr_history_prepare_query:
 *
 * Returns: (transfer full): the statement of sr_history_make_sql() with all values bound
 */
sqlite3_stmt *sr_history_prepare_query (sqlite3           *db,
                                        const SrRunFilter *filter,
                                        SrHistoryWanted    wanted,
                                        GError           **error);

/* Returns: (transfer full): the row on which @statement stands; %SR_ERROR_DAMAGED if it holds what
 * was never written */
SrRun *sr_history_read_run (sqlite3_stmt *statement,
                            GError      **error);

G_END_DECLS
