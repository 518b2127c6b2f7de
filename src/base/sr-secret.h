/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SrSecret:
 *
 * Bytes that must not reach swap, core dumps or a later allocation: their page is locked and left
 * out of dumps as far as the system lets us, and they are overwritten when the last reference goes.
 * Immutable in size; atomic reference count.
 */
typedef struct _SrSecret SrSecret;

/* @size may be 0. The memory is zeroed. */
SrSecret *sr_secret_new (gsize size);
/* Copies; the caller wipes its own copy with sr_secret_wipe(). */
SrSecret     *sr_secret_new_from (gconstpointer data,
                                  gsize         size);
SrSecret     *sr_secret_ref (SrSecret *self);
void          sr_secret_unref (SrSecret *self);
gsize         sr_secret_get_size (const SrSecret *self);
gconstpointer sr_secret_get_data (const SrSecret *self);
/* For filling a fresh secret in; nobody else may hold it yet. */
gpointer sr_secret_get_writable (SrSecret *self);
/* Constant time for equal sizes. */
gboolean sr_secret_equal (const SrSecret *a,
                          const SrSecret *b);
/* Overwrites in a way the compiler does not remove. */
void sr_secret_wipe (gpointer data,
                     gsize    size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrSecret, sr_secret_unref)

G_END_DECLS
