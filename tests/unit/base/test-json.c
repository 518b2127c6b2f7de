/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-json.h"

#include "base/sr-error.h"

#include <string.h>

#define MAX_SIZE  4096
#define MAX_DEPTH 8

static gboolean
check (const char *text)
{
  g_autoptr (GError) error = NULL;
  gboolean           good = sr_json_check (text, strlen (text), MAX_SIZE, MAX_DEPTH, &error);

  g_assert_true (good == (error == NULL));
  if (!good)
    g_assert_true (sr_error_is (error, SR_ERROR_INVALID));
  return good;
}

/* What the check lets through, the parser takes. */
static void
test_good (void)
{
  static const char *const texts[] = {
    "{}", "[]", " [ ] ", "0", "-0", "12", "-1.5e+10", "1E3", "0.25", "true", "false", "null",
    "\"\"", "\"a\\\"b\\\\\\/\\b\\f\\n\\r\\t\\u00e4\"", "\"\\ud83d\\ude00\"", "\"\xc3\xa4\"",
    "{\"a\":1,\"b\":[1,2,{\"c\":null}],\"\":\"\"}", "\t{ \"a\" : [ 1 , 2 ] }\r\n",
    "[[[[[[[[]]]]]]]]", "[{},[],{}]", "9223372036854775807", "-9223372036854775808",
    "\"/* no comment */ // ' #\""
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError)   error = NULL;
      g_autoptr (JsonNode) node = NULL;

      g_test_message ("%s", texts[i]);
      g_assert_true (check (texts[i]));
      node = sr_json_parse (texts[i], strlen (texts[i]), MAX_SIZE, MAX_DEPTH, &error);
      g_assert_no_error (error);
      g_assert_nonnull (node);
    }
}

static void
test_bad (void)
{
  static const char *const texts[] = {
    "", " ", "{", "[", "]", "}", "{]", "[}", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
    "{a:1}", "{1:1}", "[1 2]", "1 2", "{} {}", "\"", "\"\\", "\"\\x\"", "\"\\u12\"",
    "\"\\u00g0\"", "\"\\u0000\"", "\"\\ud83d\"", "\"\\ud83dx\"", "\"\\ud83d\\n\"", "\"\\ude00\"",
    "\"\\ud83d\\ud83d\"", "\"a\nb\"", "\"\x01\"", "\"\xff\"", "\"\xc3\"", "01", "-", "+1", ".5",
    "1.", "1e", "1e+", "0x10", "1e999", "9223372036854775808", "-9223372036854775809", "nul",
    "True", "NaN", "Infinity", "'a'", "/* x */ 1", "// x\n1", "1 // x", "# x\n1", "[1] x",
    "[[[[[[[[[]]]]]]]]]", "[[[[[[[[[1", "\xef\xbb\xbf{}"
  };
  g_autofree char *digits = g_strnfill (100, '1');

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *shown = g_strescape (texts[i], NULL);

      g_test_message ("%s", shown);
      g_assert_false (check (texts[i]));
    }
  g_assert_false (check (digits));
  g_assert_false (sr_json_check ("[1]\0", 4, MAX_SIZE, MAX_DEPTH, NULL));
  g_assert_false (sr_json_check ("\"\0\"", 3, MAX_SIZE, MAX_DEPTH, NULL));
}

static void
test_limits (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *deep = g_strnfill (1000000, '[');

  g_assert_true (sr_json_check ("[1]", 3, 3, 1, &error));
  g_assert_no_error (error);
  g_assert_false (sr_json_check ("[1]", 3, 2, 1, &error));
  g_assert_true (sr_error_is (error, SR_ERROR_INVALID));
  g_clear_error (&error);
  g_assert_true (sr_json_check ("1", 1, 3, 0, NULL));
  g_assert_false (sr_json_check ("[]", 2, 3, 0, NULL));
  g_assert_false (sr_json_check (deep, 1000000, 1000000, 64, &error));
  g_assert_cmpstr (error->message, ==, "This is no valid JSON: too many levels at byte 64");
}

/* Every beginning of a good text is either good itself or refused, and read no byte too far. */
static void
test_cut (void)
{
  static const char text[] =
      "{\"a\":[1,-2.5e3,true,null,\"x\\u00e4\\ud83d\\ude00\\n\"],\"b\":{\"c\":{}}}";

  for (gsize size = 0; size < sizeof text - 1; size++)
    {
      g_autofree char *exact = g_memdup2 (text, size);

      g_assert_false (sr_json_check (exact, size, MAX_SIZE, MAX_DEPTH, NULL));
    }
}

static JsonObject *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonObject        *object = NULL;

  object = sr_json_parse_object (text, strlen (text), MAX_SIZE, MAX_DEPTH, &error);
  g_assert_no_error (error);
  return object;
}

static void
test_getters (void)
{
  g_autoptr (JsonObject) o =
      parse ("{\"s\":\"text\",\"i\":7,\"d\":1.5,\"b\":true,\"a\":[1],\"o\":{\"x\":1},\"n\":null}");
  g_autoptr (GError) error = NULL;
  const char        *s;
  gint64             i;
  gboolean           b;
  JsonArray         *a;
  JsonObject        *x;

  g_assert_true (sr_json_get_string (o, "s", &s, &error));
  g_assert_cmpstr (s, ==, "text");
  g_assert_true (sr_json_get_int64 (o, "i", &i, &error));
  g_assert_cmpint (i, ==, 7);
  g_assert_true (sr_json_get_bool (o, "b", &b, &error));
  g_assert_true (b);
  g_assert_true (sr_json_get_array (o, "a", &a, &error));
  g_assert_cmpuint (json_array_get_length (a), ==, 1);
  g_assert_true (sr_json_get_object (o, "o", &x, &error));
  g_assert_cmpint (sr_json_int64_or (x, "x", 0), ==, 1);
  g_assert_no_error (error);

  g_assert_cmpstr (sr_json_string_or (o, "s", "no"), ==, "text");
  g_assert_true (sr_json_bool_or (o, "b", FALSE));
  g_assert_true (sr_json_array_or_null (o, "a") == a);
  g_assert_true (sr_json_object_or_null (o, "o") == x);
}

/* Every getter on every other type, on null, and on nothing. */
static void
test_wrong_types (void)
{
  static const char *const members[] = { "s", "i", "d", "b", "a", "o", "n", "missing" };
  g_autoptr (JsonObject)   o =
      parse ("{\"s\":\"text\",\"i\":7,\"d\":1.5,\"b\":true,\"a\":[1],\"o\":{\"x\":1},\"n\":null}");

  for (gsize m = 0; m < G_N_ELEMENTS (members); m++)
    {
      const char *name = members[m];
      const char *s = NULL;
      gint64      i = 0;
      gboolean    b = FALSE;
      JsonArray  *a = NULL;
      JsonObject *x = NULL;

      g_assert_true (sr_json_get_string (o, name, &s, NULL) == (name[0] == 's'));
      g_assert_true (sr_json_get_int64 (o, name, &i, NULL) == (name[0] == 'i'));
      g_assert_true (sr_json_get_bool (o, name, &b, NULL) == (name[0] == 'b'));
      g_assert_true (sr_json_get_array (o, name, &a, NULL) == (name[0] == 'a'));
      g_assert_true (sr_json_get_object (o, name, &x, NULL) == (name[0] == 'o'));
      g_assert_cmpstr (sr_json_string_or (o, name, "no"), ==, name[0] == 's' ? "text" : "no");
      g_assert_cmpint (sr_json_int64_or (o, name, -1), ==, name[0] == 'i' ? 7 : -1);
      g_assert_true (sr_json_bool_or (o, name, TRUE));
      g_assert_true (sr_json_bool_or (o, name, FALSE) == (name[0] == 'b'));
      g_assert_true ((sr_json_array_or_null (o, name) != NULL) == (name[0] == 'a'));
      g_assert_true ((sr_json_object_or_null (o, name) != NULL) == (name[0] == 'o'));
    }
}

static void
test_messages (void)
{
  g_autoptr (JsonObject) o = parse ("{\"i\":7}");
  g_autoptr (GError)     error = NULL;
  const char            *s;

  g_assert_false (sr_json_get_string (o, "i", &s, &error));
  g_assert_true (sr_error_is (error, SR_ERROR_INVALID));
  g_assert_cmpstr (error->message, ==, "The member “i” is missing or no text");
  g_clear_error (&error);
  g_assert_null (sr_json_parse_object ("[1]", 3, MAX_SIZE, MAX_DEPTH, &error));
  g_assert_true (sr_error_is (error, SR_ERROR_INVALID));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/json/good", test_good);
  g_test_add_func ("/base/json/bad", test_bad);
  g_test_add_func ("/base/json/limits", test_limits);
  g_test_add_func ("/base/json/cut", test_cut);
  g_test_add_func ("/base/json/getters", test_getters);
  g_test_add_func ("/base/json/wrong-types", test_wrong_types);
  g_test_add_func ("/base/json/messages", test_messages);
  return g_test_run ();
}
