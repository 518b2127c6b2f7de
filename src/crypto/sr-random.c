/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-crypto"

#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/sr-secret.h"
#include "crypto/sr-random.h"

#define BLOCK_SIZE 4096

typedef struct
{
  gsize  used; /* bytes handed out so far */
  guint8 bytes[BLOCK_SIZE];
} RandomBlock;

static void
draw (guint8 *data,
      gsize   size)
{
  while (size > 0)
    {
      gssize n = getrandom (data, size, 0);

      if (n > 0)
        {
          data += n;
          size -= (gsize) n;
        }
      else if (n == 0 || errno != EINTR)
        {
          g_error ("The system gives no random numbers: %s", g_strerror (errno));
        }
    }
}

static void
free_block (gpointer data)
{
  sr_secret_wipe (data, sizeof (RandomBlock));
  g_free (data);
}

static RandomBlock *
get_block (void)
{
  static GPrivate thread_block = G_PRIVATE_INIT (free_block);
  RandomBlock    *block = g_private_get (&thread_block);

  if (block == NULL)
    {
      block = g_new (RandomBlock, 1);
      block->used = BLOCK_SIZE;
      g_private_set (&thread_block, block);
    }
  return block;
}

void
sr_random_bytes (gpointer data,
                 gsize    size)
{
  RandomBlock *block;

  if (size == 0)
    return;
  if (size > BLOCK_SIZE / 4)
    {
      draw (data, size);
      return;
    }
  block = get_block ();
  if (size > BLOCK_SIZE - block->used)
    {
      draw (block->bytes, BLOCK_SIZE);
      block->used = 0;
    }
  memcpy (data, block->bytes + block->used, size);
  sr_secret_wipe (block->bytes + block->used, size);
  block->used += size;
}
