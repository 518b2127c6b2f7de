/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "job/sr-job-export.h"
#include "sr-test-engine.h"
#include "sr-test-job.h"
#include "sr-test-sqlite.h"
#include "sr-test-util.h"

#include <glib/gstdio.h>

/* A snapshot of the shop, and the file it becomes. */
typedef struct
{
  SrTestShop  shop;
  SrJobInput *input;
  char       *output;
} Fixture;

static void
set_up (Fixture      *self,
        gconstpointer data)
{
  g_autofree char *snapshot = NULL;

  sr_test_shop_set_up (&self->shop, data);
  snapshot = sr_test_shop_back_up (&self->shop);
  self->input = sr_job_input_new_snapshot (self->shop.vault, snapshot);
  self->output = sr_test_shop_path (&self->shop, "export.db");
}

static void
tear_down (Fixture      *self,
           gconstpointer data)
{
  sr_job_input_free (self->input);
  g_free (self->output);
  sr_test_shop_tear_down (&self->shop, data);
}

static SrJob *
new_job (gpointer data)
{
  Fixture *self = data;

  return sr_job_export_new (self->input, SR_CONVERT_SQLITE, self->output, NULL);
}

static void
assert_rows (Fixture    *self,
             const char *table,
             const char *expected)
{
  g_autofree char *query = g_strconcat ("SELECT count(*) FROM ", table, NULL);
  g_autofree char *found = sr_test_sqlite_query (self->output, query);

  g_assert_cmpstr (found, ==, expected);
}

static void
test_done (Fixture      *self,
           gconstpointer data)
{
  g_autoptr (SrJob) job = sr_test_shop_run_noted (new_job (self), SR_JOB_DONE);
  const SrRun      *run = sr_job_get_run (job);

  assert_rows (self, "customers", "3");
  assert_rows (self, "invoices", "2");
  g_assert_cmpstr (run->action, ==, "export");
  g_assert_cmpstr (run->vault, ==, self->shop.vault);
  g_assert_cmpstr (run->snapshot, ==, self->input->snapshot);
  g_assert_cmpstr (run->path, ==, self->output);
  g_assert_cmpint (run->records, ==, 5);
  g_assert_nonnull (strstr (run->sentence, "5 records"));
  g_assert_nonnull (strstr (run->sentence, "export.db"));
}

/* Only what was chosen. */
static void
test_collections (Fixture      *self,
                  gconstpointer data)
{
  const char *const collections[] = { "invoices", NULL };
  SrConvertOptions  options = { .collections = collections };
  g_autoptr (SrJob) job =
      sr_job_export_new (self->input, SR_CONVERT_SQLITE, self->output, &options);
  g_autofree char *customers = NULL;

  sr_test_shop_run_well (job);
  assert_rows (self, "invoices", "2");
  customers = sr_test_sqlite_query (self->output,
                                    "SELECT count(*) FROM sqlite_master WHERE name = 'customers'");
  g_assert_cmpstr (customers, ==, "0");
  g_assert_cmpint (sr_job_get_run (job)->records, ==, 2);
}

/* From a file, without a vault. */
static void
test_file (Fixture      *self,
           gconstpointer data)
{
  g_autofree char       *path = g_test_build_filename (G_TEST_DIST, "data", "samples",
                                                       "lpgnexus-backup.json", NULL);
  g_autoptr (SrJobInput) input = sr_job_input_new_file (path);
  g_autoptr (SrJob)      job = sr_job_export_new (input, SR_CONVERT_SQLITE, self->output, NULL);

  g_assert_null (sr_job_get_vault (job));
  sr_test_shop_run_noted (job, SR_JOB_DONE);
  g_assert_cmpint (sr_job_get_run (job)->records, >, 0);
  g_assert_cmpstr (sr_job_get_run (job)->path, ==, self->output);
}

/* What is there is replaced only when that was asked for, and only by what is whole. */
static void
test_exists (Fixture      *self,
             gconstpointer data)
{
  SrConvertOptions  options = { .overwrite = TRUE };
  g_autoptr (SrJob) job = NULL;
  g_autoptr (SrJob) again = NULL;
  g_autofree char  *text = NULL;

  g_assert_true (g_file_set_contents (self->output, "mine", -1, NULL));
  job = sr_test_shop_run_noted (new_job (self), SR_JOB_FAILED);
  g_assert_error (sr_job_get_error (job), SR_ERROR, SR_ERROR_EXISTS);
  g_assert_true (g_file_get_contents (self->output, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "mine");
  g_assert_null (sr_job_get_run (job)->sentence);
  again = sr_job_export_new (self->input, SR_CONVERT_SQLITE, self->output, &options);
  sr_test_shop_run_well (again);
  assert_rows (self, "customers", "3");
}

static void
test_damaged (Fixture      *self,
              gconstpointer data)
{
  g_autofree char  *pack = NULL;
  g_autoptr (SrJob) job = NULL;

  sr_test_sqlite_run (self->shop.database,
                      "CREATE TABLE big (x BLOB); INSERT INTO big VALUES (randomblob (3000000));");
  g_free (self->input->snapshot);
  self->input->snapshot = sr_test_shop_back_up (&self->shop);
  pack = sr_test_shop_find_pack (&self->shop);
  sr_test_shop_damage (pack);
  job = sr_test_shop_run_noted (new_job (self), SR_JOB_FAILED);
  g_assert_error (sr_job_get_error (job), SR_ERROR, SR_ERROR_DAMAGED);
  g_assert_false (g_file_test (self->output, G_FILE_TEST_EXISTS));
}

static void
test_no_snapshot (Fixture      *self,
                  gconstpointer data)
{
  g_autoptr (SrJobInput) input = sr_job_input_new_snapshot (self->shop.vault, "0123456789");
  g_autoptr (SrJob)      job = sr_job_export_new (input, SR_CONVERT_SQLITE, self->output, NULL);

  sr_test_shop_run_noted (job, SR_JOB_FAILED);
  g_assert_error (sr_job_get_error (job), SR_ERROR, SR_ERROR_NOT_FOUND);
  g_assert_null (sr_job_get_run (job)->snapshot);
}

/* Nothing, or all; and nothing beside it. */
static void
look (SrJob   *job,
      gboolean done,
      gpointer data)
{
  Fixture         *self = data;
  g_autoptr (GDir) dir = g_dir_open (self->shop.dir, 0, NULL);
  guint            n = 0;

  g_assert_cmpint (g_file_test (self->output, G_FILE_TEST_EXISTS), ==, done);
  while (g_dir_read_name (dir) != NULL)
    n++;
  /* files, database, vault */
  g_assert_cmpuint (n, ==, done ? 4 : 3);
  if (done)
    assert_rows (self, "customers", "3");
}

static void
test_cancel_anywhere (Fixture      *self,
                      gconstpointer data)
{
  sr_test_shop_cancel_anywhere (&self->shop, new_job, look, self);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/job-export/done", test_done);
  ADD ("/job-export/collections", test_collections);
  ADD ("/job-export/file", test_file);
  ADD ("/job-export/exists", test_exists);
  ADD ("/job-export/damaged", test_damaged);
  ADD ("/job-export/no-snapshot", test_no_snapshot);
  ADD ("/job-export/cancel-anywhere", test_cancel_anywhere);
  return g_test_run ();
}
