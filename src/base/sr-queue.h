/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SrQueue:
 *
 * A bounded first-in first-out queue between threads. Closing it lets what is in it be taken and
 * wakes everyone.
 *
 * Threads: all functions may be called from any thread.
 */
typedef struct _SrQueue SrQueue;

SrQueue *sr_queue_new (guint capacity);
void     sr_queue_free (SrQueue *self);
/* Blocks while full. Returns: %FALSE if the queue was closed, @item is then still the caller's. */
gboolean sr_queue_push (SrQueue *self,
                        gpointer item);
/* Blocks while empty. Returns: (nullable): the oldest item; %NULL when closed and empty. */
gpointer sr_queue_pop (SrQueue *self);
void     sr_queue_close (SrQueue *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrQueue, sr_queue_free)

G_END_DECLS
