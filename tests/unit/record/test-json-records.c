/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "record/sr-json-records.h"

#include "base/sr-error.h"

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

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json-records/shapes", test_shapes);
  g_test_add_func ("/json-records/broken", test_broken);
  return g_test_run ();
}
