/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include <string.h>

#include "record/sr-siphash.h"

static void
assert_hash (gsize       size,
             const char *expected)
{
  static const guint64 key[2] = { G_GUINT64_CONSTANT (0x0706050403020100),
                                  G_GUINT64_CONSTANT (0x0f0e0d0c0b0a0908) };
  guint8               data[64];
  guint64              head[2];
  guint64              hash[2];
  guint64              other[2];
  g_autoptr (GString)  hex = g_string_new (NULL);

  for (guint i = 0; i < sizeof data; i++)
    data[i] = (guint8) i;
  sr_siphash (key, NULL, 0, data, size, hash);
  for (guint i = 0; i < 16; i++)
    g_string_append_printf (hex, "%02X", (guint) (hash[i / 8] >> (8 * (i % 8))) & 0xff);
  g_assert_cmpstr (hex->str, ==, expected);
  if (size < sizeof head)
    return;
  /* Words in front are as good as the same bytes. */
  for (guint i = 0; i < 2; i++)
    {
      memcpy (&head[i], data + 8 * i, 8);
      head[i] = GUINT64_FROM_LE (head[i]);
    }
  sr_siphash (key, head, 2, data + sizeof head, size - sizeof head, other);
  g_assert_cmpmem (other, sizeof other, hash, sizeof hash);
}

/* Made with OpenSSL's SIPHASH of 16 bytes. */
static void
test_vectors (void)
{
  assert_hash (0, "A3817F04BA25A8E66DF67214C7550293");
  assert_hash (1, "DA87C1D86B99AF44347659119B22FC45");
  assert_hash (23, "C9D184DDD5A9F5E0CF8CE29A9ABF691C");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/siphash/vectors", test_vectors);
  return g_test_run ();
}
