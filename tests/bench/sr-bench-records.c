/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* Counts the records of JSON files; or, with --indent FROM TO, writes one anew as a server does. */

#include "config.h"

#include "record/sr-json-records.h"
#include "record/sr-record-writer.h"

#include <string.h>

static gboolean
count_file (const char *path,
            GError    **error)
{
  g_autoptr (GFile)            file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);
  g_autoptr (SrRecordReader)   reader = NULL;
  SrCollection                *collection;
  int                          more;

  if (stream == NULL)
    return FALSE;
  reader = sr_json_records_new (G_INPUT_STREAM (stream), path);
  while ((more = sr_record_reader_next_collection (reader, &collection, NULL, error)) > 0)
    {
      guint64 count;

      if (!sr_record_reader_skip (reader, &count, NULL, error))
        return FALSE;
      g_print ("%s: %" G_GUINT64_FORMAT "\n", collection->name, count);
    }
  return more == 0;
}

static gboolean
copy_records (SrRecordReader *reader,
              SrRecordWriter *writer,
              GError        **error)
{
  SrCollection *collection;
  SrRecord      record;
  int           more;

  while ((more = sr_record_reader_next_collection (reader, &collection, NULL, error)) > 0)
    {
      if (!sr_record_writer_begin (writer, collection, NULL, error))
        return FALSE;
      while ((more = sr_record_reader_next (reader, &record, NULL, error)) > 0)
        if (!sr_record_reader_get_fields (reader, &record, error) ||
            !sr_record_writer_put (writer, &record, NULL, error))
          return FALSE;
      if (more < 0 || !sr_record_writer_end (writer, NULL, error))
        return FALSE;
    }
  return more == 0 && sr_record_writer_finish (writer, NULL, error);
}

static gboolean
indent_file (const char *from,
             const char *to,
             GError    **error)
{
  g_autoptr (GFile)             source = g_file_new_for_path (from);
  g_autoptr (GFile)             target = g_file_new_for_path (to);
  g_autoptr (GFileInputStream)  input = g_file_read (source, NULL, error);
  g_autoptr (GFileOutputStream) output = NULL;
  g_autoptr (SrRecordReader)    reader = NULL;
  g_autoptr (SrRecordWriter)    writer = NULL;

  if (input == NULL)
    return FALSE;
  output = g_file_replace (target, NULL, FALSE, G_FILE_CREATE_NONE, NULL, error);
  if (output == NULL)
    return FALSE;
  reader = sr_json_records_new (G_INPUT_STREAM (input), from);
  writer = sr_json_record_writer_new (G_OUTPUT_STREAM (output), 2, 0);
  return copy_records (reader, writer, error) &&
         g_output_stream_close (G_OUTPUT_STREAM (output), NULL, error);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GError) error = NULL;

  if (argc == 4 && strcmp (argv[1], "--indent") == 0)
    {
      if (indent_file (argv[2], argv[3], &error))
        return 0;
      g_printerr ("%s: %s\n", argv[2], error->message);
      return 1;
    }
  for (int i = 1; i < argc; i++)
    if (!count_file (argv[i], &error))
      {
        g_printerr ("%s: %s\n", argv[i], error->message);
        return 1;
      }
  return 0;
}
