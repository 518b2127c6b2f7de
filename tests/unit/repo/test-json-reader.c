/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "repo/sr-json-reader.h"
#include "repo/sr-json-writer.h"
#include "sr-test-util.h"

/* Hands out a text in pieces of a given size, each in memory of its own that dies with the next. */
typedef struct
{
  const char *text;
  gsize       size;
  gsize       at;
  gsize       step;
  char       *piece;
  gsize       fail_at;
} Source;

static gssize
source_fill (gpointer       user_data,
             gconstpointer *data,
             GError       **error)
{
  Source *source = user_data;
  gsize   n = MIN (source->step, source->size - source->at);

  g_clear_pointer (&source->piece, g_free);
  if (source->fail_at > 0 && source->at >= source->fail_at)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_IO, "broken source");
      return -1;
    }
  if (n == 0)
    return 0;
  source->piece = g_memdup2 (source->text + source->at, n);
  source->at += n;
  *data = source->piece;
  return (gssize) n;
}

/* All tokens in one line each; the reason if it is not JSON. */
static char *
describe (SrJsonReader *reader)
{
  static const char *const names[] = { "?", "end", "{", "}", "[", "]", "name ", "string ",
                                       "number ", "true", "false", "null" };
  GString                 *out = g_string_new (NULL);
  g_autoptr (GError)       error = NULL;
  SrJsonToken              token;

  do
    {
      gsize length;

      token = sr_json_reader_next (reader, &error);
      g_string_append (out, names[token]);
      if (token == SR_JSON_NAME || token == SR_JSON_STRING || token == SR_JSON_NUMBER)
        {
          const char *text = sr_json_reader_get_text (reader, &length);

          g_assert_cmpint (text[length], ==, '\0');
          g_string_append_len (out, text, (gssize) length);
        }
      g_string_append_c (out, '\n');
    }
  while (token != SR_JSON_END && token != SR_JSON_ERROR);
  if (token == SR_JSON_ERROR)
    {
      g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
      g_string_append (out, error->message);
      /* It stays that way. */
      g_assert_cmpint (sr_json_reader_next (reader, NULL), ==, SR_JSON_ERROR);
    }
  return g_string_free (out, FALSE);
}

/* The same from memory and from pieces of every small size. */
static char *
describe_all_ways (const char *json,
                   gsize       size)
{
  g_autoptr (SrJsonReader) whole = sr_json_reader_new (json, size);
  g_autofree char         *expected = describe (whole);

  for (gsize step = 1; step <= 9; step++)
    {
      Source                   source = { .text = json, .size = size, .step = step };
      g_autoptr (SrJsonReader) reader = sr_json_reader_new_stream (source_fill, &source);
      g_autofree char         *found = describe (reader);

      g_assert_cmpstr (found, ==, expected);
      g_free (source.piece);
    }
  return g_steal_pointer (&expected);
}

typedef struct
{
  const char *json;
  const char *tokens;
} Sample;

static const Sample good[] = {
  { "null", "null\nend\n" },
  { " true\n", "true\nend\n" },
  { "false", "false\nend\n" },
  { "[]", "[\n]\nend\n" },
  { "{}", "{\n}\nend\n" },
  { "\t[ 1 , -2.5e+10 ,0,\r\n0.1, 1E5]", "[\nnumber 1\nnumber -2.5e+10\nnumber 0\nnumber 0.1\n"
                                         "number 1E5\n]\nend\n" },
  { "{\"a\":1,\"b\":{\"c\":[{}]},\"\":null}",
    "{\nname a\nnumber 1\nname b\n{\nname c\n[\n{\n}\n]\n}\nname \nnull\n}\nend\n" },
  { "\"\"", "string \nend\n" },
  { "\"0123456789abcdef\\\"0123456789\\\\\"", "string 0123456789abcdef\"0123456789\\\nend\n" },
  { "\"\\/\\b\\f\\n\\r\\t\"", "string /\b\f\n\r\t\nend\n" },
  { "\"\\u0041\\u00e9\\u20ac\\ud83d\\ude00\"",
    "string A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\nend\n" },
  { "\"\\ud83d\"", "string \xef\xbf\xbd\nend\n" },
  { "\"\\ude00x\"", "string \xef\xbf\xbdx\nend\n" },
  { "\"\\ud83dx\\ud83d\\n\"", "string \xef\xbf\xbdx\xef\xbf\xbd\n\nend\n" },
  { "\"\\ud83d\\ud83d\\ude00\"", "string \xef\xbf\xbd\xf0\x9f\x98\x80\nend\n" },
  { "\"\\ud83d\\u0041\"", "string \xef\xbf\xbd"
                          "A\nend\n" },
  { "\"\xff\xc3(\x7f\xf0\"", "string \xff\xc3(\x7f\xf0\nend\n" },
};

static void
test_tokens (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autofree char *found = describe_all_ways (good[i].json, strlen (good[i].json));

      g_assert_cmpstr (found, ==, good[i].tokens);
    }
}

static void
test_nul_in_string (void)
{
  static const char        json[] = "\"a\\u0000b\"";
  g_autoptr (SrJsonReader) reader = sr_json_reader_new (json, strlen (json));
  const char              *text;
  gsize                    length;

  g_assert_cmpint (sr_json_reader_next (reader, NULL), ==, SR_JSON_STRING);
  text = sr_json_reader_get_text (reader, &length);
  g_assert_cmpmem (text, length, "a\0b", 3);
}

static const char *const bad[] = {
  "",
  " ",
  "nul",
  "nulL",
  "truE",
  "x",
  "'a'",
  "\xef\xbb\xbf{}",
  "[",
  "{",
  "]",
  "[}",
  "{]",
  "[1,]",
  "[,1]",
  "[1 2]",
  "{\"a\"}",
  "{\"a\" 1}",
  "{\"a\":}",
  "{\"a\":1,}",
  "{,}",
  "{1:2}",
  "{a:2}",
  "{\"a\":1 \"b\":2}",
  "{\"a\":1]",
  "1 2",
  "{} {}",
  "null,",
  "\"",
  "\"abc",
  "\"abc\\",
  "\"abc\\\"",
  "\"\\x\"",
  "\"\\u12\"",
  "\"\\u12g4\"",
  "\"\n\"",
  "\"\x1f\"",
  "\"0123456789\x01 12345\"",
  "-",
  "+1",
  "01",
  "-01",
  "1.",
  ".5",
  "1e",
  "1e+",
  "1-2",
  "0x10",
  "--1",
  "1.2.3",
  "NaN",
  "Infinity",
};

static void
test_refuses (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *found = describe_all_ways (bad[i], strlen (bad[i]));

      if (strstr (found, "?\nNot JSON at offset ") == NULL)
        g_error ("“%s” was read as %s", bad[i], found);
    }
}

static void
test_offset_in_error (void)
{
  static const char        json[] = "[1,2,  !]";
  Source                   source = { .text = json, .size = strlen (json), .step = 2 };
  g_autoptr (GError)       error = NULL;
  g_autoptr (SrJsonReader) reader = sr_json_reader_new_stream (source_fill, &source);

  while (sr_json_reader_next (reader, &error) != SR_JSON_ERROR)
    ;
  g_assert_cmpstr (error->message, ==, "Not JSON at offset 7: a value is missing");
  g_free (source.piece);
}

static void
test_depth (void)
{
  for (guint depth = SR_JSON_MAX_DEPTH - 1; depth <= SR_JSON_MAX_DEPTH + 1; depth++)
    {
      g_autoptr (GString)      json = g_string_new (NULL);
      g_autoptr (SrJsonReader) reader = NULL;
      g_autofree char         *found = NULL;

      for (guint i = 0; i < depth; i++)
        g_string_append (json, i % 2 == 0 ? "[" : "{\"a\":");
      g_string_append (json, "1");
      for (guint i = depth; i > 0; i--)
        g_string_append_c (json, i % 2 == 1 ? ']' : '}');
      reader = sr_json_reader_new (json->str, json->len);
      found = describe (reader);
      if (depth <= SR_JSON_MAX_DEPTH)
        g_assert_true (g_str_has_suffix (found, "]\nend\n"));
      else
        g_assert_nonnull (strstr (found, "nested too deeply"));
    }
}

static void
test_long_string (void)
{
  gsize            size = SR_JSON_MAX_STRING + 3;
  g_autofree char *json = g_malloc (size);

  memset (json, 'x', size);
  json[0] = '"';
  for (gsize more = 0; more <= 1; more++)
    {
      g_autoptr (SrJsonReader) reader = sr_json_reader_new (json, size - 1 + more);

      json[size - 2 + more] = '"';
      if (more == 1)
        json[size - 2] = 'x';
      g_assert_cmpint (sr_json_reader_next (reader, NULL), ==,
                       more == 0 ? SR_JSON_STRING : SR_JSON_ERROR);
    }
}

static void
test_source_error (void)
{
  static const char json[] = "{\"a\":[1,\"bcd\",true]}";

  for (gsize fail_at = 1; fail_at < strlen (json); fail_at++)
    {
      Source                   source = { json, strlen (json), 0, 1, NULL, fail_at };
      g_autoptr (SrJsonReader) reader = sr_json_reader_new_stream (source_fill, &source);
      g_autoptr (GError)       error = NULL;

      while (sr_json_reader_next (reader, &error) != SR_JSON_ERROR)
        g_assert_no_error (error);
      g_assert_error (error, SR_ERROR, SR_ERROR_IO);
      g_free (source.piece);
    }
}

static void
test_numbers (void)
{
  static const struct
  {
    const char *json;
    gboolean    is_uint64;
    guint64     uint64;
  } samples[] = {
    { "0", TRUE, 0 },
    { "-0", FALSE, 0 },
    { "18446744073709551615", TRUE, G_MAXUINT64 },
    { "18446744073709551616", FALSE, 0 },
    { "99999999999999999999", FALSE, 0 },
    { "9223372036854775807", TRUE, G_MAXINT64 },
    { "9223372036854775808", TRUE, (guint64) G_MAXINT64 + 1 },
    { "-9223372036854775808", FALSE, 0 },
    { "-9223372036854775809", FALSE, 0 },
    { "1.0", FALSE, 0 },
    { "1e3", FALSE, 0 },
    { "\"1\"", FALSE, 0 },
    { "true", FALSE, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_autoptr (SrJsonReader) reader =
          sr_json_reader_new (samples[i].json, strlen (samples[i].json));
      guint64 uint64 = 0;

      sr_json_reader_next (reader, NULL);
      g_test_message ("%s", samples[i].json);
      g_assert_cmpint (sr_json_reader_get_uint64 (reader, &uint64, NULL), ==, samples[i].is_uint64);
      g_assert_cmpuint (uint64, ==, samples[i].uint64);
    }
}

static void
test_skip (void)
{
  static const char        json[] = "[{\"a\":{\"x\":[1,{\"y\":\"}]\"}]},\"b\":2,\"c\":[]},[[]],3]";
  g_autoptr (SrJsonReader) reader = sr_json_reader_new (json, strlen (json));
  g_autoptr (GError)       error = NULL;

  g_assert_cmpint (sr_json_reader_next (reader, &error), ==, SR_JSON_ARRAY_BEGIN);
  g_assert_cmpint (sr_json_reader_next (reader, &error), ==, SR_JSON_OBJECT_BEGIN);
  g_assert_cmpint (sr_json_reader_next (reader, &error), ==, SR_JSON_NAME);
  g_assert_true (sr_json_reader_skip (reader, &error)); /* the value of a */
  g_assert_cmpint (sr_json_reader_next (reader, &error), ==, SR_JSON_NAME);
  g_assert_true (sr_json_reader_text_is (reader, "b"));
  g_assert_true (sr_json_reader_skip (reader, &error));
  g_assert_cmpint (sr_json_reader_next (reader, &error), ==, SR_JSON_NAME);
  g_assert_cmpint (sr_json_reader_next (reader, &error), ==, SR_JSON_ARRAY_BEGIN);
  g_assert_true (sr_json_reader_skip (reader, &error)); /* the list of c */
  g_assert_cmpint (sr_json_reader_next (reader, &error), ==, SR_JSON_OBJECT_END);
  g_assert_cmpint (sr_json_reader_next (reader, &error), ==, SR_JSON_ARRAY_BEGIN);
  g_assert_cmpuint (sr_json_reader_get_depth (reader), ==, 2);
  g_assert_true (sr_json_reader_leave (reader, 1, &error));
  g_assert_cmpint (sr_json_reader_next (reader, &error), ==, SR_JSON_NUMBER);
  g_assert_true (sr_json_reader_skip (reader, &error)); /* a number has been passed already */
  g_assert_cmpint (sr_json_reader_next (reader, &error), ==, SR_JSON_ARRAY_END);
  g_assert_cmpint (sr_json_reader_next (reader, &error), ==, SR_JSON_END);
  g_assert_cmpuint (sr_json_reader_get_offset (reader), ==, strlen (json));
  g_assert_no_error (error);
}

static void
test_expect (void)
{
  g_autoptr (SrJsonReader) reader = sr_json_reader_new ("[1", 2);
  g_autoptr (GError)       error = NULL;

  g_assert_true (sr_json_reader_expect (reader, SR_JSON_ARRAY_BEGIN, "The list", &error));
  g_assert_false (sr_json_reader_expect (reader, SR_JSON_STRING, "The name", &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
  g_assert_cmpstr (error->message, ==, "The name is not what should stand before offset 2");
  g_clear_error (&error);
  g_assert_false (sr_json_reader_expect (reader, SR_JSON_ARRAY_END, "The list's end", &error));
  g_assert_true (g_str_has_prefix (error->message, "The list's end: Not JSON at offset 2"));
}

static void
test_members (void)
{
  static const char json[] =
      "{\"n\":7,\"s\":\"text\",\"l\":[\"a\",\"b\"],\"b\":true,\"d\":\"AAE=\","
      "\"t\":\"1970-01-01T01:00:00+01:00\",\"z\":null}";
  g_autoptr (SrJsonReader) reader = sr_json_reader_new (json, strlen (json));
  g_autofree char         *text = NULL;
  g_auto (GStrv)           list = NULL;
  g_autofree guint8       *data = NULL;
  guint64                  number = 0;
  gsize                    size;
  gboolean                 flag = FALSE;
  SrTime                   time = { 0 };

  g_assert_true (sr_json_reader_expect (reader, SR_JSON_OBJECT_BEGIN, "x", NULL));
  g_assert_cmpint (sr_json_reader_next_member (reader, NULL), ==, 1);
  g_assert_true (sr_json_reader_read_uint64 (reader, "n", 7, &number, NULL));
  g_assert_cmpuint (number, ==, 7);
  g_assert_cmpint (sr_json_reader_next_member (reader, NULL), ==, 1);
  g_assert_true (sr_json_reader_read_string (reader, "s", &text, NULL));
  g_assert_cmpstr (text, ==, "text");
  g_assert_cmpint (sr_json_reader_next_member (reader, NULL), ==, 1);
  g_assert_true (sr_json_reader_read_strings (reader, "l", &list, NULL));
  g_assert_cmpuint (g_strv_length (list), ==, 2);
  g_assert_cmpint (sr_json_reader_next_member (reader, NULL), ==, 1);
  g_assert_true (sr_json_reader_read_boolean (reader, "b", &flag, NULL));
  g_assert_true (flag);
  g_assert_cmpint (sr_json_reader_next_member (reader, NULL), ==, 1);
  g_assert_true (sr_json_reader_read_base64 (reader, "d", &data, &size, NULL));
  g_assert_cmpmem (data, size, "\0\1", 2);
  g_assert_cmpint (sr_json_reader_next_member (reader, NULL), ==, 1);
  g_assert_true (sr_json_reader_read_time (reader, "t", &time, NULL));
  g_assert_cmpint (time.ts.tv_sec, ==, 0);
  g_assert_cmpint (time.offset, ==, 3600);
  g_assert_cmpint (sr_json_reader_next_member (reader, NULL), ==, 1);
  g_assert_true (sr_json_reader_read_string (reader, "z", &text, NULL)); /* null: no text */
  g_assert_null (text);
  g_assert_cmpint (sr_json_reader_next_member (reader, NULL), ==, 0);
}

typedef enum
{
  AS_UINT64,
  AS_STRING,
  AS_STRINGS,
  AS_BOOLEAN,
  AS_BASE64,
  AS_TIME,
  AS_ID,
} MemberKind;

static gboolean
read_as (SrJsonReader *reader,
         MemberKind    kind,
         GError      **error)
{
  g_autofree char   *text = g_strdup ("old");
  g_auto (GStrv)     list = g_strsplit ("old", ",", 0);
  g_autofree guint8 *data = NULL;
  guint64            number;
  gsize              size;
  gboolean           flag;
  SrTime             time;
  SrId               id;

  switch (kind)
    {
    case AS_UINT64:
      return sr_json_reader_read_uint64 (reader, "x", 1000, &number, error);
    case AS_STRING:
      return sr_json_reader_read_string (reader, "x", &text, error);
    case AS_STRINGS:
      return sr_json_reader_read_strings (reader, "x", &list, error);
    case AS_BOOLEAN:
      return sr_json_reader_read_boolean (reader, "x", &flag, error);
    case AS_BASE64:
      return sr_json_reader_read_base64 (reader, "x", &data, &size, error);
    case AS_TIME:
      return sr_json_reader_read_time (reader, "x", &time, error);
    case AS_ID:
    default:
      return sr_json_reader_read_id (reader, "x", &id, NULL, error);
    }
}

static void
test_members_refuse (void)
{
  static const struct
  {
    MemberKind  kind;
    const char *json;
  } samples[] = {
    { AS_UINT64, "1001" },
    { AS_UINT64, "-1" },
    { AS_UINT64, "\"1\"" },
    { AS_STRING, "1" },
    { AS_STRING, "\"a\\u0000b\"" },
    { AS_STRING, "{}" },
    { AS_STRINGS, "\"a\"" },
    { AS_STRINGS, "[\"a\",1]" },
    { AS_STRINGS, "[\"a\",null]" },
    { AS_STRINGS, "[\"a\\u0000b\"]" },
    { AS_STRINGS, "[\"a\"" },
    { AS_BOOLEAN, "1" },
    { AS_BOOLEAN, "x" },
    { AS_BASE64, "\"A\"" },
    { AS_BASE64, "\"AAA\"" },
    { AS_BASE64, "\"A===\"" },
    { AS_BASE64, "\"AA=A\"" },
    { AS_BASE64, "\"AA A\"" },
    { AS_BASE64, "\"A_-A\"" },
    { AS_TIME, "\"never\"" },
    { AS_TIME, "0" },
    { AS_ID, "null" },
    { AS_ID, "\"\"" },
    { AS_ID, "\"AAAAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"" },
    { AS_ID, "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_autoptr (SrJsonReader) reader =
          sr_json_reader_new (samples[i].json, strlen (samples[i].json));
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", samples[i].json);
      g_assert_false (read_as (reader, samples[i].kind, &error));
      g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
    }
}

/* What the writer writes, the reader gives back, if it was UTF-8. */
static void
test_writer_round_trip (void)
{
  for (guint64 seed = 1; seed <= 2000; seed++)
    {
      g_autoptr (GString)      text = g_string_new (NULL);
      g_autoptr (GString)      json = g_string_new (NULL);
      g_autoptr (SrJsonReader) reader = NULL;
      guint32                  random[40];
      gsize                    length;
      const char              *found;

      sr_test_fill_random (seed, random, sizeof random);
      for (gsize i = 0; i < seed % 40; i++)
        {
          gunichar c = random[i] % (seed % 2 == 0 ? 128 : 0x110000);

          g_string_append_unichar (text, g_unichar_validate (c) ? c : 'x');
        }
      sr_json_append_string (json, text->str, (gssize) text->len);
      reader = sr_json_reader_new (json->str, json->len);
      g_assert_cmpint (sr_json_reader_next (reader, NULL), ==, SR_JSON_STRING);
      found = sr_json_reader_get_text (reader, &length);
      g_assert_cmpmem (found, length, text->str, text->len);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json-reader/tokens", test_tokens);
  g_test_add_func ("/json-reader/nul-in-string", test_nul_in_string);
  g_test_add_func ("/json-reader/refuses", test_refuses);
  g_test_add_func ("/json-reader/offset-in-error", test_offset_in_error);
  g_test_add_func ("/json-reader/depth", test_depth);
  g_test_add_func ("/json-reader/long-string", test_long_string);
  g_test_add_func ("/json-reader/source-error", test_source_error);
  g_test_add_func ("/json-reader/numbers", test_numbers);
  g_test_add_func ("/json-reader/skip", test_skip);
  g_test_add_func ("/json-reader/expect", test_expect);
  g_test_add_func ("/json-reader/members", test_members);
  g_test_add_func ("/json-reader/members-refuse", test_members_refuse);
  g_test_add_func ("/json-reader/writer-round-trip", test_writer_round_trip);
  return g_test_run ();
}
