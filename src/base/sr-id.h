/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

#define SR_ID_SIZE     32
#define SR_ID_HEX_SIZE 65 /* 64 digits and the NUL */

/**
 * SrId:
 *
 * A SHA-256 value that names a file of a vault or a blob in it. Copied by value.
 */
typedef struct
{
  guint8 bytes[SR_ID_SIZE];
} SrId;

static inline gboolean
sr_id_equal (const SrId *a,
             const SrId *b)
{
  return memcmp (a, b, sizeof *a) == 0;
}

static inline int
sr_id_compare (const SrId *a,
               const SrId *b)
{
  return memcmp (a, b, sizeof *a);
}

/* Ids are uniformly distributed, so any of their bytes hash well. */
static inline guint64
sr_id_hash64 (const SrId *id)
{
  guint64 h;

  memcpy (&h, id->bytes + 8, sizeof h);
  return h;
}

/* For GHashTable. */
guint    sr_id_hash (gconstpointer id);
gboolean sr_id_equal_func (gconstpointer a,
                           gconstpointer b);

/**
 * sr_id_to_hex:
 * @buffer: %SR_ID_HEX_SIZE bytes
 *
 * Returns: @buffer, filled with 64 lower-case digits and a NUL
 */
char *sr_id_to_hex (const SrId *id,
                    char        buffer[SR_ID_HEX_SIZE]);

/**
 * sr_id_from_hex:
 * @hex: text, need not be NUL-terminated
 * @length: its length; anything but 64 is no id
 *
 * Returns: whether @hex is exactly 64 lower-case hexadecimal digits
 */
gboolean sr_id_from_hex (SrId       *id,
                         const char *hex,
                         gsize       length);

G_END_DECLS
