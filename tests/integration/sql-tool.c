/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* What test-sql-dumps.sh does with dumps: `text FILE` prints its records, `counts FILE` one line a
 * table, `convert DIALECT FILE` writes it for another server, `copy DIALECT FILE` with the
 * statements that make the tables as they stand. */

#include "config.h"

#include <stdio.h>
#include <string.h>

#include "record/sr-sql-record-writer.h"
#include "record/sr-sql-records.h"
#include "sr-test-records.h"

static SrSqlDialect
find_dialect (const char *name)
{
  for (SrSqlDialect i = SR_SQL_MYSQL; i <= SR_SQL_SQLITE; i++)
    if (strcmp (sr_sql_dialect_name (i), name) == 0)
      return i;
  return SR_SQL_NONE;
}

static GInputStream *
open_file (const char *path,
           GError    **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  return G_INPUT_STREAM (g_file_read (file, NULL, error));
}

static SrSqlDialect
guess (const char *path)
{
  g_autoptr (GInputStream) stream = open_file (path, NULL);
  char                     head[4096];
  gsize                    size = 0;

  if (stream != NULL)
    g_input_stream_read_all (stream, head, sizeof head, &size, NULL, NULL);
  return sr_sql_guess_dialect (head, size);
}

static SrRecordReader *
open_dump (const char *path,
           GError    **error)
{
  g_autoptr (GInputStream) first = open_file (path, error);
  g_autoptr (GInputStream) second = first != NULL ? open_file (path, error) : NULL;
  g_autoptr (SrSqlOutline) outline = NULL;
  SrRecordReader          *reader;

  if (first == NULL || second == NULL)
    return NULL;
  outline = sr_sql_prescan (first, guess (path), NULL, error);
  if (outline == NULL)
    return NULL;
  reader = sr_sql_records_new (second, guess (path));
  sr_sql_records_set_outline (SR_SQL_RECORDS (reader), outline);
  return reader;
}

static gboolean
print_text (SrRecordReader *reader,
            GError        **error)
{
  g_autofree char *text = sr_test_records_to_text (reader, error);

  if (text != NULL)
    g_print ("%s", text);
  return text != NULL;
}

static gboolean
print_counts (SrRecordReader *reader,
              GError        **error)
{
  const SrSqlFacts *facts = sr_sql_records_get_facts (SR_SQL_RECORDS (reader));
  SrCollection     *collection;
  guint64           count;
  int               more;

  while ((more = sr_record_reader_next_collection (reader, &collection, NULL, error)) > 0)
    {
      if (!sr_record_reader_skip (reader, &count, NULL, error))
        return FALSE;
      g_print ("%s %" G_GUINT64_FORMAT "\n", collection->name, count);
    }
  if (more == 0 && facts->needs_end && !facts->has_end)
    g_print ("no end\n");
  return more == 0;
}

static gboolean
write_as (SrRecordReader *reader,
          SrSqlDialect    dialect,
          SrSqlDialect    source,
          GError        **error)
{
  g_autoptr (GOutputStream)  out = g_memory_output_stream_new_resizable ();
  g_autoptr (SrRecordWriter) writer = sr_sql_record_writer_new (out, dialect);
  SrCollection              *collection;
  SrRecord                   record;
  int                        more;

  sr_sql_record_writer_set_source (SR_SQL_RECORD_WRITER (writer), source);
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
  if (more < 0 || !sr_record_writer_finish (writer, NULL, error))
    return FALSE;
  fwrite (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (out)), 1,
          g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (out)), stdout);
  return TRUE;
}

int
main (int    argc,
      char **argv)
{
  const char                *path = argv[argc - 1];
  g_autoptr (GError)         error = NULL;
  g_autoptr (SrRecordReader) reader = NULL;
  gboolean                   ok = FALSE;

  if (argc < 3)
    return 2;
  reader = open_dump (path, &error);
  if (reader != NULL && strcmp (argv[1], "text") == 0)
    ok = print_text (reader, &error);
  else if (reader != NULL && strcmp (argv[1], "counts") == 0)
    ok = print_counts (reader, &error);
  else if (reader != NULL && argc == 4)
    ok = write_as (reader, find_dialect (argv[2]),
                   strcmp (argv[1], "copy") == 0 ? guess (path) : SR_SQL_NONE, &error);
  if (!ok)
    g_printerr ("sql-tool: %s\n", error != NULL ? error->message : "usage");
  return ok ? 0 : 1;
}
