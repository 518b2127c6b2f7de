/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* What libarchive reads, as a container: all entries in a pass, and the first ones by themselves,
 * give the same bytes or fail. */

#include "config.h"

#include <sys/mman.h>
#include <unistd.h>

#include "archive/sr-containers.h"
#include "sr-fuzz.h"

#define MAX_EACH 8

/* Returns: a sum over the content, or -1 */
static gint64
sum_of (GInputStream *stream)
{
  guint8 piece[4096];
  gint64 sum = 0;
  gssize n;

  while ((n = g_input_stream_read (stream, piece, sizeof piece, NULL, NULL)) > 0)
    for (gssize i = 0; i < n; i++)
      sum = (sum * 31 + piece[i] + 1) & G_MAXINT32;
  return n == 0 ? sum : -1;
}

static gboolean
on_entry (SrContainer            *container,
          guint                   index,
          const SrContainerEntry *entry,
          GInputStream           *stream,
          gpointer                user_data,
          GError                **error)
{
  gint64 *sums = user_data;
  gint64  sum = stream != NULL ? sum_of (stream) : 0;

  sr_fuzz_assert (entry == sr_container_get_entry (container, index));
  sr_fuzz_assert (entry->name != NULL);
  sr_fuzz_assert ((entry->type == SR_ENTRY_FILE) == (stream != NULL));
  if (index < MAX_EACH)
    sums[index] = sum;
  return TRUE;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  static const SrGuardLimits limits = {
    .max_entries = 200,
    .max_entry_size = 1 << 20,
    .max_total = 8 << 20,
    .max_ratio = 200,
    .max_depth = 2,
  };
  g_autoptr (SrGuard)     guard = sr_guard_new (&limits);
  g_autoptr (SrContainer) container = NULL;
  gint64                  sums[MAX_EACH] = { 0 };
  int                     fd = memfd_create ("fuzz", MFD_CLOEXEC);
  gboolean                whole;

  sr_fuzz_assert (fd >= 0 && write (fd, data, size) == (ssize_t) size);
  container = sr_archive_container_new (fd, "fuzz.bin", guard, NULL, NULL);
  if (container == NULL)
    return 0;
  whole = sr_container_visit (container, on_entry, sums, NULL, NULL);
  for (guint i = 0; i < MIN (sr_container_get_n_entries (container), MAX_EACH); i++)
    {
      g_autoptr (GInputStream) stream = NULL;
      gint64                   sum;

      if (sr_container_get_entry (container, i)->type != SR_ENTRY_FILE)
        continue;
      stream = sr_container_open_entry (container, i, NULL, NULL);
      sum = stream != NULL ? sum_of (stream) : -1;
      sr_fuzz_assert (!whole || sum < 0 || sums[i] < 0 || sum == sums[i]);
    }
  return 0;
}
