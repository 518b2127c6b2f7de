/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "sr-test-history.h"
#include "sr-test-sqlite.h"

#define RUNS                                                                                       \
  "WITH RECURSIVE number (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < %u)"        \
  " INSERT INTO run (started_ns, ended_ns, action, state, site, site_name, vault, snapshot, path," \
  " bytes, bytes_added, files, records, level, sentence, error, rebuilt)"                          \
  " SELECT %" G_GINT64_FORMAT " + (i - 1) * %" G_GINT64_FORMAT ","                                 \
  " %" G_GINT64_FORMAT " + (i - 1) * %" G_GINT64_FORMAT " + 60000000000,"                          \
  " CASE WHEN i %% 10 = 0 THEN 'verify' ELSE 'backup' END,"                                        \
  " CASE WHEN i %% 100 = 0 THEN 'failed' ELSE 'done' END,"                                         \
  " 'site-' || (i %% 10), 'Branch ' || (i %% 10), '/mnt/vault-' || (i %% 3),"                      \
  " printf ('%%016x%%048d', i * 2654435761, i),"                                                   \
  " CASE WHEN i %% 10 = 0 THEN '/srv/erp/backups' END,"                                            \
  " i * 1000, i * 10, i %% 5000, i %% 70000,"                                                      \
  " CASE WHEN i %% 100 = 0 THEN NULL ELSE 'complete' END,"                                         \
  " CASE WHEN i %% 100 = 0 THEN NULL ELSE 'Complete: every byte checks out' END,"                  \
  " CASE WHEN i %% 100 = 0 THEN 'No space on the disk of run ' || i END,"                          \
  " 0 FROM number;"

#define DETAILS                                                                                    \
  "INSERT INTO run_detail (id, verdict, counts, log)"                                              \
  " SELECT id, '{\"checks\":[]}', '{\"customers\":' || (id %% 1000) || ',\"invoices\":' || id || " \
  "'}',"                                                                                           \
  " '12:00:01 The vault is opened' || char (10) ||"                                                \
  " '12:00:02 /srv/erp/uploads/' || (id %% 977) || '/scan-' || id || '.pdf is new' || char (10) "  \
  "||"                                                                                             \
  " '12:00:03 /srv/erp/data/branch-' || (id %% 10) || '.db is copied' || char (10) ||"             \
  " '12:00:04 Customers, invoices, products and payments are counted' || char (10) ||"             \
  " CASE WHEN id %% 1000 = 7 THEN '12:00:05 a rareword' || char (10) ELSE '' END ||"               \
  " '12:00:06 Index and snapshot are written' || char (10) ||"                                     \
  " '12:00:07 The backup is finished' FROM run;"

void
sr_test_history_fill (const char *path,
                      guint       n)
{
  g_autofree char *runs = g_strdup_printf (RUNS, n, SR_TEST_HISTORY_FIRST, SR_TEST_HISTORY_STEP,
                                           SR_TEST_HISTORY_FIRST, SR_TEST_HISTORY_STEP);
  g_autofree char *details = g_strdup_printf (DETAILS "%s", "");
  g_autofree char *sql = g_strconcat ("PRAGMA synchronous = OFF; BEGIN;", runs, details,
                                      "INSERT INTO run_words (run_words) VALUES ('rebuild');"
                                      "UPDATE change SET number = number + 1; COMMIT;",
                                      NULL);

  sr_test_sqlite_run (path, sql);
}
