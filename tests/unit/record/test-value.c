/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "record/sr-value.h"

#include <string.h>

static SrValue
make (SrValueType type,
      const char *data)
{
  return (SrValue){ .type = type, .data = data, .size = strlen (data) };
}

static void
test_bool (void)
{
  static const char *const yes[] = { "true", "t", "1", "YES", "on" };
  static const char *const no[] = { "false", "f", "0", "No", "OFF" };
  gboolean                 value;

  for (gsize i = 0; i < G_N_ELEMENTS (yes); i++)
    {
      SrValue text = make (SR_VALUE_TEXT, yes[i]);

      g_assert_true (sr_value_get_bool (&text, &value) && value);
      text.data = no[i];
      text.size = strlen (no[i]);
      g_assert_true (sr_value_get_bool (&text, &value) && !value);
    }
  g_assert_true (sr_value_get_bool (&(SrValue){ SR_VALUE_BYTES, "\0", 1 }, &value) && !value);
  g_assert_true (sr_value_get_bool (&(SrValue){ SR_VALUE_BYTES, "\1", 1 }, &value) && value);
  g_assert_false (sr_value_get_bool (&(SrValue){ SR_VALUE_NUMBER, "2", 1 }, &value));
  g_assert_false (sr_value_get_bool (&(SrValue){ SR_VALUE_TEXT, "", 0 }, &value));
  g_assert_false (sr_value_get_bool (&(SrValue){ SR_VALUE_NULL, "", 0 }, &value));
}

static void
test_int64 (void)
{
  static const struct
  {
    SrValueType type;
    const char *text;
    gboolean    good;
    gint64      value;
  } cases[] = {
    { SR_VALUE_NUMBER, "0", TRUE, 0 },
    { SR_VALUE_NUMBER, "-0", TRUE, 0 },
    { SR_VALUE_NUMBER, "7.00", TRUE, 7 },
    { SR_VALUE_NUMBER, "1.5e1", TRUE, 15 },
    { SR_VALUE_TEXT, "9223372036854775807", TRUE, G_MAXINT64 },
    { SR_VALUE_TEXT, "-9223372036854775808", TRUE, G_MININT64 },
    { SR_VALUE_JSON, "{\"$numberLong\":\"12\"}", TRUE, 12 },
    { SR_VALUE_NUMBER, "9223372036854775808", FALSE, 0 },
    { SR_VALUE_NUMBER, "7.5", FALSE, 0 },
    { SR_VALUE_NUMBER, "1e400", FALSE, 0 },
    { SR_VALUE_TEXT, "seven", FALSE, 0 },
    { SR_VALUE_BOOL, "true", FALSE, 0 },
    { SR_VALUE_JSON, "[1]", FALSE, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SrValue value = make (cases[i].type, cases[i].text);
      gint64  number = 0;

      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (sr_value_get_int64 (&value, &number), ==, cases[i].good);
      if (cases[i].good)
        g_assert_cmpint (number, ==, cases[i].value);
    }
}

static void
test_normalize (void)
{
  static const char *const cases[][2] = {
    { "0", "0" },
    { "-0.00e7", "0" },
    { "12.50", "12.5" },
    { "-1e3", "-1000" },
    { "1.25e1", "12.5" },
    { "1.25e-1", "0.125" },
    { "0.0012e2", "0.12" },
    { "0.0012e1", "0.012" },
    { "120", "120" },
    { "12e-1", "1.2" },
    { "9007199254740993", "9007199254740993" },
    { "1e1001", NULL },
    { "1e-99999999999999999999999", NULL },
    { "007", NULL },
    { "1e", NULL },
    { "", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *normal = sr_number_normalize (cases[i][0], strlen (cases[i][0]));

      g_test_message ("%s", cases[i][0]);
      g_assert_cmpstr (normal, ==, cases[i][1]);
    }
}

static void
test_mongo (void)
{
  static const char *const cases[][2] = {
    { "{\"$numberDecimal\":\"12.50\"}", "12.50" },
    { "{ \"$numberDecimal\" : \"1E+3\" }", "1E+3" },
    { "{\"low\":1,\"high\":2097152,\"unsigned\":false}", "9007199254740993" },
    { "{\"low\":-1,\"high\":-1,\"unsigned\":false}", "-1" },
    { "{\"low\":-1,\"high\":-1,\"unsigned\":true}", "18446744073709551615" },
    { "{\"unsigned\":false,\"high\":0,\"low\":4294967295}", "4294967295" },
    { "{\"$numberDecimal\":\"NaN\"}", NULL },
    { "{\"$numberDecimal\":12}", NULL },
    { "{\"low\":1,\"high\":2}", NULL },
    { "{\"low\":1.5,\"high\":2,\"unsigned\":false}", NULL },
    { "{\"low\":1,\"high\":99999999999,\"unsigned\":false}", NULL },
    { "{\"amount\":\"12\"}", NULL },
    { "[1]", NULL },
    { "{", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SrValue          value = make (SR_VALUE_JSON, cases[i][0]);
      g_autofree char *number = sr_value_get_mongo_number (&value);

      g_test_message ("%s", cases[i][0]);
      g_assert_cmpstr (number, ==, cases[i][1]);
    }
}

static void
check_display (SrValueType type,
               const char *data,
               gsize       size,
               guint       max_chars,
               const char *expected)
{
  SrValue          value = { type, data, size };
  g_autofree char *shown = sr_value_to_display (&value, max_chars);

  g_assert_cmpstr (shown, ==, expected);
}

static void
test_display (void)
{
  check_display (SR_VALUE_TEXT, "Zoë", 4, 3, "Zoë");
  check_display (SR_VALUE_TEXT, "Zoë!", 5, 3, "Zo…");
  check_display (SR_VALUE_TEXT, "a\nb\x1b[0m", 7, 20, "a\\nb\\x1b[0m");
  check_display (SR_VALUE_TEXT, "a\xe2\x80\xae\x62", 5, 20, "a\\u202eb");
  check_display (SR_VALUE_TEXT, "\n\n", 2, 3, "\\n…");
  check_display (SR_VALUE_TEXT, "\xff", 1, 5, "\xef\xbf\xbd");
  check_display (SR_VALUE_NULL, "", 0, 10, "null");
  check_display (SR_VALUE_BYTES, "\x00\xff", 2, 10, "0x00ff");
  check_display (SR_VALUE_BYTES, "\x00\xff\x01\x02", 4, 7, "0x00ff…");
  check_display (SR_VALUE_TEXT, "abc", 3, 0, "");
}

static void
assert_moment (SrValueType type,
               const char *text,
               const char *wanted)
{
  SrValue          value = { type, text, strlen (text) };
  SrMoment         moment;
  g_autofree char *found = NULL;

  if (sr_value_get_moment (&value, &moment))
    found = sr_moment_to_sql (&moment, FALSE);
  g_assert_cmpstr (found, ==, wanted);
}

static void
test_moment (void)
{
  assert_moment (SR_VALUE_NUMBER, "1795155649358", "2026-11-20 06:20:49.358");
  assert_moment (SR_VALUE_NUMBER, "100000000000", "1973-03-03 09:46:40");
  assert_moment (SR_VALUE_NUMBER, "99999999999", "5138-11-16 09:46:39");
  assert_moment (SR_VALUE_NUMBER, "-1", "1969-12-31 23:59:59");
  assert_moment (SR_VALUE_NUMBER, "253402300799999", "9999-12-31 23:59:59.999");
  assert_moment (SR_VALUE_NUMBER, "253402300800000", NULL);
  assert_moment (SR_VALUE_NUMBER, "1.5", NULL);
  assert_moment (SR_VALUE_TEXT, "2026-11-20T05:00:49Z", "2026-11-20 05:00:49");
  assert_moment (SR_VALUE_TEXT, "1795155649358", NULL);
  assert_moment (SR_VALUE_BOOL, "true", NULL);
}

static void
assert_compact (const char *json,
                const char *expected)
{
  g_autoptr (GString) out = g_string_new (NULL);

  sr_json_append_compact (out, json, strlen (json), G_MAXSIZE);
  g_assert_cmpstr (out->str, ==, expected);
}

/* Only what stands between the parts goes; texts stay as they are, cut off ones too. */
static void
test_compact (void)
{
  const char         *json = "{\n  \"a b\": [ 1.50,\r\n\t2 ]\n}";
  SrValue             value = { .type = SR_VALUE_JSON, .data = json, .size = strlen (json) };
  g_autofree char    *shown = sr_value_to_display (&value, 100);
  g_autofree char    *cut = sr_value_to_display (&value, 6);
  g_autofree char    *spaces = g_strnfill (5000, ' ');
  g_autofree char    *wide = g_strconcat ("[", spaces, "1,", spaces, "2]", NULL);
  g_autoptr (GString) out = g_string_new (NULL);

  g_assert_cmpstr (shown, ==, "{\"a b\":[1.50,2]}");
  g_assert_cmpstr (cut, ==, "{\"a b…");
  assert_compact (" \"x \\\" y\" ", "\"x \\\" y\"");
  assert_compact ("\"ends \\", "\"ends \\");
  assert_compact ("", "");
  assert_compact (wide, "[1,2]");
  sr_json_append_compact (out, "[1,2,3,4,5,6,7,8]", 17, 4);
  g_assert_cmpuint (out->len, <, 8);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/value/bool", test_bool);
  g_test_add_func ("/value/int64", test_int64);
  g_test_add_func ("/value/normalize", test_normalize);
  g_test_add_func ("/value/mongo", test_mongo);
  g_test_add_func ("/value/display", test_display);
  g_test_add_func ("/value/compact", test_compact);
  g_test_add_func ("/value/moment", test_moment);
  return g_test_run ();
}
