/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * sr_file_find_holder:
 * @path: of a file
 *
 * Looks for another process that has the file open, as far as the system lets us see: root sees
 * all, others their own.
 *
 * Returns: (transfer full) (nullable): "program (process 123)" of the first found
 */
char *sr_file_find_holder (const char *path);

G_END_DECLS
