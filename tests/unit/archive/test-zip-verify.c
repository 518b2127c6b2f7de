/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "sr-test-util.h"
#include "sr-test-zip.h"

/* One that takes the way of large entries, and one of small ones. */
#define LARGE_SIZE ((gsize) 9 << 20)

static const char *const finding_names[] = {
  [SR_ZIP_LOCAL_DIFFERS] = "local-differs",
  [SR_ZIP_DUPLICATE_NAME] = "duplicate-name",
  [SR_ZIP_OVERLAP] = "overlap",
  [SR_ZIP_LEADING_BYTES] = "leading-bytes",
  [SR_ZIP_TRAILING_BYTES] = "trailing-bytes",
  [SR_ZIP_GAP] = "gap",
  [SR_ZIP_UNSAFE_NAME] = "unsafe-name",
  [SR_ZIP_BAD_CRC] = "bad-crc",
  [SR_ZIP_BAD_DATA] = "bad-data",
  [SR_ZIP_NOT_READABLE] = "not-readable",
  [SR_ZIP_AMBIGUOUS_END] = "ambiguous-end",
};

static void
keep_finding (SrZipFinding finding,
              guint        index,
              const char  *sentence,
              gpointer     user_data)
{
  GPtrArray *found = user_data;

  g_assert_cmpuint (strlen (sentence), >, 10);
  if (index == G_MAXUINT)
    g_ptr_array_add (found, g_strdup (finding_names[finding]));
  else
    g_ptr_array_add (found, g_strdup_printf ("%u:%s", index, finding_names[finding]));
}

static int
compare_texts (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* @expected: "INDEX:FINDING" or "FINDING", sorted, a space between them */
static void
assert_findings (const GByteArray *bytes,
                 const char       *expected)
{
  g_autoptr (GPtrArray)   found = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (SrZipReader) reader = NULL;
  g_autoptr (GError)      error = NULL;
  g_autofree char        *text = NULL;

  reader = sr_test_zip_open (bytes, &error);
  g_assert_no_error (error);
  g_assert_true (sr_zip_reader_verify (reader, keep_finding, found, NULL, NULL, &error));
  g_assert_no_error (error);
  g_ptr_array_sort (found, compare_texts);
  g_ptr_array_add (found, NULL);
  text = g_strjoinv (" ", (char **) found->pdata);
  g_assert_cmpstr (text, ==, expected);
}

static guint8 *
make_text (gsize size)
{
  guint8 *text = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    text[i] = (guint8) ('a' + (i * i >> 10) % 26);
  return text;
}

static void
test_good (void)
{
  g_autoptr (SrTestZip) zip = sr_test_zip_new ();
  g_autofree guint8    *large = make_text (LARGE_SIZE);
  SrTestZipEntry        entry = { .name = "large", .content = large, .size = LARGE_SIZE };

  sr_test_zip_add (zip, &entry);
  entry.name = "large, deflated";
  entry.deflate = TRUE;
  sr_test_zip_add (zip, &entry);
  sr_test_zip_add_text (zip, "small", "some text");
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *name = g_strdup_printf ("n/%u", i);

      entry = (SrTestZipEntry){
        .name = name, .content = large, .size = i * 100, .deflate = i % 2 == 0
      };
      entry.descriptor = (SrTestZipDescriptor) (i % 5);
      sr_test_zip_add (zip, &entry);
    }
  sr_test_zip_finish (zip, "comment");
  assert_findings (zip->bytes, "");
}

static void
test_nothing (void)
{
  g_autoptr (SrTestZip) zip = sr_test_zip_new ();

  sr_test_zip_finish (zip, "");
  assert_findings (zip->bytes, "");
}

static void
check_damage (gsize size)
{
  g_autoptr (SrTestZip) zip = sr_test_zip_new ();
  g_autofree guint8    *content = make_text (size);
  SrTestZipEntry        good = { .name = "0", .content = content, .size = size, .deflate = TRUE };
  SrTestZipEntry        bad;

  sr_test_zip_add (zip, &good);
  bad = good;
  bad.lie_twice = TRUE;
  bad.name = "1";
  bad.crc_xor = 5;
  sr_test_zip_add (zip, &bad);
  bad.name = "2";
  bad.crc_xor = 0;
  bad.size_add = 1;
  sr_test_zip_add (zip, &bad);
  bad.name = "3";
  bad.size_add = -1;
  sr_test_zip_add (zip, &bad);
  bad = good;
  bad.deflate = FALSE;
  bad.method_add = 8;
  bad.name = "4";
  sr_test_zip_add (zip, &bad);
  bad = good;
  bad.name = "5";
  bad.deflate = FALSE;
  bad.lie_twice = TRUE;
  bad.crc_xor = 1;
  sr_test_zip_add (zip, &bad);
  bad.name = "6";
  bad.crc_xor = 0;
  bad.size_add = 1;
  sr_test_zip_add (zip, &bad);
  sr_test_zip_finish (zip, "");
  assert_findings (zip->bytes, "1:bad-crc 2:bad-data 3:bad-data 4:bad-data 5:bad-crc 6:bad-data");
}

static void
test_damage_small (void)
{
  check_damage (1000);
}

static void
test_damage_large (void)
{
  check_damage (LARGE_SIZE);
}

static void
test_unreadable (void)
{
  g_autoptr (SrTestZip) zip = sr_test_zip_new ();
  SrTestZipEntry        entry = { .name = "a", .content = "text", .size = 4, .method_add = 12 };

  sr_test_zip_add (zip, &entry);
  entry = (SrTestZipEntry){ .name = "b", .content = "text", .size = 4, .flags = 1 };
  sr_test_zip_add (zip, &entry);
  sr_test_zip_finish (zip, "");
  assert_findings (zip->bytes, "0:not-readable 1:not-readable");
}

static void
test_headers (void)
{
  g_autoptr (SrTestZip) zip = sr_test_zip_new ();
  SrTestZipEntry        entry = { .name = "a", .content = "text", .size = 4, .local_name = "b" };

  sr_test_zip_add (zip, &entry);
  entry = (SrTestZipEntry){ .name = "c", .content = "text", .size = 4, .crc_xor = 1 };
  sr_test_zip_add (zip, &entry);
  /* the descriptor is right, the directory is not */
  entry.name = "d";
  entry.descriptor = SR_TEST_ZIP_SIGNED_32;
  sr_test_zip_add (zip, &entry);
  sr_test_zip_finish (zip, "");
  assert_findings (zip->bytes,
                   "0:local-differs 1:bad-crc 1:local-differs 2:bad-crc 2:local-differs gap");
}

static void
test_names (void)
{
  const char           *unsafe[] = { "../a", "/b", "c\\d", "e//f" };
  g_autoptr (SrTestZip) zip = sr_test_zip_new ();
  SrTestZipEntry        with_nul = { .name = "a\0b", .name_size = 3, .content = "" };

  for (guint i = 0; i < G_N_ELEMENTS (unsafe); i++)
    sr_test_zip_add_text (zip, unsafe[i], "text");
  sr_test_zip_add_text (zip, "x", "text");
  sr_test_zip_add_text (zip, "x", "text");
  sr_test_zip_add (zip, &with_nul);
  sr_test_zip_finish (zip, "");
  assert_findings (zip->bytes, "0:unsafe-name 1:unsafe-name 2:unsafe-name 3:unsafe-name "
                               "5:duplicate-name 6:unsafe-name");
}

static void
test_places (void)
{
  g_autoptr (SrTestZip)  zip = sr_test_zip_new ();
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_byte_array_append (bytes, (const guint8 *) "leading", 7);
  sr_test_zip_add_text (zip, "a", "text");
  g_byte_array_append (zip->bytes, (const guint8 *) "gap", 3);
  sr_test_zip_add_text (zip, "b", "text");
  g_byte_array_append (zip->bytes, (const guint8 *) "gap", 3);
  sr_test_zip_finish (zip, "");
  g_byte_array_append (bytes, zip->bytes->data, zip->bytes->len);
  g_byte_array_append (bytes, (const guint8 *) "trailing", 8);
  assert_findings (bytes, "1:gap gap leading-bytes trailing-bytes");
}

/* The second entry lies inside the first. */
static void
test_overlap (void)
{
  g_autoptr (SrTestZip) inner = sr_test_zip_new ();
  g_autoptr (SrTestZip) zip = sr_test_zip_new ();
  g_autofree guint8    *filler = g_malloc0 (2000);
  SrTestZipEntry        entry = { .name = "outer", .size = 0 };
  guint8               *offset;
  guint32               place;

  sr_test_zip_add_text (inner, "inner", "text");
  g_byte_array_append (inner->bytes, filler, 2000);
  entry.content = inner->bytes->data;
  entry.size = inner->bytes->len;
  sr_test_zip_add (zip, &entry);
  /* listed with the place it has in there */
  g_byte_array_append (zip->directory, inner->directory->data, inner->directory->len);
  offset = zip->directory->data + zip->directory->len - inner->directory->len + 42;
  place = GUINT32_TO_LE (30 + 5);
  memcpy (offset, &place, 4);
  zip->n_entries++;
  sr_test_zip_finish (zip, "");
  assert_findings (zip->bytes, "1:overlap");
}

/* A second directory in the comment, which some programs would find first. */
static void
test_ambiguous (void)
{
  g_autoptr (SrTestZip)  zip = sr_test_zip_new ();
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  static const guint8    empty_end[22] = { 'P', 'K', 5, 6 };

  sr_test_zip_add_text (zip, "a", "text");
  sr_test_zip_finish (zip, "the comment is of 22 b");
  g_byte_array_append (bytes, zip->bytes->data, zip->bytes->len - 22);
  g_byte_array_append (bytes, empty_end, sizeof empty_end);
  assert_findings (bytes, "ambiguous-end");
}

/* A ZIP in a ZIP, not packed: its end record lies near the end and is none. */
static void
test_inner (void)
{
  g_autoptr (SrTestZip) inner = sr_test_zip_new ();
  g_autoptr (SrTestZip) zip = sr_test_zip_new ();
  SrTestZipEntry        entry = { .name = "files.zip" };

  sr_test_zip_add_text (inner, "a", "text");
  sr_test_zip_finish (inner, "");
  entry.content = inner->bytes->data;
  entry.size = inner->bytes->len;
  sr_test_zip_add (zip, &entry);
  sr_test_zip_finish (zip, "");
  assert_findings (zip->bytes, "");
}

static void
test_stops (void)
{
  g_autoptr (SrTestZip)    zip = sr_test_zip_new ();
  g_autoptr (GPtrArray)    found = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (SrZipReader)  reader = NULL;
  g_autoptr (SrZipReader)  limited = NULL;
  g_autoptr (SrGuard)      guard = NULL;
  g_autoptr (GError)       error = NULL;
  SrGuardLimits            limits = sr_guard_default_limits;

  sr_test_zip_add_text (zip, "a", "some text");
  sr_test_zip_finish (zip, "");
  reader = sr_test_zip_open (zip->bytes, &error);
  g_cancellable_cancel (cancellable);
  g_assert_false (sr_zip_reader_verify (reader, keep_finding, found, NULL, cancellable, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_CANCELLED);
  g_clear_error (&error);
  limits.max_total = 5;
  guard = sr_guard_new (&limits);
  limited = sr_zip_reader_new (sr_test_zip_file (zip->bytes->data, zip->bytes->len), 0,
                               zip->bytes->len, guard, &error);
  g_assert_no_error (error);
  g_assert_false (sr_zip_reader_verify (limited, keep_finding, found, NULL, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_REFUSED);
  g_assert_cmpuint (found->len, ==, 0);
}

/* Whatever byte is changed, it comes out or is nobody's: never a clean result with other
 * content. */
static void
test_every_byte (void)
{
  g_autoptr (SrTestZip) zip = sr_test_zip_new ();
  SrTestZipEntry        entry = {
           .name = "a",
           .content = "some text text text",
           .size = 19,
           .deflate = TRUE,
           .descriptor = SR_TEST_ZIP_SIGNED_32,
  };
  guint data_begin = 30 + 1;
  guint data_end;

  sr_test_zip_add (zip, &entry);
  data_end = zip->bytes->len - 16;
  sr_test_zip_finish (zip, "");
  for (guint i = data_begin; i < data_end; i++)
    for (guint bit = 0; bit < 8; bit++)
      {
        g_autoptr (GPtrArray)   found = g_ptr_array_new_with_free_func (g_free);
        g_autoptr (SrZipReader) reader = NULL;
        g_autoptr (GError)      error = NULL;

        zip->bytes->data[i] ^= (guint8) (1 << bit);
        reader = sr_test_zip_open (zip->bytes, &error);
        g_assert_no_error (error);
        g_assert_true (sr_zip_reader_verify (reader, keep_finding, found, NULL, NULL, &error));
        /* bits behind the end of the deflate stream mean nothing */
        if (i < data_end - 1)
          g_assert_cmpuint (found->len, >, 0);
        zip->bytes->data[i] ^= (guint8) (1 << bit);
      }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/zip-verify/good", test_good);
  g_test_add_func ("/zip-verify/nothing", test_nothing);
  g_test_add_func ("/zip-verify/damage-small", test_damage_small);
  g_test_add_func ("/zip-verify/damage-large", test_damage_large);
  g_test_add_func ("/zip-verify/unreadable", test_unreadable);
  g_test_add_func ("/zip-verify/headers", test_headers);
  g_test_add_func ("/zip-verify/names", test_names);
  g_test_add_func ("/zip-verify/places", test_places);
  g_test_add_func ("/zip-verify/overlap", test_overlap);
  g_test_add_func ("/zip-verify/ambiguous", test_ambiguous);
  g_test_add_func ("/zip-verify/inner", test_inner);
  g_test_add_func ("/zip-verify/stops", test_stops);
  g_test_add_func ("/zip-verify/every-byte", test_every_byte);
  return g_test_run ();
}
