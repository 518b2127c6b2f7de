/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <gio/gio.h>
#include <stdint.h>
#include <stdlib.h>

G_BEGIN_DECLS

/* What every target is: fed by libFuzzer, or by replay.c with the files of the corpus. */
int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

/* Stops with the input that broke a promise; abort(), since libFuzzer does not see a g_error(). */
#define sr_fuzz_assert(condition)                              \
  G_STMT_START                                                 \
  {                                                            \
    if (!(condition))                                          \
      {                                                        \
        g_printerr ("%s: not so: %s\n", G_STRLOC, #condition); \
        abort ();                                              \
      }                                                        \
  }                                                            \
  G_STMT_END

G_END_DECLS
