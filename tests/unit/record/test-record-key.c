/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "record/sr-record.h"

#include <string.h>

static SrField
make (const char *name,
      SrValueType type,
      const char *data)
{
  return (SrField){ name, { type, data, strlen (data) } };
}

/* Returns: (nullable): the key of a record with a field "id" */
static GByteArray *
key_of (SrValueType type,
        const char *data)
{
  g_autoptr (SrCollection) collection = sr_collection_new ("c");
  SrField                  field = make ("id", type, data);
  SrRecord                 record = { .fields = &field, .n_fields = 1 };
  GByteArray              *key = g_byte_array_new ();

  if (sr_record_get_key (&record, collection, key))
    return key;
  g_byte_array_unref (key);
  return NULL;
}

static int
compare (SrValueType type_a,
         const char *a,
         SrValueType type_b,
         const char *b)
{
  g_autoptr (GByteArray) key_a = key_of (type_a, a);
  g_autoptr (GByteArray) key_b = key_of (type_b, b);
  int                    order = memcmp (key_a->data, key_b->data, MIN (key_a->len, key_b->len));

  return order != 0 ? order : (int) key_a->len - (int) key_b->len;
}

static void
test_equal (void)
{
  g_assert_cmpint (compare (SR_VALUE_NUMBER, "7", SR_VALUE_TEXT, "7"), ==, 0);
  g_assert_cmpint (compare (SR_VALUE_NUMBER, "7.0", SR_VALUE_NUMBER, "7"), ==, 0);
  g_assert_cmpint (compare (SR_VALUE_NUMBER, "1e2", SR_VALUE_TEXT, "100"), ==, 0);
  g_assert_cmpint (compare (SR_VALUE_JSON, "{\"$oid\":\"65f0\"}", SR_VALUE_TEXT, "65f0"), ==, 0);
  g_assert_cmpint (compare (SR_VALUE_JSON, "{\"$numberLong\": \"5\"}", SR_VALUE_NUMBER, "5"), ==,
                   0);
  g_assert_cmpint (compare (SR_VALUE_JSON, "{ \"a\" : \"x \\\" y\" }", SR_VALUE_JSON,
                            "{\"a\":\"x \\\" y\"}"),
                   ==, 0);
  g_assert_cmpint (compare (SR_VALUE_TEXT, "007", SR_VALUE_TEXT, "7"), !=, 0);
  g_assert_cmpint (compare (SR_VALUE_TEXT, "1e2", SR_VALUE_TEXT, "100"), !=, 0);
  g_assert_cmpint (compare (SR_VALUE_TEXT, "1.10", SR_VALUE_TEXT, "1.1"), !=, 0);
  g_assert_null (key_of (SR_VALUE_NULL, ""));
}

static void
test_order (void)
{
  static const char *const texts[] = { "-100", "-20", "-3", "0",
                                       "1", "9", "10", "123456789012345678901",
                                       "1.5", "a", "ab", "b" };

  for (gsize i = 0; i + 1 < G_N_ELEMENTS (texts); i++)
    g_assert_cmpint (compare (SR_VALUE_TEXT, texts[i], SR_VALUE_TEXT, texts[i + 1]), <, 0);
}

static void
test_columns (void)
{
  g_autoptr (SrCollection) collection = sr_collection_new ("lines");
  g_autoptr (GByteArray)   key = g_byte_array_new ();
  g_autoptr (GByteArray)   other = g_byte_array_new ();
  SrField                  fields[] = {
                     make ("order", SR_VALUE_NUMBER, "7"),
                     make ("id", SR_VALUE_NUMBER, "1"),
                     make ("line", SR_VALUE_TEXT, "a\nb"),
  };
  SrRecord         record = { .fields = fields, .n_fields = 3 };
  g_autofree char *text = NULL;

  sr_collection_add_column (collection, "order", SR_COLUMN_INTEGER);
  sr_collection_add_column (collection, "id", SR_COLUMN_INTEGER);
  sr_collection_add_column (collection, "line", SR_COLUMN_TEXT);
  sr_collection_add_key (collection, 0);
  sr_collection_add_key (collection, 2);
  g_assert_true (sr_record_get_key (&record, collection, key));
  text = sr_record_get_key_text (&record, collection);
  g_assert_cmpstr (text, ==, "7/a\\nb");
  /* the border between the parts is seen */
  fields[0].value.data = "7a";
  fields[0].value.size = 2;
  fields[2].value.data = "\nb";
  fields[2].value.size = 2;
  g_assert_true (sr_record_get_key (&record, collection, other));
  g_assert_false (key->len == other->len && memcmp (key->data, other->data, key->len) == 0);
  fields[2].value = (SrValue){ SR_VALUE_NULL, "", 0 };
  g_assert_false (sr_record_get_key (&record, collection, key));
  record.n_fields = 1;
  g_assert_false (sr_record_get_key (&record, collection, key));
}

static void
test_names (void)
{
  g_autoptr (SrCollection) collection = sr_collection_new ("c");
  SrField                  fields[] = {
                     make ("id", SR_VALUE_NUMBER, "1"),
                     make ("_id", SR_VALUE_TEXT, "x"),
  };
  SrRecord         record = { .fields = fields, .n_fields = 2 };
  g_autofree char *both = sr_record_get_key_text (&record, collection);
  g_autofree char *one = NULL;

  g_assert_cmpstr (both, ==, "x");
  record.n_fields = 1;
  one = sr_record_get_key_text (&record, collection);
  g_assert_cmpstr (one, ==, "1");
  record.n_fields = 0;
  g_assert_null (sr_record_get_key_text (&record, collection));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record-key/equal", test_equal);
  g_test_add_func ("/record-key/order", test_order);
  g_test_add_func ("/record-key/columns", test_columns);
  g_test_add_func ("/record-key/names", test_names);
  return g_test_run ();
}
