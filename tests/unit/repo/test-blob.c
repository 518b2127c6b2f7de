/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-error.h"
#include "crypto/sr-digest.h"
#include "repo/sr-blob.h"
#include "sr-test-util.h"

static SrSealer *
make_sealer (void)
{
  g_autoptr (SrSecret) key = sr_secret_new (SR_KEY_SIZE);
  g_autoptr (GError)   error = NULL;
  SrSealer            *sealer;

  sr_test_fill_random (1, sr_secret_get_writable (key), SR_KEY_SIZE);
  sealer = sr_sealer_new (key, &error);
  g_assert_no_error (error);
  return sealer;
}

static SrBlobCodec *
make_codec (guint         version,
            SrCompression compression)
{
  g_autoptr (SrSealer) sealer = make_sealer ();

  return sr_blob_codec_new (sealer, version, compression);
}

/* Text that compresses about five times. */
static guint8 *
make_text (gsize size)
{
  g_autoptr (GString) text = g_string_sized_new (size + 128);

  for (guint64 i = 0; text->len < size; i++)
    {
      guint64 random;

      sr_test_fill_random (i, &random, sizeof random);
      g_string_append_printf (
          text, "{\"_id\":%" G_GUINT64_FORMAT ",\"customer\":\"c-%u\",\"total\":%u},\n", i,
          (guint) (random & 0xfff), (guint) (random >> 48));
    }
  return (guint8 *) g_string_free (g_steal_pointer (&text), FALSE);
}

static guint8 *
make_random (gsize size)
{
  guint8 *data = g_malloc (size + 8);

  sr_test_fill_random (size, data, size);
  return data;
}

/* Seals @plain and fills @entry. Returns: (transfer full): a copy of the sealed bytes */
static guint8 *
seal (SrBlobCodec  *codec,
      SrBlobType    type,
      const guint8 *plain,
      gsize         size,
      SrPackEntry  *entry)
{
  g_autoptr (GError) error = NULL;
  const guint8      *sealed;

  memset (entry, 0, sizeof *entry);
  entry->type = type;
  sr_sha256 (plain, size, &entry->id);
  g_assert_true (sr_blob_codec_seal (codec, type, plain, size, &entry->id, &sealed, &entry->length,
                                     &entry->plain_length, &error));
  g_assert_no_error (error);
  return g_memdup2 (sealed, entry->length);
}

static void
check_round_trip (SrBlobCodec  *codec,
                  SrBlobType    type,
                  const guint8 *plain,
                  gsize         size,
                  gboolean      compressed)
{
  g_autoptr (GError) error = NULL;
  SrPackEntry        entry;
  g_autofree guint8 *sealed = seal (codec, type, plain, size, &entry);
  const guint8      *opened;
  gsize              opened_size;

  g_assert_cmpuint (entry.plain_length, ==, compressed ? size : 0);
  if (!compressed)
    g_assert_cmpuint (entry.length, ==, size + SR_SEAL_OVERHEAD);
  g_assert_true (sr_blob_codec_open (codec, &entry, sealed, &opened, &opened_size, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (opened, opened_size, plain, size);
}

static const gsize sizes[] = { 1, 2, 31, 100, 4096, 65535, 65536,
                               65537, 131072, 131073, 1 << 20, 3000001, 10 << 20 };

static void
test_text (void)
{
  g_autofree guint8 *text = make_text (sizes[G_N_ELEMENTS (sizes) - 1]);

  for (SrCompression how = SR_COMPRESSION_AUTO; how <= SR_COMPRESSION_OFF; how++)
    {
      g_autoptr (SrBlobCodec) codec = make_codec (2, how);

      for (guint i = 4; i < G_N_ELEMENTS (sizes); i++)
        {
          if (how == SR_COMPRESSION_MAX && sizes[i] > 1 << 20)
            continue;
          check_round_trip (codec, SR_BLOB_DATA, text, sizes[i], how != SR_COMPRESSION_OFF);
          check_round_trip (codec, SR_BLOB_TREE, text, sizes[i], TRUE);
        }
    }
}

static void
test_incompressible (void)
{
  g_autoptr (SrBlobCodec) codec = make_codec (2, SR_COMPRESSION_AUTO);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree guint8 *data = make_random (sizes[i]);

      check_round_trip (codec, SR_BLOB_DATA, data, sizes[i], FALSE);
      check_round_trip (codec, SR_BLOB_TREE, data, sizes[i], TRUE);
    }
}

static void
test_zeros (void)
{
  g_autoptr (SrBlobCodec) codec = make_codec (2, SR_COMPRESSION_AUTO);
  g_autofree guint8      *zeros = g_malloc0 (20 << 20);

  check_round_trip (codec, SR_BLOB_DATA, zeros, 20 << 20, TRUE);
  check_round_trip (codec, SR_BLOB_DATA, zeros, 512 << 10, TRUE);
}

static void
test_version_1 (void)
{
  g_autoptr (SrBlobCodec) codec = make_codec (1, SR_COMPRESSION_AUTO);
  g_autofree guint8      *text = make_text (100000);

  check_round_trip (codec, SR_BLOB_DATA, text, 100000, FALSE);
  check_round_trip (codec, SR_BLOB_TREE, text, 100000, FALSE);
}

static void
test_refuses_empty (void)
{
  g_autoptr (SrBlobCodec) codec = make_codec (2, SR_COMPRESSION_AUTO);
  g_autoptr (GError)      error = NULL;
  const guint8           *sealed;
  guint32                 length, plain_length;
  SrId                    id = { { 0 } };

  g_assert_false (sr_blob_codec_seal (codec, SR_BLOB_DATA, "", 0, &id, &sealed, &length,
                                      &plain_length, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
}

/* The check of what was sealed: an id that is not the plain text's stands for a fault on the way.
   */
static void
test_seal_verifies (void)
{
  g_autoptr (SrBlobCodec) codec = make_codec (2, SR_COMPRESSION_AUTO);
  g_autofree guint8      *text = make_text (200000);
  g_autofree guint8      *random = make_random (200000);
  const guint8           *plains[] = { text, random };

  for (guint i = 0; i < G_N_ELEMENTS (plains); i++)
    {
      g_autoptr (GError) error = NULL;
      const guint8      *sealed;
      guint32            length, plain_length;
      SrId               id;

      sr_sha256 (plains[i], 200000, &id);
      id.bytes[31] ^= 1;
      g_assert_false (sr_blob_codec_seal (codec, SR_BLOB_DATA, plains[i], 200000, &id, &sealed,
                                          &length, &plain_length, &error));
      g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
    }
}

static void
check_damaged (SrBlobCodec       *codec,
               const SrPackEntry *entry,
               const guint8      *sealed)
{
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *copy = g_memdup2 (sealed, entry->length);
  char               hex[SR_ID_HEX_SIZE];
  const guint8      *plain;
  gsize              size;

  g_assert_false (sr_blob_codec_open (codec, entry, copy, &plain, &size, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
  g_assert_nonnull (strstr (error->message, sr_id_to_hex (&entry->id, hex)));
}

static void
test_open_damaged (void)
{
  g_autoptr (SrBlobCodec) codec = make_codec (2, SR_COMPRESSION_AUTO);
  g_autofree guint8      *text = make_text (5000);
  SrPackEntry             entry, wrong;
  g_autofree guint8      *sealed = seal (codec, SR_BLOB_DATA, text, 5000, &entry);
  const guint32           plain_lengths[] = { 1, 4999, 5001, 0, 100 << 20, G_MAXUINT32 };

  for (guint i = 0; i < entry.length; i++)
    {
      sealed[i] ^= 0x10;
      check_damaged (codec, &entry, sealed);
      sealed[i] ^= 0x10;
    }
  for (guint i = 0; i < G_N_ELEMENTS (plain_lengths); i++)
    {
      wrong = entry;
      wrong.plain_length = plain_lengths[i];
      check_damaged (codec, &wrong, sealed);
    }
  for (guint32 n = 0; n < entry.length; n += 7)
    {
      wrong = entry;
      wrong.length = n;
      check_damaged (codec, &wrong, sealed);
    }
  wrong = entry;
  wrong.id.bytes[0] ^= 1;
  check_damaged (codec, &wrong, sealed);
  check_round_trip (codec, SR_BLOB_DATA, text, 5000, TRUE);
}

/* Blobs that go through a codec two at a time. */
#define N_MANY 12

typedef struct
{
  SrBlobTask task; /* first */
  guint8    *plain;
  gsize      size;
  guint8    *sealed;
  gboolean   bad;
} Many;

/* Compressed and not, small and large, so that each ends before or after its neighbour. */
static void
make_many (Many many[N_MANY])
{
  const gsize many_sizes[N_MANY] = { 100000, 70000, 5, 1 << 20, 65536, 200000,
                                     131072, 1, 300001, 40000, 500000, 65537 };

  memset (many, 0, N_MANY * sizeof *many);
  for (guint i = 0; i < N_MANY; i++)
    {
      many[i].size = many_sizes[i];
      many[i].plain = i % 3 == 0 ? make_text (many_sizes[i]) : make_random (many_sizes[i]);
      many[i].task.entry.type = i % 5 == 4 ? SR_BLOB_TREE : SR_BLOB_DATA;
      sr_sha256 (many[i].plain, many[i].size, &many[i].task.entry.id);
    }
}

static void
free_many (Many many[N_MANY])
{
  for (guint i = 0; i < N_MANY; i++)
    {
      g_free (many[i].plain);
      g_free (many[i].sealed);
    }
}

static gboolean
end_one (SrBlobCodec *codec,
         gboolean     is_seal,
         guint       *n_ended)
{
  Many *one = (Many *) sr_blob_codec_end (codec);

  if (one == NULL)
    return FALSE;
  (*n_ended)++;
  if (one->bad)
    {
      char hex[SR_ID_HEX_SIZE];

      g_assert_error (one->task.error, SR_ERROR, SR_ERROR_DAMAGED);
      g_assert_nonnull (strstr (one->task.error->message, sr_id_to_hex (&one->task.entry.id, hex)));
      g_clear_error (&one->task.error);
      return TRUE;
    }
  g_assert_no_error (one->task.error);
  if (is_seal)
    one->sealed = g_memdup2 (one->task.data, one->task.size);
  else
    g_assert_cmpmem (one->task.data, one->task.size, one->plain, one->size);
  return TRUE;
}

/* @pack, if any, gets the blobs too, beside them. */
static void
put_through (SrBlobCodec *codec,
             Many         many[N_MANY],
             gboolean     is_seal,
             SrDigest    *pack)
{
  guint n_ended = 0;

  for (guint i = 0; i < N_MANY; i++)
    {
      g_autofree guint8 *sealed = g_memdup2 (many[i].sealed, many[i].task.entry.length);

      if (sr_blob_codec_is_busy (codec))
        g_assert_true (end_one (codec, is_seal, &n_ended));
      if (is_seal)
        sr_blob_codec_begin_seal (codec, &many[i].task, many[i].plain, many[i].size);
      else
        sr_blob_codec_begin_open (codec, &many[i].task, sealed);
      /* not needed any more */
      if (!is_seal)
        memset (sealed, 0xaa, many[i].task.entry.length);
      if (pack != NULL)
        sr_blob_codec_update_digest (codec, pack, many[i].plain, many[i].size);
    }
  while (end_one (codec, is_seal, &n_ended))
    ;
  g_assert_cmpuint (n_ended, ==, N_MANY);
  g_assert_false (sr_blob_codec_is_busy (codec));
}

static void
check_two_at_a_time (SrBlobCodec *codec,
                     guint        bad)
{
  g_autoptr (SrDigest) pack = sr_digest_new ();
  g_autoptr (SrDigest) expected = sr_digest_new ();
  Many                 many[N_MANY];
  SrId                 id, expected_id;

  make_many (many);
  put_through (codec, many, TRUE, NULL);
  many[bad].bad = many[(bad + 5) % N_MANY].bad = TRUE;
  many[bad].sealed[20] ^= 1;
  many[(bad + 5) % N_MANY].task.entry.id.bytes[3] ^= 1;
  put_through (codec, many, FALSE, pack);
  for (guint i = 0; i < N_MANY; i++)
    sr_digest_update (expected, many[i].plain, many[i].size);
  sr_digest_finish (pack, &id);
  sr_digest_finish (expected, &expected_id);
  g_assert_true (sr_id_equal (&id, &expected_id));
  free_many (many);
}

static void
test_two_at_a_time (void)
{
  for (guint version = 1; version <= 2; version++)
    {
      g_autoptr (SrBlobCodec) codec = make_codec (version, SR_COMPRESSION_AUTO);

      for (guint bad = 0; bad < N_MANY; bad++)
        check_two_at_a_time (codec, bad);
    }
}

/* The one that does not give its id is found, and no other. */
static void
test_two_verified (void)
{
  g_autoptr (SrBlobCodec) codec = make_codec (2, SR_COMPRESSION_AUTO);

  for (guint bad = 0; bad < N_MANY; bad++)
    {
      Many many[N_MANY];

      make_many (many);
      many[bad].task.entry.id.bytes[31] ^= 0x80;
      many[bad].bad = TRUE;
      put_through (codec, many, TRUE, NULL);
      free_many (many);
    }
}

/* A sound seal around a frame that lies. */
static void
test_open_hostile_frame (void)
{
  static const guint8 frame[] = {
    0x28, 0xb5, 0x2f, 0xfd,      /* magic */
    0xa0,                        /* single segment, four bytes of size */
    0xff, 0xff, 0xff, 0x7f,      /* 2 GiB */
    0x03, 0x00, 0x00, 'x', 0, 0, /* one RLE block of nothing */
  };
  g_autoptr (SrSealer)    sealer = make_sealer ();
  g_autoptr (SrBlobCodec) codec = make_codec (2, SR_COMPRESSION_AUTO);
  guint8                  sealed[sizeof frame + SR_SEAL_OVERHEAD];
  SrPackEntry             entry = { .type = SR_BLOB_DATA };

  entry.length = sizeof sealed;
  entry.plain_length = 0x7fffffff;
  sr_sealer_seal (sealer, frame, sizeof frame, sealed);
  check_damaged (codec, &entry, sealed);
  entry.plain_length = 100;
  check_damaged (codec, &entry, sealed);
}

static void
check_unpacked (SrBlobCodec *codec,
                const char  *json,
                gsize        size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) sealed = sr_blob_codec_seal_unpacked (codec, json, size, &error);
  g_autoptr (GBytes) opened = NULL;
  g_autoptr (GBytes) refused = NULL;

  g_assert_no_error (error);
  opened = sr_blob_codec_open_unpacked (codec, g_bytes_get_data (sealed, NULL),
                                        g_bytes_get_size (sealed), size, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (opened, NULL), g_bytes_get_size (opened), json, size);
  refused = sr_blob_codec_open_unpacked (codec, g_bytes_get_data (sealed, NULL),
                                         g_bytes_get_size (sealed), size - 1, &error);
  g_assert_null (refused);
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
}

static void
test_unpacked (void)
{
  g_autofree guint8 *text = make_text (300000);

  for (guint version = 1; version <= 2; version++)
    {
      g_autoptr (SrBlobCodec) codec = make_codec (version, SR_COMPRESSION_AUTO);

      check_unpacked (codec, "{}", 2);
      check_unpacked (codec, (const char *) text, 300000);
    }
}

/* Forms that others may have written, and some that nobody should. */
static void
test_unpacked_forms (void)
{
  /* "hello hello" with neither content size nor checksum: one raw block, window of 1 KiB */
  static const guint8 unknown_size[] = { 2, 0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x00,
                                         0x59, 0x00, 0x00, 'h', 'e', 'l', 'l',
                                         'o', ' ', 'h', 'e', 'l', 'l', 'o' };
  static const struct
  {
    const void *plain;
    gsize       size;
    const char *json;
  } cases[] = {
    { "{\"a\":1}", 7, "{\"a\":1}" },
    { "[]", 2, "[]" },
    { unknown_size, sizeof unknown_size, "hello hello" },
    { unknown_size, sizeof unknown_size - 1, NULL },
    { "\002garbage", 8, NULL },
    { "\002", 1, NULL },
    { "\003{}", 3, NULL },
    { "x", 1, NULL },
    { "", 0, NULL },
  };
  g_autoptr (SrSealer)    sealer = make_sealer ();
  g_autoptr (SrBlobCodec) codec = make_codec (2, SR_COMPRESSION_AUTO);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) opened = NULL;
      guint8             sealed[64];

      sr_sealer_seal (sealer, cases[i].plain, cases[i].size, sealed);
      opened = sr_blob_codec_open_unpacked (codec, sealed, cases[i].size + SR_SEAL_OVERHEAD, 100,
                                            &error);
      if (cases[i].json != NULL)
        {
          g_assert_no_error (error);
          g_assert_cmpmem (g_bytes_get_data (opened, NULL), g_bytes_get_size (opened),
                           cases[i].json, strlen (cases[i].json));
          continue;
        }
      g_assert_null (opened);
      g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/blob/text", test_text);
  g_test_add_func ("/blob/incompressible", test_incompressible);
  g_test_add_func ("/blob/zeros", test_zeros);
  g_test_add_func ("/blob/version-1", test_version_1);
  g_test_add_func ("/blob/refuses-empty", test_refuses_empty);
  g_test_add_func ("/blob/seal-verifies", test_seal_verifies);
  g_test_add_func ("/blob/open-damaged", test_open_damaged);
  g_test_add_func ("/blob/two-at-a-time", test_two_at_a_time);
  g_test_add_func ("/blob/two-verified", test_two_verified);
  g_test_add_func ("/blob/open-hostile-frame", test_open_hostile_frame);
  g_test_add_func ("/blob/unpacked", test_unpacked);
  g_test_add_func ("/blob/unpacked-forms", test_unpacked_forms);
  return g_test_run ();
}
