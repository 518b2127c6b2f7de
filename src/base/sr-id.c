/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-base"

#include "config.h"

#include "base/sr-id.h"

static const char digits[] = "0123456789abcdef";

guint
sr_id_hash (gconstpointer id)
{
  return (guint) sr_id_hash64 (id);
}

gboolean
sr_id_equal_func (gconstpointer a,
                  gconstpointer b)
{
  return sr_id_equal (a, b);
}

char *
sr_id_to_hex (const SrId *id,
              char        buffer[SR_ID_HEX_SIZE])
{
  for (gsize i = 0; i < SR_ID_SIZE; i++)
    {
      buffer[2 * i] = digits[id->bytes[i] >> 4];
      buffer[2 * i + 1] = digits[id->bytes[i] & 15];
    }
  buffer[2 * SR_ID_SIZE] = '\0';
  return buffer;
}

/* -1 for all but lower-case digits: a name must have one spelling, and restic's is this. */
static int
digit_value (char c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return -1;
}

gboolean
sr_id_from_hex (SrId       *id,
                const char *hex,
                gsize       length)
{
  SrId result;

  if (length != 2 * SR_ID_SIZE)
    return FALSE;
  for (gsize i = 0; i < SR_ID_SIZE; i++)
    {
      int high = digit_value (hex[2 * i]);
      int low = digit_value (hex[2 * i + 1]);

      if (high < 0 || low < 0)
        return FALSE;
      result.bytes[i] = (guint8) (high << 4 | low);
    }
  *id = result;
  return TRUE;
}
