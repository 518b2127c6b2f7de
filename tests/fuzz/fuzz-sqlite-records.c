/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* Bytes as a SQLite database: read to the end, counted, and checked. */

#include "config.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "record/sr-table-records.h"
#include "sr-fuzz.h"

#define MAX_RECORDS      5000
#define MAX_INSTRUCTIONS 400000

static int
make_file (const uint8_t *data,
           size_t         size)
{
  int fd = memfd_create ("database", MFD_CLOEXEC);

  sr_fuzz_assert (fd >= 0);
  sr_fuzz_assert (write (fd, data, size) == (ssize_t) size);
  return fd;
}

static void
look_at (const SrCollection *collection,
         const SrRecord     *record)
{
  sr_fuzz_assert (record->n_fields == sr_collection_get_n_columns (collection));
  for (guint i = 0; i < record->n_fields; i++)
    {
      const SrField *field = &record->fields[i];

      sr_fuzz_assert (g_utf8_validate (field->name, -1, NULL));
      sr_fuzz_assert (field->value.data[field->value.size] == '\0');
      sr_fuzz_assert (field->value.type != SR_VALUE_NUMBER ||
                      strlen (field->value.data) == field->value.size);
    }
}

static int
read_run (SrRecordReader     *reader,
          const SrCollection *collection,
          GError            **error)
{
  SrRecord record;
  int      more = 1;

  for (guint i = 0; i < MAX_RECORDS; i++)
    {
      more = sr_record_reader_next (reader, &record, NULL, error);
      if (more <= 0)
        return more;
      if (!sr_record_reader_get_fields (reader, &record, error))
        return -1;
      look_at (collection, &record);
    }
  return more;
}

/* Every other run is counted, by @skipped. */
static void
read_all (int   fd,
          guint skipped)
{
  g_autoptr (GError)         error = NULL;
  g_autoptr (SrRecordReader) reader = sr_sqlite_records_new (fd, &error);
  SrCollection              *collection;
  guint64                    count;
  int                        more = 1;

  sr_fuzz_assert ((reader != NULL) == (error == NULL));
  if (reader == NULL)
    return;
  sr_sqlite_records_set_view_limit (reader, MAX_INSTRUCTIONS);
  for (guint i = 0; more > 0; i++)
    {
      more = sr_record_reader_next_collection (reader, &collection, NULL, &error);
      if (more <= 0)
        break;
      sr_fuzz_assert (g_utf8_validate (collection->name, -1, NULL));
      if (i % 2 == skipped)
        more = sr_record_reader_skip (reader, &count, NULL, &error) ? 1 : -1;
      else
        more = read_run (reader, collection, &error) < 0 ? -1 : 1;
    }
  sr_fuzz_assert ((more < 0) == (error != NULL));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr (GError) error = NULL;
  int                fd = make_file (data, size);
  gboolean           sound;

  read_all (fd, 0);
  read_all (fd, 1);
  sound = sr_sqlite_records_check (fd, NULL, &error);
  sr_fuzz_assert (sound == (error == NULL));
  close (fd);
  return 0;
}
