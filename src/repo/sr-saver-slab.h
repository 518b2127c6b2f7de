/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Room for a chunk of the largest size (8 MiB) and for reading on behind it. */
#define SR_SLAB_SIZE ((gsize) 8 * 1024 * 1024 + 64 * 1024)

/**
 * SrSlab:
 * @data: %SR_SLAB_SIZE bytes
 *
 * A piece of memory that files are read into, one behind another. It is used again once nobody
 * holds a reference.
 */
typedef struct
{
  guint8 *data;
  /*< private >*/
  gint                refs;
  struct _SrSlabPool *pool;
} SrSlab;

/**
 * SrSlabPool:
 *
 * A fixed number of slabs: what bounds the memory of a backup.
 *
 * Threads: any.
 */
typedef struct _SrSlabPool SrSlabPool;

SrSlabPool *sr_slab_pool_new (guint n_slabs);
/* All slabs must have been given back. */
void sr_slab_pool_free (SrSlabPool *self);
/* Blocks until one is free. Returns: (transfer full) */
SrSlab *sr_slab_pool_take (SrSlabPool *self);
SrSlab *sr_slab_ref (SrSlab *self);
/* %NULL is ignored. */
void sr_slab_unref (SrSlab *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrSlabPool, sr_slab_pool_free)

G_END_DECLS
