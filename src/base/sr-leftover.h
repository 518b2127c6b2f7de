/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Removes what is called @name in @folder_fd. Returns: whether it is gone */
typedef gboolean (*SrLeftoverRemove) (int         folder_fd,
                                      const char *name);

/**
 * sr_leftover_make_prefix:
 * @before: what the name begins with, such as "."
 * @name: last part of a path; cut if it is very long
 * @kind: such as "partial"
 *
 * Returns: (transfer full): what all names of that kind beside @name begin with
 */
char *sr_leftover_make_prefix (const char *before,
                               const char *name,
                               const char *kind);

/* Returns: (transfer full): a name behind @prefix that says which process made it, and that no
 *   other has. At most 60 bytes longer */
char *sr_leftover_make_name (const char *prefix);

/**
 * sr_leftover_sweep:
 * @remove: (nullable): what could be removed is passed over
 * @others: (element-type filename) (nullable): gets the names of what stays: a process of it may
 *   still live, or nothing proves that it does not, or @remove did not do it
 *
 * Removes what killed processes left in a folder under names made from @prefix. What this process
 * made is neither removed nor named.
 */
void sr_leftover_sweep (int              folder_fd,
                        const char      *prefix,
                        SrLeftoverRemove remove,
                        GPtrArray       *others);

/* sr_leftover_sweep() of files or, with another @remove, folders; what stays is told as a message
 * of the log. @shown: the place, for it */
void sr_leftover_clean (int              folder_fd,
                        const char      *prefix,
                        SrLeftoverRemove remove,
                        const char      *shown);

/* For sr_leftover_sweep(): so that all are named; files */
gboolean sr_leftover_keep (int         folder_fd,
                           const char *name);
gboolean sr_leftover_unlink (int         folder_fd,
                             const char *name);

G_END_DECLS
