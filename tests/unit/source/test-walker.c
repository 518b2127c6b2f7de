/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-error.h"
#include "source/sr-walker.h"
#include "sr-test-util.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

static const char event_signs[] = {
  [SR_WALK_ENTER] = '>',
  [SR_WALK_LEAVE] = '<',
  [SR_WALK_ENTRY] = '-',
  [SR_WALK_PROBLEM] = '!',
};

/* All events from the root of the walk @below on, a line each, with paths shown relative to it.
 * What leads there from "/" is left out. */
static char *
walk_to_the_end (SrWalker   *walker,
                 const char *below)
{
  GString           *log = g_string_new (NULL);
  SrWalkItem         item = { 0 };
  g_autoptr (GError) error = NULL;
  gsize              length = strlen (below);

  while (TRUE)
    {
      SrWalkEvent event = sr_walker_next (walker, &item, NULL, &error);

      g_assert_no_error (error);
      if (event == SR_WALK_END)
        break;
      g_assert_cmpint (event == SR_WALK_PROBLEM, ==, item.problem != NULL);
      if (strncmp (item.path, below, length) == 0 && item.path[length] != '\0')
        g_string_append_printf (log, "%c %s%s\n", event_signs[event], item.path + length + 1,
                                item.has_journal ? " +journal" : "");
    }
  g_assert_cmpint (sr_walker_next (walker, &item, NULL, &error), ==, SR_WALK_END);
  sr_walk_item_clear (&item);
  return g_string_free (log, FALSE);
}

static void
assert_walk (const SrWalkerOptions *options,
             const char            *dir,
             const char            *expected)
{
  SrWalkerOptions    plain = { 0 };
  SrWalker          *walker = sr_walker_new (options != NULL ? options : &plain);
  g_autoptr (GError) error = NULL;
  g_autofree char   *log = NULL;

  g_assert_true (sr_walker_add_target (walker, dir, &error));
  g_assert_no_error (error);
  log = walk_to_the_end (walker, dir);
  g_assert_cmpstr (log, ==, expected);
  sr_walker_free (walker);
}

static void
touch (const char *dir,
       const char *name)
{
  sr_test_write_file (dir, name, "x", 1);
}

static void
make_folder (const char *dir,
             const char *name)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);

  g_assert_cmpint (g_mkdir (path, 0755), ==, 0);
}

static void
test_order (void)
{
  char *dir = sr_test_mkdir ();

  touch (dir, "b/z");
  touch (dir, "b.txt");
  touch (dir, "b-/y");
  touch (dir, "a");
  touch (dir, "B");
  touch (dir, "\xc3\xa4");
  touch (dir, "\xff");
  touch (dir, "b/sub/deep");
  make_folder (dir, "empty");
  assert_walk (NULL, dir,
               "- B\n"
               "- a\n"
               "> b\n"
               "> b/sub\n"
               "- b/sub/deep\n"
               "< b/sub\n"
               "- b/z\n"
               "< b\n"
               "> b-\n"
               "- b-/y\n"
               "< b-\n"
               "- b.txt\n"
               "> empty\n"
               "< empty\n"
               "- \xc3\xa4\n"
               "- \xff\n");
  sr_test_rmdir (dir);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/walker/order", test_order);
  return g_test_run ();
}
