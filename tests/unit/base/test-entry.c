/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-entry.h"

#include <string.h>

static void
test_copy (void)
{
  g_autoptr (SrEntry) entry = sr_entry_new ("na\xffme", SR_ENTRY_SYMLINK);
  g_autoptr (SrEntry) copy = NULL;
  SrEntry             inside = { 0 };

  entry->link_target = g_strdup ("../\xfe");
  entry->mode = 0777;
  entry->size = 5;
  sr_entry_add_xattr (entry, "user.one", "a\0b", 3);
  sr_entry_add_xattr (entry, "user.empty", NULL, 0);
  copy = sr_entry_copy (entry);
  sr_entry_clear (entry);
  g_assert_null (entry->name);
  g_assert_cmpuint (entry->n_xattrs, ==, 0);
  sr_entry_clear (entry);

  g_assert_cmpstr (copy->name, ==, "na\xffme");
  g_assert_cmpstr (copy->link_target, ==, "../\xfe");
  g_assert_cmpint (copy->type, ==, SR_ENTRY_SYMLINK);
  g_assert_cmpuint (copy->mode, ==, 0777);
  g_assert_cmpuint (copy->n_xattrs, ==, 2);
  g_assert_cmpmem (copy->xattrs[0].value, copy->xattrs[0].value_size, "a\0b", 3);
  g_assert_cmpstr (copy->xattrs[1].name, ==, "user.empty");
  g_assert_cmpuint (copy->xattrs[1].value_size, ==, 0);
  sr_entry_clear (&inside);
  sr_entry_free (NULL);
}

static void
test_types (void)
{
  SrEntryType type;

  for (int i = SR_ENTRY_FILE; i <= SR_ENTRY_SOCKET; i++)
    {
      g_assert_true (sr_entry_type_from_name (sr_entry_type_name ((SrEntryType) i), &type));
      g_assert_cmpint (type, ==, i);
    }
  g_assert_cmpstr (sr_entry_type_name (SR_ENTRY_BLOCK_DEVICE), ==, "dev");
  g_assert_cmpstr (sr_entry_type_name (SR_ENTRY_CHAR_DEVICE), ==, "chardev");
  g_assert_false (sr_entry_type_from_name ("door", &type));
  g_assert_false (sr_entry_type_from_name ("", &type));
  g_assert_false (sr_entry_type_from_name (NULL, &type));
}

static void
test_safe_names (void)
{
  char name[257];

  memset (name, 'x', sizeof name);
  name[256] = '\0';
  g_assert_false (sr_entry_name_is_safe (name));
  name[255] = '\0';
  g_assert_true (sr_entry_name_is_safe (name));
  g_assert_true (sr_entry_name_is_safe ("a"));
  g_assert_true (sr_entry_name_is_safe ("..."));
  g_assert_true (sr_entry_name_is_safe ("..a"));
  g_assert_true (sr_entry_name_is_safe (" "));
  g_assert_true (sr_entry_name_is_safe ("\xff\n\\"));
  g_assert_false (sr_entry_name_is_safe (NULL));
  g_assert_false (sr_entry_name_is_safe (""));
  g_assert_false (sr_entry_name_is_safe ("."));
  g_assert_false (sr_entry_name_is_safe (".."));
  g_assert_false (sr_entry_name_is_safe ("/"));
  g_assert_false (sr_entry_name_is_safe ("a/b"));
  g_assert_false (sr_entry_name_is_safe ("a/"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/entry/copy", test_copy);
  g_test_add_func ("/base/entry/types", test_types);
  g_test_add_func ("/base/entry/safe-names", test_safe_names);
  return g_test_run ();
}
