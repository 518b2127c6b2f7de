/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-error.h"
#include "job/sr-record-window.h"
#include "sr-test-util.h"

#include <string.h>

#define N_RECORDS 5000

/* A JSON file of two collections; every third record has a field more. */
static SrBackupFile *
make_file (const char *dir)
{
  g_autoptr (GString) text = g_string_new ("{\"others\":[{\"a\":1}],\"customers\":[");
  g_autofree char    *path = g_build_filename (dir, "backup.json", NULL);
  g_autoptr (GError)  error = NULL;
  SrBackupFile       *file;

  for (guint i = 0; i < N_RECORDS; i++)
    {
      g_string_append_printf (text, "%s{\"_id\":%u,\"name\":\"Customer %u\"", i > 0 ? "," : "", i,
                              i);
      if (i % 3 == 0)
        g_string_append_printf (text, ",\"note\":\"%s\"", i == 42 ? "x" : "");
      g_string_append (text, "}");
    }
  g_string_append (text, "]}");
  sr_test_write_file (dir, "backup.json", text->str, text->len);
  file = sr_backup_file_open (path, NULL, NULL, &error);
  g_assert_no_error (error);
  return file;
}

static SrRecordWindow *
fill (SrBackupFile *file,
      const char   *term)
{
  const char *const  terms[] = { term, NULL };
  SrRecordWindow    *window = sr_record_window_new ();
  g_autoptr (GError) error = NULL;

  sr_record_window_fill (window, file, "customers", terms, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return window;
}

static void
assert_record (GPtrArray *records,
               guint      index,
               guint64    number)
{
  const SrWindowRecord *record = g_ptr_array_index (records, index);
  g_autofree char      *name = g_strdup_printf ("Customer %" G_GUINT64_FORMAT, number);

  g_assert_cmpuint (record->number, ==, number);
  g_assert_cmpuint (record->n_values, ==, 3);
  g_assert_cmpstr (record->values[1].text, ==, name);
  g_assert_true (record->values[2].present == (number % 3 == 0));
}

static void
test_places (void)
{
  static const guint64       places[] = { 0, 1, 63, 64, 65, 127, 128, 2500, N_RECORDS - 3 };
  char                      *dir = sr_test_mkdir ();
  g_autoptr (SrBackupFile)   file = make_file (dir);
  g_autoptr (SrRecordWindow) window = fill (file, NULL);
  g_autofree char           *field = sr_record_window_get_field (window, 2);

  g_assert_cmpuint (sr_record_window_get_n_records (window), ==, N_RECORDS);
  g_assert_cmpuint (sr_record_window_get_n_fields (window), ==, 3);
  g_assert_cmpstr (field, ==, "note");
  g_assert_null (sr_record_window_get_field (window, 3));
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autoptr (GPtrArray) records = sr_record_window_read (window, places[i], 3, 100, NULL);

      g_assert_cmpuint (records->len, ==, 3);
      for (guint r = 0; r < 3; r++)
        assert_record (records, r, places[i] + r);
    }
  {
    g_autoptr (GPtrArray) last = sr_record_window_read (window, N_RECORDS - 1, 50, 100, NULL);
    g_autoptr (GPtrArray) none = sr_record_window_read (window, N_RECORDS, 50, 100, NULL);

    g_assert_cmpuint (last->len, ==, 1);
    g_assert_cmpuint (none->len, ==, 0);
  }
  sr_test_rmdir (dir);
}

static void
test_search (void)
{
  char                      *dir = sr_test_mkdir ();
  g_autoptr (SrBackupFile)   file = make_file (dir);
  g_autoptr (SrRecordWindow) window = fill (file, "note=x");
  g_autoptr (SrRecordWindow) nothing = fill (file, "name=nobody");
  g_autoptr (GPtrArray)      records = sr_record_window_read (window, 0, 10, 100, NULL);

  g_assert_cmpuint (records->len, ==, 1);
  assert_record (records, 0, 42);
  g_assert_cmpuint (sr_record_window_get_n_records (nothing), ==, 0);
  sr_test_rmdir (dir);
}

static void
test_cut (void)
{
  char            *dir = sr_test_mkdir ();
  g_autofree char *path = g_build_filename (dir, "b.json", NULL);
  g_autofree char *large = g_strnfill (6000, 'x');
  g_autofree char *text =
      g_strdup_printf ("{\"customers\":[{\"_id\":1,\"large\":\"%s\",\"after\":true}]}", large);
  g_autoptr (SrBackupFile)   file = NULL;
  g_autoptr (SrRecordWindow) window = NULL;
  g_autoptr (GPtrArray)      records = NULL;
  const SrWindowRecord      *record;

  sr_test_write_file (dir, "b.json", text, strlen (text));
  file = sr_backup_file_open (path, NULL, NULL, NULL);
  window = fill (file, NULL);
  records = sr_record_window_read (window, 0, 1, 10, NULL);
  record = g_ptr_array_index (records, 0);
  g_assert_true (record->values[1].is_cut);
  g_assert_cmpint (g_utf8_strlen (record->values[1].text, -1), ==, 10);
  g_assert_cmpstr (record->values[2].text, ==, "true");
  sr_test_rmdir (dir);
}

static void
test_refused (void)
{
  char                      *dir = sr_test_mkdir ();
  g_autoptr (SrBackupFile)   file = make_file (dir);
  g_autoptr (SrRecordWindow) window = sr_record_window_new ();
  g_autoptr (SrRecordWindow) other = sr_record_window_new ();
  g_autoptr (GCancellable)   cancellable = g_cancellable_new ();
  g_autoptr (GError)         error = NULL;

  g_assert_false (
      sr_record_window_fill (window, file, "nobody", NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_assert_false (
      sr_record_window_fill (other, file, "customers", NULL, NULL, NULL, cancellable, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
  sr_test_rmdir (dir);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record-window/places", test_places);
  g_test_add_func ("/record-window/search", test_search);
  g_test_add_func ("/record-window/cut", test_cut);
  g_test_add_func ("/record-window/refused", test_refused);
  return g_test_run ();
}
