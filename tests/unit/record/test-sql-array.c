/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <string.h>

#include "record/sr-sql-array.h"

static void
assert_array (const char *text,
              const char *wanted)
{
  g_autoptr (GString) out = g_string_new ("");

  g_assert_cmpint (sr_sql_array_to_json (text, strlen (text), TRUE, out), ==, wanted != NULL);
  g_assert_cmpstr (out->str, ==, wanted != NULL ? wanted : "");
}

static void
test_arrays (void)
{
  g_autoptr (GString) out = g_string_new ("");

  assert_array ("{}", "[]");
  assert_array ("{1,2.5,x}", "[1,2.5,\"x\"]");
  assert_array ("{\"a\\\"b\",\"NULL\",null}", "[\"a\\\"b\",\"NULL\",null]");
  assert_array ("{{a},{b}}", "[[\"a\"],[\"b\"]]");
  assert_array ("{\"\"}", "[\"\"]");
  assert_array ("", NULL);
  assert_array ("a", NULL);
  assert_array ("{", NULL);
  assert_array ("{a", NULL);
  assert_array ("{a,", NULL);
  assert_array ("{a,}", NULL);
  assert_array ("{,a}", NULL);
  assert_array ("{\"a", NULL);
  assert_array ("{\"a\\", NULL);
  assert_array ("{a}}", NULL);
  assert_array ("{a}b", NULL);
  assert_array ("{a{b}}", NULL);

  g_assert_true (sr_sql_array_to_json ("{1,NULL}", 8, FALSE, out));
  g_assert_cmpstr (out->str, ==, "[\"1\",null]");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sql-array/to-json", test_arrays);
  return g_test_run ();
}
