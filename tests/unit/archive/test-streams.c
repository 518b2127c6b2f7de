/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "archive/sr-fd-stream.h"
#include "archive/sr-gzip-stream.h"
#include "archive/sr-legacy-stream.h"
#include "base/sr-error.h"
#include "crypto/sr-legacy-cipher.h"
#include "sr-test-util.h"

#define SIZE 300000

static GByteArray *
gzip (gconstpointer data,
      gsize         size)
{
  g_autoptr (GConverter)   converter = NULL;
  g_autoptr (GInputStream) base = g_memory_input_stream_new_from_data (data, (gssize) size, NULL);
  g_autoptr (GInputStream) stream = NULL;
  GByteArray              *all = g_byte_array_new ();
  guint8                   piece[4096];
  gssize                   n;

  converter = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6));
  stream = g_converter_input_stream_new (base, converter);
  while ((n = g_input_stream_read (stream, piece, sizeof piece, NULL, NULL)) > 0)
    g_byte_array_append (all, piece, (guint) n);
  return all;
}

/* Reads in steps of odd sizes. Returns: what came before the end or the error */
static GByteArray *
read_all (GInputStream *stream,
          GError      **error)
{
  GByteArray *all = g_byte_array_new ();
  guint8      piece[7001];
  gssize      n;

  while ((n = g_input_stream_read (stream, piece, sizeof piece, NULL, error)) > 0)
    g_byte_array_append (all, piece, (guint) n);
  return all;
}

static GByteArray *
gunzip (gconstpointer data,
        gsize         size,
        GError      **error)
{
  g_autoptr (GInputStream) base = g_memory_input_stream_new_from_data (data, (gssize) size, NULL);
  g_autoptr (GInputStream) stream = sr_gzip_stream_new (base, "test.gz", NULL);

  return read_all (stream, error);
}

static void
test_gzip (void)
{
  g_autofree guint8     *data = g_malloc (SIZE);
  g_autoptr (GByteArray) packed = NULL;
  g_autoptr (GByteArray) second = NULL;
  g_autoptr (GByteArray) clear = NULL;
  g_autoptr (GByteArray) twice = NULL;
  g_autoptr (GByteArray) padded = NULL;
  g_autoptr (GError)     error = NULL;

  sr_test_fill_random (1, data, SIZE);
  packed = gzip (data, SIZE);
  clear = gunzip (packed->data, packed->len, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (clear->data, clear->len, data, SIZE);

  /* two members, and padding */
  second = gzip (data, SIZE);
  g_byte_array_append (packed, second->data, second->len);
  twice = gunzip (packed->data, packed->len, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (twice->len, ==, 2 * SIZE);
  g_byte_array_set_size (packed, packed->len + 100);
  memset (packed->data + packed->len - 100, 0, 100);
  padded = gunzip (packed->data, packed->len, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (padded->len, ==, 2 * SIZE);
}

static void
test_gzip_damaged (void)
{
  g_autoptr (GByteArray) packed = gzip ("some text that is short", 23);
  const gsize            size = packed->len;

  /* each cut and each flipped bit of the data and the trailer */
  for (gsize cut = 1; cut < size; cut++)
    {
      g_autoptr (GError)     error = NULL;
      g_autoptr (GByteArray) clear = gunzip (packed->data, cut, &error);

      g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
    }
  for (gsize at = 10; at < size; at++)
    {
      g_autoptr (GError)     error = NULL;
      g_autoptr (GByteArray) clear = NULL;

      /* the last bits of the data may be padding */
      if (at == size - 9)
        continue;
      packed->data[at] ^= 0x10;
      clear = gunzip (packed->data, size, &error);
      g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
      packed->data[at] ^= 0x10;
    }
}

/* What is good comes out before the error does. */
static void
test_gzip_good_part (void)
{
  g_autoptr (GByteArray) packed = gzip ("some text that is short", 23);
  g_autoptr (GByteArray) clear = NULL;
  g_autoptr (GByteArray) trailing = NULL;
  g_autoptr (GError)     error = NULL;

  packed->data[packed->len - 6] ^= 1;
  clear = gunzip (packed->data, packed->len, &error);
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
  g_assert_cmpmem (clear->data, clear->len, "some text that is short", 23);
  g_clear_error (&error);
  packed->data[packed->len - 6] ^= 1;
  g_byte_array_append (packed, (const guint8 *) "junk", 4);
  trailing = gunzip (packed->data, packed->len, &error);
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
  g_assert_cmpuint (trailing->len, ==, 23);
}

static void
test_gzip_guarded (void)
{
  static const SrGuardLimits limits = {
    .max_entries = 10, .max_entry_size = 1000, .max_total = 10000, .max_ratio = 100, .max_depth = 1
  };
  g_autoptr (SrGuard)      guard = sr_guard_new (&limits);
  g_autofree guint8       *zeros = g_malloc0 (SIZE);
  g_autoptr (GByteArray)   packed = gzip (zeros, SIZE);
  g_autoptr (GInputStream) base = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GByteArray)   clear = NULL;
  g_autoptr (GError)       error = NULL;

  base = g_memory_input_stream_new_from_data (packed->data, packed->len, NULL);
  stream = sr_gzip_stream_new (base, "bomb.gz", guard);
  clear = read_all (stream, &error);
  g_assert_error (error, SR_ERROR, SR_ERROR_REFUSED);
}

static GByteArray *
seal (const SrSecret *key,
      gconstpointer   data,
      gsize           size,
      gboolean        hex)
{
  g_autoptr (SrLegacyCipher) cipher = sr_legacy_cipher_new (key, TRUE);
  GByteArray                *all = g_byte_array_new ();
  g_autofree guint8         *out = g_malloc (size + 2 * SR_LEGACY_BLOCK);
  gsize                      n = sr_legacy_cipher_update (cipher, data, size, out);
  gsize                      last;

  g_assert_true (sr_legacy_cipher_finish (cipher, out + n, &last, NULL));
  n += last;
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *digits = g_strdup_printf ("%02x", out[i]);

      if (hex)
        g_byte_array_append (all, (const guint8 *) digits, 2);
      else
        g_byte_array_append (all, out + i, 1);
    }
  return all;
}

static GByteArray *
unseal (const SrSecret *key,
        GByteArray     *sealed,
        gsize           size,
        gboolean        hex,
        GError        **error)
{
  g_autoptr (GInputStream) base = NULL;
  g_autoptr (GInputStream) stream = NULL;

  base = g_memory_input_stream_new_from_data (sealed->data, (gssize) size, NULL);
  stream = sr_legacy_stream_new (base, "test", key, hex);
  return read_all (stream, error);
}

static void
test_legacy (void)
{
  g_autoptr (SrSecret) key = sr_secret_new_from ("key", 3);
  g_autofree guint8   *data = g_malloc (SIZE);

  sr_test_fill_random (2, data, SIZE);
  for (guint hex = 0; hex < 2; hex++)
    {
      g_autoptr (GError)     error = NULL;
      g_autoptr (GByteArray) sealed = seal (key, data, SIZE, hex);
      g_autoptr (GByteArray) clear = unseal (key, sealed, sealed->len, hex, &error);
      g_autoptr (GByteArray) cut = NULL;

      g_assert_no_error (error);
      g_assert_cmpmem (clear->data, clear->len, data, SIZE);
      cut = unseal (key, sealed, sealed->len - 1, hex, &error);
      g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
    }
}

static void
test_legacy_not_hex (void)
{
  g_autoptr (SrSecret)   key = sr_secret_new_from ("key", 3);
  g_autoptr (GByteArray) sealed = seal (key, "text", 4, TRUE);
  g_autoptr (GByteArray) clear = NULL;
  g_autoptr (GError)     error = NULL;

  sealed->data[5] = 'x';
  clear = unseal (key, sealed, sealed->len, TRUE, &error);
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
  g_assert_nonnull (strstr (error->message, "byte 5"));
}

static void
test_fd (void)
{
  g_autoptr (GError)       error = NULL;
  g_autoptr (GInputStream) first = NULL;
  g_autoptr (GInputStream) second = NULL;
  g_autoptr (GByteArray)   a = NULL;
  g_autoptr (GByteArray)   b = NULL;
  int                      fd = memfd_create ("test", MFD_CLOEXEC);

  g_assert_cmpint (write (fd, "0123456789", 10), ==, 10);
  first = sr_fd_stream_new (fd, 2, 5, "test", &error);
  second = sr_fd_stream_new (fd, 8, G_MAXUINT64, "test", &error);
  g_assert_no_error (error);
  a = read_all (first, &error);
  b = read_all (second, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (a->data, a->len, "23456", 5);
  g_assert_cmpmem (b->data, b->len, "89", 2);

  g_clear_object (&first);
  g_clear_pointer (&a, g_byte_array_unref);
  first = sr_fd_stream_new (fd, 8, 5, "test", &error);
  a = read_all (first, &error);
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
  close (fd);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/streams/gzip", test_gzip);
  g_test_add_func ("/streams/gzip-damaged", test_gzip_damaged);
  g_test_add_func ("/streams/gzip-good-part", test_gzip_good_part);
  g_test_add_func ("/streams/gzip-guarded", test_gzip_guarded);
  g_test_add_func ("/streams/legacy", test_legacy);
  g_test_add_func ("/streams/legacy-not-hex", test_legacy_not_hex);
  g_test_add_func ("/streams/fd", test_fd);
  return g_test_run ();
}
