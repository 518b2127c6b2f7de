/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>
#include <stdint.h>

G_BEGIN_DECLS

/* What every target is: fed by libFuzzer, or by replay.c with the files of the corpus. */
int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

/* Stops the fuzzer with the input that broke a promise. */
#define sr_fuzz_assert(condition)                       \
  G_STMT_START                                          \
  {                                                     \
    if (!(condition))                                   \
      g_error ("%s: not so: %s", G_STRLOC, #condition); \
  }                                                     \
  G_STMT_END

G_END_DECLS
