/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <string.h>

#include "record/sr-field-hasher.h"

static SrFieldDigest
digest (SrFieldHasher *hasher,
        SrValueType    value_type,
        const char    *text,
        SrColumnType   column_type)
{
  const SrField field = { "name", { value_type, text, strlen (text) } };
  SrFieldDigest result;

  sr_field_hasher_digest (hasher, &field, column_type, &result);
  return result;
}

static void
assert_values (SrValueType type_a,
               const char *a,
               SrValueType type_b,
               const char *b,
               gboolean    strict,
               gboolean    loose)
{
  g_autoptr (SrFieldHasher) hasher = sr_field_hasher_new ();
  SrFieldDigest             first = digest (hasher, type_a, a, SR_COLUMN_UNKNOWN);
  SrFieldDigest             second = digest (hasher, type_b, b, SR_COLUMN_UNKNOWN);

  if ((memcmp (&first.strict, &second.strict, sizeof first.strict) == 0) != strict)
    g_error ("strictly, “%s” and “%s” are%s the same", a, b, strict ? " not" : "");
  if ((memcmp (&first.loose, &second.loose, sizeof first.loose) == 0) != loose)
    g_error ("loosely, “%s” and “%s” are%s the same", a, b, loose ? " not" : "");
}

#define SAME         TRUE, TRUE
#define LOOSELY_SAME FALSE, TRUE
#define DIFFERENT    FALSE, FALSE

static void
test_scalars (void)
{
  assert_values (SR_VALUE_NUMBER, "1.0", SR_VALUE_NUMBER, "1", SAME);
  assert_values (SR_VALUE_NUMBER, "1e2", SR_VALUE_NUMBER, "100", SAME);
  assert_values (SR_VALUE_NUMBER, "007", SR_VALUE_NUMBER, "7", SAME);
  assert_values (SR_VALUE_NUMBER, "9007199254740993", SR_VALUE_NUMBER, "9007199254740992",
                 DIFFERENT);
  assert_values (SR_VALUE_NUMBER, "0.1", SR_VALUE_NUMBER, "0.1000000000000000055", DIFFERENT);
  assert_values (SR_VALUE_NUMBER, "NaN", SR_VALUE_NUMBER, "NaN", SAME);
  assert_values (SR_VALUE_NUMBER, "7", SR_VALUE_TEXT, "7", LOOSELY_SAME);
  assert_values (SR_VALUE_NUMBER, "7", SR_VALUE_TEXT, "7.00", LOOSELY_SAME);
  assert_values (SR_VALUE_NUMBER, "7", SR_VALUE_TEXT, "007", DIFFERENT);
  assert_values (SR_VALUE_TEXT, "7", SR_VALUE_TEXT, "7.0", LOOSELY_SAME);
  assert_values (SR_VALUE_BOOL, "true", SR_VALUE_NUMBER, "1", LOOSELY_SAME);
  assert_values (SR_VALUE_BOOL, "false", SR_VALUE_TEXT, "false", LOOSELY_SAME);
  assert_values (SR_VALUE_BOOL, "true", SR_VALUE_BOOL, "false", DIFFERENT);
  assert_values (SR_VALUE_BOOL, "true", SR_VALUE_TEXT, "yes", DIFFERENT);
  assert_values (SR_VALUE_NULL, "", SR_VALUE_TEXT, "", DIFFERENT);
  assert_values (SR_VALUE_NULL, "", SR_VALUE_NUMBER, "0", DIFFERENT);
  assert_values (SR_VALUE_BYTES, "abc", SR_VALUE_TEXT, "abc", LOOSELY_SAME);
  assert_values (SR_VALUE_LOST, "Invalid Date", SR_VALUE_TEXT, "Invalid Date", LOOSELY_SAME);
  assert_values (SR_VALUE_TEXT, "a", SR_VALUE_TEXT, "A", DIFFERENT);
  assert_values (SR_VALUE_TEXT, "a", SR_VALUE_TEXT, "a ", DIFFERENT);
}

static void
test_moments (void)
{
  assert_values (SR_VALUE_TEXT, "2026-11-20T05:13:38.000Z", SR_VALUE_TEXT, "2026-11-20 05:13:38",
                 LOOSELY_SAME);
  assert_values (SR_VALUE_TEXT, "2026-11-20T05:13:38.000Z", SR_VALUE_TEXT,
                 "2026-11-20 13:13:38+08", LOOSELY_SAME);
  assert_values (SR_VALUE_TEXT, "2026-11-20T05:13:38.25Z", SR_VALUE_NUMBER, "1795151618250",
                 LOOSELY_SAME);
  assert_values (SR_VALUE_TEXT, "2026-11-20", SR_VALUE_TEXT, "2026-11-20T00:00:00Z",
                 LOOSELY_SAME);
  assert_values (SR_VALUE_TEXT, "2026-11-20 05:13:38.000001", SR_VALUE_TEXT,
                 "2026-11-20 05:13:38.000002", DIFFERENT);
  assert_values (SR_VALUE_TEXT, "2026-11-20 05:13:38.000001", SR_VALUE_TEXT,
                 "2026-11-20T05:13:38.000001Z", LOOSELY_SAME);
  assert_values (SR_VALUE_TEXT, "2026-11-20", SR_VALUE_TEXT, "2026-11-21", DIFFERENT);
  assert_values (SR_VALUE_TEXT, "2026-11-99", SR_VALUE_TEXT, "2026-11-99", SAME);
}

static void
test_json (void)
{
  assert_values (SR_VALUE_JSON, "{\"a\":1,\"b\":[true,null,\"x\"]}", SR_VALUE_JSON,
                 " { \"b\" : [ true ,\n null, \"\\u0078\" ] , \"a\" : 1.0 } ", SAME);
  assert_values (SR_VALUE_JSON, "[1,2]", SR_VALUE_JSON, "[2,1]", DIFFERENT);
  assert_values (SR_VALUE_JSON, "[1,2]", SR_VALUE_JSON, "[[1],2]", DIFFERENT);
  assert_values (SR_VALUE_JSON, "[]", SR_VALUE_JSON, "{}", DIFFERENT);
  assert_values (SR_VALUE_JSON, "[[]]", SR_VALUE_JSON, "[]", DIFFERENT);
  assert_values (SR_VALUE_JSON, "[null]", SR_VALUE_JSON, "[]", DIFFERENT);
  assert_values (SR_VALUE_JSON, "[\"1\"]", SR_VALUE_JSON, "[1]", DIFFERENT);
  assert_values (SR_VALUE_JSON, "[\"true\"]", SR_VALUE_JSON, "[true]", DIFFERENT);
  assert_values (SR_VALUE_JSON, "{\"a\":{\"b\":1}}", SR_VALUE_JSON, "{\"b\":{\"a\":1}}",
                 DIFFERENT);
  assert_values (SR_VALUE_JSON, "{\"a\":1,\"b\":2}", SR_VALUE_JSON, "{\"a\":2,\"b\":1}",
                 DIFFERENT);
  assert_values (SR_VALUE_JSON, "{\"a\":1,\"a\":1}", SR_VALUE_JSON, "{\"a\":1}", DIFFERENT);
  assert_values (SR_VALUE_JSON, "{\"\":0}", SR_VALUE_JSON, "{}", DIFFERENT);
  assert_values (SR_VALUE_JSON, "[1]", SR_VALUE_TEXT, "[ 1.0 ]", LOOSELY_SAME);
  assert_values (SR_VALUE_TEXT, "[1]", SR_VALUE_TEXT, "[ 1 ]", LOOSELY_SAME);
  assert_values (SR_VALUE_TEXT, "[1] ", SR_VALUE_TEXT, "[1] x", DIFFERENT);
}

/* What is no JSON counts as it stands. */
static void
test_broken_json (void)
{
  static const char *const texts[] = {
    "[",
    "[1",
    "[1,",
    "[1,]",
    "{",
    "{\"a\"",
    "{\"a\":",
    "{\"a\":1",
    "{\"a\":1,",
    "{\"a\":1,}",
    "[\"a",
    "[\"a\\",
    "[\"\\x\"]",
    "[01]",
    "[nul]",
    "[1]]",
    "{1:2}",
    "[1 2]",
    "",
    "[,1]",
  };
  g_autoptr (GString) deep = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *spaced = g_strconcat (" ", texts[i], NULL);

      assert_values (SR_VALUE_JSON, texts[i], SR_VALUE_JSON, texts[i], SAME);
      assert_values (SR_VALUE_JSON, texts[i], SR_VALUE_JSON, spaced, DIFFERENT);
    }
  for (guint i = 0; i < 1000000; i++)
    g_string_append_c (deep, '[');
  assert_values (SR_VALUE_JSON, deep->str, SR_VALUE_JSON, deep->str, SAME);
}

static void
test_json_column (void)
{
  g_autoptr (SrFieldHasher) hasher = sr_field_hasher_new ();
  SrFieldDigest             a = digest (hasher, SR_VALUE_TEXT, "{\"a\": 1}", SR_COLUMN_JSON);
  SrFieldDigest             b = digest (hasher, SR_VALUE_JSON, "{\"a\":1}", SR_COLUMN_UNKNOWN);

  g_assert_cmpmem (&a.strict, sizeof a.strict, &b.strict, sizeof b.strict);
  g_assert_cmpmem (&a.loose, sizeof a.loose, &b.loose, sizeof b.loose);
}

/* Fields add up in any order; the same value under another name is another; a null is as good as no
 * field only loosely. */
static void
test_sum (void)
{
  static const SrField      fields[] = { { "a", { SR_VALUE_TEXT, "x", 1 } },
                                         { "b", { SR_VALUE_TEXT, "y", 1 } },
                                         { "a", { SR_VALUE_TEXT, "y", 1 } },
                                         { "b", { SR_VALUE_TEXT, "x", 1 } },
                                         { "n", { SR_VALUE_NULL, "", 0 } } };
  g_autoptr (SrFieldHasher) hasher = sr_field_hasher_new ();
  SrFieldDigest             digests[G_N_ELEMENTS (fields)];
  SrFieldDigest             sums[4] = { 0 };
  static const guint        order[4][3] = { { 0, 1, 4 }, { 4, 1, 0 }, { 2, 3, 4 }, { 1, 0, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    sr_field_hasher_digest (hasher, &fields[i], SR_COLUMN_UNKNOWN, &digests[i]);
  for (guint i = 0; i < 4; i++)
    for (guint j = 0; j < (i == 3 ? 2 : 3); j++)
      {
        sr_digest128_add (&sums[i].strict, &digests[order[i][j]].strict);
        sr_digest128_add (&sums[i].loose, &digests[order[i][j]].loose);
      }
  g_assert_cmpmem (&sums[0].strict, 16, &sums[1].strict, 16);
  g_assert_cmpint (memcmp (&sums[0].strict, &sums[2].strict, 16), !=, 0);
  g_assert_cmpint (memcmp (&sums[0].strict, &sums[3].strict, 16), !=, 0);
  g_assert_cmpmem (&sums[0].loose, 16, &sums[3].loose, 16);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/field-hasher/scalars", test_scalars);
  g_test_add_func ("/field-hasher/moments", test_moments);
  g_test_add_func ("/field-hasher/json", test_json);
  g_test_add_func ("/field-hasher/broken-json", test_broken_json);
  g_test_add_func ("/field-hasher/json-column", test_json_column);
  g_test_add_func ("/field-hasher/sum", test_sum);
  return g_test_run ();
}
