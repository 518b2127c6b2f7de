/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SrGen:
 * @seed: what all content depends on
 * @scale: 1.0 is the full size of a set
 * @day: 1, or 2 for the same set with its changes
 * @uniform: changes are spread over all records instead of the newest
 *
 * How a set is made.
 */
typedef struct
{
  guint64     seed;
  double      scale;
  guint       day;
  gboolean    uniform;
  const char *dir;
} SrGen;

/* splitmix64: the next number of a sequence. */
static inline guint64
sr_gen_next (guint64 *state)
{
  guint64 z = (*state += 0x9e3779b97f4a7c15u);

  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/* The beginning of a sequence that depends on all three. */
static inline guint64
sr_gen_mix (guint64 a,
            guint64 b,
            guint64 c)
{
  guint64 state = a * 0xd6e8feb86659fd93u + b;

  state = sr_gen_next (&state) + c;
  return sr_gen_next (&state);
}

/* Appends one order as a JSON object, about 700 bytes. @version: how often it was changed. */
void sr_gen_append_order (GString *out,
                          guint64  seed,
                          guint64  number,
                          guint    version);
/* Appends @size bytes of text as offices write it. */
void sr_gen_append_text (GString *out,
                         guint64 *state,
                         gsize    size);
/* Creates or overwrites DIR/NAME; ends the program if it cannot. */
void sr_gen_write (const SrGen  *self,
                   const char   *name,
                   gconstpointer data,
                   gsize         size);

void sr_gen_collections (const SrGen *self);
void sr_gen_uploads (const SrGen *self);
void sr_gen_small_files (const SrGen *self);
void sr_gen_database (const SrGen *self);
/* @count empty files in one folder */
void sr_gen_many (const SrGen *self,
                  guint64      count);
/* Orders without end, @bytes of them, to standard output. */
void sr_gen_stream (const SrGen *self,
                    guint64      bytes);

G_END_DECLS
