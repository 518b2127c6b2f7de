/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-crypto"

#include "config.h"

#include <openssl/evp.h>

#include "base/sr-error.h"
#include "crypto/sr-legacy-cipher.h"

#define MD5_SIZE 16
#define N_DIGEST 3
#define KEY_SIZE 32

struct _SrLegacyCipher
{
  EVP_CIPHER_CTX *context;
  SrSecret       *key; /* 32 bytes of key, 16 of IV */
  gboolean        encrypt;
};

/* The cryptographic library fails only for want of memory or by a broken installation. */
static void
must (int         ok,
      const char *what)
{
  if (ok != 1)
    g_error ("The cryptographic library fails: %s", what);
}

/* D1 = MD5 (P), D2 = MD5 (D1 | P), D3 = MD5 (D2 | P) */
static SrSecret *
derive_key (const SrSecret *password)
{
  SrSecret   *key = sr_secret_new (MD5_SIZE * N_DIGEST);
  guint8     *out = sr_secret_get_writable (key);
  EVP_MD_CTX *context = EVP_MD_CTX_new ();

  must (context != NULL, "MD5");
  for (guint i = 0; i < N_DIGEST; i++)
    {
      must (EVP_DigestInit_ex2 (context, EVP_md5 (), NULL), "MD5");
      if (i > 0)
        must (EVP_DigestUpdate (context, out + (i - 1) * MD5_SIZE, MD5_SIZE), "MD5");
      must (EVP_DigestUpdate (context, sr_secret_get_data (password),
                              sr_secret_get_size (password)),
            "MD5");
      must (EVP_DigestFinal_ex (context, out + i * MD5_SIZE, NULL), "MD5");
    }
  EVP_MD_CTX_free (context);
  return key;
}

SrLegacyCipher *
sr_legacy_cipher_new (const SrSecret *password,
                      gboolean        encrypt)
{
  SrLegacyCipher *self = g_new0 (SrLegacyCipher, 1);

  self->context = EVP_CIPHER_CTX_new ();
  must (self->context != NULL, "AES-256-CBC");
  self->key = derive_key (password);
  self->encrypt = encrypt;
  sr_legacy_cipher_reset (self);
  return self;
}

void
sr_legacy_cipher_free (SrLegacyCipher *self)
{
  if (self == NULL)
    return;
  EVP_CIPHER_CTX_free (self->context);
  sr_secret_unref (self->key);
  g_free (self);
}

void
sr_legacy_cipher_reset (SrLegacyCipher *self)
{
  const guint8 *key = sr_secret_get_data (self->key);

  must (EVP_CipherInit_ex2 (self->context, EVP_aes_256_cbc (), key, key + KEY_SIZE, self->encrypt,
                            NULL),
        "AES-256-CBC");
}

gsize
sr_legacy_cipher_update (SrLegacyCipher *self,
                         gconstpointer   data,
                         gsize           size,
                         gpointer        out)
{
  int n = 0;

  if (size > 0)
    must (EVP_CipherUpdate (self->context, out, &n, data, (int) size), "AES-256-CBC");
  return (gsize) n;
}

gboolean
sr_legacy_cipher_finish (SrLegacyCipher *self,
                         gpointer        out,
                         gsize          *size,
                         GError        **error)
{
  int n = 0;

  *size = 0;
  if (EVP_CipherFinal_ex (self->context, out, &n) != 1)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                   "What is encrypted does not end as it should: it is damaged or cut off, or the "
                   "key is another one");
      return FALSE;
    }
  *size = (gsize) n;
  return TRUE;
}
