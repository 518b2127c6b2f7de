/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* The header of a pack, opened: there is one way to write one, so what was accepted gives the same
 * bytes again. The first four bytes are the size of the blobs. */

#include "config.h"

#include <string.h>

#include "repo/sr-pack.h"
#include "sr-fuzz.h"

static SrSealer *
get_sealer (void)
{
  static SrSealer *sealer;

  if (sealer == NULL)
    {
      g_autoptr (SrSecret) key = sr_secret_new (SR_KEY_SIZE);

      memset (sr_secret_get_writable (key), 0x5a, SR_KEY_SIZE);
      sealer = sr_sealer_new (key, NULL);
    }
  return sealer;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr (GArray)     entries = NULL;
  g_autoptr (GByteArray) sealed = NULL;
  g_autofree guint8     *opened = NULL;
  guint32                blobs_size;

  if (size < sizeof blobs_size)
    return 0;
  memcpy (&blobs_size, data, sizeof blobs_size);
  blobs_size = GUINT32_FROM_LE (blobs_size);
  data += sizeof blobs_size;
  size -= sizeof blobs_size;
  entries = sr_pack_header_decode (data, size, blobs_size, NULL);
  if (entries == NULL)
    return 0;
  sealed = g_byte_array_new ();
  sr_pack_header_encode ((const SrPackEntry *) (gpointer) entries->data, entries->len,
                         get_sealer (), sealed);
  sr_fuzz_assert (sealed->len == size + SR_SEAL_OVERHEAD + 4);
  sr_fuzz_assert (sr_pack_size ((const SrPackEntry *) (gpointer) entries->data, entries->len) ==
                  (guint64) blobs_size + sealed->len);
  opened = g_malloc (size);
  sr_fuzz_assert (sr_sealer_open (get_sealer (), sealed->data, size + SR_SEAL_OVERHEAD, opened,
                                  NULL));
  sr_fuzz_assert (memcmp (opened, data, size) == 0);
  return 0;
}
