/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include "record/sr-record-output.h"

#define DRAIN_SIZE ((gsize) 256 * 1024)
/* A multiple of three, so that no padding comes between. */
#define BASE64_CHUNK ((gsize) 3 * 1024)

void
sr_record_output_init (SrRecordOutput *self,
                       GOutputStream  *stream)
{
  self->stream = g_object_ref (stream);
  self->text = g_string_new (NULL);
}

void
sr_record_output_clear (SrRecordOutput *self)
{
  g_clear_object (&self->stream);
  if (self->text != NULL)
    g_string_free (self->text, TRUE);
  self->text = NULL;
}

gboolean
sr_record_output_flush (SrRecordOutput *self,
                        GCancellable   *cancellable,
                        GError        **error)
{
  if (!g_output_stream_write_all (self->stream, self->text->str, self->text->len, NULL, cancellable,
                                  error))
    return FALSE;
  /* one large record is no reason to keep that much */
  if (self->text->allocated_len > 16 * DRAIN_SIZE)
    {
      g_string_free (self->text, TRUE);
      self->text = g_string_new (NULL);
    }
  g_string_truncate (self->text, 0);
  return TRUE;
}

gboolean
sr_record_output_drain (SrRecordOutput *self,
                        GCancellable   *cancellable,
                        GError        **error)
{
  return self->text->len < DRAIN_SIZE || sr_record_output_flush (self, cancellable, error);
}

void
sr_record_output_append_base64 (SrRecordOutput *self,
                                gconstpointer   data,
                                gsize           size)
{
  const guint8 *from = data;

  for (gsize at = 0; at < size; at += BASE64_CHUNK)
    {
      g_autofree char *text = g_base64_encode (from + at, MIN (size - at, BASE64_CHUNK));

      g_string_append (self->text, text);
    }
}
