/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-crypto"

#include "config.h"

#include <openssl/evp.h>
#include <time.h>

#include "base/sr-error.h"
#include "crypto/sr-kdf.h"

#define MAX_N      (1u << 24)
#define MAX_R      64
#define MAX_P      64
#define MAX_MEMORY (G_GUINT64_CONSTANT (1) << 30)

#define RESTIC_N 32768
#define RESTIC_R 8
/* With less a slow or busy machine would make a key that is cheap to guess (OWASP: p = 3 with this
 * N and r). */
#define MIN_P 3

static gboolean
check_params (const SrScryptParams *params,
              GError              **error)
{
  if (params->n < 2 || params->n > MAX_N || (params->n & (params->n - 1)) != 0 ||
      params->r < 1 || params->r > MAX_R || params->p < 1 || params->p > MAX_P ||
      (guint64) 128 * params->n * params->r > MAX_MEMORY)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "The cost of the password derivation (N=%u, r=%u, p=%u) is outside of what is "
                   "allowed",
                   params->n, params->r, params->p);
      return FALSE;
    }
  return TRUE;
}

SrSecret *
sr_scrypt (SrSecret             *password,
           gconstpointer         salt,
           gsize                 salt_size,
           const SrScryptParams *params,
           gsize                 size,
           GError              **error)
{
  g_autoptr (SrSecret) derived = NULL;
  gsize                password_size = sr_secret_get_size (password);
  const char          *password_data = password_size > 0 ? sr_secret_get_data (password) : "";

  if (!check_params (params, error))
    return NULL;
  derived = sr_secret_new (size);
  /* The library counts some buffers more than the 128 N r of the algorithm: 128 r p and
   * 256 r + 64. */
  if (EVP_PBE_scrypt (password_data, password_size, salt, salt_size,
                      params->n, params->r, params->p,
                      MAX_MEMORY + (1 << 20), sr_secret_get_writable (derived), size) != 1)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "The password derivation (scrypt, N=%u, r=%u, p=%u) failed: not enough memory "
                   "or unfit parameters",
                   params->n, params->r, params->p);
      return NULL;
    }
  return g_steal_pointer (&derived);
}

/* Processor time of this thread in microseconds: what else the machine does must not make a key
 * weaker. */
static gint64
get_thread_time (void)
{
  struct timespec ts;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &ts);
  return (gint64) ts.tv_sec * G_USEC_PER_SEC + ts.tv_nsec / 1000;
}

/* Microseconds one derivation of p = 1 takes; the better of two, as the first one also faults its
 * memory in. */
static gint64
measure_one (void)
{
  const SrScryptParams params = { RESTIC_N, RESTIC_R, 1 };
  g_autoptr (SrSecret) password = sr_secret_new (16);
  guint8               salt[64] = { 0 };
  gint64               best = G_MAXINT64;

  for (guint i = 0; i < 2; i++)
    {
      gint64               begin = get_thread_time ();
      g_autoptr (SrSecret) derived = sr_scrypt (password, salt, sizeof salt, &params, 64, NULL);
      gint64               took = get_thread_time () - begin;

      if (derived != NULL && took < best)
        best = took;
    }
  return CLAMP (best, 1, G_MAXINT64 / 1000);
}

void
sr_scrypt_calibrate (guint           ms,
                     SrScryptParams *params)
{
  gint64 p = (gint64) ms * 1000 / measure_one ();

  params->n = RESTIC_N;
  params->r = RESTIC_R;
  params->p = (guint32) CLAMP (p, MIN_P, MAX_P);
}
