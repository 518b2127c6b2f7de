/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-secret.h"
#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrScryptParams:
 *
 * Cost of scrypt (RFC 7914): memory is 128 * N * r bytes, time is proportional to N * r * p.
 */
typedef struct
{
  guint32 n;
  guint32 r;
  guint32 p;
} SrScryptParams;

/**
 * sr_scrypt:
 * @params: from a key file, so not trusted: N must be a power of two from 2 to 2^24, r and p 1 to
 *   64, memory at most 1 GiB; else %SR_ERROR_INVALID
 * @size: bytes to derive
 */
SrSecret *sr_scrypt (SrSecret             *password,
                     gconstpointer         salt,
                     gsize                 salt_size,
                     const SrScryptParams *params,
                     gsize                 size,
                     GError              **error);

/**
 * sr_scrypt_calibrate:
 * @ms: how long one derivation should take on this machine; restic uses 500
 *
 * As restic does: N = 32768, r = 8 and the p that takes @ms of processor time (at least 3), so that
 * memory stays at 32 MiB.
 */
void sr_scrypt_calibrate (guint           ms,
                          SrScryptParams *params);

G_END_DECLS
