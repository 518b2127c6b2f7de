/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-base"

#include "config.h"

#include "base/sr-secret.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct _SrSecret
{
  gatomicrefcount refs;
  gsize           size;
  gsize           mapped; /* whole pages */
  guint8         *data;
};

SrSecret *
sr_secret_new (gsize size)
{
  SrSecret *self = g_new0 (SrSecret, 1);
  gsize     page = (gsize) sysconf (_SC_PAGESIZE);

  g_atomic_ref_count_init (&self->refs);
  self->size = size;
  if (size > G_MAXSIZE - page)
    g_error ("a secret of %" G_GSIZE_FORMAT " bytes cannot be held", size);
  self->mapped = (MAX (size, 1) + page - 1) / page * page;
  self->data = mmap (NULL, self->mapped, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (self->data == MAP_FAILED)
    g_error ("no memory for a secret of %" G_GSIZE_FORMAT " bytes", size);
  /* Both may fail (limits, old kernels): the secret is then merely less well kept. */
  (void) mlock (self->data, self->mapped);
  (void) madvise (self->data, self->mapped, MADV_DONTDUMP);
  return self;
}

SrSecret *
sr_secret_new_from (gconstpointer data,
                    gsize         size)
{
  SrSecret *self = sr_secret_new (size);

  if (size > 0)
    memcpy (self->data, data, size);
  return self;
}

SrSecret *
sr_secret_ref (SrSecret *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
sr_secret_unref (SrSecret *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;
  sr_secret_wipe (self->data, self->mapped);
  munmap (self->data, self->mapped);
  g_free (self);
}

gsize
sr_secret_get_size (const SrSecret *self)
{
  return self->size;
}

gconstpointer
sr_secret_get_data (const SrSecret *self)
{
  return self->data;
}

gpointer
sr_secret_get_writable (SrSecret *self)
{
  return self->data;
}

gboolean
sr_secret_equal (const SrSecret *a,
                 const SrSecret *b)
{
  volatile guint8 difference = 0;

  if (a->size != b->size)
    return FALSE;
  for (gsize i = 0; i < a->size; i++)
    difference |= (guint8) (a->data[i] ^ b->data[i]);
  return difference == 0;
}

void
sr_secret_wipe (gpointer data,
                gsize    size)
{
  if (data != NULL && size > 0)
    explicit_bzero (data, size);
}
