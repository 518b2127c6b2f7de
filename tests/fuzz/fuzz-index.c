/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* An index file: every blob that was accepted is found where it lies, and what was accepted can be
 * written and read again. */

#include "config.h"

#include <string.h>

#include "repo/sr-index-writer.h"
#include "repo/sr-index.h"
#include "sr-fuzz.h"

/* Whether one of the places of a blob is this entry. */
static gboolean
is_found (SrIndex            *index,
          const SrIndexEntry *entry)
{
  SrBlobType          type = sr_index_entry_get_type (entry);
  const SrIndexEntry *found = NULL;

  while ((found = sr_index_lookup_next (index, type, &entry->id, found)) != NULL)
    if (found == entry)
      return TRUE;
  return FALSE;
}

static void
write_pack (SrIndex       *index,
            guint32        pack,
            SrIndexWriter *writer)
{
  g_autofree SrPackEntry *entries = NULL;
  gsize                   first;
  gsize                   count;

  sr_index_get_pack_entries (index, pack, &first, &count);
  entries = g_new (SrPackEntry, count);
  for (gsize i = 0; i < count; i++)
    {
      const SrIndexEntry *entry = sr_index_get_entry (index, first + i);

      sr_fuzz_assert (sr_index_entry_get_pack (entry) == pack);
      sr_fuzz_assert (entry->length >= SR_SEAL_OVERHEAD);
      sr_fuzz_assert (sr_index_lookup (index, sr_index_entry_get_type (entry), &entry->id) != NULL);
      sr_fuzz_assert (is_found (index, entry));
      sr_index_entry_to_pack_entry (entry, &entries[i]);
    }
  sr_index_writer_add_pack (writer, sr_index_get_pack_id (index, pack), entries, count);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr (SrIndex)       index = sr_index_new ();
  g_autoptr (SrIndex)       again = sr_index_new ();
  g_autoptr (SrIndexWriter) writer = sr_index_writer_new ();
  g_autoptr (GString)       text = NULL;

  if (!sr_index_decode (index, data, size, NULL, NULL))
    return 0;
  for (guint32 pack = 0; pack < sr_index_get_n_packs (index); pack++)
    write_pack (index, pack, writer);
  text = sr_index_writer_take_json (writer);
  if (text == NULL)
    return 0;
  sr_fuzz_assert (sr_index_decode (again, text->str, text->len, NULL, NULL));
  sr_fuzz_assert (sr_index_get_n_packs (again) == sr_index_get_n_packs (index));
  sr_fuzz_assert (sr_index_get_n_entries (again) == sr_index_get_n_entries (index));
  return 0;
}
