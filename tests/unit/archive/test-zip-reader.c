/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/sr-error.h"
#include "sr-test-util.h"
#include "sr-test-zip.h"

static SrZipReader *
open_good (const SrTestZip *zip)
{
  g_autoptr (GError) error = NULL;
  SrZipReader       *reader = sr_test_zip_open (zip->bytes, &error);

  g_assert_no_error (error);
  return reader;
}

/* @code: 0 with @text %NULL: it opens */
static void
assert_does_not_open (const GByteArray *bytes,
                      int               code,
                      const char       *text)
{
  g_autoptr (GError)      error = NULL;
  g_autoptr (SrZipReader) reader = sr_test_zip_open (bytes, &error);

  g_assert_null (reader);
  g_assert_error (error, SR_ERROR, code);
  if (strstr (error->message, text) == NULL)
    g_error ("“%s” is not in “%s”", text, error->message);
}

static GBytes *
read_entry (SrZipReader *reader,
            guint        index,
            GError     **error)
{
  g_autoptr (GInputStream) stream =
      sr_container_open_entry (SR_CONTAINER (reader), index, NULL, error);

  if (stream == NULL)
    return NULL;
  return sr_stream_read_all (stream, 1 << 30, NULL, error);
}

static void
assert_content (SrZipReader  *reader,
                guint         index,
                gconstpointer content,
                gsize         size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = read_entry (reader, index, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), content, size);
}

static void
assert_unreadable (SrZipReader *reader,
                   guint        index,
                   int          code,
                   const char  *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = read_entry (reader, index, &error);

  g_assert_null (bytes);
  g_assert_error (error, SR_ERROR, code);
  if (strstr (error->message, text) == NULL)
    g_error ("“%s” is not in “%s”", text, error->message);
}

static const SrContainerEntry *
get_entry (SrZipReader *reader,
           guint        index)
{
  return sr_container_get_entry (SR_CONTAINER (reader), index);
}

static guint
count_entries (SrZipReader *reader)
{
  return sr_container_get_n_entries (SR_CONTAINER (reader));
}

static void
test_plain (void)
{
  g_autoptr (SrTestZip)   zip = sr_test_zip_new ();
  g_autoptr (SrZipReader) reader = NULL;
  SrTestZipEntry          folder = { .name = "uploads/", .content = "", .mode = S_IFDIR | 0755 };
  SrTestZipEntry          stored = {
             .name = "a",
             .content = "stored",
             .size = 6,
             .mode = S_IFREG | 0640,
  };

  sr_test_zip_add (zip, &folder);
  sr_test_zip_add (zip, &stored);
  sr_test_zip_add_text (zip, "uploads/b", "deflated deflated deflated");
  sr_test_zip_add_text (zip, "uploads/empty", "");
  sr_test_zip_finish (zip, "a comment");
  reader = open_good (zip);
  g_assert_cmpstr (sr_container_get_title (SR_CONTAINER (reader)), ==, "ZIP archive");
  g_assert_cmpuint (count_entries (reader), ==, 4);
  g_assert_cmpint (get_entry (reader, 0)->type, ==, SR_ENTRY_DIR);
  g_assert_cmpstr (get_entry (reader, 0)->name, ==, "uploads/");
  g_assert_cmpint (get_entry (reader, 1)->type, ==, SR_ENTRY_FILE);
  g_assert_cmpuint (get_entry (reader, 1)->mode, ==, 0640);
  g_assert_cmpuint (get_entry (reader, 2)->size, ==, 26);
  assert_content (reader, 1, "stored", 6);
  assert_content (reader, 2, "deflated deflated deflated", 26);
  assert_content (reader, 3, "", 0);
}

static void
test_empty (void)
{
  g_autoptr (SrTestZip)   zip = sr_test_zip_new ();
  g_autoptr (SrZipReader) reader = NULL;

  sr_test_zip_finish (zip, "");
  g_assert_cmpuint (zip->bytes->len, ==, 22);
  reader = open_good (zip);
  g_assert_cmpuint (count_entries (reader), ==, 0);
}

static void
test_no_zip (void)
{
  g_autoptr (SrTestZip)  zip = sr_test_zip_new ();
  g_autoptr (GByteArray) empty = g_byte_array_new ();
  g_autofree guint8     *noise = g_malloc (70000);
  GByteArray             noisy = { noise, 70000 };

  assert_does_not_open (empty, SR_ERROR_INVALID, "is no ZIP");
  sr_test_fill_random (5, noise, 70000);
  assert_does_not_open (&noisy, SR_ERROR_INVALID, "is no ZIP");
  sr_test_zip_add_text (zip, "a", "some text");
  sr_test_zip_finish (zip, "");
  /* every way of being cut off */
  for (guint size = 4; size < zip->bytes->len; size++)
    {
      GByteArray cut = { zip->bytes->data, size };

      assert_does_not_open (&cut, SR_ERROR_INVALID, "is cut off");
    }
}

static void
test_descriptors (void)
{
  g_autoptr (SrTestZip)   zip = sr_test_zip_new ();
  g_autoptr (SrZipReader) reader = NULL;

  for (int kind = SR_TEST_ZIP_NO_DESCRIPTOR; kind <= SR_TEST_ZIP_SIGNED_64; kind++)
    {
      SrTestZipEntry entry = {
        .name = "x",
        .content = "some text text text",
        .size = 19,
        .deflate = TRUE,
        .descriptor = (SrTestZipDescriptor) kind,
      };

      sr_test_zip_add (zip, &entry);
    }
  sr_test_zip_finish (zip, "");
  reader = open_good (zip);
  for (guint i = 0; i < 5; i++)
    assert_content (reader, i, "some text text text", 19);
}

static void
test_lies (void)
{
  g_autoptr (SrTestZip)   zip = sr_test_zip_new ();
  g_autoptr (SrZipReader) reader = NULL;
  SrTestZipEntry          base = {
             .name = "x", .content = "some text text text", .size = 19, .deflate = TRUE
  };
  SrTestZipEntry lie;

  lie = base;
  lie.crc_xor = 1;
  sr_test_zip_add (zip, &lie);
  lie = base;
  lie.size_add = 1;
  sr_test_zip_add (zip, &lie);
  lie.size_add = -1;
  sr_test_zip_add (zip, &lie);
  lie = base;
  lie.packed_add = -1;
  sr_test_zip_add (zip, &lie);
  lie.packed_add = 1;
  sr_test_zip_add (zip, &lie);
  lie.packed_add = 100000;
  sr_test_zip_add (zip, &lie);
  lie = base;
  lie.offset_add = 1;
  sr_test_zip_add (zip, &lie);
  lie.offset_add = 100000;
  sr_test_zip_add (zip, &lie);
  lie = base;
  lie.method_add = 4;
  sr_test_zip_add (zip, &lie);
  lie = base;
  lie.flags = 1;
  sr_test_zip_add (zip, &lie);
  lie = base;
  lie.deflate = FALSE;
  lie.method_add = 8;
  sr_test_zip_add (zip, &lie);
  sr_test_zip_add (zip, &base);
  sr_test_zip_finish (zip, "");
  reader = open_good (zip);
  assert_unreadable (reader, 0, SR_ERROR_DAMAGED, "its CRC-32 is wrong");
  assert_unreadable (reader, 1, SR_ERROR_DAMAGED, "unfolds to another length");
  assert_unreadable (reader, 2, SR_ERROR_DAMAGED, "unfolds to more than announced");
  assert_unreadable (reader, 3, SR_ERROR_DAMAGED, "packed bytes are cut off");
  assert_unreadable (reader, 4, SR_ERROR_DAMAGED, "ends before its packed bytes do");
  assert_unreadable (reader, 5, SR_ERROR_DAMAGED, "goes beyond the end of the content");
  assert_unreadable (reader, 6, SR_ERROR_DAMAGED, "is not where the directory says");
  assert_unreadable (reader, 7, SR_ERROR_DAMAGED, "lies outside of it");
  assert_unreadable (reader, 8, SR_ERROR_UNSUPPORTED, "packed by method 12");
  assert_unreadable (reader, 9, SR_ERROR_UNSUPPORTED, "is encrypted");
  assert_unreadable (reader, 10, SR_ERROR_DAMAGED, "no deflate stream");
  assert_content (reader, 11, "some text text text", 19);
}

/* An error stays: nobody may take what comes after it for the rest. */
static void
test_fault_stays (void)
{
  g_autoptr (SrTestZip)    zip = sr_test_zip_new ();
  g_autoptr (SrZipReader)  reader = NULL;
  g_autoptr (GInputStream) stream = NULL;
  SrTestZipEntry           entry = { .name = "x", .content = "text", .size = 4, .crc_xor = 1 };
  char                     buffer[10];

  sr_test_zip_add (zip, &entry);
  sr_test_zip_finish (zip, "");
  reader = open_good (zip);
  stream = sr_container_open_entry (SR_CONTAINER (reader), 0, NULL, NULL);
  g_assert_cmpint (g_input_stream_read (stream, buffer, sizeof buffer, NULL, NULL), ==, 4);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (g_input_stream_read (stream, buffer, sizeof buffer, NULL, &error), ==, -1);
      g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
    }
}

static void
test_directory_lies (void)
{
  g_autoptr (SrTestZip)  zip = sr_test_zip_new ();
  g_autoptr (GByteArray) bytes = NULL;
  guint8                *end;
  guint8                *directory;

  sr_test_zip_add_text (zip, "a", "some text");
  sr_test_zip_add_text (zip, "b", "some text");
  sr_test_zip_finish (zip, "");
  bytes = g_byte_array_new ();
  g_byte_array_append (bytes, zip->bytes->data, zip->bytes->len);
  end = bytes->data + bytes->len - 22;
  directory = end - zip->directory->len;
  /* more or fewer entries than there are */
  end[8] = end[10] = 3;
  assert_does_not_open (bytes, SR_ERROR_DAMAGED, "it is too short for the entries announced");
  end[8] = end[10] = 1;
  assert_does_not_open (bytes, SR_ERROR_DAMAGED, "it has 2 entries, but 1 are announced");
  end[8] = 2;
  assert_does_not_open (bytes, SR_ERROR_UNSUPPORTED, "one part of several");
  end[10] = 2;
  end[4] = 1;
  assert_does_not_open (bytes, SR_ERROR_UNSUPPORTED, "one part of several");
  end[4] = 0;
  /* a directory that is too long, or elsewhere */
  end[12]++;
  assert_does_not_open (bytes, SR_ERROR_DAMAGED, "leads to no directory");
  end[12]--;
  end[15] = 1;
  assert_does_not_open (bytes, SR_ERROR_DAMAGED, "announces a directory longer than the file");
  end[15] = 0;
  end[18] = 1;
  assert_does_not_open (bytes, SR_ERROR_DAMAGED, "leads to no directory");
  end[18] = 0;
  /* an entry on another disk, and one whose name goes too far */
  directory[34] = 1;
  assert_does_not_open (bytes, SR_ERROR_UNSUPPORTED, "one part of several");
  directory[34] = 0;
  directory[29] = 1;
  assert_does_not_open (bytes, SR_ERROR_DAMAGED, "the last entry goes beyond its end");
  directory[29] = 0;
  directory[28] = 2;
  assert_does_not_open (bytes, SR_ERROR_DAMAGED, "no entry begins here");
  directory[28] = 1;
  g_assert_cmpmem (bytes->data, bytes->len, zip->bytes->data, zip->bytes->len);
}

static void
test_around (void)
{
  g_autoptr (SrTestZip)   zip = sr_test_zip_new ();
  g_autoptr (GByteArray)  bytes = g_byte_array_new ();
  g_autofree guint8      *noise = g_malloc0 (100000);
  g_autoptr (SrZipReader) leading = NULL;
  g_autoptr (SrZipReader) both = NULL;
  g_autoptr (SrZipReader) cut = NULL;
  g_autoptr (GError)      error = NULL;

  sr_test_zip_add_text (zip, "a", "some text");
  sr_test_zip_finish (zip, "comment");
  g_byte_array_append (bytes, noise, 1000);
  g_byte_array_append (bytes, zip->bytes->data, zip->bytes->len);
  leading = sr_test_zip_open (bytes, &error);
  g_assert_no_error (error);
  assert_content (leading, 0, "some text", 9);
  g_byte_array_append (bytes, noise, 100000);
  both = sr_test_zip_open (bytes, &error);
  g_assert_no_error (error);
  assert_content (both, 0, "some text", 9);
  /* the comment is cut off, and nothing else */
  g_byte_array_set_size (zip->bytes, zip->bytes->len - 3);
  cut = open_good (zip);
  assert_content (cut, 0, "some text", 9);
}

static void
put_zip64_end (GByteArray *bytes,
               guint64     count,
               guint64     size,
               guint64     offset)
{
  guint64 position = bytes->len;

  sr_test_zip_put32 (bytes, 0x06064b50);
  sr_test_zip_put64 (bytes, 44);
  sr_test_zip_put16 (bytes, 45);
  sr_test_zip_put16 (bytes, 45);
  sr_test_zip_put32 (bytes, 0);
  sr_test_zip_put32 (bytes, 0);
  sr_test_zip_put64 (bytes, count);
  sr_test_zip_put64 (bytes, count);
  sr_test_zip_put64 (bytes, size);
  sr_test_zip_put64 (bytes, offset);
  sr_test_zip_put32 (bytes, 0x07064b50);
  sr_test_zip_put32 (bytes, 0);
  sr_test_zip_put64 (bytes, position);
  sr_test_zip_put32 (bytes, 1);
  sr_test_zip_put32 (bytes, 0x06054b50);
  sr_test_zip_put32 (bytes, 0);
  sr_test_zip_put32 (bytes, G_MAXUINT32);
  sr_test_zip_put32 (bytes, G_MAXUINT32);
  sr_test_zip_put32 (bytes, G_MAXUINT32);
  sr_test_zip_put16 (bytes, 0);
}

/* The directory's fields of the only entry are all ones. */
static SrTestZip *
make_zip64 (guint   n_fields,
            guint64 size,
            guint64 packed,
            guint64 offset)
{
  SrTestZip             *zip = sr_test_zip_new ();
  g_autoptr (GByteArray) extra = g_byte_array_new ();
  guint64                values[] = { size, packed, offset };
  SrTestZipEntry         entry = { .name = "a", .content = "some text", .size = 9 };
  guint64                position;

  sr_test_zip_put16 (extra, 1);
  sr_test_zip_put16 (extra, (guint16) (n_fields * 8));
  for (guint i = 0; i < n_fields; i++)
    sr_test_zip_put64 (extra, values[i]);
  entry.extra = extra->data;
  entry.extra_size = extra->len;
  sr_test_zip_add (zip, &entry);
  memset (zip->directory->data + 20, 0xff, 8);
  memset (zip->directory->data + 42, 0xff, 4);
  position = zip->bytes->len;
  g_byte_array_append (zip->bytes, zip->directory->data, zip->directory->len);
  put_zip64_end (zip->bytes, 1, zip->directory->len, position);
  return zip;
}

static void
test_zip64 (void)
{
  g_autoptr (SrTestZip)   zip = make_zip64 (3, 9, 9, 0);
  g_autoptr (SrTestZip)   shorter = make_zip64 (2, 9, 9, 0);
  g_autoptr (SrTestZip)   far = make_zip64 (3, 9, 9, G_MAXUINT64 - 20);
  g_autoptr (SrTestZip)   huge = make_zip64 (3, G_MAXUINT64, 9, 0);
  g_autoptr (SrZipReader) reader = open_good (zip);
  g_autoptr (SrZipReader) far_reader = open_good (far);
  g_autoptr (SrZipReader) huge_reader = open_good (huge);
  guint8                 *record = zip->bytes->data + zip->bytes->len - 22 - 20 - 56;

  assert_content (reader, 0, "some text", 9);
  assert_does_not_open (shorter->bytes, SR_ERROR_DAMAGED, "an entry's ZIP64 field is too short");
  assert_unreadable (far_reader, 0, SR_ERROR_DAMAGED, "lies outside of it");
  assert_unreadable (huge_reader, 0, SR_ERROR_REFUSED, "--max-entry-size");
  /* counts beyond what is there: no memory is taken for them */
  record[24] = record[32] = 200;
  assert_does_not_open (zip->bytes, SR_ERROR_DAMAGED, "it is too short for the entries announced");
  memset (record + 24, 0xff, 16);
  assert_does_not_open (zip->bytes, SR_ERROR_REFUSED, "--max-entries");
  memset (record, 0, 4);
  assert_does_not_open (zip->bytes, SR_ERROR_DAMAGED, "leads to no ZIP64 end record");
}

static void
test_names (void)
{
  g_autoptr (SrTestZip)   zip = sr_test_zip_new ();
  g_autoptr (GByteArray)  extra = g_byte_array_new ();
  g_autoptr (SrZipReader) reader = NULL;
  SrTestZipEntry          latin1 = { .name = "\344", .content = "" };
  SrTestZipEntry          utf8 = { .name = "ä", .content = "", .flags = 0x0800 };
  SrTestZipEntry          with_nul = { .name = "a.txt\0.exe", .name_size = 10, .content = "" };
  SrTestZipEntry          path = { .name = "x", .content = "" };

  /* Info-ZIP's field, with the CRC-32 of "x" */
  sr_test_zip_put16 (extra, 0x7075);
  sr_test_zip_put16 (extra, 7);
  g_byte_array_append (extra, (const guint8 *) "\1", 1);
  sr_test_zip_put32 (extra, 0x8cdc1683);
  g_byte_array_append (extra, (const guint8 *) "ü", 2);
  path.extra = extra->data;
  path.extra_size = extra->len;
  sr_test_zip_add (zip, &latin1);
  sr_test_zip_add (zip, &utf8);
  sr_test_zip_add (zip, &with_nul);
  sr_test_zip_add (zip, &path);
  path.name = "y";
  sr_test_zip_add (zip, &path);
  sr_test_zip_finish (zip, "");
  reader = open_good (zip);
  g_assert_cmpstr (get_entry (reader, 0)->name, ==, "\344");
  g_assert_cmpstr (get_entry (reader, 1)->name, ==, "ä");
  g_assert_cmpstr (get_entry (reader, 2)->name, ==, "a.txt\342\220\200.exe");
  g_assert_cmpstr (get_entry (reader, 3)->name, ==, "ü");
  /* the field was made for another name */
  g_assert_cmpstr (get_entry (reader, 4)->name, ==, "y");
}

static void
test_times (void)
{
  static const guint8     time_field[] = { 0x55, 0x54, 5, 0, 1, 0x15, 0xcd, 0x5b, 0x07 };
  g_autoptr (SrTestZip)   zip = sr_test_zip_new ();
  g_autoptr (SrZipReader) reader = NULL;
  g_autoptr (GTimeZone)   zone = g_time_zone_new_local ();
  g_autoptr (GDateTime)   local = g_date_time_new (zone, 2025, 8, 20, 21, 5, 0);
  SrTestZipEntry          entry = { .name = "a", .content = "" };

  sr_test_zip_add (zip, &entry);
  entry.extra = time_field;
  entry.extra_size = sizeof time_field;
  sr_test_zip_add (zip, &entry);
  memset (zip->directory->data + 12, 0, 4);
  sr_test_zip_add (zip, &(SrTestZipEntry){ .name = "b", .content = "" });
  sr_test_zip_finish (zip, "");
  reader = open_good (zip);
  g_assert_cmpint (get_entry (reader, 0)->mtime, ==, G_MININT64);
  g_assert_cmpint (get_entry (reader, 1)->mtime, ==, 123456789);
  g_assert_cmpint (get_entry (reader, 2)->mtime, ==, g_date_time_to_unix (local));
}

static void
test_links (void)
{
  g_autoptr (SrTestZip)   zip = sr_test_zip_new ();
  g_autoptr (SrZipReader) reader = NULL;
  g_autoptr (GError)      error = NULL;
  SrTestZipEntry          link = {
             .name = "l",
             .content = "../target",
             .size = 9,
             .mode = S_IFLNK | 0777,
  };

  sr_test_zip_add (zip, &link);
  link.crc_xor = 1;
  sr_test_zip_add (zip, &link);
  sr_test_zip_finish (zip, "");
  reader = open_good (zip);
  g_assert_cmpint (get_entry (reader, 0)->type, ==, SR_ENTRY_SYMLINK);
  g_assert_cmpstr (get_entry (reader, 0)->link_target, ==, "../target");
  g_assert_null (get_entry (reader, 1)->link_target);
  g_assert_null (sr_container_open_entry (SR_CONTAINER (reader), 0, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
}

/* Every entry is the same bytes again, as in the bombs that need no nesting. */
static void
test_overlap (void)
{
  g_autoptr (SrTestZip) zip = sr_test_zip_new ();
  g_autofree guint8    *noise = g_malloc (1000);
  SrTestZipEntry        entry = { .name = "x", .content = noise, .size = 1000 };
  guint                 record;

  sr_test_fill_random (1, noise, 1000);
  sr_test_zip_add (zip, &entry);
  record = zip->directory->len;
  for (guint i = 0; i < 99; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (zip->directory->data, record);

      g_byte_array_append (zip->directory, copy, record);
      zip->n_entries++;
    }
  sr_test_zip_finish (zip, "");
  assert_does_not_open (zip->bytes, SR_ERROR_REFUSED, "share bytes");
}

static void
test_limits (void)
{
  SrGuardLimits           limits = sr_guard_default_limits;
  g_autoptr (SrTestZip)   zip = sr_test_zip_new ();
  g_autoptr (SrGuard)     guard = NULL;
  g_autoptr (SrGuard)     stricter = NULL;
  g_autoptr (SrZipReader) reader = NULL;
  g_autoptr (GError)      error = NULL;

  sr_test_zip_add_text (zip, "a", "some text");
  sr_test_zip_add_text (zip, "b", "some text");
  sr_test_zip_finish (zip, "");
  limits.max_total = 12;
  guard = sr_guard_new (&limits);
  reader = sr_zip_reader_new (sr_test_zip_file (zip->bytes->data, zip->bytes->len), 0,
                              zip->bytes->len, guard, &error);
  g_assert_no_error (error);
  assert_content (reader, 0, "some text", 9);
  assert_unreadable (reader, 1, SR_ERROR_REFUSED, "--max-total");
  limits.max_entries = 1;
  stricter = sr_guard_new (&limits);
  g_assert_null (sr_zip_reader_new (sr_test_zip_file (zip->bytes->data, zip->bytes->len), 0,
                                    zip->bytes->len, stricter, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_REFUSED);
}

static void
test_part_of_file (void)
{
  g_autoptr (SrTestZip)   zip = sr_test_zip_new ();
  g_autoptr (GByteArray)  bytes = g_byte_array_new ();
  g_autoptr (SrGuard)     guard = sr_guard_new (NULL);
  g_autoptr (SrZipReader) reader = NULL;
  g_autoptr (GError)      error = NULL;

  sr_test_zip_add_text (zip, "a", "some text");
  sr_test_zip_finish (zip, "");
  g_byte_array_append (bytes, (const guint8 *) "0123456789abcdef", 16);
  g_byte_array_append (bytes, zip->bytes->data, zip->bytes->len);
  g_byte_array_append (bytes, (const guint8 *) "0123456789abcdef", 16);
  reader = sr_zip_reader_new (sr_test_zip_file (bytes->data, bytes->len), 16, zip->bytes->len,
                              guard, &error);
  g_assert_no_error (error);
  assert_content (reader, 0, "some text", 9);
}

static gpointer
read_in_thread (gpointer user_data)
{
  for (guint i = 0; i < 200; i++)
    assert_content (user_data, i % 2, "some text text", 14);
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (SrTestZip)   zip = sr_test_zip_new ();
  g_autoptr (SrZipReader) reader = NULL;
  GThread                *threads[4];

  sr_test_zip_add_text (zip, "a", "some text text");
  sr_test_zip_add_text (zip, "b", "some text text");
  sr_test_zip_finish (zip, "");
  reader = open_good (zip);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("read", read_in_thread, reader);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

static void
test_samples (void)
{
  const char *names[] = { "rayerp-full.zip", "rayerp-full-encrypted.zip", "rayerp-incremental.zip",
                          "rayerp-two-modules.zip", "pos-database.backup" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path =
          g_test_build_filename (G_TEST_DIST, "data", "samples", names[i], NULL);
      g_autofree char        *content = NULL;
      gsize                   size;
      g_autoptr (SrZipReader) reader = NULL;
      g_autoptr (GError)      error = NULL;
      guint                   index;
      GByteArray              bytes;

      g_file_get_contents (path, &content, &size, &error);
      g_assert_no_error (error);
      bytes = (GByteArray){ (guint8 *) content, (guint) size };
      reader = sr_test_zip_open (&bytes, &error);
      g_assert_no_error (error);
      g_assert_true (sr_container_find (
          SR_CONTAINER (reader),
          g_str_has_prefix (names[i], "pos") ? "metadata.json" : "backup-info.json", &index));
      for (index = 0; index < count_entries (reader); index++)
        {
          g_autoptr (GBytes) read = NULL;

          if (get_entry (reader, index)->type != SR_ENTRY_FILE)
            continue;
          read = read_entry (reader, index, &error);
          g_assert_no_error (error);
          g_assert_cmpuint (g_bytes_get_size (read), ==, get_entry (reader, index)->size);
        }
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/zip-reader/plain", test_plain);
  g_test_add_func ("/zip-reader/empty", test_empty);
  g_test_add_func ("/zip-reader/no-zip", test_no_zip);
  g_test_add_func ("/zip-reader/descriptors", test_descriptors);
  g_test_add_func ("/zip-reader/lies", test_lies);
  g_test_add_func ("/zip-reader/fault-stays", test_fault_stays);
  g_test_add_func ("/zip-reader/directory-lies", test_directory_lies);
  g_test_add_func ("/zip-reader/around", test_around);
  g_test_add_func ("/zip-reader/zip64", test_zip64);
  g_test_add_func ("/zip-reader/names", test_names);
  g_test_add_func ("/zip-reader/times", test_times);
  g_test_add_func ("/zip-reader/links", test_links);
  g_test_add_func ("/zip-reader/overlap", test_overlap);
  g_test_add_func ("/zip-reader/limits", test_limits);
  g_test_add_func ("/zip-reader/part-of-file", test_part_of_file);
  g_test_add_func ("/zip-reader/threads", test_threads);
  g_test_add_func ("/zip-reader/samples", test_samples);
  return g_test_run ();
}
