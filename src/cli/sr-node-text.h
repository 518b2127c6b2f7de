/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "repo/sr-tree.h"

G_BEGIN_DECLS

/* The line of an entry in a list. @with_details: mode, owner, size and time before its path.
 * Returns: (transfer full): with a line feed */
char *sr_node_text (const char   *path,
                    const SrNode *node,
                    gboolean      with_details);

G_END_DECLS
