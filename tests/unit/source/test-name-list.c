/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "source/sr-name-list.h"
#include "sr-test-util.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static void
test_order (void)
{
  g_autoptr (SrNameList) list = sr_name_list_new ();
  const char *const      names[] = { "prefix-b", "prefix-", "prefix-\xff", "prefix-abcdefgh2",
                                     "prefix-abcdefgh", "prefix-b", "prefix-abcdefgh1" };
  const char *const      sorted[] = { "prefix-", "prefix-abcdefgh", "prefix-abcdefgh1",
                                      "prefix-abcdefgh2", "prefix-b", "prefix-\xff" };

  for (guint round = 0; round < 2; round++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        g_assert_true (sr_name_list_add (list, names[i], strlen (names[i])));
      sr_name_list_sort (list);
      g_assert_cmpuint (sr_name_list_get_count (list), ==, G_N_ELEMENTS (sorted));
      for (guint i = 0; i < G_N_ELEMENTS (sorted); i++)
        {
          g_assert_cmpstr (sr_name_list_get (list, i), ==, sorted[i]);
          g_assert_cmpint (sr_name_list_find (list, sorted[i], ""), ==, i);
        }
      g_assert_cmpint (sr_name_list_find (list, "prefix-abcdefgh", "2"), ==, 3);
      g_assert_cmpint (sr_name_list_find (list, "prefix-abcdefgh", "3"), ==, -1);
      g_assert_cmpint (sr_name_list_find (list, "", ""), ==, -1);
      g_assert_cmpint (sr_name_list_find (list, "zzz", ""), ==, -1);
      sr_name_list_clear (list);
      g_assert_cmpuint (sr_name_list_get_count (list), ==, 0);
      g_assert_cmpint (sr_name_list_find (list, "prefix-", ""), ==, -1);
      sr_name_list_sort (list);
    }
}

/* More names than one answer of the kernel holds. */
static void
test_read (void)
{
  char                  *dir = sr_test_mkdir ();
  g_autoptr (SrNameList) list = sr_name_list_new ();
  g_autofree char       *longest = g_strnfill (255, 'z');
  int                    fd = g_open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

  for (guint i = 0; i < 5000; i++)
    {
      char name[32];

      g_snprintf (name, sizeof name, "a-longer-name-%05u", 4999 - i);
      g_assert_cmpint (symlinkat ("x", fd, name), ==, 0);
    }
  g_assert_cmpint (symlinkat ("x", fd, longest), ==, 0);
  g_assert_cmpint (symlinkat ("x", fd, "..."), ==, 0);
  g_assert_cmpint (sr_name_list_read (list, fd), ==, 0);
  sr_name_list_sort (list);
  g_assert_cmpuint (sr_name_list_get_count (list), ==, 5002);
  g_assert_cmpstr (sr_name_list_get (list, 0), ==, "...");
  g_assert_cmpstr (sr_name_list_get (list, 1), ==, "a-longer-name-00000");
  g_assert_cmpstr (sr_name_list_get (list, 5000), ==, "a-longer-name-04999");
  g_assert_cmpstr (sr_name_list_get (list, 5001), ==, longest);
  close (fd);
  sr_name_list_clear (list);
  g_assert_cmpint (sr_name_list_read (list, -1), ==, EBADF);
  sr_test_rmdir (dir);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/name-list/order", test_order);
  g_test_add_func ("/name-list/read", test_read);
  return g_test_run ();
}
