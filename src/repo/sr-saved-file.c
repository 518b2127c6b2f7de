/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-repo"

#include "config.h"

#include "repo/sr-saved-file.h"

/* Numbers lie in segments that never move, since other threads write into them: the first one is
 * inside the struct, so that a small file costs no further allocation, and each is larger than the
 * last. */
#define N_INLINE    2
#define FIRST_SHIFT 4
#define LAST_SHIFT  16

struct _SrSavedFile
{
  gint      refs;    /* atomic */
  gint      pending; /* atomic: chunks that are not through */
  gboolean  closed;
  guint32   n_segments;
  gsize     n_chunks;
  guint32 **segments; /* beyond the inline one */
  guint32   inline_numbers[N_INLINE];
};

/* Capacity of segment @i. */
static gsize
segment_size (guint32 i)
{
  return (gsize) 1 << MIN (FIRST_SHIFT + i, LAST_SHIFT);
}

/* Returns: in which segment chunk @i lies; @i becomes its place there */
static guint32
find_segment (gsize *i)
{
  const guint32 n_growing = LAST_SHIFT - FIRST_SHIFT;
  guint32       segment = 0;

  while (segment < n_growing && *i >= segment_size (segment))
    *i -= segment_size (segment++);
  if (segment == n_growing)
    {
      segment += (guint32) (*i >> LAST_SHIFT);
      *i &= ((gsize) 1 << LAST_SHIFT) - 1;
    }
  return segment;
}

SrSavedFile *
sr_saved_file_new (void)
{
  SrSavedFile *self = g_new0 (SrSavedFile, 1);

  self->refs = 1;
  return self;
}

SrSavedFile *
sr_saved_file_ref (SrSavedFile *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

void
sr_saved_file_unref (SrSavedFile *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->refs))
    return;
  for (guint32 i = 0; i < self->n_segments; i++)
    g_free (self->segments[i]);
  g_free (self->segments);
  g_free (self);
}

static guint32 *
get_slot (SrSavedFile *self,
          gsize        i)
{
  guint32 segment;

  if (i < N_INLINE)
    return &self->inline_numbers[i];
  i -= N_INLINE;
  segment = find_segment (&i);
  if (segment == self->n_segments)
    {
      self->segments = g_renew (guint32 *, self->segments, self->n_segments + 1);
      self->segments[self->n_segments++] = g_new (guint32, segment_size (segment));
    }
  return &self->segments[segment][i];
}

guint32 *
sr_saved_file_add_chunk (SrSavedFile *self)
{
  g_atomic_int_inc (&self->pending);
  g_atomic_int_inc (&self->refs);
  return get_slot (self, self->n_chunks++);
}

void
sr_saved_file_chunk_done (SrSavedFile *self)
{
  g_atomic_int_add (&self->pending, -1);
  sr_saved_file_unref (self);
}

void
sr_saved_file_close (SrSavedFile *self)
{
  self->closed = TRUE;
}

gboolean
sr_saved_file_is_complete (SrSavedFile *self)
{
  return self->closed && g_atomic_int_get (&self->pending) == 0;
}

gsize
sr_saved_file_get_n_chunks (SrSavedFile *self)
{
  return self->n_chunks;
}

guint32
sr_saved_file_get_number (SrSavedFile *self,
                          gsize        i)
{
  g_return_val_if_fail (i < self->n_chunks, 0);
  return *get_slot (self, i);
}
