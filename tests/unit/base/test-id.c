/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-id.h"

static const char hex[] = "00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef";

static void
test_round_trip (void)
{
  SrId id;
  char buffer[SR_ID_HEX_SIZE];

  g_assert_true (sr_id_from_hex (&id, hex, 64));
  g_assert_cmpint (id.bytes[0], ==, 0x00);
  g_assert_cmpint (id.bytes[1], ==, 0x11);
  g_assert_cmpint (id.bytes[15], ==, 0xff);
  g_assert_cmpint (id.bytes[31], ==, 0xef);
  g_assert_cmpstr (sr_id_to_hex (&id, buffer), ==, hex);
}

static void
test_refuses (void)
{
  SrId             id, before;
  g_autofree char *text = g_strdup (hex);

  memset (&id, 0x5a, sizeof id);
  before = id;
  g_assert_false (sr_id_from_hex (&id, hex, 63));
  g_assert_false (sr_id_from_hex (&id, hex, 65));
  g_assert_false (sr_id_from_hex (&id, "", 0));
  for (const char *bad = "AFgG/: \n\x80"; *bad != '\0'; bad++)
    for (int at = 0; at < 64; at += 63)
      {
        text[at] = *bad;
        g_assert_false (sr_id_from_hex (&id, text, 64));
        text[at] = hex[at];
      }
  g_assert_true (sr_id_equal (&id, &before));
}

static void
test_table (void)
{
  g_autoptr (GHashTable) table = g_hash_table_new (sr_id_hash, sr_id_equal_func);
  SrId                   a, b;

  g_assert_true (sr_id_from_hex (&a, hex, 64));
  b = a;
  g_hash_table_add (table, &a);
  g_assert_true (g_hash_table_contains (table, &b));
  g_assert_cmpint (sr_id_compare (&a, &b), ==, 0);
  b.bytes[31]++;
  g_assert_false (g_hash_table_contains (table, &b));
  g_assert_cmpint (sr_id_compare (&a, &b), <, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/id/round-trip", test_round_trip);
  g_test_add_func ("/base/id/refuses", test_refuses);
  g_test_add_func ("/base/id/table", test_table);
  return g_test_run ();
}
