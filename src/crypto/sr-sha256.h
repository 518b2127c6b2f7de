/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SR_SHA256_BLOCK_SIZE 64

/* The compression function of SHA-256 (FIPS 180-4) by the instructions that processors have for it.
 * They wait for each other within a message, so that two messages at once take hardly longer than
 * one; the cryptographic library offers one at a time. For sr-digest.c, which knows what to do
 * without them.
 *
 * Threads: any. */

/* The state before the first block. */
extern const guint32 sr_sha256_initial[8];

/* Whether this processor has them. The functions below may not be called otherwise. */
gboolean sr_sha256_is_usable (void);
/* For tests, so that both ways are tried: %FALSE makes sr_sha256_is_usable() say no from now on. */
void sr_sha256_set_wanted (gboolean wanted);

/* @data: @n_blocks blocks, at any address */
void sr_sha256_one (guint32       state[8],
                    const guint8 *data,
                    gsize         n_blocks);
/* Two messages side by side, the same number of blocks of each. */
void sr_sha256_two (guint32       a_state[8],
                    const guint8 *a,
                    guint32       b_state[8],
                    const guint8 *b,
                    gsize         n_blocks);

G_END_DECLS
