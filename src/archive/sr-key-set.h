/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Beyond this it stops counting: 64 MiB. */
#define SR_KEY_SET_MAX (4u << 20)

/**
 * SrKeySet:
 *
 * Which keys were seen, by a 64-bit hash under a random seed; eight bytes a key and as much again
 * free.
 */
typedef struct _SrKeySet SrKeySet;

SrKeySet *sr_key_set_new (void);
void      sr_key_set_free (SrKeySet *self);
/* Returns: whether it was not there yet; once the set is full always %TRUE */
gboolean sr_key_set_add (SrKeySet     *self,
                         gconstpointer key,
                         gsize         size);
gboolean sr_key_set_is_full (SrKeySet *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrKeySet, sr_key_set_free)

G_END_DECLS
