/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <fcntl.h>
#include <gio/gunixoutputstream.h>
#include <string.h>
#include <sys/stat.h>

#include "archive/sr-zip-writer.h"
#include "base/sr-error.h"
#include "sr-test-util.h"
#include "sr-test-zip.h"

#define MIB ((gsize) 1 << 20)

/* Text that deflates, or noise that does not. */
static GBytes *
make_content (guint64  seed,
              gsize    size,
              gboolean is_text)
{
  guint8 *data = g_malloc (size + 1);

  sr_test_fill_random (seed, data, size);
  for (gsize i = 0; is_text && i < size; i++)
    data[i] = (guint8) ("{\"id\": 0123456789}\n"[(i + data[i] % 3) % 19]);
  return g_bytes_new_take (data, size);
}

static void
add (SrZipWriter *writer,
     const char  *name,
     GBytes      *content)
{
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GError)       error = NULL;

  if (content != NULL)
    stream = g_memory_input_stream_new_from_bytes (content);
  sr_zip_writer_add (writer, name, 1700000000, 0640, stream, NULL, NULL, &error);
  g_assert_no_error (error);
}

static GBytes *
finish (SrZipWriter   *writer,
        GOutputStream *out)
{
  g_autoptr (GError) error = NULL;

  sr_zip_writer_finish (writer, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_close (out, NULL, NULL);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (out));
}

static void
no_finding (SrZipFinding finding,
            guint        index,
            const char  *sentence,
            gpointer     user_data)
{
  g_error ("found: %s", sentence);
}

/* Opened by the reader, which finds nothing odd. */
static SrZipReader *
reopen (GBytes *zip)
{
  GByteArray         bytes = { 0 };
  gsize              size;
  g_autoptr (GError) error = NULL;
  SrZipReader       *reader;

  bytes.data = (guint8 *) g_bytes_get_data (zip, &size);
  bytes.len = (guint) size;
  reader = sr_test_zip_open (&bytes, &error);
  g_assert_no_error (error);
  sr_zip_reader_verify (reader, no_finding, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return reader;
}

static void
assert_entry (SrZipReader *reader,
              guint        index,
              const char  *name,
              GBytes      *content)
{
  const SrContainerEntry  *entry = sr_container_get_entry (SR_CONTAINER (reader), index);
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GBytes)       read = NULL;
  g_autoptr (GError)       error = NULL;

  g_assert_cmpstr (entry->name, ==, name);
  g_assert_cmpint (entry->mtime, ==, 1700000000);
  g_assert_cmpuint (entry->mode, ==, 0640);
  stream = sr_container_open_entry (SR_CONTAINER (reader), index, NULL, &error);
  g_assert_no_error (error);
  read = sr_stream_read_all (stream, 1 << 30, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (read, content));
}

static void
test_sizes (void)
{
  static const gsize sizes[] = { 0, 1, 100, MIB - 1, MIB,
                                 4 * MIB - 1, 4 * MIB, 4 * MIB + 1, 5 * MIB, 5 * MIB + 1,
                                 9 * MIB + 7, 6 * MIB - 1, 70000 };

  for (guint level = 1; level <= 12; level += 5)
    {
      g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
      g_autoptr (SrZipWriter)   writer = sr_zip_writer_new (out, level);
      g_autoptr (GBytes)        zip = NULL;
      g_autoptr (SrZipReader)   reader = NULL;

      for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
        {
          g_autoptr (GBytes) text = make_content (i, sizes[i], TRUE);
          g_autoptr (GBytes) noise = make_content (i, sizes[i], FALSE);
          g_autofree char   *name = g_strdup_printf ("%u", i);
          g_autofree char   *noise_name = g_strdup_printf ("ö%u", i);

          add (writer, name, text);
          add (writer, noise_name, noise);
        }
      zip = finish (writer, out);
      reader = reopen (zip);
      for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
        {
          g_autoptr (GBytes) text = make_content (i, sizes[i], TRUE);
          g_autoptr (GBytes) noise = make_content (i, sizes[i], FALSE);
          g_autofree char   *name = g_strdup_printf ("%u", i);
          g_autofree char   *noise_name = g_strdup_printf ("ö%u", i);

          assert_entry (reader, i * 2, name, text);
          assert_entry (reader, i * 2 + 1, noise_name, noise);
        }
    }
}

static void
test_nothing (void)
{
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  g_autoptr (SrZipWriter)   writer = sr_zip_writer_new (out, 6);
  g_autoptr (GBytes)        zip = finish (writer, out);
  g_autoptr (SrZipReader)   reader = reopen (zip);

  g_assert_cmpuint (g_bytes_get_size (zip), ==, 22);
  g_assert_cmpuint (sr_container_get_n_entries (SR_CONTAINER (reader)), ==, 0);
}

static void
test_folder (void)
{
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  g_autoptr (SrZipWriter)   writer = sr_zip_writer_new (out, 6);
  g_autoptr (GBytes)        zip = NULL;
  g_autoptr (SrZipReader)   reader = NULL;

  add (writer, "uploads/", NULL);
  zip = finish (writer, out);
  reader = reopen (zip);
  g_assert_cmpint (sr_container_get_entry (SR_CONTAINER (reader), 0)->type, ==, SR_ENTRY_DIR);
}

/* More than 65,535 entries, and more than one piece of directory. */
static void
test_many (void)
{
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  g_autoptr (SrZipWriter)   writer = sr_zip_writer_new (out, 1);
  g_autoptr (GBytes)        content = g_bytes_new_static ("content", 7);
  g_autoptr (GBytes)        zip = NULL;
  g_autoptr (SrZipReader)   reader = NULL;

  for (guint i = 0; i < 70000; i++)
    {
      g_autofree char *name = g_strdup_printf ("folder/%u", i);

      add (writer, name, content);
    }
  zip = finish (writer, out);
  reader = reopen (zip);
  g_assert_cmpuint (sr_container_get_n_entries (SR_CONTAINER (reader)), ==, 70000);
  assert_entry (reader, 0, "folder/0", content);
  assert_entry (reader, 69999, "folder/69999", content);
}

/* The same content in other portions is the same file. */
static void
test_streams (void)
{
  static const gsize      portions[] = { 1000, 65536, 3 * MIB, 20 * MIB };
  g_autoptr (GBytes)      large = make_content (3, 11 * MIB + 5, TRUE);
  g_autoptr (GBytes)      small = make_content (4, 3000, TRUE);
  g_autoptr (GBytes)      first = NULL;
  g_autoptr (SrZipReader) reader = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (portions); i++)
    {
      g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
      g_autoptr (SrZipWriter)   writer = sr_zip_writer_new (out, 6);
      g_autoptr (GBytes)        zip = NULL;
      g_autoptr (GError)        error = NULL;
      GBytes                   *contents[] = { large, small };

      for (guint c = 0; c < 2; c++)
        {
          g_autoptr (GOutputStream) stream = NULL;
          gsize                     size;
          const guint8             *data = g_bytes_get_data (contents[c], &size);

          stream = sr_zip_writer_add_stream (writer, c == 0 ? "large" : "small", 1700000000, 0640,
                                             &error);
          g_assert_no_error (error);
          for (gsize at = 0; at < size; at += portions[i])
            {
              g_output_stream_write_all (stream, data + at, MIN (portions[i], size - at), NULL,
                                         NULL, &error);
              g_assert_no_error (error);
            }
          /* one is closed and the other left to the writer */
          if (c == 0)
            g_output_stream_close (stream, NULL, &error);
          g_assert_no_error (error);
        }
      zip = finish (writer, out);
      if (first == NULL)
        first = g_steal_pointer (&zip);
      else
        g_assert_true (g_bytes_equal (zip, first));
    }
  reader = reopen (first);
  assert_entry (reader, 0, "large", large);
  assert_entry (reader, 1, "small", small);
}

static void
test_left_stream (void)
{
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  g_autoptr (SrZipWriter)   writer = sr_zip_writer_new (out, 6);
  g_autoptr (GOutputStream) stream = NULL;
  g_autoptr (GError)        error = NULL;

  stream = sr_zip_writer_add_stream (writer, "a", 0, 0640, &error);
  g_assert_no_error (error);
  add (writer, "b", NULL);
  g_assert_false (g_output_stream_write_all (stream, "x", 1, NULL, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
}

static void
test_names (void)
{
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  g_autoptr (SrZipWriter)   writer = sr_zip_writer_new (out, 6);
  g_autofree char          *long_name = g_strnfill (65536, 'x');
  g_autoptr (GError)        error = NULL;

  g_assert_false (sr_zip_writer_add (writer, "", 0, 0, NULL, NULL, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (sr_zip_writer_add (writer, long_name, 0, 0, NULL, NULL, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
}

/* Neither times that MS-DOS cannot tell nor names that are no UTF-8 are changed. */
static void
test_odd (void)
{
  static const gint64       times[] = { G_MININT64, -5, 0, G_MAXINT32, (gint64) G_MAXINT32 + 10 };
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  g_autoptr (SrZipWriter)   writer = sr_zip_writer_new (out, 6);
  g_autoptr (GBytes)        zip = NULL;
  g_autoptr (SrZipReader)   reader = NULL;
  g_autoptr (GError)        error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      char name[] = { '\344', (char) ('0' + i), '\0' };

      sr_zip_writer_add (writer, name, times[i], 0, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
    }
  zip = finish (writer, out);
  reader = reopen (zip);
  for (guint i = 1; i < 4; i++)
    {
      const SrContainerEntry *entry = sr_container_get_entry (SR_CONTAINER (reader), i);

      g_assert_cmpint (entry->mtime, ==, times[i]);
      g_assert_cmpint (entry->name[0], ==, '\344');
    }
}

static void
test_full_disk (void)
{
  g_autoptr (GOutputStream) out = NULL;
  g_autoptr (SrZipWriter)   writer = NULL;
  g_autoptr (GBytes)        noise = make_content (1, 9 * MIB, FALSE);
  g_autoptr (GError)        error = NULL;
  gboolean                  ok = TRUE;
  int                       fd = open ("/dev/full", O_WRONLY | O_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  out = g_unix_output_stream_new (fd, TRUE);
  writer = sr_zip_writer_new (out, 1);
  for (guint i = 0; ok && i < 20; i++)
    {
      g_autoptr (GInputStream) content = g_memory_input_stream_new_from_bytes (noise);

      ok = sr_zip_writer_add (writer, "noise", 0, 0640, content, NULL, NULL, &error);
    }
  g_assert_false (ok);
  g_assert_error (error, SR_ERROR, SR_ERROR_NO_SPACE);
  g_clear_error (&error);
  g_assert_false (sr_zip_writer_finish (writer, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NO_SPACE);
}

static void
test_cancelled (void)
{
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  g_autoptr (SrZipWriter)   writer = sr_zip_writer_new (out, 6);
  g_autoptr (GCancellable)  cancellable = g_cancellable_new ();
  g_autoptr (GBytes)        content = make_content (1, 20 * MIB, TRUE);
  g_autoptr (GInputStream)  stream = g_memory_input_stream_new_from_bytes (content);
  g_autoptr (GError)        error = NULL;

  add (writer, "a", content);
  g_cancellable_cancel (cancellable);
  g_assert_false (sr_zip_writer_add (writer, "b", 0, 0640, stream, NULL, cancellable, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (sr_zip_writer_finish (writer, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/zip-writer/sizes", test_sizes);
  g_test_add_func ("/zip-writer/nothing", test_nothing);
  g_test_add_func ("/zip-writer/folder", test_folder);
  g_test_add_func ("/zip-writer/many", test_many);
  g_test_add_func ("/zip-writer/streams", test_streams);
  g_test_add_func ("/zip-writer/left-stream", test_left_stream);
  g_test_add_func ("/zip-writer/names", test_names);
  g_test_add_func ("/zip-writer/odd", test_odd);
  g_test_add_func ("/zip-writer/full-disk", test_full_disk);
  g_test_add_func ("/zip-writer/cancelled", test_cancelled);
  return g_test_run ();
}
