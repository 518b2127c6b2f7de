/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-archive"

#include "config.h"

#include <zlib.h>

#include "archive/sr-gzip-stream.h"
#include "base/sr-error.h"

#define INPUT_SIZE (64 * 1024)
/* zlib's way to say: 32 KiB window, gzip only */
#define WINDOW_GZIP (MAX_WBITS + 16)

#define SR_TYPE_GZIP_STREAM (sr_gzip_stream_get_type ())
G_DECLARE_FINAL_TYPE (SrGzipStream, sr_gzip_stream, SR, GZIP_STREAM, GInputStream)

struct _SrGzipStream
{
  GInputStream parent_instance;

  GInputStream *base;
  SrGuard      *guard;
  char         *name;
  z_stream      z;
  guint64       packed;
  guint64       unpacked;
  gboolean      begun;   /* z is ready */
  gboolean      between; /* at the border of a member */
  gboolean      at_end;  /* of base */
  guint         n_members;
  GError       *failure; /* found behind bytes that were good */
  guint8       *input;   /* INPUT_SIZE */
};

G_DEFINE_FINAL_TYPE (SrGzipStream, sr_gzip_stream, G_TYPE_INPUT_STREAM)

static gboolean
damaged (SrGzipStream *self,
         const char   *what,
         GError      **error)
{
  g_set_error (error, SR_ERROR, SR_ERROR_DAMAGED, "“%s”: %s (after %" G_GUINT64_FORMAT " bytes)",
               self->name, what, self->unpacked);
  return FALSE;
}

static gboolean
fill (SrGzipStream *self,
      GCancellable *cancellable,
      GError      **error)
{
  gssize n;

  if (self->z.avail_in > 0 || self->at_end)
    return TRUE;
  n = g_input_stream_read (self->base, self->input, INPUT_SIZE, cancellable, error);
  if (n < 0)
    return FALSE;
  self->at_end = n == 0;
  self->packed += (guint64) n;
  self->z.next_in = self->input;
  self->z.avail_in = (guint) n;
  return TRUE;
}

/* Behind a member: another one, padding, the end, or what does not belong there. */
static gboolean
begin_member (SrGzipStream *self,
              GCancellable *cancellable,
              GError      **error)
{
  gboolean padding = FALSE;

  for (;;)
    {
      if (!fill (self, cancellable, error))
        return FALSE;
      if (self->at_end)
        return TRUE;
      if (*self->z.next_in != 0 || self->n_members == 0)
        break;
      padding = TRUE;
      self->z.next_in++;
      self->z.avail_in--;
    }
  if (padding || *self->z.next_in != 0x1f)
    return damaged (self, "something that is no gzip data follows its end", error);
  inflateReset (&self->z);
  self->between = FALSE;
  return TRUE;
}

/* Returns: whether to go on */
static gboolean
judge_result (SrGzipStream *self,
              int           result,
              GError      **error)
{
  if (result == Z_STREAM_END)
    {
      self->between = TRUE;
      self->n_members++;
      return TRUE;
    }
  if (result == Z_OK || (result == Z_BUF_ERROR && !self->at_end))
    return TRUE;
  if (result == Z_BUF_ERROR)
    return damaged (self, "the gzip data is cut off", error);
  if (self->n_members > 0 && self->z.total_out == 0)
    return damaged (self, "something that is no gzip data follows its end", error);
  return damaged (self, self->z.msg != NULL ? self->z.msg : "bad gzip data", error);
}

static gssize
sr_gzip_stream_read (GInputStream *stream,
                     void         *buffer,
                     gsize         count,
                     GCancellable *cancellable,
                     GError      **error)
{
  SrGzipStream *self = SR_GZIP_STREAM (stream);
  gboolean      ok = TRUE;
  gsize         n = 0;

  if (self->failure != NULL)
    {
      g_propagate_error (error, g_error_copy (self->failure));
      return -1;
    }
  count = MIN (count, (gsize) 1 << 30);
  while (n == 0 && count > 0)
    {
      if (self->between && !begin_member (self, cancellable, error))
        return -1;
      if (self->between)
        return 0;
      if (!fill (self, cancellable, error))
        return -1;
      self->z.next_out = buffer;
      self->z.avail_out = (guint) count;
      ok = judge_result (self, inflate (&self->z, Z_NO_FLUSH), &self->failure);
      n = count - self->z.avail_out;
      if (!ok && n == 0)
        {
          g_propagate_error (error, g_error_copy (self->failure));
          return -1;
        }
    }
  self->unpacked += n;
  if (self->guard != NULL &&
      !sr_guard_add (self->guard, self->name, n, self->unpacked, self->packed, error))
    return -1;
  return (gssize) n;
}

static void
sr_gzip_stream_finalize (GObject *object)
{
  SrGzipStream *self = SR_GZIP_STREAM (object);

  if (self->begun)
    inflateEnd (&self->z);
  g_clear_error (&self->failure);
  g_free (self->input);
  g_clear_object (&self->base);
  g_clear_pointer (&self->guard, sr_guard_unref);
  g_free (self->name);
  G_OBJECT_CLASS (sr_gzip_stream_parent_class)->finalize (object);
}

static void
sr_gzip_stream_class_init (SrGzipStreamClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sr_gzip_stream_finalize;
  G_INPUT_STREAM_CLASS (class)->read_fn = sr_gzip_stream_read;
}

static void
sr_gzip_stream_init (SrGzipStream *self)
{
  if (inflateInit2 (&self->z, WINDOW_GZIP) != Z_OK)
    g_error ("zlib cannot begin: %s", self->z.msg != NULL ? self->z.msg : "no memory");
  self->input = g_malloc (INPUT_SIZE);
  self->begun = TRUE;
  self->between = TRUE;
}

GInputStream *
sr_gzip_stream_new (GInputStream *base,
                    const char   *name,
                    SrGuard      *guard)
{
  SrGzipStream *self = g_object_new (SR_TYPE_GZIP_STREAM, NULL);

  self->base = g_object_ref (base);
  self->name = g_filename_display_name (name);
  self->guard = guard != NULL ? sr_guard_ref (guard) : NULL;
  return G_INPUT_STREAM (self);
}
