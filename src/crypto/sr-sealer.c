/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-crypto"

#include "config.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/sr-error.h"
#include "crypto/sr-random.h"
#include "crypto/sr-sealer.h"

#define ENCRYPT_KEY_SIZE  32
#define MAC_K_OFFSET      32
#define MAC_R_OFFSET      48
#define MAC_PART_SIZE     16
#define ONE_TIME_KEY_SIZE 32

/* Encrypting and authenticating in pieces of this size keeps the ciphertext in the first cache
 * between the two. */
#define PIECE_SIZE (16 * 1024)

struct _SrSealer
{
  SrSecret       *key;
  EVP_CIPHER_CTX *ctr;    /* AES-256-CTR under the encryption key; a new IV for each message */
  EVP_CIPHER_CTX *ecb;    /* AES-128-ECB under mac.k: a block is the nonce part of a one-time key */
  EVP_MAC_CTX    *poly;   /* Poly1305; a new one-time key for each message */
  gboolean        bad_iv; /* of the message being authenticated */
};

typedef struct
{
  EVP_CIPHER *ctr;
  EVP_CIPHER *ecb;
  EVP_MAC    *poly;
} Algorithms;

/* The cryptographic library fails only for want of memory or by a broken installation: nothing can
 * be written or read safely then. */
static void
must (int         ok,
      const char *what)
{
  if (ok != 1)
    g_error ("The cryptographic library fails: %s", what);
}

static const Algorithms *
get_algorithms (void)
{
  static Algorithms algorithms;
  static gsize      once;

  if (g_once_init_enter (&once))
    {
      algorithms.ctr = EVP_CIPHER_fetch (NULL, "AES-256-CTR", NULL);
      algorithms.ecb = EVP_CIPHER_fetch (NULL, "AES-128-ECB", NULL);
      algorithms.poly = EVP_MAC_fetch (NULL, "POLY1305", NULL);
      must (algorithms.ctr != NULL && algorithms.ecb != NULL && algorithms.poly != NULL,
            "AES-256-CTR, AES-128-ECB or Poly1305 is missing");
      g_once_init_leave (&once, 1);
    }
  return &algorithms;
}

static gboolean
is_zero (const guint8 *data,
         gsize         size)
{
  guint8 any = 0;

  for (gsize i = 0; i < size; i++)
    any |= data[i];
  return any == 0;
}

static SrSealer *
new_unchecked (SrSecret *key)
{
  const Algorithms *algorithms = get_algorithms ();
  const guint8     *bytes = sr_secret_get_data (key);
  SrSealer         *self = g_new0 (SrSealer, 1);

  self->key = sr_secret_ref (key);
  self->ctr = EVP_CIPHER_CTX_new ();
  self->ecb = EVP_CIPHER_CTX_new ();
  self->poly = EVP_MAC_CTX_new (algorithms->poly);
  must (self->ctr != NULL && self->ecb != NULL && self->poly != NULL, "no memory for a context");
  must (EVP_EncryptInit_ex2 (self->ctr, algorithms->ctr, bytes, NULL, NULL),
        "setting the encryption key");
  must (EVP_EncryptInit_ex2 (self->ecb, algorithms->ecb, bytes + MAC_K_OFFSET, NULL, NULL),
        "setting the MAC key");
  must (EVP_CIPHER_CTX_set_padding (self->ecb, 0), "switching padding off");
  return self;
}

SrSealer *
sr_sealer_new (SrSecret *key,
               GError  **error)
{
  const guint8 *bytes = sr_secret_get_data (key);

  if (sr_secret_get_size (key) != SR_KEY_SIZE ||
      is_zero (bytes, ENCRYPT_KEY_SIZE) ||
      is_zero (bytes + MAC_K_OFFSET, MAC_PART_SIZE) ||
      is_zero (bytes + MAC_R_OFFSET, MAC_PART_SIZE))
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_DAMAGED,
                           "The key is not a valid key of a vault");
      return NULL;
    }
  return new_unchecked (key);
}

SrSealer *
sr_sealer_copy (SrSealer *self)
{
  return new_unchecked (self->key);
}

void
sr_sealer_free (SrSealer *self)
{
  if (self == NULL)
    return;
  EVP_CIPHER_CTX_free (self->ctr);
  EVP_CIPHER_CTX_free (self->ecb);
  EVP_MAC_CTX_free (self->poly);
  sr_secret_unref (self->key);
  g_free (self);
}

/* Poly1305-AES: the one-time key is r || AES (k, IV); r is stored as drawn, Poly1305 clamps it. */
static void
begin_mac (SrSealer     *self,
           const guint8 *iv)
{
  const guint8 *bytes = sr_secret_get_data (self->key);
  guint8        one_time[ONE_TIME_KEY_SIZE];
  int           n = 0;

  memcpy (one_time, bytes + MAC_R_OFFSET, MAC_PART_SIZE);
  must (EVP_EncryptUpdate (self->ecb, one_time + MAC_PART_SIZE, &n, iv, SR_SEAL_IV_SIZE),
        "encrypting the nonce");
  must (n == SR_SEAL_IV_SIZE, "encrypting the nonce");
  must (EVP_MAC_init (self->poly, one_time, sizeof one_time, NULL), "setting the one-time key");
  sr_secret_wipe (one_time, sizeof one_time);
}

static void
finish_mac (SrSealer *self,
            guint8    mac[SR_SEAL_MAC_SIZE])
{
  gsize size = 0;

  must (EVP_MAC_final (self->poly, mac, &size, SR_SEAL_MAC_SIZE), "finishing the MAC");
  must (size == SR_SEAL_MAC_SIZE, "finishing the MAC");
}

/* CTR is its own inverse, so this encrypts and decrypts. */
static void
crypt_piece (SrSealer     *self,
             const guint8 *in,
             gsize         size,
             guint8       *out)
{
  int n = 0;

  must (EVP_EncryptUpdate (self->ctr, out, &n, in, (int) size), "encrypting");
  must ((gsize) n == size, "encrypting");
}

void
sr_sealer_seal_begin (SrSealer *self,
                      guint8    iv[SR_SEAL_IV_SIZE])
{
  do
    sr_random_bytes (iv, SR_SEAL_IV_SIZE);
  while (is_zero (iv, SR_SEAL_IV_SIZE));
  begin_mac (self, iv);
  must (EVP_EncryptInit_ex2 (self->ctr, NULL, NULL, iv, NULL), "setting the IV");
}

void
sr_sealer_seal_update (SrSealer     *self,
                       gconstpointer plain,
                       gsize         size,
                       guint8       *cipher)
{
  const guint8 *in = plain;

  for (gsize at = 0; at < size; at += PIECE_SIZE)
    {
      gsize piece = MIN (PIECE_SIZE, size - at);

      crypt_piece (self, in + at, piece, cipher + at);
      must (EVP_MAC_update (self->poly, cipher + at, piece), "authenticating");
    }
}

void
sr_sealer_seal_finish (SrSealer *self,
                       guint8    mac[SR_SEAL_MAC_SIZE])
{
  finish_mac (self, mac);
}

void
sr_sealer_auth_begin (SrSealer    *self,
                      const guint8 iv[SR_SEAL_IV_SIZE])
{
  self->bad_iv = is_zero (iv, SR_SEAL_IV_SIZE);
  begin_mac (self, iv);
}

void
sr_sealer_auth_update (SrSealer     *self,
                       gconstpointer cipher,
                       gsize         size)
{
  if (size > 0)
    must (EVP_MAC_update (self->poly, cipher, size), "authenticating");
}

gboolean
sr_sealer_auth_finish (SrSealer    *self,
                       const guint8 mac[SR_SEAL_MAC_SIZE],
                       GError     **error)
{
  guint8 expected[SR_SEAL_MAC_SIZE];

  finish_mac (self, expected);
  if (CRYPTO_memcmp (mac, expected, sizeof expected) != 0 || self->bad_iv)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_DAMAGED,
                           "The data was changed since it was sealed, or was sealed with another "
                           "key");
      return FALSE;
    }
  return TRUE;
}

void
sr_sealer_decrypt_begin (SrSealer    *self,
                         const guint8 iv[SR_SEAL_IV_SIZE])
{
  must (EVP_EncryptInit_ex2 (self->ctr, NULL, NULL, iv, NULL), "setting the IV");
}

void
sr_sealer_decrypt_update (SrSealer     *self,
                          gconstpointer cipher,
                          gsize         size,
                          guint8       *plain)
{
  const guint8 *in = cipher;
  const gsize   most = 1 << 30; /* the library counts in int */

  for (gsize at = 0; at < size; at += most)
    crypt_piece (self, in + at, MIN (most, size - at), plain + at);
}

void
sr_sealer_seal (SrSealer     *self,
                gconstpointer plain,
                gsize         size,
                guint8       *sealed)
{
  sr_sealer_seal_begin (self, sealed);
  sr_sealer_seal_update (self, plain, size, sealed + SR_SEAL_IV_SIZE);
  sr_sealer_seal_finish (self, sealed + SR_SEAL_IV_SIZE + size);
}

gboolean
sr_sealer_open (SrSealer     *self,
                gconstpointer sealed,
                gsize         size,
                guint8       *plain,
                GError      **error)
{
  const guint8 *iv = sealed;
  const guint8 *cipher = iv + SR_SEAL_IV_SIZE;

  if (size < SR_SEAL_OVERHEAD)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                   "The data is too short to be sealed: %" G_GSIZE_FORMAT " bytes", size);
      return FALSE;
    }
  size -= SR_SEAL_OVERHEAD;
  sr_sealer_auth_begin (self, iv);
  sr_sealer_auth_update (self, cipher, size);
  if (!sr_sealer_auth_finish (self, cipher + size, error))
    return FALSE;
  sr_sealer_decrypt_begin (self, iv);
  sr_sealer_decrypt_update (self, cipher, size, plain);
  return TRUE;
}
