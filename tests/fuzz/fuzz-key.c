/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* A key file, as far as it can be read without a password. */

#include "config.h"

#include "crypto/sr-digest.h"
#include "repo/sr-key.h"
#include "sr-fuzz.h"
#include "sr-storage-memory.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr (SrStorage) storage = sr_storage_memory_new ();
  g_autoptr (GPtrArray) keys = NULL;
  guint                 n_unreadable = 0;
  SrId                  id;

  sr_sha256 (data, size, &id);
  sr_fuzz_assert (sr_storage_write (storage, SR_FILE_KEY, &id, data, size, NULL, NULL));
  keys = sr_key_list (storage, &n_unreadable, NULL, NULL);
  sr_fuzz_assert (keys != NULL);
  sr_fuzz_assert (keys->len + n_unreadable == 1);
  return 0;
}
