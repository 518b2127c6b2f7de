/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-error.h"
#include "job/sr-snapshot-verdict.h"
#include "job/sr-vault.h"
#include "sr-test-engine.h"

#include <glib/gstdio.h>

/* A vault with one snapshot, open as the one who judges needs it. */
typedef struct
{
  SrTestShop shop;
  SrRepo    *repo;
  SrLock    *lock;
  GPtrArray *all;
} Fixture;

static void
set_up (Fixture      *self,
        gconstpointer data)
{
  g_autoptr (SrSecret) password = sr_secret_new_from ("test", 4);
  g_autoptr (GError)   error = NULL;
  g_autofree char     *id = NULL;

  sr_test_shop_set_up (&self->shop, data);
  sr_test_shop_add_big_file (&self->shop, "big");
  id = sr_test_shop_back_up (&self->shop);
  self->repo = sr_vault_open (self->shop.vault, password, NULL, &error);
  g_assert_no_error (error);
  self->lock = sr_lock_acquire (self->repo, FALSE, 0, NULL, &error);
  g_assert_no_error (error);
  self->all = sr_repo_list_snapshots (self->repo, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (self->all->len, ==, 1);
  g_assert_true (sr_repo_load_index (self->repo, NULL, NULL, NULL, NULL, &error));
}

static void
tear_down (Fixture      *self,
           gconstpointer data)
{
  sr_lock_release (self->lock);
  g_ptr_array_unref (self->all);
  g_object_unref (self->repo);
  sr_test_shop_tear_down (&self->shop, data);
}

static SrVerdict *
judge (Fixture    *self,
       GPtrArray **collections)
{
  SrSnapshotJudgeOptions options = { .others = self->all };
  g_autoptr (GError)     error = NULL;
  SrVerdict             *verdict =
      sr_snapshot_judge (self->repo, g_ptr_array_index (self->all, 0), &options, collections, NULL,
                         NULL, &error);

  g_assert_no_error (error);
  return verdict;
}

static void
assert_check (SrVerdict    *verdict,
              const char   *id,
              SrCheckResult result)
{
  const SrCheck *check = sr_verdict_find (verdict, id);

  g_assert_nonnull (check);
  g_assert_cmpint (check->result, ==, result);
}

/* Nothing of the data is read, and that is said; what it says it holds is told. */
static void
test_cheap (Fixture      *self,
            gconstpointer data)
{
  g_autofree char      *pack = sr_test_shop_find_pack (&self->shop);
  g_autoptr (GPtrArray) collections = NULL;
  g_autoptr (SrVerdict) verdict = NULL;

  sr_test_shop_damage (pack);
  verdict = judge (self, &collections);
  assert_check (verdict, "snapshot.structure", SR_CHECK_PASSED);
  assert_check (verdict, "snapshot.read", SR_CHECK_PASSED);
  assert_check (verdict, "snapshot.data", SR_CHECK_NOT_MADE);
  g_assert_cmpint (sr_verdict_get_level (verdict), ==, SR_VERDICT_SUSPICIOUS);
  g_assert_nonnull (collections);
  g_assert_cmpuint (collections->len, ==, 2);
}

static void
test_pack_gone (Fixture      *self,
                gconstpointer data)
{
  g_autofree char      *pack = sr_test_shop_find_pack (&self->shop);
  g_autoptr (SrVerdict) verdict = NULL;

  g_assert_cmpint (g_unlink (pack), ==, 0);
  verdict = judge (self, NULL);
  assert_check (verdict, "snapshot.structure", SR_CHECK_FAILED);
  g_assert_cmpint (sr_verdict_get_level (verdict), ==, SR_VERDICT_BROKEN);
}

static void
test_pack_cut (Fixture      *self,
               gconstpointer data)
{
  g_autofree char      *pack = sr_test_shop_find_pack (&self->shop);
  g_autofree char      *bytes = NULL;
  gsize                 size;
  g_autoptr (SrVerdict) verdict = NULL;

  g_assert_true (g_file_get_contents (pack, &bytes, &size, NULL));
  g_assert_true (g_file_set_contents (pack, bytes, (gssize) size - 1, NULL));
  verdict = judge (self, NULL);
  assert_check (verdict, "snapshot.structure", SR_CHECK_FAILED);
}

static void
test_cancelled (Fixture      *self,
                gconstpointer data)
{
  SrSnapshotJudgeOptions   options = { .others = self->all };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError)       error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (sr_snapshot_judge (self->repo, g_ptr_array_index (self->all, 0), &options, NULL,
                                    NULL, cancellable, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/snapshot-verdict/cheap", test_cheap);
  ADD ("/snapshot-verdict/pack-gone", test_pack_gone);
  ADD ("/snapshot-verdict/pack-cut", test_pack_cut);
  ADD ("/snapshot-verdict/cancelled", test_cancelled);
  return g_test_run ();
}
