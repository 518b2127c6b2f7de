/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "job/sr-job-forget.h"
#include "job/sr-job-verify.h"
#include "sr-test-engine.h"
#include "sr-test-job.h"
#include "sr-test-util.h"

#include <glib/gstdio.h>

/* Two snapshots; of the first a big file is gone in the second. */
typedef struct
{
  SrTestShop shop;
  char      *first;
  char      *second;
} Fixture;

static void
set_up (Fixture      *self,
        gconstpointer data)
{
  g_autofree char *big = NULL;

  sr_test_shop_set_up (&self->shop, data);
  big = g_build_filename (self->shop.files, "big", NULL);
  sr_test_shop_add_big_file (&self->shop, "big");
  self->first = sr_test_shop_back_up (&self->shop);
  g_assert_cmpint (g_unlink (big), ==, 0);
  self->second = sr_test_shop_back_up (&self->shop);
}

static void
tear_down (Fixture      *self,
           gconstpointer data)
{
  g_free (self->first);
  g_free (self->second);
  sr_test_shop_tear_down (&self->shop, data);
}

static SrJob *
new_job (gpointer data)
{
  Fixture          *self = data;
  const char *const ids[] = { self->first, NULL };

  return sr_job_forget_new (self->shop.vault, ids);
}

static gboolean
has_snapshot (Fixture    *self,
              const char *id)
{
  g_autofree char *path = g_build_filename (self->shop.vault, "snapshots", id, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
assert_sound (Fixture *self)
{
  g_autoptr (SrJob) job = sr_job_verify_new_vault (self->shop.vault, TRUE);

  sr_test_shop_run_well (job);
  g_assert_cmpint (sr_verdict_get_level (sr_job_get_verdict (job)), ==, SR_VERDICT_INTACT);
}

static void
assert_told (SrJob      *job,
             const char *id)
{
  g_autofree char *log = sr_job_get_log_text (job);
  g_autofree char *line = g_strdup_printf ("Forgotten: snapshot %.8s", id);

  g_assert_nonnull (strstr (log, line));
}

/* Forgotten, and what only it needed is gone from the disk. */
static void
test_done (Fixture      *self,
           gconstpointer data)
{
  g_autofree char  *pack = sr_test_shop_find_pack (&self->shop);
  g_autoptr (SrJob) job = sr_test_shop_run_noted (new_job (self), SR_JOB_DONE);
  const SrRun      *run = sr_job_get_run (job);

  g_assert_false (has_snapshot (self, self->first));
  g_assert_true (has_snapshot (self, self->second));
  g_assert_false (g_file_test (pack, G_FILE_TEST_EXISTS));
  g_assert_cmpstr (run->action, ==, "forget");
  g_assert_cmpstr (run->vault, ==, self->shop.vault);
  g_assert_true (g_str_has_prefix (run->sentence, "1 snapshot forgotten, 3."));
  assert_told (job, self->first);
  assert_sound (self);
}

static void
test_policy (Fixture      *self,
             gconstpointer data)
{
  SrRetentionPolicy policy = { .last = 1 };
  g_autoptr (SrJob) job = sr_job_forget_new_policy (self->shop.vault, &policy);

  sr_test_shop_run_noted (job, SR_JOB_DONE);
  g_assert_false (has_snapshot (self, self->first));
  g_assert_true (has_snapshot (self, self->second));
  assert_sound (self);
}

static void
test_nothing (Fixture      *self,
              gconstpointer data)
{
  SrRetentionPolicy policy = { .last = 5 };
  g_autoptr (SrJob) job = sr_job_forget_new_policy (self->shop.vault, &policy);

  sr_test_shop_run_noted (job, SR_JOB_DONE);
  g_assert_cmpuint (sr_test_shop_count_snapshots (&self->shop), ==, 2);
  g_assert_cmpstr (sr_job_get_run (job)->sentence, ==, "No snapshot was to be forgotten.");
}

/* The tags of a policy are the job's own. */
static void
test_policy_tags (Fixture      *self,
                  gconstpointer data)
{
  char             *tags[] = { g_strdup ("none-has-this"), NULL };
  SrRetentionPolicy policy = { .tags = (const char *const *) tags };
  g_autoptr (SrJob) job = sr_job_forget_new_policy (self->shop.vault, &policy);

  memset (tags[0], 'x', strlen (tags[0]));
  g_free (tags[0]);
  /* it would keep nothing, which is never what is meant */
  sr_test_shop_run_noted (job, SR_JOB_FAILED);
  g_assert_error (sr_job_get_error (job), SR_ERROR, SR_ERROR_REFUSED);
  g_assert_cmpuint (sr_test_shop_count_snapshots (&self->shop), ==, 2);
}

static void
test_no_snapshot (Fixture      *self,
                  gconstpointer data)
{
  const char *const ids[] = { "0123456789", NULL };
  g_autoptr (SrJob) job = sr_job_forget_new (self->shop.vault, ids);

  sr_test_shop_run_noted (job, SR_JOB_FAILED);
  g_assert_error (sr_job_get_error (job), SR_ERROR, SR_ERROR_NOT_FOUND);
  g_assert_cmpuint (sr_test_shop_count_snapshots (&self->shop), ==, 2);
}

/* A vault that lacks what a snapshot needs is not pruned; what was forgotten until then is told. */
static void
test_damaged (Fixture      *self,
              gconstpointer data)
{
  g_autofree char  *folder = g_build_filename (self->shop.vault, "data", NULL);
  g_autofree char  *other = sr_test_shop_path (&self->shop, "data");
  g_autoptr (SrJob) job = NULL;

  g_assert_cmpint (g_rename (folder, other), ==, 0);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  job = sr_test_shop_run_noted (new_job (self), SR_JOB_FAILED);
  g_assert_true (has_snapshot (self, self->second));
  g_assert_false (has_snapshot (self, self->first));
  assert_told (job, self->first);
}

typedef struct
{
  Fixture *fixture;
  guint    n_forgotten;
} Cancelling;

/* A snapshot of its own each time. */
static SrJob *
new_job_to_cancel (gpointer data)
{
  Cancelling *self = data;

  if (!has_snapshot (self->fixture, self->fixture->first))
    {
      self->n_forgotten++;
      g_free (self->fixture->first);
      self->fixture->first = sr_test_shop_back_up (&self->fixture->shop);
    }
  return new_job (self->fixture);
}

/* The other snapshot stays, and the log knows what is gone, also of a job that was cancelled. */
static void
look (SrJob   *job,
      gboolean done,
      gpointer data)
{
  Cancelling *self = data;

  g_assert_true (has_snapshot (self->fixture, self->fixture->second));
  if (has_snapshot (self->fixture, self->fixture->first))
    g_assert_false (done);
  else
    assert_told (job, self->fixture->first);
}

static void
test_cancel_anywhere (Fixture      *self,
                      gconstpointer data)
{
  Cancelling cancelling = { self, 0 };

  sr_test_shop_cancel_anywhere (&self->shop, new_job_to_cancel, look, &cancelling);
  g_assert_cmpuint (cancelling.n_forgotten, >, 0);
  assert_sound (self);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/job-forget/done", test_done);
  ADD ("/job-forget/policy", test_policy);
  ADD ("/job-forget/nothing", test_nothing);
  ADD ("/job-forget/policy-tags", test_policy_tags);
  ADD ("/job-forget/no-snapshot", test_no_snapshot);
  ADD ("/job-forget/damaged", test_damaged);
  ADD ("/job-forget/cancel-anywhere", test_cancel_anywhere);
  return g_test_run ();
}
