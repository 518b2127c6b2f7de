/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Fills @data with bytes of the system's random generator, drawn in blocks per thread; aborts the
 * program if the system has none, since nothing could be written safely then. Wiped from the block
 * as they are handed out. */
void sr_random_bytes (gpointer data,
                      gsize    size);

G_END_DECLS
