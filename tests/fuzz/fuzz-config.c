/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* The file `config` of a vault: what was accepted, and is written again, is accepted as the
 * same. */

#include "config.h"

#include <string.h>

#include "repo/sr-config.h"
#include "sr-fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  SrConfig            config;
  SrConfig            again;
  g_autoptr (GString) text = NULL;

  if (!sr_config_decode (&config, data, size, NULL))
    return 0;
  text = sr_config_encode (&config);
  sr_fuzz_assert (sr_config_decode (&again, text->str, text->len, NULL));
  sr_fuzz_assert (again.version == config.version);
  sr_fuzz_assert (sr_id_equal (&again.id, &config.id));
  sr_fuzz_assert (again.polynomial == config.polynomial);
  sr_fuzz_assert (again.database_chunks.min == config.database_chunks.min);
  sr_fuzz_assert (again.database_chunks.bits == config.database_chunks.bits);
  sr_fuzz_assert (again.database_chunks.max == config.database_chunks.max);
  return 0;
}
