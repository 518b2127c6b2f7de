/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* A ZIP opened within tight limits: every entry read, then all verified. What reads well by its
 * stream is not called damaged by verifying, and the other way round. */

#include "config.h"

#include <sys/mman.h>
#include <unistd.h>

#include "archive/sr-zip-reader.h"
#include "base/sr-error.h"
#include "sr-fuzz.h"

#define MAX_ENTRIES 1000

typedef struct
{
  guint   n_entries;
  guint8 *damaged; /* by index */
} Found;

static void
keep_finding (SrZipFinding finding,
              guint        index,
              const char  *sentence,
              gpointer     user_data)
{
  Found *found = user_data;

  sr_fuzz_assert (g_utf8_validate (sentence, -1, NULL));
  sr_fuzz_assert (index == G_MAXUINT || index < found->n_entries);
  if (finding == SR_ZIP_BAD_CRC || finding == SR_ZIP_BAD_DATA || finding == SR_ZIP_NOT_READABLE)
    found->damaged[index] = 1;
}

static gboolean
reads_well (SrZipReader *reader,
            guint        index)
{
  const SrContainerEntry  *entry = sr_container_get_entry (SR_CONTAINER (reader), index);
  g_autoptr (GInputStream) stream = NULL;
  g_autofree guint8       *buffer = g_malloc (5000);
  guint64                  size = 0;
  gssize                   n = 1;

  stream = sr_container_open_entry (SR_CONTAINER (reader), index, NULL, NULL);
  while (stream != NULL && n > 0)
    {
      n = g_input_stream_read (stream, buffer, 5000, NULL, NULL);
      size += n > 0 ? (guint64) n : 0;
    }
  sr_fuzz_assert (stream == NULL || n < 0 || size == entry->size);
  return stream != NULL && n == 0;
}

static SrZipReader *
open_data (const uint8_t *data,
           size_t         size)
{
  static const SrGuardLimits limits = {
    .max_entries = MAX_ENTRIES,
    .max_entry_size = 16 << 20,
    .max_total = 32 << 20,
    .max_ratio = 1100,
    .max_depth = 1,
  };
  g_autoptr (SrGuard) guard = sr_guard_new (&limits);
  g_autoptr (GError)  error = NULL;
  int                 fd = memfd_create ("fuzz", MFD_CLOEXEC);
  SrZipReader        *reader;

  sr_fuzz_assert (fd >= 0 && write (fd, data, size) == (ssize_t) size);
  reader = sr_zip_reader_new (fd, 0, size, guard, &error);
  sr_fuzz_assert ((reader == NULL) == (error != NULL));
  sr_fuzz_assert (error == NULL || g_utf8_validate (error->message, -1, NULL));
  return reader;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr (SrZipReader) reader = open_data (data, size);
  g_autoptr (SrZipReader) again = open_data (data, size);
  g_autofree guint8      *damaged = g_malloc0 (MAX_ENTRIES);
  g_autofree guint8      *well = g_malloc0 (MAX_ENTRIES);
  Found                   found = { .damaged = damaged };
  gboolean                verified;

  if (reader == NULL || again == NULL)
    return 0;
  found.n_entries = sr_container_get_n_entries (SR_CONTAINER (reader));
  sr_fuzz_assert (found.n_entries <= MAX_ENTRIES);
  for (guint i = 0; i < found.n_entries; i++)
    {
      const SrContainerEntry *entry = sr_container_get_entry (SR_CONTAINER (reader), i);
      g_autofree char        *shown = sr_guard_show_name (entry->name);

      sr_fuzz_assert (g_utf8_validate (shown, -1, NULL));
      well[i] = entry->type == SR_ENTRY_FILE ? reads_well (reader, i) : 2;
    }
  verified = sr_zip_reader_verify (again, keep_finding, &found, NULL, NULL, NULL);
  for (guint i = 0; verified && i < found.n_entries; i++)
    sr_fuzz_assert (well[i] == 2 || well[i] == !damaged[i]);
  return 0;
}
