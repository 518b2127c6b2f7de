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
  gssize  *pool;
  gboolean full;
};

SrKeySet *
sr_key_set_new (gssize *pool)
{
  SrKeySet *self = g_new0 (SrKeySet, 1);

  self->pool = pool;
  /* the first ones are so few that they are given in any case */
  __atomic_sub_fetch (pool, FIRST_SLOTS, __ATOMIC_RELAXED);
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
  __atomic_add_fetch (self->pool, (gssize) self->n_slots, __ATOMIC_RELAXED);
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

/* Old and new slots are there at once, and both are counted. */
static gboolean
grow (SrKeySet *self)
{
  guint64 *old = self->slots;
  guint    n = self->n_slots;

  if (__atomic_sub_fetch (self->pool, 2 * (gssize) n, __ATOMIC_RELAXED) < 0)
    {
      __atomic_add_fetch (self->pool, 2 * (gssize) n, __ATOMIC_RELAXED);
      return FALSE;
    }
  self->n_slots = n * 2;
  self->slots = g_new0 (guint64, self->n_slots);
  for (guint i = 0; i < n; i++)
    if (old[i] != 0)
      self->slots[find_slot (self, old[i])] = old[i];
  g_free (old);
  __atomic_add_fetch (self->pool, (gssize) n, __ATOMIC_RELAXED);
  return TRUE;
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
  if (self->n_keys >= self->n_slots / 4 * 3)
    {
      self->full = self->full || !grow (self);
      if (self->full)
        return TRUE;
      slot = find_slot (self, hash);
    }
  self->slots[slot] = hash;
  self->n_keys++;
  return TRUE;
}

gboolean
sr_key_set_is_full (SrKeySet *self)
{
  return self->full;
}
