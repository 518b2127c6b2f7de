/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-state"

#include "config.h"

#include "state/sr-history-db.h"

/* Number 1.
 *
 * A run's start is unique (a nanosecond is added where needed), so that it orders the list by
 * itself, is the key of its pages, and is the number by which the words are found: all matches then
 * come in the list's order, and the first page of a word that stands everywhere costs as little as
 * that of a rare one. The words are an index only (FTS5 with external content); the texts stay in
 * the tables. */
#define FIRST                                                                                 \
  "CREATE TABLE run ("                                                                        \
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"                                                   \
  "  started_ns INTEGER NOT NULL UNIQUE,"                                                     \
  "  ended_ns INTEGER NOT NULL,"                                                              \
  "  action TEXT NOT NULL,"                                                                   \
  "  state TEXT NOT NULL,"                                                                    \
  "  site TEXT,"                                                                              \
  "  site_name TEXT,"                                                                         \
  "  vault TEXT,"                                                                             \
  "  snapshot TEXT,"                                                                          \
  "  path TEXT,"                                                                              \
  "  bytes INTEGER NOT NULL,"                                                                 \
  "  bytes_added INTEGER NOT NULL,"                                                           \
  "  files INTEGER NOT NULL,"                                                                 \
  "  records INTEGER NOT NULL,"                                                               \
  "  level TEXT,"                                                                             \
  "  sentence TEXT,"                                                                          \
  "  error TEXT,"                                                                             \
  "  rebuilt INTEGER NOT NULL"                                                                \
  ");"                                                                                        \
  "CREATE INDEX run_by_action ON run (action, started_ns);"                                   \
  "CREATE INDEX run_by_state ON run (state, started_ns);"                                     \
  "CREATE INDEX run_by_action_state ON run (action, state, started_ns);"                      \
  "CREATE INDEX run_by_site ON run (site, started_ns);"                                       \
  "CREATE INDEX run_by_site_action ON run (site, action, started_ns);"                        \
  "CREATE INDEX run_by_site_state ON run (site, state, started_ns);"                          \
  "CREATE INDEX run_by_snapshot ON run (snapshot, action) WHERE snapshot IS NOT NULL;"        \
  "CREATE TABLE run_owner ("                                                                  \
  "  id INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,"                           \
  "  host TEXT NOT NULL,"                                                                     \
  "  machine TEXT NOT NULL,"                                                                  \
  "  boot TEXT NOT NULL,"                                                                     \
  "  pid_namespace INTEGER NOT NULL,"                                                         \
  "  pid INTEGER NOT NULL,"                                                                   \
  "  start INTEGER NOT NULL"                                                                  \
  ");"                                                                                        \
  "CREATE TABLE run_detail ("                                                                 \
  "  id INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,"                           \
  "  verdict TEXT,"                                                                           \
  "  counts TEXT,"                                                                            \
  "  log TEXT"                                                                                \
  ");"                                                                                        \
  "CREATE VIEW run_text AS SELECT"                                                            \
  "  run.id AS id, run.started_ns AS started_ns,"                                             \
  "  coalesce (site, '') || ' ' || coalesce (site_name, '') || ' ' || coalesce (vault, '')"   \
  "    || ' ' || coalesce (snapshot, '') || ' ' || coalesce (path, '')"                       \
  "    || ' ' || coalesce (sentence, '') || ' ' || coalesce (error, '') AS about,"            \
  "  run_detail.log AS log"                                                                   \
  "  FROM run LEFT JOIN run_detail ON run_detail.id = run.id;"                                \
  "CREATE VIRTUAL TABLE run_words USING fts5 ("                                               \
  "  about, log, content = 'run_text', content_rowid = 'started_ns', columnsize = 0,"         \
  "  prefix = '1 2 3', tokenize = \"unicode61 remove_diacritics 2\");"                        \
  "CREATE TABLE change (only INTEGER PRIMARY KEY CHECK (only = 1), number INTEGER NOT NULL);" \
  "INSERT INTO change VALUES (1, 1);"

const SrHistoryStep sr_history_steps[] = { FIRST };
const guint         sr_history_n_steps = G_N_ELEMENTS (sr_history_steps);
