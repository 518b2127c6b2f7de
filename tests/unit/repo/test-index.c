/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#include "config.h"

#include "base/sr-error.h"
#include "repo/sr-index.h"
#include "sr-test-util.h"

#define PER_PACK 12

/* Blob @i: a tree every seventh, raw every third. */
static void
make_entry (guint        i,
            guint32      offset,
            SrPackEntry *entry)
{
  sr_test_fill_random (i, &entry->id, sizeof entry->id);
  entry->type = i % 7 == 0 ? SR_BLOB_TREE : SR_BLOB_DATA;
  entry->offset = offset;
  entry->length = 100 + i % 1000;
  entry->plain_length = i % 3 == 0 ? 0 : entry->length * 4;
}

static void
make_pack (guint       number,
           SrId       *id,
           SrPackEntry entries[PER_PACK])
{
  guint32 offset = 0;

  sr_test_fill_random (number + 0x10000000u, id, sizeof *id);
  for (guint i = 0; i < PER_PACK; i++)
    {
      make_entry (number * PER_PACK + i, offset, &entries[i]);
      offset += entries[i].length;
    }
}

static void
check_pack (SrIndex *index,
            guint    number)
{
  SrId        id;
  SrPackEntry entries[PER_PACK];
  SrPackEntry found;
  guint32     pack;
  gsize       first;
  gsize       count;

  make_pack (number, &id, entries);
  g_assert_true (sr_index_find_pack (index, &id, &pack));
  g_assert_true (sr_id_equal (sr_index_get_pack_id (index, pack), &id));
  sr_index_get_pack_entries (index, pack, &first, &count);
  g_assert_cmpuint (count, ==, PER_PACK);
  g_assert_cmpuint (sr_index_get_pack_size (index, pack), ==, sr_pack_size (entries, PER_PACK));
  for (guint i = 0; i < PER_PACK; i++)
    {
      const SrIndexEntry *entry = sr_index_lookup (index, entries[i].type, &entries[i].id);

      g_assert_nonnull (entry);
      g_assert_true (entry == sr_index_get_entry (index, first + i));
      g_assert_cmpuint (sr_index_get_entry_number (index, entry), ==, first + i);
      g_assert_cmpuint (sr_index_entry_get_pack (entry), ==, pack);
      sr_index_entry_to_pack_entry (entry, &found);
      g_assert_true (sr_id_equal (&found.id, &entries[i].id));
      g_assert_cmpint (found.type, ==, entries[i].type);
      g_assert_cmpuint (found.offset, ==, entries[i].offset);
      g_assert_cmpuint (found.length, ==, entries[i].length);
      g_assert_cmpuint (found.plain_length, ==, entries[i].plain_length);
      g_assert_null (sr_index_lookup (index, 1 - entries[i].type, &entries[i].id));
    }
}

static void
add_packs (SrIndex *index,
           guint    from,
           guint    to)
{
  for (guint i = from; i < to; i++)
    {
      g_autoptr (GError) error = NULL;
      SrId               id;
      SrPackEntry        entries[PER_PACK];

      make_pack (i, &id, entries);
      g_assert_true (sr_index_add_pack (index, &id, entries, PER_PACK, &error));
      g_assert_no_error (error);
    }
}

static void
test_add_and_lookup (void)
{
  g_autoptr (SrIndex) index = sr_index_new ();
  SrId                id;

  sr_test_fill_random (99, &id, sizeof id);
  g_assert_null (sr_index_lookup (index, SR_BLOB_DATA, &id));
  g_assert_false (sr_index_find_pack (index, &id, NULL));
  add_packs (index, 0, 6000);
  g_assert_cmpuint (sr_index_get_n_entries (index), ==, 6000 * PER_PACK);
  g_assert_cmpuint (sr_index_get_n_packs (index), ==, 6000);
  for (guint i = 0; i < 6000; i++)
    check_pack (index, i);
  sr_test_fill_random (0x20000000, &id, sizeof id);
  g_assert_null (sr_index_lookup (index, SR_BLOB_DATA, &id));
}

static void
test_bulk (void)
{
  g_autoptr (SrIndex) index = sr_index_new ();

  add_packs (index, 0, 10);
  sr_index_begin_bulk (index);
  add_packs (index, 10, 5000);
  sr_index_end_bulk (index);
  add_packs (index, 5000, 9000);
  for (guint i = 0; i < 9000; i++)
    check_pack (index, i);
}

static void
test_several_places (void)
{
  g_autoptr (SrIndex) index = sr_index_new ();
  g_autoptr (GError)  error = NULL;
  const SrIndexEntry *place = NULL;
  SrPackEntry         entries[2];
  SrId                packs[3];
  guint               seen = 0;

  make_entry (1, 0, &entries[0]);
  make_entry (7, entries[0].length, &entries[1]);
  entries[1].id = entries[0].id;
  for (guint i = 0; i < 3; i++)
    {
      sr_test_fill_random (i, &packs[i], sizeof packs[i]);
      g_assert_true (sr_index_add_pack (index, &packs[i], entries, 2, &error));
    }
  add_packs (index, 0, 1000);
  while ((place = sr_index_lookup_next (index, SR_BLOB_TREE, &entries[0].id, place)) != NULL)
    {
      guint pack = sr_index_entry_get_pack (place);

      g_assert_cmpint (sr_index_entry_get_type (place), ==, SR_BLOB_TREE);
      g_assert_cmpuint (pack, <, 3);
      g_assert_cmpuint (seen & (1u << pack), ==, 0);
      seen |= 1u << pack;
    }
  g_assert_cmpuint (seen, ==, 7);
}

static void
test_repeated_pack (void)
{
  g_autoptr (SrIndex) index = sr_index_new ();
  g_autoptr (GError)  error = NULL;
  SrId                id;
  SrPackEntry         entries[PER_PACK];

  add_packs (index, 0, 3);
  add_packs (index, 0, 3);
  g_assert_cmpuint (sr_index_get_n_entries (index), ==, 3 * PER_PACK);
  make_pack (1, &id, entries);
  g_assert_false (sr_index_add_pack (index, &id, entries, PER_PACK - 1, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
  g_clear_error (&error);
  entries[4].length++;
  g_assert_false (sr_index_add_pack (index, &id, entries, PER_PACK, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
  g_assert_cmpuint (sr_index_get_n_entries (index), ==, 3 * PER_PACK);
}

static GString *
encode (guint from,
        guint to)
{
  g_autoptr (SrIndexWriter) writer = sr_index_writer_new ();

  for (guint i = from; i < to; i++)
    {
      SrId        id;
      SrPackEntry entries[PER_PACK];

      make_pack (i, &id, entries);
      sr_index_writer_add_pack (writer, &id, entries, PER_PACK);
    }
  g_assert_cmpuint (sr_index_writer_get_n_blobs (writer), ==, (to - from) * PER_PACK);
  return sr_index_writer_take_json (writer);
}

static void
test_decode_what_we_write (void)
{
  g_autoptr (SrIndex) index = sr_index_new ();
  g_autoptr (GError)  error = NULL;
  guint               n_repeated = 0;

  for (guint i = 0; i < 4000; i += 500)
    {
      g_autoptr (GString) json = encode (i, i + 500);

      g_assert_true (sr_index_decode (index, json->str, json->len, &n_repeated, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (n_repeated, ==, 0);
    }
  for (guint i = 0; i < 4000; i++)
    check_pack (index, i);
}

static void
test_decode_repeated (void)
{
  g_autoptr (SrIndex) index = sr_index_new ();
  g_autoptr (GError)  error = NULL;
  g_autoptr (GString) first = encode (0, 10);
  g_autoptr (GString) second = encode (5, 20);
  guint               n_repeated = 0;

  g_assert_true (sr_index_decode (index, first->str, first->len, &n_repeated, &error));
  g_assert_true (sr_index_decode (index, second->str, second->len, &n_repeated, &error));
  g_assert_cmpuint (n_repeated, ==, 5);
  g_assert_cmpuint (sr_index_get_n_packs (index), ==, 20);
}

#define ID_A "aa00000000000000000000000000000000000000000000000000000000000001"
#define ID_B "bb00000000000000000000000000000000000000000000000000000000000002"
#define ID_C "cc00000000000000000000000000000000000000000000000000000000000003"

/* The same pack with its two blobs, told in many ways. */
static const char *const ways[] = {
  "{\"packs\":[{\"id\":\"" ID_A "\",\"blobs\":["
  "{\"id\":\"" ID_B "\",\"type\":\"data\",\"offset\":0,\"length\":100},"
  "{\"id\":\"" ID_C
  "\",\"type\":\"tree\",\"offset\":100,\"length\":50,\"uncompressed_length\":70}]}]}",

  "{\"packs\":[{\"id\":\"" ID_A "\",\"blobs\":["
  "{\"id\":\"" ID_C "\",\"type\":\"tree\",\"offset\":100,\"length\":50,\"uncompressed_length\":70},"
  "{\"id\":\"" ID_B "\",\"type\":\"data\",\"offset\":0,\"length\":100}]}]}\n",

  "{\"supersedes\":[\"" ID_A "\"],\"packs\":[{\"id\":\"" ID_A "\",\"blobs\":["
  "{\"id\":\"" ID_B "\",\"type\":\"data\",\"offset\":0,\"length\":100},"
  "{\"id\":\"" ID_C
  "\",\"type\":\"tree\",\"offset\":100,\"length\":50,\"uncompressed_length\":70}]}]}",

  " { \"x\" : [ { } , 1.5e3 ] , \"packs\" : [ { \"blobs\" : [ "
  "{ \"length\" : 100 , \"type\" : \"data\" , \"new\" : null , \"offset\" : 0 , \"id\" : \"" ID_B
  "\" } , "
  "{ \"uncompressed_length\" : 70 , \"length\" : 50 , \"offset\" : 100 , \"type\" : \"tr\\u0065e\" "
  ", "
  "\"id\" : \"" ID_C "\" } ] , \"id\" : \"" ID_A "\" } ] }\n ",
};

static void
test_decode_ways (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autoptr (SrIndex) index = sr_index_new ();
      g_autoptr (GError)  error = NULL;
      const SrIndexEntry *entry;

      g_assert_true (sr_index_decode (index, ways[i], strlen (ways[i]), NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (sr_index_get_n_entries (index), ==, 2);
      g_assert_cmpuint (sr_index_get_n_packs (index), ==, 1);
      entry = sr_index_get_entry (index, 0);
      g_assert_cmpuint (entry->id.bytes[0], ==, 0xbb);
      g_assert_cmpuint (entry->plain_length, ==, 0);
      entry = sr_index_get_entry (index, 1);
      g_assert_cmpuint (entry->id.bytes[0], ==, 0xcc);
      g_assert_cmpint (sr_index_entry_get_type (entry), ==, SR_BLOB_TREE);
      g_assert_cmpuint (entry->offset, ==, 100);
      g_assert_cmpuint (entry->plain_length, ==, 70);
    }
}

static const char *const empties[] = {
  "{\"packs\":[]}",
  "{\"packs\":null}",
  "{\"packs\":[{\"id\":\"" ID_A "\",\"blobs\":[]}]}",
};

static void
test_decode_empty (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (empties); i++)
    {
      g_autoptr (SrIndex) index = sr_index_new ();
      g_autoptr (GError)  error = NULL;

      g_assert_true (sr_index_decode (index, empties[i], strlen (empties[i]), NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (sr_index_get_n_entries (index), ==, 0);
    }
}

#define PACK(blobs) "{\"packs\":[{\"id\":\"" ID_A "\",\"blobs\":[" blobs "]}]}"
#define BLOB(id, type, offset, length) \
  "{\"id\":\"" id "\",\"type\":\"" type "\",\"offset\":" offset ",\"length\":" length "}"

static const char *const malformed[] = {
  "",
  "{",
  "[]",
  "{}",
  "{\"packs\":7}",
  "{\"packs\":[7]}",
  "{\"packs\":[{}]}",
  "{\"packs\":[{\"blobs\":[]}]}",
  "{\"packs\":[]} {}",
  "{\"packs\":[{\"id\":\"zz\",\"blobs\":[]}]}",
  PACK (BLOB (ID_B, "data", "0", "100")) "x",
  PACK (BLOB (ID_B, "data", "0", "32")),
  PACK (BLOB (ID_B, "data", "0", "0")),
  PACK (BLOB (ID_B, "data", "-1", "100")),
  PACK (BLOB (ID_B, "data", "0", "1e2")),
  PACK (BLOB (ID_B, "data", "0", "4294967296")),
  PACK (BLOB (ID_B, "data", "4294967295", "100")),
  PACK (BLOB (ID_B, "data", "0", "99999999999999999999999999")),
  PACK (BLOB (ID_B, "blob", "0", "100")),
  PACK (BLOB ("bb", "data", "0", "100")),
  PACK (BLOB ("BB00000000000000000000000000000000000000000000000000000000000002",
              "data",
              "0",
              "100")),
  PACK (BLOB (ID_B, "data", "0", "100") "," BLOB (ID_C, "data", "99", "100")),
  PACK (BLOB (ID_B, "data", "50", "100") "," BLOB (ID_C, "data", "0", "51")),
  PACK (BLOB (ID_B, "data", "0", "100") "," BLOB (ID_C, "data", "0", "100")),
  PACK (BLOB (ID_B, "data", "0", "100") ","),
  PACK ("{\"id\":\"" ID_B "\",\"type\":\"data\",\"offset\":0}"),
  PACK ("{\"id\":\"" ID_B "\",\"type\":\"data\",\"length\":100}"),
  PACK ("{\"id\":\"" ID_B "\",\"offset\":0,\"length\":100}"),
  PACK ("{\"type\":\"data\",\"offset\":0,\"length\":100}"),
};

static void
test_decode_malformed (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (malformed); i++)
    {
      g_autoptr (SrIndex) index = sr_index_new ();
      g_autoptr (GError)  error = NULL;

      g_test_message ("%s", malformed[i]);
      g_assert_false (sr_index_decode (index, malformed[i], strlen (malformed[i]), NULL, &error));
      g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
      g_assert_cmpuint (sr_index_get_n_entries (index), ==, 0);
    }
}

/* Cut anywhere, in memory of exactly that size. */
static void
test_decode_cut (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    for (gsize n = 0; n < strlen (ways[i]) - 2; n++)
      {
        g_autoptr (SrIndex) index = sr_index_new ();
        g_autoptr (GError)  error = NULL;
        g_autofree char    *copy = g_memdup2 (ways[i], n);

        g_assert_false (sr_index_decode (index, copy, n, NULL, &error));
        g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
      }
}

static void
test_writer (void)
{
  g_autoptr (SrIndexWriter) writer = sr_index_writer_new ();
  g_autoptr (GString)       json = NULL;
  SrPackEntry               entries[2] = {
                  { .type = SR_BLOB_DATA, .offset = 0, .length = 100 },
                  { .type = SR_BLOB_TREE, .offset = 100, .length = 50, .plain_length = 70 }
  };
  SrId pack;

  g_assert_null (sr_index_writer_take_json (writer));
  g_assert_true (sr_id_from_hex (&pack, ID_A, 64));
  g_assert_true (sr_id_from_hex (&entries[0].id, ID_B, 64));
  g_assert_true (sr_id_from_hex (&entries[1].id, ID_C, 64));
  sr_index_writer_add_pack (writer, &pack, entries, 2);
  json = sr_index_writer_take_json (writer);
  g_assert_cmpstr (json->str, ==, ways[0]);
  g_assert_null (sr_index_writer_take_json (writer));
  g_assert_cmpuint (sr_index_writer_get_n_blobs (writer), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/index/add-and-lookup", test_add_and_lookup);
  g_test_add_func ("/index/bulk", test_bulk);
  g_test_add_func ("/index/several-places", test_several_places);
  g_test_add_func ("/index/repeated-pack", test_repeated_pack);
  g_test_add_func ("/index/decode-what-we-write", test_decode_what_we_write);
  g_test_add_func ("/index/decode-repeated", test_decode_repeated);
  g_test_add_func ("/index/decode-ways", test_decode_ways);
  g_test_add_func ("/index/decode-empty", test_decode_empty);
  g_test_add_func ("/index/decode-malformed", test_decode_malformed);
  g_test_add_func ("/index/decode-cut", test_decode_cut);
  g_test_add_func ("/index/writer", test_writer);
  return g_test_run ();
}
