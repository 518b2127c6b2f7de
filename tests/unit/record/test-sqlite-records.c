/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "record/sr-sqlite-schema.h"
#include "record/sr-table-records.h"
#include "sr-test-sqlite.h"
#include "sr-test-util.h"

/* Makes a database and opens it. @page: (nullable): changes it before */
static int
make_database (const char *sql,
               void (*change) (int fd))
{
  char            *dir = sr_test_mkdir ();
  g_autofree char *path = g_build_filename (dir, "shop.db", NULL);
  int              fd;

  sr_test_sqlite_run (path, sql);
  fd = g_open (path, O_RDWR | O_CLOEXEC, 0);
  g_assert_cmpint (fd, >=, 0);
  if (change != NULL)
    change (fd);
  sr_test_rmdir (dir);
  return fd;
}

static SrRecordReader *
open_reader (int fd)
{
  g_autoptr (GError) error = NULL;
  SrRecordReader    *reader = sr_sqlite_records_new (fd, &error);

  g_assert_no_error (error);
  return reader;
}

static void
append_value (GString       *text,
              const SrValue *value)
{
  static const char *const marks[] = { "null", "b:", "", "t:", "x:", "j:", "lost:" };

  g_assert_cmpint (value->data[value->size], ==, '\0');
  g_string_append (text, marks[value->type]);
  for (gsize i = 0; i < value->size; i++)
    if (g_ascii_isprint (value->data[i]))
      g_string_append_c (text, value->data[i]);
    else
      g_string_append_printf (text, "\\%02x", (guint8) value->data[i]);
}

/* All that a reader gives: "table(record record)" with fields in words. */
static char *
read_all (SrRecordReader *reader)
{
  GString           *text = g_string_new (NULL);
  SrCollection      *collection;
  SrRecord           record;
  g_autoptr (GError) error = NULL;

  while (sr_record_reader_next_collection (reader, &collection, NULL, &error) > 0)
    {
      g_string_append_printf (text, "%s:", collection->name);
      while (sr_record_reader_next (reader, &record, NULL, &error) > 0)
        {
          g_assert_true (sr_record_reader_get_fields (reader, &record, &error));
          g_string_append (text, " (");
          for (guint i = 0; i < record.n_fields; i++)
            {
              g_string_append_printf (text, "%s%s=", i > 0 ? " " : "", record.fields[i].name);
              append_value (text, &record.fields[i].value);
            }
          g_string_append_c (text, ')');
        }
      g_string_append_c (text, '\n');
    }
  g_assert_no_error (error);
  return g_string_free (text, FALSE);
}

static void
assert_records (const char *sql,
                const char *expected)
{
  int                        fd = make_database (sql, NULL);
  g_autoptr (SrRecordReader) reader = open_reader (fd);
  g_autofree char           *text = read_all (reader);

  g_assert_cmpstr (text, ==, expected);
  g_clear_object (&reader);
  close (fd);
}

static void
test_values (void)
{
  assert_records ("CREATE TABLE v(a);"
                  "INSERT INTO v VALUES (NULL), (0), (-9223372036854775808), (9007199254740993),"
                  "(0.1), (1.0), (1e300), (-0.5), (9e999), (-9e999), (3.0000000000000004), (''),"
                  "('x'||char(0)||'y'), (x''), (x'00ff'), (1e15), (123456789012345678.0)",
                  "v: (a=null) (a=0) (a=-9223372036854775808) (a=9007199254740993) (a=0.1) (a=1.0) "
                  "(a=1e+300) (a=-0.5) (a=1e999) (a=-1e999) (a=3.0000000000000004) (a=t:) "
                  "(a=t:x\\00y) (a=x:) (a=x:\\00\\ff) (a=1e+15) (a=1.2345678901234568e+17)\n");
}

static void
test_utf16 (void)
{
  assert_records ("PRAGMA encoding='UTF-16le'; CREATE TABLE v(a, b, c);"
                  "INSERT INTO v VALUES ('Zoë', x'e4f6fc00', 7), (x'', '', x'01')",
                  "v: (a=t:Zo\\c3\\ab b=x:\\e4\\f6\\fc\\00 c=7) (a=x: b=t: c=x:\\01)\n");
}

static void
test_tables (void)
{
  assert_records ("CREATE TABLE z(id INTEGER PRIMARY KEY AUTOINCREMENT, n);"
                  "INSERT INTO z(n) VALUES ('one');"
                  "CREATE TABLE empty(a);"
                  "CREATE TABLE \"odd \"\"name\"\"\"(\"a b\", c AS (upper(\"a b\")));"
                  "INSERT INTO \"odd \"\"name\"\"\" VALUES ('q');"
                  "CREATE TABLE w(a, b, PRIMARY KEY (b, a)) WITHOUT ROWID;"
                  "INSERT INTO w VALUES (1, 2), (2, 1);"
                  "CREATE VIEW a_view AS SELECT n FROM z; ANALYZE",
                  "empty:\n"
                  "odd \"name\": (a b=t:q c=t:Q)\n"
                  "w: (a=2 b=1) (a=1 b=2)\n"
                  "z: (id=1 n=t:one)\n"
                  "a_view: (n=t:one)\n");
}

static void
test_columns (void)
{
  int fd = make_database (
      "CREATE TABLE t(a VARCHAR(10) NOT NULL, b DATETIME, c, d AS (a), e DECIMAL(10,2),"
      "PRIMARY KEY (c, a))",
      NULL);
  g_autoptr (SrRecordReader) reader = open_reader (fd);
  SrCollection              *collection;

  g_assert_cmpint (sr_record_reader_next_collection (reader, &collection, NULL, NULL), ==, 1);
  g_assert_true (g_str_has_prefix (collection->ddl, "CREATE TABLE t("));
  g_assert_cmpuint (sr_collection_get_n_columns (collection), ==, 5);
  g_assert_cmpint (sr_collection_get_column (collection, 0)->type, ==, SR_COLUMN_TEXT);
  g_assert_cmpstr (sr_collection_get_column (collection, 0)->declared, ==, "VARCHAR(10)");
  g_assert_true (sr_collection_get_column (collection, 0)->not_null);
  g_assert_cmpint (sr_collection_get_column (collection, 1)->type, ==, SR_COLUMN_TIMESTAMP);
  g_assert_null (sr_collection_get_column (collection, 2)->declared);
  g_assert_true (sr_collection_get_column (collection, 3)->generated);
  g_assert_false (sr_collection_get_column (collection, 2)->generated);
  g_assert_cmpuint (collection->key->len, ==, 2);
  g_assert_cmpuint (g_array_index (collection->key, guint, 0), ==, 2);
  g_assert_cmpuint (g_array_index (collection->key, guint, 1), ==, 0);
  g_clear_object (&reader);
  close (fd);
}

static void
test_column_types (void)
{
  static const struct
  {
    const char  *declared;
    SrColumnType type;
  } cases[] = {
    { NULL, SR_COLUMN_UNKNOWN },
    { "", SR_COLUMN_UNKNOWN },
    { "whatever", SR_COLUMN_UNKNOWN },
    { "BIGINT", SR_COLUMN_INTEGER },
    { "BOOLEAN", SR_COLUMN_BOOLEAN },
    { "tinyint(1)", SR_COLUMN_INTEGER },
    { "DATETIME", SR_COLUMN_TIMESTAMP },
    { "timestamp without time zone", SR_COLUMN_TIMESTAMP },
    { "Date", SR_COLUMN_DATE },
    { "TIME", SR_COLUMN_TIME },
    { "NUMERIC(9,2)", SR_COLUMN_DECIMAL },
    { "DOUBLE PRECISION", SR_COLUMN_REAL },
    { "BLOB", SR_COLUMN_BYTES },
    { "JSONB", SR_COLUMN_JSON },
    { "nvarchar(20)", SR_COLUMN_TEXT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (sr_sqlite_column_type (cases[i].declared), ==, cases[i].type);
}

static void
test_skip (void)
{
  int fd = make_database (
      "CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3); CREATE TABLE u(a);"
      "CREATE VIEW v AS SELECT a FROM t WHERE a > 1",
      NULL);
  g_autoptr (SrRecordReader) reader = open_reader (fd);
  SrCollection              *collection;
  SrRecord                   record;
  guint64                    count;
  static const guint64       counts[] = { 3, 0, 2 };

  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpint (sr_record_reader_next_collection (reader, &collection, NULL, NULL), ==, 1);
      g_assert_true (sr_record_reader_skip (reader, &count, NULL, NULL));
      g_assert_cmpuint (count, ==, counts[i]);
      g_assert_cmpint (sr_record_reader_next (reader, &record, NULL, NULL), ==, 0);
    }
  g_assert_cmpint (sr_record_reader_next_collection (reader, &collection, NULL, NULL), ==, 0);
  g_clear_object (&reader);

  reader = open_reader (fd);
  g_assert_cmpint (sr_record_reader_next_collection (reader, &collection, NULL, NULL), ==, 1);
  g_assert_cmpint (sr_record_reader_next (reader, &record, NULL, NULL), ==, 1);
  g_assert_true (sr_record_reader_skip (reader, &count, NULL, NULL));
  g_assert_cmpuint (count, ==, 2);
  g_clear_object (&reader);
  close (fd);
}

static void
test_notes (void)
{
  int fd = make_database (
      "CREATE TABLE t(a);"
      "INSERT INTO t VALUES (CAST(x'ff' AS TEXT)), (CAST(x'610062' AS TEXT)), (x'ff00')",
      NULL);
  g_autoptr (SrRecordReader) reader = open_reader (fd);
  g_autofree char           *text = read_all (reader);

  g_assert_cmpstr (text, ==, "t: (a=t:\\ff) (a=t:a\\00b) (a=x:\\ff\\00)\n");
  g_assert_cmpuint (sr_record_reader_get_notes (reader)[SR_NOTE_INVALID_UTF8], ==, 1);
  g_assert_cmpuint (sr_record_reader_get_notes (reader)[SR_NOTE_NUL], ==, 1);
  g_clear_object (&reader);
  close (fd);
}

/* Views that cannot be computed, or would do harm, are told; the tables are read. */
static void
test_hostile_views (void)
{
  int fd = make_database (
      "CREATE TABLE t(a); INSERT INTO t VALUES (1);"
      "CREATE VIEW v1 AS SELECT load_extension('/tmp/x.so');"
      "CREATE VIEW v2 AS SELECT * FROM gone;"
      "CREATE VIEW v3 AS SELECT nosuch(a) FROM t;"
      "CREATE VIEW v4 AS SELECT * FROM pragma_table_info('t');"
      "CREATE VIEW v5 AS SELECT a FROM t UNION ALL SELECT abs(-9223372036854775807 - a) FROM t;"
      "CREATE VIEW v6 AS SELECT value FROM json_each('[5]');"
      "CREATE VIRTUAL TABLE f USING fts4(body);",
      NULL);
  g_autoptr (SrRecordReader) reader = open_reader (fd);
  g_autofree char           *text = read_all (reader);
  GPtrArray                 *problems = sr_sqlite_records_get_problems (reader);

  g_assert_nonnull (strstr (text, "\nt: (a=1)\nv"));
  g_assert_nonnull (strstr (text, "v5: (a=1)\n"));
  g_assert_true (g_str_has_suffix (text, "v6: (value=5)\n"));
  g_assert_null (strstr (text, "v1: ("));
  g_assert_null (strstr (text, "v4: ("));
  for (guint i = 0; i < problems->len; i++)
    g_test_message ("%s", (char *) g_ptr_array_index (problems, i));
  g_assert_cmpuint (problems->len, ==, 6);
  g_clear_object (&reader);
  close (fd);
}

/* One that never ends takes bounded memory and can be cancelled. */
static void
test_cancel (void)
{
  int fd = make_database (
      "CREATE VIEW v AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)"
      "SELECT max(x) FROM c",
      NULL);
  g_autoptr (SrRecordReader) reader = open_reader (fd);
  g_autoptr (GCancellable)   cancellable = g_cancellable_new ();
  g_autoptr (GError)         error = NULL;
  SrCollection              *collection;
  SrRecord                   record;

  g_assert_cmpint (sr_record_reader_next_collection (reader, &collection, cancellable, NULL), ==,
                   1);
  g_cancellable_cancel (cancellable);
  g_assert_cmpint (sr_record_reader_next (reader, &record, cancellable, &error), ==, -1);
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
  g_clear_object (&reader);
  close (fd);
}

static void
test_endless_view (void)
{
  int fd = make_database (
      "CREATE VIEW v AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)"
      "SELECT max(x) FROM c; CREATE VIEW w AS SELECT 1 AS one",
      NULL);
  g_autoptr (SrRecordReader) reader = open_reader (fd);
  g_autofree char           *text = NULL;

  sr_sqlite_records_set_view_limit (reader, 1000000);
  text = read_all (reader);
  g_assert_cmpstr (text, ==, "v:\nw: (one=1)\n");
  g_assert_cmpuint (sr_sqlite_records_get_problems (reader)->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (sr_sqlite_records_get_problems (reader), 0), ==,
                   "The view “v” was left behind 0 records: it takes too long.");
  g_clear_object (&reader);
  close (fd);
}

static void
overwrite_pages (int fd)
{
  guint8 junk[4096];

  sr_test_fill_random (7, junk, sizeof junk);
  for (guint page = 3; page < 6; page++)
    g_assert_cmpint (pwrite (fd, junk, sizeof junk, 4096 * page), ==, sizeof junk);
}

static void
test_damaged (void)
{
  int fd = make_database (
      "PRAGMA page_size=4096; CREATE TABLE t(a TEXT);"
      "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 1000)"
      "INSERT INTO t SELECT 'some text that fills the pages ' || x FROM c",
      overwrite_pages);
  g_autoptr (SrRecordReader) reader = open_reader (fd);
  g_autoptr (GError)         error = NULL;
  SrCollection              *collection;
  SrRecord                   record;
  int                        more;

  g_assert_cmpint (sr_record_reader_next_collection (reader, &collection, NULL, &error), ==, 1);
  do
    more = sr_record_reader_next (reader, &record, NULL, &error);
  while (more > 0);
  g_assert_cmpint (more, ==, -1);
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
  g_assert_true (g_str_has_prefix (error->message, "table “t”, behind "));
  g_assert_nonnull (strstr (error->message, "malformed"));
  g_clear_error (&error);
  g_assert_false (sr_sqlite_records_check (fd, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
  g_test_message ("%s", error->message);
  g_clear_object (&reader);
  close (fd);
}

static void
cut_off (int fd)
{
  g_assert_cmpint (ftruncate (fd, 4096), ==, 0);
}

static void
scramble (int fd)
{
  g_assert_cmpint (pwrite (fd, "encrypted, perhaps", 18, 0), ==, 18);
}

static void
make_empty (int fd)
{
  g_assert_cmpint (ftruncate (fd, 0), ==, 0);
}

static void
assert_refused (void (*change) (int fd),
                SrErrorCode code)
{
  int                fd = make_database ("PRAGMA page_size=4096; CREATE TABLE t(a)", change);
  g_autoptr (GError) error = NULL;

  g_assert_null (sr_sqlite_records_new (fd, &error));
  g_assert_error (error, SR_ERROR, (int) code);
  close (fd);
}

static void
test_no_database (void)
{
  assert_refused (cut_off, SR_ERROR_DAMAGED);
  assert_refused (scramble, SR_ERROR_UNSUPPORTED);
  assert_refused (make_empty, SR_ERROR_UNSUPPORTED);
}

static void
test_check (void)
{
  int fd = make_database (
      "CREATE TABLE t(a CHECK (a > 0)); INSERT INTO t VALUES (1);"
      "CREATE TRIGGER r AFTER DELETE ON t BEGIN SELECT 1; END",
      NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_sqlite_records_check (fd, NULL, &error));
  g_assert_no_error (error);
  close (fd);
}

static void
test_large_row (void)
{
  int fd = make_database (
      "CREATE TABLE t(a); INSERT INTO t VALUES (zeroblob(67000000)), (zeroblob(68000000))", NULL);
  g_autoptr (SrRecordReader) reader = open_reader (fd);
  g_autoptr (GError)         error = NULL;
  SrCollection              *collection;
  SrRecord                   record;

  g_assert_cmpint (sr_record_reader_next_collection (reader, &collection, NULL, &error), ==, 1);
  g_assert_cmpint (sr_record_reader_next (reader, &record, NULL, &error), ==, 1);
  g_assert_true (sr_record_reader_get_fields (reader, &record, &error));
  g_assert_cmpuint (record.fields[0].value.size, ==, 67000000);
  if (sr_record_reader_next (reader, &record, NULL, &error) > 0)
    g_assert_false (sr_record_reader_get_fields (reader, &record, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
  g_clear_object (&reader);
  close (fd);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sqlite-records/values", test_values);
  g_test_add_func ("/sqlite-records/utf16", test_utf16);
  g_test_add_func ("/sqlite-records/tables", test_tables);
  g_test_add_func ("/sqlite-records/columns", test_columns);
  g_test_add_func ("/sqlite-records/column-types", test_column_types);
  g_test_add_func ("/sqlite-records/skip", test_skip);
  g_test_add_func ("/sqlite-records/notes", test_notes);
  g_test_add_func ("/sqlite-records/hostile-views", test_hostile_views);
  g_test_add_func ("/sqlite-records/cancel", test_cancel);
  g_test_add_func ("/sqlite-records/endless-view", test_endless_view);
  g_test_add_func ("/sqlite-records/damaged", test_damaged);
  g_test_add_func ("/sqlite-records/no-database", test_no_database);
  g_test_add_func ("/sqlite-records/check", test_check);
  g_test_add_func ("/sqlite-records/large-row", test_large_row);
  return g_test_run ();
}
