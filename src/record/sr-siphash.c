/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-record"

#include "config.h"

#include <string.h>

#include "record/sr-siphash.h"

typedef struct
{
  guint64 a;
  guint64 b;
  guint64 c;
  guint64 d;
} State;

static inline guint64
rotate (guint64 word,
        guint   bits)
{
  return word << bits | word >> (64 - bits);
}

static inline void
mix (State *state)
{
  state->a += state->b;
  state->c += state->d;
  state->b = rotate (state->b, 13) ^ state->a;
  state->d = rotate (state->d, 16) ^ state->c;
  state->a = rotate (state->a, 32);
  state->c += state->b;
  state->a += state->d;
  state->b = rotate (state->b, 17) ^ state->c;
  state->d = rotate (state->d, 21) ^ state->a;
  state->c = rotate (state->c, 32);
}

static inline void
absorb (State  *state,
        guint64 word)
{
  state->d ^= word;
  mix (state);
  mix (state);
  state->a ^= word;
}

static inline guint64
squeeze (State *state)
{
  for (guint i = 0; i < 4; i++)
    mix (state);
  return state->a ^ state->b ^ state->c ^ state->d;
}

void
sr_siphash (const guint64  key[2],
            const guint64 *head,
            guint          n_head,
            gconstpointer  data,
            gsize          size,
            guint64        hash[2])
{
  State         state = { key[0] ^ G_GUINT64_CONSTANT (0x736f6d6570736575),
                          key[1] ^ G_GUINT64_CONSTANT (0x646f72616e646f6d) ^ 0xee,
                          key[0] ^ G_GUINT64_CONSTANT (0x6c7967656e657261),
                          key[1] ^ G_GUINT64_CONSTANT (0x7465646279746573) };
  const guint8 *at = data;
  guint64       last = (guint64) ((n_head * 8 + size) & 0xff) << 56;
  guint64       word;

  for (guint i = 0; i < n_head; i++)
    absorb (&state, head[i]);
  for (; size >= 8; size -= 8, at += 8)
    {
      memcpy (&word, at, 8);
      absorb (&state, GUINT64_FROM_LE (word));
    }
  for (gsize i = 0; i < size; i++)
    last |= (guint64) at[i] << (8 * i);
  absorb (&state, last);
  state.c ^= 0xee;
  hash[0] = squeeze (&state);
  state.b ^= 0xdd;
  hash[1] = squeeze (&state);
}
