/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

/* A snapshot file: what was accepted can be written and read, and gives the same text from then on.
 * (The first time bytes that are not UTF-8 become U+FFFD, as in restic.) */

#include "config.h"

#include <string.h>

#include "repo/sr-snapshot.h"
#include "sr-fuzz.h"

static GString *
recode (gconstpointer json,
        gsize         size)
{
  const SrId             id = { { 0x5a } };
  g_autoptr (SrSnapshot) snapshot = sr_snapshot_decode (&id, json, size, NULL);
  g_autoptr (SrSnapshot) copy = NULL;

  if (snapshot == NULL)
    return NULL;
  copy = sr_snapshot_copy (snapshot);
  return sr_snapshot_encode (copy);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr (GString) first = recode (data, size);
  g_autoptr (GString) second = NULL;
  g_autoptr (GString) third = NULL;

  if (first == NULL)
    return 0;
  second = recode (first->str, first->len);
  sr_fuzz_assert (second != NULL);
  third = recode (second->str, second->len);
  sr_fuzz_assert (third != NULL && g_string_equal (second, third));
  return 0;
}
