/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "record/sr-table-records.h"

#include "base/sr-error.h"
#include "sr-test-records.h"

#include <string.h>

static void
check_text (const char *text,
            gsize       size,
            const char *expected)
{
  for (gsize step = 1; step <= size; step++)
    {
      g_autoptr (GInputStream)   stream = sr_test_pieces_new (text, size, step);
      g_autoptr (SrRecordReader) reader = sr_csv_records_new (stream, "t");
      g_autoptr (GError)         error = NULL;
      g_autofree char           *records = sr_test_records_to_text (reader, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (records, ==, expected);
    }
}

static void
check (const char *text,
       const char *expected)
{
  check_text (text, strlen (text), expected);
}

static void
test_forms (void)
{
  check ("a,b\n1,x\n", "[t]\na=n1|b=tx\n");
  check ("a,b\r\n1,x\r\n", "[t]\na=n1|b=tx\n");
  check ("\xef\xbb\xbf\"a\";\"b,c\"\n\"1;2\";x,y", "[t]\na=t1;2|b,c=tx,y\n");
  check ("a\tb\n1\t\n", "[t]\na=n1|b=0\n");
  check ("a,b\n\"\",\n", "[t]\na=t|b=0\n");
  check ("a,b\n\"x \"\"y\"\"\",\"1,\n2\"\n", "[t]\na=tx \"y\"|b=t1,\\0122\n");
  check ("a,b\n007,-1.50e3\ntrue,\"true\"\n5\" pipe,\"12\"\n",
         "[t]\na=t007|b=n-1.50e3\na=btrue|b=ttrue\na=t5\" pipe|b=t12\n");
  check ("a,b\n\n1,2\n\n", "[t]\na=n1|b=n2\n");
  check ("a\n\n1\n", "[t]\na=0\na=n1\n");
  check ("a,,a\n1,2,3\n", "[t]\na=n1|column 2=n2|a column 3=n3\n");
  check ("a,b\n", "[t]\n");
}

static void
check_error (const char *text,
             int         code,
             const char *part)
{
  g_autoptr (GInputStream)   stream = sr_test_pieces_new (text, strlen (text), 3);
  g_autoptr (SrRecordReader) reader = sr_csv_records_new (stream, "t");
  g_autoptr (GError)         error = NULL;
  g_autofree char           *records = sr_test_records_to_text (reader, &error);

  g_test_message ("%s", text);
  g_assert_null (records);
  g_assert_error (error, SR_ERROR, code);
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_broken (void)
{
  check_error ("", SR_ERROR_DAMAGED, "empty");
  check_error ("a,b\n1\n", SR_ERROR_INVALID, "at byte 4 has 1 fields");
  check_error ("a,b\n1,2,3\n", SR_ERROR_INVALID, "at byte 4 has 3 fields");
  check_error ("a,b\n1,2\n\"x", SR_ERROR_DAMAGED, "at byte 8");
  check_error ("a,b\n\"x\"y,2\n", SR_ERROR_INVALID, "behind a closing quote");
}

static void
test_notes (void)
{
  static const char          text[] = "a,b\n\xff,x\0y\nz,\n";
  g_autoptr (GInputStream)   stream = sr_test_pieces_new (text, sizeof text - 1, 100);
  g_autoptr (SrRecordReader) reader = sr_csv_records_new (stream, "t");
  g_autoptr (GError)         error = NULL;
  g_autofree char           *records = sr_test_records_to_text (reader, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (sr_record_reader_get_notes (reader)[SR_NOTE_INVALID_UTF8], ==, 1);
  g_assert_cmpuint (sr_record_reader_get_notes (reader)[SR_NOTE_NUL], ==, 1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/csv-records/forms", test_forms);
  g_test_add_func ("/csv-records/broken", test_broken);
  g_test_add_func ("/csv-records/notes", test_notes);
  return g_test_run ();
}
