/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-cli"

#include "config.h"

#include "cli/sr-cli-records.h"

#include "base/sr-output-file.h"
#include "record/sr-record-writer.h"

#include <gio/gunixoutputstream.h>
#include <string.h>
#include <unistd.h>

struct _SrRecordSink
{
  SrOutputFile   *file; /* (nullable): else standard output */
  GOutputStream  *stream;
  SrRecordWriter *writer;
  gboolean        json;
  gboolean        heads; /* there is something to write for a collection without records */
  gboolean        wrap;  /* JSON of several collections: an object around the arrays */
  char           *name;  /* (nullable): of the collection that is being written */
  guint           n_collections;
};

void
sr_record_sink_free (SrRecordSink *self)
{
  if (self == NULL)
    return;
  g_clear_object (&self->writer);
  g_clear_object (&self->stream);
  g_clear_pointer (&self->file, sr_output_file_free);
  g_free (self->name);
  g_free (self);
}

/* All field names that occur, in the order in which they first do. */
static GPtrArray *
collect_names (SrRecordReader *reader,
               GCancellable   *cancellable,
               GError        **error)
{
  g_autoptr (GPtrArray)  names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  SrCollection          *collection;
  SrRecord               record;
  int                    more;

  while ((more = sr_record_reader_next_collection (reader, &collection, cancellable, error)) > 0)
    {
      while ((more = sr_record_reader_next (reader, &record, cancellable, error)) > 0)
        {
          if (!sr_record_reader_get_fields (reader, &record, error))
            return NULL;
          for (guint i = 0; i < record.n_fields; i++)
            if (!g_hash_table_contains (seen, record.fields[i].name))
              {
                char *name = g_strdup (record.fields[i].name);

                g_ptr_array_add (names, name);
                g_hash_table_add (seen, name);
              }
        }
      if (more < 0)
        return NULL;
    }
  if (more < 0)
    return NULL;
  g_ptr_array_add (names, NULL);
  return g_steal_pointer (&names);
}

static gboolean
make_csv (SrRecordSink *self,
          SrBackupFile *file,
          const char   *collection,
          GCancellable *cancellable,
          GError      **error)
{
  g_autoptr (SrRecordReader) reader = NULL;
  g_autoptr (GPtrArray)      names = NULL;

  self->heads = FALSE;
  reader = sr_backup_file_read (file, collection, cancellable, error);
  if (reader == NULL)
    return FALSE;
  names = collect_names (reader, cancellable, error);
  if (names == NULL)
    return FALSE;
  /* an empty collection may tell of no field */
  self->heads = names->len > 1;
  self->writer = sr_csv_record_writer_new (self->stream, (const char *const *) names->pdata);
  return TRUE;
}

SrRecordSink *
sr_record_sink_new (SrCli        *cli,
                    SrBackupFile *file,
                    const char   *collection,
                    const char   *format,
                    const char   *output,
                    gboolean      overwrite,
                    GError      **error)
{
  g_autoptr (SrRecordSink)  self = g_new0 (SrRecordSink, 1);
  g_autoptr (GOutputStream) plain = NULL;

  if (output != NULL)
    {
      self->file = sr_output_file_open (output, overwrite, 0600, error);
      if (self->file == NULL)
        return NULL;
      plain = g_object_ref (sr_output_file_get_stream (self->file));
    }
  else
    plain = g_unix_output_stream_new (STDOUT_FILENO, FALSE);
  self->stream = g_buffered_output_stream_new_sized (plain, 256 * 1024);
  self->wrap = collection == NULL;
  self->heads = TRUE;
  self->json = !g_str_equal (format, "csv");
  if (!self->json)
    return make_csv (self, file, collection, cli->cancellable, error) ? g_steal_pointer (&self)
                                                                      : NULL;
  self->writer = sr_json_record_writer_new (self->stream, 2, self->wrap ? 2 : 0);
  return g_steal_pointer (&self);
}

static gboolean
put_text (SrRecordSink *self,
          const char   *text,
          GCancellable *cancellable,
          GError      **error)
{
  return g_output_stream_write_all (self->stream, text, strlen (text), NULL, cancellable, error);
}

static gboolean
end_collection (SrRecordSink *self,
                GCancellable *cancellable,
                GError      **error)
{
  if (self->name == NULL)
    return TRUE;
  g_clear_pointer (&self->name, g_free);
  return sr_record_writer_end (self->writer, cancellable, error);
}

static gboolean
begin_collection (SrRecordSink       *self,
                  const SrCollection *collection,
                  GCancellable       *cancellable,
                  GError            **error)
{
  if (!end_collection (self, cancellable, error))
    return FALSE;
  self->name = g_strdup (collection->name);
  if (self->wrap)
    {
      g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), collection->name);
      g_autofree char     *quoted = json_to_string (node, FALSE);
      g_autofree char     *head =
          g_strdup_printf ("%s  %s:\n", self->n_collections > 0 ? ",\n" : "{\n", quoted);

      if (!put_text (self, head, cancellable, error))
        return FALSE;
    }
  self->n_collections++;
  return sr_record_writer_begin (self->writer, collection, cancellable, error);
}

gboolean
sr_record_sink_enter (SrRecordSink       *self,
                      const SrCollection *collection,
                      GCancellable       *cancellable,
                      GError            **error)
{
  if (self->wrap || !self->heads || g_strcmp0 (self->name, collection->name) == 0)
    return TRUE;
  return begin_collection (self, collection, cancellable, error);
}

gboolean
sr_record_sink_put (SrRecordSink       *self,
                    const SrCollection *collection,
                    const SrRecord     *record,
                    GCancellable       *cancellable,
                    GError            **error)
{
  if (g_strcmp0 (self->name, collection->name) != 0 &&
      !begin_collection (self, collection, cancellable, error))
    return FALSE;
  return sr_record_writer_put (self->writer, record, cancellable, error);
}

gboolean
sr_record_sink_finish (SrRecordSink *self,
                       GCancellable *cancellable,
                       GError      **error)
{
  const char *tail = !self->json ? "" : self->wrap ? "\n}\n"
                                                   : "\n";

  if (self->json && self->n_collections == 0 &&
      !put_text (self, self->wrap ? "{" : "[]", cancellable, error))
    return FALSE;
  if (!end_collection (self, cancellable, error) ||
      !sr_record_writer_finish (self->writer, cancellable, error) ||
      !put_text (self, tail, cancellable, error) ||
      !g_output_stream_flush (self->stream, cancellable, error))
    return FALSE;
  return self->file == NULL || sr_output_file_commit (self->file, error);
}
