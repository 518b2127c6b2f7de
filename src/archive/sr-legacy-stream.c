/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <string.h>

#include "archive/sr-legacy-stream.h"
#include "base/sr-error.h"
#include "crypto/sr-legacy-cipher.h"

#define INPUT_SIZE (64 * 1024)
#define CLEAR_SIZE (INPUT_SIZE + SR_LEGACY_BLOCK)

#define SR_TYPE_LEGACY_STREAM (sr_legacy_stream_get_type ())
G_DECLARE_FINAL_TYPE (SrLegacyStream, sr_legacy_stream, SR, LEGACY_STREAM, GInputStream)

struct _SrLegacyStream
{
  GInputStream parent_instance;

  GInputStream   *base;
  SrLegacyCipher *cipher;
  char           *name;
  gboolean        hex;
  gboolean        at_end;
  int             half; /* first digit of a pair that was cut, -1: none */
  guint64         offset;
  gsize           begin;
  gsize           end;
  guint8         *input; /* INPUT_SIZE */
  guint8         *clear; /* CLEAR_SIZE */
};

G_DEFINE_FINAL_TYPE (SrLegacyStream, sr_legacy_stream, G_TYPE_INPUT_STREAM)

/* In place. */
static gboolean
decode_hex (SrLegacyStream *self,
            gsize          *size,
            GError        **error)
{
  gsize n = 0;

  for (gsize i = 0; i < *size; i++)
    {
      int digit = g_ascii_xdigit_value ((char) self->input[i]);

      if (digit < 0)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED,
                       "“%s”: what should be encrypted as hexadecimal text is none at byte "
                       "%" G_GUINT64_FORMAT,
                       self->name, self->offset + i);
          return FALSE;
        }
      if (self->half >= 0)
        self->input[n++] = (guint8) (self->half << 4 | digit);
      self->half = self->half >= 0 ? -1 : digit;
    }
  self->offset += *size;
  *size = n;
  return TRUE;
}

static gboolean
finish (SrLegacyStream *self,
        GError        **error)
{
  self->at_end = TRUE;
  if (self->half < 0 && sr_legacy_cipher_finish (self->cipher, self->clear, &self->end, error))
    return TRUE;
  if (self->half >= 0)
    g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED, "The hexadecimal text is cut off");
  g_prefix_error (error, "“%s”: ", self->name);
  return FALSE;
}

static gboolean
fill (SrLegacyStream *self,
      GCancellable   *cancellable,
      GError        **error)
{
  gssize n = g_input_stream_read (self->base, self->input, INPUT_SIZE, cancellable, error);
  gsize  size = (gsize) MAX (n, 0);

  self->begin = 0;
  self->end = 0;
  if (n < 0)
    return FALSE;
  if (n == 0)
    return finish (self, error);
  if (self->hex && !decode_hex (self, &size, error))
    return FALSE;
  self->end = sr_legacy_cipher_update (self->cipher, self->input, size, self->clear);
  return TRUE;
}

static gssize
sr_legacy_stream_read (GInputStream *stream,
                       void         *buffer,
                       gsize         count,
                       GCancellable *cancellable,
                       GError      **error)
{
  SrLegacyStream *self = SR_LEGACY_STREAM (stream);

  while (self->begin == self->end && !self->at_end)
    if (!fill (self, cancellable, error))
      return -1;
  count = MIN (count, self->end - self->begin);
  memcpy (buffer, self->clear + self->begin, count);
  self->begin += count;
  return (gssize) count;
}

static void
sr_legacy_stream_finalize (GObject *object)
{
  SrLegacyStream *self = SR_LEGACY_STREAM (object);

  g_clear_object (&self->base);
  g_clear_pointer (&self->cipher, sr_legacy_cipher_free);
  g_free (self->name);
  sr_secret_wipe (self->clear, CLEAR_SIZE);
  g_free (self->clear);
  g_free (self->input);
  G_OBJECT_CLASS (sr_legacy_stream_parent_class)->finalize (object);
}

static void
sr_legacy_stream_class_init (SrLegacyStreamClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sr_legacy_stream_finalize;
  G_INPUT_STREAM_CLASS (class)->read_fn = sr_legacy_stream_read;
}

static void
sr_legacy_stream_init (SrLegacyStream *self)
{
  self->half = -1;
  self->input = g_malloc (INPUT_SIZE);
  self->clear = g_malloc (CLEAR_SIZE);
}

GInputStream *
sr_legacy_stream_new (GInputStream   *base,
                      const char     *name,
                      const SrSecret *password,
                      gboolean        hex)
{
  SrLegacyStream *self = g_object_new (SR_TYPE_LEGACY_STREAM, NULL);

  self->base = g_object_ref (base);
  self->cipher = sr_legacy_cipher_new (password, FALSE);
  self->name = g_filename_display_name (name);
  self->hex = hex;
  return G_INPUT_STREAM (self);
}
