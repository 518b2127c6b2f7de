/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-base"

#include "config.h"

#include "base/sr-queue.h"

struct _SrQueue
{
  GMutex    lock;
  GCond     not_empty;
  GCond     not_full;
  gpointer *ring; /* all below under lock */
  guint     capacity;
  guint     head; /* oldest item */
  guint     count;
  gboolean  closed;
};

SrQueue *
sr_queue_new (guint capacity)
{
  SrQueue *self;

  g_return_val_if_fail (capacity > 0, NULL);
  self = g_new0 (SrQueue, 1);
  g_mutex_init (&self->lock);
  g_cond_init (&self->not_empty);
  g_cond_init (&self->not_full);
  self->ring = g_new0 (gpointer, capacity);
  self->capacity = capacity;
  return self;
}

void
sr_queue_free (SrQueue *self)
{
  if (self == NULL)
    return;
  g_free (self->ring);
  g_cond_clear (&self->not_full);
  g_cond_clear (&self->not_empty);
  g_mutex_clear (&self->lock);
  g_free (self);
}

gboolean
sr_queue_push (SrQueue *self,
               gpointer item)
{
  gboolean taken = FALSE;

  g_return_val_if_fail (item != NULL, FALSE);

  g_mutex_lock (&self->lock);
  while (self->count == self->capacity && !self->closed)
    g_cond_wait (&self->not_full, &self->lock);
  if (!self->closed)
    {
      self->ring[(self->head + self->count) % self->capacity] = item;
      self->count++;
      taken = TRUE;
      g_cond_signal (&self->not_empty);
    }
  g_mutex_unlock (&self->lock);
  return taken;
}

static gpointer
take_oldest (SrQueue *self)
{
  gpointer item = self->ring[self->head];

  self->ring[self->head] = NULL;
  self->head = (self->head + 1) % self->capacity;
  self->count--;
  g_cond_signal (&self->not_full);
  return item;
}

gpointer
sr_queue_pop (SrQueue *self)
{
  gpointer item = NULL;

  g_mutex_lock (&self->lock);
  while (self->count == 0 && !self->closed)
    g_cond_wait (&self->not_empty, &self->lock);
  if (self->count > 0)
    item = take_oldest (self);
  g_mutex_unlock (&self->lock);
  return item;
}

void
sr_queue_close (SrQueue *self)
{
  g_mutex_lock (&self->lock);
  self->closed = TRUE;
  g_cond_broadcast (&self->not_empty);
  g_cond_broadcast (&self->not_full);
  g_mutex_unlock (&self->lock);
}
