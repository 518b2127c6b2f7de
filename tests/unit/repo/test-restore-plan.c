/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <string.h>

#include "repo/sr-restore-plan.h"
#include "sr-test-util.h"

static SrEntry
make_entry (const char *name)
{
  SrEntry entry = { .name = (char *) name, .mode = 0640, .uid = 3, .gid = 4 };

  return entry;
}

static void
test_sort (void)
{
  enum
  {
    N = 5000,
  };
  g_autoptr (SrRestorePlan) plan = sr_restore_plan_new ();
  guint32                   seen = 0;
  guint32                   last = 0;

  for (guint32 i = 0; i < N; i++)
    {
      SrEntry entry = make_entry ("file");
      guint32 place;

      sr_test_fill_random (i, &place, sizeof place);
      sr_restore_plan_add_file (plan, 0, &entry, i % 7 == 0 ? SR_RESTORE_SAME : 0);
      sr_restore_plan_add_ref (plan, place, 0);
      sr_restore_plan_add_ref (plan, i % 3, 100);
    }
  sr_restore_plan_sort (plan);
  g_assert_cmpuint (plan->n_order, ==, 2 * (N - (N + 6) / 7));
  for (gsize i = 0; i < plan->n_order; i++)
    {
      const SrRestoreRef *ref = sr_restore_plan_ref (plan, plan->order[i]);

      g_assert_cmpuint (ref->entry, >=, last);
      /* The order of the files stays where the place is the same. */
      if (i > 0 && ref->entry == last)
        g_assert_cmpuint (plan->order[i], >, seen);
      g_assert_cmpuint (ref->file % 7, !=, 0);
      last = ref->entry;
      seen = plan->order[i];
    }
}

static void
test_memory (void)
{
  g_autoptr (SrRestorePlan) plan = sr_restore_plan_new ();
  g_autofree char          *large = g_strnfill (100000, 'v');
  SrEntry                   entry = make_entry ("name");
  const char               *first = sr_restore_plan_text (plan, "first");

  sr_entry_add_xattr (&entry, "user.large", large, 100000);
  sr_entry_add_xattr (&entry, "user.none", "", 0);
  for (guint i = 0; i < 5000; i++)
    {
      const SrRestoreMeta *meta;

      entry.n_xattrs = i % 500 == 0 ? 2 : 0;
      meta = sr_restore_plan_meta (plan, &entry);
      g_assert_cmpuint ((gsize) meta % 8, ==, 0);
      g_assert_cmpuint (meta->mode, ==, 0640);
      g_assert_cmpuint (meta->n_xattrs, ==, entry.n_xattrs);
      if (meta->n_xattrs > 0)
        g_assert_cmpmem (meta->xattrs[0].value, meta->xattrs[0].value_size, large, 100000);
      sr_restore_plan_text (plan, "some more text");
    }
  g_assert_cmpstr (first, ==, "first");
  entry.n_xattrs = 2;
  entry.name = NULL;
  sr_entry_clear (&entry);
}

static void
test_paths (void)
{
  g_autoptr (SrRestorePlan) plan = sr_restore_plan_new ();
  g_autoptr (GString)       path = g_string_new (NULL);
  guint32                   root = sr_restore_plan_add_folder (plan, 0, "", NULL);
  guint32                   a = sr_restore_plan_add_folder (plan, root, "a", NULL);
  guint32                   b = sr_restore_plan_add_folder (plan, a, "b", NULL);

  sr_restore_plan_append_path (plan, root, path);
  g_assert_cmpstr (path->str, ==, "/");
  g_string_truncate (path, 0);
  sr_restore_plan_append_path (plan, b, path);
  g_assert_cmpstr (path->str, ==, "/a/b/");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/repo/restore-plan/sort", test_sort);
  g_test_add_func ("/repo/restore-plan/memory", test_memory);
  g_test_add_func ("/repo/restore-plan/paths", test_paths);
  return g_test_run ();
}
