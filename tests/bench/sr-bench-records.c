/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* Counts the records of JSON files, or writes them anew as a server does, indented. */

#include "config.h"

#include "record/sr-json-records.h"
#include "record/sr-record-writer.h"

#include <stdlib.h>
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

int
main (int    argc,
      char **argv)
{
  g_autoptr (GError) error = NULL;

  for (int i = 1; i < argc; i++)
    if (!count_file (argv[i], &error))
      {
        g_printerr ("%s: %s\n", argv[i], error->message);
        return 1;
      }
  return 0;
}
