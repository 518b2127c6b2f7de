/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-json.h"
#include "cli/sr-cli-json.h"

#include <string.h>

static JsonObject *
finish (JsonBuilder *builder)
{
  g_autofree char   *text = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject        *object;

  json_builder_end_object (builder);
  text = sr_cli_json_to_text (builder);
  object = sr_json_parse_object (text, strlen (text), 100000, 10, &error);
  g_assert_no_error (error);
  return object;
}

static void
test_names (void)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonObject)  object = NULL;

  json_builder_begin_object (builder);
  sr_cli_json_add_name (builder, "good", "/a\n\"ä");
  sr_cli_json_add_name (builder, "bad", "/caf\xe9");
  sr_cli_json_add_name (builder, "none", NULL);
  object = finish (builder);
  g_assert_cmpstr (sr_json_string_or (object, "good", ""), ==, "/a\n\"ä");
  g_assert_false (json_object_has_member (object, "good_raw"));
  g_assert_cmpstr (sr_json_string_or (object, "bad", ""), ==, "/caf\xef\xbf\xbd");
  g_assert_cmpstr (sr_json_string_or (object, "bad_raw", ""), ==, "L2NhZuk=");
  g_assert_true (json_object_get_null_member (object, "none"));
}

static void
test_snapshot (void)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonObject)  object = NULL;
  g_autoptr (SrSnapshot)  snapshot = sr_snapshot_new ();

  memset (&snapshot->id, 0xab, sizeof snapshot->id);
  snapshot->time.ts.tv_sec = 1769884199;
  snapshot->time.offset = 19800;
  snapshot->hostname = g_strdup ("erp");
  json_builder_begin_object (builder);
  sr_cli_json_add_snapshot (builder, snapshot);
  object = finish (builder);
  g_assert_cmpstr (sr_json_string_or (object, "short_id", ""), ==, "abababab");
  g_assert_cmpint (strlen (sr_json_string_or (object, "id", "")), ==, 64);
  g_assert_cmpstr (sr_json_string_or (object, "time", ""), ==, "2026-01-31T23:59:59+05:30");
  g_assert_cmpstr (sr_json_string_or (object, "hostname", ""), ==, "erp");
  g_assert_nonnull (sr_json_array_or_null (object, "paths"));
  g_assert_false (json_object_has_member (object, "parent"));
  g_assert_false (json_object_has_member (object, "summary"));
}

static void
test_node (void)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonObject)  object = NULL;
  SrNode                  node = { .entry = { .name = (char *) "l",
                                              .type = SR_ENTRY_SYMLINK,
                                              .mode = 0777,
                                              .link_target = (char *) "\xff" } };

  json_builder_begin_object (builder);
  sr_cli_json_add_node (builder, "/l", &node);
  object = finish (builder);
  g_assert_cmpstr (sr_json_string_or (object, "type", ""), ==, "symlink");
  g_assert_cmpint (sr_json_int64_or (object, "mode", 0), ==, 0777);
  g_assert_cmpstr (sr_json_string_or (object, "link_target_raw", ""), ==, "/w==");
  g_assert_false (json_object_has_member (object, "size"));
}

static void
test_errors (void)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonObject)  object = NULL;
  g_autoptr (GError)      error = g_error_new (SR_ERROR, SR_ERROR_NO_SPACE, "full \xff");

  json_builder_begin_object (builder);
  sr_cli_json_add_error (builder, error);
  object = finish (builder);
  g_assert_cmpstr (sr_json_string_or (object, "code", ""), ==, "no-space");
  g_assert_cmpstr (sr_json_string_or (object, "message", ""), ==, "full \xef\xbf\xbd");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/json/names", test_names);
  g_test_add_func ("/cli/json/snapshot", test_snapshot);
  g_test_add_func ("/cli/json/node", test_node);
  g_test_add_func ("/cli/json/errors", test_errors);
  return g_test_run ();
}
