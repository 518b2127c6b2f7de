/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SrZipJob:
 * @owner: whatever the caller wants to find again
 * @destroy_owner: (nullable): frees @owner with the job
 * @data: (array length=size): bytes to pack
 * @whole: these are all bytes of an entry; else a block of one
 * @last: of the entry
 * @packed: (nullable): the result; %NULL if the entry is better stored as it is
 *
 * Something to deflate. What was made of the blocks of an entry, one behind the other, is one
 * deflate stream.
 */
typedef struct
{
  gpointer       owner;
  GDestroyNotify destroy_owner;
  guint8        *data;
  gsize          size;
  gboolean       whole;
  gboolean       last;

  guint8  *packed;
  gsize    packed_size;
  guint32  crc;
  gboolean done; /* of the packer */
} SrZipJob;

void sr_zip_job_free (SrZipJob *self);

/**
 * SrZipPacker:
 *
 * Deflates on all cores. Jobs come out in the order they went in; how many bytes may wait is
 * bounded.
 *
 * Threads: one that pushes and pops.
 */
typedef struct _SrZipPacker SrZipPacker;

/* @level: 1 to 12 */
SrZipPacker *sr_zip_packer_new (guint level);
void         sr_zip_packer_free (SrZipPacker *self);
/* @job: taken over */
void sr_zip_packer_push (SrZipPacker *self,
                         SrZipJob    *job);
/* @wait: for the oldest job even if there is room for others
 * Returns: (transfer full) (nullable): the oldest job if it is done, or if there is no room for
 *   more before it is; %NULL if more may be pushed, or nothing is left */
SrZipJob *sr_zip_packer_pop (SrZipPacker *self,
                             gboolean     wait);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrZipPacker, sr_zip_packer_free)

G_END_DECLS
