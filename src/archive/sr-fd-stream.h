/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * sr_fd_stream_new:
 * @fd: stays the caller's; the stream has a descriptor of its own
 * @offset, @size: what part of the file is read; @size G_MAXUINT64: to its end
 *
 * Reads a file at positions of its own, so that several streams may read one file at once.
 * %SR_ERROR_IO that names @name; a file that ends before @size is %SR_ERROR_DAMAGED.
 *
 * Returns: (transfer full)
 */
GInputStream *sr_fd_stream_new (int         fd,
                                guint64     offset,
                                guint64     size,
                                const char *name,
                                GError    **error);

G_END_DECLS
