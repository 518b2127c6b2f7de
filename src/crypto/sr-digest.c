/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-crypto"

#include "config.h"

#include <openssl/evp.h>
#include <string.h>

#include "crypto/sr-digest.h"
#include "crypto/sr-sha256.h"

/* Either the library's context, or, where the processor can do two at once, a state of our own. */
struct _SrDigest
{
  EVP_MD_CTX *context; /* %NULL: the fields below */
  guint32     state[8];
  guint64     size; /* of what was added; what is no whole block yet lies in rest */
  guint8      rest[SR_SHA256_BLOCK_SIZE];
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

/* -- a state of our own -- */

static void
own_reset (SrDigest *self)
{
  memcpy (self->state, sr_sha256_initial, sizeof self->state);
  self->size = 0;
}

/* Completes the block that was begun. Returns: how many bytes that took */
static gsize
own_fill_rest (SrDigest     *self,
               const guint8 *data,
               gsize         size)
{
  gsize had = self->size % SR_SHA256_BLOCK_SIZE;
  gsize n = MIN (SR_SHA256_BLOCK_SIZE - had, size);

  if (had == 0 || n == 0)
    return 0;
  memcpy (self->rest + had, data, n);
  self->size += n;
  if (had + n == SR_SHA256_BLOCK_SIZE)
    sr_sha256_one (self->state, self->rest, 1);
  return n;
}

static void
own_update (SrDigest     *self,
            const guint8 *data,
            gsize         size)
{
  gsize n = own_fill_rest (self, data, size);
  gsize n_blocks = (size - n) / SR_SHA256_BLOCK_SIZE;
  gsize rest = (size - n) % SR_SHA256_BLOCK_SIZE;

  if (n_blocks > 0)
    sr_sha256_one (self->state, data + n, n_blocks);
  if (rest > 0)
    memcpy (self->rest, data + size - rest, rest);
  self->size += size - n;
}

static void
own_update_two (SrDigest     *a,
                const guint8 *a_data,
                gsize         a_size,
                SrDigest     *b,
                const guint8 *b_data,
                gsize         b_size)
{
  gsize a_n = own_fill_rest (a, a_data, a_size);
  gsize b_n = own_fill_rest (b, b_data, b_size);
  gsize n_blocks = MIN (a_size - a_n, b_size - b_n) / SR_SHA256_BLOCK_SIZE;
  gsize common = n_blocks * SR_SHA256_BLOCK_SIZE;

  if (n_blocks > 0)
    sr_sha256_two (a->state, a_data + a_n, b->state, b_data + b_n, n_blocks);
  a->size += common;
  b->size += common;
  own_update (a, a_data + a_n + common, a_size - a_n - common);
  own_update (b, b_data + b_n + common, b_size - b_n - common);
}

/* Padding: a bit, zeros, and the length in bits. */
static void
own_finish (SrDigest *self,
            SrId     *id)
{
  guint8  end[2 * SR_SHA256_BLOCK_SIZE] = { 0 };
  gsize   rest = self->size % SR_SHA256_BLOCK_SIZE;
  gsize   n_blocks = rest + 1 + sizeof (guint64) > SR_SHA256_BLOCK_SIZE ? 2 : 1;
  guint64 bits = GUINT64_TO_BE (self->size * 8);

  memcpy (end, self->rest, rest);
  end[rest] = 0x80;
  memcpy (end + n_blocks * SR_SHA256_BLOCK_SIZE - sizeof bits, &bits, sizeof bits);
  sr_sha256_one (self->state, end, n_blocks);
  for (guint i = 0; i < G_N_ELEMENTS (self->state); i++)
    {
      guint32 word = GUINT32_TO_BE (self->state[i]);

      memcpy (id->bytes + i * sizeof word, &word, sizeof word);
    }
}

/* -- many at once -- */

/* One of the two that are being hashed. */
typedef struct
{
  SrDigest      digest;
  SrSha256Part *part;
  gsize         done;
} Lane;

static void
lane_begin (Lane         *lane,
            SrSha256Part *part)
{
  lane->part = part;
  lane->done = 0;
  own_reset (&lane->digest);
}

/* When one is done the next takes its place, so that two are under way for as long as can be. */
static void
hash_in_lanes (SrSha256Part *parts,
               gsize         n_parts)
{
  Lane  lanes[2];
  gsize next = 2;

  lanes[0].digest.context = lanes[1].digest.context = NULL;
  lane_begin (&lanes[0], &parts[0]);
  lane_begin (&lanes[1], &parts[1]);
  for (;;)
    {
      Lane *a = &lanes[0];
      Lane *b = &lanes[1];
      gsize n = MIN (a->part->size - a->done, b->part->size - b->done);
      Lane *ended;
      Lane *other;

      own_update_two (&a->digest, (const guint8 *) a->part->data + a->done, n, &b->digest,
                      (const guint8 *) b->part->data + b->done, n);
      a->done += n;
      b->done += n;
      ended = a->done == a->part->size ? a : b;
      own_finish (&ended->digest, &ended->part->id);
      if (next < n_parts)
        {
          lane_begin (ended, &parts[next++]);
          continue;
        }
      other = ended == a ? b : a;
      own_update (&other->digest, (const guint8 *) other->part->data + other->done,
                  other->part->size - other->done);
      own_finish (&other->digest, &other->part->id);
      return;
    }
}

void
sr_sha256_many (SrSha256Part *parts,
                gsize         n_parts)
{
  if (n_parts > 1 && sr_sha256_is_usable ())
    {
      hash_in_lanes (parts, n_parts);
      return;
    }
  for (gsize i = 0; i < n_parts; i++)
    sr_sha256 (parts[i].data, parts[i].size, &parts[i].id);
}

/* -- in pieces -- */

SrDigest *
sr_digest_new (void)
{
  SrDigest *self = g_new0 (SrDigest, 1);

  if (!sr_sha256_is_usable ())
    self->context = new_context ();
  own_reset (self);
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
  if (self->context != NULL)
    restart (self->context);
  else
    own_reset (self);
}

void
sr_digest_update (SrDigest     *self,
                  gconstpointer data,
                  gsize         size)
{
  if (self->context != NULL)
    update (self->context, data, size);
  else
    own_update (self, data, size);
}

void
sr_digest_update_two (SrDigest     *a,
                      gconstpointer a_data,
                      gsize         a_size,
                      SrDigest     *b,
                      gconstpointer b_data,
                      gsize         b_size)
{
  if (a->context == NULL && b->context == NULL)
    {
      own_update_two (a, a_data, a_size, b, b_data, b_size);
      return;
    }
  sr_digest_update (a, a_data, a_size);
  sr_digest_update (b, b_data, b_size);
}

void
sr_digest_finish (SrDigest *self,
                  SrId     *id)
{
  if (self->context != NULL)
    finish (self->context, id);
  else
    own_finish (self, id);
}
