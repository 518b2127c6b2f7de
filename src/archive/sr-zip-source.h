/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SrZipSource:
 * @fd: not owned
 * @start, @size: where in the file the ZIP lies
 *
 * The bytes of a ZIP. All positions are counted from @start.
 *
 * Threads: any.
 */
typedef struct
{
  int     fd;
  guint64 start;
  guint64 size;
} SrZipSource;

/* All of @size bytes or an error: %SR_ERROR_DAMAGED where the ZIP ends before, and where the file
 * became shorter. */
gboolean sr_zip_source_read (const SrZipSource *self,
                             guint64            position,
                             gpointer           data,
                             gsize              size,
                             GError           **error);

G_END_DECLS
