/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The file of a local vault that holds space back; see sr_storage_set_reserve(). */
#define SR_LOCAL_RESERVE "reserve"

/**
 * sr_local_reserve_resize:
 * @root: descriptor of the vault's folder
 * @bytes: how much the file is to occupy on the disk
 *
 * Makes the file if it is not there. What it held before stays if it cannot grow.
 *
 * Returns: 0 or an errno value
 */
int sr_local_reserve_resize (int     root,
                             guint64 bytes);

G_END_DECLS
