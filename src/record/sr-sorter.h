/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Longest key, in bytes. */
#define SR_SORTER_MAX_KEY 4096

/**
 * SrSorterItem:
 *
 * What sr_sorter_next() gives: valid until the next call.
 */
typedef struct
{
  const guint8 *key;
  gsize         key_size;
  const guint8 *payload;
  gsize         payload_size;
} SrSorterItem;

/**
 * SrSorter:
 *
 * Sorts any number of items by their keys, as bytes, in bounded memory: what does not fit is sorted
 * in parts into a private file without a name, and these are merged. Items of equal keys keep the
 * order in which they came.
 *
 * Threads: one at a time.
 */
typedef struct _SrSorter SrSorter;

/**
 * sr_sorter_new:
 * @temp_dir: (nullable): where it spills to; %NULL: the system's
 * @memory: bytes to sort in, at least 64 KiB; a larger single item may exceed it
 */
SrSorter *sr_sorter_new (const char *temp_dir,
                         gsize       memory);
void      sr_sorter_free (SrSorter *self);
/* Copies. %SR_ERROR_NO_SPACE names the folder; %SR_ERROR_INVALID if the key is longer than
 * %SR_SORTER_MAX_KEY or the payload than 1 GiB. */
gboolean sr_sorter_add (SrSorter     *self,
                        gconstpointer key,
                        gsize         key_size,
                        gconstpointer payload,
                        gsize         payload_size,
                        GCancellable *cancellable,
                        GError      **error);
/* Ends the adding; once. */
gboolean sr_sorter_finish (SrSorter     *self,
                           GCancellable *cancellable,
                           GError      **error);
/* Returns: 1, 0 behind the last item, -1 with @error set */
int sr_sorter_next (SrSorter     *self,
                    SrSorterItem *item,
                    GCancellable *cancellable,
                    GError      **error);
/* How many parts were written to the disk; 0: all of it fits. */
guint sr_sorter_get_n_spilled (SrSorter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrSorter, sr_sorter_free)

G_END_DECLS
