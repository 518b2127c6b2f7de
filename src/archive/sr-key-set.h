/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Keys that one or all sets of a pool take: 64 MiB. */
#define SR_KEY_POOL ((gssize) 8 << 20)

/**
 * SrKeySet:
 *
 * Which keys were seen, by a 64-bit hash under a random seed; eight bytes a key and as much again
 * free.
 */
typedef struct _SrKeySet SrKeySet;

/* @pool: slots that this set and others may still take, %SR_KEY_POOL at first; atomic. What a set
 * has goes back when it is freed. */
SrKeySet *sr_key_set_new (gssize *pool);
void      sr_key_set_free (SrKeySet *self);
/* Returns: whether it was not there yet; once the set is full always %TRUE for what is new */
gboolean sr_key_set_add (SrKeySet     *self,
                         gconstpointer key,
                         gsize         size);
/* Whether there were keys that it had no room for. */
gboolean sr_key_set_is_full (SrKeySet *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrKeySet, sr_key_set_free)

G_END_DECLS
