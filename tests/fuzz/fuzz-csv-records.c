/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* Records in CSV. The first byte says in which pieces the text comes: whichever, records and errors
 * are the same, and what is written of them reads the same. */

#include "config.h"

#include "base/sr-error.h"
#include "record/sr-record-writer.h"
#include "record/sr-table-records.h"
#include "sr-fuzz.h"
#include "sr-test-records.h"

#include <string.h>

#define MAX_SIZE (64 * 1024)

static char *
read_text (const char *text,
           gsize       size,
           gsize       step,
           GError    **error)
{
  g_autoptr (GInputStream)   stream = sr_test_pieces_new (text, size, step);
  g_autoptr (SrRecordReader) reader = sr_csv_records_new (stream, "table");

  return sr_test_records_to_text (reader, error);
}

static GOutputStream *
write_again (const char *text,
             gsize       size)
{
  GOutputStream             *output = g_memory_output_stream_new_resizable ();
  g_autoptr (GInputStream)   stream = sr_test_pieces_new (text, size, MAX_SIZE);
  g_autoptr (SrRecordReader) reader = sr_csv_records_new (stream, "table");
  g_autoptr (SrRecordWriter) writer = sr_csv_record_writer_new (output, NULL);
  SrCollection              *collection;
  SrRecord                   record;

  sr_fuzz_assert (sr_record_reader_next_collection (reader, &collection, NULL, NULL) == 1);
  sr_fuzz_assert (sr_record_writer_begin (writer, collection, NULL, NULL));
  while (sr_record_reader_next (reader, &record, NULL, NULL) > 0)
    {
      sr_fuzz_assert (sr_record_reader_get_fields (reader, &record, NULL));
      sr_fuzz_assert (sr_record_writer_put (writer, &record, NULL, NULL));
    }
  sr_fuzz_assert (sr_record_writer_end (writer, NULL, NULL));
  sr_fuzz_assert (sr_record_writer_finish (writer, NULL, NULL));
  return output;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  const gsize               step = size > 0 && data[0] < 250 ? 1 + data[0] % 64 : MAX_SIZE;
  const char               *text = size > 0 ? (const char *) data + 1 : "";
  const gsize               text_size = size > 0 ? size - 1 : 0;
  g_autoptr (GError)        in_pieces = NULL;
  g_autoptr (GError)        error = NULL;
  g_autofree char          *pieces = NULL;
  g_autofree char          *whole = NULL;
  g_autofree char          *again = NULL;
  g_autoptr (GOutputStream) output = NULL;

  if (text_size > MAX_SIZE)
    return 0;
  pieces = read_text (text, text_size, step, &in_pieces);
  whole = read_text (text, text_size, MAX_SIZE, &error);
  sr_fuzz_assert (g_strcmp0 (pieces, whole) == 0);
  if (whole == NULL)
    {
      sr_fuzz_assert (error->domain == SR_ERROR);
      sr_fuzz_assert (strcmp (error->message, in_pieces->message) == 0);
      return 0;
    }
  output = write_again (text, text_size);
  again = read_text (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (output)),
                     g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (output)),
                     MAX_SIZE, &error);
  sr_fuzz_assert (g_strcmp0 (again, whole) == 0);
  return 0;
}
