/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "record/sr-search.h"

#include "base/sr-error.h"
#include "record/sr-json-records.h"
#include "sr-test-records.h"

#include <string.h>

static const char text[] =
    "[{\"id\":1,\"name\":\"Zoë Straße\",\"total\":10,\"at\":\"2026-11-20T08:00:00+08:00\"},"
    "{\"id\":2,\"name\":\"zoe\",\"total\":9.50,\"at\":\"2026-11-20T00:00:01Z\",\"x\":null},"
    "{\"id\":3,\"name\":\"\",\"total\":{\"$numberDecimal\":\"10.00\"},"
    "\"o\":{\"n\":\"K\\u00e4se\"}}]";

/* Returns: the ids of the records that fit, one digit each */
static char *
find (const char *const *terms)
{
  g_autoptr (GInputStream)   stream = sr_test_pieces_new (text, strlen (text), 1000);
  g_autoptr (SrRecordReader) reader = sr_json_records_new (stream, "c");
  g_autoptr (GError)         error = NULL;
  g_autoptr (SrSearch)       search = sr_search_new (terms, &error);
  GString                   *found = g_string_new (NULL);
  SrCollection              *collection;
  SrRecord                   record;

  g_assert_no_error (error);
  g_assert_cmpint (sr_record_reader_next_collection (reader, &collection, NULL, &error), ==, 1);
  while (sr_record_reader_next (reader, &record, NULL, &error) > 0)
    {
      int fits = sr_search_match (search, reader, &record, &error);

      g_assert_cmpint (fits, >=, 0);
      if (fits > 0)
        g_string_append (found, sr_record_find (&record, "id")->value.data);
    }
  g_assert_no_error (error);
  return g_string_free (found, FALSE);
}

static void
check (const char *term,
       const char *expected)
{
  const char *const terms[] = { term, NULL };
  g_autofree char  *found = find (terms);

  g_test_message ("%s", term);
  g_assert_cmpstr (found, ==, expected);
}

static void
test_text (void)
{
  check ("ZOE", "2");
  check ("zoË", "1");
  check ("zoe\xcc\x88", "1");
  check ("STRASSE", "1");
  check ("KÄSE", "3");
  check ("10.0", "3");
  check ("nothing", "");
  check ("<b>", "");
}

static void
test_fields (void)
{
  check ("name=zoe", "2");
  check ("name=ZOE", "");
  check ("name!=zoe", "13");
  check ("name~OE", "2");
  check ("name=", "3");
  check ("x=", "123");
  check ("x!=1", "123");
  check ("absent~a", "");
  check ("total=10.0", "13");
  check ("total=1e1", "13");
  check ("total!=10", "2");
  check ("total<10", "2");
  check ("total>9.5", "13");
  check ("total>abc", "");
  check ("name<1", "");
  check ("at=2026-11-20", "1");
  check ("at>2026-11-20T00:00:00Z", "2");
  check ("at<2026-11-20 00:00:01", "1");
}

static void
test_several (void)
{
  static const char *const both[] = { "total=10", "id>1", NULL };
  static const char *const none[] = { NULL };
  g_autofree char         *found = find (both);
  g_autofree char         *all = NULL;

  g_assert_cmpstr (found, ==, "3");
  {
    g_autoptr (SrSearch) search = sr_search_new (none, NULL);

    g_assert_nonnull (search);
    g_assert_cmpint (sr_search_match (search, NULL, &(SrRecord){ 0 }, NULL), ==, 1);
  }
}

static void
test_refused (void)
{
  static const char *const terms[] = { "", "a~", "a<", "\xff" };

  for (gsize i = 0; i < G_N_ELEMENTS (terms); i++)
    {
      const char *const    list[] = { terms[i], NULL };
      g_autoptr (GError)   error = NULL;
      g_autoptr (SrSearch) search = sr_search_new (list, &error);

      g_assert_null (search);
      g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/search/text", test_text);
  g_test_add_func ("/search/fields", test_fields);
  g_test_add_func ("/search/several", test_several);
  g_test_add_func ("/search/refused", test_refused);
  return g_test_run ();
}
