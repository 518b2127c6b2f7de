/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "record/sr-json-records.h"

#include "base/sr-error.h"
#include "sr-test-records.h"

#include <string.h>

static SrRecordReader *
read_bytes (const char *text,
            gsize       size)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (text, (gssize) size, NULL);

  return sr_json_records_new (stream, "root");
}

/* What @reader holds, as "name:count name:count". */
static char *
count_all (SrRecordReader *reader,
           gboolean        with_fields,
           GError        **error)
{
  GString      *out = g_string_new (NULL);
  SrCollection *collection;
  int           more;

  while ((more = sr_record_reader_next_collection (reader, &collection, NULL, error)) > 0)
    {
      guint64  count = 0;
      SrRecord record;

      if (!with_fields && !sr_record_reader_skip (reader, &count, NULL, error))
        break;
      while (with_fields && (more = sr_record_reader_next (reader, &record, NULL, error)) > 0 &&
             sr_record_reader_get_fields (reader, &record, error))
        count++;
      if (*error != NULL)
        break;
      g_string_append_printf (out, "%s%s:%" G_GUINT64_FORMAT, out->len > 0 ? " " : "",
                              collection->name, count);
    }
  if (*error != NULL)
    g_string_truncate (out, 0);
  return g_string_free (out, FALSE);
}

static void
check_counts (const char *text,
              const char *expected)
{
  for (guint with_fields = 0; with_fields < 2; with_fields++)
    {
      g_autoptr (SrRecordReader) reader = read_bytes (text, strlen (text));
      g_autoptr (GError)         error = NULL;
      g_autofree char           *counts = count_all (reader, with_fields > 0, &error);

      g_test_message ("%s", text);
      g_assert_no_error (error);
      g_assert_cmpstr (counts, ==, expected);
    }
}

static void
test_shapes (void)
{
  check_counts ("[]", "root:0");
  check_counts (" [ ] ", "root:0");
  check_counts ("\xef\xbb\xbf[{\"a\":1},{}]\r\n", "root:2");
  check_counts ("[1,\"]\",[2,{}],null,{\"a\":\"}\"},true]", "root:6");
  check_counts ("{}", "");
  check_counts ("{\"a\":[1,2],\"b\":{\"c\":[3],\"d\":{\"e\":[4]}},\"f\":[]}", "a:2 c:1 f:0");
  check_counts ("{\"version\":\"1.0\",\"data\":{\"x\":[{}],\"y\":[],\"n\":7},\"z\":[1]}",
                "x:1 y:0 z:1");
  check_counts ("[{\"a\":\"\\\\\"},{\"b\":\"\\\"{[\"}]", "root:2");
}

/* Passing over must notice it as well as reading. */
static void
test_broken (void)
{
  static const char *const texts[] = {
    "", " ", "1", "\"a\"", "[", "{", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[{}{}]", "[}",
    "[{]", "[{]}", "[{\"a\":[}]", "[{\"a\":1]", "[[1}]", "[\"a", "[{\"a\":\"b]}]", "[] []", "[]]",
    "[],", "{\"a\":[1]", "{\"a\"[1]}", "{\"a\":[1],}", "{\"a\":[1] \"b\":2}", "{a:[1]}", "{1:[1]}",
    "{\"a\":[]}}", "{\"a\":}", "{,}", "{\"a\":{\"b\":[1}}", "\xff\xfe[", "[{}\x01]"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    for (guint with_fields = 0; with_fields < 2; with_fields++)
      {
        g_autoptr (SrRecordReader) reader = read_bytes (texts[i], strlen (texts[i]));
        g_autoptr (GError)         error = NULL;
        g_autofree char           *counts = count_all (reader, with_fields > 0, &error);

        g_test_message ("%s", texts[i]);
        g_assert_nonnull (error);
        g_assert_true (error->domain == SR_ERROR);
      }
}


static void
check_text (const char *text,
            gsize       size,
            const char *expected)
{
  /* so that each border between what is read is somewhere in it */
  for (gsize step = 1; step <= MIN (size, 70); step++)
    {
      g_autoptr (GInputStream)   stream = sr_test_pieces_new (text, size, step);
      g_autoptr (SrRecordReader) reader = sr_json_records_new (stream, "root");
      g_autoptr (GError)         error = NULL;
      g_autofree char           *records = sr_test_records_to_text (reader, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (records, ==, expected);
    }
}

static void
test_fields (void)
{
  static const char text[] =
      "[{\"n\":null,\"t\":true,\"f\":false,\"i\":9007199254740993,\"d\":-0.10e+5,\"e\":\"\","
      "\"s\":\"a\\\"\\\\\\/\\n\\u00eb\\ud83d\\ude00]\",\"o\":{\"x\":[1 , {}]},\"a\":[]}, 12 ,"
      "\"text\",[1],{}]";

  check_text (text, strlen (text),
              "[root]\n"
              "n=0|t=btrue|f=bfalse|i=n9007199254740993|d=n-0.10e+5|e=t|"
              "s=ta\"\\/\\012\xc3\xab\xf0\x9f\x98\x80]|o=j{\"x\":[1 , {}]}|a=j[]\n"
              "value=n12\nvalue=ttext\nvalue=j[1]\n\n");
}

static void
test_offsets (void)
{
  static const char          text[] = "\xef\xbb\xbf{\"a\": [ {\"x\":1} ,\n {\"y\":[2]}]}";
  g_autoptr (SrRecordReader) reader = read_bytes (text, strlen (text));
  g_autoptr (GError)         error = NULL;
  SrCollection              *collection;
  SrRecord                   record;

  g_assert_cmpint (sr_record_reader_next_collection (reader, &collection, NULL, &error), ==, 1);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpint (sr_record_reader_next (reader, &record, NULL, &error), ==, 1);
      g_assert_cmpuint (record.number, ==, i);
      g_assert_true (record.is_json);
      g_assert_cmpmem (record.raw, record.raw_size, text + record.offset, record.raw_size);
      g_assert_cmpint (record.raw[0], ==, '{');
      g_assert_cmpint (record.raw[record.raw_size - 1], ==, '}');
    }
  g_assert_cmpint (sr_record_reader_next (reader, &record, NULL, &error), ==, 0);
  g_assert_cmpint (sr_record_reader_next (reader, &record, NULL, &error), ==, 0);
  g_assert_cmpint (sr_record_reader_next_collection (reader, &collection, NULL, &error), ==, 0);
  g_assert_no_error (error);
}

/* Of the first collection some records are read, the others passed over. */
static void
test_partly_read (void)
{
  static const char          text[] = "{\"a\":[1,2,3,4],\"b\":[5,6]}";
  g_autoptr (SrRecordReader) reader = read_bytes (text, strlen (text));
  g_autoptr (GError)         error = NULL;
  SrCollection              *collection;
  SrRecord                   record;
  guint64                    count;

  g_assert_cmpint (sr_record_reader_next_collection (reader, &collection, NULL, &error), ==, 1);
  g_assert_cmpint (sr_record_reader_next (reader, &record, NULL, &error), ==, 1);
  g_assert_true (sr_record_reader_skip (reader, &count, NULL, &error));
  g_assert_cmpuint (count, ==, 3);
  g_assert_cmpint (sr_record_reader_next_collection (reader, &collection, NULL, &error), ==, 1);
  g_assert_cmpstr (collection->name, ==, "b");
  g_assert_cmpint (sr_record_reader_next (reader, &record, NULL, &error), ==, 1);
  g_assert_cmpuint (record.number, ==, 0);
  g_assert_cmpint (sr_record_reader_next_collection (reader, &collection, NULL, &error), ==, 0);
  g_assert_no_error (error);
}

static void
test_header (void)
{
  g_autofree char *large = g_strnfill (100 * 1024, 'x');
  g_autofree char *text = g_strdup_printf (
      "{\"version\":\"1.0\",\"n\":7,\"big\":123456789012345678901234567890,\"no\":null,"
      "\"large\":\"%s\",\"data\":{\"inner\":1,\"c\":[1]},\"done\":true}",
      large);
  g_autoptr (SrRecordReader) reader = read_bytes (text, strlen (text));
  g_autoptr (GError)         error = NULL;
  g_autofree char           *counts = count_all (reader, FALSE, &error);
  JsonObject                *header = sr_json_records_get_header (SR_JSON_RECORDS (reader));

  g_assert_no_error (error);
  g_assert_cmpstr (counts, ==, "c:1");
  g_assert_cmpuint (json_object_get_size (header), ==, 5);
  g_assert_cmpstr (json_object_get_string_member (header, "version"), ==, "1.0");
  g_assert_cmpint (json_object_get_int_member (header, "n"), ==, 7);
  g_assert_cmpstr (json_object_get_string_member (header, "big"), ==,
                   "123456789012345678901234567890");
  g_assert_true (json_object_get_null_member (header, "no"));
  g_assert_true (json_object_get_boolean_member (header, "done"));
}

static void
check_note (const char  *text,
            SrRecordNote note,
            guint64      expected)
{
  g_autoptr (SrRecordReader) reader = read_bytes (text, strlen (text));
  g_autoptr (GError)         error = NULL;
  g_autofree char           *counts = count_all (reader, TRUE, &error);

  g_test_message ("%s", text);
  g_assert_no_error (error);
  for (guint i = 0; i < SR_N_NOTES; i++)
    g_assert_cmpuint (sr_record_reader_get_notes (reader)[i], ==, i == (guint) note ? expected : 0);
}

static void
test_notes (void)
{
  check_note ("[{\"a\":\"Invalid Date\",\"b\":\"Invalid Date\"}]", SR_NOTE_LOST_DATE, 2);
  check_note ("[{\"a\":\"[object Object]\"}]", SR_NOTE_LOST_BYTES, 1);
  check_note ("[{\"a\":\"x\xef\xbf\xbd\"}]", SR_NOTE_LOST_BYTES, 1);
  check_note ("[{\"a\":\"\\ufffd\"}]", SR_NOTE_LOST_BYTES, 1);
  check_note ("[{\"a\":9007199254740992,\"b\":[-9007199254740994]}]", SR_NOTE_ROUNDED, 2);
  check_note ("[{\"a\":12345678901234567000}]", SR_NOTE_ROUNDED, 1);
  check_note ("[{\"a\":9007199254740993,\"b\":9007199254740991,\"c\":123456789012345678}]",
              SR_NOTE_ROUNDED, 0);
  check_note ("[{\"a\":\"\xff\"},{\"\xff\":1},{\"a\":\"\\ud83d\"}]", SR_NOTE_INVALID_UTF8, 3);
  check_note ("[{\"a\":\"\\u0000\",\"b\":[\"\\u0000\"]}]", SR_NOTE_NUL, 2);
  check_note ("[{\"a\":1,\"b\":2,\"a\":3}]", SR_NOTE_DUPLICATE_FIELD, 1);
  check_note ("[{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9,\"j\":10,"
              "\"k\":11,\"l\":12,\"a\":13}]",
              SR_NOTE_DUPLICATE_FIELD, 1);
}

/* What only reading notices. */
static void
test_strict (void)
{
  static const char *const records[] = {
    "{\"a\" 1}", "{\"a\":}", "{\"a\":1,}", "{\"a\":1 \"b\":2}", "{a:1}", "{\"a\":01}", "{\"a\":1.}",
    "{\"a\":.5}", "{\"a\":+1}", "{\"a\":1e}", "{\"a\":tru}", "{\"a\":\"\\x\"}",
    "{\"a\":\"\\u12\"}", "{\"a\":\"\x01\"}", "{\"\\u0000\":1}", "{\"a\":[1,]}", "{\"a\":[1 2]}",
    "{\"a\":{\"b\"}}", "tru", "01", "{\"a\":NaN}", "{1:2}", "{\"a\":[,]}", "1-2", "nullx"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (records); i++)
    {
      g_autofree char           *text = g_strdup_printf ("[{}, %s]", records[i]);
      g_autoptr (SrRecordReader) reader = read_bytes (text, strlen (text));
      g_autoptr (GError)         error = NULL;
      g_autofree char           *counts = count_all (reader, TRUE, &error);

      g_test_message ("%s", text);
      g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, " at byte "));
    }
}

static void
check_error (const char *text,
             gsize       size,
             int         code,
             const char *message)
{
  for (guint with_fields = 0; with_fields < 2; with_fields++)
    {
      g_autoptr (SrRecordReader) reader = read_bytes (text, size);
      g_autoptr (GError)         error = NULL;
      g_autofree char           *counts = count_all (reader, with_fields > 0, &error);

      g_assert_error (error, SR_ERROR, code);
      g_assert_cmpstr (error->message, ==, message);
    }
}

static void
test_messages (void)
{
  check_error ("[{\"a\":\"x", 8, SR_ERROR_DAMAGED,
               "This is no valid JSON: it ends too soon, at byte 8");
  check_error ("[{\"a\":\0}]", 9, SR_ERROR_DAMAGED, "This is no valid JSON: a NUL byte at byte 6");
  check_error ("[{}{}]", 6, SR_ERROR_INVALID,
               "This is no valid JSON: a comma or a closing bracket was expected at byte 3");
  check_error ("[{\"a\":[}]", 9, SR_ERROR_INVALID,
               "This is no valid JSON: a bracket that closes another one at byte 7");
  check_error ("[] x", 4, SR_ERROR_INVALID,
               "This is no valid JSON: something behind the end at byte 3");
}

static void
test_deep (void)
{
  const gsize                n = 1000000;
  g_autofree char           *open = g_strnfill (n, '[');
  g_autofree char           *objects = g_malloc (n * 5 + 1);
  g_autofree char           *deepest = g_strnfill (512 * 2, '[');
  g_autofree char           *counts = NULL;
  g_autoptr (GError)         error = NULL;
  g_autoptr (SrRecordReader) reader = NULL;

  check_error (open, n, SR_ERROR_INVALID, "This is no valid JSON: too many levels at byte 512");
  for (gsize i = 0; i < n; i++)
    memcpy (objects + i * 5, "{\"a\":", 5);
  check_error (objects, n * 5, SR_ERROR_INVALID,
               "This is no valid JSON: too many levels at byte 2560");
  memset (deepest + 512, ']', 512);
  reader = read_bytes (deepest, 1024);
  counts = count_all (reader, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (counts, ==, "root:1");
}

/* An element of 64 MiB is read, a larger one is not, and none of it is kept. */
static void
test_large (void)
{
  const gsize limit = (gsize) 64 * 1024 * 1024;

  for (gsize more = 0; more < 2; more++)
    {
      const gsize                size = limit + more;
      g_autofree char           *text = g_malloc (size + 4);
      g_autoptr (SrRecordReader) reader = NULL;
      g_autoptr (GError)         error = NULL;
      g_autofree char           *counts = NULL;

      memset (text, 'x', size + 4);
      memcpy (text, "[{\"a\":\"", 7);
      memcpy (text + size - 1, "\"}]", 3);
      reader = read_bytes (text, size + 2);
      counts = count_all (reader, TRUE, &error);
      if (more == 0)
        {
          g_assert_no_error (error);
          g_assert_cmpstr (counts, ==, "root:1");
        }
      else
        check_error (text, size + 2, SR_ERROR_INVALID,
                     "This is no valid JSON: an element of more than 64 MiB at byte 1");
    }
}

static void
check_unescape (const char *text,
                const char *expected,
                gsize       expected_size)
{
  for (gsize step = 1; step < 20; step++)
    {
      g_autoptr (GInputStream) base = sr_test_pieces_new (text, strlen (text), step);
      g_autoptr (GInputStream) stream = sr_json_unescape_stream_new (base);
      g_autoptr (GError)       error = NULL;
      char                     buffer[256];
      gsize                    n;
      gboolean                 good;

      good = g_input_stream_read_all (stream, buffer, sizeof buffer, &n, NULL, &error);
      g_assert_true (good == (expected != NULL));
      if (expected != NULL)
        g_assert_cmpmem (buffer, n, expected, expected_size);
      else
        g_assert_true (error->domain == SR_ERROR);
    }
}

static void
test_unescape (void)
{
  check_unescape ("\"", "", 0);
  check_unescape ("{\\\"a\\\":\\\"b\\\\\\\\\\\"}\",\"rest\":1", "{\"a\":\"b\\\\\"}", 11);
  check_unescape ("\\n\\t\\/\\u00eb\\ud83d\\ude00\\u0000\"", "\n\t/\xc3\xab\xf0\x9f\x98\x80\0", 10);
  check_unescape ("\\ud83dx\\ud83d\"", "\xef\xbf\xbdx\xef\xbf\xbd", 7);
  check_unescape ("", NULL, 0);
  check_unescape ("abc", NULL, 0);
  check_unescape ("abc\\", NULL, 0);
  check_unescape ("abc\\\"", NULL, 0);
  check_unescape ("\\u12\"", NULL, 0);
  check_unescape ("\\x\"", NULL, 0);
  check_unescape ("a\nb\"", NULL, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json-records/shapes", test_shapes);
  g_test_add_func ("/json-records/broken", test_broken);
  g_test_add_func ("/json-records/fields", test_fields);
  g_test_add_func ("/json-records/offsets", test_offsets);
  g_test_add_func ("/json-records/partly-read", test_partly_read);
  g_test_add_func ("/json-records/header", test_header);
  g_test_add_func ("/json-records/notes", test_notes);
  g_test_add_func ("/json-records/strict", test_strict);
  g_test_add_func ("/json-records/messages", test_messages);
  g_test_add_func ("/json-records/deep", test_deep);
  g_test_add_func ("/json-records/large", test_large);
  g_test_add_func ("/json-records/unescape", test_unescape);
  return g_test_run ();
}
