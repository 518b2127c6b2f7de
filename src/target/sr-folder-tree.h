/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Removes @name in @dir_fd and all below it, without following a link. It is no error if it is
 * gone. */
gboolean sr_folder_tree_remove (int         dir_fd,
                                const char *name,
                                GError    **error);
/* Counts what lies below @name in @dir_fd. @files: all that is no folder; @bytes: of regular files
 */
gboolean sr_folder_tree_measure (int           dir_fd,
                                 const char   *name,
                                 guint64      *files,
                                 guint64      *bytes,
                                 GCancellable *cancellable,
                                 GError      **error);

G_END_DECLS
