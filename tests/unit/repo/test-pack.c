/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>

#include "base/sr-error.h"
#include "crypto/sr-digest.h"
#include "repo/sr-pack.h"
#include "sr-storage-memory.h"
#include "sr-test-util.h"

static SrSealer *
new_sealer (guint64 seed)
{
  g_autoptr (SrSecret) key = sr_secret_new (SR_KEY_SIZE);
  g_autoptr (GError)   error = NULL;
  SrSealer            *sealer;

  sr_test_fill_random (seed, sr_secret_get_writable (key), SR_KEY_SIZE);
  sealer = sr_sealer_new (key, &error);
  g_assert_no_error (error);
  return sealer;
}

/* Entries whose blobs lie one behind the other. */
static GArray *
make_entries (guint64 seed,
              gsize   n)
{
  GArray *entries = g_array_new (FALSE, TRUE, sizeof (SrPackEntry));
  guint32 offset = 0;

  for (gsize i = 0; i < n; i++)
    {
      SrPackEntry entry = { 0 };

      sr_test_fill_random (seed + i, &entry.id, sizeof entry.id);
      entry.type = i % 3 == 0 ? SR_BLOB_TREE : SR_BLOB_DATA;
      entry.offset = offset;
      entry.length = (guint32) (SR_SEAL_OVERHEAD + 1 + i % 5);
      entry.plain_length = i % 2 == 0 ? (guint32) (1000 + i) : 0;
      offset += entry.length;
      g_array_append_val (entries, entry);
    }
  return entries;
}

static void
assert_same_entries (GArray *a,
                     GArray *b)
{
  g_assert_cmpuint (a->len, ==, b->len);
  for (guint i = 0; i < a->len; i++)
    {
      const SrPackEntry *x = &g_array_index (a, SrPackEntry, i);
      const SrPackEntry *y = &g_array_index (b, SrPackEntry, i);

      g_assert_true (sr_id_equal (&x->id, &y->id));
      g_assert_cmpint (x->type, ==, y->type);
      g_assert_cmpuint (x->offset, ==, y->offset);
      g_assert_cmpuint (x->length, ==, y->length);
      g_assert_cmpuint (x->plain_length, ==, y->plain_length);
    }
}

static guint64
blobs_size (GArray *entries)
{
  guint64 size = 0;

  for (guint i = 0; i < entries->len; i++)
    size += g_array_index (entries, SrPackEntry, i).length;
  return size;
}

/* A whole pack whose blobs are rubbish. */
static GByteArray *
make_pack (GArray   *entries,
           SrSealer *sealer)
{
  GByteArray *pack = g_byte_array_new ();

  g_byte_array_set_size (pack, (guint) blobs_size (entries));
  sr_test_fill_random (77, pack->data, pack->len);
  sr_pack_header_encode ((const SrPackEntry *) (gpointer) entries->data, entries->len, sealer,
                         pack);
  return pack;
}

static GArray *
read_back (const guint8 *pack,
           gsize         size,
           SrSealer     *sealer,
           GError      **error)
{
  g_autoptr (SrStorage) storage = sr_storage_memory_new ();
  SrId                  id;

  sr_sha256 (pack, size, &id);
  g_assert_true (sr_storage_write (storage, SR_FILE_PACK, &id, pack, size, NULL, NULL));
  return sr_pack_read_header (storage, &id, size, sealer, NULL, error);
}

static void
test_round_trip (void)
{
  static const gsize   counts[] = { 1, 2, 14, 15, 300, 500, 20000 };
  g_autoptr (SrSealer) sealer = new_sealer (1);

  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autoptr (GArray)     entries = make_entries (i, counts[i]);
      g_autoptr (GByteArray) pack = make_pack (entries, sealer);
      g_autoptr (GArray)     found = NULL;
      g_autoptr (GError)     error = NULL;

      g_assert_cmpuint (sr_pack_size ((const SrPackEntry *) (gpointer) entries->data,
                                      entries->len),
                        ==, pack->len);
      found = read_back (pack->data, pack->len, sealer, &error);
      g_assert_no_error (error);
      assert_same_entries (found, entries);
    }
}

/* The layout of format notes 1.4, byte by byte. */
static void
test_layout (void)
{
  g_autoptr (SrSealer)   sealer = new_sealer (1);
  g_autoptr (GArray)     entries = make_entries (1, 2);
  g_autoptr (GByteArray) pack = make_pack (entries, sealer);
  guint8                *seal = pack->data + 33 + 34;
  guint8                 header[41 + 37];

  g_assert_cmpuint (pack->len, ==, 33 + 34 + 32 + 41 + 37 + 4);
  g_assert_cmpmem (pack->data + pack->len - 4, 4, "\x6e\0\0\0", 4);
  g_assert_true (sr_sealer_open (sealer, seal, 32 + 41 + 37, header, NULL));
  g_assert_cmpmem (header, 9, "\x03\x21\0\0\0\xe8\x03\0\0", 9); /* a compressed tree */
  g_assert_cmpmem (header + 9, 32, &g_array_index (entries, SrPackEntry, 0).id, 32);
  g_assert_cmpmem (header + 41, 5, "\x00\x22\0\0\0", 5); /* raw data */
  g_assert_cmpmem (header + 46, 32, &g_array_index (entries, SrPackEntry, 1).id, 32);
}

static void
assert_refused (const guint8 *pack,
                gsize         size,
                SrSealer     *sealer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) found = read_back (pack, size, sealer, &error);

  g_assert_null (found);
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
  g_assert_true (g_str_has_prefix (error->message, "Pack "));
}

static void
test_damaged_pack (void)
{
  g_autoptr (SrSealer)   sealer = new_sealer (1);
  g_autoptr (SrSealer)   other = new_sealer (2);
  g_autoptr (GArray)     entries = make_entries (3, 3);
  g_autoptr (GByteArray) pack = make_pack (entries, sealer);

  assert_refused (pack->data, pack->len, other);
  for (gsize size = 0; size < pack->len; size++)
    assert_refused (pack->data, size, sealer);
  for (gsize at = blobs_size (entries); at < pack->len; at++)
    {
      pack->data[at] ^= 1;
      assert_refused (pack->data, pack->len, sealer);
      pack->data[at] ^= 1;
    }
  /* a byte more or less before the header */
  assert_refused (pack->data + 1, pack->len - 1, sealer);
  g_byte_array_prepend (pack, (const guint8 *) "x", 1);
  assert_refused (pack->data, pack->len, sealer);
}

static void
test_damaged_header (void)
{
  static const struct
  {
    const char *what;
    guint8      start[9];
    gsize       size;
    guint64     blobs;
  } samples[] = {
    { "nothing", { 0 }, 0, 0 },
    { "half an entry", { 0, 33 }, 36, 33 },
    { "half a compressed entry", { 2, 33 }, 40, 33 },
    { "an unknown type", { 4, 33 }, 41, 33 },
    { "shorter than a seal", { 0, 31 }, 37, 31 },
    { "no longer than a seal", { 0, 32 }, 37, 32 },
    { "no plain length", { 2, 33 }, 41, 33 },
    { "too many blobs", { 0, 33 }, 37, 32 },
    { "too few blobs", { 0, 33 }, 37, 34 },
    { "4 GiB", { 0, 0xff, 0xff, 0xff, 0xff }, 37, 33 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++)
    {
      g_autofree guint8 *header = g_malloc0 (samples[i].size);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", samples[i].what);
      if (samples[i].size > 0)
        memcpy (header, samples[i].start, sizeof samples[i].start);
      g_assert_null (sr_pack_header_decode (header, samples[i].size, samples[i].blobs, &error));
      g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
    }
}

/* Offsets have 32 bits; a header of larger ones is refused, though the sums agree. */
static void
test_too_large (void)
{
  guint8             header[3 * 37] = { 0 };
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < 3; i++)
    memset (header + 37 * i + 1, 0xf0, 4);
  g_assert_null (sr_pack_header_decode (header, sizeof header, 3 * (guint64) 0xf0f0f0f0u, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
}

static void
test_not_there (void)
{
  g_autoptr (SrSealer)  sealer = new_sealer (1);
  g_autoptr (SrStorage) storage = sr_storage_memory_new ();
  g_autoptr (GError)    error = NULL;
  SrId                  id = { { 0 } };

  g_assert_null (sr_pack_read_header (storage, &id, 1000, sealer, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pack/round-trip", test_round_trip);
  g_test_add_func ("/pack/layout", test_layout);
  g_test_add_func ("/pack/damaged-pack", test_damaged_pack);
  g_test_add_func ("/pack/damaged-header", test_damaged_header);
  g_test_add_func ("/pack/too-large", test_too_large);
  g_test_add_func ("/pack/not-there", test_not_there);
  return g_test_run ();
}
