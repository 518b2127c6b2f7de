/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "record/sr-record-writer.h"

#include "base/sr-error.h"
#include "record/sr-json-records.h"
#include "record/sr-table-records.h"
#include "sr-test-records.h"

#include <string.h>

static SrField
make (const char *name,
      SrValueType type,
      const char *data,
      gsize       size)
{
  return (SrField){ name, { type, data, size } };
}

static char *
take_text (GOutputStream *output)
{
  GMemoryOutputStream *memory = G_MEMORY_OUTPUT_STREAM (output);

  return g_strndup (g_memory_output_stream_get_data (memory),
                    g_memory_output_stream_get_data_size (memory));
}

/* All of @reader through @writer. */
static void
copy (SrRecordReader *reader,
      SrRecordWriter *writer)
{
  g_autoptr (GError) error = NULL;
  SrCollection      *collection;
  SrRecord           record;

  while (sr_record_reader_next_collection (reader, &collection, NULL, &error) > 0)
    {
      g_assert_true (sr_record_writer_begin (writer, collection, NULL, &error));
      while (sr_record_reader_next (reader, &record, NULL, &error) > 0)
        {
          g_assert_true (sr_record_reader_get_fields (reader, &record, &error));
          g_assert_true (sr_record_writer_put (writer, &record, NULL, &error));
        }
      g_assert_true (sr_record_writer_end (writer, NULL, &error));
    }
  g_assert_true (sr_record_writer_finish (writer, NULL, &error));
  g_assert_no_error (error);
}

static char *
rewrite_json (const char *text,
              guint       indent,
              guint       base_indent)
{
  g_autoptr (GInputStream)   stream = sr_test_pieces_new (text, strlen (text), 1000);
  g_autoptr (GOutputStream)  output = g_memory_output_stream_new_resizable ();
  g_autoptr (SrRecordReader) reader = sr_json_records_new (stream, "c");
  g_autoptr (SrRecordWriter) writer = sr_json_record_writer_new (output, indent, base_indent);

  copy (reader, writer);
  return take_text (output);
}

static void
test_json_from_json (void)
{
  static const char text[] =
      "[{\"a\":1.50, \"b\" : [ ] ,\"c\":{ },\"d\":[1,{\"e\":\"x \\u00eb \\/\"}]},\n12,[\"a\"]]";
  g_autofree char *pretty = rewrite_json (text, 2, 0);
  g_autofree char *inside = rewrite_json ("[{\"a\":1}]", 2, 4);
  g_autofree char *lines = rewrite_json (text, 0, 0);
  g_autofree char *empty = rewrite_json ("[]", 2, 0);

  g_assert_cmpstr (
      pretty, ==,
      "[\n  {\n    \"a\": 1.50,\n    \"b\": [],\n    \"c\": {},\n    \"d\": [\n      1,\n"
      "      {\n        \"e\": \"x \\u00eb \\/\"\n      }\n    ]\n  },\n  12,\n"
      "  [\n    \"a\"\n  ]\n]");
  g_assert_cmpstr (inside, ==, "[\n      {\n        \"a\": 1\n      }\n    ]");
  g_assert_cmpstr (lines, ==,
                   "[\n{\"a\":1.50,\"b\":[],\"c\":{},\"d\":[1,{\"e\":\"x \\u00eb \\/\"}]},\n12,\n"
                   "[\"a\"]\n]");
  g_assert_cmpstr (empty, ==, "[]");
}

static void
test_json_from_fields (void)
{
  SrField fields[] = {
    make ("null", SR_VALUE_NULL, "", 0),
    make ("yes", SR_VALUE_BOOL, "true", 4),
    make ("number", SR_VALUE_NUMBER, "9007199254740993", 16),
    make ("odd", SR_VALUE_NUMBER, "NaN", 3),
    make ("a\"b", SR_VALUE_TEXT, "q\" b\\ \n\t\x01 \0 \xc3\xab \xff", 16),
    make ("bytes", SR_VALUE_BYTES, "\0\1\2\3", 4),
    make ("json", SR_VALUE_JSON, "{ \"x\" : 1 }", 11),
    make ("bad", SR_VALUE_JSON, "{]", 2),
    make ("lost", SR_VALUE_LOST, "Invalid Date", 12),
  };
  SrRecord                   record = { .fields = fields, .n_fields = G_N_ELEMENTS (fields) };
  g_autoptr (SrCollection)   collection = sr_collection_new ("c");
  g_autoptr (GOutputStream)  output = g_memory_output_stream_new_resizable ();
  g_autoptr (SrRecordWriter) writer = sr_json_record_writer_new (output, 0, 0);
  g_autofree char           *text = NULL;

  g_assert_true (sr_record_writer_begin (writer, collection, NULL, NULL));
  g_assert_true (sr_record_writer_put (writer, &record, NULL, NULL));
  g_assert_true (sr_record_writer_end (writer, NULL, NULL));
  text = take_text (output);
  g_assert_cmpstr (text, ==,
                   "[\n{\"null\":null,\"yes\":true,\"number\":9007199254740993,\"odd\":\"NaN\","
                   "\"a\\\"b\":\"q\\\" b\\\\ \\n\\t\\u0001 \\u0000 \xc3\xab \xef\xbf\xbd\","
                   "\"bytes\":\"AAECAw==\",\"json\":{\"x\":1},\"bad\":\"{]\","
                   "\"lost\":\"Invalid Date\"}\n]");
}

/* Large records go out in between, and nothing is lost of them. */
static void
test_json_large (void)
{
  g_autofree char *large = g_strnfill (700 * 1024, 'x');
  g_autofree char *text = g_strdup_printf ("[\n\"%s\",\n\"%s\"\n]", large, large);
  g_autofree char *again = rewrite_json (text, 0, 0);

  g_assert_cmpstr (again, ==, text);
}

static void
test_json_broken (void)
{
  static const char *const raws[] = { "{", "}", "[}]]", "\"a", "[\"\\x\"]" };
  g_autoptr (SrCollection) collection = sr_collection_new ("c");

  for (gsize i = 0; i < G_N_ELEMENTS (raws); i++)
    {
      SrRecord                   record = { .raw = raws[i], .raw_size = strlen (raws[i]) };
      g_autoptr (GOutputStream)  output = g_memory_output_stream_new_resizable ();
      g_autoptr (SrRecordWriter) writer = sr_json_record_writer_new (output, 2, 0);
      g_autoptr (GError)         error = NULL;

      record.is_json = TRUE;
      g_assert_true (sr_record_writer_begin (writer, collection, NULL, NULL));
      g_assert_false (sr_record_writer_put (writer, &record, NULL, &error));
      g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
    }
}

static void
test_csv (void)
{
  static const char *const   names[] = { "id", "a,b", "c", NULL };
  SrField                    fields[] = { make ("a,b", SR_VALUE_TEXT, "x\"y", 3),
                                          make ("id", SR_VALUE_NUMBER, "7", 1) };
  SrField                    more[] = { make ("id", SR_VALUE_TEXT, "7", 1),
                                        make ("a,b", SR_VALUE_NULL, "", 0),
                                        make ("c", SR_VALUE_TEXT, "", 0) };
  SrField                    nested[] = { make ("c", SR_VALUE_JSON, "{\n \"k v\": [1,\n 2]}", 18) };
  SrField                    unknown = make ("d", SR_VALUE_TEXT, "x", 1);
  SrRecord                   record = { .fields = fields, .n_fields = 2 };
  g_autoptr (SrCollection)   collection = sr_collection_new ("c");
  g_autoptr (GOutputStream)  output = g_memory_output_stream_new_resizable ();
  g_autoptr (SrRecordWriter) writer = sr_csv_record_writer_new (output, names);
  g_autoptr (GError)         error = NULL;
  g_autofree char           *text = NULL;

  g_assert_true (sr_record_writer_begin (writer, collection, NULL, &error));
  g_assert_true (sr_record_writer_put (writer, &record, NULL, &error));
  record.fields = more;
  record.n_fields = 3;
  g_assert_true (sr_record_writer_put (writer, &record, NULL, &error));
  record.fields = nested;
  record.n_fields = 1;
  g_assert_true (sr_record_writer_put (writer, &record, NULL, &error));
  g_assert_true (sr_record_writer_end (writer, NULL, &error));
  g_assert_true (sr_record_writer_finish (writer, NULL, &error));
  text = take_text (output);
  g_assert_cmpstr (text, ==, "id,\"a,b\",c\n7,\"x\"\"y\",\n\"7\",,\"\"\n"
                             ",,\"{\"\"k v\"\":[1,2]}\"\n");
  record.fields = &unknown;
  record.n_fields = 1;
  g_assert_false (sr_record_writer_put (writer, &record, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (sr_record_writer_begin (writer, collection, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
}

/* What our CSV says is what it was made of. */
static void
test_csv_round_trip (void)
{
  static const char text[] =
      "a,b\n\"x \"\"y\"\"\n z\",\n\"\",-1.50\n\"12\",true\n\"true\",\" s \"\n";
  g_autoptr (GInputStream)   stream = sr_test_pieces_new (text, strlen (text), 1000);
  g_autoptr (GOutputStream)  output = g_memory_output_stream_new_resizable ();
  g_autoptr (SrRecordReader) reader = sr_csv_records_new (stream, "c");
  g_autoptr (SrRecordWriter) writer = sr_csv_record_writer_new (output, NULL);
  g_autofree char           *again = NULL;

  copy (reader, writer);
  again = take_text (output);
  g_assert_cmpstr (again, ==, text);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record-writer/json-from-json", test_json_from_json);
  g_test_add_func ("/record-writer/json-from-fields", test_json_from_fields);
  g_test_add_func ("/record-writer/json-large", test_json_large);
  g_test_add_func ("/record-writer/json-broken", test_json_broken);
  g_test_add_func ("/record-writer/csv", test_csv);
  g_test_add_func ("/record-writer/csv-round-trip", test_csv_round_trip);
  return g_test_run ();
}
