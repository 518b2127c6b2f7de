/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "job/sr-job-backup.h"
#include "job/sr-job-rebuild-history.h"
#include "sr-test-engine.h"
#include "sr-test-job.h"

static SrHistory *
open_history (SrTestShop *shop)
{
  g_autofree char   *path = sr_test_shop_path (shop, "history.db");
  g_autoptr (GError) error = NULL;
  SrHistory         *history = sr_history_open (path, NULL, &error);

  g_assert_no_error (error);
  return history;
}

static void
rebuild (SrTestShop *shop,
         SrHistory  *history,
         const char *sentence)
{
  g_autoptr (SrJob) job =
      sr_test_shop_run_well (sr_job_rebuild_history_new (history, shop->vault, NULL, NULL));

  g_assert_cmpstr (sr_job_get_run (job)->sentence, ==, sentence);
}

/* What the backup recorded then and what is found now are the same, as far as a snapshot tells. */
static void
test_same (SrTestShop   *shop,
           gconstpointer data)
{
  g_autoptr (SrHistory) history = open_history (shop);
  g_autoptr (SrJob)     backup = sr_test_shop_run_well (
          sr_job_backup_new (shop->site, shop->vault));
  const SrRun           *then = sr_job_get_run (backup);
  g_autoptr (GPtrArray)  runs = NULL;
  g_autoptr (JsonObject) counts = NULL;
  g_autoptr (GError)     error = NULL;
  SrRunFilter            filter = SR_RUN_FILTER_INIT;
  const SrRun           *now;

  rebuild (shop, history, "1 run added, from 1 snapshot.");
  rebuild (shop, history, "0 runs added, from 1 snapshot.");
  runs = sr_history_query (history, &filter, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (runs->len, ==, 1);
  now = runs->pdata[0];
  g_assert_true (now->rebuilt);
  g_assert_cmpstr (now->action, ==, then->action);
  g_assert_cmpint (now->state, ==, SR_RUN_DONE);
  g_assert_cmpstr (now->site, ==, then->site);
  g_assert_cmpstr (now->site_name, ==, then->site_name);
  g_assert_cmpstr (now->vault, ==, then->vault);
  g_assert_cmpstr (now->snapshot, ==, then->snapshot);
  g_assert_cmpint (now->records, ==, then->records);
  g_assert_cmpint (now->bytes, ==, then->bytes);
  g_assert_cmpint (now->files, ==, then->files);
  counts = sr_history_get_counts (history, now->id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (json_object_get_int_member (counts, "customers"), ==, 3);
}

/* A run that was recorded when it was made is not added again. */
static void
test_recorded (SrTestShop   *shop,
               gconstpointer data)
{
  g_autoptr (SrHistory) history = open_history (shop);
  g_autoptr (SrJob)     backup = sr_job_backup_new (shop->site, shop->vault);
  g_autoptr (GError)    error = NULL;

  g_assert_true (sr_job_run_here (backup, history, NULL, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  rebuild (shop, history, "0 runs added, from 1 snapshot.");
}

#define ADD(path, func) \
  g_test_add (path, SrTestShop, NULL, sr_test_shop_set_up, func, sr_test_shop_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/job-rebuild-history/same", test_same);
  ADD ("/job-rebuild-history/recorded", test_recorded);
  return g_test_run ();
}
