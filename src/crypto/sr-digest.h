/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "base/sr-id.h"

G_BEGIN_DECLS

/* SHA-256 of @size bytes in one go. Threads: any; a context per thread is kept. */
void sr_sha256 (gconstpointer data,
                gsize         size,
                SrId         *id);

/**
 * SrSha256Part:
 * @data: @size bytes, of any alignment; may be %NULL if there are none
 * @id: (out): their digest
 */
typedef struct
{
  gconstpointer data;
  gsize         size;
  SrId          id;
} SrSha256Part;

/* SHA-256 of each part, two at a time where the processor gains by it (nearly twice the speed).
 * Threads: any. */
void sr_sha256_many (SrSha256Part *parts,
                     gsize         n_parts);

/* SHA-256 in pieces. */
typedef struct _SrDigest SrDigest;

SrDigest *sr_digest_new (void);
void      sr_digest_free (SrDigest *self);
/* Back to the state of a fresh one. */
void sr_digest_reset (SrDigest *self);
void sr_digest_update (SrDigest     *self,
                       gconstpointer data,
                       gsize         size);
/* The same as an update of each; as fast as one of them as far as the sizes are the same. */
void sr_digest_update_two (SrDigest     *a,
                           gconstpointer a_data,
                           gsize         a_size,
                           SrDigest     *b,
                           gconstpointer b_data,
                           gsize         b_size);
/* May be called once until the next reset. */
void sr_digest_finish (SrDigest *self,
                       SrId     *id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrDigest, sr_digest_free)

G_END_DECLS
