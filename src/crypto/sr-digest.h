/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-id.h"

G_BEGIN_DECLS

/* SHA-256 of @size bytes in one go. Threads: any; a context per thread is kept. */
void sr_sha256 (gconstpointer data,
                gsize         size,
                SrId         *id);

/* SHA-256 in pieces. */
typedef struct _SrDigest SrDigest;

SrDigest *sr_digest_new (void);
void      sr_digest_free (SrDigest *self);
/* Back to the state of a fresh one. */
void sr_digest_reset (SrDigest *self);
void sr_digest_update (SrDigest     *self,
                       gconstpointer data,
                       gsize         size);
/* May be called once until the next reset. */
void sr_digest_finish (SrDigest *self,
                       SrId     *id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrDigest, sr_digest_free)

G_END_DECLS
