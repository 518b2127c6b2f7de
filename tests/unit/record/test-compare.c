/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/sr-error.h"
#include "record/sr-compare.h"
#include "record/sr-json-records.h"
#include "record/sr-table-records.h"
#include "sr-test-sqlite.h"
#include "sr-test-util.h"

static SrRecordReader *
read_json (const char *text)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (text, -1, NULL);

  return sr_json_records_new (stream, "records");
}

static gboolean
write_down (const char          *collection,
            SrRecordChange       change,
            const char          *key,
            const SrFieldChange *fields,
            guint                n_fields,
            gpointer             user_data,
            GError             **error)
{
  GString *text = user_data;

  g_string_append_printf (text, "%c %s %s", "+-*"[change], collection, key != NULL ? key : "?");
  for (guint i = 0; i < n_fields; i++)
    g_string_append_printf (text, " %s:%s>%s", fields[i].name,
                            fields[i].old_text != NULL ? fields[i].old_text : "none",
                            fields[i].new_text != NULL ? fields[i].new_text : "none");
  g_string_append_c (text, '\n');
  return TRUE;
}

static void
append_changes (GString   *text,
                GPtrArray *changes)
{
  for (guint i = 0; i < changes->len; i++)
    {
      const SrCollectionChanges *one = g_ptr_array_index (changes, i);

      g_string_append_printf (text, "%s: +%u -%u *%u =%u", one->name, (guint) one->added,
                              (guint) one->removed, (guint) one->changed, (guint) one->same);
      if (one->duplicates > 0)
        g_string_append_printf (text, " twice %u", (guint) one->duplicates);
      g_string_append_printf (text, "%s%s%s\n", one->by_digest ? " by digest" : "",
                              one->only_in_old ? " old" : "", one->only_in_new ? " new" : "");
    }
}

static void
assert_comparison (SrRecordReader *old_reader,
                   SrRecordReader *new_reader,
                   gboolean        with_fields,
                   const char     *expected)
{
  g_autoptr (GString)    text = g_string_new (NULL);
  const SrCompareOptions options = { .with_fields = with_fields,
                                     .func = write_down,
                                     .user_data = text };
  g_autoptr (GError)     error = NULL;
  g_autoptr (GPtrArray)  changes = NULL;

  changes = sr_compare_records (old_reader, new_reader, &options, NULL, NULL, &error);
  g_assert_no_error (error);
  append_changes (text, changes);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
assert_json (const char *old_text,
             const char *new_text,
             gboolean    with_fields,
             const char *expected)
{
  g_autoptr (SrRecordReader) old_reader = read_json (old_text);
  g_autoptr (SrRecordReader) new_reader = read_json (new_text);

  assert_comparison (old_reader, new_reader, with_fields, expected);
}

static void
test_changes (void)
{
  const char *old_text = "[{\"id\":1,\"n\":\"a\"},{\"id\":2,\"n\":\"b\"},{\"id\":3,\"n\":\"c\"}]";
  const char *new_text = "[{\"n\":\"B\",\"id\":2},\n{\"id\":4},{ \"n\" : \"\\u0061\", \"id\": 1 }]";

  assert_json (old_text, new_text, FALSE,
               "* records 2\n- records 3\n+ records 4\nrecords: +1 -1 *1 =1\n");
  assert_json (old_text, new_text, TRUE,
               "* records 2 n:b>B\n- records 3\n+ records 4\nrecords: +1 -1 *1 =1\n");
  assert_json (old_text, old_text, TRUE, "records: +0 -0 *0 =3\n");
}

static void
test_fields (void)
{
  assert_json (
      "[{\"_id\":\"x\",\"a\":1,\"b\":\"7\",\"c\":null,\"d\":{\"x\":1,\"y\":2},\"e\":5}]",
      "[{\"_id\":\"x\",\"f\":6,\"d\":{\"y\":2.0,\"x\":1},\"b\":7,\"a\":1.0,\"g\":[1]}]", TRUE,
      "* records x f:none>6 b:7>7 g:none>[1] c:null>none e:5>none\nrecords: +0 -0 *1 =0\n");
}

static void
test_collections (void)
{
  assert_json ("{\"b\":[{\"id\":1}],\"gone\":[{\"id\":1}],\"void\":[],\"a\":[{\"id\":1}]}",
               "{\"a\":[{\"id\":1}],\"fresh\":[{\"id\":1},{\"id\":2}],\"b\":[],\"void\":[]}", FALSE,
               "- b 1\n- gone 1\n+ fresh 1\n+ fresh 2\n"
               "a: +0 -0 *0 =1\nb: +0 -1 *0 =0\nfresh: +2 -0 *0 =0 new\ngone: +0 -1 *0 =0 old\n"
               "void: +0 -0 *0 =0\n");
}

static void
test_digest (void)
{
  g_autoptr (SrRecordReader) old_reader = read_json ("[{\"n\":1},{\"n\":1},{\"n\":2},7,"
                                                     "{\"id\":1,\"n\":3},{\"id\":null}]");
  g_autoptr (SrRecordReader) new_reader = read_json ("[{\"n\":1.0},{\"n\":4},\"7\","
                                                     "{\"id\":1,\"n\":5},{\"n\":2},{\"id\":null}]");
  g_autoptr (GError)         error = NULL;
  g_autoptr (GPtrArray)      changes = NULL;
  g_autoptr (GString)        text = g_string_new (NULL);

  changes = sr_compare_records (old_reader, new_reader, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  append_changes (text, changes);
  g_assert_cmpstr (text->str, ==, "records: +2 -2 *1 =3 by digest\n");
}

static void
test_duplicates (void)
{
  assert_json ("[{\"id\":1,\"n\":1},{\"id\":1,\"n\":2},{\"id\":1,\"n\":3},{\"id\":2}]",
               "[{\"id\":1,\"n\":1},{\"id\":2},{\"id\":1,\"n\":3},{\"id\":2}]", TRUE,
               "* records 1 n:2>3\n- records 1\n+ records 2\nrecords: +1 -1 *1 =2 twice 3\n");
}

static int
make_database (const char *sql)
{
  char            *dir = sr_test_mkdir ();
  g_autofree char *path = g_build_filename (dir, "shop.db", NULL);
  int              fd;

  sr_test_sqlite_run (path, sql);
  fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  sr_test_rmdir (dir);
  return fd;
}

static const char items_sql[] =
    "CREATE TABLE items(id INTEGER PRIMARY KEY, n TEXT, b BOOL, m, j TEXT);"
    "INSERT INTO items VALUES (1, '7', 1, NULL, '{\"a\": 1}'), (2, 'x', 0, 5, NULL)";
static const char items_json[] =
    "{\"items\":[{\"id\":\"2\",\"n\":\"X\",\"b\":false,\"m\":5},"
    "{\"id\":1,\"n\":7,\"b\":true,\"j\":{\"a\":1.0}}]}";

/* A table cannot say all that JSON can. */
static void
test_table_and_json (void)
{
  int                        fd = make_database (items_sql);
  g_autoptr (GError)         error = NULL;
  g_autoptr (SrRecordReader) table = sr_sqlite_records_new (fd, &error);
  g_autoptr (SrRecordReader) json = read_json (items_json);

  g_assert_no_error (error);
  assert_comparison (table, json, TRUE, "* items 2 n:x>X\nitems: +0 -0 *1 =1\n");
  g_clear_object (&table);
  close (fd);
}

static const char text_sql[] = "CREATE TABLE t(a PRIMARY KEY, b); INSERT INTO t VALUES (1, '7')";
static const char number_sql[] = "CREATE TABLE t(a PRIMARY KEY, b); INSERT INTO t VALUES (1, 7)";

/* Between two tables of the same columns, types count. */
static void
test_tables (void)
{
  int                        fd = make_database (text_sql);
  int                        other_fd = make_database (number_sql);
  g_autoptr (SrRecordReader) table = sr_sqlite_records_new (fd, NULL);
  g_autoptr (SrRecordReader) other = sr_sqlite_records_new (other_fd, NULL);

  assert_comparison (table, other, FALSE, "* t 1\nt: +0 -0 *1 =0\n");
  g_clear_object (&table);
  g_clear_object (&other);
  close (fd);
  close (other_fd);
}

/* Numbers from @first on, with @step between them; every 100th is another in @version. */
static char *
make_many (guint n,
           guint first,
           guint step,
           guint version)
{
  GString *text = g_string_new ("{\"many\":[");

  for (guint i = first; i < n; i += step)
    g_string_append_printf (text, "%s{\"id\":%u,\"text\":\"some text of record %u, version %u\"}",
                            i > first ? "," : "", (i * 7919) % n, i, i % 100 == 0 ? version : 0);
  g_string_append (text, "]}");
  return g_string_free (text, FALSE);
}

/* So many that both sides spill. */
static void
test_many (void)
{
  g_autofree char           *old_text = make_many (20000, 0, 1, 1);
  g_autofree char           *new_text = make_many (20000, 10, 1, 2);
  g_autoptr (SrRecordReader) old_reader = read_json (old_text);
  g_autoptr (SrRecordReader) new_reader = read_json (new_text);
  const SrCompareOptions     options = { .memory = 1, .with_fields = TRUE };
  g_autoptr (GError)         error = NULL;
  g_autoptr (GString)        text = g_string_new (NULL);
  g_autoptr (GPtrArray)      changes = NULL;

  changes = sr_compare_records (old_reader, new_reader, &options, NULL, NULL, &error);
  g_assert_no_error (error);
  append_changes (text, changes);
  g_assert_cmpstr (text->str, ==, "many: +0 -10 *199 =19791\n");
}

static void
test_many_collections (void)
{
  g_autoptr (GString)        text = g_string_new ("{");
  g_autoptr (GString)        told = g_string_new (NULL);
  const SrCompareOptions     options = { .func = write_down, .user_data = told };
  g_autoptr (SrRecordReader) old_reader = NULL;
  g_autoptr (SrRecordReader) new_reader = NULL;
  g_autoptr (GError)         error = NULL;
  g_autoptr (GPtrArray)      changes = NULL;

  for (guint i = 0; i < 500; i++)
    g_string_append_printf (text, "%s\"c%u\":[{\"id\":%u},{\"x\":%u}]", i > 0 ? "," : "", i, i, i);
  g_string_append_c (text, '}');
  old_reader = read_json (text->str);
  new_reader = read_json (text->str);
  changes = sr_compare_records (old_reader, new_reader, &options, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (changes->len, ==, 500);
  for (guint i = 0; i < changes->len; i++)
    g_assert_cmpuint (((SrCollectionChanges *) g_ptr_array_index (changes, i))->same, ==, 2);
  g_assert_cmpstr (told->str, ==, "");
}

/* Keys of which only the end differs, longer than what is kept of them. */
static void
test_long_keys (void)
{
  g_autofree char           *filling = g_strnfill (5000, 'k');
  g_autofree char           *old_text = g_strdup_printf ("[{\"id\":\"%s1\"},{\"id\":\"%s2\"}]",
                                                         filling, filling);
  g_autofree char           *new_text = g_strdup_printf ("[{\"id\":\"%s2\"},{\"id\":\"%s3\"}]",
                                                         filling, filling);
  g_autoptr (SrRecordReader) old_reader = read_json (old_text);
  g_autoptr (SrRecordReader) new_reader = read_json (new_text);
  g_autoptr (GPtrArray)      changes = NULL;
  g_autoptr (GString)        text = g_string_new (NULL);

  changes = sr_compare_records (old_reader, new_reader, NULL, NULL, NULL, NULL);
  append_changes (text, changes);
  g_assert_cmpstr (text->str, ==, "records: +1 -1 *0 =1\n");
}

static gboolean
refuse (const char          *collection,
        SrRecordChange       change,
        const char          *key,
        const SrFieldChange *fields,
        guint                n_fields,
        gpointer             user_data,
        GError             **error)
{
  g_set_error_literal (error, SR_ERROR, SR_ERROR_REFUSED, "enough");
  return FALSE;
}

static void
test_errors (void)
{
  const SrCompareOptions     options = { .func = refuse };
  g_autoptr (SrRecordReader) old_reader = read_json ("[{\"id\":1}]");
  g_autoptr (SrRecordReader) new_reader = read_json ("[]");
  g_autoptr (SrRecordReader) broken = read_json ("[{\"id\":1},");
  g_autoptr (SrRecordReader) again = read_json ("[{\"id\":1}]");
  g_autoptr (GCancellable)   cancellable = g_cancellable_new ();
  g_autoptr (GError)         error = NULL;

  g_assert_null (sr_compare_records (old_reader, new_reader, &options, NULL, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_null (sr_compare_records (again, broken, &options, NULL, NULL, &error));
  g_assert_nonnull (error);
  g_assert_true (g_str_has_prefix (error->message, "the new backup: "));
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_clear_object (&again);
  again = read_json ("[{\"id\":1}]");
  g_assert_null (sr_compare_records (again, new_reader, &options, NULL, cancellable, &error));
  g_assert_nonnull (error);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/compare/changes", test_changes);
  g_test_add_func ("/compare/fields", test_fields);
  g_test_add_func ("/compare/collections", test_collections);
  g_test_add_func ("/compare/digest", test_digest);
  g_test_add_func ("/compare/duplicates", test_duplicates);
  g_test_add_func ("/compare/table-and-json", test_table_and_json);
  g_test_add_func ("/compare/tables", test_tables);
  g_test_add_func ("/compare/many", test_many);
  g_test_add_func ("/compare/many-collections", test_many_collections);
  g_test_add_func ("/compare/long-keys", test_long_keys);
  g_test_add_func ("/compare/errors", test_errors);
  return g_test_run ();
}
