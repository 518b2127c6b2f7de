/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "record/sr-json-cursor.h"
#include "record/sr-json-records.h"

#define BUFFER_SIZE ((gsize) 256 * 1024)
/* "\ud83d\ude00" */
#define LONGEST_ESCAPE 12

#define SR_TYPE_JSON_UNESCAPE (sr_json_unescape_get_type ())
G_DECLARE_FINAL_TYPE (SrJsonUnescape, sr_json_unescape, SR, JSON_UNESCAPE, GInputStream)

struct _SrJsonUnescape
{
  GInputStream parent_instance;

  GInputStream *base;

  /* Escaped text; @before: bytes that left the buffer */
  char    *escaped;
  gsize    at;
  gsize    end;
  guint64  before;
  gboolean at_end;

  /* What was decoded and not yet handed out */
  char    *plain;
  gsize    plain_at;
  gsize    plain_end;
  gboolean closed;
};

G_DEFINE_FINAL_TYPE (SrJsonUnescape, sr_json_unescape, G_TYPE_INPUT_STREAM)

static gboolean
fail_at (SrJsonUnescape *self,
         SrErrorCode     code,
         const char     *what,
         GError        **error)
{
  g_set_error (error, SR_ERROR, code,
               "This text within JSON is not valid: %s at byte %" G_GUINT64_FORMAT, what,
               self->before + self->at);
  return FALSE;
}

static gboolean
fill (SrJsonUnescape *self,
      GCancellable   *cancellable,
      GError        **error)
{
  gssize n;

  memmove (self->escaped, self->escaped + self->at, self->end - self->at);
  self->before += self->at;
  self->end -= self->at;
  self->at = 0;
  n = g_input_stream_read (self->base, self->escaped + self->end, BUFFER_SIZE - self->end,
                           cancellable, error);
  if (n < 0)
    return FALSE;
  self->end += (gsize) n;
  self->at_end = n == 0;
  return TRUE;
}

/* Bytes up to the next one that is not plain. */
static gsize
count_plain (const char *text,
             gsize       size)
{
  gsize n = 0;

  while (n < size && text[n] != '"' && text[n] != '\\' && (guint8) text[n] >= ' ')
    n++;
  return n;
}

/* At a backslash that has all bytes an escape can have behind it, or the end of the text. */
static gboolean
decode_escape (SrJsonUnescape *self,
               GError        **error)
{
  char         quoted[LONGEST_ESCAPE + 2] = "\"";
  const char  *text = self->escaped + self->at;
  const gsize  left = self->end - self->at;
  gsize        size = 2;
  SrJsonCursor cursor = { .text = quoted };

  if (left >= 2 && text[1] == 'u')
    size = 6;
  if (left >= LONGEST_ESCAPE && size == 6 && (text[2] | 0x20) == 'd' && text[6] == '\\' &&
      text[7] == 'u' && (text[8] | 0x20) == 'd' && strchr ("89abAB", text[3]) != NULL &&
      strchr ("cdefCDEF", text[9]) != NULL)
    size = LONGEST_ESCAPE;
  if (left < size)
    return fail_at (self, SR_ERROR_DAMAGED, "it ends too soon,", error);
  memcpy (quoted + 1, text, size);
  quoted[size + 1] = '"';
  cursor.size = size + 2;
  if (!sr_json_cursor_pass_string (&cursor, NULL, NULL) || cursor.at != cursor.size)
    return fail_at (self, SR_ERROR_INVALID, "a broken escape", error);
  self->plain_end += sr_json_decode_string (text, size, self->plain + self->plain_end);
  self->at += size;
  return TRUE;
}

/* Decodes what is in the buffer, but for an escape that may be cut. */
static gboolean
decode (SrJsonUnescape *self,
        GError        **error)
{
  self->plain_at = 0;
  self->plain_end = 0;
  while (self->at < self->end)
    {
      const gsize n = count_plain (self->escaped + self->at, self->end - self->at);
      char        c;

      memcpy (self->plain + self->plain_end, self->escaped + self->at, n);
      self->plain_end += n;
      self->at += n;
      if (self->at == self->end)
        return TRUE;
      c = self->escaped[self->at];
      if (c == '"')
        {
          self->closed = TRUE;
          return TRUE;
        }
      if (c != '\\')
        return fail_at (self, SR_ERROR_INVALID, "a control byte", error);
      if (self->end - self->at < LONGEST_ESCAPE && !self->at_end)
        return TRUE;
      if (!decode_escape (self, error))
        return FALSE;
    }
  return TRUE;
}

static gssize
sr_json_unescape_read (GInputStream *stream,
                       void         *buffer,
                       gsize         count,
                       GCancellable *cancellable,
                       GError      **error)
{
  SrJsonUnescape *self = SR_JSON_UNESCAPE (stream);
  gsize           n;

  while (self->plain_at == self->plain_end)
    {
      if (self->closed)
        return 0;
      if (self->at_end && self->at == self->end)
        return fail_at (self, SR_ERROR_DAMAGED, "it ends too soon,", error) ? 0 : -1;
      if (!fill (self, cancellable, error) || !decode (self, error))
        return -1;
    }
  n = MIN (count, self->plain_end - self->plain_at);
  memcpy (buffer, self->plain + self->plain_at, n);
  self->plain_at += n;
  return (gssize) n;
}

static void
sr_json_unescape_finalize (GObject *object)
{
  SrJsonUnescape *self = SR_JSON_UNESCAPE (object);

  g_object_unref (self->base);
  g_free (self->escaped);
  g_free (self->plain);
  G_OBJECT_CLASS (sr_json_unescape_parent_class)->finalize (object);
}

static void
sr_json_unescape_class_init (SrJsonUnescapeClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sr_json_unescape_finalize;
  G_INPUT_STREAM_CLASS (class)->read_fn = sr_json_unescape_read;
}

static void
sr_json_unescape_init (SrJsonUnescape *self)
{
  self->escaped = g_malloc (BUFFER_SIZE);
  /* what a string says is never longer than the string */
  self->plain = g_malloc (BUFFER_SIZE);
}

GInputStream *
sr_json_unescape_stream_new (GInputStream *stream)
{
  SrJsonUnescape *self = g_object_new (SR_TYPE_JSON_UNESCAPE, NULL);

  self->base = g_object_ref (stream);
  return G_INPUT_STREAM (self);
}
