/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "target/sr-pg-column.h"

typedef struct
{
  guint32     oid;
  int         modifier;
  guint32     element;
  SrValueType type;
  const char *text;
  const char *line; /* NULL: refused */
} Case;

static const Case cases[] = {
  { 16, -1, 0, SR_VALUE_BOOL, "true", "t" },
  { 16, -1, 0, SR_VALUE_NUMBER, "0", "f" },
  { 16, -1, 0, SR_VALUE_TEXT, "maybe", NULL },
  { 21, -1, 0, SR_VALUE_NUMBER, "-32768", "-32768" },
  { 21, -1, 0, SR_VALUE_NUMBER, "32768", NULL },
  { 20, -1, 0, SR_VALUE_NUMBER, "9223372036854775807", "9223372036854775807" },
  { 20, -1, 0, SR_VALUE_NUMBER, "1e3", "1000" },
  { 23, -1, 0, SR_VALUE_NUMBER, "1.5", NULL },
  { 25, -1, 0, SR_VALUE_TEXT, "a\tb\\c\nd\re", "a\\tb\\\\c\\nd\\re" },
  { 25, -1, 0, SR_VALUE_TEXT, "\xff", NULL },
  { 25, -1, 0, SR_VALUE_BYTES, "x", NULL },
  { 25, -1, 0, SR_VALUE_JSON, "{\"a\": 1}", "{\"a\": 1}" },
  { 17, -1, 0, SR_VALUE_BYTES, "\x01\xfe", "\\\\x01fe" },
  { 17, -1, 0, SR_VALUE_TEXT, "\\x01", "\\\\x01" },
  /* numeric (10, 2) */
  { 1700, (10 << 16 | 2) + 4, 0, SR_VALUE_NUMBER, "12.3400", "12.3400" },
  { 1700, (10 << 16 | 2) + 4, 0, SR_VALUE_NUMBER, "12.345", NULL },
  { 1700, (10 << 16 | 2) + 4, 0, SR_VALUE_NUMBER, "12345e-3", NULL },
  { 1700, (10 << 16 | 2) + 4, 0, SR_VALUE_NUMBER, "12340e-3", "12340e-3" },
  { 1700, (10 << 16 | 2) + 4, 0, SR_VALUE_NUMBER, "0.000", "0.000" },
  { 1700, -1, 0, SR_VALUE_NUMBER, "0.1000000000000000055511151231257827",
    "0.1000000000000000055511151231257827" },
  { 1700, -1, 0, SR_VALUE_JSON, "{\"$numberDecimal\": \"1.10\"}", "1.10" },
  { 1082, -1, 0, SR_VALUE_TEXT, "2026-11-20T00:00:00.000Z", "2026-11-20" },
  { 1082, -1, 0, SR_VALUE_TEXT, "2026-11-20T00:00:01Z", NULL },
  { 1114, 3, 0, SR_VALUE_TEXT, "2026-11-20T05:29:11.001Z", "2026-11-20 05:29:11.001" },
  { 1114, 3, 0, SR_VALUE_TEXT, "2026-11-20T05:29:11.0001Z", NULL },
  { 1114, -1, 0, SR_VALUE_NUMBER, "1763615351001", "2025-11-20 05:09:11.001" },
  { 1114, -1, 0, SR_VALUE_TEXT, "infinity", "infinity" },
  { 1184, -1, 0, SR_VALUE_TEXT, "2026-11-20 05:29:11+05:45", "2026-11-20 05:29:11+05:45" },
  { 3802, -1, 0, SR_VALUE_TEXT, "say \"x\"\n", "\"say \\\\\"x\\\\\"\\\\u000a\"" },
  { 3802, -1, 0, SR_VALUE_NUMBER, "12345678901234567890.5", "12345678901234567890.5" },
  { 3802, -1, 0, SR_VALUE_JSON, "[\"\\n\"]", "[\"\\\\n\"]" },
  { 1009, -1, 25, SR_VALUE_JSON, "[]", "{}" },
  { 1009, -1, 25, SR_VALUE_JSON, " [ \"a,b\" , null , 7 ] ", "{\"a,b\",NULL,\"7\"}" },
  { 1009, -1, 25, SR_VALUE_JSON, "[\"a\\\\b\\\"\"]", "{\"a\\\\\\\\b\\\\\"\"}" },
  { 1009, -1, 25, SR_VALUE_JSON, "[[\"a\"],[\"b\"]]", "{{\"a\"},{\"b\"}}" },
  { 1009, -1, 25, SR_VALUE_JSON, "[\"a\",]", NULL },
  { 1009, -1, 25, SR_VALUE_JSON, "[\"a\" \"b\"]", NULL },
  { 1009, -1, 25, SR_VALUE_JSON, "[\"a", NULL },
  { 1009, -1, 25, SR_VALUE_JSON, "[\"\\u0000\"]", NULL },
  { 1009, -1, 25, SR_VALUE_JSON, "[[[[[[[1]]]]]]]", NULL },
  { 1009, -1, 25, SR_VALUE_TEXT, "{a,b}", "{a,b}" },
  { 1007, -1, 23, SR_VALUE_JSON, "[1,\"2\"]", "{\"1\",\"2\"}" },
  { 1007, -1, 23, SR_VALUE_JSON, "[1.5]", NULL },
  { 1560, 4, 0, SR_VALUE_NUMBER, "5", "0101" },
  { 1560, 4, 0, SR_VALUE_BYTES, "\x05", "0101" },
  { 1560, 4, 0, SR_VALUE_BYTES, "\x15", NULL },
  { 1560, 10, 0, SR_VALUE_BYTES, "\x05", "0000000101" },
  { 1562, -1, 0, SR_VALUE_TEXT, "101", "101" },
  { 2950, -1, 0, SR_VALUE_TEXT, "any form", "any form" },
  { 25, -1, 0, SR_VALUE_NULL, "", "\\N" },
  { 25, -1, 0, SR_VALUE_LOST, "Invalid Date", "\\N" },
};

static void
test_values (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case         *one = &cases[i];
      SrPgColumn          column = { .name = (char *) "c", .type = (char *) "type" };
      SrValue             value = { one->type, one->text, strlen (one->text) };
      g_autoptr (GString) line = g_string_new (NULL);
      g_autoptr (GError)  error = NULL;

      g_test_message ("%u: %s", one->oid, one->type == SR_VALUE_BYTES ? "bytes" : one->text);
      sr_pg_column_set_type (&column, one->oid, one->modifier, 'b', one->element, 'b');
      if (sr_pg_column_append (&column, &value, TRUE, line, &error))
        g_assert_cmpstr (line->str, ==, one->line);
      else
        {
          g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
          g_assert_null (one->line);
        }
    }
}

static void
test_enum (void)
{
  char               *labels[] = { (char *) "new", (char *) "paid", NULL };
  SrPgColumn          column = { .name = (char *) "c", .type = (char *) "state", .labels = labels };
  SrValue             good = { SR_VALUE_TEXT, "paid", 4 };
  SrValue             bad = { SR_VALUE_TEXT, "PAID", 4 };
  SrValue             lost = { SR_VALUE_LOST, "x", 1 };
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (GError)  error = NULL;

  sr_pg_column_set_type (&column, 99999, -1, 'e', 0, 'b');
  g_assert_true (sr_pg_column_append (&column, &good, TRUE, line, &error));
  g_assert_cmpstr (line->str, ==, "paid");
  g_assert_false (sr_pg_column_append (&column, &bad, TRUE, line, &error));
  g_assert_nonnull (strstr (error->message, "“c” (state) cannot hold “PAID”"));
  g_clear_error (&error);
  column.not_null = TRUE;
  g_assert_false (sr_pg_column_append (&column, &lost, TRUE, line, &error));
}

/* JSON text that a dump holds as text stays what it is. */
static void
test_json_text (void)
{
  SrPgColumn          column = { .name = (char *) "c", .type = (char *) "jsonb" };
  SrValue             value = { SR_VALUE_TEXT, "{\"a\": \"\\n\"}", 11 };
  g_autoptr (GString) line = g_string_new (NULL);

  sr_pg_column_set_type (&column, 3802, -1, 'b', 0, 'b');
  g_assert_true (sr_pg_column_append (&column, &value, FALSE, line, NULL));
  g_assert_cmpstr (line->str, ==, "{\"a\": \"\\\\n\"}");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pg-column/values", test_values);
  g_test_add_func ("/pg-column/enum", test_enum);
  g_test_add_func ("/pg-column/json-text", test_json_text);
  return g_test_run ();
}
