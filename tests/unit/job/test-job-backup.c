/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "job/sr-job-backup.h"
#include "job/sr-job-forget.h"
#include "job/sr-job-queue.h"
#include "job/sr-job-restore-snapshot.h"
#include "job/sr-job-verify.h"
#include "sr-test-engine.h"
#include "sr-test-job.h"
#include "sr-test-sqlite.h"
#include "sr-test-util.h"

#include <glib/gstdio.h>
#include <unistd.h>

static void
assert_level (SrJob         *job,
              SrVerdictLevel level)
{
  g_autofree char *text = NULL;

  g_assert_nonnull (sr_job_get_verdict (job));
  text = sr_verdict_to_text (sr_job_get_verdict (job));
  if (sr_verdict_get_level (sr_job_get_verdict (job)) != level)
    g_test_message ("%s", text);
  g_assert_cmpint (sr_verdict_get_level (sr_job_get_verdict (job)), ==, level);
}

/* Whether an entry of that level names @text. */
static void
assert_logged (SrJob      *job,
               SrLogLevel  level,
               const char *text)
{
  g_autoptr (GPtrArray) log = sr_job_get_log (job, 0);

  for (guint i = 0; i < log->len; i++)
    {
      const SrLogEntry *entry = g_ptr_array_index (log, i);

      if (entry->level == level && strstr (entry->text, text) != NULL)
        return;
    }
  g_test_message ("no entry of that level has “%s”", text);
  g_test_fail ();
}

static void
test_done (SrTestShop   *shop,
           gconstpointer data)
{
  g_autoptr (SrJob) job = sr_test_shop_run_well (sr_job_backup_new (shop->site, shop->vault));
  const SrRun      *run = sr_job_get_run (job);

  assert_level (job, SR_VERDICT_COMPLETE);
  g_assert_cmpuint (sr_test_shop_count_snapshots (shop), ==, 1);
  g_assert_cmpstr (run->action, ==, "backup");
  g_assert_cmpstr (run->vault, ==, shop->vault);
  g_assert_cmpstr (run->site, ==, sr_site_get_id (shop->site));
  g_assert_cmpuint (strlen (run->snapshot), ==, 64);
  g_assert_cmpint (run->records, ==, 5);
  g_assert_cmpint (run->files, >=, 4);
  g_assert_cmpint (run->bytes, >, 0);
  g_assert_cmpint (run->bytes_added, >, 0);
  g_assert_nonnull (run->sentence);
  g_assert_cmpint (json_object_get_int_member (sr_job_get_counts (job), "customers"), ==, 3);
  g_assert_cmpint (json_object_get_int_member (sr_job_get_counts (job), "invoices"), ==, 2);
}

/* What the description says is what reading all of it finds. */
static void
test_verified (SrTestShop   *shop,
               gconstpointer data)
{
  g_autofree char       *id = sr_test_shop_back_up (shop);
  g_autoptr (SrJobInput) input = sr_job_input_new_snapshot (shop->vault, id);
  g_autoptr (SrJob)      job = sr_test_shop_run_well (sr_job_verify_new (input, NULL));

  assert_level (job, SR_VERDICT_COMPLETE);
  g_assert_cmpint (json_object_get_int_member (sr_job_get_counts (job), "customers"), ==, 3);
}

static void
test_excludes (SrTestShop   *shop,
               gconstpointer data)
{
  GPtrArray        *sources = sr_site_get_sources (shop->site);
  SrSiteSource     *folder = g_ptr_array_index (sources, 1);
  g_autoptr (SrJob) job = NULL;
  g_autofree char  *text = NULL;

  folder->excludes = g_strsplit ("*.log", ",", -1);
  job = sr_test_shop_run_well (sr_job_backup_new (shop->site, shop->vault));
  text = sr_job_get_log_text (job);
  g_assert_nonnull (strstr (text, "b.txt"));
  g_assert_null (strstr (text, "c.log"));
}

/* Each source has its own rules: what one leaves out, another keeps. */
static void
test_own_rules (SrTestShop   *shop,
                gconstpointer data)
{
  g_autofree char  *other = sr_test_shop_path (shop, "other");
  SrSiteSource     *source;
  g_autoptr (SrJob) job = NULL;
  g_autofree char  *text = NULL;

  sr_test_write_file (other, "keep.log", "keep", 4);
  sr_test_write_file (other, "drop.tmp", "drop", 4);
  sr_test_write_file (other, ".leave", "*.tmp\n", 6);
  sr_test_write_file (shop->files, ".leave", "a.txt\n", 6);
  source = sr_site_add_source (shop->site, SR_SOURCE_FOLDER, other);
  source->ignore_file = g_strdup (".leave");
  source = g_ptr_array_index (sr_site_get_sources (shop->site), 1);
  source->excludes = g_strsplit ("*.log", ",", -1);
  job = sr_test_shop_run_well (sr_job_backup_new (shop->site, shop->vault));
  text = sr_job_get_log_text (job);
  g_assert_nonnull (strstr (text, "keep.log"));
  g_assert_nonnull (strstr (text, "a.txt"));
  g_assert_null (strstr (text, "drop.tmp"));
  g_assert_null (strstr (text, "c.log"));
}

static void
test_nothing (SrTestShop   *shop,
              gconstpointer data)
{
  g_autoptr (SrSite) empty = sr_site_new ("Empty");
  g_autoptr (SrJob)  job = sr_test_shop_run (sr_job_backup_new (empty, shop->vault));

  g_assert_cmpint (sr_job_get_state (job), ==, SR_JOB_FAILED);
  g_assert_error (sr_job_get_error (job), SR_ERROR, SR_ERROR_INVALID);
}

static void
test_no_vault (SrTestShop   *shop,
               gconstpointer data)
{
  g_autofree char  *nowhere = sr_test_shop_path (shop, "nowhere");
  g_autoptr (SrJob) job = sr_test_shop_run (sr_job_backup_new (shop->site, nowhere));

  g_assert_error (sr_job_get_error (job), SR_ERROR, SR_ERROR_NOT_FOUND);
  g_assert_false (g_file_test (nowhere, G_FILE_TEST_EXISTS));
}

/* A database that cannot be copied means no snapshot. */
static void
test_bad_database (SrTestShop   *shop,
                   gconstpointer data)
{
  g_autoptr (SrJob) job = NULL;

  g_assert_true (g_file_set_contents (shop->database, "no database at all", -1, NULL));
  job = sr_test_shop_run (sr_job_backup_new (shop->site, shop->vault));
  g_assert_cmpint (sr_job_get_state (job), ==, SR_JOB_FAILED);
  g_assert_cmpuint (sr_test_shop_count_snapshots (shop), ==, 0);
}

/* A file that cannot be read is told, the rest is stored, and the snapshot says so for good. */
static void
test_incomplete (SrTestShop   *shop,
                 gconstpointer data)
{
  g_autofree char       *bad = g_build_filename (shop->files, "bad.db", NULL);
  g_autoptr (SrJob)      job = NULL;
  g_autoptr (SrJob)      verify = NULL;
  g_autoptr (SrJobInput) input = NULL;

  /* a database in a folder that was cut: stored as it is, and told */
  sr_test_sqlite_run (bad, "CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob (20000));");
  g_assert_cmpint (truncate (bad, 8192), ==, 0);
  job = sr_job_backup_new (shop->site, shop->vault);
  sr_test_shop_run (job);
  g_assert_cmpint (sr_job_get_state (job), ==, SR_JOB_INCOMPLETE);
  g_assert_error (sr_job_get_error (job), SR_ERROR, SR_ERROR_INCOMPLETE);
  assert_level (job, SR_VERDICT_SUSPICIOUS);
  input = sr_job_input_new_snapshot (shop->vault, sr_job_get_run (job)->snapshot);
  verify = sr_test_shop_run_well (sr_job_verify_new (input, NULL));
  g_assert_cmpint (sr_verdict_find (sr_job_get_verdict (verify), "snapshot.read")->result, ==,
                   SR_CHECK_WARNING);
}

static char *
read_description (SrTestShop *shop,
                  const char *snapshot)
{
  g_autofree char  *folder = sr_test_shop_path (shop, "restored");
  g_autofree char  *path = g_build_filename (folder, "strongroom.json", NULL);
  g_autoptr (SrJob) job = sr_job_restore_snapshot_new (shop->vault, snapshot, folder, NULL);
  char             *text;

  sr_test_shop_run_well (job);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

/* A folder that is not there: an error in log and verdict, and the rest is stored. The next one
 * that finds it is whole again. */
static void
test_missing_folder (SrTestShop   *shop,
                     gconstpointer data)
{
  g_autofree char       *other = sr_test_shop_path (shop, "drive");
  g_autofree char       *log = NULL;
  g_autofree char       *description = NULL;
  g_autoptr (SrJob)      job = NULL;
  g_autoptr (SrJob)      verify = NULL;
  g_autoptr (SrJob)      next = NULL;
  g_autoptr (SrJobInput) input = NULL;
  const SrCheck         *check;

  sr_site_add_source (shop->site, SR_SOURCE_FOLDER, other);
  job = sr_job_backup_new (shop->site, shop->vault);
  sr_test_shop_run_noted (job, SR_JOB_INCOMPLETE);
  g_assert_error (sr_job_get_error (job), SR_ERROR, SR_ERROR_INCOMPLETE);
  g_assert_cmpuint (sr_test_shop_count_snapshots (shop), ==, 1);
  assert_level (job, SR_VERDICT_SUSPICIOUS);
  check = sr_verdict_find (sr_job_get_verdict (job), "site.missing");
  g_assert_nonnull (check);
  g_assert_cmpint (check->result, ==, SR_CHECK_WARNING);
  g_assert_nonnull (strstr (check->sentence, other));
  assert_logged (job, SR_LOG_ERROR, other);
  log = sr_job_get_log_text (job);
  g_assert_nonnull (strstr (log, "b.txt"));

  /* who finds the snapshot later knows it too */
  input = sr_job_input_new_snapshot (shop->vault, sr_job_get_run (job)->snapshot);
  verify = sr_test_shop_run_well (sr_job_verify_new (input, NULL));
  assert_level (verify, SR_VERDICT_SUSPICIOUS);
  description = read_description (shop, sr_job_get_run (job)->snapshot);
  g_assert_nonnull (strstr (description, "\"stored\" : false"));

  sr_test_write_file (other, "d.txt", "delta", 5);
  next = sr_test_shop_run_well (sr_job_backup_new (shop->site, shop->vault));
  assert_level (next, SR_VERDICT_COMPLETE);
}

/* Rules of retention go by paths: one that lacks a folder must not push out those that have it. */
static void
test_missing_is_apart (SrTestShop   *shop,
                       gconstpointer data)
{
  SrRetentionPolicy policy = { .last = 1 };
  g_autofree char  *other = sr_test_shop_path (shop, "drive");
  g_autofree char  *file = g_build_filename (other, "d.txt", NULL);
  g_autofree char  *whole = NULL;
  g_autofree char  *path = NULL;
  g_autoptr (SrJob) job = NULL;
  g_autoptr (SrJob) forget = NULL;

  sr_site_add_source (shop->site, SR_SOURCE_FOLDER, other);
  sr_test_write_file (other, "d.txt", "delta", 5);
  whole = sr_test_shop_back_up (shop);
  g_assert_cmpint (g_unlink (file), ==, 0);
  g_assert_cmpint (g_rmdir (other), ==, 0);
  job = sr_test_shop_run (sr_job_backup_new (shop->site, shop->vault));
  g_assert_cmpint (sr_job_get_state (job), ==, SR_JOB_INCOMPLETE);
  forget = sr_test_shop_run_well (sr_job_forget_new_policy (shop->vault, &policy));
  path = g_build_filename (shop->vault, "snapshots", whole, NULL);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* The database alone is worth a snapshot; without one there is nothing left to store. */
static void
test_all_missing (SrTestShop   *shop,
                  gconstpointer data)
{
  g_autofree char   *gone = sr_test_shop_path (shop, "gone");
  g_autoptr (SrSite) files_only = sr_site_new ("Files");
  g_autoptr (SrJob)  job = NULL;
  g_autoptr (SrJob)  failing = NULL;

  g_assert_cmpint (g_rename (shop->files, gone), ==, 0);
  job = sr_test_shop_run (sr_job_backup_new (shop->site, shop->vault));
  g_assert_cmpint (sr_job_get_state (job), ==, SR_JOB_INCOMPLETE);
  g_assert_cmpint (sr_job_get_run (job)->records, ==, 5);
  g_assert_cmpuint (sr_test_shop_count_snapshots (shop), ==, 1);

  sr_site_add_source (files_only, SR_SOURCE_FOLDER, shop->files);
  failing = sr_job_backup_new (files_only, shop->vault);
  sr_test_shop_run_noted (failing, SR_JOB_FAILED);
  g_assert_error (sr_job_get_error (failing), SR_ERROR, SR_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (sr_job_get_error (failing)->message, shop->files));
  g_assert_cmpuint (sr_test_shop_count_snapshots (shop), ==, 1);
}

/* The same when the folder is there and nothing of it can be read: the vault itself is such a one,
 * for root too. */
static void
test_unreadable (SrTestShop   *shop,
                 gconstpointer data)
{
  g_autoptr (SrSite) site = sr_site_new ("Vault");
  g_autoptr (SrJob)  job = NULL;

  sr_site_add_source (site, SR_SOURCE_FOLDER, shop->vault);
  job = sr_job_backup_new (site, shop->vault);
  sr_test_shop_run_noted (job, SR_JOB_FAILED);
  g_assert_null (sr_job_get_run (job)->snapshot);
  g_assert_cmpuint (sr_test_shop_count_snapshots (shop), ==, 0);
}

static void
test_unprotected (SrTestShop   *shop,
                  gconstpointer data)
{
  g_autoptr (SrJob)      job = NULL;
  g_autoptr (SrJobInput) input = NULL;
  g_autoptr (SrJob)      verify = NULL;
  const SrCheck         *check;
  SrSiteSource          *source =
      sr_site_add_source (shop->site, SR_SOURCE_OTHER, "mongodb://localhost/erp");

  g_free (source->kind_name);
  source->kind_name = g_strdup ("mongodb");
  job = sr_test_shop_run_well (sr_job_backup_new (shop->site, shop->vault));
  check = sr_verdict_find (sr_job_get_verdict (job), "site.sources");
  g_assert_cmpint (check->result, ==, SR_CHECK_NOT_MADE);
  g_assert_nonnull (strstr (check->sentence, "mongodb://localhost/erp"));
  /* all that is there is intact, but not all is there */
  assert_level (job, SR_VERDICT_INTACT);
  /* nor when it is looked at later */
  input = sr_job_input_new_snapshot (shop->vault, sr_job_get_run (job)->snapshot);
  verify = sr_test_shop_run_well (sr_job_verify_new (input, NULL));
  assert_level (verify, SR_VERDICT_INTACT);
}

static void
test_smaller (SrTestShop   *shop,
              gconstpointer data)
{
  g_autofree char  *big = g_malloc0 (100000);
  g_autofree char  *path = g_build_filename (shop->files, "big", NULL);
  g_autofree char  *first = NULL;
  g_autoptr (SrJob) job = NULL;

  sr_test_write_file (shop->files, "big", big, 100000);
  first = sr_test_shop_back_up (shop);
  g_unlink (path);
  job = sr_test_shop_run_well (sr_job_backup_new (shop->site, shop->vault));
  assert_level (job, SR_VERDICT_SUSPICIOUS);
  g_assert_cmpint (sr_verdict_find (sr_job_get_verdict (job), "snapshot.size")->result, ==,
                   SR_CHECK_WARNING);
}

/* Cancelled at every call of the engine: no snapshot, no lock that stays, and the next one is well;
 * or it was too late, and all is done. */
static void
test_cancel_anywhere (SrTestShop   *shop,
                      gconstpointer data)
{
  g_autofree char *locks = g_build_filename (shop->vault, "locks", NULL);
  guint            n = 0;
  guint            n_tries = 0;
  SrJobState       state;

  do
    {
      g_autoptr (SrJob) job = sr_job_backup_new (shop->site, shop->vault);
      g_autoptr (GDir)  dir = NULL;
      guint             before = sr_test_shop_count_snapshots (shop);

      /* in growing steps: each try leaves an index file, which is one call more for the next */
      n += 1 + n / 4;
      n_tries++;
      sr_test_engine_cancel_at (job, n);
      sr_test_shop_run (job);
      sr_test_engine_cancel_at (NULL, 0);
      state = sr_job_get_state (job);
      g_assert_true (state == SR_JOB_CANCELLED || state == SR_JOB_DONE);
      g_assert_cmpuint (sr_test_shop_count_snapshots (shop), ==,
                        before + (state == SR_JOB_DONE ? 1 : 0));
      dir = g_dir_open (locks, 0, NULL);
      g_assert_null (g_dir_read_name (dir));
    }
  while (state == SR_JOB_CANCELLED && n < 10000);
  g_assert_cmpuint (n_tries, >, 5);
  g_assert_cmpint (state, ==, SR_JOB_DONE);
}

static void
test_history (SrTestShop   *shop,
              gconstpointer data)
{
  g_autofree char       *path = sr_test_shop_path (shop, "history.db");
  g_autoptr (GError)     error = NULL;
  g_autoptr (SrHistory)  history = sr_history_open (path, NULL, &error);
  g_autoptr (SrJobQueue) queue = sr_job_queue_new (history);
  g_autoptr (SrJob)      job = sr_job_backup_new (shop->site, shop->vault);
  g_autoptr (GPtrArray)  runs = NULL;
  g_autoptr (JsonObject) counts = NULL;
  g_autoptr (SrVerdict)  verdict = NULL;
  SrRunFilter            filter = SR_RUN_FILTER_INIT;
  const SrRun           *run;

  g_assert_no_error (error);
  sr_test_engine_forbid_here (TRUE);
  sr_job_queue_add (queue, job);
  sr_test_job_wait_end (job);
  sr_test_engine_forbid_here (FALSE);
  runs = sr_history_query (history, &filter, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (runs->len, ==, 1);
  run = g_ptr_array_index (runs, 0);
  g_assert_cmpint (run->state, ==, SR_RUN_DONE);
  g_assert_cmpint (run->level, ==, SR_VERDICT_COMPLETE);
  g_assert_cmpstr (run->snapshot, ==, sr_job_get_run (job)->snapshot);
  counts = sr_history_get_counts (history, run->id, &error);
  g_assert_cmpint (json_object_get_int_member (counts, "customers"), ==, 3);
  verdict = sr_history_get_verdict (history, run->id, &error);
  g_assert_nonnull (verdict);
}

#define ADD(path, func) \
  g_test_add (path, SrTestShop, NULL, sr_test_shop_set_up, func, sr_test_shop_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/job-backup/done", test_done);
  ADD ("/job-backup/verified", test_verified);
  ADD ("/job-backup/excludes", test_excludes);
  ADD ("/job-backup/own-rules", test_own_rules);
  ADD ("/job-backup/nothing", test_nothing);
  ADD ("/job-backup/no-vault", test_no_vault);
  ADD ("/job-backup/bad-database", test_bad_database);
  ADD ("/job-backup/incomplete", test_incomplete);
  ADD ("/job-backup/missing-folder", test_missing_folder);
  ADD ("/job-backup/missing-is-apart", test_missing_is_apart);
  ADD ("/job-backup/all-missing", test_all_missing);
  ADD ("/job-backup/unreadable", test_unreadable);
  ADD ("/job-backup/unprotected", test_unprotected);
  ADD ("/job-backup/smaller", test_smaller);
  ADD ("/job-backup/cancel-anywhere", test_cancel_anywhere);
  ADD ("/job-backup/history", test_history);
  return g_test_run ();
}
