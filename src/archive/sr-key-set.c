/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include "archive/sr-key-set.h"

#define FIRST_SLOTS 1024
/* FNV-1a with 64 bits */
#define FNV_PRIME  G_GUINT64_CONSTANT (0x100000001b3)
#define FNV_OFFSET G_GUINT64_CONSTANT (0xcbf29ce484222325)

struct _SrKeySet
{
  guint64 *slots; /* 0: free */
  guint    n_slots;
  guint    n_keys;
  guint64  seed;
};

SrKeySet *
sr_key_set_new (void)
{
  SrKeySet *self = g_new0 (SrKeySet, 1);

  self->n_slots = FIRST_SLOTS;
  self->slots = g_new0 (guint64, FIRST_SLOTS);
  self->seed = (guint64) g_random_int () << 32 | g_random_int ();
  return self;
}

void
sr_key_set_free (SrKeySet *self)
{
  if (self == NULL)
    return;
  g_free (self->slots);
  g_free (self);
}

static guint64
hash_of (SrKeySet     *self,
         const guint8 *key,
         gsize         size)
{
  guint64 hash = FNV_OFFSET ^ self->seed;

  for (gsize i = 0; i < size; i++)
    hash = (hash ^ key[i]) * FNV_PRIME;
  hash ^= hash >> 32;
  hash *= G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  hash ^= hash >> 29;
  return hash != 0 ? hash : 1;
}

/* Returns: the slot that holds @hash or is free for it */
static guint
find_slot (const SrKeySet *self,
           guint64         hash)
{
  guint slot = (guint) hash & (self->n_slots - 1);

  while (self->slots[slot] != 0 && self->slots[slot] != hash)
    slot = (slot + 1) & (self->n_slots - 1);
  return slot;
}

static void
grow (SrKeySet *self)
{
  guint64 *old = self->slots;
  guint    n = self->n_slots;

  self->n_slots = n * 2;
  self->slots = g_new0 (guint64, self->n_slots);
  for (guint i = 0; i < n; i++)
    if (old[i] != 0)
      self->slots[find_slot (self, old[i])] = old[i];
  g_free (old);
}

gboolean
sr_key_set_add (SrKeySet     *self,
                gconstpointer key,
                gsize         size)
{
  guint64 hash = hash_of (self, key, size);
  guint   slot = find_slot (self, hash);

  if (self->slots[slot] == hash)
    return FALSE;
  if (sr_key_set_is_full (self))
    return TRUE;
  self->slots[slot] = hash;
  if (++self->n_keys > self->n_slots / 4 * 3 && self->n_slots < 2 * SR_KEY_SET_MAX)
    grow (self);
  return TRUE;
}

gboolean
sr_key_set_is_full (SrKeySet *self)
{
  return self->n_keys >= SR_KEY_SET_MAX;
}
