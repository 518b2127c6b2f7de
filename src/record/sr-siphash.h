/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * sr_siphash:
 * @key: secret; fresh random for each use
 * @head: (array length=n_head): words in front of the data; as many in all calls with one key that
 *   must not be confused
 *
 * SipHash-2-4 with 128 bits of outcome (Aumasson and Bernstein, 2012). Who does not know the key
 * cannot make two texts of the same hash; by chance any two of n have it with probability n² /
 * 2¹²⁹.
 */
void sr_siphash (const guint64  key[2],
                 const guint64 *head,
                 guint          n_head,
                 gconstpointer  data,
                 gsize          size,
                 guint64        hash[2]);

G_END_DECLS
