/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "record/sr-sql-buffer.h"

#define FIRST_SIZE ((gsize) 64 << 10)
#define READ_SIZE  ((gsize) 1 << 20)

void
sr_sql_buffer_init (SrSqlBuffer  *self,
                    GInputStream *stream)
{
  *self = (SrSqlBuffer){ .stream = g_object_ref (stream), .data = g_malloc (1) };
}

void
sr_sql_buffer_clear (SrSqlBuffer *self)
{
  g_clear_object (&self->stream);
  g_clear_pointer (&self->data, g_free);
}

static void
make_room (SrSqlBuffer *self,
           gsize        wanted)
{
  gsize kept = self->end - self->begin;

  if (self->begin > 0)
    {
      memmove (self->data, self->data + self->begin, kept);
      self->offset += self->begin;
      self->begin = 0;
      self->end = kept;
    }
  if (self->allocated < kept + wanted)
    {
      self->allocated = kept + wanted;
      self->data = g_realloc (self->data, self->allocated);
    }
}

gboolean
sr_sql_buffer_fill (SrSqlBuffer  *self,
                    GCancellable *cancellable,
                    GError      **error)
{
  gsize kept = self->end - self->begin;
  gsize wanted = MAX (kept, self->allocated == 0 ? FIRST_SIZE : READ_SIZE);
  gsize least = MAX (kept, 1);
  gsize got = 0;

  if (kept > SR_SQL_MAX_SIZE)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "What begins at byte %" G_GUINT64_FORMAT " of the SQL text is one statement or "
                   "record of more than 256 MiB; the text is damaged or not what it seems",
                   self->offset + self->begin);
      return FALSE;
    }
  make_room (self, wanted);
  while (got < least && !self->eof)
    {
      gssize n;

      if (sr_check_cancelled (cancellable, error))
        return FALSE;
      n = g_input_stream_read (self->stream, self->data + self->end, MIN (wanted - got, READ_SIZE),
                               cancellable, error);
      if (n < 0)
        return FALSE;
      self->eof = n == 0;
      self->end += (gsize) n;
      got += (gsize) n;
    }
  return TRUE;
}
