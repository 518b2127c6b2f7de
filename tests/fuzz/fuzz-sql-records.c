/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* SQL dumps: the same whole and in pieces, counted and decoded; what is read can be written, and
 * what was written is read again as the same. The first byte chooses the dialect and the size of
 * the pieces. */

#include "config.h"

#include <string.h>

#include "record/sr-record-writer.h"
#include "record/sr-sql-records.h"
#include "sr-fuzz.h"
#include "sr-test-records.h"

static SrRecordReader *
open_text (const guint8 *data,
           gsize         size,
           gsize         step,
           SrSqlDialect  dialect)
{
  g_autoptr (GInputStream) stream = sr_test_pieces_new (data, size, step);

  return sr_sql_records_new (stream, dialect);
}

static gint64
count_all (SrRecordReader *reader)
{
  SrCollection *collection;
  gint64        total = 0;
  int           more;

  while ((more = sr_record_reader_next_collection (reader, &collection, NULL, NULL)) > 0)
    {
      guint64 count;

      if (!sr_record_reader_skip (reader, &count, NULL, NULL))
        return -1;
      total += (gint64) count;
    }
  return more == 0 ? total : -1;
}

/* Writes all that can be; a record that the dialect cannot hold is left out. */
static GBytes *
write_all (SrRecordReader *reader,
           SrSqlDialect    dialect,
           gint64         *n_written)
{
  g_autoptr (GOutputStream)  stream = g_memory_output_stream_new_resizable ();
  g_autoptr (SrRecordWriter) writer = sr_sql_record_writer_new (stream, dialect);
  SrCollection              *collection;

  *n_written = 0;
  while (sr_record_reader_next_collection (reader, &collection, NULL, NULL) > 0)
    {
      SrRecord record;

      if (!sr_record_writer_begin (writer, collection, NULL, NULL))
        continue;
      while (sr_record_reader_next (reader, &record, NULL, NULL) > 0)
        if (sr_record_reader_get_fields (reader, &record, NULL) &&
            sr_record_writer_put (writer, &record, NULL, NULL))
          (*n_written)++;
      sr_fuzz_assert (sr_record_writer_end (writer, NULL, NULL));
    }
  sr_fuzz_assert (sr_record_writer_finish (writer, NULL, NULL));
  g_output_stream_close (stream, NULL, NULL);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (stream));
}

static void
check_writing (const guint8 *data,
               gsize         size,
               SrSqlDialect  from,
               SrSqlDialect  to)
{
  g_autoptr (SrRecordReader) reader = open_text (data, size, size, from);
  gint64                     n_written;
  g_autoptr (GBytes)         text = write_all (reader, to, &n_written);
  gsize                      length;
  const guint8              *written = g_bytes_get_data (text, &length);
  g_autoptr (SrRecordReader) again = open_text (written, length, length, to);

  sr_fuzz_assert (count_all (again) == n_written);
  sr_fuzz_assert (sr_sql_records_get_facts (SR_SQL_RECORDS (again))->has_end);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  static const SrSqlDialect targets[] = { SR_SQL_MYSQL, SR_SQL_POSTGRES, SR_SQL_SQLITE };
  SrSqlDialect              dialect;
  gsize                     step;

  if (size == 0)
    return 0;
  dialect = SR_SQL_MYSQL + data[0] % 4;
  step = data[0] / 4 % 8 + 1;
  data++;
  size--;
  {
    g_autoptr (SrRecordReader) whole = open_text (data, size, size, dialect);
    g_autoptr (SrRecordReader) pieces = open_text (data, size, step, dialect);
    g_autoptr (SrRecordReader) counted = open_text (data, size, step, dialect);
    g_autoptr (GError)         error = NULL;
    g_autoptr (GError)         other_error = NULL;
    g_autofree char           *text = sr_test_records_to_text (whole, &error);
    g_autofree char           *other = sr_test_records_to_text (pieces, &other_error);

    sr_fuzz_assert (g_strcmp0 (text, other) == 0);
    sr_fuzz_assert (text != NULL || strcmp (error->message, other_error->message) == 0);
    sr_fuzz_assert (text == NULL || count_all (counted) >= 0);
    if (text != NULL)
      check_writing (data, size, dialect, targets[size % 3]);
  }
  return 0;
}
