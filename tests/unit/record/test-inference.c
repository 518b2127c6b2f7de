/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <string.h>

#include "record/sr-inference.h"
#include "record/sr-json-records.h"

static SrCollection *
infer (const char *json)
{
  g_autoptr (GInputStream)   stream = g_memory_input_stream_new_from_data (json, -1, NULL);
  g_autoptr (SrRecordReader) reader = sr_json_records_new (stream, "things");
  g_autoptr (SrInference)    inference = sr_inference_new ();
  g_autoptr (GError)         error = NULL;
  SrCollection              *run;
  SrRecord                   record;

  g_assert_cmpint (sr_record_reader_next_collection (reader, &run, NULL, &error), ==, 1);
  while (sr_record_reader_next (reader, &record, NULL, &error) > 0)
    {
      sr_record_reader_get_fields (reader, &record, &error);
      g_assert_no_error (error);
      g_assert_true (sr_inference_add (inference, &record, &error));
    }
  g_assert_no_error (error);
  return sr_inference_finish (inference, "things", TRUE);
}

static void
assert_column (const SrCollection *collection,
               guint               place,
               const char         *name,
               SrColumnType        type,
               gboolean            not_null)
{
  const SrColumn *column = sr_collection_get_column (collection, place);

  g_assert_cmpstr (column->name, ==, name);
  g_assert_cmpint (column->type, ==, type);
  g_assert_cmpint (column->not_null, ==, not_null);
}

static void
test_types (void)
{
  g_autoptr (SrCollection) found = infer ("[{\"n\":1,\"d\":1,\"r\":1,\"b\":true,\"j\":[1],\"m\":1,"
                                          "\"t\":\"2026-11-20T00:00:00Z\",\"z\":null,"
                                          "\"w\":99999999999999999999},"
                                          "{\"n\":-2,\"d\":0.50,\"r\":1e3,\"b\":false,\"j\":{},"
                                          "\"m\":\"x\",\"t\":\"y\",\"z\":null,\"w\":1}]");

  assert_column (found, 0, "n", SR_COLUMN_INTEGER, TRUE);
  assert_column (found, 1, "d", SR_COLUMN_REAL, TRUE);
  assert_column (found, 2, "r", SR_COLUMN_REAL, TRUE);
  assert_column (found, 3, "b", SR_COLUMN_BOOLEAN, TRUE);
  assert_column (found, 4, "j", SR_COLUMN_JSON, TRUE);
  assert_column (found, 5, "m", SR_COLUMN_JSON, TRUE);
  assert_column (found, 6, "t", SR_COLUMN_TEXT, TRUE);
  assert_column (found, 7, "z", SR_COLUMN_TEXT, FALSE);
  assert_column (found, 8, "w", SR_COLUMN_DECIMAL, TRUE);
  g_assert_cmpuint (sr_collection_get_n_columns (found), ==, 9);
  g_assert_cmpuint (found->key->len, ==, 0);
}

/* A field that one record lacks may be null; so may one that is null once. */
static void
test_absent (void)
{
  g_autoptr (SrCollection) found = infer ("[{\"a\":1,\"b\":1},{\"a\":null,\"c\":2}]");

  assert_column (found, 0, "a", SR_COLUMN_INTEGER, FALSE);
  assert_column (found, 1, "b", SR_COLUMN_INTEGER, FALSE);
  assert_column (found, 2, "c", SR_COLUMN_INTEGER, FALSE);
}

static void
test_key (void)
{
  g_autoptr (SrCollection) both = infer ("[{\"id\":1,\"_id\":\"a\"}]");
  g_autoptr (SrCollection) one = infer ("[{\"x\":1,\"id\":1}]");
  g_autoptr (SrCollection) holes = infer ("[{\"id\":1},{\"x\":2}]");

  g_assert_cmpuint (both->key->len, ==, 1);
  g_assert_cmpuint (g_array_index (both->key, guint, 0), ==, 1);
  g_assert_cmpuint (g_array_index (one->key, guint, 0), ==, 1);
  g_assert_cmpuint (holes->key->len, ==, 0);
}

static void
test_empty (void)
{
  g_autoptr (SrCollection) found = infer ("[]");

  g_assert_cmpuint (sr_collection_get_n_columns (found), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/inference/types", test_types);
  g_test_add_func ("/inference/absent", test_absent);
  g_test_add_func ("/inference/key", test_key);
  g_test_add_func ("/inference/empty", test_empty);
  return g_test_run ();
}
