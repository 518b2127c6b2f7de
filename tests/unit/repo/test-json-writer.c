/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>

#include "repo/sr-json-writer.h"
#include "sr-test-util.h"

typedef struct
{
  const char *plain;
  const char *written;
} Sample;

/* What Go's json.Marshal gives. */
static const Sample strings[] = {
  { "", "\"\"" },
  { "plain", "\"plain\"" },
  { "a\"b\\c/d", "\"a\\\"b\\\\c/d\"" },
  { "\n\r\t", "\"\\n\\r\\t\"" },
  { "\x01\x08\x0c\x1f\x7f", "\"\\u0001\\u0008\\u000c\\u001f\x7f\"" },
  { "<a href=\"x\">&</a>",
    "\"\\u003ca href=\\\"x\\\"\\u003e\\u0026\\u003c/a\\u003e\"" },
  { "Grüße €😀", "\"Grüße €😀\"" },
  { "\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa", "\"\\u2028\\u2029\xe2\x80\xaa\"" },
  { "\xff", "\"\\ufffd\"" },
  { "a\xc3", "\"a\\ufffd\"" },
  { "\xe2\x82z", "\"\\ufffd\\ufffdz\"" },
  { "\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"" },
  { "\xc0\x80", "\"\\ufffd\\ufffd\"" },
  { "\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\"" },
  { "\xef\xbf\xbd", "\"\xef\xbf\xbd\"" },
};

/* What Go's strconv.Quote gives, without the outer quotes. */
static const Sample names[] = {
  { "plain name.txt", "plain name.txt" },
  { "a\"b\\c'd", "a\\\"b\\\\c'd" },
  { "\a\b\f\n\r\t\v", "\\a\\b\\f\\n\\r\\t\\v" },
  { "\x01\x1f\x7f", "\\x01\\x1f\\x7f" },
  { "Grüße €😀 日本", "Grüße €😀 日本" },
  { "\xff\xfe", "\\xff\\xfe" },
  { "\xc3", "\\xc3" },
  { "\xe2\x82z", "\\xe2\\x82z" },
  { "\xed\xa0\x80", "\\xed\\xa0\\x80" },
  { "\xc2\xad", "\\u00ad" },             /* soft hyphen */
  { "\xc2\xa0", "\\u00a0" },             /* no-break space */
  { "\xc2\x85", "\\u0085" },             /* next line */
  { "\xe3\x80\x80", "\\u3000" },         /* ideographic space */
  { "\xe2\x80\xa8", "\\u2028" },         /* line separator */
  { "\xee\x80\x80", "\\ue000" },         /* private use */
  { "\xf3\xa0\x80\x81", "\\U000e0001" }, /* language tag */
  { "e\xcc\x81", "e\xcc\x81" },          /* combining acute accent */
  { "\xef\xbf\xbd", "\xef\xbf\xbd" },    /* the replacement character itself */
  { "<&>", "<&>" },
};

static void
test_string (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (strings); i++)
    {
      g_autoptr (GString) out = g_string_new (NULL);

      sr_json_append_string (out, strings[i].plain, -1);
      g_assert_cmpstr (out->str, ==, strings[i].written);
    }
}

static void
test_string_with_nul (void)
{
  g_autoptr (GString) out = g_string_new (NULL);

  sr_json_append_string (out, "a\0b", 3);
  g_assert_cmpstr (out->str, ==, "\"a\\u0000b\"");
}

static void
test_quote (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GString) out = g_string_new (NULL);

      sr_go_quote (out, names[i].plain);
      g_assert_cmpstr (out->str, ==, names[i].written);
    }
}

static void
test_unquote (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *plain = sr_go_unquote (names[i].written, strlen (names[i].written));

      g_assert_cmpstr (plain, ==, names[i].plain);
    }
}

static void
test_unquote_octal (void)
{
  g_autofree char *plain = sr_go_unquote ("\\101\\377", 8);

  g_assert_cmpstr (plain, ==, "A\xff");
}

static void
test_unquote_refuses (void)
{
  static const char *const broken[] = {
    "\\",
    "a\\",
    "\"",
    "\n",
    "\\'",
    "\\q",
    "\\x",
    "\\x1",
    "\\xg1",
    "\\x00",
    "\\u12",
    "\\u0000",
    "\\ud800",
    "\\U00110000",
    "\\U0001",
    "\\08",
    "\\400",
    "\\000",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autofree char *plain = sr_go_unquote (broken[i], strlen (broken[i]));

      if (plain != NULL)
        g_error ("“%s” was taken for a quoted name", broken[i]);
    }
  g_assert_null (sr_go_unquote ("a\0b", 3));
}

/* Any bytes without NUL come back. */
static void
test_quote_round_trip (void)
{
  for (guint64 seed = 1; seed <= 3000; seed++)
    {
      char                name[33];
      g_autoptr (GString) quoted = g_string_new (NULL);
      g_autofree char    *plain = NULL;

      sr_test_fill_random (seed, name, sizeof name);
      for (gsize i = 0; i < sizeof name; i++)
        if (name[i] == '\0')
          name[i] = 'x';
      name[seed % sizeof name] = '\0';
      sr_go_quote (quoted, name);
      g_assert_true (g_utf8_validate (quoted->str, -1, NULL));
      plain = sr_go_unquote (quoted->str, quoted->len);
      g_assert_cmpstr (plain, ==, name);
    }
}

static void
test_base64 (void)
{
  static const guint8 data[300] = { 0xff, 0xfe, 0x00, 0x10 };

  for (gsize size = 0; size <= sizeof data; size++)
    {
      g_autoptr (GString) out = g_string_new ("x");
      g_autofree char    *bare = g_base64_encode (data, size);
      g_autofree char    *expected = g_strdup_printf ("x\"%s\"", bare);

      sr_json_append_base64 (out, data, size);
      g_assert_cmpstr (out->str, ==, expected);
      g_assert_cmpuint (out->len, ==, strlen (expected));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json-writer/string", test_string);
  g_test_add_func ("/json-writer/string-with-nul", test_string_with_nul);
  g_test_add_func ("/json-writer/quote", test_quote);
  g_test_add_func ("/json-writer/unquote", test_unquote);
  g_test_add_func ("/json-writer/unquote-octal", test_unquote_octal);
  g_test_add_func ("/json-writer/unquote-refuses", test_unquote_refuses);
  g_test_add_func ("/json-writer/quote-round-trip", test_quote_round_trip);
  g_test_add_func ("/json-writer/base64", test_base64);
  return g_test_run ();
}
