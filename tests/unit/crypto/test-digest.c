/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>

#include "crypto/sr-digest.h"
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

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/digest/known-answers", test_known_answers);
  g_test_add_func ("/digest/pieces", test_pieces);
  g_test_add_func ("/digest/reset", test_reset_drops_what_was_added);
  g_test_add_func ("/digest/threads", test_threads);
  return g_test_run ();
}
