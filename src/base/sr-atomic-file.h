/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * sr_atomic_file_write_at:
 * @dir_fd: folder, or AT_FDCWD
 * @name: file name, or a path if @dir_fd is AT_FDCWD
 * @mode: permission bits of the new file
 *
 * Writes a file so that after a crash either the old content or the whole new one is there:
 * temporary file in the same folder, fsync, renameat, fsync of the folder. A failure leaves the old
 * file and no temporary one.
 */
gboolean sr_atomic_file_write_at (int           dir_fd,
                                  const char   *name,
                                  gconstpointer data,
                                  gsize         size,
                                  guint         mode,
                                  GError      **error);

/**
 * sr_file_read_all:
 * @max_size: larger files are refused with %SR_ERROR_INVALID
 *
 * Returns: (transfer full): content with a NUL behind it that is not counted
 */
GBytes *sr_file_read_all (int         dir_fd,
                          const char *name,
                          gsize       max_size,
                          GError    **error);

/* write() until all is out; EINTR is handled. */
gboolean sr_write_all (int           fd,
                       gconstpointer data,
                       gsize         size,
                       GError      **error);

G_END_DECLS
