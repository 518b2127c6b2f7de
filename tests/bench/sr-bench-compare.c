/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* Makes JSON collections of which one record in a hundred depends on the version, and compares two
 * such files. Usage: sr-bench-compare make FILE BYTES VERSION, or compare OLD NEW [fields] */

#include "config.h"

#include "record/sr-compare.h"
#include "record/sr-json-records.h"

#include "gen.h"

#include <stdlib.h>
#include <string.h>

#define SEED         77
#define CHANGED_EACH 100
#define WRITE_SIZE   (1024 * 1024)

static gboolean
make (const char *path,
      guint64     bytes,
      guint       version,
      GError    **error)
{
  g_autoptr (GFile)             file = g_file_new_for_path (path);
  g_autoptr (GFileOutputStream) stream = NULL;
  g_autoptr (GString)           out = g_string_new ("{\"orders\":[\n");
  guint64                       written = 0;

  stream = g_file_replace (file, NULL, FALSE, G_FILE_CREATE_NONE, NULL, error);
  if (stream == NULL)
    return FALSE;
  for (guint64 i = 0; written < bytes; i++)
    {
      sr_gen_append_order (out, SEED, i, i % CHANGED_EACH == 0 ? version : 0);
      g_string_append (out, written + out->len < bytes ? ",\n" : "\n]}\n");
      if (out->len < WRITE_SIZE && written + out->len < bytes)
        continue;
      if (!g_output_stream_write_all (G_OUTPUT_STREAM (stream), out->str, out->len, NULL, NULL,
                                      error))
        return FALSE;
      written += out->len;
      g_string_truncate (out, 0);
    }
  return g_output_stream_close (G_OUTPUT_STREAM (stream), NULL, error);
}

static SrRecordReader *
open_reader (const char *path,
             GError    **error)
{
  g_autoptr (GFile)            file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);

  return stream != NULL ? sr_json_records_new (G_INPUT_STREAM (stream), "records") : NULL;
}

static gboolean
count_fields (const char          *collection,
              SrRecordChange       change,
              const char          *key,
              const SrFieldChange *fields,
              guint                n_fields,
              gpointer             user_data,
              GError             **error)
{
  *(guint64 *) user_data += n_fields;
  return TRUE;
}

static gboolean
compare (const char *old_path,
         const char *new_path,
         gboolean    with_fields,
         GError    **error)
{
  guint64                    n_fields = 0;
  const SrCompareOptions     options = { .temp_dir = "/var/tmp",
                                         .with_fields = with_fields,
                                         .func = count_fields,
                                         .user_data = &n_fields };
  g_autoptr (SrRecordReader) old_reader = open_reader (old_path, error);
  g_autoptr (SrRecordReader) new_reader = NULL;
  g_autoptr (GPtrArray)      changes = NULL;

  if (old_reader == NULL)
    return FALSE;
  new_reader = open_reader (new_path, error);
  if (new_reader == NULL)
    return FALSE;
  changes = sr_compare_records (old_reader, new_reader, &options, NULL, NULL, error);
  for (guint i = 0; changes != NULL && i < changes->len; i++)
    {
      const SrCollectionChanges *one = g_ptr_array_index (changes, i);

      g_print ("%s: %" G_GUINT64_FORMAT " added, %" G_GUINT64_FORMAT " removed, %" G_GUINT64_FORMAT
               " changed, %" G_GUINT64_FORMAT " same\n",
               one->name, one->added, one->removed, one->changed, one->same);
    }
  return changes != NULL;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GError) error = NULL;
  gboolean           good = FALSE;

  if (argc == 5 && strcmp (argv[1], "make") == 0)
    good = make (argv[2], g_ascii_strtoull (argv[3], NULL, 10),
                 (guint) g_ascii_strtoull (argv[4], NULL, 10), &error);
  else if (argc >= 4 && strcmp (argv[1], "compare") == 0)
    good = compare (argv[2], argv[3], argc > 4, &error);
  if (error != NULL)
    g_printerr ("%s\n", error->message);
  return good ? 0 : 1;
}
