/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "record/sr-record-output.h"
#include "record/sr-record-writer.h"
#include "record/sr-value.h"

#define SR_TYPE_CSV_RECORD_WRITER (sr_csv_record_writer_get_type ())
G_DECLARE_FINAL_TYPE (SrCsvRecordWriter,
                      sr_csv_record_writer,
                      SR,
                      CSV_RECORD_WRITER,
                      SrRecordWriter)

struct _SrCsvRecordWriter
{
  SrRecordWriter parent_instance;

  SrRecordOutput output;
  char         **names;
  GHashTable    *places; /* of @names, from 1 */
  guint          n_names;
  gboolean       begun;

  /* Of one record: its fields by column; of one value: JSON in one line */
  const SrField **fields;
  GString        *compact;
};

G_DEFINE_FINAL_TYPE (SrCsvRecordWriter, sr_csv_record_writer, SR_TYPE_RECORD_WRITER)

/* @text: must be quoted if it is to be read as text */
static gboolean
is_taken_for_other (const char *text,
                    gsize       size)
{
  return size == 0 || sr_text_is_number (text, size) ||
         (size == 4 && memcmp (text, "true", 4) == 0) ||
         (size == 5 && memcmp (text, "false", 5) == 0);
}

static void
append_quoted (GString    *out,
               const char *text,
               gsize       size)
{
  g_string_append_c (out, '"');
  while (size > 0)
    {
      const char *quote = memchr (text, '"', size);
      const gsize run = quote != NULL ? (gsize) (quote - text) + 1 : size;

      g_string_append_len (out, text, (gssize) run);
      if (quote != NULL)
        g_string_append_c (out, '"');
      text += run;
      size -= run;
    }
  g_string_append_c (out, '"');
}

static void
append_text (GString    *out,
             const char *text,
             gsize       size,
             gboolean    quote)
{
  /* other separators too: a reader guesses which it is by the heading */
  for (gsize i = 0; i < size && !quote; i++)
    quote = memchr (",;\t\"\r\n", text[i], 6) != NULL;
  /* spaces at the ends are lost in some programs */
  quote = quote || (size > 0 && (text[0] == ' ' || text[size - 1] == ' ' || text[0] == '\xef'));
  if (quote)
    append_quoted (out, text, size);
  else
    g_string_append_len (out, text, (gssize) size);
}

static void
append_value (SrCsvRecordWriter *self,
              const SrValue     *value)
{
  GString *out = self->output.text;

  switch (value->type)
    {
    case SR_VALUE_NULL:
      return;
    case SR_VALUE_BOOL:
    case SR_VALUE_NUMBER:
      append_text (out, value->data, value->size, FALSE);
      return;
    case SR_VALUE_BYTES:
      /* quoted, since base64 may look like a number */
      g_string_append_c (out, '"');
      sr_record_output_append_base64 (&self->output, value->data, value->size);
      g_string_append_c (out, '"');
      return;
    case SR_VALUE_JSON:
      g_string_truncate (self->compact, 0);
      sr_json_append_compact (self->compact, value->data, value->size, G_MAXSIZE);
      append_text (out, self->compact->str, self->compact->len,
                   is_taken_for_other (self->compact->str, self->compact->len));
      return;
    case SR_VALUE_TEXT:
    case SR_VALUE_LOST:
    default:
      append_text (out, value->data, value->size, is_taken_for_other (value->data, value->size));
    }
}

static void
take_columns (SrCsvRecordWriter  *self,
              const SrCollection *collection)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < sr_collection_get_n_columns (collection); i++)
    g_strv_builder_add (builder, sr_collection_get_column (collection, i)->name);
  self->names = g_strv_builder_end (builder);
}

static gboolean
begin (SrRecordWriter     *writer,
       const SrCollection *collection,
       GCancellable       *cancellable,
       GError            **error)
{
  SrCsvRecordWriter *self = SR_CSV_RECORD_WRITER (writer);

  if (self->begun)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "A CSV file holds one collection; “%s” would be its second", collection->name);
      return FALSE;
    }
  self->begun = TRUE;
  if (self->names == NULL)
    take_columns (self, collection);
  self->n_names = g_strv_length (self->names);
  if (self->n_names == 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                   "Nothing tells which fields the records of “%s” have", collection->name);
      return FALSE;
    }
  self->fields = g_new0 (const SrField *, self->n_names);
  self->places = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < self->n_names; i++)
    {
      g_hash_table_insert (self->places, self->names[i], GUINT_TO_POINTER (i + 1));
      if (i > 0)
        g_string_append_c (self->output.text, ',');
      append_text (self->output.text, self->names[i], strlen (self->names[i]),
                   self->names[i][0] == '\0');
    }
  g_string_append_c (self->output.text, '\n');
  return TRUE;
}

/* Puts the fields of @record into the order of the columns. */
static gboolean
place_fields (SrCsvRecordWriter *self,
              const SrRecord    *record,
              GError           **error)
{
  memset (self->fields, 0, self->n_names * sizeof *self->fields);
  for (guint i = 0; i < record->n_fields; i++)
    {
      const SrField *field = &record->fields[i];
      guint          place = i;

      if (i >= self->n_names || strcmp (field->name, self->names[i]) != 0)
        {
          gpointer found = g_hash_table_lookup (self->places, field->name);

          if (found == NULL)
            {
              g_set_error (error, SR_ERROR, SR_ERROR_INVALID,
                           "Record %" G_GUINT64_FORMAT " has the field “%s”, for which there is no "
                           "column",
                           record->number, field->name);
              return FALSE;
            }
          place = GPOINTER_TO_UINT (found) - 1;
        }
      self->fields[place] = field;
    }
  return TRUE;
}

static gboolean
put (SrRecordWriter *writer,
     const SrRecord *record,
     GCancellable   *cancellable,
     GError        **error)
{
  SrCsvRecordWriter *self = SR_CSV_RECORD_WRITER (writer);

  if (!place_fields (self, record, error))
    return FALSE;
  for (guint i = 0; i < self->n_names; i++)
    {
      if (i > 0)
        g_string_append_c (self->output.text, ',');
      if (self->fields[i] != NULL)
        append_value (self, &self->fields[i]->value);
    }
  g_string_append_c (self->output.text, '\n');
  return sr_record_output_drain (&self->output, cancellable, error);
}

static gboolean
flush (SrRecordWriter *writer,
       GCancellable   *cancellable,
       GError        **error)
{
  return sr_record_output_flush (&SR_CSV_RECORD_WRITER (writer)->output, cancellable, error);
}

static void
sr_csv_record_writer_finalize (GObject *object)
{
  SrCsvRecordWriter *self = SR_CSV_RECORD_WRITER (object);

  sr_record_output_clear (&self->output);
  g_clear_pointer (&self->places, g_hash_table_unref);
  g_strfreev (self->names);
  g_free (self->fields);
  g_string_free (self->compact, TRUE);
  G_OBJECT_CLASS (sr_csv_record_writer_parent_class)->finalize (object);
}

static void
sr_csv_record_writer_class_init (SrCsvRecordWriterClass *class)
{
  SrRecordWriterClass *writer_class = SR_RECORD_WRITER_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sr_csv_record_writer_finalize;
  writer_class->begin = begin;
  writer_class->put = put;
  writer_class->end = flush;
  writer_class->finish = flush;
}

static void
sr_csv_record_writer_init (SrCsvRecordWriter *self)
{
  self->compact = g_string_new (NULL);
}

SrRecordWriter *
sr_csv_record_writer_new (GOutputStream     *stream,
                          const char *const *names)
{
  SrCsvRecordWriter *self = g_object_new (SR_TYPE_CSV_RECORD_WRITER, NULL);

  sr_record_output_init (&self->output, stream);
  self->names = g_strdupv ((char **) names);
  return SR_RECORD_WRITER (self);
}
