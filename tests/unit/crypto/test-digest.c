/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>

#include "crypto/sr-digest.h"
#include "crypto/sr-sha256.h"
#include "sr-test-util.h"

#define ABC   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define LONG  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
#define MANY  "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"

static void
assert_id (const SrId *id,
           const char *expected)
{
  char hex[SR_ID_HEX_SIZE];

  g_assert_cmpstr (sr_id_to_hex (id, hex), ==, expected);
}

/* FIPS 180-2, appendix B, and the empty message */
static void
test_known_answers (void)
{
  const char      *two_blocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  g_autofree char *many = g_malloc (1000000);
  SrId             id;

  sr_sha256 ("abc", 3, &id);
  assert_id (&id, ABC);
  sr_sha256 (NULL, 0, &id);
  assert_id (&id, EMPTY);
  sr_sha256 (two_blocks, strlen (two_blocks), &id);
  assert_id (&id, LONG);
  memset (many, 'a', 1000000);
  sr_sha256 (many, 1000000, &id);
  assert_id (&id, MANY);
}

static void
test_pieces (void)
{
  g_autoptr (SrDigest) digest = sr_digest_new ();
  guint8               data[300];
  SrId                 whole, id;

  sr_test_fill_random (1, data, sizeof data);
  sr_sha256 (data, sizeof data, &whole);
  for (gsize cut = 0; cut <= sizeof data; cut += 7)
    {
      sr_digest_reset (digest);
      sr_digest_update (digest, data, cut);
      sr_digest_update (digest, data + cut, sizeof data - cut);
      sr_digest_finish (digest, &id);
      g_assert_true (sr_id_equal (&id, &whole));
    }
}

static void
test_reset_drops_what_was_added (void)
{
  g_autoptr (SrDigest) digest = sr_digest_new ();
  SrId                 id;

  sr_digest_update (digest, "xyz", 3);
  sr_digest_reset (digest);
  sr_digest_update (digest, "abc", 3);
  sr_digest_finish (digest, &id);
  assert_id (&id, ABC);
}

static gpointer
digest_often (gpointer user_data)
{
  for (guint i = 0; i < 500; i++)
    {
      SrId id;

      sr_sha256 ("abc", 3, &id);
      assert_id (&id, ABC);
    }
  return NULL;
}

static void
test_threads (void)
{
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("digest", digest_often, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

/* What the cryptographic library says. */
static void
assert_digest (const SrId   *id,
               gconstpointer data,
               gsize         size)
{
  SrId expected;

  sr_sha256 (data, size, &expected);
  g_assert_cmpmem (id->bytes, SR_ID_SIZE, expected.bytes, SR_ID_SIZE);
}

static void
check_pair (const guint8 *a,
            gsize         a_size,
            const guint8 *b,
            gsize         b_size)
{
  SrSha256Part parts[2] = { { a, a_size, { { 0 } } }, { b, b_size, { { 0 } } } };

  sr_sha256_many (parts, 2);
  assert_digest (&parts[0].id, a, a_size);
  assert_digest (&parts[1].id, b, b_size);
}

static void
check_many (void)
{
  const gsize        sizes[] = { 100003, 64, 262144, 1, 65537, 0, 300000, 4096, 55, 56 };
  g_autofree guint8 *data = g_malloc (300000 + G_N_ELEMENTS (sizes));
  SrSha256Part       parts[G_N_ELEMENTS (sizes)];

  sr_test_fill_random (3, data, 300000 + G_N_ELEMENTS (sizes));
  for (gsize n = 0; n <= G_N_ELEMENTS (sizes); n++)
    {
      memset (parts, 0, sizeof parts);
      for (gsize i = 0; i < n; i++)
        parts[i] = (SrSha256Part){ data + i, sizes[i], { { 0 } } };
      sr_sha256_many (parts, n);
      for (gsize i = 0; i < n; i++)
        assert_digest (&parts[i].id, parts[i].data, parts[i].size);
    }
}

/* All lengths around the borders of blocks, from each address that can be. */
static void
check_pairs (void)
{
  g_autofree guint8 *data = g_malloc (1 << 20);

  sr_test_fill_random (2, data, 1 << 20);
  for (gsize a = 0; a <= 200; a++)
    for (gsize b = 0; b <= 200; b++)
      check_pair (data + b % 17, a, data + 300 + a % 19, b);
  for (gsize i = 0; i < 64; i++)
    check_pair (data + i, 300001 + i * 977, data + 400003 + 3 * i, 524289 + i);
  check_pair (NULL, 0, NULL, 0);
  check_pair (data, 1 << 20, data, 1 << 20);
}

/* Two that get pieces of other lengths, so that their blocks lie askew. */
static void
check_pieces_of_two (void)
{
  g_autoptr (SrDigest) a = sr_digest_new ();
  g_autoptr (SrDigest) b = sr_digest_new ();
  guint8               data[5000];
  SrId                 a_id, b_id;

  sr_test_fill_random (4, data, sizeof data);
  for (gsize a_piece = 1; a_piece < 400; a_piece += 21)
    for (gsize b_piece = 1; b_piece < 400; b_piece += 13)
      {
        sr_digest_reset (a);
        sr_digest_reset (b);
        for (gsize i = 0; i < 10; i++)
          sr_digest_update_two (a, data + i * a_piece, a_piece, b, data + 7 + i * b_piece, b_piece);
        sr_digest_finish (a, &a_id);
        sr_digest_finish (b, &b_id);
        assert_digest (&a_id, data, 10 * a_piece);
        assert_digest (&b_id, data + 7, 10 * b_piece);
      }
}

static void
test_own_instructions (void)
{
  if (!sr_sha256_is_usable ())
    {
      g_test_skip ("this processor has no instructions for SHA-256");
      return;
    }
  check_pairs ();
  check_many ();
  check_pieces_of_two ();
}

static void
test_without_instructions (void)
{
  sr_sha256_set_wanted (FALSE);
  g_assert_false (sr_sha256_is_usable ());
  check_pairs ();
  check_many ();
  check_pieces_of_two ();
  test_pieces ();
  test_reset_drops_what_was_added ();
  sr_sha256_set_wanted (TRUE);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/digest/known-answers", test_known_answers);
  g_test_add_func ("/digest/pieces", test_pieces);
  g_test_add_func ("/digest/reset", test_reset_drops_what_was_added);
  g_test_add_func ("/digest/threads", test_threads);
  g_test_add_func ("/digest/own-instructions", test_own_instructions);
  g_test_add_func ("/digest/without-instructions", test_without_instructions);
  return g_test_run ();
}
