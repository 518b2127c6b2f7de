/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "base/sr-error.h"
#include "crypto/sr-digest.h"
#include "crypto/sr-kdf.h"
#include "crypto/sr-sealer.h"
#include "sr-test-util.h"

static SrSealer *
new_sealer (guint64 seed)
{
  g_autoptr (SrSecret) key = sr_secret_new (SR_KEY_SIZE);
  g_autoptr (GError)   error = NULL;
  SrSealer            *sealer;

  sr_test_fill_random (seed, sr_secret_get_writable (key), SR_KEY_SIZE);
  sealer = sr_sealer_new (key, &error);
  g_assert_no_error (error);
  return sealer;
}

static void
assert_opens (SrSealer     *sealer,
              const guint8 *sealed,
              gsize         sealed_size,
              const guint8 *plain,
              gsize         size)
{
  g_autofree guint8 *opened = g_malloc (size + 1);
  g_autoptr (GError) error = NULL;

  sr_sealer_open (sealer, sealed, sealed_size, opened, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (opened, size, plain, size);
}

static void
assert_damaged (SrSealer     *sealer,
                const guint8 *sealed,
                gsize         size)
{
  g_autofree guint8 *opened = g_malloc0 (size + 1);
  g_autoptr (GError) error = NULL;

  g_assert_false (sr_sealer_open (sealer, sealed, size, opened, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
  for (gsize i = 0; i < size; i++)
    g_assert_cmpint (opened[i], ==, 0); /* nothing was decrypted */
}

/* D. J. Bernstein, "The Poly1305-AES message-authentication code", appendix B, the third message:
 * the IV here is its nonce. The ciphertext is chosen, so only opening can be asked; what it
 * decrypts to does not matter. */
static void
test_poly1305_aes (void)
{
  const guint8 mac_keys[32] = {
    0x6a, 0xcb, 0x5f, 0x61, 0xa7, 0x17, 0x6d, 0xd3, 0x20, 0xc5, 0xc1, 0xeb, 0x2e, 0xdc, 0xdc, 0x74,
    0x48, 0x44, 0x3d, 0x0b, 0xb0, 0xd2, 0x11, 0x09, 0xc8, 0x9a, 0x10, 0x0b, 0x5c, 0xe2, 0xc2, 0x08
  };
  const guint8 sealed[64] = {
    0xae, 0x21, 0x2a, 0x55, 0x39, 0x97, 0x29, 0x59, 0x5d, 0xea, 0x45, 0x8b, 0xc6, 0x21, 0xff, 0x0e,
    0x66, 0x3c, 0xea, 0x19, 0x0f, 0xfb, 0x83, 0xd8, 0x95, 0x93, 0xf3, 0xf4, 0x76, 0xb6, 0xbc, 0x24,
    0xd7, 0xe6, 0x79, 0x10, 0x7e, 0xa2, 0x6a, 0xdb, 0x8c, 0xaf, 0x66, 0x52, 0xd0, 0x65, 0x61, 0x36,
    0x0e, 0xe1, 0xc1, 0x6b, 0xb7, 0x3f, 0x0f, 0x4f, 0xd1, 0x98, 0x81, 0x75, 0x3c, 0x01, 0xcd, 0xbe
  };
  g_autoptr (SrSecret) key = sr_secret_new (SR_KEY_SIZE);
  guint8              *bytes = sr_secret_get_writable (key);
  guint8               plain[32];
  g_autoptr (GError)   error = NULL;
  g_autoptr (SrSealer) sealer = NULL;

  memset (bytes, 0x11, 32);
  memcpy (bytes + 32, mac_keys, sizeof mac_keys);
  sealer = sr_sealer_new (key, &error);
  g_assert_no_error (error);
  g_assert_true (sr_sealer_open (sealer, sealed, sizeof sealed, plain, &error));
  g_assert_no_error (error);
}

static void
test_round_trip (void)
{
  g_autoptr (SrSealer) sealer = new_sealer (1);
  const gsize          sizes[] = { 0, 1, 15, 16, 17, 16383, 16384, 16385, 100000 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      gsize              size = sizes[i];
      g_autofree guint8 *plain = g_malloc (size + 1);
      g_autofree guint8 *sealed = g_malloc (size + SR_SEAL_OVERHEAD);
      g_autofree guint8 *again = g_malloc (size + SR_SEAL_OVERHEAD);

      sr_test_fill_random (size, plain, size);
      sr_sealer_seal (sealer, plain, size, sealed);
      sr_sealer_seal (sealer, plain, size, again);
      g_assert_cmpint (memcmp (sealed, again, SR_SEAL_IV_SIZE), !=, 0);
      assert_opens (sealer, sealed, size + SR_SEAL_OVERHEAD, plain, size);
      assert_opens (sealer, again, size + SR_SEAL_OVERHEAD, plain, size);
    }
}

static void
test_in_place (void)
{
  g_autoptr (SrSealer) sealer = new_sealer (2);
  g_autoptr (GError)   error = NULL;
  const gsize          size = 40000;
  g_autofree guint8   *plain = g_malloc (size);
  g_autofree guint8   *buffer = g_malloc (size + SR_SEAL_OVERHEAD);

  sr_test_fill_random (7, plain, size);
  memcpy (buffer + SR_SEAL_IV_SIZE, plain, size);
  sr_sealer_seal (sealer, buffer + SR_SEAL_IV_SIZE, size, buffer);
  assert_opens (sealer, buffer, size + SR_SEAL_OVERHEAD, plain, size);
  g_assert_true (sr_sealer_open (sealer, buffer, size + SR_SEAL_OVERHEAD,
                                 buffer + SR_SEAL_IV_SIZE, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (buffer + SR_SEAL_IV_SIZE, size, plain, size);
}

static void
test_streaming_seal (void)
{
  g_autoptr (SrSealer) sealer = new_sealer (3);
  const gsize          size = 70001;
  g_autofree guint8   *plain = g_malloc (size);
  g_autofree guint8   *sealed = g_malloc (size + SR_SEAL_OVERHEAD);
  gsize                step = 1;

  sr_test_fill_random (8, plain, size);
  sr_sealer_seal_begin (sealer, sealed);
  for (gsize at = 0; at < size;)
    {
      gsize piece = MIN (step, size - at);

      sr_sealer_seal_update (sealer, plain + at, piece, sealed + SR_SEAL_IV_SIZE + at);
      at += piece;
      step = step * 3 + 1;
    }
  sr_sealer_seal_finish (sealer, sealed + SR_SEAL_IV_SIZE + size);
  assert_opens (sealer, sealed, size + SR_SEAL_OVERHEAD, plain, size);
}

static void
test_streaming_open (void)
{
  g_autoptr (SrSealer) sealer = new_sealer (4);
  g_autoptr (GError)   error = NULL;
  const gsize          size = 70001;
  g_autofree guint8   *plain = g_malloc (size);
  g_autofree guint8   *opened = g_malloc (size);
  g_autofree guint8   *sealed = g_malloc (size + SR_SEAL_OVERHEAD);
  const guint8        *cipher = sealed + SR_SEAL_IV_SIZE;

  sr_test_fill_random (9, plain, size);
  sr_sealer_seal (sealer, plain, size, sealed);
  sr_sealer_auth_begin (sealer, sealed);
  for (gsize at = 0; at < size; at += 5000)
    sr_sealer_auth_update (sealer, cipher + at, MIN (5000, size - at));
  g_assert_true (sr_sealer_auth_finish (sealer, cipher + size, &error));
  g_assert_no_error (error);
  sr_sealer_decrypt_begin (sealer, sealed);
  for (gsize at = 0; at < size; at += 777)
    sr_sealer_decrypt_update (sealer, cipher + at, MIN (777, size - at), opened + at);
  g_assert_cmpmem (opened, size, plain, size);
}

static void
test_every_byte_guarded (void)
{
  g_autoptr (SrSealer) sealer = new_sealer (5);
  guint8               plain[100];
  guint8               sealed[sizeof plain + SR_SEAL_OVERHEAD];

  sr_test_fill_random (10, plain, sizeof plain);
  sr_sealer_seal (sealer, plain, sizeof plain, sealed);
  for (gsize i = 0; i < sizeof sealed; i++)
    for (guint bit = 0; bit < 8; bit++)
      {
        sealed[i] ^= (guint8) (1u << bit);
        assert_damaged (sealer, sealed, sizeof sealed);
        sealed[i] ^= (guint8) (1u << bit);
      }
  for (gsize size = 0; size < sizeof sealed; size++)
    assert_damaged (sealer, sealed, size);
  assert_opens (sealer, sealed, sizeof sealed, plain, sizeof plain);
}

static void
test_other_key (void)
{
  g_autoptr (SrSealer) sealer = new_sealer (6);
  g_autoptr (SrSealer) other = new_sealer (7);
  guint8               sealed[10 + SR_SEAL_OVERHEAD];

  sr_sealer_seal (sealer, "0123456789", 10, sealed);
  assert_damaged (other, sealed, sizeof sealed);
}

/* The MAC is right, so that only the IV can be the reason: Poly1305 of the empty message is s = AES
 * (mac.k, IV). */
static void
test_zero_iv (void)
{
  g_autoptr (SrSealer) sealer = new_sealer (8);
  /* AES-128 of 16 zero bytes under bytes 32 to 47 of the key of this seed; from openssl enc
   * -aes-128-ecb */
  static const guint8 zero_iv_of_nothing[SR_SEAL_OVERHEAD] = {
    0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0,
    0x02, 0xfa, 0xb6, 0xb4, 0xac, 0x50, 0xfb, 0xca,
    0x40, 0x35, 0x5b, 0x3b, 0x99, 0xec, 0xb1, 0x92
  };

  assert_damaged (sealer, zero_iv_of_nothing, sizeof zero_iv_of_nothing);
}

static void
test_invalid_keys (void)
{
  const struct
  {
    gsize from, size;
  } zero[] = { { 0, 32 }, { 32, 16 }, { 48, 16 }, { 0, 64 } };
  const gsize sizes[] = { 0, 32, 63, 65 };

  for (gsize i = 0; i < G_N_ELEMENTS (zero); i++)
    {
      g_autoptr (SrSecret) key = sr_secret_new (SR_KEY_SIZE);
      g_autoptr (GError)   error = NULL;

      memset (sr_secret_get_writable (key), 0x55, SR_KEY_SIZE);
      memset ((guint8 *) sr_secret_get_writable (key) + zero[i].from, 0, zero[i].size);
      g_assert_null (sr_sealer_new (key, &error));
      g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (SrSecret) key = sr_secret_new (sizes[i]);
      g_autoptr (GError)   error = NULL;

      if (sizes[i] > 0)
        memset (sr_secret_get_writable (key), 0x55, sizes[i]);
      g_assert_null (sr_sealer_new (key, &error));
      g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
    }
}

static gpointer
seal_and_open (gpointer user_data)
{
  g_autoptr (SrSealer) sealer = user_data;
  guint8               plain[1000], sealed[sizeof plain + SR_SEAL_OVERHEAD];

  for (guint i = 0; i < 200; i++)
    {
      sr_test_fill_random (i, plain, sizeof plain);
      sr_sealer_seal (sealer, plain, sizeof plain, sealed);
      assert_opens (sealer, sealed, sizeof sealed, plain, sizeof plain);
    }
  return NULL;
}

static void
test_copies_in_threads (void)
{
  g_autoptr (SrSealer) sealer = new_sealer (9);
  GThread             *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("sealer", seal_and_open, sr_sealer_copy (sealer));
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

static void
read_fixture (const char *name,
              char      **contents,
              gsize      *size)
{
  g_autofree char   *path = g_test_build_filename (G_TEST_DIST, "data", "restic-init", name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, contents, size, &error);
  g_assert_no_error (error);
}

static void
decode_into (JsonObject *object,
             const char *member,
             guint8     *out,
             gsize       size)
{
  gsize              n;
  g_autofree guint8 *bytes = g_base64_decode (json_object_get_string_member (object, member), &n);

  g_assert_cmpuint (n, ==, size);
  memcpy (out, bytes, n);
}

static JsonNode *
open_json (SrSealer     *sealer,
           const guint8 *sealed,
           gsize         size)
{
  g_autofree char     *plain = g_malloc0 (size);
  g_autoptr (GError)   error = NULL;
  g_autoptr (JsonNode) node = NULL;

  g_assert_true (sr_sealer_open (sealer, sealed, size, (guint8 *) plain, &error));
  g_assert_no_error (error);
  node = json_from_string (plain, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&node);
}

static SrSealer *
sealer_of_password (JsonObject *key_file)
{
  const SrScryptParams params = { (guint32) json_object_get_int_member (key_file, "N"),
                                  (guint32) json_object_get_int_member (key_file, "r"),
                                  (guint32) json_object_get_int_member (key_file, "p") };
  g_autofree char     *password = NULL;
  gsize                size;
  guint8               salt[64];
  g_autoptr (GError)   error = NULL;
  g_autoptr (SrSecret) secret = NULL;
  g_autoptr (SrSecret) derived = NULL;
  SrSealer            *sealer;

  read_fixture ("password", &password, &size);
  secret = sr_secret_new_from (password, size);
  decode_into (key_file, "salt", salt, sizeof salt);
  derived = sr_scrypt (secret, salt, sizeof salt, &params, SR_KEY_SIZE, &error);
  g_assert_no_error (error);
  sealer = sr_sealer_new (derived, &error);
  g_assert_no_error (error);
  return sealer;
}

/* A key file and a config that stock restic wrote: scrypt, the user key, the master key and the
 * seal of the config. */
static void
test_restic_vault (void)
{
  g_autofree char     *key_text = NULL;
  g_autofree char     *config = NULL;
  gsize                key_size, config_size, data_size;
  g_autoptr (GError)   error = NULL;
  g_autoptr (JsonNode) key_node = NULL;
  g_autoptr (JsonNode) master_node = NULL;
  g_autoptr (JsonNode) config_node = NULL;
  g_autoptr (SrSealer) user = NULL;
  g_autoptr (SrSealer) master = NULL;
  g_autoptr (SrSecret) master_key = sr_secret_new (SR_KEY_SIZE);
  guint8              *master_bytes = sr_secret_get_writable (master_key);
  g_autofree guint8   *data = NULL;
  JsonObject          *mac;
  SrId                 id;
  char                 hex[SR_ID_HEX_SIZE];

  read_fixture ("vault/keys/d36de1f4f07c1d6e14705177eb8d547258ca7e5e65ab0bfcd534d6af34a73bb8",
                &key_text, &key_size);
  sr_sha256 (key_text, key_size, &id);
  g_assert_cmpstr (sr_id_to_hex (&id, hex), ==,
                   "d36de1f4f07c1d6e14705177eb8d547258ca7e5e65ab0bfcd534d6af34a73bb8");
  key_node = json_from_string (key_text, &error);
  g_assert_no_error (error);
  user = sealer_of_password (json_node_get_object (key_node));
  data = g_base64_decode (json_object_get_string_member (json_node_get_object (key_node), "data"),
                          &data_size);
  master_node = open_json (user, data, data_size);
  mac = json_object_get_object_member (json_node_get_object (master_node), "mac");
  decode_into (json_node_get_object (master_node), "encrypt", master_bytes, 32);
  decode_into (mac, "k", master_bytes + 32, 16);
  decode_into (mac, "r", master_bytes + 48, 16);
  master = sr_sealer_new (master_key, &error);
  g_assert_no_error (error);

  read_fixture ("vault/config", &config, &config_size);
  config_node = open_json (master, (const guint8 *) config, config_size);
  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (config_node),
                                                  "chunker_polynomial"),
                   ==,
                   "2acc5c9f068d7b");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sealer/poly1305-aes", test_poly1305_aes);
  g_test_add_func ("/sealer/round-trip", test_round_trip);
  g_test_add_func ("/sealer/in-place", test_in_place);
  g_test_add_func ("/sealer/streaming-seal", test_streaming_seal);
  g_test_add_func ("/sealer/streaming-open", test_streaming_open);
  g_test_add_func ("/sealer/every-byte-guarded", test_every_byte_guarded);
  g_test_add_func ("/sealer/other-key", test_other_key);
  g_test_add_func ("/sealer/zero-iv", test_zero_iv);
  g_test_add_func ("/sealer/invalid-keys", test_invalid_keys);
  g_test_add_func ("/sealer/copies-in-threads", test_copies_in_threads);
  g_test_add_func ("/sealer/restic-vault", test_restic_vault);
  return g_test_run ();
}
