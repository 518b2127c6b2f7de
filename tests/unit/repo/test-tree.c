/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright the Strongroom authors */

#define G_LOG_DOMAIN "sr-test"

#include "config.h"

#include <string.h>
#include <sys/stat.h>

#include "base/sr-error.h"
#include "repo/sr-tree.h"
#include "sr-test-util.h"

#define A_ID "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B_ID "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

#define TIMES                                                                   \
  ",\"mtime\":\"2024-01-02T03:04:05.5Z\",\"atime\":\"2024-01-02T03:04:05.5Z\"," \
  "\"ctime\":\"2024-01-02T03:04:06Z\""

static void
parse_id (SrId       *id,
          const char *hex)
{
  g_assert_true (sr_id_from_hex (id, hex, strlen (hex)));
}

static SrEntry *
new_entry (const char *name,
           SrEntryType type,
           guint32     mode)
{
  SrEntry *entry = sr_entry_new (name, type);

  entry->mode = mode;
  entry->mtime = (struct timespec){ 1704164645, 500000000 };
  entry->atime = entry->mtime;
  entry->ctime = (struct timespec){ 1704164646, 0 };
  return entry;
}

static void
encode_one (const SrEntry *entry,
            const SrId    *content,
            gsize          n_content,
            const SrId    *subtree,
            const char    *expected)
{
  g_autoptr (SrTreeEncoder) encoder = sr_tree_encoder_new (NULL, 0, NULL);
  g_autoptr (GError)        error = NULL;
  g_autofree char          *whole = g_strdup_printf ("{\"nodes\":[%s]}\n", expected);

  sr_tree_encoder_begin (encoder, entry, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < n_content; i++)
    g_assert_true (sr_tree_encoder_add_content (encoder, &content[i], &error));
  g_assert_true (sr_tree_encoder_end (encoder, subtree, &error));
  g_assert_true (sr_tree_encoder_finish (encoder, &error));
  g_assert_cmpstr (sr_tree_encoder_get_buffer (encoder)->str, ==, whole);
}

static void
test_encode_file (void)
{
  g_autoptr (SrEntry) entry = new_entry ("a \"b\"\n<c>\xff", SR_ENTRY_FILE, 06644);
  SrId                content[2];

  parse_id (&content[0], A_ID);
  parse_id (&content[1], B_ID);
  entry->uid = 1000;
  entry->gid = 100;
  entry->user = "joe";
  entry->group = "us<er>s";
  entry->inode = 18446744073709551615u;
  entry->device_id = 66;
  entry->size = 5;
  entry->links = 2;
  sr_entry_add_xattr (entry, "user.x", "ab", 2);
  sr_entry_add_xattr (entry, "user.empty", NULL, 0);
  encode_one (entry, content, 2, NULL,
              "{\"name\":\"a \\\\\\\"b\\\\\\\"\\\\n\\u003cc\\u003e\\\\xff\",\"type\":\"file\","
              "\"mode\":12583332" TIMES
              ",\"uid\":1000,\"gid\":100,\"user\":\"joe\",\"group\":\"us\\u003cer\\u003es\","
              "\"inode\":18446744073709551615,\"device_id\":66,\"size\":5,\"links\":2,"
              "\"extended_attributes\":[{\"name\":\"user.x\",\"value\":\"YWI=\"},"
              "{\"name\":\"user.empty\",\"value\":\"\"}],"
              "\"content\":[\"" A_ID "\",\"" B_ID "\"]}");
}

static void
test_encode_empty_file (void)
{
  g_autoptr (SrEntry) entry = new_entry ("e", SR_ENTRY_FILE, 0);

  entry->links = 1;
  entry->device_id = 66; /* only told of files with more than one link */
  encode_one (entry, NULL, 0, NULL,
              "{\"name\":\"e\",\"type\":\"file\"" TIMES ",\"uid\":0,\"gid\":0,\"links\":1,"
              "\"content\":[]}");
}

static void
test_encode_dir (void)
{
  g_autoptr (SrEntry) entry = new_entry ("d", SR_ENTRY_DIR, 01755);
  SrId                subtree;

  parse_id (&subtree, A_ID);
  entry->size = 4096;
  entry->links = 7;
  encode_one (entry, NULL, 0, &subtree,
              "{\"name\":\"d\",\"type\":\"dir\",\"mode\":2148532717" TIMES ",\"uid\":0,\"gid\":0,"
              "\"content\":null,\"subtree\":\"" A_ID "\"}");
}

static void
test_encode_symlink (void)
{
  g_autoptr (SrEntry) entry = new_entry ("l", SR_ENTRY_SYMLINK, 0777);

  entry->links = 1;
  entry->size = 9;
  entry->link_target = g_strdup ("../\xff&");
  encode_one (entry, NULL, 0, NULL,
              "{\"name\":\"l\",\"type\":\"symlink\",\"mode\":134218239" TIMES
              ",\"uid\":0,\"gid\":0,\"links\":1,\"linktarget\":\"../\\ufffd\\u0026\","
              "\"linktarget_raw\":\"Li4v/yY=\",\"content\":null}");
}

static void
test_encode_devices (void)
{
  g_autoptr (SrEntry) block = new_entry ("b", SR_ENTRY_BLOCK_DEVICE, 0660);
  g_autoptr (SrEntry) character = new_entry ("c", SR_ENTRY_CHAR_DEVICE, 0660);
  g_autoptr (SrEntry) fifo = new_entry ("f", SR_ENTRY_FIFO, 0600);
  g_autoptr (SrEntry) sock = new_entry ("s", SR_ENTRY_SOCKET, 0600);

  block->device = 2049;
  block->links = 1;
  character->device = 1281;
  character->links = 1;
  encode_one (block, NULL, 0, NULL,
              "{\"name\":\"b\",\"type\":\"dev\",\"mode\":67109296" TIMES ",\"uid\":0,\"gid\":0,"
              "\"links\":1,\"device\":2049,\"content\":null}");
  encode_one (character, NULL, 0, NULL,
              "{\"name\":\"c\",\"type\":\"chardev\",\"mode\":69206448" TIMES
              ",\"uid\":0,\"gid\":0,\"links\":1,\"device\":1281,\"content\":null}");
  encode_one (fifo, NULL, 0, NULL,
              "{\"name\":\"f\",\"type\":\"fifo\",\"mode\":33554816" TIMES ",\"uid\":0,\"gid\":0,"
              "\"content\":null}");
  encode_one (sock, NULL, 0, NULL,
              "{\"name\":\"s\",\"type\":\"socket\",\"mode\":16777600" TIMES ",\"uid\":0,\"gid\":0,"
              "\"content\":null}");
}

static void
test_encode_order (void)
{
  g_autoptr (SrTreeEncoder) encoder = sr_tree_encoder_new (NULL, 0, NULL);
  static const char *const  bad[] = { "b", "a", "", ".", "..", "c/d" };
  SrNode                    node = { 0 };

  node.entry.type = SR_ENTRY_FIFO;
  node.entry.name = (char *) "b";
  g_assert_true (sr_tree_encoder_add (encoder, &node, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      node.entry.name = (char *) bad[i];
      g_assert_false (sr_tree_encoder_add (encoder, &node, &error));
      g_assert_error (error, SR_ERROR, SR_ERROR_INVALID);
    }
  node.entry.name = (char *) "\xff"; /* bytes are compared without sign */
  g_assert_true (sr_tree_encoder_add (encoder, &node, NULL));
  sr_tree_encoder_reset (encoder);
  node.entry.name = (char *) "a";
  g_assert_true (sr_tree_encoder_add (encoder, &node, NULL));
}

static gboolean
take_away (GString *buffer,
           gpointer user_data,
           GError **error)
{
  g_string_append_len (user_data, buffer->str, (gssize) buffer->len);
  g_string_truncate (buffer, 0);
  return TRUE;
}

static void
encode_many (SrTreeEncoder *encoder)
{
  SrNode node = { 0 };
  SrId   id;

  parse_id (&id, A_ID);
  for (int i = 0; i < 100; i++)
    {
      g_autofree char *name = g_strdup_printf ("file %03d", i);

      node.entry.name = name;
      node.content = &id;
      node.n_content = 1;
      g_assert_true (sr_tree_encoder_add (encoder, &node, NULL));
    }
  g_assert_true (sr_tree_encoder_finish (encoder, NULL));
}

static void
test_encode_flush (void)
{
  g_autoptr (GString)       out = g_string_new (NULL);
  g_autoptr (SrTreeEncoder) whole = sr_tree_encoder_new (NULL, 0, NULL);
  g_autoptr (SrTreeEncoder) flushed = sr_tree_encoder_new (take_away, 300, out);

  encode_many (whole);
  encode_many (flushed);
  g_assert_cmpuint (sr_tree_encoder_get_buffer (flushed)->len, <, 700);
  take_away (sr_tree_encoder_get_buffer (flushed), out, NULL);
  g_assert_cmpstr (out->str, ==, sr_tree_encoder_get_buffer (whole)->str);
}

/* Every type, encoded, decoded and encoded again. */
static void
test_round_trip (void)
{
  g_autoptr (SrTreeEncoder) encoder = sr_tree_encoder_new (NULL, 0, NULL);
  g_autoptr (SrTreeEncoder) again = sr_tree_encoder_new (NULL, 0, NULL);
  g_autoptr (SrTreeDecoder) decoder = NULL;
  g_autoptr (GError)        error = NULL;
  SrNode                    decoded;
  int                       n = 0;
  GString                  *text;

  for (guint type = SR_ENTRY_FILE; type <= SR_ENTRY_SOCKET; type++)
    {
      g_autofree char *name = g_strdup_printf ("%u\xfe\n\"", type);
      g_auto (SrNode)  node = { 0 };

      node.entry.name = g_steal_pointer (&name);
      node.entry.type = type;
      node.entry.mode = 07777 ^ type;
      node.entry.mtime = (struct timespec){ -5 - (gint64) type, 999999999 };
      node.entry.ctime.tv_sec = 4102444800 + type;
      node.entry.inode = type + 1;
      node.entry.device = 77;
      node.entry.device_id = 88;
      node.entry.links = 3;
      node.entry.size = 99;
      node.entry.link_target = g_strdup ("/x\xff");
      sr_entry_add_xattr (&node.entry, "user.a", "\0\1", 2);
      node.content = g_new0 (SrId, 2);
      node.n_content = 2;
      node.has_subtree = TRUE;
      sr_test_fill_random (type, &node.subtree, sizeof node.subtree);
      g_assert_true (sr_tree_encoder_add (encoder, &node, &error));
    }
  sr_tree_encoder_finish (encoder, &error);
  text = sr_tree_encoder_get_buffer (encoder);
  decoder = sr_tree_decoder_new (sr_json_reader_new (text->str, text->len));
  while (sr_tree_decoder_next (decoder, &decoded, &error) > 0)
    {
      n++;
      g_assert_true (sr_tree_encoder_add (again, &decoded, &error));
      sr_node_clear (&decoded);
    }
  g_assert_no_error (error);
  g_assert_cmpint (n, ==, SR_ENTRY_SOCKET + 1);
  sr_tree_encoder_finish (again, &error);
  g_assert_cmpstr (sr_tree_encoder_get_buffer (again)->str, ==, text->str);
}

/* A node that stock restic 0.14 wrote, which tells the device of every entry. */
static void
test_decode_node (void)
{
  static const char json[] =
      "{\"future\":{\"x\":[1,{}]},\"nodes\":["
      "{\"name\":\"x\\\\u00ad\\\\xff\",\"type\":\"file\",\"mode\":8389028,"
      "\"mtime\":\"1969-12-31T23:00:00.25-01:00\",\"atime\":\"2024-01-01T00:00:00Z\","
      "\"ctime\":\"2024-01-01T00:00:00Z\",\"uid\":4294967295,\"gid\":7,\"user\":\"joe\","
      "\"inode\":12,\"device_id\":9,\"size\":3,\"links\":2,\"unknown\":[null,{\"a\":1}],"
      "\"extended_attributes\":[{\"name\":\"user.x\",\"value\":\"AAE=\"},"
      "{\"value\":null,\"name\":\"user.y\"}],"
      "\"content\":[\"" A_ID "\",\"" B_ID "\"],\"error\":\"\"},"
      "{\"content\":null,\"type\":\"symlink\",\"name\":\"y\",\"linktarget_raw\":\"/w==\","
      "\"linktarget\":\"\\ufffd\"}]}\n";
  g_autoptr (SrTreeDecoder) decoder =
      sr_tree_decoder_new (sr_json_reader_new (json, strlen (json)));
  g_autoptr (GError) error = NULL;
  g_auto (SrNode)    file = { 0 };
  g_auto (SrNode)    target = { 0 };
  SrNode             none;
  SrId               b;

  g_assert_cmpint (sr_tree_decoder_next (decoder, &file, &error), ==, 1);
  g_assert_no_error (error);
  g_assert_cmpstr (file.entry.name, ==, "x\xc2\xad\xff");
  g_assert_cmpint (file.entry.type, ==, SR_ENTRY_FILE);
  g_assert_cmpint (file.entry.mode, ==, S_ISUID | 0644);
  g_assert_cmpint (file.entry.mtime.tv_sec, ==, 0);
  g_assert_cmpint (file.entry.mtime.tv_nsec, ==, 250000000);
  g_assert_cmpuint (file.entry.uid, ==, G_MAXUINT32);
  g_assert_cmpstr (file.entry.user, ==, "joe");
  g_assert_null (file.entry.group);
  g_assert_cmpuint (file.entry.device_id, ==, 9);
  g_assert_cmpuint (file.entry.n_xattrs, ==, 2);
  g_assert_cmpmem (file.entry.xattrs[0].value, file.entry.xattrs[0].value_size, "\0\1", 2);
  g_assert_cmpuint (file.entry.xattrs[1].value_size, ==, 0);
  g_assert_cmpuint (file.n_content, ==, 2);
  parse_id (&b, B_ID);
  g_assert_true (sr_id_equal (&file.content[1], &b));
  g_assert_cmpint (sr_tree_decoder_next (decoder, &target, &error), ==, 1);
  g_assert_cmpstr (target.entry.link_target, ==, "\xff");
  g_assert_cmpint (sr_tree_decoder_next (decoder, &none, &error), ==, 0);
  g_assert_no_error (error);
}

#define NODE(name) "{\"name\":\"" name "\",\"type\":\"fifo\"}"

/* Each of these stands between two good nodes, and the second is still found. */
static const char *const broken_nodes[] = {
  "{\"name\":\"..\",\"type\":\"fifo\"}",
  "{\"name\":\"b/c\",\"type\":\"fifo\"}",
  "{\"name\":\"\",\"type\":\"fifo\"}",
  "{\"name\":\"b\\\\x00\",\"type\":\"fifo\"}",
  "{\"name\":\"b\\\\q\",\"type\":\"fifo\"}",
  "{\"name\":null,\"type\":\"fifo\"}",
  "{\"name\":[[[\"b\"]]],\"type\":\"fifo\"}",
  "{\"name\":\"b\",\"type\":\"irregular\"}",
  "{\"name\":\"b\",\"type\":\"\"}",
  "{\"name\":\"b\"}",
  "{\"type\":\"fifo\"}",
  "{}",
  "{\"name\":\"b\",\"type\":\"file\"}",
  "{\"name\":\"b\",\"type\":\"file\",\"content\":null}",
  "{\"name\":\"b\",\"type\":\"file\",\"content\":{}}",
  "{\"name\":\"b\",\"type\":\"file\",\"content\":[1]}",
  "{\"name\":\"b\",\"type\":\"file\",\"content\":[\"12\"]}",
  "{\"name\":\"b\",\"type\":\"file\",\"content\":[],\"size\":-1}",
  "{\"name\":\"b\",\"type\":\"file\",\"content\":[],\"size\":18446744073709551615}",
  "{\"name\":\"b\",\"type\":\"fifo\",\"uid\":4294967296}",
  "{\"name\":\"b\",\"type\":\"fifo\",\"mode\":1.5}",
  "{\"name\":\"b\",\"type\":\"fifo\",\"mtime\":\"yesterday\"}",
  "{\"name\":\"b\",\"type\":\"dir\",\"subtree\":\"x\"}",
  "{\"name\":\"b\",\"type\":\"symlink\",\"linktarget\":\"a\\u0000b\"}",
  "{\"name\":\"b\",\"type\":\"symlink\",\"linktarget_raw\":\"AA==\"}",
  "{\"name\":\"b\",\"type\":\"symlink\",\"linktarget_raw\":\"???\"}",
  "{\"name\":\"b\",\"type\":\"fifo\",\"extended_attributes\":[{\"value\":\"\"}]}",
  "{\"name\":\"b\",\"type\":\"fifo\",\"extended_attributes\":[1]}",
  NODE ("a"),
  NODE ("A"),
};

static void
test_decode_goes_on (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (broken_nodes); i++)
    {
      g_autofree char *json =
          g_strdup_printf ("{\"nodes\":[" NODE ("a") ",%s," NODE ("c") "]}", broken_nodes[i]);
      g_autoptr (SrTreeDecoder) decoder =
          sr_tree_decoder_new (sr_json_reader_new (json, strlen (json)));
      g_autoptr (GError) error = NULL;
      SrNode             node;

      g_test_message ("%s", broken_nodes[i]);
      g_assert_cmpint (sr_tree_decoder_next (decoder, &node, &error), ==, 1);
      sr_node_clear (&node);
      g_assert_cmpint (sr_tree_decoder_next (decoder, &node, &error), ==, -1);
      g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
      g_assert_true (sr_tree_decoder_can_continue (decoder));
      g_clear_error (&error);
      g_assert_cmpint (sr_tree_decoder_next (decoder, &node, &error), ==, 1);
      g_assert_cmpstr (node.entry.name, ==, "c");
      sr_node_clear (&node);
      g_assert_cmpint (sr_tree_decoder_next (decoder, &node, &error), ==, 0);
    }
}

static void
test_decode_lenient (void)
{
  static const char         json[] = "{\"nodes\":[" NODE ("b") "," NODE ("a") "," NODE ("a") "]}";
  g_autoptr (SrTreeDecoder) decoder =
      sr_tree_decoder_new (sr_json_reader_new (json, strlen (json)));
  SrNode node;

  sr_tree_decoder_set_lenient (decoder, TRUE);
  for (int i = 0; i < 3; i++)
    {
      g_assert_cmpint (sr_tree_decoder_next (decoder, &node, NULL), ==, 1);
      sr_node_clear (&node);
    }
  g_assert_cmpint (sr_tree_decoder_next (decoder, &node, NULL), ==, 0);
}

static void
test_decode_refuses (void)
{
  static const char *const broken[] = {
    "",
    "[]",
    "null",
    "{}",
    "{\"nodes\":1}",
    "{\"nodes\":[null]}",
    "{\"nodes\":[1]}",
    "{\"nodes\":[]} x",
    "{\"nodes\":[],\"nodes\":[]}",
    "{\"nodes\":[",
    "{\"nodes\":[{",
    "{\"nodes\":[{\"name\":",
    "{\"nodes\":[{\"name\":\"a\",\"type\":\"file\",\"content\":[\"" A_ID "\",",
    "{\"nodes\":[]",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autoptr (SrTreeDecoder) decoder =
          sr_tree_decoder_new (sr_json_reader_new (broken[i], strlen (broken[i])));
      g_autoptr (GError) error = NULL;
      SrNode             node;

      g_test_message ("%s", broken[i]);
      g_assert_cmpint (sr_tree_decoder_next (decoder, &node, &error), ==, -1);
      g_assert_error (error, SR_ERROR, SR_ERROR_DAMAGED);
      g_assert_false (sr_tree_decoder_can_continue (decoder));
    }
}

static void
test_decode_empty (void)
{
  static const char *const empty[] = { "{\"nodes\":[]}\n", "{\"nodes\":null}" };

  for (gsize i = 0; i < G_N_ELEMENTS (empty); i++)
    {
      g_autoptr (SrTreeDecoder) decoder =
          sr_tree_decoder_new (sr_json_reader_new (empty[i], strlen (empty[i])));
      g_autoptr (GError) error = NULL;
      SrNode             node;

      g_assert_cmpint (sr_tree_decoder_next (decoder, &node, &error), ==, 0);
      g_assert_no_error (error);
      g_assert_cmpint (sr_tree_decoder_next (decoder, &node, &error), ==, 0);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tree/encode-file", test_encode_file);
  g_test_add_func ("/tree/encode-empty-file", test_encode_empty_file);
  g_test_add_func ("/tree/encode-dir", test_encode_dir);
  g_test_add_func ("/tree/encode-symlink", test_encode_symlink);
  g_test_add_func ("/tree/encode-devices", test_encode_devices);
  g_test_add_func ("/tree/encode-order", test_encode_order);
  g_test_add_func ("/tree/encode-flush", test_encode_flush);
  g_test_add_func ("/tree/round-trip", test_round_trip);
  g_test_add_func ("/tree/decode-node", test_decode_node);
  g_test_add_func ("/tree/decode-goes-on", test_decode_goes_on);
  g_test_add_func ("/tree/decode-lenient", test_decode_lenient);
  g_test_add_func ("/tree/decode-refuses", test_decode_refuses);
  g_test_add_func ("/tree/decode-empty", test_decode_empty);
  return g_test_run ();
}
