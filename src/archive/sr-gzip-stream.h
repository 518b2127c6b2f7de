/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include "archive/sr-guard.h"

G_BEGIN_DECLS

/**
 * sr_gzip_stream_new:
 * @base: gzip members (RFC 1952), one behind the other
 * @name: for errors
 * @guard: (nullable): told of every byte
 *
 * Unfolds gzip and checks what libarchive does not: CRC-32 and length of each member, a cut-off end
 * and what follows the last member. All are %SR_ERROR_DAMAGED; padding with zeros is none.
 *
 * Returns: (transfer full)
 */
GInputStream *sr_gzip_stream_new (GInputStream *base,
                                  const char   *name,
                                  SrGuard      *guard);

G_END_DECLS
