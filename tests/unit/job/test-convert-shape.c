/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-error.h"
#include "job/sr-convert-shape.h"
#include "job/sr-convert-text.h"
#include "record/sr-inference.h"
#include "record/sr-json-records.h"
#include "record/sr-json-text.h"

#include <string.h>

/* What comes of each of the records of @json, a JSON array: "name=TYPE:text …" a line. @columns
 * (nullable): the source's; else those that the records name, and a table of them is made. */
static char *
shape_all (const char          *json,
           SrConvertShapeKind   kind,
           const SrCollection  *source,
           const SrCollection  *written,
           SrConvertShapeNotes *notes)
{
  static const char          types[] = "-bntBjL";
  g_autoptr (GInputStream)   stream = g_memory_input_stream_new_from_data (json, -1, NULL);
  g_autoptr (SrRecordReader) reader = sr_json_records_new (stream, "x");
  g_autoptr (SrConvertShape) shape = sr_convert_shape_new (kind, source, written);
  g_autoptr (GError)         error = NULL;
  GString                   *out = g_string_new (NULL);
  SrCollection              *collection;
  SrRecord                   record;

  g_assert_cmpint (sr_record_reader_next_collection (reader, &collection, NULL, &error), ==, 1);
  while (sr_record_reader_next (reader, &record, NULL, &error) == 1)
    {
      const SrRecord *shaped;

      g_assert_true (sr_record_reader_get_fields (reader, &record, &error));
      shaped = sr_convert_shape_apply (shape, &record);
      for (guint i = 0; i < shaped->n_fields; i++)
        g_string_append_printf (out, "%s%s=%c:%s", i > 0 ? " " : "", shaped->fields[i].name,
                                types[shaped->fields[i].value.type],
                                shaped->fields[i].value.data);
      g_string_append_c (out, '\n');
    }
  g_assert_no_error (error);
  if (notes != NULL)
    *notes = *sr_convert_shape_get_notes (shape);
  return g_string_free (out, FALSE);
}

/* The columns that the records of a JSON array get: "name:TYPE …" */
static SrCollection *
infer (const char *json)
{
  g_autoptr (GInputStream)   stream = g_memory_input_stream_new_from_data (json, -1, NULL);
  g_autoptr (SrRecordReader) reader = sr_json_records_new (stream, "x");
  g_autoptr (SrInference)    fields = sr_inference_new ();
  g_autoptr (GError)         error = NULL;
  SrCollection              *collection;
  SrRecord                   record;

  g_assert_cmpint (sr_record_reader_next_collection (reader, &collection, NULL, &error), ==, 1);
  while (sr_record_reader_next (reader, &record, NULL, &error) == 1)
    {
      g_assert_true (sr_record_reader_get_fields (reader, &record, &error));
      g_assert_true (sr_inference_add (fields, &record, &error));
    }
  g_assert_no_error (error);
  return sr_inference_finish (fields, "x", FALSE);
}

static void
assert_types (const char         *json,
              const SrColumnType *types,
              guint               n_types)
{
  g_autoptr (SrCollection) collection = infer (json);

  g_assert_cmpuint (sr_collection_get_n_columns (collection), ==, n_types);
  for (guint i = 0; i < n_types; i++)
    {
      const SrColumn *column = sr_collection_get_column (collection, i);

      g_assert_cmpint (column->name[0], ==, (int) ('a' + i));
      g_assert_cmpint (column->type, ==, types[i]);
    }
}

static void
test_types (void)
{
  const SrColumnType simple[] = { SR_COLUMN_INTEGER, SR_COLUMN_TEXT, SR_COLUMN_BOOLEAN,
                                  SR_COLUMN_JSON, SR_COLUMN_TEXT };
  const SrColumnType numbers[] = { SR_COLUMN_REAL, SR_COLUMN_DECIMAL, SR_COLUMN_INTEGER,
                                   SR_COLUMN_DECIMAL, SR_COLUMN_DECIMAL, SR_COLUMN_REAL };
  const SrColumnType mixed[] = { SR_COLUMN_JSON, SR_COLUMN_JSON, SR_COLUMN_TEXT };

  assert_types ("[{\"a\":1,\"b\":\"x\"},{\"c\":true,\"a\":-7},{\"d\":[1],\"e\":null}]", simple, 5);
  assert_types ("[{\"a\":0.1,\"b\":0.12345678901234567890123,\"c\":9223372036854775807,"
                "\"d\":9223372036854775808.0,\"e\":9223372036854775807,\"f\":1.5e-7},"
                "{\"a\":5,\"d\":1e400,\"e\":0.5,\"f\":120.0000000000000000000000}]",
                numbers, 6);
  assert_types ("[{\"a\":1,\"b\":true,\"c\":null},{\"a\":\"x\",\"b\":{},\"c\":\"x\"}]", mixed, 3);
}

static void
test_too_many (void)
{
  g_autoptr (SrInference) fields = sr_inference_new ();
  g_autoptr (GError)      error = NULL;
  char                    name[16];
  SrField                 field = { name, { SR_VALUE_NULL, "", 0 } };
  SrRecord                record = { .fields = &field, .n_fields = 1 };

  for (guint i = 0; i < SR_INFERENCE_MAX_FIELDS; i++)
    {
      g_snprintf (name, sizeof name, "f%u", i);
      g_assert_true (sr_inference_add (fields, &record, NULL));
    }
  g_assert_true (sr_inference_add (fields, &record, NULL));
  g_snprintf (name, sizeof name, "one");
  g_assert_false (sr_inference_add (fields, &record, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED);
}

static void
test_table (void)
{
  const char              *json = "[{\"a\":1,\"b\":\"x\\\"y\",\"c\":{\"d\": 1}},"
                                  "{\"c\":null,\"b\":2},"
                                  "{\"b\":true,\"a\":3}]";
  g_autoptr (SrCollection) source = sr_collection_new ("x");
  g_autoptr (SrCollection) written = infer (json);
  g_autofree char         *out = shape_all (json, SR_SHAPE_TABLE, source, written, NULL);

  g_assert_cmpstr (out, ==,
                   "a=n:1 b=t:\"x\\\"y\" c=t:{\"d\": 1}\n"
                   "a=-: b=t:2 c=-:\n"
                   "a=n:3 b=t:true c=-:\n");
}

static SrCollection *
make_source (void)
{
  SrCollection *source = sr_collection_new ("x");
  SrColumn     *column;

  sr_collection_add_column (source, "j", SR_COLUMN_JSON);
  sr_collection_add_column (source, "b", SR_COLUMN_BOOLEAN);
  column = sr_collection_add_column (source, "l", SR_COLUMN_ARRAY);
  column->declared = g_strdup ("text[]");
  column = sr_collection_add_column (source, "n", SR_COLUMN_ARRAY);
  column->declared = g_strdup ("integer[]");
  return source;
}

static void
test_json (void)
{
  g_autoptr (SrCollection) source = make_source ();
  SrConvertShapeNotes      notes;
  g_autofree char         *out = NULL;

  out = shape_all ("[{\"j\":\"{\\\"a\\\":[1,2]}\",\"b\":1,\"l\":\"{a,\\\"b c\\\",NULL}\","
                   "\"n\":\"{{1,2},{3,4}}\"},"
                   "{\"j\":\"\\\"text\\\"\",\"b\":0,\"l\":\"{}\",\"n\":\"{1\"},"
                   "{\"j\":\" 12 \"},{\"j\":\"true\"},{\"j\":\"null\"},{\"j\":\"{nonsense\"}]",
                   SR_SHAPE_JSON, source, source, &notes);
  g_assert_cmpstr (out, ==,
                   "j=j:{\"a\":[1,2]} b=b:true l=j:[\"a\",\"b c\",null] n=j:[[1,2],[3,4]]\n"
                   "j=t:text b=b:false l=j:[] n=t:{1\n"
                   "j=n:12\nj=b:true\nj=-:\nj=t:{nonsense\n");
  g_assert_cmpuint (notes.bad_json, ==, 2);
}

static void
test_lpgnexus (void)
{
  g_autoptr (SrCollection) source = sr_collection_new ("x");
  g_autoptr (SrCollection) written = sr_collection_new ("x");
  SrConvertShapeNotes      notes;
  g_autofree char         *out = NULL;

  sr_collection_add_column (written, "id", SR_COLUMN_UNKNOWN);
  sr_collection_add_column (written, "at", SR_COLUMN_TIMESTAMP);
  sr_collection_add_column (written, "ok", SR_COLUMN_BOOLEAN);
  out = shape_all ("[{\"extra\":1,\"at\":\"2026-11-20 05:13:38.25\",\"id\":\"a\"},"
                   "{\"id\":\"b\",\"at\":1000000000123,\"ok\":1},"
                   "{\"id\":\"c\",\"at\":\"2026-11-20T05:13:38.250Z\"},"
                   "{\"at\":\"2026-11-20 05:13:38.250001\",\"id\":\"d\"},"
                   "{\"at\":\"soon\"},{\"at\":null},{\"at\":\"1969-12-31 23:59:59.5\"}]",
                   SR_SHAPE_LPGNEXUS, source, written, &notes);
  g_assert_cmpstr (out, ==,
                   "id=t:a at=t:2026-11-20T05:13:38.250Z extra=n:1\n"
                   "id=t:b at=t:2001-09-09T01:46:40.123Z ok=b:true\n"
                   "id=t:c at=t:2026-11-20T05:13:38.250Z\n"
                   "id=t:d at=t:2026-11-20 05:13:38.250001\n"
                   "at=t:soon\nat=-:\nat=t:1969-12-31T23:59:59.500Z\n");
  g_assert_cmpuint (notes.odd_dates, ==, 2);
  g_assert_cmpuint (notes.unknown, ==, 1);
}

static void
test_text (void)
{
  SrConvertText         text;
  g_autoptr (GBytes)    bytes = NULL;
  g_autoptr (GString)   string = g_string_new (NULL);
  g_autoptr (GDateTime) when =
      g_date_time_new_from_iso8601 ("2026-11-20T07:18:05.5919+02:00", NULL);
  g_autofree char *time_text = sr_convert_time_text (when);
  const char      *wanted = "{\n  \"a\": \"x\\n\\u0001\",\n  \"b\": [\n    \"1\",\n    null\n"
                            "  ],\n  \"c\": {},\n  \"d\": 18446744073709551615,\n  \"e\": true\n}";

  sr_convert_text_init (&text);
  sr_convert_text_add_string (&text, "a", "x\n\1");
  sr_convert_text_open (&text, "b", '[');
  sr_convert_text_add_string (&text, NULL, "1");
  sr_convert_text_add_string (&text, NULL, NULL);
  sr_convert_text_close (&text, ']');
  sr_convert_text_open (&text, "c", '{');
  sr_convert_text_close (&text, '}');
  sr_convert_text_add_number (&text, "d", G_MAXUINT64);
  sr_convert_text_add_bool (&text, "e", TRUE);
  bytes = sr_convert_text_finish (&text);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), wanted,
                   strlen (wanted));
  sr_json_text_append_string (string, "\xff\0\xc3\xb1", 4);
  g_assert_cmpstr (string->str, ==, "\"\357\277\275\\u0000\xc3\xb1\"");
  g_assert_cmpstr (time_text, ==, "2026-11-20T05:18:05.591Z");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/convert/fields/types", test_types);
  g_test_add_func ("/convert/fields/too-many", test_too_many);
  g_test_add_func ("/convert/shape/table", test_table);
  g_test_add_func ("/convert/shape/json", test_json);
  g_test_add_func ("/convert/shape/lpgnexus", test_lpgnexus);
  g_test_add_func ("/convert/text", test_text);
  return g_test_run ();
}
