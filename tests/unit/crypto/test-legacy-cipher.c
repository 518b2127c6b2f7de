/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "crypto/sr-legacy-cipher.h"
#include "sr-test-util.h"

/* printf '[\n  {\n    "_id": "1"\n  }\n]' |
 *   openssl enc -aes-256-cbc -md md5 -nosalt -pass pass:default-key | xxd -p */
#define CLEAR "[\n  {\n    \"_id\": \"1\"\n  }\n]"
#define HEX   "3e00707394cd78e7a31e731d0be4a13b67894d0c762be5678103cb27581c9467"

static GByteArray *
convert (const char   *password,
         gboolean      encrypt,
         gconstpointer data,
         gsize         size,
         gsize         step,
         GError      **error)
{
  g_autoptr (SrSecret)       secret = sr_secret_new_from (password, strlen (password));
  g_autoptr (SrLegacyCipher) cipher = sr_legacy_cipher_new (secret, encrypt);
  g_autoptr (GByteArray)     all = g_byte_array_new ();
  g_autofree guint8         *out = g_malloc (step + SR_LEGACY_BLOCK);
  gsize                      n;

  for (gsize i = 0; i < size; i += step)
    {
      n = sr_legacy_cipher_update (cipher, (const guint8 *) data + i, MIN (step, size - i), out);
      g_byte_array_append (all, out, (guint) n);
    }
  if (!sr_legacy_cipher_finish (cipher, out, &n, error))
    return NULL;
  g_byte_array_append (all, out, (guint) n);
  return g_steal_pointer (&all);
}

static void
test_known_answer (void)
{
  g_autoptr (GError)     error = NULL;
  g_autoptr (GByteArray) sealed = convert ("default-key", TRUE, CLEAR, strlen (CLEAR), 7, &error);
  g_autoptr (GByteArray) opened = NULL;
  g_autoptr (GString)    hex = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < sealed->len; i++)
    g_string_append_printf (hex, "%02x", sealed->data[i]);
  g_assert_cmpstr (hex->str, ==, HEX);
  opened = convert ("default-key", FALSE, sealed->data, sealed->len, 5, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (opened->data, opened->len, CLEAR, strlen (CLEAR));
}

static void
test_lengths (void)
{
  guint8 data[100];

  sr_test_fill_random (3, data, sizeof data);
  for (gsize size = 0; size <= sizeof data; size++)
    {
      g_autoptr (GByteArray) sealed = convert ("p", TRUE, data, size, 1 + size % 33, NULL);
      g_autoptr (GByteArray) opened = NULL;

      g_assert_cmpuint (sealed->len, ==, (size / 16 + 1) * 16);
      opened = convert ("p", FALSE, sealed->data, sealed->len, 1 + size % 17, NULL);
      g_assert_cmpmem (opened->data, opened->len, data, size);
    }
}

static void
test_bad (void)
{
  g_autoptr (GByteArray) sealed = convert ("p", TRUE, CLEAR, strlen (CLEAR), 64, NULL);
  g_autoptr (GError)     cut = NULL;
  g_autoptr (GError)     other = NULL;

  g_assert_null (convert ("p", FALSE, sealed->data, sealed->len - 1, 64, &cut));
  g_assert_error (cut, SR_ERROR, SR_ERROR_DAMAGED);
  g_assert_null (convert ("q", FALSE, sealed->data, sealed->len, 64, &other));
  g_assert_error (other, SR_ERROR, SR_ERROR_DAMAGED);
}

static void
test_reset (void)
{
  g_autoptr (SrSecret)       secret = sr_secret_new_from ("p", 1);
  g_autoptr (SrLegacyCipher) cipher = sr_legacy_cipher_new (secret, TRUE);
  guint8                     first[48], second[48];
  gsize                      n;

  g_assert_cmpuint (sr_legacy_cipher_update (cipher, CLEAR, 16, first), ==, 16);
  sr_legacy_cipher_reset (cipher);
  g_assert_cmpuint (sr_legacy_cipher_update (cipher, CLEAR, 16, second), ==, 16);
  g_assert_cmpmem (first, 16, second, 16);
  g_assert_true (sr_legacy_cipher_finish (cipher, second, &n, NULL));
  g_assert_cmpuint (n, ==, 16);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/legacy-cipher/known-answer", test_known_answer);
  g_test_add_func ("/legacy-cipher/lengths", test_lengths);
  g_test_add_func ("/legacy-cipher/bad", test_bad);
  g_test_add_func ("/legacy-cipher/reset", test_reset);
  return g_test_run ();
}
