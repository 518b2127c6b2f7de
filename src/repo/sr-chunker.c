/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include "repo/sr-chunker.h"

const SrChunkSizes sr_chunk_sizes_files = { 512 * 1024, 20, 8 * 1024 * 1024 };
const SrChunkSizes sr_chunk_sizes_database = { 4 * 1024, 13, 64 * 1024 };

#define MAX_BITS 23

gboolean
sr_chunk_sizes_are_valid (const SrChunkSizes *self)
{
  return self->min >= 64 && self->min <= self->max && self->max <= SR_CHUNK_MAX &&
         self->bits >= 1 && self->bits <= MAX_BITS;
}
