/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include "repo/sr-saver-slab.h"

#include <sys/mman.h>

/* Slabs last used are used first, so that a small backup touches the memory of few. */
struct _SrSlabPool
{
  GMutex   lock;
  GCond    freed;
  SrSlab **free; /* under lock, as is the count */
  guint    n_free;
  guint    n_slabs;
  SrSlab  *slabs;
};

SrSlabPool *
sr_slab_pool_new (guint n_slabs)
{
  SrSlabPool *self = g_new0 (SrSlabPool, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->freed);
  self->n_slabs = n_slabs;
  self->slabs = g_new0 (SrSlab, n_slabs);
  self->free = g_new0 (SrSlab *, n_slabs);
  for (guint i = 0; i < n_slabs; i++)
    {
      void *memory = mmap (NULL, SR_SLAB_SIZE, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

      if (memory == MAP_FAILED)
        g_error ("There is no memory for the buffers of a backup");
      self->slabs[i].data = memory;
      self->slabs[i].pool = self;
      self->free[self->n_free++] = &self->slabs[i];
    }
  return self;
}

void
sr_slab_pool_free (SrSlabPool *self)
{
  if (self == NULL)
    return;
  g_warn_if_fail (self->n_free == self->n_slabs);
  for (guint i = 0; i < self->n_slabs; i++)
    munmap (self->slabs[i].data, SR_SLAB_SIZE);
  g_free (self->slabs);
  g_free (self->free);
  g_cond_clear (&self->freed);
  g_mutex_clear (&self->lock);
  g_free (self);
}

SrSlab *
sr_slab_pool_take (SrSlabPool *self)
{
  SrSlab *slab;

  g_mutex_lock (&self->lock);
  while (self->n_free == 0)
    g_cond_wait (&self->freed, &self->lock);
  slab = self->free[--self->n_free];
  g_mutex_unlock (&self->lock);
  g_atomic_int_set (&slab->refs, 1);
  return slab;
}

SrSlab *
sr_slab_ref (SrSlab *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

void
sr_slab_unref (SrSlab *self)
{
  SrSlabPool *pool;

  if (self == NULL || !g_atomic_int_dec_and_test (&self->refs))
    return;
  pool = self->pool;
  g_mutex_lock (&pool->lock);
  pool->free[pool->n_free++] = self;
  g_cond_signal (&pool->freed);
  g_mutex_unlock (&pool->lock);
}
