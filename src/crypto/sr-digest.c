/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-crypto"

#include "config.h"

#include <openssl/evp.h>

#include "crypto/sr-digest.h"

struct _SrDigest
{
  EVP_MD_CTX *context;
};

/* Fetching walks the providers under a lock, so it is done once. */
static const EVP_MD *
get_sha256 (void)
{
  static gsize once;

  if (g_once_init_enter (&once))
    {
      EVP_MD *md = EVP_MD_fetch (NULL, "SHA2-256", NULL);

      if (md == NULL)
        g_error ("The cryptographic library has no SHA-256");
      g_once_init_leave (&once, (gsize) md);
    }
  return (const EVP_MD *) once;
}

static EVP_MD_CTX *
new_context (void)
{
  EVP_MD_CTX *context = EVP_MD_CTX_new ();

  if (context == NULL || EVP_DigestInit_ex2 (context, get_sha256 (), NULL) != 1)
    g_error ("The cryptographic library cannot begin a SHA-256 digest");
  return context;
}

/* Without a type the context keeps the one it has and touches no reference count that other threads
 * share. */
static void
restart (EVP_MD_CTX *context)
{
  if (EVP_DigestInit_ex2 (context, NULL, NULL) != 1)
    g_error ("The cryptographic library cannot restart a SHA-256 digest");
}

static void
update (EVP_MD_CTX   *context,
        gconstpointer data,
        gsize         size)
{
  if (size > 0 && EVP_DigestUpdate (context, data, size) != 1)
    g_error ("The cryptographic library cannot continue a SHA-256 digest");
}

static void
finish (EVP_MD_CTX *context,
        SrId       *id)
{
  if (EVP_DigestFinal_ex (context, id->bytes, NULL) != 1)
    g_error ("The cryptographic library cannot finish a SHA-256 digest");
}

static void
free_context (gpointer context)
{
  EVP_MD_CTX_free (context);
}

void
sr_sha256 (gconstpointer data,
           gsize         size,
           SrId         *id)
{
  static GPrivate thread_context = G_PRIVATE_INIT (free_context);
  EVP_MD_CTX     *context = g_private_get (&thread_context);

  if (context == NULL)
    {
      context = new_context ();
      g_private_set (&thread_context, context);
    }
  else
    {
      restart (context);
    }
  update (context, data, size);
  finish (context, id);
}

SrDigest *
sr_digest_new (void)
{
  SrDigest *self = g_new0 (SrDigest, 1);

  self->context = new_context ();
  return self;
}

void
sr_digest_free (SrDigest *self)
{
  if (self == NULL)
    return;
  EVP_MD_CTX_free (self->context);
  g_free (self);
}

void
sr_digest_reset (SrDigest *self)
{
  restart (self->context);
}

void
sr_digest_update (SrDigest     *self,
                  gconstpointer data,
                  gsize         size)
{
  update (self->context, data, size);
}

void
sr_digest_finish (SrDigest *self,
                  SrId     *id)
{
  finish (self->context, id);
}
