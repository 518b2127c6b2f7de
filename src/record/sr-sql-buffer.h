/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A single record, or a statement that is none, may take this many bytes. */
#define SR_SQL_MAX_SIZE ((gsize) 256 << 20)

/**
 * SrSqlBuffer:
 * @data: what is read and not yet given up is at @data + @begin to @data + @end
 * @offset: of data[0] in the stream
 * @eof: nothing comes behind @end
 *
 * A window that slides over a stream. Who scans it scans from @begin; what reaches @end without an
 * answer calls sr_sql_buffer_fill() and begins anew, which costs at most twice the bytes because
 * each filling doubles what there is.
 */
typedef struct
{
  GInputStream *stream;
  char         *data;
  gsize         allocated;
  gsize         begin;
  gsize         end;
  guint64       offset;
  gboolean      eof;
} SrSqlBuffer;

void sr_sql_buffer_init (SrSqlBuffer  *self,
                         GInputStream *stream);
void sr_sql_buffer_clear (SrSqlBuffer *self);

/**
 * sr_sql_buffer_fill:
 *
 * Reads on, keeping what is at @begin; moves it. Sets @eof when the stream ends.
 *
 * Returns: %FALSE on errors of the stream, or with %SR_ERROR_INVALID when more than
 *   %SR_SQL_MAX_SIZE would have to be kept
 */
gboolean sr_sql_buffer_fill (SrSqlBuffer  *self,
                             GCancellable *cancellable,
                             GError      **error);

G_END_DECLS
