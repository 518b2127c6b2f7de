/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "record/sr-json-cursor.h"
#include "record/sr-record-output.h"
#include "record/sr-record-writer.h"
#include "record/sr-value.h"

#define SR_TYPE_JSON_RECORD_WRITER (sr_json_record_writer_get_type ())
G_DECLARE_FINAL_TYPE (SrJsonRecordWriter,
                      sr_json_record_writer,
                      SR,
                      JSON_RECORD_WRITER,
                      SrRecordWriter)

struct _SrJsonRecordWriter
{
  SrRecordWriter parent_instance;

  SrRecordOutput output;
  guint          indent;
  guint          base_indent;
  gboolean       is_first;
};

G_DEFINE_FINAL_TYPE (SrJsonRecordWriter, sr_json_record_writer, SR_TYPE_RECORD_WRITER)

static void
append_spaces (GString *out,
               gsize    n)
{
  const gsize before = out->len;

  g_string_set_size (out, before + n);
  memset (out->str + before, ' ', n);
}

/* @level: of brackets around what follows; the array itself is the first */
static void
break_line (SrJsonRecordWriter *self,
            guint               level)
{
  g_string_append_c (self->output.text, '\n');
  append_spaces (self->output.text, (gsize) self->base_indent + (gsize) level * self->indent);
}

/* Between the members of one record. */
static void
separate (SrJsonRecordWriter *self,
          guint               level)
{
  if (self->indent > 0)
    break_line (self, level);
}

static void
append_escaped (GString    *out,
                const char *text,
                gsize       size)
{
  static const char letters[] = "btn\0fr";
  gsize             at = 0;

  while (at < size)
    {
      gsize  run = at;
      guint8 c;

      while (run < size && (guint8) text[run] >= ' ' && text[run] != '"' && text[run] != '\\')
        run++;
      g_string_append_len (out, text + at, (gssize) (run - at));
      at = run;
      if (at == size)
        break;
      c = (guint8) text[at++];
      if (c == '"' || c == '\\')
        g_string_append_printf (out, "\\%c", c);
      else if (c >= '\b' && c <= '\r' && letters[c - '\b'] != '\0')
        g_string_append_printf (out, "\\%c", letters[c - '\b']);
      else
        g_string_append_printf (out, "\\u%04x", c);
    }
}

/* What is no UTF-8 becomes U+FFFD, which must not happen to a NUL. */
static void
append_text (GString    *out,
             const char *text,
             gsize       size)
{
  g_string_append_c (out, '"');
  for (;;)
    {
      const char *nul = memchr (text, '\0', size);
      const gsize run = nul != NULL ? (gsize) (nul - text) : size;

      if (g_utf8_validate_len (text, run, NULL))
        append_escaped (out, text, run);
      else
        {
          g_autofree char *valid = g_utf8_make_valid (text, (gssize) run);

          append_escaped (out, valid, strlen (valid));
        }
      if (nul == NULL)
        break;
      g_string_append (out, "\\u0000");
      text += run + 1;
      size -= run + 1;
    }
  g_string_append_c (out, '"');
}

/* @text: JSON; @level: of brackets around it. Returns: %FALSE if it is none as far as that matters
 * here */
static gboolean
append_json (SrJsonRecordWriter *self,
             const char         *text,
             gsize               size,
             guint               level)
{
  GString     *out = self->output.text;
  SrJsonCursor cursor = { .text = text, .size = size };
  const guint  outside = level;
  int          c;

  while ((c = sr_json_cursor_peek (&cursor)) >= 0)
    {
      const gsize start = cursor.at;

      if (c == '"')
        {
          if (!sr_json_cursor_pass_string (&cursor, NULL, NULL))
            return FALSE;
          g_string_append_len (out, text + start, (gssize) (cursor.at - start));
          continue;
        }
      cursor.at++;
      if ((c == '{' || c == '[') && sr_json_cursor_peek (&cursor) == c + 2)
        {
          g_string_append_printf (out, "%c%c", c, c + 2);
          cursor.at++;
          continue;
        }
      if ((c == '}' || c == ']') && level == outside)
        return FALSE;
      if (c == '}' || c == ']')
        separate (self, --level);
      g_string_append_c (out, (char) c);
      if (c == ':' && self->indent > 0)
        g_string_append_c (out, ' ');
      else if (c == ',')
        separate (self, level);
      else if (c == '{' || c == '[')
        separate (self, ++level);
    }
  return level == outside;
}

static void
append_value (SrJsonRecordWriter *self,
              const SrValue      *value,
              guint               level)
{
  GString     *out = self->output.text;
  SrJsonCursor cursor = { .text = value->data, .size = value->size };

  switch (value->type)
    {
    case SR_VALUE_NULL:
      g_string_append (out, "null");
      return;
    case SR_VALUE_BOOL:
      g_string_append_len (out, value->data, (gssize) value->size);
      return;
    case SR_VALUE_NUMBER:
      if (!sr_text_is_number (value->data, value->size))
        break;
      g_string_append_len (out, value->data, (gssize) value->size);
      return;
    case SR_VALUE_JSON:
      if (!sr_json_cursor_pass_value (&cursor, NULL) || sr_json_cursor_peek (&cursor) >= 0)
        break;
      append_json (self, value->data, value->size, level);
      return;
    case SR_VALUE_BYTES:
      g_string_append_c (out, '"');
      sr_record_output_append_base64 (&self->output, value->data, value->size);
      g_string_append_c (out, '"');
      return;
    case SR_VALUE_TEXT:
    case SR_VALUE_LOST:
    default:
      break;
    }
  append_text (out, value->data, value->size);
}

static void
append_fields (SrJsonRecordWriter *self,
               const SrRecord     *record)
{
  GString *out = self->output.text;

  g_string_append_c (out, '{');
  for (guint i = 0; i < record->n_fields; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      separate (self, 2);
      append_text (out, record->fields[i].name, strlen (record->fields[i].name));
      g_string_append (out, self->indent > 0 ? ": " : ":");
      append_value (self, &record->fields[i].value, 2);
    }
  if (record->n_fields > 0)
    separate (self, 1);
  g_string_append_c (out, '}');
}

static gboolean
begin (SrRecordWriter     *writer,
       const SrCollection *collection,
       GCancellable       *cancellable,
       GError            **error)
{
  SrJsonRecordWriter *self = SR_JSON_RECORD_WRITER (writer);

  g_string_append_c (self->output.text, '[');
  self->is_first = TRUE;
  return TRUE;
}

static gboolean
put (SrRecordWriter *writer,
     const SrRecord *record,
     GCancellable   *cancellable,
     GError        **error)
{
  SrJsonRecordWriter *self = SR_JSON_RECORD_WRITER (writer);

  if (!self->is_first)
    g_string_append_c (self->output.text, ',');
  self->is_first = FALSE;
  break_line (self, 1);
  if (record->is_json && record->raw != NULL)
    {
      if (!append_json (self, record->raw, record->raw_size, 1))
        {
          g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                       "Record %" G_GUINT64_FORMAT " is no valid JSON", record->number);
          return FALSE;
        }
    }
  else
    append_fields (self, record);
  return sr_record_output_drain (&self->output, cancellable, error);
}

static gboolean
end (SrRecordWriter *writer,
     GCancellable   *cancellable,
     GError        **error)
{
  SrJsonRecordWriter *self = SR_JSON_RECORD_WRITER (writer);

  if (!self->is_first)
    break_line (self, 0);
  g_string_append_c (self->output.text, ']');
  return sr_record_output_flush (&self->output, cancellable, error);
}

static gboolean
finish (SrRecordWriter *writer,
        GCancellable   *cancellable,
        GError        **error)
{
  SrJsonRecordWriter *self = SR_JSON_RECORD_WRITER (writer);

  return sr_record_output_flush (&self->output, cancellable, error);
}

static void
sr_json_record_writer_finalize (GObject *object)
{
  sr_record_output_clear (&SR_JSON_RECORD_WRITER (object)->output);
  G_OBJECT_CLASS (sr_json_record_writer_parent_class)->finalize (object);
}

static void
sr_json_record_writer_class_init (SrJsonRecordWriterClass *class)
{
  SrRecordWriterClass *writer_class = SR_RECORD_WRITER_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sr_json_record_writer_finalize;
  writer_class->begin = begin;
  writer_class->put = put;
  writer_class->end = end;
  writer_class->finish = finish;
}

static void
sr_json_record_writer_init (SrJsonRecordWriter *self)
{
}

SrRecordWriter *
sr_json_record_writer_new (GOutputStream *stream,
                           guint          indent,
                           guint          base_indent)
{
  SrJsonRecordWriter *self = g_object_new (SR_TYPE_JSON_RECORD_WRITER, NULL);

  sr_record_output_init (&self->output, stream);
  self->indent = indent;
  self->base_indent = base_indent;
  return SR_RECORD_WRITER (self);
}
